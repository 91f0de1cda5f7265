/* SPDX-License-Identifier: MIT */
/*
 * sound_private.h -- what sound.c and sound_format.c know of each other.
 */
#ifndef TACTUS_NRT_SOUND_PRIVATE_H
#define TACTUS_NRT_SOUND_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * Which format of libsndfile a file gets.
 * @param format what was asked for; "": by the ending of `path`
 * @param most receives the bytes that such a file can hold
 * @return 0: none of ours
 */
int sound_format(const char *format, const char *path, uint64_t *most);

/** The formats there are, for a reason. */
#define SOUND_FORMATS "wav, wav16, wav24, flac, ogg, aiff"

/**
 * Is a WAV or AIFF file shorter than it says?  Of others nothing is known
 * here.  The descriptor's place is kept.
 * @param claimed, there bytes of sound, when it is
 */
bool sound_is_cut(int fd, uint64_t *claimed, uint64_t *there);

#endif
