/* SPDX-License-Identifier: MIT */
/*
 * buffer-jobs.c -- the built-in jobs on AudioBuffers.
 *
 * Load and save, change, measure.  See jobs.h for who runs what.
 */
#include "jobs.h"

static const TactusJobDef *const jobs[] = {
	&load_def,
	&save_def,
	&fill_def,
	&fill_zero_def,
	&generate_def,
	&normalize_def,
	&reverse_def,
	&resample_def,
	&stats_def,
	&overview_def,
	&onsets_def,
	&loudness_def,
};

static const TactusPlugin plugin = {
	sizeof(plugin), TACTUS_ABI_VERSION, "buffer-jobs", "1", "MIT"};

const TactusPlugin *
tactus_plugin(const TactusHost *host)
{
	if (host->abi != TACTUS_ABI_VERSION || host->size < sizeof(*host)) {
		return NULL;
	}
	for (size_t i = 0; i < sizeof(jobs) / sizeof(jobs[0]); i++) {
		if (host->register_job_def(host, jobs[i]) != 0) {
			return NULL;
		}
	}
	return &plugin;
}
