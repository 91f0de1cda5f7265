/* SPDX-License-Identifier: MIT */
/*
 * sine.h -- what a sine is between two segments; see sine.c.
 */
#ifndef TACTUS_SINE_H
#define TACTUS_SINE_H

#include <stdint.h>

/** The ports. */
enum { SINE_FREQ, SINE_AMP, SINE_PHASE, SINE_OUT, SINE_PORTS };

struct sine {
	uint64_t phase; /* p, as a 64-bit phase */
	uint64_t step;  /* of `freq`, in one frame */
	double scale;   /* tactus_phase_scale() of the rate */
	float freq;     /* what `step` was made for; 0 at first, as it is */
};

#endif
