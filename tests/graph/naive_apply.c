/* SPDX-License-Identifier: MIT */
/*
 * naive_apply.c -- see naive.h.  What each command does.
 */
#include <stdlib.h>
#include <string.h>

#include <tactus/def.h>

#include "engine_private.h"
#include "hold.h"
#include "naive_private.h"

static void
no(struct outcome *w, uint32_t reason, int32_t a, int32_t b)
{
	w->reason = reason;
	w->told[0] = a;
	w->told[1] = b;
}

static struct thing *
find(struct naive *v, const struct order *o, struct outcome *w)
{
	struct thing *t = naive_find(v, o->id);

	if (t == NULL) {
		bool range =
			o->id < 0 || (uint32_t)o->id >= v->config.max_nodes;
		no(w, range ? REASON_NODE_RANGE : REASON_NODE_MISSING, o->id,
			(int32_t)v->config.max_nodes - 1);
	}
	return t;
}

static struct thing *
find_synth(struct naive *v, const struct order *o, struct outcome *w)
{
	struct thing *t = find(v, o, w);

	if (t != NULL && t->is != IS_SYNTH) {
		no(w, REASON_NOT_SYNTH, o->id, 0);
		return NULL;
	}
	return t;
}

/** Where it would stand. @return why not */
static uint32_t
judge_place(
	struct naive *v, const struct order *o, int32_t *parent, int32_t *at)
{
	if (o->target < 0 || (uint32_t)o->target >= v->config.max_nodes) {
		return REASON_TARGET_RANGE;
	}
	const struct thing *t = naive_find(v, o->target);
	if (t == NULL) {
		return REASON_TARGET_MISSING;
	}
	if (o->placement < 0 || o->placement > PLACE_AFTER) {
		return REASON_PLACEMENT;
	}
	if (o->placement <= PLACE_TAIL) {
		*parent = t->id;
		*at = o->placement == PLACE_HEAD ? 0 : t->children;
		return t->is == IS_GROUP ? REASON_NONE
					 : REASON_TARGET_NOT_GROUP;
	}
	if (t->id == 0) {
		return REASON_TARGET_ROOT;
	}
	*parent = t->parent;
	*at = naive_index(&v->thing[t->parent], t->id) +
	      (o->placement == PLACE_AFTER ? 1 : 0);
	return REASON_NONE;
}

static bool
place(struct naive *v, const struct order *o, struct outcome *w,
	int32_t *parent, int32_t *at)
{
	uint32_t r = judge_place(v, o, parent, at);

	if (r != REASON_NONE) {
		no(w, r, r == REASON_PLACEMENT ? o->placement : o->target,
			(int32_t)v->config.max_nodes - 1);
	}
	return r == REASON_NONE;
}

static void
describe(struct thing *t, const struct order *o)
{
	t->def = o->def;
	t->ports = tactus_def_ports(o->def, o->options);
	for (uint32_t i = 0; i < t->ports && i < NAIVE_PORTS; i++) {
		TactusPort *p = &t->port[i];
		p->size = sizeof *p;
		tactus_def_port(o->host, o->def, o->options, i, p);
		uint32_t *n = p->kind == TACTUS_CONTROL      ? &t->controls
			      : p->kind == TACTUS_RESOURCE   ? &t->resources
			      : p->direction == TACTUS_INPUT ? &t->inputs
							     : &t->outputs;
		t->ordinal[i] = (*n)++;
	}
	for (uint32_t k = 0; k < NAIVE_PORTS; k++) {
		t->knob[k].bus = t->in[k].bus = t->out[k].bus = -1;
		t->bound_id[k] = -1;
		if (k < t->controls) {
			bool fires = (t->port[k].flags & TACTUS_TRIGGER) != 0;
			t->knob[k].value = fires ? 0.0F
						 : naive_clamp(&t->port[k],
							   o->controls[k]);
		}
	}
}

static size_t
bytes_of(const TactusSynthDef *def, const void *options)
{
	return def->instance_bytes +
	       (def->extra_bytes != NULL ? def->extra_bytes(options) : 0);
}

/** What a synth's ports and instance take; the sizes alone are shared. */
static size_t
weight(const struct thing *t, const void *options)
{
	size_t ports =
		(t->inputs + t->outputs) * sizeof(float *) +
		t->resources * (sizeof(void *) + sizeof(struct binding)) +
		t->controls * (sizeof(struct control) + sizeof(TactusControl)) +
		(t->inputs + t->outputs) * sizeof(struct joint);

	return (ports + 63) / 64 * 64 + bytes_of(t->def, options);
}

bool
naive_take_block(
	struct naive *v, size_t bytes, uint32_t *pool, struct outcome *w)
{
	uint32_t i = 0;

	while (i < v->config.pools && v->config.pool[i].size < bytes) {
		i++;
	}
	if (i == v->config.pools) {
		no(w, REASON_POOL_NONE, (int32_t)bytes, 0);
		return false;
	}
	if (v->pool_free[i] == 0) {
		no(w, REASON_POOL_FULL, (int32_t)v->config.pool[i].size, 0);
		return false;
	}
	v->pool_free[i]--;
	*pool = i;
	return true;
}

static bool
make_synth(struct naive *v, struct thing *t, const struct order *o,
	struct outcome *w, int32_t id)
{
	describe(t, o);
	if (!naive_take_block(v, weight(t, o->options), &t->pool, w)) {
		return false;
	}
	size_t room = (bytes_of(o->def, o->options) + 64) / 64 * 64;
	t->self = aligned_alloc(64, room);
	memset(t->self, 0, room);
	for (uint32_t k = 0; k < t->outputs; k++) {
		t->voice[k] = calloc(v->config.block, sizeof(float));
	}
	t->synth =
		(TactusSynth){.self = t->self, .id = id, .resources = t->bound};
	int code = o->def->construct
			   ? o->def->construct(&v->world, o->options, &t->synth)
			   : 0;
	if (code != 0) {
		v->pool_free[t->pool]++;
		naive_free_synth(t);
		no(w, REASON_CONSTRUCT, code, id);
		return false;
	}
	return true;
}

static void
make(struct naive *v, const struct order *o, struct outcome *w)
{
	int32_t id = o->id;
	int32_t most = (int32_t)v->config.max_nodes - 1;
	int32_t parent;
	int32_t at;

	if (id == -1) {
		for (id = most; id > 0 && v->thing[id].is != IS_FREE; id--) {
		}
		if (id == 0) {
			no(w, REASON_NODES_FULL, -1, most);
			return;
		}
	} else if (id < 0 || id > most) {
		no(w, REASON_NODE_RANGE, id, most);
		return;
	} else if (v->thing[id].is != IS_FREE) {
		no(w, REASON_NODE_TAKEN, id, most);
		return;
	}
	if (!place(v, o, w, &parent, &at)) {
		return;
	}
	struct thing *t = &v->thing[id];
	struct thing old = *t;
	memset(t, 0, sizeof *t);
	t->id = id;
	t->parent = NOBODY;
	t->fired = old.fired;
	t->generation = old.generation + 1;
	t->fade.to = 1.0F;
	if (o->kind == COMMAND_SYNTH_NEW && !make_synth(v, t, o, w, id)) {
		t->is = IS_FREE;
		return;
	}
	t->is = o->kind == COMMAND_SYNTH_NEW ? IS_SYNTH : IS_GROUP;
	naive_enter(v, t, parent, at);
	w->id = id;
	naive_tell(v, REPORT_NODE_NEW, id, NULL);
}

static void
move(struct naive *v, const struct order *o, struct outcome *w)
{
	struct thing *t = find(v, o, w);
	int32_t parent;
	int32_t at;

	if (t == NULL) {
		return;
	}
	if (t->id == 0) {
		no(w, REASON_ROOT, o->id, 0);
		return;
	}
	if (!place(v, o, w, &parent, &at)) {
		return;
	}
	if (o->target == o->id || naive_is_below(v, parent, t->id)) {
		no(w, REASON_INSIDE_ITSELF, o->id, o->target);
		return;
	}
	naive_leave(v, t);
	(void)judge_place(v, o, &parent, &at);
	naive_enter(v, t, parent, at);
}

/** A port by its name or its number: its index, or -1. */
static int32_t
find_port(const struct thing *t, const char *name, int32_t index)
{
	for (uint32_t i = 0; i < t->ports; i++) {
		if (name != NULL ? strcmp(name, t->port[i].name) == 0
				 : index == (int32_t)i) {
			return (int32_t)i;
		}
	}
	return -1;
}

/** The port that an order names, of that kind: its index, or -1. */
int32_t
naive_port(const struct thing *t, const char *name, int32_t index,
	uint32_t kind, uint32_t direction, struct outcome *w)
{
	int32_t found = find_port(t, name, index);

	if (found < 0) {
		bool below = name == NULL && index < 0;
		no(w, below ? REASON_PORT_RANGE : REASON_PORT_MISSING, t->id,
			name == NULL ? index : -1);
	} else if (t->port[found].kind != kind) {
		no(w, REASON_PORT_KIND, t->id, found);
		found = -1;
	} else if (t->port[found].direction != direction) {
		no(w, REASON_PORT_DIRECTION, t->id, found);
		found = -1;
	}
	return found;
}

static void
map(struct naive *v, const struct order *o, struct outcome *w)
{
	struct thing *t = find_synth(v, o, w);

	if (t == NULL) {
		return;
	}
	bool control = o->kind == COMMAND_MAP_CONTROL;
	bool output = o->kind == COMMAND_MAP_OUTPUT;
	int32_t index = naive_port(t, o->port, o->index,
		control ? TACTUS_CONTROL : TACTUS_AUDIO,
		output ? TACTUS_OUTPUT : TACTUS_INPUT, w);
	if (index < 0) {
		return;
	}
	const TactusPort *p = &t->port[index];
	bool external = (o->flags & MAP_EXTERNAL) != 0;
	uint32_t room = !external ? v->config.max_buses
			: output  ? v->config.outputs
				  : v->config.inputs;
	if (o->bus < -1 || o->bus >= (int32_t)room) {
		no(w, REASON_BUS_RANGE, o->bus, (int32_t)room);
		return;
	}
	uint32_t k = t->ordinal[index];
	uint32_t flags = o->bus < 0 ? 0 : o->flags;
	if (control) {
		struct knob *c = &t->knob[k];
		c->value = naive_value(v, t, k);
		c->step = 0.0F;
		c->ramp.is_on = false;
		if ((p->flags & TACTUS_TRIGGER) != 0 && !t->fired) {
			c->value = 0.0F;
		}
		c->bus = o->bus;
		c->flags = flags;
	} else {
		*(output ? &t->out[k] : &t->in[k]) =
			(struct wire_end){o->bus, flags};
	}
}

/** Judge all pairs of a set; nothing changes. */
static bool
judge(struct naive *v, const struct order *o, struct outcome *w,
	struct thing *t)
{
	uint32_t fires[NAIVE_PORTS] = {0};
	uint32_t waits = 0;

	for (uint32_t i = 0; i < o->pairs; i++) {
		const struct naive_pair *pair = &o->pair[i];
		int32_t index = find_port(t, pair->name, pair->index);
		if (index < 0) {
			bool below = pair->name == NULL && pair->index < 0;
			no(w, below ? REASON_PORT_RANGE : REASON_PORT_MISSING,
				o->id, below ? pair->index : (int32_t)i);
			return false;
		}
		const TactusPort *p = &t->port[index];
		if (p->kind == TACTUS_RESOURCE) {
			continue;
		}
		if (p->kind != TACTUS_CONTROL) {
			no(w, REASON_PORT_KIND, o->id, index);
			return false;
		}
		if ((p->flags & TACTUS_TRIGGER) == 0 || pair->value == 0.0F) {
			continue;
		}
		uint64_t next = t->knob[index].free_at + fires[index];
		if (t->knob[index].free_at < v->now) {
			next = v->now + fires[index];
		}
		/* one at once, and `block` that wait */
		if (next > v->now + v->config.block) {
			no(w, REASON_TRIGGERS_FULL, o->id, index);
			return false;
		}
		fires[index]++;
		waits += next > v->now ? 1 : 0;
	}
	if (v->dues + waits > v->config.max_events) {
		no(w, REASON_EVENTS_FULL, (int32_t)v->config.max_events, 0);
		return false;
	}
	return true;
}

/** Bind a resource port to something that lives, or to nothing. */
static void
bind(struct naive *v, struct thing *t, uint32_t ordinal, int32_t id)
{
	void *old = t->bound[ordinal];
	int32_t old_id = t->bound_id[ordinal];

	if (id == old_id) {
		return;
	}
	t->bound[ordinal] = id < 0 ? NULL : v->resource[id];
	t->bound_id[ordinal] = id;
	if (t->def->bind) {
		(void)t->def->bind(&v->world, &t->synth, ordinal, old, old_id);
	}
}

static void
set(struct naive *v, const struct order *o, struct outcome *w)
{
	struct thing *t = find_synth(v, o, w);

	if (t == NULL || !judge(v, o, w, t)) {
		return;
	}
	for (uint32_t i = 0; i < o->pairs; i++) {
		const struct naive_pair *pair = &o->pair[i];
		/* controls stand first: the index is the ordinal */
		uint32_t k = (uint32_t)find_port(t, pair->name, pair->index);
		const TactusPort *p = &t->port[k];
		struct knob *c = &t->knob[k];
		if (p->kind == TACTUS_RESOURCE) {
			bind(v, t, t->ordinal[k], pair->resource);
			continue;
		}
		if ((p->flags & TACTUS_TRIGGER) != 0) {
			if (pair->value != 0.0F) {
				naive_trigger(v, t, k, pair->value);
			}
			continue;
		}
		float to = naive_clamp(p, pair->value);
		uint32_t frames = pair->seconds < 0.0
					  ? 1
					  : naive_frames(v, pair->seconds);
		if (frames == 1 || p->flags != 0) {
			c->ramp.is_on = false;
			c->value = to;
			c->step = 0.0F;
			continue;
		}
		float from = c->ramp.is_on && c->bus < 0
				     ? line_before(&c->ramp, v->now)
				     : c->value;
		c->ramp = (struct line){true, v->now, frames, from, to};
	}
}

static void
clear_mark(struct naive *v, struct thing *t)
{
	t->cleared = true;
	t->key[0] = '\0';
	for (int32_t i = 0; i < t->children; i++) {
		clear_mark(v, &v->thing[t->child[i]]);
	}
}

static void
clear(struct naive *v)
{
	struct thing *root = &v->thing[0];
	struct thing *limbo = &v->thing[LIMBO];

	while (root->children > 0) {
		struct thing *t = &v->thing[root->child[0]];
		clear_mark(v, t);
		naive_leave(v, t);
		naive_enter(v, t, LIMBO, limbo->children);
	}
	if (limbo->children > 0 && v->master[CLEAR].to != 0.0F) {
		naive_ramp(v, CLEAR, 0.0F);
	}
}

static void
name(struct naive *v, const struct order *o, struct outcome *w)
{
	struct thing *t = find(v, o, w);

	if (t == NULL) {
		return;
	}
	for (int32_t i = 0; i < MOST_NODES; i++) {
		if (strcmp(v->thing[i].key, o->key) == 0) {
			v->thing[i].key[0] = '\0';
		}
	}
	memcpy(t->key, o->key, sizeof o->key);
}

/* --- commands on one node --- */

static void
run(struct naive *v, const struct order *o, struct outcome *w)
{
	struct thing *t = find(v, o, w);

	if (t == NULL) {
		return;
	}
	if (t->fade.is_on && t->at_end == 2) {
		no(w, REASON_RELEASING, o->id, 0);
		return;
	}
	t->paused = t->paused && o->number == 0;
	naive_fade(v, t, o->number != 0 ? 1.0F : 0.0F, 0.005,
		o->number != 0 ? 0 : 1);
}

static void
finish_node(struct naive *v, const struct order *o, struct outcome *w)
{
	struct thing *t = find(v, o, w);

	if (t == NULL) {
		return;
	}
	if (o->kind == COMMAND_FREE_ALL) {
		if (t->is != IS_GROUP) {
			no(w, REASON_NOT_GROUP, o->id, 0);
			return;
		}
		while (t->children > 0) {
			naive_end(v, &v->thing[t->child[0]]);
		}
		return;
	}
	if (t->id == 0) {
		no(w, REASON_ROOT, o->id, 0);
	} else if (o->kind == COMMAND_FREE) {
		naive_end(v, t);
	} else {
		naive_fade(v, t, 0.0F, o->seconds, 2);
	}
}

static void
start(struct naive *v, const struct order *o, struct outcome *w)
{
	struct thing *t = find_synth(v, o, w);

	if (t == NULL) {
		return;
	}
	if (o->kind == COMMAND_DONE_FLAGS) {
		t->done_flags = (uint32_t)o->number;
	} else if (t->active) {
		no(w, REASON_ACTIVE, o->id, 0);
	} else {
		t->active = true;
		if (t->def->activate) {
			t->def->activate(&v->world, &t->synth);
		}
	}
}

static void
answer(struct naive *v, const struct order *o, struct outcome *w)
{
	const struct thing *t = find(v, o, w);

	if (t != NULL) {
		naive_answer(v, t, o, w);
	}
}

uint32_t
naive_apply(struct naive *v, const struct order *o, struct outcome *w)
{
	switch (o->kind) {
	case COMMAND_GROUP_NEW:
	case COMMAND_SYNTH_NEW:
		make(v, o, w);
		break;
	case COMMAND_ACTIVATE:
	case COMMAND_DONE_FLAGS:
		start(v, o, w);
		break;
	case COMMAND_MAP_INPUT:
	case COMMAND_MAP_OUTPUT:
	case COMMAND_MAP_CONTROL:
		map(v, o, w);
		break;
	case COMMAND_CONNECT:
		naive_connect(v, o, w);
		break;
	case COMMAND_DISCONNECT:
		naive_disconnect(v, o, w);
		break;
	case COMMAND_SET:
		set(v, o, w);
		break;
	case COMMAND_FREE:
	case COMMAND_FREE_ALL:
	case COMMAND_RELEASE:
		finish_node(v, o, w);
		break;
	case COMMAND_MOVE:
		move(v, o, w);
		break;
	case COMMAND_RUN:
		run(v, o, w);
		break;
	case COMMAND_NAME:
		name(v, o, w);
		break;
	case COMMAND_TREE:
	case COMMAND_QUERY:
		answer(v, o, w);
		break;
	case COMMAND_CLEAR:
		clear(v);
		break;
	case COMMAND_MUTE:
		naive_ramp(v, MUTE, o->number != 0 ? 0.0F : 1.0F);
		break;
	case COMMAND_METER:
		v->meter = (struct meter_state){.every = (uint32_t)o->number};
		break;
	case COMMAND_SYNC:
		return naive_in_limbo(v) != 0;
	case COMMAND_SET_ROW: /* check_apply has it beside single ones */
	case COMMAND_CALL:
	case COMMAND_DEVICE:
	case COMMAND_OFFLINE_RUN:
	case COMMAND_RESOURCE_NEW:
	case COMMAND_RESOURCE_FREE:
	case COMMAND_RESOURCE_QUERY:
	case COMMAND_RESOURCE_LIST:
	case COMMAND_JOB_NEW:
	case COMMAND_STOP:
		break;
	}
	return 0;
}
