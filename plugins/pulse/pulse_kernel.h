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

/** As many frames of the wave: a tactus_lanes_wave. */
TACTUS_RT TACTUS_LANES_INLINE tactus_f
TACTUS_LANE(pulse_at)(tactus_u phase, tactus_f period,
	const TactusControl *controls, uint32_t at)
{
	tactus_u width = tactus_lanes_phase(
		tactus_lanes_control(&controls[PULSE_WIDTH], at));
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
		tactus_lanes_stepper_run(synths[k], PULSE_FREQ, PULSE_AMP, rate,
			frames, TACTUS_LANE(pulse_at));
	}
}

#endif
