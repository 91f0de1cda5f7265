/* SPDX-License-Identifier: MIT */
/*
 * engine.c -- see engine.h.  The life of a block: take packets, then segment
 * by segment up to the next event: apply what is due, run the tree, do what
 * was said done; then the outputs.
 */
#include "engine.h"

#include "apply.h"
#include "clock.h"
#include "crew.h"
#include "engine_private.h"
#include "events.h"
#include "fade.h"
#include "master.h"
#include "mix.h"
#include "node.h"
#include "outbox.h"
#include "port.h"
#include "resource.h"
#include "run.h"
#include "wait.h"
#include "works.h"
#include "world.h"

/** Resources that are looked at in one block of the end. */
#define STOPS_PER_BLOCK 1024

/** Let the gauges say what is so, before an answer tells of it. */
TACTUS_RT static void
show(struct engine *e)
{
	struct gauges *g = e->gauges;

	gauge_set(g, GAUGE_SAMPLE, e->now);
	gauge_set(g, GAUGE_SYNTHS, e->synths);
	gauge_set(g, GAUGE_GROUPS, e->groups);
	gauge_set(g, GAUGE_EVENTS, events_waiting(e->events));
	gauge_set(g, GAUGE_CLEARING, e->in_limbo);
	gauge_set(g, GAUGE_REFERENCES, e->references);
	for (uint32_t i = 0; i < e->config.pools; i++) {
		gauge_set(g, (enum gauge)(GAUGE_POOL_FREE + i),
			pool_free(e->pools, i));
	}
}

/** The same for how the helpers did. */
TACTUS_RT static void
show_crew(struct engine *e)
{
	if (e->crew != NULL) {
		gauge_set(e->gauges, GAUGE_HELPERS_LATE, crew_late(e->crew));
		gauge_set(e->gauges, GAUGE_HELPER_STALLS, crew_stalls(e->crew));
	}
}

/** So many settings may be applied between two looks at the clock. */
#define LIGHT_AT_ONCE 64

/** What a command weighs, in settings: what is none is worth a look. */
TACTUS_RT static inline uint32_t
weigh(const struct command *c)
{
	if (c->kind == COMMAND_SET_ROW) {
		return c->u.row.count;
	}
	return c->kind == COMMAND_SET ? c->u.set.count : LIGHT_AT_ONCE;
}

/** Apply all of a batch at this sample; it goes back, or waits. */
TACTUS_RT static void
apply(struct engine *e, struct batch *b)
{
	uint32_t held = 0;
	uint32_t failed = 0;

	for (struct command *c = b->first; c != NULL; c = c->next) {
		e->weight += weigh(c);
		held |= apply_command(e, c);
		failed += c->reason != REASON_NONE ? 1 : 0;
	}
	b->applied = e->now;
	b->failed = failed;
	b->held = held;
	gauge_add(e->gauges, GAUGE_COMMANDS, b->commands);
	if (b->answers != 0) {
		show(e);
	}
	if (held == 0) {
		outbox_batch(e, b);
		return;
	}
	b->flags |= BATCH_HOLD;
	b->outgoing.next = NULL;
	if (e->held_first == NULL) {
		e->held_first = b;
	} else {
		e->held_last->outgoing.next = &b->outgoing;
	}
	e->held_last = b;
}

/** Give back what waited for limbo to empty or for time to pass. */
TACTUS_RT static void
let_go(struct engine *e)
{
	uint32_t still = (e->in_limbo != 0 ? HELD_BY_LIMBO : 0) |
			 (e->owed != 0 || e->works != 0 ? HELD_BY_TIME : 0);
	struct batch *b = e->held_first;
	struct batch *kept = NULL;

	e->held_first = NULL;
	while (b != NULL) {
		struct outgoing *after = b->outgoing.next;
		struct batch *next =
			after == NULL
				? NULL
				: CONTAINER_OF(after, struct batch, outgoing);
		if ((b->held & still) == 0) {
			outbox_batch(e, b);
			b = next;
			continue;
		}
		b->outgoing.next = NULL;
		if (kept == NULL) {
			e->held_first = b;
		} else {
			kept->outgoing.next = &b->outgoing;
		}
		kept = b;
		b = next;
	}
	e->held_last = kept;
}

/** Give a whole packet back unapplied: it has no room. */
TACTUS_RT static void
refuse(struct engine *e, struct batch *head)
{
	while (head != NULL) {
		struct batch *next = head->chain;
		head->flags |= BATCH_REFUSED;
		outbox_batch(e, head);
		head = next;
	}
}

/** Does a batch wait for its time? At the end nothing does. */
TACTUS_RT static bool
waits(const struct engine *e, const struct batch *b)
{
	return (b->flags & BATCH_NOW) == 0 && b->at >= e->now && !e->stopping;
}

/** Note that a batch comes after its time. */
TACTUS_RT static void
note_late(struct engine *e, struct batch *b)
{
	if ((b->flags & BATCH_NOW) == 0 && b->at < e->now) {
		b->flags |= BATCH_LATE;
		b->late = e->now - b->at;
		gauge_add(e->gauges, GAUGE_LATE, 1);
	}
}

/** Take one packet: what is due now is applied, the rest waits. */
TACTUS_RT static uint32_t
take(struct engine *e, struct batch *head)
{
	uint32_t timed = 0;
	uint32_t applied = 0;

	for (struct batch *b = head; b != NULL; b = b->chain) {
		timed += waits(e, b) ? 1 : 0;
	}
	/* the way into the heap, or back */
	e->weight += timed;
	if (timed > events_room(e->events)) {
		refuse(e, head);
		return 0;
	}
	while (head != NULL) {
		struct batch *b = head;
		/* the loop may free it once it is applied */
		head = b->chain;
		if (waits(e, b)) {
			struct event event = {
				.at = b->at, .rank = b->rank, .batch = b};
			/* there is room: it was counted */
			(void)!events_add(e->events, &event);
			gauge_set(e->gauges, GAUGE_EVENTS,
				events_waiting(e->events));
			continue;
		}
		note_late(e, b);
		applied += b->commands;
		apply(e, b);
	}
	return applied;
}

/** Go on with what takes several blocks: /clear and the end. */
TACTUS_RT static void
clear_and_stop(struct engine *e)
{
	if (e->master[MASTER_CLEAR].to == 0.0F &&
		master_is_still(e, MASTER_CLEAR)) {
		e->changed |= !e->reaping;
		e->reaping = true;
	}
	if (e->reaping) {
		node_reap(e, REAP_PER_BLOCK);
		if (e->limbo.head == NULL) {
			e->reaping = false;
			e->changed = true;
			master_fade(e, MASTER_CLEAR, 1.0F, FADE_SECONDS);
		}
	}
	let_go(e);
	if (!e->stopping || e->stopped || !master_is_still(e, MASTER_STOP)) {
		return;
	}
	node_clear(e);
	e->reaping = e->limbo.head != NULL;
	e->changed = true;
	for (int i = 0; i < REAP_PER_BLOCK; i++) {
		if (events_waiting(e->events) == 0) {
			break;
		}
		struct event event;
		events_take(e->events, &event);
		if (event.batch != NULL) {
			apply(e, event.batch);
		}
	}
	bool empty = e->limbo.head == NULL && resource_stop(e, STOPS_PER_BLOCK);
	if (empty && e->works == 0 && e->held_first == NULL &&
		events_waiting(e->events) == 0 && e->out_first == NULL) {
		e->stopped = true;
		show(e);
		outbox_stopped(e);
	}
}

/** Does a batch wait for limbo to empty? */
TACTUS_RT static bool
is_limbo_awaited(const struct engine *e)
{
	struct batch *b = e->held_first;

	while (b != NULL && (b->held & HELD_BY_LIMBO) == 0) {
		struct outgoing *after = b->outgoing.next;
		b = after == NULL ? NULL
				  : CONTAINER_OF(after, struct batch, outgoing);
	}
	return b != NULL;
}

/**
 * Offline, while time stands still, nothing may wait for time: limbo goes at
 * once when a sync waits for it, and so does everything at the end.
 */
TACTUS_RT static void
stand_still(struct engine *e)
{
	if (e->owed != 0 || (!e->stopping && !is_limbo_awaited(e))) {
		return;
	}
	if (e->stopping) {
		e->master[MASTER_STOP].frames = 0;
	}
	if (e->in_limbo != 0 || e->stopping) {
		e->master[MASTER_CLEAR].frames = 0;
		e->reaping = true;
		e->changed = true;
	}
	/* enough turns for all nodes and what they are connected by, events,
	 * resources; a few to end */
	uint32_t most = e->config.max_nodes > e->config.max_events
				? e->config.max_nodes
				: e->config.max_events;
	most = e->config.max_resources > most ? e->config.max_resources : most;
	most += e->config.max_connections / REAP_CONNECTIONS;
	for (uint32_t i = 0; i < most / REAP_PER_BLOCK + 4; i++) {
		clear_and_stop(e);
	}
}

/** Apply the events that are due at this sample. */
TACTUS_RT static void
apply_due(struct engine *e)
{
	while (events_next(e->events) <= e->now) {
		struct event event;
		events_take(e->events, &event);
		if (event.batch != NULL) {
			/* its time may have been lost (engine_lose) */
			note_late(e, event.batch);
			apply(e, event.batch);
			continue;
		}
		struct node *n = node_deref(e, event.node);
		if (n == NULL || n->cleared) {
			continue; /* what waits for limbo is gone with it */
		}
		if (event.at == e->now) {
			port_fire(e, n, event.port, event.value);
		} else {
			/* lost, with others perhaps: each fires on its own */
			port_trigger(e, n, &n->spec->shape->port[event.port],
				event.value);
		}
	}
}

/** Of the next packet, which the loop's core has: its batch, and what most
 * have of commands. */
#define FETCH_BYTES 384

/** Is the block's budget spent? Looked at between packets alone: all of one
 * is applied at its sample. */
TACTUS_RT static bool
is_spent(struct engine *e, uint32_t applied, int64_t until)
{
	if (e->config.offline) {
		return false;
	}
	if (applied >= e->config.max_commands) {
		return true;
	}
	if (e->weight < LIGHT_AT_ONCE) {
		return false;
	}
	e->weight = 0;
	return clock_now() > until;
}

TACTUS_RT void
engine_take(struct engine *e)
{
	uint32_t applied = 0;
	struct batch *head;
	int64_t until = 0;

	outbox_drain(e);
	if (!e->config.offline) {
		double block_ns = 1e9 * e->config.block / e->config.rate;
		until = clock_now() +
			(int64_t)(block_ns * e->config.command_share);
	}
	e->weight = 0;
	while (e->owed == 0 && /* offline: the rest comes after the run */
		ring_take(e->wire->commands, &head, 1) == 1) {
		ring_fetch(e->wire->commands, FETCH_BYTES);
		applied += take(e, head);
		if (is_spent(e, applied, until)) {
			gauge_add(e->gauges, GAUGE_DEFERRED,
				ring_filled(e->wire->commands));
			break;
		}
	}
	if (!e->config.offline) {
		(void)works_take(e, WORKS_PER_BLOCK);
		return;
	}
	if (works_take(e, UINT32_MAX) != 0) {
		let_go(e);
	}
	if (e->owed != 0 && e->works == 0) {
		/* what these let be made is there before time goes on */
		apply_due(e);
	}
	stand_still(e);
	show(e);
}

/** Keep what came in: inputs, and their feedback a block later, read it. */
TACTUS_RT static void
capture(struct engine *e, const float *const *in, uint32_t frames)
{
	uint64_t side = e->block_no % 2;

	for (uint32_t c = 0; c < e->config.inputs; c++) {
		struct bus *b = &e->capture[c];
		if (b->block[side] != e->block_no) {
			b->block[side] = e->block_no;
			mix_clear(b->frames[side], e->config.block);
		}
		if (in != NULL) {
			float *to = b->frames[side] + e->offset;
			for (uint32_t i = 0; i < frames; i++) {
				to[i] = in[c][i];
			}
		}
	}
}

TACTUS_RT void
engine_render(struct engine *e, const float *const *in, float *const *out,
	uint32_t frames)
{
	uint64_t begin = e->now;

	if (e->offset == 0) {
		e->block_no++;
		engine_take(e);
	}
	capture(e, in, frames);
	for (uint64_t end = begin + frames; e->now < end;) {
		apply_due(e);
		uint64_t next = events_next(e->events);
		uint32_t segment =
			(uint32_t)((next < end ? next : end) - e->now);
		run_segment(e, segment);
		master_run(e, out, (uint32_t)(e->now - begin), segment);
		e->now += segment;
		e->offset += segment;
		port_end_triggers(e);
		world_end_done(e);
		port_end_fades(e);
	}
	if (e->offset == e->config.block) {
		e->offset = 0;
		clear_and_stop(e);
		gauge_add(e->gauges, GAUGE_BLOCKS, 1);
	}
	e->owed -= e->owed < frames ? e->owed : frames;
	let_go(e);
	show(e);
	show_crew(e);
}

TACTUS_RT uint32_t
engine_left(const struct engine *e)
{
	return e->config.block - e->offset;
}

TACTUS_RT uint64_t
engine_cut(const struct engine *e)
{
	uint64_t next = events_next(e->events);

	return next > e->now ? next - e->now : 1;
}

TACTUS_RT uint64_t
engine_now(const struct engine *e)
{
	return e->now;
}

TACTUS_RT void
engine_lose(struct engine *e, uint64_t frames)
{
	e->now += frames;
	/* the tap's frames and our samples count alike */
	e->tap_lost += frames;
	gauge_add(e->gauges, GAUGE_LOST_FRAMES, frames);
}

TACTUS_RT void
engine_fade_in(struct engine *e)
{
	double ms = e->config.startup_ramp_ms;

	if (e->now == 0) {
		return; /* the ramp from sample 0 is under way */
	}
	e->master[MASTER_START] = (struct fade){.to = 0.0F};
	master_fade(
		e, MASTER_START, 1.0F, ms > 0.0 ? ms / 1000.0 : FADE_SECONDS);
}

TACTUS_RT uint32_t
engine_works(const struct engine *e)
{
	return e->works;
}

TACTUS_RT uint64_t
engine_owed(const struct engine *e)
{
	return e->owed;
}

TACTUS_RT bool
engine_stopped(const struct engine *e)
{
	return e->stopped;
}

TACTUS_RT void *
engine_device(struct engine *e)
{
	void *device = e->device;

	e->device = NULL;
	return device;
}

TACTUS_RT void
engine_give_device(
	struct engine *e, void *device, enum device_verdict verdict, int error)
{
	struct report *r = &e->device_report;

	*r = (struct report){.kind = REPORT_DEVICE, .sample = e->now};
	r->u.device.device = device;
	r->u.device.verdict = verdict;
	r->u.device.error = error;
	outbox_device(e);
}

TACTUS_RT void
engine_xrun(
	struct engine *e, enum xrun_cause cause, int64_t late_ns, uint64_t lost)
{
	struct report r = {.kind = REPORT_XRUN};

	r.u.xrun.cause = cause;
	r.u.xrun.late_ns = late_ns;
	r.u.xrun.lost = lost;
	gauge_add(e->gauges, GAUGE_XRUNS, 1);
	(void)outbox_note(e, &r);
}

TACTUS_RT void
engine_moment(struct engine *e, int64_t ns, uint32_t epoch, bool exact)
{
	struct instant now = {e->now, ns, epoch, exact};

	moment_post(&e->wire->moment, &now);
}

/** What share of the time each audio thread is busy: rt all through a block,
 * a helper from its first step of a stage to its last. */
TACTUS_RT static void
load_threads(struct engine *e, double block_ns, double share, double part)
{
	uint32_t threads = e->crew == NULL ? 1 : crew_threads(e->crew);

	for (uint32_t i = 0; i < threads; i++) {
		if (i > 0) {
			share = (double)crew_busy_ns(e->crew, i) / block_ns;
		}
		e->thread_load[i] += (share - e->thread_load[i]) * part;
		gauge_set(e->gauges, (enum gauge)(GAUGE_THREAD_LOAD + i),
			(uint64_t)(e->thread_load[i] * 1e6));
	}
}

TACTUS_RT void
engine_load(struct engine *e, int64_t busy_ns, uint32_t frames)
{
	double share = (double)busy_ns * 1e-9 * e->config.rate / frames;
	/* a time constant of half a second */
	double part = frames / (0.5 * e->config.rate);

	part = part > 1.0 ? 1.0 : part;
	load_threads(e, 1e9 * frames / e->config.rate, share, part);
	e->load_average += (share - e->load_average) * part;
	e->load_second = share > e->load_second ? share : e->load_second;
	e->load_frames += frames;
	if (e->load_frames >= (uint64_t)e->config.rate) {
		e->load_peak = e->load_second;
		e->load_second = 0.0;
		e->load_frames = 0;
	}
	double peak =
		e->load_second > e->load_peak ? e->load_second : e->load_peak;
	gauge_set(e->gauges, GAUGE_LOAD_AVERAGE,
		(uint64_t)(e->load_average * 1e6));
	gauge_set(e->gauges, GAUGE_LOAD_PEAK, (uint64_t)(peak * 1e6));
}

TACTUS_RT void
engine_flush(struct engine *e)
{
	outbox_drain(e);
	if (e->posted) {
		e->posted = false;
		e->silent = 0;
		wait_call(&e->wire->loop);
	}
}

TACTUS_RT struct gauges *
engine_gauges(struct engine *e)
{
	return e->gauges;
}

TACTUS_RT const struct engine_config *
engine_config(const struct engine *e)
{
	return &e->config;
}
