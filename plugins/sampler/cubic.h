/* SPDX-License-Identifier: MIT */
/*
 * cubic.h -- four-point interpolation, many frames at once.
 *
 * The bits are the same, however many frames a processor makes at a time.
 */
#ifndef SAMPLER_CUBIC_H
#define SAMPLER_CUBIC_H

#include <stdint.h>

#include <tactus/mark.h>

/*
 * `x` between b (0) and c (1), with the neighbours a and d: the cubic whose
 * slopes in b and c are those of the chords around them (Catmull-Rom).  As
 * "4-point, 3rd-order Hermite (x-form)" in O. Niemitalo, "Polynomial
 * Interpolators for High-Quality Resampling of Oversampled Audio", 2001; it is
 * scsynth's cubic, too.  A macro, for floats and for vectors: every order of
 * operations gives other bits.
 */
#define CUBIC_HERMITE(a, b, c, d, x, y)                         \
  do {                                                          \
    __typeof__(x) c1 = 0.5f * ((c) - (a));                      \
    __typeof__(x) c3 = 1.5f * ((b) - (c)) + 0.5f * ((d) - (a)); \
    __typeof__(x) c2 = (a) - (b) + c1 - c3;                     \
    (y) = ((c3 * (x) + c2) * (x) + c1) * (x) + (b);             \
  } while (0)

/** A part of a frame, of 2^-32: its upper 24 bits are what a float holds. */
#define CUBIC_PART 0x1p-24f

/** As many frames as are made at once. */
enum cubic_width { CUBIC_4, CUBIC_8, CUBIC_16 };

/** The way through a channel, at a speed that does not change. */
struct cubic_way {
	const float *from; /* the sample of the first place's frame */
	int64_t before;    /* samples there are in front of it, at least 1 */
	int64_t behind;    /* samples there are from it on */
	int64_t step;      /* from place to place, in 2^-32 frames */
	uint32_t part;     /* of the first place, in 2^-32 frames */
};

/** What this processor is best at. @side any */
TACTUS_RT enum cubic_width cubic_width(void);

/**
 * Make `count` samples, each times `gain`.  All the four around each place
 * have to be there; no others than those that are there are touched.
 * @side rt
 * @param most at most cubic_width()
 */
TACTUS_RT void cubic_steady(const struct cubic_way *w, enum cubic_width most,
	float gain, float *restrict out, uint32_t count);

/** The same at `from` + `at` and `part`. @side rt */
TACTUS_RT void cubic_any(const float *restrict from, const int32_t *restrict at,
	const float *restrict part, float *restrict out, uint32_t count);

#endif
