/* SPDX-License-Identifier: MIT */
/*
 * work_pool.c -- see work_pool.h.  Orders come and go, and workers.
 */
#include "work_pool_private.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "log.h"
#include "work_do.h"

#define SECOND_NS INT64_C(1000000000)
/* what work_pool_close waits for what workers have */
#define CLOSE_NS SECOND_NS

static bool
is_cancelled(const struct work_order *o)
{
	return atomic_load_explicit(&o->job.cancelled, memory_order_relaxed);
}

static bool
can_be_cancelled(const struct work_order *o)
{
	return o->work->kind == WORK_JOB || o->work->kind == WORK_CONSTRUCT;
}

/* The end of an order: it leaves the list, hooks.done gets it at the next
 * flush. */
static void
settle(struct work_pool *p, struct work_order *o, bool late)
{
	if (is_cancelled(o) && (o->failed || o->work->kind == WORK_JOB)) {
		work_do_fail(o, o->stopping ? "the engine is shutting down"
				: late      ? "timed out"
					    : "cancelled");
	}
	*(o->previous != NULL ? &o->previous->next : &p->first) = o->next;
	*(o->next != NULL ? &o->next->previous : &p->last) = o->previous;
	o->next = NULL;
	o->previous = NULL;
	*(p->back != NULL ? &p->back_last->next : &p->back) = o;
	p->back_last = o;
	if (o->place == WORK_WAITS) {
		p->counts.waiting--;
	} else {
		p->counts.running--;
	}
	o->place = WORK_RETURNED;
	p->counts.done++;
	p->counts.failed += o->failed;
	p->out--;
}

/* Hooks may come back to the pool: each order is off the list before. */
static void
flush(struct work_pool *p)
{
	while (p->back != NULL) {
		struct work_order *o = p->back;

		p->back = o->next;
		o->next = NULL;
		p->config.hooks.done(p->config.hooks.user, o);
	}
}

int
work_pool_hire(struct work_pool *p)
{
	for (uint32_t i = 0; i < p->seats; i++) {
		if (p->seat[i].worker == NULL) {
			int err = work_worker_open(p->config.host, p->told_fd,
				p->number + 1, &p->seat[i].worker);

			if (err == 0) {
				p->number++;
				p->counts.workers++;
			}
			return err;
		}
	}
	return -EAGAIN;
}

static void
dismiss(struct work_pool *p, struct work_seat *at)
{
	work_worker_close(at->worker);
	*at = (struct work_seat){.worker = NULL};
	p->counts.workers--;
}

/* Those that are idle, and more than there should be. */
static void
dismiss_surplus(struct work_pool *p)
{
	for (uint32_t i = 0; i < p->seats; i++) {
		struct work_seat *at = &p->seat[i];

		if (p->counts.workers - p->lost <= p->config.threads) {
			return;
		}
		if (at->worker != NULL && at->order == NULL) {
			dismiss(p, at);
		}
	}
}

void
work_pool_collect(struct work_pool *p)
{
	for (uint32_t i = 0; i < p->seats; i++) {
		struct work_seat *at = &p->seat[i];
		struct work_order *o =
			at->order == NULL ? NULL : work_worker_take(at->worker);

		if (o == NULL) {
			continue;
		}
		bool late = at->lost;
		assert(o == at->order);
		at->order = NULL;
		at->lost = false;
		if (late) {
			p->lost--;
		} else if (work_pool_is_job(o)) {
			p->jobs--;
		}
		settle(p, o, late);
	}
	dismiss_surplus(p);
	flush(p);
	work_pool_turn(p);
}

static void
on_told(struct ev_loop *loop, ev_io *w, int events)
{
	struct work_pool *p = w->data;
	eventfd_t times;

	(void)loop;
	(void)events;
	(void)eventfd_read(p->told_fd, &times);
	work_pool_collect(p);
	work_pool_keep_time(p);
}

static void
close_parts(struct work_pool *p)
{
	if (p->told_fd >= 0) {
		(void)close(p->told_fd);
	}
	free(p->seat);
	free(p->named);
	free(p);
}

static int
make_parts(struct work_pool *p)
{
	p->seat = calloc(p->seats, sizeof *p->seat);
	p->named = calloc(p->config.ids, sizeof *p->named);
	if (p->seat == NULL || p->named == NULL) {
		return -ENOMEM;
	}
	p->told_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return p->told_fd < 0 ? -errno : 0;
}

int
work_pool_open(const struct work_pool_config *config, struct work_pool **out)
{
	struct work_pool *p = calloc(1, sizeof *p);

	if (p == NULL) {
		return -ENOMEM;
	}
	assert(config->threads >= 1 && config->ids >= 1);
	p->config = *config;
	p->seats = 2 * config->threads;
	p->told_fd = -1;
	work_pool_set_timeout(p, config->timeout_s);
	int err = make_parts(p);
	if (err != 0) {
		close_parts(p);
		return err;
	}
	ev_io_init(&p->told, on_told, p->told_fd, EV_READ);
	p->told.data = p;
	ev_io_start(config->loop, &p->told);
	work_pool_time_init(p);
	*out = p;
	return 0;
}

/* All workers that have nothing to do. */
static void
dismiss_idle(struct work_pool *p)
{
	for (uint32_t i = 0; i < p->seats; i++) {
		struct work_seat *at = &p->seat[i];

		if (at->worker != NULL && at->order == NULL) {
			dismiss(p, at);
		}
	}
}

int
work_pool_start(struct work_pool *p)
{
	int err = 0;

	assert(p->counts.workers == 0);
	for (uint32_t i = 0; err == 0 && i < p->config.threads; i++) {
		err = work_pool_hire(p);
	}
	if (err != 0) {
		dismiss_idle(p);
		return err;
	}
	work_pool_turn(p);
	work_pool_keep_time(p);
	return 0;
}

void
work_pool_add(struct work_pool *p, struct work_order *o)
{
	assert(o->work->kind == WORK_JOB || o->work->kind == WORK_PERFORM ||
		(uint32_t)o->work->id < p->config.ids);
	o->place = WORK_WAITS;
	o->failed = false;
	o->stopping = false;
	o->why[0] = '\0';
	o->shown = 0;
	o->next = NULL;
	o->previous = p->last;
	*(p->last != NULL ? &p->last->next : &p->first) = o;
	p->last = o;
	p->out++;
	p->counts.waiting++;
	if (o->work->kind == WORK_JOB && is_cancelled(o)) {
		settle(p, o, false);
		flush(p);
		return;
	}
	work_pool_turn(p);
	work_pool_keep_time(p);
}

void
work_pool_cancel(struct work_pool *p, struct work_order *o)
{
	if (!can_be_cancelled(o)) {
		return;
	}
	atomic_store_explicit(&o->job.cancelled, true, memory_order_relaxed);
	if (o->place == WORK_WAITS) {
		o->failed = true;
		settle(p, o, false);
		flush(p);
		work_pool_turn(p);
		work_pool_keep_time(p);
	}
}

void
work_pool_stop(struct work_pool *p)
{
	struct work_order *next = NULL;

	for (struct work_order *o = p->first; o != NULL; o = next) {
		next = o->next;
		if (!can_be_cancelled(o)) {
			continue;
		}
		o->stopping = true;
		atomic_store_explicit(
			&o->job.cancelled, true, memory_order_relaxed);
		if (o->place == WORK_WAITS) {
			o->failed = true;
			settle(p, o, false);
		}
	}
	flush(p);
	work_pool_turn(p);
	work_pool_keep_time(p);
}

uint32_t
work_pool_out(const struct work_pool *p)
{
	return p->out;
}

struct work_order *
work_pool_next(const struct work_pool *p, const struct work_order *o)
{
	return o == NULL ? p->first : o->next;
}

void
work_pool_count(const struct work_pool *p, struct work_pool_counts *out)
{
	*out = p->counts;
}

/* Let what is out come back for a while. */
static void
wait_for_all(struct work_pool *p)
{
	int64_t end = work_pool_now_ns() + CLOSE_NS;
	int64_t left = CLOSE_NS;

	work_pool_collect(p);
	while (p->out != 0 && left > 0) {
		struct pollfd told = {.fd = p->told_fd, .events = POLLIN};
		eventfd_t times;

		(void)poll(&told, 1, (int)(left / 1000000) + 1);
		(void)eventfd_read(p->told_fd, &times);
		work_pool_collect(p);
		left = end - work_pool_now_ns();
	}
}

uint32_t
work_pool_log(const struct work_pool *p)
{
	for (const struct work_order *o = p->first; o != NULL; o = o->next) {
		char what[WORK_POOL_WHAT];
		bool runs = o->place == WORK_RUNS;
		double s = runs ? (double)(work_pool_now_ns() - o->begun_ns) /
					   (double)SECOND_NS
				: 0.0;

		work_pool_describe(o, what, sizeof what);
		if (runs) {
			log_err("works: abandoned: %s, running for %.1f s",
				what, s);
		} else {
			log_err("works: abandoned: %s, which waits for a "
				"worker, or for another work",
				what);
		}
	}
	return p->out;
}

uint32_t
work_pool_close(struct work_pool *p)
{
	if (p == NULL) {
		return 0;
	}
	work_pool_stop(p);
	wait_for_all(p);
	ev_io_stop(p->config.loop, &p->told);
	ev_timer_stop(p->config.loop, &p->tick);
	dismiss_idle(p);
	if (p->out != 0) {
		/* what hangs may come back, and touch what it was given */
		return work_pool_log(p);
	}
	close_parts(p);
	return 0;
}
