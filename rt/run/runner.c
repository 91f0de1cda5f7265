/* SPDX-License-Identifier: MIT */
/*
 * runner.c -- see runner.h.  The first half runs on any audio thread, each
 * with its own runner; the second on rt, when all have come to rest.
 */
#include "runner.h"

#include <stdatomic.h>

#include "hold.h"
#include "outbox.h"

/** Note that a synth said something in this segment. */
TACTUS_RT static void
say(struct runner *r, struct node *n)
{
	if (!n->has_said) {
		n->has_said = true;
		n->next_said = r->said_first;
		r->said_first = n;
	}
}

TACTUS_RT void
runner_done(struct runner *r, struct node *n)
{
	if (n->said_done) {
		return;
	}
	n->said_done = true;
	n->says_done = true;
	say(r, n);
}

TACTUS_RT bool
runner_note(struct runner *r, struct node *n, const struct report *report)
{
	/* relaxed: it only counts, what is noted is handed over by the crew */
	uint32_t taken = atomic_fetch_add_explicit(
		&r->engine->notes, 1, memory_order_relaxed);

	if (taken >= r->engine->note_room) {
		r->refused++;
		return false;
	}
	struct runner_note *note = &r->note[r->notes++];

	note->report = *report;
	note->next = 0;
	if (n->first_note == 0) {
		n->first_note = r->notes;
	} else {
		r->note[n->last_note - 1].next = r->notes;
	}
	n->last_note = r->notes;
	say(r, n);
	return true;
}

TACTUS_RT void
runner_release(struct runner *r, struct node *n, int32_t id)
{
	if (hold_give_later(n, id)) {
		say(r, n);
	}
}

/** What one synth said: its notes and releases, and that it is done. */
TACTUS_RT static void
end_said(struct engine *e, const struct runner *r, struct node *n)
{
	for (uint32_t at = n->first_note; at != 0; at = r->note[at - 1].next) {
		struct report report = r->note[at - 1].report;
		(void)outbox_note(e, &report);
	}
	n->first_note = 0;
	hold_give_now(e, n);
	if (n->says_done) {
		n->says_done = false;
		n->next_done = NULL;
		if (e->done_first == NULL) {
			e->done_first = n;
		} else {
			e->done_last->next_done = n;
		}
		e->done_last = n;
	}
	n->has_said = false;
}

/** Forget the notes of a runner, and count those that had no room. */
TACTUS_RT static void
empty(struct engine *e, struct runner *r)
{
	if (r->refused != 0) {
		gauge_add(e->gauges, GAUGE_REFUSED_NOTES, r->refused);
		r->refused = 0;
	}
	r->notes = 0;
	r->said_first = NULL;
}

TACTUS_RT void
runner_begin(struct engine *e)
{
	uint32_t room = e->out_first == NULL ? ring_room(e->wire->reports) : 0;

	/* nothing else is posted before them: what is accepted has a place */
	e->note_room = room < RUNNER_NOTES ? room : RUNNER_NOTES;
	atomic_store_explicit(&e->notes, 0, memory_order_relaxed);
}

TACTUS_RT void
runner_end_said(struct engine *e)
{
	uint32_t first = UINT32_MAX;
	uint32_t last = 0;

	for (uint32_t i = 0; i < e->config.threads; i++) {
		struct node *n = e->runner[i].said_first;
		for (; n != NULL; n = n->next_said) {
			uint32_t rank = e->rank[n->synth.id];
			uint32_t word = rank / 64;
			e->said[word] |= (uint64_t)1 << (rank % 64);
			n->said_with = i;
			first = word < first ? word : first;
			last = word > last ? word : last;
		}
	}
	for (uint32_t word = first; word <= last && first != UINT32_MAX;
		word++) {
		uint64_t bits = e->said[word];
		e->said[word] = 0;
		for (; bits != 0; bits &= bits - 1) {
			uint32_t bit = (uint32_t)__builtin_ctzll(bits);
			struct node *n = e->order[word * 64 + bit];
			end_said(e, &e->runner[n->said_with], n);
		}
	}
	for (uint32_t i = 0; i < e->config.threads; i++) {
		empty(e, &e->runner[i]);
	}
}
