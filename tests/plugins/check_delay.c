/* SPDX-License-Identifier: MIT */
/*
 * check_delay.c -- delay: against a naive one in double precision, what it
 * does when its time moves and jumps, and its memory.
 */
#include "harness.h"

#include <complex.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <tactus/math.h>

#include "spectrum.h"

/** Load it with `room` bytes of pools and, if not 0, the option `max`. */
static int
make_delay(struct harness *h, double rate, uint64_t room, double max_s)
{
	const TactusOption o = {"max", 'f', max_s, NULL};

	harness_load(h, "delay", rate);
	h->pool_room = room;
	return harness_make(h, &o, max_s != 0.0 ? 1 : 0);
}

/** Make one that is set so from its first frame on. */
static void
open_delay(struct harness *h, double rate, double max_s, float time,
	float feedback, float mix)
{
	ck_assert_int_eq(make_delay(h, rate, 1 << 26, max_s), 0);
	harness_set(h, "time", time);
	harness_set(h, "feedback", feedback);
	harness_set(h, "mix", mix);
}

/** Lagrange by its definition: the delay `d` of what lies in w[0 … n - 1]. */
static double
tap(const double *w, int64_t n, double d)
{
	int64_t whole = (int64_t)floor(d);
	int64_t first = whole < 2 ? whole : whole - 1;
	int64_t last = whole < 2 ? whole + 1 : whole + 2;
	double sum = 0.0;

	for (int64_t k = first; k <= last; k++) {
		double weight = n - k >= 0 && k > 0 ? w[n - k] : 0.0;

		for (int64_t j = first; j <= last; j++) {
			if (j != k) {
				weight *= (d - (double)j) / (double)(k - j);
			}
		}
		sum += weight;
	}
	return sum;
}

/** The formula of the manual, with a delay of `d` frames that stands. */
static void
reference(const float *in, double *out, double *line, uint32_t frames, double d,
	double feedback, double mix)
{
	for (uint32_t i = 0; i < frames; i++) {
		double wet = tap(line, i, d);

		line[i] = (double)in[i] + feedback * wet;
		out[i] = (1.0 - mix) * (double)in[i] + mix * wet;
	}
}

START_TEST(delay_is_its_formula)
{
	static const double rates[] = {44100.0, 48000.0, 96000.0};
	static const double frames[] = {0.0, 1.0, 1.25, 1.9, 2.0, 2.5, 3.0,
		3.99, 17.3, 63.0, 64.4, 65.9, 66.0, 500.5, 4799.75};
	static float in[9600];
	static float out[9600];
	static double ought[9600];
	static double line[9600];
	uint64_t random = 61;
	double worst = 0.0;

	harness_noise(in, 9600, &random);
	for (uint32_t n = 0; n < 45; n++) {
		double rate = rates[n / 15];
		float time = (float)(frames[n % 15] / rate);
		double d = (double)time * rate;
		float feedback = n % 2 == 0 ? 0.7f : 0.99f;
		struct harness h;

		d = fabs(d - round(d)) < d * 0x1p-23 ? round(d) : d;
		open_delay(&h, rate, 0.2, time, feedback, 0.25f);
		harness_pass(&h, in, out, 9600);
		reference(in, ought, line, 9600, fmax(d, 1.0), (double)feedback,
			0.25);
		for (uint32_t i = 0; i < 9600; i++) {
			worst = harness_worse(
				worst, fabs((double)out[i] - ought[i]) /
					       (1.0 + fabs(ought[i])));
		}
		harness_close(&h);
	}
	ck_assert_msg(worst <= 2e-5, "%g", worst);
}
END_TEST

START_TEST(delay_brings_the_input_back_to_the_bit)
{
	/* also where the decimal number is no whole number of frames */
	static const float times[] = {0.25f, 0.1f, 0.3f, 1.7f, 0.0005f};
	static float in[96000];
	static float out[96000];
	uint64_t random = 62;

	harness_noise(in, 96000, &random);
	for (size_t n = 0; n < 5; n++) {
		uint32_t d = (uint32_t)lround((double)times[n] * 48000.0);
		struct harness h;

		open_delay(&h, 48000.0, 0.0, times[n], 0.0f, 1.0f);
		harness_pass(&h, in, out, 96000);
		for (uint32_t i = 0; i < 96000; i++) {
			float ought = i < d ? 0.0f : in[i - d];

			ck_assert_float_eq(out[i], ought);
		}
		harness_close(&h);
	}
}
END_TEST

START_TEST(delay_is_the_input_to_the_bit_when_mix_is_0)
{
	static float in[4800];
	static float out[4800];
	uint64_t random = 63;
	struct harness h;

	harness_noise(in, 4800, &random);
	open_delay(&h, 48000.0, 0.0, 0.01f, 0.9f, 0.0f);
	harness_pass(&h, in, out, 4800);
	for (uint32_t i = 0; i < 4800; i++) {
		ck_assert_float_eq(out[i], in[i]);
	}
	harness_close(&h);
}
END_TEST

START_TEST(delay_repeats_with_the_factor_feedback)
{
	static float in[48000];
	static float out[48000];
	struct harness h;

	in[0] = 1.0f;
	open_delay(&h, 48000.0, 0.0, 0.125f, 0.5f, 1.0f);
	harness_pass(&h, in, out, 48000);
	for (uint32_t i = 0; i < 48000; i++) {
		float ought = i % 6000 == 0 && i > 0
				      ? ldexpf(2.0f, -(int)(i / 6000))
				      : 0.0f;

		ck_assert_float_eq(out[i], ought);
	}
	harness_close(&h);
}
END_TEST

START_TEST(delay_passes_no_frequency_above_its_level)
{
	/* so that the loop is stable at any time */
	for (uint32_t n = 0; n < 32; n++) {
		float in[128] = {1.0f};
		float out[128];
		struct harness h;

		open_delay(&h, 48000.0, 0.1, (float)((1.0 + n / 10.0) / 48000),
			0.0f, 1.0f);
		harness_pass(&h, in, out, 128);
		for (uint32_t k = 0; k <= 64; k++) {
			double level = cabs(spectrum_at(out, 128, k / 128.0));

			ck_assert_double_le(level, 1.0 + 1e-6);
			/* nor dulls what lies low */
			ck_assert_double_ge(level, k < 8 ? 0.96 : 0.0);
		}
		harness_close(&h);
	}
}
END_TEST

START_TEST(delay_is_quiet_again_after_the_loudest_feedback)
{
	static float in[4800];
	static float out[4800];
	uint64_t random = 64;
	struct harness h;

	harness_noise(in, 4800, &random);
	open_delay(&h, 48000.0, 0.0, 0.00213f, 0.99f, 1.0f);
	harness_pass(&h, in, out, 4800);
	memset(in, 0, sizeof(in));
	for (int n = 0; n < 60; n++) {
		harness_pass(&h, in, out, 4800);
	}
	harness_within(out, 4800, 1e-9f);
	harness_close(&h);
}
END_TEST

/** A sine comes back while `control` jumps: how much it clicks there. */
static double
click_of(const char *control, float to, uint32_t again)
{
	static float in[24000];
	static float out[24000];
	struct harness h;

	for (uint32_t i = 0; i < 24000; i++) {
		/* it begins so softly that its beginning is not heard */
		double part = fmin(i / 6000.0, 1.0);
		double level = 0.125 - 0.125 * cos(M_PI * part);

		in[i] = (float)(level * cos(2.0 * M_PI * 100.3 * i / 48000.0));
	}
	open_delay(&h, 48000.0, 0.0, 0.05f, 0.5f, 0.5f);
	harness_pass(&h, in, out, 12032);
	harness_set(&h, control, to);
	if (again > 0) {
		harness_pass(&h, in + 12032, out + 12032, again);
		harness_set(&h, control, to * 0.4f);
	}
	harness_pass(&h, in + 12032 + again, out + 12032 + again,
		24000 - 12032 - again);
	harness_close(&h);
	return harness_bend(out, 12001, 24000) / harness_bend(out, 9001, 12000);
}

START_TEST(delay_does_not_click_when_a_control_jumps)
{
	/* a jump at once is 850 to 5700 of these, of the first two 16 */
	ck_assert_double_le(click_of("time", 0.05001f, 0), 3.0);
	ck_assert_double_le(click_of("time", 0.0f, 0), 3.0);
	ck_assert_double_le(click_of("time", 0.0549f, 0), 15.0);
	ck_assert_double_le(click_of("time", 0.0451f, 0), 15.0);
	ck_assert_double_le(click_of("time", 0.15f, 64), 15.0);
	ck_assert_double_le(click_of("time", 0.15f, 448), 15.0);
	ck_assert_double_le(click_of("time", 0.15f, 512), 15.0);
	ck_assert_double_le(click_of("feedback", 0.0f, 0), 15.0);
	ck_assert_double_le(click_of("feedback", 0.9f, 64), 15.0);
	ck_assert_double_le(click_of("mix", 1.0f, 0), 15.0);
	ck_assert_double_le(click_of("mix", 0.0f, 0), 15.0);
}
END_TEST

/** 10 ms, and an input that counts up: it tells where the taps are. */
static void
open_counting(struct harness *h, float in[9600])
{
	for (uint32_t i = 0; i < 9600; i++) {
		in[i] = (float)i;
	}
	open_delay(h, 48000.0, 0.0, 0.01f, 0.0f, 1.0f);
}

START_TEST(delay_fades_from_tap_to_tap_within_10_ms)
{
	static float in[9600];
	static float out[9600];
	struct harness h;

	open_counting(&h, in);
	harness_pass(&h, in, out, 4800);
	harness_set(&h, "time", 0.05f);
	harness_pass(&h, in + 4800, out + 4800, 4800);
	harness_close(&h);
	for (uint32_t i = 480; i < 9600; i++) {
		double part = i < 4800 ? 0.0 : fmin(1.0, (i - 4800) / 481.0);
		double ought = i - 480.0 - part * (2400.0 - 480.0);

		ck_assert_double_eq_tol((double)out[i], ought, 2e-3);
	}
	for (uint32_t i = 5281; i < 9600; i++) {
		ck_assert_float_eq(out[i], (float)(i - 2400));
	}
}
END_TEST

START_TEST(delay_ends_at_the_last_of_many_times)
{
	static float in[9600];
	static float out[9600];
	struct harness h;

	open_counting(&h, in);
	for (uint32_t at = 0; at < 1920; at += 64) {
		harness_set(&h, "time", 0.01f + 0.001f * (float)(at / 64 % 7));
		harness_pass(&h, in + at, out + at, 64);
	}
	harness_set(&h, "time", 0.02f);
	harness_pass(&h, in + 1920, out + 1920, 9600 - 1920);
	harness_close(&h);
	/* one fade that was under way, and one more */
	for (uint32_t i = 1920 + 962; i < 9600; i++) {
		ck_assert_float_eq(out[i], (float)(i - 960));
	}
}
END_TEST

START_TEST(delay_sweeps_as_a_tape_when_its_time_ramps)
{
	/* frame by frame: a straight line through a straight line */
	static float in[9600];
	static float out[9600];
	static const float steps[] = {
		1e-6f, -1e-6f, 2e-5f, -2e-5f, 3e-5f, 1e-4f, -1e-4f};

	for (uint32_t i = 0; i < 9600; i++) {
		in[i] = (float)i * 1e-4f;
	}
	for (size_t n = 0; n < 7; n++) {
		float from = steps[n] > 0.0f ? 0.001f : 0.09f;
		struct harness h;

		open_delay(&h, 48000.0, 0.1, from, 0.0f, 1.0f);
		harness_pass(&h, in, out, 4800);
		for (uint32_t at = 4800; at < 9600; at += 64) {
			/* it goes on beyond the range, and stays within */
			harness_ramp(&h, "time",
				from + steps[n] * (float)(at - 4799), steps[n]);
			harness_pass(&h, in + at, out + at, 64);
		}
		for (uint32_t i = 4800; i < 9600; i++) {
			double s =
				(double)from + (double)steps[n] * (i - 4799.);
			double d = fmin(fmax(s * 48000.0, 1.0), 4800.0);

			ck_assert_double_eq_tol(
				(double)out[i], (i - d) * 1e-4, 2e-5);
		}
		harness_close(&h);
	}
}
END_TEST

START_TEST(delay_is_the_same_however_it_is_cut_while_it_fades)
{
	static float in[12800];
	static const float times[] = {0.0f, 0.004f, 0.0041f, 0.00001f, 0.05f,
		0.05001f, 0.0000312f, 0.021f};
	uint64_t random = 65;
	uint64_t cuts = 66;
	struct harness a;
	struct harness b;

	harness_noise(in, 12800, &random);
	open_delay(&a, 48000.0, 0.1, 0.01f, 0.8f, 0.5f);
	open_delay(&b, 48000.0, 0.1, 0.01f, 0.8f, 0.5f);
	for (uint32_t at = 0; at < 12800; at += 256) {
		uint32_t n = at / 256;
		float time = times[tactus_random(&random) % 8];

		harness_set(&a, "time", time);
		harness_set(&b, "time", time);
		harness_set(&a, "mix", (float)(n % 3) * 0.5f);
		harness_set(&b, "mix", (float)(n % 3) * 0.5f);
		harness_alike_by_cuts(&a, &b, in + at, 256, &cuts);
	}
	harness_close(&a);
	harness_close(&b);
}
END_TEST

START_TEST(delay_stays_bounded_however_its_controls_move)
{
	float in[HARNESS_BLOCK];
	float out[HARNESS_BLOCK];
	uint64_t random = 67;
	struct harness h;

	open_delay(&h, 48000.0, 0.02, 0.01f, 0.5f, 0.5f);
	for (int n = 0; n < 20000; n++) {
		float u = tactus_random_signed(&random) * 0.5f + 0.5f;
		float v = tactus_random_signed(&random) * 0.5f + 0.5f;

		harness_noise(in, HARNESS_BLOCK, &random);
		if (n % 3 == 0) {
			harness_ramp(&h, "time", u * u * 0.02f,
				n % 2 == 0 ? (v - u) * 0.02f / 64.0f : 0.0f);
		}
		harness_ramp(&h, "feedback", 0.99f * u,
			n % 5 == 0 ? 0.99f * (v - u) / 64.0f : 0.0f);
		harness_set(&h, "mix", v);
		uint32_t frames = 1 + tactus_random(&random) % HARNESS_BLOCK;
		harness_pass(&h, in, out, frames);
		harness_within(out, frames, 300.0f);
	}
	harness_close(&h);
}
END_TEST

static void
open_short(struct harness *h, int n)
{
	(void)n;
	open_delay(h, 48000.0, 0.0, 0.0002f, 0.9f, 0.5f);
}

START_TEST(delay_goes_on_when_its_input_was_not_a_number)
{
	harness_goes_on(open_short);
}
END_TEST

START_TEST(delay_keeps_what_its_max_says)
{
	/* a chunk, several, blocks of several sizes, larger chunks */
	static const double max_s[] = {
		0.001, 0.05, 0.34, 0.3415, 0.5, 2.0, 5.0, 21.9, 60.0};
	static float in[HARNESS_BLOCK];
	static float out[HARNESS_BLOCK];

	for (size_t n = 0; n < 9; n++) {
		double d = round((double)(float)max_s[n] * 48000.0);
		uint32_t at = 0;
		struct harness h;

		open_delay(&h, 48000.0, max_s[n], 0.0f, 0.0f, 1.0f);
		ck_assert_double_eq_tol(
			(double)h.port[0].maximum, max_s[n], 1e-5);
		ck_assert_float_le(h.port[0].initial, h.port[0].maximum);
		harness_set(&h, "time", h.port[0].maximum);
		/* a number for each frame, twice around and more */
		while (at < 2.3 * d + 200.0) {
			for (uint32_t i = 0; i < HARNESS_BLOCK; i++) {
				in[i] = (float)(1 + at + i);
			}
			harness_pass(&h, in, out, HARNESS_BLOCK);
			for (uint32_t i = 0; i < HARNESS_BLOCK; i++) {
				double ought = fmax(0.0, 1.0 + at + i - d);

				ck_assert_msg((double)out[i] == ought,
					"max %g, frame %u: %g", max_s[n],
					at + i, (double)out[i]);
			}
			at += HARNESS_BLOCK;
		}
		harness_close(&h);
	}
}
END_TEST

START_TEST(delay_takes_little_more_memory_than_its_max_needs)
{
	static const double max_s[] = {0.001, 0.05, 0.5, 2.0, 5.0, 21.0, 60.0};

	for (size_t n = 0; n < 7; n++) {
		struct harness h;

		ck_assert_int_eq(make_delay(&h, 48000.0, 1 << 26, max_s[n]), 0);
		ck_assert_uint_ge(h.pool_used, (uint64_t)(max_s[n] * 192000.0));
		ck_assert_uint_le(
			h.pool_used, (uint64_t)(max_s[n] * 192000.0) + 64);
		ck_assert_uint_le(h.allocations, 64);
		harness_close(&h);
	}
}
END_TEST

START_TEST(delay_says_503_when_the_pools_are_used_up)
{
	for (uint64_t room = 0; room < 500000; room += 9973) {
		struct harness h;
		int code = make_delay(&h, 48000.0, room, 0.0);

		ck_assert_int_eq(code, room >= 384012 ? 0 : 503);
		if (code != 0) {
			ck_assert_uint_eq(h.pool_used, 0);
		}
		harness_close(&h);
	}
}
END_TEST

START_TEST(delay_refuses_an_option_with_the_mend)
{
	static const char *const range =
		"option \"max\" must be a number of seconds from 0.001 to 60";
	static const TactusOption bad[] = {
		{"max", 'f', 0.0,              NULL},
                {"max", 'f', 0.0009,           NULL},
		{"max", 'f', 60.01,            NULL},
                {"max", 'i', -1,               NULL},
		{"max", 'f', (double)NAN,      NULL},
		{"max", 'f', (double)INFINITY, NULL},
                {"max", 's', 0.0,              "2" }
        };
	static const TactusOption good[] = {
		{"max", 'f', 0.001, NULL},
                {"max", 'i', 60,    NULL},
		{"max", 'f', 2.5,   NULL}
        };
	static const TactusOption twice[] = {
		{"max", 'i', 1, NULL},
                {"max", 'i', 2, NULL}
        };
	static const TactusOption other = {"seconds", 'i', 1, NULL};
	struct harness h;

	harness_open(&h, "delay");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ck_assert_str_eq(harness_refusal(&h, &bad[i], 1), range);
	}
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		ck_assert_str_eq(harness_refusal(&h, &good[i], 1), "taken");
	}
	ck_assert_str_eq(harness_refusal(&h, twice, 2),
		"option \"max\" is given twice; give it once");
	ck_assert_str_eq(harness_refusal(&h, &other, 1),
		"option \"seconds\" is unknown; known: max");
	harness_close(&h);
}
END_TEST

Suite *
harness_suite(void)
{
	Suite *s = suite_create("plugins/delay");
	TCase *tc = tcase_create("delay");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, delay_is_its_formula);
	tcase_add_test(tc, delay_brings_the_input_back_to_the_bit);
	tcase_add_test(tc, delay_is_the_input_to_the_bit_when_mix_is_0);
	tcase_add_test(tc, delay_repeats_with_the_factor_feedback);
	tcase_add_test(tc, delay_passes_no_frequency_above_its_level);
	tcase_add_test(tc, delay_is_quiet_again_after_the_loudest_feedback);
	tcase_add_test(tc, delay_does_not_click_when_a_control_jumps);
	tcase_add_test(tc, delay_fades_from_tap_to_tap_within_10_ms);
	tcase_add_test(tc, delay_ends_at_the_last_of_many_times);
	tcase_add_test(tc, delay_sweeps_as_a_tape_when_its_time_ramps);
	tcase_add_test(tc, delay_is_the_same_however_it_is_cut_while_it_fades);
	tcase_add_test(tc, delay_stays_bounded_however_its_controls_move);
	tcase_add_test(tc, delay_goes_on_when_its_input_was_not_a_number);
	tcase_add_test(tc, delay_keeps_what_its_max_says);
	tcase_add_test(tc, delay_takes_little_more_memory_than_its_max_needs);
	tcase_add_test(tc, delay_says_503_when_the_pools_are_used_up);
	tcase_add_test(tc, delay_refuses_an_option_with_the_mend);
	suite_add_tcase(s, tc);
	return s;
}
