/* SPDX-License-Identifier: MIT */
/*
 * reverb_rig.c -- see reverb_rig.h.
 */
#include "reverb_rig.h"

#include <stdlib.h>

float *
reverb_rig_signal(uint32_t frames)
{
	float *x = calloc(frames, sizeof *x);

	ck_assert_ptr_nonnull(x);
	return x;
}

void
reverb_rig_noise(float in[2][SECOND], uint64_t *random)
{
	harness_noise(in[0], SECOND, random);
	harness_noise(in[1], SECOND, random);
}

void
reverb_rig_open(struct harness *h, double rate)
{
	harness_load(h, "reverb", rate);
	h->pool_room = HARNESS_POOLS;
	ck_assert_int_eq(harness_make(h, NULL, 0), 0);
}

void
reverb_rig_room(struct harness *h, float size, float damping, float predelay)
{
	harness_set(h, "size", size);
	harness_set(h, "damping", damping);
	harness_set(h, "predelay", predelay);
	harness_set(h, "mix", 1.0f);
}

void
reverb_rig_run(struct harness *h, const float *in0, const float *in1,
	float *out0, float *out1, uint32_t frames, uint64_t *random)
{
	const float *in[2] = {in0, in1};
	float *out[2] = {out0, out1};

	harness_run(h, in, out, frames, random);
}
