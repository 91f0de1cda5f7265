/* SPDX-License-Identifier: MIT */
/*
 * harness.c -- see harness.h.  TACTUS_PLUGIN_DIR says where the plugins are.
 */
#include "harness.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <tactus/def.h>
#include <tactus/math.h>

#include "mark.h"

const char *const harness_names[] = {"sine", "saw", "pulse", "noise",
	"patch-cable", "gain", "pan", "mixer", "filter", "asr-envelope", "adsr",
	"lfo", "done-after", "trigger-to-message", "wavetable", "convolver",
	"sampler", "recorder", "eq", "delay", "envelope-follower", "compressor",
	"limiter", "reverb", NULL};

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
	struct harness *h = (struct harness *)(uintptr_t)world;
	size_t room = (bytes + 127) / 64 * 64;

	h->allocations++;
	if (bytes > h->pool_room - h->pool_used) {
		return NULL;
	}
	TACTUS_RT_TRUST_BEGIN("a test's pools allocate, so that ASan sees "
			      "their ends; those of the engine do not")
	char *block = aligned_alloc(64, room);
	TACTUS_RT_TRUST_END
	/* a pool's blocks are not zeroed */
	memset(block, 0x7f, room);
	memcpy(block, &bytes, sizeof bytes);
	h->pool_used += bytes;
	return block + 64;
}

TACTUS_RT static void
world_free(const TactusWorld *world, void *memory)
{
	struct harness *h = (struct harness *)(uintptr_t)world;
	size_t bytes;

	if (memory != NULL) {
		char *block = (char *)memory - 64;
		memcpy(&bytes, block, sizeof bytes);
		h->pool_used -= bytes;
		TACTUS_RT_TRUST_BEGIN("as above")
		free(block);
		TACTUS_RT_TRUST_END
	}
}

/** Note that the synth said something: a kind of word, and its numbers. */
TACTUS_RT static void
hear(struct harness *h, char kind, const void *data, size_t bytes)
{
	const unsigned char *at = data;

	/* FNV-1a; what was said before is in it */
	h->said = (h->said ^ (unsigned char)kind) * 0x100000001b3u;
	for (size_t i = 0; i < bytes; i++) {
		h->said = (h->said ^ at[i]) * 0x100000001b3u;
	}
	h->words++;
}

/** Note that the synth keeps a reference. */
TACTUS_RT static bool
keep(struct harness *h, void *resource, int32_t id)
{
	for (size_t i = 0; i < sizeof h->kept / sizeof *h->kept; i++) {
		if (h->kept[i].references == 0) {
			h->kept[i].id = id;
			h->kept[i].resource = resource;
			h->kept[i].references = 1;
			return true;
		}
	}
	return false;
}

TACTUS_RT static void
world_done(const TactusWorld *world, TactusSynth *synth)
{
	(void)world;
	owner_of(synth)->dones++;
	hear(owner_of(synth), 'd', NULL, 0);
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
		hear(h, 'n', &values[i], sizeof(values[i]));
	}
	hear(h, 'n', address, strlen(address));
	return true;
}

TACTUS_RT static void
world_log(const TactusWorld *world, TactusSynth *synth, enum TactusLevel level,
	const char *text, double value)
{
	(void)world;
	(void)level;
	hear(owner_of(synth), 'l', text, strlen(text));
	hear(owner_of(synth), 'l', &value, sizeof(value));
}

TACTUS_RT static void *
world_acquire(const TactusWorld *world, TactusSynth *synth, int32_t id,
	const char *uri)
{
	struct harness *h = owner_of(synth);

	(void)world;
	(void)uri;
	hear(h, 'a', &id, sizeof(id));
	for (uint32_t i = 0; i < HARNESS_BINDINGS; i++) {
		if (h->bound[i] != NULL && h->bound_id[i] == id) {
			return keep(h, h->bound[i], id) ? h->bound[i] : NULL;
		}
	}
	return NULL;
}

TACTUS_RT static void
world_release(const TactusWorld *world, TactusSynth *synth, int32_t id)
{
	struct harness *h = owner_of(synth);

	(void)world;
	hear(h, 'r', &id, sizeof(id));
	h->releases++;
	for (size_t i = 0; i < sizeof h->kept / sizeof *h->kept; i++) {
		if (h->kept[i].references > 0 && h->kept[i].id == id) {
			h->kept[i].references--;
			return;
		}
	}
	h->false_releases++;
}

TACTUS_RT static int
world_perform(
	const TactusWorld *world, TactusSynth *synth, const TactusPerform *what)
{
	(void)world;
	(void)synth;
	(void)what;
	return 503;
}

void
harness_load(struct harness *h, const char *name, double rate)
{
	memset(h, 0, sizeof(*h));
	h->world = (TactusWorld){.size = sizeof(TactusWorld),
		.block = HARNESS_BLOCK,
		.rate = rate,
		.time = world_time,
		.alloc = world_alloc,
		.free = world_free,
		.done = world_done,
		.notify = world_notify,
		.log = world_log,
		.resource_acquire = world_acquire,
		.resource_release = world_release,
		.perform_with_resources = world_perform,
		.fft_forward = harness_fft_forward,
		.fft_inverse = harness_fft_inverse};
	harness_host_init(&h->nrt, rate);
	h->plugin = harness_host_load(&h->nrt, name);
	ck_assert_uint_eq(h->nrt.synths, 1);
	h->def = h->nrt.synth[0];
	for (uint32_t i = 0; i < HARNESS_BINDINGS; i++) {
		h->bound_id[i] = -1;
	}
}

/** Ask the def for its ports, and give every control its default. */
static void
describe(struct harness *h)
{
	h->ports = tactus_def_ports(h->def, h->options);
	ck_assert_uint_le(h->ports, TACTUS_MAX_PORTS);
	h->ins = 0;
	h->outs = 0;
	h->bindings = 0;
	for (uint32_t i = 0; i < h->ports; i++) {
		TactusPort *p = &h->port[i];

		p->size = sizeof(*p);
		tactus_def_port(&h->nrt.host, h->def, h->options, i, p);
		if (p->kind == TACTUS_CONTROL) {
			h->control[i].value = p->initial;
		} else if (p->kind == TACTUS_AUDIO) {
			h->ins += p->direction == TACTUS_INPUT;
			h->outs += p->direction == TACTUS_OUTPUT;
		} else {
			h->bindings++;
		}
	}
}

int
harness_make(struct harness *h, const TactusOption *options, uint32_t count)
{
	size_t bytes = h->def->instance_bytes;

	if (h->def->parse != NULL) {
		h->options = calloc(1, h->def->options_bytes);
		int r = h->def->parse(&h->nrt.host, options, count, h->options,
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
		.id = 1000,
		.resources = h->bound};
	/* no comparison with NULL: clang would call it a conversion */
	int code = h->def->construct
			   ? h->def->construct(&h->world, h->options, &h->synth)
			   : 0;
	if (code != 0) {
		/* then destroy is not called */
		free(h->self);
		h->self = NULL;
	}
	return code;
}

void
harness_open(struct harness *h, const char *name)
{
	harness_load(h, name, HARNESS_RATE);
	h->pool_room = HARNESS_POOLS;
	ck_assert_int_eq(harness_make(h, NULL, 0), 0);
}

void
harness_open_with(
	struct harness *h, const char *name, const char *option, double value)
{
	TactusOption o = {.name = option, .type = 'i', .number = value};

	harness_load(h, name, HARNESS_RATE);
	h->pool_room = HARNESS_POOLS;
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
	ck_assert_uint_eq(h->pool_used, 0);
	ck_assert_uint_eq(h->false_releases, 0);
	harness_host_close(&h->nrt);
}

void
harness_bind(struct harness *h, uint32_t ordinal, void *resource, int32_t id)
{
	ck_assert_uint_lt(ordinal, HARNESS_BINDINGS);
	void *old = h->bound[ordinal];
	int32_t old_id = h->bound_id[ordinal];

	h->bound[ordinal] = resource;
	h->bound_id[ordinal] = id;
	if (h->self == NULL || old_id == id || !h->def->bind) {
		return;
	}
	ck_assert_uint_lt(ordinal, h->bindings);
	if (h->def->bind(&h->world, &h->synth, ordinal, old, old_id)) {
		ck_assert_ptr_nonnull(old);
		ck_assert(keep(h, old, old_id));
	}
}

uint32_t
harness_kept(const struct harness *h)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < sizeof h->kept / sizeof *h->kept; i++) {
		sum += h->kept[i].references;
	}
	return sum;
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

/** A segment has gone by; `dones` were said before it. */
static void
pass_by(struct harness *h, uint32_t dones, uint32_t frames)
{
	h->now += frames;
	if (h->dones != dones) {
		h->done_at = h->now;
	}
}

void
harness_segment(struct harness *h, const float *const *in, float *const *out,
	uint32_t frames)
{
	uint32_t dones = h->dones;

	/* asserted so often, what is right would take libcheck's time */
	if (frames < 1 || frames > HARNESS_BLOCK) {
		ck_abort_msg("a segment of %u frames", frames);
	}
	for (uint32_t i = 0; i < h->ins; i++) {
		h->in[i] = in[i];
	}
	for (uint32_t i = 0; i < h->outs; i++) {
		h->out[i] = out[i];
	}
	h->def->process(&h->world, &h->synth, frames);
	pass_by(h, dones, frames);
}

void
harness_segment_many(struct harness *const *h, uint32_t count, uint32_t frames)
{
	TactusSynth *synths[TACTUS_MAX_MANY];
	uint32_t dones[TACTUS_MAX_MANY];

	ck_assert(count >= 1 && count <= TACTUS_MAX_MANY && frames >= 1 &&
		  frames <= HARNESS_BLOCK);
	for (uint32_t i = 0; i < count; i++) {
		if (h[i]->def != h[0]->def || h[i]->now != h[0]->now) {
			ck_abort_msg("synths of one call have one def and one "
				     "time");
		}
		synths[i] = &h[i]->synth;
		dones[i] = h[i]->dones;
	}
	h[0]->def->process_many(&h[0]->world, synths, count, frames);
	for (uint32_t i = 0; i < count; i++) {
		pass_by(h[i], dones[i], frames);
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
harness_within(const float *out, uint32_t frames, float most)
{
	for (uint32_t i = 0; i < frames; i++) {
		if (!(fabsf(out[i]) <= most)) {
			ck_abort_msg("frame %u is %.9g", i, (double)out[i]);
		}
	}
}

void
harness_noise(float *out, uint32_t frames, uint64_t *random)
{
	for (uint32_t i = 0; i < frames; i++) {
		out[i] = tactus_random_signed(random);
	}
}

void
harness_bursts(float *out, uint32_t frames, uint32_t length, float middle_db,
	uint64_t *random)
{
	float level = 0.0f;

	harness_noise(out, frames, random);
	for (uint32_t i = 0; i < frames; i++) {
		if (i % length == 0) {
			level = tactus_from_db(
				tactus_random_signed(random) * 30.0f +
				middle_db);
		}
		out[i] *= level;
	}
}

double
harness_bend(const float *x, uint32_t from, uint32_t end)
{
	double most = 0.0;

	for (uint32_t i = from < 2 ? 2 : from; i < end; i++) {
		most = harness_worse(
			most, fabs((double)x[i] - 2.0 * (double)x[i - 1] +
				      (double)x[i - 2]));
	}
	return most;
}

void
harness_alike_by_frames(
	struct harness *whole, struct harness *single, const float *const *in)
{
	float a[2][HARNESS_BLOCK];
	float b[2][HARNESS_BLOCK];
	float *all[] = {a[0], a[1]};

	ck_assert(whole->ins <= 2 && whole->outs <= 2);
	harness_run(whole, in, all, HARNESS_BLOCK, NULL);
	for (uint32_t i = 0; i < HARNESS_BLOCK; i++) {
		const float *from[] = {
			in[0] + i, whole->ins > 1 ? in[1] + i : NULL};
		float *to[] = {b[0] + i, b[1] + i};

		for (uint32_t c = 0; c < whole->ports; c++) {
			single->control[c] = (TactusControl){
				tactus_control_at(&whole->control[c], i), 0.0f};
		}
		harness_run(single, from, to, 1, NULL);
	}
	for (uint32_t c = 0; c < whole->outs; c++) {
		ck_assert_mem_eq(a[c], b[c], sizeof(a[c]));
	}
}

void
harness_alike_by_cuts(struct harness *whole, struct harness *cut,
	const float *in, uint32_t frames, uint64_t *random)
{
	float a[4 * HARNESS_BLOCK];
	float b[4 * HARNESS_BLOCK];
	float *pieces = b;

	ck_assert_uint_le(frames, 4 * HARNESS_BLOCK);
	harness_pass(whole, in, a, frames);
	harness_run(cut, &in, &pieces, frames, random);
	ck_assert_mem_eq(a, b, frames * sizeof(*a));
}

void
harness_goes_on(void (*open)(struct harness *h, int n))
{
	static const float bad[] = {NAN, INFINITY, -INFINITY, 3e38f, -3e38f};

	for (int n = 0; n < 5; n++) {
		float in[HARNESS_BLOCK] = {0.0f};
		float out[HARNESS_BLOCK];
		struct harness h;

		open(&h, n);
		in[5] = bad[n];
		in[40] = 0.5f;
		harness_pass(&h, in, out, HARNESS_BLOCK);
		harness_within(out, HARNESS_BLOCK, FLT_MAX);
		ck_assert_float_eq(out[39], 0.0f);
		ck_assert_float_ne(out[40], 0.0f);
		harness_close(&h);
	}
}

const char *
harness_refusal(struct harness *h, const TactusOption *options, uint32_t count)
{
	void *out = calloc(1, h->def->options_bytes);

	memset(h->reason, 'x', sizeof(h->reason));
	int r = h->def->parse(&h->nrt.host, options, count, out, h->reason,
		sizeof(h->reason));
	free(out);
	if (r == 0) {
		return "taken";
	}
	ck_assert_ptr_nonnull(memchr(h->reason, '\0', sizeof(h->reason)));
	return h->reason;
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
