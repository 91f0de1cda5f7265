/* SPDX-License-Identifier: MIT */
/*
 * offline.h -- the driver that runs as fast as it can, on virtual time.
 *
 * Time moves only by what /offline/run owes.  While it stands still commands
 * are applied at the present sample and rt sleeps until it is called.
 */
#ifndef TACTUS_RT_OFFLINE_H
#define TACTUS_RT_OFFLINE_H

#include <stdbool.h>

#include "engine.h"
#include "mark.h"
#include "wire.h"

/**
 * Take what has come, and render what is owed, at most to the end of a block;
 * or sleep until there is something to do.  The captures are silent.  When
 * there is a tap, room in it is waited for: offline nothing is dropped.
 * @thread rt
 * @param out where frames are rendered, to be forgotten
 */
TACTUS_RT void offline_cycle(
	struct engine *e, struct wire *wire, float *const *out);

#endif
