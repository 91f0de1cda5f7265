/* SPDX-License-Identifier: MIT */
/*
 * sound.h -- sounds that were rendered, and how far two of them are apart.
 */
#ifndef TACTUS_BENCH_SOUND_H
#define TACTUS_BENCH_SOUND_H

#include <stddef.h>
#include <stdint.h>

struct sound {
	float *frame;
	size_t frames;
};

/** Read a mono WAV of 32-bit floats; what fails ends the program. */
void sound_read(const char *path, struct sound *s);
void sound_close(struct sound *s);

/** The largest difference in `count` frames from `first` on; infinite where
 * one of them is silent all along. */
double sound_apart(const struct sound *a, const struct sound *b, size_t first,
	size_t count);

/** Frames of those in which a bit differs; all of them where one is silent. */
double sound_differing(const struct sound *a, const struct sound *b,
	size_t first, size_t count);

/** Level (RMS) of those. @return dB, full scale 0 */
double sound_level_db(const struct sound *s, size_t first, size_t count);

#endif
