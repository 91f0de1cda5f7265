/* SPDX-License-Identifier: MIT */
/*
 * score_synths.h -- for the files of the score: synths that come, and
 * what they hear, follow and play.
 */
#ifndef TACTUS_TESTS_SCORE_SYNTHS_H
#define TACTUS_TESTS_SCORE_SYNTHS_H

#include "score_parts.h"

/* what is done to a synth, in the packet that is being written */

/** Map the k-th output, or input, to some bus. */
void score_join_out(
	struct writer *w, int32_t id, const struct house_part *p, uint32_t k);
void score_join_in(
	struct writer *w, int32_t id, const struct house_part *p, uint32_t k);
/** Let one of its inputs hear some output of some synth. */
void score_connect_from_any(
	struct writer *w, int32_t to, const struct house_part *b);
/** A recorder hears what is bounded: samplers may play it to itself. */
bool score_is_recorder(const struct house_part *p);
/** Bind each of its resource ports to something of that class, or nothing. */
void score_bind_to(struct writer *w, int32_t id, const struct house_part *p);
/** Let one of its controls follow a bus, or none. */
void score_follow(struct writer *w, int32_t id, const struct house_part *p);
/** Set some of its controls, at once or by ramps. */
void score_set(struct writer *w, int32_t id, const struct house_part *p);

/* packets of their own */

/** Some synth, or some that belong together. */
void score_add_voice(struct writer *w);
/** One of each part, each with what it hears and is heard by. */
void score_add_ensemble(struct writer *w);
/** Such as give helpers the time to come. */
void score_add_polite(struct writer *w);
/** Many of a kind on one bus, each through a filter or not. */
void score_add_choir(struct writer *w, uint32_t count);

#endif
