/* SPDX-License-Identifier: MIT */
/*
 * check_pulse.c -- pulse: its spectrum, its aliases, its shape.
 */
#include "harness.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spectrum.h"

/** Alias of the waveform at `cycles` in 65536 frames, in dB. */
static double
alias_db(uint32_t cycles, float width)
{
	float *out = calloc(SPECTRUM_FRAMES, sizeof(*out));
	struct harness h;

	harness_open(&h, "pulse");
	/* exactly a whole number of cycles: every bin between is an alias */
	harness_set(
		&h, "freq", (float)(cycles * HARNESS_RATE / SPECTRUM_FRAMES));
	harness_set(&h, "amp", 1.0f);
	harness_set(&h, "width", width);
	harness_source(&h, out, SPECTRUM_FRAMES);
	double db = spectrum_alias_db(out, cycles);
	harness_close(&h);
	free(out);
	return db;
}

START_TEST(pulse_has_aliases_90_db_below_its_fundamental_at_1_khz)
{
	double square = alias_db(1367, 0.5f);
	double narrow = alias_db(1367, 0.3f);

	printf("pulse: loudest alias at 1 kHz %.1f dB (width 0.5), %.1f dB "
	       "(0.3)\n",
		square, narrow);
	ck_assert_double_le(square, -90.0);
	ck_assert_double_le(narrow, -90.0);
}
END_TEST

START_TEST(pulse_has_aliases_78_db_below_at_every_pitch)
{
	static const uint32_t cycles[] = {149, 601, 2003, 4001, 6007, 9973};

	for (size_t i = 0; i < sizeof(cycles) / sizeof(cycles[0]); i++) {
		ck_assert_double_le(alias_db(cycles[i], 0.5f), -78.0);
	}
}
END_TEST

START_TEST(pulse_has_the_harmonics_of_its_width_up_to_18_khz)
{
	float *out = calloc(SPECTRUM_FRAMES, sizeof(*out));
	double *power = calloc(SPECTRUM_FRAMES / 2, sizeof(*power));
	struct harness h;

	harness_open(&h, "pulse");
	harness_set(&h, "freq", (float)(1367 * HARNESS_RATE / SPECTRUM_FRAMES));
	harness_set(&h, "amp", 1.0f);
	harness_set(&h, "width", 0.3f);
	harness_source(&h, out, SPECTRUM_FRAMES);
	spectrum_power(out, power);
	for (uint32_t n = 1; n <= 18; n++) {
		double ought = 4 / (M_PI * n) * fabs(sin(M_PI * n * 0.3));

		ck_assert_double_eq_tol(
			sqrt(power[1367 * n]), ought, 0.006 * 4 / (M_PI * n));
	}
	harness_close(&h);
	free(power);
	free(out);
}
END_TEST

START_TEST(pulse_is_high_for_its_width_and_low_for_the_rest)
{
	float out[960];
	struct harness h;

	harness_open(&h, "pulse");
	harness_set(&h, "freq", 50.0f);
	harness_set(&h, "amp", 1.0f);
	harness_set(&h, "width", 0.25f);
	harness_source(&h, out, 960);
	ck_assert_double_eq_tol((double)out[0], 0.0, 1e-6);
	ck_assert_double_eq_tol((double)out[240], 0.0, 1e-6);
	for (uint32_t i = 17; i < 224; i++) {
		ck_assert_double_eq_tol((double)out[i], 1.0, 1e-6);
	}
	for (uint32_t i = 257; i < 944; i++) {
		ck_assert_double_eq_tol((double)out[i], -1.0, 1e-6);
	}
	harness_close(&h);
}
END_TEST

START_TEST(pulse_moves_its_falling_edge_when_width_ramps)
{
	float out[HARNESS_BLOCK];
	float *to = out;
	struct harness h;

	/* 187.5 Hz: one cycle of 256 frames in four blocks */
	harness_open(&h, "pulse");
	harness_set(&h, "freq", 187.5f);
	harness_set(&h, "amp", 1.0f);
	for (int block = 0; block < 4; block++) {
		harness_ramp(&h, "width", 0.25f + 0.125f * (float)block,
			0.125f / 64.0f);
		harness_segment(&h, NULL, &to, HARNESS_BLOCK);
		for (uint32_t i = 0; i < HARNESS_BLOCK; i++) {
			double phase = (block * 64.0 + i) / 256.0;
			double width = 0.25 + 0.125 * block + 0.125 * i / 64.0;
			double gap = fabs(phase - width) * 256.0;

			if (gap > 17.0 && phase * 256.0 > 17.0 &&
				(1.0 - phase) * 256.0 > 17.0) {
				ck_assert_double_eq_tol((double)out[i],
					phase < width ? 1.0 : -1.0, 1e-5);
			}
		}
	}
	harness_close(&h);
}
END_TEST

Suite *
harness_suite(void)
{
	Suite *s = suite_create("plugins/pulse");
	TCase *tc = tcase_create("pulse");

	tcase_set_timeout(tc, 60);
	tcase_add_test(
		tc, pulse_has_aliases_90_db_below_its_fundamental_at_1_khz);
	tcase_add_test(tc, pulse_has_aliases_78_db_below_at_every_pitch);
	tcase_add_test(tc, pulse_has_the_harmonics_of_its_width_up_to_18_khz);
	tcase_add_test(tc, pulse_is_high_for_its_width_and_low_for_the_rest);
	tcase_add_test(tc, pulse_moves_its_falling_edge_when_width_ramps);
	suite_add_tcase(s, tc);
	return s;
}
