/* SPDX-License-Identifier: MIT */
/*
 * check_memory.c -- each allocation of the office's small rooms fails in
 * turn: -ENOMEM comes back, nothing leaks (the sanitizers look), nothing is
 * half made.
 */
#include <check.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "notify.h"
#include "ring.h"
#include "scarce.h"
#include "tap.h"

static char file[PATH_MAX];

static void
setup(void)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(file, sizeof file, "%s/check_memory.XXXXXX",
		tmp == NULL ? "/tmp" : tmp);
	int fd = mkstemp(file);
	ck_assert_int_ge(fd, 0);
	close(fd);
}

static void
teardown(void)
{
	(void)scarce_end();
	unlink(file);
}

static void
put(const char *text)
{
	FILE *f = fopen(file, "w");

	ck_assert_ptr_nonnull(f);
	ck_assert_int_ge(fputs(text, f), 0);
	ck_assert_int_eq(fclose(f), 0);
}

static int
load_once(struct config **out)
{
	static const char *const sets[] = {
		"audio.tap=x.wav", "audio.devices=[\"hw:0\", \"b\"]"};
	struct config_errors errors = {.count = 0};
	int error = config_load(file, sets, 2, out, &errors);

	config_errors_fini(&errors);
	return error;
}

START_TEST(config_load_fails_whole_at_each_allocation)
{
	put("audio: { rate = 44100; };"
	    "osc: { listeners = ( { url = \"udp://0.0.0.0:1\";"
	    " role = \"admin\"; }, { url = \"tcp://a:1\";"
	    " allow = [ \"::1\" ]; } ); };"
	    "pools = ( { size = 64; count = 1; } );"
	    "resource_classes = ( { uri = \"u\"; x = 1; } );");
	for (long n = 0;; n++) {
		struct config *c = NULL;

		scarce_begin(n);
		int error = load_once(&c);
		bool failed = scarce_end();
		if (!failed) {
			ck_assert_int_eq(error, 0);
			ck_assert_int_gt(n, 60); /* each setting has one */
			config_close(c);
			return;
		}
		ck_assert_int_eq(error, -ENOMEM);
		ck_assert_ptr_null(c);
	}
}
END_TEST

START_TEST(config_load_of_a_wrong_file_fails_at_each_allocation)
{
	put("audio: { rat = 44100; block = 0; };\nlogg: { };");
	for (long n = 0;; n++) {
		struct config *c = NULL;

		scarce_begin(n);
		int error = load_once(&c);
		bool failed = scarce_end();
		ck_assert_int_eq(error, failed ? -ENOMEM : -EINVAL);
		ck_assert_ptr_null(c);
		if (!failed) {
			return;
		}
	}
}
END_TEST

START_TEST(config_reload_fails_at_each_allocation_and_leaves_the_old)
{
	struct config *c;

	put("audio: { rate = 44100; };");
	ck_assert_int_eq(load_once(&c), 0);
	put("audio: { rate = 48000; devices = [ \"x\" ]; };"
	    "log: { level = \"debug\"; };");
	for (long n = 0;; n++) {
		struct config_errors errors = {.count = 0};
		struct config_changes changes;
		struct config *after = NULL;

		scarce_begin(n);
		int error = config_reload(c, &after, &changes, &errors);
		bool failed = scarce_end();
		config_errors_fini(&errors);
		ck_assert_uint_eq(c->audio.rate, 44100);
		if (!failed) {
			ck_assert_int_eq(error, 0);
			ck_assert_uint_eq(changes.live, 1);
			ck_assert_uint_eq(changes.restart, 1);
			config_close(after);
			break;
		}
		ck_assert_int_eq(error, -ENOMEM);
		ck_assert_ptr_null(after);
	}
	config_close(c);
}
END_TEST

START_TEST(config_default_fails_at_each_allocation)
{
	for (long n = 0;; n++) {
		struct config *c = NULL;

		scarce_begin(n);
		int error = config_default(&c);
		bool failed = scarce_end();
		ck_assert_int_eq(error, failed ? -ENOMEM : 0);
		config_close(c);
		if (!failed) {
			return;
		}
	}
}
END_TEST

START_TEST(tap_open_fails_at_each_allocation)
{
	struct tap_config config = {.path = file, .rate = 48000, .channels = 2};
	char why[200];

	ck_assert_int_eq(ring_open(16, 8, &config.frames), 0);
	for (long n = 0;; n++) {
		struct tap *tap = NULL;

		scarce_begin(n);
		int error = tap_open(&config, &tap, why, sizeof why);
		bool failed = scarce_end();
		ck_assert_int_eq(error, failed ? -ENOMEM : 0);
		tap_close(tap);
		if (!failed) {
			break;
		}
	}
	ring_close(config.frames);
}
END_TEST

START_TEST(notify_open_fails_without_memory)
{
	struct notify *n = NULL;

	scarce_begin(0);
	ck_assert_int_eq(notify_open(&n), -ENOMEM);
	ck_assert_ptr_null(n);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("nrt/memory");
	TCase *tc = tcase_create("memory");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, config_load_fails_whole_at_each_allocation);
	tcase_add_test(
		tc, config_load_of_a_wrong_file_fails_at_each_allocation);
	tcase_add_test(
		tc, config_reload_fails_at_each_allocation_and_leaves_the_old);
	tcase_add_test(tc, config_default_fails_at_each_allocation);
	tcase_add_test(tc, tap_open_fails_at_each_allocation);
	tcase_add_test(tc, notify_open_fails_without_memory);
	suite_add_tcase(suite, tc);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int bad = srunner_ntests_failed(runner);
	srunner_free(runner);
	return bad == 0 ? 0 : 1;
}
