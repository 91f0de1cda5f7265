/* SPDX-License-Identifier: MIT */
/*
 * child.h -- a tactusd to be measured, and a UDP socket that talks to it.
 *
 * The one that was built, on the clock driver, with the limits that it has by
 * default, on a port that the kernel chose.  It dies with the benchmark.
 * What fails ends the program with words.
 */
#ifndef TACTUS_BENCH_CHILD_H
#define TACTUS_BENCH_CHILD_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "osc_read.h"
#include "osc_write.h"

struct child {
	pid_t pid;
	int notify;
	int socket;
	char folder[64];
	uint8_t heard[65536]; /* what came last */
	struct osc_message message;
};

/** Start one and wait until it says that it is ready. */
void child_start(struct child *c);
/** The UDP port of loopback that it listens at. */
uint16_t child_port(const struct child *c);
/** End it; it must end well. */
void child_stop(struct child *c);

/** Send a packet. @return 0 or -errno, when the kernel would not take it */
int child_send(struct child *c, const void *data, size_t size);

/** Send the same packet `count` times (1…64), in as few calls as can be. */
void child_flood(
	struct child *c, const void *data, size_t size, uint32_t count);

/** Send a message of an address and (count 0 or 1) an i. */
void child_say(struct child *c, const char *address, int count, int32_t value);

/** Wait for a message to `address`; others are passed over.
 * @return 0, or -ETIMEDOUT after `wait_ms` */
int child_hear(struct child *c, const char *address, int wait_ms);

/** /sync, and wait for its answer; asks again where one was lost. */
void child_sync(struct child *c, int32_t number);

/** A number of /stats. */
double child_stat(struct child *c, const char *name);

/** A sine, joined to output 0 and active, at the tail of the root. */
void child_sine(struct child *c, int32_t id);

/** Processor time of the whole process. @return ns */
int64_t child_cpu(const struct child *c);

/** A line of /proc/PID/status. @return its number */
long child_proc(const struct child *c, const char *name);

#endif
