/* SPDX-License-Identifier: MIT */
/*
 * errands.c -- works between rt and the workers.
 *
 * Loop only.  rt says what is to be done (REPORT_WORK), a worker does it, and
 * it goes back in wire->works; then rt makes the change and tells of it, and
 * only that is told to clients.  So what is told comes behind the change, in
 * the order of the changes.  Who waits for that is in syncs.c, what clients
 * ask for in orders.c.
 */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "log.h"
#include "office_private.h"

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
			work->def_name, work->node.id);
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
		orders_taken(o);
		break;
	case WORK_JOB:
		e = place_of_job(o);
		*e = (struct errand){.order = order};
		orders_taken(o);
		break;
	case WORK_DESTROY:
	default:
		e = order->errand;
		break;
	}
	order->errand = e;
	syncs_open(o, e);
	work_pool_add(o->pool, order);
}

/** A worker is through with it. */
static void
on_done(void *user, struct work_order *order)
{
	struct office *o = user;
	struct work *work = order->work;
	struct errand *e = order->errand;

	if (work->kind == WORK_PERFORM) {
		work_order_free(order);
	} else {
		/* a resource may live for long, and needs them no more */
		orders_forget_values(o, order);
	}
	if (work->kind == WORK_CONSTRUCT) {
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
	struct errand *e = order->errand;
	switch ((enum work_kind)work->kind) {
	case WORK_CONSTRUCT:
		e->late = true;
		jobs_tell_failed(o, "/resource/error", work->id,
			"timed out: it took longer than "
			"workers.job_timeout_s");
		syncs_close(o, e);
		break;
	case WORK_JOB:
		e->late = true;
		jobs_tell_failed(o, "/job/failed", work->id, "timed out");
		syncs_close(o, e);
		break;
	case WORK_DESTROY:
		/* nobody is to wait for it any more */
		syncs_close(o, e);
		break;
	case WORK_PERFORM:
		break;
	}
}

static void
on_progress(void *user, struct work_order *order, float fraction)
{
	const struct errand *e = order->errand;

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
	syncs_close(o, &o->resource[id]);
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
	struct errand *e = order->errand;

	if (work->kind == WORK_JOB) {
		if (!e->late) {
			jobs_tell_end(o, e);
		}
	} else {
		resource_ended(o, e, work);
	}
	syncs_close(o, e);
	syncs_clear(e);
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
	syncs_end(o);
	for (uint32_t i = 0; o->resource != NULL && i < o->max_resources; i++) {
		syncs_clear(&o->resource[i]);
	}
	orders_close(o);
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

uint32_t
office_log_works(struct office *o)
{
	return work_pool_log(o->pool);
}

uint32_t
office_end_works(struct office *o)
{
	uint32_t abandoned = work_pool_close(o->pool);

	o->pool = NULL;
	return abandoned;
}
