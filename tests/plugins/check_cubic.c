/* SPDX-License-Identifier: MIT */
/*
 * check_cubic.c -- the sampler's cubic: the same bits at every width.
 */
#include "harness.h"

#include <stdlib.h>
#include <string.h>

#include <tactus/math.h>

#include "cubic.h"

#define MOST 70

/** The same one by one. */
static void
naive(const struct cubic_way *w, float gain, float *out, uint32_t count)
{
	int64_t place = w->part;

	for (uint32_t i = 0; i < count; i++) {
		const float *s = w->from + (place >> 32);
		float x = (float)((uint32_t)place >> 8) * 0x1p-24f;
		float y;

		CUBIC_HERMITE(s[-1], s[0], s[1], s[2], x, y);
		out[i] = y * gain;
		place += w->step;
	}
}

/** Some float between -1 and 1. */
static float
chance(uint64_t *random)
{
	return (float)(int32_t)tactus_random(random) * 0x1p-31f;
}

/**
 * One way, in memory of exactly the samples it needs and `more` on both sides:
 * a sanitizer sees a touch beyond.
 */
static void
try_way(int64_t step, uint32_t part, uint32_t count, int64_t more,
	uint64_t *random)
{
	int64_t last = ((int64_t)part + (int64_t)(count - 1) * step) >> 32;
	int64_t low = (last < 0 ? last : 0) - 1 - more;
	int64_t high = (last < 0 ? 0 : last) + 3 + more;
	size_t samples = (size_t)(high - low);
	float *sound = malloc(samples * sizeof(*sound));
	float gain = chance(random);
	float want[MOST];

	ck_assert_ptr_nonnull(sound);
	for (size_t i = 0; i < samples; i++) {
		sound[i] = chance(random);
	}
	struct cubic_way w = {.from = sound - low,
		.before = -low,
		.behind = high,
		.step = step,
		.part = part};
	naive(&w, gain, want, count);
	for (int width = CUBIC_4; width <= (int)cubic_width(); width++) {
		float got[MOST + 1];

		got[count] = 77.0f;
		cubic_steady(&w, (enum cubic_width)width, gain, got, count);
		ck_assert_msg(memcmp(got, want, count * sizeof(*got)) == 0,
			"width %d, step %lld, part %u, %u frames", width,
			(long long)step, part, count);
		ck_assert(got[count] == 77.0f);
	}
	free(sound);
}

START_TEST(frames_are_the_same_bits_at_every_width)
{
	uint64_t random = 5;

	for (int n = 0; n < 60000; n++) {
		uint32_t word = tactus_random(&random);
		uint32_t count = 1 + word % MOST;
		int64_t more = (word >> 8) % 40;
		/* from a standstill to sixteen frames a frame, both ways */
		int64_t most = (int64_t)1 << (24 + (word >> 16) % 13);
		int64_t step =
			(int64_t)((((uint64_t)tactus_random(&random)) << 32 |
					  tactus_random(&random)) %
				  (uint64_t)(2 * most)) -
			most;

		try_way(step, tactus_random(&random), count, more, &random);
	}
}
END_TEST

START_TEST(frames_are_the_same_bits_where_sixteen_just_fit_in_32)
{
	uint64_t random = 7;
	static const uint32_t parts[] = {0, 1, 0x7fffffff, 0xffffffff};

	/* the last of sixteen lies 26, 27, 28 or 29 frames away, and nearly */
	for (int64_t reach = 26; reach <= 29; reach++) {
		for (int64_t by = -20; by <= 20; by++) {
			int64_t step = (reach * ((int64_t)1 << 32) + by) / 15;

			for (size_t i = 0; i < 4; i++) {
				try_way(step, parts[i], 64, 3, &random);
				try_way(-step, parts[i], 64, 3, &random);
				try_way(step, parts[i], 64, 40, &random);
				try_way(-step, parts[i], 64, 40, &random);
			}
		}
	}
}
END_TEST

Suite *
harness_suite(void)
{
	Suite *s = suite_create("plugins/cubic");
	TCase *tc = tcase_create("cubic");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, frames_are_the_same_bits_at_every_width);
	tcase_add_test(
		tc, frames_are_the_same_bits_where_sixteen_just_fit_in_32);
	suite_add_tcase(s, tc);
	return s;
}
