/* SPDX-License-Identifier: MIT */
/*
 * trial.h -- resource classes and jobs that wait for the test's permission.
 *
 * They are registered with the rooms in process (rooms.prepare = trial_add).
 * What they do is told by their arguments, words: "gate" waits at the gate
 * until the test lets one more through, "polite" until that or until it is
 * cancelled; then "fail" fails, "mute" fails without a reason.  A number
 * takes as many bytes.  So nothing here depends on time.
 *
 *   trial-thing  a class; also "late": its destroy waits at the gate
 *   trial-other  a class of another URI, else the same
 *   trial-off    a class for resource_classes to switch off
 *   trial-work   a job on up to 16 of any class; also "half" (progress 0.5,
 *                before the gate) and "many" (more results than fit); its
 *                results are what it was given
 *   trial-alone  a job on one trial-thing that needs it for itself
 *   trial-user   a synth with the resource ports "thing" and "other"
 *   trial-asker  a synth that has a work done when it is activated, and tells
 *                what came of it: /trial/done i:result
 */
#ifndef TACTUS_TESTS_TRIAL_H
#define TACTUS_TESTS_TRIAL_H

#include <stdint.h>

#include "rooms.h"

#define TRIAL_THING "urn:tactus:resource:trial-thing:1"
#define TRIAL_OTHER "urn:tactus:resource:trial-other:1"
#define TRIAL_OFF   "urn:tactus:resource:trial-off:1"
#define TRIAL_WORK  "urn:tactus:job:trial-work:1"
#define TRIAL_ALONE "urn:tactus:job:trial-alone:1"

/** Register all of them; counts are 0 and the gate is shut. */
void trial_add(struct rooms *r);

/** Let that many more through the gate. */
void trial_let(uint32_t count);
/** The same, and wait until no work is out: this and no more was told. */
void trial_pass(struct rooms *r, uint32_t count, const char *told);
/** Wait until at least that many stand at the gate. */
void trial_wait(uint32_t count);

/** Calls so far. */
uint32_t trial_constructs(void);
uint32_t trial_destroys(void);
uint32_t trial_performs(void);

#endif
