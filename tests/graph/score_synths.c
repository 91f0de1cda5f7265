/* SPDX-License-Identifier: MIT */
/*
 * score_synths.c -- see score_synths.h.
 */
#include "score_synths.h"

#include <string.h>

#include "rig.h"
#include "score_say.h"

void
score_join_out(
	struct writer *w, int32_t id, const struct house_part *p, uint32_t k)
{
	struct order *o = score_say(w, COMMAND_MAP_OUTPUT, id);

	o->index = (int32_t)(p->ports - p->outs + k);
	o->flags = score_chance(w, 45) ? MAP_EXTERNAL : 0;
	o->bus = (int32_t)score_below(
		w, o->flags != 0 ? SCORE_OUTPUTS : w->score->config.max_buses);
	if (score_chance(w, 6)) {
		o->flags |= MAP_REPLACE;
	}
	w->score->seen.maps++;
}

void
score_join_in(
	struct writer *w, int32_t id, const struct house_part *p, uint32_t k)
{
	struct order *o = score_say(w, COMMAND_MAP_INPUT, id);

	o->index = (int32_t)(p->ports - p->outs - p->ins + k);
	o->flags = score_chance(w, 12) ? MAP_EXTERNAL : 0;
	o->bus = (int32_t)score_below(
		w, o->flags != 0 ? SCORE_INPUTS : w->score->config.max_buses);
	if (p->def == &rig_fold && score_chance(w, 60)) {
		o->flags |= MAP_FEEDBACK;
	}
	w->score->seen.maps++;
}

/** Connect an output to an input; feedback leads to where it may. */
static void
connect(struct writer *w, int32_t from, const struct house_part *a, int32_t to,
	const struct house_part *b)
{
	struct order *o = score_say(w, COMMAND_CONNECT, from);

	o->index = (int32_t)(a->ports - a->outs + score_below(w, a->outs));
	o->to = to;
	o->to_index =
		(int32_t)(b->ports - b->outs - b->ins + score_below(w, b->ins));
	o->flags =
		b->def == &rig_fold && score_chance(w, 60) ? MAP_FEEDBACK : 0;
}

void
score_connect_from_any(struct writer *w, int32_t to, const struct house_part *b)
{
	int32_t from = score_pick(w, score_has_out);

	if (from >= 0) {
		connect(w, from, w->part[from], to, b);
	}
}

bool
score_is_recorder(const struct house_part *p)
{
	return strcmp(p->def->name, "recorder") == 0;
}

static void
join_inputs(struct writer *w, int32_t id, const struct house_part *p)
{
	for (uint32_t k = 0; k < p->ins; k++) {
		if (score_is_recorder(p)) {
			int32_t from = score_pick(w, score_is_fold);
			if (from >= 0) {
				connect(w, from, w->part[from], id, p);
			}
			continue;
		}
		if (score_chance(w, 60)) {
			score_join_in(w, id, p, k);
		}
		for (uint32_t n = score_chance(w, 50) ? 1 + score_below(w, 3)
						      : 0;
			n > 0; n--) {
			score_connect_from_any(w, id, p);
		}
	}
}

/** Bind a resource port, by its index over all of them. */
static void
bind_one(struct writer *w, int32_t id, uint32_t i, uint32_t resource)
{
	struct order *o = score_say(w, COMMAND_SET, id);

	o->pairs = 1;
	o->pair[0] = (struct naive_pair){.index = (int32_t)i,
		.seconds = -1.0,
		.resource = score_chance(w, 6) ? -1 : (int32_t)resource,
		.integral = true};
	w->score->seen.binds++;
}

void
score_bind_to(struct writer *w, int32_t id, const struct house_part *p)
{
	const struct house *h = w->score->house;

	for (uint32_t i = p->controls; i < p->controls + p->resources; i++) {
		uint32_t r = score_below(w, h->resources);
		while (strcmp(h->class[r] -> uri, p -> port[i].resource) != 0) {
			r = (r + 1) % h->resources;
		}
		bind_one(w, id, i, r);
	}
}

void
score_follow(struct writer *w, int32_t id, const struct house_part *p)
{
	struct order *o = score_say(w, COMMAND_MAP_CONTROL, id);

	o->index = (int32_t)score_below(w, p->controls);
	o->bus = score_chance(w, 40)
			 ? -1
			 : (int32_t)score_below(w, w->score->config.max_buses);
	o->flags = score_chance(w, 25) ? MAP_FEEDBACK : 0;
	if (!score_may_follow(&p->port[o->index])) {
		o->bus = -1;
	}
	w->score->seen.maps++;
}

void
score_set(struct writer *w, int32_t id, const struct house_part *p)
{
	struct order *o = score_say(w, COMMAND_SET, id);

	o->pairs = 1 + score_below(w, 3);
	for (uint32_t i = 0; i < o->pairs; i++) {
		uint32_t k = score_below(w, p->controls);
		o->pair[i] = (struct naive_pair){.index = (int32_t)k,
			.value = score_value(w, p, k),
			.seconds = score_chance(w, 50)
					   ? -1.0
					   : score_below(w, 900) / 48000.0};
		if ((p->port[k].flags & TACTUS_TRIGGER) != 0) {
			o->pair[i].value = 1.0F;
		}
	}
}

/* --- synths --- */

static int32_t
add(struct writer *w, const struct house_part *p, int32_t group)
{
	static const uint8_t flags[] = {33, 33, 33, 1, 1, 32, 0, 34, 36};
	int32_t id = score_free_id(w);
	struct order *o = score_say(w, COMMAND_SYNTH_NEW, id);

	o->def = p->def;
	o->host = &w->score->house->nrt.host;
	o->options = p->options;
	o->target = group;
	o->placement = (int32_t)score_below(w, 2);
	for (uint32_t k = 0; k < p->controls; k++) {
		o->controls[k] = score_value(w, p, k);
	}
	w->part[id] = p;
	w->score->seen.parts[p - w->score->house->part]++;
	o = score_say(w, COMMAND_DONE_FLAGS, id);
	o->number = flags[score_below(w, sizeof flags)];
	score_bind_to(w, id, p);
	return id;
}

static void
let_sound(struct writer *w, int32_t id, const struct house_part *p)
{
	for (uint32_t k = 0; k < p->outs; k++) {
		score_join_out(w, id, p, k);
	}
	if (!score_chance(w, 2)) {
		(void)score_say(w, COMMAND_ACTIVATE, id);
	}
}

/** Some synth with all that it hears and is heard by. */
static void
add_alone(struct writer *w, const struct house_part *p)
{
	int32_t id = add(w, p, score_some_group(w));

	join_inputs(w, id, p);
	let_sound(w, id, p);
}

/** A source, and what it goes through: connections alone. */
static void
add_chain(struct writer *w)
{
	const struct house_part *p = score_cast(w, score_is_source);
	int32_t group = score_some_group(w);
	int32_t id = add(w, p, group);

	(void)score_say(w, COMMAND_ACTIVATE, id);
	for (uint32_t n = 1 + score_below(w, 3); n > 0; n--) {
		const struct house_part *next = score_cast(w, score_is_effect);
		int32_t to = add(w, next, score_chance(w, 70) ? group : 0);
		connect(w, id, p, to, next);
		if (n > 1) {
			(void)score_say(w, COMMAND_ACTIVATE, to);
		}
		p = next;
		id = to;
	}
	let_sound(w, id, p);
}

/** An oscillator whose bus a control follows. */
static void
add_lead(struct writer *w)
{
	const struct house_part *p = house_part(w->score->house, "lfo");
	int32_t to = score_pick(w, score_has_controls);
	int32_t id = add(w, p, 0);
	uint32_t bus = score_below(w, w->score->config.max_buses);

	struct order *o = score_say(w, COMMAND_MAP_OUTPUT, id);
	o->index = (int32_t)(p->ports - 1);
	o->bus = (int32_t)bus;
	o->flags = score_chance(w, 40) ? MAP_REPLACE : 0;
	(void)score_say(w, COMMAND_ACTIVATE, id);
	if (to >= 0) {
		score_follow(w, to, w->part[to]);
	}
}

static void
set_one(struct writer *w, int32_t id, const char *name, float value)
{
	struct order *o = score_say(w, COMMAND_SET, id);

	o->pairs = 1;
	o->pair[0] = (struct naive_pair){
		.name = name, .value = value, .seconds = -1.0};
}

/** One that records without end, and one that plays what it records; which
 * of them runs first hangs on where they stand. */
static void
add_echo(struct writer *w)
{
	const struct house_part *fold = house_part(w->score->house, "fold");
	const struct house_part *in = house_part(w->score->house, "recorder");
	const struct house_part *out = house_part(w->score->house, "sampler");
	uint32_t buffer = score_below(w, w->score->house->resources);

	while (!house_is_buffer(w->score->house, buffer)) {
		buffer = score_below(w, w->score->house->resources);
	}
	int32_t first = add(w, fold, score_some_group(w));
	int32_t to = add(w, in, score_some_group(w));
	int32_t from = add(w, out, score_some_group(w));
	score_join_in(w, first, fold, 0);
	(void)score_say(w, COMMAND_ACTIVATE, first);
	connect(w, first, fold, to, in);
	set_one(w, to, "run", 1.0F);
	set_one(w, to, "loop", 1.0F);
	set_one(w, from, "loop", 1.0F);
	set_one(w, from, "gate", 1.0F);
	bind_one(w, to, in->controls, buffer);
	bind_one(w, from, out->controls, buffer);
	(void)score_say(w, COMMAND_ACTIVATE, to);
	let_sound(w, from, out);
}

void
score_add_voice(struct writer *w)
{
	uint32_t which = score_below(w, 100);

	score_begin(w);
	if (which < 35) {
		add_alone(w, score_cast(w, score_is_source));
	} else if (which < 52) {
		add_alone(w, score_cast(w, score_is_effect));
	} else if (which < 70) {
		add_chain(w);
	} else if (which < 80) {
		add_alone(w, house_part(w->score->house, "fold"));
	} else if (which < 88) {
		add_alone(w, score_cast(w, score_has_resource));
	} else if (which < 90) {
		add_echo(w);
	} else if (which < 94) {
		add_alone(w, score_cast(w, score_is_end));
	} else {
		add_lead(w);
	}
	score_end(w);
}

void
score_add_ensemble(struct writer *w)
{
	const struct house *h = w->score->house;

	for (uint32_t i = 0; i < h->parts; i++) {
		if (!score_is_dear(w, &h->part[i])) {
			score_begin(w);
			add_alone(w, &h->part[i]);
			score_end(w);
		}
	}
}

void
score_add_polite(struct writer *w)
{
	score_begin(w);
	w->is_timed = false;
	for (int i = 0; i < 3; i++) {
		int32_t id = add(w, house_part(w->score->house, "polite"), 0);
		(void)score_say(w, COMMAND_ACTIVATE, id);
	}
	score_end(w);
}

void
score_add_choir(struct writer *w, uint32_t count)
{
	static const char *const names[] = {"sine", "saw", "pulse", "sine"};
	const struct house *h = w->score->house;
	const struct house_part *p = house_part(h, names[score_below(w, 4)]);
	const struct house_part *q = house_part(h, "filter");
	bool through = score_chance(w, 50);
	int32_t bus = (int32_t)score_below(w, SCORE_OUTPUTS);

	for (uint32_t i = 0; i < count; i++) {
		score_begin(w);
		w->is_timed = false;
		int32_t id = add(w, p, 0);
		if (through) {
			int32_t to = add(w, q, 0);
			struct order *o = score_say(w, COMMAND_CONNECT, id);
			o->index = (int32_t)p->ports - 1;
			o->to = to;
			o->to_index = (int32_t)q->ports - 2;
			(void)score_say(w, COMMAND_ACTIVATE, id);
			id = to;
		}
		struct order *o = score_say(w, COMMAND_MAP_OUTPUT, id);
		o->index = (int32_t)(through ? q : p)->ports - 1;
		o->bus = bus;
		o->flags = MAP_EXTERNAL;
		(void)score_say(w, COMMAND_ACTIVATE, id);
		score_end(w);
		w->now++; /* ids differ, whatever is due */
	}
	w->now -= count;
}
