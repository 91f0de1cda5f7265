/* SPDX-License-Identifier: MIT */
/*
 * master.h -- the outputs: gain, ramps, the guard, the tap and the meters.
 */
#ifndef TACTUS_RT_MASTER_H
#define TACTUS_RT_MASTER_H

#include "engine_private.h"

/** Finish `frames` frames from `offset` of this block on, which began at
 * `sample`: from the playback buses to `out`. @thread rt */
TACTUS_RT void master_run(struct engine *e, float *const *out, uint64_t sample,
	uint32_t offset, uint32_t frames);

/** Let one of the ramps go to `to`, in `seconds`. @thread rt */
TACTUS_RT void master_fade(
	struct engine *e, enum master_fade which, float to, double seconds);

/** Has that ramp arrived? @thread rt */
TACTUS_RT bool master_is_still(const struct engine *e, enum master_fade which);

#endif
