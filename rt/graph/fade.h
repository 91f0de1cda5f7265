/* SPDX-License-Identifier: MIT */
/*
 * fade.h -- a line from one value to another, over a number of frames.
 *
 * Frame k of 0 … N-1 has from + (to - from)(k + 1)/N, frame N-1 is
 * `to` bit for bit.  The value is worked out from the sample clock, never
 * added up, so it is right however a block is cut and however long nobody
 * looked.
 */
#ifndef TACTUS_RT_FADE_H
#define TACTUS_RT_FADE_H

#include "engine_private.h"

/** Frames in `seconds` at the engine's rate, at least one. @thread rt */
TACTUS_RT static inline uint32_t
fade_frames(const struct engine *e, double seconds)
{
	double frames = seconds * e->config.rate + 0.5;

	if (frames >= (double)UINT32_MAX) {
		return UINT32_MAX;
	}
	return frames < 1.0 ? 1 : (uint32_t)frames;
}

/** Is it still moving at `sample`? At its last frame it no longer is.
 * @thread rt */
TACTUS_RT static inline bool
fade_moves(const struct fade *f, uint64_t sample)
{
	return f->frames != 0 && sample < f->begin + f->frames - 1;
}

/** Its value in the frame at `sample`. @thread rt */
TACTUS_RT static inline float
fade_at(const struct fade *f, uint64_t sample)
{
	if (!fade_moves(f, sample)) {
		return f->to;
	}
	if (sample < f->begin) {
		return f->from;
	}
	double part = (double)(sample - f->begin + 1) / (double)f->frames;
	return (float)((double)f->from +
		       ((double)f->to - (double)f->from) * part);
}

/**
 * The value from which a line that begins at `sample` goes on: that of the
 * frame before, which was heard last, so that the first step of the new line
 * is no longer than its others.  One that begins at the same sample was never
 * heard: where it began counts.
 * @thread rt
 */
TACTUS_RT static inline float
fade_before(const struct fade *f, uint64_t sample)
{
	if (f->frames != 0 && sample <= f->begin) {
		return f->from;
	}
	return fade_at(f, sample - 1);
}

/** Its slope per frame while it moves. @thread rt */
TACTUS_RT static inline float
fade_step(const struct fade *f)
{
	return (float)(((double)f->to - (double)f->from) / (double)f->frames);
}

/** Let it move from `from`, the value before `sample`, to `to`. @thread rt */
TACTUS_RT static inline void
fade_start(
	struct fade *f, uint64_t sample, float from, float to, uint32_t frames)
{
	*f = (struct fade){sample, frames, from, to};
}

#endif
