/* SPDX-License-Identifier: MIT */
/*
 * check_threads.c -- helpers in a real daemon: they take part where there is
 * enough to do, and none are there where one thread was asked for.
 *
 * How long it takes until one comes in time hangs on the machine; that one
 * comes does not.
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "client.h"
#include "daemon.h"
#include "threads.h"

/* Synths that take some microseconds for a block each. */
#define MANY 48
#define RUN  4096 /* frames that are run at once, offline */

static struct daemon d;
static struct client c;

static void
begin(const char *driver, uint32_t threads)
{
	char set[64];

	snprintf(set, sizeof set, "realtime.threads=%u", threads);
	client_start(&c, &d,
		&(struct daemon_want){
			.driver = driver, .trial = true, .sets = {set}});
	client_say(&c, "/notify 1");
	for (int i = 0; i < MANY; i++) {
		client_say(&c, "/synth/new labour %d 0 1", 100 + i);
		client_say(&c, "/synth/map/output %d out 0 1", 100 + i);
		client_say(&c, "/synth/activate %d", 100 + i);
	}
	client_sync(&c);
}

static void
end(void)
{
	client_end(&c, &d, NULL);
}

/** Let some time pass. @return was a synth run by a helper? */
static bool
run_some(void)
{
	bool away = false;

	client_say(&c, "/offline/run %d", RUN);
	while (strncmp(client_hear(&c), "/offline/run.reply", 18) != 0) {
		away = away || strncmp(c.text, "/away", 5) == 0;
	}
	return away;
}

START_TEST(helpers_take_part_while_virtual_time_passes)
{
	/* more than there are processors, mostly */
	uint32_t threads = threads_wanted() > 1 ? threads_wanted() : 4;

	begin("offline", threads);
	/* the test's own limit ends it */
	while (!run_some()) {
	}
	ck_assert_double_eq(client_stat(&c, "threads"), threads);
	ck_assert_double_eq(client_stat(&c, "width"), MANY);
	ck_assert_double_eq(client_stat(&c, "levels"), 1.0);
	end();
}
END_TEST

START_TEST(helpers_take_part_while_real_time_passes)
{
	if (threads_cpus() < 2) {
		printf("SKIPPED: one processor, no helper\n");
		return;
	}
	begin("clock", 2);
	client_seek(&c, "/away");
	ck_assert_double_eq(client_stat(&c, "threads"), 2.0);
	while (client_stat(&c, "thread_1_load") == 0.0) {
	}
	end();
}
END_TEST

START_TEST(one_thread_does_it_all_where_one_was_asked_for)
{
	begin("offline", 1);
	for (int i = 0; i < 8; i++) {
		ck_assert(!run_some());
	}
	ck_assert_double_eq(client_stat(&c, "threads"), 1.0);
	end();
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("system/threads");
	TCase *t = daemon_case(s, "threads");

	tcase_add_test(t, helpers_take_part_while_virtual_time_passes);
	tcase_add_test(t, helpers_take_part_while_real_time_passes);
	tcase_add_test(t, one_thread_does_it_all_where_one_was_asked_for);
	return daemon_run(s);
}
