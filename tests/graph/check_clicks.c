/* SPDX-License-Identifier: MIT */
/*
 * check_clicks.c -- whatever ramps does so by its line and without a click,
 * whatever is exact steps at its very sample and nowhere else.
 *
 * What is heard is compared with the line frame by frame, and second
 * differences that the line does not explain are clicks.
 */
#include <math.h>

#include "harness.h"
#include "random.h"
#include "scene.h"
#include "thread_flush.h"

#define ACTIONS  64
#define COUNT(a) ((uint32_t)(sizeof(a) / sizeof *(a)))

static struct scene s;

/* --- nodes and the outputs --- */

START_TEST(run_pauses_and_resumes_by_its_line)
{
	scene_say(&s,
		"101 synths off, 500 synths on, 900 in off, 1500 in on, "
		"2000 out off, 2240 out on, 2700 out off, 2939 out on, "
		"3400 root off, 3800 root on, 4300 in on, 4400 synths off, "
		"4400 in off, 4600 in on, 4700 out off, 5200 synths on, "
		"5300 out on",
		_i, 1);
}
END_TEST

START_TEST(run_that_replaces_a_run_goes_on_from_what_is_heard)
{
	scene_say(&s,
		"77 synths off, 78 synths on, 177 synths off, 300 synths on, "
		"301 synths off, 302 synths on, 700 in off, 700 in on, "
		"1000 in on, 1000 in off, 1239 in off, 1300 in on, 1400 in on, "
		"1500 in off, 1600 in off, 1700 in on, 2500 root off, "
		"2600 root on, 2610 out off, 2650 synths off, 2700 out on",
		_i, 2);
}
END_TEST

START_TEST(release_fades_in_its_time_and_frees)
{
	static const uint32_t times[] = {SCENE_FADE, 1, 2, 64, 100, 4800};
	static const enum scene_who whose[] = {SYNTHS, IN, OUT};

	for (uint32_t i = 0; i < COUNT(times); i++) {
		for (uint32_t k = 0; k < COUNT(whose); k++) {
			const struct scene_action a = {
				.at = 1000 + i,
				.who = whose[k],
				.kind = COMMAND_RELEASE,
				.frames = times[i],
			};
			scene_run(&s, &a, 1, _i, 3 + i);
		}
	}
}
END_TEST

START_TEST(release_and_run_come_in_the_middle_of_each_other)
{
	scene_say(&s,
		"100 synths off, 150 in off, 200 synths 900, 210 synths on, "
		"400 in on, 500 synths 500, 600 in off, 601 out off, "
		"630 out on, 800 in on, 900 mute on, 950 mute off",
		_i, 4);
	/* what is paused is released in silence */
	scene_say(&s, "100 in off, 130 synths off, 500 in 240, 600 synths on",
		_i, 5);
}
END_TEST

START_TEST(mute_ramps_down_and_up_and_back)
{
	scene_say(&s,
		"33 mute on, 400 mute off, 1000 mute on, 1100 mute off, "
		"1120 mute on, 1121 mute off, 1121 mute on, 2000 mute off, "
		"3000 mute on, 3240 mute off, 3300 synths off, 3350 root off, "
		"3400 mute on, 3590 root on, 3600 synths on, 3700 mute off",
		_i, 6);
}
END_TEST

START_TEST(operators_do_anything_at_any_sample)
{
	for (uint32_t seed = 1; seed <= 12; seed++) {
		struct scene_action a[ACTIONS];
		uint32_t random = 7919 * seed + (uint32_t)_i;
		uint32_t at = 1;
		for (uint32_t i = 0; i < ACTIONS; i++) {
			at += random_below(&random, 180);
			int on = (int)random_below(&random, 2);
			a[i] = (struct scene_action){
				.at = at, .kind = COMMAND_RUN, .on = on};
			a[i].who = (enum scene_who)random_below(&random, START);
			if (a[i].who == MUTE) {
				a[i].kind = COMMAND_MUTE;
			} else if (i > 50 && a[i].who != ROOT &&
				   random_below(&random, 3) == 0) {
				a[i].kind = COMMAND_RELEASE;
				a[i].frames = 1 + random_below(&random, 900);
			}
		}
		scene_run(&s, a, ACTIONS, _i, seed);
	}
}
END_TEST

START_TEST(start_and_return_of_a_device_ramp)
{
	static const uint32_t frames[] = {640, 320, 1920};

	scene_open(&s, _i, 20.0);
	s.fader[START] = (struct click_fader){0};
	click_fade(&s.fader[START], 0, 1.0, 960);
	scene_expect(&s, NULL, 0);
	rig_run(s.rig, SCENE_FRAMES);
	scene_judge(&s);
	/* it comes back, and once more while it still ramps up */
	s.rig->frames = 0;
	for (int i = 0; i < 3; i++) {
		uint32_t from = (uint32_t)s.rig->frames;
		if (i > 0) {
			engine_fade_in(s.rig->engine);
		}
		rig_run(s.rig, frames[i]);
		for (uint32_t k = from; i > 0 && k < s.rig->frames; k++) {
			double want = fmin(1.0, (k - from + 1) / 960.0);
			ck_assert(fabs((double)s.rig->out[STEADY][k] - want) <
				  1e-6);
		}
	}
	scene_close(&s);
}
END_TEST

START_TEST(clear_ramps_down_frees_and_ramps_up_for_who_comes)
{
	const struct click_law law = {s.envelope, 1.0, 0.0, 2e-6};
	uint32_t at = 0;
	struct click_fader f = {.value = 1.0};
	/* both in the middle of a block; the second while the first ramps */
	uint32_t cleared = 1003;
	uint32_t gone = (cleared + SCENE_FADE + SCENE_BLOCK - 1) / SCENE_BLOCK *
			SCENE_BLOCK;

	scene_open(&s, _i, 0.0);
	rig_run(s.rig, 960);
	struct batch *b = rig_batch(s.rig, cleared);
	(void)rig_add(s.rig, b, COMMAND_CLEAR, 0);
	rig_post(s.rig, b);
	b = rig_batch(s.rig, cleared + 100);
	(void)rig_add(s.rig, b, COMMAND_CLEAR, 0);
	rig_post(s.rig, b);
	rig_run(s.rig, 64);
	/* made while the others fade: heard with what comes after */
	scene_synth(&s, NEWCOMER, "lfo", 0, "amp", 0.0F, "offset", 1.0F);
	scene_to_card(&s, NEWCOMER, LATER);
	rig_run(s.rig, SCENE_FRAMES - 1024);
	for (uint32_t i = 0; i < SCENE_FRAMES; i++) {
		if (i == cleared) {
			click_fade(&f, i, 0.0, SCENE_FADE);
		} else if (i == gone) {
			click_fade(&f, i, 1.0, SCENE_FADE);
		}
		s.envelope[i] = click_next(&f, i);
		double old = i < gone ? s.envelope[i] : 0.0;
		ck_assert(fabs((double)s.rig->out[STEADY][i] - old) < 1e-6);
	}
	/* the second clear took it along: it was there */
	ck_assert_uint_eq(
		click_find(s.rig->out[STEADY], SCENE_FRAMES, &law, &at, 1), 0);
	scene_close(&s);
}
END_TEST

/** A root that fades takes along what /clear took out of it before. */
START_TEST(clear_after_clear_under_a_root_that_fades_does_not_click)
{
	const struct click_law law = {s.envelope, 1.0, 0.0, 2e-6};
	struct click_fader root = {.value = 1.0};
	struct click_fader clear = {.value = 1.0};
	uint32_t at = 0;

	scene_open(&s, _i, 0.0);
	for (uint32_t i = 0; i < 4; i++) {
		struct batch *b = rig_batch(s.rig, 1000 + 30 * i);
		struct command *c = rig_add(s.rig, b,
			i == 0   ? COMMAND_CLEAR
			: i == 1 ? COMMAND_GROUP_NEW
			: i == 2 ? COMMAND_RUN
				 : COMMAND_CLEAR,
			i == 1 ? NEWCOMER : 0);
		if (i == 2) {
			c->u.number = 0;
		}
		rig_post(s.rig, b);
	}
	rig_run(s.rig, 1280);
	for (uint32_t i = 0; i < 1240; i++) {
		if (i == 1000) {
			click_fade(&clear, i, 0.0, SCENE_FADE);
		} else if (i == 1060) {
			click_fade(&root, i, 0.0, SCENE_FADE);
		}
		s.envelope[i] = click_next(&clear, i) * click_next(&root, i);
		ck_assert(fabs((double)s.rig->out[STEADY][i] - s.envelope[i]) <
			  1e-6);
	}
	ck_assert_uint_eq(
		click_find(s.rig->out[STEADY], 1240, &law, &at, 1), 0);
	scene_close(&s);
}
END_TEST

/* --- what is exact --- */

/** One leap on a channel, at its sample; none on the others that play. */
static void
leaps(int channel, uint32_t at, const char *what)
{
	const struct click_law sine = {NULL, 1.0, SCENE_PACE, 2e-6};
	const struct click_law steady = {NULL, 1.0, 0.0, 2e-6};
	uint32_t found[4] = {0};

	for (int c = 0; c < LATER; c++) {
		/* a feedback connection begins a block late, at 0 */
		uint32_t skip = c == DELAYED ? SCENE_BLOCK + 2 : 0;
		uint32_t n = click_find(s.rig->out[c] + skip, 1920 - skip,
			c == STEADY ? &steady : &sine, found, 4);
		if (c != channel) {
			ck_assert_msg(n == 0, "%s: channel %d clicks at %u",
				what, c, found[0] + skip);
			continue;
		}
		ck_assert_msg(n == 1 && found[0] + skip == at,
			"%s: %u leaps, the first at %u, not one at %u", what, n,
			found[0] + skip, at);
	}
}

enum step { FREE, GROUP_FREE, CUT_OFF, PUT_IN, UNMAP, TURN, STEPS };

/** Post one of them for that sample. @return the channel that leaps */
static int
post_step(enum step step, uint32_t at)
{
	struct batch *b = rig_batch(s.rig, at);
	struct command *c = NULL;

	switch (step) {
	case FREE:
		(void)rig_add(s.rig, b, COMMAND_FREE, LFO);
		break;
	case GROUP_FREE:
		/* one of them alone, in a group of its own by then */
		(void)rig_add(s.rig, b, COMMAND_FREE_ALL, NEWCOMER);
		break;
	case CUT_OFF:
		(void)rig_add_connect(s.rig, b, COMMAND_DISCONNECT, SINE_2,
			"out", GAIN_2, "in", -1);
		break;
	case PUT_IN:
		(void)rig_add_connect(s.rig, b, COMMAND_CONNECT, SINE_2, "out",
			GAIN_3, "in", 0);
		break;
	case UNMAP:
		c = rig_add(s.rig, b, COMMAND_MAP_OUTPUT, SINE_1);
		c->u.map.port = rig_ref(b, "out");
		c->u.map.bus = -1;
		break;
	case TURN:
	case STEPS:
		rig_add_set(s.rig, b, LFO, "offset", 0.5F, -1.0);
		break;
	}
	rig_post(s.rig, b);
	static const int heard[] = {
		STEADY, STEADY, THROUGH, DELAYED, DIRECT, STEADY};
	return heard[step];
}

START_TEST(what_is_exact_steps_at_its_sample_and_nowhere_else)
{
	/* a quarter of the sine's cycle: far from 0 */
	static const uint32_t samples[] = {1000, 1015, 1175, 1176 + 23 + 64};

	for (uint32_t i = 0; i < COUNT(samples); i++) {
		for (int step = 0; step < STEPS; step++) {
			uint32_t at = samples[i] / 96 * 96 + 24 + i % 2;
			scene_open(&s, _i, 0.0);
			if (step == GROUP_FREE) {
				rig_group(s.rig, NEWCOMER, INNER, PLACE_HEAD);
				rig_move(s.rig, LFO, NEWCOMER, PLACE_HEAD);
			}
			int channel = post_step((enum step)step, at);
			scene_cut(&s, 50 + i);
			rig_run(s.rig, 1920);
			leaps(channel, at, "a step");
			/* and what it leaves is silence, or its value */
			if (step != PUT_IN && step != TURN) {
				for (uint32_t k = at; k < 1920; k++) {
					rig_same(s.rig->out[channel][k], 0.0F);
				}
			}
			scene_close(&s);
		}
	}
}
END_TEST

START_TEST(move_steps_where_a_bus_is_read_and_nowhere_else)
{
	const uint32_t at = 1080 + 23; /* a quarter of a cycle */

	scene_open(&s, _i, 0.0);
	/* the gain reads what is written before it in the tree */
	rig_disconnect(s.rig, SINE_2, GAIN_2, 0);
	rig_map(s.rig, COMMAND_MAP_OUTPUT, SINE_2, "out", 3, 0);
	rig_map(s.rig, COMMAND_MAP_INPUT, GAIN_2, "in", 3, 0);
	struct batch *b = rig_batch(s.rig, at);
	struct command *c = rig_add(s.rig, b, COMMAND_MOVE, GAIN_2);
	c->u.new.target = 0;
	c->u.new.placement = PLACE_HEAD;
	rig_post(s.rig, b);
	rig_run(s.rig, 1920);
	leaps(THROUGH, at, "a move");
	scene_close(&s);
}
END_TEST

/* --- the detector itself --- */

START_TEST(detector_finds_every_click_that_is_planted)
{
	static float x[SCENE_FRAMES];
	static double e[SCENE_FRAMES];
	struct click_fader f = {.value = 1.0};
	const struct click_law law = {e, 1.0, SCENE_PACE, 2e-6};
	const struct click_law steady = {e, 1.0, 0.0, 2e-6};
	uint32_t random = 3;
	uint32_t at[4] = {0};

	for (uint32_t i = 0; i < SCENE_FRAMES; i++) {
		if (i == 1000 || i == 2000) {
			click_fade(&f, i, i == 1000 ? 0.25 : 1.0, SCENE_FADE);
		}
		e[i] = click_next(&f, i);
	}
	for (int turn = 0; turn < 200; turn++) {
		/* of 1.5 % of what plays, in the ramps too */
		uint32_t place = 1 + random_below(&random, SCENE_FRAMES - 3);
		for (int sine = 0; sine < 2; sine++) {
			for (uint32_t i = 0; i < SCENE_FRAMES; i++) {
				double c = sine ? sin(SCENE_PACE * i) : 1.0;
				double leap = i >= place ? 0.015 : 0.0;
				x[i] = (float)(c * e[i] + leap);
			}
			ck_assert_uint_ge(click_find(x, SCENE_FRAMES,
						  sine ? &law : &steady, at, 4),
				1);
			ck_assert(at[0] == place || at[0] == place + 1);
		}
	}
	/* a ramp that begins a step too far, and one that stops short */
	for (int turn = 0; turn < 2; turn++) {
		for (uint32_t i = 0; i < SCENE_FRAMES; i++) {
			double off = turn == 0 ? i == 1000 : i == 1238;
			x[i] = (float)(e[i] - 0.75 / SCENE_FADE * 1.2 * off);
		}
		ck_assert_uint_ge(
			click_find(x, SCENE_FRAMES, &steady, at, 4), 1);
	}
	/* and where none is there is none */
	for (uint32_t i = 0; i < SCENE_FRAMES; i++) {
		x[i] = (float)(sin(SCENE_PACE * i) * e[i]);
	}
	ck_assert_uint_eq(click_find(x, SCENE_FRAMES, &law, at, 4), 0);
	ck_assert_uint_eq(
		click_find_alone(x, 500, SCENE_FRAMES - 500, 4.0, 1e-6, at, 4),
		0);
}
END_TEST

static void
setup(void)
{
	thread_flush_denormals();
	scene_init(&s);
}

static void
teardown(void)
{
	scene_fini(&s);
}

Suite *
harness_suite(void)
{
	Suite *suite = suite_create("rt/graph/clicks");
	TCase *tc = tcase_create("clicks");

	tcase_set_timeout(tc, 100);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, detector_finds_every_click_that_is_planted);
	tcase_add_loop_test(
		tc, run_pauses_and_resumes_by_its_line, 0, SCENE_WAYS);
	tcase_add_loop_test(tc,
		run_that_replaces_a_run_goes_on_from_what_is_heard, 0,
		SCENE_WAYS);
	tcase_add_loop_test(
		tc, release_fades_in_its_time_and_frees, 0, SCENE_WAYS);
	tcase_add_loop_test(tc,
		release_and_run_come_in_the_middle_of_each_other, 0,
		SCENE_WAYS);
	tcase_add_loop_test(tc, mute_ramps_down_and_up_and_back, 0, SCENE_WAYS);
	tcase_add_loop_test(
		tc, operators_do_anything_at_any_sample, 0, SCENE_WAYS);
	tcase_add_loop_test(
		tc, start_and_return_of_a_device_ramp, 0, SCENE_WAYS);
	tcase_add_loop_test(tc,
		clear_ramps_down_frees_and_ramps_up_for_who_comes, 0,
		SCENE_WAYS);
	tcase_add_loop_test(tc,
		clear_after_clear_under_a_root_that_fades_does_not_click, 0,
		SCENE_WAYS);
	tcase_add_loop_test(tc,
		what_is_exact_steps_at_its_sample_and_nowhere_else, 0,
		SCENE_WAYS);
	tcase_add_loop_test(tc, move_steps_where_a_bus_is_read_and_nowhere_else,
		0, SCENE_WAYS);
	suite_add_tcase(suite, tc);
	return suite;
}
