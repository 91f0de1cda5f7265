/* SPDX-License-Identifier: MIT */
/*
 * math.h -- arithmetic for audio threads: the same bits on every machine.
 *
 * libm picks another variant of its functions for each CPU, so a render that
 * uses it differs between boxes.  These kernels are made of additions,
 * multiplications, divisions and conversions alone, which IEEE 754 defines to
 * the last bit; built with -ffp-contract=off they give equal results under
 * every compiler and on every CPU.  They have no table but constants, no
 * state but what is handed in, and no branch, so that a loop over them can be
 * turned into vector code.
 *
 * The errors stated are the largest found against double precision libm over
 * the whole domain (a test repeats the search).
 */
#ifndef TACTUS_MATH_H
#define TACTUS_MATH_H

#include <float.h>
#include <stdint.h>
#include <string.h>

#include <tactus/mark.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Bring `x` into least…most; what is not a number becomes `least`. */
TACTUS_RT static inline float
tactus_clamp(float x, float least, float most)
{
	x = x > least ? x : least;
	return x < most ? x : most;
}

/**
 * Take a signal into a recursive structure: NaN, infinities and what is
 * beyond 1e30 become 0, so that no state can be poisoned by them.
 */
TACTUS_RT static inline float
tactus_tame(float x)
{
	return x < 1e30f && x > -1e30f ? x : 0.0f;
}

/*
 * Phase.  A phase is a fraction of a cycle as an unsigned integer that wraps
 * as a cycle does: 64 bits to keep (1 kHz stays 1000.000 Hz for years),
 * its upper 32 bits to compute with.
 */

/** What tactus_phase_step multiplies a frequency by at this rate. */
TACTUS_RT static inline double
tactus_phase_scale(double rate)
{
	return 0x1p62 / rate;
}

/**
 * How far a 64-bit phase goes in one frame at `hz`, clamped to 0…rate/2.
 * Error: below 2^-52 of the frequency.
 */
TACTUS_RT static inline uint64_t
tactus_phase_step(float hz, double scale)
{
	double step = (double)hz * scale;

	step = step > 0.0 ? step : 0.0;
	step = step < 0x1p61 ? step : 0x1p61;
	return (uint64_t)(int64_t)step << 2;
}

/** `cycles` (clamped to 0…1) as a 32-bit phase. Error: 2^-30 cycles. */
TACTUS_RT static inline uint32_t
tactus_phase(float cycles)
{
	int32_t p = (int32_t)(tactus_clamp(cycles, 0.0f, 1.0f) * 0x1p30f);

	return (uint32_t)p << 2;
}

/** A triangle of -1…1: 0 at phase 0 and rising, 1 at a quarter. */
TACTUS_RT static inline float
tactus_triangle(uint32_t phase)
{
	int32_t shifted = (int32_t)(phase + 0x40000000u);
	uint32_t sign = (uint32_t)(shifted >> 31);
	uint32_t magnitude = ((uint32_t)shifted ^ sign) - sign;

	return (float)(int32_t)(magnitude - 0x40000000u) * 0x1p-30f;
}

/**
 * sin(u * pi/2) for u in -1…1: a quarter wave either way, exactly 0 at 0 and
 * exactly 1 at 1.  Error: 1.1e-7 absolute, 1.5e-7 relative.
 * Minimax polynomial of degree 9, by the Remez exchange (Muller, "Elementary
 * Functions", chapter 3), its coefficients then moved by single units in the
 * last place to where the rounded result is best.
 */
TACTUS_RT static inline float
tactus_sine_quarter(float u)
{
	float y = u * u;
	float p = 1.51678541e-4f;

	p = p * y - 4.67416132e-3f;
	p = p * y + 7.96899125e-2f;
	p = p * y - 6.45963728e-1f;
	p = p * y + 5.70796311e-1f;
	return p * u + u;
}

/** sin(2 pi phase / 2^32). Error: 1.2e-7 absolute. */
TACTUS_RT static inline float
tactus_sine(uint32_t phase)
{
	return tactus_sine_quarter(tactus_triangle(phase));
}

/**
 * sin(2 pi phase / 2^32) for oscillators, at two thirds of the price of
 * tactus_sine: never beyond 1, exactly 1 at a quarter and 0 at 0, harmonics
 * below -140 dB.  Error: 3e-7 absolute.
 * With s for the cycle from -1 to 1, s (1 - |s|) is a parabola either way, of
 * which the sine is a smooth function: w (b0 + b1 |w| + b2 w^2 + |w|^3), a
 * minimax polynomial as tactus_sine_quarter, made to meet 1.  s is scaled so
 * that the last coefficient is 1.
 */
TACTUS_RT static inline float
tactus_sine_lean(uint32_t phase)
{
	const float end = 0.827244878f;
	float s = (float)(int32_t)phase * (0.827244878f * 0x1p-31f);
	float w = s * (end - (s < 0.0f ? -s : s));
	float y = w < 0.0f ? -w : w;
	float p = (y + 3.47098279f) * y + 6.70886612f;

	return (p * y + 4.5907197f) * w;
}

/**
 * tan(pi x) for x in 0…0.4999: what the bilinear transform asks for, with
 * x = cutoff / rate.  Error: 3e-7 relative up to 0.49.
 * The quotient of two quarter waves.
 */
TACTUS_RT static inline float
tactus_prewarp(float x)
{
	return tactus_sine_quarter(2.0f * x) /
	       tactus_sine_quarter(1.0f - 2.0f * x);
}

/**
 * 2 to the power of x, clamped to -126…127. Error: 1.3e-7 relative; exact for
 * whole x.  Split into a whole part, which becomes the exponent, and the rest
 * in -0.5…0.5, a minimax polynomial of degree 6 (as tactus_sine_quarter).
 */
TACTUS_RT static inline float
tactus_exp2(float x)
{
	x = tactus_clamp(x, -126.0f, 127.0f);
	int32_t whole = (int32_t)(x + (x < 0.0f ? -0.5f : 0.5f));
	float f = x - (float)whole;
	uint32_t bits = (uint32_t)(whole + 127) << 23;
	float power;
	float p = 1.53458327e-4f;

	memcpy(&power, &bits, sizeof(power));
	p = p * f + 1.33999311e-3f;
	p = p * f + 9.61848888e-3f;
	p = p * f + 5.55032878e-2f;
	p = p * f + 2.40226469e-1f;
	p = p * f + 6.93147206e-1f;
	p = p * f + 1.0f;
	return p * power;
}

/**
 * The binary logarithm of x; what is below FLT_MIN (and NaN) counts as
 * FLT_MIN.  Error: 1.5e-7 absolute, beside half an ulp of the result.
 * Mantissa to sqrt(1/2)…sqrt(2), then the series of artanh in
 * (m - 1) / (m + 1) (Abramowitz and Stegun 4.1.27).
 */
TACTUS_RT static inline float
tactus_log2(float x)
{
	uint32_t bits;
	float m;

	x = tactus_clamp(x, FLT_MIN, FLT_MAX);
	memcpy(&bits, &x, sizeof(bits));
	int32_t exponent = (int32_t)(bits - 0x3f3504f3u) >> 23;
	bits -= (uint32_t)exponent << 23;
	memcpy(&m, &bits, sizeof(m));
	float s = (m - 1.0f) / (m + 1.0f);
	float y = s * s;
	float p = 3.20598898e-1f;
	p = p * y + 4.12198583e-1f;
	p = p * y + 5.77078016e-1f;
	p = p * y + 9.61796694e-1f;
	p = p * y + 2.88539008f;
	return p * s + (float)exponent;
}

/** The factor of a level in decibels. Error: 3e-7 + 5e-8 |db|, relative. */
TACTUS_RT static inline float
tactus_from_db(float db)
{
	return tactus_exp2(db * 1.66096405e-1f);
}

/**
 * How far an exponential comes toward its goal in one frame, as a part of
 * what is left, if it comes 1 - 1/e of the way in `frames`: 1 - exp(-1 /
 * frames), and 1 below 1/32 of a frame (and for NaN).  Error: 1e-14 relative.
 * Taylor's series of 1 - exp(-t) at a 64th of the argument, then doubled six
 * times: with e = 1 - exp(-t), 1 - exp(-2t) is e (2 - e).
 */
TACTUS_RT static inline double
tactus_approach(double frames)
{
	double t = 1.0 / 64.0 / (frames > 0x1p-5 ? frames : 0x1p-5);
	double e = 1.0 - t * (1.0 / 12.0);

	e = 1.0 - t * (1.0 / 11.0) * e;
	e = 1.0 - t * (1.0 / 10.0) * e;
	e = 1.0 - t * (1.0 / 9.0) * e;
	e = 1.0 - t * (1.0 / 8.0) * e;
	e = 1.0 - t * (1.0 / 7.0) * e;
	e = 1.0 - t * (1.0 / 6.0) * e;
	e = 1.0 - t * (1.0 / 5.0) * e;
	e = 1.0 - t * (1.0 / 4.0) * e;
	e = 1.0 - t * (1.0 / 3.0) * e;
	e = t * (1.0 - t * (1.0 / 2.0) * e);
	e *= 2.0 - e;
	e *= 2.0 - e;
	e *= 2.0 - e;
	e *= 2.0 - e;
	e *= 2.0 - e;
	e *= 2.0 - e;
	return frames > 0x1p-5 ? e : 1.0;
}

/**
 * How far an approach comes in its next frame with `left` of its way before
 * it: `part` of that, which is tactus_approach's, and all of it when it is
 * within 1e-7, so that it arrives.
 */
TACTUS_RT static inline double
tactus_approach_by(double left, double part)
{
	return left < 1e-7 && left > -1e-7 ? left : part * left;
}

/*
 * Chance.  PCG32 (M. E. O'Neill, "PCG: A Family of Simple Fast
 * Space-Efficient Statistically Good Algorithms", 2014; XSH-RR 64/32), with
 * its published multiplier and one fixed stream.  The state is 64 bits.
 */

/** The state that `seed` leads to; near seeds lead far apart (SplitMix64). */
TACTUS_RT static inline uint64_t
tactus_random_seed(uint64_t seed)
{
	uint64_t z = seed + 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

/** The next 32 random bits. */
TACTUS_RT static inline uint32_t
tactus_random(uint64_t *state)
{
	uint64_t old = *state;
	uint32_t mixed = (uint32_t)(((old >> 18) ^ old) >> 27);
	uint32_t turn = (uint32_t)(old >> 59);

	*state = old * 6364136223846793005u + 1442695040888963407u;
	return (mixed >> turn) | (mixed << ((32u - turn) & 31u));
}

/** The next number of a uniform distribution over -1…1 (without 1). */
TACTUS_RT static inline float
tactus_random_signed(uint64_t *state)
{
	return (float)(tactus_random(state) >> 8) * 0x1p-23f - 1.0f;
}

#ifdef __cplusplus
}
#endif

#endif
