/* SPDX-License-Identifier: MIT */
/*
 * print_json.c -- see print_json.h.
 */
#include "print_json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "osc_text.h"
#include "show.h"

#define BLOB_SHOWN 4096 /* bytes of a blob that are written at the most */
#define LINE_BYTES 65536

json_t *
print_json_text(const char *text)
{
	json_t *plain = json_string(text);

	if (plain != NULL) {
		return plain;
	}
	size_t size = strlen(text) * 4 + 1;
	char *room = malloc(size);
	if (room == NULL) {
		return NULL;
	}
	(void)osc_text_escape(text, strlen(text), room, size);
	plain = json_string(room);
	free(room);
	return plain;
}

json_t *
print_json_float(float value)
{
	char room[SHOW_NUMBER];

	if (!isfinite(value)) {
		return json_null();
	}
	return json_real(strtod(show_float(room, value), NULL));
}

json_t *
print_json_double(double value)
{
	if (!isfinite(value)) {
		return json_null();
	}
	if (value == floor(value) && fabs(value) < 1e15) {
		return json_integer((json_int_t)value);
	}
	return json_real(value);
}

static json_t *
hex(const uint8_t *data, uint32_t size)
{
	static const char digit[] = "0123456789abcdef";
	uint32_t n = size < BLOB_SHOWN ? size : BLOB_SHOWN;
	char *text = malloc((size_t)n * 2 + 1);

	if (text == NULL) {
		return NULL;
	}
	for (uint32_t i = 0; i < n; i++) {
		text[i * 2] = digit[data[i] >> 4];
		text[i * 2 + 1] = digit[data[i] & 15];
	}
	text[n * 2] = '\0';
	json_t *value = json_string(text);
	free(text);
	return value;
}

json_t *
print_json_arg(const struct osc_arg *arg)
{
	char room[SHOW_NUMBER];

	switch (arg->type) {
	case 'i':
		return json_integer(arg->u.i);
	case 'h':
		return json_integer(arg->u.h);
	case 'f':
		return print_json_float(arg->u.f);
	case 'd':
		return isfinite(arg->u.d) ? json_real(arg->u.d) : json_null();
	case 's':
		return print_json_text(arg->u.s);
	case 'b':
		return hex(arg->u.b.data, arg->u.b.size);
	case 't':
		(void)snprintf(room, sizeof room, "%016llx",
			(unsigned long long)arg->u.t);
		return json_string(room);
	case 'T':
		return json_true();
	case 'F':
		return json_false();
	case 'I':
		return json_string("impulse");
	default:
		return json_null();
	}
}

json_t *
print_json_message(const struct osc_message *m)
{
	json_t *top = json_object();
	json_t *open[OSC_MAX_ARRAY + 1];
	struct osc_args a;
	struct osc_arg arg;
	int depth = 0;

	open[0] = json_array();
	osc_args_begin(&a, m);
	while (osc_args_next(&a, &arg)) {
		json_t *value;

		if (arg.type == ']') {
			depth--;
			continue;
		}
		value = arg.type == '[' ? json_array() : print_json_arg(&arg);
		if (json_array_append_new(open[depth], value) < 0) {
			json_decref(open[0]);
			json_decref(top);
			return NULL;
		}
		if (arg.type == '[') {
			open[++depth] = value;
		}
	}
	(void)json_object_set_new(top, "address", print_json_text(m->address));
	(void)json_object_set_new(top, "types", print_json_text(m->types));
	if (json_object_set_new(top, "args", open[0]) < 0) {
		json_decref(top);
		return NULL;
	}
	return top;
}

int
print_json(json_t *value, bool line)
{
	size_t how = JSON_REAL_PRECISION(15) | JSON_ENCODE_ANY;

	if (value == NULL) {
		(void)fputs("tactus: out of memory\n", stderr);
		return EX_OSERR;
	}
	(void)json_dumpf(value, stdout, how | (line ? 0 : JSON_INDENT(2)));
	(void)putchar('\n');
	json_decref(value);
	return EX_OK;
}

int
print_json_or_text(const struct osc_message *m, bool json)
{
	char line[LINE_BYTES];
	int r = EX_OK;

	if (json) {
		r = print_json(print_json_message(m), true);
	} else {
		(void)osc_text_show(m, line, sizeof line);
		(void)puts(line);
	}
	(void)fflush(stdout);
	return r;
}
