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

/** No place: a synth that was not there when the order was renewed. */
#define ORDER_NOWHERE UINT32_MAX

/** Levels of the bitmap of those that were passed over; a bit of one is a word
 * of the level below.  The upper is searched: it has 16 words at the most. */
#define ORDER_LEVELS 2

/** A connection that is no feedback. */
struct edge {
	uint32_t source; /* ids */
	uint32_t to;
	struct connection *connection;
};

/** An edge as sorting sees it. */
struct lead {
	uint32_t to;   /* its place in the tree */
	uint32_t next; /* of the same source; ORDER_NOWHERE: none */
};

struct sorting {
	struct edge *edge; /* e->forward of them, in no order */

	/* by id: the place in the order as it was last renewed */
	uint32_t *place;
	/* Does every edge lead from a lower place to a higher one?  (Where
	 * nothing leads on from a synth, it may stand nowhere.) */
	bool sound;

	/* by place in the tree */
	struct node **all;
	bool *runs;
	uint32_t *waits;     /* for so many edges */
	uint32_t *begin;     /* the first of its own in `behind` */
	struct lead *behind; /* as `edge` */
	uint64_t *ready[ORDER_LEVELS];
	uint32_t tops; /* words of the last level */

	/* of a search (path.c) */
	uint64_t search; /* which one, from 1 */
	uint64_t *seen;  /* by id: the last search that came there */
	uint32_t *from;  /* … and from where */
	uint32_t *queue;
};

#endif
