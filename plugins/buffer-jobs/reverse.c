/* SPDX-License-Identifier: MIT */
/*
 * reverse.c -- buffer-reverse: the last frame first.
 *
 * Runs on a worker; the loop runs the check.
 */
#include "arguments.h"
#include "jobs.h"
#include "pace.h"

static int
check(const TactusHost *host, const TactusValue *values, uint32_t count,
	char *reason, size_t size)
{
	(void)host;
	return arguments_check(NULL, 0, false, values, count, reason, size);
}

static int
perform(const TactusHost *host, void *const *resources, uint32_t resource_count,
	const TactusValue *values, uint32_t count, TactusJob *job, char *reason,
	size_t size)
{
	TactusAudioBuffer *b = resources[0];
	int64_t half = b->frames / 2;
	struct pace pace;

	(void)resource_count;
	(void)values;
	(void)count;
	pace_begin(&pace, host, job, (double)half * b->channels);
	for (uint32_t c = 0; c < b->channels; c++) {
		float *x = b->channel[c];

		for (int64_t at = 0; at < half;) {
			int64_t end =
				half - at < PACE_LIGHT ? half : at + PACE_LIGHT;
			double n = (double)(end - at);

			for (; at < end; at++) {
				float first = x[at];

				x[at] = x[b->frames - 1 - at];
				x[b->frames - 1 - at] = first;
			}
			if (!pace_next(&pace, n)) {
				return pace_cancelled(reason, size);
			}
		}
	}
	return 0;
}

const TactusJobDef reverse_def = {
	.size = sizeof(reverse_def),
	.uri = "urn:tactus:job:buffer-reverse:1",
	.name = "buffer-reverse",
	.doc = "Turn a buffer round in time.",
	.arguments = "",
	.results = "",
	.resource = TACTUS_AUDIO_BUFFER_URI,
	.least = 1,
	.most = 1,
	.check = check,
	.perform = perform,
};
