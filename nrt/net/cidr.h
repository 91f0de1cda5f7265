/* SPDX-License-Identifier: MIT */
/*
 * cidr.h -- blocks of addresses, for allow lists: 10.0.0.0/8, fe80::/10.
 *
 * An IPv4 address that comes mapped into IPv6 (::ffff:10.0.0.1) is judged as
 * the IPv4 address that it is.  Pure: no thread, no look-ups.
 */
#ifndef TACTUS_NRT_CIDR_H
#define TACTUS_NRT_CIDR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "mark.h"

struct cidr {
	int family;        /* AF_INET or AF_INET6 */
	uint32_t prefix;   /* bits that count */
	uint8_t bytes[16]; /* network order; bits behind the prefix are 0 */
};

/**
 * Read a block, or a single address.
 * @thread any
 * @return NULL, or what is wrong with it
 */
TACTUS_NODISCARD const char *cidr_parse(const char *text, struct cidr *out);

/** Does an address lie in the block? Others than IP lie in none.
 * @thread any */
bool cidr_has(const struct cidr *c, const struct sockaddr *address);

#endif
