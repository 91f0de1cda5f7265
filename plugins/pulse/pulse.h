/* SPDX-License-Identifier: MIT */
/*
 * pulse.h -- what a pulse is between two segments; see pulse.c.
 */
#ifndef TACTUS_PULSE_H
#define TACTUS_PULSE_H

#include <stdint.h>

/** The ports. */
enum { PULSE_FREQ, PULSE_AMP, PULSE_WIDTH, PULSE_OUT, PULSE_PORTS };

struct pulse {
	uint64_t phase;
	uint64_t step; /* of `freq`, in one frame */
	double scale;  /* tactus_phase_scale() of the rate */
	float freq;    /* what `step` and `period` were made for */
	float period;  /* in frames; 0 at first: `step` is not made yet */
};

#endif
