/* SPDX-License-Identifier: MIT */
/*
 * storm.h -- random commands to the whole engine and to the model, compared.
 *
 * The rooms are the real ones with real workers; every work waits in the gate
 * until the storm lets it out, so a seed is the same storm on any machine.
 * After each step every client must have heard what the model says, in the
 * same order; at the end all pools, counts and bytes are as at the start.
 */
#ifndef TACTUS_TESTS_RESOURCE_STORM_H
#define TACTUS_TESTS_RESOURCE_STORM_H

#include <stdint.h>

/** What was done, so that a storm that did nothing can be told. */
struct storm_counts {
	uint64_t commands;
	uint64_t errors;
	uint64_t ready;
	uint64_t failed;
	uint64_t destroyed;
	uint64_t jobs_done;
	uint64_t jobs_failed;
	uint64_t cancelled;
	uint64_t syncs_waited;
	uint64_t gone;
	uint64_t exclusive;
};

/** Send `commands` commands at random, then end all and compare. */
void storm_run(uint32_t seed, uint32_t workers, uint64_t commands,
	struct storm_counts *counts);

#endif
