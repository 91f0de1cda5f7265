/* SPDX-License-Identifier: MIT */
/*
 * patch-cable.c -- carry channels from input to output, bit for bit.
 *
 * construct and process run on an audio thread, the rest on the loop.
 */
#include <string.h>

#include <tactus/def.h>
#include <tactus/plugin.h>

enum { IN, OUT, PORTS };

static const TactusPort ports[PORTS] = {
	[IN] = {.name = "in",         .kind = TACTUS_AUDIO, .doc = "a signal"},
	[OUT] = { .name = "out",
		.kind = TACTUS_AUDIO,
		.direction = TACTUS_OUTPUT,
		.doc = "what becomes of the input"},
};

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
	.ports = ports,
	.port_rows = PORTS,
	.port_bytes = sizeof(*ports),
	.channels = tactus_channels_of,
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
