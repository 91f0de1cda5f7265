/* SPDX-License-Identifier: MIT */
/*
 * classes.h -- the registry of resource definitions and job definitions.
 *
 * Loop only.  Filled while plugins are loaded, then only read.  A class that
 * resource_classes switches off is known, so that it can be said, but not to
 * be had.
 */
#ifndef TACTUS_NRT_CLASSES_H
#define TACTUS_NRT_CLASSES_H

#include <stddef.h>
#include <stdint.h>

#include <tactus/plugin.h>

#include "config.h"
#include "mark.h"

struct classes;

/** @errors -ENOMEM */
TACTUS_NODISCARD int classes_open(
	const struct config_classes *config, struct classes **out);

/** NULL is accepted. @pre no resource and no job is left */
void classes_close(struct classes *c);

/**
 * Check a def and take it in (a copy: an older plugin's may be shorter).
 * @errors -EINVAL with what is wrong with it in `why`; -EEXIST its URI is
 *         taken; -ENOMEM
 */
TACTUS_NODISCARD int classes_add_resource(struct classes *c,
	const TactusResourceDef *def, char *why, size_t size);
TACTUS_NODISCARD int classes_add_job(
	struct classes *c, const TactusJobDef *def, char *why, size_t size);

/**
 * Find one by its URI or, where that is not ambiguous, by its last part.
 * @errors NULL, with 404 or 422 in `*code` and words in `why`
 */
const TactusResourceDef *classes_find_resource(
	struct classes *c, const char *name, int *code, char *why, size_t size);
const TactusJobDef *classes_find_job(
	struct classes *c, const char *name, int *code, char *why, size_t size);

/** In the order of registration; NULL behind the last. */
const TactusResourceDef *classes_resource(const struct classes *c, uint32_t i);
const TactusJobDef *classes_job(const struct classes *c, uint32_t i);

/** How many there are of both kinds together. */
uint32_t classes_count(const struct classes *c);

/** How many there are of each, to be forgotten again. */
struct classes_mark {
	uint32_t resources;
	uint32_t jobs;
};
struct classes_mark classes_mark(const struct classes *c);

/** Forget all that came behind the mark. @pre none was used */
void classes_forget(struct classes *c, struct classes_mark mark);

#endif
