/* SPDX-License-Identifier: MIT */
/*
 * check_lifecycle.c -- every state of a resource and whatever can come to it.
 *
 * The arrows are written down once more, as the drawing in lifecycle.h has
 * them; what is no arrow is refused, or cannot be, and changes nothing.
 */
#include <check.h>

#include "lifecycle.h"
#include "suite.h"

static const struct arrow {
	enum life from;
	enum life_event on;
	enum life to;
	enum life_action action;
} arrows[] = {
  /* clang-format off */
	{LIFE_FREE, LIFE_NEW, LIFE_CONSTRUCTING, LIFE_CONSTRUCT},
	{LIFE_CONSTRUCTING, LIFE_FREED, LIFE_DOOMED, LIFE_NOTHING},
	{LIFE_CONSTRUCTING, LIFE_BUILT, LIFE_LIVE, LIFE_TELL_READY},
	{LIFE_CONSTRUCTING, LIFE_BUILT_TOO_LATE, LIFE_DESTROYING, LIFE_DESTROY},
	{LIFE_CONSTRUCTING, LIFE_FAILED, LIFE_ENDED, LIFE_TELL_ENDED},
	{LIFE_DOOMED, LIFE_FREED, LIFE_DOOMED, LIFE_NOTHING},
	{LIFE_DOOMED, LIFE_BUILT, LIFE_DESTROYING, LIFE_DESTROY},
	{LIFE_DOOMED, LIFE_BUILT_TOO_LATE, LIFE_DESTROYING, LIFE_DESTROY},
	{LIFE_DOOMED, LIFE_FAILED, LIFE_ENDED, LIFE_TELL_ENDED},
	{LIFE_LIVE, LIFE_FREED, LIFE_DESTROYING, LIFE_DESTROY},
	{LIFE_LIVE, LIFE_FREED_HELD, LIFE_PENDING, LIFE_NOTHING},
	{LIFE_LIVE, LIFE_LAST_RELEASE, LIFE_LIVE, LIFE_NOTHING},
	{LIFE_PENDING, LIFE_FREED_HELD, LIFE_PENDING, LIFE_NOTHING},
	{LIFE_PENDING, LIFE_LAST_RELEASE, LIFE_DESTROYING, LIFE_DESTROY},
	{LIFE_DESTROYING, LIFE_DESTROYED, LIFE_ENDED, LIFE_TELL_ENDED},
	{LIFE_ENDED, LIFE_TOLD, LIFE_FREE, LIFE_NOTHING},
  /* clang-format on */
};

/** What becomes of an event that no arrow is for. */
static enum life_action
refusal(enum life state, enum life_event event)
{
	if (event == LIFE_NEW) {
		return LIFE_REFUSE_TAKEN;
	}
	/* what is not live and not constructing is not held either */
	if (event == LIFE_FREED && state != LIFE_PENDING) {
		return LIFE_REFUSE_STATE;
	}
	return LIFE_NEVER;
}

START_TEST(lifecycle_goes_along_the_arrows_and_nowhere_else)
{
	enum life state = (enum life)(_i / LIFE_EVENTS);
	enum life_event event = (enum life_event)(_i % LIFE_EVENTS);
	struct life_step step = lifecycle_next(state, event);

	for (size_t i = 0; i < sizeof arrows / sizeof *arrows; i++) {
		if (arrows[i].from == state && arrows[i].on == event) {
			ck_assert_uint_eq(step.state, arrows[i].to);
			ck_assert_uint_eq(step.action, arrows[i].action);
			return;
		}
	}
	ck_assert_uint_eq(step.state, state);
	ck_assert_uint_eq(step.action, refusal(state, event));
}
END_TEST

START_TEST(lifecycle_comes_back_to_free_from_every_state)
{
	/* enough of these in a row end anything */
	static const enum life_event end[] = {LIFE_FREED_HELD, LIFE_FREED,
		LIFE_LAST_RELEASE, LIFE_BUILT, LIFE_DESTROYED, LIFE_TOLD};
	struct life_step step = {(uint8_t)_i, LIFE_NOTHING};

	for (size_t i = 0; i < sizeof end / sizeof *end; i++) {
		step = lifecycle_next((enum life)step.state, end[i]);
	}
	ck_assert_uint_eq(step.state, LIFE_FREE);
}
END_TEST

START_TEST(lifecycle_destroys_once_what_was_built_and_tells_each_end_once)
{
	static const enum life_event some[] = {LIFE_NEW, LIFE_FREED,
		LIFE_FREED_HELD, LIFE_LAST_RELEASE, LIFE_BUILT,
		LIFE_BUILT_TOO_LATE, LIFE_FAILED, LIFE_DESTROYED, LIFE_TOLD};
	enum life state = LIFE_FREE;
	uint32_t random = 12345;
	int built = 0;
	int begun = 0;
	int ended = 0;
	int destroyed = 0;

	for (int i = 0; i < 1000000; i++) {
		random = random * 1664525U + 1013904223U;
		enum life_event event = some[(random >> 16) % LIFE_EVENTS];
		struct life_step step = lifecycle_next(state, event);
		state = (enum life)step.state;
		if (step.action == LIFE_NEVER) {
			continue;
		}
		begun += step.action == LIFE_CONSTRUCT ? 1 : 0;
		built += event == LIFE_BUILT || event == LIFE_BUILT_TOO_LATE
				 ? 1
				 : 0;
		destroyed += step.action == LIFE_DESTROY ? 1 : 0;
		ended += step.action == LIFE_TELL_ENDED ? 1 : 0;
		/* one instance at the most, one end for each beginning */
		ck_assert_int_le(built - destroyed, 1);
		ck_assert_int_ge(built, destroyed);
		ck_assert_int_ge(begun, ended);
		ck_assert_int_le(begun - ended, 1);
	}
	ck_assert_int_gt(destroyed, 1000);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("lifecycle");

	tcase_add_loop_test(tc,
		lifecycle_goes_along_the_arrows_and_nowhere_else, 0,
		LIFE_STATES * LIFE_EVENTS);
	tcase_add_loop_test(tc, lifecycle_comes_back_to_free_from_every_state,
		0, LIFE_STATES);
	tcase_add_test(tc,
		lifecycle_destroys_once_what_was_built_and_tells_each_end_once);
	return suite_run("rt/resource/lifecycle", tc);
}
