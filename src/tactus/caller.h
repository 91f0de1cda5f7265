/* SPDX-License-Identifier: MIT */
/*
 * caller.h -- a connection to the daemon: packets out, messages in.
 *
 * One thread.  UDP, TCP (length prefix), UNIX streams and UNIX datagrams look
 * the same from here.  Nothing waits without a deadline.
 */
#ifndef TACTUS_SRC_CALLER_H
#define TACTUS_SRC_CALLER_H

#include <stddef.h>
#include <stdint.h>

#include "mark.h"
#include "osc_read.h"

/** The largest packet that is taken in over a stream, in bytes. */
#define CALLER_MAX_PACKET (1024 * 1024)

struct caller;

/**
 * Open a connection.
 * @param deadline_ns CLOCK_MONOTONIC, for the connections that take time
 * @param why receives a sentence that names the URL and the mend
 * @errors -EINVAL the URL does not parse; -ENOMEM; others from the system
 */
TACTUS_NODISCARD int caller_open(const char *url, int64_t deadline_ns,
	struct caller **out, char *why, size_t size);

/** Close it; NULL is accepted. */
void caller_close(struct caller *c);

/** The URL it was opened with. */
const char *caller_url(const struct caller *c);

/** Let caller_next return -EINTR when `fd` can be read; -1: none. */
void caller_watch(struct caller *c, int fd);

/**
 * Send one packet.
 * @errors negative errno; caller_why tells in words
 */
TACTUS_NODISCARD int caller_send(
	struct caller *c, const void *packet, size_t size, int64_t deadline_ns);

/**
 * The next message that comes, bundles taken apart.
 * @param out points into the connection; holds until the next call
 * @return 1 a message; 0 the deadline has passed; negative errno: -EINTR the
 *         watched descriptor, -EPIPE the daemon hung up, -ECONNREFUSED nobody
 *         there, -EBADMSG what came is no OSC; caller_why tells in words
 */
TACTUS_NODISCARD int caller_next(
	struct caller *c, int64_t deadline_ns, struct osc_message *out);

/** What went wrong last, with the mend. */
const char *caller_why(const struct caller *c);

#endif
