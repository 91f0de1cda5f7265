/* SPDX-License-Identifier: MIT */
/*
 * pool.c -- see pool.h.  What runs; pool_setup.c makes and ends.
 */
#include "pool.h"

#include <string.h>

#include "pool_private.h"

/** The pool that serves `bytes`, or the number of pools when none does. */
TACTUS_RT static uint32_t
serving(const struct pools *p, size_t bytes)
{
	uint32_t i = 0;

	while (i < p->count && p->pool[i].size < bytes) {
		i++;
	}
	return i;
}

TACTUS_RT void *
pool_take(struct pools *p, size_t bytes)
{
	uint32_t i = serving(p, bytes);

	if (i == p->count || p->pool[i].first == NULL) {
		return NULL;
	}
	void *block = p->pool[i].first;
	memcpy(&p->pool[i].first, block, sizeof(void *));
	p->pool[i].free--;
	return block;
}

TACTUS_RT void
pool_give(struct pools *p, void *block)
{
	char *at = block;

	for (uint32_t i = 0; i < p->count && block != NULL; i++) {
		struct pool *pool = &p->pool[i];
		if (at >= pool->begin && at < pool->end) {
			memcpy(block, &pool->first, sizeof(void *));
			pool->first = block;
			pool->free++;
			return;
		}
	}
}

TACTUS_RT size_t
pool_size_for(const struct pools *p, size_t bytes)
{
	uint32_t i = serving(p, bytes);

	return i == p->count ? 0 : p->pool[i].size;
}

TACTUS_RT uint32_t
pool_free(const struct pools *p, uint32_t i)
{
	return p->pool[i].free;
}
