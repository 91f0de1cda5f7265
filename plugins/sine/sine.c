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

/** Frame `i` of the segment, where the phase has come to `phase`. */
TACTUS_RT static inline float
sine_at(const TactusControl *amp, const TactusControl *offset, uint64_t phase,
	uint32_t i)
{
	uint32_t p = tactus_phase(tactus_control_at(offset, i));

	p += (uint32_t)(phase >> 32);
	return tactus_control_at(amp, i) * tactus_sine(p);
}

TACTUS_RT static void
process(const TactusWorld *world, TactusSynth *synth, uint32_t frames)
{
	struct sine *s = synth->self;
	const TactusControl freq = synth->controls[FREQ];
	const TactusControl amp = synth->controls[AMP];
	const TactusControl offset = synth->controls[PHASE];
	float *out = synth->out[0];
	uint64_t phase = s->phase;

	(void)world;
	if (freq.step == 0.0f) {
		uint64_t step = tactus_phase_step(freq.value, s->scale);

		for (uint32_t i = 0; i < frames; i++) {
			out[i] = sine_at(&amp, &offset, phase + i * step, i);
		}
		s->phase = phase + frames * step;
		return;
	}
	for (uint32_t i = 0; i < frames; i++) {
		out[i] = sine_at(&amp, &offset, phase, i);
		phase += tactus_phase_step(
			tactus_control_at(&freq, i), s->scale);
	}
	s->phase = phase;
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
