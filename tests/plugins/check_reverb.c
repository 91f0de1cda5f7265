/* SPDX-License-Identifier: MIT */
/*
 * check_reverb.c -- reverb against a network in double precision, its mix and
 * its predelay, and what it does whatever comes in and however it is turned.
 */
#include <math.h>
#include <string.h>

#include <tactus/math.h>

#include "naive_reverb.h"
#include "reverb_rig.h"

START_TEST(reverb_is_its_network_in_double_precision)
{
	static const struct {
		double size;
		double damping;
		double rate;
	} rows[] = {
		{0.5,  0.4, 48000 },
		{0,    1,   48000 },
		{1,    0,   44100 },
		{0.25, 0.5, 8000  },
		{0.75, 1,   192000},
	};
	static float in[2][SECOND];
	static float out[2][SECOND];
	static double ought[2][SECOND];
	uint64_t random = 21;

	for (size_t n = 0; n < sizeof rows / sizeof *rows; n++) {
		double worst = 0;
		struct harness h;

		reverb_rig_noise(in, &random);
		naive_reverb_run(rows[n].size, rows[n].damping, rows[n].rate,
			(float *[]){in[0], in[1]},
			(double *[]){ought[0], ought[1]}, SECOND);
		reverb_rig_open(&h, rows[n].rate);
		reverb_rig_room(
			&h, (float)rows[n].size, (float)rows[n].damping, 0);
		reverb_rig_run(
			&h, in[0], in[1], out[0], out[1], SECOND, &random);
		for (uint32_t i = 0; i < 2 * SECOND; i++) {
			double e =
				(double)out[i % 2][i / 2] - ought[i % 2][i / 2];

			worst = harness_worse(worst, fabs(e));
		}
		ck_assert_double_le(worst, 2e-5);
		harness_close(&h);
	}
}
END_TEST

/* --- what it promises --- */

START_TEST(reverb_with_mix_0_is_dry_to_the_bit)
{
	static float in[2][SECOND];
	static float out[2][SECOND];
	uint64_t random = 22;
	struct harness h;

	reverb_rig_noise(in, &random);
	in[0][100] = -0.0f;
	in[1][101] = 0.0f;
	reverb_rig_open(&h, HARNESS_RATE);
	harness_set(&h, "mix", 0.0f);
	reverb_rig_run(&h, in[0], in[1], out[0], out[1], SECOND / 2, &random);
	harness_set(&h, "size", 1.0f);
	reverb_rig_run(&h, in[0] + SECOND / 2, in[1] + SECOND / 2,
		out[0] + SECOND / 2, out[1] + SECOND / 2, SECOND / 2, NULL);
	ck_assert_mem_eq(in, out, sizeof in);
	harness_close(&h);
}
END_TEST

START_TEST(reverb_comes_back_to_dry_when_its_mix_does)
{
	static float in[2][SECOND];
	static float out[2][SECOND];
	uint64_t random = 22;
	struct harness h;

	reverb_rig_noise(in, &random);
	reverb_rig_open(&h, HARNESS_RATE);
	harness_set(&h, "mix", 1.0f);
	reverb_rig_run(&h, in[0], in[1], out[0], out[1], SECOND / 2, NULL);
	harness_set(&h, "mix", 0.0f);
	reverb_rig_run(&h, in[0], in[1], out[0], out[1], SECOND, NULL);
	for (int c = 0; c < 2; c++) {
		ck_assert(memcmp(in[c], out[c], 2000 * sizeof(float)) != 0);
		ck_assert_mem_eq(in[c] + SECOND / 4, out[c] + SECOND / 4,
			SECOND / 4 * 3 * sizeof(float));
	}
	harness_close(&h);
}
END_TEST

START_TEST(reverb_answers_after_its_predelay)
{
	static const float seconds[] = {0.0f, 0.001f, 0.02f, 0.25f};
	static float in[SECOND];
	static float now[2][SECOND];
	static float late[2][SECOND];

	in[0] = 1.0f;
	for (int n = 0; n < 4; n++) {
		uint32_t delay = (uint32_t)(seconds[n] * 48000.0f + 0.5f);
		uint64_t random = 23;
		struct harness h;

		reverb_rig_open(&h, HARNESS_RATE);
		reverb_rig_room(&h, 0.5f, 0.4f, 0.0f);
		reverb_rig_run(&h, in, in, now[0], now[1], SECOND, NULL);
		harness_close(&h);
		reverb_rig_open(&h, HARNESS_RATE);
		reverb_rig_room(&h, 0.5f, 0.4f, seconds[n]);
		reverb_rig_run(&h, in, in, late[0], late[1], SECOND, &random);
		harness_close(&h);
		for (int c = 0; c < 2; c++) {
			for (uint32_t i = 0; i < delay; i++) {
				ck_assert(late[c][i] == 0.0f);
			}
			ck_assert_mem_eq(now[c], late[c] + delay,
				(SECOND - delay) * sizeof(float));
		}
	}
}
END_TEST

/* --- whatever happens --- */

START_TEST(reverb_does_not_click_when_a_control_jumps)
{
	static const char *const names[] = {
		"size", "damping", "predelay", "mix"};
	static const float to[4][2] = {
		{0.0f, 1.0f },
                {0.0f, 1.0f },
                {0.0f, 0.25f},
                {0.0f, 1.0f }
        };
	static float in[4 * SECOND];
	static float out[2][4 * SECOND];

	for (uint32_t i = 0; i < 4 * SECOND; i++) {
		in[i] = sinf((float)(2 * M_PI * 50 / SECOND * (i % 960)));
	}
	for (int n = 0; n < 8; n++) {
		const char *name = names[n / 2];
		double worst = 0;
		double before = 0;
		struct harness h;

		reverb_rig_open(&h, HARNESS_RATE);
		reverb_rig_room(&h, 0.5f, 0.5f, 0.02f);
		harness_set(&h, name, to[n / 2][n % 2]);
		reverb_rig_run(&h, in, in, out[0], out[1], 3 * SECOND, NULL);
		harness_set(&h, name, to[n / 2][1 - n % 2]);
		reverb_rig_run(&h, in, in, out[0] + 3 * SECOND,
			out[1] + 3 * SECOND, SECOND, NULL);
		for (uint32_t i = 2 * SECOND; i < 4 * SECOND; i++) {
			double jump = fabs((double)(out[0][i] - out[0][i - 1]));

			before = i < 3 * SECOND ? fmax(jump, before) : before;
			worst = harness_worse(worst, jump);
		}
		/* a frame of the wave itself, and of what fades */
		ck_assert_double_le(worst, 3 * before + 0.02);
		harness_close(&h);
	}
}
END_TEST

START_TEST(reverb_stays_bounded_for_minutes_however_its_controls_jump)
{
	float in[2][HARNESS_BLOCK];
	float out[2][HARNESS_BLOCK];
	uint64_t random = 25;
	float loudest = 0.0f;
	float last = 0.0f;
	struct harness h;

	reverb_rig_open(&h, HARNESS_RATE);
	reverb_rig_room(&h, 1.0f, 0.0f, 0.0f);
	for (int n = 0; n < 120000; n++) {
		bool is_loud = n < 90000;

		harness_noise(in[0], HARNESS_BLOCK, &random);
		harness_noise(in[1], HARNESS_BLOCK, &random);
		if (!is_loud) {
			memset(in, 0, sizeof in);
		}
		if (n % 40 == 0) {
			/* from end to end, as fast as it can follow */
			float u = tactus_random_signed(&random);
			float v = tactus_random_signed(&random);

			reverb_rig_room(&h,
				n % 80 == 0 ? 1.0f : 0.5f + u * 0.5f,
				n % 3 == 0 ? 0.5f + v * 0.5f : 0.0f,
				0.125f + v * 0.125f);
		}
		reverb_rig_run(
			&h, in[0], in[1], out[0], out[1], HARNESS_BLOCK, NULL);
		last = 0.0f;
		for (int i = 0; i < HARNESS_BLOCK; i++) {
			float x = fabsf(out[i % 2][i]);

			/* NaN is not below it */
			loudest = x <= loudest ? loudest : x;
			last = x <= last ? last : x;
		}
	}
	ck_assert_float_le(loudest, 8.0f);
	ck_assert_float_le(last, 1e-4f);
	harness_close(&h);
}
END_TEST

START_TEST(reverb_stays_bounded_for_minutes_at_its_longest)
{
	/* noise, a constant, and a square wave of the highest tone */
	for (int kind = 0; kind < 3; kind++) {
		float in[2][HARNESS_BLOCK];
		float out[2][HARNESS_BLOCK];
		uint64_t random = 26;
		double early = 0;
		double late = 0;
		struct harness h;

		reverb_rig_open(&h, HARNESS_RATE);
		reverb_rig_room(&h, 1.0f, 0.0f, 0.0f);
		for (int n = 0; n < 90000; n++) {
			harness_noise(in[0], HARNESS_BLOCK, &random);
			for (int i = 0; i < HARNESS_BLOCK && kind > 0; i++) {
				in[0][i] = kind == 2 && i % 2 == 1 ? -1 : 1;
			}
			reverb_rig_run(&h, in[0], in[0], out[0], out[1],
				HARNESS_BLOCK, NULL);
			for (int i = 0; i < HARNESS_BLOCK; i++) {
				double x = (double)out[0][i];

				early += n < 45000 ? x * x : 0;
				late += n < 45000 ? 0 : x * x;
			}
		}
		/* what it has after a minute is all that it gets */
		ck_assert_double_le(late, 1.1 * early);
		ck_assert_double_le(late / 45000 / HARNESS_BLOCK, 10);
		harness_close(&h);
	}
}
END_TEST

START_TEST(reverb_computes_a_ramp_frame_by_frame)
{
	/* through several fades, with and without a control that moves */
	enum { BLOCKS = 200 };
	uint64_t random = 27;
	struct harness whole;
	struct harness single;

	reverb_rig_open(&whole, HARNESS_RATE);
	reverb_rig_open(&single, HARNESS_RATE);
	for (int n = 0; n < BLOCKS; n++) {
		static const char *const names[] = {
			"size", "damping", "mix", "predelay"};
		float in[2][HARNESS_BLOCK];
		const float *from[] = {in[0], in[1]};

		harness_noise(in[0], HARNESS_BLOCK, &random);
		harness_noise(in[1], HARNESS_BLOCK, &random);
		for (int c = 0; c < 4 && n % 7 == 0; c++) {
			float step = (n / 7 + c) % 4 == 0 ? 0x1p-12f : 0.0f;
			float first = (float)(1 + (n + c) % 3) * 0x1p-4f;

			harness_ramp(&whole, names[c], first, step);
		}
		harness_alike_by_frames(&whole, &single, from);
		if (n % 7 == 6) {
			continue;
		}
		for (int c = 0; c < 4; c++) {
			/* the ramp ends, or goes on from where it is */
			TactusControl t = whole.control[c];

			harness_ramp(&whole, names[c],
				tactus_control_at(&t, HARNESS_BLOCK),
				n % 2 == 0 ? t.step : 0.0f);
		}
	}
	harness_close(&whole);
	harness_close(&single);
}
END_TEST

START_TEST(reverb_takes_what_is_no_number_as_0)
{
	static const float bad[] = {NAN, INFINITY, -INFINITY, 3e38f, -1e30f};
	static float in[2][2][8000];
	static float out[2][2][8000];
	uint64_t random = 28;

	for (size_t n = 0; n < 5; n++) {
		harness_noise(in[0][0], 8000, &random);
		harness_noise(in[0][1], 8000, &random);
		memcpy(in[1], in[0], sizeof in[0]);
		in[0][n % 2][9] = bad[n];
		in[1][n % 2][9] = 0.0f;
		for (int k = 0; k < 2; k++) {
			struct harness h;

			reverb_rig_open(&h, HARNESS_RATE);
			reverb_rig_run(&h, in[k][0], in[k][1], out[k][0],
				out[k][1], 8000, NULL);
			harness_close(&h);
		}
		ck_assert_mem_eq(out[0], out[1], sizeof out[0]);
	}
}
END_TEST

START_TEST(reverb_stays_finite_at_the_loudest)
{
	float in[HARNESS_BLOCK];
	float out[2][HARNESS_BLOCK];
	int infinite = 0;
	struct harness h;

	for (int i = 0; i < HARNESS_BLOCK; i++) {
		in[i] = 9e29f;
	}
	reverb_rig_open(&h, HARNESS_RATE);
	reverb_rig_room(&h, 1.0f, 0.0f, 0.0f);
	for (int n = 0; n < 10000; n++) {
		reverb_rig_run(&h, in, in, out[0], out[1], HARNESS_BLOCK, NULL);
		for (int i = 0; i < 2 * HARNESS_BLOCK; i++) {
			infinite += isfinite(out[i % 2][i / 2]) ? 0 : 1;
		}
	}
	ck_assert_int_eq(infinite, 0);
	harness_close(&h);
}
END_TEST

Suite *
harness_suite(void)
{
	Suite *s = suite_create("plugins/reverb");
	TCase *tc = tcase_create("reverb");

	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, reverb_is_its_network_in_double_precision);
	tcase_add_test(tc, reverb_with_mix_0_is_dry_to_the_bit);
	tcase_add_test(tc, reverb_comes_back_to_dry_when_its_mix_does);
	tcase_add_test(tc, reverb_answers_after_its_predelay);
	tcase_add_test(tc, reverb_does_not_click_when_a_control_jumps);
	tcase_add_test(
		tc, reverb_stays_bounded_for_minutes_however_its_controls_jump);
	tcase_add_test(tc, reverb_stays_bounded_for_minutes_at_its_longest);
	tcase_add_test(tc, reverb_computes_a_ramp_frame_by_frame);
	tcase_add_test(tc, reverb_takes_what_is_no_number_as_0);
	tcase_add_test(tc, reverb_stays_finite_at_the_loudest);
	suite_add_tcase(s, tc);
	return s;
}
