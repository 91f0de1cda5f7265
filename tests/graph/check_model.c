/* SPDX-License-Identifier: MIT */
/*
 * check_model.c -- the engine against a naive one, in storms of commands.
 *
 * Same bits out, same outcomes, same reports in the same order, and at the
 * end every pool and count as at the start.  TACTUS_STORM=N makes the storms
 * N times as long.
 */
#include <config.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "holds.h"
#include "random.h"
#include "storm.h"
#include "thread_flush.h"

/** What makes one storm differ from another. */
struct weather {
	uint32_t seed;
	uint32_t block;
	uint32_t ring;     /* room for reports */
	uint32_t events;   /* room for events */
	uint32_t rough;    /* nonsense, of 100 */
	uint32_t commands; /* to send */
	uint32_t nodes;
	uint32_t connections;
	uint32_t inputs;  /* connections that one port takes */
	bool real_time;   /* not offline: limbo is freed block by block */
	bool cut;         /* blocks are rendered in parts */
	uint32_t threads; /* 0: as all tests */
};

#define MAX_FRAMES 512

/** A ring that has room for all that a segment says. */
#define ROOMY 4096

struct bench {
	struct rig *rig;
	struct naive *naive;
	struct storm storm;
	uint32_t random;
	float *in[2];
	uint32_t last_frames; /* of the last call of render */
	double energy;
	uint64_t reports;
	uint64_t failures; /* commands that failed, in both */
	uint64_t seen[REASON_COUNT];
};

static void
compare_outcomes(struct bench *b, const struct parcel *p)
{
	HOLDS(p->is_back && p->is_done);
	HOLDS(p->got_flags == p->want_flags);
	HOLDS(p->got_applied == p->want_applied);
	HOLDS(p->got_late == p->want_late);
	if ((p->want_flags & BATCH_REFUSED) != 0) {
		b->failures++;
		return;
	}
	for (uint32_t i = 0; i < p->count; i++) {
		const struct outcome *g = &p->got[i];
		const struct outcome *w = &p->want[i];
		HOLDS_MSG(g->reason == w->reason,
			"kind %d id %d: reason %u, naive %u", p->what[i].kind,
			p->what[i].id, g->reason, w->reason);
		HOLDS_MSG(g->id == w->id && g->digest == w->digest,
			"kind %d id %d: answers differ", p->what[i].kind,
			p->what[i].id);
		HOLDS_MSG(g->told[0] == w->told[0] && g->told[1] == w->told[1],
			"kind %d id %d reason %u: told %d %d, naive %d %d",
			p->what[i].kind, p->what[i].id, w->reason, g->told[0],
			g->told[1], w->told[0], w->told[1]);
		HOLDS(memcmp(g->path, w->path, sizeof g->path) == 0);
		b->seen[w->reason]++;
		b->failures += w->reason != REASON_NONE ? 1 : 0;
	}
}

/** What both have told since the last time. */
static void
compare_reports(struct bench *b)
{
	const struct entry *want;
	uint32_t count = naive_told(b->naive, &want);

	rig_collect(b->rig);
	for (uint32_t i = 0; i < count && i < b->rig->reports; i++) {
		struct entry g = storm_entry(&b->rig->report[i]);
		const struct entry *w = &want[i];
		HOLDS_MSG(g.kind == w->kind && g.id == w->id &&
				  g.sample == w->sample &&
				  g.parcel == w->parcel,
			"report %u: kind %u id %d at %llu, naive kind %u id "
			"%d at %llu",
			i, g.kind, g.id, (unsigned long long)g.sample, w->kind,
			w->id, (unsigned long long)w->sample);
		HOLDS(g.value == w->value);
		HOLDS(g.more == w->more);
	}
	HOLDS(b->rig->reports == count);
	for (uint32_t i = 0; i < count; i++) {
		struct parcel *p = b->rig->report[i].tag;
		if (p != NULL) {
			compare_outcomes(b, p);
			free(p);
		}
	}
	b->reports += count;
	b->rig->reports = 0;
}

static void
compare_state(struct bench *b)
{
	struct gauges *g = &b->rig->wire->gauges;

	HOLDS(gauge_get(g, GAUGE_SYNTHS) + gauge_get(g, GAUGE_GROUPS) ==
		naive_nodes(b->naive));
	HOLDS(gauge_get(g, GAUGE_EVENTS) == naive_events(b->naive));
	HOLDS(gauge_get(g, GAUGE_CONNECTIONS) == naive_edges(b->naive));
	for (uint32_t i = 0; i < b->rig->config.pools; i++) {
		HOLDS(gauge_get(g, (enum gauge)(GAUGE_POOL_FREE + i)) ==
			naive_pool(b->naive, i));
	}
}

static void
render(struct bench *b, uint32_t frames)
{
	struct rig *r = b->rig;
	float *out[2] = {r->out[0], r->out[1]};
	float other[2][MAX_FRAMES];
	float *want[2] = {other[0], other[1]};
	const float *in[2] = {b->in[0], b->in[1]};

	for (uint32_t i = 0; i < frames; i++) {
		uint32_t x = (uint32_t)(b->storm.now + i + 1) * 2654435761U;
		b->in[0][i] = (float)(x >> 12) / 1048576.0F;
		b->in[1][i] = -b->in[0][i];
	}
	/* some blocks have no capture; it hangs on time alone */
	bool silent = b->storm.now / r->config.block % 8 == 3;
	engine_render(r->engine, silent ? NULL : in, out, frames);
	naive_render(b->naive, silent ? NULL : in, want, frames);
	for (uint32_t c = 0; c < 2; c++) {
		for (uint32_t i = 0; i < frames; i++) {
			HOLDS_MSG(memcmp(&out[c][i], &want[c][i],
					  sizeof(float)) == 0,
				"sample %llu + %u, channel %u: %a, naive %a",
				(unsigned long long)b->storm.now, i, c,
				(double)out[c][i], (double)want[c][i]);
			b->energy += (double)out[c][i] * (double)out[c][i];
		}
	}
	b->storm.now += frames;
	b->last_frames = frames;
	HOLDS(engine_now(r->engine) == b->storm.now);
}

static void
turn(struct bench *b, const struct weather *w)
{
	uint32_t left = engine_left(b->rig->engine);
	bool part = w->cut && random_below(&b->random, 3) == 0;

	render(b, part ? 1 + random_below(&b->random, left) : left);
	compare_state(b);
	for (uint32_t k = random_below(&b->random, 3); k > 0; k--) {
		compare_reports(b);
		engine_flush(b->rig->engine);
		naive_flush(b->naive);
	}
	compare_reports(b);
	if (w->cut && random_below(&b->random, 5) == 0) {
		/* while time stands still */
		engine_take(b->rig->engine);
		naive_take(b->naive);
	}
}

static void
send(struct bench *b)
{
	struct parcel *p = storm_packet(&b->storm);

	storm_post(b->rig, p);
	naive_post(b->naive, p);
}

static void
open_bench(struct bench *b, const struct weather *w)
{
	struct rig *r = rig_new();

	*b = (struct bench){.rig = r, .random = w->seed * 77 + 1};
	r->config.block = w->block;
	r->config.max_nodes = w->nodes;
	r->config.max_events = w->events;
	r->config.max_buses = 6;
	r->config.max_connections = w->connections;
	r->config.max_inputs_per_port = w->inputs;
	r->config.offline = !w->real_time;
	r->config.startup_ramp_ms = w->real_time ? 3.0 : 0.0;
	r->config.startup_gain_db = w->real_time ? -1.5 : 0.0;
	/* no budget of time: that is tested elsewhere */
	r->config.command_share = 1e9;
	r->config.pools = 6;
	struct pool_config pools[6] = {
		{128,  w->nodes / 4},
                {256,  w->nodes    },
                {512,  w->nodes / 2},
		{1024, w->nodes / 4},
                {2048, w->nodes / 8},
		{4096, w->nodes / 8}
        };
	memcpy(r->config.pool, pools, sizeof pools);
	r->ring = w->ring;
	r->on_back = storm_back;
	if (w->threads != 0) {
		r->config.threads = w->threads;
	} else if (w->ring < ROOMY) {
		/* whose note is refused for want of room hangs on who runs
		 * whom */
		r->config.threads = 1;
	}
	rig_open(r);
	b->naive = naive_open(&r->config, w->ring);
	b->storm = (struct storm){.random = w->seed,
		.config = &r->config,
		.naive = b->naive,
		.rough = w->rough};
	for (int c = 0; c < 2; c++) {
		b->in[c] = calloc(MAX_FRAMES, sizeof(float));
		ck_assert_ptr_nonnull(b->in[c]);
	}
}

static void
close_bench(struct bench *b, const struct weather *w)
{
	/* let all that is due and all that waits come out */
	struct parcel *p = calloc(1, sizeof *p);
	p->count = 1;
	p->flags = BATCH_NOW;
	p->what[0] = (struct order){.kind = COMMAND_FREE_ALL, .id = 0};
	for (int i = 0; i < 2000; i++) {
		turn(b, w);
	}
	storm_post(b->rig, p);
	naive_post(b->naive, p);
	for (int i = 0; i < 2000; i++) {
		turn(b, w);
	}
	ck_assert_uint_eq(naive_nodes(b->naive), 1);
	ck_assert_uint_eq(naive_waiting(b->naive), 0);
	ck_assert_uint_eq(b->rig->batches, 0);
	ck_assert_uint_eq(b->rig->specs, 0);
	for (uint32_t i = 0; i < b->rig->config.pools; i++) {
		ck_assert_uint_eq(
			naive_pool(b->naive, i), b->rig->config.pool[i].count);
	}
	naive_close(b->naive);
	b->rig->on_back = NULL;
	rig_close(b->rig);
	free(b->in[0]);
	free(b->in[1]);
}

static void
run_storm(const struct weather *w)
{
	const char *more = getenv("TACTUS_STORM");
	uint64_t want = w->commands;
	struct bench b;

	want *= more != NULL ? strtoull(more, NULL, 10) : 1;
	open_bench(&b, w);
	while (b.storm.commands < want) {
		/* as long as the reader keeps up */
		uint32_t packets = random_below(&b.random, 6);
		if (naive_waiting(b.naive) > 100) {
			packets = 0;
		}
		while (packets-- > 0) {
			send(&b);
		}
		turn(&b, w);
	}
	if (more != NULL) {
		printf("seed %u: %llu commands, %llu failed, %llu reports, "
		       "energy %g\n",
			w->seed, (unsigned long long)b.storm.commands,
			(unsigned long long)b.failures,
			(unsigned long long)b.reports, b.energy);
		for (int i = 0; i < REASON_COUNT; i++) {
			printf(" %llu", (unsigned long long)b.seen[i]);
		}
		printf("\n");
	}
	/* it was no silent storm, and not all of it was refused */
	ck_assert(b.energy > (double)want / 600.0);
	ck_assert_uint_gt(b.seen[REASON_NONE], b.storm.commands / 5);
	ck_assert_uint_gt(b.failures, 0);
	ck_assert_uint_gt(b.seen[REASON_CONNECTED], 0);
	ck_assert_uint_gt(b.seen[REASON_CYCLE], 0);
	ck_assert(b.seen[REASON_INPUTS_FULL] > 0 || w->inputs > 3);
	ck_assert(b.seen[REASON_CONNECTIONS_FULL] > 0 || w->connections > 6);
	close_bench(&b, w);
}

/* seeds of the storms: each a weather of its own */
static const struct weather weathers[] = {
	{1,  64,  4096, 256, 5,  36000, 48,  40,  4,  false, false, 0},
	{2,  64,  4096, 256, 5,  36000, 48,  100, 8,  true,  false, 0},
	{3,  64,  4096, 64,  30, 30000, 24,  6,   2,  false, true,  0},
	{4,  16,  16,   128, 5,  24000, 48,  60,  4,  true,  true,  0},
	{5,  1,   4096, 256, 5,  60000, 48,  30,  3,  true,  false, 0},
	{6,  37,  8,    40,  10, 18000, 32,  20,  2,  false, true,  0},
	{7,  128, 4096, 500, 0,  30000, 96,  200, 16, true,  false, 0},
	{8,  256, 64,   500, 15, 36000, 96,  100, 3,  false, false, 0},
	{9,  64,  4,    24,  5,  18000, 8,   3,   2,  true,  true,  0},
	{10, 48,  1024, 500, 2,  36000, 64,  64,  64, true,  true,  0},
	{11, 500, 4096, 900, 5,  24000, 120, 150, 5,  false, true,  0},
};

START_TEST(engine_is_as_the_naive_one_in_a_storm)
{
	run_storm(&weathers[_i]);
}
END_TEST

#ifdef TACTUS_SANITIZED
#  define HELPED(commands) ((commands) / 16)
#else
#  define HELPED(commands) ((commands) / 4)
#endif

START_TEST(engine_is_as_the_naive_one_in_a_storm_with_helpers)
{
	struct weather w = weathers[_i];

	thread_flush_denormals();
	/* helpers are woken in each segment, which takes long */
	w.commands = HELPED(w.commands);
	w.threads = 2 + (uint32_t)_i % 3;
	w.ring = ROOMY;
	run_storm(&w);
}
END_TEST

/** Render a tame storm; blocks are cut by `cuts`, 0: not at all. */
static void
render_tame(uint32_t seed, uint32_t cuts, float *out, uint32_t frames)
{
	struct weather w = {
		seed, 64, 4096, 500, 3, 0, 64, 40, 4, false, false, 0};
	uint32_t random = cuts;
	struct bench b;

	open_bench(&b, &w);
	b.storm.tame = true;
	for (uint32_t at = 0; at < frames;) {
		if (at % 64 == 0) {
			send(&b);
			send(&b);
		}
		uint32_t left = engine_left(b.rig->engine);
		render(&b, cuts == 0 ? left : 1 + random_below(&random, left));
		for (uint32_t i = 0; i < b.last_frames; i++, at++) {
			out[2 * at] = b.rig->out[0][i];
			out[2 * at + 1] = b.rig->out[1][i];
		}
		compare_reports(&b);
	}
	ck_assert(b.energy > 100.0);
	close_bench(&b, &w);
}

#define TAME_FRAMES (64 * 400)

START_TEST(engine_sounds_the_same_twice_and_however_blocks_are_cut)
{
	static float out[4][2 * TAME_FRAMES];
	uint32_t seed = 50 + (uint32_t)_i;

	for (uint32_t k = 0; k < 4; k++) {
		render_tame(seed, k < 2 ? 0 : k * 1000, out[k], TAME_FRAMES);
	}
	for (int k = 1; k < 4; k++) {
		ck_assert_mem_eq(out[0], out[k], sizeof out[0]);
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("rt/graph/model");
	TCase *tc = tcase_create("storms");

	tcase_set_timeout(tc, 200);
	tcase_add_loop_test(tc, engine_is_as_the_naive_one_in_a_storm, 0,
		sizeof weathers / sizeof *weathers);
	tcase_add_loop_test(tc,
		engine_sounds_the_same_twice_and_however_blocks_are_cut, 0, 4);
	tcase_add_loop_test(tc,
		engine_is_as_the_naive_one_in_a_storm_with_helpers, 0,
		sizeof weathers / sizeof *weathers);
	suite_add_tcase(s, tc);
	SRunner *runner = srunner_create(s);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
