/* SPDX-License-Identifier: MIT */
/*
 * score.c -- see score.h.
 *
 * Loops are made through the def `fold` alone, which keeps what goes round
 * within bounds: all else may be joined to anything.  All belongs to the
 * test's one thread.
 */
#include "score.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "random.h"
#include "rig.h"
#include "score_parts.h"

#define BUSES 12

static uint32_t
below(struct writer *w, uint32_t limit)
{
	return random_below(&w->random, limit);
}

static bool
chance(struct writer *w, uint32_t percent)
{
	return below(w, 100) < percent;
}

/* --- packets --- */

static void
begin(struct writer *w)
{
	bool timed = chance(w, 60);
	uint32_t last = w->score->plan.blocks * w->score->plan.block;

	w->head = w->tail = NULL;
	w->at = timed ? w->now + below(w, 3 * w->score->plan.block) : 0;
	w->is_timed = timed && w->at + 1 < last;
	w->rank = chance(w, 70) ? 0 : below(w, 1000);
}

/** One command more. */
static struct order *
say(struct writer *w, enum command_kind kind, int32_t id)
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

static void
end(struct writer *w)
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

/** A synth that lives and whose part suits; -1: there is none. */
static int32_t
pick(struct writer *w, bool (*suits)(const struct house_part *p))
{
	uint32_t from = below(w, SCORE_IDS);

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

static bool
is_any(const struct house_part *p)
{
	return p->ports > 0;
}

static bool
has_out(const struct house_part *p)
{
	return p->outs > 0;
}

static bool
has_in(const struct house_part *p)
{
	return p->ins > 0;
}

static bool
has_controls(const struct house_part *p)
{
	return p->controls > 0;
}

static bool
has_resource(const struct house_part *p)
{
	return p->resources > 0;
}

static bool
is_fold(const struct house_part *p)
{
	return p->def == &rig_fold;
}

static bool
is_source(const struct house_part *p)
{
	return p->ins == 0 && p->outs > 0 && p->resources == 0;
}

static bool
is_effect(const struct house_part *p)
{
	return p->ins > 0 && p->outs > 0 && p->def != &rig_fold;
}

static bool
is_end(const struct house_part *p)
{
	return p->outs == 0;
}

/** A part to be played, of those that suit. */
static const struct house_part *
cast(struct writer *w, bool (*suits)(const struct house_part *p))
{
	const struct house *h = w->score->house;
	uint32_t from = below(w, h->parts);

	for (uint32_t i = 0; i < h->parts; i++) {
		const struct house_part *p = &h->part[(from + i) % h->parts];
		if (suits(p) && !score_is_dear(w, p)) {
			return p;
		}
	}
	ck_abort_msg("nobody to cast");
}

static int32_t
some_group(struct writer *w)
{
	int32_t id = naive_pick(w->naive, below(w, SCORE_IDS), true);

	return chance(w, 30) || naive_def(w->naive, id) != NULL ? 0 : id;
}

/** A group with all that it holds; or whoever has the first id. */
static int32_t
some_victim(struct writer *w)
{
	int32_t id = naive_pick(w->naive, below(w, SCORE_IDS), true);

	return naive_def(w->naive, id) == NULL && id != 0 ? id : 1;
}

static int32_t
free_id(struct writer *w)
{
	uint32_t from = below(w, SCORE_IDS);

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

/* --- what is done to a synth --- */

static void
join_out(struct writer *w, int32_t id, const struct house_part *p, uint32_t k)
{
	struct order *o = say(w, COMMAND_MAP_OUTPUT, id);

	o->index = (int32_t)(p->ports - p->outs + k);
	o->flags = chance(w, 45) ? MAP_EXTERNAL : 0;
	o->bus = (int32_t)below(
		w, o->flags != 0 ? SCORE_OUTPUTS : w->score->config.max_buses);
	if (chance(w, 6)) {
		o->flags |= MAP_REPLACE;
	}
	w->score->seen.maps++;
}

static void
join_in(struct writer *w, int32_t id, const struct house_part *p, uint32_t k)
{
	struct order *o = say(w, COMMAND_MAP_INPUT, id);

	o->index = (int32_t)(p->ports - p->outs - p->ins + k);
	o->flags = chance(w, 12) ? MAP_EXTERNAL : 0;
	o->bus = (int32_t)below(
		w, o->flags != 0 ? SCORE_INPUTS : w->score->config.max_buses);
	if (p->def == &rig_fold && chance(w, 60)) {
		o->flags |= MAP_FEEDBACK;
	}
	w->score->seen.maps++;
}

/** Connect an output to an input; feedback leads to where it may. */
static void
connect(struct writer *w, int32_t from, const struct house_part *a, int32_t to,
	const struct house_part *b)
{
	struct order *o = say(w, COMMAND_CONNECT, from);

	o->index = (int32_t)(a->ports - a->outs + below(w, a->outs));
	o->to = to;
	o->to_index = (int32_t)(b->ports - b->outs - b->ins + below(w, b->ins));
	o->flags = b->def == &rig_fold && chance(w, 60) ? MAP_FEEDBACK : 0;
}

static void
connect_from_any(struct writer *w, int32_t to, const struct house_part *b)
{
	int32_t from = pick(w, has_out);

	if (from >= 0) {
		connect(w, from, w->part[from], to, b);
	}
}

/** A recorder hears what is bounded: samplers may play it to itself. */
static bool
is_recorder(const struct house_part *p)
{
	return strcmp(p->def->name, "recorder") == 0;
}

static void
join_inputs(struct writer *w, int32_t id, const struct house_part *p)
{
	for (uint32_t k = 0; k < p->ins; k++) {
		if (is_recorder(p)) {
			int32_t from = pick(w, is_fold);
			if (from >= 0) {
				connect(w, from, w->part[from], id, p);
			}
			continue;
		}
		if (chance(w, 60)) {
			join_in(w, id, p, k);
		}
		for (uint32_t n = chance(w, 50) ? 1 + below(w, 3) : 0; n > 0;
			n--) {
			connect_from_any(w, id, p);
		}
	}
}

/** Bind a resource port, by its index over all of them. */
static void
bind_one(struct writer *w, int32_t id, uint32_t i, uint32_t resource)
{
	struct order *o = say(w, COMMAND_SET, id);

	o->pairs = 1;
	o->pair[0] = (struct naive_pair){.index = (int32_t)i,
		.seconds = -1.0,
		.resource = chance(w, 6) ? -1 : (int32_t)resource,
		.integral = true};
	w->score->seen.binds++;
}

static void
bind_to(struct writer *w, int32_t id, const struct house_part *p)
{
	const struct house *h = w->score->house;

	for (uint32_t i = p->controls; i < p->controls + p->resources; i++) {
		uint32_t r = below(w, h->resources);
		while (strcmp(h->class[r] -> uri, p -> port[i].resource) != 0) {
			r = (r + 1) % h->resources;
		}
		bind_one(w, id, i, r);
	}
}

static void
follow(struct writer *w, int32_t id, const struct house_part *p)
{
	struct order *o = say(w, COMMAND_MAP_CONTROL, id);

	o->index = (int32_t)below(w, p->controls);
	o->bus = chance(w, 40) ? -1
			       : (int32_t)below(w, w->score->config.max_buses);
	o->flags = chance(w, 25) ? MAP_FEEDBACK : 0;
	if (!score_may_follow(&p->port[o->index])) {
		o->bus = -1;
	}
	w->score->seen.maps++;
}

static void
set(struct writer *w, int32_t id, const struct house_part *p)
{
	struct order *o = say(w, COMMAND_SET, id);

	o->pairs = 1 + below(w, 3);
	for (uint32_t i = 0; i < o->pairs; i++) {
		uint32_t k = below(w, p->controls);
		o->pair[i] = (struct naive_pair){.index = (int32_t)k,
			.value = score_value(w, p, k),
			.seconds =
				chance(w, 50) ? -1.0 : below(w, 900) / 48000.0};
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
	int32_t id = free_id(w);
	struct order *o = say(w, COMMAND_SYNTH_NEW, id);

	o->def = p->def;
	o->host = &w->score->house->nrt.host;
	o->options = p->options;
	o->target = group;
	o->placement = (int32_t)below(w, 2);
	for (uint32_t k = 0; k < p->controls; k++) {
		o->controls[k] = score_value(w, p, k);
	}
	w->part[id] = p;
	w->score->seen.parts[p - w->score->house->part]++;
	o = say(w, COMMAND_DONE_FLAGS, id);
	o->number = flags[below(w, sizeof flags)];
	bind_to(w, id, p);
	return id;
}

static void
let_sound(struct writer *w, int32_t id, const struct house_part *p)
{
	for (uint32_t k = 0; k < p->outs; k++) {
		join_out(w, id, p, k);
	}
	if (!chance(w, 2)) {
		(void)say(w, COMMAND_ACTIVATE, id);
	}
}

/** Some synth with all that it hears and is heard by. */
static void
add_alone(struct writer *w, const struct house_part *p)
{
	int32_t id = add(w, p, some_group(w));

	join_inputs(w, id, p);
	let_sound(w, id, p);
}

/** A source, and what it goes through: connections alone. */
static void
add_chain(struct writer *w)
{
	const struct house_part *p = cast(w, is_source);
	int32_t group = some_group(w);
	int32_t id = add(w, p, group);

	(void)say(w, COMMAND_ACTIVATE, id);
	for (uint32_t n = 1 + below(w, 3); n > 0; n--) {
		const struct house_part *next = cast(w, is_effect);
		int32_t to = add(w, next, chance(w, 70) ? group : 0);
		connect(w, id, p, to, next);
		if (n > 1) {
			(void)say(w, COMMAND_ACTIVATE, to);
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
	int32_t to = pick(w, has_controls);
	int32_t id = add(w, p, 0);
	uint32_t bus = below(w, w->score->config.max_buses);

	struct order *o = say(w, COMMAND_MAP_OUTPUT, id);
	o->index = (int32_t)(p->ports - 1);
	o->bus = (int32_t)bus;
	o->flags = chance(w, 40) ? MAP_REPLACE : 0;
	(void)say(w, COMMAND_ACTIVATE, id);
	if (to >= 0) {
		follow(w, to, w->part[to]);
	}
}

static void
set_one(struct writer *w, int32_t id, const char *name, float value)
{
	struct order *o = say(w, COMMAND_SET, id);

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
	uint32_t buffer = below(w, w->score->house->resources);

	while (!house_is_buffer(w->score->house, buffer)) {
		buffer = below(w, w->score->house->resources);
	}
	int32_t first = add(w, fold, some_group(w));
	int32_t to = add(w, in, some_group(w));
	int32_t from = add(w, out, some_group(w));
	join_in(w, first, fold, 0);
	(void)say(w, COMMAND_ACTIVATE, first);
	connect(w, first, fold, to, in);
	set_one(w, to, "run", 1.0F);
	set_one(w, to, "loop", 1.0F);
	set_one(w, from, "loop", 1.0F);
	set_one(w, from, "gate", 1.0F);
	bind_one(w, to, in->controls, buffer);
	bind_one(w, from, out->controls, buffer);
	(void)say(w, COMMAND_ACTIVATE, to);
	let_sound(w, from, out);
}

static void
add_voice(struct writer *w)
{
	uint32_t which = below(w, 100);

	begin(w);
	if (which < 35) {
		add_alone(w, cast(w, is_source));
	} else if (which < 52) {
		add_alone(w, cast(w, is_effect));
	} else if (which < 70) {
		add_chain(w);
	} else if (which < 80) {
		add_alone(w, house_part(w->score->house, "fold"));
	} else if (which < 88) {
		add_alone(w, cast(w, has_resource));
	} else if (which < 90) {
		add_echo(w);
	} else if (which < 94) {
		add_alone(w, cast(w, is_end));
	} else {
		add_lead(w);
	}
	end(w);
}

/** One of each part, each with what it hears and is heard by. */
static void
add_ensemble(struct writer *w)
{
	const struct house *h = w->score->house;

	for (uint32_t i = 0; i < h->parts; i++) {
		if (!score_is_dear(w, &h->part[i])) {
			begin(w);
			add_alone(w, &h->part[i]);
			end(w);
		}
	}
}

/** Such as give helpers the time to come. */
static void
add_polite(struct writer *w)
{
	begin(w);
	w->is_timed = false;
	for (int i = 0; i < 3; i++) {
		int32_t id = add(w, house_part(w->score->house, "polite"), 0);
		(void)say(w, COMMAND_ACTIVATE, id);
	}
	end(w);
}

/** Many of a kind on one bus, each through a filter or not. */
static void
add_choir(struct writer *w, uint32_t count)
{
	static const char *const names[] = {"sine", "saw", "pulse", "sine"};
	const struct house *h = w->score->house;
	const struct house_part *p = house_part(h, names[below(w, 4)]);
	const struct house_part *q = house_part(h, "filter");
	bool through = chance(w, 50);
	int32_t bus = (int32_t)below(w, SCORE_OUTPUTS);

	for (uint32_t i = 0; i < count; i++) {
		begin(w);
		w->is_timed = false;
		int32_t id = add(w, p, 0);
		if (through) {
			int32_t to = add(w, q, 0);
			struct order *o = say(w, COMMAND_CONNECT, id);
			o->index = (int32_t)p->ports - 1;
			o->to = to;
			o->to_index = (int32_t)q->ports - 2;
			(void)say(w, COMMAND_ACTIVATE, id);
			id = to;
		}
		struct order *o = say(w, COMMAND_MAP_OUTPUT, id);
		o->index = (int32_t)(through ? q : p)->ports - 1;
		o->bus = bus;
		o->flags = MAP_EXTERNAL;
		(void)say(w, COMMAND_ACTIVATE, id);
		end(w);
		w->now++; /* ids differ, whatever is due */
	}
	w->now -= count;
}

/* --- what happens --- */

static void
place(struct writer *w, struct order *o)
{
	o->placement = (int32_t)below(w, 4);
	o->target = o->placement < PLACE_BEFORE
			    ? some_group(w)
			    : naive_pick(w->naive, below(w, SCORE_IDS), true);
}

/** Now and then it is a group that something happens to. */
static int32_t
or_group(struct writer *w, int32_t id)
{
	int32_t other = naive_pick(w->naive, below(w, SCORE_IDS), true);

	return other != 0 && chance(w, 25) ? other : id;
}

static void
part_of_graph(struct writer *w, int32_t id)
{
	struct order *o;

	switch (below(w, 6)) {
	case 0:
		o = say(w, COMMAND_MOVE, or_group(w, id));
		place(w, o);
		w->score->seen.moves++;
		break;
	case 1:
		o = say(w, COMMAND_RUN, or_group(w, id));
		o->number = chance(w, 70);
		break;
	case 2:
		o = say(w, COMMAND_RELEASE, id);
		o->seconds = below(w, 600) / 48000.0;
		break;
	case 3:
		o = say(w, COMMAND_GROUP_NEW, free_id(w));
		place(w, o);
		break;
	case 4:
		(void)say(w, COMMAND_FREE, id);
		w->score->seen.frees++;
		break;
	default:
		o = say(w, COMMAND_MOVE, id);
		o->placement = (int32_t)below(w, 2);
		w->score->seen.moves++;
		break;
	}
}

static void
change_edges(struct writer *w)
{
	int32_t to = pick(w, chance(w, 30) ? is_fold : has_in);

	if (chance(w, 40) && naive_edges(w->naive) > 0) {
		struct order *o = say(w, COMMAND_DISCONNECT, 0);
		naive_pick_edge(w->naive, below(w, 10000), o);
		o->any = true;
	} else if (to >= 0 && !is_recorder(w->part[to])) {
		connect_from_any(w, to, w->part[to]);
	}
}

static void
happen(struct writer *w)
{
	int32_t id = pick(w, has_controls);
	int32_t any = pick(w, is_any);
	int32_t player = pick(w, has_resource);
	uint32_t which = below(w, 100);

	if (id < 0 || any < 0) {
		return;
	}
	const struct house_part *p = w->part[any];
	if (which < 30) {
		set(w, id, w->part[id]);
	} else if (which < 50) {
		change_edges(w);
	} else if (which < 58 && p->outs > 0) {
		join_out(w, any, p, below(w, p->outs));
	} else if (which < 66 && p->ins > 0 && !is_recorder(p)) {
		join_in(w, any, p, below(w, p->ins));
	} else if (which < 72) {
		follow(w, id, w->part[id]);
	} else if (which < 84 && player >= 0) {
		bind_to(w, player, w->part[player]);
	} else {
		part_of_graph(w, any);
	}
}

static void
write_block(struct writer *w)
{
	const struct score_plan *plan = &w->score->plan;
	uint32_t nodes = naive_nodes(w->naive);
	uint32_t running = naive_running(w->naive);

	for (uint32_t n = below(w, plan->bustle + 1); n > 0; n--) {
		begin(w);
		for (uint32_t k = 1 + below(w, 3); k > 0; k--) {
			happen(w);
		}
		end(w);
	}
	if (below(w, 400) == 0) {
		begin(w);
		(void)say(w, COMMAND_CLEAR, 0);
		end(w);
	}
	/* some come at a time, so that each finds others to be joined to */
	uint32_t most = 2 + plan->synths / 20;
	for (uint32_t n = 0; n < most && running + n < plan->synths &&
			     nodes + 4 * n < SCORE_IDS - 40;
		n++) {
		add_voice(w);
	}
	/* and what is too much goes, groups with all that they hold */
	if (nodes > plan->synths + plan->synths / 4 + 12) {
		bool alone = chance(w, 97);
		int32_t id = alone ? pick(w, is_any) : -1;
		begin(w);
		(void)say(w, COMMAND_FREE, id > 0 ? id : some_victim(w));
		w->score->seen.frees++;
		end(w);
	}
}

/* --- the whole --- */

static void
keep_told(struct score *s, struct naive *v, uint32_t block)
{
	const struct entry *e;
	uint32_t count = naive_told(v, &e);

	if (s->told == NULL || s->tolds + count > s->told_room) {
		s->told_room = 2 * (s->tolds + count) + 64;
		s->told = realloc(s->told, s->told_room * sizeof *s->told);
	}
	memcpy(s->told + s->tolds, e, count * sizeof *e);
	s->tolds += count;
	s->told_end[block] = s->tolds;
}

void
score_capture(const struct score *s, uint32_t block,
	float in[SCORE_INPUTS][SCORE_BLOCK])
{
	for (uint32_t i = 0; i < s->plan.block; i++) {
		uint32_t x = (block * s->plan.block + i + s->plan.seed) *
			     2654435761U;
		in[0][i] = (float)(int32_t)x * 0x1p-33F;
		in[1][i] = (float)(int32_t)(x * 7U) * 0x1p-34F;
	}
}

const float *
score_out(const struct score *s, uint32_t block, uint32_t channel)
{
	return s->out +
	       ((size_t)block * SCORE_OUTPUTS + channel) * s->plan.block;
}

static void
play_block(struct writer *w)
{
	struct score *s = w->score;
	float in[SCORE_INPUTS][SCORE_BLOCK];
	const float *const ins[SCORE_INPUTS] = {in[0], in[1]};
	float *outs[SCORE_OUTPUTS];
	double squares = 0.0;

	for (uint32_t c = 0; c < SCORE_OUTPUTS; c++) {
		outs[c] = s->out + (score_out(s, w->block, c) - s->out);
	}
	score_capture(s, w->block, in);
	naive_render(w->naive, ins, outs, s->plan.block);
	for (uint32_t c = 0; c < SCORE_OUTPUTS; c++) {
		for (uint32_t i = 0; i < s->plan.block; i++) {
			double x = (double)outs[c][i];
			squares += x * x;
			if (!(fabs(x) < 1e9)) {
				ck_abort_msg("seed %u: block %u runs away: %g",
					s->plan.seed, w->block, x);
			}
		}
	}
	s->seen.energy[0] += squares / s->plan.blocks;
	if (w->block >= s->plan.blocks - s->plan.blocks / 4) {
		s->seen.energy[1] += squares / (s->plan.blocks / 4);
	}
	keep_told(s, w->naive, w->block);
	w->now += s->plan.block;
}

static void
count_outcomes(struct score *s)
{
	for (uint32_t i = 0; i < s->packets; i++) {
		for (const struct parcel *p = s->packet[i]; p != NULL;
			p = p->chain) {
			for (uint32_t k = 0; k < p->count; k++) {
				const struct order *o = &p->what[k];
				uint32_t r = p->want[k].reason;
				bool made = o->kind == COMMAND_CONNECT &&
					    p->is_done && r == REASON_NONE;
				s->seen.failures += r != REASON_NONE;
				s->seen.cycles += r == REASON_CYCLE;
				s->seen.connections += made;
				s->seen.feedbacks += made && o->flags != 0;
			}
		}
	}
}

static void
configure(struct score *s)
{
	static const struct pool_config pools[] = {
		{256,     6144},
                {1024,    3072},
                {4096,    512 },
                {16384,   64  },
		{65536,   80  },
                {262144,  16  },
                {1048576, 8   }
        };

	s->config = (struct engine_config){.rate = 48000,
		.block = s->plan.block,
		.inputs = SCORE_INPUTS,
		.outputs = SCORE_OUTPUTS,
		.max_nodes = SCORE_IDS,
		.max_buses = s->plan.synths < 30 ? 4 : BUSES,
		.max_connections = 1500,
		.max_inputs_per_port = 20,
		.threads = 1,
		.max_resources = HOUSE_RESOURCES,
		.max_events = 2000,
		.max_commands = 1 << 20,
		.command_share = 1e9,
		.offline = true,
		.pools = sizeof pools / sizeof *pools};
	memcpy(s->config.pool, pools, sizeof pools);
}

struct score *
score_open(struct house *h, const struct score_plan *plan)
{
	struct score *s = calloc(1, sizeof *s);
	struct house_set set;

	ck_assert_ptr_nonnull(s);
	s->plan = *plan;
	s->house = h;
	configure(s);
	s->out = calloc((size_t)plan->blocks * SCORE_OUTPUTS * plan->block,
		sizeof(float));
	s->told_end = calloc(plan->blocks, sizeof *s->told_end);
	struct writer *w = calloc(1, sizeof *w);
	*w = (struct writer){
		.score = s, .random = plan->seed * 2654435761U + 1};
	w->naive = naive_open(&s->config, NAIVE_LOG);
	naive_be_whole(w->naive);
	house_furnish(h, &set);
	for (uint32_t id = 0; id < h->resources; id++) {
		naive_lend(w->naive, (int32_t)id, set.instance[id]);
	}
	for (w->block = 0; w->block < plan->blocks; w->block++) {
		if (w->block == 0) {
			add_polite(w);
			add_choir(w, plan->choir);
		}
		if (w->block == 4 && plan->synths >= 60) {
			add_ensemble(w);
		}
		write_block(w);
		play_block(w);
	}
	s->seen.heard = *naive_seen(w->naive);
	for (int k = 0; k < 2; k++) {
		s->seen.energy[k] =
			sqrt(s->seen.energy[k] / (SCORE_OUTPUTS * plan->block));
	}
	count_outcomes(s);
	naive_close(w->naive);
	house_clear(h, &set);
	free(w);
	return s;
}

void
score_close(struct score *s)
{
	for (uint32_t i = 0; i < s->packets; i++) {
		for (struct parcel *p = s->packet[i]; p != NULL;) {
			struct parcel *next = p->chain;
			free(p);
			p = next;
		}
	}
	free(s->packet);
	free(s->before);
	free(s->out);
	free(s->told);
	free(s->told_end);
	free(s);
}
