/* SPDX-License-Identifier: MIT */
/*
 * check_blep.c -- blep.h: its table against the integral that it stands for.
 */
#include "harness.h"

#include <math.h>

#include <tactus/blep.h>

#define CUTOFF 0.4435
#define BETA   5.65
#define STEPS  64 /* of the integral, in one frame */

/** The modified Bessel function of order 0, by its series. */
static double
bessel(double x)
{
	double term = 1.0;
	double sum = 1.0;

	for (int k = 1; k < 60; k++) {
		term *= x / (2 * k) * (x / (2 * k));
		sum += term;
	}
	return sum;
}

static double
kernel(double t)
{
	double u = t / TACTUS_BLEP_REACH;
	double x = 2 * M_PI * CUTOFF * t;
	double window =
		bessel(BETA * sqrt(fmax(0.0, 1 - u * u))) / bessel(BETA);

	return 2 * CUTOFF * (t == 0.0 ? 1.0 : sin(x) / x) * window;
}

START_TEST(residual_is_the_integral_of_the_windowed_sinc)
{
	static double integral[TACTUS_BLEP_REACH * STEPS + 1];

	/* Simpson's rule */
	for (int i = 0; i < TACTUS_BLEP_REACH * STEPS; i++) {
		double a = (double)i / STEPS;
		double b = (double)(i + 1) / STEPS;

		integral[i + 1] =
			integral[i] +
			(kernel(a) + 4 * kernel((a + b) / 2) + kernel(b)) *
				(b - a) / 6;
	}
	double whole = 2 * integral[TACTUS_BLEP_REACH * STEPS];
	for (int i = 0; i < TACTUS_BLEP_REACH * STEPS; i++) {
		float t = (float)i / STEPS;
		double ought = integral[i] / whole - 0.5;

		ck_assert_double_eq_tol(
			(double)tactus_step_residual(t), ought, 3e-7);
		if (i > 0) {
			ck_assert_float_eq(tactus_step_residual(-t),
				-tactus_step_residual(t));
		}
	}
	ck_assert_float_eq(tactus_step_residual(0.0f), -0.5f);
	ck_assert_float_eq(tactus_step_residual(16.0f), 0.0f);
	ck_assert_float_eq(tactus_step_residual(-1e9f), 0.0f);
	ck_assert_float_eq(tactus_step_residual(NAN), 0.0f);
}
END_TEST

START_TEST(train_is_the_sum_over_all_its_steps)
{
	static const float periods[] = {2.0f, 2.5f, 7.25f, 31.0f, 48.0f, 1e6f};

	for (int p = 0; p < 6; p++) {
		for (int i = -50; i < 50; i++) {
			float t = (float)i / 100.0f * periods[p];
			double sum = 0.0;

			for (int n = -20; n <= 20; n++) {
				sum += (double)tactus_step_residual(
					t + (float)n * periods[p]);
			}
			ck_assert_double_eq_tol(
				(double)tactus_step_train(t, periods[p]), sum,
				5e-6);
		}
	}
}
END_TEST

START_TEST(period_is_bounded_on_either_side)
{
	ck_assert_float_eq(tactus_step_period(1000.0f, 48000.0), 48.0f);
	ck_assert_float_eq(tactus_step_period(24000.0f, 48000.0), 2.0f);
	ck_assert_float_eq(tactus_step_period(1e9f, 48000.0), 2.0f);
	ck_assert_float_finite(tactus_step_period(0.0f, 48000.0));
	ck_assert_float_finite(tactus_step_period(NAN, 48000.0));
}
END_TEST

Suite *
harness_suite(void)
{
	Suite *s = suite_create("plugins/blep");
	TCase *tc = tcase_create("blep");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, residual_is_the_integral_of_the_windowed_sinc);
	tcase_add_test(tc, train_is_the_sum_over_all_its_steps);
	tcase_add_test(tc, period_is_bounded_on_either_side);
	suite_add_tcase(s, tc);
	return s;
}
