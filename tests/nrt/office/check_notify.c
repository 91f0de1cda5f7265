/* SPDX-License-Identifier: MIT */
/*
 * check_notify.c -- the datagrams that the service manager gets.
 */
#include <check.h>
#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "notify.h"

static int manager = -1;
static char folder[60];
static char path[100];
static struct notify *n;

/* The manager's socket; a name that begins with '@' is abstract. */
static void
listen_at(const char *name)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
				       strlen(name));

	memcpy(a.sun_path, name, strlen(name));
	if (name[0] == '@') {
		a.sun_path[0] = '\0';
	}
	manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ck_assert_int_ge(manager, 0);
	ck_assert_int_eq(bind(manager, (struct sockaddr *)&a, length), 0);
	setenv("NOTIFY_SOCKET", name, 1);
}

static const char *
heard(void)
{
	static char text[4096];
	ssize_t got = recv(manager, text, sizeof text - 1, MSG_DONTWAIT);

	text[got < 0 ? 0 : got] = '\0';
	return text;
}

static void
setup(void)
{
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
	strcpy(folder, "/tmp/check_notify.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/notify", folder);
	n = NULL;
}

static void
teardown(void)
{
	notify_close(n);
	if (manager >= 0) {
		close(manager);
	}
	unlink(path);
	rmdir(folder);
}

START_TEST(manager_hears_each_state_at_a_path)
{
	listen_at(path);
	ck_assert_int_eq(notify_open(&n), 0);
	ck_assert(notify_is_heard(n));
	notify_ready(n, "%s and\n%d more", "udp://127.0.0.1:57140", 1);
	ck_assert_str_eq(
		heard(), "READY=1\nSTATUS=udp://127.0.0.1:57140 and 1 more");
	notify_status(n, "playing");
	ck_assert_str_eq(heard(), "STATUS=playing");
	notify_watchdog(n);
	ck_assert_str_eq(heard(), "WATCHDOG=1");
	notify_stopping(n);
	ck_assert_str_eq(heard(), "STOPPING=1");
	ck_assert_str_eq(heard(), "");
	ck_assert_uint_eq(notify_unsent(n), 0);
}
END_TEST

START_TEST(manager_hears_at_an_abstract_address)
{
	char name[60];

	snprintf(name, sizeof name, "@check_notify.%d", (int)getpid());
	listen_at(name);
	ck_assert_int_eq(notify_open(&n), 0);
	notify_watchdog(n);
	ck_assert_str_eq(heard(), "WATCHDOG=1");
}
END_TEST

START_TEST(reload_bears_the_monotonic_time)
{
	long long us = 0;

	listen_at(path);
	ck_assert_int_eq(notify_open(&n), 0);
	notify_reloading(n);
	ck_assert_int_eq(
		sscanf(heard(), "RELOADING=1\nMONOTONIC_USEC=%lld", &us), 1);
	ck_assert_int_gt(us, 0);
}
END_TEST

START_TEST(nothing_is_sent_when_no_manager_is_named)
{
	ck_assert_int_eq(notify_open(&n), 0);
	ck_assert(!notify_is_heard(n));
	notify_ready(n, "nobody");
	notify_watchdog(n);
	ck_assert_uint_eq(notify_unsent(n), 0);
	ck_assert_int_eq(notify_watchdog_ns(n), 0);
}
END_TEST

START_TEST(wrong_addresses_are_refused)
{
	char name[200];

	memset(name, 'a', sizeof name);
	name[0] = '/';
	name[sizeof name - 1] = '\0';
	setenv("NOTIFY_SOCKET", name, 1);
	ck_assert_int_eq(notify_open(&n), -EINVAL);
	setenv("NOTIFY_SOCKET", "relative", 1);
	ck_assert_int_eq(notify_open(&n), -EINVAL);
	setenv("NOTIFY_SOCKET", "@", 1);
	ck_assert_int_eq(notify_open(&n), -EINVAL);
	ck_assert_ptr_null(n);
}
END_TEST

START_TEST(manager_that_does_not_read_holds_nobody_up)
{
	listen_at(path);
	ck_assert_int_eq(notify_open(&n), 0);
	for (int i = 0; i < 10000; i++) {
		notify_watchdog(n);
	}
	ck_assert_uint_gt(notify_unsent(n), 0);
}
END_TEST

START_TEST(manager_that_went_away_is_counted)
{
	listen_at(path);
	ck_assert_int_eq(notify_open(&n), 0);
	close(manager);
	manager = -1;
	notify_watchdog(n);
	ck_assert_uint_eq(notify_unsent(n), 1);
}
END_TEST

START_TEST(long_status_is_cut)
{
	char text[5000];

	memset(text, 'x', sizeof text);
	text[sizeof text - 1] = '\0';
	listen_at(path);
	ck_assert_int_eq(notify_open(&n), 0);
	notify_status(n, "%s", text);
	ck_assert_uint_eq(strlen(heard()), 2047);
}
END_TEST

static const struct {
	const char *us;
	const char *pid; /* "own": this process's */
	int64_t ns;
} watchdogs[] = {
	{"10000000",            NULL,  5000000000},
	{"10000000",            "own", 5000000000},
	{"10000000",            "1",   0         },
	{"",		    NULL,  0         },
	{"-5",		  NULL,  0         },
	{"5x",		  NULL,  0         },
	{"9223372036854775807", NULL,  0         },
};

START_TEST(watchdog_is_fed_at_half_its_time)
{
	char own[20];

	snprintf(own, sizeof own, "%d", (int)getpid());
	listen_at(path);
	setenv("WATCHDOG_USEC", watchdogs[_i].us, 1);
	if (watchdogs[_i].pid != NULL) {
		setenv("WATCHDOG_PID",
			strcmp(watchdogs[_i].pid, "own") == 0
				? own
				: watchdogs[_i].pid,
			1);
	}
	ck_assert_int_eq(notify_open(&n), 0);
	ck_assert_int_eq(notify_watchdog_ns(n), watchdogs[_i].ns);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("nrt/notify");
	TCase *tc = tcase_create("notify");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, manager_hears_each_state_at_a_path);
	tcase_add_test(tc, manager_hears_at_an_abstract_address);
	tcase_add_test(tc, reload_bears_the_monotonic_time);
	tcase_add_test(tc, nothing_is_sent_when_no_manager_is_named);
	tcase_add_test(tc, wrong_addresses_are_refused);
	tcase_add_test(tc, manager_that_does_not_read_holds_nobody_up);
	tcase_add_test(tc, manager_that_went_away_is_counted);
	tcase_add_test(tc, long_status_is_cut);
	tcase_add_loop_test(tc, watchdog_is_fed_at_half_its_time, 0,
		(int)(sizeof watchdogs / sizeof watchdogs[0]));
	suite_add_tcase(suite, tc);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
