/* SPDX-License-Identifier: MIT */
/*
 * check_osc_liblo.c -- liblo's tools read what we write, and the other way.
 *
 * Needs oscsend and oscdump (package liblo-tools); without them it says so
 * and is skipped.
 */
#include <arpa/inet.h>
#include <check.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "osc_read.h"
#include "osc_write.h"

#define DEADLINE_MS 20000
#define SKIPPED     77

/** A UDP socket on loopback; `*port` is what the kernel chose. */
static int
open_socket(uint16_t *port)
{
	struct sockaddr_in a = {.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof a;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&a, sizeof a), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&a, &size), 0);
	*port = ntohs(a.sin_port);
	return fd;
}

START_TEST(reader_takes_what_oscsend_writes)
{
	static uint8_t ours[512], theirs[512];
	uint16_t port;
	int fd = open_socket(&port);
	char command[512];
	struct osc_out o;

	/* T, F, N and I are tags without arguments on that command line */
	snprintf(command, sizeof command,
		"oscsend osc.udp://127.0.0.1:%u /synth/new siihfdTFNI sine 7 "
		"-3 9000000000 0.5 0.1",
		port);
	ck_assert_int_eq(system(command), 0);
	struct pollfd p = {.fd = fd, .events = POLLIN};
	ck_assert_int_eq(poll(&p, 1, DEADLINE_MS), 1);
	ssize_t got = recv(fd, theirs, sizeof theirs, 0);
	ck_assert_int_gt(got, 0);
	close(fd);
	ck_assert_ptr_null(osc_check(theirs, (size_t)got));

	osc_begin(&o, ours, sizeof ours, "/synth/new");
	osc_put_string(&o, "sine");
	osc_put_int(&o, 7);
	osc_put_int(&o, -3);
	osc_put_int64(&o, 9000000000);
	osc_put_float(&o, 0.5F);
	osc_put_double(&o, 0.1);
	osc_put_bool(&o, true);
	osc_put_bool(&o, false);
	osc_put_nil(&o);
	osc_put_impulse(&o);
	ck_assert_uint_eq(osc_end(&o), (size_t)got);
	ck_assert_mem_eq(ours, theirs, (size_t)got);
}
END_TEST

/** Start oscdump on a port; its lines come out of `*lines`. */
static pid_t
start_oscdump(uint16_t port, FILE **lines)
{
	char text[8];
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	snprintf(text, sizeof text, "%u", port);
	pid_t pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		dup2(ends[1], STDOUT_FILENO);
		close(ends[0]);
		close(ends[1]);
		execlp("oscdump", "oscdump", "-L", text, (char *)NULL);
		_exit(127);
	}
	close(ends[1]);
	*lines = fdopen(ends[0], "r");
	ck_assert_ptr_nonnull(*lines);
	return pid;
}

/** Send until oscdump, which may still be starting, shows a line. */
static bool
send_until_shown(
	int fd, uint16_t port, const void *data, size_t size, int shown)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct pollfd p = {.fd = shown, .events = POLLIN};

	for (int left = DEADLINE_MS; left > 0; left -= 20) {
		sendto(fd, data, size, 0, (struct sockaddr *)&to, sizeof to);
		if (poll(&p, 1, 20) == 1) {
			return true;
		}
	}
	return false;
}

static size_t
write_message(uint8_t *out, size_t room)
{
	struct osc_out o;

	osc_begin(&o, out, room, "/synth/new");
	osc_put_string(&o, "sine");
	osc_put_int(&o, -7);
	osc_put_int64(&o, 9000000000);
	osc_put_float(&o, 0.5F);
	osc_put_double(&o, 0.25);
	osc_put_bool(&o, true);
	osc_put_bool(&o, false);
	osc_put_nil(&o);
	osc_put_impulse(&o);
	osc_put_string(&o, "end");
	return osc_end(&o);
}

START_TEST(oscdump_shows_what_we_write_alone_and_in_nested_bundles)
{
	static uint8_t message[256], inner[512], outer[1024];
	char line[512] = "";
	uint16_t port, ours;
	FILE *lines;
	/* a port that was free a moment ago */
	int fd = open_socket(&port);
	close(fd);
	fd = open_socket(&ours);
	pid_t pid = start_oscdump(port, &lines);
	size_t size = write_message(message, sizeof message);
	size_t in = 0, out = 0;
	const void *what = message;

	ck_assert_uint_gt(size, 0);
	if (_i == 1) {
		ck_assert(osc_bundle_begin(inner, sizeof inner, &in, OSC_NOW));
		ck_assert(osc_bundle_add(
			inner, sizeof inner, &in, message, size));
		ck_assert(osc_bundle_begin(outer, sizeof outer, &out, OSC_NOW));
		ck_assert(osc_bundle_add(outer, sizeof outer, &out, inner, in));
		what = outer;
		size = out;
	}
	bool shown = send_until_shown(fd, port, what, size, fileno(lines));
	char *got = shown ? fgets(line, sizeof line, lines) : NULL;
	kill(pid, SIGTERM);
	waitpid(pid, NULL, 0);
	fclose(lines);
	close(fd);
	ck_assert_ptr_nonnull(got);
	/* a time, then "/synth/new sihfdTFNIs "sine" -7 9000000000 …" */
	ck_assert_msg(strstr(line, "/synth/new sihfdTFNIs \"sine\" -7 "
				   "9000000000 0.5") != NULL,
		"%s", line);
	ck_assert_msg(strstr(line, "0.25") != NULL, "%s", line);
	ck_assert_msg(strstr(line, "\"end\"") != NULL, "%s", line);
}
END_TEST

int
main(void)
{
	if (system("command -v oscsend >/dev/null && "
		   "command -v oscdump >/dev/null") != 0) {
		printf("SKIPPED: oscsend and oscdump are missing; install "
		       "liblo-tools\n");
		return SKIPPED;
	}
	Suite *s = suite_create("nrt/osc_liblo");
	TCase *tc = tcase_create("osc_liblo");
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, reader_takes_what_oscsend_writes);
	tcase_add_loop_test(tc,
		oscdump_shows_what_we_write_alone_and_in_nested_bundles, 0, 2);
	suite_add_tcase(s, tc);
	SRunner *r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
