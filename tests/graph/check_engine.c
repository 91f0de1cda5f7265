/* SPDX-License-Identifier: MIT */
/*
 * check_engine.c -- the life of a block: events, order, the outputs.
 */
#include "rig.h"

#include <math.h>
#include <stdlib.h>

START_TEST(engine_sounds_from_the_sample_of_activation)
{
	struct rig *r = rig_new();

	rig_open(r);
	ck_assert_uint_eq(rig_synth(r, &rig_impulse, 5, 0, PLACE_TAIL), 0);
	ck_assert_uint_eq(
		rig_map(r, COMMAND_MAP_OUTPUT, 5, "out", 1, MAP_EXTERNAL), 0);
	struct batch *b = rig_batch(r, 12345);
	rig_add(r, b, COMMAND_ACTIVATE, 5);
	rig_post(r, b);
	rig_run(r, 20000);
	for (uint64_t i = 0; i < r->frames; i++) {
		rig_same(r->out[1][i], i == 12345 ? 1.0F : 0.0F);
		rig_same(r->out[0][i], 0.0F);
	}
	rig_close(r);
}
END_TEST

START_TEST(engine_ramps_a_control_as_the_formula_says)
{
	struct rig *r = rig_new();

	rig_open(r);
	rig_voice(r, &rig_level, 3, 0);
	rig_run(r, 100);
	ck_assert_uint_eq(rig_set(r, 3, "value", 3.0F, 1000 / 48000.0), 0);
	rig_run(r, 1100);
	for (int k = 0; k < 1000; k++) {
		double want = 1.0 + 2.0 * (k + 1) / 1000.0;
		ck_assert_double_eq_tol((double)r->out[0][100 + k], want, 4e-7);
	}
	rig_same(r->out[0][99], 1.0F);
	rig_same(r->out[0][1099], 3.0F);
	rig_same(r->out[0][1199], 3.0F);
	rig_close(r);
}
END_TEST

START_TEST(engine_frees_after_a_fade_and_tells_the_end)
{
	struct rig *r = rig_new();

	rig_open(r);
	rig_group(r, 7, 0, PLACE_HEAD);
	rig_voice(r, &rig_level, 3, 0);
	ck_assert_uint_eq(rig_move(r, 3, 7, PLACE_TAIL), 0);
	rig_run(r, 64);
	struct batch *b = rig_batch(r, 0);
	rig_add(r, b, COMMAND_RELEASE, 7)->u.seconds = 0.01;
	ck_assert_uint_eq(rig_do(r, b), 0);
	rig_run(r, 1000);
	rig_same(r->out[0][63], 1.0F);
	for (int k = 0; k < 480; k++) {
		ck_assert_double_eq_tol(
			r->out[0][64 + k], 1.0 - (k + 1) / 480.0, 1e-6);
	}
	rig_same(r->out[0][64 + 480], 0.0F);
	ck_assert_int_lt(rig_where(r, REPORT_NODE_ENDED, 3),
		rig_where(r, REPORT_NODE_ENDED, 7));
	rig_close(r);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("rt/graph/engine");
	TCase *tc = tcase_create("engine");

	tcase_add_test(tc, engine_sounds_from_the_sample_of_activation);
	tcase_add_test(tc, engine_ramps_a_control_as_the_formula_says);
	tcase_add_test(tc, engine_frees_after_a_fade_and_tells_the_end);
	suite_add_tcase(s, tc);
	SRunner *runner = srunner_create(s);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
