/* SPDX-License-Identifier: MIT */
/*
 * check_pan.c -- pan: equal power, exact at its ends.
 */
#include "harness.h"

#include <math.h>

/** Run one block of noise; out0 and out1 follow each other in `out`. */
static void
block(struct harness *h, const float *in, float *out)
{
	float *to[2] = {out, out + HARNESS_BLOCK};

	harness_run(h, &in, to, HARNESS_BLOCK, NULL);
}

START_TEST(pan_is_its_formula)
{
	float in[HARNESS_BLOCK];
	float out[2 * HARNESS_BLOCK];
	uint64_t random = 4;
	struct harness h;

	harness_open(&h, "pan");
	for (int n = -20; n <= 20; n++) {
		float position = (float)n / 20.0f;
		double angle = ((double)position + 1.0) * M_PI / 4;

		harness_noise(in, HARNESS_BLOCK, &random);
		harness_set(&h, "position", position);
		harness_set(&h, "gain", 0.75f);
		block(&h, in, out);
		for (uint32_t i = 0; i < HARNESS_BLOCK; i++) {
			double x = 0.75 * (double)in[i];

			ck_assert_double_eq_tol(
				(double)out[i], x * cos(angle), 2e-7);
			ck_assert_double_eq_tol((double)out[HARNESS_BLOCK + i],
				x * sin(angle), 2e-7);
		}
	}
	harness_close(&h);
}
END_TEST

START_TEST(pan_is_exact_at_its_ends)
{
	float in[HARNESS_BLOCK];
	float out[2 * HARNESS_BLOCK];
	uint64_t random = 4;
	struct harness h;

	harness_noise(in, HARNESS_BLOCK, &random);
	harness_open(&h, "pan");
	for (int end = 0; end < 2; end++) {
		harness_set(&h, "position", end == 0 ? -1.0f : 1.0f);
		block(&h, in, out);
		for (uint32_t i = 0; i < HARNESS_BLOCK; i++) {
			ck_assert_float_eq(out[i], end == 0 ? in[i] : 0.0f);
			ck_assert_float_eq(out[HARNESS_BLOCK + i],
				end == 0 ? 0.0f : in[i]);
		}
	}
	harness_close(&h);
}
END_TEST

START_TEST(pan_moves_within_a_block_when_position_ramps)
{
	float in[HARNESS_BLOCK];
	float out[2 * HARNESS_BLOCK];
	uint64_t random = 4;
	struct harness h;

	harness_noise(in, HARNESS_BLOCK, &random);
	harness_open(&h, "pan");
	harness_ramp(&h, "position", -1.0f, 2.0f / 64.0f);
	block(&h, in, out);
	for (uint32_t i = 0; i < HARNESS_BLOCK; i++) {
		double angle = i * 2.0 / 64.0 * M_PI / 4;

		ck_assert_double_eq_tol(
			(double)out[i], (double)in[i] * cos(angle), 2e-7);
	}
	harness_close(&h);
}
END_TEST

Suite *
harness_suite(void)
{
	Suite *s = suite_create("plugins/pan");
	TCase *tc = tcase_create("pan");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, pan_is_its_formula);
	tcase_add_test(tc, pan_is_exact_at_its_ends);
	tcase_add_test(tc, pan_moves_within_a_block_when_position_ramps);
	suite_add_tcase(s, tc);
	return s;
}
