/* SPDX-License-Identifier: MIT */
/*
 * bench_many.c -- what many synths of one def gain by one call.
 *
 * Kernels alone, no engine around them: blocks of 64 frames at 48 kHz, caches
 * warm, 256 synths that read and write 32 buffers, as a run of an engine
 * does.  The same synths take turns by process, one after the other, and by
 * process_many in groups of 32; told are nanoseconds for each synth and block.
 * A def without process_many has a line for process alone.
 *
 *	many/WHAT/one     by process
 *	many/WHAT/all     by process_many
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tactus/def.h>
#include <tactus/resources/audio_buffer.h>

#include "bench.h"
#include "desk.h"
#include "thread_flush.h"

#define SYNTHS 256
#define GROUP  32
#define PORTS  16
#define TURN   16
#define FRAMES 100000   /* of the buffer that is played */
#define FAR    16000000 /* of the one that no cache holds */

/** A control that is not at its default. */
struct knob {
	const char *name;
	float value;
	float more; /* that much more for each synth, over all of them */
	float step; /* of each frame */
};

/** A synth and what it points to, as near each other as an engine has it. */
struct voice {
	TactusSynth synth;
	TactusControl control[PORTS];
	const float *in[PORTS];
	float *out[PORTS];
	void *resource[1];
};

struct load {
	const char *name;
	const char *def;
	struct knob knob[4];
	bool is_far; /* plays the large buffer */
	const TactusSynthDef *is;
	struct voice *voice;
	TactusSynth *synth[SYNTHS];
	struct bench by[2];
	char text[2][64];
};

static _Alignas(64) float input[GROUP][DESK_BLOCK];
static _Alignas(64) float output[GROUP][2][DESK_BLOCK];
static _Alignas(64) float sound[FRAMES];

static void *
must(void *pointer, const char *what)
{
	if (pointer == NULL) {
		fprintf(stderr, "bench_many: no %s\n", what);
		exit(EXIT_FAILURE);
	}
	return pointer;
}

TACTUS_RT static void
ignore_done(const TactusWorld *world, TactusSynth *synth)
{
	(void)world;
	(void)synth;
}

/** Its controls are at their defaults but for the knobs. */
static void
set_controls(const struct load *l, struct voice *v, uint32_t nth)
{
	const TactusHost host = {.size = sizeof(host), .rate = DESK_RATE};
	uint32_t ports = tactus_def_ports(l->is, NULL);

	for (uint32_t i = 0; i < ports && i < PORTS; i++) {
		TactusPort port = {.size = sizeof(port)};

		tactus_def_port(&host, l->is, NULL, i, &port);
		if (port.kind != TACTUS_CONTROL) {
			continue;
		}
		v->control[i].value = port.initial;
		for (const struct knob *k = l->knob; k->name != NULL; k++) {
			if (strcmp(port.name, k->name) == 0) {
				float more = k->more * (float)nth / SYNTHS;

				v->control[i].value = k->value + more;
				v->control[i].step = k->step;
			}
		}
	}
}

static void
open_load(struct load *l, const TactusWorld *world, TactusAudioBuffer *buffer,
	uint32_t turns)
{
	static const char *const ways[] = {"one", "all"};

	l->is = desk_def(l->def);
	size_t bytes = l->is->instance_bytes;
	if (l->is->extra_bytes != NULL) {
		bytes += l->is->extra_bytes(NULL);
	}
	l->voice = must(calloc(SYNTHS, sizeof *l->voice), "memory");
	for (uint32_t n = 0; n < SYNTHS; n++) {
		struct voice *v = &l->voice[n];
		size_t room = (bytes / 64 + 1) * 64;
		void *self = must(aligned_alloc(64, room), "memory");

		memset(self, 0, room);
		v->synth = (TactusSynth){.self = self,
			.controls = v->control,
			.in = v->in,
			.out = v->out,
			.id = (int32_t)n,
			.resources = v->resource};
		v->in[0] = input[n % GROUP];
		v->out[0] = output[n % GROUP][0];
		v->out[1] = output[n % GROUP][1];
		v->resource[0] = buffer;
		l->synth[n] = &v->synth;
		set_controls(l, v, n);
		if (l->is->construct) {
			(void)l->is->construct(world, NULL, &v->synth);
		}
	}
	for (int i = 0; i < 2; i++) {
		(void)snprintf(l->text[i], sizeof l->text[i], "many/%s/%s",
			l->name, ways[i]);
		bench_open(&l->by[i], l->text[i], "ns", (size_t)turns * TURN);
	}
}

static void
close_load(struct load *l)
{
	for (uint32_t n = 0; n < SYNTHS; n++) {
		free(l->synth[n]->self);
	}
	free(l->voice);
	bench_close(&l->by[0]);
	bench_close(&l->by[1]);
}

/** A block of all its synths. */
static void
block(const struct load *l, const TactusWorld *world, bool many)
{
	if (many) {
		for (uint32_t n = 0; n < SYNTHS; n += GROUP) {
			l->is->process_many(
				world, &l->synth[n], GROUP, DESK_BLOCK);
		}
	} else {
		for (uint32_t n = 0; n < SYNTHS; n++) {
			l->is->process(world, l->synth[n], DESK_BLOCK);
		}
	}
	bench_keep(output);
}

static void
turn(struct load *l, const TactusWorld *world, bool many)
{
	if (many && !l->is->process_many) {
		return;
	}
	block(l, world, many);
	block(l, world, many);
	for (int i = 0; i < TURN; i++) {
		int64_t from = bench_now();

		block(l, world, many);
		bench_add(&l->by[many], (double)(bench_now() - from) / SYNTHS);
	}
}

int
main(void)
{
	/* clang-format off */
	static struct load loads[] = {
		{.name = "gain", .def = "gain", .knob = {{"gain", 0.5F, 0, 0}}},
		{.name = "gain-ramp", .def = "gain",
			.knob = {{"gain", 0.5F, 0, 1e-6F}}},
		{.name = "pan", .def = "pan", .knob = {{"position", -1, 2, 0}}},
		{.name = "pan-ramp", .def = "pan",
			.knob = {{"position", -1, 1, 1e-6F}}},
		{.name = "adsr-hold", .def = "adsr",
			.knob = {{"attack", 0, 0, 0}, {"decay", 0, 0, 0}}},
		{.name = "adsr-attack", .def = "adsr",
			.knob = {{"attack", 3600, 0, 0}}},
		{.name = "adsr-decay", .def = "adsr",
			.knob = {{"attack", 0, 0, 0}, {"decay", 3600, 0, 0}}},
		{.name = "sampler-1", .def = "sampler",
			.knob = {{"amp", 0.1F, 0, 0}, {"loop", 1, 0, 0}}},
		{.name = "sampler-cubic", .def = "sampler",
			.knob = {{"rate", 0.5F, 1, 0}, {"amp", 0.1F, 0, 0},
				{"loop", 1, 0, 0}}},
		{.name = "sampler-far", .def = "sampler", .is_far = true,
			.knob = {{"rate", 0.5F, 1, 0}, {"loop", 1, 0, 0},
				{"start", 0, FAR - 100000, 0}}},
		{.name = "sampler-fast", .def = "sampler",
			.knob = {{"rate", 2, 2, 0}, {"amp", 0.1F, 0, 0},
				{"loop", 1, 0, 0}}},
		{.name = "sine", .def = "sine",
			.knob = {{"freq", 100, 1000, 0}}},
		{.name = "saw", .def = "saw",
			.knob = {{"freq", 100, 1000, 0}}},
		{.name = "pulse", .def = "pulse",
			.knob = {{"freq", 100, 1000, 0}}},
		{.name = "filter", .def = "filter",
			.knob = {{"cutoff", 100, 1000, 0}}},
	};
	/* clang-format on */
	enum { LOADS = sizeof loads / sizeof *loads };
	const TactusWorld world = {.size = sizeof(world),
		.block = DESK_BLOCK,
		.rate = DESK_RATE,
		.done = ignore_done};
	float *channel[] = {sound, must(malloc(FAR * sizeof(float)), "memory")};
	TactusAudioBuffer buffer[] = {
		{sizeof *buffer, 1, FRAMES, DESK_RATE, &channel[0]},
		{sizeof *buffer, 1, FAR,    DESK_RATE, &channel[1]}
        };
	uint32_t turns = bench_repeat(50);
	uint32_t chance = 1;

	thread_flush_denormals();
	for (uint32_t i = 0; i < FRAMES; i++) {
		chance = chance * 1664525U + 1013904223U;
		sound[i] = (float)(int32_t)chance * 0x1p-31F;
		input[i / DESK_BLOCK % GROUP][i % DESK_BLOCK] = sound[i];
	}
	for (uint32_t i = 0; i < FAR; i++) {
		channel[1][i] = sound[i % FRAMES];
	}
	for (uint32_t i = 0; i < LOADS; i++) {
		open_load(&loads[i], &world, &buffer[loads[i].is_far], turns);
	}
	for (uint32_t n = 0; n < turns; n++) {
		for (uint32_t i = 0; i < LOADS; i++) {
			turn(&loads[i], &world, n % 2 == 0);
			turn(&loads[i], &world, n % 2 != 0);
		}
	}
	bench_begin();
	for (uint32_t i = 0; i < LOADS; i++) {
		bench_print(&loads[i].by[0]);
		if (loads[i].by[1].count > 0) {
			bench_print(&loads[i].by[1]);
		}
	}
	for (uint32_t i = 0; i < LOADS; i++) {
		close_load(&loads[i]);
	}
	free(channel[1]);
	return EXIT_SUCCESS;
}
