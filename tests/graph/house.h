/* SPDX-License-Identifier: MIT */
/*
 * house.h -- all that is built in, for tests of whole graphs.
 *
 * Every plugin of harness_names is loaded; each of its synth definitions is a
 * part that can be played, once for every set of options that is tried and
 * fits.  Resources are made by their own classes: what nobody writes once,
 * audio buffers anew for every engine that plays.
 */
#ifndef TACTUS_TESTS_HOUSE_H
#define TACTUS_TESTS_HOUSE_H

#include <stdbool.h>
#include <stdint.h>

#include "harness_host.h"
#include "naive.h"

#define HOUSE_PARTS     96
#define HOUSE_RESOURCES 12

/** A synth definition with options. */
struct house_part {
	const TactusSynthDef *def;
	void *options; /* parsed; NULL: it has none */
	TactusPort port[NAIVE_PORTS];
	uint32_t ports;
	uint32_t controls;
	uint32_t resources;
	uint32_t ins;
	uint32_t outs;
};

struct house {
	struct harness_host nrt;
	struct house_part part[HOUSE_PARTS];
	uint32_t parts;
	/* by id; of audio buffers the class alone */
	const TactusResourceDef *class[HOUSE_RESOURCES];
	void *instance[HOUSE_RESOURCES];
	uint32_t resources;
};

/** What one engine plays; ids as in the house. */
struct house_set {
	void *instance[HOUSE_RESOURCES];
};

/** Load all of it, for segments of at most `block` frames. */
struct house *house_open(uint32_t block);
void house_close(struct house *h);

/** Its resources, which house_open adds once all is loaded. */
void house_add_resources(struct house *h);

/** The first part of a name. */
const struct house_part *house_part(const struct house *h, const char *name);

/** Have buffers of one's own, with the same sound in them each time. */
void house_furnish(struct house *h, struct house_set *set);
void house_clear(struct house *h, struct house_set *set);

/** Is it an audio buffer, which recorders write to? */
bool house_is_buffer(const struct house *h, uint32_t id);

#endif
