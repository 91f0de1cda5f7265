/* SPDX-License-Identifier: MIT */
/*
 * device_life.c -- see device_life.h.
 */
#include "device_life.h"

#include <stddef.h>

/* One row per arrow; no row means "stay, do nothing". */
static const struct {
	enum device_state from;
	enum device_event on;
	enum device_state to;
	enum device_action action;
} arrow[] = {
	{DEVICE_ABSENT,  DEVICE_TICK,     DEVICE_OPENING, DEVICE_DO_OPEN   },
	{DEVICE_ABSENT,  DEVICE_STOP,     DEVICE_ENDED,   DEVICE_DO_END    },
	{DEVICE_OPENING, DEVICE_OPENED,   DEVICE_HELD,    DEVICE_DO_GIVE   },
	{DEVICE_OPENING, DEVICE_REFUSED,  DEVICE_ABSENT,  DEVICE_DO_NOTHING},
	{DEVICE_HELD,    DEVICE_RETURNED, DEVICE_CLOSING, DEVICE_DO_CLOSE  },
	{DEVICE_HELD,    DEVICE_STOP,     DEVICE_CLOSING, DEVICE_DO_CLOSE  },
	{DEVICE_CLOSING, DEVICE_CLOSED,   DEVICE_ABSENT,  DEVICE_DO_NOTHING},
};

void
device_life_init(struct device_life *l, int64_t now_ms)
{
	*l = (struct device_life){
		DEVICE_ABSENT, DEVICE_WAIT_LEAST_MS, now_ms, now_ms, 0};
}

static uint32_t
longer(uint32_t wait_ms)
{
	return wait_ms * 2 < DEVICE_WAIT_MOST_MS ? wait_ms * 2
						 : DEVICE_WAIT_MOST_MS;
}

/* What an event does to the times, whatever it does to the state. */
static void
keep_time(struct device_life *l, enum device_event event, int64_t now_ms)
{
	switch (event) {
	case DEVICE_PLUGGED:
		l->wait_ms = DEVICE_WAIT_LEAST_MS;
		if (l->due_ms > now_ms + DEVICE_SETTLE_MS) {
			l->due_ms = now_ms + DEVICE_SETTLE_MS;
		}
		return;
	case DEVICE_REFUSED:
		l->due_ms = now_ms + l->wait_ms;
		l->wait_ms = longer(l->wait_ms);
		return;
	case DEVICE_OPENED:
		l->held_ms = now_ms;
		return;
	case DEVICE_RETURNED:
		/* one that fails as soon as it plays is not tried for ever */
		if (now_ms - l->held_ms >= DEVICE_GOOD_MS) {
			l->wait_ms = DEVICE_WAIT_LEAST_MS;
		}
		return;
	case DEVICE_CLOSED:
		l->due_ms = now_ms + l->wait_ms;
		l->wait_ms = longer(l->wait_ms);
		return;
	case DEVICE_STOP:
		l->stop = 1;
		return;
	case DEVICE_TICK:
	case DEVICE_EVENTS:
		return;
	}
}

static enum device_action
follow(struct device_life *l, enum device_event event)
{
	for (size_t i = 0; i < sizeof arrow / sizeof arrow[0]; i++) {
		if (arrow[i].from == l->state && arrow[i].on == event) {
			l->state = arrow[i].to;
			return arrow[i].action;
		}
	}
	return DEVICE_DO_NOTHING;
}

enum device_action
device_life_next(struct device_life *l, enum device_event event, int64_t now_ms)
{
	if (event == DEVICE_TICK && l->state == DEVICE_ABSENT &&
		now_ms < l->due_ms) {
		return DEVICE_DO_NOTHING;
	}
	keep_time(l, event, now_ms);
	enum device_action action = follow(l, event);
	/* a stop that came while a call ran is carried out behind it */
	if (l->stop != 0 &&
		(l->state == DEVICE_ABSENT ||
			(l->state == DEVICE_HELD && event == DEVICE_OPENED))) {
		action = follow(l, DEVICE_STOP);
	}
	return action;
}

int
device_life_timeout(const struct device_life *l, int64_t now_ms)
{
	if (l->state != DEVICE_ABSENT) {
		return -1;
	}
	int64_t left = l->due_ms - now_ms;
	return left < 0 ? 0 : (int)left;
}
