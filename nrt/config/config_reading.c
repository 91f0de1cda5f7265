/* SPDX-License-Identifier: MIT */
/*
 * config_reading.c -- see config_reading.h.
 */
#include "config_reading.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct config_chunk {
	struct config_chunk *next;
	max_align_t bytes[];
};

void *
config_reading_take(struct config_reading *r, size_t bytes)
{
	struct config_chunk *chunk = calloc(1, sizeof *chunk + bytes);

	if (chunk == NULL) {
		r->failed = -ENOMEM;
		return NULL;
	}
	chunk->next = r->config->own->chunks;
	r->config->own->chunks = chunk;
	return chunk->bytes;
}

const char *
config_reading_text(struct config_reading *r, const char *text)
{
	size_t size = strlen(text) + 1;
	char *copy = config_reading_take(r, size);

	if (copy != NULL) {
		memcpy(copy, text, size);
	}
	return copy;
}

unsigned
config_reading_line(const config_setting_t *s)
{
	while (config_setting_source_line(s) == 0 &&
		config_setting_parent(s) != NULL) {
		s = config_setting_parent(s);
	}
	return (unsigned)config_setting_source_line(s);
}

static char *
format_place(const struct config_reading *r, unsigned line)
{
	char *text = NULL;
	int n = 0;

	if (r->set != NULL) {
		n = asprintf(&text, "--set %s", r->set);
	} else if (r->file == NULL) {
		n = asprintf(&text, "default");
	} else if (line == 0) {
		n = asprintf(&text, "%s", r->file);
	} else {
		n = asprintf(&text, "%s:%u", r->file, line);
	}
	return n < 0 ? NULL : text;
}

const char *
config_reading_origin(struct config_reading *r, unsigned line)
{
	if (r->set != NULL) {
		return "--set";
	}
	if (r->file == NULL) {
		return NULL;
	}
	char *place = format_place(r, line);
	if (place == NULL) {
		r->failed = -ENOMEM;
		return NULL;
	}
	const char *kept = config_reading_text(r, place);
	free(place);
	return kept;
}

/* Append "PLACE: TEXT" to one of the two lists. */
static void append(struct config_reading *r, bool error, const char *place,
	const char *format, va_list args) __attribute__((format(printf, 4, 0)));

static void
append(struct config_reading *r, bool error, const char *place,
	const char *format, va_list args)
{
	char ***list = error ? &r->errors->items : &r->errors->note;
	uint32_t *count = error ? &r->errors->count : &r->errors->notes;
	char *text = NULL;
	char *line = NULL;

	r->wrong = r->wrong || error;
	if (vasprintf(&text, format, args) < 0) {
		text = NULL;
	}
	if (text != NULL && asprintf(&line, "%s: %s", place, text) < 0) {
		line = NULL;
	}
	free(text);
	char **more =
		line == NULL
			? NULL
			: realloc(*list, (*count + (size_t)1) * sizeof *more);
	if (more == NULL) {
		free(line);
		r->failed = -ENOMEM;
		return;
	}
	more[*count] = line;
	*list = more;
	(*count)++;
}

static void append_at(struct config_reading *r, bool error, unsigned line,
	const char *format, va_list args) __attribute__((format(printf, 4, 0)));

static void
append_at(struct config_reading *r, bool error, unsigned line,
	const char *format, va_list args)
{
	char *place = format_place(r, line);

	if (place == NULL) {
		r->wrong = r->wrong || error;
		r->failed = -ENOMEM;
		return;
	}
	append(r, error, place, format, args);
	free(place);
}

void
config_reading_error(
	struct config_reading *r, unsigned line, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	append_at(r, true, line, format, args);
	va_end(args);
}

void
config_reading_note(
	struct config_reading *r, unsigned line, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	append_at(r, false, line, format, args);
	va_end(args);
}

void
config_reading_tell(struct config_reading *r, bool error, const char *place,
	const char *format, ...)
{
	va_list args;

	va_start(args, format);
	append(r, error, place, format, args);
	va_end(args);
}

void
config_errors_fini(struct config_errors *errors)
{
	for (uint32_t i = 0; i < errors->count; i++) {
		free(errors->items[i]);
	}
	for (uint32_t i = 0; i < errors->notes; i++) {
		free(errors->note[i]);
	}
	free(errors->items);
	free(errors->note);
	*errors = (struct config_errors){.count = 0};
}

void
config_close(struct config *c)
{
	if (c == NULL) {
		return;
	}
	while (c->own != NULL && c->own->chunks != NULL) {
		struct config_chunk *next = c->own->chunks->next;

		free(c->own->chunks);
		c->own->chunks = next;
	}
	free(c->own);
	free(c);
}
