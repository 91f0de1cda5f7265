/* SPDX-License-Identifier: MIT */
/*
 * naive_private.h -- the state of the naive engine, for its files alone.
 */
#ifndef TACTUS_TESTS_NAIVE_PRIVATE_H
#define TACTUS_TESTS_NAIVE_PRIVATE_H

#include "naive.h"

#define MOST_NODES     512
#define MOST_EVENTS    4096
#define MOST_BUSES     64
#define MOST_BLOCKS    512
#define MOST_FRAMES    512
#define MOST_EDGES     2048
#define MOST_RESOURCES 64
#define LIMBO          MOST_NODES /* a group that has no id */
#define NOBODY         (-1)
/** Writers of a bus that are added up together. */
#define GROUP 32

enum what { IS_FREE, IS_GROUP, IS_SYNTH, IS_ENDED };

/** A line from one value to another. */
struct line {
	bool is_on;
	uint64_t begin;
	uint32_t frames;
	float from;
	float to;
};

struct knob {
	float value;
	float step;
	struct line ramp;
	int32_t bus;
	uint32_t flags;
	uint64_t free_at; /* of a trigger: the next sample without one */
};

struct wire_end {
	int32_t bus;
	uint32_t flags;
};

/** One connection; they stand in the order in which they were made. */
struct edge {
	int32_t source;
	int32_t to;
	uint32_t out; /* ordinals */
	uint32_t in;
	uint32_t flags;
	uint32_t pool; /* of feedback: where its memory is counted */
	float *past;   /* … and what came out, by sample modulo two blocks */
};

/** How far the sum of a bus is: who wrote since it was read or replaced. */
struct fold {
	uint32_t writers;
	bool is_read;             /* in this segment, after someone wrote */
	float group[MOST_FRAMES]; /* of those beyond the last whole group */
};

struct thing {
	enum what is;
	int32_t id;
	int32_t parent;
	int32_t child[MOST_NODES];
	int32_t children;
	bool active;
	bool paused;
	bool cleared;
	bool said_done;
	bool fired;
	bool told_nan;
	bool lingers; /* released, it is heard for another block */
	uint32_t generation;
	uint32_t done_flags;
	struct line fade; /* is_on: it has not been ended yet */
	int at_end;       /* 0 stays, 1 pauses, 2 frees */
	char key[KEY_SIZE];
	/* a synth */
	const TactusSynthDef *def;
	TactusPort port[NAIVE_PORTS];
	uint32_t ports;
	uint32_t ordinal[NAIVE_PORTS];
	uint32_t controls;
	uint32_t inputs;
	uint32_t outputs;
	struct knob knob[NAIVE_PORTS];
	struct wire_end in[NAIVE_PORTS];
	struct wire_end out[NAIVE_PORTS];
	float *voice[NAIVE_PORTS];      /* what its outputs say, a segment */
	uint32_t own_pool[NAIVE_PORTS]; /* of a connected output */
	uint32_t resources;
	void *bound[NAIVE_PORTS];
	int32_t bound_id[NAIVE_PORTS];
	bool runs;      /* in this segment */
	bool walked;    /* … and it is over */
	uint32_t waits; /* for so many sources */
	void *self;
	uint32_t pool;
	TactusSynth synth;
};

struct due {
	uint64_t at;
	uint64_t order;
	uint64_t arrival;
	struct parcel *parcel;
	int32_t node;
	uint32_t generation;
	uint32_t control;
	float value;
};

struct naive {
	TactusWorld world; /* first */
	struct engine_config config;
	uint64_t now;
	uint64_t frame; /* of the sample being computed, as plugins see it */
	struct naive_seen seen;
	bool whole; /* process gets whole segments */
	bool walking;
	bool stopping;
	struct thing thing[MOST_NODES + 1];
	/* what the buses hold, by sample modulo two blocks */
	float bus[MOST_BUSES][2 * MOST_FRAMES];
	float capture[8][2 * MOST_FRAMES];
	float playback[8][2 * MOST_FRAMES];
	struct fold bus_fold[MOST_BUSES];
	struct fold playback_fold[8];
	struct edge edge[MOST_EDGES];
	uint32_t edges;
	int32_t all[MOST_NODES]; /* synths, in the order of the tree */
	void *resource[MOST_RESOURCES];
	int32_t writer[MOST_RESOURCES]; /* in this segment; NOBODY */
	int32_t reader[MOST_RESOURCES];
	uint32_t pool_free[ENGINE_MAX_POOLS];
	char *memory[ENGINE_MAX_POOLS];
	void *lent[ENGINE_MAX_POOLS][MOST_BLOCKS];
	/* events */
	struct due due[MOST_EVENTS];
	uint32_t dues;
	uint64_t arrivals;
	/* packets */
	struct parcel *queue[1024];
	uint32_t queued;
	/* reports */
	uint32_t ring;
	struct entry told[NAIVE_LOG];
	uint32_t tolds;
	struct entry waiting[NAIVE_LOG];
	uint32_t waitings;
	struct entry taken[NAIVE_LOG];
	/* lists, in order */
	int32_t done[MOST_NODES];
	uint32_t dones;
	int32_t fading[MOST_NODES + 1];
	uint32_t fadings;
	struct parcel *held[1024];
	uint32_t helds;
	/* outputs: start, mute, clear, stop */
	struct line master[4];
	float gain;
	bool reaping;
	uint64_t hunt_at;
	uint64_t hunt_end;
	struct meter_state {
		uint32_t every;
		uint32_t frames;
		float peak[8];
		double squares[8];
	} meter;
};

enum { START, MUTE, CLEAR };

/* time */
float line_at(const struct line *l, uint64_t sample);
bool line_moves(const struct line *l, uint64_t sample);
/** What it was in the frame before, the last that was heard of it. */
float line_before(const struct line *l, uint64_t sample);
float line_slope(const struct line *l);
uint32_t naive_frames(const struct naive *v, double seconds);
void naive_ramp(struct naive *v, int which, float to);

/* the tree */
struct thing *naive_find(struct naive *v, int32_t id);
/** What a synth has of its own; its pool is not told. */
void naive_free_synth(struct thing *t);
void naive_leave(struct naive *v, struct thing *t);
/** Become the child of `parent` that stands at `at`. */
void naive_enter(struct naive *v, struct thing *t, int32_t parent, int32_t at);
/** At which place a child stands. */
int32_t naive_index(const struct thing *parent, int32_t id);
/** Is it `top`, or somewhere below it? */
bool naive_is_below(const struct naive *v, int32_t id, int32_t top);
void naive_end(struct naive *v, struct thing *t);
void naive_fade(
	struct naive *v, struct thing *t, float to, double seconds, int at_end);
uint32_t naive_in_limbo(const struct naive *v);
float naive_value(const struct naive *v, const struct thing *t, uint32_t k);
float naive_clamp(const TactusPort *p, float value);
void naive_trigger(struct naive *v, struct thing *t, uint32_t k, float value);

bool naive_take_block(
	struct naive *v, size_t bytes, uint32_t *pool, struct outcome *w);
struct thing *naive_synth(struct naive *v, int32_t id, struct outcome *w);
int32_t naive_port(const struct thing *t, const char *name, int32_t index,
	uint32_t kind, uint32_t direction, struct outcome *w);

/* connections */
void naive_connect(struct naive *v, const struct order *o, struct outcome *w);
void naive_disconnect(
	struct naive *v, const struct order *o, struct outcome *w);
/** Remove those of a synth that ends, `most` of them. @return how many */
uint32_t naive_unjoin(struct naive *v, const struct thing *t, uint32_t most);
/** Is anything connected to its output? */
bool naive_is_joined(const struct naive *v, const struct thing *t, uint32_t k);
/** Does feedback lead out of it, or of what it holds? */
bool naive_is_late(const struct naive *v, const struct thing *t);
void naive_list_edges(
	const struct naive *v, const struct thing *t, struct query_reply *q);

/** Run the synths that run, in execution order, for a segment. */
void naive_walk(struct naive *v, uint32_t frames);
/** A trigger holds its value for one segment. */
void naive_reset_triggers(struct thing *t);

/* telling */
TACTUS_RT bool naive_note(struct naive *v, const struct entry *e);
void naive_tell(struct naive *v, uint32_t kind, int32_t id,
	const struct parcel *parcel);

/* answers */
void naive_answer(const struct naive *v, const struct thing *t,
	const struct order *o, struct outcome *w);

/* commands */
uint32_t naive_apply(struct naive *v, const struct order *o, struct outcome *w);

#endif
