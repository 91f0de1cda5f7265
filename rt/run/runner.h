/* SPDX-License-Identifier: MIT */
/*
 * runner.h -- what an audio thread needs to run synths: the world that they
 * see, buffers, and a place for what they say.
 *
 * There is one for each audio thread; runner 0 is rt's own.  What a synth
 * says in process (done, notify, log, release) is noted with the runner that
 * runs it and takes effect at the segment's end, in execution order, so that
 * it is the same whoever ran it and when (ADR 0014).  A def that allocates,
 * acquires or performs in process is TACTUS_SERIAL: rt runs it.
 */
#ifndef TACTUS_RT_RUNNER_H
#define TACTUS_RT_RUNNER_H

#include "engine_private.h"
#include "report.h"

/** Synths of one step at the most. */
#define RUNNER_MOST 32
_Static_assert(RUNNER_MOST <= TACTUS_MAX_MANY, "plugins are promised no more");

/** Buffers for outputs, and as many for inputs that add up; so many outputs
 * has a synth at the most, too. */
#define RUNNER_BUFFERS TACTUS_MAX_PORTS

/** Notes of all runners in a segment at the most; more are refused. */
#define RUNNER_NOTES 1024

/** A plugin's notification or line, until the segment's end. */
struct runner_note {
	struct report report;
	uint32_t next; /* of the same synth: index + 1; 0: none */
};

struct runner {
	/* first, so that it is found; no two threads share a line of these */
	_Alignas(2 * CACHE_LINE) TactusWorld world;
	struct engine *engine;
	uint32_t who;      /* 0: rt */
	uint32_t piece;    /* frames of this segment that are done */
	bool processing;   /* a synth's process is being called */
	bool serial;       /* … of a TACTUS_SERIAL def */
	float *memory;     /* of all buffers */
	float **pointers;  /* of the four below */
	float *envelope;   /* a block: gain of a fading synth */
	float **out;       /* RUNNER_BUFFERS: what outputs are written to */
	float **sum;       /* RUNNER_BUFFERS: what inputs add up in */
	float **piece_out; /* part of a segment further */
	const float **piece_in;
	struct node *said_first; /* synths that said something */
	uint32_t notes;
	uint32_t refused; /* notes */
	struct runner_note note[RUNNER_NOTES];
};

/** Make e->runner, one for each of config.threads.
 * @thread before-start @errors -ENOMEM */
TACTUS_NODISCARD int runner_open(struct engine *e);
void runner_close(struct engine *e);

/** The runner behind a world. */
TACTUS_RT static inline struct runner *
runner_of(const TactusWorld *world)
{
	union {
		const TactusWorld *world;
		struct runner *runner;
	} u = {world};

	return u.runner;
}

/** rt's own world: for what is called outside of process. */
TACTUS_RT static inline TactusWorld *
runner_world(struct engine *e)
{
	return &e->runner->world;
}

/** A segment begins: see how many notes the ring has room for. @thread rt */
TACTUS_RT void runner_begin(struct engine *e);

/** A synth says that it is done. @thread rt or a helper, in process */
TACTUS_RT void runner_done(struct runner *r, struct node *n);

/** A note of a synth; the same. @return false: there is no room */
TACTUS_RT bool runner_note(
	struct runner *r, struct node *n, const struct report *report);

/** A synth gives one reference to a resource back; the same. */
TACTUS_RT void runner_release(struct runner *r, struct node *n, int32_t id);

/** Let what was said in this segment take effect, in execution order: notes
 * and releases now, done when world_end_done is called. @thread rt */
TACTUS_RT void runner_end_said(struct engine *e);

#endif
