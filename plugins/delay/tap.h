/* SPDX-License-Identifier: MIT */
/*
 * tap.h -- where a line is listened to, for some frames.
 *
 * Between two frames of the line lies a polynomial through four of them; see
 * tap.c.  All of it belongs to an audio thread.
 */
#ifndef TACTUS_DELAY_TAP_H
#define TACTUS_DELAY_TAP_H

#include <stdbool.h>
#include <stdint.h>

#include "line.h"

/** Most frames that are read at once. */
#define TAP_CHUNK 64

/** Frames of the line beyond the longest delay that are looked at. */
#define TAP_MORE 3

/** A delay in frames: it stands, or goes in a straight line. */
struct tap {
	bool moves;
	double from; /* in the first frame; 1 … most, if it stands */
	double step; /* what the next one has more */
	double most; /* it stays within 1 … most */
};

/**
 * How many frames can be read at once, `most` (1 … TAP_CHUNK) at the most:
 * those whose past is written.
 * @side rt
 */
TACTUS_RT uint32_t tap_reach(const struct tap *t, uint32_t most);

/** Read `count` frames, which are within reach. @side rt */
TACTUS_RT void tap_read(
	const struct tap *t, const struct line *l, float *out, uint32_t count);

#endif
