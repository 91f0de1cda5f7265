/* SPDX-License-Identifier: MIT */
/*
 * scene.c -- see scene.h.
 */
#include "scene.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "house.h"
#include "random.h"

/** Actions in words at the most. */
#define MOST_ACTIONS 64

static const struct {
	uint32_t threads;
	bool no_many;
} ways[] = {
	{1, true },
	{1, false},
	{4, false},
};
_Static_assert(sizeof ways / sizeof *ways == SCENE_WAYS, "as scene.h says");

/* --- the scene --- */

void
scene_synth(struct scene *s, int32_t id, const char *name, int32_t target,
	const char *a, float a_is, const char *b, float b_is)
{
	const struct house_part *part = house_part(s->house, name);
	struct batch *batch = rig_batch(s->rig, 0);
	struct command *c = rig_add(s->rig, batch, COMMAND_SYNTH_NEW, id);
	struct synth_spec *spec = rig_spec_with(
		s->rig, part->def, &s->house->nrt.host, part->options);

	for (uint32_t i = 0; i < part->controls; i++) {
		const char *port = part->port[i].name;
		if (strcmp(port, a) == 0) {
			spec->controls[i] = a_is;
		} else if (strcmp(port, b) == 0) {
			spec->controls[i] = b_is;
		}
	}
	c->u.new.spec = spec;
	c->u.new.target = target;
	c->u.new.placement = PLACE_TAIL;
	ck_assert_uint_eq(rig_do(s->rig, batch), 0);
	ck_assert_uint_eq(rig_simple(s->rig, COMMAND_ACTIVATE, id), 0);
}

void
scene_to_card(struct scene *s, int32_t id, int32_t channel)
{
	ck_assert_uint_eq(rig_map(s->rig, COMMAND_MAP_OUTPUT, id, "out",
				  channel, MAP_EXTERNAL),
		0);
}

void
scene_open(struct scene *s, int way, double start_ms)
{
	struct rig *r = rig_new();

	for (int k = 0; k < SCENE_FADERS; k++) {
		s->fader[k] = (struct click_fader){.value = 1.0};
	}
	s->threads = ways[way].threads;
	s->no_many = ways[way].no_many;
	s->rig = r;
	r->config.outputs = CHANNELS;
	r->config.threads = s->threads;
	r->config.no_many = s->no_many;
	r->config.eager = true;
	r->config.max_events = 2048;
	r->config.startup_ramp_ms = start_ms;
	r->config.offline = start_ms == 0.0;
	r->ring = 8192;
	rig_open(r);
	rig_group(r, OUTER, 0, PLACE_TAIL);
	rig_group(r, INNER, OUTER, PLACE_TAIL);
	scene_synth(s, LFO, "lfo", INNER, "amp", 0.0F, "offset", 1.0F);
	for (int32_t id = SINE_1; id <= SINE_BESIDE; id++) {
		scene_synth(s, id, "sine", id == SINE_BESIDE ? 0 : INNER,
			"freq", (float)SCENE_PITCH, "amp", 1.0F);
	}
	for (int32_t id = GAIN_2; id <= GAIN_BESIDE; id++) {
		scene_synth(s, id, "gain", 0, "gain", 1.0F, "", 0.0F);
	}
	rig_connect(r, SINE_2, GAIN_2, 0);
	rig_connect(r, SINE_3, GAIN_3, MAP_FEEDBACK);
	scene_to_card(s, LFO, STEADY);
	scene_to_card(s, SINE_1, DIRECT);
	scene_to_card(s, GAIN_2, THROUGH);
	scene_to_card(s, GAIN_3, DELAYED);
	scene_to_card(s, SINE_BESIDE, BESIDE);
}

void
scene_close(struct scene *s)
{
	rig_close(s->rig);
}

/** Events that have nothing to do with what is heard cut the blocks. */
void
scene_cut(struct scene *s, uint32_t seed)
{
	uint32_t random = seed;
	bool connected = false;

	for (uint32_t at = 1; at < SCENE_FRAMES;
		at += 1 + random_below(&random, 60)) {
		struct batch *b = rig_batch(s->rig, at);
		if (random_below(&random, 2) == 0) {
			rig_add_set(s->rig, b, GAIN_BESIDE, "gain", 0.5F, -1.0);
		} else {
			(void)rig_add_connect(s->rig, b,
				connected ? COMMAND_DISCONNECT
					  : COMMAND_CONNECT,
				SINE_BESIDE, "out", GAIN_BESIDE, "in", 0);
			connected = !connected;
		}
		rig_post(s->rig, b);
	}
}

/* --- what operators do, and what is then to be heard --- */

static void
add(struct scene *s, const struct scene_action *a, struct batch *b, int32_t id)
{
	struct command *c = rig_add(s->rig, b, a->kind, id);

	if (a->kind == COMMAND_RELEASE) {
		c->u.seconds = a->frames / 48000.0;
	} else {
		c->u.number = a->on;
	}
}

void
scene_post(struct scene *s, const struct scene_action *a, uint32_t count)
{
	static const int32_t ids[] = {[IN] = INNER, [OUT] = OUTER, [ROOT] = 0};

	for (uint32_t i = 0; i < count; i++) {
		struct batch *b = rig_batch(s->rig, a[i].at);
		if (a[i].who == SYNTHS) {
			for (int32_t id = LFO; id <= SINE_3; id++) {
				add(s, &a[i], b, id);
			}
		} else {
			add(s, &a[i], b, a[i].who == MUTE ? 0 : ids[a[i].who]);
		}
		rig_post(s->rig, b);
	}
}

/** Let an action take effect in what is expected. */
static void
act(const struct scene_action *a, struct click_fader *f)
{
	if (f->frees && a->kind == COMMAND_RUN) {
		return; /* it is being released: refused */
	}
	switch ((int)a->kind) {
	case COMMAND_RUN:
		f->stands = f->stands && a->on == 0;
		f->pauses = a->on == 0;
		click_fade(f, a->at, a->on, SCENE_FADE);
		break;
	case COMMAND_RELEASE:
		f->frees = true;
		f->pauses = false;
		click_fade(f, a->at, 0.0, a->frames);
		break;
	default:
		click_fade(f, a->at, a->on != 0 ? 0.0 : 1.0, SCENE_FADE);
		break;
	}
}

/** Work out what all channels are to be. */
void
scene_expect(struct scene *s, const struct scene_action *a, uint32_t count)
{
	struct click_fader *f = s->fader;
	static double nodes[SCENE_FRAMES]; /* a sine as it leaves the groups */
	uint32_t played = 0;
	uint32_t beside = 0;

	for (uint32_t i = 0; i < SCENE_FRAMES; i++) {
		for (; count > 0 && a->at == i; a++, count--) {
			act(a, &f[a->who]);
		}
		bool all = !f[ROOT].stands;
		bool runs = all && !f[SYNTHS].stands && !f[IN].stands &&
			    !f[OUT].stands;
		double gain[SCENE_FADERS];
		for (int k = 0; k < SCENE_FADERS; k++) {
			gain[k] = click_next(&f[k], i);
		}
		double group = gain[SYNTHS] * gain[IN] * gain[OUT];
		double out = gain[MUTE] * gain[START];
		double root = all ? gain[ROOT] : 0.0;
		group = runs ? group * root : 0.0;
		nodes[i] = runs ? (double)s->carrier[played++] * group : 0.0;
		s->envelope[i] = group * out;
		s->want[STEADY][i] = group * out;
		s->want[DIRECT][i] = nodes[i] * out;
		s->want[THROUGH][i] = nodes[i] * root * out;
		s->want[DELAYED][i] =
			i < SCENE_BLOCK ? 0.0
					: nodes[i - SCENE_BLOCK] * root * out;
		s->want[BESIDE][i] =
			all ? (double)s->carrier[beside++] * root * out : 0.0;
		s->want[LATER][i] = 0.0;
	}
}

/** Every channel is what it is to be, and nothing clicks. */
void
scene_judge(const struct scene *s)
{
	const struct click_law steady = {s->envelope, 1.0, 0.0, 2e-6};
	const struct click_law sine = {s->envelope, 1.0, SCENE_PACE, 2e-6};
	uint32_t at = 0;

	for (int c = 0; c < CHANNELS; c++) {
		for (uint32_t i = 0; i < SCENE_FRAMES; i++) {
			double is = (double)s->rig->out[c][i];
			if (fabs(is - s->want[c][i]) > 1e-6) {
				ck_abort_msg("%u threads%s: channel %d, frame "
					     "%u is %.9f, not %.9f",
					s->threads, s->no_many ? ", alone" : "",
					c, i, is, s->want[c][i]);
			}
		}
	}
	ck_assert_msg(click_find(s->rig->out[STEADY], SCENE_FRAMES, &steady,
			      &at, 1) == 0,
		"the constant clicks at %u", at);
	ck_assert_msg(click_find(s->rig->out[DIRECT], SCENE_FRAMES, &sine, &at,
			      1) == 0,
		"the sine clicks at %u", at);
}

void
scene_run(struct scene *s, const struct scene_action *a, uint32_t count,
	int way, uint32_t seed)
{
	scene_open(s, way, 0.0);
	scene_cut(s, seed);
	scene_post(s, a, count);
	rig_run(s->rig, SCENE_FRAMES);
	scene_expect(s, a, count);
	scene_judge(s);
	scene_close(s);
}

static struct scene_action
read_action(const char *words)
{
	static const char *const names[] = {
		[SYNTHS] = "synths",
		[IN] = "in",
		[OUT] = "out",
		[ROOT] = "root",
		[MUTE] = "mute",
	};
	struct scene_action a = {.kind = COMMAND_RUN};
	char who[16];
	char what[16];

	ck_assert_int_eq(
		sscanf(words, "%u %15s %15[a-z0-9]", &a.at, who, what), 3);
	while (strcmp(names[a.who], who) != 0) {
		a.who++;
		ck_assert_int_lt(a.who, START);
	}
	a.on = strcmp(what, "on") == 0;
	if (a.who == MUTE) {
		a.kind = COMMAND_MUTE;
	} else if (what[0] >= '0' && what[0] <= '9') {
		a.kind = COMMAND_RELEASE;
		a.frames = (uint32_t)atoi(what);
	}
	return a;
}

void
scene_say(struct scene *s, const char *words, int way, uint32_t seed)
{
	struct scene_action a[MOST_ACTIONS];
	uint32_t count = 0;

	for (const char *at = words; at != NULL; at = strchr(at, ',')) {
		ck_assert_uint_lt(count, MOST_ACTIONS);
		a[count] = read_action(at + (*at == ','));
		ck_assert(count == 0 || a[count].at >= a[count - 1].at);
		count++;
		at++;
	}
	scene_run(s, a, count, way, seed);
}

void
scene_init(struct scene *s)
{
	s->house = house_open(SCENE_BLOCK);
	scene_open(s, 0, 0.0);
	rig_run(s->rig, SCENE_FRAMES);
	memcpy(s->carrier, s->rig->out[BESIDE], sizeof s->carrier);
	scene_close(s);
}

void
scene_fini(struct scene *s)
{
	house_close(s->house);
}
