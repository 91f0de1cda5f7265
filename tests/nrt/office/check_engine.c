/* SPDX-License-Identifier: MIT */
/*
 * check_engine.c -- messages about the engine as a whole, and their answers.
 */
#include <config.h>

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log.h"
#include "office_private.h"
#include "rooms.h"
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

/** All names that the contract wants (RULINGS 5). */
static const char *const stats_wanted[] = {"packets", "malformed", "errors",
	"denied", "late", "dropped", "xruns", "underruns", "overruns", "nan",
	"faults", "rt_faults", "events_pending", "commands_pending",
	"pool_256_free"};

START_TEST(stats_are_pairs_of_all_names_in_one_page)
{
	for (size_t i = 0; i < sizeof stats_wanted / sizeof stats_wanted[0];
		i++) {
		(void)rooms_stat(r, stats_wanted[i]);
	}
	r->largest = 0;
	const char *text = rooms_ask(r, "/stats");
	ck_assert_uint_eq(rooms_count(text, "/stats.reply "), 1);
	ck_assert_uint_eq(rooms_count(text, "/"), 1);
	printf("stats %zu: %s\n", r->largest, text);
	ck_assert_uint_lt(r->largest, PAGE_BYTES);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("nrt/engine");
	TCase *tc = tcase_create("engine");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, version_tells_name_version_and_abi);
	tcase_add_test(tc, status_has_its_twelve_values);
	tcase_add_test(tc, state_names_the_gravest_of_what_is_so);
	tcase_add_test(tc, mute_answers_nothing_and_ends);
	tcase_add_test(tc, stats_are_pairs_of_all_names_in_one_page);
	suite_add_tcase(s, tc);
	(void)open_with_hooks;
	SRunner *runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
