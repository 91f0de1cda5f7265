/* SPDX-License-Identifier: MIT */
/*
 * normalize.c -- buffer-normalize: bring a buffer's peak to a level.
 *
 * Runs on a worker; the loop runs the check.  One factor for all channels,
 * so that their balance stays.  What is not finite becomes 0.
 */
#include <math.h>

#include "arguments.h"
#include "jobs.h"
#include "pace.h"

static const struct argument table[] = {
	{"peak", 'f', false, 1.0e-6, 1.0e6}
};

static int
check(const TactusHost *host, const TactusValue *values, uint32_t count,
	char *reason, size_t size)
{
	(void)host;
	return arguments_check(table, 1, false, values, count, reason, size);
}

static float
peak_of(const float *x, int64_t frames)
{
	float peak = 0.0f;

	for (int64_t i = 0; i < frames; i++) {
		float level = fabsf(jobs_finite(x[i]));

		peak = level > peak ? level : peak;
	}
	return peak;
}

static void
scale(float *x, int64_t frames, double factor, float most)
{
	for (int64_t i = 0; i < frames; i++) {
		float y = (float)((double)jobs_finite(x[i]) * factor);

		y = y > most ? most : y;
		x[i] = y < -most ? -most : y;
	}
}

static int
perform(const TactusHost *host, void *const *resources, uint32_t resource_count,
	const TactusValue *values, uint32_t count, TactusJob *job, char *reason,
	size_t size)
{
	TactusAudioBuffer *b = resources[0];
	double wanted = arguments_number(values, count, 0, 1.0);
	float peak = 0.0f;
	struct pace pace;

	(void)resource_count;
	pace_begin(&pace, host, job, 2.0 * (double)b->frames * b->channels);
	for (int pass = 0; pass < 2; pass++) {
		/* silence has no level that could be changed */
		double factor = peak > 0.0f ? wanted / (double)peak : 1.0;

		for (uint32_t c = 0; c < b->channels; c++) {
			for (int64_t at = 0; at < b->frames;) {
				int64_t n = b->frames - at;
				float *x = b->channel[c] + at;

				n = n < PACE_LIGHT ? n : PACE_LIGHT;
				if (pass == 0) {
					float p = peak_of(x, n);

					peak = p > peak ? p : peak;
				} else {
					scale(x, n, factor, (float)wanted);
				}
				at += n;
				if (!pace_next(&pace, (double)n)) {
					return pace_cancelled(reason, size);
				}
			}
		}
	}
	return 0;
}

const TactusJobDef normalize_def = {
	.size = sizeof(normalize_def),
	.uri = "urn:tactus:job:buffer-normalize:1",
	.name = "buffer-normalize",
	.doc = "Scale all channels by one factor, so that the highest peak is "
	       "the given one; silence stays.",
	.arguments = "f peak",
	.results = "",
	.resource = TACTUS_AUDIO_BUFFER_URI,
	.least = 1,
	.most = 1,
	.check = check,
	.perform = perform,
};
