/* SPDX-License-Identifier: MIT */
/*
 * envelope-follower.c -- the level of a signal, as a signal.
 *
 * A peak detector with branching smoothing: D. Giannoulis, M. Massberg and
 * J. Reiss, "Digital Dynamic Range Compressor Design", JAES 60(6), 2012,
 * equation 16, on the rectified input:
 *
 *	y[n] = (1 - k) y[n-1] + k |x[n]|
 *	k = 1 - exp(-1 / (time rate)), of attack while |x[n]| is above y[n-1],
 *	    else of release
 *
 * So a time is a time constant: after it a step has come 1 - 1/e of its way,
 * 63 %.  A time of 0 is at once.  Both times follow their ramps.
 *
 * The level is a double: a float is too coarse for what a long time adds to
 * it in one frame.  NaN, infinities and what is beyond 1e30 in the input
 * count as 0, so that one bad frame passes and the level goes on.
 *
 * construct and process run on an audio thread, the rest on the loop.
 */
#include <tactus/def.h>
#include <tactus/level.h>
#include <tactus/math.h>
#include <tactus/plugin.h>

enum { ATTACK, RELEASE, IN, OUT, PORTS };

/** Frames whose coefficients are worked out at once. */
#define CHUNK 32

#define MOST_SECONDS 60.0f

struct follower {
	double level;
	bool is_known; /* the next two: what the factors were made for */
	float attack_s;
	float release_s;
	double attack; /* the factors k */
	double release;
};

static const TactusPort ports[PORTS] = {
	[ATTACK] = {.name = "attack",
		    .unit = "s",
		    .maximum = MOST_SECONDS,
		    .initial = 0.01f,
		    .doc = "time constant of rising; 0 at once"},
	[RELEASE] = {.name = "release",
		    .unit = "s",
		    .maximum = MOST_SECONDS,
		    .initial = 0.1f,
		    .doc = "time constant of falling; 0 at once"},
	[IN] = {.name = "in",
		    .kind = TACTUS_AUDIO,
		    .direction = TACTUS_INPUT,
		    .doc = "the signal to follow"   },
	[OUT] = {.name = "out",
		    .kind = TACTUS_AUDIO,
		    .direction = TACTUS_OUTPUT,
		    .doc = "its level, 0 or above"   },
};

/**
 * 1 - exp(-1 / (seconds rate)).  Error: 1e-10 relative.
 * exp(-u) is 2^-whole exp(x) with x in -0.35 … 0.35, and exp(x) - 1 the power
 * series (Abramowitz and Stegun 4.2.1): so nothing cancels where u is small.
 */
TACTUS_RT static inline double
factor_of(float seconds, double rate)
{
	double s = (double)tactus_clamp(seconds, 0.0f, MOST_SECONDS) * rate;
	double u = 1.0 / (s > 0x1p-6 ? s : 0x1p-6);
	double y = u * 1.4426950408889634;
	int32_t whole = (int32_t)(y + 0.5);
	double x = ((double)whole - y) * 0.6931471805599453;
	uint32_t bits = (uint32_t)(127 - whole) << 23;
	float power;
	double e = 1.0 + x * (1.0 / 9.0);

	memcpy(&power, &bits, sizeof(power));
	e = 1.0 + x * (1.0 / 8.0) * e;
	e = 1.0 + x * (1.0 / 7.0) * e;
	e = 1.0 + x * (1.0 / 6.0) * e;
	e = 1.0 + x * (1.0 / 5.0) * e;
	e = 1.0 + x * (1.0 / 4.0) * e;
	e = 1.0 + x * (1.0 / 3.0) * e;
	e = x + x * (x * 0.5 * e);
	return (1.0 - (double)power) - (double)power * e;
}

/** The factors of a time that moves, from frame `at` of the segment on. */
TACTUS_RT static void
factors_of(const TactusControl *control, double rate, uint32_t at,
	double *restrict to, uint32_t frames)
{
	const TactusControl c = *control;

	for (uint32_t i = 0; i < frames; i++) {
		to[i] = factor_of(tactus_control_at(&c, at + i), rate);
	}
}

/** One frame. */
TACTUS_RT static inline double
follower_next(double level, double attack, double release, float in)
{
	double peak = (double)tactus_level(in);
	double up = (1.0 - attack) * level + attack * peak;
	double down = (1.0 - release) * level + release * peak;

	return peak > level ? up : down;
}

/** Frames in which the times stand. */
TACTUS_RT static void
stand(struct follower *f, const float *restrict in, float *restrict out,
	uint32_t frames)
{
	double level = f->level;

	for (uint32_t i = 0; i < frames; i++) {
		level = follower_next(level, f->attack, f->release, in[i]);
		out[i] = (float)level;
	}
	f->level = level;
}

/** Frames `at` to `at + frames`, CHUNK at the most, in which they move. */
TACTUS_RT static void
move(struct follower *f, const TactusSynth *synth, double rate, uint32_t at,
	uint32_t frames)
{
	const TactusControl *c = synth->controls;
	double attack[CHUNK];
	double release[CHUNK];

	factors_of(&c[ATTACK], rate, at, attack, frames);
	factors_of(&c[RELEASE], rate, at, release, frames);
	for (uint32_t i = 0; i < frames; i++) {
		f->level = follower_next(
			f->level, attack[i], release[i], synth->in[0][at + i]);
		synth->out[0][at + i] = (float)f->level;
	}
}

TACTUS_RT static void
process(const TactusWorld *world, TactusSynth *synth, uint32_t frames)
{
	struct follower *f = synth->self;
	const TactusControl *c = synth->controls;
	float attack = c[ATTACK].value;
	float release = c[RELEASE].value;

	if (c[ATTACK].step == 0.0f && c[RELEASE].step == 0.0f) {
		if (!f->is_known || attack != f->attack_s ||
			release != f->release_s) {
			f->is_known = true;
			f->attack_s = attack;
			f->release_s = release;
			f->attack = factor_of(attack, world->rate);
			f->release = factor_of(release, world->rate);
		}
		stand(f, synth->in[0], synth->out[0], frames);
		return;
	}
	for (uint32_t at = 0; at < frames; at += CHUNK) {
		uint32_t n = frames - at < CHUNK ? frames - at : CHUNK;

		move(f, synth, world->rate, at, n);
	}
}

static const TactusSynthDef def = {
	.size = sizeof(def),
	.uri = "urn:tactus:synthdef:envelope-follower:1",
	.name = "envelope-follower",
	.doc = "The level of a signal, as a signal.",
	.instance_bytes = sizeof(struct follower),
	.ports = ports,
	.port_rows = PORTS,
	.port_bytes = sizeof(*ports),
	.process = process,
};

static const TactusPlugin plugin = {
	sizeof(plugin), TACTUS_ABI_VERSION, "envelope-follower", "1", "MIT"};

const TactusPlugin *
tactus_plugin(const TactusHost *host)
{
	return tactus_offer(host, &plugin, &def);
}
