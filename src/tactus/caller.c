/* SPDX-License-Identifier: MIT */
/*
 * caller.c -- see caller.h.  Owns one socket and one buffer.
 */
#include "caller.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define PREFIX 4 /* bytes of a length */
#define RECEIVE_BYTES                                    \
  (1 << 20) /* asked of the kernel: lists come in bursts \
	     */

struct caller {
	int fd;
	int watched; /* -1: none */
	bool stream;
	char *url;
	uint8_t *in; /* PREFIX + CALLER_MAX_PACKET bytes */
	size_t have; /* bytes in it */
	size_t used; /* of them: the packet that is being walked */
	bool walking;
	struct osc_walk walk;
	char why[256];
};

/** What a URL says. */
struct place {
	int family;
	int type;
	char host[128];
	char port[8];
	struct sockaddr_un path;
};

static int explain(struct caller *c, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static int
explain(struct caller *c, int error, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	(void)vsnprintf(c->why, sizeof c->why, format, list);
	va_end(list);
	return error;
}

static int64_t
now_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* HOST:PORT or [HOST]:PORT. */
static bool
parse_host(const char *text, struct place *p)
{
	const char *host = text;
	size_t length;
	const char *port;

	if (*text == '[') {
		host = text + 1;
		length = strcspn(host, "]");
		port = host[length] == ']' ? host + length + 1 : "";
	} else {
		length = strcspn(host, ":");
		port = host + length;
	}
	if (length == 0 || length >= sizeof p->host || *port != ':') {
		return false;
	}
	port++;
	size_t digits = strspn(port, "0123456789");
	if (digits == 0 || digits > 5 || port[digits] != '\0' ||
		atoi(port) > 65535 || atoi(port) == 0) {
		return false;
	}
	memcpy(p->host, host, length);
	p->host[length] = '\0';
	memcpy(p->port, port, digits + 1);
	return true;
}

static bool
parse_path(const char *text, struct place *p)
{
	size_t length = strlen(text);

	if (*text != '/' || length >= sizeof p->path.sun_path) {
		return false;
	}
	p->family = AF_UNIX;
	p->path.sun_family = AF_UNIX;
	memcpy(p->path.sun_path, text, length + 1);
	return true;
}

static bool
parse(const char *url, struct place *p)
{
	*p = (struct place){.family = AF_UNSPEC, .type = SOCK_STREAM};
	if (strncmp(url, "udp://", 6) == 0) {
		p->type = SOCK_DGRAM;
		return parse_host(url + 6, p);
	}
	if (strncmp(url, "tcp://", 6) == 0) {
		return parse_host(url + 6, p);
	}
	if (strncmp(url, "unix://", 7) == 0) {
		return parse_path(url + 7, p);
	}
	if (strncmp(url, "unixgram://", 11) == 0) {
		p->type = SOCK_DGRAM;
		return parse_path(url + 11, p);
	}
	return false;
}

/* Wait until the socket is ready. 1 ready, 0 deadline, -EINTR watched. */
static int
wait_for(struct caller *c, short events, int64_t deadline_ns)
{
	for (;;) {
		struct pollfd fds[2] = {
			{.fd = c->fd,                              .events = events},
			{.fd = events == POLLIN ? c->watched : -1,
                         .events = POLLIN                                          },
		};
		int64_t left = deadline_ns - now_ns();
		int64_t ms = left <= 0 ? 0 : (left + 999999) / 1000000;

		int n = poll(fds, 2, ms > 1000000 ? 1000000 : (int)ms);
		if (n < 0 && errno != EINTR) {
			return explain(
				c, -errno, "%s: %s", c->url, strerror(errno));
		}
		if (n > 0 && fds[1].revents != 0) {
			return -EINTR;
		}
		if (n > 0 && fds[0].revents != 0) {
			return 1;
		}
		if (n == 0 && left <= 0) {
			return 0;
		}
	}
}

/* The words for a connection that failed, by what can be done about it. */
static int
lament(struct caller *c, int error)
{
	switch (error) {
	case ECONNREFUSED:
	case ENOENT:
	case ECONNRESET:
	case EPIPE:
		return explain(c, -error,
			"nobody answers at %s (%s): start tactusd, or name its "
			"address with --url or TACTUS_URL",
			c->url, strerror(error));
	case EACCES:
	case EPERM:
		return explain(c, -error,
			"%s may not be used (%s): join its group (adduser USER "
			"audio), or use another listener with --url",
			c->url, strerror(error));
	case EMSGSIZE:
		return explain(c, -error,
			"the message is too large for %s: use tcp:// or "
			"unix://, or send less at once",
			c->url);
	default:
		return explain(c, -error, "%s: %s", c->url, strerror(error));
	}
}

static int
finish_connect(struct caller *c, int64_t deadline_ns)
{
	int error = 0;
	socklen_t length = sizeof error;

	int r = wait_for(c, POLLOUT, deadline_ns);
	if (r == 0) {
		return lament(c, ETIMEDOUT);
	}
	if (r < 0) {
		return r;
	}
	if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &length) < 0) {
		error = errno;
	}
	return error == 0 ? 0 : lament(c, error);
}

static int
connect_to(struct caller *c, const struct place *p, const struct sockaddr *to,
	socklen_t length, int64_t deadline_ns)
{
	int bytes = RECEIVE_BYTES;

	c->fd = socket(
		to->sa_family, p->type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (c->fd < 0) {
		return lament(c, errno);
	}
	(void)setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
	if (p->family == AF_UNIX && p->type == SOCK_DGRAM) {
		/* a name of the kernel's choice, so that it can answer */
		struct sockaddr_un own = {.sun_family = AF_UNIX};

		if (bind(c->fd, (struct sockaddr *)&own,
			    sizeof own.sun_family) < 0) {
			return lament(c, errno);
		}
	}
	if (connect(c->fd, to, length) == 0) {
		return 0;
	}
	if (errno == EINPROGRESS) {
		return finish_connect(c, deadline_ns);
	}
	return lament(c, errno);
}

static int
connect_host(struct caller *c, const struct place *p, int64_t deadline_ns)
{
	struct addrinfo want = {.ai_family = AF_UNSPEC,
		.ai_socktype = p->type,
		.ai_flags = AI_ADDRCONFIG};
	struct addrinfo *list = NULL;

	int failed = getaddrinfo(p->host, p->port, &want, &list);
	if (failed == EAI_ADDRFAMILY || failed == EAI_NONAME) {
		/* a machine with loopback alone has no configured family */
		want.ai_flags = 0;
		failed = getaddrinfo(p->host, p->port, &want, &list);
	}
	if (failed != 0) {
		return explain(c, -EHOSTUNREACH, "%s: no host '%s' (%s)",
			c->url, p->host, gai_strerror(failed));
	}
	int r = -EHOSTUNREACH;
	for (struct addrinfo *a = list; a != NULL; a = a->ai_next) {
		r = connect_to(c, p, a->ai_addr, a->ai_addrlen, deadline_ns);
		if (r == 0) {
			break;
		}
		if (c->fd >= 0) {
			(void)close(c->fd);
			c->fd = -1;
		}
	}
	freeaddrinfo(list);
	return r;
}

int
caller_open(const char *url, int64_t deadline_ns, struct caller **out,
	char *why, size_t size)
{
	struct place p;

	*out = NULL;
	why[0] = '\0';
	if (!parse(url, &p)) {
		(void)snprintf(why, size,
			"'%s' is no address of a daemon: give "
			"udp://HOST:PORT, tcp://HOST:PORT, unix:///PATH or "
			"unixgram:///PATH",
			url);
		return -EINVAL;
	}
	struct caller *c = calloc(1, sizeof *c);
	if (c == NULL) {
		return -ENOMEM;
	}
	c->fd = -1;
	c->watched = -1;
	c->stream = p.type == SOCK_STREAM;
	c->url = strdup(url);
	c->in = malloc(PREFIX + CALLER_MAX_PACKET);
	int r = -ENOMEM;
	if (c->url != NULL && c->in != NULL) {
		r = p.family == AF_UNIX
			    ? connect_to(c, &p, (struct sockaddr *)&p.path,
				      sizeof p.path, deadline_ns)
			    : connect_host(c, &p, deadline_ns);
	}
	if (r < 0) {
		(void)snprintf(why, size, "%s", c->why);
		caller_close(c);
		return r;
	}
	*out = c;
	return 0;
}

void
caller_close(struct caller *c)
{
	if (c == NULL) {
		return;
	}
	if (c->fd >= 0) {
		(void)close(c->fd);
	}
	free(c->in);
	free(c->url);
	free(c);
}

const char *
caller_url(const struct caller *c)
{
	return c->url;
}

const char *
caller_why(const struct caller *c)
{
	return c->why;
}

void
caller_watch(struct caller *c, int fd)
{
	c->watched = fd;
}

/* All of it, or an error: streams may take a part only. */
static int
push(struct caller *c, const uint8_t *data, size_t size, int64_t deadline_ns)
{
	while (size > 0) {
		ssize_t n = send(c->fd, data, size, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n < 0 && (errno == EAGAIN || errno == ENOBUFS)) {
			int r = wait_for(c, POLLOUT, deadline_ns);
			if (r == 0) {
				return explain(c, -ETIMEDOUT,
					"%s does not take the message: it is "
					"busy or hangs",
					c->url);
			}
			if (r < 0) {
				return r;
			}
			continue;
		}
		if (n < 0) {
			return lament(c, errno);
		}
		data += n;
		size -= (size_t)n;
	}
	return 0;
}

int
caller_send(
	struct caller *c, const void *packet, size_t size, int64_t deadline_ns)
{
	if (c->stream) {
		uint8_t prefix[PREFIX] = {(uint8_t)(size >> 24),
			(uint8_t)(size >> 16), (uint8_t)(size >> 8),
			(uint8_t)size};

		int r = push(c, prefix, sizeof prefix, deadline_ns);
		if (r < 0) {
			return r;
		}
	}
	return push(c, packet, size, deadline_ns);
}

/* Read what there is. 1 something came, else negative errno. */
static int
fill(struct caller *c)
{
	size_t room = PREFIX + CALLER_MAX_PACKET - c->have;

	ssize_t n = recv(c->fd, c->in + c->have, room, 0);
	if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
		return 1;
	}
	if (n < 0) {
		return lament(c, errno);
	}
	if (n == 0 && c->stream) {
		return explain(c, -EPIPE, "%s closed the connection", c->url);
	}
	c->have += (size_t)n;
	return 1;
}

/* Is a whole packet here? Then where; false with *error 0 to read on. */
static bool
packet_here(struct caller *c, const uint8_t **packet, size_t *size, int *error)
{
	*error = 0;
	if (!c->stream) {
		*packet = c->in;
		*size = c->have;
		c->used = c->have;
		return c->have > 0;
	}
	if (c->have < PREFIX) {
		return false;
	}
	size_t n = (size_t)c->in[0] << 24 | (size_t)c->in[1] << 16 |
		   (size_t)c->in[2] << 8 | (size_t)c->in[3];
	if (n == 0 || n > CALLER_MAX_PACKET) {
		*error = explain(c, -EBADMSG,
			"%s sent a packet of %zu bytes: it does not speak OSC "
			"with length prefixes",
			c->url, n);
		return false;
	}
	if (c->have < PREFIX + n) {
		return false;
	}
	*packet = c->in + PREFIX;
	*size = n;
	c->used = PREFIX + n;
	return true;
}

static void
drop_packet(struct caller *c)
{
	c->have -= c->used;
	memmove(c->in, c->in + c->used, c->have);
	c->used = 0;
	c->walking = false;
}

int
caller_next(struct caller *c, int64_t deadline_ns, struct osc_message *out)
{
	const uint8_t *packet = NULL;
	size_t size = 0;
	int error = 0;

	for (;;) {
		if (c->walking) {
			if (osc_walk_next(&c->walk, out)) {
				return 1;
			}
			drop_packet(c);
		}
		if (packet_here(c, &packet, &size, &error)) {
			const char *wrong = osc_check(packet, size);

			if (wrong != NULL) {
				drop_packet(c);
				return explain(c, -EBADMSG,
					"%s sent what is no OSC packet: %s",
					c->url, wrong);
			}
			osc_walk_begin(&c->walk, packet, size);
			c->walking = true;
			continue;
		}
		if (error != 0) {
			return error;
		}
		int r = wait_for(c, POLLIN, deadline_ns);
		if (r <= 0) {
			return r;
		}
		r = fill(c);
		if (r < 0) {
			return r;
		}
	}
}
