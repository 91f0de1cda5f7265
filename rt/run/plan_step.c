/* SPDX-License-Identifier: MIT */
/*
 * plan_step.c -- which synths one thread runs in one go: steps of one def, and
 * what is known of defs; of making a plan (plan.c).
 */
#include "plan_private.h"

/** A step of synths without process_many should take about so long. */
#define STEP_NS 2000

/** What a def's synth costs before it has been measured. */
#define GUESS_NS 200

TACTUS_RT struct def_use *
plan_search_def(struct plan *p, const TactusSynthDef *def, uint32_t at)
{
	struct def_use *d = NULL;

	for (uint32_t i = 0; i < 8; i++) {
		d = &p->def[(at + i) % PLAN_DEFS];
		if (d->def == def) {
			return d;
		}
		if (d->def == NULL) {
			break;
		}
	}
	*d = (struct def_use){.def = def, .ns = GUESS_NS};
	return d;
}

/** How many synths make a step with this one. */
TACTUS_RT static uint32_t
most_of(const struct engine *e, const struct node *n, const struct def_use *d)
{
	uint32_t most = RUNNER_MOST;
	uint32_t ports = n->inputs > n->outputs ? n->inputs : n->outputs;

	if (e->config.threads > 1 && !plan_is_many(e, d->def)) {
		uint32_t fit = STEP_NS / (d->ns + 1) + 1;
		most = fit < most ? fit : most;
	}
	/* each of them has buffers of its own */
	if (ports * most > RUNNER_BUFFERS) {
		most = RUNNER_BUFFERS / ports;
	}
	return most;
}

/** Does a step take another synth, whose writers are the newest: one that
 * looks the same and writes to the same groups in the same way? */
TACTUS_RT static bool
takes(const struct plan *p, const struct step *s, const struct node *n,
	uint32_t first_writer)
{
	uint32_t writers = p->writers - first_writer;

	if (s->count == s->most || s->inputs != n->inputs ||
		s->outputs != n->outputs || s->writers != writers) {
		return false;
	}
	for (uint32_t i = 0; i < writers; i++) {
		const struct writer *a = &p->writer[s->first_writer + i];
		const struct writer *b = &p->writer[first_writer + i];
		if (a->group != b->group || a->out != b->out) {
			return false;
		}
	}
	return true;
}

/** Note what a synth wants of its step. */
TACTUS_RT static void
join(struct step *s, const struct node *n)
{
	uint32_t brief = 0;

	for (uint32_t i = 0; i < n->inputs; i++) {
		const struct joint *j = &n->input[i];
		bool one = j->bus < 0 && j->connections <= 1;
		brief |= one && j->feedbacks == 0 ? 0U : BRIEF_SUMS;
	}
	for (uint32_t i = 0; i < n->outputs; i++) {
		brief |= n->output[i].own != NULL ? BRIEF_OWN : 0U;
		brief |= n->output[i].feedbacks != 0 ? BRIEF_DELAYED : 0U;
	}
	s->brief |= (uint8_t)brief;
	s->is_stirred |= n->moving;
}

TACTUS_RT uint32_t
plan_assign(
	struct engine *e, struct node *n, uint32_t level, uint32_t first_writer)
{
	struct plan *p = e->plan;
	struct def_use *d = plan_find_def(p, n->def);
	uint32_t writers = p->writers - first_writer;
	/* all that stand in one step write to the same groups */
	uint32_t group = writers != 0 ? p->writer[first_writer].group : 0;
	uint32_t *open = plan_open_step(d, level, p->group[group].bus);

	if (d->epoch != p->epoch) {
		d->epoch = p->epoch;
		d->planned_ns = d->ns;
		for (uint32_t i = 0; i < PLAN_OPEN; i++) {
			d->open[i] = NOTHING;
		}
	}
	bool serial = (n->def->flags & TACTUS_SERIAL) != 0;
	/* none of those before a serial one may run behind it */
	if (*open != NOTHING && (!serial || *open == p->last_serial)) {
		struct step *s = &p->step[*open];
		if (s->def == n->def && s->level == level &&
			takes(p, s, n, first_writer)) {
			s->member[s->count++] = &n->synth;
			join(s, n);
			return *open;
		}
	}
	*open = p->steps;
	if (serial) {
		p->last_serial = p->steps;
	}
	struct step *s = &p->step[p->steps];
	s->def = n->def;
	s->use = d;
	s->level = level;
	s->count = 1;
	s->most = (uint8_t)most_of(e, n, d);
	s->first_writer = first_writer;
	s->writers = writers;
	s->group = group;
	s->pointed = 0;
	s->inputs = n->inputs;
	s->outputs = n->outputs;
	s->brief = 0;
	s->is_many = plan_is_many(e, n->def);
	s->is_serial = serial;
	s->member = &p->member[(size_t)p->steps * RUNNER_MOST];
	s->member[0] = &n->synth;
	s->is_stirred = false;
	join(s, n);
	return p->steps++;
}
