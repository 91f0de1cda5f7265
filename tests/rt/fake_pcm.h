/* SPDX-License-Identifier: MIT */
/*
 * fake_pcm.h -- a scripted card in virtual time, for tests of the drivers.
 *
 * Its positions move with a clock of its own; what is captured is the number
 * of its frame, what is played is kept.  A script makes the n-th call of a
 * kind fail, be short, or find the card stopped, frozen or unplugged.
 */
#ifndef TACTUS_TESTS_FAKE_PCM_H
#define TACTUS_TESTS_FAKE_PCM_H

#include "card.h"

enum fake_call {
	FAKE_WAIT,
	FAKE_AVAIL,
	FAKE_BEGIN,
	FAKE_COMMIT,
	FAKE_PREPARE,
	FAKE_START,
	FAKE_DROP,
	FAKE_RESUME,
	FAKE_CALLS
};

/** What a fault does, beside the errno that the call returns. */
enum fake_fault {
	FAKE_ERROR,   /* the errno alone; the card goes on */
	FAKE_XRUN,    /* it stands in an xrun */
	FAKE_SUSPEND, /* it is suspended */
	FAKE_UNPLUG,  /* it is gone for good */
	FAKE_FREEZE,  /* its position stands still until it is started anew */
	FAKE_SHORT,   /* begin and commit give this many frames at most */
	FAKE_DELAY    /* the call takes this many microseconds */
};

struct fake_step {
	enum fake_call call;
	uint32_t from; /* calls of this kind before it strikes */
	uint32_t times;
	enum fake_fault fault;
	int value; /* the errno, the frames, the microseconds */
};

#define FAKE_BUFFER_MAX 16384
#define FAKE_KEPT       (1 << 20)

struct fake_pcm {
	uint32_t rate;
	uint32_t channels[CARD_SIDES]; /* 0: not open */
	uint32_t buffer;
	uint32_t period;
	enum convert_format format; /* S32 or float */
	bool planar;
	bool stamps;       /* has hardware timestamps */
	int64_t jitter_ns; /* wakes come late by up to this */
	double skew;       /* its clock against ours: 1e-4 is 100 ppm fast */

	int64_t now_ns;
	int64_t slept_ns; /* of suspends: boot = now + slept */
	int64_t slack_ns; /* render time: each block costs this much */
	enum card_state state;
	bool frozen;
	int64_t started_ns;
	int64_t appl[CARD_SIDES];
	int64_t shown; /* the position, when it is frozen */
	uint32_t calls[FAKE_CALLS];
	uint32_t fired;
	uint32_t rests;
	int64_t busy_ns; /* longest time between two waits */
	int64_t woke_ns;
	unsigned char *memory[CARD_SIDES];
	float *kept; /* first channel of what was played */
	uint32_t kept_frames;
	uint32_t seed;
	const struct fake_step *script;
	uint32_t steps;
};

extern const struct card_ops fake_pcm_ops;

/** Make it; fields may be set before it is first used. */
struct fake_pcm *fake_pcm_open(uint32_t rate, uint32_t period, uint32_t periods,
	uint32_t capture, uint32_t playback);
void fake_pcm_close(struct fake_pcm *p);

/** The time in which it lives. */
struct clock_ops fake_pcm_time(struct fake_pcm *p);

/** What card_open is to be told of it. */
struct card_config fake_pcm_config(
	const struct fake_pcm *p, uint32_t block, uint32_t periods);

#endif
