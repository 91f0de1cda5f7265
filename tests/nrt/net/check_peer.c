/* SPDX-License-Identifier: MIT */
/*
 * check_peer.c -- peer.c, peer_error.c and net.c: slots, references, rates.
 */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "doors.h"
#include "net_private.h"
#include "osc_read.h"

#define SECOND_NS INT64_C(1000000000)

static struct doors d;

static void
open_slots(uint32_t slots)
{
	const char *url = "udp://127.0.0.1:0";

	doors_init(&d);
	ck_assert_msg(doors_open(&d, &url, 1, slots) == 0, "%s", d.why);
}

static void
ask(int fd, const char *address)
{
	uint8_t message[64];

	doors_send(fd, message,
		doors_message(message, sizeof message, address, 1));
}

/** Ask, and expect the same back. */
static void
check_echo(int fd)
{
	uint8_t got[256];

	ask(fd, "/echo");
	size_t size = doors_receive(&d, fd, got, sizeof got);
	ck_assert_str_eq((char *)got, "/echo");
	ck_assert_uint_gt(size, 0);
}

START_TEST(slots_are_bounded_and_free_again_when_a_reason_ends)
{
	int fd[4];

	open_slots(3);
	d.answer = DOORS_KEEP;
	for (int i = 0; i < 4; i++) {
		fd[i] = doors_client(net_url(d.net, 0));
	}
	for (int i = 0; i < 3; i++) {
		check_echo(fd[i]);
		check_echo(fd[i]); /* one client holds one slot */
	}
	ck_assert_uint_eq(net_counts(d.net)->clients, 3);
	ask(fd[3], "/more");
	doors_receive_error(&d, fd[3], "/more", 429);
	struct peer *p = net_next_kept(d.net, NULL);
	ck_assert_int_eq(peer_keep(p, 4), 0);
	ck_assert_uint_eq(peer_kept(p), 5);
	peer_unkeep(p, 1);
	ck_assert_uint_eq(net_counts(d.net)->clients, 3);
	peer_unkeep(p, 2); /* never was one */
	peer_unkeep(p, 4);
	ck_assert_uint_eq(net_counts(d.net)->clients, 2);
	check_echo(fd[3]);
	ck_assert_uint_eq(net_counts(d.net)->clients, 3);
	ck_assert_uint_eq(d.gone, 0);
	for (int i = 0; i < 4; i++) {
		close(fd[i]);
	}
	doors_close(&d);
}
END_TEST

START_TEST(kept_peers_can_be_walked_while_they_are_let_go)
{
	int fd[5];
	uint32_t walked = 0;

	open_slots(5);
	d.answer = DOORS_KEEP;
	for (int i = 0; i < 5; i++) {
		fd[i] = doors_client(net_url(d.net, 0));
		check_echo(fd[i]);
	}
	for (struct peer *p = net_next_kept(d.net, NULL); p != NULL;
		p = net_next_kept(d.net, p)) {
		ck_assert_ptr_null(peer_data(p));
		peer_set_data(p, fd);
		ck_assert_ptr_eq(peer_data(p), fd);
		peer_unkeep(p, UINT32_MAX);
		walked++;
	}
	ck_assert_uint_eq(walked, 5);
	ck_assert_ptr_null(net_next_kept(d.net, NULL));
	for (int i = 0; i < 5; i++) {
		close(fd[i]);
	}
	doors_close(&d);
}
END_TEST

START_TEST(send_all_reaches_those_kept_for_that_reason_alone)
{
	uint8_t message[64], got[64];
	size_t size = doors_message(message, sizeof message, "/all", 1);

	open_slots(4);
	d.answer = DOORS_KEEP;
	int one = doors_client(net_url(d.net, 0));
	check_echo(one);
	struct peer *p = net_next_kept(d.net, NULL);
	ck_assert_int_eq(peer_keep(p, 2), 0);
	peer_unkeep(p, 1);
	int two = doors_client(net_url(d.net, 0));
	check_echo(two);
	net_send_all(d.net, 1, message, size);
	ck_assert_uint_eq(doors_receive(&d, two, got, sizeof got), size);
	ck_assert_int_eq(recv(one, got, sizeof got, MSG_DONTWAIT), -1);
	net_send_all(d.net, 3, message, size);
	ck_assert_uint_eq(doors_receive(&d, one, got, sizeof got), size);
	close(one);
	close(two);
	doors_close(&d);
}
END_TEST

START_TEST(client_is_gone_an_hour_after_its_last_packet)
{
	open_slots(4);
	d.answer = DOORS_KEEP;
	int quiet = doors_client(net_url(d.net, 0));
	int busy = doors_client(net_url(d.net, 0));
	check_echo(quiet);
	check_echo(busy);
	d.now_ns += 3599 * SECOND_NS;
	check_echo(busy);
	ck_assert_uint_eq(d.gone, 0);
	d.now_ns += 2 * SECOND_NS;
	doors_turn_until(&d, &d.gone, 1);
	ck_assert_uint_eq(net_counts(d.net)->clients, 1);
	check_echo(quiet); /* it may come again */
	ck_assert_uint_eq(net_counts(d.net)->clients, 2);
	close(quiet);
	close(busy);
	doors_close(&d);
}
END_TEST

START_TEST(reference_outlives_the_doors)
{
	uint8_t message[64];
	size_t size = doors_message(message, sizeof message, "/a", 1);

	open_slots(4);
	d.answer = DOORS_HOLD;
	int fd = doors_client(net_url(d.net, 0));
	ask(fd, "/hold");
	doors_turn_until(&d, &d.packets, 1);
	ck_assert_int_eq(peer_keep(d.held, 1), 0);
	net_close(d.net);
	d.net = NULL;
	ck_assert_uint_eq(d.gone, 0);
	peer_send(d.held, message, size);
	peer_error(d.held, "/hold", 500, NULL, "nobody hears");
	ck_assert_int_eq(peer_keep(d.held, 1), -EDESTADDRREQ);
	ck_assert_msg(strncmp(peer_name(d.held), "udp://127.0.0.1:", 16) == 0,
		"%s", peer_name(d.held));
	peer_unkeep(d.held, 1);
	peer_unref(d.held);
	close(fd);
	doors_close(&d);
}
END_TEST

START_TEST(error_names_address_code_text_and_first_argument)
{
	uint8_t got[256];
	const int32_t first = -7;
	struct osc_walk w;
	struct osc_message m;
	struct osc_args args;
	struct osc_arg a;

	open_slots(4);
	d.answer = DOORS_HOLD;
	int fd = doors_client(net_url(d.net, 0));
	ask(fd, "/hold");
	doors_turn_until(&d, &d.packets, 1);
	peer_error(d.held, "/node/free", 404, &first, "no node %d", -7);
	size_t size = doors_receive(&d, fd, got, sizeof got);
	ck_assert_str_eq(
		doors_error_text(got, size, "/node/free", 404), "no node -7");
	osc_walk_begin(&w, got, size);
	ck_assert(osc_walk_next(&w, &m));
	ck_assert_str_eq(m.types, "sisi");
	osc_args_begin(&args, &m);
	for (int i = 0; i < 4; i++) {
		ck_assert(osc_args_next(&args, &a));
	}
	ck_assert_int_eq(a.u.i, -7);
	peer_unref(d.held);
	close(fd);
	doors_close(&d);
}
END_TEST

START_TEST(error_about_an_endless_address_is_still_sent)
{
	char address[3000];
	uint8_t got[4096];

	memset(address, 'x', sizeof address);
	address[0] = '/';
	address[sizeof address - 1] = '\0';
	open_slots(4);
	d.answer = DOORS_HOLD;
	int fd = doors_client(net_url(d.net, 0));
	ask(fd, "/hold");
	doors_turn_until(&d, &d.packets, 1);
	peer_error(d.held, address, 404, NULL, "%2000s", "long");
	size_t size = doors_receive(&d, fd, got, sizeof got);
	ck_assert_ptr_null(osc_check(got, size));
	ck_assert_uint_gt(size, 1500);
	peer_unref(d.held);
	close(fd);
	doors_close(&d);
}
END_TEST

/** Read all errors that are there. @return how many; the last one's text */
static uint32_t
drain_errors(int fd, char *last, size_t room)
{
	uint8_t got[512];
	uint32_t n = 0;
	ssize_t size;

	last[0] = '\0';
	while ((size = recv(fd, got, sizeof got, MSG_DONTWAIT)) > 0) {
		struct osc_walk w;
		struct osc_message m;
		struct osc_args args;
		struct osc_arg a;
		ck_assert_ptr_null(osc_check(got, (size_t)size));
		osc_walk_begin(&w, got, (size_t)size);
		ck_assert(osc_walk_next(&w, &m));
		osc_args_begin(&args, &m);
		while (osc_args_next(&args, &a)) {
			if (a.type == 's') {
				snprintf(last, room, "%s", a.u.s);
			}
		}
		n++;
	}
	return n;
}

/** Provoke `n` errors, all of them taken in. */
static void
provoke(int fd, uint32_t n)
{
	uint32_t before = d.packets;

	for (uint32_t i = 0; i < n; i++) {
		ask(fd, "/wrong");
		doors_turn_until(&d, &d.packets, before + i + 1);
	}
}

START_TEST(errors_over_the_rate_are_counted_and_told_when_there_is_room)
{
	char last[128];

	open_slots(4);
	d.answer = DOORS_ERROR;
	int fd = doors_client(net_url(d.net, 0));
	provoke(fd, 350);
	ck_assert_uint_eq(drain_errors(fd, last, sizeof last), 200);
	ck_assert_uint_eq(net_counts(d.net)->errors, 200);
	ck_assert_uint_eq(net_counts(d.net)->held_back, 150);
	d.now_ns += SECOND_NS / 100; /* room for one */
	const char *text = doors_receive_error(&d, fd, "", 429);
	ck_assert_str_eq(text, "150 errors not sent");
	d.now_ns += SECOND_NS / 2; /* fifty more */
	provoke(fd, 51);
	ck_assert_uint_eq(drain_errors(fd, last, sizeof last), 50);
	d.now_ns += SECOND_NS / 100;
	text = doors_receive_error(&d, fd, "", 429);
	ck_assert_str_eq(text, "1 error not sent");
	close(fd);
	doors_close(&d);
}
END_TEST

START_TEST(flood_that_never_ends_is_told_of_all_the_same)
{
	char last[128];
	uint32_t told = 0;

	open_slots(4);
	d.answer = DOORS_ERROR;
	int fd = doors_client(net_url(d.net, 0));
	provoke(fd, 200);
	drain_errors(fd, last, sizeof last);
	for (int i = 0; i < 1000; i++) {
		/* two for every one that there is room for */
		d.now_ns += SECOND_NS / 200;
		provoke(fd, 1);
		drain_errors(fd, last, sizeof last);
		told += strstr(last, "not sent") != NULL;
	}
	ck_assert_uint_ge(told, 3);
	close(fd);
	doors_close(&d);
}
END_TEST

START_TEST(rate_of_one_client_is_not_the_others)
{
	char last[128];

	open_slots(4);
	d.answer = DOORS_ERROR;
	int loud = doors_client(net_url(d.net, 0));
	int other = doors_client(net_url(d.net, 0));
	provoke(loud, 300);
	ask(other, "/wrong");
	doors_receive_error(&d, other, "/wrong", 404);
	ck_assert_uint_eq(drain_errors(loud, last, sizeof last), 200);
	close(loud);
	close(other);
	doors_close(&d);
}
END_TEST

START_TEST(rate_outlives_a_thousand_other_senders_but_memory_does_not_grow)
{
	char last[128];
	uint8_t message[64];
	size_t size = doors_message(message, sizeof message, "/wrong", 1);

	open_slots(4);
	d.answer = DOORS_ERROR;
	int loud = doors_client(net_url(d.net, 0));
	provoke(loud, 250);
	ck_assert_uint_eq(drain_errors(loud, last, sizeof last), 200);
	for (int i = 0; i < 1000; i++) {
		int fd = doors_client(net_url(d.net, 0));
		doors_send(fd, message, size);
		doors_receive_error(&d, fd, "/wrong", 404);
		close(fd);
	}
	provoke(loud, 1);
	ck_assert_uint_eq(drain_errors(loud, last, sizeof last), 0);
	/* two thousand more: then it is forgotten, and told of before */
	for (int i = 0; i < 2000; i++) {
		int fd = doors_client(net_url(d.net, 0));
		doors_send(fd, message, size);
		doors_receive_error(&d, fd, "/wrong", 404);
		close(fd);
	}
	ck_assert_uint_eq(drain_errors(loud, last, sizeof last), 1);
	ck_assert_str_eq(last, "51 errors not sent");
	close(loud);
	doors_close(&d);
}
END_TEST

START_TEST(peer_is_who_sends_from_one_address_to_one_listener)
{
	const char *urls[] = {"udp://127.0.0.1:0", "udp://127.0.0.1:0"};
	union address a = {0}, b = {0};
	const socklen_t size = sizeof a.v4;

	doors_init(&d);
	ck_assert_msg(doors_open(&d, urls, 2, 8) == 0, "%s", d.why);
	struct listener *l = d.net->listener;
	a.v4.sin_family = b.v4.sin_family = AF_INET;
	a.v4.sin_port = 5;
	b.v4.sin_port = 6;
	struct peer *p = peer_find(&l[0], &a, size, 0);
	ck_assert_ptr_nonnull(p);
	/* the second time it is the one that was found last */
	for (int i = 0; i < 3; i++) {
		ck_assert_ptr_eq(peer_find(&l[0], &a, size, 0), p);
	}
	struct peer *q = peer_find(&l[1], &a, size, 0);
	ck_assert_ptr_ne(q, p);
	ck_assert_ptr_eq(q->from, &l[1]);
	ck_assert_ptr_eq(peer_find(&l[0], &a, size, 0), p);
	q = peer_find(&l[0], &b, size, 0);
	ck_assert_ptr_ne(q, p);
	ck_assert_ptr_eq(peer_find(&l[0], &a, size, 0), p);
	/* names of UNIX sockets may begin alike */
	q = peer_find(&l[0], &a, size - 4, 0);
	ck_assert_ptr_ne(q, p);
	ck_assert_uint_eq(q->address_size, size - 4);
	doors_close(&d);
}
END_TEST

/* batches that come back let go of many at once */
START_TEST(peer_found_last_is_forgotten_when_it_is_gone)
{
	static struct peer *held[PEER_IDLE_MAX];
	union address a = {0};
	const socklen_t size = sizeof a.v4;

	doors_open_one(&d, "udp://127.0.0.1:0");
	struct listener *l = d.net->listener;
	a.v4.sin_family = AF_INET;
	for (uint32_t i = 0; i < PEER_IDLE_MAX; i++) {
		a.v4.sin_port = (in_port_t)(i + 1);
		held[i] = peer_ref(peer_find(l, &a, size, 0));
	}
	a.v4.sin_port = 0;
	struct peer *p = peer_find(l, &a, size, 0);
	ck_assert_ptr_eq(peer_find(l, &a, size, 0), p);
	ck_assert_ptr_eq(d.net->last, p);
	for (uint32_t i = 0; i < PEER_IDLE_MAX; i++) {
		peer_unref(held[i]);
	}
	ck_assert_ptr_null(d.net->last);
	ck_assert_ptr_null(peer_seek(l, &a, size));
	doors_close(&d);
}
END_TEST

START_TEST(doors_without_listeners_open_and_close)
{
	doors_init(&d);
	ck_assert_msg(doors_open(&d, NULL, 0, 0) == 0, "%s", d.why);
	ck_assert_ptr_null(net_url(d.net, 0));
	ck_assert_ptr_null(net_next_kept(d.net, NULL));
	doors_close(&d);
	net_close(NULL);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("nrt/peer");
	TCase *tc = tcase_create("peer");

	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, slots_are_bounded_and_free_again_when_a_reason_ends);
	tcase_add_test(tc, kept_peers_can_be_walked_while_they_are_let_go);
	tcase_add_test(tc, send_all_reaches_those_kept_for_that_reason_alone);
	tcase_add_test(tc, client_is_gone_an_hour_after_its_last_packet);
	tcase_add_test(tc, reference_outlives_the_doors);
	tcase_add_test(tc, error_names_address_code_text_and_first_argument);
	tcase_add_test(tc, error_about_an_endless_address_is_still_sent);
	tcase_add_test(tc,
		errors_over_the_rate_are_counted_and_told_when_there_is_room);
	tcase_add_test(tc, flood_that_never_ends_is_told_of_all_the_same);
	tcase_add_test(tc, rate_of_one_client_is_not_the_others);
	tcase_add_test(tc,
		rate_outlives_a_thousand_other_senders_but_memory_does_not_grow);
	tcase_add_test(tc, peer_is_who_sends_from_one_address_to_one_listener);
	tcase_add_test(tc, peer_found_last_is_forgotten_when_it_is_gone);
	tcase_add_test(tc, doors_without_listeners_open_and_close);
	suite_add_tcase(s, tc);
	SRunner *r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
