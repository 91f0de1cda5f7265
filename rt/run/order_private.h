/* SPDX-License-Identifier: MIT */
/*
 * order_private.h -- what sorting needs, for order.c, path.c and the set-up.
 *
 * All arrays are flat and made once.  Those by place stand for the synths of
 * the tree, limbo's first.
 */
#ifndef TACTUS_RT_ORDER_PRIVATE_H
#define TACTUS_RT_ORDER_PRIVATE_H

#include "order.h"

/** Levels of the bitmap of those that were passed over; a bit of one is a word
 * of the level below.  The upper is searched: it has 16 words at the most. */
#define ORDER_LEVELS 2

/** Synths ahead of the walk that are fetched. */
#define ORDER_AHEAD 8

/** A connection that is no feedback, as sorting sees it. */
struct lead {
	uint32_t to;   /* id */
	uint32_t next; /* of the same source; ORDER_NOWHERE: none */
};

/** The rest of what is known of it. */
struct edge {
	uint32_t source;   /* id */
	uint32_t previous; /* of the same source */
	struct connection *connection;
};

struct sorting {
	/* e->forward of them, in no order */
	struct lead *lead;
	struct edge *edge;

	/* by id */
	uint32_t *first;  /* of its leads */
	uint32_t *comers; /* how many lead to it */
	uint32_t *tree;   /* its place in the tree */
	/* its place in the order as it was last renewed; ORDER_NOWHERE: it was
	 * not there */
	uint32_t *place;
	/* Does every edge lead from a lower place to a higher one?  (Where
	 * nothing leads on from a synth, it may stand nowhere.) */
	bool sound;

	/* by place in the tree */
	uint32_t *all;   /* ids, as far as the next renewal: a good guess */
	uint32_t *waits; /* for so many edges */
	uint32_t *level; /* by connections alone, of those that run */
	uint64_t *ready[ORDER_LEVELS];
	uint32_t tops; /* words of the last level */

	/* of a search (path.c) */
	uint64_t search; /* which one, from 1 */
	uint64_t *seen;  /* by id: the last search that came there */
	uint32_t *from;  /* … and from where */
	uint32_t *queue;
};

#endif
