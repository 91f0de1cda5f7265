/* SPDX-License-Identifier: MIT */
/*
 * errands.c -- works between rt and the workers, and who waits for them.
 *
 * Loop only.  rt says what is to be done (REPORT_WORK), a worker does it, and
 * it goes back in wire->works; then rt makes the change and tells of it, and
 * only that is told to clients.  So what is told comes behind the change, in
 * the order of the changes.
 *
 * A /sync comes back from rt behind everything that its peer asked for before:
 * the works that came of that are open errands here by then, and the batch is
 * held until those of this peer are over.
 */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "log.h"
#include "office_private.h"

/** Memory of orders that rt has not taken: packets that wait for their time
 * cannot make the daemon take more. */
#define MOST_ORDER_BYTES (UINT32_C(64) << 20)

/* --- who asked --- */

static struct asker *
asker_of(struct office *o, const struct peer *peer)
{
	struct asker *a = o->askers;

	while (a != NULL && a->peer != peer) {
		a = a->next;
	}
	return a;
}

/** One more work of the sender of a message, who is kept for it. */
static bool
ask(struct request *r)
{
	struct office *o = r->office;
	struct asker *a = asker_of(o, r->peer);
	int err = peer_keep(r->peer, KEEP_WORK);

	if (err == -EUSERS) {
		request_fail(r, 429,
			"all %u client slots are taken (osc.max_clients)",
			o->config->osc.max_clients);
		return false;
	}
	/* else it cannot be told anything, but it may ask for it */
	if (a == NULL) {
		a = calloc(1, sizeof *a);
		if (a == NULL) {
			peer_unkeep(r->peer, KEEP_WORK);
			request_fail(r, 503, "no memory");
			return false;
		}
		a->peer = r->peer;
		a->next = o->askers;
		o->askers = a;
	}
	a->works++;
	return true;
}

/** One fewer: it is over, or it came to nothing. */
static void
unask(struct office *o, struct work_order *order)
{
	struct peer *peer = order->peer;
	struct asker **at = &o->askers;

	if (peer == NULL) {
		return;
	}
	order->peer = NULL;
	while ((*at)->peer != peer) {
		at = &(*at)->next;
	}
	if (--(*at)->works == 0) {
		struct asker *a = *at;
		*at = a->next;
		free(a);
		peer_unkeep(peer, KEEP_WORK);
	}
	peer_unref(peer);
}

static size_t
order_bytes(const TactusValue *values, uint32_t count)
{
	size_t bytes = sizeof(struct work_order) + count * sizeof *values;

	for (uint32_t i = 0; i < count; i++) {
		bytes += values[i].type == 's' ? strlen(values[i].string) + 1
					       : 0;
	}
	return bytes;
}

struct work_order *
errands_order(struct request *r, enum work_kind kind, int32_t id,
	const TactusValue *values, uint32_t count)
{
	struct office *o = r->office;
	size_t bytes = order_bytes(values, count);

	if (bytes > MOST_ORDER_BYTES - o->order_bytes) {
		request_fail(
			r, 503, "too much waits for its time: send it later");
		return NULL;
	}
	if (!ask(r)) {
		return NULL;
	}
	struct work_order *order = work_order_new(kind, id, values, count);
	if (order == NULL) {
		struct work_order none = {.peer = peer_ref(r->peer)};
		unask(o, &none);
		request_fail(r, 503, "no memory");
		return NULL;
	}
	order->peer = peer_ref(r->peer);
	o->order_bytes += bytes;
	return order;
}

/** rt took an order, or will not. */
static void
count_off(struct office *o, const struct work_order *order)
{
	o->order_bytes -= order_bytes(order->values, order->count);
}

void
errands_drop(struct office *o, struct work_order *order)
{
	count_off(o, order);
	unask(o, order);
	work_order_free(order);
}

/* --- what is under way, and who waits for it --- */

static const struct freer *
freer_of(const struct errand *e, const struct peer *peer)
{
	const struct freer *f = e->freers;

	while (f != NULL && f->peer != peer) {
		f = f->next;
	}
	return f;
}

/** Does a batch that is held wait for this errand? */
static bool
awaits(const struct batch *b, const struct errand *e)
{
	/* what opened behind it is not its business */
	const struct freer *f = freer_of(e, b->sender);

	return (e->order->peer == b->sender && e->opened <= b->at) ||
	       (f != NULL && f->freed <= b->at && e->opened <= b->at);
}

uint32_t
errands_awaited(const struct office *o, const struct peer *peer)
{
	uint32_t count = 0;

	for (const struct errand *e = o->open_first; e != NULL; e = e->next) {
		count += e->order->peer == peer || freer_of(e, peer) != NULL
				 ? 1
				 : 0;
	}
	return count;
}

void
errands_hold(struct office *o, struct batch *b, uint32_t awaited)
{
	struct batch **at = &o->syncs;

	while (*at != NULL) {
		at = &(*at)->chain;
	}
	*at = b;
	/* rt is through with it: these are ours again */
	b->chain = NULL;
	b->at = o->count;
	b->held = awaited;
}

static void
open_errand(struct office *o, struct errand *e)
{
	if (e->open) {
		return;
	}
	e->open = true;
	e->opened = ++o->count;
	e->next = NULL;
	e->previous = o->open_last;
	if (o->open_last != NULL) {
		o->open_last->next = e;
	} else {
		o->open_first = e;
	}
	o->open_last = e;
}

/** It is over, as far as anybody waits for it. */
static void
close_errand(struct office *o, struct errand *e)
{
	struct batch *over = NULL;
	struct batch **last = &over;

	if (e->open) {
		e->open = false;
		*(e->previous != NULL ? &e->previous->next : &o->open_first) =
			e->next;
		*(e->next != NULL ? &e->next->previous : &o->open_last) =
			e->previous;
		for (struct batch **at = &o->syncs; *at != NULL;) {
			struct batch *b = *at;
			if (awaits(b, e) && --b->held == 0) {
				*at = b->chain;
				b->chain = NULL;
				*last = b;
				last = &b->chain;
			} else {
				at = &b->chain;
			}
		}
	}
	unask(o, e->order);
	while (over != NULL) {
		struct batch *b = over;
		over = b->chain;
		outcome_sync(o, b);
	}
}

/** The place is free again. */
static void
clear_errand(struct errand *e)
{
	while (e->freers != NULL) {
		struct freer *f = e->freers;
		e->freers = f->next;
		peer_unref(f->peer);
		free(f);
	}
	*e = (struct errand){.order = NULL};
}

void
errands_freed(struct office *o, struct peer *peer, int32_t id, struct freer *f)
{
	struct errand *e = &o->resource[id];

	/* the second of two does nothing, but who sent it waits as well; one
	 * that ended meanwhile is nobody's */
	if (e->order == NULL || freer_of(e, peer) != NULL) {
		free(f);
		return;
	}
	*f = (struct freer){e->freers, peer_ref(peer), ++o->count};
	e->freers = f;
}

struct errand *
errands_next_job(struct office *o, const struct errand *e)
{
	size_t i = e != NULL ? (size_t)(e - o->job) + 1 : 0;

	while (i < WORK_MAX_JOBS && o->job[i].order == NULL) {
		i++;
	}
	return i < WORK_MAX_JOBS ? &o->job[i] : NULL;
}

struct errand *
errands_job(struct office *o, int32_t id)
{
	struct errand *e = NULL;

	while ((e = errands_next_job(o, e)) != NULL &&
		e->order->work->id != id) {
	}
	return e;
}

/** A place for a job: rt has no more of them than there are places. */
static struct errand *
place_of_job(struct office *o)
{
	size_t i = 0;

	while (o->job[i].order != NULL) {
		i++;
		assert(i < WORK_MAX_JOBS);
	}
	return &o->job[i];
}

/* --- from rt to the workers and back --- */

/** Give a work back to rt. */
static void
give_back(struct office *o, struct work *work)
{
	/* there is room for all that there can be (wire_open) */
	uint32_t posted = ring_post(o->wire->works, &work, 1);

	assert(posted == 1);
	(void)posted;
	office_call_rt(o);
}

/** A synth's own work: it is rt's memory, and the order ours. */
static void
take_perform(struct office *o, struct work *work)
{
	struct work_order *order = work_order_of(work);

	if (order == NULL) {
		log_warn("works: no memory for a work of %s (node %d)",
			work->def_name, work->node);
		work->result = 503;
		give_back(o, work);
		return;
	}
	work_pool_add(o->pool, order);
}

void
errands_take(struct office *o, struct work *work)
{
	struct work_order *order = work_order_at(work);
	struct errand *e;

	switch ((enum work_kind)work->kind) {
	case WORK_PERFORM:
		take_perform(o, work);
		return;
	case WORK_CONSTRUCT:
		e = &o->resource[work->id];
		*e = (struct errand){.order = order};
		o->resources++;
		count_off(o, order);
		break;
	case WORK_JOB:
		e = place_of_job(o);
		*e = (struct errand){.order = order};
		count_off(o, order);
		break;
	case WORK_DESTROY:
	default:
		e = order->syncs;
		break;
	}
	order->syncs = e;
	open_errand(o, e);
	work_pool_add(o->pool, order);
}

/** A worker is through with it. */
static void
on_done(void *user, struct work_order *order)
{
	struct office *o = user;
	struct work *work = order->work;
	struct errand *e = order->syncs;

	if (work->kind == WORK_PERFORM) {
		work_order_free(order);
	} else if (work->kind == WORK_CONSTRUCT) {
		e->failed = work->instance == NULL;
		work->given_up = e->late;
	}
	give_back(o, work);
}

/** It is over its time, and still with its worker; that is in the log. */
static void
on_timed_out(void *user, struct work_order *order)
{
	struct office *o = user;
	struct work *work = order->work;
	struct errand *e = order->syncs;
	switch ((enum work_kind)work->kind) {
	case WORK_CONSTRUCT:
		e->late = true;
		order->told = true;
		jobs_tell_failed(o, "/resource/error", work->id,
			"timed out: it took longer than "
			"workers.job_timeout_s");
		close_errand(o, e);
		break;
	case WORK_JOB:
		e->late = true;
		order->told = true;
		jobs_tell_failed(o, "/job/failed", work->id, "timed out");
		close_errand(o, e);
		break;
	case WORK_DESTROY:
		/* nobody is to wait for it any more */
		close_errand(o, e);
		break;
	case WORK_PERFORM:
		break;
	}
}

static void
on_progress(void *user, struct work_order *order, float fraction)
{
	const struct errand *e = order->syncs;

	if (order->work->kind == WORK_JOB && !e->late) {
		jobs_progress(user, order, fraction);
	}
}

static void
notice(struct office *o, const char *address, int32_t id)
{
	struct answer a;

	answer_begin(&a, address);
	osc_put_int(&a.out, id);
	answer_send_all(&a, o, KEEP_NOTIFY);
}

void
errands_ready(struct office *o, int32_t id)
{
	notice(o, "/resource/ready", id);
	close_errand(o, &o->resource[id]);
}

/** A resource's id is free again: it failed, or it was destroyed. */
static void
resource_ended(struct office *o, struct errand *e, const struct work *work)
{
	if (e->failed && !e->late) {
		jobs_tell_failed(o, "/resource/error", work->id,
			e->order->why[0] != '\0' ? e->order->why
						 : "it could not be made");
	} else {
		notice(o, "/resource/destroyed", work->id);
	}
	o->resources--;
}

void
errands_ended(struct office *o, struct work *work)
{
	struct work_order *order = work_order_at(work);
	struct errand *e = order->syncs;

	if (work->kind == WORK_JOB) {
		if (!e->late) {
			jobs_tell_end(o, e);
		}
	} else {
		resource_ended(o, e, work);
	}
	close_errand(o, e);
	clear_errand(e);
	work_order_free(order);
}

/* --- life --- */

int
errands_open(struct office *o)
{
	const struct work_pool_config config = {
		.loop = o->loop,
		.host = o->given.host,
		.threads = o->config->workers.threads,
		.ids = o->config->limits.max_resources,
		.timeout_s = o->config->workers.job_timeout_s,
		.hooks =
			{
				.user = o,
				.done = on_done,
				.timed_out = on_timed_out,
				.progress = on_progress,
				},
	};

	o->max_resources = o->config->limits.max_resources;
	o->resource = calloc(o->max_resources + 1, sizeof *o->resource);
	if (o->resource == NULL) {
		return -ENOMEM;
	}
	return work_pool_open(&config, &o->pool);
}

void
errands_close(struct office *o)
{
	while (o->syncs != NULL) {
		struct batch *b = o->syncs;
		o->syncs = b->chain;
		outcome_free(o, b);
	}
	for (uint32_t i = 0; o->resource != NULL && i < o->max_resources; i++) {
		clear_errand(&o->resource[i]);
	}
	while (o->askers != NULL) {
		struct asker *a = o->askers;
		o->askers = a->next;
		free(a);
	}
	free(o->resource);
	o->resource = NULL;
}

int
office_start_works(struct office *o)
{
	return work_pool_start(o->pool);
}

void
office_stop_works(struct office *o)
{
	work_pool_stop(o->pool);
}

static int64_t
monotonic_ns(void)
{
	struct timespec t = {0, 0};

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

/** What a work is, for the log. */
static const char *
name_of(const struct work_order *order)
{
	const struct work *work = order->work;

	if (work->kind == WORK_PERFORM) {
		return work->def_name;
	}
	return work->kind == WORK_JOB ? order->job_def->uri : work->def->uri;
}

uint32_t
office_log_works(struct office *o)
{
	static const char *const kind[] = {"construction of resource",
		"destruction of resource", "job", "work of node"};
	const struct work_order *order = NULL;
	uint32_t count = 0;

	while ((order = work_pool_next(o->pool, order)) != NULL) {
		const struct work *work = order->work;
		bool runs = order->place == WORK_RUNS;
		double s =
			runs ? (double)(monotonic_ns() - order->begun_ns) / 1e9
			     : 0.0;
		log_err("works: abandoned: %s %d (%s), %s %.1f s",
			kind[work->kind],
			work->kind == WORK_PERFORM ? work->node : work->id,
			name_of(order), runs ? "running for" : "waiting,", s);
		count++;
	}
	return count;
}

uint32_t
office_end_works(struct office *o)
{
	uint32_t abandoned = work_pool_close(o->pool);

	o->pool = NULL;
	return abandoned;
}
