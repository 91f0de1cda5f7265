/* SPDX-License-Identifier: MIT */
/*
 * work_pool_private.h -- the pool's inside, for its three files and its test.
 *
 * work_pool.c is its life, work_pool_turn.c says whose turn it is,
 * work_pool_time.c how long that may last.  All of it is the loop's.
 */
#ifndef TACTUS_NRT_WORK_POOL_PRIVATE_H
#define TACTUS_NRT_WORK_POOL_PRIVATE_H

#include <ev.h>
#include <stdbool.h>
#include <stdint.h>

#include "work_pool.h"
#include "work_worker.h"

/** A seat for a worker. */
struct work_seat {
	struct work_worker *worker; /* NULL: nobody is here */
	struct work_order *order;   /* that it has; NULL: it is idle */
	bool lost;                  /* its order is over its time */
};

struct work_pool {
	struct work_pool_config config;
	int64_t timeout_ns; /* 0: none */
	int told_fd;        /* workers have something to give back */
	ev_io told;
	ev_timer tick;
	bool ticking;

	/* all that have not come back, in the order they were added */
	struct work_order *first;
	struct work_order *last;
	/* those that have, on their way to hooks.done */
	struct work_order *back;
	struct work_order *back_last;

	uint32_t seats; /* twice config.threads: spare ones too */
	struct work_seat *seat;
	uint32_t number; /* of the worker that was started last */
	uint32_t lost;   /* workers */
	uint32_t jobs;   /* that workers have which are not lost */

	struct work_pool_counts counts;
	uint32_t out;

	/* by resource id (rt judged that it is one): the turn in which an order
	 * that is out named it */
	uint32_t turn;
	uint32_t *named;
};

/** Start a worker at a free seat. @errors as work_worker_open; -EAGAIN all
 * seats are taken */
TACTUS_NODISCARD int work_pool_hire(struct work_pool *p);

/** Give orders to idle workers, as far as both are there. */
void work_pool_turn(struct work_pool *p);

/** Take back what workers are through with, and go on. */
void work_pool_collect(struct work_pool *p);

/** Look at what runs: progress is told, and what is over its time given up;
 * the pool's timer does it ten times a second. */
void work_pool_tick(struct work_pool *p, int64_t now_ns);

/** Prepare the timer. */
void work_pool_time_init(struct work_pool *p);

/** Let the timer run while there is something that it could be for. */
void work_pool_keep_time(struct work_pool *p);

/** The monotonic clock. */
int64_t work_pool_now_ns(void);

/** Room for what an order is. */
#define WORK_POOL_WHAT 200

/** What an order is, for the log. */
void work_pool_describe(const struct work_order *o, char *to, size_t size);

/** Is it a job, a client's or a synth's? */
static inline bool
work_pool_is_job(const struct work_order *o)
{
	return o->work->kind == WORK_JOB || o->work->kind == WORK_PERFORM;
}

#endif
