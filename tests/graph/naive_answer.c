/* SPDX-License-Identifier: MIT */
/*
 * naive_answer.c -- see naive.h.  What is answered about nodes, and what it
 * comes to, so that two answers can be compared.
 */
#include <string.h>

#include "naive_private.h"

static void
copy(const struct naive *v, const struct thing *t, struct tree_item *to)
{
	(void)v;
	bool fades = t->fade.is_on;

	*to = (struct tree_item){.id = t->id, .parent = t->parent};
	to->def = t->is == IS_SYNTH ? t->def : NULL;
	to->state = fades && t->at_end == 2                  ? NODE_RELEASING
		    : t->paused || (fades && t->at_end == 1) ? NODE_PAUSED
		    : t->is == IS_GROUP || t->active         ? NODE_RUNNING
							     : NODE_INACTIVE;
	memcpy(to->key, t->key, sizeof to->key);
}

static void
fill_tree(const struct naive *v, const struct thing *t, struct tree_reply *r)
{
	copy(v, t, &r->item[r->count++]);
	*(t->is == IS_GROUP ? &r->groups : &r->synths) += 1;
	for (int32_t i = 0; i < t->children; i++) {
		fill_tree(v, &v->thing[t->child[i]], r);
	}
}

static void
fill_query(const struct naive *v, const struct thing *t, struct query_reply *q)
{
	copy(v, t, &q->node);
	q->previous = q->next = -1;
	if (t->parent != NOBODY) {
		const struct thing *p = &v->thing[t->parent];
		int32_t at = naive_index(p, t->id);
		q->previous = at > 0 ? p->child[at - 1] : -1;
		q->next = at + 1 < p->children ? p->child[at + 1] : -1;
	}
	q->ports = t->is == IS_SYNTH ? t->ports : 0;
	if (t->is == IS_SYNTH) {
		naive_list_edges(v, t, q);
	}
	for (uint32_t i = 0; i < q->ports; i++) {
		const TactusPort *p = &t->port[i];
		uint32_t k = t->ordinal[i];
		const struct wire_end *w =
			p->direction == TACTUS_OUTPUT ? &t->out[k] : &t->in[k];
		struct port_state *s = &q->port[i];
		*s = (struct port_state){.kind = p->kind};
		memcpy(s->name, p->name, sizeof s->name);
		if (p->kind == TACTUS_CONTROL) {
			s->value = naive_value(v, t, k);
			s->bus = t->knob[k].bus;
			s->flags = (int32_t)t->knob[k].flags;
		} else {
			s->bus = w->bus;
			s->flags = (int32_t)w->flags;
		}
	}
}

static uint32_t
mix(uint32_t hash, const void *data, size_t bytes)
{
	const unsigned char *at = data;

	for (size_t i = 0; i < bytes; i++) {
		hash = (hash ^ at[i]) * 16777619U;
	}
	return hash;
}

static uint32_t
mix_item(uint32_t hash, const struct tree_item *i)
{
	hash = mix(hash, &i->id, sizeof i->id);
	hash = mix(hash, &i->parent, sizeof i->parent);
	hash = mix(hash, &i->state, sizeof i->state);
	hash = mix(hash, &i->def, sizeof(void *));
	return mix(hash, i->key, strlen(i->key));
}

uint32_t
naive_digest_tree(const struct tree_reply *t)
{
	uint32_t hash = 17;

	hash = mix(hash, &t->count, sizeof t->count);
	hash = mix(hash, &t->groups, sizeof t->groups);
	hash = mix(hash, &t->synths, sizeof t->synths);
	for (uint32_t i = 0; i < t->count; i++) {
		hash = mix_item(hash, &t->item[i]);
	}
	return hash;
}

uint32_t
naive_digest_query(const struct query_reply *q)
{
	uint32_t hash = mix_item(18, &q->node);

	hash = mix(hash, &q->previous, sizeof q->previous);
	hash = mix(hash, &q->next, sizeof q->next);
	hash = mix(hash, &q->ports, sizeof q->ports);
	hash = mix(hash, &q->connections, sizeof q->connections);
	hash = mix(hash, q->connection, q->connections * sizeof *q->connection);
	for (uint32_t i = 0; i < q->ports; i++) {
		const struct port_state *s = &q->port[i];
		hash = mix(hash, s->name, strlen(s->name));
		hash = mix(hash, &s->kind, sizeof s->kind);
		hash = mix(hash, &s->value, sizeof s->value);
		hash = mix(hash, &s->bus, sizeof s->bus);
		hash = mix(hash, &s->flags, sizeof s->flags);
	}
	return hash;
}

void
naive_answer(const struct naive *v, const struct thing *t,
	const struct order *o, struct outcome *w)
{
	static struct connection_item connections[MOST_EDGES];
	static struct query_reply query;
	static union {
		struct tree_reply reply;
		char room[sizeof(struct tree_reply) +
			  MOST_NODES * sizeof(struct tree_item)];
	} tree;

	memset(&query, 0, sizeof query);
	query.connection = connections;
	memset(&tree, 0, sizeof tree);
	if (o->kind == COMMAND_TREE) {
		fill_tree(v, t, &tree.reply);
		w->digest = naive_digest_tree(&tree.reply);
	} else {
		fill_query(v, t, &query);
		w->digest = naive_digest_query(&query);
	}
}
