/* SPDX-License-Identifier: MIT */
/*
 * hold.h -- what a synth holds: what is bound to its ports, what it acquired.
 *
 * The ports' holds lie in the synth's body and are the engine's; those of
 * acquire come from a list of fixed size, one for each resource that a synth
 * acquired.  All are given back when the synth ends, whatever way it ends.
 */
#ifndef TACTUS_RT_HOLD_H
#define TACTUS_RT_HOLD_H

#include "resource.h"

/** Resources that synths may have acquired, for each node there can be. */
#define HOLDS_PER_NODE 2

/** A resource port of a synth. */
struct binding {
	struct hold hold;
	bool asked; /* the /node/set that is being judged names it */
};

/** What a synth acquired, or kept when its port was bound anew. */
struct kept {
	struct hold hold;
	struct kept *next; /* of the same synth; or of the free ones */
	uint32_t given; /* in this segment's process: given back at its end */
};

/** Let all holds be free. @thread before-start */
void hold_init(struct engine *e);

/**
 * Bind what the spec names, before construct.
 * @pre the synth's ports are laid out and bound to nothing
 * @thread rt
 * @return why not: then some may be bound, and hold_end is to be called
 */
TACTUS_RT enum reason hold_bind_first(
	struct engine *e, struct node *n, int32_t told[2]);

/**
 * Judge a port of /node/set; call hold_forget_asked when all are judged.
 * @thread rt
 * @param id    -1: unbind
 * @param keeps counts the holds that synths may need to keep what was bound
 */
TACTUS_RT enum reason hold_judge(struct engine *e, struct node *n,
	const struct shape_port *p, int32_t id, uint32_t *keeps,
	int32_t told[2]);

/** Forget that a port was asked for. @thread rt */
TACTUS_RT void hold_forget_asked(struct node *n, const struct shape_port *p);

/**
 * Bind a port of a living synth anew, and tell the synth.
 * @pre hold_judge
 * @thread rt
 * @param id -1: unbind
 */
TACTUS_RT enum reason hold_bind(struct engine *e, struct node *n,
	const struct shape_port *p, int32_t id, int32_t told[2]);

/** As TactusWorld.resource_acquire. @thread rt */
TACTUS_RT void *hold_acquire(
	struct engine *e, struct node *n, int32_t id, const char *uri);

/** As TactusWorld.resource_release. @thread rt */
TACTUS_RT void hold_release(struct engine *e, struct node *n, int32_t id);

/** Note that a synth gives one reference back at the segment's end; more than
 * it has is ignored. @thread rt or a helper, in process @return was it noted?
 */
TACTUS_RT bool hold_give_later(struct node *n, int32_t id);

/** Give back what was noted. @thread rt */
TACTUS_RT void hold_give_now(struct engine *e, struct node *n);

/** References of a synth to one resource. @thread rt */
TACTUS_RT uint32_t hold_count(const struct node *n, int32_t id);

/** Give back all that a synth holds: it has ended. @thread rt */
TACTUS_RT void hold_end(struct engine *e, struct node *n);

#endif
