/* SPDX-License-Identifier: MIT */
/*
 * client.c -- see client.h.
 */
#include "client.h"

#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <math.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "daemon.h"
#include "osc_text.h"
#include "osc_write.h"
#include "url.h"

#define MAX_WORDS 4096
#define NTP_1970  2208988800U

static socklen_t
address_of(const struct url *u, struct sockaddr_storage *out)
{
	memset(out, 0, sizeof *out);
	if (url_is_local(u->scheme)) {
		struct sockaddr_un *a = (struct sockaddr_un *)(void *)out;
		a->sun_family = AF_UNIX;
		memcpy(a->sun_path, u->path, strlen(u->path) + 1);
		return sizeof *a;
	}
	struct sockaddr_in *a = (struct sockaddr_in *)(void *)out;
	a->sin_family = AF_INET;
	a->sin_port = htons(u->port);
	ck_assert_int_eq(inet_pton(AF_INET, u->host, &a->sin_addr), 1);
	return sizeof *a;
}

void
client_open(struct client *c, const char *url)
{
	struct sockaddr_storage to;
	struct url u;
	const char *wrong = url_parse(url, &u);
	int room = 4 << 20;

	ck_assert_msg(wrong == NULL, "%s: %s", url, wrong);
	socklen_t size = address_of(&u, &to);
	memset(c, 0, sizeof *c);
	c->stream = url_is_stream(u.scheme);
	c->fd = socket(url_is_local(u.scheme) ? AF_UNIX : AF_INET,
		(c->stream ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC, 0);
	ck_assert_int_ge(c->fd, 0);
	/* an answer that finds no room is lost */
	(void)setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
	(void)setsockopt(c->fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room);
	if (u.scheme == URL_UNIXGRAM) {
		/* autobind: a name of its own, to be answered at */
		sa_family_t own = AF_UNIX;
		ck_assert_int_eq(bind(c->fd, (struct sockaddr *)(void *)&own,
					 sizeof own),
			0);
	}
	ck_assert_msg(connect(c->fd, (struct sockaddr *)&to, size) == 0,
		"%s: %s", url, strerror(errno));
}

void
client_close(struct client *c)
{
	close(c->fd);
	c->fd = -1;
}

void
client_start(struct client *c, struct daemon *d, const struct daemon_want *want)
{
	daemon_start(d, want);
	client_open(c, d->url[0]);
}

void
client_end(struct client *c, struct daemon *d, const char *never)
{
	client_close(c);
	daemon_end(d, never);
}

/** Cut a line into words in place; "…" holds blanks together. */
static int
cut(char *line, char **words)
{
	int count = 0;
	char *to = line;

	while (*line != '\0') {
		while (*line == ' ') {
			line++;
		}
		if (*line == '\0') {
			break;
		}
		ck_assert_int_lt(count, MAX_WORDS);
		words[count++] = to;
		for (bool quoted = false;
			*line != '\0' && (quoted || *line != ' '); line++) {
			if (*line == '"') {
				quoted = !quoted;
			} else {
				*to++ = *line;
			}
		}
		line += *line == ' ' ? 1 : 0;
		*to++ = '\0';
	}
	return count;
}

void
packet_say(struct packet *p, const char *text)
{
	char line[CLIENT_PACKET];
	char *words[MAX_WORDS];
	char why[256];
	struct osc_out out;

	ck_assert_uint_lt(strlen(text) + 2, sizeof line);
	/* room for the zero of each word, as quotes may stand side by side */
	strcpy(line, text);
	int count = cut(line, words);
	osc_begin(&out, p->data, sizeof p->data, words[0]);
	int err = osc_text_parse(&out, count - 1, words + 1, why, sizeof why);
	ck_assert_msg(err == 0, "%s: %s", text, why);
	p->size = osc_end(&out);
	ck_assert_uint_gt(p->size, 0);
}

void
packet_bundle(struct packet *p, uint64_t ntp)
{
	ck_assert(osc_bundle_begin(p->data, sizeof p->data, &p->size, ntp));
}

void
packet_add_packet(struct packet *p, const struct packet *more)
{
	ck_assert(osc_bundle_add(
		p->data, sizeof p->data, &p->size, more->data, more->size));
}

void
packet_add(struct packet *p, const char *text)
{
	static struct packet message;

	packet_say(&message, text);
	packet_add_packet(p, &message);
}

void
packet_at(struct packet *p, int64_t sample, const struct packet *inside)
{
	struct osc_out out;

	osc_begin(&out, p->data, sizeof p->data, "/at");
	osc_put_int64(&out, sample);
	osc_put_blob(&out, inside->data, (uint32_t)inside->size);
	p->size = osc_end(&out);
	ck_assert_uint_gt(p->size, 0);
}

static void
send_all(struct client *c, const uint8_t *data, size_t size)
{
	while (size > 0) {
		ssize_t sent = send(c->fd, data, size, MSG_NOSIGNAL);
		if (sent < 0 && errno == EINTR) {
			continue;
		}
		ck_assert_msg(sent > 0, "send: %s", strerror(errno));
		data += sent;
		size -= (size_t)sent;
	}
}

void
client_send(struct client *c, const void *data, size_t size)
{
	if (c->stream) {
		uint32_t length = htonl((uint32_t)size);
		send_all(c, (const uint8_t *)&length, sizeof length);
		send_all(c, data, size);
		return;
	}
	ssize_t sent = send(c->fd, data, size, MSG_NOSIGNAL);
	ck_assert_msg(sent == (ssize_t)size, "send: %s", strerror(errno));
}

void
client_send_packet(struct client *c, const struct packet *p)
{
	client_send(c, p->data, p->size);
}

void
client_say(struct client *c, const char *format, ...)
{
	static struct packet packet;
	char text[CLIENT_PACKET / 2];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	packet_say(&packet, text);
	client_send_packet(c, &packet);
}

/** Take one packet of a stream out of what is held. */
static bool
take_framed(struct client *c)
{
	uint32_t length;

	if (c->held < sizeof length) {
		return false;
	}
	memcpy(&length, c->data, sizeof length);
	length = ntohl(length);
	ck_assert_uint_le(length, sizeof c->packet);
	if (c->held < sizeof length + length) {
		return false;
	}
	memcpy(c->packet, c->data + sizeof length, length);
	c->size = length;
	c->held -= sizeof length + length;
	memmove(c->data, c->data + sizeof length + length, c->held);
	return true;
}

static bool
take_packet(struct client *c, int wait_ms)
{
	struct pollfd p = {c->fd, POLLIN, 0};

	for (;;) {
		if (c->stream && take_framed(c)) {
			return true;
		}
		if (poll(&p, 1, wait_ms) <= 0) {
			return false;
		}
		uint8_t *to = c->stream ? c->data + c->held : c->packet;
		size_t room =
			c->stream ? sizeof c->data - c->held : sizeof c->packet;
		ssize_t got = recv(c->fd, to, room, 0);
		ck_assert_msg(got > 0, "receive: %s",
			got == 0 ? "closed" : strerror(errno));
		if (!c->stream) {
			c->size = (size_t)got;
			return true;
		}
		c->held += (size_t)got;
	}
}

bool
client_poll(struct client *c, int wait_ms)
{
	struct osc_walk walk;

	if (!take_packet(c, wait_ms)) {
		return false;
	}
	const char *wrong = osc_check(c->packet, c->size);
	ck_assert_msg(wrong == NULL, "the daemon sent: %s", wrong);
	osc_walk_begin(&walk, c->packet, c->size);
	ck_assert(osc_walk_next(&walk, &c->message));
	(void)osc_text_show(&c->message, c->text, sizeof c->text);
	return true;
}

const char *
client_hear(struct client *c)
{
	ck_assert_msg(client_poll(c, DAEMON_WAIT_MS), "no message comes");
	return c->text;
}

void
client_expect(struct client *c, const char *format, ...)
{
	char want[4096];
	va_list args;

	va_start(args, format);
	vsnprintf(want, sizeof want, format, args);
	va_end(args);
	ck_assert_msg(client_poll(c, DAEMON_WAIT_MS),
		"nothing came, where this should: %s", want);
	ck_assert_str_eq(c->text, want);
}

void
client_expect_start(struct client *c, const char *start)
{
	ck_assert_msg(client_poll(c, DAEMON_WAIT_MS),
		"nothing came, where this should: %s…", start);
	ck_assert_msg(strncmp(c->text, start, strlen(start)) == 0,
		"this came: %s\nnot: %s…", c->text, start);
}

const char *
client_seek(struct client *c, const char *start)
{
	do {
		ck_assert_msg(client_poll(c, DAEMON_WAIT_MS),
			"this never came: %s…", start);
	} while (strncmp(c->text, start, strlen(start)) != 0);
	return c->text;
}

/** Argument `n`; ends the test when there is none. */
static struct osc_arg
argument(const struct client *c, uint32_t n)
{
	struct osc_args args;
	struct osc_arg a;

	osc_args_begin(&args, &c->message);
	for (uint32_t i = 0; i <= n; i++) {
		ck_assert_msg(osc_args_next(&args, &a),
			"there is no argument %u: %s", n, c->text);
	}
	return a;
}

double
client_number(const struct client *c, uint32_t n)
{
	struct osc_arg a = argument(c, n);
	double value = 0.0;

	ck_assert_msg(osc_number(&a, &value), "argument %u is no number: %s", n,
		c->text);
	return value;
}

const char *
client_string(const struct client *c, uint32_t n)
{
	struct osc_arg a = argument(c, n);
	const char *text = osc_text(&a);

	ck_assert_msg(text != NULL, "argument %u is no string: %s", n, c->text);
	return text;
}

uint32_t
client_count(const struct client *c)
{
	return (uint32_t)strlen(c->message.types);
}

/** The answer to `said`, or whatever led to it. */
static void
expect_error(struct client *c, const char *said, const char *address, int code,
	int64_t first, const char *words)
{
	char number[24] = "";

	if (first != NO_FIRST) {
		snprintf(number, sizeof number, " %lld", (long long)first);
	}
	ck_assert_msg(client_poll(c, DAEMON_WAIT_MS),
		"nothing came to %s, where this should: /error \"%s\" %d %s",
		said, address, code, words);
	bool right =
		strcmp(c->message.address, "/error") == 0 &&
		client_count(c) >= 3 &&
		strcmp(client_string(c, 0), address) == 0 &&
		client_number(c, 1) == code &&
		strstr(client_string(c, 2), words) != NULL &&
		client_count(c) == (first == NO_FIRST ? 3 : 4) &&
		(first == NO_FIRST || client_number(c, 3) == (double)first);
	ck_assert_msg(right,
		"this came to %s: %s\nnot: /error \"%s\" %d …%s…%s", said,
		c->text, address, code, words, number);
}

void
client_expect_error(struct client *c, const char *address, int code,
	int64_t first, const char *words)
{
	expect_error(c, "what was sent", address, code, first, words);
}

void
client_refused(struct client *c, const char *text, int code, int64_t first,
	const char *words)
{
	char address[128];
	size_t length = strcspn(text, " ");

	ck_assert_uint_lt(length, sizeof address);
	memcpy(address, text, length);
	address[length] = '\0';
	client_say(c, "%s", text);
	expect_error(c, text, address, code, first, words);
}

/** Each /sync has a number of its own. */
static int
next_sync(void)
{
	static int last;

	return ++last;
}

void
client_silent(struct client *c)
{
	int n = next_sync();

	client_say(c, "/sync %d", n);
	client_expect(c, "/synced %d", n);
}

void
client_sync(struct client *c)
{
	char want[32];
	int n = next_sync();

	client_say(c, "/sync %d", n);
	snprintf(want, sizeof want, "/synced %d", n);
	while (strcmp(client_hear(c), want) != 0) {
	}
}

void
client_each_stat(struct client *c,
	void (*each)(void *user, const char *name, double value), void *user)
{
	uint32_t page = 0;
	uint32_t pages = 1;

	client_say(c, "/stats");
	while (page < pages) {
		client_seek(c, "/stats.reply");
		uint32_t i = 0;
		if (client_count(c) > 0 && c->message.types[0] == 'i') {
			ck_assert_uint_eq((uint32_t)client_number(c, 0), page);
			pages = (uint32_t)client_number(c, 1);
			i = 2;
		}
		for (; i + 1 < client_count(c); i += 2) {
			each(user, client_string(c, i),
				client_number(c, i + 1));
		}
		page++;
	}
}

/** The number that is looked for. */
struct stat_wanted {
	const char *name;
	double value;
	bool found;
};

static void
take_stat(void *user, const char *name, double value)
{
	struct stat_wanted *w = user;

	if (strcmp(name, w->name) == 0) {
		w->value = value;
		w->found = true;
	}
}

double
client_stat(struct client *c, const char *name)
{
	struct stat_wanted w = {.name = name};

	client_each_stat(c, take_stat, &w);
	ck_assert_msg(w.found, "/stats has no \"%s\": %s", name, c->text);
	return w.value;
}

int64_t
client_sample(struct client *c)
{
	client_say(c, "/time");
	client_seek(c, "/time.reply");
	return (int64_t)client_number(c, 1);
}

void
client_run(struct client *c, int frames)
{
	client_say(c, "/offline/run %d", frames);
	client_seek(c, "/offline/run.reply");
}

uint64_t
client_ntp(double ahead_s)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	double whole = floor(ahead_s);
	double ns = (double)t.tv_nsec + (ahead_s - whole) * 1e9;
	uint64_t s = (uint64_t)t.tv_sec + NTP_1970 + (uint64_t)(int64_t)whole;
	if (ns >= 1e9) {
		s++;
		ns -= 1e9;
	}
	return (s << 32) + (uint64_t)(ns * 4.294967296);
}

uint64_t
client_ntp_of(int64_t sample)
{
	uint64_t s = (uint64_t)sample / 48000;
	uint64_t rest = (uint64_t)sample % 48000;

	return (s << 32) + ((rest * 4 + 1) << 30) / 48000;
}
