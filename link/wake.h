/* SPDX-License-Identifier: MIT */
/*
 * wake.h -- how one thread learns that another sleeps and wants a call.
 *
 * The sleeper announces, looks once more at its queue, then sleeps on a file
 * descriptor; the caller posts, then asks whether anybody sleeps.  Both steps
 * are sequentially consistent exchanges of one word, so one of the two always
 * sees the other: no wake is lost and no call is made in vain.
 * No fences: ThreadSanitizer does not model them.
 *
 *	sleeper: wake_announce; queue empty? -> sleep; wake_clear
 *	caller:  post; if (wake_wanted) write the descriptor
 */
#ifndef TACTUS_LINK_WAKE_H
#define TACTUS_LINK_WAKE_H

#include <stdatomic.h>
#include <stdbool.h>

#include "mark.h"

struct wake {
	_Alignas(2 * CACHE_LINE) _Atomic int asleep;
	int fd; /* an eventfd, non-blocking on the caller's side; -1: none */
};

/** Say that this side is about to sleep; look at the queue afterwards.
 * @thread the sleeper */
TACTUS_RT static inline void
wake_announce(struct wake *w)
{
	/* seq_cst: pairs with wake_wanted */
	(void)atomic_exchange_explicit(&w->asleep, 1, memory_order_seq_cst);
}

/** Say that this side is awake. @thread the sleeper */
TACTUS_RT static inline void
wake_clear(struct wake *w)
{
	(void)atomic_exchange_explicit(&w->asleep, 0, memory_order_seq_cst);
}

/**
 * Ask, after a post, whether the sleeper must be called; at most one caller
 * is told so per sleep.
 * @thread the caller
 */
TACTUS_RT TACTUS_NODISCARD static inline bool
wake_wanted(struct wake *w)
{
	/* seq_cst: pairs with wake_announce */
	return atomic_exchange_explicit(&w->asleep, 0, memory_order_seq_cst) !=
	       0;
}

#endif
