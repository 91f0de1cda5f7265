/* SPDX-License-Identifier: MIT */
/*
 * check_dgram.c -- dgram.c over loopback: UDP of both families, UNIX, groups.
 */
#include <arpa/inet.h>
#include <check.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "corpus.h"
#include "doors.h"
#include "net_private.h"

static struct doors d;

/** Ask, and expect the same back. */
static void
check_echo(int fd, int n)
{
	uint8_t sent[64], got[128];
	size_t size = doors_message(sent, sizeof sent, "/echo", n);

	doors_send(fd, sent, size);
	ck_assert_uint_eq(doors_receive(&d, fd, got, sizeof got), size);
	ck_assert_mem_eq(got, sent, size);
}

START_TEST(packet_goes_in_and_its_answer_comes_back)
{
	static const char *const urls[] = {
		"udp://127.0.0.1:0", "udp://localhost:0", "udp://[::1]:0"};

	doors_open_one(&d, urls[_i]);
	d.answer = DOORS_ECHO;
	int fd = doors_client(net_url(d.net, 0));
	check_echo(fd, 1);
	check_echo(fd, 2);
	ck_assert_int_eq(d.role, ROLE_ADMIN);
	ck_assert_msg(strncmp(d.name, "udp://", 6) == 0, "%s", d.name);
	ck_assert_uint_eq(net_counts(d.net)->packets, 2);
	close(fd);
	doors_close(&d);
}
END_TEST

START_TEST(wildcard_of_ipv6_hears_ipv4_too_and_names_it_so)
{
	char url[64];
	unsigned port;

	doors_open_one(&d, "udp://[::]:0");
	d.answer = DOORS_ECHO;
	ck_assert_int_eq(sscanf(net_url(d.net, 0), "udp://[::]:%u", &port), 1);
	snprintf(url, sizeof url, "udp://127.0.0.1:%u", port);
	int fd = doors_client(url);
	check_echo(fd, 1);
	ck_assert_msg(
		strncmp(d.name, "udp://127.0.0.1:", 16) == 0, "%s", d.name);
	close(fd);
	doors_close(&d);
}
END_TEST

START_TEST(unix_datagrams_are_answered_where_they_were_bound)
{
	char url[128];

	doors_init(&d);
	const char *urls[] = {
		doors_local_url(&d, "unixgram", "door", url, sizeof url)};
	ck_assert_msg(doors_open(&d, urls, 1, 8) == 0, "%s", d.why);
	d.answer = DOORS_ECHO;
	int fd = doors_named_client(&d, url, "client");
	check_echo(fd, 5);
	ck_assert_msg(strstr(d.name, "/client") != NULL, "%s", d.name);
	close(fd);
	doors_close(&d);
}
END_TEST

START_TEST(unix_datagram_from_nowhere_is_heard_but_neither_answered_nor_kept)
{
	char url[128];
	uint8_t message[64];

	doors_init(&d);
	const char *urls[] = {
		doors_local_url(&d, "unixgram", "door", url, sizeof url)};
	ck_assert_msg(doors_open(&d, urls, 1, 8) == 0, "%s", d.why);
	d.answer = DOORS_KEEP;
	int fd = doors_client(url);
	doors_send(fd, message, doors_message(message, 64, "/a", 1));
	doors_turn_until(&d, &d.packets, 1);
	ck_assert_uint_eq(net_counts(d.net)->clients, 0);
	ck_assert_uint_eq(net_counts(d.net)->unsent, 1);
	close(fd);
	doors_close(&d);
}
END_TEST

START_TEST(group_is_joined_when_the_host_is_multicast)
{
	struct ip_mreqn lo = {.imr_ifindex = (int)if_nametoindex("lo")};
	struct sockaddr_in to = {.sin_family = AF_INET};
	uint8_t message[64];
	size_t size = doors_message(message, sizeof message, "/all", 3);
	unsigned port;

	doors_open_one(&d, "udp://239.255.77.1%lo:0");
	ck_assert_int_eq(
		sscanf(net_url(d.net, 0), "udp://239.255.77.1:%u", &port), 1);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	ck_assert_int_eq(
		setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &lo, sizeof lo), 0);
	to.sin_port = htons((uint16_t)port);
	inet_pton(AF_INET, "239.255.77.1", &to.sin_addr);
	ck_assert_int_eq(
		sendto(fd, message, size, 0, (struct sockaddr *)&to, sizeof to),
		(int)size);
	doors_turn_until(&d, &d.packets, 1);
	close(fd);
	doors_close(&d);
}
END_TEST

START_TEST(packet_from_outside_the_allow_list_is_counted_and_not_answered)
{
	const char *const allow[2][2] = {
		{"10.0.0.0/8", "fe80::/10"},
                {"10.0.0.0/8", "127.0.0.1"}
        };
	const struct listener_config l[2] = {
		{.url = "udp://127.0.0.1:0", .allow = allow[0], .allowed = 2},
		{.url = "udp://[::]:0",      .allow = allow[1], .allowed = 2}
        };
	const struct net_config config = {.max_packet = 4096,
		.max_clients = 8,
		.listeners = 2,
		.listener = l};
	uint8_t message[64];
	size_t size = doors_message(message, sizeof message, "/a", 1);
	char url[64];
	unsigned port;

	doors_init(&d);
	ck_assert_msg(doors_open_config(&d, &config) == 0, "%s", d.why);
	d.answer = DOORS_ECHO;
	int outside = doors_client(net_url(d.net, 0));
	doors_send(outside, message, size);
	ck_assert_int_eq(sscanf(net_url(d.net, 1), "udp://[::]:%u", &port), 1);
	snprintf(url, sizeof url, "udp://127.0.0.1:%u", port);
	int inside = doors_client(url);
	check_echo(inside, 7);
	while (net_counts(d.net)->denied == 0) {
		doors_turn(&d);
	}
	ck_assert_uint_eq(net_counts(d.net)->packets, 1);
	ck_assert_int_eq(recv(outside, message, 64, MSG_DONTWAIT), -1);
	close(outside);
	close(inside);
	doors_close(&d);
}
END_TEST

START_TEST(role_of_the_listener_is_the_peers)
{
	const struct listener_config l[3] = {
		{.url = "udp://127.0.0.1:0", .role = ROLE_CONTROL },
		{.url = "udp://127.0.0.1:0", .role = ROLE_OPERATOR},
		{.url = "udp://127.0.0.1:0", .role = ROLE_ADMIN   }
        };
	const struct net_config config = {.max_packet = 4096,
		.max_clients = 8,
		.listeners = 3,
		.listener = l};

	doors_init(&d);
	ck_assert_msg(doors_open_config(&d, &config) == 0, "%s", d.why);
	d.answer = DOORS_ECHO;
	for (uint32_t i = 0; i < 3; i++) {
		int fd = doors_client(net_url(d.net, i));
		check_echo(fd, (int)i);
		ck_assert_int_eq(d.role, l[i].role);
		close(fd);
	}
	doors_close(&d);
}
END_TEST

START_TEST(packet_that_is_malformed_too_large_or_empty_is_judged)
{
	static uint8_t large[DOORS_PACKET + 4] = "/large";

	doors_open_one(&d, "udp://127.0.0.1:0");
	d.answer = DOORS_ECHO;
	int fd = doors_client(net_url(d.net, 0));
	doors_send(fd, "nonsense", 8);
	const char *text = doors_receive_error(&d, fd, "", 400);
	ck_assert_msg(strstr(text, "begin with '/'") != NULL, "%s", text);
	doors_send(fd, large, sizeof large);
	text = doors_receive_error(&d, fd, "", 413);
	ck_assert_msg(strstr(text, "4100") != NULL, "%s", text);
	doors_send(fd, "", 0);
	check_echo(fd, 1);
	const struct net_counts *c = net_counts(d.net);
	ck_assert_uint_eq(c->empty, 1);
	ck_assert_uint_eq(c->malformed, 2);
	ck_assert_uint_eq(c->errors, 2);
	ck_assert_uint_eq(c->packets, 3);
	ck_assert_uint_eq(d.packets, 1);
	close(fd);
	doors_close(&d);
}
END_TEST

START_TEST(flood_at_one_door_leaves_time_for_the_others)
{
	const char *urls[] = {"udp://127.0.0.1:0", "udp://127.0.0.1:0"};
	uint8_t message[64];
	size_t size = doors_message(message, sizeof message, "/a", 1);

	doors_init(&d);
	ck_assert_msg(doors_open(&d, urls, 2, 8) == 0, "%s", d.why);
	int flood = doors_client(net_url(d.net, 0));
	int other = doors_client(net_url(d.net, 1));
	for (int i = 0; i < 600; i++) {
		doors_send(flood, message, size);
	}
	doors_send(other, message, doors_message(message, 64, "/b", 1));
	d.answer = DOORS_ECHO;
	bool heard_other = false;
	for (int i = 0; i < 3 && !heard_other; i++) {
		doors_turn(&d);
		heard_other =
			recv(other, message, sizeof message, MSG_DONTWAIT) > 0;
	}
	ck_assert(heard_other);
	ck_assert_uint_lt(d.packets, 601);
	doors_turn_until(&d, &d.packets, 601);
	close(flood);
	close(other);
	doors_close(&d);
}
END_TEST

START_TEST(swarm_tells_what_came_since_it_was_asked_for)
{
	const char *urls[] = {"udp://127.0.0.1:0", "udp://127.0.0.1:0"};
	uint8_t message[64];
	size_t size = doors_message(message, sizeof message, "/a", 1);

	doors_init(&d);
	ck_assert_msg(doors_open(&d, urls, 2, 8) == 0, "%s", d.why);
	int one = doors_client(net_url(d.net, 0));
	int other = doors_client(net_url(d.net, 1));
	for (int i = 0; i < 40; i++) {
		doors_send(one, message, size);
	}
	doors_turn_until(&d, &d.packets, 40);
	doors_send(other, message, size);
	doors_turn_until(&d, &d.packets, 41);
	struct net_swarm s = net_swarm(d.net);
	ck_assert_uint_eq(s.datagrams, 41);
	ck_assert(!s.more && !s.answered);
	s = net_swarm(d.net);
	ck_assert_uint_eq(s.datagrams, 0);
	/* more than a turn takes */
	for (int i = 0; i < 150; i++) {
		doors_send(one, message, size);
	}
	d.answer = DOORS_ECHO;
	doors_turn_until(&d, &d.packets, 42);
	s = net_swarm(d.net);
	ck_assert_uint_eq(s.datagrams, 128);
	ck_assert(s.more && s.answered);
	doors_turn_until(&d, &d.packets, 41 + 150);
	s = net_swarm(d.net);
	ck_assert_uint_eq(s.datagrams, 22);
	ck_assert(!s.more && s.answered);
	s = net_swarm(d.net);
	ck_assert(!s.answered);
	close(one);
	close(other);
	doors_close(&d);
}
END_TEST

START_TEST(swarm_tells_of_doors_with_little_room)
{
	char url[128];
	uint8_t message[64];
	size_t size = doors_message(message, sizeof message, "/a", 1);

	doors_init(&d);
	const char *urls[] = {"udp://127.0.0.1:0",
		doors_local_url(&d, "unixgram", "door", url, sizeof url)};
	ck_assert_msg(doors_open(&d, urls, 2, 8) == 0, "%s", d.why);
	struct listener *l = d.net->listener;
	int granted = 0;
	socklen_t bytes = sizeof granted;
	ck_assert_int_eq(
		getsockopt(l[0].fd, SOL_SOCKET, SO_RCVBUF, &granted, &bytes),
		0);
	ck_assert_int_eq(l[0].cramped, granted < 2 << 20);
	ck_assert(l[1].cramped);
	l[0].cramped = false;
	int roomy = doors_client(net_url(d.net, 0));
	int cramped = doors_client(net_url(d.net, 1));
	doors_send(roomy, message, size);
	doors_turn_until(&d, &d.packets, 1);
	ck_assert(!net_swarm(d.net).cramped);
	doors_send(cramped, message, size);
	doors_turn_until(&d, &d.packets, 2);
	doors_send(roomy, message, size);
	doors_turn_until(&d, &d.packets, 3);
	ck_assert(net_swarm(d.net).cramped);
	ck_assert(!net_swarm(d.net).cramped);
	close(roomy);
	close(cramped);
	doors_close(&d);
}
END_TEST

START_TEST(what_the_kernel_dropped_is_counted)
{
	uint8_t message[1024];
	size_t size = doors_message(message, sizeof message, "/a", 1);
	uint32_t sent = 0;

	doors_open_one(&d, "udp://127.0.0.1:0");
	int fd = doors_client(net_url(d.net, 0));
	/* more than any receive buffer that the kernel grants us */
	for (; sent < 60000; sent++) {
		doors_send(fd, message, size);
	}
	for (int i = 0; i < 20000 && net_counts(d.net)->dropped == 0; i++) {
		doors_turn(&d);
		/* the count comes with a packet that came after the loss */
		doors_send(fd, message, size);
		sent++;
	}
	ck_assert_uint_gt(net_counts(d.net)->dropped, 0);
	for (int i = 0;
		i < 20000 &&
		net_counts(d.net)->packets + net_counts(d.net)->dropped < sent;
		i++) {
		doors_turn(&d);
	}
	ck_assert_uint_eq(
		net_counts(d.net)->packets + net_counts(d.net)->dropped, sent);
	close(fd);
	doors_close(&d);
}
END_TEST

START_TEST(kept_client_that_refuses_is_gone)
{
	uint8_t message[64];
	size_t size = doors_message(message, sizeof message, "/a", 1);
	static const char *const urls[] = {
		"udp://127.0.0.1:0", "udp://[::1]:0", "udp://[::]:0"};
	char url[64];
	unsigned port;

	doors_open_one(&d, urls[_i]);
	d.answer = DOORS_KEEP;
	snprintf(url, sizeof url, "%s", net_url(d.net, 0));
	if (sscanf(url, "udp://[::]:%u", &port) == 1) {
		/* IPv4 that an IPv6 socket hears */
		snprintf(url, sizeof url, "udp://127.0.0.1:%u", port);
	}
	int fd = doors_client(url), stays = doors_client(url);
	check_echo(fd, 1);
	check_echo(stays, 2);
	ck_assert_uint_eq(net_counts(d.net)->clients, 2);
	close(fd);
	net_send_all(d.net, 1, message, size);
	doors_turn_until(&d, &d.gone, 1);
	ck_assert_uint_eq(net_counts(d.net)->clients, 1);
	/* the refusal of one takes nothing from the other */
	uint8_t got[64];
	ck_assert_uint_eq(doors_receive(&d, stays, got, sizeof got), size);
	net_send_all(d.net, 1, message, size);
	ck_assert_uint_eq(doors_receive(&d, stays, got, sizeof got), size);
	ck_assert_uint_eq(d.gone, 1);
	close(stays);
	doors_close(&d);
}
END_TEST

START_TEST(refusal_of_one_loses_no_answer_to_another)
{
	uint8_t message[64], got[64];
	size_t size = doors_message(message, sizeof message, "/a", 1);

	doors_open_one(&d, "udp://127.0.0.1:0");
	d.answer = DOORS_KEEP;
	int stays = doors_client(net_url(d.net, 0));
	check_echo(stays, 0);
	for (int i = 0; i < 7; i++) {
		int fd = doors_client(net_url(d.net, 0));
		check_echo(fd, i);
		close(fd);
	}
	/* without a turn of the loop in between: refusals are pending */
	for (int i = 0; i < 5; i++) {
		net_send_all(d.net, 1, message, size);
	}
	for (int i = 0; i < 5; i++) {
		ck_assert_uint_eq(
			doors_receive(&d, stays, got, sizeof got), size);
	}
	doors_turn_until(&d, &d.gone, 7);
	ck_assert_uint_eq(net_counts(d.net)->clients, 1);
	close(stays);
	doors_close(&d);
}
END_TEST

START_TEST(kept_unix_client_whose_socket_is_gone_is_gone)
{
	char url[128];
	uint8_t message[64];
	size_t size = doors_message(message, sizeof message, "/a", 1);

	doors_init(&d);
	const char *urls[] = {
		doors_local_url(&d, "unixgram", "door", url, sizeof url)};
	ck_assert_msg(doors_open(&d, urls, 1, 8) == 0, "%s", d.why);
	d.answer = DOORS_KEEP;
	int fd = doors_named_client(&d, url, "client");
	check_echo(fd, 1);
	close(fd);
	net_send_all(d.net, 1, message, size);
	doors_turn_until(&d, &d.gone, 1);
	ck_assert_uint_eq(net_counts(d.net)->clients, 0);
	doors_close(&d);
}
END_TEST

START_TEST(hundred_thousand_wild_packets_leave_the_doors_answering)
{
	uint32_t state = 1234567;
	uint8_t packet[2048];

	doors_open_one(&d, "udp://127.0.0.1:0");
	d.answer = DOORS_ERROR;
	int fd = doors_client(net_url(d.net, 0));
	for (uint32_t i = 0; i < 100000; i++) {
		size_t size = corpus_make(&state, packet, sizeof packet);
		doors_send(fd, packet, size);
		if (i % 64 == 63) {
			doors_turn(&d);
			while (recv(fd, packet, sizeof packet, MSG_DONTWAIT) >
				0) {
			}
		}
	}
	while (net_counts(d.net)->packets + net_counts(d.net)->dropped <
		100000) {
		doors_turn(&d);
	}
	while (recv(fd, packet, sizeof packet, MSG_DONTWAIT) > 0) {
	}
	ck_assert_uint_gt(net_counts(d.net)->malformed, 1000);
	ck_assert_uint_gt(d.packets, 1000);
	d.answer = DOORS_ECHO;
	check_echo(fd, 1);
	close(fd);
	doors_close(&d);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("nrt/dgram");
	TCase *tc = tcase_create("dgram");
	bool v6 = doors_has_ipv6();

	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(
		tc, packet_goes_in_and_its_answer_comes_back, 0, v6 ? 3 : 2);
	if (v6) {
		tcase_add_test(
			tc, wildcard_of_ipv6_hears_ipv4_too_and_names_it_so);
	}
	tcase_add_test(tc, unix_datagrams_are_answered_where_they_were_bound);
	tcase_add_test(tc,
		unix_datagram_from_nowhere_is_heard_but_neither_answered_nor_kept);
	tcase_add_test(tc, group_is_joined_when_the_host_is_multicast);
	if (v6) {
		tcase_add_test(tc,
			packet_from_outside_the_allow_list_is_counted_and_not_answered);
	}
	tcase_add_test(tc, role_of_the_listener_is_the_peers);
	tcase_add_test(
		tc, packet_that_is_malformed_too_large_or_empty_is_judged);
	tcase_add_test(tc, flood_at_one_door_leaves_time_for_the_others);
	tcase_add_test(tc, swarm_tells_what_came_since_it_was_asked_for);
	tcase_add_test(tc, swarm_tells_of_doors_with_little_room);
	tcase_add_test(tc, what_the_kernel_dropped_is_counted);
	tcase_add_loop_test(
		tc, kept_client_that_refuses_is_gone, 0, v6 ? 3 : 1);
	tcase_add_test(tc, refusal_of_one_loses_no_answer_to_another);
	tcase_add_test(tc, kept_unix_client_whose_socket_is_gone_is_gone);
	tcase_add_test(
		tc, hundred_thousand_wild_packets_leave_the_doors_answering);
	suite_add_tcase(s, tc);
	SRunner *r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
