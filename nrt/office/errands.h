/* SPDX-License-Identifier: MIT */
/*
 * errands.h -- works as the office knows them: who asked (orders.c), what is
 * between rt and the workers (errands.c), who waits (syncs.c).
 *
 * Loop only.
 *
 *	message ──orders_new──> rt ──REPORT_WORK──> errand, open ──> worker
 *	               (refused: orders_drop)           │               │
 *	syncs_hold: a /sync waits for open errands      │          wire->works
 *	               told, syncs_close <──READY, ENDED── rt <─────────┘
 */
#ifndef TACTUS_NRT_ERRANDS_H
#define TACTUS_NRT_ERRANDS_H

#include <stdbool.h>
#include <stdint.h>

#include "batch.h"
#include "mark.h"
#include "work_order.h"

struct office;
struct peer;
struct request;

/** A peer that freed a resource, which has not ended. */
struct freer {
	struct freer *next;
	struct peer *peer; /* referenced */
	uint64_t freed;    /* as errand.opened: its syncs wait from then on */
};

/**
 * A resource or a job of which rt has told, until it tells the end.  It is
 * open while a work of it is under way that somebody may wait for.
 */
struct errand {
	struct errand *next; /* the open ones, in the order they were opened */
	struct errand *previous;
	struct work_order *order; /* NULL: nothing is here */
	struct freer *freers;     /* who freed the resource */
	/* in the office's count of what comes: a sync that is younger waits */
	uint64_t opened;
	bool open;
	bool failed;    /* a construct: it gave nothing */
	bool cancelled; /* a job: its client did not want it any more */
	bool late;      /* it was told to have failed: it took too long */
};

/** A peer that asked for works which have not ended. */
struct asker {
	struct asker *next;
	struct peer *peer; /* its orders have references */
	uint32_t works;
};

/** Make the table of resources and the pool, without its workers.
 * @errors -ENOMEM; as work_pool_open */
TACTUS_NODISCARD int errands_open(struct office *o);
/** Forget all that is left. @pre the workers have ended */
void errands_close(struct office *o);
/** The reports of rt. */
void errands_take(struct office *o, struct work *work);
void errands_ready(struct office *o, int32_t id);
void errands_ended(struct office *o, struct work *work);
/** The job of that id that is under way; NULL: there is none. */
struct errand *errands_job(struct office *o, int32_t id);
/** The same by its place in a list without order; NULL behind the last. */
struct errand *errands_next_job(struct office *o, const struct errand *e);

/**
 * Make the order of a message, with its sender kept as a client while it is
 * not done.
 * @owns the caller does: give it to rt, or to orders_drop
 * @return NULL: no memory, or no slot for the client; it was answered
 */
struct work_order *orders_new(struct request *r, enum work_kind kind,
	int32_t id, const TactusValue *values, uint32_t count);
/** rt took it: there are no more of those than resources and jobs. */
void orders_taken(struct office *o);
/** A worker is through with it. */
void orders_forget_values(struct office *o, struct work_order *order);
/** What its client waits for is over; more than once is once. */
void orders_end(struct office *o, struct work_order *order);
/** An order that rt did not take, or never saw. @owns frees it */
void orders_drop(struct office *o, struct work_order *order);
/** Forget who asked. */
void orders_close(struct office *o);

/** A work of this errand is under way. */
void syncs_open(struct office *o, struct errand *e);
/** It is over, as far as anybody waits for it: syncs are answered. */
void syncs_close(struct office *o, struct errand *e);
/** The errand's place is free again. */
void syncs_clear(struct errand *e);
/** A peer's /resource/free was done. @owns takes `f`, which it fills */
void syncs_freed(
	struct office *o, struct peer *peer, int32_t id, struct freer *f);
/** How much is under way that a /sync of this peer waits for. */
uint32_t syncs_awaited(const struct office *o, const struct peer *peer);
/** Hold a batch whose syncs wait. @pre its sender awaits something
 * @return false: too many of this peer's are held */
bool syncs_hold(struct office *o, struct batch *b);
/** Tell so. */
void syncs_fail(struct batch *b);
/** Forget all that are held. */
void syncs_end(struct office *o);

#endif
