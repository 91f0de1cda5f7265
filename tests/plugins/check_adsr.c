/* SPDX-License-Identifier: MIT */
/*
 * check_adsr.c -- adsr against its table, its gate, its end.
 */
#include "harness.h"

#define FRAMES 1000

/** A = 100, D = 200, R = 400 frames at 48 kHz, sustain 0.5. */
static void
open(struct harness *h)
{
	harness_open(h, "adsr");
	harness_set(h, "attack", 100.0f / 48000.0f);
	harness_set(h, "decay", 200.0f / 48000.0f);
	harness_set(h, "sustain", 0.5f);
	harness_set(h, "release", 400.0f / 48000.0f);
}

/** Play `frames` of a constant 1: what comes out is the envelope. */
static void
play(struct harness *h, float *out, uint32_t frames)
{
	float ones[FRAMES];

	for (uint32_t i = 0; i < frames; i++) {
		ones[i] = 1.0f;
	}
	harness_pass(h, ones, out, frames);
}

static double
table(uint32_t k)
{
	return k < 100   ? k / 100.0
	       : k < 300 ? 1.0 - 0.5 * (k - 100) / 200.0
			 : 0.5;
}

START_TEST(adsr_is_its_table)
{
	float out[FRAMES];
	struct harness h;

	open(&h);
	play(&h, out, 500);
	for (uint32_t k = 0; k < 500; k++) {
		ck_assert_double_eq_tol((double)out[k], table(k), 1e-7);
	}
	harness_set(&h, "gate", 0.0f);
	play(&h, out, 500);
	for (uint32_t k = 0; k < 500; k++) {
		double v = k < 400 ? 0.5 * (400 - k) / 400.0 : 0.0;

		ck_assert_double_eq_tol((double)out[k], v, 1e-7);
	}
	ck_assert_uint_eq(h.dones, 1);
	harness_close(&h);
}
END_TEST

START_TEST(adsr_is_done_once_when_its_release_is_over)
{
	float out[FRAMES];
	struct harness h;

	open(&h);
	play(&h, out, 350);
	harness_set(&h, "gate", 0.0f);
	play(&h, out, 399);
	ck_assert_uint_eq(h.dones, 0);
	play(&h, out, 1);
	ck_assert_uint_eq(h.dones, 1);
	ck_assert_uint_eq(h.done_at, 750);
	/* a second note sounds, but done is said once in a life */
	harness_set(&h, "gate", 1.0f);
	play(&h, out, 500);
	for (uint32_t k = 0; k < 500; k++) {
		ck_assert_double_eq_tol((double)out[k], table(k), 1e-7);
	}
	harness_set(&h, "gate", 0.0f);
	play(&h, out, FRAMES);
	ck_assert_uint_eq(h.dones, 1);
	harness_close(&h);
}
END_TEST

START_TEST(adsr_releases_from_where_it_is)
{
	/* in the attack, in the decay, at the very peak */
	static const uint32_t when[] = {37, 100, 211};
	float out[FRAMES];

	for (int n = 0; n < 3; n++) {
		struct harness h;

		open(&h);
		play(&h, out, when[n]);
		harness_set(&h, "gate", 0.0f);
		play(&h, out, 500);
		for (uint32_t k = 0; k < 500; k++) {
			double v = table(when[n]) * (400.0 - k) / 400.0;

			ck_assert_double_eq_tol(
				(double)out[k], k < 400 ? v : 0.0, 1e-7);
		}
		harness_close(&h);
	}
}
END_TEST

START_TEST(adsr_attacks_from_where_it_is_when_the_gate_comes_back)
{
	float out[FRAMES];
	struct harness h;

	open(&h);
	play(&h, out, 400);
	harness_set(&h, "gate", 0.0f);
	play(&h, out, 100);
	harness_set(&h, "gate", 1.0f);
	play(&h, out, 120);
	for (uint32_t k = 0; k < 100; k++) {
		double v = 0.375 + 0.625 * k / 100.0;

		ck_assert_double_eq_tol((double)out[k], v, 1e-7);
	}
	ck_assert_double_eq_tol((double)out[100], 1.0, 1e-7);
	ck_assert_uint_eq(h.dones, 0);
	harness_close(&h);
}
END_TEST

START_TEST(adsr_waits_in_silence_when_its_gate_is_shut)
{
	float out[FRAMES];
	struct harness h;

	open(&h);
	harness_set(&h, "gate", 0.0f);
	play(&h, out, FRAMES);
	for (uint32_t k = 0; k < FRAMES; k++) {
		ck_assert_float_eq(out[k], 0.0f);
	}
	ck_assert_uint_eq(h.dones, 0);
	harness_set(&h, "gate", 1.0f);
	play(&h, out, 101);
	ck_assert_float_eq(out[100], 1.0f);
	harness_close(&h);
}
END_TEST

START_TEST(adsr_follows_sustain_while_it_holds)
{
	float out[FRAMES];
	struct harness h;

	open(&h);
	play(&h, out, 300);
	harness_ramp(&h, "sustain", 0.5f, -0.5f / 64.0f);
	play(&h, out, 64);
	for (uint32_t k = 0; k < 64; k++) {
		ck_assert_float_eq(out[k], 0.5f + (float)k * (-0.5f / 64.0f));
	}
	harness_close(&h);
}
END_TEST

START_TEST(adsr_skips_the_stages_whose_time_is_0)
{
	float out[FRAMES];
	struct harness h;

	open(&h);
	harness_set(&h, "attack", 0.0f);
	harness_set(&h, "decay", 0.0f);
	harness_set(&h, "release", 0.0f);
	play(&h, out, 10);
	ck_assert_float_eq(out[0], 0.5f);
	harness_set(&h, "gate", 0.0f);
	play(&h, out, 1);
	ck_assert_float_eq(out[0], 0.0f);
	ck_assert_uint_eq(h.dones, 1);
	ck_assert_uint_eq(h.done_at, 11);
	harness_close(&h);
}
END_TEST

Suite *
harness_suite(void)
{
	Suite *s = suite_create("plugins/adsr");
	TCase *tc = tcase_create("adsr");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, adsr_is_its_table);
	tcase_add_test(tc, adsr_is_done_once_when_its_release_is_over);
	tcase_add_test(tc, adsr_releases_from_where_it_is);
	tcase_add_test(
		tc, adsr_attacks_from_where_it_is_when_the_gate_comes_back);
	tcase_add_test(tc, adsr_waits_in_silence_when_its_gate_is_shut);
	tcase_add_test(tc, adsr_follows_sustain_while_it_holds);
	tcase_add_test(tc, adsr_skips_the_stages_whose_time_is_0);
	suite_add_tcase(s, tc);
	return s;
}
