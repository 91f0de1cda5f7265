/* SPDX-License-Identifier: MIT */
/*
 * jobs.c -- messages about jobs: what is asked, and what is told.
 *
 * Loop only.  /job/cancel and /job/list are the loop's own, by what rt has
 * told of; they come behind all that their packet's sender asked before.
 */
#include <stdlib.h>

#include "office_private.h"

/** Read the ids of a job's resources into an order. @return how many, or -1:
 * it was answered */
static int
read_ids(struct request *r, int32_t *ids)
{
	struct osc_arg a;
	int count = 0;
	int has = request_array(r, "resource ids");

	if (has <= 0) {
		return has;
	}
	while (osc_args_next(&r->args, &a) && a.type != ']') {
		if (count == TACTUS_MAX_JOB_RESOURCES) {
			request_fail(r, 422,
				"a job takes %d resources at the most",
				TACTUS_MAX_JOB_RESOURCES);
			return -1;
		}
		int code = osc_whole(&a, &ids[count]);
		if (code != 0) {
			request_fail(r, code,
				code == 400
					? "resource %d of the array must be "
					  "an id (i)"
					: "resource %d of the array is not "
					  "whole, or too large",
				count + 1);
			return -1;
		}
		count++;
	}
	return count;
}

/** Judge what is asked of a job before it is begun. @return false: it was
 * answered */
static bool
judge(struct request *r, const TactusJobDef *def, int32_t id, int32_t exclusive,
	int count)
{
	if (id < 0) {
		request_fail(r, 422, "job id %d is below 0", id);
		return false;
	}
	if (exclusive != 0 && exclusive != 1) {
		request_fail(
			r, 422, "exclusive %d is neither 0 nor 1", exclusive);
		return false;
	}
	if (exclusive == 0 && (def->flags & TACTUS_JOB_EXCLUSIVE) != 0) {
		request_fail(r, 422,
			"%s needs its resources for itself: ask with "
			"exclusive 1",
			def->name);
		return false;
	}
	if (count < (int)def->least || count > (int)def->most) {
		if (def->least == def->most) {
			request_fail(r, 422, "%s takes %u resource%s, not %d",
				def->name, def->least,
				def->least == 1 ? "" : "s", count);
		} else {
			request_fail(r, 422,
				"%s takes %u to %u resources, not %d",
				def->name, def->least, def->most, count);
		}
		return false;
	}
	return true;
}

static bool
check(struct request *r, const TactusJobDef *def, const TactusValue *values,
	uint32_t count)
{
	char why[DEFS_WHY_SIZE] = "";

	if (def->check == NULL) {
		return true;
	}
	int code = def->check(
		r->office->given.plugin_host, values, count, why, sizeof why);
	return request_checked(r, code, def->name, why, def->arguments);
}

/** The order goes to rt with the message's command. */
static void
post(struct request *r, struct work_order *order)
{
	struct command *c = request_command(r, COMMAND_JOB_NEW);

	if (c == NULL) {
		errands_drop(r->office, order);
		return;
	}
	c->id = order->work->id;
	c->u.work = order->work;
}

void
jobs_new(struct request *r)
{
	char why[DEFS_WHY_SIZE];
	int code = 0;
	int32_t id;
	int32_t exclusive;
	int32_t ids[TACTUS_MAX_JOB_RESOURCES];
	TactusValue *values = NULL;
	uint32_t values_count = 0;
	struct work_order *order = NULL;
	const char *name = request_text(r, "job-uri");

	if (name == NULL || !request_int(r, "job-id", &id) ||
		!request_int(r, "exclusive", &exclusive)) {
		return;
	}
	const TactusJobDef *def = classes_find_job(
		r->office->given.classes, name, &code, why, sizeof why);
	if (def == NULL) {
		catalogue_refuse(r, code, name, why);
		return;
	}
	int count = read_ids(r, ids);
	if (count >= 0 && request_values(r, &values, &values_count) &&
		request_end(r) && judge(r, def, id, exclusive, count) &&
		check(r, def, values, values_count)) {
		order = errands_order(r, WORK_JOB, id, values, values_count);
	}
	free(values);
	if (order == NULL) {
		return;
	}
	order->job_def = def;
	order->own.exclusive = exclusive == 1;
	order->own.uri = def->resource;
	order->own.count = (uint32_t)count;
	for (int i = 0; i < count; i++) {
		order->own.hold[i].id = ids[i];
	}
	post(r, order);
}

void
jobs_cancel(struct request *r)
{
	int32_t id;

	if (!request_int(r, "job-id", &id) || !request_end(r)) {
		return;
	}
	struct errand *e = errands_job(r->office, id);
	if (e == NULL) {
		request_fail(r, 404,
			"no job %d is under way; /job/list tells all", id);
		return;
	}
	if (e->late) {
		request_fail(r, 409,
			"job %d timed out and was asked to stop already", id);
		return;
	}
	if (e->order->place == WORK_RETURNED) {
		return; /* it is done: that is told in a moment */
	}
	e->cancelled = true;
	work_pool_cancel(r->office->pool, e->order);
}

/** How far a job is, 0 … 1. */
static float
progress_of(struct work_order *order)
{
	/* relaxed: a number that stands alone */
	return (float)atomic_load_explicit(
		       &order->job.progress, memory_order_relaxed) *
	       1e-6F;
}

static void
put_job(struct osc_out *out, const void *item)
{
	const struct errand *e = item;
	const char *state = e->late || e->cancelled         ? "stopping"
			    : e->order->place == WORK_WAITS ? "waiting"
							    : "running";

	osc_put_int(out, e->order->work->id);
	osc_put_string(out, e->order->job_def->uri);
	osc_put_string(out, state);
	osc_put_float(out, progress_of(e->order));
}

void
jobs_list(struct request *r)
{
	const struct errand *e = NULL;

	if (!request_end(r)) {
		return;
	}
	struct pages *p = pages_begin("/job/list.reply");
	while ((e = errands_next_job(r->office, e)) != NULL) {
		pages_add(p, put_job, e);
	}
	pages_send(p, r->peer, r->to->name, NULL);
}

void
jobs_progress(struct office *o, struct work_order *order, float fraction)
{
	struct answer a;

	answer_begin(&a, "/job/progress");
	osc_put_int(&a.out, order->work->id);
	osc_put_float(&a.out, fraction);
	answer_send_all(&a, o, KEEP_NOTIFY);
}

void
jobs_tell_failed(
	struct office *o, const char *address, int32_t id, const char *why)
{
	struct answer a;

	answer_begin(&a, address);
	osc_put_int(&a.out, id);
	osc_put_string(&a.out, why);
	answer_send_all(&a, o, KEEP_NOTIFY);
}

/** Tell the results of a job. @return false: they are too many */
static bool
tell_done(struct office *o, const struct work_order *order)
{
	struct osc_out *out = &o->large.out;

	osc_begin(out, o->large.data, sizeof o->large.data, "/job/done");
	osc_put_int(out, order->work->id);
	for (uint32_t i = 0; i < order->job.count; i++) {
		const TactusValue *v = &order->job.result[i];
		switch (v->type) {
		case 'i':
			osc_put_int(out, (int32_t)v->integer);
			break;
		case 'h':
			osc_put_int64(out, v->integer);
			break;
		case 'f':
			osc_put_float(out, (float)v->number);
			break;
		default:
			osc_put_string(out, v->string);
			break;
		}
	}
	size_t size = osc_end(out);
	if (size > 0 && o->net != NULL) {
		net_send_all(o->net, KEEP_NOTIFY, o->large.data, size);
	}
	return size > 0;
}

void
jobs_tell_end(struct office *o, const struct errand *e)
{
	const struct work_order *order = e->order;
	const char *why = order->why[0] != '\0' ? order->why : "it failed";

	if (e->cancelled) {
		why = "cancelled";
	} else if (!order->failed) {
		if (tell_done(o, order)) {
			return;
		}
		why = "its results do not fit into one message";
	}
	jobs_tell_failed(o, "/job/failed", order->work->id, why);
}
