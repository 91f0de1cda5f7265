/* SPDX-License-Identifier: MIT */
/*
 * check_limit.c -- limit.c: never more than the burst and the rate allow.
 */
#include <check.h>
#include <stdlib.h>

#include "corpus.h"
#include "limit.h"

#define MS INT64_C(1000000)

static uint32_t
take_all(struct limit *l, int64_t now_ns)
{
	uint32_t n = 0;

	while (limit_take(l, now_ns)) {
		n++;
	}
	return n;
}

START_TEST(limit_gives_the_burst_then_the_rate)
{
	struct limit l;

	limit_init(&l, 200, 100, 5 * MS);
	ck_assert_uint_eq(take_all(&l, 5 * MS), 200);
	ck_assert_uint_eq(take_all(&l, 14 * MS), 0);
	ck_assert_uint_eq(take_all(&l, 15 * MS), 1);
	ck_assert_uint_eq(take_all(&l, 115 * MS), 10);
	ck_assert_uint_eq(take_all(&l, INT64_MAX), 200);
}
END_TEST

START_TEST(limit_gives_nothing_for_time_that_runs_backwards)
{
	struct limit l;

	limit_init(&l, 2, 100, 1000 * MS);
	ck_assert_uint_eq(take_all(&l, 1000 * MS), 2);
	ck_assert_uint_eq(take_all(&l, 0), 0);
	ck_assert_uint_eq(take_all(&l, 1000 * MS), 0);
	ck_assert_uint_eq(take_all(&l, 1010 * MS), 1);
}
END_TEST

START_TEST(limit_holds_over_any_pattern_of_asking)
{
	uint32_t state = 3;
	struct limit l;
	int64_t now_ns = 0;
	uint32_t taken = 0;

	limit_init(&l, 200, 100, 0);
	for (int i = 0; i < 100000; i++) {
		now_ns += corpus_random(&state) % (15 * (uint32_t)MS);
		taken += limit_take(&l, now_ns);
		ck_assert_uint_le(taken, 200 + (uint64_t)now_ns / 10000000);
	}
	/* asking oftener than the rate, nearly all of it was given */
	ck_assert_uint_ge(taken, (uint64_t)now_ns / 10000000);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("nrt/limit");
	TCase *tc = tcase_create("limit");

	tcase_add_test(tc, limit_gives_the_burst_then_the_rate);
	tcase_add_test(tc, limit_gives_nothing_for_time_that_runs_backwards);
	tcase_add_test(tc, limit_holds_over_any_pattern_of_asking);
	suite_add_tcase(s, tc);
	SRunner *r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
