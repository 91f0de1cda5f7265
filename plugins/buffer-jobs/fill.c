/* SPDX-License-Identifier: MIT */
/*
 * fill.c -- buffer-fill, buffer-zero: one value for all samples of a range.
 *
 * Runs on a worker; the loop runs the checks.
 */
#include <inttypes.h>
#include <stdio.h>

#include "arguments.h"
#include "jobs.h"
#include "pace.h"

/** A sample's bounds: what a float holds. */
#define MOST 3.0e38

static const struct argument table[] = {
	{"value",   'f', false, -MOST, MOST                            },
	{"channel", 'i', true,  -1,    TACTUS_AUDIO_BUFFER_CHANNELS - 1},
	{"start",   'i', true,  0,     ARGUMENTS_MOST                  },
	{"frames",  'i', true,  0,     ARGUMENTS_MOST                  },
};
#define ENTRIES (sizeof(table) / sizeof(table[0]))

static int
check(const TactusHost *host, const TactusValue *values, uint32_t count,
	char *reason, size_t size)
{
	(void)host;
	return arguments_check(
		table, ENTRIES, false, values, count, reason, size);
}

static int
check_zero(const TactusHost *host, const TactusValue *values, uint32_t count,
	char *reason, size_t size)
{
	(void)host;
	return arguments_check(
		table + 1, ENTRIES - 1, false, values, count, reason, size);
}

/** Fill what the arguments from the channel on ask for. */
static int
fill(TactusAudioBuffer *b, float value, const TactusValue *values,
	uint32_t count, struct pace *pace, char *reason, size_t size)
{
	int64_t channel = arguments_whole(values, count, 0, -1);
	struct arguments_range range;

	if (channel >= (int64_t)b->channels) {
		snprintf(reason, size,
			"there is no channel %" PRId64
			": the buffer has %" PRIu32 ", from 0",
			channel, b->channels);
		return -1;
	}
	if (arguments_range(b, values, count, 1, &range, reason, size) != 0) {
		return -1;
	}
	uint32_t first = channel < 0 ? 0 : (uint32_t)channel;
	uint32_t end = channel < 0 ? b->channels : first + 1;

	pace->total = (double)range.frames * (end - first);
	for (uint32_t c = first; c < end; c++) {
		float *to = b->channel[c] + range.start;

		for (int64_t at = 0; at < range.frames;) {
			int64_t n = range.frames - at;

			n = n < PACE_LIGHT ? n : PACE_LIGHT;
			for (int64_t i = 0; i < n; i++) {
				to[at + i] = value;
			}
			at += n;
			if (!pace_next(pace, (double)n)) {
				return pace_cancelled(reason, size);
			}
		}
	}
	return 0;
}

static int
perform(const TactusHost *host, void *const *resources, uint32_t resource_count,
	const TactusValue *values, uint32_t count, TactusJob *job, char *reason,
	size_t size)
{
	struct pace pace;
	float value = (float)arguments_number(values, count, 0, 0.0);

	(void)resource_count;
	pace_begin(&pace, host, job, 0.0);
	return fill(resources[0], value, values + 1, count - 1, &pace, reason,
		size);
}

static int
perform_zero(const TactusHost *host, void *const *resources,
	uint32_t resource_count, const TactusValue *values, uint32_t count,
	TactusJob *job, char *reason, size_t size)
{
	struct pace pace;

	(void)resource_count;
	pace_begin(&pace, host, job, 0.0);
	return fill(resources[0], 0.0f, values, count, &pace, reason, size);
}

const TactusJobDef fill_def = {
	.size = sizeof(fill_def),
	.uri = "urn:tactus:job:buffer-fill:1",
	.name = "buffer-fill",
	.doc = "Set samples to one value.",
	.arguments = "f value [, i channel, h start, h frames]",
	.results = "",
	.resource = TACTUS_AUDIO_BUFFER_URI,
	.least = 1,
	.most = 1,
	.check = check,
	.perform = perform,
};

const TactusJobDef fill_zero_def = {
	.size = sizeof(fill_zero_def),
	.uri = "urn:tactus:job:buffer-zero:1",
	.name = "buffer-zero",
	.doc = "Set samples to silence.",
	.arguments = "[i channel, h start, h frames]",
	.results = "",
	.resource = TACTUS_AUDIO_BUFFER_URI,
	.least = 1,
	.most = 1,
	.check = check_zero,
	.perform = perform_zero,
};
