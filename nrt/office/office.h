/* SPDX-License-Identifier: MIT */
/*
 * office.h -- the other side of the wire: packets in, answers out.
 *
 * The office lives in the loop's thread.  It compiles packets to batches for
 * rt, turns what comes back into replies, errors and notifications, and keeps
 * what is counted on this side.
 */
#ifndef TACTUS_NRT_OFFICE_H
#define TACTUS_NRT_OFFICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tactus/plugin.h>

#include "config.h"
#include "mark.h"
#include "net.h"
#include "report.h"
#include "wire.h"

struct office;
struct classes;
struct defs;
struct ev_loop;
struct host;

/** What came of a reload. */
struct office_reloaded {
	uint32_t applied; /* settings that changed */
	uint32_t waiting; /* settings that wait for a restart */
	const char *path[CONFIG_MAX_SETTINGS]; /* of those, constants */
	char why[512];                         /* when it failed */
};

/** What the program does for the office; all called on the loop. */
struct office_hooks {
	void *user;
	/** /quit, once its answer is sent. */
	void (*quit)(void *user);
	/** /config/reload. @return 0, or a code of /error with words */
	int (*reload)(void *user, struct office_reloaded *told);
	/** rt gave a device back. */
	void (*device)(void *user, void *device, uint32_t verdict, int error);
	/** rt computes no more blocks. */
	void (*stopped)(void *user);
};

struct office_config {
	const struct config *config;
	double rate; /* the engine's, which may be the card's */
	bool offline;
	struct wire *wire;
	struct defs *defs;
	struct classes *classes;
	struct host *host;             /* of the workers' plugins */
	const TactusHost *plugin_host; /* what checks are shown on the loop */
	struct office_hooks hooks;
};

/** Make an office on a loop; its listeners open with office_listen, its
 * workers start with office_start_works. @errors -ENOMEM, -EMFILE */
TACTUS_NODISCARD int office_open(struct ev_loop *loop,
	const struct office_config *config, struct office **out);

/** Open the doors; `all` false: none of the configured ones, for peers of
 * this process alone. @errors as net_open, with words in `why` */
TACTUS_NODISCARD int office_listen(
	struct office *o, bool all, char *why, size_t size);

/** Close the doors, free all that is still out.
 * @pre rt has stopped, and office_end_works abandoned nothing */
void office_close(struct office *o);

/** Take in a packet as if `peer` had sent it. */
void office_packet(struct office *o, struct peer *peer, const void *data,
	size_t size, int64_t came_ns);

/** Hand a device over to rt. @errors -ENOBUFS the ring is full */
TACTUS_NODISCARD int office_give_device(struct office *o, void *device);

/** Ask rt to fade out, free all and stop. @errors -ENOBUFS */
TACTUS_NODISCARD int office_stop(struct office *o);

/**
 * Start the workers, all or none, once rt has locked what memory there is:
 * their stacks need not be.  Works that were asked for before wait for them.
 * @errors -ENOMEM; -EAGAIN and the like from the threads
 */
TACTUS_NODISCARD int office_start_works(struct office *o);

/** Cancel all jobs and constructions: the end has begun. */
void office_stop_works(struct office *o);

/** Name each work that has not come back in the log. @return how many */
uint32_t office_log_works(struct office *o);

/**
 * End the workers.
 * @pre rt has stopped
 * @return works that had to be abandoned: their threads run on, so nothing
 *         that they may use can be freed, and the process has to end by
 *         _exit.  They were named in the log
 */
TACTUS_NODISCARD uint32_t office_end_works(struct office *o);

/** Tell all who asked for notifications. */
void office_notice(struct office *o, const char *address);

/** Tell of a string too: "/audio/lost" s:name. */
void office_notice_text(
	struct office *o, const char *address, const char *text);

/** The configuration was reloaded. */
void office_configure(struct office *o, const struct config *config);

struct net *office_net(struct office *o);

/** Engine time in ns under the offline driver, else the monotonic clock. */
int64_t office_now_ns(void *office);

/** What /status says of the state: "degraded" with the reason in the log. */
void office_set_degraded(struct office *o, bool degraded);
void office_set_stopping(struct office *o);
/** Is a card awaited that is not there? */
void office_set_device_lost(struct office *o, bool lost);
/** A number of /stats that is known to the program alone (page faults). */
void office_set_faults(struct office *o, uint64_t faults);

/** What the rt thread may do; /status and /stats show it. */
void office_set_rights(struct office *o, bool fifo, bool locked);
/** The audit caught a system call. */
void office_count_audit(struct office *o);

/** Count and answer what came back from rt until the ring is empty. */
void office_drain(struct office *o);

#endif
