/* SPDX-License-Identifier: MIT */
/*
 * load.c -- an AudioBuffer out of a sound file, or a part of one.
 *
 * The file is brought to the engine's rate.  Memory is taken once, when the
 * size is known, was held against the limit, and the last frame was seen to
 * be there: a header may say anything.  What is not a number (or infinite)
 * in the file becomes 0.
 *
 * It runs on workers, several of them at once, and owns nothing but what the
 * call made.
 */
#include "load.h"

#include <tactus/def.h>
#include <tactus/math.h>

/* what goes through the stack at once: floats, in two halves */
#define CHUNK 768

/** A file that is being loaded, and what is known of it. */
struct load {
	const TactusHost *host;
	TactusJob *job;
	const char *path;
	TactusSound *sound;
	int64_t frames; /* of the file that are wanted */
	TactusAudioBuffer *buffer;
	int64_t at; /* frames of the buffer that are filled */
	char *reason;
	size_t size;
	float chunk[CHUNK];
};

/** Begin a reason with the file's name. */
static void
blame(const struct load *l, const char *what)
{
	(void)tactus_refuse(0, l->reason, l->size, "\"");
	/* a long name must not push the rest out of the reason */
	tactus_text_add(l->reason, l->size < 160 ? l->size : 160, l->path);
	tactus_text_add(l->reason, l->size, "\" ");
	tactus_text_add(l->reason, l->size, what);
}

/** Look at what the header says, and at whether there is as much. */
static bool
judge_file(struct load *l, const struct audio_buffer_wish *w,
	const TactusSoundInfo *info)
{
	const TactusHost *host = l->host;
	float frame[TACTUS_AUDIO_BUFFER_CHANNELS];

	if (info->channels < 1 ||
		info->channels > TACTUS_AUDIO_BUFFER_CHANNELS) {
		blame(l, "has ");
		audio_buffer_number(l->reason, l->size, info->channels);
		tactus_text_add(
			l->reason, l->size, " channels; 1 to 64 are possible");
		return false;
	}
	if (!(info->rate >= AUDIO_BUFFER_LEAST_RATE &&
		    info->rate <= AUDIO_BUFFER_MOST_RATE)) {
		blame(l, "has no sample rate that makes sense");
		return false;
	}
	if (info->frames < 1) {
		blame(l, "is empty: it holds no frames");
		return false;
	}
	if (w->start >= info->frames) {
		blame(l, "ends after ");
		audio_buffer_number(l->reason, l->size, (uint64_t)info->frames);
		tactus_text_add(l->reason, l->size,
			" frames; start must lie before that");
		return false;
	}
	l->frames = info->frames - w->start;
	if (w->frames > 0 && w->frames < l->frames) {
		l->frames = w->frames;
	}
	/* a header may say anything: the last frame has to be there before
	 * memory is taken for all of them */
	if (host->seek_sound(host, l->sound, w->start + l->frames - 1) != 0 ||
		host->read_sound(host, l->sound, frame, 1) != 1 ||
		host->seek_sound(host, l->sound, w->start) != 0) {
		blame(l, "is damaged: it has fewer frames than it says (");
		audio_buffer_number(l->reason, l->size, (uint64_t)info->frames);
		tactus_text_add(l->reason, l->size, ")");
		return false;
	}
	return true;
}

/** Read the next frames of the file; what is not a number becomes 0. */
static bool
read_frames(const struct load *l, float *out, int64_t count)
{
	const TactusHost *host = l->host;

	if (host->is_cancelled(host, l->job)) {
		(void)tactus_refuse(0, l->reason, l->size, "cancelled");
		return false;
	}
	if (host->read_sound(host, l->sound, out, count) != count) {
		blame(l, "is damaged: it ends before its header says, or "
			 "cannot be decoded");
		return false;
	}
	for (int64_t i = 0; i < count * (int64_t)l->buffer->channels; i++) {
		out[i] = tactus_tame(out[i]);
	}
	return true;
}

/** Put frames into the buffer, no further than it goes. */
static void
put_frames(struct load *l, const float *from, int64_t count)
{
	const TactusAudioBuffer *b = l->buffer;

	if (count > b->frames - l->at) {
		count = b->frames - l->at;
	}
	for (uint32_t c = 0; c < b->channels; c++) {
		float *to = b->channel[c] + l->at;

		for (int64_t i = 0; i < count; i++) {
			to[i] = from[i * b->channels + c];
		}
	}
	l->at += count;
	l->host->progress(l->host, l->job, (double)l->at / (double)b->frames);
}

/** Fill the buffer from a file that has the engine's rate. */
static bool
copy(struct load *l)
{
	int64_t room = CHUNK / l->buffer->channels;

	while (l->frames > 0) {
		int64_t count = l->frames < room ? l->frames : room;

		if (!read_frames(l, l->chunk, count)) {
			return false;
		}
		put_frames(l, l->chunk, count);
		l->frames -= count;
	}
	return true;
}

/** Fill the buffer from a file of another rate. */
static bool
resample(struct load *l, TactusResampler *r)
{
	const TactusHost *host = l->host;
	uint32_t channels = l->buffer->channels;
	int64_t room = CHUNK / 2 / channels;
	float *in = l->chunk;
	float *out = l->chunk + CHUNK / 2;
	int64_t have = 0;
	int64_t from = 0;

	while (l->at < l->buffer->frames) {
		int64_t used = 0;

		if (have == 0 && l->frames > 0) {
			from = 0;
			have = l->frames < room ? l->frames : room;
			if (!read_frames(l, in, have)) {
				return false;
			}
			l->frames -= have;
		}
		int64_t made = host->resample(host, r, in + from * channels,
			have, &used, out, room, l->frames == 0);
		bool is_stuck = made == 0 && used == 0;
		if (is_stuck && have == 0) {
			/* its end, rounded: what is left stays zero */
			return true;
		}
		if (is_stuck || made < 0 || used < 0 || used > have ||
			made > room) {
			blame(l, "cannot be resampled");
			return false;
		}
		put_frames(l, out, made);
		have -= used;
		from = have == 0 ? 0 : from + used;
	}
	return true;
}

/** Make the buffer and fill it from the open file. */
static bool
fill(struct load *l, const TactusSoundInfo *info)
{
	const TactusHost *host = l->host;
	double ratio = host->rate / info->rate;
	bool is_same = info->rate == host->rate;
	double whole = is_same ? 0.0 : (double)l->frames * ratio + 0.5;

	/* beyond that a double is no whole number, and no memory either */
	int64_t frames = whole < 0x1p53 ? (int64_t)whole : INT64_MAX / 2;
	frames = is_same ? l->frames : frames;
	frames = frames < 1 ? 1 : frames;
	blame(l, "is too large: ");
	if (audio_buffer_judge(
		    host, info->channels, frames, l->reason, l->size) != 0) {
		return false;
	}
	l->buffer = audio_buffer_make(
		host, info->channels, frames, host->rate, l->reason, l->size);
	if (l->buffer == NULL) {
		return false;
	}
	if (is_same) {
		return copy(l);
	}
	TactusResampler *r = host->open_resampler(host, info->channels, ratio);
	if (r == NULL) {
		blame(l, "cannot be resampled: its rate is too far from the "
			 "engine's, or there is no memory");
		return false;
	}
	bool is_done = resample(l, r);
	host->close_resampler(host, r);
	return is_done;
}

TactusAudioBuffer *
load_file(const TactusHost *host, const struct audio_buffer_wish *w,
	TactusJob *job, char *reason, size_t size)
{
	TactusSoundInfo info = {.size = sizeof(info)};
	struct load l;
	char unheard[64];

	l.host = host;
	l.job = job;
	l.path = w->path;
	l.buffer = NULL;
	l.at = 0;
	l.reason = reason;
	l.size = size;

	l.sound = host->open_sound(host, w->path, &info, reason, size);
	if (l.sound == NULL) {
		return NULL;
	}
	bool is_done = judge_file(&l, w, &info) && fill(&l, &info);
	/* it was only read: closing it can tell nothing of use */
	(void)host->close_sound(host, l.sound, false, unheard, sizeof(unheard));
	if (!is_done && l.buffer != NULL) {
		audio_buffer_destroy(host, l.buffer);
		return NULL;
	}
	return l.buffer;
}
