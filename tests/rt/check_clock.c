/* SPDX-License-Identifier: MIT */
/*
 * check_clock.c -- the driver without a card, in virtual time.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "fake_engine.h"

#define RATE 44100

struct rig {
	int64_t now_ns;
	int64_t slept_ns;
	int64_t late_ns; /* each sleep ends so late */
	int64_t work_ns; /* each block costs this */
	uint32_t sleeps;
	struct engine *engine;
	struct clock_ops ops;
	struct clock_pace pace;
	struct clock_driver driver;
	float block[2][64];
	float *out[2];
};

TACTUS_RT static int64_t
rig_now(void *user)
{
	const struct rig *r = user;

	return r->now_ns;
}

TACTUS_RT static int64_t
rig_boot(void *user)
{
	const struct rig *r = user;

	return r->now_ns + r->slept_ns;
}

TACTUS_RT static void
rig_sleep(void *user, int64_t ns)
{
	struct rig *r = user;

	r->sleeps++;
	if (ns > r->now_ns) {
		r->now_ns = ns + r->late_ns;
	}
}

static void
rig_work(void *user)
{
	struct rig *r = user;

	r->now_ns += r->work_ns;
}

static void
rig_open(struct rig *r)
{
	memset(r, 0, sizeof *r);
	r->now_ns = 5000000000;
	r->ops = (struct clock_ops){rig_now, rig_boot, rig_sleep, r};
	r->pace.rate = RATE;
	r->out[0] = r->block[0];
	r->out[1] = r->block[1];
	r->engine = fake_engine(RATE, 64, 2, 2);
	r->engine->hook = rig_work;
	r->engine->user = r;
	r->driver.ops = &r->ops;
	r->driver.pace = &r->pace;
	r->driver.out = r->out;
	clock_start(&r->driver, r->engine);
}

START_TEST(frames_and_nanoseconds_convert_exactly_for_centuries)
{
	ck_assert_int_eq(clock_frames_ns(RATE, RATE), 1000000000);
	ck_assert_int_eq(clock_frames_ns(1, 48000), 20833);
	/* a hundred years at 192 kHz, and one frame */
	uint64_t frames = UINT64_C(192000) * 86400 * 36525;
	ck_assert_int_eq(clock_frames_ns(frames, 192000),
		INT64_C(3155760000) * 1000000000);
	ck_assert_uint_eq(
		clock_ns_frames(clock_frames_ns(frames + 1, 192000), 192000),
		frames + 1);
	ck_assert_uint_eq(clock_ns_frames(-5, RATE), 0);
}
END_TEST

START_TEST(deadlines_follow_from_the_sample_count_and_never_drift)
{
	struct rig r;

	rig_open(&r);
	r.late_ns = 70000;
	for (int i = 0; i < 3000; i++) {
		clock_cycle(&r.driver, r.engine);
	}
	ck_assert_uint_eq(r.engine->xruns, 0);
	for (uint32_t i = 0; i < 3000; i++) {
		const struct fake_moment *m = &r.engine->moment[i];
		ck_assert_uint_eq(m->sample, (uint64_t)i * 64);
		ck_assert(m->exact);
		ck_assert_int_eq(
			m->ns, 5000000000 + clock_frames_ns(m->sample, RATE));
	}
	free(r.engine);
}
END_TEST

START_TEST(a_little_lateness_is_caught_up)
{
	struct rig r;

	rig_open(&r);
	clock_cycle(&r.driver, r.engine);
	r.now_ns += 500000000;
	for (int i = 0; i < 1000; i++) {
		clock_cycle(&r.driver, r.engine);
	}
	ck_assert_uint_eq(r.engine->xruns, 0);
	ck_assert_uint_eq(r.engine->lost, 0);
	/* on the line again */
	ck_assert_int_ge(r.now_ns + 1500000,
		5000000000 + clock_frames_ns(r.engine->now, RATE));
	free(r.engine);
}
END_TEST

START_TEST(an_overslept_second_is_lost_and_added)
{
	struct rig r;

	rig_open(&r);
	clock_cycle(&r.driver, r.engine);
	r.now_ns += 3000000000;
	clock_cycle(&r.driver, r.engine);
	ck_assert_uint_eq(r.engine->xruns, 1);
	ck_assert_int_eq(r.engine->xrun[0].cause, XRUN_WOKE_LATE);
	ck_assert_uint_eq(r.engine->lost, r.engine->xrun[0].lost);
	ck_assert_int_ge((int64_t)r.engine->lost, 3 * RATE - 65);
	ck_assert_int_le((int64_t)r.engine->lost, 3 * RATE);
	ck_assert_uint_ne(r.engine->moment[0].epoch, r.engine->moment[1].epoch);
	free(r.engine);
}
END_TEST

START_TEST(a_suspend_is_lost_and_told_as_such)
{
	struct rig r;

	rig_open(&r);
	clock_cycle(&r.driver, r.engine);
	r.slept_ns = 7000000000;
	clock_cycle(&r.driver, r.engine);
	clock_cycle(&r.driver, r.engine);
	ck_assert_uint_eq(r.engine->xruns, 1);
	ck_assert_int_eq(r.engine->xrun[0].cause, XRUN_SUSPEND);
	ck_assert_int_ge((int64_t)r.engine->lost, 7 * RATE);
	free(r.engine);
}
END_TEST

START_TEST(rt_rests_a_millisecond_in_a_hundred_when_it_is_too_slow)
{
	struct rig r;

	rig_open(&r);
	r.work_ns = 3000000; /* a block lasts 1.45 ms */
	int64_t began = r.now_ns;
	for (int i = 0; i < 2000; i++) {
		clock_cycle(&r.driver, r.engine);
	}
	uint64_t rests = gauge_get(&r.engine->gauges, GAUGE_OVERLOADS);
	double tenths = (double)(r.now_ns - began) / 1e8;
	ck_assert_double_ge((double)rests, tenths * 0.8);
	ck_assert_uint_ge(r.engine->xruns, 1);
	/* the clock of samples stays true to a second */
	ck_assert_double_eq_tol((double)r.engine->now,
		(double)(r.now_ns - began) * 1e-9 * RATE, RATE * 1.1);
	free(r.engine);
}
END_TEST

START_TEST(the_real_clocks_run_and_sleep)
{
	int64_t before = clock_now();

	clock_sleep_until(before + 2000000);
	ck_assert_int_ge(clock_now(), before + 2000000);
	ck_assert_int_ge(clock_boot(), before);
	/* a deadline that is over does not block */
	clock_sleep_until(before);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("rt/clock");
	TCase *tc = tcase_create("clock");

	tcase_add_test(
		tc, frames_and_nanoseconds_convert_exactly_for_centuries);
	tcase_add_test(
		tc, deadlines_follow_from_the_sample_count_and_never_drift);
	tcase_add_test(tc, a_little_lateness_is_caught_up);
	tcase_add_test(tc, an_overslept_second_is_lost_and_added);
	tcase_add_test(tc, a_suspend_is_lost_and_told_as_such);
	tcase_add_test(
		tc, rt_rests_a_millisecond_in_a_hundred_when_it_is_too_slow);
	tcase_add_test(tc, the_real_clocks_run_and_sleep);
	suite_add_tcase(s, tc);
	SRunner *sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	int failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
