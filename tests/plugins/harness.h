/* SPDX-License-Identifier: MIT */
/*
 * harness.h -- the smallest engine: one plugin, one synth, one thread.
 *
 * It loads a built plugin, makes one synth of its def and runs it over
 * memory of the test's own.  What the synth says is counted.  Several of them
 * are several synths of one def, which may be run by one call; what each says
 * is noted at its own.  All of it belongs to the test's one thread.
 */
#ifndef TACTUS_TESTS_PLUGINS_HARNESS_H
#define TACTUS_TESTS_PLUGINS_HARNESS_H

#include <check.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include <tactus/plugin.h>

#include "harness_host.h"

#define HARNESS_RATE     48000.0
#define HARNESS_BLOCK    64
#define HARNESS_BINDINGS 8
/** Bytes of the pools in harness_open. */
#define HARNESS_POOLS 4194304

struct harness {
	TactusWorld world; /* first: the world's functions find the rest */
	struct harness_host nrt; /* its host, and what the plugin registered */
	TactusSynth synth;
	const TactusPlugin *plugin;
	const TactusSynthDef *def;
	void *options; /* parsed */
	void *self;
	char reason[256]; /* of a refused option */

	TactusPort port[TACTUS_MAX_PORTS];
	uint32_t ports;
	uint32_t ins;
	uint32_t outs;
	TactusControl control[TACTUS_MAX_PORTS];
	const float *in[TACTUS_MAX_PORTS];
	float *out[TACTUS_MAX_PORTS];

	uint64_t now; /* frames that have gone by */
	uint32_t dones;
	uint64_t done_at; /* frames gone by at the end of that segment */
	uint32_t notes;
	const char *note_address;
	const char *note_types;
	double note[TACTUS_MAX_NOTIFY];
	bool refuses_notes;
	uint32_t allocations; /* refused, unless there is room */
	uint64_t pool_room;   /* bytes that world->alloc may give; 0 at first */
	uint64_t pool_used;

	uint32_t false_releases; /* of what it did not keep */

	uint32_t words; /* what it said in all, releases and acquires too */
	uint32_t releases;
	uint64_t said; /* a hash of all that, in its order */

	/* resource ports */
	void *bound[HARNESS_BINDINGS];
	int32_t bound_id[HARNESS_BINDINGS];
	uint32_t bindings;
	/* what the synth acquired or kept: it has to give it back */
	struct {
		int32_t id;
		void *resource;
		uint32_t references;
	} kept[HARNESS_BINDINGS * 4];
};

/** Every def that is built in; the list ends with NULL. */
extern const char *const harness_names[];

/** Load plugin `name` at `rate` and see to it that it registers one def. */
void harness_load(struct harness *h, const char *name, double rate);

/**
 * Make the synth, with every control at its default.
 * @return 0, or what parse or construct returned: then there is no synth
 */
int harness_make(
	struct harness *h, const TactusOption *options, uint32_t count);

/** harness_load at HARNESS_RATE and harness_make, which must go well. */
void harness_open(struct harness *h, const char *name);

/** The same with one whole-number option. */
void harness_open_with(
	struct harness *h, const char *name, const char *option, double value);

/** End the synth and let go of all. */
void harness_close(struct harness *h);

/** Set a control and let it stand. */
void harness_set(struct harness *h, const char *name, float value);

/** Set a control and its slope. */
void harness_ramp(struct harness *h, const char *name, float value, float step);

/**
 * Bind a resource to port `ordinal` of the resource ports: before
 * harness_make it stands there from the start, after it the synth is told.
 * @param id -1 with NULL unbinds
 */
void harness_bind(
	struct harness *h, uint32_t ordinal, void *resource, int32_t id);

/** References that the synth keeps, of all resources. */
uint32_t harness_kept(const struct harness *h);

/** Run one segment of at most HARNESS_BLOCK frames. */
void harness_segment(struct harness *h, const float *const *in,
	float *const *out, uint32_t frames);

/**
 * Run one segment of several synths of one def by one call of process_many.
 * Their `in` and `out` are set, and they all are at the same time.
 */
void harness_segment_many(
	struct harness *const *h, uint32_t count, uint32_t frames);

/**
 * Run `frames` frames in whole blocks, or, where `random` is not NULL, in
 * segments of random length.  `in` and `out` may be NULL where the def has
 * none.
 */
void harness_run(struct harness *h, const float *const *in, float *const *out,
	uint32_t frames, uint64_t *random);

/** What harness_run does for a def of one output and no input. */
void harness_source(struct harness *h, float *out, uint32_t frames);

/** What harness_run does for a def of one input and one output. */
void harness_pass(
	struct harness *h, const float *in, float *out, uint32_t frames);

/**
 * Run a block with the ramps of `whole`, and its frames one by one through
 * `single`, whose controls stand still: they must come to the same bits.
 */
void harness_alike_by_frames(
	struct harness *whole, struct harness *single, const float *const *in);

/**
 * Run at most 4 blocks through one, and cut at random through the other:
 * they must come to the same bits.  Of defs of one input and one output.
 */
void harness_alike_by_cuts(struct harness *whole, struct harness *cut,
	const float *in, uint32_t frames, uint64_t *random);

/**
 * A frame that is no number, infinite or vast comes in: all that goes out is
 * finite, and the next sound is heard after silence.  Of defs of one input
 * and one output; `open` makes the synth for the `n`-th try.
 */
void harness_goes_on(void (*open)(struct harness *h, int n));

/** What parse says to these options: "taken", or the reason. */
const char *harness_refusal(
	struct harness *h, const TactusOption *options, uint32_t count);

/**
 * The worse of two errors.  What is no number is the worst of all and stays
 * so: fmax would pass over it.
 */
static inline double
harness_worse(double worst, double error)
{
	return error <= worst  ? worst
	       : error > worst ? error
			       : (double)INFINITY;
}

/** All of it is finite and within -most … most. */
void harness_within(const float *out, uint32_t frames, float most);

/** Fill with noise in -1…1. */
void harness_noise(float *out, uint32_t frames, uint64_t *random);

/**
 * Fill with noise whose peaks have another level in every `length` frames,
 * within 30 dB around `middle_db`.
 */
void harness_bursts(float *out, uint32_t frames, uint32_t length,
	float middle_db, uint64_t *random);

/** The largest second difference in frames `from` to `end`: what clicks. */
double harness_bend(const float *x, uint32_t from, uint32_t end);

/** What each check_*.c of this folder defines; main() runs it. */
Suite *harness_suite(void);

#endif
