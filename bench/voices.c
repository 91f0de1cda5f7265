/* SPDX-License-Identifier: MIT */
/*
 * voices.c -- see voices.h.
 */
#include "voices.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tactus/def.h>

void
voices_unmap(struct batch *b, int32_t id, int32_t port)
{
	struct command *c = desk_add(b, COMMAND_MAP_OUTPUT, id);

	c->u.map.port.index = port;
	c->u.map.bus = -1;
}

void
voices_filtered(struct desk *d, uint32_t count)
{
	const TactusSynthDef *sine = desk_def("sine");
	const TactusSynthDef *filter = desk_def("filter");

	for (uint32_t i = 0; i < count; i++) {
		int32_t id = (int32_t)(2 * i + 1);
		struct batch *b = desk_batch(0);
		desk_add_synth(b, sine, id, 0);
		desk_add_set(b, id, SINE_FREQ, 100.0F + (float)i, -1.0);
		desk_add_set(b, id, SINE_AMP, 0.001F, -1.0);
		voices_unmap(b, id, SINE_OUT);
		desk_add_synth(b, filter, id + 1, 0);
		desk_add_set(b, id + 1, FILTER_CUTOFF,
			500.0F + 3.0F * (float)(i % 4096), -1.0);
		desk_add_connect(
			b, COMMAND_CONNECT, id, SINE_OUT, id + 1, FILTER_IN);
		desk_post(d, b);
		desk_take(d);
	}
}

int32_t
voices_port(const TactusSynthDef *def, const char *name)
{
	const TactusHost host = {.size = sizeof host, .rate = DESK_RATE};
	uint32_t count = tactus_def_ports(def, NULL);

	for (uint32_t i = 0; i < count; i++) {
		TactusPort port = {.size = sizeof port};
		tactus_def_port(&host, def, NULL, i, &port);
		if (strcmp(port.name, name) == 0) {
			return (int32_t)i;
		}
	}
	fprintf(stderr, "bench: %s has no port %s\n", def->name, name);
	exit(EXIT_FAILURE);
}

void
voices_pairs(struct desk *d, const char *from, const char *to, uint32_t count)
{
	const TactusSynthDef *source = desk_def(from);
	const TactusSynthDef *sink = desk_def(to);
	int32_t out = voices_port(source, "out");
	int32_t in = voices_port(sink, "in");

	for (uint32_t i = 0; i < count; i++) {
		int32_t id = (int32_t)(2 * i + 1);
		struct batch *b = desk_batch(0);
		desk_add_synth(b, source, id, 0);
		voices_unmap(b, id, out);
		desk_add_synth(b, sink, id + 1, 0);
		desk_add_connect(b, COMMAND_CONNECT, id, out, id + 1, in);
		desk_post(d, b);
		desk_take(d);
	}
}
