/* SPDX-License-Identifier: MIT */
/*
 * arguments.h -- what a job is asked for: types and ranges, from a table.
 *
 * Checked on the loop, read on a worker; pure.
 */
#ifndef BUFFER_JOBS_ARGUMENTS_H
#define BUFFER_JOBS_ARGUMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tactus/plugin.h>
#include <tactus/resources/audio_buffer.h>

/** The largest whole number that an 'f' may give. */
#define ARGUMENTS_MOST 9.0e15

struct argument {
	const char *name;
	char type; /* 'i' a whole number, 'f' any, 's' a string */
	bool is_optional;
	double least; /* both ends included */
	double most;
};

/**
 * Hold values against a table.
 * @thread loop
 * @param repeats the whole table may come again and again
 * @return 0, or 400 (missing, too many, of the wrong type) or 422 (out of
 *         range) with a reason that names the argument
 */
int arguments_check(const struct argument *table, uint32_t entries,
	bool repeats, const TactusValue *values, uint32_t count, char *reason,
	size_t size);

/** The whole number at `index`, or `otherwise` when it was not given. */
int64_t arguments_whole(const TactusValue *values, uint32_t count,
	uint32_t index, int64_t otherwise);

/** The number at `index`, or `otherwise` when it was not given. */
double arguments_number(const TactusValue *values, uint32_t count,
	uint32_t index, double otherwise);

/** A part of a buffer. */
struct arguments_range {
	int64_t start;
	int64_t frames;
};

/**
 * The part of a buffer that `start` and `frames`, arguments `index` and the
 * one behind it, ask for; not given, or 0 frames: up to the end.
 * @return 0, or -1 with a reason when the buffer is not as long
 */
int arguments_range(const TactusAudioBuffer *buffer, const TactusValue *values,
	uint32_t count, uint32_t index, struct arguments_range *out,
	char *reason, size_t size);

#endif
