/* SPDX-License-Identifier: MIT */
/*
 * plan_setup.c -- a plan's memory is taken before the audio threads start.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "plan_private.h"

/** Writers and readers that a plan has room for, for each node. */
#define PER_NODE 4

/** Bytes of buffers for what is mixed behind its level, at the most; for a
 * block of any length that is a few thousand outputs and versions. */
#define MOST_BYTES ((size_t)64 << 20)

static void *
take(size_t count, size_t bytes)
{
	size_t all = (count * bytes + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
	void *memory = aligned_alloc(CACHE_LINE, all);

	if (memory != NULL) {
		/* written once, so that no first use faults */
		memset(memory, 0, all);
	}
	return memory;
}

int
plan_open(struct engine *e)
{
	const struct engine_config *c = &e->config;
	size_t nodes = c->max_nodes;
	size_t buses = (size_t)c->max_buses + c->inputs + c->outputs;
	size_t floats = CACHE_LINE / sizeof(float);
	struct plan *p = take(1, sizeof *p);

	e->plan = p;
	if (p == NULL) {
		return -ENOMEM;
	}
	p->engine = e;
	p->most_writers = (uint32_t)(PER_NODE * nodes);
	p->most_readers = (uint32_t)(PER_NODE * nodes);
	p->stride = (c->block + floats - 1) / floats * floats;
	/* most synths are folded by their steps */
	size_t buffers = nodes + MIX_GROUP;
	size_t fit = MOST_BYTES / (p->stride * sizeof(float));
	p->most_buffers = (uint32_t)(buffers < fit ? buffers : fit);
	p->bus = take(buses, sizeof *p->bus);
	p->resource = take(c->max_resources + 1, sizeof *p->resource);
	p->part = take(nodes, sizeof *p->part);
	p->writer = take(p->most_writers + 1, sizeof *p->writer);
	p->group = take(p->most_writers + 1, sizeof *p->group);
	p->version = take(p->most_writers, sizeof *p->version);
	p->reader = take(p->most_readers, sizeof *p->reader);
	p->arena = take(p->most_buffers * p->stride, sizeof *p->arena);
	size_t steps = nodes + p->most_writers;
	p->level = take(nodes + 1, sizeof *p->level);
	p->step = take(steps, sizeof *p->step);
	p->member = take(nodes * RUNNER_MOST, sizeof(TactusSynth *));
	p->queue = take(steps, sizeof *p->queue);
	p->stage = take(3 * (nodes + 1), sizeof *p->stage);
	bool whole = p->bus != NULL && p->resource != NULL && p->part != NULL &&
		     p->writer != NULL && p->group != NULL &&
		     p->version != NULL && p->reader != NULL &&
		     p->arena != NULL && p->level != NULL && p->step != NULL &&
		     p->member != NULL && p->queue != NULL && p->stage != NULL;
	return whole ? 0 : -ENOMEM;
}

void
plan_close(struct engine *e)
{
	struct plan *p = e->plan;

	if (p == NULL) {
		return;
	}
	free(p->bus);
	free(p->resource);
	free(p->part);
	free(p->writer);
	free(p->group);
	free(p->version);
	free(p->reader);
	free(p->arena);
	free(p->level);
	free(p->step);
	free(p->member);
	free(p->queue);
	free(p->stage);
	free(p);
}
