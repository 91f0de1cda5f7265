/* SPDX-License-Identifier: MIT */
/*
 * job.c -- see job.h.
 */
#include "job.h"

#include <string.h>

#include "hold.h"
#include "node.h"
#include "outbox.h"
#include "works.h"
#include "runner.h"

void
job_init(struct engine *e)
{
	for (uint32_t i = 0; i < JOBS; i++) {
		for (int k = 0; k < TACTUS_MAX_JOB_RESOURCES; k++) {
			e->job[i].hold[k].id = -1;
		}
	}
	for (uint32_t i = 0; i < WORK_MAX_JOBS; i++) {
		e->job_id[i] = -1;
	}
	for (uint32_t i = WORK_MAX_PERFORMS; i > 0; i--) {
		e->perform[i - 1].next = e->perform_free;
		e->perform_free = &e->perform[i - 1];
	}
}

/** Where a job stands in the table; WORK_MAX_JOBS: nowhere. */
TACTUS_RT static uint32_t
find(const struct engine *e, int32_t id)
{
	uint32_t i = 0;

	while (i < WORK_MAX_JOBS && e->job_id[i] != id) {
		i++;
	}
	return i;
}

/**
 * Judge whether a work can have all its resources.
 * @param asks the synth that does, whose own references do not count
 */
TACTUS_RT static enum reason
judge(struct engine *e, const struct work *work, const struct node *asks,
	int32_t told[2])
{
	for (uint32_t i = 0; i < work->count; i++) {
		int32_t id = work->hold[i].id;
		enum reason reason = resource_judge(e, id, work->uri, told);
		if (reason != REASON_NONE) {
			return reason;
		}
		const struct resource *r = &e->resource[id];
		uint32_t own = asks != NULL ? hold_count(asks, id) : 0;
		if (work->exclusive && r->references != own) {
			/* of a synth only the code is asked */
			told[1] = resource_holder(r);
			return REASON_RESOURCE_HELD;
		}
	}
	return REASON_NONE;
}

/** Reference all resources of a work, each once, and note them in it. */
TACTUS_RT static void
take(struct engine *e, struct job *job, struct work *work, int32_t holder)
{
	for (uint32_t i = 0; i < work->count; i++) {
		struct work_hold *to = &work->hold[i];
		struct resource *r = &e->resource[to->id];
		uint32_t same = 0;
		while (work->hold[same].id != to->id) {
			same++;
		}
		if (same == i) {
			resource_hold(e, r, &job->hold[i], holder);
		}
		to->def = r->def;
		to->instance = r->instance;
		to->bytes = r->bytes;
		r->alone = work->exclusive;
	}
}

/** Give back what a work referenced; note what became of it. */
TACTUS_RT static void
give_back(struct engine *e, struct job *job, const struct work *work)
{
	for (uint32_t i = 0; i < work->count; i++) {
		struct hold *h = &job->hold[i];
		if (h->id == -1) {
			continue; /* it stands there twice */
		}
		struct resource *r = &e->resource[h->id];
		r->bytes = work->hold[i].bytes;
		r->alone = false;
		resource_let_go(e, h, 1);
	}
}

TACTUS_RT enum reason
job_new(struct engine *e, int32_t id, struct work *work, int32_t told[2])
{
	told[0] = id;
	if (find(e, id) != WORK_MAX_JOBS) {
		return REASON_JOB_TAKEN;
	}
	uint32_t at = find(e, -1);
	if (at == WORK_MAX_JOBS) {
		told[0] = WORK_MAX_JOBS;
		return REASON_JOBS_FULL;
	}
	enum reason reason = judge(e, work, NULL, told);
	if (reason != REASON_NONE) {
		return reason;
	}
	e->job_id[at] = id;
	work->id = id;
	work->kind = WORK_JOB;
	take(e, &e->job[at], work, -1 - id);
	works_give(e, work);
	return REASON_NONE;
}

TACTUS_RT void
job_back(struct engine *e, struct work *work)
{
	give_back(e, &e->job[find(e, work->id)], work);
	outbox_work(e, work, REPORT_JOB_ENDED);
}

TACTUS_RT void
job_told(struct engine *e, int32_t id)
{
	e->job_id[find(e, id)] = -1;
}

/** The code that a synth gets for a reason. */
TACTUS_RT static int
code_of(enum reason reason)
{
	if (reason == REASON_NONE) {
		return 0;
	}
	if (reason == REASON_RESOURCE_MISSING) {
		return 404;
	}
	return reason == REASON_RESOURCE_RANGE || reason == REASON_RESOURCE_URI
		       ? 422
		       : 409;
}

TACTUS_RT int
job_perform(struct engine *e, struct node *n, const TactusPerform *what)
{
	struct work *work = e->perform_free;
	int32_t told[2];

	if (what->size < sizeof *what || !what->perform ||
		what->count > TACTUS_MAX_JOB_RESOURCES ||
		what->bytes > TACTUS_MAX_JOB_DATA) {
		return 422;
	}
	if (work == NULL || e->stopping) {
		return 503;
	}
	work->count = what->count;
	work->exclusive = what->exclusive;
	work->uri = what->uri;
	for (uint32_t i = 0; i < what->count; i++) {
		work->hold[i].id = what->ids[i];
	}
	int code = code_of(judge(e, work, n, told));
	if (code != 0) {
		return code;
	}
	e->perform_free = work->next;
	work->next = NULL;
	work->order = NULL;
	work->kind = WORK_PERFORM;
	work->id = -1;
	work->perform = what->perform;
	work->done = what->done;
	work->def_name = n->def->name;
	work->node = node_refer(n);
	work->result = 0;
	work->given_up = false;
	memset(work->data, 0, sizeof work->data);
	if (what->data != NULL) {
		memcpy(work->data, what->data, what->bytes);
	}
	take(e, &e->job[WORK_MAX_JOBS + (work - e->perform)], work,
		n->synth.id);
	works_give(e, work);
	return 0;
}

TACTUS_RT void
job_perform_back(struct engine *e, struct work *work)
{
	struct node *n = node_deref(e, work->node);

	give_back(e, &e->job[WORK_MAX_JOBS + (work - e->perform)], work);
	if (n != NULL && work->done) {
		work->done(
			runner_world(e), &n->synth, work->result, work->data);
	}
	work->next = e->perform_free;
	e->perform_free = work;
}
