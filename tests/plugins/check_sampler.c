/* SPDX-License-Identifier: MIT */
/*
 * check_sampler.c -- the sampler against plain sums in double precision.
 */
#include "harness.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <tactus/math.h>
#include <tactus/resources/audio_buffer.h>

#include "spectrum.h"

#define FRAMES 6000
#define FADE   241 /* 5 ms at 48 kHz, and one */

/** A buffer of the test's own, between two walls of NaN. */
struct sound {
	TactusAudioBuffer b;
	float *channel[8];
	float *memory;
};

static void
sound_make(struct sound *s, uint32_t channels, int64_t frames, double rate)
{
	size_t stride = ((size_t)frames + 15) / 16 * 16 + 32;

	s->memory = malloc(stride * channels * sizeof(float));
	for (size_t i = 0; i < stride * channels; i++) {
		s->memory[i] = NAN;
	}
	for (uint32_t c = 0; c < channels; c++) {
		s->channel[c] = s->memory + stride * c + 16;
	}
	s->b = (TactusAudioBuffer){
		sizeof(s->b), channels, frames, rate, s->channel};
}

static void
sound_noise(struct sound *s, uint32_t channels, int64_t frames, uint64_t seed)
{
	sound_make(s, channels, frames, HARNESS_RATE);
	for (uint32_t c = 0; c < channels; c++) {
		harness_noise(s->channel[c], (uint32_t)frames, &seed);
	}
}

/** A sine of `cycles` a frame. */
static void
sound_sine(struct sound *s, int64_t frames, double cycles, double rate)
{
	sound_make(s, 1, frames, rate);
	for (int64_t i = 0; i < frames; i++) {
		s->channel[0][i] = (float)sin(2.0 * M_PI * cycles * (double)i);
	}
}

static void
sound_free(struct sound *s)
{
	free(s->memory);
}

/** A sampler with a kind of interpolation and a number of channels. */
static void
open_sampler(struct harness *h, const char *interpolation, int channels)
{
	TactusOption o[2] = {
		{"interpolation", 's', 0,        interpolation},
		{"channels",      'i', channels, NULL         }
        };

	harness_load(h, "sampler", HARNESS_RATE);
	ck_assert_int_eq(harness_make(h, o, 2), 0);
}

static const char *const kinds[] = {"none", "linear", "cubic"};

/* --- the oracle --- */

/** What the oracle plays. */
struct naive {
	const struct sound *s;
	double rate;
	int64_t first;
	int64_t end;
	bool loop;
	int kind;
};

/** A frame of the buffer as one that loops, or one with silence around. */
static double
naive_at(const struct naive *n, int64_t k)
{
	int64_t length = n->end - n->first;

	if (n->loop) {
		k = n->first + ((k - n->first) % length + length) % length;
	}
	return k < 0 || k >= n->s->b.frames ? 0.0 : (double)n->s->channel[0][k];
}

/** The sound at a place between frames, as the textbooks have it. */
static double
naive_value(const struct naive *n, double place)
{
	int64_t k = (int64_t)floor(place);
	double x = place - (double)k;
	double b = naive_at(n, k);
	double c = naive_at(n, k + 1);

	if (n->kind == 0) {
		return b;
	}
	if (n->kind == 1) {
		return (1.0 - x) * b + x * c;
	}
	/* Hermite's basis with the slopes of the chords */
	double m0 = (c - naive_at(n, k - 1)) / 2.0;
	double m1 = (naive_at(n, k + 2) - b) / 2.0;
	double x2 = x * x;
	double x3 = x2 * x;
	return (2.0 * x3 - 3.0 * x2 + 1.0) * b + (x3 - 2.0 * x2 + x) * m0 +
	       (-2.0 * x3 + 3.0 * x2) * c + (x3 - x2) * m1;
}

/** All of it; returns the frames until the end. */
static uint32_t
naive_play(const struct naive *n, double *out, uint32_t frames)
{
	double start = n->rate < 0.0 ? (double)n->end - 1.0 : (double)n->first;
	double length = (double)(n->end - n->first);

	for (uint32_t i = 0; i < frames; i++) {
		double place = start + (double)i * n->rate;

		if (n->loop) {
			double turns =
				floor((place - (double)n->first) / length);
			place -= turns * length;
		} else if (n->rate >= 0.0 ? place >= (double)n->end
					  : place <= (double)n->first - 1.0) {
			memset(&out[i], 0, (frames - i) * sizeof(*out));
			return i;
		}
		out[i] = naive_value(n, place);
	}
	return frames;
}

/* --- as it is --- */

START_TEST(sampler_plays_its_buffer_as_it_is_and_is_done_once)
{
	for (int k = 0; k < 3; k++) {
		struct harness h;
		struct sound s;
		float out[FRAMES];

		sound_noise(&s, 1, 5000, 1);
		s.channel[0][17] = -0.0f;
		s.channel[0][18] = 1e-40f;
		open_sampler(&h, kinds[k], 1);
		harness_bind(&h, 0, &s.b, 7);
		harness_source(&h, out, FRAMES);
		ck_assert_mem_eq(out, s.channel[0], 5000 * sizeof(float));
		for (int i = 5000; i < FRAMES; i++) {
			ck_assert_float_eq(out[i], 0.0f);
		}
		ck_assert_uint_eq(h.dones, 1);
		ck_assert_uint_eq(h.done_at, (5000 + 63) / 64 * 64);
		ck_assert_uint_eq(harness_kept(&h), 0);
		harness_close(&h);
		sound_free(&s);
	}
}
END_TEST

START_TEST(sampler_is_done_in_the_segment_that_holds_the_last_frame)
{
	/* 64 frames fill one segment to its brim */
	struct harness h;
	struct sound s;
	float out[HARNESS_BLOCK];

	sound_noise(&s, 1, 64, 2);
	harness_open(&h, "sampler");
	harness_bind(&h, 0, &s.b, 7);
	harness_source(&h, out, 64);
	ck_assert_uint_eq(h.dones, 1);
	harness_close(&h);
	sound_free(&s);
}
END_TEST

START_TEST(sampler_is_silent_and_not_done_when_nothing_is_bound)
{
	struct harness h;
	struct sound s;
	float out[1000];

	sound_noise(&s, 1, 500, 3);
	harness_open(&h, "sampler");
	memset(out, 0x55, sizeof(out));
	harness_source(&h, out, 1000);
	for (int i = 0; i < 1000; i++) {
		ck_assert_float_eq(out[i], 0.0f);
	}
	ck_assert_uint_eq(h.dones, 0);
	/* it begins when it gets one */
	harness_bind(&h, 0, &s.b, 7);
	harness_source(&h, out, 1000);
	ck_assert_mem_eq(out, s.channel[0], 500 * sizeof(float));
	ck_assert_uint_eq(h.dones, 1);
	harness_close(&h);
	sound_free(&s);
}
END_TEST

START_TEST(sampler_maps_channels_as_the_manual_says)
{
	struct harness h;
	struct sound stereo;
	struct sound mono;
	float out[4][200];
	float *to[4] = {out[0], out[1], out[2], out[3]};

	sound_noise(&stereo, 2, 200, 4);
	sound_noise(&mono, 1, 200, 5);
	open_sampler(&h, "cubic", 4);
	ck_assert_uint_eq(h.outs, 4);
	ck_assert_str_eq(h.port[9].name, "out0");
	harness_bind(&h, 0, &stereo.b, 7);
	harness_run(&h, NULL, to, 200, NULL);
	ck_assert_mem_eq(out[0], stereo.channel[0], sizeof(out[0]));
	ck_assert_mem_eq(out[1], stereo.channel[1], sizeof(out[0]));
	for (int i = 0; i < 200; i++) {
		ck_assert_float_eq(out[2][i], 0.0f);
		ck_assert_float_eq(out[3][i], 0.0f);
	}
	harness_close(&h);
	open_sampler(&h, "cubic", 4);
	harness_bind(&h, 0, &mono.b, 7);
	harness_run(&h, NULL, to, 200, NULL);
	for (int c = 0; c < 4; c++) {
		ck_assert_mem_eq(out[c], mono.channel[0], sizeof(out[0]));
	}
	harness_close(&h);
	open_sampler(&h, "cubic", 1);
	harness_bind(&h, 0, &stereo.b, 7);
	harness_run(&h, NULL, to, 200, NULL);
	ck_assert_mem_eq(out[0], stereo.channel[0], sizeof(out[0]));
	harness_close(&h);
	sound_free(&stereo);
	sound_free(&mono);
}
END_TEST

/* --- speeds, parts, loops --- */

/** Play one setting and hold it against the oracle. */
static void
hold(const struct naive *n, uint64_t *cuts)
{
	static double want[FRAMES];
	static float out[FRAMES];
	float *to = out;
	struct harness h;

	uint32_t until = naive_play(n, want, FRAMES);
	open_sampler(&h, kinds[n->kind], 1);
	harness_bind(&h, 0, (void *)(uintptr_t)&n->s->b, 7);
	harness_set(&h, "rate", (float)n->rate);
	harness_set(&h, "start", (float)n->first);
	harness_set(
		&h, "end", n->end == n->s->b.frames ? -1.0f : (float)n->end);
	harness_set(&h, "loop", n->loop ? 1.0f : 0.0f);
	harness_run(&h, NULL, &to, FRAMES, cuts);
	for (uint32_t i = 0; i < FRAMES; i++) {
		if (fabs((double)out[i] - want[i]) < 4e-6) {
			continue; /* libcheck notes each assertion in a file */
		}
		ck_abort_msg(
			"%s, rate %g, %d to %d%s, frame %u: %.9g, not %.9g",
			kinds[n->kind], n->rate, (int)n->first, (int)n->end,
			n->loop ? " loop" : "", i, (double)out[i], want[i]);
	}
	ck_assert_uint_eq(h.dones, until < FRAMES);
	if (until < FRAMES && cuts == NULL) {
		uint32_t in = until == 0 ? 1 : until;
		ck_assert_uint_eq(h.done_at, (in + 63) / 64 * 64);
	}
	harness_close(&h);
}

START_TEST(sampler_is_what_plain_sums_make_of_any_speed_part_and_loop)
{
	/* speeds that a float and 2^-32 hold exactly: places are the same */
	static const double rates[] = {0.0, 0.5, 0.75, 1.0, 1.25, 1.4375, 2.0,
		3.0, 7.53125, 16.0, -0.25, -0.5, -1.0, -1.3125, -2.0, -16.0};
	static const int64_t parts[][2] = {
		{0,    2500},
                {100,  2400},
                {7,    8   },
                {10,   12  },
                {2490, 2500},
                {0,    3   },
		{1000, 1100},
                {0,    1   }
        };
	struct sound s;
	uint64_t cuts = 9;

	sound_noise(&s, 1, 2500, 6);
	for (size_t r = 0; r < sizeof(rates) / sizeof(*rates); r++) {
		for (size_t p = 0; p < 8; p++) {
			for (int k = 0; k < 6; k++) {
				struct naive n = {&s, rates[r], parts[p][0],
					parts[p][1], k >= 3, k % 3};

				/* `none` between two frames is a hard edge */
				hold(&n, (p + r) % 2 == 0 ? NULL : &cuts);
			}
		}
	}
	sound_free(&s);
}
END_TEST

START_TEST(sampler_gives_the_same_bits_however_a_block_is_cut)
{
	struct sound s;
	uint64_t random = 10;

	sound_noise(&s, 2, 3000, 11);
	for (int round = 0; round < 60; round++) {
		static float a[2][FRAMES];
		static float b[2][FRAMES];
		float *to[2][2] = {
			{a[0], a[1]},
                        {b[0], b[1]}
                };
		uint64_t cuts = (uint64_t)round + 100;
		float rate = tactus_random_signed(&random) * 4.0f;
		float start = (float)(int)(tactus_random(&random) % 1000);
		float end = start + (float)(int)(tactus_random(&random) % 2000);
		float loop = (float)(int)(tactus_random(&random) & 1);

		for (int which = 0; which < 2; which++) {
			struct harness h;

			open_sampler(&h, kinds[round % 3], 2);
			harness_bind(&h, 0, &s.b, 7);
			harness_set(&h, "rate", rate);
			harness_set(&h, "start", start);
			harness_set(&h, "end", end);
			harness_set(&h, "loop", loop);
			harness_set(&h, "attack", 0.01f);
			harness_set(&h, "release", 0.02f);
			float *first[2] = {to[which][0], to[which][1]};
			harness_run(&h, NULL, first, 2048,
				which == 1 ? &cuts : NULL);
			harness_set(&h, "gate", 0.0f);
			float *then[2] = {first[0] + 2048, first[1] + 2048};
			harness_run(
				&h, NULL, then, 512, which == 1 ? &cuts : NULL);
			harness_set(&h, "gate", 1.0f);
			float *last[2] = {first[0] + 2560, first[1] + 2560};
			harness_run(&h, NULL, last, FRAMES - 2560,
				which == 1 ? &cuts : NULL);
			harness_close(&h);
		}
		ck_assert_mem_eq(a, b, sizeof(a));
	}
	sound_free(&s);
}
END_TEST

START_TEST(sampler_follows_the_slope_of_its_rate_and_amp)
{
	struct harness h;
	struct sound s;
	float out[HARNESS_BLOCK * 20];
	double place = 0.0;

	sound_noise(&s, 1, 5000, 12);
	harness_open(&h, "sampler");
	harness_bind(&h, 0, &s.b, 7);
	for (int block = 0; block < 20; block++) {
		/* from 1 to 2 and on; exact in a float */
		harness_ramp(&h, "rate", 1.0f + (float)block * 0.125f,
			0.125f / HARNESS_BLOCK);
		harness_ramp(&h, "amp", (float)block, 1.0f / HARNESS_BLOCK);
		harness_source(&h, out + block * HARNESS_BLOCK, HARNESS_BLOCK);
	}
	struct naive n = {&s, 1.0, 0, 5000, false, 2};
	for (int i = 0; i < HARNESS_BLOCK * 20; i++) {
		double amp = (double)i / HARNESS_BLOCK;

		ck_assert_double_eq_tol((double)out[i],
			naive_value(&n, place) * amp, 1e-5 * (1.0 + amp));
		place += 1.0 + 0.125 * (double)i / HARNESS_BLOCK;
	}
	harness_close(&h);
	sound_free(&s);
}
END_TEST

START_TEST(sampler_turns_round_within_a_block)
{
	/* to and fro over the middle, over the start of a loop, and off the
	 * start of a part, where it ends */
	static const struct {
		float start;
		float loop;
		uint32_t dones;
	} rows[] = {
		{0.0f,   0.0f, 0},
                {0.0f,   1.0f, 0},
                {100.0f, 0.0f, 1}
        };
	struct sound s;

	sound_noise(&s, 1, 5000, 22);
	for (int r = 0; r < 3; r++) {
		struct harness h;
		float out[HARNESS_BLOCK * 6];
		double place = (double)rows[r].start;
		struct naive n = {
			&s, 1.0, (int64_t)place, 5000, rows[r].loop > 0.0f, 2};
		bool is_over = false;

		harness_open(&h, "sampler");
		harness_bind(&h, 0, &s.b, 7);
		harness_set(&h, "start", rows[r].start);
		harness_set(&h, "loop", rows[r].loop);
		for (int block = 0; block < 6; block++) {
			float from = block < 2 && r < 2 ? 4.0f : 2.0f;

			harness_ramp(&h, "rate", from,
				-2.0f * 2.25f / HARNESS_BLOCK);
			harness_source(
				&h, out + block * HARNESS_BLOCK, HARNESS_BLOCK);
			for (int i = 0; i < HARNESS_BLOCK; i++) {
				double rate = (double)from -
					      2.0 * 2.25 * i / HARNESS_BLOCK;

				is_over |= rows[r].loop == 0.0f && rate < 0.0 &&
					   place <= (double)n.first - 1.0;
				double want =
					is_over ? 0.0 : naive_value(&n, place);
				ck_assert_double_eq_tol(
					(double)out[block * HARNESS_BLOCK + i],
					want, 1e-5);
				place += is_over ? 0.0 : rate;
			}
		}
		ck_assert_uint_eq(h.dones, rows[r].dones);
		ck_assert_uint_eq(is_over, rows[r].dones);
		harness_close(&h);
	}
	sound_free(&s);
}
END_TEST

START_TEST(sampler_does_not_drift_in_ten_minutes_of_a_loop)
{
	/* ten minutes at a speed that no binary fraction holds */
	struct harness h;
	struct sound s;
	float out[HARNESS_BLOCK];
	const uint32_t blocks = 48000 / HARNESS_BLOCK * 600;

	sound_sine(&s, 48000, 100.0 / 48000.0, 44100.0);
	harness_open(&h, "sampler");
	harness_bind(&h, 0, &s.b, 7);
	harness_set(&h, "loop", 1.0f);
	for (uint32_t i = 0; i < blocks; i++) {
		harness_source(&h, out, HARNESS_BLOCK);
	}
	/* 2^-33 a frame are 0.0034 frames by then, 4e-5 of this sine */
	for (uint32_t i = 0; i < HARNESS_BLOCK; i++) {
		uint64_t frame = (uint64_t)(blocks - 1) * HARNESS_BLOCK + i;
		double cycles =
			fmod((double)frame * 0.91875 * 100.0 / 48000.0, 1.0);

		ck_assert_double_eq_tol(
			(double)out[i], sin(2.0 * M_PI * cycles), 1.5e-4);
	}
	harness_close(&h);
	sound_free(&s);
}
END_TEST

START_TEST(sampler_plays_a_buffer_of_another_rate_at_its_pitch)
{
	/* 1000 Hz at 44.1 kHz, played at 48 kHz, at half and double speed */
	static float out[SPECTRUM_FRAMES];
	static const double rates[] = {1.0, 0.5, 2.0};

	for (int r = 0; r < 3; r++) {
		struct harness h;
		struct sound s;
		double hz = 1000.0 * rates[r];

		sound_sine(&s, 150000, 1000.0 / 44100.0, 44100.0);
		harness_open(&h, "sampler");
		harness_bind(&h, 0, &s.b, 7);
		harness_set(&h, "rate", (float)rates[r]);
		harness_source(&h, out, SPECTRUM_FRAMES);
		/* the phase of the first half against that of the second */
		double complex a = spectrum_at(
			out, SPECTRUM_FRAMES / 2, hz / HARNESS_RATE);
		double complex b = spectrum_at(out + SPECTRUM_FRAMES / 2,
			SPECTRUM_FRAMES / 2, hz / HARNESS_RATE);
		double off = carg(b * conj(a)) / (2.0 * M_PI) -
			     hz / HARNESS_RATE * (SPECTRUM_FRAMES / 2);
		off -= round(off);
		ck_assert_double_lt(
			fabs(off) * HARNESS_RATE / (SPECTRUM_FRAMES / 2), 0.01);
		ck_assert_double_gt(cabs(a), SPECTRUM_FRAMES / 5.0);
		harness_close(&h);
		sound_free(&s);
	}
}
END_TEST

/* --- the envelope --- */

START_TEST(sampler_rises_releases_and_is_done_after_it)
{
	struct harness h;
	struct sound s;
	float out[FRAMES];

	sound_make(&s, 1, 100000, HARNESS_RATE);
	for (int i = 0; i < 100000; i++) {
		s.channel[0][i] = 1.0f;
	}
	harness_open(&h, "sampler");
	harness_bind(&h, 0, &s.b, 7);
	harness_set(&h, "attack", 0.01f); /* 480 frames */
	harness_set(&h, "release", 0.02f);
	harness_source(&h, out, 640);
	for (int i = 0; i < 640; i++) {
		double want = i < 480 ? i / 480.0 : 1.0;
		ck_assert_double_eq_tol((double)out[i], want, 1e-7);
	}
	harness_set(&h, "gate", 0.0f);
	harness_source(&h, out, 1280);
	for (int i = 0; i < 1280; i++) {
		double want = i < 960 ? (960 - i) / 960.0 : 0.0;
		ck_assert_double_eq_tol((double)out[i], want, 1e-7);
	}
	ck_assert_uint_eq(h.dones, 1);
	ck_assert_uint_eq(h.done_at, 640 + 960);
	/* the gate again: from the start, and no second done */
	harness_set(&h, "gate", 1.0f);
	harness_set(&h, "attack", 0.0f);
	harness_set(&h, "release", 0.0f);
	harness_source(&h, out, 64);
	ck_assert_float_eq(out[0], 1.0f);
	harness_set(&h, "gate", 0.0f);
	harness_source(&h, out, 64);
	ck_assert_float_eq(out[0], 0.0f);
	ck_assert_uint_eq(h.dones, 1);
	harness_close(&h);
	sound_free(&s);
}
END_TEST

START_TEST(sampler_waits_when_its_gate_is_shut_from_the_beginning)
{
	struct harness h;
	struct sound s;
	float out[200];

	sound_noise(&s, 1, 100, 13);
	harness_open(&h, "sampler");
	harness_bind(&h, 0, &s.b, 7);
	harness_set(&h, "gate", 0.0f);
	harness_source(&h, out, 200);
	ck_assert_float_eq(out[0], 0.0f);
	ck_assert_uint_eq(h.dones, 0);
	harness_set(&h, "gate", 1.0f);
	harness_source(&h, out, 200);
	ck_assert_mem_eq(out, s.channel[0], 100 * sizeof(float));
	ck_assert_uint_eq(h.dones, 1);
	harness_close(&h);
	sound_free(&s);
}
END_TEST

START_TEST(sampler_is_done_when_there_is_no_part_to_play)
{
	struct harness h;
	struct sound s;
	float out[64];

	sound_noise(&s, 1, 100, 14);
	for (int loop = 0; loop < 2; loop++) {
		for (int back = 0; back < 2; back++) {
			harness_open(&h, "sampler");
			harness_bind(&h, 0, &s.b, 7);
			harness_set(&h, "start", 200.0f);
			harness_set(&h, "loop", (float)loop);
			harness_set(&h, "rate", back ? -1.0f : 1.0f);
			harness_source(&h, out, 64);
			for (int i = 0; i < 64; i++) {
				ck_assert_float_eq(out[i], 0.0f);
			}
			/* a loop waits for one */
			ck_assert_uint_eq(h.dones, loop == 0);
			harness_close(&h);
		}
	}
	sound_free(&s);
}
END_TEST

/* --- other buffers while it sounds --- */

/** The sharpest bend of a sound. */
static double
bend_of(const float *x, int from, int to)
{
	double most = 0.0;

	for (int i = from + 2; i < to; i++) {
		double d = (double)x[i] - 2.0 * (double)x[i - 1] +
			   (double)x[i - 2];
		most = fabs(d) > most ? fabs(d) : most;
	}
	return most;
}

START_TEST(sampler_goes_over_to_another_buffer_at_the_same_place)
{
	struct harness h;
	struct sound a;
	struct sound b;
	float out[FRAMES];

	sound_noise(&a, 1, 5000, 15);
	sound_noise(&b, 1, 5000, 16);
	harness_open(&h, "sampler");
	harness_bind(&h, 0, &a.b, 7);
	harness_source(&h, out, 640);
	harness_bind(&h, 0, &b.b, 8);
	ck_assert_uint_eq(harness_kept(&h), 1);
	harness_source(&h, out + 640, FRAMES - 640);
	ck_assert_uint_eq(harness_kept(&h), 0);
	for (int i = 0; i < 5000; i++) {
		double x = i < 640 ? 0.0 : (i - 640) / (double)FADE;

		x = x < 1.0 ? x : 1.0;
		ck_assert_double_eq_tol((double)out[i],
			(1.0 - x) * (double)a.channel[0][i] +
				x * (double)b.channel[0][i],
			1e-6);
	}
	ck_assert_uint_eq(h.dones, 1);
	harness_close(&h);
	sound_free(&a);
	sound_free(&b);
}
END_TEST

START_TEST(sampler_carries_the_time_over_to_a_buffer_of_another_rate)
{
	/* the same sine at two rates: nothing is to be heard of the change */
	struct harness h;
	struct sound a;
	struct sound b;
	float out[FRAMES];

	sound_sine(&a, 20000, 300.0 / 48000.0, 48000.0);
	sound_sine(&b, 20000, 300.0 / 96000.0, 96000.0);
	harness_open(&h, "sampler");
	harness_bind(&h, 0, &a.b, 7);
	harness_source(&h, out, 1024);
	harness_bind(&h, 0, &b.b, 8);
	harness_source(&h, out + 1024, 1024);
	harness_bind(&h, 0, &a.b, 7);
	harness_source(&h, out + 2048, 1024);
	for (int i = 0; i < 3072; i++) {
		ck_assert_double_eq_tol((double)out[i],
			sin(2.0 * M_PI * 300.0 / 48000.0 * i), 2e-5);
	}
	harness_close(&h);
	sound_free(&a);
	sound_free(&b);
}
END_TEST

START_TEST(sampler_does_not_click_whatever_is_bound_and_unbound)
{
	/* sines of 100 Hz of other phases: their own bends are below 2e-4, a
	 * fade adds at its ends 2/FADE; a click would be of the order of 1 */
	struct harness h;
	struct sound s[4];
	static float out[64 * 400];
	uint64_t random = 17;

	for (int k = 0; k < 4; k++) {
		sound_make(&s[k], 1, 100000, HARNESS_RATE);
		for (int i = 0; i < 100000; i++) {
			s[k].channel[0][i] =
				(float)sin(2.0 * M_PI * (i / 480.0 + k / 4.0));
		}
	}
	harness_open(&h, "sampler");
	harness_set(&h, "attack", 0.005f);
	harness_bind(&h, 0, &s[0].b, 0);
	for (int block = 0; block < 400; block++) {
		/* with pauses of 1 to 16 blocks: fades overlap, by four */
		if (tactus_random(&random) % 4 == 0) {
			int32_t id = (int32_t)(tactus_random(&random) % 5) - 1;

			harness_bind(&h, 0, id < 0 ? NULL : &s[id].b, id);
		}
		harness_source(&h, out + block * 64, 64);
		ck_assert_uint_le(harness_kept(&h), 4);
	}
	ck_assert_double_lt(bend_of(out, 0, 64 * 400), 8.0 / FADE);
	ck_assert_uint_eq(h.dones, 0);
	harness_bind(&h, 0, NULL, -1);
	harness_source(&h, out, 320);
	ck_assert_uint_eq(harness_kept(&h), 0);
	harness_close(&h);
	for (int k = 0; k < 4; k++) {
		sound_free(&s[k]);
	}
}
END_TEST

START_TEST(sampler_keeps_no_more_than_four_and_drops_the_softest)
{
	/* eight buffers within 1 ms: all but the first are hardly in yet */
	struct harness h;
	struct sound s[8];
	float out[1024];
	float *to = out;

	for (int k = 0; k < 8; k++) {
		sound_make(&s[k], 1, 5000, HARNESS_RATE);
		for (int i = 0; i < 5000; i++) {
			s[k].channel[0][i] = k % 2 == 0 ? 1.0f : -1.0f;
		}
	}
	harness_open(&h, "sampler");
	harness_bind(&h, 0, &s[0].b, 0);
	harness_run(&h, NULL, &to, 64, NULL);
	to += 64;
	for (int k = 1; k < 8; k++) {
		harness_bind(&h, 0, &s[k].b, k);
		harness_run(&h, NULL, &to, 6, NULL);
		to += 6;
		ck_assert_uint_le(harness_kept(&h), 4);
	}
	harness_run(&h, NULL, &to, 512, NULL);
	ck_assert_uint_eq(harness_kept(&h), 0);
	for (int i = 1; i < 64 + 42 + 512; i++) {
		ck_assert_double_lt(
			fabs((double)out[i] - (double)out[i - 1]), 0.1);
	}
	harness_close(&h);
	for (int k = 0; k < 8; k++) {
		sound_free(&s[k]);
	}
}
END_TEST

START_TEST(sampler_plays_its_tails_on_when_what_is_softer_is_cut_off)
{
	struct harness h;
	struct sound s[6];
	float out[256];
	float *to = out;

	for (int k = 0; k < 6; k++) {
		sound_make(&s[k], 1, 5000, HARNESS_RATE);
		for (int i = 0; i < 5000; i++) {
			s[k].channel[0][i] = k % 2 == 0 ? 1.0f : -1.0f;
		}
	}
	harness_open(&h, "sampler");
	harness_bind(&h, 0, &s[0].b, 0);
	harness_run(&h, NULL, &to, 64, NULL);
	to += 64;
	for (int k = 1; k < 4; k++) {
		harness_bind(&h, 0, &s[k].b, k);
		harness_run(&h, NULL, &to, 30, NULL);
		to += 30;
	}
	/* the fourth tail, and one that has not sounded at all */
	harness_bind(&h, 0, &s[4].b, 4);
	harness_bind(&h, 0, &s[5].b, 5);
	ck_assert_uint_eq(harness_kept(&h), 4);
	harness_run(&h, NULL, &to, 64, NULL);
	for (int i = 1; i < 64 + 90 + 64; i++) {
		ck_assert_double_lt(
			fabs((double)out[i] - (double)out[i - 1]), 0.03);
	}
	harness_close(&h);
	for (int k = 0; k < 6; k++) {
		sound_free(&s[k]);
	}
}
END_TEST

START_TEST(sampler_keeps_a_reference_as_long_as_any_tail_plays_its_buffer)
{
	/* a release that is cut off by the gate, then by another buffer: two
	 * tails of the old one, and one reference for both */
	struct harness h;
	struct sound a;
	struct sound b;
	float out[512];

	sound_noise(&a, 1, 5000, 18);
	sound_noise(&b, 1, 5000, 19);
	harness_open(&h, "sampler");
	harness_set(&h, "release", 1.0f);
	harness_bind(&h, 0, &a.b, 7);
	harness_source(&h, out, 64);
	harness_set(&h, "gate", 0.0f);
	harness_source(&h, out, 64);
	harness_set(&h, "gate", 1.0f);
	harness_source(&h, out, 64);
	ck_assert_uint_eq(harness_kept(&h), 0);
	harness_bind(&h, 0, &b.b, 8);
	ck_assert_uint_eq(harness_kept(&h), 1);
	harness_source(&h, out, 192);
	/* the first tail is over, the second not yet */
	ck_assert_uint_eq(harness_kept(&h), 1);
	harness_source(&h, out, 64);
	ck_assert_uint_eq(harness_kept(&h), 0);
	harness_close(&h);
	sound_free(&a);
	sound_free(&b);
}
END_TEST

START_TEST(sampler_fades_when_it_is_unbound_and_is_done_after_a_release)
{
	struct harness h;
	struct sound s;
	float out[640];

	sound_make(&s, 1, 5000, HARNESS_RATE);
	for (int i = 0; i < 5000; i++) {
		s.channel[0][i] = 1.0f;
	}
	for (int released = 0; released < 2; released++) {
		harness_open(&h, "sampler");
		harness_set(&h, "release", 1.0f);
		harness_bind(&h, 0, &s.b, 7);
		harness_source(&h, out, 64);
		harness_set(&h, "gate", released ? 0.0f : 1.0f);
		harness_source(&h, out, 64);
		harness_bind(&h, 0, NULL, -1);
		harness_source(&h, out + 64, 512);
		for (int i = 1; i < 576; i++) {
			ck_assert_double_lt(
				fabs((double)out[i] - (double)out[i - 1]),
				0.005);
		}
		ck_assert_float_eq(out[64 + FADE], 0.0f);
		ck_assert_uint_eq(harness_kept(&h), 0);
		/* what was released is done, when the fade is over */
		ck_assert_uint_eq(h.dones, (uint32_t)released);
		/* what was not begins anew, with another */
		harness_bind(&h, 0, &s.b, 7);
		harness_source(&h, out, 64);
		ck_assert_float_eq(out[0], released ? 0.0f : 1.0f);
		harness_close(&h);
	}
	sound_free(&s);
}
END_TEST

START_TEST(sampler_ends_at_once_in_a_buffer_that_is_shorter_by_then)
{
	struct harness h;
	struct sound a;
	struct sound b;
	float out[640];

	sound_noise(&a, 1, 5000, 20);
	sound_noise(&b, 1, 100, 21);
	harness_open(&h, "sampler");
	harness_bind(&h, 0, &a.b, 7);
	harness_source(&h, out, 640);
	harness_bind(&h, 0, &b.b, 8);
	harness_source(&h, out, 640);
	for (int i = 0; i < 640; i++) {
		double x = i < FADE ? 1.0 - i / (double)FADE : 0.0;

		ck_assert_double_eq_tol((double)out[i],
			x * (double)a.channel[0][640 + i], 1e-6);
	}
	ck_assert_uint_eq(h.dones, 1);
	ck_assert_uint_eq(h.done_at, 640 + 256);
	harness_close(&h);
	sound_free(&a);
	sound_free(&b);
}
END_TEST

/* --- options --- */

/** Change one thing about both samplers. */
static void
change(struct harness *one, struct harness *two, struct sound *sounds,
	uint64_t *random)
{
	static const char *const names[] = {"rate", "amp", "start", "end",
		"loop", "attack", "release", "gate"};
	uint32_t n = tactus_random(random) % 10;
	float u = tactus_random_signed(random);
	const float values[] = {u * 3.0f, u, (float)(int32_t)(u * u * 900.0f),
		u < 0.6f ? -1.0f : (float)(int32_t)(u * 3000.0f),
		u < 0.8f ? 1.0f : 0.0f, u * u * 0.01f, u * u * 0.01f,
		u < 0.6f ? 1.0f : 0.0f};

	if (n >= 8) {
		int32_t k = (int32_t)(tactus_random(random) % 16) / 5;
		void *sound = k < 3 ? &sounds[k].b : NULL;

		harness_bind(one, 0, sound, k < 3 ? k : -1);
		harness_bind(two, 0, sound, k < 3 ? k : -1);
		return;
	}
	/* whole rates have a way of their own */
	float v = n == 0 && u > 0.3f ? (float)(int32_t)values[0] : values[n];
	v = n == 2 && u < 0.0f ? 0.0f : v;
	harness_set(one, names[n], v);
	harness_set(two, names[n], v);
}

START_TEST(sampler_that_is_held_is_one_that_looks_at_all_in_every_segment)
{
	/* of two channels, each segment is worked out anew */
	struct sound sounds[3];
	struct harness one;
	struct harness two;
	float a[HARNESS_BLOCK];
	float b[2][HARNESS_BLOCK];
	float *outs[2] = {b[0], b[1]};
	float *out = a;
	uint64_t random = 90 + (uint64_t)_i;
	uint32_t heard = 0;

	sound_noise(&sounds[0], 1, 4000, random);
	sound_noise(&sounds[1], 1, 1500, random + 1);
	sound_noise(&sounds[2], 1, 70, random + 2);
	sounds[1].b.rate = 44100.0;
	open_sampler(&one, kinds[_i % 3], 1);
	open_sampler(&two, kinds[_i % 3], 2);
	harness_bind(&one, 0, &sounds[0].b, 0);
	harness_bind(&two, 0, &sounds[0].b, 0);
	for (uint32_t n = 0; n < 4000; n++) {
		uint32_t chance = tactus_random(&random);
		uint32_t frames = HARNESS_BLOCK;

		if (chance % 4 == 0) {
			frames = 1 + (chance >> 8) % HARNESS_BLOCK;
		}
		if (chance >> 29 == 0) {
			change(&one, &two, sounds, &random);
		}
		harness_segment(&one, NULL, &out, frames);
		harness_segment(&two, NULL, outs, frames);
		if (memcmp(a, b[0], frames * sizeof(*a)) != 0 ||
			one.dones != two.dones ||
			harness_kept(&one) != harness_kept(&two)) {
			ck_abort_msg("%s, segment %u", kinds[_i % 3], n);
		}
		heard += a[0] != 0.0f;
	}
	ck_assert_uint_gt(heard, 500);
	harness_close(&one);
	harness_close(&two);
	for (int k = 0; k < 3; k++) {
		sound_free(&sounds[k]);
	}
}
END_TEST

START_TEST(sampler_refuses_options_with_the_mend)
{
	static const struct {
		TactusOption o[2];
		uint32_t count;
		const char *reason;
	} rows[] = {
		{{{"channels", 'i', 65, NULL}},                               1,
                 "option \"channels\" must be a whole number from 1 to "
			"64"				       },
		{{{"channels", 's', 0, "2"}},                                 1,
                 "option \"channels\" must be a whole number from 1 to "
			"64"				       },
		{{{"channels", 'i', 2, NULL}, {"channels", 'i', 2, NULL}},    2,
                 "option \"channels\" is given twice; give it once"},
		{{{"interpolation", 's', 0, "sinc"}},                         1,
                 "option \"interpolation\" must be \"none\", "
			"\"linear\" or \"cubic\""                  },
		{{{"interpolation", 'i', 2, NULL}},                           1,
                 "option \"interpolation\" must be \"none\", "
			"\"linear\" or \"cubic\""                  },
		{{{"interpolation", 's', 0, "none"},
			 {"interpolation", 's', 0, "none"}},
                 2,							      "option \"interpolation\" is given twice; give it "
			"once"                  },
		{{{"chanels", 'i', 2, NULL}},                                 1,
                 "option \"chanels\" is unknown; known: channels, "
			"interpolation"                            },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct harness h;

		harness_load(&h, "sampler", HARNESS_RATE);
		ck_assert_int_eq(
			harness_make(&h, rows[i].o, rows[i].count), -1);
		ck_assert_str_eq(h.reason, rows[i].reason);
		harness_close(&h);
	}
}
END_TEST

Suite *
harness_suite(void)
{
	Suite *s = suite_create("plugins/sampler");
	TCase *tc = tcase_create("sampler");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, sampler_plays_its_buffer_as_it_is_and_is_done_once);
	tcase_add_test(
		tc, sampler_is_done_in_the_segment_that_holds_the_last_frame);
	tcase_add_test(
		tc, sampler_is_silent_and_not_done_when_nothing_is_bound);
	tcase_add_test(tc, sampler_maps_channels_as_the_manual_says);
	tcase_add_test(
		tc, sampler_is_what_plain_sums_make_of_any_speed_part_and_loop);
	tcase_add_test(tc, sampler_gives_the_same_bits_however_a_block_is_cut);
	tcase_add_test(tc, sampler_follows_the_slope_of_its_rate_and_amp);
	tcase_add_test(tc, sampler_turns_round_within_a_block);
	tcase_add_test(tc, sampler_does_not_drift_in_ten_minutes_of_a_loop);
	tcase_add_test(tc, sampler_plays_a_buffer_of_another_rate_at_its_pitch);
	tcase_add_test(tc, sampler_rises_releases_and_is_done_after_it);
	tcase_add_test(
		tc, sampler_waits_when_its_gate_is_shut_from_the_beginning);
	tcase_add_test(tc, sampler_is_done_when_there_is_no_part_to_play);
	tcase_add_test(
		tc, sampler_goes_over_to_another_buffer_at_the_same_place);
	tcase_add_test(
		tc, sampler_carries_the_time_over_to_a_buffer_of_another_rate);
	tcase_add_test(
		tc, sampler_does_not_click_whatever_is_bound_and_unbound);
	tcase_add_test(
		tc, sampler_keeps_no_more_than_four_and_drops_the_softest);
	tcase_add_test(
		tc, sampler_plays_its_tails_on_when_what_is_softer_is_cut_off);
	tcase_add_test(tc,
		sampler_keeps_a_reference_as_long_as_any_tail_plays_its_buffer);
	tcase_add_test(tc,
		sampler_fades_when_it_is_unbound_and_is_done_after_a_release);
	tcase_add_test(
		tc, sampler_ends_at_once_in_a_buffer_that_is_shorter_by_then);
	tcase_add_loop_test(tc,
		sampler_that_is_held_is_one_that_looks_at_all_in_every_segment,
		0, 12);
	tcase_add_test(tc, sampler_refuses_options_with_the_mend);
	suite_add_tcase(s, tc);
	return s;
}
