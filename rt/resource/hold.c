/* SPDX-License-Identifier: MIT */
/*
 * hold.c -- see hold.h.
 */
#include "hold.h"
#include "runner.h"

/** Put a hold back among the free ones. */
TACTUS_RT static void
give(struct engine *e, struct kept *k)
{
	k->next = e->kept_free;
	e->kept_free = k;
	e->kept_left++;
}

void
hold_init(struct engine *e)
{
	uint32_t count = HOLDS_PER_NODE * e->config.max_nodes;

	for (uint32_t i = 0; i < count; i++) {
		e->kept[i].hold.id = -1;
		give(e, &e->kept[i]);
	}
}

/** How many resource ports a synth has. */
TACTUS_RT static uint32_t
ports(const struct node *n)
{
	return n->kind == KIND_SYNTH ? n->spec->shape->resources : 0;
}

/** What a synth has acquired of one resource; NULL: nothing. */
TACTUS_RT static struct kept *
find(const struct node *n, int32_t id)
{
	struct kept *k = n->kept;

	while (k != NULL && k->hold.id != id) {
		k = k->next;
	}
	return k;
}

/** Acquire one reference more.
 * @return false: there is no hold left, or there are more than can be told */
TACTUS_RT static bool
keep(struct engine *e, struct node *n, struct resource *r)
{
	struct kept *k = find(n, (int32_t)(r - e->resource));

	if (r->references >= RESOURCE_MOST_REFERENCES) {
		return false;
	}
	if (k != NULL) {
		k->hold.count++;
		r->references++;
		e->references++;
		return true;
	}
	k = e->kept_free;
	if (k == NULL) {
		return false;
	}
	e->kept_free = k->next;
	e->kept_left--;
	k->given = 0;
	k->next = n->kept;
	n->kept = k;
	resource_hold(e, r, &k->hold, n->synth.id);
	/* who may run beside it is another matter now */
	n->uses = true;
	e->changed = true;
	return true;
}

TACTUS_RT void *
hold_acquire(struct engine *e, struct node *n, int32_t id, const char *uri)
{
	int32_t told[2];

	if (uri == NULL || resource_judge(e, id, uri, told) != REASON_NONE) {
		return NULL;
	}
	struct resource *r = &e->resource[id];
	return keep(e, n, r) ? r->instance : NULL;
}

TACTUS_RT void
hold_release(struct engine *e, struct node *n, int32_t id)
{
	for (struct kept **at = &n->kept; *at != NULL; at = &(*at)->next) {
		struct kept *k = *at;
		if (k->hold.id != id) {
			continue;
		}
		if (k->hold.count == 1) {
			*at = k->next;
			give(e, k);
		}
		resource_let_go(e, &k->hold, 1);
		return;
	}
}

TACTUS_RT bool
hold_give_later(struct node *n, int32_t id)
{
	struct kept *k = find(n, id);

	if (k == NULL || k->given == k->hold.count) {
		return false;
	}
	k->given++;
	return true;
}

TACTUS_RT void
hold_give_now(struct engine *e, struct node *n)
{
	for (struct kept **at = &n->kept; *at != NULL;) {
		struct kept *k = *at;
		uint32_t given = k->given;

		k->given = 0;
		if (given != 0 && given == k->hold.count) {
			*at = k->next;
			give(e, k);
		} else {
			at = &k->next;
		}
		if (given != 0) {
			resource_let_go(e, &k->hold, given);
		}
	}
}

TACTUS_RT uint32_t
hold_count(const struct node *n, int32_t id)
{
	const struct kept *k = find(n, id);
	uint32_t count = k != NULL ? k->hold.count : 0;

	for (uint32_t i = 0; i < ports(n); i++) {
		count += n->binding[i].hold.id == id ? 1 : 0;
	}
	return count;
}

TACTUS_RT static void
attach(struct engine *e, struct node *n, uint32_t ordinal, int32_t id)
{
	struct resource *r = &e->resource[id];

	resource_hold(e, r, &n->binding[ordinal].hold, n->synth.id);
	n->bound[ordinal] = r->instance;
	e->changed = true;
}

TACTUS_RT static void
detach(struct engine *e, struct node *n, uint32_t ordinal)
{
	n->bound[ordinal] = NULL;
	if (n->binding[ordinal].hold.id != -1) {
		resource_let_go(e, &n->binding[ordinal].hold, 1);
	}
}

/** Judge a resource for a port, which is named where its URI is wrong. */
TACTUS_RT static enum reason
judge(struct engine *e, const struct node *n, const struct shape_port *p,
	int32_t id, int32_t told[2])
{
	enum reason r = resource_judge(e, id, p->port.resource, told);

	if (r == REASON_RESOURCE_URI) {
		told[1] = (int32_t)(p - n->spec->shape->port);
	}
	return r;
}

TACTUS_RT enum reason
hold_bind_first(struct engine *e, struct node *n, int32_t told[2])
{
	const struct shape *s = n->spec->shape;

	for (uint32_t i = 0; i < s->resources && n->spec->bind != NULL; i++) {
		int32_t id = n->spec->bind[i];
		if (id == -1) {
			continue;
		}
		enum reason r =
			judge(e, n, &s->port[s->controls + i], id, told);
		if (r != REASON_NONE) {
			return r;
		}
		attach(e, n, i, id);
	}
	return REASON_NONE;
}

/** Say that what is bound could not be kept: all holds are taken. */
TACTUS_RT static enum reason
full(const struct engine *e, int32_t told[2])
{
	told[0] = (int32_t)(HOLDS_PER_NODE * e->config.max_nodes);
	return REASON_HOLDS_FULL;
}

TACTUS_RT enum reason
hold_judge(struct engine *e, struct node *n, const struct shape_port *p,
	int32_t id, uint32_t *keeps, int32_t told[2])
{
	struct binding *b = &n->binding[p->ordinal];
	/* a pair before this one may let go of what is bound now */
	bool stays = !b->asked && b->hold.id == id;
	bool leaves = b->asked || (b->hold.id != -1 && b->hold.id != id);

	if (id != -1 && !stays) {
		enum reason r = judge(e, n, p, id, told);
		if (r != REASON_NONE) {
			return r;
		}
	}
	if (leaves && n->def->bind &&
		(b->asked || find(n, b->hold.id) == NULL)) {
		++*keeps;
	}
	b->asked = true;
	return *keeps > e->kept_left ? full(e, told) : REASON_NONE;
}

TACTUS_RT void
hold_forget_asked(struct node *n, const struct shape_port *p)
{
	n->binding[p->ordinal].asked = false;
}

TACTUS_RT enum reason
hold_bind(struct engine *e, struct node *n, const struct shape_port *p,
	int32_t id, int32_t told[2])
{
	struct hold *h = &n->binding[p->ordinal].hold;
	int32_t old_id = h->id;

	if (old_id == id) {
		return REASON_NONE;
	}
	if (id != -1) {
		/* what bind of a pair before this one did may forbid it */
		enum reason r = judge(e, n, p, id, told);
		if (r != REASON_NONE) {
			return r;
		}
	}
	void *old = n->bound[p->ordinal];
	bool asks = n->def->bind && old_id != -1;
	/* while the synth is asked it holds the old one as if acquired; a
	 * synth that could not would go on with what is gone */
	if (asks && !keep(e, n, &e->resource[old_id])) {
		return full(e, told);
	}
	detach(e, n, p->ordinal);
	if (id != -1) {
		attach(e, n, p->ordinal, id);
	}
	if (n->def->bind &&
		!n->def->bind(
			runner_world(e), &n->synth, p->ordinal, old, old_id) &&
		old_id != -1) {
		hold_release(e, n, old_id);
	}
	return REASON_NONE;
}

TACTUS_RT void
hold_end(struct engine *e, struct node *n)
{
	for (uint32_t i = 0; i < ports(n); i++) {
		detach(e, n, i);
	}
	while (n->kept != NULL) {
		struct kept *k = n->kept;
		n->kept = k->next;
		give(e, k);
		resource_let_go(e, &k->hold, k->hold.count);
	}
}
