/* SPDX-License-Identifier: MIT */
/*
 * doors.c -- see doors.h.
 */
#include "doors.h"

#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <ev.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "log.h"
#include "osc_read.h"
#include "osc_write.h"
#include "url.h"

#define DEADLINE_S 30

/*
 * The log, as far as the doors know it: kept here instead of told.
 */
static char logged[65536];

static void keep_line(const char *format, va_list list)
	__attribute__((format(printf, 1, 0)));

static void
keep_line(const char *format, va_list list)
{
	size_t length = strlen(logged);

	vsnprintf(logged + length, sizeof logged - length, format, list);
}

void
log_warn(const char *format, ...)
{
	va_list list;

	va_start(list, format);
	keep_line(format, list);
	va_end(list);
}

void
log_info(const char *format, ...)
{
	va_list list;

	va_start(list, format);
	keep_line(format, list);
	va_end(list);
}

void
log_debug(const char *format, ...)
{
	va_list list;

	va_start(list, format);
	keep_line(format, list);
	va_end(list);
}

bool
doors_has_logged(const char *words)
{
	return strstr(logged, words) != NULL;
}

static void
on_packet(void *user, struct peer *peer, const void *data, size_t size,
	int64_t came_ns)
{
	struct doors *d = user;

	ck_assert_int_eq(came_ns, d->now_ns);
	ck_assert_ptr_null(osc_check(data, size));
	d->packets++;
	d->size = size;
	memcpy(d->data, data, size);
	d->role = peer_role(peer);
	snprintf(d->name, sizeof d->name, "%s", peer_name(peer));
	switch (d->answer) {
	case DOORS_SILENT:
		break;
	case DOORS_ERROR:
		peer_error(peer, data, 404, NULL, "no such address");
		break;
	case DOORS_KEEP:
		if (peer_keep(peer, 1) == 0) {
			peer_send(peer, data, size);
		} else {
			peer_error(peer, data, 429, NULL, "too many");
		}
		break;
	case DOORS_ECHO:
		peer_send(peer, data, size);
		break;
	case DOORS_HOLD:
		if (d->held == NULL) {
			d->held = peer_ref(peer);
		}
		break;
	}
}

static void
on_gone(void *user, struct peer *peer)
{
	struct doors *d = user;

	ck_assert_uint_ne(peer_kept(peer), 0);
	d->gone++;
}

static int64_t
get_now_ns(void *user)
{
	return ((struct doors *)user)->now_ns;
}

void
doors_init(struct doors *d)
{
	memset(d, 0, sizeof *d);
	logged[0] = '\0';
	d->now_ns = 1000000000;
	d->loop = ev_loop_new(EVFLAG_AUTO);
	ck_assert_ptr_nonnull(d->loop);
	strcpy(d->folder, "/tmp/tactus-doors-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(d->folder));
}

int
doors_open_config(struct doors *d, const struct net_config *config)
{
	const struct net_hooks hooks = {.user = d,
		.packet = on_packet,
		.gone = on_gone,
		.now_ns = get_now_ns};

	return net_open(
		d->loop, config, &hooks, &d->net, d->why, sizeof d->why);
}

int
doors_open(struct doors *d, const char *const *urls, uint32_t count,
	uint32_t max_clients)
{
	struct listener_config l[DOORS_MAX] = {0};
	struct net_config config = {.max_packet = DOORS_PACKET,
		.max_clients = max_clients,
		.listeners = count,
		.listener = l};

	ck_assert_uint_le(count, DOORS_MAX);
	for (uint32_t i = 0; i < count; i++) {
		l[i].url = urls[i];
		l[i].role = ROLE_ADMIN;
	}
	return doors_open_config(d, &config);
}

void
doors_open_one(struct doors *d, const char *url)
{
	doors_init(d);
	ck_assert_msg(doors_open(d, &url, 1, 8) == 0, "%s", d->why);
}

void
doors_close(struct doors *d)
{
	char path[512];

	net_close(d->net);
	ev_loop_destroy(d->loop);
	DIR *folder = opendir(d->folder);
	ck_assert_ptr_nonnull(folder);
	for (struct dirent *e = readdir(folder); e != NULL;
		e = readdir(folder)) {
		snprintf(path, sizeof path, "%s/%s", d->folder, e->d_name);
		if (e->d_name[0] != '.') {
			unlink(path);
		}
	}
	closedir(folder);
	rmdir(d->folder);
}

static void
on_pulse(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)timer;
	(void)events;
}

void
doors_turn(struct doors *d)
{
	ev_timer pulse;

	/* so that a turn ends even when nothing comes */
	ev_timer_init(&pulse, on_pulse, 0.002, 0.0);
	ev_now_update(d->loop);
	ev_timer_start(d->loop, &pulse);
	ev_run(d->loop, EVRUN_ONCE);
	ev_timer_stop(d->loop, &pulse);
}

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

void
doors_turn_until(struct doors *d, const uint32_t *count, uint32_t wanted)
{
	double end_s = seconds() + DEADLINE_S;

	while (*count < wanted) {
		ck_assert_msg(
			seconds() < end_s, "%u came of %u", *count, wanted);
		doors_turn(d);
	}
}

bool
doors_turn_until_readable(struct doors *d, int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	double end_s = seconds() + DEADLINE_S;

	while (poll(&p, 1, 0) != 1) {
		if (seconds() >= end_s) {
			return false;
		}
		doors_turn(d);
	}
	return true;
}

size_t
doors_receive(struct doors *d, int fd, void *out, size_t room)
{
	ck_assert_msg(doors_turn_until_readable(d, fd), "no answer came");
	ssize_t got = recv(fd, out, room, MSG_DONTWAIT);
	ck_assert_msg(got >= 0, "%s", strerror(errno));
	return (size_t)got;
}

size_t
doors_read(struct doors *d, int fd, void *out, size_t size)
{
	size_t got = 0;

	while (got < size) {
		ck_assert_msg(doors_turn_until_readable(d, fd), "no answer");
		ssize_t n =
			recv(fd, (char *)out + got, size - got, MSG_DONTWAIT);
		if (n <= 0) {
			break;
		}
		got += (size_t)n;
	}
	return got;
}

const char *
doors_error_text(const void *packet, size_t size, const char *address, int code)
{
	static char text[512];
	struct osc_walk w;
	struct osc_message m;
	struct osc_args args;
	struct osc_arg a;

	ck_assert_ptr_null(osc_check(packet, size));
	osc_walk_begin(&w, packet, size);
	ck_assert(osc_walk_next(&w, &m));
	ck_assert_str_eq(m.address, "/error");
	osc_args_begin(&args, &m);
	ck_assert(osc_args_next(&args, &a) && a.type == 's');
	ck_assert_str_eq(a.u.s, address);
	ck_assert(osc_args_next(&args, &a) && a.type == 'i');
	ck_assert_int_eq(a.u.i, code);
	ck_assert(osc_args_next(&args, &a) && a.type == 's');
	snprintf(text, sizeof text, "%s", a.u.s);
	return text;
}

const char *
doors_receive_error(struct doors *d, int fd, const char *address, int code)
{
	uint8_t packet[4096];
	size_t size = doors_receive(d, fd, packet, sizeof packet);

	return doors_error_text(packet, size, address, code);
}

static int
connect_local(const struct url *u)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};

	memcpy(a.sun_path, u->path, sizeof a.sun_path);
	int fd = socket(AF_UNIX,
		url_is_stream(u->scheme) ? SOCK_STREAM : SOCK_DGRAM, 0);
	ck_assert_int_ge(fd, 0);
	ck_assert_msg(connect(fd, (struct sockaddr *)&a, sizeof a) == 0,
		"%s: %s", u->path, strerror(errno));
	return fd;
}

bool
doors_has_ipv6(void)
{
	struct sockaddr_in6 a = {
		.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	int fd = socket(AF_INET6, SOCK_DGRAM, 0);
	bool has = fd >= 0 && bind(fd, (struct sockaddr *)&a, sizeof a) == 0;

	if (fd >= 0) {
		close(fd);
	}
	if (!has) {
		printf("SKIPPED: what needs IPv6: this machine has no ::1\n");
	}
	return has;
}

int
doors_client(const char *url)
{
	struct url u;
	char port[8];
	struct addrinfo *list;
	struct addrinfo hints = {.ai_flags = AI_NUMERICHOST};

	ck_assert_ptr_null(url_parse(url, &u));
	if (url_is_local(u.scheme)) {
		return connect_local(&u);
	}
	hints.ai_socktype = u.scheme == URL_TCP ? SOCK_STREAM : SOCK_DGRAM;
	snprintf(port, sizeof port, "%u", u.port);
	ck_assert_int_eq(getaddrinfo(u.host, port, &hints, &list), 0);
	int fd = socket(list->ai_family, list->ai_socktype, 0);
	ck_assert_int_ge(fd, 0);
	ck_assert_msg(connect(fd, list->ai_addr, list->ai_addrlen) == 0,
		"%s: %s", url, strerror(errno));
	freeaddrinfo(list);
	return fd;
}

int
doors_named_client(struct doors *d, const char *url, const char *name)
{
	struct sockaddr_un own = {.sun_family = AF_UNIX};
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	struct url u;
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	ck_assert_int_ge(fd, 0);
	ck_assert_ptr_null(url_parse(url, &u));
	snprintf(own.sun_path, sizeof own.sun_path, "%s/%s", d->folder, name);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&own, sizeof own), 0);
	memcpy(to.sun_path, u.path, sizeof to.sun_path);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
	return fd;
}

void
doors_send(int fd, const void *data, size_t size)
{
	ssize_t sent = send(fd, data, size, MSG_NOSIGNAL);

	ck_assert_msg(sent == (ssize_t)size, "%s", strerror(errno));
}

const char *
doors_local_url(struct doors *d, const char *scheme, const char *name,
	char *out, size_t room)
{
	snprintf(out, room, "%s://%s/%s", scheme, d->folder, name);
	return out;
}

size_t
doors_message(uint8_t *out, size_t room, const char *address, int n)
{
	struct osc_out o;

	osc_begin(&o, out, room, address);
	osc_put_int(&o, n);
	size_t size = osc_end(&o);
	ck_assert_uint_ne(size, 0);
	return size;
}
