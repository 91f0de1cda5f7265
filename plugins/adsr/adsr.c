/* SPDX-License-Identifier: MIT */
/*
 * adsr.c -- the envelope of a note: attack, decay, sustain, release.
 *
 *	IDLE --gate--> ATTACK --> DECAY --> SUSTAIN
 *	 ^                \________|__________/
 *	 |                         | gate 0
 *	 '------- done ------- RELEASE --gate--> ATTACK
 *
 *	frame k of attack (A frames)     v + (1 - v) k / A
 *	frame k of decay (D frames)      1 + (sustain - 1) k / D
 *	sustain                          sustain
 *	frame k of release (R frames)    v (R - k) / R
 *
 * v is the level at which the stage was entered, so that a gate that changes
 * half-way goes on from there.  A, D, R = round(time * rate), taken as the
 * stage begins; sustain is followed at every frame.  Done is said once, when
 * the first release has come to its end; a later gate starts anew all the
 * same.  Each value comes from the frame's number, never from the value
 * before: however a block is cut, the bits are the same.
 *
 * process runs on an audio thread, the rest on the loop.
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

static uint32_t
port_count(const void *options)
{
	(void)options;
	return PORTS;
}

static void
describe(const TactusHost *host, const void *options, uint32_t i,
	TactusPort *port)
{
	(void)host;
	(void)options;
	tactus_port_set(port, &ports[i]);
}

/** The level at frame `i` of the segment, `at` frames into the stage. */
TACTUS_RT static inline double
level_at(const struct adsr *e, const TactusControl *sustain, uint32_t at,
	uint32_t i)
{
	double k = (double)at;
	double n = (double)e->length;
	double held = (double)tactus_control_at(sustain, i);

	switch ((enum stage)e->stage) {
	case RISING:
		return e->from + (1.0 - e->from) * (k / n);
	case DECAYING:
		return 1.0 + (held - 1.0) * (k / n);
	case HOLDING:
		return held;
	case FALLING:
		return e->from * ((n - k) / n);
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
		double level = level_at(e, &c[SUSTAIN], e->at, 0);

		enter(e, is_open ? RISING : FALLING, synth, 0, world->rate);
		e->from = level;
	}
}

TACTUS_RT static void
process(const TactusWorld *world, TactusSynth *synth, uint32_t frames)
{
	struct adsr *e = synth->self;
	const TactusControl sustain = synth->controls[SUSTAIN];
	const float *restrict in = synth->in[0];
	float *restrict out = synth->out[0];
	uint32_t i = 0;

	follow(e, world, synth);
	settle(e, world, synth, 0);
	while (i < frames) {
		uint32_t end = frames;

		if (is_timed(e) && end - i > e->length - e->at) {
			end = i + (e->length - e->at);
		}
		uint32_t at = e->at - i;
		for (uint32_t j = i; j < end; j++) {
			double level = level_at(e, &sustain, at + j, j);

			/* idle is silent even where the input is not a number
			 */
			out[j] = e->stage == IDLE ? 0.0f : in[j] * (float)level;
		}
		if (is_timed(e)) {
			e->at += end - i;
		}
		i = end;
		settle(e, world, synth, i);
	}
}

static const TactusSynthDef def = {
	.size = sizeof(def),
	.uri = "urn:tactus:synthdef:adsr:1",
	.name = "adsr",
	.doc = "The envelope of a note; done after its release.",
	.instance_bytes = sizeof(struct adsr),
	.port_count = port_count,
	.port = describe,
	.process = process,
};

static const TactusPlugin plugin = {
	sizeof(plugin), TACTUS_ABI_VERSION, "adsr", "1", "MIT"};

const TactusPlugin *
tactus_plugin(const TactusHost *host)
{
	return tactus_offer(host, &plugin, &def);
}
