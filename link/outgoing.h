/* SPDX-License-Identifier: MIT */
/*
 * outgoing.h -- a place in rt's outbox, inside the thing that is told of.
 *
 * What must be told cannot be lost (docs/architecture.md, invariant 4):
 * whatever rt has to report carries its own link, so that waiting for room in
 * the ring takes no memory and keeps the order in which things happened.
 */
#ifndef TACTUS_LINK_OUTGOING_H
#define TACTUS_LINK_OUTGOING_H

#include <stdint.h>

struct outgoing {
	struct outgoing *next;
	uint32_t kind; /* enum report_kind */
};

#endif
