/* SPDX-License-Identifier: MIT */
/*
 * snapshot.c -- see snapshot.h.
 */
#include "snapshot.h"

#include <string.h>

#include "connection.h"
#include "hold.h"
#include "node.h"
#include "port.h"

TACTUS_RT static uint32_t
state_of(const struct node *n)
{
	if (n->fading && n->at_end == FADE_FREES) {
		return NODE_RELEASING;
	}
	if (n->paused || (n->fading && n->at_end == FADE_PAUSES)) {
		return NODE_PAUSED;
	}
	return n->kind == KIND_GROUP || n->sounding ? NODE_RUNNING
						    : NODE_INACTIVE;
}

TACTUS_RT static void
copy(const struct engine *e, const struct node *n, struct tree_item *out)
{
	out->def = n->kind == KIND_SYNTH ? n->def : NULL;
	out->id = n->synth.id;
	out->parent = n->parent != NULL ? n->parent->synth.id : -1;
	out->state = state_of(n);
	memcpy(out->key, e->key[n->synth.id], KEY_SIZE);
}

TACTUS_RT void
snapshot_tree(struct engine *e, struct node *top, struct tree_reply *out)
{
	out->count = 0;
	out->groups = 0;
	out->synths = 0;
	for (struct node *n = top; n != NULL; n = node_after(n, top)) {
		if (n->kind == KIND_GROUP) {
			out->groups++;
		} else {
			out->synths++;
		}
		if (out->count < out->room) {
			copy(e, n, &out->item[out->count++]);
		}
	}
}

/** Is a resource bound to a port before the `end`-th? */
TACTUS_RT static bool
is_bound_before(const struct node *n, int32_t id, uint32_t end)
{
	uint32_t i = 0;

	while (i < end && n->binding[i].hold.id != id) {
		i++;
	}
	return i < end;
}

TACTUS_RT static void
add_held(struct query_reply *out, int32_t id)
{
	if (out->held < QUERY_HOLDS) {
		out->hold[out->held] = id;
	}
	out->held++;
}

/** What a synth holds, each once: bound things first, in port order. */
TACTUS_RT static void
copy_held(const struct node *n, struct query_reply *out)
{
	uint32_t ports = n->spec->shape->resources;

	for (uint32_t i = 0; i < ports; i++) {
		int32_t id = n->binding[i].hold.id;
		if (id != -1 && !is_bound_before(n, id, i)) {
			add_held(out, id);
		}
	}
	for (const struct kept *k = n->kept; k != NULL; k = k->next) {
		if (!is_bound_before(n, k->hold.id, ports)) {
			add_held(out, k->hold.id);
		}
	}
}

TACTUS_RT static void
add_connection(struct query_reply *out, const struct connection *c)
{
	if (out->connections == out->room) {
		return;
	}
	out->connection[out->connections++] = (struct connection_item){
		.source = c->source->synth.id,
		.out = c->out_port,
		.destination = c->to->synth.id,
		.in = c->in_port,
		.flags = (int32_t)c->flags,
	};
}

/** What a synth is connected to, each once: to itself among its inputs. */
TACTUS_RT static void
copy_connections(const struct node *n, struct query_reply *out)
{
	for (uint32_t i = 0; i < n->inputs; i++) {
		const struct connection *c = n->input[i].first;
		for (; c != NULL; c = c->next_in) {
			add_connection(out, c);
		}
	}
	for (uint32_t i = 0; i < n->outputs; i++) {
		const struct connection *c = n->output[i].first;
		for (; c != NULL; c = c->next_out) {
			if (c->to != n) {
				add_connection(out, c);
			}
		}
	}
}

TACTUS_RT void
snapshot_node(struct engine *e, struct node *n, struct query_reply *out)
{
	copy(e, n, &out->node);
	out->previous = n->previous != NULL ? n->previous->synth.id : -1;
	out->next = n->next != NULL ? n->next->synth.id : -1;
	out->ports = 0;
	out->held = 0;
	out->connections = 0;
	if (n->kind != KIND_SYNTH) {
		return;
	}
	const struct shape *s = n->spec->shape;
	out->ports = s->ports;
	for (uint32_t i = 0; i < s->ports; i++) {
		const struct shape_port *p = &s->port[i];
		struct port_state *to = &out->port[i];
		*to = (struct port_state){
			.kind = p->port.kind, .resource = -1, .bus = -1};
		memcpy(to->name, p->port.name, sizeof to->name);
		if (p->port.kind == TACTUS_CONTROL) {
			to->value = port_value(e, n, p->ordinal);
			to->bus = n->control[p->ordinal].bus;
			to->flags = (int32_t)n->control[p->ordinal].flags;
		} else if (p->port.kind == TACTUS_RESOURCE) {
			to->resource = n->binding[p->ordinal].hold.id;
		} else if (p->port.kind == TACTUS_AUDIO) {
			const struct joint *j =
				p->port.direction == TACTUS_OUTPUT
					? &n->output[p->ordinal]
					: &n->input[p->ordinal];
			to->bus = j->bus;
			to->flags = (int32_t)j->flags;
		}
	}
	copy_held(n, out);
	copy_connections(n, out);
}

TACTUS_RT void
snapshot_resource(
	struct engine *e, const struct resource *r, struct resource_reply *out)
{
	if (out->count == out->room) {
		return;
	}
	struct resource_item *to = &out->item[out->count];
	int32_t *holder = &out->holder[(size_t)out->count * out->most];
	uint32_t named = 0;

	for (const struct hold *h = r->ring.next;
		h != &r->ring && named < out->most; h = h->next) {
		uint32_t i = 0;
		while (i < named && holder[i] != h->holder) {
			i++;
		}
		if (i == named) {
			holder[named++] = h->holder;
		}
	}
	*to = (struct resource_item){
		.def = r->def,
		.id = (int32_t)(r - e->resource),
		.state = resource_state_of(r),
		.references = r->references,
		.bytes = r->bytes,
		.holders = named,
	};
	out->count++;
}

TACTUS_RT void
snapshot_resources(struct engine *e, struct resource_reply *out)
{
	out->count = 0;
	for (uint32_t i = 0; i < e->config.max_resources; i++) {
		if (e->resource[i].life != LIFE_FREE) {
			snapshot_resource(e, &e->resource[i], out);
		}
	}
}
