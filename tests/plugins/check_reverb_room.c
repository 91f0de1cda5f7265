/* SPDX-License-Identifier: MIT */
/*
 * check_reverb_room.c -- how long a room sounds, how loud and how wide.
 */
#include <math.h>
#include <stdlib.h>

#include "reverb_rig.h"

/** Let through a band around `hz`: an octave below 1 kHz, then a sixth. */
static void
band(float *x, uint32_t frames, double hz, double rate)
{
	for (int turn = 0; turn < 2; turn++) {
		double w = 2 * M_PI * hz / rate;
		double alpha = sin(w) / (hz < 1000 ? 2.8 : 16);
		double s1 = 0;
		double s2 = 0;

		for (uint32_t i = 0; i < frames; i++) {
			double v = (double)x[i] + 2 * cos(w) * s1 -
				   (1 - alpha) * s2;

			v /= 1 + alpha;
			x[i] = (float)(alpha * (v - s2));
			s2 = s1;
			s1 = v;
		}
	}
}

/** RT60 by Schroeder's integral, from -5 to -35 dB. */
static double
decay_of(const float *x, uint32_t frames, double rate)
{
	double all = 0;
	double rest = 0;
	double begin = 0;
	double end = 0;

	for (uint32_t i = 0; i < frames; i++) {
		all += (double)x[i] * (double)x[i];
	}
	rest = all;
	for (uint32_t i = 0; i < frames; i++) {
		double db = 10 * log10(rest / all);

		begin = db > -5 ? i : begin;
		end = db > -35 ? i : end;
		rest -= (double)x[i] * (double)x[i];
	}
	return 2 * (end - begin) / rate;
}

/** RT60 of a room, of a band around `hz` or of all (0). */
static double
measured(double size, double damping, double rate, double hz)
{
	double rt = 0.3 * pow(30, size);
	uint32_t frames = (uint32_t)((rt + 0.3) * rate);
	float *in = reverb_rig_signal(frames);
	float *out0 = reverb_rig_signal(frames);
	float *out1 = reverb_rig_signal(frames);
	struct harness h;

	in[0] = 1.0f;
	reverb_rig_open(&h, rate);
	reverb_rig_room(&h, (float)size, (float)damping, 0.0f);
	reverb_rig_run(&h, in, in, out0, out1, frames, NULL);
	harness_close(&h);
	if (hz > 0) {
		band(out0, frames, hz, rate);
	}
	double time = decay_of(out0, frames, rate);
	free(out1);
	free(out0);
	free(in);
	return time;
}

START_TEST(reverb_dies_in_the_time_that_its_size_promises)
{
	static const double rates[] = {8000, 44100, 48000, 96000};

	for (int n = 0; n < 4; n++) {
		for (double size = 0; size <= 1; size += 0.25) {
			double promised = 0.3 * pow(30, size);
			double is = measured(size, 0, rates[n], 0);

			ck_assert_double_eq_tol(is / promised, 1, 0.05);
		}
	}
}
END_TEST

START_TEST(reverb_dies_sooner_at_4_khz_when_it_is_damped)
{
	for (double damping = 0; damping <= 1; damping += 0.25) {
		for (double size = 0.25; size <= 1; size += 0.25) {
			double promised = 0.3 * pow(30, size);
			double low = measured(size, damping, 48000, 100);
			double high = measured(size, damping, 48000, 4000);

			ck_assert_double_eq_tol(low / promised, 1, 0.15);
			promised *= 1 - 0.8 * damping;
			ck_assert_double_eq_tol(high / promised, 1, 0.15);
		}
	}
}
END_TEST

/** Mean power, and the sum of products in `*both`. */
static double
power_of(const float *x, const float *y, uint32_t frames, double *both)
{
	double sum = 0;

	*both = 0;
	for (uint32_t i = 0; i < frames; i++) {
		sum += (double)x[i] * (double)x[i];
		*both += (double)x[i] * (double)y[i] / frames;
	}
	return sum / frames;
}

START_TEST(reverb_is_as_loud_as_what_comes_in_and_wide)
{
	static const float sizes[] = {0.0f, 0.3f, 0.7f, 1.0f};
	enum { FRAMES = 20 * SECOND, FROM = 10 * SECOND };
	float *in = reverb_rig_signal(FRAMES);
	float *none = reverb_rig_signal(FRAMES);
	float *out0 = reverb_rig_signal(FRAMES);
	float *out1 = reverb_rig_signal(FRAMES);
	uint64_t random = 24;

	harness_noise(in, FRAMES, &random);
	for (int n = 0; n < 8; n++) {
		double both;
		bool is_mono = n % 2 == 0;
		struct harness h;

		reverb_rig_open(&h, HARNESS_RATE);
		reverb_rig_room(&h, sizes[n / 2], 0.0f, 0.0f);
		reverb_rig_run(
			&h, in, is_mono ? in : none, out0, out1, FRAMES, NULL);
		harness_close(&h);
		double p = power_of(in, in, FRAMES, &both) / (is_mono ? 1 : 2);
		double p1 = power_of(
			out1 + FROM, out0 + FROM, FRAMES - FROM, &both);
		double p0 = power_of(
			out0 + FROM, out1 + FROM, FRAMES - FROM, &both);
		/* each side, and the sum of both to mono */
		ck_assert_double_eq_tol(10 * log10(p0 / p), 0, 1);
		ck_assert_double_eq_tol(10 * log10(p1 / p), 0, 1);
		ck_assert_double_le(fabs(both) / sqrt(p0 * p1), 0.1);
	}
	free(out1);
	free(out0);
	free(none);
	free(in);
}
END_TEST

Suite *
harness_suite(void)
{
	Suite *s = suite_create("plugins/reverb_room");
	TCase *tc = tcase_create("reverb_room");

	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, reverb_dies_in_the_time_that_its_size_promises);
	tcase_add_test(tc, reverb_dies_sooner_at_4_khz_when_it_is_damped);
	tcase_add_test(tc, reverb_is_as_loud_as_what_comes_in_and_wide);
	suite_add_tcase(s, tc);
	return s;
}
