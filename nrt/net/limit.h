/* SPDX-License-Identifier: MIT */
/*
 * limit.h -- a rate: so many at once, then so many a second.
 *
 * Pure: the caller brings the time, which may stand still but is never taken
 * to run backwards.
 */
#ifndef TACTUS_NRT_LIMIT_H
#define TACTUS_NRT_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "mark.h"

struct limit {
	int64_t each_ns;   /* what one costs: 1 s / rate */
	int64_t most_ns;   /* a full bucket: burst * each_ns */
	int64_t credit_ns; /* what is left */
	int64_t then_ns;   /* when that was so */
};

/** Begin with a full bucket. @thread any */
void limit_init(
	struct limit *l, uint32_t burst, uint32_t a_second, int64_t now_ns);

/** Take one. @thread any @return false: there is none */
TACTUS_NODISCARD bool limit_take(struct limit *l, int64_t now_ns);

#endif
