/* SPDX-License-Identifier: MIT */
/*
 * asr-envelope.c -- rise, hold, fall: a signal with a beginning and an end.
 *
 *	frame k of attack (A frames)     sustain_level * k / A
 *	sustain (S frames)               sustain_level
 *	frame k of release (R frames)    sustain_level * (R - k) / R
 *	after that                       silence
 *
 * A, S, R = round(time * rate).  The level follows sustain_level at every
 * frame; the length of a stage is taken as the stage begins.  Done is said
 * once, in the segment in which frame A + S + R has been reached.  Each value
 * comes from the frame's number, never from the value before: however a block
 * is cut, the bits are the same.
 *
 * process runs on an audio thread, the rest on the loop.
 */
#include <tactus/def.h>
#include <tactus/math.h>
#include <tactus/plugin.h>

enum { ATTACK, SUSTAIN_TIME, SUSTAIN_LEVEL, RELEASE, IN, OUT, PORTS };

enum stage { START, RISE, HOLD, FALL, END };

struct asr {
	uint32_t stage;  /* enum stage */
	uint32_t at;     /* frames of this stage that are over */
	uint32_t length; /* frames of this stage */
	bool is_done;
};

static const TactusPort ports[PORTS] = {
	[ATTACK] = {.name = "attack",
		    .unit = "s",
		    .maximum = 3600.0f,
		    .initial = 0.01f,
		    .doc = "from silence to the level"},
	[SUSTAIN_TIME] = {.name = "sustain_time",
		    .unit = "s",
		    .maximum = 3600.0f,
		    .initial = 1.0f,
		    .doc = "how long the level is held"},
	[SUSTAIN_LEVEL] = {.name = "sustain_level",
		    .maximum = 1.0f,
		    .initial = 1.0f,
		    .doc = "the level"				  },
	[RELEASE] = {.name = "release",
		    .unit = "s",
		    .maximum = 3600.0f,
		    .initial = 0.1f,
		    .doc = "from the level to silence"},
	[IN] = {.name = "in",
		    .kind = TACTUS_AUDIO,
		    .direction = TACTUS_INPUT,
		    .doc = "the signal to shape"},
	[OUT] = {.name = "out",
		    .kind = TACTUS_AUDIO,
		    .direction = TACTUS_OUTPUT,
		    .doc = "the signal within the envelope"     },
};

/** Go on to the stage that frame `i` of the segment lies in. */
TACTUS_RT static void
settle(struct asr *e, const TactusControl *controls, uint32_t i, double rate)
{
	while (e->stage != END && e->at == e->length) {
		float s = 0.0f;

		e->stage++;
		if (e->stage == RISE) {
			s = tactus_control_at(&controls[ATTACK], i);
		} else if (e->stage == HOLD) {
			s = tactus_control_at(&controls[SUSTAIN_TIME], i);
		} else if (e->stage == FALL) {
			s = tactus_control_at(&controls[RELEASE], i);
		}
		s = tactus_clamp(s, 0.0f, 3600.0f);
		e->at = 0;
		e->length = (uint32_t)((double)s * rate + 0.5);
	}
}

/** Frames `i` to `end` of the segment, all in the present stage. */
TACTUS_RT static void
run(const struct asr *e, TactusSynth *synth, uint32_t i, uint32_t end)
{
	const TactusControl level = synth->controls[SUSTAIN_LEVEL];
	const float *restrict in = synth->in[0];
	float *restrict out = synth->out[0];
	double first = 1.0;
	double slope = 0.0; /* of the shape, in 1/length */
	double unit = 1.0;

	if (e->stage == END) {
		for (; i < end; i++) {
			out[i] = 0.0f;
		}
		return;
	}
	if (e->stage != HOLD) {
		bool is_rising = e->stage == RISE;

		first = (double)(is_rising ? e->at : e->length - e->at);
		slope = is_rising ? 1.0 : -1.0;
		unit = 1.0 / (double)e->length;
	}
	first -= slope * (double)i;
	for (; i < end; i++) {
		/* whole numbers below 2^53: exact, wherever `i` began */
		double shape = (first + slope * (double)i) * unit;

		out[i] = in[i] *
			 (float)((double)tactus_control_at(&level, i) * shape);
	}
}

TACTUS_RT static void
process(const TactusWorld *world, TactusSynth *synth, uint32_t frames)
{
	struct asr *e = synth->self;
	uint32_t i = 0;

	settle(e, synth->controls, 0, world->rate);
	while (i < frames) {
		uint32_t count = frames - i;

		if (e->stage != END && count > e->length - e->at) {
			count = e->length - e->at;
		}
		run(e, synth, i, i + count);
		i += count;
		if (e->stage != END) {
			e->at += count;
			settle(e, synth->controls, i, world->rate);
		}
	}
	if (e->stage == END && !e->is_done) {
		e->is_done = true;
		world->done(world, synth);
	}
}

static const TactusSynthDef def = {
	.size = sizeof(def),
	.uri = "urn:tactus:synthdef:asr-envelope:1",
	.name = "asr-envelope",
	.doc = "Rise, hold and fall, then done.",
	.instance_bytes = sizeof(struct asr),
	.ports = ports,
	.port_rows = PORTS,
	.port_bytes = sizeof(*ports),
	.process = process,
};

static const TactusPlugin plugin = {
	sizeof(plugin), TACTUS_ABI_VERSION, "asr-envelope", "1", "MIT"};

const TactusPlugin *
tactus_plugin(const TactusHost *host)
{
	return tactus_offer(host, &plugin, &def);
}
