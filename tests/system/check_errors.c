/* SPDX-License-Identifier: MIT */
/*
 * check_errors.c -- whatever is wrong is answered: address, code, words that
 * name the thing, the first integer; and all else goes on (SPEC 5, RULINGS
 * 4, 5).
 */
#include <config.h>

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "daemon.h"
#include "osc_write.h"

static struct daemon d;
static struct client c;
static struct packet p;
static struct packet inner;

static void
open_with(const struct daemon_want *want)
{
	daemon_start(&d, want);
	client_open(&c, d.url[0]);
}

static void
begin(void)
{
	open_with(&(struct daemon_want){.trial = true});
}

static void
end(void)
{
	client_close(&c);
	ck_assert_int_eq(daemon_stop(&d), 0);
	ck_assert_msg(strstr(daemon_log(&d), "<3>") == NULL &&
			      strstr(d.log, "Sanitizer") == NULL,
		"%s", d.log);
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

/** Nodes for the tables: group 1, sine 2 in it, gain 3, group 4. */
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
	static const struct refusal r[] = {
		{"/notify",                    400, NO_FIRST, "argument 1 (on) is missing"},
		{"/sync",                    400, NO_FIRST, "argument 1 (n) is missing"},
		{"/at",			    400, NO_FIRST, "argument 1 (sample)"},
		{"/at h:5",      400, NO_FIRST, "argument 2 (packet)"},
		{"/mute", 400, NO_FIRST, "/mute i:on"},
		{"/dump",                        400, NO_FIRST, "/dump i:on"},
		{"/log/level",                    400, NO_FIRST, "/log/level s:level"},
		{"/offline/run",                            400, NO_FIRST, "argument 1 (frames)"},
		{"/group/new",                    400, NO_FIRST, "argument 1 (id)"},
		{"/group/new 7",       400, 7, "argument 2 (target)"},
		{"/group/new 7 0",                      400, 7, "argument 3 (placement)"},
		{"/synth/new",                    400, NO_FIRST, "argument 1 (def)"},
		{"/synth/new sine 7 0",                            400, 7, "argument 4 (placement)"},
		{"/synth/activate",  400, NO_FIRST, "/synth/activate i:id"},
		{"/synth/map/input 2",                400, 2, "argument 2 (port)"},
		{"/synth/map/output 2 out",                 400, 2, "argument 3 (bus)"},
		{"/node/connect",                    400, NO_FIRST, "argument 1 (src)"},
		{"/node/connect 2",                            400, 2, "argument 2 (out-port)"},
		{"/node/connect 2 out",400, 2, "argument 3 (dst)"},
		{"/node/disconnect 2 out 3",       400, 2, "argument 4 (in-port)"},
		{"/synth/map/control 2 amp 1",                 400, 2, "argument 4 (flags)"},
		{"/synth/property/doneFlags/set 2",                    400, 2,
                 "argument 2 (flags)"},
		{"/node/free",                            400, NO_FIRST, "argument 1 (id)"},
		{"/node/set",                   400, NO_FIRST, "argument 1 (id)"},
		{"/node/set 2",       400, 2, "argument 2 (port) is missing"},
		{"/node/set 2 amp",             400, 2,
                 "argument 3 (value) of a port is missing"},
		{"/node/move 2 0",                           400, 2, "argument 3 (placement)"},
		{"/node/run 2",                            400, 2, "argument 2 (on)"},
		{"/node/name 2",      400, 2, "argument 2 (key)"},
		{"/node/query",          400, NO_FIRST, "argument 1 (id)"},
		{"/def/query",        400, NO_FIRST, "argument 1 (uri)"},
		{.say = NULL                          },
	};

	make_nodes();
	refuse_all(r);
}
END_TEST

START_TEST(arguments_of_a_wrong_type_or_too_many_are_400)
{
	static const struct refusal r[] = {
		{"/version 1",                 400, 1, "more than 0 arguments"},
		{"/status x",                           400, NO_FIRST, "more than 0 arguments"},
		{"/clear now",                            400, NO_FIRST, "more than 0 arguments"},
		{"/notify on",400, NO_FIRST, "must be a whole number"},
		{"/notify 1 2",     400, 1, "more than 1 arguments"},
		{"/sync [ 1 ]",                 400, 1, "must be a whole number"},
		{"/sync N",                    400, NO_FIRST, "must be a whole number"},
		{"/sync b:00000001",                            400, NO_FIRST, "must be a whole number"},
		{"/at x b:00",                           400, NO_FIRST, "must be a whole number"},
		{"/at h:5 text",    400, NO_FIRST, "must be a blob"},
		{"/log/level 3",                400, 3, "must be a string"},
		{"/synth/new 5 6 0 0",                           400, 5, "must be a string"},
		{"/synth/new sine 6 0 0 freq",                            400, 6, "must be an array"},
		{"/synth/new sine 6 0 0 [ freq ]",         400, 6, "has no value"},
		{"/synth/new sine 6 0 0 [ freq N ]",    400, 6, "takes a number"},
		{"/synth/new sine 6 0 0 [ ] [ a ]",                    400, 6, "pairs"},
		{"/synth/new sine 6 0 0 [ ] [ ] 7",                    400, 6, "more than"},
		{"/node/connect 2 N 3 in",                            400, 2, "argument 2 (out-port)"},
		{"/node/connect 2 out 3 in N",400, 2, "argument 5 (flags)"},
		{"/node/disconnect 2 out 3 in 0 1",    400, 2, "more than 5"},
		{"/synth/map/output 2 N 0 0",                 400, 2,
                 "index (i) or its name (s)"},
		{"/node/set 2 amp text",                    400, 2,
                 "argument 3 (value) must be a number or"},
		{"/node/set 2 N 1.0",                            400, 2, "index (i) or its name (s)"},
		{"/node/set 2 amp [ 1.0 ]",                      400, 2, "[ value seconds ]"},
		{"/node/set 2 amp [ 1.0 2.0 3.0 ]",            400, 2,
                 "[ value seconds ]"},
		{"/node/set 2 amp [ ]",               400, 2, "[ value seconds ]"},
		{"/node/name 2 3",                           400, 2, "must be a string"},
		{"/node/free drone",                            400, NO_FIRST, "must be a whole number"},
		{"/node/free 2 3",400, 2, "more than 1 arguments"},
		{"/def/query 1",          400, 1, "must be a string"},
		{.say = NULL},
	};

	make_nodes();
	refuse_all(r);
}
END_TEST

START_TEST(things_that_are_not_there_are_404)
{
	static const struct refusal r[] = {
		{"/nothing/here 4",    404, 4, "no such address"},
		{"/node/free 500",                   404, 500, "no node 500"},
		{"/node/release 500",                    404, 500, "no node 500"},
		{"/node/set 500 amp 1.0",404, 500, "no node 500"},
		{"/node/query 500",       404, 500, "no node 500"},
		{"/node/tree 500",  404, 500, "no node 500"},
		{"/node/name 500 x",                 404, 500, "no node 500"},
		{"/node/run 500 1",                    404, 500, "no node 500"},
		{"/group/freeAll 500",                   404, 500, "no node 500"},
		{"/synth/activate 500",       404, 500, "no node 500"},
		{"/group/new 6 500 0",    404, 6, "no target node 500"},
		{"/node/move 2 500 0",                 404, 2, "no target node 500"},
		{"/synth/new sinus 6 0 0",                    404, 6, "sinus"},
		{"/synth/new urn:tactus:synthdef:x:1 6 0 0",                404, 6,
                 "urn:tactus:synthdef:x:1"},
		{"/def/query sinus",       404, NO_FIRST, "sinus"},
		{"/synth/new sine 6 0 0 [ frequency 1 ]",   404, 6,
                 "no port \"frequency\""},
		{"/node/set 2 volume 1.0",                 404, 2, "no port \"volume\""},
		{"/node/set 2 4 1.0",                    404, 2, "no port 4"},
		{"/node/set 2 amp 1.0 volume 1.0",404, 2,
                 "no port \"volume\""},
		{"/node/connect 500 out 3 in",       404, 500,
                 "node 500 port \"out\" → node 3 port \"in\": no node "
			"500"},
		{"/node/connect 2 out 500 in", 404, 2, "no node 500"},
		{"/node/connect 2 left 3 in",                 404, 2, "no port \"left\""},
		{"/node/disconnect 2 out 3 9",                    404, 2, "node 3 has no port 9"},
		{"/synth/map/output 2 left 0 0",           404, 2, "no port \"left\""},
		{"/synth/map/output 2 4 0 0",       404, 2, "no port 4"},
		{.say = NULL},
	};

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
	static const struct refusal r[] = {
		{"/group/new 1 0 0",    409, 1, "node id 1 is taken"},
		{"/synth/new sine 1 0 0",                    409, 1, "node id 1 is taken"},
		{"/group/new 0 0 0",                     409, 0, "0"},
		{"/synth/activate 3",409, 3, "active already"},
		{"/node/move 1 1 0", 409, 1, "into, or beside, itself"},
		{"/node/move 1 2 2",    409, 1, "into, or beside, itself"},
		{"/node/connect 2 out 3 in",                    409, 2, "connected already"},
		{"/node/connect 2 out 3 in 2",                     409, 2, "connected already"},
		{"/node/connect 3 out 3 in",                    409, 3, "later): 3 → 3"},
		{"/node/connect 6 out 3 in",     409, 6, "later): 3 → 6 → 3"},
		{"/node/disconnect 2 out 3 in 2",    409, 2, "with flags 2"},
		{"/node/disconnect 2 out 6 in",                    409, 2, "are not connected"},
		{"/node/move 1 1 3",                     409, 1, "into, or beside, itself"},
		{.say = NULL              },
	};

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
	static const struct refusal r[] = {
		{"/group/new 1024 0 0",           422, 1024, "not within 0"},
		{"/group/new -2 0 0",                           422, -2, "not within 0"},
		{"/group/new f:6.5 0 0",                               422, 0, "is not whole"},
		{"/group/new h:5000000000 0 0",  422, 0, "too large"},
		{"/group/new nan 0 0",                 400, 0, "must be a whole number"},
		{"/group/new f:nan 0 0",          422, 0, "is not whole"},
		{"/group/new 6 1024 0",                              422, 6, "target 1024 is not within"},
		{"/group/new 6 -1 0",                               422, 6, "target -1 is not within"},
		{"/group/new 6 0 4",                           422, 6, "placement 4"},
		{"/group/new 6 0 -1",                    422, 6, "placement -1"},
		{"/group/new 6 2 0",            422, 6, "target 2 is a synth"},
		{"/group/new 6 0 2",                              422, 6, "before or after the root"},
		{"/node/free 1024",                               422, 1024, "not within"},
		{"/node/free 0",                   422, 0, "the root"},
		{"/node/release 0",                 422, 0, "the root"},
		{"/node/move 0 1 0",           422, 0, "the root"},
		{"/node/release 2 -1.0",                              422, 2, "seconds -1 is not within"},
		{"/node/release 2 f:nan",                               422, 2, "not a finite number"},
		{"/node/run 2 2",422, 2, "on 2 is not within"},
		{"/node/set 1 amp 1.0",      422, 1, "is a group"},
		{"/synth/activate 1",              422, 1, "is a group"},
		{"/group/freeAll 2",                              422, 2, "is a synth"},
		{"/node/set 2 amp f:nan",                               422, 2, "not a finite number"},
		{"/node/set 2 amp d:inf",         422, 2, "not a finite number"},
		{"/node/set 2 amp d:1e300",                 422, 2, "not a finite number"},
		{"/node/set 2 amp [ 1.0 -1.0 ]",              422, 2, "0 … 86400 seconds"},
		{"/node/set 2 amp [ f:nan 1.0 ]",                              422, 2,
                 "not a finite number"},
		{"/node/set 2 amp [ 1.0 f:nan ]",                               422, 2, "0 … 86400 seconds"},
		{"/node/set 2 -1 1.0",422, 2, "port index -1 is below 0"},
		{"/node/set 2 out 1.0",     422, 2, "is no control"},
		{"/node/set 2 h:5000000000 1.0",               422, 2, ""},
		{"/synth/new sine 6 0 0 [ 1 2 3 4 ]",                           422, 6, "3 controls"},
		{"/synth/new sine 6 0 0 [ freq f:nan ]",                               422, 6,
                 "not a finite number"},
		{"/synth/new sine 6 0 0 [ out 1 ]",          422, 6, "is no control"},
		{"/synth/new sine 6 0 0 [ ] [ octave 1 ]",                     422, 6,
                 "sine has no options"},
		{"/synth/new mixer 6 0 0 [ ] [ inputs 65 ]",               422, 6, "inputs"},
		{"/synth/new mixer 6 0 0 [ ] [ inputs f:nan ]",                              422, 6,
                 "not a finite number"},
		{"/synth/map/input 2 out 0 0",                               422, 2, "no audio input"},
		{"/synth/map/output 3 in 0 0",                  422, 3, "no audio output"},
		{"/synth/map/output 2 amp 0 0",                     422, 2, "no audio output"},
		{"/synth/map/control 2 out 0 0",          422, 2, "is no control"},
		{"/synth/map/output 2 out 128 0",                              422, 2,
                 "bus 128 is not within 0 … 127"},
		{"/synth/map/output 2 out -2 0",                               422, 2, "bus -2"},
		{"/synth/map/output 2 out 2 1",422, 2,
                 "playback channel 2 is not within 0 … 1"},
		{"/synth/map/input 3 in 64 1",          422, 3,
                 "capture channel 64 is not within"},
		{"/synth/map/output 2 out 0 8",                 422, 2, "flags 8"},
		{"/synth/map/output 2 out 0 2",                              422, 2, "flags 2"},
		{"/synth/map/input 3 in 0 4",                               422, 3, "flags 4"},
		{"/node/connect 2 out 3 in 1",                       422, 2, "flags 1: 2 feedback"},
		{"/node/connect 2 out 3 in 4",                   422, 2, "flags 4: 2 feedback"},
		{"/node/connect 2 out 1024 in",             422, 2, "node id 1024 is not"},
		{"/node/connect 2 out 1 in",                              422, 2, "node 1 is a group"},
		{"/node/connect 1 out 3 in",                               422, 1, "node 1 is a group"},
		{"/node/connect 2 amp 3 in",422, 2,
                 "of node 2 is no audio output"},
		{"/node/connect 2 out 3 gain",                   422, 2,
                 "of node 3 is no audio input"},
		{"/synth/map/output 1 out 0 0",         422, 1, "is a group"},
		{"/synth/property/doneFlags/set 2 64",                              422, 2, "flags 64"},
		{"/synth/property/doneFlags/set 1 1",                               422, 1, "is a group"},
		{"/node/name 2 \"a b\"",                    422, 2, "a key is"},
		{"/node/name 2 a/b",          422, 2, "a key is"},
		{"/node/name 2 "
		 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		 "aaaa",       422, 2, "up to 63"},
		{"/log/level debugging",                              422, NO_FIRST, "none of err"},
		{"/offline/run -1",                               422, -1, "is below 0"},
		{"/at h:-1 b:2f7800002c000000",               422, NO_FIRST, "negative"},
		{"/at h:172800001 b:2f7800002c000000",          422, NO_FIRST,
                 "more than an hour ahead"},
		{"/at d:0.5 b:2f7800002c000000", 422, NO_FIRST, "is not whole"},
		{.say = NULL			     },
	};

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
	static const struct refusal r[] = {
		{"/synth/new refusal 6 0 0 [ ] [ code 500 ]", 500, 6,
                 "node 6 could not be constructed"},
		{"/synth/new refusal 6 0 0 [ ] [ code 7 ]",                                          500, 6,
                 "node 6 could not be constructed"},
		{"/synth/new refusal 6 0 0 [ ] [ code -1 ]",                                           500, 6,
                 "node 6 could not be constructed"},
		{"/synth/new refusal 6 0 0 [ ] [ code 422 ]",422, 6,
                 "node 6 could not be constructed"},
		{"/synth/new refusal 6 0 0 [ ] [ code 503 ]",           503, 6,
                 "memory is used up"},
		{"/synth/new refusal 6 0 0 [ ] [ code 504 ]",  504, 6,
                 "could not be constructed"},
		{"/synth/new memory 6 0 0 [ ] [ bytes 99999999 ]",                                          503, 6,
                 "memory is used up"},
		{.say = NULL					  },
	};

	refuse_all(r);
	client_say(&c, "/node/tree/statistics");
	client_expect(&c, "/node/tree/statistics.reply 1 0");
	ck_assert_double_eq(client_stat(&c, "pool_256_free"), free_before);
	/* and its id is free */
	client_say(&c, "/synth/new refusal 6 0 0");
	client_silent(&c);
}
END_TEST

START_TEST(packets_that_do_not_parse_are_400_without_an_address)
{
	static const struct {
		const char *bytes;
		size_t size;
	} bad[] = {
#define BAD(text) {text, sizeof text - 1}
		BAD("/abc"),             /* no end of the address */
		BAD("/ab\0,"),           /* not a multiple of 4 */
		BAD("abc\0"),            /* no slash */
		BAD("\0\0\0\0"),         /* empty address */
		BAD("/a\0\0abc\0"),      /* no type tags, arguments */
		BAD("/a\0\0,x\0\0"),     /* an unknown tag */
		BAD("/a\0\0,i\0\0"),     /* no room for the int */
		BAD("/a\0\0,iii"),       /* tags without an end */
		BAD("/a\0\0,s\0\0abcd"), /* a string without one */
		BAD("/a\0\0,b\0\0\0\0\0\x9"
		    "abcd"), /* a blob that is too long */
		BAD("/a\0\0,b\0\0\xff\xff\xff\xff"), /* of a negative length */
		BAD("/a\0\0,b\0\0\x7f\xff\xff\xff"),
		BAD("/a\0\0,i\0\0\0\0\0\1\0\0\0\2"), /* arguments left over */
		BAD("/a\0\0,[\0\0"),                 /* not closed */
		BAD("/a\0\0,]\0\0"),                 /* not opened */
		BAD("/a\0\0,[[[[[[[[[]]]]]]]]]\0"),  /* too deep */
		BAD("#bundle"),
		BAD("#bundle\0"),         /* no time */
		BAD("#bundle\0\0\0\0\0"), /* half of one */
		BAD("#bundlx\0\0\0\0\0\0\0\0\1"),
		BAD("#bundle\0\0\0\0\0\0\0\0\1\0\0\0"),
		BAD("#bundle\0\0\0\0\0\0\0\0\1\0\0\0\x8"),
		BAD("#bundle\0\0\0\0\0\0\0\0\1\0\0\0\0"),     /* size 0 */
		BAD("#bundle\0\0\0\0\0\0\0\0\1\0\0\0\3/a\0"), /* size 3 */
		BAD("#bundle\0\0\0\0\0\0\0\0\1\xff\xff\xff\xfc/a\0\0"),
		BAD("#bundle\0\0\0\0\0\0\0\0\1\0\0\0\4abc\0"),
#undef BAD
	};
	double malformed = client_stat(&c, "malformed");
	size_t count = sizeof bad / sizeof bad[0];

	for (size_t i = 0; i < count; i++) {
		client_send(&c, bad[i].bytes, bad[i].size);
		ck_assert_msg(client_poll(&c, DAEMON_WAIT_MS),
			"malformed packet %zu is not answered", i);
		ck_assert_msg(strncmp(c.text, "/error \"\" 400 \"", 15) == 0,
			"malformed packet %zu: %s", i, c.text);
	}
	ck_assert_double_eq(
		client_stat(&c, "malformed"), malformed + (double)count);
	/* a datagram of nothing is counted, not answered */
	double empty = client_stat(&c, "empty");
	client_send(&c, "", 0);
	client_silent(&c);
	ck_assert_double_eq(client_stat(&c, "empty"), empty + 1.0);
}
END_TEST

START_TEST(what_is_odd_but_allowed_is_taken)
{
	/* no type tags and no arguments; tags of arrays; padding not zero */
	client_send(&c, "/version", 8);
	client_expect_error(&c, "", 400, NO_FIRST, "");
	client_send(&c, "/version\0\0\0\0", 12);
	client_expect_start(&c, "/version.reply");
	client_send(&c, "/version\0abc", 12);
	client_expect_start(&c, "/version.reply");
	client_send(&c, "/sync\0xy,i\0z\0\0\0\x7", 16);
	client_expect(&c, "/synced 7");
	client_send(&c, "#bundle\0\0\0\0\0\0\0\0\1", 16); /* empty */
	client_silent(&c);
	/* bytes that are no UTF-8 are told again as they are */
	client_send(&c, "/\xff\xfe\0,\0\0\0", 8);
	client_expect_error(&c, "/\xff\xfe", 404, NO_FIRST, "no such address");
}
END_TEST

START_TEST(a_bundle_that_is_broken_somewhere_is_refused_whole)
{
	packet_bundle(&p, OSC_NOW);
	packet_add(&p, "/group/new 1 0 0");
	packet_add(&p, "/group/new 2 0 0");
	p.data[p.size - 16] = 'x'; /* a tag of the second */
	client_send_packet(&c, &p);
	client_expect_error(&c, "", 400, NO_FIRST, "");
	client_say(&c, "/node/tree/statistics");
	client_expect(&c, "/node/tree/statistics.reply 1 0");
}
END_TEST

START_TEST(bundles_are_sixteen_deep_and_no_more)
{
	packet_bundle(&p, OSC_NOW);
	packet_add(&p, "/sync 5");
	for (int depth = 2; depth <= 16; depth++) {
		inner = p;
		packet_bundle(&p, OSC_NOW);
		packet_add_packet(&p, &inner);
	}
	client_send_packet(&c, &p);
	client_expect(&c, "/synced 5");
	inner = p;
	packet_bundle(&p, OSC_NOW);
	packet_add_packet(&p, &inner);
	client_send_packet(&c, &p);
	client_expect_error(&c, "", 400, NO_FIRST, "");
	/* depth that would end any recursion */
	uint8_t *at = p.data;
	size_t left = 60000;
	p.size = left;
	while (left > 20) {
		memcpy(at, "#bundle\0\0\0\0\0\0\0\0\1", 16);
		left -= 20;
		at[16] = (uint8_t)(left >> 24);
		at[17] = (uint8_t)(left >> 16);
		at[18] = (uint8_t)(left >> 8);
		at[19] = (uint8_t)left;
		at += 20;
	}
	client_send_packet(&c, &p);
	client_expect_error(&c, "", 400, NO_FIRST, "");
	client_silent(&c);
}
END_TEST

START_TEST(at_is_not_nested_and_its_packet_must_be_sound)
{
	packet_say(&inner, "/group/new 1 0 0");
	packet_at(&p, 1000, &inner);
	inner = p;
	packet_at(&p, 1000, &inner);
	client_send_packet(&c, &p);
	client_expect_error(&c, "/at", 400, NO_FIRST, "/at inside /at");
	packet_bundle(&inner, OSC_NOW);
	packet_add_packet(&inner, &p);
	packet_at(&p, 1000, &inner);
	client_send_packet(&c, &p);
	client_expect_error(&c, "/at", 400, NO_FIRST, "/at inside /at");
	packet_say(&inner, "/group/new 1 0 0");
	inner.data[0] = 'x';
	packet_at(&p, 1000, &inner);
	client_send_packet(&c, &p);
	client_expect_error(&c, "/at", 400, NO_FIRST, "the packet inside");
	client_refused(&c, "/at h:5 b:", 400, NO_FIRST, "the packet inside");
	client_run(&c, 2000);
	client_say(&c, "/node/tree/statistics");
	client_expect(&c, "/node/tree/statistics.reply 1 0");
}
END_TEST

START_TEST(what_is_wrong_inside_at_is_answered_too)
{
	packet_bundle(&inner, OSC_NOW);
	packet_add(&inner, "/group/new 1 0 0");
	packet_add(&inner, "/node/free 77");
	packet_add(&inner, "/nothing 5");
	packet_at(&p, 640, &inner);
	client_send_packet(&c, &p);
	client_expect_error(&c, "/nothing", 404, 5, "no such address");
	client_silent(&c);
	client_say(&c, "/offline/run 704");
	client_expect_error(&c, "/node/free", 404, 77, "no node 77");
	client_expect(&c, "/offline/run.reply h:704");
	client_say(&c, "/node/tree/statistics");
	client_expect(&c, "/node/tree/statistics.reply 2 0");
}
END_TEST

START_TEST(more_than_an_hour_ahead_is_refused_whole_at_any_depth)
{
	packet_bundle(&p, client_ntp_of(48000LL * 3601));
	packet_add(&p, "/group/new 1 0 0");
	client_send_packet(&c, &p);
	client_expect_error(&c, "#bundle", 422, NO_FIRST, "an hour");
	packet_bundle(&p, OSC_NOW);
	packet_add(&p, "/group/new 1 0 0");
	packet_bundle(&inner, client_ntp_of(48000LL * 3601));
	packet_add(&inner, "/group/new 2 0 0");
	packet_add_packet(&p, &inner);
	client_send_packet(&c, &p);
	client_expect_error(&c, "#bundle", 422, NO_FIRST, "an hour");
	packet_bundle(&p, UINT64_MAX >> 1);
	packet_add(&p, "/group/new 1 0 0");
	client_send_packet(&c, &p);
	client_expect_error(&c, "#bundle", 422, NO_FIRST, "an hour");
	packet_bundle(&p, client_ntp_of(48000LL * 3599));
	packet_add(&p, "/group/new 3 0 0");
	client_send_packet(&c, &p);
	client_silent(&c);
	client_say(&c, "/node/tree/statistics");
	client_expect(&c, "/node/tree/statistics.reply 1 0");
	ck_assert_double_eq(client_stat(&c, "events_pending"), 1.0);
}
END_TEST

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
	open_with(&(struct daemon_want){.sets = {"limits.max_nodes=8"}});
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
	open_with(&(struct daemon_want){.sets = {"limits.max_events=16"}});
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

	make_nodes();
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
	open_with(&(struct daemon_want){
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

	open_with(&(struct daemon_want){.sets = {"osc.max_clients=2"}});
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

	open_with(&(struct daemon_want){
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

#define ROLES                                              \
  "({ url = \"udp://127.0.0.1:0\"; role = \"admin\"; },"   \
  "{ url = \"udp://127.0.0.1:0\"; role = \"operator\"; }," \
  "{ url = \"udp://127.0.0.1:0\"; role = \"control\"; })"

START_TEST(roles_allow_what_they_should_and_no_more)
{
	static const char *const admin[] = {"/quit", "/config/reload",
		"/log/level info", "/dump 0", "/offline/run 64"};
	static const char *const operator[] = {"/mute 0", "/clear",
		"/group/new 1 0 0", "/group/freeAll 1", "/synth/new sine 2 0 0",
		"/synth/activate 2", "/synth/map/output 2 out 0 0",
		"/synth/map/input 2 out 0 0", "/synth/map/control 2 amp -1 0",
		"/node/connect 2 out 2 out", "/node/disconnect 2 out 2 out",
		"/synth/property/doneFlags/set 2 0", "/node/set 2 amp 0.5",
		"/node/move 2 0 0", "/node/run 2 1", "/node/name 2 x",
		"/node/release 2", "/node/free 1",
		"/at h:0 b:2f7800002c000000"};
	static const char *const control[] = {"/version", "/status", "/stats",
		"/notify 0", "/sync 1", "/time", "/meter 0", "/node/query 0",
		"/node/tree", "/node/tree/statistics", "/def/list",
		"/def/query sine"};
	static struct client o;
	static struct client k;

	open_with(&(struct daemon_want){.listeners = ROLES});
	ck_assert_uint_eq(d.urls, 3);
	client_open(&o, d.url[1]);
	client_open(&k, d.url[2]);
	for (size_t i = 0; i < sizeof admin / sizeof admin[0]; i++) {
		client_say(&o, "%s", admin[i]);
		client_hear(&o);
		ck_assert_msg(strstr(o.text, " 403 \"needs the role admin; "
					     "this listener gives operator"),
			"%s: %s", admin[i], o.text);
		client_say(&k, "%s", admin[i]);
		client_hear(&k);
		ck_assert_ptr_nonnull(strstr(k.text, " 403 \"needs the role "));
	}
	for (size_t i = 0; i < sizeof operator/ sizeof operator[0]; i++) {
		client_say(&k, "%s", operator[i]);
		client_hear(&k);
		ck_assert_msg(strstr(k.text, " 403 \"needs the role operator; "
					     "this listener gives control"),
			"%s: %s", operator[i], k.text);
		/* who may is not told so, whatever else is said */
		client_say(&o, "%s", operator[i]);
		client_say(&o, "/sync 99");
		while (strcmp(client_hear(&o), "/synced 99") != 0) {
			ck_assert_msg(strstr(o.text, " 403 ") == NULL,
				"%s: %s", operator[i], o.text);
		}
	}
	for (size_t i = 0; i < sizeof control / sizeof control[0]; i++) {
		client_say(&k, "%s", control[i]);
		client_say(&k, "/sync 99");
		while (strcmp(client_hear(&k), "/synced 99") != 0) {
			ck_assert_msg(strncmp(k.text, "/error", 6) != 0,
				"%s: %s", control[i], k.text);
		}
	}
	/* inside /at and bundles as well: each message for itself */
	packet_bundle(&inner, OSC_NOW);
	packet_add(&inner, "/quit");
	packet_add(&inner, "/group/new 9 0 0");
	packet_at(&p, 0, &inner);
	client_send_packet(&o, &p);
	client_expect_error(&o, "/quit", 403, NO_FIRST, "needs the role admin");
	client_send_packet(&k, &p);
	client_expect_error(
		&k, "/at", 403, NO_FIRST, "needs the role operator");
	client_send_packet(&k, &inner);
	client_expect_error(&k, "/quit", 403, NO_FIRST, "needs the role admin");
	client_expect_error(
		&k, "/group/new", 403, 9, "needs the role operator");
	client_run(&c, 960);
	client_say(&o, "/node/tree/statistics");
	client_seek(&o, "/node/tree/statistics.reply 2 0");
	client_close(&o);
	client_close(&k);
	end();
}
END_TEST

START_TEST(who_is_not_allowed_is_not_answered)
{
	static struct client stranger;

	open_with(&(struct daemon_want){
		.listeners =
			"({ url = \"udp://127.0.0.1:0\"; role = \"admin\"; },"
			"{ url = \"udp://127.0.0.1:0\"; role = \"admin\"; "
			"allow = [ \"10.0.0.0/8\" ]; })"});
	client_open(&stranger, d.url[1]);
	client_say(&stranger, "/group/new 1 0 0");
	client_say(&stranger, "/version");
	/* both sockets are read by one loop: soon it has them */
	while (client_stat(&c, "denied") < 2.0) {
	}
	client_say(&c, "/node/tree/statistics");
	client_expect(&c, "/node/tree/statistics.reply 1 0");
	ck_assert(!client_poll(&stranger, 0));
	client_close(&stranger);
	end();
}
END_TEST

START_TEST(offline_run_needs_the_offline_driver)
{
	open_with(&(struct daemon_want){.driver = "clock"});
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

START_TEST(notes_without_room_are_counted_and_sure_ones_come)
{
	int notes = 0;

	open_with(&(struct daemon_want){
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
	Suite *s = suite_create("system/errors");
	TCase *t = tcase_create("a daemon");
	TCase *own = tcase_create("a daemon of its own");

	tcase_set_timeout(t, 120);
	tcase_set_timeout(own, 120);
	tcase_add_unchecked_fixture(
		t, daemon_make_folder, daemon_remove_folder);
	tcase_add_checked_fixture(t, begin, end);
	tcase_add_test(t, arguments_that_are_missing_are_400);
	tcase_add_test(t, arguments_of_a_wrong_type_or_too_many_are_400);
	tcase_add_test(t, things_that_are_not_there_are_404);
	tcase_add_test(t, things_in_the_wrong_state_are_409);
	tcase_add_test(t, values_out_of_range_are_422);
	tcase_add_test(
		t, a_construct_that_fails_is_answered_and_leaves_nothing);
	tcase_add_test(t, packets_that_do_not_parse_are_400_without_an_address);
	tcase_add_test(t, what_is_odd_but_allowed_is_taken);
	tcase_add_test(t, a_bundle_that_is_broken_somewhere_is_refused_whole);
	tcase_add_test(t, bundles_are_sixteen_deep_and_no_more);
	tcase_add_test(t, at_is_not_nested_and_its_packet_must_be_sound);
	tcase_add_test(t, what_is_wrong_inside_at_is_answered_too);
	tcase_add_test(
		t, more_than_an_hour_ahead_is_refused_whole_at_any_depth);
	tcase_add_test(t, a_packet_of_too_many_constructions_is_413);
	tcase_add_test(t, triggers_that_find_no_room_are_503);
	tcase_add_test(t, errors_are_limited_and_what_was_held_back_is_told);
	tcase_add_test(t, a_node_that_puts_out_no_number_is_named_and_silenced);
	tcase_add_unchecked_fixture(
		own, daemon_make_folder, daemon_remove_folder);
	tcase_add_test(own, node_ids_that_are_used_up_are_503);
	tcase_add_test(own, events_that_find_no_room_are_503);
	tcase_add_test(own, a_pool_that_is_used_up_is_503_and_fills_again);
	tcase_add_test(own, client_slots_that_are_used_up_are_429);
	tcase_add_test(own, a_ring_that_is_full_is_503_and_nothing_is_lost);
	tcase_add_test(own, roles_allow_what_they_should_and_no_more);
	tcase_add_test(own, who_is_not_allowed_is_not_answered);
	tcase_add_test(own, offline_run_needs_the_offline_driver);
	tcase_add_test(own, notes_without_room_are_counted_and_sure_ones_come);
	suite_add_tcase(s, t);
	suite_add_tcase(s, own);
	SRunner *r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? 0 : 1;
}
