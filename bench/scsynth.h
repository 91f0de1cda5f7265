/* SPDX-License-Identifier: MIT */
/*
 * scsynth.h -- an scsynth in real time, to be measured beside tactusd.
 *
 * It plays to a JACK server of its own, on the driver that has no card
 * (Debian: supercollider-server, jackd2).  Both die with the benchmark.
 */
#ifndef TACTUS_BENCH_SCSYNTH_H
#define TACTUS_BENCH_SCSYNTH_H

#include <stdbool.h>
#include <stdint.h>

#include "child.h"

struct scsynth {
	struct child child; /* of it: pid, socket and what comes there */
	pid_t jack;
	uint16_t port;
};

/** Start both. @return false: they are not there, or would not start */
bool scsynth_start(struct scsynth *s);
void scsynth_stop(struct scsynth *s);

/** A sine at node `id`; it sounds. */
void scsynth_sine(struct scsynth *s, int32_t id);

#endif
