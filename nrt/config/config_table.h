/* SPDX-License-Identifier: MIT */
/*
 * config_table.h -- every setting, once: type, default, range, words.
 *
 * The table drives parsing, checking, printing, the shipped tactus.conf and
 * the reference in tactus.conf(5), so that they cannot differ.  Constant.
 */
#ifndef TACTUS_NRT_CONFIG_TABLE_H
#define TACTUS_NRT_CONFIG_TABLE_H

#include <stdbool.h>
#include <stddef.h>

/** What a setting may hold; behind it the member's type in struct config. */
enum config_kind {
	CONFIG_BOOL,      /* bool */
	CONFIG_WHOLE,     /* uint32_t */
	CONFIG_REAL,      /* double */
	CONFIG_BYTES,     /* uint64_t; a number, or "512 MiB" */
	CONFIG_TEXT,      /* const char * */
	CONFIG_CHOICE,    /* an enum, counted as `choices` is */
	CONFIG_TEXTS,     /* struct config_strings; one alone is a list too */
	CONFIG_NUMBERS,   /* struct config_numbers; the same */
	CONFIG_POOLS,     /* struct config_pools */
	CONFIG_LISTENERS, /* struct config_listeners */
	CONFIG_CLASSES    /* struct config_classes */
};

/** "auto" is accepted: stored as 0, or worked out (CONFIG_BYTES). */
#define CONFIG_AUTO 1U
/** Changes while running. */
#define CONFIG_LIVE 2U
/** Rounded up to a power of two. */
#define CONFIG_POWER 4U
/** The empty string is accepted. */
#define CONFIG_EMPTY 8U

struct config_row {
	const char *path;     /* "group.name", or "name" */
	const char *standard; /* the default, as libconfig text */
	const char *unit;     /* NULL: none */
	const char *doc;      /* a sentence or two */
	double least;
	double most;                /* least == most: no range */
	const char *const *choices; /* ends with NULL */
	size_t offset;              /* in struct config */
	enum config_kind kind;
	unsigned flags;
};

struct config_group {
	const char *name;
	const char *doc;
};

extern const struct config_row config_rows[];
extern const size_t config_row_count;
extern const struct config_group config_groups[];
extern const size_t config_group_count;

/** The row of "audio.rate"; NULL: there is none. */
const struct config_row *config_table_find(const char *path);

/** Is this a group ("audio")? */
bool config_table_is_group(const char *name);

/** The setting's name without its group. */
const char *config_table_leaf(const struct config_row *row);

/** Is the row one of this group?  "" is the top. */
bool config_table_in(const struct config_row *row, const char *group);

/** The known path nearest to a name that is unknown in `group` ("": the top,
 * where groups count too); never NULL. */
const char *config_table_nearest(const char *group, const char *name);

#endif
