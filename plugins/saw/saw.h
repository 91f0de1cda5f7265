/* SPDX-License-Identifier: MIT */
/*
 * saw.h -- what a saw is between two segments; see saw.c.
 */
#ifndef TACTUS_SAW_H
#define TACTUS_SAW_H

#include <stdint.h>

/** The ports. */
enum { SAW_FREQ, SAW_AMP, SAW_OUT, SAW_PORTS };

struct saw {
	uint64_t phase;
	uint64_t step; /* of `freq`, in one frame */
	double scale;  /* tactus_phase_scale() of the rate */
	float freq;    /* what `step` and `period` were made for */
	float period;  /* in frames; 0 at first: `step` is not made yet */
};

#endif
