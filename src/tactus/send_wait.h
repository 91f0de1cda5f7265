/* SPDX-License-Identifier: MIT */
/*
 * send_wait.h -- a message, and what becomes of it.
 *
 * What a worker does is told by a notification, later than any answer.  One
 * thread.
 */
#ifndef TACTUS_SRC_SEND_WAIT_H
#define TACTUS_SRC_SEND_WAIT_H

#include <stdbool.h>
#include <stddef.h>

#include "cli.h"
#include "mark.h"

/**
 * Send a message over the open way to the daemon, print its answers and the
 * notifications of what it names, and wait until all that it began has ended,
 * however long that takes while the daemon answers at all.
 * @param size of `message`, without which no bundle is begun
 * @return 0, or an exit code, told already; CLI_REFUSED also when what it
 *         began has failed
 */
TACTUS_NODISCARD int send_wait(
	struct cli *cli, const void *message, size_t size, bool json);

#endif
