/* SPDX-License-Identifier: MIT */
/*
 * nothing.c -- a plugin whose synths have no ports and do nothing: what a
 * node costs beyond its DSP.
 */
#include <tactus/def.h>
#include <tactus/plugin.h>

TACTUS_RT static void
process(const TactusWorld *world, TactusSynth *synth, uint32_t frames)
{
	(void)world;
	(void)synth;
	(void)frames;
}

static const TactusSynthDef def = {
	.size = sizeof(def),
	.uri = "urn:tactus:synthdef:nothing:1",
	.name = "nothing",
	.doc = "Does nothing.",
	.process = process,
};

static const TactusPlugin plugin = {
	sizeof(plugin), TACTUS_ABI_VERSION, "nothing", "1", "MIT"};

const TactusPlugin *
tactus_plugin(const TactusHost *host)
{
	return tactus_offer(host, &plugin, &def);
}
