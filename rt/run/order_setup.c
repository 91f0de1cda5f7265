/* SPDX-License-Identifier: MIT */
/*
 * order_setup.c -- see order.h.  How the memory of sorting is made and ended.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "order.h"
#include "order_private.h"

/** An array, written once so that no first use faults. */
static void *
take(size_t count, size_t bytes)
{
	size_t all = (count + 1) * bytes;
	void *memory = malloc(all);

	if (memory != NULL) {
		memset(memory, 0, all);
	}
	return memory;
}

/** The bitmap, level by level. @return is there memory? */
static bool
take_bits(struct sorting *s, size_t nodes)
{
	bool good = true;

	for (int i = 0; i < ORDER_LEVELS; i++) {
		nodes = (nodes + 63) / 64;
		s->ready[i] = take(nodes, sizeof *s->ready[i]);
		good = good && s->ready[i] != NULL;
	}
	s->tops = (uint32_t)nodes;
	return good;
}

int
order_open(struct engine *e)
{
	size_t nodes = e->config.max_nodes;
	size_t edges = e->config.max_connections;
	struct sorting *s = calloc(1, sizeof *s);

	if (s == NULL) {
		return -ENOMEM;
	}
	e->sorting = s;
	s->edge = take(edges, sizeof *s->edge);
	s->place = take(nodes, sizeof *s->place);
	s->all = take(nodes, sizeof(struct node *));
	s->runs = take(nodes, sizeof *s->runs);
	s->waits = take(nodes, sizeof *s->waits);
	s->begin = take(nodes + 1, sizeof *s->begin);
	s->behind = take(edges, sizeof *s->behind);
	s->seen = take(nodes, sizeof *s->seen);
	s->from = take(nodes, sizeof *s->from);
	s->queue = take(nodes, sizeof *s->queue);
	if (s->edge == NULL || s->place == NULL || s->all == NULL ||
		s->runs == NULL || s->waits == NULL || s->begin == NULL ||
		s->behind == NULL || s->seen == NULL || s->from == NULL ||
		s->queue == NULL || !take_bits(s, nodes)) {
		return -ENOMEM;
	}
	for (size_t i = 0; i < nodes; i++) {
		s->place[i] = ORDER_NOWHERE;
	}
	s->sound = true;
	return 0;
}

void
order_close(struct engine *e)
{
	struct sorting *s = e->sorting;

	if (s == NULL) {
		return;
	}
	free(s->edge);
	free(s->place);
	free(s->all);
	free(s->runs);
	free(s->waits);
	free(s->begin);
	free(s->behind);
	free(s->seen);
	free(s->from);
	free(s->queue);
	for (int i = 0; i < ORDER_LEVELS; i++) {
		free(s->ready[i]);
	}
	free(s);
}
