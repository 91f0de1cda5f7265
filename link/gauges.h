/* SPDX-License-Identifier: MIT */
/*
 * gauges.h -- the numbers that rt shows to the loop.
 *
 * Each is one 64-bit word that rt alone writes, relaxed; what a report tells
 * of is in the gauges by the time the loop takes that report (the ring's
 * release orders them).  Floating-point gauges count millionths.
 */
#ifndef TACTUS_LINK_GAUGES_H
#define TACTUS_LINK_GAUGES_H

#include <stdatomic.h>
#include <stdint.h>

#include "mark.h"

enum gauge {
	GAUGE_SAMPLE,        /* sample clock: first frame not yet computed */
	GAUGE_BLOCKS,        /* blocks computed */
	GAUGE_SYNTHS,        /* synths in the tree */
	GAUGE_GROUPS,        /* groups in the tree, the root too */
	GAUGE_LOAD_AVERAGE,  /* millionths of a block's time, smoothed */
	GAUGE_LOAD_PEAK,     /* millionths, largest of the last second */
	GAUGE_LATE,          /* bundles and messages that came late */
	GAUGE_EVENTS,        /* bundles and triggers that wait for their time */
	GAUGE_COMMANDS,      /* messages applied */
	GAUGE_DEFERRED,      /* packets left for the next block by the budget */
	GAUGE_NAN,           /* output frames that were not a number */
	GAUGE_REFUSED_NOTES, /* plugin notifications and logs without room */
	GAUGE_OUTBOX,        /* reports that wait for room in the ring */
	GAUGE_XRUNS,         /* times that the card ran dry or full */
	GAUGE_LOST_FRAMES,   /* time that was lost to them */
	GAUGE_OVERLOADS,     /* times rt had to sleep for others to live */
	GAUGE_DEVICE_LOST,   /* times that the card went away */
	GAUGE_STALLS,        /* waits in which the card did not move */
	GAUGE_TAP_LOST,      /* frames that the tap had no room for */
	GAUGE_MUTED,         /* 1 while muted */
	GAUGE_DRIVER,        /* enum driver_kind that runs now */
	GAUGE_RUNNING,       /* 1 once rt computes blocks */
	GAUGE_CLEARING,      /* nodes that /clear has still to free */
	GAUGE_RESOURCES,     /* resources in any state but free */
	GAUGE_WORKS,         /* works at the loop or a worker */
	GAUGE_REFERENCES,    /* to resources, all holders' together */
	GAUGE_CONNECTIONS,   /* between ports */
	GAUGE_THREADS,       /* audio threads: rt and its helpers */
	GAUGE_RENEWALS,      /* times that order and plan were renewed */
	GAUGE_LEVELS,        /* execution levels of the plan; 0: none */
	GAUGE_WIDTH,         /* synths of its widest level */
	GAUGE_RUNS,          /* of process_many, in the plan */
	GAUGE_UNPLANNED,     /* renewals whose plan found no room: walked */
	GAUGE_HELPERS_LATE, /* segments that rt did alone: they came too late */
	GAUGE_HELPER_STALLS, /* waits for a helper that had to sleep */
	GAUGE_THREAD_LOAD,   /* millionths, smoothed: of rt; helpers follow */
	GAUGE_THREAD_LAST = GAUGE_THREAD_LOAD + 63,
	GAUGE_POOL_FREE, /* free blocks of the first pool; others follow */
	GAUGE_POOL_LAST = GAUGE_POOL_FREE + 15,
	GAUGE_COUNT
};

/** The drivers, for GAUGE_DRIVER. */
enum driver_kind { DRIVER_NONE, DRIVER_ALSA, DRIVER_CLOCK, DRIVER_OFFLINE };

/** Audio threads that gauges have room for: limit of realtime.threads. */
#define GAUGE_MAX_THREADS 64

/** Pools that gauges have room for: limit of the setting `pools`. */
#define GAUGE_POOLS 16

struct gauges {
	_Alignas(2 * CACHE_LINE) _Atomic uint64_t value[GAUGE_COUNT];
};

/** Show a number. @thread rt */
TACTUS_RT static inline void
gauge_set(struct gauges *g, enum gauge which, uint64_t value)
{
	/* relaxed: each word stands alone */
	atomic_store_explicit(&g->value[which], value, memory_order_relaxed);
}

/** Read a number. @thread any */
TACTUS_RT static inline uint64_t
gauge_get(struct gauges *g, enum gauge which)
{
	return atomic_load_explicit(&g->value[which], memory_order_relaxed);
}

/** Add to a number. @thread rt: the one writer, so no exchange is needed */
TACTUS_RT static inline void
gauge_add(struct gauges *g, enum gauge which, uint64_t more)
{
	gauge_set(g, which, gauge_get(g, which) + more);
}

#endif
