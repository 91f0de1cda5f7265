/* SPDX-License-Identifier: MIT */
/*
 * bench_sync.c -- how long /sync takes there and back.
 *
 * Period = block = 64 frames on the clock driver, daemon idle.  Questions are
 * asked at random moments of a block.  In turns with them this program's own
 * thread sleeps until deadlines a block apart, under the same SCHED_FIFO
 * priority as the daemon's where it may: how late it wakes is what the kernel
 * adds to anything that sleeps (cyclictest measures the same).
 */
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <tactus/math.h>

#include "bench.h"
#include "child.h"

#define TURN      100
#define PERIOD_NS 1333333
#define PRIORITY  70

static void
sleep_until(int64_t ns)
{
	struct timespec t = {
		.tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000};

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) != 0) {
	}
}

static void *
lateness(void *user)
{
	struct bench *b = user;
	struct sched_param p = {.sched_priority = PRIORITY};
	int64_t next = bench_now();

	if (pthread_setschedparam(pthread_self(), SCHED_FIFO, &p) != 0) {
		fprintf(stderr, "bench_sync: no SCHED_FIFO here\n");
	}
	for (int i = 0; i < TURN; i++) {
		next += PERIOD_NS;
		sleep_until(next);
		bench_add(b, (double)(bench_now() - next) / 1e3);
	}
	return NULL;
}

static void
round_trips(struct child *c, struct bench *b, uint64_t *chance)
{
	static int32_t number;

	for (int i = 0; i < TURN; i++) {
		sleep_until(bench_now() + tactus_random(chance) % PERIOD_NS);
		int64_t began = bench_now();
		child_sync(c, ++number);
		bench_add(b, (double)(bench_now() - began) / 1e3);
	}
}

int
main(void)
{
	uint32_t turns = bench_repeat(15);
	struct child *c = calloc(1, sizeof *c);
	struct bench sync;
	struct bench late;
	uint64_t chance = 1;

	if (c == NULL) {
		return EXIT_FAILURE;
	}
	child_start(c);
	bench_open(&sync, "sync/round-trip", "us", (size_t)turns * TURN);
	bench_open(&late, "sync/sleep-late", "us", (size_t)turns * TURN);
	child_sync(c, 0);
	for (uint32_t n = 0; n < turns; n++) {
		pthread_t sleeper;
		round_trips(c, &sync, &chance);
		if (pthread_create(&sleeper, NULL, lateness, &late) != 0) {
			fprintf(stderr, "bench_sync: no thread\n");
			return EXIT_FAILURE;
		}
		pthread_join(sleeper, NULL);
	}
	bench_begin();
	bench_print(&sync);
	bench_print(&late);
	bench_close(&sync);
	bench_close(&late);
	child_stop(c);
	free(c);
	return EXIT_SUCCESS;
}
