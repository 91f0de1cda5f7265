/* SPDX-License-Identifier: MIT */
/*
 * apply.h -- what each command does, at the sample where it is due.
 *
 * A command that fails changes nothing and notes why (enum reason); the rest
 * of its batch is applied all the same (RULINGS 5).
 */
#ifndef TACTUS_RT_APPLY_H
#define TACTUS_RT_APPLY_H

#include "engine_private.h"

/** Apply one command now. @thread rt
 * @return true when its batch has to wait before it goes back (sync, run) */
TACTUS_RT bool apply_command(struct engine *e, struct command *c);

#endif
