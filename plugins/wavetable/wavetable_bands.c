/* SPDX-License-Identifier: MIT */
/*
 * wavetable_bands.c -- see wavetable_bands.h.
 */
#include "wavetable_bands.h"

#include <string.h>

#include <tactus/def.h>

/** Harmonics of each level: 1024 / 2^(n/3), rounded down; at first 1023. */
static const uint16_t harmonics[TACTUS_WAVETABLE_LEVELS] = {1023, 812, 645, 512,
	406, 322, 256, 203, 161, 128, 101, 80, 64, 50, 40, 32, 25, 20, 16, 12,
	10, 8, 6, 5, 4, 3, 2, 2, 1, 1, 1};

/** Floats behind a row's points: its guard, and the next one aligned. */
#define GUARD 16

/** Points of a level: 16 for each harmonic, where they are to be had. */
static uint32_t
bits_of(uint32_t level)
{
	uint32_t bits = BANDS_LEAST_BITS;

	while (bits < BANDS_MOST_BITS &&
		(1u << bits) < 16u * harmonics[level]) {
		bits++;
	}
	return bits;
}

/** Is this level the same as the one before? */
static bool
is_again(uint32_t level)
{
	return level > 0 && harmonics[level] == harmonics[level - 1];
}

size_t
wavetable_bands_floats(uint32_t tables)
{
	size_t sum = 0;

	for (uint32_t n = 0; n < TACTUS_WAVETABLE_LEVELS; n++) {
		sum += is_again(n) ? 0 : ((size_t)1 << bits_of(n)) + GUARD;
	}
	return sum * tables;
}

void
wavetable_bands_layout(TactusWavetable *w, uint32_t tables, const float *rows)
{
	w->size = sizeof(*w);
	w->tables = tables;
	for (uint32_t n = 0; n < TACTUS_WAVETABLE_LEVELS; n++) {
		TactusWavetableLevel *l = &w->level[n];

		if (is_again(n)) {
			*l = w->level[n - 1];
			continue;
		}
		l->harmonics = harmonics[n];
		l->bits = bits_of(n);
		l->stride = (1u << l->bits) + GUARD;
		l->rows = rows;
		rows += (size_t)l->stride * tables;
	}
}

struct wavetable_bands *
wavetable_bands_open(const TactusHost *host)
{
	struct wavetable_bands *b = host->alloc(host, sizeof(*b));

	for (uint32_t i = 0; b != NULL && i < BANDS_SIZES; i++) {
		b->fft[i] = host->open_fft(host, 1u << (BANDS_LEAST_BITS + i));
		if (b->fft[i] == NULL) {
			wavetable_bands_close(host, b);
			return NULL;
		}
	}
	return b;
}

void
wavetable_bands_close(const TactusHost *host, struct wavetable_bands *b)
{
	for (uint32_t i = 0; b != NULL && i < BANDS_SIZES; i++) {
		host->close_fft(host, b->fft[i]);
	}
	host->free(host, b);
}

/**
 * Cosine and sine of `cycles` (0 … 1) turns.  Their series (Abramowitz and
 * Stegun 4.3.65 and 66) up to the 17th power, within an eighth of a turn of
 * the nearest quarter, where what is left out is below 1e-18.
 */
static void
turn(double cycles, double *cosine, double *sine)
{
	int32_t quarter = (int32_t)(cycles * 4.0 + 0.5);
	double x = (cycles - quarter * 0.25) * 6.283185307179586477;
	double y = -x * x;
	double c = 1.0;
	double s = 1.0;

	for (int32_t n = 16; n >= 2; n -= 2) {
		c = 1.0 + c * y / (n * (n - 1));
		s = 1.0 + s * y / (n * (n + 1));
	}
	s *= x;
	*cosine = (quarter & 1) != 0 ? -s : c;
	*sine = (quarter & 1) != 0 ? c : s;
	if ((quarter & 2) != 0) {
		*cosine = -*cosine;
		*sine = -*sine;
	}
}

/** What the spline leaves of harmonic `h` of 2^bits points: sinc^4. */
static double
spline_leaves(uint32_t h, uint32_t bits)
{
	double x = (double)h / (double)(2u << bits); /* half turns to turns */
	double cosine;
	double sine;

	if (h == 0) {
		return 1.0;
	}
	turn(x, &cosine, &sine);
	double sinc = sine / (x * 6.283185307179586477);
	return sinc * sinc * sinc * sinc;
}

/** One row: the spectrum up to the level's last harmonic, and back. */
static void
fill_row(const TactusHost *host, struct wavetable_bands *b,
	const TactusWavetableLevel *l, float *row)
{
	uint32_t points = 1u << l->bits;
	double half = (double)points / 2.0;

	memset(b->spectrum, 0, (points + 2) * sizeof(*b->spectrum));
	b->spectrum[0] = (float)(b->cosine[0] * (double)points);
	for (uint32_t h = 1; h <= l->harmonics; h++) {
		double scale = half / spline_leaves(h, l->bits);

		b->spectrum[2 * h] = (float)(b->cosine[h] * scale);
		b->spectrum[2 * h + 1] = (float)(-b->sine[h] * scale);
	}
	host->fft_inverse(b->fft[l->bits - BANDS_LEAST_BITS], b->spectrum,
		b->time, b->scratch);
	memcpy(row + 1, b->time, points * sizeof(*row));
	row[0] = row[points];
	row[points + 1] = row[1];
	row[points + 2] = row[2];
}

void
wavetable_bands_fill(const TactusHost *host, struct wavetable_bands *b,
	const TactusWavetable *w, float *rows, uint32_t table)
{
	for (uint32_t n = 0; n < TACTUS_WAVETABLE_LEVELS; n++) {
		const TactusWavetableLevel *l = &w->level[n];

		if (!is_again(n)) {
			fill_row(host, b, l,
				rows + (l->rows - w->level[0].rows) +
					(size_t)l->stride * table);
		}
	}
}

struct wavetable_series {
	uint32_t frames;
	TactusFft *fft; /* where the length is a power of two, else NULL */
	/* cosine and sine of each frame's part of a turn */
	double turn[2 * BANDS_CYCLE];
	float spectrum[BANDS_CYCLE + 2];
	float scratch[BANDS_CYCLE + 2];
};

struct wavetable_series *
wavetable_series_open(const TactusHost *host, uint32_t frames)
{
	struct wavetable_series *s = host->alloc(host, sizeof(*s));

	if (s == NULL) {
		return NULL;
	}
	s->frames = frames;
	for (uint32_t i = 0; i < frames; i++) {
		turn((double)i / (double)frames, &s->turn[2 * i],
			&s->turn[2 * i + 1]);
	}
	if ((frames & (frames - 1)) == 0) {
		s->fft = host->open_fft(host, frames);
		if (s->fft == NULL) {
			wavetable_series_close(host, s);
			return NULL;
		}
	}
	return s;
}

void
wavetable_series_close(const TactusHost *host, struct wavetable_series *s)
{
	if (s != NULL) {
		host->close_fft(host, s->fft);
	}
	host->free(host, s);
}

/** Harmonic `h` of a cycle, summed as the series has it. */
static void
sum_harmonic(const struct wavetable_series *s, const float *cycle, uint32_t h,
	double *cosine, double *sine)
{
	double c = 0.0;
	double d = 0.0;
	uint32_t at = 0;

	for (uint32_t i = 0; i < s->frames; i++) {
		c += (double)cycle[i] * s->turn[2 * at];
		d += (double)cycle[i] * s->turn[2 * at + 1];
		at += h;
		at = at < s->frames ? at : at - s->frames;
	}
	*cosine = c;
	*sine = d;
}

void
wavetable_series_split(const TactusHost *host, struct wavetable_series *s,
	const float *cycle, struct wavetable_bands *b)
{
	double scale = 2.0 / (double)s->frames;

	memset(b->cosine, 0, sizeof(b->cosine));
	memset(b->sine, 0, sizeof(b->sine));
	if (s->fft != NULL) {
		host->fft_forward(s->fft, cycle, s->spectrum, s->scratch);
	}
	/* what is at half of the frames has no phase: it is left out */
	for (uint32_t h = 0; h <= BANDS_HARMONICS && 2 * h < s->frames; h++) {
		double c;
		double d;

		if (s->fft != NULL) {
			c = (double)s->spectrum[2 * h];
			d = -(double)s->spectrum[2 * h + 1];
		} else {
			sum_harmonic(s, cycle, h, &c, &d);
		}
		b->cosine[h] = c * (h == 0 ? scale / 2.0 : scale);
		b->sine[h] = h == 0 ? 0.0 : d * scale;
	}
}
