/* SPDX-License-Identifier: MIT */
/*
 * run.c -- see run.h.
 *
 * Outputs go to scratch first and are then added to their buses, so a synth
 * never sees its own output on a bus that it reads.  A control that reaches
 * its target in the middle cuts this synth's segment in pieces, nobody
 * else's.
 */
#include "run.h"

#include "connection.h"
#include "mix.h"
#include "node.h"
#include "order.h"
#include "plan.h"
#include "port.h"

/** Note the node whose output is the first that is no number. */
TACTUS_RT static void
hunt(struct runner *r, struct node *n, uint32_t frames)
{
	bool bad = false;

	for (uint32_t i = 0; i < n->outputs && !bad; i++) {
		const struct joint *j = &n->output[i];
		bad = (j->bus >= 0 || j->own != NULL) &&
		      !mix_is_finite(n->out[i], frames);
	}
	for (uint32_t i = 0; i < n->inputs && bad; i++) {
		/* it only passes on what another made */
		bad = mix_is_finite(n->in[i], frames) != 0;
	}
	if (bad && !n->told_nan) {
		struct report report = {
			.kind = REPORT_NODE_NAN, .id = n->synth.id};
		report.u.def = n->def;
		n->told_nan = runner_note(r, n, &report);
	}
}

/** Process a synth whose controls move: piece by piece. */
TACTUS_RT static void
run_pieces(struct runner *r, struct node *n, uint32_t frames)
{
	const struct shape *s = n->spec->shape;
	struct engine *e = r->engine;
	TactusSynth *synth = &n->synth;

	for (uint32_t done = 0; done < frames;) {
		uint32_t piece = port_begin(
			e, n, e->now + done, e->offset + done, frames - done);
		for (uint32_t i = 0; i < s->inputs; i++) {
			r->piece_in[i] = n->in[i] + done;
		}
		for (uint32_t i = 0; i < s->outputs; i++) {
			r->piece_out[i] = n->out[i] + done;
		}
		synth->in = r->piece_in;
		synth->out = r->piece_out;
		r->piece = done;
		n->def->process(&r->world, synth, piece);
		done += piece;
		if (n->fired && done < frames) {
			/* a trigger holds for its first piece alone */
			for (uint32_t i = 0; i < s->controls; i++) {
				if ((s->port[i].port.flags & TACTUS_TRIGGER) !=
					0) {
					n->now[i].value = 0.0F;
				}
			}
		}
	}
	r->piece = 0;
	synth->in = n->in;
	synth->out = n->out;
}

TACTUS_RT void
run_point(
	struct engine *e, struct node *n, float *const *out, float *const *sum)
{
	for (uint32_t i = 0; i < n->inputs; i++) {
		n->in[i] = port_gather(e, &n->input[i], sum[i]);
	}
	for (uint32_t i = 0; i < n->outputs; i++) {
		float *own = n->output[i].own;
		n->out[i] = own != NULL ? own : out[i];
	}
}

TACTUS_RT void
run_process(struct runner *r, struct node *n, uint32_t frames)
{
	const struct engine *e = r->engine;
	uint32_t most = e->fades == 0 ? frames : port_stop(n, e->now, frames);

	r->serial = (n->def->flags & TACTUS_SERIAL) != 0;
	if (n->moving) {
		run_pieces(r, n, most);
	} else if (most != 0) {
		n->def->process(&r->world, &n->synth, most);
	}
	for (uint32_t i = 0; i < n->outputs && most < frames; i++) {
		mix_clear(n->out[i] + most, frames - most);
	}
}

TACTUS_RT void
run_finish(struct runner *r, struct node *n, uint32_t frames)
{
	struct engine *e = r->engine;

	if (e->now < e->hunt_end) {
		hunt(r, n, frames);
	}
	bool fades =
		e->fades != 0 && port_envelope(n, e->now, frames, r->envelope);
	for (uint32_t i = 0; i < n->outputs; i++) {
		const struct joint *j = &n->output[i];
		if (fades) {
			mix_scale(n->out[i], r->envelope, frames);
		}
		if (j->feedbacks == 0) {
			continue;
		}
		for (struct connection *c = j->first; c != NULL;
			c = c->next_out) {
			if ((c->flags & MAP_FEEDBACK) != 0) {
				port_delay(e, c, n->out[i]);
			}
		}
	}
}

TACTUS_RT static inline void
write_buses(struct engine *e, const struct node *n)
{
	for (uint32_t i = 0; i < n->outputs; i++) {
		if (n->output[i].bus >= 0) {
			port_write(e, &n->output[i], n->out[i]);
		}
	}
}

/** Run a synth of which nothing but its signal moves. */
TACTUS_RT static inline void
run_plain(struct runner *r, struct node *n, uint32_t frames)
{
	struct engine *e = r->engine;

	for (uint32_t i = 0; i < n->inputs; i++) {
		const struct joint *j = &n->input[i];
		if (j->bus >= 0) {
			n->in[i] = port_read(e, j->bus, j->flags, e->offset);
		}
	}
	r->serial = (n->def->flags & TACTUS_SERIAL) != 0;
	n->def->process(&r->world, &n->synth, frames);
	write_buses(e, n);
}

/** How many synths ahead the walk fetches, the second of two steps. */
#define AHEAD 4

/** Let the synths that follow come from memory while this one computes. */
TACTUS_RT static inline void
fetch(const struct engine *e, uint32_t i)
{
	if (i + AHEAD < e->running) {
		__builtin_prefetch(e->order[i + AHEAD]);
	}
}

/** Run all synths in execution order, one by one. */
TACTUS_RT static void
walk(struct engine *e, uint32_t frames)
{
	const struct node plain = {.kind = KIND_SYNTH, .sounding = true};
	/* neither changes while synths run */
	bool quiet = e->now >= e->hunt_end && e->fades == 0;
	struct runner *r = e->runner;

	for (uint32_t i = 0; i < e->running; i++) {
		struct node *n = e->order[i];
		fetch(e, i);
		if (n->state == plain.state && quiet && n->plain) {
			run_plain(r, n, frames);
			continue;
		}
		run_point(e, n, r->out, r->sum);
		run_process(r, n, frames);
		run_finish(r, n, frames);
		write_buses(e, n);
	}
	port_close_groups(e);
}

TACTUS_RT void
run_segment(struct engine *e, uint32_t frames)
{
	e->segment++;
	e->frames = frames;
	if (e->changed) {
		e->changed = false;
		order_renew(e);
		e->planned = plan_renew(e);
		gauge_add(e->gauges, GAUGE_RENEWALS, 1);
	}
	runner_begin(e);
	e->runner->processing = true;
	if (e->planned) {
		plan_run(e, frames);
	} else {
		walk(e, frames);
	}
	e->runner->processing = false;
	e->runner->serial = false;
	runner_end_said(e);
}
