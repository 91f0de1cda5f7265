/* SPDX-License-Identifier: MIT */
/*
 * gap.h -- how frames that were lost are told of among frames that were not.
 *
 * The tap's ring carries frames of `channels` floats.  When it is full, rt
 * drops frames and counts them; as soon as there is room it posts one frame
 * more, a gap, at the place where they are missing.  A gap is a frame whose
 * first float is a quiet NaN with a positive sign and the count as payload;
 * the output guard sees to it that no frame of sound can look like that.
 */
#ifndef TACTUS_LINK_GAP_H
#define TACTUS_LINK_GAP_H

#include <stdint.h>
#include <string.h>

#include "mark.h"

/** Frames that one gap can stand for; more than that take several. */
#define GAP_MOST 0x3fffffU

#define GAP_BITS 0x7fc00000U

/** Make `frame` a gap of `lost` frames, 1 … GAP_MOST. @thread rt */
TACTUS_RT static inline void
gap_mark(float *frame, uint32_t channels, uint32_t lost)
{
	uint32_t bits = GAP_BITS | lost;

	memset(frame, 0, channels * sizeof *frame);
	memcpy(frame, &bits, sizeof bits);
}

/** How many lost frames this one stands for. @thread any
 * @return 0: it is a frame of sound */
TACTUS_RT static inline uint32_t
gap_length(const float *frame)
{
	uint32_t bits;

	memcpy(&bits, frame, sizeof bits);
	return (bits & ~GAP_MOST) == GAP_BITS ? bits & GAP_MOST : 0;
}

#endif
