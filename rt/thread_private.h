/* SPDX-License-Identifier: MIT */
/*
 * thread_private.h -- the inside of the rt thread, for thread*.c alone.
 */
#ifndef TACTUS_RT_THREAD_PRIVATE_H
#define TACTUS_RT_THREAD_PRIVATE_H

#include "card.h"
#include "clock.h"
#include "thread.h"

struct birth;
struct crew;

struct rt_thread {
	struct engine *engine;
	struct wire *wire;
	bool offline;
	float **out; /* one block, for drivers without a card */
	struct clock_pace pace;
	struct clock_driver clock;
	struct card *card; /* the one that drives; NULL: the clock does */
	/* for thread_setup.c alone */
	struct birth *birth;
	struct crew *crew; /* NULL: rt is alone */
};

/** Drive the engine until it has stopped. */
TACTUS_RT void thread_run(struct rt_thread *t);

#endif
