/* SPDX-License-Identifier: MIT */
/*
 * check_options.c -- the command line of tactusd, and its manual page.
 */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exits.h"
#include "options.h"

static struct options o;
static char why[200];

/* argv from one string; its words end at spaces. */
static int
parse(const char *line)
{
	static char copy[500];
	char *argv[40] = {NULL};
	int argc = 0;

	snprintf(copy, sizeof copy, "tactusd %s", line);
	for (char *s = strtok(copy, " "); s != NULL; s = strtok(NULL, " ")) {
		argv[argc++] = s;
	}
	options_fini(&o);
	why[0] = '\0';
	return options_init(&o, argc, argv, why, sizeof why);
}

static void
teardown(void)
{
	options_fini(&o);
}

START_TEST(nothing_means_run_with_the_default_file)
{
	ck_assert_int_eq(parse(""), 0);
	ck_assert_int_eq(o.action, OPTIONS_RUN);
	ck_assert_ptr_null(o.config);
	ck_assert(!o.no_realtime);
	ck_assert_uint_eq(o.verbose, 0);
	ck_assert_uint_eq(o.nsets, 0);
}
END_TEST

START_TEST(letters_and_long_forms_mean_the_same)
{
	static const char *const lines[] = {"-c a.conf -n -f -vv",
		"--config a.conf --no-realtime --foreground --verbose -v",
		"--config=a.conf -nfv -v"};

	ck_assert_int_eq(parse(lines[_i]), 0);
	ck_assert_int_eq(o.action, OPTIONS_RUN);
	ck_assert_str_eq(o.config, "a.conf");
	ck_assert(o.no_realtime);
	ck_assert_uint_eq(o.verbose, 2);
}
END_TEST

static const struct {
	const char *line;
	enum options_action action;
} actions[] = {
	{"-C",	       OPTIONS_CHECK  },
	{"--check -n",       OPTIONS_CHECK  },
	{"-X",	       OPTIONS_PRINT  },
	{"--print-config",   OPTIONS_PRINT  },
	{"-V",	       OPTIONS_VERSION},
	{"--version",        OPTIONS_VERSION},
	{"-h",	       OPTIONS_HELP   },
	{"--help",           OPTIONS_HELP   },
	{"-C -h --nonsense", OPTIONS_HELP   },
};

START_TEST(action_is_the_one_asked_for)
{
	ck_assert_int_eq(parse(actions[_i].line), 0);
	ck_assert_int_eq(o.action, actions[_i].action);
}
END_TEST

START_TEST(sets_are_kept_in_order)
{
	ck_assert_int_eq(
		parse("--set audio.driver=clock -n --set=audio.rate=8000"), 0);
	ck_assert_uint_eq(o.nsets, 2);
	ck_assert_str_eq(o.sets[0], "audio.driver=clock");
	ck_assert_str_eq(o.sets[1], "audio.rate=8000");
}
END_TEST

static const struct {
	const char *line;
	const char *words;
} wrong[] = {
	{"-z",          "-z: unknown option"           },
	{"-nz",         "-z: unknown option"           },
	{"--zoo",       "--zoo: unknown option"        },
	{"-c",          "-c: needs a value"            },
	{"--set",       "--set: needs a value"         },
	{"--check=1",   "--check=1: takes no value"    },
	{"extra",       "unexpected argument \"extra\""},
	{"-n -- extra", "unexpected argument \"extra\""},
};

START_TEST(wrong_options_are_named)
{
	ck_assert_int_eq(parse(wrong[_i].line), -EINVAL);
	ck_assert_msg(strstr(why, wrong[_i].words) != NULL, "%s", why);
}
END_TEST

static const char *
read_manual(void)
{
	static char text[100000];
	char path[4096];
	const char *top = getenv("srcdir");

	snprintf(
		path, sizeof path, "%s/man/tactusd.8", top == NULL ? "." : top);
	FILE *f = fopen(path, "r");
	ck_assert_msg(f != NULL, "%s is missing", path);
	text[fread(text, 1, sizeof text - 1, f)] = '\0';
	fclose(f);
	return text;
}

START_TEST(option_is_in_the_usage_and_in_the_manual)
{
	char letter;
	const char *name;
	char words[80];
	char usage[4000] = "";
	const char *manual = read_manual();
	FILE *f = fmemopen(usage, sizeof usage - 1, "w");

	options_usage(f);
	fclose(f);
	for (uint32_t n = 0; options_name(n, &letter, &name); n++) {
		snprintf(words, sizeof words, "--%s", name);
		ck_assert_ptr_nonnull(strstr(usage, words));
		snprintf(words, sizeof words, "Fl -%s", name);
		ck_assert_msg(strstr(manual, words) != NULL,
			"tactusd(8) lacks --%s", name);
		snprintf(words, sizeof words, ".It Fl %c", letter);
		ck_assert_msg(letter == '\0' || strstr(manual, words) != NULL,
			"tactusd(8) lacks -%c", letter);
	}
}
END_TEST

START_TEST(exit_code_is_in_the_manual)
{
	static const int codes[] = {EXIT_CLEAN, EXIT_USAGE, EXIT_NO_INPUT,
		EXIT_UNAVAILABLE, EXIT_INTERNAL, EXIT_NO_RIGHTS,
		EXIT_CANNOT_MAKE, EXIT_IO, EXIT_NO_PERMISSION, EXIT_CONFIG};
	char words[40];

	snprintf(words, sizeof words, "\n.It %d\n", codes[_i]);
	ck_assert_msg(strstr(read_manual(), words) != NULL,
		"tactusd(8) lacks exit status %d", codes[_i]);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("src/options");
	TCase *tc = tcase_create("options");

	tcase_add_checked_fixture(tc, NULL, teardown);
	tcase_add_test(tc, nothing_means_run_with_the_default_file);
	tcase_add_loop_test(tc, letters_and_long_forms_mean_the_same, 0, 3);
	tcase_add_loop_test(tc, action_is_the_one_asked_for, 0,
		(int)(sizeof actions / sizeof actions[0]));
	tcase_add_test(tc, sets_are_kept_in_order);
	tcase_add_loop_test(tc, wrong_options_are_named, 0,
		(int)(sizeof wrong / sizeof wrong[0]));
	tcase_add_test(tc, option_is_in_the_usage_and_in_the_manual);
	tcase_add_loop_test(tc, exit_code_is_in_the_manual, 0, 10);
	suite_add_tcase(suite, tc);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
