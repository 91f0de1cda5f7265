/* SPDX-License-Identifier: MIT */
/*
 * check_convert.c -- samples keep their bits, in every format and layout.
 */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "convert.h"

#define FRAMES 65536

struct rig {
	unsigned char *card;
	float *ch[3];
};

static struct rig
open_rig(void)
{
	struct rig r;

	r.card = calloc(FRAMES * 3 + 64, 16);
	ck_assert_ptr_nonnull(r.card);
	for (int i = 0; i < 3; i++) {
		r.ch[i] = calloc(FRAMES + 64, sizeof(float));
		ck_assert_ptr_nonnull(r.ch[i]);
	}
	return r;
}

static void
close_rig(struct rig *r)
{
	free(r->card);
	for (int i = 0; i < 3; i++) {
		free(r->ch[i]);
	}
}

/* Interleaved frames of `channels`, with `pad` bytes behind each. */
static void
interleave(struct convert_area *a, unsigned char *at, uint32_t bytes,
	uint32_t channels, uint32_t pad)
{
	for (uint32_t c = 0; c < channels; c++) {
		a[c].at = at + (size_t)c * bytes;
		a[c].step = (size_t)channels * bytes + pad;
	}
}

static int32_t
sample(enum convert_format f, const struct convert_area *a, size_t i)
{
	const unsigned char *at = a->at + i * a->step;
	uint32_t v = 0;

	switch (convert_bytes(f)) {
	case 2:
		return (int16_t)(at[0] | at[1] << 8);
	case 3:
		v = at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16;
		return (int32_t)(v << 8) >> 8;
	default:
		memcpy(&v, at, 4);
		return (int32_t)v;
	}
}

START_TEST(every_16_bit_sample_survives_the_way_there_and_back)
{
	struct rig r = open_rig();
	struct convert_area a[2];
	uint32_t pad = (uint32_t)_i;

	interleave(a, r.card, 2, 2, pad);
	for (int i = 0; i < FRAMES; i++) {
		int16_t v = (int16_t)(i - 32768);
		memcpy(a[0].at + (size_t)i * a[0].step, &v, 2);
		v = (int16_t)(32767 - i);
		memcpy(a[1].at + (size_t)i * a[1].step, &v, 2);
	}
	convert_read(CONVERT_S16, a, 2, r.ch, 0, FRAMES);
	for (int i = 0; i < FRAMES; i++) {
		ck_assert(r.ch[0][i] == (float)(i - 32768) / 32768.0F);
	}
	memset(r.card, 0x55, FRAMES * 8);
	convert_write(
		CONVERT_S16, a, 2, (const float *const *)r.ch, 0, FRAMES, NULL);
	for (int i = 0; i < FRAMES; i++) {
		ck_assert_int_eq(
			sample(CONVERT_S16, &a[0], (size_t)i), i - 32768);
		ck_assert_int_eq(
			sample(CONVERT_S16, &a[1], (size_t)i), 32767 - i);
	}
	close_rig(&r);
}
END_TEST

START_TEST(half_of_every_16_bit_sample_is_rounded_half_to_even)
{
	struct rig r = open_rig();
	struct convert_area a[2];

	interleave(a, r.card, 2, 2, 0);
	for (int i = 0; i < FRAMES; i++) {
		r.ch[0][i] = (float)(i - 32768) / 32768.0F * 0.5F;
		r.ch[1][i] = r.ch[0][i];
	}
	convert_write(
		CONVERT_S16, a, 2, (const float *const *)r.ch, 0, FRAMES, NULL);
	for (int i = 0; i < FRAMES; i++) {
		/* nearbyint rounds halves to even */
		int want = (int)nearbyint((i - 32768) / 2.0);
		ck_assert_int_eq(sample(CONVERT_S16, &a[0], (size_t)i), want);
	}
	close_rig(&r);
}
END_TEST

static const struct {
	enum convert_format format;
	double scale;
} wide[] = {
	{CONVERT_S24_3, 8388608.0   },
	{CONVERT_S24,   8388608.0   },
	{CONVERT_S32,   2147483648.0},
	{CONVERT_S16,   32768.0     },
};

START_TEST(values_are_rounded_to_the_nearest_and_clipped_exactly)
{
	enum convert_format f = wide[_i].format;
	double scale = wide[_i].scale;
	struct rig r = open_rig();
	struct convert_area a[1];
	uint32_t seed = 1;

	interleave(a, r.card, convert_bytes(f), 1, 1);
	for (int i = 0; i < FRAMES; i++) {
		seed = seed * 1664525U + 1013904223U;
		r.ch[0][i] = ((float)(int32_t)seed / 2147483648.0F) * 1.25F;
	}
	r.ch[0][0] = 1.0F;
	r.ch[0][1] = -1.0F;
	r.ch[0][2] = 1e30F;
	r.ch[0][3] = -1e30F;
	r.ch[0][4] = INFINITY;
	r.ch[0][5] = -INFINITY;
	r.ch[0][6] = NAN;
	r.ch[0][7] = -0.0F;
	r.ch[0][8] = 1e-38F;
	convert_write(f, a, 1, (const float *const *)r.ch, 0, FRAMES, NULL);
	for (int i = 0; i < FRAMES; i++) {
		double v = isnan(r.ch[0][i])
				   ? 0.0
				   : nearbyint((double)r.ch[0][i] * scale);
		v = v > scale - 1.0 ? scale - 1.0 : v;
		v = v < -scale ? -scale : v;
		ck_assert_int_eq(sample(f, a, (size_t)i), (int32_t)v);
	}
	close_rig(&r);
}
END_TEST

START_TEST(what_24_bits_hold_survives_in_every_wide_format)
{
	enum convert_format f = wide[_i].format;
	struct rig r = open_rig();
	struct convert_area a[2];
	uint32_t shift = f == CONVERT_S32 ? 8 : 0;

	interleave(a, r.card, convert_bytes(f), 2, 0);
	for (int64_t base = -8388608; base < 8388608; base += FRAMES) {
		for (int i = 0; i < FRAMES; i++) {
			int32_t v = (int32_t)((uint32_t)(base + i) << shift);
			for (int c = 0; c < 2; c++) {
				memcpy(a[c].at + (size_t)i * a[c].step, &v,
					f == CONVERT_S24_3 ? 3 : 4);
			}
		}
		convert_read(f, a, 2, r.ch, 0, FRAMES);
		memset(r.card, 0, FRAMES * 8);
		convert_write(
			f, a, 2, (const float *const *)r.ch, 0, FRAMES, NULL);
		for (int i = 0; i < FRAMES; i++) {
			int32_t v = (int32_t)((uint32_t)(base + i) << shift);
			/* one comparison in a hot loop: check is slow */
			if (sample(f, &a[0], (size_t)i) != v ||
				sample(f, &a[1], (size_t)i) != v) {
				ck_abort_msg("%d became %d", v,
					sample(f, &a[0], (size_t)i));
			}
		}
	}
	close_rig(&r);
}
END_TEST

START_TEST(the_upper_byte_of_24_in_32_bits_is_ignored_when_read)
{
	struct rig r = open_rig();
	struct convert_area a[1];
	uint32_t v = 0x7f800000;

	interleave(a, r.card, 4, 1, 0);
	memcpy(r.card, &v, 4);
	convert_read(CONVERT_S24, a, 1, r.ch, 0, 1);
	ck_assert(r.ch[0][0] == -1.0F);
	close_rig(&r);
}
END_TEST

START_TEST(floats_pass_bit_for_bit)
{
	struct rig r = open_rig();
	struct convert_area a[2];

	interleave(a, r.card, 4, 2, (uint32_t)_i);
	for (int i = 0; i < 1000; i++) {
		r.ch[0][i] = (float)i * 1.5F - 700.0F;
		r.ch[1][i] = 1.0F / (float)(i + 1);
	}
	convert_write(
		CONVERT_FLOAT, a, 2, (const float *const *)r.ch, 0, 1000, NULL);
	float *back[2] = {r.ch[2], r.ch[2] + 2000};
	convert_read(CONVERT_FLOAT, a, 2, back, 0, 1000);
	ck_assert_mem_eq(back[0], r.ch[0], 1000 * sizeof(float));
	ck_assert_mem_eq(back[1], r.ch[1], 1000 * sizeof(float));
	close_rig(&r);
}
END_TEST

/* Each layout must give what the same samples give one channel at a time. */
START_TEST(every_layout_gives_the_same_samples)
{
	enum convert_format f = (enum convert_format)_i;
	struct rig r = open_rig();
	uint32_t bytes = convert_bytes(f);
	struct convert_area one[1];
	struct convert_area many[3];

	for (int i = 0; i < 1000; i++) {
		for (int c = 0; c < 3; c++) {
			r.ch[c][i] = (float)((i * 37 + c * 101) % 2001 - 1000) *
				     0.00099F;
		}
	}
	for (uint32_t channels = 1; channels <= 3; channels++) {
		/* pads: interleaved with and without a gap; planar */
		for (uint32_t pad = 0; pad <= 5; pad++) {
			unsigned char *at = r.card + 100000;
			interleave(many, at, bytes, channels, pad);
			if (pad == 5) {
				for (uint32_t c = 0; c < channels; c++) {
					many[c].at = at + c * 8000 + c;
					many[c].step = bytes;
				}
			}
			convert_write(f, many, channels,
				(const float *const *)r.ch, 7, 333, NULL);
			for (uint32_t c = 0; c < channels; c++) {
				const float *ch[1] = {r.ch[c]};
				interleave(one, r.card, bytes, 1, 0);
				convert_write(f, one, 1, ch, 7, 333, NULL);
				for (size_t i = 0; i < 333; i++) {
					ck_assert_mem_eq(r.card + i * bytes,
						many[c].at + i * many[c].step,
						bytes);
				}
			}
		}
	}
	close_rig(&r);
}
END_TEST

START_TEST(frames_beyond_those_asked_for_are_left_alone)
{
	enum convert_format f = (enum convert_format)_i;
	struct rig r = open_rig();
	struct convert_area a[2];
	uint32_t bytes = convert_bytes(f);

	memset(r.card, 0xaa, 10000);
	interleave(a, r.card + 64, bytes, 2, 0);
	convert_write(f, a, 2, (const float *const *)r.ch, 0, 67, NULL);
	for (uint32_t i = 0; i < 64; i++) {
		ck_assert_uint_eq(r.card[i], 0xaa);
		ck_assert_uint_eq(r.card[64 + 67 * 2 * bytes + i], 0xaa);
	}
	for (uint32_t i = 0; i < 67 * 2 * bytes; i++) {
		ck_assert_uint_eq(r.card[64 + i], 0);
	}
	close_rig(&r);
}
END_TEST

START_TEST(dither_is_triangular_unbiased_and_the_same_each_time)
{
	struct rig r = open_rig();
	struct convert_area a[2];
	struct convert_dither d = {1, 0};
	double sum = 0.0;
	double squares = 0.0;
	int largest = 0;

	interleave(a, r.card, 2, 2, 0);
	for (int i = 0; i < FRAMES; i++) {
		r.ch[0][i] = 100.25F / 32768.0F;
		r.ch[1][i] = r.ch[0][i];
	}
	convert_write(
		CONVERT_S16, a, 2, (const float *const *)r.ch, 0, FRAMES, &d);
	ck_assert_uint_eq(d.count, FRAMES);
	int alike = 0;
	for (int i = 0; i < FRAMES; i++) {
		int v = sample(CONVERT_S16, &a[0], (size_t)i);
		double error = (double)v - 100.25;
		sum += error;
		squares += error * error;
		largest = abs(v - 100) > largest ? abs(v - 100) : largest;
		alike += v == sample(CONVERT_S16, &a[1], (size_t)i);
	}
	ck_assert_int_le(largest, 2);
	/* triangular dither: no bias, a variance of 1/4 LSB² whatever x is */
	ck_assert_double_lt(fabs(sum / FRAMES), 0.01);
	ck_assert_double_eq_tol(squares / FRAMES, 0.25, 0.01);
	/* two channels do not get the same noise */
	ck_assert_int_lt(alike, FRAMES * 3 / 4);
	unsigned char *first = malloc(FRAMES * 4);
	ck_assert_ptr_nonnull(first);
	memcpy(first, r.card, FRAMES * 4);
	d.count = 0;
	for (uint32_t i = 0; i < FRAMES; i += 4096) {
		interleave(a, r.card + (size_t)i * 4, 2, 2, 0);
		convert_write(CONVERT_S16, a, 2, (const float *const *)r.ch, i,
			4096, &d);
	}
	ck_assert_mem_eq(first, r.card, FRAMES * 4);
	free(first);
	close_rig(&r);
}
END_TEST

START_TEST(silence_is_never_dithered_and_dither_never_touches_wide_formats)
{
	struct rig r = open_rig();
	struct convert_area a[2];
	struct convert_dither d = {1, 0};

	memset(r.card, 0xff, 4096);
	interleave(a, r.card, 2, 2, 0);
	convert_write(CONVERT_S16, a, 2, NULL, 0, 1024, &d);
	for (int i = 0; i < 4096; i++) {
		ck_assert_uint_eq(r.card[i], 0);
	}
	interleave(a, r.card, 4, 2, 0);
	r.ch[0][0] = 0.5F;
	convert_write(CONVERT_S32, a, 2, (const float *const *)r.ch, 0, 1, &d);
	ck_assert_int_eq(sample(CONVERT_S32, &a[0], 0), 1 << 30);
	close_rig(&r);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("rt/convert");
	TCase *tc = tcase_create("bits");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(
		tc, every_16_bit_sample_survives_the_way_there_and_back, 0, 4);
	tcase_add_test(tc, half_of_every_16_bit_sample_is_rounded_half_to_even);
	tcase_add_loop_test(tc,
		values_are_rounded_to_the_nearest_and_clipped_exactly, 0, 4);
	tcase_add_loop_test(
		tc, what_24_bits_hold_survives_in_every_wide_format, 0, 3);
	tcase_add_test(
		tc, the_upper_byte_of_24_in_32_bits_is_ignored_when_read);
	tcase_add_loop_test(tc, floats_pass_bit_for_bit, 0, 4);
	tcase_add_loop_test(
		tc, every_layout_gives_the_same_samples, 0, CONVERT_FORMATS);
	tcase_add_loop_test(tc, frames_beyond_those_asked_for_are_left_alone, 0,
		CONVERT_FORMATS);
	tcase_add_test(
		tc, dither_is_triangular_unbiased_and_the_same_each_time);
	tcase_add_test(tc,
		silence_is_never_dithered_and_dither_never_touches_wide_formats);
	suite_add_tcase(s, tc);
	SRunner *sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	int failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
