/* SPDX-License-Identifier: MIT */
/*
 * check_node.c -- the tree: places, ids, ends.
 */
#include <stdio.h>

#include "node.h"
#include "rig.h"
#include "suite.h"

/** The ids of the tree, depth first, as text: "0 1(…)" without brackets. */
static const char *
tree(struct rig *r)
{
	static char text[512];
	size_t at = 0;

	ck_assert_uint_eq(rig_simple(r, COMMAND_TREE, 0), 0);
	text[0] = '\0';
	for (uint32_t i = 1; i < r->tree->count; i++) {
		at += (size_t)snprintf(text + at, sizeof text - at, "%s%d/%d",
			i > 1 ? " " : "", r->tree->item[i].id,
			r->tree->item[i].parent);
	}
	return text;
}

START_TEST(node_stands_where_it_was_placed)
{
	struct rig *r = rig_new();

	rig_open(r);
	ck_assert_uint_eq(rig_group(r, 1, 0, PLACE_HEAD), 0);
	ck_assert_uint_eq(rig_group(r, 2, 0, PLACE_HEAD), 0);
	ck_assert_uint_eq(rig_group(r, 3, 0, PLACE_TAIL), 0);
	ck_assert_uint_eq(rig_group(r, 4, 1, PLACE_BEFORE), 0);
	ck_assert_uint_eq(rig_group(r, 5, 1, PLACE_AFTER), 0);
	ck_assert_uint_eq(rig_synth(r, &rig_level, 6, 3, PLACE_AFTER), 0);
	ck_assert_uint_eq(rig_synth(r, &rig_level, 7, 2, PLACE_BEFORE), 0);
	ck_assert_uint_eq(rig_synth(r, &rig_level, 8, 5, PLACE_TAIL), 0);
	ck_assert_uint_eq(rig_synth(r, &rig_level, 9, 5, PLACE_HEAD), 0);
	ck_assert_str_eq(tree(r), "7/0 2/0 4/0 1/0 5/0 9/5 8/5 3/0 6/0");
	/* moves: every placement, to where it stands already, and far */
	ck_assert_uint_eq(rig_move(r, 9, 5, PLACE_TAIL), 0);
	ck_assert_uint_eq(rig_move(r, 8, 5, PLACE_HEAD), 0);
	ck_assert_uint_eq(rig_move(r, 9, 8, PLACE_AFTER), 0);
	ck_assert_uint_eq(rig_move(r, 8, 9, PLACE_BEFORE), 0);
	ck_assert_str_eq(tree(r), "7/0 2/0 4/0 1/0 5/0 8/5 9/5 3/0 6/0");
	ck_assert_uint_eq(rig_move(r, 5, 7, PLACE_BEFORE), 0);
	ck_assert_uint_eq(rig_move(r, 6, 9, PLACE_AFTER), 0);
	ck_assert_uint_eq(rig_move(r, 7, 2, PLACE_TAIL), 0);
	ck_assert_uint_eq(rig_move(r, 4, 0, PLACE_TAIL), 0);
	ck_assert_str_eq(tree(r), "5/0 8/5 9/5 6/5 2/0 7/2 1/0 3/0 4/0");
	/* siblings are told as they stand */
	ck_assert_uint_eq(rig_simple(r, COMMAND_QUERY, 9), 0);
	ck_assert_int_eq(r->query.previous, 8);
	ck_assert_int_eq(r->query.next, 6);
	ck_assert_int_eq(r->query.node.parent, 5);
	ck_assert_uint_eq(rig_simple(r, COMMAND_QUERY, 5), 0);
	ck_assert_int_eq(r->query.previous, -1);
	ck_assert_int_eq(r->query.next, 2);
	rig_close(r);
}
END_TEST

START_TEST(node_refuses_impossible_places_and_ids)
{
	struct rig *r = rig_new();

	rig_open(r);
	ck_assert_uint_eq(rig_group(r, 1, 0, PLACE_TAIL), 0);
	ck_assert_uint_eq(rig_group(r, 2, 1, PLACE_TAIL), 0);
	ck_assert_uint_eq(rig_synth(r, &rig_level, 3, 2, PLACE_TAIL), 0);
	ck_assert_uint_eq(rig_group(r, 0, 0, 0), REASON_NODE_TAKEN);
	ck_assert_uint_eq(rig_group(r, 1, 0, 0), REASON_NODE_TAKEN);
	ck_assert_int_eq(r->told[0], 1);
	ck_assert_uint_eq(rig_group(r, 64, 0, 0), REASON_NODE_RANGE);
	ck_assert_int_eq(r->told[0], 64);
	ck_assert_uint_eq(rig_group(r, -2, 0, 0), REASON_NODE_RANGE);
	ck_assert_uint_eq(rig_group(r, 5, 64, 0), REASON_TARGET_RANGE);
	ck_assert_uint_eq(rig_group(r, 5, -1, 0), REASON_TARGET_RANGE);
	ck_assert_uint_eq(rig_group(r, 5, 9, 0), REASON_TARGET_MISSING);
	ck_assert_int_eq(r->told[0], 9);
	ck_assert_uint_eq(
		rig_group(r, 5, 3, PLACE_HEAD), REASON_TARGET_NOT_GROUP);
	ck_assert_uint_eq(
		rig_group(r, 5, 3, PLACE_TAIL), REASON_TARGET_NOT_GROUP);
	ck_assert_uint_eq(rig_group(r, 5, 0, PLACE_BEFORE), REASON_TARGET_ROOT);
	ck_assert_uint_eq(rig_group(r, 5, 0, PLACE_AFTER), REASON_TARGET_ROOT);
	ck_assert_uint_eq(rig_group(r, 5, 0, 4), REASON_PLACEMENT);
	ck_assert_int_eq(r->told[0], 4);
	ck_assert_uint_eq(rig_group(r, 5, 0, -1), REASON_PLACEMENT);
	for (int place = PLACE_HEAD; place <= PLACE_AFTER; place++) {
		ck_assert_uint_eq(
			rig_move(r, 1, 2, place), REASON_INSIDE_ITSELF);
		ck_assert_uint_eq(
			rig_move(r, 1, 1, place), REASON_INSIDE_ITSELF);
		ck_assert_uint_eq(rig_move(r, 0, 1, place), REASON_ROOT);
	}
	ck_assert_uint_eq(rig_move(r, 1, 3, PLACE_AFTER), REASON_INSIDE_ITSELF);
	ck_assert_uint_eq(rig_move(r, 9, 1, 0), REASON_NODE_MISSING);
	ck_assert_uint_eq(rig_simple(r, COMMAND_FREE, 0), REASON_ROOT);
	ck_assert_uint_eq(rig_simple(r, COMMAND_RELEASE, 0), REASON_ROOT);
	ck_assert_uint_eq(rig_simple(r, COMMAND_FREE, 9), REASON_NODE_MISSING);
	ck_assert_uint_eq(rig_simple(r, COMMAND_FREE, 64), REASON_NODE_RANGE);
	ck_assert_uint_eq(rig_simple(r, COMMAND_FREE_ALL, 3), REASON_NOT_GROUP);
	ck_assert_str_eq(tree(r), "1/0 2/1 3/2");
	rig_close(r);
}
END_TEST

START_TEST(node_gets_the_highest_free_id_when_it_asks_for_any)
{
	struct rig *r = rig_new();

	r->config.max_nodes = 6;
	rig_open(r);
	for (int32_t want = 5; want >= 1; want--) {
		ck_assert_uint_eq(rig_group(r, -1, 0, 0), 0);
		ck_assert_int_eq(r->id, want);
	}
	ck_assert_uint_eq(rig_group(r, -1, 0, 0), REASON_NODES_FULL);
	ck_assert_int_eq(r->id, -1);
	rig_simple(r, COMMAND_FREE, 2);
	rig_simple(r, COMMAND_FREE, 4);
	/* one that fails leaves the id free */
	struct batch *b = rig_batch(r, 0);
	struct command *c = rig_add(r, b, COMMAND_SYNTH_NEW, -1);
	c->u.new.spec = rig_spec(r, &rig_broken);
	ck_assert_uint_eq(rig_do(r, b), REASON_CONSTRUCT);
	ck_assert_int_eq(r->told[0], 422);
	ck_assert_uint_eq(rig_group(r, -1, 0, 0), 0);
	ck_assert_int_eq(r->id, 4);
	ck_assert_uint_eq(rig_group(r, -1, 0, 0), 0);
	ck_assert_int_eq(r->id, 2);
	rig_close(r);
}
END_TEST

START_TEST(node_ends_after_all_it_holds)
{
	struct rig *r = rig_new();

	rig_open(r);
	rig_group(r, 1, 0, PLACE_TAIL);
	rig_group(r, 2, 1, PLACE_TAIL);
	rig_synth(r, &rig_level, 3, 2, PLACE_TAIL);
	rig_synth(r, &rig_level, 4, 1, PLACE_TAIL);
	rig_synth(r, &rig_level, 5, 0, PLACE_TAIL);
	r->reports = 0;
	ck_assert_uint_eq(rig_simple(r, COMMAND_FREE, 1), 0);
	static const int32_t order[] = {3, 2, 4, 1};
	for (int i = 0; i < 4; i++) {
		ck_assert_int_eq(r->report[i].id, order[i]);
		ck_assert_uint_eq(r->report[i].kind, REPORT_NODE_ENDED);
	}
	ck_assert_uint_eq(r->report[4].kind, REPORT_BATCH);
	ck_assert_str_eq(tree(r), "5/0");
	ck_assert_uint_eq(rig_simple(r, COMMAND_FREE_ALL, 0), 0);
	ck_assert_str_eq(tree(r), "");
	rig_close(r);
}
END_TEST

#define DEEP 30000

START_TEST(node_is_freed_however_deep_it_stands)
{
	struct rig *r = rig_new();

	r->config.max_nodes = DEEP;
	r->ring = 65536;
	rig_open(r);
	for (int turn = 0; turn < 2; turn++) {
		struct batch *b = rig_batch(r, 0);
		for (int32_t id = 1; id < DEEP; id++) {
			struct command *c =
				rig_add(r, b, COMMAND_GROUP_NEW, id);
			c->u.new.target = id - 1;
		}
		ck_assert_uint_eq(rig_do(r, b), 0);
		ck_assert_uint_eq(rig_simple(r, COMMAND_FREE_ALL, 0), 0);
		ck_assert_uint_eq(
			rig_count(r, REPORT_NODE_ENDED, -1), DEEP - 1);
		ck_assert_int_lt(rig_where(r, REPORT_NODE_ENDED, DEEP - 1),
			rig_where(r, REPORT_NODE_ENDED, 1));
		r->reports = 0;
	}
	rig_close(r);
}
END_TEST

START_TEST(node_leaves_nothing_when_its_making_fails)
{
	struct rig *r = rig_new();

	r->config.pool[1].count = 2;
	rig_open(r);
	struct gauges *g = &r->wire->gauges;
	for (int i = 0; i < 100; i++) {
		ck_assert_uint_eq(
			rig_synth(r, &rig_broken, 7, 0, 0), REASON_CONSTRUCT);
		ck_assert_uint_eq(
			rig_synth(r, &rig_vast, 7, 0, 0), REASON_POOL_NONE);
	}
	ck_assert_uint_eq(gauge_get(g, GAUGE_POOL_FREE), 32);
	ck_assert_uint_eq(gauge_get(g, GAUGE_SYNTHS), 0);
	/* a construct that finds the pool used up */
	ck_assert_uint_eq(rig_synth(r, &rig_hungry, 1, 0, 0), 0);
	ck_assert_uint_eq(rig_synth(r, &rig_hungry, 2, 0, 0), 0);
	ck_assert_uint_eq(rig_synth(r, &rig_hungry, 3, 0, 0), REASON_CONSTRUCT);
	ck_assert_int_eq(r->told[0], 503);
	ck_assert_uint_eq(gauge_get(g, GAUGE_POOL_FREE), 30);
	/* and one whose own pool is */
	for (int32_t id = 10; id < 40; id++) {
		ck_assert_uint_eq(rig_synth(r, &rig_level, id, 0, 0), 0);
	}
	ck_assert_uint_eq(rig_synth(r, &rig_level, 40, 0, 0), REASON_POOL_FULL);
	ck_assert_int_eq(r->told[0], 256);
	ck_assert_uint_eq(r->specs, 32);
	rig_simple(r, COMMAND_FREE, 10);
	ck_assert_uint_eq(rig_synth(r, &rig_level, 40, 0, 0), 0);
	rig_close(r);
}
END_TEST

START_TEST(node_takes_a_key_from_who_bears_it)
{
	struct rig *r = rig_new();
	struct batch *b;

	rig_open(r);
	rig_group(r, 1, 0, PLACE_TAIL);
	rig_group(r, 2, 0, PLACE_TAIL);
	for (int32_t id = 1; id <= 2; id++) {
		b = rig_batch(r, 0);
		rig_add(r, b, COMMAND_NAME, id)->u.name = "drone";
		ck_assert_uint_eq(rig_do(r, b), 0);
	}
	ck_assert_str_eq(tree(r), "1/0 2/0");
	ck_assert_str_eq(r->tree->item[1].key, "");
	ck_assert_str_eq(r->tree->item[2].key, "drone");
	b = rig_batch(r, 0);
	rig_add(r, b, COMMAND_NAME, 2)->u.name = "";
	rig_do(r, b);
	ck_assert_str_eq(tree(r), "1/0 2/0");
	ck_assert_str_eq(r->tree->item[2].key, "");
	/* a key ends with its node */
	b = rig_batch(r, 0);
	rig_add(r, b, COMMAND_NAME, 1)->u.name = "drone";
	rig_add(r, b, COMMAND_FREE, 1);
	rig_do(r, b);
	rig_group(r, 1, 0, PLACE_TAIL);
	ck_assert_str_eq(tree(r), "2/0 1/0");
	ck_assert_str_eq(r->tree->item[2].key, "");
	rig_close(r);
}
END_TEST

START_TEST(node_ref_reads_who_has_ended_as_absent_not_as_its_successor)
{
	struct rig *r = rig_new();

	rig_open(r);
	rig_group(r, 1, 0, PLACE_TAIL);
	rig_synth(r, &rig_level, 2, 1, PLACE_TAIL);
	struct engine *e = r->engine;
	struct node_ref group = node_refer(&e->node[1]);
	struct node_ref synth = node_refer(&e->node[2]);
	ck_assert_ptr_eq(node_deref(e, group), &e->node[1]);
	ck_assert_ptr_eq(node_deref(e, synth), &e->node[2]);
	/* renamed and moved it is the same */
	rig_move(r, 2, 0, PLACE_HEAD);
	ck_assert_ptr_eq(node_deref(e, synth), &e->node[2]);
	for (int i = 0; i < 3; i++) {
		rig_simple(r, COMMAND_FREE, 2);
		ck_assert_ptr_null(node_deref(e, synth));
		if (i % 2 == 0) {
			rig_synth(r, &rig_level, 2, 0, PLACE_TAIL);
		} else {
			rig_group(r, 2, 0, PLACE_TAIL);
		}
		ck_assert_ptr_null(node_deref(e, synth));
	}
	/* one that could not be made is none either */
	rig_simple(r, COMMAND_FREE, 2);
	struct node_ref none = node_refer(&e->node[2]);
	none.generation++;
	ck_assert_uint_eq(
		rig_synth(r, &rig_broken, 2, 0, PLACE_TAIL), REASON_CONSTRUCT);
	ck_assert_ptr_null(node_deref(e, none));
	/* in limbo it lives, until it is freed */
	rig_simple(r, COMMAND_CLEAR, 0);
	ck_assert_ptr_null(node_find(e, 1));
	ck_assert_ptr_eq(node_deref(e, group), &e->node[1]);
	rig_run(r, 640);
	ck_assert_ptr_null(node_deref(e, group));
	rig_close(r);
}
END_TEST

/** 20 synths, each connected to 40 others. */
static struct rig *
mesh(void)
{
	struct rig *r = rig_new();

	r->config.pool[0].count = 128;
	rig_open(r);
	for (int32_t id = 1; id <= 60; id++) {
		ck_assert_uint_eq(
			rig_synth(r, &rig_pass, id, 0, PLACE_TAIL), 0);
	}
	for (int32_t from = 1; from <= 20; from++) {
		for (int32_t to = 21; to <= 60; to++) {
			ck_assert_uint_eq(rig_connect(r, from, to, 0), 0);
		}
	}
	ck_assert_uint_eq(r->engine->connections, 800);
	return r;
}

START_TEST(node_reap_spreads_connections_over_blocks)
{
	struct rig *r = mesh();
	struct engine *e = r->engine;

	node_clear(e);
	uint32_t turns = 0;
	while (e->in_limbo != 0) {
		uint32_t connections = e->connections;
		uint32_t nodes = e->in_limbo;
		node_reap(e, 50);
		/* never more than 50 nodes' worth, and nearly that */
		uint32_t worth = 4 * (nodes - e->in_limbo) + connections -
				 e->connections;
		ck_assert_uint_le(worth, 50 * REAP_CONNECTIONS);
		ck_assert(worth > 49 * REAP_CONNECTIONS || e->in_limbo == 0);
		turns++;
	}
	ck_assert_uint_eq(turns, (800 + 60 * REAP_CONNECTIONS) / 200 + 1);
	ck_assert_uint_eq(e->connections, 0);
	rig_close(r);
}
END_TEST

START_TEST(node_is_cleared_at_once_while_time_stands_still)
{
	struct rig *r = mesh();

	rig_simple(r, COMMAND_CLEAR, 0);
	rig_number(r, COMMAND_SYNC, 0, 77);
	ck_assert_int_eq(r->syncs, 77);
	ck_assert_uint_eq(r->engine->connections, 0);
	ck_assert_uint_eq(r->engine->in_limbo, 0);
	rig_close(r);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("node");

	tcase_add_test(tc, node_stands_where_it_was_placed);
	tcase_add_test(tc, node_refuses_impossible_places_and_ids);
	tcase_add_test(tc, node_gets_the_highest_free_id_when_it_asks_for_any);
	tcase_add_test(tc, node_ends_after_all_it_holds);
	tcase_add_test(tc, node_is_freed_however_deep_it_stands);
	tcase_add_test(tc, node_leaves_nothing_when_its_making_fails);
	tcase_add_test(tc, node_takes_a_key_from_who_bears_it);
	tcase_add_test(tc,
		node_ref_reads_who_has_ended_as_absent_not_as_its_successor);
	tcase_add_test(tc, node_reap_spreads_connections_over_blocks);
	tcase_add_test(tc, node_is_cleared_at_once_while_time_stands_still);
	return suite_run("rt/graph/node", tc);
}
