/* SPDX-License-Identifier: MIT */
/*
 * random.h -- numbers that are the same in every run.
 *
 * Xorshift of 32 bits: good enough to mix cases, small enough to read.  Each
 * user keeps its own state, so that threads and tests share none.
 */
#ifndef TACTUS_TESTS_RANDOM_H
#define TACTUS_TESTS_RANDOM_H

#include <stdint.h>

/** The next number after `*state`, which must not be 0. */
static inline uint32_t
random_next(uint32_t *state)
{
	uint32_t x = *state;

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	*state = x;
	return x;
}

/** A number below `limit`, which must not be 0. */
static inline uint32_t
random_below(uint32_t *state, uint32_t limit)
{
	return random_next(state) % limit;
}

#endif
