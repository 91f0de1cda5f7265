/* SPDX-License-Identifier: MIT */
/*
 * daemon.c -- see daemon.h.
 */
#include <config.h>

#include "daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <linux/capability.h>

#include "threads.h"

#define MAX_WORDS 96

/* of this program; the tests of libcheck are its children */
static char folder[64];

int64_t
daemon_now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

void
daemon_make_folder(void)
{
	const char *where = getenv("TMPDIR");

	/* short: the path of a UNIX socket has 108 bytes */
	if (where == NULL || strlen(where) > 40) {
		where = "/tmp";
	}
	snprintf(folder, sizeof folder, "%s/tactus.XXXXXX", where);
	if (mkdtemp(folder) == NULL) {
		perror(folder);
		exit(1);
	}
}

static int
forget(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

void
daemon_remove_folder(void)
{
	(void)nftw(folder, forget, 16, FTW_DEPTH | FTW_PHYS);
}

TCase *
daemon_case(Suite *s, const char *name)
{
	TCase *t = tcase_create(name);

	tcase_set_timeout(t, 120);
	tcase_add_unchecked_fixture(
		t, daemon_make_folder, daemon_remove_folder);
	suite_add_tcase(s, t);
	return t;
}

int
daemon_run(Suite *s)
{
	SRunner *r = srunner_create(s);

	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? 0 : 1;
}

/* Words of a command line, in memory of their own. */
struct words {
	char *word[MAX_WORDS];
	int count;
};

static void add(struct words *w, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void
add(struct words *w, const char *format, ...)
{
	va_list args;

	ck_assert_int_lt(w->count, MAX_WORDS - 1);
	va_start(args, format);
	int n = vasprintf(&w->word[w->count++], format, args);
	va_end(args);
	ck_assert_int_ge(n, 0);
}

static void
free_words(struct words *w)
{
	for (int i = 0; i < w->count; i++) {
		free(w->word[i]);
	}
}

static void
write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");

	ck_assert_msg(f != NULL, "%s: %s", path, strerror(errno));
	fputs(text == NULL ? "" : text, f);
	ck_assert_int_eq(fclose(f), 0);
}

static void
make_words(
	struct words *w, const struct daemon *d, const struct daemon_want *want)
{
	char here[512];

	ck_assert_ptr_nonnull(getcwd(here, sizeof here));
	add(w, "%s/tactusd", here);
	add(w, "--config=%s/tactus.conf", d->folder);
	if (!want->realtime || DAEMON_SANITIZED) {
		add(w, "--no-realtime");
	}
	add(w, "--set");
	add(w, "audio.driver=%s",
		want->driver != NULL ? want->driver : "offline");
	add(w, "--set");
	add(w, "realtime.threads=%u",
		want->driver == NULL || strcmp(want->driver, "offline") == 0
			? threads_wanted()
			: threads_possible());
	add(w, "--set");
	add(w, "plugins.path=[\"%s/plugins/.libs\", \"%s/tests/system/%s\"]",
		here, here, want->trial ? ".libs" : "");
	add(w, "--set");
	add(w, "osc.listeners=%s",
		want->listeners != NULL ? want->listeners
					: "({ url = \"udp://127.0.0.1:0\"; "
					  "role = \"admin\"; })");
	for (int i = 0; i < DAEMON_SETS && want->sets[i] != NULL; i++) {
		add(w, "--set");
		add(w, "%s", want->sets[i]);
	}
	for (int i = 0; i < 8 && want->options[i] != NULL; i++) {
		add(w, "%s", want->options[i]);
	}
	w->word[w->count] = NULL;
}

/* What a user has who was given neither rtprio nor memlock. */
static void
refuse_rights(void)
{
	struct rlimit none = {0, 0};

	/* root has them by capabilities, which exec takes from this set */
	for (unsigned long i = 0; i <= CAP_LAST_CAP; i++) {
		(void)prctl(PR_CAPBSET_DROP, i, 0, 0, 0);
	}
	(void)setrlimit(RLIMIT_RTPRIO, &none);
	(void)setrlimit(RLIMIT_MEMLOCK, &none);
}

static void
become(const struct daemon *d, const struct daemon_want *want,
	const struct words *w, pid_t parent)
{
	char text[160];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent) {
		_exit(127);
	}
	int log = open(d->log_file, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	int null = open("/dev/null", O_RDWR);
	if (log < 0 || null < 0) {
		_exit(127);
	}
	dup2(null, 0);
	dup2(log, 1);
	dup2(log, 2);
	(void)syscall(SYS_close_range, 3, ~0U, 0);
	snprintf(text, sizeof text, "%s/notify", d->folder);
	setenv("NOTIFY_SOCKET", text, 1);
	unsetenv("WATCHDOG_PID");
	unsetenv("WATCHDOG_USEC");
	if (want->watchdog_us > 0) {
		snprintf(text, sizeof text, "%lld",
			(long long)want->watchdog_us);
		setenv("WATCHDOG_USEC", text, 1);
	}
	if (want->no_rights) {
		refuse_rights();
	}
	if (chdir(d->folder) != 0) {
		_exit(127);
	}
	execv(w->word[0], w->word);
	_exit(127);
}

static void
open_notify(struct daemon *d)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};

	snprintf(name.sun_path, sizeof name.sun_path, "%s/notify", d->folder);
	d->notify = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ck_assert_int_ge(d->notify, 0);
	ck_assert_int_eq(
		bind(d->notify, (struct sockaddr *)&name, sizeof name), 0);
}

void
daemon_launch(struct daemon *d, const struct daemon_want *want)
{
	struct words words = {.count = 0};
	char path[160];

	memset(d, 0, sizeof *d);
	snprintf(d->folder, sizeof d->folder, "%s/XXXXXX", folder);
	ck_assert_ptr_nonnull(mkdtemp(d->folder));
	snprintf(d->log_file, sizeof d->log_file, "%s/log", d->folder);
	snprintf(path, sizeof path, "%s/tactus.conf", d->folder);
	write_file(path, want->config);
	write_file(d->log_file, NULL);
	open_notify(d);
	make_words(&words, d, want);
	pid_t parent = getpid();
	d->pid = fork();
	ck_assert_int_ge(d->pid, 0);
	if (d->pid == 0) {
		become(d, want, &words, parent);
	}
	free_words(&words);
}

/* Has it ended? */
static bool
has_ended(struct daemon *d)
{
	if (d->pid != 0 && waitpid(d->pid, &d->status, WNOHANG) == d->pid) {
		d->pid = 0;
	}
	return d->pid == 0;
}

/* Until something is readable, or 50 ms: then the process is looked at. */
static bool
is_readable(int fd)
{
	struct pollfd p = {fd, POLLIN, 0};

	return poll(&p, 1, 50) > 0;
}

void
daemon_told(struct daemon *d, char *text, size_t size)
{
	int64_t end = daemon_now_ns() + DAEMON_WAIT_MS * INT64_C(1000000);

	while (!is_readable(d->notify)) {
		ck_assert_msg(
			!has_ended(d), "tactusd ended:\n%s", daemon_log(d));
		ck_assert_msg(daemon_now_ns() < end,
			"tactusd says nothing:\n%s", daemon_log(d));
	}
	ssize_t got = recv(d->notify, text, size - 1, 0);
	ck_assert_int_gt(got, 0);
	text[got] = '\0';
}

/* "READY=1\nSTATUS=words; url url" */
static void
take_urls(struct daemon *d, char *text)
{
	char *urls = strrchr(text, ';');
	char *save = NULL;

	ck_assert_ptr_nonnull(urls);
	*urls++ = '\0';
	snprintf(d->state, sizeof d->state, "%s", strchr(text, '\n') + 1);
	for (char *u = strtok_r(urls, " ", &save);
		u != NULL && d->urls < DAEMON_URLS;
		u = strtok_r(NULL, " ", &save)) {
		snprintf(d->url[d->urls++], sizeof d->url[0], "%s", u);
	}
	ck_assert_uint_ge(d->urls, 1);
}

void
daemon_start(struct daemon *d, const struct daemon_want *want)
{
	char text[2048];

	daemon_launch(d, want);
	do {
		daemon_told(d, text, sizeof text);
	} while (strncmp(text, "READY=1\n", 8) != 0);
	take_urls(d, text);
}

int
daemon_fail(struct daemon *d, const struct daemon_want *want)
{
	daemon_launch(d, want);
	return daemon_wait(d);
}

int
daemon_wait(struct daemon *d)
{
	int64_t end = daemon_now_ns() + DAEMON_WAIT_MS * INT64_C(1000000);
	char text[2048];

	/* readable by its messages and, at the end, by the look at it */
	while (!has_ended(d)) {
		if (is_readable(d->notify)) {
			(void)!recv(d->notify, text, sizeof text, 0);
		}
		if (daemon_now_ns() > end) {
			kill(d->pid, SIGKILL);
			ck_abort_msg("tactusd did not end:\n%s", daemon_log(d));
		}
	}
	close(d->notify);
	return WIFEXITED(d->status) ? WEXITSTATUS(d->status)
				    : -WTERMSIG(d->status);
}

int
daemon_stop(struct daemon *d)
{
	ck_assert_int_eq(kill(d->pid, SIGTERM), 0);
	return daemon_wait(d);
}

void
daemon_end(struct daemon *d, const char *never)
{
	ck_assert_int_eq(daemon_stop(d), 0);
	const char *log = daemon_log(d);
	ck_assert_msg(strstr(log, "Sanitizer") == NULL &&
			      strstr(log, "runtime error") == NULL &&
			      (never == NULL || strstr(log, never) == NULL),
		"%s", log);
}

const char *
daemon_log(struct daemon *d)
{
	int fd = open(d->log_file, O_RDONLY | O_CLOEXEC);
	ssize_t got = read(fd, d->log, sizeof d->log - 1);

	d->log[got > 0 ? got : 0] = '\0';
	close(fd);
	return d->log;
}

void
daemon_await_log(struct daemon *d, const char *text)
{
	int64_t end = daemon_now_ns() + DAEMON_WAIT_MS * INT64_C(1000000);
	int watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	char events[4096];

	ck_assert_int_ge(watch, 0);
	ck_assert_int_ge(inotify_add_watch(watch, d->log_file, IN_MODIFY), 0);
	while (strstr(daemon_log(d), text) == NULL) {
		ck_assert_msg(daemon_now_ns() < end && !has_ended(d),
			"the log never said \"%s\":\n%s", text, d->log);
		if (is_readable(watch)) {
			(void)!read(watch, events, sizeof events);
		}
	}
	close(watch);
}

long
daemon_proc(const struct daemon *d, const char *name)
{
	char path[64];
	char line[256];
	long value = -1;

	snprintf(path, sizeof path, "/proc/%d/status", (int)d->pid);
	FILE *f = fopen(path, "re");
	ck_assert_ptr_nonnull(f);
	while (value < 0 && fgets(line, sizeof line, f) != NULL) {
		size_t length = strlen(name);
		if (strncmp(line, name, length) == 0 && line[length] == ':') {
			value = strtol(line + length + 1, NULL, 10);
		}
	}
	fclose(f);
	ck_assert_int_ge(value, 0);
	return value;
}
