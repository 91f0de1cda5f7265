/* SPDX-License-Identifier: MIT */
/*
 * osc_text_parse.c -- see osc_text.h.  Reads words of a command line.
 */
#include "osc_text.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_BLOB 65536 /* bytes that one word of hex may stand for */

/** What is said of a word that does not parse. */
struct complaint {
	char *why;
	size_t size;
};

static int
complain(const struct complaint *c, const char *word, const char *mend)
{
	char shown[64];

	osc_text_escape(word, strlen(word), shown, sizeof shown);
	snprintf(c->why, c->size, "\"%s\": %s", shown, mend);
	return -EINVAL;
}

/** A whole number, decimal or 0x…, with nothing before or behind. */
static bool
read_whole(const char *text, int64_t *out)
{
	const char *digits = text + (*text == '-' || *text == '+');
	bool hex = digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X');
	char *end;

	if (!isdigit((unsigned char)*digits)) {
		return false;
	}
	errno = 0;
	*out = strtoll(text, &end, hex ? 16 : 10);
	return errno == 0 && *end == '\0';
}

/** A number that begins like one: no "nan", no "infinity", no space. */
static bool
read_real(const char *text, double *out)
{
	const char *digits = text + (*text == '-' || *text == '+');
	char *end;

	digits += *digits == '.';
	if (!isdigit((unsigned char)*digits)) {
		return false;
	}
	*out = strtod(text, &end);
	return *end == '\0';
}

/** As read_real, but "nan", "inf" and "-inf" are taken too. */
static bool
read_any_real(const char *text, double *out)
{
	const char *name = text + (*text == '-' || *text == '+');

	if (strcmp(name, "inf") == 0) {
		*out = *text == '-' ? -(double)INFINITY : (double)INFINITY;
		return true;
	}
	if (strcmp(text, "nan") == 0) {
		*out = (double)NAN;
		return true;
	}
	return read_real(text, out) && isfinite(*out);
}

static int
parse_int(struct osc_out *o, const char *word, const struct complaint *c)
{
	int64_t value;

	if (!read_whole(word + 2, &value) || value < INT32_MIN ||
		value > INT32_MAX) {
		return complain(c, word,
			"i: takes a whole number from -2147483648 to "
			"2147483647; h: takes larger ones");
	}
	osc_put_int(o, (int32_t)value);
	return 0;
}

static int
parse_int64(struct osc_out *o, const char *word, const struct complaint *c)
{
	int64_t value;

	if (!read_whole(word + 2, &value)) {
		return complain(c, word, "h: takes a whole number of 64 bits");
	}
	osc_put_int64(o, value);
	return 0;
}

static int
parse_float(struct osc_out *o, const char *word, const struct complaint *c)
{
	double value;

	if (!read_any_real(word + 2, &value)) {
		return complain(c, word, "f: takes a number such as 0.5");
	}
	float single = strtof(word + 2, NULL);
	if (isinf(single) && !isinf(value)) {
		return complain(c, word,
			"too large for f, which ends at 3.4e38; d: takes it");
	}
	osc_put_float(o, single);
	return 0;
}

static int
parse_double(struct osc_out *o, const char *word, const struct complaint *c)
{
	double value;

	if (!read_any_real(word + 2, &value)) {
		return complain(c, word, "d: takes a number such as 0.5");
	}
	osc_put_double(o, value);
	return 0;
}

static int
parse_time(struct osc_out *o, const char *word, const struct complaint *c)
{
	const char *text = word + 2;
	bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	char *end;

	if (strcmp(text, "now") == 0) {
		osc_put_time(o, OSC_NOW);
		return 0;
	}
	errno = 0;
	uint64_t ntp = strtoull(text, &end, hex ? 16 : 10);
	if (!isdigit((unsigned char)*text) || *end != '\0' || errno != 0) {
		return complain(c, word,
			"t: takes an NTP time of 64 bits, decimal or 0x..., "
			"or now");
	}
	osc_put_time(o, ntp);
	return 0;
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9') {
		return c - '0';
	}
	if (c >= 'a' && c <= 'f') {
		return c - 'a' + 10;
	}
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static int
parse_blob(struct osc_out *o, const char *word, const struct complaint *c)
{
	const char *text = word + 2;
	size_t digits = strlen(text);

	if (digits % 2 != 0 || digits / 2 > MAX_BLOB ||
		strspn(text, "0123456789abcdefABCDEF") != digits) {
		return complain(c, word,
			"b: takes pairs of hex digits such as b:00ff, of at "
			"most 65536 bytes");
	}
	uint8_t *bytes = malloc(digits / 2 + 1);
	if (bytes == NULL) {
		return complain(c, word, "no memory for this blob");
	}
	for (size_t i = 0; i < digits / 2; i++) {
		bytes[i] = (uint8_t)(hex_digit(text[2 * i]) * 16 +
				     hex_digit(text[2 * i + 1]));
	}
	osc_put_blob(o, bytes, (uint32_t)(digits / 2));
	free(bytes);
	return 0;
}

/** A word that says its type: "i:1". */
static int
parse_typed(struct osc_out *o, const char *word, const struct complaint *c)
{
	switch (word[0]) {
	case 'i':
		return parse_int(o, word, c);
	case 'h':
		return parse_int64(o, word, c);
	case 'f':
		return parse_float(o, word, c);
	case 'd':
		return parse_double(o, word, c);
	case 't':
		return parse_time(o, word, c);
	case 'b':
		return parse_blob(o, word, c);
	case 's':
		osc_put_string(o, word + 2);
		return 0;
	default:
		return complain(c, word,
			"no such type; known are i: h: f: d: s: t: b: T F N "
			"I [ ], and s: before what is text");
	}
}

/** A word of one letter that is an argument of its own. */
static bool
parse_mark(struct osc_out *o, const char *word)
{
	if (word[0] == '\0' || word[1] != '\0') {
		return false;
	}
	switch (word[0]) {
	case 'T':
	case 'F':
		osc_put_bool(o, word[0] == 'T');
		return true;
	case 'N':
		osc_put_nil(o);
		return true;
	case 'I':
		osc_put_impulse(o);
		return true;
	case '[':
		osc_put_array(o);
		return true;
	case ']':
		osc_end_array(o);
		return true;
	default:
		return false;
	}
}

static int
parse_guess(struct osc_out *o, const char *word, const struct complaint *c)
{
	int64_t whole;
	double real;

	if (strpbrk(word, "xX") == NULL && read_whole(word, &whole)) {
		if (whole >= INT32_MIN && whole <= INT32_MAX) {
			osc_put_int(o, (int32_t)whole);
		} else {
			osc_put_int64(o, whole);
		}
		return 0;
	}
	if (strpbrk(word, "xX") == NULL && read_real(word, &real)) {
		float single = strtof(word, NULL);
		if (isinf(single)) {
			return complain(c, word,
				"too large a number for f; d: takes more, s: "
				"makes it text");
		}
		osc_put_float(o, single);
		return 0;
	}
	osc_put_string(o, word);
	return 0;
}

/** Follow the arrays, so that a wrong bracket is named here and now. */
static int
check_array(const char *word, uint32_t *depth, const struct complaint *c)
{
	if (strcmp(word, "[") == 0 && ++*depth > OSC_MAX_ARRAY) {
		return complain(c, word, "arrays nest at most 8 deep");
	}
	if (strcmp(word, "]") == 0 && (*depth)-- == 0) {
		return complain(c, word, "no array is open here");
	}
	return 0;
}

int
osc_text_parse(struct osc_out *o, int count, char *const *words, char *why,
	size_t size)
{
	struct complaint c = {why, size};
	uint32_t depth = 0;

	for (int i = 0; i < count; i++) {
		int rc = check_array(words[i], &depth, &c);
		if (rc != 0) {
			return rc;
		}
		if (parse_mark(o, words[i])) {
			continue;
		}
		if (isalpha((unsigned char)words[i][0]) && words[i][1] == ':') {
			rc = parse_typed(o, words[i], &c);
		} else {
			rc = parse_guess(o, words[i], &c);
		}
		if (rc != 0) {
			return rc;
		}
	}
	if (depth != 0) {
		return complain(&c, "[", "an array is not ended by ]");
	}
	if (o->failed) {
		snprintf(why, size,
			"the message is too large: at most %zu bytes and %d "
			"arguments",
			o->room, OSC_MAX_TYPES);
		return -EMSGSIZE;
	}
	return 0;
}
