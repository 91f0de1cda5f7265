/* SPDX-License-Identifier: MIT */
/*
 * check_resource.c -- the table of resources: every command in every state.
 */
#include "lifecycle.h"
#include "rig.h"
#include "suite.h"

static struct rig *
bench(void)
{
	struct rig *r = rig_new();

	rig_reads = (struct rig_reads){0};
	rig_open(r);
	return r;
}

/** Bring resource 5 to a state; where held, by node 9. */
static void
bring(struct rig *r, enum life state)
{
	switch (state) {
	case LIFE_FREE:
		return;
	case LIFE_CONSTRUCTING:
	case LIFE_DOOMED:
		ck_assert_uint_eq(rig_resource(r, &rig_thing, 5), 0);
		if (state == LIFE_DOOMED) {
			rig_simple(r, COMMAND_RESOURCE_FREE, 5);
		}
		return;
	case LIFE_LIVE:
		rig_live(r, &rig_thing, 5);
		return;
	case LIFE_PENDING:
		rig_live(r, &rig_thing, 5);
		ck_assert_uint_eq(rig_reader_new(r, 9, 5, -1), 0);
		rig_simple(r, COMMAND_RESOURCE_FREE, 5);
		ck_assert_int_eq(rig_state(r, 5), RESOURCE_FREE_PENDING);
		return;
	case LIFE_DESTROYING:
	case LIFE_ENDED:
		rig_live(r, &rig_thing, 5);
		rig_simple(r, COMMAND_RESOURCE_FREE, 5);
		return;
	}
}

START_TEST(
	resource_is_live_when_a_worker_has_made_it_and_free_when_one_ended_it)
{
	struct rig *r = bench();

	ck_assert_uint_eq(rig_resource(r, &rig_thing, 5), 0);
	ck_assert_uint_eq(r->outs, 1);
	ck_assert_int_eq(rig_state(r, 5), RESOURCE_CONSTRUCTING);
	ck_assert_uint_eq(gauge_get(&r->wire->gauges, GAUGE_WORKS), 1);
	ck_assert_uint_eq(rig_count(r, REPORT_RESOURCE_READY, -1), 0);
	rig_finish(r, WORK_CONSTRUCT, 5, true);
	ck_assert_uint_eq(rig_count(r, REPORT_RESOURCE_READY, 5), 1);
	ck_assert_uint_eq(engine_works(r->engine), 0);
	ck_assert_uint_eq(gauge_get(&r->wire->gauges, GAUGE_RESOURCES), 1);
	ck_assert_uint_eq(rig_ask(r, 5), 0);
	const struct resource_item *i = &r->resources->item[0];
	ck_assert_uint_eq(i->state, RESOURCE_LIVE);
	ck_assert_ptr_eq(i->def, &rig_thing);
	ck_assert_uint_eq(i->references, 0);
	ck_assert_uint_eq(i->holders, 0);
	ck_assert_uint_eq(i->bytes, sizeof(struct rig_thing));
	ck_assert_uint_eq(rig_simple(r, COMMAND_RESOURCE_FREE, 5), 0);
	ck_assert_int_eq(rig_state(r, 5), RESOURCE_DESTROYING);
	ck_assert_uint_eq(rig_count(r, REPORT_RESOURCE_ENDED, -1), 0);
	rig_finish(r, WORK_DESTROY, 5, true);
	ck_assert_uint_eq(rig_count(r, REPORT_RESOURCE_ENDED, 5), 1);
	ck_assert_int_eq(rig_state(r, 5), RESOURCE_FREE);
	ck_assert_uint_eq(r->works, 0);
	ck_assert_uint_eq(gauge_get(&r->wire->gauges, GAUGE_RESOURCES), 0);
	/* the id can be had again, and nothing of the old one is there */
	ck_assert_uint_eq(rig_resource(r, &rig_other, 5), 0);
	ck_assert_int_eq(rig_state(r, 5), RESOURCE_CONSTRUCTING);
	ck_assert_uint_eq(r->resources->item[0].bytes, 0);
	ck_assert_ptr_eq(r->resources->item[0].def, &rig_other);
	rig_finish(r, WORK_CONSTRUCT, 5, true);
	ck_assert_int_eq(rig_state(r, 5), RESOURCE_LIVE);
	rig_close(r);
}
END_TEST

START_TEST(resource_new_wants_an_id_in_range)
{
	struct rig *r = bench();
	static const int32_t bad[] = {-1, -2, 64, 65, INT32_MAX, INT32_MIN};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		ck_assert_uint_eq(rig_resource(r, &rig_thing, bad[i]),
			REASON_RESOURCE_RANGE);
		ck_assert_int_eq(r->told[0], bad[i]);
		ck_assert_int_eq(r->told[1], 63);
		ck_assert_uint_eq(rig_simple(r, COMMAND_RESOURCE_FREE, bad[i]),
			REASON_RESOURCE_RANGE);
		ck_assert_int_eq(r->told[0], bad[i]);
		if (bad[i] != -1) {
			ck_assert_uint_eq(
				rig_ask(r, bad[i]), REASON_RESOURCE_RANGE);
			ck_assert_int_eq(r->told[1], 63);
		}
	}
	ck_assert_uint_eq(r->works, 0);
	rig_live(r, &rig_thing, 0);
	rig_live(r, &rig_thing, 63);
	rig_close(r);
}
END_TEST

START_TEST(resource_new_refuses_an_id_in_use_whatever_its_state)
{
	static const enum resource_state shown[] = {RESOURCE_FREE,
		RESOURCE_CONSTRUCTING, RESOURCE_CONSTRUCTING, RESOURCE_LIVE,
		RESOURCE_FREE_PENDING, RESOURCE_DESTROYING};
	struct rig *r = bench();

	bring(r, (enum life)_i);
	uint32_t works = r->works;
	uint32_t reports = rig_count(r, REPORT_WORK, -1);
	ck_assert_uint_eq(
		rig_resource(r, &rig_other, 5), REASON_RESOURCE_TAKEN);
	ck_assert_int_eq(r->told[0], 5);
	ck_assert_int_eq(r->told[1], (int32_t)shown[_i]);
	/* nothing happened */
	ck_assert_uint_eq(r->works, works);
	ck_assert_uint_eq(rig_count(r, REPORT_WORK, -1), reports);
	ck_assert_int_eq(rig_state(r, 5), shown[_i]);
	ck_assert_ptr_eq(r->resources->item[0].def, &rig_thing);
	rig_close(r);
}
END_TEST

START_TEST(resource_free_is_judged_by_the_state)
{
	static const struct {
		uint32_t reason;
		enum resource_state then;
	} want[] = {
		[LIFE_FREE] = {REASON_RESOURCE_STATE, RESOURCE_FREE        },
		[LIFE_CONSTRUCTING] = {0,                     RESOURCE_CONSTRUCTING},
		[LIFE_DOOMED] = {0,                     RESOURCE_CONSTRUCTING},
		[LIFE_LIVE] = {0,                     RESOURCE_DESTROYING  },
		[LIFE_PENDING] = {0,                     RESOURCE_FREE_PENDING},
		[LIFE_DESTROYING] = {REASON_RESOURCE_STATE,
			       RESOURCE_DESTROYING                         },
	};
	struct rig *r = bench();

	bring(r, (enum life)_i);
	ck_assert_uint_eq(
		rig_simple(r, COMMAND_RESOURCE_FREE, 5), want[_i].reason);
	if (want[_i].reason != 0) {
		ck_assert_int_eq(r->told[0], 5);
		ck_assert_int_eq(r->told[1], (int32_t)want[_i].then);
	}
	ck_assert_int_eq(rig_state(r, 5), want[_i].then);
	rig_close(r);
	/* whatever was made was destroyed, once: rig_close looks */
}
END_TEST

START_TEST(resource_freed_while_constructing_is_never_ready)
{
	struct rig *r = bench();

	bring(r, LIFE_DOOMED);
	/* a second time, a third: nothing happens */
	ck_assert_uint_eq(rig_simple(r, COMMAND_RESOURCE_FREE, 5), 0);
	ck_assert_uint_eq(rig_simple(r, COMMAND_RESOURCE_FREE, 5), 0);
	ck_assert_uint_eq(r->outs, 1);
	rig_finish(r, WORK_CONSTRUCT, 5, true);
	ck_assert_int_eq(rig_state(r, 5), RESOURCE_DESTROYING);
	rig_finish(r, WORK_DESTROY, 5, true);
	ck_assert_uint_eq(rig_count(r, REPORT_RESOURCE_READY, -1), 0);
	ck_assert_uint_eq(rig_count(r, REPORT_RESOURCE_ENDED, 5), 1);
	ck_assert_uint_eq(r->made, 1);
	ck_assert_uint_eq(r->ended, 1);
	ck_assert_int_eq(rig_state(r, 5), RESOURCE_FREE);
	rig_close(r);
}
END_TEST

START_TEST(resource_that_fails_is_free_again_freed_or_not)
{
	struct rig *r = bench();

	bring(r, _i == 0 ? LIFE_CONSTRUCTING : LIFE_DOOMED);
	rig_finish(r, WORK_CONSTRUCT, 5, false);
	ck_assert_uint_eq(rig_count(r, REPORT_RESOURCE_READY, -1), 0);
	ck_assert_uint_eq(rig_count(r, REPORT_RESOURCE_ENDED, 5), 1);
	ck_assert_uint_eq(rig_count(r, REPORT_WORK, -1), 1);
	ck_assert_int_eq(rig_state(r, 5), RESOURCE_FREE);
	ck_assert_uint_eq(r->made, 0);
	rig_live(r, &rig_thing, 5);
	rig_close(r);
}
END_TEST

START_TEST(resource_that_was_given_up_is_destroyed_when_it_comes)
{
	struct rig *r = bench();

	bring(r, (_i & 1) == 0 ? LIFE_CONSTRUCTING : LIFE_DOOMED);
	/* the loop said that it failed; the worker comes back after all */
	r->out_work[0]->given_up = true;
	rig_finish(r, WORK_CONSTRUCT, 5, (_i & 2) == 0);
	if ((_i & 2) == 0) {
		ck_assert_int_eq(rig_state(r, 5), RESOURCE_DESTROYING);
		rig_finish(r, WORK_DESTROY, 5, true);
	}
	ck_assert_uint_eq(rig_count(r, REPORT_RESOURCE_READY, -1), 0);
	ck_assert_uint_eq(rig_count(r, REPORT_RESOURCE_ENDED, 5), 1);
	ck_assert_int_eq(rig_state(r, 5), RESOURCE_FREE);
	rig_close(r);
}
END_TEST

START_TEST(resource_freed_and_held_ends_with_its_last_holder)
{
	struct rig *r = bench();

	rig_live(r, &rig_thing, 5);
	ck_assert_uint_eq(rig_reader_new(r, 1, 5, -1), 0);
	ck_assert_uint_eq(rig_reader_new(r, 2, 5, -1), 0);
	ck_assert_uint_eq(rig_simple(r, COMMAND_RESOURCE_FREE, 5), 0);
	ck_assert_uint_eq(rig_simple(r, COMMAND_RESOURCE_FREE, 5), 0);
	rig_simple(r, COMMAND_FREE, 1);
	ck_assert_int_eq(rig_state(r, 5), RESOURCE_FREE_PENDING);
	ck_assert_uint_eq(r->outs, 0);
	rig_simple(r, COMMAND_FREE, 2);
	ck_assert_int_eq(rig_state(r, 5), RESOURCE_DESTROYING);
	ck_assert_uint_eq(r->outs, 1);
	rig_finish(r, WORK_DESTROY, 5, true);
	ck_assert_uint_eq(rig_count(r, REPORT_RESOURCE_ENDED, 5), 1);
	ck_assert_uint_eq(r->ended, 1);
	rig_close(r);
}
END_TEST

START_TEST(resource_is_live_as_soon_as_it_is_told_ready)
{
	struct rig *r = bench();

	/* the client that hears of it at once makes a synth on it */
	for (int32_t i = 0; i < 200; i++) {
		ck_assert_uint_eq(rig_resource(r, &rig_thing, 5), 0);
		rig_finish(r, WORK_CONSTRUCT, 5, true);
		ck_assert_uint_eq(rig_reader_new(r, 1, 5, -1), 0);
		ck_assert_uint_eq(rig_simple(r, COMMAND_RESOURCE_FREE, 5), 0);
		rig_simple(r, COMMAND_FREE, 1);
		rig_finish(r, WORK_DESTROY, 5, true);
		r->reports = 0;
	}
	rig_close(r);
}
END_TEST

START_TEST(resource_named_in_the_packet_that_makes_it_is_not_there_yet)
{
	struct rig *r = bench();
	uint32_t reason;

	ck_assert_uint_eq(rig_resource(r, &rig_thing, 5), 0);
	reason = rig_reader_new(r, 1, 5, -1);
	ck_assert_uint_eq(reason, REASON_RESOURCE_STATE);
	ck_assert_int_eq(r->told[1], RESOURCE_CONSTRUCTING);
	ck_assert_uint_eq(rig_simple(r, COMMAND_QUERY, 1), REASON_NODE_MISSING);
	rig_close(r);
}
END_TEST

START_TEST(resource_named_ahead_is_judged_when_its_time_has_come)
{
	struct rig *r = bench();
	static const uint32_t want[] = {
		REASON_RESOURCE_MISSING, REASON_NONE, REASON_RESOURCE_URI};

	rig_live(r, &rig_thing, 5);
	ck_assert_uint_eq(rig_reader_new(r, 1, -1, -1), 0);
	struct batch *b = rig_batch(r, 100);
	rig_add_bind(r, b, 1, "thing", 5);
	rig_post(r, b);
	rig_look(r);
	/* freed before; perhaps there is another of that id by then */
	rig_simple(r, COMMAND_RESOURCE_FREE, 5);
	rig_finish(r, WORK_DESTROY, 5, true);
	if (_i != 0) {
		rig_live(r, _i == 1 ? &rig_thing : &rig_other, 5);
	}
	rig_run(r, 128);
	ck_assert_uint_eq(r->reason, want[_i]);
	rig_close(r);
}
END_TEST

START_TEST(resource_list_tells_all_by_id_with_their_holders)
{
	struct rig *r = bench();
	static const int32_t twice[] = {2, 2};

	ck_assert_uint_eq(rig_ask(r, -1), 0);
	ck_assert_uint_eq(r->resources->count, 0);
	rig_live(r, &rig_thing, 40);
	rig_live(r, &rig_thing, 2);
	rig_live(r, &rig_other, 7);
	ck_assert_uint_eq(rig_resource(r, &rig_thing, 0), 0);
	ck_assert_uint_eq(rig_reader_new(r, 1, 2, 7), 0);
	ck_assert_uint_eq(rig_reader_new(r, 3, 2, -1), 0);
	ck_assert_uint_eq(rig_job(r, 77, false, 2, twice), 0);
	/* what node 3 acquires besides does not name it twice */
	ck_assert_ptr_nonnull(rig_reads.world->resource_acquire(
		rig_reads.world, rig_reads.synth, 2, rig_thing.uri));
	ck_assert_uint_eq(rig_ask(r, -1), 0);
	const struct resource_item *i = r->resources->item;
	ck_assert_uint_eq(r->resources->count, 4);
	ck_assert_int_eq(i[0].id, 0);
	ck_assert_uint_eq(i[0].state, RESOURCE_CONSTRUCTING);
	ck_assert_uint_eq(i[0].bytes, 0);
	ck_assert_int_eq(i[1].id, 2);
	ck_assert_uint_eq(i[1].references, 4);
	ck_assert_uint_eq(i[1].holders, 3);
	ck_assert_int_eq(r->holder[RIG_HOLDERS], 1);
	ck_assert_int_eq(r->holder[RIG_HOLDERS + 1], 3);
	ck_assert_int_eq(r->holder[RIG_HOLDERS + 2], -1 - 77);
	ck_assert_int_eq(i[2].id, 7);
	ck_assert_uint_eq(i[2].holders, 1);
	ck_assert_ptr_eq(i[2].def, &rig_other);
	ck_assert_int_eq(i[3].id, 40);
	ck_assert_uint_eq(i[3].references, 0);
	rig_close(r);
}
END_TEST

START_TEST(resource_query_names_no_more_holders_than_it_has_room_for)
{
	struct rig *r = bench();

	rig_live(r, &rig_thing, 5);
	for (int32_t id = 1; id <= 20; id++) {
		ck_assert_uint_eq(rig_reader_new(r, id, 5, -1), 0);
	}
	ck_assert_uint_eq(rig_ask(r, 5), 0);
	ck_assert_uint_eq(r->resources->item[0].references, 20);
	ck_assert_uint_eq(r->resources->item[0].holders, RIG_HOLDERS);
	for (int32_t i = 0; i < RIG_HOLDERS; i++) {
		ck_assert_int_eq(r->holder[i], i + 1);
	}
	rig_close(r);
}
END_TEST

START_TEST(resource_commands_are_refused_once_the_engine_stops)
{
	struct rig *r = bench();
	static const int32_t id = 5;

	/* something that keeps it from having stopped */
	ck_assert_uint_eq(rig_resource(r, &rig_thing, 5), 0);
	rig_simple(r, COMMAND_STOP, 0);
	ck_assert_uint_eq(rig_resource(r, &rig_thing, 6), REASON_STOPPING);
	ck_assert_uint_eq(
		rig_simple(r, COMMAND_RESOURCE_FREE, 5), REASON_STOPPING);
	ck_assert_uint_eq(rig_job(r, 1, false, 1, &id), REASON_STOPPING);
	rig_close(r);
}
END_TEST

START_TEST(resource_has_no_slot_when_there_are_none)
{
	struct rig *r = rig_new();

	r->config.max_resources = 0;
	rig_open(r);
	ck_assert_uint_eq(
		rig_resource(r, &rig_thing, 0), REASON_RESOURCE_RANGE);
	ck_assert_uint_eq(
		rig_simple(r, COMMAND_RESOURCE_FREE, 0), REASON_RESOURCE_RANGE);
	ck_assert_uint_eq(rig_ask(r, -1), 0);
	ck_assert_uint_eq(r->resources->count, 0);
	rig_close(r);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("resource");

	tcase_add_test(tc,
		resource_is_live_when_a_worker_has_made_it_and_free_when_one_ended_it);
	tcase_add_test(tc, resource_new_wants_an_id_in_range);
	tcase_add_loop_test(tc,
		resource_new_refuses_an_id_in_use_whatever_its_state,
		LIFE_CONSTRUCTING, LIFE_ENDED);
	tcase_add_loop_test(tc, resource_free_is_judged_by_the_state, LIFE_FREE,
		LIFE_ENDED);
	tcase_add_test(tc, resource_freed_while_constructing_is_never_ready);
	tcase_add_loop_test(
		tc, resource_that_fails_is_free_again_freed_or_not, 0, 2);
	tcase_add_loop_test(tc,
		resource_that_was_given_up_is_destroyed_when_it_comes, 0, 4);
	tcase_add_test(tc, resource_freed_and_held_ends_with_its_last_holder);
	tcase_add_test(tc, resource_is_live_as_soon_as_it_is_told_ready);
	tcase_add_test(tc,
		resource_named_in_the_packet_that_makes_it_is_not_there_yet);
	tcase_add_loop_test(tc,
		resource_named_ahead_is_judged_when_its_time_has_come, 0, 3);
	tcase_add_test(tc, resource_list_tells_all_by_id_with_their_holders);
	tcase_add_test(
		tc, resource_query_names_no_more_holders_than_it_has_room_for);
	tcase_add_test(tc, resource_commands_are_refused_once_the_engine_stops);
	tcase_add_test(tc, resource_has_no_slot_when_there_are_none);
	return suite_run("rt/resource/resource", tc);
}
