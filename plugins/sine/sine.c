/* SPDX-License-Identifier: MIT */
/*
 * sine.c -- a sine oscillator.
 *
 * Frame i is amp * sin(2 pi (p + phase)), where p begins at 0 and goes on by
 * freq / rate from frame to frame; freq, amp and phase follow their ramps
 * frame by frame.  Within 1e-6 of that formula at amp 1.
 *
 * construct and process run on an audio thread, the rest on the loop.
 */
#include <tactus/def.h>
#include <tactus/math.h>
#include <tactus/plugin.h>

enum { FREQ, AMP, PHASE, OUT, PORTS };

struct sine {
	uint64_t phase; /* p, as a 64-bit phase */
	double scale;   /* tactus_phase_scale() of the rate */
};

static const TactusPort ports[PORTS] = {
	[FREQ] = {.name = "freq",
		  .unit = "Hz",
		  .initial = 440.0f,
		  .doc = "frequency, up to half the rate"},
	[AMP] = {.name = "amp",
		  .minimum = -8.0f,
		  .maximum = 8.0f,
		  .initial = 0.1f,
		  .doc = "peak level"},
	[PHASE] = {.name = "phase",
		  .unit = "cycles",
		  .maximum = 1.0f,
		  .doc = "added to the phase"                        },
	[OUT] = {.name = "out",
		  .kind = TACTUS_AUDIO,
		  .direction = TACTUS_OUTPUT,
		  .doc = "the sine"             },
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
	(void)options;
	tactus_port_set(port, &ports[i]);
	if (i == FREQ) {
		port->maximum = (float)(host->rate / 2.0);
	}
}

TACTUS_RT static int
construct(const TactusWorld *world, const void *options, TactusSynth *synth)
{
	struct sine *s = synth->self;

	(void)options;
	s->scale = tactus_phase_scale(world->rate);
	return 0;
}

/** Frames whose phases are worked out before their sines are. */
#define CHUNK 64

/** The frequency stands still: the phase of each frame is a product. */
TACTUS_RT TACTUS_CLONES static uint64_t
run_steady(float *restrict out, const TactusControl *controls, uint64_t phase,
	uint64_t step, uint32_t frames)
{
	const TactusControl amp = controls[AMP];
	uint32_t offset = tactus_phase(controls[PHASE].value);
	/* nothing is carried from the lower half, which the offset lacks */
	uint64_t at = phase + ((uint64_t)offset << 32);

	for (uint32_t i = 0; i < frames; i++) {
		out[i] = tactus_control_at(&amp, i) *
			 tactus_sine((uint32_t)(at >> 32));
		at += step;
	}
	return phase + frames * step;
}

/** Anything may move: phases one by one, then sines many at a time. */
TACTUS_RT TACTUS_CLONES static uint64_t
run_moving(float *restrict out, const TactusControl *controls, uint64_t phase,
	double scale, uint32_t frames)
{
	const TactusControl freq = controls[FREQ];
	const TactusControl amp = controls[AMP];
	const TactusControl offset = controls[PHASE];
	uint32_t at[CHUNK];

	for (uint32_t done = 0; done < frames; done += CHUNK) {
		uint32_t n = frames - done < CHUNK ? frames - done : CHUNK;
		uint32_t still = tactus_phase(offset.value);
		float *to = out + done;

		for (uint32_t i = 0; i < n; i++) {
			at[i] = (uint32_t)(phase >> 32);
			phase += tactus_phase_step(
				tactus_control_at(&freq, done + i), scale);
		}
		if (offset.step != 0.0f) {
			still = 0;
			for (uint32_t i = 0; i < n; i++) {
				at[i] += tactus_phase(
					tactus_control_at(&offset, done + i));
			}
		}
		for (uint32_t i = 0; i < n; i++) {
			to[i] = tactus_control_at(&amp, done + i) *
				tactus_sine(at[i] + still);
		}
	}
	return phase;
}

TACTUS_RT static void
process(const TactusWorld *world, TactusSynth *synth, uint32_t frames)
{
	struct sine *s = synth->self;
	const TactusControl *c = synth->controls;

	(void)world;
	if (c[FREQ].step == 0.0f && c[PHASE].step == 0.0f) {
		uint64_t step = tactus_phase_step(c[FREQ].value, s->scale);
		s->phase = run_steady(synth->out[0], c, s->phase, step, frames);
	} else {
		s->phase = run_moving(
			synth->out[0], c, s->phase, s->scale, frames);
	}
}

static const TactusSynthDef def = {
	.size = sizeof(def),
	.uri = "urn:tactus:synthdef:sine:1",
	.name = "sine",
	.doc = "A sine oscillator.",
	.instance_bytes = sizeof(struct sine),
	.port_count = port_count,
	.port = describe,
	.construct = construct,
	.process = process,
};

static const TactusPlugin plugin = {
	sizeof(plugin), TACTUS_ABI_VERSION, "sine", "1", "MIT"};

const TactusPlugin *
tactus_plugin(const TactusHost *host)
{
	return tactus_offer(host, &plugin, &def);
}
