/* SPDX-License-Identifier: MIT */
/*
 * check_host_job.c -- what a job tells: progress, results, no more of them
 * than one message holds.
 */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"

static struct config *config;
static struct host *h;
static struct host_view v;
static const TactusHost *host;
static TactusJob job;

static void
setup(void)
{
	ck_assert_int_eq(config_default(&config), 0);
	ck_assert_int_eq(host_open(&(struct host_config){.config = config,
					   .rate = 48000},
				 &h),
		0);
	host_view_init(&v, h);
	host = &v.host;
}

static void
teardown(void)
{
	host_job_fini(&job);
	host_close(h);
	config_close(config);
}

static uint32_t
millionths(double fraction)
{
	host->progress(host, &job, fraction);
	return atomic_load(&job.progress);
}

START_TEST(progress_is_clamped_and_no_number_is_none)
{
	ck_assert_uint_eq(millionths(0.25), 250000);
	ck_assert_uint_eq(millionths((double)NAN), 250000);
	ck_assert_uint_eq(millionths(1), 1000000);
	ck_assert_uint_eq(millionths(1.0001), 1000000);
	ck_assert_uint_eq(millionths(HUGE_VAL), 1000000);
	ck_assert_uint_eq(millionths(-0.0), 0);
	ck_assert_uint_eq(millionths(1e-300), 0);
	ck_assert_uint_eq(millionths(-HUGE_VAL), 0);
}
END_TEST

START_TEST(cancel_is_seen_when_it_was_asked)
{
	ck_assert(!host->is_cancelled(host, &job));
	atomic_store(&job.cancelled, true);
	ck_assert(host->is_cancelled(host, &job));
}
END_TEST

static bool
tell(char type, int64_t integer, double number, const char *string)
{
	const TactusValue value = {type, integer, number, string};

	return host->result(host, &job, &value);
}

START_TEST(results_are_counted_as_a_message_holds_them)
{
	char text[] = "abc";

	ck_assert(tell('i', -5, 0, NULL));
	ck_assert_uint_eq(job.bytes, 5);
	ck_assert(tell('h', INT64_C(1) << 40, 0, NULL));
	ck_assert_uint_eq(job.bytes, 14);
	ck_assert(tell('f', 0, -HUGE_VAL, "not looked at"));
	ck_assert_uint_eq(job.bytes, 19);
	ck_assert(tell('s', 0, 0, text));
	ck_assert_uint_eq(job.bytes, 24);
	ck_assert(tell('s', 0, 0, "abcd"));
	ck_assert_uint_eq(job.bytes, 33);
	ck_assert(tell('s', 0, 0, ""));
	ck_assert_uint_eq(job.bytes, 38);
	text[0] = 'x';
	ck_assert_uint_eq(job.count, 6);
	ck_assert_int_eq(job.result[0].integer, -5);
	ck_assert_int_eq(job.result[1].integer, INT64_C(1) << 40);
	ck_assert(isinf(job.result[2].number));
	ck_assert_ptr_null(job.result[2].string);
	ck_assert_str_eq(job.result[3].string, "abc");
	ck_assert(!job.overflowed);
}
END_TEST

START_TEST(whole_numbers_beyond_32_bits_are_told_as_they_are)
{
	ck_assert(tell('i', INT32_MAX, 0, NULL));
	ck_assert(tell('i', INT32_MIN, 0, NULL));
	ck_assert(tell('i', INT64_C(1) << 31, 0, NULL));
	ck_assert(tell('i', -(INT64_C(1) << 31) - 1, 0, NULL));
	ck_assert_int_eq(job.result[0].type, 'i');
	ck_assert_int_eq(job.result[1].type, 'i');
	ck_assert_int_eq(job.result[2].type, 'h');
	ck_assert_int_eq(job.result[3].type, 'h');
	ck_assert_uint_eq(job.bytes, 28);
}
END_TEST

START_TEST(results_fit_to_the_last_byte_and_no_further)
{
	const uint32_t most = JOB_RESULT_BYTES / 5;

	for (uint32_t i = 0; i < most; i++) {
		ck_assert(tell('i', i, 0, NULL));
	}
	ck_assert_uint_eq(job.bytes, most * 5);
	ck_assert(!job.overflowed);
	ck_assert_uint_eq(JOB_RESULT_BYTES % 5, 0);
	ck_assert(!tell('i', 0, 0, NULL));
	ck_assert(job.overflowed);
	ck_assert_uint_eq(job.count, most);
	ck_assert_int_eq(job.result[most - 1].integer, most - 1);
}
END_TEST

START_TEST(string_fits_to_the_last_byte_and_no_further)
{
	/* a tag, and a multiple of four with its zero */
	const size_t most = (JOB_RESULT_BYTES - 1) / 4 * 4 - 1;
	char *text = malloc(2 * JOB_RESULT_BYTES);

	ck_assert_ptr_nonnull(text);
	memset(text, 'a', 2 * JOB_RESULT_BYTES);
	text[most] = '\0';
	ck_assert(tell('s', 0, 0, text));
	ck_assert_uint_le(job.bytes, JOB_RESULT_BYTES);
	host_job_fini(&job);
	text[most] = 'a';
	text[most + 1] = '\0';
	ck_assert(!tell('s', 0, 0, text));
	host_job_fini(&job);
	/* no zero within what could fit: not read further */
	memset(text, 'a', 2 * JOB_RESULT_BYTES);
	ck_assert(!tell('s', 0, 0, text));
	ck_assert(job.overflowed);
	ck_assert_uint_eq(job.count, 0);
	free(text);
}
END_TEST

START_TEST(nothing_is_taken_behind_one_that_did_not_fit)
{
	ck_assert(!tell('s', 0, 0, NULL));
	ck_assert(job.overflowed);
	ck_assert(!tell('i', 1, 0, NULL));
	ck_assert_uint_eq(job.count, 0);
	host_job_fini(&job);
	ck_assert(!tell('d', 0, 1, NULL));
	ck_assert(job.overflowed);
}
END_TEST

START_TEST(job_is_as_at_first_when_it_is_over)
{
	ck_assert(tell('s', 0, 0, "a"));
	host->progress(host, &job, 1);
	atomic_store(&job.cancelled, true);
	host_job_fini(&job);
	ck_assert_uint_eq(job.count, 0);
	ck_assert_uint_eq(job.bytes, 0);
	ck_assert_ptr_null(job.result);
	ck_assert(!host->is_cancelled(host, &job));
	ck_assert_uint_eq(atomic_load(&job.progress), 0);
	ck_assert(tell('s', 0, 0, "b"));
	ck_assert_str_eq(job.result[0].string, "b");
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("nrt/host_job");
	TCase *tc = tcase_create("job");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, tc);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, progress_is_clamped_and_no_number_is_none);
	tcase_add_test(tc, cancel_is_seen_when_it_was_asked);
	tcase_add_test(tc, results_are_counted_as_a_message_holds_them);
	tcase_add_test(tc, whole_numbers_beyond_32_bits_are_told_as_they_are);
	tcase_add_test(tc, results_fit_to_the_last_byte_and_no_further);
	tcase_add_test(tc, string_fits_to_the_last_byte_and_no_further);
	tcase_add_test(tc, nothing_is_taken_behind_one_that_did_not_fit);
	tcase_add_test(tc, job_is_as_at_first_when_it_is_over);
	srunner_run_all(r, CK_ENV);
	int bad = srunner_ntests_failed(r);
	srunner_free(r);
	return bad == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
