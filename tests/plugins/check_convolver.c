/* SPDX-License-Identifier: MIT */
/*
 * check_convolver.c -- convolver and its class: against the sum itself.
 */
#include "harness.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tactus/math.h>
#include <tactus/resources/impulse.h>

#define POOLS (UINT64_C(64) << 20)
#define LONG  150000

/** Write a float sound file into the test's own folder. */
static void
write_file(struct harness_host *h, const char *path, const float *frames,
	int64_t count, uint32_t channels, double rate)
{
	TactusSoundInfo info = {
		.size = sizeof(info), .channels = channels, .rate = rate};
	char why[128];
	TactusSound *s = h->host.create_sound(
		&h->host, path, &info, true, why, sizeof(why));

	ck_assert_ptr_nonnull(s);
	ck_assert_int_eq(
		h->host.write_sound(&h->host, s, frames, count), count);
	ck_assert_int_eq(
		h->host.close_sound(&h->host, s, true, why, sizeof(why)), 0);
}

/** An impulse of so many taps, by way of a file. */
static void *
impulse(struct harness_host *h, const float *taps, int64_t count)
{
	const char *path = "check_convolver_impulse.wav";
	TactusValue v = harness_string(path);

	write_file(h, path, taps, count, 1, HARNESS_RATE);
	void *made = harness_construct(h, "impulse", &v, 1);
	ck_assert_msg(made != NULL, "%s", h->reason);
	remove(path);
	return made;
}

/** Begin, with a plugin loaded and room in the pools. */
static void
begin(struct harness *h)
{
	harness_load(h, "convolver", HARNESS_RATE);
	h->pool_room = POOLS;
}

static void
make(struct harness *h, double seconds)
{
	TactusOption o = {.name = "seconds", .type = 'f', .number = seconds};

	ck_assert_int_eq(harness_make(h, &o, 1), 0);
}

static void
end(struct harness *h, void *made)
{
	ck_assert_uint_eq(harness_kept(h), 0);
	harness_destroy(&h->nrt, "impulse", made);
	harness_close(h);
}

/** The sum itself, of the taps that are not 0. */
static void
convolve(const float *in, double *out, int32_t frames, const float *taps,
	int32_t count)
{
	memset(out, 0, (size_t)frames * sizeof(*out));
	for (int32_t k = 0; k < count && k < frames; k++) {
		for (int32_t i = k; taps[k] != 0.0f && i < frames; i++) {
			out[i] += (double)taps[k] * (double)in[i - k];
		}
	}
}

/** Noise that dies away. */
static void
decay(float *taps, uint32_t count, uint64_t *random)
{
	harness_noise(taps, count, random);
	for (uint32_t i = 0; i < count; i++) {
		taps[i] *= expf(-4.0f * (float)i / (float)count);
	}
}

/** The root of the mean square of a difference, beside that of `ought`. */
static double
error_of(const float *is, const double *ought, int32_t frames)
{
	double wrong = 0.0;
	double power = 0.0;

	for (int32_t i = 0; i < frames; i++) {
		double d = (double)is[i] - ought[i];

		wrong += d * d;
		power += ought[i] * ought[i];
	}
	return sqrt(wrong / power);
}

START_TEST(convolver_gives_the_input_back_for_a_single_one)
{
	enum { FRAMES = 4000 };
	static float in[FRAMES];
	static float out[FRAMES];
	/* in the head, at its end, in later partitions, at an end */
	static const int32_t places[] = {0, 1, 255, 256, 511, 512, 767, 1023};
	uint64_t random = 1;

	harness_noise(in, FRAMES, &random);
	for (size_t p = 0; p < sizeof(places) / sizeof(places[0]); p++) {
		int32_t at = places[p];
		float taps[1024] = {0.0f};
		struct harness h;

		taps[at] = 1.0f;
		begin(&h);
		void *made = impulse(&h.nrt, taps, at + 1);
		harness_bind(&h, 0, made, 4);
		make(&h, 0.1);
		harness_pass(&h, in, out, FRAMES);
		for (int32_t i = 0; i < FRAMES; i++) {
			float ought = i < at ? 0.0f : in[i - at];

			if (at < 256) {
				/* the head is exact, from the first frame on */
				ck_assert_float_eq(out[i], ought);
			}
			ck_assert_float_eq_tol(out[i], ought, 1e-6f);
		}
		end(&h, made);
	}
}
END_TEST

START_TEST(convolver_is_the_sum_for_impulses_of_every_length)
{
	enum { FRAMES = 6000, MOST = 5000 };
	static float in[FRAMES];
	static float out[FRAMES];
	static float taps[MOST];
	static double ought[FRAMES];
	static const int32_t lengths[] = {
		1, 2, 255, 256, 257, 511, 512, 513, 768, 1025, 5000};
	uint64_t random = 2;

	harness_noise(in, FRAMES, &random);
	for (size_t l = 0; l < sizeof(lengths) / sizeof(lengths[0]); l++) {
		struct harness h;

		decay(taps, (uint32_t)lengths[l], &random);
		begin(&h);
		void *made = impulse(&h.nrt, taps, lengths[l]);
		ck_assert_uint_eq(((TactusImpulse *)made)->spectra,
			((uint32_t)lengths[l] - 1) / 256);
		harness_bind(&h, 0, made, 4);
		make(&h, 0.2);
		harness_run(&h, &(const float *){in}, &(float *){out}, FRAMES,
			&random);
		convolve(in, ought, FRAMES, taps, lengths[l]);
		ck_assert_double_le(error_of(out, ought, FRAMES), 1e-6);
		end(&h, made);
	}
}
END_TEST

START_TEST(convolver_is_the_sum_over_hundreds_of_partitions)
{
	enum { FRAMES = LONG + 3000 };
	static float in[FRAMES];
	static float out[FRAMES];
	static float taps[LONG];
	static double ought[FRAMES];
	uint64_t random = 3;
	struct harness h;

	/* few taps, so that the sum itself does not take long */
	for (uint32_t i = 0; i < LONG; i += 1 + tactus_random(&random) % 4000) {
		taps[i] = tactus_random_signed(&random);
	}
	taps[LONG - 1] = 1.0f;
	harness_noise(in, FRAMES, &random);
	begin(&h);
	void *made = impulse(&h.nrt, taps, LONG);
	ck_assert_uint_eq(((TactusImpulse *)made)->spectra, (LONG - 1) / 256);
	harness_bind(&h, 0, made, 4);
	make(&h, LONG / HARNESS_RATE);
	/* the memory is taken in several blocks */
	ck_assert_uint_ge(h.allocations, 2);
	harness_pass(&h, in, out, FRAMES);
	convolve(in, ought, FRAMES, taps, LONG);
	ck_assert_double_le(error_of(out, ought, FRAMES), 2e-6);
	end(&h, made);
}
END_TEST

START_TEST(convolver_gives_the_same_bits_however_it_is_cut)
{
	enum { FRAMES = 20000 };
	static float in[FRAMES];
	static float out[3][FRAMES];
	static float taps[2][7001];
	uint64_t random = 4;

	harness_noise(in, FRAMES, &random);
	decay(taps[0], 7001, &random);
	decay(taps[1], 3000, &random);
	for (uint32_t run = 0; run < 3; run++) {
		struct harness h;
		void *made[2];

		begin(&h);
		made[0] = impulse(&h.nrt, taps[0], 7001);
		made[1] = impulse(&h.nrt, taps[1], 3000);
		harness_bind(&h, 0, made[0], 4);
		make(&h, 0.2);
		for (uint32_t part = 0; part < 4; part++) {
			const float *from = in + part * (FRAMES / 4);
			float *to = out[run] + part * (FRAMES / 4);

			/* another one in the midst of it, at a fixed frame */
			if (part == 1) {
				harness_bind(&h, 0, made[1], 5);
			}
			for (uint32_t i = 0; run == 2 && i < FRAMES / 4; i++) {
				const float *f = from + i;
				float *t = to + i;

				harness_segment(&h, &f, &t, 1);
			}
			if (run < 2) {
				harness_run(&h, &from, &to, FRAMES / 4,
					run == 0 ? NULL : &random);
			}
		}
		ck_assert_uint_eq(harness_kept(&h), 0);
		harness_destroy(&h.nrt, "impulse", made[0]);
		end(&h, made[1]);
	}
	ck_assert_mem_eq(out[0], out[1], sizeof(out[0]));
	ck_assert_mem_eq(out[0], out[2], sizeof(out[0]));
}
END_TEST

START_TEST(convolver_fades_to_another_impulse_within_three_partitions)
{
	enum { FRAMES = 8192, AT = 4100 };
	static float in[FRAMES];
	static float out[FRAMES];
	static float taps[2][1500];
	static double ought[2][FRAMES];
	uint64_t random = 6;
	void *made[2];
	struct harness h;

	harness_noise(in, FRAMES, &random);
	decay(taps[0], 1500, &random);
	decay(taps[1], 1500, &random);
	begin(&h);
	for (int i = 0; i < 2; i++) {
		made[i] = impulse(&h.nrt, taps[i], 1500);
		convolve(in, ought[i], FRAMES, taps[i], 1500);
	}
	harness_bind(&h, 0, made[0], 4);
	make(&h, 0.1);
	harness_pass(&h, in, out, AT);
	harness_bind(&h, 0, made[1], 5);
	ck_assert_uint_eq(harness_kept(&h), 1);
	harness_pass(&h, in + AT, out + AT, FRAMES - AT);
	ck_assert_uint_eq(harness_kept(&h), 0);
	for (int32_t i = 0; i < FRAMES; i++) {
		/* bound within partition 16: prepared in 17, faded in 18 */
		double f = fmin(fmax((i - 18 * 256) / 256.0, 0.0), 1.0);

		ck_assert_double_eq_tol((double)out[i],
			(1.0 - f) * ought[0][i] + f * ought[1][i], 2e-5);
	}
	harness_destroy(&h.nrt, "impulse", made[0]);
	end(&h, made[1]);
}
END_TEST

START_TEST(convolver_survives_any_row_of_bindings_without_a_click)
{
	enum { FRAMES = 48000, SETS = 4 };
	static float out[FRAMES];
	float in[HARNESS_BLOCK];
	void *made[SETS];
	float taps[600] = {0.0f};
	struct harness h;
	uint64_t random = 7;
	float last = 0.0f;

	for (int i = 0; i < HARNESS_BLOCK; i++) {
		in[i] = 1.0f;
	}
	begin(&h);
	for (int i = 0; i < SETS; i++) {
		taps[0] = 0.25f * (float)i;
		taps[599] = -0.5f;
		made[i] = impulse(&h.nrt, taps, i == 0 ? 1 : 600);
	}
	make(&h, 0.1);
	for (uint32_t at = 0; at < FRAMES; at += HARNESS_BLOCK) {
		const float *from = in;
		float *to = &out[at];

		if (tactus_random(&random) % 3 == 0) {
			int32_t i =
				(int32_t)(tactus_random(&random) % (SETS + 1)) -
				1;

			harness_bind(&h, 0, i < 0 ? NULL : made[i], i);
		}
		ck_assert_uint_le(harness_kept(&h), 2);
		harness_segment(&h, &from, &to, HARNESS_BLOCK);
		for (uint32_t i = 0; i < HARNESS_BLOCK; i++) {
			/* the response to the late tap comes as one step */
			float step = fabsf(to[i] - last);

			ck_assert(step <= 1.5f / 256.0f ||
				  (step >= 0.4f && step <= 0.51f));
			last = to[i];
		}
	}
	harness_bind(&h, 0, NULL, -1);
	for (uint32_t at = 0; at < 2048; at += HARNESS_BLOCK) {
		harness_segment(&h, &(const float *){in}, &(float *){out},
			HARNESS_BLOCK);
	}
	ck_assert_uint_eq(harness_kept(&h), 0);
	ck_assert_float_eq(out[0], 0.0f);
	for (int i = 1; i < SETS; i++) {
		harness_destroy(&h.nrt, "impulse", made[i]);
	}
	end(&h, made[0]);
}
END_TEST

START_TEST(convolver_mixes_and_forgets_what_is_no_number)
{
	enum { FRAMES = 4096 };
	static float in[FRAMES];
	static float out[FRAMES];
	static double ought[FRAMES];
	float taps[700];
	uint64_t random = 8;
	struct harness h;

	harness_noise(in, FRAMES, &random);
	decay(taps, 700, &random);
	begin(&h);
	void *made = impulse(&h.nrt, taps, 700);
	harness_bind(&h, 0, made, 4);
	make(&h, 1);
	harness_set(&h, "mix", 0.25f);
	harness_set(&h, "gain", -2.0f);
	in[1000] = NAN;
	in[1001] = INFINITY;
	harness_pass(&h, in, out, FRAMES);
	in[1000] = 0.0f;
	in[1001] = 0.0f;
	convolve(in, ought, FRAMES, taps, 700);
	for (int32_t i = 0; i < FRAMES; i++) {
		ck_assert_double_eq_tol((double)out[i],
			0.75 * (double)in[i] - 0.5 * ought[i], 2e-5);
	}
	end(&h, made);
}
END_TEST

START_TEST(convolver_is_silent_without_an_impulse_but_for_its_input)
{
	float in[HARNESS_BLOCK];
	float out[HARNESS_BLOCK];
	uint64_t random = 9;
	struct harness h;

	harness_noise(in, HARNESS_BLOCK, &random);
	begin(&h);
	ck_assert_int_eq(harness_make(&h, NULL, 0), 0);
	for (int part = 0; part < 20; part++) {
		float mix = part < 10 ? 1.0f : 0.25f;

		harness_set(&h, "mix", mix);
		harness_pass(&h, in, out, HARNESS_BLOCK);
		for (int i = 0; i < HARNESS_BLOCK; i++) {
			ck_assert_float_eq(out[i], (1.0f - mix) * in[i]);
		}
	}
	harness_close(&h);
}
END_TEST

START_TEST(convolver_cuts_an_impulse_that_is_longer_than_its_seconds)
{
	enum { FRAMES = 6000 };
	static float in[FRAMES];
	static float out[FRAMES];
	static float taps[5000];
	static double ought[FRAMES];
	uint64_t random = 10;
	struct harness h;

	harness_noise(in, FRAMES, &random);
	harness_noise(taps, 5000, &random);
	begin(&h);
	void *made = impulse(&h.nrt, taps, 5000);
	harness_bind(&h, 0, made, 4);
	/* 960 frames: in the ring 3 partitions, and the head; 256 by 256 */
	make(&h, 0.02);
	harness_pass(&h, in, out, FRAMES);
	convolve(in, ought, FRAMES, taps, 1024);
	ck_assert_double_le(error_of(out, ought, FRAMES), 1e-6);
	end(&h, made);
}
END_TEST

START_TEST(convolver_says_503_when_the_pools_are_used_up)
{
	TactusOption o = {.name = "seconds", .type = 'i', .number = 2};

	for (uint64_t room = 0; room < 800000; room += 20000) {
		struct harness h;

		harness_load(&h, "convolver", HARNESS_RATE);
		h.pool_room = room;
		int code = harness_make(&h, &o, 1);
		/* 375 spectra of 2 KiB */
		ck_assert_int_eq(code, room >= 375 * 2048 ? 0 : 503);
		if (code != 0) {
			ck_assert_uint_eq(h.pool_used, 0);
		}
		harness_close(&h);
	}
}
END_TEST

START_TEST(convolver_refuses_options_with_the_mend)
{
	static const struct {
		TactusOption o;
		const char *words;
	} rows[] = {
		{{"seconds", 'f', 0.004, NULL}, "from 0.005 to 60"          },
		{{"seconds", 'f', NAN, NULL},   "from 0.005 to 60"          },
		{{"seconds", 'i', 61, NULL},    "from 0.005 to 60"          },
		{{"seconds", 's', 0, "2"},      "from 0.005 to 60"          },
		{{"second", 'i', 1, NULL},      "is unknown; known: seconds"},
	};
	TactusOption twice[2] = {
		{"seconds", 'i', 1, NULL},
                {"seconds", 'i', 1, NULL}
        };

	for (size_t i = 0; i <= sizeof(rows) / sizeof(rows[0]); i++) {
		struct harness h;
		bool is_last = i == sizeof(rows) / sizeof(rows[0]);

		begin(&h);
		ck_assert_int_eq(is_last ? harness_make(&h, twice, 2)
					 : harness_make(&h, &rows[i].o, 1),
			-1);
		ck_assert_ptr_nonnull(strstr(
			h.reason, is_last ? "given twice" : rows[i].words));
		harness_close(&h);
	}
}
END_TEST

/* --- the class --- */

START_TEST(impulse_class_refuses_what_it_cannot_take)
{
	static float frames[61 * 8000];
	const char *path = "check_convolver_bad.wav";
	TactusValue v[4] = {harness_string(path), harness_float(1),
		harness_int(0), harness_int(0)};
	struct harness_host h;

	harness_host_init(&h, HARNESS_RATE);
	harness_host_load(&h, "convolver");
	harness_refuses(&h, "impulse", 400, "the path of a sound file", v, 0);
	harness_refuses(
		&h, "impulse", 400, "the path of a sound file", v + 1, 1);
	harness_refuses(&h, "impulse", 400, "and no more", v, 4);
	v[1] = harness_string("loud");
	harness_refuses(
		&h, "impulse", 400, "the factor must be a number", v, 2);
	v[1] = harness_float(1001);
	harness_refuses(&h, "impulse", 422, "from -1000 to 1000", v, 2);
	v[1] = harness_int(1);
	v[2] = harness_float(0.5);
	harness_refuses(&h, "impulse", 400, "the channel must be", v, 3);
	v[2] = harness_int(64);
	harness_refuses(
		&h, "impulse", 422, "the channel is from 0 to 63", v, 3);
	remove(path);
	harness_refuses(&h, "impulse", 0, path, v, 1);
	write_file(&h, path, frames, 0, 1, 48000);
	harness_refuses(&h, "impulse", 0, "is empty", v, 1);
	write_file(&h, path, frames, 100, 2, 48000);
	v[2] = harness_int(2);
	harness_refuses(&h, "impulse", 0, "has no channel 2", v, 3);
	write_file(&h, path, frames, 61 * 8000, 1, 8000);
	harness_refuses(&h, "impulse", 0, "longer than 60 s", v, 1);
	h.limit = 2000000;
	write_file(&h, path, frames, 59 * 8000, 1, 8000);
	harness_refuses(&h, "impulse", 0, "larger than its class may be", v, 1);
	harness_host_close(&h);
	remove(path);
}
END_TEST

/** The sum of all taps: what a spectrum has at 0 Hz. */
static double
sum_of(const TactusImpulse *m)
{
	double sum = 0.0;

	for (uint32_t i = 0; i < TACTUS_IMPULSE_PARTITION; i++) {
		sum += (double)m->head[i];
	}
	for (uint32_t k = 0; k < m->spectra; k++) {
		sum += (double)m->spectrum[(size_t)k * 2 *
					   TACTUS_IMPULSE_PARTITION];
	}
	return sum;
}

START_TEST(impulse_class_takes_one_channel_at_the_engine_s_rate)
{
	static float frames[2 * 20000];
	static const double rates[] = {22050, 44100, 48000, 96000};
	const char *path = "check_convolver_rate.wav";
	TactusValue v[3] = {
		harness_string(path), harness_float(-3.0), harness_int(1)};
	struct harness_host h;

	harness_host_init(&h, HARNESS_RATE);
	harness_host_load(&h, "convolver");
	for (size_t r = 0; r < sizeof(rates) / sizeof(rates[0]); r++) {
		memset(frames, 0, sizeof(frames));
		frames[2 * 900] = 77.0f;
		frames[2 * 2000 + 1] = 0.5f;
		frames[2 * 15000 + 1] = 0.25f;
		write_file(&h, path, frames, 20000, 2, rates[r]);
		const TactusImpulse *m = harness_construct(&h, "impulse", v, 3);
		ck_assert_msg(m != NULL, "%s", h.reason);
		double long_ought = 20000 * HARNESS_RATE / rates[r];
		ck_assert_double_le(fabs((double)m->frames - long_ought), 1.0);
		ck_assert_double_eq(m->rate, HARNESS_RATE);
		ck_assert_uint_eq(m->spectra,
			((uint32_t)m->frames - 1) / TACTUS_IMPULSE_PARTITION);
		/* what it does to a slow signal is what it did */
		ck_assert_double_eq_tol(sum_of(m), -2.25, 1e-3);
		ck_assert_double_eq(h.job.progress, 1.0);
		harness_destroy(&h, "impulse", (void *)(uintptr_t)m);
	}
	harness_host_close(&h);
	remove(path);
}
END_TEST

START_TEST(impulse_class_leaves_nothing_when_memory_fails_or_it_is_cancelled)
{
	static float frames[20000];
	const char *path = "check_convolver_memory.wav";
	TactusValue v = harness_string(path);
	struct harness_host h;
	uint32_t least;

	harness_host_init(&h, HARNESS_RATE);
	harness_host_load(&h, "convolver");
	write_file(&h, path, frames, 20000, 1, 44100);
	void *made = harness_construct(&h, "impulse", &v, 1);
	ck_assert_ptr_nonnull(made);
	ck_assert_uint_eq(h.blocks, 1);
	harness_destroy(&h, "impulse", made);
	least = h.allocations;
	ck_assert_uint_ge(least, 2);
	for (uint32_t n = 1; n <= least; n++) {
		h.allocations = 0;
		h.fail_at = n;
		harness_refuses(&h, "impulse", 0, "no memory", &v, 1);
	}
	h.fail_at = 0;
	h.job.looks = 0;
	h.job.cancel_at = 3;
	ck_assert_ptr_null(harness_construct(&h, "impulse", &v, 1));
	ck_assert_uint_eq(h.job.looks, 3);
	harness_host_close(&h);
	remove(path);
}
END_TEST

Suite *
harness_suite(void)
{
	Suite *s = suite_create("plugins/convolver");
	TCase *tc = tcase_create("convolver");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, convolver_gives_the_input_back_for_a_single_one);
	tcase_add_test(tc, convolver_is_the_sum_for_impulses_of_every_length);
	tcase_add_test(tc, convolver_is_the_sum_over_hundreds_of_partitions);
	tcase_add_test(tc, convolver_gives_the_same_bits_however_it_is_cut);
	tcase_add_test(
		tc, convolver_fades_to_another_impulse_within_three_partitions);
	tcase_add_test(
		tc, convolver_survives_any_row_of_bindings_without_a_click);
	tcase_add_test(tc, convolver_mixes_and_forgets_what_is_no_number);
	tcase_add_test(
		tc, convolver_is_silent_without_an_impulse_but_for_its_input);
	tcase_add_test(
		tc, convolver_cuts_an_impulse_that_is_longer_than_its_seconds);
	tcase_add_test(tc, convolver_says_503_when_the_pools_are_used_up);
	tcase_add_test(tc, convolver_refuses_options_with_the_mend);
	tcase_add_test(tc, impulse_class_refuses_what_it_cannot_take);
	tcase_add_test(
		tc, impulse_class_takes_one_channel_at_the_engine_s_rate);
	tcase_add_test(tc,
		impulse_class_leaves_nothing_when_memory_fails_or_it_is_cancelled);
	suite_add_tcase(s, tc);
	return s;
}
