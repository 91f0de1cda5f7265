/* SPDX-License-Identifier: MIT */
/*
 * fuzz_slip.c -- any stream, cut anywhere, gives the same packets.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "slip.h"

#define LIMIT 256

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool promise, const char *words)
{
	if (!promise) {
		fprintf(stderr, "broken: %s\n", words);
		abort();
	}
}

/** Take a stream in pieces of `piece`. @return a sum over all that came */
static uint64_t
take(const uint8_t *data, size_t size, size_t piece)
{
	uint8_t room[LIMIT];
	struct slip_in in;
	uint64_t sum = 14695981039346656037U; /* FNV-1a */

	slip_init(&in, room, sizeof room);
	for (size_t from = 0; from < size; from += piece) {
		const uint8_t *at = data + from;
		const uint8_t *end =
			at + (piece < size - from ? piece : size - from);
		while (at < end) {
			const uint8_t *before = at;
			enum slip_event e = slip_next(&in, &at, end);
			must(at > before || e >= SLIP_BAD_START,
				"it never stands still");
			must(in.size <= LIMIT, "it stays in its room");
			if (e == SLIP_MORE) {
				must(at == end, "more means all is taken");
				break;
			}
			sum = (sum ^ (uint64_t)e) * 1099511628211U;
			for (size_t i = 0; e == SLIP_PACKET && i < in.size;
				i++) {
				sum = (sum ^ room[i]) * 1099511628211U;
			}
			if (e >= SLIP_BAD_START) {
				return sum;
			}
		}
	}
	return sum;
}

static void
round_trip(enum slip_framing framing, const uint8_t *data, size_t size)
{
	uint8_t framed[2 * LIMIT + 2], room[LIMIT];
	struct slip_in in;

	size_t n = slip_write(framing, data, size, framed);
	must(n <= slip_bound(framing, size), "it fits its bound");
	const uint8_t *at = framed;
	slip_init(&in, room, sizeof room);
	must(slip_next(&in, &at, framed + n) == SLIP_PACKET, "a packet");
	must(in.size == size && memcmp(room, data, size) == 0, "the same");
	must(at == framed + n, "and nothing else");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t whole = take(data, size, size == 0 ? 1 : size);

	must(take(data, size, 1) == whole, "byte by byte is the same");
	must(take(data, size, size % 13 + 2) == whole, "so are pieces");
	if (size > 0 && size <= LIMIT) {
		round_trip(SLIP_ENDS, data, size);
		if (size % 4 == 0) {
			round_trip(SLIP_LENGTH, data, size);
		}
	}
	return 0;
}
