/* SPDX-License-Identifier: MIT */
/*
 * plan_lean.c -- most synths are lean (enum brief), and many as the one before
 * them: their places in a plan are found without a look at their ports.
 *
 * It is only another way to what plan.c does with any synth; of making a plan.
 */
#include "plan_private.h"

/** Is what its brief says all there is to it? */
TACTUS_RT static inline bool
is_lean(const struct node *n)
{
	return (n->brief & BRIEF_LEAN) != 0 && !n->moving && !n->uses;
}

/** Does a synth hear nothing, use nothing, and write to one bus? */
TACTUS_RT static inline bool
is_simple(const struct node *n)
{
	return n->brief == BRIEF_LEAN && n->bus >= 0 && !n->moving && !n->uses;
}

TACTUS_RT void
plan_note(struct engine *e, const struct node *n, uint32_t rank)
{
	struct plan *p = e->plan;

	if (!is_simple(n)) {
		return;
	}
	p->like = (struct like){
		.def = n->def,
		.bus = n->bus,
		.use = &p->bus[n->bus],
		.step = &p->step[p->part[rank].step],
		.group = &p->group[p->writer[p->writers - 1].group],
	};
}

/** How many synths ahead their memory is asked for. */
#define AHEAD 8

/** Let a synth that comes soon come from memory. */
TACTUS_RT static inline void
fetch(const struct engine *e, uint32_t rank)
{
	if (rank + AHEAD < e->running) {
		__builtin_prefetch(e->order[rank + AHEAD]);
	}
}

/** How many more synths like the last may go where that one went.
 * @pre there is a last */
TACTUS_RT static uint32_t
room_for_like(const struct engine *e, uint32_t rank)
{
	const struct plan *p = e->plan;
	const struct like *like = &p->like;
	const struct group *g = like->group;
	/* no other group of its version is open, unless it is full */
	if (like->use->version != g->version ||
		p->version[g->version].is_read) {
		return 0;
	}
	uint32_t room = e->running - rank;
	uint32_t most[] = {MIX_GROUP - g->count,
		like->step->most - like->step->count,
		p->most_writers - p->writers};
	for (uint32_t i = 0; i < 3; i++) {
		room = most[i] < room ? most[i] : room;
	}
	return room;
}

TACTUS_RT uint32_t
plan_take_alike(struct engine *e, uint32_t rank)
{
	struct plan *p = e->plan;
	uint32_t room = p->like.def == NULL ? 0 : room_for_like(e, rank);
	uint32_t count = 0;

	if (room == 0) {
		return 0;
	}
	const struct like like = p->like;
	struct node *const *order = &e->order[rank];
	TactusSynth **member = &like.step->member[like.step->count];
	struct part *part = &p->part[rank];
	uint32_t group = (uint32_t)(like.group - p->group);
	uint32_t step = (uint32_t)(like.step - p->step);
	uint32_t first = p->writers;
	struct writer *writer = &p->writer[first];

	while (count < room) {
		struct node *n = order[count];
		fetch(e, rank + count);
		if (n->def != like.def || !is_simple(n) || n->bus != like.bus) {
			break;
		}
		member[count] = &n->synth;
		part[count] = (struct part){0, first + count, step};
		writer[count] = (struct writer){.group = group,
			.next = first + count + 1,
			.rank = rank + count};
		count++;
	}
	if (count != 0) {
		struct group *g = like.group;
		writer[count - 1].next = NOTHING;
		p->writer[g->last].next = first;
		g->last = first + count - 1;
		g->count += count;
		like.step->count = (uint8_t)(like.step->count + count);
		p->writers += count;
	}
	return count;
}

/** Above which level a lean synth is. */
TACTUS_RT static inline uint32_t
lean_level(const struct engine *e, const struct node *n, uint32_t rank)
{
	uint32_t level = 0;

	if (!e->plan->is_raised) {
		return e->level[rank];
	}
	if ((n->brief & BRIEF_HEARS) != 0) {
		plan_hear_connections(e, n->input, &level);
	}
	return level;
}

/** Does a step take a lean synth? */
TACTUS_RT static inline bool
takes_lean(const struct step *s, const struct group *g, const struct node *n,
	uint32_t level)
{
	return s->def == n->def && s->level == level && s->count != s->most &&
	       s->inputs == n->inputs && s->outputs == 1 && g->bus == n->bus &&
	       g->count != g->most;
}

TACTUS_RT uint32_t
plan_take_lean(struct engine *e, uint32_t rank)
{
	struct plan *p = e->plan;
	struct writer *const writer = p->writer;
	struct part *const part = p->part;
	uint32_t most = p->most_writers;
	uint32_t running = e->running;
	uint32_t at = rank;
	uint32_t w = p->writers;

	for (; at < running && w < most; at++) {
		struct node *n = e->order[at];
		fetch(e, at);
		if (!is_lean(n)) {
			break;
		}
		uint32_t level = lean_level(e, n, at);
		struct def_use *d = plan_find_def(p, n->def);
		uint32_t open = *plan_open_step(d, level, n->bus);
		if (d->epoch != p->epoch || open == NOTHING) {
			break;
		}
		struct step *s = &p->step[open];
		struct group *g = &p->group[s->group];
		if (!takes_lean(s, g, n, level)) {
			break;
		}
		/* who writes to no bus writes all this in vain: no branch */
		uint32_t last = g->last;
		bool writes = n->bus >= 0;
		writer[w] = (struct writer){
			.group = s->group, .next = NOTHING, .rank = at};
		writer[last].next = w;
		g->last = writes ? w : last;
		g->count++;
		part[at] = (struct part){level, w, open};
		w += writes ? 1 : 0;
		s->brief |= n->brief;
		s->member[s->count++] = &n->synth;
	}
	p->writers = w;
	return at - rank;
}
