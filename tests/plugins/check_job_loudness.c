/* SPDX-License-Identifier: MIT */
/*
 * check_job_loudness.c -- buffer-loudness against the standards' own tones.
 *
 * ITU-R BS.1770-5, EBU Tech 3341 (cases 1 to 5 and 15 to 19).
 */
#include "job_buffer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TAU 6.283185307179586

static const double rates[] = {44100.0, 48000.0, 96000.0};

/** Add a sine of a level in dBFS (of its peak) to a channel's part. */
static void
tone(TactusAudioBuffer *b, uint32_t c, double from_s, double to_s, double hz,
	double db)
{
	int64_t from = (int64_t)(from_s * b->rate + 0.5);
	int64_t to = (int64_t)(to_s * b->rate + 0.5);

	for (int64_t i = from; i < to; i++) {
		b->channel[c][i] +=
			(float)(pow(10.0, db / 20.0) *
				sin(TAU * hz * (double)i / b->rate));
	}
}

static double
lufs(struct harness_host *h, TactusAudioBuffer *b)
{
	job_buffer_ask(h, "buffer-loudness", b);
	ck_assert_uint_eq(h->job.results, 2);
	return job_buffer_result(h, 0);
}

START_TEST(a_full_scale_sine_in_one_channel_has_minus_3_01)
{
	struct harness_host h;

	job_buffer_open(&h);
	for (uint32_t channels = 1; channels <= 3; channels++) {
		TactusAudioBuffer *b = job_buffer_new(
			&h, channels, (int64_t)(5 * rates[_i]), rates[_i]);

		tone(b, channels - 1, 0.0, 5.0, 997.0, 0.0);
		ck_assert_double_eq_tol(lufs(&h, b), -3.01, 0.02);
		job_buffer_end(&h, b);
	}
	harness_host_close(&h);
}
END_TEST

/** The level of one stretch after the other, in both channels. */
struct stretch {
	double seconds;
	double db;
};

/** Tech 3341, table 1: what is to be played and what is to be read. */
static const struct {
	double lufs;
	struct stretch stretch[5];
} cases[] = {
	{-23.0, {{20.0, -23.0}}                              },
	{-33.0, {{20.0, -33.0}}                              },
	{-23.0, {{10.0, -36.0}, {60.0, -23.0}, {10.0, -36.0}}},
	{-23.0, {{10.0, -72.0}, {10.0, -36.0}, {60.0, -23.0}, {10.0, -36.0},
			{10.0, -72.0}}        },
	{-23.0, {{20.0, -26.0}, {20.1, -20.0}, {20.0, -26.0}}},
};

START_TEST(the_cases_of_ebu_tech_3341_are_read_within_a_tenth)
{
	/* the long ones not at 96 kHz */
	static const int played[] = {0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 4};
	const int c = played[_i];
	const struct stretch *s = cases[c].stretch;
	struct harness_host h;
	double rate = rates[_i / 5];
	double seconds = 0.0;
	double at = 0.0;

	job_buffer_open(&h);
	for (int i = 0; i < 5; i++) {
		seconds += s[i].seconds;
	}
	TactusAudioBuffer *b =
		job_buffer_new(&h, 2, (int64_t)(seconds * rate), rate);
	for (int i = 0; i < 5 && s[i].seconds > 0.0; i++) {
		double end = fmin(seconds, at + s[i].seconds);

		tone(b, 0, at, end - 1.0 / rate, 1000.0, s[i].db);
		tone(b, 1, at, end - 1.0 / rate, 1000.0, s[i].db);
		at = end;
	}
	ck_assert_double_eq_tol(lufs(&h, b), cases[c].lufs, 0.1);
	job_buffer_end(&h, b);
	harness_host_close(&h);
}
END_TEST

/** Tech 3341, case 6: five channels, two of them behind the listener. */
START_TEST(surround_channels_count_more_and_the_lfe_not_at_all)
{
	static const double db[] = {-28.0, -28.0, -24.0, -30.0, -30.0};
	struct harness_host h;

	job_buffer_open(&h);
	for (uint32_t channels = 5; channels <= 6; channels++) {
		TactusAudioBuffer *b =
			job_buffer_new(&h, channels, 480000, 48000.0);

		for (uint32_t c = 0; c < 5; c++) {
			uint32_t to = channels == 6 && c >= 3 ? c + 1 : c;

			tone(b, to, 0.0, 10.0, 1000.0, db[c]);
		}
		if (channels == 6) {
			tone(b, 3, 0.0, 10.0, 1000.0, 0.0);
		}
		ck_assert_double_eq_tol(lufs(&h, b), -23.0, 0.1);
		job_buffer_end(&h, b);
	}
	harness_host_close(&h);
}
END_TEST

/*
 * The coefficients that the standard prints for 48 kHz, and its blocks
 * without any gate, in double precision.
 */
static double
naive(const TactusAudioBuffer *b)
{
	static const double shelf[] = {1.53512485958697, -2.69169618940638,
		1.19839281085285, -1.69065929318241, 0.73248077421585};
	static const double pass[] = {
		1.0, -2.0, 1.0, -1.99004745483398, 0.99007225036621};
	double total = 0.0;

	for (uint32_t c = 0; c < b->channels; c++) {
		double x[3] = {0};
		double y[3] = {0};
		double z[3] = {0};

		for (int64_t i = 0; i < b->frames; i++) {
			x[2] = x[1];
			x[1] = x[0];
			x[0] = (double)b->channel[c][i];
			y[2] = y[1];
			y[1] = y[0];
			z[2] = z[1];
			z[1] = z[0];
			y[0] = shelf[0] * x[0] + shelf[1] * x[1] +
			       shelf[2] * x[2] - shelf[3] * y[1] -
			       shelf[4] * y[2];
			z[0] = pass[0] * y[0] + pass[1] * y[1] +
			       pass[2] * y[2] - pass[3] * z[1] - pass[4] * z[2];
			total += z[0] * z[0];
		}
	}
	return -0.691 + 10.0 * log10(total / (double)b->frames);
}

START_TEST(the_weighting_is_that_of_the_standards_coefficients)
{
	static const double hz[] = {
		20.0, 38.0, 100.0, 500.0, 1500.0, 3000.0, 10000.0, 20000.0};
	struct harness_host h;

	job_buffer_open(&h);
	/* one block and no more: the mean is over the same frames */
	TactusAudioBuffer *b = job_buffer_new(&h, 1, 19200, 48000.0);
	tone(b, 0, 0.0, 0.4, hz[_i], -6.0);
	ck_assert_double_eq_tol(lufs(&h, b), naive(b), 1.0e-4);
	job_buffer_end(&h, b);
	harness_host_close(&h);
}
END_TEST

/** A weighting designed for a rate hears as that of 48 kHz does. */
START_TEST(the_weighting_is_the_same_at_other_rates)
{
	static const double hz[] = {60.0, 200.0, 1000.0, 2000.0, 5000.0};
	static const double other[] = {22050.0, 44100.0, 96000.0, 192000.0};
	struct harness_host h;
	double at_48;

	job_buffer_open(&h);
	TactusAudioBuffer *b = job_buffer_new(&h, 1, 144000, 48000.0);
	tone(b, 0, 0.0, 3.0, hz[_i], -12.0);
	at_48 = lufs(&h, b);
	job_buffer_end(&h, b);
	for (int i = 0; i < 4; i++) {
		b = job_buffer_new(&h, 1, (int64_t)(3 * other[i]), other[i]);
		tone(b, 0, 0.0, 3.0, hz[_i], -12.0);
		/* near half of the rate the bilinear transform bends */
		ck_assert_double_eq_tol(lufs(&h, b), at_48, 0.1);
		job_buffer_end(&h, b);
	}
	harness_host_close(&h);
}
END_TEST

START_TEST(no_channel_is_heard_in_the_next_one)
{
	struct harness_host h;
	double said[2];

	job_buffer_open(&h);
	for (uint32_t channels = 1; channels <= 2; channels++) {
		TactusAudioBuffer *b =
			job_buffer_new(&h, channels, 14400, 48000.0);

		/* one block; the weighting rings on behind its end */
		b->channel[0][14399] = 1000.0f;
		said[channels - 1] = lufs(&h, b);
		job_buffer_end(&h, b);
	}
	ck_assert_double_eq_tol(said[1], said[0], 1e-6);
	harness_host_close(&h);
}
END_TEST

START_TEST(silence_is_minus_200_and_what_is_below_the_gate_too)
{
	struct harness_host h;

	job_buffer_open(&h);
	TactusAudioBuffer *b = job_buffer_new(&h, 2, 96000, 48000.0);
	ck_assert_double_eq(lufs(&h, b), -200.0);
	ck_assert_double_eq(job_buffer_result(&h, 1), -200.0);
	tone(b, 0, 0.0, 2.0, 997.0, -75.0);
	ck_assert_double_eq(lufs(&h, b), -200.0);
	ck_assert_double_eq_tol(job_buffer_result(&h, 1), -75.0, 0.1);
	b->channel[1][500] = NAN;
	b->channel[1][501] = INFINITY;
	ck_assert_double_eq(lufs(&h, b), -200.0);
	job_buffer_end(&h, b);
	harness_host_close(&h);
}
END_TEST

START_TEST(a_buffer_shorter_than_a_block_is_one_block)
{
	struct harness_host h;

	job_buffer_open(&h);
	TactusAudioBuffer *b = job_buffer_new(&h, 1, 11025, 44100.0);
	tone(b, 0, 0.0, 0.25, 1000.0, -20.0);
	ck_assert_double_eq_tol(lufs(&h, b), -23.0, 0.1);
	job_buffer_end(&h, b);
	b = job_buffer_new(&h, 1, 1, 44100.0);
	b->channel[0][0] = 0.5f;
	ck_assert_double_gt(lufs(&h, b), -20.0);
	ck_assert_double_eq_tol(job_buffer_result(&h, 1), -6.02, 0.01);
	job_buffer_end(&h, b);
	harness_host_close(&h);
}
END_TEST

START_TEST(loudness_below_8_khz_is_refused_in_words)
{
	struct harness_host h;

	job_buffer_open(&h);
	TactusAudioBuffer *b = job_buffer_new(&h, 1, 1000, 4000.0);
	ck_assert_int_eq(job_buffer_do(&h, "buffer-loudness", b, NULL, 0), -1);
	ck_assert_ptr_nonnull(strstr(h.reason, "8000 Hz"));
	job_buffer_end(&h, b);
	harness_host_close(&h);
}
END_TEST

/** Tech 3341, cases 15 to 19: parts of the rate, phases, peaks in dBTP. */
static const struct {
	double part;
	double degrees;
	double amplitude;
	double dbtp;
} peaks[] = {
	{1.0 / 4.0, 0.0,  0.5,     -6.02 },
	{1.0 / 4.0, 45.0, 0.5,     -6.02 },
	{1.0 / 6.0, 60.0, 0.5,     -6.02 },
	{1.0 / 8.0, 67.5, 0.5,     -6.02 },
	{1.0 / 4.0, 45.0, 1.41254, 3.0   },
	{1.0 / 4.0, 45.0, 1.0,     0.0   },
	{0.4,       30.0, 0.25,    -12.04},
	{0.01,      0.0,  1.0,     0.0   },
};

START_TEST(a_true_peak_between_the_samples_is_read_within_a_fifth)
{
	struct harness_host h;
	double rate = rates[_i / 8];
	int64_t frames = (int64_t)rate;

	job_buffer_open(&h);
	TactusAudioBuffer *b = job_buffer_new(&h, 2, frames, rate);
	for (int64_t i = 0; i < frames; i++) {
		double t = (double)i;
		/* an abrupt beginning would have a peak of its own */
		double edge = fmin(1.0, fmin(t, (double)frames - t) / 1000.0);
		double phase = peaks[_i % 8].degrees / 360.0;
		double x = sin(TAU * (peaks[_i % 8].part * t + phase));

		b->channel[1][i] = (float)(peaks[_i % 8].amplitude * x *
					   (0.5 - 0.5 * cos(TAU / 2 * edge)));
	}
	job_buffer_ask(&h, "buffer-loudness", b);
	ck_assert_double_eq_tol(
		job_buffer_result(&h, 1), peaks[_i % 8].dbtp, 0.2);
	job_buffer_ask(&h, "buffer-stats", b);
	if (peaks[_i % 8].degrees == 45.0) {
		/* the samples themselves are 3 dB lower */
		double sample = 20.0 * log10(job_buffer_result(&h, 3));

		ck_assert_double_eq_tol(
			sample, peaks[_i % 8].dbtp - 3.01, 0.05);
	}
	job_buffer_end(&h, b);
	harness_host_close(&h);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("plugins/job_loudness");
	TCase *tc = tcase_create("loudness");

	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(
		tc, a_full_scale_sine_in_one_channel_has_minus_3_01, 0, 3);
	tcase_add_loop_test(
		tc, the_cases_of_ebu_tech_3341_are_read_within_a_tenth, 0, 13);
	tcase_add_test(tc, no_channel_is_heard_in_the_next_one);
	tcase_add_test(tc, surround_channels_count_more_and_the_lfe_not_at_all);
	tcase_add_loop_test(
		tc, the_weighting_is_that_of_the_standards_coefficients, 0, 8);
	tcase_add_loop_test(tc, the_weighting_is_the_same_at_other_rates, 0, 5);
	tcase_add_test(tc, silence_is_minus_200_and_what_is_below_the_gate_too);
	tcase_add_test(tc, a_buffer_shorter_than_a_block_is_one_block);
	tcase_add_test(tc, loudness_below_8_khz_is_refused_in_words);
	tcase_add_loop_test(tc,
		a_true_peak_between_the_samples_is_read_within_a_fifth, 0, 24);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	SRunner *runner = srunner_create(suite());

	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
