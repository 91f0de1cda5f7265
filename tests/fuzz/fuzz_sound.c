/* SPDX-License-Identifier: MIT */
/*
 * fuzz_sound.c -- any bytes as a sound file, through media and libsndfile.
 *
 * The bytes become a file in a folder of their own, which is taken away at the
 * end.  What a header claims must cost neither memory nor frames.
 */
#include <fcntl.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "config.h"
#include "log.h"
#include "media.h"
#include "sound.h"

#define PIECE 1000       /* frames at once */
#define MOST  (1 << 18)  /* frames that are read of one file */
#define BYTES (1L << 20) /* KiB of memory, whatever the file claims */
#define NAME  "file"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/**
 * libsndfile (1.2.0 at least) forgets 6 KB of each OGG file whose header is
 * damaged; that is not ours to free.
 */
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(
	void);

const char *
__lsan_default_suppressions(void)
{
	return "leak:vorbis_info_init\n";
}

static char folder[256];
static struct media *media;
static int file = -1;

static void
must(bool promise, const char *words)
{
	if (!promise) {
		fprintf(stderr, "broken: %s\n", words);
		abort();
	}
}

static void
take_away(void)
{
	char path[sizeof folder + sizeof NAME + 1];

	snprintf(path, sizeof path, "%s/" NAME, folder);
	unlink(path);
	rmdir(folder);
	media_close(media);
	close(file);
}

static void
begin(void)
{
	const char *tmp = getenv("TMPDIR");
	const char *items[] = {folder};
	char path[sizeof folder + sizeof NAME + 1];
	struct config config;

	if (media != NULL) {
		return;
	}
	log_set_level(LOG_LEVEL_ERR);
	snprintf(folder, sizeof folder, "%s/fuzz_sound.XXXXXX",
		tmp == NULL ? "/tmp" : tmp);
	must(mkdtemp(folder) != NULL, "there is a folder to write to");
	snprintf(path, sizeof path, "%s/" NAME, folder);
	file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	must(file >= 0, "there is a file to write to");
	memset(&config, 0, sizeof config);
	config.media.directories.count = 1;
	config.media.directories.items = items;
	config.media.record = "";
	config.media.max_file_bytes = 1 << 20;
	must(media_open(&config, &media) == 0, "there is memory");
	atexit(take_away);
}

/** All of it, up to a point, and then some of it again. */
static void
check_sound(TactusSound *s, const TactusSoundInfo *info)
{
	static float frames[PIECE * SOUND_CHANNELS];
	int64_t done = 0;
	int64_t n;

	must(info->channels >= 1 && info->channels <= SOUND_CHANNELS,
		"channels are within bounds");
	must(info->rate >= 1.0 && info->rate <= (double)SOUND_RATE,
		"the rate is within bounds");
	must(info->frames >= 1, "there is sound");
	do {
		n = sound_read(s, frames, PIECE);
		must(n >= -1 && n <= PIECE, "no more than asked for");
		for (int64_t i = 0; i < n * (int64_t)info->channels; i++) {
			must(isfinite(frames[i]), "samples are numbers");
		}
		done += n > 0 ? n : 0;
		must(done <= info->frames, "no more than was told");
		must(n != 0 || done == info->frames, "nor less");
	} while (n > 0 && done < MOST);
	if (sound_seek(s, info->frames - 1) == 0) {
		n = sound_read(s, frames, 2);
		must(n == 1 || n == -1, "one frame is left");
	}
	must(sound_seek(s, info->frames + 1) == -1, "there is an end");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	TactusSoundInfo info = {.size = sizeof info};
	struct rusage usage;
	char reason[300] = "";

	begin();
	must(ftruncate(file, 0) == 0 &&
			(size == 0 ||
				pwrite(file, data, size, 0) == (ssize_t)size),
		"the file can be written");
	TactusSound *s = sound_open(media, NAME, &info, reason, sizeof reason);
	if (s != NULL) {
		check_sound(s, &info);
		sound_close(s, false, reason, sizeof reason);
	} else {
		must(strstr(reason, NAME) != NULL, "a reason names it");
	}
	getrusage(RUSAGE_SELF, &usage);
	must(usage.ru_maxrss < BYTES, "memory is bounded");
	return 0;
}
