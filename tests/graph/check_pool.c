/* SPDX-License-Identifier: MIT */
/*
 * check_pool.c -- the RT memory: pools of fixed blocks.
 */
#include <string.h>

#include "pool.h"
#include "random.h"
#include "rig.h"
#include "suite.h"

static const struct pool_config small[3] = {
	{64,   5},
        {256,  3},
        {4096, 2}
};

START_TEST(pool_refuses_when_one_is_used_up_and_takes_no_larger_block)
{
	struct pools *p;
	void *taken[5];

	ck_assert_int_eq(pool_open(small, 3, &p), 0);
	for (uint32_t i = 0; i < 3; i++) {
		size_t size = small[i].size;
		for (uint32_t k = 0; k < small[i].count; k++) {
			ck_assert_uint_eq(pool_free(p, i), small[i].count - k);
			taken[k] = pool_take(p, size - k);
			ck_assert_ptr_nonnull(taken[k]);
			memset(taken[k], 0xA5, size);
		}
		ck_assert_ptr_null(pool_take(p, size));
		ck_assert_uint_eq(pool_size_for(p, size), size);
		ck_assert_uint_eq(pool_size_for(p, size - 63), size);
		for (uint32_t k = 0; k < small[i].count; k++) {
			pool_give(p, taken[k]);
		}
		ck_assert_uint_eq(pool_free(p, i), small[i].count);
	}
	ck_assert_ptr_null(pool_take(p, 4097));
	ck_assert_uint_eq(pool_size_for(p, 4097), 0);
	pool_give(p, NULL);
	pool_close(p);
	pool_close(NULL);
}
END_TEST

START_TEST(pool_is_as_its_model_in_a_storm)
{
	struct pools *p;
	struct {
		unsigned char *at;
		size_t size;
		uint32_t pool;
		unsigned char mark;
	} taken[10] = {0};
	uint32_t random = 99;
	uint32_t left[3] = {5, 3, 2};
	uint32_t refused = 0;

	ck_assert_int_eq(pool_open(small, 3, &p), 0);
	for (int step = 0; step < 50000; step++) {
		uint32_t i = random_below(&random, 10);
		if (taken[i].at != NULL) {
			for (size_t k = 0; k < taken[i].size; k++) {
				if (taken[i].at[k] != taken[i].mark) {
					ck_abort_msg("two had one block");
				}
			}
			pool_give(p, taken[i].at);
			left[taken[i].pool]++;
			taken[i].at = NULL;
			continue;
		}
		size_t size = 1 + random_below(&random, 4096);
		size = random_below(&random, 2) == 0 ? size % 300 + 1 : size;
		uint32_t pool = size <= 64 ? 0 : size <= 256 ? 1 : 2;
		unsigned char *at = pool_take(p, size);
		if ((at == NULL) != (left[pool] == 0)) {
			ck_abort_msg("size %zu, left %u", size, left[pool]);
		}
		refused += at == NULL ? 1 : 0;
		if (at != NULL) {
			if ((uintptr_t)at % 64 != 0) {
				ck_abort_msg("not on a cache line");
			}
			left[pool]--;
			taken[i].at = at;
			taken[i].size = size;
			taken[i].pool = pool;
			taken[i].mark = (unsigned char)step;
			memset(at, taken[i].mark, size);
		}
		if (pool_free(p, pool) != left[pool]) {
			ck_abort_msg("the count is off");
		}
	}
	ck_assert_uint_gt(refused, 100);
	pool_close(p);
}
END_TEST

START_TEST(pool_refuses_more_pools_than_there_are_gauges)
{
	struct pool_config many[ENGINE_MAX_POOLS + 1];
	struct pools *p = NULL;

	for (int i = 0; i <= ENGINE_MAX_POOLS; i++) {
		many[i] = small[0];
	}
	ck_assert_int_lt(pool_open(many, ENGINE_MAX_POOLS + 1, &p), 0);
	ck_assert_int_eq(pool_open(many, ENGINE_MAX_POOLS, &p), 0);
	pool_close(p);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("pool");

	tcase_add_test(
		tc, pool_refuses_when_one_is_used_up_and_takes_no_larger_block);
	tcase_add_test(tc, pool_is_as_its_model_in_a_storm);
	tcase_add_test(tc, pool_refuses_more_pools_than_there_are_gauges);
	return suite_run("rt/graph/pool", tc);
}
