/* SPDX-License-Identifier: MIT */
/*
 * check_connections.c -- messages about connections, what they are refused
 * for, and the room that a question about them has.
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
	static const char *const sets[] = {"limits.max_connections=100", NULL};

	rooms_open(r, sets);
}

static void
teardown(void)
{
	/* every one that was sent is back */
	ck_assert_uint_eq(r->office->out_connects, 0);
	rooms_close(r);
}

static void
ask_is(const char *said, const char *wanted)
{
	ck_assert_str_eq(rooms_ask(r, said), wanted);
}

/** Words in, and a look at what goes to rt; the test plays rt. */
static struct batch *
intercept(const char *words)
{
	struct batch *b = NULL;

	rooms_put(r, words);
	ck_assert_uint_eq(ring_take(r->wire->commands, &b, 1), 1);
	return b;
}

/** rt has done it. @return what is answered */
static const char *
give_back(struct batch *b)
{
	outcome_take(r->office, b, 0);
	return rooms_heard(r);
}

/* --- what goes to rt --- */

START_TEST(connect_takes_ports_by_name_and_index_and_flags)
{
	struct batch *b = intercept("/node/connect 5 out 7 3 2");
	const struct command *c = b->first;
	const struct connect_order *o = c->u.connect;

	ck_assert_uint_eq(c->kind, COMMAND_CONNECT);
	ck_assert_int_eq(c->id, 5);
	ck_assert_int_eq(o->to, 7);
	ck_assert_int_eq(o->out.index, -1);
	ck_assert_str_eq(o->out.name, "out");
	ck_assert_uint_eq(o->out.hash, name_hash("out"));
	ck_assert_int_eq(o->in.index, 3);
	ck_assert_ptr_null(o->in.name);
	ck_assert_uint_eq(o->flags, MAP_FEEDBACK);
	ck_assert_str_eq(give_back(b), "");
	b = intercept("/node/connect 5 0 7 in0");
	o = b->first->u.connect;
	ck_assert_int_eq(o->out.index, 0);
	ck_assert_str_eq(o->in.name, "in0");
	ck_assert_uint_eq(o->flags, 0);
	ck_assert_str_eq(give_back(b), "");
}
END_TEST

START_TEST(disconnect_says_whether_flags_were_given)
{
	static const struct {
		const char *words;
		bool any;
		uint32_t flags;
	} said[] = {
		{"/node/disconnect 5 out 7 in",   true,  0           },
		{"/node/disconnect 5 out 7 in 0", false, 0           },
		{"/node/disconnect 5 out 7 in 2", false, MAP_FEEDBACK},
	};

	for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
		struct batch *b = intercept(said[i].words);
		const struct connect_order *o = b->first->u.connect;
		ck_assert_uint_eq(b->first->kind, COMMAND_DISCONNECT);
		ck_assert(o->any == said[i].any);
		ck_assert_uint_eq(o->flags, said[i].flags);
		ck_assert_str_eq(give_back(b), "");
	}
}
END_TEST

START_TEST(bits_that_connections_do_not_know_are_422)
{
	static const char *const commands[] = {"connect", "disconnect"};
	static const int flags[] = {1, 3, 4, 6, 7, 8, -1, INT32_MIN, 1 << 30};
	char words[80];
	char wanted[200];

	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
		for (size_t k = 0; k < 2; k++) {
			snprintf(words, sizeof words, "/node/%s 5 out 7 in %d",
				commands[k], flags[i]);
			snprintf(wanted, sizeof wanted,
				"/error \"/node/%s\" 422 \"node 5 port "
				"\\\"out\\\" → node 7 port \\\"in\\\": flags "
				"%d: 2 "
				"feedback is the only one that connections "
				"know\" 5\n",
				commands[k], flags[i]);
			ask_is(words, wanted);
		}
	}
}
END_TEST

/* --- the room of a question --- */

static uint32_t
room_of(const char *words)
{
	struct batch *b = intercept(words);
	uint32_t room = b->first->u.query->room;

	ck_assert_uint_eq(b->first->u.query->connections, 0);
	(void)give_back(b);
	return room;
}

START_TEST(question_has_room_for_what_is_there_and_what_is_on_its_way)
{
	struct batch *b[3];

	ck_assert_uint_eq(room_of("/node/query 1"), 0);
	gauge_set(r->office->gauges, GAUGE_CONNECTIONS, 7);
	ck_assert_uint_eq(room_of("/node/query 1"), 7);
	b[0] = intercept("/node/connect 1 out 2 in");
	b[1] = intercept("/node/connect 1 out 3 in 2");
	b[2] = intercept("/node/disconnect 1 out 3 in 2");
	ck_assert_uint_eq(room_of("/node/query 1"), 9);
	/* one was made, and rt says so before it gives the batch back */
	gauge_set(r->office->gauges, GAUGE_CONNECTIONS, 8);
	(void)give_back(b[0]);
	ck_assert_uint_eq(room_of("/node/query 1"), 9);
	/* one was refused */
	b[1]->first->reason = REASON_CYCLE;
	(void)give_back(b[1]);
	ck_assert_uint_eq(room_of("/node/query 1"), 8);
	(void)give_back(b[2]);
	ck_assert_uint_eq(room_of("/node/query 1"), 8);
	/* never more than there can be */
	gauge_set(r->office->gauges, GAUGE_CONNECTIONS, 101);
	ck_assert_uint_eq(room_of("/node/query 1"), 100);
	gauge_set(r->office->gauges, GAUGE_CONNECTIONS, 0);
}
END_TEST

START_TEST(question_behind_connects_of_its_own_bundle_has_room_for_them)
{
	struct rooms_bundle bundle;
	struct batch *b = NULL;

	rooms_bundle(&bundle, OSC_NOW);
	rooms_bundle_add(&bundle, "/node/connect 1 out 2 in");
	rooms_bundle_add(&bundle, "/node/connect 2 out 3 in");
	rooms_bundle_add(&bundle, "/node/connect 2 out 3 in 1"); /* refused */
	rooms_bundle_add(&bundle, "/node/query 2");
	rooms_packet(r, bundle.data, bundle.size);
	ck_assert_uint_eq(ring_take(r->wire->commands, &b, 1), 1);
	ck_assert_uint_eq(b->commands, 3);
	ck_assert_uint_eq(b->last->u.query->room, 2);
	(void)give_back(b);
}
END_TEST

START_TEST(question_for_later_has_room_for_all_that_can_be)
{
	struct rooms_bundle bundle;
	struct batch *b = NULL;

	rooms_bundle(&bundle, rooms_tag(4800.0));
	rooms_bundle_add(&bundle, "/node/query 2");
	rooms_packet(r, bundle.data, bundle.size);
	ck_assert_uint_eq(ring_take(r->wire->commands, &b, 1), 1);
	ck_assert_uint_eq(b->last->u.query->room, 100);
	(void)give_back(b);
	/* "/node/query" i:2, at a sample of its own */
	rooms_put(r, "/at h:64 "
		     "b:2f6e6f64652f7175657279002c69000000000002");
	ck_assert_uint_eq(ring_take(r->wire->commands, &b, 1), 1);
	ck_assert_uint_eq(b->last->u.query->room, 100);
	(void)give_back(b);
}
END_TEST

START_TEST(connects_that_find_no_room_in_the_ring_are_forgotten)
{
	uint32_t room = ring_capacity(r->wire->commands);

	for (uint32_t i = 0; i < room; i++) {
		rooms_put(r, "/node/connect 1 out 2 in");
	}
	ck_assert_uint_eq(r->office->out_connects, room);
	rooms_put(r, "/node/connect 1 out 2 in");
	ck_assert_uint_eq(r->office->out_connects, room);
	ck_assert_uint_eq(rooms_count(rooms_heard(r),
				  "/error \"/node/connect\" 503 \"the "
				  "command ring is full"),
		1);
	rooms_turn(r);
}
END_TEST

/* --- the answer --- */

START_TEST(info_tells_connections_before_what_is_held)
{
	gauge_set(r->office->gauges, GAUGE_CONNECTIONS, 3);
	struct batch *b = intercept("/node/query 2");
	struct query_reply *q = b->first->u.query;

	ck_assert_uint_eq(q->room, 3);
	q->node = (struct tree_item){.id = 2};
	q->connections = 2;
	q->connection[0] = (struct connection_item){7, 1, 2, 0, 0};
	q->connection[1] = (struct connection_item){2, 3, 2, 1, 2};
	q->held = 1;
	q->hold[0] = 9;
	ck_assert_str_eq(give_back(b),
		"/node/info 2 0 1 0 0 0 \"group\" \"\" \"\" \"inactive\" [ 7 "
		"1 2 0 0 ] [ 2 3 2 1 2 ] [ 9 ]\n");
	gauge_set(r->office->gauges, GAUGE_CONNECTIONS, 0);
}
END_TEST

START_TEST(many_connections_come_in_pages_none_of_them_cut)
{
	gauge_set(r->office->gauges, GAUGE_CONNECTIONS, 100);
	struct batch *b = intercept("/node/query 2");
	struct query_reply *q = b->first->u.query;

	q->node = (struct tree_item){.id = 2};
	q->connections = 100;
	for (int32_t i = 0; i < 100; i++) {
		q->connection[i] = (struct connection_item){i, 0, 2, 0, 0};
	}
	r->largest = 0;
	const char *text = give_back(b);
	uint32_t pages = rooms_count(text, "/node/info 2 ");
	ck_assert_uint_gt(pages, 1);
	ck_assert_uint_lt(r->largest, PAGE_BYTES);
	for (int32_t i = 0; i < 100; i++) {
		char item[40];
		snprintf(item, sizeof item, " [ %d 0 2 0 0 ]", i);
		text = strstr(text, item);
		ck_assert_msg(text != NULL, "%s", item);
	}
	ck_assert_str_eq(text, " [ 99 0 2 0 0 ] [ ]\n");
	gauge_set(r->office->gauges, GAUGE_CONNECTIONS, 0);
}
END_TEST

/* --- with the engine --- */

static void
open_cables(void)
{
	ask_is("/synth/new sine 1 0 1", "");
	ask_is("/synth/new patch-cable 2 0 1", "");
	ask_is("/synth/new patch-cable 3 0 1", "");
	ask_is("/group/new 4 0 1", "");
}

START_TEST(connections_are_made_shown_and_broken)
{
	open_cables();
	ask_is("/node/connect 1 out 2 in", "");
	ask_is("/node/connect 3 out 2 0 2", "");
	ask_is("/node/query 2",
		"/node/info 2 0 1 0 1 3 \"synth\" "
		"\"urn:tactus:synthdef:patch-cable:1\" \"\" \"inactive\" 0 "
		"\"in\" 0.0 -1 0 1 \"out\" 0.0 -1 0 [ 1 3 2 0 0 ] [ 3 1 2 0 2 "
		"] [ ]\n");
	ck_assert_ptr_nonnull(
		strstr(rooms_ask(r, "/node/query 1"), " [ 1 3 2 0 0 ] [ ]\n"));
	ck_assert_int_eq((int)rooms_stat(r, "connections"), 2);
	ask_is("/node/disconnect 3 1 2 in 0",
		"/error \"/node/disconnect\" 409 \"node 3 port 1 → node 2 "
		"port \\\"in\\\": they are not connected with flags 0; "
		"/node/query tells the connections\" 3\n");
	ask_is("/node/disconnect 3 1 2 in 2", "");
	ask_is("/node/disconnect 1 3 2 in", "");
	ck_assert_int_eq((int)rooms_stat(r, "connections"), 0);
	ck_assert_ptr_nonnull(strstr(
		rooms_ask(r, "/node/query 2"), " 1 \"out\" 0.0 -1 0 [ ]\n"));
}
END_TEST

START_TEST(freed_end_takes_its_connections_along)
{
	open_cables();
	ask_is("/node/connect 1 out 2 in", "");
	ask_is("/node/connect 2 out 3 in", "");
	ask_is("/node/free 2", "");
	ck_assert_int_eq((int)rooms_stat(r, "connections"), 0);
	ck_assert_ptr_nonnull(strstr(
		rooms_ask(r, "/node/query 3"), " 1 \"out\" 0.0 -1 0 [ ]\n"));
}
END_TEST

/** Words, the code and what the error says behind the two ends. */
static const struct {
	const char *words;
	int code;
	const char *ends;
	const char *says;
} wrong[] = {
	{"connect 9 out 2 in",     404,
         "9 port \\\"out\\\" → node 2 port \\\"in\\\"",                               "no node 9; "                                },
	{"connect 1 out 9 in",     404,
         "1 port \\\"out\\\" → node 9 port \\\"in\\\"",                               "no node 9; "                                },
	{"connect 5000 out 2 in",  422,
         "5000 port \\\"out\\\" → node 2 port \\\"in\\\"",			    "node id 5000 is not within 0 … 1023"      },
	{"connect 1 out -1 in",    422,
         "1 port \\\"out\\\" → node -1 port \\\"in\\\"",			      "node id -1 is not within 0 … 1023"        },
	{"connect 4 out 2 in",     422,
         "4 port \\\"out\\\" → node 2 port \\\"in\\\"",			       "node 4 is a group, not a synth"             },
	{"connect 1 out 0 in",     422,
         "1 port \\\"out\\\" → node 0 port \\\"in\\\"",			       "node 0 is a group, not a synth"             },
	{"connect 1 oot 2 in",     404,
         "1 port \\\"oot\\\" → node 2 port \\\"in\\\"",			       "node 1 has no port \\\"oot\\\"; "           },
	{"connect 1 out 2 inn",    404,
         "1 port \\\"out\\\" → node 2 port \\\"inn\\\"",			      "node 2 has no port \\\"inn\\\"; "           },
	{"connect 1 4 2 in",       404, "1 port 4 → node 2 port \\\"in\\\"",
         "node 1 has no port 4; "												    },
	{"connect 1 out 2 -1",     422, "1 port \\\"out\\\" → node 2 port -1",
         "node 2: port index -1 is below 0"											  },
	{"connect 1 freq 2 in",    422,
         "1 port \\\"freq\\\" → node 2 port \\\"in\\\"",			      "port \\\"freq\\\" of node 1 is no audio out"},
	{"connect 2 in 3 in",      422, "2 port \\\"in\\\" → node 3 port \\\"in\\\"",
         "port \\\"in\\\" of node 2 is no audio outpu"									       },
	{"connect 1 out 2 out",    422,
         "1 port \\\"out\\\" → node 2 port \\\"out\\\"",			      "port \\\"out\\\" of node 2 is no audio inpu"},
	{"connect 1 out 1 amp",    422,
         "1 port \\\"out\\\" → node 1 port \\\"amp\\\"",                              ""                                           },
	{"connect 2 out 3 in",     409,
         "2 port \\\"out\\\" → node 3 port \\\"in\\\"",			       "they are connected already; "               },
	{"connect 2 out 3 in 2",   409,
         "2 port \\\"out\\\" → node 3 port \\\"in\\\"",			       "they are connected already; "               },
	{"connect 2 out 2 in",     409,
         "2 port \\\"out\\\" → node 2 port \\\"in\\\"",			       "this closes a cycle ("                      },
	{"connect 3 out 2 in",     409,
         "3 port \\\"out\\\" → node 2 port \\\"in\\\"",			       "this closes a cycle ("                      },
	{"disconnect 1 out 2 in",  409,
         "1 port \\\"out\\\" → node 2 port \\\"in\\\"",			       "they are not connected; "                   },
	{"disconnect 9 out 2 in",  404,
         "9 port \\\"out\\\" → node 2 port \\\"in\\\"",                               "no node 9; "                                },
	{"disconnect 1 freq 2 in", 422,
         "1 port \\\"freq\\\" → node 2 port \\\"in\\\"",			      "port \\\"freq\\\" of node 1 is no audio out"},
};

START_TEST(what_cannot_be_is_refused_with_both_ends_and_changes_nothing)
{
	char words[60];
	char wanted[240];

	open_cables();
	ask_is("/node/connect 2 out 3 in", "");
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		snprintf(words, sizeof words, "/node/%s", wrong[i].words);
		snprintf(wanted, sizeof wanted,
			"/error \"/node/%.*s\" %d "
			"\"node %s: %s",
			(int)strcspn(wrong[i].words, " "), wrong[i].words,
			wrong[i].code, wrong[i].ends, wrong[i].says);
		const char *text = rooms_ask(r, words);
		ck_assert_msg(strncmp(text, wanted, strlen(wanted)) == 0 &&
				      rooms_count(text, "/") == 1,
			"%s: %s", words, text);
		ck_assert_int_eq((int)rooms_stat(r, "connections"), 1);
	}
}
END_TEST

START_TEST(cycle_is_told_with_its_nodes_and_feedback_may_close_it)
{
	open_cables();
	ask_is("/node/connect 2 out 3 in", "");
	const char *text = rooms_ask(r, "/node/connect 3 out 2 in");
	ck_assert_msg(
		strstr(text, "later): 2 → 3 → 2\" 3\n") != NULL, "%s", text);
	text = rooms_ask(r, "/node/connect 2 out 2 in");
	ck_assert_msg(strstr(text, "later): 2 → 2\" 2\n") != NULL, "%s", text);
	ask_is("/node/connect 3 out 2 in 2", "");
	ask_is("/node/connect 2 out 2 in 2", "");
	ck_assert_int_eq((int)rooms_stat(r, "connections"), 3);
}
END_TEST

START_TEST(limits_are_told_by_name)
{
	static const char *const sets[] = {"limits.max_connections=2",
		"limits.max_inputs_per_port=1", NULL};

	rooms_close(r);
	rooms_open(r, sets);
	open_cables();
	ask_is("/node/connect 1 out 2 in", "");
	ask_is("/node/connect 3 out 2 in",
		"/error \"/node/connect\" 503 \"node 3 port \\\"out\\\" → "
		"node 2 port \\\"in\\\": that input adds up 1 connections, as "
		"many as can be: see limits.max_inputs_per_port\" 3\n");
	ask_is("/node/connect 1 out 3 in", "");
	ask_is("/synth/new patch-cable 5 0 1", "");
	ask_is("/node/connect 1 out 5 in",
		"/error \"/node/connect\" 503 \"node 1 port \\\"out\\\" → "
		"node 5 port \\\"in\\\": there are 2 connections, as many as "
		"can be: see limits.max_connections\" 1\n");
}
END_TEST

START_TEST(all_connections_of_a_busy_node_are_told)
{
	char words[60];

	ask_is("/synth/new sine 1 0 1", "");
	for (int i = 2; i <= 100; i++) {
		snprintf(words, sizeof words, "/synth/new patch-cable %d 0 1",
			i);
		ask_is(words, "");
		snprintf(words, sizeof words, "/node/connect 1 out %d in", i);
		ask_is(words, "");
	}
	const char *text = rooms_ask(r, "/node/query 1");
	for (int i = 2; i <= 100; i++) {
		snprintf(words, sizeof words, " [ 1 3 %d 0 0 ]", i);
		ck_assert_msg(strstr(text, words) != NULL, "%s", words);
	}
}
END_TEST

START_TEST(connecting_needs_the_role_operator)
{
	const struct address *slots[ADDRESS_SLOTS] = {NULL};

	address_index(slots);
	ck_assert_int_eq(
		address_find(slots, "/node/connect")->role, ROLE_OPERATOR);
	ck_assert_int_eq(
		address_find(slots, "/node/disconnect")->role, ROLE_OPERATOR);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("nrt/connections");
	TCase *tc = tcase_create("connections");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, connect_takes_ports_by_name_and_index_and_flags);
	tcase_add_test(tc, disconnect_says_whether_flags_were_given);
	tcase_add_test(tc, bits_that_connections_do_not_know_are_422);
	tcase_add_test(
		tc, question_has_room_for_what_is_there_and_what_is_on_its_way);
	tcase_add_test(tc,
		question_behind_connects_of_its_own_bundle_has_room_for_them);
	tcase_add_test(tc, question_for_later_has_room_for_all_that_can_be);
	tcase_add_test(
		tc, connects_that_find_no_room_in_the_ring_are_forgotten);
	tcase_add_test(tc, info_tells_connections_before_what_is_held);
	tcase_add_test(tc, many_connections_come_in_pages_none_of_them_cut);
	tcase_add_test(tc, connections_are_made_shown_and_broken);
	tcase_add_test(tc, freed_end_takes_its_connections_along);
	tcase_add_test(tc,
		what_cannot_be_is_refused_with_both_ends_and_changes_nothing);
	tcase_add_test(
		tc, cycle_is_told_with_its_nodes_and_feedback_may_close_it);
	tcase_add_test(tc, limits_are_told_by_name);
	tcase_add_test(tc, all_connections_of_a_busy_node_are_told);
	tcase_add_test(tc, connecting_needs_the_role_operator);
	suite_add_tcase(s, tc);
	return rooms_run(s);
}
