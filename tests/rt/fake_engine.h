/* SPDX-License-Identifier: MIT */
/*
 * fake_engine.h -- an engine for tests of drivers: what it renders shows the
 * order and the loss of frames, and it writes down what it is told.
 */
#ifndef TACTUS_TESTS_FAKE_ENGINE_H
#define TACTUS_TESTS_FAKE_ENGINE_H

#include <stdatomic.h>

#include "engine.h"

#define FAKE_TOLD 4096

struct fake_xrun {
	enum xrun_cause cause;
	int64_t late_ns;
	uint64_t lost;
};

struct fake_moment {
	uint64_t sample;
	int64_t ns;
	uint32_t epoch;
	bool exact;
};

struct engine {
	struct engine_config config;
	struct gauges gauges;
	struct wire *wire;
	struct crew *crew;
	uint64_t now;
	uint64_t rendered; /* frames */
	uint64_t lost;
	uint64_t owed;
	uint32_t works;   /* out: virtual time stands still */
	uint64_t stop_at; /* sample at which it has stopped; 0: never */
	_Atomic bool stop;
	_Atomic(void *) device; /* to be taken over */
	_Atomic(void *) given;  /* came back */
	uint32_t verdict;
	int error;
	float gain; /* out = in * gain; negative: out = (sample + 1) * 2^-24 */
	uint32_t xruns;
	struct fake_xrun xrun[FAKE_TOLD];
	uint32_t moments;
	struct fake_moment moment[FAKE_TOLD];
	uint32_t fades;
	uint32_t flushes;
	uint32_t taken; /* commands */
	/* called in each render, if any */
	void (*hook)(void *user);
	void *user;
};

/** An engine of one block size; free it with free(). */
struct engine *fake_engine(
	double rate, uint32_t block, uint32_t inputs, uint32_t outputs);

#endif
