/* SPDX-License-Identifier: MIT */
/*
 * naive.h -- the OSC reader that one would write first: it recurses.
 *
 * It judges a packet and writes down what is in it as text, one line a
 * message, so that two readers can be compared by strcmp.
 */
#ifndef TACTUS_TESTS_NAIVE_H
#define TACTUS_TESTS_NAIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NAIVE_ROOM 65536

struct naive_text {
	size_t length;
	char at[NAIVE_ROOM];
};

void naive_add(struct naive_text *t, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/** Read a whole packet. @return is it sound? */
bool naive_read(struct naive_text *t, const uint8_t *packet, size_t size);

/** The same lines from our own walk of a packet that was found sound; ends
 * the test where a pointer leaves the packet. */
void naive_walk(struct naive_text *t, const uint8_t *packet, size_t size);

#endif
