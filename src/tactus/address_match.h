/* SPDX-License-Identifier: MIT */
/*
 * address_match.h -- OSC 1.0 address patterns: * ? [a-z] [!…] {this,that}.
 *
 * Pure.  A pattern is held against the whole address, and none of its marks
 * stands for a '/': "/node" is not "/node/new", but "/node/" and a star is.
 */
#ifndef TACTUS_SRC_ADDRESS_MATCH_H
#define TACTUS_SRC_ADDRESS_MATCH_H

#include <stdbool.h>

/**
 * What is wrong with a pattern.
 * @return NULL when it is sound
 */
const char *address_match_check(const char *pattern);

/** Does a sound pattern match the whole address? */
bool address_match(const char *pattern, const char *address);

#endif
