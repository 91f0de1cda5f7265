/* SPDX-License-Identifier: MIT */
/*
 * thread.h -- the rt thread: its rights, its life, its crew, and who drives
 * it.
 *
 *	start --> CLOCK <--gone, broken-- CARD     or OFFLINE for ever
 *	            '------a card came----->'
 *
 * It ends when the engine has carried out COMMAND_STOP.  What it or one of its
 * helpers (crew.h) was refused is told to whoever started it, in words with
 * the mend.
 */
#ifndef TACTUS_RT_THREAD_H
#define TACTUS_RT_THREAD_H

#include <stdbool.h>
#include <stdint.h>

#include "audit_setup.h"
#include "engine.h"
#include "mark.h"
#include "rights_setup.h"
#include "wire.h"

/** How the thread is to run; plain numbers, already in range. */
struct rt_config {
	bool realtime;        /* SCHED_FIFO, at … */
	int priority;         /* … this */
	const uint32_t *cpus; /* pinned: rt to these; with helpers, thread i
			       * to cpus[i % cpu_count] alone */
	uint32_t cpu_count;   /* 0: to none */
	bool lock_memory;
	bool required; /* what is refused is an error, not a warning */
	enum audit_mode audit;
	bool plugin_pcm; /* a PCM that is no card's own: no audit */
	bool offline;
};

struct rt_thread;

/**
 * Start the thread and its helpers; it renders from now on.  All memory that
 * rt will use has to be there: it is locked here.  The engine is given
 * the helpers that it was made for (engine_config.threads), until rt_join.
 * @thread before-start
 * @param got what it may do; also filled in on failure
 * @errors -ENOMEM; -EAGAIN no more threads; -EPERM a right is required that
 *         was refused: its text says which
 */
TACTUS_NODISCARD int rt_start(const struct rt_config *config, struct engine *e,
	struct wire *wire, struct rt_thread **out, struct rt_rights *got);

/**
 * Wait for its end, after COMMAND_STOP, end the helpers, and free what they
 * had.  NULL is accepted.
 * @thread main
 */
void rt_join(struct rt_thread *t);

/** How many audio threads there are. @thread main */
uint32_t rt_threads(const struct rt_thread *t);

/** Where audit_answer is to be called when it is readable; -1: nowhere.
 * @thread main @param i 0: rt; helpers count from 1 */
int rt_audit_fd(const struct rt_thread *t, uint32_t i);

/** A thread's id, for /proc/self/task/TID/stat.
 * @thread main @param i 0: rt; helpers count from 1 */
int rt_thread_id(const struct rt_thread *t, uint32_t i);

#endif
