/* SPDX-License-Identifier: MIT */
/*
 * scene.h -- a graph and what happens to it, played by the walk and by the
 * plan in every way: the same bits, the same reports.
 */
#ifndef TACTUS_TESTS_SCENE_H
#define TACTUS_TESTS_SCENE_H

#include "rig.h"

#define SCENE_NODES 400
#define SCENE_BUSES 32

/** An external output, where a bus is asked for. */
#define SCENE_OUT(channel) (100 + (channel))

/** Whatever number there is. */
#define SCENE_ANY UINT64_MAX

struct scene {
	void (*play)(struct rig *r);
	int variant;
	uint32_t nodes; /* room for so many; 0: SCENE_NODES */
	uint32_t ring;  /* … reports; 0: enough */
};

/** A way to play; the first is the walk. */
struct scene_way {
	uint32_t threads;
	bool no_many;
	bool helped; /* by a crew; else rt does all of the plan */
};
#define SCENE_WAYS 5
extern const struct scene_way scene_ways[SCENE_WAYS];

struct crew;

/** What the rig's user points to while a scene is played. */
struct scene_bench {
	const struct scene *scene;
	const struct scene_way *way;
	uint32_t cut; /* a segment ends at every so many samples; 0: none */
	int32_t next; /* id */
	struct crew *crew;
	struct rig_ports ports[SCENE_NODES]; /* options, by id */
};

/** Play it by the walk, then in each way, cut in several ways: all is to be
 * the same, and output 0 no silence. */
void scene_alike(const struct scene *scene);

/** The same one by one. */
struct rig *scene_open(struct scene_bench *b);
void scene_close(struct rig *r);

struct scene_bench *scene_bench(struct rig *r);

/** Is it played by the plan? */
bool scene_plans(struct rig *r);

uint64_t scene_gauge(struct rig *r, enum gauge which);

/** A synth of rig_many's kind with so many ports, or of any other, at the
 * tail, that runs. @return its id */
int32_t scene_add(
	struct rig *r, const TactusSynthDef *def, uint32_t ins, uint32_t outs);

/** Map an output, an input; let a control "value" follow a bus. */
void scene_to(struct rig *r, int32_t id, const char *port, int32_t bus,
	uint32_t flags);
void scene_from(struct rig *r, int32_t id, const char *port, int32_t bus,
	uint32_t flags);
void scene_follow(struct rig *r, int32_t id, int32_t bus);

/** Sources on a bus. @return the first of their ids */
int32_t scene_sources(
	struct rig *r, const TactusSynthDef *def, uint32_t count, int32_t bus);

/** A synth that hears one bus and writes to another. @return its id */
int32_t scene_reader(
	struct rig *r, const TactusSynthDef *def, int32_t bus, int32_t out);

/** Render, and cut. */
void scene_run(struct rig *r, uint32_t frames);

/** The same, and see that the plan is as it should be; the walk has none. */
void scene_run_as(struct rig *r, uint32_t frames, uint64_t levels,
	uint64_t width, uint64_t runs);

#endif
