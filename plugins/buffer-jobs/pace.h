/* SPDX-License-Identifier: MIT */
/*
 * pace.h -- how far a job is, and whether it should go on.
 *
 * One for each perform, on its worker's stack.
 */
#ifndef BUFFER_JOBS_PACE_H
#define BUFFER_JOBS_PACE_H

#include <stdbool.h>
#include <stddef.h>

#include <tactus/plugin.h>

/** Samples of light work between two looks: well below a millisecond. */
#define PACE_LIGHT 65536
/** The same of work that costs some 100 ns a sample: files, resampling. */
#define PACE_HEAVY 8192

struct pace {
	const TactusHost *host;
	TactusJob *job;
	double total; /* of any unit */
	double done;
};

/** Begin a job of `total` units. */
void pace_begin(
	struct pace *p, const TactusHost *host, TactusJob *job, double total);

/** Some more is done. @return false: the job is cancelled */
TACTUS_NODISCARD bool pace_next(struct pace *p, double more);

/** What a cancelled job returns. @return -1 */
int pace_cancelled(char *reason, size_t size);

/** Answer a number of type 'f'. @return 0, or -1 with a reason */
int pace_result(const struct pace *p, double number, char *reason, size_t size);

#endif
