/* SPDX-License-Identifier: MIT */
/*
 * card.c -- the cycle of one card; see card.h.
 */
#include "card.h"

#include <errno.h>
#include <string.h>

#include "card_private.h"

/* Looks at the card, with waits between them, before the caller is asked. */
#define LOOKS 4

TACTUS_RT void *
card_pcm(const struct card *c)
{
	return c->pcm;
}

TACTUS_RT const struct card_config *
card_config(const struct card *c)
{
	return &c->config;
}

TACTUS_RT int
card_error(const struct card *c)
{
	return c->error;
}

/* Frames that a side can move now, without filling it more than asked. */
TACTUS_RT static int64_t
room(struct card *c, enum card_side side)
{
	int64_t avail = c->ops->avail(c->pcm, side);

	if (avail < 0) {
		return avail;
	}
	if (avail > c->config.side[side].buffer) {
		return -EPIPE;
	}
	if (side == CARD_PLAYBACK) {
		avail -= c->config.side[side].buffer - c->target;
	}
	c->seen[side] = avail;
	return avail > 0 ? avail : 0;
}

/*
 * Decide how much this cycle moves: 1 it can begin (or go on), 0 the sides in
 * `lacking` are not ready, or a negative errno.
 */
TACTUS_RT static int
gather(struct card *c, uint32_t *lacking)
{
	bool partial = c->left[CARD_CAPTURE] + c->left[CARD_PLAYBACK] > 0;
	int64_t least = INT32_MAX;

	*lacking = 0;
	for (int i = 0; i < CARD_SIDES; i++) {
		if (!c->config.side[i].open || (partial && c->left[i] == 0)) {
			continue;
		}
		int64_t can = room(c, (enum card_side)i);
		if (can < 0) {
			return (int)can;
		}
		if (can < (partial ? 1 : (int64_t)c->config.period)) {
			*lacking |= CARD_SIDE(i);
		}
		least = can < least ? can : least;
	}
	if (*lacking != 0) {
		return 0;
	}
	if (!partial) {
		uint32_t n =
			(uint32_t)least / c->config.period * c->config.period;
		for (int i = 0; i < CARD_SIDES; i++) {
			c->left[i] = c->config.side[i].open ? n : 0;
		}
		c->budget_ns = clock_frames_ns(n, c->config.rate);
	}
	return 1;
}

/* FIFO must never starve the loop, through which clients lessen the load. */
TACTUS_RT static void
rest_if_overloaded(struct card *c, struct engine *e)
{
	int64_t now = card_now(c);

	if (now - c->blocked_ns <= CLOCK_BUSY_NS) {
		return;
	}
	gauge_add(engine_gauges(e), GAUGE_OVERLOADS, 1);
	c->time->sleep_until(c->time->user, now + CLOCK_REST_NS);
	c->blocked_ns = card_now(c);
}

/* Sleep until a cycle can begin; 0: not yet, the caller looks again. */
TACTUS_RT static int
await(struct card *c, struct engine *e)
{
	uint32_t lacking;
	int got = gather(c, &lacking);

	for (int i = 0; got == 0 && i < LOOKS; i++) {
		int64_t before = card_now(c);
		int woken = c->ops->wait(c->pcm, lacking, c->timeout_ms);
		int64_t now = card_now(c);
		if (now - before >= CLOCK_BLOCKED_NS) {
			c->blocked_ns = now;
		}
		if (woken == 0) {
			gauge_add(engine_gauges(e), GAUGE_STALLS, 1);
			return -ETIME;
		}
		if (woken == -EAGAIN || woken == -EINTR) {
			break;
		}
		got = woken < 0 ? woken : gather(c, &lacking);
	}
	rest_if_overloaded(c, e);
	return got;
}

/*
 * Publish when the next sample was due: as if the position had moved just
 * then by whole periods, so that a late wake does not show.
 */
TACTUS_RT static void
tell_moment(struct card *c, struct engine *e)
{
	enum card_side side = c->config.side[CARD_CAPTURE].open ? CARD_CAPTURE
								: CARD_PLAYBACK;
	int64_t now = c->woke_ns;
	int64_t ns = now;
	int64_t avail = c->seen[side];
	int64_t stamp;
	int64_t then;

	if (c->ops->stamp(c->pcm, side, &stamp, &then) && stamp <= now &&
		now - stamp < c->stall_ns) {
		ns = stamp;
		avail = then;
		if (side == CARD_PLAYBACK) {
			avail -= c->config.side[side].buffer - c->target;
		}
	}
	int64_t over = avail - c->config.period;
	over += side == CARD_CAPTURE ? (int64_t)c->in_fill
				     : -(int64_t)c->out_fill;
	int64_t over_ns = clock_frames_ns(
		(uint64_t)(over < 0 ? -over : over), c->config.rate);
	int64_t due = over < 0 ? ns + over_ns : ns - over_ns;
	c->apart_ns = card_boot(c) - card_now(c);
	clock_mark(c->pace, engine_now(e), due + c->apart_ns);
	engine_moment(e, due, c->pace->epoch, false);
}

/* A transfer that did not happen now may happen in the next cycle. */
TACTUS_RT static int
moved(struct card *c, int64_t done)
{
	if (done > 0) {
		c->moved_ns = card_now(c);
		return 1;
	}
	return done == -EAGAIN || done == -EINTR ? 0 : (int)done;
}

TACTUS_RT static uint32_t
smaller(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* Take captured frames in, at most what the block lacks. */
TACTUS_RT static int
pull(struct card *c)
{
	const struct card_stream *s = &c->config.side[CARD_CAPTURE];
	uint32_t want =
		smaller(c->config.block - c->in_fill, c->left[CARD_CAPTURE]);
	int64_t got = c->ops->begin(c->pcm, CARD_CAPTURE, c->area, want);

	if (got <= 0) {
		return moved(c, got);
	}
	convert_read(s->format, c->area, s->channels, c->in, c->in_fill,
		smaller((uint32_t)got, want));
	int64_t done = c->ops->commit(
		c->pcm, CARD_CAPTURE, smaller((uint32_t)got, want));
	if (done > 0) {
		/* what was not taken note of is read again */
		uint32_t n = smaller((uint32_t)done, want);
		c->in_fill += n;
		c->left[CARD_CAPTURE] -= n;
	}
	return moved(c, done);
}

/* Give rendered frames out. */
TACTUS_RT static int
push(struct card *c)
{
	const struct card_stream *s = &c->config.side[CARD_PLAYBACK];
	uint32_t want = smaller(c->out_fill, c->left[CARD_PLAYBACK]);
	int64_t got = c->ops->begin(c->pcm, CARD_PLAYBACK, c->area, want);

	if (got <= 0) {
		return moved(c, got);
	}
	convert_write(s->format, c->area, s->channels,
		(const float *const *)c->out, c->out_at,
		smaller((uint32_t)got, want), &c->dither);
	int64_t done = c->ops->commit(
		c->pcm, CARD_PLAYBACK, smaller((uint32_t)got, want));
	if (done > 0) {
		uint32_t n = smaller((uint32_t)done, want);
		c->out_at += n;
		c->out_fill -= n;
		c->left[CARD_PLAYBACK] -= n;
	}
	return moved(c, done);
}

TACTUS_RT static void
render(struct card *c, struct engine *e)
{
	if (c->silent) {
		for (uint32_t i = 0; i < c->config.outputs; i++) {
			memset(c->out[i], 0,
				c->config.block * sizeof *c->out[i]);
		}
	} else {
		engine_render(e, (const float *const *)c->in, c->out,
			c->config.block);
		c->rendered += c->config.block;
	}
	c->in_fill = 0;
	c->out_at = 0;
	c->out_fill = c->config.side[CARD_PLAYBACK].open ? c->config.block : 0;
}

/*
 * Move what the cycle is to move, rendering whenever a block is complete (or,
 * without capture, whenever nothing is left): 1 all is done, 0 the card wants
 * to be waited for, or a negative errno.
 */
TACTUS_RT static int
transfer(struct card *c, struct engine *e)
{
	bool hears = c->config.side[CARD_CAPTURE].open;

	for (;;) {
		int did;
		if (c->left[CARD_PLAYBACK] > 0 && c->out_fill > 0) {
			did = push(c);
		} else if (c->left[CARD_CAPTURE] > 0) {
			did = pull(c);
		} else if (c->left[CARD_PLAYBACK] > 0 && !hears) {
			render(c, e);
			continue;
		} else {
			/* the carry's size promises that none is missing */
			return c->left[CARD_PLAYBACK] > 0 ? -EPIPE : 1;
		}
		if (did <= 0) {
			return did;
		}
		if (c->in_fill == c->config.block) {
			render(c, e);
		}
	}
}

TACTUS_RT enum card_verdict
card_start(struct card *c, struct engine *e, struct clock_pace *pace,
	const struct clock_ops *time)
{
	c->pace = pace;
	c->time = time;
	c->tier = 0;
	c->burst = 0;
	c->silent = false;
	c->error = card_restart(c, false);
	if (c->error != 0) {
		c->error = card_restart(c, true);
	}
	if (c->error != 0) {
		return c->error == -ENODEV ? CARD_GONE : CARD_BROKEN;
	}
	(void)card_catch_up(c, e, c->period_ns);
	return CARD_RUNS;
}

TACTUS_RT enum card_verdict
card_cycle(struct card *c, struct engine *e)
{
	bool fresh = c->left[CARD_CAPTURE] + c->left[CARD_PLAYBACK] == 0;
	int got = await(c, e);

	if (got > 0) {
		int64_t now = card_now(c);
		if (fresh) {
			c->woke_ns = now;
			c->rendered = 0;
			if (!c->silent) {
				tell_moment(c, e);
			}
		}
		c->busy_ns = -1;
		got = transfer(c, e);
		c->busy_ns = got < 0 ? -1 : card_now(c) - now;
	}
	if (got > 0) {
		c->tier = 0;
		engine_load(e, c->busy_ns, c->rendered);
	} else if (got == 0 && card_now(c) - c->moved_ns > c->stall_ns) {
		got = -ETIME;
	}
	enum card_verdict verdict = CARD_RUNS;
	if (got < 0) {
		verdict = card_recover(c, e, got);
	}
	engine_flush(e);
	return verdict;
}

TACTUS_RT void
card_finish(struct card *c, struct engine *e)
{
	/* what waits in the carry, and what the card has */
	int64_t last = clock_frames_ns(
		(uint64_t)c->target + c->config.block, c->config.rate);
	int64_t end = card_now(c) + last;

	c->silent = true;
	while (card_now(c) < end) {
		if (card_cycle(c, e) != CARD_RUNS) {
			break;
		}
	}
	(void)c->ops->drop(c->pcm);
}
