/* SPDX-License-Identifier: MIT */
/*
 * check_sampler_read.c -- what a sampler reads, at any speed, of any part and
 * in any loop, against plain sums in double precision.
 */
#include <math.h>
#include <string.h>

#include <tactus/math.h>

#include "sound.h"
#include "spectrum.h"

#define FRAMES 6000

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

/** Play one setting and hold it against the oracle. */
static void
hold(const struct naive *n, uint64_t *cuts)
{
	static double want[FRAMES];
	static float out[FRAMES];
	float *to = out;
	struct harness h;

	uint32_t until = naive_play(n, want, FRAMES);
	sound_sampler(&h, sound_kinds[n->kind], 1);
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
			sound_kinds[n->kind], n->rate, (int)n->first,
			(int)n->end, n->loop ? " loop" : "", i, (double)out[i],
			want[i]);
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

			sound_sampler(&h, sound_kinds[round % 3], 2);
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

Suite *
harness_suite(void)
{
	Suite *s = suite_create("plugins/sampler_read");
	TCase *tc = tcase_create("sampler_read");

	tcase_set_timeout(tc, 60);
	tcase_add_test(
		tc, sampler_is_what_plain_sums_make_of_any_speed_part_and_loop);
	tcase_add_test(tc, sampler_gives_the_same_bits_however_a_block_is_cut);
	tcase_add_test(tc, sampler_follows_the_slope_of_its_rate_and_amp);
	tcase_add_test(tc, sampler_turns_round_within_a_block);
	tcase_add_test(tc, sampler_does_not_drift_in_ten_minutes_of_a_loop);
	tcase_add_test(tc, sampler_plays_a_buffer_of_another_rate_at_its_pitch);
	suite_add_tcase(s, tc);
	return s;
}
