/* SPDX-License-Identifier: MIT */
/*
 * score.h -- a random graph of real synths and what happens to it, block by
 * block; and what the naive engine made of it.
 *
 * It is written once and may then be played by any engine: the same parcels
 * before the same blocks.
 */
#ifndef TACTUS_TESTS_SCORE_H
#define TACTUS_TESTS_SCORE_H

#include "house.h"
#include "naive.h"

#define SCORE_OUTPUTS 4
#define SCORE_INPUTS  2
#define SCORE_BLOCK   128 /* the largest */
#define SCORE_IDS     480 /* nodes at the most, the root among them */

/** What is wanted. */
struct score_plan {
	uint32_t seed; /* not 0 */
	uint32_t block;
	uint32_t blocks;
	uint32_t synths; /* about so many live at a time */
	uint32_t choir;  /* of them, so many alike on one bus */
	uint32_t bustle; /* packets a block at the most */
};

/** What is in it; to see that nothing is left out. */
struct score_seen {
	uint64_t connections; /* that were made, feedback among them */
	uint64_t feedbacks;
	uint64_t cycles; /* connections that were refused for one */
	uint64_t moves;
	uint64_t frees;
	uint64_t binds;
	uint64_t maps;
	uint64_t failures; /* commands that were refused */
	uint64_t commands;
	struct naive_seen heard;
	uint64_t parts[HOUSE_PARTS]; /* synths of each */
	double energy[2];            /* RMS: of the whole, of the last part */
};

struct score {
	struct score_plan plan;
	struct engine_config config;
	struct house *house;
	struct parcel **packet; /* in order */
	uint32_t *before;       /* the block that it is sent before */
	uint32_t packets;
	uint32_t room;
	float *out; /* by block, by channel */
	struct entry *told;
	uint32_t *told_end; /* by block: how many until then */
	uint32_t tolds;
	uint32_t told_room;
	struct score_seen seen;
};

/** Write one, which the naive engine plays at once. */
struct score *score_open(struct house *h, const struct score_plan *plan);
void score_close(struct score *s);

/** What a block captures. */
void score_capture(const struct score *s, uint32_t block,
	float in[SCORE_INPUTS][SCORE_BLOCK]);

/** What the naive engine played in a block, on one channel. */
const float *score_out(const struct score *s, uint32_t block, uint32_t channel);

#endif
