/* SPDX-License-Identifier: MIT */
/*
 * pool_rig.c -- see pool_rig.h.
 */
#include "pool_rig.h"

#include <check.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* generous: only a failure takes so long */
#define DEADLINE_S 60

static struct {
	pthread_mutex_t lock;
	pthread_cond_t moved;
	bool met[RIG_DOORS];
	bool open[RIG_DOORS];
	uint32_t destroyed;
	void *left; /* what RIG_LEAK leaves */
} doors = {
	.lock = PTHREAD_MUTEX_INITIALIZER,
	.moved = PTHREAD_COND_INITIALIZER,
};

static void
wait_at(int64_t door)
{
	if (door < 0) {
		return;
	}
	(void)pthread_mutex_lock(&doors.lock);
	doors.met[door] = true;
	(void)pthread_cond_broadcast(&doors.moved);
	while (!doors.open[door]) {
		(void)pthread_cond_wait(&doors.moved, &doors.lock);
	}
	(void)pthread_mutex_unlock(&doors.lock);
}

void
rig_let(int door)
{
	(void)pthread_mutex_lock(&doors.lock);
	doors.open[door] = true;
	(void)pthread_cond_broadcast(&doors.moved);
	(void)pthread_mutex_unlock(&doors.lock);
}

void
rig_meet(int door)
{
	struct timespec end;
	int err = 0;

	(void)clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec += DEADLINE_S;
	(void)pthread_mutex_lock(&doors.lock);
	while (!doors.met[door] && err == 0) {
		err = pthread_cond_timedwait(&doors.moved, &doors.lock, &end);
	}
	(void)pthread_mutex_unlock(&doors.lock);
	ck_assert_msg(err == 0, "nobody came to door %d", door);
}

bool
rig_was_met(int door)
{
	(void)pthread_mutex_lock(&doors.lock);
	bool met = doors.met[door];
	(void)pthread_mutex_unlock(&doors.lock);
	return met;
}

uint32_t
rig_destroyed(void)
{
	(void)pthread_mutex_lock(&doors.lock);
	uint32_t n = doors.destroyed;
	(void)pthread_mutex_unlock(&doors.lock);
	return n;
}

static void
spoil(char *reason, size_t size)
{
	memset(reason, 'g', size);
}

static int
go_way(const TactusHost *host, int64_t way, TactusJob *job, char *reason,
	size_t size)
{
	switch ((enum rig_way)way) {
	case RIG_FAIL:
		(void)snprintf(reason, size, "the fake is broken");
		return -1;
	case RIG_SILENT:
		return -1;
	case RIG_GARBAGE:
		spoil(reason, size);
		return -1;
	case RIG_LEAK:
		doors.left = host->alloc(host, 1000);
		return -1;
	case RIG_OVERFLOW:
		while (host->result(
			host, job, &(TactusValue){.type = 'h', .integer = 1})) {
		}
		return 0;
	case RIG_CANCEL:
		while (!host->is_cancelled(host, job)) {
			(void)sched_yield();
		}
		(void)snprintf(reason, size, "in its own words");
		return -1;
	case RIG_GOOD:
		return 0;
	}
	return -1;
}

/* What a fake resource is; its door is for its destroy. */
struct fake {
	int32_t door;
};

static void *
fake_construct(const TactusHost *host, const TactusValue *values,
	uint32_t count, TactusJob *job, char *reason, size_t size)
{
	ck_assert_uint_eq(count, 2);
	host->progress(host, job, 0.5);
	wait_at(values[0].integer);
	if (go_way(host, values[1].integer, job, reason, size) != 0) {
		return NULL;
	}
	struct fake *f = host->alloc(host, sizeof *f);
	if (f != NULL) {
		f->door = -1;
	}
	return f;
}

static void
fake_destroy(const TactusHost *host, void *resource)
{
	struct fake *f = resource;

	wait_at(f->door);
	host->free(host, f);
	(void)pthread_mutex_lock(&doors.lock);
	doors.destroyed++;
	(void)pthread_mutex_unlock(&doors.lock);
}

static uint64_t
fake_bytes(const TactusHost *host, const void *resource)
{
	(void)host;
	return *(const int32_t *)resource == 77 ? 7777 : 64;
}

static const TactusResourceDef fake_def = {
	.size = sizeof fake_def,
	.uri = "urn:test:resource:fake:1",
	.name = "fake",
	.construct = fake_construct,
	.destroy = fake_destroy,
};

static const TactusResourceDef measured_def = {
	.size = sizeof measured_def,
	.uri = "urn:test:resource:measured:1",
	.name = "measured",
	.construct = fake_construct,
	.destroy = fake_destroy,
	.bytes = fake_bytes,
};

static int
fake_perform(const TactusHost *host, void *const *resources, uint32_t held,
	const TactusValue *values, uint32_t count, TactusJob *job, char *reason,
	size_t size)
{
	(void)count;
	host->progress(host, job, 0.25);
	for (uint32_t i = 0; i < held; i++) {
		if (resources[i] != NULL) {
			*(int32_t *)resources[i] = 77;
		}
	}
	wait_at(values[0].integer);
	(void)host->result(
		host, job, &(TactusValue){.type = 's', .string = "so it is"});
	return go_way(host, values[1].integer, job, reason, size);
}

static const TactusJobDef fake_job = {
	.size = sizeof fake_job,
	.uri = "urn:test:job:fake:1",
	.name = "fake-job",
	.perform = fake_perform,
};

static int
fake_synth_work(const TactusHost *host, void *const *resources, uint32_t count,
	void *data)
{
	(void)host;
	(void)resources;
	wait_at(*(int32_t *)data);
	return (int)count + 40;
}

static void
on_done(void *user, struct work_order *o)
{
	struct rig *r = user;

	ck_assert_uint_lt(r->done_count, RIG_LOG);
	ck_assert_uint_eq(o->place, WORK_RETURNED);
	r->done[r->done_count++] = o;
	if (r->cancels != NULL) {
		struct work_order *other = r->cancels;

		r->cancels = NULL;
		work_pool_cancel(r->pool, other);
	}
}

static void
on_timed_out(void *user, struct work_order *o)
{
	struct rig *r = user;

	r->timed_out[r->timed_out_count++] = o;
}

static void
on_progress(void *user, struct work_order *o, float fraction)
{
	struct rig *r = user;

	(void)o;
	r->progress[r->progress_count++] = fraction;
}

void
rig_open_idle(struct rig *r, uint32_t threads, double timeout_s)
{
	memset(r, 0, sizeof *r);
	memset(doors.met, 0, sizeof doors.met);
	memset(doors.open, 0, sizeof doors.open);
	doors.destroyed = 0;
	r->loop = ev_loop_new(EVFLAG_AUTO);
	ck_assert_ptr_nonnull(r->loop);
	ck_assert_int_eq(config_default(&r->config), 0);
	ck_assert_int_eq(host_open(&(struct host_config){.config = r->config,
					   .rate = 48000},
				 &r->host),
		0);
	ck_assert_int_eq(work_pool_open(
				 &(struct work_pool_config){
					 .loop = r->loop,
					 .host = r->host,
					 .threads = threads,
					 .ids = 65536,
					 .timeout_s = timeout_s,
					 .hooks = {r, on_done, on_timed_out,
						   on_progress},
        },
				 &r->pool),
		0);
}

void
rig_open(struct rig *r, uint32_t threads, double timeout_s)
{
	rig_open_idle(r, threads, timeout_s);
	ck_assert_int_eq(work_pool_start(r->pool), 0);
}

/* End what an order still has, as rt's end would. */
static void
forget(struct rig *r, struct work_order *o)
{
	struct work *w = o->work;
	bool own = w == &o->own;
	struct host_view v;

	host_view_init(&v, r->host);
	if (own && w->instance != NULL) {
		v.host.free(&v.host, w->instance);
	}
	work_order_free(o);
	if (!own) {
		free(w);
	}
}

void
rig_close(struct rig *r)
{
	ck_assert_uint_eq(work_pool_close(r->pool), 0);
	for (uint32_t i = 0; i < r->made_count; i++) {
		forget(r, r->made[i]);
	}
	struct host_view v;
	host_view_init(&v, r->host);
	v.host.free(&v.host, doors.left);
	doors.left = NULL;
	ck_assert_uint_eq(host_bytes(r->host), 0);
	host_close(r->host);
	config_close(r->config);
	ev_loop_destroy(r->loop);
}

static struct work_order *
make(struct rig *r, enum work_kind kind, int32_t id, int door, enum rig_way way)
{
	const TactusValue values[] = {
		{.type = 'i', .integer = door},
		{.type = 'i', .integer = way },
	};
	struct work_order *o = work_order_new(kind, id, values, 2);

	ck_assert_ptr_nonnull(o);
	ck_assert_uint_lt(r->made_count, RIG_LOG);
	r->made[r->made_count++] = o;
	return o;
}

static void
hold(struct work *w, uint32_t count, const int32_t *ids)
{
	w->count = count;
	for (uint32_t i = 0; i < count; i++) {
		w->hold[i].id = ids[i];
		w->hold[i].bytes = 5;
	}
}

struct work_order *
rig_construct(struct rig *r, int32_t id, int door, enum rig_way way)
{
	struct work_order *o = make(r, WORK_CONSTRUCT, id, door, way);

	o->own.def = &fake_def;
	return o;
}

struct work_order *
rig_measured(struct rig *r, int32_t id)
{
	struct work_order *o = make(r, WORK_CONSTRUCT, id, -1, RIG_GOOD);

	o->own.def = &measured_def;
	return o;
}

void
rig_destroy(struct work_order *o, int door)
{
	struct fake *f = o->own.instance;

	o->own.kind = WORK_DESTROY;
	if (f != NULL) {
		f->door = door;
	}
}

struct work_order *
rig_job(struct rig *r, int32_t id, int door, enum rig_way way, uint32_t count,
	const int32_t *ids)
{
	struct work_order *o = make(r, WORK_JOB, id, door, way);

	o->job_def = &fake_job;
	hold(&o->own, count, ids);
	return o;
}

struct work_order *
rig_perform(struct rig *r, int door, uint32_t count, const int32_t *ids)
{
	struct work *w = aligned_alloc(_Alignof(struct work), sizeof *w);

	ck_assert_ptr_nonnull(w);
	memset(w, 0, sizeof *w);
	w->kind = WORK_PERFORM;
	w->node = (struct node_ref){.id = 9};
	w->def_name = "fake-synth";
	w->perform = fake_synth_work;
	memcpy(w->data, &(int32_t){door}, sizeof(int32_t));
	hold(w, count, ids);
	struct work_order *o = work_order_of(w);
	ck_assert_ptr_nonnull(o);
	r->made[r->made_count++] = o;
	return o;
}

static void
on_deadline(struct ev_loop *loop, ev_timer *w, int events)
{
	(void)events;
	*(bool *)w->data = true;
	ev_break(loop, EVBREAK_ALL);
}

/* Turn the loop until a number is reached, or the test has failed. */
static void
run_to(struct rig *r, const uint32_t *count, uint32_t n)
{
	bool over = false;
	ev_timer deadline;

	ev_timer_init(&deadline, on_deadline, DEADLINE_S, 0);
	deadline.data = &over;
	ev_timer_start(r->loop, &deadline);
	while (*count < n && !over) {
		ev_run(r->loop, EVRUN_ONCE);
	}
	ev_timer_stop(r->loop, &deadline);
	ck_assert_uint_ge(*count, n);
}

void
rig_run(struct rig *r, uint32_t n)
{
	run_to(r, &r->done_count, n);
}

void
rig_run_progress(struct rig *r, uint32_t n)
{
	run_to(r, &r->progress_count, n);
}
