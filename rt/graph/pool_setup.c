/* SPDX-License-Identifier: MIT */
/*
 * pool_setup.c -- see pool.h.  How the pools are made and ended.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "pool.h"
#include "pool_private.h"

int
pool_open(const struct pool_config *config, uint32_t count, struct pools **out)
{
	if (count > ENGINE_MAX_POOLS) {
		return -EINVAL;
	}
	struct pools *p = calloc(1, sizeof *p);
	if (p == NULL) {
		return -ENOMEM;
	}
	for (uint32_t i = 0; i < count; i++) {
		struct pool *pool = &p->pool[i];
		size_t bytes = config[i].size * config[i].count;
		pool->begin = aligned_alloc(CACHE_LINE, bytes);
		if (pool->begin == NULL) {
			pool_close(p);
			return -ENOMEM;
		}
		p->count = i + 1;
		memset(pool->begin, 0, bytes);
		pool->end = pool->begin + bytes;
		pool->size = config[i].size;
		pool->count = config[i].count;
		/* from the last on, so that the first is taken first */
		for (uint32_t k = config[i].count; k-- > 0;) {
			pool_give(p, pool->begin + (size_t)k * pool->size);
		}
	}
	*out = p;
	return 0;
}

void
pool_close(struct pools *p)
{
	if (p == NULL) {
		return;
	}
	for (uint32_t i = 0; i < p->count; i++) {
		free(p->pool[i].begin);
	}
	free(p);
}
