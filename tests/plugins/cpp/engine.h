/* SPDX-License-Identifier: MIT */
/*
 * engine.h -- an engine small enough to be counted: worlds and references.
 *
 * Each call of a def gets another world, and whoever uses one of before is
 * found out.  Each reference is counted by id.  It belongs to the test's one
 * thread.
 */
#ifndef TACTUS_TESTS_PLUGINS_CPP_ENGINE_H
#define TACTUS_TESTS_PLUGINS_CPP_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include "harness_host.h"

#define ENGINE_IDS     100
#define ENGINE_OUTPUTS 8
#define ENGINE_BLOCK   64
#define ENGINE_SYNTHS  4
#define ENGINE_BLOCKS  8

struct engine;

/** A world, and whose it is. */
struct engine_view {
	TactusWorld world; /* first: the world's functions find the rest */
	struct engine *of;
	bool is_current;
};

/** A synth with what the engine has for it. */
struct engine_synth {
	TactusSynth synth;
	const TactusSynthDef *def;
	void *options;
	char reason[256];
	TactusControl control[8];
	const float *in[8];
	float *out[ENGINE_OUTPUTS];
	void *resource[8];
	float sound[ENGINE_OUTPUTS][ENGINE_BLOCK];
	float silence[ENGINE_BLOCK];
};

struct engine {
	struct harness_host nrt;
	struct engine_view view[2];
	uint32_t calls;
	size_t world_size; /* of a TactusWorld, as this engine has it */

	void *resource[ENGINE_IDS];
	const char *uri[ENGINE_IDS];
	int32_t references[ENGINE_IDS];
	uint32_t acquires;
	uint32_t false_releases;
	uint32_t stale; /* calls through a world of before */

	uint32_t dones;
	uint32_t logs;
	uint32_t errors; /* logs that are */
	const char *log;
	double log_value;
	uint32_t notes;
	const char *note;
	double told[TACTUS_MAX_NOTIFY];
	bool is_full; /* no memory */
	uint32_t blocks;
	struct {
		_Alignas(64) char bytes[256];
		bool is_taken;
	} pool[ENGINE_BLOCKS];
	TactusPerform what; /* asked for last */
	int32_t ids[TACTUS_MAX_JOB_RESOURCES];
	_Alignas(16) char data[TACTUS_MAX_JOB_DATA];
	int answer; /* to the next perform_with_resources */

	int32_t *alive; /* test_alive of the plugin */
	struct engine_synth synth[ENGINE_SYNTHS];
};

/** Start with the plugin that is called `name` in this folder. */
void engine_open(struct engine *e, const char *name);

/** Nothing may be out: no object, reference, memory, file. */
void engine_close(struct engine *e);

/** The world of the next call; the ones before are void. */
const TactusWorld *engine_world(struct engine *e);

/** The definition of synths called `name`. */
const TactusSynthDef *engine_def(struct engine *e, const char *name);

/** Make a resource of points, and have it under `id`. */
void engine_curve(struct engine *e, int32_t id, int32_t count);

/** Destroy it. */
void engine_curve_end(struct engine *e, int32_t id);

/** References to all resources. */
int32_t engine_references(const struct engine *e);

/** An option. */
TactusOption engine_option(const char *name, double value);

/**
 * Make synth `i` of the def called `name`.
 * @return 0, -1 when parse refuses, or what construct returns
 */
int engine_make(struct engine *e, uint32_t i, const char *name,
	const TactusOption *options, uint32_t count);

/** Compute frames of synth `i`; outputs are filled with 9 before. */
void engine_run(struct engine *e, uint32_t i, uint32_t frames);

/** The same for the first `count` synths at once. */
void engine_run_many(struct engine *e, uint32_t count, uint32_t frames);

/** Destroy it. */
void engine_end(struct engine *e, uint32_t i);

/** Forget a synth that was not made. */
void engine_drop(struct engine *e, uint32_t i);

#endif
