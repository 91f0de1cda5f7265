/* SPDX-License-Identifier: MIT */
/*
 * config_value.h -- one value: from libconfig's tree into the struct, and
 * back into text.
 *
 * config_value.c knows the plain kinds, config_list.c and config_listeners.c
 * the lists of groups.
 * What is printed reads back to the same value.
 */
#ifndef TACTUS_NRT_CONFIG_VALUE_H
#define TACTUS_NRT_CONFIG_VALUE_H

#include "config_reading.h"

/**
 * Check a value and store it in r->config; if it is wrong this is reported
 * and what was there stays.
 * @return false when it was wrong
 */
bool config_value_read(struct config_reading *r, const struct config_row *row,
	const config_setting_t *value);

/** Print a setting's value as libconfig text, on one line. */
void config_value_print(
	FILE *to, const struct config_row *row, const struct config *c);

/** Print a string in quotes, escaped. */
void config_value_print_text(FILE *to, const char *text);

/** "512 MiB" where that is exact, else the number of bytes. */
void config_value_print_bytes(FILE *to, uint64_t bytes);

/** What is said of a range: "8000 to 384000 Hz"; "" when there is none. */
void config_value_range(const struct config_row *row, char *to, size_t size);

/* What both files need; `path` is for the words: "pools[2].size". */

/** Report that something else was expected. @return false */
bool config_value_expected(struct config_reading *r, const char *path,
	const config_setting_t *value, const char *what);

/** Read a whole number within a range. */
bool config_value_whole(struct config_reading *r, const char *path,
	const config_setting_t *value, const struct config_row *range,
	uint32_t *out);

/** Read a number of bytes, or a text such as "512 MiB". */
bool config_value_bytes(struct config_reading *r, const char *path,
	const config_setting_t *value, const struct config_row *range,
	uint64_t *out);

/** Read a string; an empty one only if allowed. */
bool config_value_text(struct config_reading *r, const char *path,
	const config_setting_t *value, bool empty, const char **out);

bool config_value_bool(struct config_reading *r, const char *path,
	const config_setting_t *value, bool *out);

/** Read a list of strings, or one string alone. */
bool config_value_texts(struct config_reading *r, const char *path,
	const config_setting_t *value, struct config_strings *out);

/** Is it a list of groups, and not too long?  Reported if not. */
bool config_list_check(struct config_reading *r, const char *path,
	const config_setting_t *value, int most);

/** Refuse members of a group that are not known (the list ends with NULL),
 * with the nearest one that is. */
bool config_list_members(struct config_reading *r, const char *path,
	const config_setting_t *item, const char *const *known);

/** A group's member; NULL, reported if it must be there and is not. */
const config_setting_t *config_list_member(struct config_reading *r,
	const char *path, const config_setting_t *item, const char *name,
	bool must);

/** The lists of groups (config_list.c, config_listeners.c). */
bool config_list_pools(struct config_reading *r, const config_setting_t *value,
	struct config_pools *out);
bool config_list_listeners(struct config_reading *r,
	const config_setting_t *value, struct config_listeners *out);
bool config_list_classes(struct config_reading *r,
	const config_setting_t *value, struct config_classes *out);
void config_list_print_pools(FILE *to, const struct config_pools *pools);
void config_list_print_listeners(
	FILE *to, const struct config_listeners *listeners);
void config_list_print_classes(FILE *to, const struct config_classes *classes);

#endif
