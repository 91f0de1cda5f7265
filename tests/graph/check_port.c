/* SPDX-License-Identifier: MIT */
/*
 * check_port.c -- controls, triggers and fades.
 */
#include <math.h>

#include "rig.h"
#include "suite.h"

/** Frames later, at a sample of its own. */
static struct batch *
later(struct rig *r, uint64_t frames)
{
	return rig_batch(r, engine_now(r->engine) + frames);
}

START_TEST(port_is_set_at_its_very_sample)
{
	struct rig *r = rig_new();

	rig_open(r);
	rig_voice(r, &rig_level, 3, 0);
	for (uint32_t i = 0; i < 20; i++) {
		struct batch *b = rig_batch(r, 100 + 37 * i);
		rig_add_set(r, b, 3, "value", (float)i + 2.0F, -1.0);
		rig_post(r, b);
	}
	rig_run(r, 1000);
	for (uint32_t i = 0; i < 1000; i++) {
		uint32_t step = i < 100 ? 0 : (i - 100) / 37 + 1;
		step = step > 20 ? 20 : step;
		rig_same(r->out[0][i], 1.0F + (float)step);
	}
	rig_close(r);
}
END_TEST

START_TEST(port_ramps_from_the_value_it_has)
{
	struct rig *r = rig_new();

	rig_open(r);
	rig_voice(r, &rig_level, 3, 0);
	rig_set(r, 3, "value", 2.0F, 100 / 48000.0);
	struct batch *b = rig_batch(r, 50);
	rig_add_set(r, b, 3, "value", 0.0F, 30 / 48000.0);
	rig_post(r, b);
	/* a set ends a ramp */
	b = rig_batch(r, 70);
	rig_add_set(r, b, 3, "value", 7.0F, -1.0);
	rig_post(r, b);
	/* no time at all is one frame */
	b = rig_batch(r, 90);
	rig_add_set(r, b, 3, "value", 8.0F, 0.0);
	rig_post(r, b);
	rig_run(r, 200);
	rig_same(r->out[0][49], 1.5F);
	for (int k = 0; k < 20; k++) {
		/* it goes on from what was heard last */
		ck_assert_double_eq_tol((double)r->out[0][50 + k],
			1.5 - 1.5 * (k + 1) / 30.0, 1e-6);
	}
	rig_same(r->out[0][70], 7.0F);
	rig_same(r->out[0][89], 7.0F);
	rig_same(r->out[0][90], 8.0F);
	rig_same(r->out[0][199], 8.0F);
	rig_close(r);
}
END_TEST

START_TEST(port_ramps_go_on_while_nobody_listens)
{
	struct rig *r = rig_new();

	rig_open(r);
	rig_voice(r, &rig_level, 3, 0);
	rig_synth(r, &rig_level, 4, 0, PLACE_TAIL);
	rig_map(r, COMMAND_MAP_OUTPUT, 4, "out", 1, MAP_EXTERNAL);
	rig_number(r, COMMAND_RUN, 3, 0);
	rig_run(r, 640);
	rig_set(r, 3, "value", 101.0F, 1000 / 48000.0);
	rig_set(r, 4, "value", 101.0F, 1000 / 48000.0);
	rig_run(r, 640);
	rig_simple(r, COMMAND_ACTIVATE, 4);
	rig_run(r, 500);
	ck_assert_double_eq_tol(
		(double)r->out[1][1280], 1.0 + 100.0 * 0.641, 1e-4);
	rig_same(r->out[1][640 + 999], 101.0F);
	rig_number(r, COMMAND_RUN, 3, 1);
	rig_run(r, 640);
	rig_same(r->out[0][2200], 101.0F);
	rig_close(r);
}
END_TEST

START_TEST(port_clamps_and_rounds_and_whole_ones_jump)
{
	struct rig *r = rig_new();
	static const struct {
		float set;
		float want;
	} cases[] = {
		{2.4F,  2.0F},
                {2.5F,  3.0F},
                {-4.0F, 0.0F},
                {99.0F, 9.0F},
		{8.5F,  9.0F},
                {0.49F, 0.0F},
                {3e9F,  9.0F},
                {-3e9F, 0.0F}
        };

	rig_open(r);
	rig_voice(r, &rig_hit, 3, 0);
	for (int i = 0; i < 8; i++) {
		/* with a time it jumps all the same */
		rig_set(r, 3, "mode", cases[i].set, i % 2 == 0 ? -1.0 : 1.0);
		rig_run(r, 64);
		rig_same(r->out[0][64 * i], cases[i].want);
		rig_same(r->out[0][64 * i + 63], cases[i].want);
	}
	rig_close(r);
}
END_TEST

START_TEST(port_fires_n_times_for_n_triggers)
{
	struct rig *r = rig_new();

	rig_open(r);
	rig_voice(r, &rig_hit, 3, 0);
	rig_run(r, 10);
	/* one sounds at once, `block` wait: with values of their own */
	for (uint32_t i = 0; i < 65; i++) {
		ck_assert_uint_eq(rig_set(r, 3, "hit", (float)i + 1.0F, -1), 0);
	}
	ck_assert_uint_eq(rig_set(r, 3, "hit", 1, -1), REASON_TRIGGERS_FULL);
	ck_assert_int_eq(r->told[0], 3);
	ck_assert_int_eq(r->told[1], 0);
	/* 0 is no firing, and is let through */
	ck_assert_uint_eq(rig_set(r, 3, "hit", 0.0F, -1), 0);
	ck_assert_uint_eq(gauge_get(&r->wire->gauges, GAUGE_EVENTS), 64);
	rig_run(r, 200);
	for (uint32_t i = 0; i < 65; i++) {
		rig_same(r->out[0][10 + i], (float)i + 1.0F);
	}
	/* the last one holds for its segment, to the end of the block */
	rig_same(r->out[0][127], 65.0F);
	rig_holds(r, 0, 128, 210, 0.0F);
	rig_close(r);
}
END_TEST

START_TEST(port_fires_each_trigger_though_time_was_lost)
{
	struct rig *r = rig_new();
	uint32_t fired = 0;
	bool heard[32] = {false};

	rig_open(r);
	rig_voice(r, &rig_hit, 3, 0);
	struct batch *b = rig_batch(r, 60);
	for (uint32_t i = 1; i <= 20; i++) {
		rig_add_set(r, b, 3, "hit", (float)i, -1);
	}
	rig_post(r, b);
	rig_run(r, 64);
	engine_lose(r->engine, 10);
	rig_set(r, 3, "hit", 21.0F, -1);
	rig_run(r, 640);
	for (uint32_t i = 0; i < r->frames; i++) {
		heard[(uint32_t)r->out[0][i]] = true;
	}
	for (uint32_t i = 1; i < 32; i++) {
		fired += heard[i] ? 1 : 0;
	}
	/* the first sounded in the block that is lost to nobody: at once */
	ck_assert_uint_eq(fired, 21);
	rig_close(r);
}
END_TEST

START_TEST(port_triggers_of_a_freed_node_do_not_fire_its_heir)
{
	struct rig *r = rig_new();

	rig_open(r);
	rig_voice(r, &rig_hit, 3, 0);
	for (int i = 0; i < 40; i++) {
		rig_set(r, 3, "hit", 5.0F, -1);
	}
	rig_simple(r, COMMAND_FREE, 3);
	rig_voice(r, &rig_hit, 3, 0);
	rig_run(r, 128);
	rig_holds(r, 0, 0, 128, 0.0F);
	ck_assert_uint_eq(gauge_get(&r->wire->gauges, GAUGE_EVENTS), 0);
	rig_close(r);
}
END_TEST

START_TEST(port_trigger_holds_for_the_first_piece_of_its_segment)
{
	struct rig *r = rig_new();

	rig_open(r);
	rig_voice(r, &rig_strike, 3, 0);
	rig_set(r, 3, "value", 0.0F, 20 / 48000.0);
	rig_set(r, 3, "hit", 100.0F, -1);
	rig_run(r, 128);
	for (uint32_t i = 0; i < 128; i++) {
		/* its own ramp cuts it, one frame before the ramp's end */
		bool struck = r->out[0][i] >= 100.0F;
		ck_assert_msg(struck == (i < 19), "frame %u", i);
	}
	rig_close(r);
}
END_TEST

START_TEST(port_lists_a_slot_once_however_often_it_is_used_again)
{
	struct rig *r = rig_new();

	r->config.max_nodes = 4;
	rig_open(r);
	/* all at one sample: it fires, fades, is freed and made again */
	for (int turn = 0; turn < 200; turn++) {
		ck_assert_uint_eq(rig_synth(r, &rig_hit, 3, 0, PLACE_TAIL), 0);
		rig_set(r, 3, "hit", 5.0F, -1);
		rig_number(r, COMMAND_RUN, 3, turn % 2);
		rig_simple(r, COMMAND_FREE, 3);
	}
	rig_voice(r, &rig_hit, 3, 0);
	rig_set(r, 3, "hit", 2.0F, -1);
	rig_run(r, 256);
	rig_holds(r, 0, 0, 64, 2.0F);
	rig_holds(r, 0, 64, 256, 0.0F);
	rig_close(r);
}
END_TEST

START_TEST(port_follows_a_bus_by_its_first_sample_and_slope)
{
	struct rig *r = rig_new();

	rig_open(r);
	/* 1 makes a line on bus 2; 3 follows it behind, 4 with feedback */
	rig_writer(r, &rig_level, 1, 2, 0);
	rig_set(r, 1, "value", 1001.0F, 1000 / 48000.0);
	rig_voice(r, &rig_level, 3, 0);
	ck_assert_uint_eq(rig_map(r, COMMAND_MAP_CONTROL, 3, "value", 2, 0), 0);
	rig_voice(r, &rig_level, 4, 1);
	rig_map(r, COMMAND_MAP_CONTROL, 4, "value", 2, MAP_FEEDBACK);
	rig_run(r, 640);
	for (uint32_t i = 0; i < 640; i++) {
		double line = 1.0 + (i + 1.0);
		ck_assert_double_eq_tol((double)r->out[0][i], line, 1e-3);
		ck_assert_double_eq_tol(
			(double)r->out[1][i], i < 64 ? 0.0 : line - 64.0, 1e-3);
	}
	/* let go: it keeps what it had, whatever was set below */
	rig_set(r, 3, "value", -5.0F, 1.0);
	rig_run(r, 64);
	rig_map(r, COMMAND_MAP_CONTROL, 3, "value", -1, 0);
	rig_run(r, 64);
	rig_same(r->out[0][64 * 11], r->out[0][64 * 10]);
	rig_same(r->out[0][64 * 11 + 63], r->out[0][64 * 10]);
	rig_close(r);
}
END_TEST

START_TEST(port_stays_where_it_was_when_its_bus_is_no_number)
{
	struct rig *r = rig_new();

	rig_open(r);
	rig_writer(r, &rig_level, 1, 2, 0);
	rig_set(r, 1, "value", 65.0F, 64 / 48000.0);
	rig_synth(r, &rig_nan, 2, 0, PLACE_TAIL);
	rig_map(r, COMMAND_MAP_OUTPUT, 2, "out", 2, 0);
	rig_set(r, 2, "value", 1.0F, -1.0);
	rig_voice(r, &rig_level, 3, 0);
	rig_map(r, COMMAND_MAP_CONTROL, 3, "value", 2, 0);
	rig_run(r, 64);
	float first = r->out[0][0];
	ck_assert(r->out[0][63] > 60.0F);
	rig_simple(r, COMMAND_ACTIVATE, 2);
	rig_run(r, 64);
	rig_holds(r, 0, 64, 128, first);
	rig_close(r);
}
END_TEST

START_TEST(port_of_a_trigger_is_silent_once_its_bus_lets_go)
{
	struct rig *r = rig_new();

	rig_open(r);
	rig_writer(r, &rig_level, 1, 2, 0);
	rig_voice(r, &rig_hit, 3, 0);
	rig_map(r, COMMAND_MAP_CONTROL, 3, "hit", 2, 0);
	rig_run(r, 64);
	rig_same(r->out[0][10], 1.0F);
	rig_map(r, COMMAND_MAP_CONTROL, 3, "hit", -1, 0);
	rig_run(r, 64);
	rig_same(r->out[0][64], 0.0F);
	rig_close(r);
}
END_TEST

START_TEST(port_ramps_cut_nobody_elses_segment)
{
	struct rig *r = rig_new();

	rig_open(r);
	/* a trigger holds for its segment: cut, it would be shorter */
	rig_voice(r, &rig_hit, 4, 1);
	rig_voice(r, &rig_level, 3, 0);
	rig_set(r, 3, "value", 9.0F, 20 / 48000.0);
	rig_set(r, 4, "hit", 1.0F, -1);
	rig_run(r, 128);
	rig_holds(r, 1, 0, 64, 1.0F);
	rig_holds(r, 1, 64, 128, 0.0F);
	rig_same(r->out[0][19], 9.0F);
	rig_same(r->out[0][20], 9.0F);
	rig_close(r);
}
END_TEST

/** How far the signal is from the envelope that it should have. */
static void
envelope(struct rig *r, uint32_t from, uint32_t frames, double a, double b,
	double scale)
{
	for (uint32_t k = 0; k < frames; k++) {
		double want = a + (b - a) * (k + 1) / frames;
		ck_assert_double_eq_tol(
			(double)r->out[0][from + k], want * scale, 2e-6);
	}
}

START_TEST(port_fades_when_paused_and_resumed_and_does_not_click)
{
	struct rig *r = rig_new();

	rig_open(r);
	rig_voice(r, &rig_level, 3, 0);
	rig_run(r, 30);
	rig_number(r, COMMAND_RUN, 3, 0);
	rig_run(r, 98);
	/* taken back in the middle of the fade, in the middle of a block */
	struct batch *b = later(r, 20);
	rig_add(r, b, COMMAND_RUN, 3)->u.number = 1;
	rig_post(r, b);
	rig_run(r, 640);
	envelope(r, 30, 118, 1.0, 1.0 - 118 / 240.0, 1.0);
	envelope(r, 148, 240, 1.0 - 118 / 240.0, 1.0, 1.0);
	/* nowhere does it leap */
	for (uint32_t i = 1; i < r->frames; i++) {
		double leap = (double)r->out[0][i] - (double)r->out[0][i - 1];
		ck_assert(fabs(leap) < 1.01 / 240);
	}
	rig_same(r->out[0][700], 1.0F);
	rig_close(r);
}
END_TEST

START_TEST(port_fades_of_groups_multiply)
{
	struct rig *r = rig_new();

	rig_open(r);
	rig_group(r, 1, 0, PLACE_TAIL);
	rig_group(r, 2, 1, PLACE_TAIL);
	rig_voice(r, &rig_level, 3, 0);
	rig_move(r, 3, 2, PLACE_TAIL);
	rig_number(r, COMMAND_RUN, 1, 0);
	rig_number(r, COMMAND_RUN, 3, 0);
	rig_run(r, 256);
	for (int k = 0; k < 240; k++) {
		double g = 1.0 - (k + 1) / 240.0;
		ck_assert_double_eq_tol((double)r->out[0][k], g * g, 2e-6);
	}
	/* the one above is paused: what is below waits for it */
	rig_number(r, COMMAND_RUN, 3, 1);
	rig_run(r, 256);
	rig_same(r->out[0][500], 0.0F);
	rig_number(r, COMMAND_RUN, 1, 1);
	rig_run(r, 256);
	envelope(r, 512, 240, 0.0, 1.0, 1.0);
	rig_close(r);
}
END_TEST

START_TEST(port_release_is_the_last_word)
{
	struct rig *r = rig_new();
	struct batch *b;

	rig_open(r);
	rig_voice(r, &rig_level, 3, 0);
	b = rig_batch(r, 0);
	rig_add(r, b, COMMAND_RELEASE, 3)->u.seconds = 960 / 48000.0;
	ck_assert_uint_eq(rig_do(r, b), 0);
	ck_assert_uint_eq(rig_number(r, COMMAND_RUN, 3, 1), REASON_RELEASING);
	ck_assert_uint_eq(rig_number(r, COMMAND_RUN, 3, 0), REASON_RELEASING);
	rig_run(r, 480);
	/* twice: from where it is */
	b = rig_batch(r, 0);
	rig_add(r, b, COMMAND_RELEASE, 3)->u.seconds = 100 / 48000.0;
	rig_do(r, b);
	rig_run(r, 480);
	envelope(r, 0, 480, 1.0, 0.5, 1.0);
	envelope(r, 480, 100, 1.0 - 480 / 960.0, 0.0, 1.0);
	ck_assert_uint_eq(rig_count(r, REPORT_NODE_ENDED, 3), 1);
	/* freed while it fades, and made again in its place */
	for (int turn = 0; turn < 10; turn++) {
		rig_voice(r, &rig_level, 3, 0);
		rig_number(r, COMMAND_RUN, 3, turn % 2);
		rig_set(r, 3, "value", 2.0F, -1);
		rig_simple(r, COMMAND_FREE, 3);
		rig_voice(r, &rig_level, 3, 0);
		uint64_t at = r->frames;
		rig_run(r, 300);
		rig_same(r->out[0][at], 1.0F);
		rig_same(r->out[0][at + 299], 1.0F);
		rig_simple(r, COMMAND_FREE, 3);
	}
	rig_close(r);
}
END_TEST

START_TEST(port_trigger_that_waits_is_not_its_successors)
{
	struct rig *r = rig_new();

	rig_open(r);
	for (int pass = 0; pass < 2; pass++) {
		rig_voice(r, &rig_hit, 3, 0);
		/* three of them: two wait, one sample each */
		for (int i = 0; i < 3; i++) {
			ck_assert_uint_eq(rig_set(r, 3, "hit", 1.0F, -1.0), 0);
		}
		if (pass == 0) {
			rig_simple(r, COMMAND_FREE, 3);
			rig_voice(r, &rig_hit, 3, 0);
		}
		rig_run(r, 64);
		for (int i = 0; i < 64; i++) {
			/* the last one holds as long as its segment is */
			rig_same(r->out[0][64 * pass + i], (float)pass);
		}
		rig_simple(r, COMMAND_FREE, 3);
	}
	rig_close(r);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("port");

	tcase_add_test(tc, port_is_set_at_its_very_sample);
	tcase_add_test(tc, port_ramps_from_the_value_it_has);
	tcase_add_test(tc, port_ramps_go_on_while_nobody_listens);
	tcase_add_test(tc, port_clamps_and_rounds_and_whole_ones_jump);
	tcase_add_test(tc, port_fires_n_times_for_n_triggers);
	tcase_add_test(tc, port_fires_each_trigger_though_time_was_lost);
	tcase_add_test(tc, port_triggers_of_a_freed_node_do_not_fire_its_heir);
	tcase_add_test(
		tc, port_trigger_holds_for_the_first_piece_of_its_segment);
	tcase_add_test(
		tc, port_lists_a_slot_once_however_often_it_is_used_again);
	tcase_add_test(tc, port_follows_a_bus_by_its_first_sample_and_slope);
	tcase_add_test(tc, port_stays_where_it_was_when_its_bus_is_no_number);
	tcase_add_test(tc, port_of_a_trigger_is_silent_once_its_bus_lets_go);
	tcase_add_test(tc, port_ramps_cut_nobody_elses_segment);
	tcase_add_test(
		tc, port_fades_when_paused_and_resumed_and_does_not_click);
	tcase_add_test(tc, port_fades_of_groups_multiply);
	tcase_add_test(tc, port_release_is_the_last_word);
	tcase_add_test(tc, port_trigger_that_waits_is_not_its_successors);
	return suite_run("rt/graph/port", tc);
}
