/* SPDX-License-Identifier: MIT */
/*
 * show.c -- see show.h.
 */
#include "show.h"

#include <langinfo.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "osc_text.h"
#include "printable.h"

const char *
show_text(char room[SHOW_TEXT], const char *text)
{
	(void)printable_copy(room, SHOW_TEXT, text, strlen(text));
	return room;
}

const char *
show_float(char room[SHOW_NUMBER], float value)
{
	for (int digits = 6; digits <= 9; digits++) {
		(void)snprintf(
			room, SHOW_NUMBER, "%.*g", digits, (double)value);
		if (!isfinite(value) || strtof(room, NULL) == value) {
			break;
		}
	}
	return room;
}

const char *
show_double(char room[SHOW_NUMBER], double value)
{
	if (value == floor(value) && fabs(value) < 1e15) {
		(void)snprintf(room, SHOW_NUMBER, "%.0f", value);
	} else {
		(void)snprintf(room, SHOW_NUMBER, "%.6g", value);
	}
	return room;
}

const char *
show_bytes(char room[SHOW_NUMBER], int64_t bytes)
{
	static const char *const unit[] = {"B", "KiB", "MiB", "GiB", "TiB"};
	double value = (double)bytes;
	size_t i = 0;

	while (value >= 1024.0 && i + 1 < sizeof unit / sizeof unit[0]) {
		value /= 1024.0;
		i++;
	}
	(void)snprintf(room, SHOW_NUMBER, "%.*f %s",
		i > 0 && value < 100.0 ? 1 : 0, value, unit[i]);
	return room;
}

const char *
show_def(char room[SHOW_TEXT], const char *uri)
{
	const char *last = strrchr(uri, ':');
	const char *from = uri;

	if (strncmp(uri, "urn:", 4) == 0 && last != NULL && last[1] != '\0' &&
		last[1 + strspn(last + 1, "0123456789")] == '\0') {
		for (from = last; from > uri && from[-1] != ':'; from--) {
		}
		(void)osc_text_escape(
			from, (size_t)(last - from), room, SHOW_TEXT);
		return room;
	}
	return show_text(room, uri);
}

bool
show_is_utf8(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}
