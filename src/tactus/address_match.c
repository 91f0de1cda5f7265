/* SPDX-License-Identifier: MIT */
/*
 * address_match.c -- see address_match.h.
 *
 * Backtracking over both texts would be exponential for "{…}*{…}*"; a set of
 * reachable pattern positions is kept instead, one bit each, and moved along
 * the address: time is pattern times address, whatever stands in them.
 */
#include "address_match.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define LONGEST 1024 /* bytes of a pattern */
#define WORDS   (LONGEST / 64 + 1)

/** Which positions of the pattern can be reached. */
struct reach {
	uint64_t bit[WORDS];
};

static void
put(struct reach *r, size_t i)
{
	r->bit[i / 64] |= (uint64_t)1 << (i % 64);
}

static bool
has(const struct reach *r, size_t i)
{
	return (r->bit[i / 64] >> (i % 64) & 1) != 0;
}

const char *
address_match_check(const char *pattern)
{
	size_t n = strlen(pattern);
	char open = '\0';

	if (pattern[0] != '/') {
		return "a pattern begins with /";
	}
	if (n > LONGEST) {
		return "a pattern has at most 1024 bytes";
	}
	for (const char *p = pattern; *p != '\0'; p++) {
		if (open == '\0' && (*p == '[' || *p == '{')) {
			open = *p;
		} else if (open == '\0' && (*p == ']' || *p == '}')) {
			return "a bracket is closed that is not open";
		} else if ((open == '[' && *p == ']') ||
			   (open == '{' && *p == '}')) {
			open = '\0';
		} else if (open != '\0' && strchr("[]{}/", *p) != NULL) {
			return "brackets hold characters of one name only";
		}
	}
	return open == '\0' ? NULL : "a bracket is not closed";
}

/* Is `c` in the class that opens at `p`? */
static bool
in_class(const char *p, char c)
{
	bool no = p[1] == '!';
	bool found = false;

	for (p += no ? 2 : 1; *p != ']'; p++) {
		if (p[1] == '-' && p[2] != ']') {
			found = found || (p[0] <= c && c <= p[2]);
			p += 2;
		} else {
			found = found || *p == c;
		}
	}
	return found != no;
}

/* Reach all that costs no character from position `i`: a '*' may be empty,
 * '{' leads to each of its words, the end of a word leads behind '}'. */
static void
spread(struct reach *r, const char *pattern, size_t n)
{
	bool inside = false;

	for (size_t i = 0; i < n; i++) {
		char c = pattern[i];

		if (has(r, i) && c == '*' && !inside) {
			put(r, i + 1);
		}
		if (has(r, i) && inside && (c == ',' || c == '}')) {
			put(r, i + strcspn(pattern + i, "}") + 1);
		}
		if (has(r, i) && c == '{' && !inside) {
			size_t end = i + strcspn(pattern + i, "}");

			put(r, i + 1);
			for (size_t k = i; k < end; k++) {
				if (pattern[k] == ',') {
					put(r, k + 1);
				}
			}
		}
		if (c == '{' || c == '[') {
			inside = c == '{';
		}
		if (c == '}') {
			inside = false;
		}
	}
}

/* Move every reached position over one character of the address. */
static void
step(const struct reach *from, struct reach *to, const char *pattern, size_t n,
	char c)
{
	bool inside = false;

	memset(to, 0, sizeof *to);
	for (size_t i = 0; i < n; i++) {
		char p = pattern[i];
		size_t next = i + 1;

		if (p == '[' && !inside) {
			next = i + strcspn(pattern + i, "]") + 1;
		}
		if (has(from, i)) {
			if (inside && p != ',' && p != '}') {
				if (p == c) {
					put(to, next);
				}
			} else if (p == '*' && c != '/') {
				put(to, i);
			} else if (p == '?' && c != '/') {
				put(to, next);
			} else if (p == '[' && c != '/' &&
				   in_class(pattern + i, c)) {
				put(to, next);
			} else if (strchr("*?[]{},", p) == NULL && p == c) {
				put(to, next);
			} else if (p == ',' && !inside && c == ',') {
				put(to, next);
			}
		}
		if (p == '{') {
			inside = true;
		} else if (p == '}') {
			inside = false;
		}
		i = next - 1;
	}
}

bool
address_match(const char *pattern, const char *address)
{
	size_t n = strlen(pattern);
	struct reach now = {{0}};
	struct reach next;

	if (n > LONGEST) {
		return false;
	}
	put(&now, 0);
	spread(&now, pattern, n);
	for (; *address != '\0'; address++) {
		step(&now, &next, pattern, n, *address);
		spread(&next, pattern, n);
		now = next;
	}
	return has(&now, n);
}
