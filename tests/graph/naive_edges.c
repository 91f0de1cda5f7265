/* SPDX-License-Identifier: MIT */
/*
 * naive_edges.c -- see naive.h.  Connections: made, broken, judged.
 *
 * All belongs to the test's one thread.
 */
#include <stdlib.h>
#include <string.h>

#include "naive_private.h"

static void
no(struct outcome *w, uint32_t reason, int32_t a, int32_t b)
{
	w->reason = reason;
	w->told[0] = a;
	w->told[1] = b;
}

uint32_t
naive_edges(const struct naive *v)
{
	return v->edges;
}

/** Where a connection of these ports stands; v->edges: nowhere. */
static uint32_t
where(const struct naive *v, const struct edge *like)
{
	uint32_t i = 0;

	while (i < v->edges && (v->edge[i].source != like->source ||
				       v->edge[i].out != like->out ||
				       v->edge[i].to != like->to ||
				       v->edge[i].in != like->in)) {
		i++;
	}
	return i;
}

static uint32_t
count_inputs(const struct naive *v, int32_t to, uint32_t in)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < v->edges; i++) {
		n += v->edge[i].to == to && v->edge[i].in == in;
	}
	return n;
}

bool
naive_is_joined(const struct naive *v, const struct thing *t, uint32_t k)
{
	for (uint32_t i = 0; i < v->edges; i++) {
		if (v->edge[i].source == t->id && v->edge[i].out == k) {
			return true;
		}
	}
	return false;
}

bool
naive_is_late(const struct naive *v, const struct thing *t)
{
	for (uint32_t i = 0; i < v->edges; i++) {
		int32_t id = v->edge[i].source;
		while (id != t->id && id != NOBODY) {
			id = v->thing[id].parent;
		}
		if (id == t->id && v->edge[i].past != NULL) {
			return true;
		}
	}
	return false;
}

/** The two ends that an order names, or why they cannot be. */
static bool
find_ends(struct naive *v, const struct order *o, struct outcome *w,
	struct edge *e)
{
	struct thing *source = naive_find(v, o->id);
	struct thing *to = naive_find(v, o->to);
	const struct thing *ends[2] = {source, to};
	const int32_t ids[2] = {o->id, o->to};

	for (int i = 0; i < 2; i++) {
		if (ends[i] == NULL) {
			bool range = ids[i] < 0 ||
				     (uint32_t)ids[i] >= v->config.max_nodes;
			no(w, range ? REASON_NODE_RANGE : REASON_NODE_MISSING,
				ids[i], (int32_t)v->config.max_nodes - 1);
			return false;
		}
	}
	for (int i = 0; i < 2; i++) {
		if (ends[i]->is != IS_SYNTH) {
			no(w, REASON_NOT_SYNTH, ids[i], 0);
			return false;
		}
	}
	int32_t out = naive_port(
		source, o->port, o->index, TACTUS_AUDIO, TACTUS_OUTPUT, w);
	if (out < 0) {
		return false;
	}
	int32_t in = naive_port(
		to, o->to_port, o->to_index, TACTUS_AUDIO, TACTUS_INPUT, w);
	*e = (struct edge){.source = o->id, .to = o->to};
	e->out = source->ordinal[out];
	e->in = in < 0 ? 0 : to->ordinal[in];
	return in >= 0;
}

/**
 * Seek a shortest way from the destination to the source, step by step
 * outwards.
 * @return how many nodes it has; 0: there is none
 */
static uint32_t
seek_path(const struct naive *v, int32_t from, int32_t source, int32_t *path)
{
	static int32_t before[MOST_NODES];
	static int32_t queue[MOST_NODES];
	uint32_t queued = 1;
	bool found = from == source;

	for (uint32_t i = 0; i < v->config.max_nodes; i++) {
		before[i] = -2; /* not seen */
	}
	queue[0] = from;
	before[from] = -1;
	for (uint32_t i = 0; i < queued && !found; i++) {
		uint32_t outputs = v->thing[queue[i]].outputs;
		/* port by port, as they were made */
		for (uint32_t n = 0; n < outputs * v->edges; n++) {
			const struct edge *e = &v->edge[n % v->edges];
			if (e->source != queue[i] || e->past != NULL ||
				e->out != n / v->edges || before[e->to] != -2) {
				continue;
			}
			before[e->to] = queue[i];
			queue[queued++] = e->to;
			found = found || e->to == source;
		}
	}
	if (!found) {
		return 0;
	}
	uint32_t length = 0;
	for (int32_t at = source; at != -1; at = before[at]) {
		length++;
	}
	int32_t at = source;
	for (uint32_t i = length; i-- > 0; at = before[at]) {
		if (i < CONNECT_PATH) {
			path[i] = at;
		}
	}
	return length;
}

/** Why it cannot be, whatever memory there is. */
static bool
judge(struct naive *v, const struct edge *e, struct outcome *w)
{
	if (where(v, e) != v->edges) {
		no(w, REASON_CONNECTED, 0, 0);
		return false;
	}
	if ((e->flags & MAP_FEEDBACK) == 0) {
		uint32_t length = seek_path(v, e->to, e->source, w->path);
		if (length != 0) {
			no(w, REASON_CYCLE, (int32_t)length, 0);
			return false;
		}
	}
	uint32_t most = v->config.max_inputs_per_port;
	if (count_inputs(v, e->to, e->in) == most) {
		no(w, REASON_INPUTS_FULL, (int32_t)most, 0);
		return false;
	}
	if (v->edges == v->config.max_connections) {
		no(w, REASON_CONNECTIONS_FULL,
			(int32_t)v->config.max_connections, 0);
		return false;
	}
	return true;
}

void
naive_connect(struct naive *v, const struct order *o, struct outcome *w)
{
	size_t block = v->config.block * sizeof(float);
	struct edge e;

	if (!find_ends(v, o, w, &e)) {
		return;
	}
	e.flags = o->flags;
	if (!judge(v, &e, w)) {
		return;
	}
	struct thing *source = &v->thing[e.source];
	bool first = !naive_is_joined(v, source, e.out);
	if (first && !naive_take_block(v, block, &source->own_pool[e.out], w)) {
		return;
	}
	if ((e.flags & MAP_FEEDBACK) != 0) {
		if (!naive_take_block(v, 2 * block, &e.pool, w)) {
			v->pool_free[source->own_pool[e.out]] += first;
			return;
		}
		e.past = calloc(2, block);
	}
	v->edge[v->edges++] = e;
}

static void
remove_edge(struct naive *v, uint32_t i)
{
	struct edge e = v->edge[i];
	const struct thing *source = &v->thing[e.source];

	v->edges--;
	memmove(&v->edge[i], &v->edge[i + 1], (v->edges - i) * sizeof *v->edge);
	if (!naive_is_joined(v, source, e.out)) {
		v->pool_free[source->own_pool[e.out]]++;
	}
	if (e.past != NULL) {
		v->pool_free[e.pool]++;
		free(e.past);
	}
}

void
naive_disconnect(struct naive *v, const struct order *o, struct outcome *w)
{
	struct edge e;

	if (!find_ends(v, o, w, &e)) {
		return;
	}
	uint32_t i = where(v, &e);
	if (i == v->edges || (!o->any && v->edge[i].flags != o->flags)) {
		no(w, REASON_NOT_CONNECTED, 0, 0);
		return;
	}
	remove_edge(v, i);
}

/** The first connection of a port that stands there; v->edges: none does. */
static uint32_t
first_of(const struct naive *v, const struct thing *t)
{
	for (uint32_t k = 0; k < t->inputs; k++) {
		for (uint32_t i = 0; i < v->edges; i++) {
			if (v->edge[i].to == t->id && v->edge[i].in == k) {
				return i;
			}
		}
	}
	for (uint32_t k = 0; k < t->outputs; k++) {
		for (uint32_t i = 0; i < v->edges; i++) {
			if (v->edge[i].source == t->id && v->edge[i].out == k) {
				return i;
			}
		}
	}
	return v->edges;
}

uint32_t
naive_unjoin(struct naive *v, const struct thing *t, uint32_t most)
{
	uint32_t done = 0;

	for (; done < most; done++) {
		uint32_t i = first_of(v, t);
		if (i == v->edges) {
			break;
		}
		remove_edge(v, i);
	}
	return done;
}

/** The index over all ports of an audio port. */
static int32_t
index_of(const struct thing *t, uint32_t ordinal, uint32_t direction)
{
	for (uint32_t i = 0; i < t->ports; i++) {
		if (t->port[i].kind == TACTUS_AUDIO &&
			t->port[i].direction == direction &&
			t->ordinal[i] == ordinal) {
			return (int32_t)i;
		}
	}
	return -1;
}

static void
list_one(const struct naive *v, const struct edge *e, struct query_reply *q)
{
	const struct thing *source = &v->thing[e->source];
	const struct thing *to = &v->thing[e->to];

	q->connection[q->connections++] =
		(struct connection_item){.source = e->source,
			.out = index_of(source, e->out, TACTUS_OUTPUT),
			.destination = e->to,
			.in = index_of(to, e->in, TACTUS_INPUT),
			.flags = (int32_t)e->flags};
}

void
naive_list_edges(
	const struct naive *v, const struct thing *t, struct query_reply *q)
{
	for (uint32_t k = 0; k < t->inputs; k++) {
		for (uint32_t i = 0; i < v->edges; i++) {
			const struct edge *e = &v->edge[i];
			if (e->to == t->id && e->in == k) {
				list_one(v, e, q);
			}
		}
	}
	for (uint32_t k = 0; k < t->outputs; k++) {
		for (uint32_t i = 0; i < v->edges; i++) {
			const struct edge *e = &v->edge[i];
			if (e->source == t->id && e->out == k &&
				e->to != t->id) {
				list_one(v, e, q);
			}
		}
	}
}

void
naive_pick_edge(const struct naive *v, uint32_t random, struct order *o)
{
	const struct edge *e = &v->edge[random % v->edges];

	o->id = e->source;
	o->to = e->to;
	o->port = NULL;
	o->index = index_of(&v->thing[e->source], e->out, TACTUS_OUTPUT);
	o->to_port = NULL;
	o->to_index = index_of(&v->thing[e->to], e->in, TACTUS_INPUT);
}
