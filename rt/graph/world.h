/* SPDX-License-Identifier: MIT */
/*
 * world.h -- the engine, as plugins see it: the functions of TactusWorld.
 */
#ifndef TACTUS_RT_WORLD_H
#define TACTUS_RT_WORLD_H

#include "engine_private.h"

struct runner;

/** Fill a runner's world. @thread before-start */
void world_init(struct runner *r);

/** Do what the synths that said done in this segment asked for. @thread rt */
TACTUS_RT void world_end_done(struct engine *e);

#endif
