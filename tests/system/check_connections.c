/* SPDX-License-Identifier: MIT */
/*
 * check_connections.c -- connections over OSC, in a daemon: what is refused
 * leaves all as it was, what is freed is silent at its sample, nothing stays.
 *
 * Sources are constants, so each frame of the tap says who was heard in it.
 * All of it with one audio thread and with four.
 */
#include <config.h>

#include <check.h>
#include <math.h>
#include <sched.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "daemon.h"

#define CHANNELS 3
#define FRAMES   65536

static struct daemon d;
static struct client c;
static struct packet p;
static float heard[FRAMES * CHANNELS];
static int64_t frames;
/* what has to be in the end as it was in the beginning */
static const char *const same[] = {"connections", "events_pending",
	"commands_pending", "references", "pool_256_free", "pool_512_free",
	"pool_1024_free", "pool_4096_free", "pool_16384_free",
	"pool_65536_free", "pool_262144_free", "pool_1048576_free"};
#define SAME (sizeof same / sizeof *same)
static double before[SAME];

static void
measure(double *to)
{
	for (size_t i = 0; i < SAME; i++) {
		to[i] = client_stat(&c, same[i]);
	}
}

static void
open_with(int way, const char *one, const char *two)
{
	struct daemon_want want = {
		.sets = {"audio.outputs=3", "audio.tap=tap.wav",
			 way == 0 ? "realtime.threads=1" : "realtime.threads=4",
			 one, two}
        };

	client_start(&c, &d, &want);
	measure(before);
}

/** All is freed, nothing is left; the daemon ends, and the tap is read. */
static void
end(void)
{
	double now[SAME];
	SF_INFO info = {0};
	char path[160];

	client_say(&c, "/clear");
	client_sync(&c);
	measure(now);
	for (size_t i = 0; i < SAME; i++) {
		ck_assert_double_eq(now[i], before[i]);
	}
	client_end(&c, &d, "<3>");
	snprintf(path, sizeof path, "%s/tap.wav", d.folder);
	SNDFILE *f = sf_open(path, SFM_READ, &info);
	ck_assert_msg(f != NULL, "%s: %s", path, sf_strerror(NULL));
	ck_assert_int_eq(info.channels, CHANNELS);
	frames = sf_readf_float(f, heard, FRAMES);
	sf_close(f);
}

/** A channel is `value` from frame `from` to before `to`. */
static void
is(int channel, int64_t from, int64_t to, double value)
{
	ck_assert_int_le(to, frames);
	for (int64_t i = from; i < to; i++) {
		double x = (double)heard[i * CHANNELS + channel];
		ck_assert_msg(fabs(x - value) < 1e-6,
			"channel %d, frame %ld: %g, not %g", channel, (long)i,
			x, value);
	}
}

/** A constant. */
static void
source(int id, double value)
{
	client_say(
		&c, "/synth/new lfo %d 0 1 [ amp 0.0 offset %.4f ]", id, value);
	client_say(&c, "/synth/activate %d", id);
}

/** A gain of 1 that goes to a channel of the card, or to none. */
static void
gain(int id, int channel)
{
	client_say(&c, "/synth/new gain %d 0 1", id);
	client_say(&c, "/synth/activate %d", id);
	if (channel >= 0) {
		client_say(&c, "/synth/map/output %d out %d 1", id, channel);
	}
}

/** Begin a bundle for a sample. */
static void
at(int64_t sample)
{
	packet_bundle(&p, client_ntp_of(sample));
}

static void
go(void)
{
	client_send_packet(&c, &p);
}

/** What `/node/tree` and `/node/query` of the first nodes say. */
static void
look(char *text, size_t size)
{
	size_t used;

	client_say(&c, "/node/tree");
	client_seek(&c, "/node/tree.reply");
	used = (size_t)snprintf(text, size, "%s\n", c.text);
	for (int id = 0; id <= 8; id++) {
		client_say(&c, "/node/query %d", id);
		client_hear(&c);
		used += (size_t)snprintf(
			text + used, size - used, "%s\n", c.text);
		ck_assert_uint_lt(used, size);
	}
}

START_TEST(refused_connections_name_both_ends_and_change_nothing)
{
	static char was[32768];
	static char now[32768];
	/* limits: 6 connections, 2 at an input */
	static const struct {
		const char *say;
		int code;
		const char *ends;
		const char *words;
	} r[] = {
		{"/node/connect 900 out 3 in",    404,
                 "node 900 port \"out\" → node 3 port \"in\"",   "no node 900"               },
		{"/node/connect 2 out 900 in",    404,
                 "node 2 port \"out\" → node 900 port \"in\"",   "no node 900"               },
		{"/node/connect 2 out 99999 in",  422,
                 "node 2 port \"out\" → node 99999 port \"in\"", "not within"                },
		{"/node/connect 2 louder 3 in",   404,
                 "node 2 port \"louder\" → node 3 port \"in\"",  "no port \"louder\""        },
		{"/node/connect 2 out 3 77",      404,
                 "node 2 port \"out\" → node 3 port 77",         "no port 77"                },
		{"/node/connect 2 gain 3 in",     422,
                 "node 2 port \"gain\" → node 3 port \"in\"",    "no audio output"           },
		{"/node/connect 2 out 3 out",     422,
                 "node 2 port \"out\" → node 3 port \"out\"",    "no audio input"            },
		{"/node/connect 2 out 0 in",      422,
                 "node 2 port \"out\" → node 0 port \"in\"",     "is a group"                },
		{"/node/connect 2 out 2 in",      409,
                 "node 2 port \"out\" → node 2 port \"in\"",     "2 → 2"                   },
		{"/node/connect 1 out 2 in",      409,
                 "node 1 port \"out\" → node 2 port \"in\"",     "connected already"         },
		{"/node/connect 1 out 2 in 2",    409,
                 "node 1 port \"out\" → node 2 port \"in\"",     "connected already"         },
		{"/node/connect 4 out 2 in",      409,
                 "node 4 port \"out\" → node 2 port \"in\"",     "2 → 3 → 4 → 2"       },
		{"/node/connect 1 out 3 in",      503,
                 "node 1 port \"out\" → node 3 port \"in\"",     "limits.max_inputs_per_port"},
		{"/node/connect 1 out 6 in",      503,
                 "node 1 port \"out\" → node 6 port \"in\"",     "limits.max_connections"    },
		{"/node/disconnect 1 out 6 in",   409,
                 "node 1 port \"out\" → node 6 port \"in\"",     "not connected"             },
		{"/node/disconnect 2 out 3 in 2", 409,
                 "node 2 port \"out\" → node 3 port \"in\"",     "with flags 2"              },
		{"/node/disconnect 900 out 3 in", 404,
                 "node 900 port \"out\" → node 3 port \"in\"",   "no node 900"               },
	};

	open_with(
		_i, "limits.max_connections=6", "limits.max_inputs_per_port=2");
	source(1, 0.25);
	for (int id = 2; id <= 6; id++) {
		gain(id, id == 4 ? 0 : id == 6 ? 1 : -1);
	}
	source(7, 0.125);
	client_say(&c, "/node/connect 1 out 2 in");
	client_say(&c, "/node/connect 2 out 3 in");
	client_say(&c, "/node/connect 7 out 3 in");
	client_say(&c, "/node/connect 3 out 4 in");
	client_say(&c, "/node/connect 4 out 5 in 2");
	client_say(&c, "/node/connect 5 out 6 in");
	client_silent(&c);
	client_run(&c, 1000);
	look(was, sizeof was);
	for (size_t i = 0; i < sizeof r / sizeof *r; i++) {
		/* the first integer is the source's id */
		client_refused(&c, r[i].say, r[i].code,
			atoi(r[i].ends + strlen("node ")), r[i].ends);
		ck_assert_msg(strstr(client_string(&c, 2), r[i].words) != NULL,
			"%s: %s", r[i].words, c.text);
		client_run(&c, 100);
		look(now, sizeof now);
		ck_assert_str_eq(now, was);
	}
	ck_assert_double_eq(client_stat(&c, "connections"), 6.0);
	end();
	is(0, 0, 2700, 0.375);
	/* through feedback, a block later */
	is(1, 0, 64, 0.0);
	is(1, 64, 2700, 0.375);
}
END_TEST

START_TEST(cycles_are_told_from_end_to_end_and_feedback_closes_them)
{
	open_with(_i, NULL, NULL);
	for (int id = 1; id <= 41; id++) {
		gain(id, -1);
	}
	for (int id = 1; id <= 40; id++) {
		client_say(&c, "/node/connect %d out %d in", id, id + 1);
	}
	client_silent(&c);
	client_refused(&c, "/node/connect 3 out 1 in", 409, 3,
		"one block later): 1 → 2 → 3 → 1");
	/* a long one is told as far as it has room */
	client_refused(&c, "/node/connect 41 out 1 in", 409, 41, "1 → 2 → 3");
	client_say(&c, "/node/connect 41 out 1 in 2");
	client_silent(&c);
	ck_assert_double_eq(client_stat(&c, "connections"), 41.0);
	client_run(&c, 1000);
	/* cut open elsewhere it may be closed here, without feedback */
	client_say(&c, "/node/disconnect 41 out 1 in");
	client_say(&c, "/node/disconnect 20 out 21 in");
	client_say(&c, "/node/connect 41 out 1 in");
	client_silent(&c);
	client_refused(&c, "/node/connect 20 out 21 in", 409, 20, "21 → 22");
	client_run(&c, 1000);
	end();
}
END_TEST

START_TEST(freed_output_is_silent_at_its_sample_wherever_it_is_heard)
{
	const int64_t gone = 1000 + 37;

	open_with(_i, NULL, NULL);
	source(1, 0.5);
	gain(2, -1);
	client_say(&c, "/synth/map/output 2 out 5 0");
	for (int id = 3; id <= 5; id++) {
		gain(id, id - 3);
	}
	client_say(&c, "/synth/map/input 5 in 5 0");
	client_say(&c, "/node/connect 1 out 2 in");
	client_say(&c, "/node/connect 2 out 3 in");
	client_say(&c, "/node/connect 2 out 4 in 2");
	at(gone);
	packet_add(&p, "/node/free 2");
	go();
	/* its id is another's, who is not connected to anybody */
	at(gone + 500);
	packet_add(&p, "/synth/new gain 2 0 0 [ 0.5 ]");
	packet_add(&p, "/synth/activate 2");
	packet_add(&p, "/node/connect 1 out 2 in");
	go();
	client_run(&c, 3000);
	client_say(&c, "/node/query 3");
	client_hear(&c);
	ck_assert_msg(strstr(c.text, "0.0 -1 0 2 \"out\" 0.0 0 1 [ ]") != NULL,
		"%s", c.text);
	ck_assert_double_eq(client_stat(&c, "connections"), 1.0);
	end();
	is(0, 0, gone, 0.5);
	is(1, 64, gone, 0.5);
	is(2, 0, gone, 0.5);
	for (int k = 0; k < CHANNELS; k++) {
		is(k, gone, 3000, 0.0);
	}
}
END_TEST

/** A client's bundle names ids, and means whoever has them then; what the
 * engine keeps of a node is never its successor's. */
START_TEST(what_was_a_nodes_is_never_its_successors)
{
	open_with(_i, NULL, NULL);
	source(1, 0.5);
	gain(2, 0);
	gain(3, 1);
	client_say(&c, "/node/connect 1 out 2 in");
	client_say(&c, "/node/connect 1 out 3 in 2");
	client_say(&c, "/synth/new trigger-to-message 4 0 1");
	client_say(&c, "/synth/activate 4");
	client_say(&c, "/notify 1");
	client_sync(&c);
	/* freed and made again at one sample, in the middle of a release, of
	 * a ramp, and while triggers wait for their samples */
	at(1000);
	packet_add(&p, "/node/release 1 0.1");
	packet_add(&p, "/node/set 1 offset [ 4.0 1.0 ]");
	packet_add(&p, "/node/set 4 trigger 1 trigger 1 trigger 1");
	go();
	at(1001);
	packet_add(&p, "/node/free 4");
	packet_add(&p, "/synth/new trigger-to-message 4 0 1");
	packet_add(&p, "/synth/activate 4");
	go();
	at(2000);
	packet_add(&p, "/node/free 1");
	packet_add(&p, "/synth/new lfo 1 0 0 [ amp 0.0 offset 0.25 ]");
	packet_add(&p, "/synth/activate 1");
	packet_add(&p, "/synth/map/output 1 out 2 1");
	go();
	/* sent before 1 was another: it means whoever is 1 then */
	at(3000);
	packet_add(&p, "/node/connect 1 out 2 in");
	go();
	client_say(&c, "/offline/run 10000");
	int fired = 0;
	int ended = 0;
	while (strncmp(client_hear(&c), "/offline/run.reply", 18) != 0) {
		ck_assert_msg(strncmp(c.text, "/error", 6) != 0, "%s", c.text);
		fired += strncmp(c.text, "/trigger", 8) == 0 ? 1 : 0;
		ended += strncmp(c.text, "/node/ended", 11) == 0 ? 1 : 0;
	}
	/* the first fired; the two that waited were of the freed one */
	ck_assert_int_eq(fired, 1);
	ck_assert_int_eq(ended, 2);
	ck_assert_double_eq(client_stat(&c, "connections"), 1.0);
	end();
	is(0, 0, 1000, 0.5);
	is(0, 2000, 3000, 0.0);
	is(1, 2000, 10000, 0.0);
	/* no fade, no ramp, and no end: those were the other's */
	is(2, 2000, 10000, 0.25);
	is(0, 3000, 10000, 0.25);
}
END_TEST

START_TEST(arena_that_is_full_takes_again_what_was_given_back)
{
	open_with(_i, "limits.max_connections=4", NULL);
	source(1, 0.125);
	for (int id = 2; id <= 7; id++) {
		gain(id, 0);
	}
	client_silent(&c);
	for (int turn = 0; turn < 20; turn++) {
		for (int id = 2; id <= 5; id++) {
			client_say(&c, "/node/connect 1 out %d in %d", id,
				id % 2 == 0 ? 0 : 2);
		}
		client_silent(&c);
		client_refused(&c, "/node/connect 1 out 6 in", 503, 1,
			"limits.max_connections");
		client_run(&c, 100);
		if (turn % 2 == 0) {
			/* by freeing either end, or both */
			client_say(&c, "/node/free 2");
			client_say(&c, "/node/free %d", turn % 4 == 0 ? 1 : 3);
			client_sync(&c);
			if (turn % 4 == 0) {
				source(1, 0.125);
			} else {
				gain(3, 0);
			}
			gain(2, 0);
		}
		for (int id = 2; id <= 5; id++) {
			/* those that were not freed */
			client_say(&c, "/node/disconnect 1 out %d in", id);
		}
		client_sync(&c);
		ck_assert_double_eq(client_stat(&c, "connections"), 0.0);
	}
	end();
}
END_TEST

START_TEST(more_threads_than_cpus_are_refused_in_words)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof set, &set) != 0 ||
		CPU_COUNT(&set) >= 64) {
		printf("skipped: this machine has 64 CPUs\n");
		return;
	}
	ck_assert_int_eq(
		daemon_fail(&d, &(struct daemon_want){.driver = "clock",
					.sets = {"realtime.threads=64"}}),
		78);
	ck_assert_msg(strstr(daemon_log(&d),
			      "realtime.threads: 64 audio threads, but this "
			      "process may use ") != NULL,
		"%s", d.log);
	ck_assert_ptr_nonnull(strstr(d.log, "or \"auto\""));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("system/connections");
	TCase *tc = daemon_case(s, "connections");

	tcase_add_loop_test(tc,
		refused_connections_name_both_ends_and_change_nothing, 0, 2);
	tcase_add_loop_test(tc,
		cycles_are_told_from_end_to_end_and_feedback_closes_them, 0, 2);
	tcase_add_loop_test(tc,
		freed_output_is_silent_at_its_sample_wherever_it_is_heard, 0,
		2);
	tcase_add_loop_test(tc, what_was_a_nodes_is_never_its_successors, 0, 2);
	tcase_add_loop_test(
		tc, arena_that_is_full_takes_again_what_was_given_back, 0, 2);
	tcase_add_test(tc, more_threads_than_cpus_are_refused_in_words);
	return daemon_run(s);
}
