/* SPDX-License-Identifier: MIT */
/*
 * check_gain.c -- gain against its formula, and its size.
 */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>

#define FRAMES 640

START_TEST(gain_multiplies_exactly)
{
	float in[FRAMES];
	float out[FRAMES];
	uint64_t random = 1;
	struct harness h;

	harness_noise(in, FRAMES, &random);
	harness_open(&h, "gain");
	harness_pass(&h, in, out, FRAMES);
	ck_assert_mem_eq(in, out, sizeof(in));
	harness_set(&h, "gain", 0.5f);
	harness_pass(&h, in, out, FRAMES);
	for (uint32_t i = 0; i < FRAMES; i++) {
		ck_assert_float_eq(out[i], in[i] * 0.5f);
	}
	harness_close(&h);
}
END_TEST

START_TEST(gain_follows_its_ramp_frame_by_frame)
{
	float in[HARNESS_BLOCK];
	float out[HARNESS_BLOCK];
	uint64_t random = 1;
	struct harness h;

	harness_noise(in, HARNESS_BLOCK, &random);
	harness_open(&h, "gain");
	harness_ramp(&h, "gain", -1.0f, 0.3f);
	harness_pass(&h, in, out, HARNESS_BLOCK);
	for (uint32_t i = 0; i < HARNESS_BLOCK; i++) {
		ck_assert_float_eq(out[i], in[i] * (-1.0f + (float)i * 0.3f));
	}
	harness_close(&h);
}
END_TEST

START_TEST(gain_keeps_its_channels_apart)
{
	static float in[64][FRAMES];
	static float out[64][FRAMES];
	const float *from[64];
	float *to[64];
	uint64_t random = 9;
	struct harness h;

	for (int c = 0; c < 64; c++) {
		harness_noise(in[c], FRAMES, &random);
		from[c] = in[c];
		to[c] = out[c];
	}
	harness_open_with(&h, "gain", "channels", 64);
	ck_assert_uint_eq(h.ports, 129);
	ck_assert_str_eq(h.port[1].name, "in0");
	ck_assert_str_eq(h.port[64].name, "in63");
	ck_assert_str_eq(h.port[128].name, "out63");
	harness_set(&h, "gain", 2.0f);
	harness_run(&h, from, to, FRAMES, NULL);
	for (int c = 0; c < 64; c++) {
		for (uint32_t i = 0; i < FRAMES; i++) {
			ck_assert_float_eq(out[c][i], 2.0f * in[c][i]);
		}
	}
	harness_close(&h);
}
END_TEST

START_TEST(gain_is_small_enough_to_learn_from)
{
	const char *srcdir = getenv("srcdir");
	char path[4096];
	int lines = 0;

	snprintf(path, sizeof(path), "%s/plugins/gain/gain.c",
		srcdir != NULL ? srcdir : ".");
	FILE *file = fopen(path, "r");
	ck_assert_msg(file != NULL, "%s: set srcdir", path);
	for (int c = getc(file); c != EOF; c = getc(file)) {
		lines += c == '\n';
	}
	fclose(file);
	ck_assert_int_gt(lines, 40);
	ck_assert_int_lt(lines, 92);
}
END_TEST

Suite *
harness_suite(void)
{
	Suite *s = suite_create("plugins/gain");
	TCase *tc = tcase_create("gain");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, gain_multiplies_exactly);
	tcase_add_test(tc, gain_follows_its_ramp_frame_by_frame);
	tcase_add_test(tc, gain_keeps_its_channels_apart);
	tcase_add_test(tc, gain_is_small_enough_to_learn_from);
	suite_add_tcase(s, tc);
	return s;
}
