/* SPDX-License-Identifier: MIT */
/*
 * plan_private.h -- what a plan is made of, for the files that make it and for
 * plan_run.c.
 *
 *	level 0   steps of synths │ mixes of what is complete by then
 *	level 1   steps of synths │ mixes …
 *
 * Each half of a level is a stage: its steps may be done in any order.  All
 * arrays have their sizes from the start; a graph that does not fit is
 * walked.  Written by plan_renew alone, read by all runners; of a step
 * whoever runs it writes `pointed` and `took_ns`.
 */
#ifndef TACTUS_RT_PLAN_PRIVATE_H
#define TACTUS_RT_PLAN_PRIVATE_H

#include "plan.h"
#include "runner.h"

#define NOTHING UINT32_MAX

/** Defs that a plan keeps apart; of more some share an entry in turn, which
 * costs speed: each time it is begun anew. */
#define PLAN_DEFS 256

/** An output that goes to a bus. */
struct writer {
	uint32_t group;
	uint32_t next; /* of the same group, in execution order */
	uint32_t out;  /* ordinal */
	uint32_t rank;
	float *buffer; /* where it writes; NULL: scratch, its step folds it */
};

/** Up to MIX_GROUP writers that are folded together. */
struct group {
	uint32_t first; /* writers */
	uint32_t last;
	uint32_t count;
	uint32_t most; /* count: it takes no more */
	int32_t bus;   /* place in e->bus */
	uint32_t version;
	uint32_t next;    /* group of the same version */
	float *partial;   /* what its step folds; NULL: mixed with the rest */
	bool is_folded;   /* by its step */
	bool is_straight; /* … into the version: it is the only one */
};

/** A bus as some of its readers hear it. */
struct version {
	struct bus *bus;
	float *buffer;  /* NULL: the bus's own, it is the last one */
	uint32_t base;  /* the version that goes before; NOTHING: from +0 */
	uint32_t first; /* groups */
	uint32_t last;
	uint32_t groups; /* how many */
	uint32_t level;  /* at which its last writer runs */
	bool is_read;    /* then nobody adds to it any more */
	bool is_dead;    /* replaced before anybody heard it */
	uint32_t next;   /* of the same level */
};

/** An input or control that hears a version. */
struct reader {
	const float **where; /* its `version` */
	uint32_t version;
};

/** What one thread does in one go. */
struct step {
	const TactusSynthDef *def; /* NULL: it mixes `version` */
	struct def_use *use;       /* what is known of it; many may share it */
	union {
		uint32_t version;
		uint32_t group; /* of the first output that goes to a bus */
	};
	uint32_t level;
	uint32_t next;         /* of the same level */
	uint32_t took_ns;      /* when it was looked at last, all of it */
	uint32_t first_writer; /* of its first synth */
	uint32_t writers;      /* of each */
	uint16_t inputs;       /* of each of its synths */
	uint16_t outputs;
	uint8_t count;   /* synths; of a mix: which part of the frames … */
	uint8_t most;    /* that it takes; … of so many */
	uint8_t pointed; /* 1 + the runner that had it last; 0: nobody */
	bool folds;      /* its synths are whole groups: it adds them up */
	bool is_many;    /* by process_many */
	uint8_t brief;   /* enum brief: what holds of any of its synths */
	bool is_serial;  /* rt alone runs it */
	bool is_stirred; /* a control of one of them may move: look */
	TactusSynth **member; /* as process_many takes them */
};

_Static_assert(RUNNER_MOST <= UINT8_MAX && GAUGE_MAX_THREADS < UINT8_MAX,
	"a step counts in bytes");
_Static_assert(sizeof(struct step) <= 64, "and is a cache line");

/** What is known of a synth, by rank. */
struct part {
	uint32_t level;
	uint32_t first_writer;
	uint32_t step;
};

/** What has to be done at a level, as lists. */
struct level {
	uint32_t first[2]; /* steps; serial ones */
	uint32_t mixed;    /* versions that are complete then */
	uint32_t synths;
};

/** Steps that may be done at once. */
struct stage {
	uint32_t first; /* in the queue */
	uint32_t count;
	bool is_wide; /* worth the helpers' while */
	bool mixes;   /* its steps mix versions */
};

/** Steps of one def that are open at a time, by level and bus. */
#define PLAN_OPEN 32

/** What is known of a def. */
struct def_use {
	const TactusSynthDef *def;
	uint64_t epoch;           /* renewal that `open` is of */
	uint32_t open[PLAN_OPEN]; /* steps that may take more; NOTHING: none */
	uint64_t stamp;           /* of the last look for two of a kind */
	uint32_t ns;              /* for one synth and block, as last seen */
	uint32_t planned_ns;      /* … as it was when the plan was made */
};

/** A simple synth that was listened to last: where the next of its kind goes.
 */
struct like {
	const TactusSynthDef *def; /* NULL: there was none */
	int32_t bus;
	struct bus_use *use;
	struct step *step;
	struct group *group;
};

/** The newest version of a bus, or who uses a resource, in this renewal. */
struct bus_use {
	uint64_t epoch;
	uint32_t version;
};
struct resource_use {
	uint64_t epoch;
	uint32_t read_level; /* + 1; 0: nobody */
	uint32_t write_level;
};

struct plan {
	uint64_t epoch; /* counts renewals */
	uint64_t stamp; /* counts looks for two of a kind */
	uint32_t most_writers;
	uint32_t most_readers;
	uint32_t most_buffers;

	struct bus_use *bus; /* as e->bus: internal, capture, playback */
	struct resource_use *resource;
	struct def_use def[PLAN_DEFS];

	struct part *part; /* by rank */
	struct like like;
	struct writer *writer;
	uint32_t writers;
	struct group *group; /* the first: of those that write to no bus */
	uint32_t groups;
	struct version *version;
	uint32_t versions;
	struct reader *reader;
	uint32_t readers;
	float *arena;
	size_t stride;
	uint32_t buffers; /* that are taken */

	uint32_t write_level;  /* 1 + the highest that writes a resource */
	uint32_t serial_level; /* 1 + that of the last serial synth; 0: none */
	uint32_t last_serial;  /* the newest of their steps */

	/* some synth is on a higher level than connections put it on, and
	 * perhaps whoever hears it */
	bool is_raised;
	uint32_t levels;
	struct level *level;
	uint32_t width; /* synths of the widest */
	struct step *step;
	uint32_t steps;
	TactusSynth **member; /* RUNNER_MOST for each step */
	uint32_t *queue;      /* steps, stage by stage */
	uint32_t queued;
	uint32_t runs; /* steps of several synths by process_many */
	struct stage *stage;
	uint32_t stages;
	uint64_t wide_ns; /* what the wide ones take together, for a block */
	uint32_t frames;
	bool looks; /* in this segment: how long steps take */
	struct engine *engine;
	const struct stage *now; /* the one that is being done */
};

/* --- plan_bus.c --- */

/** Note that something hears a bus, and above which level it does.
 * @thread rt @return false: there is no room */
TACTUS_RT bool plan_hear_bus(struct engine *e, int32_t bus, uint32_t flags,
	const float **where, uint32_t *level);

/** Above which level a synth hears what is connected to an input.
 * @thread rt */
TACTUS_RT void plan_hear_connections(
	const struct engine *e, const struct joint *j, uint32_t *level);

/** Let an output write to its bus. @pre its part has its level
 * @thread rt @return false: there is no room */
TACTUS_RT bool plan_write_bus(
	struct engine *e, uint32_t rank, uint32_t out, const struct joint *j);

/* --- plan_use.c --- */

/** Raise the level of a synth above those that it must not run beside, and
 * note at which it uses what it may use. @thread rt */
TACTUS_RT void plan_use(
	struct engine *e, const struct node *n, uint32_t *level);

/* --- plan_step.c --- */

/** Where a def is kept whose place another has. @thread rt */
TACTUS_RT struct def_use *plan_search_def(
	struct plan *p, const TactusSynthDef *def, uint32_t at);

/** Where a def is kept; one too many shares the last place looked at.
 * @thread rt */
TACTUS_RT static inline struct def_use *
plan_find_def(struct plan *p, const TactusSynthDef *def)
{
	uint32_t at = (uint32_t)(((uintptr_t)def >> 4) * 2654435761U >> 16);
	struct def_use *d = &p->def[at % PLAN_DEFS];

	return d->def == def ? d : plan_search_def(p, def, at);
}

/** Can it run many of these at once?  Serial ones never: process_many may
 * begin with any of them, and who is first may be served alone. @thread rt */
TACTUS_RT static inline bool
plan_is_many(const struct engine *e, const TactusSynthDef *def)
{
	return def->process_many && !e->config.no_many &&
	       (def->flags & TACTUS_SERIAL) == 0;
}

/** Where a def's step of a level is kept whose first output goes to a bus.
 * @thread rt */
TACTUS_RT static inline uint32_t *
plan_open_step(struct def_use *d, uint32_t level, int32_t bus)
{
	return &d->open[(level + (uint32_t)bus + 1) % PLAN_OPEN];
}

/** Give a synth to a step of its level that takes it, or to a new one.
 * @thread rt @return the step */
TACTUS_RT uint32_t plan_assign(struct engine *e, struct node *n, uint32_t level,
	uint32_t first_writer);

/* --- plan_lean.c --- */

/** Note a synth that was given its step: the next may be as it is.
 * @thread rt */
TACTUS_RT void plan_note(struct engine *e, const struct node *n, uint32_t rank);

/**
 * Synths that are as the one before, as most are where there are many: they go
 * where that one went, at a fraction of the price.
 * @thread rt
 * @return how many, from `rank` on
 */
TACTUS_RT uint32_t plan_take_alike(struct engine *e, uint32_t rank);

/**
 * Lean synths whose steps are open and take them: without a look at their
 * ports.
 * @thread rt
 * @return how many, from `rank` on
 */
TACTUS_RT uint32_t plan_take_lean(struct engine *e, uint32_t rank);

/* --- plan_stage.c --- */

/** Make stages of the steps, and give what is mixed its place: the second part
 * of plan_renew. @thread rt @return false: there is no room */
TACTUS_RT bool plan_make_stages(struct engine *e);

#endif
