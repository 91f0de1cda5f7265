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
	static char text[256];

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

/* what RULINGS 5 makes of each; a reason without a code here fails too */
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
		"resource id 7 is taken: it is constructing");
	ck_assert_str_eq(words(c, REASON_RESOURCE_TAKEN, RESOURCE_LIVE, 409),
		"resource id 7 is taken: it is live");
	ck_assert_str_eq(
		words(c, REASON_RESOURCE_STATE, RESOURCE_FREE_PENDING, 409),
		"resource 7 is free-pending");
	ck_assert_str_eq(
		words(c, REASON_RESOURCE_STATE, RESOURCE_DESTROYING, 409),
		"resource 7 is destroying");
	ck_assert_str_eq(words(c, REASON_RESOURCE_STATE, RESOURCE_FREE, 409),
		"resource 7 is free");
	ck_assert_str_eq(words(c, REASON_RESOURCE_BUSY, -1 - 30, 409),
		"resource 7 is held by job 30 alone");
	ck_assert_str_eq(words(c, REASON_RESOURCE_HELD, 12, 409),
		"resource 7 is held by node 12: it cannot be had alone");
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
	tcase_add_test(c, every_reason_has_words_and_its_code);
	suite_add_tcase(suite, c);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
