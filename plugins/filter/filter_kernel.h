/* SPDX-License-Identifier: MIT */
/*
 * filter_kernel.h -- the arithmetic of filters, many of them at a time.
 *
 * A filter waits for itself from frame to frame, so lanes are filters: what
 * they hear is turned so that a vector is one frame of all, and turned back
 * behind them.  SIDE vectors go side by side, each in the time that the other
 * waits.  One filter alone fills all lanes of a vector, and nothing is turned.
 *
 * It runs on an audio thread.
 */
#ifndef TACTUS_LANES
#  ifndef TACTUS_FILTER_KERNEL_H
#    define TACTUS_FILTER_KERNEL_H
#    include <tactus/math.h>
#    include <tactus/plugin.h>

#    include "filter.h"
/** Most lanes of some vectors side by side. */
#    define FILTER_MOST 32

/** What filters have in common, so that all of them take the same way. */
enum filter_kind {
	FILTER_STANDS_LOW, /* nothing moves, and what is heard is low */
	FILTER_STANDS,     /* nothing moves */
	FILTER_MOVES,      /* cutoff or q do */
	FILTER_KINDS
};

/** Filters of a kind. */
struct filter_group {
	uint32_t count;
	TactusSynth *synth[FILTER_MOST];
};

TACTUS_RT static inline enum filter_kind
filter_kind(const TactusSynth *synth)
{
	const TactusControl *c = synth->controls;

	if (c[FILTER_CUTOFF].step != 0.0f || c[FILTER_Q].step != 0.0f) {
		return FILTER_MOVES;
	}
	/* as the mode is cut to a whole number */
	return c[FILTER_MODE].value < FILTER_LOW + 1 ? FILTER_STANDS_LOW
						     : FILTER_STANDS;
}

#    define TACTUS_LANES_KERNEL "filter_kernel.h"
#    include <tactus/lanes.h>
#  endif
#else

#  define SIDE    2
#  define GROUP   (SIDE * TACTUS_LANES)
#  define lanes   TACTUS_LANE(filter_lanes)
#  define gather  TACTUS_LANE(filter_gather)
#  define frame   TACTUS_LANE(filter_frame)
#  define prepare TACTUS_LANE(filter_prepare)
#  define turned  TACTUS_LANE(filter_turned)
#  define single  TACTUS_LANE(filter_single)
#  define group   TACTUS_LANE(filter_group)

/** A vector of filters. */
struct lanes {
	tactus_f s1;
	tactus_f s2;
	tactus_f k;
	tactus_f a1;
	tactus_f a2;
	tactus_f a3;
	tactus_i is_low;
	tactus_i is_high;
	tactus_i is_band;
};

/** The controls of a vector of filters, when one of them moves. */
struct TACTUS_LANE(filter_controls) {
	tactus_f cutoff;
	tactus_f cutoff_step;
	tactus_f q;
	tactus_f q_step;
};

/** Make the coefficients; `cutoff` is a part of the rate. */
TACTUS_RT TACTUS_LANES_INLINE void
TACTUS_LANE(filter_coefficients)(struct lanes *f, tactus_f cutoff, tactus_f q)
{
	tactus_f g =
		tactus_lanes_prewarp(tactus_lanes_clamp(cutoff, 1e-6f, 0.49f));

	f->k = 1.0f / tactus_lanes_clamp(q, 0.5f, 50.0f);
	f->a1 = 1.0f / (1.0f + g * (g + f->k));
	f->a2 = g * f->a1;
	f->a3 = g * f->a2;
}

/** One frame; of low-pass filters alone there is nothing to choose. */
TACTUS_RT TACTUS_LANES_INLINE tactus_f
frame(struct lanes *f, tactus_f heard, enum filter_kind kind)
{
	tactus_f x = tactus_lanes_tame(heard);
	tactus_f v3 = x - f->s2;
	tactus_f band = f->a1 * f->s1 + f->a2 * v3;
	tactus_f low = f->s2 + f->a2 * f->s1 + f->a3 * v3;

	f->s1 = band + band - f->s1;
	f->s2 = low + low - f->s2;
	if (kind == FILTER_STANDS_LOW) {
		return low;
	}
	tactus_f damped = f->k * band;
	tactus_f notch = x - damped;
	tactus_f y;

	y = tactus_lanes_select(f->is_band, damped, notch);
	y = tactus_lanes_select(f->is_high, notch - low, y);
	return tactus_lanes_select(f->is_low, low, y);
}

/** Put the states of filters into a vector. */
TACTUS_RT TACTUS_LANES_INLINE void
gather(struct lanes *v, TactusSynth *const synths[TACTUS_LANES])
{
	float s1[TACTUS_LANES];
	float s2[TACTUS_LANES];
	float k[TACTUS_LANES];
	float a1[TACTUS_LANES];
	float a2[TACTUS_LANES];
	float a3[TACTUS_LANES];
	float mode[TACTUS_LANES];

	for (uint32_t i = 0; i < TACTUS_LANES; i++) {
		const struct filter *f = synths[i]->self;

		s1[i] = f->s1;
		s2[i] = f->s2;
		k[i] = f->k;
		a1[i] = f->a1;
		a2[i] = f->a2;
		a3[i] = f->a3;
		mode[i] = synths[i]->controls[FILTER_MODE].value;
	}
	v->s1 = tactus_lanes_load(s1);
	v->s2 = tactus_lanes_load(s2);
	v->k = tactus_lanes_load(k);
	v->a1 = tactus_lanes_load(a1);
	v->a2 = tactus_lanes_load(a2);
	v->a3 = tactus_lanes_load(a3);
	tactus_i m = tactus_lanes_whole(tactus_lanes_clamp(
		tactus_lanes_load(mode), FILTER_LOW, FILTER_NOTCH));
	v->is_low = m == FILTER_LOW;
	v->is_high = m == FILTER_HIGH;
	v->is_band = m == FILTER_BAND;
}

/** Put the states of the first `count` back. */
TACTUS_RT TACTUS_LANES_INLINE void
TACTUS_LANE(filter_scatter)(
	const struct lanes *v, TactusSynth *const *synths, uint32_t count)
{
	float s1[TACTUS_LANES];
	float s2[TACTUS_LANES];

	tactus_lanes_store(s1, v->s1);
	tactus_lanes_store(s2, v->s2);
	for (uint32_t i = 0; i < count; i++) {
		struct filter *f = synths[i]->self;

		f->s1 = s1[i];
		f->s2 = s2[i];
	}
}

/** The controls of filters, cutoff as a part of the rate. */
TACTUS_RT TACTUS_LANES_INLINE void
TACTUS_LANE(filter_steer)(struct TACTUS_LANE(filter_controls) * to,
	TactusSynth *const synths[TACTUS_LANES])
{
	float value[4][TACTUS_LANES];

	for (uint32_t i = 0; i < TACTUS_LANES; i++) {
		const TactusControl *c = synths[i]->controls;

		value[0][i] = c[FILTER_CUTOFF].value;
		value[1][i] = c[FILTER_CUTOFF].step;
		value[2][i] = c[FILTER_Q].value;
		value[3][i] = c[FILTER_Q].step;
	}
	to->cutoff = tactus_lanes_load(value[0]);
	to->cutoff_step = tactus_lanes_load(value[1]);
	to->q = tactus_lanes_load(value[2]);
	to->q_step = tactus_lanes_load(value[3]);
}

/** The coefficients of frame `i`. */
TACTUS_RT TACTUS_LANES_INLINE void
TACTUS_LANE(filter_move)(struct lanes *f,
	const struct TACTUS_LANE(filter_controls) * c, float rate, uint32_t i)
{
	float at = (float)(int32_t)i;

	TACTUS_LANE(filter_coefficients)
	(f, (c->cutoff + at * c->cutoff_step) / rate, c->q + at * c->q_step);
}

/** One filter alone: all lanes are the same. */
TACTUS_RT TACTUS_LANES_INLINE void
single(TactusSynth *synth, enum filter_kind kind, float rate, uint32_t frames)
{
	const float *restrict in = synth->in[0];
	float *restrict out = synth->out[0];
	TactusSynth *all[TACTUS_LANES];
	struct TACTUS_LANE(filter_controls) c;
	struct lanes f;

	for (uint32_t i = 0; i < TACTUS_LANES; i++) {
		all[i] = synth;
	}
	gather(&f, all);
	if (kind != FILTER_MOVES) {
		for (uint32_t i = 0; i < frames; i++) {
			out[i] = frame(&f, tactus_lanes_all(in[i]), kind)[0];
		}
	} else {
		TACTUS_LANE(filter_steer)(&c, all);
		for (uint32_t i = 0; i < frames; i++) {
			TACTUS_LANE(filter_move)(&f, &c, rate, i);
			out[i] = frame(&f, tactus_lanes_all(in[i]), kind)[0];
		}
	}
	TACTUS_LANE(filter_scatter)(&f, all, 1);
}

/** Turn `n` frames, from `at` on, of what is heard: t[i] is frame i. */
TACTUS_RT TACTUS_LANES_INLINE void
TACTUS_LANE(filter_hear)(tactus_f t[TACTUS_LANES],
	TactusSynth *const synths[TACTUS_LANES], uint32_t at, uint32_t n)
{
	if (n < TACTUS_LANES) {
		for (uint32_t i = 0; i < TACTUS_LANES; i++) {
			t[i] = tactus_lanes_load_some(synths[i]->in[0] + at, n);
		}
	} else {
#  pragma GCC unroll 16
		for (uint32_t i = 0; i < TACTUS_LANES; i++) {
			t[i] = tactus_lanes_load(synths[i]->in[0] + at);
		}
	}
	tactus_lanes_transpose(t);
}

/** Turn them back, into the outputs. */
TACTUS_RT TACTUS_LANES_INLINE void
TACTUS_LANE(filter_tell)(tactus_f t[TACTUS_LANES],
	TactusSynth *const synths[TACTUS_LANES], uint32_t at, uint32_t n)
{
	tactus_lanes_transpose(t);
	if (n < TACTUS_LANES) {
		for (uint32_t i = 0; i < TACTUS_LANES; i++) {
			tactus_lanes_store_some(
				synths[i]->out[0] + at, t[i], n);
		}
		return;
	}
#  pragma GCC unroll 16
	for (uint32_t i = 0; i < TACTUS_LANES; i++) {
		tactus_lanes_store(synths[i]->out[0] + at, t[i]);
	}
}

/** How many of `count` filters are in vector `v`. */
TACTUS_RT static inline uint32_t
TACTUS_LANE(filter_within)(uint32_t count, uint32_t v)
{
	uint32_t before = v * TACTUS_LANES;
	uint32_t rest = count > before ? count - before : 0;

	return rest < TACTUS_LANES ? rest : TACTUS_LANES;
}

/**
 * Some filters of a kind in `side` vectors.  Lanes that are left over do what
 * the first of their vector does: twice the same, to the same place.
 */
TACTUS_RT TACTUS_LANES_INLINE void
turned(TactusSynth *const *synths, uint32_t count, uint32_t side,
	enum filter_kind kind, float rate, uint32_t frames)
{
	struct lanes f[SIDE];
	struct TACTUS_LANE(filter_controls) c[SIDE];
	TactusSynth *all[SIDE][TACTUS_LANES];
	tactus_f t[SIDE][TACTUS_LANES];

#  pragma GCC unroll 4
	for (uint32_t v = 0; v < side; v++) {
		uint32_t n = TACTUS_LANE(filter_within)(count, v);

		for (uint32_t i = 0; i < TACTUS_LANES; i++) {
			all[v][i] = synths[v * TACTUS_LANES + (i < n ? i : 0)];
		}
		gather(&f[v], all[v]);
		if (kind == FILTER_MOVES) {
			TACTUS_LANE(filter_steer)(&c[v], all[v]);
		}
	}
	for (uint32_t at = 0; at < frames; at += TACTUS_LANES) {
		uint32_t n =
			frames - at < TACTUS_LANES ? frames - at : TACTUS_LANES;

		for (uint32_t v = 0; v < side; v++) {
			TACTUS_LANE(filter_hear)(t[v], all[v], at, n);
		}
		for (uint32_t i = 0; i < n; i++) {
#  pragma GCC unroll 4
			for (uint32_t v = 0; v < side; v++) {
				if (kind == FILTER_MOVES) {
					TACTUS_LANE(filter_move)
					(&f[v], &c[v], rate, at + i);
				}
				t[v][i] = frame(&f[v], t[v][i], kind);
			}
		}
		for (uint32_t v = 0; v < side; v++) {
			TACTUS_LANE(filter_tell)(t[v], all[v], at, n);
		}
	}
#  pragma GCC unroll 4
	for (uint32_t v = 0; v < side; v++) {
		TACTUS_LANE(filter_scatter)
		(&f[v], synths + v * TACTUS_LANES,
			TACTUS_LANE(filter_within)(count, v));
	}
}

/** Any number of filters of a kind. */
TACTUS_RT TACTUS_LANES_INLINE void
group(const struct filter_group *g, enum filter_kind kind, float rate,
	uint32_t frames)
{
	TactusSynth *const *synths = g->synth;
	uint32_t count = g->count;

	while (count > TACTUS_LANES) {
		uint32_t n = count < GROUP ? count : GROUP;

		turned(synths, n, SIDE, kind, rate, frames);
		synths += n;
		count -= n;
	}
	if (count > 1) {
		turned(synths, count, 1, kind, rate, frames);
	} else if (count == 1) {
		single(synths[0], kind, rate, frames);
	}
}

/** See to it that the coefficients are those of the controls. */
TACTUS_RT TACTUS_LANES_INLINE void
prepare(TactusSynth *synth, float rate)
{
	struct filter *f = synth->self;
	float cutoff = synth->controls[FILTER_CUTOFF].value;
	float q = synth->controls[FILTER_Q].value;
	struct lanes v;

	if (cutoff != f->cutoff || q != f->q) {
		TACTUS_LANE(filter_coefficients)
		(&v, tactus_lanes_all(cutoff / rate), tactus_lanes_all(q));
		f->k = v.k[0];
		f->a1 = v.a1[0];
		f->a2 = v.a2[0];
		f->a3 = v.a3[0];
		f->cutoff = cutoff;
		f->q = q;
	}
}

/* each kind is a function of its own, to be compiled once */

TACTUS_RT TACTUS_LANES_CODE static void
TACTUS_LANE(filter_low)(const struct filter_group *g, uint32_t frames)
{
	group(g, FILTER_STANDS_LOW, 1.0f, frames);
}

TACTUS_RT TACTUS_LANES_CODE static void
TACTUS_LANE(filter_stand)(const struct filter_group *g, uint32_t frames)
{
	group(g, FILTER_STANDS, 1.0f, frames);
}

TACTUS_RT TACTUS_LANES_CODE static void
TACTUS_LANE(filter_go)(
	const struct filter_group *g, float rate, uint32_t frames)
{
	group(g, FILTER_MOVES, rate, frames);
}

/** One segment of some filters, sorted by their kinds. */
TACTUS_RT TACTUS_LANES_CODE static void
TACTUS_LANE(filter_run)(
	TactusSynth *const *synths, uint32_t count, float rate, uint32_t frames)
{
	struct filter_group groups[FILTER_KINDS];

	while (count > 0) {
		uint32_t n = count < FILTER_MOST ? count : FILTER_MOST;

		for (int k = 0; k < FILTER_KINDS; k++) {
			groups[k].count = 0;
		}
		for (uint32_t i = 0; i < n; i++) {
			enum filter_kind kind = filter_kind(synths[i]);
			struct filter_group *g = &groups[kind];

			if (kind != FILTER_MOVES) {
				prepare(synths[i], rate);
			}
			g->synth[g->count++] = synths[i];
		}
		TACTUS_LANE(filter_low)(&groups[FILTER_STANDS_LOW], frames);
		TACTUS_LANE(filter_stand)(&groups[FILTER_STANDS], frames);
		TACTUS_LANE(filter_go)(&groups[FILTER_MOVES], rate, frames);
		synths += n;
		count -= n;
	}
}

#  undef SIDE
#  undef GROUP
#  undef lanes
#  undef gather
#  undef frame
#  undef prepare
#  undef turned
#  undef single
#  undef group
#endif
