/* SPDX-License-Identifier: MIT */
/*
 * rest.h -- how long the loop rests before it reads datagrams again.
 *
 * What comes between two blocks is applied at the second of them, whenever it
 * is read.  So where datagrams come in swarms they are read together, just
 * before rt takes commands again: a wake and a few calls of the kernel for
 * all of them, not for each.  Nothing is applied later for it, but for what
 * comes while a flood is being read; and what is asked is answered as soon
 * as ever: rt's call ends a rest, and after an answer there is none.
 *
 * A datagram that comes alone is not waited for: who sends one and waits for
 * the answer never meets a rest.
 *
 * Pure: no clock is read here.  The loop's thread.
 */
#ifndef TACTUS_NRT_REST_H
#define TACTUS_NRT_REST_H

#include "moment.h"
#include "net.h"

/** Between the end of a rest and the block: to be woken, and to read. */
#define REST_MARGIN_NS 150000

/** Where it is not known when the next block is, and in a flood. */
#define REST_SHORT_NS 200000

/** The longest: answers that need no block wait so long, and what the kernel
 * keeps meanwhile. */
#define REST_MOST_NS 1000000

/** So many datagrams in a turn are a flood. */
#define REST_FLOOD 32

/** How the loop rests; zeroed at the beginning. */
struct rest {
	bool swarms;     /* datagrams come several at once */
	bool whole;      /* the last rest lasted until just before a block */
	int64_t woke_ns; /* from that; 0: something came in between */
	int64_t busy_ns; /* how long reading took after it */
};

/**
 * How long to rest now.
 * @thread loop
 * @param came what came since this was asked last
 * @param newest when a block began; NULL: it is not known
 * @param block_ns from one block to the next
 * @return ns; 0: not at all
 */
int64_t rest_time(struct rest *r, const struct net_swarm *came,
	const struct instant *newest, int64_t block_ns, int64_t now_ns);

/** A rest has ended. @thread loop */
void rest_end(struct rest *r, int64_t now_ns);

#endif
