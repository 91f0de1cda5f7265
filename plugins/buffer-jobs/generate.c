/* SPDX-License-Identifier: MIT */
/*
 * generate.c -- buffer-generate: a buffer becomes a sum of sines.
 *
 * Runs on a worker; the loop runs the check.  Frame n of every channel is
 * the sum of amp * sin(2 pi (freq n / rate + phase)), phase in cycles.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "arguments.h"
#include "jobs.h"
#include "pace.h"

#define TAU 6.283185307179586476925286766559

/** Frames from one exact phase to the next; between them it is turned. */
#define STRETCH 256

static const struct argument table[] = {
	{"freq",  'f', false, 0.0,    1.0e6},
	{"amp",   'f', false, -1.0e6, 1.0e6},
	{"phase", 'f', false, -1.0e6, 1.0e6},
};

static int
check(const TactusHost *host, const TactusValue *values, uint32_t count,
	char *reason, size_t size)
{
	(void)host;
	return arguments_check(table, sizeof(table) / sizeof(table[0]), true,
		values, count, reason, size);
}

/** Add one sine to `sum`, whose first frame is frame `at`. */
static void
add_sine(double *sum, int64_t frames, int64_t at, double cycles, double amp,
	double phase)
{
	double angle = TAU * fmod(cycles * (double)at + phase, 1.0);
	double turn_re = cos(TAU * cycles);
	double turn_im = sin(TAU * cycles);
	double re = amp * cos(angle);
	double im = amp * sin(angle);

	for (int64_t i = 0; i < frames; i++) {
		double was = re;

		sum[i] += im;
		re = re * turn_re - im * turn_im;
		im = was * turn_im + im * turn_re;
	}
}

static int
perform(const TactusHost *host, void *const *resources, uint32_t resource_count,
	const TactusValue *values, uint32_t count, TactusJob *job, char *reason,
	size_t size)
{
	TactusAudioBuffer *b = resources[0];
	double sum[STRETCH];
	struct pace pace;

	(void)resource_count;
	for (uint32_t v = 0; v + 2 < count; v += 3) {
		double freq = arguments_number(values, count, v, 0.0);

		if (freq > b->rate / 2.0) {
			snprintf(reason, size,
				"freq %.12g of sine %" PRIu32
				" is above half of the buffer's rate, %.12g",
				freq, v / 3 + 1, b->rate);
			return -1;
		}
	}
	pace_begin(&pace, host, job, (double)b->frames * (count / 3));
	for (int64_t at = 0; at < b->frames; at += STRETCH) {
		int64_t n = b->frames - at < STRETCH ? b->frames - at : STRETCH;

		memset(sum, 0, sizeof(sum));
		for (uint32_t v = 0; v + 2 < count; v += 3) {
			add_sine(sum, n, at,
				arguments_number(values, count, v, 0.0) /
					b->rate,
				arguments_number(values, count, v + 1, 0.0),
				arguments_number(values, count, v + 2, 0.0));
		}
		for (uint32_t c = 0; c < b->channels; c++) {
			for (int64_t i = 0; i < n; i++) {
				b->channel[c][at + i] = (float)sum[i];
			}
		}
		if (!pace_next(&pace, (double)n * (count / 3))) {
			return pace_cancelled(reason, size);
		}
	}
	return 0;
}

const TactusJobDef generate_def = {
	.size = sizeof(generate_def),
	.uri = "urn:tactus:job:buffer-generate:1",
	.name = "buffer-generate",
	.doc = "Make all channels a sum of sines; what was there is gone. "
	       "Phases are in cycles.",
	.arguments = "f freq f amp f phase ...",
	.results = "",
	.resource = TACTUS_AUDIO_BUFFER_URI,
	.least = 1,
	.most = 1,
	.check = check,
	.perform = perform,
};
