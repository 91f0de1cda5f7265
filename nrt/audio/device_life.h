/* SPDX-License-Identifier: MIT */
/*
 * device_life.h -- the life of a card as its keeper sees it, as a table.
 *
 * Pure: no clock, no thread, no card; device.c does what it says.
 *
 *	            look                opened
 *	ABSENT ------------> OPENING ------------> HELD (by rt)
 *	   ^                    |                    |
 *	   |<------refused------'                    | returned
 *	   |                                         v
 *	   '<--------------closed----------------CLOSING
 *
 *	stop: ABSENT -> ENDED; OPENING, HELD, CLOSING end behind a close
 *
 * Between looks it waits 250 ms, twice as long after each refusal, at most
 * 5 s; what is plugged in is looked at a moment later, whatever the wait.
 */
#ifndef TACTUS_NRT_DEVICE_LIFE_H
#define TACTUS_NRT_DEVICE_LIFE_H

#include <stdint.h>

#define DEVICE_WAIT_LEAST_MS 250
#define DEVICE_WAIT_MOST_MS  5000

/** udev sets owner and mode of a new card's nodes in this time. */
#define DEVICE_SETTLE_MS 250

/** A card that was held for so long was a good one. */
#define DEVICE_GOOD_MS 10000

enum device_state {
	DEVICE_ABSENT,  /* waits for the time to look */
	DEVICE_OPENING, /* the open call is running */
	DEVICE_HELD,    /* on its way to rt, with rt, or on its way back */
	DEVICE_CLOSING, /* the close call is running */
	DEVICE_ENDED,
	DEVICE_STATES
};

enum device_event {
	DEVICE_TICK,     /* time has passed */
	DEVICE_PLUGGED,  /* something changed among the sound devices */
	DEVICE_OPENED,   /* the open call came back with a card */
	DEVICE_REFUSED,  /* … without */
	DEVICE_RETURNED, /* rt gave it back */
	DEVICE_CLOSED,   /* the close call came back */
	DEVICE_STOP,     /* the program ends; rt has none any more */
	DEVICE_EVENTS
};

/** What is to be done now; its end is the next event. */
enum device_action {
	DEVICE_DO_NOTHING,
	DEVICE_DO_OPEN,
	DEVICE_DO_GIVE, /* to the loop, for rt */
	DEVICE_DO_CLOSE,
	DEVICE_DO_END
};

struct device_life {
	enum device_state state;
	uint32_t wait_ms; /* before the next look */
	int64_t due_ms;   /* when to look; in ABSENT */
	int64_t held_ms;  /* since when rt has it; in HELD */
	uint32_t stop;    /* 1: no more looks */
};

/** Begin: the first look is due at once. */
void device_life_init(struct device_life *l, int64_t now_ms);

/**
 * Decide what the life becomes.
 * @return what to do
 */
enum device_action device_life_next(
	struct device_life *l, enum device_event event, int64_t now_ms);

/** Milliseconds until a tick is wanted; -1: none is. */
int device_life_timeout(const struct device_life *l, int64_t now_ms);

#endif
