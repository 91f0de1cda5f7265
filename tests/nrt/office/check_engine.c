/* SPDX-License-Identifier: MIT */
/*
 * check_engine.c -- messages about the engine as a whole, and their answers.
 */
#include <config.h>

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine.h"
#include "log.h"
#include "office_private.h"
#include "rooms.h"
#include "threads.h"
#include "wire.h"

static struct rooms rooms;
static struct rooms *r = &rooms;

/* --- hooks that take notes --- */

static char noted[256];
static int reload_code;
static uint32_t reload_waits;

static void
on_quit(void *user)
{
	ck_assert_ptr_eq(user, noted);
	strcat(noted, "quit ");
}

static int
on_reload(void *user, struct office_reloaded *told)
{
	ck_assert_ptr_eq(user, noted);
	strcat(noted, "reload ");
	told->applied = 2;
	told->waiting = reload_waits;
	for (uint32_t i = 0; i < reload_waits; i++) {
		told->path[i] = "limits.max_total_resource_bytes";
	}
	snprintf(told->why, sizeof told->why, "line 3: no such thing");
	return reload_code;
}

static void
open_with_hooks(void)
{
	noted[0] = '\0';
	r->hooks = (struct office_hooks){
		.user = noted, .quit = on_quit, .reload = on_reload};
	rooms_open(r, NULL);
}

static void
setup(void)
{
	rooms_open(r, NULL);
}

static void
teardown(void)
{
	rooms_close(r);
}

START_TEST(version_tells_name_version_and_abi)
{
	char wanted[100];

	snprintf(wanted, sizeof wanted, "/version.reply \"tactus\" \"%s\" %d\n",
		PACKAGE_VERSION, TACTUS_ABI_VERSION);
	ck_assert_str_eq(rooms_ask(r, "/version"), wanted);
}
END_TEST

START_TEST(status_has_its_twelve_values)
{
	ck_assert_str_eq(rooms_ask(r, "/status"),
		"/status.reply 1 0 1 0 0.0 0.0 0 0 d:48000.0 64 \"offline\" "
		"\"running\"\n");
	rooms_ask(r, "/group/new 5 0 0");
	rooms_ask(r, "/synth/new sine 6 5 0");
	ck_assert_str_eq(rooms_ask(r, "/status"),
		"/status.reply 3 1 2 0 0.0 0.0 0 0 d:48000.0 64 \"offline\" "
		"\"running\"\n");
}
END_TEST

static const char *
state(void)
{
	static char word[40];
	const char *text = rooms_ask(r, "/status");
	const char *at = strstr(text, "\"offline\" \"");

	ck_assert_ptr_nonnull(at);
	ck_assert_int_eq(sscanf(at + 11, "%39[^\"]", word), 1);
	return word;
}

START_TEST(state_names_the_gravest_of_what_is_so)
{
	struct gauges *g = &r->wire->gauges;

	office_set_degraded(r->office, true);
	ck_assert_str_eq(state(), "degraded");
	rooms_ask(r, "/mute 1");
	ck_assert_str_eq(state(), "muted");
	office_set_device_lost(r->office, true);
	ck_assert_str_eq(state(), "device-lost");
	gauge_set(g, GAUGE_RUNNING, 0);
	ck_assert_str_eq(state(), "starting");
	office_set_stopping(r->office);
	ck_assert_str_eq(state(), "stopping");
	gauge_set(g, GAUGE_RUNNING, 1);
	ck_assert_str_eq(state(), "stopping");
}
END_TEST

START_TEST(mute_answers_nothing_and_ends)
{
	ck_assert_str_eq(rooms_ask(r, "/mute 1"), "");
	ck_assert_str_eq(state(), "muted");
	ck_assert_str_eq(rooms_ask(r, "/mute F"), "");
	ck_assert_str_eq(state(), "running");
}
END_TEST

/** Names that programs of others may count on, whatever is added. */
static const char *const stats_wanted[] = {"packets", "malformed", "errors",
	"denied", "late", "dropped", "xruns", "underruns", "overruns", "nan",
	"faults", "rt_faults", "events_pending", "commands_pending",
	"pool_256_free", "connections", "threads", "renewals"};

START_TEST(stats_are_pairs_of_all_names_in_one_page_for_one_thread)
{
	for (size_t i = 0; i < sizeof stats_wanted / sizeof stats_wanted[0];
		i++) {
		(void)rooms_stat(r, stats_wanted[i]);
	}
	r->largest = 0;
	const char *text = rooms_ask(r, "/stats");
	uint32_t pages = rooms_count(text, "/stats.reply ");
	/* loads of helpers take room: one page is what fits of one thread */
	ck_assert_uint_eq(pages > 1, threads_wanted() > 1);
	ck_assert_uint_eq(rooms_count(text, "/"), pages);
	ck_assert_uint_lt(r->largest, PAGE_BYTES);
}
END_TEST

START_TEST(stats_come_in_pages_with_the_most_pools_and_an_xrun)
{
	static const char *const sets[] = {
		"pools=({size=1048576;count=1;},{size=1048640;count=1;},"
		"{size=1048704;count=1;},{size=1048768;count=1;},"
		"{size=1048832;count=1;},{size=1048896;count=1;},"
		"{size=1048960;count=1;},{size=1049024;count=1;},"
		"{size=1049088;count=1;},{size=1049152;count=1;},"
		"{size=1049216;count=1;},{size=1049280;count=1;},"
		"{size=1049344;count=1;},{size=1049408;count=1;},"
		"{size=1049472;count=1;},{size=1049536;count=1;})",
		NULL};

	rooms_close(r);
	rooms_open(r, sets);
	engine_xrun(r->engine, XRUN_STALLED, 1500000, 72);
	rooms_turn(r);
	ck_assert_double_eq(rooms_stat(r, "pool_1049536_free"), 1.0);
	ck_assert_double_eq(rooms_stat(r, "xruns"), 1.0);
	ck_assert_double_eq(rooms_stat(r, "xruns_stalled"), 1.0);
	ck_assert_double_eq(rooms_stat(r, "xruns_dsp"), 0.0);
	ck_assert_double_eq(rooms_stat(r, "xrun_last_late_us"), 1500.0);
	ck_assert_double_eq(rooms_stat(r, "xrun_last_lost"), 72.0);
	ck_assert_uint_lt(r->largest, PAGE_BYTES);
	const char *text = rooms_ask(r, "/stats");
	ck_assert_uint_eq(rooms_count(text, "/stats.reply 0 2 \"packets\""), 1);
	ck_assert_uint_eq(rooms_count(text, "/stats.reply 1 2 "), 1);
}
END_TEST

/** What /stats answers while the gauges are as the test has set them. */
static const char *
stats_as_they_are(struct batch *asked)
{
	outcome_take(r->office, asked, 0);
	return rooms_heard(r);
}

START_TEST(stats_tell_of_threads_and_levels_where_there_are_any)
{
	static const char *const planned[] = {"\"levels\" d:3.0",
		"\"width\" d:12.0", "\"runs\" d:5.0", "\"unplanned\" d:2.0",
		"\"helpers_late\" d:0.0", "\"helper_stalls\" d:0.0",
		"\"thread_0_load\" d:0.25"};
	struct gauges *g = r->office->gauges;
	struct batch *b[3] = {NULL};
	char name[40];

	for (size_t i = 0; i < 3; i++) {
		rooms_put(r, "/stats");
		ck_assert_uint_eq(ring_take(r->wire->commands, &b[i], 1), 1);
	}
	gauge_set(g, GAUGE_THREADS, 1);
	gauge_set(g, GAUGE_THREAD_LOAD, 250000);
	const char *text = stats_as_they_are(b[0]);
	ck_assert_ptr_nonnull(strstr(text, "\"threads\" d:1.0"));
	ck_assert_ptr_null(strstr(text, "\"levels\""));
	ck_assert_ptr_null(strstr(text, "thread_"));
	/* one thread, by a plan */
	gauge_set(g, GAUGE_LEVELS, 3);
	gauge_set(g, GAUGE_WIDTH, 12);
	gauge_set(g, GAUGE_RUNS, 5);
	gauge_set(g, GAUGE_UNPLANNED, 2);
	text = stats_as_they_are(b[1]);
	for (size_t i = 0; i < sizeof planned / sizeof *planned; i++) {
		ck_assert_msg(strstr(text, planned[i]) != NULL, "%s: %s",
			planned[i], text);
	}
	ck_assert_ptr_null(strstr(text, "thread_1_load"));
	/* as many as there can be, and what is no number of threads */
	gauge_set(g, GAUGE_THREADS, 70);
	gauge_set(g, GAUGE_THREAD_LAST, 1000000);
	r->largest = 0;
	text = stats_as_they_are(b[2]);
	for (int i = 0; i < GAUGE_MAX_THREADS; i++) {
		snprintf(name, sizeof name, "\"thread_%d_load\" d:", i);
		ck_assert_msg(strstr(text, name) != NULL, "%s", name);
	}
	ck_assert_ptr_nonnull(strstr(text, "\"thread_63_load\" d:1.0\n"));
	ck_assert_uint_lt(r->largest, PAGE_BYTES);
}
END_TEST

START_TEST(stats_count_what_the_program_tells)
{
	office_set_faults(r->office, 3);
	office_set_rights(r->office, true, false);
	office_count_audit(r->office);
	office_count_audit(r->office);
	ck_assert_double_eq(rooms_stat(r, "rt_faults"), 3.0);
	ck_assert_double_eq(rooms_stat(r, "rt_fifo"), 1.0);
	ck_assert_double_eq(rooms_stat(r, "rt_locked"), 0.0);
	ck_assert_double_eq(rooms_stat(r, "audit"), 2.0);
}
END_TEST

START_TEST(sync_is_answered_while_time_stands_still)
{
	ck_assert_str_eq(rooms_ask(r, "/sync -5"), "/synced -5\n");
	ck_assert_str_eq(rooms_ask(r, "/sync f:7"), "/synced 7\n");
}
END_TEST

START_TEST(sync_waits_for_the_last_node_of_a_clear)
{
	char words[60];

	for (int i = 1; i <= 200; i++) {
		snprintf(words, sizeof words, "/group/new %d 0 1", i);
		ck_assert_str_eq(rooms_ask(r, words), "");
	}
	rooms_put(r, "/clear");
	rooms_put(r, "/sync 1");
	rooms_put(r, "/node/tree/statistics");
	rooms_turn(r);
	ck_assert_str_eq(
		rooms_heard(r), "/node/tree/statistics.reply 1 0\n/synced 1\n");
	ck_assert_str_eq(rooms_ask(r, "/group/new 5 0 1"), "");
}
END_TEST

START_TEST(time_tells_tag_sample_and_rate_that_agree)
{
	char wanted[100];

	ck_assert_str_eq(rooms_ask(r, "/time"),
		"/time.reply t:0x0000000000000000 h:0 d:48000.0\n");
	ck_assert_str_eq(rooms_ask(r, "/offline/run 12000"),
		"/offline/run.reply h:12000\n");
	snprintf(wanted, sizeof wanted,
		"/time.reply t:0x%016llx h:12000 d:48000.0\n",
		(unsigned long long)rooms_tag(12000));
	ck_assert_str_eq(rooms_ask(r, "/time"), wanted);
}
END_TEST

START_TEST(offline_run_passes_parts_of_blocks)
{
	ck_assert_str_eq(
		rooms_ask(r, "/offline/run 1"), "/offline/run.reply h:1\n");
	ck_assert_str_eq(
		rooms_ask(r, "/offline/run 0"), "/offline/run.reply h:1\n");
	ck_assert_str_eq(
		rooms_ask(r, "/offline/run 100"), "/offline/run.reply h:101\n");
	ck_assert_uint_eq(rooms_now(r), 101);
	ck_assert_str_eq(rooms_ask(r, "/offline/run -1"),
		"/error \"/offline/run\" 422 \"frames -1 is below 0\" -1\n");
}
END_TEST

START_TEST(offline_runs_in_a_row_tell_each_its_own_sample)
{
	rooms_put(r, "/offline/run 10");
	rooms_put(r, "/offline/run 20");
	/* rt is through with both before the office looks */
	engine_take(r->engine);
	engine_render(r->engine, NULL, r->out, 10);
	engine_take(r->engine);
	engine_render(r->engine, NULL, r->out, 20);
	engine_flush(r->engine);
	office_drain(r->office);
	ck_assert_str_eq(rooms_heard(r),
		"/offline/run.reply h:10\n/offline/run.reply h:30\n");
}
END_TEST

START_TEST(offline_run_is_refused_when_time_moves_by_itself)
{
	rooms_close(r);
	r->realtime = true;
	rooms_open(r, NULL);
	ck_assert_str_eq(rooms_ask(r, "/offline/run 1"),
		"/error \"/offline/run\" 409 \"time moves by itself: this is "
		"for audio.driver \\\"offline\\\"\" 1\n");
	r->realtime = false;
}
END_TEST

START_TEST(log_level_is_set_by_its_name)
{
	enum log_level before = log_get_level();

	ck_assert_str_eq(rooms_ask(r, "/log/level debug"), "");
	ck_assert_int_eq(log_get_level(), LOG_LEVEL_DEBUG);
	ck_assert_str_eq(rooms_ask(r, "/log/level loud"),
		"/error \"/log/level\" 422 \"level \\\"loud\\\" is none of "
		"err, warn, info, debug\"\n");
	ck_assert_int_eq(log_get_level(), LOG_LEVEL_DEBUG);
	log_set_level(before);
}
END_TEST

START_TEST(dump_logs_each_message_until_it_is_off)
{
	struct rooms_bundle b;

	rooms_log_begin();
	rooms_ask(r, "/dump 1");
	rooms_bundle(&b, 1);
	rooms_bundle_add(&b, "/sync 1");
	rooms_bundle_add(&b, "/no/such i:5 s:a\x1b[2Jb");
	rooms_bundle_ask(r, &b);
	ck_assert(rooms_has_logged("dump: local: /sync 1\n"));
	ck_assert(
		rooms_has_logged("dump: local: /no/such 5 \"a\\\\x1b[2Jb\"\n"));
	rooms_ask(r, "/dump 0");
	rooms_log_begin();
	rooms_ask(r, "/version");
	ck_assert(!rooms_has_logged("/version"));
	rooms_log_end();
}
END_TEST

START_TEST(reload_tells_what_changed_and_what_waits)
{
	rooms_close(r);
	open_with_hooks();
	reload_waits = 2;
	ck_assert_str_eq(rooms_ask(r, "/config/reload"),
		"/config/reload.reply 2 2 \"limits.max_total_resource_bytes\" "
		"\"limits.max_total_resource_bytes\"\n");
	reload_code = 422;
	ck_assert_str_eq(rooms_ask(r, "/config/reload"),
		"/error \"/config/reload\" 422 \"line 3: no such thing\"\n");
	ck_assert_str_eq(noted, "reload reload ");
	r->hooks = (struct office_hooks){.user = NULL};
}
END_TEST

START_TEST(reload_answers_in_one_page_when_all_settings_wait)
{
	rooms_close(r);
	open_with_hooks();
	reload_waits = CONFIG_MAX_SETTINGS;
	ck_assert_str_eq(rooms_heard(r), "");
	r->largest = 0;
	const char *text = rooms_ask(r, "/config/reload");
	ck_assert_uint_eq(rooms_count(text, "/config/reload.reply 2 80 "), 1);
	ck_assert_uint_lt(r->largest, PAGE_BYTES);
	r->hooks = (struct office_hooks){.user = NULL};
}
END_TEST

START_TEST(reload_is_refused_where_there_is_nothing_to_reload)
{
	ck_assert_str_eq(rooms_ask(r, "/config/reload"),
		"/error \"/config/reload\" 409 \"there is nothing to reload "
		"here\"\n");
}
END_TEST

START_TEST(quit_is_answered_after_what_was_sent_before_then_obeyed)
{
	rooms_close(r);
	open_with_hooks();
	rooms_put(r, "/group/new -1 0 0");
	rooms_put(r, "/quit");
	ck_assert_str_eq(noted, "");
	rooms_turn(r);
	char wanted[80];
	snprintf(wanted, sizeof wanted, "/group/new.reply %u\n/quit.reply\n",
		r->config->limits.max_nodes - 1);
	ck_assert_str_eq(rooms_heard(r), wanted);
	ck_assert_str_eq(noted, "quit ");
	r->hooks = (struct office_hooks){.user = NULL};
}
END_TEST

START_TEST(all_is_refused_while_the_engine_stops)
{
	ck_assert_int_eq(office_stop(r->office), 0);
	engine_take(r->engine);
	ck_assert_str_eq(rooms_ask(r, "/group/new 5 0 0"),
		"/error \"/group/new\" 503 \"the engine is stopping\" 5\n");
	ck_assert_str_eq(rooms_ask(r, "/sync 3"), "/synced 3\n");
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("nrt/engine");
	TCase *tc = tcase_create("engine");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, version_tells_name_version_and_abi);
	tcase_add_test(tc, status_has_its_twelve_values);
	tcase_add_test(tc, state_names_the_gravest_of_what_is_so);
	tcase_add_test(tc, mute_answers_nothing_and_ends);
	tcase_add_test(
		tc, stats_are_pairs_of_all_names_in_one_page_for_one_thread);
	tcase_add_test(tc, stats_come_in_pages_with_the_most_pools_and_an_xrun);
	tcase_add_test(
		tc, stats_tell_of_threads_and_levels_where_there_are_any);
	tcase_add_test(tc, stats_count_what_the_program_tells);
	tcase_add_test(tc, sync_is_answered_while_time_stands_still);
	tcase_add_test(tc, sync_waits_for_the_last_node_of_a_clear);
	tcase_add_test(tc, time_tells_tag_sample_and_rate_that_agree);
	tcase_add_test(tc, offline_run_passes_parts_of_blocks);
	tcase_add_test(tc, offline_runs_in_a_row_tell_each_its_own_sample);
	tcase_add_test(tc, offline_run_is_refused_when_time_moves_by_itself);
	tcase_add_test(tc, log_level_is_set_by_its_name);
	tcase_add_test(tc, dump_logs_each_message_until_it_is_off);
	tcase_add_test(tc, reload_tells_what_changed_and_what_waits);
	tcase_add_test(tc, reload_answers_in_one_page_when_all_settings_wait);
	tcase_add_test(tc, reload_is_refused_where_there_is_nothing_to_reload);
	tcase_add_test(
		tc, quit_is_answered_after_what_was_sent_before_then_obeyed);
	tcase_add_test(tc, all_is_refused_while_the_engine_stops);
	suite_add_tcase(s, tc);
	return rooms_run(s);
}
