/* SPDX-License-Identifier: MIT */
/*
 * check_worst.c -- the worst block: 32 structural commands in each, all at one
 * sample or each at its own, in a graph of a thousand synths.
 *
 * How long that takes is for the benchmarks.  Here it is counted what rt does
 * for it: order and plan are renewed once for each segment that begins with a
 * change, never for another, and nothing is allocated or freed.
 */
#include <stdlib.h>

#include "rig.h"
#include "suite.h"

#define SYNTHS 1000
#define BLOCK  64
#define BLOCKS 24
#define GUEST  1001 /* to 1004: those that come and go in each block */
#define STEPS  8    /* of each of them */
#define GUESTS 4

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__real_aligned_alloc(size_t to, size_t size);
void __real_free(void *old);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_aligned_alloc(size_t to, size_t size);
void __wrap_free(void *old);

/* while rt renders, what is called of these */
static volatile bool renders;
static volatile uint32_t calls;

void *
__wrap_malloc(size_t size)
{
	calls = calls + renders;
	return __real_malloc(size);
}

void *
__wrap_calloc(size_t count, size_t size)
{
	calls = calls + renders;
	return __real_calloc(count, size);
}

void *
__wrap_realloc(void *old, size_t size)
{
	calls = calls + renders;
	return __real_realloc(old, size);
}

void *
__wrap_aligned_alloc(size_t to, size_t size)
{
	calls = calls + renders;
	return __real_aligned_alloc(to, size);
}

void
__wrap_free(void *old)
{
	calls = calls + renders;
	__real_free(old);
}

/** How rt runs the graph; the plan is made where there is more than one
 * thread, and rt then does all of it. */
static const uint32_t threads[] = {1, 4};
#define WAYS ((int)(sizeof threads / sizeof *threads))

static uint64_t
renewals(struct rig *r)
{
	return gauge_get(&r->wire->gauges, GAUGE_RENEWALS);
}

/** Half of them sources, half what hears them, on a few buses. */
static struct rig *
open_graph(int way)
{
	struct rig *r = rig_new();

	r->config.max_nodes = 1100;
	r->config.threads = threads[way];
	r->config.pool[0] = (struct pool_config){256, 2400};
	r->config.pool[1] = (struct pool_config){1024, 1200};
	r->ring = 16384;
	/* helpers let rt measure, and renew the plan by what it finds */
	r->alone = true;
	rig_open(r);
	for (int32_t id = 1; id <= SYNTHS; id++) {
		bool source = id <= SYNTHS / 2;
		rig_synth(
			r, source ? &rig_level : &rig_pass, id, 0, PLACE_TAIL);
		rig_map(r, COMMAND_MAP_OUTPUT, id, "out", id % 8, 0);
		if (!source) {
			rig_map(r, COMMAND_MAP_INPUT, id, "in", (id + 1) % 8,
				0);
			rig_connect(r, id - SYNTHS / 2, id, 0);
		}
		rig_simple(r, COMMAND_ACTIVATE, id);
	}
	rig_map(r, COMMAND_MAP_OUTPUT, SYNTHS, "out", 0, MAP_EXTERNAL);
	rig_run(r, 2 * (uint64_t)BLOCK);
	r->reports = 0;
	return r;
}

/** One structural change; each of them takes effect. */
static void
change(struct rig *r, struct batch *b, uint32_t block, uint32_t step,
	int32_t guest)
{
	int32_t n = (int32_t)((block * 7 + (uint32_t)guest) % 490);
	struct command *c;

	switch (step) {
	case 0:
		c = rig_add(r, b, COMMAND_SYNTH_NEW, guest);
		c->u.new.spec = rig_spec(r, &rig_pass);
		c->u.new.target = 0;
		c->u.new.placement = PLACE_TAIL;
		break;
	case 1:
		(void)rig_add(r, b, COMMAND_ACTIVATE, guest);
		break;
	case 2:
		(void)rig_add_connect(r, b, COMMAND_CONNECT, 1 + n, "out",
			guest, "in", n % 2 == 0 ? 0 : MAP_FEEDBACK);
		break;
	case 3:
		c = rig_add(r, b, COMMAND_MAP_OUTPUT, guest);
		c->u.map.port = rig_ref(b, "out");
		c->u.map.bus = n % 8;
		break;
	case 4:
	case 5:
		c = rig_add(r, b, COMMAND_MOVE, step == 4 ? guest : 501 + n);
		c->u.new.target = step == 4 ? 0 : 1 + n;
		c->u.new.placement = step == 4 ? PLACE_HEAD : PLACE_BEFORE;
		break;
	case 6:
		(void)rig_add_connect(r, b, COMMAND_DISCONNECT, 1 + n, "out",
			guest, "in", -1);
		break;
	default:
		(void)rig_add(r, b, COMMAND_FREE, guest);
		break;
	}
}

/** All changes of a block: at every other sample one, or all at one; between
 * them something that changes no order. */
static void
post_block(struct rig *r, uint32_t block, bool together)
{
	uint64_t begin = r->frames;

	for (uint32_t i = 0; i < GUESTS * STEPS; i++) {
		uint64_t at = begin + (together ? 31 : 2 * i + 1);
		struct batch *b = rig_batch(r, at);
		change(r, b, block, i % STEPS, GUEST + (int32_t)(i / STEPS));
		rig_post(r, b);
		b = rig_batch(r, begin + 2 * i + (i == 0 && begin == 0));
		rig_add_set(r, b, 1 + (int32_t)i, "value", (float)block, -1.0);
		rig_post(r, b);
	}
}

static void
render(struct rig *r)
{
	float *out[2] = {r->out[0] + r->frames, r->out[1] + r->frames};
	const float *in[2] = {r->in[0], r->in[1]};

	calls = 0;
	renders = true;
	engine_render(r->engine, in, out, BLOCK);
	engine_flush(r->engine);
	renders = false;
	r->frames += BLOCK;
	rig_collect(r);
}

static void
play(int way, bool together)
{
	struct rig *r = open_graph(way);

	for (uint32_t block = 0; block < BLOCKS; block++) {
		uint64_t before = renewals(r);
		r->reports = 0;
		post_block(r, block, together);
		render(r);
		ck_assert_uint_eq(calls, 0);
		ck_assert_uint_eq(
			renewals(r) - before, together ? 1 : GUESTS * STEPS);
		ck_assert_uint_eq(rig_count(r, REPORT_NODE_ENDED, -1), GUESTS);
		for (uint32_t i = 0; i < r->reports; i++) {
			ck_assert_uint_eq(r->report[i].reason, 0);
		}
		/* nothing changes: nothing is renewed */
		before = renewals(r);
		render(r);
		ck_assert_uint_le(renewals(r) - before, 1);
		before = renewals(r);
		render(r);
		ck_assert_uint_eq(renewals(r), before);
		ck_assert_uint_eq(calls, 0);
	}
	ck_assert_uint_eq(
		gauge_get(&r->wire->gauges, GAUGE_CONNECTIONS), SYNTHS / 2);
	ck_assert_uint_eq(gauge_get(&r->wire->gauges, GAUGE_UNPLANNED), 0);
	ck_assert((double)r->out[0][r->frames - 1] != 0.0);
	rig_close(r);
}

START_TEST(count_of_allocations_counts)
{
	calls = 0;
	renders = true;
	float *volatile some = malloc(64);
	free(some);
	renders = false;
	ck_assert_uint_eq(calls, 2);
}
END_TEST

START_TEST(worst_block_renews_once_for_each_sample_with_a_change)
{
	play(_i, false);
}
END_TEST

START_TEST(worst_block_renews_once_when_all_comes_at_one_sample)
{
	play(_i, true);
}
END_TEST

START_TEST(clear_of_a_thousand_is_spread_over_blocks_and_allocates_nothing)
{
	struct rig *r = open_graph(_i);
	uint32_t most = 0;
	uint32_t ended = 0;

	struct batch *b = rig_batch(r, r->frames + 5);
	(void)rig_add(r, b, COMMAND_CLEAR, 0);
	rig_post(r, b);
	for (uint32_t block = 0; block < BLOCKS; block++) {
		uint64_t before = renewals(r);
		r->reports = 0;
		render(r);
		uint32_t now = rig_count(r, REPORT_NODE_ENDED, -1);
		most = now > most ? now : most;
		ended += now;
		ck_assert_uint_eq(calls, 0);
		ck_assert_uint_le(renewals(r) - before, 2);
	}
	ck_assert_uint_eq(ended, SYNTHS);
	ck_assert_uint_eq(most, 128);
	ck_assert_uint_eq(gauge_get(&r->wire->gauges, GAUGE_CONNECTIONS), 0);
	rig_close(r);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("worst");

	tcase_add_test(tc, count_of_allocations_counts);
	tcase_add_loop_test(tc,
		worst_block_renews_once_for_each_sample_with_a_change, 0, WAYS);
	tcase_add_loop_test(tc,
		worst_block_renews_once_when_all_comes_at_one_sample, 0, WAYS);
	tcase_add_loop_test(tc,
		clear_of_a_thousand_is_spread_over_blocks_and_allocates_nothing,
		0, WAYS);
	return suite_run("rt/graph/worst", tc);
}
