/* SPDX-License-Identifier: MIT */
/*
 * daemon.h -- a tactusd of a test's own, as a service manager would keep it.
 *
 * It is told to be ready by sd_notify, listens on ports that the kernel
 * chose, writes its log into a file of the test's folder, and dies with the
 * test whatever becomes of that.  It has as many audio threads as
 * TACTUS_TEST_THREADS says; where time is real, no more than there are
 * processors.  Nothing here sleeps: it waits for messages, for the log to
 * grow, and for processes to end, each with a deadline that is generous
 * because it is never reached when all is well.
 */
#ifndef TACTUS_TESTS_SYSTEM_DAEMON_H
#define TACTUS_TESTS_SYSTEM_DAEMON_H

#include <check.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define DAEMON_URLS 8
#define DAEMON_SETS 32
#ifndef DAEMON_WAIT_MS
#  define DAEMON_WAIT_MS 30000 /* nothing that works takes as long */
#endif

#ifdef TACTUS_SANITIZED
#  define DAEMON_SANITIZED 1
#else
#  define DAEMON_SANITIZED 0
#endif

/** A folder for each program, beneath which each daemon has its own.  For
 * tcase_add_unchecked_fixture: it goes whatever the tests come to. */
void daemon_make_folder(void);
void daemon_remove_folder(void);

/** A test case of a suite, with such a folder and two minutes for each test. */
TCase *daemon_case(Suite *s, const char *name);

/** Run a suite, and end it. @return what main returns */
int daemon_run(Suite *s);

/** How a daemon is to be run; zeroes will do. */
struct daemon_want {
	const char *driver;    /* NULL: offline */
	const char *listeners; /* libconfig text; NULL: one, UDP, admin */
	const char *config;    /* text of the configuration file, or NULL */
	const char *sets[DAEMON_SETS]; /* PATH=VALUE */
	const char *options[8];        /* more words for the command line */
	bool trial;                    /* with the synths of plugin_trial.c */
	bool realtime;       /* ask for the rights, where sanitizers allow it */
	bool no_rights;      /* as one who may nothing, root or not */
	int64_t watchdog_us; /* 0: none */
};

struct daemon {
	pid_t pid; /* 0: it has ended */
	int notify;
	int status; /* of waitpid, once it has ended */
	uint32_t urls;
	char url[DAEMON_URLS][128];
	char state[256]; /* what READY said of it */
	char folder[80];
	char log_file[96];
	char log[1 << 16]; /* as daemon_log read it last */
};

/** Start one, and wait until it is ready; ends the test if it is not. */
void daemon_start(struct daemon *d, const struct daemon_want *want);

/** Start one that is not to become ready. @return its exit code */
int daemon_fail(struct daemon *d, const struct daemon_want *want);

/** Start one and wait for nothing. */
void daemon_launch(struct daemon *d, const struct daemon_want *want);

/** The next sd_notify message, with zero at its end; ends the test when none
 * comes. */
void daemon_told(struct daemon *d, char *text, size_t size);

/** Wait for its end. @return the exit code, or minus the signal */
int daemon_wait(struct daemon *d);

/** SIGTERM, then wait. @return as daemon_wait */
int daemon_stop(struct daemon *d);

/** daemon_stop, which must go well: neither a sanitizer complained in its log,
 * nor does `never` stand there; NULL: no more than that. */
void daemon_end(struct daemon *d, const char *never);

/** What it wrote to standard error so far. */
const char *daemon_log(struct daemon *d);

/** Wait until that holds `text`; ends the test when it never does. */
void daemon_await_log(struct daemon *d, const char *text);

/** A number of the line `name` in /proc/PID/status, in its own unit. */
long daemon_proc(const struct daemon *d, const char *name);

/** Nanoseconds of CLOCK_MONOTONIC. */
int64_t daemon_now_ns(void);

#endif
