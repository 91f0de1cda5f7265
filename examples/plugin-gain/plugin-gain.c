/* SPDX-License-Identifier: MIT */
/*
 * plugin-gain.c -- a plugin outside of tactus' tree: one def, my-gain.
 *
 *	tactus send /synth/new my-gain 10 0 1 [ gain 0.5 ]
 *	tactus send /synth/map/input 10 in 0 1
 *	tactus send /synth/map/output 10 out 0 1
 *	tactus send /synth/activate 10
 *
 * It is as small as a def with a control and audio ports can be.  The
 * contract is <tactus/plugin.h>, the manual tactus-plugin(7).  tactus_plugin
 * and what describes the ports run on the engine's loop; process runs on an
 * audio thread, where nothing may allocate, lock, wait or call the kernel.
 */
#include <tactus/def.h>
#include <tactus/plugin.h>

/* What the engine asks for when a synth is made: the ports, in this order.
 * Controls come first, then audio inputs, then audio outputs. */
enum { GAIN, IN, OUT, PORTS };

static const TactusPort ports[PORTS] = {
	[GAIN] = {.kind = TACTUS_CONTROL,
		  .name = "gain",
		  .minimum = 0.0f,
		  .maximum = 4.0f,
		  .initial = 1.0f,
		  .doc = "factor"},
	[IN] = {.kind = TACTUS_AUDIO,        .name = "in",      .doc = "a signal"},
	[OUT] = {.kind = TACTUS_AUDIO,
		  .direction = TACTUS_OUTPUT,
		  .name = "out",
		  .doc = "the signal times the factor"},
};

/* One segment: controls stand still or go in a straight line within it.
 * synth->controls, in and out are each counted from 0. */
TACTUS_RT static void
process(const TactusWorld *world, TactusSynth *synth, uint32_t frames)
{
	const TactusControl gain = synth->controls[0];

	(void)world;
	for (uint32_t i = 0; i < frames; i++) {
		synth->out[0][i] =
			synth->in[0][i] * tactus_control_at(&gain, i);
	}
}

/* Where a member is left out, the def does without: my-gain keeps nothing
 * from segment to segment, so it needs no instance and no construct. */
static const TactusSynthDef def = {
	.size = sizeof(def),
	.uri = "urn:example:synthdef:my-gain:1",
	.name = "my-gain",
	.doc = "Multiply a signal by a factor.",
	.ports = ports,
	.port_rows = PORTS,
	.port_bytes = sizeof(*ports),
	.process = process,
};

static const TactusPlugin plugin = {
	sizeof(plugin), TACTUS_ABI_VERSION, "plugin-gain", "1", "MIT"};

/* The one symbol that the engine looks for. */
const TactusPlugin *
tactus_plugin(const TactusHost *host)
{
	return tactus_offer(host, &plugin, &def);
}
