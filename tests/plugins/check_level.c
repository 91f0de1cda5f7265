/* SPDX-License-Identifier: MIT */
/*
 * check_level.c -- level.h: what a detector hears.
 */
#include "harness.h"

#include <math.h>

#include <tactus/level.h>

#define CHANNELS 3
#define FRAMES   100

START_TEST(level_is_the_distance_from_0_of_what_can_be_heard)
{
	static const struct {
		float x;
		float level;
	} rows[] = {
		{0.0f,      0.0f },
		{-0.0f,     0.0f },
		{0.5f,      0.5f },
		{-0.5f,     0.5f },
		{-9e29f,    9e29f},
		{2e30f,     0.0f },
		{-INFINITY, 0.0f },
		{NAN,       0.0f },
	};

	for (size_t n = 0; n < sizeof rows / sizeof *rows; n++) {
		ck_assert_msg(tactus_level(rows[n].x) == rows[n].level,
			"the level of %g is %g", (double)rows[n].x,
			(double)tactus_level(rows[n].x));
	}
}
END_TEST

START_TEST(level_peaks_are_those_of_the_loudest_channel)
{
	float in[CHANNELS][FRAMES];
	float peaks[FRAMES + 1];
	const float *ports[CHANNELS] = {in[0], in[1], in[2]};
	const TactusSynth synth = {.in = ports};
	uint64_t random = 41;

	for (int c = 0; c < CHANNELS; c++) {
		harness_noise(in[c], FRAMES, &random);
	}
	in[0][20] = NAN;
	for (uint32_t channels = 0; channels <= CHANNELS; channels++) {
		for (uint32_t from = 0; from < FRAMES; from += 7) {
			uint32_t frames = FRAMES - from;

			peaks[frames] = 7.0f;
			tactus_level_peaks(
				&synth, channels, from, peaks, frames);
			for (uint32_t i = 0; i < frames; i++) {
				float most = 0.0f;

				for (uint32_t c = 0; c < channels; c++) {
					/* what is no number counts as 0 */
					most = fmaxf(
						most, fabsf(in[c][from + i]));
				}
				ck_assert_float_eq(peaks[i], most);
			}
			ck_assert_float_eq(peaks[frames], 7.0f);
		}
	}
}
END_TEST

Suite *
harness_suite(void)
{
	Suite *s = suite_create("plugins/level");
	TCase *tc = tcase_create("level");

	tcase_add_test(tc, level_is_the_distance_from_0_of_what_can_be_heard);
	tcase_add_test(tc, level_peaks_are_those_of_the_loudest_channel);
	suite_add_tcase(s, tc);
	return s;
}
