/* SPDX-License-Identifier: MIT */
/*
 * sound_format.c -- see sound_private.h.  Names of formats; what headers say.
 */
#include "sound_private.h"

#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sndfile.h>

#define CHUNKS 1024 /* that are looked at before the sound */
/* WAV and AIFF count bytes in 32 bits; some are left for their headers */
#define MOST_32  (UINT32_MAX - (1U << 20))
#define MOST_ANY ((uint64_t)INT64_MAX)

static const struct {
	const char *name;
	int format;
	uint64_t most;
} formats[] = {
	{"wav",   SF_FORMAT_WAV | SF_FORMAT_FLOAT,   MOST_32 },
	{"wav16", SF_FORMAT_WAV | SF_FORMAT_PCM_16,  MOST_32 },
	{"wav24", SF_FORMAT_WAV | SF_FORMAT_PCM_24,  MOST_32 },
	{"flac",  SF_FORMAT_FLAC | SF_FORMAT_PCM_24, MOST_ANY},
	{"ogg",   SF_FORMAT_OGG | SF_FORMAT_VORBIS,  MOST_ANY},
	{"aiff",  SF_FORMAT_AIFF | SF_FORMAT_PCM_24, MOST_32 },
};

static const struct {
	const char *ending;
	const char *name;
} endings[] = {
	{".wav",  "wav" },
	{".flac", "flac"},
	{".ogg",  "ogg" },
	{".oga",  "ogg" },
	{".aiff", "aiff"},
	{".aif",  "aiff"},
};

static const char *
name_by_ending(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *dot = strrchr(slash == NULL ? path : slash, '.');

	for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
		if (dot != NULL && strcasecmp(dot, endings[i].ending) == 0) {
			return endings[i].name;
		}
	}
	return "";
}

int
sound_format(const char *format, const char *path, uint64_t *most)
{
	const char *name = format[0] == '\0' ? name_by_ending(path) : format;

	for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
		if (strcmp(name, formats[i].name) == 0) {
			*most = formats[i].most;
			return formats[i].format;
		}
	}
	return 0;
}

/* --- what headers say ---------------------------------------------------- */

static uint32_t
number_of(const unsigned char *b, bool big)
{
	uint32_t n = 0;

	for (int i = 0; i < 4; i++) {
		n = n << 8 | b[big ? i : 3 - i];
	}
	return n;
}

/** Where the chunk of sound begins, and how many bytes it claims. */
static bool
find_sound(int fd, uint64_t end, const char *id, bool big, uint64_t *start,
	uint64_t *claimed)
{
	unsigned char head[8];
	uint64_t at = 12;

	for (int i = 0; i < CHUNKS && at + sizeof head <= end; i++) {
		if (pread(fd, head, sizeof head, (off_t)at) !=
			(ssize_t)sizeof head) {
			return false;
		}
		uint64_t bytes = number_of(head + 4, big);
		if (memcmp(head, id, 4) == 0) {
			*start = at + sizeof head;
			*claimed = bytes;
			return true;
		}
		at += sizeof head + bytes + bytes % 2;
	}
	return false;
}

/**
 * What is claimed by who cannot know, as it writes into a pipe: 2^31 or 2^32
 * bytes, or a little less to be even (sox 0x7ffff000 and 0x7f000000, arecord
 * 0x80000000, ffmpeg 0xffffffff).
 */
static bool
is_unknown(uint64_t claimed)
{
	return claimed >= 0xffffff00U ||
	       (claimed >= 0x7effff00U && claimed <= 0x80000000U);
}

bool
sound_is_cut(int fd, uint64_t *claimed, uint64_t *there)
{
	unsigned char head[12];
	struct stat about;
	uint64_t start = 0;

	if (fstat(fd, &about) < 0 ||
		pread(fd, head, sizeof head, 0) != (ssize_t)sizeof head) {
		return false;
	}
	uint64_t end = (uint64_t)about.st_size;
	bool aiff = memcmp(head, "FORM", 4) == 0 &&
		    (memcmp(head + 8, "AIFF", 4) == 0 ||
			    memcmp(head + 8, "AIFC", 4) == 0);
	bool big = memcmp(head, "RIFX", 4) == 0;
	bool wav = (big || memcmp(head, "RIFF", 4) == 0) &&
		   memcmp(head + 8, "WAVE", 4) == 0;
	if ((!aiff && !wav) || !find_sound(fd, end, aiff ? "SSND" : "data",
				       aiff || big, &start, claimed)) {
		return false;
	}
	*there = end - start;
	return *claimed > *there && !is_unknown(*claimed);
}
