/* SPDX-License-Identifier: MIT */
/*
 * check_gauges.c -- each gauge stands alone, and is there before its report.
 */
#include <check.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "gauges.h"
#include "ring.h"

#define REPORTS 200000U

/** Zeroed gauges, as a wire has them. */
static struct gauges *
gauges_new(void)
{
	struct gauges *g = aligned_alloc(2 * CACHE_LINE, sizeof *g);

	ck_assert_ptr_nonnull(g);
	memset(g, 0, sizeof *g);
	return g;
}

START_TEST(gauge_holds_what_was_set_and_touches_no_other)
{
	struct gauges *g = gauges_new();

	gauge_set(g, (enum gauge)_i, UINT64_MAX);
	for (int i = 0; i < GAUGE_COUNT; i++) {
		ck_assert_uint_eq(
			gauge_get(g, (enum gauge)i), i == _i ? UINT64_MAX : 0);
	}
	free(g);
}
END_TEST

START_TEST(gauge_adds_to_what_it_had_and_turns_over_at_64_bits)
{
	struct gauges *g = gauges_new();

	gauge_add(g, GAUGE_SAMPLE, 64);
	gauge_add(g, GAUGE_SAMPLE, 1);
	ck_assert_uint_eq(gauge_get(g, GAUGE_SAMPLE), 65);
	gauge_add(g, GAUGE_SAMPLE, UINT64_MAX);
	ck_assert_uint_eq(gauge_get(g, GAUGE_SAMPLE), 64);
	free(g);
}
END_TEST

START_TEST(gauges_have_room_for_every_pool)
{
	ck_assert_int_eq(GAUGE_POOL_LAST - GAUGE_POOL_FREE + 1, GAUGE_POOLS);
	ck_assert_int_gt(GAUGE_COUNT, GAUGE_POOL_LAST);
}
END_TEST

struct told {
	struct gauges *gauges;
	struct ring *reports;
};

static void *
count_and_report(void *user)
{
	struct told *t = user;

	for (uint64_t n = 1; n <= REPORTS; n++) {
		gauge_add(t->gauges, GAUGE_XRUNS, 1);
		while (ring_post(t->reports, &n, 1) == 0) {
			sched_yield();
		}
	}
	return NULL;
}

START_TEST(gauge_shows_what_a_report_tells_of_when_it_is_taken)
{
	struct told t = {.gauges = gauges_new()};
	pthread_t rt;
	uint64_t n = 0;

	ck_assert_int_eq(ring_open(64, sizeof n, &t.reports), 0);
	ck_assert_int_eq(pthread_create(&rt, NULL, count_and_report, &t), 0);
	while (n < REPORTS) {
		if (ring_take(t.reports, &n, 1) == 0) {
			sched_yield();
			continue;
		}
		ck_assert_uint_ge(gauge_get(t.gauges, GAUGE_XRUNS), n);
	}
	ck_assert_int_eq(pthread_join(rt, NULL), 0);
	ck_assert_uint_eq(gauge_get(t.gauges, GAUGE_XRUNS), REPORTS);
	ring_close(t.reports);
	free(t.gauges);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("link/gauges");
	TCase *t = tcase_create("gauges");

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, gauge_holds_what_was_set_and_touches_no_other, 0,
		GAUGE_COUNT);
	tcase_add_test(t, gauge_adds_to_what_it_had_and_turns_over_at_64_bits);
	tcase_add_test(t, gauges_have_room_for_every_pool);
	tcase_add_test(t, gauge_shows_what_a_report_tells_of_when_it_is_taken);
	suite_add_tcase(s, t);
	SRunner *runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
