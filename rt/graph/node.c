/* SPDX-License-Identifier: MIT */
/*
 * node.c -- see node.h.
 */
#include "node.h"

#include <string.h>

#include "connection.h"
#include "hold.h"
#include "outbox.h"
#include "port.h"
#include "runner.h"

TACTUS_RT enum reason
node_place(
	struct engine *e, int32_t target, int32_t placement, struct place *out)
{
	if (target < 0 || (uint32_t)target >= e->config.max_nodes) {
		return REASON_TARGET_RANGE;
	}
	struct node *n = node_find(e, target);
	if (n == NULL) {
		return REASON_TARGET_MISSING;
	}
	switch (placement) {
	case PLACE_HEAD:
	case PLACE_TAIL:
		if (n->kind != KIND_GROUP) {
			return REASON_TARGET_NOT_GROUP;
		}
		*out = (struct place){
			n, placement == PLACE_HEAD ? n->head : NULL};
		return REASON_NONE;
	case PLACE_BEFORE:
	case PLACE_AFTER:
		if (n->parent == NULL) {
			return REASON_TARGET_ROOT;
		}
		*out = (struct place){
			n->parent, placement == PLACE_BEFORE ? n : n->next};
		return REASON_NONE;
	}
	return REASON_PLACEMENT;
}

TACTUS_RT enum reason
node_id(struct engine *e, int32_t *id)
{
	if (*id == -1) {
		while (e->highest > 0 &&
			e->node[e->highest].kind != KIND_FREE) {
			e->highest--;
		}
		if (e->highest == 0) {
			return REASON_NODES_FULL;
		}
		*id = e->highest;
		return REASON_NONE;
	}
	if (*id < 0 || (uint32_t)*id >= e->config.max_nodes) {
		return REASON_NODE_RANGE;
	}
	return e->node[*id].kind == KIND_FREE ? REASON_NONE : REASON_NODE_TAKEN;
}

TACTUS_RT void
node_link(struct node *n, const struct place *place)
{
	struct node *before = place->before;
	struct node *parent = place->parent;

	n->parent = parent;
	n->next = before;
	n->previous = before != NULL ? before->previous : parent->tail;
	if (n->previous != NULL) {
		n->previous->next = n;
	} else {
		parent->head = n;
	}
	if (before != NULL) {
		before->previous = n;
	} else {
		parent->tail = n;
	}
}

TACTUS_RT void
node_unlink(struct node *n)
{
	if (n->previous != NULL) {
		n->previous->next = n->next;
	} else {
		n->parent->head = n->next;
	}
	if (n->next != NULL) {
		n->next->previous = n->previous;
	} else {
		n->parent->tail = n->previous;
	}
	n->parent = NULL;
	n->next = NULL;
	n->previous = NULL;
}

/**
 * Make a slot ready for its next node.  Links and outbox places are idle; the
 * slot's places in the lists of this segment are not, and stay.
 */
TACTUS_RT static struct node *
fresh(struct engine *e, int32_t id, enum node_kind kind)
{
	struct node *n = &e->node[id];
	struct node old = *n;

	memset(n, 0, sizeof *n);
	n->generation = old.generation + 1;
	n->fired = old.fired;
	n->next_fired = old.next_fired;
	n->listed = old.listed;
	n->kind = (uint8_t)kind;
	n->synth.id = id;
	n->fade.to = 1.0F;
	return n;
}

/** What a report tells of is in the gauges before (link/gauges.h). */
TACTUS_RT static void
show_counts(struct engine *e)
{
	gauge_set(e->gauges, GAUGE_SYNTHS, e->synths);
	gauge_set(e->gauges, GAUGE_GROUPS, e->groups);
	gauge_set(e->gauges, GAUGE_CLEARING, e->in_limbo);
}

TACTUS_RT void
node_make_group(struct engine *e, int32_t id, const struct place *place)
{
	struct node *n = fresh(e, id, KIND_GROUP);

	node_link(n, place);
	e->groups++;
	show_counts(e);
	outbox_node(e, n, REPORT_NODE_NEW);
}

TACTUS_RT static size_t
aligned(size_t bytes)
{
	return (bytes + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
}

/** Lay a synth's ports and instance out in its body. */
TACTUS_RT static void
lay_out(struct engine *e, struct node *n, const struct synth_spec *spec,
	size_t ports_bytes)
{
	const struct shape *s = spec->shape;
	char *at = n->body;

	memset(n->body, 0, ports_bytes + s->instance_bytes);
	n->in = (const float **)(void *)at;
	at += s->inputs * sizeof *n->in;
	n->out = (float **)(void *)at;
	at += s->outputs * sizeof *n->out;
	n->bound = (void **)(void *)at;
	at += s->resources * sizeof *n->bound;
	n->binding = (struct binding *)(void *)at;
	at += s->resources * sizeof *n->binding;
	n->control = (struct control *)(void *)at;
	at += s->controls * sizeof *n->control;
	n->now = (TactusControl *)(void *)at;
	at += s->controls * sizeof *n->now;
	n->input = (struct joint *)(void *)at;
	at += s->inputs * sizeof *n->input;
	n->output = (struct joint *)(void *)at;
	for (uint32_t i = 0; i < s->controls; i++) {
		n->control[i].bus = -1;
		n->now[i].value =
			port_clamp(&s->port[i].port, spec->controls[i]);
		/* a trigger fires on purpose only */
		if ((s->port[i].port.flags & TACTUS_TRIGGER) != 0) {
			n->now[i].value = 0.0F;
		}
	}
	for (uint32_t i = 0; i < s->inputs; i++) {
		n->input[i].bus = -1;
		n->in[i] = e->zeros;
	}
	for (uint32_t i = 0; i < s->outputs; i++) {
		n->output[i].bus = -1;
		n->out[i] = e->runner->out[i];
	}
	for (uint32_t i = 0; i < s->resources; i++) {
		n->binding[i].hold.id = -1;
	}
	n->synth.self = (char *)n->body + ports_bytes;
	n->synth.controls = n->now;
	n->synth.in = n->in;
	n->synth.out = n->out;
	n->plain = true;
	n->synth.resources = n->bound;
	port_look(e, n);
}

/** Bytes of a synth's ports in its body. */
TACTUS_RT static size_t
ports_bytes(const struct shape *s)
{
	return aligned(
		(s->inputs + s->outputs) * sizeof(float *) +
		s->resources * (sizeof(void *) + sizeof(struct binding)) +
		s->controls * (sizeof(struct control) + sizeof(TactusControl)) +
		(s->inputs + s->outputs) * sizeof(struct joint));
}

/** A synth that could not be made leaves nothing behind. */
TACTUS_RT static void
unmake(struct engine *e, struct node *n)
{
	hold_end(e, n);
	pool_give(e->pools, n->body);
	n->body = NULL;
	n->spec = NULL;
	n->kind = KIND_FREE;
}

TACTUS_RT enum reason
node_make_synth(struct engine *e, int32_t id, const struct place *place,
	struct synth_spec *spec, int32_t told[2])
{
	const struct shape *s = spec->shape;
	size_t ports = ports_bytes(s);
	size_t bytes = ports + s->instance_bytes;
	void *body = pool_take(e->pools, bytes);

	if (body == NULL) {
		size_t size = pool_size_for(e->pools, bytes);
		told[0] = (int32_t)(size != 0 ? size : bytes);
		return size != 0 ? REASON_POOL_FULL : REASON_POOL_NONE;
	}
	struct node *n = fresh(e, id, KIND_SYNTH);
	n->body = body;
	n->def = s->def;
	n->spec = spec;
	n->inputs = (uint16_t)s->inputs;
	n->outputs = (uint16_t)s->outputs;
	n->uses = s->resources != 0;
	lay_out(e, n, spec, ports);
	enum reason reason = hold_bind_first(e, n, told);
	if (reason != REASON_NONE) {
		unmake(e, n);
		return reason;
	}
	int code = 0;
	if (n->def->construct) {
		code = n->def->construct(
			runner_world(e), spec->options, &n->synth);
	}
	if (code != 0) {
		unmake(e, n);
		told[0] = code;
		told[1] = id;
		return REASON_CONSTRUCT;
	}
	node_link(n, place);
	e->changed = true;
	e->synths++;
	show_counts(e);
	outbox_node(e, n, REPORT_NODE_NEW);
	return REASON_NONE;
}

/** End one node that holds nothing and stands nowhere. */
TACTUS_RT static void
end(struct engine *e, struct node *n)
{
	if (n->kind == KIND_SYNTH) {
		if (n->def->destroy) {
			n->def->destroy(runner_world(e), &n->synth);
		}
		connection_end(e, n);
		hold_end(e, n);
		pool_give(e->pools, n->body);
		n->body = NULL;
		e->synths--;
	} else {
		e->groups--;
	}
	e->in_limbo -= n->cleared ? 1 : 0;
	e->changed = true;
	n->kind = KIND_ENDED;
	n->key_hash = 0;
	e->key[n->synth.id][0] = '\0';
	show_counts(e);
	outbox_node(e, n, REPORT_NODE_ENDED);
}

/** The deepest first child below a node, or the node itself. */
TACTUS_RT static struct node *
deepest(struct node *n)
{
	while (n->head != NULL) {
		n = n->head;
	}
	return n;
}

TACTUS_RT void
node_free_children(struct engine *e, struct node *group)
{
	struct node *n = deepest(group);

	/* every link is followed once down and once up */
	while (n != group) {
		struct node *up = n->parent;
		node_unlink(n);
		end(e, n);
		n = deepest(up);
	}
}

TACTUS_RT void
node_free(struct engine *e, struct node *n)
{
	node_free_children(e, n);
	node_unlink(n);
	end(e, n);
}

TACTUS_RT bool
node_is_within(const struct node *n, const struct node *group)
{
	while (n != NULL && n != group) {
		n = n->parent;
	}
	return n != NULL;
}

TACTUS_RT struct node *
node_after(struct node *n, const struct node *top)
{
	if (n->head != NULL) {
		return n->head;
	}
	while (n != top && n->next == NULL) {
		n = n->parent;
	}
	return n == top ? NULL : n->next;
}

TACTUS_RT void
node_clear(struct engine *e)
{
	struct node *root = &e->node[0];
	struct node *limbo = &e->limbo;

	if (root->head == NULL) {
		return;
	}
	e->changed = true;
	/* their ids stay taken, but nothing finds them any more */
	for (struct node *n = root->head; n != NULL; n = node_after(n, root)) {
		n->key_hash = 0;
		e->key[n->synth.id][0] = '\0';
		n->cleared = true;
		e->in_limbo++;
	}
	for (struct node *n = root->head; n != NULL; n = n->next) {
		n->parent = limbo;
	}
	if (limbo->tail != NULL) {
		limbo->tail->next = root->head;
		root->head->previous = limbo->tail;
	} else {
		limbo->head = root->head;
	}
	limbo->tail = root->tail;
	root->head = NULL;
	root->tail = NULL;
}

TACTUS_RT void
node_reap(struct engine *e, uint32_t most)
{
	uint32_t left = most * REAP_CONNECTIONS;
	struct node *n = deepest(&e->limbo);

	while (n != &e->limbo) {
		if (n->kind == KIND_SYNTH) {
			left -= connection_cut(e, n, left);
		}
		if (left < REAP_CONNECTIONS) {
			return;
		}
		left -= REAP_CONNECTIONS;
		struct node *up = n->parent;
		node_unlink(n);
		end(e, n);
		n = deepest(up);
	}
}

/** Are two strings the same? (libc's strcmp is not marked.) */
TACTUS_RT static bool
is_same(const char *a, const char *b)
{
	while (*a != '\0' && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

TACTUS_RT void
node_name(struct engine *e, struct node *n, const char *key)
{
	uint32_t hash = *key != '\0' ? name_hash(key) | 1U : 0;

	for (uint32_t i = 0; i < e->config.max_nodes && hash != 0; i++) {
		struct node *other = &e->node[i];
		if (other->key_hash == hash && is_same(e->key[i], key)) {
			other->key_hash = 0;
			e->key[i][0] = '\0';
		}
	}
	n->key_hash = hash;
	char *to = e->key[n->synth.id];
	size_t i = 0;
	for (; key[i] != '\0' && i < KEY_SIZE - 1; i++) {
		to[i] = key[i];
	}
	to[i] = '\0';
}
