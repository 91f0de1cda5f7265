/* SPDX-License-Identifier: MIT */
/*
 * model.h -- what tactus-osc(7) says of resources and jobs, taken at its word.
 *
 * The model knows no threads, no rings and no code of the engine.  It is told
 * what clients send and which work came back how, and says what every client
 * must hear, a line each, in order: the address, and what of its arguments is
 * told beforehand (an error's code, a node's id; not words).
 */
#ifndef TACTUS_TESTS_RESOURCE_MODEL_H
#define TACTUS_TESTS_RESOURCE_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MODEL_CLIENTS   4
#define MODEL_RESOURCES 12 /* limits.max_resources */
#define MODEL_NODES     16 /* limits.max_nodes */
#define MODEL_JOBS      24 /* job ids that are used */
#define MODEL_PORTS     2  /* resource ports of the one synthdef */
#define MODEL_TEXT      8192
#define MODEL_OPS       8 /* messages of one packet */

enum model_kind {
	MODEL_NEW,      /* resource: id, class; tag */
	MODEL_FREE,     /* id */
	MODEL_QUERY,    /* id */
	MODEL_NODE_NEW, /* id, bind */
	MODEL_NODE_FREE,
	MODEL_BIND,   /* id (node), port, resource */
	MODEL_JOB,    /* id, exclusive, resources; tag */
	MODEL_CANCEL, /* id */
	MODEL_SYNC,   /* id: its number */
	MODEL_NOTIFY, /* on */
	MODEL_KINDS
};

/** One message. */
struct model_op {
	enum model_kind kind;
	int32_t id;
	int32_t class; /* 0 a, 1 b, 2 one that does not exist */
	int32_t tag;
	int32_t bind[MODEL_PORTS]; /* resource ids; -1: none */
	int32_t port;
	int32_t resource;
	bool on; /* exclusive, or notify */
	uint32_t count;
	int32_t resources[4];
};

enum model_state { M_FREE, M_CONSTRUCTING, M_LIVE, M_PENDING, M_DESTROYING };

enum model_work { M_CONSTRUCT, M_DESTROY, M_JOB };

struct model_sync {
	bool waits;
	int32_t number;
	uint32_t left; /* works that it waits for */
	uint64_t order;
};

struct model {
	struct {
		enum model_state state;
		int32_t class;
		int32_t tag;
		bool doomed;     /* constructing, freed already */
		int32_t busy;    /* the job that has it alone; -1: none */
		uint32_t jobs;   /* that hold it */
		uint32_t owners; /* bits of clients whose syncs wait for it */
	} resource[MODEL_RESOURCES];
	struct {
		bool alive;
		int32_t bind[MODEL_PORTS];
	} node[MODEL_NODES];
	struct {
		bool out;
		bool exclusive;
		int32_t tag;
		int client;
		bool cancelled;
		uint32_t count; /* each once */
		int32_t resources[4];
		uint64_t order; /* in which jobs were asked for */
	} job[MODEL_JOBS];
	struct {
		bool notified;
		struct model_sync sync[64];
		char text[MODEL_TEXT]; /* what it must hear next */
		size_t size;
	} client[MODEL_CLIENTS];
	/* which syncs wait for which work: bits of sync slots */
	uint64_t waits_resource[MODEL_RESOURCES][MODEL_CLIENTS];
	uint64_t waits_job[MODEL_JOBS][MODEL_CLIENTS];
	uint64_t orders;
	uint32_t made;
	uint32_t destroyed;
	const char *class_uri[2];
};

void model_init(struct model *m);

/** A client sends a packet. */
void model_packet(struct model *m, int client, const struct model_op *ops,
	uint32_t count);

/** A client is gone, and another comes in its place. */
void model_gone(struct model *m, int client);

/** A work of that tag comes back; the model knows which it must be.
 * @return NULL, or what is wrong with it coming back now */
const char *model_back(
	struct model *m, enum model_work work, int32_t tag, bool ok);

/** May a job have begun: is no earlier one out on its resources? */
bool model_may_run(const struct model *m, int32_t tag);

/** References of a resource: ports and jobs. */
uint32_t model_references(const struct model *m, int32_t id);

/** What a client must have heard since this was last asked. */
const char *model_heard(struct model *m, int client);

/** Is nothing alive, nothing out, no sync waiting? */
bool model_is_empty(const struct model *m);

#endif
