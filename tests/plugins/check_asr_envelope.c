/* SPDX-License-Identifier: MIT */
/*
 * check_asr_envelope.c -- asr-envelope against its table, to the frame.
 */
#include "harness.h"

#include <math.h>

#define FRAMES 1000

/** A = 100, S = 200, R = 400 frames at 48 kHz. */
static void
open(struct harness *h)
{
	harness_open(h, "asr-envelope");
	harness_set(h, "attack", 100.0f / 48000.0f);
	harness_set(h, "sustain_time", 200.0f / 48000.0f);
	harness_set(h, "sustain_level", 0.8f);
	harness_set(h, "release", 400.0f / 48000.0f);
}

static double
shape_of(uint32_t k)
{
	if (k < 100) {
		return k / 100.0;
	}
	if (k < 300) {
		return 1.0;
	}
	return k < 700 ? (700 - k) / 400.0 : 0.0;
}

START_TEST(asr_envelope_is_its_table)
{
	float in[FRAMES];
	float out[FRAMES];
	uint64_t random = 1;
	struct harness h;

	harness_noise(in, FRAMES, &random);
	open(&h);
	harness_pass(&h, in, out, FRAMES);
	for (uint32_t k = 0; k < FRAMES; k++) {
		double level = (double)0.8f * shape_of(k);

		ck_assert_double_eq_tol(
			(double)out[k], (double)in[k] * level, 2e-7);
	}
	ck_assert_uint_eq(h.dones, 1);
	harness_close(&h);
}
END_TEST

START_TEST(asr_envelope_is_done_once_at_its_very_end)
{
	float in[FRAMES] = {0.0f};
	float out[FRAMES];
	struct harness h;

	open(&h);
	harness_pass(&h, in, out, 699);
	ck_assert_uint_eq(h.dones, 0);
	harness_pass(&h, in, out, 1);
	ck_assert_uint_eq(h.dones, 1);
	ck_assert_uint_eq(h.done_at, 700);
	harness_pass(&h, in, out, FRAMES);
	ck_assert_uint_eq(h.dones, 1);
	harness_close(&h);
}
END_TEST

START_TEST(asr_envelope_is_done_at_once_when_all_its_times_are_0)
{
	float in[2] = {1.0f, 1.0f};
	float out[2];
	struct harness h;

	harness_open(&h, "asr-envelope");
	harness_set(&h, "attack", 0.0f);
	harness_set(&h, "sustain_time", 0.0f);
	harness_set(&h, "release", 0.0f);
	harness_pass(&h, in, out, 2);
	ck_assert_uint_eq(h.dones, 1);
	ck_assert_float_eq(out[0], 0.0f);
	harness_close(&h);
}
END_TEST

START_TEST(asr_envelope_begins_at_its_level_when_attack_is_0)
{
	float in[2] = {1.0f, 1.0f};
	float out[2];
	struct harness h;

	harness_open(&h, "asr-envelope");
	harness_set(&h, "attack", 0.0f);
	harness_pass(&h, in, out, 2);
	ck_assert_float_eq(out[0], 1.0f);
	harness_close(&h);
}
END_TEST

START_TEST(asr_envelope_is_silent_after_its_end_whatever_comes_in)
{
	float in[HARNESS_BLOCK];
	float out[HARNESS_BLOCK];
	struct harness h;

	open(&h);
	for (uint32_t i = 0; i < HARNESS_BLOCK; i++) {
		in[i] = NAN;
	}
	for (int n = 0; n < 11; n++) {
		harness_pass(&h, in, out, HARNESS_BLOCK);
	}
	harness_pass(&h, in, out, HARNESS_BLOCK);
	for (uint32_t i = 0; i < HARNESS_BLOCK; i++) {
		ck_assert_float_eq(out[i], 0.0f);
	}
	harness_close(&h);
}
END_TEST

START_TEST(asr_envelope_follows_its_level_within_a_stage)
{
	float in[HARNESS_BLOCK];
	float out[HARNESS_BLOCK];
	struct harness h;

	for (uint32_t i = 0; i < HARNESS_BLOCK; i++) {
		in[i] = 1.0f;
	}
	open(&h);
	harness_ramp(&h, "sustain_level", 0.0f, 1.0f / 64.0f);
	harness_pass(&h, in, out, HARNESS_BLOCK);
	for (uint32_t k = 0; k < HARNESS_BLOCK; k++) {
		ck_assert_double_eq_tol(
			(double)out[k], k / 64.0 * (k / 100.0), 2e-7);
	}
	harness_close(&h);
}
END_TEST

Suite *
harness_suite(void)
{
	Suite *s = suite_create("plugins/asr_envelope");
	TCase *tc = tcase_create("asr_envelope");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, asr_envelope_is_its_table);
	tcase_add_test(tc, asr_envelope_is_done_once_at_its_very_end);
	tcase_add_test(
		tc, asr_envelope_is_done_at_once_when_all_its_times_are_0);
	tcase_add_test(tc, asr_envelope_begins_at_its_level_when_attack_is_0);
	tcase_add_test(
		tc, asr_envelope_is_silent_after_its_end_whatever_comes_in);
	tcase_add_test(tc, asr_envelope_follows_its_level_within_a_stage);
	suite_add_tcase(s, tc);
	return s;
}
