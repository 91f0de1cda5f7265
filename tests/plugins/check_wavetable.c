/* SPDX-License-Identifier: MIT */
/*
 * check_wavetable.c -- wavetable and its class: spectrum, glides, files.
 */
#include "harness.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tactus/math.h>
#include <tactus/resources/wavetable.h>

#include "spectrum.h"

/** A set of shapes, named in one text with blanks between. */
static void *
shapes(struct harness_host *h, const char *names)
{
	char text[128];
	TactusValue v[8];
	uint32_t n = 0;

	snprintf(text, sizeof(text), "%s", names);
	for (char *at = strtok(text, " "); at != NULL; at = strtok(NULL, " ")) {
		v[n++] = harness_string(at);
	}
	void *w = harness_construct(h, "wavetable", v, n);
	ck_assert_msg(w != NULL, "%s", h->reason);
	return w;
}

/** A table of one sine at `amplitude`. */
static void *
sine_of(struct harness_host *h, double amplitude)
{
	TactusValue v = harness_float(amplitude);
	void *w = harness_construct(h, "wavetable", &v, 1);

	ck_assert_msg(w != NULL, "%s", h->reason);
	return w;
}

/** A synth that plays a set of shapes, at amp 1. */
static void *
open_with(struct harness *h, const char *names)
{
	harness_load(h, "wavetable", HARNESS_RATE);
	void *w = shapes(&h->nrt, names);
	harness_bind(h, 0, w, 7);
	ck_assert_int_eq(harness_make(h, NULL, 0), 0);
	harness_set(h, "amp", 1.0f);
	return w;
}

static void
close_with(struct harness *h, void *w)
{
	ck_assert_uint_eq(harness_kept(h), 0);
	harness_destroy(&h->nrt, "wavetable", w);
	harness_close(h);
}

/** The same with a set of another host, which outlives the synth. */
static void
open_of(struct harness *h, void *w)
{
	harness_load(h, "wavetable", HARNESS_RATE);
	harness_bind(h, 0, w, 7);
	ck_assert_int_eq(harness_make(h, NULL, 0), 0);
	harness_set(h, "amp", 1.0f);
}

static float
hz_of(uint32_t cycles)
{
	return (float)(cycles * HARNESS_RATE / SPECTRUM_FRAMES);
}

START_TEST(wavetable_of_a_sine_is_a_pure_sine_at_every_pitch)
{
	static const uint32_t cycles[] = {1, 27, 601, 1367, 6827, 15013, 32001};
	float *out = calloc(SPECTRUM_FRAMES, sizeof(*out));

	for (size_t c = 0; c < sizeof(cycles) / sizeof(cycles[0]); c++) {
		double worst = 0.0;
		struct harness h;
		void *w = open_with(&h, "sine");

		harness_set(&h, "freq", hz_of(cycles[c]));
		harness_source(&h, out, SPECTRUM_FRAMES);
		for (uint32_t i = 0; i < SPECTRUM_FRAMES; i++) {
			uint64_t at = (uint64_t)i * cycles[c] % SPECTRUM_FRAMES;
			double ought =
				sin(2.0 * M_PI * (double)at / SPECTRUM_FRAMES);

			worst = harness_worse(
				worst, fabs((double)out[i] - ought));
		}
		ck_assert_double_le(worst, 1e-6);
		ck_assert_double_le(spectrum_alias_db(out, cycles[c]), -120.0);
		close_with(&h, w);
	}
	free(out);
}
END_TEST

START_TEST(wavetable_of_a_saw_has_aliases_80_db_below_at_every_pitch)
{
	static const uint32_t cycles[] = {27, 31, 33, 41, 61, 149, 601, 1367,
		2003, 4001, 6007, 6827, 9973, 15013, 22013};
	static const char *const names[] = {"saw", "square"};
	float *out = calloc(SPECTRUM_FRAMES, sizeof(*out));

	for (size_t c = 0; c < 2 * sizeof(cycles) / sizeof(cycles[0]); c++) {
		uint32_t n = cycles[c / 2];
		struct harness h;
		void *w = open_with(&h, names[c % 2]);

		harness_set(&h, "freq", hz_of(n));
		harness_source(&h, out, SPECTRUM_FRAMES);
		double db = spectrum_alias_db(out, n);
		printf("wavetable: %s at %.0f Hz, loudest alias %.1f dB\n",
			names[c % 2], (double)hz_of(n), db);
		ck_assert_double_le(db, n < 33 ? -95.0 : -105.0);
		close_with(&h, w);
	}
	free(out);
}
END_TEST

START_TEST(wavetable_of_equal_harmonics_has_aliases_90_db_below_each)
{
	static const uint32_t cycles[] = {149, 601, 1367, 6827};
	float *out = calloc(SPECTRUM_FRAMES, sizeof(*out));
	TactusValue v[TACTUS_WAVETABLE_HARMONICS];

	for (int i = 0; i < TACTUS_WAVETABLE_HARMONICS; i++) {
		v[i] = harness_float(0.01);
	}
	for (size_t c = 0; c < sizeof(cycles) / sizeof(cycles[0]); c++) {
		struct harness h;

		harness_load(&h, "wavetable", HARNESS_RATE);
		void *w = harness_construct(
			&h.nrt, "wavetable", v, TACTUS_WAVETABLE_HARMONICS);
		harness_bind(&h, 0, w, 7);
		ck_assert_int_eq(harness_make(&h, NULL, 0), 0);
		harness_set(&h, "freq", hz_of(cycles[c]));
		harness_source(&h, out, SPECTRUM_FRAMES);
		double db = spectrum_alias_db(out, cycles[c]);
		printf("wavetable: equal harmonics of %.0f Hz, loudest alias "
		       "%.1f dB\n",
			(double)hz_of(cycles[c]), db);
		ck_assert_double_le(db, -90.0);
		close_with(&h, w);
	}
	free(out);
}
END_TEST

START_TEST(wavetable_of_a_saw_has_its_harmonics_up_to_three_quarters)
{
	static const uint32_t cycles[] = {61, 601, 1367, 2731, 4001, 6827};
	float *out = calloc(SPECTRUM_FRAMES, sizeof(*out));
	double *power = calloc(SPECTRUM_FRAMES / 2, sizeof(*power));

	for (size_t c = 0; c < sizeof(cycles) / sizeof(cycles[0]); c++) {
		struct harness h;
		void *w = open_with(&h, "saw");

		harness_set(&h, "freq", hz_of(cycles[c]));
		harness_set(&h, "amp", 0.5f);
		harness_source(&h, out, SPECTRUM_FRAMES);
		spectrum_power(out, power);
		for (uint32_t n = 1; n * cycles[c] < SPECTRUM_FRAMES / 2; n++) {
			double is_db = 10 * log10(power[cycles[c] * n] + 1e-30);
			double ought_db = 20 * log10(0.5 * 2 / (M_PI * n));

			/* rate/2 by the cube root of 2, and a twelfth */
			if (n * cycles[c] < SPECTRUM_FRAMES / 2 * 0.74) {
				ck_assert_double_eq_tol(is_db, ought_db, 0.02);
			} else {
				ck_assert_double_le(is_db, ought_db + 0.02);
			}
		}
		close_with(&h, w);
	}
	free(power);
	free(out);
}
END_TEST

START_TEST(wavetable_has_no_step_in_sound_where_levels_meet)
{
	float a[HARNESS_BLOCK];
	float b[HARNESS_BLOCK];
	/* where a level ends, and where it begins to go over */
	static const double beside[] = {0.0, 0.25};
	struct harness_host maker;

	harness_host_init(&maker, HARNESS_RATE);
	harness_host_load(&maker, "wavetable");
	void *w = shapes(&maker, "saw");
	for (uint32_t n = 0; n < 31 * 2; n++) {
		double level = n / 2 - beside[n % 2];
		double hz = HARNESS_RATE / 2048.0 * exp2(level / 3.0);
		struct harness h;

		open_of(&h, w);
		harness_set(&h, "freq", (float)(hz * (1.0 - 2e-6)));
		harness_source(&h, a, HARNESS_BLOCK);
		harness_close(&h);
		open_of(&h, w);
		harness_set(&h, "freq", (float)(hz * (1.0 + 2e-6)));
		harness_source(&h, b, HARNESS_BLOCK);
		harness_close(&h);
		for (uint32_t i = 0; i < HARNESS_BLOCK; i++) {
			/* the saw's own slope in 64 frames is in it, too */
			ck_assert_double_le(fabs((double)(a[i] - b[i])), 2e-3);
		}
	}
	harness_destroy(&maker, "wavetable", w);
	harness_host_close(&maker);
}
END_TEST

START_TEST(wavetable_glides_in_phase_and_the_same_bits_however_cut)
{
	enum { FRAMES = 48000 };
	static float out[2][FRAMES];
	uint64_t random = 11;

	for (uint32_t run = 0; run < 2; run++) {
		struct harness h;
		void *w = open_with(&h, "saw sine square");

		for (uint32_t at = 0; at < FRAMES;) {
			uint32_t n = HARNESS_BLOCK;
			float *to = &out[run][at];

			if (run == 1) {
				n = 1 + tactus_random(&random) % HARNESS_BLOCK;
			}
			n = n < FRAMES - at ? n : FRAMES - at;
			/* all of them exact, so that cuts change nothing */
			harness_ramp(&h, "freq", (float)at * 0.25f, 0.25f);
			harness_ramp(
				&h, "position", (float)at * 0x1p-16f, 0x1p-16f);
			harness_ramp(&h, "amp", 1.0f - (float)at * 0x1p-17f,
				-0x1p-17f);
			harness_segment(&h, NULL, &to, n);
			at += n;
		}
		close_with(&h, w);
	}
	ck_assert_mem_eq(out[0], out[1], sizeof(out[0]));

	/* a sine tells the phase, whatever levels it goes through */
	struct harness h;
	void *w = open_with(&h, "sine");
	double cycles = 0.0;
	for (uint32_t at = 0; at < FRAMES; at += HARNESS_BLOCK) {
		float *to = out[0];

		harness_ramp(&h, "freq", (float)at * 0.5f, 0.5f);
		harness_segment(&h, NULL, &to, HARNESS_BLOCK);
		for (uint32_t i = 0; i < HARNESS_BLOCK; i++) {
			double ought = sin(2.0 * M_PI * fmod(cycles, 1.0));

			ck_assert_double_eq_tol((double)to[i], ought, 2e-6);
			cycles += (at + i) * 0.5 / HARNESS_RATE;
		}
	}
	close_with(&h, w);
}
END_TEST

START_TEST(wavetable_gives_the_same_frame_still_and_moving)
{
	float still[HARNESS_BLOCK];
	float moving[HARNESS_BLOCK];
	struct harness_host maker;

	harness_host_init(&maker, HARNESS_RATE);
	harness_host_load(&maker, "wavetable");
	void *w = shapes(&maker, "saw square triangle");
	for (uint32_t n = 0; n < 200; n++) {
		float hz = 20.0f * powf(1.03f, (float)n);
		struct harness h;

		open_of(&h, w);
		harness_set(&h, "freq", hz);
		harness_set(&h, "position", (float)n / 200.0f);
		harness_source(&h, still, HARNESS_BLOCK);
		harness_close(&h);
		open_of(&h, w);
		/* it ramps, but not so that a float could tell */
		harness_ramp(&h, "freq", hz, 1e-30f);
		harness_set(&h, "position", (float)n / 200.0f);
		harness_source(&h, moving, HARNESS_BLOCK);
		harness_close(&h);
		ck_assert_mem_eq(still, moving, sizeof(still));
	}
	harness_destroy(&maker, "wavetable", w);
	harness_host_close(&maker);
}
END_TEST

START_TEST(wavetable_morphs_from_the_first_table_to_the_last)
{
	enum { FRAMES = 640 };
	static const float at[] = {
		-1.0f, 0.0f, 0.125f, 0.5f, 0.75f, 1.0f, 2.0f, NAN};
	float one[3][FRAMES];
	float out[FRAMES];
	static const char *const names[] = {"saw", "sine", "square"};
	struct harness h;

	for (uint32_t t = 0; t < 3; t++) {
		void *w = open_with(&h, names[t]);

		harness_source(&h, one[t], FRAMES);
		close_with(&h, w);
	}
	for (size_t p = 0; p < sizeof(at) / sizeof(at[0]); p++) {
		float place = at[p] > 0.0f ? fminf(at[p], 1.0f) * 2.0f : 0.0f;
		uint32_t t = place < 1.0f ? 0 : 1;
		float part = place - (float)t;
		void *w = open_with(&h, "saw sine square");

		harness_set(&h, "position", at[p]);
		harness_source(&h, out, FRAMES);
		for (uint32_t i = 0; i < FRAMES; i++) {
			ck_assert_float_eq_tol(out[i],
				one[t][i] + part * (one[t + 1][i] - one[t][i]),
				1e-6f);
		}
		close_with(&h, w);
	}
}
END_TEST

START_TEST(wavetable_stays_bounded_at_the_ends_of_its_range)
{
	static const float freqs[] = {
		0.0f, -5.0f, 1e-6f, 23999.0f, 24000.0f, 1e9f, NAN, INFINITY};
	float out[4800];

	for (size_t f = 0; f < sizeof(freqs) / sizeof(freqs[0]); f++) {
		struct harness h;
		void *w = open_with(&h, "saw square");

		harness_set(&h, "freq", freqs[f]);
		harness_set(&h, "position", 0.3f);
		harness_source(&h, out, 4800);
		for (uint32_t i = 0; i < 4800; i++) {
			ck_assert_double_le(fabs((double)out[i]), 1.5);
		}
		close_with(&h, w);
	}
}
END_TEST

START_TEST(wavetable_is_silent_unbound_and_fades_in_and_out)
{
	enum { FRAMES = 480 };
	float out[FRAMES];
	struct harness h;

	harness_load(&h, "wavetable", HARNESS_RATE);
	void *w = sine_of(&h.nrt, 1.0);
	ck_assert_int_eq(harness_make(&h, NULL, 0), 0);
	harness_set(&h, "amp", 1.0f);
	harness_set(&h, "freq", 100.0f);
	harness_source(&h, out, FRAMES);
	for (uint32_t i = 0; i < FRAMES; i++) {
		ck_assert_float_eq(out[i], 0.0f);
	}
	harness_bind(&h, 0, w, 3);
	harness_source(&h, out, FRAMES);
	for (uint32_t i = 0; i < FRAMES; i++) {
		/* the phase went on in silence: a whole cycle */
		double gain = fmin(1.0, i / 241.0);

		ck_assert_double_eq_tol((double)out[i],
			gain * sin(2.0 * M_PI * i / 480.0), 1e-5);
	}
	harness_bind(&h, 0, NULL, -1);
	ck_assert_uint_eq(harness_kept(&h), 1);
	harness_source(&h, out, FRAMES);
	ck_assert_uint_eq(harness_kept(&h), 0);
	for (uint32_t i = 0; i < FRAMES; i++) {
		double gain = 1.0 - fmin(1.0, i / 241.0);

		ck_assert_double_eq_tol((double)out[i],
			gain * sin(2.0 * M_PI * i / 480.0), 1e-5);
	}
	close_with(&h, w);
}
END_TEST

START_TEST(wavetable_has_no_click_however_often_another_is_bound)
{
	enum { FRAMES = 19200, SETS = 8 };
	static float out[FRAMES];
	void *w[SETS];
	struct harness h;
	uint64_t random = 5;
	float last = 0.0f;

	harness_load(&h, "wavetable", HARNESS_RATE);
	for (int i = 0; i < SETS; i++) {
		w[i] = sine_of(&h.nrt, i % 2 == 0 ? 1.0 : -1.0);
	}
	harness_bind(&h, 0, w[0], 0);
	ck_assert_int_eq(harness_make(&h, NULL, 0), 0);
	harness_set(&h, "amp", 1.0f);
	harness_set(&h, "freq", 50.0f);
	for (uint32_t at = 0; at < FRAMES; at += HARNESS_BLOCK) {
		float *to = &out[at];
		/* at most four fade at once: five re-binds in 5 ms are more
		 * than are heard out, and are another test's */
		if (tactus_random(&random) % 2 == 0) {
			int32_t i = (int32_t)(tactus_random(&random) % SETS);

			harness_bind(&h, 0, w[i], i);
		}
		ck_assert_uint_le(harness_kept(&h), 4);
		harness_segment(&h, NULL, &to, HARNESS_BLOCK);
		for (uint32_t i = 0; i < HARNESS_BLOCK; i++) {
			/* 2 pi 50 / 48000, and at most twice 2 / 241 */
			ck_assert_float_le(fabsf(to[i] - last), 0.0232f);
			last = to[i];
		}
	}
	for (uint32_t at = 0; at < 256; at += HARNESS_BLOCK) {
		float *to = out;

		harness_segment(&h, NULL, &to, HARNESS_BLOCK);
	}
	ck_assert_uint_eq(harness_kept(&h), 0);
	/* many within one frame, and none of it is kept for long */
	for (int32_t i = 0; i < 100; i++) {
		harness_bind(&h, 0, w[i % SETS], i % SETS);
		if (i % 10 == 0) {
			float *to = out;

			harness_segment(&h, NULL, &to, 1);
		}
		ck_assert_uint_le(harness_kept(&h), 4);
	}
	harness_source(&h, out, 256);
	for (int i = 0; i < SETS - 1; i++) {
		harness_destroy(&h.nrt, "wavetable", w[i]);
	}
	close_with(&h, w[SETS - 1]);
}
END_TEST

START_TEST(wavetable_fades_on_when_what_hardly_sounded_is_cut_off)
{
	enum { SETS = 5 };
	static float out[512];
	void *w[SETS];
	struct harness h;
	uint32_t at = 0;

	harness_load(&h, "wavetable", HARNESS_RATE);
	for (int i = 0; i < SETS; i++) {
		w[i] = sine_of(&h.nrt, i % 2 == 0 ? 1.0 : -1.0);
	}
	harness_bind(&h, 0, w[0], 0);
	ck_assert_int_eq(harness_make(&h, NULL, 0), 0);
	harness_set(&h, "amp", 1.0f);
	harness_set(&h, "freq", 50.0f);
	/* near the sine's top; then four fade, and the newest is a frame old */
	static const uint32_t frames[] = {64, 64, 64, 30, 30, 30, 1, 64};
	static const int32_t bound[] = {0, 0, 0, 1, 2, 3, 4, 0};
	for (uint32_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
		float *to = &out[at];

		if (i >= 3) {
			harness_bind(&h, 0, w[bound[i]], bound[i]);
		}
		harness_segment(&h, NULL, &to, frames[i]);
		ck_assert_uint_le(harness_kept(&h), 4);
		at += frames[i];
	}
	for (uint32_t i = 1; i < at; i++) {
		ck_assert_float_le(fabsf(out[i] - out[i - 1]), 0.0314f);
	}
	for (int i = 0; i < 4; i++) {
		float *to = out;

		harness_segment(&h, NULL, &to, 64);
	}
	for (int i = 1; i < SETS; i++) {
		harness_destroy(&h.nrt, "wavetable", w[i]);
	}
	close_with(&h, w[0]);
}
END_TEST

/* --- the class --- */

START_TEST(wavetable_class_refuses_bad_arguments_with_the_mend)
{
	static TactusValue v[1100];
	struct harness_host h;

	harness_host_init(&h, HARNESS_RATE);
	harness_host_load(&h, "wavetable");
	harness_refuses(&h, "wavetable", 400, "is made of a path", v, 0);
	v[0] = harness_string("saw");
	v[1] = harness_string("sow");
	harness_refuses(
		&h, "wavetable", 422, "no shape \"sow\": give sine", v, 2);
	v[1] = harness_int(3);
	harness_refuses(&h, "wavetable", 400, "name of a shape", v, 2);
	for (int i = 0; i < 1100; i++) {
		v[i] = harness_string("sine");
	}
	harness_refuses(&h, "wavetable", 413, "at most 256 tables", v, 257);
	for (int i = 0; i < 1100; i++) {
		v[i] = harness_int(1);
	}
	harness_refuses(
		&h, "wavetable", 413, "at most 1023 harmonics", v, 1024);
	v[3] = harness_string("x.wav");
	harness_refuses(&h, "wavetable", 400, "are numbers", v, 5);
	v[3] = harness_float(100.5);
	harness_refuses(&h, "wavetable", 422, "from -100 to 100", v, 5);
	v[0] = harness_string("x.wav");
	harness_refuses(&h, "wavetable", 400, "and no more", v, 4);
	v[1] = harness_float(1.5);
	harness_refuses(&h, "wavetable", 400, "whole number", v, 2);
	v[1] = harness_string("2");
	harness_refuses(&h, "wavetable", 400, "whole number", v, 2);
	v[1] = harness_int(0);
	harness_refuses(&h, "wavetable", 422, "from 1 to 256", v, 2);
	v[1] = harness_int(257);
	harness_refuses(&h, "wavetable", 422, "from 1 to 256", v, 2);
	v[1] = harness_int(1);
	v[2] = harness_string("left");
	harness_refuses(&h, "wavetable", 400, "channel", v, 3);
	v[2] = harness_int(-1);
	harness_refuses(&h, "wavetable", 422, "channel", v, 3);
	v[1] = harness_int(256);
	h.limit = 20000000;
	harness_refuses(&h, "wavetable", 413,
		"256 tables is larger than the class", v, 2);
	v[1] = harness_int(1);
	harness_refuses(&h, "wavetable", 0, "x.wav", v, 2);
	harness_host_close(&h);
}
END_TEST

/** Write a float sound file into the test's own folder. */
static void
write_file(struct harness_host *h, const char *path, const float *frames,
	int64_t count, uint32_t channels)
{
	TactusSoundInfo info = {
		.size = sizeof(info), .channels = channels, .rate = 44100.0};
	char why[128];
	TactusSound *s = h->host.create_sound(
		&h->host, path, &info, true, why, sizeof(why));

	ck_assert_ptr_nonnull(s);
	ck_assert_int_eq(
		h->host.write_sound(&h->host, s, frames, count), count);
	ck_assert_int_eq(
		h->host.close_sound(&h->host, s, true, why, sizeof(why)), 0);
}

/** Harmonic `n` of a cycle that goes with table `t` of the file below. */
static double
level_of(uint32_t t, uint32_t n)
{
	return n == 0 ? 0.1 * t : n <= 5 ? 0.3 / (n + t) : n == 100 ? 0.01 : 0;
}

START_TEST(wavetable_class_cuts_a_file_into_cycles)
{
	/* a power of two, an even number and an odd one */
	static const uint32_t lengths[] = {2048, 600, 337};
	static float frames[2 * 3 * 2048];
	const char *path = "check_wavetable_cycles.wav";

	for (size_t l = 0; l < 3; l++) {
		uint32_t n = lengths[l];
		struct harness h;
		TactusValue v[3] = {
			harness_string(path), harness_int(3), harness_int(1)};

		harness_load(&h, "wavetable", HARNESS_RATE);
		for (uint32_t i = 0; i < 3 * n; i++) {
			double sum = level_of(i / n, 0);

			for (uint32_t k = 1; k <= 100; k++) {
				sum += level_of(i / n, k) *
				       sin(2 * M_PI * (i % n) * k / n + k);
			}
			frames[2 * i] = NAN;
			frames[2 * i + 1] = (float)sum;
		}
		write_file(&h.nrt, path, frames, 3 * n, 2);
		const TactusWavetable *w =
			harness_construct(&h.nrt, "wavetable", v, 3);
		ck_assert_msg(w != NULL, "%s", h.nrt.reason);
		ck_assert_uint_eq(w->size, sizeof(*w));
		ck_assert_uint_eq(w->tables, 3);
		ck_assert_double_eq(h.nrt.job.progress, 1.0);
		for (uint32_t t = 0; t < 3 * TACTUS_WAVETABLE_LEVELS; t++) {
			const TactusWavetableLevel *level = &w->level[t / 3];
			const float *row = tactus_wavetable_row(level, t % 3);

			for (uint32_t i = 0; i < 1000; i++) {
				uint32_t phase = i * 4294967u;
				double p = phase * 0x1p-32;
				double sum = level_of(t % 3, 0);

				for (uint32_t k = 1;
					k <= level->harmonics && k <= 100;
					k++) {
					sum += level_of(t % 3, k) *
					       sin(2 * M_PI * p * k + k);
				}
				ck_assert_double_eq_tol(
					(double)tactus_wavetable_at(
						row, level->bits, phase),
					sum, 2e-6);
			}
		}
		harness_destroy(&h.nrt, "wavetable", (void *)(uintptr_t)w);
		harness_close(&h);
	}
	remove(path);
}
END_TEST

START_TEST(wavetable_class_refuses_files_that_are_no_cycles)
{
	static float frames[40000];
	const char *path = "check_wavetable_bad.wav";
	TactusValue v[3] = {
		harness_string(path), harness_int(7), harness_int(1)};
	struct harness_host h;

	harness_host_init(&h, HARNESS_RATE);
	harness_host_load(&h, "wavetable");
	write_file(&h, path, frames, 600, 1);
	harness_refuses(&h, "wavetable", 0,
		"cannot be cut into 7 tables of equal length; it has "
		"600 frames",
		v, 2);
	v[1] = harness_int(100);
	harness_refuses(
		&h, "wavetable", 0, "too short: a cycle has at least 8", v, 2);
	v[1] = harness_int(1);
	harness_refuses(&h, "wavetable", 0, "has no channel 1", v, 3);
	write_file(&h, path, frames, 40000, 1);
	harness_refuses(&h, "wavetable", 0, "give the number of tables", v, 1);
	write_file(&h, path, frames, 0, 1);
	harness_refuses(&h, "wavetable", 0, "too short", v, 1);
	remove(path);
	harness_refuses(&h, "wavetable", 0, path, v, 1);
	harness_host_close(&h);
}
END_TEST

START_TEST(wavetable_class_leaves_nothing_when_memory_fails_or_it_is_cancelled)
{
	static float frames[6000];
	const char *path = "check_wavetable_memory.wav";
	TactusValue v[2] = {harness_string(path), harness_int(10)};
	struct harness_host h;
	uint32_t least;

	harness_host_init(&h, HARNESS_RATE);
	harness_host_load(&h, "wavetable");
	write_file(&h, path, frames, 6000, 1);
	void *w = harness_construct(&h, "wavetable", v, 2);
	ck_assert_ptr_nonnull(w);
	/* all that is left of it is one block */
	ck_assert_uint_eq(h.blocks, 1);
	harness_destroy(&h, "wavetable", w);
	least = h.allocations;
	ck_assert_uint_ge(least, 4);
	for (uint32_t n = 1; n <= least; n++) {
		h.allocations = 0;
		h.fail_at = n;
		harness_refuses(&h, "wavetable", 0, "no memory", v, 2);
	}
	h.fail_at = 0;
	h.job.looks = 0;
	h.job.cancel_at = 4;
	ck_assert_ptr_null(harness_construct(&h, "wavetable", v, 2));
	ck_assert_uint_eq(h.job.looks, 4);
	harness_host_close(&h);
	remove(path);
}
END_TEST

Suite *
harness_suite(void)
{
	Suite *s = suite_create("plugins/wavetable");
	TCase *tc = tcase_create("wavetable");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, wavetable_of_a_sine_is_a_pure_sine_at_every_pitch);
	tcase_add_test(
		tc, wavetable_of_a_saw_has_aliases_80_db_below_at_every_pitch);
	tcase_add_test(
		tc, wavetable_of_equal_harmonics_has_aliases_90_db_below_each);
	tcase_add_test(
		tc, wavetable_of_a_saw_has_its_harmonics_up_to_three_quarters);
	tcase_add_test(tc, wavetable_has_no_step_in_sound_where_levels_meet);
	tcase_add_test(
		tc, wavetable_glides_in_phase_and_the_same_bits_however_cut);
	tcase_add_test(tc, wavetable_gives_the_same_frame_still_and_moving);
	tcase_add_test(tc, wavetable_morphs_from_the_first_table_to_the_last);
	tcase_add_test(tc, wavetable_stays_bounded_at_the_ends_of_its_range);
	tcase_add_test(tc, wavetable_is_silent_unbound_and_fades_in_and_out);
	tcase_add_test(
		tc, wavetable_has_no_click_however_often_another_is_bound);
	tcase_add_test(
		tc, wavetable_fades_on_when_what_hardly_sounded_is_cut_off);
	tcase_add_test(tc, wavetable_class_refuses_bad_arguments_with_the_mend);
	tcase_add_test(tc, wavetable_class_cuts_a_file_into_cycles);
	tcase_add_test(tc, wavetable_class_refuses_files_that_are_no_cycles);
	tcase_add_test(tc,
		wavetable_class_leaves_nothing_when_memory_fails_or_it_is_cancelled);
	suite_add_tcase(s, tc);
	return s;
}
