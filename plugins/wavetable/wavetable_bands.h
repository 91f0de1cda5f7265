/* SPDX-License-Identifier: MIT */
/*
 * wavetable_bands.h -- from the harmonics of a cycle to its levels.
 *
 * All of it runs on a worker.  There is no libm: sines are a series in double
 * precision, so that a table is the same bits on every machine.
 */
#ifndef TACTUS_WAVETABLE_BANDS_H
#define TACTUS_WAVETABLE_BANDS_H

#include <stddef.h>
#include <stdint.h>

#include <tactus/plugin.h>
#include <tactus/resources/wavetable.h>

#define BANDS_HARMONICS TACTUS_WAVETABLE_HARMONICS
/** Most frames of a cycle that is taken apart. */
#define BANDS_CYCLE 16384
/** Points of a row: 2^9 … 2^12. */
#define BANDS_LEAST_BITS 9
#define BANDS_MOST_BITS  12
#define BANDS_SIZES      (BANDS_MOST_BITS - BANDS_LEAST_BITS + 1)

/**
 * What it is worked with.  A cycle is
 * cosine[0] + sum over h >= 1 of cosine[h] cos(2 pi h p) + sine[h] sin(2 pi h
 * p).
 */
struct wavetable_bands {
	double cosine[BANDS_HARMONICS + 1];
	double sine[BANDS_HARMONICS + 1];
	TactusFft *fft[BANDS_SIZES];
	float spectrum[(1 << BANDS_MOST_BITS) + 2];
	float time[1 << BANDS_MOST_BITS];
	float scratch[(1 << BANDS_MOST_BITS) + 2];
};

/** Floats that the rows of `tables` tables take. @thread any but rt */
size_t wavetable_bands_floats(uint32_t tables);

/** Describe the levels of `tables` tables, whose rows begin at `rows`. */
void wavetable_bands_layout(
	TactusWavetable *w, uint32_t tables, const float *rows);

/**
 * Make what it is worked with.
 * @thread worker
 * @return NULL: no memory
 */
struct wavetable_bands *wavetable_bands_open(const TactusHost *host);

/** NULL is accepted. @thread worker */
void wavetable_bands_close(const TactusHost *host, struct wavetable_bands *b);

/** Write all rows of table `table`, of which `rows` is the memory.
 * @thread worker */
void wavetable_bands_fill(const TactusHost *host, struct wavetable_bands *b,
	const TactusWavetable *w, float *rows, uint32_t table);

/**
 * What takes cycles of `frames` frames apart.  The Fourier series of the
 * frames is summed as it stands, so that any length will do; the harmonics
 * that the frames have, up to half of their number, are all there.
 */
struct wavetable_series;

/** @thread worker @return NULL: no memory */
struct wavetable_series *wavetable_series_open(
	const TactusHost *host, uint32_t frames);

/** NULL is accepted. @thread worker */
void wavetable_series_close(const TactusHost *host, struct wavetable_series *s);

/** Take a cycle apart into the harmonics of `b`. @thread worker */
void wavetable_series_split(const TactusHost *host, struct wavetable_series *s,
	const float *cycle, struct wavetable_bands *b);

#endif
