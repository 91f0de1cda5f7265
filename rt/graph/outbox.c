/* SPDX-License-Identifier: MIT */
/*
 * outbox.c -- see outbox.h.
 */
#include "outbox.h"

#include "job.h"
#include "resource.h"

/** Make the report that an outgoing stands for. */
TACTUS_RT static void
fill(struct engine *e, struct outgoing *o, struct report *r)
{
	*r = (struct report){.kind = o->kind, .sample = e->now};
	switch ((enum report_kind)o->kind) {
	case REPORT_BATCH:
		r->u.batch = CONTAINER_OF(o, struct batch, outgoing);
		break;
	case REPORT_NODE_NEW:
		r->id = CONTAINER_OF(o, struct node, told_new)->synth.id;
		break;
	case REPORT_NODE_DONE:
		r->id = CONTAINER_OF(o, struct node, told_done)->synth.id;
		break;
	case REPORT_NODE_ENDED: {
		struct node *n = CONTAINER_OF(o, struct node, told_ended);
		r->id = n->synth.id;
		r->u.spec = n->spec;
		break;
	}
	case REPORT_DEVICE:
		*r = e->device_report;
		break;
	case REPORT_WORK:
	case REPORT_RESOURCE_ENDED:
	case REPORT_JOB_ENDED:
		r->u.work = CONTAINER_OF(o, struct work, outgoing);
		r->id = r->u.work->id;
		break;
	case REPORT_RESOURCE_READY:
		r->id = (int32_t)(CONTAINER_OF(o, struct resource, told_ready) -
				  e->resource);
		break;
	case REPORT_STOPPED:
	case REPORT_NODE_NAN:
	case REPORT_NOTIFY:
	case REPORT_LOG:
	case REPORT_LEVEL:
	case REPORT_XRUN:
		break;
	}
}

/** Does the loop have to see to a report soon?  A batch of which nothing is to
 * be said is only freed: that may wait until it wakes for something else, if
 * they do not fill the ring meanwhile. */
TACTUS_RT static bool
is_urgent(struct engine *e, struct outgoing *o)
{
	if (o->kind != REPORT_BATCH) {
		return true;
	}
	const struct batch *b = CONTAINER_OF(o, struct batch, outgoing);
	if (b->answers != 0 || b->failed != 0 ||
		(b->flags & (BATCH_REFUSED | BATCH_LATE)) != 0) {
		return true;
	}
	return ++e->silent >= ring_capacity(e->wire->reports) / 4;
}

/** Post one; what has been told of its end frees its slot. */
TACTUS_RT static bool
post(struct engine *e, struct outgoing *o)
{
	struct report r;
	bool urgent = is_urgent(e, o);

	fill(e, o, &r);
	if (ring_post(e->wire->reports, &r, 1) == 0) {
		e->posted = true;
		return false;
	}
	/* a batch or a work is the loop's by now, and `o` with it */
	e->posted |= urgent;
	if (r.kind == REPORT_RESOURCE_ENDED) {
		resource_told(e, r.id);
	} else if (r.kind == REPORT_JOB_ENDED) {
		job_told(e, r.id);
	}
	if (r.kind == REPORT_NODE_ENDED) {
		struct node *n = CONTAINER_OF(o, struct node, told_ended);
		n->kind = KIND_FREE;
		n->spec = NULL;
		if (n->synth.id > e->highest) {
			e->highest = n->synth.id;
		}
	}
	return true;
}

TACTUS_RT static void
tell(struct engine *e, struct outgoing *o, enum report_kind kind)
{
	o->kind = kind;
	o->next = NULL;
	if (e->out_first == NULL && post(e, o)) {
		return;
	}
	if (e->out_first == NULL) {
		e->out_first = o;
	} else {
		e->out_last->next = o;
	}
	e->out_last = o;
	e->out_waiting++;
}

TACTUS_RT void
outbox_drain(struct engine *e)
{
	while (e->out_first != NULL) {
		/* the loop may free a batch as soon as it is posted */
		struct outgoing *next = e->out_first->next;
		if (!post(e, e->out_first)) {
			break;
		}
		e->out_first = next;
		e->out_waiting--;
	}
	gauge_set(e->gauges, GAUGE_OUTBOX, e->out_waiting);
}

TACTUS_RT void
outbox_node(struct engine *e, struct node *n, enum report_kind kind)
{
	struct outgoing *o = kind == REPORT_NODE_NEW    ? &n->told_new
			     : kind == REPORT_NODE_DONE ? &n->told_done
							: &n->told_ended;

	tell(e, o, kind);
}

TACTUS_RT void
outbox_work(struct engine *e, struct work *work, enum report_kind kind)
{
	tell(e, &work->outgoing, kind);
}

TACTUS_RT void
outbox_ready(struct engine *e, struct resource *r)
{
	tell(e, &r->told_ready, REPORT_RESOURCE_READY);
}

TACTUS_RT void
outbox_batch(struct engine *e, struct batch *b)
{
	tell(e, &b->outgoing, REPORT_BATCH);
}

TACTUS_RT void
outbox_stopped(struct engine *e)
{
	tell(e, &e->told_stopped, REPORT_STOPPED);
}

TACTUS_RT void
outbox_device(struct engine *e)
{
	tell(e, &e->told_device, REPORT_DEVICE);
}

TACTUS_RT bool
outbox_note(struct engine *e, struct report *r)
{
	r->sample = e->now;
	if (e->out_first == NULL && ring_post(e->wire->reports, r, 1) == 1) {
		e->posted = true;
		return true;
	}
	gauge_add(e->gauges, GAUGE_REFUSED_NOTES, 1);
	return false;
}
