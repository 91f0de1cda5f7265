/* SPDX-License-Identifier: MIT */
/*
 * media_draft.c -- see media.h.  Writing, all or nothing.
 *
 * Two ways, by what the file system can.  Either the draft has no name at all
 * (O_TMPFILE) and is linked when it is whole: a crash leaves nothing.  Or it
 * is .NAME.XXXXXX in the same folder, and is renamed.  No way ever puts it
 * over a file that is not to be replaced: link and RENAME_NOREPLACE fail.
 */
#include "media.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "beneath.h"
#include "media_private.h"

#define ATTEMPTS 32 /* names that are tried before it is given up */

struct media_draft {
	int fd;
	int folder;
	bool replace;
	char *shown;              /* as it was named, for reasons */
	char name[NAME_MAX + 1];  /* in the folder */
	char draft[NAME_MAX + 1]; /* its name until then; "": none */
	char own[sizeof "/proc/self/fd/" + 12];
};

static void
set_reason(const struct media_draft *d, int error, char *reason, size_t size)
{
	char shown[MEDIA_SHOWN];

	media_show(shown, d->shown);
	if (error == -EEXIST) {
		snprintf(reason, size,
			"%s is there already: take another name, or give "
			"replace 1",
			shown);
	} else {
		snprintf(reason, size, "%s could not be written: %s", shown,
			strerror(-error));
	}
}

/** A name beside the final one, cut so that it is not too long for one. */
static int
next_name(const struct media_draft *d, char out[NAME_MAX + 1])
{
	uint32_t number;

	if (getrandom(&number, sizeof number, 0) != (ssize_t)sizeof number) {
		return -EIO;
	}
	snprintf(out, NAME_MAX + 1, ".%.*s.%08x", NAME_MAX - 10, d->name,
		number);
	return 0;
}

/* --- the beginning ------------------------------------------------------- */

/** A file without a name, if it can be given one in the end. */
static int
open_nameless(struct media_draft *d)
{
	int fd = openat(d->folder, ".",
		O_TMPFILE | O_RDWR | O_CLOEXEC | O_NOCTTY, 0666);

	if (fd < 0) {
		return -errno;
	}
	snprintf(d->own, sizeof d->own, "/proc/self/fd/%d", fd);
	struct stat about;
	if (fstatat(AT_FDCWD, d->own, &about, 0) < 0) {
		/* without /proc nobody could link it */
		close(fd);
		return -ENOTSUP;
	}
	return fd;
}

static int
open_named(struct media_draft *d)
{
	int fd = -EEXIST;

	for (int i = 0; i < ATTEMPTS && fd == -EEXIST; i++) {
		int error = next_name(d, d->draft);
		if (error != 0) {
			return error;
		}
		fd = openat(d->folder, d->draft,
			O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY |
				O_NOFOLLOW,
			0666);
		fd = fd >= 0 ? fd : -errno;
	}
	if (fd < 0) {
		d->draft[0] = '\0';
	}
	return fd;
}

static void
forget(struct media_draft *d)
{
	if (d->fd >= 0) {
		close(d->fd);
	}
	if (d->folder >= 0) {
		close(d->folder);
	}
	free(d->shown);
	free(d);
}

/** May something of that name be made, as things are? */
static int
judge_target(const struct media_draft *d)
{
	struct stat about;

	if (fstatat(d->folder, d->name, &about, AT_SYMLINK_NOFOLLOW) < 0) {
		return errno == ENOENT ? 0 : -errno;
	}
	if (!d->replace) {
		return -EEXIST;
	}
	return S_ISDIR(about.st_mode)   ? -EISDIR
	       : S_ISREG(about.st_mode) ? 0
					: -ENOTSUP;
}

/**
 * Open the folder that a path names below media.record, to sync it later.
 * @errors those of beneath_open; -EISDIR the path names no file
 */
static int
open_folder(struct media_draft *d, const char *record, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash == NULL ? path : slash + 1;

	if (name[0] == '\0' || strcmp(name, ".") == 0 ||
		strcmp(name, "..") == 0) {
		return -EISDIR;
	}
	if (strlen(name) > NAME_MAX) {
		return -ENAMETOOLONG;
	}
	memcpy(d->name, name, strlen(name) + 1);
	char *above = slash == NULL ? strdup(".")
				    : strndup(path, (size_t)(slash - path));
	if (above == NULL) {
		return -ENOMEM;
	}
	int at = media_folder(record);
	if (at >= 0) {
		d->folder = beneath_open(at, above[0] == '\0' ? "." : above,
			O_RDONLY | O_DIRECTORY);
		close(at);
		at = d->folder;
	}
	free(above);
	return at < 0 ? at : 0;
}

static int
open_draft(struct media_draft *d, const char *record, const char *path)
{
	int error = open_folder(d, record, path);

	if (error == 0) {
		error = judge_target(d);
	}
	if (error != 0) {
		return error;
	}
	d->fd = open_nameless(d);
	if (d->fd < 0) {
		/* what is really wrong shows again */
		d->fd = open_named(d);
	}
	return d->fd < 0 ? d->fd : 0;
}

static int
begin_by(struct media_draft *d, const char *record, const char *name,
	char *reason, size_t size)
{
	char shown[MEDIA_SHOWN];

	media_show(shown, name);
	if (record[0] == '\0') {
		snprintf(reason, size,
			"%s: nothing may be written, as media.record is empty",
			shown);
		return -EACCES;
	}
	const char *path = media_within(record, name);
	if (path == NULL) {
		snprintf(reason, size, "%s is not within media.record (%s)",
			shown, record);
		return -EXDEV;
	}
	int error = open_draft(d, record, path);
	if (error == -EEXIST) {
		set_reason(d, error, reason, size);
	} else if (error == -ENOENT || error == -ENOTDIR) {
		snprintf(reason, size,
			"%s: its folder does not exist; media.record is %s",
			shown, record);
	} else if (error != 0) {
		media_explain(
			name, "media.record", record, error, reason, size);
	}
	return error;
}

int
media_begin(struct media *m, const char *name, bool replace,
	struct media_draft **out, char *reason, size_t size)
{
	int error = media_judge(name, reason, size);

	if (error != 0) {
		return error;
	}
	struct media_draft *d = calloc(1, sizeof *d);
	char *copy = strdup(name);
	if (d == NULL || copy == NULL) {
		free(d);
		free(copy);
		snprintf(reason, size, "out of memory");
		return -ENOMEM;
	}
	d->shown = copy;
	d->fd = -1;
	d->folder = -1;
	d->replace = replace;
	struct media_rules *r = media_hold(m);
	error = begin_by(d, r->folder[r->folders - 1], name, reason, size);
	media_release(m, r);
	if (error != 0) {
		forget(d);
		return error;
	}
	*out = d;
	return 0;
}

int
media_draft_fd(const struct media_draft *d)
{
	return d->fd;
}

/* --- the end ------------------------------------------------------------- */

/** Take away what stands under a name that was made here. */
static void
unlink_name(const struct media_draft *d, const char *name)
{
	if (name[0] != '\0') {
		(void)unlinkat(d->folder, name, 0);
	}
}

static int
link_to(const struct media_draft *d, const char *name)
{
	return linkat(AT_FDCWD, d->own, d->folder, name, AT_SYMLINK_FOLLOW) == 0
		       ? 0
		       : -errno;
}

/** Give a draft without a name one, so that it can be renamed. */
static int
link_draft(struct media_draft *d)
{
	int error = -EEXIST;

	for (int i = 0; i < ATTEMPTS && error == -EEXIST; i++) {
		char name[NAME_MAX + 1];
		error = next_name(d, name);
		if (error == 0) {
			error = link_to(d, name);
		}
		if (error == 0) {
			memcpy(d->draft, name, sizeof name);
		}
	}
	return error;
}

/** From its own name to the final one, over nothing. */
static int
rename_new(struct media_draft *d)
{
	if (renameat2(d->folder, d->draft, d->folder, d->name,
		    RENAME_NOREPLACE) == 0) {
		d->draft[0] = '\0';
		return 0;
	}
	if (errno != EINVAL && errno != ENOSYS && errno != ENOTSUP) {
		return -errno;
	}
	/* a file system that knows links, and no such rename (NFS) */
	if (linkat(d->folder, d->draft, d->folder, d->name, 0) < 0) {
		return -errno;
	}
	unlink_name(d, d->draft);
	d->draft[0] = '\0';
	return 0;
}

static int
rename_over(struct media_draft *d)
{
	int error = d->draft[0] == '\0' ? link_draft(d) : 0;

	if (error != 0) {
		return error;
	}
	if (renameat(d->folder, d->draft, d->folder, d->name) < 0) {
		return -errno;
	}
	d->draft[0] = '\0';
	return 0;
}

static int
name_it(struct media_draft *d)
{
	if (d->replace) {
		return rename_over(d);
	}
	return d->draft[0] == '\0' ? link_to(d, d->name) : rename_new(d);
}

static int
sync_folder(const struct media_draft *d)
{
	/* some file systems have nothing to sync there */
	return fsync(d->folder) == 0 || errno == EINVAL ? 0 : -errno;
}

int
media_keep(struct media_draft *d, char *reason, size_t size)
{
	int error = fsync(d->fd) == 0 ? 0 : -errno;

	if (error == 0) {
		error = name_it(d);
		if (error == 0) {
			error = sync_folder(d);
			/* what was replaced is gone: the new one stays */
			if (error != 0 && !d->replace) {
				unlink_name(d, d->name);
			}
		}
	}
	if (error != 0) {
		set_reason(d, error, reason, size);
	}
	media_drop(d);
	return error;
}

void
media_drop(struct media_draft *d)
{
	if (d != NULL) {
		unlink_name(d, d->draft);
		forget(d);
	}
}
