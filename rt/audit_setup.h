/* SPDX-License-Identifier: MIT */
/*
 * audit_setup.h -- what the kernel sees of an audio thread.
 *
 * A seccomp filter of this one thread lets through the few system calls that
 * it needs (docs/architecture.md, "What audio threads ask of the kernel"): rt
 * those of its drivers, a helper no more than to sleep and to wake.  Any other
 * ends the process (`kill`), or waits until the loop has counted it and lets it
 * go on (`log`).
 */
#ifndef TACTUS_RT_AUDIT_SETUP_H
#define TACTUS_RT_AUDIT_SETUP_H

#include <stddef.h>

#include "mark.h"

enum audit_mode { AUDIT_OFF, AUDIT_LOG, AUDIT_KILL };

/** Whose calls are judged. */
enum audit_who { AUDIT_RT, AUDIT_HELPER };

struct audit;

/** Are we built with sanitizers, which make system calls of their own?
 * @thread any */
int audit_is_sanitized(void);

/**
 * Make the filter.
 * @thread before-start
 * @param write_fd the one descriptor that may be written to: calls the loop
 * @param read_fd the one that may be read: rt sleeps in it offline
 * @errors -ENOMEM; others from libseccomp and the system
 */
TACTUS_NODISCARD int audit_open(enum audit_mode mode, enum audit_who who,
	int write_fd, int read_fd, struct audit **out);

/**
 * Put the filter on the calling thread, for the rest of its life.
 * @thread rt or a helper, before it drives or helps
 * @errors negative errno: the kernel has no seccomp, or none with listeners
 */
TACTUS_NODISCARD int audit_load(struct audit *a);

/** Where calls are reported in `log` mode, after audit_load; else -1. */
int audit_fd(const struct audit *a);

/** End it; NULL is accepted.  The filter stays. @thread after its thread has
 * ended */
void audit_close(struct audit *a);

/**
 * Take one reported call and let it go on; to be called when `fd` is
 * readable.
 * @thread loop
 * @param name receives the call's name
 * @return 1 one was taken, 0 there is none, -EPIPE the thread has ended, or
 *         another negative errno
 */
TACTUS_NODISCARD int audit_answer(int fd, char *name, size_t size);

#endif
