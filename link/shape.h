/* SPDX-License-Identifier: MIT */
/*
 * shape.h -- what a def with given options looks like: its ports, counted.
 *
 * Made by the loop when a synth is asked for, read by rt, never changed while
 * anything refers to it.  A spec, one per synth, carries it to rt and comes
 * back with the synth's end, so the loop knows when nobody looks any more.
 * Synths without options share the shape that the registry keeps.
 */
#ifndef TACTUS_LINK_SHAPE_H
#define TACTUS_LINK_SHAPE_H

#include <stdint.h>

#include <tactus/plugin.h>

/** One port, with what rt needs at hand. */
struct shape_port {
	TactusPort port;
	uint32_t hash;    /* name_hash(port.name) */
	uint32_t ordinal; /* among the ports of its kind and direction */
};

struct shape {
	const TactusSynthDef *def;
	uint32_t ports; /* all of them; then by kind, in this order */
	uint32_t controls;
	uint32_t resources;
	uint32_t inputs;
	uint32_t outputs;
	uint32_t references;   /* 1: the registry's own, shared by specs */
	size_t instance_bytes; /* with extra_bytes */
	struct shape_port port[];
};

/** All that rt needs to make one synth; owned by the node while it lives. */
struct synth_spec {
	struct shape *shape;
	void *options; /* parsed, or NULL; lies behind the spec */
	int32_t *bind; /* per resource port an id, -1 none; NULL: none at all */
	float controls[]; /* initial values, clamped: one per control port */
};

/** The hash that port names and keys are compared by first (FNV-1a). */
TACTUS_RT static inline uint32_t
name_hash(const char *name)
{
	uint32_t hash = 2166136261U;

	for (; *name != '\0'; name++) {
		hash = (hash ^ (unsigned char)*name) * 16777619U;
	}
	return hash;
}

#endif
