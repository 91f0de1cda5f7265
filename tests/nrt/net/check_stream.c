/* SPDX-License-Identifier: MIT */
/*
 * check_stream.c -- stream.c over TCP and UNIX sockets, in both framings.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "corpus.h"
#include "doors.h"
#include "net_private.h"
#include "slip.h"

#define STREAM 262144

static struct doors d;

/** Open a door: even loops TCP, odd ones UNIX. */
static void
open_door(int loop)
{
	char url[128];

	if (loop % 2 == 0) {
		doors_open_one(&d, "tcp://127.0.0.1:0");
		return;
	}
	doors_init(&d);
	const char *urls[] = {
		doors_local_url(&d, "unix", "door", url, sizeof url)};
	ck_assert_msg(doors_open(&d, urls, 1, 8) == 0, "%s", d.why);
}

static enum slip_framing
framing_of(int loop)
{
	return loop / 2 % 2 == 0 ? SLIP_ENDS : SLIP_LENGTH;
}

/** Read one framed packet. @return its size; 0 at the end of the stream */
static size_t
read_packet(int fd, enum slip_framing framing, uint8_t *out, size_t room)
{
	struct slip_in in;
	uint8_t bytes[2048];

	slip_init(&in, out, room);
	for (;;) {
		ck_assert_msg(doors_turn_until_readable(&d, fd), "no answer");
		ssize_t got = recv(fd, bytes, sizeof bytes, MSG_PEEK);
		if (got <= 0) {
			return 0;
		}
		const uint8_t *at = bytes;
		enum slip_event e = slip_next(&in, &at, bytes + got);
		ck_assert_int_eq(in.framing, framing);
		/* what is behind the packet is for the next call */
		ck_assert_int_eq(
			recv(fd, bytes, (size_t)(at - bytes), 0), at - bytes);
		if (e == SLIP_PACKET) {
			return in.size;
		}
		ck_assert_int_eq(e, SLIP_MORE);
	}
}

static void
send_framed(int fd, enum slip_framing framing, const void *packet, size_t size)
{
	uint8_t framed[1024];

	ck_assert_uint_le(slip_bound(framing, size), sizeof framed);
	doors_send(fd, framed, slip_write(framing, packet, size, framed));
}

static void
check_echo(int fd, enum slip_framing framing, int n)
{
	uint8_t sent[64], got[256];
	size_t size = doors_message(sent, sizeof sent, "/echo", n);

	send_framed(fd, framing, sent, size);
	ck_assert_uint_eq(read_packet(fd, framing, got, sizeof got), size);
	ck_assert_mem_eq(got, sent, size);
}

START_TEST(packet_goes_in_and_its_answer_comes_back_in_the_same_framing)
{
	open_door(_i);
	d.answer = DOORS_ECHO;
	int fd = doors_client(net_url(d.net, 0));
	/* -1073741824 holds END, 0xdb holds ESC */
	check_echo(fd, framing_of(_i), (int)0xc0dbdcdd);
	check_echo(fd, framing_of(_i), 2);
	ck_assert_msg(strstr(d.name, _i % 2 == 0 ? "tcp://127.0.0.1:"
						 : " pid ") != NULL,
		"%s", d.name);
	ck_assert_uint_eq(net_counts(d.net)->connections, 1);
	close(fd);
	while (net_counts(d.net)->connections != 0) {
		doors_turn(&d);
	}
	doors_close(&d);
}
END_TEST

START_TEST(packets_cut_anyhow_come_out_whole_and_in_order)
{
	static uint8_t stream[STREAM];
	enum slip_framing framing = framing_of(_i);
	uint32_t state = 17 + (uint32_t)_i;
	size_t size = 0, sent = 0;
	const int count = 400;
	uint8_t message[64], got[256];

	open_door(_i);
	d.answer = DOORS_ECHO;
	int fd = doors_client(net_url(d.net, 0));
	for (int i = 0; i < count; i++) {
		size += slip_write(framing, message,
			doors_message(message, sizeof message, "/p", i),
			stream + size);
	}
	/* first byte by byte, then by chance, then all the rest at once */
	while (sent < size) {
		size_t piece = sent < 200        ? 1
			       : sent < size / 2 ? corpus_random(&state) % 50
						 : size - sent;
		doors_send(fd, stream + sent, piece);
		sent += piece;
		doors_turn(&d);
	}
	for (int i = 0; i < count; i++) {
		size_t wanted = doors_message(message, sizeof message, "/p", i);
		ck_assert_uint_eq(
			read_packet(fd, framing, got, sizeof got), wanted);
		ck_assert_mem_eq(got, message, wanted);
	}
	close(fd);
	doors_close(&d);
}
END_TEST

START_TEST(bad_length_is_answered_in_kind_and_ends_the_connection)
{
	static const struct {
		uint8_t bytes[8];
		int code;
		const char *words;
	} table[] = {
		{{0, 0, 0, 0, '/', 'a', 0, 0}, 400, "length 0"},
		{{0, 0, 0, 6, '/', 'a', 0, 0}, 400, "length 6"},
		{{0, 1, 0, 0, '/', 'a', 0, 0}, 413, "65536"   },
	};
	uint8_t got[512];

	open_door(_i);
	int fd = doors_client(net_url(d.net, 0));
	const int k = _i / 2;
	doors_send(fd, table[k].bytes, 8);
	/* more that nobody will read must not swallow the answer */
	doors_send(fd, got, sizeof got);
	size_t size = read_packet(fd, SLIP_LENGTH, got, sizeof got);
	const char *text = doors_error_text(got, size, "", table[k].code);
	ck_assert_msg(strstr(text, table[k].words) != NULL, "%s", text);
	ck_assert_uint_eq(read_packet(fd, SLIP_LENGTH, got, sizeof got), 0);
	ck_assert_uint_eq(net_counts(d.net)->malformed, 1);
	close(fd);
	while (net_counts(d.net)->connections != 0) {
		doors_turn(&d);
	}
	doors_close(&d);
}
END_TEST

START_TEST(stream_that_begins_like_neither_is_told_so_and_ended)
{
	uint8_t got[512];

	open_door(_i);
	int fd = doors_client(net_url(d.net, 0));
	doors_send(fd, "GET / HTTP/1.1\r\n\r\n", 18);
	size_t size = read_packet(fd, SLIP_ENDS, got, sizeof got);
	doors_error_text(got, size, "", 400);
	ck_assert_uint_eq(read_packet(fd, SLIP_ENDS, got, sizeof got), 0);
	close(fd);
	doors_close(&d);
}
END_TEST

START_TEST(bad_escape_or_size_spoils_one_packet_alone)
{
	static uint8_t large[DOORS_PACKET + 6] = "\xc0/";
	uint8_t got[512];

	open_door(_i);
	d.answer = DOORS_ECHO;
	int fd = doors_client(net_url(d.net, 0));
	doors_send(fd, "\xc0/\xdb/\0\xc0", 6);
	size_t size = read_packet(fd, SLIP_ENDS, got, sizeof got);
	doors_error_text(got, size, "", 400);
	check_echo(fd, SLIP_ENDS, 1);
	large[sizeof large - 1] = 0xc0;
	doors_send(fd, large, sizeof large);
	size = read_packet(fd, SLIP_ENDS, got, sizeof got);
	doors_error_text(got, size, "", 413);
	check_echo(fd, SLIP_ENDS, 2);
	doors_send(fd,
		"\xc0"
		"bad!\xc0",
		6);
	size = read_packet(fd, SLIP_ENDS, got, sizeof got);
	doors_error_text(got, size, "", 400);
	check_echo(fd, SLIP_ENDS, 3);
	ck_assert_uint_eq(net_counts(d.net)->malformed, 3);
	close(fd);
	doors_close(&d);
}
END_TEST

START_TEST(kept_client_that_hangs_up_is_gone)
{
	open_door(_i);
	d.answer = DOORS_KEEP;
	int fd = doors_client(net_url(d.net, 0));
	check_echo(fd, framing_of(_i), 1);
	ck_assert_uint_eq(net_counts(d.net)->clients, 1);
	close(fd);
	doors_turn_until(&d, &d.gone, 1);
	ck_assert_uint_eq(net_counts(d.net)->clients, 0);
	doors_turn(&d);
	ck_assert_uint_eq(d.gone, 1);
	doors_close(&d);
}
END_TEST

START_TEST(client_that_has_sent_its_last_still_gets_what_is_owed)
{
	uint8_t message[64], got[256];
	size_t size = doors_message(message, sizeof message, "/later", 1);

	open_door(_i);
	d.answer = DOORS_HOLD;
	int fd = doors_client(net_url(d.net, 0));
	send_framed(fd, framing_of(_i), message, size);
	ck_assert_int_eq(shutdown(fd, SHUT_WR), 0);
	doors_turn_until(&d, &d.packets, 1);
	for (int i = 0; i < 5; i++) {
		doors_turn(&d);
	}
	ck_assert_uint_eq(net_counts(d.net)->connections, 1);
	peer_send(d.held, message, size);
	peer_unref(d.held);
	ck_assert_uint_eq(
		read_packet(fd, framing_of(_i), got, sizeof got), size);
	ck_assert_uint_eq(read_packet(fd, framing_of(_i), got, sizeof got), 0);
	close(fd);
	doors_close(&d);
}
END_TEST

/* what rt gives back without a call is taken when the loop wakes */
START_TEST(doors_look_often_while_a_connection_waits_to_end)
{
	uint8_t message[64];
	size_t size = doors_message(message, sizeof message, "/later", 1);

	open_door(_i);
	d.answer = DOORS_HOLD;
	int fd = doors_client(net_url(d.net, 0));
	send_framed(fd, framing_of(_i), message, size);
	doors_turn_until(&d, &d.packets, 1);
	ck_assert(d.net->tick_s == 0.0);
	ck_assert_int_eq(shutdown(fd, SHUT_WR), 0);
	while (d.net->closing == 0) {
		doors_turn(&d);
	}
	ck_assert(d.net->tick_s > 0.0 && d.net->tick_s <= 0.1);
	peer_unref(d.held);
	while (net_counts(d.net)->connections != 0) {
		doors_turn(&d);
	}
	ck_assert(d.net->tick_s == 0.0);
	close(fd);
	doors_close(&d);
}
END_TEST

START_TEST(connection_that_lingers_is_closed_after_ten_seconds)
{
	uint8_t message[64];
	size_t size = doors_message(message, sizeof message, "/later", 1);

	open_door(_i);
	d.answer = DOORS_HOLD;
	int fd = doors_client(net_url(d.net, 0));
	send_framed(fd, SLIP_ENDS, message, size);
	shutdown(fd, SHUT_WR);
	doors_turn_until(&d, &d.packets, 1);
	doors_turn(&d);
	d.now_ns += INT64_C(11000000000);
	while (net_counts(d.net)->connections != 0) {
		doors_turn(&d);
	}
	/* what is sent now reaches nobody, and hurts nobody */
	peer_send(d.held, message, size);
	peer_error(d.held, "/later", 500, NULL, "too late");
	ck_assert_int_eq(peer_keep(d.held, 1), -EDESTADDRREQ);
	ck_assert_ptr_nonnull(peer_name(d.held));
	peer_unref(d.held);
	close(fd);
	doors_close(&d);
}
END_TEST

START_TEST(client_that_does_not_read_is_closed_and_counted)
{
	static uint8_t packet[1400] = "/much\0\0\0,\0\0";
	uint8_t got[256];

	open_door(_i);
	d.answer = DOORS_KEEP;
	int slow = doors_client(net_url(d.net, 0));
	int good = doors_client(net_url(d.net, 0));
	check_echo(slow, SLIP_ENDS, 1);
	check_echo(good, SLIP_ENDS, 1);
	/* the kernel's own buffers take some megabytes too */
	for (int i = 0; i < 20000 && net_counts(d.net)->closed == 0; i++) {
		net_send_all(d.net, 1, packet, sizeof packet);
		while (recv(good, got, sizeof got, MSG_DONTWAIT) > 0) {
		}
		if (i % 32 == 0) {
			doors_turn(&d);
		}
	}
	ck_assert_uint_eq(net_counts(d.net)->closed, 1);
	ck_assert(doors_has_logged("does not read"));
	doors_turn_until(&d, &d.gone, 1);
	ck_assert_uint_eq(net_counts(d.net)->connections, 1);
	ck_assert_uint_eq(net_counts(d.net)->clients, 1);
	close(slow);
	close(good);
	doors_close(&d);
}
END_TEST

START_TEST(client_that_reads_late_gets_every_answer)
{
	static uint8_t packet[1400] = "/much\0\0\0,\0\0";
	static uint8_t got[4096];
	const int count = 300; /* within a mebibyte */

	open_door(_i);
	d.answer = DOORS_KEEP;
	int fd = doors_client(net_url(d.net, 0));
	check_echo(fd, framing_of(_i), 1);
	for (int i = 0; i < count; i++) {
		packet[1399] = (uint8_t)i;
		net_send_all(d.net, 1, packet, sizeof packet);
	}
	for (int i = 0; i < count; i++) {
		ck_assert_uint_eq(
			read_packet(fd, framing_of(_i), got, sizeof got),
			sizeof packet);
		ck_assert_uint_eq(got[1399], (uint8_t)i);
	}
	ck_assert_uint_eq(net_counts(d.net)->unsent, 0);
	close(fd);
	doors_close(&d);
}
END_TEST

START_TEST(connection_from_outside_the_allow_list_is_closed)
{
	const char *allow = "10.0.0.0/8";
	const struct listener_config l = {
		.url = "tcp://127.0.0.1:0", .allow = &allow, .allowed = 1};
	const struct net_config config = {.max_packet = 4096,
		.max_clients = 8,
		.listeners = 1,
		.listener = &l};
	uint8_t byte;

	doors_init(&d);
	ck_assert_msg(doors_open_config(&d, &config) == 0, "%s", d.why);
	int fd = doors_client(net_url(d.net, 0));
	ck_assert_uint_eq(doors_read(&d, fd, &byte, 1), 0);
	ck_assert_uint_eq(net_counts(d.net)->denied, 1);
	ck_assert_uint_eq(net_counts(d.net)->connections, 0);
	close(fd);
	doors_close(&d);
}
END_TEST

START_TEST(connections_are_bounded_and_the_rest_goes_on)
{
	int fd[40];
	uint8_t byte;

	open_door(_i);
	d.answer = DOORS_ECHO;
	/* 8 slots: at most 32 connections */
	for (int i = 0; i < 40; i++) {
		fd[i] = doors_client(net_url(d.net, 0));
		doors_turn(&d);
	}
	while (net_counts(d.net)->closed < 8) {
		doors_turn(&d);
	}
	ck_assert_uint_eq(net_counts(d.net)->connections, 32);
	ck_assert_uint_eq(doors_read(&d, fd[39], &byte, 1), 0);
	check_echo(fd[0], SLIP_ENDS, 1);
	close(fd[0]);
	while (net_counts(d.net)->connections != 31) {
		doors_turn(&d);
	}
	fd[0] = doors_client(net_url(d.net, 0));
	check_echo(fd[0], SLIP_ENDS, 2);
	for (int i = 0; i < 40; i++) {
		close(fd[i]);
	}
	doors_close(&d);
}
END_TEST

/** Write as much as goes, and read away what comes. @return bytes written */
static size_t
push(int fd, const uint8_t *bytes, size_t size)
{
	static uint8_t away[65536];
	ssize_t n = send(fd, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL);

	while (recv(fd, away, sizeof away, MSG_DONTWAIT) > 0) {
	}
	return n > 0 ? (size_t)n : 0;
}

START_TEST(hundred_thousand_wild_packets_leave_the_doors_answering)
{
	enum slip_framing framing = framing_of(_i);
	uint32_t state = 7654321;
	uint8_t packet[2048], framed[5000];

	open_door(_i);
	d.answer = DOORS_ERROR;
	int fd = doors_client(net_url(d.net, 0));
	for (uint32_t i = 0; i < 100000; i++) {
		size_t size = corpus_make(&state, packet, sizeof packet);
		/* what cannot be framed ends the stream: not meant here */
		size = (size + 3) / 4 * 4;
		size_t n = slip_write(framing, packet, size, framed);
		if (framing == SLIP_ENDS && i % 16 == 5) {
			framed[1 + corpus_random(&state) % (n - 2)] = 0xdb;
		}
		for (size_t sent = 0; sent < n;) {
			size_t now = push(fd, framed + sent, n - sent);
			sent += now;
			if (now == 0 || i % 64 == 0) {
				doors_turn(&d);
			}
		}
	}
	while (net_counts(d.net)->packets < 90000) {
		doors_turn(&d);
		push(fd, packet, 0);
	}
	ck_assert_uint_gt(net_counts(d.net)->malformed, 1000);
	ck_assert_uint_gt(d.packets, 1000);
	ck_assert_uint_eq(net_counts(d.net)->connections, 1);
	close(fd);
	fd = doors_client(net_url(d.net, 0));
	d.answer = DOORS_ECHO;
	check_echo(fd, framing, 1);
	close(fd);
	doors_close(&d);
}
END_TEST

START_TEST(streams_of_noise_leave_the_doors_answering)
{
	uint32_t state = 555;
	uint8_t noise[512];

	open_door(_i);
	d.answer = DOORS_ERROR;
	for (int i = 0; i < 400; i++) {
		int fd = doors_client(net_url(d.net, 0));
		for (size_t k = 0; k < sizeof noise; k++) {
			noise[k] = (uint8_t)(corpus_random(&state) >> 8);
		}
		noise[0] = i % 3 == 0 ? 0 : i % 3 == 1 ? 0xc0 : noise[0];
		push(fd, noise, 1 + corpus_random(&state) % sizeof noise);
		doors_turn(&d);
		close(fd);
	}
	while (net_counts(d.net)->connections != 0) {
		doors_turn(&d);
	}
	int fd = doors_client(net_url(d.net, 0));
	d.answer = DOORS_ECHO;
	check_echo(fd, SLIP_ENDS, 1);
	close(fd);
	doors_close(&d);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("nrt/stream");
	TCase *tc = tcase_create("stream");

	tcase_set_timeout(tc, 120);
	/* loops of 4: TCP and UNIX, SLIP and length; of 2: TCP and UNIX */
	tcase_add_loop_test(tc,
		packet_goes_in_and_its_answer_comes_back_in_the_same_framing, 0,
		4);
	tcase_add_loop_test(
		tc, packets_cut_anyhow_come_out_whole_and_in_order, 0, 4);
	tcase_add_loop_test(tc,
		bad_length_is_answered_in_kind_and_ends_the_connection, 0, 6);
	tcase_add_loop_test(
		tc, stream_that_begins_like_neither_is_told_so_and_ended, 0, 2);
	tcase_add_loop_test(
		tc, bad_escape_or_size_spoils_one_packet_alone, 0, 2);
	tcase_add_loop_test(tc, kept_client_that_hangs_up_is_gone, 0, 4);
	tcase_add_loop_test(tc,
		client_that_has_sent_its_last_still_gets_what_is_owed, 0, 4);
	tcase_add_loop_test(
		tc, doors_look_often_while_a_connection_waits_to_end, 0, 2);
	tcase_add_loop_test(
		tc, connection_that_lingers_is_closed_after_ten_seconds, 0, 2);
	tcase_add_loop_test(
		tc, client_that_does_not_read_is_closed_and_counted, 0, 2);
	tcase_add_loop_test(tc, client_that_reads_late_gets_every_answer, 0, 4);
	tcase_add_test(tc, connection_from_outside_the_allow_list_is_closed);
	tcase_add_loop_test(
		tc, connections_are_bounded_and_the_rest_goes_on, 0, 2);
	tcase_add_loop_test(tc,
		hundred_thousand_wild_packets_leave_the_doors_answering, 0, 3);
	tcase_add_loop_test(
		tc, streams_of_noise_leave_the_doors_answering, 0, 2);
	suite_add_tcase(s, tc);
	SRunner *r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
