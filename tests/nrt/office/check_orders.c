/* SPDX-License-Identifier: MIT */
/*
 * check_orders.c -- who is kept for the works that they asked for, and what
 * these take.
 */
#include <check.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "guest.h"
#include "net.h"
#include "office_private.h"
#include "rooms.h"
#include "trial.h"

static struct rooms rooms = {.prepare = trial_add};
static struct rooms *r = &rooms;

static void
open_with(const char *more)
{
	const char *const sets[] = {"limits.max_resources=64", more, NULL};

	rooms_open(r, sets);
	rooms_ask(r, "/notify 1");
	rooms_heard(r);
}

static void
setup(void)
{
	open_with("workers.threads=2");
}

static void
teardown(void)
{
	trial_let(1000);
	rooms_close(r);
}

START_TEST(client_is_kept_while_its_works_are_under_way)
{
	struct guest g;

	guest_open(&g, r);
	ck_assert_int_eq((int)rooms_stat(r, "clients"), 1);
	guest_expect(&g, "/resource/new trial-thing 1 [ gate ]", "");
	guest_expect(&g, "/resource/new trial-thing 2 [ gate ]", "");
	ck_assert_int_eq((int)rooms_stat(r, "clients"), 2);
	/* one that is refused keeps nobody any longer */
	guest_expect(&g, "/resource/new trial-thing 2",
		"/error \"/resource/new\" 409 \"resource id 2 is taken: it is "
		"constructing; /resource/list tells which are\" 2\n");
	trial_wait(2);
	trial_let(2);
	rooms_rest(r);
	ck_assert_int_eq((int)rooms_stat(r, "clients"), 1);
	peer_unref(g.peer);
}
END_TEST

START_TEST(client_without_a_slot_is_refused_429)
{
	struct guest g;

	rooms_close(r);
	open_with("osc.max_clients=1");
	guest_open(&g, r);
	guest_expect(&g, "/resource/new trial-thing 1",
		"/error \"/resource/new\" 429 \"all 1 client slots are taken "
		"(osc.max_clients)\" 1\n");
	guest_expect(&g, "/job/new trial-work 1 0",
		"/error \"/job/new\" 429 \"all 1 client slots are taken "
		"(osc.max_clients)\" 1\n");
	/* who has a slot has it for all */
	rooms_expect(r, "/resource/new trial-thing 1 [ gate ]", "");
	rooms_expect(r, "/resource/new trial-thing 2 [ gate ]", "");
	trial_let(2);
	rooms_rest(r);
	/* freeing is never refused */
	guest_expect(&g, "/resource/free 1", "");
	rooms_rest(r);
	peer_unref(g.peer);
}
END_TEST

START_TEST(works_go_on_when_their_client_is_gone)
{
	struct guest g;

	guest_open(&g, r);
	guest_expect(&g, "/notify 1", "/notify.reply 1\n");
	guest_expect(&g, "/resource/new trial-thing 1 [ gate ]", "");
	guest_expect(&g, "/sync 4", "");
	trial_wait(1);
	/* its owner lets go, but the works do not: it is told the end */
	peer_unref(g.peer);
	trial_pass(r, 1, "/resource/ready 1\n");
	ck_assert_str_eq(g.heard, "/resource/ready 1\n/synced 4\n");
	ck_assert_int_eq((int)rooms_stat(r, "clients"), 1);
}
END_TEST

START_TEST(client_over_udp_is_the_same_one_while_its_works_last)
{
	static const char *const doors[] = {
		"osc.listeners=({url=\"udp://127.0.0.1:0\";role=\"admin\";})",
		NULL};

	rooms_close(r);
	rooms_open_doors(r, doors);
	rooms_ask(r, "/notify 1");
	int client = rooms_client(r, 0);
	/* rooms_client_ask syncs: held until the thing is there */
	const char *text =
		rooms_client_ask(r, client, "/resource/new trial-thing 1");
	ck_assert_ptr_nonnull(strstr(text, "/resource/ready 1\n"));
	rooms_client_ask(r, client, "/resource/new trial-thing 2");
	rooms_client_ask(r, client, "/resource/free 1");
	ck_assert_uint_eq(trial_destroys(), 1);
	ck_assert_int_eq((int)rooms_stat(r, "clients"), 1);
	(void)close(client);
}
END_TEST

/** A message with an argument of so many bytes, the first ones `words`. */
static void
put_large(const char *words, size_t bytes)
{
	static char text[70000];
	static uint8_t data[70000];
	size_t n = (size_t)snprintf(text, sizeof text, "%s \"", words);

	memset(text + n, 'x', bytes);
	memcpy(text + n + bytes, "\" ]", sizeof "\" ]");
	rooms_packet(r, data, rooms_message(data, sizeof data, text));
	rooms_turn(r);
}

START_TEST(arguments_are_kept_until_the_worker_is_through_with_them)
{
	put_large("/resource/new trial-thing 1 [ gate", 1000);
	put_large("/job/new trial-work 1 0 [ ] [ gate", 1000);
	trial_wait(2);
	ck_assert_uint_gt(r->office->order_bytes, 2000);
	ck_assert_uint_lt(r->office->order_bytes, 3000);
	trial_let(2);
	rooms_await(r, "/resource/ready 1");
	rooms_rest(r);
	ck_assert_uint_eq(r->office->order_bytes, 0);
	/* and what rt does not take is not kept at all */
	put_large("/resource/new trial-thing 1 [ gate", 1000);
	ck_assert_uint_eq(r->office->order_bytes, 0);
}
END_TEST

START_TEST(orders_are_refused_when_what_waits_is_too_much)
{
	char words[64];
	int32_t id = 0;

	r->office->order_bytes = (64 << 20) - 4000;
	rooms_expect(r, "/job/new trial-work 1 0 [ ] [ gate ]", "");
	trial_wait(1);
	put_large("/job/new trial-work 2 0 [ ] [ gate", 3500);
	ck_assert_str_eq(rooms_heard(r),
		"/error \"/job/new\" 503 \"what waits to be made takes 64 MiB "
		"already: send it later\" 2\n");
	/* small ones that rt took count with their arguments alone */
	for (id = 3; id < 20; id++) {
		(void)snprintf(words, sizeof words,
			"/job/new trial-work %d 0 [ ] [ gate ]", id);
		rooms_expect(r, words, "");
	}
	trial_let(18);
	rooms_rest(r);
	ck_assert_uint_eq(r->office->order_bytes, (64 << 20) - 4000);
	r->office->order_bytes = 0;
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("nrt/orders");
	TCase *tc = tcase_create("orders");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 100);
	tcase_add_test(tc, client_is_kept_while_its_works_are_under_way);
	tcase_add_test(tc, client_without_a_slot_is_refused_429);
	tcase_add_test(tc, works_go_on_when_their_client_is_gone);
	tcase_add_test(
		tc, client_over_udp_is_the_same_one_while_its_works_last);
	tcase_add_test(
		tc, arguments_are_kept_until_the_worker_is_through_with_them);
	tcase_add_test(tc, orders_are_refused_when_what_waits_is_too_much);
	suite_add_tcase(s, tc);
	return rooms_run(s);
}
