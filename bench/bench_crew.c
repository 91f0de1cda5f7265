/* SPDX-License-Identifier: MIT */
/*
 * bench_crew.c -- what it costs to work together, and what it brings.
 *
 *	empty   a stage whose steps do nothing, helpers awake: the price of a
 *	        level; beside it the same steps on one thread
 *	begin   the call of a block to helpers that sleep, or are awake
 *	meet    from that call until a helper has done a step
 *	share   64 steps of two microseconds each, by one and by two threads
 *
 * Each sample is one such thing with one reading of the clock.  All threads
 * are SCHED_FIFO, where that is allowed, on processors of their own.
 */
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "bench.h"
#include "crew_private.h"
#include "rights_setup.h"

#define EMPTY  20000
#define CALLS  400
#define SHARE  2000
#define STEPS  64
#define TURN   80 /* stages */
#define ROUNDS 600

/** As audio threads run, where that is allowed. */
#define PRIORITY 20

static struct crew *
open_crew(uint32_t threads)
{
	const uint32_t cpus[] = {1, 0};
	struct crew_config config = {.threads = threads,
		.realtime = true,
		.priority = PRIORITY,
		.cpus = cpus,
		.cpu_count = 2};
	struct rt_rights rights = {0};
	struct crew *c;

	if (sysconf(_SC_NPROCESSORS_ONLN) < 2) {
		config.cpu_count = 0;
	}
	if (crew_open(&config, &c, &rights) != 0) {
		fprintf(stderr, "bench_crew: no threads\n");
		exit(EXIT_FAILURE);
	}
	return c;
}

TACTUS_RT static void
nothing(void *stage, uint32_t who, uint32_t step)
{
	(void)stage;
	(void)who;
	(void)step;
}

/** A chain of multiplications that no compiler shortens. */
TACTUS_RT static void
toil(void *stage, uint32_t who, uint32_t step)
{
	uint64_t *cell = stage;
	uint64_t x = cell[step * 8];

	(void)who;
	for (int i = 0; i < ROUNDS; i++) {
		x = x * 6364136223846793005U + 1442695040888963407U;
		x ^= x >> 29;
	}
	cell[step * 8] = x;
}

/** Stages one after the other, in blocks of 16. */
static void
run_stages(struct crew *c, crew_step *step, void *stage, uint32_t steps,
	struct bench *b, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		if (i % 16 == 0) {
			crew_begin(c);
		}
		int64_t began = bench_now();
		crew_stage(c, step, stage, steps);
		bench_add(b, (double)(bench_now() - began));
		if (i % 16 == 15) {
			(void)crew_end(c);
		}
	}
}

static void
bench_empty(uint32_t steps)
{
	struct bench b;
	char name[64];

	for (uint32_t threads = 1; threads <= 2; threads++) {
		struct crew *c = open_crew(threads);
		snprintf(name, sizeof name, "crew/empty/steps-%u/threads-%u",
			steps, threads);
		bench_open(&b, name, "ns", EMPTY);
		run_stages(c, nothing, NULL, steps, &b, EMPTY);
		bench_print(&b);
		bench_close(&b);
		crew_close(c);
	}
}

struct meeting {
	_Atomic bool here[2];
};

TACTUS_RT static void
meet(void *stage, uint32_t who, uint32_t step)
{
	struct meeting *m = stage;

	(void)step;
	atomic_store(&m->here[who], true);
	while (!atomic_load(&m->here[1 - who])) {
	}
}

static void
bench_call(bool asleep)
{
	struct crew *c = open_crew(2);
	const char *how = asleep ? "asleep" : "awake";
	struct bench begin;
	struct bench met;
	char name[2][64];

	snprintf(name[0], sizeof name[0], "crew/begin/%s", how);
	snprintf(name[1], sizeof name[1], "crew/meet/%s", how);
	bench_open(&begin, name[0], "ns", CALLS);
	bench_open(&met, name[1], "ns", CALLS);
	for (int i = 0; i < CALLS; i++) {
		struct meeting m = {
			{false, false}
                };
		if (asleep) {
			while (atomic_load(&c->asleep) == 0) {
				sched_yield();
			}
			/* it has said so: let it come to it */
			int64_t until = bench_now() + 2 * CREW_SPIN_NS;
			while (bench_now() < until) {
			}
		}
		int64_t began = bench_now();
		crew_begin(c);
		bench_add(&begin, (double)(bench_now() - began));
		crew_stage(c, meet, &m, 2);
		bench_add(&met, (double)(bench_now() - began));
		(void)crew_end(c);
	}
	bench_print(&begin);
	bench_print(&met);
	bench_close(&begin);
	bench_close(&met);
	crew_close(c);
}

static void
bench_share(void)
{
	static uint64_t cell[STEPS * 8];
	struct crew *c[2] = {open_crew(1), open_crew(2)};
	struct bench b[2];

	bench_open(&b[0], "crew/share/threads-1", "ns", SHARE);
	bench_open(&b[1], "crew/share/threads-2", "ns", SHARE);
	for (int i = 0; i < SHARE / TURN; i++) {
		for (int k = 0; k < 2; k++) {
			run_stages(c[k], toil, cell, STEPS, &b[k], TURN);
		}
	}
	for (int k = 0; k < 2; k++) {
		bench_print(&b[k]);
		crew_close(c[k]);
	}
	bench_ratio(&b[1], &b[0]);
	bench_close(&b[0]);
	bench_close(&b[1]);
	bench_keep(cell);
}

int
main(void)
{
	const struct sched_param param = {.sched_priority = PRIORITY};
	cpu_set_t set;

	if (sched_setscheduler(0, SCHED_FIFO, &param) != 0) {
		fprintf(stderr, "bench_crew: without real time: others get in "
				"between\n");
	}
	/* rt on one processor, its helper on the other */
	CPU_ZERO(&set);
	CPU_SET(1, &set);
	(void)sched_setaffinity(0, sizeof set, &set);
	bench_begin();
	bench_empty(2);
	bench_empty(64);
	bench_call(false);
	bench_call(true);
	bench_share();
	return EXIT_SUCCESS;
}
