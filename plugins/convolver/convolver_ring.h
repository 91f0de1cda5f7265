/* SPDX-License-Identifier: MIT */
/*
 * convolver_ring.h -- the spectra of the past input, in blocks of RT memory.
 *
 * No pool has a block for seconds of spectra, so the ring lies in as many
 * blocks as it takes, large ones first.  They come as they are: a spectrum
 * counts from when it was written.  All of it belongs to an audio thread.
 */
#ifndef TACTUS_CONVOLVER_RING_H
#define TACTUS_CONVOLVER_RING_H

#include <stdbool.h>
#include <stdint.h>

#include <tactus/plugin.h>

/** Most blocks of a ring. */
#define RING_BLOCKS 64

struct convolver_ring {
	uint32_t room;  /* spectra that it has room for */
	uint32_t valid; /* that were written, newest first */
	uint32_t blocks;
	uint32_t block; /* of the newest one */
	uint32_t place; /* in that block */
	struct {
		float *spectra;
		uint32_t count;
	} at[RING_BLOCKS];
};

/** One spectrum of the ring, and the way to older ones. */
struct convolver_cursor {
	uint32_t block;
	uint32_t place;
};

/**
 * Take the memory for `spectra` spectra; the ring comes zeroed.
 * @return false: the pools are used up, and nothing is taken
 */
TACTUS_RT bool convolver_ring_open(
	const TactusWorld *world, struct convolver_ring *r, uint32_t spectra);

/** Give it back. */
TACTUS_RT void convolver_ring_close(
	const TactusWorld *world, struct convolver_ring *r);

/** Where the next spectrum goes; it is the newest from now on.
 * @pre the ring has room for one */
TACTUS_RT float *convolver_ring_next(struct convolver_ring *r);

/** The newest spectrum. */
TACTUS_RT struct convolver_cursor convolver_ring_newest(
	const struct convolver_ring *r);

/** The spectrum under the cursor, which then goes on to the one before. */
TACTUS_RT const float *convolver_ring_back(
	const struct convolver_ring *r, struct convolver_cursor *c);

#endif
