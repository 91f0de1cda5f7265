/* SPDX-License-Identifier: MIT */
/*
 * arena.h -- the memory of one batch: taken piece by piece, freed at once.
 *
 * Everything that a batch carries lies in its arena, the batch itself first,
 * so one pointer is enough to free it all.  Memory is written when it is
 * taken: rt must never be the first to touch a page.  Loop only.
 */
#ifndef TACTUS_NRT_ARENA_H
#define TACTUS_NRT_ARENA_H

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

/** Make an arena with a zeroed batch in it. @errors NULL: no memory */
struct batch *arena_open(struct arena_store *store);

/** Free a batch's arena, and all that was taken from it. */
void arena_close(struct arena_store *store, struct batch *b);

/** Take zeroed memory, aligned for anything. @errors NULL: no memory, or too
 * much is out */
void *arena_take(struct batch *b, size_t bytes);

/** Free the chunks that are kept. */
void arena_store_fini(struct arena_store *store);

#endif
