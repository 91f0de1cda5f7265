/* SPDX-License-Identifier: MIT */
/*
 * compare_changes.c -- rows 6 and 7: the block in which the graph changes.
 *
 * In process, one thread, by the clock of its processor time: who else runs
 * meanwhile does not count, interrupts do.  A graph of 1000 nodes without
 * connections, and one with 1000 of them (500 sines, 500 filters, each of
 * which hears two sines).  Blocks with 32 structural commands and without
 * take turns; then the same with each command at a sample of its own; all of it
 * again where the nodes stand in no order.  What one block changes the next one
 * changes back.  Then the worst blocks of graphs that stand still, and /clear.
 */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "compare.h"
#include "desk.h"
#include "thread_flush.h"
#include "voices.h"

#define NODES    1000
#define CHANGES  32
#define PASSES   3 /* of blocks with each change at its own sample */
#define BLOCK_NS (1e9 * DESK_BLOCK / DESK_RATE)

/** Which commands. */
enum mix {
	MIXED, /* synths made or freed, connections cut or made, moves */
	MOVES,
	WIRES, /* connections cut or made */
	MIXES
};

/** A graph of NODES, whose changes go there and back. */
struct stand {
	struct desk desk;
	const TactusSynthDef *sine;
	bool connected;
	bool changed; /* synths are too many, connections too few */
	uint64_t chance;
};

static int32_t
draw(struct stand *s, int32_t count)
{
	s->chance = s->chance * 6364136223846793005U + 1442695040888963407U;
	return (int32_t)((s->chance >> 33) % (uint64_t)count);
}

/** The connection from sine 2i + 1 to its neighbour's filter. */
static void
add_wire(struct batch *b, int32_t i, bool on)
{
	desk_add_connect(b, on ? COMMAND_CONNECT : COMMAND_DISCONNECT,
		2 * i + 1, SINE_OUT, (2 * i + 3) % NODES + 1, FILTER_IN);
}

static void
open_stand(struct stand *s, bool connected)
{
	*s = (struct stand){
		.connected = connected, .chance = 1, .sine = desk_def("sine")};
	desk_open(&s->desk, 2 * NODES);
	if (!connected) {
		desk_fill(&s->desk, s->sine, NODES, false);
		return;
	}
	voices_filtered(&s->desk, NODES / 2);
	for (int32_t i = 0; i < NODES / 2; i++) {
		struct batch *b = desk_batch(0);
		add_wire(b, i, true);
		desk_post(&s->desk, b);
		desk_take(&s->desk);
	}
}

static void
add_move(struct batch *b, int32_t id, int32_t behind)
{
	struct command *c = desk_add(b, COMMAND_MOVE, id);

	c->u.new.target = behind;
	c->u.new.placement = PLACE_AFTER;
}

/** Nodes in no order, as in a graph that has lived long. */
static void
scatter(struct stand *s)
{
	for (int32_t i = 0; i < 10 * NODES; i++) {
		int32_t id = 1 + draw(s, NODES);
		struct batch *b = desk_batch(0);
		add_move(b, id, 1 + (id + draw(s, NODES - 1)) % NODES);
		desk_post(&s->desk, b);
		desk_take(&s->desk);
	}
}

/** Change `i` of a block: in one block there, in the next back again. */
static void
add_change(struct stand *s, struct batch *b, enum mix mix, int32_t i)
{
	int32_t news = mix == MIXED ? 4 : 0;
	int32_t wires = mix == WIRES                   ? CHANGES
			: mix == MIXED && s->connected ? 10
						       : 0;

	if (i < news && s->changed) {
		(void)desk_add(b, COMMAND_FREE, NODES + 1 + i);
	} else if (i < news) {
		/* new, joined, active: three commands */
		desk_add_synth(b, s->sine, NODES + 1 + i, 0);
	} else if (i < news + wires) {
		add_wire(b, 15 * i, s->changed);
	} else {
		/* far away, and back behind its neighbour; those between
		 * that stay are at least one in 30 */
		int32_t id = 30 * i + 32;
		add_move(b, id, s->changed ? id - 1 : 1 + draw(s, 30));
	}
}

/** Post CHANGES commands for one sample, or as many for one each. */
static void
post_changes(struct stand *s, enum mix mix, bool apart)
{
	struct batch *b = NULL;
	uint32_t count = 0;

	for (int32_t i = 0; i < CHANGES && count < CHANGES; i++) {
		if (b == NULL) {
			b = desk_batch(apart ? engine_now(s->desk.engine) +
						       2 * (uint64_t)i
					     : 0);
		}
		add_change(s, b, mix, i);
		count = apart ? 0 : b->commands;
		if (apart) {
			desk_post(&s->desk, b);
			b = NULL;
		}
	}
	if (b != NULL) {
		desk_post(&s->desk, b);
	}
	s->changed = !s->changed;
}

static double
block_ns(struct stand *s)
{
	return desk_block_by(&s->desk, CLOCK_THREAD_CPUTIME_ID);
}

/** 32 at one sample: what they add to a block. @param c NULL: tell nobody */
static void
measure_together(struct compare *c, struct stand *s, enum mix mix,
	uint32_t turns, const char *name)
{
	double goal = s->connected ? 20e3 : 10e3;
	/* there, and back */
	struct bench without;
	struct bench with;
	char text[2][128];

	snprintf(
		text[0], sizeof text[0], "compare/changes/%.79s/without", name);
	snprintf(text[1], sizeof text[1], "compare/changes/%.79s/added", name);
	bench_open(&without, text[0], "ns", turns);
	bench_open(&with, text[1], "ns", turns);
	for (uint32_t n = 0; n < turns; n++) {
		(void)block_ns(s);
		bench_add(&without, block_ns(s));
		post_changes(s, mix, false);
		bench_add(&with, block_ns(s));
	}
	double base = bench_median(&without);
	for (size_t i = 0; i < with.count; i++) {
		with.sample[i] -= base;
	}
	if (c != NULL) {
		bench_print(&without);
		bench_print(&with);
		compare_tell(c, 6, text[1], AT_MOST, goal, &with);
	}
	bench_close(&without);
	bench_close(&with);
}

/** What blocks took whose 32 changes have a sample each. */
struct apart {
	struct bench all;
	struct bench least; /* of each block, of all passes */
	char name[2][128];
};

static void
open_apart(struct apart *a, const char *name, uint32_t turns)
{
	snprintf(a->name[0], sizeof a->name[0],
		"compare/changes/%.79s/each-at-its-own", name);
	snprintf(a->name[1], sizeof a->name[1],
		"compare/changes/%.79s/each-at-its-own-least", name);
	bench_open(&a->all, a->name[0], "ns", (size_t)turns * PASSES);
	bench_open(&a->least, a->name[1], "ns", turns);
}

/** 32, each at a sample of its own: no block over its time. */
static void
measure_apart(struct apart *a, struct stand *s, enum mix mix, uint32_t turns,
	bool first)
{
	for (uint32_t n = 0; n < turns; n++) {
		post_changes(s, mix, true);
		double ns = block_ns(s);
		bench_add(&a->all, ns);
		if (first) {
			bench_add(&a->least, ns);
		} else if (ns < a->least.sample[n]) {
			a->least.sample[n] = ns;
		}
	}
}

static void
tell_apart(struct compare *c, struct apart *a)
{
	bench_print(&a->all);
	bench_print(&a->least);
	compare_tell(c, 6, a->name[0], NEVER_OVER, BLOCK_NS, &a->all);
	compare_tell(c, 6, a->name[1], NEVER_OVER, BLOCK_NS, &a->least);
	bench_close(&a->all);
	bench_close(&a->least);
}

/** One stand, made anew for each pass: all passes do the same, block by
 * block, so what is slow in all of them is the engine's doing. */
static void
compare_stand(struct compare *c, bool connected, bool scattered)
{
	static const char *const word[MIXES] = {"mixed", "moves", "wires"};
	static struct stand s;
	static struct apart apart[MIXES];
	uint32_t turns = c->turns * 200;
	int mixes = connected ? MIXES : WIRES;
	char name[MIXES][80];

	for (int mix = 0; mix < mixes; mix++) {
		snprintf(name[mix], sizeof name[mix], "%s-32/%s%s", word[mix],
			connected ? "1000-connections" : "no-connections",
			scattered ? "/scattered" : "");
		open_apart(&apart[mix], name[mix], turns);
	}
	for (int pass = 0; pass < PASSES; pass++) {
		open_stand(&s, connected);
		if (scattered) {
			scatter(&s);
		}
		for (int mix = 0; mix < mixes; mix++) {
			measure_together(pass == 0 ? c : NULL, &s,
				(enum mix)mix, turns, name[mix]);
			measure_apart(&apart[mix], &s, (enum mix)mix, turns,
				pass == 0);
		}
		desk_close(&s.desk);
	}
	for (int mix = 0; mix < mixes; mix++) {
		tell_apart(c, &apart[mix]);
	}
}

/* --- blocks of a graph that stands still --- */

/** Turns of so many blocks; each has its p99.9 and p50. */
#define STEADY_BLOCKS 3000

/** A chain of multiplications: what the machine itself makes of a time. */
static double
toil(uint32_t rounds)
{
	struct timespec t[2];
	uint64_t x = rounds;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t[0]);
	for (uint32_t i = 0; i < rounds; i++) {
		x = x * 6364136223846793005U + 1442695040888963407U;
		bench_keep(&x);
	}
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t[1]);
	return 1e9 * (double)(t[1].tv_sec - t[0].tv_sec) +
	       (double)(t[1].tv_nsec - t[0].tv_nsec);
}

/** So many rounds of that as take this long. */
static uint32_t
rounds_for(double ns)
{
	double least = toil(10000);

	for (int i = 0; i < 100; i++) {
		double one = toil(10000);
		least = one < least ? one : least;
	}
	return (uint32_t)(10000.0 * ns / least);
}

/** p99.9 by p50 of one turn. */
static double
spread(struct bench *b)
{
	double p50 = bench_median(b);

	return bench_quantile(b, 0.999) / p50;
}

/** What a graph that stands still takes. */
struct steady {
	struct bench block;   /* all of them */
	struct bench ratio;   /* p99.9 by p50 of each turn */
	struct bench machine; /* the same of mere arithmetic */
	/* of each block the least of all turns: in each an engine of its own
	 * does the same in the same block, so what comes again is its doing,
	 * and what does not is the machine's */
	double least[STEADY_BLOCKS];
};

static void
open_voices(struct desk *d, bool filtered)
{
	desk_open(d, 2 * NODES);
	if (filtered) {
		voices_filtered(d, NODES);
	} else {
		desk_fill(d, desk_def("sine"), NODES, false);
	}
}

/**
 * One turn: the first blocks of a new engine, and as much that is no audio at
 * all.  Under SCHED_FIFO where that is granted; then a rest, for others.
 */
static void
steady_turn(struct steady *s, bool filtered)
{
	struct sched_param fifo = {.sched_priority = 1};
	struct sched_param none = {.sched_priority = 0};
	int policy = sched_getscheduler(0);
	struct bench one[2];
	struct desk d;

	open_voices(&d, filtered);
	int64_t began = bench_now();
	(void)sched_setscheduler(0, SCHED_FIFO, &fifo);
	bench_open(&one[0], "", "ns", STEADY_BLOCKS);
	bench_open(&one[1], "", "ns", STEADY_BLOCKS);
	for (int i = -100; i < STEADY_BLOCKS; i++) {
		double ns = desk_block_by(&d, CLOCK_THREAD_CPUTIME_ID);
		if (i >= 0) {
			bool first = s->ratio.count == 0;
			bench_add(&one[0], ns);
			bench_add(&s->block, ns);
			if (first || ns < s->least[i]) {
				s->least[i] = ns;
			}
		}
	}
	bench_add(&s->ratio, spread(&one[0]));
	uint32_t rounds = rounds_for(bench_quantile(&one[0], 0.5));
	for (int i = 0; i < STEADY_BLOCKS; i++) {
		bench_add(&one[1], toil(rounds));
	}
	bench_add(&s->machine, spread(&one[1]));
	(void)sched_setscheduler(0, policy, &none);
	bench_close(&one[0]);
	bench_close(&one[1]);
	desk_close(&d);
	bench_rest(began);
}

static void
measure_steady(struct compare *c, bool filtered)
{
	static struct steady s;
	uint32_t turns = c->turns * 3;
	const char *name = filtered ? "1000-filtered" : "1000-sines";
	struct bench least;
	struct bench own;
	char text[5][128];

	snprintf(text[0], sizeof text[0], "compare/block/%s", name);
	snprintf(
		text[1], sizeof text[1], "compare/block/%s/p99.9-by-p50", name);
	snprintf(text[2], sizeof text[2],
		"compare/block/%s/p99.9-by-p50-of-mere-arithmetic", name);
	snprintf(text[3], sizeof text[3], "compare/block/%s/least", name);
	snprintf(text[4], sizeof text[4],
		"compare/block/%s/p99.9-by-p50-of-the-least", name);
	bench_open(&s.block, text[0], "ns", (size_t)turns * STEADY_BLOCKS);
	bench_open(&s.ratio, text[1], "times", turns);
	bench_open(&s.machine, text[2], "times", turns);
	for (uint32_t n = 0; n < turns; n++) {
		steady_turn(&s, filtered);
	}
	bench_open(&least, text[3], "ns", STEADY_BLOCKS);
	for (int i = 0; i < STEADY_BLOCKS; i++) {
		bench_add(&least, s.least[i]);
	}
	bench_open(&own, text[4], "times", 1);
	bench_add(&own, spread(&least));
	bench_print(&s.block);
	bench_print(&least);
	bench_print(&s.ratio);
	bench_print(&s.machine);
	bench_print(&own);
	compare_tell(c, 6, text[1], AT_MOST, 1.5, &s.ratio);
	compare_tell(c, 6, text[2], NO_PROMISE, 0.0, &s.machine);
	compare_tell(c, 6, text[4], AT_MOST, 1.5, &own);
	bench_close(&s.block);
	bench_close(&s.ratio);
	bench_close(&s.machine);
	bench_close(&least);
	bench_close(&own);
}

/* --- /clear --- */

/** All blocks from /clear until the last node is gone. */
static void
measure_clear(struct compare *c, uint32_t nodes)
{
	struct bench worst;
	struct desk d;
	char text[128];

	snprintf(text, sizeof text, "compare/clear-%u/worst-block", nodes);
	bench_open(&worst, text, "ns", c->turns * 3);
	desk_open(&d, nodes);
	for (uint32_t n = 0; n < c->turns * 3; n++) {
		double most = 0.0;
		desk_fill(&d, desk_def("sine"), nodes, false);
		(void)desk_block(&d);
		struct batch *b = desk_batch(0);
		(void)desk_add(b, COMMAND_CLEAR, 0);
		desk_post(&d, b);
		do {
			double ns = desk_block_by(&d, CLOCK_THREAD_CPUTIME_ID);
			most = ns > most ? ns : most;
		} while (gauge_get(&d.wire->gauges, GAUGE_CLEARING) > 0);
		bench_add(&worst, most);
	}
	bench_print(&worst);
	compare_tell(c, 7, text, NEVER_OVER, BLOCK_NS, &worst);
	bench_close(&worst);
	desk_close(&d);
}

void
compare_changes(struct compare *c)
{
	thread_flush_denormals();
	for (int i = 0; i < 4; i++) {
		compare_stand(c, i % 2 != 0, i / 2 != 0);
	}
	measure_steady(c, false);
	measure_steady(c, true);
	measure_clear(c, 1000);
	measure_clear(c, 4000);
}
