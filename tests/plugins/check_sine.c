/* SPDX-License-Identifier: MIT */
/*
 * check_sine.c -- sine against its formula, in double precision.
 */
#include "harness.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECOND 48000

/** The largest distance of `out` from amp * sin(2 pi (freq t + phase)). */
static double
error_of(const float *out, uint32_t frames, double freq, double amp,
	double phase)
{
	double worst = 0.0;

	for (uint32_t i = 0; i < frames; i++) {
		double cycles = fmod(freq * i / HARNESS_RATE, 1.0) + phase;
		double e = fabs((double)out[i] - amp * sin(2 * M_PI * cycles));

		worst = e > worst ? e : worst;
	}
	return worst;
}

START_TEST(sine_is_its_formula_for_a_second)
{
	static const float freqs[] = {0.0f, 0.1f, 20.0f, 440.0f, 997.0f,
		1000.0f, 12345.678f, 24000.0f};
	static const float phases[] = {0.0f, 0.25f, 0.3f, 1.0f};
	float *out = calloc(SECOND, sizeof(*out));

	for (size_t f = 0; f < sizeof(freqs) / sizeof(freqs[0]); f++) {
		for (size_t p = 0; p < 4; p++) {
			struct harness h;

			harness_open(&h, "sine");
			harness_set(&h, "freq", freqs[f]);
			harness_set(&h, "amp", 1.0f);
			harness_set(&h, "phase", phases[p]);
			harness_source(&h, out, SECOND);
			ck_assert_double_le(
				error_of(out, SECOND, (double)freqs[f], 1.0,
					(double)phases[p]),
				4e-7);
			harness_close(&h);
		}
	}
	free(out);
}
END_TEST

START_TEST(sine_stays_within_1e_6_of_its_peak_when_amp_is_at_its_range)
{
	float *out = calloc(SECOND, sizeof(*out));
	struct harness h;

	harness_open(&h, "sine");
	harness_set(&h, "freq", 1234.5f);
	harness_set(&h, "amp", 8.0f);
	harness_source(&h, out, SECOND);
	ck_assert_double_le(error_of(out, SECOND, 1234.5, 8.0, 0.0), 8 * 4e-7);
	harness_close(&h);
	free(out);
}
END_TEST

START_TEST(sine_has_its_defaults_when_nothing_is_set)
{
	float out[4800];
	struct harness h;

	harness_open(&h, "sine");
	harness_source(&h, out, 4800);
	ck_assert_float_eq(out[0], 0.0f);
	ck_assert_double_le(
		error_of(out, 4800, 440.0, (double)0.1f, 0.0), 1e-7);
	harness_close(&h);
}
END_TEST

/** The level, in decibels, of `cycles` a second in a second of sound. */
static double
level_of(const float *out, int cycles)
{
	double re = 0.0;
	double im = 0.0;

	for (int i = 0; i < SECOND; i++) {
		double turn = (double)(cycles * i % SECOND) / SECOND;

		re += (double)out[i] * cos(2 * M_PI * turn);
		im += (double)out[i] * sin(2 * M_PI * turn);
	}
	return 20.0 * log10(2.0 / SECOND * hypot(re, im));
}

START_TEST(sine_has_nothing_beside_it_above_118_db)
{
	enum { CYCLES = 997, HARMONICS = 24 };
	float *out = calloc(SECOND, sizeof(*out));
	double rest = 0.0;
	struct harness h;

	harness_open(&h, "sine");
	harness_set(&h, "freq", CYCLES);
	harness_set(&h, "amp", 1.0f);
	harness_source(&h, out, SECOND);
	ck_assert_double_eq_tol(level_of(out, CYCLES), 0.0, 1e-6);
	for (int k = 0; k <= HARMONICS; k++) {
		if (k != 1) {
			double db = level_of(out, k * CYCLES);

			printf("harmonic %d: %.1f dB\n", k, db);
			ck_assert_double_le(db, -118.0);
		}
	}
	/* all together, with what is noise */
	for (int i = 0; i < SECOND; i++) {
		double turn = (double)(CYCLES * i % SECOND) / SECOND;
		double e = (double)out[i] - sin(2 * M_PI * turn);

		rest += e * e;
	}
	ck_assert_double_le(10.0 * log10(2.0 / SECOND * rest), -118.0);
	harness_close(&h);
	free(out);
}
END_TEST

START_TEST(sine_keeps_its_frequency_after_hours)
{
	struct harness h;
	float out[HARNESS_BLOCK];
	float *to = out;

	harness_open(&h, "sine");
	harness_set(&h, "freq", 1000.0f);
	harness_set(&h, "amp", 1.0f);
	/* 48 frames are one cycle: after 300 s the phase is where it began */
	for (uint32_t i = 0; i < 300 * 48000 / 48; i++) {
		harness_segment(&h, NULL, &to, 48);
	}
	ck_assert_double_le(error_of(out, 48, 1000.0, 1.0, 0.0), 4e-7);
	harness_close(&h);
}
END_TEST

START_TEST(sine_follows_the_ramps_of_all_its_controls)
{
	struct harness h;
	float out[HARNESS_BLOCK];
	float *to = out;
	double cycles = 0.0;

	harness_open(&h, "sine");
	for (int block = 0; block < 100; block++) {
		TactusControl f = {100.0f + (float)block * 64.0f, 1.0f};
		TactusControl a = {0.25f, 0.5f / 64.0f};
		TactusControl p = {0.1f, 0.8f / 64.0f};

		harness_ramp(&h, "freq", f.value, f.step);
		harness_ramp(&h, "amp", a.value, a.step);
		harness_ramp(&h, "phase", p.value, p.step);
		harness_segment(&h, NULL, &to, HARNESS_BLOCK);
		for (uint32_t i = 0; i < HARNESS_BLOCK; i++) {
			double turn = cycles + (double)tactus_control_at(&p, i);
			double v = (double)tactus_control_at(&a, i) *
				   sin(2 * M_PI * turn);

			ck_assert_double_eq_tol((double)out[i], v, 4e-7);
			cycles +=
				(double)tactus_control_at(&f, i) / HARNESS_RATE;
		}
	}
	harness_close(&h);
}
END_TEST

START_TEST(sine_stays_finite_when_a_control_is_not_a_number)
{
	struct harness h;
	float out[HARNESS_BLOCK];

	harness_open(&h, "sine");
	harness_set(&h, "freq", NAN);
	harness_set(&h, "phase", NAN);
	harness_source(&h, out, HARNESS_BLOCK);
	ck_assert_float_eq(out[HARNESS_BLOCK - 1], 0.0f);
	harness_set(&h, "freq", INFINITY);
	harness_source(&h, out, HARNESS_BLOCK);
	ck_assert_float_finite(out[HARNESS_BLOCK - 1]);
	harness_close(&h);
}
END_TEST

Suite *
harness_suite(void)
{
	Suite *s = suite_create("plugins/sine");
	TCase *tc = tcase_create("sine");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, sine_is_its_formula_for_a_second);
	tcase_add_test(tc,
		sine_stays_within_1e_6_of_its_peak_when_amp_is_at_its_range);
	tcase_add_test(tc, sine_has_its_defaults_when_nothing_is_set);
	tcase_add_test(tc, sine_has_nothing_beside_it_above_118_db);
	tcase_add_test(tc, sine_keeps_its_frequency_after_hours);
	tcase_add_test(tc, sine_follows_the_ramps_of_all_its_controls);
	tcase_add_test(tc, sine_stays_finite_when_a_control_is_not_a_number);
	suite_add_tcase(s, tc);
	return s;
}
