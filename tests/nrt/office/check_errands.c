/* SPDX-License-Identifier: MIT */
/*
 * check_errands.c -- works on their way: what /sync waits for and what not,
 * who is kept for them, what takes too long, and the end of the engine in the
 * middle of it all; with one, two and eight workers.
 */
#include <check.h>
#include <ev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine.h"
#include "net.h"
#include "osc_read.h"
#include "osc_text.h"
#include "rooms.h"
#include "trial.h"

static struct rooms rooms = {.prepare = trial_add};
static struct rooms *r = &rooms;

static const char *const workers[] = {
	"workers.threads=1", "workers.threads=2", "workers.threads=8"};
#define WORKERS 3

static const char *sets[] = {"limits.max_resources=64", NULL, NULL, NULL};

static void
open_with(const char *more, const char *most)
{
	sets[1] = more;
	sets[2] = most;
	rooms_open(r, sets);
	rooms_ask(r, "/notify 1");
	rooms_heard(r);
}

static void
setup(void)
{
	open_with("workers.threads=2", NULL);
}

static void
teardown(void)
{
	trial_let(1000);
	rooms_close(r);
}

static void
expect(const char *words, const char *answer)
{
	const char *text = rooms_ask(r, words);

	ck_assert_msg(strcmp(text, answer) == 0, "%s: %s", words, text);
}

/** Let so many through the gate, and wait until no work is out. */
static void
let(uint32_t count, const char *told)
{
	trial_let(count);
	rooms_rest(r);
	ck_assert_str_eq(rooms_heard(r), told);
}

/* --- another client --- */

struct guest {
	struct peer *peer;
	size_t size;
	char heard[4096];
};

static void
on_answer(void *user, const void *data, size_t size)
{
	struct guest *g = user;
	struct osc_walk walk;
	struct osc_message m;

	osc_walk_begin(&walk, data, size);
	while (osc_walk_next(&walk, &m) && g->size < sizeof g->heard / 2) {
		g->size += osc_text_show(
			&m, g->heard + g->size, sizeof g->heard - g->size - 1);
		g->heard[g->size++] = '\n';
		g->heard[g->size] = '\0';
	}
}

static void
guest_open(struct guest *g)
{
	*g = (struct guest){
		.peer = net_local(office_net(r->office), on_answer, g)};
	ck_assert_ptr_nonnull(g->peer);
}

/** Put words in for a guest, without a turn. */
static void
guest_put(struct guest *g, const char *words)
{
	uint8_t data[400];
	size_t size = rooms_message(data, sizeof data, words);

	office_packet(r->office, g->peer, data, size, 0);
}

static void
guest_expect(struct guest *g, const char *words, const char *answer)
{
	if (words[0] != '\0') {
		guest_put(g, words);
	}
	rooms_turn(r);
	ck_assert_msg(strcmp(g->heard, answer) == 0, "%s: %s", words, g->heard);
	g->size = 0;
	g->heard[0] = '\0';
}

/* --- what /sync waits for --- */

START_TEST(sync_waits_for_constructions_and_comes_behind_their_end)
{
	expect("/resource/new trial-thing 1 [ gate ]", "");
	expect("/sync 5", "");
	trial_wait(1);
	let(1, "/resource/ready 1\n/synced 5\n");
	/* one that fails is over as well */
	expect("/resource/new trial-thing 2 [ gate fail ]", "");
	expect("/sync 6", "");
	let(1, "/resource/error 2 \"told to fail\"\n/synced 6\n");
	expect("/sync 7", "/synced 7\n");
}
END_TEST

START_TEST(sync_waits_for_jobs_and_destructions)
{
	rooms_ask_await(
		r, "/resource/new trial-thing 1 [ late ]", "/resource/ready");
	expect("/job/new trial-work 3 0 [ 1 ] [ gate ]", "");
	expect("/sync 1", "");
	trial_wait(1);
	trial_let(1);
	rooms_await(r, "/synced");
	ck_assert_str_eq(rooms_heard(r), "/job/done 3 1 \"gate\"\n/synced 1\n");
	expect("/resource/free 1", "");
	expect("/sync 2", "");
	trial_wait(1);
	let(1, "/resource/destroyed 1\n/synced 2\n");
}
END_TEST

START_TEST(sync_does_not_wait_for_what_another_client_asked_for)
{
	struct guest g;

	guest_open(&g);
	expect("/resource/new trial-thing 1 [ gate late ]", "");
	expect("/job/new trial-work 3 0 [ ] [ gate ]", "");
	guest_expect(&g, "/sync 8", "/synced 8\n");
	trial_wait(2);
	trial_let(2);
	rooms_rest(r);
	peer_unref(g.peer);
}
END_TEST

START_TEST(free_of_anothers_resource_is_waited_for_by_who_freed_it)
{
	struct guest g;

	guest_open(&g);
	expect("/resource/new trial-thing 1 [ gate late ]", "");
	trial_wait(1);
	guest_expect(&g, "/resource/free 1", "");
	guest_expect(&g, "/sync 8", "");
	expect("/sync 9", "");
	/* freed twice is waited for from the first time on */
	guest_expect(&g, "/resource/free 1", "");
	/* made, and destroyed at once: both wait for the end */
	trial_let(2);
	rooms_await(r, "/synced 9");
	ck_assert_str_eq(rooms_heard(r), "/resource/destroyed 1\n/synced 9\n");
	guest_expect(&g, "", "/synced 8\n");
	peer_unref(g.peer);
}
END_TEST

START_TEST(sync_does_not_wait_for_what_somebody_holds)
{
	rooms_ask_await(
		r, "/resource/new trial-thing 1 [ late ]", "/resource/ready");
	expect("/synth/new trial-user 5 0 1 [ thing 1 ]", "/node/new 5\n");
	expect("/resource/free 1", "");
	expect("/sync 1", "/synced 1\n");
	/* but it does for the destruction once that is under way */
	expect("/node/free 5", "/node/ended 5\n");
	expect("/sync 2", "");
	trial_wait(1);
	let(1, "/resource/destroyed 1\n/synced 2\n");
}
END_TEST

START_TEST(sync_does_not_wait_for_what_came_later)
{
	expect("/job/new trial-work 1 0 [ ] [ gate ]", "");
	trial_wait(1);
	expect("/sync 1", "");
	/* it waits: jobs never take the last worker */
	expect("/job/new trial-work 2 0 [ ] [ gate ]", "");
	expect("/sync 2", "");
	trial_let(1);
	rooms_await(r, "/synced");
	ck_assert_str_eq(rooms_heard(r), "/job/done 1 0 \"gate\"\n/synced 1\n");
	trial_wait(1);
	let(1, "/job/done 2 0 \"gate\"\n/synced 2\n");
}
END_TEST

START_TEST(sync_does_not_wait_for_what_is_freed_behind_it)
{
	struct guest g;

	/* all of it in one turn: nothing has come back in between */
	guest_open(&g);
	guest_put(&g, "/resource/new trial-thing 1");
	rooms_put(r, "/job/new trial-work 3 0 [ ] [ gate ]");
	rooms_put(r, "/sync 1");
	rooms_put(r, "/resource/free 1");
	rooms_turn(r);
	trial_wait(1);
	rooms_await(r, "/resource/destroyed 1");
	ck_assert_str_eq(rooms_heard(r), "/resource/destroyed 1\n");
	let(1, "/job/done 3 0 \"gate\"\n/synced 1\n");
	peer_unref(g.peer);
}
END_TEST

START_TEST(syncs_of_one_bundle_are_answered_once_each)
{
	static struct rooms_bundle b;

	rooms_bundle(&b, 1);
	rooms_bundle_add(&b, "/sync 1");
	rooms_bundle_add(&b, "/resource/new trial-thing 1 [ gate ]");
	rooms_bundle_add(&b, "/sync 2");
	rooms_bundle_add(&b, "/group/new -1 0 1");
	rooms_bundle_add(&b, "/sync 3");
	rooms_packet(r, b.data, b.size);
	rooms_turn(r);
	const char *text = rooms_heard(r);
	ck_assert_ptr_null(strstr(text, "/synced"));
	ck_assert_ptr_nonnull(strstr(text, "/group/new.reply "));
	let(1, "/resource/ready 1\n/synced 1\n/synced 2\n/synced 3\n");
}
END_TEST

START_TEST(held_sync_ends_with_the_engine)
{
	expect("/resource/new trial-thing 1 [ polite ]", "");
	expect("/job/new trial-work 3 0 [ ] [ polite ]", "");
	expect("/sync 1", "");
	/* teardown: all comes back, nothing leaks */
}
END_TEST

/* --- who is kept --- */

START_TEST(client_is_kept_while_its_works_are_under_way)
{
	struct guest g;

	guest_open(&g);
	ck_assert_int_eq((int)rooms_stat(r, "clients"), 1);
	guest_expect(&g, "/resource/new trial-thing 1 [ gate ]", "");
	guest_expect(&g, "/resource/new trial-thing 2 [ gate ]", "");
	ck_assert_int_eq((int)rooms_stat(r, "clients"), 2);
	/* one that is refused keeps nobody any longer */
	guest_expect(&g, "/resource/new trial-thing 2",
		"/error \"/resource/new\" 409 \"resource id 2 is taken: it is "
		"constructing\" 2\n");
	trial_wait(2);
	trial_let(2);
	rooms_rest(r);
	ck_assert_int_eq((int)rooms_stat(r, "clients"), 1);
	peer_unref(g.peer);
}
END_TEST

START_TEST(client_without_a_slot_is_refused_429)
{
	struct guest g;

	rooms_close(r);
	open_with("osc.max_clients=1", NULL);
	guest_open(&g);
	guest_expect(&g, "/resource/new trial-thing 1",
		"/error \"/resource/new\" 429 \"all 1 client slots are taken "
		"(osc.max_clients)\" 1\n");
	guest_expect(&g, "/job/new trial-work 1 0",
		"/error \"/job/new\" 429 \"all 1 client slots are taken "
		"(osc.max_clients)\" 1\n");
	/* who has a slot has it for all */
	expect("/resource/new trial-thing 1 [ gate ]", "");
	expect("/resource/new trial-thing 2 [ gate ]", "");
	trial_let(2);
	rooms_rest(r);
	/* freeing is never refused */
	guest_expect(&g, "/resource/free 1", "");
	rooms_rest(r);
	peer_unref(g.peer);
}
END_TEST

START_TEST(works_go_on_when_their_client_is_gone)
{
	struct guest g;

	guest_open(&g);
	guest_expect(&g, "/notify 1", "/notify.reply 1\n");
	guest_expect(&g, "/resource/new trial-thing 1 [ gate ]", "");
	guest_expect(&g, "/sync 4", "");
	trial_wait(1);
	/* its owner lets go, but the works do not: it is told the end */
	peer_unref(g.peer);
	let(1, "/resource/ready 1\n");
	ck_assert_str_eq(g.heard, "/resource/ready 1\n/synced 4\n");
	ck_assert_int_eq((int)rooms_stat(r, "clients"), 1);
}
END_TEST

START_TEST(client_over_udp_is_the_same_one_while_its_works_last)
{
	static const char *const doors[] = {
		"osc.listeners=({url=\"udp://127.0.0.1:0\";role=\"admin\";})",
		NULL};

	rooms_close(r);
	rooms_open_doors(r, doors);
	rooms_ask(r, "/notify 1");
	int client = rooms_client(r, 0);
	/* rooms_client_ask syncs: held until the thing is there */
	const char *text =
		rooms_client_ask(r, client, "/resource/new trial-thing 1");
	ck_assert_ptr_nonnull(strstr(text, "/resource/ready 1\n"));
	rooms_client_ask(r, client, "/resource/new trial-thing 2");
	rooms_client_ask(r, client, "/resource/free 1");
	ck_assert_uint_eq(trial_destroys(), 1);
	ck_assert_int_eq((int)rooms_stat(r, "clients"), 1);
	(void)close(client);
}
END_TEST

/* --- what waits for its time --- */

#define LONG_WORD 60000

/** Let a guest ask for things of a long word each, all at one time, until one
 * is refused. @return how many were not */
static uint32_t
ask_until_refused(struct guest *g, const char *what, const char *answer)
{
	static struct rooms_bundle b;
	static char words[LONG_WORD + 100];
	uint32_t count = 0;

	int n = snprintf(words, sizeof words, "%s [ ", what);
	memset(words + n, 'w', LONG_WORD);
	(void)snprintf(words + n + LONG_WORD, 4, " ]");
	rooms_bundle(&b, rooms_tag((double)rooms_now(r) + 1000));
	rooms_bundle_add(&b, words);
	while (g->size == 0) {
		ck_assert_uint_lt(count, 2000);
		office_packet(r->office, g->peer, b.data, b.size, 0);
		rooms_turn(r);
		count++;
	}
	guest_expect(g, "", answer);
	return count - 1;
}

START_TEST(works_that_wait_for_their_time_are_not_without_end)
{
	static const char thing[] = "/resource/new trial-thing 1";
	static const char refused[] =
		"/error \"/resource/new\" 503 \"too much waits for its time: "
		"send it later\" 1\n";
	/* they are answered until the end of all, in teardown */
	static struct guest g;
	static struct guest h;

	guest_open(&g);
	guest_open(&h);
	uint32_t most = ask_until_refused(&g, thing, refused);
	/* 64 MiB of words and a little with each */
	ck_assert_uint_gt(most, 1000);
	ck_assert_uint_le(most, (64U << 20) / LONG_WORD);
	/* jobs are counted with them */
	ck_assert_uint_eq(
		ask_until_refused(&g, "/job/new trial-work 1 0 [ ]",
			"/error \"/job/new\" 503 \"too much waits for its "
			"time: send it later\" 1\n"),
		0);
	/* the first is made, the others find its id taken: both give back */
	peer_unref(g.peer);
	rooms_render(r, 1064);
	rooms_rest(r);
	ck_assert_uint_eq(trial_constructs(), 1);
	ck_assert_uint_eq(ask_until_refused(&h, thing, refused), most);
	peer_unref(h.peer);
}
END_TEST

/* --- what takes too long --- */

START_TEST(construction_over_its_time_is_told_at_once_and_destroyed_late)
{
	rooms_close(r);
	open_with(workers[_i], "workers.job_timeout_s=0.05");
	rooms_put(r, "/resource/new trial-thing 1 [ gate ]");
	rooms_put(r, "/sync 1");
	rooms_await(r, "/synced 1");
	ck_assert_str_eq(rooms_heard(r),
		"/resource/error 1 \"timed out: it took longer than "
		"workers.job_timeout_s\"\n/synced 1\n");
	expect("/resource/query 1", "/resource/info 1 \"" TRIAL_THING
				    "\" \"constructing\" 0 h:0 [ ]\n");
	expect("/resource/new trial-thing 1",
		"/error \"/resource/new\" 409 \"resource id 1 is taken: it is "
		"constructing\" 1\n");
	let(1, "/resource/destroyed 1\n");
	ck_assert_uint_eq(trial_constructs(), 1);
	ck_assert_uint_eq(trial_destroys(), 1);
	ck_assert_int_eq((int)rooms_stat(r, "works_timed_out"), 1);
	rooms_ask_await(r, "/resource/new trial-thing 1", "/resource/ready 1");
}
END_TEST

START_TEST(late_construction_that_fails_frees_its_id_and_says_so)
{
	rooms_close(r);
	open_with(workers[_i], "workers.job_timeout_s=0.05");
	rooms_put(r, "/resource/new trial-thing 1 [ gate fail ]");
	rooms_await(r, "/resource/error 1 \"timed out");
	rooms_heard(r);
	/* a free changes nothing of that */
	expect("/resource/free 1", "");
	let(1, "/resource/destroyed 1\n");
	ck_assert_uint_eq(trial_destroys(), 0);
	rooms_ask_await(r, "/resource/new trial-thing 1", "/resource/ready 1");
}
END_TEST

START_TEST(job_over_its_time_fails_and_holds_until_it_returns)
{
	rooms_close(r);
	open_with(workers[_i], "workers.job_timeout_s=0.05");
	rooms_ask_await(r, "/resource/new trial-thing 1", "/resource/ready 1");
	rooms_put(r, "/job/new trial-work 7 1 [ 1 ] [ gate ]");
	rooms_put(r, "/sync 1");
	rooms_await(r, "/synced 1");
	ck_assert_str_eq(
		rooms_heard(r), "/job/failed 7 \"timed out\"\n/synced 1\n");
	expect("/job/list",
		"/job/list.reply 0 1 7 \"" TRIAL_WORK "\" \"stopping\" 0.0\n");
	expect("/job/cancel 7",
		"/error \"/job/cancel\" 409 \"job 7 timed out and was asked to "
		"stop already\" 7\n");
	expect("/job/new trial-work 7 0",
		"/error \"/job/new\" 409 \"job id 7 is taken: a job of that id "
		"is under way\" 7\n");
	expect("/resource/query 1", "/resource/info 1 \"" TRIAL_THING
				    "\" \"live\" 1 h:64 [ -8 ]\n");
	let(1, "");
	expect("/resource/query 1",
		"/resource/info 1 \"" TRIAL_THING "\" \"live\" 0 h:64 [ ]\n");
	expect("/job/list", "/job/list.reply 0 1\n");
}
END_TEST

START_TEST(polite_job_over_its_time_fails_once)
{
	rooms_close(r);
	open_with(workers[_i], "workers.job_timeout_s=0.05");
	rooms_put(r, "/job/new trial-work 7 0 [ ] [ polite ]");
	rooms_rest(r);
	ck_assert_str_eq(rooms_heard(r), "/job/failed 7 \"timed out\"\n");
}
END_TEST

START_TEST(destruction_over_its_time_holds_no_sync)
{
	rooms_close(r);
	open_with(workers[_i], "workers.job_timeout_s=0.05");
	rooms_ask_await(
		r, "/resource/new trial-thing 1 [ late ]", "/resource/ready 1");
	rooms_put(r, "/resource/free 1");
	rooms_put(r, "/sync 1");
	rooms_await(r, "/synced 1");
	ck_assert_str_eq(rooms_heard(r), "/synced 1\n");
	let(1, "/resource/destroyed 1\n");
}
END_TEST

START_TEST(limit_that_is_reloaded_holds_for_what_runs)
{
	struct config *fresh;
	struct config_errors errors = {0};
	static const char *const limit = "workers.job_timeout_s=0.05";

	rooms_put(r, "/job/new trial-work 7 0 [ ] [ polite ]");
	rooms_turn(r);
	trial_wait(1);
	ck_assert_int_eq(
		config_load("/dev/null", &limit, 1, &fresh, &errors), 0);
	config_errors_fini(&errors);
	office_configure(r->office, fresh);
	rooms_await(r, "/job/failed 7 \"timed out\"");
	office_configure(r->office, r->config);
	config_close(fresh);
}
END_TEST

/* --- time, and the end --- */

START_TEST(virtual_time_stands_still_while_works_are_out)
{
	rooms_put(r, "/resource/new trial-thing 1 [ gate ]");
	rooms_put(r, "/offline/run 4800");
	rooms_turn(r);
	trial_wait(1);
	ck_assert_uint_eq(rooms_now(r), 0);
	trial_let(1);
	rooms_await(r, "/offline/run.reply");
	ck_assert_str_eq(rooms_heard(r),
		"/resource/ready 1\n/offline/run.reply h:4800\n");
}
END_TEST

START_TEST(engine_ends_in_each_state_and_destroys_once)
{
	uint32_t made;

	rooms_close(r);
	open_with(workers[_i], NULL);
	/* live, held by a synth, held by a job, free-pending */
	for (int i = 0; i < 4; i++) {
		char words[60];
		(void)snprintf(words, sizeof words,
			"/resource/new trial-thing %d", i + 1);
		rooms_ask(r, words);
	}
	rooms_rest(r);
	rooms_ask(r, "/synth/new trial-user 5 0 1 [ thing 2 ]");
	rooms_ask(r, "/job/new trial-work 1 0 [ 3 ] [ polite ]");
	rooms_ask(r, "/synth/new trial-user 6 0 1 [ thing 4 ]");
	rooms_ask(r, "/resource/free 4");
	/* constructing, constructing and freed, one that waits for a worker */
	rooms_ask(r, "/resource/new trial-thing 10 [ polite ]");
	rooms_ask(r, "/resource/new trial-thing 11 [ polite ]");
	rooms_ask(r, "/resource/free 11");
	rooms_ask(r, "/resource/new trial-other 12 [ polite fail ]");
	rooms_ask(r, "/job/new trial-work 2 0 [ 3 ] [ polite ]");
	rooms_ask(r, "/sync 1");
	rooms_heard(r);
	rooms_close(r); /* all bytes were given back: it looks */
	made = trial_constructs();
	ck_assert_uint_ge(made, 4);
	/* those that were made; the first four are among them */
	ck_assert_uint_ge(trial_destroys(), 4);
	ck_assert_uint_le(trial_destroys(), made);
	const char *text = rooms_heard(r);
	ck_assert_uint_eq(rooms_count(text, "/job/failed 1 "), 1);
	ck_assert_uint_eq(rooms_count(text, "/job/failed 2 "), 1);
	for (int i = 1; i <= 4; i++) {
		char line[40];
		(void)snprintf(
			line, sizeof line, "/resource/destroyed %d\n", i);
		ck_assert_uint_eq(rooms_count(text, line), 1);
	}
	ck_assert_uint_eq(rooms_count(text, "/resource/ready"), 0);
	open_with(workers[_i], NULL);
}
END_TEST

START_TEST(many_clients_resources_come_and_go_in_order)
{
	char words[60];
	char last[64] = "";

	rooms_close(r);
	open_with(workers[_i], NULL);
	for (int round = 0; round < 50; round++) {
		for (int i = 0; i < 20; i++) {
			(void)snprintf(words, sizeof words,
				"/resource/new trial-thing %d%s", i,
				i % 3 == 0 ? " [ fail ]" : "");
			rooms_put(r, words);
			(void)snprintf(
				words, sizeof words, "/resource/free %d", i);
			rooms_put(r, words);
		}
		(void)snprintf(words, sizeof words, "/sync %d", round);
		(void)snprintf(last, sizeof last, "/synced %d\n", round);
		const char *text = rooms_ask_await(r, words, last);
		/* the end of each is told, once, before the sync */
		ck_assert_uint_eq(
			rooms_count(text, "/resource/destroyed "), 13);
		ck_assert_uint_eq(rooms_count(text, "/resource/error "), 7);
		ck_assert_uint_eq(rooms_count(text, "/"), 21);
		ck_assert_str_eq(text + strlen(text) - strlen(last), last);
	}
	ck_assert_uint_eq(trial_constructs(), 1000);
	ck_assert_uint_eq(trial_destroys(), 650);
}
END_TEST

START_TEST(what_does_not_come_back_is_named)
{
	rooms_log_begin();
	expect("/resource/new trial-thing 1 [ gate ]", "");
	expect("/job/new trial-work 3 0 [ ] [ gate ]", "");
	trial_wait(2);
	ck_assert_uint_eq(office_log_works(r->office), 2);
	ck_assert(rooms_has_logged("err: works: abandoned: construction of "
				   "resource 1 (" TRIAL_THING "), "));
	ck_assert(rooms_has_logged(
		"err: works: abandoned: job 3 (" TRIAL_WORK "), "));
	rooms_log_end();
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("nrt/errands");
	TCase *tc = tcase_create("errands");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 100);
	tcase_add_test(
		tc, sync_waits_for_constructions_and_comes_behind_their_end);
	tcase_add_test(tc, sync_waits_for_jobs_and_destructions);
	tcase_add_test(
		tc, sync_does_not_wait_for_what_another_client_asked_for);
	tcase_add_test(
		tc, free_of_anothers_resource_is_waited_for_by_who_freed_it);
	tcase_add_test(tc, sync_does_not_wait_for_what_somebody_holds);
	tcase_add_test(tc, sync_does_not_wait_for_what_came_later);
	tcase_add_test(tc, sync_does_not_wait_for_what_is_freed_behind_it);
	tcase_add_test(tc, syncs_of_one_bundle_are_answered_once_each);
	tcase_add_test(tc, held_sync_ends_with_the_engine);
	tcase_add_test(tc, client_is_kept_while_its_works_are_under_way);
	tcase_add_test(tc, client_without_a_slot_is_refused_429);
	tcase_add_test(tc, works_go_on_when_their_client_is_gone);
	tcase_add_test(
		tc, client_over_udp_is_the_same_one_while_its_works_last);
	tcase_add_test(tc, works_that_wait_for_their_time_are_not_without_end);
	tcase_add_loop_test(tc,
		construction_over_its_time_is_told_at_once_and_destroyed_late,
		0, WORKERS);
	tcase_add_loop_test(tc,
		late_construction_that_fails_frees_its_id_and_says_so, 0,
		WORKERS);
	tcase_add_loop_test(tc,
		job_over_its_time_fails_and_holds_until_it_returns, 0, WORKERS);
	tcase_add_loop_test(
		tc, polite_job_over_its_time_fails_once, 0, WORKERS);
	tcase_add_loop_test(
		tc, destruction_over_its_time_holds_no_sync, 0, WORKERS);
	tcase_add_test(tc, limit_that_is_reloaded_holds_for_what_runs);
	tcase_add_test(tc, virtual_time_stands_still_while_works_are_out);
	tcase_add_loop_test(
		tc, engine_ends_in_each_state_and_destroys_once, 0, WORKERS);
	tcase_add_loop_test(
		tc, many_clients_resources_come_and_go_in_order, 0, WORKERS);
	tcase_add_test(tc, what_does_not_come_back_is_named);
	suite_add_tcase(s, tc);
	return rooms_run(s);
}
