/* SPDX-License-Identifier: MIT */
/*
 * order.c -- see order.h.
 *
 * The tree is walked once.  Where all edges lead further on in it, its order
 * is topological already, and of all that are it is the one wanted.  Else the
 * synths are counted out (A. B. Kahn, "Topological sorting of large
 * networks", CACM 5, 1962), along the tree, with a bitmap over the places of
 * those that were passed over and now wait for nobody: its lowest bit is next.
 * That is done only between the places where the tree's order does not hold.
 */
#include "order.h"

#include <string.h>

#include "connection.h"
#include "order_private.h"

/**
 * Let a node that follows come from memory: they mostly stand in a row by
 * rising or falling ids, and this would then be the ninth.  Where they do not
 * it fetches in vain; that the address may lie anywhere does no harm, for
 * nothing is read.
 */
TACTUS_RT static inline void
fetch(const struct node *n)
{
	uintptr_t next = (uintptr_t)n->next;

	__builtin_prefetch((const void *)(next + 8 * (next - (uintptr_t)n)), 1);
}

/**
 * Note all synths below a node, depth first, and put those that run into the
 * order.
 * @param off nothing below it runs
 * @param at  their first place
 * @return the place behind the last
 */
TACTUS_RT static uint32_t
walk(struct engine *e, struct node *top, bool off, uint32_t at)
{
	struct sorting *s = e->sorting;
	uint32_t running = e->running;
	const struct node *hush = off ? top : NULL; /* it, or one above, is */
	struct node *n = top->head;

	while (n != NULL) {
		if (n->kind == KIND_SYNTH) {
			fetch(n);
			bool runs = hush == NULL && n->sounding && !n->paused;
			n->runs = runs;
			n->rank = running;
			e->order[running] = n;
			running += runs ? 1 : 0;
			s->all[at] = n;
			s->runs[at] = runs;
			s->place[n - e->node] = at;
			at++;
		} else if (n->head != NULL) {
			hush = hush == NULL && n->paused ? n : hush;
			n = n->head;
			continue;
		}
		while (n->next == NULL) {
			n = n->parent;
			hush = n == hush ? NULL : hush;
			if (n == top) {
				e->running = running;
				return at;
			}
		}
		n = n->next;
	}
	return at;
}

/**
 * Find the edges that do not lead to a higher place, and the places between
 * which they lie: all before the first place that such an edge leads to, and
 * all behind the last from which one comes, keep the tree's order.
 * @return is there one?
 */
TACTUS_RT static bool
find_bad(const struct engine *e, uint32_t *first, uint32_t *last)
{
	const struct sorting *s = e->sorting;
	uint32_t low = ORDER_NOWHERE;
	uint32_t high = 0;

	for (uint32_t i = 0; i < e->forward; i++) {
		uint32_t source = s->place[s->edge[i].source];
		uint32_t to = s->place[s->edge[i].to];
		bool bad = source >= to;
		low = bad && to < low ? to : low;
		high = bad && source > high ? source : high;
	}
	*first = low;
	*last = high;
	return low != ORDER_NOWHERE;
}

/** Chain the edges between two places by their source, and count what each
 * synth waits for. */
TACTUS_RT static void
gather(struct engine *e, uint32_t first, uint32_t last)
{
	struct sorting *s = e->sorting;
	uint32_t count = last - first + 1;

	memset(s->waits + first, 0, count * sizeof *s->waits);
	memset(s->begin + first, 0xFF, count * sizeof *s->begin);
	for (uint32_t i = 0; i < e->forward; i++) {
		uint32_t source = s->place[s->edge[i].source];
		uint32_t to = s->place[s->edge[i].to];
		/* one that comes from before is done, one that leads behind
		 * holds nobody up: in one comparison each */
		if (source - first >= count || to - first >= count) {
			continue;
		}
		s->waits[to]++;
		s->behind[i] = (struct lead){to, s->begin[source]};
		s->begin[source] = i;
	}
}

/** A synth that was passed over may be next. */
TACTUS_RT static inline void
set_ready(struct sorting *s, uint32_t place)
{
	for (int i = 0; i < ORDER_LEVELS; i++) {
		s->ready[i][place / 64] |= UINT64_C(1) << place % 64;
		place /= 64;
	}
}

/** It no longer may. */
TACTUS_RT static inline void
unset_ready(struct sorting *s, uint32_t place)
{
	for (int i = 0; i < ORDER_LEVELS; i++) {
		s->ready[i][place / 64] &= ~(UINT64_C(1) << place % 64);
		if (s->ready[i][place / 64] != 0) {
			return;
		}
		place /= 64;
	}
}

/** The first of those in the tree. @pre there is one */
TACTUS_RT static inline uint32_t
first_ready(const struct sorting *s)
{
	uint32_t at = 0;

	while (at < s->tops - 1 && s->ready[ORDER_LEVELS - 1][at] == 0) {
		at++;
	}
	for (int i = ORDER_LEVELS - 1; i >= 0; i--) {
		at = at * 64 + (uint32_t)__builtin_ctzll(s->ready[i][at]);
	}
	return at;
}

/**
 * Count out the synths between two places.  A cursor goes along them; who
 * waits for others is passed over, and is next as soon as the last of these
 * has had its turn, for it stands before the cursor.
 */
TACTUS_RT static void
sort(struct engine *e, uint32_t first, uint32_t last)
{
	struct sorting *s = e->sorting;
	uint32_t running = s->all[first]->rank;
	uint32_t cursor = first;
	uint32_t passed = 0; /* that may be next by now */

	gather(e, first, last);
	/* there is no cycle: each gets its turn, and the bitmap is empty */
	for (uint32_t done = first; done <= last; done++) {
		uint32_t at;
		if (passed > 0) {
			at = first_ready(s);
			unset_ready(s, at);
			passed--;
		} else {
			while (cursor < last && s->waits[cursor] != 0) {
				cursor++;
			}
			at = cursor++;
		}
		if (at > last) {
			break;
		}
		struct node *n = s->all[at];
		s->place[n - e->node] = done;
		n->rank = running;
		if (s->runs[at]) {
			e->order[running++] = n;
		}
		for (uint32_t i = s->begin[at]; i != ORDER_NOWHERE;
			i = s->behind[i].next) {
			uint32_t to = s->behind[i].to;
			if (--s->waits[to] == 0 && to < cursor) {
				set_ready(s, to);
				passed++;
			}
		}
	}
}

TACTUS_RT void
order_renew(struct engine *e)
{
	struct node *root = &e->node[0];
	bool off = root->paused || e->reaping;
	uint32_t first;
	uint32_t last;

	e->running = 0;
	uint32_t count = walk(e, &e->limbo, off, 0);
	count = walk(e, root, root->paused, count);
	if (count != 0 && find_bad(e, &first, &last)) {
		sort(e, first, last);
	}
	e->sorting->sound = true;
}

TACTUS_RT void
order_join(struct engine *e, struct connection *c)
{
	struct sorting *s = e->sorting;
	struct edge *g = &s->edge[e->forward];

	c->edge = e->forward++;
	g->source = (uint32_t)(c->source - e->node);
	g->to = (uint32_t)(c->to - e->node);
	g->connection = c;
	if (s->place[g->source] >= s->place[g->to]) {
		s->sound = false;
	}
}

TACTUS_RT void
order_part(struct engine *e, struct connection *c)
{
	struct sorting *s = e->sorting;

	/* the last takes its place */
	s->edge[c->edge] = s->edge[--e->forward];
	s->edge[c->edge].connection->edge = c->edge;
}

TACTUS_RT void
order_forget(struct engine *e, const struct node *n)
{
	e->sorting->place[n - e->node] = ORDER_NOWHERE;
}
