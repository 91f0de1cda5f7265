/* SPDX-License-Identifier: MIT */
/*
 * check_osc_text.c -- osc_text.c: shown safely, typed plainly.
 */
#include <check.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "osc_text.h"

#define MAX_WORDS 16

static uint8_t packet[1024];
static char why[256];

/** Parse words (the address first) that lie between spaces. */
static int
parse(const char *line, size_t *size)
{
	static char copy[1024];
	char *words[MAX_WORDS];
	char *rest = NULL;
	int count = 0;
	struct osc_out o;

	strcpy(copy, line);
	for (char *w = strtok_r(copy, " ", &rest); w != NULL;
		w = strtok_r(NULL, " ", &rest)) {
		ck_assert_int_lt(count, MAX_WORDS);
		words[count++] = w;
	}
	osc_begin(&o, packet, sizeof packet, words[0]);
	why[0] = '\0';
	int rc = osc_text_parse(&o, count - 1, words + 1, why, sizeof why);
	*size = rc == 0 ? osc_end(&o) : 0;
	return rc;
}

static const char *
show(size_t size, size_t room)
{
	static char shown[1024];
	struct osc_walk w;
	struct osc_message m;

	ck_assert_ptr_null(osc_check(packet, size));
	osc_walk_begin(&w, packet, size);
	ck_assert(osc_walk_next(&w, &m));
	size_t length = osc_text_show(&m, shown, room);
	ck_assert_uint_eq(length, strlen(shown));
	ck_assert_uint_lt(length, room);
	return shown;
}

static const struct {
	const char *typed, *shown;
} lines[] = {
	{"/a",			    "/a"					       },
	{"/a i:1 i:-5 i:0x10",            "/a 1 -5 16"                                       },
	{"/a 1 -5 +3 007",                "/a 1 -5 3 7"                                      },
	{"/a 3000000000",                 "/a h:3000000000"                                  },
	{"/a 0.5 -1.5 1e3 .25 2.",        "/a 0.5 -1.5 1000.0 0.25 2.0"                      },
	{"/a f:1 f:0.1 f:1e30",           "/a 1.0 0.1 1e+30"                                 },
	{"/a f:nan f:inf f:-inf",         "/a nan inf -inf"                                  },
	{"/a d:0.1 d:1 d:1e300",          "/a d:0.1 d:1.0 d:1e+300"                          },
	{"/a h:5 h:-9223372036854775808", "/a h:5 h:-9223372036854775808"                    },
	{"/a sine s:1 s: s:T",            "/a \"sine\" \"1\" \"\" \"T\""                     },
	{"/a nan inf 1x 0x10 - .",
         "/a \"nan\" \"inf\" \"1x\" \"0x10\" \"-\" \".\""                                    },
	{"/a t:now t:1 t:0xe9 t:5",       "/a t:now t:now t:0x00000000000000e9 "
				    "t:0x0000000000000005"},
	{"/a b: b:00fF",                  "/a b: b:00ff"                                     },
	{"/a T F N I",                    "/a T F N I"				       },
	{"/a [ freq 440.0 [ ] ] [ ]",     "/a [ \"freq\" 440.0 [ ] ] [ ]"                    },
	{"/a urn:x:1 s:a:b",              "/a \"urn:x:1\" \"a:b\""                           },
	{"/a a\"b\\c",                    "/a \"a\\\"b\\\\c\""                               },
};

START_TEST(line_is_typed_and_shown_as_the_table_says)
{
	size_t size;

	ck_assert_msg(parse(lines[_i].typed, &size) == 0, "%s", why);
	ck_assert_str_eq(show(size, 1024), lines[_i].shown);
}
END_TEST

static const struct {
	const char *typed, *words;
} wrong[] = {
	{"/a i:",		    "i: takes a whole number" },
	{"/a i:1.5",                 "i: takes a whole number" },
	{"/a i:2147483648",          "h: takes larger"         },
	{"/a i:--1",                 "i: takes"                },
	{"/a h:9223372036854775808", "h: takes"                },
	{"/a 1e39",                  "too large a number for f"},
	{"/a f:1e39",                "too large for f"         },
	{"/a f:x",		   "f: takes a number"       },
	{"/a d:",		    "d: takes a number"       },
	{"/a d:1e999",               "d: takes a number"       },
	{"/a t:-1",                  "t: takes an NTP time"    },
	{"/a t:x",		   "t: takes an NTP time"    },
	{"/a b:0",		   "b: takes pairs"          },
	{"/a b:0g",                  "b: takes pairs"          },
	{"/a q:1",		   "\"q:1\": no such type"   },
	{"/a ]",		     "no array is open"        },
	{"/a [ 1",		   "not ended"               },
	{"/a [ [ [ [ [ [ [ [ [",     "at most 8"               },
};

START_TEST(word_that_does_not_parse_is_named_with_the_mend)
{
	size_t size;

	ck_assert_int_eq(parse(wrong[_i].typed, &size), -EINVAL);
	ck_assert_msg(strstr(why, wrong[_i].words) != NULL, "%s", why);
}
END_TEST

START_TEST(message_without_room_is_told_apart_from_a_wrong_word)
{
	struct osc_out o;
	char word[] = "s:12345678901234567890";
	char *words[] = {word};

	osc_begin(&o, packet, 16, "/a");
	ck_assert_int_eq(
		osc_text_parse(&o, 1, words, why, sizeof why), -EMSGSIZE);
	ck_assert_ptr_nonnull(strstr(why, "too large"));
}
END_TEST

START_TEST(text_that_could_draw_on_a_terminal_is_escaped)
{
	static const struct {
		const char *bytes;
		size_t size;
		const char *shown;
	} table[] = {
		{"a\x1b[31mb",          7, "a\\x1b[31mb"         },
		{"\n\t\r",              3, "\\n\\t\\r"           },
		{"gr\xc3\xbc\xc3\x9f"
		 "e",  7,
                 "gr\xc3\xbc\xc3\x9f"
			"e"				      },
		{"\xc3",                1, "\\xc3"               },
		{"\xc0\xaf",            2, "\\xc0\\xaf"          },
		{"\xed\xa0\x80",        3, "\\xed\\xa0\\x80"     },
		{"\xf4\x90\x80\x80",    4, "\\xf4\\x90\\x80\\x80"},
		{"\xc2\x9b"
		 "2J", 4, "\\xc2\\x9b2J"        },
		{"\xe2\x80\xae"
		 "x",  4, "\\xe2\\x80\\xaex"    },
		{"\xf0\x9f\x8e\xb5",    4, "\xf0\x9f\x8e\xb5"    },
		{"\xff\0z",             3, "\\xff\\x00z"         },
		{"\x7f",                1, "\\x7f"               },
	};
	char out[64];

	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		osc_text_escape(table[i].bytes, table[i].size, out, sizeof out);
		ck_assert_str_eq(out, table[i].shown);
	}
}
END_TEST

START_TEST(text_ends_with_dots_within_every_room)
{
	size_t size;

	ck_assert_int_eq(parse("/address 12345 text 0.25 b:001122", &size), 0);
	size_t whole = strlen(show(size, 1024));
	for (size_t room = 1; room <= whole; room++) {
		const char *shown = show(size, room);
		size_t n = strlen(shown);
		ck_assert(room < 4 || strcmp(shown + n - 3, "...") == 0);
	}
	ck_assert_uint_eq(strlen(show(size, whole + 1)), whole);
	ck_assert_uint_eq(osc_text_escape("abc", 3, why, 0), 0);
}
END_TEST

START_TEST(blob_that_is_long_is_shown_by_its_head_and_size)
{
	uint8_t blob[200] = {0xab};
	struct osc_out o;

	osc_begin(&o, packet, sizeof packet, "/b");
	osc_put_blob(&o, blob, sizeof blob);
	const char *shown = show(osc_end(&o), 1024);
	ck_assert_msg(strncmp(shown, "/b b:ab00", 9) == 0, "%s", shown);
	ck_assert_msg(strstr(shown, "...(200 bytes)") != NULL, "%s", shown);
}
END_TEST

START_TEST(number_shown_reads_back_bit_for_bit)
{
	uint32_t state = 5;
	struct osc_out o;

	for (int i = 0; i < 20000; i++) {
		float f, back;
		state = state * 1664525 + 1013904223;
		memcpy(&f, &state, sizeof f);
		if (!isfinite(f)) {
			continue;
		}
		osc_begin(&o, packet, sizeof packet, "/a");
		osc_put_float(&o, f);
		const char *shown = show(osc_end(&o), 1024);
		back = strtof(shown + 3, NULL);
		ck_assert_msg(back == f, "%s", shown);
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("nrt/osc_text");
	TCase *tc = tcase_create("osc_text");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, line_is_typed_and_shown_as_the_table_says, 0,
		(int)(sizeof lines / sizeof lines[0]));
	tcase_add_loop_test(tc, word_that_does_not_parse_is_named_with_the_mend,
		0, (int)(sizeof wrong / sizeof wrong[0]));
	tcase_add_test(
		tc, message_without_room_is_told_apart_from_a_wrong_word);
	tcase_add_test(tc, text_that_could_draw_on_a_terminal_is_escaped);
	tcase_add_test(tc, text_ends_with_dots_within_every_room);
	tcase_add_test(tc, blob_that_is_long_is_shown_by_its_head_and_size);
	tcase_add_test(tc, number_shown_reads_back_bit_for_bit);
	suite_add_tcase(s, tc);
	SRunner *r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
