/* SPDX-License-Identifier: MIT */
/*
 * job_buffer.c -- see job_buffer.h.
 */
#include "job_buffer.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char job_buffer_folder[64];

/** The buffer and the array that its maker has apart from the samples. */
struct made {
	TactusAudioBuffer buffer; /* first */
	float *channel[TACTUS_AUDIO_BUFFER_CHANNELS];
};

void
job_buffer_open(struct harness_host *h)
{
	harness_host_init(h, 48000.0);
	harness_host_load(h, "buffer-jobs");
}

void
job_buffer_make_folder(void)
{
	strcpy(job_buffer_folder, "/tmp/tactus-jobs-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(job_buffer_folder));
}

void
job_buffer_remove_folder(void)
{
	char command[256];

	snprintf(command, sizeof command, "rm -rf '%s'", job_buffer_folder);
	ck_assert_int_eq(system(command), 0);
}

TactusAudioBuffer *
job_buffer_new(
	struct harness_host *h, uint32_t channels, int64_t frames, double rate)
{
	size_t stride = ((size_t)frames + 15) / 16 * 16;
	struct made *m = h->host.alloc(&h->host, sizeof *m);

	ck_assert_ptr_nonnull(m);
	float *block =
		h->host.alloc(&h->host, stride * channels * sizeof(float));
	ck_assert_ptr_nonnull(block);
	for (uint32_t c = 0; c < channels; c++) {
		m->channel[c] = block + c * stride;
	}
	m->buffer = (TactusAudioBuffer){.size = sizeof m->buffer,
		.channels = channels,
		.frames = frames,
		.rate = rate,
		.channel = m->channel};
	return &m->buffer;
}

void
job_buffer_end(struct harness_host *h, TactusAudioBuffer *b)
{
	h->host.free(&h->host, b->channel[0]);
	h->host.free(&h->host, b);
}

int
job_buffer_do(struct harness_host *h, const char *name, TactusAudioBuffer *b,
	const TactusValue *values, uint32_t count)
{
	void *resource = b;

	return harness_perform(h, name, &resource, 1, values, count);
}

void
job_buffer_ask(struct harness_host *h, const char *name, TactusAudioBuffer *b)
{
	int err = job_buffer_do(h, name, b, NULL, 0);

	ck_assert_msg(err == 0, "%s: %d %s", name, err, h->reason);
}

double
job_buffer_result(const struct harness_host *h, uint32_t index)
{
	ck_assert_uint_lt(index, h->job.results);
	ck_assert_int_eq(h->job.result[index].type, 'f');
	return h->job.result[index].number;
}

double
job_buffer_random(uint32_t *seed)
{
	/* xorshift, G. Marsaglia, 2003 */
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed / 4294967296.0;
}

double
job_buffer_normal(uint32_t *seed)
{
	/* Box and Muller, 1958; the generator never gives 0 */
	double radius = sqrt(-2.0 * log(job_buffer_random(seed)));

	return radius * cos(6.283185307179586 * job_buffer_random(seed));
}
