/* SPDX-License-Identifier: MIT */
/*
 * compose.h -- a fuzzer's bytes as messages: each byte is a choice.
 *
 * Zeroes, and what comes when the bytes are at their end, choose what is
 * sound, so that short inputs are messages that do something; large bytes
 * twist it.  The addresses and their arguments are those of address_table.
 */
#ifndef TACTUS_TESTS_FUZZ_COMPOSE_H
#define TACTUS_TESTS_FUZZ_COMPOSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Bytes that are left of an input. */
struct source {
	const uint8_t *at;
	const uint8_t *end;
	uint64_t now; /* the sample clock, about which times lie */
};

/** Most bytes of one packet that is put together. */
#define COMPOSE_ROOM 16384

/** The next byte; 0 at the end. */
uint8_t source_next(struct source *s);

/** A number below `n` of the next byte. */
uint32_t source_below(struct source *s, uint32_t n);

/** Make one message. @return its bytes; 0: it did not fit */
size_t compose_message(struct source *s, void *data, size_t room);

/** Make a bundle, of bundles perhaps. @return its bytes; 0: it did not fit */
size_t compose_bundle(
	struct source *s, void *data, size_t room, uint32_t depth);

/** A time near the present sample, under the offline driver at 48 kHz. */
uint64_t compose_time(struct source *s);

/** Change bytes of a packet, or take some out. @return its bytes */
size_t compose_mutate(struct source *s, uint8_t *data, size_t size);

#endif
