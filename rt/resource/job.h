/* SPDX-License-Identifier: MIT */
/*
 * job.h -- jobs under way: what they hold, and what a synth asked for.
 *
 * A client's job is a work that the loop made; it is named by its id until
 * its end has been told.  A synth's (perform_with_resources) is one of a few
 * that rt has of its own.  Either references each of its resources once while
 * it is out, whoever asked and whether he lives or not.
 */
#ifndef TACTUS_RT_JOB_H
#define TACTUS_RT_JOB_H

#include "resource.h"

/** What one job holds; one for each work that may be out. */
struct job {
	struct hold hold[TACTUS_MAX_JOB_RESOURCES];
};

#define JOBS (WORK_MAX_JOBS + WORK_MAX_PERFORMS)

/** Let no job be under way. @thread before-start */
void job_init(struct engine *e);

/**
 * Begin a client's job: it takes all of its resources, or none.
 * @thread rt
 * @owns the work is rt's only when this says REASON_NONE
 */
TACTUS_RT enum reason job_new(
	struct engine *e, int32_t id, struct work *work, int32_t told[2]);

/** A client's job is back. @thread rt */
TACTUS_RT void job_back(struct engine *e, struct work *work);

/** The report of its end has been posted: the id is free. @thread rt */
TACTUS_RT void job_told(struct engine *e, int32_t id);

/** As TactusWorld.perform_with_resources. @thread rt */
TACTUS_RT int job_perform(
	struct engine *e, struct node *n, const TactusPerform *what);

/** What a synth asked for is back; the synth is told if it lives.
 * @thread rt, not while synths are processed */
TACTUS_RT void job_perform_back(struct engine *e, struct work *work);

#endif
