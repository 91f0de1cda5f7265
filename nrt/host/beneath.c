/* SPDX-License-Identifier: MIT */
/*
 * beneath.c -- see beneath.h.
 */
#include "beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A rename beside the walk makes the kernel give up and ask for another. */
#define ATTEMPTS 16

static int
open_by_kernel(int folder, const char *path, int flags)
{
	struct open_how how = {
		.flags = (unsigned)flags,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
	};
	long fd = -1;

	for (int i = 0; i < ATTEMPTS; i++) {
		fd = syscall(SYS_openat2, folder, path, &how, sizeof how);
		if (fd >= 0 || (errno != EAGAIN && errno != EINTR)) {
			break;
		}
	}
	return fd >= 0 ? (int)fd : -errno;
}

static int
open_one(int folder, const char *name, int flags)
{
	int fd;

	do {
		fd = openat(folder, name, flags | O_NOFOLLOW);
	} while (fd < 0 && errno == EINTR);
	return fd >= 0 ? fd : -errno;
}

/**
 * Open a name that is no link.  With O_PATH the link itself would be opened,
 * and with O_DIRECTORY it is only said that it is no folder.
 */
static int
open_no_link(int folder, const char *name, int flags)
{
	struct stat about;
	int fd = open_one(folder, name, flags);

	if (fd >= 0 && (flags & O_PATH) != 0) {
		int error = fstat(fd, &about) < 0    ? -errno
			    : S_ISLNK(about.st_mode) ? -ELOOP
						     : 0;
		if (error != 0) {
			close(fd);
			return error;
		}
	} else if (fd == -ENOTDIR &&
		   fstatat(folder, name, &about, AT_SYMLINK_NOFOLLOW) == 0 &&
		   S_ISLNK(about.st_mode)) {
		return -ELOOP;
	}
	return fd;
}

/* Each name is opened in the folder before it, and is never a link. */
static int
open_by_hand(int folder, const char *path, int flags)
{
	char name[NAME_MAX + 1];
	int at = folder;
	bool last = false;

	while (!last) {
		path += strspn(path, "/");
		size_t length = strcspn(path, "/");
		const char *rest = path + length;
		last = rest[strspn(rest, "/")] == '\0';
		int fd = -ENAMETOOLONG;
		if (length <= NAME_MAX) {
			memcpy(name, path, length);
			name[length] = '\0';
			/* what ends with '/' is a folder */
			int how = !last          ? O_PATH | O_DIRECTORY
				  : *rest == '/' ? flags | O_DIRECTORY
						 : flags;
			fd = strcmp(name, "..") == 0
				     ? -EXDEV
				     : open_no_link(at, name, how | O_CLOEXEC);
		}
		if (at != folder) {
			close(at);
		}
		if (fd < 0) {
			return fd;
		}
		at = fd;
		path = rest;
	}
	return at;
}

int
beneath_open(int folder, const char *path, int flags)
{
	/* openat2 minds flags that O_PATH does not take */
	flags |= (flags & O_PATH) != 0 ? O_CLOEXEC : O_CLOEXEC | O_NOCTTY;
	if (path[0] == '/') {
		return -EXDEV;
	}
	if (path[0] == '\0') {
		return -ENOENT;
	}
	int fd = open_by_kernel(folder, path, flags);
	/* ENOSYS: an old kernel; EPERM: a filter that knows no better */
	if (fd == -ENOSYS || fd == -EPERM) {
		fd = open_by_hand(folder, path, flags);
	}
	return fd;
}
