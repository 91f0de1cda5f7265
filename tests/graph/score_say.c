/* SPDX-License-Identifier: MIT */
/*
 * score_say.c -- see score_say.h.
 */
#include "score_say.h"

#include <stdlib.h>

#include "random.h"
#include "rig.h"

uint32_t
score_below(struct writer *w, uint32_t limit)
{
	return random_below(&w->random, limit);
}

bool
score_chance(struct writer *w, uint32_t percent)
{
	return score_below(w, 100) < percent;
}

/* --- packets --- */

void
score_begin(struct writer *w)
{
	bool timed = score_chance(w, 60);
	uint32_t last = w->score->plan.blocks * w->score->plan.block;

	w->head = w->tail = NULL;
	w->at = timed ? w->now + score_below(w, 3 * w->score->plan.block) : 0;
	w->is_timed = timed && w->at + 1 < last;
	w->rank = score_chance(w, 70) ? 0 : score_below(w, 1000);
}

struct order *
score_say(struct writer *w, enum command_kind kind, int32_t id)
{
	struct parcel *p = w->tail;

	if (p == NULL || p->count == NAIVE_ORDERS) {
		p = calloc(1, sizeof *p);
		if (p == NULL) {
			ck_abort_msg("no memory");
		}
		p->flags = w->is_timed ? 0 : BATCH_NOW;
		p->at = w->at;
		p->order = w->rank;
		*(w->tail != NULL ? &w->tail->chain : &w->head) = p;
		w->tail = p;
	}
	struct order *o = &p->what[p->count++];
	*o = (struct order){.kind = kind, .id = id};
	w->score->seen.commands++;
	return o;
}

void
score_end(struct writer *w)
{
	struct score *s = w->score;

	if (w->head == NULL) {
		return;
	}
	if (s->packets == s->room) {
		s->room = 2 * s->room + 64;
		s->packet = realloc(s->packet, s->room * sizeof *s->packet);
		s->before = realloc(s->before, s->room * sizeof *s->before);
	}
	s->packet[s->packets] = w->head;
	s->before[s->packets++] = w->block;
	naive_post(w->naive, w->head);
}

/* --- who is there --- */

int32_t
score_pick(struct writer *w, bool (*suits)(const struct house_part *p))
{
	uint32_t from = score_below(w, SCORE_IDS);

	for (uint32_t i = 0; i < SCORE_IDS; i++) {
		int32_t id = (int32_t)((from + i) % SCORE_IDS);
		const struct house_part *p = w->part[id];
		if (p != NULL && naive_def(w->naive, id) == p->def &&
			suits(p)) {
			return id;
		}
	}
	return -1;
}

bool
score_is_any(const struct house_part *p)
{
	return p->ports > 0;
}

bool
score_has_out(const struct house_part *p)
{
	return p->outs > 0;
}

bool
score_has_in(const struct house_part *p)
{
	return p->ins > 0;
}

bool
score_has_controls(const struct house_part *p)
{
	return p->controls > 0;
}

bool
score_has_resource(const struct house_part *p)
{
	return p->resources > 0;
}

bool
score_is_fold(const struct house_part *p)
{
	return p->def == &rig_fold;
}

bool
score_is_source(const struct house_part *p)
{
	return p->ins == 0 && p->outs > 0 && p->resources == 0;
}

bool
score_is_effect(const struct house_part *p)
{
	return p->ins > 0 && p->outs > 0 && p->def != &rig_fold;
}

bool
score_is_end(const struct house_part *p)
{
	return p->outs == 0;
}

const struct house_part *
score_cast(struct writer *w, bool (*suits)(const struct house_part *p))
{
	const struct house *h = w->score->house;
	uint32_t from = score_below(w, h->parts);

	for (uint32_t i = 0; i < h->parts; i++) {
		const struct house_part *p = &h->part[(from + i) % h->parts];
		if (suits(p) && !score_is_dear(w, p)) {
			return p;
		}
	}
	ck_abort_msg("nobody to cast");
}

int32_t
score_some_group(struct writer *w)
{
	int32_t id = naive_pick(w->naive, score_below(w, SCORE_IDS), true);

	return score_chance(w, 30) || naive_def(w->naive, id) != NULL ? 0 : id;
}

int32_t
score_some_victim(struct writer *w)
{
	int32_t id = naive_pick(w->naive, score_below(w, SCORE_IDS), true);

	return naive_def(w->naive, id) == NULL && id != 0 ? id : 1;
}

int32_t
score_free_id(struct writer *w)
{
	uint32_t from = score_below(w, SCORE_IDS);

	for (uint32_t i = 0; i < SCORE_IDS; i++) {
		int32_t id = naive_pick(w->naive, from + i, false);
		if (w->taken_until[id] <= w->now) {
			/* a packet that is due later may make it */
			w->taken_until[id] = w->now + 4 * w->score->plan.block;
			return id;
		}
	}
	return naive_pick(w->naive, from, false);
}
