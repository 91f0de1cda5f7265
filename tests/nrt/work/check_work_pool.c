/* SPDX-License-Identifier: MIT */
/*
 * check_work_pool.c -- whose turn it is, what a worker makes of a plugin's
 * answers, and what becomes of work that is not wanted or does not return.
 */
#include <check.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "log.h"
#include "pool_rig.h"

/* beyond the limit of 1000 s, which no slow machine reaches */
#define FAR_NS INT64_C(3600000000000)

static const uint32_t several[] = {1, 2, 8};

/* The n-th of what opening a pool takes fails. */
static long until_failure = -1;
static bool failed;

static bool
fails(void)
{
	if (until_failure < 0 || until_failure-- > 0) {
		return false;
	}
	failed = true;
	return true;
}

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
int __real_eventfd(unsigned count, int flags);
int __wrap_eventfd(unsigned count, int flags);
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *a,
	void *(*start)(void *), void *arg);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *a,
	void *(*start)(void *), void *arg);

void *
__wrap_calloc(size_t count, size_t size)
{
	return fails() ? NULL : __real_calloc(count, size);
}

void *
__wrap_aligned_alloc(size_t alignment, size_t size)
{
	return fails() ? NULL : __real_aligned_alloc(alignment, size);
}

int
__wrap_eventfd(unsigned count, int flags)
{
	if (fails()) {
		errno = EMFILE;
		return -1;
	}
	return __real_eventfd(count, flags);
}

int
__wrap_pthread_create(pthread_t *thread, const pthread_attr_t *a,
	void *(*start)(void *), void *arg)
{
	return fails() ? EAGAIN : __real_pthread_create(thread, a, start, arg);
}

static struct rig r;

static struct work_order *
add(struct work_order *o)
{
	work_pool_add(r.pool, o);
	return o;
}

static struct work_pool_counts
counts(void)
{
	struct work_pool_counts c;

	work_pool_count(r.pool, &c);
	return c;
}

START_TEST(works_on_one_resource_go_in_turn_with_any_workers)
{
	struct work_order *o[12];
	const int32_t ids[] = {5, 5};

	rig_open(&r, several[_i], 0);
	o[0] = add(rig_construct(&r, 5, 0, RIG_GOOD));
	for (int i = 1; i < 12; i++) {
		o[i] = add(i % 3 == 0 ? rig_perform(&r, -1, 1, ids)
				      : rig_job(&r, i, -1, RIG_GOOD, 2, ids));
	}
	rig_meet(0);
	ck_assert_uint_eq(o[0]->place, WORK_RUNS);
	for (int i = 1; i < 12; i++) {
		ck_assert_uint_eq(o[i]->place, WORK_WAITS);
	}
	rig_let(0);
	rig_run(&r, 12);
	for (uint32_t i = 0; i < 12; i++) {
		ck_assert_ptr_eq(r.done[i], o[i]);
	}
	rig_close(&r);
}
END_TEST

START_TEST(works_on_other_resources_run_side_by_side_with_eight_workers)
{
	struct work_order *o[9];

	rig_open(&r, 8, 0);
	for (int i = 0; i < 9; i++) {
		o[i] = add(rig_construct(&r, i, i, RIG_GOOD));
	}
	for (int i = 0; i < 8; i++) {
		rig_meet(i);
	}
	ck_assert_uint_eq(o[8]->place, WORK_WAITS);
	ck_assert(!rig_was_met(8));
	for (int i = 8; i >= 0; i--) {
		rig_let(i);
	}
	rig_run(&r, 9);
	rig_close(&r);
}
END_TEST

START_TEST(jobs_never_take_the_last_worker_of_several)
{
	const uint32_t threads = several[_i];
	struct work_order *o[8];

	rig_open(&r, threads, 0);
	for (int32_t i = 0; i < (int32_t)threads; i++) {
		o[i] = add(i % 2 == 0 ? rig_job(&r, i, 0, RIG_GOOD, 1, &i)
				      : rig_perform(&r, 0, 1, &i));
	}
	for (uint32_t i = 0; i + 1 < threads; i++) {
		ck_assert_uint_eq(o[i]->place, WORK_RUNS);
	}
	ck_assert_uint_eq(o[threads - 1]->place, WORK_WAITS);
	for (int32_t i = 20; i < 25; i++) {
		add(rig_construct(&r, i, -1, RIG_GOOD));
	}
	rig_run(&r, 5);
	ck_assert_uint_eq(o[threads - 1]->place, WORK_WAITS);
	rig_let(0);
	rig_run(&r, 5 + threads);
	rig_close(&r);
}
END_TEST

START_TEST(constructions_pass_waiting_jobs_when_there_is_one_worker)
{
	const int32_t id[] = {1, 2};

	rig_open(&r, 1, 0);
	struct work_order *first = add(rig_job(&r, 1, 0, RIG_GOOD, 1, id));
	struct work_order *second =
		add(rig_job(&r, 2, -1, RIG_GOOD, 1, id + 1));
	struct work_order *other = add(rig_construct(&r, 3, -1, RIG_GOOD));
	struct work_order *same = add(rig_construct(&r, 2, -1, RIG_GOOD));
	rig_let(0);
	rig_run(&r, 4);
	ck_assert_ptr_eq(r.done[0], first);
	ck_assert_ptr_eq(r.done[1], other);
	ck_assert_ptr_eq(r.done[2], second);
	ck_assert_ptr_eq(r.done[3], same);
	rig_close(&r);
}
END_TEST

START_TEST(one_job_has_its_turn_when_constructions_queue_up)
{
	const int32_t id[] = {20, 21};

	rig_open(&r, 3, 0);
	for (int i = 0; i < 3; i++) {
		add(rig_construct(&r, i, i, RIG_GOOD));
	}
	struct work_order *a = add(rig_job(&r, 1, 3, RIG_GOOD, 1, id));
	struct work_order *b = add(rig_job(&r, 2, 4, RIG_GOOD, 1, id + 1));
	struct work_order *c = add(rig_construct(&r, 3, 5, RIG_GOOD));
	struct work_order *d = add(rig_construct(&r, 4, 6, RIG_GOOD));
	rig_let(0);
	rig_run(&r, 1);
	ck_assert_uint_eq(a->place, WORK_RUNS);
	rig_let(1);
	rig_run(&r, 2);
	ck_assert_uint_eq(b->place, WORK_WAITS);
	ck_assert_uint_eq(c->place, WORK_RUNS);
	rig_let(2);
	rig_run(&r, 3);
	ck_assert_uint_eq(b->place, WORK_WAITS);
	ck_assert_uint_eq(d->place, WORK_RUNS);
	rig_let(5);
	rig_run(&r, 4);
	ck_assert_uint_eq(b->place, WORK_RUNS);
	for (int i = 3; i < 7; i++) {
		rig_let(i);
	}
	rig_run(&r, 7);
	rig_close(&r);
}
END_TEST

START_TEST(nobody_passes_a_job_that_waits_for_one_of_its_resources)
{
	const int32_t both[] = {1, 2};

	rig_open(&r, 8, 0);
	add(rig_construct(&r, 2, 0, RIG_GOOD));
	struct work_order *a = add(rig_job(&r, 1, -1, RIG_GOOD, 2, both));
	struct work_order *b = add(rig_job(&r, 2, -1, RIG_GOOD, 1, both));
	struct work_order *c = add(rig_construct(&r, 1, -1, RIG_GOOD));
	struct work_order *d = add(rig_construct(&r, 3, -1, RIG_GOOD));
	rig_run(&r, 1);
	ck_assert_ptr_eq(r.done[0], d);
	ck_assert_uint_eq(b->place, WORK_WAITS);
	ck_assert_uint_eq(c->place, WORK_WAITS);
	rig_let(0);
	rig_run(&r, 5);
	ck_assert_ptr_eq(r.done[2], a);
	ck_assert_ptr_eq(r.done[3], b);
	ck_assert_ptr_eq(r.done[4], c);
	rig_close(&r);
}
END_TEST

START_TEST(construct_gives_instance_and_bytes_when_it_is_good)
{
	rig_open(&r, 2, 0);
	struct work_order *o = add(rig_construct(&r, 1, -1, RIG_GOOD));
	struct work_order *m = add(rig_measured(&r, 2));
	rig_run(&r, 2);
	ck_assert(!o->failed);
	ck_assert_ptr_nonnull(o->own.instance);
	ck_assert_uint_eq(o->own.bytes, 64);
	ck_assert_uint_eq(host_bytes(r.host), 128);
	ck_assert_uint_eq(m->own.bytes, 64);
	rig_close(&r);
}
END_TEST

START_TEST(construct_fails_with_words_whatever_its_plugin_says)
{
	rig_open(&r, 2, 0);
	struct work_order *f = add(rig_construct(&r, 1, -1, RIG_FAIL));
	struct work_order *s = add(rig_construct(&r, 2, -1, RIG_SILENT));
	struct work_order *g = add(rig_construct(&r, 3, -1, RIG_GARBAGE));
	struct work_order *l = add(rig_construct(&r, 4, -1, RIG_LEAK));
	rig_run(&r, 4);
	ck_assert(f->failed && s->failed && g->failed && l->failed);
	ck_assert_str_eq(f->why, "the fake is broken");
	ck_assert_str_eq(s->why, "its plugin gives no reason");
	ck_assert_uint_eq(strlen(g->why), WORK_WHY_SIZE - 1);
	ck_assert_ptr_null(l->own.instance);
	ck_assert_uint_eq(host_bytes(r.host), 1024);
	ck_assert_uint_eq(counts().failed, 4);
	rig_close(&r);
}
END_TEST

START_TEST(destroy_is_called_once_and_never_for_nothing)
{
	rig_open(&r, 2, 0);
	struct work_order *o = add(rig_construct(&r, 1, -1, RIG_GOOD));
	struct work_order *none = add(rig_construct(&r, 2, -1, RIG_FAIL));
	rig_run(&r, 2);
	rig_destroy(o, -1);
	rig_destroy(none, -1);
	add(o);
	add(none);
	rig_run(&r, 4);
	ck_assert_uint_eq(rig_destroyed(), 1);
	ck_assert(!o->failed && !none->failed);
	ck_assert_ptr_null(o->own.instance);
	ck_assert_uint_eq(host_bytes(r.host), 0);
	/* once more, by mistake: there is nothing left to destroy */
	add(o);
	rig_run(&r, 5);
	ck_assert_uint_eq(rig_destroyed(), 1);
	rig_close(&r);
}
END_TEST

START_TEST(job_comes_back_with_results_and_new_sizes)
{
	const int32_t ids[] = {1, 2, 1};

	rig_open(&r, 2, 0);
	struct work_order *m = add(rig_measured(&r, 1));
	struct work_order *u = add(rig_construct(&r, 2, -1, RIG_GOOD));
	rig_run(&r, 2);
	struct work_order *j = rig_job(&r, 3, -1, RIG_GOOD, 3, ids);
	for (int i = 0; i < 3; i++) {
		struct work_order *of = ids[i] == 1 ? m : u;

		j->own.hold[i].def = of->own.def;
		j->own.hold[i].instance = of->own.instance;
	}
	add(j);
	rig_run(&r, 3);
	ck_assert(!j->failed);
	ck_assert_uint_eq(j->job.count, 1);
	ck_assert_str_eq(j->job.result[0].string, "so it is");
	ck_assert_uint_eq(j->own.hold[0].bytes, 7777);
	ck_assert_uint_eq(j->own.hold[1].bytes, 5);
	ck_assert_uint_eq(j->own.hold[2].bytes, 7777);
	rig_close(&r);
}
END_TEST

START_TEST(job_fails_with_words_whatever_its_plugin_says)
{
	rig_open(&r, 2, 0);
	struct work_order *f = add(rig_job(&r, 1, -1, RIG_FAIL, 0, NULL));
	struct work_order *s = add(rig_job(&r, 2, -1, RIG_SILENT, 0, NULL));
	struct work_order *g = add(rig_job(&r, 3, -1, RIG_GARBAGE, 0, NULL));
	struct work_order *v = add(rig_job(&r, 4, -1, RIG_OVERFLOW, 0, NULL));
	rig_run(&r, 4);
	ck_assert(f->failed && s->failed && g->failed && v->failed);
	ck_assert_str_eq(f->why, "the fake is broken");
	ck_assert_str_eq(s->why, "its plugin gives no reason");
	ck_assert_uint_eq(strlen(g->why), WORK_WHY_SIZE - 1);
	ck_assert_ptr_nonnull(strstr(v->why, "results do not fit"));
	rig_close(&r);
}
END_TEST

START_TEST(perform_comes_back_with_its_number)
{
	const int32_t ids[] = {1, 2};

	rig_open(&r, 2, 0);
	struct work_order *o = add(rig_perform(&r, -1, 2, ids));
	rig_run(&r, 1);
	ck_assert_int_eq(o->work->result, 42);
	ck_assert(!o->failed);
	rig_close(&r);
}
END_TEST

START_TEST(cancel_gives_back_what_waits_at_once)
{
	const int32_t id = 1;

	rig_open(&r, 2, 0);
	add(rig_construct(&r, 1, 0, RIG_GOOD));
	struct work_order *j = add(rig_job(&r, 2, -1, RIG_GOOD, 1, &id));
	struct work_order *next = add(rig_job(&r, 3, -1, RIG_GOOD, 1, &id));
	work_pool_cancel(r.pool, j);
	ck_assert_uint_eq(r.done_count, 1);
	ck_assert_ptr_eq(r.done[0], j);
	ck_assert(j->failed);
	ck_assert_str_eq(j->why, "cancelled");
	ck_assert_uint_eq(next->place, WORK_WAITS);
	rig_let(0);
	rig_run(&r, 3);
	ck_assert_ptr_eq(r.done[2], next);
	rig_close(&r);
}
END_TEST

START_TEST(cancel_may_come_from_the_hook_of_another)
{
	const int32_t id = 1;

	rig_open(&r, 2, 0);
	struct work_order *c = add(rig_construct(&r, 1, 0, RIG_GOOD));
	struct work_order *first = add(rig_job(&r, 2, -1, RIG_GOOD, 1, &id));
	struct work_order *second = add(rig_job(&r, 3, -1, RIG_GOOD, 1, &id));
	r.cancels = second;
	work_pool_cancel(r.pool, first);
	/* each is told once */
	ck_assert_uint_eq(r.done_count, 2);
	ck_assert_ptr_eq(r.done[0], first);
	ck_assert_ptr_eq(r.done[1], second);
	ck_assert_str_eq(second->why, "cancelled");
	rig_let(0);
	rig_run(&r, 3);
	ck_assert_ptr_eq(r.done[2], c);
	rig_close(&r);
}
END_TEST

START_TEST(cancel_of_what_waits_lets_those_behind_it_go_on)
{
	const int32_t both[] = {1, 2};

	rig_open(&r, 2, 0);
	add(rig_construct(&r, 1, 0, RIG_GOOD));
	struct work_order *j = add(rig_job(&r, 2, -1, RIG_GOOD, 2, both));
	struct work_order *c = add(rig_construct(&r, 2, -1, RIG_GOOD));
	ck_assert_uint_eq(c->place, WORK_WAITS);
	work_pool_cancel(r.pool, j);
	ck_assert_uint_eq(c->place, WORK_RUNS);
	rig_let(0);
	rig_run(&r, 3);
	rig_close(&r);
}
END_TEST

START_TEST(cancel_stops_what_runs_at_its_next_check)
{
	rig_open(&r, 2, 0);
	struct work_order *j = add(rig_job(&r, 1, -1, RIG_CANCEL, 0, NULL));
	struct work_order *deaf = add(rig_construct(&r, 1, 0, RIG_GOOD));
	ck_assert_uint_eq(j->place, WORK_RUNS);
	work_pool_cancel(r.pool, j);
	rig_run(&r, 1);
	ck_assert(j->failed);
	ck_assert_str_eq(j->why, "cancelled");
	/* a construct that did it all the same is there */
	work_pool_cancel(r.pool, deaf);
	rig_let(0);
	rig_run(&r, 2);
	ck_assert(!deaf->failed);
	ck_assert_ptr_nonnull(deaf->own.instance);
	rig_close(&r);
}
END_TEST

START_TEST(cancel_is_kept_when_the_job_was_done_all_the_same)
{
	rig_open(&r, 2, 0);
	struct work_order *j = add(rig_job(&r, 1, 0, RIG_GOOD, 0, NULL));
	rig_meet(0);
	work_pool_cancel(r.pool, j);
	ck_assert_uint_eq(r.done_count, 0);
	rig_let(0);
	rig_run(&r, 1);
	ck_assert(j->failed);
	ck_assert_str_eq(j->why, "cancelled");
	rig_close(&r);
}
END_TEST

START_TEST(cancel_counts_when_it_comes_before_the_job)
{
	rig_open(&r, 2, 0);
	struct work_order *j = rig_job(&r, 1, 0, RIG_GOOD, 0, NULL);
	work_pool_cancel(r.pool, j);
	ck_assert_uint_eq(r.done_count, 0);
	add(j);
	ck_assert_uint_eq(r.done_count, 1);
	ck_assert_str_eq(j->why, "cancelled");
	ck_assert(!rig_was_met(0));
	ck_assert_uint_eq(work_pool_out(r.pool), 0);
	rig_close(&r);
}
END_TEST

START_TEST(cancel_leaves_destroys_and_performs_alone)
{
	const int32_t id = 1;

	rig_open(&r, 1, 0);
	struct work_order *o = add(rig_construct(&r, 1, -1, RIG_GOOD));
	rig_run(&r, 1);
	struct work_order *p = add(rig_perform(&r, 0, 1, &id));
	rig_destroy(o, -1);
	add(o);
	work_pool_cancel(r.pool, p);
	work_pool_cancel(r.pool, o);
	ck_assert_uint_eq(r.done_count, 1);
	rig_let(0);
	rig_run(&r, 3);
	ck_assert(!p->failed && !o->failed);
	ck_assert_int_eq(p->work->result, 41);
	ck_assert_uint_eq(rig_destroyed(), 1);
	rig_close(&r);
}
END_TEST

START_TEST(timeout_gives_up_once_and_a_spare_takes_over)
{
	rig_open(&r, 1, 1000);
	struct work_order *j = add(rig_job(&r, 1, 0, RIG_GOOD, 0, NULL));
	struct work_order *c = add(rig_construct(&r, 1, 1, RIG_GOOD));
	rig_meet(0);
	work_pool_tick(r.pool, j->begun_ns + INT64_C(1000000000000));
	ck_assert_uint_eq(r.timed_out_count, 0);
	work_pool_tick(r.pool, j->begun_ns + INT64_C(1000000000001));
	ck_assert_uint_eq(r.timed_out_count, 1);
	ck_assert_ptr_eq(r.timed_out[0], j);
	ck_assert_uint_eq(counts().workers, 2);
	ck_assert_uint_eq(counts().timed_out, 1);
	rig_meet(1);
	work_pool_tick(r.pool, j->begun_ns + INT64_C(1000000000002));
	ck_assert_uint_eq(r.timed_out_count, 1);
	rig_let(1);
	rig_run(&r, 1);
	ck_assert_ptr_eq(r.done[0], c);
	ck_assert(!c->failed);
	/* it comes back late: the surplus worker ends */
	rig_let(0);
	rig_run(&r, 2);
	ck_assert(j->failed);
	ck_assert_str_eq(j->why, "timed out");
	ck_assert_uint_eq(counts().workers, 1);
	rig_close(&r);
}
END_TEST

START_TEST(timeout_keeps_the_resources_held_until_it_returns)
{
	const int32_t id = 4;

	rig_open(&r, 2, 1000);
	struct work_order *c = add(rig_construct(&r, 4, 0, RIG_GOOD));
	struct work_order *j = add(rig_job(&r, 1, -1, RIG_GOOD, 1, &id));
	rig_meet(0);
	work_pool_tick(r.pool, work_pool_now_ns() + FAR_NS);
	ck_assert_ptr_eq(r.timed_out[0], c);
	ck_assert_uint_eq(j->place, WORK_WAITS);
	rig_let(0);
	rig_run(&r, 2);
	/* what a late construct made is there, for the office to destroy */
	ck_assert_ptr_eq(r.done[0], c);
	ck_assert(!c->failed);
	ck_assert_ptr_nonnull(c->own.instance);
	ck_assert(!j->failed);
	rig_close(&r);
}
END_TEST

START_TEST(timeout_says_so_when_the_construct_fails_late)
{
	rig_open(&r, 2, 1000);
	struct work_order *c = add(rig_construct(&r, 4, -1, RIG_CANCEL));
	work_pool_tick(r.pool, work_pool_now_ns() + FAR_NS);
	/* it sees that it is not wanted any more */
	rig_run(&r, 1);
	ck_assert(c->failed);
	ck_assert_str_eq(c->why, "timed out");
	rig_close(&r);
}
END_TEST

START_TEST(spares_are_as_many_as_threads)
{
	struct work_order *o[4];

	rig_open(&r, 1, 1000);
	for (int i = 0; i < 4; i++) {
		o[i] = add(rig_construct(&r, i, i, RIG_GOOD));
	}
	rig_meet(0);
	work_pool_tick(r.pool, work_pool_now_ns() + FAR_NS);
	rig_meet(1);
	work_pool_tick(r.pool, work_pool_now_ns() + FAR_NS);
	ck_assert_uint_eq(r.timed_out_count, 2);
	ck_assert_uint_eq(counts().workers, 2);
	ck_assert_uint_eq(o[2]->place, WORK_WAITS);
	rig_let(1);
	rig_run(&r, 1);
	/* the late one goes on where it is needed */
	rig_meet(2);
	rig_let(0);
	rig_run(&r, 2);
	ck_assert_uint_eq(counts().workers, 1);
	rig_let(2);
	rig_let(3);
	rig_run(&r, 4);
	ck_assert_uint_eq(counts().workers, 1);
	rig_close(&r);
}
END_TEST

START_TEST(jobs_do_not_take_the_last_worker_that_is_not_lost)
{
	struct work_order *j[4];

	rig_open(&r, 2, 1000);
	for (int i = 0; i < 4; i++) {
		j[i] = add(rig_job(&r, i, i, RIG_GOOD, 0, NULL));
	}
	for (int i = 0; i < 3; i++) {
		rig_meet(i);
		work_pool_tick(r.pool, work_pool_now_ns() + FAR_NS);
	}
	ck_assert_uint_eq(counts().workers, 4);
	ck_assert_uint_eq(r.timed_out_count, 3);
	ck_assert_uint_eq(j[3]->place, WORK_WAITS);
	add(rig_construct(&r, 1, -1, RIG_GOOD));
	rig_run(&r, 1);
	ck_assert_uint_eq(j[3]->place, WORK_WAITS);
	for (int i = 0; i < 4; i++) {
		rig_let(i);
	}
	rig_run(&r, 5);
	ck_assert_uint_eq(counts().workers, 2);
	rig_close(&r);
}
END_TEST

START_TEST(timeout_of_none_waits_for_ever)
{
	rig_open(&r, 1, 1000);
	add(rig_construct(&r, 1, 0, RIG_GOOD));
	rig_meet(0);
	work_pool_set_timeout(r.pool, 0);
	work_pool_tick(r.pool, INT64_MAX);
	ck_assert_uint_eq(r.timed_out_count, 0);
	work_pool_set_timeout(r.pool, 86400);
	work_pool_tick(r.pool, work_pool_now_ns() + FAR_NS);
	ck_assert_uint_eq(r.timed_out_count, 0);
	work_pool_set_timeout(r.pool, 1000);
	work_pool_tick(r.pool, work_pool_now_ns() + FAR_NS);
	ck_assert_uint_eq(r.timed_out_count, 1);
	rig_let(0);
	rig_run(&r, 1);
	rig_close(&r);
}
END_TEST

START_TEST(progress_is_told_by_the_timer_on_change_alone)
{
	rig_open(&r, 2, 0);
	struct work_order *j = add(rig_job(&r, 1, 0, RIG_GOOD, 0, NULL));
	/* a construct's is not told */
	add(rig_construct(&r, 1, 1, RIG_GOOD));
	rig_meet(0);
	rig_meet(1);
	rig_run_progress(&r, 1);
	ck_assert_double_eq((double)r.progress[0], 0.25);
	work_pool_tick(r.pool, work_pool_now_ns());
	ck_assert_uint_eq(r.progress_count, 1);
	atomic_store(&j->job.progress, 500000);
	work_pool_tick(r.pool, work_pool_now_ns());
	ck_assert_uint_eq(r.progress_count, 2);
	rig_let(0);
	rig_let(1);
	rig_run(&r, 2);
	rig_close(&r);
}
END_TEST

START_TEST(stop_puts_off_jobs_and_constructions_alone)
{
	const int32_t ids[] = {1, 2};

	rig_open(&r, 1, 0);
	struct work_order *o = add(rig_construct(&r, 1, -1, RIG_GOOD));
	rig_run(&r, 1);
	struct work_order *runs = add(rig_job(&r, 1, -1, RIG_CANCEL, 1, ids));
	struct work_order *job = add(rig_job(&r, 2, -1, RIG_GOOD, 1, ids));
	struct work_order *perform = add(rig_perform(&r, -1, 1, ids));
	struct work_order *make = add(rig_construct(&r, 2, -1, RIG_GOOD));
	rig_destroy(o, -1);
	add(o);
	work_pool_stop(r.pool);
	ck_assert_uint_eq(r.done_count, 3);
	ck_assert_ptr_eq(r.done[1], job);
	ck_assert_ptr_eq(r.done[2], make);
	ck_assert(job->failed && job->stopping && make->stopping);
	ck_assert_str_eq(make->why, "the engine is shutting down");
	/* what comes now is done: the destroys of the end do */
	struct work_order *late = add(rig_construct(&r, 3, -1, RIG_GOOD));
	rig_run(&r, 7);
	ck_assert(runs->failed && runs->stopping);
	ck_assert_str_eq(runs->why, "the engine is shutting down");
	ck_assert_int_eq(perform->work->result, 41);
	ck_assert_uint_eq(rig_destroyed(), 1);
	ck_assert(!late->failed);
	rig_close(&r);
}
END_TEST

START_TEST(close_delivers_what_was_out)
{
	rig_open(&r, several[_i], 0);
	struct work_order *o = add(rig_construct(&r, 1, -1, RIG_GOOD));
	rig_run(&r, 1);
	rig_destroy(o, -1);
	add(o);
	add(rig_job(&r, 1, -1, RIG_CANCEL, 0, NULL));
	add(rig_construct(&r, 2, -1, RIG_CANCEL));
	add(rig_perform(&r, -1, 0, NULL));
	rig_close(&r);
	ck_assert_uint_eq(r.done_count, 5);
	ck_assert_uint_eq(rig_destroyed(), 1);
}
END_TEST

static uint32_t lines;

static void
on_line(void *user, enum log_level level, const char *line)
{
	(void)user;
	if (level == LOG_LEVEL_ERR && strstr(line, "abandoned") != NULL) {
		lines++;
	}
}

/* In a process of its own, which ends by _exit: as the daemon does. */
static int
close_with_hangs(void)
{
	const int32_t id = 1;

	rig_open(&r, 2, 0);
	log_set_sink(on_line, NULL);
	add(rig_construct(&r, 1, 0, RIG_GOOD));
	rig_meet(0);
	add(rig_perform(&r, -1, 1, &id));
	struct work_order *good = add(rig_construct(&r, 2, -1, RIG_GOOD));
	uint32_t abandoned = work_pool_close(r.pool);
	/* the one that hangs, and the one that waits behind it */
	return abandoned == 2 && lines == 2 && r.done_count == 1 &&
			       r.done[0] == good
		       ? 0
		       : 1;
}

START_TEST(close_names_and_leaves_what_hangs)
{
	int status = -1;
	pid_t child = fork();

	ck_assert_int_ge(child, 0);
	if (child == 0) {
		_exit(close_with_hangs());
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 0);
}
END_TEST

START_TEST(next_walks_what_is_out_in_order)
{
	const int32_t id = 1;

	rig_open(&r, 2, 0);
	ck_assert_ptr_null(work_pool_next(r.pool, NULL));
	struct work_order *a = add(rig_construct(&r, 1, 0, RIG_GOOD));
	struct work_order *b = add(rig_job(&r, 2, -1, RIG_GOOD, 1, &id));
	struct work_order *c = add(rig_construct(&r, 3, 1, RIG_GOOD));
	ck_assert_ptr_eq(work_pool_next(r.pool, NULL), a);
	ck_assert_ptr_eq(work_pool_next(r.pool, a), b);
	ck_assert_ptr_eq(work_pool_next(r.pool, b), c);
	ck_assert_ptr_null(work_pool_next(r.pool, c));
	ck_assert_uint_eq(work_pool_out(r.pool), 3);
	ck_assert_uint_eq(counts().waiting, 1);
	ck_assert_uint_eq(counts().running, 2);
	work_pool_cancel(r.pool, b);
	ck_assert_ptr_eq(work_pool_next(r.pool, a), c);
	rig_let(0);
	rig_let(1);
	rig_run(&r, 3);
	ck_assert_uint_eq(work_pool_out(r.pool), 0);
	ck_assert_uint_eq(counts().done, 3);
	ck_assert_uint_eq(counts().failed, 1);
	ck_assert_uint_eq(counts().waiting + counts().running, 0);
	rig_close(&r);
}
END_TEST

START_TEST(open_leaves_nothing_when_a_part_fails)
{
	struct work_pool *p = NULL;
	struct work_pool_config c = {.threads = 3, .ids = 1};
	bool none = true;

	rig_open(&r, 1, 0);
	c.loop = r.loop;
	c.host = r.host;
	c.hooks = r.pool->config.hooks;
	for (long n = 0; none; n++) {
		failed = false;
		until_failure = n;
		int err = work_pool_open(&c, &p);
		until_failure = -1;
		none = failed;
		if (failed) {
			ck_assert(err == -ENOMEM || err == -EAGAIN ||
				  err == -EMFILE);
			ck_assert_ptr_null(p);
		} else {
			ck_assert_int_eq(err, 0);
			ck_assert_int_gt(n, 2);
		}
	}
	ck_assert_uint_eq(work_pool_close(p), 0);
	ck_assert_uint_eq(work_pool_close(NULL), 0);
	rig_close(&r);
}
END_TEST

START_TEST(start_leaves_nothing_when_a_worker_fails)
{
	bool none = true;

	rig_open_idle(&r, 3, 0);
	for (long n = 0; none; n++) {
		failed = false;
		until_failure = n;
		int err = work_pool_start(r.pool);
		until_failure = -1;
		none = failed;
		if (failed) {
			ck_assert(err == -ENOMEM || err == -EAGAIN ||
				  err == -EMFILE);
			ck_assert_uint_eq(counts().workers, 0);
		} else {
			ck_assert_int_eq(err, 0);
			ck_assert_int_gt(n, 12);
		}
	}
	ck_assert_uint_eq(counts().workers, 3);
	rig_close(&r);
}
END_TEST

START_TEST(what_is_added_before_the_start_waits_for_it)
{
	rig_open_idle(&r, 2, 0);
	struct work_order *o = add(rig_construct(&r, 1, -1, RIG_GOOD));
	ck_assert_uint_eq(o->place, WORK_WAITS);
	ck_assert_uint_eq(counts().workers, 0);
	ck_assert_int_eq(work_pool_start(r.pool), 0);
	rig_run(&r, 1);
	ck_assert(!o->failed);
	rig_close(&r);
}
END_TEST

START_TEST(lost_worker_is_survived_when_no_spare_can_be_had)
{
	rig_open(&r, 1, 1000);
	add(rig_construct(&r, 1, 0, RIG_GOOD));
	struct work_order *o = add(rig_construct(&r, 2, -1, RIG_GOOD));
	rig_meet(0);
	until_failure = 0;
	work_pool_tick(r.pool, work_pool_now_ns() + FAR_NS);
	until_failure = -1;
	ck_assert_uint_eq(r.timed_out_count, 1);
	ck_assert_uint_eq(counts().workers, 1);
	ck_assert_uint_eq(o->place, WORK_WAITS);
	rig_let(0);
	rig_run(&r, 2);
	ck_assert(!o->failed);
	rig_close(&r);
}
END_TEST

/* What a storm's jobs are done on: nobody is there beside another. */
static struct thing {
	atomic_int inside;
	int64_t last; /* plain: works on one thing follow each other */
} thing[6];

static int
storm_perform(const TactusHost *host, void *const *resources, uint32_t held,
	const TactusValue *values, uint32_t count, TactusJob *job, char *reason,
	size_t size)
{
	int bad = 0;

	(void)host;
	(void)count;
	(void)job;
	(void)reason;
	(void)size;
	for (uint32_t i = 0; i < held; i++) {
		struct thing *t = resources[i];

		bad += atomic_fetch_add(&t->inside, 1) != 0;
		bad += t->last >= values[0].integer;
		t->last = values[0].integer;
	}
	for (uint32_t i = 0; i < held; i++) {
		struct thing *t = resources[i];

		(void)atomic_fetch_sub(&t->inside, 1);
	}
	return bad;
}

static const TactusJobDef storm_job = {
	.size = sizeof storm_job,
	.uri = "urn:test:job:storm:1",
	.name = "storm",
	.perform = storm_perform,
};

START_TEST(storm_keeps_the_order_of_each_resource)
{
	uint32_t seed = 7;
	uint32_t want = 0;

	rig_open(&r, several[_i], 0);
	for (int round = 0; round < 4; round++) {
		for (int k = 0; k < 100; k++) {
			int32_t ids[3];
			struct work_order *o;

			seed = seed * 1664525 + 1013904223;
			/* neighbours, none of them twice */
			for (uint32_t i = 0; i < 3; i++) {
				ids[i] = (int32_t)(((seed >> 20) + i) % 6);
			}
			o = rig_job(&r, (int32_t)want, (int)want + 1, RIG_GOOD,
				1 + (seed >> 16) % 3, ids);
			o->job_def = &storm_job;
			for (uint32_t i = 0; i < o->own.count; i++) {
				o->own.hold[i].instance = &thing[ids[i]];
			}
			add(o);
			want++;
		}
		rig_run(&r, want - 30);
	}
	rig_run(&r, want);
	for (uint32_t i = 0; i < want; i++) {
		ck_assert(!r.done[i]->failed);
	}
	rig_close(&r);
}
END_TEST

static void
add_turns(Suite *s)
{
	TCase *tc = tcase_create("turns");

	suite_add_tcase(s, tc);
	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(
		tc, works_on_one_resource_go_in_turn_with_any_workers, 0, 3);
	tcase_add_test(tc,
		works_on_other_resources_run_side_by_side_with_eight_workers);
	tcase_add_loop_test(
		tc, jobs_never_take_the_last_worker_of_several, 1, 3);
	tcase_add_test(
		tc, constructions_pass_waiting_jobs_when_there_is_one_worker);
	tcase_add_test(tc, one_job_has_its_turn_when_constructions_queue_up);
	tcase_add_test(
		tc, nobody_passes_a_job_that_waits_for_one_of_its_resources);
	tcase_add_loop_test(tc, storm_keeps_the_order_of_each_resource, 0, 3);
	tcase_add_test(tc, next_walks_what_is_out_in_order);
}

static void
add_answers(Suite *s)
{
	TCase *tc = tcase_create("answers");

	suite_add_tcase(s, tc);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, construct_gives_instance_and_bytes_when_it_is_good);
	tcase_add_test(tc, construct_fails_with_words_whatever_its_plugin_says);
	tcase_add_test(tc, destroy_is_called_once_and_never_for_nothing);
	tcase_add_test(tc, job_comes_back_with_results_and_new_sizes);
	tcase_add_test(tc, job_fails_with_words_whatever_its_plugin_says);
	tcase_add_test(tc, perform_comes_back_with_its_number);
	tcase_add_test(tc, progress_is_told_by_the_timer_on_change_alone);
}

static void
add_unwanted(Suite *s)
{
	TCase *tc = tcase_create("unwanted");

	suite_add_tcase(s, tc);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, cancel_gives_back_what_waits_at_once);
	tcase_add_test(tc, cancel_may_come_from_the_hook_of_another);
	tcase_add_test(tc, cancel_of_what_waits_lets_those_behind_it_go_on);
	tcase_add_test(tc, cancel_stops_what_runs_at_its_next_check);
	tcase_add_test(tc, cancel_is_kept_when_the_job_was_done_all_the_same);
	tcase_add_test(tc, cancel_counts_when_it_comes_before_the_job);
	tcase_add_test(tc, cancel_leaves_destroys_and_performs_alone);
	tcase_add_test(tc, timeout_gives_up_once_and_a_spare_takes_over);
	tcase_add_test(tc, timeout_keeps_the_resources_held_until_it_returns);
	tcase_add_test(tc, timeout_says_so_when_the_construct_fails_late);
	tcase_add_test(tc, spares_are_as_many_as_threads);
	tcase_add_test(tc, jobs_do_not_take_the_last_worker_that_is_not_lost);
	tcase_add_test(tc, timeout_of_none_waits_for_ever);
	tcase_add_test(tc, lost_worker_is_survived_when_no_spare_can_be_had);
}

static void
add_ends(Suite *s)
{
	TCase *tc = tcase_create("ends");

	suite_add_tcase(s, tc);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, stop_puts_off_jobs_and_constructions_alone);
	tcase_add_loop_test(tc, close_delivers_what_was_out, 0, 3);
	tcase_add_test(tc, close_names_and_leaves_what_hangs);
	tcase_add_test(tc, open_leaves_nothing_when_a_part_fails);
	tcase_add_test(tc, start_leaves_nothing_when_a_worker_fails);
	tcase_add_test(tc, what_is_added_before_the_start_waits_for_it);
}

int
main(void)
{
	Suite *s = suite_create("nrt/work_pool");
	SRunner *runner = srunner_create(s);

	add_turns(s);
	add_answers(s);
	add_unwanted(s);
	add_ends(s);
	srunner_run_all(runner, CK_ENV);
	int bad = srunner_ntests_failed(runner);
	srunner_free(runner);
	return bad == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
