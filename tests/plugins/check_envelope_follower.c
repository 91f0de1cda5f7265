/* SPDX-License-Identifier: MIT */
/*
 * check_envelope_follower.c -- envelope-follower: against its formula in
 * double precision, and what its times mean.
 */
#include "harness.h"

#include <math.h>

#include <tactus/math.h>

#define FRAMES 48000

/** The formula of the manual, as it stands there. */
static double
reference(double y, double x, double attack_s, double release_s, double rate)
{
	double time = x > y ? attack_s : release_s;
	double k = time > 0.0 ? 1.0 - exp(-1.0 / (time * rate)) : 1.0;

	return y + k * (x - y);
}

/** Make a follower with these times. */
static void
open_follower(struct harness *h, double rate, float attack, float release)
{
	harness_load(h, "envelope-follower", rate);
	ck_assert_int_eq(harness_make(h, NULL, 0), 0);
	harness_set(h, "attack", attack);
	harness_set(h, "release", release);
}

START_TEST(follower_is_its_formula)
{
	static const double rates[] = {44100.0, 48000.0, 96000.0};
	static const float times[] = {
		0.0f, 1e-6f, 1e-5f, 4e-5f, 1e-4f, 1e-3f, 0.03f, 1.0f, 60.0f};
	static float in[FRAMES];
	static float out[FRAMES];
	uint64_t random = 51;
	double worst = 0.0;

	for (uint32_t n = 0; n < 81; n++) {
		double rate = rates[n % 3];
		float attack = times[n % 9];
		float release = times[n / 9];
		double y = 0.0;
		struct harness h;

		/* bursts of noise, and silence between them */
		harness_noise(in, FRAMES, &random);
		for (uint32_t i = 0; i < FRAMES; i++) {
			in[i] *= i / 6000 % 2 == 0 ? 1.0f : 0.0f;
		}
		open_follower(&h, rate, attack, release);
		harness_pass(&h, in, out, FRAMES);
		for (uint32_t i = 0; i < FRAMES; i++) {
			y = reference(y, fabs((double)in[i]), (double)attack,
				(double)release, rate);
			worst = harness_worse(worst, fabs((double)out[i] - y));
		}
		harness_close(&h);
	}
	ck_assert_msg(worst <= 3e-7, "%g", worst);
}
END_TEST

START_TEST(follower_has_gone_63_percent_after_its_time)
{
	static float in[FRAMES];
	static float out[FRAMES];
	struct harness h;

	/* a step up, and after half a second down */
	for (uint32_t i = 0; i < FRAMES; i++) {
		in[i] = i < FRAMES / 2 ? -0.5f : 0.0f;
	}
	open_follower(&h, 48000.0, 0.02f, 0.05f);
	harness_pass(&h, in, out, FRAMES);
	ck_assert_double_eq_tol(
		(double)out[960 - 1], 0.5 * (1.0 - exp(-1.0)), 1e-6);
	ck_assert_float_eq(out[FRAMES / 2 - 1], 0.5f);
	ck_assert_double_eq_tol(
		(double)out[FRAMES / 2 + 2400 - 1], 0.5 * exp(-1.0), 1e-6);
	harness_close(&h);
}
END_TEST

START_TEST(follower_is_the_rectified_input_when_its_times_are_0)
{
	static float in[4800];
	static float out[4800];
	uint64_t random = 52;
	struct harness h;

	harness_noise(in, 4800, &random);
	open_follower(&h, 48000.0, 0.0f, 0.0f);
	harness_pass(&h, in, out, 4800);
	for (uint32_t i = 0; i < 4800; i++) {
		ck_assert_float_eq(out[i], fabsf(in[i]));
	}
	harness_close(&h);
}
END_TEST

START_TEST(follower_holds_the_peaks_of_a_sine)
{
	static float in[FRAMES];
	static float out[FRAMES];
	struct harness h;

	for (uint32_t i = 0; i < FRAMES; i++) {
		in[i] = (float)(0.7 * sin(2.0 * M_PI * 500.0 * i / 48000.0));
	}
	open_follower(&h, 48000.0, 0.0f, 0.5f);
	harness_pass(&h, in, out, FRAMES);
	for (uint32_t i = 480; i < FRAMES; i++) {
		/* a peak every millisecond, 0.2 % of the release */
		ck_assert_double_ge((double)out[i], 0.7 * 0.9979);
		ck_assert_double_le((double)out[i], 0.7 + 1e-6);
	}
	harness_close(&h);
}
END_TEST

START_TEST(follower_reaches_a_level_when_its_time_is_long)
{
	/* a float would stop on its way, 3 % below */
	static float in[FRAMES];
	static float out[FRAMES];
	struct harness h;

	for (uint32_t i = 0; i < FRAMES; i++) {
		in[i] = 1.0f;
	}
	open_follower(&h, 96000.0, 10.0f, 0.0f);
	for (int n = 0; n < 300; n++) {
		harness_pass(&h, in, out, FRAMES);
	}
	/* 15 times the time constant */
	ck_assert_double_eq_tol(
		(double)out[FRAMES - 1], 1.0 - exp(-15.0), 1e-7);
	harness_close(&h);
}
END_TEST

START_TEST(follower_gives_a_ramp_the_time_of_each_frame)
{
	static float in[HARNESS_BLOCK * 20];
	static float out[HARNESS_BLOCK * 20];
	const uint32_t frames = HARNESS_BLOCK * 20;
	uint64_t random = 53;
	double y = 0.0;
	struct harness h;

	harness_noise(in, frames, &random);
	open_follower(&h, 48000.0, 0.0f, 0.0f);
	for (uint32_t at = 0; at < frames; at += HARNESS_BLOCK) {
		harness_ramp(&h, "attack", 1e-6f * (float)at, 1e-6f);
		harness_ramp(&h, "release", 0.01f - 5e-6f * (float)at, -5e-6f);
		harness_pass(&h, in + at, out + at, HARNESS_BLOCK);
	}
	for (uint32_t i = 0; i < frames; i++) {
		y = reference(y, fabs((double)in[i]), 1e-6 * i, 0.01 - 5e-6 * i,
			48000.0);
		ck_assert_double_eq_tol((double)out[i], y, 1e-6);
	}
	harness_close(&h);
}
END_TEST

static void
open_nth(struct harness *h, int n)
{
	(void)n;
	harness_open(h, "envelope-follower");
}

START_TEST(follower_goes_on_when_its_input_was_not_a_number)
{
	harness_goes_on(open_nth);
}
END_TEST

Suite *
harness_suite(void)
{
	Suite *s = suite_create("plugins/envelope_follower");
	TCase *tc = tcase_create("envelope_follower");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, follower_is_its_formula);
	tcase_add_test(tc, follower_has_gone_63_percent_after_its_time);
	tcase_add_test(
		tc, follower_is_the_rectified_input_when_its_times_are_0);
	tcase_add_test(tc, follower_holds_the_peaks_of_a_sine);
	tcase_add_test(tc, follower_reaches_a_level_when_its_time_is_long);
	tcase_add_test(tc, follower_gives_a_ramp_the_time_of_each_frame);
	tcase_add_test(tc, follower_goes_on_when_its_input_was_not_a_number);
	suite_add_tcase(s, tc);
	return s;
}
