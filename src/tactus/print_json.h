/* SPDX-License-Identifier: MIT */
/*
 * print_json.h -- what the lists look like with --json.
 *
 * JSON knows neither all bytes nor all numbers: bytes that are no UTF-8 are
 * escaped as \xNN, numbers that are none become null, floats are written with
 * the fewest digits that read back as the same float.
 */
#ifndef TACTUS_SRC_PRINT_JSON_H
#define TACTUS_SRC_PRINT_JSON_H

#include <jansson.h>
#include <stdbool.h>

#include "mark.h"
#include "osc_read.h"

/** A string of foreign bytes. */
json_t *print_json_text(const char *text);

/** A float, short. */
json_t *print_json_float(float value);

/** A double; whole ones as integers. */
json_t *print_json_double(double value);

/** One argument that is no array. */
json_t *print_json_arg(const struct osc_arg *arg);

/**
 * Print a message on one line, as JSON or as text, at once.
 * @return 0, or an exit code
 */
TACTUS_NODISCARD int print_json_or_text(const struct osc_message *m, bool json);

/** {"address": …, "types": …, "args": […]} */
json_t *print_json_message(const struct osc_message *m);

/**
 * Print a value, and let go of it.
 * @param line on one line; else indented
 * @owns takes `value`; NULL counts as out of memory
 * @return 0, or an exit code
 */
TACTUS_NODISCARD int print_json(json_t *value, bool line);

#endif
