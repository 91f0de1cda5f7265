/* SPDX-License-Identifier: MIT */
/*
 * level.h -- how loud the frames of a signal are.
 *
 * What a detector hears, whatever it makes of it.  All of it is called on an
 * audio thread, and gives the same bits on every machine.
 */
#ifndef TACTUS_LEVEL_H
#define TACTUS_LEVEL_H

#include <stdint.h>

#include <tactus/math.h>
#include <tactus/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The level of a frame: |x|, and 0 where tactus_tame makes it 0. @side rt */
TACTUS_RT static inline float
tactus_level(float x)
{
	x = tactus_tame(x);
	return x < 0.0f ? -x : x;
}

/**
 * The level of each frame's loudest channel, for channels that are linked:
 * the inputs 0 to `channels` of a synth, from frame `from` of the segment on.
 * @side rt
 */
TACTUS_RT TACTUS_CLONES static inline void
tactus_level_peaks(const TactusSynth *synth, uint32_t channels, uint32_t from,
	float *__restrict peaks, uint32_t frames)
{
	for (uint32_t i = 0; i < frames; i++) {
		peaks[i] = 0.0f;
	}
	for (uint32_t n = 0; n < channels; n++) {
		const float *__restrict in = synth->in[n] + from;

		for (uint32_t i = 0; i < frames; i++) {
			float x = tactus_level(in[i]);

			peaks[i] = x > peaks[i] ? x : peaks[i];
		}
	}
}

#ifdef __cplusplus
}
#endif

#endif
