/* SPDX-License-Identifier: MIT */
/*
 * check_job_edit.c -- the jobs that write to a buffer or measure it, against
 * naive loops: fill, zero, generate, normalize, reverse, stats, overview.
 */
#include "job_buffer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TAU 6.283185307179586

/** Long enough for several steps of a job. */
#define LONG 150001

static void
noise(TactusAudioBuffer *b, uint32_t seed)
{
	for (uint32_t c = 0; c < b->channels; c++) {
		for (int64_t i = 0; i < b->frames; i++) {
			b->channel[c][i] =
				(float)(job_buffer_random(&seed) - 0.4);
		}
	}
}

static TactusAudioBuffer *
noisy(struct harness_host *h, uint32_t channels, int64_t frames)
{
	TactusAudioBuffer *b = job_buffer_new(h, channels, frames, 48000.0);

	noise(b, 17u);
	return b;
}

START_TEST(fill_sets_the_range_of_the_channel_and_nothing_else)
{
	struct harness_host h;
	const TactusValue values[] = {harness_float(0.25), harness_int(1),
		harness_int(1000), harness_int(100000)};

	job_buffer_open(&h);
	TactusAudioBuffer *b = noisy(&h, 3, LONG);
	TactusAudioBuffer *was = noisy(&h, 3, LONG);
	ck_assert_int_eq(job_buffer_do(&h, "buffer-fill", b, values, 4), 0);
	ck_assert_uint_eq(h.job.results, 0);
	for (uint32_t c = 0; c < 3; c++) {
		for (int64_t i = 0; i < LONG; i++) {
			bool is_in = c == 1 && i >= 1000 && i < 101000;

			ck_assert(b->channel[c][i] ==
				  (is_in ? 0.25f : was->channel[c][i]));
		}
	}
	/* without a range it is all of it, and 0 frames are up to the end */
	ck_assert_int_eq(job_buffer_do(&h, "buffer-fill", b, values, 1), 0);
	for (uint32_t c = 0; c < 3; c++) {
		for (int64_t i = 0; i < LONG; i++) {
			ck_assert(b->channel[c][i] == 0.25f);
		}
	}
	const TactusValue end[] = {harness_int(-1), harness_int(LONG - 2)};
	ck_assert_int_eq(job_buffer_do(&h, "buffer-zero", b, end, 2), 0);
	for (uint32_t c = 0; c < 3; c++) {
		for (int64_t i = 0; i < LONG; i++) {
			ck_assert(b->channel[c][i] ==
				  (i < LONG - 2 ? 0.25f : 0.0f));
		}
	}
	job_buffer_ask(&h, "buffer-zero", b);
	for (int64_t i = 0; i < LONG; i++) {
		ck_assert(b->channel[2][i] == 0.0f);
	}
	job_buffer_end(&h, was);
	job_buffer_end(&h, b);
	harness_host_close(&h);
}
END_TEST

START_TEST(reverse_is_the_mirror_and_twice_is_nothing)
{
	int64_t frames = LONG - _i;
	struct harness_host h;

	job_buffer_open(&h);
	TactusAudioBuffer *b = noisy(&h, 2, frames);
	TactusAudioBuffer *was = noisy(&h, 2, frames);
	job_buffer_ask(&h, "buffer-reverse", b);
	for (uint32_t c = 0; c < 2; c++) {
		for (int64_t i = 0; i < frames; i++) {
			ck_assert(b->channel[c][i] ==
				  was->channel[c][frames - 1 - i]);
		}
	}
	job_buffer_ask(&h, "buffer-reverse", b);
	ck_assert_mem_eq(
		b->channel[1], was->channel[1], (size_t)frames * sizeof(float));
	job_buffer_end(&h, was);
	job_buffer_end(&h, b);
	harness_host_close(&h);
}
END_TEST

START_TEST(normalize_brings_the_highest_peak_there_and_keeps_the_balance)
{
	struct harness_host h;
	const TactusValue peak = harness_float(0.9);

	job_buffer_open(&h);
	TactusAudioBuffer *b = noisy(&h, 2, LONG);
	b->channel[1][LONG - 1] = -2.0f;
	TactusAudioBuffer *was = noisy(&h, 2, LONG);
	ck_assert_int_eq(job_buffer_do(&h, "buffer-normalize", b, &peak, 1), 0);
	ck_assert(b->channel[1][LONG - 1] == -0.9f);
	for (uint32_t c = 0; c < 2; c++) {
		for (int64_t i = 0; i < LONG - 1; i++) {
			ck_assert_float_eq_tol(b->channel[c][i],
				was->channel[c][i] * 0.45f, 1.0e-6f);
		}
	}
	job_buffer_end(&h, was);
	job_buffer_end(&h, b);
	harness_host_close(&h);
}
END_TEST

START_TEST(normalize_leaves_silence_and_takes_out_what_is_not_finite)
{
	struct harness_host h;
	const TactusValue peak = harness_float(1.0);

	job_buffer_open(&h);
	TactusAudioBuffer *b = job_buffer_new(&h, 1, 1000, 48000.0);
	ck_assert_int_eq(job_buffer_do(&h, "buffer-normalize", b, &peak, 1), 0);
	for (int i = 0; i < 1000; i++) {
		ck_assert(b->channel[0][i] == 0.0f);
	}
	b->channel[0][3] = NAN;
	b->channel[0][4] = INFINITY;
	b->channel[0][5] = 1.0e-42f; /* a denormal is a level, too */
	ck_assert_int_eq(job_buffer_do(&h, "buffer-normalize", b, &peak, 1), 0);
	ck_assert(b->channel[0][3] == 0.0f);
	ck_assert(b->channel[0][4] == 0.0f);
	ck_assert(b->channel[0][5] == 1.0f);
	job_buffer_end(&h, b);
	harness_host_close(&h);
}
END_TEST

START_TEST(generate_sets_the_sum_of_its_sines_in_all_channels)
{
	struct harness_host h;
	const TactusValue values[] = {harness_float(440.0), harness_float(0.5),
		harness_int(0), harness_float(1234.5), harness_float(-0.25),
		harness_float(0.25), harness_int(0), harness_float(0.1),
		harness_float(0.25)};

	job_buffer_open(&h);
	TactusAudioBuffer *b = noisy(&h, 2, LONG);
	ck_assert_int_eq(job_buffer_do(&h, "buffer-generate", b, values, 9), 0);
	for (int64_t i = 0; i < LONG; i++) {
		double t = (double)i / 48000.0;
		double x = 0.5 * sin(TAU * 440.0 * t) -
			   0.25 * sin(TAU * (1234.5 * t + 0.25)) + 0.1;

		ck_assert_double_eq_tol((double)b->channel[0][i], x, 1.0e-6);
		ck_assert(b->channel[1][i] == b->channel[0][i]);
	}
	job_buffer_end(&h, b);
	harness_host_close(&h);
}
END_TEST

START_TEST(stats_are_those_of_a_naive_loop)
{
	struct harness_host h;

	job_buffer_open(&h);
	TactusAudioBuffer *b = noisy(&h, 3, LONG);
	b->channel[1][LONG - 1] = -7.5f;
	job_buffer_ask(&h, "buffer-stats", b);
	ck_assert_uint_eq(h.job.results, 9);
	for (uint32_t c = 0; c < 3; c++) {
		double peak = 0.0;
		double sum = 0.0;
		double squares = 0.0;

		for (int64_t i = 0; i < LONG; i++) {
			double x = (double)b->channel[c][i];

			peak = fmax(peak, fabs(x));
			sum += x;
			squares += x * x;
		}
		ck_assert_double_eq(job_buffer_result(&h, 3 * c), peak);
		ck_assert_double_eq_tol(job_buffer_result(&h, 3 * c + 1),
			sqrt(squares / LONG), 1.0e-9);
		ck_assert_double_eq_tol(
			job_buffer_result(&h, 3 * c + 2), sum / LONG, 1.0e-9);
	}
	b->channel[0][5] = NAN;
	job_buffer_ask(&h, "buffer-stats", b);
	ck_assert(isfinite(job_buffer_result(&h, 1)));
	job_buffer_end(&h, b);
	harness_host_close(&h);
}
END_TEST

static void
check_points(const struct harness_host *h, const TactusAudioBuffer *b,
	uint32_t first, uint32_t last, int64_t points)
{
	ck_assert_int_eq(h->job.results, 2 * points);
	for (int64_t p = 0; p < points; p++) {
		int64_t begin = p * b->frames / points;
		int64_t end = (p + 1) * b->frames / points;
		double low = INFINITY;
		double high = -INFINITY;

		for (int64_t i = begin; i < end || i == begin; i++) {
			for (uint32_t c = first; c <= last; c++) {
				low = fmin(low, (double)b->channel[c][i]);
				high = fmax(high, (double)b->channel[c][i]);
			}
		}
		ck_assert_double_eq(
			job_buffer_result(h, (uint32_t)(2 * p)), low);
		ck_assert_double_eq(
			job_buffer_result(h, (uint32_t)(2 * p + 1)), high);
	}
}

START_TEST(an_overview_is_least_and_most_of_each_part)
{
	static const int64_t points[] = {1, 2, 7, 640, 1999, 2000};
	struct harness_host h;

	job_buffer_open(&h);
	TactusAudioBuffer *b = noisy(&h, 2, _i % 2 == 0 ? LONG : 1000);
	for (int i = 0; i < 6; i++) {
		const TactusValue values[] = {
			harness_int(points[i]), harness_int(1)};

		ck_assert_int_eq(
			job_buffer_do(&h, "buffer-overview", b, values, 1), 0);
		check_points(&h, b, 0, 1, points[i]);
		ck_assert_int_eq(
			job_buffer_do(&h, "buffer-overview", b, values, 2), 0);
		check_points(&h, b, 1, 1, points[i]);
	}
	job_buffer_end(&h, b);
	harness_host_close(&h);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("plugins/job_edit");
	TCase *tc = tcase_create("edit");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, fill_sets_the_range_of_the_channel_and_nothing_else);
	tcase_add_loop_test(
		tc, reverse_is_the_mirror_and_twice_is_nothing, 0, 2);
	tcase_add_test(tc,
		normalize_brings_the_highest_peak_there_and_keeps_the_balance);
	tcase_add_test(
		tc, normalize_leaves_silence_and_takes_out_what_is_not_finite);
	tcase_add_test(tc, generate_sets_the_sum_of_its_sines_in_all_channels);
	tcase_add_test(tc, stats_are_those_of_a_naive_loop);
	tcase_add_loop_test(
		tc, an_overview_is_least_and_most_of_each_part, 0, 2);
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
