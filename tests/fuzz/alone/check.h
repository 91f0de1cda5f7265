/* SPDX-License-Identifier: MIT */
/*
 * check.h -- stands in for libcheck's where a fuzzer runs the tests' rooms:
 * there is no runner, so what does not hold ends the process, by abort.
 */
#ifndef TACTUS_TESTS_FUZZ_ALONE_CHECK_H
#define TACTUS_TESTS_FUZZ_ALONE_CHECK_H

#include <stdio.h>
#include <stdlib.h>

/** Suites are never run here. */
typedef struct Suite Suite;
typedef struct SRunner SRunner;
#define CK_ENV            0
#define srunner_create(s) ((void)(s), (SRunner *)NULL)
#define srunner_run_all(r, how) \
  do {                          \
    (void)(r);                  \
    (void)(how);                \
    abort();                    \
  } while (0)
#define srunner_ntests_failed(r) ((void)(r), 1)
#define srunner_free(r)          ((void)(r))

#define ck_abort_msg(...)                                 \
  do {                                                    \
    (void)fprintf(stderr, "%s:%d: ", __FILE__, __LINE__); \
    (void)fprintf(stderr, __VA_ARGS__);                   \
    (void)fprintf(stderr, "\n");                          \
    abort();                                              \
  } while (0)

#define ck_assert_msg(holds, ...) \
  do {                            \
    if (!(holds)) {               \
      ck_abort_msg(__VA_ARGS__);  \
    }                             \
  } while (0)

#define ck_assert(holds)         ck_assert_msg(holds, "%s does not hold", #holds)
#define ck_assert_ptr_nonnull(p) ck_assert((p) != NULL)
#define ck_assert_ptr_null(p)    ck_assert((p) == NULL)
#define ck_assert_int_eq(a, b)   ck_assert((a) == (b))
#define ck_assert_int_ge(a, b)   ck_assert((a) >= (b))
#define ck_assert_int_le(a, b)   ck_assert((a) <= (b))
#define ck_assert_int_lt(a, b)   ck_assert((a) < (b))
#define ck_assert_uint_eq(a, b)  ck_assert((a) == (b))
#define ck_assert_uint_gt(a, b)  ck_assert((a) > (b))
#define ck_assert_uint_lt(a, b)  ck_assert((a) < (b))

#endif
