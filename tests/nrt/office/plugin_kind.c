/* SPDX-License-Identifier: MIT */
/*
 * plugin_kind.c -- plugins to be loaded, or not: one for each KIND.
 *
 * Called on the loop alone; nothing here ever sounds.
 */
#include <tactus/plugin.h>

#define KIND_GOOD    1 /* one def, "good" */
#define KIND_NOTHING 2 /* registers nothing */
#define KIND_NULL    3 /* registers "null", then does not want to load */
#define KIND_ABI     4 /* registers "abi", then is of another version */
#define KIND_BROKEN  5 /* one def that is broken, one, "half", that is not */
#define KIND_STRANGE 6 /* no entry point */

#if KIND != KIND_STRANGE

static uint32_t
port_count(const void *options)
{
	(void)options;
	return 0;
}

static void
port(const TactusHost *host, const void *options, uint32_t i, TactusPort *out)
{
	(void)host;
	(void)options;
	(void)i;
	(void)out;
}

TACTUS_RT static void
process(const TactusWorld *world, TactusSynth *synth, uint32_t frames)
{
	(void)world;
	(void)synth;
	(void)frames;
}

static const TactusSynthDef def = {
	.size = sizeof(TactusSynthDef),
#  if KIND == KIND_GOOD
	.uri = "urn:tactus:synthdef:good:1",
	.name = "good",
#  elif KIND == KIND_NULL
	.uri = "urn:tactus:synthdef:null:1",
	.name = "null",
#  elif KIND == KIND_ABI
	.uri = "urn:tactus:synthdef:abi:1",
	.name = "abi",
#  else
	.uri = "urn:tactus:synthdef:half:1",
	.name = "half",
#  endif
	.port_count = port_count,
	.port = port,
	.process = process,
};

const TactusPlugin *
tactus_plugin(const TactusHost *host)
{
	static const TactusPlugin plugin = {
		.size = sizeof(TactusPlugin),
		.abi = TACTUS_ABI_VERSION + (KIND == KIND_ABI ? 1 : 0),
		.name = "kind",
	};

	if (host->size < sizeof *host || host->abi != TACTUS_ABI_VERSION ||
		host->rate != 44100.0 || host->block != 32) {
		return NULL;
	}
	if (KIND == KIND_BROKEN) {
		TactusSynthDef broken = def;
		broken.uri = "urn:tactus:synthdef:broken:1";
		broken.port_count = NULL;
		if (host->register_synthdef(host, &broken) == 0 ||
			host->register_synthdef(host, NULL) == 0) {
			return NULL;
		}
	}
	host->log(host, TACTUS_LOG_WARNING, "hello");
	if (KIND != KIND_NOTHING && host->register_synthdef(host, &def) != 0) {
		host->log(host, TACTUS_LOG_ERROR, "refused");
	}
	return KIND == KIND_NULL ? NULL : &plugin;
}

#else

int kind_of_strange(void);

int
kind_of_strange(void)
{
	return KIND;
}

#endif
