/* SPDX-License-Identifier: MIT */
/*
 * check_meter.c -- levels of the outputs: what they are, how often they come.
 */
#include <check.h>
#include <ev.h>
#include <poll.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "office_private.h"
#include "rooms.h"
#include "wire.h"

static struct rooms rooms;
static struct rooms *r = &rooms;
static int client;

static const char *const sets[] = {
	"osc.listeners=({url=\"udp://127.0.0.1:0\";role=\"admin\";})",
	"osc.max_clients=2", "limits.command_ring=64", NULL};

static void
setup(void)
{
	rooms_open_doors(r, sets);
	client = rooms_client(r, 0);
	rooms_ask(r, "/synth/new sine 5 0 1 [ 1000 0.5 ]");
	rooms_ask(r, "/synth/map/output 5 out 0 1");
	rooms_ask(r, "/synth/activate 5");
}

static void
teardown(void)
{
	rooms_close(r);
	close(client);
}

/** Let seconds pass; how many levels came. */
static uint32_t
levels_in(double seconds)
{
	uint32_t count = 0;

	for (double s = 0.0; s < seconds; s += 0.25) {
		rooms_render(r, 12000);
		count += rooms_count(
			rooms_client_ask(r, client, ""), "/meter.levels ");
	}
	return count;
}

START_TEST(peak_and_rms_of_a_sine_are_told_for_each_output)
{
	double peak[2];
	double rms[2];

	ck_assert_str_eq(rooms_client_ask(r, client, "/meter 1 10"), "");
	rooms_render(r, 48000);
	const char *text = rooms_client_ask(r, client, "");
	/* the last one: whole cycles of a sine that goes on */
	const char *last = text;
	for (const char *at = text; (at = strstr(at, "/meter.levels")) != NULL;
		at++) {
		last = at;
	}
	ck_assert_int_eq(sscanf(last, "/meter.levels %lf %lf %lf %lf\n",
				 &peak[0], &rms[0], &peak[1], &rms[1]),
		4);
	ck_assert_double_eq_tol(peak[0], 0.5, 1e-4);
	ck_assert_double_eq_tol(rms[0], 0.5 * sqrt(0.5), 1e-4);
	ck_assert_double_eq(peak[1], 0.0);
	ck_assert_double_eq(rms[1], 0.0);
}
END_TEST

static const struct {
	const char *said;
	double hz;
} rates[] = {
	{"/meter 1 50",      50.0},
        {"/meter 1 40",      40.0},
        {"/meter 1 20",      20.0},
	{"/meter 1",         10.0},
        {"/meter 1 3",       3.0 },
        {"/meter T 0.5",     0.5 },
	{"/meter 1 f:1e-30", 0.0 }
};

START_TEST(levels_come_at_the_rate_that_was_asked_for)
{
	ck_assert_str_eq(rooms_client_ask(r, client, rates[_i].said), "");
	double count = levels_in(10.0);
	/* the first comes at once */
	ck_assert_msg(fabs(count - 10.0 * rates[_i].hz) <= 1.0, "%s: %g",
		rates[_i].said, count);
}
END_TEST

START_TEST(new_rate_holds_at_once)
{
	rooms_client_ask(r, client, "/meter 1 0.01");
	ck_assert_uint_eq(levels_in(5.0), 1);
	rooms_client_ask(r, client, "/meter 1 50");
	ck_assert_uint_ge(levels_in(1.0), 49);
}
END_TEST

START_TEST(levels_end_when_they_are_not_wanted_any_more)
{
	rooms_client_ask(r, client, "/meter 1");
	ck_assert_double_eq(rooms_stat(r, "clients"), 1.0);
	ck_assert_str_eq(rooms_client_ask(r, client, "/meter 0"), "");
	ck_assert_uint_eq(levels_in(1.0), 0);
	ck_assert_double_eq(rooms_stat(r, "clients"), 0.0);
	/* twice is no error */
	ck_assert_str_eq(rooms_client_ask(r, client, "/meter 0"), "");
}
END_TEST

START_TEST(notify_and_meter_of_one_client_take_one_slot)
{
	int second = rooms_client(r, 0);
	int third = rooms_client(r, 0);

	rooms_client_ask(r, client, "/meter 1");
	rooms_client_ask(r, client, "/notify 1");
	rooms_client_ask(r, second, "/meter 1");
	ck_assert_str_eq(rooms_client_ask(r, third, "/meter 1"),
		"/error \"/meter\" 429 \"all 2 client slots are taken "
		"(osc.max_clients)\" 1\n");
	ck_assert_str_eq(rooms_client_ask(r, third, "/notify 1"),
		"/error \"/notify\" 429 \"all 2 client slots are taken "
		"(osc.max_clients)\" 1\n");
	rooms_client_ask(r, client, "/meter 0");
	ck_assert_double_eq(rooms_stat(r, "clients"), 2.0);
	ck_assert_uint_eq(levels_in(1.0), 0);
	close(second);
	close(third);
}
END_TEST

START_TEST(meter_is_refused_while_rt_cannot_be_told)
{
	static uint8_t data[100];
	size_t size = rooms_message(data, sizeof data, "/meter 1");

	while (ring_filled(r->wire->commands) <
		ring_capacity(r->wire->commands)) {
		rooms_put(r, "/mute 0");
	}
	ck_assert_int_eq(send(client, data, size, 0), (ssize_t)size);
	for (int i = 0; i < 1000 && r->errors == 0; i++) {
		struct pollfd p = {.fd = client, .events = POLLIN};
		char got[500];

		/* the loop's turn, then the client's, until it is answered */
		ev_run(r->loop, EVRUN_NOWAIT);
		if (poll(&p, 1, 10) == 1) {
			ck_assert_int_gt(recv(client, got, sizeof got, 0), 0);
			ck_assert_str_eq(got, "/error");
			r->errors++;
		}
	}
	ck_assert_uint_eq(r->errors, 1);
	rooms_turn(r);
	ck_assert_double_eq(rooms_stat(r, "clients"), 0.0);
	ck_assert_str_eq(rooms_client_ask(r, client, "/meter 1 50"), "");
	ck_assert_uint_ge(levels_in(1.0), 49);
}
END_TEST

START_TEST(meters_that_are_on_are_freed_when_the_office_closes)
{
	rooms_client_ask(r, client, "/meter 1 50");
	rooms_render(r, 4800);
	/* the sanitizers look */
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("nrt/meter");
	TCase *tc = tcase_create("meter");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, peak_and_rms_of_a_sine_are_told_for_each_output);
	tcase_add_loop_test(tc, levels_come_at_the_rate_that_was_asked_for, 0,
		(int)(sizeof rates / sizeof rates[0]));
	tcase_add_test(tc, new_rate_holds_at_once);
	tcase_add_test(tc, levels_end_when_they_are_not_wanted_any_more);
	tcase_add_test(tc, notify_and_meter_of_one_client_take_one_slot);
	tcase_add_test(tc, meter_is_refused_while_rt_cannot_be_told);
	tcase_add_test(tc, meters_that_are_on_are_freed_when_the_office_closes);
	suite_add_tcase(s, tc);
	return rooms_run(s);
}
