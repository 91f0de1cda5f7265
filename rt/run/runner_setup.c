/* SPDX-License-Identifier: MIT */
/*
 * runner_setup.c -- the runners are made before the audio threads start; see
 * runner.h.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "runner.h"
#include "world.h"

/** Lay one runner's buffers out. */
static int
open_one(struct engine *e, uint32_t who)
{
	struct runner *r = &e->runner[who];
	/* each buffer begins on a cache line */
	size_t floats = CACHE_LINE / sizeof(float);
	size_t stride = (e->config.block + floats - 1) / floats * floats;
	size_t bytes = (2 * RUNNER_BUFFERS + 1) * stride * sizeof(float);

	r->engine = e;
	r->who = who;
	r->memory = aligned_alloc(CACHE_LINE, bytes);
	r->pointers = calloc(4 * (size_t)RUNNER_BUFFERS, sizeof(float *));
	if (r->memory == NULL || r->pointers == NULL) {
		return -ENOMEM;
	}
	/* written once, so that no first use faults */
	memset(r->memory, 0, bytes);
	memset(r->pointers, 0, 4 * (size_t)RUNNER_BUFFERS * sizeof(float *));
	r->out = r->pointers;
	r->sum = r->out + RUNNER_BUFFERS;
	r->piece_out = r->sum + RUNNER_BUFFERS;
	r->piece_in = (const float **)(void *)(r->piece_out + RUNNER_BUFFERS);
	r->envelope = r->memory;
	for (size_t i = 0; i < RUNNER_BUFFERS; i++) {
		r->out[i] = r->memory + (1 + i) * stride;
		r->sum[i] = r->out[i] + RUNNER_BUFFERS * stride;
	}
	world_init(r);
	return 0;
}

int
runner_open(struct engine *e)
{
	size_t words = (e->config.max_nodes + 63) / 64;

	e->said = calloc(words, sizeof *e->said);
	e->runner = aligned_alloc(
		CACHE_LINE, e->config.threads * sizeof *e->runner);
	if (e->said == NULL || e->runner == NULL) {
		return -ENOMEM;
	}
	memset(e->said, 0, words * sizeof *e->said);
	memset(e->runner, 0, e->config.threads * sizeof *e->runner);
	for (uint32_t i = 0; i < e->config.threads; i++) {
		int err = open_one(e, i);
		if (err != 0) {
			return err;
		}
	}
	return 0;
}

void
runner_close(struct engine *e)
{
	for (uint32_t i = 0; e->runner != NULL && i < e->config.threads; i++) {
		free(e->runner[i].memory);
		free(e->runner[i].pointers);
	}
	free(e->runner);
	free(e->said);
}
