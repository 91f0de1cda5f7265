/* SPDX-License-Identifier: MIT */
/*
 * check_house_threads.c -- what realtime.threads comes to, on machines of any
 * number of CPUs.
 */
#include <check.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "exits.h"
#include "house_threads.h"

/** What is asked for, on a machine, and what it comes to. */
struct one {
	const char *set[3];
	uint32_t usable;
	uint32_t threads; /* 0: it is refused */
	const char *words;
};

static const struct one table[] = {
	{{NULL},						      1,   1,                  NULL				},
	{{NULL},						      4,   1,                  NULL				},
	{{"realtime.threads=4"},				      4,   4,                  NULL                                },
	{{"realtime.threads=5"},				      4,   0,
         "realtime.threads: 5 audio threads, but this process may use 4 "
		"CPUs: set it to at most 4, or \"auto\" (or give more: "
		"CPUAffinity= in the unit, taskset(1))"									    },
	{{"realtime.threads=2"},				      1,   0,                  "may use 1 CPU: set it to at most 1"},
 /* one is left to everything else, where there is one to leave */
	{{"realtime.threads=\"auto\""},                               1,   1,                  NULL                                },
	{{"realtime.threads=\"auto\""},                               2,   1,                  NULL                                },
	{{"realtime.threads=\"auto\""},                               4,   3,                  NULL                                },
	{{"realtime.threads=\"auto\""},                               200, CONFIG_MAX_THREADS, NULL                                },
 /* those that were named count */
	{{"realtime.threads=2", "realtime.cpus=[2, 3]"},              4,   2,                  NULL                                },
	{{"realtime.threads=3", "realtime.cpus=[2, 3]"},              4,   0,
         "realtime.threads: 3 audio threads, but realtime.cpus names 2 "
		"CPUs: name more of them, or set it to at most 2, or "
		"\"auto\""													 },
	{{"realtime.threads=3", "realtime.cpus=[2, 3, 2]"},           4,   0,
         "realtime.cpus names 2 CPUs"											      },
	{{"realtime.threads=\"auto\"", "realtime.cpus=[3]"},          4,   1,                  NULL                                },
	{{"realtime.threads=\"auto\"", "realtime.cpus=[2, 3]"},       4,   2,                  NULL                                },
	{{"realtime.threads=\"auto\"", "realtime.cpus=[0, 1, 2, 3]"}, 4,   3,
         NULL														      },
	{{"realtime.threads=\"auto\"", "realtime.cpus=[0, 1]"},       1,   1,                  NULL                                },
 /* time that is not real can wait for any number */
	{{"realtime.threads=8", "audio.driver=\"offline\""},          2,   8,                  NULL                                },
	{{"realtime.threads=64", "audio.driver=\"offline\"",
		 "realtime.cpus=[1]"},
         2,								64,                 NULL				},
	{{"realtime.threads=\"auto\"", "audio.driver=\"offline\""},   4,   3,                  NULL                                },
	{{"realtime.threads=8", "audio.driver=\"clock\""},            2,   0,                  "at most 2"                         },
	{{"realtime.threads=8", "audio.driver=\"alsa\""},             2,   0,                  "at most 2"                         },
};

START_TEST(threads_are_as_many_as_are_asked_for_and_there_are_cpus)
{
	const struct one *t = &table[_i];
	struct config_errors errors = {0};
	struct config *c = NULL;
	char why[512] = "";
	uint32_t threads = 0;
	uint32_t sets = 0;

	while (sets < 3 && t->set[sets] != NULL) {
		sets++;
	}
	ck_assert_int_eq(
		config_load("/dev/null", t->set, sets, &c, &errors), 0);
	int code = house_threads_count(c, t->usable, &threads, why, sizeof why);
	if (t->threads != 0) {
		ck_assert_msg(code == 0, "%s", why);
		ck_assert_uint_eq(threads, t->threads);
	} else {
		ck_assert_int_eq(code, EXIT_CONFIG);
		ck_assert_msg(strstr(why, t->words) != NULL, "%s", why);
	}
	config_errors_fini(&errors);
	config_close(c);
}
END_TEST

START_TEST(cpus_are_named_once_each_in_their_order)
{
	const char *set[] = {"realtime.cpus=[7, 2, 7, 7, 1023, 2, 0]"};
	static const uint32_t want[] = {7, 2, 1023, 0};
	uint32_t cpu[HOUSE_THREADS_CPUS];
	struct config_errors errors = {0};
	struct config *c = NULL;

	ck_assert_int_eq(config_load("/dev/null", set, 1, &c, &errors), 0);
	ck_assert_uint_eq(house_threads_named(c, cpu), 4);
	ck_assert_mem_eq(cpu, want, sizeof want);
	config_errors_fini(&errors);
	config_close(c);
}
END_TEST

START_TEST(cpus_are_those_that_this_process_may_use)
{
	cpu_set_t before;
	cpu_set_t one;
	size_t first = 0;

	ck_assert_int_eq(sched_getaffinity(0, sizeof before, &before), 0);
	ck_assert_uint_eq(house_threads_cpus(), (uint32_t)CPU_COUNT(&before));
	while (!CPU_ISSET(first, &before)) {
		first++;
	}
	CPU_ZERO(&one);
	CPU_SET(first, &one);
	ck_assert_int_eq(sched_setaffinity(0, sizeof one, &one), 0);
	ck_assert_uint_eq(house_threads_cpus(), 1);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("system/house_threads");
	TCase *tc = tcase_create("house_threads");

	tcase_add_loop_test(tc,
		threads_are_as_many_as_are_asked_for_and_there_are_cpus, 0,
		(int)(sizeof table / sizeof *table));
	tcase_add_test(tc, cpus_are_named_once_each_in_their_order);
	tcase_add_test(tc, cpus_are_those_that_this_process_may_use);
	suite_add_tcase(s, tc);
	SRunner *runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
