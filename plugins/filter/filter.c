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

enum { CUTOFF, Q, MODE, IN, OUT, PORTS };

enum { LOW, HIGH, BAND, NOTCH };

struct coefficients {
	float k; /* damping, 1 / q */
	float a1;
	float a2;
	float a3;
};

struct filter {
	float s1; /* the integrators, twice their charge */
	float s2;
	float cutoff; /* what `c` was made for; 0 at first */
	float q;
	struct coefficients c;
};

static const TactusPort ports[PORTS] = {
	[CUTOFF] = {.name = "cutoff",
		    .unit = "Hz",
		    .curve = TACTUS_LOGARITHMIC,
		    .minimum = 10.0f,
		    .initial = 1000.0f,
		    .doc = "corner or centre, up to 0.49 of the rate"},
	[Q] = {.name = "q",
		    .curve = TACTUS_LOGARITHMIC,
		    .minimum = 0.5f,
		    .maximum = 50.0f,
		    .initial = 0.7071f,
		    .doc = "resonance; 0.7071 is flat"},
	[MODE] = {.name = "mode",
		    .flags = TACTUS_ENUM,
		    .maximum = 3.0f,
		    .doc = "0 low, 1 high, 2 band, 3 notch"     },
	[IN] = {.name = "in",
		    .kind = TACTUS_AUDIO,
		    .direction = TACTUS_INPUT,
		    .doc = "the signal to filter"},
	[OUT] = {.name = "out",
		    .kind = TACTUS_AUDIO,
		    .direction = TACTUS_OUTPUT,
		    .doc = "what is left of it"               },
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
	(void)options;
	tactus_port_set(port, &ports[i]);
	if (i == CUTOFF) {
		port->maximum = (float)(0.49 * host->rate);
	}
}

TACTUS_RT static inline struct coefficients
coefficients_of(float cutoff, float q, float rate)
{
	struct coefficients c;
	float g = tactus_prewarp(tactus_clamp(cutoff / rate, 1e-6f, 0.49f));

	c.k = 1.0f / tactus_clamp(q, 0.5f, 50.0f);
	c.a1 = 1.0f / (1.0f + g * (g + c.k));
	c.a2 = g * c.a1;
	c.a3 = g * c.a2;
	return c;
}

/** One frame. */
TACTUS_RT static inline float
filter_next(struct filter *f, const struct coefficients *c, int mode, float x)
{
	float v3 = x - f->s2;
	float band = c->a1 * f->s1 + c->a2 * v3;
	float low = f->s2 + c->a2 * f->s1 + c->a3 * v3;

	f->s1 = 2.0f * band - f->s1;
	f->s2 = 2.0f * low - f->s2;
	switch (mode) {
	case LOW:
		return low;
	case HIGH:
		return x - c->k * band - low;
	case BAND:
		return c->k * band;
	default:
		return x - c->k * band;
	}
}

/** A segment in which cutoff and q stand still. */
TACTUS_RT static inline void
stand(struct filter *f, int mode, const float *in, float *out, uint32_t frames)
{
	struct filter now = *f;
	const struct coefficients c = f->c;

	for (uint32_t i = 0; i < frames; i++) {
		out[i] = filter_next(&now, &c, mode, tactus_tame(in[i]));
	}
	f->s1 = now.s1;
	f->s2 = now.s2;
}

TACTUS_RT static void
process(const TactusWorld *world, TactusSynth *synth, uint32_t frames)
{
	struct filter *f = synth->self;
	const TactusControl cutoff = synth->controls[CUTOFF];
	const TactusControl q = synth->controls[Q];
	int mode = (int)tactus_clamp(
		synth->controls[MODE].value, (float)LOW, (float)NOTCH);
	const float *restrict in = synth->in[0];
	float *restrict out = synth->out[0];
	float rate = (float)world->rate;

	if (cutoff.step == 0.0f && q.step == 0.0f) {
		if (cutoff.value != f->cutoff || q.value != f->q) {
			f->c = coefficients_of(cutoff.value, q.value, rate);
			f->cutoff = cutoff.value;
			f->q = q.value;
		}
		stand(f, mode, in, out, frames);
		return;
	}
	for (uint32_t i = 0; i < frames; i++) {
		struct coefficients c =
			coefficients_of(tactus_control_at(&cutoff, i),
				tactus_control_at(&q, i), rate);

		out[i] = filter_next(f, &c, mode, tactus_tame(in[i]));
	}
}

static const TactusSynthDef def = {
	.size = sizeof(def),
	.uri = "urn:tactus:synthdef:filter:1",
	.name = "filter",
	.doc = "A state-variable filter: low, high, band, notch.",
	.instance_bytes = sizeof(struct filter),
	.port_count = port_count,
	.port = describe,
	.process = process,
};

static const TactusPlugin plugin = {
	sizeof(plugin), TACTUS_ABI_VERSION, "filter", "1", "MIT"};

const TactusPlugin *
tactus_plugin(const TactusHost *host)
{
	return tactus_offer(host, &plugin, &def);
}
