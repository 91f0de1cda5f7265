/* SPDX-License-Identifier: MIT */
/*
 * events_setup.c -- see events.h.  How the heap is made and ended.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "events.h"
#include "events_private.h"

int
events_open(uint32_t room, struct events **out)
{
	/* one more slot: taking the last event still writes to the first */
	size_t bytes = sizeof(struct events) +
		       ((size_t)room + 1) * sizeof(struct slot);
	struct events *v = malloc(bytes);
	if (v == NULL) {
		return -ENOMEM;
	}
	memset(v, 0, bytes);
	v->room = room;
	*out = v;
	return 0;
}

void
events_close(struct events *v)
{
	free(v);
}
