/* SPDX-License-Identifier: MIT */
/*
 * plan_stage.c -- steps become stages, and what is mixed gets its place; the
 * second part of making a plan (plan.c).
 */
#include "plan_private.h"

/** A stage that takes less is not worth calling helpers for. */
#define WIDE_NS 5000

/** What mixing a version costs, about. */
#define MIX_NS 100

/** … and for each of its groups. */
#define GROUP_NS 15

/** Groups from which on a mix is shared out, by frames. */
#define SPLIT_GROUPS 64

/** Parts that a mix is divided in at the most. */
#define SPLIT_MOST 8

/* --- divide --- */

/** Whether all groups that a step's synths write to are its own entirely. */
TACTUS_RT static bool
is_whole(const struct plan *p, const struct step *s)
{
	const struct writer *w = &p->writer[s->first_writer];

	for (uint32_t i = 0; i < s->writers; i++) {
		if (p->group[w[i].group].count != s->count) {
			return false;
		}
	}
	return true;
}

/** Let steps fold what is theirs alone, and note each with its level. */
TACTUS_RT static void
sort(struct plan *p)
{
	for (uint32_t i = 0; i < p->levels; i++) {
		p->level[i] = (struct level){
			.first = {NOTHING, NOTHING},
                          .mixed = NOTHING
                };
	}
	/* backwards: then the lists are in order */
	for (uint32_t i = p->steps; i-- > 0;) {
		struct step *s = &p->step[i];
		struct level *l = &p->level[s->level];
		s->next = l->first[s->is_serial];
		l->first[s->is_serial] = i;
		l->synths += s->count;
		s->folds = is_whole(p, s);
		for (uint32_t k = 0; s->folds && k < s->writers; k++) {
			uint32_t g = p->writer[s->first_writer + k].group;
			p->group[g].is_folded = true;
		}
	}
	for (uint32_t i = p->versions; i-- > 0;) {
		struct level *l = &p->level[p->version[i].level];
		p->version[i].next = l->mixed;
		l->mixed = i;
	}
}

/** End a stage whose steps stand in the queue from `first` on. */
TACTUS_RT static void
end_stage(struct engine *e, uint32_t first, uint64_t ns, bool serial)
{
	struct plan *p = e->plan;
	uint32_t count = p->queued - first;

	if (count == 0) {
		return;
	}
	bool wide = e->crew != NULL && !serial && count > 1 &&
		    (ns > WIDE_NS || e->config.eager);
	p->stage[p->stages++] = (struct stage){
		first, count, wide, p->step[p->queue[first]].def == NULL};
	p->wide_ns += wide ? ns : 0;
}

/** The steps of one level's synths; serial ones are a stage of their own. */
TACTUS_RT static void
divide_synths(struct engine *e, const struct level *l, bool serial)
{
	struct plan *p = e->plan;
	uint32_t first = p->queued;
	uint64_t ns = 0;

	for (uint32_t i = l->first[serial]; i != NOTHING; i = p->step[i].next) {
		const struct step *s = &p->step[i];
		p->queue[p->queued++] = i;
		p->runs += s->is_many && s->count > 1 ? 1 : 0;
		ns += (uint64_t)s->count * s->use->ns;
	}
	end_stage(e, first, ns, serial);
}

/** A version that one step folds needs no mixing. */
TACTUS_RT static bool
is_straight(const struct plan *p, const struct version *v)
{
	return v->first == v->last && v->base == NOTHING &&
	       p->group[v->first].is_folded;
}

/** The steps that mix a version: several for one that many groups go to, each
 * some of the frames, never some of the groups (ADR 0013). */
TACTUS_RT static void
add_mixes(struct engine *e, uint32_t version)
{
	struct plan *p = e->plan;
	uint32_t parts = 1;

	if (p->version[version].groups >= SPLIT_GROUPS) {
		parts = e->config.threads < SPLIT_MOST ? e->config.threads
						       : SPLIT_MOST;
	}
	for (uint32_t i = 0; i < parts; i++) {
		struct step *s = &p->step[p->steps];
		s->def = NULL;
		s->version = version;
		s->count = (uint8_t)i;
		s->most = (uint8_t)parts;
		p->queue[p->queued++] = p->steps++;
	}
}

/** The steps that mix what is complete at a level. */
TACTUS_RT static void
divide_mixes(struct engine *e, const struct level *l)
{
	struct plan *p = e->plan;
	uint32_t first = p->queued;
	uint64_t ns = 0;

	for (uint32_t i = l->mixed; i != NOTHING; i = p->version[i].next) {
		const struct version *v = &p->version[i];
		if (v->is_dead) {
			continue;
		}
		if (is_straight(p, v)) {
			p->group[v->first].is_straight = true;
			continue;
		}
		add_mixes(e, i);
		ns += MIX_NS + v->groups * GROUP_NS;
	}
	end_stage(e, first, ns, false);
}

TACTUS_RT static void
divide_all(struct engine *e)
{
	struct plan *p = e->plan;

	p->queued = 0;
	p->stages = 0;
	p->runs = 0;
	p->wide_ns = 0;
	p->width = 0;
	for (uint32_t i = 0; i < p->levels; i++) {
		const struct level *l = &p->level[i];
		divide_synths(e, l, false);
		divide_synths(e, l, true);
		divide_mixes(e, l);
		p->width = l->synths > p->width ? l->synths : p->width;
	}
}

/* --- place --- */

/** A buffer of the arena. @return NULL: there is none */
TACTUS_RT static float *
take_buffer(struct plan *p)
{
	return p->buffers == p->most_buffers
		       ? NULL
		       : p->arena + p->stride * p->buffers++;
}

/** Give a group its place: what its step folds needs one, or else each of
 * its writers. @return false: there is no room */
TACTUS_RT static bool
place_group(struct engine *e, struct group *g)
{
	struct plan *p = e->plan;

	if (g->is_straight || p->version[g->version].is_dead) {
		return true;
	}
	if (g->is_folded) {
		g->partial = take_buffer(p);
		return g->partial != NULL;
	}
	for (uint32_t i = g->first; i != NOTHING; i = p->writer[i].next) {
		struct writer *w = &p->writer[i];
		float *own = e->order[w->rank]->output[w->out].own;
		w->buffer = own != NULL ? own : take_buffer(p);
		if (w->buffer == NULL) {
			return false;
		}
	}
	return true;
}

TACTUS_RT static bool
place_all(struct engine *e)
{
	struct plan *p = e->plan;

	p->buffers = 0;
	for (uint32_t i = 0; i < p->versions; i++) {
		struct version *v = &p->version[i];
		if (p->bus[v->bus - e->bus].version == i || v->is_dead) {
			continue;
		}
		v->buffer = take_buffer(p);
		if (v->buffer == NULL) {
			return false;
		}
	}
	for (uint32_t i = 1; i < p->groups; i++) {
		if (!place_group(e, &p->group[i])) {
			return false;
		}
	}
	for (uint32_t i = 0; i < p->readers; i++) {
		const struct reader *r = &p->reader[i];
		*r->where = p->version[r->version].buffer;
	}
	return true;
}

TACTUS_RT bool
plan_make_stages(struct engine *e)
{
	sort(e->plan);
	divide_all(e);
	return place_all(e);
}
