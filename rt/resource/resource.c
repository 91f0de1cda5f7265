/* SPDX-License-Identifier: MIT */
/*
 * resource.c -- see resource.h.
 */
#include "resource.h"

#include <string.h>

#include "outbox.h"
#include "works.h"

void
resource_init(struct engine *e)
{
	for (uint32_t i = 0; i < e->config.max_resources; i++) {
		struct resource *r = &e->resource[i];
		r->ring.next = &r->ring;
		r->ring.previous = &r->ring;
	}
}

TACTUS_RT enum resource_state
resource_state_of(const struct resource *r)
{
	switch ((enum life)r->life) {
	case LIFE_FREE:
		return RESOURCE_FREE;
	case LIFE_CONSTRUCTING:
	case LIFE_DOOMED:
		return RESOURCE_CONSTRUCTING;
	case LIFE_LIVE:
		return RESOURCE_LIVE;
	case LIFE_PENDING:
		return RESOURCE_FREE_PENDING;
	case LIFE_DESTROYING:
	case LIFE_ENDED:
		return RESOURCE_DESTROYING;
	}
	return RESOURCE_FREE;
}

/** What a report tells of is in the gauges before (link/gauges.h). */
TACTUS_RT static void
count(struct engine *e, int32_t more)
{
	e->resources += (uint32_t)more;
	gauge_set(e->gauges, GAUGE_RESOURCES, e->resources);
}

/** Let something happen to a resource, and do what that asks for. */
TACTUS_RT static enum life_action
happen(struct engine *e, struct resource *r, enum life_event event)
{
	struct life_step step = lifecycle_next((enum life)r->life, event);

	r->life = step.state;
	switch ((enum life_action)step.action) {
	case LIFE_NOTHING:
		break;
	case LIFE_CONSTRUCT:
		count(e, 1);
		r->work->kind = WORK_CONSTRUCT;
		works_give(e, r->work);
		break;
	case LIFE_DESTROY:
		r->work->kind = WORK_DESTROY;
		r->work->instance = r->instance;
		works_give(e, r->work);
		break;
	case LIFE_TELL_READY:
		outbox_ready(e, r);
		break;
	case LIFE_TELL_ENDED:
		count(e, -1);
		outbox_work(e, r->work, REPORT_RESOURCE_ENDED);
		break;
	case LIFE_REFUSE_TAKEN:
	case LIFE_REFUSE_STATE:
	case LIFE_NEVER:
		break;
	}
	return (enum life_action)step.action;
}

TACTUS_RT enum reason
resource_missing(const struct engine *e, int32_t id, int32_t told[2])
{
	bool range = id < 0 || (uint32_t)id >= e->config.max_resources;

	told[0] = id;
	told[1] = (int32_t)e->config.max_resources - 1;
	return range ? REASON_RESOURCE_RANGE : REASON_RESOURCE_MISSING;
}

TACTUS_RT enum reason
resource_judge(struct engine *e, int32_t id, const char *uri, int32_t told[2])
{
	const struct resource *r = resource_find(e, id);

	if (r == NULL) {
		return resource_missing(e, id, told);
	}
	told[0] = id;
	if (r->life != LIFE_LIVE) {
		told[1] = (int32_t)resource_state_of(r);
		return REASON_RESOURCE_STATE;
	}
	if (r->alone) {
		told[1] = resource_holder(r);
		return REASON_RESOURCE_BUSY;
	}
	/* plugins that share a header often do not share its literals */
	if (uri != NULL && uri != r->uri && strcmp(uri, r->uri) != 0) {
		told[1] = -1;
		return REASON_RESOURCE_URI;
	}
	return REASON_NONE;
}

TACTUS_RT void
resource_hold(
	struct engine *e, struct resource *r, struct hold *h, int32_t holder)
{
	h->next = &r->ring;
	h->previous = r->ring.previous;
	h->previous->next = h;
	r->ring.previous = h;
	h->id = (int32_t)(r - e->resource);
	h->holder = holder;
	h->count = 1;
	r->references++;
	e->references++;
}

TACTUS_RT void
resource_let_go(struct engine *e, struct hold *h, uint32_t references)
{
	struct resource *r = &e->resource[h->id];

	e->references -= references;
	r->references -= references;
	h->count -= references;
	if (h->count == 0) {
		h->next->previous = h->previous;
		h->previous->next = h->next;
		h->id = -1;
	}
	if (r->references == 0 && r->life != LIFE_LIVE) {
		(void)happen(e, r, LIFE_LAST_RELEASE);
	}
}

TACTUS_RT enum reason
resource_new(struct engine *e, int32_t id, struct work *work, int32_t told[2])
{
	if (id < 0 || (uint32_t)id >= e->config.max_resources) {
		return resource_missing(e, id, told);
	}
	struct resource *r = &e->resource[id];
	if (r->life != LIFE_FREE) {
		told[0] = id;
		told[1] = (int32_t)resource_state_of(r);
		return REASON_RESOURCE_TAKEN;
	}
	work->id = id;
	r->work = work;
	r->def = work->def;
	r->uri = work->def->uri;
	r->instance = NULL;
	r->bytes = 0;
	r->alone = false;
	(void)happen(e, r, LIFE_NEW);
	return REASON_NONE;
}

TACTUS_RT enum reason
resource_free(struct engine *e, int32_t id, int32_t told[2])
{
	if (id < 0 || (uint32_t)id >= e->config.max_resources) {
		return resource_missing(e, id, told);
	}
	struct resource *r = &e->resource[id];
	enum resource_state was = resource_state_of(r);
	enum life_action action =
		happen(e, r, r->references != 0 ? LIFE_FREED_HELD : LIFE_FREED);
	if (action == LIFE_REFUSE_STATE) {
		told[0] = id;
		told[1] = (int32_t)was;
		return REASON_RESOURCE_STATE;
	}
	return REASON_NONE;
}

TACTUS_RT void
resource_back(struct engine *e, struct work *work)
{
	struct resource *r = &e->resource[work->id];

	if (work->kind == WORK_DESTROY) {
		r->instance = NULL;
		(void)happen(e, r, LIFE_DESTROYED);
		return;
	}
	if (work->instance == NULL) {
		(void)happen(e, r, LIFE_FAILED);
		return;
	}
	r->instance = work->instance;
	r->bytes = work->bytes;
	(void)happen(e, r, work->given_up ? LIFE_BUILT_TOO_LATE : LIFE_BUILT);
}

TACTUS_RT void
resource_told(struct engine *e, int32_t id)
{
	struct resource *r = &e->resource[id];

	r->work = NULL;
	r->def = NULL;
	r->uri = NULL;
	(void)happen(e, r, LIFE_TOLD);
}

TACTUS_RT bool
resource_stop(struct engine *e, uint32_t most)
{
	uint32_t all = e->config.max_resources;

	for (; most > 0 && e->freed < all; most--) {
		struct resource *r = &e->resource[e->freed++];
		/* what is free or ends already refuses: as it should */
		(void)happen(e, r,
			r->references != 0 ? LIFE_FREED_HELD : LIFE_FREED);
	}
	return e->freed == all && e->resources == 0;
}
