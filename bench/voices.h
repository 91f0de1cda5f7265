/* SPDX-License-Identifier: MIT */
/*
 * voices.h -- graphs of more than one def, on a desk.
 */
#ifndef TACTUS_BENCH_VOICES_H
#define TACTUS_BENCH_VOICES_H

#include "desk.h"

/* ports of sine and of filter */
enum { SINE_FREQ, SINE_AMP, SINE_OUT = 3 };
enum { FILTER_CUTOFF, FILTER_IN = 3, FILTER_OUT };

/** Sines, each through a filter of its own (ids 2i + 1 → 2i + 2 from 0 on),
 * all filters to output 0. */
void voices_filtered(struct desk *d, uint32_t count);

/** Synths of one def, each into one of another, all of these to output 0; as
 * they are when nobody sets anything. */
void voices_pairs(
	struct desk *d, const char *from, const char *to, uint32_t count);

/** The port of that name; ends the program when there is none. */
int32_t voices_port(const TactusSynthDef *def, const char *name);

/** Let go of the bus that desk_add_synth joined an output to. */
void voices_unmap(struct batch *b, int32_t id, int32_t port);

#endif
