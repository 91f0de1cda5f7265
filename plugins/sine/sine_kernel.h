/* SPDX-License-Identifier: MIT */
/*
 * sine_kernel.h -- the arithmetic of sines, many frames at a time.
 *
 * Lanes are frames.  Two things keep a processor busy that would else wait
 * for one long chain: FEW vectors go side by side, and while the sines of one
 * synth are worked out, the phases of the next are.
 *
 * It runs on an audio thread.
 */
#ifndef TACTUS_LANES
#  ifndef TACTUS_SINE_KERNEL_H
#    define TACTUS_SINE_KERNEL_H
#    include <string.h>

#    include <tactus/math.h>
#    include <tactus/plugin.h>

#    include "sine.h"
/** Frames that are worked out at a time. */
#    define SINE_CHUNK 64
/** Vectors side by side. */
#    define SINE_FEW 4

/** Is what a sine remembers made for these controls? */
TACTUS_RT static inline bool
sine_is_known(const struct sine *s, const TactusControl *c)
{
	/* by their bits, steps of 0 among them */
	return memcmp(&s->freq, &c[SINE_FREQ], sizeof(s->freq)) == 0 &&
	       memcmp(&s->turn, &c[SINE_PHASE], sizeof(s->turn)) == 0;
}

/**
 * Make it for controls that stand still.  Out of line: the compiler then
 * leaves what is known where it is, and reads it straight into vectors.
 * @return false: one of them moves
 */
TACTUS_RT static __attribute__((noinline)) bool
sine_learn(struct sine *s, const TactusControl *c, uint32_t lanes)
{
	if (c[SINE_FREQ].step != 0.0f || c[SINE_PHASE].step != 0.0f) {
		return false;
	}
	s->freq.value = c[SINE_FREQ].value;
	s->turn.value = c[SINE_PHASE].value;
	s->step = tactus_phase_step(s->freq.value, s->scale);
	s->on[0] = s->step * lanes;
	s->on[1] = s->on[0] * 2;
	/* nothing is carried from the lower half, which this lacks */
	s->offset = (uint64_t)tactus_phase(s->turn.value) << 32;
	return true;
}

#    define TACTUS_LANES_KERNEL "sine_kernel.h"
#    include <tactus/lanes.h>
#  endif
#else

/** Vectors of a chunk. */
#  define VECTORS (SINE_CHUNK / TACTUS_LANES)

/** The phases of `count` frames when anything moves, from frame `at` on. */
TACTUS_RT TACTUS_LANES_CODE __attribute__((noinline)) static void
TACTUS_LANE(sine_move)(struct sine *s, const TactusControl *c,
	uint32_t phase[SINE_CHUNK], uint32_t at, uint32_t count)
{
	const TactusControl freq = c[SINE_FREQ];
	const TactusControl turn = c[SINE_PHASE];
	const double scale = s->scale;
	uint64_t p = s->phase;

	for (uint32_t i = 0; i < count; i++) {
		phase[i] = (uint32_t)(p >> 32) +
			   tactus_phase(tactus_control_at(&turn, at + i));
		p += tactus_phase_step(tactus_control_at(&freq, at + i), scale);
	}
	s->phase = p;
}

/** The phases of a chunk, of which `count` frames from `at` on are heard. */
TACTUS_RT TACTUS_LANES_INLINE void
TACTUS_LANE(sine_phases)(tactus_u phase[VECTORS], TactusSynth *synth,
	uint32_t at, uint32_t count)
{
	struct sine *s = synth->self;
	const TactusControl *c = synth->controls;

	if (!sine_is_known(s, c) && !sine_learn(s, c, TACTUS_LANES)) {
		uint32_t moved[SINE_CHUNK] = {0};

		TACTUS_LANE(sine_move)(s, c, moved, at, count);
		memcpy(phase, moved, sizeof(moved));
		return;
	}
	struct tactus_phases few[SINE_FEW];
	tactus_q on = tactus_lanes_all_q(s->on[0]);
	tactus_q on2 = tactus_lanes_all_q(s->on[1]);

	few[0] = tactus_lanes_phases(
		s->phase + s->offset, tactus_lanes_all_q(s->step));
	few[1] = tactus_lanes_phases_next(few[0], on);
	few[2] = tactus_lanes_phases_next(few[0], on2);
	few[3] = tactus_lanes_phases_next(few[1], on2);
	s->phase += count * s->step;
	for (uint32_t v = 0;;) {
#  pragma GCC unroll 4
		for (uint32_t k = 0; k < SINE_FEW; k++) {
			phase[v + k] = tactus_lanes_phases_upper(few[k]);
		}
		v += SINE_FEW;
		if (v == VECTORS) {
			return;
		}
#  pragma GCC unroll 4
		for (uint32_t k = 0; k < SINE_FEW; k++) {
			few[k] = tactus_lanes_phases_next(few[k], on2 * 2);
		}
	}
}

/** amp times the sines of FEW vectors, of which frame `at` is the first. */
TACTUS_RT TACTUS_LANES_INLINE void
TACTUS_LANE(sine_few)(float *to, const tactus_u phase[SINE_FEW],
	const TactusControl *amp, uint32_t at)
{
	tactus_f x[SINE_FEW];

#  pragma GCC unroll 4
	for (uint32_t v = 0; v < SINE_FEW; v++) {
		x[v] = tactus_lanes_sine_lean(phase[v]);
	}
	if (amp->step == 0.0f) {
#  pragma GCC unroll 4
		for (uint32_t v = 0; v < SINE_FEW; v++) {
			tactus_lanes_store(
				to + v * TACTUS_LANES, amp->value * x[v]);
		}
		return;
	}
#  pragma GCC unroll 4
	for (uint32_t v = 0; v < SINE_FEW; v++) {
		uint32_t first = v * TACTUS_LANES;

		tactus_lanes_store(to + first,
			tactus_lanes_control(amp, at + first) * x[v]);
	}
}

/** Copy fewer frames than FEW vectors have. */
TACTUS_RT TACTUS_LANES_INLINE void
TACTUS_LANE(sine_copy)(float *to, const float *from, uint32_t count)
{
	uint32_t i = 0;

	for (; i + TACTUS_LANES <= count; i += TACTUS_LANES) {
		tactus_lanes_store(to + i, tactus_lanes_load(from + i));
	}
	if (i < count) {
		tactus_lanes_store_some(
			to + i, tactus_lanes_load(from + i), count - i);
	}
}

/** amp times the sine of fewer frames than a vector has. */
TACTUS_RT TACTUS_LANES_INLINE void
TACTUS_LANE(sine_some)(float *to, tactus_u phase, const TactusControl *amp,
	uint32_t at, uint32_t count)
{
	tactus_f x = tactus_lanes_sine_lean(phase);

	x = amp->step == 0.0f ? amp->value * x
			      : tactus_lanes_control(amp, at) * x;
	tactus_lanes_store_some(to, x, count);
}

/** What is heard of a chunk: `count` frames from `at` on. */
TACTUS_RT TACTUS_LANES_INLINE void
TACTUS_LANE(sine_chunk)(TactusSynth *synth, const tactus_u phase[VECTORS],
	uint32_t at, uint32_t count)
{
	const TactusControl *amp = &synth->controls[SINE_AMP];
	float *out = synth->out[0] + at;

	for (uint32_t v = 0; v < VECTORS; v += SINE_FEW) {
		uint32_t done = v * TACTUS_LANES;
		uint32_t n = count - done;
		float some[SINE_FEW * TACTUS_LANES];

		if (n >= SINE_FEW * TACTUS_LANES) {
			TACTUS_LANE(sine_few)
			(out + done, &phase[v], amp, at + done);
			continue;
		}
		if (n != 0 && n < TACTUS_LANES) {
			/* a segment that something cut short */
			TACTUS_LANE(sine_some)
			(out + done, phase[v], amp, at + done, n);
		} else if (n != 0) {
			TACTUS_LANE(sine_few)(some, &phase[v], amp, at + done);
			TACTUS_LANE(sine_copy)(out + done, some, n);
		}
		return;
	}
}

/** One segment of some sines. */
TACTUS_RT TACTUS_LANES_CODE static void
TACTUS_LANE(sine_run)(
	TactusSynth *const *synths, uint32_t count, uint32_t frames)
{
	for (uint32_t at = 0; at < frames; at += SINE_CHUNK) {
		uint32_t n =
			frames - at < SINE_CHUNK ? frames - at : SINE_CHUNK;
		tactus_u phase[VECTORS];
		tactus_u next[VECTORS];

		TACTUS_LANE(sine_phases)(next, synths[0], at, n);
		for (uint32_t k = 0; k < count; k++) {
			memcpy(phase, next, sizeof(next));
			if (k + 1 < count) {
				TACTUS_LANE(sine_phases)
				(next, synths[k + 1], at, n);
			}
			TACTUS_LANE(sine_chunk)(synths[k], phase, at, n);
		}
	}
}

#  undef VECTORS
#endif
