/* SPDX-License-Identifier: MIT */
/*
 * sine_kernel.h -- the arithmetic of sines, many frames at a time.
 *
 * Lanes are frames.  FEW vectors go side by side: their polynomials are long
 * chains that wait for themselves, and one alone would leave most of the
 * processor idle.
 *
 * It runs on an audio thread.
 */
#ifndef TACTUS_LANES
#  ifndef TACTUS_SINE_KERNEL_H
#    define TACTUS_SINE_KERNEL_H
#    include <tactus/plugin.h>

#    include "sine.h"
/** Vectors side by side. */
#    define SINE_FEW 4
/** Frames whose phases are worked out before their sines are. */
#    define SINE_CHUNK 64
/** Sines whose phases are worked out together. */
#    define SINE_BATCH 8
/** A quarter of a cycle: see tactus_lanes_valley. */
#    define SINE_AHEAD          0x40000000u
#    define TACTUS_LANES_KERNEL "sine_kernel.h"
#    include <tactus/lanes.h>
#  endif
#else

/** Frames of FEW vectors. */
#  define STRIDE (SINE_FEW * TACTUS_LANES)

/** Write what is within `count` of FEW vectors. */
TACTUS_RT TACTUS_LANES_INLINE void
TACTUS_LANE(sine_write)(float *to, const tactus_f x[SINE_FEW], uint32_t count)
{
	if (count >= STRIDE) {
#  pragma GCC unroll 4
		for (uint32_t v = 0; v < SINE_FEW; v++) {
			tactus_lanes_store(to + v * TACTUS_LANES, x[v]);
		}
		return;
	}
#  pragma GCC unroll 4
	for (uint32_t v = 0; v < SINE_FEW; v++) {
		uint32_t at = v * TACTUS_LANES;

		if (count >= at + TACTUS_LANES) {
			tactus_lanes_store(to + at, x[v]);
		} else if (count > at) {
			tactus_lanes_store_some(to + at, x[v], count - at);
		}
	}
}

/** amp, from frame `at` on, times the sines of these phases. */
TACTUS_RT TACTUS_LANES_INLINE void
TACTUS_LANE(sine_of)(float *to, tactus_f x[SINE_FEW], const TactusControl *amp,
	uint32_t at, uint32_t count)
{
	if (amp->step == 0.0f) {
		tactus_f level = tactus_lanes_all(tactus_control_at(amp, 0));

#  pragma GCC unroll 4
		for (uint32_t v = 0; v < SINE_FEW; v++) {
			x[v] = level * x[v];
		}
	} else {
#  pragma GCC unroll 4
		for (uint32_t v = 0; v < SINE_FEW; v++) {
			x[v] = tactus_lanes_control(
				       amp, at + v * TACTUS_LANES) *
			       x[v];
		}
	}
	TACTUS_LANE(sine_write)(to, x, count);
}

/**
 * As tactus_lanes_sine_quarter, a step at a time of each; the phases are a
 * quarter ahead.
 */
TACTUS_RT TACTUS_LANES_INLINE void
TACTUS_LANE(sine_few)(tactus_f x[SINE_FEW], const uint32_t *phase)
{
	tactus_f y[SINE_FEW];
	tactus_f p[SINE_FEW];

#  pragma GCC unroll 4
	for (uint32_t v = 0; v < SINE_FEW; v++) {
		x[v] = tactus_lanes_valley(
			tactus_lanes_load_u(phase + v * TACTUS_LANES));
	}
#  pragma GCC unroll 4
	for (uint32_t v = 0; v < SINE_FEW; v++) {
		y[v] = x[v] * x[v];
	}
#  pragma GCC unroll 4
	for (uint32_t v = 0; v < SINE_FEW; v++) {
		p[v] = y[v] * 1.51678541e-4f - 4.67416132e-3f;
	}
#  pragma GCC unroll 4
	for (uint32_t v = 0; v < SINE_FEW; v++) {
		p[v] = p[v] * y[v] + 7.96899125e-2f;
	}
#  pragma GCC unroll 4
	for (uint32_t v = 0; v < SINE_FEW; v++) {
		p[v] = p[v] * y[v] - 6.45963728e-1f;
	}
#  pragma GCC unroll 4
	for (uint32_t v = 0; v < SINE_FEW; v++) {
		p[v] = p[v] * y[v] + 5.70796311e-1f;
	}
#  pragma GCC unroll 4
	for (uint32_t v = 0; v < SINE_FEW; v++) {
		x[v] = p[v] * x[v] + x[v];
	}
}

/** The phases of `frames` frames of a sine whose frequency stands still. */
TACTUS_RT TACTUS_LANES_INLINE void
TACTUS_LANE(sine_steady)(struct sine *s, const TactusControl *c,
	uint32_t to[SINE_CHUNK], uint32_t frames)
{
	/* nothing is carried from the lower half, which these lack */
	uint32_t offset = tactus_phase(c[SINE_PHASE].value) + SINE_AHEAD;
	uint64_t first = s->phase + ((uint64_t)offset << 32);
	tactus_q step = tactus_lanes_all_q(s->step);
	struct tactus_phases at[SINE_FEW];

	at[0] = tactus_lanes_phases(first, step);
	step *= TACTUS_LANES;
#  pragma GCC unroll 4
	for (uint32_t v = 1; v < SINE_FEW; v++) {
		at[v] = tactus_lanes_phases_next(
			at[v & (v - 1)], step * (v & -v));
	}
	for (uint32_t i = 0;;) {
#  pragma GCC unroll 4
		for (uint32_t v = 0; v < SINE_FEW; v++) {
			tactus_lanes_store_u(to + i + v * TACTUS_LANES,
				tactus_lanes_phases_upper(at[v]));
		}
		i += STRIDE;
		if (i >= frames) {
			break;
		}
#  pragma GCC unroll 4
		for (uint32_t v = 0; v < SINE_FEW; v++) {
			at[v] = tactus_lanes_phases_next(
				at[v], step * SINE_FEW);
		}
	}
	s->phase += frames * s->step;
}

/** The same when anything may move, from frame `at` of the segment on. */
TACTUS_RT static inline void
TACTUS_LANE(sine_moving)(struct sine *s, const TactusControl *c,
	uint32_t to[SINE_CHUNK], uint32_t at, uint32_t frames)
{
	const TactusControl freq = c[SINE_FREQ];
	const TactusControl offset = c[SINE_PHASE];

	for (uint32_t i = 0; i < frames; i++) {
		to[i] = (uint32_t)(s->phase >> 32) + SINE_AHEAD +
			tactus_phase(tactus_control_at(&offset, at + i));
		s->phase += tactus_phase_step(
			tactus_control_at(&freq, at + i), s->scale);
	}
	for (uint32_t i = frames; i % STRIDE != 0; i++) {
		to[i] = 0;
	}
}

/** A part of a segment, from frame `at` on, of at most BATCH sines. */
TACTUS_RT TACTUS_LANES_INLINE void
TACTUS_LANE(sine_batch)(TactusSynth *const *synths, uint32_t count, uint32_t at,
	uint32_t frames)
{
	_Alignas(64) uint32_t phase[SINE_BATCH][SINE_CHUNK];

	for (uint32_t k = 0; k < count; k++) {
		struct sine *s = synths[k]->self;
		const TactusControl *c = synths[k]->controls;

		if (c[SINE_FREQ].step != 0.0f || c[SINE_PHASE].step != 0.0f) {
			TACTUS_LANE(sine_moving)(s, c, phase[k], at, frames);
			continue;
		}
		if (c[SINE_FREQ].value != s->freq) {
			s->freq = c[SINE_FREQ].value;
			s->step = tactus_phase_step(s->freq, s->scale);
		}
		TACTUS_LANE(sine_steady)(s, c, phase[k], frames);
	}
	for (uint32_t k = 0; k < count; k++) {
		const TactusControl *amp = &synths[k]->controls[SINE_AMP];
		float *out = synths[k]->out[0] + at;

		for (uint32_t i = 0; i < frames; i += STRIDE) {
			tactus_f x[SINE_FEW];

			TACTUS_LANE(sine_few)(x, &phase[k][i]);
			TACTUS_LANE(sine_of)
			(out + i, x, amp, at + i, frames - i);
		}
	}
}

/** One segment of some sines. */
TACTUS_RT TACTUS_LANES_CODE static void
TACTUS_LANE(sine_run)(
	TactusSynth *const *synths, uint32_t count, uint32_t frames)
{
	for (uint32_t k = 0; k < count; k += SINE_BATCH) {
		uint32_t n = count - k < SINE_BATCH ? count - k : SINE_BATCH;

		for (uint32_t i = 0; i < frames; i += SINE_CHUNK) {
			uint32_t part = frames - i < SINE_CHUNK ? frames - i
								: SINE_CHUNK;

			TACTUS_LANE(sine_batch)(synths + k, n, i, part);
		}
	}
}

#  undef STRIDE
#endif
