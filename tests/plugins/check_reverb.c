/* SPDX-License-Identifier: MIT */
/*
 * check_reverb.c -- reverb against a network in double precision, and the
 * times, levels and bounds that are promised.
 */
#include "harness.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <tactus/math.h>

#define SECOND 48000
#define LINES  16

static float *
signal_of(uint32_t frames)
{
	float *x = calloc(frames, sizeof *x);

	ck_assert_ptr_nonnull(x);
	return x;
}

static void
open_at(struct harness *h, double rate)
{
	harness_load(h, "reverb", rate);
	h->pool_room = HARNESS_POOLS;
	ck_assert_int_eq(harness_make(h, NULL, 0), 0);
}

static void
set_room(struct harness *h, float size, float damping, float predelay)
{
	harness_set(h, "size", size);
	harness_set(h, "damping", damping);
	harness_set(h, "predelay", predelay);
	harness_set(h, "mix", 1.0f);
}

static void
run_stereo(struct harness *h, const float *in0, const float *in1, float *out0,
	float *out1, uint32_t frames, uint64_t *random)
{
	const float *in[2] = {in0, in1};
	float *out[2] = {out0, out1};

	harness_run(h, in, out, frames, random);
}

/* --- the network, naively --- */

struct delayed {
	double *past;
	uint32_t length;
	uint32_t at;
};

static struct delayed
delayed_of(double frames_at_48k, double scale, double rate)
{
	struct delayed d = {
		.length = (uint32_t)floor(
			scale * frames_at_48k * rate / 48000 + 0.5)};

	d.past = calloc(d.length, sizeof *d.past);
	ck_assert_ptr_nonnull(d.past);
	return d;
}

/** The pole of the filter that makes a gain of `ratio` at 4 kHz. */
static double
pole_of(double ratio, double rate)
{
	double low = 0;
	double high = 1;
	double w = 2 * M_PI * 4000 / rate;

	for (int i = 0; i < 200; i++) {
		double b = (low + high) / 2;
		double is = (1 - b) / sqrt(1 - 2 * b * cos(w) + b * b);

		if (is > ratio) {
			low = b;
		} else {
			high = b;
		}
	}
	return low;
}

/** What the manual says, frame by frame: the room alone. */
static void
reference(double size, double damping, double rate, float *const *in,
	double *const *out, uint32_t frames)
{
	static const int prime[LINES] = {5387, 4817, 4339, 4073, 3739, 3511,
		3251, 2999, 2797, 2617, 2399, 2251, 2053, 1867, 1601, 1433};
	static const int pass[2][4] = {
		{101, 163, 241, 359},
                {109, 151, 263, 337}
        };
	double rt = 0.3 * pow(30, size);
	struct delayed line[LINES];
	struct delayed diffuser[2][4];
	double gain[LINES];
	double pole[LINES];
	double state[LINES] = {0};
	double kept = 0;

	for (int k = 0; k < LINES; k++) {
		line[k] = delayed_of(prime[k], 0.2 + 0.8 * size, rate);
		double s = line[k].length / rate;
		gain[k] = pow(10, -3 * s / rt);
		pole[k] = pole_of(
			pow(10, -3 * s *
					(1 / (rt * (1 - 0.8 * damping)) -
						1 / rt)),
			rate);
		kept += gain[k] * gain[k] / LINES;
	}
	for (int c = 0; c < 2; c++) {
		for (int k = 0; k < 4; k++) {
			diffuser[c][k] = delayed_of(pass[c][k], 1, rate);
		}
	}
	for (uint32_t i = 0; i < frames; i++) {
		double x[2] = {(double)in[0][i], (double)in[1][i]};
		double y[LINES];

		for (int c = 0; c < 2; c++) {
			for (int k = 0; k < 4; k++) {
				struct delayed *d = &diffuser[c][k];
				double was = d->past[d->at];
				double v = x[c] - 0.6 * was;

				x[c] = was + 0.6 * v;
				d->past[d->at] = v;
				d->at = (d->at + 1) % d->length;
			}
		}
		for (int k = 0; k < LINES; k++) {
			y[k] = gain[k] * line[k].past[line[k].at];
			y[k] = (1 - pole[k]) * y[k] + pole[k] * state[k];
			state[k] = y[k];
		}
		for (int k = 0; k < LINES; k++) {
			double sum = 0;

			for (int l = 0; l < LINES; l++) {
				sum += __builtin_parity((unsigned)(k & l)) != 0
					       ? -y[l] / 4
					       : y[l] / 4;
			}
			if (k == 5 || k == 10) {
				out[k == 10][i] = sum;
			}
			double level = sqrt((1 - kept) / kept);
			line[k].past[line[k].at] =
				sum + (k % 4 < 2 ? level : -level) * x[k % 2];
			line[k].at = (line[k].at + 1) % line[k].length;
		}
	}
	for (int k = 0; k < LINES; k++) {
		free(line[k].past);
	}
	for (int k = 0; k < 8; k++) {
		free(diffuser[k / 4][k % 4].past);
	}
}

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

		harness_noise(in[0], SECOND, &random);
		harness_noise(in[1], SECOND, &random);
		reference(rows[n].size, rows[n].damping, rows[n].rate,
			(float *[]){in[0], in[1]},
			(double *[]){ought[0], ought[1]}, SECOND);
		open_at(&h, rows[n].rate);
		set_room(&h, (float)rows[n].size, (float)rows[n].damping, 0);
		run_stereo(&h, in[0], in[1], out[0], out[1], SECOND, &random);
		for (uint32_t i = 0; i < 2 * SECOND; i++) {
			double e =
				(double)out[i % 2][i / 2] - ought[i % 2][i / 2];

			worst = fmax(worst, fabs(e));
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

	harness_noise(in[0], SECOND, &random);
	harness_noise(in[1], SECOND, &random);
	in[0][100] = -0.0f;
	in[1][101] = 0.0f;
	open_at(&h, HARNESS_RATE);
	harness_set(&h, "mix", 0.0f);
	run_stereo(&h, in[0], in[1], out[0], out[1], SECOND / 2, &random);
	harness_set(&h, "size", 1.0f);
	run_stereo(&h, in[0] + SECOND / 2, in[1] + SECOND / 2,
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

	harness_noise(in[0], SECOND, &random);
	harness_noise(in[1], SECOND, &random);
	open_at(&h, HARNESS_RATE);
	harness_set(&h, "mix", 1.0f);
	run_stereo(&h, in[0], in[1], out[0], out[1], SECOND / 2, NULL);
	harness_set(&h, "mix", 0.0f);
	run_stereo(&h, in[0], in[1], out[0], out[1], SECOND, NULL);
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

		open_at(&h, HARNESS_RATE);
		set_room(&h, 0.5f, 0.4f, 0.0f);
		run_stereo(&h, in, in, now[0], now[1], SECOND, NULL);
		harness_close(&h);
		open_at(&h, HARNESS_RATE);
		set_room(&h, 0.5f, 0.4f, seconds[n]);
		run_stereo(&h, in, in, late[0], late[1], SECOND, &random);
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
	float *in = signal_of(frames);
	float *out0 = signal_of(frames);
	float *out1 = signal_of(frames);
	struct harness h;

	in[0] = 1.0f;
	open_at(&h, rate);
	set_room(&h, (float)size, (float)damping, 0.0f);
	run_stereo(&h, in, in, out0, out1, frames, NULL);
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
	float *in = signal_of(FRAMES);
	float *none = signal_of(FRAMES);
	float *out0 = signal_of(FRAMES);
	float *out1 = signal_of(FRAMES);
	uint64_t random = 24;

	harness_noise(in, FRAMES, &random);
	for (int n = 0; n < 8; n++) {
		double both;
		bool is_mono = n % 2 == 0;
		struct harness h;

		open_at(&h, HARNESS_RATE);
		set_room(&h, sizes[n / 2], 0.0f, 0.0f);
		run_stereo(
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

		open_at(&h, HARNESS_RATE);
		set_room(&h, 0.5f, 0.5f, 0.02f);
		harness_set(&h, name, to[n / 2][n % 2]);
		run_stereo(&h, in, in, out[0], out[1], 3 * SECOND, NULL);
		harness_set(&h, name, to[n / 2][1 - n % 2]);
		run_stereo(&h, in, in, out[0] + 3 * SECOND, out[1] + 3 * SECOND,
			SECOND, NULL);
		for (uint32_t i = 2 * SECOND; i < 4 * SECOND; i++) {
			double jump = fabs((double)(out[0][i] - out[0][i - 1]));

			before = i < 3 * SECOND ? fmax(jump, before) : before;
			worst = fmax(jump, worst);
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

	open_at(&h, HARNESS_RATE);
	set_room(&h, 1.0f, 0.0f, 0.0f);
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

			set_room(&h, n % 80 == 0 ? 1.0f : 0.5f + u * 0.5f,
				n % 3 == 0 ? 0.5f + v * 0.5f : 0.0f,
				0.125f + v * 0.125f);
		}
		run_stereo(
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

		open_at(&h, HARNESS_RATE);
		set_room(&h, 1.0f, 0.0f, 0.0f);
		for (int n = 0; n < 90000; n++) {
			harness_noise(in[0], HARNESS_BLOCK, &random);
			for (int i = 0; i < HARNESS_BLOCK && kind > 0; i++) {
				in[0][i] = kind == 2 && i % 2 == 1 ? -1 : 1;
			}
			run_stereo(&h, in[0], in[0], out[0], out[1],
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

	open_at(&whole, HARNESS_RATE);
	open_at(&single, HARNESS_RATE);
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

			open_at(&h, HARNESS_RATE);
			run_stereo(&h, in[k][0], in[k][1], out[k][0], out[k][1],
				8000, NULL);
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
	open_at(&h, HARNESS_RATE);
	set_room(&h, 1.0f, 0.0f, 0.0f);
	for (int n = 0; n < 10000; n++) {
		run_stereo(&h, in, in, out[0], out[1], HARNESS_BLOCK, NULL);
		for (int i = 0; i < 2 * HARNESS_BLOCK; i++) {
			infinite += isfinite(out[i % 2][i / 2]) ? 0 : 1;
		}
	}
	ck_assert_int_eq(infinite, 0);
	harness_close(&h);
}
END_TEST

/* --- memory --- */

START_TEST(reverb_is_refused_when_there_is_no_memory)
{
	bool was_refused = false;
	bool was_made = false;

	for (uint64_t room = 0; room <= 1048576; room += 16384) {
		struct harness h;

		harness_load(&h, "reverb", HARNESS_RATE);
		h.pool_room = room;
		int made = harness_make(&h, NULL, 0);
		if (made != 0) {
			ck_assert_int_eq(made, 503);
			ck_assert_uint_eq(h.pool_used, 0);
			was_refused = true;
		} else {
			was_made = true;
		}
		harness_close(&h);
	}
	ck_assert(was_refused && was_made);
}
END_TEST

static TactusWorld roomy; /* the world of the harness itself */

/** Pools that have no block above 64 KiB. */
TACTUS_RT static void *
small_alloc(const TactusWorld *world, size_t bytes)
{
	return bytes > 65536 ? NULL : roomy.alloc(world, bytes);
}

/** Pools that have none below 256 KiB. */
TACTUS_RT static void *
large_alloc(const TactusWorld *world, size_t bytes)
{
	return bytes < 262144 ? NULL : roomy.alloc(world, bytes);
}

START_TEST(reverb_makes_do_with_the_blocks_that_there_are)
{
	/* and sounds the same in all of them */
	static float in[SECOND];
	static float out[3][2][SECOND];
	uint64_t random = 29;

	harness_noise(in, SECOND, &random);
	for (int n = 0; n < 3; n++) {
		struct harness h;

		harness_load(&h, "reverb", HARNESS_RATE);
		roomy = h.world;
		h.pool_room = HARNESS_POOLS;
		if (n > 0) {
			h.world.alloc = n == 1 ? small_alloc : large_alloc;
		}
		ck_assert_int_eq(harness_make(&h, NULL, 0), 0);
		ck_assert_uint_le(h.pool_used, 524288);
		run_stereo(&h, in, in, out[n][0], out[n][1], SECOND, NULL);
		harness_close(&h);
	}
	ck_assert_mem_eq(out[0], out[1], sizeof out[0]);
	ck_assert_mem_eq(out[0], out[2], sizeof out[0]);
}
END_TEST

START_TEST(reverb_can_be_made_at_every_rate)
{
	static const double rates[] = {8000, 11025, 22050, 192000, 384000};

	for (int n = 0; n < 5; n++) {
		float in[HARNESS_BLOCK] = {1.0f};
		float out[2][HARNESS_BLOCK];
		struct harness h;

		open_at(&h, rates[n]);
		harness_set(&h, "predelay", 0.25f);
		for (int k = 0; k < 2000; k++) {
			run_stereo(&h, in, in, out[0], out[1], HARNESS_BLOCK,
				NULL);
		}
		ck_assert_float_finite(out[0][0]);
		ck_assert_float_ne(out[0][0], 0.0f);
		harness_close(&h);
	}
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
	tcase_add_test(tc, reverb_dies_in_the_time_that_its_size_promises);
	tcase_add_test(tc, reverb_dies_sooner_at_4_khz_when_it_is_damped);
	tcase_add_test(tc, reverb_is_as_loud_as_what_comes_in_and_wide);
	tcase_add_test(tc, reverb_does_not_click_when_a_control_jumps);
	tcase_add_test(
		tc, reverb_stays_bounded_for_minutes_however_its_controls_jump);
	tcase_add_test(tc, reverb_stays_bounded_for_minutes_at_its_longest);
	tcase_add_test(tc, reverb_computes_a_ramp_frame_by_frame);
	tcase_add_test(tc, reverb_takes_what_is_no_number_as_0);
	tcase_add_test(tc, reverb_stays_finite_at_the_loudest);
	tcase_add_test(tc, reverb_is_refused_when_there_is_no_memory);
	tcase_add_test(tc, reverb_makes_do_with_the_blocks_that_there_are);
	tcase_add_test(tc, reverb_can_be_made_at_every_rate);
	suite_add_tcase(s, tc);
	return s;
}
