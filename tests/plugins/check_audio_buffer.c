/* SPDX-License-Identifier: MIT */
/*
 * check_audio_buffer.c -- the class AudioBuffer: arguments, memory, files.
 */
#include "harness_host.h"

#include <complex.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tactus/resources/audio_buffer.h>

#include "harness.h"
#include "spectrum.h"

#define CLASS "audio-buffer"
#define RATE  48000.0

static char folder[] = "/tmp/check_audio_buffer.XXXXXX";
static struct harness_host h;

static void
setup(void)
{
	strcpy(strrchr(folder, '.'), ".XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	harness_host_init(&h, RATE);
	h.media = folder;
	ck_assert_ptr_nonnull(harness_host_load(&h, CLASS));
	ck_assert_uint_eq(h.resources, 1);
}

static void
teardown(void)
{
	char command[128];

	/* sees to it that no memory and no file is left */
	harness_host_close(&h);
	snprintf(command, sizeof(command), "rm -r %s", folder);
	ck_assert_int_eq(system(command), 0);
}

/** The path of a file in the test's folder. */
static const char *
path_of(const char *name)
{
	static char path[4096];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

/** Write a file whose frame i of channel c is a sine of (c + 1) hz. */
static void
write_sine(const char *name, const char *format, double rate, double hz,
	uint32_t channels, int64_t frames)
{
	TactusSoundInfo info = {
		.size = sizeof(info), .channels = channels, .rate = rate};
	char reason[256] = "";
	float frame[64];

	snprintf(info.format, sizeof(info.format), "%s", format);
	TactusSound *s = h.host.create_sound(
		&h.host, name, &info, true, reason, sizeof(reason));
	ck_assert_msg(s != NULL, "%s", reason);
	for (int64_t i = 0; i < frames; i++) {
		for (uint32_t c = 0; c < channels; c++) {
			frame[c] = (float)(0.5 * sin(2.0 * M_PI * hz * (c + 1) *
							 (double)i / rate));
		}
		ck_assert_int_eq(h.host.write_sound(&h.host, s, frame, 1), 1);
	}
	ck_assert_int_eq(
		h.host.close_sound(&h.host, s, true, reason, sizeof(reason)),
		0);
}

/** Construct from up to three arguments. */
static TactusAudioBuffer *
make(uint32_t count, TactusValue a, TactusValue b, TactusValue c)
{
	TactusValue values[3] = {a, b, c};

	return harness_construct(&h, CLASS, values, count);
}

static TactusAudioBuffer *
load(const char *name)
{
	TactusValue none = harness_int(0);

	return make(1, harness_string(name), none, none);
}

static void
drop(TactusAudioBuffer *b)
{
	harness_destroy(&h, CLASS, b);
	ck_assert_uint_eq(h.blocks, 0);
}

/** What every buffer keeps to. */
static void
check_shape(const TactusAudioBuffer *b)
{
	int64_t stride = (b->frames + 15) / 16 * 16;

	ck_assert_uint_eq(b->size, sizeof(*b));
	for (uint32_t c = 0; c < b->channels; c++) {
		ck_assert_uint_eq((uintptr_t)b->channel[c] % 64, 0);
		ck_assert_ptr_eq(b->channel[c], b->channel[0] + stride * c);
	}
	/* it tells what it took */
	ck_assert_uint_eq(h.resource[0]->bytes(&h.host, b), h.bytes);
}

START_TEST(buffer_is_made_of_zeros_as_it_was_asked_for)
{
	TactusAudioBuffer *b =
		make(2, harness_int(3), harness_int(1001), harness_int(0));

	ck_assert_ptr_nonnull(b);
	ck_assert_uint_eq(b->channels, 3);
	ck_assert_int_eq(b->frames, 1001);
	ck_assert_double_eq(b->rate, RATE);
	check_shape(b);
	for (uint32_t c = 0; c < 3; c++) {
		for (int i = 0; i < 1001; i++) {
			ck_assert_float_eq(b->channel[c][i], 0.0f);
		}
	}
	drop(b);
	/* whole numbers may come as floats, rates as whole numbers */
	b = make(3, harness_float(1.0), harness_float(1.0), harness_int(44100));
	ck_assert_ptr_nonnull(b);
	ck_assert_double_eq(b->rate, 44100.0);
	check_shape(b);
	drop(b);
	b = make(2, harness_int(64), harness_int(16), harness_int(0));
	ck_assert_ptr_nonnull(b);
	check_shape(b);
	drop(b);
}
END_TEST

START_TEST(buffer_is_refused_with_the_code_and_the_mend)
{
	const TactusValue one = harness_int(1);
	const TactusValue none = harness_int(0);
	const TactusValue file = harness_string("x.wav");
	const TactusValue text = harness_string("x");
	const struct {
		uint32_t count;
		TactusValue v[4];
		int code;
		const char *word;
	} rows[] = {
		{0, {none},					   400, "missing"      },
		{1, {one},					    400, "missing"      },
		{2, {one, text},				      400, "whole numbers"},
		{2, {one, harness_float(1.5)},                        400, "whole numbers"},
		{2, {harness_float(1.5), one},                        400, "whole numbers"},
		{3, {one, one, text},                                 400, "rate"         },
		{4, {one, one, one, one},                             400, "too many"     },
		{2, {none, one},				      422, "channels"     },
		{2, {harness_int(-1), one},                           422, "channels"     },
		{2, {harness_int(65), one},                           422, "channels"     },
		{2, {harness_int(INT64_MAX), one},                    422, "channels"     },
		{2, {one, none},				      422, "frames"       },
		{2, {one, harness_int(-5)},                           422, "frames"       },
		{2, {one, harness_int(INT64_MIN)},                    422, "frames"       },
		{3, {one, one, none},                                 422, "rate"         },
		{3, {one, one, harness_float(-48000)},                422, "rate"         },
		{3, {one, one, harness_float(1e12)},                  422, "rate"         },
		{2, {one, harness_int(INT64_MAX)},                    413, "limit"        },
		{2, {harness_int(64), harness_int(INT64_MAX / 4)},    413,
                 "limit"								  },
		{2, {harness_int(64), harness_int(INT64_C(1) << 56)}, 413,
                 "limit"								  },
		{2, {one, harness_int(INT64_C(1) << 28)},             413, "limit"        },
		{1, {harness_string("")},                             422, "path"         },
		{2, {file, text},				     400, "start"        },
		{2, {file, harness_float(0.5)},                       400, "start"        },
		{3, {file, one, text},                                400, "frames"       },
		{4, {file, one, one, one},                            400, "too many"     },
		{2, {file, harness_int(-1)},                          422, "start"        },
		{3, {file, none, harness_int(-2)},                    422, "frames"       },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ck_assert_ptr_null(
			harness_construct(&h, CLASS, rows[i].v, rows[i].count));
		ck_assert_msg(
			h.code == rows[i].code, "row %d: %d", (int)i, h.code);
		ck_assert_msg(strstr(h.reason, rows[i].word) != NULL,
			"row %d: %s", (int)i, h.reason);
		ck_assert_uint_eq(h.allocations, 0);
	}
}
END_TEST

START_TEST(buffer_fits_into_a_limit_to_the_byte)
{
	TactusAudioBuffer *b =
		make(2, harness_int(2), harness_int(1000), harness_int(0));
	ck_assert_ptr_nonnull(b);
	uint64_t bytes = h.bytes;
	drop(b);
	h.limit = bytes;
	b = make(2, harness_int(2), harness_int(1000), harness_int(0));
	ck_assert_ptr_nonnull(b);
	drop(b);
	h.limit = bytes - 1;
	ck_assert_ptr_null(
		make(2, harness_int(2), harness_int(1000), harness_int(0)));
	ck_assert_int_eq(h.code, 413);
}
END_TEST

START_TEST(file_is_loaded_as_it_is_at_the_engines_rate)
{
	write_sine("a.wav", "wav", RATE, 100.0, 2, 5000);
	TactusAudioBuffer *b = load("a.wav");
	ck_assert_msg(b != NULL, "%s", h.reason);
	ck_assert_uint_eq(b->channels, 2);
	ck_assert_int_eq(b->frames, 5000);
	ck_assert_double_eq(b->rate, RATE);
	check_shape(b);
	for (uint32_t c = 0; c < 2; c++) {
		for (int i = 0; i < 5000; i++) {
			ck_assert_float_eq(b->channel[c][i],
				(float)(0.5 * sin(2.0 * M_PI * 100.0 * (c + 1) *
						      i / RATE)));
		}
	}
	ck_assert_double_eq(h.job.progress, 1.0);
	drop(b);
}
END_TEST

START_TEST(file_is_loaded_in_part)
{
	static const struct {
		int64_t start;
		int64_t frames; /* asked for; -2: not said */
		int64_t got;    /* 0: refused */
	} rows[] = {
		{0,         -2,        5000},
                {0,         0,         5000},
                {0,         -1,        5000},
                {1000,      -2,        4000},
		{1000,      500,       500 },
                {4999,      -1,        1   },
                {4990,      500,       10  },
                {4999,      1,         1   },
		{5000,      -2,        0   },
                {5000,      1,         0   },
                {INT64_MAX, INT64_MAX, 0   },
		{0,         INT64_MAX, 5000}
        };

	write_sine("a.wav", "wav", RATE, 100.0, 1, 5000);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		TactusAudioBuffer *b = make(rows[i].frames == -2 ? 2 : 3,
			harness_string("a.wav"), harness_int(rows[i].start),
			harness_int(rows[i].frames));

		if (rows[i].got == 0) {
			ck_assert_ptr_null(b);
			ck_assert_int_eq(h.code, 0);
			ck_assert_ptr_nonnull(strstr(h.reason, "5000 frames"));
			continue;
		}
		ck_assert_msg(b != NULL, "%s", h.reason);
		ck_assert_int_eq(b->frames, rows[i].got);
		ck_assert_float_eq(b->channel[0][0],
			(float)(0.5 * sin(2.0 * M_PI * 100.0 *
					      (double)rows[i].start / RATE)));
		drop(b);
	}
}
END_TEST

/** The frequency near `hz`, by the phases of both halves. */
static double
pitch_of(const float *x, uint32_t frames, double hz)
{
	uint32_t half = frames / 2;
	double complex a = spectrum_at(x, half, hz / RATE);
	double complex b = spectrum_at(x + half, half, hz / RATE);
	double off = carg(b * conj(a)) / (2.0 * M_PI) - hz / RATE * half;

	return hz + (off - round(off)) * RATE / half;
}

START_TEST(file_of_any_rate_and_format_has_its_pitch_and_length)
{
	static const double rates[] = {22050, 44100, 48000, 96000, 8000};
	static const char *const formats[] = {"wav", "flac", "ogg", "wav16"};

	for (int r = 0; r < 5; r++) {
		for (int f = 0; f < 4; f++) {
			write_sine("a", formats[f], rates[r], 440.0, 2,
				(int64_t)rates[r]);
			TactusAudioBuffer *b = load("a");
			ck_assert_msg(b != NULL, "%s", h.reason);
			ck_assert_int_eq(b->frames, 48000);
			ck_assert_double_eq(b->rate, RATE);
			check_shape(b);
			for (uint32_t c = 0; c < 2; c++) {
				double hz = 440.0 * (c + 1);
				double is = pitch_of(b->channel[c], 48000, hz);
				ck_assert_msg(fabs(is - hz) < 0.1,
					"%s at %g: %g Hz", formats[f], rates[r],
					is);
				/* in phase, too: no delay */
				double complex z = spectrum_at(
					b->channel[c], 48000, hz / RATE);
				ck_assert_double_eq_tol(
					cabs(z) / 24000.0, 0.5, 0.01);
				ck_assert_double_eq_tol(carg(z * I), 0.0, 0.01);
			}
			drop(b);
		}
	}
}
END_TEST

START_TEST(part_of_a_file_of_another_rate_is_counted_in_its_own_frames)
{
	write_sine("a.wav", "wav", 96000, 1000.0, 1, 96000);
	TactusAudioBuffer *b = make(3, harness_string("a.wav"),
		harness_int(48000), harness_int(24000));
	ck_assert_msg(b != NULL, "%s", h.reason);
	ck_assert_int_eq(b->frames, 12000);
	ck_assert_double_eq_tol(
		pitch_of(b->channel[0], 12000, 1000.0), 1000.0, 0.1);
	drop(b);
}
END_TEST

/* --- files that are not what they seem --- */

/** Read a file whole. */
static size_t
slurp(const char *name, unsigned char *out, size_t size)
{
	FILE *f = fopen(path_of(name), "rb");

	ck_assert_ptr_nonnull(f);
	size_t bytes = fread(out, 1, size, f);
	ck_assert_uint_lt(bytes, size);
	fclose(f);
	return bytes;
}

static void
spit(const char *name, const void *data, size_t bytes)
{
	FILE *f = fopen(path_of(name), "wb");

	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(data, 1, bytes, f), bytes);
	ck_assert_int_eq(fclose(f), 0);
}

START_TEST(file_that_is_none_is_refused_in_words)
{
	static const char *const texts[] = {"", "hello, this is text\n", "RIFF",
		"fLaC", "OggS", "RIFF\xff\xff\xff\xffWAVE"};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		spit("a.wav", texts[i], strlen(texts[i]));
		ck_assert_ptr_null(load("a.wav"));
		ck_assert_int_eq(h.code, 0);
		ck_assert_ptr_nonnull(strstr(h.reason, "a.wav"));
	}
	ck_assert_ptr_null(load("not there.wav"));
	ck_assert_ptr_nonnull(strstr(h.reason, "not there.wav"));
	write_sine("a.wav", "wav", RATE, 100.0, 1, 0);
	ck_assert_ptr_null(load("a.wav"));
	ck_assert_ptr_nonnull(strstr(h.reason, "empty"));
	ck_assert_uint_eq(h.allocations, 0);
}
END_TEST

START_TEST(file_that_is_cut_off_is_an_error_or_shorter_and_leaks_nothing)
{
	static const char *const formats[] = {"wav", "flac", "ogg", "aiff"};
	static unsigned char data[1 << 20];

	for (int f = 0; f < 4; f++) {
		write_sine("a", formats[f], 44100, 440.0, 1, 30000);
		size_t bytes = slurp("a", data, sizeof(data));

		/* libsndfile 1.2.0 itself leaks what libvorbis took when an
		 * OGG file ends within its headers */
		size_t first = strcmp(formats[f], "ogg") == 0 ? 14 : 1;
		for (size_t part = first; part < 16; part++) {
			spit("b", data, bytes * part / 16);
			TactusAudioBuffer *b = load("b");

			if (b != NULL) {
				check_shape(b);
				ck_assert_int_le(b->frames, 32654);
				drop(b);
			} else {
				ck_assert_ptr_nonnull(strstr(h.reason, "b"));
			}
		}
	}
	write_sine("a", "flac", RATE, 440.0, 1, 30000);
	spit("b", data, slurp("a", data, sizeof(data)) / 2);
	ck_assert_ptr_null(load("b"));
	ck_assert_msg(
		strstr(h.reason, "\"b\" is damaged") != NULL, "%s", h.reason);
}
END_TEST

START_TEST(file_whose_header_lies_takes_no_memory)
{
	static unsigned char data[1 << 20];

	/* STREAMINFO has 36 bits of frames, at the end of bytes 18 to 25 */
	write_sine("a", "flac", RATE, 440.0, 1, 30000);
	size_t bytes = slurp("a", data, sizeof(data));
	ck_assert_int_eq(
		data[22] << 24 | data[23] << 16 | data[24] << 8 | data[25],
		30000);
	data[22] = 0x77; /* two thousand million */
	data[23] = 0x35;
	data[24] = 0x94;
	data[25] = 0x00;
	spit("b", data, bytes);
	ck_assert_ptr_null(load("b"));
	ck_assert_ptr_nonnull(strstr(h.reason, "\"b\""));
	ck_assert_uint_eq(h.allocations, 0);
	h.limit = UINT64_C(1) << 50;
	ck_assert_ptr_null(load("b"));
	ck_assert_msg(strstr(h.reason, "damaged") != NULL, "%s", h.reason);
	ck_assert_uint_eq(h.allocations, 0);
	/* a part of it that is there can be had */
	TactusAudioBuffer *b = make(
		3, harness_string("b"), harness_int(1000), harness_int(2000));
	ck_assert_msg(b != NULL, "%s", h.reason);
	ck_assert_int_eq(b->frames, 2000);
	drop(b);
}
END_TEST

START_TEST(file_with_what_is_no_number_does_not_poison_the_buffer)
{
	static unsigned char data[1 << 20];
	static const float bad[] = {NAN, INFINITY, -INFINITY, 3e38f};

	for (int rate = 0; rate < 2; rate++) {
		write_sine("a", "wav", rate ? 44100 : RATE, 440.0, 1, 4000);
		size_t bytes = slurp("a", data, sizeof(data));
		for (size_t i = 0; i < 4; i++) {
			memcpy(&data[bytes - 8000 + 400 * i], &bad[i], 4);
		}
		spit("b", data, bytes);
		TactusAudioBuffer *b = load("b");
		ck_assert_msg(b != NULL, "%s", h.reason);
		for (int64_t i = 0; i < b->frames; i++) {
			ck_assert_float_lt(fabsf(b->channel[0][i]), 2.0f);
		}
		drop(b);
	}
}
END_TEST

static int64_t (*gulp)(const TactusHost *, TactusResampler *, const float *,
	int64_t, int64_t *, float *, int64_t, bool);

/** A resampler that takes seven frames at a time, and gives five. */
static int64_t
sip(const TactusHost *host, TactusResampler *r, const float *in,
	int64_t in_frames, int64_t *used, float *out, int64_t out_frames,
	bool end)
{
	bool all = in_frames <= 7;

	return gulp(host, r, in, all ? in_frames : 7, used, out,
		out_frames < 5 ? out_frames : 5, end && all);
}

START_TEST(file_is_resampled_the_same_in_sips)
{
	write_sine("a.wav", "wav", 44100, 440.0, 2, 3000);
	TactusAudioBuffer *b = load("a.wav");
	ck_assert_msg(b != NULL, "%s", h.reason);
	uint64_t bytes = h.bytes;
	gulp = h.host.resample;
	h.host.resample = sip;
	TactusAudioBuffer *c = load("a.wav");
	h.host.resample = gulp;
	ck_assert_msg(c != NULL, "%s", h.reason);
	ck_assert_int_eq(c->frames, b->frames);
	for (uint32_t n = 0; n < 2; n++) {
		for (int64_t i = 0; i < b->frames - 32; i++) {
			ck_assert_float_eq_tol(
				c->channel[n][i], b->channel[n][i], 1e-5f);
		}
	}
	harness_destroy(&h, CLASS, c);
	ck_assert_uint_eq(h.bytes, bytes);
	drop(b);
}
END_TEST

START_TEST(file_larger_than_the_limit_takes_no_memory)
{
	write_sine("a.wav", "wav16", 8000, 100.0, 1, 8000);
	/* it is 16 kB there, and 192 kB here */
	h.limit = 100000;
	ck_assert_ptr_null(load("a.wav"));
	ck_assert_msg(strstr(h.reason, "48000 frames") != NULL &&
			      strstr(h.reason, "limit is 100000") != NULL,
		"%s", h.reason);
	ck_assert_uint_eq(h.allocations, 0);
}
END_TEST

START_TEST(memory_that_fails_anywhere_leaves_nothing_behind)
{
	write_sine("a.wav", "wav", 44100, 100.0, 2, 5000);
	for (int kind = 0; kind < 2; kind++) {
		uint32_t failures = 0;

		for (uint32_t n = 1;; n++) {
			h.allocations = 0;
			h.fail_at = n;
			TactusAudioBuffer *b =
				kind == 0 ? load("a.wav")
					  : make(2, harness_int(2),
						    harness_int(1000),
						    harness_int(0));
			h.fail_at = 0;
			if (b != NULL) {
				drop(b);
				break;
			}
			failures++;
			ck_assert_ptr_nonnull(strstr(h.reason, "memory"));
			ck_assert_uint_eq(h.blocks, 0);
			ck_assert_uint_eq(h.sounds, 0);
		}
		ck_assert_uint_ge(failures, 2);
	}
}
END_TEST

START_TEST(load_that_is_cancelled_ends_soon_and_leaves_nothing_behind)
{
	static const double rates[] = {RATE, 44100};

	for (int r = 0; r < 2; r++) {
		write_sine("a.wav", "wav", rates[r], 100.0, 2, 50000);
		for (uint32_t at = 1; at < 60; at += 7) {
			h.job.looks = 0;
			h.job.cancelled = false;
			h.job.cancel_at = at;
			ck_assert_ptr_null(load("a.wav"));
			ck_assert_uint_eq(h.job.looks, at);
			ck_assert_uint_eq(h.blocks, 0);
			ck_assert_uint_eq(h.sounds, 0);
		}
		h.job.cancelled = false;
		h.job.cancel_at = 0;
		TactusAudioBuffer *b = load("a.wav");
		ck_assert_ptr_nonnull(b);
		ck_assert_uint_gt(h.job.looks, 59);
		drop(b);
	}
}
END_TEST

Suite *
harness_suite(void)
{
	Suite *s = suite_create("plugins/audio_buffer");
	TCase *tc = tcase_create("audio_buffer");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, buffer_is_made_of_zeros_as_it_was_asked_for);
	tcase_add_test(tc, buffer_is_refused_with_the_code_and_the_mend);
	tcase_add_test(tc, buffer_fits_into_a_limit_to_the_byte);
	tcase_add_test(tc, file_is_loaded_as_it_is_at_the_engines_rate);
	tcase_add_test(tc, file_is_loaded_in_part);
	tcase_add_test(
		tc, file_of_any_rate_and_format_has_its_pitch_and_length);
	tcase_add_test(tc,
		part_of_a_file_of_another_rate_is_counted_in_its_own_frames);
	tcase_add_test(tc, file_that_is_none_is_refused_in_words);
	tcase_add_test(tc,
		file_that_is_cut_off_is_an_error_or_shorter_and_leaks_nothing);
	tcase_add_test(tc, file_whose_header_lies_takes_no_memory);
	tcase_add_test(
		tc, file_with_what_is_no_number_does_not_poison_the_buffer);
	tcase_add_test(tc, file_is_resampled_the_same_in_sips);
	tcase_add_test(tc, file_larger_than_the_limit_takes_no_memory);
	tcase_add_test(tc, memory_that_fails_anywhere_leaves_nothing_behind);
	tcase_add_test(
		tc, load_that_is_cancelled_ends_soon_and_leaves_nothing_behind);
	suite_add_tcase(s, tc);
	return s;
}
