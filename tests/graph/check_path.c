/* SPDX-License-Identifier: MIT */
/*
 * check_path.c -- the way round that a refused connection is told by, against
 * one that is found from the list of all connections.
 */
#include <stdlib.h>
#include <string.h>

#include "connection.h"
#include "rig.h"
#include "suite.h"

#define NODES 24

/* all connections in the order in which they were made */
struct tie {
	int32_t id;
	int32_t out;
	int32_t to;
	bool feedback;
};
static struct tie tie[1024];
static uint32_t ties;

/**
 * The way from a destination to a source, breadth first, ports in order, then
 * connections as they were made.
 * @return its length; 0: there is none
 */
static uint32_t
seek(int32_t from, int32_t end, int32_t *path)
{
	int32_t back[NODES];
	int32_t queue[NODES];
	uint32_t tail = 1;

	memset(back, 0, sizeof back);
	queue[0] = from;
	back[from] = -1;
	for (uint32_t i = 0; i < tail && back[end] == 0; i++) {
		for (int32_t out = 0; out < 2; out++) {
			for (uint32_t k = 0; k < ties; k++) {
				const struct tie *t = &tie[k];
				if (t->id == queue[i] && t->out == out &&
					!t->feedback && back[t->to] == 0) {
					back[t->to] = queue[i];
					queue[tail++] = t->to;
				}
			}
		}
	}
	uint32_t length = 0;
	for (int32_t at = end; back[end] != 0 && at != -1; at = back[at]) {
		length++;
	}
	for (int32_t at = end, i = (int32_t)length; i > 0; at = back[at]) {
		path[--i] = at;
	}
	return length;
}

static void
drop(uint32_t i)
{
	memmove(&tie[i], &tie[i + 1], (ties - i - 1) * sizeof *tie);
	ties--;
}

/** Free a node, or break one connection. */
static void
lose(struct rig *r, int32_t id)
{
	if (rand() % 10 == 0) {
		rig_simple(r, COMMAND_FREE, id);
		rig_synth(r, &rig_tone, id, 0, rand() % 2);
		for (uint32_t i = ties; i-- > 0;) {
			if (tie[i].id == id || tie[i].to == id) {
				drop(i);
			}
		}
	} else if (ties > 0) {
		uint32_t i = (uint32_t)rand() % ties;
		struct batch *b = rig_batch(r, 0);
		rig_add_connect(r, b, COMMAND_DISCONNECT, tie[i].id,
			tie[i].out == 0 ? "out" : "wet", tie[i].to, "in", -1);
		ck_assert_uint_eq(rig_do(r, b), 0);
		drop(i);
	}
}

START_TEST(path_is_the_first_of_the_shortest_ways)
{
	struct rig *r = rig_new();
	uint32_t cycles = 0;
	uint32_t longest = 0;

	r->config.pool[0].count = 200;
	r->config.pool[1].count = 800;
	rig_open(r);
	srand((unsigned)_i);
	ties = 0;
	for (int32_t id = 1; id < NODES; id++) {
		rig_synth(r, &rig_tone, id, 0, PLACE_TAIL);
	}
	for (int turn = 0; turn < 4000; turn++) {
		int32_t path[NODES];
		struct tie t = {rand() % (NODES - 1) + 1, rand() % 2,
			rand() % (NODES - 1) + 1, rand() % 6 == 0};
		struct batch *b = rig_batch(r, 0);
		rig_add_connect(r, b, COMMAND_CONNECT, t.id,
			t.out == 0 ? "out" : "wet", t.to, "in",
			t.feedback ? MAP_FEEDBACK : 0);
		uint32_t reason = rig_do(r, b);
		uint32_t length = seek(t.to, t.id, path);
		if (reason == REASON_CYCLE) {
			cycles++;
			longest = length > longest ? length : longest;
			ck_assert_uint_eq(r->connect.length, length);
			ck_assert_int_eq(r->told[0], (int32_t)length);
			ck_assert_int_eq(memcmp(r->connect.path, path,
						 length * sizeof *path),
				0);
		} else if (reason == 0) {
			ck_assert(t.feedback || length == 0);
			tie[ties++] = t;
		} else {
			ck_assert_uint_eq(reason, REASON_CONNECTED);
		}
		if (rand() % 3 == 0) {
			lose(r, rand() % (NODES - 1) + 1);
		}
		/* now and then the order is new, and is looked at */
		if (rand() % (turn / 1000 + 1) == 0) {
			r->frames = 0;
			rig_run(r, 1);
		}
		r->reports = 0;
	}
	ck_assert_uint_gt(cycles, 500);
	ck_assert_uint_gt(longest, 3);
	rig_close(r);
}
END_TEST

START_TEST(path_longer_than_an_error_names_is_cut)
{
	struct rig *r = rig_new();
	int32_t last = CONNECT_PATH + 8;

	r->config.pool[0].count = 100;
	r->config.pool[1].count = 100;
	rig_open(r);
	for (int32_t id = 1; id <= last; id++) {
		rig_synth(r, &rig_pass, id, 0, PLACE_HEAD);
		ck_assert_uint_eq(
			id == 1 ? 0 : rig_connect(r, id - 1, id, 0), 0);
	}
	for (int pass = 0; pass < 2; pass++) {
		ck_assert_uint_eq(rig_connect(r, last, 1, 0), REASON_CYCLE);
		ck_assert_int_eq(r->told[0], last);
		ck_assert_uint_eq(r->connect.length, (uint32_t)last);
		for (int32_t i = 0; i < CONNECT_PATH; i++) {
			ck_assert_int_eq(r->connect.path[i], i + 1);
		}
		/* by the order as well as without it */
		rig_run(r, 64);
	}
	/* exactly as many as it names */
	ck_assert_uint_eq(rig_connect(r, CONNECT_PATH, 1, 0), REASON_CYCLE);
	ck_assert_int_eq(r->told[0], CONNECT_PATH);
	ck_assert_int_eq(r->connect.path[CONNECT_PATH - 1], CONNECT_PATH);
	rig_close(r);
}
END_TEST

START_TEST(path_of_a_slot_that_another_has_now_is_not_taken)
{
	struct rig *r = rig_new();

	rig_open(r);
	for (int32_t id = 1; id <= 3; id++) {
		rig_synth(r, &rig_pass, id, 0, PLACE_TAIL);
	}
	rig_connect(r, 1, 2, 0);
	rig_connect(r, 2, 3, 0);
	rig_run(r, 64);
	rig_simple(r, COMMAND_FREE, 2);
	rig_synth(r, &rig_pass, 2, 0, PLACE_TAIL);
	/* 1 and 3 have their places still, 2 has none */
	ck_assert_uint_eq(rig_connect(r, 3, 2, 0), 0);
	ck_assert_uint_eq(rig_connect(r, 2, 1, 0), 0);
	ck_assert_uint_eq(rig_connect(r, 1, 3, 0), REASON_CYCLE);
	ck_assert_int_eq(r->told[0], 3);
	ck_assert_int_eq(r->connect.path[1], 2);
	rig_close(r);
}
END_TEST

START_TEST(path_is_found_where_the_tree_is_the_order_again)
{
	struct rig *r = rig_new();

	rig_open(r);
	for (int32_t id = 1; id <= 3; id++) {
		rig_synth(r, &rig_pass, id, 0, PLACE_TAIL);
	}
	/* 3, 2, 1 for one segment; then as they stand in the tree */
	rig_connect(r, 3, 2, 0);
	rig_connect(r, 2, 1, 0);
	rig_run(r, 64);
	rig_disconnect(r, 3, 2, 0);
	rig_disconnect(r, 2, 1, 0);
	rig_connect(r, 1, 2, 0);
	rig_connect(r, 2, 3, 0);
	rig_run(r, 64);
	ck_assert_uint_eq(rig_connect(r, 3, 1, 0), REASON_CYCLE);
	ck_assert_int_eq(r->told[0], 3);
	ck_assert_uint_eq(rig_connect(r, 2, 1, 0), REASON_CYCLE);
	ck_assert_int_eq(r->told[0], 2);
	rig_close(r);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("path");

	tcase_add_loop_test(tc, path_is_the_first_of_the_shortest_ways, 1, 4);
	tcase_add_test(tc, path_longer_than_an_error_names_is_cut);
	tcase_add_test(tc, path_of_a_slot_that_another_has_now_is_not_taken);
	tcase_add_test(tc, path_is_found_where_the_tree_is_the_order_again);
	return suite_run("rt/run/path", tc);
}
