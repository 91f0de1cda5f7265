/* SPDX-License-Identifier: MIT */
/*
 * desk.h -- an engine in this process, without a thread or a socket.
 *
 * The benchmark is the driver and the loop.  What is posted is made before
 * the clock is read, and what comes back is freed after it, so that a block's
 * time is the engine's own.  Plugins are the ones that were built.
 */
#ifndef TACTUS_BENCH_DESK_H
#define TACTUS_BENCH_DESK_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "engine.h"

struct crew;

#define DESK_RATE    48000
#define DESK_BLOCK   64
#define DESK_OUTPUTS 2

struct desk {
	struct wire *wire;
	struct engine *engine;
	struct crew *crew; /* NULL: rt is alone */
	float out[DESK_OUTPUTS][DESK_BLOCK];
};

/** A def without ports that does nothing. */
extern const TactusSynthDef desk_nothing;

/** The def of a plugin, by name; ends the program when it is not there. */
const TactusSynthDef *desk_def(const char *name);

/** Make an engine for `nodes` nodes; ends the program when it cannot. */
void desk_open(struct desk *d, uint32_t nodes);
/** The same with room for `large` synths that take a megabyte each. */
void desk_open_large(struct desk *d, uint32_t nodes, uint32_t large);
/** The same with helpers, so that `threads` take part, each on a processor of
 * its own; this thread goes to one as well.
 * @param realtime all of them under SCHED_FIFO: sleep now and then
 * @return was that granted, where it was asked for? */
bool desk_open_threads(
	struct desk *d, uint32_t nodes, uint32_t threads, bool realtime);
void desk_close(struct desk *d);

/** A batch that is due at sample `at`; 0: at once. */
struct batch *desk_batch(uint64_t at);
struct command *desk_add(struct batch *b, enum command_kind kind, int32_t id);
void desk_add_synth(
	struct batch *b, const TactusSynthDef *def, int32_t id, int32_t group);
void desk_add_set(
	struct batch *b, int32_t id, int32_t port, float value, double seconds);
/** Connect or disconnect two ports, by their indices. */
void desk_add_connect(struct batch *b, enum command_kind kind, int32_t id,
	int32_t out, int32_t to, int32_t in);
/** Bind a resource port by its index; -1: let go. */
void desk_add_bind(struct batch *b, int32_t id, int32_t port, int32_t resource);
/**
 * A resource of a class; its worker is done as soon as it has begun.
 * @param instance NULL: nothing but an address
 * @owns the instance stays the caller's
 */
void desk_add_resource(struct batch *b, const TactusResourceDef *def,
	int32_t id, void *instance);
void desk_post(struct desk *d, struct batch *b);

/**
 * `count` active synths at the tail of the root, outputs on output 0.  Their
 * ids rise from 1; `scattered`: all of them in no order, as in a graph that
 * has lived long.
 */
void desk_fill(struct desk *d, const TactusSynthDef *def, uint32_t count,
	bool scattered);

/** Let it take what was posted, without a block. */
void desk_take(struct desk *d);

/** Compute a block. @return ns that it took */
double desk_block(struct desk *d);
/** The same by another clock, as CLOCK_THREAD_CPUTIME_ID. */
double desk_block_by(struct desk *d, clockid_t clock);

#endif
