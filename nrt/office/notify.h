/* SPDX-License-Identifier: MIT */
/*
 * notify.h -- what the service manager is told: sd_notify(3), as a datagram.
 *
 * One datagram to $NOTIFY_SOCKET for each call; without that variable nothing
 * is sent.  Never blocks: the manager's queue is not our problem.  Any thread
 * of the office; the loop's in practice.
 */
#ifndef TACTUS_NRT_NOTIFY_H
#define TACTUS_NRT_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "mark.h"

struct notify;

/**
 * Find the manager's socket and the watchdog's time in the environment.
 * @errors -EINVAL NOTIFY_SOCKET is no address; -ENOMEM; others of socket.
 *         Without the variable there is no error and nothing is ever sent.
 */
TACTUS_NODISCARD int notify_open(struct notify **out);

/** NULL is accepted. */
void notify_close(struct notify *n);

/** READY=1, and what systemctl status shows: READY names the URLs. */
void notify_ready(struct notify *n, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/** STATUS= alone. */
void notify_status(struct notify *n, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/** RELOADING=1 with MONOTONIC_USEC, as Type=notify-reload wants it; say
 * notify_ready when it is done. */
void notify_reloading(struct notify *n);

/** STOPPING=1. */
void notify_stopping(struct notify *n);

/** WATCHDOG=1: we live. */
void notify_watchdog(struct notify *n);

/**
 * How often the manager wants to hear of us: half of WATCHDOG_USEC.
 * @return 0 when it does not (no watchdog, or another process's)
 */
int64_t notify_watchdog_ns(const struct notify *n);

/** How many datagrams could not be sent. */
uint64_t notify_unsent(const struct notify *n);

/** Is there a manager to tell? */
bool notify_is_heard(const struct notify *n);

#endif
