/* SPDX-License-Identifier: MIT */
/*
 * check_def.c -- def.h: what it says, and that it never writes too far.
 */
#include "harness.h"

#include <stdint.h>
#include <string.h>

#include <tactus/def.h>

START_TEST(text_is_cut_where_it_is_full)
{
	char text[8] = "abc";

	tactus_text_add(text, 6, "defghi");
	ck_assert_str_eq(text, "abcde");
	ck_assert_int_eq(text[6], 0);
	tactus_text_add(text, 6, "x");
	ck_assert_str_eq(text, "abcde");
	memset(text, 'y', sizeof(text));
	tactus_text_add(text, 0, "x");
	ck_assert_int_eq(text[0], 'y');
}
END_TEST

START_TEST(numbers_are_written_to_their_ends)
{
	char text[64] = "";

	tactus_text_add_whole(text, sizeof(text), INT32_MIN);
	tactus_text_add(text, sizeof(text), " ");
	tactus_text_add_whole(text, sizeof(text), INT32_MAX);
	tactus_text_add(text, sizeof(text), " ");
	tactus_text_add_whole(text, sizeof(text), 0);
	ck_assert_str_eq(text, "-2147483648 2147483647 0");
}
END_TEST

START_TEST(reason_keeps_the_mend_when_the_name_is_long)
{
	char name[600];
	char reason[128];
	int32_t out = 0;
	TactusOption o = {name, 'i', 1, NULL};

	memset(name, 'n', sizeof(name));
	name[599] = '\0';
	ck_assert_int_eq(tactus_parse_whole(&o, 1, "seed", 0, 1, &out, reason,
				 sizeof(reason)),
		-1);
	ck_assert_ptr_nonnull(strstr(reason, "is unknown; known: seed"));
	/* and where there is hardly any room, nothing is written beyond it */
	for (size_t size = 0; size < 40; size++) {
		memset(reason, 'z', sizeof(reason));
		ck_assert_int_eq(tactus_parse_whole(&o, 1, "seed", 0, 1, &out,
					 reason, size),
			-1);
		ck_assert_int_eq(reason[size], 'z');
	}
}
END_TEST

START_TEST(parse_tells_given_from_not_given_and_refuses_twice)
{
	char reason[128] = "";
	int32_t out = -7;
	TactusOption o[2] = {
		{"seed", 'i', 3, NULL},
                {"seed", 'i', 4, NULL}
        };

	ck_assert_int_eq(
		tactus_parse_whole(o, 0, "seed", 0, 9, &out, reason, 128), 0);
	ck_assert_int_eq(out, -7);
	ck_assert_int_eq(
		tactus_parse_whole(o, 1, "seed", 0, 9, &out, reason, 128), 1);
	ck_assert_int_eq(out, 3);
	ck_assert_int_eq(
		tactus_parse_whole(o, 2, "seed", 0, 9, &out, reason, 128), -1);
	ck_assert_str_eq(
		reason, "option \"seed\" is given twice; give it once");
}
END_TEST

START_TEST(port_is_set_no_further_than_its_size)
{
	TactusPort like = {.size = sizeof(like), .name = "freq", .doc = "d"};
	TactusPort port = {.size = offsetof(TactusPort, doc)};

	tactus_port_set(&port, &like);
	ck_assert_uint_eq(port.size, offsetof(TactusPort, doc));
	ck_assert_str_eq(port.name, "freq");
	ck_assert_ptr_null(port.doc);
}
END_TEST

Suite *
harness_suite(void)
{
	Suite *s = suite_create("plugins/def");
	TCase *tc = tcase_create("def");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, text_is_cut_where_it_is_full);
	tcase_add_test(tc, numbers_are_written_to_their_ends);
	tcase_add_test(tc, reason_keeps_the_mend_when_the_name_is_long);
	tcase_add_test(tc, parse_tells_given_from_not_given_and_refuses_twice);
	tcase_add_test(tc, port_is_set_no_further_than_its_size);
	suite_add_tcase(s, tc);
	return s;
}
