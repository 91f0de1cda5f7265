/* SPDX-License-Identifier: MIT */
/*
 * card_private.h -- the inside of a card, for card*.c alone.
 */
#ifndef TACTUS_RT_CARD_PRIVATE_H
#define TACTUS_RT_CARD_PRIVATE_H

#include "card.h"

/** Xruns of the device's own doing, in this time, that make it broken. */
#define CARD_BURST        16
#define CARD_BURST_NS     10000000000
#define CARD_STALL_MIN_NS 200000000

/**
 * Invariants, between cycles, when both sides are open: what is left of a
 * cycle (left) is only not 0 when the card gave fewer frames than it had
 * promised; out_fill is `ahead` less what in_fill lacks of a block.
 */
struct card {
	struct card_config config;
	const struct card_ops *ops;
	void *pcm;
	const struct clock_ops *time;
	struct clock_pace *pace;
	uint32_t ahead;  /* frames of silence that playback begins with */
	uint32_t target; /* frames that playback keeps in the card */
	int64_t period_ns;
	int64_t stall_ns; /* no progress for so long is a stall */
	int timeout_ms;

	/* the carry: one block each way, planar */
	float **in;
	float **out;
	float *memory;
	uint32_t in_fill;  /* captured frames that wait for the rest */
	uint32_t out_at;   /* rendered frames: first not yet written … */
	uint32_t out_fill; /* … and how many */
	uint32_t left[CARD_SIDES]; /* frames to move in this cycle */
	struct convert_dither dither;
	struct convert_area *area;
	bool silent; /* render nothing any more */

	/* evidence */
	int64_t seen[CARD_SIDES]; /* what could be moved, when last asked */
	int64_t woke_ns;          /* when the cycle began */
	int64_t busy_ns;          /* how long it took; -1: it has not ended */
	int64_t budget_ns;        /* what its frames last */
	int64_t moved_ns;         /* when frames last moved */
	int64_t blocked_ns;       /* when a wait last let others run */
	int64_t apart_ns;         /* boot - now: grows over a suspend */
	uint32_t rendered;        /* frames in this cycle */

	/* recovery */
	uint32_t tier;    /* where the next one begins */
	uint32_t burst;   /* of the device's own xruns */
	int64_t burst_ns; /* since when they are counted */
	int error;
};

TACTUS_RT static inline int64_t
card_now(const struct card *c)
{
	return c->time->now(c->time->user);
}

TACTUS_RT static inline int64_t
card_boot(const struct card *c)
{
	return c->time->boot(c->time->user);
}

/** Prepare, fill with silence, start; drop before, if asked. */
TACTUS_RT int card_restart(struct card *c, bool drop);

/** Account the time that passed; the next sample is due in one period.
 * @return frames that were lost */
TACTUS_RT uint64_t card_catch_up(
	struct card *c, struct engine *e, int64_t ahead_ns);

/** Mend what `error` speaks of; -ETIME: nothing moved. */
TACTUS_RT enum card_verdict card_recover(
	struct card *c, struct engine *e, int error);

#endif
