/* SPDX-License-Identifier: MIT */
/*
 * apply.c -- see apply.h.
 */
#include "apply.h"

#include "connection.h"
#include "hold.h"
#include "job.h"
#include "master.h"
#include "node.h"
#include "port.h"
#include "snapshot.h"
#include "runner.h"

/** Note why a command failed, and what that speaks of. */
TACTUS_RT static void
fail(struct command *c, enum reason reason, int32_t told, int32_t more)
{
	c->reason = (uint16_t)reason;
	c->told[0] = told;
	c->told[1] = more;
}

/** The node of an id; NULL when the command failed for want of one. */
TACTUS_RT static struct node *
find_id(struct engine *e, struct command *c, int32_t id)
{
	struct node *n = node_find(e, id);

	if (n == NULL) {
		bool range = id < 0 || (uint32_t)id >= e->config.max_nodes;
		fail(c, range ? REASON_NODE_RANGE : REASON_NODE_MISSING, id,
			(int32_t)e->config.max_nodes - 1);
	}
	return n;
}

/** The node of a command. */
TACTUS_RT static struct node *
find(struct engine *e, struct command *c)
{
	return find_id(e, c, c->id);
}

TACTUS_RT static struct node *
find_kind(struct engine *e, struct command *c, enum node_kind kind)
{
	struct node *n = find(e, c);

	if (n != NULL && n->kind != kind) {
		fail(c,
			kind == KIND_SYNTH ? REASON_NOT_SYNTH
					   : REASON_NOT_GROUP,
			c->id, 0);
		return NULL;
	}
	return n;
}

TACTUS_RT static void
new_node(struct engine *e, struct command *c)
{
	struct place place;
	int32_t id = c->id;
	enum reason r = node_id(e, &id);

	if (r != REASON_NONE) {
		fail(c, r, c->id, (int32_t)e->config.max_nodes - 1);
		return;
	}
	r = node_place(e, c->u.new.target, c->u.new.placement, &place);
	if (r != REASON_NONE) {
		fail(c, r,
			r == REASON_PLACEMENT ? c->u.new.placement
					      : c->u.new.target,
			(int32_t)e->config.max_nodes - 1);
		return;
	}
	if (c->kind == COMMAND_GROUP_NEW) {
		node_make_group(e, id, &place);
	} else {
		int32_t told[2] = {0, 0};
		r = node_make_synth(e, id, &place, c->u.new.spec, told);
		if (r != REASON_NONE) {
			fail(c, r, told[0], told[1]);
			return;
		}
		c->u.new.spec = NULL;
	}
	c->id = id;
}

TACTUS_RT static void
activate(struct engine *e, struct command *c)
{
	struct node *n = find_kind(e, c, KIND_SYNTH);

	if (n == NULL) {
		return;
	}
	if (n->sounding) {
		fail(c, REASON_ACTIVE, c->id, 0);
		return;
	}
	n->sounding = true;
	e->changed = true;
	if (n->def->activate) {
		n->def->activate(runner_world(e), &n->synth);
	}
}

/** The port of a command on a synth, of the kind and direction wanted. */
TACTUS_RT static const struct shape_port *
find_port(struct command *c, const struct node *n, const struct port_ref *ref,
	uint32_t kind, uint32_t direction)
{
	const struct shape_port *p = port_find(n->spec->shape, ref);

	if (p == NULL) {
		fail(c,
			ref->name == NULL && ref->index < 0
				? REASON_PORT_RANGE
				: REASON_PORT_MISSING,
			n->synth.id, ref->index);
		return NULL;
	}
	int32_t index = (int32_t)(p - n->spec->shape->port);
	if (p->port.kind != kind) {
		fail(c, REASON_PORT_KIND, n->synth.id, index);
		return NULL;
	}
	if (p->port.direction != direction) {
		fail(c, REASON_PORT_DIRECTION, n->synth.id, index);
		return NULL;
	}
	return p;
}

/** Both ends of a connection, or why they cannot be; the nodes come first. */
TACTUS_RT static bool
find_ends(struct engine *e, struct command *c, struct node *end[2],
	const struct shape_port *port[2])
{
	const struct connect_order *order = c->u.connect;

	end[0] = find(e, c);
	end[1] = end[0] == NULL ? NULL : find_id(e, c, order->to);
	if (end[1] == NULL) {
		return false;
	}
	for (int i = 0; i < 2; i++) {
		if (end[i]->kind != KIND_SYNTH) {
			fail(c, REASON_NOT_SYNTH, end[i]->synth.id, 0);
			return false;
		}
	}
	port[0] =
		find_port(c, end[0], &order->out, TACTUS_AUDIO, TACTUS_OUTPUT);
	port[1] = port[0] == NULL ? NULL
				  : find_port(c, end[1], &order->in,
					    TACTUS_AUDIO, TACTUS_INPUT);
	return port[1] != NULL;
}

TACTUS_RT static void
connect(struct engine *e, struct command *c)
{
	struct node *end[2];
	const struct shape_port *port[2];
	int32_t told[2] = {0, 0};

	if (!find_ends(e, c, end, port)) {
		return;
	}
	enum reason r = c->kind == COMMAND_CONNECT
				? connection_make(e, end[0], port[0], end[1],
					  port[1], c->u.connect, told)
				: connection_break(e, end[0], port[0], end[1],
					  port[1], c->u.connect);
	if (r != REASON_NONE) {
		fail(c, r, told[0], told[1]);
	}
}

TACTUS_RT static void
map(struct engine *e, struct command *c)
{
	bool output = c->kind == COMMAND_MAP_OUTPUT;
	bool control = c->kind == COMMAND_MAP_CONTROL;
	uint32_t flags = c->u.map.flags;
	struct node *n = find_kind(e, c, KIND_SYNTH);

	if (n == NULL) {
		return;
	}
	const struct shape_port *p = find_port(c, n, &c->u.map.port,
		control ? TACTUS_CONTROL : TACTUS_AUDIO,
		output ? TACTUS_OUTPUT : TACTUS_INPUT);
	if (p == NULL) {
		return;
	}
	uint32_t room = e->config.max_buses;
	if ((flags & MAP_EXTERNAL) != 0) {
		room = output ? e->config.outputs : e->config.inputs;
	}
	if (c->u.map.bus < -1 ||
		(c->u.map.bus >= 0 && (uint32_t)c->u.map.bus >= room)) {
		fail(c, REASON_BUS_RANGE, c->u.map.bus, (int32_t)room);
		return;
	}
	if (control) {
		port_follow(e, n, p->ordinal, c->u.map.bus, flags);
	} else {
		port_map(e, n, p, c->u.map.bus, flags);
	}
}

/** No port was found: set_pair.place. */
#define NOWHERE UINT32_MAX

/** What the pairs of one /node/set ask for together. */
struct asked {
	uint32_t waits; /* triggers that will need an event */
	uint32_t keeps; /* resources that may have to be kept */
	bool any;       /* something was counted at ports */
};

/** Judge a pair that sets a trigger, counted at its port. */
TACTUS_RT static bool
judge_trigger(struct engine *e, struct command *c, struct node *n,
	const struct shape_port *p, struct asked *all)
{
	uint32_t *asked = &n->control[p->ordinal].asked;

	if (*asked >= port_trigger_room(e, n, p->ordinal)) {
		fail(c, REASON_TRIGGERS_FULL, c->id,
			(int32_t)(p - n->spec->shape->port));
		return false;
	}
	if (*asked > 0 || port_trigger_waits(e, n, p->ordinal)) {
		all->waits++;
	}
	(*asked)++;
	all->any = true;
	return true;
}

/** Judge a pair that binds a resource, counted at its port. */
TACTUS_RT static bool
judge_bind(struct engine *e, struct command *c, struct node *n,
	const struct shape_port *p, const struct set_pair *pair,
	struct asked *all)
{
	int32_t told[2] = {c->id, (int32_t)(p - n->spec->shape->port)};
	enum reason r = REASON_RESOURCE_FLOAT;

	all->any = true;
	if (pair->integral) {
		r = hold_judge(e, n, p, pair->resource, &all->keeps, told);
	}
	if (r != REASON_NONE) {
		fail(c, r, told[0], told[1]);
	}
	return r == REASON_NONE;
}

/** Judge one pair of /node/set, and note its port. */
TACTUS_RT static bool
judge(struct engine *e, struct command *c, struct node *n, uint32_t i,
	struct asked *all)
{
	struct set_pair *pair = &c->u.set.pairs[i];
	const struct shape_port *p = port_find(n->spec->shape, &pair->port);

	if (p == NULL) {
		bool range = pair->port.name == NULL && pair->port.index < 0;
		pair->place = NOWHERE;
		fail(c, range ? REASON_PORT_RANGE : REASON_PORT_MISSING, c->id,
			range ? pair->port.index : (int32_t)i);
		return false;
	}
	pair->place = (uint32_t)(p - n->spec->shape->port);
	if (p->port.kind == TACTUS_AUDIO) {
		fail(c, REASON_PORT_KIND, c->id, (int32_t)pair->place);
		return false;
	}
	if (p->port.kind == TACTUS_RESOURCE) {
		return judge_bind(e, c, n, p, pair, all);
	}
	return (p->port.flags & TACTUS_TRIGGER) == 0 || pair->value == 0.0F ||
	       judge_trigger(e, c, n, p, all);
}

/** Forget what was counted at the ports of the first `count` pairs. */
TACTUS_RT static void
forget_asked(struct command *c, struct node *n, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		uint32_t place = c->u.set.pairs[i].place;
		const struct shape_port *p =
			place == NOWHERE ? NULL : &n->spec->shape->port[place];
		if (p == NULL || p->port.kind == TACTUS_AUDIO) {
			continue; /* the one that was no good */
		}
		if (p->port.kind == TACTUS_CONTROL) {
			n->control[p->ordinal].asked = 0;
		} else {
			hold_forget_asked(n, p);
		}
	}
}

/** Judge all pairs. */
TACTUS_RT static bool
judge_all(struct engine *e, struct command *c, struct node *n)
{
	struct asked all = {0, 0, false};
	uint32_t count = c->u.set.count;
	uint32_t good = 0;

	while (good < count && judge(e, c, n, good, &all)) {
		good++;
	}
	if (all.any) {
		forget_asked(c, n, good < count ? good + 1 : count);
	}
	if (good == count && all.waits > events_room(e->events)) {
		fail(c, REASON_EVENTS_FULL, (int32_t)e->config.max_events, 0);
	}
	return c->reason == REASON_NONE;
}

TACTUS_RT static void
set(struct engine *e, struct command *c)
{
	struct node *n = find_kind(e, c, KIND_SYNTH);

	if (n == NULL || !judge_all(e, c, n)) {
		return;
	}
	for (uint32_t i = 0; i < c->u.set.count; i++) {
		const struct set_pair *pair = &c->u.set.pairs[i];
		const struct shape_port *p = &n->spec->shape->port[pair->place];
		if (p->port.kind == TACTUS_RESOURCE) {
			int32_t told[2] = {0, 0};
			enum reason r =
				hold_bind(e, n, p, pair->resource, told);
			if (r != REASON_NONE) {
				fail(c, r, told[0], told[1]);
			}
			continue;
		}
		if ((p->port.flags & TACTUS_TRIGGER) == 0) {
			port_set(e, n, p, pair->value, pair->seconds);
		} else if (pair->value != 0.0F) {
			port_trigger(e, n, p, pair->value);
		}
	}
}

/** Apply one of a row as the /node/set that it was.
 * @return its reason */
TACTUS_RT static enum reason
set_item(struct engine *e, const struct port_ref *port, struct set_item *item)
{
	struct set_pair pair = {
		.port = *port, .seconds = -1.0, .value = item->u.value};
	struct command one = {
		.kind = COMMAND_SET, .id = item->id, .u.set = {&pair, 1}
        };

	set(e, &one);
	if (one.reason != REASON_NONE) {
		item->reason = one.reason;
		item->u.told[0] = one.told[0];
		item->u.told[1] = one.told[1];
	}
	return (enum reason)one.reason;
}

/** The port of a row, if all that can be wrong with it is the node. */
TACTUS_RT static const struct shape_port *
find_plain(const struct shape *shape, const struct port_ref *port)
{
	const struct shape_port *p = port_find(shape, port);
	bool plain = p != NULL && p->port.kind == TACTUS_CONTROL &&
		     (p->port.flags & TACTUS_TRIGGER) == 0;

	return plain ? p : NULL;
}

/** Items of a row that are fetched at once. */
#define FETCHED 32

/** Apply a row: where synths are alike their port is looked for once. */
TACTUS_RT static void
set_row(struct engine *e, struct command *c)
{
	const struct port_ref *port = c->u.row.port;
	const struct shape *shape = NULL;
	const struct shape_port *p = NULL;

	for (uint32_t i = 0; i < c->u.row.count && i < FETCHED; i += 4) {
		__builtin_prefetch(&c->u.row.items[i]);
	}
	for (uint32_t i = 0; i < c->u.row.count; i++) {
		struct set_item *item = &c->u.row.items[i];
		struct node *n = node_find(e, item->id);
		if (n != NULL && n->kind == KIND_SYNTH &&
			n->spec->shape != shape) {
			shape = n->spec->shape;
			p = find_plain(shape, port);
		}
		if (n != NULL && n->kind == KIND_SYNTH && p != NULL) {
			port_set(e, n, p, item->u.value, -1.0);
			continue;
		}
		enum reason r = set_item(e, port, item);
		if (r != REASON_NONE) {
			/* that there is one; which, the items say */
			c->reason = (uint16_t)r;
		}
	}
}

TACTUS_RT static void
move(struct engine *e, struct command *c)
{
	struct place place;
	struct node *n = find(e, c);

	if (n == NULL) {
		return;
	}
	if (n->parent == NULL) {
		fail(c, REASON_ROOT, c->id, 0);
		return;
	}
	enum reason r =
		node_place(e, c->u.new.target, c->u.new.placement, &place);
	if (r != REASON_NONE) {
		fail(c, r,
			r == REASON_PLACEMENT ? c->u.new.placement
					      : c->u.new.target,
			(int32_t)e->config.max_nodes - 1);
		return;
	}
	if (place.before == n || node_find(e, c->u.new.target) == n) {
		/* beside itself: it stands there already */
		if (c->u.new.placement >= PLACE_BEFORE) {
			if (c->u.new.target == c->id) {
				fail(c, REASON_INSIDE_ITSELF, c->id,
					c->u.new.target);
			}
			return;
		}
	}
	if (node_is_within(place.parent, n)) {
		fail(c, REASON_INSIDE_ITSELF, c->id, c->u.new.target);
		return;
	}
	if (place.before == n) {
		place.before = n->next;
	}
	e->changed = true;
	node_unlink(n);
	if (c->u.new.placement == PLACE_HEAD) {
		place.before = place.parent->head;
	}
	node_link(n, &place);
}

TACTUS_RT static void
run(struct engine *e, struct command *c)
{
	struct node *n = find(e, c);

	if (n == NULL) {
		return;
	}
	if (n->fading && n->at_end == FADE_FREES) {
		fail(c, REASON_RELEASING, c->id, 0);
		return;
	}
	if (c->u.number != 0) {
		e->changed |= n->paused;
		n->paused = false;
		port_fade(e, n, 1.0F, FADE_SECONDS, FADE_STAYS);
	} else {
		port_fade(e, n, 0.0F, FADE_SECONDS, FADE_PAUSES);
	}
}

/** Free, or fade and free; the root is not to be freed. */
TACTUS_RT static void
free_node(struct engine *e, struct command *c)
{
	struct node *n = find(e, c);

	if (n == NULL) {
		return;
	}
	if (n->parent == NULL) {
		fail(c, REASON_ROOT, c->id, 0);
		return;
	}
	if (c->kind == COMMAND_FREE) {
		node_free(e, n);
	} else {
		port_fade(e, n, 0.0F, c->u.seconds, FADE_FREES);
	}
}

TACTUS_RT static void
mute(struct engine *e, bool on)
{
	e->muted = on;
	gauge_set(e->gauges, GAUGE_MUTED, on ? 1 : 0);
	master_fade(e, MASTER_MUTE, on ? 0.0F : 1.0F, FADE_SECONDS);
}

TACTUS_RT static void
clear(struct engine *e)
{
	node_clear(e);
	/* a ramp that is on its way, or has arrived, hides these nodes too */
	if (e->in_limbo != 0 && e->master[MASTER_CLEAR].to != 0.0F) {
		master_fade(e, MASTER_CLEAR, 0.0F, FADE_SECONDS);
	}
}

TACTUS_RT static void
stop(struct engine *e)
{
	if (e->stopping) {
		return;
	}
	e->stopping = true;
	master_fade(e, MASTER_STOP, 0.0F, FADE_SECONDS);
}

TACTUS_RT static void
set_meter(struct engine *e, uint32_t every)
{
	/* what was gathered for another window is nobody's */
	e->meter = (struct meter){.every = every};
}

/** Begin a resource or a job, whose work is rt's once it is accepted. */
TACTUS_RT static void
begin(struct engine *e, struct command *c)
{
	int32_t told[2] = {0, 0};
	enum reason r = c->kind == COMMAND_JOB_NEW
				? job_new(e, c->id, c->u.work, told)
				: resource_new(e, c->id, c->u.work, told);

	if (r != REASON_NONE) {
		fail(c, r, told[0], told[1]);
		return;
	}
	c->u.work = NULL;
}

TACTUS_RT static void
free_resource(struct engine *e, struct command *c)
{
	int32_t told[2] = {0, 0};
	enum reason r = resource_free(e, c->id, told);

	if (r != REASON_NONE) {
		fail(c, r, told[0], told[1]);
	}
}

TACTUS_RT static void
query_resource(struct engine *e, struct command *c)
{
	int32_t told[2] = {0, 0};
	const struct resource *found = resource_find(e, c->id);

	c->u.resources->count = 0;
	if (found != NULL) {
		snapshot_resource(e, found, c->u.resources);
		return;
	}
	enum reason r = resource_missing(e, c->id, told);
	fail(c, r, told[0], told[1]);
}

/** Nothing is done any more; of a row, each item says so. */
TACTUS_RT static void
refuse(struct command *c)
{
	fail(c, REASON_STOPPING, 0, 0);
	if (c->kind != COMMAND_SET_ROW) {
		return;
	}
	for (uint32_t i = 0; i < c->u.row.count; i++) {
		c->u.row.items[i].reason = REASON_STOPPING;
	}
}

TACTUS_RT uint32_t
apply_command(struct engine *e, struct command *c)
{
	struct node *n;

	if (e->stopping && c->kind != COMMAND_CALL && c->kind != COMMAND_SYNC) {
		refuse(c);
		return 0;
	}
	switch ((enum command_kind)c->kind) {
	case COMMAND_CALL:
		break;
	case COMMAND_SYNC:
		return e->in_limbo != 0 ? HELD_BY_LIMBO : 0;
	case COMMAND_GROUP_NEW:
	case COMMAND_SYNTH_NEW:
		new_node(e, c);
		break;
	case COMMAND_ACTIVATE:
		activate(e, c);
		break;
	case COMMAND_MAP_INPUT:
	case COMMAND_MAP_OUTPUT:
	case COMMAND_MAP_CONTROL:
		map(e, c);
		break;
	case COMMAND_CONNECT:
	case COMMAND_DISCONNECT:
		connect(e, c);
		break;
	case COMMAND_SET:
		set(e, c);
		break;
	case COMMAND_SET_ROW:
		set_row(e, c);
		break;
	case COMMAND_DONE_FLAGS:
		n = find_kind(e, c, KIND_SYNTH);
		if (n != NULL) {
			n->done_flags = (uint32_t)c->u.number;
		}
		break;
	case COMMAND_FREE:
	case COMMAND_RELEASE:
		free_node(e, c);
		break;
	case COMMAND_FREE_ALL:
		n = find_kind(e, c, KIND_GROUP);
		if (n != NULL) {
			node_free_children(e, n);
		}
		break;
	case COMMAND_MOVE:
		move(e, c);
		break;
	case COMMAND_RUN:
		run(e, c);
		break;
	case COMMAND_NAME:
		n = find(e, c);
		if (n != NULL) {
			node_name(e, n, c->u.name);
		}
		break;
	case COMMAND_TREE:
		n = find(e, c);
		if (n != NULL) {
			snapshot_tree(e, n, c->u.tree);
		}
		break;
	case COMMAND_QUERY:
		n = find(e, c);
		if (n != NULL) {
			snapshot_node(e, n, c->u.query);
		}
		break;
	case COMMAND_RESOURCE_NEW:
	case COMMAND_JOB_NEW:
		begin(e, c);
		break;
	case COMMAND_RESOURCE_FREE:
		free_resource(e, c);
		break;
	case COMMAND_RESOURCE_QUERY:
		query_resource(e, c);
		break;
	case COMMAND_RESOURCE_LIST:
		snapshot_resources(e, c->u.resources);
		break;
	case COMMAND_CLEAR:
		clear(e);
		break;
	case COMMAND_MUTE:
		mute(e, c->u.number != 0);
		break;
	case COMMAND_METER:
		set_meter(e, (uint32_t)c->u.number);
		break;
	case COMMAND_DEVICE:
		e->device = c->u.device;
		break;
	case COMMAND_OFFLINE_RUN:
		e->owed += (uint64_t)c->u.number;
		return e->owed != 0 || e->works != 0 ? HELD_BY_TIME : 0;
	case COMMAND_STOP:
		stop(e);
		break;
	}
	return 0;
}
