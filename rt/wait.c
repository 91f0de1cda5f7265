/* SPDX-License-Identifier: MIT */
/*
 * wait.c -- see wait.h.  One of the three files that may call the kernel.
 */
#include "wait.h"

#include <limits.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/futex.h>

TACTUS_RT void
wait_call(struct wake *w)
{
	if (!wake_wanted(w)) {
		return;
	}
	TACTUS_RT_TRUST_BEGIN("a non-blocking write of eight bytes, once")
	uint64_t one = 1;
	/* EAGAIN means that the sleeper is being called already */
	ssize_t written = write(w->fd, &one, sizeof one);
	(void)written;
	TACTUS_RT_TRUST_END
}

TACTUS_RT void
wait_for_call(struct wake *w)
{
	TACTUS_RT_TRUST_BEGIN("offline: time stands still until a command")
	uint64_t calls;
	/* EINTR: the caller looks at its queue and comes back */
	ssize_t got = read(w->fd, &calls, sizeof calls);
	(void)got;
	TACTUS_RT_TRUST_END
}

TACTUS_RT void
wait_while(_Atomic uint32_t *word, uint32_t value)
{
	TACTUS_RT_TRUST_BEGIN("an audio thread waits for another one")
	/* EAGAIN: it has changed; EINTR: the caller looks and comes back */
	long got = syscall(
		SYS_futex, word, FUTEX_WAIT_PRIVATE, value, NULL, NULL, 0);
	(void)got;
	TACTUS_RT_TRUST_END
}

TACTUS_RT void
wait_wake(_Atomic uint32_t *word)
{
	TACTUS_RT_TRUST_BEGIN("waking does not wait")
	long woken = syscall(
		SYS_futex, word, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
	(void)woken;
	TACTUS_RT_TRUST_END
}
