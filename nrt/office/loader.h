/* SPDX-License-Identifier: MIT */
/*
 * loader.h -- plugins: found in the configured folders, opened, asked.
 *
 * Loop only, at start.  What does not load is skipped and named in the log
 * with the reason; the engine starts all the same.
 */
#ifndef TACTUS_NRT_LOADER_H
#define TACTUS_NRT_LOADER_H

#include <stdint.h>

#include <tactus/plugin.h>

#include "config.h"
#include "mark.h"

struct classes;
struct defs;
struct host;
struct loader;

/**
 * Load what the configuration names; `loaded` and `skipped` count.
 * @param host behind what plugins are shown; it has to outlive the loader
 * @errors -ENOMEM; a plugin that does not load is no error
 */
TACTUS_NODISCARD int loader_open(
	const struct config *config, struct host *host, struct loader **out);

/** Unload all. @pre no synth, no resource and no job is left */
void loader_close(struct loader *l);

/** The registries that the plugins filled. */
struct defs *loader_defs(struct loader *l);
struct classes *loader_classes(struct loader *l);

/** What plugins are shown on the loop: by parsers and checks. */
const TactusHost *loader_host(const struct loader *l);

uint32_t loader_loaded(const struct loader *l);
uint32_t loader_skipped(const struct loader *l);

#endif
