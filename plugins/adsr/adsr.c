/* SPDX-License-Identifier: MIT */
/*
 * adsr.c -- the envelope of a note: attack, decay, sustain, release.
 *
 *	IDLE --gate--> ATTACK --> DECAY --> SUSTAIN
 *	 ^                \________|__________/
 *	 |                         | gate 0
 *	 '------- done ------- RELEASE --gate--> ATTACK
 *
 *	frame k of attack (A frames)     v + ((1 - v) / A) k
 *	frame k of decay (D frames)      1 + (sustain - 1) ((1 / D) k)
 *	sustain                          sustain
 *	frame k of release (R frames)    (v / R) (R - k)
 *
 * v is the level at which the stage was entered, so that a gate that changes
 * half-way goes on from there.  A, D, R = round(time * rate), taken as the
 * stage begins; sustain is followed at every frame.  Done is said once, when
 * the first release has come to its end; a later gate starts anew all the
 * same.  Each value comes from the frame's number, never from the value
 * before: however a block is cut, the bits are the same.
 *
 * process and process_many run on audio threads, the rest on the loop.
 */
#include <tactus/def.h>
#include <tactus/math.h>
#include <tactus/plugin.h>

enum { GATE, ATTACK, DECAY, SUSTAIN, RELEASE, IN, OUT, PORTS };

enum stage { IDLE, RISING, DECAYING, HOLDING, FALLING };

struct adsr {
	uint32_t stage;  /* enum stage */
	uint32_t at;     /* frames of this stage that are over */
	uint32_t length; /* frames of this stage */
	bool is_done;
	double from; /* the level at which this stage was entered */
};

static const TactusPort ports[PORTS] = {
	[GATE] = {.name = "gate",
		  .flags = TACTUS_BOOLEAN,
		  .maximum = 1.0f,
		  .initial = 1.0f,
		  .doc = "1 begins the note, 0 releases it"},
	[ATTACK] = {.name = "attack",
		  .unit = "s",
		  .maximum = 3600.0f,
		  .initial = 0.01f,
		  .doc = "up to 1"},
	[DECAY] = {.name = "decay",
		  .unit = "s",
		  .maximum = 3600.0f,
		  .initial = 0.1f,
		  .doc = "from 1 to the sustained level"},
	[SUSTAIN] = {.name = "sustain",
		  .maximum = 1.0f,
		  .initial = 0.7f,
		  .doc = "the level while the gate stays open"      },
	[RELEASE] = {.name = "release",
		  .unit = "s",
		  .maximum = 3600.0f,
		  .initial = 0.3f,
		  .doc = "down to silence"},
	[IN] = {.name = "in",
		  .kind = TACTUS_AUDIO,
		  .direction = TACTUS_INPUT,
		  .doc = "the signal to shape"                                      },
	[OUT] = {.name = "out",
		  .kind = TACTUS_AUDIO,
		  .direction = TACTUS_OUTPUT,
		  .doc = "the signal within the envelope"},
};

/*
 * The level at frame `k` of a stage of `n` frames, entered at level `v`.  What
 * stands still through the stage is put together first, so that nothing is
 * divided frame by frame.
 */

TACTUS_RT static TACTUS_INLINE double
rising(double v, double n, double k)
{
	return v + (1.0 - v) / n * k;
}

TACTUS_RT static TACTUS_INLINE double
decaying(double held, double n, double k)
{
	return 1.0 + (held - 1.0) * (1.0 / n * k);
}

TACTUS_RT static TACTUS_INLINE double
falling(double v, double n, double k)
{
	return v / n * (n - k);
}

/** The level at the head of a segment. */
TACTUS_RT static inline double
level_now(const struct adsr *e, const TactusControl *sustain)
{
	double k = (double)e->at;
	double n = (double)e->length;
	double held = (double)tactus_control_at(sustain, 0);

	switch ((enum stage)e->stage) {
	case RISING:
		return rising(e->from, n, k);
	case DECAYING:
		return decaying(held, n, k);
	case HOLDING:
		return held;
	case FALLING:
		return falling(e->from, n, k);
	case IDLE:
		break;
	}
	return 0.0;
}

/** Enter a stage; its time is that of frame `i` of the segment. */
TACTUS_RT static void
enter(struct adsr *e, enum stage stage, const TactusSynth *synth, uint32_t i,
	double rate)
{
	const TactusControl *c = synth->controls;
	float s = 0.0f;

	if (stage == RISING) {
		s = tactus_control_at(&c[ATTACK], i);
	} else if (stage == DECAYING) {
		s = tactus_control_at(&c[DECAY], i);
	} else if (stage == FALLING) {
		s = tactus_control_at(&c[RELEASE], i);
	}
	s = tactus_clamp(s, 0.0f, 3600.0f);
	e->stage = (uint32_t)stage;
	e->at = 0;
	e->length = (uint32_t)((double)s * rate + 0.5);
}

/** Whether the present stage ends by itself. */
TACTUS_RT static inline bool
is_timed(const struct adsr *e)
{
	return e->stage != IDLE && e->stage != HOLDING;
}

/** Go on to the stage that frame `i` of the segment lies in. */
TACTUS_RT static void
settle(struct adsr *e, const TactusWorld *world, TactusSynth *synth, uint32_t i)
{
	while (is_timed(e) && e->at == e->length) {
		if (e->stage == FALLING) {
			enter(e, IDLE, synth, i, world->rate);
			if (!e->is_done) {
				e->is_done = true;
				world->done(world, synth);
			}
		} else {
			enter(e, e->stage == RISING ? DECAYING : HOLDING, synth,
				i, world->rate);
		}
	}
}

/** Follow the gate, which can change at the head of a segment alone. */
TACTUS_RT static void
follow(struct adsr *e, const TactusWorld *world, TactusSynth *synth)
{
	const TactusControl *c = synth->controls;
	bool is_open = c[GATE].value > 0.0f;
	bool was_open = e->stage != IDLE && e->stage != FALLING;

	if (is_open != was_open) {
		double level = level_now(e, &c[SUSTAIN]);

		enter(e, is_open ? RISING : FALLING, synth, 0, world->rate);
		e->from = level;
	}
}

/*
 * Some frames of one stage.  `k` is the first's number in the stage, `i` in
 * the segment; `n` is the length of the stage.
 */

TACTUS_RT static TACTUS_INLINE void
rise(const float *restrict in, double v, double n, double k,
	float *restrict out, uint32_t count)
{
	for (uint32_t j = 0; j < count; j++) {
		double level = rising(v, n, k + (double)(int32_t)j);

		out[j] = in[j] * (float)level;
	}
}

TACTUS_RT static TACTUS_INLINE void
decay(const float *restrict in, TactusControl sustain, uint32_t i, double n,
	double k, float *restrict out, uint32_t count)
{
	for (uint32_t j = 0; j < count; j++) {
		double held = (double)tactus_control_at(&sustain, i + j);
		double level = decaying(held, n, k + (double)(int32_t)j);

		out[j] = in[j] * (float)level;
	}
}

TACTUS_RT static TACTUS_INLINE void
hold(const float *restrict in, TactusControl sustain, uint32_t i,
	float *restrict out, uint32_t count)
{
	if (sustain.step == 0.0f) {
		float level = tactus_control_at(&sustain, 0);

		for (uint32_t j = 0; j < count; j++) {
			out[j] = in[j] * level;
		}
		return;
	}
	for (uint32_t j = 0; j < count; j++) {
		out[j] = in[j] * tactus_control_at(&sustain, i + j);
	}
}

TACTUS_RT static TACTUS_INLINE void
fall(const float *restrict in, double v, double n, double k,
	float *restrict out, uint32_t count)
{
	for (uint32_t j = 0; j < count; j++) {
		double level = falling(v, n, k + (double)(int32_t)j);

		out[j] = in[j] * (float)level;
	}
}

/** Silence, even where the input is not a number. */
TACTUS_RT static TACTUS_INLINE void
rest(float *restrict out, uint32_t count)
{
	for (uint32_t j = 0; j < count; j++) {
		out[j] = 0.0f;
	}
}

/** `count` frames from frame `i` of the segment on, all in one stage. */
TACTUS_RT static TACTUS_INLINE void
shape(const struct adsr *e, const TactusSynth *synth, uint32_t i,
	uint32_t count)
{
	const TactusControl sustain = synth->controls[SUSTAIN];
	const float *in = synth->in[0] + i;
	float *out = synth->out[0] + i;
	double k = (double)e->at;
	double n = (double)e->length;

	switch ((enum stage)e->stage) {
	case RISING:
		rise(in, e->from, n, k, out, count);
		break;
	case DECAYING:
		decay(in, sustain, i, n, k, out, count);
		break;
	case HOLDING:
		hold(in, sustain, i, out, count);
		break;
	case FALLING:
		fall(in, e->from, n, k, out, count);
		break;
	case IDLE:
		rest(out, count);
		break;
	}
}

/** Whether it is held, so that there is nothing to follow and no end. */
TACTUS_RT static inline bool
is_held(const struct adsr *e, const TactusSynth *synth)
{
	return e->stage == HOLDING && synth->controls[GATE].value > 0.0f;
}

TACTUS_RT TACTUS_CLONES static void
process_many(const TactusWorld *world, TactusSynth *const *synths,
	uint32_t count, uint32_t frames)
{
	for (uint32_t s = 0; s < count; s++) {
		TactusSynth *synth = synths[s];
		struct adsr *e = synth->self;
		uint32_t i = 0;

		if (!is_held(e, synth)) {
			follow(e, world, synth);
			settle(e, world, synth, 0);
		}
		while (i < frames) {
			uint32_t n = frames - i;
			bool is_short = is_timed(e) && n > e->length - e->at;

			n = is_short ? e->length - e->at : n;
			shape(e, synth, i, n);
			i += n;
			if (is_timed(e)) {
				e->at += n;
				settle(e, world, synth, i);
			}
		}
	}
}

TACTUS_RT static void
process(const TactusWorld *world, TactusSynth *synth, uint32_t frames)
{
	process_many(world, &synth, 1, frames);
}

static const TactusSynthDef def = {
	.size = sizeof(def),
	.uri = "urn:tactus:synthdef:adsr:1",
	.name = "adsr",
	.doc = "The envelope of a note; done after its release.",
	.instance_bytes = sizeof(struct adsr),
	.ports = ports,
	.port_rows = PORTS,
	.port_bytes = sizeof(*ports),
	.process = process,
	.process_many = process_many,
};

static const TactusPlugin plugin = {
	sizeof(plugin), TACTUS_ABI_VERSION, "adsr", "1", "MIT"};

const TactusPlugin *
tactus_plugin(const TactusHost *host)
{
	return tactus_offer(host, &plugin, &def);
}
