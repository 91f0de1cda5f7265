/* SPDX-License-Identifier: MIT */
/*
 * order.c -- see order.h.
 *
 * The tree is walked once.  Where all edges lead further on in it, its order
 * is topological already, and of all that are it is the one wanted.  Else the
 * synths are counted out (A. B. Kahn, "Topological sorting of large
 * networks", CACM 5, 1962), with a bitmap over places in the tree of those
 * that wait for nobody: its lowest bit is next.
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

/** Does every edge lead to a higher place? */
TACTUS_RT static bool
is_sound(const struct engine *e)
{
	const struct sorting *s = e->sorting;
	uint32_t bad = 0;

	for (uint32_t i = 0; i < e->forward; i++) {
		const struct edge *g = &s->edge[i];
		bad |= s->place[g->source] >= s->place[g->to] ? 1 : 0;
	}
	return bad == 0;
}

/** Gather the edges by source, and count what each synth waits for. */
TACTUS_RT static void
gather(struct engine *e, uint32_t count)
{
	struct sorting *s = e->sorting;
	uint32_t sum = 0;

	memset(s->waits, 0, count * sizeof *s->waits);
	memset(s->begin, 0, (count + 1) * sizeof *s->begin);
	for (uint32_t i = 0; i < e->forward; i++) {
		s->waits[s->place[s->edge[i].to]]++;
		s->begin[s->place[s->edge[i].source]]++;
	}
	/* where each one's end; it moves to the beginning as they are put */
	for (uint32_t i = 0; i < count; i++) {
		sum += s->begin[i];
		s->begin[i] = sum;
	}
	s->begin[count] = sum;
	for (uint32_t i = 0; i < e->forward; i++) {
		uint32_t to = s->place[s->edge[i].to];
		s->behind[--s->begin[s->place[s->edge[i].source]]] = to;
	}
}

/** A synth may be next. */
TACTUS_RT static inline void
set_ready(struct sorting *s, uint32_t place)
{
	for (int i = 0; i < ORDER_LEVELS; i++) {
		s->ready[i][place / 64] |= UINT64_C(1) << place % 64;
		place /= 64;
	}
}

/** Whoever waits for nobody may be first. @pre the bitmap is empty */
TACTUS_RT static void
begin_ready(struct sorting *s, uint32_t count)
{
	for (uint32_t i = 0; i < count; i += 64) {
		uint32_t end = count - i < 64 ? count - i : 64;
		uint64_t bits = 0;
		for (uint32_t k = 0; k < end; k++) {
			bits |= (uint64_t)(s->waits[i + k] == 0) << k;
		}
		s->ready[0][i / 64] = bits;
		for (uint32_t l = 1, at = i / 64; l < ORDER_LEVELS; l++) {
			s->ready[l][at / 64] |= (uint64_t)(bits != 0)
						<< at % 64;
			at /= 64;
		}
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

/** The first in the tree of those that may be next; none: ORDER_NOWHERE. */
TACTUS_RT static inline uint32_t
first_ready(const struct sorting *s)
{
	uint32_t at = 0;

	while (at < s->tops && s->ready[ORDER_LEVELS - 1][at] == 0) {
		at++;
	}
	if (at == s->tops) {
		return ORDER_NOWHERE;
	}
	for (int i = ORDER_LEVELS - 1; i >= 0; i--) {
		at = at * 64 + (uint32_t)__builtin_ctzll(s->ready[i][at]);
	}
	return at;
}

/** Count the synths out. */
TACTUS_RT static void
sort(struct engine *e, uint32_t count)
{
	struct sorting *s = e->sorting;
	uint32_t running = 0;

	gather(e, count);
	begin_ready(s, count);
	/* there is no cycle: each gets its turn, and the bitmap is empty */
	for (uint32_t done = 0; done < count; done++) {
		uint32_t at = first_ready(s);
		if (at == ORDER_NOWHERE) {
			break;
		}
		unset_ready(s, at);
		struct node *n = s->all[at];
		s->place[n - e->node] = done;
		n->rank = running;
		e->order[running] = n;
		running += s->runs[at] ? 1 : 0;
		for (uint32_t i = s->begin[at]; i < s->begin[at + 1]; i++) {
			if (--s->waits[s->behind[i]] == 0) {
				set_ready(s, s->behind[i]);
			}
		}
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
	if (!is_sound(e)) {
		sort(e, count);
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
