/* SPDX-License-Identifier: MIT */
/*
 * check_device_life.c -- the table of a card's life, every state and event.
 */
#include <check.h>
#include <stdlib.h>

#include "device_life.h"

static struct device_life
in_state(enum device_state state)
{
	struct device_life l;

	device_life_init(&l, 1000);
	l.state = state;
	return l;
}

/* What is not in this table stays, and does nothing. */
static const struct {
	enum device_state from;
	enum device_event on;
	enum device_state to;
	enum device_action action;
} want[] = {
	{DEVICE_ABSENT,  DEVICE_TICK,     DEVICE_OPENING, DEVICE_DO_OPEN   },
	{DEVICE_ABSENT,  DEVICE_STOP,     DEVICE_ENDED,   DEVICE_DO_END    },
	{DEVICE_OPENING, DEVICE_OPENED,   DEVICE_HELD,    DEVICE_DO_GIVE   },
	{DEVICE_OPENING, DEVICE_REFUSED,  DEVICE_ABSENT,  DEVICE_DO_NOTHING},
	{DEVICE_HELD,    DEVICE_RETURNED, DEVICE_CLOSING, DEVICE_DO_CLOSE  },
	{DEVICE_HELD,    DEVICE_STOP,     DEVICE_CLOSING, DEVICE_DO_CLOSE  },
	{DEVICE_CLOSING, DEVICE_CLOSED,   DEVICE_ABSENT,  DEVICE_DO_NOTHING},
};

START_TEST(every_event_in_every_state_does_what_the_picture_says)
{
	enum device_state from = (enum device_state)(_i / (int)DEVICE_EVENTS);
	enum device_event on = (enum device_event)(_i % (int)DEVICE_EVENTS);
	struct device_life l = in_state(from);
	enum device_state to = from;
	enum device_action action = DEVICE_DO_NOTHING;

	for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
		if (want[i].from == from && want[i].on == on) {
			to = want[i].to;
			action = want[i].action;
		}
	}
	ck_assert_int_eq(device_life_next(&l, on, 5000), action);
	ck_assert_int_eq(l.state, to);
}
END_TEST

START_TEST(looks_come_later_and_later_until_five_seconds)
{
	struct device_life l;
	int64_t now = 0;
	static const int waits[] = {
		250, 500, 1000, 2000, 4000, 5000, 5000, 5000};

	device_life_init(&l, now);
	ck_assert_int_eq(device_life_timeout(&l, now), 0);
	for (size_t i = 0; i < sizeof waits / sizeof waits[0]; i++) {
		ck_assert_int_eq(
			device_life_next(&l, DEVICE_TICK, now), DEVICE_DO_OPEN);
		ck_assert_int_eq(device_life_timeout(&l, now), -1);
		now += 7;
		(void)device_life_next(&l, DEVICE_REFUSED, now);
		ck_assert_int_eq(device_life_timeout(&l, now), waits[i]);
		ck_assert_int_eq(
			device_life_next(&l, DEVICE_TICK, now + waits[i] - 1),
			DEVICE_DO_NOTHING);
		now += waits[i];
	}
}
END_TEST

START_TEST(what_is_plugged_in_is_looked_at_soon_whatever_the_wait)
{
	struct device_life l;

	device_life_init(&l, 0);
	for (int i = 0; i < 8; i++) {
		(void)device_life_next(&l, DEVICE_TICK, l.due_ms);
		(void)device_life_next(&l, DEVICE_REFUSED, l.due_ms);
	}
	int64_t now = l.due_ms - 4000;
	(void)device_life_next(&l, DEVICE_PLUGGED, now);
	ck_assert_int_eq(device_life_timeout(&l, now), DEVICE_SETTLE_MS);
	/* and no later for being told again */
	(void)device_life_next(&l, DEVICE_PLUGGED, now + 100);
	ck_assert_int_eq(
		device_life_timeout(&l, now + 100), DEVICE_SETTLE_MS - 100);
}
END_TEST

START_TEST(a_card_that_fails_as_it_plays_is_tried_less_and_less_often)
{
	struct device_life l;
	int64_t now = 0;
	int last = 0;

	device_life_init(&l, now);
	for (int i = 0; i < 8; i++) {
		(void)device_life_next(&l, DEVICE_TICK, now);
		(void)device_life_next(&l, DEVICE_OPENED, now);
		now += 100;
		ck_assert_int_eq(device_life_next(&l, DEVICE_RETURNED, now),
			DEVICE_DO_CLOSE);
		(void)device_life_next(&l, DEVICE_CLOSED, now);
		ck_assert_int_ge(device_life_timeout(&l, now), last);
		last = device_life_timeout(&l, now);
		now += last;
	}
	ck_assert_int_eq(last, DEVICE_WAIT_MOST_MS);
	/* a good one is soon looked for again */
	(void)device_life_next(&l, DEVICE_TICK, now);
	(void)device_life_next(&l, DEVICE_OPENED, now);
	now += DEVICE_GOOD_MS;
	(void)device_life_next(&l, DEVICE_RETURNED, now);
	(void)device_life_next(&l, DEVICE_CLOSED, now);
	ck_assert_int_eq(device_life_timeout(&l, now), DEVICE_WAIT_LEAST_MS);
}
END_TEST

START_TEST(a_stop_while_a_call_runs_is_carried_out_behind_it)
{
	struct device_life l = in_state(DEVICE_OPENING);

	ck_assert_int_eq(
		device_life_next(&l, DEVICE_STOP, 0), DEVICE_DO_NOTHING);
	ck_assert_int_eq(
		device_life_next(&l, DEVICE_OPENED, 0), DEVICE_DO_CLOSE);
	ck_assert_int_eq(l.state, DEVICE_CLOSING);
	ck_assert_int_eq(device_life_next(&l, DEVICE_CLOSED, 0), DEVICE_DO_END);
	ck_assert_int_eq(l.state, DEVICE_ENDED);
	l = in_state(DEVICE_OPENING);
	(void)device_life_next(&l, DEVICE_STOP, 0);
	ck_assert_int_eq(
		device_life_next(&l, DEVICE_REFUSED, 0), DEVICE_DO_END);
	l = in_state(DEVICE_CLOSING);
	(void)device_life_next(&l, DEVICE_STOP, 0);
	ck_assert_int_eq(device_life_next(&l, DEVICE_CLOSED, 0), DEVICE_DO_END);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("nrt/audio/device_life");
	TCase *tc = tcase_create("table");

	tcase_add_loop_test(tc,
		every_event_in_every_state_does_what_the_picture_says, 0,
		(int)DEVICE_STATES * (int)DEVICE_EVENTS);
	tcase_add_test(tc, looks_come_later_and_later_until_five_seconds);
	tcase_add_test(
		tc, what_is_plugged_in_is_looked_at_soon_whatever_the_wait);
	tcase_add_test(
		tc, a_card_that_fails_as_it_plays_is_tried_less_and_less_often);
	tcase_add_test(tc, a_stop_while_a_call_runs_is_carried_out_behind_it);
	suite_add_tcase(s, tc);
	SRunner *sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	int failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
