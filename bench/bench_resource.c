/* SPDX-License-Identifier: MIT */
/*
 * bench_resource.c -- what it costs the audio thread to hold resources.
 *
 * In process, single thread, caches warm.
 *
 *	resource/pair/WHAT      ns of resource_acquire and resource_release
 *	resource/bind/WHAT      ns that one bind by /node/set adds to a block
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "desk.h"
#include "thread_flush.h"

#define PAIRS 1000
#define BINDS 100

static const TactusResourceDef thing = {
	.size = sizeof(TactusResourceDef),
	.uri = "urn:tactus:resource:audio-buffer:1",
	.name = "thing",
};

/** Whom the synth that was made last asks, and how it says the URI. */
static struct {
	const TactusWorld *world;
	TactusSynth *synth;
	char uri[64];
} seen;

static uint32_t
one_port(const void *options)
{
	(void)options;
	return 1;
}

static void
resource_port(const TactusHost *h, const void *o, uint32_t i, TactusPort *p)
{
	(void)h;
	(void)o;
	(void)i;
	strcpy(p->name, "buffer");
	p->kind = TACTUS_RESOURCE;
	/* another literal than the class's, as across plugins */
	p->resource = seen.uri;
}

TACTUS_RT static int
note(const TactusWorld *world, const void *options, TactusSynth *synth)
{
	(void)options;
	seen.world = world;
	seen.synth = synth;
	return 0;
}

TACTUS_RT static void
do_nothing(const TactusWorld *world, TactusSynth *synth, uint32_t frames)
{
	(void)world;
	(void)synth;
	(void)frames;
}

static const TactusSynthDef reader = {
	.size = sizeof(TactusSynthDef),
	.uri = "urn:bench:synthdef:reader:1",
	.name = "reader",
	.instance_bytes = 64,
	.port_count = one_port,
	.port = resource_port,
	.construct = note,
	.process = do_nothing,
};

/** Readers 1 … count, resources 0 … 7, all live. */
static void
open_desk(struct desk *d, int32_t count)
{
	struct batch *b = desk_batch(0);

	desk_open(d, (uint32_t)count);
	for (int32_t id = 0; id < 8; id++) {
		desk_add_resource(b, &thing, id, NULL);
	}
	for (int32_t id = 1; id <= count; id++) {
		desk_add_synth(b, &reader, id, 0);
	}
	desk_post(d, b);
	(void)desk_block(d);
	(void)desk_block(d);
}

/** One reader acquires and releases, in a row. */
static void
pairs(const char *name, const char *uri, uint32_t resources)
{
	struct bench pair;
	struct desk d;
	uint32_t turns = bench_repeat(1000);

	open_desk(&d, 1);
	bench_open(&pair, name, "ns", turns);
	for (uint32_t n = 0; n < turns; n++) {
		int64_t began = bench_now();
		for (uint32_t i = 0; i < PAIRS; i++) {
			int32_t id = (int32_t)(i % resources);
			void *got = seen.world->resource_acquire(
				seen.world, seen.synth, id, uri);
			bench_keep(got);
			seen.world->resource_release(
				seen.world, seen.synth, id);
		}
		bench_add(&pair, (double)(bench_now() - began) / PAIRS);
	}
	bench_print(&pair);
	bench_close(&pair);
	desk_close(&d);
}

/** Blocks with a hundred binds in them, beside blocks without. */
static void
binds(const char *block, const char *name, bool spread)
{
	struct bench without;
	struct bench bind;
	struct desk d;
	uint32_t turns = bench_repeat(500);

	open_desk(&d, BINDS);
	bench_open(&without, block, "ns", turns);
	bench_open(&bind, name, "ns", turns);
	for (uint32_t n = 0; n < turns; n++) {
		bench_add(&without, desk_block(&d));
		struct batch *b = desk_batch(0);
		for (int32_t i = 1; i <= BINDS; i++) {
			desk_add_bind(b, spread ? i : 1, 0,
				(int32_t)((n + (uint32_t)i) % 8));
		}
		desk_post(&d, b);
		bench_add(&bind, desk_block(&d));
	}
	bench_print(&without);
	double empty = bench_quantile(&without, 0.5);
	for (size_t i = 0; i < bind.count; i++) {
		bind.sample[i] = (bind.sample[i] - empty) / BINDS;
	}
	bench_print(&bind);
	bench_close(&without);
	bench_close(&bind);
	desk_close(&d);
}

int
main(void)
{
	thread_flush_denormals();
	bench_begin();
	strcpy(seen.uri, thing.uri);
	pairs("resource/pair/own-literal", thing.uri, 1);
	pairs("resource/pair/other-literal", seen.uri, 1);
	pairs("resource/pair/8-resources", seen.uri, 8);
	binds("resource/block/1-synth", "resource/bind/1-synth", false);
	binds("resource/block/100-synths", "resource/bind/100-synths", true);
	return EXIT_SUCCESS;
}
