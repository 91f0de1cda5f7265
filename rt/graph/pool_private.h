/* SPDX-License-Identifier: MIT */
/*
 * pool_private.h -- the layout of the pools, for pool.c and pool_setup.c.
 *
 * A free block holds the address of the next free one; nothing is kept of a
 * block that is taken, its pool is known by its address.
 */
#ifndef TACTUS_RT_POOL_PRIVATE_H
#define TACTUS_RT_POOL_PRIVATE_H

#include "pool.h"

struct pool {
	size_t size;
	uint32_t free;
	uint32_t count;
	void *first; /* of the free blocks */
	char *begin;
	char *end;
};

struct pools {
	uint32_t count;
	struct pool pool[ENGINE_MAX_POOLS];
};

#endif
