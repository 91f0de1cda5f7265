/* SPDX-License-Identifier: MIT */
/*
 * check_addresses.c -- every address, as its users see it (docs/osc-api.md).
 *
 * The driver is offline: time stands still but for /offline/run, so every
 * answer can be foretold.
 */
#include <config.h>

#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "daemon.h"

static struct daemon d;
static struct client c;
static bool complains; /* the test makes it log errors */

static void
begin(void)
{
	client_start(&c, &d, &(struct daemon_want){0});
}

static void
end(void)
{
	client_end(&c, &d, complains ? NULL : "<3>");
}

START_TEST(version_tells_name_version_and_abi)
{
	client_say(&c, "/version");
	client_expect(
		&c, "/version.reply \"tactus\" \"%s\" 1", PACKAGE_VERSION);
}
END_TEST

START_TEST(status_tells_the_state_of_an_idle_engine)
{
	client_say(&c, "/status");
	client_expect(&c, "/status.reply 1 0 1 0 0.0 0.0 0 0 d:48000.0 64 "
			  "\"offline\" \"running\"");
	client_say(&c, "/group/new 1 0 0");
	client_say(&c, "/synth/new sine 2 1 0");
	client_say(&c, "/status");
	client_expect_start(&c, "/status.reply 3 1 2 0 ");
	client_say(&c, "/mute 1");
	client_say(&c, "/status");
	client_hear(&c);
	ck_assert_str_eq(client_string(&c, 11), "muted");
}
END_TEST

START_TEST(stats_tell_every_name_of_the_contract)
{
	static const char *const names[] = {"packets", "malformed", "errors",
		"denied", "late", "dropped", "xruns", "underruns", "overruns",
		"nan", "faults", "rt_faults", "events_pending",
		"commands_pending", "pool_256_free", "audit", "clients"};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		ck_assert_double_ge(client_stat(&c, names[i]), 0.0);
	}
	ck_assert_uint_lt(c.size, 1400);
	double errors = client_stat(&c, "errors");
	client_refused(&c, "/nothing", 404, NO_FIRST, "no such address");
	ck_assert_double_eq(client_stat(&c, "errors"), errors + 1.0);
	double packets = client_stat(&c, "packets");
	ck_assert_double_eq(client_stat(&c, "packets"), packets + 1.0);
}
END_TEST

START_TEST(notify_brings_notifications_until_it_is_ended)
{
	client_say(&c, "/group/new 1 0 0");
	client_silent(&c); /* not subscribed: nothing is told */
	client_say(&c, "/notify 1");
	client_expect(&c, "/notify.reply 1");
	client_say(&c, "/group/new 2 0 0");
	client_expect(&c, "/node/new 2");
	client_say(&c, "/node/free 2");
	client_expect(&c, "/node/ended 2");
	client_say(&c, "/notify 1"); /* twice is once */
	client_expect(&c, "/notify.reply 1");
	client_say(&c, "/group/new 3 0 0");
	client_expect(&c, "/node/new 3");
	client_silent(&c);
	client_say(&c, "/notify 0");
	client_expect(&c, "/notify.reply 0");
	client_say(&c, "/group/new 4 0 0");
	client_silent(&c);
}
END_TEST

START_TEST(notifications_come_to_who_asked_and_replies_to_who_sent)
{
	struct client *other = malloc(sizeof *other);

	client_open(other, d.url[0]);
	client_say(other, "/notify T");
	client_expect(other, "/notify.reply 1");
	client_say(&c, "/group/new -1 0 0");
	client_expect(&c, "/group/new.reply 1023");
	client_expect(other, "/node/new 1023");
	client_silent(&c);
	client_silent(other);
	client_close(other);
	free(other);
}
END_TEST

START_TEST(sync_is_answered_behind_all_that_came_before)
{
	client_say(&c, "/group/new -1 0 0");
	client_say(&c, "/node/free 77");
	client_say(&c, "/sync -5");
	client_expect_start(&c, "/group/new.reply");
	client_expect_error(&c, "/node/free", 404, 77, "no node 77");
	client_expect(&c, "/synced -5");
}
END_TEST

START_TEST(sync_waits_for_clear_and_not_for_the_future)
{
	static struct packet p;

	client_say(&c, "/notify 1");
	client_expect(&c, "/notify.reply 1");
	for (int i = 1; i <= 500; i++) {
		client_say(&c, "/group/new %d 0 0", i);
		client_expect(&c, "/node/new %d", i);
	}
	packet_bundle(&p, client_ntp_of(48000));
	packet_add(&p, "/group/new 900 0 0");
	client_send_packet(&c, &p);
	client_say(&c, "/clear");
	client_say(&c, "/sync 1");
	for (int i = 0; i < 500; i++) {
		client_expect_start(&c, "/node/ended ");
	}
	client_expect(&c, "/synced 1");
	client_say(&c, "/group/new 1 0 0"); /* its id is free again */
	client_expect(&c, "/node/new 1");
	client_say(&c, "/offline/run 48000");
	client_expect(&c, "/offline/run.reply h:48000");
	client_say(&c, "/offline/run 1");
	client_expect(&c, "/node/new 900"); /* what waits stays */
	client_expect(&c, "/offline/run.reply h:48001");
}
END_TEST

START_TEST(time_tells_sample_and_rate)
{
	client_say(&c, "/time");
	client_expect(&c, "/time.reply t:0x0000000000000000 h:0 d:48000.0");
	client_run(&c, 72000);
	client_say(&c, "/time");
	client_expect(&c, "/time.reply t:0x0000000180000000 h:72000 d:48000.0");
}
END_TEST

START_TEST(offline_run_lets_any_number_of_frames_pass)
{
	static const int frames[] = {1, 63, 64, 65, 0, 7, 1000, 128};
	int64_t sum = 0;

	for (size_t i = 0; i < sizeof frames / sizeof frames[0]; i++) {
		sum += frames[i];
		client_say(&c, "/offline/run %d", frames[i]);
		client_expect(&c, "/offline/run.reply h:%lld", (long long)sum);
		ck_assert_int_eq(client_sample(&c), sum);
	}
	/* commands behind it in the queue come after it */
	client_say(&c, "/offline/run 1000");
	client_say(&c, "/time");
	sum += 1000;
	client_expect(&c, "/offline/run.reply h:%lld", (long long)sum);
	client_expect_start(&c, "/time.reply");
	ck_assert_int_eq((int64_t)client_number(&c, 1), sum);
}
END_TEST

START_TEST(offline_run_tells_what_happened_before_it_is_answered)
{
	client_say(&c, "/notify 1");
	client_expect(&c, "/notify.reply 1");
	client_say(&c, "/synth/new done-after 5 0 0 [ time 0.01 ]");
	client_expect(&c, "/node/new 5");
	client_say(&c, "/synth/property/doneFlags/set 5 33");
	client_say(&c, "/synth/activate 5");
	client_say(&c, "/offline/run 400");
	client_expect(&c, "/offline/run.reply h:400");
	client_say(&c, "/offline/run 160");
	client_expect(&c, "/node/done 5");
	client_expect(&c, "/node/ended 5");
	client_expect(&c, "/offline/run.reply h:560");
}
END_TEST

START_TEST(at_applies_a_packet_at_its_sample)
{
	static struct packet inside;
	static struct packet p;

	client_say(&c, "/notify 1");
	client_expect(&c, "/notify.reply 1");
	packet_say(&inside, "/group/new 9 0 0");
	packet_at(&p, 1000, &inside);
	client_send_packet(&c, &p);
	client_silent(&c);
	client_say(&c, "/offline/run 1000");
	client_expect(&c, "/offline/run.reply h:1000");
	client_say(&c, "/offline/run 1");
	client_expect(&c, "/node/new 9");
	client_expect(&c, "/offline/run.reply h:1001");
}
END_TEST

START_TEST(dump_writes_packets_to_the_log)
{
	client_say(&c, "/dump 1");
	client_say(&c, "/group/new 1 0 0");
	daemon_await_log(&d, "/group/new 1 0 0");
	client_say(&c, "/dump 0");
	client_say(&c, "/group/new 2 0 0");
	client_silent(&c);
	ck_assert_ptr_null(strstr(daemon_log(&d), "/group/new 2 0 0"));
}
END_TEST

START_TEST(dump_shows_no_control_characters)
{
	static struct packet p;

	client_say(&c, "/dump 1");
	packet_say(&p, "/x abcdefg");
	memcpy(p.data + 8, "a\033[2J\nz", 7);
	client_send_packet(&c, &p);
	client_expect_error(&c, "/x", 404, NO_FIRST, "no such address");
	ck_assert_ptr_null(strchr(daemon_log(&d), '\033'));
	ck_assert_ptr_nonnull(strstr(d.log, "x1b[2J"));
}
END_TEST

START_TEST(log_level_changes_what_is_logged)
{
	client_say(&c, "/log/level err");
	client_say(&c, "/dump 1");
	client_say(&c, "/group/new 1 0 0");
	client_silent(&c);
	ck_assert_ptr_null(strstr(daemon_log(&d), "/group/new"));
	client_refused(&c, "/log/level loud", 422, NO_FIRST,
		"none of err, warn, info, debug");
	client_say(&c, "/log/level info");
	client_say(&c, "/group/new 2 0 0");
	daemon_await_log(&d, "/group/new 2 0 0");
}
END_TEST

/** Put a new configuration where the daemon reads it. */
static void
write_config(const char *text)
{
	char path[160];

	snprintf(path, sizeof path, "%s/tactus.conf", d.folder);
	FILE *f = fopen(path, "we");
	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	ck_assert_int_eq(fclose(f), 0);
}

START_TEST(config_reload_applies_all_of_a_file_or_none)
{
	char text[2048];

	complains = true;
	write_config("log: { level = \"debug\"; };\n"
		     "limits: { max_nodes = 77; };\n");
	client_say(&c, "/config/reload");
	client_expect(&c, "/config/reload.reply 1 1 \"limits.max_nodes\"");
	daemon_await_log(&d, "log.level is changed");
	daemon_await_log(&d, "limits.max_nodes changes at the next start");
	daemon_told(&d, text, sizeof text);
	ck_assert_int_eq(strncmp(text, "RELOADING=1\n", 12), 0);
	daemon_told(&d, text, sizeof text);
	ck_assert_int_eq(strncmp(text, "READY=1\n", 8), 0);
	write_config("log: { level = \"warn\"; };\nlimits: { max_nods = 1; };");
	client_refused(&c, "/config/reload", 422, NO_FIRST, "max_nods");
	ck_assert_ptr_nonnull(strstr(client_string(&c, 2), "tactus.conf:2"));
	client_silent(&c); /* and all goes on */
}
END_TEST

START_TEST(a_hangup_reloads_too)
{
	complains = true;
	write_config("log: { level = \"debug\"; };\n");
	ck_assert_int_eq(kill(d.pid, SIGHUP), 0);
	daemon_await_log(&d, "log.level is changed");
	write_config("log: { level = \"loudest\"; };\n");
	ck_assert_int_eq(kill(d.pid, SIGHUP), 0);
	daemon_await_log(&d, "nothing was changed");
	client_silent(&c);
}
END_TEST

START_TEST(quit_answers_and_ends)
{
	client_say(&c, "/synth/new sine 1 0 0");
	client_say(&c, "/synth/activate 1");
	client_say(&c, "/quit");
	client_expect(&c, "/quit.reply");
	ck_assert_int_eq(daemon_wait(&d), 0);
	begin(); /* for the end of this test */
}
END_TEST

/** A synth that sounds on channel 0. */
static void
sound(double amp)
{
	client_say(&c, "/synth/new sine 1 0 0 [ freq 1000.0 amp %g ]", amp);
	client_say(&c, "/synth/map/output 1 out 0 1");
	client_say(&c, "/synth/activate 1");
	client_silent(&c);
}

START_TEST(meter_tells_peak_and_rms_at_its_rate)
{
	sound(0.5);
	client_run(&c, 4800);
	client_say(&c, "/meter 1 10");
	client_silent(&c);
	client_say(&c, "/offline/run 48000");
	uint32_t levels = 0;
	while (strcmp(client_hear(&c), "/offline/run.reply h:52800") != 0) {
		ck_assert_msg(strncmp(c.text, "/meter.levels", 13) == 0, "%s",
			c.text);
		ck_assert_uint_eq(client_count(&c), 4);
		ck_assert_double_eq_tol(client_number(&c, 0), 0.5, 1e-3);
		ck_assert_double_eq_tol(client_number(&c, 1), 0.35355, 1e-3);
		ck_assert_double_eq(client_number(&c, 2), 0.0);
		levels++;
	}
	ck_assert_uint_ge(levels, 9);
	ck_assert_uint_le(levels, 11);
	client_say(&c, "/meter 0");
	client_silent(&c);
	client_say(&c, "/offline/run 48000");
	client_expect(&c, "/offline/run.reply h:100800");
	client_refused(&c, "/meter 1 51", 422, 1, "hz 51 is not within");
	client_refused(&c, "/meter 1 0", 422, 1, "hz 0 is not within");
	client_refused(&c, "/meter", 400, NO_FIRST, "argument 1 (on)");
}
END_TEST

START_TEST(meters_of_two_clients_have_rates_of_their_own)
{
	struct client *other = malloc(sizeof *other);
	uint32_t mine = 0;
	uint32_t theirs = 0;

	sound(0.5);
	client_open(other, d.url[0]);
	client_say(&c, "/meter 1 50");
	client_say(other, "/meter 1 5");
	client_silent(other);
	client_silent(&c);
	client_say(&c, "/offline/run 48000");
	while (strcmp(client_hear(&c), "/offline/run.reply h:48000") != 0) {
		mine++;
	}
	client_say(other, "/sync 1");
	while (strcmp(client_hear(other), "/synced 1") != 0) {
		theirs++;
	}
	ck_assert_uint_ge(mine, 49);
	ck_assert_uint_le(mine, 50);
	ck_assert_uint_ge(theirs, 4);
	ck_assert_uint_le(theirs, 6);
	client_close(other);
	free(other);
}
END_TEST

START_TEST(mute_silences_the_outputs_and_the_graph_runs_on)
{
	sound(0.5);
	client_say(&c, "/mute 1");
	client_run(&c, 480); /* its ramp */
	client_say(&c, "/meter 1 50");
	client_say(&c, "/offline/run 9600");
	client_expect(&c, "/meter.levels 0.0 0.0 0.0 0.0");
	client_seek(&c, "/offline/run.reply");
	client_say(&c, "/mute 0");
	client_run(&c, 960);
	client_say(&c, "/offline/run 960");
	client_expect_start(&c, "/meter.levels");
	ck_assert_double_gt(client_number(&c, 0), 0.49);
}
END_TEST

START_TEST(clear_frees_all_nodes_behind_a_ramp)
{
	sound(0.5);
	client_run(&c, 480);
	client_say(&c, "/clear");
	client_say(&c, "/node/tree");
	client_expect(&c, "/node/tree.reply 0 1 0 -1 \"group\" \"\" \"\" "
			  "\"running\"");
	client_say(&c, "/notify 1");
	client_expect(&c, "/notify.reply 1");
	client_say(&c, "/offline/run 4800");
	client_expect(&c, "/node/ended 1");
	client_expect(&c, "/offline/run.reply h:5280");
	client_say(&c, "/clear"); /* nothing to clear is no error */
	client_silent(&c);
}
END_TEST

START_TEST(ids_that_the_engine_chooses_are_told)
{
	client_say(&c, "/group/new -1 0 0");
	client_expect_start(&c, "/group/new.reply ");
	int group = (int)client_number(&c, 0);
	client_say(&c, "/synth/new sine -1 %d 1 [ 220 0.5 ]", group);
	client_expect_start(&c, "/synth/new.reply ");
	int synth = (int)client_number(&c, 0);
	ck_assert_int_ne(group, synth);
	client_say(&c, "/node/tree %d", group);
	client_expect(&c,
		"/node/tree.reply 0 1 %d 0 \"group\" \"\" \"\" \"running\" "
		"%d %d \"synth\" \"urn:tactus:synthdef:sine:1\" \"\" "
		"\"inactive\"",
		group, synth, group);
}
END_TEST

START_TEST(placement_is_head_tail_before_and_after)
{
	client_say(&c, "/group/new 1 0 0");
	client_say(&c, "/group/new 2 0 0"); /* 2 1 */
	client_say(&c, "/group/new 3 0 1"); /* 2 1 3 */
	client_say(&c, "/group/new 4 1 2"); /* 2 4 1 3 */
	client_say(&c, "/group/new 5 1 3"); /* 2 4 1 5 3 */
	client_say(&c, "/node/move 3 5 0"); /* 2 4 1 5(3) */
	client_say(&c, "/node/move 2 0 1"); /* 4 1 5(3) 2 */
	client_say(&c, "/node/tree");
	client_expect_start(&c, "/node/tree.reply 0 1 0 -1");
	static const int order[] = {0, 4, 1, 5, 3, 2};
	for (uint32_t i = 0; i < 6; i++) {
		ck_assert_int_eq((int)client_number(&c, 2 + 6 * i), order[i]);
	}
	ck_assert_int_eq((int)client_number(&c, 2 + 6 * 4 + 1), 5);
	client_say(&c, "/group/freeAll 5");
	client_say(&c, "/node/tree/statistics");
	client_expect(&c, "/node/tree/statistics.reply 5 0");
	client_say(&c, "/node/free 1");
	client_say(&c, "/node/tree/statistics");
	client_expect(&c, "/node/tree/statistics.reply 4 0");
}
END_TEST

START_TEST(query_tells_a_synth_with_its_ports)
{
	client_say(&c, "/group/new 1 0 0");
	client_say(&c, "/synth/new sine 2 1 0 [ freq 330.0 ]");
	client_say(&c, "/synth/new gain 3 1 1");
	client_say(&c, "/node/name 2 a.key-1");
	client_say(&c, "/synth/map/output 2 out 5 4");
	client_say(&c, "/synth/map/control 2 amp 7 0");
	client_say(&c, "/synth/activate 2");
	client_say(&c, "/node/query 2");
	client_expect(&c,
		"/node/info 2 0 1 1 -1 3 \"synth\" "
		"\"urn:tactus:synthdef:sine:1\" \"a.key-1\" \"running\" "
		"0 \"freq\" 330.0 -1 0 "
		"1 \"amp\" 0.1 7 0 "
		"2 \"phase\" 0.0 -1 0 "
		"3 \"out\" 0.0 5 4 [ ]");
	client_say(&c, "/node/query 0");
	client_expect(&c, "/node/info 0 0 1 -1 -1 -1 \"group\" \"\" \"\" "
			  "\"running\" [ ]");
	client_say(&c, "/synth/map/output 2 3 -1 0");
	client_say(&c, "/node/query 2");
	client_hear(&c);
	ck_assert_ptr_nonnull(strstr(c.text, "3 \"out\" 0.0 -1 0 [ ]"));
}
END_TEST

START_TEST(keys_move_with_their_name)
{
	client_say(&c, "/group/new 1 0 0");
	client_say(&c, "/group/new 2 0 1");
	client_say(&c, "/node/name 1 drone");
	client_say(&c, "/node/name 2 drone");
	client_say(&c, "/node/tree");
	client_expect(&c, "/node/tree.reply 0 1 "
			  "0 -1 \"group\" \"\" \"\" \"running\" "
			  "1 0 \"group\" \"\" \"\" \"running\" "
			  "2 0 \"group\" \"\" \"drone\" \"running\"");
	client_say(&c, "/node/name 2 \"\"");
	client_say(&c, "/node/tree 2");
	client_expect(&c, "/node/tree.reply 0 1 2 0 \"group\" \"\" \"\" "
			  "\"running\"");
}
END_TEST

START_TEST(the_tree_of_a_thousand_nodes_comes_in_small_pages)
{
	static bool seen[1024];
	int pages = 1;
	int nodes = 0;

	for (int i = 1; i <= 1000; i++) {
		client_say(&c, "/synth/new sine %d 0 1", i);
		client_say(&c, "/node/name %d key-%d", i, i);
		if (i % 50 == 0) {
			client_silent(&c);
		}
	}
	client_say(&c, "/node/tree");
	for (int page = 0; page < pages; page++) {
		client_hear(&c);
		ck_assert_str_eq(c.message.address, "/node/tree.reply");
		ck_assert_uint_lt(c.size, 1400);
		ck_assert_int_eq((int)client_number(&c, 0), page);
		pages = (int)client_number(&c, 1);
		ck_assert_int_gt(pages, 40);
		for (uint32_t i = 2; i < client_count(&c); i += 6) {
			int id = (int)client_number(&c, i);
			ck_assert_int_eq(id, nodes);
			ck_assert(!seen[id]);
			seen[id] = true;
			nodes++;
		}
	}
	ck_assert_int_eq(nodes, 1001);
	client_silent(&c);
}
END_TEST

START_TEST(a_node_of_many_ports_is_told_in_pages)
{
	int pages = 1;
	int ports = 0;

	client_say(&c, "/synth/new patch-cable 1 0 0 [ ] [ channels 64 ]");
	client_say(&c, "/node/query 1");
	for (int page = 0; page < pages; page++) {
		client_hear(&c);
		ck_assert_uint_lt(c.size, 1400);
		ck_assert_int_eq((int)client_number(&c, 0), 1);
		ck_assert_int_eq((int)client_number(&c, 1), page);
		pages = (int)client_number(&c, 2);
		uint32_t from = page == 0 ? 10 : 3;
		uint32_t left = client_count(&c) - from;
		left -= page == pages - 1 ? 2 : 0; /* [ ] */
		ck_assert_uint_eq(left % 5, 0);
		ports += (int)left / 5;
	}
	ck_assert_int_eq(ports, 128);
	ck_assert_int_gt(pages, 1);
	client_silent(&c);
}
END_TEST

START_TEST(defs_are_listed_and_described)
{
	static const char *const names[] = {"sine", "saw", "pulse", "noise",
		"patch-cable", "gain", "pan", "mixer", "filter", "asr-envelope",
		"adsr", "lfo", "done-after", "trigger-to-message", "eq",
		"delay", "envelope-follower"};
	bool found[sizeof names / sizeof names[0]] = {false};
	int pages = 1;

	client_say(&c, "/def/list");
	for (int page = 0; page < pages; page++) {
		client_expect_start(&c, "/def/list.reply ");
		ck_assert_uint_lt(c.size, 1400);
		pages = (int)client_number(&c, 1);
		for (uint32_t i = 2; i < client_count(&c); i += 3) {
			const char *kind = client_string(&c, i + 1);
			ck_assert_msg(strcmp(kind, "synth") == 0 ||
					      strcmp(kind, "resource") == 0 ||
					      strcmp(kind, "job") == 0,
				"%s", kind);
			for (size_t k = 0; k < sizeof found; k++) {
				found[k] = found[k] ||
					   strcmp(client_string(&c, i + 2),
						   names[k]) == 0;
			}
		}
	}
	for (size_t k = 0; k < sizeof found; k++) {
		ck_assert_msg(found[k], "%s is not listed", names[k]);
		client_say(&c, "/def/query %s", names[k]);
		client_expect_start(&c, "/def/query.reply 0 1 \"");
		ck_assert_uint_eq((client_count(&c) - 3) % 10, 0);
	}
	client_say(&c, "/def/query urn:tactus:synthdef:gain:1");
	client_expect_start(&c, "/def/query.reply 0 1 \"");
	ck_assert_ptr_nonnull(strstr(c.text,
		"0 \"gain\" \"control\" \"input\" \"\" -16.0 16.0 1.0 "
		"\"linear\" \"\" 1 \"in\" \"audio\" \"input\""));
}
END_TEST

START_TEST(set_clamps_converts_and_ramps)
{
	client_say(&c, "/synth/new sine 1 0 0");
	client_say(&c, "/node/set 1 freq 220 1 d:0.5 phase T");
	client_say(&c, "/node/query 1");
	client_hear(&c);
	ck_assert_ptr_nonnull(strstr(c.text,
		"0 \"freq\" 220.0 -1 0 1 \"amp\" 0.5 -1 0 2 \"phase\" 1.0"));
	client_say(&c, "/node/set 1 freq 1e30 amp -100");
	client_say(&c, "/node/query 1");
	client_hear(&c);
	ck_assert_ptr_nonnull(
		strstr(c.text, "0 \"freq\" 24000.0 -1 0 1 \"amp\" -8.0"));
	client_say(&c, "/node/set 1 amp [ 0.0 1.0 ]");
	client_run(&c, 24000);
	client_say(&c, "/node/query 1");
	client_hear(&c);
	ck_assert_msg(
		strstr(c.text, "1 \"amp\" -3.99983") != NULL, "%s", c.text);
	client_run(&c, 24000);
	client_say(&c, "/node/query 1");
	client_hear(&c);
	ck_assert_ptr_nonnull(strstr(c.text, "1 \"amp\" 0.0"));
}
END_TEST

START_TEST(run_pauses_and_release_frees)
{
	sound(0.5);
	client_say(&c, "/node/run 1 0");
	client_run(&c, 480);
	client_say(&c, "/node/query 1");
	client_hear(&c);
	ck_assert_ptr_nonnull(strstr(c.text, "\"paused\""));
	client_say(&c, "/node/run 1 1");
	client_say(&c, "/node/release 1 0.1");
	client_say(&c, "/node/query 1");
	client_hear(&c);
	ck_assert_ptr_nonnull(strstr(c.text, "\"releasing\""));
	client_run(&c, 4799);
	client_say(&c, "/node/tree/statistics");
	client_expect(&c, "/node/tree/statistics.reply 1 1");
	client_run(&c, 65);
	client_say(&c, "/node/tree/statistics");
	client_expect(&c, "/node/tree/statistics.reply 1 0");
}
END_TEST

START_TEST(triggers_send_messages_and_lose_none)
{
	client_say(&c, "/notify 1");
	client_expect(&c, "/notify.reply 1");
	client_say(
		&c, "/synth/new trigger-to-message 3 0 0 [ id 7 value 0.5 ]");
	client_expect(&c, "/node/new 3");
	client_say(&c, "/synth/activate 3");
	for (int i = 0; i < 5; i++) {
		client_say(&c, "/node/set 3 trigger 1 trigger 1");
	}
	client_silent(&c);
	client_say(&c, "/offline/run 64");
	for (int i = 0; i < 10; i++) {
		client_expect(&c, "/trigger 3 7 0.5");
	}
	client_expect(&c, "/offline/run.reply h:64");
}
END_TEST

START_TEST(bundles_are_applied_at_one_sample_in_order)
{
	static struct packet p;

	packet_bundle(&p, OSC_NOW);
	packet_add(&p, "/group/new 1 0 0");
	packet_add(&p, "/group/new 1 0 0"); /* fails, and it alone */
	packet_add(&p, "/synth/new sine 2 1 0");
	packet_add(&p, "/node/free 2");
	packet_add(&p, "/sync 4");
	client_send_packet(&c, &p);
	client_expect_error(&c, "/group/new", 409, 1, "node id 1 is taken");
	client_expect(&c, "/synced 4");
	client_say(&c, "/node/tree/statistics");
	client_expect(&c, "/node/tree/statistics.reply 2 0");
}
END_TEST

START_TEST(nested_bundles_have_times_of_their_own)
{
	static struct packet outer;
	static struct packet inner;

	client_say(&c, "/notify 1");
	client_expect(&c, "/notify.reply 1");
	packet_bundle(&outer, client_ntp_of(100));
	packet_add(&outer, "/group/new 1 0 0");
	packet_bundle(&inner, client_ntp_of(300));
	packet_add(&inner, "/group/new 3 0 0");
	packet_add_packet(&outer, &inner);
	packet_bundle(&inner, client_ntp_of(50)); /* earlier: as the outer */
	packet_add(&inner, "/group/new 2 0 0");
	packet_add_packet(&outer, &inner);
	client_send_packet(&c, &outer);
	client_silent(&c);
	client_say(&c, "/offline/run 100");
	client_expect(&c, "/offline/run.reply h:100");
	client_say(&c, "/offline/run 200");
	client_expect(&c, "/node/new 1");
	client_expect(&c, "/node/new 2");
	client_expect(&c, "/offline/run.reply h:300");
	client_say(&c, "/offline/run 1");
	client_expect(&c, "/node/new 3");
	client_expect(&c, "/offline/run.reply h:301");
}
END_TEST

START_TEST(late_bundles_are_applied_counted_and_told)
{
	static struct packet inside;
	static struct packet p;

	client_run(&c, 48000);
	packet_bundle(&p, client_ntp_of(24000));
	packet_add(&p, "/group/new 1 0 0");
	client_send_packet(&c, &p);
	client_expect_start(&c, "/late ");
	ck_assert_double_eq_tol(client_number(&c, 0), 0.5, 1e-3);
	packet_say(&inside, "/group/new 2 0 0");
	packet_at(&p, 47999, &inside);
	client_send_packet(&c, &p);
	client_expect_start(&c, "/late ");
	ck_assert_double_eq(client_stat(&c, "late"), 2.0);
	client_say(&c, "/node/tree/statistics");
	client_expect(&c, "/node/tree/statistics.reply 3 0");
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("system/addresses");
	TCase *t = daemon_case(s, "addresses");

	tcase_add_checked_fixture(t, begin, end);
	tcase_add_test(t, version_tells_name_version_and_abi);
	tcase_add_test(t, status_tells_the_state_of_an_idle_engine);
	tcase_add_test(t, stats_tell_every_name_of_the_contract);
	tcase_add_test(t, notify_brings_notifications_until_it_is_ended);
	tcase_add_test(
		t, notifications_come_to_who_asked_and_replies_to_who_sent);
	tcase_add_test(t, sync_is_answered_behind_all_that_came_before);
	tcase_add_test(t, sync_waits_for_clear_and_not_for_the_future);
	tcase_add_test(t, time_tells_sample_and_rate);
	tcase_add_test(t, offline_run_lets_any_number_of_frames_pass);
	tcase_add_test(
		t, offline_run_tells_what_happened_before_it_is_answered);
	tcase_add_test(t, at_applies_a_packet_at_its_sample);
	tcase_add_test(t, dump_writes_packets_to_the_log);
	tcase_add_test(t, dump_shows_no_control_characters);
	tcase_add_test(t, log_level_changes_what_is_logged);
	tcase_add_test(t, config_reload_applies_all_of_a_file_or_none);
	tcase_add_test(t, a_hangup_reloads_too);
	tcase_add_test(t, quit_answers_and_ends);
	tcase_add_test(t, meter_tells_peak_and_rms_at_its_rate);
	tcase_add_test(t, meters_of_two_clients_have_rates_of_their_own);
	tcase_add_test(t, mute_silences_the_outputs_and_the_graph_runs_on);
	tcase_add_test(t, clear_frees_all_nodes_behind_a_ramp);
	tcase_add_test(t, ids_that_the_engine_chooses_are_told);
	tcase_add_test(t, placement_is_head_tail_before_and_after);
	tcase_add_test(t, query_tells_a_synth_with_its_ports);
	tcase_add_test(t, keys_move_with_their_name);
	tcase_add_test(t, the_tree_of_a_thousand_nodes_comes_in_small_pages);
	tcase_add_test(t, a_node_of_many_ports_is_told_in_pages);
	tcase_add_test(t, defs_are_listed_and_described);
	tcase_add_test(t, set_clamps_converts_and_ramps);
	tcase_add_test(t, run_pauses_and_release_frees);
	tcase_add_test(t, triggers_send_messages_and_lose_none);
	tcase_add_test(t, bundles_are_applied_at_one_sample_in_order);
	tcase_add_test(t, nested_bundles_have_times_of_their_own);
	tcase_add_test(t, late_bundles_are_applied_counted_and_told);
	return daemon_run(s);
}
