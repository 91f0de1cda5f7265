/* SPDX-License-Identifier: MIT */
/*
 * check_dispatch.c -- packets become batches: times, refusals, order.
 */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "office_private.h"
#include "rooms.h"
#include "wire.h"

static struct rooms rooms;
static struct rooms *r = &rooms;
static struct rooms_bundle outer;
static struct rooms_bundle inner;
static struct rooms_bundle third;

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

/** Put /at sample packet in. @return what was heard */
static const char *
ask_at(int64_t sample, const void *packet, size_t size)
{
	static uint8_t data[65536];
	struct osc_out out;

	osc_begin(&out, data, sizeof data, "/at");
	osc_put_int64(&out, sample);
	osc_put_blob(&out, packet, (uint32_t)size);
	size_t whole = osc_end(&out);
	ck_assert_uint_gt(whole, 0);
	rooms_packet(r, data, whole);
	rooms_turn(r);
	return rooms_heard(r);
}

static const char *
ask_at_words(int64_t sample, const char *words)
{
	static uint8_t data[65536];

	return ask_at(sample, data, rooms_message(data, sizeof data, words));
}

/* what is inside the first goes elsewhere than the second */
START_TEST(at_is_known_again_behind_another_at_in_one_bundle)
{
	static struct rooms_bundle b;
	uint8_t packet[64];
	uint8_t data[128];
	size_t inside =
		rooms_message(packet, sizeof packet, "/group/new 7 0 1");

	rooms_bundle(&b, 1);
	for (int i = 0; i < 2; i++) {
		struct osc_out out;
		osc_begin(&out, data, sizeof data, "/at");
		osc_put_int64(&out, 0);
		osc_put_blob(&out, packet, (uint32_t)inside);
		size_t size = osc_end(&out);
		ck_assert_uint_gt(size, 0);
		ck_assert(osc_bundle_add(
			b.data, sizeof b.data, &b.size, data, size));
		inside = rooms_message(
			packet, sizeof packet, "/group/new 8 7 1");
	}
	const char *text = rooms_bundle_ask(r, &b);
	ck_assert_int_eq(rooms_count(text, "/error"), 0);
	rooms_render(r, 64);
	rooms_turn(r);
	text = rooms_ask(r, "/node/tree/statistics");
	ck_assert_int_eq(
		rooms_count(text, "/node/tree/statistics.reply 3 0"), 1);
}
END_TEST

START_TEST(unknown_address_is_answered_404)
{
	ck_assert_str_eq(rooms_ask(r, "/no/such/thing/anywhere 7"),
		"/error \"/no/such/thing/anywhere\" 404 \"no such address; "
		"tactus-osc(7) tells all\" 7\n");
}
END_TEST

START_TEST(first_integer_of_a_failed_message_is_told_wherever_it_stands)
{
	ck_assert_str_eq(rooms_ask(r, "/no s:a [ f:1.5 [ i:9 ] ] i:8"),
		"/error \"/no\" 404 \"no such address; tactus-osc(7) tells "
		"all\" 9\n");
	ck_assert_str_eq(rooms_ask(r, "/no h:5"),
		"/error \"/no\" 404 \"no such address; tactus-osc(7) tells "
		"all\"\n");
}
END_TEST

START_TEST(message_that_fails_in_a_bundle_leaves_the_others_applied)
{
	rooms_bundle(&outer, 1);
	rooms_bundle_add(&outer, "/group/new 1 0 1");
	rooms_bundle_add(&outer, "/group/new 1 0 1");
	rooms_bundle_add(&outer, "/group/new 2 0");
	rooms_bundle_add(&outer, "/no");
	rooms_bundle_add(&outer, "/group/new 3 1 0");
	const char *text = rooms_bundle_ask(r, &outer);
	ck_assert_uint_eq(rooms_count(text, "/error "), 3);
	ck_assert_uint_eq(rooms_count(text, "/error \"/group/new\" 409 "), 1);
	ck_assert_uint_eq(rooms_count(text, "/error \"/group/new\" 400 "), 1);
	ck_assert_uint_eq(rooms_count(text, "/error \"/no\" 404 "), 1);
	ck_assert_str_eq(rooms_ask(r, "/node/tree/statistics"),
		"/node/tree/statistics.reply 3 0\n");
}
END_TEST

static const float no_numbers[] = {NAN, INFINITY, -INFINITY};
static float no_number;

/** Make a /node/set whose value is no number, which words cannot say. */
static size_t
nan_message(uint8_t *data, size_t room, int32_t id, const char *port)
{
	struct osc_out out;
	int32_t index = 0;

	osc_begin(&out, data, room, "/node/set");
	osc_put_int(&out, id);
	if (sscanf(port, "%d", &index) == 1) {
		osc_put_int(&out, index);
	} else {
		osc_put_string(&out, port);
	}
	osc_put_float(&out, no_number);
	return osc_end(&out);
}

static void
add_nan(struct rooms_bundle *b, int32_t id, const char *port)
{
	uint8_t data[64];
	size_t size = nan_message(data, sizeof data, id, port);

	ck_assert(
		osc_bundle_add(b->data, sizeof b->data, &b->size, data, size));
}

/** Compile what `outer` holds. @return its chain, the caller's to free */
static struct batch *
compile(void)
{
	struct build build = {0};

	dispatch_compile(r->office, r->peer, &build, outer.data, outer.size);
	ck_assert_ptr_nonnull(build.head);
	return build.head;
}

START_TEST(settings_of_one_port_become_a_row_and_others_do_not)
{
	static const char *const words[] = {"/node/set 1 freq 1.0",
		"/node/set 2 freq 2.0", "/node/set -3 freq 3.0",
		"/node/set 4 amp 4.0", "/node/set 5 freq 5.0",
		"/node/set 6 freq 6", "/node/set 7 freq 7.0", NULL,
		"/node/set 9 freq 9.0", "/node/set 10 freq 10.0"};
	static const struct {
		enum command_kind kind;
		int32_t id;     /* of the first */
		uint32_t count; /* of a row */
	} want[] = {
		{COMMAND_SET,     1,  0},
		{COMMAND_SET_ROW, 2,  2},
		{COMMAND_SET,     4,  0},
		{COMMAND_SET,     5,  0},
		{COMMAND_SET,     6,  0},
		{COMMAND_SET,     7,  0},
		{COMMAND_CALL,    8,  0}, /* no number: it was answered */
		{COMMAND_SET,     9,  0},
		{COMMAND_SET_ROW, 10, 1},
	};
	no_number = no_numbers[_i];
	rooms_bundle(&outer, 1);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (words[i] != NULL) {
			rooms_bundle_add(&outer, words[i]);
		} else {
			add_nan(&outer, 8, "freq");
		}
	}
	struct batch *b = compile();
	ck_assert_uint_eq(rooms_count(rooms_heard(r), "/error "), 1);
	ck_assert_uint_eq(b->commands, sizeof words / sizeof *words);
	struct command *c = b->first;
	for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
		ck_assert_ptr_nonnull(c);
		ck_assert_int_eq(c->kind, want[i].kind);
		if (c->kind == COMMAND_SET_ROW) {
			ck_assert_uint_eq(c->u.row.count, want[i].count);
			ck_assert_int_eq(c->u.row.items->id, want[i].id);
			ck_assert(c->u.row.items->u.value == (float)want[i].id);
			ck_assert_str_eq(c->u.row.port->name, "freq");
		} else {
			ck_assert_int_eq(c->first, want[i].id);
		}
		c = c->next;
	}
	ck_assert_ptr_null(c);
	outcome_free(r->office, b);
}
END_TEST

/** Compile three messages alike. @return the chain, the caller's to free */
static struct batch *
compile_three(const char *before, const char *after)
{
	char words[64];

	rooms_bundle(&outer, 1);
	for (int i = 1; i <= 3; i++) {
		snprintf(words, sizeof words, "/node/set %s%d%s", before, i,
			after);
		rooms_bundle_add(&outer, words);
	}
	struct batch *b = compile();
	ck_assert_uint_eq(b->commands, 3);
	return b;
}

START_TEST(settings_of_other_forms_are_no_rows)
{
	static const char *const forms[][2] = {
		{"",   " freq 1.0 amp 0.5"},
                {"",   " freq 1"          },
                {"",   ".0 freq 1.0"      },
		{"",   " freq [ 1.0 2.0 ]"},
                {"h:", " freq 1.0"        },
		{"h:", " freq 1"          },
                {"",   " 0 1.0 amp 1.0"   }
        };

	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		struct batch *b = compile_three(forms[i][0], forms[i][1]);
		for (struct command *c = b->first; c != NULL; c = c->next) {
			ck_assert_int_ne(c->kind, COMMAND_SET_ROW);
		}
		outcome_free(r->office, b);
	}
	rooms_heard(r);
}
END_TEST

START_TEST(settings_of_ports_that_are_named_nearly_alike_are_rows_of_their_own)
{
	static const char *const pairs[][2] = {
		{"0",               "1"              },
                {"0",               "16777216"       },
                {"cutoff1",         "cutoff2"        },
		{"aaaafreq",        "aaabfreq"       },
                {"freq",            "fre"            },
                {"freq",            "free"           },
		{"abc",             "abcd"           },
                {"one.long.name.a", "one.long.name.b"}
        };
	static const uint8_t turns[] = {0, 1, 0, 0, 1, 1, 1, 0};
	static const enum command_kind kinds[] = {COMMAND_SET, COMMAND_SET,
		COMMAND_SET, COMMAND_SET_ROW, COMMAND_SET, COMMAND_SET_ROW,
		COMMAND_SET};
	char words[64];

	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		rooms_bundle(&outer, 1);
		for (size_t k = 0; k < sizeof turns / sizeof *turns; k++) {
			snprintf(words, sizeof words, "/node/set %zu %s 1.0", k,
				pairs[i][turns[k]]);
			rooms_bundle_add(&outer, words);
		}
		struct batch *b = compile();
		ck_assert_uint_eq(b->commands, sizeof turns / sizeof *turns);
		struct command *c = b->first;
		for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
			ck_assert_ptr_nonnull(c);
			ck_assert_int_eq(c->kind, kinds[k]);
			c = c->next;
		}
		ck_assert_ptr_null(c);
		outcome_free(r->office, b);
	}
}
END_TEST

START_TEST(settings_of_one_index_become_a_row_too)
{
	struct batch *b = compile_three("", " 0 1.0");
	struct command *c = b->first->next;

	ck_assert_int_eq(c->kind, COMMAND_SET_ROW);
	ck_assert_uint_eq(c->u.row.count, 2);
	ck_assert_int_eq(c->u.row.port->index, 0);
	ck_assert_str_eq(c->address, "/node/set");
	outcome_free(r->office, b);
}
END_TEST

START_TEST(row_goes_on_in_the_next_chunk_of_memory)
{
	char words[64];

	rooms_bundle(&outer, 1);
	for (int i = 0; i < 1000; i++) {
		snprintf(words, sizeof words, "/node/set %d freq %d.0", i, i);
		rooms_bundle_add(&outer, words);
	}
	struct batch *b = compile();
	ck_assert_uint_eq(b->commands, 1000);
	int32_t next = 1;
	uint32_t rows = 0;
	for (struct command *c = b->first->next; c != NULL; c = c->next) {
		ck_assert_int_eq(c->kind, COMMAND_SET_ROW);
		for (uint32_t i = 0; i < c->u.row.count; i++, next++) {
			ck_assert_int_eq(c->u.row.items[i].id, next);
			ck_assert(c->u.row.items[i].u.value == (float)next);
		}
		rows++;
	}
	ck_assert_int_eq(next, 1000);
	ck_assert_uint_gt(rows, 1);
	outcome_free(r->office, b);
}
END_TEST

START_TEST(row_does_not_go_on_at_another_time)
{
	rooms_bundle(&outer, rooms_tag(100));
	rooms_bundle_add(&outer, "/node/set 1 freq 1.0");
	rooms_bundle(&inner, rooms_tag(200));
	rooms_bundle_add(&inner, "/node/set 2 freq 2.0");
	rooms_bundle_nest(&outer, &inner);
	rooms_bundle_nest(&outer, &inner);
	rooms_bundle_add(&outer, "/node/set 3 freq 3.0");
	rooms_bundle_add(&outer, "/node/set 4 freq 4.0");
	struct batch *b = compile();
	ck_assert_uint_eq(b->parts, 2);
	/* the first part: 1, 3 and a row of 4 */
	ck_assert_uint_eq(b->commands, 3);
	ck_assert_int_eq(b->first->next->kind, COMMAND_SET);
	ck_assert_int_eq(b->first->next->id, 3);
	ck_assert_int_eq(b->first->next->next->kind, COMMAND_SET_ROW);
	ck_assert_int_eq(b->first->next->next->u.row.items->id, 4);
	struct batch *second = b->chain;
	ck_assert_uint_eq(second->commands, 2);
	ck_assert_int_eq(second->first->next->kind, COMMAND_SET_ROW);
	outcome_free(r->office, second);
	outcome_free(r->office, b);
}
END_TEST

/** Put one in by itself. @return what was heard */
static const char *
ask_set(int32_t id, const char *port, const char *value)
{
	uint8_t data[64];
	char words[80];

	if (value == NULL) {
		size_t size = nan_message(data, sizeof data, id, port);
		rooms_packet(r, data, size);
		rooms_turn(r);
		return rooms_heard(r);
	}
	snprintf(words, sizeof words, "/node/set %d %s %s", id, port, value);
	return rooms_ask(r, words);
}

static void
add_set(struct rooms_bundle *b, int32_t id, const char *port, const char *value)
{
	char words[80];

	if (value == NULL) {
		add_nan(b, id, port);
		return;
	}
	snprintf(words, sizeof words, "/node/set %d %s %s", id, port, value);
	rooms_bundle_add(b, words);
}

START_TEST(row_is_answered_and_applied_as_single_settings_are)
{
	no_number = no_numbers[_i];
	static const char *const ports[] = {"freq", "0", "amp", "gate",
		"buffer", "out", "no", "99", "-1", "loop", "trigger"};
	static const struct {
		int32_t id;
		const char *value; /* NULL: it is no number */
	} ends[] = {
		{1,       "3.0"  },
		{2,       "4.0"  },
		{3,       "0.5"  },
		{40,      "1.0"  },
		{1,       NULL   },
		{4,       "0.25" },
		{9999999, "1.0"  },
		{-1,      "1.0"  },
		{1,       "0.125"},
		{0,       "1.0"  },
		{4,       "1.0"  },
		{4,       "1.0"  },
	};
	static char singly[20000];
	static char info[2][20000];

	rooms_ask(r, "/synth/new sine 1 0 1");
	rooms_ask(r, "/group/new 2 0 1");
	rooms_ask(r, "/synth/new sampler 3 0 1");
	rooms_ask(r, "/synth/new adsr 4 0 1");
	for (size_t i = 0; i < sizeof ports / sizeof *ports; i++) {
		/* so that no error is held back */
		rooms_render(r, 48000);
		/* what the loop finds is told before what rt finds */
		char *to = singly +
			   sprintf(singly, "%s", ask_set(1, ports[i], NULL));
		rooms_bundle(&outer, 1);
		for (size_t k = 0; k < sizeof ends / sizeof *ends; k++) {
			add_set(&outer, ends[k].id, ports[i], ends[k].value);
			const char *text =
				ask_set(ends[k].id, ports[i], ends[k].value);
			if (ends[k].value != NULL) {
				to += sprintf(to, "%s", text);
			}
		}
		for (int k = 0; k < 2; k++) {
			info[k][0] = '\0';
			for (int id = 1; id <= 4; id++) {
				char words[32];
				sprintf(words, "/node/query %d", id);
				strcat(info[k], rooms_ask(r, words));
			}
			if (k == 0) {
				ck_assert_str_eq(
					rooms_bundle_ask(r, &outer), singly);
			}
		}
		ck_assert_str_eq(info[0], info[1]);
	}
}
END_TEST

START_TEST(row_is_answered_one_by_one_when_the_engine_stops)
{
	rooms_ask(r, "/synth/new sine 1 0 1");
	rooms_bundle(&outer, rooms_tag(480000));
	rooms_bundle_add(&outer, "/node/set 1 freq 1.0");
	rooms_bundle_add(&outer, "/node/set 7 freq 2.0");
	rooms_bundle_add(&outer, "/node/set 1 freq 3.0");
	rooms_bundle_add(&outer, "/node/run 1 0");
	ck_assert_str_eq(rooms_bundle_ask(r, &outer), "");
	ck_assert_int_eq(office_stop(r->office), 0);
	rooms_render(r, 24000);
	rooms_turn(r);
	ck_assert_str_eq(rooms_heard(r),
		"/error \"/node/set\" 503 \"the engine is stopping\" 1\n"
		"/error \"/node/set\" 503 \"the engine is stopping\" 7\n"
		"/error \"/node/set\" 503 \"the engine is stopping\" 1\n"
		"/error \"/node/run\" 503 \"the engine is stopping\" 1\n");
}
END_TEST

START_TEST(row_sets_each_of_its_nodes)
{
	char words[64];

	rooms_bundle(&outer, 1);
	for (int i = 1; i <= 100; i++) {
		snprintf(words, sizeof words, "/synth/new %s %d 0 1",
			i % 3 == 0 ? "saw" : "sine", i);
		rooms_ask(r, words);
		snprintf(words, sizeof words, "/node/set %d freq %d.0", i,
			300 + i);
		rooms_bundle_add(&outer, words);
	}
	ck_assert_str_eq(rooms_bundle_ask(r, &outer), "");
	for (int i = 1; i <= 100; i++) {
		snprintf(words, sizeof words, "/node/query %d", i);
		const char *text = rooms_ask(r, words);
		snprintf(words, sizeof words, " %d.0", 300 + i);
		if (strstr(text, words) == NULL) {
			snprintf(words, sizeof words, " %d", 300 + i);
		}
		ck_assert_msg(strstr(text, words) != NULL, "%s", text);
	}
}
END_TEST

START_TEST(bundle_is_applied_at_its_sample_and_not_before)
{
	rooms_bundle(&outer, rooms_tag(100));
	rooms_bundle_add(&outer, "/group/new 1 0 1");
	rooms_bundle_add(&outer, "/time");
	ck_assert_str_eq(rooms_bundle_ask(r, &outer), "");
	rooms_render(r, 100);
	ck_assert_str_eq(rooms_ask(r, "/node/tree/statistics"),
		"/node/tree/statistics.reply 1 0\n");
	rooms_render(r, 1);
	ck_assert_uint_eq(rooms_count(rooms_heard(r), "/time.reply "), 1);
	ck_assert_str_eq(rooms_ask(r, "/node/tree/statistics"),
		"/node/tree/statistics.reply 2 0\n");
}
END_TEST

START_TEST(nested_bundles_are_applied_at_their_own_times)
{
	rooms_bundle(&outer, rooms_tag(100));
	rooms_bundle_add(&outer, "/group/new 1 0 1");
	rooms_bundle(&inner, rooms_tag(200));
	rooms_bundle_add(&inner, "/group/new 2 1 1");
	rooms_bundle(&third, rooms_tag(50)); /* earlier: counts as 200 */
	rooms_bundle_add(&third, "/group/new 3 2 1");
	rooms_bundle_nest(&inner, &third);
	rooms_bundle_nest(&outer, &inner);
	rooms_bundle_add(&outer, "/group/new 4 1 1");
	ck_assert_str_eq(rooms_bundle_ask(r, &outer), "");
	rooms_render(r, 150);
	ck_assert_str_eq(rooms_ask(r, "/node/tree/statistics"),
		"/node/tree/statistics.reply 3 0\n");
	rooms_render(r, 51);
	ck_assert_str_eq(rooms_ask(r, "/node/tree/statistics"),
		"/node/tree/statistics.reply 5 0\n");
}
END_TEST

START_TEST(late_is_told_once_a_bundle_and_it_is_applied)
{
	rooms_render(r, 9600);
	rooms_bundle(&outer, rooms_tag(4800));
	rooms_bundle_add(&outer, "/group/new 1 0 1");
	rooms_bundle(&inner, rooms_tag(96000));
	rooms_bundle_add(&inner, "/group/new 3 1 1");
	rooms_bundle_nest(&outer, &inner);
	rooms_bundle_add(&outer, "/group/new 2 1 1");
	ck_assert_str_eq(rooms_bundle_ask(r, &outer), "/late 0.1\n");
	ck_assert_str_eq(rooms_ask(r, "/node/tree/statistics"),
		"/node/tree/statistics.reply 3 0\n");
	ck_assert_double_eq(rooms_stat(r, "late"), 1.0);
}
END_TEST

START_TEST(tags_0_and_1_are_at_once_and_never_late)
{
	rooms_render(r, 9600);
	for (uint64_t tag = 0; tag < 2; tag++) {
		rooms_bundle(&outer, tag);
		rooms_bundle_add(&outer, "/sync 1");
		ck_assert_str_eq(rooms_bundle_ask(r, &outer), "/synced 1\n");
	}
}
END_TEST

START_TEST(bundle_an_hour_ahead_is_taken_and_one_further_refused_whole)
{
	double hour = 3600.0 * 48000.0;

	rooms_render(r, 64);
	rooms_bundle(&outer, rooms_tag(hour + 64));
	rooms_bundle_add(&outer, "/sync 1");
	ck_assert_str_eq(rooms_bundle_ask(r, &outer), "");
	ck_assert_double_eq(rooms_stat(r, "events_pending"), 1.0);
	rooms_bundle(&outer, 1);
	rooms_bundle_add(&outer, "/group/new 1 0 1");
	rooms_bundle(&inner, rooms_tag(hour + 65));
	rooms_bundle_add(&inner, "/sync 1");
	rooms_bundle_nest(&outer, &inner);
	ck_assert_str_eq(rooms_bundle_ask(r, &outer),
		"/error \"#bundle\" 422 \"a time more than an hour ahead: "
		"send it later\"\n");
	ck_assert_str_eq(rooms_ask(r, "/node/tree/statistics"),
		"/node/tree/statistics.reply 1 0\n");
	/* the tag of a wall clock means nothing here, but it is far ahead */
	rooms_bundle(&outer, 0xea00000000000000U);
	rooms_bundle_add(&outer, "/sync 1");
	ck_assert_str_eq(rooms_bundle_ask(r, &outer),
		"/error \"#bundle\" 422 \"a time more than an hour ahead: "
		"send it later\"\n");
}
END_TEST

/** Fill a bundle with so many constructions. */
static void
construct(struct rooms_bundle *b, int count)
{
	rooms_bundle(b, 1);
	for (int i = 0; i < count; i++) {
		rooms_bundle_add(b, "/synth/new sine -1 0 1");
	}
}

START_TEST(constructions_in_one_packet_are_bounded)
{
	construct(&outer, MAX_CONSTRUCTIONS);
	const char *text = rooms_bundle_ask(r, &outer);
	ck_assert_uint_eq(rooms_count(text, "/synth/new.reply "), 256);
	ck_assert_uint_eq(rooms_count(text, "/"), 256);
	construct(&outer, MAX_CONSTRUCTIONS + 1);
	ck_assert_str_eq(rooms_bundle_ask(r, &outer),
		"/error \"#bundle\" 413 \"more than 256 constructions "
		"(/synth/new, /resource/new, /job/new) in one packet: split "
		"it\"\n");
	ck_assert_str_eq(rooms_ask(r, "/node/tree/statistics"),
		"/node/tree/statistics.reply 1 256\n");
}
END_TEST

START_TEST(constructions_inside_at_are_bounded_too)
{
	construct(&outer, MAX_CONSTRUCTIONS + 1);
	ck_assert_str_eq(ask_at(10, outer.data, outer.size),
		"/error \"/at\" 413 \"more than 256 constructions "
		"(/synth/new, /resource/new, /job/new) in one packet: split "
		"it\"\n");
	ck_assert_double_eq(rooms_stat(r, "events_pending"), 0.0);
}
END_TEST

START_TEST(at_applies_a_packet_at_its_very_sample)
{
	rooms_bundle(&outer, rooms_tag(50000));
	rooms_bundle_add(&outer, "/group/new 1 0 1");
	rooms_bundle_add(&outer, "/version");
	ck_assert_str_eq(ask_at(77, outer.data, outer.size), "");
	rooms_render(r, 77);
	ck_assert_str_eq(rooms_heard(r), "");
	rooms_render(r, 1);
	ck_assert_uint_eq(rooms_count(rooms_heard(r), "/version.reply "), 1);
	ck_assert_str_eq(rooms_ask(r, "/node/tree/statistics"),
		"/node/tree/statistics.reply 2 0\n");
}
END_TEST

START_TEST(at_of_a_past_sample_is_late)
{
	rooms_render(r, 480);
	ck_assert_str_eq(ask_at_words(0, "/sync 4"), "/late 0.01\n/synced 4\n");
	ck_assert_str_eq(ask_at_words(480, "/sync 5"), "");
	rooms_render(r, 1);
	ck_assert_str_eq(rooms_heard(r), "/synced 5\n");
}
END_TEST

START_TEST(at_refuses_what_it_cannot_place)
{
	static const uint8_t broken[] = "/x\0\0,i\0\0"; /* no argument */
	static uint8_t data[200];
	static uint8_t again[400];
	struct osc_out out;

	ck_assert_str_eq(ask_at_words(-1, "/sync 4"),
		"/error \"/at\" 422 \"sample -1 is more than an hour ahead, or "
		"negative\"\n");
	ck_assert_str_eq(ask_at_words(172800001, "/sync 4"),
		"/error \"/at\" 422 \"sample 172800001 is more than an hour "
		"ahead, or negative\"\n");
	ck_assert_str_eq(ask_at_words(INT64_MAX, "/sync 4"),
		"/error \"/at\" 422 \"sample 9223372036854775807 is more than "
		"an hour ahead, or negative\"\n");
	const char *text = ask_at(5, broken, 8);
	ck_assert_uint_eq(
		rooms_count(text, "/error \"/at\" 400 \"the packet inside: "),
		1);
	text = ask_at(5, broken, 0);
	ck_assert_uint_eq(
		rooms_count(text, "/error \"/at\" 400 \"the packet inside: "),
		1);
	/* /at inside /at, alone and beside others */
	osc_begin(&out, data, sizeof data, "/at");
	osc_put_int64(&out, 5);
	size_t size = rooms_message(again, sizeof again, "/sync 1");
	osc_put_blob(&out, again, (uint32_t)size);
	size = osc_end(&out);
	ck_assert_str_eq(ask_at(5, data, size),
		"/error \"/at\" 400 \"/at inside /at\"\n");
	rooms_bundle(&outer, 1);
	rooms_bundle_add(&outer, "/sync 8");
	ck_assert(osc_bundle_add(
		outer.data, sizeof outer.data, &outer.size, data, size));
	ck_assert_str_eq(ask_at(5, outer.data, outer.size),
		"/error \"/at\" 400 \"/at inside /at\"\n");
	rooms_render(r, 6);
	ck_assert_str_eq(rooms_heard(r), "/synced 8\n");
}
END_TEST

START_TEST(answers_come_in_the_order_of_their_messages)
{
	rooms_bundle(&outer, 1);
	rooms_bundle_add(&outer, "/node/tree/statistics");
	rooms_bundle_add(&outer, "/group/new 1 0 1");
	rooms_bundle_add(&outer, "/status");
	rooms_bundle_add(&outer, "/node/tree/statistics");
	rooms_bundle_add(&outer, "/node/free 9");
	rooms_bundle_add(&outer, "/time");
	ck_assert_str_eq(rooms_bundle_ask(r, &outer),
		"/node/tree/statistics.reply 1 0\n"
		"/status.reply 2 0 2 0 0.0 0.0 0 0 d:48000.0 64 \"offline\" "
		"\"running\"\n"
		"/node/tree/statistics.reply 2 0\n"
		"/error \"/node/free\" 404 \"no node 9; /node/tree tells "
		"all\" 9\n"
		"/time.reply t:0x0000000000000000 h:0 d:48000.0\n");
}
END_TEST

START_TEST(message_waits_in_a_timed_bundle_even_if_it_is_the_offices)
{
	rooms_bundle(&outer, rooms_tag(64));
	rooms_bundle_add(&outer, "/version");
	rooms_bundle_add(&outer, "/def/query nothing");
	rooms_bundle_add(&outer, "/status 5");
	ck_assert_str_eq(rooms_bundle_ask(r, &outer), "");
	rooms_render(r, 65);
	const char *text = rooms_heard(r);
	ck_assert_uint_eq(rooms_count(text, "/version.reply "), 1);
	ck_assert_uint_eq(rooms_count(text, "/error \"/def/query\" 404 "), 1);
	ck_assert_uint_eq(rooms_count(text, "/error \"/status\" 400 "), 1);
}
END_TEST

static const char *const small[] = {"limits.command_ring=64",
	"limits.report_ring=64", "limits.max_events=64", NULL};

START_TEST(full_command_ring_refuses_message_and_bundle_with_503)
{
	rooms_close(r);
	rooms_open(r, small);
	uint32_t room = ring_capacity(r->wire->commands);
	for (uint32_t i = 0; i < room; i++) {
		rooms_put(r, "/group/new -1 0 1");
	}
	ck_assert_str_eq(rooms_heard(r), "");
	rooms_put(r, "/synth/new sine 5 0 1 [ ] [ ]");
	rooms_bundle(&outer, 1);
	rooms_bundle_add(&outer, "/synth/new sine 6 0 1");
	rooms_bundle_add(&outer, "/status");
	rooms_packet(r, outer.data, outer.size);
	char wanted[600];
	snprintf(wanted, sizeof wanted,
		"/error \"/synth/new\" 503 \"the command ring is full "
		"(limits.command_ring %u): send less, or wait for /synced\" "
		"5\n"
		"/error \"#bundle\" 503 \"the command ring is full "
		"(limits.command_ring %u): send less, or wait for /synced\"\n",
		room, room);
	ck_assert_str_eq(rooms_heard(r), wanted);
	rooms_turn(r);
	ck_assert_uint_eq(
		rooms_count(rooms_heard(r), "/group/new.reply "), room);
	ck_assert_double_eq(rooms_stat(r, "refused"), 2.0);
	/* /stats itself is on its way while it is answered */
	ck_assert_double_eq(rooms_stat(r, "commands_pending"), 0.0);
}
END_TEST

START_TEST(full_event_heap_refuses_a_bundle_whole_with_one_503)
{
	rooms_close(r);
	rooms_open(r, small);
	for (int i = 0; i < 63; i++) {
		rooms_bundle(&outer, rooms_tag(1000 + i));
		rooms_bundle_add(&outer, "/version");
		ck_assert_str_eq(rooms_bundle_ask(r, &outer), "");
	}
	/* room for one: both parts are refused, and what is due at once too */
	rooms_bundle(&outer, 1);
	rooms_bundle_add(&outer, "/synth/new sine 1 0 1");
	rooms_bundle(&inner, rooms_tag(2000));
	rooms_bundle_add(&inner, "/synth/new sine 2 0 1");
	rooms_bundle_nest(&outer, &inner);
	rooms_bundle(&inner, rooms_tag(3000));
	rooms_bundle_add(&inner, "/status");
	rooms_bundle_nest(&outer, &inner);
	ck_assert_str_eq(rooms_bundle_ask(r, &outer),
		"/error \"#bundle\" 503 \"no room for its events "
		"(limits.max_events 64)\"\n");
	ck_assert_str_eq(rooms_ask(r, "/node/tree/statistics"),
		"/node/tree/statistics.reply 1 0\n");
	ck_assert_double_eq(rooms_stat(r, "events_pending"), 63.0);
	rooms_render(r, 2000);
	ck_assert_uint_eq(rooms_count(rooms_heard(r), "/version.reply "), 63);
}
END_TEST

START_TEST(empty_bundles_are_taken_and_forgotten)
{
	rooms_bundle(&outer, rooms_tag(64));
	ck_assert_str_eq(rooms_bundle_ask(r, &outer), "");
	rooms_bundle(&inner, rooms_tag(128));
	rooms_bundle_nest(&outer, &inner);
	ck_assert_str_eq(rooms_bundle_ask(r, &outer), "");
	ck_assert_double_eq(rooms_stat(r, "events_pending"), 0.0);
}
END_TEST

START_TEST(batches_still_out_are_freed_when_the_office_closes)
{
	/* in the ring, in the event heap, and held for time */
	rooms_bundle(&outer, rooms_tag(1000));
	rooms_bundle_add(&outer, "/synth/new sine 2 0 1 [ freq 100 ]");
	rooms_bundle_ask(r, &outer);
	rooms_put(r, "/synth/new sine 3 0 1 [ ] [ ]");
	rooms_put(r, "/status");
	/* the sanitizers look */
}
END_TEST

/* --- roles --- */

static const char *const listeners[] = {
	"osc.listeners=({url=\"udp://127.0.0.1:0\";role=\"control\";},"
	"{url=\"udp://127.0.0.1:0\";role=\"operator\";},"
	"{url=\"udp://127.0.0.1:0\";role=\"admin\";})",
	NULL};

START_TEST(role_is_looked_at_before_anything_else_of_a_message)
{
	static const char *const name[] = {"control", "operator", "admin"};
	int client[3];

	rooms_close(r);
	rooms_open_doors(r, listeners);
	for (uint32_t i = 0; i < 3; i++) {
		client[i] = rooms_client(r, i);
	}
	for (const struct address *a = address_table; a->name != NULL; a++) {
		for (uint32_t i = 0; i < 3; i++) {
			char words[80];
			char wanted[200];
			/* one argument too many, or of a wrong type: no
			 * message does anything */
			snprintf(words, sizeof words, "%s N N N N N N N",
				a->name);
			snprintf(wanted, sizeof wanted,
				"/error \"%s\" 403 \"needs the role %s; this "
				"listener gives %s\"\n",
				a->name, name[a->role], name[i]);
			const char *text =
				rooms_client_ask(r, client[i], words);
			if (i < a->role) {
				ck_assert_str_eq(text, wanted);
			} else {
				snprintf(wanted, sizeof wanted,
					"/error \"%s\" 400 ", a->name);
				ck_assert_msg(
					rooms_count(text, wanted) == 1 &&
						rooms_count(text, "/") == 1,
					"%s: %s", words, text);
			}
		}
	}
	for (uint32_t i = 0; i < 3; i++) {
		close(client[i]);
	}
}
END_TEST

START_TEST(role_is_the_senders_for_each_message_inside_at)
{
	rooms_close(r);
	rooms_open_doors(r, listeners);
	int client = rooms_client(r, 1);
	const char *text = rooms_client_ask(
		r, client, "/at 5 b:2f71756974000000"); /* /quit */
	ck_assert_str_eq(text,
		"/error \"/quit\" 403 \"needs the role admin; this listener "
		"gives operator\"\n");
	close(client);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("nrt/dispatch");
	TCase *tc = tcase_create("dispatch");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, unknown_address_is_answered_404);
	tcase_add_test(tc,
		first_integer_of_a_failed_message_is_told_wherever_it_stands);
	tcase_add_test(
		tc, message_that_fails_in_a_bundle_leaves_the_others_applied);
	tcase_add_loop_test(
		tc, settings_of_one_port_become_a_row_and_others_do_not, 0, 3);
	tcase_add_test(tc, settings_of_other_forms_are_no_rows);
	tcase_add_test(tc,
		settings_of_ports_that_are_named_nearly_alike_are_rows_of_their_own);
	tcase_add_test(tc, settings_of_one_index_become_a_row_too);
	tcase_add_test(tc, row_goes_on_in_the_next_chunk_of_memory);
	tcase_add_test(tc, row_does_not_go_on_at_another_time);
	tcase_add_loop_test(
		tc, row_is_answered_and_applied_as_single_settings_are, 0, 3);
	tcase_add_test(tc, row_is_answered_one_by_one_when_the_engine_stops);
	tcase_add_test(tc, row_sets_each_of_its_nodes);
	tcase_add_test(tc, bundle_is_applied_at_its_sample_and_not_before);
	tcase_add_test(tc, nested_bundles_are_applied_at_their_own_times);
	tcase_add_test(tc, late_is_told_once_a_bundle_and_it_is_applied);
	tcase_add_test(tc, tags_0_and_1_are_at_once_and_never_late);
	tcase_add_test(tc,
		bundle_an_hour_ahead_is_taken_and_one_further_refused_whole);
	tcase_add_test(tc, constructions_in_one_packet_are_bounded);
	tcase_add_test(tc, constructions_inside_at_are_bounded_too);
	tcase_add_test(tc, at_applies_a_packet_at_its_very_sample);
	tcase_add_test(tc, at_of_a_past_sample_is_late);
	tcase_add_test(tc, at_refuses_what_it_cannot_place);
	tcase_add_test(tc, answers_come_in_the_order_of_their_messages);
	tcase_add_test(
		tc, message_waits_in_a_timed_bundle_even_if_it_is_the_offices);
	tcase_add_test(
		tc, full_command_ring_refuses_message_and_bundle_with_503);
	tcase_add_test(tc, full_event_heap_refuses_a_bundle_whole_with_one_503);
	tcase_add_test(tc, empty_bundles_are_taken_and_forgotten);
	tcase_add_test(tc, batches_still_out_are_freed_when_the_office_closes);
	tcase_add_test(tc, at_is_known_again_behind_another_at_in_one_bundle);
	tcase_add_test(tc, role_is_looked_at_before_anything_else_of_a_message);
	tcase_add_test(tc, role_is_the_senders_for_each_message_inside_at);
	suite_add_tcase(s, tc);
	return rooms_run(s);
}
