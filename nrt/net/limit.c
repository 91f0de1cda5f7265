/* SPDX-License-Identifier: MIT */
/*
 * limit.c -- see limit.h.
 */
#include "limit.h"

#define SECOND_NS 1000000000

void
limit_init(struct limit *l, uint32_t burst, uint32_t a_second, int64_t now_ns)
{
	l->each_ns = SECOND_NS / (int64_t)a_second;
	l->most_ns = l->each_ns * (int64_t)burst;
	l->credit_ns = l->most_ns;
	l->then_ns = now_ns;
}

bool
limit_take(struct limit *l, int64_t now_ns)
{
	int64_t gone_ns = now_ns - l->then_ns;

	if (gone_ns > 0) {
		int64_t wanting_ns = l->most_ns - l->credit_ns;
		l->credit_ns += gone_ns < wanting_ns ? gone_ns : wanting_ns;
		l->then_ns = now_ns;
	}
	if (l->credit_ns < l->each_ns) {
		return false;
	}
	l->credit_ns -= l->each_ns;
	return true;
}
