/* SPDX-License-Identifier: MIT */
/*
 * orders.c -- what clients ask the workers for, and what that keeps.
 *
 * Loop only.  Who asked holds a slot among the clients while a work of theirs
 * is under way, so that its end can be told.  What orders take is counted and
 * bounded: a whole one until rt has taken it (from then on there are no more
 * than resources and jobs), its arguments until a worker is through with them.
 */
#include <errno.h>
#include <stdlib.h>

#include "office_private.h"

/** Memory of all orders, as far as it is counted. */
#define MOST_ORDER_BYTES (UINT32_C(64) << 20)

static struct asker *
asker_of(struct office *o, const struct peer *peer)
{
	struct asker *a = o->askers;

	while (a != NULL && a->peer != peer) {
		a = a->next;
	}
	return a;
}

/** One more work of the sender of a message, who is kept for it. */
static bool
ask(struct request *r)
{
	struct office *o = r->office;
	struct asker *a = asker_of(o, r->peer);
	int err = peer_keep(r->peer, KEEP_WORK);

	if (err == -EUSERS) {
		request_fail(r, 429,
			"all %u client slots are taken (osc.max_clients)",
			o->config->osc.max_clients);
		return false;
	}
	/* else it cannot be told anything, but it may ask for it */
	if (a == NULL) {
		a = calloc(1, sizeof *a);
		if (a == NULL) {
			peer_unkeep(r->peer, KEEP_WORK);
			request_fail(r, 503, "no memory");
			return false;
		}
		a->peer = r->peer;
		a->next = o->askers;
		o->askers = a;
	}
	a->works++;
	return true;
}

/** One fewer. */
static void
unask(struct office *o, struct peer *peer)
{
	struct asker **at = &o->askers;

	while ((*at)->peer != peer) {
		at = &(*at)->next;
	}
	if (--(*at)->works == 0) {
		struct asker *a = *at;
		*at = a->next;
		free(a);
		peer_unkeep(peer, KEEP_WORK);
	}
}

struct work_order *
orders_new(struct request *r, enum work_kind kind, int32_t id,
	const TactusValue *values, uint32_t count)
{
	struct office *o = r->office;
	size_t bytes = work_order_bytes(values, count);
	size_t room = MOST_ORDER_BYTES - o->order_bytes;

	if (bytes > room || sizeof(struct work_order) > room - bytes) {
		request_fail(r, 503,
			"what waits to be made takes %u MiB already: send it "
			"later",
			MOST_ORDER_BYTES >> 20);
		return NULL;
	}
	if (!ask(r)) {
		return NULL;
	}
	struct work_order *order = work_order_new(kind, id, values, count);
	if (order == NULL) {
		unask(o, r->peer);
		request_fail(r, 503, "no memory");
		return NULL;
	}
	order->peer = peer_ref(r->peer);
	o->order_bytes += sizeof *order + order->bytes;
	return order;
}

void
orders_taken(struct office *o)
{
	o->order_bytes -= sizeof(struct work_order);
}

void
orders_forget_values(struct office *o, struct work_order *order)
{
	o->order_bytes -= order->bytes;
	work_order_forget_values(order);
}

void
orders_end(struct office *o, struct work_order *order)
{
	struct peer *peer = order->peer;

	if (peer != NULL) {
		order->peer = NULL;
		unask(o, peer);
		peer_unref(peer);
	}
}

void
orders_drop(struct office *o, struct work_order *order)
{
	orders_taken(o);
	orders_forget_values(o, order);
	orders_end(o, order);
	work_order_free(order);
}

void
orders_close(struct office *o)
{
	while (o->askers != NULL) {
		struct asker *a = o->askers;
		o->askers = a->next;
		free(a);
	}
}
