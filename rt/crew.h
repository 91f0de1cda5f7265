/* SPDX-License-Identifier: MIT */
/*
 * crew.h -- the audio threads at work together: rt and its helpers.
 *
 * rt hands out a stage: steps that may be done in any order, at once.  Every
 * thread claims one after the other; who comes late finds nothing left to
 * claim and costs nobody anything.  rt waits for a helper only while that one
 * is at a step which it has claimed.  Helpers sleep between blocks; between
 * stages they spin for a bounded time and then sleep.
 *
 *	rt      begin ─ stage ─ stage ─ … ─ end
 *	helper  (woken)   claims    claims    spins, sleeps
 *
 * What a stage's steps wrote is seen by the steps of the next, whoever does
 * them.  Each thread has a range of the steps, in their order; it claims its
 * own from the front, and when that is empty those of others from the back.
 * So steps near each other go to the same thread, in stage after stage, as
 * long as that one is not late: what they left in its cache is there.
 */
#ifndef TACTUS_RT_CREW_H
#define TACTUS_RT_CREW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "audit_setup.h"
#include "mark.h"

/** How long a thread spins for another before it sleeps. */
#define CREW_SPIN_NS 50000

struct crew;
struct rt_rights;

/** How the helpers are to run. */
struct crew_config {
	uint32_t threads;     /* rt among them: helpers are one fewer */
	bool realtime;        /* SCHED_FIFO, at … */
	int priority;         /* … this */
	const uint32_t *cpus; /* pinned: thread i to cpus[i % cpu_count] */
	uint32_t cpu_count;   /* 0: to none */
	enum audit_mode audit;
	bool plugin_pcm; /* no audit, as with rt */
	uint32_t epoch;  /* for tests: stages count from here */
	bool absent;     /* for tests: the helpers never come to help */
};

/** One step of a stage. @thread rt or a helper
 * @param who 0: rt; helpers count from 1 */
typedef TACTUS_RT void crew_step(void *stage, uint32_t who, uint32_t step);

/**
 * Start the helpers, rt-1 … rt-n; they sleep.
 * @thread before-start
 * @param got what they may do is added to this
 * @errors -ENOMEM, -EAGAIN no more threads
 */
TACTUS_NODISCARD int crew_open(const struct crew_config *config,
	struct crew **out, struct rt_rights *got);

/** End them; NULL is accepted. @thread after rt has stopped */
void crew_close(struct crew *c);

/** How many threads, rt among them. @thread any */
TACTUS_RT uint32_t crew_threads(const struct crew *c);

/** A helper's thread id, for /proc/self/task/TID/stat. @thread main
 * @param i from 1 */
int crew_thread_id(const struct crew *c, uint32_t i);

/** Where audit_answer is to be called for a helper; -1: nowhere. @thread main
 * @param i from 1 */
int crew_audit_fd(const struct crew *c, uint32_t i);

/** Wake the helpers: stages follow soon. @thread rt: one system call at most,
 * and none while they are awake */
TACTUS_RT void crew_begin(struct crew *c);

/**
 * Have steps 0 … count - 1 done; back when all are.  rt does its share; of a
 * single step all of it, and nobody hears of that.  Helpers that fell asleep
 * since crew_begin are woken once more.
 * @thread rt, between crew_begin and crew_end
 */
TACTUS_RT void crew_stage(
	struct crew *c, crew_step *step, void *stage, uint32_t count);

/** No more stages for now. @thread rt
 * @return false: stages were handed out since crew_begin, and no helper did
 *         a step of any */
TACTUS_RT bool crew_end(struct crew *c);

/** Nanoseconds that a helper spent at stages since this was last asked.
 * @thread rt @param who from 1 */
TACTUS_RT int64_t crew_busy_ns(struct crew *c, uint32_t who);

/** Times that crew_end returned false. @thread rt */
TACTUS_RT uint64_t crew_late(const struct crew *c);

/** Waits of rt for a helper that had to sleep. @thread rt */
TACTUS_RT uint64_t crew_stalls(const struct crew *c);

#endif
