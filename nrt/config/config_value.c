/* SPDX-License-Identifier: MIT */
/*
 * config_value.c -- see config_value.h.  The plain kinds.
 */
#include "config_value.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define PATH_BYTES 4095 /* the longest string: PATH_MAX without its zero */

static const struct {
	const char *name;
	uint64_t bytes;
} units[] = {
	{"B",   1		},
	{"kB",  1000             },
	{"MB",  1000000          },
	{"GB",  1000000000       },
	{"TB",  1000000000000    },
	{"KiB", UINT64_C(1) << 10},
	{"MiB", UINT64_C(1) << 20},
	{"GiB", UINT64_C(1) << 30},
	{"TiB", UINT64_C(1) << 40},
};
#define UNITS (sizeof units / sizeof units[0])

static const char *
type_name(const config_setting_t *s)
{
	switch (config_setting_type(s)) {
	case CONFIG_TYPE_BOOL:
		return config_setting_get_bool(s) ? "true" : "false";
	case CONFIG_TYPE_GROUP:
		return "a group";
	default:
		return "a list";
	}
}

static bool
is_number(const config_setting_t *s, double *out)
{
	switch (config_setting_type(s)) {
	case CONFIG_TYPE_INT:
		*out = config_setting_get_int(s);
		return true;
	case CONFIG_TYPE_INT64:
		*out = (double)config_setting_get_int64(s);
		return true;
	case CONFIG_TYPE_FLOAT:
		*out = config_setting_get_float(s) + 0.0; /* no -0 */
		return true;
	default:
		return false;
	}
}

/* As short as reads back to the same. */
static void
format_number(char *to, size_t size, double v)
{
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(to, size, "%.*g", digits, v);
		double again = strtod(to, NULL);
		if (again >= v && again <= v) {
			break;
		}
	}
}

bool
config_value_expected(struct config_reading *r, const char *path,
	const config_setting_t *value, const char *what)
{
	unsigned line = config_reading_line(value);
	char number[40];
	double v;

	if (is_number(value, &v)) {
		format_number(number, sizeof number, v);
		config_reading_error(r, line,
			"%s: %s is expected here, not the number %s", path,
			what, number);
	} else if (config_setting_type(value) == CONFIG_TYPE_STRING) {
		config_reading_error(r, line,
			"%s: %s is expected here, not the string \"%.60s\"",
			path, what, config_setting_get_string(value));
	} else {
		config_reading_error(r, line, "%s: %s is expected here, not %s",
			path, what, type_name(value));
	}
	return false;
}

/* The largest binary unit in which it is a whole number; "B" at worst. */
static size_t
find_unit(uint64_t bytes)
{
	for (size_t i = UNITS; i-- > UNITS - 4;) {
		if (bytes >= units[i].bytes && bytes % units[i].bytes == 0) {
			return i;
		}
	}
	return 0;
}

void
config_value_print_bytes(FILE *to, uint64_t bytes)
{
	size_t i = find_unit(bytes);

	if (i == 0) {
		fprintf(to, "%" PRIu64, bytes);
	} else {
		fprintf(to, "\"%" PRIu64 " %s\"", bytes / units[i].bytes,
			units[i].name);
	}
}

/* A number with its unit, for the words of errors and manuals. */
static void
format_words(const struct config_row *row, double v, char *to, size_t size)
{
	if (row->kind == CONFIG_BYTES && v >= 0 && v < 0x1p63) {
		size_t i = find_unit((uint64_t)v);

		if (i > 0) {
			snprintf(to, size, "%.0f %s",
				v / (double)units[i].bytes, units[i].name);
			return;
		}
	}
	format_number(to, size, v);
	if (row->unit != NULL) {
		size_t n = strlen(to);

		snprintf(to + n, size - n, " %s", row->unit);
	}
}

void
config_value_range(const struct config_row *row, char *to, size_t size)
{
	char least[48];
	char most[48];

	to[0] = '\0';
	if (row->least < row->most) {
		if (row->kind == CONFIG_BYTES) {
			format_words(row, row->least, least, sizeof least);
		} else {
			format_number(least, sizeof least, row->least);
		}
		format_words(row, row->most, most, sizeof most);
		snprintf(to, size, "%s to %s", least, most);
	}
}

/* Report a number that is too small or too large. @return false */
static bool
out_of_range(struct config_reading *r, const char *path, unsigned line,
	const struct config_row *range, double v)
{
	char words[100];
	char given[48];

	config_value_range(range, words, sizeof words);
	format_words(range, v, given, sizeof given);
	config_reading_error(
		r, line, "%s: %s is out of range: %s", path, given, words);
	return false;
}

static bool
is_in_range(const struct config_row *range, double v)
{
	return v >= range->least && v <= range->most;
}

static bool
is_auto(const config_setting_t *value, const struct config_row *range)
{
	return (range->flags & CONFIG_AUTO) != 0 &&
	       config_setting_type(value) == CONFIG_TYPE_STRING &&
	       strcmp(config_setting_get_string(value), "auto") == 0;
}

bool
config_value_whole(struct config_reading *r, const char *path,
	const config_setting_t *value, const struct config_row *range,
	uint32_t *out)
{
	double v;

	if (is_auto(value, range)) {
		*out = 0;
		return true;
	}
	if (!is_number(value, &v) || (fabs(v) < 1e15 && trunc(v) != v)) {
		return config_value_expected(r, path, value,
			(range->flags & CONFIG_AUTO) != 0
				? "a whole number or \"auto\""
				: "a whole number");
	}
	if (!is_in_range(range, v)) {
		return out_of_range(
			r, path, config_reading_line(value), range, v);
	}
	*out = (uint32_t)v;
	if ((range->flags & CONFIG_POWER) != 0) {
		uint32_t power = 1;

		while (power < *out) {
			power *= 2;
		}
		*out = power;
	}
	return true;
}

static bool
read_real(struct config_reading *r, const char *path,
	const config_setting_t *value, const struct config_row *range,
	double *out)
{
	double v;

	if (!is_number(value, &v)) {
		return config_value_expected(r, path, value, "a number");
	}
	if (!is_in_range(range, v)) {
		return out_of_range(
			r, path, config_reading_line(value), range, v);
	}
	*out = v;
	return true;
}

/* "512 MiB", "1.5GiB", "4096". */
static bool
parse_bytes(const char *text, double *out)
{
	char *end;

	/* no signs, no "inf", no "0x": a size begins with its digits */
	if (strspn(text, "0123456789") == 0 || strpbrk(text, "xXpP") != NULL) {
		return false;
	}
	double v = strtod(text, &end);
	end += strspn(end, " ");
	if (*end == '\0') {
		*out = v;
		return true;
	}
	for (size_t i = 0; i < UNITS; i++) {
		if (strcasecmp(end, units[i].name) == 0) {
			*out = v * (double)units[i].bytes;
			return true;
		}
	}
	return false;
}

/* A quarter of the machine's memory, within the range. */
static uint64_t
quarter_of_memory(const struct config_row *range)
{
	long pages = sysconf(_SC_PHYS_PAGES);
	long size = sysconf(_SC_PAGESIZE);
	double v = pages > 0 && size > 0 ? (double)pages * (double)size / 4
					 : 256.0 * 1024 * 1024;

	v = fmax(fmin(v, range->most), range->least);
	return (uint64_t)v / 4096 * 4096;
}

bool
config_value_bytes(struct config_reading *r, const char *path,
	const config_setting_t *value, const struct config_row *range,
	uint64_t *out)
{
	double v;

	if (is_auto(value, range)) {
		*out = quarter_of_memory(range);
		return true;
	}
	bool good = config_setting_type(value) == CONFIG_TYPE_STRING
			    ? parse_bytes(config_setting_get_string(value), &v)
			    : is_number(value, &v);
	/* half a byte is no size, in whatever unit it was written */
	if (!good || (fabs(v) < 1e15 && trunc(v) != v)) {
		return config_value_expected(r, path, value,
			(range->flags & CONFIG_AUTO) != 0
				? "bytes, or a size as \"512 MiB\", or \"auto\""
				: "bytes, or a size as \"512 MiB\"");
	}
	if (!is_in_range(range, v)) {
		return out_of_range(
			r, path, config_reading_line(value), range, v);
	}
	*out = (uint64_t)v;
	return true;
}

bool
config_value_bool(struct config_reading *r, const char *path,
	const config_setting_t *value, bool *out)
{
	if (config_setting_type(value) != CONFIG_TYPE_BOOL) {
		return config_value_expected(r, path, value, "true or false");
	}
	*out = config_setting_get_bool(value) != CONFIG_FALSE;
	return true;
}

bool
config_value_text(struct config_reading *r, const char *path,
	const config_setting_t *value, bool empty, const char **out)
{
	if (config_setting_type(value) != CONFIG_TYPE_STRING) {
		return config_value_expected(
			r, path, value, "a string in quotes");
	}
	const char *text = config_setting_get_string(value);
	if (*text == '\0' && !empty) {
		config_reading_error(r, config_reading_line(value),
			"%s: may not be empty", path);
		return false;
	}
	if (strlen(text) > PATH_BYTES) {
		config_reading_error(r, config_reading_line(value),
			"%s: longer than %d bytes", path, PATH_BYTES);
		return false;
	}
	text = config_reading_text(r, text);
	if (text == NULL) {
		return false;
	}
	*out = text;
	return true;
}

static bool
read_choice(struct config_reading *r, const struct config_row *row,
	const config_setting_t *value, uint32_t *out)
{
	char words[160] = "one of";

	if (config_setting_type(value) == CONFIG_TYPE_STRING) {
		const char *text = config_setting_get_string(value);
		enum log_level level;

		for (uint32_t i = 0; row->choices[i] != NULL; i++) {
			if (strcasecmp(text, row->choices[i]) == 0) {
				*out = i;
				return true;
			}
		}
		/* the log knows longer names too */
		if (strcmp(row->path, "log.level") == 0 &&
			log_parse_level(text, &level)) {
			*out = (uint32_t)level;
			return true;
		}
	}
	for (size_t i = 0; row->choices[i] != NULL; i++) {
		size_t n = strlen(words);

		snprintf(words + n, sizeof words - n, "%s \"%s\"",
			i == 0 ? "" : ",", row->choices[i]);
	}
	return config_value_expected(r, row->path, value, words);
}

/* How many elements a list has, a plain value being a list of one.
 * @return -1 for a group */
static int
list_length(const config_setting_t *value)
{
	if (config_setting_is_group(value)) {
		return -1;
	}
	return config_setting_is_aggregate(value) ? config_setting_length(value)
						  : 1;
}

static const config_setting_t *
list_item(const config_setting_t *value, int i)
{
	return config_setting_is_aggregate(value)
		       ? config_setting_get_elem(value, (unsigned)i)
		       : value;
}

bool
config_value_texts(struct config_reading *r, const char *path,
	const config_setting_t *value, struct config_strings *out)
{
	int n = list_length(value);
	bool good = true;

	if (n < 0) {
		return config_value_expected(
			r, path, value, "a list of strings");
	}
	const char **items =
		config_reading_take(r, ((size_t)n + 1) * sizeof *items);
	for (int i = 0; i < n; i++) {
		char name[160];

		snprintf(name, sizeof name, "%s[%d]", path, i);
		good = items != NULL &&
		       config_value_text(r,
			       config_setting_is_aggregate(value) ? name : path,
			       list_item(value, i), false, &items[i]) &&
		       good;
	}
	if (good && items != NULL) {
		*out = (struct config_strings){(uint32_t)n, items};
	}
	return good && items != NULL;
}

static bool
read_numbers(struct config_reading *r, const struct config_row *row,
	const config_setting_t *value, struct config_numbers *out)
{
	int n = list_length(value);
	bool good = true;

	if (n < 0) {
		return config_value_expected(
			r, row->path, value, "a list of whole numbers");
	}
	uint32_t *items =
		config_reading_take(r, ((size_t)n + 1) * sizeof *items);
	for (int i = 0; i < n; i++) {
		char name[160];

		snprintf(name, sizeof name, "%s[%d]", row->path, i);
		good = items != NULL &&
		       config_value_whole(
			       r, name, list_item(value, i), row, &items[i]) &&
		       good;
	}
	if (good && items != NULL) {
		*out = (struct config_numbers){(uint32_t)n, items};
	}
	return good && items != NULL;
}

bool
config_value_read(struct config_reading *r, const struct config_row *row,
	const config_setting_t *value)
{
	void *at = (char *)r->config + row->offset;

	switch (row->kind) {
	case CONFIG_BOOL:
		return config_value_bool(r, row->path, value, at);
	case CONFIG_WHOLE:
		return config_value_whole(r, row->path, value, row, at);
	case CONFIG_REAL:
		return read_real(r, row->path, value, row, at);
	case CONFIG_BYTES:
		return config_value_bytes(r, row->path, value, row, at);
	case CONFIG_TEXT:
		return config_value_text(r, row->path, value,
			(row->flags & CONFIG_EMPTY) != 0, at);
	case CONFIG_CHOICE:
		return read_choice(r, row, value, at);
	case CONFIG_TEXTS:
		return config_value_texts(r, row->path, value, at);
	case CONFIG_NUMBERS:
		return read_numbers(r, row, value, at);
	case CONFIG_POOLS:
		return config_list_pools(r, value, at);
	case CONFIG_LISTENERS:
		return config_list_listeners(r, value, at);
	case CONFIG_CLASSES:
		return config_list_classes(r, value, at);
	}
	return false;
}

void
config_value_print_text(FILE *to, const char *text)
{
	fputc('"', to);
	for (const char *s = text; *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;

		if (c == '"' || c == '\\') {
			fprintf(to, "\\%c", c);
		} else if (c < 0x20 || c == 0x7f) {
			fprintf(to, "\\x%02x", c);
		} else {
			fputc(c, to);
		}
	}
	fputc('"', to);
}

static void
print_texts(FILE *to, const struct config_strings *list)
{
	fputs("[ ", to);
	for (uint32_t i = 0; i < list->count; i++) {
		fputs(i == 0 ? "" : ", ", to);
		config_value_print_text(to, list->items[i]);
	}
	fputs(list->count == 0 ? "]" : " ]", to);
}

static void
print_numbers(FILE *to, const struct config_numbers *list)
{
	fputs("[ ", to);
	for (uint32_t i = 0; i < list->count; i++) {
		fprintf(to, "%s%" PRIu32, i == 0 ? "" : ", ", list->items[i]);
	}
	fputs(list->count == 0 ? "]" : " ]", to);
}

void
config_value_print(
	FILE *to, const struct config_row *row, const struct config *c)
{
	const void *at = (const char *)c + row->offset;
	char text[32];

	switch (row->kind) {
	case CONFIG_BOOL:
		fputs(*(const bool *)at ? "true" : "false", to);
		break;
	case CONFIG_WHOLE:
		if (*(const uint32_t *)at == 0 &&
			(row->flags & CONFIG_AUTO) != 0) {
			fputs("\"auto\"", to);
		} else {
			fprintf(to, "%" PRIu32, *(const uint32_t *)at);
		}
		break;
	case CONFIG_REAL:
		format_number(text, sizeof text, *(const double *)at);
		fputs(text, to);
		break;
	case CONFIG_BYTES:
		config_value_print_bytes(to, *(const uint64_t *)at);
		break;
	case CONFIG_TEXT:
		config_value_print_text(to, *(const char *const *)at);
		break;
	case CONFIG_CHOICE:
		config_value_print_text(
			to, row->choices[*(const uint32_t *)at]);
		break;
	case CONFIG_TEXTS:
		print_texts(to, at);
		break;
	case CONFIG_NUMBERS:
		print_numbers(to, at);
		break;
	case CONFIG_POOLS:
		config_list_print_pools(to, at);
		break;
	case CONFIG_LISTENERS:
		config_list_print_listeners(to, at);
		break;
	case CONFIG_CLASSES:
		config_list_print_classes(to, at);
		break;
	}
}
