/* SPDX-License-Identifier: MIT */
/*
 * check_apply.c -- commands and every reason for which they fail.
 */
#include "rig.h"
#include "suite.h"

static void
resource_port(const TactusHost *h, const void *o, uint32_t i, TactusPort *p)
{
	rig_level.port(h, o, i == 2 ? 1 : 0, p);
	if (i == 1) {
		p->kind = TACTUS_RESOURCE;
		p->name[0] = 'r';
	}
}

static uint32_t
three(const void *options)
{
	(void)options;
	return 3;
}

/** A batch with one set of several pairs. */
static struct set_pair *
pairs(struct rig *r, struct batch *b, int32_t id, uint32_t count)
{
	struct command *c = rig_add(r, b, COMMAND_SET, id);
	struct set_pair *p = rig_part(b, count * sizeof *p);

	c->u.set.pairs = p;
	c->u.set.count = count;
	for (uint32_t i = 0; i < count; i++) {
		p[i].seconds = -1.0;
	}
	return p;
}

static struct rig *
bench(void)
{
	struct rig *r = rig_new();

	rig_open(r);
	rig_group(r, 1, 0, PLACE_TAIL);
	rig_voice(r, &rig_level, 2, 0);
	rig_synth(r, &rig_tone, 3, 0, PLACE_TAIL);
	return r;
}

START_TEST(apply_wants_a_node_of_the_right_kind)
{
	static const uint8_t on_synths[] = {COMMAND_ACTIVATE, COMMAND_SET,
		COMMAND_DONE_FLAGS, COMMAND_MAP_INPUT, COMMAND_MAP_OUTPUT,
		COMMAND_MAP_CONTROL};
	static const uint8_t on_all[] = {COMMAND_FREE, COMMAND_RELEASE,
		COMMAND_MOVE, COMMAND_RUN, COMMAND_TREE, COMMAND_QUERY,
		COMMAND_FREE_ALL, COMMAND_ACTIVATE, COMMAND_SET,
		COMMAND_DONE_FLAGS, COMMAND_MAP_INPUT, COMMAND_MAP_OUTPUT,
		COMMAND_MAP_CONTROL};
	struct rig *r = bench();

	for (size_t i = 0; i < sizeof on_synths; i++) {
		ck_assert_uint_eq(
			rig_simple(r, on_synths[i], 1), REASON_NOT_SYNTH);
		ck_assert_int_eq(r->told[0], 1);
		ck_assert_uint_eq(
			rig_simple(r, on_synths[i], 0), REASON_NOT_SYNTH);
	}
	for (size_t i = 0; i < sizeof on_all; i++) {
		ck_assert_uint_eq(
			rig_simple(r, on_all[i], 40), REASON_NODE_MISSING);
		ck_assert_int_eq(r->told[0], 40);
		ck_assert_uint_eq(
			rig_simple(r, on_all[i], 64), REASON_NODE_RANGE);
		ck_assert_uint_eq(
			rig_simple(r, on_all[i], -1), REASON_NODE_RANGE);
	}
	ck_assert_uint_eq(rig_simple(r, COMMAND_FREE_ALL, 2), REASON_NOT_GROUP);
	ck_assert_uint_eq(rig_simple(r, COMMAND_ACTIVATE, 2), REASON_ACTIVE);
	rig_close(r);
}
END_TEST

START_TEST(apply_wants_a_port_of_the_right_kind_and_a_bus_in_range)
{
	static const struct {
		uint32_t kind;
		const char *port;
		int32_t bus;
		uint32_t flags;
		uint32_t want;
	} cases[] = {
		{COMMAND_MAP_INPUT,   "out",  0,  0,            REASON_PORT_DIRECTION},
		{COMMAND_MAP_OUTPUT,  "in",   0,  0,            REASON_PORT_DIRECTION},
		{COMMAND_MAP_INPUT,   "freq", 0,  0,            REASON_PORT_KIND     },
		{COMMAND_MAP_OUTPUT,  "0",    0,  0,            REASON_PORT_KIND     },
		{COMMAND_MAP_CONTROL, "in",   0,  0,            REASON_PORT_KIND     },
		{COMMAND_MAP_CONTROL, "no",   0,  0,            REASON_PORT_MISSING  },
		{COMMAND_MAP_INPUT,   "5",    0,  0,            REASON_PORT_MISSING  },
		{COMMAND_MAP_INPUT,   "in",   16, 0,            REASON_BUS_RANGE     },
		{COMMAND_MAP_INPUT,   "in",   -2, 0,            REASON_BUS_RANGE     },
		{COMMAND_MAP_INPUT,   "in",   2,  MAP_EXTERNAL, REASON_BUS_RANGE     },
		{COMMAND_MAP_OUTPUT,  "out",  2,  MAP_EXTERNAL, REASON_BUS_RANGE     },
		{COMMAND_MAP_OUTPUT,  "wet",  16, 0,            REASON_BUS_RANGE     },
		{COMMAND_MAP_CONTROL, "amp",  16, 0,            REASON_BUS_RANGE     },
		{COMMAND_MAP_INPUT,   "in",   15, 0,            REASON_NONE          },
		{COMMAND_MAP_INPUT,   "2",    -1, 0,            REASON_NONE          },
		{COMMAND_MAP_OUTPUT,  "wet",  1,  MAP_EXTERNAL, REASON_NONE          },
		{COMMAND_MAP_CONTROL, "amp",  15, MAP_FEEDBACK, REASON_NONE          },
	};
	struct rig *r = bench();

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		ck_assert_msg(
			rig_map(r, cases[i].kind, 3, cases[i].port,
				cases[i].bus, cases[i].flags) == cases[i].want,
			"case %zu: %u", i, r->reason);
		if (cases[i].want == REASON_BUS_RANGE) {
			ck_assert_int_eq(r->told[0], cases[i].bus);
			ck_assert_int_eq(
				r->told[1], cases[i].flags != 0 ? 2 : 16);
		}
	}
	/* what failed changed nothing */
	rig_simple(r, COMMAND_QUERY, 3);
	ck_assert_int_eq(r->query.port[2].bus, -1);
	ck_assert_int_eq(r->query.port[3].bus, -1);
	ck_assert_int_eq(r->query.port[4].bus, 1);
	ck_assert_int_eq(r->query.port[1].bus, 15);
	rig_close(r);
}
END_TEST

START_TEST(apply_judges_all_pairs_before_any_is_set)
{
	struct rig *r = bench();
	struct batch *b;
	struct set_pair *p;

	b = rig_batch(r, 0);
	p = pairs(r, b, 3, 3);
	p[0].port = rig_ref(b, "amp");
	p[0].value = 7.0F;
	p[1].port = rig_ref(b, "0");
	p[1].value = 0.3F;
	p[2].port = rig_ref(b, "nothing");
	ck_assert_uint_eq(rig_do(r, b), REASON_PORT_MISSING);
	ck_assert_int_eq(r->told[0], 3);
	ck_assert_int_eq(r->told[1], 2);
	b = rig_batch(r, 0);
	p = pairs(r, b, 3, 2);
	p[0].port = rig_ref(b, "amp");
	p[0].value = 7.0F;
	p[1].port = rig_ref(b, "wet");
	ck_assert_uint_eq(rig_do(r, b), REASON_PORT_KIND);
	ck_assert_int_eq(r->told[1], 4);
	b = rig_batch(r, 0);
	p = pairs(r, b, 3, 1);
	p[0].port.index = -3;
	ck_assert_uint_eq(rig_do(r, b), REASON_PORT_RANGE);
	ck_assert_int_eq(r->told[1], -3);
	rig_simple(r, COMMAND_QUERY, 3);
	rig_same(r->query.port[1].value, 0.25F);
	/* and the good one is done whole, the last pair of a port winning */
	b = rig_batch(r, 0);
	p = pairs(r, b, 3, 2);
	p[0].port = rig_ref(b, "amp");
	p[0].value = 7.0F;
	p[1].port = rig_ref(b, "1");
	p[1].value = 8.0F;
	ck_assert_uint_eq(rig_do(r, b), 0);
	rig_simple(r, COMMAND_QUERY, 3);
	rig_same(r->query.port[1].value, 8.0F);
	rig_close(r);
}
END_TEST

START_TEST(apply_fires_all_triggers_of_a_set_or_none)
{
	struct rig *r = bench();
	struct batch *b;
	struct set_pair *p;
	uint32_t fired = 0;

	rig_voice(r, &rig_hit, 5, 1);
	for (int turn = 0; turn < 2; turn++) {
		/* 65 fit: one now and a block of them; 66 do not */
		uint32_t count = turn == 0 ? 66 : 65;
		b = rig_batch(r, 0);
		p = pairs(r, b, 5, count + 1);
		p[0].port = rig_ref(b, "mode");
		p[0].value = turn == 0 ? 5.0F : 0.0F;
		for (uint32_t i = 1; i <= count; i++) {
			p[i].port = rig_ref(b, "hit");
			p[i].value = (float)i;
		}
		ck_assert_uint_eq(
			rig_do(r, b), turn == 0 ? REASON_TRIGGERS_FULL : 0);
	}
	rig_run(r, 256);
	for (uint32_t i = 0; i < 256; i++) {
		/* each in its turn, the last to the end of its segment */
		float want = i < 65 ? (float)i + 1.0F : i < 128 ? 65.0F : 0.0F;
		rig_same(r->out[1][i], want);
		fired += r->out[1][i] > 0.0F ? 1 : 0;
	}
	ck_assert_uint_eq(fired, 128);
	rig_close(r);
}
END_TEST

START_TEST(apply_refuses_a_trigger_that_no_event_is_left_for)
{
	struct rig *r = rig_new();

	r->config.max_events = 3;
	rig_open(r);
	rig_voice(r, &rig_hit, 5, 1);
	for (int i = 0; i < 4; i++) {
		ck_assert_uint_eq(rig_set(r, 5, "hit", 1.0F, -1), 0);
	}
	ck_assert_uint_eq(rig_set(r, 5, "hit", 1.0F, -1), REASON_EVENTS_FULL);
	ck_assert_int_eq(r->told[0], 3);
	rig_close(r);
}
END_TEST

START_TEST(apply_wants_a_resource_that_is_there)
{
	TactusSynthDef def = rig_level;
	struct rig *r = rig_new();
	struct batch *b;
	struct set_pair *p;

	def.port_count = three;
	def.port = resource_port;
	rig_open(r);
	ck_assert_uint_eq(rig_synth(r, &def, 2, 0, PLACE_TAIL), 0);
	static const struct {
		bool integral;
		int32_t id;
		uint32_t want;
	} cases[] = {
		{false, 0,  REASON_RESOURCE_FLOAT  },
		{true,  4,  REASON_RESOURCE_MISSING},
		{true,  -2, REASON_RESOURCE_RANGE  },
                {true,  -1, REASON_NONE            }
        };
	for (int i = 0; i < 4; i++) {
		b = rig_batch(r, 0);
		p = pairs(r, b, 2, 1);
		p->port.index = 1;
		p->integral = cases[i].integral;
		p->resource = cases[i].id;
		ck_assert_uint_eq(rig_do(r, b), cases[i].want);
	}
	rig_close(r);
}
END_TEST

START_TEST(apply_does_the_others_when_one_of_a_bundle_fails)
{
	struct rig *r = bench();
	struct batch *b = rig_batch(r, 0);

	rig_add(r, b, COMMAND_FREE, 40);
	rig_add(r, b, COMMAND_FREE, 2);
	rig_add(r, b, COMMAND_FREE, 2);
	struct command *c = rig_add(r, b, COMMAND_GROUP_NEW, 9);
	c->u.new.target = 0;
	ck_assert_uint_eq(rig_do(r, b), 0);
	ck_assert_uint_eq(rig_count(r, REPORT_NODE_ENDED, 2), 1);
	ck_assert_uint_eq(rig_count(r, REPORT_NODE_NEW, 9), 1);
	rig_close(r);
}
END_TEST

/** What came back of a row: its items' reasons. */
static uint32_t row_reason[8];

static void
keep_row(struct rig *r, struct batch *b, struct rig_report *to)
{
	struct command *c = b->first;

	(void)r;
	(void)to;
	for (uint32_t i = 0; c->kind == COMMAND_SET_ROW && i < c->u.row.count;
		i++) {
		row_reason[i] = c->u.row.items[i].reason;
	}
}

START_TEST(apply_does_each_of_a_row_as_if_it_came_alone)
{
	/* a trigger's value counts, and 0 is no firing */
	static const char *const ports[] = {"hit", "value", "out", "no"};
	static const struct {
		int32_t id;
		float value;
	} items[8] = {
		{5,  0.25F},
                {40, 1.0F },
                {5,  0.0F },
                {2,  3.0F },
                {6,  0.75F},
		{1,  1.0F },
                {5,  0.5F },
                {-1, 1.0F }
        };
	uint32_t alone[8];
	bool failed = false;

	for (size_t k = 0; k < sizeof ports / sizeof *ports; k++) {
		struct rig *r[2] = {bench(), bench()};
		for (int i = 0; i < 2; i++) {
			rig_voice(r[i], &rig_strike, 5, 1);
			rig_voice(r[i], &rig_strike, 6, 1);
		}
		r[1]->on_back = keep_row;
		struct batch *b = rig_batch(r[1], 0);
		struct command *c = rig_add(r[1], b, COMMAND_SET_ROW, 0);
		struct port_ref *port = rig_part(b, sizeof *port);
		*port = rig_ref(b, ports[k]);
		c->u.row.port = port;
		c->u.row.count = 8;
		c->u.row.items = rig_part(b, 8 * sizeof *c->u.row.items);
		for (uint32_t i = 0; i < 8; i++) {
			c->u.row.items[i].id = items[i].id;
			c->u.row.items[i].reason = REASON_NONE;
			c->u.row.items[i].u.value = items[i].value;
			alone[i] = rig_set(r[0], items[i].id, ports[k],
				items[i].value, -1.0);
		}
		ck_assert_uint_ne(rig_do(r[1], b), 0);
		for (uint32_t i = 0; i < 8; i++) {
			ck_assert_uint_eq(row_reason[i], alone[i]);
			failed = failed || alone[i] != 0;
		}
		rig_run(r[0], 128);
		rig_run(r[1], 128);
		for (uint32_t i = 0; i < 128; i++) {
			rig_same(r[0]->out[0][i], r[1]->out[0][i]);
			rig_same(r[0]->out[1][i], r[1]->out[1][i]);
		}
		rig_close(r[0]);
		rig_close(r[1]);
	}
	ck_assert(failed);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("apply");

	tcase_add_test(tc, apply_wants_a_node_of_the_right_kind);
	tcase_add_test(
		tc, apply_wants_a_port_of_the_right_kind_and_a_bus_in_range);
	tcase_add_test(tc, apply_judges_all_pairs_before_any_is_set);
	tcase_add_test(tc, apply_fires_all_triggers_of_a_set_or_none);
	tcase_add_test(tc, apply_refuses_a_trigger_that_no_event_is_left_for);
	tcase_add_test(tc, apply_wants_a_resource_that_is_there);
	tcase_add_test(tc, apply_does_the_others_when_one_of_a_bundle_fails);
	tcase_add_test(tc, apply_does_each_of_a_row_as_if_it_came_alone);
	return suite_run("rt/graph/apply", tc);
}
