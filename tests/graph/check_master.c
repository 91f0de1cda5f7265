/* SPDX-License-Identifier: MIT */
/*
 * check_master.c -- the outputs: ramps, guard, meters, tap.
 */
#include <math.h>

#include "rig.h"
#include "suite.h"

START_TEST(master_mute_ramps_and_can_be_taken_back_anywhere)
{
	struct rig *r = rig_new();

	rig_open(r);
	rig_voice(r, &rig_level, 3, 0);
	for (uint64_t at = 100; at < 3000; at += 71) {
		struct batch *b = rig_batch(r, at);
		rig_add(r, b, COMMAND_MUTE, 0)->u.number = at / 71 % 2;
		rig_post(r, b);
	}
	rig_run(r, 4096);
	double least = 1.0;
	for (uint32_t i = 1; i < 4096; i++) {
		double x = (double)r->out[0][i];
		ck_assert(fabs(x - (double)r->out[0][i - 1]) < 1.01 / 240);
		least = x < least ? x : least;
	}
	ck_assert(least < 0.9);
	r->frames = 3456;
	rig_number(r, COMMAND_MUTE, 0, 0);
	rig_run(r, 640);
	rig_number(r, COMMAND_MUTE, 0, 1);
	ck_assert_uint_eq(gauge_get(&r->wire->gauges, GAUGE_MUTED), 1);
	rig_run(r, 640);
	rig_same(r->out[0][4096 + 239], 0.0F);
	ck_assert(r->out[0][4096 + 238] > 0.0F);
	rig_number(r, COMMAND_MUTE, 0, 0);
	rig_run(r, 640);
	rig_same(r->out[0][4736 + 239], 1.0F);
	rig_close(r);
}
END_TEST

START_TEST(master_guards_and_names_the_one_that_made_it)
{
	struct rig *r = rig_new();

	rig_open(r);
	/* 5 makes it, 6 passes it on; 7 is sound and stays so */
	rig_writer(r, &rig_nan, 5, 2, 0);
	rig_voice(r, &rig_pass, 6, 0);
	rig_map(r, COMMAND_MAP_INPUT, 6, "in", 2, 0);
	rig_voice(r, &rig_clock, 7, 1);
	rig_set(r, 5, "value", 0.0F, -1);
	rig_run(r, 64);
	rig_same(r->out[0][63], 0.5F);
	struct gauges *g = &r->wire->gauges;
	for (int turn = 0; turn < 3; turn++) {
		rig_set(r, 5, "value", turn == 1 ? -1.0F : 1.0F, -1);
		uint64_t at = r->frames;
		uint64_t before = gauge_get(g, GAUGE_NAN);
		rig_run(r, 64 * 1000);
		ck_assert_uint_eq(gauge_get(g, GAUGE_NAN), before + 64000);
		double energy = 0.0;
		for (uint64_t i = at; i < r->frames; i++) {
			if (r->out[0][i] != 0.0F || !isfinite(r->out[1][i])) {
				ck_abort_msg("let through");
			}
			energy += fabs((double)r->out[1][i]);
		}
		ck_assert(energy > 1000.0);
	}
	/* once in its life, and nobody else */
	ck_assert_uint_eq(rig_count(r, REPORT_NODE_NAN, -1), 1);
	ck_assert_uint_eq(rig_count(r, REPORT_NODE_NAN, 5), 1);
	const struct report *n =
		&r->report[rig_where(r, REPORT_NODE_NAN, 5)].raw;
	ck_assert_ptr_eq(n->u.def, &rig_nan);
	rig_close(r);
}
END_TEST

START_TEST(master_lets_finite_frames_through_bit_for_bit)
{
	struct rig *r = rig_new();

	r->config.inputs = 1;
	rig_open(r);
	static const float odd[] = {3.4e38F, -3.4e38F, 1e-45F, -1e-45F,
		1.17549435e-38F, 0.1F, -0.3F, 1.0F};
	for (uint32_t i = 0; i < 64; i++) {
		r->in[0][i] = odd[i % 8];
	}
	rig_voice(r, &rig_pass, 1, 0);
	rig_map(r, COMMAND_MAP_INPUT, 1, "in", 0, MAP_EXTERNAL);
	rig_run(r, 640);
	for (uint32_t i = 0; i < 640; i++) {
		rig_same(r->out[0][i], odd[i % 8]);
	}
	ck_assert_uint_eq(gauge_get(&r->wire->gauges, GAUGE_NAN), 0);
	rig_close(r);
}
END_TEST

START_TEST(master_starts_with_the_gain_and_the_ramp_that_were_set)
{
	struct rig *r = rig_new();

	r->config.offline = false;
	r->config.startup_ramp_ms = 10.0;
	r->config.startup_gain_db = -20.0;
	r->config.command_share = 1e9;
	rig_open(r);
	rig_voice(r, &rig_level, 3, 0);
	rig_run(r, 960);
	for (uint32_t i = 0; i < 960; i++) {
		double want = i < 480 ? (i + 1) / 480.0 : 1.0;
		ck_assert_double_eq_tol((double)r->out[0][i], want * 0.1, 1e-7);
	}
	/* the device is new */
	engine_fade_in(r->engine);
	rig_run(r, 960);
	ck_assert_double_eq_tol((double)r->out[0][960], 0.1 / 480.0, 1e-7);
	ck_assert_double_eq_tol((double)r->out[0][960 + 480], 0.1, 1e-7);
	rig_close(r);
}
END_TEST

START_TEST(master_meters_every_window)
{
	struct rig *r = rig_new();
	uint32_t levels = 0;

	rig_open(r);
	rig_voice(r, &rig_level, 3, 0);
	rig_voice(r, &rig_level, 4, 1);
	rig_set(r, 4, "value", -0.5F, -1);
	rig_number(r, COMMAND_METER, 0, 100);
	rig_run(r, 640);
	for (uint32_t i = 0; i < r->reports; i++) {
		const struct report *l = &r->report[i].raw;
		if (l->kind != REPORT_LEVEL) {
			continue;
		}
		float want = l->u.level.channel == 0 ? 1.0F : 0.5F;
		ck_assert_uint_eq(l->u.level.channel, levels % 2);
		ck_assert_uint_eq(l->u.level.frames, 128);
		rig_same(l->u.level.peak, want);
		rig_same(l->u.level.squares, 128.0 * (double)(want * want));
		levels++;
	}
	ck_assert_uint_eq(levels, 10);
	rig_number(r, COMMAND_METER, 0, 0);
	r->reports = 0;
	rig_run(r, 640);
	ck_assert_uint_eq(rig_count(r, REPORT_LEVEL, -1), 0);
	rig_close(r);
}
END_TEST

START_TEST(master_gives_the_tap_what_it_puts_out)
{
	struct rig *r = rig_new();
	float frame[2];

	r->tap = 4096;
	rig_open(r);
	rig_voice(r, &rig_clock, 3, 0);
	rig_voice(r, &rig_tone, 4, 1);
	/* segments in the middle of blocks, and a mute */
	for (uint64_t at = 9; at < 900; at += 50) {
		struct batch *b = rig_batch(r, at);
		rig_add(r, b, COMMAND_MUTE, 0)->u.number = at / 50 % 3 == 0;
		rig_post(r, b);
	}
	rig_run(r, 1000);
	for (uint32_t i = 0; i < 1000; i++) {
		ck_assert_uint_eq(ring_take(r->wire->tap, frame, 1), 1);
		rig_same(frame[0], r->out[0][i]);
		rig_same(frame[1], r->out[1][i]);
	}
	ck_assert_uint_eq(ring_take(r->wire->tap, frame, 1), 0);
	ck_assert_uint_eq(gauge_get(&r->wire->gauges, GAUGE_TAP_LOST), 0);
	/* no room: counted, and the sound goes on */
	rig_run(r, 5000);
	ck_assert_uint_eq(
		gauge_get(&r->wire->gauges, GAUGE_TAP_LOST), 5000 - 4096);
	rig_close(r);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("master");

	tcase_add_test(tc, master_mute_ramps_and_can_be_taken_back_anywhere);
	tcase_add_test(tc, master_guards_and_names_the_one_that_made_it);
	tcase_add_test(tc, master_lets_finite_frames_through_bit_for_bit);
	tcase_add_test(
		tc, master_starts_with_the_gain_and_the_ramp_that_were_set);
	tcase_add_test(tc, master_meters_every_window);
	tcase_add_test(tc, master_gives_the_tap_what_it_puts_out);
	return suite_run("rt/graph/master", tc);
}
