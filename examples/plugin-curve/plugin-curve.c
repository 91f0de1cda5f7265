/* SPDX-License-Identifier: MIT */
/*
 * plugin-curve.c -- a plugin with a resource class, a synth and a job.
 *
 *	tactus send --wait /resource/new curve 1 [ 0 1 0.5 -1 ]
 *	tactus send /synth/new curve-player 10 0 1 [ 110 0.2 ]
 *	tactus send /synth/map/output 10 out 0 1
 *	tactus send /synth/activate 10
 *	tactus send /node/set 10 curve 1
 *	tactus send --wait /job/new curve-reverse 1 0 [ 1 ]
 *
 * check and tactus_plugin run on the engine's loop; construct, destroy and
 * perform on workers, which may take their time; what is marked TACTUS_RT on
 * audio threads, which may not.  The manual is tactus-plugin(7).
 */
#include <tactus/def.h>
#include <tactus/plugin.h>

#include "curve.h"

#define MOST_POINTS 65536

/* --- the resource: "curve", of the points that /resource/new is given --- */

/* What can be told without making anything: the client gets it as /error. */
static int
curve_check(const TactusHost *host, const TactusValue *values, uint32_t count,
	char *reason, size_t size)
{
	(void)host;
	reason[0] = '\0';
	if (count < 2) {
		tactus_text_add(reason, size, "a curve needs 2 points or more");
		return 400;
	}
	if (count > MOST_POINTS) {
		tactus_text_add(reason, size, "65536 points are the most");
		return 413;
	}
	for (uint32_t i = 0; i < count; i++) {
		if (values[i].type == 's') {
			tactus_text_add(reason, size, "point ");
			tactus_text_add_whole(reason, size, (int32_t)i + 1);
			tactus_text_add(reason, size, " must be a number");
			return 400;
		}
	}
	return 0;
}

/* Memory comes from the host: it is zeroed, counted, and may be used by audio
 * threads.  One block holds the struct and, 64 bytes further, its points. */
static void *
curve_construct(const TactusHost *host, const TactusValue *values,
	uint32_t count, TactusJob *job, char *reason, size_t size)
{
	char *block = host->alloc(host, 64 + count * sizeof(float));
	ExampleCurve *curve = (ExampleCurve *)block;

	(void)job; /* it is soon done: no progress, no cancel */
	if (block == NULL) {
		tactus_text_add(reason, size, "no memory for the points");
		return NULL;
	}
	curve->size = sizeof(*curve);
	curve->count = count;
	curve->points = (float *)(block + 64);
	for (uint32_t i = 0; i < count; i++) {
		curve->points[i] = (float)values[i].number;
	}
	return curve;
}

static void
curve_destroy(const TactusHost *host, void *resource)
{
	host->free(host, resource);
}

static const TactusResourceDef curve_def = {
	.size = sizeof(curve_def),
	.flags = TACTUS_MUTABLE,
	.uri = EXAMPLE_CURVE_URI,
	.name = "curve",
	.doc = "Points to play or to steer with.",
	.arguments = "f point ...",
	.check = curve_check,
	.construct = curve_construct,
	.destroy = curve_destroy,
};

/* --- the synth: "curve-player", of a port that a curve is bound to --- */

enum { FREQ, AMP, CURVE, OUT, PORTS };

static const TactusPort ports[PORTS] = {
	[FREQ] = {.kind = TACTUS_CONTROL,
		  .name = "freq",
		  .unit = "Hz",
		  .minimum = 0.0f,
		  .maximum = 10000.0f,
		  .initial = 1.0f,
		  .doc = "rounds through the curve a second"},
	[AMP] = {.kind = TACTUS_CONTROL,
		  .name = "amp",
		  .minimum = -8.0f,
		  .maximum = 8.0f,
		  .initial = 1.0f,
		  .doc = "factor"},
	[CURVE] = {.kind = TACTUS_RESOURCE,
		  .name = "curve",
		  .resource = EXAMPLE_CURVE_URI,
		  .doc = "what is played; silence without one"                                                    },
	[OUT] = {.kind = TACTUS_AUDIO,
		  .direction = TACTUS_OUTPUT,
		  .name = "out",
		  .doc = "straight lines from point to point"                       },
};

/** Where it is in the curve, 0 … 1: all that a player keeps. */
struct player {
	double phase;
};

/** The curve at a phase; behind the last point comes the first. */
TACTUS_RT static float
value_at(const ExampleCurve *curve, double phase)
{
	double at = phase * curve->count;
	uint32_t i = (uint32_t)at;
	uint32_t a = i < curve->count ? i : 0;
	uint32_t b = a + 1 < curve->count ? a + 1 : 0;
	float between = (float)(at - i);

	return curve->points[a] +
	       between * (curve->points[b] - curve->points[a]);
}

/* What is bound stands in synth->resources, and the engine holds it: it does
 * not go away while this runs.  Another may be bound from call to call. */
TACTUS_RT static void
process(const TactusWorld *world, TactusSynth *synth, uint32_t frames)
{
	struct player *player = synth->self;
	const ExampleCurve *curve = synth->resources[0];
	const TactusControl *freq = &synth->controls[0];
	const TactusControl *amp = &synth->controls[1];

	for (uint32_t i = 0; i < frames; i++) {
		double step = (double)tactus_control_at(freq, i) / world->rate;
		float v = curve != NULL ? value_at(curve, player->phase) : 0.0f;

		synth->out[0][i] = tactus_control_at(amp, i) * v;
		player->phase += step;
		player->phase -= (double)(uint32_t)player->phase;
	}
}

static const TactusSynthDef player_def = {
	.size = sizeof(player_def),
	.uri = "urn:example:synthdef:curve-player:1",
	.name = "curve-player",
	.doc = "Play a curve, round and round.",
	.instance_bytes = sizeof(struct player),
	.ports = ports,
	.port_rows = PORTS,
	.port_bytes = sizeof(*ports),
	.process = process,
};

/* --- the job: "curve-reverse", of one curve or more --- */

/* A player may read while a point is moved: it hears some of each.  A client
 * that does not want that says `exclusive`, or fills a fresh curve. */
static int
perform(const TactusHost *host, void *const *resources, uint32_t resource_count,
	const TactusValue *values, uint32_t count, TactusJob *job, char *reason,
	size_t size)
{
	int32_t points = 0;

	(void)values;
	if (count != 0) {
		tactus_text_add(reason, size, "it takes no arguments");
		return -1;
	}
	for (uint32_t r = 0; r < resource_count; r++) {
		ExampleCurve *curve = resources[r];

		for (uint32_t i = 0; i < curve->count / 2; i++) {
			float *a = &curve->points[i];
			float *b = &curve->points[curve->count - 1 - i];
			float was = *a;

			*a = *b;
			*b = was;
		}
		points += (int32_t)curve->count;
		if (host->is_cancelled(host, job)) {
			tactus_text_add(reason, size, "cancelled");
			return -1;
		}
		host->progress(
			host, job, (double)(r + 1) / (double)resource_count);
	}
	const TactusValue told = {
		.type = 'i', .integer = points, .number = points};
	return host->result(host, job, &told) ? 0 : -1;
}

static const TactusJobDef reverse_def = {
	.size = sizeof(reverse_def),
	.uri = "urn:example:job:curve-reverse:1",
	.name = "curve-reverse",
	.doc = "Turn curves round.",
	.arguments = "",
	.results = "i points",
	.resource = EXAMPLE_CURVE_URI,
	.least = 1,
	.most = TACTUS_MAX_JOB_RESOURCES,
	.perform = perform,
};

static const TactusPlugin plugin = {
	sizeof(plugin), TACTUS_ABI_VERSION, "plugin-curve", "1", "MIT"};

/* The one symbol that the engine looks for.  An engine that is older than
 * resources has a shorter struct: what is not there may not be touched. */
const TactusPlugin *
tactus_plugin(const TactusHost *host)
{
	if (host->abi != TACTUS_ABI_VERSION) {
		return NULL;
	}
	if (host->size < sizeof(TactusHost)) {
		host->log(host, TACTUS_LOG_ERROR,
			"this engine is too old: it has no resources");
		return NULL;
	}
	if (host->register_resource_def(host, &curve_def) != 0 ||
		host->register_synthdef(host, &player_def) != 0 ||
		host->register_job_def(host, &reverse_def) != 0) {
		return NULL; /* the engine has logged why */
	}
	return &plugin;
}
