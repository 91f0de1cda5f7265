/* SPDX-License-Identifier: MIT */
/*
 * printable.c -- see printable.h.
 */
#include "printable.h"

#include <stdint.h>
#include <string.h>

/* How long the well-formed character at `s` is; 0: it is none. RFC 3629. */
static size_t
utf8_length(const unsigned char *s, size_t length)
{
	size_t n = s[0] < 0x80   ? 1
		   : s[0] < 0xc2 ? 0
		   : s[0] < 0xe0 ? 2
		   : s[0] < 0xf0 ? 3
		   : s[0] < 0xf5 ? 4
				 : 0;
	if (n == 0 || n > length) {
		return 0;
	}
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80) {
			return 0;
		}
	}
	/* over-long forms, surrogates, and what lies behind U+10FFFF */
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
		(s[0] == 0xf0 && s[1] < 0x90) ||
		(s[0] == 0xf4 && s[1] > 0x8f)) {
		return 0;
	}
	return n;
}

static size_t
escape(char *to, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";

	to[0] = '\\';
	switch (c) {
	case '\n':
		to[1] = 'n';
		return 2;
	case '\r':
		to[1] = 'r';
		return 2;
	case '\t':
		to[1] = 't';
		return 2;
	case '\\':
		to[1] = '\\';
		return 2;
	default:
		to[1] = 'x';
		to[2] = hex[c >> 4];
		to[3] = hex[c & 15];
		return 4;
	}
}

size_t
printable_copy(char *to, size_t size, const char *from, size_t length)
{
	const unsigned char *s = (const unsigned char *)from;
	size_t done = 0;

	if (size == 0) {
		return 0;
	}
	while (length > 0) {
		char piece[4];
		size_t n = utf8_length(s, length);
		size_t wide = n;

		if (n == 0 || s[0] < 0x20 || s[0] == 0x7f || s[0] == '\\') {
			n = 1;
			wide = escape(piece, s[0]);
		} else if (n == 2 && s[0] == 0xc2 && s[1] < 0xa0) {
			n = 1; /* C1: its second byte is alone next time */
			wide = escape(piece, s[0]);
		} else {
			memcpy(piece, s, n);
		}
		if (done + wide >= size) {
			break;
		}
		memcpy(to + done, piece, wide);
		done += wide;
		s += n;
		length -= n;
	}
	to[done] = '\0';
	return done;
}
