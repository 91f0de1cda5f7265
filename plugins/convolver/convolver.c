/* SPDX-License-Identifier: MIT */
/*
 * convolver.c -- convolution with an Impulse, without delay; the class beside.
 *
 * Uniformly partitioned overlap-save (Stockham 1966; Wefers, "Partitioned
 * convolution algorithms for real-time auralization", 2015, 5.1), whose first
 * partition is summed up directly: the output needs no future input, so there
 * is no delay whatever the segments are.
 *
 *	history  | partition k-1 | partition k, filling up |
 *	head     the last 256 frames times the impulse's first partition
 *	tail     of partition k: spectra k-1, k-2, … times partitions 1, 2, …
 *
 * Where a partition begins, the spectrum of the input so far joins the ring,
 * its product completes the sum, and the sum's inverse is the tail.  All the
 * other products of the next sum are spread evenly over the frames until then.
 * So the worst block has two FFTs of 512 points more than the others.  All of
 * it happens at multiples of 256 frames of the synth's own time: the bits do
 * not depend on how blocks are cut.
 *
 * Another impulse begins to be summed up at the next partition and is faded
 * to within the one after that:
 *
 *	STILL --another is bound--> PREPARE --256 frames--> FADE
 *	   ^--------------------256 frames-------------------'
 *
 * construct, bind, process and destroy run on an audio thread, the rest on
 * the loop; the class (impulse_class.c) on workers.
 */
#include <tactus/def.h>
#include <tactus/math.h>
#include <tactus/plugin.h>
#include <tactus/resources/impulse.h>

#include "convolver_kernel.h"
#include "convolver_ring.h"
#include "impulse_class.h"

enum { MIX, GAIN, IMPULSE, IN, OUT, PORTS };

#define PARTITION TACTUS_IMPULSE_PARTITION
/** Longest impulse by the option `seconds`. */
#define LEAST_SECONDS   0.005
#define INITIAL_SECONDS 3.0

enum state { STILL, PREPARE, FADE };

/** One impulse at work. */
struct line {
	const TactusImpulse *impulse; /* NULL: none */
	int32_t id;
	bool is_held;     /* its reference is ours, by bind */
	uint32_t spectra; /* of the impulse that are used */
	uint32_t wanted;  /* products of the next sum, but the last one */
	uint32_t added;   /* of them by now */
	struct convolver_cursor at; /* of the next one to be added */
	float sum[2 * PARTITION];   /* a spectrum, on its way */
	float tail[2 * PARTITION];  /* its second half sounds */
};

struct convolver {
	enum state state;
	bool has_begun;  /* a frame was computed */
	uint32_t filled; /* frames of the present partition */
	uint32_t now;    /* the line that sounds; the other one comes */
	struct line line[2];
	struct convolver_ring ring;
	/* of a spectrum; between the FFTs what two lines sound like */
	float bins[2 * PARTITION + 2];
	float scratch[2 * PARTITION + 2];
	float history[2 * PARTITION + KERNEL_FRAMES];
};

_Static_assert(sizeof(struct convolver) + 512 <= TACTUS_CONSTRUCT_BYTES,
	"with its ports it fits in a block of 16 KiB, and comes zeroed");

/** The parsed options. */
struct options {
	double seconds; /* 0: not given */
};

static const TactusPort ports[PORTS] = {
	[MIX] = {.name = "mix",
		 .maximum = 1.0f,
		 .initial = 1.0f,
		 .doc = "0 the input alone, 1 the convolution alone"                       },
	[GAIN] = {.name = "gain",
		 .minimum = -16.0f,
		 .maximum = 16.0f,
		 .initial = 1.0f,
		 .doc = "factor of the convolution"},
	[IMPULSE] = {.name = "impulse",
		 .kind = TACTUS_RESOURCE,
		 .resource = TACTUS_IMPULSE_URI,
		 .doc = "what it is convolved with; silence without"                                            },
	[IN] = {.name = "in",              .kind = TACTUS_AUDIO,       .doc = "a signal"},
	[OUT] = {.name = "out",
		 .kind = TACTUS_AUDIO,
		 .direction = TACTUS_OUTPUT,
		 .doc = "what becomes of the input"},
};

static int
parse(const TactusHost *host, const TactusOption *options, uint32_t count,
	void *out, char *reason, size_t size)
{
	struct options *to = out;

	(void)host;
	return tactus_parse_number(options, count, "seconds", LEAST_SECONDS,
		       TACTUS_IMPULSE_SECONDS, "a number from 0.005 to 60",
		       &to->seconds, reason, size) < 0
		       ? -1
		       : 0;
}

TACTUS_RT static int
construct(const TactusWorld *world, const void *options, TactusSynth *synth)
{
	struct convolver *s = synth->self;
	const struct options *o = options;
	double seconds = INITIAL_SECONDS;

	if (o != NULL && o->seconds > 0.0) {
		seconds = o->seconds;
	}
	/* the first partition of an impulse is never in the ring */
	uint32_t spectra =
		(uint32_t)(int32_t)(seconds * world->rate / PARTITION);
	return convolver_ring_open(world, &s->ring, spectra) ? 0 : 503;
}

TACTUS_RT static void
destroy(const TactusWorld *world, TactusSynth *synth)
{
	struct convolver *s = synth->self;

	convolver_ring_close(world, &s->ring);
}

TACTUS_RT static bool
bind(const TactusWorld *world, TactusSynth *synth, uint32_t ordinal, void *old,
	int32_t old_id)
{
	struct convolver *s = synth->self;

	(void)world;
	(void)ordinal;
	for (uint32_t i = 0; s->has_begun && old != NULL && i < 2; i++) {
		struct line *l = &s->line[i];

		if (l->impulse == old && !l->is_held) {
			l->is_held = true;
			l->id = old_id;
			return true;
		}
	}
	/* it was bound so shortly that it never came to sound */
	return false;
}

/** Begin with an impulse, or with none. */
TACTUS_RT static void
line_begin(const TactusWorld *world, TactusSynth *synth, struct line *l,
	const TactusImpulse *impulse)
{
	struct convolver *s = synth->self;

	l->impulse = impulse;
	l->is_held = false;
	l->spectra = impulse == NULL ? 0 : impulse->spectra;
	if (l->spectra > s->ring.room) {
		l->spectra = s->ring.room;
		world->log(world, synth, TACTUS_LOG_WARNING,
			"the impulse is cut, as the option seconds has it, to "
			"(s)",
			(l->spectra + 1.0) * PARTITION / world->rate);
	}
}

TACTUS_RT static void
line_release(const TactusWorld *world, TactusSynth *synth, struct line *l)
{
	if (l->is_held) {
		l->is_held = false;
		world->resource_release(world, synth, l->id);
	}
}

TACTUS_RT static void
line_end(const TactusWorld *world, TactusSynth *synth, struct line *l)
{
	line_release(world, synth, l);
	l->impulse = NULL;
	l->spectra = 0;
}

/** Decide, where a partition begins, which impulses are at work in it. */
TACTUS_RT static void
go_on(const TactusWorld *world, TactusSynth *synth)
{
	struct convolver *s = synth->self;
	const TactusImpulse *bound = synth->resources[0];
	struct line *now = &s->line[s->now];
	struct line *other = &s->line[1 - s->now];

	if (!s->has_begun) {
		s->has_begun = true;
		line_begin(world, synth, now, bound);
		return;
	}
	if (s->state == PREPARE) {
		s->state = FADE;
		return;
	}
	if (s->state == FADE) {
		line_end(world, synth, now);
		s->now = 1 - s->now;
		now = &s->line[s->now];
		other = &s->line[1 - s->now];
		s->state = STILL;
	}
	if (now->impulse != bound) {
		line_begin(world, synth, other, bound);
		s->state = PREPARE;
	} else {
		/* the port holds it again, or still */
		line_release(world, synth, now);
	}
}

/** The tables of an FFT, if any spectrum is needed at all. */
TACTUS_RT static const TactusFft *
fft_of(const struct convolver *s)
{
	for (uint32_t i = 0; i < 2; i++) {
		if (s->line[i].spectra > 0) {
			return s->line[i].impulse->fft;
		}
	}
	return NULL;
}

/** The sum is complete but for the newest product: what it sounds like. */
TACTUS_RT static void
line_finish(const TactusWorld *world, struct convolver *s, struct line *l)
{
	if (l->spectra > 0 && s->ring.valid > 0) {
		struct convolver_cursor newest =
			convolver_ring_newest(&s->ring);

		convolver_kernel_add(l->sum,
			convolver_ring_back(&s->ring, &newest),
			l->impulse->spectrum);
		convolver_kernel_join(s->bins, l->sum);
		world->fft_inverse(
			l->impulse->fft, s->bins, l->tail, s->scratch);
	} else {
		memset(l->tail, 0, sizeof(l->tail));
	}
}

/** Begin the next sum. */
TACTUS_RT static void
line_renew(const struct convolver *s, struct line *l)
{
	memset(l->sum, 0, sizeof(l->sum));
	l->added = 0;
	l->wanted = l->spectra > 0 ? l->spectra - 1 : 0;
	l->wanted = l->wanted < s->ring.valid ? l->wanted : s->ring.valid;
	if (l->wanted > 0) {
		l->at = convolver_ring_newest(&s->ring);
	}
}

/** Add what is to be added until frame `until` of the partition. */
TACTUS_RT static void
line_add(const struct convolver *s, struct line *l, uint32_t until)
{
	uint32_t ought = (uint32_t)((uint64_t)l->wanted * until / PARTITION);

	while (l->added < ought) {
		/* the newest one meets partition 2: 1 is for the next */
		const float *spectrum = l->impulse->spectrum +
					(size_t)(l->added + 1) * 2 * PARTITION;

		convolver_kernel_add(l->sum,
			convolver_ring_back(&s->ring, &l->at), spectrum);
		l->added++;
	}
}

/** A partition begins; `history` is full but at the very start. */
TACTUS_RT static void
begin_partition(const TactusWorld *world, TactusSynth *synth)
{
	struct convolver *s = synth->self;
	bool is_first = !s->has_begun;

	go_on(world, synth);
	const TactusFft *fft = fft_of(s);
	if (fft == NULL || is_first) {
		s->ring.valid = 0;
	} else {
		world->fft_forward(fft, s->history, s->bins, s->scratch);
		convolver_kernel_part(convolver_ring_next(&s->ring), s->bins);
	}
	line_finish(world, s, &s->line[s->now]);
	if (s->state == FADE) {
		line_finish(world, s, &s->line[1 - s->now]);
	}
	line_renew(s, &s->line[0]);
	line_renew(s, &s->line[1]);
	if (s->state == FADE) {
		/* it will not sound again */
		s->line[s->now].wanted = 0;
	}
	memcpy(s->history, s->history + PARTITION, PARTITION * sizeof(float));
	s->filled = 0;
}

/** What a line sounds like in the next frames. */
TACTUS_RT static void
line_sound(const struct convolver *s, const struct line *l, float *out,
	uint32_t frames)
{
	const float *tail = l->tail + PARTITION + s->filled;

	if (l->impulse == NULL) {
		memset(out, 0, frames * sizeof(*out));
		return;
	}
	convolver_kernel_direct(out, s->history + PARTITION + s->filled,
		l->impulse->head, frames);
	for (uint32_t i = 0; l->spectra > 0 && i < frames; i++) {
		out[i] += tail[i];
	}
}

/** Some frames of one partition. */
TACTUS_RT static void
run(TactusSynth *synth, uint32_t from, uint32_t frames)
{
	struct convolver *s = synth->self;
	const TactusControl mix = synth->controls[MIX];
	const TactusControl gain = synth->controls[GAIN];
	const float *in = synth->in[0] + from;
	float *out = synth->out[0] + from;
	float *dry = s->history + PARTITION + s->filled;
	float *wet = s->bins;
	float *coming = s->bins + PARTITION;

	for (uint32_t i = 0; i < frames; i++) {
		dry[i] = tactus_tame(in[i]);
	}
	line_sound(s, &s->line[s->now], wet, frames);
	if (s->state == FADE) {
		line_sound(s, &s->line[1 - s->now], coming, frames);
		for (uint32_t i = 0; i < frames; i++) {
			float f = (float)(int32_t)(s->filled + i) *
				  (1.0f / PARTITION);

			wet[i] += f * (coming[i] - wet[i]);
		}
	}
	for (uint32_t i = 0; i < frames; i++) {
		float part = tactus_control_at(&mix, from + i);
		float level = tactus_control_at(&gain, from + i);

		out[i] = (1.0f - part) * dry[i] + part * (level * wet[i]);
	}
	s->filled += frames;
	line_add(s, &s->line[0], s->filled);
	line_add(s, &s->line[1], s->filled);
}

TACTUS_RT static void
process(const TactusWorld *world, TactusSynth *synth, uint32_t frames)
{
	struct convolver *s = synth->self;
	uint32_t n;

	for (uint32_t from = 0; from < frames; from += n) {
		if (!s->has_begun || s->filled == PARTITION) {
			begin_partition(world, synth);
		}
		n = PARTITION - s->filled;
		n = n < frames - from ? n : frames - from;
		run(synth, from, n);
	}
}

static const TactusSynthDef def = {
	.size = sizeof(def),
	.uri = "urn:tactus:synthdef:convolver:1",
	.name = "convolver",
	.doc = "Convolution with an impulse response, without delay.",
	.instance_bytes = sizeof(struct convolver),
	.options_bytes = sizeof(struct options),
	.parse = parse,
	.ports = ports,
	.port_rows = PORTS,
	.port_bytes = sizeof(*ports),
	.construct = construct,
	.process = process,
	.destroy = destroy,
	.bind = bind,
};

static const TactusPlugin plugin = {
	sizeof(plugin), TACTUS_ABI_VERSION, "convolver", "1", "MIT"};

const TactusPlugin *
tactus_plugin(const TactusHost *host)
{
	if (host->abi != TACTUS_ABI_VERSION ||
		host->register_resource_def(host, &impulse_class) != 0) {
		return NULL;
	}
	return tactus_offer(host, &plugin, &def);
}
