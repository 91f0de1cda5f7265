/* SPDX-License-Identifier: MIT */
/*
 * scarce.c -- see scarce.h.
 */
#include "scarce.h"

#include <stddef.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);

/* of each thread its own: -1 where none is to fail */
static _Thread_local long left = -1;
static _Thread_local bool failed;

void
scarce_begin(long n)
{
	left = n;
	failed = false;
}

bool
scarce_end(void)
{
	left = -1;
	return failed;
}

static bool
fails(void)
{
	if (left < 0 || left-- > 0) {
		return false;
	}
	failed = true;
	return true;
}

void *
__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *
__wrap_calloc(size_t count, size_t size)
{
	return fails() ? NULL : __real_calloc(count, size);
}

void *
__wrap_realloc(void *old, size_t size)
{
	return fails() ? NULL : __real_realloc(old, size);
}
