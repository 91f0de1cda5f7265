/* SPDX-License-Identifier: MIT */
/*
 * check_compressor.c -- compressor against the published formulas, computed
 * frame by frame in double precision.
 */
#include "harness.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <tactus/math.h>

#define SECOND 48000

/** All of its controls, in its order. */
struct setting {
	double threshold;
	double ratio;
	double attack;
	double release;
	double knee;
	double makeup;
};

static const struct setting usual = {-18, 4, 0.01, 0.2, 6, 0};

static void
set_all(struct harness *h, const struct setting *s)
{
	harness_set(h, "threshold_db", (float)s->threshold);
	harness_set(h, "ratio", (float)s->ratio);
	harness_set(h, "attack", (float)s->attack);
	harness_set(h, "release", (float)s->release);
	harness_set(h, "knee_db", (float)s->knee);
	harness_set(h, "makeup_db", (float)s->makeup);
}

/** The level after the gain computer, all in dB. */
static double
curve(const struct setting *s, double x)
{
	double over = x - s->threshold;

	if (2 * over < -s->knee) {
		return x;
	}
	if (2 * fabs(over) <= s->knee && s->knee > 0) {
		double in = over + s->knee / 2;

		return x + (1 / s->ratio - 1) * in * in / (2 * s->knee);
	}
	return s->threshold + over / s->ratio;
}

/** The whole, for `channels` channels of `frames` frames. */
static void
reference(const struct setting *s, double rate, uint32_t channels,
	float *const *in, double *gain, uint32_t frames)
{
	double a = s->attack > 0 ? exp(-1 / (s->attack * rate)) : 0;
	double r = s->release > 0 ? exp(-1 / (s->release * rate)) : 0;
	double held = 0;
	double taken = 0;

	for (uint32_t i = 0; i < frames; i++) {
		double peak = 0;

		for (uint32_t c = 0; c < channels; c++) {
			peak = fmax(peak, fabs((double)in[c][i]));
		}
		double x = 20 * log10(fmax(peak, 1e-37));
		double target = x - curve(s, x);

		held = fmax(target, r * held + (1 - r) * target);
		taken = a * taken + (1 - a) * held;
		gain[i] = pow(10, (s->makeup - taken) / 20);
	}
}

/** The gain of a steady level in the end, in dB. */
static double
steady(const struct setting *s, double level)
{
	static float in[SECOND / 4];
	static float out[SECOND / 4];
	struct harness h;

	for (uint32_t i = 0; i < SECOND / 4; i++) {
		in[i] = (float)pow(10, level / 20) * (i % 2 == 0 ? 1.f : -1.f);
	}
	harness_open(&h, "compressor");
	set_all(&h, s);
	harness_pass(&h, in, out, SECOND / 4);
	harness_close(&h);
	return 20 *
	       log10((double)out[SECOND / 4 - 1] / (double)in[SECOND / 4 - 1]);
}

START_TEST(compressor_has_the_published_curve)
{
	static const struct setting s[] = {
		{-18, 4,   0.001, 0.01, 6,  0 },
		{-18, 4,   0.001, 0.01, 0,  0 },
		{-40, 2,   0.001, 0.01, 24, 6 },
		{-6,  100, 0,     0,    12, -3},
		{-80, 1,   0.001, 0.01, 3,  24},
		{0,   20,  0.001, 0.01, 1,  0 },
	};

	for (size_t n = 0; n < sizeof s / sizeof *s; n++) {
		for (double x = -24; x <= 24; x += 0.5) {
			double level = s[n].threshold + x;
			double ought =
				curve(&s[n], level) - level + s[n].makeup;

			/* what is asked for is 0.05 dB */
			ck_assert_double_eq_tol(
				steady(&s[n], level), ought, 1e-4);
		}
	}
}
END_TEST

START_TEST(compressor_is_what_the_formulas_are_in_double_precision)
{
	static const struct setting s[] = {
		{-18, 4,   0.01,   0.2,  6,  0 },
		{-30, 10,  0.0001, 0.05, 0,  12},
		{-50, 3,   1,      5,    24, -6},
		{-40, 100, 0,      0,    10, 0 },
		{-25, 8,   0,      0.5,  2,  3 },
		{-25, 8,   0.2,    0,    2,  3 },
	};
	static float in[2][4 * SECOND];
	static float out[2][4 * SECOND];
	static double gain[4 * SECOND];
	float *to[2] = {out[0], out[1]};
	float *from[2] = {in[0], in[1]};
	uint64_t random = 3;

	for (size_t n = 0; n < sizeof s / sizeof *s; n++) {
		struct harness h;

		harness_bursts(in[0], 4 * SECOND, 3000, -20.0f, &random);
		harness_bursts(in[1], 4 * SECOND, 3000, -20.0f, &random);
		reference(&s[n], HARNESS_RATE, 2, from, gain, 4 * SECOND);
		harness_open_with(&h, "compressor", "channels", 2);
		set_all(&h, &s[n]);
		harness_run(&h, (const float *const *)from, to, 4 * SECOND,
			&random);
		double worst = 0;
		for (uint32_t i = 0; i < 8 * SECOND; i++) {
			double x = (double)in[i % 2][i / 2] * gain[i / 2];
			double e = fabs((double)out[i % 2][i / 2] - x);

			worst = harness_worse(worst, e / (fabs(x) + 1e-30));
		}
		/* 1e-4 dB */
		ck_assert_double_le(worst, 1.2e-5);
		harness_close(&h);
	}
}
END_TEST

/** What is taken away of -6 dB at a frame, in dB, after silence and back. */
static double
taken_at(const struct setting *s, uint32_t loud, uint32_t at)
{
	float *in = calloc(at + 1, sizeof *in);
	float *out = calloc(at + 1, sizeof *out);
	struct harness h;

	for (uint32_t i = 0; i <= at; i++) {
		in[i] = i < loud ? 0.5f : 0.001f;
	}
	harness_open(&h, "compressor");
	set_all(&h, s);
	harness_pass(&h, in, out, at + 1);
	harness_close(&h);
	double gain = (double)out[at] / (double)in[at];
	free(out);
	free(in);
	return -20 * log10(gain);
}

START_TEST(compressor_keeps_to_its_times)
{
	struct setting s = {-26.0206, 2, 0.05, 0, 0, 0};
	double whole = 10;

	/* in its time it comes 1 - 1/e of the way */
	ck_assert_double_eq_tol(
		taken_at(&s, SECOND, 2400 - 1), whole * (1 - exp(-1)), 1e-3);
	ck_assert_double_eq_tol(taken_at(&s, SECOND, SECOND / 2), whole, 1e-3);
	s.attack = 0;
	s.release = 0.25;
	ck_assert_double_eq_tol(taken_at(&s, SECOND, 0), whole, 1e-3);
	ck_assert_double_eq_tol(taken_at(&s, SECOND, SECOND + 12000 - 1),
		whole * exp(-1), 1e-3);
	s.attack = 0;
	s.release = 0;
	ck_assert_double_eq_tol(taken_at(&s, 100, 99), whole, 1e-3);
	ck_assert_double_eq_tol(taken_at(&s, 100, 100), 0, 1e-9);
}
END_TEST

START_TEST(compressor_links_its_channels)
{
	static float in[64][SECOND / 4];
	static float out[64][SECOND / 4];
	const float *from[64];
	float *to[64];
	uint64_t random = 4;
	struct harness h;

	for (int c = 0; c < 64; c++) {
		for (uint32_t i = 0; i < SECOND / 4; i++) {
			in[c][i] = 0.03125f; /* below the knee */
		}
		from[c] = in[c];
		to[c] = out[c];
	}
	harness_noise(in[37], SECOND / 4, &random);
	harness_open_with(&h, "compressor", "channels", 64);
	ck_assert_uint_eq(h.ports, 6 + 128);
	ck_assert_str_eq(h.port[6].name, "in0");
	ck_assert_str_eq(h.port[133].name, "out63");
	harness_run(&h, from, to, SECOND / 4, NULL);
	ck_assert_double_lt((double)out[0][SECOND / 4 - 1], 0.031 * 0.7);
	for (uint32_t i = 0; i < SECOND / 4; i++) {
		float gain = out[0][i] / 0.03125f; /* exact */

		for (int c = 1; c < 64; c++) {
			ck_assert_float_eq(out[c][i], in[c][i] * gain);
		}
	}
	harness_close(&h);
}
END_TEST

START_TEST(compressor_passes_what_is_soft_to_the_bit)
{
	static float in[SECOND];
	static float out[SECOND];
	uint64_t random = 5;
	struct harness h;

	harness_noise(in, SECOND, &random);
	harness_open(&h, "compressor");
	harness_set(&h, "release", 0.02f);
	harness_pass(&h, in, out, SECOND);
	ck_assert(memcmp(in, out, sizeof in) != 0);
	for (uint32_t i = 0; i < SECOND; i++) {
		in[i] *= 0.08f;
	}
	in[SECOND - 1] = -0.0f;
	harness_pass(&h, in, out, SECOND);
	/* what was taken away before comes back, and is then all back */
	ck_assert_mem_eq(in + SECOND / 2, out + SECOND / 2, sizeof in / 2);
	harness_close(&h);
}
END_TEST

START_TEST(compressor_computes_a_ramp_frame_by_frame)
{
	static const char *const names[] = {"threshold_db", "ratio", "attack",
		"release", "knee_db", "makeup_db"};
	static const float first[] = {-18, 4, 0.015625f, 0.125f, 6, 0};
	static const float step[] = {
		-0.25f, 0.125f, 0x1p-12f, 0x1p-11f, 0.03125f, 0.0625f};

	for (uint32_t mask = 1; mask < 64; mask++) {
		float in[HARNESS_BLOCK];
		const float *from = in;
		uint64_t random = mask;
		struct harness whole;
		struct harness single;

		harness_noise(in, HARNESS_BLOCK, &random);
		harness_open(&whole, "compressor");
		harness_open(&single, "compressor");
		for (int n = 0; n < 6; n++) {
			harness_ramp(&whole, names[n], first[n],
				(mask >> n & 1) != 0 ? step[n] : 0.0f);
		}
		harness_alike_by_frames(&whole, &single, &from);
		harness_close(&whole);
		harness_close(&single);
	}
}
END_TEST

START_TEST(compressor_does_not_click_when_a_control_jumps)
{
	static const struct {
		const char *name;
		float to;
	} jumps[] = {
		{"threshold_db", -40.0f},
                {"ratio",        100.0f},
                {"knee_db",      24.0f },
		{"makeup_db",    24.0f },
                {"makeup_db",    -24.0f},
                {"attack",       0.1f  },
		{"release",      2.0f  }
        };

	for (size_t n = 0; n < sizeof jumps / sizeof *jumps; n++) {
		static float in[SECOND];
		static float out[SECOND];
		struct harness h;

		for (uint32_t i = 0; i < SECOND; i++) {
			in[i] = 0.5f * (float)cos(2 * M_PI * 100 * i / SECOND);
		}
		harness_open(&h, "compressor");
		harness_pass(&h, in, out, SECOND / 2);
		harness_set(&h, jumps[n].name, jumps[n].to);
		harness_pass(&h, in + SECOND / 2, out + SECOND / 2, SECOND / 2);
		for (uint32_t i = SECOND / 2; i < SECOND; i++) {
			double gain = (double)out[i] / (double)in[i];
			double before = (double)out[i - 1] / (double)in[i - 1];
			double jump = fabs(20 * log10(gain / before));

			/* near a zero of the sine floats are coarse */
			if (fabsf(in[i]) > 1e-3f && fabsf(in[i - 1]) > 1e-3f) {
				ck_assert_double_le(jump, 0.11);
			}
		}
		harness_close(&h);
	}
}
END_TEST

START_TEST(compressor_takes_what_is_no_number_as_0)
{
	static const float bad[] = {NAN, INFINITY, -INFINITY, 3e38f, -1e30f};
	float in[2][HARNESS_BLOCK];
	float out[2][HARNESS_BLOCK];
	uint64_t random = 6;

	for (size_t n = 0; n < 5; n++) {
		harness_noise(in[0], HARNESS_BLOCK, &random);
		memcpy(in[1], in[0], sizeof in[0]);
		in[0][9] = bad[n];
		in[1][9] = 0.0f;
		for (int k = 0; k < 2; k++) {
			struct harness h;

			harness_open(&h, "compressor");
			harness_pass(&h, in[k], out[k], HARNESS_BLOCK);
			harness_close(&h);
		}
		ck_assert_mem_eq(out[0], out[1], sizeof out[0]);
	}
}
END_TEST

START_TEST(compressor_stays_finite_at_the_loudest)
{
	float in[HARNESS_BLOCK];
	float out[HARNESS_BLOCK];
	struct harness h;

	for (int i = 0; i < HARNESS_BLOCK; i++) {
		in[i] = i % 2 == 0 ? 9e29f : -9e29f;
	}
	harness_open(&h, "compressor");
	set_all(&h, &usual);
	harness_set(&h, "makeup_db", 24.0f);
	for (int n = 0; n < 100; n++) {
		harness_pass(&h, in, out, HARNESS_BLOCK);
		harness_within(out, HARNESS_BLOCK, FLT_MAX);
	}
	harness_close(&h);
}
END_TEST

Suite *
harness_suite(void)
{
	Suite *s = suite_create("plugins/compressor");
	TCase *tc = tcase_create("compressor");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, compressor_has_the_published_curve);
	tcase_add_test(
		tc, compressor_is_what_the_formulas_are_in_double_precision);
	tcase_add_test(tc, compressor_keeps_to_its_times);
	tcase_add_test(tc, compressor_links_its_channels);
	tcase_add_test(tc, compressor_passes_what_is_soft_to_the_bit);
	tcase_add_test(tc, compressor_computes_a_ramp_frame_by_frame);
	tcase_add_test(tc, compressor_does_not_click_when_a_control_jumps);
	tcase_add_test(tc, compressor_takes_what_is_no_number_as_0);
	tcase_add_test(tc, compressor_stays_finite_at_the_loudest);
	suite_add_tcase(s, tc);
	return s;
}
