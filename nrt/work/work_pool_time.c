/* SPDX-License-Identifier: MIT */
/*
 * work_pool_time.c -- how long orders take: progress, and the limit.
 *
 * By the monotonic clock also where time is virtual: what hangs in a plugin
 * does not move the engine's.  Here is the timer that calls work_pool_tick;
 * tests call that themselves.
 */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "log.h"
#include "work_pool_private.h"

#define SECOND_NS INT64_C(1000000000)
#define TICK_S    0.1

int64_t
work_pool_now_ns(void)
{
	struct timespec t = {0, 0};

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * SECOND_NS + t.tv_nsec;
}

void
work_pool_describe(const struct work_order *o, char *to, size_t size)
{
	const struct work *w = o->work;

	switch ((enum work_kind)w->kind) {
	case WORK_CONSTRUCT:
		(void)snprintf(to, size,
			"construction of resource %" PRId32 " (%.120s)", w->id,
			w->def->uri);
		break;
	case WORK_DESTROY:
		(void)snprintf(to, size,
			"destruction of resource %" PRId32 " (%.120s)", w->id,
			w->def->uri);
		break;
	case WORK_JOB:
		(void)snprintf(to, size, "job %" PRId32 " (%.120s)", w->id,
			o->job_def->uri);
		break;
	case WORK_PERFORM:
		(void)snprintf(to, size, "work of node %" PRId32 " (%.120s)",
			w->node.id, w->def_name);
		break;
	}
}

void
work_pool_set_timeout(struct work_pool *p, double timeout_s)
{
	/* at least a nanosecond: 0 is none */
	p->timeout_ns =
		timeout_s > 0 ? (int64_t)fmin(ceil(timeout_s * 1e9), 1e18) : 0;
}

static void
tell_progress(struct work_pool *p, struct work_order *o)
{
	float now = (float)atomic_load_explicit(
			    &o->job.progress, memory_order_relaxed) /
		    1e6F;

	if (o->work->kind == WORK_JOB && now != o->shown) {
		o->shown = now;
		p->config.hooks.progress(p->config.hooks.user, o, now);
	}
}

static void
lose(struct work_pool *p, struct work_seat *at)
{
	struct work_order *o = at->order;
	char what[WORK_POOL_WHAT];

	at->lost = true;
	p->lost++;
	p->counts.timed_out++;
	if (work_pool_is_job(o)) {
		p->jobs--;
	}
	atomic_store_explicit(&o->job.cancelled, true, memory_order_relaxed);
	work_pool_describe(o, what, sizeof what);
	log_warn("works: %s takes longer than %g s: given up", what,
		(double)p->timeout_ns / (double)SECOND_NS);
	int err = work_pool_hire(p);
	if (err != 0) {
		log_warn("works: no spare worker, %" PRIu32 " are left: %s",
			p->counts.workers - p->lost,
			err == -EAGAIN && p->counts.workers == p->seats
				? "there are as many as threads already"
				: strerror(-err));
	}
	p->config.hooks.timed_out(p->config.hooks.user, o);
}

void
work_pool_tick(struct work_pool *p, int64_t now_ns)
{
	for (uint32_t i = 0; i < p->seats; i++) {
		struct work_seat *at = &p->seat[i];

		if (at->order == NULL || at->lost) {
			continue;
		}
		if (p->timeout_ns != 0 &&
			now_ns - at->order->begun_ns > p->timeout_ns) {
			lose(p, at);
		} else {
			tell_progress(p, at->order);
		}
	}
	work_pool_turn(p);
}

static void
on_tick(struct ev_loop *loop, ev_timer *w, int events)
{
	struct work_pool *p = w->data;

	(void)events;
	/* from now on, not from when it was due: never closer than that */
	ev_timer_again(loop, w);
	work_pool_tick(p, work_pool_now_ns());
	work_pool_keep_time(p);
}

void
work_pool_time_init(struct work_pool *p)
{
	ev_timer_init(&p->tick, on_tick, TICK_S, TICK_S);
	p->tick.data = p;
}

void
work_pool_keep_time(struct work_pool *p)
{
	bool wanted = p->counts.running > p->lost;

	if (wanted && !p->ticking) {
		p->tick.repeat = TICK_S;
		ev_timer_again(p->config.loop, &p->tick);
	} else if (!wanted && p->ticking) {
		ev_timer_stop(p->config.loop, &p->tick);
	}
	p->ticking = wanted;
}
