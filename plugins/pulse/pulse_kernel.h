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

/** The ports. */
enum { PULSE_FREQ, PULSE_AMP, PULSE_WIDTH, PULSE_OUT, PULSE_PORTS };

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

/** One segment of some pulses. */
TACTUS_RT TACTUS_LANES_CODE static void
TACTUS_LANE(pulse_run)(TactusSynth *const *synths, uint32_t count, double rate,
	uint32_t frames)
{
	for (uint32_t k = 0; k < count; k++) {
		struct tactus_stepper *s = synths[k]->self;
		const TactusControl *c = synths[k]->controls;
		const TactusControl *freq = &c[PULSE_FREQ];
		float *out = synths[k]->out[0];
		struct tactus_steppers l = tactus_lanes_stepper(s, freq, rate);

		for (uint32_t i = 0; i < frames; i += TACTUS_LANES) {
			uint32_t left = frames - i;
			uint32_t n = left < TACTUS_LANES ? left : TACTUS_LANES;
			tactus_u phase = tactus_lanes_stepper_next(
				&l, s, freq, rate, i, n);
			tactus_f wave = TACTUS_LANE(pulse_at)(phase,
				tactus_lanes_phase(tactus_lanes_control(
					&c[PULSE_WIDTH], i)),
				l.period);

			tactus_lanes_store_first(out + i,
				tactus_lanes_control(&c[PULSE_AMP], i) * wave,
				n);
		}
		tactus_lanes_stepper_end(&l, s, frames);
	}
}

#endif
