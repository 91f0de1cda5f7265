/* SPDX-License-Identifier: MIT */
/*
 * nearest.c -- see nearest.h.  Damerau's distance (optimal string
 * alignment), three rows of the table at a time.
 */
#include "nearest.h"

#include <string.h>

static char
plain(char c)
{
	if (c >= 'A' && c <= 'Z') {
		return (char)(c - 'A' + 'a');
	}
	return c == '-' ? '_' : c;
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

size_t
nearest_distance(const char *a, const char *b)
{
	size_t row[3][NEAREST_LONGEST + 1];
	size_t *before = row[0];
	size_t *above = row[1];
	size_t *here = row[2];
	size_t m = strlen(a);
	size_t n = strlen(b);

	if (m > NEAREST_LONGEST || n > NEAREST_LONGEST) {
		return NEAREST_LONGEST + 1;
	}
	for (size_t j = 0; j <= n; j++) {
		before[j] = j;
		above[j] = j;
	}
	for (size_t i = 1; i <= m; i++) {
		here[0] = i;
		for (size_t j = 1; j <= n; j++) {
			char x = plain(a[i - 1]);
			char y = plain(b[j - 1]);
			size_t d = above[j - 1] + (x == y ? 0 : 1);

			d = least(d, least(above[j], here[j - 1]) + 1);
			if (i > 1 && j > 1 && x == plain(b[j - 2]) &&
				y == plain(a[i - 2])) {
				d = least(d, before[j - 2] + 1);
			}
			here[j] = d;
		}
		size_t *spare = before;
		before = above;
		above = here;
		here = spare;
	}
	return above[n];
}
