/* SPDX-License-Identifier: MIT */
/*
 * audit_setup.c -- see audit_setup.h.
 *
 * libseccomp writes the program; it is loaded by hand, because libseccomp
 * keeps one listener for the whole process, and frees memory after loading,
 * which might call the kernel already.
 */
#include "audit_setup.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <sound/asound.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#  define SANITIZED 1
#elif defined(__has_feature)
#  if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
	  __has_feature(realtime_sanitizer)
#    define SANITIZED 1
#  endif
#endif
#ifndef SANITIZED
#  define SANITIZED 0
#endif

struct audit {
	struct sock_filter *program;
	unsigned short length;
	enum audit_mode mode;
	int fd;
};

/* Calls of a driver's that any argument may be given to. */
static const int driver_calls[] = {
	SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(clock_nanosleep)};

/* The same, of all audio threads. */
static const int common_calls[] = {
	/* rt and its helpers sleep and wake each other */
	SCMP_SYS(futex),
	/* where the vDSO has no clock to read */
	SCMP_SYS(clock_gettime),
	/* signals, and the end of a wait that one interrupted */
	SCMP_SYS(rt_sigreturn), SCMP_SYS(restart_syscall),
	/* the end of the thread */
	SCMP_SYS(rt_sigprocmask), SCMP_SYS(exit)};

/* What a PCM is driven with. */
static const unsigned int pcm_ioctls[] = {SNDRV_PCM_IOCTL_HWSYNC,
	SNDRV_PCM_IOCTL_SYNC_PTR, SNDRV_PCM_IOCTL_STATUS,
	SNDRV_PCM_IOCTL_STATUS_EXT, SNDRV_PCM_IOCTL_DELAY,
	SNDRV_PCM_IOCTL_PREPARE, SNDRV_PCM_IOCTL_RESET, SNDRV_PCM_IOCTL_START,
	SNDRV_PCM_IOCTL_DROP, SNDRV_PCM_IOCTL_RESUME};

int
audit_is_sanitized(void)
{
	return SANITIZED;
}

static int
allow_fd(scmp_filter_ctx filter, int call, int fd)
{
	if (fd < 0) {
		return 0;
	}
	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 1,
		SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)fd, 0));
}

static int
allow_calls(scmp_filter_ctx filter, const int *calls, size_t count)
{
	int err = 0;

	for (size_t i = 0; err == 0 && i < count; i++) {
		err = seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0);
	}
	return err;
}

static int
allow_driver(scmp_filter_ctx filter)
{
	int err = allow_calls(filter, driver_calls,
		sizeof driver_calls / sizeof driver_calls[0]);

	for (size_t i = 0;
		err == 0 && i < sizeof pcm_ioctls / sizeof pcm_ioctls[0]; i++) {
		err = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(ioctl),
			1,
			SCMP_A1(SCMP_CMP_MASKED_EQ, 0xffffffffU,
				pcm_ioctls[i]));
	}
	return err;
}

static int
add_rules(scmp_filter_ctx filter, enum audit_who who, int write_fd, int read_fd)
{
	int err = allow_calls(filter, common_calls,
		sizeof common_calls / sizeof common_calls[0]);

	if (err == 0 && who == AUDIT_RT) {
		err = allow_driver(filter);
	}
	if (err == 0) {
		err = allow_fd(filter, SCMP_SYS(write), write_fd);
	}
	if (err == 0) {
		err = allow_fd(filter, SCMP_SYS(read), read_fd);
	}
	return err;
}

/* libseccomp writes programs to descriptors only. */
static int
take_program(scmp_filter_ctx filter, struct audit *a)
{
	struct stat st;
	int fd = memfd_create("audit", MFD_CLOEXEC);

	if (fd < 0) {
		return -errno;
	}
	int err = seccomp_export_bpf(filter, fd);
	if (err == 0 && fstat(fd, &st) != 0) {
		err = -errno;
	}
	if (err == 0) {
		size_t bytes = (size_t)st.st_size;
		a->program = malloc(bytes);
		a->length = (unsigned short)(bytes / sizeof *a->program);
		if (a->program == NULL) {
			err = -ENOMEM;
		} else if (pread(fd, a->program, bytes, 0) != (ssize_t)bytes) {
			err = -EIO;
		}
	}
	(void)close(fd);
	return err;
}

int
audit_open(enum audit_mode mode, enum audit_who who, int write_fd, int read_fd,
	struct audit **out)
{
	struct audit *a = calloc(1, sizeof *a);
	if (a == NULL) {
		return -ENOMEM;
	}
	a->mode = mode;
	a->fd = -1;
	scmp_filter_ctx filter = seccomp_init(
		mode == AUDIT_KILL ? SCMP_ACT_KILL_PROCESS : SCMP_ACT_NOTIFY);
	int err = -ENOMEM;
	if (filter != NULL) {
		err = add_rules(filter, who, write_fd, read_fd);
		if (err == 0) {
			err = take_program(filter, a);
		}
		seccomp_release(filter);
	}
	if (err != 0) {
		audit_close(a);
		return err;
	}
	*out = a;
	return 0;
}

int
audit_load(struct audit *a)
{
	struct sock_fprog program = {a->length, a->program};
	unsigned int flags =
		a->mode == AUDIT_LOG ? SECCOMP_FILTER_FLAG_NEW_LISTENER : 0;

	/* of this thread alone: it never becomes another program */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
		return -errno;
	}
	long got =
		syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
	if (got < 0) {
		return -errno;
	}
	a->fd = a->mode == AUDIT_LOG ? (int)got : -1;
	return 0;
}

int
audit_fd(const struct audit *a)
{
	return a == NULL ? -1 : a->fd;
}

void
audit_close(struct audit *a)
{
	if (a == NULL) {
		return;
	}
	if (a->fd >= 0) {
		(void)close(a->fd);
	}
	free(a->program);
	free(a);
}

int
audit_answer(int fd, char *name, size_t size)
{
	struct pollfd p = {fd, POLLIN, 0};
	struct seccomp_notif *call = NULL;
	struct seccomp_notif_resp *answer = NULL;

	if (poll(&p, 1, 0) <= 0) {
		return 0;
	}
	if ((p.revents & POLLIN) == 0) {
		return -EPIPE;
	}
	int err = seccomp_notify_alloc(&call, &answer);
	if (err != 0) {
		return err;
	}
	memset(call, 0, sizeof *call);
	err = seccomp_notify_receive(fd, call);
	if (err == 0) {
		char *found = seccomp_syscall_resolve_num_arch(
			call->data.arch, call->data.nr);
		if (found != NULL) {
			(void)snprintf(name, size, "%s", found);
		} else {
			(void)snprintf(name, size, "call %d", call->data.nr);
		}
		free(found);
		answer->id = call->id;
		answer->val = 0;
		answer->error = 0;
		answer->flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
		err = seccomp_notify_respond(fd, answer);
	}
	seccomp_notify_free(call, answer);
	/* ENOENT: a signal took the call away again */
	return err == 0 ? 1 : err == -ENOENT ? 0 : err;
}
