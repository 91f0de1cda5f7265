/* SPDX-License-Identifier: MIT */
/*
 * suite.h -- run the one test case of a suite; what each main here does.
 */
#ifndef TACTUS_TESTS_SUITE_H
#define TACTUS_TESTS_SUITE_H

#include <stdlib.h>

#include <check.h>

/** Run it, and end the suite. @return what main returns */
static inline int
suite_run(const char *name, TCase *tc)
{
	Suite *s = suite_create(name);

	tcase_set_timeout(tc, 100);
	suite_add_tcase(s, tc);
	SRunner *runner = srunner_create(s);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
