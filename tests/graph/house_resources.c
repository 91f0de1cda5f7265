/* SPDX-License-Identifier: MIT */
/*
 * house_resources.c -- see house.h.  What synths play, and write to.
 *
 * All belongs to the test's one thread.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tactus/resources/audio_buffer.h>

#include "harness.h"
#include "house.h"
#include "random.h"

/** Audio buffers: their channels and frames; of the short ones all is written
 * and read in a block. */
static const int64_t buffers[][2] = {
	{1, 96  },
        {1, 700 },
        {1, 3000},
        {2, 9000},
        {1, 2400},
        {1, 150 }
};
#define BUFFERS (sizeof buffers / sizeof *buffers)

static void
add_resource(struct house *h, const char *class, const TactusValue *values,
	uint32_t count)
{
	uint32_t id = h->resources++;

	ck_assert_uint_lt(id, HOUSE_RESOURCES);
	for (uint32_t i = 0; i < h->nrt.resources; i++) {
		if (strcmp(h->nrt.resource[i]->name, class) == 0) {
			h->class[id] = h->nrt.resource[i];
		}
	}
	ck_assert_msg(h->class[id] != NULL, "no class %s", class);
	if (values != NULL) {
		h->instance[id] =
			harness_construct(&h->nrt, class, values, count);
		ck_assert_msg(h->instance[id] != NULL, "%s", h->nrt.reason);
	}
}

/** A response of a room: noise that fades. */
static void
add_impulse(struct house *h, int64_t frames)
{
	const TactusHost *host = &h->nrt.host;
	TactusSoundInfo info = {.size = sizeof info,
		.channels = 1,
		.rate = host->rate,
		.format = "wav"};
	char folder[] = "/tmp/tactus-graphs.XXXXXX";
	char path[64];
	uint32_t random = 77;
	float *sound = calloc((size_t)frames, sizeof *sound);

	ck_assert_ptr_nonnull(sound);
	ck_assert_ptr_nonnull(mkdtemp(folder));
	(void)snprintf(path, sizeof path, "%s/impulse.wav", folder);
	for (int64_t i = 0; i < frames; i++) {
		float fade = 1.0F - (float)i / (float)frames;
		sound[i] = ((float)random_below(&random, 20001) / 10000.0F -
				   1.0F) *
			   fade * 0.1F;
	}
	TactusSound *s = host->create_sound(
		host, path, &info, true, h->nrt.reason, sizeof h->nrt.reason);
	ck_assert_ptr_nonnull(s);
	ck_assert_int_eq(host->write_sound(host, s, sound, frames), frames);
	ck_assert_int_eq(host->close_sound(host, s, true, h->nrt.reason,
				 sizeof h->nrt.reason),
		0);
	free(sound);
	TactusValue name = harness_string(path);
	add_resource(h, "impulse", &name, 1);
	(void)unlink(path);
	(void)rmdir(folder);
}

void
house_add_resources(struct house *h)
{
	const TactusValue shapes[2][2] = {
		{harness_string("sine"), harness_string("saw") },
		{harness_string("saw"),  harness_string("sine")}
        };

	for (size_t i = 0; i < BUFFERS; i++) {
		add_resource(h, "audio-buffer", NULL, 0);
	}
	add_resource(h, "wavetable", shapes[0], 2);
	add_resource(h, "wavetable", shapes[1], 2);
	add_impulse(h, 100);
	add_impulse(h, 3000);
}

bool
house_is_buffer(const struct house *h, uint32_t id)
{
	return h->instance[id] == NULL;
}

void
house_furnish(struct house *h, struct house_set *set)
{
	uint32_t random = 99;

	for (uint32_t id = 0; id < h->resources; id++) {
		set->instance[id] = h->instance[id];
		if (!house_is_buffer(h, id)) {
			continue;
		}
		const TactusValue size[2] = {
			harness_int(buffers[id][0]),
			harness_int(buffers[id][1]),
		};
		TactusAudioBuffer *b = harness_construct(
			&h->nrt, h->class[id] -> name, size, 2);
		ck_assert_msg(b != NULL, "%s", h->nrt.reason);
		for (uint32_t c = 0; c < b->channels; c++) {
			for (int64_t i = 0; i < b->frames; i++) {
				b->channel[c][i] =
					(float)random_below(&random, 2001) /
						5000.0F -
					0.2F;
			}
		}
		set->instance[id] = b;
	}
}

void
house_clear(struct house *h, struct house_set *set)
{
	for (uint32_t id = 0; id < h->resources; id++) {
		if (house_is_buffer(h, id)) {
			h->class[id]->destroy(&h->nrt.host, set->instance[id]);
		}
	}
}
