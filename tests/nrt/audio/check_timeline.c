/* SPDX-License-Identifier: MIT */
/*
 * check_timeline.c -- NTP and samples, in virtual time: minutes of a card
 * that jitters, drifts, stalls and steps.
 */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "timeline.h"

#define RATE 48000.0

/* A card, and the loop that looks at it. */
struct sim {
	struct timeline line;
	double rate;      /* of the card */
	double jitter_ns; /* instants are late by up to this */
	int64_t start_ns;
	int64_t now_ns;
	int64_t offset_ns;
	uint64_t lost; /* samples added by breaks */
	uint32_t epoch;
	uint32_t seed;
	bool exact;
};

static double
uniform(struct sim *s)
{
	s->seed = s->seed * 1664525U + 1013904223U;
	return (double)(s->seed >> 8) / 16777216.0;
}

static void
sim_init(struct sim *s, double ppm, double jitter_ns, uint32_t seed)
{
	memset(s, 0, sizeof *s);
	timeline_init(&s->line, RATE);
	s->rate = RATE * (1.0 + ppm * 1e-6);
	s->jitter_ns = jitter_ns;
	s->start_ns = 77000000000;
	s->now_ns = s->start_ns;
	s->offset_ns = INT64_C(1700000000) * 1000000000;
	s->seed = seed;
}

/* The sample that is due at a time of CLOCK_MONOTONIC, to a fraction. */
static double
truth(const struct sim *s, int64_t ns)
{
	return (double)(ns - s->start_ns) * 1e-9 * s->rate + (double)s->lost;
}

static void
feed(struct sim *s, double late_ns)
{
	/* whole blocks; measured a little late */
	uint64_t sample = (uint64_t)(truth(s, s->now_ns) / 64.0) * 64;
	double due = (double)(sample - s->lost) / s->rate * 1e9;
	struct instant i = {
		.sample = sample,
		.ns = s->start_ns + (int64_t)(due + late_ns),
		.epoch = s->epoch,
		.exact = s->exact,
	};

	timeline_feed(&s->line, &i, s->offset_ns);
}

static void
run(struct sim *s, double seconds)
{
	int64_t end = s->now_ns + (int64_t)(seconds * 1e9);

	while (s->now_ns < end) {
		s->now_ns += TIMELINE_FEED_MS * 1000000 +
			     (int64_t)(uniform(s) * 2e6);
		feed(s, uniform(s) * s->jitter_ns);
	}
}

/* How far the line is off at a time, in samples; + is late. */
static double
error_at(const struct sim *s, int64_t ns)
{
	struct timeline_line l = timeline_line(&s->line);
	uint32_t order;
	uint64_t sample = timeline_sample(
		&l, timeline_real_ntp(ns + s->offset_ns), &order);

	return (double)sample + ((double)order - 32768.0) / 65536.0 -
	       truth(s, ns) + s->jitter_ns / 2.0 * 1e-9 * s->rate;
}

START_TEST(the_line_locks_to_a_sample_whatever_the_drift_and_jitter)
{
	static const double ppm[] = {0.0, 100.0, -100.0, 37.0, -5.0};
	static const double jitter[] = {0.0, 20000.0, 100000.0, 200000.0};
	struct sim s;

	sim_init(&s, ppm[_i % 5], jitter[_i / 5], (uint32_t)_i + 1);
	run(&s, 1.0);
	ck_assert(!timeline_is_locked(&s.line));
	run(&s, 20.0);
	ck_assert(timeline_is_locked(&s.line));
	for (int i = 0; i < 200; i++) {
		run(&s, 0.3);
		ck_assert_double_eq_tol(error_at(&s, s.now_ns), 0.0, 1.0);
		/* a fifth of a second ahead, as senders do */
		ck_assert_double_eq_tol(
			error_at(&s, s.now_ns + 200000000), 0.0, 1.0);
	}
	ck_assert_double_eq_tol(timeline_rate(&s.line), s.rate, 2.0);
}
END_TEST

START_TEST(one_stall_of_20_ms_does_not_move_it_by_a_sample)
{
	struct sim s;

	sim_init(&s, 60.0, _i * 50000.0, 5);
	run(&s, 30.0);
	double before = error_at(&s, s.now_ns);
	s.now_ns += 50000000;
	feed(&s, 20e6);
	ck_assert_double_eq_tol(error_at(&s, s.now_ns), before, 1.0);
	run(&s, 1.0);
	ck_assert_double_eq_tol(error_at(&s, s.now_ns), 0.0, 1.0);
}
END_TEST

START_TEST(a_new_epoch_begins_it_anew_and_is_true_at_once)
{
	struct sim s;

	sim_init(&s, 80.0, 0.0, 5);
	run(&s, 30.0);
	s.lost += 4800;
	s.epoch++;
	run(&s, 0.1);
	ck_assert(!timeline_is_locked(&s.line));
	/* the rate is kept */
	ck_assert_double_eq_tol(error_at(&s, s.now_ns), 0.0, 1.0);
	ck_assert_uint_eq(s.line.restarts, 2);
	run(&s, 20.0);
	ck_assert(timeline_is_locked(&s.line));
}
END_TEST

START_TEST(a_step_of_the_wall_clock_is_followed_at_once)
{
	struct sim s;

	sim_init(&s, 80.0, 0.0, 5);
	run(&s, 30.0);
	s.offset_ns += _i == 0 ? 3600000000000 : -5000000;
	run(&s, 0.06);
	ck_assert_uint_eq(s.line.steps, 1);
	ck_assert(!timeline_is_locked(&s.line));
	ck_assert_double_eq_tol(error_at(&s, s.now_ns), 0.0, 1.0);
	run(&s, 20.0);
	ck_assert(timeline_is_locked(&s.line));
	ck_assert_uint_eq(s.line.steps, 1);
}
END_TEST

START_TEST(exact_instants_need_no_filter)
{
	struct sim s;

	sim_init(&s, 0.0, 0.0, 5);
	s.exact = true;
	run(&s, 0.05);
	ck_assert(timeline_is_locked(&s.line));
	for (int i = 0; i < 100; i++) {
		run(&s, 0.1);
		/* the sim's own rounding */
		ck_assert_double_eq_tol(error_at(&s, s.now_ns), 0.0, 1e-3);
	}
	ck_assert_double_eq(timeline_rate(&s.line), RATE);
}
END_TEST

START_TEST(whole_distances_within_a_packet_stay_exact)
{
	struct sim s;

	sim_init(&s, 0.0, 0.0, 9);
	s.exact = true;
	run(&s, 1.0);
	for (int i = 0; i < 20000; i++) {
		struct timeline_line l = timeline_line(&s.line);
		uint32_t order;
		uint64_t distance = (uint64_t)(uniform(&s) * 100000.0);
		uint64_t first = timeline_real_ntp(s.now_ns + s.offset_ns) +
				 (uint64_t)(uniform(&s) * 4294967296.0);
		/* as any sender rounds: to NTP, by its own arithmetic */
		uint64_t second = first + (uint64_t)((double)distance / RATE *
						     4294967296.0);
		uint64_t a = timeline_sample(&l, first, &order);
		uint64_t b = timeline_sample(&l, second, &order);
		ck_assert_uint_eq(b - a, distance);
	}
}
END_TEST

START_TEST(rank_tells_tags_of_one_sample_apart)
{
	struct timeline t;
	uint32_t before;
	uint32_t after;

	timeline_init_offline(&t, RATE, 0);
	struct timeline_line l = timeline_line(&t);
	uint64_t at = timeline_ntp(&l, 1000);
	ck_assert_uint_eq(timeline_sample(&l, at - 20000, &before), 1000);
	ck_assert_uint_eq(timeline_sample(&l, at + 20000, &after), 1000);
	ck_assert_uint_lt(before, after);
	/* half a sample is 44739 units of NTP */
	ck_assert_uint_eq(timeline_sample(&l, at + 60000, &after), 1001);
}
END_TEST

START_TEST(offline_ntp_is_a_fixed_start_and_the_sample_over_the_rate)
{
	struct timeline t;
	uint64_t start = (uint64_t)_i << 32;
	uint32_t order;

	timeline_init_offline(&t, 44100.0, start);
	ck_assert(timeline_is_locked(&t));
	struct timeline_line l = timeline_line(&t);
	ck_assert_uint_eq(timeline_sample(&l, start, &order), 0);
	ck_assert_uint_eq(
		timeline_sample(&l, start + (UINT64_C(1) << 32), &order),
		44100);
	ck_assert_uint_eq(
		timeline_sample(&l, start + (UINT64_C(3) << 31), &order),
		66150);
	for (uint64_t n = 1; n < 10000000000; n = n * 3 + 1) {
		ck_assert_uint_eq(
			timeline_sample(&l, timeline_ntp(&l, n), &order), n);
		ck_assert_uint_ge(order, 32768 - 4);
		ck_assert_uint_le(order, 32768 + 4);
	}
	/* nothing is before the first sample */
	ck_assert_uint_eq(timeline_sample(&l, start - 1000000000, &order), 0);
	struct instant i = {.sample = 5, .ns = 7};
	timeline_feed(&t, &i, 12345);
	ck_assert_double_eq(timeline_rate(&t), 44100.0);
}
END_TEST

START_TEST(the_end_of_an_ntp_era_is_nothing_special)
{
	struct timeline t;
	/* the second before 2036-02-07 06:28:16 UTC */
	struct instant i = {.sample = 480000, .ns = 1000000000, .exact = true};
	int64_t offset = INT64_C(2085978495) * 1000000000 - i.ns;
	uint32_t order;

	timeline_init(&t, RATE);
	timeline_feed(&t, &i, offset);
	struct timeline_line l = timeline_line(&t);
	ck_assert_uint_eq(l.ntp >> 32, 0xffffffff);
	/* two seconds on, the tag has wrapped */
	ck_assert_uint_eq(
		timeline_sample(&l, UINT64_C(1) << 32, &order), 480000 + 96000);
}
END_TEST

START_TEST(the_offset_is_that_of_the_machines_own_clocks)
{
	struct timespec real;
	struct timespec mono;
	int64_t offset = timeline_offset();

	(void)clock_gettime(CLOCK_MONOTONIC, &mono);
	(void)clock_gettime(CLOCK_REALTIME, &real);
	int64_t want = (int64_t)(real.tv_sec - mono.tv_sec) * 1000000000 +
		       real.tv_nsec - mono.tv_nsec;
	/* a second: clocks may be set, threads may wait */
	ck_assert_int_le(llabs(offset - want), 1000000000);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("nrt/audio/timeline");
	TCase *tc = tcase_create("line");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc,
		the_line_locks_to_a_sample_whatever_the_drift_and_jitter, 0,
		20);
	tcase_add_loop_test(
		tc, one_stall_of_20_ms_does_not_move_it_by_a_sample, 0, 3);
	tcase_add_test(tc, a_new_epoch_begins_it_anew_and_is_true_at_once);
	tcase_add_loop_test(
		tc, a_step_of_the_wall_clock_is_followed_at_once, 0, 2);
	tcase_add_test(tc, exact_instants_need_no_filter);
	tcase_add_test(tc, whole_distances_within_a_packet_stay_exact);
	tcase_add_test(tc, rank_tells_tags_of_one_sample_apart);
	tcase_add_loop_test(tc,
		offline_ntp_is_a_fixed_start_and_the_sample_over_the_rate, 0,
		3);
	tcase_add_test(tc, the_end_of_an_ntp_era_is_nothing_special);
	tcase_add_test(tc, the_offset_is_that_of_the_machines_own_clocks);
	suite_add_tcase(s, tc);
	SRunner *sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	int failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
