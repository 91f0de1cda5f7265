/* SPDX-License-Identifier: MIT */
/*
 * notify.c -- see notify.h.
 */
#include "notify.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define MESSAGE 2048 /* bytes of a datagram, the rest is cut */

struct notify {
	int socket; /* -1: nobody listens */
	struct sockaddr_un address;
	socklen_t length;
	int64_t watchdog_ns;
	uint64_t unsent;
};

/* "/path" or "@abstract" */
static int
parse_address(struct notify *n, const char *name)
{
	size_t length = strlen(name);

	if ((name[0] != '/' && name[0] != '@') || length < 2 ||
		length >= sizeof n->address.sun_path) {
		return -EINVAL;
	}
	n->address.sun_family = AF_UNIX;
	memcpy(n->address.sun_path, name, length);
	n->length =
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
	if (name[0] == '@') {
		n->address.sun_path[0] = '\0';
	} else {
		n->length++; /* its zero */
	}
	return 0;
}

/* A whole decimal number; 0 for all else. */
static int64_t
parse_number(const char *text)
{
	char *end;

	if (text == NULL || *text < '0' || *text > '9') {
		return 0;
	}
	errno = 0;
	long long v = strtoll(text, &end, 10);
	return errno == 0 && *end == '\0' ? v : 0;
}

static int64_t
find_watchdog(void)
{
	int64_t us = parse_number(getenv("WATCHDOG_USEC"));
	const char *pid = getenv("WATCHDOG_PID");

	if (pid != NULL && parse_number(pid) != getpid()) {
		return 0;
	}
	return us > INT64_MAX / 1000 ? 0 : us * 1000 / 2;
}

int
notify_open(struct notify **out)
{
	const char *name = getenv("NOTIFY_SOCKET");
	struct notify *n = calloc(1, sizeof *n);

	if (n == NULL) {
		return -ENOMEM;
	}
	n->socket = -1;
	if (name != NULL && *name != '\0') {
		int error = parse_address(n, name);

		if (error == 0) {
			n->socket =
				socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
			error = n->socket < 0 ? -errno : 0;
		}
		if (error != 0) {
			free(n);
			return error;
		}
		n->watchdog_ns = find_watchdog();
	}
	*out = n;
	return 0;
}

void
notify_close(struct notify *n)
{
	if (n != NULL && n->socket >= 0) {
		close(n->socket);
	}
	free(n);
}

static void
post(struct notify *n, const char *text)
{
	if (n->socket < 0) {
		return;
	}
	size_t length = strlen(text);
	ssize_t sent =
		sendto(n->socket, text, length, MSG_NOSIGNAL | MSG_DONTWAIT,
			(const struct sockaddr *)&n->address, n->length);
	if (sent != (ssize_t)length) {
		n->unsent++;
	}
}

static void post_status(struct notify *n, const char *first, const char *format,
	va_list args) __attribute__((format(printf, 3, 0)));

/* `first`, then STATUS= on one line: a newline would begin another field. */
static void
post_status(
	struct notify *n, const char *first, const char *format, va_list args)
{
	char text[MESSAGE];
	size_t start = (size_t)snprintf(text, sizeof text, "%sSTATUS=", first);

	vsnprintf(text + start, sizeof text - start, format, args);
	for (char *s = text + start; *s != '\0'; s++) {
		if (*s == '\n') {
			*s = ' ';
		}
	}
	post(n, text);
}

void
notify_ready(struct notify *n, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	post_status(n, "READY=1\n", format, args);
	va_end(args);
}

void
notify_status(struct notify *n, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	post_status(n, "", format, args);
	va_end(args);
}

void
notify_reloading(struct notify *n)
{
	char text[80];
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	snprintf(text, sizeof text, "RELOADING=1\nMONOTONIC_USEC=%" PRId64,
		(int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000);
	post(n, text);
}

void
notify_stopping(struct notify *n)
{
	post(n, "STOPPING=1");
}

void
notify_watchdog(struct notify *n)
{
	post(n, "WATCHDOG=1");
}

int64_t
notify_watchdog_ns(const struct notify *n)
{
	return n->watchdog_ns;
}

uint64_t
notify_unsent(const struct notify *n)
{
	return n->unsent;
}

bool
notify_is_heard(const struct notify *n)
{
	return n->socket >= 0;
}
