/* SPDX-License-Identifier: MIT */
/*
 * pool_rig.h -- a pool with a loop, and plugins that wait at doors.
 *
 * Nothing sleeps: a work stops at the door that its first argument names
 * until the test opens it, and the test waits until a work stands there.
 */
#ifndef TACTUS_TESTS_POOL_RIG_H
#define TACTUS_TESTS_POOL_RIG_H

#include <ev.h>
#include <stdbool.h>
#include <stdint.h>

#include "host.h"
#include "work_pool_private.h"

#define RIG_DOORS 64
#define RIG_LOG   512

/** The second argument of a work: what becomes of it. */
enum rig_way {
	RIG_GOOD,
	RIG_FAIL,     /* with a reason */
	RIG_SILENT,   /* with none */
	RIG_GARBAGE,  /* with one that never ends */
	RIG_OVERFLOW, /* with more results than there is room for */
	RIG_CANCEL,   /* it waits for its cancel instead of a door */
	RIG_LEAK      /* it fails and leaves memory behind */
};

struct rig {
	struct ev_loop *loop;
	struct config *config;
	struct host *host;
	struct work_pool *pool;
	uint32_t done_count;
	struct work_order *done[RIG_LOG];
	uint32_t timed_out_count;
	struct work_order *timed_out[RIG_LOG];
	uint32_t progress_count;
	float progress[RIG_LOG];
	struct work_order *cancels; /* when the next one is done */
	uint32_t made_count;
	struct work_order *made[RIG_LOG];
};

/** Make all of it but the workers. @param timeout_s 0: none */
void rig_open_idle(struct rig *r, uint32_t threads, double timeout_s);

/** The same, with them. */
void rig_open(struct rig *r, uint32_t threads, double timeout_s);

/** Close the pool, which must have nothing out, and the rest; free what came
 * back. */
void rig_close(struct rig *r);

/** Make orders; `door` negative: no door.  The rig frees them. */
struct work_order *rig_construct(
	struct rig *r, int32_t id, int door, enum rig_way way);
struct work_order *rig_job(struct rig *r, int32_t id, int door,
	enum rig_way way, uint32_t count, const int32_t *ids);
struct work_order *rig_perform(
	struct rig *r, int door, uint32_t count, const int32_t *ids);

/** One of a class that says how large it is: 64, and 7777 after a job. */
struct work_order *rig_measured(struct rig *r, int32_t id);

/** Make the destroy of a construct that is done. */
void rig_destroy(struct work_order *o, int door);

/** Open a door for good. */
void rig_let(int door);

/** Wait until somebody stands at a door. */
void rig_meet(int door);

/** Does anybody stand there, or has been through? */
bool rig_was_met(int door);

/** Run the loop until at least `n` orders are done in all. */
void rig_run(struct rig *r, uint32_t n);

/** Run the loop until progress was told `n` times in all. */
void rig_run_progress(struct rig *r, uint32_t n);

/** Destroys so far. */
uint32_t rig_destroyed(void);

#endif
