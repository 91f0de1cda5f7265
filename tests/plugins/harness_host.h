/* SPDX-License-Identifier: MIT */
/*
 * harness_host.h -- the host of a small engine: what workers' plugins see.
 *
 * It loads plugins, runs their constructs and jobs in the test's own thread,
 * counts what they take, and lets any allocation fail.  Sound files are
 * libsndfile's, the FFT is a plain one in double precision.
 */
#ifndef TACTUS_TESTS_PLUGINS_HARNESS_HOST_H
#define TACTUS_TESTS_PLUGINS_HARNESS_HOST_H

#include <check.h>
#include <stdbool.h>
#include <stdint.h>

#include <tactus/plugin.h>

#define HARNESS_DEFS    64
#define HARNESS_RESULTS 4096

/** How a piece of work stands. */
struct TactusJob {
	double progress; /* told last */
	uint32_t tellings;
	uint32_t looks; /* how often it asked whether it is cancelled */
	bool cancelled;
	uint32_t cancel_at; /* it is from this look on; 0: not */
	uint32_t results;
	TactusValue result[HARNESS_RESULTS];
	char text[256]; /* the last string */
};

struct harness_host {
	TactusHost host; /* first: the host's functions find the rest */
	void *object[HARNESS_DEFS]; /* of dlopen */
	uint32_t objects;
	const TactusSynthDef *synth[HARNESS_DEFS];
	const TactusResourceDef *resource[HARNESS_DEFS];
	const TactusJobDef *work[HARNESS_DEFS];
	uint32_t synths;
	uint32_t resources;
	uint32_t works;

	uint64_t limit;       /* of one resource; 1 GiB at first */
	uint64_t bytes;       /* that are out */
	uint32_t blocks;      /* that are out */
	uint32_t allocations; /* ever */
	uint32_t fail_at;     /* this one fails, counted from 1; 0: none */
	uint32_t sounds;      /* open now, resamplers and FFTs too */
	const char *media;    /* folder of sound files; "" at first */
	const char *option_name;
	const char *option_value; /* of the class asked for */

	struct TactusJob job; /* of the work done last */
	int code;             /* of check */
	char reason[256];
};

/** Be a host at `rate`; nothing is loaded. */
void harness_host_init(struct harness_host *h, double rate);

/** Load a plugin by its file's name, and take in what it registers. */
const TactusPlugin *harness_host_load(struct harness_host *h, const char *name);

/** Let go of the plugins, and see to it that nothing is out. */
void harness_host_close(struct harness_host *h);

/** Arguments. */
TactusValue harness_int(int64_t value);
TactusValue harness_float(double value);
TactusValue harness_string(const char *value);

/**
 * Check the arguments and make a resource of the class called `name`.
 * @return NULL: `code` is what check answered (0: construct failed), `reason`
 *         why
 */
void *harness_construct(struct harness_host *h, const char *name,
	const TactusValue *values, uint32_t count);

/** Arguments are refused with `code` and `words`, and nothing is left over. */
void harness_refuses(struct harness_host *h, const char *name, int code,
	const char *words, const TactusValue *values, uint32_t count);

/** Destroy it. */
void harness_destroy(struct harness_host *h, const char *name, void *resource);

/**
 * Check the arguments and do the job called `name`; `job` tells the rest.
 * @return 0; what check answered; or -1: perform failed
 */
int harness_perform(struct harness_host *h, const char *name,
	void *const *resources, uint32_t resource_count,
	const TactusValue *values, uint32_t count);

/** The FFT by itself, for the world too. */
TACTUS_RT void harness_fft_forward(const TactusFft *fft, const float *time,
	float *spectrum, float *scratch);
TACTUS_RT void harness_fft_inverse(const TactusFft *fft, const float *spectrum,
	float *time, float *scratch);

#endif
