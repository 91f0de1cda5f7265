/* SPDX-License-Identifier: MIT */
/*
 * guest.h -- another client of the rooms, of this process.
 */
#ifndef TACTUS_TESTS_GUEST_H
#define TACTUS_TESTS_GUEST_H

#include <stddef.h>

#include "rooms.h"

struct guest {
	struct rooms *rooms;
	struct peer *peer; /* the test unrefs it */
	size_t size;
	char heard[4096];
};

/** Come in. */
void guest_open(struct guest *g, struct rooms *r);

/** Put words in, without a turn. */
void guest_put(struct guest *g, const char *words);

/** Say words ("": nothing), take a turn, and expect to have heard `answer`,
 * all of it. */
void guest_expect(struct guest *g, const char *words, const char *answer);

#endif
