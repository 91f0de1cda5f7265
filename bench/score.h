/* SPDX-License-Identifier: MIT */
/*
 * score.h -- the same voices as scores for scsynth and for tactus.
 *
 * A score is a length and an OSC packet, repeated; both engines render such
 * files offline.  A voice is one synth in scsynth, and in tactus one synth or,
 * for VOICE_FILTER, two that are connected.
 */
#ifndef TACTUS_BENCH_SCORE_H
#define TACTUS_BENCH_SCORE_H

#include <stddef.h>
#include <stdint.h>

#include "osc_write.h"

enum voice {
	VOICE_NOBODY,   /* no synth at all */
	VOICE_NOTHING,  /* synths that do nothing */
	VOICE_SINE,     /* sine × amp */
	VOICE_PLAYER,   /* a looped buffer, each at a rate of its own, × amp */
	VOICE_FILTER,   /* sine × amp through a low-pass of 12 dB an octave */
	VOICE_STRAIGHT, /* the buffer at rate 1, once, as it is */
	VOICES
};

struct score {
	enum voice voice;
	int count;
	float freq;    /* of all sines; 0: 100 Hz and up, each its own */
	float cutoff;  /* of all filters; 0: each its own */
	float amp;     /* of all; 0: small enough for a thousand */
	int seconds;   /* the length */
	uint64_t from; /* NTP units at which they are made */
};

/** A second of NTP. */
#define SCORE_NTP_S ((uint64_t)1 << 32)

/** The sound that players play, some seconds of noise: make its file in the
 * present folder. */
#define SCORE_SOUND "sound.wav"
void score_write_sound(void);

/** Write a score; what fails ends the program with words. */
void score_scsynth(const char *path, const struct score *s);
void score_tactus(const char *path, const struct score *s);

/** End the program with words where `good` is not so. */
void score_must(int good, const char *what);

/** A /d_recv of a voice's def, for an scsynth in real time.
 * @return its bytes */
size_t score_defs(enum voice voice, uint8_t *to, size_t room);

#endif
