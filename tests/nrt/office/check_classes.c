/* SPDX-License-Identifier: MIT */
/*
 * check_resources.c -- messages about resources: what each answers, in every
 * state, and what is told of the change.
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "rooms.h"
#include "trial.h"

static struct rooms rooms = {.prepare = trial_add};
static struct rooms *r = &rooms;

static const char *const sets[] = {"limits.max_resources=8",
	"resource_classes=({uri=\"" TRIAL_OFF "\"; enabled=false;})", NULL};

static void
setup(void)
{
	rooms_open(r, sets);
	rooms_ask(r, "/notify 1");
}

static void
teardown(void)
{
	rooms_close(r);
	ck_assert_uint_ge(trial_constructs(), trial_destroys());
}

/** Ask what has one answer, at once. */
static void
expect(const char *words, const char *answer)
{
	const char *text = rooms_ask(r, words);

	ck_assert_msg(strcmp(text, answer) == 0, "%s: %s", words, text);
}

START_TEST(resource_is_told_ready_and_destroyed)
{
	rooms_put(r, "/resource/new trial-thing 3 [ 1000 ]");
	rooms_await(r, "/resource/ready 3\n");
	printf("%s", rooms_heard(r));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("nrt/resources");
	TCase *tc = tcase_create("resources");

	(void)expect;
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 100);
	tcase_add_test(tc, resource_is_told_ready_and_destroyed);
	suite_add_tcase(s, tc);
	return rooms_run(s);
}
