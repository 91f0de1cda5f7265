/* SPDX-License-Identifier: MIT */
/*
 * check_packets.c -- packets that are broken, odd, deep, or too far ahead:
 * refused whole, with words.
 */
#include <config.h>

#include <check.h>
#include <string.h>

#include "client.h"
#include "daemon.h"
#include "osc_write.h"

static struct daemon d;
static struct client c;
static struct packet p;
static struct packet inner;

static void
begin(void)
{
	client_start(&c, &d, &(struct daemon_want){.trial = true});
}

static void
end(void)
{
	client_end(&c, &d, "<3>");
}

START_TEST(packets_that_do_not_parse_are_400_without_an_address)
{
	static const struct {
		const char *bytes;
		size_t size;
	} bad[] = {
#define BAD(text) {text, sizeof text - 1}
		BAD("/abc"),             /* no end of the address */
		BAD("/ab\0,"),           /* not a multiple of 4 */
		BAD("abc\0"),            /* no slash */
		BAD("\0\0\0\0"),         /* empty address */
		BAD("/a\0\0abc\0"),      /* no type tags, arguments */
		BAD("/a\0\0,x\0\0"),     /* an unknown tag */
		BAD("/a\0\0,i\0\0"),     /* no room for the int */
		BAD("/a\0\0,iii"),       /* tags without an end */
		BAD("/a\0\0,s\0\0abcd"), /* a string without one */
		BAD("/a\0\0,b\0\0\0\0\0\x9"
		    "abcd"), /* a blob that is too long */
		BAD("/a\0\0,b\0\0\xff\xff\xff\xff"), /* of a negative length */
		BAD("/a\0\0,b\0\0\x7f\xff\xff\xff"),
		BAD("/a\0\0,i\0\0\0\0\0\1\0\0\0\2"), /* arguments left over */
		BAD("/a\0\0,[\0\0"),                 /* not closed */
		BAD("/a\0\0,]\0\0"),                 /* not opened */
		BAD("/a\0\0,[[[[[[[[[]]]]]]]]]\0"),  /* too deep */
		BAD("#bundle"),
		BAD("#bundle\0"),         /* no time */
		BAD("#bundle\0\0\0\0\0"), /* half of one */
		BAD("#bundlx\0\0\0\0\0\0\0\0\1"),
		BAD("#bundle\0\0\0\0\0\0\0\0\1\0\0\0"),
		BAD("#bundle\0\0\0\0\0\0\0\0\1\0\0\0\x8"),
		BAD("#bundle\0\0\0\0\0\0\0\0\1\0\0\0\0"),     /* size 0 */
		BAD("#bundle\0\0\0\0\0\0\0\0\1\0\0\0\3/a\0"), /* size 3 */
		BAD("#bundle\0\0\0\0\0\0\0\0\1\xff\xff\xff\xfc/a\0\0"),
		BAD("#bundle\0\0\0\0\0\0\0\0\1\0\0\0\4abc\0"),
#undef BAD
	};
	double malformed = client_stat(&c, "malformed");
	size_t count = sizeof bad / sizeof bad[0];

	for (size_t i = 0; i < count; i++) {
		client_send(&c, bad[i].bytes, bad[i].size);
		ck_assert_msg(client_poll(&c, DAEMON_WAIT_MS),
			"malformed packet %zu is not answered", i);
		ck_assert_msg(strncmp(c.text, "/error \"\" 400 \"", 15) == 0,
			"malformed packet %zu: %s", i, c.text);
	}
	ck_assert_double_eq(
		client_stat(&c, "malformed"), malformed + (double)count);
	/* a datagram of nothing is counted, not answered */
	double empty = client_stat(&c, "empty");
	client_send(&c, "", 0);
	client_silent(&c);
	ck_assert_double_eq(client_stat(&c, "empty"), empty + 1.0);
}
END_TEST

START_TEST(what_is_odd_but_allowed_is_taken)
{
	/* no type tags and no arguments; tags of arrays; padding not zero */
	client_send(&c, "/version", 8);
	client_expect_error(&c, "", 400, NO_FIRST, "");
	client_send(&c, "/version\0\0\0\0", 12);
	client_expect_start(&c, "/version.reply");
	client_send(&c, "/version\0abc", 12);
	client_expect_start(&c, "/version.reply");
	client_send(&c, "/sync\0xy,i\0z\0\0\0\x7", 16);
	client_expect(&c, "/synced 7");
	client_send(&c, "#bundle\0\0\0\0\0\0\0\0\1", 16); /* empty */
	client_silent(&c);
	/* bytes that are no UTF-8 are told again as they are */
	client_send(&c, "/\xff\xfe\0,\0\0\0", 8);
	client_expect_error(&c, "/\xff\xfe", 404, NO_FIRST, "no such address");
}
END_TEST

START_TEST(a_bundle_that_is_broken_somewhere_is_refused_whole)
{
	packet_bundle(&p, OSC_NOW);
	packet_add(&p, "/group/new 1 0 0");
	packet_add(&p, "/group/new 2 0 0");
	p.data[p.size - 16] = 'x'; /* a tag of the second */
	client_send_packet(&c, &p);
	client_expect_error(&c, "", 400, NO_FIRST, "");
	client_say(&c, "/node/tree/statistics");
	client_expect(&c, "/node/tree/statistics.reply 1 0");
}
END_TEST

START_TEST(bundles_are_sixteen_deep_and_no_more)
{
	packet_bundle(&p, OSC_NOW);
	packet_add(&p, "/sync 5");
	for (int depth = 2; depth <= 16; depth++) {
		inner = p;
		packet_bundle(&p, OSC_NOW);
		packet_add_packet(&p, &inner);
	}
	client_send_packet(&c, &p);
	client_expect(&c, "/synced 5");
	inner = p;
	packet_bundle(&p, OSC_NOW);
	packet_add_packet(&p, &inner);
	client_send_packet(&c, &p);
	client_expect_error(&c, "", 400, NO_FIRST, "");
	/* depth that would end any recursion */
	uint8_t *at = p.data;
	size_t left = 60000;
	p.size = left;
	while (left > 20) {
		memcpy(at, "#bundle\0\0\0\0\0\0\0\0\1", 16);
		left -= 20;
		at[16] = (uint8_t)(left >> 24);
		at[17] = (uint8_t)(left >> 16);
		at[18] = (uint8_t)(left >> 8);
		at[19] = (uint8_t)left;
		at += 20;
	}
	client_send_packet(&c, &p);
	client_expect_error(&c, "", 400, NO_FIRST, "");
	client_silent(&c);
}
END_TEST

START_TEST(at_is_not_nested_and_its_packet_must_be_sound)
{
	packet_say(&inner, "/group/new 1 0 0");
	packet_at(&p, 1000, &inner);
	inner = p;
	packet_at(&p, 1000, &inner);
	client_send_packet(&c, &p);
	client_expect_error(&c, "/at", 400, NO_FIRST, "/at inside /at");
	packet_bundle(&inner, OSC_NOW);
	packet_add_packet(&inner, &p);
	packet_at(&p, 1000, &inner);
	client_send_packet(&c, &p);
	client_expect_error(&c, "/at", 400, NO_FIRST, "/at inside /at");
	packet_say(&inner, "/group/new 1 0 0");
	inner.data[0] = 'x';
	packet_at(&p, 1000, &inner);
	client_send_packet(&c, &p);
	client_expect_error(&c, "/at", 400, NO_FIRST, "the packet inside");
	client_refused(&c, "/at h:5 b:", 400, NO_FIRST, "the packet inside");
	client_run(&c, 2000);
	client_say(&c, "/node/tree/statistics");
	client_expect(&c, "/node/tree/statistics.reply 1 0");
}
END_TEST

START_TEST(what_is_wrong_inside_at_is_answered_too)
{
	packet_bundle(&inner, OSC_NOW);
	packet_add(&inner, "/group/new 1 0 0");
	packet_add(&inner, "/node/free 77");
	packet_add(&inner, "/nothing 5");
	packet_at(&p, 640, &inner);
	client_send_packet(&c, &p);
	client_expect_error(&c, "/nothing", 404, 5, "no such address");
	client_silent(&c);
	client_say(&c, "/offline/run 704");
	client_expect_error(&c, "/node/free", 404, 77, "no node 77");
	client_expect(&c, "/offline/run.reply h:704");
	client_say(&c, "/node/tree/statistics");
	client_expect(&c, "/node/tree/statistics.reply 2 0");
}
END_TEST

START_TEST(more_than_an_hour_ahead_is_refused_whole_at_any_depth)
{
	packet_bundle(&p, client_ntp_of(48000LL * 3601));
	packet_add(&p, "/group/new 1 0 0");
	client_send_packet(&c, &p);
	client_expect_error(&c, "#bundle", 422, NO_FIRST, "an hour");
	packet_bundle(&p, OSC_NOW);
	packet_add(&p, "/group/new 1 0 0");
	packet_bundle(&inner, client_ntp_of(48000LL * 3601));
	packet_add(&inner, "/group/new 2 0 0");
	packet_add_packet(&p, &inner);
	client_send_packet(&c, &p);
	client_expect_error(&c, "#bundle", 422, NO_FIRST, "an hour");
	packet_bundle(&p, UINT64_MAX >> 1);
	packet_add(&p, "/group/new 1 0 0");
	client_send_packet(&c, &p);
	client_expect_error(&c, "#bundle", 422, NO_FIRST, "an hour");
	packet_bundle(&p, client_ntp_of(48000LL * 3599));
	packet_add(&p, "/group/new 3 0 0");
	client_send_packet(&c, &p);
	client_silent(&c);
	client_say(&c, "/node/tree/statistics");
	client_expect(&c, "/node/tree/statistics.reply 1 0");
	ck_assert_double_eq(client_stat(&c, "events_pending"), 1.0);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("system/packets");
	TCase *t = daemon_case(s, "a daemon");

	tcase_add_checked_fixture(t, begin, end);
	tcase_add_test(t, packets_that_do_not_parse_are_400_without_an_address);
	tcase_add_test(t, what_is_odd_but_allowed_is_taken);
	tcase_add_test(t, a_bundle_that_is_broken_somewhere_is_refused_whole);
	tcase_add_test(t, bundles_are_sixteen_deep_and_no_more);
	tcase_add_test(t, at_is_not_nested_and_its_packet_must_be_sound);
	tcase_add_test(t, what_is_wrong_inside_at_is_answered_too);
	tcase_add_test(
		t, more_than_an_hour_ahead_is_refused_whole_at_any_depth);
	return daemon_run(s);
}
