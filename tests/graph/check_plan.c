/* SPDX-License-Identifier: MIT */
/*
 * check_plan.c -- the plan against the walk: what it makes of a graph.
 */
#include <stdio.h>

#include "engine_private.h"
#include "twin.h"
#include "suite.h"

/* --- buses --- */

static void
choir(struct rig *r)
{
	uint32_t count = (uint32_t)twin_bench(r)->twin->variant;
	uint32_t runs = count / 32 + (count % 32 > 1 ? 1 : 0);
	int32_t first = twin_sources(r, &rig_many, count, TWIN_OUT(0));

	twin_run_as(r, 128, 1, count, runs);
	/* as long as nothing changes nothing is made anew */
	uint64_t renewals = twin_gauge(r, GAUGE_RENEWALS);
	ck_assert(renewals == 1 || twin_bench(r)->way->helped);
	rig_set(r, first, "value", 0.1F, -1.0);
	twin_run_as(r, 128, 1, count, runs);
	ck_assert(twin_gauge(r, GAUGE_RENEWALS) == 1 ||
		  twin_bench(r)->way->helped);
	/* one of them goes: the groups are others */
	rig_simple(r, COMMAND_FREE, first);
	twin_sources(r, &rig_many, 2, TWIN_OUT(0));
	twin_run(r, 64);
	ck_assert(twin_gauge(r, GAUGE_RENEWALS) == 2 ||
		  twin_bench(r)->way->helped);
}

START_TEST(plan_folds_any_number_of_writers_as_the_walk_does)
{
	static const int counts[] = {2, 31, 32, 33, 63, 64, 65, 97, 130};

	twin_alike(&(struct twin){.play = choir, .variant = counts[_i]});
}
END_TEST

static void
mixture(struct rig *r)
{
	/* kinds and buses in turn; some are a whole group by chance */
	for (int32_t i = 0; i < 120; i++) {
		twin_sources(r, i % 7 == 0 ? &rig_lone : &rig_many, 1,
			i % 3 == 0   ? 2
			: i % 5 == 0 ? TWIN_OUT(1)
				     : TWIN_OUT(0));
	}
	twin_sources(r, &rig_lone, 32, TWIN_OUT(1));
	twin_reader(r, &rig_many, 2, TWIN_OUT(0));
	twin_run_as(r, 192, 2, 152, TWIN_ANY);
}

START_TEST(plan_mixes_what_several_steps_write)
{
	twin_alike(&(struct twin){.play = mixture});
}
END_TEST

static void
versions(struct rig *r)
{
	static const uint32_t counts[] = {5, 40, 1, 33, 32};
	int32_t twice = twin_add(r, &rig_many, 2, 1);

	/* it stands before all writers: silence, and a block later all */
	twin_from(r, twice, "in", 3, 0);
	twin_from(r, twice, "in1", 3, MAP_FEEDBACK);
	twin_to(r, twice, "out", TWIN_OUT(1), 0);
	for (int i = 0; i < 5; i++) {
		twin_sources(r, &rig_many, counts[i], 3);
		twin_reader(r, &rig_many, 3, TWIN_OUT(0));
		int32_t both = twin_add(r, &rig_lone, 2, 1);
		twin_from(r, both, "in", 3, 0);
		twin_from(r, both, "in1", 3, 0);
		twin_to(r, both, "out", TWIN_OUT(i % 2), 0);
	}
	/* one hears, a level up, what is written behind it below */
	int32_t ahead = twin_add(r, &rig_lone, 2, 1);
	rig_connect(r, twice, ahead, 0);
	twin_from(r, ahead, "in1", 4, 0);
	twin_to(r, ahead, "out", TWIN_OUT(0), 0);
	twin_sources(r, &rig_many, 1, 4);
	twin_run_as(r, 192, 6, 113, 5);
	/* the last is no longer the last */
	twin_sources(r, &rig_lone, 3, 3);
	/* and one in the middle is paused at once */
	rig_simple(r, COMMAND_FREE, 8);
	twin_run(r, 192);
}

START_TEST(plan_lets_each_reader_hear_its_version)
{
	twin_alike(&(struct twin){.play = versions});
}
END_TEST

static void
replaced(struct rig *r)
{
	int variant = twin_bench(r)->twin->variant;
	int32_t bus = variant % 2 == 0 ? 4 : TWIN_OUT(0);
	uint32_t count = variant < 2 ? 32 : 5;

	for (int i = 0; i < 4; i++) {
		twin_sources(r, &rig_many, count, bus);
		twin_sources(r, &rig_lone, 2, bus);
		if (bus == 4 && i % 2 == 1) {
			twin_reader(r, &rig_many, bus, TWIN_OUT(1));
		}
		int32_t id = twin_add(r, i == 2 ? &rig_many : &rig_lone, 0, 1);
		twin_to(r, id, "out", bus, i == 3 ? 0 : MAP_REPLACE);
		if (i == 2) {
			/* and one like it at once */
			id = twin_add(r, &rig_many, 0, 1);
			twin_to(r, id, "out", bus, MAP_REPLACE);
		}
	}
	twin_reader(r, &rig_many, 4, TWIN_OUT(1));
	twin_reader(r, &rig_many, 4, TWIN_OUT(0));
	twin_sources(r, &rig_many, 1, TWIN_OUT(0));
	twin_run(r, 128);
	ck_assert(r->engine->planned == (twin_plans(r)));
	/* what is replaced by another that is gone is heard again */
	rig_simple(r, COMMAND_FREE, (int32_t)count + 3);
	twin_run(r, 128);
}

START_TEST(plan_drops_what_is_replaced)
{
	twin_alike(&(struct twin){.play = replaced, .variant = _i});
}
END_TEST

static void
several(struct rig *r)
{
	static const uint32_t shapes[][2] = {
		{0, 2},
                {1, 1},
                {1, 3},
                {2, 1}
        };

	for (int i = 0; i < 60; i++) {
		/* both outputs on one bus; or each on its own */
		int32_t id = twin_add(r, &rig_many, 0, 2);
		twin_to(r, id, "out", TWIN_OUT(0), 0);
		twin_to(r, id, "out1", i < 40 ? TWIN_OUT(0) : TWIN_OUT(1), 0);
	}
	for (int i = 0; i < 40; i++) {
		const uint32_t *s = shapes[i * 7 % 4];
		int32_t id = twin_add(r, &rig_many, s[0], s[1]);
		twin_to(r, id, "out", TWIN_OUT(0), 0);
		if (s[1] > 1) {
			twin_to(r, id, "out1", TWIN_OUT(1),
				i % 3 == 0 ? MAP_REPLACE : 0);
		}
		if (s[0] > 0) {
			twin_from(r, id, "in", 7, MAP_FEEDBACK);
		}
		if (s[0] > 1) {
			twin_from(r, id, "in1", 7, MAP_FEEDBACK);
		}
	}
	twin_sources(r, &rig_lone, 1, 7);
	twin_run(r, 192);
	ck_assert_uint_eq(twin_gauge(r, GAUGE_WIDTH), !twin_plans(r) ? 0 : 101);
}

static void
uneven(struct rig *r)
{
	/* as many ports that are joined, each bus a group of its own */
	for (uint32_t i = 0; i < 8; i++) {
		twin_to(r, twin_add(r, &rig_many, 0, 1 + i % 2), "out", 1, 0);
	}
	for (uint32_t i = 0; i < 8; i++) {
		twin_to(r, twin_add(r, &rig_many, 0, 2),
			i % 2 == 0 ? "out" : "out1", 2, 0);
	}
	for (uint32_t i = 0; i < 8; i++) {
		int32_t id = twin_add(r, &rig_many, 1 + i % 2, 1);
		twin_from(r, id, i % 2 == 0 ? "in" : "in1", 1, MAP_FEEDBACK);
		twin_to(r, id, "out", 3, 0);
	}
	/* the second output is nobody's concern, but a port */
	for (uint32_t i = 0; i < 8; i++) {
		twin_to(r, twin_add(r, &rig_many, 1, 2 - i % 2), "out", 4, 0);
	}
	/* as many ports; one or both of them are joined */
	for (uint32_t i = 0; i < 8; i++) {
		int32_t id = twin_add(r, &rig_many, 0, 2);
		twin_to(r, id, "out", 5, 0);
		if (i % 2 == 0) {
			twin_to(r, id, "out1", 6, 0);
		}
	}
	/* an input more than the one before, an input less */
	for (uint32_t i = 0; i < 3; i++) {
		twin_to(r, twin_add(r, &rig_many, 1 - i % 2, 1), "out", 7, 0);
	}
	for (int32_t bus = 1; bus <= 7; bus++) {
		twin_reader(r, &rig_lone, bus, TWIN_OUT(0));
	}
	twin_run_as(r, 192, 2, 43, 2);
}

START_TEST(plan_keeps_synths_of_different_ports_apart)
{
	twin_alike(&(struct twin){.play = uneven});
	twin_alike(&(struct twin){.play = several});
}
END_TEST

static void
in_place(struct rig *r)
{
	twin_sources(r, &rig_many, 3, 5);
	for (int i = 0; i < 10; i++) {
		twin_reader(r, i % 2 == 0 ? &rig_many : &rig_lone, 5, 5);
	}
	twin_reader(r, &rig_many, 5, TWIN_OUT(0));
	twin_run_as(r, 192, 12, 3, 1);
	/* each replaces what it has heard */
	for (int32_t id = 4; id < 14; id++) {
		twin_to(r, id, "out", 5, MAP_REPLACE);
	}
	twin_run_as(r, 192, 12, 3, 1);
}

START_TEST(plan_lets_synths_read_and_write_one_bus)
{
	twin_alike(&(struct twin){.play = in_place});
}
END_TEST

static void
like_the_last(struct rig *r)
{
	int variant = twin_bench(r)->twin->variant;
	int32_t bus = variant == 5 ? TWIN_OUT(1) : 6;

	twin_sources(r, &rig_many, variant == 4 ? 31 : 3, 6);
	int32_t id;
	switch (variant) {
	case 0: /* another def */
		twin_sources(r, &rig_lone, 2, 6);
		break;
	case 1: /* a replace */
		id = twin_add(r, &rig_many, 0, 1);
		twin_to(r, id, "out", 6, MAP_REPLACE);
		break;
	case 2: /* a reader */
		twin_reader(r, &rig_lone, 6, TWIN_OUT(0));
		break;
	case 3: /* a ramp, and one that is heard by another, too */
		id = twin_sources(r, &rig_many, 2, 6);
		rig_set(r, id, "value", 0.2F, 0.003);
		rig_connect(r, id + 1,
			twin_reader(r, &rig_lone, 8, TWIN_OUT(0)), 0);
		break;
	case 4: /* others fill the group */
		twin_sources(r, &rig_lone, 1, 6);
		break;
	case 5: /* another bus, then the first again */
		twin_sources(r, &rig_many, 2, bus);
		break;
	case 6: /* the external one of the same number */
		bus = 6;
		twin_sources(r, &rig_many, 1, 0);
		twin_sources(r, &rig_many, 2, TWIN_OUT(0));
		break;
	default: /* of other ports, a level up, of one bus */
		id = twin_reader(r, &rig_many, 6, 6);
		twin_reader(r, &rig_many, 6, 6);
	}
	twin_sources(r, &rig_many, 40, 6);
	twin_reader(r, &rig_lone, 6, TWIN_OUT(0));
	twin_reader(r, &rig_lone, 0, TWIN_OUT(1));
	twin_run(r, 192);
	static const uint64_t runs[] = {2, 3, 3, 2, 3, 3, 3, 3};
	ck_assert_uint_eq(twin_gauge(r, GAUGE_RUNS),
		twin_bench(r)->way->no_many ? 0 : runs[variant]);
}

START_TEST(plan_sees_what_comes_between_synths_that_are_alike)
{
	twin_alike(&(struct twin){.play = like_the_last, .variant = _i});
}
END_TEST

static void
in_turn(struct rig *r)
{
	int two = twin_bench(r)->twin->variant;

	/* left, right, and a bus that others hear: full groups of each */
	for (int i = 0; i < 96; i++) {
		(void)twin_sources(
			r, &rig_many, 1, i % 3 == 2 ? 5 : TWIN_OUT(i % 3));
	}
	/* a level up, of one more port, in turn as well */
	for (int i = 0; i < 20; i++) {
		int32_t id = twin_add(r, &rig_many, 1, two != 0 ? 2 : 1);
		twin_from(r, id, "in", 5, 0);
		twin_to(r, id, "out", TWIN_OUT(i % 2), 0);
		if (two != 0) {
			twin_to(r, id, "out1", TWIN_OUT(1 - i % 2), 0);
		}
	}
	twin_run_as(r, 192, 2, 96, 5);
}

START_TEST(plan_takes_synths_together_that_write_to_buses_in_turn)
{
	twin_alike(
		&(struct twin){.play = in_turn, .variant = _i, .nodes = 120});
}
END_TEST

/* --- controls, connections, ports --- */

static void
followed(struct rig *r)
{
	/* a bus of each of three levels, and the versions between */
	twin_sources(r, &rig_many, 2, 1);
	twin_follow(r, twin_sources(r, &rig_many, 2, 2), 1);
	twin_follow(r, twin_sources(r, &rig_many, 1, 2), 1);
	twin_sources(r, &rig_many, 2, 1);
	twin_follow(r, twin_sources(r, &rig_many, 1, 3), 2);
	twin_follow(r, twin_sources(r, &rig_many, 1, TWIN_OUT(0)), 1);
	twin_follow(r, twin_sources(r, &rig_many, 1, TWIN_OUT(0)), 3);
	twin_sources(r, &rig_many, 2, 2);
	twin_follow(r, twin_sources(r, &rig_many, 1, TWIN_OUT(1)), 2);
	twin_run_as(r, 192, 4, 7, 4);
	/* it goes, another ramps, a third follows */
	twin_follow(r, 3, -1);
	rig_set(r, 4, "value", 0.9F, 0.002);
	twin_follow(r, 1, 2);
	twin_run(r, 192);
}

START_TEST(plan_lets_controls_follow_what_another_level_writes)
{
	twin_alike(&(struct twin){.play = followed});
}
END_TEST

static void
connected(struct rig *r)
{
	int32_t source[8];

	for (int i = 0; i < 8; i++) {
		source[i] = twin_add(r, &rig_many, 0, 1);
	}
	/* 0 and 1 to all; a chain; a sum of all, which hears a bus too */
	for (int i = 0; i < 6; i++) {
		int32_t id = twin_add(r, &rig_many, 1, 1);
		rig_connect(r, source[0], id, 0);
		rig_connect(r, source[1], id, 0);
		rig_connect(
			r, source[i + 2], id, i % 2 == 0 ? MAP_FEEDBACK : 0);
		if (i > 3) {
			rig_connect(r, id - 1, id, 0);
		}
		twin_to(r, id, "out", i % 2 == 0 ? TWIN_OUT(0) : 9, 0);
	}
	int32_t sum = twin_reader(r, &rig_lone, 9, TWIN_OUT(1));
	for (int i = 0; i < 8; i++) {
		rig_connect(r, source[i], sum, 0);
	}
	rig_connect(r, sum, sum, MAP_FEEDBACK);
	twin_run_as(r, 128, 5, 8, TWIN_ANY);
	/* it stands first in the tree and is heard by all the same */
	rig_move(r, sum, 0, PLACE_HEAD);
	rig_number(r, COMMAND_RUN, source[1], 0);
	twin_run(r, 320);
	rig_simple(r, COMMAND_FREE, source[0]);
	twin_run(r, 65);
	rig_number(r, COMMAND_RUN, source[1], 1);
	rig_disconnect(r, source[2], sum, -1);
	/* what has been connected writes to its bus again */
	twin_to(r, source[2], "out", TWIN_OUT(0), 0);
	twin_run(r, 127);
}

START_TEST(plan_follows_connections_across_levels)
{
	twin_alike(&(struct twin){.play = connected});
}
END_TEST

static void
voices(struct rig *r)
{
	/* sine, filter, sine, filter … */
	for (int i = 0; i < 40; i++) {
		int32_t id = twin_add(r, &rig_many, 0, 1);
		int32_t filter = twin_add(r, &rig_many, 1, 1);
		rig_connect(r, id, filter, 0);
		twin_to(r, filter, "out", TWIN_OUT(0), 0);
	}
	twin_run_as(r, 128, 2, 40, 4);
	/* the same by buses */
	for (int32_t id = 1; id < 40; id += 2) {
		rig_disconnect(r, id, id + 1, 0);
		twin_to(r, id, "out", id % 32, 0);
		twin_from(r, id + 1, "in", id % 32, 0);
	}
	twin_run(r, 128);
}

START_TEST(plan_takes_voices_of_two_synths_together)
{
	twin_alike(&(struct twin){.play = voices});
}
END_TEST

static void
vast(struct rig *r)
{
	char port[12];

	for (int i = 0; i < 7; i++) {
		int32_t id = twin_add(r, &rig_many, 0, 100);
		for (uint32_t k = 0; k < 100; k++) {
			(void)snprintf(port, sizeof port, "%u", 1 + k);
			twin_to(r, id, port, (int32_t)k % 32, 0);
		}
	}
	for (int i = 0; i < 3; i++) {
		int32_t id = twin_add(r, &rig_many, 200, 1);
		for (uint32_t k = 0; k < 200; k++) {
			(void)snprintf(port, sizeof port, "%u", 1 + k);
			twin_from(r, id, port, (int32_t)k % 32, 0);
		}
		twin_to(r, id, "out", TWIN_OUT(0), 0);
	}
	/* two of the first fit into a step, one of the others */
	twin_run_as(r, 96, 2, 7, 3);
}

START_TEST(plan_takes_fewer_synths_together_that_have_many_ports)
{
	twin_alike(&(struct twin){.play = vast, .nodes = 1000});
}
END_TEST

/* --- no room --- */

static void
crowd(struct rig *r)
{
	static const uint32_t shapes[][3] = {
		{20, 0,  8}, /* more writers than there is room for */
		{17, 10, 1}, /* … readers */
		{28, 0,  3}, /* … buffers */
	};
	const uint32_t *shape = shapes[twin_bench(r)->twin->variant];
	bool plans = twin_plans(r);
	char port[12];

	/* in the plan an input and a control hear what is not the bus */
	int32_t heard = twin_sources(r, &rig_many, 1, 5);
	int32_t id = twin_sources(r, &rig_many, 3, 3);
	int32_t hears = twin_reader(r, &rig_many, 3, TWIN_OUT(0));
	rig_connect(r, heard, hears, 0);
	twin_follow(r, twin_sources(r, &rig_many, 1, TWIN_OUT(1)), 3);
	twin_sources(r, &rig_many, 2, 3);
	twin_run_as(r, 64, 2, 6, 2);
	int32_t first = twin_bench(r)->next;
	for (uint32_t i = 0; i < shape[0]; i++) {
		twin_add(r, &rig_lone, shape[1], shape[2]);
		for (uint32_t k = 0; k < shape[1] + shape[2]; k++) {
			(void)snprintf(port, sizeof port, "%u", 1 + k);
			if (k < shape[1]) {
				twin_from(r, first + (int32_t)i, port, 5, 0);
			} else {
				twin_to(r, first + (int32_t)i, port,
					TWIN_OUT(1), 0);
			}
		}
	}
	/* they stand ahead: those two are not looked at any more */
	for (uint32_t i = 0; i < shape[0]; i++) {
		rig_move(r, first + (int32_t)i, 0, PLACE_HEAD);
	}
	rig_move(r, heard, 0, PLACE_HEAD);
	rig_set(r, id, "value", 0.3F, -1.0);
	twin_run(r, 100);
	ck_assert(!r->engine->planned);
	ck_assert_uint_eq(twin_gauge(r, GAUGE_LEVELS), 0);
	ck_assert_uint_eq(twin_gauge(r, GAUGE_WIDTH), 0);
	ck_assert_uint_eq(twin_gauge(r, GAUGE_RUNS), 0);
	ck_assert_uint_eq(twin_gauge(r, GAUGE_UNPLANNED), plans ? 1 : 0);
	/* and when there is room again, it is planned again */
	for (uint32_t i = 0; i < shape[0]; i++) {
		rig_simple(r, COMMAND_FREE, first + (int32_t)i);
	}
	twin_run(r, 100);
	ck_assert(r->engine->planned == plans);
	ck_assert_uint_eq(twin_gauge(r, GAUGE_UNPLANNED), plans ? 1 : 0);
}

static void
brim(struct rig *r)
{
	/* by process_many all of a bus are one step, and need no buffers */
	bool fits = twin_plans(r) && !twin_bench(r)->way->no_many;
	char port[12];
	int32_t id = 0;

	/* four outputs for each of 40 nodes, eight of them alone */
	for (int32_t i = 0; i < 152; i++) {
		int32_t out = i % 8;
		id = out == 0 ? twin_add(r, &rig_many, 0, 8) : id;
		(void)snprintf(port, sizeof port, "%u", 1 + (unsigned)out);
		twin_to(r, id, port, out == 0 ? TWIN_OUT(0) : out, 0);
	}
	twin_sources(r, &rig_many, 8, TWIN_OUT(1));
	/* who writes to no bus asks for nothing */
	(void)twin_add(r, &rig_many, 0, 1);
	int32_t more = twin_add(r, &rig_many, 0, 1);
	twin_run(r, 64);
	ck_assert(!fits || r->engine->planned);
	twin_to(r, more, "out", TWIN_OUT(1), 0);
	twin_run(r, 64);
	ck_assert(!r->engine->planned);
}

START_TEST(plan_has_room_for_so_many_writers_and_no_more)
{
	twin_alike(&(struct twin){.play = brim, .nodes = 40});
}
END_TEST

START_TEST(plan_that_finds_no_room_is_walked_and_counted)
{
	twin_alike(&(struct twin){.play = crowd, .variant = _i, .nodes = 40});
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("plan");

	tcase_add_loop_test(
		tc, plan_folds_any_number_of_writers_as_the_walk_does, 0, 9);
	tcase_add_test(tc, plan_mixes_what_several_steps_write);
	tcase_add_test(tc, plan_lets_each_reader_hear_its_version);
	tcase_add_loop_test(tc, plan_drops_what_is_replaced, 0, 4);
	tcase_add_test(tc, plan_keeps_synths_of_different_ports_apart);
	tcase_add_test(tc, plan_lets_synths_read_and_write_one_bus);
	tcase_add_loop_test(tc,
		plan_takes_synths_together_that_write_to_buses_in_turn, 0, 2);
	tcase_add_loop_test(
		tc, plan_sees_what_comes_between_synths_that_are_alike, 0, 8);
	tcase_add_test(tc, plan_lets_controls_follow_what_another_level_writes);
	tcase_add_test(tc, plan_follows_connections_across_levels);
	tcase_add_test(tc, plan_takes_voices_of_two_synths_together);
	tcase_add_test(
		tc, plan_takes_fewer_synths_together_that_have_many_ports);
	tcase_add_test(tc, plan_has_room_for_so_many_writers_and_no_more);
	tcase_add_loop_test(
		tc, plan_that_finds_no_room_is_walked_and_counted, 0, 3);
	return suite_run("rt/run/plan", tc);
}
