/* SPDX-License-Identifier: MIT */
/*
 * reverb_rig.h -- a reverb on the harness, in stereo.
 *
 * All belongs to the test's one thread.
 */
#ifndef TACTUS_TESTS_PLUGINS_REVERB_RIG_H
#define TACTUS_TESTS_PLUGINS_REVERB_RIG_H

#include "harness.h"

#define SECOND 48000

/** Frames of silence; the caller frees them. */
float *reverb_rig_signal(uint32_t frames);

/** Noise of its own for either side. */
void reverb_rig_noise(float in[2][SECOND], uint64_t *random);

/** Make a reverb, with its controls at their defaults. */
void reverb_rig_open(struct harness *h, double rate);

/** Set the controls of the room, of which nothing but the room is heard. */
void reverb_rig_room(
	struct harness *h, float size, float damping, float predelay);

/** What harness_run does, side by side. */
void reverb_rig_run(struct harness *h, const float *in0, const float *in1,
	float *out0, float *out1, uint32_t frames, uint64_t *random);

#endif
