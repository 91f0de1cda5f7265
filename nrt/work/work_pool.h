/* SPDX-License-Identifier: MIT */
/*
 * work_pool.h -- the workers, and who works on what next.
 *
 * The pool lives in the loop; each worker is a thread with one order at a
 * time, joined to the loop by a ring each way.  Works on one resource are done
 * one after the other, in the order they were asked for; others side by side.
 * What is added before the workers are started waits for them.
 * Jobs never take the last of several workers: constructions and destructions
 * go on behind jobs that take long.  (Streams will be ticked beside it.)
 *
 * A work over its time is given up: its resources stay held until it returns,
 * and a spare worker, of which there are as many again, takes the place of
 * the one that it keeps.
 */
#ifndef TACTUS_NRT_WORK_POOL_H
#define TACTUS_NRT_WORK_POOL_H

#include <stddef.h>
#include <stdint.h>

#include "host.h"
#include "mark.h"
#include "work_order.h"

struct ev_loop;
struct work_pool;

/** What the pool tells; all called on the loop. */
struct work_pool_hooks {
	void *user;
	/** A worker is through with it: it goes back to rt. */
	void (*done)(void *user, struct work_order *o);
	/** It is over its time; it is still with its worker. */
	void (*timed_out)(void *user, struct work_order *o);
	/** How far a job is; at most ten times a second each, on change. */
	void (*progress)(void *user, struct work_order *o, float fraction);
};

struct work_pool_config {
	struct ev_loop *loop;
	struct host *host;
	uint32_t threads; /* at least 1 */
	uint32_t ids;     /* of resources: limits.max_resources, at least 1 */
	double timeout_s; /* 0: none */
	struct work_pool_hooks hooks;
};

/**
 * Make a pool, without its workers.
 * @thread loop
 * @errors -ENOMEM; -EMFILE and the like
 */
TACTUS_NODISCARD int work_pool_open(
	const struct work_pool_config *config, struct work_pool **out);

/**
 * Start the workers, all or none; once.  Behind whoever locks all memory that
 * there is: their stacks would be filled for it.
 * @thread loop
 * @errors -ENOMEM; -EAGAIN and the like from the threads
 */
TACTUS_NODISCARD int work_pool_start(struct work_pool *p);

/** workers.job_timeout_s changed. @thread loop */
void work_pool_set_timeout(struct work_pool *p, double timeout_s);

/** Queue an order, which is the pool's until done. @thread loop */
void work_pool_add(struct work_pool *p, struct work_order *o);

/**
 * Ask a job to stop: one that waits comes back by done at once (from this
 * very call), failed with "cancelled"; one that runs at its next check.
 * @thread loop
 */
void work_pool_cancel(struct work_pool *p, struct work_order *o);

/** The end has begun: cancel all jobs and constructions, as above; what is
 * added from now on is done all the same. @thread loop */
void work_pool_stop(struct work_pool *p);

/** Orders that have not come back. @thread loop */
uint32_t work_pool_out(const struct work_pool *p);

/** The next order that has not come back behind `o` (NULL: the first), in
 * the order in which they were added; NULL at the end. @thread loop */
struct work_order *work_pool_next(
	const struct work_pool *p, const struct work_order *o);

/** Name each order that has not come back in the log, as abandoned.
 * @thread loop @return how many */
uint32_t work_pool_log(const struct work_pool *p);

/** What is counted, for /stats. */
struct work_pool_counts {
	uint64_t done;      /* that came back */
	uint64_t failed;    /* of them */
	uint64_t timed_out; /* given up */
	uint32_t waiting;
	uint32_t running;
	uint32_t workers; /* threads, spare ones too */
};
void work_pool_count(const struct work_pool *p, struct work_pool_counts *out);

/**
 * End the workers.
 * @thread loop
 * @return how many works had to be abandoned: they hang, their threads are
 *         left alone and the process has to end by _exit; each was named
 *         in the log.  0: all threads are joined
 */
uint32_t work_pool_close(struct work_pool *p);

#endif
