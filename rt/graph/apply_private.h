/* SPDX-License-Identifier: MIT */
/*
 * apply_private.h -- what all commands need: their node, and a reason to fail.
 *
 * The audio thread's.
 */
#ifndef TACTUS_RT_APPLY_PRIVATE_H
#define TACTUS_RT_APPLY_PRIVATE_H

#include "apply.h"
#include "node.h"

/** Note why a command failed, and what that speaks of. */
TACTUS_RT static inline void
apply_fail(struct command *c, enum reason reason, int32_t told, int32_t more)
{
	c->reason = (uint16_t)reason;
	c->told[0] = told;
	c->told[1] = more;
}

/** The node of an id; NULL when the command failed for want of one. */
TACTUS_RT static inline struct node *
apply_find_id(struct engine *e, struct command *c, int32_t id)
{
	struct node *n = node_find(e, id);

	if (n == NULL) {
		bool range = id < 0 || (uint32_t)id >= e->config.max_nodes;
		apply_fail(c, range ? REASON_NODE_RANGE : REASON_NODE_MISSING,
			id, (int32_t)e->config.max_nodes - 1);
	}
	return n;
}

/** The node of a command. */
TACTUS_RT static inline struct node *
apply_find(struct engine *e, struct command *c)
{
	return apply_find_id(e, c, c->id);
}

/** The same, of the kind that the command is for. */
TACTUS_RT static inline struct node *
apply_find_kind(struct engine *e, struct command *c, enum node_kind kind)
{
	struct node *n = apply_find(e, c);

	if (n != NULL && n->kind != kind) {
		apply_fail(c,
			kind == KIND_SYNTH ? REASON_NOT_SYNTH
					   : REASON_NOT_GROUP,
			c->id, 0);
		return NULL;
	}
	return n;
}

/** /node/set: all its pairs, or none and why. @thread rt */
TACTUS_RT void apply_set(struct engine *e, struct command *c);

/** A row of /node/set, each as if it had come alone. @thread rt */
TACTUS_RT void apply_set_row(struct engine *e, struct command *c);

#endif
