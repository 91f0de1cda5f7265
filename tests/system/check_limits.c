/* SPDX-License-Identifier: MIT */
/*
 * check_limits.c -- what is bounded and used up: 413, 429 or 503, the limit is
 * named, nothing is lost, and it fills again.
 */
#include <config.h>

#include <check.h>
#include <string.h>

#include "client.h"
#include "daemon.h"
#include "osc_write.h"

static struct daemon d;
static struct client c;
static struct packet p;
static struct packet inner;

static void
begin(void)
{
	client_start(&c, &d, &(struct daemon_want){.trial = true});
}

static void
end(void)
{
	client_end(&c, &d, "<3>");
}

START_TEST(a_packet_of_too_many_constructions_is_413)
{
	packet_bundle(&p, OSC_NOW);
	for (int i = 1; i <= 256; i++) {
		packet_add(&p, "/synth/new sine -1 0 0");
	}
	client_send_packet(&c, &p);
	for (int i = 0; i < 256; i++) {
		client_expect_start(&c, "/synth/new.reply");
	}
	packet_add(&p, "/synth/new sine -1 0 0");
	client_send_packet(&c, &p);
	client_expect_error(&c, "#bundle", 413, NO_FIRST, "256");
	client_silent(&c);
}
END_TEST

START_TEST(node_ids_that_are_used_up_are_503)
{
	client_start(
		&c, &d, &(struct daemon_want){.sets = {"limits.max_nodes=8"}});
	for (int i = 0; i < 7; i++) {
		client_say(&c, "/group/new -1 0 0");
		client_expect_start(&c, "/group/new.reply");
	}
	client_refused(&c, "/group/new -1 0 0", 503, -1, "limits.max_nodes");
	client_say(&c, "/node/free 3");
	client_say(&c, "/group/new -1 0 0");
	client_expect(&c, "/group/new.reply 3");
	end();
}
END_TEST

START_TEST(events_that_find_no_room_are_503)
{
	client_start(&c, &d,
		&(struct daemon_want){.sets = {"limits.max_events=16"}});
	for (int i = 1; i <= 16; i++) {
		packet_bundle(&p, client_ntp_of(4800 + i));
		packet_add(&p, "/group/new -1 0 0");
		client_send_packet(&c, &p);
	}
	client_silent(&c);
	packet_bundle(&p, OSC_NOW);
	packet_add(&p, "/group/new 7 0 0");
	packet_bundle(&inner, client_ntp_of(5000));
	packet_add(&inner, "/group/new -1 0 0");
	packet_add_packet(&p, &inner);
	client_send_packet(&c, &p);
	client_expect_error(&c, "#bundle", 503, NO_FIRST, "limits.max_events");
	packet_say(&inner, "/group/new 7 0 0");
	packet_at(&p, 4000, &inner);
	client_send_packet(&c, &p);
	client_hear(&c);
	ck_assert_msg(strncmp(c.text, "/error ", 7) == 0 &&
			      client_number(&c, 1) == 503,
		"%s", c.text);
	client_silent(&c);
	client_run(&c, 4896);
	client_sync(&c);
	client_say(&c, "/node/tree/statistics");
	client_expect(&c, "/node/tree/statistics.reply 17 0");
	end();
}
END_TEST

START_TEST(triggers_that_find_no_room_are_503)
{
	static char text[4096] = "/node/set 5 ";

	client_say(&c, "/synth/new trigger-to-message 5 0 1");
	client_say(&c, "/synth/activate 5");
	for (int i = 0; i < 64; i++) {
		strcat(text, "0 1 ");
	}
	/* one in the segment to come, `block` waiting behind it */
	client_say(&c, "%s", text);
	client_silent(&c);
	client_say(&c, "/node/set 5 trigger 1");
	client_silent(&c);
	client_refused(&c, "/node/set 5 trigger 1", 503, 5,
		"too many firings of port 0");
	client_run(&c, 256);
	client_say(&c, "/node/set 5 trigger 1");
	client_silent(&c);
}
END_TEST

START_TEST(a_pool_that_is_used_up_is_503_and_fills_again)
{
	client_start(&c, &d,
		&(struct daemon_want){
			.trial = true,
			.sets = {"pools=({ size = 1024; count = 4; }, "
				 "{ size = 4096; count = 2; })"},
		});
	double small = client_stat(&c, "pool_1024_free");
	ck_assert_double_eq(client_stat(&c, "pool_4096_free"), 2.0);
	int made = 0;
	do {
		client_say(&c, "/synth/new sine %d 0 0", ++made);
		client_say(&c, "/sync 1");
		client_hear(&c);
		ck_assert_int_le(made, 10);
	} while (strcmp(c.text, "/synced 1") == 0);
	ck_assert_msg(strncmp(c.text, "/error \"/synth/new\" 503", 23) == 0 &&
			      strstr(c.text, "pool ") != NULL,
		"%s", c.text);
	client_expect(&c, "/synced 1");
	client_say(&c, "/clear");
	client_silent(&c);
	ck_assert_double_eq(client_stat(&c, "pool_1024_free"), small);
	ck_assert_double_eq(client_stat(&c, "pool_4096_free"), 2.0);
	end();
}
END_TEST

START_TEST(client_slots_that_are_used_up_are_429)
{
	static struct client more[3];

	client_start(
		&c, &d, &(struct daemon_want){.sets = {"osc.max_clients=2"}});
	for (int i = 0; i < 3; i++) {
		client_open(&more[i], d.url[0]);
	}
	client_say(&more[0], "/notify 1");
	client_expect(&more[0], "/notify.reply 1");
	client_say(&more[1], "/meter 1");
	client_silent(&more[1]);
	client_refused(&more[2], "/notify 1", 429, 1, "osc.max_clients");
	client_refused(&more[2], "/meter 1", 429, 1, "osc.max_clients");
	client_silent(&more[2]); /* it is answered all the same */
	client_say(&more[0], "/notify 0");
	client_expect(&more[0], "/notify.reply 0");
	client_say(&more[2], "/notify 1");
	client_expect(&more[2], "/notify.reply 1");
	for (int i = 0; i < 3; i++) {
		client_close(&more[i]);
	}
	end();
}
END_TEST

START_TEST(errors_are_limited_and_what_was_held_back_is_told)
{
	/* time that stands still refills nothing: the burst is exact */
	for (int i = 0; i < 300; i++) {
		client_say(&c, "/node/free 500");
		if (i % 50 == 49) {
			client_say(&c, "/sync %d", i);
			while (strncmp(client_hear(&c), "/synced", 7) != 0) {
			}
		}
	}
	ck_assert_double_eq(client_stat(&c, "errors"), 200.0);
	ck_assert_double_eq(client_stat(&c, "errors_held_back"), 100.0);
	/* two seconds of engine time later there is room */
	client_run(&c, 96000);
	client_say(&c, "/node/free 500");
	client_seek(&c, "/error \"\" 429 \"100 errors not sent\"");
	client_expect_error(&c, "/node/free", 404, 500, "no node 500");
}
END_TEST

START_TEST(a_ring_that_is_full_is_503_and_nothing_is_lost)
{
	int errors = 0;
	int done = 0;

	client_start(&c, &d,
		&(struct daemon_want){
			.sets = {"limits.command_ring=16",
				 "limits.max_commands_per_block=1"}
        });
	/* offline, what stands behind a run waits for it in the ring */
	client_say(&c, "/notify 1");
	client_expect(&c, "/notify.reply 1");
	client_say(&c, "/offline/run 48000000");
	for (int i = 0; i < 64; i++) {
		client_say(&c, "/group/new -1 0 0");
	}
	while (errors + done < 64) {
		client_hear(&c);
		if (strncmp(c.text, "/error ", 7) == 0) {
			ck_assert_int_eq((int)client_number(&c, 1), 503);
			ck_assert_ptr_nonnull(
				strstr(c.text, "limits.command_ring 16"));
			errors++;
		} else if (strncmp(c.text, "/group/new.reply", 16) == 0) {
			done++;
		}
	}
	ck_assert_int_ge(done, 15);
	ck_assert_int_ge(errors, 1);
	client_sync(&c);
	client_say(&c, "/node/tree/statistics");
	client_expect(&c, "/node/tree/statistics.reply %d 0", done + 1);
	ck_assert_double_eq(client_stat(&c, "refused"), errors);
	end();
}
END_TEST

START_TEST(notes_without_room_are_counted_and_sure_ones_come)
{
	int notes = 0;

	client_start(&c, &d,
		&(struct daemon_want){
			.trial = true, .sets = {"limits.report_ring=1024"}});
	client_say(&c, "/notify 1");
	client_expect(&c, "/notify.reply 1");
	client_say(&c, "/synth/new offence 6 0 0");
	client_say(&c, "/synth/activate 6");
	client_say(&c, "/node/set 6 fire 4");
	client_say(&c, "/offline/run 64");
	client_say(&c, "/group/new 7 0 0");
	client_say(&c, "/sync 5");
	while (strcmp(client_hear(&c), "/synced 5") != 0) {
		notes += strncmp(c.text, "/note ", 6) == 0 ? 1 : 0;
	}
	ck_assert_int_ge(notes, 500);
	ck_assert_double_eq(client_stat(&c, "notes_refused") + notes, 20000.0);
	end();
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("system/limits");
	TCase *t = daemon_case(s, "a daemon");
	TCase *own = daemon_case(s, "a daemon of its own");

	tcase_add_checked_fixture(t, begin, end);
	tcase_add_test(t, a_packet_of_too_many_constructions_is_413);
	tcase_add_test(t, triggers_that_find_no_room_are_503);
	tcase_add_test(t, errors_are_limited_and_what_was_held_back_is_told);
	tcase_add_test(own, node_ids_that_are_used_up_are_503);
	tcase_add_test(own, events_that_find_no_room_are_503);
	tcase_add_test(own, a_pool_that_is_used_up_is_503_and_fills_again);
	tcase_add_test(own, client_slots_that_are_used_up_are_429);
	tcase_add_test(own, a_ring_that_is_full_is_503_and_nothing_is_lost);
	tcase_add_test(own, notes_without_room_are_counted_and_sure_ones_come);
	return daemon_run(s);
}
