/* SPDX-License-Identifier: MIT */
/*
 * config_text.h -- a file's text, made safe for libconfig 1.5.
 *
 * That version cuts integers beyond 32 bits in silence, unless they end with
 * an L, leaks when a text does not parse, and ends the process when it is
 * told to include a folder.  So the text is read here, checked token by token
 * (config_syntax.h), gets its Ls, and @include is refused: conf.d is there
 * for that.
 */
#ifndef TACTUS_NRT_CONFIG_TEXT_H
#define TACTUS_NRT_CONFIG_TEXT_H

#include "config_reading.h"

/** Bytes of one file at the most. */
#define CONFIG_TEXT_MOST (1024U * 1024)

/**
 * Read a whole file (or pipe); errors are reported, but not a missing file.
 * @errors -ENOENT; -EINVAL no text, or too long; others of open and read
 * @owns the caller frees the text
 */
TACTUS_NODISCARD int config_text_read(
	struct config_reading *r, const char *path, char **out);

/**
 * Parse a text into `to`, which config_init has made.
 * @return false when it does not parse; reported if `tell`
 */
bool config_text_parse(
	struct config_reading *r, const char *text, config_t *to, bool tell);

#endif
