/* SPDX-License-Identifier: MIT */
/*
 * read.c -- an AudioBuffer at any speed, forwards, backwards and in circles.
 *
 * A stretch of which no frame lies near an edge is made in a loop without a
 * branch, the cubic's many samples at a time.  All others go frame by frame,
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

#include "cubic.h"

/* a whole frame, as places move */
#define FRAME ((int64_t)1 << 32)

/* no place moves further than that in a frame */
#define MOST_STEP 0x1p46

TACTUS_RT static inline float
part_of(uint32_t part)
{
	return (float)(int32_t)(part >> 8) * CUBIC_PART;
}

/** `x` between b (0) and c (1): a straight line. */
TACTUS_RT static inline float
linear(float b, float c, float x)
{
	return b + (c - b) * x;
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

/** Give all frames one level. */
TACTUS_RT TACTUS_CLONES static void
scale(float *restrict out, float gain, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		out[i] *= gain;
	}
}

/** The samples as they are, but for their level. */
TACTUS_RT TACTUS_CLONES static void
copy(const float *restrict from, float gain, float *restrict out,
	uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		out[i] = from[i] * gain;
	}
}

/** The samples as they are, every `stride`th. */
TACTUS_RT static void
whole(const float *from, int64_t stride, float gain, float *out, uint32_t count)
{
	if (stride == 1 && gain != 1.0f) {
		copy(from, gain, out, count);
		return;
	}
	if (stride == 1) {
		memcpy(out, from, count * sizeof(*out));
		return;
	}
	for (uint32_t i = 0; i < count; i++) {
		out[i] = from[(int64_t)i * stride];
	}
	if (gain != 1.0f) {
		scale(out, gain, count);
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

/** How far a place moves with frame `i` of the segment, in 2^-32. */
TACTUS_RT static inline int64_t
step_at(const struct read_view *v, uint32_t i)
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

/**
 * Whether no frame has to be looked at, from `place` on: the first moves by
 * `step`, the last by `end`, and all of them by `way`.
 */
TACTUS_RT static inline bool
is_clear(const struct read_view *v, const struct read_place *place,
	int64_t step, int64_t end, int64_t way)
{
	int64_t last =
		place->frame + (((int64_t)place->part + way - end) >> 32);
	int64_t low = last < place->frame ? last : place->frame;
	int64_t high = last < place->frame ? place->frame : last;
	bool is_short =
		!v->is_loop && (step >= 0 ? high >= v->end : low < v->first);

	/* where it turns round, the ends are not the furthest */
	return (step >= 0) == (end >= 0) && !is_short &&
	       is_inside(v, low, high);
}

/** Go frame by frame, where there is an edge or a slope. */
TACTUS_RT static void
walk(const struct read_view *v, struct read_place *p, uint32_t i,
	uint32_t frames, struct read_stretch *out)
{
	bool is_steady = v->rate.step == 0.0f;
	int64_t step = step_at(v, i);

	out->way = READ_WALK;
	for (uint32_t k = 0; k < frames; k++) {
		if (!is_steady) {
			step = step_at(v, i + k);
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
}

/** The places at a speed that changes, from `part` on; how far it went. */
TACTUS_RT TACTUS_CLONES static int64_t
bend(const struct read_view *v, uint32_t part, uint32_t i, uint32_t frames,
	struct read_stretch *out)
{
	int64_t place = (int64_t)part;

	for (uint32_t k = 0; k < frames; k++) {
		out->far[k] = step_at(v, i + k);
	}
	for (uint32_t k = 0; k < frames; k++) {
		out->at[k] = (int32_t)(place >> 32);
		out->part[k] = part_of((uint32_t)place);
		place += out->far[k];
	}
	return place - (int64_t)part;
}

TACTUS_RT void
read_begin(const struct read_view *v, struct read_place *place, uint32_t i,
	uint32_t frames, struct read_stretch *out)
{
	int64_t step = step_at(v, i);
	int64_t end = step; /* the last frame's */
	int64_t way = (int64_t)frames * step;
	bool is_steady = v->rate.step == 0.0f;

	out->count = 0;
	out->is_over = false;
	out->way = READ_WALK;
	out->is_whole = is_steady && place->part == 0 && (uint32_t)step == 0;
	if (v->is_loop && v->end <= v->first) {
		return;
	}
	if (!is_steady) {
		way = bend(v, place->part, i, frames, out);
		end = out->far[frames - 1];
	}
	if (!is_clear(v, place, step, end, way)) {
		walk(v, place, i, frames, out);
		return;
	}
	out->way = out->is_whole ? READ_WHOLE : READ_STEADY;
	out->way = is_steady ? out->way : READ_ANYWHERE;
	out->count = frames;
	out->base = place->frame;
	out->first = place->part;
	out->step = step;
	move(place, way);
	out->is_over = is_past(v, place, end);
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
		CUBIC_HERMITE(a, b, c, d, s->part[i], out[i]);
	}
}

/** From `base` and `part` on at a steady speed, no edge near. */
TACTUS_RT static inline void
steady(const struct read_run *r, int64_t base, uint32_t part, float gain,
	float *out, uint32_t count)
{
	const float *from = r->from + base;

	if (r->interpolation == READ_CUBIC) {
		struct cubic_way way = {.from = from,
			.before = base,
			.behind = r->frames - base,
			.step = r->step,
			.part = part};

		cubic_steady(&way, cubic_width(), gain, out, count);
		return;
	}
	if (r->interpolation == READ_LINEAR) {
		steady_linear(from, part, r->step, out, count);
	} else {
		steady_none(from, part, r->step, out, count);
	}
	if (gain != 1.0f) {
		scale(out, gain, count);
	}
}

TACTUS_RT void
read_channel(const struct read_view *v, const struct read_stretch *s,
	uint32_t channel, float gain, float *out)
{
	const float *from = v->buffer->channel[channel];
	uint32_t n = s->count;

	if (s->way == READ_WHOLE) {
		whole(from + s->base, s->step / FRAME, gain, out, n);
		return;
	}
	if (s->way == READ_STEADY) {
		struct read_run r = {.from = from,
			.frames = v->buffer->frames,
			.step = s->step,
			.interpolation = v->interpolation};

		steady(&r, s->base, s->first, gain, out, n);
		return;
	}
	if (s->way == READ_WALK) {
		walk_channel(v, s, from, out);
	} else if (v->interpolation == READ_CUBIC) {
		cubic_any(from + s->base, s->at, s->part, out, n);
	} else if (v->interpolation == READ_LINEAR) {
		any_linear(from + s->base, s->at, s->part, out, n);
	} else {
		any_none(from + s->base, s->at, out, n);
	}
	if (gain != 1.0f) {
		scale(out, gain, n);
	}
}

TACTUS_RT void
read_run_begin(const struct read_view *v, uint32_t block, struct read_run *out)
{
	int64_t step = step_at(v, 0);
	/* no place of a block is further from its first, nor its next */
	int64_t reach = ((int64_t)block * (step < 0 ? -step : step) >> 32) + 1;
	int64_t before = v->interpolation == READ_CUBIC ? 1 : 0;
	int64_t behind = (int64_t)v->interpolation;
	int64_t first = v->is_loop ? v->first : 0;
	int64_t end = v->is_loop ? v->end : v->buffer->frames;
	int64_t lines = (reach + 2) * (int64_t)sizeof(float) / READ_LINE + 1;

	*out = (struct read_run){.from = v->buffer->channel[0],
		.frames = v->buffer->frames,
		.step = step,
		.low = first + before,
		.high = end - 1 - behind,
		.interpolation = v->interpolation,
		.lines = (uint32_t)(lines < READ_LINES ? lines : READ_LINES),
		.stride = step >= 0 ? READ_LINE : -READ_LINE};
	if (step >= 0) {
		int64_t last = v->end - 1;

		out->high = (out->high < last ? out->high : last) - reach;
	} else {
		out->low = (out->low > v->first ? out->low : v->first) + reach;
	}
}

TACTUS_RT bool
read_run_on(const struct read_run *r, struct read_place *place, float gain,
	float *out, uint32_t frames)
{
	int64_t at = place->frame;

	if (at < r->low || at > r->high) {
		return false;
	}
	if (place->part == 0 && (uint32_t)r->step == 0) {
		whole(r->from + at, r->step / FRAME, gain, out, frames);
	} else {
		steady(r, at, place->part, gain, out, frames);
	}
	move(place, (int64_t)frames * r->step);
	return true;
}
