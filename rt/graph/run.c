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

#include "mix.h"
#include "node.h"
#include "outbox.h"
#include "port.h"

/** Add one output to its bus. */
TACTUS_RT static inline void
write_bus(struct engine *e, const struct joint *j, const float *from,
	uint32_t frames)
{
	struct bus *b = port_bus(e, j->bus, j->flags, true);
	uint64_t side = e->block_no % 2;
	float *to = b->frames[side] + e->offset;

	if (b->block[side] != e->block_no) {
		/* first in this block: what others leave out is silence */
		if (frames != e->config.block) {
			mix_clear(b->frames[side], e->config.block);
		}
		b->block[side] = e->block_no;
		mix_store(to, from, frames);
	} else if ((j->flags & MAP_REPLACE) != 0) {
		mix_store(to, from, frames);
	} else {
		mix_add(to, from, frames);
	}
}

/** Look for the node whose output is the first that is no number. */
TACTUS_RT static void
hunt(struct engine *e, struct node *n, uint32_t frames)
{
	const struct shape *s = n->spec->shape;
	bool bad = false;

	for (uint32_t i = 0; i < s->outputs && !bad; i++) {
		bad = n->output[i].bus >= 0 &&
		      !mix_is_finite(e->scratch[i], frames);
	}
	for (uint32_t i = 0; i < s->inputs && bad; i++) {
		/* it only passes on what another made */
		bad = mix_is_finite(n->in[i], frames) != 0;
	}
	if (bad && !n->told_nan) {
		struct report r = {.kind = REPORT_NODE_NAN, .id = n->synth.id};
		r.u.def = n->def;
		n->told_nan = outbox_note(e, &r);
	}
}

/** Process a synth whose controls move: piece by piece. */
TACTUS_RT static void
run_pieces(struct engine *e, struct node *n, uint32_t frames)
{
	const struct shape *s = n->spec->shape;
	TactusSynth *synth = &n->synth;

	for (uint32_t done = 0; done < frames;) {
		uint32_t piece = port_begin(
			e, n, e->now + done, e->offset + done, frames - done);
		for (uint32_t i = 0; i < s->inputs; i++) {
			e->piece_in[i] = n->in[i] + done;
		}
		for (uint32_t i = 0; i < s->outputs; i++) {
			e->piece_out[i] = e->scratch[i] + done;
		}
		synth->in = e->piece_in;
		synth->out = e->piece_out;
		e->piece = done;
		n->def->process(&e->world, synth, piece);
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
	e->piece = 0;
	synth->in = n->in;
	synth->out = e->scratch;
}

TACTUS_RT static inline void
read_inputs(struct engine *e, struct node *n)
{
	for (uint32_t i = 0; i < n->inputs; i++) {
		const struct joint *j = &n->input[i];
		if (j->bus >= 0) {
			n->in[i] = port_read(e, j->bus, j->flags, e->offset);
		}
	}
}

/** Run a synth of which nothing but its signal moves. */
TACTUS_RT static inline void
run_plain(struct engine *e, struct node *n, uint32_t frames)
{
	read_inputs(e, n);
	n->def->process(&e->world, &n->synth, frames);
	for (uint32_t i = 0; i < n->outputs; i++) {
		if (n->output[i].bus >= 0) {
			write_bus(e, &n->output[i], e->scratch[i], frames);
		}
	}
}

/** Run any synth. */
TACTUS_RT static void
run_synth(struct engine *e, struct node *n, uint32_t frames)
{
	read_inputs(e, n);
	if (n->moving) {
		run_pieces(e, n, frames);
	} else {
		n->def->process(&e->world, &n->synth, frames);
	}
	if (e->now < e->hunt_end) {
		hunt(e, n, frames);
	}
	bool fades = e->fades != 0 && port_envelope(e, n, e->now, frames);
	for (uint32_t i = 0; i < n->outputs; i++) {
		if (n->output[i].bus < 0) {
			continue;
		}
		if (fades) {
			mix_scale(e->scratch[i], e->envelope, frames);
		}
		write_bus(e, &n->output[i], e->scratch[i], frames);
	}
}

/**
 * Let the nodes that follow come from memory while this one computes: the
 * next, and, as they mostly stand in a row by rising or falling ids, the one
 * that would then be the fifth.  Where they do not it fetches in vain; that
 * the address may lie anywhere does no harm, for nothing is read.
 */
TACTUS_RT static inline void
fetch(const struct node *n)
{
	uintptr_t next = (uintptr_t)n->next;
	uintptr_t step = next - (uintptr_t)n;

	__builtin_prefetch((const void *)(next + 4 * step));
	__builtin_prefetch((const void *)next);
}

/** Walk what a group holds, depth first, in list order. */
TACTUS_RT static void
run_group(struct engine *e, struct node *top, uint32_t frames)
{
	const struct node plain = {.kind = KIND_SYNTH, .sounding = true};
	/* neither changes while the tree runs */
	bool quiet = e->now >= e->hunt_end && e->fades == 0;
	struct node *n = top->head;

	while (n != NULL) {
		if (n->state == plain.state && quiet) {
			fetch(n);
			run_plain(e, n, frames);
		} else if (n->head != NULL && !n->paused) {
			n = n->head;
			continue;
		} else if (n->sounding && !n->paused) {
			run_synth(e, n, frames);
		}
		while (n->next == NULL) {
			n = n->parent;
			if (n == top) {
				return;
			}
		}
		n = n->next;
	}
}

TACTUS_RT void
run_segment(struct engine *e, uint32_t frames)
{
	e->walking = true;
	if (!e->limbo.paused && !e->reaping) {
		run_group(e, &e->limbo, frames);
	}
	if (!e->node[0].paused) {
		run_group(e, &e->node[0], frames);
	}
	e->walking = false;
}
