/* SPDX-License-Identifier: MIT */
/*
 * check_pages.c -- lists in pages: where they are cut, how they are numbered.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "office_private.h"
#include "rooms.h"

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
put_text(struct osc_out *out, const void *item)
{
	osc_put_string(out, item);
}

static void
put_id(struct osc_out *out, const void *item)
{
	osc_put_int(out, *(const int32_t *)item);
}

static char text[70000];

/** A text of so many letters. */
static const char *
letters(size_t count)
{
	memset(text, 'x', count);
	text[count] = '\0';
	return text;
}

START_TEST(empty_list_is_one_page)
{
	pages_send(pages_begin("/x.reply"), r->peer, "/x", NULL);
	ck_assert_str_eq(rooms_heard(r), "/x.reply 0 1\n");
}
END_TEST

START_TEST(page_stays_below_its_bytes_to_the_last)
{
	/* address 12, tags ",iis" 8, two ints: 28 bytes beside the text */
	for (size_t last = 1; last < 60; last++) {
		struct pages *p = pages_begin("/x.reply");
		r->largest = 0;
		pages_add(p, put_text, letters(1300));
		pages_add(p, put_text, letters(last));
		pages_send(p, r->peer, "/x", NULL);
		const char *heard = rooms_heard(r);
		/* 1304 + 28, then text with its zero, padded */
		bool fits = 1304 + 28 + (last / 4 + 1) * 4 < PAGE_BYTES;
		ck_assert_msg(
			rooms_count(heard, "/") == (fits ? 1 : 2), "%zu", last);
		ck_assert_uint_lt(r->largest, PAGE_BYTES);
	}
}
END_TEST

START_TEST(item_larger_than_a_page_goes_out_whole_and_alone)
{
	struct pages *p = pages_begin("/x.reply");

	pages_add(p, put_text, "before");
	pages_add(p, put_text, letters(5000));
	pages_add(p, put_text, "behind");
	r->largest = 0;
	pages_send(p, r->peer, "/x", NULL);
	const char *heard = rooms_heard(r);
	ck_assert_uint_eq(rooms_count(heard, "/x.reply 0 3 \"before\"\n"), 1);
	ck_assert_uint_eq(rooms_count(heard, "/x.reply 1 3 \"xxxx"), 1);
	ck_assert_uint_eq(rooms_count(heard, "/x.reply 2 3 \"behind\"\n"), 1);
	ck_assert_uint_eq(r->largest, 12 + 8 + 8 + 5004);
}
END_TEST

START_TEST(item_that_no_packet_holds_is_an_error_not_silence)
{
	struct pages *p = pages_begin("/x.reply");
	int32_t first = 5;

	pages_add(p, put_text, letters(65000));
	pages_send(p, r->peer, "/x", &first);
	ck_assert_str_eq(rooms_heard(r),
		"/error \"/x\" 503 \"no memory for the answer: ask again\" "
		"5\n");
	pages_add(NULL, put_text, "x");
	pages_lead(NULL, put_text, "x");
	pages_send(NULL, r->peer, "/x", NULL);
	ck_assert_str_eq(rooms_heard(r),
		"/error \"/x\" 503 \"no memory for the answer: ask again\"\n");
}
END_TEST

START_TEST(lead_stands_before_the_number_of_each_page)
{
	int32_t id = 77;
	struct pages *p = pages_begin("/x");

	pages_lead(p, put_id, &id);
	for (int i = 0; i < 3; i++) {
		pages_add(p, put_text, letters(1000));
	}
	pages_send(p, r->peer, "/x", NULL);
	const char *heard = rooms_heard(r);
	ck_assert_uint_eq(rooms_count(heard, "/x 77 0 3 \"xxx"), 1);
	ck_assert_uint_eq(rooms_count(heard, "/x 77 1 3 \"xxx"), 1);
	ck_assert_uint_eq(rooms_count(heard, "/x 77 2 3 \"xxx"), 1);
	ck_assert_uint_eq(rooms_count(heard, "/"), 3);
}
END_TEST

START_TEST(answer_that_is_too_long_is_not_sent_in_part)
{
	struct answer a;

	answer_begin(&a, "/x");
	osc_put_string(&a.out, letters(5000));
	answer_send(&a, r->peer);
	answer_begin(&a, "/y");
	answer_send(&a, r->peer);
	ck_assert_str_eq(rooms_heard(r), "/y\n");
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("nrt/pages");
	TCase *tc = tcase_create("pages");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, empty_list_is_one_page);
	tcase_add_test(tc, page_stays_below_its_bytes_to_the_last);
	tcase_add_test(tc, item_larger_than_a_page_goes_out_whole_and_alone);
	tcase_add_test(tc, item_that_no_packet_holds_is_an_error_not_silence);
	tcase_add_test(tc, lead_stands_before_the_number_of_each_page);
	tcase_add_test(tc, answer_that_is_too_long_is_not_sent_in_part);
	suite_add_tcase(s, tc);
	return rooms_run(s);
}
