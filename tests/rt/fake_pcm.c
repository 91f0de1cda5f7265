/* SPDX-License-Identifier: MIT */
/*
 * fake_pcm.c -- see fake_pcm.h.
 */
#include "fake_pcm.h"

#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NS 1000000000.0

struct fake_pcm *
fake_pcm_open(uint32_t rate, uint32_t period, uint32_t periods,
	uint32_t capture, uint32_t playback)
{
	struct fake_pcm *p = calloc(1, sizeof *p);

	ck_assert_ptr_nonnull(p);
	p->rate = rate;
	p->period = period;
	p->buffer = period * periods;
	p->channels[CARD_CAPTURE] = capture;
	p->channels[CARD_PLAYBACK] = playback;
	p->format = CONVERT_FLOAT;
	p->state = CARD_STATE_STOPPED;
	p->now_ns = 1000000000000;
	p->woke_ns = p->now_ns;
	p->seed = 1;
	p->stamps = true;
	p->kept = calloc(FAKE_KEPT, sizeof *p->kept);
	ck_assert_ptr_nonnull(p->kept);
	for (int i = 0; i < CARD_SIDES; i++) {
		p->memory[i] =
			calloc(FAKE_BUFFER_MAX, (size_t)p->channels[i] * 4 + 1);
		ck_assert_ptr_nonnull(p->memory[i]);
	}
	return p;
}

void
fake_pcm_close(struct fake_pcm *p)
{
	free(p->memory[0]);
	free(p->memory[1]);
	free(p->kept);
	free(p);
}

struct card_config
fake_pcm_config(const struct fake_pcm *p, uint32_t block, uint32_t periods)
{
	struct card_config c = {
		.rate = p->rate,
		.block = block,
		.inputs = p->channels[CARD_CAPTURE],
		.outputs = p->channels[CARD_PLAYBACK],
		.period = p->period,
		.periods = periods,
	};

	for (int i = 0; i < CARD_SIDES; i++) {
		c.side[i] = (struct card_stream){p->channels[i] > 0, p->format,
			p->channels[i], p->buffer};
	}
	return c;
}

/* Frames since start, by its own clock. */
TACTUS_RT static int64_t
position(const struct fake_pcm *p)
{
	if (p->state != CARD_STATE_RUNNING) {
		return 0;
	}
	if (p->frozen) {
		return p->shown;
	}
	return (int64_t)((double)(p->now_ns - p->started_ns) *
			 ((double)p->rate * (1.0 + p->skew)) / NS);
}

TACTUS_RT static int64_t
space(const struct fake_pcm *p, int side)
{
	int64_t at = position(p);

	return side == CARD_CAPTURE ? at - p->appl[side]
				    : at + p->buffer - p->appl[side];
}

/* Does the script have something for this call? */
TACTUS_RT static const struct fake_step *
strike(struct fake_pcm *p, enum fake_call call)
{
	uint32_t n = p->calls[call]++;

	for (uint32_t i = 0; i < p->steps; i++) {
		const struct fake_step *s = &p->script[i];
		if (s->call == call && n >= s->from && n < s->from + s->times) {
			p->fired++;
			return s;
		}
	}
	return NULL;
}

/* Carry a fault out: the errno to return, or 0 to go on. */
TACTUS_RT static int
suffer(struct fake_pcm *p, const struct fake_step *s)
{
	if (s == NULL) {
		return p->state == CARD_STATE_GONE ? -ENODEV : 0;
	}
	switch (s->fault) {
	case FAKE_XRUN:
		p->state = CARD_STATE_XRUN;
		break;
	case FAKE_SUSPEND:
		p->state = CARD_STATE_SUSPENDED;
		break;
	case FAKE_UNPLUG:
		p->state = CARD_STATE_GONE;
		break;
	case FAKE_FREEZE:
		p->shown = position(p);
		p->frozen = true;
		return 0;
	case FAKE_DELAY:
		p->now_ns += (int64_t)s->value * 1000;
		return 0;
	case FAKE_SHORT:
		return 0;
	case FAKE_ERROR:
		break;
	}
	return s->value;
}

/* A real card stops when it has nothing to play, or no room. */
TACTUS_RT static void
notice_xrun(struct fake_pcm *p)
{
	for (int i = 0; i < CARD_SIDES; i++) {
		if (p->state == CARD_STATE_RUNNING && p->channels[i] > 0 &&
			space(p, i) >= p->buffer) {
			p->state = CARD_STATE_XRUN;
		}
	}
}

TACTUS_RT static int
state_error(const struct fake_pcm *p)
{
	switch (p->state) {
	case CARD_STATE_RUNNING:
	case CARD_STATE_STOPPED:
		return 0;
	case CARD_STATE_XRUN:
		return -EPIPE;
	case CARD_STATE_SUSPENDED:
		return -ESTRPIPE;
	case CARD_STATE_GONE:
		return -ENODEV;
	}
	return 0;
}

/* When `side` can move a period; far away if it stands. */
TACTUS_RT static int64_t
ready_ns(const struct fake_pcm *p, int side)
{
	if (p->frozen || p->state != CARD_STATE_RUNNING) {
		return INT64_MAX;
	}
	int64_t lacks = p->period - space(p, (int)side);
	if (lacks <= 0) {
		return p->now_ns;
	}
	int64_t at = position(p) + lacks;
	return p->started_ns +
	       (int64_t)((double)at * NS /
			 ((double)p->rate * (1.0 + p->skew))) +
	       1;
}

TACTUS_RT static int
fake_wait(void *pcm, uint32_t sides, int timeout_ms)
{
	struct fake_pcm *p = pcm;
	int64_t busy = p->now_ns - p->woke_ns;
	int64_t until = INT64_MAX;

	p->busy_ns = busy > p->busy_ns ? busy : p->busy_ns;
	int err = suffer(p, strike(p, FAKE_WAIT));
	notice_xrun(p);
	if (err == 0) {
		err = state_error(p);
	}
	if (err != 0) {
		return err;
	}
	for (int i = 0; i < CARD_SIDES; i++) {
		if ((sides & CARD_SIDE(i)) != 0) {
			int64_t at = ready_ns(p, i);
			until = at < until ? at : until;
		}
	}
	int64_t timeout = p->now_ns + (int64_t)timeout_ms * 1000000;
	if (until > timeout) {
		p->now_ns = timeout;
		p->woke_ns = p->now_ns;
		return 0;
	}
	if (until > p->now_ns) {
		p->seed = p->seed * 1664525U + 1013904223U;
		p->now_ns =
			until + (int64_t)((double)(p->seed >> 8) / 16777216.0 *
					  (double)p->jitter_ns);
	}
	p->woke_ns = p->now_ns;
	notice_xrun(p);
	return state_error(p) != 0 ? state_error(p) : 1;
}

TACTUS_RT static int64_t
fake_avail(void *pcm, enum card_side side)
{
	struct fake_pcm *p = pcm;

	/* a call takes time: a loop that never waits must end by it */
	p->now_ns += 100;
	int err = suffer(p, strike(p, FAKE_AVAIL));
	notice_xrun(p);
	if (err == 0) {
		err = state_error(p);
	}
	return err != 0 ? err : space(p, (int)side);
}

TACTUS_RT static int64_t
fake_begin(void *pcm, enum card_side side, struct convert_area *areas,
	uint32_t frames)
{
	struct fake_pcm *p = pcm;
	const struct fake_step *s = strike(p, FAKE_BEGIN);
	int err = suffer(p, s);
	uint32_t channels = p->channels[side];
	uint32_t at = (uint32_t)(p->appl[side] % p->buffer);
	int64_t n = space(p, (int)side);

	if (err != 0) {
		return err;
	}
	n = n < frames ? n : frames;
	n = n < p->buffer - at ? n : p->buffer - at;
	if (s != NULL && s->fault == FAKE_SHORT && n > s->value) {
		n = s->value;
	}
	for (uint32_t c = 0; c < channels; c++) {
		areas[c].step = p->planar ? 4 : (size_t)channels * 4;
		areas[c].at = p->memory[side] +
			      (p->planar ? (size_t)c * p->buffer * 4
					 : (size_t)c * 4) +
			      at * areas[c].step;
	}
	for (int64_t i = 0; side == CARD_CAPTURE && i < n; i++) {
		float v = (float)(p->appl[side] + i + 1) / 16777216.0F;
		for (uint32_t c = 0; c < channels; c++) {
			memcpy(areas[c].at + (size_t)i * areas[c].step, &v, 4);
		}
	}
	return n;
}

TACTUS_RT static int64_t
fake_commit(void *pcm, enum card_side side, uint32_t frames)
{
	struct fake_pcm *p = pcm;
	const struct fake_step *s = strike(p, FAKE_COMMIT);
	int err = suffer(p, s);
	size_t step = p->planar ? 4 : (size_t)p->channels[side] * 4;
	uint32_t n = frames;

	if (err != 0) {
		return err;
	}
	if (s != NULL && s->fault == FAKE_SHORT && n > (uint32_t)s->value) {
		n = (uint32_t)s->value;
	}
	for (uint32_t i = 0; side == CARD_PLAYBACK && i < n; i++) {
		if (p->kept_frames < FAKE_KEPT) {
			uint64_t at = (uint64_t)p->appl[side] + i;
			memcpy(&p->kept[p->kept_frames++],
				p->memory[side] + at % p->buffer * step, 4);
		}
	}
	p->appl[side] += n;
	p->now_ns += p->slack_ns;
	return n;
}

TACTUS_RT static int
fake_prepare(void *pcm)
{
	struct fake_pcm *p = pcm;
	int err = suffer(p, strike(p, FAKE_PREPARE));

	if (err == 0) {
		p->state = CARD_STATE_STOPPED;
		p->frozen = false;
		p->appl[CARD_CAPTURE] = 0;
		p->appl[CARD_PLAYBACK] = 0;
	}
	return err;
}

TACTUS_RT static int
fake_start(void *pcm)
{
	struct fake_pcm *p = pcm;
	int err = suffer(p, strike(p, FAKE_START));

	if (err == 0) {
		p->state = CARD_STATE_RUNNING;
		p->started_ns = p->now_ns;
	}
	return err;
}

TACTUS_RT static int
fake_drop(void *pcm)
{
	struct fake_pcm *p = pcm;
	int err = suffer(p, strike(p, FAKE_DROP));

	if (err == 0) {
		p->state = CARD_STATE_STOPPED;
	}
	return err;
}

TACTUS_RT static int
fake_resume(void *pcm)
{
	struct fake_pcm *p = pcm;
	int err = suffer(p, strike(p, FAKE_RESUME));

	if (err == 0) {
		p->state = CARD_STATE_RUNNING;
	}
	return err;
}

TACTUS_RT static enum card_state
fake_state(void *pcm)
{
	const struct fake_pcm *p = pcm;

	return p->state;
}

TACTUS_RT static bool
fake_stamp(void *pcm, enum card_side side, int64_t *ns, int64_t *avail)
{
	const struct fake_pcm *p = pcm;

	*ns = p->now_ns;
	*avail = space(p, (int)side);
	return p->stamps;
}

const struct card_ops fake_pcm_ops = {
	.wait = fake_wait,
	.avail = fake_avail,
	.begin = fake_begin,
	.commit = fake_commit,
	.prepare = fake_prepare,
	.start = fake_start,
	.drop = fake_drop,
	.resume = fake_resume,
	.state = fake_state,
	.stamp = fake_stamp,
};

TACTUS_RT static int64_t
time_now(void *user)
{
	const struct fake_pcm *p = user;

	return p->now_ns;
}

TACTUS_RT static int64_t
time_boot(void *user)
{
	const struct fake_pcm *p = user;

	return p->now_ns + p->slept_ns;
}

TACTUS_RT static void
time_sleep_until(void *user, int64_t ns)
{
	struct fake_pcm *p = user;

	p->now_ns = ns > p->now_ns ? ns : p->now_ns;
	p->rests++;
}

struct clock_ops
fake_pcm_time(struct fake_pcm *p)
{
	return (struct clock_ops){time_now, time_boot, time_sleep_until, p};
}
