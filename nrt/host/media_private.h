/* SPDX-License-Identifier: MIT */
/*
 * media_private.h -- what media.c and media_draft.c know of each other.
 */
#ifndef TACTUS_NRT_MEDIA_PRIVATE_H
#define TACTUS_NRT_MEDIA_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "media.h"

/** Room for a name as it is shown in a reason. */
#define MEDIA_SHOWN 200

/** One set of settings; never changed, counted under the media's lock. */
struct media_rules {
	uint32_t users;
	uint32_t folders; /* of `folder`; the last one is media.record */
	uint64_t most_bytes;
	char *folder[];
};

/** Take hold of the settings of now, and let go of them. */
struct media_rules *media_hold(struct media *m);
void media_release(struct media *m, struct media_rules *rules);

/** A name as it may be shown, the end cut off when it is long. */
void media_show(char shown[MEDIA_SHOWN], const char *name);

/**
 * Is it a name at all?
 * @errors -EINVAL, -ENAMETOOLONG, with a reason
 */
int media_judge(const char *name, char *reason, size_t size);

/**
 * What a name is called below a folder.
 * @return NULL: it is a whole path, and not within it
 */
const char *media_within(const char *folder, const char *name);

/** Open a folder of the settings. @errors those of open */
int media_folder(const char *folder);

/** Why `name` could not be opened below `folder`, in words.
 * @return `error` */
int media_explain(const char *name, const char *setting, const char *folder,
	int error, char *reason, size_t size);

#endif
