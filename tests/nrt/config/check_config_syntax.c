/* SPDX-License-Identifier: MIT */
/*
 * check_config_syntax.c -- our machine against libconfig's own grammar.
 */
#include <check.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libconfig.h>

#include "config_syntax.h"

/* A text in shorthand, a letter a token: n name, 1 scalar, s string, else the
 * mark itself. */
static const char *
judge(const char *text)
{
	struct config_syntax s = {.depth = 0};

	for (; *text != '\0'; text++) {
		enum config_token token = *text == 'n'   ? CONFIG_TOKEN_NAME
					  : *text == '1' ? CONFIG_TOKEN_SCALAR
					  : *text == 's' ? CONFIG_TOKEN_STRING
							 : CONFIG_TOKEN_MARK;
		const char *why = config_syntax_next(&s, token, *text);

		if (why != NULL) {
			return why;
		}
	}
	return config_syntax_next(&s, CONFIG_TOKEN_END, 0);
}

static const char *const good[] = {"", "n=1", "n:1;", "n=1,n=1", "n=1n=1",
	"n={}", "n={n=1;};", "n={n={n=s}}", "n=[]", "n=[1,1]", "n=[s]", "n=()",
	"n=(1,s,(1),[1],{n=1;})", "n=sss;", "n=(ss,s)"};

START_TEST(well_formed_texts_are_taken)
{
	ck_assert_msg(
		judge(good[_i]) == NULL, "%s: %s", good[_i], judge(good[_i]));
}
END_TEST

static const struct {
	const char *text;
	const char *words;
} bad[] = {
	{"n",        "a = is missing"       },
	{"n1",       "a = is missing"       },
	{"n=",       "a value"              },
	{"n=n",      "strings need quotes"  },
	{"n=;",      "a value"              },
	{"1",        "the name of a setting"},
	{";",        "the name of a setting"},
	{"n=1;;",    "the name of a setting"},
	{"n=11",     "a ; is missing"       },
	{"n=1s",     "a ; is missing"       },
	{"n={",      "a } is missing"       },
	{"n={n=1",   "a } is missing"       },
	{"n=(",      "a value"              },
	{"n=(1",     "a , or )"             },
	{"n=(1,)",   "a value"              },
	{"n=[1n=1",  "a , or ]"             },
	{"n=[[1]]",  "take ( )"             },
	{"n=[{}]",   "take ( )"             },
	{"n=(1]",    "not opened"           },
	{"n=1}",     "not opened"           },
	{"}",        "not opened"           },
	{"n={n=1;)", "the name of a setting"},
};

START_TEST(what_is_wrong_is_said)
{
	const char *why = judge(bad[_i].text);

	ck_assert_msg(why != NULL, "%s was taken", bad[_i].text);
	ck_assert_msg(strstr(why, bad[_i].words) != NULL, "%s: %s",
		bad[_i].text, why);
}
END_TEST

START_TEST(nesting_has_an_end)
{
	char text[3 + 2 * CONFIG_SYNTAX_DEEPEST + 10] = "n=";

	memset(text + 2, '(', CONFIG_SYNTAX_DEEPEST);
	memset(text + 2 + CONFIG_SYNTAX_DEEPEST, ')', CONFIG_SYNTAX_DEEPEST);
	ck_assert_ptr_null(judge(text));
	memset(text + 2, '(', CONFIG_SYNTAX_DEEPEST + 1);
	ck_assert_str_eq(judge(text), "brackets are nested too deep");
}
END_TEST

/* The same tokens as a text for libconfig; every name is another. */
static void
render(const char *text, char *to, size_t size)
{
	size_t n = 0;

	for (int i = 0; text[i] != '\0'; i++) {
		n += (size_t)(text[i] == 'n'
				      ? snprintf(to + n, size - n, " a%d", i)
			      : text[i] == 's'
				      ? snprintf(to + n, size - n, " \"x\"")
				      : snprintf(to + n, size - n, " %c",
						text[i]));
	}
}

static bool
libconfig_takes(const char *text)
{
	char whole[1000] = "";
	config_t tree;

	render(text, whole, sizeof whole);
	config_init(&tree);
	bool good_text = config_read_string(&tree, whole) == CONFIG_TRUE ||
			 strcmp(config_error_text(&tree), "syntax error") != 0;
	config_destroy(&tree);
	return good_text;
}

/* Texts that are near to well-formed ones: one token of those is changed. */
START_TEST(machine_and_libconfig_agree)
{
	static const char tokens[] = "nn11s=:;,{}()[]";
	static const char *const seeds[] = {"n=1;n=(1,1,{n=1;n=[1,1];});",
		"n={n={n=(1,(1,{}));};};n=1", "n=[s,s];n=s;n=(s)",
		"n=(1,[],{n:1,n:1n=1});"};
	uint32_t state = 7;
	unsigned agreed[2] = {0, 0};

	for (int i = 0; i < 20000; i++) {
		char text[60];

		strcpy(text, seeds[i % 4]);
		for (int k = 0; k <= i % 3; k++) {
			state = state * 1664525U + 1013904223U;
			text[(state >> 8) % strlen(text)] =
				tokens[(state >> 20) % (sizeof tokens - 1)];
		}
		const char *why = judge(text);
		/* what libconfig refuses with a string in it, it leaks */
		if (why == NULL || strchr(text, 's') == NULL) {
			bool taken = libconfig_takes(text);

			agreed[taken]++;
			if (taken != (why == NULL)) {
				ck_abort_msg("%s: %s, libconfig %s", text,
					why == NULL ? "taken" : why,
					taken ? "takes it" : "does not");
			}
		}
	}
	ck_assert_uint_gt(agreed[0], 1000);
	ck_assert_uint_gt(agreed[1], 500);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("nrt/config_syntax");
	TCase *tc = tcase_create("syntax");

	tcase_add_loop_test(tc, well_formed_texts_are_taken, 0,
		(int)(sizeof good / sizeof good[0]));
	tcase_add_loop_test(tc, what_is_wrong_is_said, 0,
		(int)(sizeof bad / sizeof bad[0]));
	tcase_add_test(tc, nesting_has_an_end);
	tcase_add_test(tc, machine_and_libconfig_agree);
	suite_add_tcase(suite, tc);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
