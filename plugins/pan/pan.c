/* SPDX-License-Identifier: MIT */
/*
 * pan.c -- place one channel between two, at equal power.
 *
 * With a = (position + 1) pi/4, out0 = in gain cos(a), out1 = in gain sin(a):
 * 0.7071 each in the middle, exactly 1 and 0 at the ends.
 *
 * process and process_many run on audio threads, the rest on the loop.
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

/** What each output gets of the input, of synths that stand still. */
struct shares {
	float gain[TACTUS_MAX_MANY];
	float left[TACTUS_MAX_MANY];
	float right[TACTUS_MAX_MANY];
};

/** The shares as they are in the segment's first frame. */
TACTUS_RT static TACTUS_INLINE void
share(TactusSynth *const *synths, uint32_t count, struct shares *out)
{
	for (uint32_t n = 0; n < count; n++) {
		const TactusControl *c = synths[n]->controls;

		out->left[n] = tactus_control_at(&c[POSITION], 0);
		out->gain[n] = tactus_control_at(&c[GAIN], 0);
	}
	for (uint32_t n = 0; n < count; n++) {
		float u = tactus_clamp(out->left[n], -1.0f, 1.0f) * 0.5f;

		out->left[n] = tactus_sine_quarter(0.5f - u);
		out->right[n] = tactus_sine_quarter(0.5f + u);
	}
}

TACTUS_RT static TACTUS_INLINE void
place_still(const TactusSynth *synth, float gain, float to_left, float to_right,
	uint32_t frames)
{
	const float *in = synth->in[0];
	float *restrict left = synth->out[0];
	float *restrict right = synth->out[1];

	for (uint32_t i = 0; i < frames; i++) {
		float x = in[i] * gain;

		left[i] = x * to_left;
		right[i] = x * to_right;
	}
}

TACTUS_RT static TACTUS_INLINE void
place_moving(const TactusSynth *synth, uint32_t frames)
{
	const TactusControl position = synth->controls[POSITION];
	const TactusControl gain = synth->controls[GAIN];
	const float *in = synth->in[0];
	float *restrict left = synth->out[0];
	float *restrict right = synth->out[1];

	for (uint32_t i = 0; i < frames; i++) {
		float p = tactus_control_at(&position, i);
		float u = tactus_clamp(p, -1.0f, 1.0f) * 0.5f;
		float x = in[i] * tactus_control_at(&gain, i);

		left[i] = x * tactus_sine_quarter(0.5f - u);
		right[i] = x * tactus_sine_quarter(0.5f + u);
	}
}

TACTUS_RT TACTUS_CLONES static void
process_many(const TactusWorld *world, TactusSynth *const *synths,
	uint32_t count, uint32_t frames)
{
	struct shares s;

	(void)world;
	share(synths, count, &s);
	for (uint32_t n = 0; n < count; n++) {
		const TactusControl *c = synths[n]->controls;

		if (c[POSITION].step == 0.0f && c[GAIN].step == 0.0f) {
			place_still(synths[n], s.gain[n], s.left[n], s.right[n],
				frames);
		} else {
			place_moving(synths[n], frames);
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
	.uri = "urn:tactus:synthdef:pan:1",
	.name = "pan",
	.doc = "Place one channel between two, at equal power.",
	.ports = ports,
	.port_rows = PORTS,
	.port_bytes = sizeof(*ports),
	.process = process,
	.process_many = process_many,
};

static const TactusPlugin plugin = {
	sizeof(plugin), TACTUS_ABI_VERSION, "pan", "1", "MIT"};

const TactusPlugin *
tactus_plugin(const TactusHost *host)
{
	return tactus_offer(host, &plugin, &def);
}
