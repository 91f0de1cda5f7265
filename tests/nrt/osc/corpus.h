/* SPDX-License-Identifier: MIT */
/*
 * corpus.h -- sound packets of every kind, and numbers that look random.
 *
 * The packets are bytes written out by hand from the OSC 1.0 text, not by our
 * writer: so that reader and writer cannot be wrong in the same way.
 */
#ifndef TACTUS_TESTS_CORPUS_H
#define TACTUS_TESTS_CORPUS_H

#include <stddef.h>
#include <stdint.h>

struct sample_packet {
	const char *name;
	const char *bytes;
	size_t size;
};

extern const struct sample_packet corpus[];
extern const size_t corpus_count;

/** The next number of a fixed sequence; `state` is not 0. */
uint32_t corpus_random(uint32_t *state);

/** A packet, sound or nearly so, that only `state` decides. @return size */
size_t corpus_make(uint32_t *state, uint8_t *out, size_t room);

#endif
