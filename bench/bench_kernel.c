/* SPDX-License-Identifier: MIT */
/*
 * bench_kernel.c -- what the plugins' own arithmetic costs, without an engine.
 *
 * 1024 instances of a def, each at a pitch of its own, over blocks of 64
 * frames at 48 kHz that stay in the first cache; their states do not.  The
 * same work one by one and in runs of 32, which take turns.  Told is the time
 * of one instance and block.
 *
 *	kernel/NAME, one by one
 *	kernel/NAME, process_many   where the def has it
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tactus/def.h>
#include <tactus/plugin.h>

#include "bench.h"
#include "desk.h"
#include "thread_flush.h"

#define MANY    1024
#define RUN     32
#define BUFFERS 64 /* 16 KiB of each direction */
#define FRAMES  64
#define PORTS   16

struct crowd {
	const TactusSynthDef *def;
	TactusSynth synth[MANY];
	TactusControl control[MANY][PORTS];
	const float *in[MANY][PORTS];
	float *out[MANY][PORTS];
	struct bench one;
	struct bench many;
	char text[2][64];
};

static _Alignas(64) float heard[BUFFERS][FRAMES];
static _Alignas(64) float said[PORTS][BUFFERS][FRAMES];

static const TactusWorld world = {
	.size = sizeof(world), .block = FRAMES, .rate = DESK_RATE};

static void
must(bool good, const char *what)
{
	if (!good) {
		fprintf(stderr, "bench_kernel: %s\n", what);
		exit(EXIT_FAILURE);
	}
}

/** The first value of a port, for instance `k`. */
static float
value_of(const TactusPort *p, uint32_t k)
{
	float part = (float)k / MANY;

	if (strcmp(p->name, "freq") == 0) {
		return 20.0F + 2000.0F * part;
	}
	return strcmp(p->name, "cutoff") == 0 ? 200.0F + 2000.0F * part
					      : p->initial;
}

static void
open_crowd(struct crowd *c, const char *name, uint32_t turns)
{
	const TactusHost host = {.size = sizeof(host), .rate = DESK_RATE};

	c->def = desk_def(name);
	for (uint32_t k = 0; k < MANY; k++) {
		uint32_t controls = 0;
		size_t bytes = (c->def->instance_bytes / 64 + 1) * 64;

		for (uint32_t i = 0; i < tactus_def_ports(c->def, NULL); i++) {
			TactusPort p = {.size = sizeof(p)};

			tactus_def_port(&host, c->def, NULL, i, &p);
			if (p.kind == TACTUS_CONTROL) {
				c->control[k][controls++].value =
					value_of(&p, k);
			}
		}
		for (uint32_t i = 0; i < PORTS; i++) {
			c->in[k][i] = heard[k % BUFFERS];
			c->out[k][i] = said[i][k % BUFFERS];
		}
		c->synth[k] = (TactusSynth){.self = aligned_alloc(64, bytes),
			.controls = c->control[k],
			.in = c->in[k],
			.out = c->out[k],
			.id = (int32_t)k + 1};
		must(c->synth[k].self != NULL, "memory");
		memset(c->synth[k].self, 0, bytes);
		must(!c->def->construct || c->def->construct(&world, NULL,
						   &c->synth[k]) == 0,
			name);
	}
	(void)snprintf(
		c->text[0], sizeof c->text[0], "kernel/%s, one by one", name);
	(void)snprintf(
		c->text[1], sizeof c->text[1], "kernel/%s, process_many", name);
	bench_open(&c->one, c->text[0], "ns", turns);
	bench_open(&c->many, c->text[1], "ns", turns);
}

static void
close_crowd(struct crowd *c)
{
	for (uint32_t k = 0; k < MANY; k++) {
		if (c->def->destroy) {
			c->def->destroy(&world, &c->synth[k]);
		}
		free(c->synth[k].self);
	}
	bench_close(&c->one);
	bench_close(&c->many);
}

/** A block of all; what one of them took. */
static double
block(struct crowd *c, uint32_t run)
{
	TactusSynth *some[MANY];
	int64_t began;

	for (uint32_t k = 0; k < MANY; k++) {
		some[k] = &c->synth[k];
	}
	began = bench_now();
	for (uint32_t k = 0; k < MANY; k += run) {
		if (run == 1) {
			c->def->process(&world, some[k], FRAMES);
		} else {
			c->def->process_many(&world, &some[k], run, FRAMES);
		}
	}
	double took = (double)(bench_now() - began) / MANY;
	bench_keep(said);
	return took;
}

int
main(void)
{
	static const char *const names[] = {
		"sine", "saw", "pulse", "filter", "gain", "pan", "adsr"};
	enum { NAMES = sizeof names / sizeof *names };
	static struct crowd crowds[NAMES];
	uint32_t turns = bench_repeat(400);
	uint32_t chance = 1;

	thread_flush_denormals();
	for (int i = 0; i < BUFFERS * FRAMES; i++) {
		chance = chance * 1664525U + 1013904223U;
		heard[i / FRAMES][i % FRAMES] =
			(float)(int32_t)chance * 0x1p-31F;
	}
	for (int i = 0; i < NAMES; i++) {
		open_crowd(&crowds[i], names[i], turns);
		(void)block(&crowds[i], 1);
	}
	for (uint32_t n = 0; n < turns; n++) {
		for (int i = 0; i < NAMES; i++) {
			bench_add(&crowds[i].one, block(&crowds[i], 1));
			if (crowds[i].def->process_many) {
				bench_add(&crowds[i].many,
					block(&crowds[i], RUN));
			}
		}
	}
	bench_begin();
	for (int i = 0; i < NAMES; i++) {
		bench_print(&crowds[i].one);
		if (crowds[i].def->process_many) {
			bench_print(&crowds[i].many);
		}
	}
	for (int i = 0; i < NAMES; i++) {
		close_crowd(&crowds[i]);
	}
	return EXIT_SUCCESS;
}
