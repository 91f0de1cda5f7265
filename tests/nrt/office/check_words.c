/* SPDX-License-Identifier: MIT */
/*
 * check_words.c -- errors name the thing and the mend: misspelt addresses,
 * ports that a command cannot use.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "office_private.h"

START_TEST(misspelt_address_is_told_the_nearest_one)
{
	static const struct {
		const char *said;
		const char *meant; /* NULL: none is near */
	} table[] = {
		{"/node/frea",        "/node/free"       },
		{"/synth/news",       "/synth/new"       },
		{"/synth/map/ouptut", "/synth/map/output"},
		{"/Status",           "/status"          },
		{"/nonsense/at/all",  NULL               },
		{"/",                 NULL               },
		{"",                  NULL               },
	};

	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		const char *near = address_near(table[i].said);
		if (table[i].meant == NULL) {
			ck_assert_msg(
				near == NULL, "%s: %s", table[i].said, near);
		} else {
			ck_assert_pstr_eq(near, table[i].meant);
		}
	}
}
END_TEST

/** The words of a command that failed for `reason`, which told node 7. */
static const char *
words(struct command c, enum reason reason, int32_t told, int code)
{
	static char text[WORDS_SIZE];

	c.reason = (uint16_t)reason;
	c.told[0] = 7;
	c.told[1] = told;
	ck_assert_int_eq(words_of(&c, text, sizeof text), code);
	return text;
}

START_TEST(port_that_is_missing_is_named_as_the_client_named_it)
{
	struct set_pair pair[2] = {
		{.port = {.name = "freq"}}, {.port = {.name = "frek"}}};
	struct command c = {.kind = COMMAND_SET, .u.set.pairs = pair};

	ck_assert_str_eq(words(c, REASON_PORT_MISSING, 1, 404),
		"node 7 has no port \"frek\"; /node/query tells them");
	c = (struct command){
		.kind = COMMAND_MAP_INPUT, .u.map.port = {.index = 9}};
	ck_assert_str_eq(words(c, REASON_PORT_MISSING, 9, 404),
		"node 7 has no port 9; /node/query tells them");
}
END_TEST

START_TEST(port_of_the_wrong_kind_is_told_what_was_wanted)
{
	struct command c = {
		.kind = COMMAND_MAP_OUTPUT, .u.map.port = {.name = "freq"}};

	ck_assert_str_eq(words(c, REASON_PORT_KIND, 0, 422),
		"node 7: port \"freq\" is no audio output; /node/query tells "
		"the ports");
	c.kind = COMMAND_MAP_INPUT;
	c.u.map.port = (struct port_ref){.name = "out"};
	ck_assert_str_eq(words(c, REASON_PORT_DIRECTION, 3, 422),
		"node 7: port \"out\" is no audio input; /node/query tells "
		"the ports");
	c.kind = COMMAND_SET;
	ck_assert_str_eq(words(c, REASON_PORT_KIND, 3, 422),
		"node 7: port 3 is no control; /node/query tells the ports");
}
END_TEST

/* as tactus-osc(7) tells codes apart; a reason without one here fails too */
static const int codes[REASON_COUNT] = {
	[REASON_NODE_RANGE] = 422,
	[REASON_NODE_MISSING] = 404,
	[REASON_NODE_TAKEN] = 409,
	[REASON_NODES_FULL] = 503,
	[REASON_TARGET_RANGE] = 422,
	[REASON_TARGET_MISSING] = 404,
	[REASON_TARGET_NOT_GROUP] = 422,
	[REASON_TARGET_ROOT] = 422,
	[REASON_PLACEMENT] = 422,
	[REASON_ROOT] = 422,
	[REASON_NOT_SYNTH] = 422,
	[REASON_NOT_GROUP] = 422,
	[REASON_INSIDE_ITSELF] = 409,
	[REASON_ACTIVE] = 409,
	[REASON_RELEASING] = 409,
	[REASON_PORT_MISSING] = 404,
	[REASON_PORT_RANGE] = 422,
	[REASON_PORT_KIND] = 422,
	[REASON_PORT_DIRECTION] = 422,
	[REASON_RESOURCE_FLOAT] = 422,
	[REASON_RESOURCE_RANGE] = 422,
	[REASON_RESOURCE_MISSING] = 404,
	[REASON_RESOURCE_TAKEN] = 409,
	[REASON_RESOURCE_STATE] = 409,
	[REASON_RESOURCE_BUSY] = 409,
	[REASON_RESOURCE_HELD] = 409,
	[REASON_RESOURCE_URI] = 422,
	[REASON_HOLDS_FULL] = 503,
	[REASON_JOB_TAKEN] = 409,
	[REASON_JOBS_FULL] = 503,
	[REASON_BUS_RANGE] = 422,
	[REASON_CONNECTED] = 409,
	[REASON_NOT_CONNECTED] = 409,
	[REASON_CYCLE] = 409,
	[REASON_INPUTS_FULL] = 503,
	[REASON_CONNECTIONS_FULL] = 503,
	[REASON_POOL_FULL] = 503,
	[REASON_POOL_NONE] = 503,
	[REASON_EVENTS_FULL] = 503,
	[REASON_TRIGGERS_FULL] = 503,
	[REASON_CONSTRUCT] = 500,
	[REASON_STOPPING] = 503,
};

START_TEST(resource_that_cannot_be_had_is_told_its_state_or_who_holds_it)
{
	struct command c = {.kind = COMMAND_SET};

	ck_assert_str_eq(words(c, REASON_RESOURCE_RANGE, 255, 422),
		"resource id 7 is not within 0 … 255");
	ck_assert_str_eq(words(c, REASON_RESOURCE_MISSING, 255, 404),
		"no resource 7; /resource/list tells all");
	ck_assert_str_eq(
		words(c, REASON_RESOURCE_TAKEN, RESOURCE_CONSTRUCTING, 409),
		"resource id 7 is taken: it is constructing; "
		"/resource/list tells which are");
	ck_assert_str_eq(words(c, REASON_RESOURCE_TAKEN, RESOURCE_LIVE, 409),
		"resource id 7 is taken: it is live; /resource/list tells "
		"which are");
	ck_assert_str_eq(
		words(c, REASON_RESOURCE_STATE, RESOURCE_FREE_PENDING, 409),
		"resource 7 is free-pending; /resource/destroyed tells when "
		"its id is free");
	ck_assert_str_eq(
		words(c, REASON_RESOURCE_STATE, RESOURCE_DESTROYING, 409),
		"resource 7 is destroying; /resource/destroyed tells when its "
		"id is free");
	ck_assert_str_eq(words(c, REASON_RESOURCE_STATE, RESOURCE_FREE, 409),
		"resource 7 is free");
	ck_assert_str_eq(
		words(c, REASON_RESOURCE_STATE, RESOURCE_CONSTRUCTING, 409),
		"resource 7 is constructing; /resource/ready tells when it is "
		"there");
	ck_assert_str_eq(words(c, REASON_RESOURCE_BUSY, -1 - 30, 409),
		"resource 7 is held by job 30 alone, until its work is done");
	ck_assert_str_eq(words(c, REASON_RESOURCE_HELD, 12, 409),
		"resource 7 is held by node 12: it cannot be had alone; "
		"/resource/query tells all who hold it");
	ck_assert_str_eq(words(c, REASON_RESOURCE_URI, 3, 422),
		"resource 7 is of another class than port 3 takes; /def/query "
		"tells which");
	ck_assert_str_eq(words(c, REASON_RESOURCE_URI, -1, 422),
		"resource 7 is of another class than the job takes; /def/query "
		"tells which");
	ck_assert_str_eq(words(c, REASON_JOB_TAKEN, 0, 409),
		"job id 7 is taken: a job of that id is under way");
	ck_assert_str_eq(words(c, REASON_JOBS_FULL, 0, 503),
		"7 jobs are under way, and there can be no more");
}
END_TEST

START_TEST(bus_that_is_not_there_is_told_its_kind_and_which_there_are)
{
	struct command c = {.kind = COMMAND_MAP_OUTPUT};

	ck_assert_str_eq(words(c, REASON_BUS_RANGE, 4, 422),
		"bus 7 is not within 0 … 3, see limits.max_audio_buses (-1 "
		"unmaps)");
	c.u.map.flags = MAP_EXTERNAL;
	ck_assert_str_eq(words(c, REASON_BUS_RANGE, 2, 422),
		"playback channel 7 is not within 0 … 1, see audio.outputs "
		"(-1 unmaps)");
	c.kind = COMMAND_MAP_CONTROL;
	ck_assert_str_eq(words(c, REASON_BUS_RANGE, 0, 422),
		"capture channel 7: there is none, see audio.inputs");
}
END_TEST

/** Node 5, port "out", to node 7, port 3. */
static struct connect_order order = {
	.out = {.index = -1, .name = "out"},
          .in = {.index = 3          },
          .to = 7
};
static const struct command connect = {
	.kind = COMMAND_CONNECT, .id = 5, .u.connect = &order};

/** The words behind the two ends, which are there. */
static const char *
behind_ends(struct command c, enum reason reason, int32_t told, int32_t more,
	int code)
{
	static char text[WORDS_SIZE];
	static const char ends[] = "node 5 port \"out\" → node 7 port 3: ";

	c.reason = (uint16_t)reason;
	c.told[0] = told;
	c.told[1] = more;
	ck_assert_int_eq(words_of(&c, text, sizeof text), code);
	ck_assert_msg(strncmp(text, ends, sizeof ends - 1) == 0, "%s", text);
	return text + sizeof ends - 1;
}

START_TEST(connection_that_cannot_be_is_told_with_both_ends_and_the_mend)
{
	struct command part = connect;

	part.kind = COMMAND_DISCONNECT;
	ck_assert_str_eq(behind_ends(connect, REASON_NODE_MISSING, 7, 0, 404),
		"no node 7; /node/tree tells all");
	ck_assert_str_eq(behind_ends(part, REASON_NODE_RANGE, 5, 1023, 422),
		"node id 5 is not within 0 … 1023");
	ck_assert_str_eq(behind_ends(connect, REASON_NOT_SYNTH, 7, 0, 422),
		"node 7 is a group, not a synth");
	ck_assert_str_eq(behind_ends(connect, REASON_CONNECTED, 0, 0, 409),
		"they are connected already; /node/disconnect parts them");
	order.any = true;
	ck_assert_str_eq(behind_ends(part, REASON_NOT_CONNECTED, 0, 0, 409),
		"they are not connected; /node/query tells the connections");
	order.any = false;
	order.flags = MAP_FEEDBACK;
	ck_assert_str_eq(behind_ends(part, REASON_NOT_CONNECTED, 0, 0, 409),
		"they are not connected with flags 2; /node/query tells the "
		"connections");
	order.flags = 0;
	ck_assert_str_eq(behind_ends(connect, REASON_INPUTS_FULL, 64, 0, 503),
		"that input adds up 64 connections, as many as can be: see "
		"limits.max_inputs_per_port");
	ck_assert_str_eq(
		behind_ends(connect, REASON_CONNECTIONS_FULL, 8192, 0, 503),
		"there are 8192 connections, as many as can be: see "
		"limits.max_connections");
	ck_assert_str_eq(behind_ends(connect, REASON_POOL_FULL, 256, 0, 503),
		"pool 256 (blocks of as many bytes) is used up: see the "
		"setting pools");
	ck_assert_str_eq(behind_ends(connect, REASON_POOL_NONE, 256, 0, 503),
		"no pool has blocks of 256 bytes: see the setting pools");
	ck_assert_str_eq(behind_ends(connect, REASON_STOPPING, 0, 0, 503),
		"the engine is stopping");
}
END_TEST

START_TEST(port_of_a_connection_is_told_by_the_end_that_has_it)
{
	ck_assert_str_eq(behind_ends(connect, REASON_PORT_MISSING, 5, -1, 404),
		"node 5 has no port \"out\"; /node/query tells them");
	ck_assert_str_eq(behind_ends(connect, REASON_PORT_MISSING, 7, 3, 404),
		"node 7 has no port 3; /node/query tells them");
	ck_assert_str_eq(behind_ends(connect, REASON_PORT_RANGE, 7, -2, 422),
		"node 7: port index -2 is below 0");
	ck_assert_str_eq(behind_ends(connect, REASON_PORT_KIND, 5, 0, 422),
		"port \"out\" of node 5 is no audio output; /node/query tells "
		"the ports");
	ck_assert_str_eq(behind_ends(connect, REASON_PORT_DIRECTION, 7, 3, 422),
		"port 3 of node 7 is no audio input; /node/query tells the "
		"ports");
}
END_TEST

/** Of node 7 and itself. */
static const char *
of_itself(struct port_ref out, struct port_ref in, enum reason reason,
	int32_t told)
{
	struct connect_order o = {.out = out, .in = in, .to = 7};
	struct command c = {.kind = COMMAND_CONNECT, .id = 7, .u.connect = &o};

	return strstr(words(c, reason, told,
			      reason == REASON_PORT_MISSING ? 404 : 422),
		       ": ") +
	       2;
}

START_TEST(port_of_a_node_and_itself_is_told_where_rt_says_which)
{
	const struct port_ref two = {.index = 2};
	const struct port_ref three = {.index = 3};
	const struct port_ref name = {.index = -1, .name = "freq"};

	ck_assert_str_eq(of_itself(two, three, REASON_PORT_KIND, 3),
		"port 3 of node 7 is no audio input; /node/query tells the "
		"ports");
	ck_assert_str_eq(of_itself(two, three, REASON_PORT_KIND, 2),
		"port 2 of node 7 is no audio output; /node/query tells the "
		"ports");
	ck_assert_str_eq(of_itself(two, name, REASON_PORT_DIRECTION, 0),
		"port \"freq\" of node 7 is no audio input; /node/query tells "
		"the ports");
	ck_assert_str_eq(of_itself(name, name, REASON_PORT_KIND, 0),
		"node 7 has no such audio output and audio input; /node/query "
		"tells the ports");
	ck_assert_str_eq(of_itself(name, two, REASON_PORT_MISSING, 2),
		"node 7 has no port 2; /node/query tells them");
	ck_assert_str_eq(of_itself(name, two, REASON_PORT_MISSING, -1),
		"node 7 has no port \"freq\"; /node/query tells them");
	ck_assert_str_eq(of_itself(name, name, REASON_PORT_MISSING, -1),
		"node 7 has not both of these ports; /node/query tells the "
		"ports");
}
END_TEST

START_TEST(cycle_is_told_node_by_node_with_the_mend)
{
	static const char mend[] =
		"this closes a cycle (with flags 2, feedback, it may, and is "
		"heard one block later): ";
	const char *text;

	order.length = 3;
	order.path[0] = 7;
	order.path[1] = 9;
	order.path[2] = 5;
	text = behind_ends(connect, REASON_CYCLE, 3, 0, 409);
	ck_assert_int_eq(strncmp(text, mend, sizeof mend - 1), 0);
	ck_assert_str_eq(text + sizeof mend - 1, "7 → 9 → 5 → 7");
	/* as many as rt tells, of the longest ids, and still more */
	order.length = CONNECT_PATH;
	for (int i = 0; i < CONNECT_PATH; i++) {
		order.path[i] = 65535;
	}
	text = behind_ends(connect, REASON_CYCLE, CONNECT_PATH, 0, 409);
	ck_assert_str_eq(text + strlen(text) - 12, " 65535 → 7");
	order.length++;
	text = behind_ends(connect, REASON_CYCLE, CONNECT_PATH + 1, 0, 409);
	ck_assert_str_eq(text + strlen(text) - 14, " 65535 → …");
	ck_assert_uint_eq(strlen(text),
		sizeof mend - 1 + CONNECT_PATH * strlen("65535 → ") +
			strlen("…"));
	/* nobody but rt is asked how long it is: an error is no longer than
	 * its room in any case */
	order.length = UINT32_MAX;
	text = behind_ends(connect, REASON_CYCLE, 0, 0, 409);
	ck_assert_str_eq(text + strlen(text) - 14, " 65535 → …");
}
END_TEST

START_TEST(long_names_of_ports_leave_room_for_what_is_wrong)
{
	static char name[2000];
	struct connect_order o = {
		.out = {.index = -1, .name = name},
		.in = {.index = -1, .name = name},
		.to = 65535
        };
	struct command c = {
		.kind = COMMAND_CONNECT,
		.id = 65535,
		.told = {65535, -1},
		.reason = REASON_PORT_MISSING,
		.u.connect = &o
        };
	char text[WORDS_SIZE];

	memset(name, 'x', sizeof name - 1);
	ck_assert_int_eq(words_of(&c, text, sizeof text), 404);
	ck_assert_ptr_nonnull(strstr(text, "node 65535 has not both"));
}
END_TEST

START_TEST(every_reason_has_words_for_both_ends_of_a_connection)
{
	order.length = 1;
	order.path[0] = 7;
	for (int r = REASON_NONE + 1; r < REASON_COUNT; r++) {
		const char *text =
			behind_ends(connect, (enum reason)r, 7, 500, codes[r]);
		ck_assert_msg(strncmp(text, "reason ", 7) != 0, "%d", r);
	}
}
END_TEST

START_TEST(every_reason_has_words_and_its_code)
{
	struct command c = {.kind = COMMAND_FREE};

	for (int r = REASON_NONE + 1; r < REASON_COUNT; r++) {
		char unknown[32];
		char text[256];

		c.reason = (uint16_t)r;
		/* no code of /error: a plugin that only said "no" */
		c.told[0] = 7;
		c.told[1] = 500;
		int code = words_of(&c, text, sizeof text);
		snprintf(unknown, sizeof unknown, "reason %d", r);
		ck_assert_msg(strcmp(text, unknown) != 0, "%s", text);
		ck_assert_msg(code == codes[r], "%s: %d", text, code);
	}
	c.reason = (uint16_t)REASON_CONSTRUCT;
	c.told[0] = 422;
	char text[256];
	ck_assert_int_eq(words_of(&c, text, sizeof text), 422);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("nrt/words");
	TCase *c = tcase_create("words");

	tcase_add_test(c, misspelt_address_is_told_the_nearest_one);
	tcase_add_test(c, port_that_is_missing_is_named_as_the_client_named_it);
	tcase_add_test(c, port_of_the_wrong_kind_is_told_what_was_wanted);
	tcase_add_test(c,
		resource_that_cannot_be_had_is_told_its_state_or_who_holds_it);
	tcase_add_test(c,
		connection_that_cannot_be_is_told_with_both_ends_and_the_mend);
	tcase_add_test(
		c, bus_that_is_not_there_is_told_its_kind_and_which_there_are);
	tcase_add_test(c, port_of_a_connection_is_told_by_the_end_that_has_it);
	tcase_add_test(
		c, port_of_a_node_and_itself_is_told_where_rt_says_which);
	tcase_add_test(c, cycle_is_told_node_by_node_with_the_mend);
	tcase_add_test(c, long_names_of_ports_leave_room_for_what_is_wrong);
	tcase_add_test(c, every_reason_has_words_for_both_ends_of_a_connection);
	tcase_add_test(c, every_reason_has_words_and_its_code);
	suite_add_tcase(suite, c);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
