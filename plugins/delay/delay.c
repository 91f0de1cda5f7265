/* SPDX-License-Identifier: MIT */
/*
 * delay.c -- a delay line with feedback.
 *
 *	wet[n] = line[n - time rate]
 *	line[n] = in[n] + feedback wet[n]
 *	out[n] = (1 - mix) in[n] + mix wet[n]
 *
 * What lies between frames of the line is tap.c's; a time that is a whole
 * number of frames, as well as a float can say it, comes back bit for bit.
 *
 * A time that ramps moves the tap, which is heard as pitch, as that of a tape
 * is (J. Dattorro, "Effect Design 2", JAES 45(10), 1997).  A time that jumps
 * by more than a frame is faded to within 10 ms: the tap of before stays where
 * it was, and another one comes in, which follows the control.  If the control
 * jumps in turn that one stays, too, until it is there, and then the last jump
 * counts.
 *
 *	FOLLOWS --jump--> FADES --10 ms--> FOLLOWS
 *	                    | jump
 *	                  WAITS --10 ms--> FADES
 *
 * Feedback and mix, and a time that jumps by a frame or less, glide to where
 * they jump within 5 ms.
 *
 * What is to be heard of the line is read before the stretch is written, so a
 * stretch is never longer than the delay.  NaN, infinities and what is beyond
 * 1e30 in the input count as 0, so that the line never holds them.
 *
 * construct, process and destroy run on an audio thread, the rest on the
 * loop.
 */
#include <tactus/def.h>
#include <tactus/glide.h>
#include <tactus/math.h>
#include <tactus/plugin.h>

#include "line.h"
#include "tap.h"

enum { TIME, FEEDBACK, MIX, IN, OUT, PORTS };

/** Seconds: the option `max`, its limits, the time where nothing is said. */
#define LEAST_MAX    0.001
#define INITIAL_MAX  2.0
#define MOST_MAX     60.0
#define INITIAL_TIME 0.25f

/** Seconds that a jump takes: of time, and of the others. */
#define FADE  0.01
#define GLIDE 0.005

struct delay {
	double rate;
	double most; /* frames: the longest delay */
	struct tactus_glide time;
	struct tactus_glide feedback;
	struct tactus_glide mix;
	uint32_t glide; /* frames of a glide */
	uint32_t fade;  /* frames of a fade from tap to tap */
	uint32_t left;  /* of them to come; 0: one tap is heard */
	bool waits;     /* the tap that comes stays at `held` */
	double from;    /* frames: where the tap of before stays */
	double held;
	struct line line;
};

_Static_assert(sizeof(struct delay) < 1024 - 256,
	"with its ports it fits in a block of 1 KiB, and comes zeroed");

/** The parsed options. */
struct options {
	double max_s; /* 0: not given */
};

static const TactusPort ports[PORTS] = {
	[TIME] = {.name = "time",
		  .unit = "s",
		  .initial = INITIAL_TIME,
		  .doc = "the delay; at least one frame"          },
	[FEEDBACK] = {.name = "feedback",
		  .maximum = 0.99f,
		  .initial = 0.3f,
		  .doc = "factor of each repeat by the one before"},
	[MIX] = {.name = "mix",
		  .maximum = 1.0f,
		  .initial = 0.5f,
		  .doc = "0 the input alone, 1 the delay alone"   },
	[IN] = {.name = "in",
		  .kind = TACTUS_AUDIO,
		  .direction = TACTUS_INPUT,
		  .doc = "the signal to delay"                    },
	[OUT] = {.name = "out",
		  .kind = TACTUS_AUDIO,
		  .direction = TACTUS_OUTPUT,
		  .doc = "what becomes of it"                     },
};

static int
parse(const TactusHost *host, const TactusOption *options, uint32_t count,
	void *out, char *reason, size_t size)
{
	struct options *to = out;

	(void)host;
	return tactus_parse_number(options, count, "max", LEAST_MAX, MOST_MAX,
		       "a number of seconds from 0.001 to 60", &to->max_s,
		       reason, size) < 0
		       ? -1
		       : 0;
}

/** The longest delay, in seconds. */
TACTUS_RT static double
max_of(const void *options)
{
	const struct options *o = options;

	return o != NULL && o->max_s > 0.0 ? o->max_s : INITIAL_MAX;
}

static void
describe(const TactusHost *host, const void *options, uint32_t i,
	TactusPort *port)
{
	(void)host;
	if (i == TIME) {
		port->maximum = (float)max_of(options);
		if (port->initial > port->maximum) {
			port->initial = port->maximum;
		}
	}
}

TACTUS_RT static int
construct(const TactusWorld *world, const void *options, TactusSynth *synth)
{
	struct delay *d = synth->self;
	double frames = (double)(float)max_of(options) * world->rate;

	d->rate = world->rate;
	d->most = frames > 1.0 ? frames : 1.0;
	d->glide = 1 + (uint32_t)(int32_t)(world->rate * GLIDE);
	d->fade = 1 + (uint32_t)(int32_t)(world->rate * FADE);
	return line_open(world, &d->line, (uint32_t)(int32_t)d->most + TAP_MORE)
		       ? 0
		       : 503;
}

TACTUS_RT static void
destroy(const TactusWorld *world, TactusSynth *synth)
{
	struct delay *d = synth->self;

	line_close(world, &d->line);
}

/** Frames of a delay that lasts `seconds`. */
TACTUS_RT static inline double
frames_of(const struct delay *d, double seconds)
{
	double frames = seconds * d->rate;

	frames = frames > 1.0 ? frames : 1.0;
	return frames < d->most ? frames : d->most;
}

/** The same of a time that stands: whole, if a float means that. */
TACTUS_RT static inline double
frames_still(const struct delay *d, float seconds)
{
	double frames = frames_of(d, (double)seconds);
	double whole = (double)(int32_t)(frames + 0.5);
	double off = frames > whole ? frames - whole : whole - frames;

	return off <= frames * 0x1p-23 ? whole : frames;
}

/** The tap that is heard, or comes, from frame `at` of the segment on. */
TACTUS_RT static struct tap
tap_of(const struct delay *d, const TactusControl *time, uint32_t at)
{
	uint32_t left = d->time.left > at ? d->time.left - at : 0;
	double step = (double)time->step;
	double from = (double)time->value + (double)(int32_t)at * step;

	if (d->waits) {
		return (struct tap){.from = d->held, .most = d->most};
	}
	if (step == 0.0 && left == 0) {
		return (struct tap){
			.from = frames_still(d, time->value), .most = d->most};
	}
	if (left > 0) {
		double slope = (double)d->time.slope;

		step -= slope;
		from += slope * (double)(int32_t)left;
	}
	return (struct tap){true, from * d->rate, step * d->rate, d->most};
}

/** Frames of a segment: what is heard of the line joins the input. */
TACTUS_RT TACTUS_CLONES static void
join(const struct delay *d, const TactusSynth *synth, uint32_t at,
	uint32_t count, const float *restrict wet, float *restrict back)
{
	const struct tactus_glide fg = d->feedback;
	const struct tactus_glide mg = d->mix;
	const TactusControl fc = synth->controls[FEEDBACK];
	const TactusControl mc = synth->controls[MIX];
	const float *restrict in = synth->in[0] + at;
	float *restrict out = synth->out[0] + at;

	for (uint32_t i = 0; i < count; i++) {
		float x = tactus_tame(in[i]);
		float feedback = tactus_clamp(
			tactus_glide_at(&fg, &fc, at + i), 0.0f, 0.99f);
		float mix = tactus_clamp(
			tactus_glide_at(&mg, &mc, at + i), 0.0f, 1.0f);

		back[i] = tactus_tame(x + feedback * wet[i]);
		out[i] = (1.0f - mix) * x + mix * wet[i];
	}
}

/** One stretch from frame `at` on. @return its length, `most` at the most */
TACTUS_RT static uint32_t
run(struct delay *d, const TactusSynth *synth, uint32_t at, uint32_t most)
{
	struct tap tap = tap_of(d, &synth->controls[TIME], at);
	const struct tap before = {.from = d->from, .most = d->most};
	uint32_t n = most < TAP_CHUNK ? most : TAP_CHUNK;
	float wet[TAP_CHUNK];
	float other[TAP_CHUNK];

	if (d->time.left > at && n > d->time.left - at) {
		n = d->time.left - at;
	}
	if (d->left > 0) {
		n = n < d->left ? n : d->left;
		n = tap_reach(&before, n);
	}
	n = tap_reach(&tap, n);
	tap_read(&tap, &d->line, wet, n);
	if (d->left > 0) {
		tap_read(&before, &d->line, other, n);
		for (uint32_t i = 0; i < n; i++) {
			float rest = (float)(int32_t)(d->left - i) /
				     (float)(int32_t)d->fade;

			wet[i] = (1.0f - rest) * wet[i] + rest * other[i];
		}
		d->left -= n;
	}
	join(d, synth, at, n, wet, other);
	line_write(&d->line, other, n);
	return n;
}

/** Look at the time at the head of a segment. */
TACTUS_RT static void
follow_time(struct delay *d, const TactusControl *c)
{
	struct tactus_glide *g = &d->time;
	double far = (double)c->value - (double)g->next;
	double step = (double)c->step;

	far = (far < 0.0 ? -far : far) - (step < 0.0 ? -step : step);
	if (!g->has_begun || far * d->rate <= 1.0) {
		tactus_glide_begin(g, c, d->glide);
		return;
	}
	if (!d->waits) {
		double rest = (double)g->slope * (double)(int32_t)g->left;

		d->held = g->left > 0 ? frames_of(d, (double)g->next + rest)
				      : frames_still(d, g->next);
		d->waits = true;
	}
	g->left = 0;
}

TACTUS_RT static void
process(const TactusWorld *world, TactusSynth *synth, uint32_t frames)
{
	struct delay *d = synth->self;
	const TactusControl *c = synth->controls;

	(void)world;
	follow_time(d, &c[TIME]);
	tactus_glide_begin(&d->feedback, &c[FEEDBACK], d->glide);
	tactus_glide_begin(&d->mix, &c[MIX], d->glide);
	for (uint32_t at = 0; at < frames;) {
		if (d->waits && d->left == 0) {
			d->from = d->held;
			d->left = d->fade;
			d->waits = false;
		}
		at += run(d, synth, at, frames - at);
	}
	tactus_glide_end(&d->time, &c[TIME], frames);
	tactus_glide_end(&d->feedback, &c[FEEDBACK], frames);
	tactus_glide_end(&d->mix, &c[MIX], frames);
}

static const TactusSynthDef def = {
	.size = sizeof(def),
	.uri = "urn:tactus:synthdef:delay:1",
	.name = "delay",
	.doc = "A delay line with feedback.",
	.instance_bytes = sizeof(struct delay),
	.options_bytes = sizeof(struct options),
	.parse = parse,
	.ports = ports,
	.port_rows = PORTS,
	.port_bytes = sizeof(*ports),
	.port = describe,
	.construct = construct,
	.process = process,
	.destroy = destroy,
};

static const TactusPlugin plugin = {
	sizeof(plugin), TACTUS_ABI_VERSION, "delay", "1", "MIT"};

const TactusPlugin *
tactus_plugin(const TactusHost *host)
{
	return tactus_offer(host, &plugin, &def);
}
