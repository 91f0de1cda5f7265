/* SPDX-License-Identifier: MIT */
/*
 * dispatch.c -- packets become batches: one for each time in a packet.
 *
 * Syntax, types, roles, def names and paths are judged here, as a packet
 * comes; all that depends on nodes is judged by rt when it is applied.  A
 * packet whose chain finds no room is refused whole.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "office_private.h"
#include "osc_text.h"

/** What is due later is refused (tactus-osc(7), Bundles and time). */
#define MOST_AHEAD_S 3600.0

/** A message that waits in a batch for the loop to act on it. */
struct call {
	const struct address *to;
	size_t size;
	uint8_t packet[];
};

/** Look for the first integer argument of a message. */
static void
seek_first(struct request *r)
{
	struct osc_args args;
	struct osc_arg a;

	osc_args_begin(&args, r->message);
	while (!r->has_first && osc_args_next(&args, &a)) {
		if (a.type == 'i') {
			r->has_first = true;
			r->first = a.u.i;
		}
	}
}

/** The first integer argument of a message, which /error tells. */
static inline void
find_first(struct request *r)
{
	const struct osc_message *m = r->message;

	if (m->types[0] == 'i') {
		r->has_first = true;
		r->first = (int32_t)osc_read_32(m->args);
	} else {
		seek_first(r);
	}
}

/** A new part of the chain; NULL: no memory. */
static struct batch *
new_part(
	struct office *o, struct peer *peer, struct build *build, uint64_t time)
{
	struct batch *b = arena_open(&o->store);

	if (b == NULL) {
		return NULL;
	}
	b->sender = peer_ref(peer);
	if (build->at_sample) {
		b->at = build->sample;
	} else if (time <= OSC_NOW) {
		b->flags = BATCH_NOW;
	} else {
		b->at = office_sample(o, time, &b->rank);
	}
	if (build->head == NULL) {
		build->head = b;
	} else {
		build->tail->chain = b;
	}
	build->head->parts++;
	build->tail = b;
	return b;
}

/**
 * The part of a time, so that one bundle is one part even if others stand
 * between its messages.  Inner bundles are never due before outer ones: what
 * is due after this message belongs to bundles that have ended.
 */
static struct batch *
part_of(struct office *o, struct peer *peer, struct build *build, uint64_t time)
{
	if (build->at_sample) {
		time = 0; /* all of it is due together */
	}
	while (build->open > 0 && build->part[build->open - 1].time > time) {
		build->open--;
	}
	if (build->open > 0 && build->part[build->open - 1].time == time) {
		return build->part[build->open - 1].batch;
	}
	struct batch *b = new_part(o, peer, build, time);
	if (b == NULL) {
		return NULL;
	}
	/* more than can be open at once: bundles side by side, long ended */
	if (build->open == BUILD_DEPTH) {
		build->open--;
	}
	build->part[build->open].time = time;
	build->part[build->open].batch = b;
	build->open++;
	return b;
}

struct command *
request_command(struct request *r, enum command_kind kind)
{
	struct batch *b =
		part_of(r->office, r->peer, r->build, r->message->time);
	struct command *c = b != NULL ? arena_raw(b, sizeof *c) : NULL;
	if (c == NULL) {
		request_fail(r, 503, "no memory");
		return NULL;
	}
	*c = (struct command){
		.address = r->to->name,
		.kind = (uint16_t)kind,
		.first = r->first,
		.has_first = r->has_first ? 1 : 0,
	};
	build_append(b, c);
	b->answers += ANSWERED >> kind & 1;
	r->part = b;
	return c;
}

void
request_drop(struct command *c)
{
	c->kind = COMMAND_CALL;
	c->u.call = NULL;
}

/** There is no memory for a command that was added. */
static void
refuse(struct request *r, struct command *c)
{
	request_drop(c);
	request_fail(r, 503, "no memory");
}

void *
request_take(struct request *r, struct command *c, size_t bytes)
{
	void *memory = arena_take(r->part, bytes);

	if (memory == NULL) {
		refuse(r, c);
	}
	return memory;
}

void *
request_raw(struct request *r, struct command *c, size_t bytes)
{
	void *memory = arena_raw(r->part, bytes);

	if (memory == NULL) {
		refuse(r, c);
	}
	return memory;
}

const char *
request_copy(struct request *r, struct command *c, const char *text)
{
	size_t bytes = strlen(text) + 1;
	char *copy = request_raw(r, c, bytes);

	return copy != NULL ? memcpy(copy, text, bytes) : NULL;
}

bool
request_copy_port(struct request *r, struct command *c, struct port_ref *port)
{
	if (port->name == NULL) {
		return true;
	}
	port->name = request_copy(r, c, port->name);
	return port->name != NULL;
}

bool
request_own_port(struct request *r, struct command *c, struct port_ref *out)
{
	size_t bytes;
	const char *name = osc_args_text(&r->args, &bytes);

	if (name == NULL) {
		return request_port(r, "port", out);
	}
	r->position++;
	/* what stands in the padding comes along */
	char *copy = arena_raw(r->part, bytes);
	if (copy == NULL) {
		refuse(r, c);
		return false;
	}
	for (size_t i = 0; i < bytes; i += 4) {
		memcpy(copy + i, name + i, 4);
	}
	out->index = -1;
	out->hash = name_hash(name);
	out->name = copy;
	return true;
}

/** Let a message wait in the batch until rt has come to it. */
static void
defer(struct request *r)
{
	const struct osc_message *m = r->message;
	size_t size = (size_t)(m->end - m->start);
	struct command *c = request_command(r, COMMAND_CALL);

	if (c == NULL) {
		return;
	}
	struct call *call = request_take(r, c, sizeof *call + size);
	if (call == NULL) {
		return;
	}
	call->to = r->to;
	call->size = size;
	memcpy(call->packet, m->start, size);
	c->u.call = call;
}

void
dispatch_call(struct office *o, struct peer *peer, const void *opaque)
{
	const struct call *call = opaque;
	struct osc_walk walk;
	struct osc_message m;

	if (call == NULL) {
		return; /* it was wrong, and that was said */
	}
	osc_walk_begin(&walk, call->packet, call->size);
	if (!osc_walk_next(&walk, &m)) {
		return;
	}
	struct request r = {
		.office = o, .peer = peer, .to = call->to, .message = &m};
	osc_args_begin(&r.args, &m);
	find_first(&r);
	r.to->handle(&r);
}

static const char *
role_name(enum role role)
{
	switch (role) {
	case ROLE_CONTROL:
		return "control";
	case ROLE_OPERATOR:
		return "operator";
	case ROLE_ADMIN:
		return "admin";
	}
	return "?";
}

/** Find an address, the one that was found before first. */
static const struct address *
find(struct office *o, const char *name)
{
	const struct address *a = o->last;

	if (a == NULL || strcmp(a->name, name) != 0) {
		a = address_find(o->address, name);
		o->last = a;
	}
	return a;
}

/** @param to its address; NULL: there is none */
static void
compile_message(struct office *o, struct peer *peer, struct build *build,
	const struct osc_message *m, const struct address *to)
{
	struct request r = {
		.office = o, .peer = peer, .message = m, .build = build};

	osc_args_begin(&r.args, m);
	find_first(&r);
	r.to = to;
	if (r.to == NULL) {
		const char *near = address_near(m->address);
		request_fail(&r, 404, "no such address; %s%s",
			near != NULL ? "the nearest one is "
				     : "tactus-osc(7) tells all",
			near != NULL ? near : "");
		return;
	}
	if (peer_role(peer) < r.to->role) {
		request_fail(&r, 403,
			"needs the role %s; this listener gives %s",
			role_name(r.to->role), role_name(peer_role(peer)));
		return;
	}
	if (o->stopping && r.to->role == ROLE_OPERATOR) {
		request_fail(&r, 503, "the engine is stopping");
		return;
	}
	bool timed = m->time > OSC_NOW || build->at_sample;
	if (r.to->when == WHEN_AFTER || (r.to->when == WHEN_NOW && timed &&
						r.to->handle != engine_at)) {
		defer(&r);
	} else {
		r.to->handle(&r);
	}
}

/** Does a message make something that takes long to make? */
static bool
is_construction(const char *address)
{
	return strcmp(address, "/synth/new") == 0 ||
	       strcmp(address, "/resource/new") == 0 ||
	       strcmp(address, "/job/new") == 0;
}

/** The fewest bytes of a construction in a bundle: its size, its address. */
#define LEAST_CONSTRUCTION (4 + sizeof "/job/new" + 3)

bool
dispatch_judge(struct office *o, struct peer *peer, const char *address,
	const void *data, size_t size)
{
	struct osc_walk walk;
	const char *m;
	uint64_t time;
	uint32_t constructions = 0;
	uint64_t judged = OSC_NOW; /* a time that is near enough */
	bool timed = osc_is_bundle(data, size) && strcmp(address, "/at") != 0;
	/* most packets are too small to hold too many of them */
	bool counted = size / LEAST_CONSTRUCTION > MAX_CONSTRUCTIONS;

	if (!counted && (!timed || osc_is_at_once(data, size))) {
		return true;
	}
	osc_walk_begin(&walk, data, size);
	while ((m = osc_walk_pass(&walk, &time)) != NULL) {
		constructions += counted && is_construction(m) ? 1 : 0;
		if (timed && time > OSC_NOW && time != judged) {
			if (office_ahead_s(o, time) > MOST_AHEAD_S) {
				peer_error(peer, address, 422, NULL,
					"a time more than an hour ahead: send "
					"it later");
				return false;
			}
			judged = time;
		}
	}
	if (constructions > MAX_CONSTRUCTIONS) {
		peer_error(peer, address, 413, NULL,
			"more than %d constructions (/synth/new, "
			"/resource/new, /job/new) in one packet: split it",
			MAX_CONSTRUCTIONS);
	}
	return constructions <= MAX_CONSTRUCTIONS;
}

void
dispatch_compile(struct office *o, struct peer *peer, struct build *build,
	const void *data, size_t size)
{
	struct osc_walk walk;
	struct osc_message m;
	const struct address *to = NULL;

	osc_walk_begin(&walk, data, size);
	while (osc_walk_next(&walk, &m)) {
		if (m.repeats && build->again != NULL &&
			(size_t)(m.end - m.args) == build->again_size &&
			graph_set_again(build, &walk, &m)) {
			continue;
		}
		build->again = NULL;
		to = m.repeats ? to : find(o, m.address);
		compile_message(o, peer, build, &m, to);
	}
}

void
dispatch_post(struct office *o, struct peer *peer, struct build *build,
	const char *address, const int32_t *first)
{
	if (build->head == NULL) {
		return;
	}
	uint32_t parts = build->head->parts;
	if (ring_post(o->wire->commands, &build->head, 1) == 1) {
		o->out_batches += parts;
		office_call_rt(o);
		return;
	}
	o->refused++;
	peer_error(peer, address, 503, first,
		"the command ring is full (limits.command_ring %u): send "
		"less, or wait for /synced",
		ring_capacity(o->wire->commands));
	struct batch *b = build->head;
	while (b != NULL) {
		struct batch *next = b->chain;
		outcome_free(o, b);
		b = next;
	}
}

/** Log a packet, message by message (/dump). */
static void
dump(struct peer *peer, const void *data, size_t size)
{
	struct osc_walk walk;
	struct osc_message m;
	char text[1024];

	osc_walk_begin(&walk, data, size);
	while (osc_walk_next(&walk, &m)) {
		(void)osc_text_show(&m, text, sizeof text);
		log_info("dump: %s: %s", peer_name(peer), text);
	}
}

void
office_packet(struct office *o, struct peer *peer, const void *data,
	size_t size, int64_t came_ns)
{
	struct build build;
	bool bundle = osc_is_bundle(data, size);

	(void)came_ns;
	build_begin(&build);
	office_begin_packet(o);
	if (o->dump) {
		dump(peer, data, size);
	}
	if (bundle && !dispatch_judge(o, peer, "#bundle", data, size)) {
		return;
	}
	dispatch_compile(o, peer, &build, data, size);
	const struct command *c = build.head != NULL ? build.head->first : NULL;
	if (bundle || c == NULL) {
		dispatch_post(o, peer, &build, "#bundle", NULL);
	} else {
		dispatch_post(o, peer, &build, c->address, command_first(c));
	}
}
