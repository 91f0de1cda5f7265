/* SPDX-License-Identifier: MIT */
/*
 * plan.h -- the schedule of a segment: steps, in stages.
 *
 * Execution order is the meaning; the plan is only another way to the same
 * bits.  Each synth has a level: above those of whatever it hears (through
 * connections and buses) and of whoever it must not run beside (on resources
 * that a def declares written).  Synths of one level and one def are run
 * together, up to RUNNER_MOST in a step, by process_many where the def has
 * it.  Outputs that go to buses are folded in groups as mix.h says; a step
 * whose synths are a whole group folds them itself, while they are in its
 * cache, the rest is mixed behind the level.  A bus that is read between its
 * writers has one version for each such place; the last is the bus's own.
 *
 * Made for where threads or process_many gain by it; where it finds no room
 * the synths are walked in order.
 */
#ifndef TACTUS_RT_PLAN_H
#define TACTUS_RT_PLAN_H

#include "engine_private.h"

struct plan;

/** @thread before-start @errors -ENOMEM */
TACTUS_NODISCARD int plan_open(struct engine *e);
void plan_close(struct engine *e);

/**
 * Make the plan of e->order anew.
 * @thread rt
 * @return false: it would gain nothing, or has no room: walk
 */
TACTUS_RT bool plan_renew(struct engine *e);

/** Note that a control of a synth begins to move, between segments.
 * @thread rt */
TACTUS_RT void plan_stir(struct engine *e, const struct node *n);

/** Run one segment by the plan. @pre plan_renew @thread rt */
TACTUS_RT void plan_run(struct engine *e, uint32_t frames);

#endif
