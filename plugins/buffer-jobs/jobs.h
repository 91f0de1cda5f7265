/* SPDX-License-Identifier: MIT */
/*
 * jobs.h -- the jobs of this plugin, each in a file of its own.
 *
 * Their checks run on the loop, their work on workers.  They share nothing
 * but tables that are never written to.
 */
#ifndef BUFFER_JOBS_JOBS_H
#define BUFFER_JOBS_JOBS_H

#include <tactus/plugin.h>
#include <tactus/resources/audio_buffer.h>

extern const TactusJobDef load_def;
extern const TactusJobDef save_def;
extern const TactusJobDef fill_def;
extern const TactusJobDef fill_zero_def;
extern const TactusJobDef generate_def;
extern const TactusJobDef normalize_def;
extern const TactusJobDef reverse_def;
extern const TactusJobDef resample_def;
extern const TactusJobDef stats_def;
extern const TactusJobDef overview_def;
extern const TactusJobDef onsets_def;
extern const TactusJobDef loudness_def;

/** A sample that can be reckoned with: what is not finite counts as 0. */
static inline float
jobs_finite(float x)
{
	return x - x == 0.0f ? x : 0.0f;
}

#endif
