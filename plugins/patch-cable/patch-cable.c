/* SPDX-License-Identifier: MIT */
/*
 * patch-cable.c -- carry channels from input to output, bit for bit.
 *
 * construct and process run on an audio thread, the rest on the loop.
 */
#include <string.h>

#include <tactus/def.h>
#include <tactus/plugin.h>

static uint32_t
port_count(const void *options)
{
	return 2 * tactus_channels_of(options);
}

static void
describe(const TactusHost *host, const void *options, uint32_t i,
	TactusPort *port)
{
	(void)host;
	tactus_channel_port(options, i, port);
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

	(void)world;
	for (uint32_t c = 0; c < *channels; c++) {
		/* no arithmetic: a NaN keeps its bits, -0 its sign */
		memcpy(synth->out[c], synth->in[c], frames * sizeof(float));
	}
}

static const TactusSynthDef def = {
	.size = sizeof(def),
	.uri = "urn:tactus:synthdef:patch-cable:1",
	.name = "patch-cable",
	.doc = "Carry channels from input to output, bit for bit.",
	.instance_bytes = sizeof(uint32_t),
	.options_bytes = sizeof(struct tactus_channels),
	.parse = tactus_channels_parse,
	.port_count = port_count,
	.port = describe,
	.construct = construct,
	.process = process,
};

static const TactusPlugin plugin = {
	sizeof(plugin), TACTUS_ABI_VERSION, "patch-cable", "1", "MIT"};

const TactusPlugin *
tactus_plugin(const TactusHost *host)
{
	return tactus_offer(host, &plugin, &def);
}
