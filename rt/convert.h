/* SPDX-License-Identifier: MIT */
/*
 * convert.h -- planar floats to a card's samples and back, bit for bit.
 *
 * A sample of b bits is the float times 2^(b-1), rounded to the nearest
 * integer (halves to even) and clipped to what b bits hold: +1.0 becomes the
 * largest.  Back it is divided by the same, so 16 and 24 bits survive the way
 * there and back unchanged.  The one conversion of the whole path: it reads
 * and writes the card's memory itself, in any layout that ALSA has areas for.
 */
#ifndef TACTUS_RT_CONVERT_H
#define TACTUS_RT_CONVERT_H

#include <stddef.h>
#include <stdint.h>

#include "mark.h"

/** Little-endian samples, in the order in which "auto" tries them. */
enum convert_format {
	CONVERT_S32,   /* 32 bits in 4 bytes */
	CONVERT_S24_3, /* 24 bits in 3 bytes */
	CONVERT_S24,   /* 24 bits in the low 3 of 4 bytes */
	CONVERT_S16,   /* 16 bits in 2 bytes */
	CONVERT_FLOAT, /* floats, neither scaled nor clipped */
	CONVERT_FORMATS
};

/** One channel of the card's memory. */
struct convert_area {
	unsigned char *at; /* the first frame's sample */
	size_t step;       /* bytes from one frame to the next */
};

/**
 * Noise of ±1 LSB with triangular density, for 16 bits: a hash of a counter,
 * so that it is the same in every run.
 */
struct convert_dither {
	uint32_t on;    /* 0: plain rounding */
	uint32_t count; /* frames so far */
};

/** Bytes of one sample. @thread any */
TACTUS_RT uint32_t convert_bytes(enum convert_format format);

/** ALSA's name of a format: "S16_LE". @thread any */
TACTUS_RT const char *convert_name(enum convert_format format);

/**
 * Write frames `from` … `from + frames - 1` of all channels to the card.
 * @thread rt
 * @param in one pointer per channel; NULL: silence, never dithered
 * @param dither NULL: none
 */
TACTUS_RT void convert_write(enum convert_format format,
	const struct convert_area *areas, uint32_t channels,
	const float *const *in, uint32_t from, uint32_t frames,
	struct convert_dither *dither);

/**
 * Read frames from the card to `from` … of all channels.
 * @thread rt
 */
TACTUS_RT void convert_read(enum convert_format format,
	const struct convert_area *areas, uint32_t channels, float *const *out,
	uint32_t from, uint32_t frames);

#endif
