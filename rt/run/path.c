/* SPDX-License-Identifier: MIT */
/*
 * path.c -- see path.h.
 */
#include "path.h"

#include "connection.h"
#include "order_private.h"

/** Note the way that was found, backwards from its end. */
TACTUS_RT static void
note(const struct engine *e, uint32_t end, uint32_t begin,
	struct connect_order *order)
{
	const struct sorting *s = e->sorting;
	uint32_t length = 1;

	for (uint32_t at = end; at != begin; at = s->from[at]) {
		length++;
	}
	order->length = length;
	for (uint32_t at = end; length > 0; at = s->from[at]) {
		length--;
		if (length < CONNECT_PATH) {
			order->path[length] = (int32_t)at;
		}
	}
}

/** Is there anything that comes to a synth, but by feedback? */
TACTUS_RT static bool
hears(const struct node *n)
{
	uint32_t i = 0;

	while (i < n->inputs &&
		n->input[i].connections == n->input[i].feedbacks) {
		i++;
	}
	return i < n->inputs;
}

/**
 * Go one step on from a synth.
 * @param tail the end of the queue; moves
 * @param last places behind it lead nowhere
 * @return was the end reached?
 */
TACTUS_RT static bool
go_on(struct engine *e, uint32_t at, uint32_t end, uint32_t last,
	uint32_t *tail)
{
	struct sorting *s = e->sorting;
	const struct node *n = &e->node[at];

	for (uint32_t i = 0; i < n->outputs; i++) {
		const struct joint *j = &n->output[i];
		const struct connection *c =
			j->connections != j->feedbacks ? j->first : NULL;
		for (; c != NULL; c = c->next_out) {
			uint32_t to = (uint32_t)(c->to - e->node);
			if ((c->flags & MAP_FEEDBACK) != 0 ||
				s->seen[to] == s->search ||
				s->place[to] > last) {
				continue;
			}
			s->seen[to] = s->search;
			s->from[to] = at;
			if (to == end) {
				return true;
			}
			s->queue[(*tail)++] = to;
		}
	}
	return false;
}

/** The two ends of a search that goes from both. */
struct ends {
	uint64_t mark[2]; /* `seen` of what each has come to */
	uint32_t done[2]; /* of its queue; the other's goes down from the top */
	uint32_t count[2]; /* in it */
	uint32_t first;    /* places before it lead nowhere */
	uint32_t last;     /* nor do those behind it */
};

/** One end comes to a node. @return had the other been there? */
TACTUS_RT static inline bool
reach(struct engine *e, struct ends *ends, int side, const struct node *n)
{
	struct sorting *s = e->sorting;
	uint32_t id = (uint32_t)(n - e->node);
	uint32_t place = s->place[id];

	if (s->seen[id] == ends->mark[1 - side]) {
		return true;
	}
	if (s->seen[id] == ends->mark[side] ||
		(side == 0 ? place > ends->last : place < ends->first)) {
		return false;
	}
	s->seen[id] = ends->mark[side];
	uint32_t at = ends->count[side]++;
	s->queue[side == 0 ? at : e->config.max_nodes - 1 - at] = id;
	return false;
}

/** Go one step on from the next node of a side: along outputs from the
 * beginning, along inputs from the end. @return do they meet? */
TACTUS_RT static bool
approach(struct engine *e, struct ends *ends, int side)
{
	uint32_t at = ends->done[side]++;
	const struct node *n =
		&e->node[e->sorting->queue[side == 0 ? at
						     : e->config.max_nodes - 1 -
							       at]];
	uint32_t ports = side == 0 ? n->outputs : n->inputs;

	for (uint32_t i = 0; i < ports; i++) {
		const struct joint *j =
			side == 0 ? &n->output[i] : &n->input[i];
		const struct connection *c =
			j->connections != j->feedbacks ? j->first : NULL;
		while (c != NULL) {
			if ((c->flags & MAP_FEEDBACK) == 0 &&
				reach(e, ends, side,
					side == 0 ? c->to : c->source)) {
				return true;
			}
			c = side == 0 ? c->next_out : c->next_in;
		}
	}
	return false;
}

/**
 * Is there a way at all?  From both its ends at once: where there is none, one
 * of them soon comes no further, however much hangs on the other.
 */
TACTUS_RT static bool
is_linked(struct engine *e, const struct node *begin, const struct node *end)
{
	struct sorting *s = e->sorting;
	struct ends ends = {
		.mark = {s->search + 1, s->search + 2},
		.first = s->sound ? s->place[begin - e->node] : 0,
		.last = s->sound ? s->place[end - e->node] : ORDER_NOWHERE,
	};

	s->search += 2;
	(void)reach(e, &ends, 0, begin);
	(void)reach(e, &ends, 1, end);
	while (ends.done[0] < ends.count[0] && ends.done[1] < ends.count[1]) {
		if (approach(e, &ends, 0) || approach(e, &ends, 1)) {
			return true;
		}
	}
	return false;
}

TACTUS_RT bool
path_find(struct engine *e, const struct node *source, const struct node *to,
	struct connect_order *order)
{
	struct sorting *s = e->sorting;
	uint32_t end = (uint32_t)(source - e->node);
	uint32_t begin = (uint32_t)(to - e->node);
	uint32_t last = s->sound ? s->place[end] : ORDER_NOWHERE;
	uint32_t tail = 1;

	if (end == begin) {
		note(e, end, begin, order);
		return true;
	}
	if (!hears(source) || s->place[begin] > last ||
		!is_linked(e, to, source)) {
		return false;
	}
	/* the way from its beginning alone: the first of the shortest */
	s->search++;
	s->seen[begin] = s->search;
	s->queue[0] = begin;
	for (uint32_t i = 0; i < tail; i++) {
		if (go_on(e, s->queue[i], end, last, &tail)) {
			note(e, end, begin, order);
			return true;
		}
	}
	return false;
}
