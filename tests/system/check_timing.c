/* SPDX-License-Identifier: MIT */
/*
 * check_timing.c -- events fall on their samples: impulses, measured in the
 * tap.
 *
 * Each pair of impulses has a distance of its own, and each impulse a level
 * of its own, by which it is found again.  Distances are random, from a fixed
 * seed, and many lie within one block.
 */
#include <config.h>

#include <check.h>
#include <math.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "daemon.h"

#define PAIRS   100
#define LEVELS  512.0
#define RATE    48000
#define SECONDS 120 /* most that is looked at */

static struct daemon d;
static struct client c;
static struct client pace; /* whose round trips make the jitter */
static int64_t distance[PAIRS];
static int64_t found[2 * PAIRS]; /* samples, -1 where nothing was found */
static int64_t base_sample;      /* of send_at */
static uint32_t state;

static uint32_t
random_below(uint32_t n)
{
	/* Numerical Recipes' generator: the same everywhere */
	state = state * 1664525U + 1013904223U;
	return (uint32_t)(((uint64_t)state * n) >> 32);
}

static void
choose_distances(uint32_t seed)
{
	state = seed;
	distance[0] = 12345;
	distance[1] = 1;
	distance[2] = 64;
	distance[3] = 63;
	for (int i = 4; i < PAIRS; i++) {
		/* a third of them inside of one block */
		distance[i] = 1 + random_below(i % 3 == 0 ? 63 : 24000);
	}
}

static void
begin(const char *driver)
{
	client_start(&c, &d,
		&(struct daemon_want){
			.driver = driver,
			.trial = true,
			.realtime = true,
			.sets = {"audio.outputs=1", "audio.inputs=0",
				 "audio.startup_ramp_ms=0", "audio.tap=tap.wav"},
        });
	client_say(&c, "/notify 1");
	client_expect(&c, "/notify.reply 1");
}

/** A bundle that makes impulse `n` (from 0), to be carried out at `ntp`. */
static void
impulse(struct packet *p, int n, uint64_t ntp)
{
	char text[128];

	packet_bundle(p, ntp);
	snprintf(text, sizeof text, "/synth/new impulse %d 0 1 [ %.9f ]", n + 1,
		(n + 1) / LEVELS);
	packet_add(p, text);
	snprintf(text, sizeof text, "/synth/map/output %d out 0 1", n + 1);
	packet_add(p, text);
	snprintf(
		text, sizeof text, "/synth/property/doneFlags/set %d 1", n + 1);
	packet_add(p, text);
	snprintf(text, sizeof text, "/synth/activate %d", n + 1);
	packet_add(p, text);
}

/** Wait until all impulses are over. @return how many came late */
static int
await_all(void)
{
	int late = 0;

	for (int ended = 0; ended < 2 * PAIRS;) {
		client_hear(&c);
		ck_assert_msg(strncmp(c.text, "/error", 6) != 0, "%s", c.text);
		late += strncmp(c.text, "/late", 5) == 0 ? 1 : 0;
		ended += strncmp(c.text, "/node/ended", 11) == 0 ? 1 : 0;
	}
	return late;
}

/** End the daemon, and find the impulses in the tap. */
static void
measure(void)
{
	char path[160];
	SF_INFO info = {0};
	static float frames[65536];
	int64_t at = 0;

	client_close(&c);
	ck_assert_int_eq(daemon_stop(&d), 0);
	snprintf(path, sizeof path, "%s/tap.wav", d.folder);
	SNDFILE *f = sf_open(path, SFM_READ, &info);
	ck_assert_msg(f != NULL, "%s: %s", path, sf_strerror(NULL));
	ck_assert_int_eq(info.channels, 1);
	ck_assert_int_eq(info.samplerate, RATE);
	for (int i = 0; i < 2 * PAIRS; i++) {
		found[i] = -1;
	}
	for (sf_count_t got; (got = sf_readf_float(f, frames, 65536)) > 0 &&
			     at < (int64_t)SECONDS * RATE;
		at += got) {
		for (sf_count_t i = 0; i < got; i++) {
			if (frames[i] == 0.0F) {
				continue;
			}
			/* two at one sample would add up: chosen not to */
			double n = (double)frames[i] * LEVELS;
			ck_assert_double_eq_tol(n, rint(n), 1e-3);
			ck_assert_double_ge(n, 0.5);
			ck_assert_double_le(n, 2 * PAIRS + 0.5);
			int which = (int)rint(n) - 1;
			ck_assert_int_eq(found[which], -1);
			found[which] = at + i;
		}
	}
	sf_close(f);
	for (int i = 0; i < 2 * PAIRS; i++) {
		ck_assert_msg(found[i] >= 0, "impulse %d is not in the tap", i);
	}
}

/** Hold each distance against the one that was meant. */
static void
compare(int64_t tolerance)
{
	for (int i = 0; i < PAIRS; i++) {
		int64_t got = found[2 * i + 1] - found[2 * i];
		ck_assert_msg(llabs(got - distance[i]) <= tolerance,
			"pair %d is %lld apart, not %lld", i, (long long)got,
			(long long)distance[i]);
	}
}

/** Where pair `i` is to begin, so that no two impulses fall together. */
static int64_t
start_of(int i)
{
	return 1000 + (int64_t)i * 24128 + (i * 37) % 64;
}

/** Let the time of all pairs go by: each is exactly where it should be. */
static void
hear_offline(void)
{
	client_silent(&c);
	client_say(&c, "/offline/run %d", (PAIRS + 2) * 24128);
	ck_assert_int_eq(await_all(), 0);
	client_seek(&c, "/offline/run.reply");
	measure();
	compare(0);
	for (int i = 0; i < PAIRS; i++) {
		ck_assert_int_eq(found[2 * i], start_of(i));
	}
}

START_TEST(tags_of_one_packet_are_exact_offline)
{
	static struct packet p;
	static struct packet one;

	choose_distances(1);
	begin("offline");
	for (int i = 0; i < PAIRS; i++) {
		packet_bundle(&p, OSC_NOW);
		impulse(&one, 2 * i, client_ntp_of(start_of(i)));
		packet_add_packet(&p, &one);
		impulse(&one, 2 * i + 1,
			client_ntp_of(start_of(i) + distance[i]));
		packet_add_packet(&p, &one);
		client_send_packet(&c, &p);
	}
	hear_offline();
}
END_TEST

START_TEST(at_in_two_packets_is_exact_offline)
{
	static struct packet p;
	static struct packet one;

	choose_distances(2);
	begin("offline");
	for (int i = 0; i < 2 * PAIRS; i++) {
		/* the later one is sent first */
		int n = i ^ 1;
		impulse(&one, n, OSC_NOW);
		packet_at(
			&p, start_of(n / 2) + (n & 1) * distance[n / 2], &one);
		client_send_packet(&c, &p);
	}
	hear_offline();
}
END_TEST

/** Some frames between pairs, and in all less than a second and a half. */
static int64_t
spread(int i)
{
	return (int64_t)i * 421;
}

/** Are two impulses meant for nearly the same sample? Then one is moved. */
static void
keep_apart(void)
{
	for (int i = 0; i < PAIRS; i++) {
		for (int k = 0; k < PAIRS; k++) {
			int64_t apart = spread(i) + distance[i] - spread(k);
			int64_t ends = spread(i) + distance[i] - spread(k) -
				       distance[k];
			if (i != k && (llabs(apart) < 4 || llabs(ends) < 4)) {
				distance[i] += 11;
				k = -1;
			}
		}
	}
}

/** Have all impulses played in real time; a machine that is too busy to send
 * them in time is given more of it. */
static void
play_on_the_clock(bool (*send)(double lead_s))
{
	for (double lead_s = 1.0;; lead_s *= 2.0) {
		ck_assert_double_lt(lead_s, 20.0);
		begin("clock");
		if (send(lead_s)) {
			return;
		}
		printf("some came late: once more\n");
		client_close(&c);
		ck_assert_int_eq(daemon_stop(&d), 0);
	}
}

static bool
send_one_packet(double lead_s)
{
	static struct packet p;
	static struct packet one;

	uint64_t base = client_ntp(lead_s);
	for (int i = 0; i < PAIRS; i++) {
		uint64_t first = base + ((uint64_t)spread(i) << 32) / RATE;
		packet_bundle(&p, OSC_NOW);
		impulse(&one, 2 * i, first);
		packet_add_packet(&p, &one);
		impulse(&one, 2 * i + 1,
			first + ((uint64_t)distance[i] << 32) / RATE);
		packet_add_packet(&p, &one);
		client_send_packet(&c, &p);
	}
	return await_all() == 0;
}

START_TEST(tags_of_one_packet_are_exact_on_the_clock)
{
	choose_distances(3);
	keep_apart();
	play_on_the_clock(send_one_packet);
	measure();
	compare(0);
}
END_TEST

static bool
send_at(double lead_s)
{
	static struct packet p;
	static struct packet one;

	int64_t base = client_sample(&c) + (int64_t)(lead_s * RATE);
	base_sample = base;
	for (int i = 0; i < 2 * PAIRS; i++) {
		impulse(&one, i, OSC_NOW);
		packet_at(&p, base + spread(i / 2) + (i & 1) * distance[i / 2],
			&one);
		client_send_packet(&c, &p);
	}
	return await_all() == 0;
}

START_TEST(at_in_two_packets_is_exact_on_the_clock)
{
	choose_distances(4);
	keep_apart();
	play_on_the_clock(send_at);
	measure();
	compare(0);
	for (int i = 0; i < PAIRS; i++) {
		ck_assert_int_eq(found[2 * i], base_sample + spread(i));
	}
}
END_TEST

static bool
send_with_jitter(double lead_s)
{
	static struct packet p;

	client_open(&pace, d.url[0]);
	uint64_t base = client_ntp(lead_s);
	for (int i = 0; i < 2 * PAIRS; i++) {
		uint64_t first = base + ((uint64_t)spread(i / 2) << 32) / RATE;
		uint64_t more =
			(i & 1) != 0 ? ((uint64_t)distance[i / 2] << 32) / RATE
				     : 0;
		/* the sender's own jitter, a stream of pairs: none to five
		 * round trips, each about a block and never quite the same */
		for (uint32_t n = random_below(i % 4 == 0 ? 6 : 2); n > 0;
			n--) {
			client_sync(&pace);
		}
		impulse(&p, i, first + more);
		client_send_packet(&c, &p);
	}
	client_close(&pace);
	return await_all() == 0;
}

START_TEST(tags_of_two_packets_are_within_a_sample_however_they_come)
{
	choose_distances(5);
	keep_apart();
	play_on_the_clock(send_with_jitter);
	measure();
	compare(1);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("system/timing");
	TCase *t = daemon_case(s, "timing");

	tcase_add_test(t, tags_of_one_packet_are_exact_offline);
	tcase_add_test(t, at_in_two_packets_is_exact_offline);
	tcase_add_test(t, tags_of_one_packet_are_exact_on_the_clock);
	tcase_add_test(t, at_in_two_packets_is_exact_on_the_clock);
	tcase_add_test(
		t, tags_of_two_packets_are_within_a_sample_however_they_come);
	return daemon_run(s);
}
