/* SPDX-License-Identifier: MIT */
/*
 * storm.h -- random commands, the same for every run of a seed.
 */
#ifndef TACTUS_TESTS_STORM_H
#define TACTUS_TESTS_STORM_H

#include "naive.h"
#include "rig.h"

struct storm {
	uint32_t random; /* the state; not 0 */
	const struct engine_config *config;
	const struct naive *naive; /* to know which nodes there are */
	uint64_t now;
	uint32_t rough; /* of 100 commands, how many are nonsense */
	bool tame;      /* nothing whose effect hangs on how blocks are cut */
	uint64_t commands;
};

/** A packet: one to three parcels, which the caller frees. */
struct parcel *storm_packet(struct storm *s);

/** The same packet for the engine on the rig; it is posted. */
void storm_post(struct rig *r, struct parcel *head);

/** To be the rig's on_back: notes in the parcel what became of it. */
void storm_back(struct rig *r, struct batch *b, struct rig_report *to);

/** What the engine told, as the other one tells it. */
struct entry storm_entry(const struct rig_report *r);

/** The parcel of a batch that came back. */
struct parcel *storm_parcel(const struct batch *b);

#endif
