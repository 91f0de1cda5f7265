/* SPDX-License-Identifier: MIT */
/*
 * words.c -- why a command failed on rt: from a number to a code and words.
 */
#include <stdio.h>
#include <string.h>

#include "office_private.h"

/** What each reason is told as; %1 and %2 stand for told[0] and told[1]. */
static const struct {
	int code;
	const char *format;
} said[REASON_COUNT] = {
	[REASON_NODE_RANGE] = {422, "node id %d is not within 0 … %d"                             },
	[REASON_NODE_MISSING] = {404, "no node %d; /node/tree tells all"                              },
	[REASON_NODE_TAKEN] = {409, "node id %d is taken; -1 lets the engine "
				    "choose"                     },
	[REASON_NODES_FULL] = {503, "all node ids are taken: free some, or "
				    "raise limits.max_nodes"     },
	[REASON_TARGET_RANGE] = {422, "target %d is not within 0 … %d"                              },
	[REASON_TARGET_MISSING] = {404, "no target node %d; /node/tree tells "
					"all"                    },
	[REASON_TARGET_NOT_GROUP] = {422, "target %d is a synth: head (0) and "
					  "tail (1) take a group"},
	[REASON_TARGET_ROOT] = {422, "nothing stands before or after the "
				     "root, node %d"             },
	[REASON_PLACEMENT] = {422, "placement %d: 0 head, 1 tail, 2 before, "
				   "3 after"                     },
	[REASON_ROOT] = {422, "the root, node %d, stays where it is"                          },
	[REASON_NOT_SYNTH] = {422, "node %d is a group, not a synth"                               },
	[REASON_NOT_GROUP] = {422, "node %d is a synth, not a group"                               },
	[REASON_INSIDE_ITSELF] = {409, "node %d cannot move into, or beside, "
				       "itself (target %d)"      },
	[REASON_ACTIVE] = {409, "synth %d is active already"                                    },
	[REASON_RELEASING] = {409, "node %d is being released"                                     },
	[REASON_PORT_RANGE] = {422, "node %d: port index %d is below 0"                             },
	[REASON_RESOURCE_FLOAT] = {422, "node %d: port %d takes a resource's "
					"id (i)"                 },
	[REASON_RESOURCE_RANGE] = {422, "resource id %d is not within 0 … %d"                         },
	[REASON_RESOURCE_MISSING] = {404,
			       "no resource %d; /resource/list tells all"                           },
	[REASON_JOB_TAKEN] = {409,
			       "job id %d is taken: a job of that id is under way"                  },
	[REASON_JOBS_FULL] = {503,
			       "%d jobs are under way, and there can be no more"                    },
	[REASON_BUS_RANGE] = {422, "bus %d: there are %d of this kind (-1 "
				   "unmaps)"                     },
	[REASON_POOL_FULL] = {503, "pool %d (blocks of as many bytes) is used "
				   "up: see the setting pools"   },
	[REASON_POOL_NONE] = {503, "no pool has blocks of %d bytes: see the "
				   "setting pools"               },
	[REASON_EVENTS_FULL] = {503, "%d events wait already: "
				     "limits.max_events"         },
	[REASON_TRIGGERS_FULL] = {503, "node %d: too many firings of port %d "
				       "wait"                    },
	[REASON_STOPPING] = {503, "the engine is stopping"                                        },
};

/** What a command wants of a port. */
static const char *
wanted(const struct command *c)
{
	switch ((int)c->kind) {
	case COMMAND_MAP_INPUT:
		return "audio input";
	case COMMAND_MAP_OUTPUT:
		return "audio output";
	default:
		return "control";
	}
}

/** What is wrong with the port that a command names, as the command named it;
 * `pair` counts in the pairs of /node/set, -1 where it is not known. */
static void
port_words(const struct command *c, int32_t pair, char *text, size_t size)
{
	const struct port_ref *p = &c->u.map.port;
	struct port_ref known = {.index = c->told[1]};
	char port[80];

	if (c->kind == COMMAND_SET) {
		p = pair < 0 ? &known : &c->u.set.pairs[pair].port;
	}
	if (p->name != NULL) {
		snprintf(port, sizeof port, "\"%.64s\"", p->name);
	} else {
		snprintf(port, sizeof port, "%d", p->index);
	}
	if (c->reason == REASON_PORT_MISSING) {
		snprintf(text, size,
			"node %d has no port %s; /node/query tells them",
			c->told[0], port);
	} else {
		snprintf(text, size,
			"node %d: port %s is no %s; /node/query tells the "
			"ports",
			c->told[0], port, wanted(c));
	}
}

/** Who holds a resource: a node's id, or -1 - a job's. */
static void
holder_words(int32_t holder, char *text, size_t size)
{
	if (holder < 0) {
		snprintf(text, size, "job %d", -1 - holder);
	} else {
		snprintf(text, size, "node %d", holder);
	}
}

/** Why a resource cannot be had. @return the code; 0: it is another reason */
static int
resource_words(const struct command *c, char *text, size_t size)
{
	char holder[32];

	switch ((int)c->reason) {
	case REASON_RESOURCE_TAKEN:
		snprintf(text, size, "resource id %d is taken: it is %s",
			c->told[0], resources_state_name(c->told[1]));
		return 409;
	case REASON_RESOURCE_STATE:
		snprintf(text, size, "resource %d is %s", c->told[0],
			resources_state_name(c->told[1]));
		return 409;
	case REASON_RESOURCE_BUSY:
		holder_words(c->told[1], holder, sizeof holder);
		snprintf(text, size, "resource %d is held by %s alone",
			c->told[0], holder);
		return 409;
	case REASON_RESOURCE_HELD:
		holder_words(c->told[1], holder, sizeof holder);
		snprintf(text, size,
			"resource %d is held by %s: it cannot be had alone",
			c->told[0], holder);
		return 409;
	case REASON_RESOURCE_URI:
		if (c->told[1] < 0) {
			snprintf(text, size,
				"resource %d is of another class than the job "
				"takes; /def/query tells which",
				c->told[0]);
		} else {
			snprintf(text, size,
				"resource %d is of another class than port %d "
				"takes; /def/query tells which",
				c->told[0], c->told[1]);
		}
		return 422;
	default:
		return 0;
	}
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"

int
words_of(const struct command *c, char *text, size_t size)
{
	if (c->reason == REASON_PORT_MISSING) {
		port_words(c, c->told[1], text, size);
		return 404;
	}
	if (c->reason == REASON_PORT_KIND ||
		c->reason == REASON_PORT_DIRECTION) {
		port_words(c, -1, text, size);
		return 422;
	}
	int known = resource_words(c, text, size);
	if (known != 0) {
		return known;
	}
	if (c->reason == REASON_CONSTRUCT) {
		int code = c->told[0];
		snprintf(text, size, "node %d could not be constructed%s",
			c->told[1],
			code == 503 ? ": a pool of memory is used "
				      "up, see the setting pools"
				    : "");
		return code >= 400 && code <= 599 ? code : 500;
	}
	if (c->reason >= REASON_COUNT || said[c->reason].format == NULL) {
		snprintf(text, size, "reason %u", c->reason);
		return 500;
	}
	/* every format takes at most two ints */
	snprintf(text, size, said[c->reason].format, c->told[0], c->told[1]);
	if (c->reason == REASON_NODE_RANGE &&
		(c->kind == COMMAND_GROUP_NEW ||
			c->kind == COMMAND_SYNTH_NEW)) {
		size_t length = strlen(text);
		snprintf(text + length, size - length,
			" (-1 lets the engine choose)");
	}
	return said[c->reason].code;
}

#pragma GCC diagnostic pop
