/* SPDX-License-Identifier: MIT */
/*
 * check_connection.c -- connections made and broken, judged, told, given back.
 */
#include <stdlib.h>
#include <string.h>

#include "connection.h"
#include "rig.h"
#include "suite.h"

/** What is left of a pool. */
static uint64_t
left(struct rig *r, uint32_t pool)
{
	return pool_free(r->engine->pools, pool);
}

static uint64_t
connections(struct rig *r)
{
	return gauge_get(&r->wire->gauges, GAUGE_CONNECTIONS);
}

/** Tones 1 … n, with a group of id 40 behind them. */
static struct rig *
tones(int32_t n)
{
	struct rig *r = rig_new();

	r->config.pool[0].count = 64;
	r->config.pool[1].count = 128;
	rig_open(r);
	for (int32_t id = 1; id <= n; id++) {
		ck_assert_uint_eq(
			rig_synth(r, &rig_tone, id, 0, PLACE_TAIL), 0);
	}
	rig_group(r, 40, 0, PLACE_TAIL);
	return r;
}

static void
refused(struct rig *r, uint32_t reason, enum reason want, int32_t a, int32_t b)
{
	ck_assert_uint_eq(reason, want);
	ck_assert_int_eq(r->told[0], a);
	ck_assert_int_eq(r->told[1], b);
}

static uint32_t
ports(struct rig *r, enum command_kind kind, int32_t id, const char *out,
	int32_t to, const char *in)
{
	struct batch *b = rig_batch(r, 0);

	(void)rig_add_connect(r, b, kind, id, out, to, in, 0);
	return rig_do(r, b);
}

START_TEST(connection_names_the_end_that_cannot_be)
{
	struct rig *r = tones(2);
	enum command_kind kind = _i == 0 ? COMMAND_CONNECT : COMMAND_DISCONNECT;

	refused(r, ports(r, kind, 7, "out", 8, "in"), REASON_NODE_MISSING, 7,
		63);
	refused(r, ports(r, kind, 1, "out", 8, "in"), REASON_NODE_MISSING, 8,
		63);
	refused(r, ports(r, kind, 64, "out", 8, "in"), REASON_NODE_RANGE, 64,
		63);
	refused(r, ports(r, kind, 40, "out", -1, "in"), REASON_NODE_RANGE, -1,
		63);
	refused(r, ports(r, kind, 40, "no", 40, "no"), REASON_NOT_SYNTH, 40, 0);
	refused(r, ports(r, kind, 1, "no", 0, "no"), REASON_NOT_SYNTH, 0, 0);
	refused(r, ports(r, kind, 1, "no", 2, "no"), REASON_PORT_MISSING, 1,
		-1);
	refused(r, ports(r, kind, 1, "5", 2, "no"), REASON_PORT_MISSING, 1, 5);
	refused(r, ports(r, kind, 1, "freq", 2, "no"), REASON_PORT_KIND, 1, 0);
	refused(r, ports(r, kind, 1, "in", 2, "no"), REASON_PORT_DIRECTION, 1,
		2);
	refused(r, ports(r, kind, 1, "wet", 2, "no"), REASON_PORT_MISSING, 2,
		-1);
	refused(r, ports(r, kind, 1, "wet", 2, "1"), REASON_PORT_KIND, 2, 1);
	refused(r, ports(r, kind, 1, "4", 2, "3"), REASON_PORT_DIRECTION, 2, 3);
	ck_assert_uint_eq(connections(r), 0);
	rig_close(r);
}
END_TEST

START_TEST(connection_is_one_per_pair_of_ports_whatever_its_flags)
{
	struct rig *r = tones(2);

	ck_assert_uint_eq(rig_connect(r, 1, 2, 0), 0);
	refused(r, rig_connect(r, 1, 2, 0), REASON_CONNECTED, 0, 0);
	refused(r, rig_connect(r, 1, 2, MAP_FEEDBACK), REASON_CONNECTED, 0, 0);
	/* other ports are another pair */
	ck_assert_uint_eq(ports(r, COMMAND_CONNECT, 1, "wet", 2, "in"), 0);
	ck_assert_uint_eq(rig_connect(r, 2, 1, MAP_FEEDBACK), 0);
	/* occupied is told before the cycle that it would be as well */
	refused(r, rig_connect(r, 2, 1, 0), REASON_CONNECTED, 0, 0);
	ck_assert_uint_eq(connections(r), 3);
	/* so are two inputs of one synth, whichever list is the shorter */
	struct batch *b = rig_batch(r, 0);
	struct rig_ports two = {2, 1};
	struct command *c = rig_add(r, b, COMMAND_SYNTH_NEW, 3);
	c->u.new.spec = rig_spec_with(r, &rig_lone, NULL, &two);
	ck_assert_uint_eq(rig_do(r, b), 0);
	ck_assert_uint_eq(ports(r, COMMAND_CONNECT, 1, "wet", 3, "in1"), 0);
	ck_assert_uint_eq(ports(r, COMMAND_CONNECT, 2, "wet", 3, "in1"), 0);
	ck_assert_uint_eq(ports(r, COMMAND_CONNECT, 2, "out", 3, "in"), 0);
	ck_assert_uint_eq(rig_disconnect(r, 2, 1, -1), 0);
	refused(r, ports(r, COMMAND_DISCONNECT, 2, "out", 3, "in1"),
		REASON_NOT_CONNECTED, 0, 0);
	ck_assert_uint_eq(ports(r, COMMAND_CONNECT, 2, "out", 3, "in1"), 0);
	rig_close(r);
}
END_TEST

START_TEST(connection_is_broken_by_the_flags_it_has_or_by_any)
{
	struct rig *r = tones(2);

	refused(r, rig_disconnect(r, 1, 2, 0), REASON_NOT_CONNECTED, 0, 0);
	refused(r, rig_disconnect(r, 1, 2, -1), REASON_NOT_CONNECTED, 0, 0);
	rig_connect(r, 1, 2, 0);
	refused(r, rig_disconnect(r, 1, 2, MAP_FEEDBACK), REASON_NOT_CONNECTED,
		0, 0);
	refused(r, rig_disconnect(r, 2, 1, 0), REASON_NOT_CONNECTED, 0, 0);
	refused(r, ports(r, COMMAND_DISCONNECT, 1, "wet", 2, "in"),
		REASON_NOT_CONNECTED, 0, 0);
	ck_assert_uint_eq(connections(r), 1);
	ck_assert_uint_eq(rig_disconnect(r, 1, 2, 0), 0);
	rig_connect(r, 1, 2, MAP_FEEDBACK);
	refused(r, rig_disconnect(r, 1, 2, 0), REASON_NOT_CONNECTED, 0, 0);
	ck_assert_uint_eq(rig_disconnect(r, 1, 2, MAP_FEEDBACK), 0);
	rig_connect(r, 1, 2, MAP_FEEDBACK);
	ck_assert_uint_eq(rig_disconnect(r, 1, 2, -1), 0);
	rig_connect(r, 1, 2, 0);
	ck_assert_uint_eq(rig_disconnect(r, 1, 2, -1), 0);
	ck_assert_uint_eq(connections(r), 0);
	rig_close(r);
}
END_TEST

START_TEST(connection_refuses_a_cycle_and_tells_the_way_round)
{
	struct rig *r = tones(6);

	refused(r, rig_connect(r, 3, 3, 0), REASON_CYCLE, 1, 0);
	ck_assert_uint_eq(r->connect.length, 1);
	ck_assert_int_eq(r->connect.path[0], 3);
	rig_connect(r, 1, 2, 0);
	rig_connect(r, 2, 3, 0);
	rig_connect(r, 3, 4, 0);
	rig_connect(r, 4, 5, 0);
	refused(r, rig_connect(r, 4, 1, 0), REASON_CYCLE, 4, 0);
	for (int32_t i = 0; i < 4; i++) {
		ck_assert_int_eq(r->connect.path[i], i + 1);
	}
	/* what is feedback closes none, and is no way */
	ck_assert_uint_eq(rig_connect(r, 4, 1, MAP_FEEDBACK), 0);
	ck_assert_uint_eq(rig_connect(r, 3, 3, MAP_FEEDBACK), 0);
	ck_assert_uint_eq(rig_connect(r, 6, 1, 0), 0);
	ck_assert_uint_eq(rig_connect(r, 5, 6, MAP_FEEDBACK), 0);
	/* once the way is cut it may be */
	ck_assert_uint_eq(rig_disconnect(r, 4, 1, -1), 0);
	ck_assert_uint_eq(rig_disconnect(r, 2, 3, 0), 0);
	ck_assert_uint_eq(rig_connect(r, 4, 1, 0), 0);
	ck_assert_uint_eq(connections(r), 7);
	rig_close(r);
}
END_TEST

START_TEST(connection_refuses_more_than_one_input_adds_up)
{
	struct rig *r = rig_new();

	r->config.max_inputs_per_port = 3;
	r->config.pool[0].count = 64;
	r->config.pool[1].count = 64;
	rig_open(r);
	for (int32_t id = 1; id <= 5; id++) {
		rig_synth(r, &rig_tone, id, 0, PLACE_TAIL);
	}
	/* a bus is none of them */
	rig_map(r, COMMAND_MAP_INPUT, 5, "in", 3, 0);
	ck_assert_uint_eq(rig_connect(r, 1, 5, 0), 0);
	ck_assert_uint_eq(rig_connect(r, 2, 5, MAP_FEEDBACK), 0);
	ck_assert_uint_eq(ports(r, COMMAND_CONNECT, 2, "wet", 5, "in"), 0);
	refused(r, rig_connect(r, 3, 5, 0), REASON_INPUTS_FULL, 3, 0);
	refused(r, rig_connect(r, 3, 5, MAP_FEEDBACK), REASON_INPUTS_FULL, 3,
		0);
	refused(r, rig_connect(r, 1, 5, 0), REASON_CONNECTED, 0, 0);
	refused(r, rig_connect(r, 5, 5, 0), REASON_CYCLE, 1, 0);
	rig_simple(r, COMMAND_FREE, 2);
	ck_assert_uint_eq(rig_connect(r, 3, 5, 0), 0);
	ck_assert_uint_eq(rig_connect(r, 4, 5, 0), 0);
	refused(r, rig_connect(r, 5, 5, MAP_FEEDBACK), REASON_INPUTS_FULL, 3,
		0);
	rig_close(r);
}
END_TEST

START_TEST(connection_refuses_more_than_there_can_be)
{
	struct rig *r = rig_new();

	r->config.max_connections = 2;
	r->config.pool[1].count = 64;
	rig_open(r);
	for (int32_t id = 1; id <= 4; id++) {
		rig_synth(r, &rig_tone, id, 0, PLACE_TAIL);
	}
	uint64_t first = left(r, 0);
	ck_assert_uint_eq(rig_connect(r, 1, 2, 0), 0);
	ck_assert_uint_eq(rig_connect(r, 2, 3, 0), 0);
	refused(r, rig_connect(r, 3, 4, 0), REASON_CONNECTIONS_FULL, 2, 0);
	refused(r, rig_connect(r, 3, 1, 0), REASON_CYCLE, 3, 0);
	ck_assert_uint_eq(left(r, 0), first - 2);
	for (int i = 0; i < 100; i++) {
		ck_assert_uint_eq(rig_disconnect(r, 1, 2, 0), 0);
		ck_assert_uint_eq(rig_connect(r, 3, 4, 0), 0);
		ck_assert_uint_eq(rig_disconnect(r, 3, 4, 0), 0);
		ck_assert_uint_eq(rig_connect(r, 1, 2, 0), 0);
	}
	rig_simple(r, COMMAND_FREE, 2);
	ck_assert_uint_eq(connections(r), 0);
	ck_assert_uint_eq(rig_connect(r, 3, 4, 0), 0);
	ck_assert_uint_eq(rig_connect(r, 1, 4, 0), 0);
	rig_close(r);
}
END_TEST

START_TEST(connection_without_room_for_any_refuses_all)
{
	struct rig *r = rig_new();

	r->config.max_connections = 0;
	rig_open(r);
	rig_synth(r, &rig_tone, 1, 0, PLACE_TAIL);
	rig_synth(r, &rig_tone, 2, 0, PLACE_TAIL);
	refused(r, rig_connect(r, 1, 2, 0), REASON_CONNECTIONS_FULL, 0, 0);
	rig_close(r);
}
END_TEST

START_TEST(connection_leaves_nothing_behind_when_a_pool_is_used_up)
{
	struct rig *r = rig_new();
	void *block[32];
	uint32_t taken = 0;

	/* a block is 256 bytes, a delay 512 */
	r->config.pool[0] = (struct pool_config){256, 2};
	r->config.pool[1] = (struct pool_config){512, 10};
	rig_open(r);
	for (int32_t id = 1; id <= 4; id++) {
		ck_assert_uint_eq(
			rig_synth(r, &rig_tone, id, 0, PLACE_TAIL), 0);
	}
	ck_assert_uint_eq(left(r, 0), 2);
	uint64_t delays = left(r, 1);
	ck_assert_uint_ge(delays, 2);
	/* the second of the two is not to be had: the first goes back */
	while (left(r, 1) != 0) {
		block[taken++] = pool_take(r->engine->pools, 512);
	}
	refused(r, rig_connect(r, 1, 2, MAP_FEEDBACK), REASON_POOL_FULL, 512,
		0);
	ck_assert_uint_eq(left(r, 0), 2);
	ck_assert_uint_eq(rig_connect(r, 1, 2, 0), 0);
	/* an output has its buffer already: it stays */
	refused(r, rig_connect(r, 1, 3, MAP_FEEDBACK), REASON_POOL_FULL, 512,
		0);
	ck_assert_uint_eq(left(r, 0), 1);
	ck_assert_ptr_nonnull(r->engine->node[1].output[0].own);
	while (taken > 0) {
		pool_give(r->engine->pools, block[--taken]);
	}
	ck_assert_uint_eq(rig_connect(r, 2, 3, MAP_FEEDBACK), 0);
	refused(r, rig_connect(r, 3, 4, 0), REASON_POOL_FULL, 256, 0);
	refused(r, rig_connect(r, 3, 4, MAP_FEEDBACK), REASON_POOL_FULL, 256,
		0);
	/* one buffer serves all connections of an output */
	ck_assert_uint_eq(rig_connect(r, 1, 4, 0), 0);
	ck_assert_uint_eq(rig_connect(r, 1, 3, MAP_FEEDBACK), 0);
	ck_assert_uint_eq(left(r, 0), 0);
	ck_assert_uint_eq(left(r, 1), delays - 2);
	ck_assert_uint_eq(connections(r), 4);
	rig_disconnect(r, 1, 2, -1);
	rig_disconnect(r, 1, 4, -1);
	ck_assert_uint_eq(left(r, 0), 0);
	rig_disconnect(r, 1, 3, -1);
	ck_assert_uint_eq(left(r, 0), 1);
	ck_assert_uint_eq(left(r, 1), delays - 1);
	ck_assert_ptr_null(r->engine->node[1].output[0].own);
	rig_close(r);
}
END_TEST

START_TEST(connection_says_when_no_pool_is_large_enough)
{
	struct rig *r = rig_new();

	/* no block for a delay of 2 * 2048 frames */
	r->config.block = 2048;
	r->config.pool[2] = (struct pool_config){8192, 8};
	rig_open(r);
	rig_synth(r, &rig_tone, 1, 0, PLACE_TAIL);
	rig_synth(r, &rig_tone, 2, 0, PLACE_TAIL);
	refused(r, rig_connect(r, 1, 2, MAP_FEEDBACK), REASON_POOL_NONE, 16384,
		0);
	ck_assert_uint_eq(left(r, 2), 8);
	ck_assert_uint_eq(rig_connect(r, 1, 2, 0), 0);
	ck_assert_uint_eq(left(r, 2), 7);
	rig_close(r);
}
END_TEST

/* what a synth was told: + port when joined, - port when let go */
static int told[16];
static uint32_t tolds;

TACTUS_RT static void
hear_of(const TactusWorld *world, TactusSynth *synth, uint32_t port,
	bool joined)
{
	(void)world;
	int what = synth->id * 100 + (int)port;
	told[tolds++ % 16] = joined ? what : -what;
}

static void
was_told(int first, int second)
{
	uint32_t count = (first != 0 ? 1U : 0U) + (second != 0 ? 1U : 0U);

	ck_assert_uint_eq(tolds, count);
	ck_assert_int_eq(count > 0 ? told[0] : 0, first);
	ck_assert_int_eq(count > 1 ? told[1] : 0, second);
	tolds = 0;
}

START_TEST(connection_tells_of_the_first_and_the_last_that_joins_a_port)
{
	struct rig *r = rig_new();
	TactusSynthDef def = rig_tone;

	def.connect = hear_of;
	tolds = 0;
	rig_open(r);
	for (int32_t id = 1; id <= 3; id++) {
		rig_synth(r, &def, id, 0, PLACE_TAIL);
	}
	rig_connect(r, 1, 3, 0); /* ports: 2 in, 3 out, 4 wet */
	was_told(103, 302);
	rig_connect(r, 2, 3, 0);
	was_told(203, 0);
	rig_connect(r, 3, 3, MAP_FEEDBACK);
	was_told(303, 0);
	rig_connect(r, 3, 3, 0);
	was_told(0, 0);
	/* a bus is one more thing that it is joined to */
	rig_map(r, COMMAND_MAP_INPUT, 3, "in", 1, 0);
	rig_map(r, COMMAND_MAP_OUTPUT, 1, "out", 1, 0);
	was_told(0, 0);
	rig_map(r, COMMAND_MAP_OUTPUT, 1, "wet", 1, 0);
	was_told(104, 0);
	rig_disconnect(r, 1, 3, 0);
	was_told(0, 0);
	rig_map(r, COMMAND_MAP_OUTPUT, 1, "out", -1, 0);
	was_told(-103, 0);
	rig_map(r, COMMAND_MAP_INPUT, 3, "in", -1, 0);
	was_told(0, 0);
	/* who ends is told nothing, the others are */
	rig_simple(r, COMMAND_FREE, 2);
	was_told(0, 0);
	rig_disconnect(r, 3, 3, -1);
	was_told(-303, -302);
	rig_connect(r, 3, 1, 0);
	was_told(303, 102);
	rig_simple(r, COMMAND_FREE, 3);
	was_told(-102, 0);
	rig_synth(r, &def, 4, 0, PLACE_TAIL);
	rig_connect(r, 1, 4, 0);
	was_told(103, 402);
	rig_simple(r, COMMAND_FREE, 4);
	was_told(-103, 0);
	rig_close(r);
}
END_TEST

START_TEST(connection_goes_with_either_end_and_gives_all_back)
{
	struct rig *r = tones(4);
	uint64_t blocks = left(r, 0);
	uint64_t delays = left(r, 1);

	for (int round = 0; round < 50; round++) {
		for (int32_t a = 1; a <= 4; a++) {
			for (int32_t b = 1; b <= 4; b++) {
				ck_assert_uint_eq(
					rig_connect(r, a, b, a < b ? 0 : 2), 0);
				ck_assert_uint_eq(ports(r, COMMAND_CONNECT, a,
							  "wet", b, "in"),
					a < b ? 0 : REASON_CYCLE);
			}
		}
		ck_assert_uint_eq(connections(r), 22);
		int32_t id = round % 4 + 1;
		rig_simple(r, COMMAND_FREE, id);
		ck_assert_uint_eq(connections(r), 9 + 3);
		rig_synth(r, &rig_tone, id, id - 1,
			id == 1 ? PLACE_HEAD : PLACE_AFTER);
		/* who comes to the slot later has none of them */
		ck_assert_uint_eq(rig_simple(r, COMMAND_QUERY, id), 0);
		ck_assert_uint_eq(r->query.connections, 0);
		for (int32_t a = 1; a <= 4; a++) {
			for (int32_t b = 1; b <= 4; b++) {
				bool was = a != id && b != id;
				ck_assert_uint_eq(rig_disconnect(r, a, b, -1),
					was ? 0 : REASON_NOT_CONNECTED);
				ck_assert_uint_eq(ports(r, COMMAND_DISCONNECT,
							  a, "wet", b, "in"),
					was && a < b ? 0
						     : REASON_NOT_CONNECTED);
			}
		}
		ck_assert_uint_eq(connections(r), 0);
		ck_assert_uint_eq(left(r, 0), blocks);
		ck_assert_uint_eq(left(r, 1), delays);
	}
	rig_close(r);
}
END_TEST

/* a model: connections in the order in which they were made */
#define MOST 200
struct pair {
	int32_t id;
	int32_t out;
	int32_t to;
	int32_t flags;
};

static void
drop(struct pair *model, uint32_t *count, uint32_t i)
{
	memmove(&model[i], &model[i + 1], (*count - i - 1) * sizeof *model);
	(*count)--;
}

/** Check writes something at every assertion of its own: these are many. */
static void
require(bool good)
{
	if (!good) {
		ck_abort_msg("the lists are not those of the model");
	}
}

/** All lists are those of the model, in its order, from both ends. */
static void
compare(struct rig *r, const struct pair *model, uint32_t count, int32_t nodes)
{
	struct engine *e = r->engine;

	require(e->connections == count);
	for (int32_t id = 1; id <= nodes; id++) {
		const struct node *n = &e->node[id];
		const struct connection *in = n->input[0].first;
		const struct connection *out[2] = {
			n->output[0].first, n->output[1].first};
		const struct connection *last[3] = {NULL, NULL, NULL};
		uint32_t inputs = 0;
		bool plain = true;
		for (uint32_t i = 0; i < count; i++) {
			const struct pair *m = &model[i];
			if (m->to == id) {
				require(in != NULL);
				require(in->source == &e->node[m->id]);
				require((int32_t)in->out == m->out);
				require((int32_t)in->flags == m->flags);
				require(in->previous_in == last[2]);
				last[2] = in;
				in = in->next_in;
				inputs++;
			}
			if (m->id == id) {
				plain = plain && m->flags == 0;
				const struct connection *c = out[m->out];
				require(c != NULL);
				require(c->to == &e->node[m->to]);
				require(c->previous_out == last[m->out]);
				last[m->out] = c;
				out[m->out] = c->next_out;
			}
		}
		require(in == NULL);
		require(n->input[0].last == last[2]);
		require(n->input[0].connections == inputs);
		require(n->plain == (plain && inputs == 0));
		for (int i = 0; i < 2; i++) {
			require(out[i] == NULL);
			require(n->output[i].last == last[i]);
			require((n->output[i].own != NULL) ==
				(last[i] != NULL));
		}
	}
}

START_TEST(connection_keeps_the_order_in_which_they_were_made)
{
	struct rig *r = tones(8);
	struct pair model[MOST];
	uint32_t count = 0;
	uint32_t seen = 0;

	srand(4711);
	for (int turn = 0; turn < 6000; turn++) {
		struct pair p = {rand() % 8 + 1, rand() % 2, rand() % 8 + 1,
			rand() % 3 == 0 ? MAP_FEEDBACK : 0};
		uint32_t at = 0;
		while (at < count &&
			(model[at].id != p.id || model[at].out != p.out ||
				model[at].to != p.to)) {
			at++;
		}
		bool make = rand() % 5 < (turn / 500 % 2 == 0 ? 3 : 1);
		struct batch *b = rig_batch(r, 0);
		rig_add_connect(r, b,
			make ? COMMAND_CONNECT : COMMAND_DISCONNECT, p.id,
			p.out == 0 ? "out" : "wet", p.to, "in",
			make ? p.flags : -1);
		uint32_t reason = rig_do(r, b);
		if (make && at == count && reason == 0) {
			model[count++] = p;
		} else if (make && at == count) {
			/* the pools and limits are large enough */
			ck_assert_uint_eq(reason, REASON_CYCLE);
			ck_assert_int_eq(p.flags, 0);
		} else if (make) {
			ck_assert_uint_eq(reason, REASON_CONNECTED);
		} else {
			ck_assert_uint_eq(
				reason, at < count ? 0 : REASON_NOT_CONNECTED);
			if (at < count) {
				drop(model, &count, at);
			}
		}
		if (rand() % 100 == 0) {
			/* a node ends, and another comes to its slot */
			int32_t id = rand() % 8 + 1;
			rig_simple(r, COMMAND_FREE, id);
			rig_synth(r, &rig_tone, id, 0, PLACE_TAIL);
			for (uint32_t i = count; i-- > 0;) {
				if (model[i].id == id || model[i].to == id) {
					drop(model, &count, i);
				}
			}
		}
		seen = count > seen ? count : seen;
		compare(r, model, count, 8);
		r->reports = 0;
	}
	ck_assert_uint_gt(seen, 50);
	rig_close(r);
}
END_TEST

START_TEST(connection_stays_with_nodes_that_are_cleared)
{
	struct rig *r = rig_new();

	/* time goes on by itself: what is cleared stays for a while */
	r->config.offline = false;
	r->config.pool[1].count = 64;
	rig_open(r);
	rig_synth(r, &rig_tone, 1, 0, PLACE_TAIL);
	rig_synth(r, &rig_tone, 2, 0, PLACE_TAIL);
	rig_connect(r, 1, 2, 0);
	rig_connect(r, 2, 1, MAP_FEEDBACK);
	rig_simple(r, COMMAND_CLEAR, 0);
	ck_assert_uint_eq(connections(r), 2);
	/* nothing finds them, but nothing is lost either */
	refused(r, rig_disconnect(r, 1, 2, -1), REASON_NODE_MISSING, 1, 63);
	rig_synth(r, &rig_tone, 10, 0, PLACE_TAIL);
	refused(r, rig_connect(r, 10, 2, 0), REASON_NODE_MISSING, 2, 63);
	rig_run(r, 4800);
	ck_assert_uint_eq(connections(r), 0);
	ck_assert_uint_eq(r->engine->in_limbo, 0);
	rig_close(r);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("connection");

	tcase_add_loop_test(tc, connection_names_the_end_that_cannot_be, 0, 2);
	tcase_add_test(
		tc, connection_is_one_per_pair_of_ports_whatever_its_flags);
	tcase_add_test(tc, connection_is_broken_by_the_flags_it_has_or_by_any);
	tcase_add_test(tc, connection_refuses_a_cycle_and_tells_the_way_round);
	tcase_add_test(tc, connection_refuses_more_than_one_input_adds_up);
	tcase_add_test(tc, connection_refuses_more_than_there_can_be);
	tcase_add_test(tc, connection_without_room_for_any_refuses_all);
	tcase_add_test(
		tc, connection_leaves_nothing_behind_when_a_pool_is_used_up);
	tcase_add_test(tc, connection_says_when_no_pool_is_large_enough);
	tcase_add_test(tc,
		connection_tells_of_the_first_and_the_last_that_joins_a_port);
	tcase_add_test(tc, connection_goes_with_either_end_and_gives_all_back);
	tcase_add_test(tc, connection_keeps_the_order_in_which_they_were_made);
	tcase_add_test(tc, connection_stays_with_nodes_that_are_cleared);
	return suite_run("rt/graph/connection", tc);
}
