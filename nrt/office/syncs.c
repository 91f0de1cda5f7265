/* SPDX-License-Identifier: MIT */
/*
 * syncs.c -- what is under way, and who waits for it.
 *
 * Loop only.  A /sync comes back from rt behind everything that its peer asked
 * for before: the works that came of that are open errands here by then, and
 * the batch is held until those of this peer are over.
 */
#include <stdlib.h>

#include "office_private.h"

/** Batches of one peer that are held: a client that asks on and on while
 * something takes long is told so (429), and holds up no one else. */
#define MOST_SYNCS 256

/** Peers that are remembered to have freed one resource; the syncs of others
 * do not wait for its end. */
#define MOST_FREERS 64

static const struct freer *
freer_of(const struct errand *e, const struct peer *peer)
{
	const struct freer *f = e->freers;

	while (f != NULL && f->peer != peer) {
		f = f->next;
	}
	return f;
}

/** Does a batch that is held wait for this errand? */
static bool
awaits(const struct batch *b, const struct errand *e)
{
	/* what opened behind it is not its business */
	const struct freer *f = freer_of(e, b->sender);

	return (e->order->peer == b->sender && e->opened <= b->at) ||
	       (f != NULL && f->freed <= b->at && e->opened <= b->at);
}

uint32_t
syncs_awaited(const struct office *o, const struct peer *peer)
{
	uint32_t count = 0;

	for (const struct errand *e = o->open_first; e != NULL; e = e->next) {
		count += e->order->peer == peer || freer_of(e, peer) != NULL
				 ? 1
				 : 0;
	}
	return count;
}

bool
syncs_hold(struct office *o, struct batch *b)
{
	struct batch **at = &o->syncs;
	uint32_t same = 0;

	for (; *at != NULL; at = &(*at)->chain) {
		same += (*at)->sender == b->sender ? 1 : 0;
	}
	if (same >= MOST_SYNCS) {
		return false;
	}
	*at = b;
	/* rt is through with it: these are ours again */
	b->chain = NULL;
	b->at = o->count;
	b->held = syncs_awaited(o, b->sender);
	return true;
}

void
syncs_fail(struct batch *b)
{
	for (struct command *c = b->first; c != NULL; c = c->next) {
		if (c->kind == COMMAND_SYNC && c->reason == REASON_NONE) {
			peer_error(b->sender, c->address, 429, command_first(c),
				"%d /sync of this client wait already for what "
				"is under way",
				MOST_SYNCS);
		}
	}
}

void
syncs_open(struct office *o, struct errand *e)
{
	if (e->open) {
		return;
	}
	e->open = true;
	e->opened = ++o->count;
	e->next = NULL;
	e->previous = o->open_last;
	if (o->open_last != NULL) {
		o->open_last->next = e;
	} else {
		o->open_first = e;
	}
	o->open_last = e;
}

void
syncs_close(struct office *o, struct errand *e)
{
	struct batch *over = NULL;
	struct batch **last = &over;

	if (e->open) {
		e->open = false;
		*(e->previous != NULL ? &e->previous->next : &o->open_first) =
			e->next;
		*(e->next != NULL ? &e->next->previous : &o->open_last) =
			e->previous;
		for (struct batch **at = &o->syncs; *at != NULL;) {
			struct batch *b = *at;
			if (awaits(b, e) && --b->held == 0) {
				*at = b->chain;
				b->chain = NULL;
				*last = b;
				last = &b->chain;
			} else {
				at = &b->chain;
			}
		}
	}
	orders_end(o, e->order);
	while (over != NULL) {
		struct batch *b = over;
		over = b->chain;
		outcome_sync(o, b);
	}
}

void
syncs_clear(struct errand *e)
{
	while (e->freers != NULL) {
		struct freer *f = e->freers;
		e->freers = f->next;
		peer_unref(f->peer);
		free(f);
	}
	*e = (struct errand){.order = NULL};
}

/** How many peers are remembered to have freed it. */
static uint32_t
count_freers(const struct errand *e)
{
	uint32_t count = 0;

	for (const struct freer *f = e->freers; f != NULL; f = f->next) {
		count++;
	}
	return count;
}

void
syncs_freed(struct office *o, struct peer *peer, int32_t id, struct freer *f)
{
	struct errand *e = &o->resource[id];

	/* the second of two does nothing, but who sent it waits as well; one
	 * that ended meanwhile is nobody's */
	if (e->order == NULL || freer_of(e, peer) != NULL ||
		count_freers(e) >= MOST_FREERS) {
		free(f);
		return;
	}
	*f = (struct freer){e->freers, peer_ref(peer), ++o->count};
	e->freers = f;
}

void
syncs_end(struct office *o)
{
	while (o->syncs != NULL) {
		struct batch *b = o->syncs;
		o->syncs = b->chain;
		outcome_free(o, b);
	}
}
