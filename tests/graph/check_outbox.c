/* SPDX-License-Identifier: MIT */
/*
 * check_outbox.c -- what is told: in order, complete, with gauges that agree.
 *
 * The linker puts __wrap_ring_post in front of the real one, so each report
 * is seen at the very moment at which the loop could take it.
 */
#include <stdlib.h>
#include <unistd.h>

#include "rig.h"
#include "suite.h"

TACTUS_RT uint32_t __real_ring_post(
	struct ring *r, const void *elements, uint32_t count);
uint32_t __wrap_ring_post(struct ring *r, const void *elements, uint32_t count);

static struct rig *watched;
static uint32_t alive;  /* nodes, as reports tell */
static uint32_t there;  /* resources, as reports tell */
static uint32_t away;   /* works, as reports tell and the test knows */
static uint32_t seen;   /* reports looked at */
static bool take_early; /* the loop takes each report at once */
static bool take_late;  /* it takes all as soon as there is no room */

static void
look(const struct report *r)
{
	struct gauges *g = &watched->wire->gauges;

	seen++;
	alive += r->kind == REPORT_NODE_NEW ? 1 : 0;
	alive -= r->kind == REPORT_NODE_ENDED ? 1 : 0;
	if (r->kind <= REPORT_NODE_ENDED &&
		gauge_get(g, GAUGE_SYNTHS) + gauge_get(g, GAUGE_GROUPS) !=
			alive) {
		ck_abort_msg("the gauges tell of another tree");
	}
	bool work = r->kind == REPORT_WORK;
	away += work ? 1 : 0;
	there += work && r->u.work->kind == WORK_CONSTRUCT ? 1 : 0;
	there -= r->kind == REPORT_RESOURCE_ENDED ? 1 : 0;
	if (gauge_get(g, GAUGE_RESOURCES) != there ||
		gauge_get(g, GAUGE_WORKS) != away) {
		ck_abort_msg("the gauges tell of other resources");
	}
}

uint32_t
__wrap_ring_post(struct ring *r, const void *elements, uint32_t count)
{
	uint32_t posted = __real_ring_post(r, elements, count);

	if (watched == NULL || r != watched->wire->reports) {
		return posted;
	}
	if (take_late) {
		if (posted == 0) {
			TACTUS_RT_TRUST_BEGIN("the test is the loop here")
			rig_collect(watched);
			TACTUS_RT_TRUST_END
		}
	} else if (posted == 1) {
		look(elements);
		if (take_early) {
			TACTUS_RT_TRUST_BEGIN("the test is the loop here")
			rig_collect(watched);
			TACTUS_RT_TRUST_END
		}
	}
	return posted;
}

static void
watch(struct rig *r, bool early)
{
	rig_open(r);
	alive = 1;
	there = 0;
	away = 0;
	rig_reads = (struct rig_reads){0};
	watched = r;
	take_early = early;
}

/** A work is done, and rt looks. */
static void
finish(struct rig *r, enum work_kind kind, int32_t id, bool good)
{
	rig_done(r, rig_out(r, kind, id), good);
	away--;
	rig_look(r);
}

static void
some_work(struct rig *r)
{
	static const int32_t five = 5;

	for (int32_t id = 5; id < 8; id++) {
		ck_assert_uint_eq(rig_resource(r, &rig_thing, id), 0);
	}
	rig_simple(r, COMMAND_RESOURCE_FREE, 6);
	finish(r, WORK_CONSTRUCT, 7, false);
	finish(r, WORK_CONSTRUCT, 5, true);
	finish(r, WORK_CONSTRUCT, 6, true);
	rig_reader_new(r, 40, 5, -1);
	rig_job(r, 9, false, 1, &five);
	rig_simple(r, COMMAND_RESOURCE_FREE, 5);
	rig_simple(r, COMMAND_FREE, 40);
	finish(r, WORK_JOB, 9, true);
	finish(r, WORK_DESTROY, 6, true);
	finish(r, WORK_DESTROY, 5, true);
	ck_assert_uint_eq(r->works, 0);
}

static void
some_life(struct rig *r)
{
	some_work(r);
	for (int32_t id = 1; id < 30; id++) {
		if (id % 5 == 1) {
			rig_group(r, id, 0, PLACE_TAIL);
		} else {
			rig_synth(r, &rig_level, id, id - (id - 1) % 5,
				PLACE_TAIL);
			rig_simple(r, COMMAND_ACTIVATE, id);
		}
	}
	rig_simple(r, COMMAND_FREE, 1);
	rig_run(r, 100);
	rig_simple(r, COMMAND_FREE, 13);
	rig_number(r, COMMAND_RELEASE, 16, 0);
	rig_run(r, 500);
	rig_simple(r, COMMAND_CLEAR, 0);
	rig_run(r, 500);
	rig_simple(r, COMMAND_SYNC, 0);
}

START_TEST(outbox_tells_when_the_gauges_show_it)
{
	struct rig *r = rig_new();

	watch(r, false);
	some_life(r);
	ck_assert_uint_eq(alive, 1);
	ck_assert_uint_gt(seen, 80);
	watched = NULL;
	rig_close(r);
}
END_TEST

START_TEST(outbox_touches_nothing_that_the_loop_has_taken_back)
{
	struct rig *r = rig_new();

	/* each batch is freed before ring_post returns */
	watch(r, true);
	some_life(r);
	for (int i = 0; i < 50; i++) {
		struct batch *b = rig_batch(r, engine_now(r->engine) + 10);
		struct batch *c = rig_batch(r, 0);
		rig_add(r, b, COMMAND_GROUP_NEW, -1);
		rig_add(r, c, COMMAND_SYNC, 0);
		rig_add(r, c, COMMAND_FREE_ALL, 0);
		b->chain = c;
		b->parts = 2;
		rig_post(r, b);
		rig_run(r, 64);
	}
	ck_assert_uint_eq(r->batches, 0);
	watched = NULL;
	rig_close(r);
}
END_TEST

START_TEST(outbox_loses_nothing_and_keeps_order_when_the_ring_is_full)
{
	struct rig *r = rig_new();

	r->ring = 2;
	rig_open(r);
	struct batch *b = rig_batch(r, 0);
	for (int32_t id = 1; id < 60; id++) {
		rig_add(r, b, COMMAND_GROUP_NEW, id)->u.new.target = id - 1;
	}
	rig_post(r, b);
	b = rig_batch(r, 0);
	rig_add(r, b, COMMAND_FREE, 1);
	rig_post(r, b);
	engine_take(r->engine);
	ck_assert_uint_eq(gauge_get(&r->wire->gauges, GAUGE_GROUPS), 1);
	/* ended, but not told: every id is still taken */
	for (int32_t id = 1; id < 60; id += 7) {
		b = rig_batch(r, 0);
		rig_add(r, b, COMMAND_GROUP_NEW, id)->reason = 0;
		rig_post(r, b);
	}
	engine_take(r->engine);
	uint32_t turns = 0;
	while (r->batches > 0 && turns++ < 1000) {
		rig_collect(r);
		engine_flush(r->engine);
		ck_assert_uint_le(ring_filled(r->wire->reports), 2);
	}
	ck_assert_uint_gt(turns, 50);
	ck_assert_uint_eq(gauge_get(&r->wire->gauges, GAUGE_OUTBOX), 0);
	ck_assert_uint_eq(r->reports, 59 + 1 + 59 + 1 + 9);
	for (uint32_t i = 0; i < 59; i++) {
		ck_assert_uint_eq(r->report[i].kind, REPORT_NODE_NEW);
		ck_assert_int_eq(r->report[i].id, (int32_t)i + 1);
		ck_assert_uint_eq(r->report[60 + i].kind, REPORT_NODE_ENDED);
		ck_assert_int_eq(r->report[60 + i].id, 59 - (int32_t)i);
	}
	ck_assert_uint_eq(r->report[59].kind, REPORT_BATCH);
	ck_assert_uint_eq(r->report[119].kind, REPORT_BATCH);
	for (uint32_t i = 120; i < r->reports; i++) {
		ck_assert_uint_eq(r->report[i].reason, REASON_NODE_TAKEN);
	}
	/* told: free */
	ck_assert_uint_eq(rig_group(r, 59, 0, 0), 0);
	rig_close(r);
}
END_TEST

START_TEST(outbox_keeps_order_when_there_is_room_again_while_some_wait)
{
	struct rig *r = rig_new();

	r->ring = 2;
	rig_open(r);
	watched = r;
	take_late = true;
	struct batch *b = rig_batch(r, 0);
	for (int32_t id = 1; id < 60; id++) {
		rig_add(r, b, COMMAND_GROUP_NEW, id);
	}
	rig_post(r, b);
	engine_take(r->engine);
	uint32_t turns = 0;
	while (r->batches > 0 && turns++ < 1000) {
		rig_collect(r);
		engine_flush(r->engine);
	}
	rig_collect(r);
	ck_assert_uint_eq(r->reports, 60);
	for (uint32_t i = 0; i < 59; i++) {
		ck_assert_uint_eq(r->report[i].kind, REPORT_NODE_NEW);
		ck_assert_int_eq(r->report[i].id, (int32_t)i + 1);
	}
	ck_assert_uint_eq(r->report[59].kind, REPORT_BATCH);
	take_late = false;
	watched = NULL;
	rig_close(r);
}
END_TEST

/** Let rt look, with the ring of reports full. */
static void
look_unheard(struct rig *r, struct batch *b)
{
	if (b != NULL) {
		rig_post(r, b);
	}
	engine_take(r->engine);
	ck_assert_uint_eq(ring_filled(r->wire->reports), 2);
}

/** The next two reports or fewer. */
static void
hear(struct rig *r)
{
	rig_collect(r);
	engine_flush(r->engine);
}

START_TEST(outbox_keeps_works_and_their_ids_when_the_ring_is_full)
{
	struct rig *r = rig_new();
	static const int32_t five = 5;
	struct batch *b;

	r->ring = 2;
	rig_open(r);
	rig_live(r, &rig_thing, 5);
	ck_assert_uint_eq(rig_resource(r, &rig_thing, 6), 0);
	rig_job(r, 9, false, 1, &five);
	rig_collect(r);
	rig_look(r);
	ck_assert_uint_eq(r->outs, 2);
	r->reports = 0;
	/* two that nobody takes */
	b = rig_batch(r, 0);
	rig_add(r, b, COMMAND_SYNC, 0);
	rig_post(r, b);
	b = rig_batch(r, 0);
	rig_add(r, b, COMMAND_SYNC, 0);
	look_unheard(r, b);
	/* ready, freed and to be destroyed; the job is back */
	rig_done(r, rig_out(r, WORK_CONSTRUCT, 6), true);
	rig_done(r, rig_out(r, WORK_JOB, 9), true);
	look_unheard(r, NULL);
	b = rig_batch(r, 0);
	rig_add(r, b, COMMAND_RESOURCE_FREE, 6);
	look_unheard(r, b);
	/* its end has not been told: the job's id is taken */
	b = rig_batch(r, 0);
	(void)rig_add_job(r, b, 9, false, 0, NULL);
	look_unheard(r, b);
	for (int i = 0; i < 5; i++) {
		hear(r);
	}
	static const struct {
		uint32_t kind;
		int32_t id;
		uint32_t reason;
	} want[] = {
		{REPORT_BATCH,          0, 0               },
		{REPORT_BATCH,          0, 0               },
		{REPORT_RESOURCE_READY, 6, 0               },
		{REPORT_JOB_ENDED,      9, 0               },
		{REPORT_WORK,           6, 0               },
		{REPORT_BATCH,          6, 0               },
		{REPORT_BATCH,          9, REASON_JOB_TAKEN},
	};
	ck_assert_uint_eq(r->reports, 7);
	for (uint32_t i = 0; i < 7; i++) {
		ck_assert_uint_eq(r->report[i].kind, want[i].kind);
		ck_assert_int_eq(r->report[i].id, want[i].id);
		ck_assert_uint_eq(r->report[i].reason, want[i].reason);
	}
	/* destroyed, but not told: so is the resource's */
	b = rig_batch(r, 0);
	rig_add(r, b, COMMAND_SYNC, 0);
	rig_post(r, b);
	b = rig_batch(r, 0);
	rig_add(r, b, COMMAND_SYNC, 0);
	look_unheard(r, b);
	rig_done(r, rig_out(r, WORK_DESTROY, 6), true);
	look_unheard(r, NULL);
	ck_assert_uint_eq(gauge_get(&r->wire->gauges, GAUGE_RESOURCES), 1);
	b = rig_batch(r, 0);
	rig_add_resource(r, b, &rig_thing, 6);
	look_unheard(r, b);
	b = rig_batch(r, 0);
	rig_add(r, b, COMMAND_RESOURCE_FREE, 6);
	look_unheard(r, b);
	b = rig_batch(r, 0);
	rig_add_ask(b, rig_add(r, b, COMMAND_RESOURCE_QUERY, 6));
	look_unheard(r, b);
	r->reports = 0;
	for (int i = 0; i < 4; i++) {
		hear(r);
	}
	ck_assert_uint_eq(r->reports, 6);
	ck_assert_uint_eq(r->report[2].kind, REPORT_RESOURCE_ENDED);
	ck_assert_uint_eq(r->report[3].reason, REASON_RESOURCE_TAKEN);
	ck_assert_uint_eq(r->report[4].reason, REASON_RESOURCE_STATE);
	ck_assert_uint_eq(r->report[5].reason, 0);
	ck_assert_uint_eq(r->resources->count, 1);
	ck_assert_uint_eq(r->resources->item[0].state, RESOURCE_DESTROYING);
	/* told: free */
	rig_live(r, &rig_thing, 6);
	rig_close(r);
}
END_TEST

START_TEST(outbox_refuses_notes_and_counts_them_when_the_ring_is_full)
{
	struct rig *r = rig_new();

	r->ring = 4;
	rig_open(r);
	rig_voice(r, &rig_hungry, 1, 0);
	r->reports = 0;
	engine_xrun(r->engine, XRUN_DSP, 1000, 64);
	engine_xrun(r->engine, XRUN_DSP, 1000, 64);
	engine_xrun(r->engine, XRUN_DSP, 1000, 64);
	engine_xrun(r->engine, XRUN_DSP, 1000, 64);
	engine_xrun(r->engine, XRUN_STALLED, 1000, 64);
	struct gauges *g = &r->wire->gauges;
	ck_assert_uint_eq(gauge_get(g, GAUGE_XRUNS), 5);
	ck_assert_uint_eq(gauge_get(g, GAUGE_REFUSED_NOTES), 1);
	/* the plugin is told that its notification was not sent */
	float *out[2] = {r->out[0], r->out[1]};
	engine_render(r->engine, NULL, out, 64);
	ck_assert_uint_eq(gauge_get(g, GAUGE_REFUSED_NOTES), 3);
	rig_collect(r);
	ck_assert_uint_eq(rig_count(r, REPORT_NOTIFY, 1), 0);
	rig_run(r, 64);
	ck_assert_uint_eq(rig_count(r, REPORT_NOTIFY, 1), 1);
	ck_assert_uint_eq(rig_count(r, REPORT_LOG, 1), 1);
	const struct report *n = &r->report[rig_where(r, REPORT_NOTIFY, 1)].raw;
	ck_assert_str_eq(n->u.note.address, "/hungry");
	ck_assert_str_eq(n->u.note.types, "iif");
	rig_same(n->u.note.values[2], 0.25);
	rig_close(r);
}
END_TEST

/** Was the loop, which sleeps, called? It sleeps on. */
static bool
is_called(struct rig *r)
{
	uint64_t calls;

	engine_flush(r->engine);
	bool is = read(r->wire->loop.fd, &calls, sizeof calls) ==
		  (ssize_t)sizeof calls;
	wake_announce(&r->wire->loop);
	return is;
}

START_TEST(outbox_calls_the_loop_for_what_it_has_to_say_and_to_make_room)
{
	struct rig *r = rig_new();
	uint32_t silent = 0;

	r->ring = 64;
	rig_open(r);
	rig_group(r, 1, 0, PLACE_TAIL);
	wake_announce(&r->wire->loop);
	(void)is_called(r);
	/* nothing to be said of it */
	struct batch *b = rig_batch(r, 0);
	rig_add(r, b, COMMAND_MOVE, 1);
	rig_post(r, b);
	engine_take(r->engine);
	ck_assert(!is_called(r));
	/* it failed */
	b = rig_batch(r, 0);
	rig_add(r, b, COMMAND_MOVE, 40);
	rig_post(r, b);
	engine_take(r->engine);
	ck_assert(is_called(r));
	/* it is answered */
	b = rig_batch(r, 0);
	rig_add(r, b, COMMAND_CALL, 1);
	b->answers = 1;
	rig_post(r, b);
	engine_take(r->engine);
	ck_assert(is_called(r));
	rig_collect(r);
	/* a quarter of the ring */
	for (bool called = false; !called; silent++) {
		ck_assert_uint_lt(silent, 64);
		b = rig_batch(r, 0);
		rig_add(r, b, COMMAND_MOVE, 1);
		rig_post(r, b);
		engine_take(r->engine);
		called = is_called(r);
	}
	ck_assert_uint_eq(silent, 16);
	rig_collect(r);
	rig_close(r);
}
END_TEST

/** Post a batch of one command and let it be taken. */
static void
post_one(struct rig *r, enum command_kind kind, int32_t id, uint32_t answers)
{
	struct batch *b = rig_batch(r, 0);

	(void)rig_add(r, b, kind, id);
	b->answers = answers;
	rig_post(r, b);
	engine_take(r->engine);
}

START_TEST(outbox_calls_the_loop_though_what_follows_says_nothing)
{
	struct rig *r = rig_new();

	r->ring = 64;
	rig_open(r);
	wake_announce(&r->wire->loop);
	(void)is_called(r);
	post_one(r, COMMAND_CALL, 0, 1);
	post_one(r, COMMAND_CALL, 0, 0);
	ck_assert(is_called(r));
	/* a new node is no batch */
	post_one(r, COMMAND_GROUP_NEW, 9, 0);
	ck_assert(is_called(r));
	rig_collect(r);
	/* there is no room, though the loop was called for that */
	for (int i = 0; i < 64; i++) {
		post_one(r, COMMAND_CALL, 0, 0);
	}
	ck_assert(is_called(r));
	post_one(r, COMMAND_CALL, 0, 0);
	ck_assert(is_called(r));
	rig_collect(r);
	rig_close(r);
}
END_TEST

START_TEST(outbox_calls_the_loop_for_what_is_late_or_refused)
{
	struct rig *r = rig_new();
	struct batch *head = NULL;

	r->config.max_events = 16;
	rig_open(r);
	rig_group(r, 1, 0, PLACE_TAIL);
	rig_run(r, 128);
	wake_announce(&r->wire->loop);
	(void)is_called(r);
	struct batch *b = rig_batch(r, 5);
	rig_add(r, b, COMMAND_MOVE, 1);
	rig_post(r, b);
	engine_take(r->engine);
	ck_assert(is_called(r));
	for (int i = 0; i < 17; i++) {
		b = rig_batch(r, 100000);
		rig_add(r, b, COMMAND_MOVE, 1);
		b->chain = head;
		head = b;
	}
	rig_post(r, head);
	engine_take(r->engine);
	ck_assert(is_called(r));
	rig_collect(r);
	ck_assert_uint_eq(r->batches, 0);
	rig_close(r);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("outbox");

	tcase_add_test(tc, outbox_tells_when_the_gauges_show_it);
	tcase_add_test(tc, outbox_touches_nothing_that_the_loop_has_taken_back);
	tcase_add_test(
		tc, outbox_loses_nothing_and_keeps_order_when_the_ring_is_full);
	tcase_add_test(tc,
		outbox_keeps_order_when_there_is_room_again_while_some_wait);
	tcase_add_test(
		tc, outbox_refuses_notes_and_counts_them_when_the_ring_is_full);
	tcase_add_test(
		tc, outbox_keeps_works_and_their_ids_when_the_ring_is_full);
	tcase_add_test(tc,
		outbox_calls_the_loop_for_what_it_has_to_say_and_to_make_room);
	tcase_add_test(
		tc, outbox_calls_the_loop_though_what_follows_says_nothing);
	tcase_add_test(tc, outbox_calls_the_loop_for_what_is_late_or_refused);
	return suite_run("rt/graph/outbox", tc);
}
