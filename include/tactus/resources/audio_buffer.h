/* SPDX-License-Identifier: MIT */
/*
 * audio_buffer.h -- the resource class AudioBuffer: sound in memory.
 *
 * Planar samples that synths and jobs share.  Its size never changes while
 * anybody but one exclusive job holds it; its samples may change at any time,
 * by whoever writes to it: the order of the nodes decides what a reader hears,
 * and a reader in a job sees what there is.
 */
#ifndef TACTUS_RESOURCES_AUDIO_BUFFER_H
#define TACTUS_RESOURCES_AUDIO_BUFFER_H

#include <stdint.h>

/** What a port or a job that wants one names. */
#define TACTUS_AUDIO_BUFFER_URI "urn:tactus:resource:audio-buffer:1"

/** Most channels of one buffer. */
#define TACTUS_AUDIO_BUFFER_CHANNELS 64

/** The layout behind the URI; read by rt and by workers. */
typedef struct TactusAudioBuffer {
	uint32_t size;         /* sizeof(TactusAudioBuffer), by its maker */
	uint32_t channels;     /* 1 … TACTUS_AUDIO_BUFFER_CHANNELS */
	int64_t frames;        /* of each channel, at least 1 */
	double rate;           /* Hz at which it is meant to be played */
	float *const *channel; /* one per channel, aligned to 64 bytes */
} TactusAudioBuffer;

#endif
