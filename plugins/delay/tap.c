/* SPDX-License-Identifier: MIT */
/*
 * tap.c -- see tap.h.
 *
 * The polynomial is Lagrange's of third order, with two frames on either side
 * (T. Laakso, V. Valimaki, M. Karjalainen and U. Laine, "Splitting the unit
 * delay", IEEE Signal Processing Magazine 13(1), 1996).  It raises no
 * frequency above its level, so that a loop through it stays stable.  Between
 * the first and the second frame, where there are no four, it is a straight
 * line.
 */
#include "tap.h"

/** Most frames of the line that are looked at, at once. */
#define SPAN 192

/** The delay in frame `i`. */
TACTUS_RT static inline double
tap_at(const struct tap *t, uint32_t i)
{
	double frames = t->from + (double)(int32_t)i * t->step;

	frames = frames > 1.0 ? frames : 1.0;
	return frames < t->most ? frames : t->most;
}

TACTUS_RT uint32_t
tap_reach(const struct tap *t, uint32_t most)
{
	double first = tap_at(t, 0);
	double last = tap_at(t, most - 1);
	uint32_t n = (uint32_t)(int32_t)(first < last ? first : last);
	double pace = t->step < 1.0 ? 1.0 - t->step : t->step - 1.0;

	/* the third of four frames has to be written */
	n = n > 2 ? n - 1 : 1;
	n = n < most ? n : most;
	/* at its limits the delay stands, at a pace of 1: TAP_CHUNK fits */
	if (pace * (double)(int32_t)n > SPAN - 8) {
		n = (uint32_t)(int32_t)((SPAN - 8) / pace);
		n = n > 1 ? n : 1;
	}
	return n;
}

/** What four frames, oldest first, are multiplied by. */
struct weights {
	float w[4];
};

/** Those `part` of the way from the third of them to the second. */
TACTUS_RT static inline struct weights
weights_of(float part, bool is_line)
{
	float back = part - 1.0f;
	float far = part - 2.0f;
	float on = part + 1.0f;
	struct weights line = {
		{0.0f, part, 1.0f - part, 0.0f}
        };
	struct weights cubic = {
		{on * part * back * (1.0f / 6.0f), on * part * far * -0.5f,
                 on * back * far * 0.5f,
                 part * back * far * (-1.0f / 6.0f)}
        };

	return is_line ? line : cubic;
}

TACTUS_RT static inline float
weigh(const struct weights *w, const float *x)
{
	return (w->w[0] * x[0] + w->w[1] * x[1]) +
	       (w->w[2] * x[2] + w->w[3] * x[3]);
}

/**
 * Read the past from `oldest` to `newest` frames ago; 0 is the very frame
 * that is being made, which counts for nothing.
 */
TACTUS_RT static void
fetch(const struct line *l, uint32_t oldest, uint32_t newest, float *to)
{
	uint32_t count = oldest - newest + (newest > 0 ? 1 : 0);

	line_read(l, oldest, to, count);
	to[count] = 0.0f;
}

TACTUS_RT TACTUS_CLONES static void
weigh_all(const struct weights *w, const float *restrict past,
	float *restrict out, uint32_t count)
{
	const struct weights weights = *w;

	for (uint32_t i = 0; i < count; i++) {
		out[i] = weigh(&weights, past + i);
	}
}

/** A tap that stands. */
TACTUS_RT static void
read_still(const struct line *l, double frames, float *out, uint32_t count)
{
	uint32_t whole = (uint32_t)(int32_t)frames;
	float part = (float)(frames - (double)(int32_t)whole);
	struct weights w = weights_of(part, whole < 2);
	float past[SPAN + 1];

	if (part == 0.0f) {
		line_read(l, whole, out, count);
		return;
	}
	fetch(l, whole + 2, whole - count, past);
	weigh_all(&w, past, out, count);
}

/** A tap that moves. */
TACTUS_RT static void
read_moving(
	const struct tap *t, const struct line *l, float *out, uint32_t count)
{
	uint32_t oldest = 0;
	uint32_t newest = UINT32_MAX;
	uint32_t whole[TAP_CHUNK];
	float part[TAP_CHUNK];
	float past[SPAN + 1];

	for (uint32_t i = 0; i < count; i++) {
		double frames = tap_at(t, i);
		uint32_t n = (uint32_t)(int32_t)frames;

		whole[i] = n;
		part[i] = (float)(frames - (double)(int32_t)n);
		oldest = n + 2 - i > oldest ? n + 2 - i : oldest;
		newest = n - 1 - i < newest ? n - 1 - i : newest;
	}
	fetch(l, oldest, newest, past);
	for (uint32_t i = 0; i < count; i++) {
		struct weights w = weights_of(part[i], whole[i] < 2);

		out[i] = weigh(&w, past + (oldest - (whole[i] + 2 - i)));
	}
}

TACTUS_RT void
tap_read(const struct tap *t, const struct line *l, float *out, uint32_t count)
{
	if (t->moves) {
		read_moving(t, l, out, count);
	} else {
		read_still(l, t->from, out, count);
	}
}
