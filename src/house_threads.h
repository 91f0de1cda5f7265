/* SPDX-License-Identifier: MIT */
/*
 * house_threads.h -- how many audio threads there are to be.
 *
 * One that shares its CPU with another makes every block late, so there are
 * never more than CPUs where time is real; offline they may be any number,
 * for the result is the same.
 */
#ifndef TACTUS_SRC_HOUSE_THREADS_H
#define TACTUS_SRC_HOUSE_THREADS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config.h"
#include "mark.h"

/** Numbers that realtime.cpus can name: 0 … 1023. */
#define HOUSE_THREADS_CPUS 1024

/** CPUs that realtime.cpus names, each once, in their order: two threads
 * pinned to the same one would wait for each other. @return how many */
uint32_t house_threads_named(
	const struct config *c, uint32_t cpu[HOUSE_THREADS_CPUS]);

/** CPUs that this process may use: its affinity. @return at least 1 */
uint32_t house_threads_cpus(void);

/**
 * What realtime.threads comes to.
 * @param usable CPUs that this process may use
 * @return 0, or EXIT_CONFIG with words in `why`: as an error of the
 *         configuration, with the place
 */
TACTUS_NODISCARD int house_threads_count(const struct config *c,
	uint32_t usable, uint32_t *out, char *why, size_t size);

/** Could a daemon of this configuration start on this machine? What is only
 * checked or reloaded has to know. @return false, with words as above */
TACTUS_NODISCARD bool house_threads_fit(
	const struct config *c, char *why, size_t size);

#endif
