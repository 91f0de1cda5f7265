/* SPDX-License-Identifier: MIT */
/*
 * wait.h -- the few ways in which rt threads wait and wake, in one file.
 */
#ifndef TACTUS_RT_WAIT_H
#define TACTUS_RT_WAIT_H

#include <stdatomic.h>
#include <stdint.h>

#include "mark.h"
#include "wake.h"

/** Call a sleeper, when one sleeps: at most one eventfd write. @thread rt */
TACTUS_RT void wait_call(struct wake *w);

/**
 * Sleep until called (wake_announce was done and the queue was empty).
 * @thread rt, under the offline driver alone
 */
TACTUS_RT void wait_for_call(struct wake *w);

/** Sleep while a word holds this value, until woken; or no longer, for no
 * reason at all: look again. @thread rt or a helper */
TACTUS_RT void wait_while(_Atomic uint32_t *word, uint32_t value);

/** Wake all who sleep on a word; it was changed before. @thread rt or a
 * helper */
TACTUS_RT void wait_wake(_Atomic uint32_t *word);

#endif
