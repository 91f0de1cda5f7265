/* SPDX-License-Identifier: MIT */
/*
 * folders.h -- folders of media for tests, made in the build folder.
 *
 *	ROOT/one ROOT/two   media.directories
 *	ROOT/record         media.record
 *	ROOT/outside        neither
 */
#ifndef TACTUS_TESTS_FOLDERS_H
#define TACTUS_TESTS_FOLDERS_H

#include <stdbool.h>
#include <stddef.h>

#include "config.h"

/** Unchecked fixtures: made once, and taken away whatever happens. */
void folders_make(void);
void folders_remove(void);

/** Checked fixture: the folders, empty, as at first. */
void folders_empty(void);

/** A path in there, whole; good until the eighth call after it. */
const char *folders_path(const char *below);

/** What the configuration says of them. */
void folders_config(struct config *config);

void folders_write(const char *below, const void *bytes, size_t size);

/** Are these the bytes of a file? */
bool folders_has(const char *below, const void *bytes, size_t size);

/** How many entries a folder has, those with a dot too. */
int folders_count(const char *below);

/** How many descriptors this process has. */
int folders_descriptors(void);

#endif
