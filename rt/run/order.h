/* SPDX-License-Identifier: MIT */
/*
 * order.h -- in which order synths run.
 *
 * Execution order (ADR 0016): topological along the connections that are no
 * feedback, of those that may be next the one that stands first in the tree;
 * limbo is before the root.  All synths count, whether they run or not; those
 * that run are then e->order[0 … e->running - 1], and e->rank has the place of
 * each there, by id.
 *
 * Renewed once in a segment that had structural changes (e->changed).  Without
 * connections it is the tree's own order, and so it is where every connection
 * leads further on in the tree.
 */
#ifndef TACTUS_RT_ORDER_H
#define TACTUS_RT_ORDER_H

#include "engine_private.h"

struct connection;

/** Make what sorting needs, for as many nodes and connections as there can
 * be. @thread before-start @errors -ENOMEM */
TACTUS_NODISCARD int order_open(struct engine *e);
/** End it; what was not opened is accepted. @thread after rt has stopped */
void order_close(struct engine *e);

/** Renew e->order, and which nodes run. @thread rt */
TACTUS_RT void order_renew(struct engine *e);

/** Mind a connection that is no feedback: its source is to run first.
 * @pre no cycle comes of it (path.h) @thread rt */
TACTUS_RT void order_join(struct engine *e, struct connection *c);

/** Mind it no longer. @thread rt */
TACTUS_RT void order_part(struct engine *e, struct connection *c);

/** Forget a synth that ends: its slot's next node is another.
 * @pre it has no connections @thread rt */
TACTUS_RT void order_forget(struct engine *e, const struct node *n);

#endif
