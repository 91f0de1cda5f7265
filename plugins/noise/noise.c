/* SPDX-License-Identifier: MIT */
/*
 * noise.c -- white and pink noise.
 *
 * White is uniform over -amp…amp (RMS 0.577 amp).  Pink is that white through
 * Paul Kellet's weighted sum of first-order filters (musicdsp.org, "Pink noise
 * filter", 2000): 3 dB less an octave, within 0.05 dB above 9.2 Hz at 44.1
 * kHz; at other rates its corners move with the rate.  It is scaled by 0.11,
 * so that its RMS is 0.19 amp and its peaks hardly reach amp.
 *
 * The same seed gives the same noise, on every machine; without one it comes
 * from the node's id.  The white of a seed goes on while the colour is pink.
 *
 * construct and process run on an audio thread, the rest on the loop.
 */
#include <tactus/def.h>
#include <tactus/math.h>
#include <tactus/plugin.h>

enum { AMP, COLOUR, OUT, PORTS };

enum { POLES = 6 };

struct noise {
	uint64_t random;
	float pole[POLES];
	float last; /* the white of the frame before, weighted */
};

static const TactusPort ports[PORTS] = {
	[AMP] = {.name = "amp",
		 .minimum = -8.0f,
		 .maximum = 8.0f,
		 .initial = 0.1f,
		 .doc = "level of the highest peaks"},
	[COLOUR] = {.name = "colour",
		 .flags = TACTUS_ENUM,
		 .maximum = 1.0f,
		 .doc = "0 white, 1 pink"           },
	[OUT] = {.name = "out",
		 .kind = TACTUS_AUDIO,
		 .direction = TACTUS_OUTPUT,
		 .doc = "the noise"},
};

TACTUS_RT static int
construct(const TactusWorld *world, const void *options, TactusSynth *synth)
{
	struct noise *n = synth->self;

	(void)world;
	n->random = tactus_random_seed(tactus_seed_of(options, synth));
	return 0;
}

/** Pink from `white`, by Kellet's filter. */
TACTUS_RT static inline float
pink_of(struct noise *n, float white)
{
	float *b = n->pole;

	b[0] = 0.99886f * b[0] + white * 0.0555179f;
	b[1] = 0.99332f * b[1] + white * 0.0750759f;
	b[2] = 0.96900f * b[2] + white * 0.1538520f;
	b[3] = 0.86650f * b[3] + white * 0.3104856f;
	b[4] = 0.55000f * b[4] + white * 0.5329522f;
	b[5] = -0.7616f * b[5] - white * 0.0168980f;
	float sum = b[0] + b[1] + b[2] + b[3] + b[4] + b[5] + n->last +
		    white * 0.5362f;
	n->last = white * 0.115926f;
	return sum * 0.11f;
}

TACTUS_RT static void
process(const TactusWorld *world, TactusSynth *synth, uint32_t frames)
{
	struct noise *n = synth->self;
	const TactusControl amp = synth->controls[AMP];
	bool is_pink = synth->controls[COLOUR].value >= 0.5f;
	float *out = synth->out[0];

	(void)world;
	for (uint32_t i = 0; i < frames; i++) {
		float x = tactus_random_signed(&n->random);

		if (is_pink) {
			x = pink_of(n, x);
		}
		out[i] = tactus_control_at(&amp, i) * x;
	}
}

static const TactusSynthDef def = {
	.size = sizeof(def),
	.uri = "urn:tactus:synthdef:noise:1",
	.name = "noise",
	.doc = "White or pink noise.",
	.instance_bytes = sizeof(struct noise),
	.options_bytes = sizeof(struct tactus_seed),
	.parse = tactus_seed_parse,
	.ports = ports,
	.port_rows = PORTS,
	.port_bytes = sizeof(*ports),
	.construct = construct,
	.process = process,
};

static const TactusPlugin plugin = {
	sizeof(plugin), TACTUS_ABI_VERSION, "noise", "1", "MIT"};

const TactusPlugin *
tactus_plugin(const TactusHost *host)
{
	return tactus_offer(host, &plugin, &def);
}
