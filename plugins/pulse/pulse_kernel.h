/* SPDX-License-Identifier: MIT */
/*
 * pulse_kernel.h -- the arithmetic of a pulse, many frames at a time.
 *
 * Lanes are frames: most of them are far from any jump and done at once.
 *
 * It runs on an audio thread.
 */
#ifndef TACTUS_LANES
#  ifndef TACTUS_PULSE_KERNEL_H
#    define TACTUS_PULSE_KERNEL_H
#    include <tactus/blep.h>
#    include <tactus/math.h>
#    include <tactus/plugin.h>

#    include "pulse.h"
#    define TACTUS_LANES_KERNEL "pulse_kernel.h"
#    include <tactus/lanes.h>
#  endif
#else

#  include <tactus/lanes_blep.h>

/** As many frames of the wave, when a cycle lasts `period` frames. */
TACTUS_RT TACTUS_LANES_INLINE tactus_f
TACTUS_LANE(pulse_at)(tactus_u phase, tactus_u width, tactus_f period)
{
	tactus_f plain = tactus_lanes_select((tactus_i)(phase < width),
		tactus_lanes_all(1.0f), tactus_lanes_all(-1.0f));
	tactus_f up = tactus_lanes_float((tactus_i)phase) * 0x1p-32f;
	tactus_f down =
		tactus_lanes_float((tactus_i)(phase - width)) * 0x1p-32f;

	return plain +
	       2.0f * (tactus_lanes_step_train(up * period, period) -
			      tactus_lanes_step_train(down * period, period));
}

/** The phases and periods of the next `n` frames, from frame `at` on. */
TACTUS_RT TACTUS_LANES_INLINE void
TACTUS_LANE(pulse_move)(struct pulse *s, const TactusControl *freq, double rate,
	uint32_t at, uint32_t n, tactus_u *phase, tactus_f *period)
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
	*phase = tactus_lanes_load_u(phases);
	*period = tactus_lanes_load(periods);
}

/** One segment of one pulse. */
TACTUS_RT TACTUS_LANES_INLINE void
TACTUS_LANE(pulse_one)(struct pulse *s, const TactusControl *c, float *out,
	double rate, uint32_t frames)
{
	bool moves = c[PULSE_FREQ].step != 0.0f;
	tactus_q step = tactus_lanes_all_q(s->step);
	struct tactus_phases at = tactus_lanes_phases(s->phase, step);
	tactus_f period = tactus_lanes_all(s->period);

	for (uint32_t i = 0; i < frames; i += TACTUS_LANES) {
		uint32_t n = frames - i;
		tactus_u phase = tactus_lanes_phases_upper(at);

		n = n < TACTUS_LANES ? n : TACTUS_LANES;
		if (moves) {
			TACTUS_LANE(pulse_move)
			(s, &c[PULSE_FREQ], rate, i, n, &phase, &period);
		}
		at = tactus_lanes_phases_next(at, step * TACTUS_LANES);
		tactus_f x = tactus_lanes_control(&c[PULSE_AMP], i) *
			     TACTUS_LANE(pulse_at)(phase,
				     tactus_lanes_phase(tactus_lanes_control(
					     &c[PULSE_WIDTH], i)),
				     period);
		if (n == TACTUS_LANES) {
			tactus_lanes_store(out + i, x);
		} else {
			tactus_lanes_store_some(out + i, x, n);
		}
	}
	s->phase += moves ? 0 : frames * s->step;
}

/** One segment of some pulses. */
TACTUS_RT TACTUS_LANES_CODE static void
TACTUS_LANE(pulse_run)(TactusSynth *const *synths, uint32_t count, double rate,
	uint32_t frames)
{
	for (uint32_t k = 0; k < count; k++) {
		struct pulse *s = synths[k]->self;
		const TactusControl *c = synths[k]->controls;
		float freq = c[PULSE_FREQ].value;

		if (s->period == 0.0f || freq != s->freq) {
			s->freq = freq;
			s->step = tactus_phase_step(freq, s->scale);
			s->period = tactus_step_period(freq, rate);
		}
		TACTUS_LANE(pulse_one)(s, c, synths[k]->out[0], rate, frames);
	}
}

#endif
