/* SPDX-License-Identifier: MIT */
/*
 * resampler.c -- see resampler.h.
 *
 * One core of a 2-core machine made so many seconds of mono sound in one:
 *
 *	                best    medium    fastest
 *	44.1 to 48 kHz    54       172        346
 *	48 to 44.1 kHz    54       187        388
 *	48 to 96 kHz      32        96        199
 *	96 to 48 kHz      66       207        466
 *
 * libsamplerate is never told that the input ends: it would stop up to a frame
 * early.  It is given silence instead, until as many frames have come out as
 * there have to be; so the last ones are computed like all others.
 */
#include "resampler.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <samplerate.h>

#define PAD 1024 /* frames of silence given at once */
/* Frames at once, so that all counts fit a long of 32 bits. */
#define MOST_AT_ONCE (INT64_C(1) << 20)
/* More silence than the longest filter (at a ratio of 1/256) looks ahead. */
#define MOST_PADS 256

struct TactusResampler {
	SRC_STATE *state; /* NULL: the ratio is 1 */
	double ratio;
	uint32_t channels;
	int64_t in;   /* frames taken in, in all */
	int64_t out;  /* frames given, in all */
	int pads;     /* of silence, since the end */
	float *quiet; /* PAD frames */
};

TactusResampler *
resampler_open(uint32_t channels, double ratio)
{
	int error = 0;

	if (channels < 1 || channels > RESAMPLER_CHANNELS ||
		!(ratio >= 1.0 / RESAMPLER_RATIO) ||
		!(ratio <= RESAMPLER_RATIO)) {
		return NULL;
	}
	TactusResampler *r = calloc(1, sizeof *r);
	if (r == NULL) {
		return NULL;
	}
	r->ratio = ratio;
	r->channels = channels;
	if (ratio < 1.0 || ratio > 1.0) {
		r->quiet = calloc((size_t)PAD * channels, sizeof *r->quiet);
		r->state =
			src_new(SRC_SINC_BEST_QUALITY, (int)channels, &error);
		if (r->quiet == NULL || r->state == NULL) {
			resampler_close(r);
			return NULL;
		}
	}
	return r;
}

void
resampler_close(TactusResampler *r)
{
	if (r != NULL) {
		if (r->state != NULL) {
			src_delete(r->state);
		}
		free(r->quiet);
		free(r);
	}
}

static int64_t
lesser(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t
convert(TactusResampler *r, const float *in, int64_t in_frames, int64_t *used,
	float *out, int64_t out_frames)
{
	SRC_DATA data = {
		.data_in = in,
		.data_out = out,
		.input_frames = (long)lesser(in_frames, MOST_AT_ONCE),
		.output_frames = (long)lesser(out_frames, MOST_AT_ONCE),
		.src_ratio = r->ratio,
	};

	if (src_process(r->state, &data) != 0) {
		return -1;
	}
	*used = data.input_frames_used;
	return data.output_frames_gen;
}

static int64_t
copy(const TactusResampler *r, const float *in, int64_t in_frames,
	int64_t *used, float *out, int64_t out_frames)
{
	int64_t n = lesser(in_frames, out_frames);

	if (n > 0) {
		memcpy(out, in, (size_t)n * r->channels * sizeof *out);
	}
	*used = n;
	return n;
}

int64_t
resampler_next(TactusResampler *r, const float *in, int64_t in_frames,
	int64_t *used, float *out, int64_t out_frames, bool end)
{
	int64_t done = 0;
	int64_t taken = 0;

	*used = 0;
	if (in_frames < 0 || out_frames < 0) {
		return -1;
	}
	/* the first frame behind the end is not asked for */
	int64_t last = llround((double)(r->in + in_frames) * r->ratio);
	if (end) {
		out_frames = lesser(out_frames, last - r->out);
	}
	while (done < out_frames) {
		bool pad = end && taken == in_frames && r->state != NULL;
		int64_t n = 0;
		int64_t have = pad ? PAD : in_frames - taken;
		/* not behind the end of `in`, where `out` may begin: to
		 * libsamplerate they would overlap */
		const float *from =
			pad || have == 0 ? r->quiet : in + taken * r->channels;
		float *to = out + done * r->channels;
		int64_t made = r->state == NULL ? copy(r, from, have, &n, to,
							  out_frames - done)
						: convert(r, from, have, &n, to,
							  out_frames - done);
		if (made < 0 || (pad && made == 0 && ++r->pads > MOST_PADS)) {
			return -1;
		}
		taken += pad ? 0 : n;
		done += made;
		if (!pad && made == 0 && n == 0) {
			break;
		}
	}
	if (end && r->out + done >= last) {
		taken = in_frames; /* it is heard in no frame that is wanted */
	}
	r->in += taken;
	r->out += done;
	*used = taken;
	return done;
}
