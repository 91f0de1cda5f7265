/* SPDX-License-Identifier: MIT */
/*
 * read.c -- an AudioBuffer at any speed, forwards, backwards and in circles.
 *
 * A stretch of which no frame lies near an edge is made in a loop without a
 * branch, the cubic's four samples at a time.  All others go frame by frame,
 * by the same formulas: the bits are the same, whichever way a frame goes.
 *
 * Beyond the part that is played lies the rest of the buffer, and beyond the
 * buffer silence; the ends of a loop lie next to each other.
 *
 * All of it runs on audio threads; there is no state but the caller's.
 */
#include "read.h"

#include <string.h>

#include <tactus/math.h>

/* a part of a frame: its upper 24 bits are what a float holds */
#define PART 0x1p-24f

/* no place moves further than that in a frame */
#define MOST_STEP 0x1p46

/** Four floats that are computed with at once. */
typedef float four __attribute__((vector_size(16)));
typedef int32_t four_whole __attribute__((vector_size(16)));
typedef uint32_t four_parts __attribute__((vector_size(16)));

TACTUS_RT static inline float
part_of(uint32_t part)
{
	return (float)(int32_t)(part >> 8) * PART;
}

/** `x` between b (0) and c (1): a straight line. */
TACTUS_RT static inline float
linear(float b, float c, float x)
{
	return b + (c - b) * x;
}

/*
 * `x` between b (0) and c (1), with the neighbours a and d: the cubic whose
 * slopes in b and c are those of the chords around them (Catmull-Rom).  As
 * "4-point, 3rd-order Hermite (x-form)" in O. Niemitalo, "Polynomial
 * Interpolators for High-Quality Resampling of Oversampled Audio", 2001; it is
 * scsynth's cubic, too.  A macro, for floats and for fours: every order of
 * operations gives other bits.
 */
#define HERMITE(a, b, c, d, x, y)                               \
  do {                                                          \
    __typeof__(x) c1 = 0.5f * ((c) - (a));                      \
    __typeof__(x) c3 = 1.5f * ((b) - (c)) + 0.5f * ((d) - (a)); \
    __typeof__(x) c2 = (a) - (b) + c1 - c3;                     \
    (y) = ((c3 * (x) + c2) * (x) + c1) * (x) + (b);             \
  } while (0)

TACTUS_RT static inline four
load_four(const float *from)
{
	four f;

	memcpy(&f, from, sizeof(f));
	return f;
}

/**
 * Four samples, each from the four floats at its place: read in rows, used in
 * columns.
 */
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

	HERMITE(a, b, c, d, x, y);
	return y;
}

/** A steady speed: the places are worked out on the way. */
TACTUS_RT TACTUS_CLONES static void
steady_cubic(const float *restrict from, uint32_t first, int64_t step,
	float *restrict out, uint32_t count)
{
	const float *before = from - 1;
	uint32_t low = (uint32_t)step;
	four_parts parts = {
		first, first + low, first + 2 * low, first + 3 * low};
	int64_t place = (int64_t)first;
	uint32_t i = 0;

	for (; i + 4 <= count; i += 4) {
		four x = __builtin_convertvector(
				 (four_whole)(parts >> 8), four) *
			 PART;
		four y = cubic_four(before + (place >> 32),
			before + ((place + step) >> 32),
			before + ((place + 2 * step) >> 32),
			before + ((place + 3 * step) >> 32), x);

		memcpy(&out[i], &y, sizeof(y));
		parts += 4 * low;
		place += 4 * step;
	}
	for (; i < count; i++) {
		const float *s = from + (place >> 32);
		float x = part_of((uint32_t)place);

		HERMITE(s[-1], s[0], s[1], s[2], x, out[i]);
		place += step;
	}
}

TACTUS_RT TACTUS_CLONES static void
steady_linear(const float *restrict from, uint32_t first, int64_t step,
	float *restrict out, uint32_t count)
{
	int64_t place = (int64_t)first;

	for (uint32_t i = 0; i < count; i++) {
		const float *s = from + (place >> 32);

		out[i] = linear(s[0], s[1], part_of((uint32_t)place));
		place += step;
	}
}

TACTUS_RT static void
steady_none(const float *from, uint32_t first, int64_t step, float *out,
	uint32_t count)
{
	int64_t place = (int64_t)first;

	for (uint32_t i = 0; i < count; i++) {
		out[i] = from[place >> 32];
		place += step;
	}
}

/** The samples as they are, every `stride`th. */
TACTUS_RT static void
whole(const float *from, int64_t stride, float *out, uint32_t count)
{
	if (stride == 1) {
		memcpy(out, from, count * sizeof(*out));
		return;
	}
	for (uint32_t i = 0; i < count; i++) {
		out[i] = from[(int64_t)i * stride];
	}
}

/** Any places, no edge near. */
TACTUS_RT TACTUS_CLONES static void
any_cubic(const float *restrict from, const int32_t *restrict at,
	const float *restrict part, float *restrict out, uint32_t count)
{
	uint32_t i = 0;

	for (; i + 4 <= count; i += 4) {
		const float *before = from - 1;
		four y = cubic_four(before + at[i], before + at[i + 1],
			before + at[i + 2], before + at[i + 3],
			load_four(&part[i]));

		memcpy(&out[i], &y, sizeof(y));
	}
	for (; i < count; i++) {
		const float *s = from + at[i];

		HERMITE(s[-1], s[0], s[1], s[2], part[i], out[i]);
	}
}

TACTUS_RT TACTUS_CLONES static void
any_linear(const float *restrict from, const int32_t *restrict at,
	const float *restrict part, float *restrict out, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		const float *s = from + at[i];

		out[i] = linear(s[0], s[1], part[i]);
	}
}

TACTUS_RT static void
any_none(const float *from, const int32_t *at, float *out, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		out[i] = from[at[i]];
	}
}

TACTUS_RT int64_t
read_step(const struct read_view *v, uint32_t i)
{
	float rate =
		tactus_clamp(tactus_control_at(&v->rate, i), -16.0f, 16.0f);
	double step = (double)rate * v->scale * 0x1p32;

	step = step > -MOST_STEP ? step : -MOST_STEP;
	step = step < MOST_STEP ? step : MOST_STEP;
	return (int64_t)(step + (step < 0.0 ? -0.5 : 0.5));
}

/** Move a place on. */
TACTUS_RT static inline void
move(struct read_place *p, int64_t way)
{
	int64_t part = (int64_t)p->part + way;

	p->frame += part >> 32;
	p->part = (uint32_t)part;
}

/** Whether there is nothing left of the part in this direction. */
TACTUS_RT static inline bool
is_past(const struct read_view *v, const struct read_place *p, int64_t step)
{
	if (v->is_loop) {
		return false;
	}
	if (step >= 0) {
		return p->frame >= v->end;
	}
	/* a frame before the first is the mirror of `end` */
	return p->frame < v->first - 1 ||
	       (p->frame == v->first - 1 && p->part == 0);
}

/** Bring a place that left the loop back into it. */
TACTUS_RT static inline void
wrap(const struct read_view *v, struct read_place *p)
{
	int64_t length = v->end - v->first;

	if (p->frame < v->first || p->frame >= v->end) {
		int64_t way = (p->frame - v->first) % length;

		p->frame = v->first + (way < 0 ? way + length : way);
	}
}

/** Whether all from `low` to `high` can be read without a look. */
TACTUS_RT static inline bool
is_inside(const struct read_view *v, int64_t low, int64_t high)
{
	int64_t before = v->interpolation == READ_CUBIC ? 1 : 0;
	int64_t behind = (int64_t)v->interpolation;

	return low - before >= (v->is_loop ? v->first : 0) &&
	       high + behind < (v->is_loop ? v->end : v->buffer->frames);
}

/** A walk that came near no edge after all: its places for the fast way. */
TACTUS_RT static void
straighten(const struct read_view *v, struct read_stretch *s)
{
	int64_t low = s->far[0];
	int64_t high = low;

	for (uint32_t k = 1; k < s->count; k++) {
		low = s->far[k] < low ? s->far[k] : low;
		high = s->far[k] > high ? s->far[k] : high;
	}
	if (!is_inside(v, low, high) || high - low > INT32_MAX) {
		return;
	}
	s->way = READ_ANYWHERE;
	s->base = s->far[0];
	for (uint32_t k = 0; k < s->count; k++) {
		s->at[k] = (int32_t)(s->far[k] - s->base);
	}
}

/** Go frame by frame, where there is an edge or a slope. */
TACTUS_RT static void
walk(const struct read_view *v, struct read_place *p, uint32_t i,
	uint32_t frames, struct read_stretch *out)
{
	bool is_steady = v->rate.step == 0.0f;
	int64_t step = read_step(v, i);

	out->way = READ_WALK;
	for (uint32_t k = 0; k < frames; k++) {
		if (!is_steady) {
			step = read_step(v, i + k);
		}
		if (v->is_loop) {
			wrap(v, p);
		} else if (is_past(v, p, step)) {
			break;
		}
		out->far[k] = p->frame;
		out->part[k] = part_of(p->part);
		out->count = k + 1;
		move(p, step);
	}
	out->is_over = is_past(v, p, step);
	if (out->count > 0 && !out->is_whole) {
		straighten(v, out);
	}
}

TACTUS_RT void
read_begin(const struct read_view *v, struct read_place *place, uint32_t i,
	uint32_t frames, struct read_stretch *out)
{
	int64_t step = read_step(v, i);
	bool is_steady = v->rate.step == 0.0f;

	out->count = 0;
	out->is_over = false;
	out->way = READ_WALK;
	out->is_whole = is_steady && place->part == 0 && (uint32_t)step == 0;
	if (v->is_loop && v->end <= v->first) {
		return;
	}
	int64_t last =
		place->frame +
		(((int64_t)place->part + (int64_t)(frames - 1) * step) >> 32);
	int64_t low = last < place->frame ? last : place->frame;
	int64_t high = last < place->frame ? place->frame : last;
	bool is_short =
		!v->is_loop && (step >= 0 ? high >= v->end : low < v->first);
	if (!is_steady || is_short || !is_inside(v, low, high)) {
		walk(v, place, i, frames, out);
		return;
	}
	out->way = out->is_whole ? READ_WHOLE : READ_STEADY;
	out->count = frames;
	out->base = place->frame;
	out->first = place->part;
	out->step = step;
	move(place, (int64_t)frames * step);
	out->is_over = is_past(v, place, step);
}

/** A sample of the buffer, or what lies there in its stead. */
TACTUS_RT static inline float
look_up(const struct read_view *v, const float *from, int64_t at)
{
	int64_t length = v->end - v->first;

	if (v->is_loop) {
		/* at most two away from the loop: two rounds of one frame */
		while (at >= v->end) {
			at -= length;
		}
		while (at < v->first) {
			at += length;
		}
	}
	return at >= 0 && at < v->buffer->frames ? from[at] : 0.0f;
}

TACTUS_RT static void
walk_channel(const struct read_view *v, const struct read_stretch *s,
	const float *from, float *out)
{
	for (uint32_t i = 0; i < s->count; i++) {
		int64_t at = s->far[i];
		float b = look_up(v, from, at);

		if (s->is_whole || v->interpolation == READ_NONE) {
			out[i] = b;
			continue;
		}
		float c = look_up(v, from, at + 1);
		if (v->interpolation == READ_LINEAR) {
			out[i] = linear(b, c, s->part[i]);
			continue;
		}
		float a = look_up(v, from, at - 1);
		float d = look_up(v, from, at + 2);
		HERMITE(a, b, c, d, s->part[i], out[i]);
	}
}

TACTUS_RT void
read_channel(const struct read_view *v, const struct read_stretch *s,
	uint32_t channel, float *out)
{
	const float *from = v->buffer->channel[channel];

	uint32_t n = s->count;

	switch (s->way) {
	case READ_WALK:
		walk_channel(v, s, from, out);
		break;
	case READ_WHOLE:
		whole(from + s->base, s->step / ((int64_t)1 << 32), out, n);
		break;
	case READ_STEADY:
		from += s->base;
		if (v->interpolation == READ_CUBIC) {
			steady_cubic(from, s->first, s->step, out, n);
		} else if (v->interpolation == READ_LINEAR) {
			steady_linear(from, s->first, s->step, out, n);
		} else {
			steady_none(from, s->first, s->step, out, n);
		}
		break;
	case READ_ANYWHERE:
		from += s->base;
		if (v->interpolation == READ_CUBIC) {
			any_cubic(from, s->at, s->part, out, n);
		} else if (v->interpolation == READ_LINEAR) {
			any_linear(from, s->at, s->part, out, n);
		} else {
			any_none(from, s->at, out, n);
		}
		break;
	}
}
