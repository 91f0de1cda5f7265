/* SPDX-License-Identifier: MIT */
/*
 * check_snapshot.c -- the tree and the nodes as answers tell of them.
 */
#include "rig.h"
#include "suite.h"

static uint32_t
state(struct rig *r, int32_t id)
{
	ck_assert_uint_eq(rig_simple(r, COMMAND_QUERY, id), 0);
	return r->query.node.state;
}

START_TEST(snapshot_tells_the_state_of_a_node)
{
	struct rig *r = rig_new();

	rig_open(r);
	rig_group(r, 1, 0, PLACE_TAIL);
	rig_synth(r, &rig_level, 2, 1, PLACE_TAIL);
	ck_assert_uint_eq(state(r, 1), NODE_RUNNING);
	ck_assert_uint_eq(state(r, 2), NODE_INACTIVE);
	rig_simple(r, COMMAND_ACTIVATE, 2);
	ck_assert_uint_eq(state(r, 2), NODE_RUNNING);
	rig_number(r, COMMAND_RUN, 2, 0);
	ck_assert_uint_eq(state(r, 2), NODE_PAUSED);
	rig_run(r, 640);
	ck_assert_uint_eq(state(r, 2), NODE_PAUSED);
	rig_number(r, COMMAND_RUN, 2, 1);
	ck_assert_uint_eq(state(r, 2), NODE_RUNNING);
	struct batch *b = rig_batch(r, 0);
	rig_add(r, b, COMMAND_RELEASE, 1)->u.seconds = 0.01;
	rig_do(r, b);
	ck_assert_uint_eq(state(r, 1), NODE_RELEASING);
	ck_assert_uint_eq(state(r, 2), NODE_RUNNING);
	ck_assert_uint_eq(state(r, 0), NODE_RUNNING);
	ck_assert_int_eq(r->query.node.parent, -1);
	rig_close(r);
}
END_TEST

START_TEST(snapshot_tells_values_and_buses_of_all_ports)
{
	struct rig *r = rig_new();

	rig_open(r);
	rig_synth(r, &rig_tone, 4, 0, PLACE_TAIL);
	rig_map(r, COMMAND_MAP_OUTPUT, 4, "wet", 1, MAP_EXTERNAL);
	rig_map(r, COMMAND_MAP_INPUT, 4, "in", 3, MAP_FEEDBACK);
	rig_map(r, COMMAND_MAP_CONTROL, 4, "freq", 2, 0);
	rig_set(r, 4, "amp", 5.0F, 10 / 48000.0);
	rig_run(r, 5);
	ck_assert_uint_eq(rig_simple(r, COMMAND_QUERY, 4), 0);
	const struct port_state *p = r->query.port;
	ck_assert_uint_eq(r->query.ports, 5);
	ck_assert_str_eq(p[0].name, "freq");
	ck_assert_int_eq(p[0].bus, 2);
	/* in the middle of its ramp, inactive as it is: the frame to come */
	ck_assert_double_eq_tol((double)p[1].value, 0.25 + 4.75 * 6 / 10, 1e-6);
	ck_assert_int_eq(p[1].bus, -1);
	ck_assert_str_eq(p[2].name, "in");
	ck_assert_int_eq(p[2].bus, 3);
	ck_assert_int_eq(p[2].flags, MAP_FEEDBACK);
	ck_assert_uint_eq(p[2].kind, TACTUS_AUDIO);
	ck_assert_int_eq(p[3].bus, -1);
	ck_assert_int_eq(p[4].bus, 1);
	ck_assert_int_eq(p[4].flags, MAP_EXTERNAL);
	/* let go */
	rig_map(r, COMMAND_MAP_OUTPUT, 4, "wet", -1, MAP_EXTERNAL);
	rig_map(r, COMMAND_MAP_CONTROL, 4, "freq", -1, 0);
	rig_simple(r, COMMAND_QUERY, 4);
	ck_assert_int_eq(p[4].bus, -1);
	ck_assert_int_eq(p[4].flags, 0);
	ck_assert_int_eq(p[0].bus, -1);
	rig_close(r);
}
END_TEST

static uint32_t ports_told;

/** As the loop does: the ends are dealt with first, they came first. */
static void
look(struct rig *r, struct batch *b, struct rig_report *to)
{
	(void)to;
	for (struct command *c = b->first; c != NULL; c = c->next) {
		if (c->kind == COMMAND_QUERY) {
			ck_assert_ptr_eq(c->u.query->node.def, &rig_tone);
			ck_assert_str_eq(c->u.query->port[4].name, "wet");
			ports_told = c->u.query->ports;
			ck_assert_uint_eq(r->specs, 0);
		}
	}
}

START_TEST(snapshot_tells_what_is_bound_and_what_is_held)
{
	struct rig *r = rig_new();

	rig_reads = (struct rig_reads){0};
	r->config.max_nodes = 128;
	r->config.max_resources = 128;
	rig_open(r);
	for (int32_t id = 0; id < 100; id++) {
		rig_live(r, id == 99 ? &rig_other : &rig_thing, id);
	}
	/* no more than there is room for: 64 of them */
	ck_assert_uint_eq(rig_ask(r, -1), 0);
	ck_assert_uint_eq(r->resources->count, 64);
	ck_assert_int_eq(r->resources->item[63].id, 63);
	rig_reads.takes = 1;
	rig_reads.take[0] = 3;
	ck_assert_uint_eq(rig_reader_new(r, 1, 3, -1), 0);
	ck_assert_uint_eq(rig_simple(r, COMMAND_QUERY, 1), 0);
	const struct port_state *p = r->query.port;
	ck_assert_uint_eq(p[1].kind, TACTUS_RESOURCE);
	ck_assert_str_eq(p[1].name, "thing");
	ck_assert_int_eq(p[1].resource, 3);
	ck_assert_int_eq(p[1].bus, -1);
	ck_assert_int_eq(p[2].resource, -1);
	ck_assert_int_eq(p[0].resource, -1);
	/* bound and acquired: once */
	ck_assert_uint_eq(r->query.held, 1);
	ck_assert_int_eq(r->query.hold[0], 3);
	ck_assert_uint_eq(rig_bind(r, 1, "other", 99), 0);
	for (int32_t id = 0; id < 99; id++) {
		ck_assert_ptr_nonnull(rig_reads.world->resource_acquire(
			rig_reads.world, rig_reads.synth, id, rig_thing.uri));
	}
	ck_assert_uint_eq(rig_simple(r, COMMAND_QUERY, 1), 0);
	/* more than can be named: they are counted */
	ck_assert_uint_eq(r->query.held, 100);
	ck_assert_int_eq(r->query.hold[0], 3);
	ck_assert_int_eq(r->query.hold[1], 99);
	/* a group holds none, whatever was asked before */
	rig_group(r, 2, 0, PLACE_TAIL);
	ck_assert_uint_eq(rig_simple(r, COMMAND_QUERY, 2), 0);
	ck_assert_uint_eq(r->query.held, 0);
	rig_close(r);
}
END_TEST

/** rig_reader's ports, both for things. */
static void
twin_port(const TactusHost *h, const void *o, uint32_t i, TactusPort *p)
{
	rig_reader.port(h, o, i, p);
	if (i == 2) {
		p->resource = rig_thing.uri;
	}
}

START_TEST(snapshot_names_once_what_is_bound_to_two_ports)
{
	struct rig *r = rig_new();
	TactusSynthDef twin = rig_reader;

	twin.port = twin_port;
	rig_reads = (struct rig_reads){0};
	rig_open(r);
	rig_live(r, &rig_thing, 3);
	rig_live(r, &rig_thing, 4);
	ck_assert_uint_eq(rig_synth(r, &twin, 1, 0, PLACE_TAIL), 0);
	ck_assert_uint_eq(rig_bind(r, 1, "thing", 3), 0);
	ck_assert_uint_eq(rig_bind(r, 1, "other", 3), 0);
	ck_assert_uint_eq(rig_references(r, 3), 2);
	ck_assert_uint_eq(r->resources->item[0].holders, 1);
	ck_assert_uint_eq(rig_simple(r, COMMAND_QUERY, 1), 0);
	ck_assert_uint_eq(r->query.held, 1);
	ck_assert_int_eq(r->query.hold[0], 3);
	/* one port lets go: the other holds it still */
	ck_assert_uint_eq(rig_bind(r, 1, "thing", 4), 0);
	ck_assert_uint_eq(rig_references(r, 3), 1);
	ck_assert_uint_eq(rig_simple(r, COMMAND_QUERY, 1), 0);
	ck_assert_uint_eq(r->query.held, 2);
	rig_close(r);
}
END_TEST

START_TEST(snapshot_lists_connections_of_inputs_then_of_outputs)
{
	struct rig *r = rig_new();
	/* ports: 2 in, 3 out, 4 wet */
	static const struct connection_item want[6] = {
		{3, 3, 2, 2, 0           },
		{2, 4, 2, 2, MAP_FEEDBACK},
		{1, 3, 2, 2, 0           },
		{2, 3, 1, 2, MAP_FEEDBACK},
		{2, 4, 4, 2, 0           },
		{2, 4, 1, 2, MAP_FEEDBACK},
	};
	static const int made[6] = {4, 0, 5, 1, 2, 3};

	r->config.pool[1].count = 64;
	rig_open(r);
	for (int32_t id = 1; id <= 4; id++) {
		rig_synth(r, &rig_tone, id, 0, PLACE_TAIL);
	}
	for (int i = 0; i < 6; i++) {
		const struct connection_item *w = &want[made[i]];
		struct batch *b = rig_batch(r, 0);
		rig_add_connect(r, b, COMMAND_CONNECT, w->source,
			w->out == 3 ? "3" : "4", w->destination, "2", w->flags);
		ck_assert_uint_eq(rig_do(r, b), 0);
	}
	ck_assert_uint_eq(rig_simple(r, COMMAND_QUERY, 2), 0);
	ck_assert_uint_eq(r->query.connections, 6);
	for (int i = 0; i < 6; i++) {
		const struct connection_item *c = &r->connection[i];
		ck_assert_int_eq(c->source, want[i].source);
		ck_assert_int_eq(c->out, want[i].out);
		ck_assert_int_eq(c->destination, want[i].destination);
		ck_assert_int_eq(c->in, want[i].in);
		ck_assert_int_eq(c->flags, want[i].flags);
	}
	rig_simple(r, COMMAND_QUERY, 4);
	ck_assert_uint_eq(r->query.connections, 1);
	/* a group has none, whatever was asked before */
	rig_simple(r, COMMAND_QUERY, 0);
	ck_assert_uint_eq(r->query.connections, 0);
	/* no more than there is room for */
	struct batch *b = rig_batch(r, 0);
	struct command *c = rig_add(r, b, COMMAND_QUERY, 2);
	c->u.query = rig_part(b, sizeof *c->u.query);
	c->u.query->connection = rig_part(b, 4 * sizeof *r->connection);
	c->u.query->room = 4;
	ck_assert_uint_eq(rig_do(r, b), 0);
	ck_assert_uint_eq(r->query.connections, 4);
	rig_close(r);
}
END_TEST

START_TEST(snapshot_outlives_the_node_that_it_tells_of)
{
	struct rig *r = rig_new();

	rig_open(r);
	rig_synth(r, &rig_tone, 4, 0, PLACE_TAIL);
	r->on_back = look;
	struct batch *b = rig_batch(r, 0);
	struct command *c = rig_add(r, b, COMMAND_QUERY, 4);
	c->u.query = rig_part(b, sizeof *c->u.query);
	rig_add(r, b, COMMAND_FREE, 4);
	ck_assert_uint_eq(rig_do(r, b), 0);
	ck_assert_uint_eq(ports_told, 5);
	rig_close(r);
}
END_TEST

START_TEST(snapshot_counts_more_nodes_than_it_has_room_for)
{
	struct rig *r = rig_new();
	struct batch *b;

	rig_open(r);
	for (int32_t id = 1; id < 6; id++) {
		rig_group(r, id, id - 1, PLACE_TAIL);
	}
	b = rig_batch(r, 0);
	struct command *c = rig_add(r, b, COMMAND_TREE, 2);
	c->u.tree =
		rig_part(b, sizeof *c->u.tree + 2 * sizeof *c->u.tree->item);
	c->u.tree->room = 2;
	ck_assert_uint_eq(rig_do(r, b), 0);
	ck_assert_uint_eq(r->tree->count, 2);
	ck_assert_uint_eq(r->tree->groups, 4);
	ck_assert_int_eq(r->tree->item[0].id, 2);
	ck_assert_int_eq(r->tree->item[1].id, 3);
	rig_close(r);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("snapshot");

	tcase_add_test(tc, snapshot_tells_the_state_of_a_node);
	tcase_add_test(tc, snapshot_tells_values_and_buses_of_all_ports);
	tcase_add_test(tc, snapshot_tells_what_is_bound_and_what_is_held);
	tcase_add_test(tc, snapshot_names_once_what_is_bound_to_two_ports);
	tcase_add_test(
		tc, snapshot_lists_connections_of_inputs_then_of_outputs);
	tcase_add_test(tc, snapshot_outlives_the_node_that_it_tells_of);
	tcase_add_test(tc, snapshot_counts_more_nodes_than_it_has_room_for);
	return suite_run("rt/graph/snapshot", tc);
}
