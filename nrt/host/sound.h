/* SPDX-License-Identifier: MIT */
/*
 * sound.h -- sound files, for plugins: libsndfile on a file of media.h.
 *
 * Read is whatever libsndfile knows by its content (WAV, AIFF, FLAC, OGG, AU,
 * CAF …; MP3 and Opus where it was built with them).  What a header claims is
 * not believed: the number of frames that sound_open tells is there, as the
 * last one has been read, and the bytes that WAV and AIFF claim are in the
 * file; one that is shorter than it claims is refused as cut off.  (A claim of
 * 0, or of 2^31 or 2^32 bytes or a little less, is what programs write into a
 * pipe, and means "to the end".)  A part in between may be damaged all the
 * same: sound_read then says -1.
 *
 * Samples are floats, full scale 1; what is not a finite number is read as 0.
 * To whole numbers they are written clipped, never wrapped round.
 *
 * No sound is used by two threads at once.
 */
#ifndef TACTUS_NRT_SOUND_H
#define TACTUS_NRT_SOUND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tactus/plugin.h>

#include "media.h"

/** Most channels of a sound file. */
#define SOUND_CHANNELS 64
/** Highest rate of a sound file, Hz. */
#define SOUND_RATE 768000

/** As TactusHost.open_sound. @thread worker */
TactusSound *sound_open(struct media *m, const char *path,
	TactusSoundInfo *info, char *reason, size_t size);

/** As TactusHost.seek_sound; frame 0 … frames. @thread worker */
int sound_seek(TactusSound *s, int64_t frame);

/** As TactusHost.read_sound. @thread worker */
int64_t sound_read(TactusSound *s, float *frames, int64_t count);

/** As TactusHost.create_sound. @thread worker */
TactusSound *sound_create(struct media *m, const char *path,
	const TactusSoundInfo *info, bool replace, char *reason, size_t size);

/** As TactusHost.write_sound. @thread worker */
int64_t sound_write(TactusSound *s, const float *frames, int64_t count);

/** As TactusHost.close_sound; one that was begun in vain (write failed) is
 * never kept. @thread worker */
int sound_close(TactusSound *s, bool keep, char *reason, size_t size);

#endif
