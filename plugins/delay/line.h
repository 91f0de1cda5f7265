/* SPDX-License-Identifier: MIT */
/*
 * line.h -- the past of a signal, in blocks of RT memory.
 *
 * A ring of frames.  The pools may have no block that is large enough, so it
 * lies in as many as it takes, cut into chunks of one size.  They come as
 * they are: a frame counts from when it was written, before that it is
 * silence.  All of it belongs to an audio thread.
 */
#ifndef TACTUS_DELAY_LINE_H
#define TACTUS_DELAY_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include <tactus/plugin.h>

/** Most chunks of a line. */
#define LINE_CHUNKS 64

struct line {
	uint32_t room;    /* frames of the ring */
	uint32_t written; /* frames that count, room at the most */
	uint32_t at;      /* where the next one goes */
	uint32_t shift;   /* a chunk is of 2^shift frames, the last of fewer */
	uint32_t chunks;
	uint64_t firsts; /* bit i: chunk i is the first of a block */
	float *chunk[LINE_CHUNKS];
};

/**
 * Take the memory for `frames` frames; the line comes zeroed.
 * @side rt
 * @return false: the pools are used up, and nothing is taken
 */
TACTUS_RT bool line_open(
	const TactusWorld *world, struct line *l, uint32_t frames);

/** Give it back. @side rt */
TACTUS_RT void line_close(const TactusWorld *world, struct line *l);

/**
 * Copy `count` frames, the first of which was written `distance` frames
 * before the next one will be.
 * @side rt
 * @pre count <= distance <= room
 */
TACTUS_RT void line_read(
	const struct line *l, uint32_t distance, float *to, uint32_t count);

/** Append frames, in place of the oldest. @side rt @pre count <= room */
TACTUS_RT void line_write(struct line *l, const float *from, uint32_t count);

#endif
