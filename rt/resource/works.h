/* SPDX-License-Identifier: MIT */
/*
 * works.h -- works on their way to the workers and back.
 *
 * A work that is given leaves in REPORT_WORK, which is sure, and comes back
 * in the wire's ring of works, which has room for all there can be.  What it
 * stands for changes when it is back: here, on rt, between two segments.
 */
#ifndef TACTUS_RT_WORKS_H
#define TACTUS_RT_WORKS_H

#include "engine_private.h"

/** Works that are taken back in one block. */
#define WORKS_PER_BLOCK 64

/** Give a work to the workers. @thread rt */
TACTUS_RT void works_give(struct engine *e, struct work *work);

/** Take works that are done, and do what follows from them. @thread rt
 * @return how many; the rest waits in the ring */
TACTUS_RT uint32_t works_take(struct engine *e, uint32_t most);

#endif
