/* SPDX-License-Identifier: MIT */
/*
 * check_run_connected.c -- the walk where synths are connected: who is heard,
 * when, and what there is of it when a source does not run.
 */
#include <math.h>

#include "engine_private.h"
#include "rig.h"
#include "suite.h"

static void
ties(struct rig *r, int32_t id, int32_t to, int32_t flags)
{
	ck_assert_uint_eq(rig_connect(r, id, to, flags), 0);
}

START_TEST(run_input_hears_its_bus_then_its_connections_as_they_were_made)
{
	struct rig *r = rig_new();

	rig_open(r);
	/* 1e8 + 1 - 1e8 is 0, 1e8 - 1e8 + 1 is 1 */
	rig_writer(r, &rig_level, 1, 3, 0);
	rig_set(r, 1, "value", 1e8F, -1);
	rig_bare(r, &rig_level, 2);
	rig_bare(r, &rig_level, 3);
	rig_set(r, 3, "value", -1e8F, -1);
	rig_voice(r, &rig_pass, 4, 0);
	rig_listen(r, 4, 3, 0);
	ties(r, 2, 4, 0);
	ties(r, 3, 4, 0);
	rig_run(r, 64);
	/* made anew, it comes last */
	ck_assert_uint_eq(rig_disconnect(r, 2, 4, 0), 0);
	ties(r, 2, 4, 0);
	rig_run(r, 64);
	/* where they stand in the tree does not matter, nor does the map */
	rig_move(r, 2, 0, PLACE_HEAD);
	rig_listen(r, 4, 5, 0);
	rig_listen(r, 4, 3, 0);
	rig_run(r, 64);
	/* without the bus */
	rig_listen(r, 4, -1, 0);
	rig_run(r, 64);
	for (uint32_t i = 0; i < 256; i++) {
		static const float want[4] = {0.0F, 1.0F, 1.0F, -1e8F};
		rig_same(r->out[0][i], want[i / 64]);
	}
	rig_close(r);
}
END_TEST

START_TEST(run_one_source_is_heard_as_it_is_several_from_plus_zero)
{
	struct rig *r = rig_new();

	rig_open(r);
	for (uint32_t i = 0; i < 64; i++) {
		r->in[0][i] = -0.0F;
	}
	for (int32_t id = 1; id <= 3; id++) {
		rig_bare(r, &rig_pass, id);
	}
	rig_listen(r, 1, 0, MAP_EXTERNAL);
	rig_listen(r, 2, 0, MAP_EXTERNAL);
	ties(r, 1, 3, 0);
	rig_run(r, 64);
	const struct node *n = r->engine->node;
	ck_assert_ptr_eq(n[3].in[0], n[1].output[0].own);
	ck_assert(signbit(n[3].in[0][5]));
	ties(r, 2, 3, 0);
	rig_run(r, 64);
	ck_assert(!signbit(n[3].in[0][5]));
	/* and again alone */
	rig_simple(r, COMMAND_FREE, 1);
	rig_run(r, 64);
	ck_assert_ptr_eq(n[3].in[0], n[2].output[0].own);
	rig_simple(r, COMMAND_FREE, 2);
	rig_run(r, 64);
	ck_assert_ptr_eq(n[3].in[0], r->engine->zeros);
	rig_close(r);
}
END_TEST

START_TEST(run_lets_a_source_run_first_wherever_it_stands)
{
	struct rig *r = rig_new();

	rig_open(r);
	/* 10 hears 11 hears 12, in a group behind, hears the clock, the last */
	rig_voice(r, &rig_pass, 10, 0);
	rig_bare(r, &rig_pass, 11);
	rig_group(r, 5, 0, PLACE_TAIL);
	ck_assert_uint_eq(rig_synth(r, &rig_pass, 12, 5, PLACE_TAIL), 0);
	rig_simple(r, COMMAND_ACTIVATE, 12);
	rig_bare(r, &rig_clock, 13);
	ties(r, 11, 10, 0);
	ties(r, 12, 11, 0);
	ties(r, 13, 12, 0);
	/* one output may go to many, and to a bus */
	rig_voice(r, &rig_pass, 14, 1);
	ties(r, 13, 14, 0);
	rig_map(r, COMMAND_MAP_OUTPUT, 13, "out", 1, MAP_EXTERNAL);
	for (uint64_t at = 5; at < 640; at += 23) {
		rig_cut(r, at);
	}
	rig_run(r, 640);
	for (uint32_t i = 0; i < 640; i++) {
		rig_same(r->out[0][i], rig_clock_at(i));
		rig_same(r->out[1][i], rig_clock_at(i) + rig_clock_at(i));
	}
	rig_close(r);
}
END_TEST

START_TEST(run_source_that_does_not_run_is_zeros_at_once)
{
	struct rig *r = rig_new();

	rig_open(r);
	rig_synth(r, &rig_tone, 1, 0, PLACE_TAIL);
	rig_voice(r, &rig_tone, 2, 0);
	rig_map(r, COMMAND_MAP_OUTPUT, 2, "wet", 1, MAP_EXTERNAL);
	rig_set(r, 1, "freq", 0.0F, -1); /* -amp, all the time */
	rig_set(r, 2, "amp", 0.0F, -1);
	ties(r, 1, 2, 0);
	/* sounds from 20 on; is gone, with another in its slot, from 90 on */
	rig_later(r, 20, COMMAND_ACTIVATE, 1, 0);
	rig_later(r, 90, COMMAND_FREE, 1, 0);
	rig_run(r, 128);
	rig_holds(r, 1, 0, 20, 0.0F);
	rig_holds(r, 1, 20, 90, -0.25F);
	rig_holds(r, 1, 90, 128, 0.0F);
	rig_voice(r, &rig_level, 1, 0);
	rig_run(r, 64);
	rig_same(r->out[1][128], 0.0F);
	rig_simple(r, COMMAND_FREE, 1);
	/* the output's own node */
	rig_voice(r, &rig_level, 3, 0);
	ties(r, 3, 2, 0);
	rig_run(r, 64);
	rig_same(r->out[1][192], 1.0F);
	rig_later(r, 256 + 30, COMMAND_FREE, 2, 0);
	rig_run(r, 64);
	rig_holds(r, 1, 256, 286, 1.0F);
	rig_holds(r, 1, 286, 320, 0.0F);
	rig_close(r);
}
END_TEST

START_TEST(run_source_that_is_paused_fades_and_is_zeros)
{
	struct rig *r = rig_new();

	rig_open(r);
	rig_group(r, 5, 0, PLACE_TAIL);
	rig_synth(r, &rig_level, 1, 5, PLACE_TAIL);
	rig_simple(r, COMMAND_ACTIVATE, 1);
	rig_voice(r, &rig_pass, 2, 0);
	rig_voice(r, &rig_pass, 3, 1);
	ties(r, 1, 2, 0);
	ties(r, 1, 3, MAP_FEEDBACK);
	rig_run(r, 128);
	rig_later(r, 150, COMMAND_RUN, _i == 0 ? 1 : 5, 0);
	rig_later(r, 1000, COMMAND_RUN, _i == 0 ? 1 : 5, 1);
	rig_run(r, 2432);
	/* 5 ms are 240 frames */
	for (uint32_t i = 64; i < 2560; i++) {
		double gain = i < 150    ? 1.0
			      : i < 390  ? 1.0 - (i - 149) / 240.0
			      : i < 1000 ? 0.0
			      : i < 1240 ? (i - 999) / 240.0
					 : 1.0;
		ck_assert_double_eq_tol((double)r->out[0][i], gain, 1e-6);
		if (i >= 390 && i < 1000) {
			rig_same(r->out[0][i], 0.0F);
		}
		/* the same a block later, to the bit */
		if (i >= 128) {
			rig_same(r->out[1][i], r->out[0][i - 64]);
		}
	}
	rig_close(r);
}
END_TEST

START_TEST(run_feedback_of_a_connection_is_one_block_late)
{
	struct rig *r = rig_new();

	r->config.block = 48;
	rig_open(r);
	/* readers ahead and behind, and one that hears both ways */
	rig_voice(r, &rig_pass, 10, 0);
	rig_bare(r, &rig_clock, 1);
	rig_voice(r, &rig_pass, 11, 1);
	ties(r, 1, 10, MAP_FEEDBACK);
	ties(r, 1, 11, MAP_FEEDBACK);
	rig_bare(r, &rig_pass, 12);
	ties(r, 1, 12, 0);
	ties(r, 10, 12, MAP_FEEDBACK);
	ties(r, 12, 10, 0);
	rig_map(r, COMMAND_MAP_OUTPUT, 12, "out", 1,
		MAP_EXTERNAL | MAP_REPLACE);
	rig_map(r, COMMAND_MAP_OUTPUT, 11, "out", 2, 0);
	for (uint64_t at = 3; at < 960; at += 17) {
		rig_cut(r, at);
	}
	rig_run(r, 960);
	float ten[960];
	for (uint32_t i = 0; i < 960; i++) {
		float one = i < 48 ? 0.0F : rig_clock_at(i - 48);
		float twelve =
			0.0F + rig_clock_at(i) + (i < 48 ? 0.0F : ten[i - 48]);
		ten[i] = 0.0F + one + twelve;
		rig_same(r->out[0][i], ten[i]);
		rig_same(r->out[1][i], twelve);
	}
	/* moved, they hear the same */
	rig_move(r, 1, 0, PLACE_TAIL);
	rig_map(r, COMMAND_MAP_OUTPUT, 10, "out", -1, 0);
	rig_map(r, COMMAND_MAP_OUTPUT, 11, "out", 0, MAP_EXTERNAL);
	rig_run(r, 480);
	for (uint32_t i = 960; i < 1440; i++) {
		rig_same(r->out[0][i], rig_clock_at(i - 48));
	}
	rig_close(r);
}
END_TEST

START_TEST(run_hears_itself_by_feedback)
{
	struct rig *r = rig_new();
	double energy = 0.0;

	rig_open(r);
	rig_voice(r, &rig_tone, 1, 0);
	rig_map(r, COMMAND_MAP_OUTPUT, 1, "wet", 1, MAP_EXTERNAL);
	struct batch *b = rig_batch(r, 0);
	rig_add_connect(r, b, COMMAND_CONNECT, 1, "wet", 1, "in", MAP_FEEDBACK);
	ck_assert_uint_eq(rig_do(r, b), 0);
	for (uint64_t at = 9; at < 640; at += 41) {
		rig_cut(r, at);
	}
	rig_run(r, 640);
	for (uint32_t i = 0; i < 640; i++) {
		float past = i < 64 ? 0.0F : r->out[1][i - 64];
		rig_same(r->out[1][i], r->out[0][i] + past);
		energy += fabs((double)past);
	}
	ck_assert(energy > 10.0);
	rig_close(r);
}
END_TEST

START_TEST(run_feedback_from_before_it_was_made_is_silence)
{
	struct rig *r = rig_new();

	rig_open(r);
	rig_bare(r, &rig_clock, 1);
	rig_voice(r, &rig_pass, 2, 0);
	if (_i == 0) {
		/* in the very first block, too, whatever the pools hold */
		void *memory[32];
		uint32_t n = 0;
		while (n < 32 && (memory[n] = pool_take(
					  r->engine->pools, 512)) != NULL) {
			for (int i = 0; i < 128; i++) {
				((float *)memory[n])[i] = 7.0F;
			}
			n++;
		}
		while (n > 0) {
			pool_give(r->engine->pools, memory[--n]);
		}
	}
	uint64_t begin = _i == 0 ? 0 : _i == 1 ? 64 : 100;
	struct batch *b = rig_batch(r, begin);
	rig_add_connect(r, b, COMMAND_CONNECT, 1, "out", 2, "in", MAP_FEEDBACK);
	rig_post(r, b);
	/* broken, and made again at once: what was kept is forgotten */
	b = rig_batch(r, 300);
	rig_add_connect(r, b, COMMAND_DISCONNECT, 1, "out", 2, "in", -1);
	rig_add_connect(r, b, COMMAND_CONNECT, 1, "out", 2, "in", MAP_FEEDBACK);
	rig_post(r, b);
	rig_run(r, 640);
	for (uint32_t i = 0; i < 640; i++) {
		bool hears = i >= begin + 64 && (i < 300 || i >= 364);
		rig_same(r->out[0][i], hears ? rig_clock_at(i - 64) : 0.0F);
	}
	rig_close(r);
}
END_TEST

START_TEST(run_connections_hold_while_limbo_fades)
{
	struct rig *r = rig_new();

	r->config.offline = false; /* time goes on by itself */
	rig_open(r);
	rig_voice(r, &rig_pass, 2, 0);
	rig_bare(r, &rig_level, 1);
	rig_voice(r, &rig_pass, 3, 1);
	ties(r, 1, 2, 0);
	ties(r, 1, 3, MAP_FEEDBACK);
	rig_run(r, 128);
	rig_simple(r, COMMAND_CLEAR, 0);
	rig_run(r, 512);
	for (uint32_t i = 64; i < 640; i++) {
		double gain = i < 128   ? 1.0
			      : i < 368 ? 1.0 - (i - 127) / 240.0
					: 0.0;
		ck_assert_double_eq_tol((double)r->out[0][i], gain, 1e-6);
		rig_same(r->out[1][i], r->out[0][i]);
	}
	ck_assert_uint_eq(gauge_get(&r->wire->gauges, GAUGE_CONNECTIONS), 0);
	rig_close(r);
}
END_TEST

START_TEST(run_plain_synths_write_where_they_should_after_a_connection)
{
	struct rig *r = rig_new();

	rig_open(r);
	rig_voice(r, &rig_level, 1, 0);
	rig_voice(r, &rig_pass, 2, 1);
	for (int i = 0; i < 20; i++) {
		ties(r, 1, 2, i % 3 == 0 ? MAP_FEEDBACK : 0);
		rig_run(r, 64);
		ck_assert_uint_eq(rig_disconnect(r, 1, 2, -1), 0);
		/* its buffer is somebody else's now */
		float *other = pool_take(r->engine->pools, 256);
		ck_assert_ptr_nonnull(other);
		for (int k = 0; k < 64; k++) {
			other[k] = 5.0F;
		}
		rig_run(r, 64);
		for (uint32_t k = 0; k < 128; k++) {
			bool hears = k < 64 && i % 3 != 0;
			rig_same(r->out[0][128 * i + (int)k], 1.0F);
			rig_same(r->out[1][128 * i + (int)k],
				hears ? 1.0F : 0.0F);
			rig_same(other[k % 64], 5.0F);
		}
		pool_give(r->engine->pools, other);
	}
	rig_close(r);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("run_connected");

	tcase_add_test(tc,
		run_input_hears_its_bus_then_its_connections_as_they_were_made);
	tcase_add_test(
		tc, run_one_source_is_heard_as_it_is_several_from_plus_zero);
	tcase_add_test(tc, run_lets_a_source_run_first_wherever_it_stands);
	tcase_add_test(tc, run_source_that_does_not_run_is_zeros_at_once);
	tcase_add_loop_test(
		tc, run_source_that_is_paused_fades_and_is_zeros, 0, 2);
	tcase_add_test(tc, run_feedback_of_a_connection_is_one_block_late);
	tcase_add_test(tc, run_hears_itself_by_feedback);
	tcase_add_loop_test(
		tc, run_feedback_from_before_it_was_made_is_silence, 0, 3);
	tcase_add_test(tc, run_connections_hold_while_limbo_fades);
	tcase_add_test(tc,
		run_plain_synths_write_where_they_should_after_a_connection);
	return suite_run("rt/run/run_connected", tc);
}
