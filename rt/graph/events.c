/* SPDX-License-Identifier: MIT */
/*
 * events.c -- see events.h.  A binary heap in an array, the first on top.
 */
#include "events.h"

#include "events_private.h"

/** Is `a` to be done before `b`? */
TACTUS_RT static bool
is_before(const struct slot *a, const struct slot *b)
{
	if (a->event.at != b->event.at) {
		return a->event.at < b->event.at;
	}
	if (a->event.rank != b->event.rank) {
		return a->event.rank < b->event.rank;
	}
	return a->arrival < b->arrival;
}

TACTUS_RT bool
events_add(struct events *v, const struct event *event)
{
	if (v->count == v->room) {
		return false;
	}
	struct slot new = {*event, v->arrivals++};
	uint32_t at = v->count++;
	while (at > 0) {
		uint32_t above = (at - 1) / 2;
		if (!is_before(&new, &v->slot[above])) {
			break;
		}
		v->slot[at] = v->slot[above];
		at = above;
	}
	v->slot[at] = new;
	return true;
}

TACTUS_RT uint64_t
events_next(const struct events *v)
{
	return v->count == 0 ? UINT64_MAX : v->slot[0].event.at;
}

TACTUS_RT void
events_take(struct events *v, struct event *out)
{
	*out = v->slot[0].event;
	struct slot last = v->slot[--v->count];
	uint32_t at = 0;
	for (;;) {
		uint32_t below = 2 * at + 1;
		if (below >= v->count) {
			break;
		}
		if (below + 1 < v->count &&
			is_before(&v->slot[below + 1], &v->slot[below])) {
			below++;
		}
		if (!is_before(&v->slot[below], &last)) {
			break;
		}
		v->slot[at] = v->slot[below];
		at = below;
	}
	v->slot[at] = last;
}

TACTUS_RT uint32_t
events_room(const struct events *v)
{
	return v->room - v->count;
}

TACTUS_RT uint32_t
events_waiting(const struct events *v)
{
	return v->count;
}
