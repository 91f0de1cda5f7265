/* SPDX-License-Identifier: MIT */
/*
 * check_work_order.c -- orders own what they were made with.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "scarce.h"
#include "work_order.h"

START_TEST(order_keeps_its_arguments_when_the_message_is_gone)
{
	char name[] = "rain.wav";
	TactusValue values[] = {
		{.type = 's', .string = name             },
		{.type = 'i', .integer = -7              },
		{.type = 'f', .number = 0.25             },
		{.type = 's', .string = ""               },
		{.type = 'h', .integer = INT64_C(1) << 40},
	};
	struct work_order *o = work_order_new(WORK_CONSTRUCT, 12, values, 5);

	ck_assert_ptr_nonnull(o);
	memset(name, 'x', sizeof name - 1);
	memset(values, 0, sizeof values);
	ck_assert_uint_eq(o->count, 5);
	ck_assert_int_eq(o->values[0].type, 's');
	ck_assert_str_eq(o->values[0].string, "rain.wav");
	ck_assert_int_eq(o->values[1].integer, -7);
	ck_assert_double_eq(o->values[2].number, 0.25);
	ck_assert_str_eq(o->values[3].string, "");
	ck_assert_int_eq(o->values[4].integer, INT64_C(1) << 40);
	work_order_free(o);
}
END_TEST

START_TEST(order_and_its_work_know_each_other_when_made)
{
	struct work_order *o = work_order_new(WORK_JOB, 3, NULL, 0);

	ck_assert_ptr_nonnull(o);
	ck_assert_ptr_eq(o->work, &o->own);
	ck_assert_ptr_eq(work_order_at(&o->own), o);
	ck_assert_uint_eq(o->own.kind, WORK_JOB);
	ck_assert_int_eq(o->own.id, 3);
	ck_assert_uint_eq(o->count, 0);
	ck_assert_uint_eq(o->place, WORK_AT_RT);
	work_order_free(o);
}
END_TEST

START_TEST(order_of_a_perform_takes_the_work_of_rt)
{
	struct work w = {.kind = WORK_PERFORM};
	struct work_order *o = work_order_of(&w);

	ck_assert_ptr_nonnull(o);
	ck_assert_ptr_eq(o->work, &w);
	ck_assert_ptr_eq(work_order_at(&w), o);
	work_order_free(o);
}
END_TEST

START_TEST(order_frees_results_when_it_ends)
{
	struct work_order *o = work_order_new(WORK_JOB, 3, NULL, 0);

	ck_assert_ptr_nonnull(o);
	o->job.result = calloc(1, sizeof *o->job.result);
	ck_assert_ptr_nonnull(o->job.result);
	o->job.result[0].type = 's';
	o->job.result[0].string = strdup("loud");
	o->job.count = 1;
	/* the sanitizers look for what is left */
	work_order_free(o);
}
END_TEST

START_TEST(order_is_none_when_memory_is_out)
{
	const TactusValue value = {.type = 's', .string = "a"};
	struct work w = {.kind = WORK_PERFORM};

	for (long n = 0; n < 2; n++) {
		scarce_begin(n);
		ck_assert_ptr_null(work_order_new(WORK_JOB, 1, &value, 1));
		ck_assert(scarce_end());
	}
	scarce_begin(0);
	ck_assert_ptr_null(work_order_of(&w));
	ck_assert(scarce_end());
	ck_assert_ptr_null(w.order);
	work_order_free(NULL);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("nrt/work_order");
	TCase *tc = tcase_create("orders");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, tc);
	tcase_add_test(tc, order_keeps_its_arguments_when_the_message_is_gone);
	tcase_add_test(tc, order_and_its_work_know_each_other_when_made);
	tcase_add_test(tc, order_of_a_perform_takes_the_work_of_rt);
	tcase_add_test(tc, order_frees_results_when_it_ends);
	tcase_add_test(tc, order_is_none_when_memory_is_out);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
