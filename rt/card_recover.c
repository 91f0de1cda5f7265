/* SPDX-License-Identifier: MIT */
/*
 * card_recover.c -- what an xrun was, and how a card is mended; see card.h.
 */
#include <errno.h>

#include "card_private.h"

/* Prepare and start; drop, prepare and start; then it is broken. */
#define TIERS 2

/* Playback begins with silence: all that is to stand in the card. */
TACTUS_RT static int
prime(struct card *c)
{
	const struct card_stream *s = &c->config.side[CARD_PLAYBACK];
	uint32_t left = c->target;

	if (!s->open) {
		return 0;
	}
	int64_t avail = c->ops->avail(c->pcm, CARD_PLAYBACK);
	if (avail < 0) {
		return (int)avail;
	}
	while (left > 0) {
		int64_t got =
			c->ops->begin(c->pcm, CARD_PLAYBACK, c->area, left);
		if (got <= 0 || got > left) {
			return got < 0 ? (int)got : -EIO;
		}
		convert_write(s->format, c->area, s->channels, NULL, 0,
			(uint32_t)got, NULL);
		int64_t done =
			c->ops->commit(c->pcm, CARD_PLAYBACK, (uint32_t)got);
		if (done <= 0 || done > got) {
			return done < 0 ? (int)done : -EIO;
		}
		left -= (uint32_t)done;
	}
	return 0;
}

TACTUS_RT int
card_restart(struct card *c, bool drop)
{
	if (drop) {
		int err = c->ops->drop(c->pcm);
		if (err == -ENODEV) {
			return err;
		}
	}
	int err = c->ops->prepare(c->pcm);
	if (err == 0) {
		err = prime(c);
	}
	if (err == 0) {
		err = c->ops->start(c->pcm);
	}
	if (err != 0) {
		return err;
	}
	for (uint32_t i = 0; i < c->config.side[CARD_PLAYBACK].channels; i++) {
		for (uint32_t j = 0; j < c->config.block; j++) {
			c->out[i][j] = 0.0F;
		}
	}
	c->in_fill = 0;
	c->out_fill = c->ahead;
	c->out_at = c->config.block - c->ahead;
	c->left[CARD_CAPTURE] = 0;
	c->left[CARD_PLAYBACK] = 0;
	int64_t now = card_now(c);
	c->woke_ns = now;
	c->moved_ns = now;
	c->blocked_ns = now;
	c->busy_ns = 0;
	c->budget_ns = c->period_ns;
	return 0;
}

TACTUS_RT uint64_t
card_catch_up(struct card *c, struct engine *e, int64_t ahead_ns)
{
	int64_t now = card_now(c);
	int64_t boot = card_boot(c);
	uint64_t lost = clock_lost(c->pace, engine_now(e), boot + ahead_ns);

	if (lost > 0) {
		engine_lose(e, lost);
	}
	c->apart_ns = boot - now;
	c->pace->epoch++;
	clock_mark(c->pace, engine_now(e), boot + ahead_ns);
	return lost;
}

/* Only evidence counts: what was measured says why. */
TACTUS_RT static enum xrun_cause
judge(const struct card *c, int error, enum card_state state, int64_t *late_ns)
{
	int64_t now = card_now(c);
	int64_t slept = card_boot(c) - now - c->apart_ns;
	int64_t busy = c->busy_ns < 0 ? now - c->woke_ns : c->busy_ns;
	int64_t gap = now - c->woke_ns;

	if (error == -ESTRPIPE || state == CARD_STATE_SUSPENDED ||
		slept > CLOCK_SUSPEND_NS) {
		*late_ns = gap + (slept > 0 ? slept : 0);
		return XRUN_SUSPEND;
	}
	if (error == -ETIME) {
		*late_ns = now - c->moved_ns;
		return XRUN_STALLED;
	}
	if (busy > c->budget_ns) {
		*late_ns = busy - c->budget_ns;
		return XRUN_DSP;
	}
	*late_ns = gap > c->budget_ns ? gap - c->budget_ns : 0;
	return *late_ns > c->period_ns / 2 ? XRUN_WOKE_LATE : XRUN_DEVICE;
}

/* A card that fails by itself again and again is to be opened anew. */
TACTUS_RT static bool
is_burst(struct card *c, enum xrun_cause cause)
{
	if (cause != XRUN_STALLED && cause != XRUN_DEVICE) {
		return false;
	}
	int64_t now = card_now(c);
	if (c->burst == 0 || now - c->burst_ns > CARD_BURST_NS) {
		c->burst = 0;
		c->burst_ns = now;
	}
	return ++c->burst > CARD_BURST;
}

/* Sound goes on where it was, if the card can: the buffer has survived. */
TACTUS_RT static bool
resumed(struct card *c, enum card_state state)
{
	if (state != CARD_STATE_SUSPENDED || c->ops->resume(c->pcm) != 0 ||
		c->ops->state(c->pcm) != CARD_STATE_RUNNING) {
		return false;
	}
	int64_t now = card_now(c);
	c->woke_ns = now;
	c->moved_ns = now;
	c->blocked_ns = now;
	c->busy_ns = 0;
	return true;
}

/* Each tier once; what it came to. */
TACTUS_RT static int
mend(struct card *c)
{
	int err = -EPIPE;

	for (; c->tier < TIERS; c->tier++) {
		err = card_restart(c, c->tier > 0);
		if (err == 0) {
			/* without a whole cycle the next one begins higher */
			c->tier++;
			return 0;
		}
		if (err == -ENODEV) {
			break;
		}
	}
	return err;
}

TACTUS_RT enum card_verdict
card_recover(struct card *c, struct engine *e, int error)
{
	enum card_state state = c->ops->state(c->pcm);
	int64_t late_ns;

	c->error = error;
	if (error == -ENODEV || state == CARD_STATE_GONE) {
		return CARD_GONE;
	}
	enum xrun_cause cause = judge(c, error, state, &late_ns);
	if (error == -EIO && c->tier == 0) {
		c->tier = 1;
	}
	int64_t ahead_ns = c->period_ns;
	if (resumed(c, state)) {
		ahead_ns = 0;
	} else {
		int err = is_burst(c, cause) ? error : mend(c);
		if (err != 0) {
			c->error = err;
			engine_xrun(e, cause, late_ns, 0);
			return err == -ENODEV ? CARD_GONE : CARD_BROKEN;
		}
	}
	uint64_t lost = card_catch_up(c, e, ahead_ns);
	engine_xrun(e, cause, late_ns, lost);
	return CARD_RUNS;
}
