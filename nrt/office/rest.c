/* SPDX-License-Identifier: MIT */
/*
 * rest.c -- see rest.h.
 */
#include "rest.h"

/** From now until so much before the next block that it can be made ready;
 * 0: it is too late for that, or not known. */
static int64_t
until_block(const struct rest *r, const struct instant *newest,
	int64_t block_ns, int64_t now_ns)
{
	int64_t busy_ns = r->busy_ns < block_ns / 2 ? r->busy_ns : block_ns / 2;

	if (newest == NULL || block_ns <= 0 || now_ns < newest->ns) {
		return 0;
	}
	int64_t left_ns = block_ns - (now_ns - newest->ns) % block_ns;
	left_ns -= REST_MARGIN_NS + busy_ns;
	return left_ns > 0 ? left_ns : 0;
}

int64_t
rest_time(struct rest *r, const struct net_swarm *came,
	const struct instant *newest, int64_t block_ns, int64_t now_ns)
{
	bool whole = r->whole;

	if (came->datagrams == 0) {
		return 0;
	}
	if (r->woke_ns != 0) {
		r->busy_ns = now_ns - r->woke_ns;
		r->woke_ns = 0;
	}
	r->whole = false;
	if (came->datagrams > 1) {
		r->swarms = true;
	} else if (whole) {
		/* alone in all that time */
		r->swarms = false;
	}
	if (!r->swarms || came->more || came->answered) {
		return 0;
	}
	bool flood = came->datagrams >= REST_FLOOD;
	if (newest == NULL || came->cramped) {
		return came->datagrams > 1 ? REST_SHORT_NS : 0;
	}
	int64_t ns = until_block(r, newest, block_ns, now_ns);
	if (ns == 0) {
		return flood ? REST_SHORT_NS : 0;
	}
	r->whole = true;
	return ns < REST_MOST_NS ? ns : REST_MOST_NS;
}

void
rest_end(struct rest *r, int64_t now_ns)
{
	r->woke_ns = r->whole ? now_ns : 0;
}
