/* SPDX-License-Identifier: MIT */
/*
 * flux.c -- see flux.h.
 *
 * Spectral flux of logarithmic magnitudes in bands of a twelfth of an octave,
 * with a maximum filter over the bands of the past frame: S. Böck, G. Widmer,
 * "Maximum Filter Vibrato Suppression for Onset Detection", DAFx-13, 2013
 * (SuperFlux).  Different from it: levels refer to the buffer's own peak, so
 * that its volume does not matter; channels are added by power, so that
 * opposite phases do not cancel; frames lie within the range, and what was
 * before it is taken to be the median of its first second, so that a tone
 * that is there all the time begins no note, and a stroke on the first frame
 * does.
 */
#include "flux.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "jobs.h"

#define TAU 6.283185307179586476925286766559

/** Frames that are compared lie so far apart: 15 ms. */
#define LAG 3
/** Frames of bands that are kept. */
#define KEPT (LAG + 1)
/** Least length of a frame, in seconds. */
#define LENGTH 0.03
/** Magnitudes are compressed as log10(1 + SHARPNESS * m), 1: full scale. */
#define SHARPNESS 1000.0f
/** Bands, in Hz and to an octave. */
#define LOWEST  40.0
#define HIGHEST 17000.0
#define OCTAVE  12.0
#define BANDS   128
/** What comes before the start is guessed from so many frames. */
#define GUESS 200

static int
no_memory(char *reason, size_t size)
{
	snprintf(reason, size, "no memory to look for onsets");
	return -1;
}

/** The bands' edges: each has one bin at least, and no bin is in two. */
static void
lay_out(struct flux *f, double rate)
{
	double width = rate / f->points;
	double highest = fmin(HIGHEST, rate / 2.0 * 0.95);
	uint32_t bin = 1;

	f->band_count = 0;
	for (double hz = LOWEST; hz < highest && f->band_count < BANDS;
		hz *= exp2(1.0 / OCTAVE)) {
		uint32_t at = (uint32_t)lround(hz / width);

		if (f->band_count == 0 || at > bin) {
			bin = at > 1 ? at : 1;
			f->edge[f->band_count++] = bin;
		}
	}
	f->edge[f->band_count] = (uint32_t)lround(highest / width) + 1;
	if (f->edge[f->band_count] <= bin) {
		f->edge[f->band_count] = bin + 1;
	}
}

static int
take(struct flux *f, const TactusHost *host, double rate)
{
	size_t points = f->points;

	f->novelty = host->alloc(host, (size_t)f->count * sizeof(float));
	f->magnitude = host->alloc(host, (points / 2 + 1) * sizeof(float));
	f->window = host->alloc(host, points * sizeof(float));
	f->time = host->alloc(host, points * sizeof(float));
	f->spectrum = host->alloc(host, (points + 2) * sizeof(float));
	f->scratch = host->alloc(host, (points + 2) * sizeof(float));
	f->bands = host->alloc(host, (size_t)KEPT * BANDS * sizeof(float));
	f->before = host->alloc(host, (size_t)BANDS * sizeof(float));
	f->edge = host->alloc(host, (BANDS + 1) * sizeof(uint32_t));
	f->fft = host->open_fft(host, f->points);
	if (f->novelty == NULL || f->magnitude == NULL || f->window == NULL ||
		f->time == NULL || f->spectrum == NULL || f->scratch == NULL ||
		f->bands == NULL || f->before == NULL || f->edge == NULL ||
		f->fft == NULL) {
		return -1;
	}
	/* Hann, scaled so that a sine of amplitude 1 has magnitude 1 */
	for (size_t i = 0; i < points; i++) {
		double part = ((double)i + 0.5) / (double)points;

		f->window[i] = (float)((0.5 - 0.5 * cos(TAU * part)) * 4.0 /
				       (double)points);
	}
	lay_out(f, rate);
	return 0;
}

/** The logarithmic magnitudes of the bands of one frame. */
static void
analyse(struct flux *f, const TactusHost *host, const TactusAudioBuffer *b,
	const struct arguments_range *range, int64_t frame, float scale,
	float *bands)
{
	int64_t begin = flux_begin(f, frame);
	int64_t n = range->frames - begin;
	uint32_t bins = f->points / 2 + 1;

	n = n < (int64_t)f->points ? n : (int64_t)f->points;
	memset(f->magnitude, 0, bins * sizeof(float));
	for (uint32_t c = 0; c < b->channels; c++) {
		const float *x = b->channel[c] + range->start + begin;

		memset(f->time, 0, f->points * sizeof(float));
		for (int64_t i = 0; i < n; i++) {
			f->time[i] = jobs_finite(x[i]) * scale * f->window[i];
		}
		host->fft_forward(f->fft, f->time, f->spectrum, f->scratch);
		for (uint32_t i = 0; i < bins; i++) {
			float re = f->spectrum[2 * i];
			float im = f->spectrum[2 * i + 1];

			f->magnitude[i] += re * re + im * im;
		}
	}
	for (uint32_t k = 0; k < f->band_count; k++) {
		float sum = 0.0f;

		for (uint32_t i = f->edge[k]; i < f->edge[k + 1]; i++) {
			sum += f->magnitude[i];
		}
		bands[k] = log10f(1.0f + SHARPNESS * sqrtf(sum));
	}
}

/** Keep the values of one band in order; `count` are there already. */
static void
insert(float *sorted, uint32_t count, float value)
{
	uint32_t at = count;

	while (at > 0 && sorted[at - 1] > value) {
		sorted[at] = sorted[at - 1];
		at--;
	}
	sorted[at] = value;
}

/** Guess what was before the start. */
static int
guess(struct flux *f, const TactusAudioBuffer *b,
	const struct arguments_range *range, float scale, struct pace *pace,
	char *reason, size_t size)
{
	const TactusHost *host = pace->host;
	uint32_t count = f->count < GUESS ? (uint32_t)f->count : GUESS;
	float *sorted = host->alloc(
		host, (size_t)f->band_count * GUESS * sizeof(float));

	if (sorted == NULL) {
		return no_memory(reason, size);
	}
	for (uint32_t k = 0; k < count; k++) {
		analyse(f, host, b, range, k, scale, f->bands);
		for (uint32_t i = 0; i < f->band_count; i++) {
			insert(sorted + (size_t)i * GUESS, k, f->bands[i]);
		}
		if (!pace_next(pace, 0.0)) {
			host->free(host, sorted);
			return pace_cancelled(reason, size);
		}
	}
	for (uint32_t i = 0; i < f->band_count; i++) {
		f->before[i] = sorted[(size_t)i * GUESS + count / 2];
	}
	host->free(host, sorted);
	return 0;
}

/**
 * What is new in `now` against `past`: a root mean square, in which few bands
 * that rise much count more than many in which noise goes up and down.
 */
static float
compare(const float *now, const float *past, uint32_t count)
{
	float sum = 0.0f;

	for (uint32_t k = 0; k < count; k++) {
		float most = past[k];

		if (k > 0 && past[k - 1] > most) {
			most = past[k - 1];
		}
		if (k + 1 < count && past[k + 1] > most) {
			most = past[k + 1];
		}
		float risen = now[k] > most ? now[k] - most : 0.0f;
		sum += risen * risen;
	}
	return sqrtf(sum / (float)count);
}

int
flux_init(struct flux *f, const TactusAudioBuffer *b,
	const struct arguments_range *range, float peak, struct pace *pace,
	char *reason, size_t size)
{
	const TactusHost *host = pace->host;
	float scale = 1.0f / peak;

	*f = (struct flux){.points = TACTUS_MIN_FFT};
	f->hop = fmax(1.0, b->rate / FLUX_A_SECOND);
	while (f->points < b->rate * LENGTH && f->points < TACTUS_MAX_FFT) {
		f->points *= 2;
	}
	/* whole frames, but one at least */
	f->count = range->frames <= (int64_t)f->points
			   ? 1
			   : (int64_t)((double)(range->frames -
						(int64_t)f->points) /
				       f->hop) +
				     1;
	if (take(f, host, b->rate) != 0) {
		return no_memory(reason, size);
	}
	if (guess(f, b, range, scale, pace, reason, size) != 0) {
		return -1;
	}
	for (int64_t k = 0; k < f->count; k++) {
		float *now = f->bands + k % KEPT * BANDS;
		const float *past =
			k < LAG ? f->before
				: f->bands + (k - LAG) % KEPT * BANDS;

		analyse(f, host, b, range, k, scale, now);
		f->novelty[k] = compare(now, past, f->band_count);
		if (!pace_next(pace, f->hop * b->channels)) {
			return pace_cancelled(reason, size);
		}
	}
	/* the last frame reaches to the end */
	return pace_next(pace, pace->total) ? 0 : pace_cancelled(reason, size);
}

void
flux_fini(struct flux *f, const TactusHost *host)
{
	host->close_fft(host, f->fft);
	host->free(host, f->edge);
	host->free(host, f->before);
	host->free(host, f->bands);
	host->free(host, f->scratch);
	host->free(host, f->spectrum);
	host->free(host, f->time);
	host->free(host, f->window);
	host->free(host, f->magnitude);
	host->free(host, f->novelty);
}

int64_t
flux_begin(const struct flux *f, int64_t frame)
{
	return (int64_t)((double)frame * f->hop);
}
