/* SPDX-License-Identifier: MIT */
/*
 * url.c -- see url.h.
 */
#include "url.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

#include "osc_text.h"

#define MARK "://"

static const char *const scheme_name[] = {
	[URL_UDP] = "udp",
	[URL_TCP] = "tcp",
	[URL_UNIX] = "unix",
	[URL_UNIXGRAM] = "unixgram",
};

_Static_assert(sizeof((struct url *)0)->path ==
		       sizeof((struct sockaddr_un *)0)->sun_path,
	"a path that parses fits its address");
_Static_assert(sizeof((struct url *)0)->zone == IF_NAMESIZE,
	"a zone that parses is a name of an interface");

const char *
url_scheme_name(enum url_scheme scheme)
{
	return scheme_name[scheme];
}

bool
url_is_local(enum url_scheme scheme)
{
	return scheme == URL_UNIX || scheme == URL_UNIXGRAM;
}

bool
url_is_stream(enum url_scheme scheme)
{
	return scheme == URL_TCP || scheme == URL_UNIX;
}

/** Read the scheme. @return what stands behind "://", or NULL */
static const char *
parse_scheme(const char *text, enum url_scheme *out)
{
	const char *mark = strstr(text, MARK);

	if (mark == NULL) {
		return NULL;
	}
	for (int s = URL_UDP; s <= URL_UNIXGRAM; s++) {
		size_t length = strlen(scheme_name[s]);
		if ((size_t)(mark - text) == length &&
			memcmp(text, scheme_name[s], length) == 0) {
			*out = (enum url_scheme)s;
			return mark + strlen(MARK);
		}
	}
	return NULL;
}

static const char *
parse_path(const char *path, struct url *out)
{
	if (path[0] != '/') {
		return "the path of a UNIX socket begins with '/', as in "
		       "unix:///run/tactus/osc.sock";
	}
	if (strlen(path) >= sizeof out->path) {
		return "the path of a UNIX socket has at most 107 bytes";
	}
	if (path[strlen(path) - 1] == '/') {
		return "the path of a UNIX socket names a file, not a folder";
	}
	strcpy(out->path, path);
	return NULL;
}

static const char *
parse_port(const char *text, struct url *out)
{
	uint32_t port = 0;
	const char *at = text;

	for (; *at >= '0' && *at <= '9' && at - text < 6; at++) {
		port = port * 10 + (uint32_t)(*at - '0');
	}
	if (at == text || port > UINT16_MAX ||
		(*at != '\0' && strcmp(at, "/") != 0)) {
		return "a port is a number from 0 to 65535 (0: any that is "
		       "free)";
	}
	out->port = (uint16_t)port;
	return NULL;
}

/** Copy `host`, which may end in a %zone, to its two places. */
static const char *
parse_host(const char *host, size_t length, struct url *out)
{
	const char *percent = memchr(host, '%', length);
	size_t name = percent == NULL ? length : (size_t)(percent - host);

	if (name == 0) {
		return "no host; 127.0.0.1 is this machine alone, 0.0.0.0 "
		       "all its interfaces";
	}
	if (name >= sizeof out->host) {
		return "a host has at most 255 bytes";
	}
	memcpy(out->host, host, name);
	out->host[name] = '\0';
	out->zone[0] = '\0';
	if (percent == NULL) {
		return NULL;
	}
	const char *zone = percent + 1;
	size_t left = length - name - 1;
	if (left > 2 && strncmp(zone, "25", 2) == 0) {
		zone += 2; /* as RFC 6874 escapes the '%' */
		left -= 2;
	}
	if (left == 0 || left >= sizeof out->zone) {
		return "behind '%' stands the name of an interface, such as "
		       "eth0";
	}
	memcpy(out->zone, zone, left);
	out->zone[left] = '\0';
	return NULL;
}

const char *
url_parse(const char *text, struct url *out)
{
	const char *at = parse_scheme(text, &out->scheme);

	if (at == NULL) {
		return "a URL begins with udp://, tcp://, unix:// or "
		       "unixgram://";
	}
	out->host[0] = out->zone[0] = out->path[0] = '\0';
	out->port = 0;
	if (url_is_local(out->scheme)) {
		return parse_path(at, out);
	}
	const char *behind;
	size_t length;
	if (*at == '[') {
		at++;
		length = strcspn(at, "]");
		behind = at + length + (at[length] == ']');
		if (memchr(at, ':', length) == NULL) {
			return "in brackets stands an IPv6 address, such as "
			       "[::1]";
		}
	} else {
		length = strcspn(at, ":/");
		behind = at + length;
	}
	if (*behind != ':') {
		return "a port is missing; it stands behind ':', as in "
		       "udp://127.0.0.1:57140";
	}
	if (at[-1] != '[' && strchr(behind + 1, ':') != NULL) {
		return "an IPv6 address stands in brackets, as in "
		       "udp://[::1]:57140";
	}
	const char *wrong = parse_host(at, length, out);
	return wrong != NULL ? wrong : parse_port(behind + 1, out);
}

static void
show_local(enum url_scheme scheme, const struct sockaddr *address,
	socklen_t size, char *out, size_t room)
{
	struct sockaddr_un a = {0};
	size_t head = offsetof(struct sockaddr_un, sun_path);
	char path[4 * sizeof a.sun_path + 1];

	memcpy(&a, address, size < sizeof a ? size : sizeof a);
	if (size <= head) {
		snprintf(out, room, "%s:(no address)", scheme_name[scheme]);
		return;
	}
	bool abstract = a.sun_path[0] == '\0';
	size_t length = size - head;
	if (abstract) {
		osc_text_escape(a.sun_path + 1, length - 1, path, sizeof path);
	} else {
		osc_text_escape(a.sun_path, strnlen(a.sun_path, length), path,
			sizeof path);
	}
	snprintf(out, room, "%s://%s%s", scheme_name[scheme],
		abstract ? "@" : "", path);
}

void
url_show(enum url_scheme scheme, const struct sockaddr *address, socklen_t size,
	char *out, size_t room)
{
	const char *name = scheme_name[scheme];
	char text[INET6_ADDRSTRLEN] = "?", zone[IF_NAMESIZE] = "";

	if (url_is_local(scheme)) {
		show_local(scheme, address, size, out, room);
	} else if (address->sa_family == AF_INET) {
		struct sockaddr_in a;
		memcpy(&a, address, sizeof a);
		inet_ntop(AF_INET, &a.sin_addr, text, sizeof text);
		snprintf(
			out, room, "%s://%s:%u", name, text, ntohs(a.sin_port));
	} else {
		struct sockaddr_in6 a;
		memcpy(&a, address, sizeof a);
		if (IN6_IS_ADDR_V4MAPPED(&a.sin6_addr)) {
			inet_ntop(AF_INET, &a.sin6_addr.s6_addr[12], text,
				sizeof text);
			snprintf(out, room, "%s://%s:%u", name, text,
				ntohs(a.sin6_port));
			return;
		}
		inet_ntop(AF_INET6, &a.sin6_addr, text, sizeof text);
		bool zoned = a.sin6_scope_id != 0 &&
			     if_indextoname(a.sin6_scope_id, zone) != NULL;
		snprintf(out, room, "%s://[%s%s%s]:%u", name, text,
			zoned ? "%" : "", zone, ntohs(a.sin6_port));
	}
}
