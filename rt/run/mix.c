/* SPDX-License-Identifier: MIT */
/*
 * mix.c -- see mix.h.  Plain loops that the compiler turns into vectors; what
 * each output of each node goes through is compiled for wider ones, too.
 */
#include "mix.h"

#include <string.h>

#include "mix_kernel.h"

TACTUS_RT TACTUS_CLONES void
mix_store(float *restrict to, const float *restrict from, uint32_t frames)
{
	for (uint32_t i = 0; i < frames; i++) {
		to[i] = 0.0F + from[i];
	}
}

TACTUS_RT TACTUS_CLONES void
mix_add(float *restrict to, const float *restrict from, uint32_t frames)
{
	for (uint32_t i = 0; i < frames; i++) {
		to[i] += from[i];
	}
}

/** What is left: less than a span. */
TACTUS_RT TACTUS_CLONES static void
fold_rest(float *restrict to, const float *const *from, uint32_t count,
	uint32_t done, uint32_t frames)
{
	for (uint32_t i = done; i < frames; i++) {
		to[i] = 0.0F + from[0][i];
	}
	for (uint32_t k = 1; k < count; k++) {
		for (uint32_t i = done; i < frames; i++) {
			to[i] += from[k][i];
		}
	}
}

TACTUS_RT void
mix_fold(float *restrict to, const float *const *from, uint32_t count,
	uint32_t frames)
{
	uint32_t done = TACTUS_LANES_CALL(fold, (to, from, count, frames));

	if (done < frames) {
		fold_rest(to, from, count, done, frames);
	}
}

TACTUS_RT void
mix_scale(float *restrict to, const float *restrict gain, uint32_t frames)
{
	for (uint32_t i = 0; i < frames; i++) {
		to[i] *= gain[i];
	}
}

TACTUS_RT void
mix_clear(float *to, uint32_t frames)
{
	memset(to, 0, frames * sizeof *to);
}

/** The bits of a float; all ones in the exponent: not finite. */
TACTUS_RT static inline uint32_t
is_bad(float x)
{
	uint32_t bits;

	memcpy(&bits, &x, sizeof bits);
	return (bits & 0x7F800000U) == 0x7F800000U ? 1 : 0;
}

TACTUS_RT uint32_t
mix_guard(float *restrict to, const float *restrict from, float gain,
	uint32_t frames)
{
	uint32_t bad = 0;

	for (uint32_t i = 0; i < frames; i++) {
		/* a product may overflow: it is looked at too */
		float x = from[i] * gain;
		uint32_t is = is_bad(x);
		to[i] = is != 0 ? 0.0F : x;
		bad += is;
	}
	return bad;
}

TACTUS_RT int
mix_is_finite(const float *from, uint32_t frames)
{
	uint32_t bad = 0;

	for (uint32_t i = 0; i < frames; i++) {
		bad |= is_bad(from[i]);
	}
	return bad == 0;
}

TACTUS_RT float
mix_peak(const float *from, uint32_t frames)
{
	float peak = 0.0F;

	for (uint32_t i = 0; i < frames; i++) {
		float x = from[i] < 0.0F ? -from[i] : from[i];
		peak = x > peak ? x : peak;
	}
	return peak;
}

TACTUS_RT double
mix_squares(const float *from, uint32_t frames)
{
	double sum = 0.0;

	for (uint32_t i = 0; i < frames; i++) {
		sum += (double)from[i] * (double)from[i];
	}
	return sum;
}
