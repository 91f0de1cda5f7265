/* SPDX-License-Identifier: MIT */
/*
 * mix.h -- the loops over frames that the engine itself needs.
 *
 * A bus is the sum of its writers in execution order, starting from +0
 * (ADR 0013): the first writer is added to +0 too, so a -0 becomes +0.
 * More than MIX_GROUP of them are folded in groups, each from +0 on, whose
 * sums are then added in order.
 */
#ifndef TACTUS_RT_MIX_H
#define TACTUS_RT_MIX_H

#include <stdint.h>

#include "mark.h"

/** to = 0 + from. @thread rt or a helper */
TACTUS_RT void mix_store(
	float *restrict to, const float *restrict from, uint32_t frames);

/** to += from. @thread rt or a helper */
TACTUS_RT void mix_add(
	float *restrict to, const float *restrict from, uint32_t frames);

/**
 * to = 0 + from[0] + from[1] + …, added in that order: what mix_store and
 * mix_add would do one after the other, to the bit.
 * @thread rt or a helper
 * @param count at least 1
 */
TACTUS_RT void mix_fold(float *restrict to, const float *const *from,
	uint32_t count, uint32_t frames);

/** to *= gain, frame by frame. @thread rt or a helper */
TACTUS_RT void mix_scale(
	float *restrict to, const float *restrict gain, uint32_t frames);

/** to = 0. @thread rt or a helper */
TACTUS_RT void mix_clear(float *to, uint32_t frames);

/** to = from * gain, with what is no finite number replaced by 0.
 * @thread rt @return how many were */
TACTUS_RT uint32_t mix_guard(float *restrict to, const float *restrict from,
	float gain, uint32_t frames);

/** Is every frame a finite number? @thread rt or a helper */
TACTUS_RT int mix_is_finite(const float *from, uint32_t frames);

/** Largest magnitude, and the sum of squares. @thread rt */
TACTUS_RT float mix_peak(const float *from, uint32_t frames);
TACTUS_RT double mix_squares(const float *from, uint32_t frames);

#endif
