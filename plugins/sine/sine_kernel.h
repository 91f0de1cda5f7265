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
#    define SINE_CHUNK          64
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

/** As tactus_lanes_sine_quarter of each, a step at a time. */
TACTUS_RT TACTUS_LANES_INLINE void
TACTUS_LANE(sine_few)(tactus_f x[SINE_FEW], const tactus_u phase[SINE_FEW])
{
	tactus_f y[SINE_FEW];
	tactus_f p[SINE_FEW];

#  pragma GCC unroll 4
	for (uint32_t v = 0; v < SINE_FEW; v++) {
		x[v] = tactus_lanes_triangle(phase[v]);
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

/** The frequency stands still: the phase of each frame is a product. */
TACTUS_RT TACTUS_LANES_INLINE void
TACTUS_LANE(sine_steady)(
	struct sine *s, const TactusControl *c, float *out, uint32_t frames)
{
	uint64_t step = s->step;
	/* nothing is carried from the lower half, which the offset lacks */
	uint64_t offset = (uint64_t)tactus_phase(c[SINE_PHASE].value) << 32;
	struct tactus_phases at = tactus_lanes_phases(s->phase + offset, step);

	for (uint32_t i = 0; i < frames; i += STRIDE) {
		tactus_u phase[SINE_FEW];
		tactus_f x[SINE_FEW];

#  pragma GCC unroll 4
		for (uint32_t v = 0; v < SINE_FEW; v++) {
			phase[v] = tactus_lanes_phases_upper(
				tactus_lanes_phases_next(
					at, v * TACTUS_LANES * step));
		}
		at = tactus_lanes_phases_next(at, STRIDE * step);
		TACTUS_LANE(sine_few)(x, phase);
		TACTUS_LANE(sine_of)(out + i, x, &c[SINE_AMP], i, frames - i);
	}
	s->phase += frames * step;
}

/** Anything may move: phases one by one, then sines many at a time. */
TACTUS_RT TACTUS_LANES_INLINE void
TACTUS_LANE(sine_moving)(
	struct sine *s, const TactusControl *c, float *out, uint32_t frames)
{
	const TactusControl freq = c[SINE_FREQ];
	const TactusControl offset = c[SINE_PHASE];
	uint32_t at[SINE_CHUNK] = {0};

	for (uint32_t done = 0; done < frames; done += SINE_CHUNK) {
		uint32_t n =
			frames - done < SINE_CHUNK ? frames - done : SINE_CHUNK;

		for (uint32_t i = 0; i < n; i++) {
			at[i] = (uint32_t)(s->phase >> 32) +
				tactus_phase(
					tactus_control_at(&offset, done + i));
			s->phase += tactus_phase_step(
				tactus_control_at(&freq, done + i), s->scale);
		}
		for (uint32_t i = 0; i < n; i += STRIDE) {
			tactus_u phase[SINE_FEW];
			tactus_f x[SINE_FEW];

			for (uint32_t v = 0; v < SINE_FEW; v++) {
				phase[v] = tactus_lanes_load_u(
					&at[i + v * TACTUS_LANES]);
			}
			TACTUS_LANE(sine_few)(x, phase);
			TACTUS_LANE(sine_of)
			(out + done + i, x, &c[SINE_AMP], done + i, n - i);
		}
	}
}

/** One segment of some sines. */
TACTUS_RT TACTUS_LANES_CODE static void
TACTUS_LANE(sine_run)(
	TactusSynth *const *synths, uint32_t count, uint32_t frames)
{
	for (uint32_t k = 0; k < count; k++) {
		struct sine *s = synths[k]->self;
		const TactusControl *c = synths[k]->controls;
		float *out = synths[k]->out[0];

		if (c[SINE_FREQ].step != 0.0f || c[SINE_PHASE].step != 0.0f) {
			TACTUS_LANE(sine_moving)(s, c, out, frames);
			continue;
		}
		if (c[SINE_FREQ].value != s->freq) {
			s->freq = c[SINE_FREQ].value;
			s->step = tactus_phase_step(s->freq, s->scale);
		}
		TACTUS_LANE(sine_steady)(s, c, out, frames);
	}
}

#  undef STRIDE
#endif
