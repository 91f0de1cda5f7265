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
 * quickest blocks: what the machine does while nobody else wants it.  In turns
 * with the graphs the same two threads do mere arithmetic, as much of it as
 * can be, in the first cache: what a second processor is worth here at that
 * time.  Two that share one core's units are worth less than two.
 */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "compare.h"
#include "crew.h"
#include "desk.h"
#include "thread_flush.h"
#include "voices.h"

#define WARM   8
#define BLOCKS 24
#define TURNS  20 /* for one of the others' */
#define GOAL   1.8
#define STEPS  64   /* of mere arithmetic, in one stage */
#define ROUNDS 1200 /* of each: some 2 us */
#define CHAINS 8    /* side by side, so that units wait for nothing */

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
	struct bench mere;   /* median of each turn, of mere arithmetic */
	char name[3][64];
};

typedef float four __attribute__((vector_size(16)));

/** Multiplications and additions that do not wait for each other. */
TACTUS_RT static void
toil(void *stage, uint32_t who, uint32_t step)
{
	float *sum = stage;
	four x[CHAINS];

	(void)who;
	for (int k = 0; k < CHAINS; k++) {
		x[k] = (four){0.1F, 0.2F, 0.3F, 0.4F} + (float)k;
	}
	for (int i = 0; i < ROUNDS; i++) {
		for (int k = 0; k < CHAINS; k++) {
			x[k] = x[k] * 0.999F + 0.001F;
		}
	}
	for (int k = 1; k < CHAINS; k++) {
		x[0] += x[k];
	}
	/* a cache line each */
	sum[16 * step] = x[0][0] + x[0][1] + x[0][2] + x[0][3];
}

/** One stage of mere arithmetic. @return ns */
static double
toil_once(struct crew *crew)
{
	static float sum[16 * STEPS];
	int64_t began = bench_now();

	if (crew != NULL) {
		crew_begin(crew);
		crew_stage(crew, toil, sum, STEPS);
		(void)crew_end(crew);
	} else {
		for (uint32_t i = 0; i < STEPS; i++) {
			toil(sum, 0, i);
		}
	}
	bench_keep(sum);
	return (double)(bench_now() - began);
}

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
	snprintf(s->name[2], sizeof s->name[2],
		"compare/%u-%s/mere-arithmetic-%u", g->count, g->name, threads);
	bench_open(&s->block, s->name[0], "ns", (size_t)turns * BLOCKS);
	bench_open(&s->median, s->name[1], "ns", turns);
	bench_open(&s->mere, s->name[2], "ns", turns);
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
	bench_open(&one, "", "ns", BLOCKS);
	for (int i = 0; i < BLOCKS; i++) {
		bench_add(&one, toil_once(s->desk.crew));
	}
	bench_add(&s->mere, bench_median(&one));
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
	snprintf(what, sizeof what, "%u %s: mere arithmetic in turns with it",
		graph[which].count, graph[which].name);
	compare_ratio(
		c, 5, what, NO_PROMISE, 0.0, &side[0].mere, &side[1].mere);
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
		bench_close(&side[i].mere);
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
