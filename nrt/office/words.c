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
	[REASON_NODE_RANGE] = {422, "node id %d is not within 0 … %d"                              },
	[REASON_NODE_MISSING] = {404, "no node %d; /node/tree tells all"                               },
	[REASON_NODE_TAKEN] = {409, "node id %d is taken; -1 lets the engine "
				    "choose"                      },
	[REASON_NODES_FULL] = {503, "all node ids are taken: free some, or "
				    "raise limits.max_nodes"      },
	[REASON_TARGET_RANGE] = {422, "target %d is not within 0 … %d"                               },
	[REASON_TARGET_MISSING] = {404, "no target node %d; /node/tree tells "
					"all"                     },
	[REASON_TARGET_NOT_GROUP] = {422, "target %d is a synth: head (0) and "
					  "tail (1) take a group" },
	[REASON_TARGET_ROOT] = {422, "nothing stands before or after the "
				     "root, node %d"              },
	[REASON_PLACEMENT] = {422, "placement %d: 0 head, 1 tail, 2 before, "
				   "3 after"                      },
	[REASON_ROOT] = {422, "the root, node %d, stays where it is"                           },
	[REASON_NOT_SYNTH] = {422, "node %d is a group, not a synth"                                },
	[REASON_NOT_GROUP] = {422, "node %d is a synth, not a group"                                },
	[REASON_INSIDE_ITSELF] = {409, "node %d cannot move into, or beside, "
				       "itself (target %d)"       },
	[REASON_ACTIVE] = {409, "synth %d is active already"                                     },
	[REASON_RELEASING] = {409, "node %d is being released"                                      },
	[REASON_PORT_RANGE] = {422, "node %d: port index %d is below 0"                              },
	[REASON_RESOURCE_FLOAT] = {422, "node %d: port %d takes a resource's "
					"id (i)"                  },
	[REASON_RESOURCE_RANGE] = {422, "resource id %d is not within 0 … %d"                          },
	[REASON_RESOURCE_MISSING] = {404,
			       "no resource %d; /resource/list tells all"                            },
	[REASON_HOLDS_FULL] = {503,
			       "%d resources are kept to fade from, as many as can be"               },
	[REASON_JOB_TAKEN] = {409,
			       "job id %d is taken: a job of that id is under way"                   },
	[REASON_JOBS_FULL] = {503,
			       "%d jobs are under way, and there can be no more"                     },
	[REASON_CONNECTED] = {409, "they are connected already; "
				   "/node/disconnect parts them"  },
	[REASON_NOT_CONNECTED] = {409, "they are not connected"                                         },
	[REASON_CYCLE] = {409, "a cycle of %d nodes"                                            },
	[REASON_INPUTS_FULL] = {503, "that input adds up %d connections, as "
				     "many as can be: see "
				     "limits.max_inputs_per_port" },
	[REASON_CONNECTIONS_FULL] = {503, "there are %d connections, as many "
					  "as can be: see "
					  "limits.max_connections"},
	[REASON_POOL_FULL] = {503, "pool %d (blocks of as many bytes) is used "
				   "up: see the setting pools"    },
	[REASON_POOL_NONE] = {503, "no pool has blocks of %d bytes: see the "
				   "setting pools"                },
	[REASON_EVENTS_FULL] = {503, "%d events wait already: "
				     "limits.max_events"          },
	[REASON_TRIGGERS_FULL] = {503, "node %d: too many firings of port %d "
				       "wait"                     },
	[REASON_STOPPING] = {503, "the engine is stopping"                                         },
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

/** A port as the client named it. */
static void
name_port(const struct port_ref *p, char *text, size_t size)
{
	if (p->name != NULL) {
		snprintf(text, size, "\"%.32s\"", p->name);
	} else {
		snprintf(text, size, "%d", p->index);
	}
}

/** The cycle that a connection would close: back to where it began, unless
 * it is longer than rt could tell. */
static void
cycle_words(const struct connect_order *o, char *text, size_t size)
{
	uint32_t told = o->length < CONNECT_PATH ? o->length : CONNECT_PATH;
	size_t used = 0;

	text[0] = '\0';
	for (uint32_t i = 0; i < told && used < size; i++) {
		used += (size_t)snprintf(
			text + used, size - used, "%d → ", o->path[i]);
	}
	if (used < size && o->length > told) {
		snprintf(text + used, size - used, "…");
	} else if (used < size) {
		snprintf(text + used, size - used, "%d", o->to);
	}
}

/**
 * Which end has the port that is at fault.
 * @return 0 the source, 1 the destination; 2: of a node and itself, and what
 *         rt told does not say which
 */
static int
end_of_port(const struct command *c)
{
	const struct connect_order *o = c->u.connect;

	if (c->id != o->to) {
		return c->told[0] == c->id ? 0 : 1;
	}
	/* a port that is there was told by its index, however it was named;
	 * one that is not, as it was named: -1 is a name */
	bool there = c->reason != REASON_PORT_MISSING;
	bool out = o->out.index == c->told[1] || (there && o->out.index < 0);
	bool in = o->in.index == c->told[1] || (there && o->in.index < 0);
	return out == in ? 2 : out ? 0 : 1;
}

/** What is wrong with a port of a connection. @return the code */
static int
end_words(const struct command *c, char *text, size_t size)
{
	static const char *const direction[] = {"output", "input"};
	const struct connect_order *o = c->u.connect;
	bool missing = c->reason == REASON_PORT_MISSING;
	int end = end_of_port(c);
	char port[48];

	if (end == 2) {
		snprintf(text, size, "node %d %s; /node/query tells the ports",
			c->id,
			missing ? "has not both of these ports"
				: "has no such audio output and audio input");
	} else {
		name_port(end == 0 ? &o->out : &o->in, port, sizeof port);
		if (missing) {
			snprintf(text, size,
				"node %d has no port %s; /node/query tells "
				"them",
				c->told[0], port);
		} else {
			snprintf(text, size,
				"port %s of node %d is no audio %s; "
				"/node/query tells the ports",
				port, c->told[0], direction[end]);
		}
	}
	return missing ? 404 : 422;
}

/** What is said of connections alone, or differently. @return the code; 0: it
 * is another reason */
static int
connect_words(const struct command *c, char *text, size_t size)
{
	const struct connect_order *o = c->u.connect;
	char cycle[CONNECT_PATH * 16];

	switch ((int)c->reason) {
	case REASON_PORT_MISSING:
	case REASON_PORT_KIND:
	case REASON_PORT_DIRECTION:
		return end_words(c, text, size);
	case REASON_NOT_CONNECTED:
		if (o->any) {
			snprintf(text, size,
				"they are not connected; /node/query tells "
				"the connections");
		} else {
			snprintf(text, size,
				"they are not connected with flags %u; "
				"/node/query tells the connections",
				o->flags);
		}
		return 409;
	case REASON_CYCLE:
		cycle_words(o, cycle, sizeof cycle);
		snprintf(text, size,
			"this closes a cycle (with flags 2, feedback, it "
			"may, and is heard one block later): %s",
			cycle);
		return 409;
	default:
		return 0;
	}
}

size_t
words_of_ends(
	int32_t source, const struct connect_order *o, char *text, size_t size)
{
	char out[48];
	char in[48];

	name_port(&o->out, out, sizeof out);
	name_port(&o->in, in, sizeof in);
	int used = snprintf(text, size,
		"node %d port %s → node %d port %s: ", source, out, o->to, in);
	return used > 0 && (size_t)used < size ? (size_t)used : 0;
}

/** A bus that there is not: of which kind, and which there are. */
static void
bus_words(const struct command *c, char *text, size_t size)
{
	bool external = (c->u.map.flags & MAP_EXTERNAL) != 0;
	bool output = c->kind == COMMAND_MAP_OUTPUT;
	const char *what = !external ? "bus"
			   : output  ? "playback channel"
				     : "capture channel";
	const char *setting = !external ? "limits.max_audio_buses"
			      : output  ? "audio.outputs"
					: "audio.inputs";

	if (c->told[1] == 0) {
		snprintf(text, size, "%s %d: there is none, see %s", what,
			c->told[0], setting);
	} else {
		snprintf(text, size,
			"%s %d is not within 0 … %d, see %s (-1 unmaps)", what,
			c->told[0], c->told[1] - 1, setting);
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

/** What to do about a resource in that state. */
static const char *
resource_mend(int32_t state)
{
	switch (state) {
	case RESOURCE_CONSTRUCTING:
		return "; /resource/ready tells when it is there";
	case RESOURCE_FREE_PENDING:
	case RESOURCE_DESTROYING:
		return "; /resource/destroyed tells when its id is free";
	default:
		return "";
	}
}

/** Why a resource cannot be had. @return the code; 0: it is another reason */
static int
resource_words(const struct command *c, char *text, size_t size)
{
	char holder[32];

	switch ((int)c->reason) {
	case REASON_RESOURCE_TAKEN:
		snprintf(text, size,
			"resource id %d is taken: it is %s; /resource/list "
			"tells which are",
			c->told[0], resources_state_name(c->told[1]));
		return 409;
	case REASON_RESOURCE_STATE:
		snprintf(text, size, "resource %d is %s%s", c->told[0],
			resources_state_name(c->told[1]),
			resource_mend(c->told[1]));
		return 409;
	case REASON_RESOURCE_BUSY:
		holder_words(c->told[1], holder, sizeof holder);
		snprintf(text, size,
			"resource %d is held by %s alone, until its work is "
			"done",
			c->told[0], holder);
		return 409;
	case REASON_RESOURCE_HELD:
		holder_words(c->told[1], holder, sizeof holder);
		snprintf(text, size,
			"resource %d is held by %s: it cannot be had alone; "
			"/resource/query tells all who hold it",
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

static int
reason_words(const struct command *c, char *text, size_t size)
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
	if (c->reason == REASON_BUS_RANGE) {
		bus_words(c, text, size);
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

int
words_of(const struct command *c, char *text, size_t size)
{
	if (c->kind != COMMAND_CONNECT && c->kind != COMMAND_DISCONNECT) {
		return reason_words(c, text, size);
	}
	size_t used = words_of_ends(c->id, c->u.connect, text, size);
	int code = connect_words(c, text + used, size - used);

	return code != 0 ? code : reason_words(c, text + used, size - used);
}
