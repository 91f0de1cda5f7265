/* SPDX-License-Identifier: MIT */
/*
 * check_more.c -- what else can happen to resources and jobs.
 *
 * Beside the numbered cases (check_cases.c): bad requests for jobs, jobs side
 * by side and in turn, those that outlive who asked, limits of time, the end
 * of the engine in each state.  With 1, 2 and 8 workers where it matters.
 */
#include <ev.h>
#include <stdio.h>
#include <string.h>

#include "net_private.h"
#include "stage.h"

static const uint32_t worker_counts[] = {1, 2, 8};

static struct stage stage;

static void
open_with(int i, const char *const *sets)
{
	stage_open(&stage, worker_counts[i], sets);
	ck_assert_str_eq(stage_ask(&stage, "/notify 1"), "/notify.reply 1\n");
}

/** Let the loop run until this was heard. */
static void
await(const char *words)
{
	rooms_await(&stage.rooms, words);
}

START_TEST(bad_requests_for_jobs_are_refused)
{
	open_with(_i, NULL);
	stage_live(&stage, "test-a", 1);
	stage_fails(&stage, "/job/new nothing 7 0 [ 1 ]", 404);
	stage_fails(&stage, "/job/new test-job -1 0 [ 1 ]", 422);
	stage_fails(&stage, "/job/new test-job 7 2 [ 1 ]", 422);
	stage_fails(&stage, "/job/new test-job 7 0 [ 12 ]", 422);
	stage_fails(&stage, "/job/new test-job 7 0 [ -1 ]", 422);
	stage_fails(&stage, "/job/new test-job 7 0 [ 2 ]", 404);
	stage_fails(&stage, "/job/new test-job 7 0 [ word ]", 400);
	stage_fails(&stage, "/job/new test-job 7 0 1", 400);
	stage_fails(&stage, "/job/new test-job 7", 400);
	stage_fails(&stage, "/job/new test-job 7 0 [ 1 ] [ 1 ] 3", 400);
	stage_fails(&stage,
		"/job/new test-job 7 0 [ 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 ]",
		422);
	stage_fails(&stage, "/job/cancel 7", 404);
	stage_fails(&stage, "/job/cancel word", 400);
	stage_answers(&stage, "/resource/new test-a 2 [ 2 ]", "");
	stage_fails(&stage, "/job/new test-job 7 0 [ 2 ]", 409);
	stage_lets(&stage, GATE_CONSTRUCT, 2, true, "/resource/ready 2\n");
	stage_answers(&stage, "/resource/free 2", "");
	stage_fails(&stage, "/job/new test-job 7 0 [ 1 2 ]", 409);
	stage_lets(&stage, GATE_DESTROY, 2, true, "/resource/destroyed 2\n");
	stage_fails(&stage, "/job/new test-job 7 0 [ 1 2 ]", 404);
	stage_is(&stage, 1, "live", 0);
	ck_assert_uint_eq(gate_count(stage.gate), 0);
	/* on nothing at all it may be */
	stage_answers(&stage, "/job/new test-job 7 0", "");
	stage_lets(&stage, GATE_PERFORM, -1, true, "/job/done 7 -1\n");
	stage_close(&stage);
}
END_TEST

START_TEST(a_job_id_is_taken_while_it_runs_and_no_longer)
{
	open_with(_i, NULL);
	stage_answers(&stage, "/job/new test-job 0 0 [ ] [ 70 ]", "");
	stage_fails(&stage, "/job/new test-job 0 0 [ ] [ 71 ]", 409);
	stage_lets(&stage, GATE_PERFORM, 70, true, "/job/done 0 70\n");
	stage_answers(&stage, "/job/new test-job 0 0 [ ] [ 72 ]", "");
	stage_lets(&stage, GATE_PERFORM, 72, false,
		"/job/failed 0 \"the test says no\"\n");
	stage_answers(&stage, "/job/new test-job 2147483647 0 [ ] [ 73 ]", "");
	stage_lets(&stage, GATE_PERFORM, 73, true, "/job/done 2147483647 73\n");
	stage_close(&stage);
}
END_TEST

START_TEST(jobs_on_one_resource_take_turns_others_go_side_by_side)
{
	uint32_t workers = worker_counts[_i];

	open_with(_i, NULL);
	stage_live(&stage, "test-a", 1);
	stage_live(&stage, "test-a", 2);
	stage_answers(&stage, "/job/new test-job 1 0 [ 1 ] [ 10 ]", "");
	stage_answers(&stage, "/job/new test-job 2 0 [ 1 2 ] [ 20 ]", "");
	stage_answers(&stage, "/job/new test-job 3 0 [ 2 ] [ 30 ]", "");
	stage_answers(&stage, "/job/new test-job 4 0 [ ] [ 40 ]", "");
	stage_is(&stage, 1, "live", 2);
	stage_is(&stage, 2, "live", 2);
	/* the second waits for the first, the third for the second */
	ck_assert(stage_runs(&stage, GATE_PERFORM, 10));
	ck_assert(!stage_runs(&stage, GATE_PERFORM, 20));
	ck_assert(!stage_runs(&stage, GATE_PERFORM, 30));
	ck_assert(stage_runs(&stage, GATE_PERFORM, 40) == (workers > 2));
	stage_lets(&stage, GATE_PERFORM, 10, true, "/job/done 1 10\n");
	ck_assert(stage_runs(&stage, GATE_PERFORM, 20));
	ck_assert(!stage_runs(&stage, GATE_PERFORM, 30));
	/* one that waits can be called off, and makes way */
	stage_answers(&stage, "/job/cancel 3", "/job/failed 3 \"cancelled\"\n");
	stage_is(&stage, 2, "live", 1);
	stage_lets(&stage, GATE_PERFORM, 20, true, "/job/done 2 20\n");
	stage_lets(&stage, GATE_PERFORM, 40, true, "/job/done 4 40\n");
	stage_is(&stage, 1, "live", 0);
	stage_close(&stage);
}
END_TEST

START_TEST(a_job_outlives_the_synth_that_asked)
{
	open_with(_i, NULL);
	stage_live(&stage, "test-a", 1);
	stage_answers(&stage, "/synth/new performer 5 0 1 [ a 1 ] [ id 1 ]",
		"/node/new 5\n");
	stage_answers(&stage, "/synth/activate 5", "");
	stage_answers(&stage, "/node/set 5 go 1", "");
	rooms_render(&stage.rooms, 64);
	stage_settle(&stage);
	ck_assert_str_eq(rooms_heard(&stage.rooms), "/asked 0\n");
	stage_answers(&stage, "/node/free 5", "/node/ended 5\n");
	stage_answers(&stage, "/resource/free 1", "");
	stage_is(&stage, 1, "free-pending", 1);
	/* another synth in its place hears nothing of it */
	stage_answers(&stage, "/synth/new performer 5 0 1 [ ] [ id 1 ]",
		"/node/new 5\n");
	stage_lets(&stage, GATE_PERFORM, 1, true, "");
	rooms_render(&stage.rooms, 64);
	ck_assert_str_eq(rooms_heard(&stage.rooms), "");
	stage_lets(&stage, GATE_DESTROY, 1, true, "/resource/destroyed 1\n");
	stage_close(&stage);
}
END_TEST

static void
deaf(void *user, const void *data, size_t size)
{
	(void)user;
	(void)data;
	(void)size;
}

START_TEST(works_outlive_the_client_that_asked)
{
	struct peer *listener;
	struct peer *other;

	open_with(_i, NULL);
	listener = stage.rooms.peer;
	other = net_local(office_net(stage.rooms.office), deaf, NULL);
	stage.rooms.peer = other;
	stage_live(&stage, "test-a", 1);
	stage_answers(&stage, "/job/new test-job 1 0 [ 1 ] [ 10 ]", "");
	stage_answers(&stage, "/resource/new test-a 2 [ 2 ]", "");
	stage_answers(&stage, "/sync 7", "");
	peer_lose(other);
	stage.rooms.peer = listener;
	stage_lets(&stage, GATE_PERFORM, 10, true, "/job/done 1 10\n");
	stage_lets(&stage, GATE_CONSTRUCT, 2, true, "/resource/ready 2\n");
	peer_unref(other);
	stage_is(&stage, 1, "live", 0);
	stage_close(&stage);
}
END_TEST

START_TEST(a_construct_over_its_time_is_given_up_and_destroyed_late)
{
	const char *const sets[] = {"workers.job_timeout_s=0.05", NULL};

	open_with(_i, sets);
	stage_answers(&stage, "/resource/new test-a 3 [ 3 ]", "");
	await("/resource/error 3 \"timed out");
	(void)rooms_heard(&stage.rooms);
	/* the id is not free until the late one is gone */
	stage_is(&stage, 3, "constructing", 0);
	stage_fails(&stage, "/resource/new test-a 3 [ 4 ]", 409);
	/* a spare worker has taken its place: others are served */
	stage_answers(&stage, "/resource/new test-a 5 [ 5 ]", "");
	ck_assert(stage_runs(&stage, GATE_CONSTRUCT, 5));
	struct gate_work in[GATE_WORKS];
	uint32_t count = gate_look(stage.gate, in);
	ck_assert_uint_ge(count, 2);
	gate_set_open(stage.gate, true);
	rooms_rest(&stage.rooms);
	/* it is never ready, and the other may be late, too */
	const char *heard = rooms_heard(&stage.rooms);
	ck_assert_uint_eq(rooms_count(heard, "/resource/destroyed 3\n"), 1);
	ck_assert_uint_eq(rooms_count(heard, "/resource/ready 3\n"), 0);
	stage_fails(&stage, "/resource/query 3", 404);
	/* made twice, the late one destroyed once */
	ck_assert_uint_eq(gate_made(stage.gate), 2);
	stage_close(&stage);
}
END_TEST

START_TEST(a_job_over_its_time_holds_what_it_has_until_it_returns)
{
	const char *const sets[] = {"workers.job_timeout_s=0.05", NULL};

	open_with(_i, sets);
	gate_set_open(stage.gate, true);
	stage_answers(&stage, "/resource/new test-a 1 [ 1 ]", "");
	rooms_rest(&stage.rooms);
	(void)rooms_heard(&stage.rooms);
	gate_set_open(stage.gate, false);
	stage_answers(&stage, "/job/new test-job 7 1 [ 1 ] [ 70 ]", "");
	await("/job/failed 7 \"timed out");
	(void)rooms_heard(&stage.rooms);
	stage_is(&stage, 1, "live", 1);
	stage_fails(&stage, "/job/new test-job 7 0 [ ] [ 71 ]", 409);
	stage_fails(&stage, "/synth/new holder 5 0 1 [ a 1 ]", 409);
	gate_set_open(stage.gate, true);
	rooms_rest(&stage.rooms);
	/* it is told once */
	ck_assert_str_eq(rooms_heard(&stage.rooms), "");
	stage_is(&stage, 1, "live", 0);
	stage_close(&stage);
}
END_TEST

START_TEST(a_sync_waits_for_what_its_client_began_and_nobody_else)
{
	struct peer *first;
	struct peer *other;

	open_with(_i, NULL);
	first = stage.rooms.peer;
	other = net_local(office_net(stage.rooms.office), deaf, NULL);
	stage.rooms.peer = other;
	stage_answers(&stage, "/resource/new test-a 1 [ 1 ]", "");
	stage.rooms.peer = first;
	stage_answers(&stage, "/sync 1", "/synced 1\n");
	stage_answers(&stage, "/resource/new test-a 2 [ 2 ]", "");
	stage_answers(&stage, "/sync 2", "");
	stage_lets(&stage, GATE_CONSTRUCT, 1, true, "/resource/ready 1\n");
	stage_lets(&stage, GATE_CONSTRUCT, 2, true,
		"/resource/ready 2\n/synced 2\n");
	/* what is held by others is not waited for */
	stage_answers(
		&stage, "/synth/new holder 5 0 1 [ a 2 ]", "/node/new 5\n");
	stage_answers(&stage, "/resource/free 2", "");
	stage_answers(&stage, "/sync 3", "/synced 3\n");
	stage_answers(&stage, "/resource/free 1", "");
	stage_answers(&stage, "/sync 4", "");
	stage_lets(&stage, GATE_DESTROY, 1, true,
		"/resource/destroyed 1\n/synced 4\n");
	stage_answers(&stage, "/job/new test-job 1 0 [ ] [ 10 ]", "");
	stage_answers(&stage, "/sync 5", "");
	stage_lets(&stage, GATE_PERFORM, 10, false,
		"/job/failed 1 \"the test says no\"\n/synced 5\n");
	stage.rooms.peer = first;
	peer_unref(other);
	stage_close(&stage);
}
END_TEST

START_TEST(time_stands_still_while_works_are_out)
{
	open_with(_i, NULL);
	uint64_t now = rooms_now(&stage.rooms);
	stage_answers(&stage, "/resource/new test-a 1 [ 1 ]", "");
	stage_answers(&stage, "/offline/run 640", "");
	ck_assert_uint_eq(rooms_now(&stage.rooms), now);
	const char *heard = stage_let(&stage, GATE_CONSTRUCT, 1, true);
	ck_assert_uint_eq(rooms_count(heard, "/resource/ready 1\n"), 1);
	ck_assert_uint_eq(rooms_count(heard, "/offline/run.reply"), 1);
	ck_assert_uint_eq(rooms_now(&stage.rooms), now + 640);
	stage_close(&stage);
}
END_TEST

START_TEST(a_class_that_is_switched_off_is_said_to_be_so)
{
	const char *const sets[] = {"resource_classes=({uri=\"" GATE_A_URI
				    "\";enabled=false;})",
		NULL};
	open_with(_i, sets);
	const char *heard = stage_ask(&stage, "/resource/new test-a 1 [ 1 ]");
	ck_assert_msg(
		strncmp(heard, "/error \"/resource/new\" 404 ", 27) == 0 &&
			strstr(heard, "resource_classes") != NULL,
		"%s", heard);
	stage_live(&stage, "test-b", 1);
	stage_close(&stage);
}
END_TEST

START_TEST(many_jobs_have_a_limit_that_is_said)
{
	char words[64];

	open_with(_i, NULL);
	for (int i = 0; i < WORK_MAX_JOBS; i++) {
		(void)snprintf(
			words, sizeof words, "/job/new test-job %d 0", i);
		stage_answers(&stage, words, "");
	}
	stage_fails(&stage, "/job/new test-job 1000 0", 503);
	stage_close(&stage);
}
END_TEST

START_TEST(a_hundred_swaps_under_a_synth_leak_nothing)
{
	char words[64];

	open_with(_i, NULL);
	stage_live(&stage, "test-a", 1);
	stage_live(&stage, "test-a", 2);
	stage_answers(&stage, "/synth/new holder 5 0 1", "/node/new 5\n");
	for (int i = 0; i < 100; i++) {
		(void)snprintf(
			words, sizeof words, "/node/set 5 a %d", 1 + i % 2);
		stage_answers(&stage, words, "");
		stage_is(&stage, 1 + i % 2, "live", 1);
		stage_is(&stage, 2 - i % 2, "live", 0);
	}
	stage_answers(&stage, "/group/freeAll 0", "/node/ended 5\n");
	stage_is(&stage, 1, "live", 0);
	stage_is(&stage, 2, "live", 0);
	stage_close(&stage);
}
END_TEST

/** Bind and let go of buffers and impulses faster than their fades end. */
START_TEST(swaps_faster_than_fades_end_when_no_hold_is_left_and_hurt_nothing)
{
	/* 4 nodes have 8 holds; three samplers would like 12 */
	static const char *const few[] = {"limits.max_nodes=4", NULL};
	struct rooms *r = &stage.rooms;
	uint32_t refused = 0;
	char words[64];

	open_with(_i, few);
	for (int id = 0; id < 12; id++) {
		(void)snprintf(words, sizeof words,
			"/resource/new audio-buffer %d [ 1 48000 ]", id);
		rooms_ask_await(r, words, "/resource/ready");
	}
	for (int n = 1; n <= 3; n++) {
		(void)snprintf(words, sizeof words,
			"/synth/new sampler %d 0 1 [ buffer 0 loop 1 ]", n);
		rooms_ask(r, words);
		(void)snprintf(words, sizeof words, "/synth/activate %d", n);
		rooms_ask(r, words);
	}
	rooms_render(r, 64);
	for (int round = 1; round <= 40; round++) {
		for (int n = 1; n <= 3; n++) {
			int id = round % 5 == 4 ? -1 : (round + 4 * n) % 12;
			(void)snprintf(words, sizeof words,
				"/node/set %d buffer %d", n, id);
			const char *heard = rooms_ask(r, words);
			ck_assert_msg(heard[0] == '\0' ||
					      strncmp(heard,
						      "/error \"/node/set\" "
						      "503 ",
						      22) == 0,
				"%s: %s", words, heard);
			refused += heard[0] != '\0' ? 1 : 0;
		}
		rooms_render(r, 64);
	}
	/* it was as tight as it was meant to be; fades over, it is not */
	ck_assert_uint_gt(refused, 0);
	rooms_render(r, 4800);
	stage_answers(&stage, "/node/set 1 buffer 3", "");
	rooms_render(r, 4800);
	stage_is(&stage, 3, "live", 1);
	stage_answers(&stage, "/group/freeAll 0",
		"/node/ended 1\n/node/ended 2\n/node/ended 3\n");
	for (int id = 0; id < 12; id++) {
		stage_is(&stage, id, "live", 0);
	}
	stage_close(&stage);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("resource/more");
	TCase *t = tcase_create("more");
	const TTest *const tests[] = {
		bad_requests_for_jobs_are_refused,
		a_job_id_is_taken_while_it_runs_and_no_longer,
		jobs_on_one_resource_take_turns_others_go_side_by_side,
		a_job_outlives_the_synth_that_asked,
		works_outlive_the_client_that_asked,
		a_construct_over_its_time_is_given_up_and_destroyed_late,
		a_job_over_its_time_holds_what_it_has_until_it_returns,
		a_sync_waits_for_what_its_client_began_and_nobody_else,
		time_stands_still_while_works_are_out,
		a_class_that_is_switched_off_is_said_to_be_so,
		many_jobs_have_a_limit_that_is_said,
		a_hundred_swaps_under_a_synth_leak_nothing,
		swaps_faster_than_fades_end_when_no_hold_is_left_and_hurt_nothing,
	};

	tcase_set_timeout(t, 120);
	for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
		tcase_add_loop_test(t, tests[i], 0, 3);
	}
	suite_add_tcase(s, t);
	return rooms_run(s);
}
