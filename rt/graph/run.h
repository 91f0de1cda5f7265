/* SPDX-License-Identifier: MIT */
/*
 * run.h -- one segment: the tree walked in order, each synth processed and
 * its outputs mixed to their buses.
 */
#ifndef TACTUS_RT_RUN_H
#define TACTUS_RT_RUN_H

#include "engine_private.h"

/** Compute `frames` frames from e->offset of this block on. @thread rt */
TACTUS_RT void run_segment(struct engine *e, uint32_t frames);

#endif
