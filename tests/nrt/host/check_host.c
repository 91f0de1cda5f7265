/* SPDX-License-Identifier: MIT */
/*
 * check_host.c -- the host and its views: what they show of the configuration,
 * and that opening one fails whole.  The linker gives us calloc and strdup.
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"

#define CLASS "urn:test:resource:a:1"

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
char *__real_strdup(const char *s);
char *__wrap_strdup(const char *s);

static long until_failure = -1;
static bool failed;

static bool
fails(void)
{
	if (until_failure < 0 || until_failure-- > 0) {
		return false;
	}
	failed = true;
	return true;
}

void *
__wrap_calloc(size_t count, size_t size)
{
	return fails() ? NULL : __real_calloc(count, size);
}

char *
__wrap_strdup(const char *s)
{
	return fails() ? NULL : __real_strdup(s);
}

static struct config *config;
static struct host *h;
static struct host_view v;
static const TactusHost *host;

static void
read_config(struct config **out, const char *limit)
{
	const char *const sets[] = {limit, "audio.block=32",
		"resource_classes=( { uri = \"" CLASS "\";"
		" max_bytes = 8192; depth = 3; kind = \"soft\"; },"
		" { uri = \"b\"; } )"};
	struct config_errors errors = {.count = 0};

	ck_assert_int_eq(config_load(NULL, sets, 3, out, &errors), 0);
	config_errors_fini(&errors);
}

static void
setup(void)
{
	read_config(&config, "limits.max_resource_bytes=65536");
	ck_assert_int_eq(host_open(&(struct host_config){.config = config,
					   .rate = 44100},
				 &h),
		0);
	host_view_init(&v, h);
	host = &v.host;
}

static void
teardown(void)
{
	until_failure = -1;
	host_close(h);
	config_close(config);
}

START_TEST(view_shows_the_engine_when_it_is_made)
{
	ck_assert_uint_eq(host->size, sizeof *host);
	ck_assert_uint_eq(host->abi, TACTUS_ABI_VERSION);
	ck_assert_double_eq(host->rate, 44100);
	ck_assert_uint_eq(host->block, 32);
	ck_assert_ptr_eq(host_view_of(host), &v);
	ck_assert_ptr_eq(v.of, h);
	ck_assert_uint_eq(host_bytes(h), 0);
}
END_TEST

START_TEST(view_registers_nothing)
{
	ck_assert_int_eq(host->register_synthdef(host, NULL), -1);
	ck_assert_int_eq(host->register_resource_def(host, NULL), -1);
	ck_assert_int_eq(host->register_job_def(host, NULL), -1);
}
END_TEST

START_TEST(options_of_a_class_are_told_as_they_were_written)
{
	ck_assert_str_eq(host->class_option(host, CLASS, "depth"), "3");
	ck_assert_str_eq(host->class_option(host, CLASS, "kind"), "soft");
	ck_assert_ptr_null(host->class_option(host, CLASS, "max_bytes"));
	ck_assert_ptr_null(host->class_option(host, CLASS, "none"));
	ck_assert_ptr_null(host->class_option(host, "b", "depth"));
	ck_assert_ptr_null(host->class_option(host, "c", "depth"));
	ck_assert_ptr_null(host->class_option(host, NULL, "depth"));
}
END_TEST

START_TEST(options_outlive_the_configuration_that_they_came_from)
{
	struct config *next = NULL;

	read_config(&next, "limits.max_resource_bytes=4096");
	host_configure(h, next);
	config_close(config);
	config = next;
	ck_assert_str_eq(host->class_option(host, CLASS, "kind"), "soft");
}
END_TEST

START_TEST(limits_are_the_class_s_own_or_those_of_all)
{
	ck_assert_uint_eq(host->limit(host, CLASS), 8192);
	ck_assert_uint_eq(host->limit(host, "b"), 65536);
	ck_assert_uint_eq(host->limit(host, "unknown"), 65536);
	ck_assert_uint_eq(host->limit(host, NULL), 65536);
}
END_TEST

START_TEST(limits_follow_a_reload)
{
	struct config *next = NULL;

	read_config(&next, "limits.max_resource_bytes=4096");
	host_configure(h, next);
	ck_assert_uint_eq(host->limit(host, "b"), 4096);
	ck_assert_uint_eq(host->limit(host, CLASS), 8192);
	config_close(next);
	next = NULL;
	read_config(&next, "limits.max_total_resource_bytes=5000");
	host_configure(h, next);
	ck_assert_uint_eq(host->limit(host, CLASS), 5000);
	ck_assert_uint_eq(host->limit(host, "b"), 5000);
	config_close(next);
}
END_TEST

static char told[1200];
static enum log_level told_level;

static void
on_line(void *user, enum log_level level, const char *line)
{
	(void)user;
	told_level = level;
	strncpy(told, line, sizeof told - 1);
}

START_TEST(log_names_who_is_at_work)
{
	log_set_sink(on_line, NULL);
	host_view_begin(&v, "rain", NULL);
	host->log(host, TACTUS_LOG_WARNING, "two\nlines");
	ck_assert_str_eq(told, "rain: two\\nlines");
	ck_assert_int_eq(told_level, LOG_LEVEL_WARN);
	host_view_begin(&v, NULL, NULL);
	host->log(host, TACTUS_LOG_ERROR, "nobody");
	ck_assert_str_eq(told, "plugin: nobody");
	ck_assert_int_eq(told_level, LOG_LEVEL_ERR);
	log_set_sink(NULL, NULL);
}
END_TEST

START_TEST(host_opens_whole_or_not_at_all)
{
	bool none = true;

	for (long n = 0; none; n++) {
		struct host *other = NULL;

		failed = false;
		until_failure = n;
		int err = host_open(
			&(struct host_config){.config = config, .rate = 1},
			&other);
		until_failure = -1;
		none = failed;
		if (failed) {
			ck_assert_int_eq(err, -ENOMEM);
			ck_assert_ptr_null(other);
		} else {
			ck_assert_int_eq(err, 0);
			ck_assert_int_ge(n, 10);
			host_close(other);
		}
	}
	host_close(NULL);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("nrt/host");
	TCase *tc = tcase_create("host");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, tc);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, view_shows_the_engine_when_it_is_made);
	tcase_add_test(tc, view_registers_nothing);
	tcase_add_test(tc, options_of_a_class_are_told_as_they_were_written);
	tcase_add_test(
		tc, options_outlive_the_configuration_that_they_came_from);
	tcase_add_test(tc, limits_are_the_class_s_own_or_those_of_all);
	tcase_add_test(tc, limits_follow_a_reload);
	tcase_add_test(tc, log_names_who_is_at_work);
	tcase_add_test(tc, host_opens_whole_or_not_at_all);
	srunner_run_all(r, CK_ENV);
	int bad = srunner_ntests_failed(r);
	srunner_free(r);
	return bad == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
