/* SPDX-License-Identifier: MIT */
/*
 * house.c -- see house.h.
 *
 * All belongs to the test's one thread.
 */
#include "house.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tactus/def.h>
#include <tactus/resources/audio_buffer.h>

#include "fft.h"
#include "harness.h"
#include "mark.h"
#include "random.h"
#include "rig.h"

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

/** Options that are tried on every def, one at a time. */
static const TactusOption tries[] = {
	{"channels",      'i', 2,     NULL    },
	{"inputs",        'i', 5,     NULL    },
	{"seed",          'i', 12345, NULL    },
	{"interpolation", 's', 0,     "none"  },
	{"interpolation", 's', 0,     "linear"},
};

static uint32_t
no_ports(const void *options)
{
	(void)options;
	return 0;
}

static void
no_port(const TactusHost *host, const void *options, uint32_t index,
	TactusPort *port)
{
	(void)host;
	(void)options;
	(void)index;
	(void)port;
}

/** Times that a synth of `polite` lets others run. */
#define YIELDS 12

TACTUS_RT static void
let_others_run(const TactusWorld *world, TactusSynth *synth, uint32_t frames)
{
	(void)world;
	(void)synth;
	(void)frames;
	TACTUS_RT_TRUST_BEGIN("where it counts who runs when, a test asks the "
			      "system to let others run")
	for (int i = 0; i < YIELDS; i++) {
		(void)sched_yield();
	}
	TACTUS_RT_TRUST_END
}

/** Sounds like nothing; whoever runs it gives others the time to help. */
static const TactusSynthDef polite = {
	.size = sizeof polite,
	.uri = "urn:test:polite:1",
	.name = "polite",
	.port_count = no_ports,
	.port = no_port,
	.process = let_others_run,
};

/** The engine's own, whose tables several threads may use. */
static TactusFft *
open_fft(const TactusHost *host, uint32_t points)
{
	(void)host;
	return fft_open(points);
}

static void
close_fft(const TactusHost *host, TactusFft *fft)
{
	(void)host;
	fft_close(fft);
}

static void
describe(struct house_part *p, const TactusHost *host)
{
	p->ports = tactus_def_ports(p->def, p->options);
	if (p->ports > NAIVE_PORTS) {
		ck_abort_msg("%s: more ports than NAIVE_PORTS", p->def->name);
	}
	for (uint32_t i = 0; i < p->ports; i++) {
		TactusPort *port = &p->port[i];
		port->size = sizeof *port;
		tactus_def_port(host, p->def, p->options, i, port);
		p->controls += port->kind == TACTUS_CONTROL;
		p->resources += port->kind == TACTUS_RESOURCE;
		p->ins += port->kind == TACTUS_AUDIO &&
			  port->direction == TACTUS_INPUT;
		p->outs += port->kind == TACTUS_AUDIO &&
			   port->direction == TACTUS_OUTPUT;
	}
}

static void
add_part(struct house *h, const TactusSynthDef *def,
	const TactusOption *options, uint32_t count)
{
	struct house_part p = {.def = def};
	char reason[256] = "";

	if (def->parse == NULL && count > 0) {
		return;
	}
	if (def->parse != NULL) {
		p.options = calloc(1, def->options_bytes);
		ck_assert_ptr_nonnull(p.options);
		if (def->parse(&h->nrt.host, options, count, p.options, reason,
			    sizeof reason) != 0) {
			free(p.options);
			ck_assert_msg(count > 0, "%s: %s", def->name, reason);
			return;
		}
	}
	describe(&p, &h->nrt.host);
	ck_assert_uint_lt(h->parts, HOUSE_PARTS);
	h->part[h->parts++] = p;
}

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

struct house *
house_open(uint32_t block)
{
	const TactusValue shapes[2][2] = {
		{harness_string("sine"), harness_string("saw") },
		{harness_string("saw"),  harness_string("sine")}
        };
	struct house *h = calloc(1, sizeof *h);

	ck_assert_ptr_nonnull(h);
	harness_host_init(&h->nrt, 48000.0);
	h->nrt.host.block = block;
	h->nrt.host.open_fft = open_fft;
	h->nrt.host.close_fft = close_fft;
	h->nrt.host.fft_forward = fft_forward;
	h->nrt.host.fft_inverse = fft_inverse;
	for (uint32_t i = 0; harness_names[i] != NULL; i++) {
		(void)harness_host_load(&h->nrt, harness_names[i]);
	}
	(void)harness_host_load(&h->nrt, "audio-buffer");
	for (uint32_t i = 0; i < h->nrt.synths; i++) {
		const TactusSynthDef *def = h->nrt.synth[i];
		add_part(h, def, NULL, 0);
		for (size_t k = 0; k < sizeof tries / sizeof *tries; k++) {
			add_part(h, def, &tries[k], 1);
		}
	}
	/* not built in: what keeps a loop from running away */
	add_part(h, &rig_fold, NULL, 0);
	add_part(h, &polite, NULL, 0);
	for (size_t i = 0; i < BUFFERS; i++) {
		add_resource(h, "audio-buffer", NULL, 0);
	}
	add_resource(h, "wavetable", shapes[0], 2);
	add_resource(h, "wavetable", shapes[1], 2);
	add_impulse(h, 100);
	add_impulse(h, 3000);
	return h;
}

void
house_close(struct house *h)
{
	for (uint32_t i = 0; i < h->parts; i++) {
		free(h->part[i].options);
	}
	for (uint32_t i = 0; i < h->resources; i++) {
		if (h->instance[i] != NULL) {
			h->class[i]->destroy(&h->nrt.host, h->instance[i]);
		}
	}
	harness_host_close(&h->nrt);
	free(h);
}

const struct house_part *
house_part(const struct house *h, const char *name)
{
	for (uint32_t i = 0; i < h->parts; i++) {
		if (strcmp(h->part[i].def->name, name) == 0) {
			return &h->part[i];
		}
	}
	ck_abort_msg("no part %s", name);
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
