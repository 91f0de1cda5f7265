/* SPDX-License-Identifier: MIT */
/*
 * check_order.c -- the execution order, against one that is found by looking
 * for each place at all synths.
 */
#include <stdlib.h>
#include <string.h>

#include "connection.h"
#include "node.h"
#include "order_private.h"
#include "port.h"
#include "rig.h"
#include "suite.h"

/* the test's own list of connections; those whose ends live count */
struct tie {
	int32_t id[2]; /* source, destination */
	uint32_t generation[2];
	bool feedback;
};

#define MOST_TIES 4096
static struct tie tie[MOST_TIES];
static uint32_t ties;

static bool
is_alive(const struct engine *e, const struct tie *t)
{
	for (int i = 0; i < 2; i++) {
		const struct node *n = &e->node[t->id[i]];
		if (n->kind != KIND_SYNTH ||
			n->generation != t->generation[i]) {
			return false;
		}
	}
	return true;
}

static void
add_tie(const struct engine *e, int32_t id, int32_t to, bool feedback)
{
	ck_assert_uint_lt(ties, MOST_TIES);
	tie[ties++] = (struct tie){
		{id,		     to                    },
                {e->node[id].generation, e->node[to].generation},
		feedback
        };
}

/** Forget those that are gone, and one pair. */
static void
forget(const struct engine *e, int32_t id, int32_t to)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < ties; i++) {
		if (is_alive(e, &tie[i]) &&
			(tie[i].id[0] != id || tie[i].id[1] != to)) {
			tie[kept++] = tie[i];
		}
	}
	ties = kept;
}

static bool
runs(const struct engine *e, const struct node *n)
{
	bool sounds = n->sounding;

	for (; n != NULL; n = n->parent) {
		sounds =
			sounds && !n->paused && (n != &e->limbo || !e->reaping);
	}
	return sounds;
}

/** All synths, limbo's first. @return how many */
static uint32_t
flatten(struct engine *e, struct node **all)
{
	struct node *top[2] = {&e->limbo, &e->node[0]};
	uint32_t count = 0;

	for (int i = 0; i < 2; i++) {
		for (struct node *n = top[i]; n != NULL;
			n = node_after(n, top[i])) {
			if (n->kind == KIND_SYNTH) {
				all[count++] = n;
			}
		}
	}
	return count;
}

/** Does a synth wait for one that has not had its turn? */
static bool
waits(const struct engine *e, const struct node *n, const bool *had)
{
	bool does = false;

	for (uint32_t i = 0; i < ties && !does; i++) {
		does = !tie[i].feedback && tie[i].id[1] == n->synth.id &&
		       is_alive(e, &tie[i]) && !had[tie[i].id[0]];
	}
	return does;
}

/** Check writes something at every assertion of its own: these are many. */
static void
require(bool good, const char *what)
{
	if (!good) {
		ck_abort_msg("%s", what);
	}
}

/** How many of those that run a synth hears, one behind the other.
 * @param levels of those before it */
static uint32_t
level(const struct engine *e, const struct node *n, const uint32_t *levels)
{
	uint32_t most = 0;

	for (uint32_t i = 0; i < ties; i++) {
		int32_t from = tie[i].id[0];
		if (!tie[i].feedback && tie[i].id[1] == n->synth.id &&
			is_alive(e, &tie[i]) && runs(e, &e->node[from])) {
			most = levels[from] + 1 > most ? levels[from] + 1
						       : most;
		}
	}
	return most;
}

/** What searches for cycles go by: as the order was last renewed, all that is
 * connected leads further on in it. */
static void
compare_places(const struct engine *e)
{
	const struct sorting *s = e->sorting;

	require(s->sound, "the order is not trusted");
	for (uint32_t i = 0; i < ties; i++) {
		if (!tie[i].feedback && is_alive(e, &tie[i])) {
			require(s->place[tie[i].id[0]] < s->place[tie[i].id[1]],
				"one stands before what it hears");
		}
	}
}

/** What a plan goes by is what the ports are like now. */
static void
compare_brief(struct engine *e, struct node *n)
{
	uint8_t brief = n->brief;
	int32_t bus = n->bus;

	port_look(e, n);
	require(n->brief == brief && n->bus == bus, "it was not looked at");
}

/** Compare the engine's order with one made here. @return synths that stand
 * elsewhere than in the tree */
static uint32_t
compare(struct engine *e)
{
	uint32_t most = e->config.max_nodes;
	struct node **all = calloc(most, sizeof(struct node *));
	bool *had = calloc(most, sizeof *had);
	bool *run = calloc(most, sizeof *run);
	uint32_t *levels = calloc(most, sizeof *levels);
	uint32_t at = 0;
	uint32_t elsewhere = 0;

	ck_assert(all != NULL && had != NULL && run != NULL && levels != NULL);
	uint32_t count = flatten(e, all);
	for (uint32_t i = 0; i < count; i++) {
		uint32_t k = 0;
		while (had[all[k]->synth.id] || waits(e, all[k], had)) {
			k++;
			require(k < count, "none may be next");
		}
		had[all[k]->synth.id] = true;
		compare_brief(e, all[k]);
		elsewhere += k != i ? 1 : 0;
		if (runs(e, all[k])) {
			require(at < e->running, "too few run");
			require(e->order[at] == all[k], "another runs");
			require(e->rank[all[k]->synth.id] == at,
				"it has another rank");
			run[all[k]->synth.id] = true;
			uint32_t is = level(e, all[k], levels);
			levels[all[k]->synth.id] = is;
			require(e->level[at] == is, "its level is another");
			at++;
		}
	}
	ck_assert_uint_eq(at, e->running);
	for (uint32_t i = 0; i < most; i++) {
		bool is_synth = e->node[i].kind == KIND_SYNTH;
		require((e->rank[i] != ORDER_NOWHERE) == run[i],
			"it runs, and is not in the order");
		require((e->sorting->place[i] != ORDER_NOWHERE) == is_synth,
			"whoever is gone has no place");
	}
	compare_places(e);
	free(all);
	free(had);
	free(run);
	free(levels);
	return elsewhere;
}

static int32_t
any(struct rig *r)
{
	return rand() % (int32_t)r->config.max_nodes;
}

/** A synth, or (kind 0) any node, if one is soon found. */
static int32_t
any_node(struct rig *r, uint32_t kind)
{
	int32_t id = any(r);

	for (int i = 0; i < 20; i++) {
		uint32_t is = r->engine->node[id].kind;
		if (is == KIND_SYNTH || (is == KIND_GROUP && kind == 0)) {
			break;
		}
		id = any(r);
	}
	return id;
}

static int32_t
any_synth(struct rig *r)
{
	return any_node(r, KIND_SYNTH);
}

static void
connect_any(struct rig *r)
{
	int32_t flags = rand() % 4 == 0 ? MAP_FEEDBACK : 0;
	int32_t id = any_synth(r);
	int32_t to = any_synth(r);

	if (rig_connect(r, id, to, flags) == 0) {
		add_tie(r->engine, id, to, flags != 0);
	}
}

/** Do one thing or other to the tree. */
static void
stir(struct rig *r)
{
	int32_t id = any_node(r, 0);
	int32_t target = any_node(r, 0);

	switch (rand() % 12) {
	case 0:
		if (rand() % 2 == 0) {
			(void)rig_group(r, -1, target, rand() % 4);
		}
		break;
	case 1:
	case 2:
	case 3:
		if (rig_synth(r, &rig_pass, -1, target, rand() % 4) == 0 &&
			rand() % 4 != 0) {
			(void)rig_simple(r, COMMAND_ACTIVATE, r->id);
		}
		break;
	case 4:
		(void)rig_simple(r, COMMAND_ACTIVATE, id);
		break;
	case 5:
		(void)rig_move(r, id, target, rand() % 4);
		break;
	case 6:
		(void)rig_number(r, COMMAND_RUN, id, rand() % 4);
		break;
	case 7:
		/* seldom a group with all that it holds */
		if (rand() % 20 != 0) {
			(void)rig_simple(r, COMMAND_FREE, any_synth(r));
		} else if (id != 0) {
			(void)rig_simple(r,
				rand() % 2 == 0 ? COMMAND_FREE_ALL
						: COMMAND_FREE,
				id);
		}
		break;
	case 8:
		id = any_synth(r);
		target = any_synth(r);
		if (rig_disconnect(r, id, target, -1) == 0) {
			forget(r->engine, id, target);
		}
		break;
	default:
		connect_any(r);
		break;
	}
	/* as rarely as it is worth it: all of it goes */
	if (rand() % 900 == 0) {
		(void)rig_simple(r, COMMAND_CLEAR, 0);
	}
}

START_TEST(order_is_the_first_in_the_tree_of_those_that_may_be_next)
{
	struct rig *r = rig_new();
	uint32_t elsewhere = 0;
	uint32_t running = 0;

	r->config.max_nodes = 40;
	r->config.pool[0].count = 200;
	r->config.pool[1].count = 400;
	/* time goes on by itself: what is cleared stays for a while */
	r->config.offline = false;
	rig_open(r);
	srand((unsigned)_i);
	ties = 0;
	for (int turn = 0; turn < 3000; turn++) {
		for (int i = rand() % 4; i >= 0; i--) {
			stir(r);
		}
		r->frames = 0;
		rig_run(r, 1 + (uint64_t)(rand() % 100));
		/* the end of a fade comes after the order was used */
		if (r->engine->changed) {
			order_renew(r->engine);
		}
		forget(r->engine, -1, -1);
		elsewhere += compare(r->engine);
		running += r->engine->running;
		r->reports = 0;
	}
	/* it was not all for nothing */
	ck_assert_uint_gt(running, 6000);
	ck_assert_uint_gt(elsewhere, 3000);
	rig_close(r);
}
END_TEST

START_TEST(order_breaks_ties_by_the_tree)
{
	struct rig *r = rig_new();
	static const int32_t want[6] = {2, 3, 1, 4, 6, 5};

	rig_open(r);
	for (int32_t id = 1; id <= 6; id++) {
		rig_voice(r, &rig_level, id, 0);
	}
	for (int32_t id = 11; id <= 16; id++) {
		rig_bare(r, &rig_pass, id);
	}
	/* 11 waits for 13, 15 for 16: whoever waits comes as soon as it may */
	rig_connect(r, 13, 11, 0);
	rig_connect(r, 16, 15, 0);
	rig_run(r, 64);
	ck_assert_uint_eq(r->engine->running, 12);
	for (uint32_t i = 0; i < 6; i++) {
		ck_assert_int_eq(r->engine->order[i]->synth.id, (int32_t)i + 1);
		ck_assert_int_eq(
			r->engine->order[6 + i]->synth.id, 10 + want[i]);
	}
	rig_close(r);
}
END_TEST

START_TEST(order_minds_synths_that_do_not_run)
{
	struct rig *r = rig_new();

	rig_open(r);
	for (int32_t id = 1; id <= 3; id++) {
		rig_synth(r, &rig_pass, id, 0, PLACE_TAIL);
	}
	/* 3 before 2 before 1, though 2 is silent */
	rig_connect(r, 3, 2, 0);
	rig_connect(r, 2, 1, 0);
	rig_simple(r, COMMAND_ACTIVATE, 1);
	rig_simple(r, COMMAND_ACTIVATE, 3);
	rig_run(r, 64);
	ck_assert_uint_eq(r->engine->running, 2);
	ck_assert_int_eq(r->engine->order[0]->synth.id, 3);
	ck_assert_int_eq(r->engine->order[1]->synth.id, 1);
	ck_assert_uint_eq(r->engine->rank[2], ORDER_NOWHERE);
	rig_simple(r, COMMAND_FREE, 2);
	rig_run(r, 64);
	ck_assert_int_eq(r->engine->order[0]->synth.id, 1);
	ck_assert_int_eq(r->engine->order[1]->synth.id, 3);
	rig_close(r);
}
END_TEST

START_TEST(order_is_found_among_more_than_a_word_of_words)
{
	struct rig *r = rig_new();
	int32_t count = 4700;

	r->config.max_nodes = 5000;
	r->config.max_connections = 4000;
	r->config.pool[0].count = 9000;
	r->config.pool[1].count = 5000;
	r->ring = 16384;
	rig_open(r);
	srand(7);
	ties = 0;
	for (int32_t id = 1; id <= count; id++) {
		/* ids and places differ */
		ck_assert_uint_eq(
			rig_synth(r, &rig_pass, id, 0,
				id % 3 == 0 ? PLACE_HEAD : PLACE_TAIL),
			0);
		rig_simple(r, COMMAND_ACTIVATE, id);
		r->reports = 0;
	}
	/* a chain from the last to the first with a hundred links in all
	 * corners, and others anywhere */
	for (int32_t i = 1; i < 100; i++) {
		ck_assert_uint_eq(
			rig_connect(r, count - 47 * i, count - 47 * i + 47, 0),
			0);
		add_tie(r->engine, count - 47 * i, count - 47 * i + 47, false);
	}
	while (ties < 1000) {
		int32_t id = rand() % count + 1;
		int32_t to = rand() % count + 1;
		if (rig_connect(r, id, to, 0) == 0) {
			add_tie(r->engine, id, to, false);
		}
		r->reports = 0;
	}
	rig_run(r, 64);
	ck_assert_uint_eq(r->engine->running, (uint32_t)count);
	ck_assert_uint_gt(compare(r->engine), 100);
	rig_close(r);
}
END_TEST

START_TEST(order_is_renewed_when_it_changes_and_not_else)
{
	struct rig *r = rig_new();

	rig_open(r);
	rig_voice(r, &rig_level, 1, 0);
	rig_voice(r, &rig_pass, 2, 0);
	rig_run(r, 64);
	uint64_t before = gauge_get(&r->wire->gauges, GAUGE_RENEWALS);
	rig_set(r, 1, "value", 2.0F, -1);
	rig_simple(r, COMMAND_CALL, 0);
	rig_connect(r, 2, 2, 0); /* refused */
	rig_disconnect(r, 1, 2, -1);
	rig_simple(r, COMMAND_ACTIVATE, 1);
	rig_run(r, 640);
	ck_assert_uint_eq(gauge_get(&r->wire->gauges, GAUGE_RENEWALS), before);
	/* many at one sample: once */
	rig_connect(r, 1, 2, 0);
	rig_disconnect(r, 1, 2, 0);
	rig_connect(r, 1, 2, 0);
	rig_move(r, 2, 0, PLACE_HEAD);
	rig_run(r, 640);
	ck_assert_uint_eq(
		gauge_get(&r->wire->gauges, GAUGE_RENEWALS), before + 1);
	rig_close(r);
}
END_TEST

START_TEST(order_holds_nobody_while_limbo_is_freed)
{
	struct rig *r = rig_new();

	r->config.max_nodes = 400;
	r->config.pool[0].count = 400;
	r->config.offline = false;
	rig_open(r);
	/* more than one block frees */
	for (int32_t id = 1; id <= 300; id++) {
		rig_voice(r, &rig_level, id, 0);
	}
	rig_run(r, 64);
	ck_assert_uint_eq(r->engine->running, 300);
	rig_simple(r, COMMAND_CLEAR, 0);
	rig_run(r, 64);
	ck_assert_uint_eq(r->engine->running, 300);
	uint32_t blocks = 0;
	for (int i = 0; i < 20; i++) {
		rig_run(r, 64);
		if (r->engine->in_limbo > 0 && r->engine->in_limbo < 300) {
			rig_run(r, 1);
			ck_assert_uint_eq(r->engine->running, 0);
			rig_run(r, 63);
			blocks++;
		}
	}
	ck_assert_uint_ge(blocks, 1);
	ck_assert_uint_eq(r->engine->in_limbo, 0);
	rig_close(r);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("order");

	tcase_add_loop_test(tc,
		order_is_the_first_in_the_tree_of_those_that_may_be_next, 1, 5);
	tcase_add_test(tc, order_breaks_ties_by_the_tree);
	tcase_add_test(tc, order_minds_synths_that_do_not_run);
	tcase_add_test(tc, order_is_found_among_more_than_a_word_of_words);
	tcase_add_test(tc, order_is_renewed_when_it_changes_and_not_else);
	tcase_add_test(tc, order_holds_nobody_while_limbo_is_freed);
	return suite_run("rt/run/order", tc);
}
