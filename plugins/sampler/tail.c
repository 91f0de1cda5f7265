/* SPDX-License-Identifier: MIT */
/*
 * tail.c -- what a sampler was cut off from goes on, and fades.
 *
 * A tail that plays what is no longer bound has to keep a reference to it.
 * One reference does for all tails of one buffer: the tail that has it leaves
 * it to another before it goes.
 *
 * All of it runs on an audio thread.
 */
#include "tail.h"

#include <tactus/math.h>

/* how long a tail is, in seconds */
#define FADE 0.005

TACTUS_RT uint32_t
tail_length(const TactusWorld *world)
{
	return (uint32_t)(world->rate * FADE) + 1;
}

/** The level of a tail in frame `i` from now, without amp. */
TACTUS_RT static inline double
level_at(const struct play_tail *t, double fade, uint32_t i)
{
	return t->from * ((double)(t->left - i) / fade);
}

/**
 * Take a tail out.  The reference that it keeps goes to another tail of the
 * same buffer that has none of its own, else back to the engine.
 */
TACTUS_RT static void
drop_tail(struct play *s, const TactusWorld *world, TactusSynth *synth,
	uint32_t n)
{
	struct play_tail gone = s->tail[n];
	uint32_t heir = 0;

	s->tails--;
	for (uint32_t i = n; i < s->tails; i++) {
		s->tail[i] = s->tail[i + 1];
	}
	if (gone.id < 0) {
		return;
	}
	while (heir < s->tails && (s->tail[heir].buffer != gone.buffer ||
					  s->tail[heir].id >= 0)) {
		heir++;
	}
	if (heir < s->tails) {
		s->tail[heir].id = gone.id;
	} else {
		world->resource_release(world, synth, gone.id);
	}
}

TACTUS_RT void
tail_begin(struct play *s, const TactusWorld *world, TactusSynth *synth,
	const TactusAudioBuffer *b, double level)
{
	uint32_t length = tail_length(world);
	double fade = (double)length;

	if (s->tails == PLAY_TAILS) {
		uint32_t softest = 0;

		for (uint32_t n = 1; n < s->tails; n++) {
			if (level_at(&s->tail[n], fade, 0) <
				level_at(&s->tail[softest], fade, 0)) {
				softest = n;
			}
		}
		if (level_at(&s->tail[softest], fade, 0) >= level) {
			return;
		}
		drop_tail(s, world, synth, softest);
	}
	if (level > 0.0) {
		s->tail[s->tails++] = (struct play_tail){.buffer = b,
			.place = s->place,
			.from = level,
			.left = length,
			.id = -1};
	}
}

TACTUS_RT bool
tail_keep(struct play *s, const TactusAudioBuffer *b, int32_t id)
{
	for (uint32_t n = 0; n < s->tails; n++) {
		if (s->tail[n].buffer == b && s->tail[n].id < 0) {
			s->tail[n].id = id;
			return true;
		}
	}
	return false;
}

/** Add a sound with its levels. */
TACTUS_RT TACTUS_CLONES static void
mix(float *restrict out, const float *restrict sound,
	const float *restrict gain, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		out[i] += sound[i] * gain[i];
	}
}

/** Add some frames of a tail to the outputs. */
TACTUS_RT static void
add(const struct play_tail *t, const TactusWorld *world, TactusSynth *synth,
	const struct read_view *v, const struct read_stretch *stretch,
	uint32_t i, uint32_t outputs)
{
	const TactusControl amp = synth->controls[PLAY_AMP];
	double fade = (double)tail_length(world);
	float gain[READ_CHUNK];
	float sound[READ_CHUNK];
	bool is_mono = v->buffer->channels == 1;

	for (uint32_t k = 0; k < stretch->count; k++) {
		gain[k] = tactus_control_at(&amp, i + k) *
			  (float)level_at(t, fade, k);
	}
	for (uint32_t c = 0; c < outputs; c++) {
		if (!is_mono && c >= v->buffer->channels) {
			return;
		}
		read_channel(v, stretch, is_mono ? 0 : c, 1.0f, sound);
		mix(synth->out[c] + i, sound, gain, stretch->count);
	}
}

TACTUS_RT void
tail_run(struct play *s, const TactusWorld *world, TactusSynth *synth,
	uint32_t frames)
{
	struct read_stretch stretch;

	for (uint32_t n = s->tails; n-- > 0;) {
		struct play_tail *t = &s->tail[n];
		struct read_view v = play_view(s, world, synth, t->buffer);
		uint32_t i = 0;

		while (i < frames && t->left > 0) {
			uint32_t count =
				frames - i < t->left ? frames - i : t->left;

			count = count < READ_CHUNK ? count : READ_CHUNK;
			read_begin(&v, &t->place, i, count, &stretch);
			add(t, world, synth, &v, &stretch, i, s->channels);
			i += count;
			t->left = stretch.is_over ? 0 : t->left - count;
		}
		if (t->left == 0) {
			drop_tail(s, world, synth, n);
		}
	}
}
