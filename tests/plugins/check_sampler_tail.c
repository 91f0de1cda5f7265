/* SPDX-License-Identifier: MIT */
/*
 * check_sampler_tail.c -- a sampler that is bound to other buffers while it
 * sounds: fades, tails, references.
 */
#include <math.h>

#include <tactus/math.h>

#include "sound.h"

#define FRAMES 6000
#define FADE   241 /* 5 ms at 48 kHz, and one */

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
	ck_assert_double_lt(harness_bend(out, 2, 64 * 400), 8.0 / FADE);
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

/** Buffers that are 1 and -1 in turn, of which the first is played for a
 * block.  @return its frames */
static uint32_t
begin_among(struct harness *h, struct sound *s, int count, float *out)
{
	for (int k = 0; k < count; k++) {
		sound_make(&s[k], 1, 5000, HARNESS_RATE);
		for (int i = 0; i < 5000; i++) {
			s[k].channel[0][i] = k % 2 == 0 ? 1.0f : -1.0f;
		}
	}
	harness_open(h, "sampler");
	harness_bind(h, 0, &s[0].b, 0);
	harness_source(h, out, HARNESS_BLOCK);
	return HARNESS_BLOCK;
}

/** No frame is further than `most` from the one before. */
static void
goes_softly(const float *out, int frames, double most)
{
	for (int i = 1; i < frames; i++) {
		ck_assert_double_lt(
			fabs((double)out[i] - (double)out[i - 1]), most);
	}
}

START_TEST(sampler_keeps_no_more_than_four_and_drops_the_softest)
{
	/* eight buffers within 1 ms: all but the first are hardly in yet */
	struct harness h;
	struct sound s[8];
	float out[1024];
	float *to = out;

	to += begin_among(&h, s, 8, out);
	for (int k = 1; k < 8; k++) {
		harness_bind(&h, 0, &s[k].b, k);
		harness_run(&h, NULL, &to, 6, NULL);
		to += 6;
		ck_assert_uint_le(harness_kept(&h), 4);
	}
	harness_run(&h, NULL, &to, 512, NULL);
	ck_assert_uint_eq(harness_kept(&h), 0);
	goes_softly(out, 64 + 42 + 512, 0.1);
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

	to += begin_among(&h, s, 6, out);
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
	goes_softly(out, 64 + 90 + 64, 0.03);
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

Suite *
harness_suite(void)
{
	Suite *s = suite_create("plugins/sampler_tail");
	TCase *tc = tcase_create("sampler_tail");

	tcase_set_timeout(tc, 60);
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
	suite_add_tcase(s, tc);
	return s;
}
