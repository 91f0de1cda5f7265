/* SPDX-License-Identifier: MIT */
/*
 * lanes_blep.h -- <tactus/blep.h> in lanes; a kernel includes it, see lanes.h.
 */
#ifndef TACTUS_LANES_BLEP_H
#define TACTUS_LANES_BLEP_H

#include <tactus/blep.h>
#include <tactus/lanes.h>

/* clang-format off */
/** tactus_blep_table, turned. */
static const float tactus_blep_columns[8][TACTUS_BLEP_REACH] = {
	{-5e-1f, 8.16068871e-2f, -3.32496796e-2f, 1.24985579e-2f,
	 -6.82959549e-4f, -5.24762652e-3f, 8.18614445e-3f, -8.14521151e-3f,
	 7.21137717e-3f, -5.04075712e-3f, 3.38031056e-3f, -1.48149699e-3f,
	 6.58530936e-4f, 2.2763603e-4f, -1.50732889e-4f, 4.06268676e-4f},
	{8.87265371e-1f, 1.09563899e-1f, -9.96881126e-2f, 8.47942925e-2f,
	 -6.69090324e-2f, 4.82886261e-2f, -3.10076117e-2f, 1.66240131e-2f,
	 -5.98733979e-3f, -7.84683144e-4f, 4.17816533e-3f, -5.05611817e-3f,
	 4.40154675e-3f, -3.09576204e-3f, 1.77645172e-3f, -7.90808182e-4f},
	{-2.67713749e-4f, -4.67571251e-1f, 1.88537701e-1f, -8.22461264e-2f,
	 2.54027709e-2f, 6.46744905e-3f, -2.23786794e-2f, 2.75299297e-2f,
	 -2.58608755e-2f, 2.05824956e-2f, -1.41776723e-2f, 8.32740288e-3f,
	 -3.92025115e-3f, 1.17743517e-3f, 1.37798663e-4f, -4.84938755e-4f},
	{-3.83600692e-1f, 1.74125537e-1f, 6.1993354e-2f, -8.82461255e-2f,
	 8.07817182e-2f, -6.35645536e-2f, 4.43192227e-2f, -2.67954994e-2f,
	 1.29049292e-2f, -3.30971925e-3f, -2.23604658e-3f, 4.55430049e-3f,
	 -4.71283089e-3f, 3.74348295e-3f, -2.45152159e-3f, 1.33371833e-3f},
	{-8.11106069e-3f, 1.42991292e-1f, -1.31671372e-1f, 6.65281086e-2f,
	 -2.59735403e-2f, 2.09781726e-3f, 1.06036448e-2f, -1.57133205e-2f,
	 1.59341788e-2f, -1.34213346e-2f, 9.8278811e-3f, -6.290929e-3f,
	 3.451784e-3f, -1.53440452e-3f, 4.68521128e-4f, -2.70859146e-5f},
	{1.08041598e-1f, -6.66691108e-2f, 2.78407413e-3f, 3.02988214e-2f,
	 -3.60824282e-2f, 3.1692629e-2f, -2.38688899e-2f, 1.57208201e-2f,
	 -8.77055029e-3f, 3.64314503e-3f, -3.93220143e-4f, -1.2697095e-3f,
	 1.79698186e-3f, -1.65553673e-3f, 1.23071017e-3f, -7.80446323e-4f},
	{-1.79094609e-2f, -1.59821056e-2f, 3.23634439e-2f, -3.00982119e-2f,
	 2.11591251e-2f, -1.24454191e-2f, 5.64465675e-3f, -1.02881047e-3f,
	 -1.63408572e-3f, 2.78240352e-3f, -2.91080484e-3f, 2.47373109e-3f,
	 -1.82672158e-3f, 1.20280417e-3f, -7.18808209e-4f, 4.02028295e-4f},
	{-3.81121447e-3f, 8.68524112e-3f, -8.57083581e-3f, 5.78766283e-3f,
	 -2.94320726e-3f, 8.97156662e-4f, 3.56351401e-4f, -9.80578007e-4f,
	 1.16162925e-3f, -1.07124913e-3f, 8.4989267e-4f, -5.98649022e-4f,
	 3.78593839e-4f, -2.16385561e-4f, 1.13847843e-4f, -5.87354948e-5f},
};
/* clang-format on */

#define tactus_lanes_step_residual TACTUS_LANE(tactus_lanes_step_residual)
#define tactus_lanes_step_train    TACTUS_LANE(tactus_lanes_step_train)
#define tactus_steppers            TACTUS_LANE(tactus_steppers)
#define tactus_lanes_stepper       TACTUS_LANE(tactus_lanes_stepper)
#define tactus_lanes_stepper_move  TACTUS_LANE(tactus_lanes_stepper_move)
#define tactus_lanes_stepper_next  TACTUS_LANE(tactus_lanes_stepper_next)
#define tactus_lanes_stepper_end   TACTUS_LANE(tactus_lanes_stepper_end)
#define tactus_lanes_stepper_run   TACTUS_LANE(tactus_lanes_stepper_run)
#define tactus_lanes_wave          TACTUS_LANE(tactus_lanes_wave)

#endif

/* one copy of what follows for each width */
#if defined(TACTUS_LANES) &&                                            \
	((TACTUS_LANES == 4 && !defined(TACTUS_LANES_BLEP_4)) ||        \
		(TACTUS_LANES == 8 && !defined(TACTUS_LANES_BLEP_8)) || \
		(TACTUS_LANES == 16 && !defined(TACTUS_LANES_BLEP_16)))
#if TACTUS_LANES == 4
#  define TACTUS_LANES_BLEP_4
#elif TACTUS_LANES == 8
#  define TACTUS_LANES_BLEP_8
#else
#  define TACTUS_LANES_BLEP_16
#endif

/** As tactus_step_residual. */
TACTUS_RT TACTUS_LANES_INLINE tactus_f
tactus_lanes_step_residual(tactus_f t)
{
	tactus_f away = (tactus_f)((tactus_i)t & INT32_C(0x7fffffff));
	tactus_i near = away < (float)TACTUS_BLEP_REACH;
	tactus_i row = tactus_lanes_whole(tactus_lanes_keep(near, away));
	tactus_f x = away - tactus_lanes_float(row);
	tactus_f r = tactus_lanes_pick(tactus_blep_columns[7], row);

#pragma GCC unroll 8
	for (int k = 6; k >= 0; k--) {
		r = r * x + tactus_lanes_pick(tactus_blep_columns[k], row);
	}
	tactus_i sign = (t < 0.0f) & INT32_MIN;
	return tactus_lanes_keep(near, (tactus_f)((tactus_i)r ^ sign));
}

/** As tactus_step_train; lanes that are far from all jumps cost little. */
TACTUS_RT TACTUS_LANES_INLINE tactus_f
tactus_lanes_step_train(tactus_f t, tactus_f period)
{
	const float reach = (float)TACTUS_BLEP_REACH;
	tactus_f sum = {0};
	tactus_f past = t;
	tactus_f ahead = period - t;

	for (tactus_i in = past < reach; tactus_lanes_any(in);
		in = past < reach) {
		/* what is further before it adds 0 to the 0 that sum is */
		if (tactus_lanes_any(in & (past > -reach))) {
			sum = tactus_lanes_select(in,
				sum + tactus_lanes_step_residual(past), sum);
		}
		past += period;
	}
	for (tactus_i in = ahead < reach; tactus_lanes_any(in);
		in = ahead < reach) {
		sum = tactus_lanes_select(
			in, sum - tactus_lanes_step_residual(ahead), sum);
		ahead += period;
	}
	return sum;
}

/** A segment of a stepper, TACTUS_LANES frames at a time. */
struct tactus_steppers {
	struct tactus_phases at;
	tactus_q step;
	tactus_f period; /* of the frames that tactus_lanes_stepper_next told */
	bool moves;      /* its frequency does */
};

/** Begin one. */
TACTUS_RT TACTUS_LANES_INLINE struct tactus_steppers
tactus_lanes_stepper(
	struct tactus_stepper *s, const TactusControl *freq, double rate)
{
	struct tactus_steppers l;

	tactus_stepper_set(s, freq->value, rate);
	l.step = tactus_lanes_all_q(s->step);
	l.at = tactus_lanes_phases(s->phase, l.step);
	l.period = tactus_lanes_all(s->period);
	l.moves = freq->step != 0.0f;
	return l;
}

/** The phases of the next `n` frames, from frame `at` on, each of its own
 * frequency. */
TACTUS_RT TACTUS_LANES_INLINE tactus_u
tactus_lanes_stepper_move(struct tactus_steppers *l, struct tactus_stepper *s,
	const TactusControl *freq, double rate, uint32_t at, uint32_t n)
{
	uint32_t phases[TACTUS_LANES] = {0};
	float periods[TACTUS_LANES];

	for (uint32_t i = 0; i < TACTUS_LANES; i++) {
		periods[i] = 2.0f;
	}
	for (uint32_t i = 0; i < n; i++) {
		float hz = tactus_control_at(freq, at + i);

		phases[i] = (uint32_t)(s->phase >> 32);
		periods[i] = tactus_step_period(hz, rate);
		s->phase += tactus_phase_step(hz, s->scale);
	}
	l->period = tactus_lanes_load(periods);
	return tactus_lanes_load_u(phases);
}

/** The phases of the next `n` (at most TACTUS_LANES) frames, from frame `at`
 * of the segment on; l->period has their periods. */
TACTUS_RT TACTUS_LANES_INLINE tactus_u
tactus_lanes_stepper_next(struct tactus_steppers *l, struct tactus_stepper *s,
	const TactusControl *freq, double rate, uint32_t at, uint32_t n)
{
	tactus_u phase = tactus_lanes_phases_upper(l->at);

	if (l->moves) {
		return tactus_lanes_stepper_move(l, s, freq, rate, at, n);
	}
	l->at = tactus_lanes_phases_next(l->at, l->step * TACTUS_LANES);
	return phase;
}

/** End a segment of `frames`. */
TACTUS_RT TACTUS_LANES_INLINE void
tactus_lanes_stepper_end(const struct tactus_steppers *l,
	struct tactus_stepper *s, uint32_t frames)
{
	s->phase += l->moves ? 0 : frames * s->step;
}

/** TACTUS_LANES frames of a wave, from frame `at` of the segment on, when a
 * cycle lasts `period` frames; `controls` are those of its synth. */
typedef TACTUS_RT tactus_f (*tactus_lanes_wave)(tactus_u phase, tactus_f period,
	const TactusControl *controls, uint32_t at);

/**
 * One segment of a synth whose `self` is a tactus_stepper: what `wave` makes
 * of its phases, times amp, into its first output.
 */
TACTUS_RT TACTUS_LANES_INLINE void
tactus_lanes_stepper_run(TactusSynth *synth, uint32_t freq, uint32_t amp,
	double rate, uint32_t frames, tactus_lanes_wave wave)
{
	struct tactus_stepper *s = (struct tactus_stepper *)synth->self;
	const TactusControl *c = synth->controls;
	float *out = synth->out[0];
	struct tactus_steppers l = tactus_lanes_stepper(s, &c[freq], rate);

	for (uint32_t i = 0; i < frames; i += TACTUS_LANES) {
		uint32_t left = frames - i;
		uint32_t n = left < TACTUS_LANES ? left : TACTUS_LANES;
		tactus_u phase =
			tactus_lanes_stepper_next(&l, s, &c[freq], rate, i, n);

		tactus_lanes_store_first(out + i,
			tactus_lanes_control(&c[amp], i) *
				wave(phase, l.period, c, i),
			n);
	}
	tactus_lanes_stepper_end(&l, s, frames);
}

#endif
