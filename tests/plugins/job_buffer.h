/* SPDX-License-Identifier: MIT */
/*
 * job_buffer.h -- an AudioBuffer for a job to work on, and how it is called.
 */
#ifndef TACTUS_TESTS_PLUGINS_JOB_BUFFER_H
#define TACTUS_TESTS_PLUGINS_JOB_BUFFER_H

#include <tactus/resources/audio_buffer.h>

#include "harness_host.h"

/** Be a host with the jobs, at 48 kHz. */
void job_buffer_open(struct harness_host *h);

/** A folder of the test's own, for tcase_add_checked_fixture. */
extern char job_buffer_folder[64];
void job_buffer_make_folder(void);
void job_buffer_remove_folder(void);

/** Make a silent buffer, its memory laid out as audio_buffer.h has it. */
TactusAudioBuffer *job_buffer_new(
	struct harness_host *h, uint32_t channels, int64_t frames, double rate);

/** End it. */
void job_buffer_end(struct harness_host *h, TactusAudioBuffer *b);

/** Do a job on one buffer. @return as harness_perform */
int job_buffer_do(struct harness_host *h, const char *name,
	TactusAudioBuffer *b, const TactusValue *values, uint32_t count);

/** The same without arguments; it has to succeed. */
void job_buffer_ask(
	struct harness_host *h, const char *name, TactusAudioBuffer *b);

/** Result `index` of the last job, an 'f'. */
double job_buffer_result(const struct harness_host *h, uint32_t index);

/** A number of 0 … 1, always the same from the same seed. */
double job_buffer_random(uint32_t *seed);

/** The same with normal distribution, deviation 1. */
double job_buffer_normal(uint32_t *seed);

#endif
