/* SPDX-License-Identifier: MIT */
/*
 * score_parts.h -- for the files of the score: what suits which port.
 */
#ifndef TACTUS_TESTS_SCORE_PARTS_H
#define TACTUS_TESTS_SCORE_PARTS_H

#include "score.h"

/** Who writes a score, while it is played. */
struct writer {
	struct score *score;
	struct naive *naive;
	uint32_t random;
	uint32_t block; /* that is written for */
	uint64_t now;
	/* the packet that is being written */
	struct parcel *head;
	struct parcel *tail;
	bool is_timed;
	uint64_t at;
	uint64_t rank;
	/* by id */
	const struct house_part *part[SCORE_IDS];
	uint64_t taken_until[SCORE_IDS];
};

/** A value for a control, such as one would play. */
float score_value(struct writer *w, const struct house_part *p, uint32_t k);

/** May a control follow a bus, whatever is on it? */
bool score_may_follow(const TactusPort *port);

/** Does it take so much memory or time that there are enough of it? */
bool score_is_dear(struct writer *w, const struct house_part *p);

#endif
