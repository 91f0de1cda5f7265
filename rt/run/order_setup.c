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

/** A word for each node: ORDER_NOWHERE. */
static uint32_t *
take_nowhere(size_t nodes)
{
	uint32_t *memory = take(nodes, sizeof *memory);

	if (memory != NULL) {
		memset(memory, 0xFF, nodes * sizeof *memory);
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
	s->lead = take(edges, sizeof *s->lead);
	s->edge = take(edges, sizeof *s->edge);
	s->first = take_nowhere(nodes);
	s->comers = take(nodes, sizeof *s->comers);
	s->tree = take(nodes, sizeof *s->tree);
	s->place = take_nowhere(nodes);
	s->all = take(nodes + ORDER_AHEAD, sizeof *s->all);
	s->waits = take(nodes, sizeof *s->waits);
	s->level = take(nodes, sizeof *s->level);
	s->seen = take(nodes, sizeof *s->seen);
	s->from = take(nodes, sizeof *s->from);
	s->queue = take(nodes, sizeof *s->queue);
	e->rank = take_nowhere(nodes);
	e->level = take(nodes, sizeof *e->level);
	if (s->lead == NULL || s->edge == NULL || s->first == NULL ||
		s->comers == NULL || s->tree == NULL || s->place == NULL ||
		s->all == NULL || s->waits == NULL || s->level == NULL ||
		s->seen == NULL || s->from == NULL || s->queue == NULL ||
		e->rank == NULL || e->level == NULL || !take_bits(s, nodes)) {
		return -ENOMEM;
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
	free(e->rank);
	free(e->level);
	free(s->lead);
	free(s->edge);
	free(s->first);
	free(s->comers);
	free(s->tree);
	free(s->place);
	free(s->all);
	free(s->waits);
	free(s->level);
	free(s->seen);
	free(s->from);
	free(s->queue);
	for (int i = 0; i < ORDER_LEVELS; i++) {
		free(s->ready[i]);
	}
	free(s);
}
