/* SPDX-License-Identifier: MIT */
/*
 * media.c -- see media.h.  The settings, the names, and reading.
 *
 * The mutex guards which settings count and who uses them, nothing else: it
 * is not held while the disk works.
 */
#include "media.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "beneath.h"
#include "log.h"
#include "media_private.h"
#include "printable.h"

struct media {
	pthread_mutex_t lock;
	struct media_rules *rules;
};

static void
free_rules(struct media_rules *r)
{
	if (r != NULL) {
		for (uint32_t i = 0; i < r->folders; i++) {
			free(r->folder[i]);
		}
		free(r);
	}
}

static struct media_rules *
copy_rules(const struct config *config)
{
	uint32_t count = config->media.directories.count + 1;
	struct media_rules *r =
		calloc(1, sizeof *r + count * sizeof r->folder[0]);

	if (r == NULL) {
		return NULL;
	}
	r->users = 1;
	r->most_bytes = config->media.max_file_bytes;
	for (; r->folders < count; r->folders++) {
		const char *from =
			r->folders < count - 1
				? config->media.directories.items[r->folders]
				: config->media.record;
		r->folder[r->folders] = strdup(from);
		if (r->folder[r->folders] == NULL) {
			free_rules(r);
			return NULL;
		}
	}
	return r;
}

int
media_folder(const char *folder)
{
	int fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);

	return fd >= 0 ? fd : -errno;
}

static void
warn_of_missing(const struct media_rules *r)
{
	for (uint32_t i = 0; i < r->folders; i++) {
		bool record = i == r->folders - 1;
		if (record && r->folder[i][0] == '\0') {
			continue; /* nothing shall be written */
		}
		int fd = media_folder(r->folder[i]);
		if (fd >= 0) {
			close(fd);
		} else {
			log_warn("media: %s of media.%s cannot be opened: %s; "
				 "it is tried again for each file",
				r->folder[i], record ? "record" : "directories",
				strerror(-fd));
		}
	}
}

int
media_open(const struct config *config, struct media **out)
{
	struct media *m = calloc(1, sizeof *m);

	if (m == NULL) {
		return -ENOMEM;
	}
	m->rules = copy_rules(config);
	if (m->rules == NULL) {
		free(m);
		return -ENOMEM;
	}
	pthread_mutex_init(&m->lock, NULL);
	warn_of_missing(m->rules);
	*out = m;
	return 0;
}

int
media_configure(struct media *m, const struct config *config)
{
	struct media_rules *now = copy_rules(config);

	if (now == NULL) {
		return -ENOMEM;
	}
	pthread_mutex_lock(&m->lock);
	struct media_rules *before = m->rules;
	m->rules = now;
	pthread_mutex_unlock(&m->lock);
	media_release(m, before);
	warn_of_missing(now);
	return 0;
}

void
media_close(struct media *m)
{
	if (m != NULL) {
		media_release(m, m->rules);
		pthread_mutex_destroy(&m->lock);
		free(m);
	}
}

struct media_rules *
media_hold(struct media *m)
{
	pthread_mutex_lock(&m->lock);
	struct media_rules *r = m->rules;
	r->users++;
	pthread_mutex_unlock(&m->lock);
	return r;
}

void
media_release(struct media *m, struct media_rules *rules)
{
	pthread_mutex_lock(&m->lock);
	bool last = --rules->users == 0;
	pthread_mutex_unlock(&m->lock);
	if (last) {
		free_rules(rules);
	}
}

uint64_t
media_most_bytes(struct media *m)
{
	pthread_mutex_lock(&m->lock);
	uint64_t bytes = m->rules->most_bytes;
	pthread_mutex_unlock(&m->lock);
	return bytes;
}

void
media_show(char shown[MEDIA_SHOWN], const char *name)
{
	size_t length = strlen(name);
	const char *dots = length >= MEDIA_SHOWN / 4 * 3 ? "..." : "";
	char text[MEDIA_SHOWN - 4];

	if (dots[0] != '\0') {
		length = MEDIA_SHOWN / 4 * 3;
	}
	printable_copy(text, sizeof text, name, length);
	snprintf(shown, MEDIA_SHOWN, "%s%s", text, dots);
}

int
media_judge(const char *name, char *reason, size_t size)
{
	char shown[MEDIA_SHOWN];

	if (name == NULL || name[0] == '\0') {
		snprintf(reason, size, "an empty string names no file");
		return -EINVAL;
	}
	if (strlen(name) >= PATH_MAX) {
		media_show(shown, name);
		snprintf(reason, size, "%s: longer than %d bytes", shown,
			PATH_MAX - 1);
		return -ENAMETOOLONG;
	}
	return 0;
}

/** Past the parts of a path that say nothing: "/", "./". */
static const char *
skip_nothing(const char *p)
{
	for (;;) {
		p += strspn(p, "/");
		if (p[0] != '.' || (p[1] != '/' && p[1] != '\0')) {
			return p;
		}
		p++;
	}
}

/** Does one path begin with all names of another? @return the rest, or NULL */
static const char *
skip_folder(const char *folder, const char *path)
{
	for (;;) {
		folder = skip_nothing(folder);
		path = skip_nothing(path);
		if (folder[0] == '\0') {
			return path;
		}
		size_t length = strcspn(folder, "/");
		if (length != strcspn(path, "/") ||
			strncmp(folder, path, length) != 0) {
			return NULL;
		}
		folder += length;
		path += length;
	}
}

const char *
media_within(const char *folder, const char *name)
{
	if (name[0] != '/') {
		return name;
	}
	const char *rest = folder[0] == '/' ? skip_folder(folder, name) : NULL;
	if (rest == NULL) {
		/* the folder's own path may go through links */
		char *real = realpath(folder, NULL);
		rest = real == NULL ? NULL : skip_folder(real, name);
		free(real);
	}
	return rest != NULL && rest[0] == '\0' ? "." : rest;
}

int
media_explain(const char *name, const char *setting, const char *folder,
	int error, char *reason, size_t size)
{
	char shown[MEDIA_SHOWN];

	media_show(shown, name);
	switch (error) {
	case -EXDEV:
		snprintf(reason, size,
			"%s leads out of %s (%s): \"..\" and symbolic links "
			"may not",
			shown, folder, setting);
		break;
	case -ELOOP:
		snprintf(reason, size,
			"%s has a symbolic link below %s that cannot be "
			"followed: name the file that it leads to",
			shown, folder);
		break;
	case -EISDIR:
		snprintf(reason, size, "%s is a folder below %s, not a file",
			shown, folder);
		break;
	case -ENOTSUP:
		snprintf(reason, size, "%s is not a regular file, below %s",
			shown, folder);
		break;
	case -EACCES:
		snprintf(reason, size,
			"%s: tactusd has no permission for it, below %s (%s)",
			shown, folder, setting);
		break;
	default:
		snprintf(reason, size, "%s: %s, below %s (%s)", shown,
			strerror(-error), folder, setting);
		break;
	}
	return error;
}

/* --- reading ------------------------------------------------------------- */

/** @errors as what it is; `*bytes` receives the size of a regular one */
static int
judge_file(int fd, uint64_t *bytes)
{
	struct stat about;

	if (fstat(fd, &about) < 0) {
		return -errno;
	}
	if (S_ISDIR(about.st_mode)) {
		return -EISDIR;
	}
	*bytes = about.st_size > 0 ? (uint64_t)about.st_size : 0;
	return S_ISREG(about.st_mode) ? 0 : -ENOTSUP;
}

/**
 * Open it if it is regular.  It is looked at first without being opened, as
 * that alone does something to a device; O_NONBLOCK is for the FIFO that has
 * come between the two.
 */
static int
open_regular(int folder, const char *path, uint64_t *bytes)
{
	int fd = beneath_open(folder, path, O_PATH);

	if (fd < 0) {
		return fd;
	}
	int error = judge_file(fd, bytes);
	close(fd);
	if (error != 0) {
		return error;
	}
	fd = beneath_open(folder, path, O_RDONLY | O_NONBLOCK);
	if (fd < 0) {
		return fd;
	}
	error = judge_file(fd, bytes);
	if (error != 0) {
		close(fd);
		return error;
	}
	return fd;
}

/** The folders that are read, for a reason: "/a, /b". */
static void
list_folders(const struct media_rules *r, char *text, size_t size)
{
	size_t used = 0;

	snprintf(text, size, "none is set");
	for (uint32_t i = 0; i + 1 < r->folders && used < size; i++) {
		int n = snprintf(text + used, size - used, "%s%s",
			i == 0 ? "" : ", ", r->folder[i]);
		used += n > 0 ? (size_t)n : 0;
	}
}

/** In one folder. @errors as media_read; -ENOENT without a reason */
static int
read_below(const struct media_rules *r, const char *folder, const char *path,
	const char *name, char *reason, size_t size)
{
	uint64_t bytes = 0;
	int at = media_folder(folder);

	if (at < 0) {
		return at == -ENOENT || at == -ENOTDIR
			       ? -ENOENT
			       : media_explain(name, "media.directories",
					 folder, at, reason, size);
	}
	int fd = open_regular(at, path, &bytes);
	close(at);
	if (fd == -ENOENT || fd == -ENOTDIR) {
		return -ENOENT;
	}
	if (fd < 0) {
		return media_explain(
			name, "media.directories", folder, fd, reason, size);
	}
	if (bytes > r->most_bytes) {
		char shown[MEDIA_SHOWN];

		close(fd);
		media_show(shown, name);
		snprintf(reason, size,
			"%s is larger than media.max_file_bytes (%" PRIu64
			" of %" PRIu64 " bytes)",
			shown, bytes, r->most_bytes);
		return -EFBIG;
	}
	return fd;
}

static int
read_by(const struct media_rules *r, const char *name, char *reason,
	size_t size)
{
	char shown[MEDIA_SHOWN];
	char folders[320];
	bool within = false;

	for (uint32_t i = 0; i + 1 < r->folders; i++) {
		const char *path = media_within(r->folder[i], name);
		if (path == NULL) {
			continue;
		}
		within = true;
		int fd = read_below(r, r->folder[i], path, name, reason, size);
		if (fd != -ENOENT) {
			return fd;
		}
	}
	media_show(shown, name);
	list_folders(r, folders, sizeof folders);
	if (!within) {
		snprintf(reason, size,
			"%s is not within media.directories (%s)", shown,
			folders);
		return -EXDEV;
	}
	snprintf(reason, size, "%s: no such file below media.directories (%s)",
		shown, folders);
	return -ENOENT;
}

int
media_read(struct media *m, const char *name, char *reason, size_t size)
{
	int error = media_judge(name, reason, size);

	if (error != 0) {
		return error;
	}
	struct media_rules *r = media_hold(m);
	int fd = read_by(r, name, reason, size);
	media_release(m, r);
	return fd;
}
