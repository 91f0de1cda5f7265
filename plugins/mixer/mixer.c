/* SPDX-License-Identifier: MIT */
/*
 * mixer.c -- the weighted sum of up to 64 inputs.
 *
 * out = 0 + in0 gain0 + in1 gain1 + …, added in this order.
 *
 * construct and process run on an audio thread, the rest on the loop.
 */
#include <tactus/def.h>
#include <tactus/plugin.h>

struct options {
	int32_t inputs; /* 1…64; 0 when it was not given: 2 */
};

static const TactusPort gain = {.name = "gain",
	.maximum = 16.0f,
	.initial = 1.0f,
	.doc = "factor of the input of that number"};

static const TactusPort input = {.name = "in",
	.kind = TACTUS_AUDIO,
	.direction = TACTUS_INPUT,
	.doc = "a signal"};

static const TactusPort output = {.name = "out",
	.kind = TACTUS_AUDIO,
	.direction = TACTUS_OUTPUT,
	.doc = "the sum"};

static int
parse(const TactusHost *host, const TactusOption *options, uint32_t count,
	void *out, char *reason, size_t size)
{
	struct options *o = out;

	(void)host;
	return tactus_parse_whole(options, count, "inputs", 1, 64, &o->inputs,
		       reason, size) < 0
		       ? -1
		       : 0;
}

TACTUS_RT static uint32_t
inputs_of(const void *options)
{
	const struct options *o = options;

	return o != NULL && o->inputs > 0 ? (uint32_t)o->inputs : 2;
}

static uint32_t
port_count(const void *options)
{
	return 2 * inputs_of(options) + 1;
}

static void
describe(const TactusHost *host, const void *options, uint32_t i,
	TactusPort *port)
{
	uint32_t inputs = inputs_of(options);

	(void)host;
	if (i == 2 * inputs) {
		tactus_port_set(port, &output);
		return;
	}
	tactus_port_set(port, i < inputs ? &gain : &input);
	tactus_port_number(port, i % inputs);
}

TACTUS_RT static int
construct(const TactusWorld *world, const void *options, TactusSynth *synth)
{
	uint32_t *inputs = synth->self;

	(void)world;
	*inputs = inputs_of(options);
	return 0;
}

TACTUS_RT static void
process(const TactusWorld *world, TactusSynth *synth, uint32_t frames)
{
	const uint32_t *inputs = synth->self;
	float *restrict out = synth->out[0];

	(void)world;
	for (uint32_t i = 0; i < frames; i++) {
		out[i] = 0.0f;
	}
	for (uint32_t n = 0; n < *inputs; n++) {
		const TactusControl factor = synth->controls[n];
		const float *in = synth->in[n];

		for (uint32_t i = 0; i < frames; i++) {
			out[i] += in[i] * tactus_control_at(&factor, i);
		}
	}
}

static const TactusSynthDef def = {
	.size = sizeof(def),
	.uri = "urn:tactus:synthdef:mixer:1",
	.name = "mixer",
	.doc = "The weighted sum of its inputs.",
	.instance_bytes = sizeof(uint32_t),
	.options_bytes = sizeof(struct options),
	.parse = parse,
	.port_count = port_count,
	.port = describe,
	.construct = construct,
	.process = process,
};

static const TactusPlugin plugin = {
	sizeof(plugin), TACTUS_ABI_VERSION, "mixer", "1", "MIT"};

const TactusPlugin *
tactus_plugin(const TactusHost *host)
{
	return tactus_offer(host, &plugin, &def);
}
