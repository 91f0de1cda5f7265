/* SPDX-License-Identifier: MIT */
/*
 * check_plan_run.c -- a segment by the plan: whose process, and with whom.
 */
#include <string.h>

#include "crew.h"
#include "engine_private.h"
#include "plan_private.h"
#include "rig.h"
#include "rights_setup.h"
#include "suite.h"

/** More than a plan keeps apart. */
#define DEFS (2 * PLAN_DEFS)

static uint32_t
one(const void *options)
{
	(void)options;
	return 1;
}

static void
only_out(const TactusHost *h, const void *o, uint32_t i, TactusPort *p)
{
	(void)h;
	(void)o;
	(void)i;
	p->kind = TACTUS_AUDIO;
	p->direction = TACTUS_OUTPUT;
	strcpy(p->name, "out");
}

TACTUS_RT static void
fill(TactusSynth *s, uint32_t frames, float value)
{
	for (uint32_t i = 0; i < frames; i++) {
		s->out[0][i] = value;
	}
}

/** What process_many does where a def has nothing better. */
TACTUS_RT static void
each(const TactusWorld *world, TactusSynth *const *s, uint32_t count,
	uint32_t frames,
	TACTUS_RT void (*process)(const TactusWorld *, TactusSynth *, uint32_t))
{
	for (uint32_t i = 0; i < count; i++) {
		process(world, s[i], frames);
	}
}

TACTUS_RT static void
ones(const TactusWorld *world, TactusSynth *s, uint32_t frames)
{
	(void)world;
	fill(s, frames, 1.0F);
}

TACTUS_RT static void
many_ones(const TactusWorld *world, TactusSynth *const *s, uint32_t count,
	uint32_t frames)
{
	each(world, s, count, frames, ones);
}

TACTUS_RT static void
thousands(const TactusWorld *world, TactusSynth *s, uint32_t frames)
{
	(void)world;
	fill(s, frames, 1000.0F);
}

TACTUS_RT static void
many_thousands(const TactusWorld *world, TactusSynth *const *s, uint32_t count,
	uint32_t frames)
{
	each(world, s, count, frames, thousands);
}

static TactusSynthDef
make_def(bool odd)
{
	return (TactusSynthDef){
		.size = sizeof(TactusSynthDef),
		.uri = "urn:test:constant:1",
		.name = "constant",
		.doc = "for tests",
		.port_count = one,
		.port = only_out,
		.process = odd ? thousands : ones,
		.process_many = odd ? many_thousands : many_ones,
	};
}

static struct rig *
open_rig(uint32_t threads)
{
	struct rig *r = rig_new();

	r->config.threads = threads;
	r->config.eager = true;
	r->config.max_nodes = 2 * DEFS + 1;
	r->config.pool[0].count = 2 * DEFS;
	r->ring = 4096;
	rig_open(r);
	return r;
}

START_TEST(plan_calls_each_synths_own_def_where_there_are_more_than_it_notes)
{
	static TactusSynthDef def[DEFS];
	struct rig *r = open_rig((uint32_t)_i);

	for (int32_t i = 0; i < 2 * DEFS; i++) {
		/* the second of each stands far behind the first */
		def[i % DEFS] = make_def(i % 2 != 0);
		rig_voice(r, &def[i % DEFS], i + 1, i % 2);
	}
	rig_run(r, 64);
	ck_assert(r->engine->planned);
	rig_same(r->out[0][5], (float)DEFS);
	rig_same(r->out[1][5], 1000.0F * DEFS);
	rig_close(r);
}
END_TEST

static uint32_t
two(const void *options)
{
	(void)options;
	return 2;
}

static void
thing_out(const TactusHost *h, const void *o, uint32_t i, TactusPort *p)
{
	if (i == 1) {
		only_out(h, o, 0, p);
		return;
	}
	p->kind = TACTUS_RESOURCE;
	p->resource = rig_thing.uri;
	strcpy(p->name, "thing");
}

static void
written_out(const TactusHost *h, const void *o, uint32_t i, TactusPort *p)
{
	thing_out(h, o, i, p);
	p->direction = TACTUS_OUTPUT;
}

TACTUS_RT static void
read_thing(const TactusWorld *world, TactusSynth *s, uint32_t frames)
{
	const struct rig_thing *t = s->resources[0];

	(void)world;
	fill(s, frames, t != NULL ? t->value : 0.0F);
}

TACTUS_RT static void
read_things(const TactusWorld *world, TactusSynth *const *s, uint32_t count,
	uint32_t frames)
{
	each(world, s, count, frames, read_thing);
}

TACTUS_RT static bool
keep_thing(const TactusWorld *world, TactusSynth *s, uint32_t ordinal,
	void *old, int32_t old_id)
{
	(void)world;
	(void)ordinal;
	(void)old_id;
	*(struct rig_thing **)s->self = old;
	return true;
}

/** It goes on with what it was bound to before. */
TACTUS_RT static void
write_kept(const TactusWorld *world, TactusSynth *s, uint32_t frames)
{
	struct rig_thing *kept = *(struct rig_thing **)s->self;

	(void)world;
	fill(s, frames, 0.0F);
	if (kept != NULL) {
		kept->value += 100.0F;
	}
}

START_TEST(plan_runs_who_writes_to_what_it_kept_between_its_readers)
{
	static const TactusSynthDef reader = {.size = sizeof(TactusSynthDef),
		.uri = "urn:test:reads:1",
		.name = "reads",
		.port_count = two,
		.port = thing_out,
		.process = read_thing,
		.process_many = read_things};
	static const TactusSynthDef writer = {.size = sizeof(TactusSynthDef),
		.uri = "urn:test:writes:1",
		.name = "writes",
		.instance_bytes = sizeof(void *),
		.port_count = two,
		.port = written_out,
		.bind = keep_thing,
		.process = write_kept};
	struct rig *r = open_rig((uint32_t)_i);

	rig_live(r, &rig_thing, 1);
	rig_live(r, &rig_thing, 2);
	rig_voice(r, &reader, 1, 0);
	rig_voice(r, &writer, 2, 0);
	rig_voice(r, &reader, 3, 0);
	for (int32_t id = 1; id <= 3; id++) {
		ck_assert_uint_eq(rig_bind(r, id, "thing", 1), 0);
	}
	ck_assert_uint_eq(rig_bind(r, 2, "thing", 2), 0);
	rig_run(r, 3 * 64);
	ck_assert(r->engine->planned);
	for (int k = 0; k < 3; k++) {
		/* one ahead of the writer, one behind: in one step they would
		 * hear the same */
		rig_same(r->out[0][64 * k], 102.0F + 200.0F * (float)k);
	}
	rig_close(r);
}
END_TEST

START_TEST(plan_calls_helpers_in_every_segment_it_looks_at_steps_or_not)
{
	/* helpers that never come: each call of them is counted as late */
	const struct crew_config cc = {.threads = 2, .absent = true};
	struct rt_rights got = {0};
	const TactusSynthDef def = make_def(false);
	struct rig *r = open_rig(2);
	struct crew *crew;

	ck_assert_int_eq(crew_open(&cc, &crew, &got), 0);
	engine_use_crew(r->engine, crew);
	for (int32_t i = 1; i <= 200; i++) {
		rig_voice(r, &def, i, 0);
	}
	rig_run(r, 64);
	uint64_t before = crew_late(crew);
	rig_run(r, 128 * 64);
	ck_assert_uint_eq(crew_late(crew) - before, 128);
	rig_same(r->out[0][64 * 100], 200.0F);
	rig_close(r);
	crew_close(crew);
}
END_TEST

START_TEST(plan_goes_on_when_the_crew_is_taken_away_and_given_back)
{
	const struct crew_config cc = {.threads = 2, .absent = true};
	struct rt_rights got = {0};
	const TactusSynthDef def = make_def(false);
	struct rig *r = open_rig(2);
	struct crew *crew;

	ck_assert_int_eq(crew_open(&cc, &crew, &got), 0);
	for (int32_t i = 1; i <= 200; i++) {
		rig_voice(r, &def, i, 0);
	}
	rig_run(r, 64);
	engine_use_crew(r->engine, crew);
	rig_run(r, 64);
	ck_assert_uint_eq(crew_late(crew), 1);
	engine_use_crew(r->engine, NULL);
	rig_run(r, 64);
	ck_assert_uint_eq(crew_late(crew), 1);
	for (int i = 0; i < 3; i++) {
		rig_same(r->out[0][64 * i], 200.0F);
	}
	rig_close(r);
	crew_close(crew);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("plan_run");

	tcase_add_loop_test(tc,
		plan_calls_each_synths_own_def_where_there_are_more_than_it_notes,
		1, 3);
	tcase_add_loop_test(tc,
		plan_runs_who_writes_to_what_it_kept_between_its_readers, 1, 3);
	tcase_add_test(tc,
		plan_calls_helpers_in_every_segment_it_looks_at_steps_or_not);
	tcase_add_test(
		tc, plan_goes_on_when_the_crew_is_taken_away_and_given_back);
	return suite_run("rt/run/plan_run", tc);
}
