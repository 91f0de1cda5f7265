/* SPDX-License-Identifier: MIT */
/*
 * naive.h -- a second engine, as simple as can be, to compare the first with.
 *
 * It walks its tree by recursion, one sample at a time, looks things up by
 * searching, and shares no code with rt/; but it cuts the same segments
 * (ADR 0003).  A parcel is a batch as both engines get it; what each made of it
 * is written into it side by side.
 */
#ifndef TACTUS_TESTS_NAIVE_H
#define TACTUS_TESTS_NAIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "batch.h"
#include "engine.h"
#include "report.h"

#define NAIVE_PAIRS  4
#define NAIVE_ORDERS 5
#define NAIVE_PORTS  40
#define NAIVE_LOG    8192

/** What became of one command. */
struct outcome {
	uint32_t reason;
	int32_t told[2];
	int32_t id;
	uint32_t digest;            /* of the answer to a tree or a query */
	int32_t path[CONNECT_PATH]; /* of a cycle; told[0] is its length */
};

/** One pair of /node/set. */
struct naive_pair {
	const char *name; /* NULL: by index */
	int32_t index;
	float value;
	double seconds;
	int32_t resource;
	bool integral;
};

/** One command. */
struct order {
	enum command_kind kind;
	int32_t id;
	int32_t target;
	int32_t placement;
	const TactusSynthDef *def;
	const TactusHost *host;      /* that its ports are described for */
	void *options;               /* parsed, or NULL */
	float controls[NAIVE_PORTS]; /* first values */
	const char *port;            /* NULL: by index */
	int32_t index;
	int32_t to;          /* connections: the destination */
	const char *to_port; /* as port and index */
	int32_t to_index;
	bool any; /* to disconnect: whatever the flags */
	int32_t bus;
	uint32_t flags;
	double seconds;
	int64_t number;
	char key[16];
	uint32_t pairs;
	struct naive_pair pair[NAIVE_PAIRS];
};

/** One batch, and what both engines made of it. */
struct parcel {
	struct parcel *chain;
	uint64_t at;
	uint64_t order;
	uint32_t flags;
	uint32_t count;
	bool is_back; /* from the engine; from the other one, in `is_done` */
	bool is_done;
	struct order what[NAIVE_ORDERS];
	struct outcome got[NAIVE_ORDERS];
	struct outcome want[NAIVE_ORDERS];
	uint64_t got_applied;
	uint64_t want_applied;
	uint32_t got_flags;
	uint32_t want_flags;
	uint64_t got_late;
	uint64_t want_late;
	/* the other one's own */
	uint32_t held;
};

/** One report, of either engine. */
struct entry {
	uint32_t kind; /* enum report_kind */
	int32_t id;
	uint64_t sample;
	const struct parcel *parcel;
	double value; /* of a note, a line, a level */
	double more;
};

/** What was heard of it all: to see that a test tests something. */
struct naive_seen {
	uint64_t through;  /* frames that came through a connection, no zeros */
	uint64_t delayed;  /* … a block late */
	uint64_t again;    /* … by a bus, a block late */
	uint64_t replaced; /* outputs that discarded others */
	uint64_t versions; /* outputs to a bus that was read before */
	uint64_t groups;   /* outputs beyond the first group of a bus */
	uint64_t followed; /* pieces in which a control followed a bus */
	uint64_t pieces;   /* segments that a ramp cut */
	uint64_t stops;    /* segments in which a fade let one stand still */
	uint64_t lingers;  /* released, but heard for another block */
	uint64_t played;   /* resources read that another wrote just before */
	uint64_t dubbed;   /* … written that another read or wrote */
};

struct naive;

/** @param ring how many reports fit before the reader takes them */
struct naive *naive_open(const struct engine_config *config, uint32_t ring);
void naive_close(struct naive *v);

/** Post a chain. */
void naive_post(struct naive *v, struct parcel *head);
/** Let it take what came, as engine_take. */
void naive_take(struct naive *v);
void naive_render(struct naive *v, const float *const *in, float *const *out,
	uint32_t frames);
void naive_flush(struct naive *v);
/** What it has told since the last call; then there is room again. */
uint32_t naive_told(struct naive *v, const struct entry **out);

/** A node that lives, or an id that is free, near a random number. */
int32_t naive_pick(const struct naive *v, uint32_t random, bool lives);

/** Name the ends of a connection that there is, near a random number. */
void naive_pick_edge(const struct naive *v, uint32_t random, struct order *o);

/** What a synth that lives was made of; NULL: there is none. */
const TactusSynthDef *naive_def(const struct naive *v, int32_t id);

/**
 * Let it call process for whole segments, as plugins want it whose results
 * hang on how a segment is cut; memory that synths take is
 * then not counted.
 */
void naive_be_whole(struct naive *v);

const struct naive_seen *naive_seen(const struct naive *v);

/** Let an id stand for a resource, whose synths may be bound to it. */
void naive_lend(struct naive *v, int32_t id, void *instance);

uint32_t naive_nodes(const struct naive *v);
/** Synths that ran in the last segment. */
uint32_t naive_running(const struct naive *v);
uint32_t naive_edges(const struct naive *v);
uint32_t naive_events(const struct naive *v);
uint32_t naive_pool(const struct naive *v, uint32_t i);
uint32_t naive_waiting(const struct naive *v);

/** A number for what an answer says, of either engine. */
uint32_t naive_digest_tree(const struct tree_reply *t);
uint32_t naive_digest_query(const struct query_reply *q);

#endif
