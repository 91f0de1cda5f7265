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

/** The id stands before page and pages (RULINGS 5). */
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
		osc_put_int(out, -1);
	} else {
		osc_put_float(out, s->value);
	}
	osc_put_int(out, s->bus);
	osc_put_int(out, s->flags);
}

/** The resources that a synth holds: none yet. */
static void
put_held(struct osc_out *out, const void *item)
{
	(void)item;
	osc_put_array(out);
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
	pages_add(p, put_held, q);
	pages_send(p, peer, c->address, command_first(c));
}

static void
put_def(struct osc_out *out, const void *item)
{
	const TactusSynthDef *def = item;

	osc_put_string(out, def->uri);
	osc_put_string(out, "synth");
	osc_put_string(out, def->name);
}

void
graph_def_list(struct request *r)
{
	if (!request_end(r)) {
		return;
	}
	struct pages *p = pages_begin("/def/list.reply");
	const TactusSynthDef *def;
	for (uint32_t i = 0; (def = defs_at(r->office->defs, i)) != NULL; i++) {
		pages_add(p, put_def, def);
	}
	pages_send(p, r->peer, r->to->name, NULL);
}

static void
put_doc(struct osc_out *out, const void *item)
{
	const TactusSynthDef *def = item;

	osc_put_string(out, def->doc != NULL ? def->doc : "");
}

struct def_port {
	const struct shape *shape;
	uint32_t index;
};

static void
put_def_port(struct osc_out *out, const void *item)
{
	static const char *const kind[] = {"control", "resource", "audio"};
	const struct def_port *d = item;
	const TactusPort *p = &d->shape->port[d->index].port;

	osc_put_int(out, (int32_t)d->index);
	osc_put_string(out, p->name);
	osc_put_string(out,
		(p->flags & TACTUS_TRIGGER) != 0 ? "trigger" : kind[p->kind]);
	osc_put_string(out, p->direction == TACTUS_OUTPUT ? "output" : "input");
	osc_put_string(out, p->unit);
	osc_put_float(out, p->minimum);
	osc_put_float(out, p->maximum);
	osc_put_float(out, p->initial);
	osc_put_string(out, p->curve == TACTUS_LOGARITHMIC ? "log" : "linear");
	osc_put_string(out, p->resource != NULL ? p->resource : "");
}

void
graph_def_query(struct request *r)
{
	char why[DEFS_WHY_SIZE];
	int code = 0;
	const char *name = request_text(r, "uri");

	if (name == NULL || !request_end(r)) {
		return;
	}
	const TactusSynthDef *def =
		defs_find(r->office->defs, name, &code, why, sizeof why);
	if (def == NULL) {
		request_fail(r, code, "%s", why);
		return;
	}
	const struct shape *s = defs_shape(r->office->defs, def);
	struct pages *p = pages_begin("/def/query.reply");
	pages_add(p, put_doc, def);
	for (uint32_t i = 0; i < s->ports; i++) {
		struct def_port item = {s, i};
		pages_add(p, put_def_port, &item);
	}
	pages_send(p, r->peer, r->to->name, NULL);
}
