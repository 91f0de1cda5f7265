/* SPDX-License-Identifier: MIT */
/*
 * timeline.h -- NTP time and the clock of samples, one line between them.
 *
 * The loop's thread feeds it a few times a second with the newest instant
 * that rt has published and with how far the wall clock is from the monotonic
 * one.  A delay-locked loop (Adriaensen, "Using a DLL to filter time", 2005)
 * of TIMELINE_BANDWIDTH draws the line through them; what lies far off is
 * clamped to what is usual.  Deadlines of the clock driver are exact and need
 * no filter.  A new epoch of rt, or a step of the wall clock, begins it anew.
 *
 * Pure: no clock is read but in timeline_offset.
 */
#ifndef TACTUS_NRT_TIMELINE_H
#define TACTUS_NRT_TIMELINE_H

#include <stdbool.h>
#include <stdint.h>

#include "moment.h"

/** Of the loop, in Hz, once it is locked. */
#define TIMELINE_BANDWIDTH 0.03

/** So long after its beginning the line counts as locked. */
#define TIMELINE_LOCK_NS 12000000000

/** A wall clock that moved by more against the monotonic one has stepped. */
#define TIMELINE_STEP_NS 500000

/** Ask to be fed this often. */
#define TIMELINE_FEED_MS 50

struct timeline {
	double rate;      /* nominal */
	uint64_t sample;  /* was due at … */
	int64_t ns;       /* … this time of CLOCK_MONOTONIC … */
	double rest_ns;   /* … and this much */
	double period_ns; /* of a sample, measured */
	double usual_ns;  /* how far instants lie off, as a rule */
	int64_t began_ns;
	int64_t offset_ns; /* CLOCK_REALTIME - CLOCK_MONOTONIC */
	uint64_t start;    /* offline: NTP time of sample 0 */
	uint32_t epoch;
	uint32_t restarts;
	uint32_t steps; /* of the wall clock */
	bool fed;
	bool exact;
	bool offline;
	bool locked;
};

/** A line for one packet: all its tags are converted with one of these. */
struct timeline_line {
	uint64_t ntp;    /* this NTP time, 32.32 … */
	uint64_t sample; /* … is this sample … */
	double rest;     /* … and this much */
	double rate;
	bool anchored; /* a tag was converted: others keep their distance */
	double first;  /* where it lies, from `sample` */
	int64_t first_sample; /* what it became, from `sample` */
};

/** Begin, for a driver of real time. @thread loop */
void timeline_init(struct timeline *t, double rate);

/** Begin, offline: sample 0 is at `start` (NTP, 32.32). @thread loop */
void timeline_init_offline(struct timeline *t, double rate, uint64_t start);

/**
 * Feed the newest instant.
 * @thread loop
 * @param offset_ns CLOCK_REALTIME - CLOCK_MONOTONIC, see timeline_offset
 */
void timeline_feed(
	struct timeline *t, const struct instant *now, int64_t offset_ns);

/** Does the line hold to a sample? @thread loop */
bool timeline_is_locked(const struct timeline *t);

/** Frames a second, as measured. @thread loop */
double timeline_rate(const struct timeline *t);

/** The line as it is now, for one packet. @thread loop */
struct timeline_line timeline_line(const struct timeline *t);

/**
 * The sample nearest to an NTP time.  Two tags of one packet whose distance
 * is a whole number of samples, to what NTP resolves, become samples at just
 * that distance.
 * @thread loop
 * @param rank receives where between samples it lies, 0 … 65535
 * @return the sample; 0 for times before the first
 */
uint64_t timeline_sample(struct timeline_line *l, uint64_t ntp, uint32_t *rank);

/** The NTP time (32.32) of a sample. @thread loop */
uint64_t timeline_ntp(const struct timeline_line *l, uint64_t sample);

/** The NTP time (32.32) of a time of CLOCK_REALTIME. @thread any */
uint64_t timeline_real_ntp(int64_t real_ns);

/** Sample CLOCK_REALTIME - CLOCK_MONOTONIC, the best of a few tries.
 * @thread loop */
int64_t timeline_offset(void);

#endif
