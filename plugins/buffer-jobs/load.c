/* SPDX-License-Identifier: MIT */
/*
 * load.c -- buffer-load: a sound file, or part of it, into a buffer.
 *
 * Runs on a worker; the loop runs the check.  The file is read from its frame
 * `file-start` on and comes to lie at `buffer-start`, at the buffer's rate.
 * A file of one channel goes to all channels; else channel n goes to channel
 * n, what the file has more is left out, and channels that the file does not
 * have become silent.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "arguments.h"
#include "jobs.h"
#include "pace.h"

static const struct argument table[] = {
	{"path",         's', false, 0, 0             },
	{"file-start",   'i', true,  0, ARGUMENTS_MOST},
	{"buffer-start", 'i', true,  0, ARGUMENTS_MOST},
	{"frames",       'i', true,  0, ARGUMENTS_MOST},
};

static int
check(const TactusHost *host, const TactusValue *values, uint32_t count,
	char *reason, size_t size)
{
	int code = arguments_check(table, sizeof(table) / sizeof(table[0]),
		false, values, count, reason, size);

	(void)host;
	if (code == 0 && values[0].string[0] == '\0') {
		snprintf(reason, size, "path must not be empty");
		code = 422;
	}
	return code;
}

/** A load under way. */
struct load {
	TactusAudioBuffer *b;
	struct arguments_range range; /* of the buffer */
	const char *path;
	TactusSound *sound;
	TactusSoundInfo info;
	int64_t rest;       /* frames of the file that are still to come */
	uint32_t kept;      /* channels of it that are used */
	double ratio;       /* the buffer's rate by the file's */
	bool differs;       /* it is not 1 */
	TactusResampler *r; /* when it is not */
	int64_t chunk;      /* frames that `in` and `out` hold */
	float *in;          /* as in the file, then `kept` channels */
	float *out;         /* resampled */
	int64_t pending;    /* frames in `in` */
	int64_t done;       /* frames of the range */
	struct pace pace;
};

/** Look at the file and the buffer: what is to be read to where. */
static int
plan(struct load *l, const TactusValue *values, uint32_t count, char *reason,
	size_t size)
{
	int64_t start = arguments_whole(values, count, 1, 0);
	bool is_asked = arguments_whole(values, count, 3, 0) > 0;

	if (arguments_range(l->b, values, count, 2, &l->range, reason, size) !=
		0) {
		return -1;
	}
	if (start >= l->info.frames) {
		snprintf(reason, size,
			"file-start %" PRId64 " is beyond the end: %.128s has "
			"%" PRId64 " frames",
			start, l->path, l->info.frames);
		return -1;
	}
	l->rest = l->info.frames - start;
	l->ratio = l->b->rate / l->info.rate;
	/* a rate that is off by less than a frame in all is the same */
	l->differs = fabs(l->ratio - 1.0) * (double)l->rest >= 0.5;
	double length = l->differs ? ceil((double)l->rest * l->ratio - 1.0e-6)
				   : (double)l->rest;
	if ((double)l->range.frames > length) {
		if (is_asked) {
			snprintf(reason, size,
				"%.128s gives %.0f frames from there, %" PRId64
				" are asked for; 0 takes what there is",
				l->path, length, l->range.frames);
			return -1;
		}
		l->range.frames = (int64_t)length;
	}
	if (start > 0 &&
		l->pace.host->seek_sound(l->pace.host, l->sound, start) != 0) {
		snprintf(reason, size,
			"%.128s cannot be read from frame %" PRId64, l->path,
			start);
		return -1;
	}
	l->kept = l->info.channels < l->b->channels ? l->info.channels
						    : l->b->channels;
	return 0;
}

/** Get the memory and, if the rates differ, a resampler. */
static int
prepare(struct load *l, char *reason, size_t size)
{
	const TactusHost *host = l->pace.host;

	l->chunk = PACE_HEAVY / l->info.channels;
	l->chunk = l->chunk < 64 ? 64 : l->chunk;
	l->in = host->alloc(
		host, (size_t)l->chunk * l->info.channels * sizeof(float));
	if (l->differs) {
		l->out = host->alloc(
			host, (size_t)l->chunk * l->kept * sizeof(float));
		l->r = host->open_resampler(host, l->kept, l->ratio);
	}
	if (l->in == NULL || (l->differs && l->out == NULL)) {
		snprintf(reason, size, "no memory to read %.128s", l->path);
		return -1;
	}
	if (l->differs && l->r == NULL) {
		snprintf(reason, size,
			"%.128s cannot be brought from %.12g Hz to %.12g Hz",
			l->path, l->info.rate, l->b->rate);
		return -1;
	}
	return 0;
}

/** Read on behind what is pending, and keep the channels that are used. */
static int
read_on(struct load *l, int64_t most, char *reason, size_t size)
{
	const TactusHost *host = l->pace.host;
	int64_t n = l->chunk - l->pending;
	uint32_t channels = l->info.channels;

	n = n < l->rest ? n : l->rest;
	n = n < most ? n : most;
	if (n <= 0) {
		return 0;
	}
	/* behind the pending frames there is room: kept <= channels */
	float *to = l->in + l->pending * l->kept;
	int64_t got = host->read_sound(host, l->sound, to, n);
	if (got != n) {
		snprintf(reason, size,
			"%.128s is damaged: it ends %" PRId64
			" frames before its header says",
			l->path, l->rest - (got > 0 ? got : 0));
		return -1;
	}
	for (int64_t i = 1; i < n && l->kept < channels; i++) {
		memmove(to + i * l->kept, to + i * channels,
			l->kept * sizeof(float));
	}
	l->pending += n;
	l->rest -= n;
	return 0;
}

/** Put frames into the buffer, where the range goes on. */
static void
put(struct load *l, const float *frames, int64_t count)
{
	int64_t at = l->range.start + l->done;

	for (uint32_t c = 0; c < l->b->channels; c++) {
		float *to = l->b->channel[c] + at;
		uint32_t from = l->kept == 1 ? 0 : c;

		if (from >= l->kept) {
			memset(to, 0, (size_t)count * sizeof(float));
			continue;
		}
		for (int64_t i = 0; i < count; i++) {
			to[i] = frames[i * l->kept + from];
		}
	}
	l->done += count;
}

/** Resample what is pending. @return 0, 1: nothing more comes, or -1 */
static int
resample(struct load *l)
{
	const TactusHost *host = l->pace.host;
	int64_t room = l->range.frames - l->done;
	int64_t used = 0;

	room = room < l->chunk ? room : l->chunk;
	int64_t made = host->resample(host, l->r, l->in, l->pending, &used,
		l->out, room, l->rest == 0);
	if (made < 0 || (made == 0 && used == 0 && l->rest > 0)) {
		return -1;
	}
	l->pending -= used;
	memmove(l->in, l->in + used * l->kept,
		(size_t)(l->pending * l->kept) * sizeof(float));
	put(l, l->out, made);
	return made == 0 && used == 0 ? 1 : 0;
}

static int
read_all(struct load *l, char *reason, size_t size)
{
	pace_begin(
		&l->pace, l->pace.host, l->pace.job, (double)l->range.frames);
	while (l->done < l->range.frames) {
		int64_t before = l->done;
		int64_t left = l->range.frames - before;
		int made = 0;

		if (read_on(l, l->differs ? l->chunk : left, reason, size) !=
			0) {
			return -1;
		}
		if (l->differs) {
			made = resample(l);
		} else {
			put(l, l->in, l->pending);
			l->pending = 0;
		}
		if (made < 0) {
			snprintf(reason, size, "the resampler failed");
			return -1;
		}
		if (!pace_next(&l->pace, (double)(l->done - before))) {
			return pace_cancelled(reason, size);
		}
		if (made > 0) {
			break;
		}
	}
	/* the resampler may round a frame away */
	memset(l->in, 0, (size_t)l->kept * sizeof(float));
	while (l->done < l->range.frames) {
		put(l, l->in, 1);
	}
	return 0;
}

static int
perform(const TactusHost *host, void *const *resources, uint32_t resource_count,
	const TactusValue *values, uint32_t count, TactusJob *job, char *reason,
	size_t size)
{
	struct load l = {
		.b = resources[0],
		.path = values[0].string,
		.info = {.size = sizeof(l.info)},
		.pace = { .host = host,            .job = job}
        };
	char unheard[256];
	int err = -1;

	(void)resource_count;
	l.sound = host->open_sound(host, l.path, &l.info, reason, size);
	if (l.sound == NULL) {
		return -1;
	}
	if (plan(&l, values, count, reason, size) == 0 &&
		prepare(&l, reason, size) == 0) {
		err = read_all(&l, reason, size);
	}
	host->close_resampler(host, l.r);
	host->free(host, l.out);
	host->free(host, l.in);
	host->close_sound(host, l.sound, false, unheard, sizeof(unheard));
	return err;
}

const TactusJobDef load_def = {
	.size = sizeof(load_def),
	.uri = "urn:tactus:job:buffer-load:1",
	.name = "buffer-load",
	.doc = "Read a sound file into a buffer that is there, at the "
	       "buffer's rate; frames count in the buffer.",
	.arguments = "s path [, h file-start, h buffer-start, h frames]",
	.results = "",
	.resource = TACTUS_AUDIO_BUFFER_URI,
	.least = 1,
	.most = 1,
	.check = check,
	.perform = perform,
};
