/* SPDX-License-Identifier: MIT */
/*
 * score.c -- see score.h.
 */
#include "score.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "scdef.h"

#define SOUND_FRAMES 100000

/** Level of a voice of a thousand: their sum stays in range. */
#define AMP 0.001F

/* special index of BinaryOpUGen */
#define TIMES 2

/* clang-format off */
/** A constant; the output of another. */
#define CONSTANT(i) {-1, i}
#define FROM(u, i)  {u, i}

/** Constant 0 is bus 0, buffer 0, no trigger, and so on. */
static const struct scdef defs[VOICES] = {
	[VOICE_NOTHING] = {.name = "nothing"},
	[VOICE_SINE] = {
		.name = "sine", .constants = 1, .constant = {0.0F},
		.parameters = 2, .parameter = {"freq", "amp"},
		.ugen = {
			{"Control", SCDEF_CONTROL, 0, 2, 0, {{0, 0}}},
			{"SinOsc", SCDEF_AUDIO, 2, 1, 0,
				{FROM(0, 0), CONSTANT(0)}},
			{"BinaryOpUGen", SCDEF_AUDIO, 2, 1, TIMES,
				{FROM(1, 0), FROM(0, 1)}},
			{"Out", SCDEF_AUDIO, 2, 0, 0, {CONSTANT(0), FROM(2, 0)}},
		},
	},
	[VOICE_PLAYER] = {
		.name = "player", .constants = 2, .constant = {0.0F, 1.0F},
		.parameters = 2, .parameter = {"rate", "amp"},
		.ugen = {
			{"Control", SCDEF_CONTROL, 0, 2, 0, {{0, 0}}},
			/* buffer, rate, trigger, start, loop, done action */
			{"PlayBuf", SCDEF_AUDIO, 6, 1, 0,
				{CONSTANT(0), FROM(0, 0), CONSTANT(1),
				 CONSTANT(0), CONSTANT(1), CONSTANT(0)}},
			{"BinaryOpUGen", SCDEF_AUDIO, 2, 1, TIMES,
				{FROM(1, 0), FROM(0, 1)}},
			{"Out", SCDEF_AUDIO, 2, 0, 0, {CONSTANT(0), FROM(2, 0)}},
		},
	},
	[VOICE_FILTER] = {
		.name = "filtered", .constants = 1, .constant = {0.0F},
		.parameters = 3, .parameter = {"freq", "amp", "cutoff"},
		.ugen = {
			{"Control", SCDEF_CONTROL, 0, 3, 0, {{0, 0}}},
			{"SinOsc", SCDEF_AUDIO, 2, 1, 0,
				{FROM(0, 0), CONSTANT(0)}},
			{"BinaryOpUGen", SCDEF_AUDIO, 2, 1, TIMES,
				{FROM(1, 0), FROM(0, 1)}},
			{"LPF", SCDEF_AUDIO, 2, 1, 0,
				{FROM(2, 0), FROM(0, 2)}},
			{"Out", SCDEF_AUDIO, 2, 0, 0, {CONSTANT(0), FROM(3, 0)}},
		},
	},
	[VOICE_STRAIGHT] = {
		.name = "straight", .constants = 2, .constant = {0.0F, 1.0F},
		.ugen = {
			{"PlayBuf", SCDEF_AUDIO, 6, 1, 0,
				{CONSTANT(0), CONSTANT(1), CONSTANT(1),
				 CONSTANT(0), CONSTANT(0), CONSTANT(0)}},
			{"Out", SCDEF_AUDIO, 2, 0, 0, {CONSTANT(0), FROM(0, 0)}},
		},
	},
};
/* clang-format on */

void
score_must(int good, const char *what)
{
	if (!good) {
		perror(what);
		exit(EXIT_FAILURE);
	}
}

/* --- packets --- */

struct packet {
	FILE *file;
	size_t size;
	uint8_t data[2048];
	uint8_t message[1024]; /* the one being written */
};

static void
begin(struct packet *p, uint64_t ntp)
{
	score_must(osc_bundle_begin(p->data, sizeof p->data, &p->size, ntp),
		"bundle");
}

static void
start(struct packet *p, struct osc_out *o, const char *address)
{
	osc_begin(o, p->message, sizeof p->message, address);
}

static void
add(struct packet *p, struct osc_out *o)
{
	size_t size = osc_end(o);

	score_must(size != 0 && osc_bundle_add(p->data, sizeof p->data,
					&p->size, o->data, size),
		"bundle");
}

static void
put(struct packet *p)
{
	uint8_t head[4] = {(uint8_t)(p->size >> 24), (uint8_t)(p->size >> 16),
		(uint8_t)(p->size >> 8), (uint8_t)p->size};

	score_must(fwrite(head, 4, 1, p->file) == 1 &&
			   fwrite(p->data, p->size, 1, p->file) == 1,
		"score");
}

/* --- what each voice is given --- */

static void
put_pair(struct osc_out *o, const char *name, float value)
{
	osc_put_string(o, name);
	osc_put_float(o, value);
}

/** Frequency of sine `i`. */
static float
freq_of(const struct score *s, int i)
{
	return s->freq > 0.0F ? s->freq : 100.0F + (float)i;
}

static float
cutoff_of(const struct score *s, int i)
{
	return s->cutoff > 0.0F ? s->cutoff : 500.0F + 3.0F * (float)i;
}

static float
amp_of(const struct score *s)
{
	return s->amp > 0.0F ? s->amp : AMP;
}

/** Rate of player `i`: never 1, where interpolation has nothing to do. */
static float
rate_of(int i)
{
	return 0.5F + (float)(i % 997) / 1000.0F;
}

void
score_write_sound(void)
{
	uint32_t bytes = SOUND_FRAMES * 2;
	const uint32_t head[] = {0x46464952, bytes + 36, 0x45564157, 0x20746d66,
		16, 0x00010001, 48000, 96000, 0x00100002, 0x61746164, bytes};
	FILE *f = fopen(SCORE_SOUND, "we");
	uint32_t chance = 1;

	score_must(
		f != NULL && fwrite(head, sizeof head, 1, f) == 1, SCORE_SOUND);
	for (int i = 0; i < SOUND_FRAMES; i++) {
		chance = chance * 1664525U + 1013904223U;
		score_must(fwrite((const char *)&chance + 2, 2, 1, f) == 1,
			SCORE_SOUND);
	}
	score_must(fclose(f) == 0, SCORE_SOUND);
}

/* --- scsynth --- */

size_t
score_defs(enum voice voice, uint8_t *to, size_t room)
{
	uint8_t def[512];
	size_t size = scdef_write(&defs[voice], def, sizeof def);
	struct osc_out o;

	score_must(size != 0, "SynthDef");
	osc_begin(&o, to, room, "/d_recv");
	osc_put_blob(&o, def, (uint32_t)size);
	return osc_end(&o);
}

static void
put_defs(struct packet *p, const struct score *s)
{
	struct osc_out o;

	begin(p, 0);
	if (s->voice != VOICE_NOBODY) {
		size_t size =
			score_defs(s->voice, p->message, sizeof p->message);
		score_must(size != 0 && osc_bundle_add(p->data, sizeof p->data,
						&p->size, p->message, size),
			"/d_recv");
	}
	start(p, &o, "/b_allocRead");
	osc_put_int(&o, 0);
	osc_put_string(&o, SCORE_SOUND);
	add(p, &o);
	put(p);
}

static void
put_scsynth_voice(struct packet *p, const struct score *s, int i)
{
	struct osc_out o;

	begin(p, s->from);
	start(p, &o, "/s_new");
	osc_put_string(&o, defs[s->voice].name);
	osc_put_int(&o, 1000 + i);
	osc_put_int(&o, 1);
	osc_put_int(&o, 0);
	switch (s->voice) {
	case VOICE_FILTER:
		put_pair(&o, "cutoff", cutoff_of(s, i));
		put_pair(&o, "freq", freq_of(s, i));
		put_pair(&o, "amp", amp_of(s));
		break;
	case VOICE_SINE:
		put_pair(&o, "freq", freq_of(s, i));
		put_pair(&o, "amp", amp_of(s));
		break;
	case VOICE_PLAYER:
		put_pair(&o, "rate", rate_of(i));
		put_pair(&o, "amp", amp_of(s));
		break;
	case VOICE_NOBODY:
	case VOICE_NOTHING:
	case VOICE_STRAIGHT:
	case VOICES:
		break;
	}
	add(p, &o);
	put(p);
}

void
score_scsynth(const char *path, const struct score *s)
{
	struct packet p = {.file = fopen(path, "we")};
	struct osc_out o;

	score_must(p.file != NULL, path);
	put_defs(&p, s);
	for (int i = 0; i < s->count; i++) {
		put_scsynth_voice(&p, s, i);
	}
	/* it renders up to the last packet */
	begin(&p, (uint64_t)s->seconds * SCORE_NTP_S);
	start(&p, &o, "/g_freeAll");
	osc_put_int(&o, 0);
	add(&p, &o);
	put(&p);
	score_must(fclose(p.file) == 0, path);
}

/* --- tactus --- */

static void
put_new(struct packet *p, struct osc_out *o, const char *def, int32_t id)
{
	start(p, o, "/synth/new");
	osc_put_string(o, def);
	osc_put_int(o, id);
	osc_put_int(o, 0);
	osc_put_int(o, 1);
}

static void
put_output(struct packet *p, int32_t id)
{
	struct osc_out o;

	start(p, &o, "/synth/map/output");
	osc_put_int(&o, id);
	osc_put_string(&o, "out");
	osc_put_int(&o, 0);
	osc_put_int(&o, 1);
	add(p, &o);
}

static void
put_activate(struct packet *p, int32_t id)
{
	struct osc_out o;

	start(p, &o, "/synth/activate");
	osc_put_int(&o, id);
	add(p, &o);
}

static void
put_sine(struct packet *p, const struct score *s, int i, int32_t id)
{
	struct osc_out o;

	put_new(p, &o, "sine", id);
	osc_put_array(&o);
	put_pair(&o, "freq", freq_of(s, i));
	put_pair(&o, "amp", amp_of(s));
	osc_end_array(&o);
	add(p, &o);
}

static void
put_filter(struct packet *p, const struct score *s, int i, int32_t id)
{
	struct osc_out o;

	put_new(p, &o, "filter", id);
	osc_put_array(&o);
	put_pair(&o, "cutoff", cutoff_of(s, i));
	put_pair(&o, "q", 0.70710678F);
	osc_end_array(&o);
	add(p, &o);
	start(p, &o, "/node/connect");
	osc_put_int(&o, id - 1);
	osc_put_string(&o, "out");
	osc_put_int(&o, id);
	osc_put_string(&o, "in");
	add(p, &o);
}

static void
put_player(struct packet *p, const struct score *s, int i, int32_t id)
{
	bool straight = s->voice == VOICE_STRAIGHT;
	struct osc_out o;

	put_new(p, &o, "sampler", id);
	osc_put_array(&o);
	put_pair(&o, "rate", straight ? 1.0F : rate_of(i));
	put_pair(&o, "amp", straight ? 1.0F : amp_of(s));
	osc_put_string(&o, "loop");
	osc_put_int(&o, straight ? 0 : 1);
	osc_put_string(&o, "buffer");
	osc_put_int(&o, 0);
	osc_end_array(&o);
	add(p, &o);
}

/** The synths of one voice, and who hears them. */
static void
put_tactus_voice(struct packet *p, const struct score *s, int i)
{
	int32_t id = 1 + i;
	struct osc_out o;

	switch (s->voice) {
	case VOICE_SINE:
		put_sine(p, s, i, id);
		break;
	case VOICE_FILTER:
		id = 1 + 2 * i;
		put_sine(p, s, i, id);
		put_filter(p, s, i, id + 1);
		put_activate(p, id);
		id++;
		break;
	case VOICE_PLAYER:
	case VOICE_STRAIGHT:
		put_player(p, s, i, id);
		break;
	case VOICE_NOTHING:
	case VOICE_NOBODY:
	case VOICES:
		put_new(p, &o, "nothing", id);
		add(p, &o);
		put_activate(p, id);
		return;
	}
	put_output(p, id);
	put_activate(p, id);
}

void
score_tactus(const char *path, const struct score *s)
{
	struct packet p = {.file = fopen(path, "we")};
	struct osc_out o;

	score_must(p.file != NULL, path);
	begin(&p, 0);
	start(&p, &o, "/resource/new");
	osc_put_string(&o, "audio-buffer");
	osc_put_int(&o, 0);
	osc_put_array(&o);
	osc_put_string(&o, SCORE_SOUND);
	osc_end_array(&o);
	add(&p, &o);
	put(&p);
	for (int i = 0; i < s->count; i++) {
		/* later than 0: time stands still until the buffer is there */
		begin(&p, s->from != 0 ? s->from : SCORE_NTP_S / 100);
		put_tactus_voice(&p, s, i);
		put(&p);
	}
	score_must(fclose(p.file) == 0, path);
}
