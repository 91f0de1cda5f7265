/* SPDX-License-Identifier: MIT */
/*
 * rig.h -- an engine on a bench: commands in, frames and reports out.
 *
 * No socket, no clock: the test is the driver and the loop, and rt; helpers
 * there are as many as TACTUS_TEST_THREADS of the environment wants, and they
 * take part in all that they can.  Defs made for testing stand in rig_defs.c.
 */
#ifndef TACTUS_TESTS_RIG_H
#define TACTUS_TESTS_RIG_H

#include <stdbool.h>
#include <stdint.h>

#include <check.h>

#include "engine.h"
#include "events.h"
#include "pool.h"
#include "report.h"

#define RIG_FRAMES  (1 << 18)
#define RIG_REPORTS (1 << 16)
/** Works that may be out at once; holders that a query names. */
#define RIG_WORKS   1024
#define RIG_HOLDERS 8
/** Connections that a query names. */
#define RIG_CONNECTIONS 64

/** A report, or a command that came back. */
struct rig_report {
	uint32_t kind; /* enum report_kind */
	int32_t id;
	uint32_t reason;
	uint64_t sample;
	uint32_t flags; /* of the batch */
	int32_t number; /* of a sync */
	void *tag;      /* whatever on_back puts here */
	struct report raw;
};

struct rig {
	struct wire *wire;
	struct engine *engine;
	struct engine_config config;
	float *out[8];
	float in[8][4096];
	uint64_t frames; /* rendered so far: out[c][0 … frames - 1] */
	struct rig_report *report;
	uint32_t reports;
	/* how the last command that came back ended */
	uint32_t reason;
	int32_t told[2];
	int32_t id;
	uint32_t specs;   /* out at the engine */
	uint32_t batches; /* out at the engine */
	int32_t syncs;    /* the last number that came back */
	struct tree_reply *tree;
	struct query_reply query;
	struct connection_item connection[RIG_CONNECTIONS]; /* of it */
	struct connect_order connect; /* of the last that came back */
	/* told of each batch that is back, before it is freed; NULL: nobody */
	void (*on_back)(struct rig *r, struct batch *b, struct rig_report *to);
	void *user; /* whoever set on_back */
	/* works: those that rt gave away, in order; rig_works.c */
	struct work *out_work[RIG_WORKS];
	uint32_t outs;
	uint32_t works; /* records of the loop's that are out at the engine */
	uint32_t made;  /* instances that were constructed */
	uint32_t ended; /* … and destroyed */
	struct resource_reply *resources;
	int32_t holder[RIG_HOLDERS * 64];
	/* instances that are made by others, by id; NULL: of rig_thing */
	void **lent;
	/* settings to be changed before rig_open */
	uint32_t ring;     /* room for reports */
	uint32_t tap;      /* frames that the tap holds; 0: none */
	bool absent;       /* helpers never come: rt does it all */
	bool alone;        /* no helpers, whatever config.threads says */
	struct crew *crew; /* NULL: rt has no helpers */
};

/** The usual settings: block 64, two channels, offline. */
struct rig *rig_new(void);
void rig_open(struct rig *r);
/** End it, having checked that everything came back. */
void rig_close(struct rig *r);

/** A batch with one command in it, due at `at` (0: at once). */
struct batch *rig_batch(struct rig *r, uint64_t at);
struct command *rig_add(
	struct rig *r, struct batch *b, enum command_kind kind, int32_t id);
void rig_post(struct rig *r, struct batch *b);
/** One command at a sample, with a number where its kind has one. */
void rig_later(struct rig *r, uint64_t at, enum command_kind kind, int32_t id,
	int64_t number);
/** Nothing happens at a sample but that a segment ends there. */
void rig_cut(struct rig *r, uint64_t at);
/** Post, let the engine take it, collect; for what is due at once. */
uint32_t rig_do(struct rig *r, struct batch *b);

/** Memory that lives as long as a batch. */
void *rig_part(struct batch *b, size_t bytes);
/** A port by its name, or by its index when that is a number. */
struct port_ref rig_ref(struct batch *b, const char *port);
struct synth_spec *rig_spec(struct rig *r, const TactusSynthDef *def);
/** The same with options, which live longer than the synth. */
struct synth_spec *rig_spec_with(struct rig *r, const TactusSynthDef *def,
	const TactusHost *host, void *options);

uint32_t rig_group(struct rig *r, int32_t id, int32_t target, int32_t place);
uint32_t rig_synth(struct rig *r, const TactusSynthDef *def, int32_t id,
	int32_t target, int32_t place);
uint32_t rig_simple(struct rig *r, enum command_kind kind, int32_t id);
uint32_t rig_number(
	struct rig *r, enum command_kind kind, int32_t id, int64_t number);
uint32_t rig_map(struct rig *r, enum command_kind kind, int32_t id,
	const char *port, int32_t bus, uint32_t flags);
uint32_t rig_set(struct rig *r, int32_t id, const char *port, float value,
	double seconds);
/** COMMAND_CONNECT or _DISCONNECT of two ports; -1 as flags: any. */
struct connect_order *rig_add_connect(struct rig *r, struct batch *b,
	enum command_kind kind, int32_t id, const char *out, int32_t to,
	const char *in, int32_t flags);
/** The same at once, of ports "out" and "in". */
uint32_t rig_connect(struct rig *r, int32_t id, int32_t to, int32_t flags);
uint32_t rig_disconnect(struct rig *r, int32_t id, int32_t to, int32_t flags);
uint32_t rig_move(struct rig *r, int32_t id, int32_t target, int32_t place);
/** A def, active, joined to nothing. */
void rig_bare(struct rig *r, const TactusSynthDef *def, int32_t id);
/** The same, its port "out" on a bus; `flags` are those of a map. */
void rig_writer(struct rig *r, const TactusSynthDef *def, int32_t id,
	int32_t bus, uint32_t flags);
/** Its port "in" hears a bus; -1: none. */
void rig_listen(struct rig *r, int32_t id, int32_t bus, uint32_t flags);
/** A def, active, its port "out" on an external output. */
void rig_voice(
	struct rig *r, const TactusSynthDef *def, int32_t id, int32_t channel);
/** Put a set into a batch that is sent later. */
void rig_add_set(struct rig *r, struct batch *b, int32_t id, const char *port,
	float value, double seconds);

/** Render frames; blocks are cut as the engine does. */
void rig_run(struct rig *r, uint64_t frames);
/** Take reports from the ring. */
void rig_collect(struct rig *r);
/** How many reports of a kind there were for a node (-1: any). */
uint32_t rig_count(struct rig *r, enum report_kind kind, int32_t id);
/** Where the n-th report of a kind for a node stands; -1: nowhere. */
int32_t rig_where(struct rig *r, enum report_kind kind, int32_t id);

/* controls: value (-1e9 … 1e9); out = the control, frame by frame */
extern const TactusSynthDef rig_level;
/* out = in */
extern const TactusSynthDef rig_pass;
/* out = 1 in the very first frame after activation, then 0 */
extern const TactusSynthDef rig_impulse;
/* says done at the end of `frames` frames (control) */
extern const TactusSynthDef rig_timer;
/* construct fails with 422 after taking memory from the pools */
extern const TactusSynthDef rig_broken;
/* out is NaN while the control is above 0, infinite below 0 */
extern const TactusSynthDef rig_nan;
/* control `hit` is a trigger, `mode` an integer 0…9; out = their sum */
extern const TactusSynthDef rig_hit;
/* control `hit` is a trigger, `value` none; out = their sum */
extern const TactusSynthDef rig_strike;
/* takes 1000 bytes from the pools, gives them back; notifies once */
extern const TactusSynthDef rig_hungry;

/* controls freq (0 … 0.5 cycles a frame), amp; out = a saw, wet = out + in */
extern const TactusSynthDef rig_tone;
/* out = a number that hangs on the sample clock alone: noise, the same
 * however blocks are cut */
extern const TactusSynthDef rig_clock;
/* which number that is */
TACTUS_RT float rig_clock_at(uint64_t sample);
/* out = in * gain (a control), within -2 … 2, and never NaN */
extern const TactusSynthDef rig_fold;
/*
 * Control "value", audio "in", "in1" …, "out", "out1" …: noise of its own for
 * each id, output and sample, times the value, plus what comes in (input k to
 * output k, as far as there are outputs).  The first has process_many.
 * Options: struct rig_ports; none: no input, one output.
 */
extern const TactusSynthDef rig_many;
extern const TactusSynthDef rig_lone;
struct rig_ports {
	uint32_t ins;
	uint32_t outs;
};
/* too large for any pool of these tests */
extern const TactusSynthDef rig_vast;

/*
 * The workers and their loop.  Works that rt gave away wait in out_work until
 * the test lets them be done, in any order.
 */

/** The class that instances here have, and one of another URI. */
extern const TactusResourceDef rig_thing;
extern const TactusResourceDef rig_other;

/** An instance: nothing but a number. */
struct rig_thing {
	float value;
};

/** /resource/new and a bind, put into a batch that is sent later. */
void rig_add_resource(struct rig *r, struct batch *b,
	const TactusResourceDef *def, int32_t id);
void rig_add_bind(struct rig *r, struct batch *b, int32_t id, const char *port,
	int32_t resource);
/** /resource/new of a class; what became of it. */
uint32_t rig_resource(struct rig *r, const TactusResourceDef *def, int32_t id);
/** The same, and done at once. */
void rig_live(struct rig *r, const TactusResourceDef *def, int32_t id);
/** A command for a job in a batch. */
struct work *rig_add_job(struct rig *r, struct batch *b, int32_t id,
	bool exclusive, uint32_t count, const int32_t *ids);
uint32_t rig_job(struct rig *r, int32_t id, bool exclusive, uint32_t count,
	const int32_t *ids);
/** Which of out_work is of a kind and an id; fails when none is. */
uint32_t rig_out(const struct rig *r, enum work_kind kind, int32_t id);
/** Let one of out_work be done, well or not; rt has not looked yet. */
void rig_done(struct rig *r, uint32_t i, bool good);
/** The same of a kind and an id, and rt looks. */
void rig_finish(struct rig *r, enum work_kind kind, int32_t id, bool good);
/** Let all be done that is out, until nothing is. */
void rig_finish_all(struct rig *r);
/** Let rt look at what came: engine_take, and what it tells. */
void rig_look(struct rig *r);
/** Give a query or a list in a batch room for its answer. */
void rig_add_ask(struct batch *b, struct command *c);
/** What a resource is like; the reason why not, of a query. */
uint32_t rig_ask(struct rig *r, int32_t id);
/** Its state; RESOURCE_FREE when there is none. */
enum resource_state rig_state(struct rig *r, int32_t id);
uint32_t rig_references(struct rig *r, int32_t id);
/** Bind ports "thing" and "other" of a new reader; -1: to nothing. */
uint32_t rig_reader_new(
	struct rig *r, int32_t id, int32_t thing, int32_t other);
/** /node/set of a resource port. */
uint32_t rig_bind(
	struct rig *r, int32_t id, const char *port, int32_t resource);
/** The loop's part of a report; called by rig_collect. */
void rig_collect_work(struct rig *r, const struct report *in);
/** The loop's part of a command that is back. */
void rig_back_work(struct rig *r, struct command *c);

/**
 * Ports: control "value", resources "thing" (read) and "other" (written),
 * audio "out" = value of what is bound to thing.  What it does is in
 * rig_reads.
 */
extern const TactusSynthDef rig_reader;

struct rig_reads {
	/* construct: acquire these (things), answer this */
	uint32_t takes;
	int32_t take[4];
	int code;
	/* bind: what was told, how often; what it answers */
	uint32_t binds;
	uint32_t ordinal;
	void *old;
	int32_t old_id;
	bool keeps;
	/* … and what it lets a worker do then, with what answer */
	const TactusPerform *asks;
	int asked;
	/* destroy: what was bound and how often it was called */
	uint32_t destroys;
	void *last[2];
	/* the last that was constructed, to be asked through */
	const TactusWorld *world;
	TactusSynth *synth;
};
extern struct rig_reads rig_reads;

/** Check's own float comparisons promote; this one is exact. */
#define rig_same(a, b) ck_assert_double_eq((double)(a), (double)(b))

/** Output `out` is `value` from frame `from` up to, not with, `end`. */
void rig_holds(
	struct rig *r, uint32_t out, uint32_t from, uint32_t end, float value);

/** How often destroy was called, of all. */
extern int rig_destroyed;

#endif
