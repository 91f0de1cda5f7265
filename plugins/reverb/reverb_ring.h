/* SPDX-License-Identifier: MIT */
/*
 * reverb_ring.h -- what was heard before: rings, and the memory they are in.
 *
 * A ring is never cleared: who reads says how many frames were written since
 * the beginning, and what lies before that is silence.  The rings of a reverb
 * share a few blocks of the pools.
 */
#ifndef TACTUS_PLUGINS_REVERB_RING_H
#define TACTUS_PLUGINS_REVERB_RING_H

#include <stdbool.h>
#include <stdint.h>

#include <tactus/plugin.h>

/** Blocks of a reverb, at most. */
#define STORE_BLOCKS 32

struct reverb_store {
	uint32_t blocks;
	uint32_t wanted; /* frames that are still to be asked for */
	struct {
		float *memory;
		uint32_t room; /* frames that are left */
		uint32_t used;
	} block[STORE_BLOCKS];
};

struct reverb_ring {
	float *frame;
	uint32_t length;
	uint32_t at; /* the frame that is written next, the oldest one */
};

/** Begin; `frames` is what all the rings come to, a hint. */
TACTUS_RT void reverb_store_init(struct reverb_store *s, uint32_t frames);

/**
 * Take the memory of one more ring, large ones first.
 * @return false: the pools are used up; what was taken is still there
 */
TACTUS_RT bool reverb_ring_open(const TactusWorld *world,
	struct reverb_store *s, struct reverb_ring *r, uint32_t length);

/** Give all of it back. */
TACTUS_RT void reverb_store_fini(
	const TactusWorld *world, struct reverb_store *s);

/**
 * Read what was written `delay` frames before the one that is next.
 * @pre count, delay <= length
 * @param age frames that were written since the beginning
 */
TACTUS_RT void reverb_ring_read(const struct reverb_ring *r, uint64_t age,
	uint32_t delay, float *restrict out, uint32_t count);

/** Write some frames, at most the length. */
TACTUS_RT void reverb_ring_write(
	struct reverb_ring *r, const float *restrict in, uint32_t count);

#endif
