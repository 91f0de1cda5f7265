/* SPDX-License-Identifier: MIT */
/*
 * check_printable.c -- foreign bytes in a log line.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "printable.h"

static const struct {
	const char *from;
	const char *to;
} cases[] = {
	{"",					  ""		    },
        {"plain text",                                "plain text"          },
        {"a\nb\tc\rd",                                "a\\nb\\tc\\rd"       },
	{"\x1b[31m",				  "\\x1b[31m"           },
        {"\x7f",                                      "\\x7f"               },
        {"C:\\x",                                     "C:\\\\x"             },
	{"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x8e\xb5",
         "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x8e\xb5"                        },
	{"\xc2\x9b",				  "\\xc2\\x9b"          }, /* C1 */
	{"\xff\xfe",				  "\\xff\\xfe"          },
        {"\xc0\x80",                                  "\\xc0\\x80"          }, /* over-long */
	{"\xe0\x80\x80",			      "\\xe0\\x80\\x80"     },
	{"\xed\xa0\x80",			      "\\xed\\xa0\\x80"     }, /* surrogate */
	{"\xf4\x90\x80\x80",                          "\\xf4\\x90\\x80\\x80"},
	{"\xe2\x82",				  "\\xe2\\x82"          }, /* cut short */
};

START_TEST(bytes_are_escaped_and_characters_kept)
{
	char to[100];
	size_t n = printable_copy(
		to, sizeof to, cases[_i].from, strlen(cases[_i].from));

	ck_assert_str_eq(to, cases[_i].to);
	ck_assert_uint_eq(n, strlen(to));
}
END_TEST

START_TEST(what_does_not_fit_is_cut_between_characters)
{
	char to[8];

	for (size_t size = 0; size <= sizeof to; size++) {
		memset(to, 'x', sizeof to);
		size_t n = printable_copy(to, size, "\xe2\x82\xac\n\x01", 5);
		/* 3 bytes, then 2, then 4 */
		size_t expected = size > 5 ? 5 : size > 3 ? 3 : 0;

		ck_assert_uint_eq(n, size == 0 ? 0 : expected);
		for (size_t i = size; i < sizeof to; i++) {
			ck_assert_int_eq(to[i], 'x');
		}
	}
}
END_TEST

START_TEST(zero_bytes_are_escaped)
{
	char to[20];

	printable_copy(to, sizeof to, "a\0b", 3);
	ck_assert_str_eq(to, "a\\x00b");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("nrt/printable");
	TCase *tc = tcase_create("printable");

	tcase_add_loop_test(tc, bytes_are_escaped_and_characters_kept, 0,
		(int)(sizeof cases / sizeof cases[0]));
	tcase_add_test(tc, what_does_not_fit_is_cut_between_characters);
	tcase_add_test(tc, zero_bytes_are_escaped);
	suite_add_tcase(suite, tc);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
