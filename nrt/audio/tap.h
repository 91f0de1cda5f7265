/* SPDX-License-Identifier: MIT */
/*
 * tap.h -- the main output, written down as a WAV file.
 *
 * rt posts frames into a ring; a thread of this file takes them out and
 * writes them.  rt is never held up: what finds the ring full is lost, told
 * of by a gap (gap.h), and written as silence, so that the file's frames and
 * the engine's samples count alike.  The header is brought up to date once a
 * second, so that a file cut short by a power cut can be heard.
 */
#ifndef TACTUS_NRT_TAP_H
#define TACTUS_NRT_TAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mark.h"

struct ring;
struct tap;

/** Bytes of sound that a WAV file can hold: its sizes have 32 bits. */
#define TAP_MOST_BYTES (UINT64_C(0xffffffff) - 4096)

struct tap_config {
	const char *path; /* an existing file is written over */
	uint32_t rate;    /* Hz */
	uint32_t channels;
	struct ring *frames; /* of `channels` floats each; this reads it */
	uint64_t most_bytes; /* of sound; 0: TAP_MOST_BYTES */
};

/**
 * Open the file and start the thread.
 * @thread loop
 * @errors negative errno with a sentence in `why` that names the path
 * @owns the ring stays the caller's; it outlives the tap
 */
TACTUS_NODISCARD int tap_open(const struct tap_config *config, struct tap **out,
	char *why, size_t size);

/**
 * Write what is left in the ring, end the file and the thread.  NULL is
 * accepted.
 * @thread loop, after rt has stopped posting
 */
void tap_close(struct tap *t);

/**
 * Wait until all that was posted before this call is in the file, and its
 * header tells of it.  Takes as long as the disk does.
 * @thread any but rt
 */
void tap_drain(struct tap *t);

/** Frames in the file, gaps included. @thread any but rt */
uint64_t tap_frames(struct tap *t);

/** Frames of silence that stand for lost ones. @thread any but rt */
uint64_t tap_lost(struct tap *t);

/** Has it given up (disk full, file full)?  It goes on emptying the ring.
 * @thread any but rt */
bool tap_has_stopped(struct tap *t);

#endif
