/* SPDX-License-Identifier: MIT */
/*
 * idle.h -- what a class and a job must have, and which does nothing.
 */
#ifndef TACTUS_TESTS_NRT_IDLE_H
#define TACTUS_TESTS_NRT_IDLE_H

#include <stddef.h>

#include <tactus/plugin.h>

static inline void *
idle_construct(const TactusHost *host, const TactusValue *values,
	uint32_t count, TactusJob *job, char *reason, size_t size)
{
	(void)host;
	(void)values;
	(void)count;
	(void)job;
	(void)reason;
	(void)size;
	return NULL;
}

static inline void
idle_destroy(const TactusHost *host, void *resource)
{
	(void)host;
	(void)resource;
}

static inline int
idle_perform(const TactusHost *host, void *const *resources,
	uint32_t resource_count, const TactusValue *values, uint32_t count,
	TactusJob *job, char *reason, size_t size)
{
	(void)host;
	(void)resources;
	(void)resource_count;
	(void)values;
	(void)count;
	(void)job;
	(void)reason;
	(void)size;
	return 0;
}

#endif
