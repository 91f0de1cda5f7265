/* SPDX-License-Identifier: MIT */
/*
 * bench_ready.c -- from /resource/new to /resource/ready, as a client sees it.
 *
 * An empty buffer of one block, on the clock driver at a period of 64 frames,
 * daemon idle: the message waits for a block, a worker makes the buffer, and
 * what it made waits for a block again.  In turns with it the same for
 * /resource/free to /resource/destroyed, and /sync, which waits once.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <tactus/math.h>

#include "bench.h"
#include "child.h"

#define TURN      50
#define PERIOD_NS 1333333

static void
sleep_a_while(uint64_t *chance)
{
	struct timespec t = {
		.tv_nsec = (long)(tactus_random(chance) % PERIOD_NS)};

	(void)nanosleep(&t, NULL);
}

static void
say_new(struct child *c)
{
	uint8_t data[256];
	struct osc_out out;

	osc_begin(&out, data, sizeof data, "/resource/new");
	osc_put_string(&out, "audio-buffer");
	osc_put_int(&out, 1);
	osc_put_array(&out);
	osc_put_int(&out, 1);
	osc_put_int(&out, 64);
	osc_end_array(&out);
	if (child_send(c, data, osc_end(&out)) != 0) {
		fprintf(stderr, "bench_ready: not sent\n");
		exit(EXIT_FAILURE);
	}
}

static void
must_hear(struct child *c, const char *address)
{
	if (child_hear(c, address, 10000) != 0) {
		fprintf(stderr, "bench_ready: no %s\n", address);
		exit(EXIT_FAILURE);
	}
}

int
main(void)
{
	uint32_t turns = bench_repeat(20);
	struct child *c = calloc(1, sizeof *c);
	struct bench made;
	struct bench freed;
	struct bench sync;
	uint64_t chance = 1;

	if (c == NULL) {
		return EXIT_FAILURE;
	}
	child_start(c);
	size_t room = (size_t)turns * TURN;
	bench_open(&made, "resource/new-to-ready", "us", room);
	bench_open(&freed, "resource/free-to-destroyed", "us", room);
	bench_open(&sync, "resource/sync", "us", room);
	child_say(c, "/notify", 1, 1);
	must_hear(c, "/notify.reply");
	for (uint32_t n = 0; n < turns * TURN; n++) {
		sleep_a_while(&chance);
		int64_t began = bench_now();
		say_new(c);
		must_hear(c, "/resource/ready");
		bench_add(&made, (double)(bench_now() - began) / 1e3);
		sleep_a_while(&chance);
		began = bench_now();
		child_say(c, "/resource/free", 1, 1);
		must_hear(c, "/resource/destroyed");
		bench_add(&freed, (double)(bench_now() - began) / 1e3);
		sleep_a_while(&chance);
		began = bench_now();
		child_sync(c, (int32_t)n + 1);
		bench_add(&sync, (double)(bench_now() - began) / 1e3);
	}
	bench_begin();
	bench_print(&made);
	bench_print(&freed);
	bench_print(&sync);
	bench_ratio(&sync, &made);
	bench_close(&made);
	bench_close(&freed);
	bench_close(&sync);
	child_stop(c);
	free(c);
	return EXIT_SUCCESS;
}
