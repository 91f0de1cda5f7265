/* SPDX-License-Identifier: MIT */
/*
 * events.h -- what waits for its time: a heap of batches and triggers.
 *
 * Ordered by sample; within one sample by 1/65536 of it, then by arrival.
 * Room is fixed; adding and taking are logarithmic in it.
 */
#ifndef TACTUS_RT_EVENTS_H
#define TACTUS_RT_EVENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "batch.h"
#include "mark.h"
#include "node_ref.h"

struct events;

/** One thing to do: a client's batch, or (batch NULL) the engine's own
 * trigger of a node. */
struct event {
	uint64_t at;   /* sample */
	uint64_t rank; /* within the sample */
	struct batch *batch;
	struct node_ref node;
	uint32_t port; /* ordinal among the controls */
	float value;
};

/** Make a heap with room for `room` events. @errors -ENOMEM */
TACTUS_NODISCARD int events_open(uint32_t room, struct events **out);
void events_close(struct events *v);

/** Add an event. @thread rt @return false when there is no room */
TACTUS_RT TACTUS_NODISCARD bool events_add(
	struct events *v, const struct event *event);

/** When the first event is due; UINT64_MAX: there is none. @thread rt */
TACTUS_RT uint64_t events_next(const struct events *v);

/** Take the first event out. @pre there is one @thread rt */
TACTUS_RT void events_take(struct events *v, struct event *out);

/** How many more fit. @thread rt */
TACTUS_RT uint32_t events_room(const struct events *v);

/** How many wait. @thread rt */
TACTUS_RT uint32_t events_waiting(const struct events *v);

#endif
