/* SPDX-License-Identifier: MIT */
/*
 * stats.c -- buffer-stats: peak, RMS and mean of each channel.
 *
 * Runs on a worker; the loop runs the check.  What is not finite counts as 0.
 */
#include <math.h>

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

struct sums {
	double sum;
	double squares;
	float peak;
};

static void
add(struct sums *s, const float *x, int64_t frames)
{
	double sum = 0.0;
	double squares = 0.0;

	for (int64_t i = 0; i < frames; i++) {
		float finite = jobs_finite(x[i]);
		double sample = (double)finite;
		float level = fabsf(finite);

		sum += sample;
		squares += sample * sample;
		s->peak = level > s->peak ? level : s->peak;
	}
	s->sum += sum;
	s->squares += squares;
}

static int
perform(const TactusHost *host, void *const *resources, uint32_t resource_count,
	const TactusValue *values, uint32_t count, TactusJob *job, char *reason,
	size_t size)
{
	const TactusAudioBuffer *b = resources[0];
	double frames = (double)b->frames;
	struct pace pace;

	(void)resource_count;
	(void)values;
	(void)count;
	pace_begin(&pace, host, job, frames * b->channels);
	for (uint32_t c = 0; c < b->channels; c++) {
		struct sums s = {0};

		for (int64_t at = 0; at < b->frames;) {
			int64_t n = b->frames - at;

			n = n < PACE_LIGHT ? n : PACE_LIGHT;
			add(&s, b->channel[c] + at, n);
			at += n;
			if (!pace_next(&pace, (double)n)) {
				return pace_cancelled(reason, size);
			}
		}
		if (pace_result(&pace, (double)s.peak, reason, size) != 0 ||
			pace_result(&pace, sqrt(s.squares / frames), reason,
				size) != 0 ||
			pace_result(&pace, s.sum / frames, reason, size) != 0) {
			return -1;
		}
	}
	return 0;
}

const TactusJobDef stats_def = {
	.size = sizeof(stats_def),
	.uri = "urn:tactus:job:buffer-stats:1",
	.name = "buffer-stats",
	.doc = "Measure each channel: highest absolute sample, root mean "
	       "square, mean.",
	.arguments = "",
	.results = "per channel f peak f rms f mean",
	.resource = TACTUS_AUDIO_BUFFER_URI,
	.least = 1,
	.most = 1,
	.check = check,
	.perform = perform,
};
