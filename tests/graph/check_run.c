/* SPDX-License-Identifier: MIT */
/*
 * check_run.c -- the walk: order, buses, feedback, external channels.
 */
#include <math.h>

#include "engine_private.h"
#include "rig.h"
#include "suite.h"

START_TEST(run_adds_in_order_and_starts_from_plus_zero)
{
	struct rig *r = rig_new();

	rig_open(r);
	/* -0 alone becomes +0; 1e8 + 1 - 1e8 is 0 in this order alone */
	for (uint32_t i = 0; i < 64; i++) {
		r->in[0][i] = -0.0F;
	}
	rig_voice(r, &rig_pass, 1, 0);
	rig_listen(r, 1, 0, MAP_EXTERNAL);
	rig_voice(r, &rig_level, 2, 1);
	rig_set(r, 2, "value", 1e8F, -1);
	rig_voice(r, &rig_level, 3, 1);
	rig_voice(r, &rig_level, 4, 1);
	rig_set(r, 4, "value", -1e8F, -1);
	rig_run(r, 64);
	ck_assert(!signbit(r->out[0][5]));
	rig_same(r->out[1][5], 0.0F);
	rig_move(r, 3, 0, PLACE_TAIL);
	rig_run(r, 64);
	rig_same(r->out[1][64 + 5], 1.0F);
	rig_close(r);
}
END_TEST

START_TEST(run_replace_drops_what_came_before_in_this_segment)
{
	struct rig *r = rig_new();

	rig_open(r);
	rig_voice(r, &rig_level, 1, 0);
	rig_writer(r, &rig_level, 2, 0, MAP_EXTERNAL | MAP_REPLACE);
	rig_set(r, 2, "value", 10.0F, -1);
	rig_voice(r, &rig_level, 3, 0);
	rig_set(r, 3, "value", 100.0F, -1);
	/* two segments in this block: the first has another order */
	struct batch *b = rig_batch(r, 20);
	struct command *c = rig_add(r, b, COMMAND_MOVE, 2);
	c->u.new.target = 0;
	c->u.new.placement = PLACE_TAIL;
	rig_post(r, b);
	rig_run(r, 64);
	rig_holds(r, 0, 0, 20, 110.0F);
	rig_holds(r, 0, 20, 64, 10.0F);
	rig_close(r);
}
END_TEST

START_TEST(run_lets_a_reader_hear_the_writers_before_it)
{
	struct rig *r = rig_new();

	rig_open(r);
	rig_voice(r, &rig_pass, 10, 0);
	rig_listen(r, 10, 3, 0);
	rig_writer(r, &rig_level, 1, 3, 0);
	rig_voice(r, &rig_pass, 11, 1);
	rig_listen(r, 11, 3, 0);
	rig_writer(r, &rig_level, 2, 3, 0);
	rig_set(r, 2, "value", 5.0F, -1);
	/* 10 hears nobody, 11 hears 1 but not 2; in every segment */
	for (uint64_t at = 7; at < 200; at += 31) {
		rig_cut(r, at);
	}
	rig_run(r, 256);
	rig_holds(r, 0, 0, 256, 0.0F);
	rig_holds(r, 1, 0, 256, 1.0F);
	rig_close(r);
}
END_TEST

START_TEST(run_feedback_is_the_whole_sum_of_one_block_ago)
{
	struct rig *r = rig_new();

	r->config.block = 48;
	rig_open(r);
	/* a reader ahead, one between, one behind: all hear the same */
	rig_voice(r, &rig_pass, 10, 0);
	rig_listen(r, 10, 2, MAP_FEEDBACK);
	rig_writer(r, &rig_clock, 1, 2, 0);
	rig_voice(r, &rig_pass, 11, 1);
	rig_listen(r, 11, 2, MAP_FEEDBACK);
	rig_writer(r, &rig_level, 2, 2, 0);
	rig_writer(r, &rig_clock, 3, 2, 0);
	rig_set(r, 2, "value", 1000.0F, 900 / 48000.0);
	rig_writer(r, &rig_clock, 4, 4, 0);
	/* cut at odd places, each block differently */
	for (uint64_t at = 3; at < 1000; at += 17) {
		rig_cut(r, at);
	}
	rig_run(r, 960);
	double energy = 0.0;
	for (uint32_t i = 48; i < 960; i++) {
		float noise = rig_clock_at(i - 48);
		double line = i - 48 < 900 ? 1 + 999.0 * (i - 47) / 900 : 1000;
		rig_same(r->out[0][i], r->out[1][i]);
		ck_assert_double_eq_tol(
			(double)r->out[0][i], line + 2.0 * (double)noise, 2e-3);
		energy += fabs((double)r->out[0][i]);
	}
	ck_assert(energy > 1000.0);
	rig_same(r->out[0][10], 0.0F);
	rig_close(r);
}
END_TEST

START_TEST(run_feedback_holds_no_more_than_one_block)
{
	struct rig *r = rig_new();

	rig_open(r);
	rig_voice(r, &rig_pass, 10, 0);
	rig_listen(r, 10, 2, MAP_FEEDBACK);
	rig_writer(r, &rig_level, 1, 2, 0);
	rig_run(r, 128);
	rig_simple(r, COMMAND_FREE, 1);
	rig_run(r, 256);
	for (uint32_t i = 0; i < 384; i++) {
		bool sounds = i >= 64 && i < 192;
		rig_same(r->out[0][i], sounds ? 1.0F : 0.0F);
	}
	rig_close(r);
}
END_TEST

START_TEST(run_hears_what_is_captured_and_a_block_later)
{
	struct rig *r = rig_new();

	rig_open(r);
	for (uint32_t i = 0; i < 64; i++) {
		r->in[1][i] = (float)i;
	}
	rig_voice(r, &rig_pass, 10, 0);
	rig_listen(r, 10, 1, MAP_EXTERNAL);
	rig_voice(r, &rig_pass, 11, 1);
	rig_listen(r, 11, 1, MAP_EXTERNAL | MAP_FEEDBACK);
	rig_run(r, 128);
	for (uint32_t i = 0; i < 128; i++) {
		rig_same(r->out[0][i], (float)(i % 64));
		rig_same(r->out[1][i], i < 64 ? 0.0F : (float)(i % 64));
	}
	/* no capture is silence, then the last block is still heard */
	float *out[2] = {r->out[0], r->out[1]};
	engine_render(r->engine, NULL, out, 64);
	for (uint32_t i = 0; i < 64; i++) {
		rig_same(r->out[0][i], 0.0F);
		rig_same(r->out[1][i], (float)i);
	}
	rig_close(r);
}
END_TEST

START_TEST(run_unmapped_ports_are_silent_and_a_new_map_replaces_the_old)
{
	struct rig *r = rig_new();

	rig_open(r);
	rig_writer(r, &rig_level, 1, 3, 0);
	rig_voice(r, &rig_pass, 10, 0);
	rig_listen(r, 10, 3, 0);
	rig_run(r, 64);
	rig_listen(r, 10, -1, 0);
	rig_run(r, 64);
	rig_listen(r, 10, 3, 0);
	rig_map(r, COMMAND_MAP_OUTPUT, 10, "out", 1, MAP_EXTERNAL);
	rig_run(r, 64);
	rig_map(r, COMMAND_MAP_OUTPUT, 10, "1", -1, 0);
	rig_run(r, 64);
	for (uint32_t i = 0; i < 256; i++) {
		rig_same(r->out[0][i], i < 64 ? 1.0F : 0.0F);
		rig_same(r->out[1][i], i / 64 == 2 ? 1.0F : 0.0F);
	}
	rig_close(r);
}
END_TEST

START_TEST(run_mixes_all_outputs_of_a_synth)
{
	struct rig *r = rig_new();

	rig_open(r);
	rig_writer(r, &rig_level, 1, 3, 0);
	rig_voice(r, &rig_tone, 2, 0);
	rig_listen(r, 2, 3, 0);
	rig_map(r, COMMAND_MAP_OUTPUT, 2, "wet", 1, MAP_EXTERNAL);
	rig_run(r, 64);
	double energy = 0.0;
	for (uint32_t i = 0; i < 64; i++) {
		rig_same(r->out[1][i], r->out[0][i] + 1.0F);
		energy += fabs((double)r->out[0][i]);
	}
	ck_assert(energy > 1.0);
	/* both on one bus add up */
	rig_map(r, COMMAND_MAP_OUTPUT, 2, "wet", 0, MAP_EXTERNAL);
	rig_set(r, 2, "amp", 0.0F, -1);
	rig_run(r, 64);
	rig_same(r->out[0][64], 1.0F);
	rig_close(r);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("run");

	tcase_add_test(tc, run_adds_in_order_and_starts_from_plus_zero);
	tcase_add_test(tc, run_replace_drops_what_came_before_in_this_segment);
	tcase_add_test(tc, run_lets_a_reader_hear_the_writers_before_it);
	tcase_add_test(tc, run_feedback_is_the_whole_sum_of_one_block_ago);
	tcase_add_test(tc, run_feedback_holds_no_more_than_one_block);
	tcase_add_test(tc, run_hears_what_is_captured_and_a_block_later);
	tcase_add_test(tc,
		run_unmapped_ports_are_silent_and_a_new_map_replaces_the_old);
	tcase_add_test(tc, run_mixes_all_outputs_of_a_synth);
	return suite_run("rt/run/run", tc);
}
