/* SPDX-License-Identifier: MIT */
/*
 * ring.c -- see ring.h.  The two sides that run; ring_setup.c makes and ends.
 */
#include "ring.h"

#include <string.h>

#include "ring_private.h"

/**
 * Copy elements that lie side by side.  One pointer at a time is what most
 * rings carry: with its size known that is one load and one store.
 */
TACTUS_RT static inline void
copy(unsigned char *to, const unsigned char *from, uint32_t count,
	uint32_t size)
{
	if (count == 1 && size == sizeof(void *)) {
		memcpy(to, from, sizeof(void *));
	} else {
		memcpy(to, from, (size_t)count * size);
	}
}

/** Copy `count` elements to the slots from index `at` on, around the end. */
TACTUS_RT static void
copy_in(struct ring *r, uint32_t at, const unsigned char *from, uint32_t count)
{
	uint32_t first = at & (r->capacity - 1);
	uint32_t straight = r->capacity - first;

	if (straight > count) {
		straight = count;
	}
	copy(r->slots + (size_t)first * r->size, from, straight, r->size);
	if (straight < count) {
		copy(r->slots, from + (size_t)straight * r->size,
			count - straight, r->size);
	}
}

/** Copy `count` elements out of the slots from index `at` on. */
TACTUS_RT static void
copy_out(const struct ring *r, uint32_t at, unsigned char *to, uint32_t count)
{
	uint32_t first = at & (r->capacity - 1);
	uint32_t straight = r->capacity - first;

	if (straight > count) {
		straight = count;
	}
	copy(to, r->slots + (size_t)first * r->size, straight, r->size);
	if (straight < count) {
		copy(to + (size_t)straight * r->size, r->slots,
			count - straight, r->size);
	}
}

TACTUS_RT uint32_t
ring_post(struct ring *r, const void *elements, uint32_t count)
{
	/* relaxed: the writer alone stores it */
	uint32_t tail = atomic_load_explicit(&r->tail, memory_order_relaxed);
	uint32_t room = r->capacity - (tail - r->head_seen);

	if (room < count) {
		/* acquire: pairs with ring_take; the slots are free again */
		r->head_seen =
			atomic_load_explicit(&r->head, memory_order_acquire);
		room = r->capacity - (tail - r->head_seen);
	}
	if (count > room) {
		count = room;
	}
	if (count == 0) {
		return 0;
	}
	copy_in(r, tail, elements, count);
	/* release: pairs with ring_take; the slots are filled */
	atomic_store_explicit(&r->tail, tail + count, memory_order_release);
	return count;
}

TACTUS_RT uint32_t
ring_take(struct ring *r, void *elements, uint32_t count)
{
	/* relaxed: the reader alone stores it */
	uint32_t head = atomic_load_explicit(&r->head, memory_order_relaxed);
	uint32_t filled = r->tail_seen - head;

	if (filled < count) {
		/* acquire: pairs with ring_post; the slots are filled */
		r->tail_seen =
			atomic_load_explicit(&r->tail, memory_order_acquire);
		filled = r->tail_seen - head;
	}
	if (count > filled) {
		count = filled;
	}
	if (count == 0) {
		return 0;
	}
	copy_out(r, head, elements, count);
	/* release: pairs with ring_post; the slots may be written again */
	atomic_store_explicit(&r->head, head + count, memory_order_release);
	return count;
}

TACTUS_RT void
ring_fetch(const struct ring *r, uint32_t bytes)
{
	uint32_t head = atomic_load_explicit(&r->head, memory_order_relaxed);
	const char *what;

	if (r->tail_seen == head) {
		return;
	}
	memcpy(&what, r->slots + (size_t)(head & (r->capacity - 1)) * r->size,
		sizeof what);
	for (uint32_t i = 0; i < bytes; i += CACHE_LINE) {
		__builtin_prefetch(what + i);
	}
}

TACTUS_RT uint32_t
ring_room(struct ring *r)
{
	uint32_t tail = atomic_load_explicit(&r->tail, memory_order_relaxed);

	/* acquire: pairs with ring_take */
	r->head_seen = atomic_load_explicit(&r->head, memory_order_acquire);
	return r->capacity - (tail - r->head_seen);
}

TACTUS_RT uint32_t
ring_filled(struct ring *r)
{
	uint32_t head = atomic_load_explicit(&r->head, memory_order_relaxed);

	/* acquire: pairs with ring_post */
	r->tail_seen = atomic_load_explicit(&r->tail, memory_order_acquire);
	return r->tail_seen - head;
}

TACTUS_RT uint32_t
ring_capacity(const struct ring *r)
{
	return r->capacity;
}
