/* SPDX-License-Identifier: MIT */
/*
 * trigger-to-message.c -- tell the clients of a trigger; it has no audio.
 *
 * Each segment in which `trigger` is not 0 sends one notification:
 * /trigger i:node i:id f:value.
 *
 * process runs on an audio thread, the rest on the loop.
 */
#include <tactus/def.h>
#include <tactus/plugin.h>

enum { TRIGGER, ID, VALUE, PORTS };

static const TactusPort ports[PORTS] = {
	[TRIGGER] = {.name = "trigger",
		     .flags = TACTUS_TRIGGER,
		     .minimum = -1.0f,
		     .maximum = 1.0f,
		     .doc = "sends the message when it is not 0"},
	[ID] = {.name = "id",
		     .flags = TACTUS_INTEGER,
		     .minimum = -16777216.0f,
		     .maximum = 16777216.0f,
		     .doc = "a number to tell one trigger from another"},
	[VALUE] = {.name = "value",
		     .minimum = -1e9f,
		     .maximum = 1e9f,
		     .doc = "a number to send along"       },
};

TACTUS_RT static void
process(const TactusWorld *world, TactusSynth *synth, uint32_t frames)
{
	const TactusControl *c = synth->controls;
	const double values[] = {
		(double)synth->id, (double)c[ID].value, (double)c[VALUE].value};

	(void)frames;
	if (c[TRIGGER].value != 0.0f) {
		/* refused when there is no room: the engine counts it */
		(void)world->notify(world, synth, "/trigger", "iif", values);
	}
}

static const TactusSynthDef def = {
	.size = sizeof(def),
	.uri = "urn:tactus:synthdef:trigger-to-message:1",
	.name = "trigger-to-message",
	.doc = "Tell the clients of a trigger.",
	.ports = ports,
	.port_rows = PORTS,
	.port_bytes = sizeof(*ports),
	.process = process,
};

static const TactusPlugin plugin = {
	sizeof(plugin), TACTUS_ABI_VERSION, "trigger-to-message", "1", "MIT"};

const TactusPlugin *
tactus_plugin(const TactusHost *host)
{
	return tactus_offer(host, &plugin, &def);
}
