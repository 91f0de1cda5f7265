/* SPDX-License-Identifier: MIT */
/*
 * plan_bus.c -- what comes between synths by buses and connections: versions
 * of buses that are heard, groups that outputs write to; of making a plan
 * (plan.c).
 */
#include "connection.h"
#include "plan_private.h"
#include "port.h"

TACTUS_RT static struct bus_use *
bus_use(struct engine *e, const struct bus *b)
{
	return &e->plan->bus[b - e->bus];
}

/** Let a group take no more. */
TACTUS_RT static inline void
close_group(struct group *g)
{
	g->most = g->count;
}

TACTUS_RT bool
plan_hear_bus(struct engine *e, int32_t bus, uint32_t flags,
	const float **where, uint32_t *level)
{
	struct plan *p = e->plan;

	*where = NULL;
	if (bus < 0 || (flags & (MAP_FEEDBACK | MAP_EXTERNAL)) != 0) {
		return true;
	}
	struct bus_use *use = &p->bus[bus];
	if (use->epoch != p->epoch) {
		/* whoever writes it is behind */
		*where = e->zeros;
		return true;
	}
	if (p->readers == p->most_readers) {
		return false;
	}
	struct version *v = &p->version[use->version];
	v->is_read = true;
	close_group(&p->group[v->last]);
	*level = v->level + 1 > *level ? v->level + 1 : *level;
	p->reader[p->readers++] = (struct reader){where, use->version};
	return true;
}

TACTUS_RT void
plan_hear_connections(
	const struct engine *e, const struct joint *j, uint32_t *level)
{
	const struct plan *p = e->plan;

	for (const struct connection *c = j->first; c != NULL; c = c->next_in) {
		uint32_t rank = e->rank[c->source - e->node];
		if ((c->flags & MAP_FEEDBACK) != 0 || rank == ORDER_NOWHERE) {
			continue;
		}
		uint32_t above = p->part[rank].level + 1;
		*level = above > *level ? above : *level;
	}
}

/** The version that an output adds to now. */
TACTUS_RT static uint32_t
version_for(struct engine *e, struct bus *b, bool replace, uint32_t level)
{
	struct plan *p = e->plan;
	struct bus_use *use = bus_use(e, b);
	bool has = use->epoch == p->epoch;
	uint32_t base = NOTHING;

	if (has && !replace && !p->version[use->version].is_read) {
		struct version *v = &p->version[use->version];
		v->level = level > v->level ? level : v->level;
		return use->version;
	}
	if (has && replace && !p->version[use->version].is_read) {
		struct version *v = &p->version[use->version];
		v->is_dead = true;
		close_group(&p->group[v->last]);
	} else if (has && !replace) {
		base = use->version;
		/* it is mixed when that one is complete */
		uint32_t least = p->version[base].level + 1;
		level = least > level ? least : level;
	}
	use->epoch = p->epoch;
	use->version = p->versions++;
	p->version[use->version] = (struct version){
		.bus = b,
		.base = base,
		.first = NOTHING,
		.last = NOTHING,
		.level = level,
	};
	return use->version;
}

TACTUS_RT bool
plan_write_bus(
	struct engine *e, uint32_t rank, uint32_t out, const struct joint *j)
{
	struct plan *p = e->plan;

	if (p->writers == p->most_writers) {
		return false;
	}
	struct bus *b = port_bus(e, j->bus, j->flags, true);
	uint32_t at = version_for(
		e, b, (j->flags & MAP_REPLACE) != 0, p->part[rank].level);
	struct version *v = &p->version[at];
	if (v->last == NOTHING || p->group[v->last].count == MIX_GROUP) {
		uint32_t g = p->groups++;
		p->group[g] = (struct group){.first = NOTHING,
			.last = NOTHING,
			.most = MIX_GROUP,
			.bus = (int32_t)(b - e->bus),
			.version = at,
			.next = NOTHING};
		if (v->last == NOTHING) {
			v->first = g;
		} else {
			p->group[v->last].next = g;
		}
		v->last = g;
		v->groups++;
	}
	struct group *g = &p->group[v->last];
	uint32_t w = p->writers++;
	p->writer[w] = (struct writer){
		.group = v->last, .next = NOTHING, .out = out, .rank = rank};
	if (g->count++ == 0) {
		g->first = w;
	} else {
		p->writer[g->last].next = w;
	}
	g->last = w;
	return true;
}
