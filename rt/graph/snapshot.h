/* SPDX-License-Identifier: MIT */
/*
 * snapshot.h -- tree and resources as they stand, copied for the loop to tell
 * of.
 */
#ifndef TACTUS_RT_SNAPSHOT_H
#define TACTUS_RT_SNAPSHOT_H

#include "engine_private.h"
#include "resource.h"

/** Copy a node and all below it, depth first; at most max_nodes.
 * @thread rt */
TACTUS_RT void snapshot_tree(
	struct engine *e, struct node *top, struct tree_reply *out);

/** Copy one node with its ports. @thread rt */
TACTUS_RT void snapshot_node(
	struct engine *e, struct node *n, struct query_reply *out);

/** Add one resource and its holders, those of longest standing first; none
 * when there is no room. @thread rt */
TACTUS_RT void snapshot_resource(
	struct engine *e, const struct resource *r, struct resource_reply *out);

/** Copy all resources, by id. @thread rt */
TACTUS_RT void snapshot_resources(struct engine *e, struct resource_reply *out);

#endif
