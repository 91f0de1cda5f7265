/* SPDX-License-Identifier: MIT */
/*
 * check_math.c -- math.h against libm, in double precision.
 */
#include "harness.h"

#include <float.h>
#include <math.h>
#include <stdio.h>

#include <tactus/math.h>

START_TEST(sine_is_within_its_stated_error)
{
	double worst = 0.0;

	for (uint64_t p = 0; p < UINT64_C(1) << 32; p += 1021) {
		double x = (double)p * 0x1p-32 * 2 * M_PI;

		worst = harness_worse(
			worst, fabs((double)tactus_sine((uint32_t)p) - sin(x)));
	}
	printf("sine: %.3g\n", worst);
	ck_assert_double_le(worst, 1.2e-7);
}
END_TEST

START_TEST(sine_lean_is_within_its_stated_error_and_never_beyond_1)
{
	double worst = 0.0;
	float most = 0.0f;

	for (uint64_t p = 0; p < UINT64_C(1) << 32; p += 509) {
		double x = (double)p * 0x1p-32 * 2 * M_PI;
		float sine = tactus_sine_lean((uint32_t)p);

		worst = harness_worse(worst, fabs((double)sine - sin(x)));
		most = fmaxf(most, fabsf(sine));
	}
	/* every phase about the crests, where it is all but 1 */
	for (uint32_t p = 0x3fe00000u; p < 0x40200000u; p++) {
		most = fmaxf(most, tactus_sine_lean(p));
		most = fmaxf(most, -tactus_sine_lean(p + 0x80000000u));
	}
	printf("sine_lean: %.3g\n", worst);
	ck_assert_double_le(worst, 3e-7);
	ck_assert_float_le(most, 1.0f);
	ck_assert_float_eq(tactus_sine_lean(0), 0.0f);
	ck_assert_float_eq(tactus_sine_lean(0x40000000u), 1.0f);
	ck_assert_float_eq(tactus_sine_lean(0x80000000u), 0.0f);
	ck_assert_float_eq(tactus_sine_lean(0xc0000000u), -1.0f);
}
END_TEST

START_TEST(sine_quarter_is_within_its_stated_error)
{
	double absolute = 0.0;
	double relative = 0.0;

	for (int32_t i = -(1 << 20); i <= 1 << 20; i++) {
		float u = (float)i * 0x1p-20f;
		double ought = sin((double)u * M_PI / 2);
		double e = fabs((double)tactus_sine_quarter(u) - ought);

		absolute = harness_worse(absolute, e);
		relative = i == 0 ? relative : fmax(relative, e / fabs(ought));
	}
	printf("sine_quarter: %.3g, relative %.3g\n", absolute, relative);
	ck_assert_double_le(absolute, 1.1e-7);
	ck_assert_double_le(relative, 1.5e-7);
	ck_assert_float_eq(tactus_sine_quarter(0.0f), 0.0f);
	ck_assert_float_eq(tactus_sine_quarter(1.0f), 1.0f);
	ck_assert_float_eq(tactus_sine_quarter(-1.0f), -1.0f);
}
END_TEST

START_TEST(prewarp_is_within_its_stated_error)
{
	double worst = 0.0;

	for (uint32_t i = 1; i <= 1u << 20; i++) {
		float x = (float)i * 0x1p-20f * 0.49f;
		double ought = tan((double)x * M_PI);

		worst = harness_worse(
			worst, fabs((double)tactus_prewarp(x) - ought) / ought);
	}
	printf("prewarp: relative %.3g\n", worst);
	ck_assert_double_le(worst, 3e-7);
}
END_TEST

START_TEST(exp2_is_within_its_stated_error)
{
	double worst = 0.0;

	for (int32_t i = -(1 << 20); i <= 1 << 20; i++) {
		float x = (float)i * 0x1p-20f * 126.0f;
		double ought = exp2((double)x);

		worst = harness_worse(
			worst, fabs((double)tactus_exp2(x) - ought) / ought);
	}
	printf("exp2: relative %.3g\n", worst);
	ck_assert_double_le(worst, 1.3e-7);
	for (int n = -126; n <= 127; n++) {
		ck_assert_double_eq(
			(double)tactus_exp2((float)n), ldexp(1.0, n));
	}
	ck_assert_float_eq(tactus_exp2(-1e9f), FLT_MIN);
	ck_assert_float_eq(tactus_exp2(1e9f), 0x1p127f);
	ck_assert_float_eq(tactus_exp2(NAN), FLT_MIN);
}
END_TEST

START_TEST(log2_is_within_its_stated_error)
{
	double worst = 0.0;

	for (int32_t i = -(1 << 20); i <= 1 << 20; i++) {
		float x = (float)exp2(i * 0x1p-20 * 126.0);
		double ought = log2((double)x);
		double e = fabs((double)tactus_log2(x) - ought) -
			   fabs(ought) * 0x1p-24;

		worst = harness_worse(worst, e);
	}
	printf("log2: %.3g\n", worst);
	ck_assert_double_le(worst, 1.5e-7);
	ck_assert_float_eq(tactus_log2(1.0f), 0.0f);
	ck_assert_float_eq(tactus_log2(0x1p-100f), -100.0f);
	ck_assert_float_eq(tactus_log2(0.0f), -126.0f);
	ck_assert_float_eq(tactus_log2(-3.0f), -126.0f);
	ck_assert_float_eq(tactus_log2(NAN), -126.0f);
	ck_assert_float_eq(tactus_log2(INFINITY), 128.0f);
}
END_TEST

START_TEST(from_db_is_within_its_stated_error)
{
	for (int db = -200; db <= 200; db++) {
		double ought = pow(10.0, db / 20.0);
		double e = fabs((double)tactus_from_db((float)db) / ought - 1);

		ck_assert_double_le(e, 3e-7 + 5e-8 * fabs((double)db));
	}
	ck_assert_float_eq(tactus_from_db(0.0f), 1.0f);
}
END_TEST

START_TEST(approach_is_within_its_stated_error)
{
	double worst = 0.0;

	for (double frames = 0.04; frames < 1e9; frames *= 1.001) {
		double ought = -expm1(-1.0 / frames);
		double e = fabs(tactus_approach(frames) - ought) / ought;

		worst = harness_worse(worst, e);
	}
	printf("approach: relative %.3g\n", worst);
	ck_assert_double_le(worst, 1e-14);
	ck_assert_double_eq(tactus_approach(0.0), 1.0);
	ck_assert_double_eq(tactus_approach(-1.0), 1.0);
	ck_assert_double_eq(tactus_approach((double)NAN), 1.0);
}
END_TEST

START_TEST(approach_arrives)
{
	const double part = tactus_approach(100.0);
	double now = -1.0;
	uint32_t frames = 0;

	for (; now != 3.0; frames++) {
		double next = now + tactus_approach_by(3.0 - now, part);

		ck_assert_double_gt(next, now);
		ck_assert_double_le(next, 3.0);
		now = next;
	}
	/* 4 becomes 1e-7 by 1/e in 100 frames */
	ck_assert_double_eq_tol((double)frames, 100.0 * log(4e7), 2.0);
	ck_assert_double_eq(tactus_approach_by(-9e-8, part), -9e-8);
	ck_assert_double_eq(tactus_approach_by(-2.0, 0.25), -0.5);
}
END_TEST

START_TEST(clamp_and_tame_take_what_is_no_number)
{
	ck_assert_float_eq(tactus_clamp(NAN, -2.0f, 3.0f), -2.0f);
	ck_assert_float_eq(tactus_clamp(INFINITY, -2.0f, 3.0f), 3.0f);
	ck_assert_float_eq(tactus_clamp(-5.0f, -2.0f, 3.0f), -2.0f);
	ck_assert_float_eq(tactus_clamp(1.0f, -2.0f, 3.0f), 1.0f);
	ck_assert_float_eq(tactus_tame(NAN), 0.0f);
	ck_assert_float_eq(tactus_tame(-INFINITY), 0.0f);
	ck_assert_float_eq(tactus_tame(2e30f), 0.0f);
	ck_assert_float_eq(tactus_tame(-9e29f), -9e29f);
}
END_TEST

START_TEST(phase_counts_cycles)
{
	double scale = tactus_phase_scale(48000.0);

	ck_assert_uint_eq(tactus_phase(0.0f), 0);
	ck_assert_uint_eq(tactus_phase(0.25f), 0x40000000u);
	ck_assert_uint_eq(tactus_phase(1.0f), 0);
	ck_assert_uint_eq(tactus_phase(-1.0f), 0);
	ck_assert_uint_eq(tactus_phase(NAN), 0);
	/* 12 kHz is a quarter of a cycle, half the rate a half */
	ck_assert_uint_eq(
		tactus_phase_step(12000.0f, scale), UINT64_C(1) << 62);
	ck_assert_uint_eq(
		tactus_phase_step(24000.0f, scale), UINT64_C(1) << 63);
	ck_assert_uint_eq(tactus_phase_step(1e9f, scale), UINT64_C(1) << 63);
	ck_assert_uint_eq(tactus_phase_step(-1.0f, scale), 0);
	ck_assert_uint_eq(tactus_phase_step(NAN, scale), 0);
	ck_assert_float_eq(tactus_triangle(0), 0.0f);
	ck_assert_float_eq(tactus_triangle(0x40000000u), 1.0f);
	ck_assert_float_eq(tactus_triangle(0x80000000u), 0.0f);
	ck_assert_float_eq(tactus_triangle(0xc0000000u), -1.0f);
	ck_assert_float_eq(tactus_triangle(0x20000000u), 0.5f);
}
END_TEST

START_TEST(random_is_pcg32)
{
	/* the reference: srandom(42, 54) of pcg_basic with our stream; the
	 * steps are written out anew here */
	uint64_t state = 0x0123456789abcdefu;
	uint64_t mine = state;

	for (int i = 0; i < 1000; i++) {
		uint32_t x = (uint32_t)(((state >> 18) ^ state) >> 27);
		unsigned r = (unsigned)(state >> 59);
		uint64_t wide = ((uint64_t)x << 32) | x;

		ck_assert_uint_eq(tactus_random(&mine), (uint32_t)(wide >> r));
		state = state * 6364136223846793005u + 1442695040888963407u;
	}
}
END_TEST

START_TEST(random_seed_is_splitmix64)
{
	/* published: the first outputs of SplitMix64 from 1234567 */
	ck_assert_uint_eq(tactus_random_seed(1234567), 6457827717110365317u);
	ck_assert_uint_eq(tactus_random_seed(1234567 + 0x9e3779b97f4a7c15u),
		3203168211198807973u);
}
END_TEST

START_TEST(random_signed_stays_below_1)
{
	uint64_t state = tactus_random_seed(1);
	float least = 0.0f;
	float most = 0.0f;

	for (int i = 0; i < 1000000; i++) {
		float x = tactus_random_signed(&state);

		least = x < least ? x : least;
		most = x > most ? x : most;
	}
	ck_assert_float_ge(least, -1.0f);
	ck_assert_float_lt(least, -0.9999f);
	ck_assert_float_lt(most, 1.0f);
	ck_assert_float_gt(most, 0.9999f);
}
END_TEST

Suite *
harness_suite(void)
{
	Suite *s = suite_create("plugins/math");
	TCase *tc = tcase_create("math");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, sine_is_within_its_stated_error);
	tcase_add_test(
		tc, sine_lean_is_within_its_stated_error_and_never_beyond_1);
	tcase_add_test(tc, sine_quarter_is_within_its_stated_error);
	tcase_add_test(tc, prewarp_is_within_its_stated_error);
	tcase_add_test(tc, exp2_is_within_its_stated_error);
	tcase_add_test(tc, log2_is_within_its_stated_error);
	tcase_add_test(tc, from_db_is_within_its_stated_error);
	tcase_add_test(tc, approach_is_within_its_stated_error);
	tcase_add_test(tc, approach_arrives);
	tcase_add_test(tc, clamp_and_tame_take_what_is_no_number);
	tcase_add_test(tc, phase_counts_cycles);
	tcase_add_test(tc, random_is_pcg32);
	tcase_add_test(tc, random_seed_is_splitmix64);
	tcase_add_test(tc, random_signed_stays_below_1);
	suite_add_tcase(s, tc);
	return s;
}
