/* SPDX-License-Identifier: MIT */
/*
 * sound.h -- audio buffers of a test's own, and samplers that play them.
 *
 * All belongs to the test's one thread.
 */
#ifndef TACTUS_TESTS_PLUGINS_SOUND_H
#define TACTUS_TESTS_PLUGINS_SOUND_H

#include <tactus/resources/audio_buffer.h>

#include "harness.h"

/** A buffer of the test's own, between two walls of NaN. */
struct sound {
	TactusAudioBuffer b;
	float *channel[8];
	float *memory;
};

/** Make one that is full of NaN; of at most 8 channels. */
void sound_make(
	struct sound *s, uint32_t channels, int64_t frames, double rate);

/** The same at HARNESS_RATE, of noise. */
void sound_noise(
	struct sound *s, uint32_t channels, int64_t frames, uint64_t seed);

/** The same of a sine of `cycles` a frame, one channel. */
void sound_sine(struct sound *s, int64_t frames, double cycles, double rate);

void sound_free(struct sound *s);

/** The kinds of interpolation: none, linear, cubic. */
extern const char *const sound_kinds[3];

/** A sampler with a kind of interpolation and a number of channels. */
void sound_sampler(struct harness *h, const char *interpolation, int channels);

#endif
