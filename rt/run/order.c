/* SPDX-License-Identifier: MIT */
/*
 * order.c -- see order.h.
 *
 * The tree is walked once.  Where nothing is connected its order is the one
 * wanted.  Else the synths are counted out (A. B. Kahn, "Topological sorting
 * of large networks", CACM 5, 1962), along the tree, with a bitmap over the
 * places of those that were passed over and now wait for nobody: its lowest
 * bit is next.  All that is looked at for it stands in arrays of words by id
 * or place, which the first cache holds.
 */
#include "order.h"

#include <string.h>

#include "connection.h"
#include "order_private.h"

/**
 * Note all synths below a node, depth first, and put those that run into the
 * order, as if nothing were connected.
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
			/* who stood there the last time most likely does now */
			__builtin_prefetch(&e->node[s->all[at + ORDER_AHEAD]]);
			uint32_t id = (uint32_t)(n - e->node);
			bool runs = hush == NULL && n->sounding && !n->paused;
			e->order[running] = n;
			e->rank[id] = runs ? running : ORDER_NOWHERE;
			running += runs ? 1 : 0;
			s->all[at] = id;
			s->tree[id] = at;
			s->place[id] = at;
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

/** Does every edge lead to a higher place in the tree? */
TACTUS_RT static bool
is_sorted(const struct engine *e)
{
	const struct sorting *s = e->sorting;
	uint32_t bad = 0;

	for (uint32_t i = 0; i < e->forward; i++) {
		bad |= s->tree[s->edge[i].source] >= s->tree[s->lead[i].to]
			       ? 1U
			       : 0U;
	}
	return bad == 0;
}

/** Find the level of each where the tree's order holds. */
TACTUS_RT static void
find_levels(struct engine *e, uint32_t count)
{
	struct sorting *s = e->sorting;

	memset(s->level, 0, count * sizeof *s->level);
	for (uint32_t at = 0; at < count; at++) {
		uint32_t id = s->all[at];
		uint32_t rank = e->rank[id];
		uint32_t i = s->first[id];
		if (rank == ORDER_NOWHERE) {
			continue;
		}
		uint32_t level = s->level[at] + 1;
		e->level[rank] = level - 1;
		for (; i != ORDER_NOWHERE; i = s->lead[i].next) {
			uint32_t *to = &s->level[s->tree[s->lead[i].to]];
			*to = level > *to ? level : *to;
		}
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

/** Let a synth's followers wait for one less, and raise them.
 * @param level  theirs at the least
 * @param cursor places before it have been passed over
 * @return how many of those may be next now */
TACTUS_RT static inline uint32_t
release(struct sorting *s, uint32_t id, uint32_t level, uint32_t cursor)
{
	uint32_t ready = 0;

	for (uint32_t i = s->first[id]; i != ORDER_NOWHERE;
		i = s->lead[i].next) {
		uint32_t to = s->tree[s->lead[i].to];
		s->level[to] = level > s->level[to] ? level : s->level[to];
		if (--s->waits[to] == 0 && to < cursor) {
			set_ready(s, to);
			ready++;
		}
	}
	return ready;
}

/**
 * Count out the synths.  A cursor goes along the tree; who waits for others is
 * passed over, and is next as soon as the last of these has had its turn, for
 * it stands before the cursor.
 */
TACTUS_RT static void
sort(struct engine *e, uint32_t count)
{
	struct sorting *s = e->sorting;
	uint32_t running = 0;
	uint32_t cursor = 0;
	uint32_t passed = 0; /* that may be next by now */

	for (uint32_t i = 0; i < count; i++) {
		s->waits[i] = s->comers[s->all[i]];
		s->level[i] = 0;
	}
	/* there is no cycle: each gets its turn, and the bitmap is empty */
	for (uint32_t done = 0; done < count; done++) {
		uint32_t at;
		if (passed > 0) {
			at = first_ready(s);
			unset_ready(s, at);
			passed--;
		} else {
			while (cursor < count - 1 && s->waits[cursor] != 0) {
				cursor++;
			}
			at = cursor++;
		}
		uint32_t id = s->all[at];
		bool runs = e->rank[id] != ORDER_NOWHERE;
		s->place[id] = done;
		e->order[running] = &e->node[id];
		e->level[running] = s->level[at];
		e->rank[id] = runs ? running : ORDER_NOWHERE;
		running += runs ? 1 : 0;
		/* who does not run is heard as silence, by whoever it may be */
		passed += release(s, id, runs ? s->level[at] + 1 : 0, cursor);
	}
}

TACTUS_RT void
order_renew(struct engine *e)
{
	struct node *root = &e->node[0];
	bool off = root->paused || e->reaping;

	e->running = 0;
	uint32_t count = walk(e, &e->limbo, off, 0);
	count = walk(e, root, root->paused, count);
	if (e->forward == 0 || count == 0) {
		memset(e->level, 0, e->running * sizeof *e->level);
	} else if (is_sorted(e)) {
		find_levels(e, count);
	} else {
		sort(e, count);
	}
	e->sorting->sound = true;
}

/** Let the neighbours of an edge in its list know where it stands. */
TACTUS_RT static void
point_at(struct sorting *s, uint32_t at, uint32_t to)
{
	const struct edge *g = &s->edge[at];
	uint32_t next = s->lead[at].next;

	*(g->previous != ORDER_NOWHERE ? &s->lead[g->previous].next
				       : &s->first[g->source]) = to;
	if (next != ORDER_NOWHERE) {
		s->edge[next].previous = to;
	}
}

TACTUS_RT void
order_join(struct engine *e, struct connection *c)
{
	struct sorting *s = e->sorting;
	uint32_t source = (uint32_t)(c->source - e->node);
	uint32_t to = (uint32_t)(c->to - e->node);
	uint32_t at = e->forward++;

	c->edge = at;
	s->lead[at] = (struct lead){to, s->first[source]};
	s->edge[at] = (struct edge){source, ORDER_NOWHERE, c};
	point_at(s, at, at);
	s->comers[to]++;
	if (s->place[source] >= s->place[to]) {
		s->sound = false;
	}
}

TACTUS_RT void
order_part(struct engine *e, struct connection *c)
{
	struct sorting *s = e->sorting;
	uint32_t at = c->edge;
	uint32_t last = --e->forward;
	const struct edge *g = &s->edge[at];
	uint32_t next = s->lead[at].next;

	s->comers[s->lead[at].to]--;
	*(g->previous != ORDER_NOWHERE ? &s->lead[g->previous].next
				       : &s->first[g->source]) = next;
	if (next != ORDER_NOWHERE) {
		s->edge[next].previous = g->previous;
	}
	if (at != last) {
		/* the last takes its place */
		point_at(s, last, at);
		s->lead[at] = s->lead[last];
		s->edge[at] = s->edge[last];
		s->edge[at].connection->edge = at;
	}
}

TACTUS_RT void
order_forget(struct engine *e, const struct node *n)
{
	e->sorting->place[n - e->node] = ORDER_NOWHERE;
	e->rank[n - e->node] = ORDER_NOWHERE;
}
