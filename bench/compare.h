/* SPDX-License-Identifier: MIT */
/*
 * compare.h -- the rows of the comparison, and what they promise.
 */
#ifndef TACTUS_BENCH_COMPARE_H
#define TACTUS_BENCH_COMPARE_H

#include <stdbool.h>

#include "bench.h"

#define COMPARE_LINES 128

/** What a row's goal says of its figure. */
enum promise {
	AT_LEAST,   /* the median is */
	AT_MOST,    /* the median is */
	NEVER_OVER, /* the most is not */
	NO_PROMISE
};

/** A line of the table at the end. */
struct line {
	int row;
	char what[128];
	char unit[16];
	enum promise promise;
	double goal;
	double least;
	double median;
	double most;
};

struct compare {
	uint32_t turns;
	struct line line[COMPARE_LINES];
	int lines;
	bool differs; /* the two did not do the same work */
};

/** Keep a figure that has been printed for the table at the end. */
void compare_tell(struct compare *c, int row, const char *what,
	enum promise promise, double goal, const struct bench *b);

/** Say that something of a row is not measured, and why. */
void compare_skip(int row, const char *why);

/** Ratios of two figures turn by turn, theirs / ours; printed and kept.
 * @pre neither has been printed */
void compare_ratio(struct compare *c, int row, const char *what,
	enum promise promise, double goal, const struct bench *theirs,
	const struct bench *ours);

/** Is there a program of this name? */
bool compare_has(const char *program);

/** Rows 1 to 4: offline, by scsynth and by tactus; the sound of both. */
void compare_render(struct compare *c);
/** Row 5, rows 6 and 7: the audio threads, in this process. */
void compare_threads(struct compare *c);
void compare_changes(struct compare *c);
/** Row 8: messages, in real time. */
void compare_osc(struct compare *c);

#endif
