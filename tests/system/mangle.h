/* SPDX-License-Identifier: MIT */
/*
 * mangle.h -- packets without end: valid commands, bundles of them, and both
 * with something broken.  The same seed makes the same packets everywhere.
 */
#ifndef TACTUS_TESTS_SYSTEM_MANGLE_H
#define TACTUS_TESTS_SYSTEM_MANGLE_H

#include <stddef.h>
#include <stdint.h>

#include "client.h"

struct mangle {
	uint64_t state; /* the seed, at first; not 0 */
	uint64_t now;   /* NTP about which time tags lie */
	int64_t sample; /* and samples of /at */
};

/** A number below `n`. */
uint32_t mangle_below(struct mangle *m, uint32_t n);

/** A packet of one sound command, whose arguments are mostly sensible. */
void mangle_command(struct mangle *m, struct packet *p);

/** Any packet: one in three is broken. */
void mangle_packet(struct mangle *m, struct packet *p);

#endif
