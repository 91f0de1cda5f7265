/* SPDX-License-Identifier: MIT */
/*
 * scene.h -- a scene that operators act on, and what is then to be heard.
 *
 * A constant and sines of the built-in defs play in two groups, one straight
 * to the card, one through a connection, one through a feedback connection;
 * another sine stands by and must not notice.  What each frame has to be is
 * worked out here, from tactus-osc(7) and nothing of the engine's.  It is
 * played by process alone, by process_many and by four threads, while events
 * that have nothing to do with it cut the blocks at random.  All belongs to the
 * test's one thread.
 */
#ifndef TACTUS_TESTS_SCENE_H
#define TACTUS_TESTS_SCENE_H

#include "click.h"
#include "rig.h"

#define SCENE_FRAMES 6016
#define SCENE_BLOCK  64
#define SCENE_FADE   240 /* 5 ms */
#define SCENE_PITCH  500.0
#define SCENE_PACE   (2.0 * 3.14159265358979 * SCENE_PITCH / 48000.0)
#define SCENE_WAYS   3

/** Channels: what is heard there. */
enum {
	STEADY,  /* the constant */
	DIRECT,  /* a sine */
	THROUGH, /* a sine through a connection and a gain */
	DELAYED, /* the same, of feedback */
	BESIDE,  /* a sine that nobody touches */
	LATER,   /* for those that come in the middle */
	CHANNELS
};

/** Nodes; the first four are in INNER, that in OUTER, that in the root. */
enum {
	LFO = 1,
	SINE_1,
	SINE_2,
	SINE_3,
	SINE_BESIDE,
	GAIN_2 = 7,
	GAIN_3,
	GAIN_BESIDE,
	OUTER,
	INNER,
	NEWCOMER = 20
};

/** What fades: the first four synths together, groups, the outputs. */
enum scene_who { SYNTHS, IN, OUT, ROOT, MUTE, START, SCENE_FADERS };

/** One thing that an operator does. */
struct scene_action {
	uint32_t at;
	enum scene_who who;
	enum command_kind kind;
	int on;
	uint32_t frames; /* of a release */
};

struct scene {
	struct house *house;
	struct rig *rig;
	uint32_t threads;
	bool no_many;
	/* what is to be heard, and the envelope of STEADY and DIRECT */
	double want[CHANNELS][SCENE_FRAMES];
	double envelope[SCENE_FRAMES];
	struct click_fader fader[SCENE_FADERS];
	/* a sine that nobody touches, as the engine plays it */
	float carrier[SCENE_FRAMES];
};

/** Load what is built in, and hear how a sine goes. */
void scene_init(struct scene *s);
void scene_fini(struct scene *s);

/** Begin to play, one of SCENE_WAYS; with a start ramp where that is not 0.
 * Nothing has faded yet. */
void scene_open(struct scene *s, int way, double start_ms);
void scene_close(struct scene *s);

/** A synth that plays, with up to two controls of its own. */
void scene_synth(struct scene *s, int32_t id, const char *name, int32_t target,
	const char *a, float a_is, const char *b, float b_is);
void scene_to_card(struct scene *s, int32_t id, int32_t channel);

/** Post events that nobody hears, at samples of their own. */
void scene_cut(struct scene *s, uint32_t seed);

/** Post actions, sorted by time. */
void scene_post(struct scene *s, const struct scene_action *a, uint32_t count);

/** Work out what all channels are to be. */
void scene_expect(
	struct scene *s, const struct scene_action *a, uint32_t count);

/** Every channel is what it is to be, and nothing clicks. */
void scene_judge(const struct scene *s);

/** All of these. */
void scene_run(struct scene *s, const struct scene_action *a, uint32_t count,
	int way, uint32_t seed);

/**
 * The same of actions in words: "SAMPLE WHO WHAT", by commas, sorted by time;
 * WHO is synths, in, out, root or mute, WHAT off or on, or the frames of a
 * release.
 */
void scene_say(struct scene *s, const char *words, int way, uint32_t seed);

#endif
