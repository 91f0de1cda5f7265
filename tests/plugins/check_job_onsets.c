/* SPDX-License-Identifier: MIT */
/*
 * check_job_onsets.c -- buffer-onsets against strokes whose times are known.
 *
 * Noise bursts and decaying sines, at three tempi in eighths and sixteenths,
 * over floors of noise; each has to be found within 10 ms, and nothing else.
 */
#include "job_buffer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TAU     6.283185307179586
#define WITHIN  0.01
#define STROKES 256

/** What is played. */
enum kind { BURSTS, SINES, BOTH, KINDS };

struct piece {
	double rate;
	double seconds;
	uint32_t channels;
	enum kind kind;
	double bpm;
	int to_a_beat;
	double floor_db; /* of the noise; 0: none */
	double first;    /* second of the first stroke */
};

struct truth {
	int64_t at[STROKES];
	uint32_t count;
};

/** The FFT of the harness is slow; this one keeps its sines. */
struct TactusFft {
	uint32_t points;
	double *turn;
	double *work;
};

static TactusFft *
open_fft(const TactusHost *host, uint32_t points)
{
	struct harness_host *h = (struct harness_host *)(uintptr_t)host;
	TactusFft *fft = calloc(1, sizeof *fft);

	ck_assert_ptr_nonnull(fft);
	fft->points = points;
	fft->turn = calloc(points, sizeof(double));
	ck_assert_ptr_nonnull(fft->turn);
	fft->work = calloc(2 * (size_t)points, sizeof(double));
	ck_assert_ptr_nonnull(fft->work);
	for (uint32_t i = 0; i < points / 2; i++) {
		fft->turn[2 * i] = cos(TAU * i / points);
		fft->turn[2 * i + 1] = -sin(TAU * i / points);
	}
	h->sounds++;
	return fft;
}

static void
close_fft(const TactusHost *host, TactusFft *fft)
{
	if (fft != NULL) {
		((struct harness_host *)(uintptr_t)host)->sounds--;
		free(fft->work);
		free(fft->turn);
		free(fft);
	}
}

TACTUS_RT static void
fft_forward(const TactusFft *fft, const float *time, float *spectrum,
	float *scratch)
{
	uint32_t n = fft->points;
	double *work = fft->work;

	memset(scratch, 0x55, (n + 2) * sizeof *scratch);
	for (uint32_t i = 0, j = 0; i < n; i++) {
		work[2 * j] = (double)time[i];
		work[2 * j + 1] = 0.0;
		uint32_t bit = n / 2;
		while (bit != 0 && (j & bit) != 0) {
			j ^= bit;
			bit /= 2;
		}
		j |= bit;
	}
	for (uint32_t half = 1; half < n; half *= 2) {
		for (uint32_t i = 0; i < n; i += 2 * half) {
			for (uint32_t k = 0; k < half; k++) {
				const double *t =
					fft->turn + 2 * (k * (n / 2 / half));
				double *e = work + 2 * (i + k);
				double *o = e + 2 * half;
				double re = o[0] * t[0] - o[1] * t[1];
				double im = o[0] * t[1] + o[1] * t[0];

				o[0] = e[0] - re;
				o[1] = e[1] - im;
				e[0] += re;
				e[1] += im;
			}
		}
	}
	for (uint32_t i = 0; i < n + 2; i++) {
		spectrum[i] = (float)work[i];
	}
}

static void
open_host(struct harness_host *h)
{
	job_buffer_open(h);
	h->host.open_fft = open_fft;
	h->host.close_fft = close_fft;
	h->host.fft_forward = fft_forward;
}

static double
of_db(double db)
{
	return pow(10.0, db / 20.0);
}

/** Add one stroke at a time that need not be a frame. */
static void
strike(TactusAudioBuffer *b, double at_s, bool is_burst, double level,
	uint32_t *seed)
{
	double hz = 80.0 + 500.0 * job_buffer_random(seed);
	double decay = is_burst ? 0.02 + 0.03 * job_buffer_random(seed)
				: 0.03 + 0.04 * job_buffer_random(seed);
	int64_t at = (int64_t)ceil(at_s * b->rate);

	for (int64_t i = at; i < b->frames; i++) {
		double t = (double)i / b->rate - at_s;
		double envelope = level * exp(-t / decay);

		if (envelope < 1.0e-6) {
			break;
		}
		for (uint32_t c = 0; c < b->channels; c++) {
			double x = is_burst ? 0.3 * job_buffer_normal(seed)
					    : sin(TAU * hz * t);

			b->channel[c][i] += (float)(envelope * x);
		}
	}
}

static TactusAudioBuffer *
play(struct harness_host *h, const struct piece *p, uint32_t seed,
	struct truth *truth)
{
	TactusAudioBuffer *b = job_buffer_new(
		h, p->channels, (int64_t)(p->seconds * p->rate), p->rate);
	double apart = 60.0 / p->bpm / p->to_a_beat;
	double noise = p->floor_db < 0.0 ? of_db(p->floor_db) : 0.0;

	for (uint32_t c = 0; c < p->channels && noise > 0.0; c++) {
		for (int64_t i = 0; i < b->frames; i++) {
			b->channel[c][i] =
				(float)(noise * job_buffer_normal(&seed));
		}
	}
	truth->count = 0;
	for (double t = p->first; t < p->seconds - 0.05; t += apart) {
		bool is_burst = p->kind == BURSTS ||
				(p->kind == BOTH && truth->count % 2 == 1);
		/* by turns loud and soft, up to 8.5 dB less */
		double level = truth->count % 4 == 0
				       ? 0.8
				       : 0.3 + 0.4 * job_buffer_random(&seed);

		strike(b, t, is_burst, level, &seed);
		ck_assert_uint_lt(truth->count, STROKES);
		truth->at[truth->count++] = (int64_t)ceil(t * p->rate);
	}
	return b;
}

struct score {
	uint32_t strokes;
	uint32_t missed;
	uint32_t wrong;
	double worst_ms;
};

/** Set what the job told against the truth. */
static void
judge(const struct harness_host *h, const TactusAudioBuffer *b,
	const struct truth *truth, struct score *s)
{
	uint32_t found = 0;

	for (uint32_t i = 0; i < truth->count; i++) {
		double best = INFINITY;

		for (uint32_t r = 0; r < h->job.results; r++) {
			ck_assert_int_eq(h->job.result[r].type, 'h');
			double off = fabs((double)(h->job.result[r].integer -
						   truth->at[i])) /
				     b->rate;

			best = fmin(best, off);
		}
		if (best <= WITHIN) {
			found++;
			s->worst_ms = fmax(s->worst_ms, 1000.0 * best);
		} else if (getenv("ONSETS_VERBOSE") != NULL) {
			printf("  missed %u at %.4f s (nearest %.1f ms)\n", i,
				(double)truth->at[i] / b->rate, 1000 * best);
		}
	}
	if (getenv("ONSETS_VERBOSE") != NULL) {
		for (uint32_t r = 0; r < h->job.results; r++) {
			double best = INFINITY;
			double at = (double)h->job.result[r].integer;
			for (uint32_t i = 0; i < truth->count; i++) {
				best = fmin(
					best, fabs(at - (double)truth->at[i]) /
						      b->rate);
			}
			if (best > WITHIN) {
				printf("  wrong at %.4f s\n", at / b->rate);
			}
		}
	}
	s->strokes += truth->count;
	s->missed += truth->count - found;
	s->wrong += h->job.results - found;
}

static void
tell(const char *what, const struct score *s)
{
	printf("%-34s %4u strokes, %u missed, %u wrong, within %.2f ms\n", what,
		s->strokes, s->missed, s->wrong, s->worst_ms);
	ck_assert_uint_gt(s->strokes, 0);
	ck_assert_uint_eq(s->missed, 0);
	ck_assert_uint_eq(s->wrong, 0);
}

static const double floors[] = {0.0, -60.0, -40.0, -30.0};
static const double tempi[] = {60.0, 120.0, 174.0};

/** _i: kind and floor. */
START_TEST(onsets_are_found_within_10_ms_and_nothing_else_is)
{
	static const char *const names[] = {"bursts", "sines", "both"};
	enum kind kind = (enum kind)(_i % KINDS);
	struct harness_host h;
	struct score s = {0};
	char what[64];

	open_host(&h);
	for (size_t t = 0; t < 3; t++) {
		for (int to_a_beat = 1; to_a_beat <= 4; to_a_beat *= 4) {
			struct piece p = {.rate = 48000.0,
				.seconds = 6.0,
				.channels = 1,
				.kind = kind,
				.bpm = tempi[t],
				.to_a_beat = to_a_beat,
				.floor_db = floors[_i / KINDS],
				.first = 0.217};
			struct truth truth;
			TactusAudioBuffer *b = play(&h, &p,
				77u + (uint32_t)(t * 10) + (uint32_t)_i,
				&truth);

			if (getenv("ONSETS_VERBOSE") != NULL) {
				printf("bpm %g x %d floor %g kind %d\n", p.bpm,
					to_a_beat, p.floor_db, kind);
			}
			job_buffer_ask(&h, "buffer-onsets", b);
			judge(&h, b, &truth, &s);
			job_buffer_end(&h, b);
		}
	}
	snprintf(what, sizeof what, "%s over %g dB", names[kind],
		floors[_i / KINDS]);
	tell(what, &s);
	harness_host_close(&h);
}
END_TEST

/** One piece, found exactly. */
static void
must_find(struct harness_host *h, const struct piece *p, const char *what)
{
	struct score s = {0};
	struct truth truth;
	TactusAudioBuffer *b = play(h, p, 4321u, &truth);

	job_buffer_ask(h, "buffer-onsets", b);
	judge(h, b, &truth, &s);
	job_buffer_end(h, b);
	tell(what, &s);
}

START_TEST(onsets_are_found_at_any_rate_and_in_two_channels)
{
	static const double rates[] = {8000.0, 44100.0, 96000.0, 192000.0};
	struct harness_host h;
	struct piece p = {.rate = rates[_i],
		.seconds = 3.0,
		.channels = 2,
		.kind = BOTH,
		.bpm = 120.0,
		.to_a_beat = 4,
		.floor_db = -50.0,
		.first = 0.1};

	open_host(&h);
	must_find(&h, &p, "two channels at another rate");
	harness_host_close(&h);
}
END_TEST

START_TEST(a_stroke_on_the_first_frame_is_an_onset)
{
	struct harness_host h;
	struct piece p = {.rate = 48000.0,
		.seconds = 4.0,
		.channels = 1,
		.kind = BOTH,
		.bpm = 120.0,
		.to_a_beat = 2 * _i + 1,
		.floor_db = -50.0};

	open_host(&h);
	must_find(&h, &p, "from the first frame");
	harness_host_close(&h);
}
END_TEST

/** Fill a buffer with something that goes on all the time. */
static void
sound(TactusAudioBuffer *b, int what)
{
	uint32_t seed = 99;
	double level = what == 6 ? 1.0e-4 : 0.4;

	for (int64_t i = 0; i < b->frames; i++) {
		double t = (double)i / b->rate;
		double x = 0.0;

		switch (what) {
		case 1: /* a tone, from the middle of its wave */
			x = sin(TAU * (440.0 * t + 0.3));
			break;
		case 2:
			x = sin(TAU * 50.0 * t);
			break;
		case 3: /* a chord */
			x = (sin(TAU * 220.0 * t) + sin(TAU * 277.18 * t) +
				    sin(TAU * 329.63 * t)) /
			    3.0;
			break;
		case 4: /* a saw of many partials */
			x = 2.0 * fmod(110.0 * t, 1.0) - 1.0;
			break;
		case 5:
		case 6:
			x = 0.5 * job_buffer_normal(&seed);
			break;
		case 7: /* a tone in noise */
			x = sin(TAU * 1000.0 * t) +
			    0.1 * job_buffer_normal(&seed);
			break;
		case 8: /* a constant */
			x = 1.0;
			break;
		case 9: /* vibrato of half a tone, 5 Hz */
			x = sin(TAU * 440.0 * t +
				440.0 * 0.03 / 5.0 * sin(TAU * 5.0 * t));
			break;
		case 11: /* two tones that beat slowly */
			x = 0.5 * sin(TAU * 440.0 * t) +
			    0.3 * sin(TAU * 447.0 * t);
			break;
		case 10: /* something that is no sound at all */
			x = NAN;
			break;
		default:
			break;
		}
		b->channel[0][i] = (float)(level * x);
	}
}

START_TEST(onsets_are_none_in_silence_tones_and_noise_that_go_on)
{
	struct harness_host h;

	open_host(&h);
	TactusAudioBuffer *b = job_buffer_new(&h, 1, 480000, 48000.0);
	sound(b, _i);
	job_buffer_ask(&h, "buffer-onsets", b);
	ck_assert_msg(h.job.results == 0, "%u, the first at %ld", h.job.results,
		(long)h.job.result[0].integer);
	job_buffer_end(&h, b);
	harness_host_close(&h);
}
END_TEST

START_TEST(a_tone_that_begins_in_silence_is_an_onset)
{
	struct harness_host h;

	open_host(&h);
	TactusAudioBuffer *b = job_buffer_new(&h, 1, 96000, 48000.0);
	sound(b, 1);
	memset(b->channel[0], 0, 30000 * sizeof(float));
	job_buffer_ask(&h, "buffer-onsets", b);
	ck_assert_uint_eq(h.job.results, 1);
	ck_assert_int_ge(h.job.result[0].integer, 30000 - 96);
	ck_assert_int_le(h.job.result[0].integer, 30000 + 96);
	job_buffer_end(&h, b);
	harness_host_close(&h);
}
END_TEST

START_TEST(another_tone_of_the_same_level_is_an_onset)
{
	struct harness_host h;
	const int64_t at = 48000;

	open_host(&h);
	TactusAudioBuffer *b = job_buffer_new(&h, 1, 96000, 48000.0);
	for (int64_t i = 0; i < b->frames; i++) {
		double hz = i < at ? 440.0 : 660.0;

		b->channel[0][i] = (float)sin(TAU * hz * (double)i / 48000.0);
	}
	job_buffer_ask(&h, "buffer-onsets", b);
	ck_assert_uint_eq(h.job.results, 1);
	ck_assert_int_ge(h.job.result[0].integer, at - 480);
	ck_assert_int_le(h.job.result[0].integer, at + 480);
	job_buffer_end(&h, b);
	harness_host_close(&h);
}
END_TEST

START_TEST(onsets_are_the_same_at_any_volume_and_in_opposite_phases)
{
	struct harness_host h;
	struct truth truth;
	struct piece p = {.rate = 48000.0,
		.seconds = 3.0,
		.channels = 2,
		.kind = SINES,
		.bpm = 100.0,
		.to_a_beat = 2,
		.floor_db = -60.0,
		.first = 0.2};
	int64_t at[16];

	open_host(&h);
	TactusAudioBuffer *b = play(&h, &p, 5u, &truth);
	job_buffer_ask(&h, "buffer-onsets", b);
	ck_assert_uint_eq(h.job.results, truth.count);
	ck_assert_uint_le(truth.count, 16);
	for (uint32_t i = 0; i < truth.count; i++) {
		at[i] = h.job.result[i].integer;
	}
	for (int64_t i = 0; i < b->frames; i++) {
		b->channel[0][i] *= 0.0009765625f;
		b->channel[1][i] *= -0.0009765625f;
	}
	job_buffer_ask(&h, "buffer-onsets", b);
	ck_assert_uint_eq(h.job.results, truth.count);
	for (uint32_t i = 0; i < truth.count; i++) {
		ck_assert_int_eq(h.job.result[i].integer, at[i]);
	}
	job_buffer_end(&h, b);
	harness_host_close(&h);
}
END_TEST

START_TEST(onsets_of_a_range_count_from_the_buffers_start)
{
	struct harness_host h;
	struct truth truth;
	struct piece p = {.rate = 48000.0,
		.seconds = 6.0,
		.channels = 1,
		.kind = BURSTS,
		.bpm = 60.0,
		.to_a_beat = 1,
		.floor_db = -60.0,
		.first = 0.5};
	const TactusValue values[] = {
		harness_float(0.5), harness_int(96000), harness_int(96000)};

	open_host(&h);
	TactusAudioBuffer *b = play(&h, &p, 6u, &truth);
	ck_assert_int_eq(job_buffer_do(&h, "buffer-onsets", b, values, 3), 0);
	ck_assert_uint_eq(h.job.results, 2);
	for (uint32_t i = 0; i < 2; i++) {
		ck_assert_int_le(
			llabs(h.job.result[i].integer - truth.at[2 + i]), 240);
	}
	job_buffer_end(&h, b);
	harness_host_close(&h);
}
END_TEST

START_TEST(more_sensitivity_finds_more_and_less_finds_less)
{
	struct harness_host h;
	uint32_t found[3];
	uint32_t seed = 7;

	open_host(&h);
	TactusAudioBuffer *b = job_buffer_new(&h, 1, 480000, 48000.0);
	for (int64_t i = 0; i < b->frames; i++) {
		b->channel[0][i] = (float)(0.003 * job_buffer_normal(&seed));
	}
	/* softer and softer, down into the noise */
	for (int i = 0; i < 45; i++) {
		strike(b, 0.2 + 0.2 * i, i % 2 == 0, of_db(-1.2 * i), &seed);
	}
	for (uint32_t i = 0; i < 3; i++) {
		const TactusValue v = harness_float(i / 2.0);

		ck_assert_int_eq(
			job_buffer_do(&h, "buffer-onsets", b, &v, 1), 0);
		found[i] = h.job.results;
	}
	ck_assert_uint_lt(found[0], found[1]);
	ck_assert_uint_lt(found[1], found[2]);
	job_buffer_end(&h, b);
	harness_host_close(&h);
}
END_TEST

/** The shortest buffers are no trouble. */
START_TEST(onsets_of_a_buffer_of_few_frames_are_at_most_one)
{
	struct harness_host h;

	open_host(&h);
	for (int64_t frames = 1; frames < 3000; frames += 1 + frames / 3) {
		TactusAudioBuffer *b = job_buffer_new(&h, 1, frames, 48000.0);

		b->channel[0][frames / 2] = 1.0f;
		job_buffer_ask(&h, "buffer-onsets", b);
		ck_assert_uint_le(h.job.results, 1);
		job_buffer_end(&h, b);
	}
	harness_host_close(&h);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("plugins/job_onsets");
	TCase *tc = tcase_create("onsets");

	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc,
		onsets_are_found_within_10_ms_and_nothing_else_is, 0,
		4 * KINDS);
	tcase_add_loop_test(
		tc, onsets_are_found_at_any_rate_and_in_two_channels, 0, 4);
	tcase_add_loop_test(tc, a_stroke_on_the_first_frame_is_an_onset, 0, 2);
	tcase_add_loop_test(tc,
		onsets_are_none_in_silence_tones_and_noise_that_go_on, 0, 12);
	tcase_add_test(tc, a_tone_that_begins_in_silence_is_an_onset);
	tcase_add_test(tc, another_tone_of_the_same_level_is_an_onset);
	tcase_add_test(
		tc, onsets_are_the_same_at_any_volume_and_in_opposite_phases);
	tcase_add_test(tc, onsets_of_a_range_count_from_the_buffers_start);
	tcase_add_test(tc, more_sensitivity_finds_more_and_less_finds_less);
	tcase_add_test(tc, onsets_of_a_buffer_of_few_frames_are_at_most_one);
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
