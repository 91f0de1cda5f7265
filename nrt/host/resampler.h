/* SPDX-License-Identifier: MIT */
/*
 * resampler.h -- another sample rate, for plugins: libsamplerate's sinc.
 *
 * What went in at frame n comes out at frame n * ratio, as if there were
 * silence before the first frame and behind the last, and n frames in all
 * become round(n * ratio) to the frame.  At a ratio of 1 nothing is changed.
 *
 * The converter is SRC_SINC_MEDIUM_QUALITY: 90 % of the band and 121 dB; the
 * best one has 97 % and 144 dB and takes about three times as long (figures in
 * resampler.c).  Below a ratio of 1 the band is that of the new rate.
 *
 * No resampler is used by two threads at once.
 */
#ifndef TACTUS_NRT_RESAMPLER_H
#define TACTUS_NRT_RESAMPLER_H

#include <stdbool.h>
#include <stdint.h>

#include <tactus/plugin.h>

/** Ratios are within 1 / RESAMPLER_RATIO … RESAMPLER_RATIO. */
#define RESAMPLER_RATIO 256
/** Most channels of a resampler. */
#define RESAMPLER_CHANNELS 64

/** As TactusHost.open_resampler. @thread worker */
TactusResampler *resampler_open(uint32_t channels, double ratio);

/**
 * As TactusHost.resample.  It is over when, with `end`, all of `in` was used
 * and nothing was written.
 * @thread worker
 */
int64_t resampler_next(TactusResampler *r, const float *in, int64_t in_frames,
	int64_t *used, float *out, int64_t out_frames, bool end);

/** NULL is accepted. @thread worker */
void resampler_close(TactusResampler *r);

#endif
