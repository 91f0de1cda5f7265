/* SPDX-License-Identifier: MIT */
/*
 * check_twin.c -- the plan against the walk: synths that move, fail, share
 * and speak.
 */
#include <stdatomic.h>

#include "engine_private.h"
#include "random.h"
#include "runner.h"
#include "twin.h"
#include "suite.h"

/* --- what moves, fades, fires --- */

TACTUS_RT static void
strike_many(const TactusWorld *world, TactusSynth *const *synths,
	uint32_t count, uint32_t frames)
{
	for (uint32_t i = 0; i < count; i++) {
		rig_strike.process(world, synths[i], frames);
	}
}

static TactusSynthDef
strikes(void)
{
	TactusSynthDef def = rig_strike;

	def.process_many = strike_many;
	return def;
}

static void
lively(struct rig *r)
{
	static TactusSynthDef strike;
	int32_t id = twin_sources(r, &rig_many, 40, TWIN_OUT(0));

	strike = strikes();
	for (int32_t k = 0; k < 40; k++) {
		rig_voice(r, &strike, twin_bench(r)->next++, 1);
		rig_set(r, id + k, "value", 0.01F * (float)k, 0.0007 * k);
	}
	twin_run_as(r, 64, 1, 80, 4);
	uint32_t random = 5;
	for (int i = 0; i < 30; i++) {
		int32_t n = id + (int32_t)random_below(&random, 80);
		bool strikes = n >= id + 40;
		rig_set(r, n, strikes ? "hit" : "value", 0.02F * (float)i,
			strikes ? -1.0 : 0.001);
		rig_number(r, COMMAND_RUN, id + 3 * i % 80, i % 4 != 0);
		if (i % 5 == 0) {
			struct batch *b = rig_batch(r, 0);
			rig_add(r, b, COMMAND_RELEASE, n)->u.seconds = 0.004;
			(void)rig_do(r, b);
		} else if (i % 5 == 1) {
			rig_move(r, n, 0, i % 2 == 0 ? PLACE_HEAD : PLACE_TAIL);
		}
		twin_run(r, 31);
	}
}

START_TEST(plan_runs_what_moves_fades_and_fires_one_by_one)
{
	twin_alike(&(struct twin){.play = lively});
}
END_TEST

TACTUS_RT static void
many_nans(const TactusWorld *world, TactusSynth *const *synths, uint32_t count,
	uint32_t frames)
{
	for (uint32_t i = 0; i < count; i++) {
		rig_nan.process(world, synths[i], frames);
	}
}

static void
wrong(struct rig *r)
{
	static TactusSynthDef nan;

	nan = rig_nan;
	nan.process_many = many_nans;
	int32_t first = twin_bench(r)->next;
	for (int i = 0; i < 40; i++) {
		int32_t id = twin_add(r, &nan, 0, 1);
		rig_set(r, id, "value", 0.0F, -1.0);
		twin_to(r, id, "out", i % 2 == 0 ? TWIN_OUT(0) : 2, 0);
	}
	/* one that no bus hears */
	int32_t joined = twin_add(r, &nan, 0, 1);
	rig_set(r, joined, "value", 0.0F, -1.0);
	/* they pass on what others made */
	int32_t pass = twin_reader(r, &rig_many, 2, TWIN_OUT(0));
	rig_connect(r, first + 4, twin_reader(r, &rig_many, 2, TWIN_OUT(1)), 0);
	rig_connect(r, joined, pass, 0);
	twin_run(r, 64);
	rig_set(r, joined, "value", 1.0F, -1.0);
	rig_set(r, first + 17, "value", 1.0F, -1.0);
	rig_set(r, first + 4, "value", -1.0F, -1.0);
	twin_run(r, 256);
	ck_assert_uint_eq(rig_count(r, REPORT_NODE_NAN, first + 17), 1);
	ck_assert_uint_eq(rig_count(r, REPORT_NODE_NAN, first + 4), 1);
	ck_assert_uint_eq(rig_count(r, REPORT_NODE_NAN, joined), 1);
	ck_assert_uint_eq(rig_count(r, REPORT_NODE_NAN, -1), 3);
	ck_assert_int_eq(r->engine->node[pass].told_nan, false);
}

START_TEST(plan_names_who_is_no_number)
{
	twin_alike(&(struct twin){.play = wrong});
}
END_TEST

TACTUS_RT static void
levels_many(const TactusWorld *world, TactusSynth *const *synths,
	uint32_t count, uint32_t frames)
{
	for (uint32_t i = 0; i < count; i++) {
		rig_level.process(world, synths[i], frames);
	}
}

#define KINDS 300

static void
motley(struct rig *r)
{
	/* more than a plan keeps apart */
	static TactusSynthDef def[KINDS];

	for (int i = 0; i < KINDS; i++) {
		def[i] = i % 2 == 0 ? rig_many : rig_level;
		def[i].process_many =
			i % 2 == 0 ? rig_many.process_many : levels_many;
	}
	for (int i = 0; i < KINDS + 50; i++) {
		twin_sources(r, &def[i % KINDS], 1, TWIN_OUT(i % 2));
	}
	twin_run(r, 64);
	ck_assert(r->engine->planned == twin_plans(r));
}

START_TEST(plan_runs_each_by_its_own_def_though_there_are_many)
{
	twin_alike(&(struct twin){.play = motley});
}
END_TEST

/* --- resources --- */

/** A synth that reads a thing, or writes it. */
struct user {
	bool writes;
	const struct rig_thing *old; /* that it keeps */
	int32_t old_id;
};

static uint32_t
user_count(const void *options)
{
	(void)options;
	return 3;
}

static void
user_port(const TactusHost *h, const void *o, uint32_t i, TactusPort *p)
{
	rig_reader.port(h, NULL, i == 2 ? 3 : i, p);
	if (i == 1 && o != NULL) {
		p->direction = TACTUS_OUTPUT;
	}
}

TACTUS_RT static int
user_construct(const TactusWorld *world, const void *options, TactusSynth *s)
{
	struct user *u = s->self;

	(void)world;
	u->writes = options != NULL;
	return 0;
}

TACTUS_RT static void
user_process(const TactusWorld *world, TactusSynth *s, uint32_t frames)
{
	struct user *u = s->self;
	struct rig_thing *t = s->resources[0];
	float value = s->controls[0].value;

	if (u->old != NULL && value > 0.0F) {
		world->resource_release(world, s, u->old_id);
		u->old = NULL;
	}
	if (t != NULL && u->writes) {
		t->value = 0.5F * t->value + 0.3F;
	}
	for (uint32_t i = 0; i < frames; i++) {
		s->out[0][i] = (t != NULL ? t->value : 0.0F) +
			       (u->old != NULL ? 3.0F * u->old->value : 0.0F);
	}
}

TACTUS_RT static bool
user_bind(const TactusWorld *world, TactusSynth *s, uint32_t ordinal, void *old,
	int32_t old_id)
{
	struct user *u = s->self;

	(void)world;
	(void)ordinal;
	u->old = old;
	u->old_id = old_id;
	return true;
}

static const TactusSynthDef user = {
	.size = sizeof(TactusSynthDef),
	.uri = "urn:test:user:1",
	.name = "user",
	.instance_bytes = sizeof(struct user),
	.port_count = user_count,
	.port = user_port,
	.construct = user_construct,
	.process = user_process,
	.bind = user_bind,
};

/** One that runs, bound, on an output. */
static int32_t
uses(struct rig *r, int32_t thing, bool writes)
{
	static bool options;
	struct batch *b = rig_batch(r, 0);
	struct command *c =
		rig_add(r, b, COMMAND_SYNTH_NEW, twin_bench(r)->next++);
	int32_t id = c->id;

	c->u.new.spec = rig_spec_with(r, &user, NULL, writes ? &options : NULL);
	c->u.new.placement = PLACE_TAIL;
	rig_add_bind(r, b, id, "thing", thing);
	rig_add(r, b, COMMAND_ACTIVATE, id);
	ck_assert_uint_eq(rig_do(r, b), 0);
	twin_to(r, id, "out", TWIN_OUT(id % 2), 0);
	return id;
}

static void
shared(struct rig *r)
{
	for (int32_t id = 1; id <= 4; id++) {
		rig_live(r, &rig_thing, id);
	}
	/* levels 0, 0, 1, 2, 2, 3, 3: who writes thing 2 is below */
	uses(r, 1, false);
	int32_t keeps = uses(r, 1, false);
	int32_t writes = uses(r, 1, true);
	uses(r, 1, false);
	uses(r, 1, false);
	uses(r, 1, true);
	int32_t last = uses(r, 1, true);
	int32_t other = uses(r, 2, true);
	twin_sources(r, &rig_many, 2, 7);
	twin_run_as(r, 128, 5, 5, 1);
	/* it reads what it had and what it has; both are written behind */
	rig_bind(r, keeps, "thing", 2);
	twin_run_as(r, 128, 5, 4, 1);
	ck_assert_uint_eq(r->engine->rank[other], 7);
	rig_move(r, keeps, 0, PLACE_TAIL);
	twin_run(r, 128);
	/* what is given back is nobody's concern any more */
	rig_set(r, keeps, "value", 1.0F, -1.0);
	rig_bind(r, writes, "thing", 3);
	rig_simple(r, COMMAND_FREE, last);
	twin_run(r, 128);
}

START_TEST(plan_keeps_writers_of_a_resource_from_all_others)
{
	twin_alike(&(struct twin){.play = shared});
}
END_TEST

static void
given_back(struct rig *r)
{
	int32_t id[4];

	for (int32_t i = 0; i < 5; i++) {
		rig_live(r, &rig_thing, i);
	}
	twin_sources(r, &rig_many, 2, TWIN_OUT(0));
	/* each on a level of its own, of which the next one hears */
	for (int32_t i = 0; i < 4; i++) {
		int32_t source = twin_add(r, &rig_level, 0, 1);
		twin_to(r, source, "out", 20 + i, 0);
		if (i > 0) {
			twin_follow(r, source, 19 + i);
		}
	}
	for (int i = 3; i >= 0; i--) {
		id[i] = uses(r, i, false);
		rig_bind(r, id[i], "thing", 4);
		rig_simple(r, COMMAND_RESOURCE_FREE, i);
	}
	twin_run(r, 64);
	for (int i = 0; i < 4; i++) {
		twin_follow(r, id[i], 20 + i);
	}
	r->reports = 0;
	twin_run(r, 64);
	/* who stands first in the order is on the highest level */
	ck_assert_uint_eq(rig_count(r, REPORT_WORK, -1), 4);
	for (int32_t i = 0; i < 4; i++) {
		int32_t at = rig_where(r, REPORT_WORK, i);
		ck_assert(i == 0 || at < rig_where(r, REPORT_WORK, i - 1));
	}
}

START_TEST(plan_gives_back_in_execution_order)
{
	twin_alike(&(struct twin){.play = given_back});
}
END_TEST

/* --- what rt alone runs --- */

/** What rt's world is, and calls of process with another. */
static const TactusWorld *home;
static _Atomic uint32_t strange;

/** Its memory; who comes first is served. */
struct greedy {
	bool asked;
	void *memory;
};

TACTUS_RT static void
greedy_process(const TactusWorld *world, TactusSynth *s, uint32_t frames)
{
	struct greedy *g = s->self;

	if (world != home) {
		atomic_fetch_add(&strange, 1);
	}
	if (!g->asked) {
		g->asked = true;
		g->memory = world->alloc(world, 20000);
	}
	/* a thing that is written by others */
	const struct rig_thing *t =
		world->resource_acquire(world, s, 1, rig_thing.uri);
	for (uint32_t i = 0; i < frames; i++) {
		s->out[0][i] = (g->memory != NULL ? (float)s->id : 0.0F) +
			       t->value + tactus_control_at(&s->controls[0], i);
	}
	world->resource_release(world, s, 1);
}

TACTUS_RT static void
greedy_many(const TactusWorld *world, TactusSynth *const *synths,
	uint32_t count, uint32_t frames)
{
	/* any order is right, where it is no matter who is first */
	for (uint32_t i = 0; i < count; i++) {
		greedy_process(world, synths[i], frames);
	}
}

TACTUS_RT static void
greedy_destroy(const TactusWorld *world, TactusSynth *s)
{
	struct greedy *g = s->self;

	world->free(world, g->memory);
}

/** Is no serial one, and gets nothing. */
TACTUS_RT static void
beg_many(const TactusWorld *world, TactusSynth *const *synths, uint32_t count,
	uint32_t frames)
{
	for (uint32_t i = 0; i < count; i++) {
		if (world->alloc(world, 100) != NULL) {
			atomic_fetch_add(&strange, 1);
		}
		rig_pass.process(world, synths[i], frames);
	}
}

static void
serial(struct rig *r)
{
	static TactusSynthDef beggar;
	static TactusSynthDef def[2];

	home = &r->engine->runner->world;
	rig_live(r, &rig_thing, 1);
	for (int i = 0; i < 2; i++) {
		def[i] = rig_level;
		def[i].flags = TACTUS_SERIAL;
		def[i].process = greedy_process;
		def[i].process_many = i == 0 ? greedy_many : NULL;
		def[i].destroy = greedy_destroy;
	}
	twin_sources(r, &rig_many, 9, 5);
	/* the second follows what is far above those behind it */
	for (int i = 0; i < 5; i++) {
		twin_reader(r, &rig_lone, 5, 5);
	}
	beggar = rig_pass;
	beggar.process_many = beg_many;
	for (int i = 0; i < 24; i++) {
		int32_t id = twin_bench(r)->next++;
		rig_voice(r, &def[i % 5 < 3 ? 0 : 1], id, i % 2);
		rig_set(r, id, "value", 0.01F * (float)i, i == 4 ? 0.002 : -1);
		if (i % 7 == 1) {
			twin_follow(r, id, 5);
			twin_reader(r, &rig_lone, 5, 5);
			/* above all the serial ones that there are by now */
			twin_reader(r, &beggar, 5, TWIN_OUT(1));
			twin_reader(r, &beggar, 5, TWIN_OUT(1));
		}
		if (i % 6 == 0) {
			uses(r, 1, i % 4 == 0);
		}
	}
	twin_run(r, 192);
	ck_assert_uint_eq(atomic_load(&strange), 0);
	ck_assert_uint_eq(twin_gauge(r, (enum gauge)(GAUGE_POOL_FREE + 2)), 0);
}

START_TEST(plan_lets_rt_run_serial_synths_in_their_order)
{
	twin_alike(&(struct twin){.play = serial});
}
END_TEST

/* --- what synths say --- */

/** Notes that were. */
static _Atomic uint32_t accepted;

/** Says so much, as many times as its control says; done after 100 frames. */
TACTUS_RT static void
crier_process(const TactusWorld *world, TactusSynth *s, uint32_t frames)
{
	uint32_t *past = s->self;
	double what[1] = {s->id};
	float value = s->controls[0].value;
	uint32_t times = value > 0.0F ? (uint32_t)value : 0;

	for (uint32_t i = 0; i < times; i++) {
		if (world->notify(world, s, "/cry", "i", what)) {
			atomic_fetch_add(&accepted, 1);
		}
		what[0] += 1000.0;
	}
	for (uint32_t i = 0; i < frames; i++) {
		s->out[0][i] = 1.0F;
	}
	*past += frames;
	if (*past >= 100) {
		world->done(world, s);
	}
}

static TactusSynthDef
criers(void)
{
	TactusSynthDef def = rig_level;

	def.process = crier_process;
	return def;
}

static void
said(struct rig *r)
{
	static TactusSynthDef crier;

	crier = criers();
	twin_sources(r, &rig_many, 9, 5);
	for (int i = 0; i < 70; i++) {
		int32_t id = twin_bench(r)->next++;
		rig_voice(r, &crier, id, i % 2);
		rig_set(r, id, "value", (float)(i % 4), -1.0);
		rig_number(r, COMMAND_DONE_FLAGS, id,
			DONE_NOTIFY | (i % 3 == 0 ? DONE_FREE_SELF : 0) |
				(i % 10 == 0 ? DONE_FREE_FOLLOWING : 0));
		if (i % 9 == 4) {
			/* a level up; then one that says nothing on that */
			twin_follow(r, id, 5);
			twin_reader(r, &rig_many, 5, 5);
		}
	}
	r->reports = 0;
	twin_run(r, 192);
	ck_assert_uint_gt(rig_count(r, REPORT_NOTIFY, -1), 200);
	ck_assert_uint_gt(rig_count(r, REPORT_NODE_DONE, -1), 50);
	ck_assert_uint_eq(twin_gauge(r, GAUGE_REFUSED_NOTES), 0);
}

START_TEST(plan_lets_all_be_told_in_execution_order)
{
	twin_alike(&(struct twin){.play = said});
}
END_TEST

START_TEST(plan_refuses_and_counts_notes_without_room)
{
	static const uint32_t rings[] = {4096, 256};
	static TactusSynthDef crier;
	const struct twin_way *way = &twin_ways[_i / 2];
	const struct twin twin = {.ring = rings[_i % 2]};
	struct twin_bench b = {.twin = &twin, .way = way};
	struct rig *r = twin_open(&b);

	crier = criers();
	for (int32_t id = 1; id <= 20; id++) {
		rig_voice(r, &crier, id, 0);
		rig_set(r, id, "value", 100.0F, -1.0);
	}
	r->reports = 0;
	atomic_store(&accepted, 0);
	rig_run(r, 64);
	uint32_t told = rig_count(r, REPORT_NOTIFY, -1);
	/* each runner sees all of the room that there is */
	ck_assert_uint_ge(atomic_load(&accepted), told);
	ck_assert(way->helped || atomic_load(&accepted) == told);
	ck_assert_uint_eq(told + twin_gauge(r, GAUGE_REFUSED_NOTES), 2000);
	if (_i % 2 == 1) {
		ck_assert_uint_eq(told, 256);
	} else if (!way->helped) {
		ck_assert_uint_eq(told, 1024);
	} else {
		ck_assert_uint_ge(told, 1024);
	}
	for (uint32_t i = 1; i < told; i++) {
		const struct report *a = &r->report[i - 1].raw;
		const struct report *n = &r->report[i].raw;
		ck_assert(n->id > a->id ||
			  (n->id == a->id &&
				  n->u.note.values[0] ==
					  a->u.note.values[0] + 1000.0));
	}
	/* the next time there is room again */
	r->reports = 0;
	rig_run(r, 64);
	ck_assert_uint_ge(rig_count(r, REPORT_NOTIFY, -1), 256);
	twin_close(r);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("plan");

	tcase_add_test(tc, plan_runs_what_moves_fades_and_fires_one_by_one);
	tcase_add_test(tc, plan_names_who_is_no_number);
	tcase_add_test(tc, plan_runs_each_by_its_own_def_though_there_are_many);
	tcase_add_test(tc, plan_keeps_writers_of_a_resource_from_all_others);
	tcase_add_test(tc, plan_gives_back_in_execution_order);
	tcase_add_test(tc, plan_lets_rt_run_serial_synths_in_their_order);
	tcase_add_test(tc, plan_lets_all_be_told_in_execution_order);
	tcase_add_loop_test(
		tc, plan_refuses_and_counts_notes_without_room, 0, 10);
	return suite_run("rt/graph/twin", tc);
}
