/* SPDX-License-Identifier: MIT */
/*
 * arena.c -- see arena.h.
 */
#include "arena.h"

#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_BYTES 1024
#define KEEP        4096 /* chunks: a flood between two turns of rt */

struct arena_chunk {
	struct arena_chunk *next;
	size_t room;
	alignas(max_align_t) unsigned char data[];
};

_Static_assert(alignof(struct batch) <= ARENA_ALIGN &&
		       alignof(struct command) <= ARENA_ALIGN &&
		       alignof(struct tree_item) <= ARENA_ALIGN,
	"pieces of an arena are aligned too loosely");
_Static_assert(CHUNK_BYTES % ARENA_ALIGN == 0, "a chunk is used up in pieces");

/** Would `room` more bytes be too much? */
static bool
is_too_much(const struct arena_store *store, size_t room)
{
	return store->most != 0 &&
	       (room > store->most || store->out > store->most - room);
}

/** A chunk of `room` bytes, a kept one if it will do. */
static struct arena_chunk *
new_chunk(struct arena_store *store, size_t room)
{
	struct arena_chunk *c = NULL;

	if (room == CHUNK_BYTES && store->free != NULL) {
		c = store->free;
		store->free = c->next;
		store->count--;
		/* the other core has had it, and the next batch begins there */
		__builtin_prefetch(store->free);
	} else {
		c = malloc(sizeof *c + room);
	}
	if (c != NULL) {
		c->next = NULL;
		c->room = room;
		store->out += room;
	}
	return c;
}

static size_t
aligned(size_t bytes)
{
	return (bytes + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
}

struct batch *
arena_open(struct arena_store *store)
{
	struct arena_chunk *c = new_chunk(store, CHUNK_BYTES);
	size_t bytes = aligned(sizeof(struct arena));

	if (c == NULL) {
		return NULL;
	}
	struct arena *a = (struct arena *)(void *)c->data;
	*a = (struct arena){.at = c->data + bytes,
		.left = CHUNK_BYTES - bytes,
		.newest = c,
		.store = store};
	return &a->batch;
}

void *
arena_grow(struct batch *b, size_t bytes)
{
	struct arena *a = (struct arena *)(void *)b;

	if (bytes > SIZE_MAX / 2) {
		return NULL;
	}
	bytes = aligned(bytes);
	size_t room = bytes > CHUNK_BYTES ? bytes : CHUNK_BYTES;
	/* a batch's first chunk is always given: rings and heaps bound how
	 * many there are, and the office's own must get through */
	struct arena_chunk *more =
		is_too_much(a->store, room) ? NULL : new_chunk(a->store, room);
	if (more == NULL) {
		return NULL;
	}
	more->next = a->newest;
	a->newest = more;
	a->at = more->data + bytes;
	a->left = room - bytes;
	return more->data;
}

void *
arena_take(struct batch *b, size_t bytes)
{
	void *memory = arena_raw(b, bytes);

	return memory != NULL ? memset(memory, 0, bytes) : NULL;
}

void
arena_close(struct arena_store *store, struct batch *b)
{
	struct arena_chunk *c = ((struct arena *)(void *)b)->newest;

	while (c != NULL) {
		struct arena_chunk *next = c->next;
		store->out -= c->room;
		if (c->room == CHUNK_BYTES && store->count < KEEP) {
			c->next = store->free;
			store->free = c;
			store->count++;
		} else {
			free(c);
		}
		c = next;
	}
}

void
arena_store_fini(struct arena_store *store)
{
	while (store->free != NULL) {
		struct arena_chunk *next = store->free->next;
		free(store->free);
		store->free = next;
	}
	store->count = 0;
}
