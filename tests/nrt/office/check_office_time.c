/* SPDX-License-Identifier: MIT */
/*
 * check_office_time.c -- tags to samples, with the line that the office keeps:
 * offline, and by an instant that rt has published.
 */
#include <check.h>
#include <ev.h>
#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "moment.h"
#include "office_private.h"
#include "rooms.h"
#include "wire.h"

static struct rooms rooms;
static struct rooms *r = &rooms;

static void
teardown(void)
{
	rooms_close(r);
}

static void
setup_offline(void)
{
	r->realtime = false;
	rooms_open(r, NULL);
}

static void
setup_realtime(void)
{
	r->realtime = true;
	rooms_open(r, NULL);
}

START_TEST(offline_tags_count_from_sample_0)
{
	uint64_t order;

	rooms_render(r, 4800);
	office_begin_packet(r->office);
	ck_assert_uint_eq(
		office_sample(r->office, rooms_tag(48000), &order), 48000);
	ck_assert_uint_eq(office_sample(r->office, 0, &order), 0);
	ck_assert_uint_eq(office_ntp_now(r->office), rooms_tag(4800));
	ck_assert_double_eq_tol(
		office_ahead_s(r->office, rooms_tag(9600)), 0.1, 1e-9);
	ck_assert_double_eq_tol(
		office_ahead_s(r->office, rooms_tag(0)), -0.1, 1e-9);
	ck_assert_double_gt(office_ahead_s(r->office, UINT64_MAX), 4e9);
	ck_assert_double_eq(office_measured_rate(r->office), 48000.0);
	ck_assert_int_eq(office_now_ns(r->office), 100000000);
}
END_TEST

START_TEST(tags_of_one_sample_keep_their_order)
{
	uint64_t order[3];
	uint64_t tag = rooms_tag(1000);
	uint64_t part = 4294967296 / 48000 / 4;

	for (int i = 0; i < 3; i++) {
		/* three packets, each with a line of its own */
		office_begin_packet(r->office);
		ck_assert_uint_eq(
			office_sample(r->office,
				tag - part + (uint64_t)i * part, &order[i]),
			1000);
	}
	ck_assert_uint_lt(order[0], order[1]);
	ck_assert_uint_lt(order[1], order[2]);
}
END_TEST

/** Publish that a sample is due now. @return the tag of now */
static uint64_t
post_moment(uint64_t sample)
{
	struct timespec t;
	struct timespec real;

	clock_gettime(CLOCK_MONOTONIC, &t);
	clock_gettime(CLOCK_REALTIME, &real);
	struct instant now = {.sample = sample,
		.ns = (int64_t)t.tv_sec * 1000000000 + t.tv_nsec,
		.epoch = 1,
		.exact = true};
	moment_post(&r->wire->moment, &now);
	gauge_set(&r->wire->gauges, GAUGE_SAMPLE, sample);
	return timeline_real_ntp(
		(int64_t)real.tv_sec * 1000000000 + real.tv_nsec);
}

START_TEST(first_packet_goes_by_the_instant_that_rt_published)
{
	uint64_t order;
	uint64_t tag = post_moment(480000);
	uint64_t second = UINT64_C(1) << 32;

	office_begin_packet(r->office);
	uint64_t here = office_sample(r->office, tag, &order);
	/* the two clocks were read one after the other, perhaps with a
	 * pause between */
	ck_assert_double_eq_tol((double)here, 480000.0, 48000.0);
	/* within a packet distances are exact */
	ck_assert_uint_eq(
		office_sample(r->office, tag + second, &order), here + 48000);
	ck_assert_uint_eq(office_sample(r->office, tag + 10 * second, &order),
		here + 480000);
	ck_assert_double_eq_tol(
		office_ahead_s(r->office, tag + 3600 * second), 3600.0, 1.0);
	ck_assert_double_eq_tol(
		office_ahead_s(r->office, tag - 60 * second), -60.0, 1.0);
	/* 1900 is past */
	ck_assert_uint_eq(
		office_sample(r->office, tag - 3600 * second, &order), 0);
}
END_TEST

START_TEST(bundle_soon_after_the_start_is_not_refused)
{
	static struct rooms_bundle b;
	uint64_t tag = post_moment(0);

	rooms_bundle(&b, tag + (UINT64_C(30) << 32));
	rooms_bundle_add(&b, "/sync 1");
	ck_assert_str_eq(rooms_bundle_ask(r, &b), "");
	rooms_bundle(&b, tag + (UINT64_C(3700) << 32));
	rooms_bundle_add(&b, "/sync 1");
	ck_assert_uint_eq(
		rooms_count(rooms_bundle_ask(r, &b), "/error \"#bundle\" 422 "),
		1);
}
END_TEST

START_TEST(bundle_before_the_first_instant_goes_by_the_wall_clock)
{
	static struct rooms_bundle b;
	struct timespec real;

	clock_gettime(CLOCK_REALTIME, &real);
	uint64_t tag = timeline_real_ntp(
		(int64_t)real.tv_sec * 1000000000 + real.tv_nsec);
	/* rt has not begun: in ten seconds is neither late nor too far */
	rooms_bundle(&b, tag + (UINT64_C(10) << 32));
	rooms_bundle_add(&b, "/sync 1");
	ck_assert_str_eq(rooms_bundle_ask(r, &b), "");
	rooms_bundle(&b, tag + (UINT64_C(3700) << 32));
	rooms_bundle_add(&b, "/sync 1");
	ck_assert_uint_eq(
		rooms_count(rooms_bundle_ask(r, &b), "/error \"#bundle\" 422 "),
		1);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("nrt/office_time");
	TCase *tc = tcase_create("offline");

	tcase_add_checked_fixture(tc, setup_offline, teardown);
	tcase_add_test(tc, offline_tags_count_from_sample_0);
	tcase_add_test(tc, tags_of_one_sample_keep_their_order);
	suite_add_tcase(s, tc);
	tc = tcase_create("realtime");
	tcase_add_checked_fixture(tc, setup_realtime, teardown);
	tcase_add_test(tc, first_packet_goes_by_the_instant_that_rt_published);
	tcase_add_test(tc, bundle_soon_after_the_start_is_not_refused);
	tcase_add_test(
		tc, bundle_before_the_first_instant_goes_by_the_wall_clock);
	suite_add_tcase(s, tc);
	return rooms_run(s);
}
