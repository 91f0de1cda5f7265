/* SPDX-License-Identifier: MIT */
/*
 * read.h -- an AudioBuffer at any speed, forwards, backwards and in circles.
 *
 * read_begin works out which frames a stretch of up to READ_CHUNK frames lies
 * at, once for all channels; read_channel makes the samples.  No sample
 * outside of the buffer is ever touched.
 */
#ifndef SAMPLER_READ_H
#define SAMPLER_READ_H

#include <stdbool.h>
#include <stdint.h>

#include <tactus/plugin.h>
#include <tactus/resources/audio_buffer.h>

/** Bytes of a cache line, and most lines that are fetched at once. */
#define READ_LINE  64
#define READ_LINES 16

/** Most frames of one stretch. */
#define READ_CHUNK 64

enum read_interpolation { READ_NONE, READ_LINEAR, READ_CUBIC };

/**
 * A place in a buffer: a frame, and the way to the next in 2^-32.  It only
 * ever moves by whole numbers of these: however a block is cut, it is the
 * same, and it does not drift but by the rounding of the speed (2^-33 frames
 * a frame at the most).
 */
struct read_place {
	int64_t frame;
	uint32_t part;
};

/** What is read, and how; it holds for one segment. */
struct read_view {
	const TactusAudioBuffer *buffer;
	TactusControl rate;
	double scale;           /* frames of the buffer a frame, at rate 1 */
	int64_t first;          /* the part that is played: first … end - 1 */
	int64_t end;            /* at most buffer->frames */
	uint32_t interpolation; /* enum read_interpolation */
	bool is_loop;
};

/** How the samples of a stretch are come by. */
enum read_way {
	READ_WALK,    /* one by one, at `far`: there is an edge */
	READ_WHOLE,   /* every `step`th frame of the buffer from `base` on */
	READ_STEADY,  /* a `step` after the other, from `base` and `first` on */
	READ_ANYWHERE /* at `base` + `at`, no edge near */
};

/** One stretch, worked out. */
struct read_stretch {
	uint32_t count; /* frames that sound */
	bool is_over;   /* the end was reached behind them */
	bool is_whole;  /* each frame lies on a frame of the buffer */
	enum read_way way;
	uint32_t first; /* part of its first place */
	int64_t base;
	int64_t step;
	int32_t at[READ_CHUNK];
	int64_t far[READ_CHUNK];
	float part[READ_CHUNK]; /* of READ_WALK and READ_ANYWHERE */
};

/**
 * Work out a stretch and move on behind it.
 * @side rt
 * @param i the segment's frame that it begins with, for the slope of the rate
 */
TACTUS_RT void read_begin(const struct read_view *v, struct read_place *place,
	uint32_t i, uint32_t frames, struct read_stretch *out);

/** The stretch's samples of one channel times `gain`, `count` of them.
 * @side rt */
TACTUS_RT void read_channel(const struct read_view *v,
	const struct read_stretch *s, uint32_t channel, float gain, float *out);

/**
 * A way through a buffer that goes on as it is for block after block: worked
 * out once, for as long as nothing of a view changes.
 */
struct read_run {
	const float *from; /* channel 0 */
	int64_t frames;    /* of the buffer */
	int64_t step;
	int64_t low;  /* where a block may begin without a look at edges … */
	int64_t high; /* … and the last such place */
	uint32_t interpolation;
	uint32_t lines; /* of a cache, that a block touches beside its first */
	int32_t stride; /* bytes from one of them to the next */
};

/** Begin to fetch what the next block reads. @side rt */
TACTUS_RT static inline void
read_run_fetch(const struct read_run *r, const struct read_place *place)
{
	const char *at = (const char *)(r->from + place->frame);

	for (uint32_t i = 0; i < r->lines; i++) {
		at += r->stride;
		__builtin_prefetch(at);
	}
}

/**
 * Work out a run in blocks of at most `block` frames.
 * @side rt
 * @pre the rate does not move
 */
TACTUS_RT void read_run_begin(
	const struct read_view *v, uint32_t block, struct read_run *out);

/**
 * Read on and move on behind it, at most a block.
 * @side rt
 * @return false when there is an edge near: then nothing was done
 */
TACTUS_RT bool read_run_on(const struct read_run *r, struct read_place *place,
	float gain, float *out, uint32_t frames);

#endif
