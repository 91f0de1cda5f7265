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

#include "sine.h"
#include "sine_kernel.h"

static const TactusPort ports[SINE_PORTS] = {
	[SINE_FREQ] = {.name = "freq",
		       .flags = TACTUS_OF_RATE,
		       .unit = "Hz",
		       .maximum = 0.5f,
		       .initial = 440.0f,
		       .doc = "frequency, up to half the rate"},
	[SINE_AMP] = {.name = "amp",
		       .minimum = -8.0f,
		       .maximum = 8.0f,
		       .initial = 0.1f,
		       .doc = "peak level"},
	[SINE_PHASE] = {.name = "phase",
		       .unit = "cycles",
		       .maximum = 1.0f,
		       .doc = "added to the phase"      },
	[SINE_OUT] = {.name = "out",
		       .kind = TACTUS_AUDIO,
		       .direction = TACTUS_OUTPUT,
		       .doc = "the sine"},
};

TACTUS_RT static int
construct(const TactusWorld *world, const void *options, TactusSynth *synth)
{
	struct sine *s = synth->self;

	(void)options;
	s->scale = tactus_phase_scale(world->rate);
	return 0;
}

TACTUS_RT static void
process_many(const TactusWorld *world, TactusSynth *const *synths,
	uint32_t count, uint32_t frames)
{
	(void)world;
	TACTUS_LANES_CALL(sine_run, (synths, count, frames));
}

TACTUS_RT static void
process(const TactusWorld *world, TactusSynth *synth, uint32_t frames)
{
	process_many(world, &synth, 1, frames);
}

static const TactusSynthDef def = {
	.size = sizeof(def),
	.uri = "urn:tactus:synthdef:sine:1",
	.name = "sine",
	.doc = "A sine oscillator.",
	.instance_bytes = sizeof(struct sine),
	.ports = ports,
	.port_rows = SINE_PORTS,
	.port_bytes = sizeof(*ports),
	.construct = construct,
	.process = process,
	.process_many = process_many,
};

static const TactusPlugin plugin = {
	sizeof(plugin), TACTUS_ABI_VERSION, "sine", "1", "MIT"};

const TactusPlugin *
tactus_plugin(const TactusHost *host)
{
	return tactus_offer(host, &plugin, &def);
}
