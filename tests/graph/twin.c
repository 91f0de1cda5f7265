/* SPDX-License-Identifier: MIT */
/*
 * twin.c -- see twin.h.
 */
#include "twin.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine_private.h"

const struct twin_way twin_ways[TWIN_WAYS] = {
	{1, true,  false},
	{1, false, false},
	{4, false, false},
	{4, false, true },
	{3, true,  true },
};

struct twin_bench *
twin_bench(struct rig *r)
{
	return r->user;
}

bool
twin_plans(struct rig *r)
{
	return twin_bench(r)->way != &twin_ways[0];
}

struct rig *
twin_open(struct twin_bench *b)
{
	struct rig *r = rig_new();

	r->config.max_nodes = b->twin->nodes != 0 ? b->twin->nodes : TWIN_NODES;
	r->config.max_buses = TWIN_BUSES;
	r->config.max_events = 4096;
	r->config.threads = b->way->threads;
	r->config.no_many = b->way->no_many;
	r->config.eager = true;
	r->config.pool[0] = (struct pool_config){512, 800};
	r->config.pool[1] = (struct pool_config){4096, 400};
	r->config.pool[2] = (struct pool_config){32768, 16};
	r->ring = b->twin->ring != 0 ? b->twin->ring : 1 << 14;
	r->user = b;
	b->next = 1;
	r->alone = !b->way->helped;
	rig_open(r);
	return r;
}

void
twin_close(struct rig *r)
{
	rig_close(r);
}

/** What came of the walk. */
struct kept_sound {
	float *out[2];
	uint64_t frames;
	struct rig_report *report;
	uint32_t reports;
};

static void
keep(const struct rig *r, struct kept_sound *k)
{
	k->frames = r->frames;
	k->reports = r->reports;
	k->report = calloc(r->reports + 1, sizeof *k->report);
	ck_assert_ptr_nonnull(k->report);
	memcpy(k->report, r->report, r->reports * sizeof *k->report);
	for (uint32_t c = 0; c < 2; c++) {
		k->out[c] = calloc(r->frames + 1, sizeof(float));
		ck_assert_ptr_nonnull(k->out[c]);
		memcpy(k->out[c], r->out[c], r->frames * sizeof(float));
	}
}

static void
compare(struct rig *r, const struct kept_sound *k)
{
	const struct twin_bench *b = twin_bench(r);

	ck_assert_uint_eq(r->frames, k->frames);
	for (uint64_t i = 0; i < 2 * r->frames; i++) {
		const float *got = &r->out[i % 2][i / 2];
		const float *want = &k->out[i % 2][i / 2];
		if (memcmp(got, want, sizeof *got) != 0) {
			ck_abort_msg("variant %d, %u threads%s, cut %u, frame "
				     "%u, output %u: %a, the walk %a",
				b->twin->variant, b->way->threads,
				b->way->helped ? ", helped" : "", b->cut,
				(uint32_t)i / 2, (uint32_t)i % 2, (double)*got,
				(double)*want);
		}
	}
	ck_assert_uint_eq(r->reports, k->reports);
	for (uint32_t i = 0; i < r->reports; i++) {
		const struct rig_report *got = &r->report[i];
		const struct rig_report *want = &k->report[i];
		if (got->kind != want->kind || got->id != want->id ||
			got->sample != want->sample ||
			(got->kind == REPORT_NOTIFY &&
				got->raw.u.note.values[0] !=
					want->raw.u.note.values[0])) {
			ck_abort_msg("%u threads, cut %u: report %u is kind %u "
				     "id %d, the walk's %u id %d",
				b->way->threads, b->cut, i, got->kind, got->id,
				want->kind, want->id);
		}
	}
}

/** Play a twin in each way, cut in one. */
static void
alike(const struct twin *twin, uint32_t cut)
{
	struct kept_sound walk = {{NULL}, 0, NULL, 0};

	for (size_t w = 0; w < TWIN_WAYS; w++) {
		struct twin_bench b = {
			.twin = twin, .way = &twin_ways[w], .cut = cut};
		struct rig *r = twin_open(&b);
		twin->play(r);
		if (w == 0) {
			double energy = 0.0;
			keep(r, &walk);
			for (uint64_t i = 0; i < r->frames; i++) {
				energy += fabs((double)r->out[0][i]);
			}
			ck_assert(energy > 1.0);
		} else {
			compare(r, &walk);
		}
		twin_close(r);
	}
	free(walk.out[0]);
	free(walk.out[1]);
	free(walk.report);
}

void
twin_alike(const struct twin *twin)
{
	/* whole blocks, single samples, odd lengths */
	alike(twin, 0);
	alike(twin, 1);
	alike(twin, 13);
}

/* --- what twins are made of --- */

int32_t
twin_add(struct rig *r, const TactusSynthDef *def, uint32_t ins, uint32_t outs)
{
	struct twin_bench *bench = twin_bench(r);
	struct batch *b = rig_batch(r, 0);
	int32_t id = bench->next++;
	struct command *c = rig_add(r, b, COMMAND_SYNTH_NEW, id);

	bench->ports[id] = (struct rig_ports){ins, outs};
	c->u.new.spec = rig_spec_with(r, def, NULL, &bench->ports[id]);
	c->u.new.placement = PLACE_TAIL;
	rig_add(r, b, COMMAND_ACTIVATE, id);
	ck_assert_uint_eq(rig_do(r, b), 0);
	return id;
}

void
twin_to(struct rig *r, int32_t id, const char *port, int32_t bus,
	uint32_t flags)
{
	bool external = bus >= TWIN_OUT(0);

	ck_assert_uint_eq(rig_map(r, COMMAND_MAP_OUTPUT, id, port,
				  external ? bus - TWIN_OUT(0) : bus,
				  flags | (external ? MAP_EXTERNAL : 0)),
		0);
}

void
twin_from(struct rig *r, int32_t id, const char *port, int32_t bus,
	uint32_t flags)
{
	ck_assert_uint_eq(
		rig_map(r, COMMAND_MAP_INPUT, id, port, bus, flags), 0);
}

int32_t
twin_sources(
	struct rig *r, const TactusSynthDef *def, uint32_t count, int32_t bus)
{
	int32_t first = twin_bench(r)->next;

	for (uint32_t i = 0; i < count; i++) {
		twin_to(r, twin_add(r, def, 0, 1), "out", bus, 0);
	}
	return first;
}

int32_t
twin_reader(struct rig *r, const TactusSynthDef *def, int32_t bus, int32_t out)
{
	int32_t id = twin_add(r, def, 1, 1);

	twin_from(r, id, "in", bus, 0);
	twin_to(r, id, "out", out, 0);
	return id;
}

void
twin_run(struct rig *r, uint32_t frames)
{
	uint32_t cut = twin_bench(r)->cut;
	uint64_t now = engine_now(r->engine);

	for (uint32_t i = cut; cut != 0 && i < frames; i += cut) {
		struct batch *b = rig_batch(r, now + i);
		rig_add(r, b, COMMAND_CALL, 0);
		rig_post(r, b);
		if (i / cut % 64 == 63) {
			engine_take(r->engine);
		}
	}
	rig_run(r, frames);
}

uint64_t
twin_gauge(struct rig *r, enum gauge which)
{
	return gauge_get(&r->wire->gauges, which);
}

void
twin_run_as(struct rig *r, uint32_t frames, uint64_t levels, uint64_t width,
	uint64_t runs)
{
	const struct twin_bench *b = twin_bench(r);
	bool many = !b->way->no_many;
	bool planned = twin_plans(r);

	twin_run(r, frames);
	ck_assert_int_eq(r->engine->planned, planned);
	ck_assert_uint_eq(twin_gauge(r, GAUGE_LEVELS), planned ? levels : 0);
	ck_assert_uint_eq(twin_gauge(r, GAUGE_WIDTH), planned ? width : 0);
	if (runs != TWIN_ANY) {
		ck_assert_uint_eq(
			twin_gauge(r, GAUGE_RUNS), planned && many ? runs : 0);
	}
	ck_assert_uint_eq(twin_gauge(r, GAUGE_UNPLANNED), 0);
}

void
twin_follow(struct rig *r, int32_t id, int32_t bus)
{
	ck_assert_uint_eq(
		rig_map(r, COMMAND_MAP_CONTROL, id, "value", bus, 0), 0);
}
