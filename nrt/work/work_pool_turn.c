/* SPDX-License-Identifier: MIT */
/*
 * work_pool_turn.c -- see work_pool.h: whose turn it is.
 *
 * Pure but for the handing over.  Orders are looked at in the order in which
 * they were added; one may start when no earlier one that is still out names
 * any of its resources.  Of several workers one is kept from jobs, so that
 * constructions and destructions go on; and one job at a time has its turn
 * like everybody, so that they do not keep jobs from going on either.  The
 * other jobs take what workers are left.  A single worker takes jobs when
 * nothing else may start.
 */
#include <string.h>

#include "work_pool_private.h"

static struct work_seat *
idle_seat(struct work_pool *p)
{
	for (uint32_t i = 0; i < p->seats; i++) {
		struct work_seat *at = &p->seat[i];

		if (at->worker != NULL && at->order == NULL) {
			return at;
		}
	}
	return NULL;
}

static void
next_turn(struct work_pool *p)
{
	if (++p->turn == 0) {
		memset(p->named, 0, p->config.ids * sizeof *p->named);
		p->turn = 1;
	}
}

/* Name the resources of an order. @return nobody earlier named any of them */
static bool
name(struct work_pool *p, const struct work_order *o)
{
	const struct work *w = o->work;
	bool alone = true;

	if (!work_pool_is_job(o)) {
		uint32_t *named = &p->named[w->id];

		alone = *named != p->turn;
		*named = p->turn;
		return alone;
	}
	for (uint32_t i = 0; i < w->count; i++) {
		alone = alone && p->named[w->hold[i].id] != p->turn;
	}
	for (uint32_t i = 0; i < w->count; i++) {
		p->named[w->hold[i].id] = p->turn;
	}
	return alone;
}

static void
hand_over(struct work_pool *p, struct work_seat *at, struct work_order *o)
{
	o->place = WORK_RUNS;
	o->begun_ns = work_pool_now_ns();
	at->order = o;
	p->counts.waiting--;
	p->counts.running++;
	if (work_pool_is_job(o)) {
		p->jobs++;
	}
	work_worker_give(at->worker, o);
}

/* Look through all orders, with at most `jobs` jobs at work at a time. */
static void
offer(struct work_pool *p, uint32_t jobs)
{
	struct work_seat *at = p->counts.waiting == 0 ? NULL : idle_seat(p);

	next_turn(p);
	for (struct work_order *o = p->first; o != NULL && at != NULL;
		o = o->next) {
		if (name(p, o) && o->place == WORK_WAITS &&
			(!work_pool_is_job(o) || p->jobs < jobs)) {
			hand_over(p, at, o);
			at = idle_seat(p);
		}
	}
}

void
work_pool_turn(struct work_pool *p)
{
	const uint32_t threads = p->config.threads;
	/* one that came back late is one too many, and about to end */
	uint32_t live = p->counts.workers - p->lost;
	uint32_t some = live < threads ? live : threads;
	uint32_t jobs = some > 1 ? some - 1 : 0;

	if (threads == 1) {
		offer(p, 0);
		offer(p, 1);
	} else {
		offer(p, jobs < 1 ? jobs : 1);
		offer(p, jobs);
	}
}
