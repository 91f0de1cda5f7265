/* SPDX-License-Identifier: MIT */
/*
 * plan_run.c -- a segment by the plan: stage by stage, each step by whoever
 * claims it.  rt runs all of it where there are no helpers.
 */
#include "clock.h"
#include "crew.h"
#include "mix.h"
#include "plan.h"
#include "plan_private.h"
#include "port.h"
#include "run.h"

/** What wide stages have to take together for helpers to be called: waking
 * one costs 6 µs, and it comes 12 µs later. */
#define SHARE_NS 40000

/** How often, in segments, it is looked how long steps take. */
#define LOOK_EVERY 32

/**
 * Point a step's outputs at where they write: what is connected to buffers of
 * its own, what is mixed behind the level to the plan's, all others to this
 * runner's, each synth to its part of them.
 */
TACTUS_RT static void
point_outputs(struct plan *p, struct runner *r, const struct step *s)
{
	const uint32_t stays = BRIEF_LEAN | BRIEF_OWN;
	bool owned = (s->brief & BRIEF_OWN) != 0;
	float *const *at = r->out;

	for (uint32_t m = 0; m < s->count; m++, at += s->outputs) {
		struct node *n = node_of(s->member[m]);
		if (owned && (n->brief & stays) == stays) {
			continue; /* it points there since it is connected */
		}
		for (uint32_t i = 0; i < s->outputs; i++) {
			float *own = owned ? n->output[i].own : NULL;
			n->out[i] = own != NULL ? own : at[i];
		}
		if (s->folds) {
			continue;
		}
		uint32_t rank = r->engine->rank[n->synth.id];
		uint32_t first = p->part[rank].first_writer;
		for (uint32_t i = 0; i < s->writers; i++) {
			const struct writer *w = &p->writer[first + i];
			if (w->buffer != NULL) {
				n->out[w->out] = w->buffer;
			}
		}
	}
}

/** Point a step's inputs at what they hear; sums are this runner's. */
TACTUS_RT static void
point_inputs(struct runner *r, const struct step *s)
{
	float *const *sum = r->sum;

	for (uint32_t m = 0; m < s->count; m++) {
		struct node *n = node_of(s->member[m]);
		for (uint32_t i = 0; i < s->inputs; i++) {
			n->in[i] = port_gather(r->engine, &n->input[i], sum[i]);
		}
		sum += s->inputs;
	}
}

/** Point the synths of a step at what they hear and where they write, as far
 * as that is not what it was when the same runner had them last. */
TACTUS_RT static void
point(struct plan *p, struct runner *r, struct step *s)
{
	bool same = s->pointed == r->who + 1;

	if (!same) {
		s->pointed = (uint8_t)(r->who + 1);
		point_outputs(p, r, s);
	}
	if (s->inputs != 0 && !(same && (s->brief & BRIEF_SUMS) == 0)) {
		point_inputs(r, s);
	}
}

/** Does a synth run all through the segment? */
TACTUS_RT static inline bool
is_whole(const struct plan *p, const struct node *n)
{
	const struct engine *e = p->engine;

	return e->fades == 0 || port_stop(n, e->now, p->frames) == p->frames;
}

TACTUS_RT static inline void
process_many(struct plan *p, struct runner *r, const struct step *s,
	TactusSynth *const *synths, uint32_t count)
{
	r->serial = false; /* such defs are never run together */
	s->def->process_many(&r->world, synths, count, p->frames);
}

/** Let those process whose controls stand together, the others alone. */
TACTUS_RT static void
process_some(struct plan *p, struct runner *r, struct step *s)
{
	TactusSynth *still[RUNNER_MOST];
	uint32_t count = 0;

	s->is_stirred = false;
	for (uint32_t m = 0; m < s->count; m++) {
		struct node *n = node_of(s->member[m]);
		if (s->is_many && !n->moving && is_whole(p, n)) {
			still[count++] = &n->synth;
		} else {
			run_process(r, n, p->frames);
			s->is_stirred |= n->moving;
		}
	}
	if (count != 0) {
		process_many(p, r, s, still, count);
	}
}

/** Let the synths of a step process. */
TACTUS_RT static void
process(struct plan *p, struct runner *r, struct step *s)
{
	if (s->is_many && !s->is_stirred && p->engine->fades == 0) {
		process_many(p, r, s, s->member, s->count);
	} else {
		process_some(p, r, s);
	}
}

/** Add up some frames of the outputs that go to one group, in their order. */
TACTUS_RT static void
fold(struct plan *p, const struct group *g, float *to, uint32_t begin,
	uint32_t frames)
{
	const float *from[MIX_GROUP];
	uint32_t count = 0;

	for (uint32_t i = g->first; i != NOTHING; i = p->writer[i].next) {
		const struct writer *w = &p->writer[i];
		from[count++] = p->engine->order[w->rank]->out[w->out] + begin;
	}
	mix_fold(to, from, count, frames);
}

/** Where a version is written. */
TACTUS_RT static float *
place_of(struct plan *p, const struct version *v)
{
	return v->buffer != NULL ? v->buffer
				 : port_begin_bus(p->engine, v->bus);
}

/** Fold what this step's synths write. */
TACTUS_RT static void
fold_step(struct plan *p, struct runner *r, const struct step *s)
{
	for (uint32_t i = s->first_writer; i < s->first_writer + s->writers;
		i++) {
		const struct writer *w = &p->writer[i];
		const struct group *g = &p->group[w->group];
		float *to = g->is_straight
				    ? place_of(p, &p->version[g->version])
				    : g->partial;
		if (to == NULL) {
			continue; /* replaced before anybody hears it */
		}
		if ((s->brief & BRIEF_OWN) != 0) {
			fold(p, g, to, 0, p->frames);
			continue;
		}
		/* the same pointers, without a look at the synths */
		const float *from[MIX_GROUP];
		for (uint32_t m = 0; m < s->count; m++) {
			from[m] = r->out[m * s->outputs + w->out];
		}
		mix_fold(to, from, s->count, p->frames);
	}
}

TACTUS_RT static void
run_synths(struct plan *p, struct runner *r, struct step *s)
{
	const struct engine *e = r->engine;
	bool watched = e->fades != 0 || e->now < e->hunt_end ||
		       (s->brief & BRIEF_DELAYED) != 0;

	point(p, r, s);
	process(p, r, s);
	for (uint32_t m = 0; watched && m < s->count; m++) {
		run_finish(r, node_of(s->member[m]), p->frames);
	}
	if (s->folds) {
		fold_step(p, r, s);
	}
}

/** Where a part of a mix begins: at a whole vector. */
TACTUS_RT static inline uint32_t
part_begin(const struct plan *p, const struct step *s, uint32_t part)
{
	return part == s->most ? p->frames
			       : p->frames * part / s->most / 16 * 16;
}

/** Mix some frames of a version: what it goes on from, then group by group.
 * @pre the bus was begun, if it is a bus's own */
TACTUS_RT static void
mix_version(struct plan *p, struct runner *r, const struct step *s)
{
	const struct engine *e = p->engine;
	const struct version *v = &p->version[s->version];
	uint32_t begin = part_begin(p, s, s->count);
	uint32_t frames = part_begin(p, s, s->count + 1U) - begin;
	float *to =
		begin + (v->buffer != NULL ? v->buffer
					   : v->bus->frames[e->block_no % 2] +
						     e->offset);
	bool empty = v->base == NOTHING;

	if (!empty) {
		mix_store(to, p->version[v->base].buffer + begin, frames);
	}
	for (uint32_t i = v->first; i != NOTHING; i = p->group[i].next) {
		const struct group *g = &p->group[i];
		float *part = g->partial != NULL ? g->partial + begin
			      : empty            ? to
						 : r->sum[0];
		if (g->partial == NULL) {
			fold(p, g, part, begin, frames);
		}
		if (part == to) {
			/* the first went there at once */
		} else if (empty) {
			mix_store(to, part, frames);
		} else {
			mix_add(to, part, frames);
		}
		empty = false;
	}
}

/** Begin the buses that are mixed in this stage: each has one writer, but
 * several may mix it. */
TACTUS_RT static void
begin_buses(struct plan *p)
{
	for (uint32_t i = 0; i < p->now->count; i++) {
		const struct step *s = &p->step[p->queue[p->now->first + i]];
		if (s->def == NULL && s->count == 0 &&
			p->version[s->version].buffer == NULL) {
			(void)port_begin_bus(
				p->engine, p->version[s->version].bus);
		}
	}
}

TACTUS_RT static void
run_step(void *plan, uint32_t who, uint32_t index)
{
	struct plan *p = plan;
	struct runner *r = &p->engine->runner[who];
	struct step *s = &p->step[p->queue[p->now->first + index]];
	int64_t began = p->looks ? clock_now() : 0;

	r->processing = true;
	if (s->def != NULL) {
		run_synths(p, r, s);
	} else {
		mix_version(p, r, s);
	}
	r->processing = false;
	if (p->looks) {
		s->took_ns = (uint32_t)(clock_now() - began);
	}
}

/** Note what a step tells of how long one synth of its def takes. */
TACTUS_RT static void
learn(struct plan *p, const struct step *s)
{
	struct def_use *d = s->use;
	int64_t ns = (int64_t)s->took_ns * p->engine->config.block / p->frames /
		     s->count;
	int64_t was = d->ns;

	/* who was pushed aside by others looks slow once */
	ns = ns > 2 * was + 100 ? 2 * was + 100 : ns;
	d->ns = (uint32_t)(was + (ns - was) / 8);
	/* what the plan took it for may no longer be so */
	int64_t off = (int64_t)d->ns - (int64_t)d->planned_ns;
	if (4 * (off < 0 ? -off : off) > d->planned_ns) {
		p->engine->changed = true;
	}
}

TACTUS_RT static void
run_alone(struct plan *p)
{
	for (uint32_t i = 0; i < p->now->count; i++) {
		run_step(p, 0, i);
	}
}

/** Is there more to share out in this segment than calling helpers costs? */
TACTUS_RT static bool
is_worth_sharing(const struct engine *e, const struct plan *p)
{
	return p->wide_ns != 0 &&
	       (e->config.eager ||
		       p->wide_ns * p->frames >=
			       (uint64_t)SHARE_NS * e->config.block);
}

TACTUS_RT void
plan_run(struct engine *e, uint32_t frames)
{
	struct plan *p = e->plan;
	bool shared = is_worth_sharing(e, p);

	p->frames = frames;
	/* whoever runs a step looks, so that no segment waits for it */
	p->looks = e->crew != NULL && e->segment % LOOK_EVERY == 0;
	if (shared) {
		crew_begin(e->crew);
	}
	for (uint32_t i = 0; i < p->stages; i++) {
		p->now = &p->stage[i];
		if (p->now->mixes) {
			begin_buses(p);
		}
		if (shared && p->now->is_wide) {
			crew_stage(e->crew, run_step, p, p->now->count);
		} else {
			run_alone(p);
		}
	}
	if (shared) {
		(void)crew_end(e->crew);
	}
	for (uint32_t i = 0; p->looks && i < p->steps; i++) {
		if (p->step[i].def != NULL) {
			learn(p, &p->step[i]);
		}
	}
}
