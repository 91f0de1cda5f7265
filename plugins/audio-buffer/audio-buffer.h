/* SPDX-License-Identifier: MIT */
/*
 * audio-buffer.h -- what the two halves of the class AudioBuffer share.
 */
#ifndef AUDIO_BUFFER_H
#define AUDIO_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tactus/plugin.h>
#include <tactus/resources/audio_buffer.h>

#define AUDIO_BUFFER_LEAST_RATE 1.0
#define AUDIO_BUFFER_MOST_RATE  1000000.0

/** What the arguments of one resource ask for. */
struct audio_buffer_wish {
	const char *path; /* NULL: an empty one */
	int64_t start;    /* of a file */
	int64_t frames;   /* of a file: 0 is all the rest */
	uint32_t channels;
	double rate;
};

/** Add a whole number of any size to a text, in decimal. @side any */
void audio_buffer_number(char *text, size_t size, uint64_t number);

/**
 * Hold a size against the limit; what is wrong is added to the reason.
 * @side loop, worker
 * @return 0 or 413
 */
int audio_buffer_judge(const TactusHost *host, uint32_t channels,
	int64_t frames, char *reason, size_t size);

/**
 * Make an empty one of a size that was judged.
 * @side worker
 * @return NULL with a reason: no memory
 */
TactusAudioBuffer *audio_buffer_make(const TactusHost *host, uint32_t channels,
	int64_t frames, double rate, char *reason, size_t size);

/** End one. @side worker */
void audio_buffer_destroy(const TactusHost *host, void *resource);

#endif
