/* SPDX-License-Identifier: MIT */
/*
 * card.h -- the cycle of one card, as an algorithm over a table of calls.
 *
 * rt/alsa.c fills the table with alsa-lib's; tests put a scripted PCM under
 * it.  One cycle:
 *
 *	wait until both directions can move a period -> n = the smaller of
 *	them, in whole periods -> read n captured frames and render a block as
 *	often as one is complete -> write n frames from what was rendered
 *
 * The period may be any size.  When it is no multiple of the
 * block, playback is `block - gcd(block, period)` frames ahead, silent at
 * first, so that a block is always complete in time.
 *
 * What goes wrong is an xrun, whose time is added to the sample clock, and is
 * mended in tiers: prepare and start; drop, prepare and start; give the card
 * back to be closed and opened.  A cycle that got further resets the tier.
 */
#ifndef TACTUS_RT_CARD_H
#define TACTUS_RT_CARD_H

#include <stdbool.h>
#include <stdint.h>

#include "clock.h"
#include "convert.h"
#include "engine.h"
#include "mark.h"

enum card_side { CARD_CAPTURE, CARD_PLAYBACK, CARD_SIDES };

/** Sides as a set. */
#define CARD_SIDE(side) (1U << (side))

/** What the device says of itself. */
enum card_state {
	CARD_STATE_RUNNING,
	CARD_STATE_STOPPED, /* open, set up or prepared, but not running */
	CARD_STATE_XRUN,
	CARD_STATE_SUSPENDED,
	CARD_STATE_GONE
};

/**
 * The calls that a card is driven with.  None sleeps but wait and rest; all
 * that can fail return a negative errno.  Calls without a side are meant for
 * all sides that are open.
 */
struct card_ops {
	/** Sleep until one of `sides` can move a period: 1; 0: timed out. */
	TACTUS_RT int (*wait)(void *pcm, uint32_t sides, int timeout_ms);
	/** Frames that can be moved. */
	TACTUS_RT int64_t (*avail)(void *pcm, enum card_side side);
	/** The card's memory for up to `frames` frames; how many they are. */
	TACTUS_RT int64_t (*begin)(void *pcm, enum card_side side,
		struct convert_area *areas, uint32_t frames);
	/** Those frames were moved; how many the card took note of. */
	TACTUS_RT int64_t (*commit)(
		void *pcm, enum card_side side, uint32_t frames);
	TACTUS_RT int (*prepare)(void *pcm);
	TACTUS_RT int (*start)(void *pcm);
	TACTUS_RT int (*drop)(void *pcm);
	TACTUS_RT int (*resume)(void *pcm);
	TACTUS_RT enum card_state (*state)(void *pcm);
	/** When the position last moved, on CLOCK_MONOTONIC, and how many
	 * frames could be moved then; false: the card does not tell. */
	TACTUS_RT bool (*stamp)(
		void *pcm, enum card_side side, int64_t *ns, int64_t *avail);
};

/** One direction, as it was negotiated. */
struct card_stream {
	bool open;
	enum convert_format format;
	uint32_t channels; /* of the card: may be more or fewer than asked */
	uint32_t buffer;   /* frames that the card's memory holds */
};

/** An opened card, plain numbers. */
struct card_config {
	uint32_t rate;
	uint32_t block;   /* the engine's */
	uint32_t inputs;  /* the engine's */
	uint32_t outputs; /* the engine's */
	uint32_t period;
	uint32_t periods;
	bool dither;
	struct card_stream side[CARD_SIDES];
};

/** What became of a cycle. */
enum card_verdict {
	CARD_RUNS,
	CARD_GONE,  /* unplugged: give it back */
	CARD_BROKEN /* every tier failed: give it back */
};

struct card;

/**
 * Make the part of a card that rt drives, with its memory touched.
 * @thread device, or before-start
 * @errors -ENOMEM; -EINVAL no side, a period below the block's minimum, or
 *         channels out of range
 * @owns `pcm` stays the caller's
 */
TACTUS_NODISCARD int card_open(const struct card_config *config,
	const struct card_ops *ops, void *pcm, struct card **out);

/** End it; NULL is accepted. @thread device, or after rt has stopped */
void card_close(struct card *c);

/** What stands under it. @thread any */
TACTUS_RT void *card_pcm(const struct card *c);

/** To what it was made. @thread any */
TACTUS_RT const struct card_config *card_config(const struct card *c);

/** The errno that made the verdict, negative; 0: none. @thread rt */
TACTUS_RT int card_error(const struct card *c);

/**
 * Prepare, fill with silence, start; time lost since `pace` was last set is
 * accounted.
 * @thread rt
 * @param pace the sample clock's, shared with the other drivers
 * @param time where the time comes from
 */
TACTUS_RT TACTUS_NODISCARD enum card_verdict card_start(struct card *c,
	struct engine *e, struct clock_pace *pace,
	const struct clock_ops *time);

/** Wait for the card and move what it can take. @thread rt */
TACTUS_RT TACTUS_NODISCARD enum card_verdict card_cycle(
	struct card *c, struct engine *e);

/**
 * Play silence until all that was rendered has been heard, then stop the
 * card; bounded in time.  @thread rt, once the engine has stopped
 */
TACTUS_RT void card_finish(struct card *c, struct engine *e);

#endif
