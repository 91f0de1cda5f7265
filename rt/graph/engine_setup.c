/* SPDX-License-Identifier: MIT */
/*
 * engine_setup.c -- how an engine is made and ended.
 *
 * All memory is taken here, and written once so that no first use faults.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "crew.h"
#include "engine.h"
#include "connection.h"
#include "engine_private.h"
#include "hold.h"
#include "job.h"
#include "order.h"
#include "plan.h"
#include "resource.h"
#include "runner.h"

/** Memory on a cache line, all zeros, touched. */
static void *
take(size_t bytes)
{
	bytes = (bytes + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
	void *memory = aligned_alloc(CACHE_LINE, bytes);
	if (memory != NULL) {
		memset(memory, 0, bytes);
	}
	return memory;
}

/** Lay out the buffers of a block: buses, silence, the outputs' gain. */
static int
open_buffers(struct engine *e)
{
	const struct engine_config *c = &e->config;
	size_t buses = (size_t)c->max_buses + c->inputs + c->outputs;
	/* each buffer begins on a cache line */
	size_t floats = CACHE_LINE / sizeof(float);
	size_t stride = (c->block + floats - 1) / floats * floats;
	size_t buffers = 3 * buses + 2;

	e->bus = calloc(buses, sizeof *e->bus);
	e->arena = take(buffers * stride * sizeof(float));
	if (e->bus == NULL || e->arena == NULL) {
		return -ENOMEM;
	}
	float *at = e->arena;
	for (size_t i = 0; i < buses; i++) {
		e->bus[i].frames[0] = at;
		e->bus[i].frames[1] = at + stride;
		e->bus[i].group = at + 2 * stride;
		at += 3 * stride;
	}
	e->zeros = at;
	e->envelope = at + stride;
	e->capture = e->bus + c->max_buses;
	e->playback = e->capture + c->inputs;
	return 0;
}

/** The table of resources, and what holds and works on them. */
static int
open_resources(struct engine *e)
{
	const struct engine_config *c = &e->config;
	size_t resources = c->max_resources > 0 ? c->max_resources : 1;
	size_t kept = (size_t)c->max_nodes * HOLDS_PER_NODE;

	e->resource = take(resources * sizeof *e->resource);
	e->kept = take(kept * sizeof *e->kept);
	e->job = take(JOBS * sizeof *e->job);
	e->job_id = take(WORK_MAX_JOBS * sizeof *e->job_id);
	e->perform = take(WORK_MAX_PERFORMS * sizeof *e->perform);
	if (e->resource == NULL || e->kept == NULL || e->job == NULL ||
		e->job_id == NULL || e->perform == NULL) {
		return -ENOMEM;
	}
	resource_init(e);
	hold_init(e);
	job_init(e);
	return 0;
}

/** Connections, and what it takes to order by them. */
static int
open_connections(struct engine *e)
{
	size_t most = e->config.max_connections;

	e->connection = take((most + 1) * sizeof *e->connection);
	if (e->connection == NULL) {
		return -ENOMEM;
	}
	connection_init(e);
	return order_open(e);
}

/** The nodes, and in which order they run. */
static int
open_nodes(struct engine *e)
{
	size_t most = e->config.max_nodes;

	e->node = take(most * sizeof *e->node);
	e->key = take(most * sizeof *e->key);
	e->fading = take((most + 1) * sizeof *e->fading);
	e->order = take(most * sizeof(struct node *));
	return e->node == NULL || e->key == NULL || e->fading == NULL ||
			       e->order == NULL
		       ? -ENOMEM
		       : 0;
}

/** All that an engine has of memory. */
static int
open_all(struct engine *e)
{
	static int (*const part[])(struct engine *) = {open_nodes, open_buffers,
		runner_open, plan_open, open_connections, open_resources};
	const struct engine_config *c = &e->config;
	int err = 0;

	for (size_t i = 0; err == 0 && i < sizeof part / sizeof *part; i++) {
		err = part[i](e);
	}
	if (err == 0) {
		err = pool_open(c->pool, c->pools, &e->pools);
	}
	return err == 0 ? events_open(c->max_events, &e->events) : err;
}

/** The outputs as they are at first. */
static void
begin_master(struct engine *e)
{
	const struct engine_config *c = &e->config;

	for (int i = 0; i < MASTER_FADES; i++) {
		e->master[i].to = 1.0F;
	}
	e->gain = (float)pow(10.0, c->startup_gain_db / 20.0);
	if (c->startup_ramp_ms > 0.0 && !c->offline) {
		double frames = c->startup_ramp_ms / 1000.0 * c->rate;
		e->master[MASTER_START].frames =
			frames < 1.0 ? 1 : (uint32_t)frames;
	}
}

int
engine_open(const struct engine_config *config, struct wire *wire,
	struct engine **out)
{
	struct engine *e = take(sizeof *e);
	if (e == NULL) {
		return -ENOMEM;
	}
	e->config = *config;
	e->wire = wire;
	e->gauges = &wire->gauges;
	int err = open_all(e);
	if (err != 0) {
		engine_close(e);
		return err;
	}
	for (uint32_t i = 0; i < config->max_nodes; i++) {
		e->node[i].synth.id = (int32_t)i;
	}
	e->node[0].kind = KIND_GROUP;
	e->node[0].fade.to = 1.0F;
	e->limbo.kind = KIND_GROUP;
	/* it sounds as the root does, and fades and is paused with it */
	e->limbo.parent = &e->node[0];
	e->limbo.synth.id = -1;
	e->groups = 1;
	e->highest = (int32_t)config->max_nodes - 1;
	begin_master(e);
	gauge_set(e->gauges, GAUGE_GROUPS, 1);
	gauge_set(e->gauges, GAUGE_THREADS, 1);
	*out = e;
	return 0;
}

void
engine_use_crew(struct engine *e, struct crew *crew)
{
	e->crew = crew;
	/* which stages are worth a call was worked out for another */
	e->changed = true;
	gauge_set(e->gauges, GAUGE_THREADS,
		crew == NULL ? 1 : crew_threads(crew));
}

void
engine_close(struct engine *e)
{
	if (e == NULL) {
		return;
	}
	pool_close(e->pools);
	events_close(e->events);
	free(e->node);
	free(e->key);
	free(e->fading);
	free(e->bus);
	free(e->order);
	order_close(e);
	free(e->connection);
	runner_close(e);
	plan_close(e);
	free(e->arena);
	free(e->resource);
	free(e->kept);
	free(e->job);
	free(e->job_id);
	free(e->perform);
	free(e);
}
