/* SPDX-License-Identifier: MIT */
/*
 * reason.h -- why a command failed on rt, as a number.
 *
 * rt notes the number (and up to two more) in the command; the words and the
 * code of /error are made in nrt when the batch comes back.
 */
#ifndef TACTUS_LINK_REASON_H
#define TACTUS_LINK_REASON_H

enum reason {
	REASON_NONE = 0,         /* it was done */
	REASON_NODE_RANGE,       /* 422 told: the id, the highest one */
	REASON_NODE_MISSING,     /* 404 told: the id */
	REASON_NODE_TAKEN,       /* 409 told: the id */
	REASON_NODES_FULL,       /* 503 every id is taken */
	REASON_TARGET_RANGE,     /* 422 told: the id, the highest one */
	REASON_TARGET_MISSING,   /* 404 told: the id */
	REASON_TARGET_NOT_GROUP, /* 422 told: the id */
	REASON_TARGET_ROOT,      /* 422 nothing stands before or after it */
	REASON_PLACEMENT,        /* 422 told: the placement */
	REASON_ROOT,             /* 422 the root cannot be freed, moved … */
	REASON_NOT_SYNTH,        /* 422 told: the id */
	REASON_NOT_GROUP,        /* 422 told: the id */
	REASON_INSIDE_ITSELF,    /* 409 told: the id, the target */
	REASON_ACTIVE,           /* 409 told: the id */
	REASON_RELEASING,        /* 409 told: the id */
	REASON_PORT_MISSING,     /* 404 told: the id, the pair's index */
	REASON_PORT_RANGE,       /* 422 told: the id, the port index */
	REASON_PORT_KIND,        /* 422 told: the id, the port index */
	REASON_PORT_DIRECTION,   /* 422 told: the id, the port index */
	REASON_RESOURCE_FLOAT,   /* 422 told: the id, the port index */
	REASON_RESOURCE_RANGE,   /* 422 told: the resource id, the highest */
	REASON_RESOURCE_MISSING, /* 404 told: the resource id */
	REASON_RESOURCE_TAKEN,   /* 409 told: the resource id, its state */
	REASON_RESOURCE_STATE,   /* 409 told: the resource id, its state */
	REASON_RESOURCE_BUSY,    /* 409 told: it, who has it alone */
	REASON_RESOURCE_HELD,    /* 409 told: it, one who holds it */
	REASON_RESOURCE_URI,     /* 422 told: it, the port index or -1 */
	REASON_HOLDS_FULL,       /* 503 told: how many there can be */
	REASON_JOB_TAKEN,        /* 409 told: the job id */
	REASON_JOBS_FULL,        /* 503 told: how many there can be */
	REASON_BUS_RANGE,        /* 422 told: the bus, the number of them */
	REASON_CONNECTED,        /* 409 the two ports are connected already */
	REASON_NOT_CONNECTED,    /* 409 they are not */
	REASON_CYCLE,            /* 409 told: nodes of it; connect->path */
	REASON_INPUTS_FULL,      /* 503 told: limits.max_inputs_per_port */
	REASON_CONNECTIONS_FULL, /* 503 told: limits.max_connections */
	REASON_POOL_FULL,        /* 503 told: bytes of a block of the pool */
	REASON_POOL_NONE,        /* 503 told: bytes asked; no pool so large */
	REASON_EVENTS_FULL,      /* 503 told: limits.max_events */
	REASON_TRIGGERS_FULL,    /* 503 told: the id, the port index */
	REASON_CONSTRUCT,        /* told: the plugin's code, the id */
	REASON_STOPPING,         /* 503 the engine is shutting down */
	REASON_COUNT
};

#endif
