/* SPDX-License-Identifier: MIT */
/*
 * slip.h -- packets in a stream of bytes: SLIP, or a length before each.
 *
 * The first byte of a stream decides for all of it: 0xC0, '/' and '#' begin
 * SLIP (RFC 1055, an END on both sides of each packet), 0x00 begins a
 * big-endian length of four bytes.  A bad escape or too long a packet spoils
 * that one packet; a bad length ends the stream, for nobody can know where
 * the next one begins.  Pure: no thread, no I/O, no allocation.
 *
 *	UNKNOWN --first byte--> ENDS | LENGTH
 */
#ifndef TACTUS_NRT_SLIP_H
#define TACTUS_NRT_SLIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mark.h"

enum slip_framing { SLIP_UNKNOWN, SLIP_ENDS, SLIP_LENGTH };

enum slip_event {
	SLIP_MORE,       /* all bytes are taken; nothing is whole yet */
	SLIP_PACKET,     /* data and size hold a packet, until the next call */
	SLIP_BAD_ESCAPE, /* one packet was spoiled */
	SLIP_TOO_LARGE,  /* one packet was over the limit */
	SLIP_BAD_START,  /* the stream begins like neither; it is over */
	SLIP_BAD_LENGTH, /* 0 or no multiple of 4; it is over */
	SLIP_OVER_LENGTH /* over the limit; it is over */
};

struct slip_in {
	enum slip_framing framing;
	uint8_t *data;
	size_t size;
	size_t limit;           /* bytes that `data` has room for */
	uint32_t length;        /* LENGTH: as far as read */
	uint32_t digits;        /* LENGTH: bytes of it read, up to 4 */
	bool whole;             /* told: the next call begins a new one */
	bool escaped;           /* ENDS: the byte before was ESC */
	enum slip_event spoilt; /* ENDS: told at the packet's end, or MORE */
};

/** Begin a stream; packets are put together in `data`. @thread any */
void slip_init(struct slip_in *in, uint8_t *data, size_t limit);

/**
 * Take bytes until something is whole or none are left; `*at` moves on.
 * @thread any
 */
TACTUS_NODISCARD enum slip_event slip_next(
	struct slip_in *in, const uint8_t **at, const uint8_t *end);

/** The most bytes that a packet of `size` can become. @thread any */
size_t slip_bound(enum slip_framing framing, size_t size);

/**
 * Frame a packet; UNKNOWN is answered in SLIP. `out` has slip_bound bytes.
 * @thread any
 * @return the bytes written
 */
size_t slip_write(enum slip_framing framing, const void *packet, size_t size,
	uint8_t *out);

#endif
