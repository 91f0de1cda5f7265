/* SPDX-License-Identifier: MIT */
/*
 * storm.c -- see storm.h.
 */
#include "storm.h"

#include <stdlib.h>
#include <string.h>

#include "random.h"

static uint32_t
below(struct storm *s, uint32_t limit)
{
	return random_below(&s->random, limit);
}

static bool
chance(struct storm *s, uint32_t percent)
{
	return below(s, 100) < percent;
}

static float
number(struct storm *s)
{
	/* now and then a whole one, or one far out */
	switch (below(s, 8)) {
	case 0:
		return (float)((int32_t)below(s, 21) - 10);
	case 1:
		return 0.0F;
	default:
		return (float)below(s, 2001) / 1000.0F - 1.0F;
	}
}

static int32_t
some_id(struct storm *s)
{
	uint32_t max = s->config->max_nodes;

	if (chance(s, s->rough)) {
		return (int32_t)below(s, max + 8) - 4;
	}
	return naive_pick(s->naive, below(s, max), true);
}

static const char *
some_port(struct storm *s, int32_t *index)
{
	static const char *const names[] = {"value", "freq", "amp", "gain",
		"hit", "mode", "in", "out", "wet", "nothing"};

	*index = (int32_t)below(s, 7) - 1;
	return chance(s, 60) ? names[below(s, 10)] : NULL;
}

static int32_t
some_bus(struct storm *s, bool external, bool output)
{
	uint32_t most = !external ? s->config->max_buses
			: output  ? s->config->outputs
				  : s->config->inputs;

	if (chance(s, s->rough / 4 + 3)) {
		return (int32_t)below(s, most + 4) - 2;
	}
	return (int32_t)below(s, most);
}

static void
some_map(struct storm *s, struct order *o)
{
	bool output = o->kind == COMMAND_MAP_OUTPUT;

	o->flags = below(s, 8) & (output ? 5U : 3U);
	if (chance(s, 60)) {
		o->flags &= ~(uint32_t)MAP_REPLACE;
	}
	o->bus = some_bus(s, (o->flags & MAP_EXTERNAL) != 0, output);
	o->port = some_port(s, &o->index);
	if (chance(s, 60)) {
		o->port = o->kind == COMMAND_MAP_CONTROL
				  ? (chance(s, 50) ? "amp" : "value")
			  : output ? "out"
				   : "in";
	}
}

/** A synth that has an audio input, or an output; else whoever there is. */
static int32_t
some_end(struct storm *s, bool input)
{
	uint32_t max = s->config->max_nodes;
	uint32_t from = below(s, max);

	for (uint32_t i = 0; i < max; i++) {
		int32_t id = (int32_t)((from + i) % max);
		const TactusSynthDef *def = naive_def(s->naive, id);
		if (def != NULL &&
			(!input || def == &rig_tone || def == &rig_fold ||
				def == &rig_pass)) {
			return id;
		}
	}
	return some_id(s);
}

/** Two ends, mostly such as fit. */
static void
some_ends(struct storm *s, struct order *o)
{
	o->port = some_port(s, &o->index);
	o->to = some_id(s);
	o->to_port = some_port(s, &o->to_index);
	o->flags = chance(s, 30) ? MAP_FEEDBACK : 0;
	o->any = chance(s, 70);
	if (chance(s, 90)) {
		o->id = some_end(s, false);
		o->to = some_end(s, true);
		o->port = chance(s, 85) ? "out" : "wet";
		o->to_port = "in";
	}
	if (chance(s, 4)) {
		o->to = o->id;
	}
	if (o->kind == COMMAND_DISCONNECT && chance(s, 85) &&
		naive_edges(s->naive) > 0) {
		naive_pick_edge(s->naive, below(s, 1000), o);
	}
}

static void
some_set(struct storm *s, struct order *o)
{
	bool hits = chance(s, 15);

	o->pairs = below(s, NAIVE_PAIRS + 1);
	for (uint32_t i = 0; i < o->pairs; i++) {
		struct naive_pair *p = &o->pair[i];
		p->name = some_port(s, &p->index);
		if (hits) {
			p->name = "hit";
		}
		p->value = number(s);
		p->seconds = s->tame || chance(s, 50) ? -1.0
						      : below(s, 600) / 48000.0;
		if (p->name == NULL && p->index < 2 && p->value > 0.9F) {
			/* nan's only control: seldom above 0 */
			p->value -= 1.0F;
		}
	}
}

static void
some_node(struct storm *s, struct order *o)
{
	uint32_t max = s->config->max_nodes;

	o->id = chance(s, 15)   ? -1
		: chance(s, 20) ? some_id(s)
				: naive_pick(s->naive, below(s, max), false);
	o->target = some_id(s);
	o->placement = (int32_t)below(s, 4);
	if (o->placement < PLACE_BEFORE && chance(s, 50)) {
		o->target = 0;
	}
	if (chance(s, s->rough / 4)) {
		o->placement = (int32_t)below(s, 8) - 2;
	}
}

static const TactusSynthDef *
some_def(struct storm *s)
{
	static const TactusSynthDef *const defs[] = {&rig_tone, &rig_clock,
		&rig_tone, &rig_clock, &rig_fold, &rig_fold, &rig_level,
		&rig_hit, &rig_timer, &rig_impulse, &rig_hungry, &rig_tone,
		&rig_pass, &rig_timer, &rig_broken, &rig_vast, &rig_nan,
		&rig_strike};
	static const TactusSynthDef *const tame[] = {&rig_tone, &rig_clock,
		&rig_fold, &rig_level, &rig_pass, &rig_impulse};

	return s->tame ? tame[below(s, 6)] : defs[below(s, 18)];
}

static void
some_synth(struct storm *s, struct order *o)
{
	o->kind = COMMAND_SYNTH_NEW;
	some_node(s, o);
	o->def = some_def(s);
	for (uint32_t i = 0; i < NAIVE_PORTS; i++) {
		o->controls[i] = number(s) * 0.5F;
	}
	if (o->def == &rig_timer) {
		o->controls[0] = (float)below(s, 3000);
	} else if (o->def == &rig_nan) {
		o->controls[0] = chance(s, 20) ? number(s) : 0.0F;
	}
}

/** A synth that sounds: several orders. */
static void
some_voice(struct storm *s, struct parcel *p)
{
	static const uint32_t flags[] = {1, 1, 1, 1, 33, 33, 0, 32, 2, 4};
	struct order *o = p->what;

	some_synth(s, &o[0]);
	int32_t id = o[0].id;
	o[1] = (struct order){.kind = COMMAND_MAP_OUTPUT, .id = id};
	some_map(s, &o[1]);
	o[1].port = "out";
	if (chance(s, 50)) {
		o[1].flags |= MAP_EXTERNAL;
		o[1].bus = (int32_t)below(s, s->config->outputs);
	}
	o[2] = (struct order){.kind = COMMAND_MAP_INPUT, .id = id};
	some_map(s, &o[2]);
	o[2].port = "in";
	o[3] = (struct order){.kind = COMMAND_DONE_FLAGS,
		.id = id,
		.number = (int64_t)(chance(s, 85) ? flags[below(s, 10)]
						  : below(s, 64))};
	o[4] = (struct order){.kind = COMMAND_ACTIVATE, .id = id};
	p->count = 5;
}

static void
some_order(struct storm *s, struct order *o)
{
	static const uint8_t kinds[] = {COMMAND_SET, COMMAND_SET, COMMAND_SET,
		COMMAND_SET, COMMAND_SET, COMMAND_MAP_INPUT, COMMAND_MAP_OUTPUT,
		COMMAND_MAP_CONTROL, COMMAND_MOVE, COMMAND_MOVE, COMMAND_RUN,
		COMMAND_RUN, COMMAND_RELEASE, COMMAND_GROUP_NEW,
		COMMAND_GROUP_NEW, COMMAND_SYNTH_NEW, COMMAND_ACTIVATE,
		COMMAND_QUERY, COMMAND_TREE, COMMAND_NAME, COMMAND_SYNC,
		COMMAND_CALL, COMMAND_DONE_FLAGS, COMMAND_CONNECT,
		COMMAND_CONNECT, COMMAND_CONNECT, COMMAND_CONNECT,
		COMMAND_DISCONNECT};

	*o = (struct order){.kind = kinds[below(s, sizeof kinds)]};
	if (chance(s, 3)) {
		o->kind = chance(s, 40) ? COMMAND_MUTE : COMMAND_METER;
	} else if (chance(s, 2)) {
		o->kind = chance(s, 70) ? COMMAND_FREE : COMMAND_FREE_ALL;
	} else if (below(s, 400) == 0) {
		o->kind = COMMAND_CLEAR;
	}
	o->id = some_id(s);
	o->number = below(s, 2);
	o->seconds = below(s, 400) / 48000.0;
	switch ((int)o->kind) {
	case COMMAND_GROUP_NEW:
	case COMMAND_MOVE:
		some_node(s, o);
		if (o->kind == COMMAND_MOVE) {
			o->id = some_id(s);
		}
		break;
	case COMMAND_SYNTH_NEW:
		some_synth(s, o);
		break;
	case COMMAND_SET:
		some_set(s, o);
		break;
	case COMMAND_MAP_INPUT:
	case COMMAND_MAP_OUTPUT:
	case COMMAND_MAP_CONTROL:
		some_map(s, o);
		break;
	case COMMAND_CONNECT:
	case COMMAND_DISCONNECT:
		some_ends(s, o);
		break;
	case COMMAND_NAME:
		o->key[0] = (char)('a' + (char)below(s, 6));
		o->key[0] = chance(s, 20) ? '\0' : o->key[0];
		break;
	case COMMAND_METER:
		o->number = chance(s, 50) ? 0 : below(s, 300);
		break;
	case COMMAND_DONE_FLAGS:
		o->number = below(s, 8) == 0 ? below(s, 64) : 33;
		break;
	default:
		break;
	}
	if (s->tame && (o->kind == COMMAND_RUN || o->kind == COMMAND_RELEASE ||
			       o->kind == COMMAND_METER ||
			       o->kind == COMMAND_MAP_CONTROL)) {
		o->kind = COMMAND_CALL;
	}
}

static struct parcel *
some_parcel(struct storm *s)
{
	struct parcel *p = calloc(1, sizeof *p);

	if (p == NULL) {
		ck_abort_msg("no memory");
	}
	uint32_t nodes = naive_nodes(s->naive);
	if (chance(s, nodes < s->config->max_nodes / 2 ? 50 : 6)) {
		some_voice(s, p);
	} else {
		p->count = 1 + below(s, 3);
		for (uint32_t i = 0; i < p->count; i++) {
			some_order(s, &p->what[i]);
		}
	}
	s->commands += p->count;
	p->flags = chance(s, 50) ? BATCH_NOW : 0;
	p->at = s->now + below(s, 300);
	p->order = chance(s, 50) ? 0 : below(s, 65536);
	if (chance(s, 5)) {
		p->at = s->now > 100 ? s->now - below(s, 100) : 0;
	}
	return p;
}

struct parcel *
storm_packet(struct storm *s)
{
	struct parcel *head = some_parcel(s);
	struct parcel *last = head;

	for (uint32_t more = chance(s, 20) ? below(s, 3) : 0; more > 0;
		more--) {
		last->chain = some_parcel(s);
		last = last->chain;
	}
	return head;
}

/* --- the same for the engine --- */

static struct port_ref
ref(struct batch *b, const char *name, int32_t index)
{
	if (name != NULL) {
		return rig_ref(b, name);
	}
	return (struct port_ref){.index = index};
}

static void
fill_ends(struct batch *b, struct command *c, const struct order *o)
{
	struct connect_order *to = rig_part(b, sizeof *to);

	to->out = ref(b, o->port, o->index);
	to->in = ref(b, o->to_port, o->to_index);
	to->to = o->to;
	to->flags = o->flags;
	to->any = o->any;
	c->u.connect = to;
}

static void
fill_pairs(struct batch *b, struct command *c, const struct order *o)
{
	struct set_pair *pairs = rig_part(b, (o->pairs + 1) * sizeof *pairs);

	for (uint32_t i = 0; i < o->pairs; i++) {
		const struct naive_pair *p = &o->pair[i];
		pairs[i].port = ref(b, p->name, p->index);
		pairs[i].value = p->value;
		pairs[i].seconds = p->seconds;
		pairs[i].resource = p->resource;
		pairs[i].integral = p->integral;
	}
	c->u.set.pairs = pairs;
	c->u.set.count = o->pairs;
}

static void
fill(struct rig *r, struct batch *b, const struct order *o)
{
	struct command *c = rig_add(r, b, o->kind, o->id);
	char *key;

	switch ((int)o->kind) {
	case COMMAND_SYNTH_NEW:
		c->u.new.spec = rig_spec_with(r, o->def, o->host, o->options);
		memcpy(c->u.new.spec->controls, o->controls,
			c->u.new.spec->shape->controls * sizeof(float));
		__attribute__((fallthrough));
	case COMMAND_GROUP_NEW:
	case COMMAND_MOVE:
		c->u.new.target = o->target;
		c->u.new.placement = o->placement;
		break;
	case COMMAND_MAP_INPUT:
	case COMMAND_MAP_OUTPUT:
	case COMMAND_MAP_CONTROL:
		c->u.map.port = ref(b, o->port, o->index);
		c->u.map.bus = o->bus;
		c->u.map.flags = o->flags;
		break;
	case COMMAND_CONNECT:
	case COMMAND_DISCONNECT:
		fill_ends(b, c, o);
		break;
	case COMMAND_SET:
		fill_pairs(b, c, o);
		break;
	case COMMAND_NAME:
		key = rig_part(b, sizeof o->key);
		memcpy(key, o->key, sizeof o->key);
		c->u.name = key;
		break;
	case COMMAND_RELEASE:
		c->u.seconds = o->seconds;
		break;
	case COMMAND_TREE:
		c->u.tree = rig_part(
			b, sizeof *c->u.tree + r->config.max_nodes *
						       sizeof *c->u.tree->item);
		c->u.tree->room = r->config.max_nodes;
		break;
	case COMMAND_QUERY:
		c->u.query = rig_part(b, sizeof *c->u.query);
		c->u.query->connection =
			rig_part(b, r->config.max_connections *
					    sizeof *c->u.query->connection);
		c->u.query->room = r->config.max_connections;
		break;
	default:
		c->u.number = o->number;
		break;
	}
}

void
storm_post(struct rig *r, struct parcel *head)
{
	struct batch *first = NULL;
	struct batch *last = NULL;
	uint32_t parts = 0;

	for (struct parcel *p = head; p != NULL; p = p->chain) {
		struct batch *b = rig_batch(r, 1);
		b->flags = p->flags;
		b->at = p->at;
		b->rank = p->order;
		for (uint32_t i = 0; i < p->count; i++) {
			fill(r, b, &p->what[i]);
		}
		/* the sender's pointer: rt does not look at it */
		b->first->address = (const char *)(void *)p;
		*(first == NULL ? &first : &last->chain) = b;
		last = b;
		parts++;
	}
	first->parts = parts;
	rig_post(r, first);
}

struct parcel *
storm_parcel(const struct batch *b)
{
	union {
		const char *address;
		struct parcel *parcel;
	} u = {b->first->address};

	return u.parcel;
}

void
storm_back(struct rig *r, struct batch *b, struct rig_report *to)
{
	struct parcel *p = storm_parcel(b);
	uint32_t i = 0;

	(void)r;
	to->tag = p;
	if (p == NULL) {
		return;
	}
	p->is_back = true;
	p->got_flags = b->flags & (BATCH_LATE | BATCH_REFUSED);
	p->got_applied = b->applied;
	p->got_late = b->late;
	for (struct command *c = b->first; c != NULL; c = c->next, i++) {
		struct outcome *g = &p->got[i];
		bool refused = (b->flags & BATCH_REFUSED) != 0;
		g->reason = c->reason;
		g->told[0] = c->told[0];
		g->told[1] = c->told[1];
		g->id = c->id;
		if (c->reason == REASON_CYCLE && !refused) {
			memcpy(g->path, c->u.connect->path, sizeof g->path);
		}
		if (c->reason != REASON_NONE || refused) {
			continue;
		}
		if (c->kind == COMMAND_TREE) {
			g->digest = naive_digest_tree(c->u.tree);
		} else if (c->kind == COMMAND_QUERY) {
			g->digest = naive_digest_query(c->u.query);
		}
	}
}

struct entry
storm_entry(const struct rig_report *r)
{
	struct entry e = {
		.kind = r->kind, .id = r->raw.id, .sample = r->sample};

	switch (r->kind) {
	case REPORT_BATCH:
		e.parcel = r->tag;
		break;
	case REPORT_NOTIFY:
		e.value = r->raw.u.note.values[0];
		e.more = (double)r->raw.u.note.types[0];
		break;
	case REPORT_LOG:
		e.value = r->raw.u.log.value;
		e.more = (double)r->raw.u.log.level;
		break;
	case REPORT_LEVEL:
		e.value = (double)r->raw.u.level.peak;
		e.more = r->raw.u.level.squares + r->raw.u.level.frames;
		break;
	default:
		break;
	}
	return e;
}
