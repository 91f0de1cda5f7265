/* SPDX-License-Identifier: MIT */
/*
 * pool.h -- the RT memory: pools of blocks of fixed sizes.
 *
 * Taken, touched and locked at start.  Taking and giving are constant time.
 * A request is served by the pool of the smallest blocks that hold it, and by
 * no other: when that is used up the request fails, and its size says which
 * pool it was.
 */
#ifndef TACTUS_RT_POOL_H
#define TACTUS_RT_POOL_H

#include <stddef.h>
#include <stdint.h>

#include "engine.h"
#include "mark.h"

struct pools;

/** Make the pools. @thread before-start @errors -ENOMEM */
TACTUS_NODISCARD int pool_open(
	const struct pool_config *config, uint32_t count, struct pools **out);

/** End them; NULL is accepted. @thread after rt has stopped */
void pool_close(struct pools *p);

/**
 * Take a block of at least `bytes`, 64-aligned, not zeroed.
 * @thread rt
 * @return NULL when the pool that serves this size is used up, or none does
 */
TACTUS_RT void *pool_take(struct pools *p, size_t bytes);

/** Give a block back; NULL is accepted. @thread rt */
TACTUS_RT void pool_give(struct pools *p, void *block);

/** Bytes of a block of the pool that serves `bytes`; 0: none does.
 * @thread rt */
TACTUS_RT size_t pool_size_for(const struct pools *p, size_t bytes);

/** Free blocks of pool `i`. @thread rt */
TACTUS_RT uint32_t pool_free(const struct pools *p, uint32_t i);

#endif
