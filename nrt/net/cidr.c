/* SPDX-License-Identifier: MIT */
/*
 * cidr.c -- see cidr.h.
 */
#include "cidr.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>

#define MAPPED_BITS 96 /* of the prefix ::ffff:0:0 */

static bool
is_mapped(const uint8_t *v6)
{
	static const uint8_t head[12] = {
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

	return memcmp(v6, head, sizeof head) == 0;
}

/** Read "8" of "/8". @return false: no number up to `most` */
static bool
parse_prefix(const char *text, uint32_t most, uint32_t *out)
{
	uint32_t value = 0;

	if (*text == '\0' || strlen(text) > 3) {
		return false;
	}
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9') {
			return false;
		}
		value = value * 10 + (uint32_t)(*text - '0');
	}
	*out = value;
	return value <= most;
}

/** Clear what lies behind the prefix. */
static void
clear_host(struct cidr *c)
{
	for (uint32_t bit = c->prefix; bit < 8 * sizeof c->bytes; bit++) {
		c->bytes[bit / 8] &= (uint8_t) ~(0x80U >> bit % 8);
	}
}

const char *
cidr_parse(const char *text, struct cidr *out)
{
	char address[INET6_ADDRSTRLEN + 1];
	const char *slash = strchr(text, '/');
	size_t length = slash == NULL ? strlen(text) : (size_t)(slash - text);

	if (length >= sizeof address) {
		return "no IPv4 or IPv6 address";
	}
	memcpy(address, text, length);
	address[length] = '\0';
	memset(out, 0, sizeof *out);
	if (inet_pton(AF_INET, address, out->bytes) == 1) {
		out->family = AF_INET;
		out->prefix = 32;
	} else if (inet_pton(AF_INET6, address, out->bytes) == 1) {
		out->family = AF_INET6;
		out->prefix = 128;
	} else {
		return "no IPv4 or IPv6 address";
	}
	if (slash != NULL &&
		!parse_prefix(slash + 1, out->prefix, &out->prefix)) {
		return out->family == AF_INET
			       ? "behind '/' stands a number from 0 to 32"
			       : "behind '/' stands a number from 0 to 128";
	}
	if (out->family == AF_INET6 && out->prefix >= MAPPED_BITS &&
		is_mapped(out->bytes)) {
		out->family = AF_INET;
		out->prefix -= MAPPED_BITS;
		memmove(out->bytes, out->bytes + 12, 4);
		memset(out->bytes + 4, 0, 12);
	}
	clear_host(out);
	return NULL;
}

bool
cidr_has(const struct cidr *c, const struct sockaddr *address)
{
	uint8_t bytes[16] = {0};
	int family = address->sa_family;

	if (family == AF_INET) {
		struct sockaddr_in a;
		memcpy(&a, address, sizeof a);
		memcpy(bytes, &a.sin_addr, 4);
	} else if (family == AF_INET6) {
		struct sockaddr_in6 a;
		memcpy(&a, address, sizeof a);
		memcpy(bytes, &a.sin6_addr, 16);
		if (is_mapped(bytes)) {
			family = AF_INET;
			memmove(bytes, bytes + 12, 4);
		}
	}
	if (family != c->family) {
		return false;
	}
	uint32_t whole = c->prefix / 8, rest = c->prefix % 8;
	if (memcmp(bytes, c->bytes, whole) != 0) {
		return false;
	}
	return rest == 0 || (bytes[whole] ^ c->bytes[whole]) >> (8 - rest) == 0;
}
