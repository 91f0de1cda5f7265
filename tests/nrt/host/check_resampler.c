/* SPDX-License-Identifier: MIT */
/*
 * check_resampler.c -- another rate: the same sound, to the frame.
 */
#include <check.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "random.h"
#include "resampler.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof(a)[0]))

/** From and to, Hz. */
static const struct {
	double from;
	double to;
} pairs[] = {
	{44100.0, 48000.0},
	{48000.0, 44100.0},
	{22050.0, 48000.0},
	{96000.0, 48000.0},
	{48000.0, 96000.0},
	{48000.0, 48000.0},
	{44100.0, 96000.0},
	{8000.0,  48000.0},
};

/** What one run gives; `piece` frames go in, `room` come out at once. */
static float *
run(const float *in, int64_t frames, uint32_t channels, double ratio,
	int64_t piece, int64_t room, int64_t *count)
{
	int64_t want = llround((double)frames * ratio);
	float *out = malloc(((size_t)want + 1) * channels * sizeof *out);
	float *some = malloc((size_t)room * channels * sizeof *some);
	TactusResampler *r = resampler_open(channels, ratio);
	int64_t at = 0;
	int64_t done = 0;
	int64_t n;

	ck_assert(out != NULL && some != NULL && r != NULL);
	do {
		int64_t used = -1;
		int64_t give = frames - at < piece ? frames - at : piece;
		/* of its very size, so that ASan sees one too many read */
		size_t bytes = (size_t)give * channels * sizeof *in;
		float *exact = malloc(bytes == 0 ? 1 : bytes);
		ck_assert_ptr_nonnull(exact);
		if (bytes > 0) {
			memcpy(exact, in + at * channels, bytes);
		}
		bool end = at + give == frames;
		n = resampler_next(r, give == 0 ? NULL : exact, give, &used,
			some, room, end);
		free(exact);
		ck_assert_int_ge(n, 0);
		ck_assert_int_le(n, room);
		ck_assert(used >= 0 && used <= give);
		ck_assert_int_le(done + n, want);
		memcpy(out + done * channels, some,
			(size_t)n * channels * sizeof *out);
		at += used;
		done += n;
	} while (at < frames || n > 0);
	resampler_close(r);
	free(some);
	*count = done;
	return out;
}

/** Amplitude and phase of a pitch, in the middle of a sound. */
static void
measure(const float *sound, int64_t from, int64_t count, double turns,
	double *level, double *phase)
{
	double re = 0.0;
	double im = 0.0;
	double weight = 0.0;

	for (int64_t i = 0; i < count; i++) {
		/* Hann: what lies beside does not leak in */
		double w =
			0.5 - 0.5 * cos(2.0 * M_PI * (double)i / (double)count);
		double angle = 2.0 * M_PI * turns * (double)(from + i);
		re += w * (double)sound[from + i] * cos(angle);
		im += w * (double)sound[from + i] * sin(angle);
		weight += w;
	}
	*level = 2.0 * hypot(re, im) / weight;
	*phase = atan2(re, im);
}

START_TEST(resampler_keeps_pitch_level_and_place_of_a_sine)
{
	double from = pairs[_i].from;
	double to = pairs[_i].to;
	/* up to nine tenths of the narrower band */
	const double pitches[] = {100.0, 1000.0, 3400.0, 9900.0, 19000.0};

	for (int p = 0; p < COUNT(pitches); p++) {
		double lesser = from < to ? from : to;
		int64_t frames = (int64_t)(from * 0.5);
		int64_t count;
		double level, phase, level2, phase2;
		if (pitches[p] > 0.44 * lesser) {
			continue;
		}
		float *in = malloc((size_t)frames * sizeof *in);
		ck_assert_ptr_nonnull(in);
		for (int64_t i = 0; i < frames; i++) {
			in[i] = (float)(0.5 * sin(2.0 * M_PI * pitches[p] *
						      (double)i / from));
		}
		float *out = run(in, frames, 1, to / from, 777, 500, &count);
		int64_t quarter = count / 4;
		double turns = pitches[p] / to;
		measure(out, quarter, 2 * quarter, turns, &level, &phase);
		/* 0.05 dB */
		ck_assert_double_eq_tol(20.0 * log10(level / 0.5), 0.0, 0.05);
		/* no delay: 0.01 frame */
		ck_assert_double_eq_tol(
			phase / (2.0 * M_PI * turns), 0.0, 0.01);
		/* a pitch that were off by d Hz would turn in half of it */
		measure(out, quarter, quarter, turns, &level, &phase);
		measure(out, 2 * quarter, quarter, turns, &level2, &phase2);
		double seconds = (double)quarter / to;
		ck_assert_double_eq_tol(
			(phase2 - phase) / (2.0 * M_PI) / seconds, 0.0, 0.1);
		free(in);
		free(out);
	}
}
END_TEST

START_TEST(resampler_gives_as_many_frames_as_it_has_to)
{
	const double ratios[] = {1.0 / 256.0, 1.0 / 255.3, 0.01, 0.5, 2.0 / 3.0,
		0.99999, 1.0, 1.00001, 48000.0 / 44100.0, 2.0, 3.7, 100.0,
		256.0};
	const int64_t lengths[] = {0, 1, 2, 3, 63, 128, 1000, 2049};
	double ratio = ratios[_i];

	for (int i = 0; i < COUNT(lengths); i++) {
		int64_t count;
		float *in = malloc(((size_t)lengths[i] + 1) * 2 * sizeof *in);
		ck_assert_ptr_nonnull(in);
		for (int64_t k = 0; k < lengths[i] * 2; k++) {
			in[k] = 0.25F;
		}
		float *out = run(in, lengths[i], 2, ratio, 100, 300, &count);
		ck_assert_int_eq(count, llround((double)lengths[i] * ratio));
		for (int64_t k = 0; k < count * 2; k++) {
			ck_assert(isfinite(out[k]) && fabsf(out[k]) < 0.5F);
		}
		free(in);
		free(out);
	}
}
END_TEST

START_TEST(resampler_puts_an_impulse_where_it_was)
{
	double ratio = pairs[_i].to / pairs[_i].from;
	const int64_t places[] = {0, 700, 1000, 1999};

	for (int p = 0; p < COUNT(places); p++) {
		float *in = calloc(2000, sizeof *in);
		int64_t count;
		int64_t peak = 0;
		ck_assert_ptr_nonnull(in);
		in[places[p]] = 1.0F;
		float *out = run(in, 2000, 1, ratio, 333, 4000, &count);
		for (int64_t i = 0; i < count; i++) {
			peak = fabsf(out[i]) > fabsf(out[peak]) ? i : peak;
		}
		double where = (double)places[p] * ratio;
		ck_assert_double_eq_tol((double)peak, where, 0.51);
		free(in);
		free(out);
	}
}
END_TEST

START_TEST(resampler_keeps_dc)
{
	double ratio = pairs[_i].to / pairs[_i].from;
	int64_t count;
	float *in = malloc(20000 * sizeof *in);

	ck_assert_ptr_nonnull(in);
	for (int i = 0; i < 20000; i++) {
		in[i] = 0.5F;
	}
	float *out = run(in, 20000, 1, ratio, 4096, 4096, &count);
	for (int64_t i = 1000; i < count - 1000; i++) {
		/* -90 dB */
		ck_assert_double_eq_tol((double)out[i], 0.5, 0.5 * 3.2e-5);
	}
	free(in);
	free(out);
}
END_TEST

START_TEST(resampler_keeps_channels_apart)
{
	int64_t count, alone;
	float *both = malloc(6000 * sizeof *both);
	float *one = malloc(3000 * sizeof *one);
	uint32_t state = 8;

	ck_assert(both != NULL && one != NULL);
	for (int i = 0; i < 3000; i++) {
		one[i] = (float)random_below(&state, 2000) / 1000.0F - 1.0F;
		both[2 * i] = one[i];
		both[2 * i + 1] = 0.0F;
	}
	float *stereo = run(both, 3000, 2, 1.3, 200, 100, &count);
	float *mono = run(one, 3000, 1, 1.3, 200, 100, &alone);
	ck_assert_int_eq(count, alone);
	for (int64_t i = 0; i < count; i++) {
		ck_assert_double_eq_tol(
			(double)stereo[2 * i], (double)mono[i], 1e-6);
		ck_assert(stereo[2 * i + 1] == 0.0F);
	}
	free(both);
	free(one);
	free(stereo);
	free(mono);
}
END_TEST

START_TEST(resampler_gives_the_same_in_pieces_of_any_size)
{
	const int64_t pieces[] = {1, 7, 100, 5000};
	int64_t count, again;
	float *in = malloc(3000 * sizeof *in);
	uint32_t state = 8;

	ck_assert_ptr_nonnull(in);
	for (int i = 0; i < 3000; i++) {
		in[i] = (float)random_below(&state, 2000) / 1000.0F - 1.0F;
	}
	float *whole = run(in, 3000, 1, 0.7, 3000, 9000, &count);
	float *some =
		run(in, 3000, 1, 0.7, pieces[_i], 1 + pieces[_i] / 2, &again);
	ck_assert_int_eq(count, again);
	for (int64_t i = 0; i < count; i++) {
		ck_assert_double_eq_tol(
			(double)some[i], (double)whole[i], 1e-5);
	}
	free(in);
	free(whole);
	free(some);
}
END_TEST

START_TEST(resampler_may_write_right_behind_what_it_reads)
{
	/* what a plugin does that halves one array: of several channels no
	 * frame may come out for a while */
	const double ratio = _i % 2 == 0 ? 0.5 : 1.0884;
	const uint32_t channels = _i < 2 ? 2 : 64;
	const int64_t room = 384 / channels;
	float both[2 * 384] = {0};
	TactusResampler *r = resampler_open(channels, ratio);
	int64_t rest = 9600;
	int64_t have = 0;
	int64_t done = 0;

	ck_assert_ptr_nonnull(r);
	while (done < llround(9600.0 * ratio)) {
		int64_t used = 0;
		int64_t give = room - have < rest ? room - have : rest;
		rest -= give;
		have += give;
		int64_t n = resampler_next(
			r, both, have, &used, both + 384, room, rest == 0);
		ck_assert_int_ge(n, 0);
		ck_assert_int_gt(n + used, 0);
		have -= used;
		done += n;
	}
	ck_assert_int_eq(done, llround(9600.0 * ratio));
	resampler_close(r);
}
END_TEST

START_TEST(resampler_changes_nothing_at_a_ratio_of_one)
{
	float in[300];
	int64_t count;
	uint32_t state = 8;

	for (int i = 0; i < 300; i++) {
		in[i] = (float)random_below(&state, 2000) / 1000.0F - 1.0F;
	}
	float *out = run(in, 100, 3, 1.0, 33, 17, &count);
	ck_assert_int_eq(count, 100);
	ck_assert_mem_eq(in, out, sizeof in);
	free(out);
}
END_TEST

START_TEST(resampler_refuses_what_it_cannot)
{
	const double bad[] = {0.0, -1.0, 1.0 / 257.0, 257.0, (double)NAN,
		(double)INFINITY, (double)-INFINITY};
	float frame[1] = {0.0F};
	int64_t used;

	for (int i = 0; i < COUNT(bad); i++) {
		ck_assert_ptr_null(resampler_open(1, bad[i]));
	}
	ck_assert_ptr_null(resampler_open(0, 1.5));
	ck_assert_ptr_null(resampler_open(RESAMPLER_CHANNELS + 1, 1.5));
	resampler_close(NULL);
	TactusResampler *r = resampler_open(1, 1.5);
	ck_assert_ptr_nonnull(r);
	ck_assert_int_eq(
		resampler_next(r, frame, -1, &used, frame, 1, false), -1);
	ck_assert_int_eq(
		resampler_next(r, frame, 1, &used, frame, -1, false), -1);
	/* nothing in, nothing out, and that is no end */
	ck_assert_int_eq(resampler_next(r, NULL, 0, &used, frame, 1, false), 0);
	resampler_close(r);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("nrt/host/resampler");
	TCase *t = tcase_create("resampler");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, resampler_keeps_pitch_level_and_place_of_a_sine,
		0, COUNT(pairs));
	tcase_add_loop_test(
		t, resampler_gives_as_many_frames_as_it_has_to, 0, 13);
	tcase_add_loop_test(
		t, resampler_puts_an_impulse_where_it_was, 0, COUNT(pairs));
	tcase_add_loop_test(t, resampler_keeps_dc, 0, COUNT(pairs));
	tcase_add_test(t, resampler_keeps_channels_apart);
	tcase_add_loop_test(
		t, resampler_gives_the_same_in_pieces_of_any_size, 0, 4);
	tcase_add_loop_test(
		t, resampler_may_write_right_behind_what_it_reads, 0, 4);
	tcase_add_test(t, resampler_changes_nothing_at_a_ratio_of_one);
	tcase_add_test(t, resampler_refuses_what_it_cannot);
	suite_add_tcase(s, t);
	SRunner *runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
