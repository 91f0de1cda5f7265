/* SPDX-License-Identifier: MIT */
/*
 * compressor.c -- a dynamic range compressor: soft knee, one gain for all.
 *
 * Feed-forward, with the detector in the log domain, after the gain computer:
 * D. Giannoulis, M. Massberg, J. D. Reiss, "Digital Dynamic Range Compressor
 * Design", JAES 60(6), 2012: its curve, and its smooth decoupled peak
 * detector.  A frame's level is that of the loudest channel; all channels get
 * the same gain, so that nothing moves between them.
 *
 *	level   20 log |x|
 *	target  what the curve takes away from it, in dB
 *	held    target, held and falling by release
 *	taken   held, approached by attack
 *	gain    makeup - taken
 *
 * held and taken are of double precision: with a second's time constant, what
 * a frame adds is below what a float can tell.  So no control makes a step:
 * threshold, ratio and knee move the target alone, attack and release the
 * pace, and makeup has an approach of its own, with a time constant of 5 ms.
 *
 * NaN, infinities and what is beyond 1e30 in the input count as 0.
 *
 * construct and process run on an audio thread, the rest on the loop.
 */
#include <tactus/def.h>
#include <tactus/level.h>
#include <tactus/math.h>
#include <tactus/plugin.h>

enum { THRESHOLD, RATIO, ATTACK, RELEASE, KNEE, MAKEUP, IN, OUT, PORTS };

/** Frames that are computed at once; no matter to the result. */
#define CHUNK          64
#define MAKEUP_SECONDS 0.005
/** The least target, dB: it changes nothing, and keeps denormals away. */
#define NOTHING 1e-30

/** The curve at one moment. */
struct curve {
	float low;   /* dB, where the knee begins */
	float knee;  /* dB, its width */
	float bend;  /* 1 / (2 knee), or 0 without one */
	float slope; /* 1 - 1 / ratio */
};

/** A time, and how far it lets an approach go in one frame. */
struct pace {
	float seconds;
	double step; /* 0: not known yet */
};

struct compressor {
	uint32_t channels;
	bool has_begun;
	double held;   /* dB */
	double taken;  /* dB */
	double makeup; /* dB */
	double makeup_step;
	struct pace attack;
	struct pace release;
};

static const TactusPort ports[PORTS] = {
	[THRESHOLD] = {.name = "threshold_db",
		       .unit = "dB",
		       .minimum = -80.0f,
		       .initial = -18.0f,
		       .doc = "level above which it takes away"},
	[RATIO] = {.name = "ratio",
		       .curve = TACTUS_LOGARITHMIC,
		       .minimum = 1.0f,
		       .maximum = 100.0f,
		       .initial = 4.0f,
		       .doc = "dB above the threshold for 1 dB more"},
	[ATTACK] = {.name = "attack",
		       .unit = "s",
		       .maximum = 1.0f,
		       .initial = 0.01f,
		       .doc = "time constant of taking away"},
	[RELEASE] = {.name = "release",
		       .unit = "s",
		       .maximum = 5.0f,
		       .initial = 0.2f,
		       .doc = "time constant of giving back"},
	[KNEE] = {.name = "knee_db",
		       .unit = "dB",
		       .maximum = 24.0f,
		       .initial = 6.0f,
		       .doc = "width of the bend around the threshold"},
	[MAKEUP] = {.name = "makeup_db",
		       .unit = "dB",
		       .minimum = -24.0f,
		       .maximum = 24.0f,
		       .doc = "gain of what comes out"},
	[IN] = {.name = "in",			       .kind = TACTUS_AUDIO,                         .doc = "a signal"                                   },
	[OUT] = {.name = "out",
		       .kind = TACTUS_AUDIO,
		       .direction = TACTUS_OUTPUT,
		       .doc = "what becomes of the input"                                               },
};

TACTUS_RT static int
construct(const TactusWorld *world, const void *options, TactusSynth *synth)
{
	struct compressor *c = synth->self;

	c->channels = tactus_channels_of(options);
	c->makeup_step = tactus_approach(MAKEUP_SECONDS * world->rate);
	return 0;
}

TACTUS_RT static inline struct curve
curve_of(float threshold, float ratio, float knee)
{
	struct curve c;

	c.knee = knee > 1e-3f ? tactus_clamp(knee, 0.0f, 24.0f) : 0.0f;
	c.low = tactus_clamp(threshold, -80.0f, 0.0f) - 0.5f * c.knee;
	c.bend = c.knee > 0.0f ? 0.5f / c.knee : 0.0f;
	c.slope = 1.0f - 1.0f / tactus_clamp(ratio, 1.0f, 100.0f);
	return c;
}

/** What the curve takes away from a peak, in dB. */
TACTUS_RT static inline float
target_of(const struct curve *c, float peak)
{
	/* 20 log 2 */
	float above = 6.02059991f * tactus_log2(peak) - c->low;
	float bent = tactus_clamp(above, 0.0f, c->knee);
	float straight = above > c->knee ? above - c->knee : 0.0f;

	/* (x - T + W/2)^2 / 2W, which is W/2 where the knee ends */
	return c->slope * (bent * bent * c->bend + straight);
}

/** Peaks become targets, along a curve that stands still. */
TACTUS_RT TACTUS_CLONES static void
aim(float *peaks, const struct curve *curve, uint32_t frames)
{
	const struct curve c = *curve;

	for (uint32_t i = 0; i < frames; i++) {
		peaks[i] = target_of(&c, peaks[i]);
	}
}

/** The same along a curve that moves. */
TACTUS_RT TACTUS_CLONES static void
aim_moving(float *peaks, const TactusControl *controls, uint32_t from,
	uint32_t frames)
{
	const TactusControl threshold = controls[THRESHOLD];
	const TactusControl ratio = controls[RATIO];
	const TactusControl knee = controls[KNEE];

	for (uint32_t i = 0; i < frames; i++) {
		struct curve c =
			curve_of(tactus_control_at(&threshold, from + i),
				tactus_control_at(&ratio, from + i),
				tactus_control_at(&knee, from + i));

		peaks[i] = target_of(&c, peaks[i]);
	}
}

/** How far an approach goes in frame `at`. */
TACTUS_RT static inline double
pace_at(struct pace *p, const TactusControl *seconds, uint32_t at, double rate)
{
	float now = tactus_control_at(seconds, at);

	if (p->step == 0.0 || now != p->seconds) {
		p->seconds = now;
		p->step = tactus_approach((double)now * rate);
	}
	return p->step;
}

/** Targets become what is taken away, in dB. */
TACTUS_RT static void
detect(struct compressor *c, float *x, const TactusControl *controls,
	uint32_t from, uint32_t frames, double rate)
{
	struct pace attack = c->attack;
	struct pace release = c->release;
	double held = c->held;
	double taken = c->taken;

	for (uint32_t i = 0; i < frames; i++) {
		uint32_t at = from + i;
		double a = pace_at(&attack, &controls[ATTACK], at, rate);
		double r = pace_at(&release, &controls[RELEASE], at, rate);
		double target = x[i] > 0.0f ? (double)x[i] : NOTHING;
		double fall = r * target + (1.0 - r) * held;

		held = target > fall ? target : fall;
		taken = a * held + (1.0 - a) * taken;
		x[i] = (float)taken;
	}
	c->attack = attack;
	c->release = release;
	c->held = held;
	c->taken = taken;
}

/** What is taken away becomes gains in dB. */
TACTUS_RT static void
make_up(struct compressor *c, float *x, const TactusControl *makeup,
	uint32_t from, uint32_t frames)
{
	uint32_t i = 0;

	if (!c->has_begun) {
		c->has_begun = true;
		c->makeup = (double)makeup->value;
	}
	while (i < frames &&
		(makeup->step != 0.0f || c->makeup != (double)makeup->value)) {
		double left =
			(double)tactus_control_at(makeup, from + i) - c->makeup;

		c->makeup += tactus_approach_by(left, c->makeup_step);
		x[i] = (float)c->makeup - x[i];
		i++;
	}
	for (; i < frames; i++) {
		x[i] = makeup->value - x[i];
	}
}

/** Gains in dB become factors. */
TACTUS_RT TACTUS_CLONES static void
raise(float *gains, uint32_t frames)
{
	for (uint32_t i = 0; i < frames; i++) {
		gains[i] = tactus_from_db(gains[i]);
	}
}

TACTUS_RT TACTUS_CLONES static void
apply(float *restrict out, const float *restrict in,
	const float *restrict gains, uint32_t frames)
{
	for (uint32_t i = 0; i < frames; i++) {
		out[i] = tactus_tame(in[i]) * gains[i];
	}
}

/** At most CHUNK frames of a segment. */
TACTUS_RT static void
run(const TactusWorld *world, TactusSynth *synth, uint32_t from,
	uint32_t frames)
{
	struct compressor *c = synth->self;
	const TactusControl *controls = synth->controls;
	float x[CHUNK];

	tactus_level_peaks(synth, c->channels, from, x, frames);
	if (controls[THRESHOLD].step == 0.0f && controls[RATIO].step == 0.0f &&
		controls[KNEE].step == 0.0f) {
		struct curve curve = curve_of(controls[THRESHOLD].value,
			controls[RATIO].value, controls[KNEE].value);

		aim(x, &curve, frames);
	} else {
		aim_moving(x, controls, from, frames);
	}
	detect(c, x, controls, from, frames, world->rate);
	make_up(c, x, &controls[MAKEUP], from, frames);
	raise(x, frames);
	for (uint32_t n = 0; n < c->channels; n++) {
		apply(synth->out[n] + from, synth->in[n] + from, x, frames);
	}
}

TACTUS_RT static void
process(const TactusWorld *world, TactusSynth *synth, uint32_t frames)
{
	uint32_t n;

	for (uint32_t from = 0; from < frames; from += n) {
		n = frames - from < CHUNK ? frames - from : CHUNK;
		run(world, synth, from, n);
	}
}

static const TactusSynthDef def = {
	.size = sizeof(def),
	.uri = "urn:tactus:synthdef:compressor:1",
	.name = "compressor",
	.doc = "A compressor with a soft knee; its channels are linked.",
	.instance_bytes = sizeof(struct compressor),
	.options_bytes = sizeof(struct tactus_channels),
	.parse = tactus_channels_parse,
	.ports = ports,
	.port_rows = PORTS,
	.port_bytes = sizeof(*ports),
	.channels = tactus_channels_of,
	.construct = construct,
	.process = process,
};

static const TactusPlugin plugin = {
	sizeof(plugin), TACTUS_ABI_VERSION, "compressor", "1", "MIT"};

const TactusPlugin *
tactus_plugin(const TactusHost *host)
{
	return tactus_offer(host, &plugin, &def);
}
