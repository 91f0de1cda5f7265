/* SPDX-License-Identifier: MIT */
/*
 * printable.h -- foreign bytes, made fit for a terminal and for a log line.
 *
 * Well-formed UTF-8 passes; control characters (C0, DEL, C1), backslashes
 * and bytes that are no UTF-8 become \n, \t, \\ or \xNN.  Pure.
 */
#ifndef TACTUS_NRT_PRINTABLE_H
#define TACTUS_NRT_PRINTABLE_H

#include <stddef.h>

/**
 * Copy `length` bytes, escaped, and end them with a zero.  What does not fit
 * is cut between two characters.
 * @thread any
 * @return bytes written, without the zero; at most size - 1
 */
size_t printable_copy(char *to, size_t size, const char *from, size_t length);

#endif
