/* SPDX-License-Identifier: MIT */
/*
 * check_reports.c -- what clients are told unasked: notifications, in order,
 * and the lines of the log.
 */
#include <check.h>
#include <ev.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine.h"
#include "log.h"
#include "office_private.h"
#include "rooms.h"
#include "wire.h"

static struct rooms rooms;
static struct rooms *r = &rooms;
static int client;

static const char *const sets[] = {
	"osc.listeners=({url=\"udp://127.0.0.1:0\";role=\"admin\";})", NULL};
static const char *const log_sets[] = {
	"osc.listeners=({url=\"udp://127.0.0.1:0\";role=\"admin\";})",
	"log.osc=true", NULL};

static void
setup(void)
{
	rooms_open_doors(r, sets);
	client = rooms_client(r, 0);
}

static void
setup_log(void)
{
	rooms_open_doors(r, log_sets);
	client = rooms_client(r, 0);
}

static void
teardown(void)
{
	rooms_close(r);
	close(client);
}

static const char *
ask(const char *words)
{
	return rooms_client_ask(r, client, words);
}

START_TEST(notifications_come_before_the_answer_and_to_subscribers_alone)
{
	ck_assert_str_eq(ask("/group/new 1 0 1"), "");
	ck_assert_str_eq(ask("/notify 1"), "/notify.reply 1\n");
	ck_assert_str_eq(ask("/group/new 2 0 1"), "/node/new 2\n");
	ck_assert_str_eq(ask("/group/new -1 2 1"),
		"/node/new 1023\n/group/new.reply 1023\n");
	ck_assert_str_eq(ask("/synth/new sine 3 1023 1"), "/node/new 3\n");
	/* children before parents */
	ck_assert_str_eq(ask("/node/free 2"),
		"/node/ended 3\n/node/ended 1023\n/node/ended 2\n");
	ck_assert_str_eq(ask("/notify F"), "/notify.reply 0\n");
	ck_assert_str_eq(ask("/node/free 1"), "");
}
END_TEST

START_TEST(others_errors_and_replies_go_to_nobody_else)
{
	int other = rooms_client(r, 0);

	ask("/notify 1");
	ck_assert_uint_eq(
		rooms_count(rooms_client_ask(r, other, "/nothing"), "/error "),
		1);
	ck_assert_str_eq(ask(""), "");
	ck_assert_str_eq(rooms_client_ask(r, other, "/group/new 9 0 1"), "");
	ck_assert_str_eq(ask(""), "/node/new 9\n");
	close(other);
}
END_TEST

START_TEST(done_is_told_before_the_ends_and_only_with_its_flag)
{
	ask("/notify 1");
	ask("/synth/new done-after 5 0 1 [ 0.01 ]");
	ask("/synth/property/doneFlags/set 5 33");
	ask("/synth/activate 5");
	rooms_render(r, 960);
	ck_assert_str_eq(ask(""), "/node/done 5\n/node/ended 5\n");
	ask("/synth/new done-after 5 0 1 [ 0.01 ]");
	ask("/synth/property/doneFlags/set 5 1");
	ask("/synth/activate 5");
	rooms_render(r, 960);
	ck_assert_str_eq(ask(""), "/node/ended 5\n");
}
END_TEST

START_TEST(trigger_of_a_plugin_is_told_with_its_values)
{
	ask("/notify 1");
	ask("/synth/new trigger-to-message 5 0 1 [ id 7 value 0.5 ]");
	ask("/synth/activate 5");
	ask("/node/set 5 trigger 1");
	rooms_render(r, 64);
	ck_assert_str_eq(ask(""), "/trigger 5 7 0.5\n");
}
END_TEST

START_TEST(faults_xruns_and_lines_of_plugins_are_logged)
{
	const TactusSynthDef def = {.name = "bad"};
	struct report nan = {.kind = REPORT_NODE_NAN, .id = 7};
	struct report line = {.kind = REPORT_LOG, .id = 8};

	ask("/notify 1");
	rooms_log_begin();
	nan.u.def = &def;
	reports_take(r->office, &nan);
	ck_assert_str_eq(
		ask(""), "/node/fault 7 \"its output was not a number\"\n");
	ck_assert(rooms_has_logged("warn: rt: node 7 (bad) put out what is "));
	ck_assert_double_eq(rooms_stat(r, "faults"), 1.0);
	line.u.log.text = "level";
	line.u.log.def = "bad";
	line.u.log.value = 0.25;
	static const char *const said[] = {"err: bad (node 8): level: 0.25\n",
		"warn: bad (node 8): level: 0.25\n",
		"info: bad (node 8): level: 0.25\n",
		"debug: bad (node 8): level: 0.25\n"};
	log_set_level(LOG_LEVEL_DEBUG);
	for (uint32_t i = 0; i < 4; i++) {
		rooms_log_begin();
		line.u.log.level = i;
		reports_take(r->office, &line);
		ck_assert_msg(rooms_has_logged(said[i]), "%s", said[i]);
	}
	log_set_level(LOG_LEVEL_INFO);
	rooms_log_begin();
	engine_xrun(r->engine, XRUN_WOKE_LATE, 2500000, 128);
	rooms_turn(r);
	ck_assert(rooms_has_logged("warn: audio: xrun (woke-late), 2.500 ms "
				   "late, 128 frames lost, at sample 0"));
	rooms_log_end();
}
END_TEST

START_TEST(note_of_a_plugin_has_up_to_four_values)
{
	struct report note = {.kind = REPORT_NOTIFY, .id = 7};

	ask("/notify 1");
	note.u.note.address = "/x";
	note.u.note.types = "ifif";
	note.u.note.values[0] = 1.0;
	note.u.note.values[1] = 2.5;
	note.u.note.values[2] = -3.0;
	note.u.note.values[3] = 4.5;
	reports_take(r->office, &note);
	note.u.note.types = "";
	reports_take(r->office, &note);
	/* a plugin's number that no int is like */
	note.u.note.types = "i";
	note.u.note.values[0] = 1e300;
	reports_take(r->office, &note);
	note.u.note.values[0] = (double)NAN;
	reports_take(r->office, &note);
	ck_assert_str_eq(ask(""), "/x 1 2.5 -3 4.5\n/x\n/x 2147483647\n/x 0\n");
}
END_TEST

START_TEST(notices_of_the_program_go_to_subscribers)
{
	ask("/notify 1");
	office_notice(r->office, "/audio/back");
	office_notice_text(r->office, "/audio/lost", "hw:1,0");
	ck_assert_str_eq(ask(""), "/audio/back\n/audio/lost \"hw:1,0\"\n");
}
END_TEST

START_TEST(late_and_errors_of_a_later_time_find_their_sender)
{
	static struct rooms_bundle b;

	rooms_bundle(&b, rooms_tag(4800));
	rooms_bundle_add(&b, "/node/free 77");
	ck_assert_int_eq(send(client, b.data, b.size, 0), (ssize_t)b.size);
	ck_assert_str_eq(ask(""), "");
	rooms_render(r, 4801);
	ck_assert_str_eq(ask(""),
		"/error \"/node/free\" 404 \"no node 77; /node/tree tells "
		"all\" 77\n");
}
END_TEST

/* --- the log --- */

START_TEST(lines_of_the_log_are_sent_to_subscribers)
{
	ask("/notify 1");
	log_warn("test: the %s line", "first");
	log_debug("test: too quiet to be told");
	log_info("test: the second line");
	ev_run(r->loop, EVRUN_NOWAIT);
	ck_assert_str_eq(ask(""), "/log \"warn\" \"test: the first line\"\n"
				  "/log \"info\" \"test: the second line\"\n");
	ask("/notify 0");
	log_info("test: the third line");
	ev_run(r->loop, EVRUN_NOWAIT);
	ck_assert_str_eq(ask(""), "");
}
END_TEST

static void *
log_some(void *user)
{
	(void)user;
	for (int i = 0; i < 20; i++) {
		log_info("test: line %d of a thread", i);
	}
	return NULL;
}

START_TEST(lines_of_another_thread_wake_the_loop)
{
	pthread_t thread;

	ask("/notify 1");
	ck_assert_int_eq(pthread_create(&thread, NULL, log_some, NULL), 0);
	/* the loop sleeps until the line comes */
	ev_run(r->loop, EVRUN_ONCE);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	ev_run(r->loop, EVRUN_NOWAIT);
	ck_assert_uint_ge(
		rooms_count(ask(""), "/log \"info\" \"test: line 0 of"), 1);
}
END_TEST

START_TEST(lines_that_have_no_room_are_counted_and_told)
{
	ask("/notify 1");
	for (int i = 0; i < 4; i++) {
		/* each call site has a rate of its own: many of them */
		log_err("test: a %d", i);
		log_err("test: b %d", i);
		log_err("test: c %d", i);
		log_err("test: d %d", i);
		log_err("test: e %d", i);
		log_err("test: f %d", i);
		log_err("test: g %d", i);
		log_err("test: h %d", i);
		log_err("test: i %d", i);
		log_err("test: j %d", i);
		log_err("test: k %d", i);
		log_err("test: l %d", i);
		log_err("test: m %d", i);
		log_err("test: n %d", i);
		log_err("test: o %d", i);
		log_err("test: p %d", i);
		log_err("test: q %d", i);
	}
	ev_run(r->loop, EVRUN_NOWAIT);
	const char *text = ask("");
	ck_assert_uint_eq(rooms_count(text, "/log \"err\" \"test: "), 64);
	ck_assert_uint_eq(
		rooms_count(
			text, "/log \"warn\" \"log: 4 lines were not sent\""),
		1);
}
END_TEST

START_TEST(long_line_is_cut_and_reload_turns_it_off)
{
	char text[900];

	ask("/notify 1");
	memset(text, 'x', sizeof text);
	text[sizeof text - 1] = '\0';
	log_info("%s", text);
	ev_run(r->loop, EVRUN_NOWAIT);
	ck_assert_uint_eq(rooms_count(ask(""), "/log \"info\" \"xxxx"), 1);
	struct config off = *r->config;
	off.log.osc = false;
	office_configure(r->office, &off);
	log_info("test: nobody hears this");
	ev_run(r->loop, EVRUN_NOWAIT);
	ck_assert_str_eq(ask(""), "");
	office_configure(r->office, r->config);
	log_info("test: but this");
	ev_run(r->loop, EVRUN_NOWAIT);
	ck_assert_str_eq(ask(""), "/log \"info\" \"test: but this\"\n");
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("nrt/reports");
	TCase *tc = tcase_create("reports");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc,
		notifications_come_before_the_answer_and_to_subscribers_alone);
	tcase_add_test(tc, others_errors_and_replies_go_to_nobody_else);
	tcase_add_test(tc, done_is_told_before_the_ends_and_only_with_its_flag);
	tcase_add_test(tc, trigger_of_a_plugin_is_told_with_its_values);
	tcase_add_test(tc, faults_xruns_and_lines_of_plugins_are_logged);
	tcase_add_test(tc, note_of_a_plugin_has_up_to_four_values);
	tcase_add_test(tc, notices_of_the_program_go_to_subscribers);
	tcase_add_test(tc, late_and_errors_of_a_later_time_find_their_sender);
	suite_add_tcase(s, tc);
	tc = tcase_create("log");
	tcase_add_checked_fixture(tc, setup_log, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, lines_of_the_log_are_sent_to_subscribers);
	tcase_add_test(tc, lines_of_another_thread_wake_the_loop);
	tcase_add_test(tc, lines_that_have_no_room_are_counted_and_told);
	tcase_add_test(tc, long_line_is_cut_and_reload_turns_it_off);
	suite_add_tcase(s, tc);
	return rooms_run(s);
}
