/* SPDX-License-Identifier: MIT */
/*
 * resource.h -- the table of resources: who is there, in what state, held by
 * whom.
 *
 * rt alone writes and reads it: plain fields (ADR 0008).  Every reference has
 * a hold, which stands in a ring through the resource's slot, so that it can
 * be said who keeps a resource alive, and so that none outlives its holder.
 * The states are lifecycle.h's; works.h brings what workers did.
 */
#ifndef TACTUS_RT_RESOURCE_H
#define TACTUS_RT_RESOURCE_H

#include "engine_private.h"
#include "lifecycle.h"

/** References that one may have, by acquire: as many as OSC can tell. */
#define RESOURCE_MOST_REFERENCES INT32_MAX

/** That somebody holds a resource; lies with the holder. */
struct hold {
	struct hold *next; /* of the same resource, oldest first */
	struct hold *previous;
	int32_t id;     /* of the resource; -1: of none, it stands nowhere */
	int32_t holder; /* a node's id, or -1 - a job's */
	uint32_t count; /* references that it stands for */
};

/** One slot of the table; its place is the id. */
struct resource {
	uint8_t life;        /* enum life */
	bool alone;          /* a job that asked for that has it */
	uint32_t references; /* the sum of all holds' */
	const char *uri;     /* of its def */
	void *instance;
	const TactusResourceDef *def;
	uint64_t bytes;
	struct work *work; /* what made it, and will destroy it */
	struct hold ring;  /* of its holds: first and last */
	struct outgoing told_ready;
};

/** Let the table be as at first. @thread before-start */
void resource_init(struct engine *e);

/** The resource that `id` names: NULL when it is out of range or free.
 * @thread rt */
TACTUS_RT static inline struct resource *
resource_find(struct engine *e, int32_t id)
{
	if (id < 0 || (uint32_t)id >= e->config.max_resources) {
		return NULL;
	}
	struct resource *r = &e->resource[id];
	return r->life != LIFE_FREE ? r : NULL;
}

/** The state of a resource as clients see it. @thread rt */
TACTUS_RT enum resource_state resource_state_of(const struct resource *r);

/** Who has held it longest; of what somebody has alone: he. @pre it is held
 * @thread rt */
TACTUS_RT static inline int32_t
resource_holder(const struct resource *r)
{
	return r->ring.next->holder;
}

/** Why `id` names no resource: out of range or free. @thread rt */
TACTUS_RT enum reason resource_missing(
	const struct engine *e, int32_t id, int32_t told[2]);

/**
 * Judge whether a reference to a resource can be had now; nothing changes.
 * @thread rt
 * @param uri that it must have; NULL: any
 * @param told what the reason speaks of (of a wrong URI: port -1)
 */
TACTUS_RT enum reason resource_judge(
	struct engine *e, int32_t id, const char *uri, int32_t told[2]);

/** Stand for one reference more. @pre resource_judge @thread rt */
TACTUS_RT void resource_hold(
	struct engine *e, struct resource *r, struct hold *h, int32_t holder);

/** Give some references of a hold back: with its last it stands nowhere, and
 * what was freed ends with the last of all. @thread rt */
TACTUS_RT void resource_let_go(
	struct engine *e, struct hold *h, uint32_t references);

/**
 * Begin a resource: its construct goes to a worker.
 * @thread rt
 * @owns the work is rt's only when this says REASON_NONE
 */
TACTUS_RT enum reason resource_new(
	struct engine *e, int32_t id, struct work *work, int32_t told[2]);

/** Free one, now or with its last reference. @thread rt */
TACTUS_RT enum reason resource_free(
	struct engine *e, int32_t id, int32_t told[2]);

/** A construct or a destroy is back. @thread rt */
TACTUS_RT void resource_back(struct engine *e, struct work *work);

/** The report of its end has been posted: the id is free. @thread rt */
TACTUS_RT void resource_told(struct engine *e, int32_t id);

/**
 * The engine stops: free some of those that are left.
 * @thread rt
 * @return true when none is left in any state
 */
TACTUS_RT bool resource_stop(struct engine *e, uint32_t most);

#endif
