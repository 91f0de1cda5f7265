/* SPDX-License-Identifier: MIT */
/*
 * saw.c -- a band-limited sawtooth.
 *
 * It rises from -amp to amp and falls in one step; it begins at 0, half way
 * up, so that it starts without a click and in phase with `sine`.  The step
 * is that of <tactus/blep.h>: at 1 kHz and 48 kHz every alias is at least
 * 90 dB below the fundamental (measured by the test), harmonics above 18 kHz
 * fade.
 *
 * construct and process run on an audio thread, the rest on the loop.
 */
#include <tactus/blep.h>
#include <tactus/def.h>
#include <tactus/math.h>
#include <tactus/plugin.h>

#include "saw_kernel.h"

static const TactusPort ports[SAW_PORTS] = {
	[SAW_FREQ] = {.name = "freq",
		      .flags = TACTUS_OF_RATE,
		      .unit = "Hz",
		      .maximum = 0.5f,
		      .initial = 440.0f,
		      .doc = "frequency, up to half the rate"},
	[SAW_AMP] = {.name = "amp",
		      .minimum = -8.0f,
		      .maximum = 8.0f,
		      .initial = 0.1f,
		      .doc = "level of the flanks' ends"},
	[SAW_OUT] = {.name = "out",
		      .kind = TACTUS_AUDIO,
		      .direction = TACTUS_OUTPUT,
		      .doc = "the sawtooth"},
};

TACTUS_RT static int
construct(const TactusWorld *world, const void *options, TactusSynth *synth)
{
	struct tactus_stepper *s = synth->self;

	(void)options;
	s->scale = tactus_phase_scale(world->rate);
	return 0;
}

TACTUS_RT static void
process_many(const TactusWorld *world, TactusSynth *const *synths,
	uint32_t count, uint32_t frames)
{
	double rate = world->rate;

	TACTUS_LANES_CALL(saw_run, (synths, count, rate, frames));
}

TACTUS_RT static void
process(const TactusWorld *world, TactusSynth *synth, uint32_t frames)
{
	process_many(world, &synth, 1, frames);
}

static const TactusSynthDef def = {
	.size = sizeof(def),
	.uri = "urn:tactus:synthdef:saw:1",
	.name = "saw",
	.doc = "A band-limited sawtooth.",
	.instance_bytes = sizeof(struct tactus_stepper),
	.ports = ports,
	.port_rows = SAW_PORTS,
	.port_bytes = sizeof(*ports),
	.construct = construct,
	.process = process,
	.process_many = process_many,
};

static const TactusPlugin plugin = {
	sizeof(plugin), TACTUS_ABI_VERSION, "saw", "1", "MIT"};

const TactusPlugin *
tactus_plugin(const TactusHost *host)
{
	return tactus_offer(host, &plugin, &def);
}
