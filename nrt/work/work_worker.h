/* SPDX-License-Identifier: MIT */
/*
 * work_worker.h -- one worker: a thread with one order at a time.
 *
 * Orders go to it through a ring of its own and come back through another; it
 * is called from its sleep by a wake, and calls the loop by the pool's
 * eventfd.  Nothing else is shared, so a thread that hangs in a plugin can be
 * left alone with all that it may still touch.
 *
 * The thread is an ordinary one (SCHED_OTHER, whatever made it) with its own
 * stack size.  It does not flush denormals: it does not render, and the
 * libraries that plugins call are written for arithmetic as C has it.
 */
#ifndef TACTUS_NRT_WORK_WORKER_H
#define TACTUS_NRT_WORK_WORKER_H

#include <stdint.h>

#include "host.h"
#include "mark.h"
#include "work_order.h"

struct work_worker;

/**
 * Start a worker, with the name worker-`number`.
 * @thread loop
 * @param told_fd written to whenever an order is back; it has to live as long
 *        as the worker
 * @errors -ENOMEM; -EAGAIN and the like from the thread or the eventfd
 */
TACTUS_NODISCARD int work_worker_open(struct host *host, int told_fd,
	uint32_t number, struct work_worker **out);

/** Give it an order. @thread loop @pre it has none */
void work_worker_give(struct work_worker *w, struct work_order *o);

/** Take the order back that it is through with; NULL: not yet.
 * @thread loop */
struct work_order *work_worker_take(struct work_worker *w);

/** End it and wait for that. @thread loop @pre it has no order */
void work_worker_close(struct work_worker *w);

#endif
