/* SPDX-License-Identifier: MIT */
/*
 * check_render.c -- the options of `tactus render`, with a house that only
 * writes down what it was asked for.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "house_render.h"
#include "osc_read.h"
#include "osc_write.h"

/** What the house saw, and what it is to do; one test, one process. */
static struct {
	int calls;
	char text[1024];
	int code;
	int errors;
} house;

int
house_render(const struct render_job *job)
{
	size_t n = 0;

	house.calls++;
	n += (size_t)snprintf(house.text + n, sizeof house.text - n,
		"config %s out %s seconds %g packets %u",
		job->config != NULL ? job->config : "-", job->out, job->seconds,
		job->score != NULL ? job->score->count : 0);
	for (uint32_t i = 0; i < job->nsets; i++) {
		n += (size_t)snprintf(house.text + n, sizeof house.text - n,
			" %s", job->sets[i]);
	}
	for (int i = 0; i < house.errors; i++) {
		uint8_t packet[256];
		struct osc_walk w;
		struct osc_message m;
		struct osc_out o;

		osc_begin(&o, packet, sizeof packet, "/error");
		osc_put_string(&o, "/node/free");
		osc_put_int(&o, 404);
		osc_put_string(&o, "no node 7");
		osc_walk_begin(&w, packet, osc_end(&o));
		ck_assert(osc_walk_next(&w, &m));
		job->told(job->user, &m);
	}
	if (house.code != 0) {
		job->wrong(job->user, "the house says no");
	}
	return house.code;
}

static int
render(char **argv)
{
	struct cli cli = {.verb = &cmd_render};
	int argc = 0;

	while (argv[argc] != NULL) {
		argc++;
	}
	return cmd_render.run(&cli, argc, argv);
}

#define RENDER(...) render((char *[]){(char[]){"render"}, __VA_ARGS__, NULL})
#define W(text)     ((char[]){text})

START_TEST(render_passes_on_what_the_options_say)
{
	ck_assert_int_eq(RENDER(W("-o"), W("a.wav"), W("--seconds"), W("2.5"),
				 W("--set"), W("audio.rate=96000"), W("-c"),
				 W("my.conf"), W("--threads"), W("4")),
		0);
	ck_assert_str_eq(house.text,
		"config my.conf out a.wav seconds 2.5 packets 0 "
		"audio.rate=96000 realtime.threads=4");
}
END_TEST

START_TEST(render_reads_the_score_first)
{
	char path[] = "/tmp/tactus-render.XXXXXX";
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, "\0\0\0\4oops", 8), 8);
	ck_assert_int_eq(RENDER(path, W("-o"), W("a.wav")), 66);
	ck_assert_int_eq(house.calls, 0);
	ck_assert_int_eq(pwrite(fd, "\0\0\0\x8/a\0\0,\0\0\0", 12, 0), 12);
	ck_assert_int_eq(RENDER(path, W("-o"), W("a.wav")), 0);
	ck_assert_str_eq(house.text, "config - out a.wav seconds -1 packets 1");
	(void)close(fd);
	(void)unlink(path);
	ck_assert_int_eq(RENDER(path, W("-o"), W("a.wav")), 66);
	ck_assert_int_eq(house.calls, 1);
}
END_TEST

START_TEST(render_refuses_options_that_make_no_sense)
{
	ck_assert_int_eq(RENDER(W("--seconds"), W("1")), 64);
	ck_assert_int_eq(RENDER(W("-o"), W("a.wav")), 64);
	ck_assert_int_eq(RENDER(W("-o"), W("a"), W("-l"), W("-1")), 64);
	ck_assert_int_eq(RENDER(W("-o"), W("a"), W("-l"), W("x")), 64);
	ck_assert_int_eq(
		RENDER(W("-o"), W("a"), W("-l"), W("1"), W("-n"), W("0")), 64);
	ck_assert_int_eq(
		RENDER(W("-o"), W("a"), W("-l"), W("1"), W("-n"), W("65")), 64);
	ck_assert_int_eq(
		RENDER(W("-o"), W("a"), W("-l"), W("1"), W("-s"), W("x")), 64);
	ck_assert_int_eq(RENDER(W("s"), W("t"), W("-o"), W("a")), 64);
	ck_assert_int_eq(house.calls, 0);
}
END_TEST

START_TEST(render_exits_with_1_when_the_engine_answered_an_error)
{
	house.errors = 2;
	ck_assert_int_eq(RENDER(W("-o"), W("a"), W("-l"), W("1")), 1);
}
END_TEST

START_TEST(render_exits_with_what_the_house_says)
{
	house.code = 78;
	house.errors = 1;
	ck_assert_int_eq(RENDER(W("-o"), W("a"), W("-l"), W("1")), 78);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("src/render");
	TCase *t = tcase_create("all");

	tcase_add_test(t, render_passes_on_what_the_options_say);
	tcase_add_test(t, render_reads_the_score_first);
	tcase_add_test(t, render_refuses_options_that_make_no_sense);
	tcase_add_test(
		t, render_exits_with_1_when_the_engine_answered_an_error);
	tcase_add_test(t, render_exits_with_what_the_house_says);
	suite_add_tcase(s, t);
	SRunner *r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
