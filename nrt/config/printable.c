/* SPDX-License-Identifier: MIT */
/*
 * printable.c -- see printable.h.
 */
#include "printable.h"

#include <stdint.h>
#include <string.h>

/* The bytes of the UTF-8 character at `s`; 0 when it is none. RFC 3629. */
static size_t
utf8_size(const unsigned char *s, size_t left, uint32_t *code)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t size = s[0] < 0x80             ? 1
		      : (s[0] & 0xe0) == 0xc0 ? 2
		      : (s[0] & 0xf0) == 0xe0 ? 3
		      : (s[0] & 0xf8) == 0xf0 ? 4
					      : 0;

	if (size == 0 || size > left) {
		return 0;
	}
	*code = size == 1 ? s[0] : s[0] & (0x7fU >> size);
	for (size_t i = 1; i < size; i++) {
		if ((s[i] & 0xc0) != 0x80) {
			return 0;
		}
		*code = *code << 6 | (s[i] & 0x3fU);
	}
	/* over-long forms, surrogates, and what lies behind U+10FFFF */
	if (*code < least[size] || *code > 0x10ffff ||
		(*code >= 0xd800 && *code <= 0xdfff)) {
		return 0;
	}
	return size;
}

/* Would it move a cursor, turn text round, or hide? */
static bool
is_treacherous(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x61c ||
	       (code >= 0x200b && code <= 0x200f) ||
	       (code >= 0x2028 && code <= 0x202e) ||
	       (code >= 0x2066 && code <= 0x2069) || code == 0xfeff;
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
	case '"':
		to[1] = (char)c;
		return 2;
	default:
		to[1] = 'x';
		to[2] = hex[c >> 4];
		to[3] = hex[c & 15];
		return 4;
	}
}

size_t
printable_next(const char *from, size_t length, bool quoted,
	char piece[PRINTABLE_PIECE], size_t *wide)
{
	const unsigned char *s = (const unsigned char *)from;
	uint32_t code = 0;
	size_t n = utf8_size(s, length, &code);

	if (n == 0 || is_treacherous(code) || code == '\\' ||
		(quoted && code == '"')) {
		*wide = escape(piece, s[0]);
		return 1; /* the rest of it is no UTF-8 next time */
	}
	memcpy(piece, s, n);
	*wide = n;
	return n;
}

size_t
printable_copy(char *to, size_t size, const char *from, size_t length)
{
	size_t done = 0;

	while (size > 0 && length > 0) {
		char piece[PRINTABLE_PIECE];
		size_t wide;
		size_t n = printable_next(from, length, false, piece, &wide);

		if (done + wide >= size) {
			break;
		}
		memcpy(to + done, piece, wide);
		done += wide;
		from += n;
		length -= n;
	}
	if (size > 0) {
		to[done] = '\0';
	}
	return done;
}
