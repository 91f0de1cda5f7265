/* SPDX-License-Identifier: MIT */
/*
 * cubic.c -- four-point interpolation, many frames at once.
 *
 * Four frames need four times four samples that lie anywhere: each four are
 * loaded as a row, and the rows are turned into columns.  With AVX2 two such
 * squares lie beside each other in wider registers.
 *
 * With AVX-512, where sixteen frames lie within 32 samples, these are loaded
 * as they are, and an instruction picks sixteen of them by their numbers:
 * four for all of a, b, c and d.
 *
 * All of it runs on audio threads; there is no state.
 */
#include "cubic.h"

#include <string.h>

typedef float four __attribute__((vector_size(16)));
typedef int32_t four_whole __attribute__((vector_size(16)));
typedef uint32_t four_parts __attribute__((vector_size(16)));

TACTUS_RT static inline four
load_four(const float *from)
{
	four f;

	memcpy(&f, from, sizeof(f));
	return f;
}

/** Four samples, each from the four floats at its place. */
TACTUS_RT static inline four
cubic_four(const float *p0, const float *p1, const float *p2, const float *p3,
	four x)
{
	four r0 = load_four(p0);
	four r1 = load_four(p1);
	four r2 = load_four(p2);
	four r3 = load_four(p3);
	four low01 = __builtin_shufflevector(r0, r1, 0, 4, 1, 5);
	four low23 = __builtin_shufflevector(r2, r3, 0, 4, 1, 5);
	four high01 = __builtin_shufflevector(r0, r1, 2, 6, 3, 7);
	four high23 = __builtin_shufflevector(r2, r3, 2, 6, 3, 7);
	four a = __builtin_shufflevector(low01, low23, 0, 1, 4, 5);
	four b = __builtin_shufflevector(low01, low23, 2, 3, 6, 7);
	four c = __builtin_shufflevector(high01, high23, 0, 1, 4, 5);
	four d = __builtin_shufflevector(high01, high23, 2, 3, 6, 7);
	four y;

	CUBIC_HERMITE(a, b, c, d, x, y);
	return y;
}

/** Frames from `done` on, four at a time, and the rest one by one. */
TACTUS_RT static void
make_fours(const struct cubic_way *w, float gain, float *restrict out,
	uint32_t done, uint32_t count)
{
	const float *before = w->from - 1;
	int64_t step = w->step;
	uint32_t low = (uint32_t)step;
	int64_t place = (int64_t)w->part + (int64_t)done * step;
	uint32_t first = (uint32_t)place;
	four_parts parts = {
		first, first + low, first + 2 * low, first + 3 * low};
	uint32_t i = done;

	for (; i + 4 <= count; i += 4) {
		four x = __builtin_convertvector(
				 (four_whole)(parts >> 8), four) *
			 CUBIC_PART;
		four y = cubic_four(before + (place >> 32),
			before + ((place + step) >> 32),
			before + ((place + 2 * step) >> 32),
			before + ((place + 3 * step) >> 32), x);

		y *= gain;
		memcpy(&out[i], &y, sizeof(y));
		parts += 4 * low;
		place += 4 * step;
	}
	for (; i < count; i++) {
		const float *s = w->from + (place >> 32);
		float x = (float)(int32_t)((uint32_t)place >> 8) * CUBIC_PART;
		float y;

		CUBIC_HERMITE(s[-1], s[0], s[1], s[2], x, y);
		out[i] = y * gain;
		place += step;
	}
}

#if defined(__x86_64__) && defined(__GNUC__) && !defined(TACTUS_NO_CLONES)
#  define HAS_WIDE 1
#else
#  define HAS_WIDE 0
#endif

#if HAS_WIDE
#  define AVX2   __attribute__((target("avx2")))
#  define AVX512 __attribute__((target("arch=x86-64-v4")))

typedef float eight __attribute__((vector_size(32)));
typedef int32_t eight_whole __attribute__((vector_size(32)));
typedef uint32_t eight_parts __attribute__((vector_size(32)));

/** The rows of two squares: the four floats at each of two places. */
#  define TWO_ROWS(p, q) \
    __builtin_shufflevector(load_four(p), load_four(q), 0, 1, 2, 3, 4, 5, 6, 7)

/** Frames from `done` on, eight at a time. @return how many there are now */
TACTUS_RT AVX2 static uint32_t
make_eights(const struct cubic_way *w, float gain, float *restrict out,
	uint32_t done, uint32_t count)
{
	const float *before = w->from - 1;
	int64_t step = w->step;
	uint32_t low = (uint32_t)step;
	int64_t place = (int64_t)w->part + (int64_t)done * step;
	eight_parts ramp = {0, 1, 2, 3, 4, 5, 6, 7};
	eight_parts parts = ramp * low + (uint32_t)place;

	for (; done + 8 <= count; done += 8) {
		int64_t far = place + 4 * step;
		eight r0 =
			TWO_ROWS(before + (place >> 32), before + (far >> 32));
		eight r1 = TWO_ROWS(before + ((place + step) >> 32),
			before + ((far + step) >> 32));
		eight r2 = TWO_ROWS(before + ((place + 2 * step) >> 32),
			before + ((far + 2 * step) >> 32));
		eight r3 = TWO_ROWS(before + ((place + 3 * step) >> 32),
			before + ((far + 3 * step) >> 32));
		eight low01 = __builtin_shufflevector(
			r0, r1, 0, 8, 1, 9, 4, 12, 5, 13);
		eight low23 = __builtin_shufflevector(
			r2, r3, 0, 8, 1, 9, 4, 12, 5, 13);
		eight high01 = __builtin_shufflevector(
			r0, r1, 2, 10, 3, 11, 6, 14, 7, 15);
		eight high23 = __builtin_shufflevector(
			r2, r3, 2, 10, 3, 11, 6, 14, 7, 15);
		eight a = __builtin_shufflevector(
			low01, low23, 0, 1, 8, 9, 4, 5, 12, 13);
		eight b = __builtin_shufflevector(
			low01, low23, 2, 3, 10, 11, 6, 7, 14, 15);
		eight c = __builtin_shufflevector(
			high01, high23, 0, 1, 8, 9, 4, 5, 12, 13);
		eight d = __builtin_shufflevector(
			high01, high23, 2, 3, 10, 11, 6, 7, 14, 15);
		eight x = __builtin_convertvector(
				  (eight_whole)(parts >> 8), eight) *
			  CUBIC_PART;
		eight y;

		CUBIC_HERMITE(a, b, c, d, x, y);
		y *= gain;
		memcpy(&out[done], &y, sizeof(y));
		parts += 8 * low;
		place += 8 * step;
	}
	return done;
}

typedef float sixteen __attribute__((vector_size(64)));
typedef int32_t sixteen_whole __attribute__((vector_size(64)));
typedef uint32_t sixteen_parts __attribute__((vector_size(64)));
typedef int64_t eight_places __attribute__((vector_size(64)));

/** Of the 32 in `low` and `high`, those whose numbers `at` holds. */
#  ifdef __clang__
#    define PICK(low, high, at) __builtin_ia32_vpermi2varps512(low, at, high)
#  else
#    define PICK(low, high, at) __builtin_shuffle(low, high, at)
#  endif

/** The even and the odd of the 32-bit words of two vectors of places. */
#  define EVEN(p, q)                                                         \
    __builtin_shufflevector((sixteen_whole)(p), (sixteen_whole)(q), 0, 2, 4, \
	    6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30)
#  define ODD(p, q)                                                          \
    __builtin_shufflevector((sixteen_whole)(p), (sixteen_whole)(q), 1, 3, 5, \
	    7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31)

/** The furthest that the last of sixteen may be from the first, in frames. */
#  define REACH 27

/**
 * Sixteen frames at a time, where they lie within 32 samples.
 * @return how many were made: none, when the speed is too high or the 32 are
 *         not all there
 */
TACTUS_RT AVX512 static uint32_t
make_sixteens(const struct cubic_way *w, float gain, float *restrict out,
	uint32_t count)
{
	int64_t step = w->step;
	int64_t place = w->part;
	uint32_t most = count & ~15u;
	int64_t reach = (15 * step) >> 32;
	/* the lowest of sixteen, seen from the first: at or above this */
	int64_t lowest = reach < 0 ? reach : 0;
	int64_t way = (place + ((int64_t)most - 16) * step) >> 32;
	int64_t least = (way < 0 ? way : 0) + lowest - 1;
	int64_t end = (way < 0 ? 0 : way) + lowest + 31;

	if (most == 0 || reach < -REACH || reach > REACH ||
		least < -w->before || end > w->behind) {
		return 0;
	}
	const float *before = w->from + lowest - 1;
	eight_places ramp = {0, 1, 2, 3, 4, 5, 6, 7};
	eight_places near = ramp * step - lowest * ((int64_t)1 << 32);
	eight_places far = near + 8 * step;

	for (uint32_t i = 0; i < most; i += 16) {
		const float *s = before + (place >> 32);
		eight_places p = near + (int64_t)(uint32_t)place;
		eight_places q = far + (int64_t)(uint32_t)place;
		sixteen_parts parts = (sixteen_parts)EVEN(p, q);
		sixteen_whole at = ODD(p, q);
		sixteen x = __builtin_convertvector(
				    (sixteen_whole)(parts >> 8), sixteen) *
			    CUBIC_PART;
		sixteen r0;
		sixteen r1;
		sixteen y;

		memcpy(&r0, s, sizeof(r0));
		memcpy(&r1, s + 16, sizeof(r1));
		sixteen a = PICK(r0, r1, at);
		sixteen b = PICK(r0, r1, at + 1);
		sixteen c = PICK(r0, r1, at + 2);
		sixteen d = PICK(r0, r1, at + 3);
		CUBIC_HERMITE(a, b, c, d, x, y);
		y *= gain;
		memcpy(&out[i], &y, sizeof(y));
		place += 16 * step;
	}
	return most;
}
#endif

TACTUS_RT enum cubic_width
cubic_width(void)
{
#if HAS_WIDE
	if (__builtin_cpu_supports("x86-64-v4")) {
		return CUBIC_16;
	}
	if (__builtin_cpu_supports("avx2")) {
		return CUBIC_8;
	}
#endif
	return CUBIC_4;
}

TACTUS_RT void
cubic_steady(const struct cubic_way *w, enum cubic_width most, float gain,
	float *restrict out, uint32_t count)
{
	uint32_t done = 0;

#if HAS_WIDE
	if (most == CUBIC_16) {
		done = make_sixteens(w, gain, out, count);
	}
	if (most >= CUBIC_8 && done + 8 <= count) {
		done = make_eights(w, gain, out, done, count);
	}
#else
	(void)most;
#endif
	if (done < count) {
		make_fours(w, gain, out, done, count);
	}
}

TACTUS_RT TACTUS_CLONES void
cubic_any(const float *restrict from, const int32_t *restrict at,
	const float *restrict part, float *restrict out, uint32_t count)
{
	const float *before = from - 1;
	uint32_t i = 0;

	for (; i + 4 <= count; i += 4) {
		four y = cubic_four(before + at[i], before + at[i + 1],
			before + at[i + 2], before + at[i + 3],
			load_four(&part[i]));

		memcpy(&out[i], &y, sizeof(y));
	}
	for (; i < count; i++) {
		const float *s = from + at[i];

		CUBIC_HERMITE(s[-1], s[0], s[1], s[2], part[i], out[i]);
	}
}
