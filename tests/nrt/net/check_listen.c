/* SPDX-License-Identifier: MIT */
/*
 * check_listen.c -- listen.c: doors that open, and words for those that do not.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "doors.h"

static struct doors d, e;

static int
try_open(const char *url)
{
	return doors_open(&d, &url, 1, 8);
}

START_TEST(port_zero_shows_as_what_the_kernel_chose)
{
	const char *urls[] = {
		"udp://127.0.0.1:0", "tcp://127.0.0.1:0", "udp://[::1]:0"};
	uint32_t count = doors_has_ipv6() ? 3 : 2;
	unsigned port = 0;

	doors_init(&d);
	ck_assert_msg(doors_open(&d, urls, count, 8) == 0, "%s", d.why);
	ck_assert_int_eq(
		sscanf(net_url(d.net, 0), "udp://127.0.0.1:%u", &port), 1);
	ck_assert_uint_ne(port, 0);
	ck_assert_int_eq(
		sscanf(net_url(d.net, 1), "tcp://127.0.0.1:%u", &port), 1);
	ck_assert_uint_ne(port, 0);
	if (count == 3) {
		ck_assert_int_eq(
			sscanf(net_url(d.net, 2), "udp://[::1]:%u", &port), 1);
	}
	ck_assert_ptr_null(net_url(d.net, count));
	ck_assert(doors_has_logged("receive buffer"));
	doors_close(&d);
}
END_TEST

START_TEST(port_in_use_is_refused_naming_url_and_mend)
{
	const char *scheme = _i == 0 ? "udp" : "tcp";
	char url[64];

	snprintf(url, sizeof url, "%s://127.0.0.1:0", scheme);
	doors_open_one(&e, url);
	doors_init(&d);
	ck_assert_int_eq(try_open(net_url(e.net, 0)), -EADDRINUSE);
	ck_assert_ptr_null(d.net);
	ck_assert_msg(strstr(d.why, net_url(e.net, 0)) == d.why, "%s", d.why);
	ck_assert_msg(strstr(d.why, "another port") != NULL, "%s", d.why);
	doors_close(&d);
	doors_close(&e);
}
END_TEST

START_TEST(url_that_cannot_be_opened_is_refused_with_words)
{
	static const struct {
		const char *url;
		int error;
		const char *words;
	} table[] = {
		{"nonsense",                        EINVAL,        "begins with udp://"},
		{"udp://\x1b[2J:1",                 EINVAL,        "\\x1b"             },
		{"udp://192.0.2.1:0",               EADDRNOTAVAIL, "no interface"      },
		{"udp://127.0.0.1%nolink0:0",       ENODEV,        "nolink0"           },
		{"unix:///nonexistent/folder/sock", ENOENT,        "folder"            },
	};

	doors_init(&d);
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		ck_assert_int_eq(try_open(table[i].url), -table[i].error);
		ck_assert_msg(
			strstr(d.why, table[i].words) != NULL, "%s", d.why);
	}
	doors_close(&d);
}
END_TEST

START_TEST(allow_list_that_does_not_parse_is_refused_naming_it)
{
	const char *block = "10.0.0.0/40";
	const struct listener_config l = {
		.url = "udp://127.0.0.1:0", .allow = &block, .allowed = 1};
	const struct net_config config = {
		.max_packet = 4096, .listeners = 1, .listener = &l};

	doors_init(&d);
	ck_assert_int_eq(doors_open_config(&d, &config), -EINVAL);
	ck_assert_msg(strstr(d.why, "10.0.0.0/40") != NULL, "%s", d.why);
	doors_close(&d);
}
END_TEST

START_TEST(socket_without_its_folder_is_left_out_aloud_when_nobody_asked)
{
	struct listener_config l[] = {{.url = "udp://127.0.0.1:0"},
		{.url = "unix:///nonexistent/folder/sock"},
		{.url = "tcp://127.0.0.1:0"}};
	struct net_config config = {.max_packet = 4096,
		.listeners = 3,
		.listener = l,
		.without_folders = true};

	doors_init(&d);
	ck_assert_msg(doors_open_config(&d, &config) == 0, "%s", d.why);
	ck_assert(doors_has_logged("mkdir -p /nonexistent/folder"));
	ck_assert_int_eq(strncmp(net_url(d.net, 0), "udp:", 4), 0);
	ck_assert_int_eq(strncmp(net_url(d.net, 1), "tcp:", 4), 0);
	ck_assert_ptr_null(net_url(d.net, 2));
	net_close(d.net);
	d.net = NULL;
	/* whatever else is wrong ends the start as ever */
	l[1].url = "udp://192.0.2.1:0";
	ck_assert_int_eq(doors_open_config(&d, &config), -EADDRNOTAVAIL);
	doors_close(&d);
}
END_TEST

START_TEST(one_listener_that_fails_closes_those_before_it)
{
	char url[128];
	const char *urls[2] = {url, "udp://x"};
	struct stat file;

	doors_init(&d);
	doors_local_url(&d, "unix", "a", url, sizeof url);
	ck_assert_int_eq(doors_open(&d, urls, 2, 8), -EINVAL);
	ck_assert_int_eq(stat(url + strlen("unix://"), &file), -1);
	doors_close(&d);
}
END_TEST

START_TEST(socket_file_has_mode_660_and_goes_at_close)
{
	const char *scheme = _i == 0 ? "unix" : "unixgram";
	char url[128];
	struct stat file;
	mode_t mask = umask(077);

	doors_init(&d);
	doors_local_url(&d, scheme, "s", url, sizeof url);
	const char *path = strstr(url, "//") + 2;
	ck_assert_msg(try_open(url) == 0, "%s", d.why);
	ck_assert_str_eq(net_url(d.net, 0), url);
	ck_assert_int_eq(stat(path, &file), 0);
	ck_assert(S_ISSOCK(file.st_mode));
	ck_assert_uint_eq(file.st_mode & 07777, 0660);
	net_close(d.net);
	d.net = NULL;
	ck_assert_int_eq(stat(path, &file), -1);
	umask(mask);
	doors_close(&d);
}
END_TEST

START_TEST(socket_file_of_another_is_left_alone_at_close)
{
	char url[128];
	struct stat file;

	doors_init(&d);
	doors_local_url(&d, "unix", "s", url, sizeof url);
	const char *path = url + strlen("unix://");
	ck_assert_msg(try_open(url) == 0, "%s", d.why);
	ck_assert_int_eq(unlink(path), 0);
	int fd = open(path, O_CREAT | O_WRONLY, 0600);
	ck_assert_int_ge(fd, 0);
	close(fd);
	net_close(d.net);
	d.net = NULL;
	ck_assert_int_eq(stat(path, &file), 0);
	doors_close(&d);
}
END_TEST

/** Bind a socket file and leave it, as a killed process does. */
static void
leave_stale(const char *path, int type)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, type, 0);

	ck_assert_int_ge(fd, 0);
	snprintf(a.sun_path, sizeof a.sun_path, "%s", path);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&a, sizeof a), 0);
	close(fd);
}

START_TEST(stale_socket_is_replaced)
{
	const char *scheme = _i == 0 ? "unix" : "unixgram";
	char url[128];

	doors_init(&d);
	doors_local_url(&d, scheme, "s", url, sizeof url);
	leave_stale(strstr(url, "//") + 2, _i == 0 ? SOCK_STREAM : SOCK_DGRAM);
	ck_assert_msg(try_open(url) == 0, "%s", d.why);
	ck_assert(doors_has_logged("stale"));
	close(doors_client(url));
	doors_close(&d);
}
END_TEST

START_TEST(live_socket_is_refused_and_goes_on)
{
	const char *scheme = _i == 0 ? "unix" : "unixgram";
	char url[128];

	doors_init(&e);
	doors_local_url(&e, scheme, "s", url, sizeof url);
	const char *urls[] = {url};
	ck_assert_msg(doors_open(&e, urls, 1, 8) == 0, "%s", e.why);
	doors_init(&d);
	ck_assert_int_eq(try_open(url), -EADDRINUSE);
	ck_assert_msg(strstr(d.why, url) == d.why, "%s", d.why);
	ck_assert_msg(strstr(d.why, "live") != NULL, "%s", d.why);
	doors_close(&d);
	close(doors_client(url));
	doors_close(&e);
}
END_TEST

START_TEST(file_that_is_no_socket_is_never_removed)
{
	char url[128];
	struct stat file;

	doors_init(&d);
	doors_local_url(&d, "unix", "precious", url, sizeof url);
	int fd = open(url + strlen("unix://"), O_CREAT | O_WRONLY, 0600);
	ck_assert_int_ge(fd, 0);
	close(fd);
	ck_assert_int_eq(try_open(url), -EEXIST);
	ck_assert_msg(strstr(d.why, "no socket") != NULL, "%s", d.why);
	ck_assert_int_eq(stat(url + strlen("unix://"), &file), 0);
	doors_close(&d);
}
END_TEST

START_TEST(both_wildcards_may_have_one_port)
{
	const char *any = "udp://0.0.0.0:0";
	char v4[64], v6[64];
	unsigned port;

	doors_init(&e);
	ck_assert_msg(doors_open(&e, &any, 1, 8) == 0, "%s", e.why);
	ck_assert_int_eq(
		sscanf(net_url(e.net, 0), "udp://0.0.0.0:%u", &port), 1);
	doors_close(&e);
	snprintf(v4, sizeof v4, "udp://0.0.0.0:%u", port);
	snprintf(v6, sizeof v6, "udp://[::]:%u", port);
	const char *urls[] = {v4, v6};
	doors_init(&d);
	ck_assert_msg(doors_open(&d, urls, 2, 8) == 0, "%s", d.why);
	doors_close(&d);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("nrt/listen");
	TCase *tc = tcase_create("listen");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, port_zero_shows_as_what_the_kernel_chose);
	tcase_add_loop_test(
		tc, port_in_use_is_refused_naming_url_and_mend, 0, 2);
	tcase_add_test(tc, url_that_cannot_be_opened_is_refused_with_words);
	tcase_add_test(tc, allow_list_that_does_not_parse_is_refused_naming_it);
	tcase_add_test(tc,
		socket_without_its_folder_is_left_out_aloud_when_nobody_asked);
	tcase_add_test(tc, one_listener_that_fails_closes_those_before_it);
	tcase_add_loop_test(
		tc, socket_file_has_mode_660_and_goes_at_close, 0, 2);
	tcase_add_test(tc, socket_file_of_another_is_left_alone_at_close);
	tcase_add_loop_test(tc, stale_socket_is_replaced, 0, 2);
	tcase_add_loop_test(tc, live_socket_is_refused_and_goes_on, 0, 2);
	tcase_add_test(tc, file_that_is_no_socket_is_never_removed);
	if (doors_has_ipv6()) {
		tcase_add_test(tc, both_wildcards_may_have_one_port);
	}
	suite_add_tcase(s, tc);
	SRunner *r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
