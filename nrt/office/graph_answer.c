/* SPDX-License-Identifier: MIT */
/*
 * graph_answer.c -- what comes back of questions about nodes and defs.
 */
#include <string.h>

#include "office_private.h"

static const char *
state_name(uint32_t state)
{
	switch ((enum node_state)state) {
	case NODE_INACTIVE:
		return "inactive";
	case NODE_RUNNING:
		return "running";
	case NODE_PAUSED:
		return "paused";
	case NODE_RELEASING:
		return "releasing";
	}
	return "?";
}

static void
put_tree_item(struct osc_out *out, const void *item)
{
	const struct tree_item *t = item;

	osc_put_int(out, t->id);
	osc_put_int(out, t->parent);
	osc_put_string(out, t->def != NULL ? "synth" : "group");
	osc_put_string(out, t->def != NULL ? t->def->uri : "");
	osc_put_string(out, t->key);
	osc_put_string(out, state_name(t->state));
}

void
graph_answer_tree(struct office *o, struct peer *peer, const struct command *c)
{
	const struct tree_reply *t = c->u.tree;
	struct answer a;

	(void)o;
	if (strcmp(c->address, "/node/tree/statistics") == 0) {
		answer_begin(&a, "/node/tree/statistics.reply");
		osc_put_int(&a.out, (int32_t)t->groups);
		osc_put_int(&a.out, (int32_t)t->synths);
		answer_send(&a, peer);
		return;
	}
	struct pages *p = pages_begin("/node/tree.reply");
	for (uint32_t i = 0; i < t->count; i++) {
		pages_add(p, put_tree_item, &t->item[i]);
	}
	pages_send(p, peer, c->address, command_first(c));
}

/** The id stands before page and pages, unlike in lists. */
static void
put_id(struct osc_out *out, const void *item)
{
	const struct query_reply *q = item;

	osc_put_int(out, q->node.id);
}

static void
put_node(struct osc_out *out, const void *item)
{
	const struct query_reply *q = item;
	const struct tree_item *t = &q->node;

	osc_put_int(out, t->parent);
	osc_put_int(out, q->previous);
	osc_put_int(out, q->next);
	osc_put_string(out, t->def != NULL ? "synth" : "group");
	osc_put_string(out, t->def != NULL ? t->def->uri : "");
	osc_put_string(out, t->key);
	osc_put_string(out, state_name(t->state));
}

struct port_item {
	const struct query_reply *query;
	uint32_t index;
};

static void
put_port(struct osc_out *out, const void *item)
{
	const struct port_item *i = item;
	const struct port_state *s = &i->query->port[i->index];

	osc_put_int(out, (int32_t)i->index);
	osc_put_string(out, s->name);
	if (s->kind == TACTUS_RESOURCE) {
		osc_put_int(out, s->resource);
	} else {
		osc_put_float(out, s->value);
	}
	osc_put_int(out, s->bus);
	osc_put_int(out, s->flags);
}

static void
put_connection(struct osc_out *out, const void *item)
{
	const struct connection_item *i = item;

	osc_put_array(out);
	osc_put_int(out, i->source);
	osc_put_int(out, i->out);
	osc_put_int(out, i->destination);
	osc_put_int(out, i->in);
	osc_put_int(out, i->flags);
	osc_end_array(out);
}

/** The resources that a synth holds. */
static void
put_held(struct osc_out *out, const void *item)
{
	const struct query_reply *q = item;

	osc_put_array(out);
	for (uint32_t i = 0; i < q->held && i < QUERY_HOLDS; i++) {
		osc_put_int(out, q->hold[i]);
	}
	osc_end_array(out);
}

void
graph_answer_query(struct office *o, struct peer *peer, const struct command *c)
{
	const struct query_reply *q = c->u.query;
	struct pages *p = pages_begin("/node/info");

	(void)o;
	pages_lead(p, put_id, q);
	pages_add(p, put_node, q);
	for (uint32_t i = 0; i < q->ports; i++) {
		struct port_item item = {q, i};
		pages_add(p, put_port, &item);
	}
	for (uint32_t i = 0; i < q->connections; i++) {
		pages_add(p, put_connection, &q->connection[i]);
	}
	pages_add(p, put_held, q);
	pages_send(p, peer, c->address, command_first(c));
}
