/* SPDX-License-Identifier: MIT */
/*
 * host_job.c -- see host.h: what a job tells, and is told, while it runs.
 *
 * `progress` and `cancelled` are words that the worker and the loop share; the
 * results are the worker's until the job is over.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host_private.h"

#define MILLION    1000000
#define FIRST_ROOM 16

void
host_progress(const TactusHost *host, TactusJob *job, double fraction)
{
	(void)host;
	if (isnan(fraction)) {
		return;
	}
	double bounded = fraction < 0 ? 0 : fraction > 1 ? 1 : fraction;
	/* relaxed: it is shown, and orders nothing */
	atomic_store_explicit(&job->progress, (uint32_t)(bounded * MILLION),
		memory_order_relaxed);
}

bool
host_is_cancelled(const TactusHost *host, const TactusJob *job)
{
	(void)host;
	/* relaxed: the job ends soon after; nothing else is told by it */
	return atomic_load_explicit(&job->cancelled, memory_order_relaxed);
}

/* Bytes of a result in a message, its type tag too; 0: it is of no type. */
static size_t
bytes_of(const TactusValue *v)
{
	switch (v->type) {
	case 'i':
	case 'f':
		return 1 + 4;
	case 'h':
		return 1 + 8;
	case 's':
		return v->string == NULL
			       ? 0
			       : 1 + (strnlen(v->string, JOB_RESULT_BYTES) / 4 +
					     1) * 4;
	default:
		return 0;
	}
}

static bool
grow(TactusJob *job)
{
	if (job->count < job->room) {
		return true;
	}
	uint32_t room = job->room == 0 ? FIRST_ROOM : 2 * job->room;
	TactusValue *all = realloc(job->result, room * sizeof *all);
	if (all == NULL) {
		return false;
	}
	job->result = all;
	job->room = room;
	return true;
}

static bool
add(TactusJob *job, TactusValue value)
{
	if (value.type == 'i' &&
		(value.integer < INT32_MIN || value.integer > INT32_MAX)) {
		value.type = 'h'; /* told as it is, not cut */
	}
	size_t bytes = bytes_of(&value);
	if (bytes == 0 || job->overflowed ||
		bytes > JOB_RESULT_BYTES - job->bytes || !grow(job)) {
		return false;
	}
	if (value.type == 's') {
		value.string = strdup(value.string);
		if (value.string == NULL) {
			return false;
		}
	} else {
		value.string = NULL;
	}
	job->result[job->count] = value;
	job->bytes += bytes;
	job->count++;
	return true;
}

bool
host_result(const TactusHost *host, TactusJob *job, const TactusValue *value)
{
	(void)host;
	if (!add(job, *value)) {
		job->overflowed = true;
		return false;
	}
	return true;
}

void
host_job_fini(TactusJob *job)
{
	for (uint32_t i = 0; i < job->count; i++) {
		/* strings are the job's own: see add */
		union {
			const char *shown;
			char *own;
		} u = {job->result[i].string};

		free(u.own);
	}
	free(job->result);
	atomic_store_explicit(&job->progress, 0, memory_order_relaxed);
	atomic_store_explicit(&job->cancelled, false, memory_order_relaxed);
	job->count = 0;
	job->room = 0;
	job->bytes = 0;
	job->overflowed = false;
	job->result = NULL;
}
