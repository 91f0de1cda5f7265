/* SPDX-License-Identifier: MIT */
/*
 * convolver_ring.c -- see convolver_ring.h.
 */
#include "convolver_ring.h"

#include <tactus/resources/impulse.h>

/** Bytes of a spectrum. */
#define SPECTRUM (2 * TACTUS_IMPULSE_PARTITION * sizeof(float))

/** Blocks that are asked for, the default pools' among them. */
static const uint32_t sizes[] = {
	16777216, 4194304, 1048576, 262144, 65536, 16384};

#define SIZES (sizeof(sizes) / sizeof(sizes[0]))

/**
 * Take a block for up to `spectra` spectra: of a size of which they fill at
 * least a half, and where there is none, a smaller one.
 */
TACTUS_RT static bool
take_block(const TactusWorld *world, struct convolver_ring *r, uint32_t spectra)
{
	uint64_t wanted = (uint64_t)spectra * SPECTRUM;

	if (r->blocks == RING_BLOCKS) {
		return false;
	}
	for (uint32_t i = 0; i < SIZES; i++) {
		uint64_t most = sizes[i] < wanted ? sizes[i] : wanted;

		if (2 * wanted < sizes[i] && i + 1 < SIZES) {
			continue;
		}
		float *memory = world->alloc(world, (size_t)most);
		if (memory != NULL) {
			uint32_t count = (uint32_t)(most / SPECTRUM);

			r->at[r->blocks].spectra = memory;
			r->at[r->blocks].count = count;
			r->blocks++;
			r->room += count;
			return true;
		}
	}
	return false;
}

TACTUS_RT bool
convolver_ring_open(
	const TactusWorld *world, struct convolver_ring *r, uint32_t spectra)
{
	while (r->room < spectra) {
		if (!take_block(world, r, spectra - r->room)) {
			convolver_ring_close(world, r);
			return false;
		}
	}
	return true;
}

TACTUS_RT void
convolver_ring_close(const TactusWorld *world, struct convolver_ring *r)
{
	while (r->blocks > 0) {
		world->free(world, r->at[--r->blocks].spectra);
	}
	r->room = 0;
	r->valid = 0;
}

TACTUS_RT float *
convolver_ring_next(struct convolver_ring *r)
{
	r->place++;
	if (r->place >= r->at[r->block].count) {
		r->place = 0;
		r->block = r->block + 1 < r->blocks ? r->block + 1 : 0;
	}
	r->valid += r->valid < r->room ? 1 : 0;
	return r->at[r->block].spectra +
	       (size_t)r->place * 2 * TACTUS_IMPULSE_PARTITION;
}

TACTUS_RT struct convolver_cursor
convolver_ring_newest(const struct convolver_ring *r)
{
	return (struct convolver_cursor){r->block, r->place};
}

TACTUS_RT const float *
convolver_ring_back(const struct convolver_ring *r, struct convolver_cursor *c)
{
	const float *spectrum = r->at[c->block].spectra +
				(size_t)c->place * 2 * TACTUS_IMPULSE_PARTITION;

	if (c->place == 0) {
		c->block = c->block > 0 ? c->block - 1 : r->blocks - 1;
		c->place = r->at[c->block].count;
	}
	c->place--;
	return spectrum;
}
