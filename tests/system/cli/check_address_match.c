/* SPDX-License-Identifier: MIT */
/*
 * check_address_match.c -- OSC address patterns, also against a naive matcher.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "address_match.h"

static const struct {
	const char *pattern;
	const char *address;
	bool match;
} cases[] = {
	{"/node/new",                "/node/new",       true },
	{"/node/new",                "/node/newer",     false},
	{"/node",		    "/node/new",       false},
	{"/node/*",                  "/node/new",       true },
	{"/node/*",                  "/node/",          true },
	{"/*",		       "/node/new",       false},
	{"/*/*",		     "/node/new",       true },
	{"/n*e/n*w",                 "/node/new",       true },
	{"/n**e/new",                "/node/new",       true },
	{"/?ode/new",                "/node/new",       true },
	{"/node?new",                "/node/new",       false},
	{"/node/n?w",                "/node/nw",        false},
	{"/node/[a-n]ew",            "/node/new",       true },
	{"/node/[!a-n]ew",           "/node/new",       false},
	{"/node[!a]new",             "/node/new",       false},
	{"/node/[xn]ew",             "/node/new",       true },
	{"/node/[n-]ew",             "/node/-ew",       true },
	{"/node/{new,ended}",        "/node/ended",     true },
	{"/node/{new,ended}",        "/node/end",       false},
	{"/node/{new,ended}",        "/node/new,ended", false},
	{"/node/{e,en}ded",          "/node/ended",     true },
	{"/node/{,un}done",          "/node/done",      true },
	{"/node/{,un}done",          "/node/undone",    true },
	{"/node/{a,}b",              "/node/b",         true },
	{"/{node,audio}/{new,back}", "/audio/back",     true },
	{"/{a*,b}",                  "/a*",             true },
	{"/{a*,b}",                  "/ax",             false},
	{"/a,b",		     "/a,b",            true },
	{"/{a,b}*{c,d}",             "/axxd",           true },
	{"/{a,b}*{c,d}",             "/axxe",           false},
};

START_TEST(address_match_answers_as_osc_says)
{
	ck_assert_ptr_null(address_match_check(cases[_i].pattern));
	ck_assert_msg(address_match(cases[_i].pattern, cases[_i].address) ==
			      cases[_i].match,
		"%s and %s", cases[_i].pattern, cases[_i].address);
}
END_TEST

START_TEST(address_match_check_refuses_what_is_no_pattern)
{
	static const char *const bad[] = {"", "node", "/[a", "/a]", "/{a",
		"/a}", "/[a{]", "/{a/b}", "/[/]", "/{a[b]}"};

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		ck_assert_msg(
			address_match_check(bad[i]) != NULL, "%s", bad[i]);
	}
	char longest[1100];
	memset(longest, 'a', sizeof longest);
	longest[0] = '/';
	longest[sizeof longest - 1] = '\0';
	ck_assert_ptr_nonnull(address_match_check(longest));
}
END_TEST

/* Backtracking, as one writes it down: stars and question marks only. */
static bool
naive(const char *p, const char *a)
{
	if (*p == '\0') {
		return *a == '\0';
	}
	if (*p == '*') {
		return naive(p + 1, a) ||
		       (*a != '\0' && *a != '/' && naive(p, a + 1));
	}
	return *a != '\0' && (*p == *a || (*p == '?' && *a != '/')) &&
	       naive(p + 1, a + 1);
}

START_TEST(address_match_is_the_naive_one_on_random_patterns)
{
	int found = 0;

	srandom(4711);
	for (int n = 0; n < 20000; n++) {
		char p[8] = "/";
		char a[8] = "/";

		for (int i = 1; i < 7; i++) {
			p[i] = "ab*?/"[random() % 5];
			a[i] = "ab/"[random() % 3];
		}
		p[2 + random() % 5] = '\0';
		a[2 + random() % 5] = '\0';
		ck_assert_msg(
			address_match(p, a) == naive(p, a), "%s and %s", p, a);
		found += naive(p, a) ? 1 : 0;
	}
	ck_assert_int_gt(found, 100);
}
END_TEST

START_TEST(address_match_stays_quick_when_stars_pile_up)
{
	char p[1000] = "/";
	char a[1000] = "/";

	for (size_t i = 1; i < sizeof p - 2; i++) {
		p[i] = i % 2 == 0 ? '*' : 'a';
		a[i] = 'a';
	}
	p[sizeof p - 2] = 'b';
	ck_assert(!address_match(p, a));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("src/address_match");
	TCase *t = tcase_create("all");

	tcase_add_loop_test(t, address_match_answers_as_osc_says, 0,
		(int)(sizeof cases / sizeof cases[0]));
	tcase_add_test(t, address_match_check_refuses_what_is_no_pattern);
	tcase_add_test(t, address_match_is_the_naive_one_on_random_patterns);
	tcase_add_test(t, address_match_stays_quick_when_stars_pile_up);
	suite_add_tcase(s, t);
	SRunner *r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
