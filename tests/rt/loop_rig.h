/* SPDX-License-Identifier: MIT */
/*
 * loop_rig.h -- a recording goes in and out through alsa-lib, for any engine.
 *
 * alsa-lib's `file` plugin over `null` takes the very mmap calls that a card
 * takes: what it captures is read from a headerless file, what
 * it plays is written to one.  The engine may be a fake or the real one, as
 * long as it passes its inputs on at half level without delay.
 */
#ifndef TACTUS_TESTS_LOOP_RIG_H
#define TACTUS_TESTS_LOOP_RIG_H

#include "alsa.h"
#include "engine.h"

#define LOOP_CHANNELS 2

struct loop_rig {
	char folder[512];
	uint32_t frames; /* of the recording */
	int32_t *want;   /* LOOP_CHANNELS a frame: 24 bits, or 16 */
};

struct loop_case {
	enum convert_format format;
	uint32_t block;
	uint32_t period;
	uint32_t periods;
	bool dither; /* S16 alone: within 2 LSB then */
};

/**
 * Make a folder with the recording in all formats, and ALSA_CONFIG_PATH.
 * @return false when sox or the recording is missing: the caller says so
 */
bool loop_rig_open(struct loop_rig *r);
void loop_rig_close(struct loop_rig *r);

/**
 * Drive `e`, made for the case's block, two inputs and two outputs at 48 kHz,
 * over the whole recording, and compare what was written.
 */
void loop_rig_run(
	struct loop_rig *r, const struct loop_case *c, struct engine *e);

#endif
