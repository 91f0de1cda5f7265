/* SPDX-License-Identifier: MIT */
/*
 * play.h -- one sampler at work, on an audio thread.
 */
#ifndef SAMPLER_PLAY_H
#define SAMPLER_PLAY_H

#include <stdbool.h>
#include <stdint.h>

#include <tactus/plugin.h>
#include <tactus/resources/audio_buffer.h>

#include "read.h"

/** The ports, in order; the audio outputs begin at PLAY_OUT. */
enum play_port {
	PLAY_RATE,
	PLAY_AMP,
	PLAY_START,
	PLAY_END,
	PLAY_LOOP,
	PLAY_ATTACK,
	PLAY_RELEASE,
	PLAY_GATE,
	PLAY_BUFFER,
	PLAY_OUT
};

#define PLAY_CONTROLS PLAY_BUFFER

/** The highest start and end: a float that is a whole number of 32 bits. */
#define PLAY_MOST_FRAME 2147483520.0f

/** Most tails at once. */
#define PLAY_TAILS 4

/** What was cut off while it sounded, and fades. */
struct play_tail {
	const TactusAudioBuffer *buffer;
	struct read_place place;
	double from;   /* its level when it was cut off */
	uint32_t left; /* frames until it is over */
	int32_t id;    /* of the reference that it keeps; -1: none */
};

/** The instance of a sampler. */
struct play {
	struct read_place place;
	double from;        /* the level at which this stage was entered */
	uint32_t stage;     /* enum stage, of play.c */
	uint32_t at;        /* frames of this stage that are over */
	uint32_t length;    /* frames of this stage */
	uint32_t fade_left; /* frames until a new buffer is all in; 0: it is */
	uint16_t channels;
	uint8_t interpolation; /* enum read_interpolation */
	uint8_t tails;
	bool was_open;
	bool has_ended; /* a first time */
	bool is_done;   /* and said so */
	/**
	 * One channel is held and nothing but the sound moves, as long as the
	 * controls are `held` to the bit.
	 */
	bool is_plain;
	TactusControl held[PLAY_CONTROLS];
	struct read_run run;     /* of a plain one */
	struct play_tail tail[]; /* room for PLAY_TAILS; `tails` are in use */
};

/** What the controls say of a buffer, for this segment. @side rt */
TACTUS_RT struct read_view play_view(const struct play *s,
	const TactusWorld *world, const TactusSynth *synth,
	const TactusAudioBuffer *b);

/** TactusSynthDef.process of the sampler. @side rt */
TACTUS_RT void play_process(
	const TactusWorld *world, TactusSynth *synth, uint32_t frames);

/** TactusSynthDef.process_many of the sampler. @side rt */
TACTUS_RT void play_process_many(const TactusWorld *world,
	TactusSynth *const *synths, uint32_t count, uint32_t frames);

/** TactusSynthDef.bind of the sampler. @side rt */
TACTUS_RT bool play_bind(const TactusWorld *world, TactusSynth *synth,
	uint32_t ordinal, void *old, int32_t old_id);

#endif
