/* SPDX-License-Identifier: MIT */
/*
 * check_lfo.c -- lfo: its shapes against their formulas.
 */
#include "harness.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FRAMES 4800

static double
shape_of(int shape, double c)
{
	switch (shape) {
	case 0:
		return sin(2 * M_PI * c);
	case 1:
		return c < 0.25 ? 4 * c : c < 0.75 ? 2 - 4 * c : 4 * c - 4;
	case 2:
		return c < 0.5 ? 1 : -1;
	default:
		return c < 0.5 ? 2 * c : 2 * c - 2;
	}
}

START_TEST(lfo_draws_its_shapes)
{
	float out[FRAMES];

	for (int shape = 0; shape < 4; shape++) {
		struct harness h;

		harness_open(&h, "lfo");
		harness_set(&h, "freq", 31.0f);
		harness_set(&h, "amp", 0.75f);
		harness_set(&h, "offset", 0.125f);
		harness_set(&h, "shape", (float)shape);
		harness_source(&h, out, FRAMES);
		for (uint32_t i = 0; i < FRAMES; i++) {
			double c = fmod(31.0 * i / HARNESS_RATE, 1.0);
			double v = 0.125 + 0.75 * shape_of(shape, c);

			/* where it steps, the last bit of the phase decides */
			if (shape < 2 || fabs(c - 0.5) > 1e-9) {
				ck_assert_double_eq_tol(
					(double)out[i], v, 1e-6);
			}
		}
		harness_close(&h);
	}
}
END_TEST

START_TEST(lfo_is_its_offset_when_amp_is_0)
{
	float out[FRAMES];

	for (int shape = 0; shape < 5; shape++) {
		struct harness h;

		harness_open(&h, "lfo");
		harness_set(&h, "amp", 0.0f);
		harness_set(&h, "offset", 1234.567f);
		harness_set(&h, "shape", (float)shape);
		harness_source(&h, out, FRAMES);
		for (uint32_t i = 0; i < FRAMES; i++) {
			ck_assert_float_eq(out[i], 1234.567f);
		}
		harness_close(&h);
	}
}
END_TEST

START_TEST(lfo_holds_one_number_for_each_cycle)
{
	float out[FRAMES];
	struct harness h;
	uint32_t changes = 0;

	harness_open_with(&h, "lfo", "seed", -3);
	harness_set(&h, "freq", 100.0f);
	harness_set(&h, "shape", 4.0f);
	harness_source(&h, out, FRAMES);
	for (uint32_t i = 1; i < FRAMES; i++) {
		if (out[i] != out[i - 1]) {
			changes++;
			/* 480 frames a cycle, to one frame */
			ck_assert_uint_le((i + 1) % 480, 2);
		}
		ck_assert_double_le(fabs((double)out[i]), 1.0);
	}
	ck_assert_uint_ge(changes, 9);
	ck_assert_uint_le(changes, 10);
	harness_close(&h);
}
END_TEST

START_TEST(lfo_follows_the_ramp_of_its_frequency)
{
	float out[HARNESS_BLOCK];
	float *to = out;
	double cycles = 0.0;
	struct harness h;

	harness_open(&h, "lfo");
	for (int block = 0; block < 50; block++) {
		TactusControl f = {(float)block * 6.4f, 0.1f};

		harness_ramp(&h, "freq", f.value, f.step);
		harness_segment(&h, NULL, &to, HARNESS_BLOCK);
		for (uint32_t i = 0; i < HARNESS_BLOCK; i++) {
			ck_assert_double_eq_tol(
				(double)out[i], sin(2 * M_PI * cycles), 1e-6);
			cycles +=
				(double)tactus_control_at(&f, i) / HARNESS_RATE;
		}
	}
	harness_close(&h);
}
END_TEST

Suite *
harness_suite(void)
{
	Suite *s = suite_create("plugins/lfo");
	TCase *tc = tcase_create("lfo");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, lfo_draws_its_shapes);
	tcase_add_test(tc, lfo_is_its_offset_when_amp_is_0);
	tcase_add_test(tc, lfo_holds_one_number_for_each_cycle);
	tcase_add_test(tc, lfo_follows_the_ramp_of_its_frequency);
	suite_add_tcase(s, tc);
	return s;
}
