/* SPDX-License-Identifier: MIT */
/*
 * check_job.c -- jobs of clients and of synths: what they hold, and when not.
 */
#include <string.h>

#include "rig.h"
#include "suite.h"

/** Things 1, 2 and 3, others 4 and 5; reader 1 stands there, unbound. */
static struct rig *
bench(void)
{
	struct rig *r = rig_new();

	rig_reads = (struct rig_reads){0};
	rig_open(r);
	for (int32_t id = 1; id <= 5; id++) {
		rig_live(r, id <= 3 ? &rig_thing : &rig_other, id);
	}
	ck_assert_uint_eq(rig_reader_new(r, 1, -1, -1), 0);
	return r;
}

START_TEST(job_holds_its_resources_while_it_is_out)
{
	static const int32_t ids[] = {3, 1, 3, 4, 3};
	struct rig *r = bench();

	ck_assert_uint_eq(rig_job(r, 70, false, 5, ids), 0);
	const struct work *w = r->out_work[0];
	ck_assert_uint_eq(w->kind, WORK_JOB);
	ck_assert_int_eq(w->id, 70);
	ck_assert_uint_eq(w->count, 5);
	/* in the order in which they are named, each as often */
	for (int i = 0; i < 5; i++) {
		ck_assert_int_eq(w->hold[i].id, ids[i]);
		ck_assert_ptr_eq(
			w->hold[i].def, ids[i] == 4 ? &rig_other : &rig_thing);
		rig_same(((struct rig_thing *)w->hold[i].instance)->value,
			(float)ids[i]);
		ck_assert_uint_eq(w->hold[i].bytes, sizeof(struct rig_thing));
	}
	/* but each is held once, by the job */
	ck_assert_uint_eq(rig_references(r, 3), 1);
	ck_assert_int_eq(r->holder[0], -1 - 70);
	ck_assert_uint_eq(rig_references(r, 2), 0);
	ck_assert_uint_eq(rig_simple(r, COMMAND_RESOURCE_FREE, 3), 0);
	ck_assert_int_eq(rig_state(r, 3), RESOURCE_FREE_PENDING);
	rig_finish(r, WORK_JOB, 70, true);
	ck_assert_uint_eq(rig_count(r, REPORT_JOB_ENDED, 70), 1);
	ck_assert_int_eq(rig_state(r, 3), RESOURCE_DESTROYING);
	ck_assert_uint_eq(rig_references(r, 1), 0);
	/* what it made of them is known */
	ck_assert_uint_eq(r->resources->item[0].bytes, 1001);
	rig_close(r);
}
END_TEST

START_TEST(job_without_resources_is_a_job)
{
	struct rig *r = bench();

	ck_assert_uint_eq(rig_job(r, INT32_MAX, true, 0, NULL), 0);
	rig_finish(r, WORK_JOB, INT32_MAX, true);
	ck_assert_uint_eq(rig_count(r, REPORT_JOB_ENDED, INT32_MAX), 1);
	rig_close(r);
}
END_TEST

START_TEST(job_takes_all_of_its_resources_or_none)
{
	static const struct {
		int32_t bad;
		uint32_t reason;
		int32_t more;
	} cases[] = {
		{-1, REASON_RESOURCE_RANGE,   63                   },
		{64, REASON_RESOURCE_RANGE,   63                   },
		{9,  REASON_RESOURCE_MISSING, 63                   },
		{10, REASON_RESOURCE_STATE,   RESOURCE_CONSTRUCTING},
		{11, REASON_RESOURCE_STATE,   RESOURCE_FREE_PENDING},
		{12, REASON_RESOURCE_STATE,   RESOURCE_DESTROYING  },
		{5,  REASON_RESOURCE_BUSY,    -1 - 50              },
		{4,  REASON_RESOURCE_URI,     -1                   },
	};
	static const int32_t five = 5;
	struct rig *r = bench();

	ck_assert_uint_eq(rig_resource(r, &rig_thing, 10), 0);
	rig_live(r, &rig_thing, 11);
	ck_assert_uint_eq(rig_bind(r, 1, "thing", 11), 0);
	rig_simple(r, COMMAND_RESOURCE_FREE, 11);
	rig_live(r, &rig_thing, 12);
	rig_simple(r, COMMAND_RESOURCE_FREE, 12);
	ck_assert_uint_eq(rig_job(r, 50, true, 1, &five), 0);
	uint32_t works = r->works;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int32_t ids[] = {1, 2, cases[i].bad, 3};
		struct batch *b = rig_batch(r, 0);
		rig_add_job(r, b, 60, false, 4, ids)->uri =
			"urn:test:resource:thing:1";
		ck_assert_uint_eq(rig_do(r, b), cases[i].reason);
		ck_assert_int_eq(r->told[0], cases[i].bad);
		ck_assert_int_eq(r->told[1], cases[i].more);
		ck_assert_uint_eq(rig_references(r, 1), 0);
		ck_assert_uint_eq(rig_references(r, 3), 0);
		ck_assert_uint_eq(r->works, works);
	}
	/* with no URI asked for any will do */
	ck_assert_uint_eq(rig_job(r, 60, false, 2, (int32_t[]){1, 4}), 0);
	rig_close(r);
}
END_TEST

START_TEST(job_id_is_taken_until_its_end_is_told)
{
	static const int32_t one = 1;
	struct rig *r = bench();

	ck_assert_uint_eq(rig_job(r, 7, false, 1, &one), 0);
	ck_assert_uint_eq(rig_job(r, 7, false, 1, &one), REASON_JOB_TAKEN);
	ck_assert_int_eq(r->told[0], 7);
	ck_assert_uint_eq(rig_references(r, 1), 1);
	rig_finish(r, WORK_JOB, 7, true);
	ck_assert_uint_eq(rig_job(r, 7, false, 1, &one), 0);
	rig_close(r);
}
END_TEST

START_TEST(job_one_too_many_is_refused_and_none_is_lost)
{
	static const int32_t one = 1;
	struct rig *r = bench();

	for (int32_t id = 0; id < WORK_MAX_JOBS; id++) {
		ck_assert_uint_eq(rig_job(r, id, false, 1, &one), 0);
	}
	ck_assert_uint_eq(rig_job(r, 1000, false, 1, &one), REASON_JOBS_FULL);
	ck_assert_int_eq(r->told[0], WORK_MAX_JOBS);
	ck_assert_uint_eq(rig_references(r, 1), WORK_MAX_JOBS);
	rig_finish(r, WORK_JOB, 100, true);
	ck_assert_uint_eq(rig_job(r, 1000, false, 1, &one), 0);
	ck_assert_uint_eq(rig_job(r, 1001, false, 1, &one), REASON_JOBS_FULL);
	rig_close(r);
}
END_TEST

START_TEST(job_exclusive_wants_what_nobody_holds)
{
	static const int32_t ids[] = {2, 1, 2};
	struct rig *r = bench();

	ck_assert_uint_eq(rig_bind(r, 1, "thing", 1), 0);
	ck_assert_uint_eq(rig_job(r, 8, true, 3, ids), REASON_RESOURCE_HELD);
	ck_assert_int_eq(r->told[0], 1);
	ck_assert_int_eq(r->told[1], 1);
	ck_assert_uint_eq(rig_references(r, 2), 0);
	ck_assert_uint_eq(rig_job(r, 9, false, 3, ids), 0);
	ck_assert_uint_eq(rig_job(r, 8, true, 1, ids), REASON_RESOURCE_HELD);
	ck_assert_int_eq(r->told[0], 2);
	ck_assert_int_eq(r->told[1], -1 - 9);
	rig_finish(r, WORK_JOB, 9, true);
	ck_assert_uint_eq(rig_job(r, 8, true, 1, ids), 0);
	/* the same id twice is one */
	rig_finish(r, WORK_JOB, 8, true);
	ck_assert_uint_eq(rig_bind(r, 1, "thing", -1), 0);
	ck_assert_uint_eq(rig_job(r, 8, true, 3, ids), 0);
	rig_close(r);
}
END_TEST

START_TEST(job_exclusive_keeps_everybody_out_until_it_is_back)
{
	static const int32_t one = 1;
	struct rig *r = bench();
	const TactusWorld *w = rig_reads.world;
	TactusSynth *s = rig_reads.synth;

	ck_assert_uint_eq(rig_job(r, 8, true, 1, &one), 0);
	ck_assert_ptr_null(w->resource_acquire(w, s, 1, rig_thing.uri));
	ck_assert_uint_eq(rig_bind(r, 1, "thing", 1), REASON_RESOURCE_BUSY);
	ck_assert_int_eq(r->told[1], -1 - 8);
	ck_assert_uint_eq(rig_reader_new(r, 2, 1, -1), REASON_RESOURCE_BUSY);
	ck_assert_uint_eq(rig_job(r, 9, false, 1, &one), REASON_RESOURCE_BUSY);
	ck_assert_uint_eq(rig_job(r, 9, true, 1, &one), REASON_RESOURCE_BUSY);
	ck_assert_uint_eq(rig_references(r, 1), 1);
	if (_i == 1) {
		/* freed as if anyone held it */
		ck_assert_uint_eq(rig_simple(r, COMMAND_RESOURCE_FREE, 1), 0);
		ck_assert_int_eq(rig_state(r, 1), RESOURCE_FREE_PENDING);
		rig_finish(r, WORK_JOB, 8, true);
		ck_assert_int_eq(rig_state(r, 1), RESOURCE_DESTROYING);
		rig_close(r);
		return;
	}
	rig_finish(r, WORK_JOB, 8, true);
	ck_assert_uint_eq(rig_bind(r, 1, "thing", 1), 0);
	ck_assert_uint_eq(rig_job(r, 9, false, 1, &one), 0);
	rig_close(r);
}
END_TEST

static int performed;
static int answered;
static int32_t answer;
static char heard[TACTUS_MAX_JOB_DATA];

static int
perform(const TactusHost *host, void *const *resources, uint32_t count,
	void *data)
{
	(void)host;
	performed++;
	for (uint32_t i = 0; i < count; i++) {
		((struct rig_thing *)resources[i])->value += 0.5F;
	}
	memcpy(heard, data, sizeof heard);
	memset(data, 'y', 3);
	return 1234;
}

TACTUS_RT static void
done(const TactusWorld *world, TactusSynth *synth, int result, const void *data)
{
	answered++;
	answer = result;
	memcpy(heard, data, sizeof heard);
	/* its references are given back: one can be taken alone */
	if (world->resource_acquire(world, synth, 1, rig_thing.uri) != NULL) {
		world->resource_release(world, synth, 1);
		answered += 100;
	}
}

static TactusPerform
ask(uint32_t count, const int32_t *ids)
{
	performed = 0;
	answered = 0;
	answer = 0;
	return (TactusPerform){
		.size = sizeof(TactusPerform),
		.count = count,
		.ids = ids,
		.perform = perform,
		.done = done,
	};
}

static int
send(const TactusPerform *what)
{
	return rig_reads.world->perform_with_resources(
		rig_reads.world, rig_reads.synth, what);
}

START_TEST(job_of_a_synth_is_done_and_told_between_segments)
{
	static const int32_t ids[] = {1, 4, 1};
	struct rig *r = bench();
	TactusPerform p = ask(3, ids);
	char data[8] = "xxx";

	p.data = data;
	p.bytes = 4;
	ck_assert_int_eq(send(&p), 0);
	memset(data, 'z', sizeof data);
	rig_look(r);
	ck_assert_uint_eq(rig_references(r, 1), 1);
	ck_assert_int_eq(r->holder[0], 1);
	const struct work *w = r->out_work[rig_out(r, WORK_PERFORM, -1)];
	ck_assert_str_eq(w->def_name, "reader");
	ck_assert_int_eq(w->node.id, 1);
	ck_assert_uint_eq(gauge_get(&r->wire->gauges, GAUGE_WORKS), 1);
	rig_done(r, 0, true);
	ck_assert_int_eq(performed, 1);
	ck_assert_str_eq(heard, "xxx");
	ck_assert_int_eq(answered, 0);
	rig_look(r);
	ck_assert_int_eq(answered, 101);
	ck_assert_int_eq(answer, 1234);
	ck_assert_int_eq(memcmp(heard, "yyy", 4), 0);
	ck_assert_uint_eq(rig_references(r, 1), 0);
	ck_assert_uint_eq(r->resources->item[0].bytes, 1001);
	ck_assert_uint_eq(rig_count(r, REPORT_JOB_ENDED, -1), 0);
	rig_close(r);
}
END_TEST

START_TEST(job_of_a_synth_outlives_it_and_is_told_to_no_other)
{
	static const int32_t one = 1;
	struct rig *r = bench();
	TactusPerform p = ask(1, &one);

	ck_assert_int_eq(send(&p), 0);
	rig_simple(r, COMMAND_FREE, 1);
	ck_assert_uint_eq(rig_references(r, 1), 1);
	rig_simple(r, COMMAND_RESOURCE_FREE, 1);
	ck_assert_int_eq(rig_state(r, 1), RESOURCE_FREE_PENDING);
	if (_i == 1) {
		/* another synth of the same id */
		ck_assert_uint_eq(rig_reader_new(r, 1, 2, -1), 0);
	}
	rig_finish(r, WORK_PERFORM, -1, true);
	ck_assert_int_eq(performed, 1);
	ck_assert_int_eq(answered, 0);
	ck_assert_int_eq(rig_state(r, 1), RESOURCE_DESTROYING);
	rig_close(r);
}
END_TEST

START_TEST(job_of_a_synth_needs_nobody_to_tell)
{
	static const int32_t one = 1;
	struct rig *r = bench();
	TactusPerform p = ask(1, &one);

	p.done = NULL;
	ck_assert_int_eq(send(&p), 0);
	rig_look(r);
	rig_finish(r, WORK_PERFORM, -1, true);
	ck_assert_int_eq(performed, 1);
	ck_assert_uint_eq(rig_references(r, 1), 0);
	rig_close(r);
}
END_TEST

START_TEST(job_of_a_synth_is_refused_with_a_code)
{
	static const int32_t ids[TACTUS_MAX_JOB_RESOURCES + 1] = {1};
	static const struct {
		int32_t id;
		int code;
	} cases[] = {
		{-1, 422},
		{64, 422},
		{9,  404},
		{10, 409},
		{3,  409},
		{4,  422},
	};
	static const int32_t three = 3;
	struct rig *r = bench();
	TactusPerform p;

	ck_assert_uint_eq(rig_resource(r, &rig_thing, 10), 0);
	ck_assert_uint_eq(rig_job(r, 50, true, 1, &three), 0);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int32_t two[] = {2, cases[i].id};
		p = ask(2, two);
		p.uri = rig_thing.uri;
		ck_assert_int_eq(send(&p), cases[i].code);
		ck_assert_uint_eq(rig_references(r, 2), 0);
	}
	p = ask(TACTUS_MAX_JOB_RESOURCES + 1, ids);
	ck_assert_int_eq(send(&p), 422);
	p = ask(1, ids);
	p.bytes = TACTUS_MAX_JOB_DATA + 1;
	ck_assert_int_eq(send(&p), 422);
	p = ask(1, ids);
	p.perform = NULL;
	ck_assert_int_eq(send(&p), 422);
	p = ask(1, ids);
	p.size--;
	ck_assert_int_eq(send(&p), 422);
	ck_assert_uint_eq(rig_references(r, 1), 0);
	/* as many as there may be, and as much */
	int32_t all[TACTUS_MAX_JOB_RESOURCES] = {0};
	char data[TACTUS_MAX_JOB_DATA];
	for (int i = 0; i < TACTUS_MAX_JOB_RESOURCES; i++) {
		all[i] = 1;
	}
	memset(data, 'z', sizeof data);
	p = ask(TACTUS_MAX_JOB_RESOURCES, all);
	p.bytes = sizeof data;
	p.data = data;
	ck_assert_int_eq(send(&p), 0);
	rig_look(r);
	rig_finish(r, WORK_PERFORM, -1, true);
	memcpy(data, "yyy", 3);
	ck_assert_int_eq(memcmp(heard, data, sizeof data), 0);
	/* nothing of it is left for the next, who gives less */
	p = ask(1, ids);
	p.bytes = 4;
	p.data = "abcd";
	ck_assert_int_eq(send(&p), 0);
	rig_look(r);
	rig_finish(r, WORK_PERFORM, -1, true);
	memset(data, 0, sizeof data);
	memcpy(data, "yyyd", 4);
	ck_assert_int_eq(memcmp(heard, data, sizeof data), 0);
	rig_close(r);
}
END_TEST

START_TEST(job_of_a_synth_one_too_many_is_refused)
{
	static const int32_t one = 1;
	struct rig *r = bench();
	TactusPerform p = ask(1, &one);

	for (int i = 0; i < WORK_MAX_PERFORMS; i++) {
		ck_assert_int_eq(send(&p), 0);
	}
	ck_assert_int_eq(send(&p), 503);
	rig_look(r);
	ck_assert_uint_eq(rig_references(r, 1), WORK_MAX_PERFORMS);
	ck_assert_uint_eq(r->resources->item[0].holders, 1);
	rig_finish(r, WORK_PERFORM, -1, true);
	ck_assert_int_eq(send(&p), 0);
	ck_assert_int_eq(send(&p), 503);
	rig_look(r);
	rig_finish_all(r);
	rig_simple(r, COMMAND_STOP, 0);
	rig_close(r);
}
END_TEST

START_TEST(job_of_a_synth_does_not_count_what_the_synth_holds)
{
	static const int32_t one = 1;
	struct rig *r = bench();
	const TactusWorld *w = rig_reads.world;
	TactusSynth *s = rig_reads.synth;
	TactusPerform p = ask(1, &one);

	p.exclusive = true;
	ck_assert_uint_eq(rig_bind(r, 1, "thing", 1), 0);
	ck_assert_ptr_nonnull(w->resource_acquire(w, s, 1, rig_thing.uri));
	ck_assert_ptr_nonnull(w->resource_acquire(w, s, 1, rig_thing.uri));
	ck_assert_uint_eq(rig_reader_new(r, 2, 1, -1), 0);
	/* another holds it: the synth that asks is the second to */
	ck_assert_int_eq(
		w->perform_with_resources(w, rig_reads.synth, &p), 409);
	ck_assert_int_eq(w->perform_with_resources(w, s, &p), 409);
	rig_simple(r, COMMAND_FREE, 2);
	ck_assert_int_eq(w->perform_with_resources(w, s, &p), 0);
	rig_look(r);
	ck_assert_uint_eq(rig_references(r, 1), 4);
	/* from now on nobody gets any more of it, he neither */
	ck_assert_ptr_null(w->resource_acquire(w, s, 1, rig_thing.uri));
	ck_assert_int_eq(w->perform_with_resources(w, s, &p), 409);
	ck_assert_uint_eq(rig_reader_new(r, 2, 1, -1), REASON_RESOURCE_BUSY);
	ck_assert_int_eq(r->told[1], 1);
	/* but what is bound stays bound, and can be let go */
	ck_assert_uint_eq(rig_bind(r, 1, "thing", 1), 0);
	ck_assert_uint_eq(rig_bind(r, 1, "thing", 2), 0);
	ck_assert_uint_eq(rig_bind(r, 1, "thing", 1), REASON_RESOURCE_BUSY);
	rig_finish(r, WORK_PERFORM, -1, true);
	ck_assert_uint_eq(rig_bind(r, 1, "thing", 1), 0);
	rig_close(r);
}
END_TEST

START_TEST(job_of_a_synth_is_refused_once_the_engine_stops)
{
	static const int32_t one = 1;
	struct rig *r = rig_new();
	TactusPerform p = ask(1, &one);

	rig_reads = (struct rig_reads){0};
	r->config.offline = false;
	rig_open(r);
	ck_assert_uint_eq(rig_resource(r, &rig_thing, 1), 0);
	rig_finish(r, WORK_CONSTRUCT, 1, true);
	ck_assert_uint_eq(rig_reader_new(r, 1, -1, -1), 0);
	rig_simple(r, COMMAND_STOP, 0);
	/* it still sounds, behind the ramp */
	ck_assert_int_eq(send(&p), 503);
	rig_close(r);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("job");

	tcase_add_test(tc, job_holds_its_resources_while_it_is_out);
	tcase_add_test(tc, job_without_resources_is_a_job);
	tcase_add_test(tc, job_takes_all_of_its_resources_or_none);
	tcase_add_test(tc, job_id_is_taken_until_its_end_is_told);
	tcase_add_test(tc, job_one_too_many_is_refused_and_none_is_lost);
	tcase_add_test(tc, job_exclusive_wants_what_nobody_holds);
	tcase_add_loop_test(
		tc, job_exclusive_keeps_everybody_out_until_it_is_back, 0, 2);
	tcase_add_test(tc, job_of_a_synth_is_done_and_told_between_segments);
	tcase_add_loop_test(
		tc, job_of_a_synth_outlives_it_and_is_told_to_no_other, 0, 2);
	tcase_add_test(tc, job_of_a_synth_needs_nobody_to_tell);
	tcase_add_test(tc, job_of_a_synth_is_refused_with_a_code);
	tcase_add_test(tc, job_of_a_synth_one_too_many_is_refused);
	tcase_add_test(tc, job_of_a_synth_does_not_count_what_the_synth_holds);
	tcase_add_test(tc, job_of_a_synth_is_refused_once_the_engine_stops);
	return suite_run("rt/resource/job", tc);
}
