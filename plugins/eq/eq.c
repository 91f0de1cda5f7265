/* SPDX-License-Identifier: MIT */
/*
 * eq.c -- a band of an equaliser: a peak, a low or a high shelf.
 *
 * The responses of R. Bristow-Johnson's "Cookbook formulae for audio EQ
 * biquad filter coefficients", in the form of A. Simper, "Solving the
 * continuous SVF equations using trapezoidal integration and equivalent
 * currents", 2013: a state-variable filter whose two integrators are added to
 * the input.  It stays stable however its controls move, and at 0 dB nothing
 * is added: the output is the input, bit for bit but for the sign of a zero.
 * With A = 10^(gain_db / 40) and s = j tan(pi f / rate) / tan(pi freq / rate):
 *
 *	peak        (s^2 + s A/q + 1) / (s^2 + s/(A q) + 1)
 *	low shelf   A (s^2 + s sqrt(A)/q + A) / (A s^2 + s sqrt(A)/q + 1)
 *	high shelf  A (A s^2 + s sqrt(A)/q + 1) / (s^2 + s sqrt(A)/q + A)
 *
 * Controls that ramp are followed frame by frame; what jumps is glided to
 * within 5 ms.  Another type is gone over to in the same time: the frames
 * between have coefficients between, of which every one is stable.
 *
 * The integrators are doubles: far below the rate a float is too coarse for
 * what a frame adds to them.  NaN, infinities and what is beyond 1e30 in the
 * input count as 0, so that one bad frame passes and the filter goes on.
 *
 * construct and process run on an audio thread, the rest on the loop.
 */
#include <tactus/def.h>
#include <tactus/glide.h>
#include <tactus/math.h>
#include <tactus/plugin.h>

enum { FREQ, Q, GAIN, TYPE, IN, OUT, PORTS };

enum type { PEAK, LOW_SHELF, HIGH_SHELF };

/** Seconds that a jump and another type take. */
#define GLIDE 0.005
/** Frames whose coefficients are worked out at once. */
#define CHUNK 32

#define LEAST_Q 0.1f
#define MOST_Q  50.0f

/** What a frame needs: the filter, and what is added to the input. */
struct coefficients {
	float g; /* of the integrators */
	float k; /* damping */
	float m0;
	float m1;
	float m2;
};

struct eq {
	double s1; /* the integrators */
	double s2;
	struct tactus_glide freq;
	struct tactus_glide q;
	struct tactus_glide gain;
	struct coefficients still; /* of controls that stand, if is_still: */
	bool is_still;             /* of these, and of type */
	float still_freq;
	float still_q;
	float still_gain;
	bool has_begun;   /* a frame was computed */
	enum type type;   /* that is heard, */
	enum type coming; /* and that is gone over to */
	uint32_t left;    /* frames until it is there */
	uint32_t glide;   /* frames of a glide */
};

static const TactusPort ports[PORTS] = {
	[FREQ] = {.name = "freq",
		  .flags = TACTUS_OF_RATE,
		  .unit = "Hz",
		  .curve = TACTUS_LOGARITHMIC,
		  .minimum = 10.0f,
		  .maximum = 0.49f,
		  .initial = 1000.0f,
		  .doc = "centre of the peak, middle of the shelf's slope"},
	[Q] = {.name = "q",
		  .curve = TACTUS_LOGARITHMIC,
		  .minimum = LEAST_Q,
		  .maximum = MOST_Q,
		  .initial = 0.7071f,
		  .doc = "narrowness; above 0.7071 a shelf overshoots"},
	[GAIN] = {.name = "gain_db",
		  .unit = "dB",
		  .minimum = -24.0f,
		  .maximum = 24.0f,
		  .doc = "level of the peak or the shelf; 0 changes nothing"},
	[TYPE] = {.name = "type",
		  .flags = TACTUS_ENUM,
		  .maximum = 2.0f,
		  .doc = "0 peak, 1 low shelf, 2 high shelf"                                         },
	[IN] = {.name = "in",
		  .kind = TACTUS_AUDIO,
		  .direction = TACTUS_INPUT,
		  .doc = "the signal to equalise"                                      },
	[OUT] = {.name = "out",
		  .kind = TACTUS_AUDIO,
		  .direction = TACTUS_OUTPUT,
		  .doc = "what becomes of it"                                      },
};

TACTUS_RT static int
construct(const TactusWorld *world, const void *options, TactusSynth *synth)
{
	struct eq *e = synth->self;

	(void)options;
	e->glide = 1 + (uint32_t)(int32_t)(world->rate * GLIDE);
	return 0;
}

/** The coefficients between two, the first where `part` is 0. */
TACTUS_RT static inline struct coefficients
between(const struct coefficients *a, const struct coefficients *b, float part)
{
	float rest = 1.0f - part;

	return (struct coefficients){rest * a->g + part * b->g,
		rest * a->k + part * b->k, rest * a->m0 + part * b->m0,
		rest * a->m1 + part * b->m1, rest * a->m2 + part * b->m2};
}

/** The same as what a frame is multiplied by. */
struct factors {
	double s1; /* what is left of the first integrator */
	double b;  /* what goes on into it, and out of it */
	double c;  /* what goes on into the second one */
	double m0;
	double m1; /* halved: the mean of before and after is heard */
	double m2;
};

TACTUS_RT static inline struct factors
factors_of(const struct coefficients *c)
{
	double g = (double)c->g;
	double a = 2.0 / (1.0 + g * (g + (double)c->k));

	return (struct factors){a - 1.0, g * a, g * g * a, (double)c->m0,
		(double)c->m1 * 0.5, (double)c->m2 * 0.5};
}

/** One frame. */
TACTUS_RT static inline float
eq_next(double *s1, double *s2, const struct factors *f, float in)
{
	double x = (double)tactus_tame(in);
	double rest = x - *s2;
	double n1 = f->s1 * *s1 + f->b * rest;
	double n2 = (*s2 + f->b * *s1) + f->c * rest;
	double band = n1 + *s1;
	double low = n2 + *s2;

	*s1 = n1;
	*s2 = n2;
	return (float)(f->m0 * x + (f->m1 * band + f->m2 * low));
}

/** Frames in which nothing moves. */
TACTUS_RT static void
stand(struct eq *e, const float *restrict in, float *restrict out,
	uint32_t frames)
{
	const struct factors f = factors_of(&e->still);
	double s1 = e->s1;
	double s2 = e->s2;

	for (uint32_t i = 0; i < frames; i++) {
		out[i] = eq_next(&s1, &s2, &f, in[i]);
	}
	e->s1 = s1;
	e->s2 = s2;
}

/** The controls of some frames. */
struct stretch {
	float part[CHUNK]; /* freq / rate */
	float q[CHUNK];
	float gain_db[CHUNK];
};

/** The coefficients of some frames, side by side. */
struct rows {
	float g[CHUNK];
	float k[CHUNK];
	float m0[CHUNK];
	float m1[CHUNK];
	float m2[CHUNK];
};

TACTUS_RT static inline struct coefficients
rows_get(const struct rows *r, uint32_t i)
{
	return (struct coefficients){
		r->g[i], r->k[i], r->m0[i], r->m1[i], r->m2[i]};
}

/** What the controls are in frames `at` to `at + frames`. */
TACTUS_RT static void
look(const struct eq *e, const TactusControl *c, float rate, uint32_t at,
	uint32_t frames, struct stretch *restrict s)
{
	const struct tactus_glide freq = e->freq;
	const struct tactus_glide q = e->q;
	const struct tactus_glide gain = e->gain;
	const TactusControl freq_c = c[FREQ];
	const TactusControl q_c = c[Q];
	const TactusControl gain_c = c[GAIN];

	for (uint32_t i = 0; i < frames; i++) {
		s->part[i] = tactus_glide_at(&freq, &freq_c, at + i) / rate;
		s->q[i] = tactus_glide_at(&q, &q_c, at + i);
		s->gain_db[i] = tactus_glide_at(&gain, &gain_c, at + i);
	}
}

/** The coefficients of a type for some frames: Simper, as above. */
TACTUS_RT static void
work_out(enum type type, const struct stretch *restrict s, uint32_t frames,
	struct rows *restrict r)
{
	for (uint32_t i = 0; i < frames; i++) {
		float t =
			tactus_prewarp(tactus_clamp(s->part[i], 1e-6f, 0.49f));
		float damping = 1.0f / tactus_clamp(s->q[i], LEAST_Q, MOST_Q);
		float db = tactus_clamp(s->gain_db[i], -24.0f, 24.0f);
		/* from_db is the square of A */
		float root = tactus_from_db(db * 0.25f);
		float a = root * root;
		float square = a * a;

		if (type == PEAK) {
			r->g[i] = t;
			r->k[i] = damping / a;
			r->m0[i] = 1.0f;
			r->m1[i] = damping / a * (square - 1.0f);
			r->m2[i] = 0.0f;
		} else if (type == LOW_SHELF) {
			r->g[i] = t / root;
			r->k[i] = damping;
			r->m0[i] = 1.0f;
			r->m1[i] = damping * (a - 1.0f);
			r->m2[i] = square - 1.0f;
		} else {
			r->g[i] = t * root;
			r->k[i] = damping;
			r->m0[i] = square;
			r->m1[i] = damping * (1.0f - a) * a;
			r->m2[i] = 1.0f - square;
		}
	}
}

/** Frames `at` to `at + frames`, CHUNK at the most, each with its own. */
TACTUS_RT static void
move(struct eq *e, const TactusSynth *synth, float rate, uint32_t at,
	uint32_t frames)
{
	struct stretch s;
	struct rows now;
	struct rows then;

	look(e, synth->controls, rate, at, frames, &s);
	work_out(e->type, &s, frames, &now);
	if (e->left > 0) {
		work_out(e->coming, &s, frames, &then);
	}
	for (uint32_t i = 0; i < frames; i++) {
		struct coefficients c = rows_get(&now, i);

		if (e->left > 0) {
			struct coefficients to = rows_get(&then, i);
			float left = (float)(int32_t)(e->left - i) /
				     (float)(int32_t)e->glide;

			c = between(&to, &c, left);
		}
		struct factors f = factors_of(&c);
		synth->out[0][at + i] =
			eq_next(&e->s1, &e->s2, &f, synth->in[0][at + i]);
	}
	e->is_still = false;
}

/** Begin to go over to the type that is asked for, if it is another. */
TACTUS_RT static void
follow_type(struct eq *e, const TactusControl *control)
{
	enum type asked = (enum type)(int32_t)tactus_clamp(
		control->value, (float)PEAK, (float)HIGH_SHELF);

	if (!e->has_begun) {
		e->has_begun = true;
		e->type = asked;
	} else if (e->left == 0 && e->type != asked) {
		e->coming = asked;
		e->left = e->glide;
	}
}

/** See to it that `still` is of controls that stand. */
TACTUS_RT static void
settle(struct eq *e, const TactusControl *c, float rate)
{
	float freq = c[FREQ].value;
	float q = c[Q].value;
	float gain = c[GAIN].value;
	struct stretch s;
	struct rows r;

	if (e->is_still && freq == e->still_freq && q == e->still_q &&
		gain == e->still_gain) {
		return;
	}
	look(e, c, rate, 0, 1, &s);
	work_out(e->type, &s, 1, &r);
	e->still = rows_get(&r, 0);
	e->still_freq = freq;
	e->still_q = q;
	e->still_gain = gain;
	e->is_still = true;
}

/** One stretch from frame `at` on. @return its length, `most` at the most */
TACTUS_RT static uint32_t
run(struct eq *e, const TactusSynth *synth, float rate, bool stands,
	uint32_t at, uint32_t most)
{
	const TactusControl *c = synth->controls;
	uint32_t n = most;

	follow_type(e, &c[TYPE]);
	if (e->left == 0 && stands) {
		settle(e, c, rate);
		stand(e, synth->in[0] + at, synth->out[0] + at, n);
		return n;
	}
	n = n < CHUNK ? n : CHUNK;
	if (e->left > 0) {
		n = n < e->left ? n : e->left;
	}
	move(e, synth, rate, at, n);
	if (e->left > 0) {
		e->left -= n;
		e->type = e->left == 0 ? e->coming : e->type;
	}
	return n;
}

TACTUS_RT static void
process(const TactusWorld *world, TactusSynth *synth, uint32_t frames)
{
	struct eq *e = synth->self;
	const TactusControl *c = synth->controls;

	tactus_glide_begin(&e->freq, &c[FREQ], e->glide);
	tactus_glide_begin(&e->q, &c[Q], e->glide);
	tactus_glide_begin(&e->gain, &c[GAIN], e->glide);
	bool stands = tactus_glide_stands(&e->freq, &c[FREQ]) &&
		      tactus_glide_stands(&e->q, &c[Q]) &&
		      tactus_glide_stands(&e->gain, &c[GAIN]);
	for (uint32_t at = 0; at < frames;) {
		at += run(
			e, synth, (float)world->rate, stands, at, frames - at);
	}
	tactus_glide_end(&e->freq, &c[FREQ], frames);
	tactus_glide_end(&e->q, &c[Q], frames);
	tactus_glide_end(&e->gain, &c[GAIN], frames);
}

static const TactusSynthDef def = {
	.size = sizeof(def),
	.uri = "urn:tactus:synthdef:eq:1",
	.name = "eq",
	.doc = "A band of an equaliser: a peak, a low or a high shelf.",
	.instance_bytes = sizeof(struct eq),
	.ports = ports,
	.port_rows = PORTS,
	.port_bytes = sizeof(*ports),
	.construct = construct,
	.process = process,
};

static const TactusPlugin plugin = {
	sizeof(plugin), TACTUS_ABI_VERSION, "eq", "1", "MIT"};

const TactusPlugin *
tactus_plugin(const TactusHost *host)
{
	return tactus_offer(host, &plugin, &def);
}
