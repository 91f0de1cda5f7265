/* SPDX-License-Identifier: MIT */
/*
 * click.h -- a click detector: second differences that nothing explains.
 *
 * Where a signal is a carrier times an envelope, its second difference is at
 * most  A w^2 |e| + 2 A w |e'| + A |e''|,  with the carrier's amplitude A, its
 * angular frequency w in radians a frame, and the envelope's differences.
 * What goes beyond is a click.  The envelope is not taken from the engine: it
 * is what tactus-osc(7) promises of fades, worked out frame by frame.  Where no
 * envelope is known, a second difference counts as a click that is far above
 * all others near it.  All belongs to the test's one thread.
 */
#ifndef TACTUS_TESTS_CLICK_H
#define TACTUS_TESTS_CLICK_H

#include <stdbool.h>
#include <stdint.h>

/** What a signal is allowed to be. */
struct click_law {
	const double *envelope; /* NULL: 1 all through */
	double amp;             /* A */
	double pace;            /* w; 0 for a constant */
	double noise;           /* rounding, as a second difference */
};

/**
 * Find the frames at which a signal leaps: a leap between frames n - 1 and n
 * is told once, as n.
 * @param at  the first `most` of them
 * @return how many there are
 */
uint32_t click_find(const float *signal, uint32_t frames,
	const struct click_law *law, uint32_t *at, uint32_t most);

/** The same where no envelope is known: `factor` times what is near, frames
 * `from` … `to` - 1 alone are judged. */
uint32_t click_find_alone(const float *signal, uint32_t from, uint32_t to,
	double factor, double noise, uint32_t *at, uint32_t most);

/** What fades: a node, or the outputs. */
struct click_fader {
	double value; /* of the last frame */
	double from;
	double to;
	uint32_t begin;
	uint32_t frames; /* 0: it stands */
	bool pauses;     /* at its end */
	bool frees;
	bool stands; /* paused or freed */
};

/** Let it go to `to`, beginning with frame `now`. */
void click_fade(
	struct click_fader *f, uint32_t now, double to, uint32_t frames);

/** Its value in frame `now`; afterwards it stands still if it is to. */
double click_next(struct click_fader *f, uint32_t now);

#endif
