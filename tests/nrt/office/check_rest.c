/* SPDX-License-Identifier: MIT */
/*
 * check_rest.c -- when the loop rests, and for how long.
 */
#include <check.h>
#include <stdlib.h>

#include "rest.h"
#include "rooms.h"

#define BLOCK INT64_C(1333333)

static const struct instant began = {.sample = 64, .ns = 1000000000};

/** Ask, so long after a block began. */
static int64_t
ask(struct rest *r, uint32_t datagrams, int64_t after_ns)
{
	struct net_swarm came = {.datagrams = datagrams};

	return rest_time(r, &came, &began, BLOCK, began.ns + after_ns);
}

START_TEST(one_datagram_alone_is_not_waited_for)
{
	struct rest r = {0};

	for (int64_t at = 0; at < 3 * BLOCK; at += 10000) {
		ck_assert_int_eq(ask(&r, 1, at), 0);
	}
}
END_TEST

START_TEST(swarm_is_read_just_before_the_next_block)
{
	struct rest r = {0};

	ck_assert_int_eq(ask(&r, 2, 400000), BLOCK - 400000 - REST_MARGIN_NS);
	/* some blocks later, when rt has told of none since */
	ck_assert_int_eq(ask(&r, 3, 400000 + 5 * BLOCK),
		BLOCK - 400000 - REST_MARGIN_NS);
	/* no longer than this, however long a block is */
	struct net_swarm came = {.datagrams = 2};
	ck_assert_int_eq(
		rest_time(&r, &came, &began, 100 * BLOCK, began.ns + 5),
		REST_MOST_NS);
}
END_TEST

START_TEST(nothing_is_waited_for_when_a_block_is_near)
{
	struct rest r = {0};

	ck_assert_int_eq(ask(&r, 2, BLOCK - REST_MARGIN_NS), 0);
	ck_assert_int_eq(ask(&r, 31, BLOCK - 1), 0);
	/* but a flood would be read one by one */
	ck_assert_int_eq(ask(&r, REST_FLOOD, BLOCK - 1), REST_SHORT_NS);
}
END_TEST

START_TEST(swarm_ends_when_one_comes_alone_in_a_whole_rest)
{
	struct rest r = {0};

	ck_assert_int_gt(ask(&r, 2, 0), 0);
	rest_end(&r, began.ns + BLOCK - REST_MARGIN_NS);
	/* near a block: that says nothing */
	ck_assert_int_eq(ask(&r, 2, BLOCK - REST_MARGIN_NS), 0);
	ck_assert_int_gt(ask(&r, 1, BLOCK + 10000), 0);
	rest_end(&r, began.ns + 2 * BLOCK - REST_MARGIN_NS);
	ck_assert_int_eq(ask(&r, 1, 2 * BLOCK - REST_MARGIN_NS), 0);
	ck_assert_int_eq(ask(&r, 1, 2 * BLOCK), 0);
}
END_TEST

START_TEST(there_is_no_rest_while_some_wait_or_after_an_answer)
{
	struct rest r = {0};
	struct net_swarm more = {.datagrams = 128, .more = true};
	struct net_swarm answered = {.datagrams = 2, .answered = true};
	struct net_swarm none = {.datagrams = 0};

	ck_assert_int_eq(rest_time(&r, &more, &began, BLOCK, began.ns), 0);
	ck_assert_int_eq(rest_time(&r, &answered, &began, BLOCK, began.ns), 0);
	ck_assert_int_eq(rest_time(&r, &none, &began, BLOCK, began.ns), 0);
	ck_assert_int_gt(ask(&r, 2, 0), 0);
}
END_TEST

START_TEST(rest_is_short_where_blocks_are_unknown_or_room_is_short)
{
	struct rest r = {0};
	struct net_swarm came = {.datagrams = 2};

	ck_assert_int_eq(rest_time(&r, &came, NULL, BLOCK, 5), REST_SHORT_NS);
	came.cramped = true;
	ck_assert_int_eq(
		rest_time(&r, &came, &began, BLOCK, began.ns), REST_SHORT_NS);
	came.datagrams = 1;
	ck_assert_int_eq(rest_time(&r, &came, &began, BLOCK, began.ns), 0);
}
END_TEST

START_TEST(what_takes_long_to_read_is_begun_earlier)
{
	struct rest r = {0};

	ck_assert_int_gt(ask(&r, 200, 0), 0);
	rest_end(&r, began.ns + BLOCK - REST_MARGIN_NS);
	/* it took 100 us */
	ck_assert_int_eq(
		ask(&r, 200, BLOCK - REST_MARGIN_NS + 100000), REST_SHORT_NS);
	ck_assert_int_eq(ask(&r, 30, BLOCK + 200000),
		BLOCK - 200000 - REST_MARGIN_NS - 100000);
	/* but never more than half a block */
	rest_end(&r, began.ns + BLOCK);
	ck_assert_int_eq(
		ask(&r, 200, 9 * BLOCK), BLOCK - REST_MARGIN_NS - BLOCK / 2);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("nrt/office/rest");
	TCase *tc = tcase_create("rest");

	tcase_add_test(tc, one_datagram_alone_is_not_waited_for);
	tcase_add_test(tc, swarm_is_read_just_before_the_next_block);
	tcase_add_test(tc, nothing_is_waited_for_when_a_block_is_near);
	tcase_add_test(tc, swarm_ends_when_one_comes_alone_in_a_whole_rest);
	tcase_add_test(tc, there_is_no_rest_while_some_wait_or_after_an_answer);
	tcase_add_test(
		tc, rest_is_short_where_blocks_are_unknown_or_room_is_short);
	tcase_add_test(tc, what_takes_long_to_read_is_begun_earlier);
	suite_add_tcase(s, tc);
	return rooms_run(s);
}
