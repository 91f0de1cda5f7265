/* SPDX-License-Identifier: MIT */
/*
 * lanes_kernel.h -- each function of lanes.h over an array, at each width.
 */
#ifndef TACTUS_LANES
#  ifndef TACTUS_TESTS_PLUGINS_LANES_KERNEL_H
#    define TACTUS_TESTS_PLUGINS_LANES_KERNEL_H
#    include <stdint.h>

/** What is done to each number. */
enum lanes_what {
	LANES_TAME,
	LANES_CLAMP,
	LANES_QUARTER,
	LANES_PREWARP,
	LANES_EXP2,
	LANES_LOG2,
	LANES_FROM_DB,
	LANES_PHASE,    /* the bits of the result are a phase */
	LANES_SINE,     /* the bits of the argument are a phase */
	LANES_LEAN,     /* the same */
	LANES_TRIANGLE, /* the same */
	LANES_VALLEY,   /* the same */
	LANES_ABSOLUTE, /* of the bits as a whole number */
	LANES_RESIDUAL,
	LANES_TRAIN, /* with a period of |x| / 8, but 2 at least */
	LANES_WHATS
};
/** The range of LANES_CLAMP. */
#    define LANES_LEAST         -2.5f
#    define LANES_MOST          0.75f
#    define TACTUS_LANES_KERNEL "lanes_kernel.h"
#    include <tactus/lanes.h>
#  endif
#else

#  include <tactus/lanes_blep.h>

TACTUS_RT TACTUS_LANES_INLINE tactus_f
TACTUS_LANE(lanes_apply)(enum lanes_what what, tactus_f x)
{
	switch (what) {
	case LANES_TAME:
		return tactus_lanes_tame(x);
	case LANES_CLAMP:
		return tactus_lanes_clamp(x, LANES_LEAST, LANES_MOST);
	case LANES_QUARTER:
		return tactus_lanes_sine_quarter(x);
	case LANES_PREWARP:
		return tactus_lanes_prewarp(x);
	case LANES_EXP2:
		return tactus_lanes_exp2(x);
	case LANES_LOG2:
		return tactus_lanes_log2(x);
	case LANES_FROM_DB:
		return tactus_lanes_from_db(x);
	case LANES_PHASE:
		return (tactus_f)tactus_lanes_phase(x);
	case LANES_SINE:
		return tactus_lanes_sine((tactus_u)x);
	case LANES_LEAN:
		return tactus_lanes_sine_lean((tactus_u)x);
	case LANES_TRIANGLE:
		return tactus_lanes_triangle((tactus_u)x);
	case LANES_VALLEY:
		return tactus_lanes_valley((tactus_u)x);
	case LANES_ABSOLUTE:
		return (tactus_f)tactus_lanes_absolute((tactus_i)x);
	case LANES_RESIDUAL:
		return tactus_lanes_step_residual(x);
	case LANES_TRAIN:
	case LANES_WHATS:
		break;
	}
	tactus_f period =
		(tactus_f)((tactus_i)x & INT32_C(0x7fffffff)) * 0.125f;
	period = tactus_lanes_clamp(period, 2.0f, 1e6f);
	return tactus_lanes_step_train(
		tactus_lanes_clamp(x, -1.0f, 1.0f) * 0.5f * period, period);
}

/** `count` is a multiple of 16. */
TACTUS_RT TACTUS_LANES_CODE static void
TACTUS_LANE(lanes_run)(
	enum lanes_what what, const float *in, float *out, uint32_t count)
{
	for (uint32_t i = 0; i < count; i += TACTUS_LANES) {
		tactus_lanes_store(out + i, TACTUS_LANE(lanes_apply)(what,
						    tactus_lanes_load(in + i)));
	}
}

/** Turn a square of `TACTUS_LANES` rows; `to` and `from` are apart. */
TACTUS_RT TACTUS_LANES_CODE static void
TACTUS_LANE(lanes_turn)(float *to, const float *from)
{
	tactus_f v[TACTUS_LANES];

	for (int i = 0; i < TACTUS_LANES; i++) {
		v[i] = tactus_lanes_load(from + i * TACTUS_LANES);
	}
	tactus_lanes_transpose(v);
	for (int i = 0; i < TACTUS_LANES; i++) {
		tactus_lanes_store(to + i * TACTUS_LANES, v[i]);
	}
}

/** `count` (fewer than TACTUS_LANES) numbers, there and elsewhere. */
TACTUS_RT TACTUS_LANES_CODE static void
TACTUS_LANE(lanes_some)(
	float *to, float *all, const float *from, uint32_t count)
{
	tactus_f x = tactus_lanes_load_some(from, count);

	tactus_lanes_store(all, x);
	tactus_lanes_store_some(to, x, count);
}

/** The upper halves of phases, twice TACTUS_LANES frames of them. */
TACTUS_RT TACTUS_LANES_CODE static void
TACTUS_LANE(lanes_phases)(uint32_t *to, uint64_t phase, uint64_t step)
{
	tactus_q on = tactus_lanes_all_q(step);
	struct tactus_phases p = tactus_lanes_phases(phase, on);

	tactus_lanes_store_u(to, tactus_lanes_phases_upper(p));
	p = tactus_lanes_phases_next(p, on * TACTUS_LANES);
	tactus_lanes_store_u(to + TACTUS_LANES, tactus_lanes_phases_upper(p));
}

/** A control over twice TACTUS_LANES frames. */
TACTUS_RT TACTUS_LANES_CODE static void
TACTUS_LANE(lanes_control)(float *to, const TactusControl *c, uint32_t first)
{
	tactus_lanes_store(to, tactus_lanes_control(c, first));
	tactus_lanes_store(to + TACTUS_LANES,
		tactus_lanes_control(c, first + TACTUS_LANES));
}

#endif
