/* SPDX-License-Identifier: MIT */
/*
 * work_do.c -- see work_do.h.
 */
#include "work_do.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "log.h"

void
work_do_fail(struct work_order *o, const char *reason)
{
	if (reason == NULL || reason[0] == '\0') {
		reason = "its plugin gives no reason";
	}
	size_t n = strnlen(reason, sizeof o->why - 1);
	memmove(o->why, reason, n);
	o->why[n] = '\0';
	o->failed = true;
}

static void
construct(struct host_view *v, struct work_order *o)
{
	struct work *w = o->work;
	char reason[WORK_WHY_SIZE] = "";

	host_view_begin(v, w->def->name, w->def->uri);
	w->instance = w->def->construct(
		&v->host, o->values, o->count, &o->job, reason, sizeof reason);
	w->bytes = 0;
	if (w->instance != NULL) {
		w->bytes = w->def->bytes != NULL
				   ? w->def->bytes(&v->host, w->instance)
				   : v->taken;
		return;
	}
	/* no plugin is trusted to have ended it */
	reason[sizeof reason - 1] = '\0';
	work_do_fail(o, reason);
	if (v->taken != 0) {
		log_warn("works: %s failed to construct resource %" PRId32
			 " and leaves %" PRIu64 " bytes behind",
			v->who, w->id, v->taken);
	}
}

static void
destroy(struct host_view *v, struct work *w)
{
	if (w->instance == NULL) {
		return;
	}
	host_view_begin(v, w->def->name, NULL);
	w->def->destroy(&v->host, w->instance);
	w->instance = NULL;
	w->bytes = 0;
}

static void
resources_of(const struct work *w, void *out[TACTUS_MAX_JOB_RESOURCES])
{
	for (uint32_t i = 0; i < w->count; i++) {
		out[i] = w->hold[i].instance;
	}
}

/* A job may have changed how much its resources occupy. */
static void
measure(struct host_view *v, struct work *w)
{
	for (uint32_t i = 0; i < w->count; i++) {
		struct work_hold *h = &w->hold[i];

		if (h->def != NULL && h->def->bytes != NULL) {
			h->bytes = h->def->bytes(&v->host, h->instance);
		}
	}
}

static void
job(struct host_view *v, struct work_order *o)
{
	void *resources[TACTUS_MAX_JOB_RESOURCES];
	struct work *w = o->work;
	char reason[WORK_WHY_SIZE] = "";

	resources_of(w, resources);
	host_view_begin(v, o->job_def->name, NULL);
	int result = o->job_def->perform(&v->host, resources, w->count,
		o->values, o->count, &o->job, reason, sizeof reason);
	measure(v, w);
	reason[sizeof reason - 1] = '\0';
	if (result != 0) {
		work_do_fail(o, reason);
	} else if (o->job.overflowed) {
		(void)snprintf(reason, sizeof reason,
			"its results do not fit: at most %d bytes of them "
			"are possible, as i, h, f or s",
			JOB_RESULT_BYTES);
		work_do_fail(o, reason);
	}
}

static void
perform(struct host_view *v, struct work *w)
{
	void *resources[TACTUS_MAX_JOB_RESOURCES];

	resources_of(w, resources);
	host_view_begin(v, w->def_name, NULL);
	w->result = w->perform(&v->host, resources, w->count, w->data);
	measure(v, w);
}

void
work_do(struct host_view *v, struct work_order *o)
{
	switch ((enum work_kind)o->work->kind) {
	case WORK_CONSTRUCT:
		construct(v, o);
		break;
	case WORK_DESTROY:
		destroy(v, o->work);
		break;
	case WORK_JOB:
		job(v, o);
		break;
	case WORK_PERFORM:
		perform(v, o->work);
		break;
	}
	/* names may go with the work: nothing is at work from now on */
	host_view_begin(v, NULL, NULL);
}
