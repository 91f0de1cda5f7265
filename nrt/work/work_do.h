/* SPDX-License-Identifier: MIT */
/*
 * work_do.h -- what a worker does with an order: it calls the plugin.
 *
 * On the worker's thread, with the worker's view of the host.  What a plugin
 * leaves behind is bounded and judged here; what the loop alone can know (was
 * it cancelled before it came back?) is judged there.
 */
#ifndef TACTUS_NRT_WORK_DO_H
#define TACTUS_NRT_WORK_DO_H

#include "host.h"
#include "work_order.h"

/**
 * Do it: construct, destroy or perform; what came of it is in the work, and
 * in `failed` and `why` of the order.
 * @thread worker
 */
void work_do(struct host_view *v, struct work_order *o);

/** Note that an order failed; no reason, or an empty one, is said to be one.
 * @thread who has it */
void work_do_fail(struct work_order *o, const char *reason);

#endif
