/* SPDX-License-Identifier: MIT */
/*
 * check_works.c -- resources and jobs in a real daemon: what its workers make
 * is told, and it ends whatever they are at.
 */
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "client.h"
#include "daemon.h"

static struct daemon d;
static struct client c;

static const char *const drivers[] = {"offline", "clock"};

static void
open_with(const char *driver, const char *more)
{
	client_start(&c, &d,
		&(struct daemon_want){
			.driver = driver, .trial = true, .sets = {more}});
	client_say(&c, "/notify 1");
	client_expect(&c, "/notify.reply 1");
}

/** How often the log says so. */
static int
count(const char *words)
{
	int n = 0;

	for (const char *at = daemon_log(&d); (at = strstr(at, words)) != NULL;
		at++) {
		n++;
	}
	return n;
}

START_TEST(resource_is_ready_for_who_reacts_to_that)
{
	open_with(drivers[_i], NULL);
	client_say(&c, "/resource/new stubborn 3");
	client_expect(&c, "/resource/ready 3");
	client_say(&c, "/job/new stubborn 1 1 [ 3 ]");
	client_expect(&c, "/job/done 1");
	client_say(&c, "/resource/free 3");
	client_say(&c, "/sync 1");
	client_expect(&c, "/resource/destroyed 3");
	client_expect(&c, "/synced 1");
	ck_assert_int_eq((int)client_stat(&c, "resource_bytes"), 0);
	client_close(&c);
	ck_assert_int_eq(daemon_stop(&d), 0);
}
END_TEST

START_TEST(daemon_ends_while_things_are_made_and_jobs_run)
{
	open_with(drivers[_i], NULL);
	client_say(&c, "/resource/new stubborn 1");
	client_expect(&c, "/resource/ready 1");
	client_say(&c, "/job/new stubborn 7 0 [ 1 ] [ wait ]");
	client_say(&c, "/resource/new stubborn 2 [ wait ]");
	client_say(&c, "/resource/new stubborn 3");
	client_say(&c, "/resource/query 2");
	client_seek(&c, "/resource/info 2 ");
	ck_assert_int_eq(daemon_stop(&d), 0);
	ck_assert_int_eq(count("abandoned"), 0);
	/* what was live, and what came late; 3 may not have been begun */
	int destroyed = 0;
	int failed = 0;
	while (client_poll(&c, 0)) {
		destroyed += strncmp(c.text, "/resource/destroyed ", 20) == 0;
		failed += strncmp(c.text, "/job/failed 7 ", 14) == 0;
	}
	ck_assert_int_ge(destroyed, 2);
	ck_assert_int_eq(failed, 1);
	client_close(&c);
}
END_TEST

START_TEST(what_took_too_long_frees_its_id_when_it_returns)
{
	open_with("clock", "workers.job_timeout_s=0.1");
	client_say(&c, "/resource/new stubborn 2 [ wait ]");
	/* it sees that it is no longer wanted, and returns */
	client_expect_start(&c, "/resource/error 2 \"timed out");
	client_expect(&c, "/resource/destroyed 2");
	client_say(&c, "/job/new stubborn 5 0 [ ] [ wait ]");
	client_expect(&c, "/job/failed 5 \"timed out\"");
	client_say(&c, "/sync 1");
	client_expect(&c, "/synced 1");
	client_close(&c);
	ck_assert_int_eq(daemon_stop(&d), 0);
}
END_TEST

START_TEST(daemon_that_is_held_up_names_what_it_abandons)
{
	open_with("clock", NULL);
	client_say(&c, "/resource/new stubborn 2 [ hang ]");
	client_say(&c, "/job/new stubborn 5 0 [ ] [ hang ]");
	client_say(&c, "/job/list");
	client_seek(&c, "/job/list.reply");
	/* ten seconds are the bound (tactusd(8), Signals) */
	ck_assert_int_eq(daemon_stop(&d), 70);
	ck_assert_int_eq(count("not stopped within 10 s"), 1);
	ck_assert_int_eq(count("abandoned: construction of resource 2 "
			       "(urn:tactus:resource:stubborn:1), running for"),
		1);
	ck_assert_int_eq(count("abandoned: job 5 "
			       "(urn:tactus:job:stubborn:1), "),
		1);
	client_close(&c);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("system/works");
	TCase *tc = daemon_case(s, "a daemon");

	tcase_add_loop_test(tc, resource_is_ready_for_who_reacts_to_that, 0, 2);
	tcase_add_loop_test(
		tc, daemon_ends_while_things_are_made_and_jobs_run, 0, 2);
	tcase_add_test(tc, what_took_too_long_frees_its_id_when_it_returns);
	tcase_add_test(tc, daemon_that_is_held_up_names_what_it_abandons);
	return daemon_run(s);
}
