/* SPDX-License-Identifier: MIT */
/*
 * osc_server.c -- a scripted daemon: known answers to known questions.
 *
 *	osc_server SCRIPT URL
 *
 * Binds URL (port 0: any), prints the URL that it got on a line of its own,
 * and serves until it is ended or its parent is.  Every message that comes is
 * printed to standard error.  In the script a line that begins with '/' is a
 * request: an address, or a whole message as osc_text_show prints it; the
 * indented lines below it are what is sent back, $1 being the request's first
 * argument.  Instead of a message: "!bundle" sends the messages behind it in
 * one bundle, "!raw HEX" bytes as they are, "!close" ends the connection.  A
 * request with nothing below it is not answered; one that is not in the
 * script is an error 404.  Streams speak length prefixes only.
 *
 * One thread.
 */
#include <ctype.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "osc_read.h"
#include "osc_text.h"
#include "osc_write.h"

#define MAX_LINES   512
#define MAX_WORDS   256
#define MAX_CALLERS 16
#define PACKET      65536

struct script {
	char *line[MAX_LINES];
	int lines;
};

/** One who can be answered: an address on a datagram socket, or a stream. */
struct partner {
	int fd;
	bool stream;
	struct sockaddr_storage from;
	socklen_t length;
	uint8_t in[PACKET + 4];
	size_t have;
};

struct server {
	struct script script;
	int fd;
	bool stream;
	struct partner *partner[MAX_CALLERS]; /* streams; [0] is everybody */
	int partners;
};

static void
die(const char *what)
{
	(void)fprintf(stderr, "osc_server: %s: %s\n", what, strerror(errno));
	exit(EXIT_FAILURE);
}

static void
load(struct script *s, const char *path)
{
	char *line = NULL;
	size_t room = 0;
	FILE *f = fopen(path, "re");

	if (f == NULL) {
		die(path);
	}
	while (getline(&line, &room, f) >= 0 && s->lines < MAX_LINES) {
		line[strcspn(line, "\n")] = '\0';
		if (*line != '\0' && *line != '#') {
			s->line[s->lines++] = strdup(line);
		}
	}
	free(line);
	(void)fclose(f);
}

/* The first line of the answer; -1 when the request is not in the script. */
static int
find(const struct script *s, const char *text, const char *address)
{
	int by_address = -1;

	for (int i = 0; i < s->lines; i++) {
		if (strcmp(s->line[i], text) == 0) {
			return i + 1;
		}
		if (by_address < 0 && strcmp(s->line[i], address) == 0) {
			by_address = i + 1;
		}
	}
	return by_address;
}

/* Words between blanks; "quoted ones" may hold some. */
static int
split(char *line, char **word)
{
	int n = 0;

	while (n < MAX_WORDS) {
		line += strspn(line, " \t");
		if (*line == '\0') {
			break;
		}
		const char *end = " \t";
		if (*line == '"') {
			line++;
			end = "\"";
		}
		word[n++] = line;
		line += strcspn(line, end);
		if (*line != '\0') {
			*line++ = '\0';
		}
	}
	return n;
}

static void
post(struct partner *p, const void *data, size_t size)
{
	uint8_t frame[PACKET + 4] = {(uint8_t)(size >> 24),
		(uint8_t)(size >> 16), (uint8_t)(size >> 8), (uint8_t)size};

	if (!p->stream) {
		(void)sendto(p->fd, data, size, MSG_NOSIGNAL,
			(struct sockaddr *)&p->from, p->length);
		return;
	}
	memcpy(frame + 4, data, size);
	/* in two pieces: a reader must not count on getting a packet whole */
	(void)send(p->fd, frame, 3, MSG_NOSIGNAL);
	(void)send(p->fd, frame + 3, size + 1, MSG_NOSIGNAL);
}

static size_t
build(char **word, int words, const char *first, uint8_t *out, size_t room)
{
	struct osc_out o;
	char why[256];

	for (int i = 1; i < words; i++) {
		if (strcmp(word[i], "$1") == 0) {
			char *copy = strdup(first);

			word[i] = copy;
		}
	}
	osc_begin(&o, out, room, word[0]);
	if (osc_text_parse(&o, words - 1, word + 1, why, sizeof why) < 0) {
		(void)fprintf(stderr, "osc_server: %s: %s\n", word[0], why);
		exit(EXIT_FAILURE);
	}
	return osc_end(&o);
}

static void
post_raw(struct partner *p, const char *hex)
{
	uint8_t raw[1024];
	size_t n = 0;
	unsigned byte = 0;

	while (n < sizeof raw && sscanf(hex + 2 * n, "%2x", &byte) == 1) {
		raw[n++] = (uint8_t)byte;
	}
	if (p->stream) {
		(void)send(p->fd, raw, n, MSG_NOSIGNAL);
	} else {
		post(p, raw, n);
	}
}

/* @return false when the connection is to be closed */
static bool
answer(const struct server *s, struct partner *p, int line, const char *first)
{
	static uint8_t message[PACKET];
	static uint8_t bundle[PACKET];
	size_t bundled = 0;
	bool go_on = true;

	for (; line < s->script.lines &&
		isspace((unsigned char)s->script.line[line][0]);
		line++) {
		char *word[MAX_WORDS];
		char *copy = strdup(s->script.line[line]);
		int words = split(copy, word);

		if (words == 0) {
			free(copy);
			continue;
		}
		if (strcmp(word[0], "!close") == 0) {
			go_on = false;
		} else if (strcmp(word[0], "!raw") == 0) {
			post_raw(p, word[1]);
		} else if (strcmp(word[0], "!bundle") == 0) {
			if (!osc_bundle_begin(
				    bundle, sizeof bundle, &bundled, OSC_NOW)) {
				die("bundle");
			}
		} else {
			size_t n = build(
				word, words, first, message, sizeof message);

			if (bundled == 0) {
				post(p, message, n);
			} else if (!osc_bundle_add(bundle, sizeof bundle,
					   &bundled, message, n)) {
				die("bundle");
			}
		}
		free(copy);
	}
	if (bundled > 0) {
		post(p, bundle, bundled);
	}
	return go_on;
}

static void
answer_404(struct partner *p, const char *address)
{
	uint8_t message[1024];
	struct osc_out o;

	osc_begin(&o, message, sizeof message, "/error");
	osc_put_string(&o, address);
	osc_put_int(&o, 404);
	osc_put_string(&o, "unknown address");
	post(p, message, osc_end(&o));
}

static bool
take(struct server *s, struct partner *p, const uint8_t *data, size_t size)
{
	struct osc_walk w;
	struct osc_message m;
	bool go_on = true;

	if (osc_check(data, size) != NULL) {
		(void)fprintf(stderr, "malformed\n");
		return true;
	}
	if (osc_is_bundle(data, size)) {
		(void)fprintf(stderr, "bundle\n");
	}
	osc_walk_begin(&w, data, size);
	while (osc_walk_next(&w, &m)) {
		char text[4096];
		size_t head = strlen(m.address);

		(void)osc_text_show(&m, text, sizeof text);
		(void)fprintf(stderr, "%s\n", text);
		int line = find(&s->script, text, m.address);
		if (line < 0) {
			answer_404(p, m.address);
		} else {
			char *first = text[head] == ' ' ? text + head + 1
							: text + head;

			first[strcspn(first, " ")] = '\0';
			go_on = answer(s, p, line, first) && go_on;
		}
	}
	(void)fflush(stderr);
	return go_on;
}

/* @return false when the stream is over */
static bool
read_stream(struct server *s, struct partner *p)
{
	ssize_t n = recv(p->fd, p->in + p->have, sizeof p->in - p->have, 0);

	if (n <= 0) {
		return false;
	}
	p->have += (size_t)n;
	while (p->have >= 4) {
		size_t size = (size_t)p->in[2] << 8 | p->in[3];

		if (p->in[0] != 0 || p->in[1] != 0 || size == 0) {
			return false;
		}
		if (p->have < 4 + size) {
			break;
		}
		if (!take(s, p, p->in + 4, size)) {
			return false;
		}
		p->have -= 4 + size;
		memmove(p->in, p->in + 4 + size, p->have);
	}
	return true;
}

static void
read_datagram(struct server *s, struct partner *p)
{
	p->length = sizeof p->from;
	ssize_t n = recvfrom(p->fd, p->in, sizeof p->in, 0,
		(struct sockaddr *)&p->from, &p->length);

	if (n > 0) {
		(void)take(s, p, p->in, (size_t)n);
	}
}

static struct partner *
new_partner(int fd, bool stream)
{
	struct partner *p = calloc(1, sizeof *p);

	if (p == NULL) {
		die("calloc");
	}
	p->fd = fd;
	p->stream = stream;
	return p;
}

static void
bind_unix(struct server *s, const char *path)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};

	if (strlen(path) >= sizeof a.sun_path) {
		errno = ENAMETOOLONG;
		die(path);
	}
	(void)strcpy(a.sun_path, path);
	s->fd = socket(AF_UNIX, s->stream ? SOCK_STREAM : SOCK_DGRAM, 0);
	if (s->fd < 0 || bind(s->fd, (struct sockaddr *)&a, sizeof a) < 0) {
		die(path);
	}
}

static void
bind_inet(struct server *s, const char *scheme, const char *port)
{
	struct sockaddr_in a = {.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons((uint16_t)atoi(port))};
	socklen_t length = sizeof a;

	s->fd = socket(AF_INET, s->stream ? SOCK_STREAM : SOCK_DGRAM, 0);
	if (s->fd < 0 || bind(s->fd, (struct sockaddr *)&a, sizeof a) < 0 ||
		getsockname(s->fd, (struct sockaddr *)&a, &length) < 0) {
		die("bind");
	}
	printf("%s://127.0.0.1:%d\n", scheme, ntohs(a.sin_port));
}

static void
bind_url(struct server *s, const char *url)
{
	const char *rest = strstr(url, "://");

	if (rest == NULL) {
		errno = EINVAL;
		die(url);
	}
	s->stream =
		strncmp(url, "tcp:", 4) == 0 || strncmp(url, "unix:", 5) == 0;
	if (strncmp(url, "unix", 4) == 0) {
		bind_unix(s, rest + 3);
	} else {
		const char *port = strrchr(url, ':');

		bind_inet(s, s->stream ? "tcp" : "udp", port + 1);
	}
	if (s->stream && listen(s->fd, MAX_CALLERS) < 0) {
		die("listen");
	}
	if (strncmp(url, "unix", 4) == 0) {
		printf("%s\n", url);
	}
	(void)fflush(stdout);
	(void)fclose(stdout);
}

static void
serve(struct server *s)
{
	struct pollfd fds[MAX_CALLERS + 1];

	for (;;) {
		for (int i = 0; i < s->partners; i++) {
			fds[i].fd = s->partner[i]->fd;
			fds[i].events = POLLIN;
		}
		fds[s->partners].fd =
			s->stream && s->partners < MAX_CALLERS ? s->fd : -1;
		fds[s->partners].events = POLLIN;
		fds[s->partners].revents = 0;
		if (poll(fds, (nfds_t)s->partners + 1, -1) < 0) {
			die("poll");
		}
		int known = s->partners;
		if (fds[known].revents != 0) {
			int fd = accept(s->fd, NULL, NULL);

			if (fd >= 0) {
				s->partner[s->partners++] =
					new_partner(fd, true);
			}
		}
		for (int i = known - 1; i >= 0; i--) {
			if (fds[i].revents == 0) {
				continue;
			}
			if (!s->stream) {
				read_datagram(s, s->partner[i]);
			} else if (!read_stream(s, s->partner[i])) {
				(void)close(s->partner[i]->fd);
				free(s->partner[i]);
				s->partner[i] = s->partner[--s->partners];
			}
		}
	}
}

int
main(int argc, char **argv)
{
	static struct server s;

	if (argc != 3) {
		(void)fputs("usage: osc_server SCRIPT URL\n", stderr);
		return EXIT_FAILURE;
	}
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	load(&s.script, argv[1]);
	bind_url(&s, argv[2]);
	if (!s.stream) {
		s.partner[s.partners++] = new_partner(s.fd, false);
	}
	serve(&s);
}
