/* SPDX-License-Identifier: MIT */
/*
 * log.h -- one line, one fact: "room: fact, numbers with units".
 *
 * Lines go to standard error: with journald's priorities (<4>) when that is
 * not a terminal, with time and level when it is.  A line that says the same
 * as the one before it is counted and told as "repeated N times in S s", and
 * each call site has a rate (by its format), so that no fault can fill a
 * card.  Any thread but rt may log; the one mutex is here.
 */
#ifndef TACTUS_NRT_LOG_H
#define TACTUS_NRT_LOG_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

enum log_level {
	LOG_LEVEL_ERR,  /* someone must act */
	LOG_LEVEL_WARN, /* we coped */
	LOG_LEVEL_INFO, /* a change of state */
	LOG_LEVEL_DEBUG
};

void log_err(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** Let through this level and those above it. @thread any */
void log_set_level(enum log_level level);
enum log_level log_get_level(void);

/** "err" "warn" "info" "debug" (and "error", "warning") to a level.
 * @return false for any other name */
bool log_parse_level(const char *name, enum log_level *out);
const char *log_level_name(enum log_level level);

/** Who gets each line beside standard error (for log.osc); NULL: nobody. */
typedef void log_sink(void *user, enum log_level level, const char *line);
void log_set_sink(log_sink *sink, void *user);

/** Where time comes from (ns); NULL: CLOCK_MONOTONIC. For virtual time. */
void log_set_clock(int64_t (*now_ns)(void *user), void *user);

/** Tell repeats that are due; the loop calls it once a second. */
void log_tick(void);

/** Tell all that is still held back; at exit. */
void log_flush(void);

#endif
