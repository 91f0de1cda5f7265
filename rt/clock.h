/* SPDX-License-Identifier: MIT */
/*
 * clock.h -- the machine's clocks, and the driver that runs on them alone.
 *
 * With no card the same engine is driven from clock_nanosleep: deadlines are
 * computed from the sample count, never added up, so they do not drift.  A
 * pace says which sample is due when; every driver keeps it, and whoever
 * takes over from another (the clock from a lost card, the card from the
 * clock) learns from it how much time went by without sound.
 *
 * Two clocks: CLOCK_MONOTONIC stands still while the machine sleeps and is
 * what the rest of tactus knows; CLOCK_BOOTTIME goes on, so the difference
 * between them is the evidence of a suspend, and lost time is counted by it.
 */
#ifndef TACTUS_RT_CLOCK_H
#define TACTUS_RT_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "engine.h"
#include "mark.h"

/** A driver that is this late has lost the time. */
#define CLOCK_LATE_NS 1000000000

/** A suspend is what moves the two clocks apart by more than this. */
#define CLOCK_SUSPEND_NS 10000000

/** When rt has not waited for this long it sleeps, so that others live. */
#define CLOCK_BUSY_NS 100000000

/** …for this long. */
#define CLOCK_REST_NS 1000000

/** A wait that took this long let others run. */
#define CLOCK_BLOCKED_NS 20000

/** CLOCK_MONOTONIC in nanoseconds; read without a system call (vDSO).
 * @thread any */
TACTUS_RT int64_t clock_now(void);

/** CLOCK_BOOTTIME in nanoseconds; read without a system call (vDSO).
 * @thread any */
TACTUS_RT int64_t clock_boot(void);

/** Sleep until CLOCK_MONOTONIC says `ns`. @thread rt */
TACTUS_RT void clock_sleep_until(int64_t ns);

/** What time a driver lives in; tests bring their own. */
struct clock_ops {
	TACTUS_RT int64_t (*now)(void *user);
	TACTUS_RT int64_t (*boot)(void *user);
	TACTUS_RT void (*sleep_until)(void *user, int64_t ns);
	void *user;
};

/** The machine's time. */
extern const struct clock_ops clock_real;

/** Frames in nanoseconds, exact to one, for centuries. @thread any */
TACTUS_RT int64_t clock_frames_ns(uint64_t frames, uint32_t rate);

/** Nanoseconds in frames, rounded; 0 for less than nothing. @thread any */
TACTUS_RT uint64_t clock_ns_frames(int64_t ns, uint32_t rate);

/** Which sample is due when; plain, rt's own. */
struct clock_pace {
	uint32_t rate;
	uint32_t epoch;  /* counts breaks, as struct moment does */
	uint64_t sample; /* this one was due … */
	int64_t boot_ns; /* … then, on CLOCK_BOOTTIME; 0: none yet */
};

/** Set the pace: `sample` is due at `boot_ns`. @thread rt */
TACTUS_RT void clock_mark(
	struct clock_pace *p, uint64_t sample, int64_t boot_ns);

/** Frames that are missing if `sample` is only due at `boot_ns`.
 * @thread rt */
TACTUS_RT uint64_t clock_lost(
	const struct clock_pace *p, uint64_t sample, int64_t boot_ns);

/** The driver; all of it is rt's. */
struct clock_driver {
	const struct clock_ops *ops;
	struct clock_pace *pace;
	float *const *out; /* where blocks are rendered, to be forgotten */
	int64_t base_ns;   /* CLOCK_MONOTONIC when base_sample was due */
	uint64_t base_sample;
	int64_t apart_ns;   /* boot - now when last looked at */
	int64_t blocked_ns; /* when a wait last let others run */
};

/** Begin at the present sample, due now; time lost before is accounted.
 * @thread rt */
TACTUS_RT void clock_start(struct clock_driver *d, struct engine *e);

/** Wait for the next block's deadline and render it. @thread rt */
TACTUS_RT void clock_cycle(struct clock_driver *d, struct engine *e);

#endif
