/* SPDX-License-Identifier: MIT */
/*
 * check_storm.c -- resources under random commands, against a model.
 *
 * TACTUS_STORM says how many commands are sent in all; 50,000 without it.
 */
#include <stdlib.h>

#include "rooms.h"
#include "storm.h"

/** Storms of one run: with 1, 2 and 8 workers in turn. */
#define STORMS 12

static uint64_t
commands(void)
{
	const char *wanted = getenv("TACTUS_STORM");

	return (wanted != NULL ? strtoull(wanted, NULL, 10) : 50000) / STORMS;
}

START_TEST(engine_and_model_agree_in_a_storm)
{
	static const uint32_t workers[] = {1, 2, 8};
	struct storm_counts c;

	storm_run(0x5eed0000U + (uint32_t)_i, workers[_i % 3], commands(), &c);
	/* it was a storm: everything happened, often */
	ck_assert_uint_ge(c.commands, commands());
	ck_assert_uint_gt(c.destroyed, commands() / 100);
	ck_assert_uint_gt(c.cancelled, 0);
	ck_assert_uint_gt(c.gone, 0);
	ck_assert_uint_gt(c.exclusive, commands() / 100);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("resource/storm");
	TCase *t = tcase_create("storm");

	tcase_set_timeout(t, 1200);
	tcase_add_loop_test(t, engine_and_model_agree_in_a_storm, 0, STORMS);
	suite_add_tcase(s, t);
	return rooms_run(s);
}
