/* SPDX-License-Identifier: MIT */
/*
 * url.h -- where a listener listens, as text and as an address.
 *
 *	udp://HOST:PORT  tcp://HOST:PORT  unix:///PATH  unixgram:///PATH
 *
 * HOST is a name, an IPv4 address, or an IPv6 address in brackets; %ZONE
 * behind an address names an interface (for link-local and multicast).
 * No thread, no look-ups but an interface's name.
 */
#ifndef TACTUS_NRT_URL_H
#define TACTUS_NRT_URL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "mark.h"

enum url_scheme { URL_UDP, URL_TCP, URL_UNIX, URL_UNIXGRAM };

struct url {
	enum url_scheme scheme;
	char host[256]; /* without brackets and zone */
	char zone[16];  /* interface, or "" */
	char path[108]; /* of UNIX sockets */
	uint16_t port;
};

/**
 * Take a URL apart.
 * @thread any
 * @return NULL, or what is wrong with it and what would be right
 */
TACTUS_NODISCARD const char *url_parse(const char *text, struct url *out);

/** "udp", "tcp", "unix" or "unixgram". @thread any */
const char *url_scheme_name(enum url_scheme scheme);

/** Is it a UNIX socket, not IP? @thread any */
bool url_is_local(enum url_scheme scheme);

/** Does it make connections, not datagrams? @thread any */
bool url_is_stream(enum url_scheme scheme);

/**
 * Write the URL of an address; an IPv4 address mapped into IPv6 shows as
 * IPv4, and what cannot be printed is escaped.
 * @thread any
 */
void url_show(enum url_scheme scheme, const struct sockaddr *address,
	socklen_t size, char *out, size_t room);

#endif
