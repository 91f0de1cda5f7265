/* SPDX-License-Identifier: MIT */
/*
 * line.c -- see line.h.
 */
#include "line.h"

#include <string.h>

/** Frames of a chunk, if LINE_CHUNKS of them are enough: 64 KiB. */
#define CHUNK_SHIFT 14

/** Bytes of the blocks that are asked for, the default pools' among them. */
static const uint32_t sizes[] = {65536, 262144, 1048576, 4194304, 16777216};

#define SIZES (sizeof(sizes) / sizeof(sizes[0]))

/** Bytes of a block for up to `wanted` bytes, from sizes[i]; 0: not this. */
TACTUS_RT static uint64_t
bytes_of(const struct line *l, uint32_t i, uint64_t wanted)
{
	uint64_t chunk = (uint64_t)4 << l->shift;

	/* only the last chunk of all may be cut */
	return sizes[i] < chunk && sizes[i] < wanted ? 0
	       : sizes[i] < wanted                   ? sizes[i]
						     : wanted;
}

/** Take a block of `bytes`, if there is one. */
TACTUS_RT static bool
take(const TactusWorld *world, struct line *l, uint64_t bytes, uint64_t wanted)
{
	uint64_t used = bytes < wanted ? bytes : wanted;
	uint64_t chunk = (uint64_t)4 << l->shift;
	float *memory = world->alloc(world, (size_t)bytes);

	if (memory == NULL) {
		return false;
	}
	l->firsts |= (uint64_t)1 << l->chunks;
	for (uint64_t at = 0; at < used; at += chunk) {
		l->chunk[l->chunks++] = memory + at / sizeof(float);
	}
	l->room += (uint32_t)(used / sizeof(float));
	return true;
}

/**
 * Take a block for up to `wanted` bytes: the largest of which they fill at
 * least a half; where there is none left, a smaller one, and at last a larger.
 */
TACTUS_RT static bool
take_block(const TactusWorld *world, struct line *l, uint64_t wanted)
{
	for (uint32_t n = SIZES; n-- > 0;) {
		uint64_t bytes = bytes_of(l, n, wanted);

		if (bytes == 0 || (2 * wanted < sizes[n] && n > 0)) {
			continue;
		}
		if (take(world, l, bytes, wanted)) {
			return true;
		}
	}
	for (uint32_t n = 0; n < SIZES; n++) {
		if (sizes[n] >= wanted && take(world, l, sizes[n], wanted)) {
			return true;
		}
	}
	return false;
}

TACTUS_RT bool
line_open(const TactusWorld *world, struct line *l, uint32_t frames)
{
	l->shift = CHUNK_SHIFT;
	while (frames > (uint64_t)LINE_CHUNKS << l->shift) {
		l->shift++;
	}
	while (l->room < frames) {
		uint64_t wanted = (frames - l->room) * sizeof(float);

		if (!take_block(world, l, wanted)) {
			line_close(world, l);
			return false;
		}
	}
	return true;
}

TACTUS_RT void
line_close(const TactusWorld *world, struct line *l)
{
	while (l->chunks > 0) {
		l->chunks--;
		if ((l->firsts >> l->chunks & 1) != 0) {
			world->free(world, l->chunk[l->chunks]);
		}
	}
	l->firsts = 0;
	l->room = 0;
	l->written = 0;
}

/** Frames from `at` on that lie side by side, `most` at the most. */
TACTUS_RT static inline uint32_t
side_by_side(const struct line *l, uint32_t at, uint32_t most)
{
	uint32_t size = (uint32_t)1 << l->shift;
	uint32_t end = (at & ~(size - 1)) + size;

	end = end < l->room ? end : l->room;
	return most < end - at ? most : end - at;
}

/** Where frame `at` of the ring is. */
TACTUS_RT static inline float *
place(const struct line *l, uint32_t at)
{
	uint32_t mask = ((uint32_t)1 << l->shift) - 1;

	return l->chunk[at >> l->shift] + (at & mask);
}

TACTUS_RT void
line_read(const struct line *l, uint32_t distance, float *to, uint32_t count)
{
	uint32_t at = l->at >= distance ? l->at - distance
					: l->at + l->room - distance;
	uint32_t n;

	for (uint32_t i = 0; i < count; i += n) {
		n = side_by_side(l, at, count - i);
		if (distance - i > l->written) {
			uint32_t before = distance - i - l->written;

			n = n < before ? n : before;
			memset(to + i, 0, n * sizeof(*to));
		} else {
			memcpy(to + i, place(l, at), n * sizeof(*to));
		}
		at = at + n < l->room ? at + n : 0;
	}
}

TACTUS_RT void
line_write(struct line *l, const float *from, uint32_t count)
{
	uint32_t n;

	for (uint32_t i = 0; i < count; i += n) {
		n = side_by_side(l, l->at, count - i);
		memcpy(place(l, l->at), from + i, n * sizeof(*from));
		l->at = l->at + n < l->room ? l->at + n : 0;
	}
	l->written =
		l->written < l->room - count ? l->written + count : l->room;
}
