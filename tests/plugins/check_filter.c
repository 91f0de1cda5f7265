/* SPDX-License-Identifier: MIT */
/*
 * check_filter.c -- filter: its response against the analytic one, and its
 * stability.
 */
#include "harness.h"

#include <complex.h>
#include <math.h>
#include <stdlib.h>

#include <tactus/math.h>

#include "spectrum.h"

#define FRAMES 96000

/** The prototype's response at `hz`, bent by the bilinear transform. */
static double complex
ideal(int mode, double cutoff, double q, double hz)
{
	double complex s = I * tan(M_PI * hz / HARNESS_RATE) /
			   tan(M_PI * cutoff / HARNESS_RATE);
	double complex d = 1 + s / q + s * s;

	switch (mode) {
	case 0:
		return 1 / d;
	case 1:
		return s * s / d;
	case 2:
		return s / q / d;
	default:
		return (1 + s * s) / d;
	}
}

/** The distance of the measured response from the ideal one, at worst. */
static double
error_of(int mode, float cutoff, float q)
{
	static const double hz[] = {
		10, 50, 200, 700, 1000, 1300, 4000, 9000, 15000, 23000};
	float *in = calloc(FRAMES, sizeof(*in));
	float *out = calloc(FRAMES, sizeof(*out));
	double worst = 0.0;
	struct harness h;

	in[0] = 1.0f;
	harness_open(&h, "filter");
	harness_set(&h, "mode", (float)mode);
	harness_set(&h, "cutoff", cutoff);
	harness_set(&h, "q", q);
	harness_pass(&h, in, out, FRAMES);
	for (size_t i = 0; i < sizeof(hz) / sizeof(hz[0]); i++) {
		double complex is =
			spectrum_at(out, FRAMES, hz[i] / HARNESS_RATE);
		double e = cabs(
			is - ideal(mode, (double)cutoff, (double)q, hz[i]));

		worst = e > worst ? e : worst;
	}
	harness_close(&h);
	free(out);
	free(in);
	return worst;
}

START_TEST(filter_has_the_response_of_its_prototype)
{
	static const float cutoffs[] = {200.0f, 1000.0f, 9000.0f, 20000.0f};
	static const float qs[] = {0.5f, 0.7071f, 4.0f};

	for (int mode = 0; mode < 4; mode++) {
		for (size_t c = 0; c < 4; c++) {
			for (size_t q = 0; q < 3; q++) {
				ck_assert_double_le(
					error_of(mode, cutoffs[c], qs[q]),
					1e-4);
			}
		}
	}
}
END_TEST

START_TEST(filter_resonates_by_its_q_at_cutoff)
{
	ck_assert_double_le(error_of(0, 1000.0f, 50.0f), 2e-3);
	ck_assert_double_le(error_of(2, 1000.0f, 50.0f), 2e-4);
}
END_TEST

START_TEST(filter_settles_on_a_level_when_cutoff_is_lowest)
{
	float *in = calloc(FRAMES, sizeof(*in));
	float *out = calloc(FRAMES, sizeof(*out));
	struct harness h;

	for (uint32_t i = 0; i < FRAMES; i++) {
		in[i] = 1.0f;
	}
	harness_open(&h, "filter");
	harness_set(&h, "cutoff", 10.0f);
	harness_pass(&h, in, out, FRAMES);
	ck_assert_double_eq_tol((double)out[FRAMES - 1], 1.0, 2e-3);
	harness_close(&h);
	free(out);
	free(in);
}
END_TEST

START_TEST(filter_stays_bounded_however_its_controls_jump)
{
	float in[HARNESS_BLOCK];
	float out[HARNESS_BLOCK];
	uint64_t random = 11;
	struct harness h;

	harness_open(&h, "filter");
	for (int n = 0; n < 20000; n++) {
		float u = tactus_random_signed(&random) * 0.5f + 0.5f;
		float v = tactus_random_signed(&random) * 0.5f + 0.5f;
		float cutoff = 10.0f * tactus_exp2(u * 11.2f);
		float far = v * 23520.0f;
		float step = n % 2 == 0 ? 0.0f : (far - cutoff) / 64.0f;

		harness_noise(in, HARNESS_BLOCK, &random);
		harness_set(&h, "mode", (float)(n % 4));
		harness_ramp(&h, "cutoff", cutoff, step);
		harness_ramp(&h, "q", 0.5f + 49.0f * v, 0.5f * (0.5f - v) / 64);
		harness_pass(&h, in, out, HARNESS_BLOCK);
		harness_within(out, HARNESS_BLOCK, 2000.0f);
	}
	harness_close(&h);
}
END_TEST

START_TEST(filter_gives_a_ramp_the_coefficients_of_each_frame)
{
	float in[HARNESS_BLOCK];
	const float *from = in;
	uint64_t random = 12;
	struct harness whole;
	struct harness single;

	harness_noise(in, HARNESS_BLOCK, &random);
	harness_open(&whole, "filter");
	harness_open(&single, "filter");
	harness_ramp(&whole, "cutoff", 500.0f, 31.25f);
	harness_alike_by_frames(&whole, &single, &from);
	harness_close(&whole);
	harness_close(&single);
}
END_TEST

static void
open_filter(struct harness *h, int n)
{
	(void)n;
	harness_open(h, "filter");
}

START_TEST(filter_goes_on_when_its_input_was_not_a_number)
{
	harness_goes_on(open_filter);
}
END_TEST

Suite *
harness_suite(void)
{
	Suite *s = suite_create("plugins/filter");
	TCase *tc = tcase_create("filter");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, filter_has_the_response_of_its_prototype);
	tcase_add_test(tc, filter_resonates_by_its_q_at_cutoff);
	tcase_add_test(tc, filter_settles_on_a_level_when_cutoff_is_lowest);
	tcase_add_test(tc, filter_stays_bounded_however_its_controls_jump);
	tcase_add_test(tc, filter_gives_a_ramp_the_coefficients_of_each_frame);
	tcase_add_test(tc, filter_goes_on_when_its_input_was_not_a_number);
	suite_add_tcase(s, tc);
	return s;
}
