/* SPDX-License-Identifier: MIT */
/*
 * pulse.c -- a band-limited pulse wave.
 *
 * It is amp from phase 0 on for `width` of a cycle, then -amp: its mean is
 * amp * (2 width - 1).  It begins half way up the step.  The steps are those
 * of <tactus/blep.h>: at 1 kHz and 48 kHz every alias is at least 90 dB below
 * the fundamental (measured by the test), harmonics above 18 kHz fade.
 *
 * construct and process run on an audio thread, the rest on the loop.
 */
#include <tactus/blep.h>
#include <tactus/def.h>
#include <tactus/math.h>
#include <tactus/plugin.h>

enum { FREQ, AMP, WIDTH, OUT, PORTS };

struct pulse {
	uint64_t phase;
	double scale; /* tactus_phase_scale() of the rate */
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
		  .doc = "level of the flat parts"},
	[WIDTH] = {.name = "width",
		  .minimum = 0.01f,
		  .maximum = 0.99f,
		  .initial = 0.5f,
		  .doc = "part of a cycle that is high"},
	[OUT] = {.name = "out",
		  .kind = TACTUS_AUDIO,
		  .direction = TACTUS_OUTPUT,
		  .doc = "the pulse wave"                   },
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
	struct pulse *s = synth->self;

	(void)options;
	s->scale = tactus_phase_scale(world->rate);
	return 0;
}

/** The wave at `phase`, when a cycle lasts `period` frames. */
TACTUS_RT static inline float
pulse_at(uint32_t phase, uint32_t width, float period)
{
	float plain = phase < width ? 1.0f : -1.0f;
	float since_up = (float)(int32_t)phase * 0x1p-32f;
	float since_down = (float)(int32_t)(phase - width) * 0x1p-32f;

	return plain +
	       2.0f * (tactus_step_train(since_up * period, period) -
			      tactus_step_train(since_down * period, period));
}

TACTUS_RT static void
process(const TactusWorld *world, TactusSynth *synth, uint32_t frames)
{
	struct pulse *s = synth->self;
	const TactusControl freq = synth->controls[FREQ];
	const TactusControl amp = synth->controls[AMP];
	const TactusControl width = synth->controls[WIDTH];
	float *out = synth->out[0];
	uint64_t step = tactus_phase_step(freq.value, s->scale);
	float period = tactus_step_period(freq.value, world->rate);

	for (uint32_t i = 0; i < frames; i++) {
		if (freq.step != 0.0f) {
			float hz = tactus_control_at(&freq, i);

			step = tactus_phase_step(hz, s->scale);
			period = tactus_step_period(hz, world->rate);
		}
		out[i] = tactus_control_at(&amp, i) *
			 pulse_at((uint32_t)(s->phase >> 32),
				 tactus_phase(tactus_control_at(&width, i)),
				 period);
		s->phase += step;
	}
}

static const TactusSynthDef def = {
	.size = sizeof(def),
	.uri = "urn:tactus:synthdef:pulse:1",
	.name = "pulse",
	.doc = "A band-limited pulse wave.",
	.instance_bytes = sizeof(struct pulse),
	.port_count = port_count,
	.port = describe,
	.construct = construct,
	.process = process,
};

static const TactusPlugin plugin = {
	sizeof(plugin), TACTUS_ABI_VERSION, "pulse", "1", "MIT"};

const TactusPlugin *
tactus_plugin(const TactusHost *host)
{
	return tactus_offer(host, &plugin, &def);
}
