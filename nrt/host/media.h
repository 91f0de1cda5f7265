/* SPDX-License-Identifier: MIT */
/*
 * media.h -- which files plugins may read, and which they may write.
 *
 * Read: below one of media.directories.  Written: below media.record.  A name
 * is relative to these folders, or a whole path within one of them; what it
 * leads to has to lie below it (beneath.h).  Folders are opened anew for each
 * file, so that one that comes later, or is mounted, or is replaced, is seen.
 *
 * A file is written under no name, or under one that begins with a dot, and
 * gets its own when it is whole and on the disk: who looks at the folder sees
 * the old file, or none, or the new one, whatever happens.
 *
 * A `struct media` may be used by any thread but rt at any time; a draft by
 * one at a time.
 */
#ifndef TACTUS_NRT_MEDIA_H
#define TACTUS_NRT_MEDIA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config.h"
#include "mark.h"

struct media;
struct media_draft;

/**
 * Take the settings in (they are copied), and say in the log which folders
 * are not there.
 * @thread loop
 * @errors -ENOMEM
 */
TACTUS_NODISCARD int media_open(
	const struct config *config, struct media **out);

/** Go by other settings from now on; files that are open stay so.
 * @thread loop @errors -ENOMEM: the old ones stay */
TACTUS_NODISCARD int media_configure(
	struct media *m, const struct config *config);

/** End it; NULL is accepted. @thread loop, when nobody uses it any more */
void media_close(struct media *m);

/** media.max_file_bytes. @thread any but rt */
uint64_t media_most_bytes(struct media *m);

/**
 * Open a regular file to read.  Folders are tried in their order; the first
 * in which the name is found decides, even if it cannot be read there.
 * @thread any but rt
 * @param reason receives why not, with the name; never NULL
 * @return a descriptor, the caller's
 * @errors -ENOENT none has it; -EXDEV it lies, or leads, outside; -EINVAL it
 *         is no name; -EISDIR, -ENOTSUP no regular file; -EFBIG larger than
 *         media.max_file_bytes; and those of open
 */
TACTUS_NODISCARD int media_read(
	struct media *m, const char *name, char *reason, size_t size);

/**
 * Begin a file below media.record; its folder has to exist.
 * @thread any but rt
 * @param replace one of that name may be there, and is replaced in the end
 * @errors -EEXIST it is there; and as media_read
 */
TACTUS_NODISCARD int media_begin(struct media *m, const char *name,
	bool replace, struct media_draft **out, char *reason, size_t size);

/** The descriptor to write to, read and seek; the draft's. */
int media_draft_fd(const struct media_draft *d);

/**
 * Put the file on the disk and give it its name; the draft ends in any case,
 * and when it fails, nothing is left of it.
 * @errors -EEXIST one of that name has come meanwhile; and those of the disk
 */
TACTUS_NODISCARD int media_keep(
	struct media_draft *d, char *reason, size_t size);

/** End a draft and leave nothing; NULL is accepted. */
void media_drop(struct media_draft *d);

#endif
