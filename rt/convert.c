/* SPDX-License-Identifier: MIT */
/*
 * convert.c -- see convert.h.
 *
 * Frames go in chunks through a small array of integers: the arithmetic is a
 * dense loop that every compiler vectorises, whatever the layout; what is left
 * to do for a layout is a loop of loads or stores.
 *
 * Rounding: adding 1.5 * 2^52 to a double leaves its integer, rounded halves
 * to even, in the low bits of the mantissa; 1.5 * 2^23 does so for a float up
 * to 2^22, which is enough for 16 bits.
 */
#include "convert.h"

#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
	"the formats are little-endian, and so must the machine be");

#define CHUNK 64

/* 1.5 * 2^23 and its bits; 1.5 * 2^52 */
#define ROUND_FLOAT      12582912.0F
#define ROUND_FLOAT_BITS 0x4b400000
#define ROUND_DOUBLE     6755399441055744.0

static const struct {
	const char *name;
	uint32_t bytes;
	double scale; /* 2^(bits - 1) */
} formats[CONVERT_FORMATS] = {
	[CONVERT_S32] = {"S32_LE",   4, 2147483648.0},
	[CONVERT_S24_3] = {"S24_3LE",  3, 8388608.0   },
	[CONVERT_S24] = {"S24_LE",   4, 8388608.0   },
	[CONVERT_S16] = {"S16_LE",   2, 32768.0     },
	[CONVERT_FLOAT] = {"FLOAT_LE", 4, 1.0         },
};

TACTUS_RT uint32_t
convert_bytes(enum convert_format format)
{
	return formats[format].bytes;
}

TACTUS_RT const char *
convert_name(enum convert_format format)
{
	return formats[format].name;
}

/* Clip, then round: both limits are integers.  What is no number is 0. */
TACTUS_RT static inline int32_t
round_16(float x)
{
	x = x == x ? x : 0.0F;
	x = x < 32767.0F ? x : 32767.0F;
	x = x > -32768.0F ? x : -32768.0F;
	x += ROUND_FLOAT;
	int32_t bits;
	memcpy(&bits, &x, sizeof bits);
	return bits - ROUND_FLOAT_BITS;
}

TACTUS_RT static void
quantise_16(int32_t *restrict to, const float *restrict x, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		to[i] = round_16(x[i] * 32768.0F);
	}
}

/* The finaliser of MurmurHash3 (Appleby, public domain). */
TACTUS_RT static inline uint32_t
hash(uint32_t h)
{
	h ^= h >> 16;
	h *= 0x85ebca6bU;
	h ^= h >> 13;
	h *= 0xc2b2ae35U;
	return h ^ h >> 16;
}

/* Two uniform halves of one hash, summed: a triangle of ±1 LSB, mean 0. */
TACTUS_RT static void
quantise_16_dithered(int32_t *restrict to, const float *restrict x, uint32_t n,
	uint32_t count, uint32_t channel)
{
	uint32_t seed = hash(channel * 0x9e3779b9U + 1);

	for (uint32_t i = 0; i < n; i++) {
		uint32_t h = hash((count + i) ^ seed);
		int32_t sum = (int32_t)(h & 0xffff) + (int32_t)(h >> 16);
		float noise = (float)(sum - 65535) * (1.0F / 65536.0F);
		to[i] = round_16(x[i] * 32768.0F + noise);
	}
}

TACTUS_RT static void
quantise_wide(
	int32_t *restrict to, const float *restrict x, uint32_t n, double scale)
{
	double most = scale - 1.0;

	for (uint32_t i = 0; i < n; i++) {
		double v = (double)x[i] * scale;
		v = v == v ? v : 0.0;
		v = v < most ? v : most;
		v = v > -scale ? v : -scale;
		v += ROUND_DOUBLE;
		int64_t bits;
		memcpy(&bits, &v, sizeof bits);
		to[i] = (int32_t)(uint32_t)(uint64_t)bits;
	}
}

/* What is stored for each sample, as integers; floats as their bits. */
TACTUS_RT static void
quantise(enum convert_format format, int32_t *restrict to,
	const float *restrict x, uint32_t n, uint32_t channel,
	const struct convert_dither *dither)
{
	switch (format) {
	case CONVERT_FLOAT:
		memcpy(to, x, n * sizeof *to);
		return;
	case CONVERT_S16:
		if (dither != NULL && dither->on != 0) {
			quantise_16_dithered(to, x, n, dither->count, channel);
		} else {
			quantise_16(to, x, n);
		}
		return;
	case CONVERT_S32:
	case CONVERT_S24_3:
	case CONVERT_S24:
	case CONVERT_FORMATS:
		break;
	}
	quantise_wide(to, x, n, formats[format].scale);
}

TACTUS_RT static void
store(const struct convert_area *a, size_t first, uint32_t bytes,
	const int32_t *restrict q, uint32_t n)
{
	unsigned char *at = a->at + first * a->step;

	switch (bytes) {
	case 2:
		for (uint32_t i = 0; i < n; i++, at += a->step) {
			uint16_t v = (uint16_t)q[i];
			memcpy(at, &v, 2);
		}
		return;
	case 3:
		for (uint32_t i = 0; i < n; i++, at += a->step) {
			memcpy(at, &q[i], 3);
		}
		return;
	default:
		for (uint32_t i = 0; i < n; i++, at += a->step) {
			memcpy(at, &q[i], 4);
		}
	}
}

/* Two channels side by side, as most cards have them: one store a frame. */
TACTUS_RT static void
store_stereo(unsigned char *at, uint32_t bytes, const int32_t *restrict l,
	const int32_t *restrict r, uint32_t n)
{
	if (bytes == 2) {
		for (uint32_t i = 0; i < n; i++) {
			uint32_t v = ((uint32_t)l[i] & 0xffff) | (uint32_t)r[i]
									 << 16;
			memcpy(at + (size_t)4 * i, &v, 4);
		}
		return;
	}
	for (uint32_t i = 0; i < n; i++) {
		memcpy(at + (size_t)8 * i, &l[i], 4);
		memcpy(at + (size_t)8 * i + 4, &r[i], 4);
	}
}

/* Is it frames of two channels without a gap, of 2 or 4 bytes? */
TACTUS_RT static int
is_stereo(const struct convert_area *a, uint32_t channels, uint32_t bytes)
{
	return channels == 2 && bytes != 3 && a[0].step == 2 * (size_t)bytes &&
	       a[1].step == a[0].step && a[1].at == a[0].at + bytes;
}

TACTUS_RT static void
write_silence(enum convert_format format, const struct convert_area *areas,
	uint32_t channels, uint32_t frames)
{
	uint32_t bytes = formats[format].bytes;

	for (uint32_t c = 0; c < channels; c++) {
		unsigned char *at = areas[c].at;
		for (uint32_t i = 0; i < frames; i++, at += areas[c].step) {
			memset(at, 0, bytes);
		}
	}
}

TACTUS_RT void
convert_write(enum convert_format format, const struct convert_area *areas,
	uint32_t channels, const float *const *in, uint32_t from,
	uint32_t frames, struct convert_dither *dither)
{
	uint32_t bytes = formats[format].bytes;
	int32_t q[2][CHUNK];

	if (in == NULL) {
		write_silence(format, areas, channels, frames);
		return;
	}
	int stereo = is_stereo(areas, channels, bytes);
	for (uint32_t i = 0; i < frames; i += CHUNK) {
		uint32_t n = frames - i < CHUNK ? frames - i : CHUNK;
		for (uint32_t c = 0; c < channels; c++) {
			quantise(format, q[c & 1], in[c] + from + i, n, c,
				dither);
			if (!stereo) {
				store(&areas[c], i, bytes, q[c & 1], n);
			}
		}
		if (stereo) {
			store_stereo(areas[0].at + (size_t)i * 2 * bytes, bytes,
				q[0], q[1], n);
		}
		if (dither != NULL) {
			dither->count += n;
		}
	}
}

/* Load to the top bits of 32, so that the sign is in its place. */
TACTUS_RT static void
load(const struct convert_area *a, size_t first, enum convert_format format,
	int32_t *restrict q, uint32_t n)
{
	const unsigned char *at = a->at + first * a->step;

	switch (format) {
	case CONVERT_S16:
		for (uint32_t i = 0; i < n; i++, at += a->step) {
			uint16_t v;
			memcpy(&v, at, 2);
			q[i] = (int32_t)((uint32_t)v << 16);
		}
		return;
	case CONVERT_S24_3:
		for (uint32_t i = 0; i < n; i++, at += a->step) {
			q[i] = (int32_t)((uint32_t)at[0] << 8 |
					 (uint32_t)at[1] << 16 |
					 (uint32_t)at[2] << 24);
		}
		return;
	case CONVERT_S24:
		for (uint32_t i = 0; i < n; i++, at += a->step) {
			uint32_t v;
			memcpy(&v, at, 4);
			q[i] = (int32_t)(v << 8);
		}
		return;
	case CONVERT_S32:
	case CONVERT_FLOAT:
	case CONVERT_FORMATS:
		for (uint32_t i = 0; i < n; i++, at += a->step) {
			memcpy(&q[i], at, 4);
		}
	}
}

TACTUS_RT static void
load_stereo(const unsigned char *at, uint32_t bytes, int32_t *restrict l,
	int32_t *restrict r, uint32_t n)
{
	if (bytes == 2) {
		for (uint32_t i = 0; i < n; i++) {
			uint32_t v;
			memcpy(&v, at + (size_t)4 * i, 4);
			l[i] = (int32_t)(v << 16);
			r[i] = (int32_t)(v & 0xffff0000U);
		}
		return;
	}
	for (uint32_t i = 0; i < n; i++) {
		memcpy(&l[i], at + (size_t)8 * i, 4);
		memcpy(&r[i], at + (size_t)8 * i + 4, 4);
	}
}

TACTUS_RT static void
scale(enum convert_format format, float *restrict out,
	const int32_t *restrict q, uint32_t n)
{
	if (format == CONVERT_FLOAT) {
		memcpy(out, q, n * sizeof *out);
		return;
	}
	for (uint32_t i = 0; i < n; i++) {
		out[i] = (float)q[i] * (1.0F / 2147483648.0F);
	}
}

TACTUS_RT void
convert_read(enum convert_format format, const struct convert_area *areas,
	uint32_t channels, float *const *out, uint32_t from, uint32_t frames)
{
	uint32_t bytes = formats[format].bytes;
	int stereo = format != CONVERT_S24 && is_stereo(areas, channels, bytes);
	int32_t q[2][CHUNK];

	for (uint32_t i = 0; i < frames; i += CHUNK) {
		uint32_t n = frames - i < CHUNK ? frames - i : CHUNK;
		if (stereo) {
			load_stereo(areas[0].at + (size_t)i * 2 * bytes, bytes,
				q[0], q[1], n);
		}
		for (uint32_t c = 0; c < channels; c++) {
			if (!stereo) {
				load(&areas[c], i, format, q[c & 1], n);
			}
			scale(format, out[c] + from + i, q[c & 1], n);
		}
	}
}
