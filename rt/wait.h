/* SPDX-License-Identifier: MIT */
/*
 * wait.h -- the few ways in which rt threads wait and wake, in one file.
 */
#ifndef TACTUS_RT_WAIT_H
#define TACTUS_RT_WAIT_H

#include "mark.h"
#include "wake.h"

/** Call a sleeper, when one sleeps: at most one eventfd write. @thread rt */
TACTUS_RT void wait_call(struct wake *w);

/**
 * Sleep until called (wake_announce was done and the queue was empty).
 * @thread rt, under the offline driver alone
 */
TACTUS_RT void wait_for_call(struct wake *w);

#endif
