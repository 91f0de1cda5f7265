/* SPDX-License-Identifier: MIT */
/*
 * check_many.c -- process_many says and sounds what process does, bit by bit.
 *
 * Of each def that has it two sets of the same synths live side by side.  All
 * that happens to one happens to the other; the one set is run by process,
 * synth by synth, the other by process_many in groups that chance makes anew
 * for each segment.
 */
#include "harness.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tactus/math.h>
#include <tactus/resources/audio_buffer.h>

#include "thread_flush.h"

/**
 * The defs that have to have process_many, for their synths come by the
 * hundred; any other may have it.
 */
static const char *const required[] = {"adsr", "filter", "gain", "pan", "pulse",
	"sampler", "saw", "sine", NULL};

/** Of these each run has to say done, and give references back. */
static const struct {
	const char *def;
	bool is_done;
	bool has_released;
} says[] = {
	{"adsr",    true, false},
        {"sampler", true, true }
};

/** The options that chance gives to synths. */
static const struct choice {
	const char *def;
	const char *option;
	int32_t least;
	int32_t most;
	const char *const *words; /* least … most of them; NULL: numbers */
} choices[] = {
	{"gain",        "channels",      1,  5,  NULL    },
	{"patch-cable", "channels",      1,  5,  NULL    },
	{"mixer",       "inputs",        1,  6,  NULL    },
	{"recorder",    "channels",      1,  4,  NULL    },
	{"noise",       "seed",          -9, 99, NULL    },
	{"lfo",         "seed",          -9, 99, NULL    },
	{"sampler",     "channels",      1,  4,  NULL    },
	{"sampler",     "interpolation", 0,  2,
         (const char *const[]){"none", "linear", "cubic"}},
};

#define SEEDS    4
#define SYNTHS   48
#define SEGMENTS 400
#define PORTS    8 /* most audio inputs or outputs of a synth here */
#define INPUTS   12
#define MARGIN   16 /* floats that a segment may begin behind its block */
#define ROOM     (MARGIN + HARNESS_BLOCK + 1)
#define UNTOLD   12345.0f

/* --- what is bound --- */

enum { SOUNDS = 8, LONGEST = 20000, WIDEST = 3 };

/** The shapes of the buffers that synths play. */
static const struct {
	uint32_t channels;
	int64_t frames;
	double rate;
} shapes[SOUNDS] = {
	{1, 20000, 48000.0},
        {1, 13001, 44100.0},
        {2, 9000,  96000.0},
	{3, 777,   48000.0},
        {1, 64,    22050.0},
        {1, 8192,  48000.0},
	{1, 3,     48000.0},
        {2, 1,     48000.0}
};

struct sound {
	TactusAudioBuffer buffer;
	float *channel[WIDEST];
	float frame[WIDEST][LONGEST];
};

/* --- two synths that are one --- */

enum set { ONE, ALL, SETS };

struct voice {
	struct harness in[SETS];
	float out[SETS][PORTS][ROOM];
	bool is_loose[PORTS]; /* an output that is joined to nothing */
	uint32_t input[PORTS];
	uint32_t ramps[TACTUS_MAX_PORTS]; /* segments that a ramp goes on */
};

/** All that chance moves. */
struct stage {
	const char *name;
	uint64_t chance;
	double rate;
	uint32_t segment;
	uint32_t offset; /* of a segment in its block */
	uint32_t frames;
	float input[INPUTS][ROOM];
	float nowhere[SETS][ROOM];
	struct sound sound[SETS][SOUNDS];
	struct voice *voice;

	uint32_t heard; /* segments of synths that sounded */
	uint32_t dones;
	uint32_t releases;
	uint32_t widest; /* group */
	uint32_t alone;  /* groups of one */
};

/** 0 … `most` - 1. */
static uint32_t
any(struct stage *s, uint32_t most)
{
	return tactus_random(&s->chance) % most;
}

/** 0 … 1. */
static float
part(struct stage *s)
{
	return tactus_random_signed(&s->chance) * 0.5f + 0.5f;
}

static void
make_sounds(struct stage *s)
{
	for (uint32_t n = 0; n < SOUNDS; n++) {
		struct sound *x = &s->sound[ONE][n];

		for (uint32_t c = 0; c < WIDEST; c++) {
			harness_noise(x->frame[c], LONGEST, &s->chance);
		}
		s->sound[ALL][n] = *x;
		for (int set = 0; set < SETS; set++) {
			x = &s->sound[set][n];
			for (uint32_t c = 0; c < WIDEST; c++) {
				x->channel[c] = x->frame[c];
			}
			x->buffer = (TactusAudioBuffer){sizeof(x->buffer),
				shapes[n].channels, shapes[n].frames,
				shapes[n].rate, x->channel};
		}
	}
}

/** Options as chance has it. @return how many */
static uint32_t
choose_options(struct stage *s, TactusOption *out)
{
	uint32_t count = 0;

	for (size_t i = 0; i < sizeof(choices) / sizeof(*choices); i++) {
		const struct choice *c = &choices[i];

		if (strcmp(c->def, s->name) != 0 || any(s, 4) == 0) {
			continue;
		}
		uint32_t span = (uint32_t)(c->most - c->least) + 1;
		int32_t pick = c->least + (int32_t)any(s, span);
		out[count++] = (TactusOption){.name = c->option,
			.type = c->words != NULL ? 's' : 'i',
			.number = pick,
			.string = c->words != NULL ? c->words[pick] : NULL};
	}
	return count;
}

/** Bind something, or nothing, to each resource port. */
static void
bind(struct stage *s, struct voice *v)
{
	const struct harness *h = &v->in[ONE];

	for (uint32_t i = 0, n = 0; i < h->ports; i++) {
		if (h->port[i].kind != TACTUS_RESOURCE) {
			continue;
		}
		if (strcmp(h->port[i].resource, TACTUS_AUDIO_BUFFER_URI) != 0) {
			ck_abort_msg("%s wants a %s: let check_many.c make one",
				s->name, h->port[i].resource);
		}
		uint32_t k = any(s, SOUNDS);
		bool is_none = any(s, 8) == 0;
		for (int set = 0; set < SETS; set++) {
			harness_bind(&v->in[set], n,
				is_none ? NULL : &s->sound[set][k].buffer,
				is_none ? -1 : (int32_t)k);
		}
		n++;
	}
}

static void
open_voice(struct stage *s, struct voice *v)
{
	TactusOption options[4];
	uint32_t count = choose_options(s, options);

	for (int set = 0; set < SETS; set++) {
		harness_load(&v->in[set], s->name, s->rate);
		v->in[set].pool_room = HARNESS_POOLS;
		ck_assert_int_eq(harness_make(&v->in[set], options, count), 0);
	}
	ck_assert_uint_le(v->in[ONE].ins, PORTS);
	ck_assert_uint_le(v->in[ONE].outs, PORTS);
	for (uint32_t i = 0; i < PORTS; i++) {
		v->input[i] = any(s, INPUTS);
		v->is_loose[i] = any(s, 8) == 0;
	}
	bind(s, v);
}

/* --- what happens to both --- */

/** A value within a control's range: often the default or near it. */
static float
value_of(struct stage *s, const TactusPort *p)
{
	float most = strcmp(p->unit, "s") == 0 ? 0.02f : p->maximum;
	float value = p->minimum + part(s) * (most - p->minimum);
	uint32_t what = any(s, 4);

	if ((p->flags & TACTUS_BOOLEAN) != 0) {
		return any(s, 4) == 0 ? 0.0f : 1.0f;
	}
	if ((p->flags & TACTUS_INTEGER) != 0 && most > 1e6f) {
		/* a frame of a buffer */
		value = what > 0 ? p->initial : (float)any(s, 1200);
	} else if ((p->flags & (TACTUS_INTEGER | TACTUS_ENUM)) != 0) {
		value = floorf(value + 0.5f);
	} else if (what == 0) {
		value = p->initial;
	} else if (what == 1) {
		value = p->initial * (0.5f + part(s));
	} else if (what == 2 && strcmp(p->unit, "s") == 0) {
		value = 0.0f;
	}
	return tactus_clamp(value, p->minimum, p->maximum);
}

/** Give a control another value, or let it go there. */
static void
alter(struct stage *s, struct voice *v, uint32_t i)
{
	const TactusPort *p = &v->in[ONE].port[i];
	TactusControl c = v->in[ONE].control[i];
	float value = value_of(s, p);

	v->ramps[i] = 0;
	if (p->flags == 0 && any(s, 3) == 0) {
		v->ramps[i] = 1 + any(s, 20);
		c.step = (value - c.value) /
			 (float)(v->ramps[i] * HARNESS_BLOCK);
	} else if (p->flags == TACTUS_TRIGGER) {
		c = (TactusControl){1.0f, 0.0f};
	} else {
		/* what stands still may do so with a step of -0 */
		c = (TactusControl){value, any(s, 8) == 0 ? -0.0f : 0.0f};
	}
	v->in[ONE].control[i] = c;
	v->in[ALL].control[i] = c;
}

/** Move the controls behind a segment. */
static void
move_on(const struct stage *s, struct voice *v)
{
	for (uint32_t i = 0; i < v->in[ONE].ports; i++) {
		const TactusPort *p = &v->in[ONE].port[i];
		TactusControl c = v->in[ONE].control[i];

		if (p->kind != TACTUS_CONTROL) {
			continue;
		}
		if (p->flags == TACTUS_TRIGGER) {
			c.value = 0.0f;
		} else if (v->ramps[i] > 0) {
			c.value = tactus_clamp(
				c.value + (float)s->frames * c.step, p->minimum,
				p->maximum);
			c.step = --v->ramps[i] > 0 ? c.step : 0.0f;
		}
		v->in[ONE].control[i] = c;
		v->in[ALL].control[i] = c;
	}
}

static void
disturb(struct stage *s, struct voice *v)
{
	uint32_t i = any(s, v->in[ONE].ports);

	if (v->in[ONE].port[i].kind == TACTUS_CONTROL && any(s, 2) == 0) {
		alter(s, v, i);
	}
	if (v->in[ONE].bindings > 0 && any(s, 40) == 0) {
		bind(s, v);
	}
	if (any(s, 32) == 0) {
		v->input[any(s, PORTS)] = any(s, INPUTS);
	}
}

/** What the synths hear: sound, silence, and what should not be. */
static void
fill_inputs(struct stage *s)
{
	static const float odd[] = {NAN, INFINITY, -INFINITY, 3e38f, -3e38f,
		1e-40f, -1e-45f, 0.0f, -0.0f};

	for (uint32_t n = 0; n < INPUTS; n++) {
		float *x = s->input[n];
		uint32_t what = any(s, 8);

		harness_noise(x, ROOM, &s->chance);
		for (uint32_t i = 0; what < 3 && i < ROOM; i++) {
			if (what == 0) {
				x[i] = 0.0f;
			} else if (what == 1) {
				x[i] *= 1e-38f;
			} else if (any(s, 8) == 0) {
				x[i] = odd[any(s, sizeof odd / sizeof *odd)];
			}
		}
	}
}

/* --- the run, and what came of it --- */

static void
join(struct stage *s, struct voice *v, enum set set)
{
	struct harness *h = &v->in[set];

	for (uint32_t i = 0; i < h->ins; i++) {
		h->in[i] = &s->input[v->input[i]][s->offset];
	}
	for (uint32_t i = 0; i < h->outs; i++) {
		float *room = v->is_loose[i] ? s->nowhere[set] : v->out[set][i];

		for (uint32_t k = 0; k < ROOM; k++) {
			room[k] = UNTOLD;
		}
		h->out[i] = &room[s->offset];
	}
}

/** Run the one set synth by synth, the other in groups. */
static void
run(struct stage *s)
{
	struct harness *group[TACTUS_MAX_MANY];
	uint32_t order[SYNTHS];

	for (uint32_t n = 0; n < SYNTHS; n++) {
		struct harness *h = &s->voice[n].in[ONE];
		const float *in[PORTS];
		float *out[PORTS];
		uint32_t other = any(s, n + 1);

		order[n] = order[other];
		order[other] = n;
		join(s, &s->voice[n], ONE);
		join(s, &s->voice[n], ALL);
		memcpy(in, h->in, sizeof(in));
		memcpy(out, h->out, sizeof(out));
		harness_segment(h, in, out, s->frames);
	}
	for (uint32_t n = 0; n < SYNTHS;) {
		uint32_t count = 1 + any(s, TACTUS_MAX_MANY);

		count = any(s, 4) == 0 ? TACTUS_MAX_MANY : count;
		count = any(s, 8) == 0 ? 1 : count;
		count = count < SYNTHS - n ? count : SYNTHS - n;
		for (uint32_t i = 0; i < count; i++) {
			group[i] = &s->voice[order[n + i]].in[ALL];
		}
		harness_segment_many(group, count, s->frames);
		n += count;
		s->widest = count > s->widest ? count : s->widest;
		s->alone += count == 1;
	}
}

/** Tell what is wrong; asserting what is right takes libcheck's time. */
static void
blame_frame(const struct stage *s, uint32_t n, uint32_t port, uint32_t k)
{
	float one = s->voice[n].out[ONE][port][k];
	float all = s->voice[n].out[ALL][port][k];

	ck_abort_msg("%s, segment %u of %u frames, synth %u, output %u, "
		     "frame %d: %a by process, %a by process_many; %a is what "
		     "was there before",
		s->name, s->segment, s->frames, n, port,
		(int)k - (int)s->offset, (double)one, (double)all,
		(double)UNTOLD);
}

/** Both outputs are the same, and nothing beside them was touched. */
static bool
compare_output(const struct stage *s, uint32_t n, uint32_t port)
{
	const float *one = s->voice[n].out[ONE][port];
	const float *all = s->voice[n].out[ALL][port];
	bool is_heard = false;

	for (uint32_t k = 0; k < ROOM; k++) {
		bool is_in = k >= s->offset && k < s->offset + s->frames;

		if (memcmp(&one[k], &all[k], sizeof(*one)) != 0 ||
			(one[k] != UNTOLD) != is_in) {
			blame_frame(s, n, port, k);
		}
		is_heard |= is_in && isfinite(one[k]) && one[k] != 0.0f;
	}
	return is_heard;
}

/** Both said the same. */
static bool
is_same(const struct harness *one, const struct harness *all)
{
	return one->words == all->words && one->said == all->said &&
	       one->dones == all->dones && one->done_at == all->done_at &&
	       one->releases == all->releases &&
	       harness_kept(one) == harness_kept(all);
}

static void
compare(struct stage *s, uint32_t n)
{
	const struct harness *one = &s->voice[n].in[ONE];
	const struct harness *all = &s->voice[n].in[ALL];
	bool is_heard = false;

	for (uint32_t i = 0; i < one->outs; i++) {
		if (!s->voice[n].is_loose[i]) {
			is_heard |= compare_output(s, n, i);
		}
	}
	s->heard += is_heard;
	if (!is_same(one, all)) {
		ck_abort_msg("%s, segment %u, synth %u: %u words (done %u, "
			     "release %u) by process, %u (%u, %u) by "
			     "process_many, or others",
			s->name, s->segment, n, one->words, one->dones,
			one->releases, all->words, all->dones, all->releases);
	}
}

/** Hundreds of segments. */
static void
play(struct stage *s)
{
	for (s->segment = 0; s->segment < SEGMENTS; s->segment++) {
		bool is_whole = any(s, 3) == 0;

		s->offset = is_whole ? 0 : any(s, MARGIN);
		s->frames =
			is_whole ? HARNESS_BLOCK : 1 + any(s, HARNESS_BLOCK);
		fill_inputs(s);
		/* now and then all goes on as it was */
		for (uint32_t n = 0; s->segment % 40 < 30 && n < SYNTHS; n++) {
			disturb(s, &s->voice[n]);
		}
		run(s);
		for (uint32_t n = 0; n < SYNTHS; n++) {
			compare(s, n);
			move_on(s, &s->voice[n]);
		}
	}
	for (uint32_t n = 0; n < SOUNDS; n++) {
		ck_assert_mem_eq(s->sound[ONE][n].frame, s->sound[ALL][n].frame,
			sizeof(s->sound[ONE][n].frame));
	}
}

/** See to it that there was something to compare. */
static void
look_back(const struct stage *s)
{
	ck_assert_msg(s->heard >= SYNTHS * SEGMENTS / 4,
		"%s sounded in %u of %u segments: too few to tell", s->name,
		s->heard, SYNTHS * SEGMENTS);
	ck_assert_uint_eq(s->widest, TACTUS_MAX_MANY);
	ck_assert_uint_ge(s->alone, SEGMENTS / 10);
	for (size_t i = 0; i < sizeof(says) / sizeof(*says); i++) {
		if (strcmp(says[i].def, s->name) == 0) {
			ck_assert(!says[i].is_done || s->dones > SYNTHS / 4);
			ck_assert(!says[i].has_released ||
				  s->releases > SYNTHS / 4);
		}
	}
}

static void
run_def(const char *name, uint64_t seed)
{
	static const double rates[SEEDS] = {
		48000.0, 44100.0, 96000.0, 192000.0};
	struct stage *s = calloc(1, sizeof(*s));

	s->name = name;
	s->chance = tactus_random_seed(seed);
	s->rate = rates[seed % SEEDS];
	s->voice = calloc(SYNTHS, sizeof(*s->voice));
	make_sounds(s);
	for (uint32_t n = 0; n < SYNTHS; n++) {
		open_voice(s, &s->voice[n]);
	}
	play(s);
	for (uint32_t n = 0; n < SYNTHS; n++) {
		s->dones += s->voice[n].in[ONE].dones;
		s->releases += s->voice[n].in[ONE].releases;
	}
	look_back(s);
	for (uint32_t n = 0; n < SYNTHS; n++) {
		harness_close(&s->voice[n].in[ONE]);
		harness_close(&s->voice[n].in[ALL]);
	}
	free(s->voice);
	free(s);
}

static bool
has_many(const char *name)
{
	struct harness *h = calloc(1, sizeof(*h));

	harness_open(h, name);
	/* no comparison with NULL: clang would call it a conversion */
	bool has = h->def->process_many ? true : false;
	harness_close(h);
	free(h);
	return has;
}

/* --- the tests --- */

START_TEST(the_defs_whose_synths_come_by_the_hundred_have_process_many)
{
	for (int n = 0; required[n] != NULL; n++) {
		ck_assert_msg(has_many(required[n]), "%s has no process_many",
			required[n]);
	}
}
END_TEST

START_TEST(process_many_is_process_to_the_bit_for_every_def)
{
	const char *name = harness_names[_i / SEEDS];
	uint64_t seed = (uint64_t)(_i % SEEDS);

	if (!has_many(name)) {
		return;
	}
	/* the engine's threads take denormals for zeros; nobody has to */
	if (seed % 2 == 0) {
		thread_flush_denormals();
	}
	run_def(name, seed);
}
END_TEST

Suite *
harness_suite(void)
{
	Suite *s = suite_create("plugins/many");
	TCase *tc = tcase_create("many");
	int defs = 0;

	while (harness_names[defs] != NULL) {
		defs++;
	}
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc,
		the_defs_whose_synths_come_by_the_hundred_have_process_many);
	tcase_add_loop_test(tc,
		process_many_is_process_to_the_bit_for_every_def, 0,
		defs * SEEDS);
	suite_add_tcase(s, tc);
	return s;
}
