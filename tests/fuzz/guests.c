/* SPDX-License-Identifier: MIT */
/*
 * guests.c -- see guests.h.
 */
#include "guests.h"

#include <stdio.h>
#include <string.h>

#include <tactus/resources/audio_buffer.h>

/** What both parse, and remember. */
struct guest {
	int32_t id;
};

static int
parse(const TactusHost *host, const TactusOption *options, uint32_t count,
	void *out, char *reason, size_t size)
{
	struct guest *g = out;

	(void)host;
	g->id = 1;
	for (uint32_t i = 0; i < count; i++) {
		double id = options[i].number;
		if (strcmp(options[i].name, "seed") != 0 ||
			!(id >= -9.0 && id <= 9.0)) {
			(void)snprintf(reason, size, "no option %s of that",
				options[i].name);
			return -1;
		}
		g->id = (int32_t)id;
	}
	return 0;
}

static uint32_t
count_ports(const void *options)
{
	(void)options;
	return 2;
}

static void
describe(const TactusHost *host, const void *options, uint32_t index,
	TactusPort *port)
{
	(void)host;
	(void)options;
	port->kind = index == 0 ? TACTUS_CONTROL : TACTUS_RESOURCE;
	(void)snprintf(port->name, sizeof port->name, "%s",
		index == 0 ? "rate" : "buffer");
	port->maximum = 1.0F;
	port->resource = index == 0 ? NULL : TACTUS_AUDIO_BUFFER_URI;
}

TACTUS_RT static int
construct(const TactusWorld *world, const void *options, TactusSynth *synth)
{
	const struct guest *given = options;
	struct guest *g = synth->self;

	(void)world;
	g->id = given != NULL ? given->id : 1;
	return 0;
}

TACTUS_RT static int
hoard(const TactusWorld *world, const void *options, TactusSynth *synth)
{
	struct guest *g = synth->self;

	(void)construct(world, options, synth);
	for (int i = 0; i < 2; i++) {
		if (world->resource_acquire(world, synth, g->id,
			    TACTUS_AUDIO_BUFFER_URI) == NULL) {
			return 409; /* and the first is given back */
		}
	}
	world->resource_release(world, synth, g->id);
	return 0;
}

TACTUS_RT static void
process_hoarder(const TactusWorld *world, TactusSynth *synth, uint32_t frames)
{
	const struct guest *g = synth->self;

	(void)frames;
	if (synth->controls[0].value > 0.0F) {
		/* one that was never there, too */
		(void)world->resource_acquire(
			world, synth, g->id + 1, TACTUS_AUDIO_BUFFER_URI);
		(void)world->resource_acquire(world, synth, g->id, NULL);
		world->resource_release(world, synth, 2);
		world->log(world, synth, TACTUS_LOG_INFO, "holds", g->id);
	}
}

static int
perform(const TactusHost *host, void *const *resources, uint32_t count,
	void *data)
{
	const struct guest *g = data;

	(void)host;
	return count == 2 && resources[0] != NULL ? g->id : -1;
}

TACTUS_RT static void
performed(const TactusWorld *world, TactusSynth *synth, int result,
	const void *data)
{
	const struct guest *g = data;
	double values[2] = {result, g->id};

	(void)world->notify(world, synth, "/performed", "ii", values);
}

TACTUS_RT static void
process_performer(const TactusWorld *world, TactusSynth *synth, uint32_t frames)
{
	struct guest *g = synth->self;
	int32_t ids[2] = {g->id, 1};
	TactusPerform what = {.size = sizeof what,
		.count = 2,
		.ids = ids,
		.exclusive = synth->controls[0].value > 0.0F,
		.bytes = sizeof *g,
		.data = g,
		.perform = perform,
		.done = performed};

	(void)frames;
	(void)world->perform_with_resources(world, synth, &what);
}

static const TactusSynthDef hoarder = {
	.size = sizeof(TactusSynthDef),
	.flags = TACTUS_SERIAL,
	.uri = "urn:tactus:synthdef:hoarder:1",
	.name = "hoarder",
	.doc = "Acquires more than it gives back.",
	.instance_bytes = sizeof(struct guest),
	.options_bytes = sizeof(struct guest),
	.parse = parse,
	.port_count = count_ports,
	.port = describe,
	.construct = hoard,
	.process = process_hoarder,
};

static const TactusSynthDef performer = {
	.size = sizeof(TactusSynthDef),
	.flags = TACTUS_SERIAL,
	.uri = "urn:tactus:synthdef:performer:1",
	.name = "performer",
	.doc = "Asks a worker at each block.",
	.instance_bytes = sizeof(struct guest),
	.options_bytes = sizeof(struct guest),
	.parse = parse,
	.port_count = count_ports,
	.port = describe,
	.construct = construct,
	.process = process_performer,
};

const TactusSynthDef *
guests_def(unsigned number)
{
	return number == 0 ? &hoarder : number == 1 ? &performer : NULL;
}
