/* SPDX-License-Identifier: MIT */
/*
 * check_moment.c -- a reader of the moment never sees half of a pair.
 */
#include <check.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "moment.h"

#define READS 20000

/** A pair whose members all follow from one number. */
static struct instant
instant_of(uint64_t n)
{
	return (struct instant){
		.sample = n * 64,
		.ns = (int64_t)(n * 1333333 + 7),
		.epoch = (uint32_t)(n / 100),
		.exact = n % 3 == 0,
	};
}

static void
assert_same(const struct instant *a, const struct instant *b)
{
	ck_assert_uint_eq(a->sample, b->sample);
	ck_assert_int_eq(a->ns, b->ns);
	ck_assert_uint_eq(a->epoch, b->epoch);
	ck_assert_int_eq(a->exact, b->exact);
}

START_TEST(moment_has_nothing_to_read_before_the_first_post)
{
	struct moment m;
	struct instant out;

	memset(&m, 0, sizeof m);
	ck_assert(!moment_read(&m, &out));
}
END_TEST

START_TEST(moment_reads_the_newest_of_what_was_posted)
{
	struct moment m;
	struct instant out;

	memset(&m, 0, sizeof m);
	for (uint64_t n = 0; n < 1000; n++) {
		struct instant in = instant_of(n);
		moment_post(&m, &in);
		ck_assert(moment_read(&m, &out));
		assert_same(&in, &out);
		ck_assert(moment_read(&m, &out));
		assert_same(&in, &out);
	}
}
END_TEST

START_TEST(moment_gives_up_reading_when_a_write_never_ends)
{
	struct moment m;
	struct instant in = instant_of(5);
	struct instant out;

	memset(&m, 0, sizeof m);
	moment_post(&m, &in);
	uint32_t even = atomic_load(&m.sequence);
	atomic_store(&m.sequence, even + 1);
	ck_assert(!moment_read(&m, &out));
	atomic_store(&m.sequence, even + 2);
	ck_assert(moment_read(&m, &out));
	assert_same(&in, &out);
}
END_TEST

struct pair {
	struct moment moment;
	_Atomic int stop;
	uint64_t posted;
};

static void *
write_moments(void *user)
{
	struct pair *p = user;
	uint64_t n = 0;

	while (atomic_load(&p->stop) == 0) {
		struct instant in = instant_of(n++);
		moment_post(&p->moment, &in);
		if (n % 1024 == 0) {
			sched_yield(); /* one core has to do as well */
		}
	}
	p->posted = n;
	return NULL;
}

START_TEST(moment_is_never_torn_between_two_threads)
{
	struct pair *p = aligned_alloc(2 * CACHE_LINE, sizeof *p);
	struct instant out;
	struct instant wanted;
	pthread_t writer;
	uint64_t newest = 0;

	ck_assert_ptr_nonnull(p);
	memset(p, 0, sizeof *p);
	ck_assert_int_eq(pthread_create(&writer, NULL, write_moments, p), 0);
	for (int got = 0; got < READS;) {
		if (!moment_read(&p->moment, &out)) {
			sched_yield();
			continue;
		}
		ck_assert_uint_eq(out.sample % 64, 0);
		wanted = instant_of(out.sample / 64);
		assert_same(&wanted, &out);
		ck_assert_uint_ge(out.sample / 64, newest);
		newest = out.sample / 64;
		got++;
	}
	atomic_store(&p->stop, 1);
	ck_assert_int_eq(pthread_join(writer, NULL), 0);
	ck_assert(moment_read(&p->moment, &out));
	wanted = instant_of(p->posted - 1);
	assert_same(&wanted, &out);
	free(p);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("link/moment");
	TCase *t = tcase_create("moment");

	tcase_set_timeout(t, 120);
	tcase_add_test(t, moment_has_nothing_to_read_before_the_first_post);
	tcase_add_test(t, moment_reads_the_newest_of_what_was_posted);
	tcase_add_test(t, moment_gives_up_reading_when_a_write_never_ends);
	tcase_add_test(t, moment_is_never_torn_between_two_threads);
	suite_add_tcase(s, t);
	SRunner *runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
