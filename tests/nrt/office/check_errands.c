/* SPDX-License-Identifier: MIT */
/*
 * check_errands.c -- works on their way: what takes too long, and the end of
 * the engine in the middle of it all; with one, two and eight workers.
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "engine.h"
#include "rooms.h"
#include "trial.h"

static struct rooms rooms = {.prepare = trial_add};
static struct rooms *r = &rooms;

static const char *const workers[] = {
	"workers.threads=1", "workers.threads=2", "workers.threads=8"};
#define WORKERS 3

static const char *sets[] = {"limits.max_resources=64", NULL, NULL, NULL};

static void
open_with(const char *more, const char *most)
{
	sets[1] = more;
	sets[2] = most;
	rooms_open(r, sets);
	rooms_ask(r, "/notify 1");
	rooms_heard(r);
}

static void
setup(void)
{
	open_with("workers.threads=2", NULL);
}

static void
teardown(void)
{
	trial_let(1000);
	rooms_close(r);
}

/* --- what takes too long --- */

START_TEST(construction_over_its_time_is_told_at_once_and_destroyed_late)
{
	rooms_close(r);
	open_with(workers[_i], "workers.job_timeout_s=0.05");
	rooms_put(r, "/resource/new trial-thing 1 [ gate ]");
	rooms_put(r, "/sync 1");
	rooms_await(r, "/synced 1");
	ck_assert_str_eq(rooms_heard(r),
		"/resource/error 1 \"timed out: it took longer than "
		"workers.job_timeout_s\"\n/synced 1\n");
	rooms_expect(r, "/resource/query 1",
		"/resource/info 1 \"" TRIAL_THING
		"\" \"constructing\" 0 h:0 [ ]\n");
	rooms_expect(r, "/resource/new trial-thing 1",
		"/error \"/resource/new\" 409 \"resource id 1 is taken: it is "
		"constructing; /resource/list tells which are\" 1\n");
	trial_pass(r, 1, "/resource/destroyed 1\n");
	ck_assert_uint_eq(trial_constructs(), 1);
	ck_assert_uint_eq(trial_destroys(), 1);
	ck_assert_int_eq((int)rooms_stat(r, "works_timed_out"), 1);
	rooms_ask_await(r, "/resource/new trial-thing 1", "/resource/ready 1");
}
END_TEST

START_TEST(late_construction_that_fails_frees_its_id_and_says_so)
{
	rooms_close(r);
	open_with(workers[_i], "workers.job_timeout_s=0.05");
	rooms_put(r, "/resource/new trial-thing 1 [ gate fail ]");
	rooms_await(r, "/resource/error 1 \"timed out");
	rooms_heard(r);
	/* a free changes nothing of that */
	rooms_expect(r, "/resource/free 1", "");
	trial_pass(r, 1, "/resource/destroyed 1\n");
	ck_assert_uint_eq(trial_destroys(), 0);
	rooms_ask_await(r, "/resource/new trial-thing 1", "/resource/ready 1");
}
END_TEST

START_TEST(job_over_its_time_fails_and_holds_until_it_returns)
{
	rooms_close(r);
	open_with(workers[_i], "workers.job_timeout_s=0.05");
	rooms_ask_await(r, "/resource/new trial-thing 1", "/resource/ready 1");
	rooms_put(r, "/job/new trial-work 7 1 [ 1 ] [ gate ]");
	rooms_put(r, "/sync 1");
	rooms_await(r, "/synced 1");
	ck_assert_str_eq(
		rooms_heard(r), "/job/failed 7 \"timed out\"\n/synced 1\n");
	rooms_expect(r, "/job/list",
		"/job/list.reply 0 1 7 \"" TRIAL_WORK "\" \"stopping\" 0.0\n");
	rooms_expect(r, "/job/cancel 7",
		"/error \"/job/cancel\" 409 \"job 7 timed out and was asked to "
		"stop already\" 7\n");
	rooms_expect(r, "/job/new trial-work 7 0",
		"/error \"/job/new\" 409 \"job id 7 is taken: a job of that id "
		"is under way\" 7\n");
	rooms_expect(r, "/resource/query 1",
		"/resource/info 1 \"" TRIAL_THING
		"\" \"live\" 1 h:64 [ -8 ]\n");
	trial_pass(r, 1, "");
	rooms_expect(r, "/resource/query 1",
		"/resource/info 1 \"" TRIAL_THING "\" \"live\" 0 h:64 [ ]\n");
	rooms_expect(r, "/job/list", "/job/list.reply 0 1\n");
}
END_TEST

START_TEST(polite_job_over_its_time_fails_once)
{
	rooms_close(r);
	open_with(workers[_i], "workers.job_timeout_s=0.05");
	rooms_put(r, "/job/new trial-work 7 0 [ ] [ polite ]");
	rooms_rest(r);
	ck_assert_str_eq(rooms_heard(r), "/job/failed 7 \"timed out\"\n");
}
END_TEST

START_TEST(destruction_over_its_time_holds_no_sync)
{
	rooms_close(r);
	open_with(workers[_i], "workers.job_timeout_s=0.05");
	rooms_ask_await(
		r, "/resource/new trial-thing 1 [ late ]", "/resource/ready 1");
	rooms_put(r, "/resource/free 1");
	rooms_put(r, "/sync 1");
	rooms_await(r, "/synced 1");
	ck_assert_str_eq(rooms_heard(r), "/synced 1\n");
	trial_pass(r, 1, "/resource/destroyed 1\n");
}
END_TEST

START_TEST(limit_that_is_reloaded_holds_for_what_runs)
{
	struct config *fresh;
	struct config_errors errors = {0};
	static const char *const limit = "workers.job_timeout_s=0.05";

	rooms_put(r, "/job/new trial-work 7 0 [ ] [ polite ]");
	rooms_turn(r);
	trial_wait(1);
	ck_assert_int_eq(
		config_load("/dev/null", &limit, 1, &fresh, &errors), 0);
	config_errors_fini(&errors);
	office_configure(r->office, fresh);
	rooms_await(r, "/job/failed 7 \"timed out\"");
	office_configure(r->office, r->config);
	config_close(fresh);
}
END_TEST

/* --- time, and the end --- */

START_TEST(virtual_time_stands_still_while_works_are_out)
{
	rooms_put(r, "/resource/new trial-thing 1 [ gate ]");
	rooms_put(r, "/offline/run 4800");
	rooms_turn(r);
	trial_wait(1);
	ck_assert_uint_eq(rooms_now(r), 0);
	trial_let(1);
	rooms_await(r, "/offline/run.reply");
	ck_assert_str_eq(rooms_heard(r),
		"/resource/ready 1\n/offline/run.reply h:4800\n");
}
END_TEST

START_TEST(engine_ends_in_each_state_and_destroys_once)
{
	uint32_t made;

	rooms_close(r);
	open_with(workers[_i], NULL);
	/* live, held by a synth, held by a job, free-pending */
	for (int i = 0; i < 4; i++) {
		char words[60];
		(void)snprintf(words, sizeof words,
			"/resource/new trial-thing %d", i + 1);
		rooms_ask(r, words);
	}
	rooms_rest(r);
	rooms_ask(r, "/synth/new trial-user 5 0 1 [ thing 2 ]");
	rooms_ask(r, "/job/new trial-work 1 0 [ 3 ] [ polite ]");
	rooms_ask(r, "/synth/new trial-user 6 0 1 [ thing 4 ]");
	rooms_ask(r, "/resource/free 4");
	/* constructing, constructing and freed, one that waits for a worker */
	rooms_ask(r, "/resource/new trial-thing 10 [ polite ]");
	rooms_ask(r, "/resource/new trial-thing 11 [ polite ]");
	rooms_ask(r, "/resource/free 11");
	rooms_ask(r, "/resource/new trial-other 12 [ polite fail ]");
	rooms_ask(r, "/job/new trial-work 2 0 [ 3 ] [ polite ]");
	rooms_ask(r, "/sync 1");
	rooms_heard(r);
	rooms_close(r); /* all bytes were given back: it looks */
	made = trial_constructs();
	ck_assert_uint_ge(made, 4);
	/* those that were made; the first four are among them */
	ck_assert_uint_ge(trial_destroys(), 4);
	ck_assert_uint_le(trial_destroys(), made);
	const char *text = rooms_heard(r);
	ck_assert_uint_eq(rooms_count(text, "/job/failed 1 "), 1);
	ck_assert_uint_eq(rooms_count(text, "/job/failed 2 "), 1);
	for (int i = 1; i <= 4; i++) {
		char line[40];
		(void)snprintf(
			line, sizeof line, "/resource/destroyed %d\n", i);
		ck_assert_uint_eq(rooms_count(text, line), 1);
	}
	ck_assert_uint_eq(rooms_count(text, "/resource/ready"), 0);
	open_with(workers[_i], NULL);
}
END_TEST

START_TEST(many_clients_resources_come_and_go_in_order)
{
	char words[60];
	char last[64] = "";

	rooms_close(r);
	open_with(workers[_i], NULL);
	for (int round = 0; round < 50; round++) {
		for (int i = 0; i < 20; i++) {
			(void)snprintf(words, sizeof words,
				"/resource/new trial-thing %d%s", i,
				i % 3 == 0 ? " [ fail ]" : "");
			rooms_put(r, words);
			(void)snprintf(
				words, sizeof words, "/resource/free %d", i);
			rooms_put(r, words);
		}
		(void)snprintf(words, sizeof words, "/sync %d", round);
		(void)snprintf(last, sizeof last, "/synced %d\n", round);
		const char *text = rooms_ask_await(r, words, last);
		/* the end of each is told, once, before the sync */
		ck_assert_uint_eq(
			rooms_count(text, "/resource/destroyed "), 13);
		ck_assert_uint_eq(rooms_count(text, "/resource/error "), 7);
		ck_assert_uint_eq(rooms_count(text, "/"), 21);
		ck_assert_str_eq(text + strlen(text) - strlen(last), last);
	}
	ck_assert_uint_eq(trial_constructs(), 1000);
	ck_assert_uint_eq(trial_destroys(), 650);
}
END_TEST

START_TEST(what_does_not_come_back_is_named)
{
	rooms_log_begin();
	rooms_expect(r, "/resource/new trial-thing 1 [ gate ]", "");
	rooms_expect(r, "/job/new trial-work 3 0 [ ] [ gate ]", "");
	trial_wait(2);
	ck_assert_uint_eq(office_log_works(r->office), 2);
	ck_assert(rooms_has_logged("err: works: abandoned: construction of "
				   "resource 1 (" TRIAL_THING "), "));
	ck_assert(rooms_has_logged(
		"err: works: abandoned: job 3 (" TRIAL_WORK "), "));
	rooms_log_end();
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("nrt/errands");
	TCase *tc = tcase_create("errands");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 100);
	tcase_add_loop_test(tc,
		construction_over_its_time_is_told_at_once_and_destroyed_late,
		0, WORKERS);
	tcase_add_loop_test(tc,
		late_construction_that_fails_frees_its_id_and_says_so, 0,
		WORKERS);
	tcase_add_loop_test(tc,
		job_over_its_time_fails_and_holds_until_it_returns, 0, WORKERS);
	tcase_add_loop_test(
		tc, polite_job_over_its_time_fails_once, 0, WORKERS);
	tcase_add_loop_test(
		tc, destruction_over_its_time_holds_no_sync, 0, WORKERS);
	tcase_add_test(tc, limit_that_is_reloaded_holds_for_what_runs);
	tcase_add_test(tc, virtual_time_stands_still_while_works_are_out);
	tcase_add_loop_test(
		tc, engine_ends_in_each_state_and_destroys_once, 0, WORKERS);
	tcase_add_loop_test(
		tc, many_clients_resources_come_and_go_in_order, 0, WORKERS);
	tcase_add_test(tc, what_does_not_come_back_is_named);
	suite_add_tcase(s, tc);
	return rooms_run(s);
}
