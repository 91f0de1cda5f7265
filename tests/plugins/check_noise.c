/* SPDX-License-Identifier: MIT */
/*
 * check_noise.c -- noise: its statistics, its spectrum, its seed.
 */
#include "harness.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spectrum.h"

#define SPANS 32

/** The mean power in each bin over SPANS transforms. */
static void
measure(float colour, double *mean)
{
	float *out = calloc(SPECTRUM_FRAMES, sizeof(*out));
	double *power = calloc(SPECTRUM_FRAMES / 2, sizeof(*power));
	struct harness h;

	harness_open_with(&h, "noise", "seed", 7);
	harness_set(&h, "amp", 1.0f);
	harness_set(&h, "colour", colour);
	for (int n = 0; n < SPANS; n++) {
		harness_source(&h, out, SPECTRUM_FRAMES);
		spectrum_power(out, power);
		for (uint32_t k = 0; k < SPECTRUM_FRAMES / 2; k++) {
			mean[k] += power[k] / SPANS;
		}
	}
	harness_close(&h);
	free(power);
	free(out);
}

/** The power of bins `from` to below `to`, in dB. */
static double
band_db(const double *power, uint32_t from, uint32_t to)
{
	double sum = 0.0;

	for (uint32_t k = from; k < to; k++) {
		sum += power[k];
	}
	return 10 * log10(sum);
}

START_TEST(white_noise_has_equal_power_in_equal_bands)
{
	double *power = calloc(SPECTRUM_FRAMES / 2, sizeof(*power));

	measure(0.0f, power);
	/* the variance, 1/3, is shared by all bins; a sine's is 1/2 of power */
	double ought = 10 * log10(4.0 / 3.0 * 2048 / SPECTRUM_FRAMES);
	for (uint32_t k = 2048; k < SPECTRUM_FRAMES / 2; k += 2048) {
		ck_assert_double_eq_tol(
			band_db(power, k, k + 2048), ought, 0.3);
	}
	free(power);
}
END_TEST

START_TEST(pink_noise_has_equal_power_in_every_octave)
{
	double *power = calloc(SPECTRUM_FRAMES / 2, sizeof(*power));

	measure(1.0f, power);
	double ought = band_db(power, 1024, 2048);
	/* 47 Hz to 12 kHz */
	for (uint32_t k = 64; k <= 8192; k *= 2) {
		ck_assert_double_eq_tol(band_db(power, k, 2 * k), ought, 0.5);
	}
	free(power);
}
END_TEST

START_TEST(white_noise_is_uniform_and_never_leaves_amp)
{
	uint32_t count[10] = {0};
	float *out = calloc(480000, sizeof(*out));
	double mean = 0.0;
	double square = 0.0;
	double next = 0.0;
	struct harness h;

	harness_open_with(&h, "noise", "seed", 1);
	harness_set(&h, "amp", 1.0f);
	harness_source(&h, out, 480000);
	for (uint32_t i = 0; i < 480000; i++) {
		double x = (double)out[i];

		ck_assert_double_ge(x, -1.0);
		ck_assert_double_lt(x, 1.0);
		count[(int)((x + 1.0) * 5.0)]++;
		mean += x / 480000;
		square += x * x / 480000;
		next += i == 0 ? 0.0 : x * (double)out[i - 1] / 480000;
	}
	ck_assert_double_eq_tol(mean, 0.0, 0.004);
	ck_assert_double_eq_tol(square, 1.0 / 3.0, 0.003);
	ck_assert_double_eq_tol(next, 0.0, 0.003);
	for (int b = 0; b < 10; b++) {
		ck_assert_uint_ge(count[b], 47000);
		ck_assert_uint_le(count[b], 49000);
	}
	harness_close(&h);
	free(out);
}
END_TEST

START_TEST(pink_noise_has_the_level_that_its_card_states)
{
	float *out = calloc(480000, sizeof(*out));
	double square = 0.0;
	double peak = 0.0;
	struct harness h;

	harness_open_with(&h, "noise", "seed", 3);
	harness_set(&h, "amp", 1.0f);
	harness_set(&h, "colour", 1.0f);
	harness_source(&h, out, 480000);
	for (uint32_t i = 0; i < 480000; i++) {
		double x = (double)out[i];

		square += x * x / 480000;
		peak = fmax(peak, fabs(x));
	}
	printf("pink: RMS %.3f, peak %.3f\n", sqrt(square), peak);
	ck_assert_double_eq_tol(sqrt(square), 0.2, 0.02);
	ck_assert_double_le(peak, 1.0);
	harness_close(&h);
	free(out);
}
END_TEST

/** Render a little noise with a seed, or, below 0, with node id -seed. */
static void
render(int seed, float *out)
{
	struct harness h;

	if (seed >= 0) {
		harness_open_with(&h, "noise", "seed", seed);
	} else {
		harness_load(&h, "noise", HARNESS_RATE);
		ck_assert_int_eq(harness_make(&h, NULL, 0), 0);
		memset(h.self, 0, h.def->instance_bytes);
		h.synth.id = -seed;
		ck_assert_int_eq(h.def->construct(&h.world, NULL, &h.synth), 0);
	}
	harness_source(&h, out, 256);
	harness_close(&h);
}

START_TEST(noise_is_the_same_when_its_seed_is)
{
	float a[256];
	float b[256];

	render(5, a);
	render(5, b);
	ck_assert_mem_eq(a, b, sizeof(a));
	render(6, b);
	ck_assert_mem_ne(a, b, sizeof(a));
}
END_TEST

START_TEST(noise_takes_its_seed_from_the_node_id_when_none_is_given)
{
	float a[256];
	float b[256];

	render(-5, a);
	render(-5, b);
	ck_assert_mem_eq(a, b, sizeof(a));
	render(-6, b);
	ck_assert_mem_ne(a, b, sizeof(a));
}
END_TEST

START_TEST(noise_keeps_its_first_numbers_for_ever)
{
	/* PCG32 from SplitMix64(5): renders of old scores must not change */
	float out[256];
	static const float first[] = {1627654.0f * 0x1p-23f,
		-4871498.0f * 0x1p-23f, 2294036.0f * 0x1p-23f};

	render(5, out);
	for (int i = 0; i < 3; i++) {
		ck_assert_float_eq(out[i], first[i] * 0.1f);
	}
}
END_TEST

Suite *
harness_suite(void)
{
	Suite *s = suite_create("plugins/noise");
	TCase *tc = tcase_create("noise");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, white_noise_has_equal_power_in_equal_bands);
	tcase_add_test(tc, pink_noise_has_equal_power_in_every_octave);
	tcase_add_test(tc, white_noise_is_uniform_and_never_leaves_amp);
	tcase_add_test(tc, pink_noise_has_the_level_that_its_card_states);
	tcase_add_test(tc, noise_is_the_same_when_its_seed_is);
	tcase_add_test(
		tc, noise_takes_its_seed_from_the_node_id_when_none_is_given);
	tcase_add_test(tc, noise_keeps_its_first_numbers_for_ever);
	suite_add_tcase(s, tc);
	return s;
}
