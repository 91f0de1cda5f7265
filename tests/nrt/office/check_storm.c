/* SPDX-License-Identifier: MIT */
/*
 * check_storm.c -- 20,000 random messages, sound and not, through the rooms:
 * each that fails is answered by exactly one /error about its address, the
 * counts of both sides agree, and in the end all is as it was.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine.h"
#include "office_private.h"
#include "rooms.h"
#include "wire.h"

#define MESSAGES 20000

static struct rooms rooms;
static struct rooms *r = &rooms;
static uint32_t seed;

/** Numerical Recipes' quick generator; the high bits are the good ones. */
static uint32_t
chance(uint32_t below)
{
	seed = seed * 1664525U + 1013904223U;
	return (uint32_t)(((uint64_t)seed * below) >> 32);
}

/** What a storm does not send: it would end, or flood the log, or need a
 * client that can be told later. */
static bool
is_left_out(const struct address *a)
{
	static const char *const out[] = {"/quit", "/dump", "/log/level",
		"/notify", "/meter", "/at", "/offline/run"};

	for (size_t i = 0; i < sizeof out / sizeof out[0]; i++) {
		if (strcmp(a->name, out[i]) == 0) {
			return true;
		}
	}
	return false;
}

static const struct address *
any_address(void)
{
	uint32_t count = 0;

	while (address_table[count].name != NULL) {
		count++;
	}
	for (;;) {
		const struct address *a = &address_table[chance(count)];
		if (!is_left_out(a)) {
			return a;
		}
	}
}

static void
add(char *text, size_t size, const char *words)
{
	size_t at = strlen(text);

	(void)snprintf(text + at, size - at, " %s", words);
}

static void
add_number(char *text, size_t size, uint32_t below, int32_t from)
{
	size_t at = strlen(text);

	(void)snprintf(
		text + at, size - at, " %d", (int32_t)chance(below) + from);
}

/** An argument such as this address may want, as a rule. */
static void
add_argument(char *text, size_t size, bool first)
{
	static const char *const odd[] = {" N", " T", " f:nan",
		" h:99999999999", " d:1e300", " b:00112233", " [", " ]",
		" s:", " I", " t:now", "f:1.5"};

	switch (chance(first ? 12 : 24)) {
	case 0:
		add(text, size, odd[chance(6)]);
		break;
	case 1:
	case 2:
		add(text, size, "s:amp");
		break;
	case 3:
		add(text, size, "-1");
		break;
	case 4:
		add_number(text, size, 2000, -100);
		break;
	case 12:
		add(text, size, "[ 0.5 0.01 ]");
		break;
	case 13:
		add(text, size, "[ freq 100 ]");
		break;
	case 14:
		add(text, size, "[ ] [ channels");
		add_number(text, size, 5, 0);
		add(text, size, "]");
		break;
	case 15:
		add(text, size, odd[8 + chance(4)]);
		break;
	case 16:
		add(text, size, "s:freq");
		break;
	default:
		add_number(text, size, 30, 0);
	}
}

/** A random message; half of them are likely to be sound. */
static void
any_message(char *text, size_t size, const char **address)
{
	static const char *const def[] = {"sine", "gain", "patch-cable",
		"done-after", "trigger-to-message", "nothing"};
	const struct address *a = any_address();

	*address = a->name;
	(void)snprintf(text, size, "%s", a->name);
	if (chance(40) == 0) {
		*address = "/storm/nothing";
		(void)snprintf(text, size, "%s", *address);
	}
	if (strcmp(a->name, "/synth/new") == 0 && chance(10) > 0) {
		static const char *const more[] = {"", "[ ]",
			"[ ] [ channels 2 ]", "[ 0.5 ]", "[ amp 1 ]"};
		add(text, size, def[chance(6)]);
		add_number(text, size, 40, -1);
		add_number(text, size, 10, 0);
		add_number(text, size, 5, 0);
		add(text, size, more[chance(5)]);
		return;
	}
	uint32_t count = chance(5);
	for (uint32_t i = 0; i < count; i++) {
		add_argument(text, size, i == 0);
	}
}

/** How many errors are about an address. */
static uint32_t
errors_about(const char *heard, const char *address)
{
	char start[100];

	(void)snprintf(start, sizeof start, "/error \"%s\" ", address);
	return rooms_count(heard, start);
}

/** What a message that is done answers, beside errors; -1: one or none. */
static int
answers_of(const char *address)
{
	static const char *const one[] = {"/version", "/status", "/sync",
		"/time", "/node/query", "/node/tree/statistics", "/def/query",
		"/config/reload", "/resource/query", "/resource/list",
		"/job/list"};

	for (size_t i = 0; i < sizeof one / sizeof one[0]; i++) {
		if (strcmp(address, one[i]) == 0) {
			return 1;
		}
	}
	/* lists have pages */
	return strcmp(address, "/group/new") == 0 ||
			       strcmp(address, "/def/list") == 0 ||
			       strcmp(address, "/synth/new") == 0 ||
			       strcmp(address, "/stats") == 0 ||
			       strcmp(address, "/node/tree") == 0
		       ? -1
		       : 0;
}

/** One message by itself: exactly what it deserves comes back. */
static void
one(const char *text, const char *address, const uint8_t *data, size_t size)
{
	uint64_t errors = r->errors;

	rooms_packet(r, data, size);
	rooms_turn(r);
	const char *heard = rooms_heard(r);
	uint32_t wrong = errors_about(heard, address);
	uint32_t lines = rooms_count(heard, "/");
	int wanted = answers_of(address);

	ck_assert_msg(r->errors - errors == wrong && wrong <= 1, "%s: %s", text,
		heard);
	ck_assert_msg(wrong == 0 || lines == 1, "%s: %s", text, heard);
	ck_assert_msg(wrong == 1 || wanted < 0 || lines == (uint32_t)wanted,
		"%s: %s", text, heard);
}

/** Some of them in a bundle, now or soon. */
static void
bundle(struct rooms_bundle *b, uint32_t count, uint32_t *failed)
{
	uint64_t errors = r->errors;

	rooms_packet(r, b->data, b->size);
	rooms_turn(r);
	rooms_render(r, 200);
	ck_assert_uint_le(r->errors - errors, count);
	*failed += (uint32_t)(r->errors - errors);
	rooms_heard(r);
}

/** Can the words be put together at all?  Brackets may not match. */
static size_t
compose(const char *text, uint8_t *data, size_t room)
{
	int depth = 0;

	for (const char *c = text; *c != '\0'; c++) {
		depth += *c == '[' ? 1 : *c == ']' ? -1 : 0;
		if (depth < 0 || depth > 4) {
			return 0;
		}
	}
	return depth == 0 ? rooms_message(data, room, text) : 0;
}

static const char *const sets[] = {"limits.max_nodes=64",
	"limits.max_events=64", "limits.command_ring=64",
	"limits.report_ring=64", NULL};

START_TEST(every_message_that_fails_is_answered_once)
{
	static struct rooms_bundle b;
	static uint8_t data[4096];
	char text[500];
	const char *address;
	uint32_t failed = 0;
	uint32_t sent = 0;

	seed = 20240607U + (uint32_t)_i;
	rooms_open(r, sets);
	double free_before = rooms_stat(r, "pool_256_free");
	while (sent < MESSAGES / 4) {
		if (chance(10) > 0) {
			any_message(text, sizeof text, &address);
			size_t size = compose(text, data, sizeof data);
			if (size == 0) {
				continue;
			}
			one(text, address, data, size);
			sent++;
		} else {
			uint32_t count = 0;
			rooms_bundle(
				&b, chance(2) == 0
					    ? 1
					    : rooms_tag((double)rooms_now(r) +
							chance(150)));
			for (uint32_t i = chance(20); i > 0; i--) {
				any_message(text, sizeof text, &address);
				if (compose(text, data, sizeof data) != 0) {
					rooms_bundle_add(&b, text);
					count++;
				}
			}
			bundle(&b, count, &failed);
			sent += count;
		}
		/* errors have a rate in engine time: there is room for them */
		rooms_render(r, 1000);
		rooms_heard(r);
	}
	ck_assert_uint_gt(failed, 100);
	rooms_ask(r, "/clear");
	rooms_ask(r, "/sync 1");
	ck_assert_str_eq(rooms_ask(r, "/node/tree/statistics"),
		"/node/tree/statistics.reply 1 0\n");
	ck_assert_double_eq(rooms_stat(r, "pool_256_free"), free_before);
	ck_assert_double_eq(rooms_stat(r, "errors"), (double)r->errors);
	ck_assert_double_eq(rooms_stat(r, "errors_held_back"), 0.0);
	ck_assert_double_eq(rooms_stat(r, "commands_pending"), 0.0);
	ck_assert_double_eq(rooms_stat(r, "events_pending"), 0.0);
	ck_assert_double_eq(rooms_stat(r, "reports_waiting"), 0.0);
	rooms_close(r);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("nrt/storm");
	TCase *tc = tcase_create("storm");

	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(
		tc, every_message_that_fails_is_answered_once, 0, 4);
	suite_add_tcase(s, tc);
	return rooms_run(s);
}
