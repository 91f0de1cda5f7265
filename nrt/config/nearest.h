/* SPDX-License-Identifier: MIT */
/*
 * nearest.h -- how far a misspelt name is from the one that was meant.
 *
 * Pure; used for the words of errors only.
 */
#ifndef TACTUS_NRT_NEAREST_H
#define TACTUS_NRT_NEAREST_H

#include <stddef.h>

#define NEAREST_LONGEST 63

/**
 * Count the letters to insert, delete, replace or swap with the next one
 * until `a` is `b`; case, '-' and '_' do not count as differences.
 * @thread any
 * @return NEAREST_LONGEST + 1 when one is longer than NEAREST_LONGEST bytes
 */
size_t nearest_distance(const char *a, const char *b);

#endif
