/* SPDX-License-Identifier: MIT */
/*
 * ring_private.h -- the layout of a ring, for ring.c and ring_setup.c alone.
 */
#ifndef TACTUS_LINK_RING_PRIVATE_H
#define TACTUS_LINK_RING_PRIVATE_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stdint.h>

#include "mark.h"

struct ring {
	/* the writer's line */
	alignas(2 * CACHE_LINE) _Atomic uint32_t tail;
	uint32_t head_seen; /* the head when last looked at */
	/* the reader's line */
	alignas(2 * CACHE_LINE) _Atomic uint32_t head;
	uint32_t tail_seen;
	/* what neither writes */
	alignas(2 * CACHE_LINE) uint32_t capacity;
	uint32_t size;
	unsigned char *slots;
};

#endif
