/* SPDX-License-Identifier: MIT */
/*
 * child.c -- see child.h.
 */
#include "child.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"

#define WAIT_MS 20000

static void
must(int good, const char *what)
{
	if (!good) {
		fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
		exit(EXIT_FAILURE);
	}
}

static void
open_notify(struct child *c)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};

	snprintf(c->folder, sizeof c->folder, "/tmp/tactus-bench.XXXXXX");
	must(mkdtemp(c->folder) != NULL, c->folder);
	snprintf(name.sun_path, sizeof name.sun_path, "%s/notify", c->folder);
	c->notify = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	must(c->notify >= 0, "socket");
	must(bind(c->notify, (struct sockaddr *)&name, sizeof name) == 0,
		name.sun_path);
	setenv("NOTIFY_SOCKET", name.sun_path, 1);
}

/** In the child: become the daemon. */
static void
become(void)
{
	static const char log[] = "/dev/null";

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	int null = open(log, O_RDWR);
	if (getenv("BENCH_LOG") == NULL) {
		dup2(null, 1);
		dup2(null, 2);
	}
	execl(BENCH_DAEMON, BENCH_DAEMON, "--config=/dev/null",
		"--set=audio.driver=\"clock\"", "--set=audio.period=64",
		"--set=plugins.path=[\"" BENCH_PLUGIN_DIR "\"]",
		"--set=osc.listeners=({url=\"udp://127.0.0.1:0\";"
		"role=\"admin\";})",
		(char *)NULL);
	_exit(127);
}

static int
is_readable(int fd, int wait_ms)
{
	struct pollfd p = {fd, POLLIN, 0};

	return poll(&p, 1, wait_ms) > 0;
}

/** The port in "READY=1\nSTATUS=words; udp://127.0.0.1:PORT". */
static uint16_t
await_ready(struct child *c)
{
	char text[2048];

	for (;;) {
		must(is_readable(c->notify, WAIT_MS), "tactusd is not ready");
		ssize_t got = recv(c->notify, text, sizeof text - 1, 0);
		must(got > 0, "recv");
		text[got] = '\0';
		if (strncmp(text, "READY=1\n", 8) == 0) {
			break;
		}
	}
	const char *port = strrchr(text, ':');
	must(port != NULL, "no URL in READY");
	return (uint16_t)strtoul(port + 1, NULL, 10);
}

void
child_start(struct child *c)
{
	struct sockaddr_in to = {.sin_family = AF_INET};
	int room = 1 << 20;

	memset(c, 0, sizeof *c);
	open_notify(c);
	c->pid = fork();
	must(c->pid >= 0, "fork");
	if (c->pid == 0) {
		become();
	}
	to.sin_port = htons(await_ready(c));
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	c->socket = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	must(c->socket >= 0, "socket");
	(void)setsockopt(c->socket, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
	must(connect(c->socket, (struct sockaddr *)&to, sizeof to) == 0,
		"connect");
}

uint16_t
child_port(const struct child *c)
{
	struct sockaddr_in to;
	socklen_t size = sizeof to;

	must(getpeername(c->socket, (struct sockaddr *)&to, &size) == 0,
		"getpeername");
	return ntohs(to.sin_port);
}

void
child_stop(struct child *c)
{
	char path[96];
	int status;

	must(kill(c->pid, SIGTERM) == 0, "kill");
	must(waitpid(c->pid, &status, 0) == c->pid, "waitpid");
	must(WIFEXITED(status) && WEXITSTATUS(status) == 0, "tactusd failed");
	close(c->socket);
	close(c->notify);
	snprintf(path, sizeof path, "%s/notify", c->folder);
	unlink(path);
	rmdir(c->folder);
}

int
child_send(struct child *c, const void *data, size_t size)
{
	return send(c->socket, data, size, 0) == (ssize_t)size ? 0 : -errno;
}

void
child_flood(struct child *c, const void *data, size_t size, uint32_t count)
{
	union {
		const void *seen;
		void *given; /* the kernel only reads it */
	} u = {data};
	struct iovec part = {u.given, size};
	struct mmsghdr packet[64] = {{.msg_len = 0}};

	for (uint32_t i = 0; i < count; i++) {
		packet[i].msg_hdr.msg_iov = &part;
		packet[i].msg_hdr.msg_iovlen = 1;
	}
	for (uint32_t done = 0; done < count;) {
		int n = sendmmsg(c->socket, packet + done, count - done, 0);
		must(n > 0, "sendmmsg");
		done += (uint32_t)n;
	}
}

static void
send_end(struct child *c, struct osc_out *o)
{
	size_t size = osc_end(o);

	must(size != 0 && child_send(c, o->data, size) == 0, "send");
}

void
child_say(struct child *c, const char *address, int count, int32_t value)
{
	struct osc_out o;
	uint8_t data[128];

	osc_begin(&o, data, sizeof data, address);
	if (count > 0) {
		osc_put_int(&o, value);
	}
	send_end(c, &o);
}

int
child_hear(struct child *c, const char *address, int wait_ms)
{
	for (;;) {
		struct osc_walk walk;
		if (!is_readable(c->socket, wait_ms)) {
			return -ETIMEDOUT;
		}
		ssize_t got = recv(c->socket, c->heard, sizeof c->heard, 0);
		must(got > 0, "recv");
		must(osc_check(c->heard, (size_t)got) == NULL, "not OSC");
		osc_walk_begin(&walk, c->heard, (size_t)got);
		while (osc_walk_next(&walk, &c->message)) {
			if (strcmp(c->message.address, address) == 0) {
				return 0;
			}
		}
	}
}

void
child_sync(struct child *c, int32_t number)
{
	for (int i = 0; i < 100; i++) {
		child_say(c, "/sync", 1, number);
		while (child_hear(c, "/synced", 1000) == 0) {
			struct osc_args args;
			struct osc_arg a;
			osc_args_begin(&args, &c->message);
			if (osc_args_next(&args, &a) && a.u.i == number) {
				return;
			}
		}
	}
	must(0, "no answer to /sync");
}

double
child_stat(struct child *c, const char *name)
{
	struct osc_args args;
	struct osc_arg a;
	double value;

	child_say(c, "/stats", 0, 0);
	must(child_hear(c, "/stats.reply", WAIT_MS) == 0, "/stats");
	osc_args_begin(&args, &c->message);
	while (osc_args_next(&args, &a)) {
		const char *text = osc_text(&a);
		if (text != NULL && strcmp(text, name) == 0 &&
			osc_args_next(&args, &a) && osc_number(&a, &value)) {
			return value;
		}
	}
	must(0, name);
	return 0.0;
}

void
child_sine(struct child *c, int32_t id)
{
	struct osc_out o;
	uint8_t data[256];

	osc_begin(&o, data, sizeof data, "/synth/new");
	osc_put_string(&o, "sine");
	osc_put_int(&o, id);
	osc_put_int(&o, 0);
	osc_put_int(&o, 1);
	send_end(c, &o);
	osc_begin(&o, data, sizeof data, "/synth/map/output");
	osc_put_int(&o, id);
	osc_put_string(&o, "out");
	osc_put_int(&o, 0);
	osc_put_int(&o, 1);
	send_end(c, &o);
	child_say(c, "/synth/activate", 1, id);
}

int64_t
child_cpu(const struct child *c)
{
	struct timespec t;
	clockid_t clock;

	must(clock_getcpuclockid(c->pid, &clock) == 0, "its CPU clock");
	must(clock_gettime(clock, &t) == 0, "its CPU clock");
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

long
child_proc(const struct child *c, const char *name)
{
	char path[64];
	char line[256];
	long value = -1;
	size_t length = strlen(name);

	snprintf(path, sizeof path, "/proc/%d/status", (int)c->pid);
	FILE *f = fopen(path, "re");
	must(f != NULL, path);
	while (value < 0 && fgets(line, sizeof line, f) != NULL) {
		if (strncmp(line, name, length) == 0 && line[length] == ':') {
			value = strtol(line + length + 1, NULL, 10);
		}
	}
	fclose(f);
	must(value >= 0, name);
	return value;
}
