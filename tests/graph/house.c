/* SPDX-License-Identifier: MIT */
/*
 * house.c -- see house.h.  The synths; house_resources.c has the rest.
 *
 * All belongs to the test's one thread.
 */
#include "house.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include <tactus/def.h>

#include "fft.h"
#include "harness.h"
#include "mark.h"
#include "rig.h"

/** Options that are tried on every def, one at a time. */
static const TactusOption tries[] = {
	{"channels",      'i', 2,     NULL    },
	{"inputs",        'i', 5,     NULL    },
	{"seed",          'i', 12345, NULL    },
	{"interpolation", 's', 0,     "none"  },
	{"interpolation", 's', 0,     "linear"},
};

static uint32_t
no_ports(const void *options)
{
	(void)options;
	return 0;
}

static void
no_port(const TactusHost *host, const void *options, uint32_t index,
	TactusPort *port)
{
	(void)host;
	(void)options;
	(void)index;
	(void)port;
}

/** Times that a synth of `polite` lets others run. */
#define YIELDS 12

TACTUS_RT static void
let_others_run(const TactusWorld *world, TactusSynth *synth, uint32_t frames)
{
	(void)world;
	(void)synth;
	(void)frames;
	TACTUS_RT_TRUST_BEGIN("where it counts who runs when, a test asks the "
			      "system to let others run")
	for (int i = 0; i < YIELDS; i++) {
		(void)sched_yield();
	}
	TACTUS_RT_TRUST_END
}

/** Sounds like nothing; whoever runs it gives others the time to help. */
static const TactusSynthDef polite = {
	.size = sizeof polite,
	.uri = "urn:test:polite:1",
	.name = "polite",
	.port_count = no_ports,
	.port = no_port,
	.process = let_others_run,
};

/** The engine's own, whose tables several threads may use. */
static TactusFft *
open_fft(const TactusHost *host, uint32_t points)
{
	(void)host;
	return fft_open(points);
}

static void
close_fft(const TactusHost *host, TactusFft *fft)
{
	(void)host;
	fft_close(fft);
}

static void
describe(struct house_part *p, const TactusHost *host)
{
	p->ports = tactus_def_ports(p->def, p->options);
	if (p->ports > NAIVE_PORTS) {
		ck_abort_msg("%s: more ports than NAIVE_PORTS", p->def->name);
	}
	for (uint32_t i = 0; i < p->ports; i++) {
		TactusPort *port = &p->port[i];
		port->size = sizeof *port;
		tactus_def_port(host, p->def, p->options, i, port);
		p->controls += port->kind == TACTUS_CONTROL;
		p->resources += port->kind == TACTUS_RESOURCE;
		p->ins += port->kind == TACTUS_AUDIO &&
			  port->direction == TACTUS_INPUT;
		p->outs += port->kind == TACTUS_AUDIO &&
			   port->direction == TACTUS_OUTPUT;
	}
}

static void
add_part(struct house *h, const TactusSynthDef *def,
	const TactusOption *options, uint32_t count)
{
	struct house_part p = {.def = def};
	char reason[256] = "";

	if (def->parse == NULL && count > 0) {
		return;
	}
	if (def->parse != NULL) {
		p.options = calloc(1, def->options_bytes);
		ck_assert_ptr_nonnull(p.options);
		if (def->parse(&h->nrt.host, options, count, p.options, reason,
			    sizeof reason) != 0) {
			free(p.options);
			ck_assert_msg(count > 0, "%s: %s", def->name, reason);
			return;
		}
	}
	describe(&p, &h->nrt.host);
	ck_assert_uint_lt(h->parts, HOUSE_PARTS);
	h->part[h->parts++] = p;
}

struct house *
house_open(uint32_t block)
{
	struct house *h = calloc(1, sizeof *h);

	ck_assert_ptr_nonnull(h);
	harness_host_init(&h->nrt, 48000.0);
	h->nrt.host.block = block;
	h->nrt.host.open_fft = open_fft;
	h->nrt.host.close_fft = close_fft;
	h->nrt.host.fft_forward = fft_forward;
	h->nrt.host.fft_inverse = fft_inverse;
	for (uint32_t i = 0; harness_names[i] != NULL; i++) {
		(void)harness_host_load(&h->nrt, harness_names[i]);
	}
	(void)harness_host_load(&h->nrt, "audio-buffer");
	for (uint32_t i = 0; i < h->nrt.synths; i++) {
		const TactusSynthDef *def = h->nrt.synth[i];
		add_part(h, def, NULL, 0);
		for (size_t k = 0; k < sizeof tries / sizeof *tries; k++) {
			add_part(h, def, &tries[k], 1);
		}
	}
	/* not built in: what keeps a loop from running away */
	add_part(h, &rig_fold, NULL, 0);
	add_part(h, &polite, NULL, 0);
	house_add_resources(h);
	return h;
}

void
house_close(struct house *h)
{
	for (uint32_t i = 0; i < h->parts; i++) {
		free(h->part[i].options);
	}
	for (uint32_t i = 0; i < h->resources; i++) {
		if (h->instance[i] != NULL) {
			h->class[i]->destroy(&h->nrt.host, h->instance[i]);
		}
	}
	harness_host_close(&h->nrt);
	free(h);
}

const struct house_part *
house_part(const struct house *h, const char *name)
{
	for (uint32_t i = 0; i < h->parts; i++) {
		if (strcmp(h->part[i].def->name, name) == 0) {
			return &h->part[i];
		}
	}
	ck_abort_msg("no part %s", name);
}
