/* SPDX-License-Identifier: MIT */
/*
 * check_memory.c -- each allocation of the office fails in turn: what it was
 * for is answered 503, nothing else suffers, nothing leaks.  Workers have
 * memory.
 */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "office_private.h"
#include "rooms.h"
#include "scarce.h"
#include "trial.h"
#include "wire.h"

static struct rooms rooms = {.prepare = trial_add};
static struct rooms *r = &rooms;

static void
setup(void)
{
	rooms_open(r, NULL);
	rooms_ask(r, "/synth/new sine 5 0 1");
	rooms_ask(r, "/node/name 5 tom");
	rooms_ask(r, "/synth/new patch-cable 6 0 1");
	rooms_ask(r, "/node/connect 6 out 6 in 2");
	rooms_put(r, "/resource/new trial-thing 1");
	rooms_rest(r);
	rooms_heard(r);
}

static void
teardown(void)
{
	rooms_close(r);
}

/** Messages that allocate, and the address of what comes back. */
static const struct {
	const char *words;
	const char *reply; /* NULL: nothing */
} asked[] = {
	{"/synth/new gain -1 0 1 [ gain 0.5 ] [ channels 3 ]",
         "/synth/new.reply "								 },
	{"/group/new -1 0 1",				  "/group/new.reply "           },
	{"/node/set 5 freq 440 amp [ 0.5 1.0 ] 1 0.25",        NULL                          },
	{"/synth/map/output 5 out 0 1",                        NULL                          },
	{"/node/name 5 tim",				   NULL                          },
	{"/node/query 5",				      "/node/info "                 },
	{"/node/query 6",				      "/node/info "                 },
	{"/node/connect 5 out 6 in",                           NULL                          },
	{"/node/disconnect 6 out 6 in 2",                      NULL                          },
	{"/node/tree",					 "/node/tree.reply "           },
	{"/node/tree/statistics",                              "/node/tree/statistics.reply "},
	{"/def/list",					  "/def/list.reply "            },
	{"/def/query sine",				    "/def/query.reply "           },
	{"/status",					    "/status.reply "              },
	{"/stats",					     "/stats.reply "               },
	{"/time",					      "/time.reply "                },
	{"/resource/new trial-thing 2 [ 5 word ]",             NULL                          },
	{"/job/new trial-work 2 0 [ 1 ] [ 5 word ]",           NULL                          },
	{"/resource/free 1",				   NULL                          },
	{"/resource/query 1",				  "/resource/info "             },
	{"/resource/list",				     "/resource/list.reply "       },
	{"/job/list",					  "/job/list.reply "            },
	{"/def/query trial-thing",                             "/def/query.reply "           },
	{"/sync 4",					    "/synced 4"                   },
};
#define ASKED (sizeof asked / sizeof asked[0])

START_TEST(message_whose_memory_fails_is_answered_503_and_does_nothing)
{
	static uint8_t data[65536];
	char address[80];
	char error[120];
	size_t size = rooms_message(data, sizeof data, asked[_i].words);

	(void)sscanf(asked[_i].words, "%79s", address);
	(void)snprintf(error, sizeof error, "/error \"%s\" 503 ", address);
	for (long n = 0;; n++) {
		/* no chunk is kept: every one is allocated anew */
		rooms_close(r);
		setup();
		uint64_t errors = r->errors;
		scarce_begin(n);
		office_packet(r->office, r->peer, data, size, 0);
		rooms_turn(r);
		bool failed = scarce_end();
		const char *text = rooms_heard(r);
		if (!failed) {
			ck_assert_uint_eq(r->errors, errors);
			uint32_t pages = 0;
			if (asked[_i].reply != NULL) {
				pages = rooms_count(text, asked[_i].reply);
				ck_assert_msg(pages > 0, "%s", text);
			}
			ck_assert_uint_eq(rooms_count(text, "/"), pages);
			break;
		}
		ck_assert_msg(rooms_count(text, error) == 1, "%ld: %s: %s", n,
			asked[_i].words, text);
		ck_assert_uint_eq(rooms_count(text, "/"), 1);
		/* the node is as it was, and so is its key */
		ck_assert_uint_eq(
			rooms_count(rooms_ask(r, "/node/query 5"),
				"/node/info 5 0 1 0 -1 6 \"synth\" "
				"\"urn:tactus:synthdef:sine:1\" \"tom\" "
				"\"inactive\" 0 \"freq\" 440.0 -1 0 1 "
				"\"amp\" 0.1 -1 0 "),
			1);
		/* and so are the connections */
		ck_assert_ptr_nonnull(strstr(
			rooms_ask(r, "/node/query 6"), " [ 6 1 6 0 2 ] [ ]\n"));
		ck_assert_str_eq(rooms_ask(r, "/node/tree/statistics"),
			"/node/tree/statistics.reply 1 2\n");
	}
}
END_TEST

START_TEST(bundle_whose_memory_fails_applies_what_has_memory)
{
	static struct rooms_bundle b;

	rooms_bundle(&b, 1);
	for (int i = 0; i < 20; i++) {
		rooms_bundle_add(
			&b, "/synth/new gain -1 0 1 [ ] [ channels 2 ]");
		rooms_bundle_add(&b, "/group/new -1 0 1");
	}
	for (long n = 0;; n++) {
		rooms_close(r);
		setup();
		scarce_begin(n);
		office_packet(r->office, r->peer, b.data, b.size, 0);
		bool failed = scarce_end();
		rooms_turn(r);
		const char *text = rooms_heard(r);
		uint32_t wrong = rooms_count(text, "/error ");
		ck_assert_uint_eq(rooms_count(text, "/"), 40);
		ck_assert_uint_eq(wrong, failed ? 1 : 0);
		if (!failed) {
			break;
		}
	}
}
END_TEST

START_TEST(work_of_a_synth_without_memory_comes_back_with_503)
{
	rooms_ask(r, "/notify 1");
	rooms_ask(r, "/synth/new trial-asker 7 0 1");
	rooms_ask(r, "/synth/new trial-asker 8 0 1");
	rooms_put(r, "/synth/activate 7");
	scarce_begin(0);
	rooms_turn(r);
	ck_assert(scarce_end());
	ck_assert_int_eq((int)rooms_stat(r, "works_done"), 1);
	rooms_heard(r);
	rooms_render(r, 64);
	ck_assert_str_eq(rooms_heard(r), "/trial/done 503\n");
	rooms_put(r, "/synth/activate 8");
	rooms_rest(r);
	rooms_render(r, 64);
	ck_assert_str_eq(rooms_heard(r), "/trial/done 7\n");
	ck_assert_int_eq((int)rooms_stat(r, "works_done"), 2);
}
END_TEST

START_TEST(office_open_fails_without_memory)
{
	struct office_config oc = {
		.config = r->config,
		.rate = 48000,
		.wire = r->wire,
		.host = r->host,
	};
	struct office *o = NULL;

	for (long n = 0; o == NULL; n++) {
		scarce_begin(n);
		int err = office_open(r->loop, &oc, &o);
		bool failed = scarce_end();
		ck_assert_int_eq(err, failed ? -ENOMEM : 0);
	}
	ck_assert_uint_eq(office_end_works(o), 0);
	office_close(o);
}
END_TEST

START_TEST(own_command_fails_without_memory_and_leaks_nothing)
{
	rooms_close(r);
	rooms_open(r, NULL);
	scarce_begin(0);
	ck_assert_int_eq(office_stop(r->office), -ENOMEM);
	ck_assert(scarce_end());
}
END_TEST

START_TEST(memory_that_is_out_is_bounded)
{
	static struct rooms_bundle b;
	uint32_t wrong = 0;

	rooms_close(r);
	static const char *const sets[] = {"limits.max_nodes=65536", NULL};
	rooms_open(r, sets);
	rooms_bundle(&b, 1);
	for (int i = 0; i < 60; i++) {
		rooms_bundle_add(&b, "/node/tree");
	}
	/* 60 × 5.6 MB: refused before the machine is full */
	rooms_packet(r, b.data, b.size);
	wrong = rooms_count(
		rooms_heard(r), "/error \"/node/tree\" 503 \"no memory\"");
	ck_assert_uint_gt(wrong, 20);
	rooms_turn(r);
	ck_assert_uint_eq(
		rooms_count(rooms_heard(r), "/node/tree.reply "), 60 - wrong);
	ck_assert_uint_eq(
		rooms_count(rooms_ask(r, "/node/tree"), "/node/tree.reply "),
		1);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("nrt/office_memory");
	TCase *tc = tcase_create("memory");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 100);
	tcase_add_loop_test(tc,
		message_whose_memory_fails_is_answered_503_and_does_nothing, 0,
		(int)ASKED);
	tcase_add_test(tc, bundle_whose_memory_fails_applies_what_has_memory);
	tcase_add_test(tc, work_of_a_synth_without_memory_comes_back_with_503);
	tcase_add_test(tc, office_open_fails_without_memory);
	tcase_add_test(tc, own_command_fails_without_memory_and_leaks_nothing);
	tcase_add_test(tc, memory_that_is_out_is_bounded);
	suite_add_tcase(s, tc);
	return rooms_run(s);
}
