/* SPDX-License-Identifier: MIT */
/*
 * listen.c -- see net.h.  How the doors are opened and shut.
 */
#include <errno.h>
#include <inttypes.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log.h"
#include "net_private.h"
#include "osc_text.h"

#define RECEIVE_BYTES (16 << 20)
#define ROOMY_BYTES   (1 << 20) /* some 400 datagrams of any usual size */
#define SEND_BYTES    (1 << 20)
#define BACKLOG       64
#define FILE_MODE     0660

/** Where a complaint is written, and of which listener. */
struct complaint {
	const char *url;
	char *why;
	size_t size;
};

/** "URL: what is wrong; what to do". @return `error`, negative */
static int complain(const struct complaint *c, int error, const char *format,
	...) __attribute__((format(printf, 3, 4)));

static int
complain(const struct complaint *c, int error, const char *format, ...)
{
	char url[NAME_ROOM];
	va_list list;

	osc_text_escape(c->url, strlen(c->url), url, sizeof url);
	int n = snprintf(c->why, c->size, "%s: ", url);
	if (n > 0 && (size_t)n < c->size) {
		va_start(list, format);
		vsnprintf(c->why + n, c->size - (size_t)n, format, list);
		va_end(list);
	}
	return error < 0 ? error : -error;
}

static void
set_option(int fd, int level, int name, int value)
{
	/* none of them is needed for sound; each has its own fallback */
	(void)setsockopt(fd, level, name, &value, sizeof value);
}

/** Ask for a large buffer. @return the bytes that were granted */
static int
set_buffer(int fd, int force, int plain, int bytes)
{
	int granted = 0;
	socklen_t size = sizeof granted;

	if (setsockopt(fd, SOL_SOCKET, force, &bytes, sizeof bytes) != 0) {
		set_option(fd, SOL_SOCKET, plain, bytes);
	}
	if (getsockopt(fd, SOL_SOCKET, plain, &granted, &size) != 0) {
		return 0;
	}
	return granted / 2; /* the kernel doubles it for its own needs */
}

static void
set_datagram_options(struct listener *l, int family)
{
	int granted =
		set_buffer(l->fd, SO_RCVBUFFORCE, SO_RCVBUF, RECEIVE_BYTES);

	/* a queue of UNIX datagrams is short, however large its buffer */
	l->cramped = granted < ROOMY_BYTES || family == AF_UNIX;
	set_buffer(l->fd, SO_SNDBUFFORCE, SO_SNDBUF, SEND_BYTES);
	set_option(l->fd, SOL_SOCKET, SO_RXQ_OVFL, 1);
	if (family == AF_INET || family == AF_INET6) {
		/* an IPv6 socket hears of IPv4 refusals by the first */
		set_option(l->fd, IPPROTO_IP, IP_RECVERR, 1);
	}
	if (family == AF_INET6) {
		set_option(l->fd, IPPROTO_IPV6, IPV6_RECVERR, 1);
	}
	log_debug("net: %s: receive buffer %d bytes of %d asked for", l->name,
		granted, RECEIVE_BYTES);
}

static bool
is_multicast(const struct sockaddr *a)
{
	if (a->sa_family == AF_INET) {
		struct sockaddr_in v4;
		memcpy(&v4, a, sizeof v4);
		return IN_MULTICAST(ntohl(v4.sin_addr.s_addr));
	}
	struct sockaddr_in6 v6;
	memcpy(&v6, a, sizeof v6);
	return IN6_IS_ADDR_MULTICAST(&v6.sin6_addr);
}

static int
join_group(const struct listener *l, const struct sockaddr *a)
{
	unsigned index = if_nametoindex(l->url.zone);

	if (a->sa_family == AF_INET) {
		struct sockaddr_in v4;
		memcpy(&v4, a, sizeof v4);
		struct ip_mreqn group = {.imr_multiaddr = v4.sin_addr,
			.imr_ifindex = (int)index};
		return setsockopt(l->fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group,
			sizeof group);
	}
	struct sockaddr_in6 v6;
	memcpy(&v6, a, sizeof v6);
	struct ipv6_mreq group = {
		.ipv6mr_multiaddr = v6.sin6_addr, .ipv6mr_interface = index};
	return setsockopt(
		l->fd, IPPROTO_IPV6, IPV6_JOIN_GROUP, &group, sizeof group);
}

/**
 * Does another listener take the same port by IPv4? Then [::] must not take
 * it as well.
 */
static bool
has_v4_twin(const struct net_config *config, const struct url *own)
{
	struct url other;

	for (uint32_t i = 0; i < config->listeners; i++) {
		if (url_parse(config->listener[i].url, &other) == NULL &&
			other.scheme == own->scheme && own->port != 0 &&
			other.port == own->port &&
			strchr(other.host, ':') == NULL) {
			return true;
		}
	}
	return false;
}

/** What a refused bind means to whoever wrote the configuration. */
static int
complain_of_bind(const struct complaint *c, const struct url *url, int error)
{
	const char *kind = url->scheme == URL_UDP ? "u" : "t";

	switch (error) {
	case EADDRINUSE:
		return complain(c, error,
			"the port is taken by another process; end that one "
			"('ss -%slpn sport = :%u' names it), or set another "
			"port in osc.listeners",
			kind, url->port);
	case EADDRNOTAVAIL:
		return complain(c, error,
			"no interface of this machine has this address; 'ip "
			"address' lists those it has");
	case EACCES:
		return complain(c, error,
			"ports below 1024 need the right "
			"CAP_NET_BIND_SERVICE; set a port from 1024 on");
	default:
		return complain(
			c, error, "cannot listen there: %s", strerror(error));
	}
}

static void
close_fd(struct listener *l)
{
	if (l->fd >= 0) {
		close(l->fd);
		l->fd = -1;
	}
}

/** Try one address of a host. */
static int
open_address(struct listener *l, const struct addrinfo *a, bool v6_only,
	const struct complaint *c)
{
	bool group = l->url.scheme == URL_UDP && is_multicast(a->ai_addr);

	l->fd = socket(
		a->ai_family, a->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (l->fd < 0) {
		return complain(c, errno, "no socket of this kind: %s",
			strerror(errno));
	}
	if (a->ai_family == AF_INET6) {
		set_option(l->fd, IPPROTO_IPV6, IPV6_V6ONLY, v6_only);
	}
	if (l->url.scheme == URL_TCP || group) {
		/* never for plain UDP: two processes would share a port */
		set_option(l->fd, SOL_SOCKET, SO_REUSEADDR, 1);
	}
	if (bind(l->fd, a->ai_addr, a->ai_addrlen) != 0) {
		return complain_of_bind(c, &l->url, errno);
	}
	if (group && join_group(l, a->ai_addr) != 0) {
		return complain(c, errno,
			"cannot join the multicast group: %s; name the "
			"interface behind it, as in 239.1.2.3%%eth0",
			strerror(errno));
	}
	if (l->url.scheme == URL_TCP && listen(l->fd, BACKLOG) != 0) {
		return complain_of_bind(c, &l->url, errno);
	}
	return 0;
}

static int
open_ip(struct listener *l, const struct net_config *config,
	const struct complaint *c)
{
	char port[8], host[sizeof l->url.host + sizeof l->url.zone + 1];
	struct addrinfo *list, *a;
	struct addrinfo hints = {.ai_flags = AI_PASSIVE | AI_NUMERICSERV,
		.ai_socktype =
			l->url.scheme == URL_TCP ? SOCK_STREAM : SOCK_DGRAM};
	bool v6 = strchr(l->url.host, ':') != NULL;
	bool zoned = l->url.zone[0] != '\0';

	if (zoned && if_nametoindex(l->url.zone) == 0) {
		return complain(c, ENODEV,
			"there is no interface named %s; 'ip link' lists them",
			l->url.zone);
	}
	snprintf(port, sizeof port, "%u", l->url.port);
	snprintf(host, sizeof host, "%s%s%s", l->url.host,
		v6 && zoned ? "%" : "", v6 && zoned ? l->url.zone : "");
	int rc = getaddrinfo(host, port, &hints, &list);
	if (rc != 0) {
		return complain(c, EINVAL, "no such host: %s",
			rc == EAI_SYSTEM ? strerror(errno) : gai_strerror(rc));
	}
	rc = -EADDRNOTAVAIL;
	for (a = list; a != NULL; a = a->ai_next) {
		rc = open_address(l, a, has_v4_twin(config, &l->url), c);
		if (rc == 0) {
			break;
		}
		close_fd(l);
	}
	if (rc == 0) {
		union address bound;
		socklen_t size = sizeof bound;
		getsockname(l->fd, &bound.any, &size);
		url_show(l->url.scheme, &bound.any, size, l->name,
			sizeof l->name);
		if (l->url.scheme == URL_UDP) {
			set_datagram_options(l, a->ai_family);
		}
	}
	freeaddrinfo(list);
	return rc;
}

/**
 * Is a live process behind a socket file that stands in our way? If not,
 * take the file away.
 */
static int
clear_stale(const struct listener *l, const struct sockaddr_un *a,
	const struct complaint *c)
{
	struct stat file;

	if (lstat(a->sun_path, &file) != 0) {
		return 0; /* gone meanwhile */
	}
	if (!S_ISSOCK(file.st_mode)) {
		return complain(c, EEXIST,
			"something that is no socket has this name; move it "
			"away, or set another path in osc.listeners");
	}
	int type = url_is_stream(l->url.scheme) ? SOCK_STREAM : SOCK_DGRAM;
	int fd = socket(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0) {
		return complain(c, errno, "no socket of this kind: %s",
			strerror(errno));
	}
	int rc = connect(fd, (const struct sockaddr *)a, sizeof *a);
	int error = rc == 0 ? 0 : errno;
	close(fd);
	if (error == EACCES || error == EPERM) {
		return complain(c, error,
			"this socket belongs to somebody else; remove it with "
			"their rights, or set another path in osc.listeners");
	}
	if (error != ECONNREFUSED && error != ENOENT) {
		return complain(c, EADDRINUSE,
			"a live process listens on this socket already; end "
			"it ('ss -xlp' names it), or set another path in "
			"osc.listeners");
	}
	if (unlink(a->sun_path) != 0 && errno != ENOENT) {
		return complain(c, errno, "cannot remove the stale socket: %s",
			strerror(errno));
	}
	log_info("net: %s: a stale socket was replaced", c->url);
	return 0;
}

static int
complain_of_path(const struct complaint *c, const char *path, int error)
{
	const char *end = strrchr(path, '/');
	int folder = end == NULL ? 0 : (int)(end - path);

	switch (error) {
	case ENOENT:
	case ENOTDIR:
		return complain(c, error,
			"the folder %.*s does not exist; make it ('mkdir -p "
			"%.*s'), or set another path in osc.listeners",
			folder, path, folder, path);
	case EACCES:
	case EPERM:
	case EROFS:
		return complain(c, error,
			"no right to make a socket in this folder (%s); set "
			"another path in osc.listeners",
			strerror(error));
	default:
		return complain(
			c, error, "cannot listen there: %s", strerror(error));
	}
}

static int
open_local(struct listener *l, const struct complaint *c)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	bool stream = url_is_stream(l->url.scheme);
	struct stat file;

	memcpy(a.sun_path, l->url.path, sizeof a.sun_path);
	l->fd = socket(AF_UNIX,
		(stream ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK |
			SOCK_CLOEXEC,
		0);
	if (l->fd < 0) {
		return complain(c, errno, "no socket of this kind: %s",
			strerror(errno));
	}
	/* so that it is never open to more than its mode, even for a moment */
	(void)fchmod(l->fd, FILE_MODE);
	int rc = bind(l->fd, (struct sockaddr *)&a, sizeof a);
	if (rc != 0 && errno == EADDRINUSE) {
		rc = clear_stale(l, &a, c);
		if (rc != 0) {
			return rc;
		}
		rc = bind(l->fd, (struct sockaddr *)&a, sizeof a);
	}
	if (rc != 0) {
		return complain_of_path(c, l->url.path, errno);
	}
	/* the umask may have taken bits away */
	if (chmod(a.sun_path, FILE_MODE) != 0 ||
		lstat(a.sun_path, &file) != 0) {
		return complain_of_path(c, l->url.path, errno);
	}
	l->is_bound_file = true;
	l->device = file.st_dev;
	l->inode = file.st_ino;
	snprintf(l->name, sizeof l->name, "%s://%s",
		url_scheme_name(l->url.scheme), l->url.path);
	if (stream && listen(l->fd, BACKLOG) != 0) {
		return complain_of_path(c, l->url.path, errno);
	}
	if (!stream) {
		set_datagram_options(l, AF_UNIX);
	}
	return 0;
}

static int
parse_allow(struct listener *l, const struct listener_config *config,
	const struct complaint *c)
{
	if (config->allowed == 0) {
		return 0;
	}
	if (url_is_local(l->url.scheme)) {
		log_warn("net: %s: allow is for IP listeners; the socket's "
			 "mode and folder decide here",
			c->url);
		return 0;
	}
	l->allow = calloc(config->allowed, sizeof *l->allow);
	if (l->allow == NULL) {
		return complain(c, ENOMEM, "no memory for its allow list");
	}
	for (; l->allowed < config->allowed; l->allowed++) {
		const char *block = config->allow[l->allowed];
		const char *wrong = cidr_parse(block, &l->allow[l->allowed]);
		if (wrong != NULL) {
			char shown[64];
			osc_text_escape(
				block, strlen(block), shown, sizeof shown);
			return complain(c, EINVAL,
				"allow \"%s\": %s; blocks look like "
				"192.168.1.0/24 or fe80::/10",
				shown, wrong);
		}
	}
	return 0;
}

bool
listen_is_allowed(const struct listener *l, const struct sockaddr *from)
{
	for (uint32_t i = 0; i < l->allowed; i++) {
		if (cidr_has(&l->allow[i], from)) {
			return true;
		}
	}
	return l->allowed == 0;
}

int
listen_open(struct net *n, struct listener *l, const struct net_config *config,
	uint32_t i, char *why, size_t size)
{
	const struct listener_config *own = &config->listener[i];
	struct complaint c = {own->url, why, size};

	*l = (struct listener){.net = n, .role = own->role, .fd = -1};
	const char *wrong = url_parse(own->url, &l->url);
	if (wrong != NULL) {
		return complain(&c, EINVAL, "%s", wrong);
	}
	int rc = parse_allow(l, own, &c);
	if (rc == 0) {
		rc = url_is_local(l->url.scheme) ? open_local(l, &c)
						 : open_ip(l, config, &c);
	}
	if (rc != 0) {
		listen_close(l);
		return rc;
	}
	ev_io_init(&l->io,
		url_is_stream(l->url.scheme) ? stream_accept : dgram_take,
		l->fd, EV_READ);
	l->io.data = l;
	ev_io_start(n->loop, &l->io);
	return 0;
}

void
listen_close(struct listener *l)
{
	struct stat file;

	if (l->fd >= 0 && ev_is_active(&l->io)) {
		ev_io_stop(l->net->loop, &l->io);
	}
	close_fd(l);
	/* somebody may have put another file there meanwhile */
	if (l->is_bound_file && lstat(l->url.path, &file) == 0 &&
		file.st_dev == l->device && file.st_ino == l->inode) {
		unlink(l->url.path);
	}
	l->is_bound_file = false;
	free(l->allow);
	l->allow = NULL;
}
