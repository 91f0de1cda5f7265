/* SPDX-License-Identifier: MIT */
/*
 * blep.h -- band-limited steps: jumps in a waveform that do not alias.
 *
 * A jump between two frames holds frequencies above rate/2, which come back
 * mirrored.  The remedy is to put in the jump's place the step response of a
 * low-pass filter (Brandt, "Hard Sync Without Aliasing", 2001), here of linear
 * phase: what it differs from a plain step in stands in the table, and is
 * added to the naive waveform around each jump, before and after it.  Nothing
 * is remembered from frame to frame: the places of the jumps follow from the
 * phase and the period alone.
 *
 * The filter is a sinc with its -6 dB point at 0.4435 of the rate, cut to 32
 * frames by a Kaiser window of beta 5.65: flat within 0.02 dB to 0.38 of the
 * rate (18.2 kHz at 48 kHz), 60 dB down from rate/2 on.  Each row holds the
 * polynomial of degree 7 through the Chebyshev points of one frame of its
 * integral, minus 1; the fit is within 3e-7 (a test integrates anew).
 */
#ifndef TACTUS_BLEP_H
#define TACTUS_BLEP_H

#include <stdint.h>

#include <tactus/math.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Frames on either side of a jump that differ from a plain step. */
#define TACTUS_BLEP_REACH 16

/* clang-format off */
static const float tactus_blep_table[TACTUS_BLEP_REACH][8] = {
	{-5e-1f, 8.87265371e-1f, -2.67713749e-4f, -3.83600692e-1f,
	 -8.11106069e-3f, 1.08041598e-1f, -1.79094609e-2f, -3.81121447e-3f},
	{8.16068871e-2f, 1.09563899e-1f, -4.67571251e-1f, 1.74125537e-1f,
	 1.42991292e-1f, -6.66691108e-2f, -1.59821056e-2f, 8.68524112e-3f},
	{-3.32496796e-2f, -9.96881126e-2f, 1.88537701e-1f, 6.1993354e-2f,
	 -1.31671372e-1f, 2.78407413e-3f, 3.23634439e-2f, -8.57083581e-3f},
	{1.24985579e-2f, 8.47942925e-2f, -8.22461264e-2f, -8.82461255e-2f,
	 6.65281086e-2f, 3.02988214e-2f, -3.00982119e-2f, 5.78766283e-3f},
	{-6.82959549e-4f, -6.69090324e-2f, 2.54027709e-2f, 8.07817182e-2f,
	 -2.59735403e-2f, -3.60824282e-2f, 2.11591251e-2f, -2.94320726e-3f},
	{-5.24762652e-3f, 4.82886261e-2f, 6.46744905e-3f, -6.35645536e-2f,
	 2.09781726e-3f, 3.1692629e-2f, -1.24454191e-2f, 8.97156662e-4f},
	{8.18614445e-3f, -3.10076117e-2f, -2.23786794e-2f, 4.43192227e-2f,
	 1.06036448e-2f, -2.38688899e-2f, 5.64465675e-3f, 3.56351401e-4f},
	{-8.14521151e-3f, 1.66240131e-2f, 2.75299297e-2f, -2.67954994e-2f,
	 -1.57133205e-2f, 1.57208201e-2f, -1.02881047e-3f, -9.80578007e-4f},
	{7.21137717e-3f, -5.98733979e-3f, -2.58608755e-2f, 1.29049292e-2f,
	 1.59341788e-2f, -8.77055029e-3f, -1.63408572e-3f, 1.16162925e-3f},
	{-5.04075712e-3f, -7.84683144e-4f, 2.05824956e-2f, -3.30971925e-3f,
	 -1.34213346e-2f, 3.64314503e-3f, 2.78240352e-3f, -1.07124913e-3f},
	{3.38031056e-3f, 4.17816533e-3f, -1.41776723e-2f, -2.23604658e-3f,
	 9.8278811e-3f, -3.93220143e-4f, -2.91080484e-3f, 8.4989267e-4f},
	{-1.48149699e-3f, -5.05611817e-3f, 8.32740288e-3f, 4.55430049e-3f,
	 -6.290929e-3f, -1.2697095e-3f, 2.47373109e-3f, -5.98649022e-4f},
	{6.58530936e-4f, 4.40154675e-3f, -3.92025115e-3f, -4.71283089e-3f,
	 3.451784e-3f, 1.79698186e-3f, -1.82672158e-3f, 3.78593839e-4f},
	{2.2763603e-4f, -3.09576204e-3f, 1.17743517e-3f, 3.74348295e-3f,
	 -1.53440452e-3f, -1.65553673e-3f, 1.20280417e-3f, -2.16385561e-4f},
	{-1.50732889e-4f, 1.77645172e-3f, 1.37798663e-4f, -2.45152159e-3f,
	 4.68521128e-4f, 1.23071017e-3f, -7.18808209e-4f, 1.13847843e-4f},
	{4.06268676e-4f, -7.90808182e-4f, -4.84938755e-4f, 1.33371833e-3f,
	 -2.70859146e-5f, -7.80446323e-4f, 4.02028295e-4f, -5.87354948e-5f},
};
/* clang-format on */

/**
 * What to add to a unit step up, `t` frames after it (before it: below 0).
 * Odd in t, but for t = 0, where it is -1/2; 0 from 16 frames on.
 */
TACTUS_RT static inline float
tactus_step_residual(float t)
{
	float away = t < 0.0f ? -t : t;

	if (!(away < (float)TACTUS_BLEP_REACH)) {
		return 0.0f;
	}
	int32_t row = (int32_t)away;
	const float *c = tactus_blep_table[row];
	float x = away - (float)row;
	float r = c[7];

	r = r * x + c[6];
	r = r * x + c[5];
	r = r * x + c[4];
	r = r * x + c[3];
	r = r * x + c[2];
	r = r * x + c[1];
	r = r * x + c[0];
	return t < 0.0f ? -r : r;
}

/**
 * What to add for unit steps up that come once in `period` frames, the
 * nearest of them `t` frames ago (-period/2…period/2).  `period` is at least
 * 2, which bounds the loops: 17 turns in all.
 */
TACTUS_RT static inline float
tactus_step_train(float t, float period)
{
	const float reach = (float)TACTUS_BLEP_REACH;
	float sum = 0.0f;

	for (float past = t; past < reach; past += period) {
		sum += tactus_step_residual(past);
	}
	for (float ahead = period - t; ahead < reach; ahead += period) {
		sum -= tactus_step_residual(ahead);
	}
	return sum;
}

/** The period for tactus_step_train at `hz`: rate / hz, at least 2 frames. */
TACTUS_RT static inline float
tactus_step_period(float hz, double rate)
{
	float period = (float)rate / (hz > 1e-3f ? hz : 1e-3f);

	return period > 2.0f ? period : 2.0f;
}

/** An oscillator whose steps are those of tactus_step_train. */
struct tactus_stepper {
	uint64_t phase;
	uint64_t step; /* of `freq`, in one frame */
	double scale;  /* tactus_phase_scale() of the rate; set by its owner */
	float freq;    /* what `step` and `period` were made for */
	float period;  /* in frames; 0 at first: `step` is not made yet */
};

/** Give it the frequency of the frames that come. @side rt */
TACTUS_RT static inline void
tactus_stepper_set(struct tactus_stepper *s, float freq, double rate)
{
	if (s->period == 0.0f || freq != s->freq) {
		s->freq = freq;
		s->step = tactus_phase_step(freq, s->scale);
		s->period = tactus_step_period(freq, rate);
	}
}

#ifdef __cplusplus
}
#endif

#endif
