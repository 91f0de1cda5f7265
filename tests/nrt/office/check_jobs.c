/* SPDX-License-Identifier: MIT */
/*
 * check_jobs.c -- messages about jobs: what each answers, and that exactly
 * one end is told of each.
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "rooms.h"
#include "trial.h"

static struct rooms rooms = {.prepare = trial_add};
static struct rooms *r = &rooms;

static const char *const sets[] = {
	"limits.max_resources=8", "workers.threads=2", NULL};

/** Two resources, live, and a subscriber. */
static void
setup(void)
{
	rooms_open(r, sets);
	rooms_ask(r, "/notify 1");
	rooms_put(r, "/resource/new trial-thing 1");
	rooms_put(r, "/resource/new trial-other 2");
	rooms_rest(r);
	rooms_heard(r);
}

static void
teardown(void)
{
	trial_let(100);
	rooms_close(r);
}

/** Ask for something, and wait until no work is out. */
static void
expect_end(const char *words, const char *told)
{
	rooms_put(r, words);
	rooms_rest(r);
	const char *text = rooms_heard(r);
	ck_assert_msg(strcmp(text, told) == 0, "%s: %s", words, text);
}

START_TEST(job_tells_its_results_flat_behind_its_id)
{
	expect_end("/job/new trial-work 7 0", "/job/done 7 0\n");
	expect_end("/job/new trial-work 7 0 [ 1 2 2 ]", "/job/done 7 3\n");
	expect_end("/job/new " TRIAL_WORK " 2147483647 1 [ 1 ] [ 5 f:0.5 word "
		   "h:5000000000 T ]",
		"/job/done 2147483647 1 5 0.5 \"word\" h:5000000000 1\n");
	expect_end("/job/new trial-alone 0 1 [ 1 ] [ ]", "/job/done 0 1\n");
	/* all references were given back */
	ck_assert_int_eq((int)rooms_stat(r, "references"), 0);
	ck_assert_int_eq((int)rooms_stat(r, "jobs"), 0);
}
END_TEST

START_TEST(job_that_fails_tells_why)
{
	expect_end("/job/new trial-work 7 0 [ 1 ] [ fail ]",
		"/job/failed 7 \"told to fail\"\n");
	rooms_put(r, "/job/new trial-work 7 0 [ ] [ mute ]");
	rooms_rest(r);
	const char *text = rooms_heard(r);
	ck_assert_int_eq(strncmp(text, "/job/failed 7 \"", 15), 0);
	ck_assert_msg(strstr(text, "\"\"") == NULL, "%s", text);
	ck_assert_int_eq((int)rooms_stat(r, "references"), 0);
}
END_TEST

START_TEST(results_larger_than_a_datagram_arrive_whole_or_the_job_fails)
{
	char words[600] = "/job/new trial-work 7 0 [ ] [ many ]";

	rooms_put(r, words);
	rooms_rest(r);
	const char *text = rooms_heard(r);
	ck_assert_int_eq(strncmp(text, "/job/failed 7 \"", 15), 0);
	ck_assert_uint_eq(rooms_count(text, "/"), 1);
	/* thirty thousand bytes */
	size_t at = (size_t)snprintf(
		words, sizeof words, "/job/new trial-work 7 0 [ ] [");
	static char large[40000];
	at = (size_t)snprintf(large, sizeof large, "%s", words);
	for (int i = 0; i < 1000; i++) {
		at += (size_t)snprintf(large + at, sizeof large - at,
			" abcdefghijklmnopqrstuvwxyz");
	}
	(void)snprintf(large + at, sizeof large - at, " ]");
	rooms_put(r, large);
	rooms_rest(r);
	text = rooms_heard(r);
	ck_assert_int_eq(strncmp(text, "/job/done 7 0 \"abc", 18), 0);
	ck_assert_uint_gt(strlen(text), 29000);
	ck_assert_uint_gt(r->largest, 28000);
}
END_TEST

START_TEST(what_a_job_is_asked_with_is_judged_before_it_begins)
{
	rooms_expect(r, "/job/new nothing 7 0",
		"/error \"/job/new\" 404 \"no job \\\"nothing\\\"; /def/list "
		"tells all\" 7\n");
	rooms_expect(r, "/job/new trial-work -1 0",
		"/error \"/job/new\" 422 \"job id -1 is below 0\" -1\n");
	rooms_expect(r, "/job/new trial-work 7 2",
		"/error \"/job/new\" 422 \"exclusive 2 is neither 0 nor 1\" "
		"7\n");
	rooms_expect(r, "/job/new trial-alone 7 0 [ 1 ]",
		"/error \"/job/new\" 422 \"trial-alone needs its resources for "
		"itself: ask with exclusive 1\" 7\n");
	rooms_expect(r, "/job/new trial-alone 7 1",
		"/error \"/job/new\" 422 \"trial-alone takes 1 resource, not "
		"0\" 7\n");
	rooms_expect(r, "/job/new trial-alone 7 1 [ 1 1 ]",
		"/error \"/job/new\" 422 \"trial-alone takes 1 resource, not "
		"2\" 7\n");
	rooms_expect(r,
		"/job/new trial-work 7 0 [ 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 ]",
		"/error \"/job/new\" 422 \"a job takes 16 resources at the "
		"most\" 7\n");
	rooms_expect(r, "/job/new trial-work 7 0 [ x ]",
		"/error \"/job/new\" 400 \"resource 1 of the array must be an "
		"id (i)\" 7\n");
	rooms_expect(r, "/job/new trial-work 7 0 [ 1 f:1.5 ]",
		"/error \"/job/new\" 422 \"resource 2 of the array is not "
		"whole, or too large\" 7\n");
	rooms_expect(r, "/job/new trial-work 7 0 1",
		"/error \"/job/new\" 400 \"argument 4 must be an array of "
		"resource ids: /job/new s:job-uri i:job-id i:exclusive "
		"[i:resource-ids] [args]\" 7\n");
	rooms_expect(r, "/job/new trial-work 7 0 [ ] [ code 413 ]",
		"/error \"/job/new\" 413 \"trial-work: told to refuse\" 7\n");
	ck_assert_uint_eq(trial_performs(), 0);
	ck_assert_int_eq((int)rooms_stat(r, "references"), 0);
}
END_TEST

START_TEST(resources_that_cannot_be_had_refuse_the_job)
{
	rooms_expect(r, "/job/new trial-work 7 0 [ 8 ]",
		"/error \"/job/new\" 422 \"resource id 8 is not within 0 … "
		"7\" 7\n");
	rooms_expect(r, "/job/new trial-work 7 0 [ 1 3 ]",
		"/error \"/job/new\" 404 \"no resource 3; /resource/list tells "
		"all\" 7\n");
	rooms_expect(r, "/job/new trial-alone 7 1 [ 2 ]",
		"/error \"/job/new\" 422 \"resource 2 is of another class than "
		"the job takes; /def/query tells which\" 7\n");
	rooms_ask(r, "/synth/new trial-user 5 0 1 [ thing 1 ]");
	rooms_expect(r, "/job/new trial-work 7 1 [ 2 1 ]",
		"/error \"/job/new\" 409 \"resource 1 is held by node 5: it "
		"cannot be had alone; /resource/query tells all who hold "
		"it\" 7\n");
	ck_assert_int_eq((int)rooms_stat(r, "references"), 1);
	expect_end("/job/new trial-work 7 0 [ 1 ]", "/job/done 7 1\n");
}
END_TEST

START_TEST(id_is_taken_while_its_job_is_under_way)
{
	rooms_expect(r, "/job/new trial-work 7 0 [ 1 ] [ gate ]", "");
	rooms_expect(r, "/job/new trial-work 7 0",
		"/error \"/job/new\" 409 \"job id 7 is taken: a job of that id "
		"is under way\" 7\n");
	trial_wait(1);
	trial_let(1);
	rooms_rest(r);
	ck_assert_str_eq(rooms_heard(r), "/job/done 7 1 \"gate\"\n");
	expect_end("/job/new trial-work 7 0", "/job/done 7 0\n");
}
END_TEST

START_TEST(exclusive_job_has_its_resources_alone)
{
	rooms_expect(r, "/job/new trial-work 7 1 [ 1 1 ] [ gate ]", "");
	trial_wait(1);
	rooms_expect(r, "/job/new trial-work 8 0 [ 1 ]",
		"/error \"/job/new\" 409 \"resource 1 is held by job 7 alone, "
		"until its work is done\" 8\n");
	rooms_expect(r, "/synth/new trial-user 5 0 1 [ thing 1 ]",
		"/error \"/synth/new\" 409 \"resource 1 is held by job 7 "
		"alone, until its work is done\" 5\n");
	/* freeing is no holding: it waits for the job */
	rooms_expect(r, "/resource/free 1", "");
	rooms_expect(r, "/resource/query 1",
		"/resource/info 1 \"" TRIAL_THING
		"\" \"free-pending\" 1 h:64 [ -8 ]\n");
	trial_let(1);
	rooms_rest(r);
	ck_assert_str_eq(rooms_heard(r),
		"/job/done 7 2 \"gate\"\n/resource/destroyed 1\n");
}
END_TEST

START_TEST(cancelled_job_fails_once_it_has_ended)
{
	rooms_expect(r, "/job/new trial-work 7 0 [ 1 ] [ half polite ]", "");
	trial_wait(1);
	rooms_expect(r, "/job/cancel 7", "");
	rooms_expect(r, "/job/list",
		"/job/list.reply 0 1 7 \"" TRIAL_WORK "\" \"stopping\" 0.5\n");
	rooms_await(r, "/job/failed");
	rooms_rest(r);
	ck_assert_str_eq(rooms_heard(r), "/job/failed 7 \"cancelled\"\n");
	rooms_expect(r, "/job/cancel 7",
		"/error \"/job/cancel\" 404 \"no job 7 is under way; /job/list "
		"tells all\" 7\n");
	ck_assert_int_eq((int)rooms_stat(r, "references"), 0);
}
END_TEST

START_TEST(job_that_waits_is_cancelled_before_it_begins)
{
	/* one job at a time on one resource */
	rooms_expect(r, "/job/new trial-work 7 0 [ 1 ] [ gate ]", "");
	trial_wait(1);
	rooms_expect(r, "/job/new trial-work 8 0 [ 1 ]", "");
	rooms_expect(r, "/job/list",
		"/job/list.reply 0 1 7 \"" TRIAL_WORK
		"\" \"running\" 0.0 8 \"" TRIAL_WORK "\" \"waiting\" 0.0\n");
	rooms_expect(r, "/job/cancel 8", "/job/failed 8 \"cancelled\"\n");
	ck_assert_uint_eq(trial_performs(), 1);
	trial_let(1);
	rooms_rest(r);
	ck_assert_str_eq(rooms_heard(r), "/job/done 7 1 \"gate\"\n");
	rooms_expect(r, "/job/list", "/job/list.reply 0 1\n");
}
END_TEST

START_TEST(cancel_comes_behind_new_in_one_bundle)
{
	static struct rooms_bundle b;

	rooms_bundle(&b, 1);
	rooms_bundle_add(&b, "/job/new trial-work 7 0 [ 1 ] [ polite ]");
	rooms_bundle_add(&b, "/job/cancel 7");
	rooms_packet(r, b.data, b.size);
	rooms_rest(r);
	ck_assert_str_eq(rooms_heard(r), "/job/failed 7 \"cancelled\"\n");
}
END_TEST

START_TEST(progress_is_told_to_subscribers)
{
	rooms_expect(r, "/job/new trial-work 7 0 [ ] [ half gate ]", "");
	trial_wait(1);
	rooms_await(r, "/job/progress 7 0.5\n");
	rooms_heard(r);
	rooms_expect(r, "/job/list",
		"/job/list.reply 0 1 7 \"" TRIAL_WORK "\" \"running\" 0.5\n");
	trial_let(1);
	rooms_rest(r);
	ck_assert_str_eq(rooms_heard(r), "/job/done 7 0 \"half\" \"gate\"\n");
}
END_TEST

START_TEST(job_outlives_the_synth_whose_resource_it_works_on)
{
	rooms_ask(r, "/synth/new trial-user 5 0 1 [ thing 1 ]");
	rooms_ask(r, "/job/new trial-work 7 0 [ 1 ] [ gate ]");
	rooms_heard(r);
	rooms_expect(r, "/resource/free 1", "");
	rooms_expect(r, "/node/free 5", "/node/ended 5\n");
	rooms_expect(r, "/resource/query 1",
		"/resource/info 1 \"" TRIAL_THING
		"\" \"free-pending\" 1 h:64 [ -8 ]\n");
	trial_let(1);
	rooms_rest(r);
	ck_assert_str_eq(rooms_heard(r),
		"/job/done 7 1 \"gate\"\n/resource/destroyed 1\n");
}
END_TEST

START_TEST(jobs_beyond_what_there_can_be_are_503)
{
	char words[100];

	rooms_ask(r, "/notify 0");
	for (int i = 0; i < 256; i++) {
		snprintf(words, sizeof words,
			"/job/new trial-work %d 0 [ 1 ] [ gate ]", i);
		rooms_expect(r, words, "");
	}
	rooms_expect(r, "/job/new trial-work 256 0",
		"/error \"/job/new\" 503 \"256 jobs are under way, and there "
		"can be no more\" 256\n");
	ck_assert_int_eq((int)rooms_stat(r, "jobs"), 256);
	trial_let(256);
	rooms_rest(r);
	ck_assert_int_eq((int)rooms_stat(r, "jobs"), 0);
	ck_assert_uint_eq(trial_performs(), 256);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("nrt/jobs");
	TCase *tc = tcase_create("jobs");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 100);
	tcase_add_test(tc, job_tells_its_results_flat_behind_its_id);
	tcase_add_test(tc, job_that_fails_tells_why);
	tcase_add_test(tc,
		results_larger_than_a_datagram_arrive_whole_or_the_job_fails);
	tcase_add_test(tc, what_a_job_is_asked_with_is_judged_before_it_begins);
	tcase_add_test(tc, resources_that_cannot_be_had_refuse_the_job);
	tcase_add_test(tc, id_is_taken_while_its_job_is_under_way);
	tcase_add_test(tc, exclusive_job_has_its_resources_alone);
	tcase_add_test(tc, cancelled_job_fails_once_it_has_ended);
	tcase_add_test(tc, job_that_waits_is_cancelled_before_it_begins);
	tcase_add_test(tc, cancel_comes_behind_new_in_one_bundle);
	tcase_add_test(tc, progress_is_told_to_subscribers);
	tcase_add_test(tc, job_outlives_the_synth_whose_resource_it_works_on);
	tcase_add_test(tc, jobs_beyond_what_there_can_be_are_503);
	suite_add_tcase(s, tc);
	return rooms_run(s);
}
