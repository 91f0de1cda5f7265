/* SPDX-License-Identifier: MIT */
/*
 * lfo.c -- a low-frequency oscillator to steer other things with.
 *
 * out = offset + amp * shape, the shape in -1…1.  Sine, triangle and saw are 0
 * at first and rising, the square is 1 for the first half of a cycle, sample
 * and hold draws a new number for each cycle.  The steps are plain steps: to
 * be heard, use `saw` or `pulse`.  The frequency follows its ramp frame by
 * frame.  Numbers are drawn whatever the shape; the same seed draws the same,
 * without one it comes from the node's id.
 *
 * construct and process run on an audio thread, the rest on the loop.
 */
#include <tactus/def.h>
#include <tactus/math.h>
#include <tactus/plugin.h>

enum { FREQ, AMP, OFFSET, SHAPE, OUT, PORTS };

enum { SINE, TRIANGLE, SQUARE, SAW, HOLD };

struct lfo {
	uint64_t phase;
	uint64_t random;
	double scale; /* tactus_phase_scale() of the rate */
	float held;   /* the number of this cycle */
};

static const TactusPort ports[PORTS] = {
	[FREQ] = {.name = "freq",
		  .unit = "Hz",
		  .maximum = 1000.0f,
		  .initial = 1.0f,
		  .doc = "cycles a second"},
	[AMP] = {.name = "amp",
		  .minimum = -100000.0f,
		  .maximum = 100000.0f,
		  .initial = 1.0f,
		  .doc = "how far it goes to either side"},
	[OFFSET] = {.name = "offset",
		  .minimum = -100000.0f,
		  .maximum = 100000.0f,
		  .doc = "its middle"},
	[SHAPE] = {.name = "shape",
		  .flags = TACTUS_ENUM,
		  .maximum = 4.0f,
		  .doc = "0 sine, 1 triangle, 2 square, 3 saw, "
		       "4 sample and hold" },
	[OUT] = {.name = "out",
		  .kind = TACTUS_AUDIO,
		  .direction = TACTUS_OUTPUT,
		  .doc = "the oscillation" },
};

TACTUS_RT static int
construct(const TactusWorld *world, const void *options, TactusSynth *synth)
{
	struct lfo *l = synth->self;

	l->random = tactus_random_seed(tactus_seed_of(options, synth));
	l->held = tactus_random_signed(&l->random);
	l->scale = tactus_phase_scale(world->rate);
	return 0;
}

TACTUS_RT static inline float
shape_at(const struct lfo *l, int shape)
{
	uint32_t phase = (uint32_t)(l->phase >> 32);

	switch (shape) {
	case SINE:
		return tactus_sine(phase);
	case TRIANGLE:
		return tactus_triangle(phase);
	case SQUARE:
		return phase < 0x80000000u ? 1.0f : -1.0f;
	case SAW:
		return (float)(int32_t)phase * 0x1p-31f;
	default:
		return l->held;
	}
}

TACTUS_RT static void
process(const TactusWorld *world, TactusSynth *synth, uint32_t frames)
{
	struct lfo *l = synth->self;
	const TactusControl freq = synth->controls[FREQ];
	const TactusControl amp = synth->controls[AMP];
	const TactusControl offset = synth->controls[OFFSET];
	int shape = (int)tactus_clamp(
		synth->controls[SHAPE].value, (float)SINE, (float)HOLD);
	float *out = synth->out[0];

	(void)world;
	for (uint32_t i = 0; i < frames; i++) {
		uint64_t next = l->phase +
				tactus_phase_step(
					tactus_control_at(&freq, i), l->scale);

		out[i] = tactus_control_at(&offset, i) +
			 tactus_control_at(&amp, i) * shape_at(l, shape);
		if (next < l->phase) {
			l->held = tactus_random_signed(&l->random);
		}
		l->phase = next;
	}
}

static const TactusSynthDef def = {
	.size = sizeof(def),
	.uri = "urn:tactus:synthdef:lfo:1",
	.name = "lfo",
	.doc = "A low-frequency oscillator to steer other things with.",
	.instance_bytes = sizeof(struct lfo),
	.options_bytes = sizeof(struct tactus_seed),
	.parse = tactus_seed_parse,
	.ports = ports,
	.port_rows = PORTS,
	.port_bytes = sizeof(*ports),
	.construct = construct,
	.process = process,
};

static const TactusPlugin plugin = {
	sizeof(plugin), TACTUS_ABI_VERSION, "lfo", "1", "MIT"};

const TactusPlugin *
tactus_plugin(const TactusHost *host)
{
	return tactus_offer(host, &plugin, &def);
}
