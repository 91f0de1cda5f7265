/* SPDX-License-Identifier: MIT */
/*
 * reverb_kernel.h -- the arithmetic of the reverb, over a few frames.
 *
 * Pure, and the same bits on every processor.  They run on an audio thread.
 */
#ifndef TACTUS_PLUGINS_REVERB_KERNEL_H
#define TACTUS_PLUGINS_REVERB_KERNEL_H

#include <stdint.h>

#include <tactus/mark.h>

#include "reverb_room.h"

/** Most frames that are computed at once. */
#define REVERB_CHUNK 64

/** How far from one room to the next: `from` + frame * `step`, in frames. */
struct reverb_fade {
	uint32_t from; /* frames since it began */
	float step;    /* 1 / its length; 0: there is none */
};

/** Bring in a signal; what is no number becomes 0. */
TACTUS_RT void reverb_kernel_tame(
	float *restrict out, const float *restrict in, uint32_t frames);

/** From dry to wet by each frame's mix; at 0 dry to the bit. */
TACTUS_RT void reverb_kernel_blend(float *restrict out,
	const float *restrict dry, const float *restrict wet,
	const float *restrict mix, uint32_t frames);

/** x times gain. */
TACTUS_RT void reverb_kernel_scale(float *x, float gain, uint32_t frames);

/** x becomes y, as far as the fade has come; each has its factor. */
TACTUS_RT void reverb_kernel_fade(float *restrict x, float gain,
	const float *restrict y, float y_gain, const struct reverb_fade *fade,
	uint32_t frames);

/**
 * An all-pass filter: `x` goes through, `past` comes out of its delay and
 * becomes what goes into it.
 */
TACTUS_RT void reverb_kernel_diffuse(
	float *restrict x, float *restrict past, uint32_t frames);

/** The low-pass filter of each line, whose last frames are in `state`. */
TACTUS_RT void reverb_kernel_damp(float (*x)[REVERB_CHUNK], float *state,
	const float *pole, uint32_t frames);

/** The same while the poles change. */
TACTUS_RT void reverb_kernel_damp_moving(float (*x)[REVERB_CHUNK], float *state,
	const float *pole, const float *next, const struct reverb_fade *fade,
	uint32_t frames);

/** Mix all lines with all: a Hadamard matrix, which loses no power. */
TACTUS_RT void reverb_kernel_mix(float (*x)[REVERB_CHUNK], uint32_t frames);

/** x and level times what comes in; level goes to `next` with the fade. */
TACTUS_RT void reverb_kernel_feed(float *restrict x, const float *restrict in,
	float level, float next, const struct reverb_fade *fade,
	uint32_t frames);

#endif
