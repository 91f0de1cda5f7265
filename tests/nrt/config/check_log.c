/* SPDX-License-Identifier: MIT */
/*
 * check_log.c -- coalescing, rates, levels, priorities, threads.
 *
 * Standard error is a pipe (or a terminal's slave side); time is virtual.
 */
#include <check.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log.h"

static int saved;  /* the real standard error */
static int reader; /* what was written can be read here */
static int64_t now_ns;
static char text[1 << 16];

static int64_t
clock_ns(void *user)
{
	return *(int64_t *)user;
}

static void
setup(void)
{
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	saved = dup(STDERR_FILENO);
	dup2(ends[1], STDERR_FILENO);
	close(ends[1]);
	reader = ends[0];
	now_ns = 1000000000;
	log_set_clock(clock_ns, &now_ns);
	log_set_level(LOG_LEVEL_INFO);
}

static void
teardown(void)
{
	log_flush();
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(reader);
	log_set_sink(NULL, NULL);
	log_set_clock(NULL, NULL);
}

static const char *
written(void)
{
	size_t n = 0;
	ssize_t some;

	do {
		some = read(reader, text + n, sizeof text - 1 - n);
		n += some > 0 ? (size_t)some : 0;
	} while (some > 0);
	text[n] = '\0';
	return text;
}

static unsigned
lines(const char *s)
{
	unsigned n = 0;

	for (; *s != '\0'; s++) {
		n += *s == '\n';
	}
	return n;
}

static void
say(int i)
{
	log_info("test: line %d", i);
}

START_TEST(lines_bear_the_journals_priorities_when_there_is_no_terminal)
{
	log_set_level(LOG_LEVEL_DEBUG);
	log_err("a: 1");
	log_warn("b: 2");
	log_info("c: 3");
	log_debug("d: 4");
	ck_assert_str_eq(written(), "<3>a: 1\n<4>b: 2\n<6>c: 3\n<7>d: 4\n");
}
END_TEST

START_TEST(lines_bear_time_and_level_at_a_terminal)
{
	int main_side = posix_openpt(O_RDWR | O_NOCTTY);

	ck_assert_int_ge(main_side, 0);
	ck_assert_int_eq(grantpt(main_side), 0);
	ck_assert_int_eq(unlockpt(main_side), 0);
	int terminal = open(ptsname(main_side), O_RDWR | O_NOCTTY);
	ck_assert_int_ge(terminal, 0);
	dup2(terminal, STDERR_FILENO);
	log_warn("a: fact");
	ssize_t n = read(main_side, text, sizeof text - 1);
	ck_assert_int_gt(n, 0);
	text[n] = '\0';
	/* 2026-01-31T12:00:00.123+0100 warning: a: fact */
	ck_assert_int_eq(text[4], '-');
	ck_assert_int_eq(text[10], 'T');
	ck_assert_int_eq(text[19], '.');
	ck_assert_ptr_nonnull(strstr(text, " warning: a: fact\r\n"));
	close(terminal);
	close(main_side);
}
END_TEST

START_TEST(levels_below_the_set_one_are_silent)
{
	log_set_level(LOG_LEVEL_WARN);
	ck_assert_int_eq(log_get_level(), LOG_LEVEL_WARN);
	log_info("a: 1");
	log_debug("a: 2");
	log_warn("a: 3");
	log_err("a: 4");
	ck_assert_str_eq(written(), "<4>a: 3\n<3>a: 4\n");
}
END_TEST

START_TEST(repeats_are_counted_and_told_before_the_next_line)
{
	for (int i = 0; i < 4313; i++) {
		log_warn("alsa: xrun");
		now_ns += 1000000;
	}
	log_info("alsa: well again");
	ck_assert_str_eq(written(),
		"<4>alsa: xrun\n"
		"<4>log: the last line repeated 4312 times in 4 s\n"
		"<6>alsa: well again\n");
}
END_TEST

START_TEST(repeats_that_go_on_are_told_once_a_minute)
{
	for (int i = 0; i < 1300; i++) {
		log_warn("alsa: xrun");
		log_tick();
		now_ns += 100000000;
	}
	ck_assert_uint_eq(lines(written()), 3); /* 130 s */
}
END_TEST

START_TEST(repeats_that_ended_are_told_by_the_tick)
{
	log_warn("alsa: xrun");
	log_warn("alsa: xrun");
	log_tick();
	ck_assert_str_eq(written(), "<4>alsa: xrun\n");
	now_ns += 6000000000;
	log_tick();
	ck_assert_str_eq(
		written(), "<4>log: the last line repeated 1 times in 6 s\n");
	log_tick();
	ck_assert_str_eq(written(), "");
}
END_TEST

START_TEST(one_call_site_has_a_burst_and_then_a_rate)
{
	for (int i = 0; i < 1000; i++) {
		say(i);
	}
	ck_assert_uint_eq(lines(written()), 10);

	/* a minute at a thousand lines a second: one in 5 s, and the count */
	for (int i = 0; i < 60000; i++) {
		say(i);
		log_tick();
		now_ns += 1000000;
	}
	unsigned n = lines(written());
	ck_assert_uint_ge(n, 11);
	ck_assert_uint_le(n, 26);
}
END_TEST

START_TEST(lines_held_back_are_counted_and_the_last_one_told)
{
	for (int i = 0; i < 15; i++) {
		say(i);
	}
	written();
	now_ns += 5000000000;
	log_tick();
	ck_assert_str_eq(written(),
		"<6>log: 5 lines held back in 5 s, the last: test: line 14\n");
	log_tick();
	ck_assert_str_eq(written(), "");
}
END_TEST

START_TEST(one_site_does_not_silence_another)
{
	for (int i = 0; i < 100; i++) {
		say(i);
	}
	written();
	log_err("else: where");
	ck_assert_str_eq(written(), "<3>else: where\n");
}
END_TEST

START_TEST(flush_tells_all_that_is_held_back)
{
	for (int i = 0; i < 15; i++) {
		say(i);
	}
	log_err("b: x");
	log_err("b: x");
	written();
	log_flush();
	const char *s = written();
	ck_assert_ptr_nonnull(strstr(s, "repeated 1 times"));
	ck_assert_ptr_nonnull(strstr(s, "5 lines held back"));
}
END_TEST

START_TEST(no_line_is_lost_when_sites_outnumber_the_table)
{
	/* more call sites than the log watches: all formats differ by place */
	static char format[300][16];

	for (int i = 0; i < 300; i++) {
		snprintf(format[i], sizeof format[i], "site %d", i);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-security"
		log_info(format[i]);
#pragma GCC diagnostic pop
		now_ns += 1000;
	}
	ck_assert_uint_eq(lines(written()), 300);
}
END_TEST

START_TEST(foreign_bytes_are_escaped)
{
	log_info("osc: from \"%s\"", "x\n<0>forged\x1b[2J\xff");
	ck_assert_str_eq(
		written(), "<6>osc: from \"x\\n<0>forged\\x1b[2J\\xff\"\n");
}
END_TEST

START_TEST(long_lines_are_cut)
{
	char long_text[5000];

	memset(long_text, 'a', sizeof long_text);
	long_text[sizeof long_text - 1] = '\0';
	log_info("x: %s", long_text);
	const char *s = written();
	ck_assert_uint_eq(lines(s), 1);
	ck_assert_uint_lt(strlen(s), 1100);
}
END_TEST

static void
sink(void *user, enum log_level level, const char *line)
{
	char *to = user;

	sprintf(to + strlen(to), "%d %s;", (int)level, line);
	log_info("sink: got one"); /* to standard error alone */
}

START_TEST(sink_gets_each_line_and_may_log)
{
	char got[1000] = "";

	log_set_sink(sink, got);
	log_warn("a: 1");
	log_err("b: 2");
	ck_assert_str_eq(got, "1 a: 1;0 b: 2;");
	ck_assert_ptr_nonnull(strstr(written(), "sink: got one"));
}
END_TEST

START_TEST(level_names_parse_both_ways)
{
	enum log_level level;

	for (int i = LOG_LEVEL_ERR; i <= LOG_LEVEL_DEBUG; i++) {
		ck_assert(log_parse_level(
			log_level_name((enum log_level)i), &level));
		ck_assert_int_eq(level, i);
	}
	ck_assert(log_parse_level("error", &level));
	ck_assert_int_eq(level, LOG_LEVEL_ERR);
	ck_assert(log_parse_level("warning", &level));
	ck_assert_int_eq(level, LOG_LEVEL_WARN);
	ck_assert(!log_parse_level("loud", &level));
	ck_assert(!log_parse_level("", &level));
}
END_TEST

static void *
chatter(void *user)
{
	int id = *(int *)user;

	for (int i = 0; i < 200; i++) {
		log_info("thread %d: line %d", id, i);
		log_warn("all: the same");
		log_tick();
	}
	return NULL;
}

START_TEST(threads_do_not_mix_their_lines)
{
	pthread_t thread[4];
	int id[4];

	for (int i = 0; i < 4; i++) {
		id[i] = i;
		ck_assert_int_eq(
			pthread_create(&thread[i], NULL, chatter, &id[i]), 0);
	}
	for (int i = 0; i < 4; i++) {
		pthread_join(thread[i], NULL);
	}
	char *s = strdup(written());
	for (char *line = strtok(s, "\n"); line != NULL;
		line = strtok(NULL, "\n")) {
		ck_assert_int_eq(line[0], '<');
		ck_assert_ptr_null(strchr(line + 1, '<'));
	}
	free(s);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("nrt/log");
	TCase *tc = tcase_create("log");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc,
		lines_bear_the_journals_priorities_when_there_is_no_terminal);
	tcase_add_test(tc, lines_bear_time_and_level_at_a_terminal);
	tcase_add_test(tc, levels_below_the_set_one_are_silent);
	tcase_add_test(tc, repeats_are_counted_and_told_before_the_next_line);
	tcase_add_test(tc, repeats_that_go_on_are_told_once_a_minute);
	tcase_add_test(tc, repeats_that_ended_are_told_by_the_tick);
	tcase_add_test(tc, one_call_site_has_a_burst_and_then_a_rate);
	tcase_add_test(tc, lines_held_back_are_counted_and_the_last_one_told);
	tcase_add_test(tc, one_site_does_not_silence_another);
	tcase_add_test(tc, flush_tells_all_that_is_held_back);
	tcase_add_test(tc, no_line_is_lost_when_sites_outnumber_the_table);
	tcase_add_test(tc, foreign_bytes_are_escaped);
	tcase_add_test(tc, long_lines_are_cut);
	tcase_add_test(tc, sink_gets_each_line_and_may_log);
	tcase_add_test(tc, level_names_parse_both_ways);
	tcase_add_test(tc, threads_do_not_mix_their_lines);
	suite_add_tcase(suite, tc);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
