/* SPDX-License-Identifier: MIT */
/*
 * world.c -- see world.h.
 */
#include "world.h"

#include "fft.h"
#include "hold.h"
#include "job.h"
#include "node.h"
#include "outbox.h"
#include "runner.h"

/**
 * May what a synth asks for be done at once?  In process only where rt alone
 * runs it: another thread may be at the same moment at the same thing.
 */
TACTUS_RT static bool
is_direct(const struct runner *r)
{
	return !r->processing || r->serial;
}

TACTUS_RT static uint64_t
world_time(const TactusWorld *world)
{
	const struct runner *r = runner_of(world);

	return r->engine->now + r->piece;
}

TACTUS_RT static void *
world_alloc(const TactusWorld *world, size_t bytes)
{
	struct runner *r = runner_of(world);

	return is_direct(r) ? pool_take(r->engine->pools, bytes) : NULL;
}

TACTUS_RT static void
world_free(const TactusWorld *world, void *memory)
{
	struct runner *r = runner_of(world);

	if (is_direct(r)) {
		pool_give(r->engine->pools, memory);
	}
}

TACTUS_RT static void
world_done(const TactusWorld *world, TactusSynth *synth)
{
	struct runner *r = runner_of(world);

	/* said anywhere but in process it would outlive the node's slot */
	if (r->processing) {
		runner_done(r, node_of(synth));
	}
}

TACTUS_RT static bool
say(const TactusWorld *world, TactusSynth *synth, struct report *report)
{
	struct runner *r = runner_of(world);

	return r->processing ? runner_note(r, node_of(synth), report)
			     : outbox_note(r->engine, report);
}

TACTUS_RT static bool
world_notify(const TactusWorld *world, TactusSynth *synth, const char *address,
	const char *types, const double *values)
{
	struct report r = {.kind = REPORT_NOTIFY, .id = synth->id};

	r.u.note.address = address;
	r.u.note.types = types;
	for (uint32_t i = 0; i < TACTUS_MAX_NOTIFY && types[i] != '\0'; i++) {
		r.u.note.values[i] = values[i];
	}
	return say(world, synth, &r);
}

TACTUS_RT static void
world_log(const TactusWorld *world, TactusSynth *synth, enum TactusLevel level,
	const char *text, double value)
{
	struct report r = {.kind = REPORT_LOG, .id = synth->id};

	r.u.log.text = text;
	r.u.log.def = node_of(synth)->def->name;
	r.u.log.value = value;
	r.u.log.level = level;
	(void)say(world, synth, &r);
}

TACTUS_RT static void *
world_acquire(const TactusWorld *world, TactusSynth *synth, int32_t id,
	const char *uri)
{
	struct runner *r = runner_of(world);

	return is_direct(r) ? hold_acquire(r->engine, node_of(synth), id, uri)
			    : NULL;
}

TACTUS_RT static void
world_release(const TactusWorld *world, TactusSynth *synth, int32_t id)
{
	struct runner *r = runner_of(world);

	if (is_direct(r)) {
		hold_release(r->engine, node_of(synth), id);
	} else {
		runner_release(r, node_of(synth), id);
	}
}

TACTUS_RT static int
world_perform(
	const TactusWorld *world, TactusSynth *synth, const TactusPerform *what)
{
	struct runner *r = runner_of(world);

	return is_direct(r) ? job_perform(r->engine, node_of(synth), what)
			    : 422;
}

void
world_init(struct runner *r)
{
	r->world = (TactusWorld){
		.size = sizeof(TactusWorld),
		.block = r->engine->config.block,
		.rate = r->engine->config.rate,
		.time = world_time,
		.alloc = world_alloc,
		.free = world_free,
		.done = world_done,
		.notify = world_notify,
		.log = world_log,
		.resource_acquire = world_acquire,
		.resource_release = world_release,
		.perform_with_resources = world_perform,
		.fft_forward = fft_forward,
		.fft_inverse = fft_inverse,
	};
}

TACTUS_RT static bool
is_alive(const struct node *n)
{
	return n->kind == KIND_SYNTH || n->kind == KIND_GROUP;
}

/** Free what the done flags of one node name; itself last. */
TACTUS_RT static void
act(struct engine *e, struct node *n)
{
	uint32_t flags = n->done_flags;
	struct node *parent = n->parent;

	if ((flags & DONE_FREE_PARENT) != 0 && parent->parent != NULL &&
		parent != &e->limbo) {
		node_free(e, parent);
		return;
	}
	if ((flags & (DONE_FREE_PRECEDING | DONE_FREE_SIBLINGS)) != 0 &&
		n->previous != NULL) {
		node_free(e, n->previous);
	}
	if ((flags & (DONE_FREE_FOLLOWING | DONE_FREE_SIBLINGS)) != 0 &&
		n->next != NULL) {
		node_free(e, n->next);
	}
	while ((flags & DONE_FREE_SIBLINGS) != 0 && n->previous != NULL) {
		node_free(e, n->previous);
	}
	while ((flags & DONE_FREE_SIBLINGS) != 0 && n->next != NULL) {
		node_free(e, n->next);
	}
	if ((flags & DONE_FREE_SELF) != 0) {
		node_free(e, n);
	}
}

TACTUS_RT void
world_end_done(struct engine *e)
{
	struct node *first = e->done_first;

	e->done_first = NULL;
	e->done_last = NULL;
	/* of all before any acts: one may end another, which is done too */
	for (struct node *n = first; n != NULL; n = n->next_done) {
		if (is_alive(n) && (n->done_flags & DONE_NOTIFY) != 0) {
			outbox_node(e, n, REPORT_NODE_DONE);
		}
	}
	for (struct node *n = first; n != NULL; n = n->next_done) {
		if (is_alive(n)) {
			act(e, n);
		}
	}
}
