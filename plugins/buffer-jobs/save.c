/* SPDX-License-Identifier: MIT */
/*
 * save.c -- buffer-save: a buffer becomes a sound file.
 *
 * Runs on a worker; the loop runs the check.  The host makes the file appear
 * whole or not at all, below media.record.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "arguments.h"
#include "jobs.h"
#include "pace.h"

static const struct argument table[] = {
	{"path",    's', false, 0, 0             },
	{"format",  's', true,  0, 0             },
	{"start",   'i', true,  0, ARGUMENTS_MOST},
	{"frames",  'i', true,  0, ARGUMENTS_MOST},
	{"replace", 'i', true,  0, 1             },
};

static const char *const formats[] = {
	"", "wav", "wav16", "wav24", "flac", "ogg", "aiff"};

static int
check(const TactusHost *host, const TactusValue *values, uint32_t count,
	char *reason, size_t size)
{
	int code = arguments_check(table, sizeof(table) / sizeof(table[0]),
		false, values, count, reason, size);

	(void)host;
	if (code != 0) {
		return code;
	}
	if (values[0].string[0] == '\0') {
		snprintf(reason, size, "path must not be empty");
		return 422;
	}
	if (count < 2) {
		return 0;
	}
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		if (strcmp(values[1].string, formats[i]) == 0) {
			return 0;
		}
	}
	snprintf(reason, size,
		"format \"%.32s\" is unknown; known: wav, wav16, wav24, flac, "
		"ogg, aiff, or \"\" for what the path ends in",
		values[1].string);
	return 422;
}

/** Write a range, a chunk at a time. @return 0, or -1 with a reason */
static int
write_range(const TactusAudioBuffer *b, const struct arguments_range *range,
	struct pace *pace, TactusSound *sound, float *chunk,
	int64_t chunk_frames, const char *path, char *reason, size_t size)
{
	const TactusHost *host = pace->host;
	uint32_t channels = b->channels;

	for (int64_t at = 0; at < range->frames;) {
		int64_t n = range->frames - at;

		n = n < chunk_frames ? n : chunk_frames;
		for (uint32_t c = 0; c < channels; c++) {
			const float *x = b->channel[c] + range->start + at;

			for (int64_t i = 0; i < n; i++) {
				chunk[i * channels + c] = x[i];
			}
		}
		if (host->write_sound(host, sound, chunk, n) != n) {
			snprintf(reason, size,
				"%s cannot be written further: is the disk "
				"full?",
				path);
			return -1;
		}
		at += n;
		if (!pace_next(pace, (double)n)) {
			return pace_cancelled(reason, size);
		}
	}
	return 0;
}

static int
perform(const TactusHost *host, void *const *resources, uint32_t resource_count,
	const TactusValue *values, uint32_t count, TactusJob *job, char *reason,
	size_t size)
{
	const TactusAudioBuffer *b = resources[0];
	const char *path = values[0].string;
	bool replace = arguments_whole(values, count, 4, 0) != 0;
	int64_t chunk_frames = PACE_HEAVY / b->channels;
	TactusSoundInfo info = {
		.size = sizeof(info), .channels = b->channels, .rate = b->rate};
	struct arguments_range range;
	struct pace pace;
	char unheard[256];

	(void)resource_count;
	if (arguments_range(b, values, count, 2, &range, reason, size) != 0) {
		return -1;
	}
	if (count > 1) {
		snprintf(info.format, sizeof(info.format), "%s",
			values[1].string);
	}
	float *chunk = host->alloc(
		host, (size_t)chunk_frames * b->channels * sizeof(float));
	if (chunk == NULL) {
		snprintf(reason, size, "no memory to write %s", path);
		return -1;
	}
	TactusSound *sound =
		host->create_sound(host, path, &info, replace, reason, size);
	int err = -1;
	if (sound != NULL) {
		pace_begin(&pace, host, job, (double)range.frames);
		err = write_range(b, &range, &pace, sound, chunk, chunk_frames,
			path, reason, size);
		int closed = host->close_sound(host, sound, err == 0,
			err == 0 ? reason : unheard,
			err == 0 ? size : sizeof(unheard));
		err = err == 0 ? closed : err;
	}
	host->free(host, chunk);
	return err;
}

const TactusJobDef save_def = {
	.size = sizeof(save_def),
	.uri = "urn:tactus:job:buffer-save:1",
	.name = "buffer-save",
	.doc = "Write a buffer to a sound file below media.record, whole or "
	       "not at all; over a file that is there only with replace 1.",
	.arguments = "s path [, s format, h start, h frames, i replace]",
	.results = "",
	.resource = TACTUS_AUDIO_BUFFER_URI,
	.least = 1,
	.most = 1,
	.check = check,
	.perform = perform,
};
