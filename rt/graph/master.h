/* SPDX-License-Identifier: MIT */
/*
 * master.h -- the outputs: gain, ramps, the guard, the tap and the meters.
 */
#ifndef TACTUS_RT_MASTER_H
#define TACTUS_RT_MASTER_H

#include "engine_private.h"

/**
 * Finish the segment that begins now: from the playback buses to `out`, from
 * frame `done` of it on.  Commands come between segments, so each ramp is
 * one line in it.
 * @thread rt
 */
TACTUS_RT void master_run(
	struct engine *e, float *const *out, uint32_t done, uint32_t frames);

/** Let one of the ramps go to `to`, in `seconds`. @thread rt */
TACTUS_RT void master_fade(
	struct engine *e, enum master_fade which, float to, double seconds);

/** Has that ramp arrived? @thread rt */
TACTUS_RT bool master_is_still(const struct engine *e, enum master_fade which);

#endif
