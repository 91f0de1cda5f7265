/* SPDX-License-Identifier: MIT */
/*
 * count.c -- fixed work whose instructions are counted.
 *
 * Run by tests/instructions.sh under valgrind's callgrind, which collects what
 * happens within count_measured and writes a profile behind each count_done;
 * the names of the works, in their order, go to standard output.  On its own
 * it does the same and counts nothing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tactus/resources/audio_buffer.h>

#include "desk.h"
#include "engine_private.h"
#include "order.h"
#include "plan.h"
#include "rooms.h"
#include "voices.h"

#define BLOCKS      20
#define NODES       1000
#define CONNECTIONS 5000 /* that are made, and then broken */
#define BUNDLES     100

/* called by name from outside: nothing may be known of them elsewhere */
#if defined(__clang__)
#  define SEEN __attribute__((noinline, used))
#else
#  define SEEN __attribute__((noipa, used))
#endif

SEEN static void
count_measured(void (*what)(void *), void *user)
{
	what(user);
}

/** All of a work has been done. */
SEEN static void
count_done(const char *name)
{
	printf("%s\n", name);
	fflush(stdout);
}

/* --- blocks of graphs that stand still --- */

static void
run_blocks(void *desk)
{
	for (int i = 0; i < BLOCKS; i++) {
		(void)desk_block(desk);
	}
}

static void
count_blocks(struct desk *d, const char *name)
{
	/* the first makes the plan */
	(void)desk_block(d);
	count_measured(run_blocks, d);
	count_done(name);
}

static void
count_sines(void)
{
	struct desk d;

	desk_open(&d, NODES);
	desk_fill(&d, desk_def("sine"), NODES, false);
	count_blocks(&d, "1000-sines");
	desk_close(&d);
}

static void
count_filtered(void)
{
	struct desk d;

	desk_open(&d, 2 * NODES);
	voices_filtered(&d, NODES);
	count_blocks(&d, "1000-filtered");
	desk_close(&d);
}

static void
count_nodes(void)
{
	struct desk d;

	desk_open(&d, 4 * NODES);
	desk_fill(&d, &desk_nothing, 4 * NODES, false);
	count_blocks(&d, "4000-nodes");
	desk_close(&d);
}

/* ports of sampler */
enum { PLAYER_RATE, PLAYER_AMP, PLAYER_LOOP = 4, PLAYER_BUFFER = 8 };

static void
add_player(struct desk *d, const TactusSynthDef *def, int32_t id)
{
	struct batch *b = desk_batch(0);

	desk_add_synth(b, def, id, 0);
	desk_add_bind(b, id, PLAYER_BUFFER, 0);
	desk_add_set(b, id, PLAYER_RATE, 0.5F + (float)id / NODES, -1.0);
	desk_add_set(b, id, PLAYER_AMP, 0.001F, -1.0);
	desk_add_set(b, id, PLAYER_LOOP, 1.0F, -1.0);
	desk_post(d, b);
	desk_take(d);
}

static void
count_players(void)
{
	static const TactusResourceDef class = {
		.size = sizeof class,
		.uri = TACTUS_AUDIO_BUFFER_URI,
		.name = "audio-buffer",
	};
	static _Alignas(64) float sound[100000];
	float *channel = sound;
	TactusAudioBuffer buffer = {.size = sizeof buffer,
		.channels = 1,
		.frames = sizeof sound / sizeof *sound,
		.rate = DESK_RATE,
		.channel = &channel};
	const TactusSynthDef *def = desk_def("sampler");
	uint32_t chance = 1;
	struct desk d;

	for (size_t i = 0; i < sizeof sound / sizeof *sound; i++) {
		chance = chance * 1664525U + 1013904223U;
		sound[i] = (float)(int32_t)chance * 0x1p-31F;
	}
	desk_open(&d, NODES);
	struct batch *b = desk_batch(0);
	desk_add_resource(b, &class, 0, &buffer);
	desk_post(&d, b);
	(void)desk_block(&d);
	(void)desk_block(&d);
	for (int32_t id = 1; id <= NODES; id++) {
		add_player(&d, def, id);
	}
	count_blocks(&d, "1000-players");
	desk_close(&d);
}

/* --- changes --- */

/** Find the order, and make the plan. */
static void
renew(void *desk)
{
	struct desk *d = desk;

	for (int i = 0; i < BLOCKS; i++) {
		order_renew(d->engine);
		(void)plan_renew(d->engine);
	}
}

static void
take(void *desk)
{
	struct desk *d = desk;

	engine_take(d->engine);
}

/** Make or break connections of all sines to others' filters, in turn. */
static void
count_wires(struct desk *d, enum command_kind kind)
{
	for (int32_t n = 0; n < CONNECTIONS / 10; n++) {
		struct batch *b = desk_batch(0);
		for (int32_t i = 0; i < 10; i++) {
			int32_t from = n % 50 * 10 + i;
			int32_t to = (from + 1 + n / 50) % (NODES / 2);
			desk_add_connect(b, kind, 2 * from + 1, SINE_OUT,
				2 * to + 2, FILTER_IN);
		}
		desk_post(d, b);
		count_measured(take, d);
		desk_take(d);
	}
}

static void
count_changes(void)
{
	struct desk d;

	desk_open(&d, NODES);
	desk_fill(&d, desk_def("sine"), NODES, false);
	(void)desk_block(&d);
	count_measured(renew, &d);
	count_done("renewal-1000-nodes");
	desk_close(&d);
	desk_open(&d, 6 * NODES);
	voices_filtered(&d, NODES / 2);
	(void)desk_block(&d);
	count_measured(renew, &d);
	count_done("renewal-1000-nodes-500-connections");
	count_wires(&d, COMMAND_CONNECT);
	count_done("5000-connected");
	count_wires(&d, COMMAND_DISCONNECT);
	count_done("5000-disconnected");
	desk_close(&d);
}

/* --- messages --- */

struct call {
	struct rooms *rooms;
	const struct rooms_bundle *bundle;
};

static void
put_bundles(void *call)
{
	const struct call *c = call;

	for (int i = 0; i < BUNDLES; i++) {
		rooms_packet(c->rooms, c->bundle->data, c->bundle->size);
		rooms_turn(c->rooms);
	}
}

/** From the packet to the audio thread and back. */
static void
count_messages(void)
{
	static struct rooms rooms;
	static struct rooms_bundle bundle;
	struct call call = {&rooms, &bundle};
	char words[64];

	rooms_open(&rooms, NULL);
	rooms_put(&rooms, "/synth/new sine 1 0 1");
	rooms_turn(&rooms);
	rooms_bundle(&bundle, 1);
	for (int i = 0; i < 20; i++) {
		(void)snprintf(
			words, sizeof words, "/node/set 1 freq %d.0", 440 + i);
		rooms_bundle_add(&bundle, words);
	}
	/* what is known of the sender is found out once */
	put_bundles(&call);
	count_measured(put_bundles, &call);
	count_done("2000-messages-in-bundles-of-20");
	/* none like the one before */
	rooms_bundle(&bundle, 1);
	for (int i = 0; i < 20; i++) {
		(void)snprintf(words, sizeof words, "/node/set 1 %s %d.0",
			i % 2 == 0 ? "freq" : "amp", i);
		rooms_bundle_add(&bundle, words);
	}
	put_bundles(&call);
	count_measured(put_bundles, &call);
	count_done("2000-mixed-messages-in-bundles-of-20");
	rooms_close(&rooms);
}

int
main(void)
{
	count_sines();
	count_players();
	count_filtered();
	count_nodes();
	count_changes();
	count_messages();
	return EXIT_SUCCESS;
}
