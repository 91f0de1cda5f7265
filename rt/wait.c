/* SPDX-License-Identifier: MIT */
/*
 * wait.c -- see wait.h.  One of the three files that may call the kernel.
 */
#include "wait.h"

#include <stdint.h>
#include <unistd.h>

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
