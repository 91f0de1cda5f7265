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
#define KEEP        1024 /* chunks */

struct arena_chunk {
	struct arena_chunk *next;
	size_t used;
	size_t room;
	alignas(max_align_t) unsigned char data[];
};

/** A batch and where its arena's newest chunk is. */
struct head {
	struct batch batch; /* first: the batch is the arena */
	struct arena_chunk *newest;
	struct arena_store *store;
};

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
	} else {
		c = malloc(sizeof *c + room);
	}
	if (c != NULL) {
		*c = (struct arena_chunk){.room = room};
		store->out += room;
	}
	return c;
}

static void *
take(struct arena_chunk *c, size_t bytes)
{
	void *memory = c->data + c->used;

	c->used += bytes;
	return memset(memory, 0, bytes);
}

static size_t
aligned(size_t bytes)
{
	return (bytes + alignof(max_align_t) - 1) / alignof(max_align_t) *
	       alignof(max_align_t);
}

struct batch *
arena_open(struct arena_store *store)
{
	struct arena_chunk *c = new_chunk(store, CHUNK_BYTES);

	if (c == NULL) {
		return NULL;
	}
	struct head *h = take(c, aligned(sizeof *h));
	h->newest = c;
	h->store = store;
	return &h->batch;
}

void *
arena_take(struct batch *b, size_t bytes)
{
	struct head *h = (struct head *)(void *)b;
	struct arena_chunk *c = h->newest;

	if (bytes > SIZE_MAX / 2) {
		return NULL;
	}
	bytes = aligned(bytes);
	if (c->room - c->used < bytes) {
		size_t room = bytes > CHUNK_BYTES ? bytes : CHUNK_BYTES;
		/* a batch's first chunk is always given: rings and heaps bound
		 * how many there are, and the office's own must get through */
		struct arena_chunk *more = is_too_much(h->store, room)
						   ? NULL
						   : new_chunk(h->store, room);
		if (more == NULL) {
			return NULL;
		}
		more->next = c;
		h->newest = more;
		c = more;
	}
	return take(c, bytes);
}

void
arena_close(struct arena_store *store, struct batch *b)
{
	struct head *h = (struct head *)(void *)b;
	struct arena_chunk *c = h->newest;

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
