/* SPDX-License-Identifier: MIT */
/*
 * events_private.h -- the layout of the heap, for events.c and its set-up.
 */
#ifndef TACTUS_RT_EVENTS_PRIVATE_H
#define TACTUS_RT_EVENTS_PRIVATE_H

#include "events.h"

struct slot {
	struct event event;
	uint64_t arrival;
};

struct events {
	uint32_t room;
	uint32_t count;
	uint64_t arrivals;
	struct slot slot[];
};

#endif
