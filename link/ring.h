/* SPDX-License-Identifier: MIT */
/*
 * ring.h -- a wait-free queue between one writer and one reader.
 *
 * Elements of one fixed size are copied in and out.  Each side keeps its own
 * index and a cached copy of the other's on a cache line of its own, so that
 * a side that finds room (or elements) touches no line that the other writes.
 * Indices count up for ever and wrap at 2^32; capacity is a power of two.
 *
 *	writer: copy elements, store tail (release)
 *	reader: load tail (acquire), copy elements out, store head (release)
 *	writer: load head (acquire) only when its cached copy says "full"
 *
 * See Lamport, "Proving the Correctness of Multiprocess Programs" (1977), and
 * for the cached indices Lee, Bu, Chandranmenon, "A lock-free, cache-efficient
 * shared ring buffer" (ANCS 2009).
 */
#ifndef TACTUS_LINK_RING_H
#define TACTUS_LINK_RING_H

#include <stdbool.h>
#include <stdint.h>

#include "mark.h"

struct ring;

/**
 * Make a ring; its memory is touched, so that no first use faults.
 * @thread before-start
 * @param capacity elements; rounded up to a power of two, 2 … 2^24
 * @param size bytes of an element, 1 … 4096
 * @errors -EINVAL a size out of range; -ENOMEM
 */
TACTUS_NODISCARD int ring_open(
	uint32_t capacity, uint32_t size, struct ring **out);

/** End a ring; NULL is accepted. @thread after both sides have stopped */
void ring_close(struct ring *r);

/**
 * Append up to `count` elements, in order.
 * @thread the one writer
 * @return how many were taken in, from the first on; fewer when it is full
 */
TACTUS_RT TACTUS_NODISCARD uint32_t ring_post(
	struct ring *r, const void *elements, uint32_t count);

/**
 * Take up to `count` elements out, oldest first.
 * @thread the one reader
 * @return how many were taken; fewer when it is empty
 */
TACTUS_RT TACTUS_NODISCARD uint32_t ring_take(
	struct ring *r, void *elements, uint32_t count);

/**
 * Have the processor fetch the first `bytes` of what the next element points
 * to, if one is known to be there: elements must be pointers.
 * @thread the one reader
 */
TACTUS_RT void ring_fetch(const struct ring *r, uint32_t bytes);

/** How many elements can be posted now; more may be by the time it is used.
 * @thread the one writer */
TACTUS_RT uint32_t ring_room(struct ring *r);

/** How many elements can be taken now; more may be by the time it is used.
 * @thread the one reader */
TACTUS_RT uint32_t ring_filled(struct ring *r);

/** Elements that it holds at the most. @thread any */
TACTUS_RT uint32_t ring_capacity(const struct ring *r);

#endif
