/* SPDX-License-Identifier: MIT */
/*
 * fuzz_url.c -- any text as a URL, as a block of addresses, as an address.
 */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "cidr.h"
#include "url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool promise, const char *words)
{
	if (!promise) {
		fprintf(stderr, "broken: %s\n", words);
		abort();
	}
}

static void
check_url(const char *text)
{
	struct url u;

	if (url_parse(text, &u) != NULL) {
		return;
	}
	must(strlen(u.host) < sizeof u.host && strlen(u.zone) < sizeof u.zone,
		"host and zone end");
	if (url_is_local(u.scheme)) {
		must(u.path[0] == '/' && strlen(u.path) < sizeof u.path,
			"a path begins and ends");
		must(strstr(text, u.path) != NULL, "it is the text's own");
	} else {
		must(u.host[0] != '\0', "there is a host");
	}
}

static void
check_block(const char *text)
{
	struct cidr c;
	struct sockaddr_in v4 = {.sin_family = AF_INET};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};

	if (cidr_parse(text, &c) != NULL) {
		return;
	}
	memcpy(&v4.sin_addr, c.bytes, 4);
	memcpy(&v6.sin6_addr, c.bytes, 16);
	must(c.prefix <= (c.family == AF_INET ? 32U : 128U), "bounded");
	must(cidr_has(&c, c.family == AF_INET ? (struct sockaddr *)&v4
					      : (struct sockaddr *)&v6),
		"a block has its own first address");
}

/** The bytes as addresses that a kernel might give. */
static void
check_show(const uint8_t *data, size_t size)
{
	struct sockaddr_storage a = {0};
	const size_t most = sizeof(struct sockaddr_un);
	char out[64];

	memcpy(&a, data, size < most ? size : most);
	for (int s = URL_UDP; s <= URL_UNIXGRAM; s++) {
		a.ss_family = url_is_local((enum url_scheme)s) ? AF_UNIX
			      : size % 2 == 0                  ? AF_INET
							       : AF_INET6;
		url_show((enum url_scheme)s, (struct sockaddr *)&a,
			(socklen_t)(size < most ? size : most), out,
			sizeof out);
		must(memchr(out, '\0', sizeof out) != NULL, "it ends");
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[1024];

	if (size >= sizeof text) {
		return 0;
	}
	if (size > 0) {
		memcpy(text, data, size);
	}
	text[size] = '\0';
	check_url(text);
	check_block(text);
	check_show(data, size);
	return 0;
}
