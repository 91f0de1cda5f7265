/* SPDX-License-Identifier: MIT */
/*
 * lanes_of.h -- the vectors of one width; see lanes.h, which includes it.
 *
 * The names are macros for those of the present width: in an error message
 * tactus_f is tactus_f_16, say.
 */
#ifndef TACTUS_LANES_OF_H
#define TACTUS_LANES_OF_H

#define tactus_f                  TACTUS_LANE(tactus_f)
#define tactus_i                  TACTUS_LANE(tactus_i)
#define tactus_u                  TACTUS_LANE(tactus_u)
#define tactus_q                  TACTUS_LANE(tactus_q)
#define tactus_loose              TACTUS_LANE(tactus_loose)
#define tactus_phases             TACTUS_LANE(tactus_phases)
#define tactus_lanes_all          TACTUS_LANE(tactus_lanes_all)
#define tactus_lanes_all_u        TACTUS_LANE(tactus_lanes_all_u)
#define tactus_lanes_all_q        TACTUS_LANE(tactus_lanes_all_q)
#define tactus_lanes_load         TACTUS_LANE(tactus_lanes_load)
#define tactus_lanes_load_u       TACTUS_LANE(tactus_lanes_load_u)
#define tactus_lanes_store        TACTUS_LANE(tactus_lanes_store)
#define tactus_lanes_store_u      TACTUS_LANE(tactus_lanes_store_u)
#define tactus_lanes_load_some    TACTUS_LANE(tactus_lanes_load_some)
#define tactus_lanes_store_some   TACTUS_LANE(tactus_lanes_store_some)
#define tactus_lanes_store_first  TACTUS_LANE(tactus_lanes_store_first)
#define tactus_lanes_index        TACTUS_LANE(tactus_lanes_index)
#define tactus_lanes_float        TACTUS_LANE(tactus_lanes_float)
#define tactus_lanes_whole        TACTUS_LANE(tactus_lanes_whole)
#define tactus_lanes_select       TACTUS_LANE(tactus_lanes_select)
#define tactus_lanes_keep         TACTUS_LANE(tactus_lanes_keep)
#define tactus_lanes_pick         TACTUS_LANE(tactus_lanes_pick)
#define tactus_lanes_any          TACTUS_LANE(tactus_lanes_any)
#define tactus_lanes_control      TACTUS_LANE(tactus_lanes_control)
#define tactus_lanes_clamp        TACTUS_LANE(tactus_lanes_clamp)
#define tactus_lanes_tame         TACTUS_LANE(tactus_lanes_tame)
#define tactus_lanes_phases       TACTUS_LANE(tactus_lanes_phases)
#define tactus_lanes_phases_next  TACTUS_LANE(tactus_lanes_phases_next)
#define tactus_lanes_phases_upper TACTUS_LANE(tactus_lanes_phases_upper)
#define tactus_lanes_phase        TACTUS_LANE(tactus_lanes_phase)
#define tactus_lanes_absolute     TACTUS_LANE(tactus_lanes_absolute)
#define tactus_lanes_magnitude    TACTUS_LANE(tactus_lanes_magnitude)
#define tactus_lanes_valley       TACTUS_LANE(tactus_lanes_valley)
#define tactus_lanes_triangle     TACTUS_LANE(tactus_lanes_triangle)
#define tactus_lanes_sine_quarter TACTUS_LANE(tactus_lanes_sine_quarter)
#define tactus_lanes_sine         TACTUS_LANE(tactus_lanes_sine)
#define tactus_lanes_sine_lean    TACTUS_LANE(tactus_lanes_sine_lean)
#define tactus_lanes_prewarp      TACTUS_LANE(tactus_lanes_prewarp)
#define tactus_lanes_exp2         TACTUS_LANE(tactus_lanes_exp2)
#define tactus_lanes_log2         TACTUS_LANE(tactus_lanes_log2)
#define tactus_lanes_from_db      TACTUS_LANE(tactus_lanes_from_db)
#define tactus_lanes_turn_fours   TACTUS_LANE(tactus_lanes_turn_fours)
#define tactus_lanes_transpose    TACTUS_LANE(tactus_lanes_transpose)

#endif

/* one copy of what follows for each width */
#if defined(TACTUS_LANES) &&                                       \
	((TACTUS_LANES == 4 && !defined(TACTUS_LANES_4)) ||        \
		(TACTUS_LANES == 8 && !defined(TACTUS_LANES_8)) || \
		(TACTUS_LANES == 16 && !defined(TACTUS_LANES_16)))
#if TACTUS_LANES == 4
#  define TACTUS_LANES_4
#elif TACTUS_LANES == 8
#  define TACTUS_LANES_8
#else
#  define TACTUS_LANES_16
#endif

/* clang-format off */
typedef float tactus_f __attribute__((vector_size(4 * TACTUS_LANES)));
typedef int32_t tactus_i __attribute__((vector_size(4 * TACTUS_LANES)));
typedef uint32_t tactus_u __attribute__((vector_size(4 * TACTUS_LANES)));
typedef uint64_t tactus_q __attribute__((vector_size(4 * TACTUS_LANES)));
/* clang-format on */

/** The same number in all lanes. */
TACTUS_RT TACTUS_LANES_INLINE tactus_f
tactus_lanes_all(float x)
{
	const tactus_f zero = {0};

	return x - zero;
}

/** The same number in all lanes. */
TACTUS_RT TACTUS_LANES_INLINE tactus_u
tactus_lanes_all_u(uint32_t x)
{
	const tactus_u zero = {0};

	return x - zero;
}

/** The same number in all lanes. */
TACTUS_RT TACTUS_LANES_INLINE tactus_q
tactus_lanes_all_q(uint64_t x)
{
	const tactus_q zero = {0};

	return x - zero;
}

/** TACTUS_LANES numbers out of memory that is aligned to a float. */
TACTUS_RT TACTUS_LANES_INLINE tactus_f
tactus_lanes_load(const float *from)
{
	tactus_f x;

	memcpy(&x, from, sizeof(x));
	return x;
}

/** The same of phases, or whatever is of 32 bits. */
TACTUS_RT TACTUS_LANES_INLINE tactus_u
tactus_lanes_load_u(const uint32_t *from)
{
	tactus_u x;

	memcpy(&x, from, sizeof(x));
	return x;
}

/** TACTUS_LANES numbers into such memory. */
TACTUS_RT TACTUS_LANES_INLINE void
tactus_lanes_store(float *to, tactus_f x)
{
	memcpy(to, &x, sizeof(x));
}

/** The same of phases. */
TACTUS_RT TACTUS_LANES_INLINE void
tactus_lanes_store_u(uint32_t *to, tactus_u x)
{
	memcpy(to, &x, sizeof(x));
}

/** The first `count` (fewer than TACTUS_LANES) lanes; the rest is 0. */
TACTUS_RT TACTUS_LANES_INLINE tactus_f
tactus_lanes_load_some(const float *from, uint32_t count)
{
	tactus_f x = {0};

	for (uint32_t i = 0; i < TACTUS_LANES - 1 && i < count; i++) {
		x[i] = from[i];
	}
	return x;
}

/** The first `count` (fewer than TACTUS_LANES) lanes, and no more. */
TACTUS_RT TACTUS_LANES_INLINE void
tactus_lanes_store_some(float *to, tactus_f x, uint32_t count)
{
	for (uint32_t i = 0; i < TACTUS_LANES - 1 && i < count; i++) {
		to[i] = x[i];
	}
}

/** The first `count` lanes, all of them if it is TACTUS_LANES. */
TACTUS_RT TACTUS_LANES_INLINE void
tactus_lanes_store_first(float *to, tactus_f x, uint32_t count)
{
	if (count == TACTUS_LANES) {
		tactus_lanes_store(to, x);
	} else {
		tactus_lanes_store_some(to, x, count);
	}
}

/** The number of each lane: 0, 1, 2 … */
TACTUS_RT TACTUS_LANES_INLINE tactus_i
tactus_lanes_index(void)
{
#if TACTUS_LANES == 4
	const tactus_i index = {0, 1, 2, 3};
#elif TACTUS_LANES == 8
	const tactus_i index = {0, 1, 2, 3, 4, 5, 6, 7};
#else
	const tactus_i index = {
		0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
#endif
	return index;
}

/** Whole numbers as floats, rounded to the nearest. */
TACTUS_RT TACTUS_LANES_INLINE tactus_f
tactus_lanes_float(tactus_i x)
{
	return __builtin_convertvector(x, tactus_f);
}

/** Floats without what follows the point; they must fit an int32_t. */
TACTUS_RT TACTUS_LANES_INLINE tactus_i
tactus_lanes_whole(tactus_f x)
{
	return __builtin_convertvector(x, tactus_i);
}

/** `yes` where the mask is -1, `no` where it is 0. */
TACTUS_RT TACTUS_LANES_INLINE tactus_f
tactus_lanes_select(tactus_i mask, tactus_f yes, tactus_f no)
{
#if TACTUS_LANES == 16 && defined(__x86_64__) && !defined(__clang__)
	/* one instruction, which GCC does not find by itself */
	return (tactus_f)__builtin_ia32_pternlogd512_mask(
		mask, (tactus_i)yes, (tactus_i)no, 0xca, UINT16_MAX);
#else
	return (tactus_f)((mask & (tactus_i)yes) | (~mask & (tactus_i)no));
#endif
}

/** `x` where the mask is -1, 0 where it is 0. */
TACTUS_RT TACTUS_LANES_INLINE tactus_f
tactus_lanes_keep(tactus_i mask, tactus_f x)
{
	return (tactus_f)(mask & (tactus_i)x);
}

/** Is there a lane of a mask that is not 0? */
TACTUS_RT TACTUS_LANES_INLINE bool
tactus_lanes_any(tactus_i mask)
{
	tactus_q wide = (tactus_q)mask;
	uint64_t sum = 0;

	for (int i = 0; i < TACTUS_LANES / 2; i++) {
		sum |= wide[i];
	}
	return sum != 0;
}

/** Out of a table of 16: lane i is table[index[i]]; indices are 0…15. */
TACTUS_RT TACTUS_LANES_INLINE tactus_f
tactus_lanes_pick(const float table[16], tactus_i index)
{
#if TACTUS_LANES == 16 && defined(__clang__)
	return __builtin_ia32_permvarsf512(tactus_lanes_load(table), index);
#elif TACTUS_LANES == 16
	return __builtin_shuffle(tactus_lanes_load(table), index);
#elif TACTUS_LANES == 8 && defined(__clang__)
	return tactus_lanes_select(index > 7,
		__builtin_ia32_permvarsf256(
			tactus_lanes_load(table + 8), index),
		__builtin_ia32_permvarsf256(tactus_lanes_load(table), index));
#elif TACTUS_LANES == 8
	return __builtin_shuffle(
		tactus_lanes_load(table), tactus_lanes_load(table + 8), index);
#else
	tactus_f x = {table[index[0]], table[index[1]], table[index[2]],
		table[index[3]]};

	return x;
#endif
}

/** tactus_control_at(c, first), (c, first + 1) … */
TACTUS_RT TACTUS_LANES_INLINE tactus_f
tactus_lanes_control(const TactusControl *c, uint32_t first)
{
	tactus_i at = tactus_lanes_index() + (int32_t)first;

	return c->value + tactus_lanes_float(at) * c->step;
}

/** As tactus_clamp. */
TACTUS_RT TACTUS_LANES_INLINE tactus_f
tactus_lanes_clamp(tactus_f x, float least, float most)
{
	x = tactus_lanes_select(x > least, x, tactus_lanes_all(least));
	return tactus_lanes_select(x < most, x, tactus_lanes_all(most));
}

/** As tactus_tame. */
TACTUS_RT TACTUS_LANES_INLINE tactus_f
tactus_lanes_tame(tactus_f x)
{
	/* floats are ordered as their bits are, NaN above all; 1e30 is this */
	return tactus_lanes_keep(
		((tactus_i)x & INT32_C(0x7fffffff)) < INT32_C(0x7149f2ca), x);
}

/**
 * The 64-bit phases of TACTUS_LANES frames; of each four frames the first two
 * lie in `low`.  So their upper halves come together within 128 bits, which
 * is the quickest way on any processor.
 */
struct tactus_phases {
	tactus_q low;
	tactus_q high;
};

/** Frame 0 is at `phase`, and each `step` further than the last. */
TACTUS_RT TACTUS_LANES_INLINE struct tactus_phases
tactus_lanes_phases(uint64_t phase, tactus_q step)
{
#if TACTUS_LANES == 4
	const tactus_q index = {0, 1};
#elif TACTUS_LANES == 8
	const tactus_q index = {0, 1, 4, 5};
#else
	const tactus_q index = {0, 1, 4, 5, 8, 9, 12, 13};
#endif
	struct tactus_phases p;

	p.low = index * step + phase;
	p.high = p.low + step * 2;
	return p;
}

/** The same phases, further by `on`. */
TACTUS_RT TACTUS_LANES_INLINE struct tactus_phases
tactus_lanes_phases_next(struct tactus_phases p, tactus_q on)
{
	p.low += on;
	p.high += on;
	return p;
}

/** Their upper 32 bits, which tactus_lanes_sine asks for, in order. */
TACTUS_RT TACTUS_LANES_INLINE tactus_u
tactus_lanes_phases_upper(struct tactus_phases p)
{
	/* floats are what GCC picks the quick instruction for */
	tactus_f low = (tactus_f)p.low;
	tactus_f high = (tactus_f)p.high;

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#  define TACTUS_UPPER_(i) (i), (i) + 2
#else
#  define TACTUS_UPPER_(i) (i) + 1, (i) + 3
#endif
#define TACTUS_UPPER_4_(i) TACTUS_UPPER_(i), TACTUS_UPPER_((i) + TACTUS_LANES)
#if TACTUS_LANES == 4
	return (tactus_u)__builtin_shufflevector(low, high, TACTUS_UPPER_4_(0));
#elif TACTUS_LANES == 8
	return (tactus_u)__builtin_shufflevector(
		low, high, TACTUS_UPPER_4_(0), TACTUS_UPPER_4_(4));
#else
	return (tactus_u)__builtin_shufflevector(low, high, TACTUS_UPPER_4_(0),
		TACTUS_UPPER_4_(4), TACTUS_UPPER_4_(8), TACTUS_UPPER_4_(12));
#endif
#undef TACTUS_UPPER_4_
#undef TACTUS_UPPER_
}

/** As tactus_phase. */
TACTUS_RT TACTUS_LANES_INLINE tactus_u
tactus_lanes_phase(tactus_f cycles)
{
	tactus_f within = tactus_lanes_clamp(cycles, 0.0f, 1.0f);

	return (tactus_u)tactus_lanes_whole(within * 0x1p30f) << 2;
}

/** Without their signs; INT32_MIN stays as it is. */
TACTUS_RT TACTUS_LANES_INLINE tactus_i
tactus_lanes_absolute(tactus_i x)
{
	/* one instruction where there is one, which GCC must be told of */
#if defined(__clang__)
	return __builtin_elementwise_abs(x);
#elif TACTUS_LANES == 16 && defined(__x86_64__)
	return __builtin_ia32_pabsd512_mask(x, x, UINT16_MAX);
#elif TACTUS_LANES == 8 && defined(__x86_64__)
	return __builtin_ia32_pabsd256(x);
#else
	tactus_u sign = (tactus_u)(x >> 31);

	return (tactus_i)(((tactus_u)x ^ sign) - sign);
#endif
}

/** Without their signs. */
TACTUS_RT TACTUS_LANES_INLINE tactus_f
tactus_lanes_magnitude(tactus_f x)
{
	return (tactus_f)((tactus_i)x & INT32_MAX);
}

/**
 * tactus_triangle a quarter of a cycle before `phase`: -1 at 0, 1 at a half.
 * Who adds up phases adds the quarter once, and is spared it here.
 */
TACTUS_RT TACTUS_LANES_INLINE tactus_f
tactus_lanes_valley(tactus_u phase)
{
	tactus_u magnitude = (tactus_u)tactus_lanes_absolute((tactus_i)phase);

	return tactus_lanes_float((tactus_i)(magnitude - 0x40000000u)) *
	       0x1p-30f;
}

/** As tactus_triangle. */
TACTUS_RT TACTUS_LANES_INLINE tactus_f
tactus_lanes_triangle(tactus_u phase)
{
	return tactus_lanes_valley(phase + 0x40000000u);
}

/** As tactus_sine_quarter. */
TACTUS_RT TACTUS_LANES_INLINE tactus_f
tactus_lanes_sine_quarter(tactus_f u)
{
	tactus_f y = u * u;
	tactus_f p = y * 1.51678541e-4f - 4.67416132e-3f;

	p = p * y + 7.96899125e-2f;
	p = p * y - 6.45963728e-1f;
	p = p * y + 5.70796311e-1f;
	return p * u + u;
}

/** As tactus_sine. */
TACTUS_RT TACTUS_LANES_INLINE tactus_f
tactus_lanes_sine(tactus_u phase)
{
	return tactus_lanes_sine_quarter(tactus_lanes_triangle(phase));
}

/** As tactus_sine_lean. */
TACTUS_RT TACTUS_LANES_INLINE tactus_f
tactus_lanes_sine_lean(tactus_u phase)
{
	tactus_f s =
		tactus_lanes_float((tactus_i)phase) * (0.827244878f * 0x1p-31f);
	tactus_f w = s * (0.827244878f - tactus_lanes_magnitude(s));
	tactus_f y = tactus_lanes_magnitude(w);
	tactus_f p = (y + 3.47098279f) * y + 6.70886612f;

	return (p * y + 4.5907197f) * w;
}

/** As tactus_prewarp. */
TACTUS_RT TACTUS_LANES_INLINE tactus_f
tactus_lanes_prewarp(tactus_f x)
{
	return tactus_lanes_sine_quarter(2.0f * x) /
	       tactus_lanes_sine_quarter(1.0f - 2.0f * x);
}

/** As tactus_exp2. */
TACTUS_RT TACTUS_LANES_INLINE tactus_f
tactus_lanes_exp2(tactus_f x)
{
	x = tactus_lanes_clamp(x, -126.0f, 127.0f);
	/* half a unit, with the sign of x but for -0, where it is no matter */
	tactus_i half = ((tactus_i)x & INT32_MIN) | INT32_C(0x3f000000);
	tactus_i whole = tactus_lanes_whole(x + (tactus_f)half);
	tactus_f f = x - tactus_lanes_float(whole);
	tactus_f power = (tactus_f)((tactus_u)(whole + 127) << 23);
	tactus_f p = f * 1.53458327e-4f + 1.33999311e-3f;

	p = p * f + 9.61848888e-3f;
	p = p * f + 5.55032878e-2f;
	p = p * f + 2.40226469e-1f;
	p = p * f + 6.93147206e-1f;
	p = p * f + 1.0f;
	return p * power;
}

/** As tactus_log2. */
TACTUS_RT TACTUS_LANES_INLINE tactus_f
tactus_lanes_log2(tactus_f x)
{
	x = tactus_lanes_clamp(x, FLT_MIN, FLT_MAX);
	tactus_u bits = (tactus_u)x;
	tactus_i exponent = (tactus_i)(bits - 0x3f3504f3u) >> 23;
	tactus_f m = (tactus_f)(bits - ((tactus_u)exponent << 23));
	tactus_f s = (m - 1.0f) / (m + 1.0f);
	tactus_f y = s * s;
	tactus_f p = y * 3.20598898e-1f + 4.12198583e-1f;

	p = p * y + 5.77078016e-1f;
	p = p * y + 9.61796694e-1f;
	p = p * y + 2.88539008f;
	return p * s + tactus_lanes_float(exponent);
}

/** As tactus_from_db. */
TACTUS_RT TACTUS_LANES_INLINE tactus_f
tactus_lanes_from_db(tactus_f db)
{
	return tactus_lanes_exp2(db * 1.66096405e-1f);
}

/*
 * The lanes of two vectors, in turn: single ones and pairs within 128 bits
 * (the first or the second half of each), then whole fours (the even or the
 * odd ones).  These are what is quick on the processors that have them.
 */
/* clang-format off */
#if TACTUS_LANES == 4
#  define TACTUS_TURN_SINGLES_0_ 0, 4, 1, 5
#  define TACTUS_TURN_SINGLES_1_ 2, 6, 3, 7
#  define TACTUS_TURN_PAIRS_0_ 0, 1, 4, 5
#  define TACTUS_TURN_PAIRS_1_ 2, 3, 6, 7
#elif TACTUS_LANES == 8
#  define TACTUS_TURN_SINGLES_0_ 0, 8, 1, 9, 4, 12, 5, 13
#  define TACTUS_TURN_SINGLES_1_ 2, 10, 3, 11, 6, 14, 7, 15
#  define TACTUS_TURN_PAIRS_0_ 0, 1, 8, 9, 4, 5, 12, 13
#  define TACTUS_TURN_PAIRS_1_ 2, 3, 10, 11, 6, 7, 14, 15
#  define TACTUS_TURN_FOURS_0_ 0, 1, 2, 3, 8, 9, 10, 11
#  define TACTUS_TURN_FOURS_1_ 4, 5, 6, 7, 12, 13, 14, 15
#else
#  define TACTUS_TURN_SINGLES_0_ \
	0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29
#  define TACTUS_TURN_SINGLES_1_ \
	2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31
#  define TACTUS_TURN_PAIRS_0_ \
	0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29
#  define TACTUS_TURN_PAIRS_1_ \
	2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31
#  define TACTUS_TURN_FOURS_0_ \
	0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27
#  define TACTUS_TURN_FOURS_1_ \
	4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31
#endif
/* clang-format on */

#if TACTUS_LANES > 4
/** Exchange fours between the vectors that are `apart`. */
TACTUS_RT TACTUS_LANES_INLINE void
tactus_lanes_turn_fours(tactus_f v[TACTUS_LANES], int apart)
{
#  pragma GCC unroll 16
	for (int i = 0; i < TACTUS_LANES / 2; i++) {
		int k = (i & (apart - 1)) + 2 * (i & ~(apart - 1));
		tactus_f a = v[k];
		tactus_f b = v[k + apart];

		v[k] = __builtin_shufflevector(a, b, TACTUS_TURN_FOURS_0_);
		v[k + apart] =
			__builtin_shufflevector(a, b, TACTUS_TURN_FOURS_1_);
	}
}
#endif

/**
 * Turn TACTUS_LANES vectors, in place: what was lane i of the k-th becomes
 * lane k of the i-th.
 */
TACTUS_RT TACTUS_LANES_INLINE void
tactus_lanes_transpose(tactus_f v[TACTUS_LANES])
{
	tactus_f w[TACTUS_LANES];

#pragma GCC unroll 16
	for (int k = 0; k < TACTUS_LANES; k += 2) {
		w[k] = __builtin_shufflevector(
			v[k], v[k + 1], TACTUS_TURN_SINGLES_0_);
		w[k + 1] = __builtin_shufflevector(
			v[k], v[k + 1], TACTUS_TURN_SINGLES_1_);
	}
	/* of each four vectors, the first with the third and so on */
#pragma GCC unroll 16
	for (int i = 0; i < TACTUS_LANES / 2; i++) {
		int from = (i & 1) + 2 * (i & ~1);

		v[2 * i] = __builtin_shufflevector(
			w[from], w[from + 2], TACTUS_TURN_PAIRS_0_);
		v[2 * i + 1] = __builtin_shufflevector(
			w[from], w[from + 2], TACTUS_TURN_PAIRS_1_);
	}
#if TACTUS_LANES > 4
	tactus_lanes_turn_fours(v, 4);
#endif
#if TACTUS_LANES > 8
	tactus_lanes_turn_fours(v, 8);
#endif
}

#undef TACTUS_TURN_SINGLES_0_
#undef TACTUS_TURN_SINGLES_1_
#undef TACTUS_TURN_PAIRS_0_
#undef TACTUS_TURN_PAIRS_1_
#undef TACTUS_TURN_FOURS_0_
#undef TACTUS_TURN_FOURS_1_

#endif
