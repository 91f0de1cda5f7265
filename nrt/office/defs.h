/* SPDX-License-Identifier: MIT */
/*
 * defs.h -- the registry of synth definitions, and the specs made of them.
 *
 * Loop only.  A def is checked once, when it is registered, so that rt can
 * trust its ports.  A spec is what one synth is made from; it comes back with
 * the synth's end.
 */
#ifndef TACTUS_NRT_DEFS_H
#define TACTUS_NRT_DEFS_H

#include <stddef.h>
#include <stdint.h>

#include <tactus/plugin.h>

#include "mark.h"
#include "shape.h"

struct defs;

#define DEFS_WHY_SIZE 256

/** Make an empty registry. `host` is what defs are shown. @errors -ENOMEM */
TACTUS_NODISCARD int defs_open(const TactusHost *host, struct defs **out);

/** Forget all; NULL is accepted. @pre no spec is out any more */
void defs_close(struct defs *d);

/**
 * Check a def and take it in.
 * @errors -EINVAL with what is wrong with it in `why`; -EEXIST its URI is
 *         taken; -ENOMEM
 */
TACTUS_NODISCARD int defs_add(
	struct defs *d, const TactusSynthDef *def, char *why, size_t size);

/**
 * Find a def by its URI or, where that is not ambiguous, by its last part.
 * @errors NULL, with 404 or 422 in `*code` and words in `why`
 */
const TactusSynthDef *defs_find(
	struct defs *d, const char *name, int *code, char *why, size_t size);

/** How many there are. */
uint32_t defs_count(const struct defs *d);

/** Forget all that came after the first `count`. @pre none was used */
void defs_forget(struct defs *d, uint32_t count);

/** Def `i` in the order of registration; NULL behind the last. */
const TactusSynthDef *defs_at(const struct defs *d, uint32_t i);

/** Its ports with default options; owned by the registry. */
const struct shape *defs_shape(struct defs *d, const TactusSynthDef *def);

/**
 * Make a spec: the def's ports with these options, all controls at their
 * defaults.
 * @errors NULL, with 422 or 503 in `*code` and words in `why`
 * @owns the caller does, until rt takes it: defs_free_spec
 */
struct synth_spec *defs_new_spec(struct defs *d, const TactusSynthDef *def,
	const TactusOption *options, uint32_t count, int *code, char *why,
	size_t size);

void defs_free_spec(struct defs *d, struct synth_spec *spec);

/** The index of a port by name; -1: none. */
int32_t defs_port(const struct shape *s, const char *name);

#endif
