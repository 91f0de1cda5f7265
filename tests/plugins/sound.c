/* SPDX-License-Identifier: MIT */
/*
 * sound.c -- see sound.h.
 */
#include "sound.h"

#include <math.h>
#include <stdlib.h>

const char *const sound_kinds[3] = {"none", "linear", "cubic"};

void
sound_make(struct sound *s, uint32_t channels, int64_t frames, double rate)
{
	size_t stride = ((size_t)frames + 15) / 16 * 16 + 32;

	s->memory = malloc(stride * channels * sizeof(float));
	for (size_t i = 0; i < stride * channels; i++) {
		s->memory[i] = NAN;
	}
	for (uint32_t c = 0; c < channels; c++) {
		s->channel[c] = s->memory + stride * c + 16;
	}
	s->b = (TactusAudioBuffer){
		sizeof(s->b), channels, frames, rate, s->channel};
}

void
sound_noise(struct sound *s, uint32_t channels, int64_t frames, uint64_t seed)
{
	sound_make(s, channels, frames, HARNESS_RATE);
	for (uint32_t c = 0; c < channels; c++) {
		harness_noise(s->channel[c], (uint32_t)frames, &seed);
	}
}

void
sound_sine(struct sound *s, int64_t frames, double cycles, double rate)
{
	sound_make(s, 1, frames, rate);
	for (int64_t i = 0; i < frames; i++) {
		s->channel[0][i] = (float)sin(2.0 * M_PI * cycles * (double)i);
	}
}

void
sound_free(struct sound *s)
{
	free(s->memory);
}

void
sound_sampler(struct harness *h, const char *interpolation, int channels)
{
	TactusOption o[2] = {
		{"interpolation", 's', 0,        interpolation},
		{"channels",      'i', channels, NULL         }
        };

	harness_load(h, "sampler", HARNESS_RATE);
	ck_assert_int_eq(harness_make(h, o, 2), 0);
}
