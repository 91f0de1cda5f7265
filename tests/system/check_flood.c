/* SPDX-License-Identifier: MIT */
/*
 * check_flood.c -- a hundred thousand packets, sound and broken, through every
 * door: the daemon answers on, its pools fill again, its memory is bounded.
 *
 * TACTUS_PACKETS in the environment says how many; fewer by default where
 * sanitizers make everything slow.
 */
#include <config.h>

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client.h"
#include "daemon.h"
#include "mangle.h"

#define EVERY 100 /* packets between two looks at what came back */

static struct daemon d;
static struct client c;     /* who looks after it */
static struct client other; /* who floods it */
static char unix_url[160];
static char gram_url[160];

static uint32_t
packets(void)
{
	const char *text = getenv("TACTUS_PACKETS");

	return text != NULL ? (uint32_t)strtoul(text, NULL, 10)
			    : (DAEMON_SANITIZED ? 20000 : 100000);
}

static void
begin(void)
{
	char listeners[1024];

	/* sockets in a folder of the same program's last daemon */
	ck_assert_int_eq(
		daemon_fail(&d, &(struct daemon_want){.options = {"-V"}}), 0);
	snprintf(unix_url, sizeof unix_url, "unix://%s/s", d.folder);
	snprintf(gram_url, sizeof gram_url, "unixgram://%s/g", d.folder);
	snprintf(listeners, sizeof listeners,
		"({ url = \"udp://127.0.0.1:0\"; role = \"admin\"; },"
		"{ url = \"udp://127.0.0.1:0\"; role = \"admin\"; },"
		"{ url = \"tcp://127.0.0.1:0\"; role = \"admin\"; },"
		"{ url = \"%s\"; role = \"admin\"; },"
		"{ url = \"%s\"; role = \"admin\"; })",
		unix_url, gram_url);
	client_start(&c, &d,
		&(struct daemon_want){.driver = "clock",
			.trial = true,
			.listeners = listeners});
}

static void
end(void)
{
	client_end(&c, &d, NULL);
}

/** Wait until the flood so far is dealt with; forget what it was told. */
static void
catch_up(int n)
{
	char want[32];

	snprintf(want, sizeof want, "/synced %d", n);
	client_say(&other, "/sync %d", n);
	while (strcmp(client_hear(&other), want) != 0) {
	}
}

static void
send_flood(const char *url, uint64_t seed, uint32_t count)
{
	static struct packet p;
	struct mangle m = {.state = seed};

	client_open(&other, url);
	for (uint32_t i = 0; i < count; i++) {
		if (i % EVERY == 0) {
			m.now = client_ntp(0.0);
			m.sample = client_sample(&c);
		}
		mangle_packet(&m, &p);
		if (other.stream) {
			/* other lengths would end the connection */
			p.size = (p.size + 3) / 4 * 4;
		}
		client_send_packet(&other, &p);
		if (i % EVERY == EVERY - 1) {
			catch_up(0x40000000 + (int)i);
		}
	}
	client_say(&other, "/notify 0");
	client_say(&other, "/meter 0");
	client_say(&other, "/dump 0");
	client_say(&other, "/mute 0");
	client_say(&other, "/log/level info");
	catch_up(0x60000000);
	client_close(&other);
}

static void
add_pool(void *user, const char *name, double value)
{
	double *sum = user;
	double size;

	if (sscanf(name, "pool_%lf_free", &size) == 1) {
		*sum += size * value;
	}
}

/** All that is free in the pools, in bytes. */
static double
pools_free(void)
{
	double sum = 0.0;

	client_each_stat(&c, add_pool, &sum);
	return sum;
}

static void
flood_and_look(const char *url, uint64_t seed, uint32_t count)
{
	double whole = pools_free();
	double before = client_stat(&c, "packets");
	double dropped = client_stat(&c, "dropped");

	ck_assert_double_gt(whole, 0.0);
	/* what is allocated once and kept is no leak */
	send_flood(url, seed, count / 10 / EVERY * EVERY);
	long resident = daemon_proc(&d, "VmRSS");
	send_flood(url, seed + 1, count);
	long grown = daemon_proc(&d, "VmRSS") - resident;
	ck_assert_double_ge(client_stat(&c, "packets") +
				    client_stat(&c, "dropped") - dropped,
		before + 0.7 * (double)count);
	/* bundles of the flood may still come true: clear until it is quiet */
	int64_t deadline = daemon_now_ns() + INT64_C(20000000000);
	do {
		client_say(&c, "/clear");
		client_sync(&c);
		ck_assert_msg(daemon_now_ns() < deadline,
			"pools have %f bytes free, had %f", pools_free(),
			whole);
		client_say(&c, "/node/tree/statistics");
		client_hear(&c);
	} while (strcmp(c.text, "/node/tree/statistics.reply 1 0") != 0 ||
		 pools_free() != whole);
	if (!DAEMON_SANITIZED) {
		ck_assert_int_lt(grown, 8192); /* kB */
	}
	client_say(&c, "/version");
	client_expect_start(&c, "/version.reply");
}

START_TEST(datagrams_without_end_do_no_harm)
{
	flood_and_look(d.url[1], 0x1234567, packets() / 2);
}
END_TEST

START_TEST(packets_in_a_connection_do_no_harm)
{
	flood_and_look(d.url[2], 0x2345678, packets() / 6);
}
END_TEST

START_TEST(packets_in_a_unix_connection_do_no_harm)
{
	flood_and_look(unix_url, 0x3456789, packets() / 6);
}
END_TEST

START_TEST(unix_datagrams_do_no_harm)
{
	flood_and_look(gram_url, 0x456789a, packets() / 6);
}
END_TEST

/** Send what it takes; the daemon may close the connection at any byte. */
static void
send_noise(const char *url, struct mangle *m)
{
	static uint8_t bytes[4096];
	static const uint8_t starts[] = {0xC0, '/', '#', 0, 0xFF};
	size_t size = 1 + mangle_below(m, sizeof bytes);

	for (size_t i = 0; i < size; i++) {
		bytes[i] = mangle_below(m, 8) == 0
				   ? (uint8_t) "\300\333\334\335"[mangle_below(
					     m, 4)]
				   : (uint8_t)mangle_below(m, 256);
	}
	bytes[0] = starts[mangle_below(m, sizeof starts)];
	client_open(&other, url);
	/* EPIPE is one of the answers */
	(void)!send(other.fd, bytes, size, MSG_NOSIGNAL);
	client_close(&other);
}

START_TEST(noise_in_connections_does_no_harm)
{
	struct mangle m = {.state = 0x56789ab};
	uint32_t count = DAEMON_SANITIZED ? 200 : 1000;

	for (uint32_t i = 0; i < count; i++) {
		send_noise(i % 2 == 0 ? d.url[2] : unix_url, &m);
	}
	/* all of them are closed in the end */
	while (client_stat(&c, "sockets") > 0.0) {
	}
	client_silent(&c);
}
END_TEST

START_TEST(every_door_speaks_the_same)
{
	for (uint32_t i = 0; i < d.urls; i++) {
		client_open(&other, d.url[i]);
		client_say(&other, "/version");
		client_expect_start(&other, "/version.reply \"tactus\"");
		client_refused(&other, "/nothing 7", 404, 7, "no such address");
		client_say(&other, "/notify 1");
		client_expect(&other, "/notify.reply 1");
		client_say(&other, "/group/new %u 0 0", i + 1);
		client_expect(&other, "/node/new %u", i + 1);
		client_silent(&other);
		client_say(&other, "/notify 0");
		client_expect(&other, "/notify.reply 0");
		client_close(&other);
	}
}
END_TEST

START_TEST(slip_is_understood_and_answered_in_slip)
{
	/* /sync 192: a byte that has to be escaped, both ways */
	static const char ask[] = "\300/sync\0\0\0,i\0\0\0\0\0\333\334\300";
	static const char want[] = "/synced\0,i\0\0\0\0\0\333\334\300";
	char got[64];
	size_t held = 0;

	client_open(&other, d.url[2]);
	ck_assert_int_eq(send(other.fd, ask, sizeof ask - 1, 0),
		(ssize_t)sizeof ask - 1);
	while (held < sizeof want) {
		ssize_t n = recv(other.fd, got + held, sizeof got - held, 0);
		ck_assert_int_gt(n, 0);
		held += (size_t)n;
		if (got[0] != '\300') {
			/* a leading END is a courtesy */
			memmove(got + 1, got, held);
			got[0] = '\300';
			held++;
		}
	}
	ck_assert_uint_eq(held, sizeof want);
	ck_assert_mem_eq(got + 1, want, sizeof want - 1);
	client_close(&other);
}
END_TEST

START_TEST(lengths_that_cannot_be_are_answered_and_end_the_connection)
{
	static const struct {
		const char *bytes;
		int code;
	} bad[] = {
		{"\0\0\0\0",       400},
		{"\0\0\0\5",       400},
		{"\0\1\0\0",       413},
		{"\0\377\377\374", 413},
	};

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		char byte;
		client_open(&other, d.url[2]);
		ck_assert_int_eq(send(other.fd, bad[i].bytes, 4, 0), 4);
		client_expect_error(&other, "", bad[i].code, NO_FIRST, "");
		ck_assert_int_eq(recv(other.fd, &byte, 1, 0), 0);
		client_close(&other);
	}
	client_silent(&c);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("system/flood");
	TCase *t = daemon_case(s, "flood");

	tcase_set_timeout(t, 280);
	tcase_add_checked_fixture(t, begin, end);
	tcase_add_test(t, every_door_speaks_the_same);
	tcase_add_test(t, slip_is_understood_and_answered_in_slip);
	tcase_add_test(
		t, lengths_that_cannot_be_are_answered_and_end_the_connection);
	tcase_add_test(t, noise_in_connections_does_no_harm);
	tcase_add_test(t, datagrams_without_end_do_no_harm);
	tcase_add_test(t, packets_in_a_connection_do_no_harm);
	tcase_add_test(t, packets_in_a_unix_connection_do_no_harm);
	tcase_add_test(t, unix_datagrams_do_no_harm);
	return daemon_run(s);
}
