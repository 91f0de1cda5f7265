/* SPDX-License-Identifier: MIT */
/*
 * check_limiter.c -- limiter: its ceiling whatever comes, its delay to the
 * bit, and all of it against sums that are computed anew for each frame.
 */
#include "harness.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <tactus/math.h>

#define SECOND 48000
#define AHEAD  72 /* 1.5 ms */

/** The gain of each frame of the output, by the law and nothing clever. */
static void
reference(double ceiling, double release, uint32_t channels, float *const *in,
	double *gain, uint32_t frames)
{
	static double needed[4 * SECOND];
	static double released[4 * SECOND];
	double step = release > 0 ? 1 - exp(-1 / (release * SECOND)) : 1;
	uint32_t first = (AHEAD + 2) / 2;
	uint32_t second = AHEAD + 2 - first;

	ck_assert_uint_le(frames, 4 * SECOND);
	for (uint32_t i = 0; i < frames; i++) {
		double peak = 0;
		double held = 1;

		for (uint32_t c = 0; c < channels; c++) {
			peak = fmax(peak, fabs((double)in[c][i]));
		}
		needed[i] = fmin(1, ceiling / peak);
		for (uint32_t k = 0; k <= AHEAD && k <= i; k++) {
			held = fmin(held, needed[i - k]);
		}
		double before = i > 0 ? released[i - 1] : 1;
		released[i] = fmin(held, before + step * (held - before));
		double sum = 0;
		for (uint32_t k = 0; k <= AHEAD; k++) {
			/* two boxes: as often as k is a sum of two places */
			uint32_t least = k + 1 > second ? k + 1 - second : 0;
			uint32_t most = k < first ? k : first - 1;

			sum += (k <= i ? released[i - k] : 1) *
			       (most - least + 1);
		}
		gain[i] = sum / (first * second);
	}
}

START_TEST(limiter_is_what_its_law_says)
{
	static float in[2][2 * SECOND];
	static float out[2][2 * SECOND];
	static double gain[2 * SECOND];
	float *from[2] = {in[0], in[1]};
	float *to[2] = {out[0], out[1]};
	static const float releases[] = {0.1f, 0.0f, 0.005f, 5.0f};
	uint64_t random = 3;

	for (size_t n = 0; n < sizeof releases / sizeof *releases; n++) {
		struct harness h;

		harness_bursts(in[0], 2 * SECOND, 1000, 0.0f, &random);
		harness_bursts(in[1], 2 * SECOND, 1000, 0.0f, &random);
		reference(pow(10, -0.3 / 20), (double)releases[n], 2, from,
			gain, 2 * SECOND);
		harness_open_with(&h, "limiter", "channels", 2);
		harness_set(&h, "release", releases[n]);
		harness_run(&h, (const float *const *)from, to, 2 * SECOND,
			&random);
		double worst = 0;
		for (uint32_t i = 2 * AHEAD; i < 4 * SECOND; i++) {
			double x =
				(double)in[i % 2][i / 2 - AHEAD] * gain[i / 2];
			double e = fabs((double)out[i % 2][i / 2] - x);

			worst = harness_worse(worst, e / (fabs(x) + 1));
		}
		ck_assert_double_le(worst, 1e-5);
		harness_close(&h);
	}
}
END_TEST

/** Run a signal, tame or not, and see to its ceiling. */
static void
check_ceiling(const float *in, uint32_t frames, float db, float release)
{
	float *out = calloc(frames, sizeof *out);
	float ceiling = tactus_from_db(db);
	uint64_t random = 9;
	struct harness h;

	harness_open(&h, "limiter");
	harness_set(&h, "ceiling_db", db);
	harness_set(&h, "release", release);
	harness_run(&h, &in, &out, frames, &random);
	uint32_t above = 0;
	for (uint32_t i = 0; i < frames; i++) {
		above += fabsf(out[i]) <= ceiling ? 0 : 1;
	}
	ck_assert_uint_eq(above, 0);
	harness_close(&h);
	free(out);
}

START_TEST(limiter_never_goes_above_its_ceiling)
{
	static const float ceilings[] = {-0.3f, 0.0f, -1.0f, -17.3f, -60.0f};
	static const float releases[] = {0.1f, 0.0f, 0.001f};
	static float in[6][SECOND / 2];
	uint64_t random = 7;

	for (uint32_t i = 0; i < SECOND / 2; i++) {
		uint32_t bits = tactus_random(&random);
		float chance = tactus_random_signed(&random);

		in[0][i] = 4.0f * chance;
		in[1][i] = bits % 500 == 0 ? 100.0f * chance : 0.0f;
		in[2][i] = i / 700 % 2 == 0 ? 0.1f : -3.0f;
		in[3][i] = i / 50 % 2 == 0 ? 1.0f : -1.0f;
		in[4][i] = chance * tactus_exp2((float)(bits % 100));
		/* any bits at all, NaN and infinities among them */
		memcpy(&in[5][i], &bits, sizeof bits);
	}
	for (int s = 0; s < 6; s++) {
		for (int c = 0; c < 5; c++) {
			for (int r = 0; r < 3; r++) {
				check_ceiling(in[s], SECOND / 2, ceilings[c],
					releases[r]);
			}
		}
	}
}
END_TEST

START_TEST(limiter_reaches_its_ceiling)
{
	static float in[SECOND / 2];
	static float out[SECOND / 2];
	struct harness h;

	for (uint32_t i = 0; i < SECOND / 2; i++) {
		in[i] = i % 100 < 50 ? 5.0f : -5.0f;
	}
	harness_open(&h, "limiter");
	harness_pass(&h, in, out, SECOND / 2);
	float ceiling = tactus_from_db(-0.3f);
	for (uint32_t i = AHEAD; i < SECOND / 2; i++) {
		ck_assert_double_ge(
			(double)fabsf(out[i]), (double)ceiling * 0.999999);
	}
	harness_close(&h);
}
END_TEST

START_TEST(limiter_passes_what_is_soft_to_the_bit_after_its_look_ahead)
{
	static const double rates[] = {8000, 44100, 48000, 96000, 384000};

	for (size_t n = 0; n < sizeof rates / sizeof *rates; n++) {
		static float in[SECOND];
		static float out[SECOND];
		const float *from = in;
		float *to = out;
		uint64_t random = 8;
		uint32_t ahead = (uint32_t)(rates[n] * 0.0015 + 0.5);
		struct harness h;

		harness_noise(in, SECOND, &random);
		for (uint32_t i = 0; i < SECOND; i++) {
			in[i] *= 0.966f;
		}
		in[7] = -0.0f;
		in[8] = tactus_from_db(-0.3f);
		in[9] = -in[8];
		harness_load(&h, "limiter", rates[n]);
		h.pool_room = HARNESS_POOLS;
		ck_assert_int_eq(harness_make(&h, NULL, 0), 0);
		harness_run(&h, &from, &to, SECOND, &random);
		for (uint32_t i = 0; i < ahead; i++) {
			ck_assert_float_eq(out[i], 0.0f);
		}
		ck_assert_mem_eq(
			in, out + ahead, (SECOND - ahead) * sizeof(float));
		harness_close(&h);
	}
}
END_TEST

START_TEST(limiter_gives_all_back_in_the_end)
{
	static float in[2 * SECOND];
	static float out[2 * SECOND];
	uint64_t random = 8;
	struct harness h;

	harness_noise(in, 2 * SECOND, &random);
	for (uint32_t i = 0; i < 2 * SECOND; i++) {
		in[i] *= 0.9f;
	}
	in[5000] = 40.0f;
	harness_open(&h, "limiter");
	harness_set(&h, "release", 0.05f);
	harness_pass(&h, in, out, 2 * SECOND);
	ck_assert_float_lt(fabsf(out[5000 + AHEAD]), 0.9661f);
	ck_assert_float_gt(fabsf(out[5000 + AHEAD]), 0.966f);
	ck_assert_mem_eq(
		in + SECOND - AHEAD, out + SECOND, SECOND * sizeof(float));
	harness_close(&h);
}
END_TEST

START_TEST(limiter_links_its_channels)
{
	static float in[64][4800];
	static float out[64][4800];
	const float *from[64];
	float *to[64];
	uint64_t random = 4;
	struct harness h;

	for (int c = 0; c < 64; c++) {
		for (uint32_t i = 0; i < 4800; i++) {
			in[c][i] = 0.5f;
		}
		from[c] = in[c];
		to[c] = out[c];
	}
	harness_noise(in[63], 4800, &random);
	in[63][2000] = 8.0f;
	harness_open_with(&h, "limiter", "channels", 64);
	ck_assert_uint_eq(h.ports, 2 + 128);
	ck_assert_str_eq(h.port[2].name, "in0");
	ck_assert_str_eq(h.port[129].name, "out63");
	harness_run(&h, from, to, 4800, &random);
	ck_assert_float_lt(out[0][2000 + AHEAD], 0.0625f);
	for (uint32_t i = AHEAD; i < 4800; i++) {
		float gain = out[0][i] * 2.0f; /* exact */

		for (int c = 1; c < 64; c++) {
			ck_assert_float_eq(out[c][i], in[c][i - AHEAD] * gain);
		}
	}
	harness_close(&h);
}
END_TEST

START_TEST(limiter_holds_what_came_to_the_ceiling_of_its_time)
{
	/* which moves up and down, by jumps and by ramps */
	static float in[SECOND];
	static float out[SECOND];
	static float ceiling[SECOND];
	uint64_t random = 12;
	struct harness h;

	harness_noise(in, SECOND, &random);
	harness_open(&h, "limiter");
	harness_set(&h, "release", 0.003f);
	for (uint32_t at = 0; at < SECOND; at += HARNESS_BLOCK) {
		float v = -30.0f + 30.0f * tactus_random_signed(&random);
		float w = -30.0f + 30.0f * tactus_random_signed(&random);
		TactusControl c = {
			v, at % 128 == 0 ? (w - v) / HARNESS_BLOCK : 0};

		harness_ramp(&h, "ceiling_db", c.value, c.step);
		harness_pass(&h, in + at, out + at, HARNESS_BLOCK);
		for (uint32_t i = 0; i < HARNESS_BLOCK; i++) {
			ceiling[at + i] =
				tactus_from_db(tactus_control_at(&c, i));
		}
	}
	for (uint32_t i = AHEAD; i < SECOND; i++) {
		ck_assert_float_le(fabsf(out[i]), ceiling[i - AHEAD]);
	}
	harness_close(&h);
}
END_TEST

START_TEST(limiter_does_not_click_when_its_ceiling_jumps)
{
	static float in[SECOND];
	static float out[SECOND];
	struct harness h;
	double worst = 0;

	for (uint32_t i = 0; i < SECOND; i++) {
		in[i] = 0.9f;
	}
	harness_open(&h, "limiter");
	harness_pass(&h, in, out, SECOND / 4);
	harness_set(&h, "ceiling_db", -20.0f);
	harness_pass(&h, in, out + SECOND / 4, SECOND / 4);
	harness_set(&h, "ceiling_db", -0.3f);
	harness_pass(&h, in, out + SECOND / 2, SECOND / 2);
	for (uint32_t i = AHEAD + 1; i < SECOND; i++) {
		worst = harness_worse(
			worst, fabs((double)(out[i] - out[i - 1])));
	}
	/* the steepest place of the fade is twice its mean */
	ck_assert_double_le(worst, 0.81 * 2 / AHEAD);
	harness_close(&h);
}
END_TEST

START_TEST(limiter_computes_a_ramp_frame_by_frame)
{
	float in[HARNESS_BLOCK];
	const float *from = in;
	uint64_t random = 13;
	struct harness whole;
	struct harness single;

	harness_open(&whole, "limiter");
	harness_open(&single, "limiter");
	harness_noise(in, HARNESS_BLOCK, &random);
	harness_ramp(&whole, "ceiling_db", -3.0f, -0.25f);
	harness_ramp(&whole, "release", 0x1p-9f, 0x1p-10f);
	harness_alike_by_frames(&whole, &single, &from);
	harness_noise(in, HARNESS_BLOCK, &random);
	harness_ramp(&whole, "ceiling_db", -19.0f, 0.0f);
	harness_ramp(&whole, "release", 0x1p-7f, -0x1p-15f);
	harness_alike_by_frames(&whole, &single, &from);
	harness_close(&whole);
	harness_close(&single);
}
END_TEST

START_TEST(limiter_takes_what_is_no_number_as_0)
{
	static const float bad[] = {NAN, INFINITY, -INFINITY, 3e38f, -1e30f};
	float in[2][200];
	float out[2][200];
	uint64_t random = 6;

	for (size_t n = 0; n < 5; n++) {
		harness_noise(in[0], 200, &random);
		memcpy(in[1], in[0], sizeof in[0]);
		in[0][9] = bad[n];
		in[1][9] = 0.0f;
		for (int k = 0; k < 2; k++) {
			struct harness h;

			harness_open(&h, "limiter");
			harness_pass(&h, in[k], out[k], 200);
			harness_close(&h);
		}
		ck_assert_mem_eq(out[0], out[1], sizeof out[0]);
		ck_assert_float_eq(out[0][9 + AHEAD], 0.0f);
	}
}
END_TEST

START_TEST(limiter_is_refused_when_there_is_no_memory)
{
	struct harness h;

	harness_load(&h, "limiter", HARNESS_RATE);
	ck_assert_int_eq(harness_make(&h, NULL, 0), 503);
	ck_assert_uint_eq(h.allocations, 1);
	harness_close(&h);
}
END_TEST

START_TEST(limiter_fits_in_the_default_pools_whatever_it_is_asked_for)
{
	static const double rates[] = {8000, 48000, 384000, 1e6};

	for (int n = 0; n < 4; n++) {
		TactusOption o = {
			.name = "channels", .type = 'i', .number = 64};
		struct harness h;

		harness_load(&h, "limiter", rates[n]);
		h.pool_room = 1048576;
		ck_assert_int_eq(harness_make(&h, &o, 1), 0);
		harness_close(&h);
	}
}
END_TEST

Suite *
harness_suite(void)
{
	Suite *s = suite_create("plugins/limiter");
	TCase *tc = tcase_create("limiter");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, limiter_is_what_its_law_says);
	tcase_add_test(tc, limiter_never_goes_above_its_ceiling);
	tcase_add_test(tc, limiter_reaches_its_ceiling);
	tcase_add_test(tc,
		limiter_passes_what_is_soft_to_the_bit_after_its_look_ahead);
	tcase_add_test(tc, limiter_gives_all_back_in_the_end);
	tcase_add_test(tc, limiter_links_its_channels);
	tcase_add_test(tc, limiter_holds_what_came_to_the_ceiling_of_its_time);
	tcase_add_test(tc, limiter_does_not_click_when_its_ceiling_jumps);
	tcase_add_test(tc, limiter_computes_a_ramp_frame_by_frame);
	tcase_add_test(tc, limiter_takes_what_is_no_number_as_0);
	tcase_add_test(tc, limiter_is_refused_when_there_is_no_memory);
	tcase_add_test(
		tc, limiter_fits_in_the_default_pools_whatever_it_is_asked_for);
	suite_add_tcase(s, tc);
	return s;
}
