/* SPDX-License-Identifier: MIT */
/*
 * sine.h -- what a sine is between two segments; see sine.c.
 */
#ifndef TACTUS_SINE_H
#define TACTUS_SINE_H

#include <stdint.h>

#include <tactus/plugin.h>

/** The ports. */
enum { SINE_FREQ, SINE_AMP, SINE_PHASE, SINE_OUT, SINE_PORTS };

struct sine {
	uint64_t phase;  /* p, as a 64-bit phase */
	uint64_t step;   /* of `freq`, in one frame */
	uint64_t on[2];  /* step times a vector's lanes, and twice that */
	uint64_t offset; /* of `turn` */
	/* what these were made for, standing still; 0 at first, as they are */
	TactusControl freq;
	TactusControl turn;
	double scale; /* tactus_phase_scale() of the rate */
};

#endif
