/* SPDX-License-Identifier: MIT */
/*
 * show.h -- how numbers and foreign text look on the terminal.
 *
 * Pure but for the locale, which main() sets once.  Foreign bytes never reach
 * a terminal as they are.
 */
#ifndef TACTUS_SRC_SHOW_H
#define TACTUS_SRC_SHOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SHOW_TEXT   512 /* bytes that show_text fills at the most */
#define SHOW_NUMBER 32  /* bytes that the numbers fill at the most */

/** Escape foreign text. @return `room` */
const char *show_text(char room[SHOW_TEXT], const char *text);

/** The shortest text that reads back as the same float. @return `room` */
const char *show_float(char room[SHOW_NUMBER], float value);

/** At most six significant digits; whole numbers in full. @return `room` */
const char *show_double(char room[SHOW_NUMBER], double value);

/** Bytes as people write them: "1.5 MiB". @return `room` */
const char *show_bytes(char room[SHOW_NUMBER], int64_t bytes);

/** The name of a def in its URI: "sine" of "urn:tactus:synthdef:sine:1";
 * the URI itself when it is of another form. @return `room` */
const char *show_def(char room[SHOW_TEXT], const char *uri);

/** May lines be drawn with more than ASCII? */
bool show_is_utf8(void);

#endif
