/* SPDX-License-Identifier: MIT */
/*
 * connection.h -- ports joined to ports: who hears whom, without a bus.
 *
 * A connection stands in two lists: that of its input, in the order in which
 * they were made (which is that in which they are added), and that of its
 * output.  One that is no feedback says that its source runs first, so there
 * is never a cycle of these.  A source that does not run is silence.
 *
 * An output that anything is connected to writes to a buffer of its own
 * (joint.own), from its first frame in each segment; a feedback connection
 * keeps two blocks of what came out (connection.delay), by the offset in the
 * block, and is heard one block later: what was before it was made is
 * silence.  Both come from the pools.
 */
#ifndef TACTUS_RT_CONNECTION_H
#define TACTUS_RT_CONNECTION_H

#include "engine_private.h"

struct connection {
	/* what whoever hears it looks at: one cache line */
	_Alignas(CACHE_LINE) struct node *source;
	struct node *to;
	const float *own;            /* the source's buffer: joint.own */
	struct connection *next_in;  /* of the same input; of the free ones */
	struct connection *next_out; /* of the same output */
	uint32_t flags;              /* MAP_FEEDBACK or none */
	uint32_t edge;               /* of no feedback: order.c's */
	uint32_t out;                /* ordinal among the source's outputs */
	uint32_t in;                 /* among the inputs of `to` */
	/* the rest */
	uint16_t out_port; /* the same two, among all ports */
	uint16_t in_port;
	struct connection *previous_in;
	struct connection *previous_out;
	struct bus delay; /* of feedback; tags UINT64_MAX at first */
};

/** Let all be free. @thread before-start */
void connection_init(struct engine *e);

/**
 * Connect, or say why not; then nothing has changed.
 * @pre both are synths, the ports are an audio output and an audio input
 * @thread rt
 * @param told what the reason speaks of
 * @param order takes the cycle, with REASON_CYCLE
 */
TACTUS_RT enum reason connection_make(struct engine *e, struct node *source,
	const struct shape_port *out, struct node *to,
	const struct shape_port *in, struct connect_order *order,
	int32_t told[2]);

/** Disconnect, or say why not. @pre as above @thread rt */
TACTUS_RT enum reason connection_break(struct engine *e, struct node *source,
	const struct shape_port *out, struct node *to,
	const struct shape_port *in, const struct connect_order *order);

/** Remove some connections of a synth that is about to end; those at their
 * other ends are told. @thread rt @return how many, `most` at the most */
TACTUS_RT uint32_t connection_cut(
	struct engine *e, struct node *n, uint32_t most);

/** Remove all connections of a synth that ends; those at their other ends are
 * told. @thread rt */
TACTUS_RT void connection_end(struct engine *e, struct node *n);

#endif
