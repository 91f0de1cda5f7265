/* SPDX-License-Identifier: MIT */
/*
 * check_works.c -- works out and back: in any order, a few a block, at the
 * end, and what waits for them offline.
 */
#include <unistd.h>

#include "lifecycle.h"
#include "offline.h"
#include "rig.h"
#include "suite.h"
#include "works.h"

static struct rig *
bench(bool offline)
{
	struct rig *r = rig_new();

	rig_reads = (struct rig_reads){0};
	r->config.offline = offline;
	rig_open(r);
	return r;
}

START_TEST(works_come_back_in_any_order)
{
	struct rig *r = bench(true);

	for (int32_t id = 0; id < 10; id++) {
		ck_assert_uint_eq(rig_resource(r, &rig_thing, id), 0);
		ck_assert_int_eq(r->out_work[id]->id, id);
	}
	for (int32_t id = 9; id >= 0; id--) {
		rig_done(r, (uint32_t)id, id % 3 != 0);
	}
	r->reports = 0;
	rig_look(r);
	/* told in the order in which they came back */
	ck_assert_uint_eq(r->reports, 10);
	for (int32_t i = 0; i < 10; i++) {
		int32_t id = 9 - i;
		ck_assert_int_eq(r->report[i].id, id);
		ck_assert_uint_eq(
			r->report[i].kind, id % 3 != 0 ? REPORT_RESOURCE_READY
						       : REPORT_RESOURCE_ENDED);
	}
	rig_close(r);
}
END_TEST

START_TEST(works_are_taken_a_few_a_block_while_time_runs)
{
	struct rig *r = bench(false);
	static const int32_t none = 0;

	for (int32_t id = 0; id < 150; id++) {
		ck_assert_uint_eq(rig_job(r, id, false, 0, &none), 0);
	}
	for (int32_t id = 0; id < 150; id++) {
		rig_done(r, 0, true);
	}
	rig_run(r, 64);
	ck_assert_uint_eq(rig_count(r, REPORT_JOB_ENDED, -1), WORKS_PER_BLOCK);
	ck_assert_uint_eq(engine_works(r->engine), 150 - WORKS_PER_BLOCK);
	rig_run(r, 64);
	ck_assert_uint_eq(
		rig_count(r, REPORT_JOB_ENDED, -1), 2 * WORKS_PER_BLOCK);
	rig_run(r, 64);
	ck_assert_uint_eq(rig_count(r, REPORT_JOB_ENDED, -1), 150);
	rig_close(r);
}
END_TEST

START_TEST(works_come_after_the_commands_of_their_block)
{
	struct rig *r = bench(false);

	ck_assert_uint_eq(rig_resource(r, &rig_thing, 5), 0);
	rig_done(r, 0, true);
	/* freed in the very block in which it would have been ready */
	ck_assert_uint_eq(rig_simple(r, COMMAND_RESOURCE_FREE, 5), 0);
	ck_assert_uint_eq(rig_count(r, REPORT_RESOURCE_READY, -1), 0);
	ck_assert_int_eq(rig_state(r, 5), RESOURCE_DESTROYING);
	rig_close(r);
}
END_TEST

/** One turn of the offline driver; it must not be one that sleeps. */
static void
turn(struct rig *r)
{
	float *out[8];

	ck_assert_uint_lt(r->frames + 64, RIG_FRAMES);
	for (uint32_t c = 0; c < r->config.outputs; c++) {
		out[c] = r->out[c] + r->frames;
	}
	uint64_t before = engine_now(r->engine);
	offline_cycle(r->engine, r->wire, out);
	r->frames += engine_now(r->engine) - before;
	rig_collect(r);
}

/** The same where time stands still: it is called beforehand. */
static void
turn_called(struct rig *r)
{
	uint64_t one = 1;

	ck_assert_int_eq(write(r->wire->rt.fd, &one, sizeof one), sizeof one);
	uint64_t before = engine_now(r->engine);
	turn(r);
	ck_assert_uint_eq(engine_now(r->engine), before);
}

START_TEST(works_and_all_that_is_told_late_keep_rt_awake)
{
	struct rig *r = rig_new();

	r->ring = 2;
	rig_open(r);
	for (int i = 0; i < 4; i++) {
		struct batch *b = rig_batch(r, 0);
		rig_add(r, b, COMMAND_SYNC, 0);
		rig_post(r, b);
	}
	/* who takes reports does not call: rt has to look again */
	turn(r);
	ck_assert_uint_eq(rig_count(r, REPORT_BATCH, -1), 2);
	ck_assert_uint_eq(gauge_get(&r->wire->gauges, GAUGE_OUTBOX), 2);
	turn_called(r);
	ck_assert_uint_eq(rig_count(r, REPORT_BATCH, -1), 4);
	ck_assert_uint_eq(gauge_get(&r->wire->gauges, GAUGE_OUTBOX), 0);
	rig_close(r);
}
END_TEST

/** /offline/run, with a command of its own in front, due at a sample. */
static void
owe(struct rig *r, int64_t frames)
{
	struct batch *b = rig_batch(r, 0);

	rig_add(r, b, COMMAND_OFFLINE_RUN, 77)->u.number = frames;
	rig_post(r, b);
}

static void
later(struct rig *r, uint64_t at, int32_t id)
{
	struct batch *b = rig_batch(r, at);

	(void)rig_add_job(r, b, id, false, 0, NULL);
	rig_post(r, b);
}

/** Where the command came back that has this id. */
static uint32_t
back(struct rig *r, int32_t id)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < r->reports; i++) {
		count += r->report[i].kind == REPORT_BATCH &&
					 r->report[i].id == id
				 ? 1
				 : 0;
	}
	return count;
}

START_TEST(works_let_virtual_time_stand_still)
{
	struct rig *r = bench(true);

	/* one begins in the middle of a run */
	later(r, 100, 3);
	owe(r, 300);
	turn(r);
	ck_assert_uint_eq(engine_now(r->engine), 64);
	turn(r);
	/* at its very sample */
	ck_assert_uint_eq(engine_now(r->engine), 100);
	turn_called(r);
	ck_assert_uint_eq(engine_works(r->engine), 1);
	turn_called(r);
	ck_assert_uint_eq(back(r, 77), 0);
	/* commands wait for the run; they do not keep it awake */
	struct batch *b = rig_batch(r, 0);
	rig_add(r, b, COMMAND_SYNC, 0);
	rig_post(r, b);
	turn_called(r);
	rig_finish(r, WORK_JOB, 3, true);
	for (int i = 0; i < 4; i++) {
		turn(r);
	}
	ck_assert_uint_eq(engine_now(r->engine), 300);
	ck_assert_uint_eq(back(r, 77), 1);
	rig_close(r);
}
END_TEST

START_TEST(works_that_are_back_keep_rt_awake)
{
	struct rig *r = bench(true);

	later(r, 10, 3);
	owe(r, 128);
	turn(r);
	turn_called(r);
	ck_assert_uint_eq(engine_now(r->engine), 10);
	rig_done(r, 0, true);
	/* it takes it and goes on: it does not sleep first */
	turn(r);
	ck_assert_uint_eq(rig_count(r, REPORT_JOB_ENDED, 3), 1);
	ck_assert_uint_eq(engine_now(r->engine), 64);
	turn(r);
	ck_assert_uint_eq(engine_now(r->engine), 128);
	ck_assert_uint_eq(back(r, 77), 1);
	rig_close(r);
}
END_TEST

START_TEST(works_asked_for_at_one_sample_are_done_before_the_next)
{
	struct rig *r = bench(true);
	struct batch *b;

	/* a score: made at sample 10, bound at sample 11, in one block */
	ck_assert_uint_eq(rig_reader_new(r, 1, -1, -1), 0);
	rig_map(r, COMMAND_MAP_OUTPUT, 1, "out", 0, MAP_EXTERNAL);
	rig_simple(r, COMMAND_ACTIVATE, 1);
	b = rig_batch(r, 10);
	rig_add_resource(r, b, &rig_thing, 5);
	rig_post(r, b);
	b = rig_batch(r, 11);
	rig_add_bind(r, b, 1, "thing", 5);
	rig_post(r, b);
	/* however the run is cut: the samples are the same */
	for (int i = 0; i < (_i == 0 ? 1 : 32); i++) {
		owe(r, _i == 0 ? 64 : 2);
		for (int k = 0; k < 5; k++) {
			uint64_t one = 1;
			ck_assert_int_eq(
				write(r->wire->rt.fd, &one, sizeof one),
				sizeof one);
			turn(r);
			if (r->outs != 0) {
				ck_assert_uint_eq(engine_now(r->engine), 10);
				rig_done(r, 0, true);
			}
		}
	}
	rig_holds(r, 0, 0, 11, 0.0F);
	rig_holds(r, 0, 11, 64, 5.0F);
	rig_close(r);
}
END_TEST

START_TEST(works_hold_the_answer_to_a_run)
{
	struct rig *r = bench(true);
	struct batch *b;

	b = rig_batch(r, 0);
	rig_add(r, b, COMMAND_OFFLINE_RUN, 77)->u.number = 0;
	(void)rig_add_job(r, b, 77, false, 0, NULL);
	rig_post(r, b);
	rig_look(r);
	ck_assert_uint_eq(back(r, 77), 1);
	rig_finish(r, WORK_JOB, 77, true);
	/* one that is out before the run is asked for */
	ck_assert_uint_eq(rig_job(r, 3, false, 0, NULL), 0);
	r->reports = 0;
	owe(r, 0);
	turn_called(r);
	ck_assert_uint_eq(engine_owed(r->engine), 0);
	ck_assert_uint_eq(back(r, 77), 0);
	/* time stands still, and commands are taken */
	rig_simple(r, COMMAND_TREE, 0);
	ck_assert_uint_eq(rig_group(r, 5, 0, PLACE_TAIL), 0);
	/* even a run of nothing waits */
	owe(r, 0);
	rig_look(r);
	ck_assert_uint_eq(back(r, 77), 0);
	rig_finish(r, WORK_JOB, 3, true);
	ck_assert_uint_eq(back(r, 77), 2);
	/* after the end of what it waited for */
	ck_assert_int_lt(rig_where(r, REPORT_JOB_ENDED, 3),
		rig_where(r, REPORT_BATCH, 77));
	owe(r, 0);
	rig_look(r);
	ck_assert_uint_eq(back(r, 77), 3);
	rig_close(r);
}
END_TEST

START_TEST(works_that_hold_a_run_do_not_hurry_a_clear)
{
	struct rig *r = bench(true);

	rig_voice(r, &rig_level, 4, 0);
	rig_simple(r, COMMAND_CLEAR, 0);
	later(r, 1, 3);
	owe(r, 1);
	turn(r);
	ck_assert_uint_eq(rig_job(r, 4, false, 0, NULL), 0);
	owe(r, 0);
	rig_look(r);
	ck_assert_uint_eq(back(r, 77), 1);
	/* no time has passed for the ramp: the node still stands in limbo */
	ck_assert_uint_eq(rig_count(r, REPORT_NODE_ENDED, 4), 0);
	rig_simple(r, COMMAND_SYNC, 0);
	ck_assert_uint_eq(rig_count(r, REPORT_NODE_ENDED, 4), 1);
	rig_close(r);
}
END_TEST

/** Bring resource 5 to a state, and the engine to its end. */
static void
stop_in(struct rig *r, enum life state)
{
	static const int32_t five = 5;

	if (state != LIFE_FREE) {
		ck_assert_uint_eq(rig_resource(r, &rig_thing, 5), 0);
	}
	if (state == LIFE_DOOMED) {
		rig_simple(r, COMMAND_RESOURCE_FREE, 5);
	}
	if (state >= LIFE_LIVE) {
		rig_finish(r, WORK_CONSTRUCT, 5, true);
	}
	if (state == LIFE_PENDING) {
		/* both a node and a job: the job outlives the node */
		ck_assert_uint_eq(rig_reader_new(r, 1, 5, -1), 0);
		ck_assert_uint_eq(rig_job(r, 7, false, 1, &five), 0);
	}
	if (state >= LIFE_PENDING) {
		rig_simple(r, COMMAND_RESOURCE_FREE, 5);
	}
}

/** Some blocks, while they have to be computed. */
static void
pass(struct rig *r)
{
	for (int i = 0; i < 20; i++) {
		if (r->config.offline) {
			rig_look(r);
		} else {
			rig_run(r, 64);
		}
	}
}

START_TEST(works_are_awaited_at_the_end_whatever_the_state)
{
	static const struct {
		uint32_t made;
		uint32_t outs; /* once the nodes are gone */
	} want[] = {
		[LIFE_FREE] = {0, 0},
		[LIFE_CONSTRUCTING] = {1, 1},
		[LIFE_DOOMED] = {1, 1},
		[LIFE_LIVE] = {1, 1},
		[LIFE_PENDING] = {1, 1},
		[LIFE_DESTROYING] = {1, 1},
	};
	struct rig *r = bench(_i >= LIFE_ENDED);
	enum life state = (enum life)(_i % LIFE_ENDED);

	stop_in(r, state);
	rig_simple(r, COMMAND_STOP, 0);
	pass(r);
	ck_assert_uint_eq(r->outs, want[state].outs);
	ck_assert(engine_stopped(r->engine) == (state == LIFE_FREE));
	if (state == LIFE_PENDING) {
		rig_finish(r, WORK_JOB, 7, true);
		pass(r);
		ck_assert_uint_eq(rig_count(r, REPORT_JOB_ENDED, 7), 1);
	}
	if (state == LIFE_CONSTRUCTING || state == LIFE_DOOMED) {
		rig_finish(r, WORK_CONSTRUCT, 5, true);
		pass(r);
	}
	if (state != LIFE_FREE) {
		ck_assert(!engine_stopped(r->engine));
		rig_finish(r, WORK_DESTROY, 5, true);
		pass(r);
		ck_assert_uint_eq(rig_count(r, REPORT_RESOURCE_ENDED, 5), 1);
	}
	ck_assert(engine_stopped(r->engine));
	ck_assert_uint_eq(rig_count(r, REPORT_STOPPED, -1), 1);
	ck_assert_uint_eq(rig_count(r, REPORT_RESOURCE_READY, 5),
		state >= LIFE_LIVE ? 1 : 0);
	ck_assert_uint_eq(r->made, want[state].made);
	ck_assert_uint_eq(r->ended, r->made);
	rig_close(r);
}
END_TEST

START_TEST(works_that_fail_at_the_end_end_it_as_well)
{
	struct rig *r = bench(_i == 1);

	stop_in(r, LIFE_CONSTRUCTING);
	rig_simple(r, COMMAND_STOP, 0);
	pass(r);
	rig_finish(r, WORK_CONSTRUCT, 5, false);
	pass(r);
	ck_assert(engine_stopped(r->engine));
	ck_assert_uint_eq(rig_count(r, REPORT_RESOURCE_ENDED, 5), 1);
	ck_assert_uint_eq(r->made, 0);
	rig_close(r);
}
END_TEST

static int
perform(const TactusHost *host, void *const *resources, uint32_t count,
	void *data)
{
	(void)host;
	(void)resources;
	(void)count;
	(void)data;
	return 0;
}

static bool answered;

TACTUS_RT static void
answer(const TactusWorld *world, TactusSynth *synth, int result,
	const void *data)
{
	(void)world;
	(void)synth;
	(void)result;
	(void)data;
	answered = true;
}

START_TEST(works_of_synths_are_awaited_at_the_end_and_told_to_nobody)
{
	static const int32_t five = 5;
	struct rig *r = bench(_i == 1);
	TactusPerform p = {.size = sizeof p,
		.count = 1,
		.ids = &five,
		.exclusive = true,
		.perform = perform,
		.done = answer};

	answered = false;
	stop_in(r, LIFE_LIVE);
	ck_assert_uint_eq(rig_reader_new(r, 1, 5, -1), 0);
	ck_assert_int_eq(rig_reads.world->perform_with_resources(
				 rig_reads.world, rig_reads.synth, &p),
		0);
	rig_simple(r, COMMAND_STOP, 0);
	pass(r);
	ck_assert_uint_eq(rig_count(r, REPORT_NODE_ENDED, 1), 1);
	ck_assert(!engine_stopped(r->engine));
	rig_finish(r, WORK_PERFORM, -1, true);
	pass(r);
	ck_assert(!answered);
	rig_finish(r, WORK_DESTROY, 5, true);
	pass(r);
	ck_assert(engine_stopped(r->engine));
	rig_close(r);
}
END_TEST

START_TEST(works_end_a_full_table)
{
	struct rig *r = rig_new();

	rig_reads = (struct rig_reads){0};
	r->config.offline = _i == 1;
	r->config.max_resources = 600;
	r->ring = 2;
	rig_open(r);
	for (int32_t id = 0; id < 600; id++) {
		(void)rig_resource(r, &rig_thing, id);
		/* two reports fit in the ring */
		pass(r);
		rig_finish(r, WORK_CONSTRUCT, id, true);
		pass(r);
		r->frames = 0;
	}
	ck_assert_uint_eq(r->made, 600);
	ck_assert_uint_eq(gauge_get(&r->wire->gauges, GAUGE_RESOURCES), 600);
	rig_close(r);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("works");

	tcase_add_test(tc, works_come_back_in_any_order);
	tcase_add_test(tc, works_are_taken_a_few_a_block_while_time_runs);
	tcase_add_test(tc, works_come_after_the_commands_of_their_block);
	tcase_add_test(tc, works_let_virtual_time_stand_still);
	tcase_add_test(tc, works_that_are_back_keep_rt_awake);
	tcase_add_test(tc, works_and_all_that_is_told_late_keep_rt_awake);
	tcase_add_loop_test(tc,
		works_asked_for_at_one_sample_are_done_before_the_next, 0, 2);
	tcase_add_test(tc, works_hold_the_answer_to_a_run);
	tcase_add_test(tc, works_that_hold_a_run_do_not_hurry_a_clear);
	tcase_add_loop_test(tc, works_are_awaited_at_the_end_whatever_the_state,
		0, 2 * LIFE_ENDED);
	tcase_add_loop_test(
		tc, works_that_fail_at_the_end_end_it_as_well, 0, 2);
	tcase_add_loop_test(tc,
		works_of_synths_are_awaited_at_the_end_and_told_to_nobody, 0,
		2);
	tcase_add_loop_test(tc, works_end_a_full_table, 0, 2);
	return suite_run("rt/resource/works", tc);
}
