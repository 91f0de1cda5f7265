/* SPDX-License-Identifier: MIT */
/*
 * compare_threads.c -- row 5: two audio threads beside one.
 *
 * In process: wide graphs of a few hundred microseconds a block, mixed to one
 * bus, nothing arranged by hand.  Two engines of the same graph, one on one
 * thread and one on two, compute some blocks each in turns, by the clock on
 * the wall.  Each thread has a processor of its own, under SCHED_FIFO where
 * that is granted; then this program sleeps as long as it ran, for others.
 *
 * Told are the ratio of the turns' medians, with its spread, and that of the
 * quickest blocks: what the machine does while nobody else wants it.
 */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "compare.h"
#include "desk.h"
#include "thread_flush.h"
#include "voices.h"

#define WARM   8
#define BLOCKS 24
#define TURNS  20 /* for one of the others' */
#define GOAL   1.8

/** Much memory and little work, the usual, much work and little memory. */
static const struct graph {
	const char *name;
	uint32_t count;
} graph[] = {
	{"sines",        20000},
	{"filtered",     6000 },
	{"saws-with-eq", 1500 },
};
enum { SINES, FILTERED, EQUALISED, GRAPHS };

/** One side of a pair. */
struct side {
	struct desk desk;
	struct bench block;  /* all of them */
	struct bench median; /* of each turn */
	char name[2][64];
};

static bool
open_side(struct side *s, int which, uint32_t threads, uint32_t turns)
{
	const struct graph *g = &graph[which];
	bool granted = desk_open_threads(&s->desk, 2 * g->count, threads, true);

	if (which == FILTERED) {
		voices_filtered(&s->desk, g->count);
	} else if (which == EQUALISED) {
		voices_pairs(&s->desk, "saw", "eq", g->count);
	} else {
		desk_fill(&s->desk, desk_def("sine"), g->count, false);
	}
	snprintf(s->name[0], sizeof s->name[0], "compare/%u-%s/threads-%u",
		g->count, g->name, threads);
	snprintf(s->name[1], sizeof s->name[1], "compare/%u-%s/turns-%u",
		g->count, g->name, threads);
	bench_open(&s->block, s->name[0], "ns", (size_t)turns * BLOCKS);
	bench_open(&s->median, s->name[1], "ns", turns);
	return granted;
}

static void
turn(struct side *s)
{
	struct bench one;

	bench_open(&one, "", "ns", BLOCKS);
	for (int i = 0; i < WARM; i++) {
		(void)desk_block(&s->desk);
	}
	for (int i = 0; i < BLOCKS; i++) {
		double ns = desk_block(&s->desk);
		bench_add(&one, ns);
		bench_add(&s->block, ns);
	}
	bench_add(&s->median, bench_median(&one));
	bench_close(&one);
}

static void
compare_graph(struct compare *c, int which)
{
	static struct side side[2];
	uint32_t turns = c->turns * TURNS;
	char what[96];
	struct bench quick;

	bool granted = open_side(&side[0], which, 1, turns);
	granted = open_side(&side[1], which, 2, turns) && granted;
	if (!granted) {
		compare_skip(5, "SCHED_FIFO: not granted, others interfere");
	}
	for (uint32_t n = 0; n < turns; n++) {
		int64_t began = bench_now();
		turn(&side[n % 2]);
		turn(&side[1 - n % 2]);
		bench_rest(began);
	}
	snprintf(what, sizeof what, "%u %s: one thread / two",
		graph[which].count, graph[which].name);
	compare_ratio(
		c, 5, what, AT_LEAST, GOAL, &side[0].median, &side[1].median);
	bench_print(&side[0].block);
	bench_print(&side[1].block);
	snprintf(what, sizeof what, "%u %s: the same, quickest blocks",
		graph[which].count, graph[which].name);
	bench_open(&quick, what, "times", 1);
	bench_add(&quick, bench_quantile(&side[0].block, 0.0) /
				  bench_quantile(&side[1].block, 0.0));
	bench_print(&quick);
	compare_tell(c, 5, what, NO_PROMISE, 0.0, &quick);
	bench_close(&quick);
	for (int i = 0; i < 2; i++) {
		desk_close(&side[i].desk);
		bench_close(&side[i].block);
		bench_close(&side[i].median);
	}
}

void
compare_threads(struct compare *c)
{
	cpu_set_t before;
	int policy = sched_getscheduler(0);
	struct sched_param priority = {0};

	if (sched_getaffinity(0, sizeof before, &before) != 0 ||
		CPU_COUNT(&before) < 2) {
		compare_skip(5, "there is one processor");
		return;
	}
	thread_flush_denormals();
	for (int i = 0; i < GRAPHS; i++) {
		compare_graph(c, i);
		(void)sched_setscheduler(0, policy, &priority);
		(void)sched_setaffinity(0, sizeof before, &before);
	}
}
