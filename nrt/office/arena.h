/* SPDX-License-Identifier: MIT */
/*
 * arena.h -- the memory of one batch: taken piece by piece, freed at once.
 *
 * Everything that a batch carries lies in its arena, the batch itself first,
 * so one pointer is enough to free it all.  Memory is written before rt gets
 * it, which must never be the first to touch a page.  Loop only.
 */
#ifndef TACTUS_NRT_ARENA_H
#define TACTUS_NRT_ARENA_H

#include <stdbool.h>
#include <stddef.h>

#include "batch.h"
#include "mark.h"

/**
 * Freed chunks that are kept for the next batch, and how much is out: what
 * rt has not given back is bounded, whatever clients ask for.
 */
struct arena_store {
	struct arena_chunk *free;
	unsigned count;
	size_t out;  /* bytes of chunks that batches have */
	size_t most; /* of them; 0: no bound */
};

/** Pieces begin at multiples of this: enough for all that batches carry. */
#define ARENA_ALIGN 8

/** A batch and what is left of its arena's newest chunk. */
struct arena {
	struct batch batch; /* first: the batch is the arena */
	unsigned char *at;
	size_t left; /* bytes, a multiple of ARENA_ALIGN */
	struct arena_chunk *newest;
	struct arena_store *store;
};

/** Make an arena with a zeroed batch in it. @errors NULL: no memory */
struct batch *arena_open(struct arena_store *store);

/** Free a batch's arena, and all that was taken from it. */
void arena_close(struct arena_store *store, struct batch *b);

/** Take zeroed memory. @errors NULL: no memory, or too much is out */
void *arena_take(struct batch *b, size_t bytes);

/** Let there be a new chunk with room for a piece, and take that. */
void *arena_grow(struct batch *b, size_t bytes);

/** Is there room for a piece without another chunk? */
static inline bool
arena_has(struct batch *b, size_t bytes)
{
	return bytes <= ((struct arena *)(void *)b)->left;
}

/** Take memory that the caller writes, all of it, before rt sees the batch.
 * @errors NULL: no memory, or too much is out */
static inline void *
arena_raw(struct batch *b, size_t bytes)
{
	struct arena *a = (struct arena *)(void *)b;

	if (bytes > a->left) {
		return arena_grow(b, bytes);
	}
	/* no more than is left, for that is a multiple too */
	bytes = (bytes + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
	void *memory = a->at;
	a->at += bytes;
	a->left -= bytes;
	return memory;
}

/** Free the chunks that are kept. */
void arena_store_fini(struct arena_store *store);

#endif
