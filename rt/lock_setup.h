/* SPDX-License-Identifier: MIT */
/*
 * lock_setup.h -- memory that the audio thread touches is locked.
 *
 * Called once, by who starts the rt thread, when all that the thread will
 * touch is there.
 */
#ifndef TACTUS_RT_LOCK_SETUP_H
#define TACTUS_RT_LOCK_SETUP_H

#include "mark.h"

/**
 * Lock what is mapped now, and let go again of the libraries that only other
 * threads call, so that they do not stay in memory for nothing.
 * @thread before-start
 * @errors -ENOMEM, -EPERM the kernel does not allow it
 */
TACTUS_NODISCARD int lock_setup_all(void);

#endif
