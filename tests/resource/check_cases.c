/* SPDX-License-Identifier: MIT */
/*
 * check_cases.c -- the edge cases of resources, each by its number.
 *
 * docs/osc-api.md ("Cases") gives each its answer under the same number.  All
 * of them run with 1, 2 and 8 workers; time stands still, and works return
 * when the test says so.
 */
#include <stdio.h>
#include <string.h>

#include "classes.h"
#include "config.h"
#include "loader.h"
#include "office.h"
#include "stage.h"

static const uint32_t worker_counts[] = {1, 2, 8};

static struct stage stage;

static void
open_with(int i, const char *const *sets)
{
	stage_open(&stage, worker_counts[i], sets);
	ck_assert_str_eq(stage_ask(&stage, "/notify 1"), "/notify.reply 1\n");
}

static void
open_stage(int i)
{
	open_with(i, NULL);
}

static void
is_free(int32_t id)
{
	char words[64];

	(void)snprintf(words, sizeof words, "/resource/query %d", id);
	stage_fails(&stage, words, 404);
}

/** End it: everything made is destroyed once (stage_close looks). */
static void
close_stage(void)
{
	stage_close(&stage);
}

START_TEST(case_01_ids_out_of_range_are_refused)
{
	open_stage(_i);
	stage_fails(&stage, "/resource/new test-a -1 [ 1 ]", 422);
	stage_fails(&stage, "/resource/new test-a 12 [ 1 ]", 422);
	stage_fails(&stage, "/resource/new test-a 2147483647 [ 1 ]", 422);
	stage_fails(&stage, "/resource/new test-a i:-2147483648 [ 1 ]", 422);
	stage_fails(&stage, "/resource/free -1", 422);
	stage_fails(&stage, "/resource/free 12", 422);
	stage_fails(&stage, "/resource/query -1", 422);
	stage_fails(&stage, "/resource/query 12", 422);
	ck_assert_uint_eq(gate_count(stage.gate), 0);
	/* the ends of the range are within it, and 0 is no special id */
	stage_live(&stage, "test-a", 0);
	stage_live(&stage, "test-a", 11);
	close_stage();
}
END_TEST

START_TEST(case_02_a_live_id_is_not_overwritten)
{
	open_stage(_i);
	stage_live(&stage, "test-a", 3);
	stage_answers(
		&stage, "/synth/new holder 5 0 1 [ a 3 ]", "/node/new 5\n");
	stage_fails(&stage, "/resource/new test-a 3 [ 4 ]", 409);
	stage_fails(&stage, "/resource/new test-b 3 [ 4 ]", 409);
	stage_is(&stage, 3, "live", 1);
	ck_assert_uint_eq(gate_made(stage.gate), 1);
	close_stage();
}
END_TEST

START_TEST(case_03_a_constructing_id_is_not_taken_twice)
{
	open_stage(_i);
	stage_answers(&stage, "/resource/new test-a 3 [ 3 ]", "");
	stage_fails(&stage, "/resource/new test-a 3 [ 4 ]", 409);
	stage_is(&stage, 3, "constructing", 0);
	ck_assert_uint_eq(gate_count(stage.gate), 1);
	stage_lets(&stage, GATE_CONSTRUCT, 3, true, "/resource/ready 3\n");
	ck_assert_uint_eq(gate_count(stage.gate), 0);
	close_stage();
}
END_TEST

START_TEST(case_04_a_destroying_id_is_not_taken)
{
	open_stage(_i);
	stage_live(&stage, "test-a", 3);
	stage_answers(&stage, "/resource/free 3", "");
	stage_is(&stage, 3, "destroying", 0);
	stage_fails(&stage, "/resource/new test-a 3 [ 4 ]", 409);
	stage_lets(&stage, GATE_DESTROY, 3, true, "/resource/destroyed 3\n");
	is_free(3);
	stage_answers(&stage, "/resource/new test-b 3 [ 4 ]", "");
	stage_lets(&stage, GATE_CONSTRUCT, 4, true, "/resource/ready 3\n");
	stage_is(&stage, 3, "live", 0);
	close_stage();
}
END_TEST

START_TEST(case_05_an_unknown_class_is_an_error)
{
	open_stage(_i);
	stage_fails(&stage, "/resource/new nothing 3", 404);
	stage_fails(&stage,
		"/resource/new urn:tactus:resource:nothing:1 3 [ 1 ]", 404);
	is_free(3);
	close_stage();
}
END_TEST

START_TEST(case_06_arguments_that_do_not_check_are_an_error)
{
	open_stage(_i);
	stage_fails(&stage, "/resource/new test-a 3 [ word ]", 400);
	stage_fails(&stage, "/resource/new test-a 3 [ 1 2 ]", 400);
	stage_fails(&stage, "/resource/new test-a 3 [ -1 ]", 422);
	stage_fails(&stage, "/resource/new test-a 3 [ 1000001 ]", 413);
	stage_fails(&stage, "/resource/new test-a 3 1", 400);
	stage_fails(&stage, "/resource/new test-a 3 [ [ 1 ] ]", 400);
	is_free(3);
	ck_assert_uint_eq(gate_count(stage.gate), 0);
	close_stage();
}
END_TEST

START_TEST(case_07_a_packet_without_room_leaves_nothing_behind)
{
	const char *const sets[] = {"limits.command_ring=64", NULL};
	char words[64];

	open_with(_i, sets);
	/* more than the ring holds, before rt looks: what has no room is told
	 * so and is not made */
	for (int i = 0; i < 70; i++) {
		(void)snprintf(words, sizeof words,
			"/resource/new test-a %d [ %d ]", i % 12, i);
		rooms_put(&stage.rooms, words);
	}
	stage_settle(&stage);
	const char *heard = rooms_heard(&stage.rooms);
	ck_assert_uint_eq(
		rooms_count(heard, "/error \"/resource/new\" 503"), 6);
	ck_assert_uint_eq(
		rooms_count(heard, "/error \"/resource/new\" 409"), 52);
	for (int i = 0; i < 12; i++) {
		(void)snprintf(words, sizeof words, "/resource/ready %d\n", i);
		stage_lets(&stage, GATE_CONSTRUCT, i, true, words);
	}
	close_stage();
}
END_TEST

START_TEST(case_08_a_destruction_is_never_stranded)
{
	/* the end of a hundred nodes does not fit into the ring of reports;
	 * the last of them begins the destruction */
	const char *const sets[] = {
		"limits.report_ring=64", "limits.max_nodes=200", NULL};
	char words[64];

	open_with(_i, sets);
	stage_live(&stage, "test-a", 3);
	for (int i = 1; i < 200; i++) {
		(void)snprintf(words, sizeof words,
			"/synth/new holder %d 0 1 [ a 3 ]", i);
		rooms_put(&stage.rooms, words);
		rooms_turn(&stage.rooms);
	}
	(void)rooms_heard(&stage.rooms);
	stage_is(&stage, 3, "live", 199);
	stage_answers(&stage, "/resource/free 3", "");
	stage_is(&stage, 3, "free-pending", 199);
	const char *heard = stage_ask(&stage, "/group/freeAll 0");
	ck_assert_uint_eq(rooms_count(heard, "/node/ended "), 199);
	stage_lets(&stage, GATE_DESTROY, 3, true, "/resource/destroyed 3\n");
	is_free(3);
	close_stage();
}
END_TEST

START_TEST(case_09_many_works_at_once_all_come_to_their_end)
{
	char words[64];
	uint32_t ended = 0;

	open_stage(_i);
	for (int round = 0; round < 8; round++) {
		for (int i = 0; i < 12; i++) {
			(void)snprintf(words, sizeof words,
				"/resource/new test-a %d [ %d ]", i, i);
			rooms_put(&stage.rooms, words);
			(void)snprintf(
				words, sizeof words, "/resource/free %d", i);
			rooms_put(&stage.rooms, words);
		}
		stage_settle(&stage);
		ck_assert_str_eq(rooms_heard(&stage.rooms), "");
		struct gate_work in[GATE_WORKS];
		while (gate_look(stage.gate, in) > 0) {
			stage_let_work(&stage, &in[0], true);
		}
		ended += rooms_count(
			rooms_heard(&stage.rooms), "/resource/destroyed ");
	}
	ck_assert_uint_eq(ended, 8 * 12);
	ck_assert_uint_eq(gate_destroyed(stage.gate), 8 * 12);
	close_stage();
}
END_TEST

START_TEST(case_10_no_memory_for_an_instance_is_an_error)
{
	const char *const sets[] = {"resource_classes=({uri=\"" GATE_A_URI
				    "\";max_bytes=4096;})",
		NULL};

	open_with(_i, sets);
	stage_answers(&stage, "/resource/new test-a 3 [ 3 ]", "");
	const char *heard = stage_let(&stage, GATE_CONSTRUCT, 3, true);
	ck_assert_uint_eq(rooms_count(heard, "/resource/error 3 \""), 1);
	ck_assert_uint_eq(rooms_count(heard, "/"), 1);
	is_free(3);
	ck_assert(rooms_stat(&stage.rooms, "resource_bytes") == 0.0);
	close_stage();
}
END_TEST

START_TEST(case_11_a_failed_construct_frees_the_id)
{
	open_stage(_i);
	stage_answers(&stage, "/resource/new test-a 3 [ 3 ]", "");
	stage_lets(&stage, GATE_CONSTRUCT, 3, false,
		"/resource/error 3 \"the test says no\"\n");
	is_free(3);
	stage_live(&stage, "test-a", 3);
	close_stage();
}
END_TEST

START_TEST(case_12_free_while_constructing_ends_in_one_notification)
{
	open_stage(_i);
	stage_answers(&stage, "/resource/new test-a 3 [ 3 ]", "");
	stage_answers(&stage, "/resource/free 3", "");
	stage_answers(&stage, "/resource/free 3", "");
	stage_is(&stage, 3, "constructing", 0);
	stage_lets(&stage, GATE_CONSTRUCT, 3, true, "");
	stage_is(&stage, 3, "destroying", 0);
	stage_lets(&stage, GATE_DESTROY, 3, true, "/resource/destroyed 3\n");
	stage_answers(&stage, "/resource/new test-a 4 [ 4 ]", "");
	stage_answers(&stage, "/resource/free 4", "");
	stage_lets(&stage, GATE_CONSTRUCT, 4, false,
		"/resource/error 4 \"the test says no\"\n");
	is_free(3);
	is_free(4);
	close_stage();
}
END_TEST

START_TEST(case_13_a_second_free_while_pending_does_nothing)
{
	open_stage(_i);
	stage_live(&stage, "test-a", 3);
	stage_answers(
		&stage, "/synth/new holder 5 0 1 [ a 3 ]", "/node/new 5\n");
	stage_answers(&stage, "/resource/free 3", "");
	stage_answers(&stage, "/resource/free 3", "");
	stage_is(&stage, 3, "free-pending", 1);
	stage_answers(&stage, "/node/free 5", "/node/ended 5\n");
	stage_lets(&stage, GATE_DESTROY, 3, true, "/resource/destroyed 3\n");
	close_stage();
}
END_TEST

START_TEST(case_14_free_of_what_is_not_there_is_an_error)
{
	open_stage(_i);
	stage_fails(&stage, "/resource/free 3", 409);
	stage_live(&stage, "test-a", 3);
	stage_answers(&stage, "/resource/free 3", "");
	stage_fails(&stage, "/resource/free 3", 409);
	stage_lets(&stage, GATE_DESTROY, 3, true, "/resource/destroyed 3\n");
	stage_fails(&stage, "/resource/free 3", 409);
	close_stage();
}
END_TEST

START_TEST(case_15_a_held_resource_goes_with_its_last_holder)
{
	open_stage(_i);
	stage_live(&stage, "test-a", 3);
	stage_answers(
		&stage, "/synth/new holder 5 0 1 [ a 3 ]", "/node/new 5\n");
	stage_answers(
		&stage, "/synth/new holder 6 0 1 [ a 3 ]", "/node/new 6\n");
	stage_answers(&stage, "/resource/free 3", "");
	stage_answers(&stage, "/node/free 5", "/node/ended 5\n");
	stage_is(&stage, 3, "free-pending", 1);
	ck_assert(!stage_runs(&stage, GATE_DESTROY, 3));
	/* letting go of a port counts like the end of its synth */
	stage_answers(&stage, "/node/set 6 a -1", "");
	stage_lets(&stage, GATE_DESTROY, 3, true, "/resource/destroyed 3\n");
	close_stage();
}
END_TEST

START_TEST(case_16_what_cannot_be_acquired_is_refused_with_its_reason)
{
	open_stage(_i);
	stage_live(&stage, "test-a", 3);
	stage_live(&stage, "test-b", 4);
	stage_fails(&stage, "/synth/new holder 5 0 1 [ a 12 ]", 422);
	stage_fails(&stage, "/synth/new holder 5 0 1 [ a -2 ]", 422);
	stage_fails(&stage, "/synth/new holder 5 0 1 [ a 7 ]", 404);
	stage_fails(&stage, "/synth/new holder 5 0 1 [ a 4 ]", 422);
	stage_fails(&stage, "/synth/new holder 5 0 1 [ b 3 ]", 422);
	stage_answers(&stage, "/resource/new test-a 8 [ 8 ]", "");
	stage_fails(&stage, "/synth/new holder 5 0 1 [ a 8 ]", 409);
	stage_lets(&stage, GATE_CONSTRUCT, 8, true, "/resource/ready 8\n");
	stage_answers(
		&stage, "/synth/new holder 5 0 1 [ a 8 ]", "/node/new 5\n");
	stage_answers(&stage, "/resource/free 8", "");
	stage_fails(&stage, "/synth/new holder 6 0 1 [ a 8 ]", 409);
	stage_fails(&stage, "/node/set 5 b 3", 422);
	stage_fails(&stage, "/node/set 5 a 7", 404);
	stage_fails(&stage, "/node/set 5 a f:3", 422);
	/* the old one is kept */
	stage_is(&stage, 8, "free-pending", 1);
	stage_answers(&stage, "/resource/free 3", "");
	stage_fails(&stage, "/node/set 5 a 3", 409);
	close_stage();
}
END_TEST

START_TEST(case_17_a_release_too_many_does_nothing)
{
	open_stage(_i);
	stage_live(&stage, "test-a", 3);
	stage_answers(
		&stage, "/synth/new holder 5 0 1 [ a 3 ]", "/node/new 5\n");
	stage_answers(
		&stage, "/synth/new holder 6 0 1 [ a 3 ]", "/node/new 6\n");
	stage_answers(&stage, "/node/set 5 a -1", "");
	stage_answers(&stage, "/node/set 5 a -1", "");
	stage_answers(&stage, "/node/set 5 b -1", "");
	stage_is(&stage, 3, "live", 1);
	/* the same one once more is no second reference */
	stage_answers(&stage, "/node/set 6 a 3", "");
	stage_is(&stage, 3, "live", 1);
	close_stage();
}
END_TEST

START_TEST(case_18_a_synth_that_fails_keeps_no_reference)
{
	open_stage(_i);
	stage_live(&stage, "test-a", 3);
	stage_fails(&stage, "/synth/new holder 5 0 1 [ a 3 b 9 ]", 404);
	stage_is(&stage, 3, "live", 0);
	stage_fails(&stage, "/synth/new refuser 5 0 1 [ a 3 ]", 500);
	stage_is(&stage, 3, "live", 0);
	/* what it acquired before it failed goes back, too */
	stage_fails(&stage, "/synth/new hoarder 5 0 1 [ ] [ id 9 ]", 409);
	stage_fails(&stage, "/synth/new holder 16 0 1 [ a 3 ]", 422);
	stage_fails(&stage, "/synth/new holder 5 9 1 [ a 3 ]", 404);
	stage_is(&stage, 3, "live", 0);
	stage_answers(&stage, "/resource/free 3", "");
	stage_lets(&stage, GATE_DESTROY, 3, true, "/resource/destroyed 3\n");
	close_stage();
}
END_TEST

START_TEST(case_19_holders_are_known_and_forgotten_releases_made_up_for)
{
	open_stage(_i);
	stage_live(&stage, "test-a", 3);
	stage_answers(&stage, "/synth/new hoarder 7 0 1 [ ] [ id 3 ]",
		"/node/new 7\n");
	stage_answers(
		&stage, "/synth/new holder 9 0 1 [ a 3 ]", "/node/new 9\n");
	stage_is(&stage, 3, "live", 3);
	const char *heard = stage_ask(&stage, "/resource/query 3");
	ck_assert_msg(strstr(heard, "[ 7 9 ]") != NULL ||
			      strstr(heard, "[ 9 7 ]") != NULL,
		"%s", heard);
	heard = stage_ask(&stage, "/node/query 7");
	ck_assert_msg(strstr(heard, "[ 3 ]") != NULL, "%s", heard);
	stage_answers(&stage, "/resource/free 3", "");
	stage_answers(&stage, "/node/free 9", "/node/ended 9\n");
	stage_answers(&stage, "/node/free 7", "/node/ended 7\n");
	stage_lets(&stage, GATE_DESTROY, 3, true, "/resource/destroyed 3\n");
	close_stage();
}
END_TEST

START_TEST(case_20_a_synth_in_the_bundle_of_its_resource_comes_too_early)
{
	struct rooms_bundle b;

	open_stage(_i);
	rooms_bundle(&b, 1);
	rooms_bundle_add(&b, "/resource/new test-a 3 [ 3 ]");
	rooms_bundle_add(&b, "/synth/new holder 5 0 1 [ a 3 ]");
	rooms_packet(&stage.rooms, b.data, b.size);
	stage_settle(&stage);
	const char *heard = rooms_heard(&stage.rooms);
	ck_assert_uint_eq(rooms_count(heard, "/error \"/synth/new\" 409"), 1);
	ck_assert_uint_eq(rooms_count(heard, "/"), 1);
	/* the rest of the bundle stands; after ready it goes */
	stage_lets(&stage, GATE_CONSTRUCT, 3, true, "/resource/ready 3\n");
	stage_answers(
		&stage, "/synth/new holder 5 0 1 [ a 3 ]", "/node/new 5\n");
	close_stage();
}
END_TEST

START_TEST(case_21_a_scheduled_id_means_whoever_bears_it_then)
{
	struct rooms_bundle b;
	const char *heard;

	open_stage(_i);
	stage_live(&stage, "test-a", 3);
	stage_answers(&stage, "/synth/new holder 5 0 1", "/node/new 5\n");
	for (int i = 0; i < 3; i++) {
		rooms_bundle(
			&b, rooms_tag((double)rooms_now(&stage.rooms) + 1000));
		rooms_bundle_add(&b, "/node/set 5 a 3");
		ck_assert_str_eq(rooms_bundle_ask(&stage.rooms, &b), "");
		stage_answers(&stage, "/resource/free 3", "");
		stage_lets(&stage, GATE_DESTROY, i == 0 ? 3 : 10 * i, true,
			"/resource/destroyed 3\n");
		if (i == 0) {
			/* gone: an error, even so late */
			rooms_render(&stage.rooms, 2000);
			heard = rooms_heard(&stage.rooms);
			ck_assert_uint_eq(
				rooms_count(heard, "/error \"/node/set\" 404"),
				1);
			stage_answers(
				&stage, "/resource/new test-a 3 [ 10 ]", "");
			stage_lets(&stage, GATE_CONSTRUCT, 10, true,
				"/resource/ready 3\n");
		} else if (i == 1) {
			/* another class under the same id */
			stage_answers(
				&stage, "/resource/new test-b 3 [ 20 ]", "");
			stage_lets(&stage, GATE_CONSTRUCT, 20, true,
				"/resource/ready 3\n");
			rooms_render(&stage.rooms, 2000);
			heard = rooms_heard(&stage.rooms);
			ck_assert_uint_eq(
				rooms_count(heard, "/error \"/node/set\" 422"),
				1);
		} else {
			/* a successor of the same class is meant */
			stage_answers(
				&stage, "/resource/new test-a 3 [ 30 ]", "");
			stage_lets(&stage, GATE_CONSTRUCT, 30, true,
				"/resource/ready 3\n");
			rooms_render(&stage.rooms, 2000);
			ck_assert_str_eq(rooms_heard(&stage.rooms), "");
			stage_is(&stage, 3, "live", 1);
		}
	}
	close_stage();
}
END_TEST

START_TEST(case_22_notifications_follow_the_changes_in_their_order)
{
	open_stage(_i);
	stage_answers(&stage, "/resource/new test-a 1 [ 1 ]", "");
	stage_answers(&stage, "/resource/new test-a 2 [ 2 ]", "");
	if (worker_counts[_i] > 1) {
		/* the second is done first: it is told first */
		stage_lets(
			&stage, GATE_CONSTRUCT, 2, true, "/resource/ready 2\n");
		stage_lets(
			&stage, GATE_CONSTRUCT, 1, true, "/resource/ready 1\n");
	} else {
		ck_assert(!stage_runs(&stage, GATE_CONSTRUCT, 2));
		stage_lets(
			&stage, GATE_CONSTRUCT, 1, true, "/resource/ready 1\n");
		stage_lets(
			&stage, GATE_CONSTRUCT, 2, true, "/resource/ready 2\n");
	}
	/* whoever hears destroyed can have the id: new is not refused */
	for (int i = 0; i < 5; i++) {
		stage_answers(&stage, "/resource/free 1", "");
		stage_lets(&stage, GATE_DESTROY, 1, true,
			"/resource/destroyed 1\n");
		stage_answers(&stage, "/resource/new test-a 1 [ 1 ]", "");
		stage_lets(
			&stage, GATE_CONSTRUCT, 1, true, "/resource/ready 1\n");
		stage_answers(&stage, "/synth/new holder 5 0 1 [ a 1 ]",
			"/node/new 5\n");
		stage_answers(&stage, "/node/free 5", "/node/ended 5\n");
	}
	close_stage();
}
END_TEST

START_TEST(case_23_long_jobs_hold_up_no_construction)
{
	bool one = worker_counts[_i] == 1;

	open_stage(_i);
	stage_live(&stage, "test-a", 1);
	stage_live(&stage, "test-a", 2);
	stage_answers(&stage, "/job/new test-job 7 0 [ 1 ] [ 70 ]", "");
	stage_answers(&stage, "/job/new test-job 8 0 [ 2 ] [ 80 ]", "");
	stage_answers(&stage, "/resource/new test-a 3 [ 3 ]", "");
	/* with several workers one is always left for constructions */
	ck_assert(stage_runs(&stage, GATE_PERFORM, 70));
	ck_assert(stage_runs(&stage, GATE_CONSTRUCT, 3) == !one);
	if (!one) {
		stage_lets(
			&stage, GATE_CONSTRUCT, 3, true, "/resource/ready 3\n");
	}
	/* who holds a resource can be seen, and told to stop */
	const char *heard = stage_ask(&stage, "/resource/query 1");
	ck_assert_msg(strstr(heard, "[ -8 ]") != NULL, "%s", heard);
	heard = stage_ask(&stage, "/job/list");
	ck_assert_msg(
		strstr(heard, "7 \"" GATE_JOB_URI "\" \"running\"") != NULL,
		"%s", heard);
	stage_fails(&stage, "/job/cancel 9", 404);
	stage_answers(&stage, "/job/cancel 7", "");
	stage_lets(&stage, GATE_PERFORM, 70, true,
		"/job/failed 7 \"cancelled\"\n");
	stage_is(&stage, 1, "live", 0);
	if (one) {
		/* the construction was asked for behind job 8 */
		struct gate_work in[GATE_WORKS];
		ck_assert_uint_eq(gate_look(stage.gate, in), 1);
	}
	close_stage();
}
END_TEST

START_TEST(case_24_a_job_may_tell_its_progress)
{
	open_stage(_i);
	stage_live(&stage, "test-a", 1);
	stage_answers(&stage, "/job/new test-job 7 0 [ 1 ] [ 70 ]", "");
	const char *heard = stage_ask(&stage, "/job/list");
	ck_assert_msg(strstr(heard, "\"running\" 0.5") != NULL, "%s", heard);
	stage_lets(&stage, GATE_PERFORM, 70, true, "/job/done 7 70\n");
	close_stage();
}
END_TEST

START_TEST(case_25_exclusive_counts_an_id_once_and_not_the_callers_own)
{
	open_stage(_i);
	stage_live(&stage, "test-a", 1);
	stage_live(&stage, "test-a", 2);
	stage_answers(&stage, "/job/new test-job 7 1 [ 1 2 1 ] [ 70 ]", "");
	stage_is(&stage, 1, "live", 1);
	stage_lets(&stage, GATE_PERFORM, 70, true, "/job/done 7 70\n");
	/* a synth that holds it itself may have it alone */
	stage_answers(&stage, "/synth/new performer 5 0 1 [ a 1 ] [ id 1 ]",
		"/node/new 5\n");
	stage_answers(&stage, "/synth/activate 5", "");
	stage_answers(&stage, "/node/set 5 go 1", "");
	rooms_render(&stage.rooms, 64);
	stage_settle(&stage);
	ck_assert_str_eq(rooms_heard(&stage.rooms), "/asked 0\n");
	stage_is(&stage, 1, "live", 2);
	/* now nobody else gets it, not even its holder once more */
	stage_fails(&stage, "/synth/new holder 6 0 1 [ a 1 ]", 409);
	stage_fails(&stage, "/job/new test-job 7 0 [ 1 ] [ 71 ]", 409);
	stage_answers(&stage, "/node/set 5 go 1", "");
	rooms_render(&stage.rooms, 64);
	ck_assert_str_eq(rooms_heard(&stage.rooms), "/asked 409\n");
	stage_lets(&stage, GATE_PERFORM, 1, true, "/performed 1\n");
	stage_is(&stage, 1, "live", 1);
	/* another holder: refused, and nothing is acquired */
	stage_answers(
		&stage, "/synth/new holder 6 0 1 [ a 1 ]", "/node/new 6\n");
	stage_answers(&stage, "/node/set 5 go 1", "");
	rooms_render(&stage.rooms, 64);
	ck_assert_str_eq(rooms_heard(&stage.rooms), "/asked 409\n");
	stage_fails(&stage, "/job/new test-job 7 1 [ 2 1 ] [ 72 ]", 409);
	stage_is(&stage, 1, "live", 2);
	stage_is(&stage, 2, "live", 0);
	close_stage();
}
END_TEST

START_TEST(case_26_an_engine_that_ends_with_works_queued_does_them)
{
	open_stage(_i);
	stage_live(&stage, "test-a", 1);
	for (int i = 2; i < 12; i++) {
		char words[64];
		(void)snprintf(words, sizeof words,
			"/resource/new test-a %d [ %d ]", i, i);
		rooms_put(&stage.rooms, words);
	}
	rooms_put(&stage.rooms, "/resource/free 1");
	/* nothing was looked at yet: the end comes all the same */
	close_stage();
}
END_TEST

START_TEST(case_27_the_end_destroys_what_is_in_any_state)
{
	open_stage(_i);
	stage_live(&stage, "test-a", 1);
	stage_live(&stage, "test-a", 2);
	stage_live(&stage, "test-a", 3);
	stage_live(&stage, "test-a", 4);
	stage_answers(
		&stage, "/synth/new holder 5 0 1 [ a 2 ]", "/node/new 5\n");
	stage_answers(
		&stage, "/synth/new holder 6 0 1 [ a 3 ]", "/node/new 6\n");
	stage_answers(&stage, "/resource/free 3", "");
	stage_answers(&stage, "/job/new test-job 7 0 [ 4 ] [ 70 ]", "");
	stage_answers(&stage, "/resource/free 4", "");
	stage_answers(&stage, "/resource/new test-a 8 [ 8 ]", "");
	stage_answers(&stage, "/resource/new test-a 9 [ 9 ]", "");
	stage_answers(&stage, "/resource/free 9", "");
	uint32_t made = gate_made(stage.gate);
	ck_assert_uint_eq(made, 4);
	/* stage_close: as many destroyed as made, each once */
	close_stage();
}
END_TEST

START_TEST(case_28_definitions_come_at_the_start_alone)
{
	struct gate_work in[GATE_WORKS];

	open_stage(_i);
	stage_answers(&stage, "/resource/new test-a 3 [ 3 ]", "");
	ck_assert_uint_eq(gate_look(stage.gate, in), 1);
	const TactusHost *host = in[0].host;
	ck_assert_int_eq(host->register_resource_def(host, &gate_class_b), -1);
	ck_assert_int_eq(host->register_job_def(host, &gate_job), -1);
	ck_assert_int_eq(host->register_synthdef(host, NULL), -1);
	stage_lets(&stage, GATE_CONSTRUCT, 3, true, "/resource/ready 3\n");
	close_stage();
}
END_TEST

START_TEST(case_29_a_uri_is_registered_once)
{
	char why[256] = "";

	open_stage(_i);
	struct classes *c = loader_classes(stage.rooms.loader);
	ck_assert_int_eq(
		classes_add_resource(c, &gate_class_a, why, sizeof why), -17);
	ck_assert_str_ne(why, "");
	why[0] = '\0';
	ck_assert_int_eq(classes_add_job(c, &gate_job, why, sizeof why), -17);
	ck_assert_str_ne(why, "");
	stage_live(&stage, "test-a", 3);
	close_stage();
}
END_TEST

START_TEST(case_30_a_def_without_its_functions_is_refused)
{
	char why[256] = "";
	TactusResourceDef def = gate_class_a;
	TactusJobDef job = gate_job;

	open_stage(_i);
	struct classes *c = loader_classes(stage.rooms.loader);
	def.uri = "urn:tactus:resource:other:1";
	def.name = "other";
	def.construct = NULL;
	ck_assert_int_eq(classes_add_resource(c, &def, why, sizeof why), -22);
	def.construct = gate_class_a.construct;
	def.destroy = NULL;
	ck_assert_int_eq(classes_add_resource(c, &def, why, sizeof why), -22);
	job.uri = "urn:tactus:job:other:1";
	job.name = "other";
	job.perform = NULL;
	ck_assert_int_eq(classes_add_job(c, &job, why, sizeof why), -22);
	ck_assert_str_ne(why, "");
	stage_fails(&stage, "/resource/new other 3", 404);
	close_stage();
}
END_TEST

START_TEST(case_31_no_resources_at_all_is_not_to_be_had)
{
	const char *const set[] = {"limits.max_resources=0"};
	struct config *config = NULL;
	struct config_errors errors = {0};

	ck_assert_int_ne(config_load("/dev/null", set, 1, &config, &errors), 0);
	ck_assert_ptr_nonnull(strstr(errors.items[0], "limits.max_resources"));
	config_errors_fini(&errors);
	/* the least there can be */
	const char *const least[] = {"limits.max_resources=1", NULL};
	open_with(_i, least);
	stage_live(&stage, "test-a", 0);
	stage_fails(&stage, "/resource/new test-a 1 [ 1 ]", 422);
	close_stage();
}
END_TEST

START_TEST(case_32_uris_are_compared_letter_by_letter)
{
	open_stage(_i);
	stage_live(&stage, "test-a", 3);
	stage_live(&stage, "test-b", 4);
	/* the def's string is another one of the same letters */
	stage_answers(
		&stage, "/synth/new holder 5 0 1 [ a 3 b 4 ]", "/node/new 5\n");
	/* and URIs of the same length, but for a letter, are not the same */
	stage_fails(&stage, "/node/set 5 a 4", 422);
	stage_is(&stage, 3, "live", 1);
	stage_is(&stage, 4, "live", 1);
	close_stage();
}
END_TEST

START_TEST(case_33_whoever_comes_later_finds_the_resources)
{
	open_stage(_i);
	stage_live(&stage, "test-a", 3);
	stage_live(&stage, "test-b", 4);
	/* resources belong to the engine, not to who made them */
	const char *heard = stage_ask(&stage, "/resource/list");
	ck_assert_msg(strncmp(heard, "/resource/list.reply 0 1 3 ", 27) == 0,
		"%s", heard);
	ck_assert_msg(
		strstr(heard, " 4 \"" GATE_B_URI "\" \"live\" 0 ") != NULL,
		"%s", heard);
	stage_answers(&stage, "/resource/free 3", "");
	stage_lets(&stage, GATE_DESTROY, 3, true, "/resource/destroyed 3\n");
	close_stage();
}
END_TEST

int
main(void)
{
	const TTest *const cases[] = {
		case_01_ids_out_of_range_are_refused,
		case_02_a_live_id_is_not_overwritten,
		case_03_a_constructing_id_is_not_taken_twice,
		case_04_a_destroying_id_is_not_taken,
		case_05_an_unknown_class_is_an_error,
		case_06_arguments_that_do_not_check_are_an_error,
		case_07_a_packet_without_room_leaves_nothing_behind,
		case_08_a_destruction_is_never_stranded,
		case_09_many_works_at_once_all_come_to_their_end,
		case_10_no_memory_for_an_instance_is_an_error,
		case_11_a_failed_construct_frees_the_id,
		case_12_free_while_constructing_ends_in_one_notification,
		case_13_a_second_free_while_pending_does_nothing,
		case_14_free_of_what_is_not_there_is_an_error,
		case_15_a_held_resource_goes_with_its_last_holder,
		case_16_what_cannot_be_acquired_is_refused_with_its_reason,
		case_17_a_release_too_many_does_nothing,
		case_18_a_synth_that_fails_keeps_no_reference,
		case_19_holders_are_known_and_forgotten_releases_made_up_for,
		case_20_a_synth_in_the_bundle_of_its_resource_comes_too_early,
		case_21_a_scheduled_id_means_whoever_bears_it_then,
		case_22_notifications_follow_the_changes_in_their_order,
		case_23_long_jobs_hold_up_no_construction,
		case_24_a_job_may_tell_its_progress,
		case_25_exclusive_counts_an_id_once_and_not_the_callers_own,
		case_26_an_engine_that_ends_with_works_queued_does_them,
		case_27_the_end_destroys_what_is_in_any_state,
		case_28_definitions_come_at_the_start_alone,
		case_29_a_uri_is_registered_once,
		case_30_a_def_without_its_functions_is_refused,
		case_31_no_resources_at_all_is_not_to_be_had,
		case_32_uris_are_compared_letter_by_letter,
		case_33_whoever_comes_later_finds_the_resources,
	};
	Suite *s = suite_create("resource/cases");
	TCase *t = tcase_create("cases");

	tcase_set_timeout(t, 120);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		tcase_add_loop_test(t, cases[i], 0, 3);
	}
	suite_add_tcase(s, t);
	return rooms_run(s);
}
