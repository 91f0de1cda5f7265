/* SPDX-License-Identifier: MIT */
/*
 * limiter.c -- a look-ahead limiter: no frame goes above the ceiling.
 *
 * The signal waits for the look-ahead, in which the gain comes down smoothly
 * to where the loudest frame needs it.  With N the look-ahead in frames:
 *
 *	needed    ceiling / |x|, at most 1; of the loudest channel
 *	held      the least needed gain of the last N + 1 frames
 *	released  held, or below it and rising by release
 *	gain      released, through two averages of N + 2 frames together
 *
 * The two averages are one FIR filter of N + 1 coefficients, all positive,
 * which sum up to 1, over values of which none is above what frame -N needs:
 * so their sum is not above it either (P. Hamalainen, "Smoothing of the
 * Control Signal without Clipped Output in Digital Peak Limiters", DAFx 2002).
 * What lies between frames, once it is analogue, may be above.
 *
 * The least of a window takes three comparisons a frame, however long it is:
 * of the least of this period of N + 1 frames so far, and of the least of the
 * period before from here to its end, which is made of it in one go when it is
 * over (M. van Herk, "A fast algorithm for local minimum and maximum filters
 * on rectangular and octagonal kernels", 1992).
 *
 * Gains are averaged as whole numbers of 2^-40, rounded down: sums that are
 * kept up for years do not drift, and a gain of 1 is exactly 1.  What rounding
 * can add afterwards is below MARGIN, which the needed gain leaves free.
 *
 * NaN, infinities and what is beyond 1e30 in the input count as 0.
 *
 * construct, process and destroy run on an audio thread, the rest on the loop.
 */
#include <tactus/def.h>
#include <tactus/level.h>
#include <tactus/math.h>
#include <tactus/plugin.h>

enum { CEILING, RELEASE, IN, OUT, PORTS };

/** Frames that are computed at once; no matter to the result. */
#define CHUNK         64
#define AHEAD_SECONDS 0.0015
/** Look-ahead at 768 kHz; there is no more at higher rates. */
#define MOST_AHEAD 1152
#define ONE        (UINT64_C(1) << 40)
/** 2^-21: four units in the last place of 1. */
#define MARGIN 4.76837158e-7f
/** A gain that lacks no more than this is whole. */
#define NEARLY 1e-7

_Static_assert(((MOST_AHEAD + 1) * sizeof(float) +
		       (MOST_AHEAD + 2) * sizeof(uint64_t)) <=
		       TACTUS_CONSTRUCT_BYTES - 1024,
	"construct fills what gains are kept in");
_Static_assert((MOST_AHEAD / 2 + 1) * (uint64_t)(MOST_AHEAD / 2 + 1) <=
		       (UINT64_C(1) << 24),
	"a sum of sums of gains has 64 bits");

/** An average over the last `length` values, as their sum. */
struct average {
	uint64_t *value;
	uint32_t length;
	uint32_t at;
	uint64_t sum;
};

struct limiter {
	uint32_t channels;
	uint32_t ahead; /* N */

	uint32_t at; /* in the lines; all of them go together */
	bool is_filled;
	float *line; /* of each channel in turn, N frames */

	/* needed gains of this period up to `place`, beyond it the least of
	 * the period before from there on; N + 1 of them */
	float *needed;
	uint32_t place;
	float least; /* of this period */

	double released;
	float seconds; /* of release, for which `step` was made */
	double step;
	struct average first;
	struct average second;
	double scale;  /* of second's sum */
	uint32_t rest; /* frames since released was below 1; saturates */
};

static const TactusPort ports[PORTS] = {
	[CEILING] = {.name = "ceiling_db",
		     .unit = "dB",
		     .minimum = -60.0f,
		     .initial = -0.3f,
		     .doc = "level that no frame goes above"},
	[RELEASE] = {.name = "release",
		     .unit = "s",
		     .maximum = 5.0f,
		     .initial = 0.1f,
		     .doc = "time constant of giving back"},
	[IN] = {.name = "in", .kind = TACTUS_AUDIO, .doc = "a signal"},
	[OUT] = {.name = "out",
		     .kind = TACTUS_AUDIO,
		     .direction = TACTUS_OUTPUT,
		     .doc = "what becomes of the input"},
};

/** Begin with a gain of 1 that has always been. */
TACTUS_RT static uint64_t *
average_init(struct average *a, uint64_t *value, uint32_t length, uint64_t one)
{
	*a = (struct average){.value = value, .length = length};
	for (uint32_t i = 0; i < length; i++) {
		value[i] = one;
	}
	a->sum = one * length;
	return value + length;
}

TACTUS_RT static int
construct(const TactusWorld *world, const void *options, TactusSynth *synth)
{
	struct limiter *l = synth->self;
	double ahead = AHEAD_SECONDS * world->rate + 0.5;

	l->channels = tactus_channels_of(options);
	l->ahead = ahead < MOST_AHEAD ? (uint32_t)(int32_t)ahead : MOST_AHEAD;
	l->ahead = l->ahead > 0 ? l->ahead : 1;
	uint32_t taps = l->ahead + 2;
	size_t bytes = taps * sizeof(uint64_t) + (taps - 1) * sizeof(float) +
		       (size_t)l->channels * l->ahead * sizeof(float);
	uint64_t *memory = world->alloc(world, bytes);

	if (memory == NULL) {
		return 503;
	}
	uint32_t half = taps / 2;
	memory = average_init(&l->first, memory, half, ONE);
	memory = average_init(&l->second, memory, taps - half, l->first.sum);
	l->scale = 1.0 / (double)(int64_t)l->second.sum;
	l->needed = (float *)memory;
	for (uint32_t i = 0; i <= l->ahead; i++) {
		l->needed[i] = 1.0f;
	}
	l->line = l->needed + l->ahead + 1;
	l->least = 1.0f;
	l->released = 1.0;
	l->seconds = -1.0f;
	l->rest = taps;
	return 0;
}

TACTUS_RT static void
destroy(const TactusWorld *world, TactusSynth *synth)
{
	struct limiter *l = synth->self;

	world->free(world, l->first.value);
}

TACTUS_RT static inline float
ceiling_of(float db)
{
	return tactus_from_db(tactus_clamp(db, -60.0f, 0.0f));
}

/** The gain that a peak needs. */
TACTUS_RT static inline float
needed_for(float peak, float ceiling)
{
	float gain = ceiling * (1.0f - MARGIN) / peak;

	return peak > ceiling ? gain : 1.0f;
}

/** Peaks become needed gains, below a ceiling that stands still. */
TACTUS_RT TACTUS_CLONES static void
aim(float *peaks, float ceiling, uint32_t frames)
{
	for (uint32_t i = 0; i < frames; i++) {
		peaks[i] = needed_for(peaks[i], ceiling);
	}
}

/** The same below a ceiling that moves. */
TACTUS_RT static void
aim_moving(float *peaks, const TactusControl *ceiling, uint32_t from,
	uint32_t frames)
{
	for (uint32_t i = 0; i < frames; i++) {
		float db = tactus_control_at(ceiling, from + i);

		peaks[i] = needed_for(peaks[i], ceiling_of(db));
	}
}

/** The least needed gain of the last N + 1 frames, `gain` the newest. */
TACTUS_RT static inline float
hold(struct limiter *l, float gain)
{
	float *g = l->needed;
	uint32_t last = l->ahead;

	l->least = gain < l->least ? gain : l->least;
	g[l->place] = gain;
	if (l->place < last) {
		l->place++;
		return l->least < g[l->place] ? l->least : g[l->place];
	}
	float held = l->least;
	for (uint32_t i = last; i > 0; i--) {
		g[i - 1] = g[i] < g[i - 1] ? g[i] : g[i - 1];
	}
	l->place = 0;
	l->least = 1.0f;
	return held;
}

/** The sum of the last values, `value` the newest. */
TACTUS_RT static inline uint64_t
average_next(struct average *a, uint64_t value)
{
	a->sum += value - a->value[a->at];
	a->value[a->at] = value;
	a->at = a->at + 1 < a->length ? a->at + 1 : 0;
	return a->sum;
}

/** Rise toward `held`, never above it. */
TACTUS_RT static inline double
release(double released, double held, double step)
{
	double rise = held - released;
	double next = released + step * rise;

	return rise > NEARLY && next < held ? next : held;
}

/** Needed gains become gains. */
TACTUS_RT static void
smooth(struct limiter *l, float *gains, const TactusControl *seconds,
	uint32_t from, uint32_t frames, double rate)
{
	struct limiter now = *l;
	uint32_t taps = now.first.length + now.second.length;

	for (uint32_t i = 0; i < frames; i++) {
		float s = tactus_control_at(seconds, from + i);

		if (s != now.seconds) {
			now.seconds = s;
			now.step = tactus_approach((double)s * rate);
		}
		double held = (double)hold(&now, gains[i]);
		now.released = release(now.released, held, now.step);
		uint64_t whole =
			(uint64_t)(int64_t)(now.released * (double)ONE);
		uint64_t sum = average_next(
			&now.second, average_next(&now.first, whole));
		gains[i] = (float)((double)(int64_t)sum * now.scale);
		now.rest = whole != ONE      ? 0
			   : now.rest < taps ? now.rest + 1
					     : taps;
	}
	*l = now;
}

/** Is every gain 1, and has been so long that none other is remembered? */
TACTUS_RT static bool
is_at_rest(const struct limiter *l, const float *needed, uint32_t frames)
{
	float least = 1.0f;

	for (uint32_t i = 0; i < frames; i++) {
		least = needed[i] < least ? needed[i] : least;
	}
	return least == 1.0f && l->rest == l->first.length + l->second.length;
}

/** Exchange what waits with what comes. */
TACTUS_RT TACTUS_CLONES static void
pass(float *restrict out, float *restrict line, const float *restrict in,
	const float *restrict gains, uint32_t frames)
{
	for (uint32_t i = 0; i < frames; i++) {
		out[i] = line[i] * gains[i];
		line[i] = tactus_tame(in[i]);
	}
}

/** Some frames of a segment, at most CHUNK and to the lines' end. */
TACTUS_RT static void
run(const TactusWorld *world, TactusSynth *synth, uint32_t from,
	uint32_t frames)
{
	struct limiter *l = synth->self;
	const TactusControl *ceiling = &synth->controls[CEILING];
	float x[CHUNK];

	tactus_level_peaks(synth, l->channels, from, x, frames);
	if (ceiling->step == 0.0f) {
		aim(x, ceiling_of(ceiling->value), frames);
	} else {
		aim_moving(x, ceiling, from, frames);
	}
	/* at rest the gains that are kept are all 1, wherever one stands */
	if (!is_at_rest(l, x, frames)) {
		smooth(l, x, &synth->controls[RELEASE], from, frames,
			world->rate);
	}
	for (uint32_t n = 0; n < l->channels; n++) {
		float *line = l->line + (size_t)n * l->ahead + l->at;

		if (!l->is_filled) {
			memset(line, 0, frames * sizeof(*line));
		}
		pass(synth->out[n] + from, line, synth->in[n] + from, x,
			frames);
	}
	l->at += frames;
	if (l->at == l->ahead) {
		l->at = 0;
		l->is_filled = true;
	}
}

TACTUS_RT static void
process(const TactusWorld *world, TactusSynth *synth, uint32_t frames)
{
	const struct limiter *l = synth->self;
	uint32_t n;

	for (uint32_t from = 0; from < frames; from += n) {
		uint32_t left = l->ahead - l->at;

		n = frames - from < CHUNK ? frames - from : CHUNK;
		n = n < left ? n : left;
		run(world, synth, from, n);
	}
}

static const TactusSynthDef def = {
	.size = sizeof(def),
	.uri = "urn:tactus:synthdef:limiter:1",
	.name = "limiter",
	.doc = "A look-ahead limiter; its channels are linked.",
	.instance_bytes = sizeof(struct limiter),
	.options_bytes = sizeof(struct tactus_channels),
	.parse = tactus_channels_parse,
	.ports = ports,
	.port_rows = PORTS,
	.port_bytes = sizeof(*ports),
	.channels = tactus_channels_of,
	.construct = construct,
	.process = process,
	.destroy = destroy,
};

static const TactusPlugin plugin = {
	sizeof(plugin), TACTUS_ABI_VERSION, "limiter", "1", "MIT"};

const TactusPlugin *
tactus_plugin(const TactusHost *host)
{
	return tactus_offer(host, &plugin, &def);
}
