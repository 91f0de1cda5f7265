/* SPDX-License-Identifier: MIT */
/*
 * check_graph.c -- messages about nodes and defs, and what answers them.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "office_private.h"
#include "rooms.h"
#include "wire.h"

static struct rooms rooms;
static struct rooms *r = &rooms;

static void
setup(void)
{
	rooms_open(r, NULL);
}

static void
teardown(void)
{
	rooms_close(r);
}

static void
ask_is(const char *said, const char *wanted)
{
	ck_assert_str_eq(rooms_ask(r, said), wanted);
}

/** The answer begins so; the rest is another test's. */
static void
ask_begins(const char *said, const char *wanted)
{
	const char *text = rooms_ask(r, said);

	ck_assert_msg(strncmp(text, wanted, strlen(wanted)) == 0, "%s: %s",
		said, text);
}

/* --- /synth/new --- */

START_TEST(controls_are_positions_names_or_both)
{
	ask_is("/synth/new sine 1 0 1 [ 220 0.5 ]", "");
	ask_is("/synth/new sine 2 0 1 [ amp 0.5 freq 220 ]", "");
	/* a name takes no position away */
	ask_is("/synth/new sine 3 0 1 [ amp 0.25 220 0.5 ]", "");
	ask_is("/synth/new sine 4 0 1 [ freq 1 freq 2 freq 3 freq 220 amp "
	       "0.5 ]",
		"");
	for (int i = 1; i <= 4; i++) {
		char words[40];
		char wanted[400];
		snprintf(words, sizeof words, "/node/query %d", i);
		snprintf(wanted, sizeof wanted,
			"/node/info %d 0 1 0 %d %d \"synth\" "
			"\"urn:tactus:synthdef:sine:1\" \"\" \"inactive\" 0 "
			"\"freq\" 220.0 -1 0 1 \"amp\" 0.5 -1 0 2 \"phase\" "
			"0.0 -1 0 3 \"out\" 0.0 -1 0 [ ]\n",
			i, i > 1 ? i - 1 : -1, i < 4 ? i + 1 : -1);
		ask_is(words, wanted);
	}
}
END_TEST

START_TEST(controls_are_clamped_in_silence)
{
	ask_is("/synth/new sine 1 0 1 [ -5 1000 ]", "");
	ask_begins("/node/query 1",
		"/node/info 1 0 1 0 -1 -1 \"synth\" "
		"\"urn:tactus:synthdef:sine:1\" \"\" \"inactive\" 0 \"freq\" "
		"0.0 -1 0 1 \"amp\" 8.0 -1 0 ");
}
END_TEST

START_TEST(wrong_controls_are_refused_and_make_nothing)
{
	ask_begins("/synth/new sine 1 0 1 [ 1 2 3 4 ]",
		"/error \"/synth/new\" 422 \"sine has 3 controls, no more");
	ask_begins("/synth/new sine 1 0 1 [ frek 4 ]",
		"/error \"/synth/new\" 404 \"sine has no port \\\"frek\\\"");
	ask_begins("/synth/new sine 1 0 1 [ freq ]",
		"/error \"/synth/new\" 400 \"control \\\"freq\\\" has no ");
	ask_begins("/synth/new sine 1 0 1 [ freq amp ]",
		"/error \"/synth/new\" 400 \"control \\\"freq\\\" takes a ");
	ask_begins("/synth/new sine 1 0 1 [ [ 5 ] ]",
		"/error \"/synth/new\" 400 \"control \\\"freq\\\" takes a ");
	ask_begins("/synth/new sine 1 0 1 [ freq [ 5 1 ] ]",
		"/error \"/synth/new\" 400 \"control \\\"freq\\\" takes a ");
	ask_begins("/synth/new sine 1 0 1 [ f:nan ]",
		"/error \"/synth/new\" 422 \"control \\\"freq\\\" is not a ");
	ask_begins("/synth/new sine 1 0 1 [ d:1e300 ]",
		"/error \"/synth/new\" 422 \"control \\\"freq\\\" is not a ");
	ask_begins("/synth/new sine 1 0 1 [ out 1 ]",
		"/error \"/synth/new\" 422 \"port \\\"out\\\" is no control");
	ask_is("/node/tree/statistics", "/node/tree/statistics.reply 1 0\n");
}
END_TEST

START_TEST(wrong_options_are_refused_and_make_nothing)
{
	ask_begins("/synth/new gain 1 0 1 [ ] [ channels ]",
		"/error \"/synth/new\" 400 \"options are pairs");
	ask_begins("/synth/new gain 1 0 1 [ ] [ 5 2 ]",
		"/error \"/synth/new\" 400 \"options are pairs");
	ask_begins("/synth/new gain 1 0 1 [ ] [ channels [ 2 ] ]",
		"/error \"/synth/new\" 400 \"option \\\"channels\\\" takes ");
	ask_begins("/synth/new gain 1 0 1 [ ] [ channels N ]",
		"/error \"/synth/new\" 400 \"option \\\"channels\\\" takes ");
	ask_begins("/synth/new gain 1 0 1 [ ] [ channels f:nan ]",
		"/error \"/synth/new\" 422 \"option \\\"channels\\\" is not ");
	ask_begins("/synth/new gain 1 0 1 [ ] [ channels 65 ]",
		"/error \"/synth/new\" 422 \"gain: ");
	ask_begins("/synth/new gain 1 0 1 [ ] [ chanels 2 ]",
		"/error \"/synth/new\" 422 \"gain: ");
	ask_begins("/synth/new sine 1 0 1 [ ] [ channels 2 ]",
		"/error \"/synth/new\" 422 \"sine has no options\"");
	ask_begins("/synth/new gain 1 0 1 [ ] [ ] [ ]",
		"/error \"/synth/new\" 400 \"there are more than ");
	char words[2000] = "/synth/new gain 1 0 1 [ ] [";
	for (int i = 0; i < 65; i++) {
		strcat(words, " channels 2");
	}
	strcat(words, " ]");
	ask_begins(words, "/error \"/synth/new\" 400 \"options are pairs");
	ask_is("/node/tree/statistics", "/node/tree/statistics.reply 1 0\n");
}
END_TEST

START_TEST(new_nodes_are_answered_when_the_engine_chose_their_id)
{
	char wanted[100];
	int highest = (int)r->config->limits.max_nodes - 1;

	snprintf(wanted, sizeof wanted, "/group/new.reply %d\n", highest);
	ask_is("/group/new -1 0 1", wanted);
	snprintf(wanted, sizeof wanted, "/synth/new.reply %d\n", highest - 1);
	ask_is("/synth/new sine -1 0 1", wanted);
	ask_is("/group/new 3 0 1", "");
	ask_is("/synth/new urn:tactus:synthdef:sine:1 4 0 1", "");
	ask_begins("/group/new 4 0 1", "/error \"/group/new\" 409 \"node id 4");
	ask_begins("/group/new 0 0 1", "/error \"/group/new\" 409 \"node id 0");
}
END_TEST

/* --- /node/set --- */

START_TEST(set_takes_pairs_by_index_and_name_and_ramps)
{
	ask_is("/synth/new sine 1 0 1", "");
	ask_is("/node/set 1 0 100 amp 0.5 2 0.25", "");
	ask_begins("/node/query 1",
		"/node/info 1 0 1 0 -1 -1 \"synth\" "
		"\"urn:tactus:synthdef:sine:1\" \"\" \"inactive\" 0 \"freq\" "
		"100.0 -1 0 1 \"amp\" 0.5 -1 0 2 \"phase\" 0.25 -1 0 ");
	ask_is("/node/set 1 freq [ 200 1.0 ] amp [ 1 0 ]", "");
	rooms_render(r, 24000);
	const char *text = rooms_ask(r, "/node/query 1");
	double freq = 0.0;
	const char *at = strstr(text, "\"freq\" ");
	ck_assert_ptr_nonnull(at);
	ck_assert_int_eq(sscanf(at + 7, "%lf", &freq), 1);
	ck_assert_double_eq_tol(freq, 150.0, 0.01);
	rooms_render(r, 24000);
	ask_begins("/node/query 1",
		"/node/info 1 0 1 0 -1 -1 \"synth\" "
		"\"urn:tactus:synthdef:sine:1\" \"\" \"inactive\" 0 \"freq\" "
		"200.0 -1 0 1 \"amp\" 1.0 ");
}
END_TEST

START_TEST(set_judges_all_pairs_before_any_is_applied)
{
	static const char *const wrong[] = {
		"404 \"node 1 has no port \\\"ampp\\\"", "ampp 1",
		"422 \"node 1: port index -1", "-1 5",
		"422 \"node 1: port index -7", "-7 5",
		"404 \"node 1 has no port 99", "99 5",
		"400 \"argument 5 (value) must be a number or [", "amp text",
		"400 \"argument 5 (value): a ramp is [ value s", "amp [ 1 ]",
		"400 \"argument 5 (value): a ramp is [ value s", "amp [ ]",
		"400 \"argument 5 (value): a ramp is [ value s",
		"amp [ 1 2 3 ]",
		"400 \"argument 5 (value): a ramp is [ value s",
		"amp [ [ 1 ] 2 ]", "422 \"argument 5 (value): a ramp takes 0",
		"amp [ 1 -1 ]", "422 \"argument 5 (value): a ramp takes 0",
		"amp [ 1 f:nan ]", "422 \"argument 5 (value): a ramp takes 0",
		"amp [ 1 1e6 ]", "422 \"argument 5 (value) is not a finite",
		"amp [ f:inf 1 ]", "422 \"argument 5 (value) is not a finite",
		"amp f:-inf", "422 \"argument 5 (value) is not a finite",
		"amp d:1e39", "400 \"argument 5 (value) of a port is missing",
		"amp", "422 \"argument 4 (port) must be its index", "1.5 2",
		"400 \"argument 4 (port) must be its index", "[ 1 ]",
		"422 \"node 1: port 3 is no control", "out 1"};

	ask_is("/synth/new sine 1 0 1", "");
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i += 2) {
		char words[100];
		char wanted[200];
		snprintf(words, sizeof words, "/node/set 1 freq 5 %s",
			wrong[i + 1]);
		snprintf(wanted, sizeof wanted, "/error \"/node/set\" %s",
			wrong[i]);
		const char *text = rooms_ask(r, words);
		ck_assert_msg(strncmp(text, wanted, strlen(wanted)) == 0 &&
				      rooms_count(text, "/") == 1,
			"%s: %s", words, text);
		ck_assert_msg(strstr(rooms_ask(r, "/node/query 1"),
				      "\"freq\" 440.0") != NULL,
			"%s", words);
	}
}
END_TEST

START_TEST(set_takes_as_many_pairs_as_a_packet_holds)
{
	static char words[20000] = "/node/set 1";

	ask_is("/synth/new sine 1 0 1", "");
	for (int i = 0; i < 200; i++) {
		strcat(words, i % 2 == 0 ? " 0 T" : " amp [ 0.5 0.1 ]");
	}
	ask_is(words, "");
	rooms_render(r, 4800);
	const char *text = rooms_ask(r, "/node/query 1");
	ck_assert_ptr_nonnull(strstr(text, "\"freq\" 1.0"));
	ck_assert_ptr_nonnull(strstr(text, "\"amp\" 0.5"));
}
END_TEST

/* --- other commands, as they show in /node/info --- */

START_TEST(info_tells_maps_keys_and_states)
{
	ask_is("/synth/new patch-cable 1 0 1", "");
	ask_is("/synth/map/input 1 in 1 1", "");
	ask_is("/synth/map/output 1 out 3 4", "");
	ask_is("/node/name 1 cable.left-2_B", "");
	ask_is("/synth/activate 1", "");
	ask_is("/node/query 1",
		"/node/info 1 0 1 0 -1 -1 \"synth\" "
		"\"urn:tactus:synthdef:patch-cable:1\" \"cable.left-2_B\" "
		"\"running\" 0 \"in\" 0.0 1 1 1 \"out\" 0.0 3 4 [ ]\n");
	ask_is("/node/run 1 0", "");
	ask_is("/synth/map/output 1 1 -1 0", "");
	ask_is("/node/name 1 s:", "");
	ask_is("/node/query 1",
		"/node/info 1 0 1 0 -1 -1 \"synth\" "
		"\"urn:tactus:synthdef:patch-cable:1\" \"\" \"paused\" 0 "
		"\"in\" 0.0 1 1 1 \"out\" 0.0 -1 0 [ ]\n");
	ask_is("/node/release 1 1.0", "");
	ck_assert_ptr_nonnull(
		strstr(rooms_ask(r, "/node/query 1"), "\"releasing\""));
	ask_is("/node/query 0",
		"/node/info 0 0 1 -1 -1 -1 \"group\" \"\" \"\" \"running\" "
		"[ ]\n");
	ask_begins("/node/query 99", "/error \"/node/query\" 404 \"no node 99");
}
END_TEST

START_TEST(keys_are_up_to_63_bytes)
{
	char words[120];

	ask_is("/group/new 1 0 1", "");
	snprintf(words, sizeof words, "/node/name 1 s:%063d", 7);
	ask_is(words, "");
	snprintf(words, sizeof words, "/node/name 1 s:%064d", 7);
	ask_begins(words, "/error \"/node/name\" 422 ");
	ask_begins("/node/name 1 s:ä", "/error \"/node/name\" 422 ");
	ask_is("/group/new 2 0 1", "");
	ask_is("/node/name 1 a", "");
	ask_is("/node/name 2 a", "");
	ask_is("/node/tree",
		"/node/tree.reply 0 1 0 -1 \"group\" \"\" \"\" \"running\" 1 0 "
		"\"group\" \"\" \"\" \"running\" 2 0 \"group\" \"\" \"a\" "
		"\"running\"\n");
}
END_TEST

/* --- lists --- */

START_TEST(tree_of_a_thousand_nodes_comes_in_pages)
{
	static const char *const sets[] = {"limits.max_nodes=2048", NULL};
	static bool seen[2048];
	char words[60];
	int pages = 0;
	int count = 0;

	rooms_close(r);
	rooms_open(r, sets);
	for (int i = 1; i <= 1000; i++) {
		snprintf(words, sizeof words,
			i % 10 == 1 ? "/group/new %d %d 1"
				    : "/synth/new sine %d %d 1",
			i, i % 10 == 1 ? 0 : (i - 1) / 10 * 10 + 1);
		ask_is(words, "");
		if (i % 3 == 0) {
			snprintf(words, sizeof words, "/node/name %d key%d", i,
				i);
			ask_is(words, "");
		}
	}
	r->largest = 0;
	const char *text = rooms_ask(r, "/node/tree");
	ck_assert_uint_lt(r->largest, PAGE_BYTES);
	ck_assert_uint_gt(r->largest, PAGE_BYTES - 120);
	ck_assert_int_eq(
		sscanf(text, "/node/tree.reply 0 %d 0 -1 \"group\"", &pages),
		1);
	ck_assert_uint_eq(
		rooms_count(text, "/node/tree.reply "), (uint32_t)pages);
	for (int page = 0; page < pages; page++) {
		int got[2] = {-1, -1};
		int length = 0;
		ck_assert_int_eq(sscanf(text, "/node/tree.reply %d %d%n",
					 &got[0], &got[1], &length),
			2);
		ck_assert_int_eq(got[0], page);
		ck_assert_int_eq(got[1], pages);
		text += length;
		while (*text == ' ') {
			int id;
			int parent;
			char kind[10], def[40], key[20], state[12];
			ck_assert_int_eq(sscanf(text, " %d %d \"%9[^\"]\" \"%n",
						 &id, &parent, kind, &length),
				3);
			text += length;
			length = 0;
			def[0] = key[0] = '\0';
			(void)sscanf(text, "%39[^\"]", def);
			text += strlen(def) + 3;
			(void)sscanf(text, "%19[^\"]", key);
			text += strlen(key) + 3;
			(void)sscanf(text, "%11[^\"]", state);
			text += strlen(state) + 1;
			ck_assert_int_ge(id, 0);
			ck_assert_int_lt(id, 2048);
			ck_assert(!seen[id]);
			/* depth first: parents come before */
			ck_assert(id == 0 || seen[parent]);
			seen[id] = true;
			char wanted[20];
			snprintf(wanted, sizeof wanted, "key%d", id);
			ck_assert_str_eq(
				key, id % 3 == 0 && id > 0 ? wanted : "");
			ck_assert_str_eq(kind,
				id % 10 == 1 || id == 0 ? "group" : "synth");
			count++;
		}
		ck_assert_int_eq(*text++, '\n');
	}
	ck_assert_int_eq(count, 1001);
	ask_begins("/node/tree 991",
		"/node/tree.reply 0 1 991 0 \"group\" \"\" \"\" \"running\" "
		"992 991 \"synth\" \"urn:tactus:synthdef:sine:1\" ");
	ask_begins(
		"/node/tree 2000", "/error \"/node/tree\" 404 \"no node 2000");
	ask_is("/node/tree/statistics",
		"/node/tree/statistics.reply 101 900\n");
}
END_TEST

START_TEST(info_of_many_ports_comes_in_pages_that_each_name_the_node)
{
	ask_is("/synth/new patch-cable 7 0 1 [ ] [ channels 64 ]", "");
	r->largest = 0;
	const char *text = rooms_ask(r, "/node/query 7");
	uint32_t pages = rooms_count(text, "/");
	char wanted[60];
	ck_assert_uint_lt(r->largest, PAGE_BYTES);
	ck_assert_uint_gt(pages, 1);
	for (uint32_t i = 0; i < pages; i++) {
		snprintf(
			wanted, sizeof wanted, "/node/info 7 %u %u ", i, pages);
		ck_assert_uint_eq(rooms_count(text, wanted), 1);
	}
	ck_assert_ptr_nonnull(strstr(text, " 127 \"out63\" 0.0 -1 0 [ ]\n"));
}
END_TEST

START_TEST(def_list_names_all_defs_once)
{
	r->largest = 0;
	const char *text = rooms_ask(r, "/def/list");
	ck_assert_uint_lt(r->largest, PAGE_BYTES);
	ck_assert_uint_eq(rooms_count(text, "/def/list.reply 0 "), 1);
	const char *at = strstr(
		text, "\"urn:tactus:synthdef:sine:1\" \"synth\" \"sine\"");
	ck_assert_ptr_nonnull(at);
	ck_assert_ptr_null(strstr(at + 1, "\"urn:tactus:synthdef:sine:1\""));
}
END_TEST

START_TEST(def_query_tells_each_port)
{
	const char *text = rooms_ask(r, "/def/query sine");
	ck_assert_uint_eq(rooms_count(text, "/def/query.reply 0 1 \""), 1);
	ck_assert_ptr_nonnull(strstr(text,
		"\" 0 \"freq\" \"control\" \"input\" \"Hz\" 0.0 24000.0 440.0 "
		"\"linear\" \"\" 1 \"amp\" \"control\" \"input\" \"\" -8.0 8.0 "
		"0.1 \"linear\" \"\" 2 \"phase\" \"control\" \"input\" "
		"\"cycles\" 0.0 1.0 0.0 \"linear\" \"\" 3 \"out\" \"audio\" "
		"\"output\" \"\" 0.0 0.0 0.0 \"linear\" \"\"\n"));
	ask_begins("/def/query trigger-to-message", "/def/query.reply 0 1 \"");
	ck_assert_ptr_nonnull(
		strstr(rooms_ask(r, "/def/query trigger-to-message"),
			" 0 \"trigger\" \"trigger\" \"input\" "));
	ask_begins("/def/query nothing",
		"/error \"/def/query\" 404 \"no def \\\"nothing\\\"; ");
	ask_begins("/synth/new nothing 1 0 1",
		"/error \"/synth/new\" 404 \"no synthdef \\\"nothing\\\"; ");
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("nrt/graph");
	TCase *tc = tcase_create("graph");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, controls_are_positions_names_or_both);
	tcase_add_test(tc, controls_are_clamped_in_silence);
	tcase_add_test(tc, wrong_controls_are_refused_and_make_nothing);
	tcase_add_test(tc, wrong_options_are_refused_and_make_nothing);
	tcase_add_test(
		tc, new_nodes_are_answered_when_the_engine_chose_their_id);
	tcase_add_test(tc, set_takes_pairs_by_index_and_name_and_ramps);
	tcase_add_test(tc, set_judges_all_pairs_before_any_is_applied);
	tcase_add_test(tc, set_takes_as_many_pairs_as_a_packet_holds);
	tcase_add_test(tc, info_tells_maps_keys_and_states);
	tcase_add_test(tc, keys_are_up_to_63_bytes);
	tcase_add_test(tc, tree_of_a_thousand_nodes_comes_in_pages);
	tcase_add_test(
		tc, info_of_many_ports_comes_in_pages_that_each_name_the_node);
	tcase_add_test(tc, def_list_names_all_defs_once);
	tcase_add_test(tc, def_query_tells_each_port);
	suite_add_tcase(s, tc);
	return rooms_run(s);
}
