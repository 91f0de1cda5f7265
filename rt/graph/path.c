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
	if (!hears(source) || s->place[begin] > last) {
		return false;
	}
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
