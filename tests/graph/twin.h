/* SPDX-License-Identifier: MIT */
/*
 * twin.h -- a graph and what happens to it, played by the walk and by the
 * plan in every way: the same bits, the same reports.
 */
#ifndef TACTUS_TESTS_TWIN_H
#define TACTUS_TESTS_TWIN_H

#include "rig.h"

#define TWIN_NODES 400
#define TWIN_BUSES 64

/** An external output, where a bus is asked for. */
#define TWIN_OUT(channel) (100 + (channel))

/** Whatever number there is. */
#define TWIN_ANY UINT64_MAX

struct twin {
	void (*play)(struct rig *r);
	int variant;
	uint32_t nodes; /* room for so many; 0: TWIN_NODES */
	uint32_t ring;  /* … reports; 0: enough */
};

/** A way to play; the first is the walk. */
struct twin_way {
	uint32_t threads;
	bool no_many;
	bool helped; /* by a crew; else rt does all of the plan */
};
#define TWIN_WAYS 5
extern const struct twin_way twin_ways[TWIN_WAYS];

/** What the rig's user points to while a twin is played. */
struct twin_bench {
	const struct twin *twin;
	const struct twin_way *way;
	uint32_t cut; /* a segment ends at every so many samples; 0: none */
	int32_t next; /* id */
	struct rig_ports ports[TWIN_NODES]; /* options, by id */
};

/** Play it by the walk, then in each way, cut in several ways: all is to be
 * the same, and output 0 no silence. */
void twin_alike(const struct twin *twin);

/** The same one by one. */
struct rig *twin_open(struct twin_bench *b);
void twin_close(struct rig *r);

struct twin_bench *twin_bench(struct rig *r);

/** Is it played by the plan? */
bool twin_plans(struct rig *r);

uint64_t twin_gauge(struct rig *r, enum gauge which);

/** A synth of rig_many's kind with so many ports, or of any other, at the
 * tail, that runs. @return its id */
int32_t twin_add(
	struct rig *r, const TactusSynthDef *def, uint32_t ins, uint32_t outs);

/** Map an output, an input; let a control "value" follow a bus. */
void twin_to(struct rig *r, int32_t id, const char *port, int32_t bus,
	uint32_t flags);
void twin_from(struct rig *r, int32_t id, const char *port, int32_t bus,
	uint32_t flags);
void twin_follow(struct rig *r, int32_t id, int32_t bus);

/** Sources on a bus. @return the first of their ids */
int32_t twin_sources(
	struct rig *r, const TactusSynthDef *def, uint32_t count, int32_t bus);

/** A synth that hears one bus and writes to another. @return its id */
int32_t twin_reader(
	struct rig *r, const TactusSynthDef *def, int32_t bus, int32_t out);

/** Render, and cut. */
void twin_run(struct rig *r, uint32_t frames);

/** The same, and see that the plan is as it should be; the walk has none. */
void twin_run_as(struct rig *r, uint32_t frames, uint64_t levels,
	uint64_t width, uint64_t runs);

#endif
