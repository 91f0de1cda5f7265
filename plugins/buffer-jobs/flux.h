/* SPDX-License-Identifier: MIT */
/*
 * flux.h -- how much is new in the sound, from moment to moment.
 *
 * The novelty of frames of 30 to 60 ms that begin every 5 ms.
 */
#ifndef BUFFER_JOBS_FLUX_H
#define BUFFER_JOBS_FLUX_H

#include <stddef.h>
#include <stdint.h>

#include <tactus/plugin.h>
#include <tactus/resources/audio_buffer.h>

#include "arguments.h"
#include "pace.h"

/** Frames of analysis in a second. */
#define FLUX_A_SECOND 200.0

struct flux {
	float *novelty; /* one for each frame; 0 … some 3 */
	int64_t count;
	double hop;       /* from one frame to the next */
	uint32_t points;  /* of one frame, a power of two */
	float *magnitude; /* scratch; the rest too */
	float *window;
	float *time;
	float *spectrum;
	float *scratch;
	float *bands;   /* `kept` frames of log magnitudes, in a ring */
	float *before;  /* what is taken to have been before the start */
	uint32_t *edge; /* the bins where bands begin, and the last's end */
	uint32_t band_count;
	TactusFft *fft;
};

/**
 * Analyse a range of a buffer, all channels together.
 * @thread worker
 * @param peak the highest sample of the range, not 0: levels refer to it
 * @return 0; -1 with a reason.  flux_fini either way.
 */
int flux_init(struct flux *f, const TactusAudioBuffer *b,
	const struct arguments_range *range, float peak, struct pace *pace,
	char *reason, size_t size);

/** Give everything back. */
void flux_fini(struct flux *f, const TactusHost *host);

/** The first sample of a frame, from the start of the range. */
int64_t flux_begin(const struct flux *f, int64_t frame);

#endif
