/* SPDX-License-Identifier: MIT */
/*
 * printable.h -- foreign bytes, made fit for a terminal and for a log line.
 *
 * Well-formed UTF-8 passes; backslashes, bytes that are no UTF-8 and what
 * would move a cursor, turn text round or hide become \n, \t, \\ or \xNN.
 * Pure.
 */
#ifndef TACTUS_NRT_PRINTABLE_H
#define TACTUS_NRT_PRINTABLE_H

#include <stdbool.h>
#include <stddef.h>

/** The most bytes that one character is shown with. */
#define PRINTABLE_PIECE 4

/**
 * Take one character off `from`, of `length` bytes, at least one.
 * @thread any
 * @param quoted it stands between double quotes: they are escaped too
 * @param piece receives what is shown for it, `*wide` bytes, no zero
 * @return bytes taken off
 */
size_t printable_next(const char *from, size_t length, bool quoted,
	char piece[PRINTABLE_PIECE], size_t *wide);

/**
 * Copy `length` bytes, escaped, and end them with a zero.  What does not fit
 * is cut between two characters.
 * @thread any
 * @return bytes written, without the zero; at most size - 1
 */
size_t printable_copy(char *to, size_t size, const char *from, size_t length);

#endif
