/* SPDX-License-Identifier: MIT */
/*
 * naive_reverb.h -- the network of a reverb, frame by frame, in double
 * precision.
 *
 * All belongs to the test's one thread.
 */
#ifndef TACTUS_TESTS_PLUGINS_NAIVE_REVERB_H
#define TACTUS_TESTS_PLUGINS_NAIVE_REVERB_H

#include <stdint.h>

/** What the manual says: the room alone, from silence on. */
void naive_reverb_run(double size, double damping, double rate,
	float *const *in, double *const *out, uint32_t frames);

#endif
