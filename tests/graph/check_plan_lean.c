/* SPDX-License-Identifier: MIT */
/*
 * check_plan_lean.c -- the plan against the walk: synths that are given their
 * places without a look at their ports, beside some that look the same.
 */
#include "engine_private.h"
#include "twin.h"
#include "suite.h"

/** Let the four be not so alike. */
static void
make_it_other(struct rig *r, int variant, int32_t source, const int32_t id[4])
{
	switch (variant) {
	case 0: /* a bus is heard a level up */
		twin_from(r, id[2], "in", 5, 0);
		break;
	case 1: /* sums, of which the first is none */
		rig_connect(r, source, id[1], 0);
		rig_connect(r, source, id[2], 0);
		rig_connect(r, source + 1, id[2], 0);
		rig_connect(r, source, id[3], 0);
		break;
	case 2: /* what came a block ago */
		rig_connect(r, source, id[2], MAP_FEEDBACK);
		rig_connect(r, id[3], id[2], MAP_FEEDBACK);
		break;
	case 3: /* it is heard itself, on time and late */
		rig_connect(
			r, id[2], twin_reader(r, &rig_lone, 8, TWIN_OUT(1)), 0);
		rig_connect(r, id[3], id[2], MAP_FEEDBACK);
		break;
	case 4: /* one that comes when the others' step stands already */
		rig_connect(r, twin_add(r, &rig_lone, 0, 1), id[3], 0);
		break;
	case 5: /* steps of these buses, and of none, share a place */
		twin_to(r, id[0], "out", 31, 0);
		twin_to(r, id[1], "out", -1, 0);
		twin_to(r, id[2], "out", 31, 0);
		twin_to(r, id[3], "out", 63, 0);
		twin_reader(r, &rig_lone, 31, TWIN_OUT(0));
		twin_reader(r, &rig_lone, 63, TWIN_OUT(0));
		twin_run_as(r, 128, 2, 8, 2);
		break;
	case 6: /* a chain: steps of levels far apart share a place */
		for (int i = 0; i < 36; i++) {
			int32_t next = twin_add(r, &rig_many, 1, 1);
			twin_to(r, next, "out", TWIN_OUT(0), 0);
			rig_connect(r, i == 0 ? source : next - 1, next, 0);
		}
		break;
	case 7: /* another def, which does something else */
		twin_sources(r, &rig_many, 2, TWIN_OUT(1));
		rig_voice(r, &rig_impulse, twin_bench(r)->next++, 1);
		rig_voice(r, &rig_impulse, twin_bench(r)->next++, 1);
		break;
	default: /* a bus raises two of two steps, another hears the second */
		twin_from(r, id[0], "in", 5, 0);
		twin_from(r, id[1], "in", 5, 0);
		twin_to(r, id[1], "out", TWIN_OUT(1), 0);
		rig_connect(r, id[1], id[2], 0);
		rig_connect(r, source, id[3], 0);
	}
}

static void
looked_at(struct rig *r)
{
	int variant = twin_bench(r)->twin->variant;
	int32_t source = twin_sources(r, &rig_many, 2, 5);
	int32_t id[4];

	/* a place for those that write to no bus; one shape, one bus, and a
	 * place beside the first two */
	(void)twin_add(r, &rig_many, 1, 1);
	(void)twin_add(r, &rig_many, 1, 1);
	for (int i = 0; i < 4; i++) {
		id[i] = twin_add(r, &rig_many, 1, 1);
		twin_to(r, id[i], "out", TWIN_OUT(0), 0);
	}
	make_it_other(r, variant, source, id);
	twin_run(r, 192);
	rig_set(r, source, "value", 0.7F, -1.0);
	rig_set(r, id[3], "value", 0.4F, -1.0);
	twin_run(r, 192);
	/* and apart again */
	rig_disconnect(r, source, id[2], -1);
	rig_disconnect(r, id[3], id[2], -1);
	twin_run(r, 192);
	/* one is heard no more, and then again */
	twin_to(r, id[3], "out", -1, 0);
	twin_run(r, 128);
	twin_to(r, id[3], "out", TWIN_OUT(0), 0);
	twin_run(r, 128);
}

START_TEST(plan_looks_at_each_that_is_not_as_simple_as_it_seems)
{
	twin_alike(&(struct twin){.play = looked_at, .variant = _i});
}
END_TEST

static void
one_step(struct rig *r)
{
	int32_t id = twin_sources(r, &rig_many, 4, TWIN_OUT(0));

	/* it is the first and the last, nothing is mixed behind it */
	twin_run_as(r, 128, 1, 4, 1);
	rig_set(r, id + 3, "value", 0.9F, 0.004);
	twin_run(r, 256);
	/* and one that hears something: another step, neither the first */
	int32_t last = 0;
	for (int i = 0; i < 4; i++) {
		last = twin_add(r, &rig_many, 1, 1);
		twin_to(r, last, "out", TWIN_OUT(1), 0);
		rig_connect(r, id, last, 0);
	}
	twin_run_as(r, 128, 2, 4, 2);
	rig_set(r, last, "value", 0.9F, 0.004);
	twin_run(r, 256);
	last = twin_sources(r, &rig_many, 3, TWIN_OUT(1)) + 2;
	twin_run(r, 128);
	rig_set(r, last, "value", 0.9F, 0.004);
	twin_run(r, 256);
}

START_TEST(plan_notes_a_control_that_begins_to_move_in_its_last_step)
{
	twin_alike(&(struct twin){.play = one_step});
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("lean");

	tcase_add_loop_test(
		tc, plan_looks_at_each_that_is_not_as_simple_as_it_seems, 0, 9);
	tcase_add_test(
		tc, plan_notes_a_control_that_begins_to_move_in_its_last_step);
	return suite_run("rt/run/plan_lean", tc);
}
