/* SPDX-License-Identifier: MIT */
/*
 * config_reading.h -- what the parts of the reader share while one config is
 * made: its memory, and where errors go.
 *
 * A reading lives on the stack of config_load.  All that the config points
 * to is taken from its arena and freed with it, value by value overwritten
 * or not.  Running out of memory is remembered in `failed` and told once.
 */
#ifndef TACTUS_NRT_CONFIG_READING_H
#define TACTUS_NRT_CONFIG_READING_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include <libconfig.h>

#include "config.h"
#include "config_table.h"

struct config_chunk;

struct config_reading {
	struct config *config;
	struct config_errors *errors;
	const char *file; /* that is being read; NULL: */
	const char *set;  /* the "PATH=VALUE" that is; both NULL: defaults */
	int failed;       /* -ENOMEM, or what kept a file from being read */
	bool wrong;       /* something was reported */
};

/** The config's own part: its memory, and where each value is from. */
struct config_own {
	struct config_chunk *chunks;
	const char *file; /* as named; NULL: the default file */
	uint32_t nsets;
	const char *const *sets;
	const char *origin[CONFIG_MAX_SETTINGS]; /* by row; NULL: default */
};

/** Take zeroed memory that lives as long as the config.
 * @return NULL when there is none; the reading knows */
void *config_reading_take(struct config_reading *r, size_t bytes);

/** The same for a copy of a string. */
const char *config_reading_text(struct config_reading *r, const char *text);

/** The line where a value stands; 0: unknown. */
unsigned config_reading_line(const config_setting_t *s);

/** "FILE:LINE" or "--set"; NULL for defaults. */
const char *config_reading_origin(struct config_reading *r, unsigned line);

/** Report an error at `line` (0: none), with the place in front. */
void config_reading_error(struct config_reading *r, unsigned line,
	const char *format, ...) __attribute__((format(printf, 3, 4)));

/** Report something that is accepted. */
void config_reading_note(struct config_reading *r, unsigned line,
	const char *format, ...) __attribute__((format(printf, 3, 4)));

/** Report with a place that is known already ("FILE:LINE"); note or error. */
void config_reading_tell(struct config_reading *r, bool error,
	const char *place, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

#endif
