/* SPDX-License-Identifier: MIT */
/*
 * work_order.h -- a piece of work as the loop and the workers know it.
 *
 * Made by the loop with the message that asks for it (for a synth's perform,
 * when rt reports it), freed by the loop when rt has told its end.  While a
 * worker has it the work, the arguments, what came of it and the job are the
 * worker's, but for the job's two shared words; the rest is the loop's always.
 */
#ifndef TACTUS_NRT_WORK_ORDER_H
#define TACTUS_NRT_WORK_ORDER_H

#include <stdbool.h>
#include <stdint.h>

#include <tactus/plugin.h>

#include "host.h"
#include "mark.h"
#include "work.h"

/** Longest reason for a failure, with its terminating zero. */
#define WORK_WHY_SIZE 256

enum work_place {
	WORK_AT_RT,   /* rt has it, or the resource lives */
	WORK_WAITS,   /* for a worker, or for another work on its resources */
	WORK_RUNS,    /* a worker has it */
	WORK_RETURNED /* done, on its way to rt */
};

struct work_order {
	struct work *work; /* &own, or rt's (a perform) */
	struct work own;   /* unused for a perform */
	struct peer *peer; /* who asked, referenced; NULL: the engine */
	const TactusJobDef *job_def;
	uint32_t place; /* enum work_place: the loop's view */
	bool failed;    /* what came of it; `why` says why */
	bool stopping;  /* it was put off by the end of the engine */
	char why[WORK_WHY_SIZE];
	TactusJob job; /* progress, cancel, results */

	/* arguments; the strings lie behind them */
	uint32_t count;
	size_t bytes; /* of both */
	TactusValue *values;

	/* the pool's */
	struct work_order *next;
	struct work_order *previous;
	int64_t begun_ns; /* monotonic, when a worker took it */
	float shown;      /* progress that was told last */

	void *errand; /* the office's: what it is of */
};

/**
 * Make an order of a kind with a copy of the arguments.
 * @owns the caller: work_order_free
 * @return NULL: no memory
 */
struct work_order *work_order_new(enum work_kind kind, int32_t id,
	const TactusValue *values, uint32_t count);

/** Bytes that a copy of arguments takes. */
size_t work_order_bytes(const TactusValue *values, uint32_t count);

/** Free the arguments: nobody looks at them any more. */
void work_order_forget_values(struct work_order *o);

/** Make one for a perform that rt reported. @return NULL: no memory */
struct work_order *work_order_of(struct work *work);

/** Free it; NULL is accepted.  The peer is not its business. */
void work_order_free(struct work_order *o);

/** The order of a work that the loop made or took. */
static inline struct work_order *
work_order_at(struct work *work)
{
	return work->order;
}

#endif
