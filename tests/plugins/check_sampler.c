/* SPDX-License-Identifier: MIT */
/*
 * check_sampler.c -- the sampler as it is played: channels, its envelope, its
 * end, its options.
 */
#include <string.h>

#include <tactus/math.h>

#include "sound.h"

#define FRAMES 6000

START_TEST(sampler_plays_its_buffer_as_it_is_and_is_done_once)
{
	for (int k = 0; k < 3; k++) {
		struct harness h;
		struct sound s;
		float out[FRAMES];

		sound_noise(&s, 1, 5000, 1);
		s.channel[0][17] = -0.0f;
		s.channel[0][18] = 1e-40f;
		sound_sampler(&h, sound_kinds[k], 1);
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
	sound_sampler(&h, "cubic", 4);
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
	sound_sampler(&h, "cubic", 4);
	harness_bind(&h, 0, &mono.b, 7);
	harness_run(&h, NULL, to, 200, NULL);
	for (int c = 0; c < 4; c++) {
		ck_assert_mem_eq(out[c], mono.channel[0], sizeof(out[0]));
	}
	harness_close(&h);
	sound_sampler(&h, "cubic", 1);
	harness_bind(&h, 0, &stereo.b, 7);
	harness_run(&h, NULL, to, 200, NULL);
	ck_assert_mem_eq(out[0], stereo.channel[0], sizeof(out[0]));
	harness_close(&h);
	sound_free(&stereo);
	sound_free(&mono);
}
END_TEST

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
	sound_sampler(&one, sound_kinds[_i % 3], 1);
	sound_sampler(&two, sound_kinds[_i % 3], 2);
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
			ck_abort_msg("%s, segment %u", sound_kinds[_i % 3], n);
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
	tcase_add_test(tc, sampler_rises_releases_and_is_done_after_it);
	tcase_add_test(
		tc, sampler_waits_when_its_gate_is_shut_from_the_beginning);
	tcase_add_test(tc, sampler_is_done_when_there_is_no_part_to_play);
	tcase_add_loop_test(tc,
		sampler_that_is_held_is_one_that_looks_at_all_in_every_segment,
		0, 12);
	tcase_add_test(tc, sampler_refuses_options_with_the_mend);
	suite_add_tcase(s, tc);
	return s;
}
