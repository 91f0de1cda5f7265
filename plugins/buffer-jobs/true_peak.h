/* SPDX-License-Identifier: MIT */
/*
 * true_peak.h -- the highest level between the samples (BS.1770 annex 2).
 *
 * Four times oversampled.  One struct for each channel, whoever has it.
 */
#ifndef BUFFER_JOBS_TRUE_PEAK_H
#define BUFFER_JOBS_TRUE_PEAK_H

#include <stdint.h>

/** Samples that one new value is made of. */
#define TRUE_PEAK_TAPS 48
/** New values beside each sample. */
#define TRUE_PEAK_PHASES 3
/** Samples at a time. */
#define TRUE_PEAK_CHUNK 256

/** The filters: made once, then only read. */
struct true_peak_filter {
	float tap[TRUE_PEAK_PHASES][TRUE_PEAK_TAPS];
};

struct true_peak {
	float x[TRUE_PEAK_TAPS - 1 + TRUE_PEAK_CHUNK]; /* old ones first */
	float y[TRUE_PEAK_CHUNK];
	float peak; /* linear */
};

/** Design the filters. */
void true_peak_design(struct true_peak_filter *f);

/** Begin with silence behind. */
void true_peak_init(struct true_peak *t);

/** Look at at most TRUE_PEAK_CHUNK samples; NULL: they are silence. */
void true_peak_next(struct true_peak *t, const struct true_peak_filter *f,
	const float *x, int64_t frames);

/** Let the last samples pass through. @return the peak, linear */
float true_peak_end(struct true_peak *t, const struct true_peak_filter *f);

#endif
