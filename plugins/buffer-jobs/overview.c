/* SPDX-License-Identifier: MIT */
/*
 * overview.c -- buffer-overview: the outline of a waveform, to be drawn.
 *
 * Runs on a worker; the loop runs the check.  Point p of n tells of frames
 * p * frames / n up to the next point's first, of one frame at least.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "arguments.h"
#include "jobs.h"
#include "pace.h"

/** Most points: two numbers each have to fit into one message. */
#define POINTS 2000

static const struct argument table[] = {
	{"points",  'i', false, 1,  POINTS                          },
	{"channel", 'i', true,  -1, TACTUS_AUDIO_BUFFER_CHANNELS - 1},
};

static int
check(const TactusHost *host, const TactusValue *values, uint32_t count,
	char *reason, size_t size)
{
	(void)host;
	return arguments_check(table, sizeof(table) / sizeof(table[0]), false,
		values, count, reason, size);
}

struct extent {
	float least;
	float most;
};

static void
widen(struct extent *e, const float *x, int64_t frames)
{
	for (int64_t i = 0; i < frames; i++) {
		float sample = jobs_finite(x[i]);

		e->least = sample < e->least ? sample : e->least;
		e->most = sample > e->most ? sample : e->most;
	}
}

/** Measure frames begin … end of channels first … last. */
static bool
measure(const TactusAudioBuffer *b, uint32_t first, uint32_t last,
	int64_t begin, int64_t end, struct extent *e, struct pace *pace)
{
	e->least = e->most = jobs_finite(b->channel[first][begin]);
	for (uint32_t c = first; c <= last; c++) {
		for (int64_t at = begin; at < end;) {
			int64_t n =
				end - at < PACE_LIGHT ? end - at : PACE_LIGHT;

			widen(e, b->channel[c] + at, n);
			at += n;
			if (!pace_next(pace, (double)n)) {
				return false;
			}
		}
	}
	return true;
}

static int
perform(const TactusHost *host, void *const *resources, uint32_t resource_count,
	const TactusValue *values, uint32_t count, TactusJob *job, char *reason,
	size_t size)
{
	const TactusAudioBuffer *b = resources[0];
	int64_t points = arguments_whole(values, count, 0, 1);
	int64_t channel = arguments_whole(values, count, 1, -1);
	struct pace pace;

	(void)resource_count;
	if (channel >= (int64_t)b->channels) {
		snprintf(reason, size,
			"there is no channel %" PRId64
			": the buffer has %" PRIu32 ", from 0",
			channel, b->channels);
		return -1;
	}
	uint32_t first = channel < 0 ? 0 : (uint32_t)channel;
	uint32_t last = channel < 0 ? b->channels - 1 : first;
	int64_t longer = b->frames > points ? b->frames : points;

	pace_begin(&pace, host, job, (double)longer * (last - first + 1));
	for (int64_t p = 0; p < points; p++) {
		int64_t begin = p * b->frames / points;
		int64_t end = (p + 1) * b->frames / points;
		struct extent e;

		end = end > begin ? end : begin + 1;
		if (!measure(b, first, last, begin, end, &e, &pace)) {
			return pace_cancelled(reason, size);
		}
		if (pace_result(&pace, (double)e.least, reason, size) != 0 ||
			pace_result(&pace, (double)e.most, reason, size) != 0) {
			return -1;
		}
	}
	return 0;
}

const TactusJobDef overview_def = {
	.size = sizeof(overview_def),
	.uri = "urn:tactus:job:buffer-overview:1",
	.name = "buffer-overview",
	.doc = "Outline a waveform in 1 to 2000 points, of one channel or of "
	       "all together.",
	.arguments = "i points [, i channel]",
	.results = "per point f min f max",
	.resource = TACTUS_AUDIO_BUFFER_URI,
	.least = 1,
	.most = 1,
	.check = check,
	.perform = perform,
};
