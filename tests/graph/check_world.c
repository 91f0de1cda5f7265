/* SPDX-License-Identifier: MIT */
/*
 * check_world.c -- what plugins are given: done and what it frees, memory.
 */
#include <stdlib.h>

#include "rig.h"
#include "suite.h"

/** A timer that says done after `frames`. */
static void
timer(struct rig *r, int32_t id, int32_t group, int64_t flags, float frames)
{
	ck_assert_uint_eq(rig_synth(r, &rig_timer, id, group, PLACE_TAIL), 0);
	ck_assert_uint_eq(rig_set(r, id, "value", frames, -1.0), 0);
	ck_assert_uint_eq(rig_number(r, COMMAND_DONE_FLAGS, id, flags), 0);
	ck_assert_uint_eq(rig_simple(r, COMMAND_ACTIVATE, id), 0);
}

static bool
is_there(struct rig *r, int32_t id)
{
	return rig_simple(r, COMMAND_QUERY, id) == 0;
}

/*
 * 1 group { 2 synth, 3 group { 4 synth }, 5 the timer, 6 group { 7 }, 8 }
 * under the root, beside 9.
 */
static struct rig *
family(int32_t parent, int64_t flags)
{
	struct rig *r = rig_new();

	rig_open(r);
	if (parent != 0) {
		rig_group(r, parent, 0, PLACE_TAIL);
	}
	rig_synth(r, &rig_level, 2, parent, PLACE_TAIL);
	rig_group(r, 3, parent, PLACE_TAIL);
	rig_synth(r, &rig_level, 4, 3, PLACE_TAIL);
	timer(r, 5, parent, flags, 1.0F);
	rig_group(r, 6, parent, PLACE_TAIL);
	rig_synth(r, &rig_level, 7, 6, PLACE_TAIL);
	rig_synth(r, &rig_level, 8, parent, PLACE_TAIL);
	return r;
}

/* which of the ids 1…8 go, by flags: as tactus-osc(7) says of doneFlags */
static uint32_t
expected(int32_t parent, uint32_t flags)
{
	uint32_t gone = 0;

	gone |= (flags & DONE_FREE_SELF) != 0 ? 1U << 5 : 0;
	gone |= (flags & DONE_FREE_PRECEDING) != 0 ? 1U << 3 | 1U << 4 : 0;
	gone |= (flags & DONE_FREE_FOLLOWING) != 0 ? 1U << 6 | 1U << 7 : 0;
	gone |= (flags & DONE_FREE_SIBLINGS) != 0
			? 0xFEU << 1 & ~(1U << 5) & ~(1U << 1)
			: 0;
	gone |= (flags & DONE_FREE_PARENT) != 0 && parent != 0 ? 0x1FEU : 0;
	return gone & 0x1FEU;
}

START_TEST(world_done_frees_what_each_combination_of_flags_names)
{
	for (int32_t parent = 0; parent <= 1; parent++) {
		struct rig *r = family(parent, _i);
		uint32_t gone = expected(parent, (uint32_t)_i);
		r->reports = 0;
		rig_run(r, 64);
		uint32_t ended = rig_count(r, REPORT_NODE_ENDED, -1);
		uint32_t want = 0;
		for (int32_t id = 1; id <= 8; id++) {
			bool was = id != 1 || parent == 1;
			bool goes = (gone & (1U << id)) != 0;
			ck_assert_msg(is_there(r, id) == (was && !goes),
				"flags %d parent %d id %d", _i, parent, id);
			want += goes ? 1 : 0;
		}
		ck_assert_uint_eq(ended, want);
		bool told = (_i & DONE_NOTIFY) != 0;
		ck_assert_uint_eq(
			rig_count(r, REPORT_NODE_DONE, 5), told ? 1 : 0);
		if (told && want > 0) {
			ck_assert_uint_eq(r->report[0].kind, REPORT_NODE_DONE);
		}
		/* once in a life */
		rig_run(r, 640);
		ck_assert_uint_eq(rig_count(r, REPORT_NODE_ENDED, -1), want);
		ck_assert_uint_eq(
			rig_count(r, REPORT_NODE_DONE, 5), told ? 1 : 0);
		rig_close(r);
	}
}
END_TEST

START_TEST(world_done_of_several_in_one_segment_is_done_in_order)
{
	struct rig *r = rig_new();

	rig_open(r);
	/* 1 frees 2, which would have freed 3; 4 frees itself and tells */
	timer(r, 1, 0, DONE_FREE_FOLLOWING, 1.0F);
	timer(r, 2, 0, DONE_FREE_FOLLOWING | DONE_NOTIFY, 1.0F);
	timer(r, 3, 0, 0, 1.0F);
	timer(r, 4, 0, DONE_FREE_SELF | DONE_NOTIFY, 1.0F);
	r->reports = 0;
	rig_run(r, 64);
	static const struct {
		uint32_t kind;
		int32_t id;
	} want[] = {
		{REPORT_NODE_DONE,  2},
                {REPORT_NODE_DONE,  4},
		{REPORT_NODE_ENDED, 2},
                {REPORT_NODE_ENDED, 4}
        };
	ck_assert_uint_eq(r->reports, 4);
	for (int i = 0; i < 4; i++) {
		ck_assert_uint_eq(r->report[i].kind, want[i].kind);
		ck_assert_int_eq(r->report[i].id, want[i].id);
	}
	ck_assert(is_there(r, 3));
	rig_close(r);
}
END_TEST

#define CHAIN 10000

START_TEST(world_done_frees_a_long_chain_without_recursion)
{
	struct rig *r = rig_new();

	r->config.max_nodes = CHAIN + 1;
	r->config.pool[0].count = CHAIN;
	r->ring = 1 << 16;
	rig_open(r);
	/* all at once: each would free the next */
	for (int32_t id = 1; id <= CHAIN; id++) {
		timer(r, id, 0, DONE_FREE_FOLLOWING, 100.0F);
		r->reports = 0;
	}
	rig_run(r, 128);
	/* the first frees the second, the third the fourth, … */
	ck_assert_uint_eq(rig_count(r, REPORT_NODE_ENDED, -1), CHAIN / 2);
	ck_assert(is_there(r, 1) && !is_there(r, 2) && is_there(r, 3));
	rig_close(r);
}
END_TEST

/* says done wherever it must not, and in process */
TACTUS_RT static int
rude_construct(const TactusWorld *world, const void *options, TactusSynth *s)
{
	(void)options;
	world->done(world, s);
	return 0;
}

TACTUS_RT static void
rude(const TactusWorld *world, TactusSynth *s)
{
	world->done(world, s);
}

TACTUS_RT static void
rude_process(const TactusWorld *world, TactusSynth *s, uint32_t frames)
{
	for (uint32_t i = 0; i < frames; i++) {
		s->out[0][i] = 0.0F;
	}
	world->done(world, s);
}

START_TEST(world_done_counts_in_process_alone)
{
	TactusSynthDef rude_def = rig_level;
	struct rig *r = rig_new();

	rude_def.construct = rude_construct;
	rude_def.activate = rude;
	rude_def.destroy = rude;
	rude_def.process = rude_process;
	rig_open(r);
	for (int turn = 0; turn < 3; turn++) {
		/* made, activated, freed and made again at one sample */
		struct batch *b = rig_batch(r, 0);
		for (int32_t id = 1; id <= 3; id++) {
			struct command *c =
				rig_add(r, b, COMMAND_SYNTH_NEW, id);
			c->u.new.spec = rig_spec(r, &rude_def);
			rig_add(r, b, COMMAND_DONE_FLAGS, id)->u.number =
				DONE_FREE_SELF;
			rig_add(r, b, COMMAND_ACTIVATE, id);
			rig_add(r, b, COMMAND_FREE, id);
		}
		ck_assert_uint_eq(rig_do(r, b), 0);
		for (int32_t id = 1; id <= 3; id++) {
			rig_synth(r, &rude_def, id, 0, PLACE_TAIL);
			rig_number(r, COMMAND_DONE_FLAGS, id, DONE_FREE_SELF);
		}
		/* inactive: nothing was said */
		rig_run(r, 64);
		ck_assert(is_there(r, 1) && is_there(r, 2) && is_there(r, 3));
		rig_simple(r, COMMAND_ACTIVATE, 2);
		rig_run(r, 64);
		ck_assert(is_there(r, 1) && !is_there(r, 2) && is_there(r, 3));
		rig_simple(r, COMMAND_FREE, 1);
		rig_simple(r, COMMAND_FREE, 3);
	}
	rig_close(r);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("world");

	tcase_add_loop_test(tc,
		world_done_frees_what_each_combination_of_flags_names, 0, 64);
	tcase_add_test(
		tc, world_done_of_several_in_one_segment_is_done_in_order);
	tcase_add_test(tc, world_done_frees_a_long_chain_without_recursion);
	tcase_add_test(tc, world_done_counts_in_process_alone);
	return suite_run("rt/graph/world", tc);
}
