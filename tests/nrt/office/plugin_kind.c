/* SPDX-License-Identifier: MIT */
/*
 * plugin_kind.c -- plugins to be loaded, or not: one for each KIND.
 *
 * Called on the loop alone; nothing here ever sounds.
 */
#include <tactus/plugin.h>

#include "idle.h"

#define KIND_GOOD    1 /* one def, "good" */
#define KIND_NOTHING 2 /* registers nothing */
#define KIND_NULL    3 /* registers "null", then does not want to load */
#define KIND_ABI     4 /* registers "abi", then is of another version */
#define KIND_BROKEN  5 /* one def that is broken, one, "half", that is not */
#define KIND_STRANGE 6 /* no entry point */
#define KIND_CLASS   7 /* a class and a job, no synth; two that are broken */
#define KIND_REFUSES 8 /* the same, then does not want to load */

#if KIND != KIND_STRANGE

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
	.process = process,
};

/** Register a class and a job, and some that are refused.
 * @return false: one was refused, or was not, that should have been */
static bool
register_classes(const TactusHost *host)
{
	static const TactusResourceDef class = {
		.size = sizeof(TactusResourceDef),
		.uri = "urn:tactus:resource:kind:1",
		.name = "kind",
		.construct = idle_construct,
		.destroy = idle_destroy,
	};
	static const TactusJobDef job = {
		.size = sizeof(TactusJobDef),
		.uri = "urn:tactus:job:kind:1",
		.name = "kind",
		.perform = idle_perform,
	};
	TactusResourceDef half = class;
	TactusJobDef idle = job;

	half.uri = "urn:tactus:resource:half:1";
	half.destroy = NULL;
	idle.uri = "urn:tactus:job:idle:1";
	idle.perform = NULL;
	return host->register_resource_def(host, &class) == 0 &&
	       host->register_job_def(host, &job) == 0 &&
	       host->register_resource_def(host, &class) != 0 &&
	       host->register_resource_def(host, &half) != 0 &&
	       host->register_resource_def(host, NULL) != 0 &&
	       host->register_job_def(host, &idle) != 0;
}

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
		broken.process = NULL;
		if (host->register_synthdef(host, &broken) == 0 ||
			host->register_synthdef(host, NULL) == 0) {
			return NULL;
		}
	}
	host->log(host, TACTUS_LOG_WARNING, "hello");
	if (KIND == KIND_CLASS || KIND == KIND_REFUSES) {
		bool good = register_classes(host);
		return good && KIND == KIND_CLASS ? &plugin : NULL;
	}
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
