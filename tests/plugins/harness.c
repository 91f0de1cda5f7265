/* SPDX-License-Identifier: MIT */
/*
 * harness.c -- see harness.h.  TACTUS_PLUGIN_DIR says where the plugins are.
 */
#include "harness.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tactus/math.h>

const char *const harness_names[] = {"sine", "saw", "pulse", "noise",
	"patch-cable", "gain", "pan", "mixer", "filter", "asr-envelope", "adsr",
	"lfo", "done-after", "trigger-to-message", NULL};

TACTUS_RT static uint64_t
world_time(const TactusWorld *world)
{
	return ((const struct harness *)world)->now;
}

/** The harness that `synth` lives in. */
TACTUS_RT static struct harness *
owner_of(TactusSynth *synth)
{
	return (struct harness *)((char *)synth -
				  offsetof(struct harness, synth));
}

TACTUS_RT static void *
world_alloc(const TactusWorld *world, size_t bytes)
{
	((struct harness *)(uintptr_t)world)->allocations++;
	(void)bytes;
	return NULL;
}

TACTUS_RT static void
world_free(const TactusWorld *world, void *memory)
{
	(void)world;
	(void)memory;
}

TACTUS_RT static void
world_done(const TactusWorld *world, TactusSynth *synth)
{
	(void)world;
	owner_of(synth)->dones++;
}

TACTUS_RT static bool
world_notify(const TactusWorld *world, TactusSynth *synth, const char *address,
	const char *types, const double *values)
{
	struct harness *h = owner_of(synth);

	(void)world;
	if (h->refuses_notes) {
		return false;
	}
	h->notes++;
	h->note_address = address;
	h->note_types = types;
	for (size_t i = 0; i < TACTUS_MAX_NOTIFY && types[i] != '\0'; i++) {
		h->note[i] = values[i];
	}
	return true;
}

TACTUS_RT static void
world_log(const TactusWorld *world, TactusSynth *synth, enum TactusLevel level,
	const char *text, double value)
{
	(void)world;
	(void)synth;
	(void)level;
	(void)text;
	(void)value;
}

static int
host_register(const TactusHost *host, const TactusSynthDef *def)
{
	struct harness *h = (struct harness *)((uintptr_t)host -
					       offsetof(struct harness, host));

	ck_assert_ptr_null(h->def);
	h->def = def;
	return 0;
}

static void
host_log(const TactusHost *host, enum TactusLevel level, const char *text)
{
	(void)host;
	fprintf(stderr, "plugin: %d %s\n", (int)level, text);
}

void
harness_load(struct harness *h, const char *name, double rate)
{
	char path[4096];
	const TactusPlugin *(*entry)(const TactusHost *);

	memset(h, 0, sizeof(*h));
	h->world = (TactusWorld){.size = sizeof(TactusWorld),
		.block = HARNESS_BLOCK,
		.rate = rate,
		.time = world_time,
		.alloc = world_alloc,
		.free = world_free,
		.done = world_done,
		.notify = world_notify,
		.log = world_log};
	h->host = (TactusHost){.size = sizeof(TactusHost),
		.abi = TACTUS_ABI_VERSION,
		.rate = rate,
		.block = HARNESS_BLOCK,
		.register_synthdef = host_register,
		.log = host_log};
	snprintf(path, sizeof(path), "%s/%s.so", TACTUS_PLUGIN_DIR, name);
	h->object = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	ck_assert_msg(h->object != NULL, "%s", dlerror());
	void *symbol = dlsym(h->object, "tactus_plugin");
	ck_assert_ptr_nonnull(symbol);
	memcpy(&entry, &symbol, sizeof(entry));
	h->plugin = entry(&h->host);
	ck_assert_ptr_nonnull(h->plugin);
	ck_assert_ptr_nonnull(h->def);
}

/** Ask the def for its ports, and give every control its default. */
static void
describe(struct harness *h)
{
	h->ports = h->def->port_count(h->options);
	ck_assert_uint_le(h->ports, TACTUS_MAX_PORTS);
	h->ins = 0;
	h->outs = 0;
	for (uint32_t i = 0; i < h->ports; i++) {
		TactusPort *p = &h->port[i];

		memset(p, 0, sizeof(*p));
		p->size = sizeof(*p);
		h->def->port(&h->host, h->options, i, p);
		if (p->kind == TACTUS_CONTROL) {
			h->control[i].value = p->initial;
		} else if (p->kind == TACTUS_AUDIO) {
			h->ins += p->direction == TACTUS_INPUT;
			h->outs += p->direction == TACTUS_OUTPUT;
		}
	}
}

int
harness_make(struct harness *h, const TactusOption *options, uint32_t count)
{
	size_t bytes = h->def->instance_bytes;

	if (h->def->parse != NULL) {
		h->options = calloc(1, h->def->options_bytes);
		int r = h->def->parse(&h->host, options, count, h->options,
			h->reason, sizeof(h->reason));
		if (r != 0) {
			return r;
		}
	}
	describe(h);
	if (h->def->extra_bytes != NULL) {
		bytes += h->def->extra_bytes(h->options);
	}
	bytes = (bytes / 64 + 1) * 64;
	h->self = aligned_alloc(64, bytes);
	memset(h->self, 0, bytes);
	h->synth = (TactusSynth){.self = h->self,
		.controls = h->control,
		.in = h->in,
		.out = h->out,
		.id = 1000};
	/* no comparison with NULL: clang would call it a conversion */
	return h->def->construct
		       ? h->def->construct(&h->world, h->options, &h->synth)
		       : 0;
}

void
harness_open(struct harness *h, const char *name)
{
	harness_load(h, name, HARNESS_RATE);
	ck_assert_int_eq(harness_make(h, NULL, 0), 0);
}

void
harness_open_with(
	struct harness *h, const char *name, const char *option, double value)
{
	TactusOption o = {.name = option, .type = 'i', .number = value};

	harness_load(h, name, HARNESS_RATE);
	ck_assert_int_eq(harness_make(h, &o, 1), 0);
}

void
harness_close(struct harness *h)
{
	if (h->self != NULL && h->def->destroy) {
		h->def->destroy(&h->world, &h->synth);
	}
	free(h->self);
	free(h->options);
	dlclose(h->object);
}

void
harness_ramp(struct harness *h, const char *name, float value, float step)
{
	for (uint32_t i = 0; i < h->ports; i++) {
		if (strcmp(h->port[i].name, name) == 0) {
			ck_assert_uint_eq(h->port[i].kind, TACTUS_CONTROL);
			h->control[i].value = value;
			h->control[i].step = step;
			return;
		}
	}
	ck_abort_msg("no control \"%s\"", name);
}

void
harness_set(struct harness *h, const char *name, float value)
{
	harness_ramp(h, name, value, 0.0f);
}

void
harness_segment(struct harness *h, const float *const *in, float *const *out,
	uint32_t frames)
{
	uint32_t dones = h->dones;

	ck_assert_uint_ge(frames, 1);
	ck_assert_uint_le(frames, HARNESS_BLOCK);
	for (uint32_t i = 0; i < h->ins; i++) {
		h->in[i] = in[i];
	}
	for (uint32_t i = 0; i < h->outs; i++) {
		h->out[i] = out[i];
	}
	h->def->process(&h->world, &h->synth, frames);
	h->now += frames;
	if (h->dones != dones) {
		h->done_at = h->now;
	}
}

void
harness_run(struct harness *h, const float *const *in, float *const *out,
	uint32_t frames, uint64_t *random)
{
	const float *from[TACTUS_MAX_PORTS];
	float *to[TACTUS_MAX_PORTS];

	for (uint32_t at = 0; at < frames;) {
		uint32_t count = HARNESS_BLOCK;

		if (random != NULL) {
			count = 1 + tactus_random(random) % HARNESS_BLOCK;
		}
		if (count > frames - at) {
			count = frames - at;
		}
		for (uint32_t i = 0; i < h->ins; i++) {
			from[i] = in[i] + at;
		}
		for (uint32_t i = 0; i < h->outs; i++) {
			to[i] = out[i] + at;
		}
		harness_segment(h, from, to, count);
		at += count;
	}
}

void
harness_source(struct harness *h, float *out, uint32_t frames)
{
	harness_run(h, NULL, &out, frames, NULL);
}

void
harness_pass(struct harness *h, const float *in, float *out, uint32_t frames)
{
	harness_run(h, &in, &out, frames, NULL);
}

void
harness_noise(float *out, uint32_t frames, uint64_t *random)
{
	for (uint32_t i = 0; i < frames; i++) {
		out[i] = tactus_random_signed(random);
	}
}

int
main(void)
{
	SRunner *runner = srunner_create(harness_suite());

	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
