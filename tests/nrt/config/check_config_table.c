/* SPDX-License-Identifier: MIT */
/*
 * check_config_table.c -- the table itself: complete, and worth reading.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "config_table.h"

START_TEST(row_has_a_group_words_and_a_default)
{
	const struct config_row *row = &config_rows[_i];
	const char *dot = strchr(row->path, '.');
	size_t length = strlen(row->doc);

	if (dot != NULL) {
		char group[40];

		snprintf(group, sizeof group, "%.*s", (int)(dot - row->path),
			row->path);
		ck_assert(config_table_is_group(group));
		ck_assert(config_table_in(row, group));
	}
	ck_assert_uint_gt(length, 10);
	ck_assert_msg(
		row->doc[length - 1] == '.', "%s: no sentence", row->path);
	ck_assert_uint_gt(strlen(row->standard), 0);
	ck_assert_ptr_eq(config_table_find(row->path), row);
	ck_assert_uint_lt(row->offset, sizeof(struct config));
	ck_assert((row->kind == CONFIG_CHOICE) == (row->choices != NULL));
}
END_TEST

START_TEST(row_shares_no_path_and_no_member_with_another)
{
	for (int i = 0; i < _i; i++) {
		ck_assert_str_ne(config_rows[i].path, config_rows[_i].path);
		ck_assert_uint_ne(
			config_rows[i].offset, config_rows[_i].offset);
	}
}
END_TEST

START_TEST(numbers_have_a_range)
{
	const struct config_row *row = &config_rows[_i];
	bool number = row->kind == CONFIG_WHOLE || row->kind == CONFIG_REAL ||
		      row->kind == CONFIG_BYTES || row->kind == CONFIG_NUMBERS;

	ck_assert(number == (row->least < row->most));
}
END_TEST

START_TEST(nearest_knows_groups_at_the_top_only)
{
	ck_assert_str_eq(config_table_nearest("", "audoi"), "audio");
	ck_assert_str_eq(config_table_nearest("", "pols"), "pools");
	ck_assert_str_eq(
		config_table_nearest("", "priority"), "realtime.priority");
	ck_assert_str_eq(
		config_table_nearest("osc", "listener"), "osc.listeners");
	/* the same name stands in two groups: the own one is meant */
	ck_assert_str_eq(
		config_table_nearest("workers", "thread"), "workers.threads");
	ck_assert_str_eq(
		config_table_nearest("realtime", "thread"), "realtime.threads");
	ck_assert_ptr_nonnull(config_table_nearest("", ""));
	ck_assert_ptr_nonnull(config_table_nearest("log", "zzzzzzzzzzzzzz"));
}
END_TEST

START_TEST(unknown_paths_are_not_found)
{
	ck_assert_ptr_null(config_table_find("audio"));
	ck_assert_ptr_null(config_table_find("rate"));
	ck_assert_ptr_null(config_table_find("audio.rate."));
	ck_assert(!config_table_is_group("pools"));
	ck_assert(!config_table_is_group("audi"));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("nrt/config_table");
	TCase *tc = tcase_create("table");
	int rows = (int)config_row_count;

	tcase_add_loop_test(tc, row_has_a_group_words_and_a_default, 0, rows);
	tcase_add_loop_test(
		tc, row_shares_no_path_and_no_member_with_another, 0, rows);
	tcase_add_loop_test(tc, numbers_have_a_range, 0, rows);
	tcase_add_test(tc, nearest_knows_groups_at_the_top_only);
	tcase_add_test(tc, unknown_paths_are_not_found);
	suite_add_tcase(suite, tc);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
