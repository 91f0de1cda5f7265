/* SPDX-License-Identifier: MIT */
/*
 * threads.h -- how many audio threads the tests are run with.
 *
 * TACTUS_TEST_THREADS of the environment, or 1.  What a test says is the same
 * at any number, unless it asks for one of its own.
 */
#ifndef TACTUS_TESTS_THREADS_H
#define TACTUS_TESTS_THREADS_H

#include <check.h>
#include <sched.h>
#include <stdint.h>
#include <stdlib.h>

#include "gauges.h"

/** For engines that the test drives, and for time that is virtual. */
static inline uint32_t
threads_wanted(void)
{
	const char *text = getenv("TACTUS_TEST_THREADS");
	int threads = text != NULL ? atoi(text) : 1;

	ck_assert_int_ge(threads, 1);
	ck_assert_int_le(threads, GAUGE_MAX_THREADS);
	return (uint32_t)threads;
}

/** Processors that this process may use. */
static inline uint32_t
threads_cpus(void)
{
	cpu_set_t set;

	ck_assert_int_eq(sched_getaffinity(0, sizeof set, &set), 0);
	return (uint32_t)CPU_COUNT(&set);
}

/** Where time is real: no more than there are processors to run them. */
static inline uint32_t
threads_possible(void)
{
	uint32_t threads = threads_wanted();
	uint32_t cpus = threads_cpus();

	return threads < cpus ? threads : cpus;
}

#endif
