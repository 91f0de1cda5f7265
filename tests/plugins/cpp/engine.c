/* SPDX-License-Identifier: MIT */
/*
 * engine.c -- see engine.h.
 */
#include "engine.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tactus/def.h>

#include "curve.h"

/** Whose world it is; one of before is noted. */
TACTUS_RT static struct engine *
of(const TactusWorld *world)
{
	const struct engine_view *v = (const struct engine_view *)world;

	if (!v->is_current) {
		v->of->stale++;
	}
	return v->of;
}

TACTUS_RT static uint64_t
world_time(const TactusWorld *world)
{
	return of(world)->calls;
}

TACTUS_RT static void *
world_alloc(const TactusWorld *world, size_t bytes)
{
	struct engine *e = of(world);

	for (uint32_t i = 0; i < ENGINE_BLOCKS && !e->is_full; i++) {
		if (!e->pool[i].is_taken && bytes <= sizeof e->pool[i].bytes) {
			e->pool[i].is_taken = true;
			e->blocks++;
			return e->pool[i].bytes;
		}
	}
	return NULL;
}

TACTUS_RT static void
world_free(const TactusWorld *world, void *memory)
{
	struct engine *e = of(world);

	for (uint32_t i = 0; i < ENGINE_BLOCKS; i++) {
		if (e->pool[i].bytes == memory) {
			e->blocks -= e->pool[i].is_taken;
			e->pool[i].is_taken = false;
		}
	}
}

TACTUS_RT static void
world_done(const TactusWorld *world, TactusSynth *synth)
{
	(void)synth;
	of(world)->dones++;
}

TACTUS_RT static bool
world_notify(const TactusWorld *world, TactusSynth *synth, const char *address,
	const char *types, const double *values)
{
	struct engine *e = of(world);

	(void)synth;
	e->notes++;
	e->note = address;
	for (uint32_t i = 0; i < TACTUS_MAX_NOTIFY && types[i] != '\0'; i++) {
		e->told[i] = values[i];
	}
	return true;
}

TACTUS_RT static void
world_log(const TactusWorld *world, TactusSynth *synth, enum TactusLevel level,
	const char *text, double value)
{
	struct engine *e = of(world);

	(void)synth;
	e->logs++;
	e->errors += level == TACTUS_LOG_ERROR;
	e->log = text;
	e->log_value = value;
}

TACTUS_RT static void *
world_acquire(const TactusWorld *world, TactusSynth *synth, int32_t id,
	const char *uri)
{
	struct engine *e = of(world);

	(void)synth;
	if (id < 0 || id >= ENGINE_IDS || e->resource[id] == NULL ||
		strcmp(e->uri[id], uri) != 0) {
		return NULL;
	}
	e->references[id]++;
	e->acquires++;
	return e->resource[id];
}

TACTUS_RT static void
world_release(const TactusWorld *world, TactusSynth *synth, int32_t id)
{
	struct engine *e = of(world);

	(void)synth;
	if (id < 0 || id >= ENGINE_IDS || e->references[id] == 0) {
		e->false_releases++;
	} else {
		e->references[id]--;
	}
}

TACTUS_RT static int
world_perform(
	const TactusWorld *world, TactusSynth *synth, const TactusPerform *what)
{
	struct engine *e = of(world);

	(void)synth;
	if (e->answer == 0) {
		e->what = *what;
		memcpy(e->ids, what->ids, what->count * sizeof *what->ids);
		memcpy(e->data, what->data, what->bytes);
	}
	return e->answer;
}

/* What arrives is all that matters here: no transform. */
TACTUS_RT static void
fft_forward(const TactusFft *fft, const float *time, float *spectrum,
	float *scratch)
{
	(void)fft;
	scratch[0] = 0.0F;
	spectrum[0] = time[0];
}

TACTUS_RT static void
fft_inverse(const TactusFft *fft, const float *spectrum, float *time,
	float *scratch)
{
	(void)fft;
	scratch[0] = 0.0F;
	time[0] = spectrum[0];
}

static const TactusWorld world_table = {
	.size = sizeof(TactusWorld),
	.block = ENGINE_BLOCK,
	.rate = 48000.0,
	.time = world_time,
	.alloc = world_alloc,
	.free = world_free,
	.done = world_done,
	.notify = world_notify,
	.log = world_log,
	.resource_acquire = world_acquire,
	.resource_release = world_release,
	.perform_with_resources = world_perform,
	.fft_forward = fft_forward,
	.fft_inverse = fft_inverse,
};

const TactusWorld *
engine_world(struct engine *e)
{
	struct engine_view *v = &e->view[e->calls % 2];

	e->view[(e->calls + 1) % 2].is_current = false;
	/* what an older engine does not have is not there to be read */
	memset(&v->world, 0xa5, sizeof v->world);
	memcpy(&v->world, &world_table, e->world_size);
	v->world.size = (uint32_t)e->world_size;
	v->of = e;
	v->is_current = true;
	e->calls++;
	return &v->world;
}

/** Load a plugin of this folder, not of those that are built in. */
static void
load(struct harness_host *h, const char *name)
{
	char path[4096];
	const TactusPlugin *(*entry)(const TactusHost *);

	snprintf(path, sizeof path, "%s/%s.so", CPP_PLUGIN_DIR, name);
	void *object = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	ck_assert_msg(object != NULL, "%s", dlerror());
	h->object[h->objects++] = object;
	void *symbol = dlsym(object, "tactus_plugin");
	ck_assert_ptr_nonnull(symbol);
	memcpy(&entry, &symbol, sizeof entry);
	ck_assert_ptr_nonnull(entry(&h->host));
}

void
engine_open(struct engine *e, const char *name)
{
	memset(e, 0, sizeof *e);
	e->world_size = sizeof(TactusWorld);
	harness_host_init(&e->nrt, 48000.0);
	e->nrt.host.fft_forward = fft_forward;
	e->nrt.host.fft_inverse = fft_inverse;
	load(&e->nrt, name);
	e->alive = dlsym(e->nrt.object[0], "test_alive");
	ck_assert_ptr_nonnull(e->alive);
	ck_assert_int_eq(*e->alive, 0);
}

void
engine_close(struct engine *e)
{
	ck_assert_int_eq(engine_references(e), 0);
	ck_assert_uint_eq(e->false_releases, 0);
	ck_assert_uint_eq(e->stale, 0);
	ck_assert_uint_eq(e->blocks, 0);
	for (int32_t id = 0; id < ENGINE_IDS; id++) {
		if (e->resource[id] != NULL) {
			engine_curve_end(e, id);
		}
	}
	ck_assert_int_eq(*e->alive, 0);
	harness_host_close(&e->nrt);
}

const TactusSynthDef *
engine_def(struct engine *e, const char *name)
{
	for (uint32_t i = 0; i < e->nrt.synths; i++) {
		if (strcmp(e->nrt.synth[i]->name, name) == 0) {
			return e->nrt.synth[i];
		}
	}
	ck_abort_msg("no def %s", name);
}

void
engine_curve(struct engine *e, int32_t id, int32_t count)
{
	TactusValue v = harness_int(count);

	e->resource[id] = harness_construct(&e->nrt, "curve", &v, 1);
	ck_assert_msg(e->resource[id] != NULL, "%s", e->nrt.reason);
	e->uri[id] = CURVE_URI;
}

void
engine_curve_end(struct engine *e, int32_t id)
{
	harness_destroy(&e->nrt, "curve", e->resource[id]);
	e->resource[id] = NULL;
}

int32_t
engine_references(const struct engine *e)
{
	int32_t sum = 0;

	for (int32_t id = 0; id < ENGINE_IDS; id++) {
		sum += e->references[id];
	}
	return sum;
}

TactusOption
engine_option(const char *name, double value)
{
	return (TactusOption){.name = name, .type = 'i', .number = value};
}

int
engine_make(struct engine *e, uint32_t i, const char *name,
	const TactusOption *options, uint32_t count)
{
	struct engine_synth *s = &e->synth[i];

	memset(s, 0, sizeof *s);
	s->def = engine_def(e, name);
	s->options = calloc(1, s->def->options_bytes + 1);
	if (s->def->parse != NULL &&
		s->def->parse(&e->nrt.host, options, count, s->options,
			s->reason, sizeof s->reason) != 0) {
		return -1;
	}
	size_t bytes = s->def->instance_bytes;
	if (s->def->extra_bytes != NULL) {
		bytes += s->def->extra_bytes(s->options);
	}
	bytes = (bytes + 63) / 64 * 64;
	s->synth = (TactusSynth){.self = aligned_alloc(64, bytes),
		.controls = s->control,
		.in = s->in,
		.out = s->out,
		.id = 1000 + (int32_t)i,
		.resources = s->resource};
	memset(s->synth.self, 0, bytes);
	uint32_t ports = tactus_def_ports(s->def, s->options);
	uint32_t controls = 0;
	for (uint32_t p = 0; p < ports; p++) {
		TactusPort port = {.size = sizeof port};

		tactus_def_port(&e->nrt.host, s->def, s->options, p, &port);
		if (port.kind == TACTUS_CONTROL) {
			s->control[controls++].value = port.initial;
		}
	}
	for (uint32_t c = 0; c < ENGINE_OUTPUTS; c++) {
		s->out[c] = s->sound[c];
		s->in[c] = s->silence;
	}
	return s->def->construct(engine_world(e), s->options, &s->synth);
}

static void
soil(struct engine_synth *s)
{
	for (uint32_t c = 0; c < ENGINE_OUTPUTS; c++) {
		for (uint32_t i = 0; i < ENGINE_BLOCK; i++) {
			s->sound[c][i] = 9.0F;
		}
	}
}

void
engine_run(struct engine *e, uint32_t i, uint32_t frames)
{
	struct engine_synth *s = &e->synth[i];

	soil(s);
	s->def->process(engine_world(e), &s->synth, frames);
}

void
engine_run_many(struct engine *e, uint32_t count, uint32_t frames)
{
	TactusSynth *synths[ENGINE_SYNTHS];

	for (uint32_t i = 0; i < count; i++) {
		soil(&e->synth[i]);
		synths[i] = &e->synth[i].synth;
	}
	e->synth[0].def->process_many(engine_world(e), synths, count, frames);
}

void
engine_drop(struct engine *e, uint32_t i)
{
	free(e->synth[i].options);
	free(e->synth[i].synth.self);
	memset(&e->synth[i], 0, sizeof e->synth[i]);
}

void
engine_end(struct engine *e, uint32_t i)
{
	struct engine_synth *s = &e->synth[i];

	s->def->destroy(engine_world(e), &s->synth);
	engine_drop(e, i);
}
