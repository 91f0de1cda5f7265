/* SPDX-License-Identifier: MIT */
/*
 * check_realtime.c -- what the audio thread does not do, seen from outside:
 * no page fault, no stray system call, no note lost; and the audit that says
 * so is shown to catch what is planted.
 *
 * Skipped aloud where sanitizers do all of that themselves.
 */
#include <config.h>

#include <check.h>
#include <dirent.h>
#include <signal.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client.h"
#include "daemon.h"
#include "mangle.h"

#define COMMANDS 10000
#define TICK     0.7 /* seconds: page faults are counted twice in one */

static struct daemon d;
static struct client c;

/** Start a daemon; `media` is the folder it reads from and writes to, NULL:
 * the default. */
static void
begin_threads(
	const char *audit, const char *driver, const char *media, int threads)
{
	char set[64];
	char many[64];
	char read[128] = "audio.inputs=0";
	char written[128] = "audio.inputs=0";

	snprintf(set, sizeof set, "realtime.audit=%s", audit);
	snprintf(many, sizeof many, "realtime.threads=%d", threads);
	if (media != NULL) {
		snprintf(
			read, sizeof read, "media.directories=[\"%s\"]", media);
		snprintf(written, sizeof written, "media.record=\"%s\"", media);
	}
	client_start(&c, &d,
		&(struct daemon_want){
			.driver = driver,
			.realtime = true,
			.trial = true,
			.sets = {set, many, read, written},
        });
}

static void
begin_with(const char *audit, const char *driver, const char *media)
{
	begin_threads(audit, driver, media, 1);
}

static void
begin(const char *audit, const char *driver)
{
	begin_with(audit, driver, NULL);
}

static bool
is_audited(void)
{
	if (strstr(daemon_log(&d), "audit") != NULL) {
		printf("no audit here: %s\n", d.log);
		return false;
	}
	return true;
}

/** Let `seconds` of the engine's time pass. */
static void
pass(double seconds)
{
	int64_t until = client_sample(&c) + (int64_t)(seconds * 48000.0);

	while (client_sample(&c) < until) {
	}
}

/** Something that plays, and whose notes are counted. */
static void
play(void)
{
	for (int i = 100; i < 150; i++) {
		client_say(&c, "/synth/new sine %d 0 1 [ freq %d amp 0.001 ]",
			i, 2 * i);
		client_say(&c, "/synth/map/output %d out 0 1", i);
		client_say(&c, "/synth/activate %d", i);
	}
	client_sync(&c);
}

/** Ten thousand commands; offences and what silences the log apart. */
static void
command(uint64_t seed)
{
	static struct packet p;
	struct mangle m = {.state = seed};

	client_say(&c, "/notify 1");
	for (int i = 0; i < COMMANDS;) {
		mangle_command(&m, &p);
		const char *address = (const char *)p.data;
		if (strcmp(address, "/log/level") == 0 ||
			strcmp(address, "/notify") == 0 ||
			strcmp(address, "/dump") == 0) {
			continue;
		}
		client_send_packet(&c, &p);
		if (++i % 50 == 0) {
			client_sync(&c);
		}
	}
	client_sync(&c);
}

/** Threads of the daemon that make sound, by their names. */
static int
count_audio_threads(void)
{
	char path[300];
	char name[32];
	int count = 0;

	snprintf(path, sizeof path, "/proc/%d/task", (int)d.pid);
	DIR *tasks = opendir(path);
	ck_assert_ptr_nonnull(tasks);
	for (struct dirent *e; (e = readdir(tasks)) != NULL;) {
		snprintf(path, sizeof path, "/proc/%d/task/%.32s/comm",
			(int)d.pid, e->d_name);
		FILE *f = fopen(path, "re");
		if (f == NULL) {
			continue; /* no thread, or one that has ended */
		}
		if (fgets(name, sizeof name, f) != NULL &&
			(strcmp(name, "rt\n") == 0 ||
				strncmp(name, "rt-", 3) == 0)) {
			count++;
		}
		fclose(f);
	}
	closedir(tasks);
	return count;
}

/* alone, and with a helper */
START_TEST(ten_thousand_commands_fault_no_page_and_call_no_kernel)
{
	if (_i > 1 && sysconf(_SC_NPROCESSORS_ONLN) < _i) {
		printf("SKIPPED: one processor, no helper\n");
		return;
	}
	begin_threads("log", "clock", NULL, _i);
	bool audited = is_audited();
	ck_assert_int_eq(count_audio_threads(), _i);
	play();
	pass(TICK);
	command(0xabcdef);
	pass(TICK);
	if (client_stat(&c, "rt_locked") == 1.0) {
		ck_assert_double_eq(client_stat(&c, "rt_faults"), 0.0);
	} else {
		printf("memory is not locked here: faults are not judged\n");
	}
	if (audited) {
		ck_assert_msg(
			client_stat(&c, "audit") == 0.0, "%s", daemon_log(&d));
	}
	ck_assert_double_eq(client_stat(&c, "notes_refused"), 0.0);
	ck_assert_double_eq(client_stat(&c, "refused"), 0.0);
	ck_assert_int_eq(daemon_stop(&d), 0);
	ck_assert_ptr_null(strstr(daemon_log(&d), "system call"));
}
END_TEST

/** Sixteen million frames of float: 64 MB. */
#define LARGE 16000000

static void
write_large(const char *path)
{
	static float some[16000];
	SF_INFO info = {.channels = 1,
		.samplerate = 48000,
		.format = SF_FORMAT_WAV | SF_FORMAT_FLOAT};
	SNDFILE *f = sf_open(path, SFM_WRITE, &info);

	ck_assert_ptr_nonnull(f);
	for (int i = 0; i < LARGE / 16000; i++) {
		ck_assert_int_eq((int)sf_writef_float(f, some, 16000), 16000);
	}
	sf_close(f);
}

START_TEST(large_files_and_jobs_leave_the_audio_thread_alone)
{
	char folder[] = "/tmp/tactus-large.XXXXXX";
	char path[64];
	char saved[64];

	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/large.wav", folder);
	snprintf(saved, sizeof saved, "%s/saved.wav", folder);
	write_large(path);
	begin_with("log", "clock", folder);
	bool audited = is_audited();
	play();
	pass(TICK);
	client_say(&c, "/notify 1");
	client_say(&c, "/resource/new audio-buffer 1 [ large.wav ]");
	client_seek(&c, "/resource/ready 1");
	/* all of it is touched by rt: at sixteen times its speed, from both
	 * ends, and by a recorder */
	static const char *const lines[] = {
		"/synth/new sampler 200 0 1 [ buffer i:1 rate 16 loop 1 ]",
		"/synth/map/output 200 out 0 1",
		"/synth/activate 200",
		"/synth/new sampler 201 0 1 [ buffer i:1 rate -15.9 loop 1 ]",
		"/synth/map/output 201 out 1 1",
		"/synth/activate 201",
		"/synth/new recorder 202 0 1 [ buffer i:1 loop 1 ]",
		"/synth/activate 202",
		"/job/new buffer-reverse 1 0 [ 1 ]",
		"/job/new buffer-normalize 2 0 [ 1 ] [ 0.5 ]",
		"/job/new buffer-save 3 0 [ 1 ] [ saved.wav ]",
	};
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		client_say(&c, "%s", lines[i]);
		pass(0.2);
	}
	client_say(&c, "/resource/new audio-buffer 2 [ 2 4800000 ]");
	client_seek(&c, "/resource/ready 2");
	client_say(&c, "/node/set 200 buffer i:2");
	client_say(&c, "/node/free 201");
	client_say(&c, "/node/free 202");
	pass(0.2);
	client_say(&c, "/resource/free 1");
	client_seek(&c, "/resource/destroyed 1");
	client_say(&c, "/notify 0");
	client_sync(&c);
	pass(TICK);
	if (client_stat(&c, "rt_locked") == 1.0) {
		ck_assert_double_eq(client_stat(&c, "rt_faults"), 0.0);
	} else {
		printf("memory is not locked here: faults are not judged\n");
	}
	if (audited) {
		ck_assert_msg(
			client_stat(&c, "audit") == 0.0, "%s", daemon_log(&d));
	}
	ck_assert_int_eq(daemon_stop(&d), 0);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(unlink(saved), 0);
	ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

START_TEST(the_offline_driver_calls_no_kernel_but_to_sleep)
{
	/* more threads than processors: offline that is slow, no error */
	begin_threads("log", "offline", NULL, _i == 0 ? 1 : 4);
	ck_assert_int_eq(count_audio_threads(), _i == 0 ? 1 : 4);
	if (!is_audited()) {
		ck_assert_int_eq(daemon_stop(&d), 0);
		return;
	}
	for (int i = 0; i < 100; i++) {
		client_say(&c, "/synth/new sine -1 0 0");
		client_run(&c, 1 + i * 7);
	}
	client_sync(&c);
	ck_assert_double_eq(client_stat(&c, "audit"), 0.0);
	ck_assert_int_eq(daemon_stop(&d), 0);
}
END_TEST

/** A synth that will offend when it is told to. */
static void
plant(void)
{
	client_say(&c, "/synth/new offence 7 0 1");
	client_say(&c, "/synth/activate 7");
	client_sync(&c);
}

START_TEST(a_planted_system_call_is_counted_and_named)
{
	begin("log", "clock");
	if (!is_audited()) {
		ck_assert_int_eq(daemon_stop(&d), 0);
		return;
	}
	plant();
	ck_assert_double_eq(client_stat(&c, "audit"), 0.0);
	client_say(&c, "/node/set 7 fire 1");
	daemon_await_log(&d, "the rt thread made the system call getpid");
	ck_assert_double_eq(client_stat(&c, "audit"), 1.0);
	client_say(&c, "/node/set 7 fire 2");
	daemon_await_log(&d, "the rt thread made the system call write");
	ck_assert_double_eq(client_stat(&c, "audit"), 2.0);
	/* and it plays on */
	pass(0.01);
	ck_assert_int_eq(daemon_stop(&d), 0);
}
END_TEST

START_TEST(planted_page_faults_are_counted)
{
	begin("off", "clock");
	client_say(&c, "/synth/new offence 7 0 1 [ ] [ pages 1 ]");
	client_say(&c, "/synth/activate 7");
	client_sync(&c);
	pass(TICK);
	double before = client_stat(&c, "rt_faults");
	client_say(&c, "/node/set 7 fire 5");
	while (client_stat(&c, "rt_faults") < before + 32.0) {
		/* counted twice a second; the test's own limit ends it */
	}
	ck_assert_int_eq(daemon_stop(&d), 0);
}
END_TEST

START_TEST(a_planted_system_call_kills_where_that_is_wanted)
{
	begin("kill", "clock");
	if (!is_audited()) {
		ck_assert_int_eq(daemon_stop(&d), 0);
		return;
	}
	plant();
	pass(0.01);
	client_say(&c, "/node/set 7 fire 1");
	ck_assert_int_eq(daemon_wait(&d), -SIGSYS);
}
END_TEST

START_TEST(without_an_audit_a_system_call_is_nobodys_business)
{
	begin("off", "clock");
	plant();
	client_say(&c, "/node/set 7 fire 1");
	client_sync(&c);
	pass(0.01);
	ck_assert_double_eq(client_stat(&c, "audit"), 0.0);
	ck_assert_int_eq(daemon_stop(&d), 0);
}
END_TEST

START_TEST(the_engine_is_resident_in_24_megabytes_with_default_limits)
{
	begin("off", "clock");
	play();
	pass(0.1);
	/* with the memory locked or not: what may not be locked is less */
	ck_assert_int_le(daemon_proc(&d, "VmRSS"), 24000000 / 1024);
	ck_assert_int_eq(daemon_stop(&d), 0);
}
END_TEST

int
main(void)
{
	if (DAEMON_SANITIZED) {
		printf("skipped: sanitizers make system calls and faults\n");
		return 77;
	}
	Suite *s = suite_create("system/realtime");
	TCase *t = daemon_case(s, "realtime");

	tcase_add_loop_test(t,
		ten_thousand_commands_fault_no_page_and_call_no_kernel, 1, 3);
	tcase_add_test(t, large_files_and_jobs_leave_the_audio_thread_alone);
	tcase_add_loop_test(
		t, the_offline_driver_calls_no_kernel_but_to_sleep, 0, 2);
	tcase_add_test(t, a_planted_system_call_is_counted_and_named);
	tcase_add_test(t, planted_page_faults_are_counted);
	tcase_add_test(t, a_planted_system_call_kills_where_that_is_wanted);
	tcase_add_test(t, without_an_audit_a_system_call_is_nobodys_business);
	tcase_add_test(
		t, the_engine_is_resident_in_24_megabytes_with_default_limits);
	return daemon_run(s);
}
