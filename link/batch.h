/* SPDX-License-Identifier: MIT */
/*
 * batch.h -- the messages of one bundle on their way to rt and back.
 *
 * The loop compiles each packet into one batch per time at which part of it
 * is due (one for a plain message), chains them, and posts the head: a packet
 * is taken whole or not at all.  rt applies a batch's commands in order at
 * one sample, writes into each what became of it, and gives the batch back in
 * a report; so every outcome reaches the loop, in order, and nothing has to
 * be allocated to say so (ADR 0001).  Until then the memory is rt's.
 *
 * The sender's pointers (sender, address, call) pass through rt unread.
 */
#ifndef TACTUS_LINK_BATCH_H
#define TACTUS_LINK_BATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "outgoing.h"
#include "reason.h"
#include "shape.h"
#include "work.h"

/** Longest key of a node, with its terminating zero. */
#define KEY_SIZE 64

enum placement {
	PLACE_HEAD = 0,
	PLACE_TAIL = 1,
	PLACE_BEFORE = 2,
	PLACE_AFTER = 3
};

/** Bus map flags, as OSC has them. */
enum map_flag { MAP_EXTERNAL = 1, MAP_FEEDBACK = 2, MAP_REPLACE = 4 };

/** Done flags, as OSC has them. */
enum done_flag {
	DONE_FREE_SELF = 1,
	DONE_FREE_PRECEDING = 2,
	DONE_FREE_FOLLOWING = 4,
	DONE_FREE_SIBLINGS = 8,
	DONE_FREE_PARENT = 16,
	DONE_NOTIFY = 32
};

enum command_kind {
	COMMAND_CALL,      /* nothing for rt: the loop acts when it is back */
	COMMAND_SYNC,      /* back when all that came before has ended */
	COMMAND_GROUP_NEW, /* new */
	COMMAND_SYNTH_NEW, /* new */
	COMMAND_ACTIVATE,
	COMMAND_MAP_INPUT, /* map */
	COMMAND_MAP_OUTPUT,
	COMMAND_MAP_CONTROL,
	COMMAND_CONNECT, /* connect; id is the source */
	COMMAND_DISCONNECT,
	COMMAND_SET,        /* set */
	COMMAND_SET_ROW,    /* row: several messages */
	COMMAND_DONE_FLAGS, /* number */
	COMMAND_FREE,
	COMMAND_FREE_ALL,
	COMMAND_RELEASE,        /* seconds */
	COMMAND_MOVE,           /* new: target, placement */
	COMMAND_RUN,            /* number */
	COMMAND_NAME,           /* name */
	COMMAND_TREE,           /* tree */
	COMMAND_QUERY,          /* query */
	COMMAND_RESOURCE_NEW,   /* work: rt takes it */
	COMMAND_RESOURCE_FREE,  /* id; call, which rt does not look at */
	COMMAND_RESOURCE_QUERY, /* id, resources */
	COMMAND_RESOURCE_LIST,  /* resources */
	COMMAND_JOB_NEW,        /* work: rt takes it */
	COMMAND_CLEAR,
	COMMAND_MUTE,        /* number */
	COMMAND_METER,       /* number: frames between reports, 0 off */
	COMMAND_DEVICE,      /* device: rt takes the card over */
	COMMAND_OFFLINE_RUN, /* number: frames */
	COMMAND_STOP         /* fade out, free all, end the thread */
};

/** A port by index, or by name when index is -1. */
struct port_ref {
	int32_t index;
	uint32_t hash;    /* of the name */
	const char *name; /* in the batch; NULL when by index */
};

/** Nodes of a cycle that an error names at the most. */
#define CONNECT_PATH 32

/** What /node/connect and /node/disconnect join; in the batch. */
struct connect_order {
	struct port_ref out; /* of the source */
	struct port_ref in;  /* of the destination */
	int32_t to;          /* the destination's id */
	uint32_t flags;      /* MAP_FEEDBACK or none */
	bool any;            /* to disconnect: no flags were given */
	/* rt: the cycle that it would close, from the destination along the
	 * connections to the source; the first ones where there are more */
	uint32_t length;
	int32_t path[CONNECT_PATH];
};

/** One pair of /node/set. */
struct set_pair {
	struct port_ref port;
	double seconds; /* of the ramp; negative: none was given */
	float value;
	int32_t resource; /* when `integral`: what an i said */
	uint32_t place;   /* rt: the port, once it was found */
	bool integral;    /* the value came as an i */
};
_Static_assert(sizeof(struct set_pair) <= 40, "a pair is small");

/**
 * One of a row of /node/set that name the same port and give it one float
 * each, as bundles do.  The cores fetch what the other one wrote line by line:
 * this is 16 bytes of a message in place of more than 100.
 */
struct set_item {
	int32_t id;      /* the node */
	uint32_t reason; /* enum reason: rt's answer */
	union {
		float value;     /* finite */
		int32_t told[2]; /* rt, with a reason: what it speaks of */
	} u;
};
_Static_assert(sizeof(struct set_item) == 16, "items lie side by side");

/**
 * One node of the answer to /node/tree, depth first.  It is a copy: the node
 * may be freed, and its shape with it, before the answer is looked at.
 */
struct tree_item {
	const TactusSynthDef *def; /* NULL: a group */
	int32_t id;
	int32_t parent; /* -1: the root has none */
	uint32_t state; /* enum node_state */
	char key[KEY_SIZE];
};

/** What rt writes for /node/tree; made with room for `room` items. */
struct tree_reply {
	uint32_t room;
	uint32_t count;
	uint32_t groups;
	uint32_t synths;
	struct tree_item item[];
};

enum node_state { NODE_INACTIVE, NODE_RUNNING, NODE_PAUSED, NODE_RELEASING };

/** One port in the answer to /node/query; a copy, as above. */
struct port_state {
	char name[TACTUS_NAME_SIZE];
	uint32_t kind;    /* enum TactusPortKind */
	float value;      /* of a control */
	int32_t resource; /* bound to a resource port; -1: none */
	int32_t bus;      /* -1: none */
	int32_t flags;    /* of the map */
};

/** One connection, in the answer to /node/query. */
struct connection_item {
	int32_t source; /* ids and port indices */
	int32_t out;
	int32_t destination;
	int32_t in;
	int32_t flags; /* MAP_FEEDBACK or none */
};

/** Resources that the answer to /node/query names at the most. */
#define QUERY_HOLDS 64

/** What rt writes for /node/query; made with room for all ports and all
 * connections that there can be. */
struct query_reply {
	struct tree_item node;
	int32_t previous; /* -1: none */
	int32_t next;
	uint32_t ports;
	struct port_state port[TACTUS_MAX_PORTS];
	uint32_t held;             /* references; each once */
	int32_t hold[QUERY_HOLDS]; /* the first of them */
	/* of this node: those of its inputs, port by port, in the order in
	 * which they were made, then those of its outputs to others */
	uint32_t room; /* for connections */
	uint32_t connections;
	struct connection_item *connection; /* the loop's, in the batch */
};

/** One resource in the answers to /resource/query and /resource/list. */
struct resource_item {
	const TactusResourceDef *def;
	int32_t id;
	uint32_t state;      /* enum resource_state */
	uint32_t references; /* the sum of all its holders' */
	uint64_t bytes;
	uint32_t holders; /* that are named, each once */
};

/** What rt writes there; those of item i begin at holder[i * most]. */
struct resource_reply {
	uint32_t room; /* for items */
	uint32_t count;
	uint32_t most;   /* holders of one item that are named */
	int32_t *holder; /* a node's id, or -1 - a job's */
	struct resource_item item[];
};

/** One message, as rt understands it; a row is several. */
struct command {
	struct command *next; /* of the batch */
	const char *address;  /* the loop's */
	uint16_t kind;        /* enum command_kind */
	uint16_t reason;      /* enum reason: rt's answer */
	int32_t told[2];      /* what the reason speaks of */
	int32_t id;           /* the node; rt writes the one it chose for -1 */
	int32_t first;        /* the message's first integer, for /error */
	uint32_t has_first;
	union {
		struct {
			struct synth_spec *spec; /* rt takes it: NULL then */
			int32_t target;
			int32_t placement;
			bool chosen; /* the id was -1: answer with it */
		} new;
		struct {
			struct port_ref port;
			int32_t bus; /* -1: unmap */
			uint32_t flags;
		} map;
		struct {
			struct set_pair *pairs;
			uint32_t count;
		} set;
		struct {
			struct set_item *items;
			const struct port_ref *port; /* of all of them */
			uint32_t count;
		} row;
		struct connect_order *connect;
		struct tree_reply *tree;
		struct query_reply *query;
		struct work *work;
		struct resource_reply *resources;
		const char *name; /* at most KEY_SIZE - 1 bytes */
		double seconds;
		int64_t number;
		void *call;
		void *device;
	} u;
};
_Static_assert(sizeof(struct command) <= 64, "a command is one cache line");

enum batch_flag {
	BATCH_NOW = 1,     /* at once: at the next block's first frame */
	BATCH_REFUSED = 2, /* rt: the packet had no room; nothing applied */
	BATCH_LATE = 4,    /* rt: its time had passed; applied at once */
	BATCH_HOLD = 8     /* rt: waits in a queue of its own (sync, run) */
};

struct batch {
	struct outgoing outgoing; /* rt's place for it on its way back */
	struct batch *chain;      /* the same packet's next part */
	struct command *first;    /* its commands, in order */
	struct command *last;     /* the loop's, while it is compiled */
	void *sender;             /* the loop's */
	uint64_t at;              /* sample at which it is due */
	uint64_t rank;            /* 1/65536 samples: who is first in one */
	uint64_t applied;         /* rt: the sample at which it was */
	uint64_t late;            /* rt: frames past, with BATCH_LATE */
	uint32_t flags;           /* enum batch_flag */
	uint32_t parts;           /* in the head: length of the chain */
	uint32_t commands;        /* how many messages they are */
	uint32_t answers;         /* of them that the loop looks at when they
				     are back, done or not */
	uint32_t failed;          /* rt: how many have a reason */
	uint32_t held;            /* rt's own, for BATCH_HOLD */
};

#endif
