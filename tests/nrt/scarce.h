/* SPDX-License-Identifier: MIT */
/*
 * scarce.h -- memory that runs out when the test says so.
 *
 * The linker gives us malloc, calloc and realloc (--wrap).  One allocation
 * fails, of the thread that asked for it; those of others have memory.
 */
#ifndef TACTUS_TESTS_NRT_SCARCE_H
#define TACTUS_TESTS_NRT_SCARCE_H

#include <stdbool.h>

/** The `n`-th allocation from here on, counted from 0, will fail. */
void scarce_begin(long n);

/** All that come succeed. @return has one failed? */
bool scarce_end(void);

#endif
