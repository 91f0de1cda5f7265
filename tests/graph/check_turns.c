/* SPDX-License-Identifier: MIT */
/*
 * check_turns.c -- every continuous control of all that is built in is turned
 * by a ramp while a sine goes through, and nothing clicks.
 *
 * What a def makes of its control is its own; so a second difference far
 * above those near it is a click here.  Three synths of the def play, of which
 * one is turned, while other events cut the blocks at random.
 */
#include <stdlib.h>
#include <string.h>

#include <tactus/resources/audio_buffer.h>

#include "click.h"
#include "harness.h"
#include "house.h"
#include "random.h"
#include "rig.h"
#include "thread_flush.h"

#define BLOCK  64
#define BEGIN  9613 /* of the ramp */
#define LENGTH 4800
#define FRAMES 16000
#define PERIOD 240 /* of the sine */
#define SOURCE 1
#define CUTTER 2
#define FIRST  10
#define VOICES 3

static struct house *house;

/** One way to play one control of one part. */
struct turn {
	const struct house_part *part;
	uint32_t control;
	int way;
	double seconds; /* of the ramp; negative: a leap */
	float to;
	float *out; /* of the one that is turned */
	float *by;  /* of the two others */
	float *same;
};

static const struct {
	uint32_t threads;
	bool no_many;
} ways[] = {
	{1, true },
	{1, false},
	{4, false},
};
#define WAYS ((int)(sizeof ways / sizeof *ways))

/** From where to where a control is turned. */
static void
range(const TactusPort *p, float *from, float *to)
{
	bool level = strcmp(p->unit, "dB") == 0;
	float a = p->initial;
	float b = level ? a - 6.0F : a + 0.01F;

	if (strcmp(p->unit, "Hz") == 0) {
		a = 200.0F;
		b = strcmp(p->name, "cutoff") == 0 ? 2000.0F : 400.0F;
	} else if (strcmp(p->name, "time") == 0) {
		/* slowly: the pitch goes by how fast it is turned, at once */
		a = 0.01F;
		b = 0.012F;
	} else if (strcmp(p->unit, "frames") == 0) {
		b = a; /* a place in a buffer, which steps */
	} else if (strcmp(p->unit, "s") != 0 && !level) {
		a = p->minimum > 0.25F ? p->minimum : 0.25F;
		b = a + 0.5F;
	}
	a = a < p->minimum ? p->minimum : a;
	b = b < p->minimum ? p->minimum : b;
	*from = a > p->maximum ? p->maximum : a;
	*to = b > p->maximum ? p->maximum : b;
}

/** What the others of its controls are to be, so that it sounds. */
static float
usual(const TactusPort *p)
{
	static const char *const ups[] = {"gate", "loop", "mix", "amp"};

	for (size_t i = 0; i < sizeof ups / sizeof *ups; i++) {
		if (strcmp(p->name, ups[i]) == 0) {
			return p->maximum < 1.0F ? p->maximum : 1.0F;
		}
	}
	if (strcmp(p->name, "time") == 0) {
		return 0.01F; /* so that no echo of the beginning is left */
	}
	if (strcmp(p->name, "gain_db") == 0) {
		return 6.0F;
	}
	return strcmp(p->name, "freq") == 0 ? 200.0F : p->initial;
}

/** A resource of a class; of buffers one that a sine goes around in. */
static int32_t
fitting(struct rig *r, const char *uri)
{
	int32_t found = -1;

	for (uint32_t k = 0; k < house->resources; k++) {
		const TactusAudioBuffer *b = r->lent[k];
		if (strcmp(house->class[k] -> uri, uri) == 0 &&
			(!house_is_buffer(house, k) ||
				b->frames % PERIOD == 0)) {
			found = (int32_t)k;
		}
	}
	ck_assert_int_ge(found, 0);
	return found;
}

static void
make(struct rig *r, const struct house_part *part, int32_t id, uint32_t control,
	float value)
{
	struct batch *b = rig_batch(r, 0);
	struct command *c = rig_add(r, b, COMMAND_SYNTH_NEW, id);
	struct synth_spec *spec =
		rig_spec_with(r, part->def, &house->nrt.host, part->options);
	uint32_t resource = 0;

	for (uint32_t i = 0; i < part->controls; i++) {
		spec->controls[i] =
			i == control ? value : usual(&part->port[i]);
	}
	for (uint32_t i = 0; i < part->ports; i++) {
		if (part->port[i].kind != TACTUS_RESOURCE) {
			continue;
		}
		spec->bind[resource++] = fitting(r, part->port[i].resource);
	}
	c->u.new.spec = spec;
	c->u.new.target = 0;
	c->u.new.placement = PLACE_TAIL;
	ck_assert_uint_eq(rig_do(r, b), 0);
	ck_assert_uint_eq(rig_simple(r, COMMAND_ACTIVATE, id), 0);
}

/** Connect the sine to all inputs, and its first output to the card. */
static void
join(struct rig *r, const struct house_part *part, int32_t id, int32_t channel)
{
	bool heard = false;

	for (uint32_t i = 0; i < part->ports; i++) {
		const TactusPort *p = &part->port[i];
		if (p->kind != TACTUS_AUDIO) {
			continue;
		}
		if (p->direction == TACTUS_INPUT) {
			struct batch *b = rig_batch(r, 0);
			(void)rig_add_connect(r, b, COMMAND_CONNECT, SOURCE,
				"out", id, p->name, 0);
			ck_assert_uint_eq(rig_do(r, b), 0);
		} else if (!heard) {
			heard = true;
			ck_assert_uint_eq(
				rig_map(r, COMMAND_MAP_OUTPUT, id, p->name,
					channel, MAP_EXTERNAL),
				0);
		}
	}
}

/** A buffer that goes around without a seam. */
static void
smooth(struct house_set *set)
{
	for (uint32_t id = 0; id < house->resources; id++) {
		TactusAudioBuffer *b = set->instance[id];
		for (uint32_t c = 0;
			house_is_buffer(house, id) && c < b->channels; c++) {
			/* of those that are played in a loop: whole cycles */
			int64_t cycle =
				b->frames % PERIOD == 0 ? PERIOD : b->frames;
			for (int64_t i = 0; i < b->frames; i++) {
				double x = (double)(i % cycle) / (double)cycle;
				/* two parabolas: smooth but at the halves */
				b->channel[c][i] =
					(float)(x < 0.5 ? 8 * x * (0.5 - x)
							: 8 * (x - 1) *
								  (x - 0.5));
			}
		}
	}
}

static struct rig *
open_rig(int way)
{
	struct rig *r = rig_new();

	r->config.outputs = VOICES;
	r->config.threads = ways[way].threads;
	r->config.no_many = ways[way].no_many;
	r->config.eager = true;
	r->config.max_events = 2048;
	r->config.pools = 4;
	r->config.pool[0] = (struct pool_config){1024, 64};
	r->config.pool[1] = (struct pool_config){8192, 64};
	r->config.pool[2] = (struct pool_config){65536, 64};
	r->config.pool[3] = (struct pool_config){524288, 16};
	r->ring = 8192;
	rig_open(r);
	return r;
}

static void
cut(struct rig *r)
{
	uint32_t random = 5;

	for (uint32_t at = 1; at < FRAMES;
		at += 1 + random_below(&random, 90)) {
		struct batch *b = rig_batch(r, at);
		rig_add_set(r, b, CUTTER, "gain", 0.5F, -1.0);
		rig_post(r, b);
	}
}

static void
play(struct turn *t)
{
	const TactusPort *port = &t->part->port[t->control];
	struct house_set set;
	struct rig *r = open_rig(t->way);
	float from;
	float to;

	house_furnish(house, &set);
	smooth(&set);
	r->lent = set.instance;
	for (uint32_t id = 0; id < house->resources; id++) {
		rig_live(r, house->class[id], (int32_t)id);
	}
	range(port, &from, &to);
	make(r, house_part(house, "sine"), SOURCE, 0, 200.0F);
	make(r, house_part(house, "gain"), CUTTER, 0, 1.0F);
	for (int32_t i = 0; i < VOICES; i++) {
		make(r, t->part, FIRST + i, t->control, from);
		join(r, t->part, FIRST + i, i);
	}
	cut(r);
	if (t->to != from) {
		struct batch *b = rig_batch(r, BEGIN);
		rig_add_set(r, b, FIRST + 1, port->name, t->to, t->seconds);
		rig_post(r, b);
	}
	rig_run(r, FRAMES);
	memcpy(t->by, r->out[0], FRAMES * sizeof(float));
	memcpy(t->out, r->out[1], FRAMES * sizeof(float));
	memcpy(t->same, r->out[2], FRAMES * sizeof(float));
	rig_close(r);
	house_clear(house, &set);
}

static uint32_t
clicks(const struct turn *t, uint32_t *at)
{
	return click_find_alone(
		t->out, BEGIN - 100, BEGIN + LENGTH + 600, 4.0, 1e-5, at, 1);
}

/** Turn one control. @return whether that was heard */
static bool
turn(struct turn *t)
{
	const TactusPort *port = &t->part->port[t->control];
	static float stood[FRAMES];
	uint32_t at = 0;
	float from;
	float to;

	range(port, &from, &to);
	t->seconds = LENGTH / 48000.0;
	t->to = from;
	play(t);
	memcpy(stood, t->out, sizeof stood);
	t->to = to;
	play(t);
	ck_assert_msg(clicks(t, &at) == 0,
		"%s, %s from %g to %g: a click at %u", t->part->def->name,
		port->name, (double)from, (double)to, at);
	/* those beside it are none the wiser */
	ck_assert_msg(strcmp(t->part->def->name, "noise") == 0 ||
			      memcmp(t->by, t->same, sizeof stood) == 0,
		"%s, %s", t->part->def->name, port->name);
	ck_assert(memcmp(t->out, stood, (BEGIN - 1) * sizeof *stood) == 0);
	return memcmp(t->out, stood, sizeof stood) != 0;
}

START_TEST(controls_of_all_that_is_built_in_ramp_without_a_click)
{
	static float sound[VOICES][FRAMES];
	uint32_t turned = 0;
	uint32_t heard = 0;

	for (uint32_t i = 0; i < house->parts; i++) {
		const struct house_part *part = &house->part[i];
		bool again = i > 0 && part->def == house->part[i - 1].def;
		if (part->outs == 0 || again || part->def == &rig_fold) {
			continue;
		}
		for (uint32_t k = 0; k < part->controls; k++) {
			struct turn t = {.part = part,
				.control = k,
				.way = _i,
				.out = sound[0],
				.by = sound[1],
				.same = sound[2]};
			if (part->port[k].flags != 0) {
				continue;
			}
			turned++;
			heard += turn(&t);
		}
	}
	/* all but the times of envelopes that stand */
	ck_assert_uint_ge(turned, 56);
	ck_assert_uint_ge(heard, 48);
}
END_TEST

START_TEST(controls_that_leap_are_found)
{
	static float sound[VOICES][FRAMES];
	static const char *const names[] = {"sine", "lfo"};

	for (int i = 0; i < 2; i++) {
		struct turn t = {.part = house_part(house, names[i]),
			.way = _i,
			.seconds = -1.0,
			.control = 1, /* amp */
			.to = 0.75F,
			.out = sound[0],
			.by = sound[1],
			.same = sound[2]};
		uint32_t at = 0;
		play(&t);
		ck_assert_uint_eq(clicks(&t, &at), 1);
		ck_assert_uint_eq(at, BEGIN);
	}
}
END_TEST

static void
setup(void)
{
	thread_flush_denormals();
	house = house_open(BLOCK);
}

static void
teardown(void)
{
	house_close(house);
}

Suite *
harness_suite(void)
{
	Suite *s = suite_create("rt/graph/turns");
	TCase *tc = tcase_create("turns");

	tcase_set_timeout(tc, 200);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc,
		controls_of_all_that_is_built_in_ramp_without_a_click, 0, WAYS);
	tcase_add_loop_test(tc, controls_that_leap_are_found, 0, WAYS);
	suite_add_tcase(s, tc);
	return s;
}
