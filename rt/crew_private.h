/* SPDX-License-Identifier: MIT */
/*
 * crew_private.h -- the inside of a crew, for crew*.c and their tests alone.
 *
 * A stage has a number, its epoch.  Each range of its steps is one word:
 *
 *	epoch (32 bits) | front (16) | back (16)
 *
 * front … back - 1 are not claimed, counted from where the range begins.  A
 * word of the epoch before says that nobody has claimed of it yet: so rt need
 * not write to lines that its helpers hold.  When a stage has ended all words
 * have its epoch and front = back, which makes two things true:
 *
 *  - Who succeeds in changing a word from the epoch before or from front <
 *    back did so while that stage went on, and rt cannot end it before that
 *    step is done.  Whatever he has read of the stage is then of this very
 *    stage, although rt overwrites it for each.
 *  - Who is late finds another epoch, or front = back, and leaves.
 *
 * Epochs are compared for equality alone, so they may wrap; one who is late
 * by exactly 2^32 stages, weeks of them, would be taken in.
 */
#ifndef TACTUS_RT_CREW_PRIVATE_H
#define TACTUS_RT_CREW_PRIVATE_H

#include <stdalign.h>
#include <stdatomic.h>

#include "crew.h"

/** Steps that are handed out at once: what 16 bits can count. */
#define CREW_MOST 65535

struct birth;

/** What a thread knows of a stage. */
struct crew_view {
	uint32_t epoch;
	uint32_t first; /* step, where a stage is handed out in parts */
	uint32_t count;
	crew_step *step;
	void *stage;
};

/** The steps of one thread; on a line of its own, which all may write to. */
struct crew_range {
	alignas(2 * CACHE_LINE) _Atomic uint64_t word;
};

/** One helper. */
struct crew_helper {
	/* its own line; rt reads it */
	alignas(2 * CACHE_LINE) _Atomic uint32_t done; /* steps, ever; wraps */
	_Atomic uint64_t busy_ns;                      /* ever */
	/* what nobody writes */
	alignas(2 * CACHE_LINE) struct crew *crew;
	uint32_t who;
	struct birth *birth;
	char name[16];
};

struct crew {
	/* rt's line: it writes, helpers read */
	alignas(2 * CACHE_LINE) _Atomic uint32_t epoch; /* of the stage … */
	_Atomic uint32_t first;                         /* … and what it is */
	_Atomic uint32_t count;
	_Atomic(crew_step *) step;
	_Atomic(void *) stage;
	_Atomic uint32_t call; /* counts calls; helpers sleep on it */
	_Atomic bool over;     /* main's: they are to end */
	/* a helper sleeps, or is about to */
	alignas(2 * CACHE_LINE) _Atomic uint32_t asleep;
	/* rt sleeps on it while it is 1 */
	alignas(2 * CACHE_LINE) _Atomic uint32_t waits;
	/* rt's own */
	alignas(2 * CACHE_LINE) uint32_t due; /* what helpers' done add up to */
	uint32_t due_at_begin;
	bool handed_out; /* a stage, since crew_begin */
	uint64_t late;
	uint64_t stalls;
	uint64_t *busy_seen; /* of each helper, by who */
	/* what nobody writes */
	alignas(2 * CACHE_LINE) uint32_t threads;
	uint32_t helpers; /* that were started */
	uint32_t epoch_at_open;
	bool absent;
	struct crew_range *range;   /* one for each thread */
	struct crew_helper *helper; /* the first is nobody: rt */
};

/** Look which stage there is. @thread rt or a helper */
TACTUS_RT void crew_look(struct crew *c, struct crew_view *v);

/** Claim one step, of one's own range or else of another's.
 * @thread rt or a helper @return false: there is none left */
TACTUS_RT bool crew_claim(struct crew *c, const struct crew_view *v,
	uint32_t who, uint32_t *step);

/** Help with a stage until nothing is left to claim; its steps count.
 * @thread a helper @return how many it did */
TACTUS_RT uint32_t crew_help(struct crew_helper *h, const struct crew_view *v);

/** A helper's life. @thread a helper */
TACTUS_RT void crew_run(struct crew_helper *h);

#endif
