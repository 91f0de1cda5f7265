/* SPDX-License-Identifier: MIT */
/*
 * rig_defs.c -- synth definitions that exist to be tested with.
 */
#include <stdio.h>
#include <string.h>

#include "rig.h"

int rig_destroyed;

static void
port(TactusPort *p, const char *name, uint32_t kind, uint32_t direction,
	float initial)
{
	p->kind = kind;
	p->direction = direction;
	p->minimum = -1e9F;
	p->maximum = 1e9F;
	p->initial = initial;
	strcpy(p->name, name);
}

TACTUS_RT static void
destroy(const TactusWorld *world, TactusSynth *synth)
{
	(void)world;
	(void)synth;
	rig_destroyed++;
}

static uint32_t
two(const void *options)
{
	(void)options;
	return 2;
}

static uint32_t
three(const void *options)
{
	(void)options;
	return 3;
}

static uint32_t
five(const void *options)
{
	(void)options;
	return 5;
}

static uint32_t
one(const void *options)
{
	(void)options;
	return 1;
}

static void
value_out(const TactusHost *h, const void *o, uint32_t i, TactusPort *p)
{
	(void)h;
	(void)o;
	if (i == 0) {
		port(p, "value", TACTUS_CONTROL, TACTUS_INPUT, 1.0F);
	} else {
		port(p, "out", TACTUS_AUDIO, TACTUS_OUTPUT, 0.0F);
	}
}

static void
in_out(const TactusHost *h, const void *o, uint32_t i, TactusPort *p)
{
	(void)h;
	(void)o;
	port(p, i == 0 ? "in" : "out", TACTUS_AUDIO,
		i == 0 ? TACTUS_INPUT : TACTUS_OUTPUT, 0.0F);
}

static void
only_out(const TactusHost *h, const void *o, uint32_t i, TactusPort *p)
{
	(void)h;
	(void)o;
	(void)i;
	port(p, "out", TACTUS_AUDIO, TACTUS_OUTPUT, 0.0F);
}

static void
hit_mode_out(const TactusHost *h, const void *o, uint32_t i, TactusPort *p)
{
	(void)h;
	(void)o;
	port(p,
		i == 0   ? "hit"
		: i == 1 ? "mode"
			 : "out",
		i < 2 ? TACTUS_CONTROL : TACTUS_AUDIO,
		i < 2 ? TACTUS_INPUT : TACTUS_OUTPUT, 0.0F);
	p->flags = i == 0 ? TACTUS_TRIGGER : i == 1 ? TACTUS_INTEGER : 0;
	if (i == 1) {
		p->minimum = 0.0F;
		p->maximum = 9.0F;
	}
}

static void
strike_port(const TactusHost *h, const void *o, uint32_t i, TactusPort *p)
{
	if (i == 0) {
		hit_mode_out(h, o, 0, p);
	} else {
		value_out(h, o, i - 1, p);
	}
}

TACTUS_RT static void
level(const TactusWorld *world, TactusSynth *s, uint32_t frames)
{
	(void)world;
	for (uint32_t i = 0; i < frames; i++) {
		s->out[0][i] = tactus_control_at(&s->controls[0], i);
	}
}

TACTUS_RT static void
pass(const TactusWorld *world, TactusSynth *s, uint32_t frames)
{
	(void)world;
	memcpy(s->out[0], s->in[0], frames * sizeof(float));
}

TACTUS_RT static void
impulse(const TactusWorld *world, TactusSynth *s, uint32_t frames)
{
	bool *rang = s->self;

	(void)world;
	memset(s->out[0], 0, frames * sizeof(float));
	s->out[0][0] = *rang ? 0.0F : 1.0F;
	*rang = true;
}

TACTUS_RT static void
timer(const TactusWorld *world, TactusSynth *s, uint32_t frames)
{
	uint32_t *past = s->self;

	memset(s->out[0], 0, frames * sizeof(float));
	for (uint32_t i = 0; i < frames; i++) {
		(*past)++;
		if ((float)*past >= tactus_control_at(&s->controls[0], i)) {
			/* more than once: it counts once */
			world->done(world, s);
		}
	}
}

TACTUS_RT static int
broken_construct(const TactusWorld *world, const void *options, TactusSynth *s)
{
	void *memory = world->alloc(world, 1000);

	(void)options;
	(void)s;
	world->free(world, memory);
	return 422;
}

TACTUS_RT static void
nan_process(const TactusWorld *world, TactusSynth *s, uint32_t frames)
{
	volatile float zero = 0.0F;

	(void)world;
	for (uint32_t i = 0; i < frames; i++) {
		float v = tactus_control_at(&s->controls[0], i);
		s->out[0][i] = v > 0.0F   ? zero / zero
			       : v < 0.0F ? 1.0F / zero
					  : 0.5F;
	}
}

TACTUS_RT static void
hit(const TactusWorld *world, TactusSynth *s, uint32_t frames)
{
	(void)world;
	for (uint32_t i = 0; i < frames; i++) {
		s->out[0][i] = s->controls[0].value + s->controls[1].value;
	}
}

TACTUS_RT static void
strike(const TactusWorld *world, TactusSynth *s, uint32_t frames)
{
	(void)world;
	for (uint32_t i = 0; i < frames; i++) {
		s->out[0][i] = s->controls[0].value +
			       tactus_control_at(&s->controls[1], i);
	}
}

static const double told[3] = {7.0, 8.0, 0.25};

struct hungry {
	void *memory;
	bool told;
};

TACTUS_RT static int
hungry_construct(const TactusWorld *world, const void *options, TactusSynth *s)
{
	struct hungry *h = s->self;

	(void)options;
	h->memory = world->alloc(world, 1000);
	return h->memory != NULL ? 0 : 503;
}

TACTUS_RT static void
hungry_process(const TactusWorld *world, TactusSynth *s, uint32_t frames)
{
	struct hungry *h = s->self;

	memset(s->out[0], 0, frames * sizeof(float));
	if (!h->told) {
		h->told = world->notify(world, s, "/hungry", "iif", told);
		world->log(world, s, TACTUS_LOG_INFO, "fed", 1000.0);
	}
}

TACTUS_RT static void
hungry_destroy(const TactusWorld *world, TactusSynth *s)
{
	struct hungry *h = s->self;

	world->free(world, h->memory);
	rig_destroyed++;
}

struct tone {
	float phase;
};

static void
tone_port(const TactusHost *h, const void *o, uint32_t i, TactusPort *p)
{
	static const char *const names[5] = {"freq", "amp", "in", "out", "wet"};

	(void)h;
	(void)o;
	port(p, names[i], i < 2 ? TACTUS_CONTROL : TACTUS_AUDIO,
		i < 3 ? TACTUS_INPUT : TACTUS_OUTPUT, i == 0 ? 0.01F : 0.25F);
	if (i == 0) {
		p->minimum = 0.0F;
		p->maximum = 0.5F;
	}
}

TACTUS_RT static void
tone(const TactusWorld *world, TactusSynth *s, uint32_t frames)
{
	struct tone *t = s->self;

	(void)world;
	for (uint32_t i = 0; i < frames; i++) {
		t->phase += tactus_control_at(&s->controls[0], i);
		t->phase -= t->phase >= 1.0F ? 1.0F : 0.0F;
		s->out[0][i] = tactus_control_at(&s->controls[1], i) *
			       (2.0F * t->phase - 1.0F);
		s->out[1][i] = s->out[0][i] + s->in[0][i];
	}
}

TACTUS_RT float
rig_clock_at(uint64_t sample)
{
	uint32_t x = (uint32_t)sample * 2654435761U;

	x ^= x >> 15;
	return (float)(x >> 8) / 16777216.0F - 0.5F;
}

TACTUS_RT static void
clock_process(const TactusWorld *world, TactusSynth *s, uint32_t frames)
{
	uint64_t now = world->time(world);

	for (uint32_t i = 0; i < frames; i++) {
		s->out[0][i] = rig_clock_at(now + i);
	}
}

static void
fold_port(const TactusHost *h, const void *o, uint32_t i, TactusPort *p)
{
	static const char *const names[3] = {"gain", "in", "out"};

	(void)h;
	(void)o;
	port(p, names[i], i == 0 ? TACTUS_CONTROL : TACTUS_AUDIO,
		i < 2 ? TACTUS_INPUT : TACTUS_OUTPUT, 0.5F);
}

TACTUS_RT static void
fold(const TactusWorld *world, TactusSynth *s, uint32_t frames)
{
	(void)world;
	for (uint32_t i = 0; i < frames; i++) {
		float x = s->in[0][i] * tactus_control_at(&s->controls[0], i);
		x = x > 2.0F ? 2.0F : x < -2.0F ? -2.0F : x;
		s->out[0][i] = x == x ? x : 0.0F;
	}
}

/** How many ports there are: options NULL are no input and one output. */
static struct rig_ports
ports_of(const void *options)
{
	static const struct rig_ports usual = {0, 1};

	return options != NULL ? *(const struct rig_ports *)options : usual;
}

static uint32_t
many_count(const void *options)
{
	return 1 + ports_of(options).ins + ports_of(options).outs;
}

static void
many_port(const TactusHost *h, const void *o, uint32_t i, TactusPort *p)
{
	struct rig_ports ports = ports_of(o);

	(void)h;
	if (i == 0) {
		port(p, "value", TACTUS_CONTROL, TACTUS_INPUT, 0.73F);
		return;
	}
	bool input = i <= ports.ins;
	i -= input ? 1 : 1 + ports.ins;
	port(p, input ? "in" : "out", TACTUS_AUDIO,
		input ? TACTUS_INPUT : TACTUS_OUTPUT, 0.0F);
	if (i > 0) {
		(void)snprintf(p->name, sizeof p->name, "%s%u",
			input ? "in" : "out", i);
	}
}

TACTUS_RT static int
many_construct(const TactusWorld *world, const void *options, TactusSynth *s)
{
	struct rig_ports *ports = s->self;

	(void)world;
	ports->outs = 1;
	if (options != NULL) {
		*ports = *(const struct rig_ports *)options;
	}
	return 0;
}

TACTUS_RT static void
many_process(const TactusWorld *world, TactusSynth *s, uint32_t frames)
{
	const struct rig_ports *ports = s->self;
	uint64_t now = world->time(world);

	for (uint32_t k = 0; k < ports->outs; k++) {
		uint32_t seed = (uint32_t)s->id * 40503U + k * 7919U;
		for (uint32_t i = 0; i < frames; i++) {
			uint32_t x = ((uint32_t)(now + i) + seed) * 2654435761U;
			x ^= x >> 15;
			s->out[k][i] = (float)(x >> 8) / 16777216.0F - 0.5F;
			s->out[k][i] *= tactus_control_at(&s->controls[0], i);
		}
		for (uint32_t n = k; n < ports->ins; n += ports->outs) {
			for (uint32_t i = 0; i < frames; i++) {
				s->out[k][i] += 0.83F * s->in[n][i];
			}
		}
	}
}

TACTUS_RT static void
many_many(const TactusWorld *world, TactusSynth *const *synths, uint32_t count,
	uint32_t frames)
{
	for (uint32_t i = 0; i < count; i++) {
		many_process(world, synths[i], frames);
	}
}

#define DEF(NAME)                                                             \
  .size = sizeof(TactusSynthDef), .uri = "urn:test:" NAME ":1", .name = NAME, \
  .doc = "for tests", .instance_bytes = 64

const TactusSynthDef rig_level = {DEF("level"), .port_count = two,
	.port = value_out, .process = level, .destroy = destroy};
const TactusSynthDef rig_pass = {DEF("pass"), .port_count = two, .port = in_out,
	.process = pass, .destroy = destroy};
const TactusSynthDef rig_impulse = {DEF("impulse"), .port_count = one,
	.port = only_out, .process = impulse};
const TactusSynthDef rig_timer = {DEF("timer"), .port_count = two,
	.port = value_out, .process = timer, .destroy = destroy};
const TactusSynthDef rig_broken = {DEF("broken"), .port_count = one,
	.port = only_out, .construct = broken_construct, .process = pass,
	.destroy = destroy};
const TactusSynthDef rig_nan = {DEF("nan"), .port_count = two,
	.port = value_out, .process = nan_process};
const TactusSynthDef rig_hit = {
	DEF("hit"), .port_count = three, .port = hit_mode_out, .process = hit};
const TactusSynthDef rig_strike = {DEF("strike"), .port_count = three,
	.port = strike_port, .process = strike};
const TactusSynthDef rig_hungry = {DEF("hungry"), .port_count = one,
	.port = only_out, .construct = hungry_construct,
	.process = hungry_process, .destroy = hungry_destroy};
const TactusSynthDef rig_tone = {DEF("tone"), .port_count = five,
	.port = tone_port, .process = tone, .destroy = destroy};
const TactusSynthDef rig_clock = {DEF("clock"), .port_count = one,
	.port = only_out, .process = clock_process, .destroy = destroy};
const TactusSynthDef rig_fold = {DEF("fold"), .port_count = three,
	.port = fold_port, .process = fold, .destroy = destroy};
#define MANY                                                                \
  .port_count = many_count, .port = many_port, .construct = many_construct, \
  .process = many_process, .options_bytes = sizeof(struct rig_ports)
const TactusSynthDef rig_many = {
	DEF("many"), MANY, .process_many = many_many, .destroy = destroy};
const TactusSynthDef rig_lone = {DEF("lone"), MANY, .destroy = destroy};
const TactusSynthDef rig_vast = {.size = sizeof(TactusSynthDef),
	.uri = "urn:test:vast:1",
	.name = "vast",
	.instance_bytes = 1 << 20,
	.port_count = one,
	.port = only_out,
	.process = clock_process};
