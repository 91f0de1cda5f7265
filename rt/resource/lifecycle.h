/* SPDX-License-Identifier: MIT */
/*
 * lifecycle.h -- the life of one resource, as a table.
 *
 * Pure: no memory, no clock, nothing of the engine.  resource.c does what the
 * table decides.  rt alone takes the steps, so what is told of a step is true
 * when it is told.
 *
 *	FREE ──new──> CONSTRUCTING ──built──> LIVE ──freed, unheld──┐
 *	  ^              │     │freed          │freed, held         │
 *	  │told    failed│     v               v                    │
 *	  │              │   DOOMED         PENDING ──last release──┤
 *	  │              v     │failed │built                       v
 *	ENDED <────────────────┘       └──────────────────────> DESTROYING
 *	  ^──────────────────────────destroyed──────────────────────┘
 *
 * A construction that was given up on (it took too long, and its failure has
 * been told) and comes back after all is destroyed as if it were doomed.
 */
#ifndef TACTUS_RT_LIFECYCLE_H
#define TACTUS_RT_LIFECYCLE_H

#include <stdint.h>

#include "mark.h"

enum life {
	LIFE_FREE,         /* its id can be had */
	LIFE_CONSTRUCTING, /* a worker makes it */
	LIFE_DOOMED,       /* the same, and a free waits for that */
	LIFE_LIVE,         /* references are given */
	LIFE_PENDING,      /* freed: no new reference; ends with the last */
	LIFE_DESTROYING,   /* a worker ends it */
	LIFE_ENDED         /* its end waits to be told; the id is taken */
};
#define LIFE_STATES (LIFE_ENDED + 1)

enum life_event {
	LIFE_NEW,            /* /resource/new names the id */
	LIFE_FREED,          /* /resource/free, and nobody holds it */
	LIFE_FREED_HELD,     /* /resource/free, and somebody does */
	LIFE_LAST_RELEASE,   /* nobody holds it any more */
	LIFE_BUILT,          /* construct came back with an instance */
	LIFE_BUILT_TOO_LATE, /* the same, after it was given up on */
	LIFE_FAILED,         /* construct came back without one */
	LIFE_DESTROYED,      /* destroy came back */
	LIFE_TOLD            /* the report of its end was posted */
};
#define LIFE_EVENTS (LIFE_TOLD + 1)

/** What has to be done when the step is taken. */
enum life_action {
	LIFE_NOTHING,
	LIFE_CONSTRUCT,  /* let a worker make it */
	LIFE_DESTROY,    /* let a worker end it */
	LIFE_TELL_READY, /* REPORT_RESOURCE_READY */
	LIFE_TELL_ENDED, /* REPORT_RESOURCE_ENDED */
	/* no step is taken, because */
	LIFE_REFUSE_TAKEN, /* the id is in use: 409 */
	LIFE_REFUSE_STATE, /* it is not live and not constructing: 409 */
	LIFE_NEVER         /* this cannot come here: the caller is at fault */
};

struct life_step {
	uint8_t state;  /* enum life: what it is now */
	uint8_t action; /* enum life_action */
};

/** Decide what becomes of a resource. @thread any */
TACTUS_RT struct life_step lifecycle_next(
	enum life state, enum life_event event);

#endif
