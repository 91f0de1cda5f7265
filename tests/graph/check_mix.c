/* SPDX-License-Identifier: MIT */
/*
 * check_mix.c -- folding many outputs is adding one after the other.
 */
#include <stdio.h>
#include <string.h>

#include "mix.h"
#include "mix_kernel.h"
#include "random.h"
#include "rig.h"
#include "suite.h"

#define MOST_FRAMES 200
#define MOST_COUNT  32

START_TEST(mix_folds_as_it_stores_and_adds_at_any_length)
{
	static float from[MOST_COUNT][MOST_FRAMES];
	const float *where[MOST_COUNT];
	uint32_t random = 3;

	for (uint32_t k = 0; k < MOST_COUNT; k++) {
		where[k] = from[k];
		for (uint32_t i = 0; i < MOST_FRAMES; i++) {
			uint32_t x = random_below(&random, 1 << 24);
			from[k][i] =
				i % 5 == 0 ? -0.0F : (float)x * 1e-7F - 0.7F;
		}
	}
	for (uint32_t frames = 1; frames < MOST_FRAMES; frames++) {
		for (uint32_t count = 1; count <= MOST_COUNT; count += 5) {
			float got[MOST_FRAMES];
			float want[MOST_FRAMES];
			memset(got, 7, sizeof got);
			memset(want, 7, sizeof want);
			mix_fold(got, where, count, frames);
			mix_store(want, from[0], frames);
			for (uint32_t k = 1; k < count; k++) {
				mix_add(want, from[k], frames);
			}
			ck_assert_mem_eq(got, want, sizeof got);
		}
	}
}
END_TEST

#if TACTUS_LANES_PICKED
/** The kernel at one width of those that there are. */
static uint32_t
fold_at(int width, float *to, const float *const *from, uint32_t count,
	uint32_t frames)
{
	return width == 16  ? fold_16(to, from, count, frames)
	       : width == 8 ? fold_8(to, from, count, frames)
			    : fold_4(to, from, count, frames);
}
#endif

START_TEST(mix_folds_to_the_same_bits_at_every_width)
{
#if TACTUS_LANES_PICKED
	static float from[MOST_COUNT][MOST_FRAMES];
	const float *where[MOST_COUNT];
	uint32_t random = 5;

	for (uint32_t k = 0; k < MOST_COUNT; k++) {
		where[k] = from[k];
		for (uint32_t i = 0; i < MOST_FRAMES; i++) {
			uint32_t x = random_below(&random, 1 << 24);
			from[k][i] =
				i % 7 == 0 ? -0.0F : (float)x * 1e-7F - 0.8F;
		}
	}
	for (int width = 4; width <= 16; width *= 2) {
		if ((width == 8 && !__builtin_cpu_supports("avx2")) ||
			(width == 16 && !__builtin_cpu_supports("x86-64-v4"))) {
			printf("skipped: no vectors of %d here\n", width);
			continue;
		}
		for (uint32_t frames = 1; frames < MOST_FRAMES; frames++) {
			float got[MOST_FRAMES + 1];
			float sum[MOST_FRAMES];
			got[MOST_FRAMES] = 7.0F;
			uint32_t done =
				fold_at(width, got, where, MOST_COUNT, frames);
			/* whole vectors, and nearly all of it */
			ck_assert_uint_eq(done % (uint32_t)width, 0);
			ck_assert_uint_le(done, frames);
			ck_assert_uint_lt(frames - done, 64);
			memset(sum, 0, sizeof sum);
			for (uint32_t k = 0; k < MOST_COUNT; k++) {
				for (uint32_t i = 0; i < done; i++) {
					sum[i] += from[k][i];
				}
			}
			ck_assert_mem_eq(got, sum, done * sizeof *got);
		}
	}
#else
	printf("skipped: there is one width: mix_fold's test has it\n");
#endif
}
END_TEST

START_TEST(mix_begins_from_plus_zero)
{
	const float minus[3] = {-0.0F, -0.0F, 1.0F};
	const float plus[3] = {0.0F, 0.0F, 1.0F};
	float to[3];

	mix_store(to, minus, 3);
	ck_assert_mem_eq(to, plus, sizeof to);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("mix");

	tcase_add_test(tc, mix_folds_as_it_stores_and_adds_at_any_length);
	tcase_add_test(tc, mix_folds_to_the_same_bits_at_every_width);
	tcase_add_test(tc, mix_begins_from_plus_zero);
	return suite_run("rt/run/mix", tc);
}
