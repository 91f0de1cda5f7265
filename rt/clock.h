/* SPDX-License-Identifier: MIT */
/*
 * clock.h -- the monotonic clock, and the driver that runs on it alone.
 *
 * With no card the same engine is driven from clock_nanosleep: deadlines are
 * computed from the sample count, never added up, so they do not drift.
 */
#ifndef TACTUS_RT_CLOCK_H
#define TACTUS_RT_CLOCK_H

#include <stdint.h>

#include "engine.h"
#include "mark.h"

/** CLOCK_MONOTONIC in nanoseconds; read without a system call (vDSO).
 * @thread any */
TACTUS_RT int64_t clock_now(void);

#endif
