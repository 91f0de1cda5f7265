/* SPDX-License-Identifier: MIT */
/*
 * glide.h -- a control as it should be heard: its ramps as they are, its
 * jumps as short straight lines.
 *
 * Whoever sets a control without a ramp makes it jump, and a jump clicks
 * where the control is a level.  A glide notices a jump by where the control
 * would have gone on to, and spreads it over some frames: what is left of it
 * is added to the control, and becomes 0.  So a ramp is followed to the frame,
 * and what stands still is heard as it is.
 *
 *	at the head of a segment     tactus_glide_begin()
 *	in each of its frames        tactus_glide_at()
 *	at its end                   tactus_glide_end()
 *
 * The bits do not depend on how a block is cut, as long as the control stands
 * still but for its jumps.  All of it is called on an audio thread.
 */
#ifndef TACTUS_GLIDE_H
#define TACTUS_GLIDE_H

#include <stdbool.h>
#include <stdint.h>

#include <tactus/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

/** One for each control and synth; it begins as zeros. */
struct tactus_glide {
	float next;     /* where the control goes on to, if it does not jump */
	float slope;    /* a frame's part of the jump that is heard now */
	uint32_t left;  /* frames until it is over */
	bool has_begun; /* a frame was computed */
};

/**
 * Has a control jumped, that was to go on to `next`?  A ramp begins one step
 * from there, and its values are rounded: neither is a jump.
 * @side rt
 */
TACTUS_RT static inline bool
tactus_control_jumps(const TactusControl *c, float next)
{
	float way = c->value > next ? c->value - next : next - c->value;
	float size = c->value > 0.0f ? c->value : -c->value;
	float step = c->step > 0.0f ? c->step : -c->step;

	return way > step + (size + step) * 0x1p-22f;
}

/**
 * Look at the control at the head of a segment; a jump will take `frames`
 * frames (at least 1) from here on.  The very first value is no jump.
 * @side rt
 */
TACTUS_RT static inline void
tactus_glide_begin(
	struct tactus_glide *g, const TactusControl *c, uint32_t frames)
{
	if (g->has_begun && tactus_control_jumps(c, g->next)) {
		float rest = g->slope * (float)(int32_t)g->left;

		g->slope =
			(rest + (g->next - c->value)) / (float)(int32_t)frames;
		g->left = frames;
	}
	g->has_begun = true;
}

/** Is the control heard as one number all over this segment? @side rt */
TACTUS_RT static inline bool
tactus_glide_stands(const struct tactus_glide *g, const TactusControl *c)
{
	return g->left == 0 && c->step == 0.0f;
}

/** What is heard in frame `i` of the segment. @side rt */
TACTUS_RT static inline float
tactus_glide_at(
	const struct tactus_glide *g, const TactusControl *c, uint32_t i)
{
	int32_t left = (int32_t)g->left - (int32_t)i;

	left = left > 0 ? left : 0;
	return tactus_control_at(c, i) + g->slope * (float)left;
}

/** The segment is over. @side rt */
TACTUS_RT static inline void
tactus_glide_end(
	struct tactus_glide *g, const TactusControl *c, uint32_t frames)
{
	g->next = tactus_control_at(c, frames);
	g->left = g->left > frames ? g->left - frames : 0;
}

#ifdef __cplusplus
}
#endif

#endif
