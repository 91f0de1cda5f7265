/* SPDX-License-Identifier: MIT */
/*
 * engine.h -- the engine as a driver and the program see it.
 *
 * A driver asks for frames; the engine takes commands, applies what is due,
 * runs the tree, mixes, guards and ramps the outputs.  It keeps the sample
 * clock.  Everything inside belongs to the rt thread alone.
 */
#ifndef TACTUS_RT_ENGINE_H
#define TACTUS_RT_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mark.h"
#include "report.h"
#include "wire.h"

#define ENGINE_MAX_POOLS    GAUGE_POOLS
#define ENGINE_MAX_CHANNELS 64

struct engine;

/** One pool of the RT memory. */
struct pool_config {
	size_t size;    /* bytes of a block; a multiple of 64 */
	uint32_t count; /* blocks */
};

/** What an engine is made to; plain numbers, already in range. */
struct engine_config {
	double rate;        /* frames a second */
	uint32_t block;     /* frames */
	uint32_t inputs;    /* capture channels */
	uint32_t outputs;   /* playback channels */
	uint32_t max_nodes; /* ids 0 … max_nodes - 1 */
	uint32_t max_buses; /* internal buses */
	uint32_t max_connections;
	uint32_t max_inputs_per_port; /* connections that one adds up */
	uint32_t threads;             /* audio threads, rt among them */
	bool eager;   /* for tests: helpers take part in all that they can */
	bool no_many; /* for tests: process alone, never process_many */
	uint32_t max_resources; /* ids 0 … max_resources - 1 */
	uint32_t max_events;    /* bundles and triggers that wait */
	uint32_t max_commands;  /* messages taken per block */
	double command_share;   /* of a block's time, for taking packets */
	double startup_gain_db; /* of the outputs */
	double startup_ramp_ms; /* 0: none */
	bool offline;           /* time is virtual: no budgets, no start ramp */
	uint32_t pools;         /* how many of them */
	struct pool_config pool[ENGINE_MAX_POOLS]; /* ascending sizes */
};

/**
 * Make an engine: all its memory is taken, touched and (if it can be) locked.
 * @thread before-start
 * @errors -ENOMEM
 */
TACTUS_NODISCARD int engine_open(const struct engine_config *config,
	struct wire *wire, struct engine **out);

struct crew;

/** Let helpers take part, as many as config.threads says; NULL: rt is alone
 * again.
 * @thread before-start, or after rt has stopped
 * @owns the caller does, until it gives NULL or the engine is closed */
void engine_use_crew(struct engine *e, struct crew *crew);

/** End it; NULL is accepted. @thread after rt has stopped */
void engine_close(struct engine *e);

/**
 * Take what has come in the ring, and apply what is due at the present
 * sample.  Drivers call engine_render, which does this at each block's first
 * frame; the offline driver calls it while time stands still.
 * @thread rt
 */
TACTUS_RT void engine_take(struct engine *e);

/**
 * Compute the next `frames` frames: at most what is left of this block
 * (engine_left); drivers of real time always ask for whole blocks.
 * @thread rt
 * @param in one pointer per input; NULL: silence on all
 * @param out one pointer per output; all frames are written
 */
TACTUS_RT void engine_render(struct engine *e, const float *const *in,
	float *const *out, uint32_t frames);

/** Frames left of the present block: 1 … block. @thread rt */
TACTUS_RT uint32_t engine_left(const struct engine *e);

/**
 * Frames up to the next event, at least 1: how far the offline driver goes at
 * once, so that time can stand still at the very sample at which a work is
 * given.
 * @thread rt
 */
TACTUS_RT uint64_t engine_cut(const struct engine *e);

/** The sample clock: first frame not yet computed. @thread rt */
TACTUS_RT uint64_t engine_now(const struct engine *e);

/**
 * Time went by without sound: the clock of samples moves on.
 * @thread rt, between blocks
 */
TACTUS_RT void engine_lose(struct engine *e, uint64_t frames);

/** Ramp the outputs up from silence: the device is new. @thread rt */
TACTUS_RT void engine_fade_in(struct engine *e);

/**
 * Works that are out: constructions, destructions and jobs that have not come
 * back.  Virtual time stands still meanwhile, so that they take none of it.
 * @thread rt
 */
TACTUS_RT uint32_t engine_works(const struct engine *e);

/** Frames that /offline/run still owes. @thread rt */
TACTUS_RT uint64_t engine_owed(const struct engine *e);

/**
 * Has COMMAND_STOP been carried out?  Outputs are faded, all nodes freed.
 * Go on rendering until it says true.  @thread rt
 */
TACTUS_RT bool engine_stopped(const struct engine *e);

/**
 * A device that the loop handed over with COMMAND_DEVICE, once; else NULL.
 * @thread rt
 * @owns the caller does, until it reports REPORT_DEVICE
 */
TACTUS_RT void *engine_device(struct engine *e);

/**
 * Give a device back to the loop (REPORT_DEVICE, sure).  One at a time.
 * @thread rt
 */
TACTUS_RT void engine_give_device(
	struct engine *e, void *device, enum device_verdict verdict, int error);

/** Tell of an xrun (may be refused when the ring is full; counted).
 * @thread rt */
TACTUS_RT void engine_xrun(struct engine *e, enum xrun_cause cause,
	int64_t late_ns, uint64_t lost);

/**
 * Publish when the sample `engine_now` was due, and how long the last block
 * took; drivers of real time call it once a cycle.
 * @thread rt
 */
TACTUS_RT void engine_moment(
	struct engine *e, int64_t ns, uint32_t epoch, bool exact);

/** Account `busy_ns` spent on `frames` frames for the load. @thread rt */
TACTUS_RT void engine_load(struct engine *e, int64_t busy_ns, uint32_t frames);

/** Post what waits in the outbox and call the loop if it sleeps.
 * @thread rt, once a cycle: at most one system call */
TACTUS_RT void engine_flush(struct engine *e);

/** The engine's gauges, for the driver's own counts. @thread rt */
TACTUS_RT struct gauges *engine_gauges(struct engine *e);

/** The config it was made to. @thread any */
TACTUS_RT const struct engine_config *engine_config(const struct engine *e);

#endif
