/* SPDX-License-Identifier: MIT */
/*
 * bench_engine.c -- what a block costs the audio thread.
 *
 * In process, single thread, blocks of 64 frames at 48 kHz (1,333,333 ns),
 * caches warm: each engine in turn computes some blocks that do not count,
 * then some that do.  Nodes stand in the root group and mix to one bus.
 *
 *	engine/block/WHAT      ns of a whole block
 *	engine/node/WHAT       ns that a node adds to an empty block
 */
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"
#include "desk.h"
#include "thread_flush.h"

#define TURN 48
#define WARM 16

/* ports of sine */
enum { FREQ, AMP, PHASE, OUT };

/** One engine that takes turns with the others. */
struct load {
	const char *name;
	const char *def; /* NULL: the one that does nothing */
	uint32_t count;
	bool scattered; /* ids and memory in no order */
	bool sides;     /* every other one goes to the other output */
	double ramp;    /* seconds that amp and freq move; 0: they stand */
	struct desk desk;
	struct bench block;
	char text[2][64];
};

static void
open_load(struct load *l, uint32_t turns)
{
	const TactusSynthDef *def =
		l->def != NULL ? desk_def(l->def) : &desk_nothing;

	desk_open(&l->desk, l->count);
	desk_fill(&l->desk, def, l->count, l->scattered);
	for (uint32_t i = 0; l->ramp > 0.0 && i < l->count; i++) {
		struct batch *b = desk_batch(0);
		desk_add_set(b, (int32_t)i + 1, FREQ, 5000.0F, l->ramp);
		desk_add_set(b, (int32_t)i + 1, AMP, 0.0F, l->ramp);
		desk_post(&l->desk, b);
		(void)desk_block(&l->desk);
	}
	for (uint32_t i = 1; l->sides && i < l->count; i += 2) {
		struct batch *b = desk_batch(0);
		struct command *c =
			desk_add(b, COMMAND_MAP_OUTPUT, (int32_t)i + 1);
		c->u.map.port.index = OUT;
		c->u.map.bus = 1;
		c->u.map.flags = MAP_EXTERNAL;
		desk_post(&l->desk, b);
		desk_take(&l->desk);
	}
	snprintf(l->text[0], sizeof l->text[0], "engine/block/%s", l->name);
	snprintf(l->text[1], sizeof l->text[1], "engine/node/%s", l->name);
	bench_open(&l->block, l->text[0], "ns", (size_t)turns * TURN);
}

static void
turn(struct load *l)
{
	for (int i = 0; i < WARM; i++) {
		(void)desk_block(&l->desk);
	}
	for (int i = 0; i < TURN; i++) {
		bench_add(&l->block, desk_block(&l->desk));
	}
}

/** What each node adds to the empty block. */
static void
print_node(const struct load *l, double empty)
{
	struct bench node;

	bench_open(&node, l->text[1], "ns", l->block.count);
	for (size_t i = 0; i < l->block.count; i++) {
		bench_add(&node, (l->block.sample[i] - empty) / l->count);
	}
	bench_print(&node);
	bench_close(&node);
}

/** Blocks of graphs that stand still, and of one whose controls move. */
static void
steady(void)
{
	/* clang-format off */
	static struct load loads[] = {
		{.name = "empty", .count = 0},
		{.name = "nothing-1", .count = 1},
		{.name = "nothing-100", .count = 100},
		{.name = "nothing-1000", .count = 1000},
		{.name = "nothing-4000", .count = 4000},
		{.name = "nothing-4000-scattered", .count = 4000,
			.scattered = true},
		{.name = "sine-1", .count = 1, .def = "sine"},
		{.name = "sine-100", .count = 100, .def = "sine"},
		{.name = "sine-1000", .count = 1000, .def = "sine"},
		{.name = "sine-1000-left-right", .count = 1000, .def = "sine",
			.sides = true},
		{.name = "sine-4000", .count = 4000, .def = "sine"},
		{.name = "sine-4000-scattered", .count = 4000, .def = "sine",
			.scattered = true},
		{.name = "sine-1000-ramps", .count = 1000, .def = "sine",
			.ramp = 3000.0},
	};
	/* clang-format on */
	const uint32_t count = sizeof loads / sizeof *loads;
	uint32_t turns = bench_repeat(25);

	for (uint32_t i = 0; i < count; i++) {
		open_load(&loads[i], turns);
	}
	for (uint32_t n = 0; n < turns; n++) {
		for (uint32_t i = 0; i < count; i++) {
			/* each in each place of the turn, in turn */
			turn(&loads[(i + n) % count]);
		}
	}
	for (uint32_t i = 0; i < count; i++) {
		bench_print(&loads[i].block);
	}
	double empty = bench_quantile(&loads[0].block, 0.5);
	for (uint32_t i = 1; i < count; i++) {
		print_node(&loads[i], empty);
	}
	for (uint32_t i = 1; i < count; i++) {
		bench_ratio(&loads[0].block, &loads[i].block);
	}
	/* moving, beside standing */
	bench_ratio(&loads[count - 4].block, &loads[count - 1].block);
	for (uint32_t i = 0; i < count; i++) {
		desk_close(&loads[i].desk);
		bench_close(&loads[i].block);
	}
}

/** A block with something in it, beside one without. */
struct pair {
	struct bench without;
	struct bench with;
	char text[2][64];
};

static void
open_pair(struct pair *p, const char *name, uint32_t turns)
{
	snprintf(p->text[0], sizeof p->text[0], "engine/%s/without", name);
	snprintf(p->text[1], sizeof p->text[1], "engine/%s/with", name);
	bench_open(&p->without, p->text[0], "ns", turns);
	bench_open(&p->with, p->text[1], "ns", turns);
}

/** Print both, and what the median of the one has above the other's. */
static void
close_pair(struct pair *p, const char *name)
{
	struct bench more;
	char text[64];

	bench_print(&p->without);
	bench_print(&p->with);
	snprintf(text, sizeof text, "engine/%s/added", name);
	bench_open(&more, text, "ns", p->with.count);
	for (size_t i = 0; i < p->with.count; i++) {
		bench_add(&more,
			p->with.sample[i] - bench_quantile(&p->without, 0.5));
	}
	bench_print(&more);
	bench_close(&more);
	bench_close(&p->without);
	bench_close(&p->with);
}

/** Ten settings, each at a sample of its own within one block. */
static void
events(uint32_t sines, const char *name)
{
	struct pair pair;
	struct desk d;
	uint32_t turns = bench_repeat(500);

	desk_open(&d, sines);
	desk_fill(&d, desk_def("sine"), sines, false);
	open_pair(&pair, name, turns);
	for (uint32_t n = 0; n < turns; n++) {
		(void)desk_block(&d);
		bench_add(&pair.without, desk_block(&d));
		uint64_t block = engine_now(d.engine) + DESK_BLOCK;
		for (uint32_t i = 0; i < 10; i++) {
			struct batch *b = desk_batch(block + 3 + i * 6);
			desk_add_set(b, 1, AMP, 0.01F, -1.0);
			desk_post(&d, b);
		}
		/* the block before takes them in, this one applies them */
		(void)desk_block(&d);
		bench_add(&pair.with, desk_block(&d));
	}
	close_pair(&pair, name);
	desk_close(&d);
}

enum change { CHANGE_NEW, CHANGE_MOVE, CHANGE_FREE, CHANGES };

/** 32 changes of the tree of 1000 sines at one sample. */
static struct batch *
make_changes(const TactusSynthDef *sine, enum change change, int32_t nodes)
{
	struct batch *b = desk_batch(0);

	for (int32_t i = 1; i <= 32; i++) {
		struct command *c;
		switch (change) {
		case CHANGE_NEW:
			/* new, joined, active: three messages */
			desk_add_synth(b, sine, nodes + i, 0);
			break;
		case CHANGE_MOVE:
			c = desk_add(b, COMMAND_MOVE, nodes + i);
			c->u.new.target = i *(nodes / 33);
			c->u.new.placement = PLACE_AFTER;
			break;
		case CHANGE_FREE:
		case CHANGES:
			(void)desk_add(b, COMMAND_FREE, nodes + i);
			break;
		}
	}
	return b;
}

static void
changes(void)
{
	static const char *const name[CHANGES] = {
		"32-synths-made", "32-synths-moved", "32-synths-freed"};
	const int32_t nodes = 1000;
	struct pair pair[CHANGES];
	struct desk d;
	uint32_t turns = bench_repeat(300);
	const TactusSynthDef *sine = desk_def("sine");

	desk_open(&d, (uint32_t)nodes);
	desk_fill(&d, sine, (uint32_t)nodes, false);
	for (int k = 0; k < CHANGES; k++) {
		open_pair(&pair[k], name[k], turns);
	}
	for (uint32_t n = 0; n < turns; n++) {
		for (int k = 0; k < CHANGES; k++) {
			struct batch *b =
				make_changes(sine, (enum change)k, nodes);
			bench_add(&pair[k].without, desk_block(&d));
			desk_post(&d, b);
			bench_add(&pair[k].with, desk_block(&d));
		}
	}
	for (int k = 0; k < CHANGES; k++) {
		close_pair(&pair[k], name[k]);
	}
	desk_close(&d);
}

/** All blocks from /clear until the last node is gone. */
static void
clear(void)
{
	struct bench worst;
	struct bench blocks;
	struct desk d;
	uint32_t turns = bench_repeat(15);

	bench_open(&worst, "engine/clear-4000/worst-block", "ns", turns);
	bench_open(&blocks, "engine/clear-4000/blocks", "blocks", turns);
	desk_open(&d, 4000);
	for (uint32_t n = 0; n < turns; n++) {
		double most = 0.0;
		uint32_t count = 0;

		desk_fill(&d, desk_def("sine"), 4000, false);
		(void)desk_block(&d);
		struct batch *b = desk_batch(0);
		(void)desk_add(b, COMMAND_CLEAR, 0);
		desk_post(&d, b);
		do {
			double ns = desk_block(&d);
			most = ns > most ? ns : most;
			count++;
		} while (gauge_get(&d.wire->gauges, GAUGE_CLEARING) > 0);
		bench_add(&worst, most);
		bench_add(&blocks, count);
	}
	bench_print(&worst);
	bench_print(&blocks);
	bench_close(&worst);
	bench_close(&blocks);
	desk_close(&d);
}

int
main(void)
{
	thread_flush_denormals();
	bench_begin();
	steady();
	events(1, "10-events-1-sine");
	events(100, "10-events-100-sines");
	changes();
	clear();
	return EXIT_SUCCESS;
}
