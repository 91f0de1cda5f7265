/* SPDX-License-Identifier: MIT */
/*
 * snapshot.h -- the tree as it stands, copied for the loop to tell of.
 */
#ifndef TACTUS_RT_SNAPSHOT_H
#define TACTUS_RT_SNAPSHOT_H

#include "engine_private.h"

/** Copy a node and all below it, depth first; at most max_nodes.
 * @thread rt */
TACTUS_RT void snapshot_tree(
	struct engine *e, struct node *top, struct tree_reply *out);

/** Copy one node with its ports. @thread rt */
TACTUS_RT void snapshot_node(
	struct engine *e, struct node *n, struct query_reply *out);

#endif
