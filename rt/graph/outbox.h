/* SPDX-License-Identifier: MIT */
/*
 * outbox.h -- how rt tells the loop: in order, without losing what matters.
 *
 * A sure report goes straight into the ring while nothing waits, else it
 * queues by the link that lies in the thing it tells of.  Notes, which plugins
 * and drivers send, are refused when something waits, and counted.
 */
#ifndef TACTUS_RT_OUTBOX_H
#define TACTUS_RT_OUTBOX_H

#include "engine_private.h"

/** Tell of a node: REPORT_NODE_NEW, _DONE or _ENDED. @thread rt */
TACTUS_RT void outbox_node(
	struct engine *e, struct node *n, enum report_kind kind);

/** Hand a work over: REPORT_WORK, _RESOURCE_ENDED or _JOB_ENDED.
 * @thread rt @owns nobody here looks at it once it is posted */
TACTUS_RT void outbox_work(
	struct engine *e, struct work *work, enum report_kind kind);

/** Tell that a resource is live. @thread rt */
TACTUS_RT void outbox_ready(struct engine *e, struct resource *r);

/** Give a batch back. @thread rt */
TACTUS_RT void outbox_batch(struct engine *e, struct batch *b);

/** Tell that rt computes no more blocks. @thread rt */
TACTUS_RT void outbox_stopped(struct engine *e);

/** Give the device in e->device_report back. @thread rt */
TACTUS_RT void outbox_device(struct engine *e);

/** Tell something that may be refused. @thread rt @return false: it was */
TACTUS_RT bool outbox_note(struct engine *e, struct report *r);

/** Post what waits, as far as there is room. @thread rt */
TACTUS_RT void outbox_drain(struct engine *e);

#endif
