/* SPDX-License-Identifier: MIT */
/*
 * moment.h -- the newest pair of sample clock and monotonic clock.
 *
 * Written by rt once a cycle, read by the loop whenever it likes: a sequence
 * lock of relaxed words, so that neither side waits.  A reader that meets a
 * write tries again, a bounded number of times.
 */
#ifndef TACTUS_LINK_MOMENT_H
#define TACTUS_LINK_MOMENT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "mark.h"

/** What the loop reads. */
struct instant {
	uint64_t sample; /* the sample clock at that time */
	int64_t ns;      /* CLOCK_MONOTONIC when this sample was due */
	uint32_t epoch;  /* counts breaks: an xrun, another driver */
	bool exact;      /* a deadline, not a measurement: no filter needed */
};

struct moment {
	_Alignas(2 * CACHE_LINE) _Atomic uint32_t sequence; /* odd: writing */
	_Atomic uint64_t sample;
	_Atomic int64_t ns;
	_Atomic uint32_t epoch;
	_Atomic uint32_t exact;
};

/** Publish a pair. @thread rt, the one writer */
TACTUS_RT void moment_post(struct moment *m, const struct instant *now);

/**
 * Read the newest pair.
 * @thread any
 * @return false when there was none yet, or the writer was always in the way
 */
TACTUS_RT TACTUS_NODISCARD bool moment_read(
	struct moment *m, struct instant *out);

#endif
