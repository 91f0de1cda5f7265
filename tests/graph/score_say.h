/* SPDX-License-Identifier: MIT */
/*
 * score_say.h -- for the files of the score: packets of commands, and of
 * whom they are.
 */
#ifndef TACTUS_TESTS_SCORE_SAY_H
#define TACTUS_TESTS_SCORE_SAY_H

#include "score_parts.h"

/** Chance: a number below a limit, and so many of 100. */
uint32_t score_below(struct writer *w, uint32_t limit);
bool score_chance(struct writer *w, uint32_t percent);

/** Begin a packet, of now or of a time to come. */
void score_begin(struct writer *w);
/** One command more. */
struct order *score_say(struct writer *w, enum command_kind kind, int32_t id);
/** Post it to the naive engine, and keep it. */
void score_end(struct writer *w);

/** A synth that lives and whose part suits; -1: there is none. */
int32_t score_pick(struct writer *w, bool (*suits)(const struct house_part *p));
/** A part to be played, of those that suit. */
const struct house_part *score_cast(
	struct writer *w, bool (*suits)(const struct house_part *p));

/* what may suit */
bool score_is_any(const struct house_part *p);
bool score_has_out(const struct house_part *p);
bool score_has_in(const struct house_part *p);
bool score_has_controls(const struct house_part *p);
bool score_has_resource(const struct house_part *p);
bool score_is_fold(const struct house_part *p);
bool score_is_source(const struct house_part *p);
bool score_is_effect(const struct house_part *p);
bool score_is_end(const struct house_part *p);

/** A group for something new; the root where there is none. */
int32_t score_some_group(struct writer *w);
/** A group with all that it holds; or whoever has the first id. */
int32_t score_some_victim(struct writer *w);
/** An id that nobody has, nor will have by a packet that is due later. */
int32_t score_free_id(struct writer *w);

#endif
