/* SPDX-License-Identifier: MIT */
/*
 * check_syncs.c -- what /sync waits for, and what not.
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "guest.h"
#include "net.h"
#include "rooms.h"
#include "trial.h"

static struct rooms rooms = {.prepare = trial_add};
static struct rooms *r = &rooms;

static void
setup(void)
{
	static const char *const sets[] = {
		"limits.max_resources=64", "workers.threads=2", NULL};

	rooms_open(r, sets);
	rooms_ask(r, "/notify 1");
	rooms_heard(r);
}

static void
teardown(void)
{
	trial_let(1000);
	rooms_close(r);
}

START_TEST(sync_waits_for_constructions_and_comes_behind_their_end)
{
	rooms_expect(r, "/resource/new trial-thing 1 [ gate ]", "");
	rooms_expect(r, "/sync 5", "");
	trial_wait(1);
	trial_pass(r, 1, "/resource/ready 1\n/synced 5\n");
	/* one that fails is over as well */
	rooms_expect(r, "/resource/new trial-thing 2 [ gate fail ]", "");
	rooms_expect(r, "/sync 6", "");
	trial_pass(r, 1, "/resource/error 2 \"told to fail\"\n/synced 6\n");
	rooms_expect(r, "/sync 7", "/synced 7\n");
}
END_TEST

START_TEST(sync_waits_for_jobs_and_destructions)
{
	rooms_ask_await(
		r, "/resource/new trial-thing 1 [ late ]", "/resource/ready");
	rooms_expect(r, "/job/new trial-work 3 0 [ 1 ] [ gate ]", "");
	rooms_expect(r, "/sync 1", "");
	trial_wait(1);
	trial_let(1);
	rooms_await(r, "/synced");
	ck_assert_str_eq(rooms_heard(r), "/job/done 3 1 \"gate\"\n/synced 1\n");
	rooms_expect(r, "/resource/free 1", "");
	rooms_expect(r, "/sync 2", "");
	trial_wait(1);
	trial_pass(r, 1, "/resource/destroyed 1\n/synced 2\n");
}
END_TEST

START_TEST(sync_does_not_wait_for_what_another_client_asked_for)
{
	struct guest g;

	guest_open(&g, r);
	rooms_expect(r, "/resource/new trial-thing 1 [ gate late ]", "");
	rooms_expect(r, "/job/new trial-work 3 0 [ ] [ gate ]", "");
	guest_expect(&g, "/sync 8", "/synced 8\n");
	trial_wait(2);
	trial_let(2);
	rooms_rest(r);
	peer_unref(g.peer);
}
END_TEST

START_TEST(free_of_anothers_resource_is_waited_for_by_who_freed_it)
{
	struct guest g;

	guest_open(&g, r);
	rooms_expect(r, "/resource/new trial-thing 1 [ gate late ]", "");
	trial_wait(1);
	guest_expect(&g, "/resource/free 1", "");
	guest_expect(&g, "/sync 8", "");
	rooms_expect(r, "/sync 9", "");
	/* freed twice is waited for from the first time on */
	guest_expect(&g, "/resource/free 1", "");
	/* made, and destroyed at once: both wait for the end */
	trial_let(2);
	rooms_await(r, "/synced 9");
	ck_assert_str_eq(rooms_heard(r), "/resource/destroyed 1\n/synced 9\n");
	guest_expect(&g, "", "/synced 8\n");
	peer_unref(g.peer);
}
END_TEST

START_TEST(sync_does_not_wait_for_what_somebody_holds)
{
	rooms_ask_await(
		r, "/resource/new trial-thing 1 [ late ]", "/resource/ready");
	rooms_expect(
		r, "/synth/new trial-user 5 0 1 [ thing 1 ]", "/node/new 5\n");
	rooms_expect(r, "/resource/free 1", "");
	rooms_expect(r, "/sync 1", "/synced 1\n");
	/* but it does for the destruction once that is under way */
	rooms_expect(r, "/node/free 5", "/node/ended 5\n");
	rooms_expect(r, "/sync 2", "");
	trial_wait(1);
	trial_pass(r, 1, "/resource/destroyed 1\n/synced 2\n");
}
END_TEST

START_TEST(sync_does_not_wait_for_what_came_later)
{
	rooms_expect(r, "/job/new trial-work 1 0 [ ] [ gate ]", "");
	trial_wait(1);
	rooms_expect(r, "/sync 1", "");
	/* it waits: jobs never take the last worker */
	rooms_expect(r, "/job/new trial-work 2 0 [ ] [ gate ]", "");
	rooms_expect(r, "/sync 2", "");
	trial_let(1);
	rooms_await(r, "/synced");
	ck_assert_str_eq(rooms_heard(r), "/job/done 1 0 \"gate\"\n/synced 1\n");
	trial_wait(1);
	trial_pass(r, 1, "/job/done 2 0 \"gate\"\n/synced 2\n");
}
END_TEST

START_TEST(sync_does_not_wait_for_what_is_freed_behind_it)
{
	struct guest g;

	/* all of it in one turn: nothing has come back in between */
	guest_open(&g, r);
	guest_put(&g, "/resource/new trial-thing 1");
	rooms_put(r, "/job/new trial-work 3 0 [ ] [ gate ]");
	rooms_put(r, "/sync 1");
	rooms_put(r, "/resource/free 1");
	rooms_turn(r);
	trial_wait(1);
	rooms_await(r, "/resource/destroyed 1");
	ck_assert_str_eq(rooms_heard(r), "/resource/destroyed 1\n");
	trial_pass(r, 1, "/job/done 3 0 \"gate\"\n/synced 1\n");
	peer_unref(g.peer);
}
END_TEST

START_TEST(syncs_of_one_bundle_are_answered_once_each)
{
	static struct rooms_bundle b;

	rooms_bundle(&b, 1);
	rooms_bundle_add(&b, "/sync 1");
	rooms_bundle_add(&b, "/resource/new trial-thing 1 [ gate ]");
	rooms_bundle_add(&b, "/sync 2");
	rooms_bundle_add(&b, "/group/new -1 0 1");
	rooms_bundle_add(&b, "/sync 3");
	rooms_packet(r, b.data, b.size);
	rooms_turn(r);
	const char *text = rooms_heard(r);
	ck_assert_ptr_null(strstr(text, "/synced"));
	ck_assert_ptr_nonnull(strstr(text, "/group/new.reply "));
	trial_pass(
		r, 1, "/resource/ready 1\n/synced 1\n/synced 2\n/synced 3\n");
}
END_TEST

START_TEST(held_sync_ends_with_the_engine)
{
	rooms_expect(r, "/resource/new trial-thing 1 [ polite ]", "");
	rooms_expect(r, "/job/new trial-work 3 0 [ ] [ polite ]", "");
	rooms_expect(r, "/sync 1", "");
	/* teardown: all comes back, nothing leaks */
}
END_TEST

START_TEST(syncs_of_one_client_are_bounded_and_those_of_others_are_held)
{
	struct guest g;
	char words[64];

	guest_open(&g, r);
	rooms_expect(r, "/resource/new trial-thing 1 [ gate ]", "");
	guest_expect(&g, "/resource/new trial-thing 2 [ gate ]", "");
	trial_wait(2);
	for (int i = 0; i < 256; i++) {
		(void)snprintf(words, sizeof words, "/sync %d", i);
		rooms_expect(r, words, "");
	}
	rooms_expect(r, "/sync 256",
		"/error \"/sync\" 429 \"256 /sync of this client wait already "
		"for what is under way\" 256\n");
	guest_expect(&g, "/sync 7", "");
	/* what waits is answered, in order, and there is room again */
	trial_let(2);
	rooms_await(r, "/synced 255");
	const char *text = rooms_heard(r);
	ck_assert_uint_eq(rooms_count(text, "/synced "), 256);
	ck_assert_ptr_null(strstr(text, "/error"));
	/* whichever of the two came first: both are over now */
	rooms_rest(r);
	(void)rooms_heard(r);
	guest_expect(&g, "", "/synced 7\n");
	rooms_expect(r, "/resource/new trial-thing 3 [ gate ]", "");
	rooms_expect(r, "/sync 257", "");
	trial_let(1);
	rooms_await(r, "/synced 257");
	peer_unref(g.peer);
}
END_TEST

START_TEST(those_who_freed_one_resource_are_remembered_up_to_a_bound)
{
	static struct guest g[65];

	rooms_expect(r, "/resource/new trial-thing 1 [ gate ]", "");
	trial_wait(1);
	for (int i = 0; i < 65; i++) {
		guest_open(&g[i], r);
		guest_expect(&g[i], "/resource/free 1", "");
	}
	guest_expect(&g[0], "/sync 1", "");
	guest_expect(&g[63], "/sync 2", "");
	guest_expect(&g[64], "/sync 3", "/synced 3\n");
	trial_pass(r, 1, "/resource/destroyed 1\n");
	guest_expect(&g[0], "", "/synced 1\n");
	guest_expect(&g[63], "", "/synced 2\n");
	for (int i = 0; i < 65; i++) {
		peer_unref(g[i].peer);
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("nrt/syncs");
	TCase *tc = tcase_create("syncs");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 100);
	tcase_add_test(
		tc, sync_waits_for_constructions_and_comes_behind_their_end);
	tcase_add_test(tc, sync_waits_for_jobs_and_destructions);
	tcase_add_test(
		tc, sync_does_not_wait_for_what_another_client_asked_for);
	tcase_add_test(
		tc, free_of_anothers_resource_is_waited_for_by_who_freed_it);
	tcase_add_test(tc, sync_does_not_wait_for_what_somebody_holds);
	tcase_add_test(tc, sync_does_not_wait_for_what_came_later);
	tcase_add_test(tc, sync_does_not_wait_for_what_is_freed_behind_it);
	tcase_add_test(tc, syncs_of_one_bundle_are_answered_once_each);
	tcase_add_test(tc, held_sync_ends_with_the_engine);
	tcase_add_test(tc,
		syncs_of_one_client_are_bounded_and_those_of_others_are_held);
	tcase_add_test(
		tc, those_who_freed_one_resource_are_remembered_up_to_a_bound);
	suite_add_tcase(s, tc);
	return rooms_run(s);
}
