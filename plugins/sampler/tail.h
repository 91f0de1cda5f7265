/* SPDX-License-Identifier: MIT */
/*
 * tail.h -- what a sampler was cut off from goes on, and fades.
 */
#ifndef SAMPLER_TAIL_H
#define SAMPLER_TAIL_H

#include "play.h"

/** Frames that a tail lasts, and a new buffer takes to come in. @side rt */
TACTUS_RT uint32_t tail_length(const TactusWorld *world);

/**
 * Make what sounds, at `level`, a tail; it keeps no reference yet.  Where
 * there are too many the softest ends.
 * @side rt
 */
TACTUS_RT void tail_begin(struct play *s, const TactusWorld *world,
	TactusSynth *synth, const TactusAudioBuffer *b, double level);

/**
 * Give the tails of a buffer that is no longer bound its reference.
 * @side rt
 * @return false: there are none that need it
 */
TACTUS_RT bool tail_keep(
	struct play *s, const TactusAudioBuffer *b, int32_t id);

/**
 * Add all tails to the outputs, up to the segment's end or their own; give
 * back the references of those that are over.
 * @side rt
 */
TACTUS_RT void tail_run(struct play *s, const TactusWorld *world,
	TactusSynth *synth, uint32_t frames);

#endif
