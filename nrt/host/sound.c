/* SPDX-License-Identifier: MIT */
/*
 * sound.c -- see sound.h.
 */
#include "sound.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sndfile.h>

#include "media_private.h"
#include "sound_private.h"

/* What libsndfile is given at once: some of its coders take a stack for it. */
#define CHUNK 4096
/* Frames up to here are whole numbers of a double. */
#define MOST_FRAMES (INT64_C(1) << 53)

struct TactusSound {
	SNDFILE *file;
	int fd; /* of one that is read; the draft's of one that is written */
	struct media_draft *draft; /* NULL: it is read */
	int channels;
	int64_t frames; /* that it has, of one that is read */
	int64_t place;  /* the next one that is read */
	uint64_t most;  /* bytes that may be written */
	char shown[MEDIA_SHOWN];
	char failure[160]; /* why writing failed; "": it did not */
};

static void
forget(TactusSound *s)
{
	if (s->file != NULL) {
		sf_close(s->file);
	}
	if (s->draft == NULL && s->fd >= 0) {
		close(s->fd);
	}
	media_drop(s->draft);
	free(s);
}

static TactusSound *
make(const char *path, char *reason, size_t size)
{
	TactusSound *s = calloc(1, sizeof *s);

	if (s == NULL) {
		snprintf(reason, size, "out of memory");
		return NULL;
	}
	s->fd = -1;
	media_show(s->shown, path);
	return s;
}

/** libsndfile's words, without the full stop. */
static void
set_words(TactusSound *s, const char *words, char *reason, size_t size)
{
	size_t length = strlen(words);

	while (length > 0 &&
		(words[length - 1] == '.' || words[length - 1] == '\n')) {
		length--;
	}
	snprintf(reason, size, "%s: %.*s", s->shown, (int)length, words);
}

/* --- reading ------------------------------------------------------------- */

static bool
judge_info(const TactusSound *s, const SF_INFO *info, char *reason, size_t size)
{
	if (info->frames <= 0) {
		snprintf(reason, size, "%s has no sound in it", s->shown);
	} else if (info->channels < 1 || info->channels > SOUND_CHANNELS) {
		snprintf(reason, size, "%s has %d channels; at most %d can be",
			s->shown, info->channels, SOUND_CHANNELS);
	} else if (info->samplerate < 1 || info->samplerate > SOUND_RATE) {
		snprintf(reason, size,
			"%s has a rate of %d Hz, which is not within 1 … %d",
			s->shown, info->samplerate, SOUND_RATE);
	} else if (info->frames >= MOST_FRAMES) {
		snprintf(reason, size, "%s does not tell how long it is",
			s->shown);
	} else if (!info->seekable) {
		snprintf(reason, size, "%s cannot be read from any place",
			s->shown);
	} else {
		return true;
	}
	return false;
}

/** Is the last frame there, which the header tells of? */
static bool
has_last(TactusSound *s)
{
	float frame[SOUND_CHANNELS];

	return sf_seek(s->file, s->frames - 1, SEEK_SET) == s->frames - 1 &&
	       sf_readf_float(s->file, frame, 1) == 1 &&
	       sf_seek(s->file, 0, SEEK_SET) == 0;
}

static bool
judge_length(TactusSound *s, char *reason, size_t size)
{
	uint64_t claimed;
	uint64_t there;

	if (sound_is_cut(s->fd, &claimed, &there)) {
		snprintf(reason, size,
			"%s is cut off: of %" PRIu64 " bytes of sound %" PRIu64
			" are there",
			s->shown, claimed, there);
		return false;
	}
	if (!has_last(s)) {
		snprintf(reason, size,
			"%s is cut off or damaged: the last of its %" PRId64
			" frames cannot be read",
			s->shown, s->frames);
		return false;
	}
	return true;
}

static bool
open_file(TactusSound *s, struct media *m, const char *path, char *reason,
	size_t size, SF_INFO *info)
{
	s->fd = media_read(m, path, reason, size);
	if (s->fd < 0) {
		return false;
	}
	/* it would close the descriptor or not, by where it failed */
	s->file = sf_open_fd(s->fd, SFM_READ, info, SF_FALSE);
	if (s->file == NULL) {
		set_words(s, sf_strerror(NULL), reason, size);
		return false;
	}
	if (!judge_info(s, info, reason, size)) {
		return false;
	}
	s->channels = info->channels;
	s->frames = info->frames;
	return judge_length(s, reason, size);
}

TactusSound *
sound_open(struct media *m, const char *path, TactusSoundInfo *info,
	char *reason, size_t size)
{
	SF_INFO found = {0};

	if (info->size < sizeof *info) {
		snprintf(reason, size,
			"info->size is not that of "
			"TactusSoundInfo");
		return NULL;
	}
	TactusSound *s = make(path == NULL ? "" : path, reason, size);
	if (s == NULL) {
		return NULL;
	}
	if (!open_file(s, m, path, reason, size, &found)) {
		forget(s);
		return NULL;
	}
	info->channels = (uint32_t)found.channels;
	info->rate = (double)found.samplerate;
	info->frames = found.frames;
	info->format[0] = '\0';
	return s;
}

int
sound_seek(TactusSound *s, int64_t frame)
{
	if (s->draft != NULL || frame < 0 || frame > s->frames) {
		return -1;
	}
	/* behind the last one there is nothing to seek; nothing is read */
	if (frame < s->frames && sf_seek(s->file, frame, SEEK_SET) != frame) {
		return -1;
	}
	s->place = frame;
	return 0;
}

static void
clear_odd(float *samples, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!isfinite(samples[i])) {
			samples[i] = 0.0F;
		}
	}
}

int64_t
sound_read(TactusSound *s, float *frames, int64_t count)
{
	int64_t done = 0;

	if (s->draft != NULL || count < 0) {
		return -1;
	}
	if (count > s->frames - s->place) {
		count = s->frames - s->place;
	}
	while (done < count) {
		int64_t n = count - done < CHUNK ? count - done : CHUNK;
		float *to = frames + done * s->channels;
		if (sf_readf_float(s->file, to, n) != n) {
			return -1;
		}
		clear_odd(to, (size_t)n * (size_t)s->channels);
		done += n;
		s->place += n;
	}
	return done;
}

/* --- writing ------------------------------------------------------------- */

static bool
judge_wanted(TactusSound *s, const TactusSoundInfo *info, const char *path,
	SF_INFO *out, char *reason, size_t size)
{
	if (memchr(info->format, '\0', sizeof info->format) == NULL) {
		snprintf(reason, size, "%s: no such format; there are %s",
			s->shown, SOUND_FORMATS);
		return false;
	}
	if (info->channels < 1 || info->channels > SOUND_CHANNELS ||
		!(info->rate >= 1.0) || info->rate > (double)SOUND_RATE) {
		snprintf(reason, size,
			"%s: %" PRIu32 " channels at %g Hz; 1 … %d at 1 … %d "
			"can be written",
			s->shown, info->channels, info->rate, SOUND_CHANNELS,
			SOUND_RATE);
		return false;
	}
	uint64_t holds = 0;
	*out = (SF_INFO){
		.channels = (int)info->channels,
		.samplerate = (int)lrint(info->rate),
		.format = sound_format(info->format, path, &holds),
	};
	if (out->format == 0) {
		snprintf(reason, size,
			info->format[0] == '\0'
				? "%s: its ending names no format; end it with "
				  ".wav, .flac, .ogg or .aiff, or ask for one "
				  "of %s"
				: "%s: no such format; there are %s",
			s->shown, SOUND_FORMATS);
		return false;
	}
	if (!sf_format_check(out)) {
		snprintf(reason, size,
			"%s: its format cannot hold %d channels at %d Hz",
			s->shown, out->channels, out->samplerate);
		return false;
	}
	s->most = s->most < holds ? s->most : holds;
	return true;
}

static bool
create_file(TactusSound *s, struct media *m, const char *path, bool replace,
	SF_INFO *info, char *reason, size_t size)
{
	if (media_begin(m, path, replace, &s->draft, reason, size) != 0) {
		return false;
	}
	s->fd = media_draft_fd(s->draft);
	s->file = sf_open_fd(s->fd, SFM_WRITE, info, SF_FALSE);
	if (s->file == NULL) {
		set_words(s, sf_strerror(NULL), reason, size);
		return false;
	}
	sf_command(s->file, SFC_SET_CLIPPING, NULL, SF_TRUE);
	/* the chunk bears the time of day: no two files alike */
	sf_command(s->file, SFC_SET_ADD_PEAK_CHUNK, NULL, SF_FALSE);
	s->channels = info->channels;
	return true;
}

TactusSound *
sound_create(struct media *m, const char *path, const TactusSoundInfo *info,
	bool replace, char *reason, size_t size)
{
	SF_INFO wanted;

	if (info->size < sizeof *info) {
		snprintf(reason, size,
			"info->size is not that of "
			"TactusSoundInfo");
		return NULL;
	}
	if (media_judge(path, reason, size) != 0) {
		return NULL;
	}
	TactusSound *s = make(path, reason, size);
	if (s == NULL) {
		return NULL;
	}
	s->most = media_most_bytes(m);
	if (!judge_wanted(s, info, path, &wanted, reason, size) ||
		!create_file(s, m, path, replace, &wanted, reason, size)) {
		forget(s);
		return NULL;
	}
	return s;
}

/** Note why it failed, the first time; nothing is written from then on. */
static void
fail(TactusSound *s, const char *words)
{
	if (s->failure[0] == '\0') {
		set_words(s, words, s->failure, sizeof s->failure);
	}
}

static void
judge_bytes(TactusSound *s)
{
	struct stat about;
	char words[96];

	if (fstat(s->fd, &about) < 0) {
		fail(s, strerror(errno));
	} else if ((uint64_t)about.st_size > s->most) {
		snprintf(words, sizeof words,
			"it would be larger than media.max_file_bytes or its "
			"format lets it be");
		fail(s, words);
	}
}

int64_t
sound_write(TactusSound *s, const float *frames, int64_t count)
{
	int64_t done = 0;

	while (s->draft != NULL && s->failure[0] == '\0' && done < count) {
		int64_t n = count - done < CHUNK ? count - done : CHUNK;
		const float *from = frames + done * s->channels;
		errno = 0;
		if (sf_writef_float(s->file, from, n) != n) {
			fail(s, errno != 0 ? strerror(errno)
					   : sf_strerror(s->file));
			break;
		}
		judge_bytes(s);
		if (s->failure[0] == '\0') {
			done += n;
		}
	}
	return done;
}

/** What the coder still has, and the header. */
static void
finish(TactusSound *s)
{
	errno = 0;
	int error = sf_close(s->file);
	s->file = NULL;
	if (error != 0) {
		fail(s, errno != 0 ? strerror(errno) : sf_error_number(error));
	}
	judge_bytes(s);
}

int
sound_close(TactusSound *s, bool keep, char *reason, size_t size)
{
	int result = 0;

	if (s == NULL) {
		return 0;
	}
	if (s->draft != NULL && keep) {
		finish(s);
		if (s->failure[0] != '\0') {
			snprintf(reason, size, "%s", s->failure);
			result = -1;
		} else if (media_keep(s->draft, reason, size) != 0) {
			s->draft = NULL;
			s->fd = -1;
			result = -1;
		} else {
			s->draft = NULL;
			s->fd = -1;
		}
	}
	forget(s);
	return result;
}
