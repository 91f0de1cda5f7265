/* SPDX-License-Identifier: MIT */
/*
 * check_life.c -- how the daemon starts and ends: exit codes, rights, floods.
 */
#include <config.h>

#include <check.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client.h"
#include "daemon.h"

static struct daemon d;
static struct client c;

/** It ends at once, with this code and these words. */
static void
fails(const struct daemon_want *want, int code, const char *words)
{
	int got = daemon_fail(&d, want);

	ck_assert_msg(got == code, "exit code %d, not %d:\n%s", got, code,
		daemon_log(&d));
	ck_assert_msg(strstr(daemon_log(&d), words) != NULL,
		"\"%s\" is not in:\n%s", words, d.log);
}

START_TEST(sigterm_and_sigint_are_a_clean_end)
{
	static const int signals[] = {SIGTERM, SIGINT};
	static const char *const drivers[] = {"offline", "clock"};
	char text[2048];

	for (int i = 0; i < 4; i++) {
		daemon_start(
			&d, &(struct daemon_want){.driver = drivers[i / 2]});
		ck_assert_int_eq(kill(d.pid, signals[i % 2]), 0);
		daemon_told(&d, text, sizeof text);
		ck_assert_str_eq(text, "STOPPING=1");
		ck_assert_int_eq(daemon_wait(&d), 0);
		ck_assert_ptr_nonnull(strstr(daemon_log(&d), "ended"));
	}
}
END_TEST

START_TEST(quit_tells_the_service_manager_too)
{
	char text[2048];

	client_start(&c, &d, &(struct daemon_want){.driver = "clock"});
	client_say(&c, "/quit");
	client_expect(&c, "/quit.reply");
	client_say(&c, "/quit"); /* twice is once */
	daemon_told(&d, text, sizeof text);
	ck_assert_str_eq(text, "STOPPING=1");
	ck_assert_int_eq(daemon_wait(&d), 0);
}
END_TEST

START_TEST(usage_errors_are_64)
{
	fails(&(struct daemon_want){.options = {"--nonsense"}}, 64,
		"--nonsense");
	fails(&(struct daemon_want){.options = {"--set"}}, 64, "--set");
	fails(&(struct daemon_want){.options = {"extra"}}, 64, "\"extra\"");
}
END_TEST

START_TEST(a_missing_file_is_66)
{
	fails(&(struct daemon_want){.options = {"--config=/no/such/file"}}, 66,
		"/no/such/file");
}
END_TEST

START_TEST(a_port_that_is_taken_is_69_and_named)
{
	static struct daemon second;
	char listener[256];

	daemon_start(&d, &(struct daemon_want){0});
	snprintf(listener, sizeof listener,
		"({ url = \"%s\"; role = \"admin\"; })", d.url[0]);
	int code = daemon_fail(
		&second, &(struct daemon_want){.listeners = listener});
	ck_assert_int_eq(code, 69);
	ck_assert_msg(strstr(daemon_log(&second), d.url[0]) != NULL, "%s",
		second.log);
	client_open(&c, d.url[0]); /* the first is not disturbed */
	client_silent(&c);
	ck_assert_int_eq(daemon_stop(&d), 0);
}
END_TEST

START_TEST(a_socket_that_lives_is_69_and_a_stale_one_is_replaced)
{
	static struct daemon second;
	char listener[256];

	daemon_start(&d, &(struct daemon_want){0});
	snprintf(listener, sizeof listener,
		"({ url = \"unix://%s/osc.sock\"; role = \"admin\"; })",
		d.folder);
	daemon_start(&second, &(struct daemon_want){.listeners = listener});
	static struct daemon third;
	int code = daemon_fail(
		&third, &(struct daemon_want){.listeners = listener});
	ck_assert_int_eq(code, 69);
	ck_assert_ptr_nonnull(strstr(daemon_log(&third), "osc.sock"));
	/* killed, it leaves its socket behind */
	ck_assert_int_eq(kill(second.pid, SIGKILL), 0);
	ck_assert_int_eq(daemon_wait(&second), -SIGKILL);
	daemon_start(&third, &(struct daemon_want){.listeners = listener});
	client_open(&c, third.url[0]);
	client_silent(&c);
	ck_assert_int_eq(daemon_stop(&third), 0);
	ck_assert_int_eq(daemon_stop(&d), 0);
}
END_TEST

START_TEST(a_required_device_that_is_absent_is_69)
{
	fails(
		&(struct daemon_want){
			.driver = "alsa",
			.sets = {"audio.devices=[\"hw:CARD=nosuchcard\"]",
				 "audio.require_device=true"}
        },
		69, "nosuchcard");
}
END_TEST

START_TEST(a_device_that_is_absent_is_waited_for)
{
	client_start(&c, &d,
		&(struct daemon_want){.driver = "alsa",
			.sets = {"audio.devices="
				 "[\"hw:CARD=nosuchcard\"]"}});
	client_silent(&c); /* the engine runs */
	client_say(&c, "/status");
	client_expect_start(&c, "/status.reply");
	ck_assert_str_eq(client_string(&c, 10), "clock");
	ck_assert_str_eq(client_string(&c, 11), "device-lost");
	daemon_await_log(&d, "nosuchcard");
	ck_assert_int_eq(daemon_stop(&d), 0);
}
END_TEST

START_TEST(a_tap_that_cannot_be_written_is_an_error_at_start)
{
	fails(&(struct daemon_want){.sets = {"audio.tap=/no/such/tap.wav"}}, 73,
		"/no/such/tap.wav");
}
END_TEST

START_TEST(wrong_configurations_are_78_with_file_and_line)
{
	fails(&(struct daemon_want){.config = "audio: {\n  rat = 48000;\n};"},
		78, "tactus.conf:2: audio.rat: unknown setting");
	fails(&(struct daemon_want){.config = "audio: {\n\n block = 0; };"}, 78,
		"tactus.conf:3: audio.block");
	fails(&(struct daemon_want){.config = "audio: {"}, 78, "tactus.conf:");
	fails(&(struct daemon_want){.sets = {"audio.block=100000"}}, 78,
		"--set audio.block");
	fails(&(struct daemon_want){.sets = {"audio.driver=disco"}}, 78,
		"disco");
	fails(&(struct daemon_want){.listeners = "({ url = \"ftp://x\"; })"},
		78, "ftp://x");
}
END_TEST

START_TEST(more_audio_threads_than_cpus_are_78_where_time_is_real)
{
	static const char *const said =
		"realtime.threads: 2 audio threads, but realtime.cpus names 1 "
		"CPU: ";

	fails(
		&(struct daemon_want){
			.driver = "clock",
			.sets = {"realtime.threads=2", "realtime.cpus=[0]"}
        },
		78, said);
	fails(
		&(struct daemon_want){
			.driver = "alsa",
			.sets = {"realtime.threads=2", "realtime.cpus=[0, 0]"}
        },
		78, said);
	/* who only checks is told the same */
	fails(
		&(struct daemon_want){
			.driver = "clock",
			.options = {"-C"                },
			.sets = { "realtime.threads=2", "realtime.cpus=[0]"}
        },
		78, said);
	/* offline the result is the same with any number */
	daemon_start(&d,
		&(struct daemon_want){
			.sets = {"realtime.threads=2", "realtime.cpus=[0]"}
        });
	ck_assert_int_eq(daemon_stop(&d), 0);
}
END_TEST

START_TEST(a_reload_takes_nothing_with_which_no_restart_would_be)
{
	char path[160];

	if (sysconf(_SC_NPROCESSORS_ONLN) < 2) {
		printf("one CPU, one audio thread: not tried\n");
		return;
	}
	daemon_start(&d, &(struct daemon_want){.driver = "clock",
				 .sets = {"realtime.threads=2"}});
	client_open(&c, d.url[0]);
	snprintf(path, sizeof path, "%s/tactus.conf", d.folder);
	FILE *f = fopen(path, "we");
	ck_assert_ptr_nonnull(f);
	fputs("log: { level = \"err\"; }; realtime: { cpus = [0]; };\n", f);
	ck_assert_int_eq(fclose(f), 0);
	client_refused(&c, "/config/reload", 422, NO_FIRST,
		"nothing was changed: --set: realtime.threads: 2 audio "
		"threads, but realtime.cpus names 1 CPU");
	/* the level of the log neither */
	client_say(&c, "/dump 1");
	client_say(&c, "/group/new 1 0 0");
	daemon_await_log(&d, "/group/new 1 0 0");
	client_close(&c);
	ck_assert_int_eq(daemon_stop(&d), 0);
}
END_TEST

START_TEST(what_may_not_be_read_or_bound_is_77)
{
	char path[160];
	char option[200];

	/* the folder of one that has ended serves */
	ck_assert_int_eq(
		daemon_fail(&d, &(struct daemon_want){.options = {"-V"}}), 0);
	snprintf(path, sizeof path, "%s/closed.conf", d.folder);
	snprintf(option, sizeof option, "--config=%s", path);
	FILE *f = fopen(path, "we");
	ck_assert_ptr_nonnull(f);
	fclose(f);
	ck_assert_int_eq(chmod(path, 0), 0);
	fails(&(struct daemon_want){.options = {option}, .no_rights = true}, 77,
		"closed.conf");
	f = fopen("/proc/sys/net/ipv4/ip_unprivileged_port_start", "re");
	int anybodys = 1024;
	if (f != NULL) {
		(void)!fscanf(f, "%d", &anybodys);
		fclose(f);
	}
	if (anybodys <= 7) {
		printf("here anybody may bind any port: not tried\n");
		return;
	}
	fails(&(struct daemon_want){.no_rights = true,
		      .listeners = "({ url = \"udp://127.0.0.1:7\"; "
				   "role = \"admin\"; })"},
		77, "udp://127.0.0.1:7");
}
END_TEST

START_TEST(what_the_command_line_asks_for_is_printed)
{
	ck_assert_int_eq(
		daemon_fail(&d, &(struct daemon_want){.options = {"-V"}}), 0);
	ck_assert_ptr_nonnull(
		strstr(daemon_log(&d), "tactusd " PACKAGE_VERSION));
	ck_assert_int_eq(
		daemon_fail(&d, &(struct daemon_want){.options = {"-h"}}), 0);
	ck_assert_ptr_nonnull(strstr(daemon_log(&d), "usage: tactusd"));
	ck_assert_int_eq(
		daemon_fail(&d, &(struct daemon_want){.options = {"-C"}}), 0);
	ck_assert_int_eq(
		daemon_fail(&d, &(struct daemon_want){.options = {"-X"}}), 0);
	ck_assert_ptr_nonnull(
		strstr(daemon_log(&d), "audio.driver = \"offline\"  # --set"));
	ck_assert_ptr_nonnull(strstr(d.log, "audio.rate = 48000  # default"));
}
END_TEST

START_TEST(rights_that_are_refused_are_said_shown_and_borne)
{
	if (DAEMON_SANITIZED) {
		printf("sanitizers take no rights: not tried\n");
		return;
	}
	client_start(&c, &d,
		&(struct daemon_want){.driver = "clock",
			.realtime = true,
			.no_rights = true});
	client_silent(&c);
	client_say(&c, "/status");
	client_expect_start(&c, "/status.reply");
	ck_assert_str_eq(client_string(&c, 11), "degraded");
	ck_assert_double_eq(client_stat(&c, "rt_fifo"), 0.0);
	ck_assert_double_eq(client_stat(&c, "rt_locked"), 0.0);
	ck_assert_ptr_nonnull(strstr(d.state, "no real time"));
	daemon_log(&d);
	ck_assert_ptr_nonnull(strstr(d.log, "SCHED_FIFO"));
	ck_assert_ptr_nonnull(strstr(d.log, "LimitRTPRIO="));
	ck_assert_ptr_nonnull(strstr(d.log, "memory cannot be locked"));
	ck_assert_ptr_nonnull(strstr(d.log, "LimitMEMLOCK=infinity"));
	/* it plays all the same */
	double blocks = client_stat(&c, "blocks");
	while (client_stat(&c, "blocks") < blocks + 10.0) {
	}
	ck_assert_int_eq(daemon_stop(&d), 0);
}
END_TEST

START_TEST(rights_that_are_required_and_refused_are_71)
{
	if (DAEMON_SANITIZED) {
		printf("sanitizers take no rights: not tried\n");
		return;
	}
	fails(&(struct daemon_want){.driver = "clock",
		      .realtime = true,
		      .no_rights = true,
		      .sets = {"realtime.required=true"}},
		71, "memory cannot be locked");
	fails(
		&(struct daemon_want){
			.driver = "clock",
			.realtime = true,
			.no_rights = true,
			.sets = {"realtime.required=true",
				 "realtime.lock_memory=false"}
        },
		71, "SCHED_FIFO");
}
END_TEST

START_TEST(rights_that_are_not_wanted_are_no_lack)
{
	client_start(&c, &d,
		&(struct daemon_want){
			.driver = "clock",
			.realtime = true,
			.no_rights = true,
			.sets = {"realtime.enable=false",
				 "realtime.lock_memory=false"}
        });
	client_silent(&c);
	client_say(&c, "/status");
	client_expect_start(&c, "/status.reply");
	ck_assert_str_eq(client_string(&c, 11), "running");
	ck_assert_int_eq(daemon_stop(&d), 0);
}
END_TEST

START_TEST(the_watchdog_is_fed_by_the_audio_thread)
{
	char text[2048];

	daemon_start(&d, &(struct daemon_want){
				 .driver = "clock", .watchdog_us = 100000});
	for (int i = 0; i < 3; i++) {
		daemon_told(&d, text, sizeof text);
		ck_assert_str_eq(text, "WATCHDOG=1");
	}
	ck_assert_int_eq(daemon_stop(&d), 0);
}
END_TEST

/** Make it play: a hundred synths that sound. */
static void
play(void)
{
	for (int i = 1; i <= 100; i++) {
		client_say(&c, "/synth/new sine %d 0 1 [ freq %d amp 0.001 ]",
			i, 100 + i);
		client_say(&c, "/synth/map/output %d out 0 1", i);
		client_say(&c, "/synth/activate %d", i);
	}
	client_silent(&c);
}

/** Send without end, in a process of its own, which says when it is under
 * way. */
static pid_t
flood(const char *url, const char *const *what)
{
	static struct packet packets[8];
	int under_way[2];
	char byte = 0;
	pid_t parent = getpid();

	ck_assert_int_eq(pipe(under_way), 0);
	pid_t pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid != 0) {
		close(under_way[1]);
		ck_assert_int_eq(read(under_way[0], &byte, 1), 1);
		close(under_way[0]);
		return pid;
	}
	client_open(&c, url);
	size_t count = 0;
	for (; what[count] != NULL; count++) {
		packet_say(&packets[count], what[count]);
	}
	for (size_t i = 0; getppid() == parent; i++) {
		const struct packet *p = &packets[i % count];
		/* refused is what it will be in the end */
		if (send(c.fd, p->data, p->size, 0) < 0 &&
			errno == ECONNREFUSED) {
			break;
		}
		if (i == 10000) {
			(void)!write(under_way[1], &byte, 1);
		}
	}
	_exit(0);
}

START_TEST(it_ends_within_bounds_while_it_plays_and_is_flooded)
{
	static const char *const rings[] = {
		"limits.command_ring=8192", "limits.command_ring=16"};
	static const char *const noise[] = {"/node/set 1 freq 200.0",
		"/group/new -1 0 0", "/status", "/node/tree",
		"/synth/new sine -1 0 0", "/nonsense", NULL};

	for (int i = 0; i < 2; i++) {
		client_start(&c, &d,
			&(struct daemon_want){
				.driver = "clock", .sets = {rings[i]}});
		for (int n = 1; n <= 8; n++) {
			client_say(&c, "/synth/new sine %d 0 1", n);
			client_say(&c, "/synth/activate %d", n);
			client_silent(&c);
		}
		pid_t one = flood(d.url[0], noise);
		int64_t begin = daemon_now_ns();
		ck_assert_int_eq(daemon_stop(&d), 0);
		ck_assert_int_lt(daemon_now_ns() - begin, INT64_C(9000000000));
		kill(one, SIGKILL);
		ck_assert_int_eq(waitpid(one, NULL, 0), one);
		client_close(&c);
	}
}
END_TEST

START_TEST(it_ends_while_it_plays_and_a_client_does_not_read)
{
	daemon_start(&d, &(struct daemon_want){.driver = "clock",
				 .listeners = "({ url = \"udp://127.0.0.1:0\";"
					      " role = \"admin\"; },"
					      "{ url = \"tcp://127.0.0.1:0\";"
					      " role = \"admin\"; })"});
	static struct client stalled;
	int small = 4096;

	client_open(&c, d.url[0]);
	play();
	client_open(&stalled, d.url[1]);
	(void)setsockopt(
		stalled.fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
	client_say(&stalled, "/notify 1");
	client_expect(&stalled, "/notify.reply 1");
	/* megabytes of notifications that it does not read */
	static struct packet bundle;
	packet_bundle(&bundle, OSC_NOW);
	for (int i = 0; i < 400; i++) {
		packet_add(&bundle, "/group/new 500 0 0");
		packet_add(&bundle, "/node/free 500");
	}
	double rounds = 0;
	while (client_stat(&c, "closed") < 1.0) {
		client_send_packet(&c, &bundle);
		client_silent(&c);
		ck_assert_double_lt(rounds++, 2000.0);
	}
	/* and one that begins a packet and says no more */
	static struct client half;
	client_open(&half, d.url[1]);
	ck_assert_int_eq(send(half.fd, "\0\0\1\0/x", 6, 0), 6);
	client_silent(&c);
	ck_assert_int_eq(daemon_stop(&d), 0);
}
END_TEST

START_TEST(it_ends_with_much_that_waits_for_its_time)
{
	static struct packet p;

	client_start(&c, &d, &(struct daemon_want){.driver = "clock"});
	play();
	for (int i = 0; i < 4000; i++) {
		packet_bundle(&p, client_ntp(100.0 + i * 0.5));
		packet_add(&p, "/synth/new sine -1 0 0");
		client_send_packet(&c, &p);
		if (i % 100 == 99) {
			client_silent(&c);
		}
	}
	client_say(&c, "/clear");
	ck_assert_int_eq(daemon_stop(&d), 0);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("system/life");
	TCase *t = daemon_case(s, "life");

	tcase_add_test(t, sigterm_and_sigint_are_a_clean_end);
	tcase_add_test(t, quit_tells_the_service_manager_too);
	tcase_add_test(t, usage_errors_are_64);
	tcase_add_test(t, a_missing_file_is_66);
	tcase_add_test(t, a_port_that_is_taken_is_69_and_named);
	tcase_add_test(
		t, a_socket_that_lives_is_69_and_a_stale_one_is_replaced);
	tcase_add_test(t, a_required_device_that_is_absent_is_69);
	tcase_add_test(t, a_device_that_is_absent_is_waited_for);
	tcase_add_test(t, a_tap_that_cannot_be_written_is_an_error_at_start);
	tcase_add_test(t, wrong_configurations_are_78_with_file_and_line);
	tcase_add_test(
		t, more_audio_threads_than_cpus_are_78_where_time_is_real);
	tcase_add_test(
		t, a_reload_takes_nothing_with_which_no_restart_would_be);
	tcase_add_test(t, what_may_not_be_read_or_bound_is_77);
	tcase_add_test(t, what_the_command_line_asks_for_is_printed);
	tcase_add_test(t, rights_that_are_refused_are_said_shown_and_borne);
	tcase_add_test(t, rights_that_are_required_and_refused_are_71);
	tcase_add_test(t, rights_that_are_not_wanted_are_no_lack);
	tcase_add_test(t, the_watchdog_is_fed_by_the_audio_thread);
	tcase_add_test(t, it_ends_within_bounds_while_it_plays_and_is_flooded);
	tcase_add_test(t, it_ends_while_it_plays_and_a_client_does_not_read);
	tcase_add_test(t, it_ends_with_much_that_waits_for_its_time);
	return daemon_run(s);
}
