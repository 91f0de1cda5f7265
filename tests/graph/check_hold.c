/* SPDX-License-Identifier: MIT */
/*
 * check_hold.c -- what synths hold: bound, acquired, and given back on every
 * way out.
 */
#include <string.h>

#include "hold.h"
#include "resource.h"
#include "rig.h"
#include "suite.h"

/** Things 1, 2 and 3, others 4 and 5; nobody holds any. */
static struct rig *
bench(void)
{
	struct rig *r = rig_new();

	rig_reads = (struct rig_reads){0};
	rig_open(r);
	for (int32_t id = 1; id <= 5; id++) {
		rig_live(r, id <= 3 ? &rig_thing : &rig_other, id);
	}
	return r;
}

static uint32_t
references(struct rig *r)
{
	return (uint32_t)gauge_get(&r->wire->gauges, GAUGE_REFERENCES);
}

static void *
acquire(int32_t id, const char *uri)
{
	return rig_reads.world->resource_acquire(
		rig_reads.world, rig_reads.synth, id, uri);
}

static void
release(int32_t id)
{
	rig_reads.world->resource_release(rig_reads.world, rig_reads.synth, id);
}

START_TEST(hold_binds_before_construct_and_lets_the_synth_read)
{
	struct rig *r = bench();

	ck_assert_uint_eq(rig_reader_new(r, 1, 2, 4), 0);
	ck_assert_uint_eq(
		rig_map(r, COMMAND_MAP_OUTPUT, 1, "out", 0, MAP_EXTERNAL), 0);
	rig_simple(r, COMMAND_ACTIVATE, 1);
	ck_assert_uint_eq(rig_references(r, 2), 1);
	ck_assert_uint_eq(rig_references(r, 4), 1);
	ck_assert_ptr_nonnull(rig_reads.synth->resources[0]);
	ck_assert_ptr_nonnull(rig_reads.synth->resources[1]);
	/* bound before it lived: it was not told */
	ck_assert_uint_eq(rig_reads.binds, 0);
	rig_run(r, 64);
	rig_same(r->out[0][0], 2.0F);
	ck_assert_uint_eq(rig_bind(r, 1, "thing", 3), 0);
	rig_run(r, 64);
	rig_same(r->out[0][64], 3.0F);
	ck_assert_uint_eq(rig_bind(r, 1, "thing", -1), 0);
	rig_run(r, 64);
	rig_same(r->out[0][128], 0.0F);
	rig_close(r);
}
END_TEST

START_TEST(hold_a_bind_that_fails_fails_the_synth_and_leaves_nothing)
{
	static const struct {
		int32_t thing;
		int32_t other;
		uint32_t reason;
		int32_t told[2];
	} cases[] = {
  /* clang-format off */
		{-2, -1, REASON_RESOURCE_RANGE, {-2, 63}},
		{64, -1, REASON_RESOURCE_RANGE, {64, 63}},
		{9, -1, REASON_RESOURCE_MISSING, {9, 63}},
		{4, -1, REASON_RESOURCE_URI, {4, 1}},
		{1, 2, REASON_RESOURCE_URI, {2, 2}},
		{1, 9, REASON_RESOURCE_MISSING, {9, 63}},
		{10, -1, REASON_RESOURCE_STATE, {10, RESOURCE_CONSTRUCTING}},
		{1, 11, REASON_RESOURCE_STATE, {11, RESOURCE_FREE_PENDING}},
		{12, -1, REASON_RESOURCE_STATE, {12, RESOURCE_DESTROYING}},
		{3, -1, REASON_RESOURCE_BUSY, {3, -1 - 50}},
  /* clang-format on */
	};
	static const int32_t three = 3;
	struct rig *r = bench();

	ck_assert_uint_eq(rig_resource(r, &rig_thing, 10), 0);
	rig_live(r, &rig_other, 11);
	ck_assert_uint_eq(rig_reader_new(r, 20, -1, 11), 0);
	rig_simple(r, COMMAND_RESOURCE_FREE, 11);
	rig_live(r, &rig_thing, 12);
	rig_simple(r, COMMAND_RESOURCE_FREE, 12);
	ck_assert_uint_eq(rig_job(r, 50, true, 1, &three), 0);
	rig_run(r, 64);
	uint32_t held = references(r);
	uint64_t blocks = gauge_get(&r->wire->gauges, GAUGE_POOL_FREE);
	rig_reads = (struct rig_reads){0};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		ck_assert_uint_eq(
			rig_reader_new(r, 1, cases[i].thing, cases[i].other),
			cases[i].reason);
		ck_assert_int_eq(r->told[0], cases[i].told[0]);
		ck_assert_int_eq(r->told[1], cases[i].told[1]);
		ck_assert_uint_eq(
			rig_simple(r, COMMAND_QUERY, 1), REASON_NODE_MISSING);
		rig_run(r, 64);
		ck_assert_uint_eq(references(r), held);
		ck_assert_uint_eq(
			gauge_get(&r->wire->gauges, GAUGE_POOL_FREE), blocks);
		ck_assert_uint_eq(r->specs, 1);
	}
	/* it was not even constructed */
	ck_assert_ptr_null(rig_reads.synth);
	ck_assert_uint_eq(rig_reads.destroys, 0);
	ck_assert_uint_eq(rig_count(r, REPORT_NODE_NEW, 1), 0);
	rig_close(r);
}
END_TEST

START_TEST(hold_a_construct_that_fails_gives_back_what_it_had)
{
	struct rig *r = bench();

	rig_reads.takes = 3;
	rig_reads.take[0] = 2;
	rig_reads.take[1] = 3;
	rig_reads.take[2] = 2;
	rig_reads.code = 422;
	ck_assert_uint_eq(rig_reader_new(r, 1, 1, 4), REASON_CONSTRUCT);
	rig_run(r, 64);
	ck_assert_uint_eq(references(r), 0);
	ck_assert_uint_eq(rig_reads.destroys, 0);
	/* and what was freed meanwhile can end */
	for (int32_t id = 1; id <= 5; id++) {
		rig_simple(r, COMMAND_RESOURCE_FREE, id);
		ck_assert_int_eq(rig_state(r, id), RESOURCE_DESTROYING);
	}
	rig_close(r);
}
END_TEST

/** The ways in which a synth ends. */
static void
leave(struct rig *r, int way)
{
	struct batch *b;

	switch (way) {
	case 0:
		rig_simple(r, COMMAND_FREE, 1);
		break;
	case 1:
		b = rig_batch(r, 0);
		rig_add(r, b, COMMAND_RELEASE, 1)->u.seconds = 0.01;
		rig_do(r, b);
		break;
	case 2:
		rig_simple(r, COMMAND_FREE_ALL, 0);
		break;
	case 3:
		rig_simple(r, COMMAND_CLEAR, 0);
		break;
	case 4:
		/* another that is done takes it along */
		ck_assert_uint_eq(
			rig_synth(r, &rig_timer, 2, 0, PLACE_TAIL), 0);
		rig_number(r, COMMAND_DONE_FLAGS, 2, DONE_FREE_PRECEDING);
		rig_simple(r, COMMAND_ACTIVATE, 2);
		break;
	case 5:
		rig_group(r, 3, 0, PLACE_TAIL);
		rig_move(r, 1, 3, PLACE_TAIL);
		rig_simple(r, COMMAND_FREE, 3);
		break;
	default:
		rig_simple(r, COMMAND_STOP, 0);
		break;
	}
}
#define WAYS 7

START_TEST(hold_gives_all_back_whatever_way_the_synth_ends)
{
	struct rig *r = bench();

	rig_reads.takes = 4;
	memcpy(rig_reads.take, (int32_t[4]){1, 2, 2, 3}, sizeof rig_reads.take);
	rig_reads.keeps = true;
	ck_assert_uint_eq(rig_reader_new(r, 1, 1, 4), 0);
	rig_simple(r, COMMAND_ACTIVATE, 1);
	/* keep 4 as if acquired */
	ck_assert_uint_eq(rig_bind(r, 1, "other", 5), 0);
	rig_run(r, 64);
	ck_assert_uint_eq(references(r), 7);
	for (int32_t id = 1; id <= 5; id++) {
		ck_assert_uint_eq(rig_simple(r, COMMAND_RESOURCE_FREE, id), 0);
		ck_assert_int_eq(rig_state(r, id), RESOURCE_FREE_PENDING);
	}
	leave(r, _i);
	rig_run(r, 4800);
	rig_look(r);
	ck_assert_uint_eq(rig_count(r, REPORT_NODE_ENDED, 1), 1);
	ck_assert_uint_eq(references(r), 0);
	ck_assert_uint_eq(r->outs, 5);
	/* while destroy ran all were still there */
	ck_assert_ptr_nonnull(rig_reads.last[0]);
	ck_assert_ptr_nonnull(rig_reads.last[1]);
	ck_assert_uint_eq(rig_reads.destroys, 1);
	rig_finish_all(r);
	ck_assert_uint_eq(rig_count(r, REPORT_RESOURCE_ENDED, -1), 5);
	rig_close(r);
}
END_TEST

START_TEST(hold_acquire_gives_what_is_live_and_of_that_uri_alone)
{
	struct rig *r = bench();
	static const int32_t three = 3;
	char uri[64];

	ck_assert_uint_eq(rig_resource(r, &rig_thing, 10), 0);
	rig_live(r, &rig_thing, 11);
	ck_assert_uint_eq(rig_reader_new(r, 20, 11, -1), 0);
	rig_simple(r, COMMAND_RESOURCE_FREE, 11);
	rig_live(r, &rig_thing, 12);
	rig_simple(r, COMMAND_RESOURCE_FREE, 12);
	ck_assert_uint_eq(rig_resource(r, &rig_thing, 13), 0);
	rig_simple(r, COMMAND_RESOURCE_FREE, 13);
	ck_assert_uint_eq(rig_job(r, 50, true, 1, &three), 0);
	ck_assert_uint_eq(rig_reader_new(r, 1, -1, -1), 0);
	static const int32_t bad[] = {
		-1, -2, INT32_MIN, 64, INT32_MAX, 9, 10, 11, 12, 13, 3, 4};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		ck_assert_ptr_null(acquire(bad[i], rig_thing.uri));
	}
	ck_assert_ptr_null(acquire(1, NULL));
	ck_assert_ptr_null(acquire(1, ""));
	ck_assert_ptr_null(acquire(1, rig_other.uri));
	ck_assert_ptr_null(acquire(1, "urn:test:resource:thing:"));
	ck_assert_ptr_null(acquire(1, "urn:test:resource:thing:12"));
	rig_run(r, 64);
	ck_assert_uint_eq(references(r), 2);
	/* the same text from elsewhere is the same URI */
	strcpy(uri, rig_thing.uri);
	const struct rig_thing *t = acquire(1, uri);
	ck_assert_ptr_nonnull(t);
	rig_same(t->value, 1.0F);
	/* one more for each, to be given back one by one */
	ck_assert_ptr_eq(acquire(1, rig_thing.uri), t);
	ck_assert_uint_eq(rig_references(r, 1), 2);
	ck_assert_uint_eq(r->resources->item[0].holders, 1);
	ck_assert_int_eq(r->holder[0], 1);
	release(1);
	ck_assert_uint_eq(rig_references(r, 1), 1);
	release(1);
	ck_assert_uint_eq(rig_references(r, 1), 0);
	rig_close(r);
}
END_TEST

START_TEST(hold_release_of_what_was_not_acquired_is_ignored)
{
	struct rig *r = bench();

	ck_assert_uint_eq(rig_reader_new(r, 1, 1, -1), 0);
	/* what is bound is the engine's */
	static const int32_t ids[] = {1, 2, 9, -1, 64, INT32_MAX};
	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
		release(ids[i]);
	}
	ck_assert_uint_eq(rig_references(r, 1), 1);
	/* nor does one synth give back what another has */
	ck_assert_ptr_nonnull(acquire(2, rig_thing.uri));
	ck_assert_uint_eq(rig_reader_new(r, 2, -1, -1), 0);
	release(2);
	ck_assert_uint_eq(rig_references(r, 2), 1);
	rig_simple(r, COMMAND_FREE, 1);
	ck_assert_uint_eq(rig_references(r, 2), 0);
	rig_close(r);
}
END_TEST

START_TEST(hold_acquire_fails_when_no_hold_is_left_and_not_before)
{
	struct rig *r = rig_new();
	uint32_t most = HOLDS_PER_NODE * 16;
	uint32_t count = 0;

	rig_reads = (struct rig_reads){0};
	r->config.max_nodes = 16;
	rig_open(r);
	for (int32_t id = 0; id < 64; id++) {
		rig_live(r, id == 63 ? &rig_other : &rig_thing, id);
	}
	ck_assert_uint_eq(rig_reader_new(r, 1, 62, 63), 0);
	while (acquire((int32_t)count, rig_thing.uri) != NULL) {
		count++;
	}
	ck_assert_uint_eq(count, most);
	/* one more of what it has needs no hold of its own */
	ck_assert_ptr_nonnull(acquire(0, rig_thing.uri));
	release(0);
	/* what is bound could not be kept: it stays */
	rig_reads.keeps = true;
	ck_assert_uint_eq(rig_bind(r, 1, "thing", 61), REASON_HOLDS_FULL);
	ck_assert_int_eq(r->told[0], (int32_t)most);
	ck_assert_uint_eq(rig_bind(r, 1, "thing", -1), REASON_HOLDS_FULL);
	ck_assert_uint_eq(rig_reads.binds, 0);
	ck_assert_uint_eq(rig_references(r, 62), 1);
	ck_assert_uint_eq(rig_references(r, 61), 0);
	/* no hold is needed where nothing changes */
	ck_assert_uint_eq(rig_bind(r, 1, "thing", 62), 0);
	/* with one given back it can */
	release(3);
	ck_assert_uint_eq(rig_bind(r, 1, "thing", 60), 0);
	ck_assert_int_eq(rig_reads.old_id, 62);
	ck_assert_uint_eq(rig_references(r, 62), 1);
	ck_assert_ptr_null(acquire(3, rig_thing.uri));
	release(62);
	ck_assert_ptr_nonnull(acquire(3, rig_thing.uri));
	rig_close(r);
}
END_TEST

START_TEST(hold_bind_tells_the_synth_and_gives_the_old_one_back)
{
	struct rig *r = bench();

	ck_assert_uint_eq(rig_reader_new(r, 1, 1, -1), 0);
	void *first = rig_reads.synth->resources[0];
	ck_assert_uint_eq(rig_bind(r, 1, "thing", 2), 0);
	ck_assert_uint_eq(rig_reads.binds, 1);
	ck_assert_uint_eq(rig_reads.ordinal, 0);
	ck_assert_ptr_eq(rig_reads.old, first);
	ck_assert_int_eq(rig_reads.old_id, 1);
	ck_assert_uint_eq(rig_references(r, 1), 0);
	ck_assert_uint_eq(rig_references(r, 2), 1);
	ck_assert_ptr_ne(rig_reads.synth->resources[0], first);
	/* the same again: no change, and nothing to tell */
	ck_assert_uint_eq(rig_bind(r, 1, "thing", 2), 0);
	ck_assert_uint_eq(rig_reads.binds, 1);
	ck_assert_uint_eq(rig_references(r, 2), 1);
	/* by index; from nothing, to nothing, and nothing again */
	ck_assert_uint_eq(rig_bind(r, 1, "2", 5), 0);
	ck_assert_uint_eq(rig_reads.binds, 2);
	ck_assert_uint_eq(rig_reads.ordinal, 1);
	ck_assert_ptr_null(rig_reads.old);
	ck_assert_int_eq(rig_reads.old_id, -1);
	ck_assert_uint_eq(rig_bind(r, 1, "other", -1), 0);
	ck_assert_uint_eq(rig_reads.binds, 3);
	ck_assert_int_eq(rig_reads.old_id, 5);
	ck_assert_ptr_null(rig_reads.synth->resources[1]);
	ck_assert_uint_eq(rig_bind(r, 1, "other", -1), 0);
	ck_assert_uint_eq(rig_reads.binds, 3);
	ck_assert_uint_eq(rig_references(r, 5), 0);
	rig_close(r);
}
END_TEST

START_TEST(hold_bind_lets_the_synth_keep_the_old_one)
{
	struct rig *r = bench();

	rig_reads.keeps = true;
	ck_assert_uint_eq(rig_reader_new(r, 1, 1, -1), 0);
	ck_assert_uint_eq(rig_bind(r, 1, "thing", 2), 0);
	ck_assert_uint_eq(rig_references(r, 1), 1);
	ck_assert_uint_eq(rig_simple(r, COMMAND_RESOURCE_FREE, 1), 0);
	ck_assert_int_eq(rig_state(r, 1), RESOURCE_FREE_PENDING);
	ck_assert_uint_eq(rig_simple(r, COMMAND_QUERY, 1), 0);
	ck_assert_uint_eq(r->query.held, 2);
	ck_assert_int_eq(r->query.hold[0], 2);
	ck_assert_int_eq(r->query.hold[1], 1);
	release(1);
	ck_assert_int_eq(rig_state(r, 1), RESOURCE_DESTROYING);
	ck_assert_uint_eq(rig_references(r, 2), 1);
	rig_close(r);
}
END_TEST

START_TEST(hold_rebinds_from_what_is_about_to_be_freed_but_not_to_it)
{
	struct rig *r = bench();

	ck_assert_uint_eq(rig_reader_new(r, 1, 1, -1), 0);
	ck_assert_uint_eq(rig_reader_new(r, 2, 2, -1), 0);
	rig_simple(r, COMMAND_RESOURCE_FREE, 1);
	/* bound already: it stays */
	ck_assert_uint_eq(rig_bind(r, 1, "thing", 1), 0);
	ck_assert_uint_eq(rig_bind(r, 2, "thing", 1), REASON_RESOURCE_STATE);
	ck_assert_int_eq(r->told[0], 1);
	ck_assert_int_eq(r->told[1], RESOURCE_FREE_PENDING);
	ck_assert_uint_eq(rig_references(r, 2), 1);
	ck_assert_uint_eq(rig_reads.binds, 0);
	ck_assert_uint_eq(rig_bind(r, 1, "thing", 3), 0);
	ck_assert_int_eq(rig_state(r, 1), RESOURCE_DESTROYING);
	rig_close(r);
}
END_TEST

START_TEST(hold_keeps_the_old_binding_when_the_new_one_is_unusable)
{
	static const struct {
		int32_t id;
		uint32_t reason;
	} cases[] = {
		{-2, REASON_RESOURCE_RANGE  },
		{64, REASON_RESOURCE_RANGE  },
		{9,  REASON_RESOURCE_MISSING},
		{4,  REASON_RESOURCE_URI    },
		{10, REASON_RESOURCE_STATE  },
		{3,  REASON_RESOURCE_BUSY   },
	};
	static const int32_t three = 3;
	struct rig *r = bench();

	ck_assert_uint_eq(rig_resource(r, &rig_thing, 10), 0);
	ck_assert_uint_eq(rig_job(r, 50, true, 1, &three), 0);
	ck_assert_uint_eq(rig_reader_new(r, 1, 1, -1), 0);
	void *bound = rig_reads.synth->resources[0];
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		ck_assert_uint_eq(
			rig_bind(r, 1, "thing", cases[i].id), cases[i].reason);
		ck_assert_int_eq(r->told[0], cases[i].id);
		ck_assert_ptr_eq(rig_reads.synth->resources[0], bound);
	}
	ck_assert_uint_eq(rig_bind(r, 1, "thing", 4), REASON_RESOURCE_URI);
	ck_assert_int_eq(r->told[1], 1);
	/* a number with a point is no id */
	ck_assert_uint_eq(
		rig_set(r, 1, "thing", 2.0F, -1.0), REASON_RESOURCE_FLOAT);
	ck_assert_int_eq(r->told[0], 1);
	ck_assert_int_eq(r->told[1], 1);
	ck_assert_uint_eq(rig_references(r, 1), 1);
	ck_assert_uint_eq(rig_references(r, 2), 0);
	ck_assert_uint_eq(rig_reads.binds, 0);
	rig_close(r);
}
END_TEST

/** One set of some pairs on node 1: "thing" to each id in turn, "value". */
static uint32_t
set_many(struct rig *r, uint32_t count, const int32_t *ids)
{
	struct batch *b = rig_batch(r, 0);
	struct command *c = rig_add(r, b, COMMAND_SET, 1);
	struct set_pair *p = rig_part(b, (count + 1) * sizeof *p);

	for (uint32_t i = 0; i < count; i++) {
		p[i + 1].port = rig_ref(b, "thing");
		p[i + 1].seconds = -1.0;
		p[i + 1].integral = true;
		p[i + 1].resource = ids[i];
	}
	p[0].port = rig_ref(b, "value");
	p[0].seconds = -1.0;
	p[0].value = 7.0F;
	c->u.set.pairs = p;
	c->u.set.count = count + 1;
	return rig_do(r, b);
}

static float
value(struct rig *r)
{
	ck_assert_uint_eq(rig_simple(r, COMMAND_QUERY, 1), 0);
	return r->query.port[0].value;
}

START_TEST(hold_judges_all_pairs_before_any_is_bound)
{
	struct rig *r = bench();

	ck_assert_uint_eq(rig_reader_new(r, 1, 1, -1), 0);
	ck_assert_uint_eq(
		set_many(r, 2, (int32_t[]){2, 9}), REASON_RESOURCE_MISSING);
	rig_same(value(r), 0.0F);
	ck_assert_int_eq(r->query.port[1].resource, 1);
	ck_assert_uint_eq(rig_reads.binds, 0);
	ck_assert_uint_eq(rig_references(r, 2), 0);
	/* one after the other, when all are good */
	ck_assert_uint_eq(set_many(r, 3, (int32_t[]){2, 3, 2}), 0);
	rig_same(value(r), 7.0F);
	ck_assert_int_eq(r->query.port[1].resource, 2);
	ck_assert_uint_eq(rig_reads.binds, 3);
	ck_assert_uint_eq(rig_references(r, 1), 0);
	/* there and back is refused when there is no way back */
	rig_simple(r, COMMAND_RESOURCE_FREE, 2);
	ck_assert_int_eq(rig_state(r, 2), RESOURCE_FREE_PENDING);
	ck_assert_uint_eq(
		set_many(r, 2, (int32_t[]){1, 2}), REASON_RESOURCE_STATE);
	ck_assert_int_eq(rig_state(r, 2), RESOURCE_FREE_PENDING);
	/* what was refused is forgotten: to stay is to stay */
	ck_assert_uint_eq(set_many(r, 1, (int32_t[]){2}), 0);
	ck_assert_uint_eq(rig_reads.binds, 3);
	rig_close(r);
}
END_TEST

static int
do_nothing(const TactusHost *host, void *const *resources, uint32_t count,
	void *data)
{
	(void)host;
	(void)resources;
	(void)count;
	(void)data;
	return 0;
}

START_TEST(hold_judges_a_pair_anew_after_the_bind_of_one_before)
{
	static const int32_t three = 3;
	const TactusPerform alone = {
		.size = sizeof(TactusPerform),
		.count = 1,
		.ids = &three,
		.exclusive = true,
		.perform = do_nothing,
	};
	struct rig *r = bench();

	ck_assert_uint_eq(rig_reader_new(r, 1, 1, -1), 0);
	/* both can be had when they are judged; the first bind takes 3 away */
	rig_reads.asks = &alone;
	ck_assert_uint_eq(
		set_many(r, 2, (int32_t[]){2, 3}), REASON_RESOURCE_BUSY);
	ck_assert_int_eq(r->told[0], 3);
	ck_assert_int_eq(r->told[1], 1);
	ck_assert_int_eq(rig_reads.asked, 0);
	ck_assert_uint_eq(rig_reads.binds, 1);
	ck_assert_uint_eq(rig_references(r, 2), 1);
	ck_assert_uint_eq(rig_references(r, 3), 1);
	rig_reads.asks = NULL;
	rig_finish_all(r);
	ck_assert_uint_eq(rig_references(r, 3), 0);
	ck_assert_uint_eq(rig_bind(r, 1, "thing", 3), 0);
	rig_close(r);
}
END_TEST

START_TEST(hold_acquire_ends_where_references_cannot_be_told_any_more)
{
	struct rig *r = bench();
	struct resource *one = &r->engine->resource[1];

	ck_assert_uint_eq(rig_reader_new(r, 1, 1, -1), 0);
	ck_assert_ptr_nonnull(acquire(1, rig_thing.uri));
	/* as if by 2^31 calls */
	one->references += (uint32_t)RESOURCE_MOST_REFERENCES - 3;
	ck_assert_ptr_nonnull(acquire(1, rig_thing.uri));
	ck_assert_ptr_null(acquire(1, rig_thing.uri));
	ck_assert_uint_eq(one->references, RESOURCE_MOST_REFERENCES);
	one->references -= (uint32_t)RESOURCE_MOST_REFERENCES - 3;
	ck_assert_ptr_nonnull(acquire(1, rig_thing.uri));
	rig_close(r);
}
END_TEST

START_TEST(hold_a_port_that_writes_is_bound_as_one_that_reads)
{
	struct rig *r = bench();

	ck_assert_uint_eq(rig_reader_new(r, 1, -1, 4), 0);
	ck_assert_uint_eq(rig_bind(r, 1, "other", 5), 0);
	/* but neither is joined to a bus */
	ck_assert_uint_eq(rig_map(r, COMMAND_MAP_OUTPUT, 1, "other", 0, 0),
		REASON_PORT_KIND);
	ck_assert_uint_eq(rig_map(r, COMMAND_MAP_INPUT, 1, "thing", 0, 0),
		REASON_PORT_KIND);
	ck_assert_uint_eq(rig_map(r, COMMAND_MAP_CONTROL, 1, "thing", 0, 0),
		REASON_PORT_KIND);
	rig_close(r);
}
END_TEST

START_TEST(hold_one_resource_may_be_bound_and_acquired_many_times)
{
	struct rig *r = bench();

	rig_reads.takes = 2;
	rig_reads.take[0] = 1;
	rig_reads.take[1] = 1;
	ck_assert_uint_eq(rig_reader_new(r, 1, 1, -1), 0);
	ck_assert_uint_eq(rig_references(r, 1), 3);
	ck_assert_uint_eq(r->resources->item[0].holders, 1);
	ck_assert_uint_eq(rig_simple(r, COMMAND_QUERY, 1), 0);
	ck_assert_uint_eq(r->query.held, 1);
	ck_assert_int_eq(r->query.hold[0], 1);
	release(1);
	release(1);
	release(1);
	ck_assert_uint_eq(rig_references(r, 1), 1);
	rig_close(r);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("hold");

	tcase_add_test(tc, hold_binds_before_construct_and_lets_the_synth_read);
	tcase_add_test(
		tc, hold_a_bind_that_fails_fails_the_synth_and_leaves_nothing);
	tcase_add_test(tc, hold_a_construct_that_fails_gives_back_what_it_had);
	tcase_add_loop_test(
		tc, hold_gives_all_back_whatever_way_the_synth_ends, 0, WAYS);
	tcase_add_test(
		tc, hold_acquire_gives_what_is_live_and_of_that_uri_alone);
	tcase_add_test(tc, hold_release_of_what_was_not_acquired_is_ignored);
	tcase_add_test(
		tc, hold_acquire_fails_when_no_hold_is_left_and_not_before);
	tcase_add_test(
		tc, hold_bind_tells_the_synth_and_gives_the_old_one_back);
	tcase_add_test(tc, hold_bind_lets_the_synth_keep_the_old_one);
	tcase_add_test(
		tc, hold_rebinds_from_what_is_about_to_be_freed_but_not_to_it);
	tcase_add_test(
		tc, hold_keeps_the_old_binding_when_the_new_one_is_unusable);
	tcase_add_test(tc, hold_judges_all_pairs_before_any_is_bound);
	tcase_add_test(
		tc, hold_judges_a_pair_anew_after_the_bind_of_one_before);
	tcase_add_test(
		tc, hold_acquire_ends_where_references_cannot_be_told_any_more);
	tcase_add_test(tc, hold_a_port_that_writes_is_bound_as_one_that_reads);
	tcase_add_test(
		tc, hold_one_resource_may_be_bound_and_acquired_many_times);
	return suite_run("rt/resource/hold", tc);
}
