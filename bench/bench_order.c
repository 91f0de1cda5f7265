/* SPDX-License-Identifier: MIT */
/*
 * bench_order.c -- what it costs the audio thread to find who runs when.
 *
 * 1000 synths in the root group, in process.  The whole order is found anew
 * each time; whatever else a change makes necessary is in bench_engine.
 *
 *	order/renew/tree        no connections: the tree's order
 *	order/renew/forward     1000 connections, each leads on in the tree
 *	order/renew/backward    1000 connections, each pair stands crosswise
 *	order/renew/chain       999, the last in the tree is the first to run
 *	order/cycle/chain       a connection that would close that chain
 *	order/32-connections/…  32 at one sample, 32 taken away
 */
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"
#include "desk.h"
#include "engine_private.h"
#include "order.h"
#include "path.h"
#include "thread_flush.h"

#define NODES 1000

/* ports of gain */
enum { IN = 1, OUT };

enum shape_of { TREE, FORWARD, BACKWARD, CHAIN, SHAPES };

static void
join(struct desk *d, int32_t id, int32_t to, int32_t in)
{
	struct batch *b = desk_batch(0);

	desk_add_connect(b, COMMAND_CONNECT, id, OUT, to, in);
	desk_post(d, b);
	(void)desk_block(d);
}

static void
open_shape(struct desk *d, enum shape_of shape)
{
	desk_open(d, NODES);
	for (int32_t i = 1; i <= NODES; i++) {
		struct batch *b = desk_batch(0);
		desk_add_synth(b, desk_def("gain"), i, 0);
		desk_post(d, b);
		(void)desk_block(d);
	}
	for (int32_t i = 1; i < NODES; i++) {
		switch (shape) {
		case FORWARD:
			join(d, i, i + 1, IN);
			break;
		case BACKWARD:
			/* two of each pair's: to it and to the next */
			join(d, i % 2 == 0 ? i - 1 : i + 1,
				i % 2 == 0 ? i + 2 : i, IN);
			break;
		case CHAIN:
			join(d, i + 1, i, IN);
			break;
		case TREE:
		case SHAPES:
			break;
		}
	}
}

static void
renew(enum shape_of shape, const char *name)
{
	struct bench renewal;
	struct desk d;
	uint32_t turns = bench_repeat(500);

	open_shape(&d, shape);
	bench_open(&renewal, name, "ns", turns);
	for (uint32_t n = 0; n < turns; n++) {
		/* the synths run between: what they leave is in the cache */
		(void)desk_block(&d);
		int64_t began = bench_now();
		order_renew(d.engine);
		bench_add(&renewal, (double)(bench_now() - began));
	}
	bench_print(&renewal);
	bench_close(&renewal);
	desk_close(&d);
}

static void
cycle(void)
{
	struct connect_order order = {0};
	struct bench search;
	struct desk d;
	uint32_t turns = bench_repeat(500);

	open_shape(&d, CHAIN);
	bench_open(&search, "order/cycle/chain", "ns", turns);
	for (uint32_t n = 0; n < turns; n++) {
		(void)desk_block(&d);
		int64_t began = bench_now();
		bool found = path_find(d.engine, &d.engine->node[1],
			&d.engine->node[NODES], &order);
		bench_add(&search, (double)(bench_now() - began));
		bench_keep(&found);
	}
	bench_print(&search);
	bench_close(&search);
	desk_close(&d);
}

/** Blocks with 32 of them; the rest of the block is the synths'. */
static void
changes(void)
{
	static const char *const name[3] = {"order/32-connections/block",
		"order/32-connections/made", "order/32-connections/broken"};
	struct bench block[3];
	struct desk d;
	uint32_t turns = bench_repeat(300);

	open_shape(&d, CHAIN);
	for (int k = 0; k < 3; k++) {
		bench_open(&block[k], name[k], "ns", turns);
	}
	for (uint32_t n = 0; n < turns; n++) {
		bench_add(&block[0], desk_block(&d));
		for (int k = 2; k > 0; k--) {
			struct batch *b = desk_batch(0);
			for (int32_t i = 1; i <= 32; i++) {
				desk_add_connect(b,
					k == 1 ? COMMAND_CONNECT
					       : COMMAND_DISCONNECT,
					30 * i + 1, OUT, 30 * i, IN);
			}
			desk_post(&d, b);
			bench_add(&block[k], desk_block(&d));
		}
	}
	for (int k = 0; k < 3; k++) {
		bench_print(&block[k]);
		bench_close(&block[k]);
	}
	desk_close(&d);
}

int
main(void)
{
	thread_flush_denormals();
	bench_begin();
	renew(TREE, "order/renew/tree");
	renew(FORWARD, "order/renew/forward");
	renew(BACKWARD, "order/renew/backward");
	renew(CHAIN, "order/renew/chain");
	cycle();
	changes();
	return EXIT_SUCCESS;
}
