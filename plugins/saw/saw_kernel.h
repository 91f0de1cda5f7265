/* SPDX-License-Identifier: MIT */
/*
 * saw_kernel.h -- the arithmetic of a saw, many frames at a time.
 *
 * Lanes are frames: most of them are far from any jump and done at once.
 *
 * It runs on an audio thread.
 */
#ifndef TACTUS_LANES
#  ifndef TACTUS_SAW_KERNEL_H
#    define TACTUS_SAW_KERNEL_H
#    include <tactus/blep.h>
#    include <tactus/math.h>
#    include <tactus/plugin.h>

/** The ports. */
enum { SAW_FREQ, SAW_AMP, SAW_OUT, SAW_PORTS };

#    define TACTUS_LANES_KERNEL "saw_kernel.h"
#    include <tactus/lanes.h>
#  endif
#else

#  include <tactus/lanes_blep.h>

/** As many frames of the sawtooth: a tactus_lanes_wave. */
TACTUS_RT TACTUS_LANES_INLINE tactus_f
TACTUS_LANE(saw_at)(tactus_u phase, tactus_f period,
	const TactusControl *controls, uint32_t at)
{
	(void)controls;
	(void)at;
	tactus_f plain = tactus_lanes_float((tactus_i)phase) * 0x1p-31f;
	/* cycles since the step down, which is at half a cycle */
	tactus_f since =
		tactus_lanes_float((tactus_i)(phase + 0x80000000u)) * 0x1p-32f;

	return plain - 2.0f * tactus_lanes_step_train(since * period, period);
}

/** One segment of some saws. */
TACTUS_RT TACTUS_LANES_CODE static void
TACTUS_LANE(saw_run)(TactusSynth *const *synths, uint32_t count, double rate,
	uint32_t frames)
{
	for (uint32_t k = 0; k < count; k++) {
		tactus_lanes_stepper_run(synths[k], SAW_FREQ, SAW_AMP, rate,
			frames, TACTUS_LANE(saw_at));
	}
}

#endif
