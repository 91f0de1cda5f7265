/* SPDX-License-Identifier: MIT */
/*
 * resample.c -- buffer-resample: another rate, the same sound.
 *
 * Runs on a worker; the loop runs the check.  The buffer's length changes, so
 * the job is exclusive; audio_buffer.h says how its samples are exchanged.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "arguments.h"
#include "jobs.h"
#include "pace.h"

/** What the host's resampler does, either way. */
#define RATIO 256.0

/** Channels begin at multiples of so many floats. */
#define ALIGNED 16

/** Frames that go into the resampler, and come out, at a time. */
#define CHUNK 1024

static const struct argument table[] = {
	{"rate", 'f', false, 1.0, 1.0e6}
};

static int
check(const TactusHost *host, const TactusValue *values, uint32_t count,
	char *reason, size_t size)
{
	(void)host;
	return arguments_check(table, 1, false, values, count, reason, size);
}

/** Change one channel's rate. @return 0, or -1 with a reason */
static int
change(const float *in, int64_t in_frames, float *out, int64_t out_frames,
	double ratio, struct pace *pace, char *reason, size_t size)
{
	const TactusHost *host = pace->host;
	TactusResampler *r = host->open_resampler(host, 1, ratio);
	int64_t at = 0;
	int64_t to = 0;
	int err = 0;

	if (r == NULL) {
		snprintf(reason, size, "no memory for a resampler");
		return -1;
	}
	while (to < out_frames) {
		bool is_last = in_frames - at <= CHUNK;
		int64_t n = is_last ? in_frames - at : CHUNK;
		int64_t room =
			out_frames - to < CHUNK ? out_frames - to : CHUNK;
		int64_t used = 0;
		int64_t made = host->resample(
			host, r, in + at, n, &used, out + to, room, is_last);

		if (made < 0) {
			snprintf(reason, size, "the resampler failed");
			err = -1;
			break;
		}
		at += used;
		to += made;
		if (!pace_next(pace, (double)made)) {
			err = pace_cancelled(reason, size);
			break;
		}
		/* what rounding leaves at the end stays silent */
		if (made == 0 && used == 0) {
			break;
		}
	}
	host->close_resampler(host, r);
	return err;
}

/** Take the block for `frames` frames. @return NULL with a reason */
static float *
take_block(const TactusHost *host, const TactusAudioBuffer *b, double frames,
	char *reason, size_t size)
{
	double bytes = (frames + ALIGNED) * b->channels * sizeof(float);
	double most = (double)host->limit(host, TACTUS_AUDIO_BUFFER_URI);
	float *block = NULL;

	if (bytes <= most && bytes < (double)(SIZE_MAX / 2)) {
		size_t stride =
			((size_t)frames + ALIGNED - 1) / ALIGNED * ALIGNED;

		block = host->alloc(host, stride * b->channels * sizeof(float));
	}
	if (block == NULL) {
		snprintf(reason, size,
			"no memory for %.0f frames of %" PRIu32
			" channels: a buffer may take %.0f bytes",
			frames, b->channels, most);
	}
	return block;
}

static int
perform(const TactusHost *host, void *const *resources, uint32_t resource_count,
	const TactusValue *values, uint32_t count, TactusJob *job, char *reason,
	size_t size)
{
	TactusAudioBuffer *b = resources[0];
	double rate = arguments_number(values, count, 0, b->rate);
	double ratio = rate / b->rate;
	struct pace pace;

	(void)resource_count;
	if (ratio == 1.0) {
		return 0;
	}
	if (!(ratio >= 1.0 / RATIO && ratio <= RATIO)) {
		snprintf(reason, size,
			"rate %.12g is more than %.0f times away from the "
			"buffer's, %.12g",
			rate, RATIO, b->rate);
		return -1;
	}
	double length = fmax(1.0, round((double)b->frames * ratio));
	float *block = take_block(host, b, length, reason, size);
	if (block == NULL) {
		return -1;
	}
	int64_t frames = (int64_t)length;
	int64_t stride = (frames + ALIGNED - 1) / ALIGNED * ALIGNED;

	pace_begin(&pace, host, job, length * b->channels);
	for (uint32_t c = 0; c < b->channels; c++) {
		if (change(b->channel[c], b->frames, block + c * stride, frames,
			    ratio, &pace, reason, size) != 0) {
			host->free(host, block);
			return -1;
		}
	}
	float *old = b->channel[0];
	for (uint32_t c = 0; c < b->channels; c++) {
		b->channel[c] = block + c * stride;
	}
	b->frames = frames;
	b->rate = rate;
	host->free(host, old);
	return 0;
}

const TactusJobDef resample_def = {
	.size = sizeof(resample_def),
	.flags = TACTUS_JOB_EXCLUSIVE,
	.uri = "urn:tactus:job:buffer-resample:1",
	.name = "buffer-resample",
	.doc = "Change a buffer's rate and, with it, its length: it lasts and "
	       "sounds as before.  Needs exclusive.",
	.arguments = "f rate",
	.results = "",
	.resource = TACTUS_AUDIO_BUFFER_URI,
	.least = 1,
	.most = 1,
	.check = check,
	.perform = perform,
};
