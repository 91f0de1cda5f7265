/* SPDX-License-Identifier: MIT */
/*
 * gain.c -- multiply one or more channels by one factor.
 *
 * construct, process and process_many run on audio threads, the rest on the
 * loop.
 */
#include <tactus/def.h>
#include <tactus/plugin.h>

enum { GAIN, IN, OUT, PORTS };

static const TactusPort ports[PORTS] = {
	[GAIN] = {.name = "gain",
		  .minimum = -16.0f,
		  .maximum = 16.0f,
		  .initial = 1.0f,
		  .doc = "factor"},
	[IN] = {.name = "in",
		  .kind = TACTUS_AUDIO,
		  .direction = TACTUS_INPUT,
		  .doc = "a signal" },
	[OUT] = {.name = "out",
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

TACTUS_RT TACTUS_CLONES static void
process_many(const TactusWorld *world, TactusSynth *const *synths,
	uint32_t count, uint32_t frames)
{
	(void)world;
	for (uint32_t n = 0; n < count; n++) {
		const uint32_t *channels = synths[n]->self;
		const TactusControl gain = synths[n]->controls[GAIN];

		for (uint32_t c = 0; c < *channels; c++) {
			const float *restrict in = synths[n]->in[c];
			float *restrict out = synths[n]->out[c];

			for (uint32_t i = 0; i < frames; i++) {
				out[i] = in[i] * tactus_control_at(&gain, i);
			}
		}
	}
}

TACTUS_RT static void
process(const TactusWorld *world, TactusSynth *synth, uint32_t frames)
{
	process_many(world, &synth, 1, frames);
}

static const TactusSynthDef def = {
	.size = sizeof(def),
	.uri = "urn:tactus:synthdef:gain:1",
	.name = "gain",
	.doc = "Multiply channels by a factor.",
	.instance_bytes = sizeof(uint32_t),
	.options_bytes = sizeof(struct tactus_channels),
	.parse = tactus_channels_parse,
	.ports = ports,
	.port_rows = PORTS,
	.port_bytes = sizeof(*ports),
	.channels = tactus_channels_of,
	.construct = construct,
	.process = process,
	.process_many = process_many,
};

static const TactusPlugin plugin = {
	sizeof(plugin), TACTUS_ABI_VERSION, "gain", "1", "MIT"};

const TactusPlugin *
tactus_plugin(const TactusHost *host)
{
	return tactus_offer(host, &plugin, &def);
}
