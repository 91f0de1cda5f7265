/* SPDX-License-Identifier: MIT */
/*
 * gain.c -- multiply one or more channels by one factor.
 *
 * construct and process run on an audio thread, the rest on the loop.
 */
#include <tactus/def.h>
#include <tactus/plugin.h>

static const TactusPort factor = {.name = "gain",
	.minimum = -16.0f,
	.maximum = 16.0f,
	.initial = 1.0f,
	.doc = "factor"};

static uint32_t
port_count(const void *options)
{
	return 1 + 2 * tactus_channels_of(options);
}

static void
describe(const TactusHost *host, const void *options, uint32_t i, TactusPort *p)
{
	(void)host;
	if (i == 0) {
		tactus_port_set(p, &factor);
	} else {
		tactus_channel_port(options, i - 1, p);
	}
}

TACTUS_RT static int
construct(const TactusWorld *world, const void *options, TactusSynth *synth)
{
	uint32_t *channels = synth->self;

	(void)world;
	*channels = tactus_channels_of(options);
	return 0;
}

TACTUS_RT static void
process(const TactusWorld *world, TactusSynth *synth, uint32_t frames)
{
	const uint32_t *channels = synth->self;
	const TactusControl gain = synth->controls[0];

	(void)world;
	for (uint32_t c = 0; c < *channels; c++) {
		for (uint32_t i = 0; i < frames; i++) {
			synth->out[c][i] =
				synth->in[c][i] * tactus_control_at(&gain, i);
		}
	}
}

static const TactusSynthDef def = {
	.size = sizeof(def),
	.uri = "urn:tactus:synthdef:gain:1",
	.name = "gain",
	.doc = "Multiply channels by a factor.",
	.instance_bytes = sizeof(uint32_t),
	.options_bytes = sizeof(struct tactus_channels),
	.parse = tactus_channels_parse,
	.port_count = port_count,
	.port = describe,
	.construct = construct,
	.process = process,
};

static const TactusPlugin plugin = {
	sizeof(plugin), TACTUS_ABI_VERSION, "gain", "1", "MIT"};

const TactusPlugin *
tactus_plugin(const TactusHost *host)
{
	return tactus_offer(host, &plugin, &def);
}
