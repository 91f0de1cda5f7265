/* SPDX-License-Identifier: MIT */
/*
 * reverb_room.h -- from what the controls say to delays and factors.
 *
 * Pure.  A room is all that a change of size, damping or predelay changes;
 * the reverb fades from one room to the next.
 */
#ifndef TACTUS_PLUGINS_REVERB_ROOM_H
#define TACTUS_PLUGINS_REVERB_ROOM_H

#include <stdint.h>

#include <tactus/mark.h>

#define REVERB_LINES     16
#define REVERB_DIFFUSERS 4
#define REVERB_PREDELAY  0.25 /* s, at most */

/** The controls that make a room. */
struct reverb_wish {
	float size;
	float damping;
	float predelay;
};

struct reverb_room {
	struct reverb_wish wish; /* what it was made of */
	uint32_t predelay;
	float level; /* factor of what goes into each line */
	uint32_t delay[REVERB_LINES];
	float gain[REVERB_LINES]; /* factor of what comes out of it */
	float pole[REVERB_LINES]; /* of its low-pass filter */
};

/** The longest delay of a line, in frames. */
TACTUS_RT uint32_t reverb_room_longest(uint32_t line, double rate);

/** The delay of a diffuser of a channel, 0 or 1, in frames. */
TACTUS_RT uint32_t reverb_room_diffuser(
	uint32_t channel, uint32_t diffuser, double rate);

/** Make a room. */
TACTUS_RT void reverb_room_make(
	struct reverb_room *room, const struct reverb_wish *wish, double rate);

#endif
