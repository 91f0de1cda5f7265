/* SPDX-License-Identifier: MIT */
/*
 * check_mixer.c -- mixer: the weighted sum, in order.
 */
#include "harness.h"

#include <math.h>
#include <stdio.h>

#define FRAMES 640

START_TEST(mixer_adds_its_inputs_by_their_gains)
{
	static float in[64][FRAMES];
	float out[FRAMES];
	const float *from[64];
	float *to = out;
	uint64_t random = 3;
	struct harness h;
	char name[16];

	harness_open_with(&h, "mixer", "inputs", 64);
	ck_assert_uint_eq(h.ports, 129);
	ck_assert_str_eq(h.port[63].name, "gain63");
	ck_assert_str_eq(h.port[64].name, "in0");
	ck_assert_str_eq(h.port[128].name, "out");
	for (int c = 0; c < 64; c++) {
		harness_noise(in[c], FRAMES, &random);
		from[c] = in[c];
		snprintf(name, sizeof(name), "gain%d", c);
		harness_set(&h, name, (float)c / 64.0f);
	}
	harness_run(&h, from, &to, FRAMES, NULL);
	for (uint32_t i = 0; i < FRAMES; i++) {
		double sum = 0.0;
		double size = 1.0;

		for (int c = 0; c < 64; c++) {
			sum += (double)in[c][i] * c / 64.0;
			size += fabs((double)in[c][i] * c / 64.0);
		}
		/* 1e-6, beside what adding up in 24 bits must lose */
		ck_assert_double_eq_tol((double)out[i], sum, 1e-6 * size);
	}
	harness_close(&h);
}
END_TEST

START_TEST(mixer_of_two_is_exact_to_1e_6)
{
	float in[2][FRAMES];
	float out[FRAMES];
	const float *from[2] = {in[0], in[1]};
	float *to = out;
	uint64_t random = 3;
	struct harness h;

	harness_noise(in[0], FRAMES, &random);
	harness_noise(in[1], FRAMES, &random);
	harness_open(&h, "mixer");
	ck_assert_uint_eq(h.ins, 2);
	harness_set(&h, "gain0", 0.3f);
	harness_set(&h, "gain1", 1.7f);
	harness_run(&h, from, &to, FRAMES, NULL);
	for (uint32_t i = 0; i < FRAMES; i++) {
		double sum = (double)in[0][i] * (double)0.3f +
			     (double)in[1][i] * (double)1.7f;

		ck_assert_double_eq_tol((double)out[i], sum, 3e-7);
	}
	harness_close(&h);
}
END_TEST

START_TEST(mixer_follows_the_ramp_of_one_gain)
{
	float in[2][HARNESS_BLOCK];
	float out[HARNESS_BLOCK];
	const float *from[2] = {in[0], in[1]};
	float *to = out;
	uint64_t random = 3;
	struct harness h;

	harness_noise(in[0], HARNESS_BLOCK, &random);
	harness_noise(in[1], HARNESS_BLOCK, &random);
	harness_open(&h, "mixer");
	harness_ramp(&h, "gain0", 0.0f, 0.125f);
	harness_run(&h, from, &to, HARNESS_BLOCK, NULL);
	for (uint32_t i = 0; i < HARNESS_BLOCK; i++) {
		float sum = in[0][i] * ((float)i * 0.125f) + in[1][i];

		ck_assert_float_eq(out[i], sum);
	}
	harness_close(&h);
}
END_TEST

Suite *
harness_suite(void)
{
	Suite *s = suite_create("plugins/mixer");
	TCase *tc = tcase_create("mixer");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, mixer_adds_its_inputs_by_their_gains);
	tcase_add_test(tc, mixer_of_two_is_exact_to_1e_6);
	tcase_add_test(tc, mixer_follows_the_ramp_of_one_gain);
	suite_add_tcase(s, tc);
	return s;
}
