/* SPDX-License-Identifier: MIT */
/*
 * check_errors.c -- whatever is wrong with a message is answered: address,
 * code, words that name the thing, the first integer; and all else goes on.
 */
#include <config.h>

#include <check.h>
#include <string.h>

#include "client.h"
#include "daemon.h"

static struct daemon d;
static struct client c;

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

/** One line of a table: what is said, and how it is refused. */
struct refusal {
	const char *say;
	int code;
	int64_t first;
	const char *words;
};

static void
refuse_all(const struct refusal *r)
{
	for (; r->say != NULL; r++) {
		client_refused(&c, r->say, r->code, r->first, r->words);
	}
	client_silent(&c);
}

/** Nodes for the tables: group 1, sine 2 in it, gain 3, group 4, and 5, which
 * has a trigger. */
static void
make_nodes(void)
{
	client_say(&c, "/group/new 1 0 0");
	client_say(&c, "/synth/new sine 2 1 0");
	client_say(&c, "/synth/new gain 3 0 1");
	client_say(&c, "/group/new 4 0 1");
	client_say(&c, "/synth/new trigger-to-message 5 0 1");
	client_silent(&c);
}

START_TEST(arguments_that_are_missing_are_400)
{
	/* clang-format off */
	static const struct refusal r[] = {
		{"/notify", 400, NO_FIRST, "argument 1 (on) is missing"},
		{"/sync", 400, NO_FIRST, "argument 1 (n) is missing"},
		{"/at", 400, NO_FIRST, "argument 1 (sample)"},
		{"/at h:5", 400, NO_FIRST, "argument 2 (packet)"},
		{"/mute", 400, NO_FIRST, "/mute i:on"},
		{"/dump", 400, NO_FIRST, "/dump i:on"},
		{"/log/level", 400, NO_FIRST, "/log/level s:level"},
		{"/offline/run", 400, NO_FIRST, "argument 1 (frames)"},
		{"/group/new", 400, NO_FIRST, "argument 1 (id)"},
		{"/group/new 7", 400, 7, "argument 2 (target)"},
		{"/group/new 7 0", 400, 7, "argument 3 (placement)"},
		{"/synth/new", 400, NO_FIRST, "argument 1 (def)"},
		{"/synth/new sine 7 0", 400, 7, "argument 4 (placement)"},
		{"/synth/activate", 400, NO_FIRST, "/synth/activate i:id"},
		{"/synth/map/input 2", 400, 2, "argument 2 (port)"},
		{"/synth/map/output 2 out", 400, 2, "argument 3 (bus)"},
		{"/node/connect", 400, NO_FIRST, "argument 1 (src)"},
		{"/node/connect 2", 400, 2, "argument 2 (out-port)"},
		{"/node/connect 2 out", 400, 2, "argument 3 (dst)"},
		{"/node/disconnect 2 out 3", 400, 2, "argument 4 (in-port)"},
		{"/synth/map/control 2 amp 1", 400, 2, "argument 4 (flags)"},
		{"/synth/property/doneFlags/set 2", 400, 2,
		 "argument 2 (flags)"},
		{"/node/free", 400, NO_FIRST, "argument 1 (id)"},
		{"/node/set", 400, NO_FIRST, "argument 1 (id)"},
		{"/node/set 2", 400, 2, "argument 2 (port) is missing"},
		{"/node/set 2 amp", 400, 2,
		 "argument 3 (value) of a port is missing"},
		{"/node/move 2 0", 400, 2, "argument 3 (placement)"},
		{"/node/run 2", 400, 2, "argument 2 (on)"},
		{"/node/name 2", 400, 2, "argument 2 (key)"},
		{"/node/query", 400, NO_FIRST, "argument 1 (id)"},
		{"/def/query", 400, NO_FIRST, "argument 1 (uri)"},
		{.say = NULL},
	};
	/* clang-format on */

	make_nodes();
	refuse_all(r);
}
END_TEST

START_TEST(arguments_of_a_wrong_type_or_too_many_are_400)
{
	/* clang-format off */
	static const struct refusal r[] = {
		{"/version 1", 400, 1, "more than 0 arguments"},
		{"/status x", 400, NO_FIRST, "more than 0 arguments"},
		{"/clear now", 400, NO_FIRST, "more than 0 arguments"},
		{"/notify on", 400, NO_FIRST, "must be a whole number"},
		{"/notify 1 2", 400, 1, "more than 1 arguments"},
		{"/sync [ 1 ]", 400, 1, "must be a whole number"},
		{"/sync N", 400, NO_FIRST, "must be a whole number"},
		{"/sync b:00000001", 400, NO_FIRST, "must be a whole number"},
		{"/at x b:00", 400, NO_FIRST, "must be a whole number"},
		{"/at h:5 text", 400, NO_FIRST, "must be a blob"},
		{"/log/level 3", 400, 3, "must be a string"},
		{"/synth/new 5 6 0 0", 400, 5, "must be a string"},
		{"/synth/new sine 6 0 0 freq", 400, 6, "must be an array"},
		{"/synth/new sine 6 0 0 [ freq ]", 400, 6, "has no value"},
		{"/synth/new sine 6 0 0 [ freq N ]", 400, 6, "takes a number"},
		{"/synth/new sine 6 0 0 [ ] [ a ]", 400, 6, "pairs"},
		{"/synth/new sine 6 0 0 [ ] [ ] 7", 400, 6, "more than"},
		{"/node/connect 2 N 3 in", 400, 2, "argument 2 (out-port)"},
		{"/node/connect 2 out 3 in N", 400, 2, "argument 5 (flags)"},
		{"/node/disconnect 2 out 3 in 0 1", 400, 2, "more than 5"},
		{"/synth/map/output 2 N 0 0", 400, 2,
		 "index (i) or its name (s)"},
		{"/node/set 2 amp text", 400, 2,
		 "argument 3 (value) must be a number or"},
		{"/node/set 2 N 1.0", 400, 2, "index (i) or its name (s)"},
		{"/node/set 2 amp [ 1.0 ]", 400, 2, "[ value seconds ]"},
		{"/node/set 2 amp [ 1.0 2.0 3.0 ]", 400, 2,
		 "[ value seconds ]"},
		{"/node/set 2 amp [ ]", 400, 2, "[ value seconds ]"},
		{"/node/name 2 3", 400, 2, "must be a string"},
		{"/node/free drone", 400, NO_FIRST, "must be a whole number"},
		{"/node/free 2 3", 400, 2, "more than 1 arguments"},
		{"/def/query 1", 400, 1, "must be a string"},
		{.say = NULL},
	};
	/* clang-format on */

	make_nodes();
	refuse_all(r);
}
END_TEST

START_TEST(things_that_are_not_there_are_404)
{
	/* clang-format off */
	static const struct refusal r[] = {
		{"/nothing/here 4", 404, 4, "no such address"},
		{"/node/free 500", 404, 500, "no node 500"},
		{"/node/release 500", 404, 500, "no node 500"},
		{"/node/set 500 amp 1.0", 404, 500, "no node 500"},
		{"/node/query 500", 404, 500, "no node 500"},
		{"/node/tree 500", 404, 500, "no node 500"},
		{"/node/name 500 x", 404, 500, "no node 500"},
		{"/node/run 500 1", 404, 500, "no node 500"},
		{"/group/freeAll 500", 404, 500, "no node 500"},
		{"/synth/activate 500", 404, 500, "no node 500"},
		{"/group/new 6 500 0", 404, 6, "no target node 500"},
		{"/node/move 2 500 0", 404, 2, "no target node 500"},
		{"/synth/new sinus 6 0 0", 404, 6, "sinus"},
		{"/synth/new urn:tactus:synthdef:x:1 6 0 0", 404, 6,
		 "urn:tactus:synthdef:x:1"},
		{"/def/query sinus", 404, NO_FIRST, "sinus"},
		{"/synth/new sine 6 0 0 [ frequency 1 ]", 404, 6,
		 "no port \"frequency\""},
		{"/node/set 2 volume 1.0", 404, 2, "no port \"volume\""},
		{"/node/set 2 4 1.0", 404, 2, "no port 4"},
		{"/node/set 2 amp 1.0 volume 1.0", 404, 2,
		 "no port \"volume\""},
		{"/node/connect 500 out 3 in", 404, 500,
		 "node 500 port \"out\" → node 3 port \"in\": no node "
		 "500"},
		{"/node/connect 2 out 500 in", 404, 2, "no node 500"},
		{"/node/connect 2 left 3 in", 404, 2, "no port \"left\""},
		{"/node/disconnect 2 out 3 9", 404, 2, "node 3 has no port 9"},
		{"/synth/map/output 2 left 0 0", 404, 2, "no port \"left\""},
		{"/synth/map/output 2 4 0 0", 404, 2, "no port 4"},
		{.say = NULL},
	};
	/* clang-format on */

	make_nodes();
	refuse_all(r);
	/* of a pair that is refused nothing was applied */
	client_say(&c, "/node/query 2");
	client_hear(&c);
	ck_assert_ptr_nonnull(strstr(c.text, "1 \"amp\" 0.1 "));
}
END_TEST

START_TEST(things_in_the_wrong_state_are_409)
{
	/* clang-format off */
	static const struct refusal r[] = {
		{"/group/new 1 0 0", 409, 1, "node id 1 is taken"},
		{"/synth/new sine 1 0 0", 409, 1, "node id 1 is taken"},
		{"/group/new 0 0 0", 409, 0, "0"},
		{"/synth/activate 3", 409, 3, "active already"},
		{"/node/move 1 1 0", 409, 1, "into, or beside, itself"},
		{"/node/move 1 2 2", 409, 1, "into, or beside, itself"},
		{"/node/connect 2 out 3 in", 409, 2, "connected already"},
		{"/node/connect 2 out 3 in 2", 409, 2, "connected already"},
		{"/node/connect 3 out 3 in", 409, 3, "later): 3 → 3"},
		{"/node/connect 6 out 3 in", 409, 6, "later): 3 → 6 → 3"},
		{"/node/disconnect 2 out 3 in 2", 409, 2, "with flags 2"},
		{"/node/disconnect 2 out 6 in", 409, 2, "are not connected"},
		{"/node/move 1 1 3", 409, 1, "into, or beside, itself"},
		{.say = NULL},
	};
	/* clang-format on */

	make_nodes();
	client_say(&c, "/synth/activate 3");
	client_say(&c, "/synth/new gain 6 0 1");
	client_say(&c, "/node/connect 2 out 3 in");
	client_say(&c, "/node/connect 3 out 6 in");
	refuse_all(r);
	client_say(&c, "/node/query 3");
	client_hear(&c);
	ck_assert_ptr_nonnull(
		strstr(c.text, " [ 2 3 3 1 0 ] [ 3 2 6 1 0 ] [ ]"));
	/* while a node is released it cannot be paused */
	client_say(&c, "/node/release 3 10.0");
	client_refused(&c, "/node/run 3 0", 409, 3, "is being released");
}
END_TEST

START_TEST(values_out_of_range_are_422)
{
	/* clang-format off */
	static const struct refusal r[] = {
		{"/group/new 1024 0 0", 422, 1024, "not within 0"},
		{"/group/new -2 0 0", 422, -2, "not within 0"},
		{"/group/new f:6.5 0 0", 422, 0, "is not whole"},
		{"/group/new h:5000000000 0 0", 422, 0, "too large"},
		{"/group/new nan 0 0", 400, 0, "must be a whole number"},
		{"/group/new f:nan 0 0", 422, 0, "is not whole"},
		{"/group/new 6 1024 0", 422, 6, "target 1024 is not within"},
		{"/group/new 6 -1 0", 422, 6, "target -1 is not within"},
		{"/group/new 6 0 4", 422, 6, "placement 4"},
		{"/group/new 6 0 -1", 422, 6, "placement -1"},
		{"/group/new 6 2 0", 422, 6, "target 2 is a synth"},
		{"/group/new 6 0 2", 422, 6, "before or after the root"},
		{"/node/free 1024", 422, 1024, "not within"},
		{"/node/free 0", 422, 0, "the root"},
		{"/node/release 0", 422, 0, "the root"},
		{"/node/move 0 1 0", 422, 0, "the root"},
		{"/node/release 2 -1.0", 422, 2, "seconds -1 is not within"},
		{"/node/release 2 f:nan", 422, 2, "not a finite number"},
		{"/node/run 2 2", 422, 2, "on 2 is not within"},
		{"/node/set 1 amp 1.0", 422, 1, "is a group"},
		{"/synth/activate 1", 422, 1, "is a group"},
		{"/group/freeAll 2", 422, 2, "is a synth"},
		{"/node/set 2 amp f:nan", 422, 2, "not a finite number"},
		{"/node/set 2 amp d:inf", 422, 2, "not a finite number"},
		{"/node/set 2 amp d:1e300", 422, 2, "not a finite number"},
		{"/node/set 2 amp [ 1.0 -1.0 ]", 422, 2, "0 … 86400 seconds"},
		{"/node/set 2 amp [ f:nan 1.0 ]", 422, 2,
		 "not a finite number"},
		{"/node/set 2 amp [ 1.0 f:nan ]", 422, 2, "0 … 86400 seconds"},
		{"/node/set 2 -1 1.0", 422, 2, "port index -1 is below 0"},
		{"/node/set 2 out 1.0", 422, 2, "is no control"},
		{"/node/set 2 h:5000000000 1.0", 422, 2, ""},
		{"/synth/new sine 6 0 0 [ 1 2 3 4 ]", 422, 6, "3 controls"},
		{"/synth/new sine 6 0 0 [ freq f:nan ]", 422, 6,
		 "not a finite number"},
		{"/synth/new sine 6 0 0 [ out 1 ]", 422, 6, "is no control"},
		{"/synth/new sine 6 0 0 [ ] [ octave 1 ]", 422, 6,
		 "sine has no options"},
		{"/synth/new mixer 6 0 0 [ ] [ inputs 65 ]", 422, 6, "inputs"},
		{"/synth/new mixer 6 0 0 [ ] [ inputs f:nan ]", 422, 6,
		 "not a finite number"},
		{"/synth/map/input 2 out 0 0", 422, 2, "no audio input"},
		{"/synth/map/output 3 in 0 0", 422, 3, "no audio output"},
		{"/synth/map/output 2 amp 0 0", 422, 2, "no audio output"},
		{"/synth/map/control 2 out 0 0", 422, 2, "is no control"},
		{"/synth/map/output 2 out 128 0", 422, 2,
		 "bus 128 is not within 0 … 127"},
		{"/synth/map/output 2 out -2 0", 422, 2, "bus -2"},
		{"/synth/map/output 2 out 2 1", 422, 2, "playback channel 2 is not within 0 … 1"},
		{"/synth/map/input 3 in 64 1", 422, 3, "capture channel 64 is not within"},
		{"/synth/map/output 2 out 0 8", 422, 2, "flags 8"},
		{"/synth/map/output 2 out 0 2", 422, 2, "flags 2"},
		{"/synth/map/input 3 in 0 4", 422, 3, "flags 4"},
		{"/node/connect 2 out 3 in 1", 422, 2, "flags 1: 2 feedback"},
		{"/node/connect 2 out 3 in 4", 422, 2, "flags 4: 2 feedback"},
		{"/node/connect 2 out 1024 in", 422, 2, "node id 1024 is not"},
		{"/node/connect 2 out 1 in", 422, 2, "node 1 is a group"},
		{"/node/connect 1 out 3 in", 422, 1, "node 1 is a group"},
		{"/node/connect 2 amp 3 in", 422, 2,
		 "of node 2 is no audio output"},
		{"/node/connect 2 out 3 gain", 422, 2,
		 "of node 3 is no audio input"},
		{"/synth/map/output 1 out 0 0", 422, 1, "is a group"},
		{"/synth/property/doneFlags/set 2 64", 422, 2, "flags 64"},
		{"/synth/property/doneFlags/set 1 1", 422, 1, "is a group"},
		{"/node/name 2 \"a b\"", 422, 2, "a key is"},
		{"/node/name 2 a/b", 422, 2, "a key is"},
		{"/node/name 2 "
		 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		 "aaaa", 422, 2,
		 "up to 63"},
		{"/log/level debugging", 422, NO_FIRST, "none of err"},
		{"/offline/run -1", 422, -1, "is below 0"},
		{"/at h:-1 b:2f7800002c000000", 422, NO_FIRST, "negative"},
		{"/at h:172800001 b:2f7800002c000000", 422, NO_FIRST,
		 "more than an hour ahead"},
		{"/at d:0.5 b:2f7800002c000000", 422, NO_FIRST, "is not whole"},
		{.say = NULL},
	};
	/* clang-format on */

	make_nodes();
	for (const struct refusal *one = r; one->say != NULL; one++) {
		/* a first that is not sure is looked for in the words */
		client_say(&c, "%s", one->say);
		ck_assert_msg(client_poll(&c, DAEMON_WAIT_MS), "%s", one->say);
		ck_assert_msg(strcmp(c.message.address, "/error") == 0 &&
				      client_number(&c, 1) == one->code &&
				      strstr(c.text, one->words) != NULL,
			"%s\nis answered: %s", one->say, c.text);
		if (one->first != NO_FIRST && client_count(&c) == 4) {
			ck_assert_int_eq(
				(int64_t)client_number(&c, 3), one->first);
		}
	}
	client_silent(&c);
	client_say(&c, "/node/tree/statistics");
	client_expect(&c, "/node/tree/statistics.reply 3 3");
}
END_TEST

START_TEST(a_construct_that_fails_is_answered_and_leaves_nothing)
{
	double free_before = client_stat(&c, "pool_256_free");
	/* clang-format off */
	static const struct refusal r[] = {
		{"/synth/new refusal 6 0 0 [ ] [ code 500 ]", 500, 6,
		 "node 6 could not be constructed"},
		{"/synth/new refusal 6 0 0 [ ] [ code 7 ]", 500, 6,
		 "node 6 could not be constructed"},
		{"/synth/new refusal 6 0 0 [ ] [ code -1 ]", 500, 6,
		 "node 6 could not be constructed"},
		{"/synth/new refusal 6 0 0 [ ] [ code 422 ]", 422, 6,
		 "node 6 could not be constructed"},
		{"/synth/new refusal 6 0 0 [ ] [ code 503 ]", 503, 6,
		 "memory is used up"},
		{"/synth/new refusal 6 0 0 [ ] [ code 504 ]", 504, 6,
		 "could not be constructed"},
		{"/synth/new memory 6 0 0 [ ] [ bytes 99999999 ]", 503, 6,
		 "memory is used up"},
		{.say = NULL},
	};
	/* clang-format on */

	refuse_all(r);
	client_say(&c, "/node/tree/statistics");
	client_expect(&c, "/node/tree/statistics.reply 1 0");
	ck_assert_double_eq(client_stat(&c, "pool_256_free"), free_before);
	/* and its id is free */
	client_say(&c, "/synth/new refusal 6 0 0");
	client_silent(&c);
}
END_TEST

START_TEST(offline_run_needs_the_offline_driver)
{
	client_start(&c, &d, &(struct daemon_want){.driver = "clock"});
	client_refused(&c, "/offline/run 64", 409, 64, "audio.driver");
	end();
}
END_TEST

START_TEST(a_node_that_puts_out_no_number_is_named_and_silenced)
{
	client_say(&c, "/notify 1");
	client_expect(&c, "/notify.reply 1");
	client_say(&c, "/synth/new offence 6 0 0");
	client_expect(&c, "/node/new 6");
	client_say(&c, "/synth/map/output 6 out 0 1");
	client_say(&c, "/synth/activate 6");
	client_say(&c, "/node/set 6 fire 3");
	client_say(&c, "/offline/run 64");
	client_expect(&c, "/offline/run.reply h:64");
	/* who it was is looked for in the block that follows */
	client_say(&c, "/node/set 6 fire 3");
	client_say(&c, "/offline/run 64");
	client_expect(&c, "/node/fault 6 \"its output was not a number\"");
	client_expect(&c, "/offline/run.reply h:128");
	ck_assert_double_eq(client_stat(&c, "nan"), 128.0);
	ck_assert_double_eq(client_stat(&c, "faults"), 1.0);
	daemon_await_log(&d, "node 6 (offence)");
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("system/errors");
	TCase *t = daemon_case(s, "a daemon");
	TCase *own = daemon_case(s, "a daemon of its own");

	tcase_add_checked_fixture(t, begin, end);
	tcase_add_test(t, arguments_that_are_missing_are_400);
	tcase_add_test(t, arguments_of_a_wrong_type_or_too_many_are_400);
	tcase_add_test(t, things_that_are_not_there_are_404);
	tcase_add_test(t, things_in_the_wrong_state_are_409);
	tcase_add_test(t, values_out_of_range_are_422);
	tcase_add_test(
		t, a_construct_that_fails_is_answered_and_leaves_nothing);
	tcase_add_test(t, a_node_that_puts_out_no_number_is_named_and_silenced);
	tcase_add_test(own, offline_run_needs_the_offline_driver);
	return daemon_run(s);
}
