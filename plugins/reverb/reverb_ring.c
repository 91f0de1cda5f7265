/* SPDX-License-Identifier: MIT */
/*
 * reverb_ring.c -- see reverb_ring.h.  It runs on an audio thread.
 */
#include "reverb_ring.h"

#include <string.h>

/** Blocks that are asked for, the default pools' among them; bytes. */
static const uint32_t sizes[] = {4194304, 1048576, 262144, 65536, 16384, 4096};

#define SIZES (sizeof(sizes) / sizeof(sizes[0]))

/** Rings begin on lines of the cache. */
#define ALIGNED 16

TACTUS_RT void
reverb_store_init(struct reverb_store *s, uint32_t frames)
{
	s->blocks = 0;
	s->wanted = frames;
}

/** Take a block of `bytes`. */
TACTUS_RT static bool
take_block(const TactusWorld *world, struct reverb_store *s, uint32_t bytes)
{
	float *memory = world->alloc(world, bytes);

	if (memory == NULL) {
		return false;
	}
	s->block[s->blocks].memory = memory;
	s->block[s->blocks].room = bytes / sizeof(float);
	s->block[s->blocks].used = 0;
	s->blocks++;
	return true;
}

/**
 * Take a block for at least `frames`: of a size of which all that is wanted
 * fills a half; where there is none a smaller one, then a larger one.
 */
TACTUS_RT static bool
add_block(const TactusWorld *world, struct reverb_store *s, uint32_t frames)
{
	uint64_t least = (uint64_t)frames * sizeof(float);
	uint64_t wanted = (uint64_t)s->wanted * sizeof(float);

	if (s->blocks == STORE_BLOCKS) {
		return false;
	}
	for (uint32_t i = 0; i < SIZES; i++) {
		if (sizes[i] >= least && sizes[i] <= 2 * wanted &&
			take_block(world, s, sizes[i])) {
			return true;
		}
	}
	for (uint32_t i = SIZES; i > 0; i--) {
		uint32_t size = sizes[i - 1];

		if (size >= least && size > 2 * wanted &&
			take_block(world, s, size)) {
			return true;
		}
	}
	return false;
}

TACTUS_RT bool
reverb_ring_open(const TactusWorld *world, struct reverb_store *s,
	struct reverb_ring *r, uint32_t length)
{
	uint32_t room = (length + ALIGNED - 1) / ALIGNED * ALIGNED;
	uint32_t b = 0;

	while (b < s->blocks && s->block[b].room < room) {
		b++;
	}
	if (b == s->blocks && !add_block(world, s, room)) {
		return false;
	}
	r->frame = s->block[b].memory + s->block[b].used;
	r->length = length;
	r->at = 0;
	s->block[b].used += room;
	s->block[b].room -= room;
	s->wanted = s->wanted > room ? s->wanted - room : 0;
	return true;
}

TACTUS_RT void
reverb_store_fini(const TactusWorld *world, struct reverb_store *s)
{
	while (s->blocks > 0) {
		world->free(world, s->block[--s->blocks].memory);
	}
}

TACTUS_RT void
reverb_ring_read(const struct reverb_ring *r, uint64_t age, uint32_t delay,
	float *restrict out, uint32_t count)
{
	uint32_t silent = 0;
	uint32_t place =
		r->at >= delay ? r->at - delay : r->at + r->length - delay;

	if (age < delay) {
		uint32_t lack = delay - (uint32_t)age;

		silent = lack < count ? lack : count;
		memset(out, 0, silent * sizeof(*out));
		place = place + silent < r->length ? place + silent
						   : place + silent - r->length;
	}
	uint32_t left = count - silent;
	uint32_t first = r->length - place < left ? r->length - place : left;
	memcpy(out + silent, r->frame + place, first * sizeof(*out));
	memcpy(out + silent + first, r->frame, (left - first) * sizeof(*out));
}

TACTUS_RT void
reverb_ring_write(
	struct reverb_ring *r, const float *restrict in, uint32_t count)
{
	uint32_t first = r->length - r->at < count ? r->length - r->at : count;

	memcpy(r->frame + r->at, in, first * sizeof(*in));
	memcpy(r->frame, in + first, (count - first) * sizeof(*in));
	r->at = r->at + count < r->length ? r->at + count
					  : r->at + count - r->length;
}
