/* SPDX-License-Identifier: MIT */
/*
 * wavetable.h -- the resource class Wavetable: single cycles, band-limited.
 *
 * A set of tables, each one cycle of a waveform.  Every table is there in
 * TACTUS_WAVETABLE_LEVELS levels, three to an octave: level n has no harmonic
 * above 1024 / 2^(n/3).  So at a frequency of `a` cycles a frame every level
 * from n >= 3 log2(2048 a) on is free of aliases.
 *
 * A level's row does not hold the waveform's own points, but the coefficients
 * of the uniform cubic B-spline that goes through them: read with
 * tactus_wavetable_at() each harmonic comes out at its exact level, and the
 * images of harmonic h lie at (h / (points - h))^4 of it.
 *
 * Nothing of it changes while it lives.
 */
#ifndef TACTUS_RESOURCES_WAVETABLE_H
#define TACTUS_RESOURCES_WAVETABLE_H

#include <stdint.h>

#include <tactus/mark.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What a port or a job that wants one names. */
#define TACTUS_WAVETABLE_URI "urn:tactus:resource:wavetable:1"

/** Most tables of one set. */
#define TACTUS_WAVETABLE_TABLES 256
/** Levels of each table. */
#define TACTUS_WAVETABLE_LEVELS 31
/** Most harmonics of a table. */
#define TACTUS_WAVETABLE_HARMONICS 1023

/** One level of all tables. */
typedef struct TactusWavetableLevel {
	uint32_t harmonics; /* the highest one that may be in it */
	uint32_t bits;      /* a cycle has 2^bits points */
	uint32_t stride;    /* floats from one table's row to the next one's */
	uint32_t reserved;
	const float *rows; /* of table 0; see tactus_wavetable_at() */
} TactusWavetableLevel;

/** The layout behind the URI; read by rt and by workers. */
typedef struct TactusWavetable {
	uint32_t size;   /* sizeof(TactusWavetable), by its maker */
	uint32_t tables; /* 1 … TACTUS_WAVETABLE_TABLES */
	TactusWavetableLevel level[TACTUS_WAVETABLE_LEVELS];
} TactusWavetable;

/** The row of one table in one level. @side any */
TACTUS_RT static inline const float *
tactus_wavetable_row(const TactusWavetableLevel *level, uint32_t table)
{
	return level->rows + (uint64_t)level->stride * table;
}

/**
 * A row's value at a phase (a cycle is 2^32).
 *
 * The row has 2^bits + 3 floats: the last coefficient, all of them from phase
 * 0 on, the first two again.
 * @side any
 */
TACTUS_RT static inline float
tactus_wavetable_at(const float *row, uint32_t bits, uint32_t phase)
{
	const float *c = row + (phase >> (32 - bits));
	float t = (float)(int32_t)((phase << bits) >> 8) * 0x1p-24f;
	float u = 1.0f - t;
	float tt = t * t;
	float uu = u * u;

	/* the four pieces of the spline, by symmetry: of t and of 1 - t */
	return (c[0] * (uu * u) + c[3] * (tt * t) +
		       c[1] * (4.0f - 3.0f * tt * (1.0f + u)) +
		       c[2] * (4.0f - 3.0f * uu * (1.0f + t))) *
	       (1.0f / 6.0f);
}

#ifdef __cplusplus
}
#endif

#endif
