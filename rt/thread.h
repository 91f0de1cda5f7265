/* SPDX-License-Identifier: MIT */
/*
 * thread.h -- the rt thread: its rights, its life, and who drives it.
 *
 *	start --> CLOCK <--gone, broken-- CARD     or OFFLINE for ever
 *	            '------a card came----->'
 *
 * It ends when the engine has carried out COMMAND_STOP.  What it was refused
 * is told to whoever started it, in words with the mend.
 */
#ifndef TACTUS_RT_THREAD_H
#define TACTUS_RT_THREAD_H

#include <stdbool.h>
#include <stdint.h>

#include "audit_setup.h"
#include "engine.h"
#include "mark.h"
#include "wire.h"

/** How the thread is to run; plain numbers, already in range. */
struct rt_config {
	bool realtime;        /* SCHED_FIFO, at … */
	int priority;         /* … this */
	const uint32_t *cpus; /* pinned to these */
	uint32_t cpu_count;   /* 0: to none */
	bool lock_memory;
	bool required; /* what is refused is an error, not a warning */
	enum audit_mode audit;
	bool plugin_pcm; /* a PCM that is no card's own: no audit */
	bool offline;
};

/** What can be refused. */
enum rt_right {
	RT_RIGHT_SCHEDULE,
	RT_RIGHT_CPUS,
	RT_RIGHT_MEMORY,
	RT_RIGHT_AUDIT,
	RT_RIGHTS
};

/** What became of each. */
struct rt_rights {
	struct {
		bool asked;
		bool got;
		int error;      /* errno, when it was refused by the system */
		char text[208]; /* why not, and the mend; "" when it was got */
	} right[RT_RIGHTS];
};

struct rt_thread;

/**
 * Start the thread; it renders from now on.  All memory that rt will use has
 * to be there: it is locked here.
 * @thread before-start
 * @param got what it may do; also filled in on failure
 * @errors -ENOMEM; -EAGAIN no more threads; -EPERM a right is required that
 *         was refused: its text says which
 */
TACTUS_NODISCARD int rt_start(const struct rt_config *config, struct engine *e,
	struct wire *wire, struct rt_thread **out, struct rt_rights *got);

/**
 * Wait for its end, after COMMAND_STOP, and free what it had.  NULL is
 * accepted.
 * @thread main
 */
void rt_join(struct rt_thread *t);

/** Where audit_answer is to be called when it is readable; -1: nowhere.
 * @thread main */
int rt_audit_fd(const struct rt_thread *t);

/** Its thread id, for /proc/self/task/TID/stat. @thread main */
int rt_thread_id(const struct rt_thread *t);

#endif
