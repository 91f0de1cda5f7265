/* SPDX-License-Identifier: MIT */
/*
 * reverb_room.c -- see reverb_room.h.  It runs on an audio thread.
 *
 * With T the time in which low tones fall by 60 dB, a line of d seconds has
 * the gain 10^(-3 d / T), so that all modes die alike, and a filter
 * (1 - b) / (1 - b z^-1) that makes it 10^(-3 d / T') at CORNER_HZ (Jot and
 * Chaigne 1991).  With r the ratio of these two gains, u = 1 - r^2 and c the
 * cosine of the corner's angle, |(1 - b) / (1 - b z^-1)| = r is solved by
 *
 *	b = u / (1 - c + c u + sqrt((1 - c) (1 - u) (1 - c + u (1 + c))))
 *
 * What goes in is as loud as what comes out when noise comes in for long: of
 * the power in the lines the part 1 - g^2 is lost in each turn.
 */
#include "reverb_room.h"

#include <tactus/math.h>

/** RT60 at size 0, s. */
#define SHORTEST 0.3f
/** log2 of what size 1 makes of it: 9 s. */
#define LOG2_30 4.90689060f
/** -3 log2 10: ten to the power of -3 is 2 to the power of this. */
#define MINUS_60_DB -9.96578428f
/** Delays at size 0, of those at size 1. */
#define SMALLEST  0.2f
#define CORNER_HZ 4000.0
/** Part of T that damping 1 takes away at the corner. */
#define DAMPED 0.8f

/** The lines at size 1, in frames at 48 kHz: primes, 30 to 112 ms. */
static const uint32_t line_frames[REVERB_LINES] = {5387, 4817, 4339, 4073, 3739,
	3511, 3251, 2999, 2797, 2617, 2399, 2251, 2053, 1867, 1601, 1433};

/** The diffusers, in frames at 48 kHz: primes, 2 to 8 ms. */
static const uint32_t diffuser_frames[2][REVERB_DIFFUSERS] = {
	{101, 163, 241, 359},
        {109, 151, 263, 337}
};

TACTUS_RT static inline uint32_t
frames_of(double at_48k, double rate)
{
	uint32_t frames = (uint32_t)(int32_t)(at_48k * rate / 48000.0 + 0.5);

	return frames > 0 ? frames : 1;
}

TACTUS_RT uint32_t
reverb_room_longest(uint32_t line, double rate)
{
	return frames_of(line_frames[line], rate);
}

TACTUS_RT uint32_t
reverb_room_diffuser(uint32_t channel, uint32_t diffuser, double rate)
{
	return frames_of(diffuser_frames[channel][diffuser], rate);
}

/** The square root, to 1e-11: a step of Newton's from a good guess. */
TACTUS_RT static inline double
root(double x)
{
	double guess = (double)tactus_exp2(0.5f * tactus_log2((float)x));

	return 0.5 * (guess + x / guess);
}

/** The pole with which a filter has the gain `ratio` at the corner. */
TACTUS_RT static inline float
pole_for(double ratio, double rate)
{
	/* 1 - cos w is 2 sin^2 (w / 2) */
	double turn = 2.0 * CORNER_HZ / rate;
	double sine =
		(double)tactus_sine_quarter(turn < 1.0 ? (float)turn : 1.0f);
	double lack = 2.0 * sine * sine;
	double c = 1.0 - lack;
	double u = 1.0 - ratio * ratio;

	u = u > 0.0 ? u : 0.0;
	return (float)(u / (lack + c * u +
				   root(lack * (1.0 - u) *
					   (lack + u * (1.0 + c)))));
}

TACTUS_RT void
reverb_room_make(
	struct reverb_room *room, const struct reverb_wish *wish, double rate)
{
	float size = tactus_clamp(wish->size, 0.0f, 1.0f);
	float damping = tactus_clamp(wish->damping, 0.0f, 1.0f);
	float predelay =
		tactus_clamp(wish->predelay, 0.0f, (float)REVERB_PREDELAY);
	float scale = SMALLEST + (1.0f - SMALLEST) * size;
	float seconds = SHORTEST * tactus_exp2(LOG2_30 * size);
	float high = seconds * (1.0f - DAMPED * damping);
	double kept = 0.0;

	room->wish = *wish;
	room->predelay = (uint32_t)(int32_t)((double)predelay * rate + 0.5);
	for (uint32_t k = 0; k < REVERB_LINES; k++) {
		uint32_t delay =
			frames_of((double)scale * (double)line_frames[k], rate);
		float turn = MINUS_60_DB * (float)((double)delay / rate);
		float gain = tactus_exp2(turn / seconds);
		float ratio = tactus_exp2(turn / high - turn / seconds);

		room->delay[k] = delay;
		room->gain[k] = gain;
		room->pole[k] = pole_for((double)ratio, rate);
		kept += (double)gain * (double)gain / REVERB_LINES;
	}
	room->level = (float)root((1.0 - kept) / kept);
}
