/* SPDX-License-Identifier: MIT */
/*
 * audio_buffer.h -- the resource class AudioBuffer: sound in memory.
 *
 * Planar samples that synths and jobs share.  Its size never changes while
 * anybody but one exclusive job holds it; its samples may change at any time,
 * by whoever writes to it: the order of the nodes decides what a reader hears,
 * and a reader in a job sees what there is.
 *
 * Memory.  The samples of all channels are one block of TactusHost.alloc that
 * begins at channel[0]; each channel begins at a multiple of 64 bytes in it,
 * in order, and takes `frames` rounded up to 16 floats.  The struct and its
 * array of channel pointers are the maker's own, apart from that block.  So
 * an exclusive job (TACTUS_JOB_EXCLUSIVE) may change the length: it makes a
 * new block, sets the channel pointers, `frames` and `rate`, and gives the
 * old block to TactusHost.free; destroy frees what channel[0] then is.  The
 * number of channels never changes.
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
	uint32_t size;     /* sizeof(TactusAudioBuffer), by its maker */
	uint32_t channels; /* 1 … TACTUS_AUDIO_BUFFER_CHANNELS */
	int64_t frames;    /* of each channel, at least 1 */
	double rate;       /* Hz at which it is meant to be played */
	float **channel;   /* one per channel, aligned to 64 bytes */
} TactusAudioBuffer;

#endif
