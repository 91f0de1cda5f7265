/* SPDX-License-Identifier: MIT */
/*
 * check_recorder.c -- the recorder against a frame-by-frame model of it.
 */
#include "harness.h"

#include <math.h>
#include <string.h>

#include <tactus/math.h>
#include <tactus/resources/audio_buffer.h>

#define LENGTH 1000
#define FRAMES 5000

/** A buffer of the test's own, with frames behind it that stay as they are. */
struct tape {
	TactusAudioBuffer b;
	float *channel[2];
	float frame[2][LENGTH + 64];
};

static void
tape_make(struct tape *t, uint32_t channels, uint64_t seed)
{
	for (uint32_t c = 0; c < 2; c++) {
		harness_noise(t->frame[c], LENGTH + 64, &seed);
		t->channel[c] = t->frame[c];
	}
	t->b = (TactusAudioBuffer){
		sizeof(t->b), channels, LENGTH, HARNESS_RATE, t->channel};
}

static void
record(struct harness *h, const float *in, uint32_t frames, uint64_t *cuts)
{
	harness_run(h, &in, NULL, frames, cuts);
}

START_TEST(recorder_writes_its_input_to_the_bit_and_is_done_when_full)
{
	struct harness h;
	struct tape t;
	struct tape was;
	float in[FRAMES];
	uint64_t random = 1;

	harness_noise(in, FRAMES, &random);
	in[3] = -0.0f;
	in[4] = 1e-40f;
	tape_make(&t, 1, 2);
	was = t;
	harness_open(&h, "recorder");
	ck_assert_uint_eq(h.port[4].kind, TACTUS_RESOURCE);
	ck_assert_uint_eq(h.port[4].direction, TACTUS_OUTPUT);
	harness_bind(&h, 0, &t.b, 7);
	record(&h, in, FRAMES, NULL);
	ck_assert_mem_eq(t.frame[0], in, LENGTH * sizeof(float));
	ck_assert_mem_eq(
		t.frame[0] + LENGTH, was.frame[0] + LENGTH, 64 * sizeof(float));
	ck_assert_mem_eq(t.frame[1], was.frame[1], sizeof(t.frame[1]));
	ck_assert_uint_eq(h.dones, 1);
	ck_assert_uint_eq(h.done_at, (LENGTH + 63) / 64 * 64);
	harness_close(&h);
}
END_TEST

START_TEST(recorder_writes_nothing_when_it_waits_or_has_no_buffer)
{
	struct harness h;
	struct tape t;
	struct tape was;
	float in[FRAMES];
	uint64_t random = 3;

	harness_noise(in, FRAMES, &random);
	tape_make(&t, 1, 4);
	was = t;
	harness_open(&h, "recorder");
	record(&h, in, FRAMES, NULL);
	ck_assert_uint_eq(h.dones, 0);
	harness_bind(&h, 0, &t.b, 7);
	harness_set(&h, "run", 0.0f);
	record(&h, in, FRAMES, NULL);
	ck_assert_mem_eq(t.frame, was.frame, sizeof(t.frame));
	ck_assert_uint_eq(h.dones, 0);
	/* it goes on where it was held */
	harness_set(&h, "run", 1.0f);
	record(&h, in, 300, NULL);
	harness_set(&h, "run", 0.0f);
	record(&h, in + 300, 200, NULL);
	harness_set(&h, "run", 1.0f);
	record(&h, in + 500, 700, NULL);
	ck_assert_mem_eq(t.frame[0], in, 300 * sizeof(float));
	ck_assert_mem_eq(t.frame[0] + 300, in + 500, 700 * sizeof(float));
	ck_assert_uint_eq(h.dones, 1);
	/* full: run again begins at 0 */
	harness_set(&h, "run", 0.0f);
	record(&h, in, 64, NULL);
	harness_set(&h, "run", 1.0f);
	record(&h, in + 2000, 64, NULL);
	ck_assert_mem_eq(t.frame[0], in + 2000, 64 * sizeof(float));
	ck_assert_uint_eq(h.dones, 1);
	harness_close(&h);
}
END_TEST

START_TEST(recorder_dubs_in_a_loop_as_the_model_does_however_cut)
{
	float in[FRAMES];
	uint64_t random = 5;
	uint64_t cuts = 6;

	harness_noise(in, FRAMES, &random);
	for (int cut = 0; cut < 2; cut++) {
		struct harness h;
		struct tape t;
		double model[LENGTH];

		tape_make(&t, 1, 7);
		for (int i = 0; i < LENGTH; i++) {
			model[i] = (double)t.frame[0][i];
		}
		for (int i = 0; i < FRAMES; i++) {
			model[i % LENGTH] =
				0.75 * (double)in[i] + 0.5 * model[i % LENGTH];
		}
		harness_open(&h, "recorder");
		harness_bind(&h, 0, &t.b, 7);
		harness_set(&h, "loop", 1.0f);
		harness_set(&h, "level", 0.75f);
		harness_set(&h, "feedback", 0.5f);
		record(&h, in, FRAMES, cut ? &cuts : NULL);
		for (int i = 0; i < LENGTH; i++) {
			ck_assert_double_eq_tol(
				(double)t.frame[0][i], model[i], 1e-6);
		}
		ck_assert_uint_eq(h.dones, 0);
		/* no loop any more: it runs to the end, and is done */
		harness_set(&h, "loop", 0.0f);
		record(&h, in, LENGTH, NULL);
		ck_assert_uint_eq(h.dones, 1);
		harness_close(&h);
	}
}
END_TEST

START_TEST(recorder_goes_round_a_buffer_that_is_shorter_than_a_block)
{
	struct harness h;
	struct tape t;
	float in[64];

	for (int i = 0; i < 64; i++) {
		in[i] = (float)i;
	}
	tape_make(&t, 1, 8);
	t.b.frames = 7;
	harness_open(&h, "recorder");
	harness_bind(&h, 0, &t.b, 7);
	harness_set(&h, "loop", 1.0f);
	record(&h, in, 64, NULL);
	for (int i = 0; i < 7; i++) {
		/* the last of 0…63 that falls on it: 63 is frame 0 of its
		 * round */
		ck_assert_float_eq(
			t.frame[0][i], i == 0 ? 63.0f : 56.0f + (float)i);
	}
	harness_close(&h);
}
END_TEST

START_TEST(recorder_never_poisons_a_buffer)
{
	static const float bad[] = {NAN, INFINITY, -INFINITY, 1e35f};

	for (int dub = 0; dub < 2; dub++) {
		struct harness h;
		struct tape t;
		float in[64];

		for (int i = 0; i < 64; i++) {
			in[i] = i % 3 == 0 ? bad[i % 4] : 0.5f;
		}
		tape_make(&t, 1, 9);
		for (int i = 0; i < 64; i++) {
			t.frame[0][i] = i % 2 == 0 ? bad[i % 4] : 0.25f;
		}
		harness_open(&h, "recorder");
		harness_bind(&h, 0, &t.b, 7);
		harness_set(&h, "feedback", dub ? 1.0f : 0.0f);
		record(&h, in, 64, NULL);
		for (int i = 0; i < 64; i++) {
			float want = i % 3 == 0 ? 0.0f : 0.5f;

			want += dub && i % 2 == 1 ? 0.25f : 0.0f;
			ck_assert_float_eq(t.frame[0][i], want);
		}
		harness_close(&h);
	}
}
END_TEST

START_TEST(recorder_follows_the_slopes_of_level_and_feedback)
{
	struct harness h;
	struct tape t;
	float in[64];
	double model[40];
	uint64_t random = 13;

	harness_noise(in, 64, &random);
	tape_make(&t, 1, 14);
	t.b.frames = 40;
	for (int i = 0; i < 40; i++) {
		model[i] = (double)t.frame[0][i];
	}
	/* both begin at 0; the buffer's end lies within the block */
	for (int i = 0; i < 64; i++) {
		model[i % 40] =
			i / 64.0 * (double)in[i] + i / 128.0 * model[i % 40];
	}
	harness_open(&h, "recorder");
	harness_bind(&h, 0, &t.b, 7);
	harness_set(&h, "loop", 1.0f);
	harness_ramp(&h, "level", 0.0f, 1.0f / 64.0f);
	harness_ramp(&h, "feedback", 0.0f, 1.0f / 128.0f);
	record(&h, in, 64, NULL);
	for (int i = 0; i < 40; i++) {
		ck_assert_double_eq_tol((double)t.frame[0][i], model[i], 1e-6);
	}
	harness_close(&h);
}
END_TEST

START_TEST(recorder_begins_another_buffer_at_its_first_frame)
{
	struct harness h;
	struct tape a;
	struct tape b;
	float in[FRAMES];
	uint64_t random = 10;

	harness_noise(in, FRAMES, &random);
	tape_make(&a, 1, 11);
	tape_make(&b, 1, 12);
	harness_open(&h, "recorder");
	harness_bind(&h, 0, &a.b, 7);
	record(&h, in, 500, NULL);
	harness_bind(&h, 0, &b.b, 8);
	record(&h, in + 500, 500, NULL);
	ck_assert_mem_eq(a.frame[0], in, 500 * sizeof(float));
	ck_assert_mem_eq(b.frame[0], in + 500, 500 * sizeof(float));
	ck_assert_uint_eq(harness_kept(&h), 0);
	harness_close(&h);
}
END_TEST

START_TEST(recorder_writes_the_channels_that_both_have)
{
	float one[LENGTH];
	float two[LENGTH];
	const float *in[3] = {one, two, one};
	uint64_t random = 13;

	harness_noise(one, LENGTH, &random);
	harness_noise(two, LENGTH, &random);
	for (int channels = 1; channels <= 3; channels++) {
		struct harness h;
		struct tape t;
		struct tape was;

		tape_make(&t, 2, 14);
		was = t;
		harness_open_with(&h, "recorder", "channels", channels);
		ck_assert_uint_eq(h.ins, (uint32_t)channels);
		harness_bind(&h, 0, &t.b, 7);
		harness_run(&h, in, NULL, LENGTH, NULL);
		ck_assert_mem_eq(t.frame[0], one, sizeof(one));
		ck_assert_mem_eq(t.frame[1], channels > 1 ? two : was.frame[1],
			sizeof(two));
		harness_close(&h);
	}
}
END_TEST

START_TEST(recorder_and_samplers_hear_each_other_as_their_order_says)
{
	/* before, after: the one behind the recorder hears this block, the one
	 * in front of it the round before */
	struct harness before;
	struct harness recorder;
	struct harness after;
	struct tape t;
	float in[FRAMES];
	float early[FRAMES];
	float late[FRAMES];
	float old[LENGTH];
	uint64_t random = 15;

	harness_noise(in, FRAMES, &random);
	tape_make(&t, 1, 16);
	memcpy(old, t.frame[0], sizeof(old));
	harness_open(&before, "sampler");
	harness_open(&recorder, "recorder");
	harness_open(&after, "sampler");
	harness_bind(&before, 0, &t.b, 7);
	harness_bind(&recorder, 0, &t.b, 7);
	harness_bind(&after, 0, &t.b, 7);
	harness_set(&before, "loop", 1.0f);
	harness_set(&recorder, "loop", 1.0f);
	harness_set(&after, "loop", 1.0f);
	for (uint32_t at = 0; at < FRAMES;) {
		uint32_t count = 1 + tactus_random(&random) % HARNESS_BLOCK;

		count = count < FRAMES - at ? count : FRAMES - at;
		harness_source(&before, early + at, count);
		record(&recorder, in + at, count, NULL);
		harness_source(&after, late + at, count);
		at += count;
	}
	ck_assert_mem_eq(late, in, sizeof(in));
	ck_assert_mem_eq(early, old, sizeof(old));
	ck_assert_mem_eq(early + LENGTH, in, (FRAMES - LENGTH) * sizeof(float));
	harness_close(&before);
	harness_close(&recorder);
	harness_close(&after);
}
END_TEST

Suite *
harness_suite(void)
{
	Suite *s = suite_create("plugins/recorder");
	TCase *tc = tcase_create("recorder");

	tcase_add_test(tc, recorder_follows_the_slopes_of_level_and_feedback);
	tcase_add_test(
		tc, recorder_writes_its_input_to_the_bit_and_is_done_when_full);
	tcase_add_test(
		tc, recorder_writes_nothing_when_it_waits_or_has_no_buffer);
	tcase_add_test(
		tc, recorder_dubs_in_a_loop_as_the_model_does_however_cut);
	tcase_add_test(
		tc, recorder_goes_round_a_buffer_that_is_shorter_than_a_block);
	tcase_add_test(tc, recorder_never_poisons_a_buffer);
	tcase_add_test(tc, recorder_begins_another_buffer_at_its_first_frame);
	tcase_add_test(tc, recorder_writes_the_channels_that_both_have);
	tcase_add_test(
		tc, recorder_and_samplers_hear_each_other_as_their_order_says);
	suite_add_tcase(s, tc);
	return s;
}
