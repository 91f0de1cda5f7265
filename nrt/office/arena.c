/* SPDX-License-Identifier: MIT */
/*
 * arena.c -- see arena.h.
 */
#include "arena.h"

#include <stdalign.h>
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

static struct arena_chunk *
new_chunk(size_t room)
{
	struct arena_chunk *c = malloc(sizeof *c + room);

	if (c != NULL) {
		*c = (struct arena_chunk){.room = room};
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

/** A chunk of the usual size: one that was kept, or a new one. */
static struct arena_chunk *
usual_chunk(struct arena_store *store)
{
	struct arena_chunk *c = store->free;

	if (c == NULL) {
		return new_chunk(CHUNK_BYTES);
	}
	store->free = c->next;
	store->count--;
	c->next = NULL;
	c->used = 0;
	return c;
}

struct batch *
arena_open(struct arena_store *store)
{
	struct arena_chunk *c = usual_chunk(store);

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

	bytes = aligned(bytes);
	if (c->room - c->used < bytes) {
		struct arena_chunk *more = bytes > CHUNK_BYTES
						   ? new_chunk(bytes)
						   : usual_chunk(h->store);
		if (more == NULL) {
			return NULL;
		}
		more->next = c;
		h->newest = more;
		c = more;
	}
	return take(c, bytes);
}

const char *
arena_text(struct batch *b, const char *text)
{
	size_t bytes = strlen(text) + 1;
	char *copy = arena_take(b, bytes);

	return copy != NULL ? memcpy(copy, text, bytes) : NULL;
}

void
arena_close(struct arena_store *store, struct batch *b)
{
	struct head *h = (struct head *)(void *)b;
	struct arena_chunk *c = h->newest;

	while (c != NULL) {
		struct arena_chunk *next = c->next;
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
