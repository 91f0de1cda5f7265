/* SPDX-License-Identifier: MIT */
/*
 * check_nearest.c -- how far names are from each other.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "nearest.h"

static const struct {
	const char *a;
	const char *b;
	size_t distance;
} pairs[] = {
	{"",          "",          0},
	{"rate",      "rate",      0},
	{"rat",       "rate",      1},
	{"rates",     "rate",      1},
	{"rale",      "rate",      1},
	{"raet",      "rate",      1}, /* two neighbours swapped */
	{"Rate",      "rate",      0},
	{"max-nodes", "max_nodes", 0},
	{"",          "rate",      4},
	{"kitten",    "sitting",   3},
	{"block",     "period",    6},
};

START_TEST(distance_counts_letters_to_change)
{
	ck_assert_uint_eq(
		nearest_distance(pairs[_i].a, pairs[_i].b), pairs[_i].distance);
	ck_assert_uint_eq(
		nearest_distance(pairs[_i].b, pairs[_i].a), pairs[_i].distance);
}
END_TEST

START_TEST(long_names_are_far_from_everything)
{
	char name[NEAREST_LONGEST + 2];

	memset(name, 'a', sizeof name);
	name[NEAREST_LONGEST + 1] = '\0';
	ck_assert_uint_eq(nearest_distance(name, name), NEAREST_LONGEST + 1);
	name[NEAREST_LONGEST] = '\0';
	ck_assert_uint_eq(nearest_distance(name, name), 0);
	ck_assert_uint_eq(nearest_distance(name, ""), NEAREST_LONGEST);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("nrt/nearest");
	TCase *tc = tcase_create("nearest");

	tcase_add_loop_test(tc, distance_counts_letters_to_change, 0,
		(int)(sizeof pairs / sizeof pairs[0]));
	tcase_add_test(tc, long_names_are_far_from_everything);
	suite_add_tcase(suite, tc);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
