/* SPDX-License-Identifier: MIT */
/*
 * plan.c -- a plan is made from the execution order; see plan.h.
 *
 *	listen   each synth in order: its level, the versions it hears, the
 *	         groups it writes to             (plan_bus.c, plan_use.c)
 *	assign   … the step it belongs to        (plan_step.c, plan_lean.c)
 *	divide   the steps of each level make stages (plan_stage.c)
 *	place    what is not folded by its step, and versions that are not
 *	         the last of their bus, get buffers  (plan_stage.c)
 */
#include "plan.h"

#include "plan_private.h"

/** Would a plan gain anything? */
TACTUS_RT static bool
is_worth_it(struct engine *e)
{
	struct plan *p = e->plan;

	if (e->config.threads > 1) {
		return true;
	}
	p->stamp++;
	for (uint32_t i = 0; i < e->running; i++) {
		const TactusSynthDef *def = e->order[i]->def;
		if (!plan_is_many(e, def)) {
			continue;
		}
		struct def_use *d = plan_find_def(p, def);
		if (d->stamp == p->stamp) {
			return true;
		}
		d->stamp = p->stamp;
	}
	return false;
}

/** What the inputs of a synth hear. @return false: there is no room */
TACTUS_RT static bool
listen_inputs(struct engine *e, struct node *n, uint32_t *level)
{
	for (uint32_t i = 0; i < n->inputs; i++) {
		struct joint *j = &n->input[i];
		if (!plan_hear_bus(e, j->bus, j->flags, &j->version, level)) {
			return false;
		}
		plan_hear_connections(e, j, level);
	}
	if (!n->moving) {
		return true;
	}
	for (uint32_t i = 0; i < n->spec->shape->controls; i++) {
		struct control *c = &n->control[i];
		if (!plan_hear_bus(e, c->bus, c->flags, &c->version, level)) {
			return false;
		}
	}
	return true;
}

/** One synth: its level, what it hears, where it writes, its step.
 * @return false: there is no room */
TACTUS_RT static bool
listen(struct engine *e, struct node *n, uint32_t rank)
{
	struct plan *p = e->plan;
	uint32_t first_writer = p->writers;
	uint32_t level = 0;

	if (!listen_inputs(e, n, &level)) {
		return false;
	}
	plan_use(e, n, &level);
	p->is_raised |= level > e->level[rank];
	p->part[rank] = (struct part){level, first_writer, NOTHING};
	p->levels = level >= p->levels ? level + 1 : p->levels;
	for (uint32_t i = 0; i < n->outputs; i++) {
		const struct joint *j = &n->output[i];
		if (j->bus >= 0 && !plan_write_bus(e, rank, i, j)) {
			return false;
		}
	}
	p->part[rank].step = plan_assign(e, n, level, first_writer);
	plan_note(e, n, rank);
	return true;
}

TACTUS_RT static bool
listen_all(struct engine *e)
{
	struct plan *p = e->plan;

	p->epoch++;
	p->writers = 0;
	p->groups = 1;
	p->group[0] = (struct group){
		.last = p->most_writers, .most = UINT32_MAX, .bus = -1};
	p->versions = 0;
	p->readers = 0;
	p->levels = 0;
	p->steps = 0;
	p->write_level = 0;
	p->serial_level = 0;
	p->last_serial = NOTHING;
	p->like.def = NULL;
	p->is_raised = false;
	for (uint32_t i = 0; i < e->running;) {
		uint32_t alike = plan_take_alike(e, i);
		if (alike != 0) {
			i += alike;
			continue;
		}
		i += plan_take_lean(e, i);
		if (i == e->running) {
			break;
		}
		if (!listen(e, e->order[i], i)) {
			return false;
		}
		i++;
	}
	return true;
}

TACTUS_RT void
plan_stir(struct engine *e, const struct node *n)
{
	struct plan *p = e->plan;

	/* out of date, it names another step, which looks in vain */
	uint32_t rank = e->rank[n->synth.id];
	if (rank != ORDER_NOWHERE && p->part[rank].step < p->steps) {
		p->step[p->part[rank].step].is_stirred = true;
	}
}

/** The walk reads buses themselves. */
TACTUS_RT static void
forget_versions(struct engine *e)
{
	for (uint32_t i = 0; i < e->running; i++) {
		struct node *n = e->order[i];
		for (uint32_t k = 0; k < n->inputs; k++) {
			n->input[k].version = NULL;
		}
		for (uint32_t k = 0; k < n->spec->shape->controls; k++) {
			n->control[k].version = NULL;
		}
	}
}

TACTUS_RT bool
plan_renew(struct engine *e)
{
	struct plan *p = e->plan;
	bool wanted = is_worth_it(e);
	bool good = wanted && listen_all(e);

	if (good) {
		good = plan_make_stages(e);
	}
	if (!good) {
		forget_versions(e);
		p->levels = 0;
		p->width = 0;
		p->runs = 0;
	}
	gauge_add(e->gauges, GAUGE_UNPLANNED, wanted && !good ? 1 : 0);
	gauge_set(e->gauges, GAUGE_LEVELS, p->levels);
	gauge_set(e->gauges, GAUGE_WIDTH, p->width);
	gauge_set(e->gauges, GAUGE_RUNS, p->runs);
	return good;
}
