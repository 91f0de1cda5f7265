/* SPDX-License-Identifier: MIT */
/*
 * play.c -- one sampler at work: stages, tails, and what is bound.
 *
 *	        bound            attack is over
 *	WAITING -----> RISING ---------------> HOLDING
 *	   ^             \_______________________/ | its end is reached
 *	   | gate                    | gate 0      |
 *	  SILENT <--- done --- FALLING             |
 *	   ^___________ done ______________________|
 *
 *	frame k of the attack (A frames)    k / A
 *	frame k of the release (R frames)   v (R - k) / R
 *
 * v is the level at which the release began; A, R = round(time * rate), taken
 * as the stage begins.  A gate that opens begins anew at start, or, with a
 * rate below 0, at the last frame before end.  Without a loop it plays to the
 * other end and is done; done is said once.
 *
 * Whatever is cut off while it sounds (the buffer of before, when another is
 * bound; the release, when the gate opens again) becomes a tail: it plays on
 * from where it is and goes to nothing within 5 ms, in a straight line,
 * while a new buffer comes in alike at the same place in time.  A tail that
 * plays what is no longer bound keeps its reference until it is over.
 *
 * Each value comes from a frame's number, places move by whole steps: however
 * a block is cut, the bits are the same.
 *
 * All of it runs on an audio thread.
 */
#include "play.h"

#include <string.h>

#include <tactus/math.h>

#include "tail.h"

enum stage { SILENT, WAITING, RISING, HOLDING, FALLING };

TACTUS_RT struct read_view
play_view(const struct play *s, const TactusWorld *world,
	const TactusSynth *synth, const TactusAudioBuffer *b)
{
	const TactusControl *c = synth->controls;
	float start = tactus_clamp(c[PLAY_START].value, 0.0f, PLAY_MOST_FRAME);
	float end = tactus_clamp(c[PLAY_END].value, -1.0f, PLAY_MOST_FRAME);
	struct read_view v = {.buffer = b,
		.rate = c[PLAY_RATE],
		.scale = b->rate == world->rate ? 1.0 : b->rate / world->rate,
		.first = (int64_t)start,
		.end = end < 0.0f ? b->frames : (int64_t)end,
		.interpolation = s->interpolation,
		.is_loop = c[PLAY_LOOP].value > 0.0f};

	v.first = v.first < b->frames ? v.first : b->frames;
	v.end = v.end < b->frames ? v.end : b->frames;
	return v;
}

/** Whether the buffer that is bound is being played. */
TACTUS_RT static inline bool
is_sounding(const struct play *s)
{
	return s->stage >= RISING;
}

/** Whether the present stage ends by itself. */
TACTUS_RT static inline bool
is_timed(const struct play *s)
{
	return s->stage == RISING || s->stage == FALLING;
}

/** The level in frame `i` from now, without amp. */
TACTUS_RT static inline double
level_at(const struct play *s, double fade, uint32_t i)
{
	double n = (double)s->length;
	double level = 1.0;

	if (s->stage == RISING) {
		level = (double)(s->at + i) / n;
	} else if (s->stage == FALLING) {
		level = s->from * ((n - (double)(s->at + i)) / n);
	}
	if (s->fade_left != 0) {
		level *= (fade - (double)(s->fade_left - i)) / fade;
	}
	return level;
}

/** Enter a stage whose time is a control's. */
TACTUS_RT static void
enter(struct play *s, enum stage stage, float seconds, double rate)
{
	float t = tactus_clamp(seconds, 0.0f, 3600.0f);

	s->stage = (uint32_t)stage;
	s->at = 0;
	s->length = (uint32_t)((double)t * rate + 0.5);
}

/** Be at the end: nothing sounds any more but tails. */
TACTUS_RT static void
end(struct play *s)
{
	s->stage = SILENT;
	s->fade_left = 0;
}

/** Play what is bound from its beginning. */
TACTUS_RT static void
begin(struct play *s, const TactusWorld *world, const TactusSynth *synth,
	const TactusAudioBuffer *b)
{
	struct read_view v = play_view(s, world, synth, b);
	bool is_back = v.rate.value < 0.0f;

	s->place = (struct read_place){.frame = is_back ? v.end - 1 : v.first};
	s->fade_left = 0;
	enter(s, RISING, synth->controls[PLAY_ATTACK].value, world->rate);
}

/** Follow the gate, which can change at the head of a segment alone. */
TACTUS_RT static void
follow(struct play *s, const TactusWorld *world, TactusSynth *synth,
	const TactusAudioBuffer *b)
{
	const TactusControl *c = synth->controls;
	bool is_open = c[PLAY_GATE].value > 0.0f;

	if (is_open && !s->was_open) {
		if (is_sounding(s)) {
			double fade = (double)tail_length(world);

			tail_begin(s, world, synth, b, level_at(s, fade, 0));
		}
		end(s);
		s->stage = WAITING;
	} else if (!is_open && s->stage == WAITING) {
		end(s);
	} else if (!is_open && is_sounding(s) && s->stage != FALLING) {
		/* a buffer that comes in goes on doing so */
		double level = s->stage == RISING
				       ? (double)s->at / (double)s->length
				       : 1.0;

		enter(s, FALLING, c[PLAY_RELEASE].value, world->rate);
		s->from = level;
	}
	s->was_open = is_open;
	if (s->stage == WAITING && b != NULL) {
		begin(s, world, synth, b);
	}
}

/** Go on to the stage that the next frame lies in. */
TACTUS_RT static void
settle(struct play *s)
{
	if (s->stage == RISING && s->at == s->length) {
		s->stage = HOLDING;
	}
	if (s->stage == FALLING && s->at == s->length) {
		end(s);
	}
}

/** Give frames their levels. */
TACTUS_RT TACTUS_CLONES static void
scale(float *restrict out, const float *restrict gain, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		out[i] *= gain[i];
	}
}

/** Whether all frames have the level that amp says. */
TACTUS_RT static inline bool
is_level(const struct play *s, const TactusSynth *synth)
{
	return s->stage == HOLDING && s->fade_left == 0 &&
	       synth->controls[PLAY_AMP].step == 0.0f;
}

/** Give `count` frames from frame `i` of the segment on their levels. */
TACTUS_RT static void
shape(const struct play *s, const TactusWorld *world, TactusSynth *synth,
	uint32_t i, uint32_t count, uint32_t channels)
{
	const TactusControl amp = synth->controls[PLAY_AMP];
	float gain[READ_CHUNK];
	double fade = (double)tail_length(world);

	for (uint32_t k = 0; k < count; k++) {
		gain[k] = tactus_control_at(&amp, i + k) *
			  (float)level_at(s, fade, k);
	}
	for (uint32_t c = 0; c < channels; c++) {
		scale(synth->out[c] + i, gain, count);
	}
}

/** Silence in some frames of some channels. */
TACTUS_RT static void
clear(TactusSynth *synth, uint32_t channel, uint32_t channels, uint32_t i,
	uint32_t count)
{
	for (uint32_t c = channel; c < channels; c++) {
		memset(synth->out[c] + i, 0, count * sizeof(float));
	}
}

/** What is bound, up to the segment's end or its own. */
TACTUS_RT static void
run(struct play *s, const TactusWorld *world, TactusSynth *synth,
	const struct read_view *v, uint32_t channels, uint32_t frames)
{
	struct read_stretch stretch;
	uint32_t i = 0;

	settle(s);
	while (i < frames && is_sounding(s)) {
		uint32_t count =
			frames - i < READ_CHUNK ? frames - i : READ_CHUNK;

		if (is_timed(s) && count > s->length - s->at) {
			count = s->length - s->at;
		}
		if (s->fade_left != 0 && count > s->fade_left) {
			count = s->fade_left;
		}
		read_begin(v, &s->place, i, count, &stretch);
		bool level = is_level(s, synth);
		float gain = level ? synth->controls[PLAY_AMP].value : 1.0f;
		for (uint32_t c = 0; c < channels; c++) {
			read_channel(v, &stretch, c, gain, synth->out[c] + i);
		}
		if (!level) {
			shape(s, world, synth, i, stretch.count, channels);
		}
		if (stretch.count < count) {
			clear(synth, 0, channels, i + stretch.count,
				count - stretch.count);
		}
		s->at += is_timed(s) ? count : 0;
		s->fade_left -= s->fade_left != 0 ? count : 0;
		i += count;
		settle(s);
		if (stretch.is_over) {
			end(s);
		}
	}
	if (i < frames) {
		clear(synth, 0, channels, i, frames - i);
	}
}

/** Whether it is to go on in a plain way from here on, and how. */
TACTUS_RT static void
look_ahead(struct play *s, const TactusWorld *world, TactusSynth *synth,
	const TactusAudioBuffer *b)
{
	const TactusControl *c = synth->controls;

	s->is_plain = is_level(s, synth) && s->tails == 0 && s->channels == 1 &&
		      s->was_open && c[PLAY_GATE].value > 0.0f &&
		      c[PLAY_RATE].step == 0.0f && b->channels == 1;
	if (s->is_plain) {
		struct read_view v = play_view(s, world, synth, b);

		s->is_plain = !(v.is_loop && v.end <= v.first);
		read_run_begin(&v, world->block, &s->run);
		memcpy(s->held, c, sizeof(s->held));
	}
}

/**
 * Do what most voices do most of the time: play one channel on.
 * @return false when there is more to do: then nothing was done
 */
TACTUS_RT static inline bool
run_plain(struct play *s, TactusSynth *synth, uint32_t frames)
{
	return s->is_plain &&
	       memcmp(s->held, synth->controls, sizeof(s->held)) == 0 &&
	       read_run_on(&s->run, &s->place, s->held[PLAY_AMP].value,
		       synth->out[0], frames);
}

/** Do all there may be to do. */
TACTUS_RT static void
run_any(struct play *s, const TactusWorld *world, TactusSynth *synth,
	const TactusAudioBuffer *b, uint32_t frames)
{
	uint32_t was = s->stage;

	follow(s, world, synth, b);
	if (is_sounding(s)) {
		struct read_view v = play_view(s, world, synth, b);
		uint32_t channels =
			b->channels < s->channels ? b->channels : s->channels;

		was = s->stage;
		run(s, world, synth, &v, channels, frames);
		if (b->channels > 1) {
			clear(synth, channels, s->channels, 0, frames);
		} else {
			for (uint32_t c = 1; c < s->channels; c++) {
				memcpy(synth->out[c], synth->out[0],
					frames * sizeof(float));
			}
		}
	} else {
		clear(synth, 0, s->channels, 0, frames);
	}
	if (s->tails > 0) {
		tail_run(s, world, synth, frames);
	}
	s->has_ended |= was != SILENT && s->stage == SILENT;
	if (s->has_ended && s->stage == SILENT && s->tails == 0 &&
		!s->is_done) {
		s->is_done = true;
		world->done(world, synth);
	}
}

/** So many synths before their turn their sound is fetched. */
#define AHEAD 4

/** Fetch what a synth is about to play, if that is known. */
TACTUS_RT static inline void
fetch(const TactusSynth *synth)
{
	const struct play *s = synth->self;

	if (s->is_plain) {
		read_run_fetch(&s->run, &s->place);
	}
}

TACTUS_RT void
play_process_many(const TactusWorld *world, TactusSynth *const *synths,
	uint32_t count, uint32_t frames)
{
	for (uint32_t n = 0; n < count; n++) {
		TactusSynth *synth = synths[n];
		struct play *s = synth->self;
		const TactusAudioBuffer *b = synth->resources[0];

		if (count - n > AHEAD) {
			fetch(synths[n + AHEAD]);
		}
		if (!run_plain(s, synth, frames)) {
			run_any(s, world, synth, b, frames);
			look_ahead(s, world, synth, b);
		}
	}
}

TACTUS_RT void
play_process(const TactusWorld *world, TactusSynth *synth, uint32_t frames)
{
	play_process_many(world, &synth, 1, frames);
}

/** Be at the same time in a buffer of another rate, no further than it goes. */
TACTUS_RT static void
carry_over(struct play *s, const TactusAudioBuffer *from,
	const TactusAudioBuffer *to)
{
	if (from->rate != to->rate) {
		double at = ((double)s->place.frame +
				    (double)s->place.part * 0x1p-32) *
			    (to->rate / from->rate);

		at = at > -1.0 ? at : -1.0;
		at = at < 0x1p52 ? at : 0x1p52;
		s->place.frame = (int64_t)(at + 1.0) - 1;
		at -= (double)s->place.frame;
		s->place.part = at > 0.0 ? (uint32_t)(at * 0x1p32) : 0;
	}
	if (s->place.frame >= to->frames) {
		s->place = (struct read_place){.frame = to->frames};
	}
}

TACTUS_RT bool
play_bind(const TactusWorld *world, TactusSynth *synth, uint32_t ordinal,
	void *old, int32_t old_id)
{
	struct play *s = synth->self;
	const TactusAudioBuffer *b = synth->resources[0];

	(void)ordinal;
	s->is_plain = false;
	double fade = (double)tail_length(world);
	if (old == NULL || old == b) {
		return false;
	}
	if (is_sounding(s)) {
		tail_begin(s, world, synth, old, level_at(s, fade, 0));
		if (b != NULL) {
			carry_over(s, old, b);
			s->fade_left = tail_length(world);
		} else {
			/* its gate is open: it waits for another */
			bool is_held = s->stage != FALLING;

			s->has_ended |= !is_held;
			end(s);
			s->stage = is_held ? WAITING : SILENT;
		}
	}
	return tail_keep(s, old, old_id);
}
