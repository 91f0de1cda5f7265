/* SPDX-License-Identifier: MIT */
/*
 * bench.h -- how a figure is taken: often, and all of its distribution told.
 *
 * Each figure is a set of samples (nanoseconds, or what its unit says).  The
 * result of a program is a table of tab-separated lines on standard output,
 *
 *	name	unit	n	min	p50	p99	p99.9	max
 *
 * and, where BENCH_JSON names a file, one JSON object a line appended to it.
 * Machines are noisy: competitors take turns within one run, and the ratio of
 * their medians is what is worth telling (bench_ratio).
 */
#ifndef TACTUS_BENCH_H
#define TACTUS_BENCH_H

#include <stddef.h>
#include <stdint.h>

/** One figure in the making. */
struct bench {
	const char *name;
	const char *unit;
	double *sample;
	size_t room;
	size_t count; /* samples taken; those beyond `room` are left out */
};

/** CLOCK_MONOTONIC in nanoseconds. */
int64_t bench_now(void);

/** Print the head of the table. */
void bench_begin(void);

/** Make room for `room` samples; ends the program when there is no memory. */
void bench_open(
	struct bench *b, const char *name, const char *unit, size_t room);
void bench_close(struct bench *b);

/** Note one sample. */
void bench_add(struct bench *b, double value);

/** Sort what was noted, print its line. */
void bench_print(struct bench *b);

/** The value below which `part` (0…1) of the sorted samples lie. */
double bench_quantile(const struct bench *b, double part);

/** The median of samples that may not have been sorted. */
double bench_median(struct bench *b);

/** Print how often the median of `a` goes into that of `b`: "b/a". Both have
 * been printed. */
void bench_ratio(const struct bench *a, const struct bench *b);

/** How many times to repeat: `usual`, or what BENCH_REPEAT says. */
uint32_t bench_repeat(uint32_t usual);

/** Sleep as long as has gone by since `began` (bench_now): others' turn. */
void bench_rest(int64_t began);

/** Keep the compiler from leaving out what made `*value`. */
static inline void
bench_keep(const void *value)
{
	__asm__ volatile("" : : "r"(value) : "memory");
}

#endif
