/* SPDX-License-Identifier: MIT */
/*
 * check_resources.c -- messages about resources: what each answers, in every
 * state, and what is told of the changes.
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "rooms.h"
#include "trial.h"

static struct rooms rooms = {.prepare = trial_add};
static struct rooms *r = &rooms;

static const char *const sets[] = {"limits.max_resources=8",
	"limits.max_resource_bytes=100000",
	"resource_classes=({uri=\"" TRIAL_OFF "\"; enabled=false;})", NULL};

static void
setup(void)
{
	rooms_open(r, sets);
	rooms_ask(r, "/notify 1");
}

static void
teardown(void)
{
	trial_let(100);
	rooms_close(r);
}

/** Make a thing, live. */
static void
make(const char *words, const char *ready)
{
	const char *text = rooms_ask_await(r, words, "/resource/");

	ck_assert_str_eq(text, ready);
}

START_TEST(resource_is_told_ready_then_destroyed)
{
	make("/resource/new trial-thing 3 [ 1000 ]", "/resource/ready 3\n");
	rooms_expect(r, "/resource/query 3",
		"/resource/info 3 \"" TRIAL_THING "\" \"live\" 0 h:1024 [ ]\n");
	ck_assert_str_eq(rooms_ask_await(r, "/resource/free 3", "destroyed"),
		"/resource/destroyed 3\n");
	rooms_expect(r, "/resource/query 3",
		"/error \"/resource/query\" 404 \"no resource 3; "
		"/resource/list tells all\" 3\n");
	ck_assert_uint_eq(trial_destroys(), 1);
	/* the id is free again */
	make("/resource/new trial-thing 3", "/resource/ready 3\n");
}
END_TEST

START_TEST(each_state_is_shown_and_refuses_what_it_must)
{
	rooms_expect(r, "/resource/new trial-thing 2 [ gate late ]", "");
	trial_wait(1);
	rooms_expect(r, "/resource/query 2",
		"/resource/info 2 \"" TRIAL_THING
		"\" \"constructing\" 0 h:0 [ ]\n");
	rooms_expect(r, "/resource/new trial-thing 2",
		"/error \"/resource/new\" 409 \"resource id 2 is taken: it is "
		"constructing; /resource/list tells which are\" 2\n");
	trial_let(1);
	rooms_await(r, "/resource/ready 2\n");
	rooms_heard(r);
	rooms_expect(r, "/resource/new trial-thing 2",
		"/error \"/resource/new\" 409 \"resource id 2 is taken: it is "
		"live; /resource/list tells which are\" 2\n");
	rooms_expect(
		r, "/synth/new trial-user 5 0 1 [ thing 2 ]", "/node/new 5\n");
	rooms_expect(r, "/resource/free 2", "");
	rooms_expect(r, "/resource/query 2",
		"/resource/info 2 \"" TRIAL_THING
		"\" \"free-pending\" 1 h:64 [ 5 ]\n");
	rooms_expect(r, "/resource/free 2", "");
	rooms_expect(r, "/resource/new trial-thing 2",
		"/error \"/resource/new\" 409 \"resource id 2 is taken: it is "
		"free-pending; /resource/list tells which are\" 2\n");
	rooms_expect(r, "/synth/new trial-user 6 0 1 [ thing 2 ]",
		"/error \"/synth/new\" 409 \"resource 2 is free-pending; "
		"/resource/destroyed tells when its id is free\" 6\n");
	rooms_expect(r, "/node/free 5", "/node/ended 5\n");
	trial_wait(1);
	rooms_expect(r, "/resource/query 2",
		"/resource/info 2 \"" TRIAL_THING
		"\" \"destroying\" 0 h:64 [ ]\n");
	rooms_expect(r, "/resource/free 2",
		"/error \"/resource/free\" 409 \"resource 2 is destroying; "
		"/resource/destroyed tells when its id is free\" 2\n");
	rooms_expect(r, "/resource/new trial-thing 2",
		"/error \"/resource/new\" 409 \"resource id 2 is taken: it is "
		"destroying; /resource/list tells which are\" 2\n");
	trial_let(1);
	rooms_await(r, "/resource/destroyed 2\n");
	ck_assert_str_eq(rooms_heard(r), "/resource/destroyed 2\n");
	rooms_expect(r, "/resource/free 2",
		"/error \"/resource/free\" 409 \"resource 2 is free\" 2\n");
}
END_TEST

START_TEST(ids_out_of_range_are_422)
{
	static const char *const form[] = {"/resource/new trial-thing %s",
		"/resource/free %s", "/resource/query %s"};
	static const char *const id[] = {
		"-1", "8", "-2147483648", "2147483647"};

	for (size_t i = 0; i < 3; i++) {
		for (size_t k = 0; k < 4; k++) {
			char words[100];
			char said[100];
			snprintf(words, sizeof words, "%.60s",
				i == 0   ? form[0]
				: i == 1 ? form[1]
					 : form[2]);
			char *at = strstr(words, "%s");
			snprintf(at, sizeof words - (size_t)(at - words), "%s",
				id[k]);
			snprintf(said, sizeof said,
				"422 \"resource id %s is not within 0 … 7\" "
				"%s\n",
				id[k], id[k]);
			const char *text = rooms_ask(r, words);
			ck_assert_msg(strstr(text, said) != NULL, "%s", text);
		}
	}
	ck_assert_uint_eq(trial_constructs(), 0);
}
END_TEST

START_TEST(class_that_cannot_be_had_is_404)
{
	rooms_expect(r, "/resource/new nothing 1",
		"/error \"/resource/new\" 404 \"no resource class "
		"\\\"nothing\\\"; /def/list tells all\" 1\n");
	rooms_expect(r, "/resource/new trial-off 1",
		"/error \"/resource/new\" 404 \"" TRIAL_OFF
		" is switched off in resource_classes\" 1\n");
	/* a job is no class */
	rooms_expect(r, "/resource/new trial-work 1",
		"/error \"/resource/new\" 404 \"no resource class "
		"\\\"trial-work\\\"; /def/list tells all; a job has that "
		"name: /job/new\" 1\n");
	make("/resource/new " TRIAL_OTHER " 1", "/resource/ready 1\n");
}
END_TEST

START_TEST(arguments_are_judged_before_anything_begins)
{
	rooms_expect(r, "/resource/new trial-thing 1 7",
		"/error \"/resource/new\" 400 \"argument 3 must be an array "
		"of arguments: /resource/new s:def-uri i:id [args]\" 1\n");
	rooms_expect(r, "/resource/new trial-thing 1 [ ] 7",
		"/error \"/resource/new\" 400 \"there are more than 3 "
		"arguments: /resource/new s:def-uri i:id [args]\" 1\n");
	rooms_expect(r, "/resource/new trial-thing 1 [ 1 [ 2 ] ]",
		"/error \"/resource/new\" 400 \"argument 2 of the array must "
		"be a number or a string\" 1\n");
	rooms_expect(r, "/resource/new trial-thing 1 [ N ]",
		"/error \"/resource/new\" 400 \"argument 1 of the array must "
		"be a number or a string\" 1\n");
	rooms_expect(r, "/resource/new trial-thing 1 [ 5 f:nan ]",
		"/error \"/resource/new\" 422 \"argument 2 of the array is not "
		"a finite number\" 1\n");
	rooms_expect(r, "/resource/new trial-thing 1 [ code 413 ]",
		"/error \"/resource/new\" 413 \"trial-thing: told to refuse\" "
		"1\n");
	rooms_expect(r, "/resource/new trial-thing 1 [ code 7 ]",
		"/error \"/resource/new\" 500 \"trial-thing: told to refuse\" "
		"1\n");
	rooms_expect(r, "/resource/new trial-thing 1 [ code 400 ]",
		"/error \"/resource/new\" 400 \"trial-thing: told to refuse "
		"(it takes s word ...)\" 1\n");
	rooms_expect(r, "/resource/new trial-thing 1 [ quiet ]",
		"/error \"/resource/new\" 422 \"trial-thing: it does not take "
		"these arguments (it takes s word ...)\" 1\n");
	ck_assert_uint_eq(trial_constructs(), 0);
	ck_assert_int_eq((int)rooms_stat(r, "resources"), 0);
	make("/resource/new trial-thing 1 [ h:5 T F f:1.5 d:2 word ]",
		"/resource/ready 1\n");
	rooms_expect(r, "/resource/query 1",
		"/resource/info 1 \"" TRIAL_THING "\" \"live\" 0 h:64 [ ]\n");
}
END_TEST

START_TEST(construction_that_fails_is_told_and_the_id_is_free)
{
	make("/resource/new trial-thing 1 [ fail ]",
		"/resource/error 1 \"told to fail\"\n");
	make("/resource/new trial-thing 1 [ 200000 ]",
		"/resource/error 1 \"no memory\"\n");
	const char *text = rooms_ask_await(
		r, "/resource/new trial-thing 1 [ mute ]", "/resource/");
	ck_assert_int_eq(strncmp(text, "/resource/error 1 \"", 19), 0);
	ck_assert_msg(strstr(text, "\"\"") == NULL, "%s", text);
	make("/resource/new trial-thing 1", "/resource/ready 1\n");
	ck_assert_int_eq((int)rooms_stat(r, "works_failed"), 3);
}
END_TEST

START_TEST(freed_while_constructing_is_destroyed_without_ready)
{
	rooms_expect(r, "/resource/new trial-thing 1 [ gate ]", "");
	trial_wait(1);
	rooms_expect(r, "/resource/free 1", "");
	rooms_expect(r, "/resource/free 1", "");
	rooms_expect(r, "/resource/query 1",
		"/resource/info 1 \"" TRIAL_THING
		"\" \"constructing\" 0 h:0 [ ]\n");
	trial_let(1);
	rooms_await(r, "destroyed");
	ck_assert_str_eq(rooms_heard(r), "/resource/destroyed 1\n");
	ck_assert_uint_eq(trial_destroys(), 1);
}
END_TEST

START_TEST(freed_while_constructing_that_fails_is_told_the_error_alone)
{
	rooms_expect(r, "/resource/new trial-thing 1 [ gate fail ]", "");
	trial_wait(1);
	rooms_expect(r, "/resource/free 1", "");
	trial_let(1);
	rooms_await(r, "/resource/error");
	rooms_rest(r);
	ck_assert_str_eq(
		rooms_heard(r), "/resource/error 1 \"told to fail\"\n");
	ck_assert_uint_eq(trial_destroys(), 0);
}
END_TEST

START_TEST(list_names_all_with_their_holders)
{
	make("/resource/new trial-thing 1", "/resource/ready 1\n");
	make("/resource/new trial-other 6 [ 84 ]", "/resource/ready 6\n");
	rooms_expect(r, "/synth/new trial-user 5 0 1 [ thing 1 other 6 ]",
		"/node/new 5\n");
	rooms_expect(r, "/synth/new trial-user 7 0 1 [ 0.5 thing 1 ]",
		"/node/new 7\n");
	rooms_expect(r, "/job/new trial-work 30 0 [ 6 6 1 ] [ gate ]", "");
	trial_wait(1);
	rooms_expect(r, "/resource/list",
		"/resource/list.reply 0 1 1 \"" TRIAL_THING
		"\" \"live\" 3 h:64 [ 5 7 -31 ] 6 \"" TRIAL_OTHER
		"\" \"live\" 2 h:128 [ 5 -31 ]\n");
	ck_assert_int_eq((int)rooms_stat(r, "references"), 5);
	ck_assert_int_eq((int)rooms_stat(r, "resources"), 2);
	ck_assert_int_eq((int)rooms_stat(r, "resource_bytes"), 192);
	ck_assert_int_eq((int)rooms_stat(r, "jobs"), 1);
	ck_assert_int_eq((int)rooms_stat(r, "works_running"), 1);
	const char *text = rooms_ask(r, "/status");
	ck_assert_msg(
		strstr(text, "/status.reply 3 2 1 2 ") == text, "%s", text);
	trial_let(1);
	rooms_rest(r);
}
END_TEST

START_TEST(empty_list_is_one_page)
{
	rooms_expect(r, "/resource/list", "/resource/list.reply 0 1\n");
}
END_TEST

START_TEST(holders_beyond_what_is_named_are_counted)
{
	char words[100];

	make("/resource/new trial-thing 1", "/resource/ready 1\n");
	rooms_ask(r, "/notify 0");
	for (int i = 0; i < 210; i++) {
		snprintf(words, sizeof words,
			"/synth/new trial-user %d 0 1 [ thing 1 ]", i + 1);
		rooms_expect(r, words, "");
	}
	const char *text = rooms_ask(r, "/resource/query 1");
	ck_assert_msg(strstr(text, " \"live\" 210 h:64 [ 1 2 3 ") != NULL, "%s",
		text);
	ck_assert_ptr_nonnull(strstr(text, " 199 200 ]\n"));
	text = rooms_ask(r, "/resource/list");
	ck_assert_ptr_nonnull(strstr(text, " 210 h:64 [ 1 2 "));
	ck_assert_ptr_nonnull(strstr(text, " 15 16 ]\n"));
	ck_assert_uint_lt(r->largest, 1400);
}
END_TEST

START_TEST(port_is_bound_from_synth_new_on)
{
	make("/resource/new trial-thing 1", "/resource/ready 1\n");
	rooms_expect(
		r, "/synth/new trial-user 5 0 1 [ thing 1 ]", "/node/new 5\n");
	rooms_expect(r, "/node/query 5",
		"/node/info 5 0 1 0 -1 -1 \"synth\" "
		"\"urn:tactus:synthdef:trial-user:1\" \"\" \"inactive\" 0 "
		"\"level\" 0.0 -1 0 1 \"thing\" 1 -1 0 2 \"other\" -1 -1 0 "
		"[ 1 ]\n");
	rooms_expect(r, "/node/set 5 thing -1", "");
	rooms_expect(r, "/resource/query 1",
		"/resource/info 1 \"" TRIAL_THING "\" \"live\" 0 h:64 [ ]\n");
	rooms_expect(r, "/node/set 5 1 1", "");
	rooms_expect(r, "/resource/query 1",
		"/resource/info 1 \"" TRIAL_THING "\" \"live\" 1 h:64 [ 5 ]\n");
}
END_TEST

START_TEST(binding_that_cannot_be_is_refused_and_nothing_is_held)
{
	make("/resource/new trial-thing 1", "/resource/ready 1\n");
	rooms_expect(r, "/synth/new trial-user 5 0 1 [ thing f:1 ]",
		"/error \"/synth/new\" 422 \"port \\\"thing\\\" takes a "
		"resource's id (i)\" 5\n");
	rooms_expect(r, "/synth/new trial-user 5 0 1 [ thing 9 ]",
		"/error \"/synth/new\" 422 \"resource id 9 is not within 0 … "
		"7\" 5\n");
	rooms_expect(r, "/synth/new trial-user 5 0 1 [ thing 3 ]",
		"/error \"/synth/new\" 404 \"no resource 3; /resource/list "
		"tells all\" 5\n");
	rooms_expect(r, "/synth/new trial-user 5 0 1 [ thing 1 other 1 ]",
		"/error \"/synth/new\" 422 \"resource 1 is of another class "
		"than port 2 takes; /def/query tells which\" 5\n");
	rooms_expect(r, "/synth/new trial-user 5 0 1 [ 0.5 1 ]",
		"/error \"/synth/new\" 422 \"trial-user has 1 controls, no "
		"more\" 5\n");
	rooms_expect(r, "/resource/query 1",
		"/resource/info 1 \"" TRIAL_THING "\" \"live\" 0 h:64 [ ]\n");
	rooms_expect(
		r, "/synth/new trial-user 5 0 1 [ thing 1 ]", "/node/new 5\n");
	rooms_expect(r, "/node/set 5 thing 3",
		"/error \"/node/set\" 404 \"no resource 3; /resource/list "
		"tells all\" 5\n");
	rooms_expect(r, "/node/set 5 thing f:1",
		"/error \"/node/set\" 422 \"node 5: port 1 takes a resource's "
		"id (i)\" 5\n");
	rooms_expect(r, "/resource/query 1",
		"/resource/info 1 \"" TRIAL_THING "\" \"live\" 1 h:64 [ 5 ]\n");
}
END_TEST

START_TEST(bundle_makes_a_synth_of_what_is_not_ready_never)
{
	static struct rooms_bundle b;

	rooms_bundle(&b, 1);
	rooms_bundle_add(&b, "/resource/new trial-thing 1 [ gate ]");
	rooms_bundle_add(&b, "/synth/new trial-user 5 0 1 [ thing 1 ]");
	ck_assert_str_eq(rooms_bundle_ask(r, &b),
		"/error \"/synth/new\" 409 \"resource 1 is constructing; "
		"/resource/ready tells when it is there\" 5\n");
	trial_let(1);
	rooms_await(r, "/resource/ready 1");
}
END_TEST

START_TEST(constructions_of_all_kinds_in_one_packet_are_bounded)
{
	static struct rooms_bundle b;

	rooms_bundle(&b, 1);
	for (int i = 0; i < 86; i++) {
		rooms_bundle_add(&b, "/resource/new nothing 1");
		rooms_bundle_add(&b, "/job/new nothing 1 0");
		rooms_bundle_add(&b, "/synth/new nothing 1 0 1");
	}
	ck_assert_str_eq(rooms_bundle_ask(r, &b),
		"/error \"#bundle\" 413 \"more than 256 constructions "
		"(/synth/new, /resource/new, /job/new) in one packet: split "
		"it\"\n");
}
END_TEST

START_TEST(defs_of_each_kind_are_listed_and_described)
{
	const char *text = rooms_ask(r, "/def/list");

	ck_assert_ptr_nonnull(strstr(text, " \"" TRIAL_THING "\" \"resource\" "
					   "\"trial-thing\" "));
	ck_assert_ptr_nonnull(
		strstr(text, " \"" TRIAL_ALONE "\" \"job\" \"trial-alone\""));
	ck_assert_ptr_null(strstr(text, TRIAL_OFF));
	rooms_expect(r, "/def/query trial-thing",
		"/def/query.reply 0 1 \"A thing.\" \"s word ...\" 1\n");
	rooms_expect(r, "/def/query trial-other",
		"/def/query.reply 0 1 \"\" \"\" 0\n");
	rooms_expect(r, "/def/query trial-work",
		"/def/query.reply 0 1 \"Work.\" \"s word ...\" \"i resources, "
		"and the arguments\" \"\" 0 16 0\n");
	rooms_expect(r, "/def/query " TRIAL_ALONE,
		"/def/query.reply 0 1 \"\" \"\" \"\" \"" TRIAL_THING
		"\" 1 1 1\n");
	rooms_expect(r, "/def/query trial-off",
		"/error \"/def/query\" 404 \"" TRIAL_OFF
		" is switched off in resource_classes\"\n");
}
END_TEST

START_TEST(commands_are_refused_once_the_end_has_begun)
{
	make("/resource/new trial-thing 1", "/resource/ready 1\n");
	office_set_stopping(r->office);
	rooms_expect(r, "/resource/new trial-thing 2",
		"/error \"/resource/new\" 503 \"the engine is stopping\" 2\n");
	rooms_expect(r, "/job/new trial-work 2 0",
		"/error \"/job/new\" 503 \"the engine is stopping\" 2\n");
	rooms_expect(r, "/resource/query 1",
		"/resource/info 1 \"" TRIAL_THING "\" \"live\" 0 h:64 [ ]\n");
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("nrt/resources");
	TCase *tc = tcase_create("resources");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 100);
	tcase_add_test(tc, resource_is_told_ready_then_destroyed);
	tcase_add_test(tc, each_state_is_shown_and_refuses_what_it_must);
	tcase_add_test(tc, ids_out_of_range_are_422);
	tcase_add_test(tc, class_that_cannot_be_had_is_404);
	tcase_add_test(tc, arguments_are_judged_before_anything_begins);
	tcase_add_test(tc, construction_that_fails_is_told_and_the_id_is_free);
	tcase_add_test(tc, freed_while_constructing_is_destroyed_without_ready);
	tcase_add_test(tc,
		freed_while_constructing_that_fails_is_told_the_error_alone);
	tcase_add_test(tc, list_names_all_with_their_holders);
	tcase_add_test(tc, empty_list_is_one_page);
	tcase_add_test(tc, holders_beyond_what_is_named_are_counted);
	tcase_add_test(tc, port_is_bound_from_synth_new_on);
	tcase_add_test(
		tc, binding_that_cannot_be_is_refused_and_nothing_is_held);
	tcase_add_test(tc, bundle_makes_a_synth_of_what_is_not_ready_never);
	tcase_add_test(
		tc, constructions_of_all_kinds_in_one_packet_are_bounded);
	tcase_add_test(tc, defs_of_each_kind_are_listed_and_described);
	tcase_add_test(tc, commands_are_refused_once_the_end_has_begun);
	suite_add_tcase(s, tc);
	return rooms_run(s);
}
