/* SPDX-License-Identifier: MIT */
/*
 * pan.c -- place one channel between two, at equal power.
 *
 * With a = (position + 1) pi/4, out0 = in gain cos(a), out1 = in gain sin(a):
 * 0.7071 each in the middle, exactly 1 and 0 at the ends.
 *
 * process runs on an audio thread, the rest on the loop.
 */
#include <tactus/def.h>
#include <tactus/math.h>
#include <tactus/plugin.h>

enum { POSITION, GAIN, IN, OUT0, OUT1, PORTS };

static const TactusPort ports[PORTS] = {
	[POSITION] = {.name = "position",
		      .minimum = -1.0f,
		      .maximum = 1.0f,
		      .doc = "-1 out0 alone, 0 both, 1 out1 alone"},
	[GAIN] = {.name = "gain",
		      .minimum = -16.0f,
		      .maximum = 16.0f,
		      .initial = 1.0f,
		      .doc = "factor"},
	[IN] = {.name = "in",
		      .kind = TACTUS_AUDIO,
		      .direction = TACTUS_INPUT,
		      .doc = "the signal to place"                   },
	[OUT0] = {.name = "out0",
		      .kind = TACTUS_AUDIO,
		      .direction = TACTUS_OUTPUT,
		      .doc = "left"                  },
	[OUT1] = {.name = "out1",
		      .kind = TACTUS_AUDIO,
		      .direction = TACTUS_OUTPUT,
		      .doc = "right"                  },
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

TACTUS_RT static void
process(const TactusWorld *world, TactusSynth *synth, uint32_t frames)
{
	const TactusControl position = synth->controls[POSITION];
	const TactusControl gain = synth->controls[GAIN];
	const float *in = synth->in[0];
	float *restrict left = synth->out[0];
	float *restrict right = synth->out[1];

	(void)world;
	for (uint32_t i = 0; i < frames; i++) {
		float p = tactus_control_at(&position, i);
		float u = tactus_clamp(p, -1.0f, 1.0f) * 0.5f;
		float x = in[i] * tactus_control_at(&gain, i);

		left[i] = x * tactus_sine_quarter(0.5f - u);
		right[i] = x * tactus_sine_quarter(0.5f + u);
	}
}

static const TactusSynthDef def = {
	.size = sizeof(def),
	.uri = "urn:tactus:synthdef:pan:1",
	.name = "pan",
	.doc = "Place one channel between two, at equal power.",
	.port_count = port_count,
	.port = describe,
	.process = process,
};

static const TactusPlugin plugin = {
	sizeof(plugin), TACTUS_ABI_VERSION, "pan", "1", "MIT"};

const TactusPlugin *
tactus_plugin(const TactusHost *host)
{
	return tactus_offer(host, &plugin, &def);
}
