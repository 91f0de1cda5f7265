/* SPDX-License-Identifier: MIT */
/*
 * done-after.c -- say done when a time has gone by; it has no audio.
 *
 * With N = round(time * rate): done is said in the segment in which the N-th
 * frame of its life has gone by, so that with done flags the synth lasts N
 * frames wherever a segment ends there.  A new time counts from the synth's
 * beginning; one that is over already is done at once.
 *
 * process runs on an audio thread, the rest on the loop.
 */
#include <tactus/def.h>
#include <tactus/math.h>
#include <tactus/plugin.h>

enum { TIME, PORTS };

struct done_after {
	uint64_t age;
	bool is_done;
};

static const TactusPort ports[PORTS] = {
	[TIME] = {.name = "time",
		  .unit = "s",
		  .maximum = 86400.0f,
		  .initial = 1.0f,
		  .doc = "how long, from the first frame on"},
};

TACTUS_RT static void
process(const TactusWorld *world, TactusSynth *synth, uint32_t frames)
{
	struct done_after *d = synth->self;
	float time = tactus_clamp(synth->controls[TIME].value, 0.0f, 86400.0f);
	uint64_t end = (uint64_t)((double)time * world->rate + 0.5);

	d->age += frames;
	if (d->age >= end && !d->is_done) {
		d->is_done = true;
		world->done(world, synth);
	}
}

static const TactusSynthDef def = {
	.size = sizeof(def),
	.uri = "urn:tactus:synthdef:done-after:1",
	.name = "done-after",
	.doc = "Say done when a time has gone by.",
	.instance_bytes = sizeof(struct done_after),
	.ports = ports,
	.port_rows = PORTS,
	.port_bytes = sizeof(*ports),
	.process = process,
};

static const TactusPlugin plugin = {
	sizeof(plugin), TACTUS_ABI_VERSION, "done-after", "1", "MIT"};

const TactusPlugin *
tactus_plugin(const TactusHost *host)
{
	return tactus_offer(host, &plugin, &def);
}
