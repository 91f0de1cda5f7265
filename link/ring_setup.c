/* SPDX-License-Identifier: MIT */
/*
 * ring_setup.c -- see ring.h.  How a ring is made and ended.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ring.h"
#include "ring_private.h"

#define MAX_CAPACITY (1U << 24)
#define MAX_SIZE     4096U

int
ring_open(uint32_t capacity, uint32_t size, struct ring **out)
{
	if (capacity < 2 || capacity > MAX_CAPACITY || size == 0 ||
		size > MAX_SIZE) {
		return -EINVAL;
	}
	uint32_t slots = 2;
	while (slots < capacity) {
		slots *= 2;
	}
	struct ring *r = aligned_alloc(2 * CACHE_LINE, sizeof *r);
	if (r == NULL) {
		return -ENOMEM;
	}
	memset(r, 0, sizeof *r);
	size_t bytes = (size_t)slots * size;
	bytes = (bytes + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
	r->slots = aligned_alloc(CACHE_LINE, bytes);
	if (r->slots == NULL) {
		free(r);
		return -ENOMEM;
	}
	memset(r->slots, 0, bytes);
	r->capacity = slots;
	r->size = size;
	*out = r;
	return 0;
}

void
ring_close(struct ring *r)
{
	if (r != NULL) {
		free(r->slots);
		free(r);
	}
}
