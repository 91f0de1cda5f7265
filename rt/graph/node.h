/* SPDX-License-Identifier: MIT */
/*
 * node.h -- the node tree: who stands where, who is made, who ends.
 *
 * Everything is constant time but the end of a group, which is linear in what
 * it holds, and the choice of an id, which looks for the highest free one.
 */
#ifndef TACTUS_RT_NODE_H
#define TACTUS_RT_NODE_H

#include "engine_private.h"

/** The node that `id` names: NULL when there is none. @thread rt */
TACTUS_RT static inline struct node *
node_find(struct engine *e, int32_t id)
{
	if (id < 0 || (uint32_t)id >= e->config.max_nodes) {
		return NULL;
	}
	struct node *n = &e->node[id];
	bool lives = n->kind == KIND_GROUP || n->kind == KIND_SYNTH;
	return lives && !n->cleared ? n : NULL;
}

/** A reference that outlives the node. @thread rt */
TACTUS_RT static inline struct node_ref
node_refer(const struct node *n)
{
	return (struct node_ref){n->synth.id, n->generation};
}

/** The node that is meant, in the tree or in limbo: NULL when it has ended,
 * whoever has its id now. @thread rt */
TACTUS_RT static inline struct node *
node_deref(struct engine *e, struct node_ref ref)
{
	struct node *n = &e->node[ref.id];
	bool lives = n->kind == KIND_GROUP || n->kind == KIND_SYNTH;
	return lives && n->generation == ref.generation ? n : NULL;
}

/** Where a new or moved node is to stand. */
struct place {
	struct node *parent;
	struct node *before; /* NULL: at the tail */
};

/**
 * Work out a place; nothing changes.
 * @thread rt
 * @return why not, or REASON_NONE
 */
TACTUS_RT enum reason node_place(
	struct engine *e, int32_t target, int32_t placement, struct place *out);

/** Choose or check the id of a new node. `*id` -1: it is chosen.
 * @thread rt */
TACTUS_RT enum reason node_id(struct engine *e, int32_t *id);

/** Put a group at a place. @thread rt */
TACTUS_RT void node_make_group(
	struct engine *e, int32_t id, const struct place *place);

/**
 * Make a synth and put it at a place.  Failing leaves nothing behind.
 * @thread rt
 * @owns the spec belongs to the node only when this says REASON_NONE
 * @param told what the reason speaks of
 */
TACTUS_RT enum reason node_make_synth(struct engine *e, int32_t id,
	const struct place *place, struct synth_spec *spec, int32_t told[2]);

/** Take a node out of its parent's list. @thread rt */
TACTUS_RT void node_unlink(struct node *n);

/** Put a node that stands nowhere at a place. @thread rt */
TACTUS_RT void node_link(struct node *n, const struct place *place);

/** End a node and all it holds, children first. @thread rt */
TACTUS_RT void node_free(struct engine *e, struct node *n);

/** End all that a group holds, not the group. @thread rt */
TACTUS_RT void node_free_children(struct engine *e, struct node *group);

/** Does `n` stand below `group`, or is it the same? @thread rt */
TACTUS_RT bool node_is_within(const struct node *n, const struct node *group);

/** The node after `n`, depth first, within `top`; NULL at the end.
 * @thread rt */
TACTUS_RT struct node *node_after(struct node *n, const struct node *top);

/** Take the root's children to limbo (ADR 0007). @thread rt */
TACTUS_RT void node_clear(struct engine *e);

/** Free some of limbo, deepest first: `most` nodes that are not connected;
 * REAP_CONNECTIONS connections count as a node. @thread rt */
TACTUS_RT void node_reap(struct engine *e, uint32_t most);

/** Give a node a key; "" takes it away. @thread rt */
TACTUS_RT void node_name(struct engine *e, struct node *n, const char *key);

#endif
