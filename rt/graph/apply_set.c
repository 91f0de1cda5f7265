/* SPDX-License-Identifier: MIT */
/*
 * apply_set.c -- /node/set: controls, triggers and resources of one synth.
 *
 * All pairs of a message are judged before the first is applied.  What several
 * of them ask of one port together (triggers, resources that have to be kept)
 * is counted at the port meanwhile.
 */
#include "apply_private.h"
#include "events.h"
#include "hold.h"
#include "port.h"

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
		apply_fail(c, REASON_TRIGGERS_FULL, c->id,
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
		apply_fail(c, r, told[0], told[1]);
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
		apply_fail(c, range ? REASON_PORT_RANGE : REASON_PORT_MISSING,
			c->id, range ? pair->port.index : (int32_t)i);
		return false;
	}
	pair->place = (uint32_t)(p - n->spec->shape->port);
	if (p->port.kind == TACTUS_AUDIO) {
		apply_fail(c, REASON_PORT_KIND, c->id, (int32_t)pair->place);
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
		apply_fail(c, REASON_EVENTS_FULL, (int32_t)e->config.max_events,
			0);
	}
	return c->reason == REASON_NONE;
}

TACTUS_RT void
apply_set(struct engine *e, struct command *c)
{
	struct node *n = apply_find_kind(e, c, KIND_SYNTH);

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
				apply_fail(c, r, told[0], told[1]);
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

	apply_set(e, &one);
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

/* where synths are alike their port is looked for once */
TACTUS_RT void
apply_set_row(struct engine *e, struct command *c)
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
