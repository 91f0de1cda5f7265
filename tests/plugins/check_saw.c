/* SPDX-License-Identifier: MIT */
/*
 * check_saw.c -- saw: its spectrum, its aliases, its shape.
 */
#include "harness.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spectrum.h"

/** Alias of the waveform at `cycles` in 65536 frames, in dB. */
static double
alias_db(uint32_t cycles)
{
	float *out = calloc(SPECTRUM_FRAMES, sizeof(*out));
	struct harness h;

	harness_open(&h, "saw");
	/* exactly a whole number of cycles: every bin between is an alias */
	harness_set(
		&h, "freq", (float)(cycles * HARNESS_RATE / SPECTRUM_FRAMES));
	harness_set(&h, "amp", 1.0f);
	harness_source(&h, out, SPECTRUM_FRAMES);
	double db = spectrum_alias_db(out, cycles);
	harness_close(&h);
	free(out);
	return db;
}

START_TEST(saw_has_aliases_90_db_below_its_fundamental_at_1_khz)
{
	/* 1367 / 65536 of 48 kHz: 1001.2 Hz */
	double db = alias_db(1367);

	printf("saw: loudest alias at 1 kHz %.1f dB\n", db);
	ck_assert_double_le(db, -90.0);
}
END_TEST

START_TEST(saw_has_aliases_78_db_below_at_every_pitch)
{
	static const uint32_t cycles[] = {
		27, 149, 601, 2003, 4001, 6007, 9973, 15013};

	for (size_t i = 0; i < sizeof(cycles) / sizeof(cycles[0]); i++) {
		double db = alias_db(cycles[i]);

		printf("saw: loudest alias at %.0f Hz %.1f dB\n",
			cycles[i] * HARNESS_RATE / SPECTRUM_FRAMES, db);
		ck_assert_double_le(db, -78.0);
	}
}
END_TEST

START_TEST(saw_has_the_harmonics_of_a_sawtooth_up_to_18_khz)
{
	float *out = calloc(SPECTRUM_FRAMES, sizeof(*out));
	double *power = calloc(SPECTRUM_FRAMES / 2, sizeof(*power));
	struct harness h;

	harness_open(&h, "saw");
	harness_set(&h, "freq", (float)(1367 * HARNESS_RATE / SPECTRUM_FRAMES));
	harness_set(&h, "amp", 0.5f);
	harness_source(&h, out, SPECTRUM_FRAMES);
	spectrum_power(out, power);
	for (uint32_t n = 1; n <= 18; n++) {
		double is_db = 10 * log10(power[1367 * n]);
		double ought_db = 20 * log10(0.5 * 2 / (M_PI * n));

		ck_assert_double_eq_tol(is_db, ought_db, 0.05);
	}
	harness_close(&h);
	free(power);
	free(out);
}
END_TEST

START_TEST(saw_is_the_plain_ramp_away_from_its_step)
{
	float out[960];
	struct harness h;

	harness_open(&h, "saw");
	harness_set(&h, "freq", 50.0f);
	harness_set(&h, "amp", 1.0f);
	harness_source(&h, out, 960);
	ck_assert_float_eq(out[0], 0.0f);
	for (uint32_t i = 0; i < 960; i++) {
		double plain = i < 480 ? i / 480.0 : i / 480.0 - 2.0;

		if (i < 480 - 16 || i > 480 + 16) {
			ck_assert_double_eq_tol((double)out[i], plain, 1e-6);
		} else {
			ck_assert_double_le(fabs((double)out[i]), 1.3);
		}
	}
	/* the middle of the step */
	ck_assert_double_eq_tol((double)out[480], 0.0, 1e-6);
	harness_close(&h);
}
END_TEST

START_TEST(saw_glides_without_a_jump_in_its_phase)
{
	float out[HARNESS_BLOCK];
	float *to = out;
	double cycles = 0.0;
	struct harness h;

	harness_open(&h, "saw");
	harness_set(&h, "amp", 1.0f);
	for (int block = 0; block < 50; block++) {
		TactusControl f = {20.0f + (float)block * 6.4f, 0.1f};

		harness_ramp(&h, "freq", f.value, f.step);
		harness_segment(&h, NULL, &to, HARNESS_BLOCK);
		for (uint32_t i = 0; i < HARNESS_BLOCK; i++) {
			double c = fmod(cycles + 0.5, 1.0);
			double hz = (double)tactus_control_at(&f, i);
			double away = fmin(c, 1.0 - c) * HARNESS_RATE / hz;

			if (away > 17.0) {
				ck_assert_double_eq_tol(
					(double)out[i], 2 * c - 1, 1e-5);
			}
			cycles += hz / HARNESS_RATE;
		}
	}
	harness_close(&h);
}
END_TEST

START_TEST(saw_stays_bounded_at_the_ends_of_its_range)
{
	static const float freqs[] = {0.0f, 1e-6f, 23999.0f, 24000.0f, NAN};
	float out[4800];

	for (size_t f = 0; f < 5; f++) {
		struct harness h;

		harness_open(&h, "saw");
		harness_set(&h, "freq", freqs[f]);
		harness_set(&h, "amp", 1.0f);
		harness_source(&h, out, 4800);
		for (uint32_t i = 0; i < 4800; i++) {
			ck_assert_double_le(fabs((double)out[i]), 1.5);
		}
		harness_close(&h);
	}
}
END_TEST

Suite *
harness_suite(void)
{
	Suite *s = suite_create("plugins/saw");
	TCase *tc = tcase_create("saw");

	tcase_set_timeout(tc, 60);
	tcase_add_test(
		tc, saw_has_aliases_90_db_below_its_fundamental_at_1_khz);
	tcase_add_test(tc, saw_has_aliases_78_db_below_at_every_pitch);
	tcase_add_test(tc, saw_has_the_harmonics_of_a_sawtooth_up_to_18_khz);
	tcase_add_test(tc, saw_is_the_plain_ramp_away_from_its_step);
	tcase_add_test(tc, saw_glides_without_a_jump_in_its_phase);
	tcase_add_test(tc, saw_stays_bounded_at_the_ends_of_its_range);
	suite_add_tcase(s, tc);
	return s;
}
