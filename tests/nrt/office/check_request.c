/* SPDX-License-Identifier: MIT */
/*
 * check_request.c -- the arguments of every address: each of them missing,
 * of a wrong type, no number, out of range; and one too many.
 */
#include <check.h>
#include <ev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "log.h"
#include "office_private.h"
#include "rooms.h"
#include "trial.h"
#include "wire.h"

static struct rooms rooms = {.prepare = trial_add};
static struct rooms *r = &rooms;

static void
setup(void)
{
	rooms_open(r, NULL);
	rooms_ask(r, "/synth/new sine 5 0 1");
	rooms_ask(r, "/group/new 6 0 1");
	rooms_ask(r, "/synth/new patch-cable 7 0 1");
	rooms_ask(r, "/synth/new patch-cable 8 0 1");
	rooms_ask(r, "/synth/new patch-cable 19 0 1");
	rooms_ask(r, "/node/connect 19 out 8 in");
	/* one to be asked about, one to be freed, and a job to be cancelled */
	rooms_put(r, "/resource/new trial-thing 3");
	rooms_put(r, "/resource/new trial-thing 4");
	rooms_rest(r);
	rooms_ask(r, "/job/new trial-work 4 0 [ ] [ polite ]");
}

static void
teardown(void)
{
	log_set_level(LOG_LEVEL_INFO);
	rooms_close(r);
}

/** Sound arguments of every address; a type each: i whole, n number, s text,
 * b blob, p port, and where arguments may end. */
static const struct {
	const char *address;
	const char *kinds;
	const char *words; /* one for each, by '|' */
	size_t least;      /* arguments */
	bool more;         /* what follows may repeat: no "one too many" */
} forms[] = {
	{"/version",		      "",       "",				       0, false},
	{"/status",		       "",       "",				       0, false},
	{"/stats",			"",       "",				       0, false},
	{"/notify",		       "i",      "0",				      1, false},
	{"/sync",			 "i",      "4",				      1, false},
	{"/time",			 "",       "",				       0, false},
	{"/at",			   "hb",     "h:9|b:2f73796e630000002c69000000000007", 2, false},
	{"/mute",			 "i",      "0",				      1, false},
	{"/clear",			"",       "",				       0, false},
	{"/dump",			 "i",      "0",				      1, false},
	{"/log/level",                    "s",      "info",                                   1, false},
	{"/config/reload",                "",       "",				       0, false},
	{"/quit",			 "",       "",				       0, false},
	{"/meter",			"in",     "0|10.0",                                 1, false},
	{"/offline/run",                  "i",      "0",				      1, false},
	{"/group/new",                    "iii",    "-1|0|1",                                 3, false},
	{"/group/freeAll",                "i",      "6",				      1, false},
	{"/synth/new",                    "siiiaa", "sine|-1|0|1|[ ]|[ ]",                    4, false},
	{"/synth/activate",               "i",      "5",				      1, false},
	{"/synth/map/input",              "ipii",   "5|0|0|0",                                4, false},
	{"/synth/map/output",             "ipii",   "5|out|0|0",                              4, false},
	{"/synth/map/control",            "ipii",   "5|freq|0|0",                             4, false},
	{"/synth/property/doneFlags/set", "ii",     "5|0",                                    2, false},
	{"/node/free",                    "i",      "6",				      1, false},
	{"/node/release",                 "in",     "6|0.5",                                  1, false},
	{"/node/set",                     "ipn",    "5|freq|1.5",                             3, true },
	{"/node/move",                    "iii",    "5|0|0",                                  3, false},
	{"/node/run",                     "ii",     "5|1",				    2, false},
	{"/node/name",                    "is",     "5|tom",                                  2, false},
	{"/node/connect",                 "ipipi",  "7|1|8|in|2",                             4, false},
	{"/node/disconnect",              "ipipi",  "19|out|8|0|0",                           4, false},
	{"/node/query",                   "i",      "5",				      1, false},
	{"/node/tree",                    "i",      "0",				      0, false},
	{"/node/tree/statistics",         "",       "",                                       0, false},
	{"/def/list",                     "",       "",				       0, false},
	{"/def/query",                    "s",      "sine",                                   1, false},
	{"/resource/new",                 "sia",    "trial-thing|1|[ ]",                      2, false},
	{"/resource/free",                "i",      "4",				      1, false},
	{"/resource/query",               "i",      "3",				      1, false},
	{"/resource/list",                "",       "",				       0, false},
	{"/job/new",		      "siiaa",  "trial-work|1|0|[ ]|[ ]",                 3, false},
	{"/job/cancel",                   "i",      "4",				      1, false},
	{"/job/list",                     "",       "",				       0, false},
};
#define FORMS (sizeof forms / sizeof forms[0])

/** A message with arguments 0 … count - 1, number `at` replaced by `with`. */
static const char *
words(size_t form, size_t count, size_t at, const char *with)
{
	static char text[300];
	char copy[100];
	char *rest;

	(void)snprintf(copy, sizeof copy, "%s", forms[form].words);
	size_t length =
		(size_t)snprintf(text, sizeof text, "%s", forms[form].address);
	char *word = strtok_r(copy, "|", &rest);
	for (size_t i = 0; i < count; i++) {
		length += (size_t)snprintf(text + length, sizeof text - length,
			" %s", i == at ? with : word);
		word = strtok_r(NULL, "|", &rest);
	}
	return text;
}

/** The message is answered by one error of this code, about this address,
 * which names `what` (NULL: anything). */
static void
expect(size_t form, const char *said, int code, const char *what)
{
	char error[120];
	const char *text = rooms_ask(r, said);

	(void)snprintf(error, sizeof error, "/error \"%s\" %d ",
		forms[form].address, code);
	ck_assert_msg(
		rooms_count(text, error) == 1 && rooms_count(text, "/") == 1,
		"%s: %d: %s", said, code, text);
	ck_assert_msg(what == NULL || strstr(text, what) != NULL, "%s: %s: %s",
		said, what, text);
}

START_TEST(every_address_has_its_form_here)
{
	const struct address *slots[ADDRESS_SLOTS] = {NULL};
	size_t count = 0;

	address_index(slots);
	for (const struct address *a = address_table; a->name != NULL; a++) {
		ck_assert_msg(count < FORMS, "%s", a->name);
		ck_assert_str_eq(a->name, forms[count].address);
		ck_assert_ptr_eq(address_find(slots, a->name), a);
		count++;
	}
	ck_assert_uint_eq(count, FORMS);
	ck_assert_ptr_null(address_find(slots, "/node"));
	ck_assert_ptr_null(address_find(slots, "/node/freeAll"));
	ck_assert_ptr_null(address_find(slots, ""));
}
END_TEST

START_TEST(sound_arguments_are_no_error)
{
	size_t form = (size_t)_i;
	size_t most = strlen(forms[form].kinds);

	if (strcmp(forms[form].address, "/config/reload") == 0) {
		return; /* there is nothing to reload here */
	}
	for (size_t n = forms[form].least; n <= most; n++) {
		const char *said = words(form, n, SIZE_MAX, NULL);
		const char *text = rooms_ask(r, said);
		if (strcmp(forms[form].address, "/synth/map/input") == 0) {
			/* a sine has no audio input */
			ck_assert_uint_eq(rooms_count(text, "/error "), 1);
		} else if (n == forms[form].least) {
			ck_assert_msg(rooms_count(text, "/error ") == 0,
				"%s: %s", said, text);
		}
	}
}
END_TEST

START_TEST(missing_arguments_are_named)
{
	size_t form = (size_t)_i;

	for (size_t n = 0; n < forms[form].least; n++) {
		char what[40];
		(void)snprintf(what, sizeof what, "argument %zu (", n + 1);
		expect(form, words(form, n, SIZE_MAX, NULL), 400, what);
	}
}
END_TEST

START_TEST(one_argument_too_many_is_refused)
{
	size_t form = (size_t)_i;
	char said[320];

	if (forms[form].more) {
		return; /* pairs: tested beside /node/set */
	}
	(void)snprintf(said, sizeof said, "%s 7",
		words(form, strlen(forms[form].kinds), SIZE_MAX, NULL));
	expect(form, said, 400, "more than");
}
END_TEST

START_TEST(wrong_types_are_refused_at_each_place)
{
	static const char *const none[] = {"N", "I", "t:1", "b:00", "[ 1 ]"};
	size_t form = (size_t)_i;
	const char *kinds = forms[form].kinds;
	size_t most = strlen(kinds);

	for (size_t at = 0; at < most; at++) {
		char what[40];
		(void)snprintf(what, sizeof what, "argument %zu", at + 1);
		for (size_t k = 0; k < sizeof none / sizeof none[0]; k++) {
			if ((kinds[at] == 'b' && none[k][0] == 'b') ||
				(kinds[at] == 'a' && none[k][0] == '[') ||
				(forms[form].more && at == 2)) {
				continue;
			}
			expect(form, words(form, most, at, none[k]), 400, what);
		}
		if (kinds[at] == 's') {
			expect(form, words(form, most, at, "5"), 400, what);
			expect(form, words(form, most, at, "f:1"), 400, what);
		} else if (kinds[at] != 'p' && kinds[at] != 'a') {
			expect(form, words(form, most, at, "s:x"), 400, NULL);
		}
	}
}
END_TEST

START_TEST(numbers_that_are_none_are_422)
{
	size_t form = (size_t)_i;
	const char *kinds = forms[form].kinds;
	size_t most = strlen(kinds);

	for (size_t at = 0; at < most; at++) {
		if (strchr("ihnp", kinds[at]) == NULL) {
			continue;
		}
		expect(form, words(form, most, at, "f:nan"), 422, NULL);
		expect(form, words(form, most, at, "d:inf"), 422, NULL);
		expect(form, words(form, most, at, "f:-inf"), 422, NULL);
		if (kinds[at] != 'n') {
			expect(form, words(form, most, at, "f:1.5"), 422, NULL);
			expect(form, words(form, most, at, "d:1e300"), 422,
				NULL);
		}
		if (kinds[at] == 'i' || kinds[at] == 'p') {
			expect(form, words(form, most, at, "h:2147483648"), 422,
				NULL);
		}
	}
}
END_TEST

START_TEST(whole_numbers_come_as_any_number)
{
	static const char *const five[] = {"i:5", "h:5", "f:5", "d:5"};

	/* /sync waits for the job */
	rooms_ask(r, "/job/cancel 4");
	rooms_rest(r);
	rooms_heard(r);
	for (size_t i = 0; i < 4; i++) {
		char said[40];
		(void)snprintf(said, sizeof said, "/sync %s", five[i]);
		ck_assert_str_eq(rooms_ask(r, said), "/synced 5\n");
	}
	ck_assert_str_eq(rooms_ask(r, "/sync T"), "/synced 1\n");
	ck_assert_str_eq(rooms_ask(r, "/sync F"), "/synced 0\n");
	ck_assert_str_eq(
		rooms_ask(r, "/sync h:-2147483648"), "/synced -2147483648\n");
}
END_TEST

static void
ask_is(const char *said, const char *wanted)
{
	ck_assert_str_eq(rooms_ask(r, said), wanted);
}

START_TEST(values_out_of_range_are_422_with_the_range)
{
	ask_is("/node/run 5 2",
		"/error \"/node/run\" 422 \"on 2 is not within 0 … 1\" 5\n");
	ask_is("/synth/property/doneFlags/set 5 64",
		"/error \"/synth/property/doneFlags/set\" 422 \"flags 64 is "
		"not within 0 … 63\" 5\n");
	ask_is("/node/release 5 -1",
		"/error \"/node/release\" 422 \"seconds -1 is not within 0 … "
		"3600\" 5\n");
	ask_is("/meter 1 51",
		"/error \"/meter\" 422 \"hz 51 is not within 0 (excluded) … "
		"50\" 1\n");
	ask_is("/meter 1 0.0",
		"/error \"/meter\" 422 \"hz 0 is not within 0 (excluded) … "
		"50\" 1\n");
	ask_is("/synth/map/output 5 out 0 2",
		"/error \"/synth/map/output\" 422 \"flags 2: 1 external, 4 "
		"replace are what this takes\" 5\n");
	ask_is("/synth/map/input 5 out 0 4",
		"/error \"/synth/map/input\" 422 \"flags 4: 1 external, 2 "
		"feedback are what this takes\" 5\n");
	ask_is("/synth/map/control 5 freq 0 8",
		"/error \"/synth/map/control\" 422 \"flags 8: 1 external, 2 "
		"feedback are what this takes\" 5\n");
	ask_is("/node/connect 5 out 7 in 1",
		"/error \"/node/connect\" 422 \"node 5 port \\\"out\\\" → node "
		"7 port \\\"in\\\": flags 1: 2 feedback is the "
		"only one that connections know\" 5\n");
	ask_is("/node/connect 5 out 7 in 6",
		"/error \"/node/connect\" 422 \"node 5 port \\\"out\\\" → node "
		"7 port \\\"in\\\": flags 6: 2 feedback is the "
		"only one that connections know\" 5\n");
	ask_is("/node/disconnect 5 out 7 in -1",
		"/error \"/node/disconnect\" 422 \"node 5 port \\\"out\\\" → "
		"node 7 port \\\"in\\\": flags -1: 2 feedback is the "
		"only one that connections know\" 5\n");
	ask_is("/node/name 5 a/b",
		"/error \"/node/name\" 422 \"a key is up to 63 of A-Z a-z "
		"0-9 _ . -\" 5\n");
	ask_is("/group/new -2 0 0",
		"/error \"/group/new\" 422 \"node id -2 is not within 0 … "
		"1023 (-1 lets the engine choose)\" -2\n");
}
END_TEST

START_TEST(node_ids_out_of_range_are_told_with_the_highest)
{
	ask_is("/node/free -1",
		"/error \"/node/free\" 422 \"node id -1 is not within 0 … "
		"1023\" -1\n");
	ask_is("/node/query 1024",
		"/error \"/node/query\" 422 \"node id 1024 is not within 0 … "
		"1023\" 1024\n");
	ask_is("/group/new 9 1024 0",
		"/error \"/group/new\" 422 \"target 1024 is not within 0 … "
		"1023\" 9\n");
}
END_TEST

START_TEST(sender_without_address_of_its_own_cannot_be_a_client)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	static uint8_t data[4096];
	char folder[] = "/tmp/check_request.XXXXXX";
	char listener[200];
	const char *given[] = {listener, NULL};

	ck_assert_ptr_nonnull(mkdtemp(folder));
	(void)snprintf(to.sun_path, sizeof to.sun_path, "%s/s", folder);
	(void)snprintf(listener, sizeof listener,
		"osc.listeners=({url=\"unixgram://%s/s\";role=\"admin\";})",
		folder);
	rooms_close(r);
	rooms_open_doors(r, given);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(
		connect(fd, (const struct sockaddr *)&to, sizeof to), 0);
	size_t size = rooms_message(data, sizeof data, "/notify 1");
	ck_assert_int_eq(send(fd, data, size, 0), (ssize_t)size);
	/* but it may have something made */
	size = rooms_message(data, sizeof data, "/resource/new trial-thing 5");
	ck_assert_int_eq(send(fd, data, size, 0), (ssize_t)size);
	rooms_ask(r, "/notify 1");
	while (rooms_stat(r, "packets") < 2.0) {
		ev_run(r->loop, EVRUN_ONCE);
	}
	rooms_await(r, "/resource/ready 5");
	ck_assert_int_eq((int)rooms_stat(r, "clients"), 1);
	ck_assert_int_eq((int)rooms_stat(r, "unsent"), 1);
	(void)close(fd);
	rooms_close(r);
	ck_assert_int_eq(rmdir(folder), 0);
	setup();
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("nrt/request");
	TCase *tc = tcase_create("request");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, every_address_has_its_form_here);
	tcase_add_loop_test(tc, sound_arguments_are_no_error, 0, (int)FORMS);
	tcase_add_loop_test(tc, missing_arguments_are_named, 0, (int)FORMS);
	tcase_add_loop_test(
		tc, one_argument_too_many_is_refused, 0, (int)FORMS);
	tcase_add_loop_test(
		tc, wrong_types_are_refused_at_each_place, 0, (int)FORMS);
	tcase_add_loop_test(tc, numbers_that_are_none_are_422, 0, (int)FORMS);
	tcase_add_test(tc, whole_numbers_come_as_any_number);
	tcase_add_test(tc, values_out_of_range_are_422_with_the_range);
	tcase_add_test(tc, node_ids_out_of_range_are_told_with_the_highest);
	tcase_add_test(
		tc, sender_without_address_of_its_own_cannot_be_a_client);
	suite_add_tcase(s, tc);
	return rooms_run(s);
}
