/* SPDX-License-Identifier: MIT */
/*
 * apply.h -- what each command does, at the sample where it is due.
 *
 * A command that fails changes nothing and notes why (enum reason); the rest
 * of its batch is applied all the same.
 */
#ifndef TACTUS_RT_APPLY_H
#define TACTUS_RT_APPLY_H

#include "engine_private.h"

/** What a batch may have to wait for before it goes back. */
enum held {
	HELD_BY_LIMBO = 1,
	HELD_BY_TIME = 2 /* offline: a run, or the works that are out */
};

/** Apply one command now. @thread rt
 * @return what its batch has to wait for before it goes back: enum held */
TACTUS_RT uint32_t apply_command(struct engine *e, struct command *c);

#endif
