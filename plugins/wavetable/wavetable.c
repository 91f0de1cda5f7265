/* SPDX-License-Identifier: MIT */
/*
 * wavetable.c -- an oscillator that reads a Wavetable; the class beside it.
 *
 * Frame i is amp * w(p), where p goes on by freq / rate from frame to frame
 * and w is the set's waveform at `position`, which leads from the first table
 * (0) to the last (1) and mixes the two next to it.  The level is the fullest
 * one without a harmonic above rate/2; within the last quarter of a level
 * (a twelfth of an octave) it goes over into the next one, so that a glide
 * has no steps.
 *
 * When another set is bound, what sounds fades into it within 5 ms: the gain
 * of the one before goes from what it is to 0, and the new one has what is
 * left to 1.  Nothing bound is silence, which fades as any other.
 *
 * construct, bind and process run on an audio thread, the rest on the loop;
 * the class (wavetable_class.c) on workers.
 */
#include <tactus/def.h>
#include <tactus/math.h>
#include <tactus/plugin.h>
#include <tactus/resources/wavetable.h>

#include "wavetable_class.h"

enum { FREQ, AMP, POSITION, TABLE, OUT, PORTS };

/** Sets that fade out at once; another one's coming ends the quietest. */
#define HELD 4
/** Frames that are computed at once. */
#define CHUNK 64
/** Part of a level in which it goes over into the next one. */
#define ZONE 0.25f
/** Seconds that it takes to go over to another set. */
#define FADE 0.005

/** A set that fades out; its gain is gain * left / fade. */
struct held {
	const TactusWavetable *set; /* NULL: silence */
	int32_t id;
	float gain;    /* when its fade began */
	uint32_t left; /* frames of it that are to come */
};

struct wavetable {
	uint64_t phase;
	double scale;  /* tactus_phase_scale() of the rate */
	float period;  /* seconds */
	uint32_t fade; /* frames of a fade */
	uint32_t holds;
	bool has_begun; /* a frame was computed */
	struct held held[HELD];
};

static const TactusPort ports[PORTS] = {
	[FREQ] = {.name = "freq",
		  .flags = TACTUS_OF_RATE,
		  .unit = "Hz",
		  .maximum = 0.5f,
		  .initial = 440.0f,
		  .doc = "frequency, up to half the rate"},
	[AMP] = {.name = "amp",
		  .minimum = -8.0f,
		  .maximum = 8.0f,
		  .initial = 0.1f,
		  .doc = "factor of the table's level"},
	[POSITION] = {.name = "position",
		  .maximum = 1.0f,
		  .doc = "from the first table to the last"                     },
	[TABLE] = {.name = "table",
		  .kind = TACTUS_RESOURCE,
		  .resource = TACTUS_WAVETABLE_URI,
		  .doc = "what is played; silence without"},
	[OUT] = {.name = "out",
		  .kind = TACTUS_AUDIO,
		  .direction = TACTUS_OUTPUT,
		  .doc = "the waveform"                                  },
};

TACTUS_RT static int
construct(const TactusWorld *world, const void *options, TactusSynth *synth)
{
	struct wavetable *s = synth->self;

	(void)options;
	s->scale = tactus_phase_scale(world->rate);
	s->period = (float)(1.0 / world->rate);
	s->fade = 1 + (uint32_t)(int32_t)(world->rate * FADE);
	return 0;
}

/** Let go of what fades, number `i`. */
TACTUS_RT static void
let_go(const TactusWorld *world, TactusSynth *synth, uint32_t i)
{
	struct wavetable *s = synth->self;

	if (s->held[i].set != NULL) {
		world->resource_release(world, synth, s->held[i].id);
	}
	s->held[i] = s->held[--s->holds];
}

/** The gain of what fades, number `h`, in frame `i` from now. */
TACTUS_RT static inline float
gain_of(const struct wavetable *s, uint32_t h, uint32_t i)
{
	const struct held *held = &s->held[h];

	return held->gain * (float)(int32_t)(held->left - i) /
	       (float)(int32_t)s->fade;
}

/** Make room for one that fades from `gain`. @return false: it is quietest */
TACTUS_RT static bool
make_room(const TactusWorld *world, TactusSynth *synth, float gain)
{
	struct wavetable *s = synth->self;
	uint32_t quietest = 0;

	if (s->holds < HELD) {
		return true;
	}
	for (uint32_t h = 1; h < HELD; h++) {
		if (gain_of(s, h, 0) < gain_of(s, quietest, 0)) {
			quietest = h;
		}
	}
	if (gain_of(s, quietest, 0) >= gain) {
		return false;
	}
	let_go(world, synth, quietest);
	return true;
}

TACTUS_RT static bool
bind(const TactusWorld *world, TactusSynth *synth, uint32_t ordinal, void *old,
	int32_t old_id)
{
	struct wavetable *s = synth->self;
	float gain = 1.0f;

	(void)ordinal;
	for (uint32_t h = 0; h < s->holds; h++) {
		gain -= gain_of(s, h, 0);
	}
	if (!s->has_begun || gain <= 0.0f || !make_room(world, synth, gain)) {
		return false;
	}
	s->held[s->holds++] = (struct held){old, old_id, gain, s->fade};
	return old != NULL;
}

/** What is read in one frame: up to two tables in up to two levels. */
struct blend {
	const float *row[2][2]; /* by level, then table */
	uint32_t bits[2];
	float level; /* how much of the second level */
	float table; /* and of the second table */
};

/** Choose for a frequency and a position. */
TACTUS_RT static struct blend
blend_of(const TactusWavetable *w, float cycles, float position)
{
	struct blend b;
	/* level n will do from here on: wavetable.h */
	float at =
		3.0f * tactus_log2(2048.0f * tactus_clamp(cycles, 0.0f, 0.5f));
	uint32_t n = 0;
	uint32_t table = 0;

	if (at > 0.0f) {
		n = (uint32_t)(int32_t)at;
		n += at > (float)(int32_t)n ? 1u : 0u;
	}
	n = n < TACTUS_WAVETABLE_LEVELS ? n : TACTUS_WAVETABLE_LEVELS - 1;
	uint32_t next = n + 1 < TACTUS_WAVETABLE_LEVELS ? n + 1 : n;
	float away = (float)(int32_t)n - at;
	bool is_between =
		away < ZONE && w->level[next].rows != w->level[n].rows;

	b.level = is_between ? 1.0f - tactus_clamp(away, 0.0f, ZONE) / ZONE
			     : 0.0f;
	position = tactus_clamp(position, 0.0f, 1.0f) *
		   (float)(int32_t)(w->tables - 1);
	table = (uint32_t)(int32_t)position;
	b.table = position - (float)(int32_t)table;
	uint32_t beside = table + 1 < w->tables ? table + 1 : table;
	b.row[0][0] = tactus_wavetable_row(&w->level[n], table);
	b.row[0][1] = tactus_wavetable_row(&w->level[n], beside);
	b.row[1][0] = tactus_wavetable_row(&w->level[next], table);
	b.row[1][1] = tactus_wavetable_row(&w->level[next], beside);
	b.bits[0] = w->level[n].bits;
	b.bits[1] = w->level[next].bits;
	return b;
}

/** One frame. */
TACTUS_RT static inline float
blend_at(const struct blend *b, uint32_t phase)
{
	float v[2] = {0.0f, 0.0f};
	uint32_t levels = b->level != 0.0f ? 2 : 1;

	for (uint32_t l = 0; l < levels; l++) {
		v[l] = tactus_wavetable_at(b->row[l][0], b->bits[l], phase);
		if (b->table != 0.0f) {
			float u = tactus_wavetable_at(
				b->row[l][1], b->bits[l], phase);
			v[l] += b->table * (u - v[l]);
		}
	}
	return levels == 2 ? v[0] + b->level * (v[1] - v[0]) : v[0];
}

/** Read one row at many phases. */
TACTUS_RT TACTUS_CLONES static void
read_row(float *restrict out, const uint32_t *restrict at, uint32_t frames,
	const float *restrict row, uint32_t bits)
{
	for (uint32_t i = 0; i < frames; i++) {
		out[i] = tactus_wavetable_at(row, bits, at[i]);
	}
}

/** The same bits as blend_at for each frame. */
TACTUS_RT static void
read_blend(
	float *out, const uint32_t *at, uint32_t frames, const struct blend *b)
{
	float other[CHUNK];
	float above[CHUNK];
	uint32_t levels = b->level != 0.0f ? 2 : 1;

	for (uint32_t l = 0; l < levels; l++) {
		float *to = l == 0 ? out : above;

		read_row(to, at, frames, b->row[l][0], b->bits[l]);
		if (b->table != 0.0f) {
			read_row(other, at, frames, b->row[l][1], b->bits[l]);
			for (uint32_t i = 0; i < frames; i++) {
				to[i] += b->table * (other[i] - to[i]);
			}
		}
	}
	for (uint32_t i = 0; levels == 2 && i < frames; i++) {
		out[i] += b->level * (above[i] - out[i]);
	}
}

/** Frames of the segment that are computed together. */
struct part {
	TactusControl freq;
	TactusControl position;
	uint32_t from; /* frames of the segment before */
	uint32_t frames;
	uint32_t at[CHUNK]; /* phases */
};

/** What one set sounds like. */
TACTUS_RT static void
play(const struct wavetable *s, const TactusWavetable *w, const struct part *p,
	float *out)
{
	if (w == NULL) {
		memset(out, 0, p->frames * sizeof(*out));
		return;
	}
	if (p->freq.step == 0.0f && p->position.step == 0.0f) {
		struct blend b = blend_of(
			w, p->freq.value * s->period, p->position.value);
		read_blend(out, p->at, p->frames, &b);
		return;
	}
	for (uint32_t i = 0; i < p->frames; i++) {
		float hz = tactus_control_at(&p->freq, p->from + i);
		struct blend b = blend_of(w, hz * s->period,
			tactus_control_at(&p->position, p->from + i));

		out[i] = blend_at(&b, p->at[i]);
	}
}

/** The part's phases. */
TACTUS_RT static void
set_phases(struct wavetable *s, struct part *p)
{
	uint64_t step = tactus_phase_step(p->freq.value, s->scale);

	for (uint32_t i = 0; i < p->frames; i++) {
		if (p->freq.step != 0.0f) {
			step = tactus_phase_step(
				tactus_control_at(&p->freq, p->from + i),
				s->scale);
		}
		p->at[i] = (uint32_t)(s->phase >> 32);
		s->phase += step;
	}
}

/** Mix into `out` what fades, and go on with the fades. */
TACTUS_RT static void
fade(const TactusWorld *world, TactusSynth *synth, const struct part *p,
	float *out)
{
	struct wavetable *s = synth->self;
	float other[CHUNK];
	float mixed[CHUNK] = {0.0f};
	float rest[CHUNK];

	for (uint32_t i = 0; i < p->frames; i++) {
		rest[i] = 1.0f;
	}
	for (uint32_t h = 0; h < s->holds; h++) {
		play(s, s->held[h].set, p, other);
		for (uint32_t i = 0; i < p->frames; i++) {
			float gain = gain_of(s, h, i);

			mixed[i] += gain * other[i];
			rest[i] -= gain;
		}
	}
	for (uint32_t i = 0; i < p->frames; i++) {
		out[i] = rest[i] * out[i] + mixed[i];
	}
	for (uint32_t h = s->holds; h-- > 0;) {
		s->held[h].left -= p->frames;
		if (s->held[h].left == 0) {
			let_go(world, synth, h);
		}
	}
}

/** How many frames go by before a fade ends or a chunk is full. */
TACTUS_RT static uint32_t
next_part(const struct wavetable *s, uint32_t frames)
{
	uint32_t n = frames < CHUNK ? frames : CHUNK;

	for (uint32_t h = 0; h < s->holds; h++) {
		n = n < s->held[h].left ? n : s->held[h].left;
	}
	return n;
}

TACTUS_RT static void
process(const TactusWorld *world, TactusSynth *synth, uint32_t frames)
{
	struct wavetable *s = synth->self;
	const TactusControl amp = synth->controls[AMP];
	struct part p = {.freq = synth->controls[FREQ],
		.position = synth->controls[POSITION]};

	s->has_begun = true;
	for (; p.from < frames; p.from += p.frames) {
		float *out = synth->out[0] + p.from;

		p.frames = next_part(s, frames - p.from);
		set_phases(s, &p);
		play(s, synth->resources[0], &p, out);
		if (s->holds > 0) {
			fade(world, synth, &p, out);
		}
		for (uint32_t i = 0; i < p.frames; i++) {
			out[i] *= tactus_control_at(&amp, p.from + i);
		}
	}
}

static const TactusSynthDef def = {
	.size = sizeof(def),
	.uri = "urn:tactus:synthdef:wavetable:1",
	.name = "wavetable",
	.doc = "An oscillator that plays a wavetable.",
	.instance_bytes = sizeof(struct wavetable),
	.ports = ports,
	.port_rows = PORTS,
	.port_bytes = sizeof(*ports),
	.construct = construct,
	.process = process,
	.bind = bind,
};

static const TactusPlugin plugin = {
	sizeof(plugin), TACTUS_ABI_VERSION, "wavetable", "1", "MIT"};

const TactusPlugin *
tactus_plugin(const TactusHost *host)
{
	if (host->abi != TACTUS_ABI_VERSION ||
		host->register_resource_def(host, &wavetable_class) != 0) {
		return NULL;
	}
	return tactus_offer(host, &plugin, &def);
}
