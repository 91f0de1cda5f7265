/* SPDX-License-Identifier: MIT */
/*
 * birth_setup.h -- how an audio thread is born: rt and its helpers alike.
 *
 * A stack of its own that is there before it is used, all signals blocked,
 * denormals flushed, then its rights: processors, schedule, audit.  It says
 * that it is ready and waits for the word to go, so that whoever made it can
 * lock the memory when all of it is there, or send it away.
 */
#ifndef TACTUS_RT_BIRTH_SETUP_H
#define TACTUS_RT_BIRTH_SETUP_H

#include <stdint.h>

#include "audit_setup.h"
#include "mark.h"
#include "rights_setup.h"

struct birth;

/** Who is to be born. */
struct birth_config {
	const char *name;     /* of the thread; 15 bytes are kept */
	bool realtime;        /* SCHED_FIFO, at … */
	int priority;         /* … this */
	const uint32_t *cpus; /* pinned to these */
	uint32_t cpu_count;   /* 0: to none */
	enum audit_mode audit;
	enum audit_who who;
	bool plugin_pcm; /* no audit */
	int write_fd;    /* what the audit lets it write to and … */
	int read_fd;     /* … read; -1: nothing */
	void (*run)(void *user);
	void *user;
};

/**
 * Make a thread; back when it has its rights and waits.
 * @thread before-start
 * @param got what it may do is added to this
 * @errors -ENOMEM, -EAGAIN no more threads
 */
TACTUS_NODISCARD int birth_open(const struct birth_config *config,
	struct birth **out, struct rt_rights *got);

/** Let it run, or end at once. @thread before-start, once */
void birth_go(struct birth *b, bool go);

/** Wait for its end, and free what it had; NULL is accepted.  One that never
 * was let go is sent away.  @thread main */
void birth_close(struct birth *b);

/** Where audit_answer is to be called; -1: nowhere. @thread main */
int birth_audit_fd(const struct birth *b);

/** Its thread id, for /proc/self/task/TID. @thread main */
int birth_thread_id(const struct birth *b);

#endif
