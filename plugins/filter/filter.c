/* SPDX-License-Identifier: MIT */
/*
 * filter.c -- a state-variable filter: low, high, band, notch; 12 dB/octave.
 *
 * The trapezoidal (TPT) form of the analogue prototype: V. Zavalishin, "The
 * Art of VA Filter Design", 2012, chapter 4; equations as in A. Simper,
 * "Solving the continuous SVF equations using trapezoidal integration", 2013.
 * Its response is the prototype's with the frequency axis bent so that cutoff
 * falls on its place; it stays stable however cutoff and q move, and both
 * move frame by frame.  band has its peak at 0 dB; q is the resonance: low
 * and high reach 20 log q dB at cutoff.
 *
 * NaN, infinities and what is beyond 1e30 in the input count as 0, so that
 * one bad frame passes and the filter goes on.
 *
 * construct and process run on an audio thread, the rest on the loop.
 */
#include <tactus/def.h>
#include <tactus/math.h>
#include <tactus/plugin.h>

#include "filter.h"
#include "filter_kernel.h"

static const TactusPort ports[FILTER_PORTS] = {
	[FILTER_CUTOFF] = {.name = "cutoff",
			   .flags = TACTUS_OF_RATE,
			   .unit = "Hz",
			   .curve = TACTUS_LOGARITHMIC,
			   .minimum = 10.0f,
			   .maximum = 0.49f,
			   .initial = 1000.0f,
			   .doc = "corner or centre, up to 0.49 of the rate"},
	[FILTER_Q] = {.name = "q",
			   .curve = TACTUS_LOGARITHMIC,
			   .minimum = 0.5f,
			   .maximum = 50.0f,
			   .initial = 0.7071f,
			   .doc = "resonance; 0.7071 is flat"},
	[FILTER_MODE] = {.name = "mode",
			   .flags = TACTUS_ENUM,
			   .maximum = 3.0f,
			   .doc = "0 low, 1 high, 2 band, 3 notch"                                 },
	[FILTER_IN] = {.name = "in",
			   .kind = TACTUS_AUDIO,
			   .direction = TACTUS_INPUT,
			   .doc = "the signal to filter"                                    },
	[FILTER_OUT] = {.name = "out",
			   .kind = TACTUS_AUDIO,
			   .direction = TACTUS_OUTPUT,
			   .doc = "what is left of it"                          },
};

TACTUS_RT static void
process_many(const TactusWorld *world, TactusSynth *const *synths,
	uint32_t count, uint32_t frames)
{
	float rate = (float)world->rate;

	TACTUS_LANES_CALL(filter_run, (synths, count, rate, frames));
}

TACTUS_RT static void
process(const TactusWorld *world, TactusSynth *synth, uint32_t frames)
{
	process_many(world, &synth, 1, frames);
}

static const TactusSynthDef def = {
	.size = sizeof(def),
	.uri = "urn:tactus:synthdef:filter:1",
	.name = "filter",
	.doc = "A state-variable filter: low, high, band, notch.",
	.instance_bytes = sizeof(struct filter),
	.ports = ports,
	.port_rows = FILTER_PORTS,
	.port_bytes = sizeof(*ports),
	.process = process,
	.process_many = process_many,
};

static const TactusPlugin plugin = {
	sizeof(plugin), TACTUS_ABI_VERSION, "filter", "1", "MIT"};

const TactusPlugin *
tactus_plugin(const TactusHost *host)
{
	return tactus_offer(host, &plugin, &def);
}
