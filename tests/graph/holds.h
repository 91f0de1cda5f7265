/* SPDX-License-Identifier: MIT */
/*
 * holds.h -- assertions for what is looked at millions of times.
 *
 * Check's own write to a pipe each time, met or not.
 */
#ifndef TACTUS_TESTS_HOLDS_H
#define TACTUS_TESTS_HOLDS_H

#include <check.h>

#define HOLDS_MSG(what, ...)     \
  do {                           \
    if (!(what)) {               \
      ck_abort_msg(__VA_ARGS__); \
    }                            \
  } while (0)

#define HOLDS(...)                                             \
  do {                                                         \
    if (!(__VA_ARGS__)) {                                      \
      ck_abort_msg("line %d: not %s", __LINE__, #__VA_ARGS__); \
    }                                                          \
  } while (0)

#endif
