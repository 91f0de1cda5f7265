/* SPDX-License-Identifier: MIT */
/*
 * engine_private.h -- what the files of the graph share: the engine's state.
 *
 * One writer: the rt thread.  Plain fields, no atomics; do not "fix" that.
 * What helpers write is theirs while they run a step: their runner, the step,
 * its synths and their controls, the buffers and buses that it writes to.
 * A node's place in the table is its id; its slot stays taken until the
 * report of its end has been posted.  Everything is made in engine_setup.c;
 * nothing here grows.
 *
 *	root ── children …        runs, can be named by commands
 *	limbo ── children …       taken out by /clear: runs until the outputs
 *	                          are silent, then is freed a few a block
 */
#ifndef TACTUS_RT_ENGINE_PRIVATE_H
#define TACTUS_RT_ENGINE_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tactus/plugin.h>

#include "engine.h"
#include "events.h"
#include "pool.h"

/** The struct that `member` of type `type` at `pointer` lies in. */
#define CONTAINER_OF(pointer, type, member) \
  ((type *)(void *)((char *)(pointer)-offsetof(type, member)))

/** Seconds that whatever an operator switches takes to fade. */
#define FADE_SECONDS 0.005

/** Nodes of limbo that are freed in one block, where they are not connected;
 * and connections that take as long to end as a node. */
#define REAP_PER_BLOCK   128
#define REAP_CONNECTIONS 4

/** A line from one value to another over a number of frames (fade.h). */
struct fade {
	uint64_t begin;  /* sample of its first frame */
	uint32_t frames; /* 0: it stands at `to` */
	float from;
	float to;
};

/** What a control port does between segments; its value is in `now`. */
struct control {
	struct fade ramp; /* of a trigger, `begin` is its next free sample */
	int32_t bus;      /* that it follows; -1: none */
	uint32_t flags;   /* of that map */
	const float *version; /* in the plan: as of a joint */
	uint32_t asked; /* firings that the /node/set being judged wants */
};

struct connection;

/** What an audio port is joined to. */
struct joint {
	int32_t bus;              /* -1: none */
	uint32_t flags;           /* enum map_flag */
	uint32_t connections;     /* to this port; feedback among them */
	uint32_t feedbacks;       /* those among them */
	struct connection *first; /* in the order in which they were made */
	struct connection *last;
	union {
		float *own; /* of an output: its buffer; NULL: unconnected */
		/* of an input, in the plan: what it reads of its bus; NULL:
		 * the bus itself */
		const float *version;
	};
};

enum node_kind {
	KIND_FREE, /* its id can be had */
	KIND_GROUP,
	KIND_SYNTH,
	KIND_ENDED /* its end waits to be told; the id is taken */
};

/**
 * What a plan asks of a synth, so that it need not look at its ports: port_look
 * keeps it.  A lean synth has one output and at most one input, and neither
 * reads a bus nor replaces one; what it hears is connected.
 */
enum brief {
	BRIEF_LEAN = 1,
	BRIEF_HEARS = 2,   /* it has an input */
	BRIEF_SUMS = 4,    /* … which hears more than one source's buffer */
	BRIEF_OWN = 8,     /* its output is connected */
	BRIEF_DELAYED = 16 /* … by feedback */
};

/** What happens when a node's fade is over. */
enum fade_end { FADE_STAYS, FADE_PAUSES, FADE_FREES };

struct resource;
struct binding;
struct kept;
struct job;

struct node {
	/* what the walk looks at: one cache line */
	_Alignas(CACHE_LINE) union {
		struct {
			uint8_t kind;  /* enum node_kind */
			bool sounding; /* a synth that was activated */
			bool paused;   /* skipped, with all it holds */
			bool moving; /* a control has a ramp or follows a bus */
		};
		uint32_t state; /* the four in one look */
	};
	bool uses;       /* it has resource ports, or acquired something */
	bool fired;      /* the slot stands in the list of fired triggers */
	bool plain;      /* inputs: nothing but a bus each; no feedback kept */
	uint8_t brief;   /* enum brief */
	int32_t bus;     /* of a lean one's output: place in e->bus; -1: none */
	uint16_t inputs; /* audio ports: the shape's, at hand */
	uint16_t outputs;
	const TactusSynthDef *def;
	/* of a synth: in its body */
	struct joint *output;
	struct joint *input;
	float **out;
	struct node *next;
	struct node *head; /* a group's children */
	/* what a synth's process looks at: the second */
	TactusSynth synth;
	const float **in;
	TactusControl *now;
	/* the rest of the tree, of a synth's ports */
	struct node *parent;
	struct synth_spec *spec;
	struct node *previous;
	struct node *tail;
	struct control *control;
	void *body; /* the block of the pools that holds all these */
	/* fading in and out as a whole */
	struct fade fade;
	uint8_t at_end; /* enum fade_end */
	bool fading;    /* its fade moves, or has not been ended yet */
	bool listed;    /* the slot stands in the list of fading nodes */
	bool lingers;   /* released, and heard for one more block */
	bool told_nan;  /* its bad output has been reported */
	bool cleared;   /* it stands in limbo: no id finds it any more */
	bool said_done; /* once in a life */
	bool has_said;  /* it stands in its runner's list (runner.h) */
	bool says_done; /* in this segment */
	uint32_t done_flags;
	/* lists through nodes */
	struct node *next_said;
	uint32_t said_with; /* its runner, while what it said is gone through */
	uint32_t first_note; /* of its runner's: index + 1; 0: none */
	uint32_t last_note;
	struct node *next_done;
	struct node *next_fired;
	/* places in the outbox */
	struct outgoing told_new;
	struct outgoing told_done;
	struct outgoing told_ended;
	uint32_t generation; /* of the slot: counts its nodes */
	uint32_t key_hash;   /* 0: no key */
	/* what a synth holds (hold.h); the first two in its body */
	struct binding *binding; /* one per resource port */
	void **bound;            /* what synth.resources shows */
	struct kept *kept;       /* what it acquired itself */
};

_Static_assert(offsetof(struct node, synth) == CACHE_LINE &&
		       offsetof(struct node, parent) == 2 * CACHE_LINE,
	"what each block looks at is in the first two cache lines");

/** One mixing point: this block and the one before. */
struct bus {
	float *frames[2];
	uint64_t block[2]; /* which block each holds; other: silence */
	/* how far the fold of this segment is, while synths are walked */
	uint64_t segment; /* that the two below are of */
	uint32_t writers; /* of the sum: from MIX_GROUP on, of groups too */
	float *group;     /* a block: the group that is being folded */
	bool is_open;     /* it stands in e->open */
	struct bus *next_open;
};

/** No place: a synth that does not run. */
#define ORDER_NOWHERE UINT32_MAX

/** Writers of a bus that are folded together (mix.h). */
#define MIX_GROUP 32

/** What the outputs go through, in the order of the product. */
enum master_fade { MASTER_START, MASTER_MUTE, MASTER_CLEAR, MASTER_STOP };
#define MASTER_FADES 4

struct meter {
	uint32_t every;  /* frames between reports; 0: off */
	uint32_t frames; /* since the last */
	float peak[ENGINE_MAX_CHANNELS];
	double squares[ENGINE_MAX_CHANNELS];
};

struct runner;
struct crew;
struct plan;
struct sorting;

struct engine {
	struct engine_config config;
	struct wire *wire;
	struct gauges *gauges;

	/* time */
	uint64_t now;      /* sample clock */
	uint64_t block_no; /* of the block being computed, from 1 */
	uint32_t offset;   /* frames of it that are done */
	uint64_t owed;     /* frames that /offline/run asked for */
	uint64_t segment;  /* the one being computed, from 1 */
	uint32_t frames;   /* of it */

	/* the tree */
	struct node *node;     /* max_nodes of them, by id */
	char (*key)[KEY_SIZE]; /* their keys */
	struct node limbo;     /* a group of no id */
	uint32_t synths;
	uint32_t groups;
	uint32_t in_limbo; /* nodes that /clear has still to free */
	bool reaping;      /* the outputs are silent: free limbo */
	int32_t highest;   /* no id above it is free: where -1 looks */

	/* who runs when (order.h, plan.h), by whom (runner.h, crew.h) */
	struct node **order; /* those that run, in execution order */
	uint32_t running;
	uint32_t *rank;  /* by id: the place in it, or ORDER_NOWHERE */
	uint32_t *level; /* by rank: what connections alone make it */
	bool changed;    /* the order or the plan is not what it should be */
	bool planned;    /* the plan is used; else the synths are walked */
	struct sorting *sorting; /* order.c's own */
	struct plan *plan;
	struct runner *runner; /* config.threads of them; the first is rt's */
	struct crew *crew;     /* NULL: rt is alone */
	uint32_t note_room;    /* for notes of this segment */
	/* asked for in it; the one word that all audio threads write */
	_Atomic uint32_t notes;
	uint64_t *said;   /* bits by rank, while they are gone through */
	struct bus *open; /* buses with an open group, in the walk */

	/* connections (connection.h) */
	struct connection *connection; /* max_connections of them */
	struct connection *connection_free;
	uint32_t connections;
	uint32_t forward; /* those that are no feedback */

	/* lists of this segment */
	struct node *done_first;
	struct node *done_last;
	struct node *fired_first;
	struct node **fading; /* nodes whose fade moves, limbo perhaps too */
	uint32_t fades;

	/* memory */
	struct pools *pools;
	float *zeros;    /* a block of silence */
	float *envelope; /* a block: gain of the outputs */
	void *arena;     /* of the buses and the two above */

	/* buses */
	struct bus *bus;      /* internal */
	struct bus *capture;  /* external, for inputs */
	struct bus *playback; /* external, for outputs */

	/* resources (resource.h), who holds them, works that are out */
	struct resource *resource; /* max_resources of them, by id */
	uint32_t resources;        /* that are not free */
	uint32_t references;
	uint32_t works;    /* at the loop or a worker */
	struct kept *kept; /* what synths may acquire */
	struct kept *kept_free;
	uint32_t kept_left;   /* of kept_free */
	struct job *job;      /* what jobs hold: clients', then synths' */
	int32_t *job_id;      /* of clients' jobs; -1: none stands there */
	struct work *perform; /* for synths to ask with */
	struct work *perform_free;
	uint32_t freed; /* at the end: slots that were looked at */

	/* events and what goes back */
	struct events *events;
	struct outgoing *out_first;
	struct outgoing *out_last;
	uint32_t out_waiting;
	bool posted;     /* something since the loop was last called */
	uint32_t weight; /* of what was done since the last look at time */
	uint32_t silent; /* batches since then that may wait */
	struct batch *held_first; /* syncs and runs that wait */
	struct batch *held_last;
	struct outgoing told_device;
	struct report device_report;
	struct outgoing told_stopped;

	/* the outputs */
	struct fade master[MASTER_FADES];
	float gain; /* startup_gain_db, as a factor */
	struct meter meter;
	uint64_t tap_lost; /* frames that the tap has to be told of */
	bool muted;
	uint64_t hunt_at;  /* sample from which a bad node may be sought */
	uint64_t hunt_end; /* until which it is */

	/* device and end */
	void *device; /* handed over, not yet taken by the driver */
	bool stopping;
	bool stopped;

	/* load */
	double load_average;
	double thread_load[GAUGE_MAX_THREADS]; /* the same, of each thread */
	double load_peak;
	double load_second; /* peak of the second that is under way */
	uint64_t load_frames;
};

/** The synth's node. */
TACTUS_RT static inline struct node *
node_of(TactusSynth *synth)
{
	return CONTAINER_OF(synth, struct node, synth);
}

#endif
