/* SPDX-License-Identifier: MIT */
/*
 * scsynth.c -- see scsynth.h.
 */
#include "scsynth.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "score.h"

/** How often scsynth is started until JACK is there, and asked whether it is,
 * a tenth of a second each. */
#define TRIES 100

/** Run a program whose words go nowhere. */
static pid_t
run(const char *const *words)
{
	pid_t pid = fork();
	union {
		const char *const *seen;
		char *const *given; /* execv changes nothing */
	} u = {words};

	score_must(pid >= 0, "fork");
	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(null, 0);
		if (getenv("BENCH_LOG") == NULL) {
			dup2(null, 1);
			dup2(null, 2);
		}
		execvp(words[0], u.given);
		_exit(127);
	}
	return pid;
}

static void
end(pid_t pid)
{
	(void)kill(pid, SIGTERM);
	(void)waitpid(pid, NULL, 0);
}

/** A socket to a port of loopback that nobody has. */
static int
find_port(uint16_t *port)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof to;
	int free_one = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int room = 1 << 20;

	score_must(free_one >= 0 &&
			   bind(free_one, (struct sockaddr *)&to, size) == 0 &&
			   getsockname(free_one, (struct sockaddr *)&to,
				   &size) == 0,
		"a port");
	close(free_one);
	*port = ntohs(to.sin_port);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	score_must(
		fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0,
		"socket");
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
	return fd;
}

/** Ask once whether it is there; a tenth of a second. */
static bool
answers(struct scsynth *s)
{
	struct osc_out o;
	uint8_t data[32];

	osc_begin(&o, data, sizeof data, "/sync");
	osc_put_int(&o, 0);
	/* refused as long as nobody listens */
	size_t size = osc_end(&o);
	if (child_send(&s->child, data, size) != 0) {
		(void)poll(NULL, 0, 100);
		return false;
	}
	struct pollfd p = {s->child.socket, POLLIN, 0};
	if (poll(&p, 1, 100) <= 0) {
		return false;
	}
	if (recv(s->child.socket, s->child.heard, sizeof s->child.heard, 0) >
		0) {
		return true;
	}
	(void)poll(NULL, 0, 100);
	return false;
}

bool
scsynth_start(struct scsynth *s)
{
	char server[64];
	char port[16];
	const char *const jackd[] = {"jackd", "-n", server, "-d", "dummy", "-r",
		"48000", "-p", "64", "-C", "2", "-P", "2", NULL};
	const char *const words[] = {"scsynth", "-u", port, "-B", "127.0.0.1",
		"-i", "0", "-o", "2", "-D", "0", "-R", "0", "-z", "64", NULL};

	*s = (struct scsynth){.child.notify = -1};
	snprintf(server, sizeof server, "tactus-bench-%d", (int)getpid());
	s->child.socket = find_port(&s->port);
	snprintf(port, sizeof port, "%u", s->port);
	s->jack = run(jackd);
	setenv("JACK_DEFAULT_SERVER", server, 1);
	setenv("JACK_NO_START_SERVER", "1", 1);
	s->child.pid = run(words);
	for (int i = 0; i < TRIES; i++) {
		if (answers(s)) {
			child_sync(&s->child, 1);
			return true;
		}
		if (waitpid(s->child.pid, NULL, WNOHANG) == s->child.pid) {
			/* JACK was not there yet */
			s->child.pid = run(words);
		}
	}
	scsynth_stop(s);
	return false;
}

void
scsynth_stop(struct scsynth *s)
{
	end(s->child.pid);
	end(s->jack);
	close(s->child.socket);
}

void
scsynth_sine(struct scsynth *s, int32_t id)
{
	struct osc_out o;
	uint8_t data[1024];
	size_t size = score_defs(VOICE_SINE, data, sizeof data);

	score_must(
		size != 0 && child_send(&s->child, data, size) == 0, "/d_recv");
	child_sync(&s->child, 2);
	osc_begin(&o, data, sizeof data, "/s_new");
	osc_put_string(&o, "sine");
	osc_put_int(&o, id);
	osc_put_int(&o, 1);
	osc_put_int(&o, 0);
	osc_put_string(&o, "freq");
	osc_put_float(&o, 440.0F);
	osc_put_string(&o, "amp");
	osc_put_float(&o, 0.1F);
	size = osc_end(&o);
	score_must(child_send(&s->child, data, size) == 0, "/s_new");
	child_sync(&s->child, 3);
}
