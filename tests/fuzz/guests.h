/* SPDX-License-Identifier: MIT */
/*
 * guests.h -- synthdefs that ask the engine for more than the shipped ones.
 *
 *	hoarder    acquires the resource of its option `seed`, twice, and
 *	           gives one back; more, whenever its control `rate` is set
 *	performer  asks a worker for something with the resources `seed` and
 *	           1, alone with them when `run` is set, at each block
 */
#ifndef TACTUS_TESTS_FUZZ_GUESTS_H
#define TACTUS_TESTS_FUZZ_GUESTS_H

#include <tactus/plugin.h>

/** The guest of that number; NULL behind the last. */
const TactusSynthDef *guests_def(unsigned number);

#endif
