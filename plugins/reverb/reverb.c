/* SPDX-License-Identifier: MIT */
/*
 * reverb.c -- a room: a feedback delay network of sixteen lines, in stereo.
 *
 * J. Stautner and M. Puckette, "Designing Multi-Channel Reverberators", 1982,
 * for the network; J.-M. Jot and A. Chaigne, "Digital delay networks for
 * designing artificial reverberators", 1991, for how it dies: each line has
 * the gain and the filter that its length asks for, so that every mode of the
 * room falls at the same pace.  The matrix is Hadamard's, which spreads each
 * line over all of them at the price of additions; before the network there
 * are four all-pass filters in series for each channel (M. R. Schroeder,
 * "Natural Sounding Artificial Reverberation", 1962), so that a clap comes
 * back as a rush and not as single knocks.
 *
 *	in0 -> predelay -> diffusers -> even lines \   / row 5  -> out0
 *	                                            mix
 *	in1 -> predelay -> diffusers -> odd lines  /   \ row 10 -> out1
 *
 * All lengths are in seconds: the room is the same at any rate.  Size,
 * damping and predelay make a room (reverb_room.h), and whenever one of them
 * has moved, the reverb fades to the room that they ask for then; it looks
 * again when the fade is over.  Mix is approached with a time constant of its
 * own.  So a jump of any control is never a step of the signal.
 *
 *	STILL --a control differs--> FADING --50 ms--> STILL
 *
 * NaN, infinities and what is beyond 1e30 in the input count as 0.
 *
 * construct, process and destroy run on an audio thread, the rest on the loop.
 */
#include <tactus/def.h>
#include <tactus/math.h>
#include <tactus/plugin.h>

#include "reverb_kernel.h"
#include "reverb_ring.h"
#include "reverb_room.h"

enum { SIZE, DAMPING, MIX, PREDELAY, CONTROLS };

enum { IN0 = CONTROLS, IN1, OUT0, OUT1, PORTS };

#define FADE_SECONDS 0.05
#define MIX_SECONDS  0.005
/** Rows of the matrix that are heard; no two of its rows are alike. */
#define ROW0 5
#define ROW1 10

struct reverb {
	float x[REVERB_LINES][REVERB_CHUNK]; /* what comes out of the lines */
	float in[2][REVERB_CHUNK];           /* what goes in, tamed */
	float fed[2][REVERB_CHUNK];          /* on its way to the lines */
	float past[REVERB_CHUNK];
	float state[REVERB_LINES]; /* of the filters */

	bool has_begun;
	bool is_fading;
	uint64_t age; /* frames that went in */
	uint32_t faded;
	uint32_t fade; /* length of one */
	uint32_t most; /* frames that can be computed at once */
	uint32_t now;  /* the room that sounds, or that is left */
	struct reverb_room room[2];

	double mix;
	double mix_step;

	struct reverb_ring line[REVERB_LINES];
	struct reverb_ring before[2];
	struct reverb_ring diffuser[2][REVERB_DIFFUSERS];
	struct reverb_store store;
};

_Static_assert(sizeof(struct reverb) + 512 <= TACTUS_CONSTRUCT_BYTES,
	"it comes zeroed");

static const TactusPort ports[PORTS] = {
	[SIZE] = {.name = "size",
		  .maximum = 1.0f,
		  .initial = 0.5f,
		  .doc = "of the room; RT60 is 0.3 s times 30 to its power"                                         },
	[DAMPING] = {.name = "damping",
		  .maximum = 1.0f,
		  .initial = 0.4f,
		  .doc = "how much sooner high tones die"							   },
	[MIX] = {.name = "mix",
		  .maximum = 1.0f,
		  .initial = 0.3f,
		  .doc = "0 the input alone, 1 the room alone"                                                      },
	[PREDELAY] = {.name = "predelay",
		  .unit = "s",
		  .maximum = (float)REVERB_PREDELAY,
		  .initial = 0.02f,
		  .doc = "how much later the room answers"},
	[IN0] = {.name = "in0",                    .kind = TACTUS_AUDIO,                            .doc = "left"  },
	[IN1] = {.name = "in1",        .kind = TACTUS_AUDIO, .doc = "right"},
	[OUT0] = {.name = "out0",
		  .kind = TACTUS_AUDIO,
		  .direction = TACTUS_OUTPUT,
		  .doc = "left"},
	[OUT1] = {.name = "out1",
		  .kind = TACTUS_AUDIO,
		  .direction = TACTUS_OUTPUT,
		  .doc = "right"				      },
};

/** Take the memory of all rings, the larger ones first. */
TACTUS_RT static bool
open_rings(const TactusWorld *world, struct reverb *r)
{
	double rate = world->rate;
	uint32_t before = (uint32_t)(int32_t)(REVERB_PREDELAY * rate + 0.5) +
			  REVERB_CHUNK;
	uint32_t all = 2 * before;
	bool good = true;

	for (uint32_t k = 0; k < REVERB_LINES; k++) {
		all += reverb_room_longest(k, rate);
	}
	reverb_store_init(&r->store, all);
	for (uint32_t c = 0; c < 2; c++) {
		good = good && reverb_ring_open(
				       world, &r->store, &r->before[c], before);
	}
	for (uint32_t k = 0; k < REVERB_LINES; k++) {
		good = good && reverb_ring_open(world, &r->store, &r->line[k],
				       reverb_room_longest(k, rate));
	}
	for (uint32_t i = 0; i < 2 * REVERB_DIFFUSERS; i++) {
		uint32_t length = reverb_room_diffuser(i % 2, i / 2, rate);

		good = good && reverb_ring_open(world, &r->store,
				       &r->diffuser[i % 2][i / 2], length);
		/* a chunk is not longer than what it comes back from; the
		 * lines are longer than the diffusers, even at size 0 */
		r->most = length < r->most ? length : r->most;
	}
	return good;
}

TACTUS_RT static int
construct(const TactusWorld *world, const void *options, TactusSynth *synth)
{
	struct reverb *r = synth->self;

	(void)options;
	r->most = REVERB_CHUNK;
	r->fade = (uint32_t)(int32_t)(FADE_SECONDS * world->rate + 0.5);
	r->mix_step = tactus_approach(MIX_SECONDS * world->rate);
	if (!open_rings(world, r)) {
		reverb_store_fini(world, &r->store);
		return 503;
	}
	return 0;
}

TACTUS_RT static void
destroy(const TactusWorld *world, TactusSynth *synth)
{
	struct reverb *r = synth->self;

	reverb_store_fini(world, &r->store);
}

/** What the controls ask for in frame `at`. */
TACTUS_RT static struct reverb_wish
wish_at(const TactusControl *controls, uint32_t at)
{
	return (struct reverb_wish){tactus_control_at(&controls[SIZE], at),
		tactus_control_at(&controls[DAMPING], at),
		tactus_control_at(&controls[PREDELAY], at)};
}

TACTUS_RT static bool
is_granted(const struct reverb_wish *wish, const struct reverb_room *room)
{
	return wish->size == room->wish.size &&
	       wish->damping == room->wish.damping &&
	       wish->predelay == room->wish.predelay;
}

/**
 * Begin or end a fade where frame `from` asks for it.
 * @return how many frames from there on nothing of that kind happens
 */
TACTUS_RT static uint32_t
go_on(struct reverb *r, const TactusControl *controls, uint32_t from,
	uint32_t frames, double rate)
{
	struct reverb_wish wish = wish_at(controls, from);
	uint32_t n = from;

	if (!r->has_begun) {
		r->has_begun = true;
		r->mix = (double)tactus_control_at(&controls[MIX], from);
		reverb_room_make(&r->room[0], &wish, rate);
	}
	if (r->is_fading && r->faded == r->fade) {
		r->is_fading = false;
		r->now = 1 - r->now;
	}
	if (!r->is_fading && !is_granted(&wish, &r->room[r->now])) {
		r->is_fading = true;
		r->faded = 0;
		reverb_room_make(&r->room[1 - r->now], &wish, rate);
	}
	if (r->is_fading) {
		return r->fade - r->faded;
	}
	if (controls[SIZE].step == 0.0f && controls[DAMPING].step == 0.0f &&
		controls[PREDELAY].step == 0.0f) {
		return frames - from;
	}
	do {
		wish = wish_at(controls, ++n);
	} while (n < frames && is_granted(&wish, &r->room[r->now]));
	return n - from;
}

/** What a ring holds, as the present room and the coming one hear it. */
TACTUS_RT static void
listen(struct reverb *r, const struct reverb_ring *ring, uint64_t age,
	const uint32_t *delay, const float *gain,
	const struct reverb_fade *fade, float *out, uint32_t frames)
{
	reverb_ring_read(ring, age, delay[0], out, frames);
	if (fade->step > 0.0f) {
		reverb_ring_read(ring, age, delay[1], r->past, frames);
		reverb_kernel_fade(
			out, gain[0], r->past, gain[1], fade, frames);
	} else {
		reverb_kernel_scale(out, gain[0], frames);
	}
}

/** Bring one channel to the lines: tame it, let it wait, diffuse it. */
TACTUS_RT static void
bring(struct reverb *r, uint32_t c, const float *in,
	const struct reverb_fade *fade, uint32_t frames)
{
	struct reverb_ring *before = &r->before[c];
	const struct reverb_room *now = &r->room[r->now];
	const struct reverb_room *next = &r->room[1 - r->now];
	/* it is written first: a delay may be 0 */
	const uint32_t delay[2] = {
		now->predelay + frames, next->predelay + frames};
	const float gain[2] = {1.0f, 1.0f};

	reverb_kernel_tame(r->in[c], in, frames);
	reverb_ring_write(before, r->in[c], frames);
	listen(r, before, r->age + frames, delay, gain, fade, r->fed[c],
		frames);
	for (uint32_t k = 0; k < REVERB_DIFFUSERS; k++) {
		struct reverb_ring *d = &r->diffuser[c][k];

		reverb_ring_read(d, r->age, d->length, r->past, frames);
		reverb_kernel_diffuse(r->fed[c], r->past, frames);
		reverb_ring_write(d, r->past, frames);
	}
}

/** Let the lines sound, and go round. */
TACTUS_RT static void
turn(struct reverb *r, const struct reverb_fade *fade, uint32_t frames)
{
	const struct reverb_room *now = &r->room[r->now];
	const struct reverb_room *next = &r->room[1 - r->now];

	for (uint32_t k = 0; k < REVERB_LINES; k++) {
		const uint32_t delay[2] = {now->delay[k], next->delay[k]};
		const float gain[2] = {now->gain[k], next->gain[k]};

		listen(r, &r->line[k], r->age, delay, gain, fade, r->x[k],
			frames);
	}
	if (fade->step > 0.0f) {
		reverb_kernel_damp_moving(
			r->x, r->state, now->pole, next->pole, fade, frames);
	} else {
		reverb_kernel_damp(r->x, r->state, now->pole, frames);
	}
	reverb_kernel_mix(r->x, frames);
}

/** Send the lines what they mixed, and what comes in. */
TACTUS_RT static void
send(struct reverb *r, const struct reverb_fade *fade, uint32_t frames)
{
	float now = r->room[r->now].level;
	float next = r->is_fading ? r->room[1 - r->now].level : now;

	for (uint32_t k = 0; k < REVERB_LINES; k++) {
		float sign = k % 4 < 2 ? 1.0f : -1.0f;

		reverb_kernel_feed(r->x[k], r->fed[k % 2], sign * now,
			sign * next, fade, frames);
		reverb_ring_write(&r->line[k], r->x[k], frames);
	}
}

/** The mix of each frame. */
TACTUS_RT static void
approach_mix(struct reverb *r, const TactusControl *mix, uint32_t from,
	float *out, uint32_t frames)
{
	double now = r->mix;

	for (uint32_t i = 0; i < frames; i++) {
		float goal = tactus_control_at(mix, from + i);
		double left = (double)goal - now;

		now += tactus_approach_by(left, r->mix_step);
		out[i] = (float)now;
		if (mix->step == 0.0f && left == 0.0) {
			/* it is there, and stays */
			for (i++; i < frames; i++) {
				out[i] = goal;
			}
		}
	}
	r->mix = now;
}

/** Some frames in which nothing begins or ends. */
TACTUS_RT static void
run(TactusSynth *synth, uint32_t from, uint32_t frames)
{
	struct reverb *r = synth->self;
	const struct reverb_fade fade = {
		r->faded, r->is_fading ? 1.0f / (float)(int32_t)r->fade : 0.0f};

	bring(r, 0, synth->in[0] + from, &fade, frames);
	bring(r, 1, synth->in[1] + from, &fade, frames);
	turn(r, &fade, frames);
	approach_mix(r, &synth->controls[MIX], from, r->past, frames);
	reverb_kernel_blend(
		synth->out[0] + from, r->in[0], r->x[ROW0], r->past, frames);
	reverb_kernel_blend(
		synth->out[1] + from, r->in[1], r->x[ROW1], r->past, frames);
	send(r, &fade, frames);
	r->age += frames;
	r->faded += r->is_fading ? frames : 0;
}

TACTUS_RT static void
process(const TactusWorld *world, TactusSynth *synth, uint32_t frames)
{
	struct reverb *r = synth->self;
	uint32_t n;

	for (uint32_t from = 0; from < frames; from += n) {
		n = go_on(r, synth->controls, from, frames, world->rate);
		n = n < frames - from ? n : frames - from;
		n = n < r->most ? n : r->most;
		run(synth, from, n);
	}
}

static const TactusSynthDef def = {
	.size = sizeof(def),
	.uri = "urn:tactus:synthdef:reverb:1",
	.name = "reverb",
	.doc = "A room in stereo: a feedback delay network of sixteen lines.",
	.instance_bytes = sizeof(struct reverb),
	.ports = ports,
	.port_rows = PORTS,
	.port_bytes = sizeof(*ports),
	.construct = construct,
	.process = process,
	.destroy = destroy,
};

static const TactusPlugin plugin = {
	sizeof(plugin), TACTUS_ABI_VERSION, "reverb", "1", "MIT"};

const TactusPlugin *
tactus_plugin(const TactusHost *host)
{
	return tactus_offer(host, &plugin, &def);
}
