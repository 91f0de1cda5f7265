/* SPDX-License-Identifier: MIT */
/*
 * run.h -- one segment: all synths that run, by the plan or in order.
 *
 * How one synth runs is in three steps, which walk and plan share: point it
 * at what it hears and where it writes; let it process; see to what came out.
 */
#ifndef TACTUS_RT_RUN_H
#define TACTUS_RT_RUN_H

#include "runner.h"

/** Compute `frames` frames from e->offset of this block on. @thread rt */
TACTUS_RT void run_segment(struct engine *e, uint32_t frames);

/**
 * Point a synth at its inputs and outputs.  Outputs that nobody is connected
 * to write to out[0], out[1] …; inputs that add up do so in sum[0], sum[1] …,
 * by their ordinals.
 * @thread rt or a helper
 */
TACTUS_RT void run_point(
	struct engine *e, struct node *n, float *const *out, float *const *sum);

/** Let one synth process, in pieces where its controls move, and no further
 * than to where it stands still.
 * @thread rt or a helper */
TACTUS_RT void run_process(struct runner *r, struct node *n, uint32_t frames);

/** See to what came out: fades, feedback, the hunt for what is no number.
 * Nothing of these: nothing is done.  @thread rt or a helper */
TACTUS_RT void run_finish(struct runner *r, struct node *n, uint32_t frames);

#endif
