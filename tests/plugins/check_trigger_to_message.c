/* SPDX-License-Identifier: MIT */
/*
 * check_trigger_to_message.c -- trigger-to-message: one message a firing.
 */
#include "harness.h"

START_TEST(trigger_to_message_sends_node_id_and_value)
{
	struct harness h;

	harness_open(&h, "trigger-to-message");
	harness_set(&h, "id", 42.0f);
	harness_set(&h, "value", 0.5f);
	harness_segment(&h, NULL, NULL, 64);
	ck_assert_uint_eq(h.notes, 0);
	harness_set(&h, "trigger", 1.0f);
	harness_segment(&h, NULL, NULL, 13);
	ck_assert_uint_eq(h.notes, 1);
	ck_assert_str_eq(h.note_address, "/trigger");
	ck_assert_str_eq(h.note_types, "iif");
	ck_assert_double_eq(h.note[0], 1000.0);
	ck_assert_double_eq(h.note[1], 42.0);
	ck_assert_double_eq(h.note[2], 0.5);
	harness_set(&h, "trigger", 0.0f);
	harness_segment(&h, NULL, NULL, 64);
	ck_assert_uint_eq(h.notes, 1);
	/* two firings in a row are two */
	harness_set(&h, "trigger", -0.25f);
	harness_segment(&h, NULL, NULL, 1);
	harness_segment(&h, NULL, NULL, 1);
	ck_assert_uint_eq(h.notes, 3);
	harness_close(&h);
}
END_TEST

START_TEST(trigger_to_message_goes_on_when_a_message_is_refused)
{
	struct harness h;

	harness_open(&h, "trigger-to-message");
	h.refuses_notes = true;
	harness_set(&h, "trigger", 1.0f);
	harness_segment(&h, NULL, NULL, 1);
	ck_assert_uint_eq(h.notes, 0);
	h.refuses_notes = false;
	harness_segment(&h, NULL, NULL, 1);
	ck_assert_uint_eq(h.notes, 1);
	harness_close(&h);
}
END_TEST

Suite *
harness_suite(void)
{
	Suite *s = suite_create("plugins/trigger_to_message");
	TCase *tc = tcase_create("trigger_to_message");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, trigger_to_message_sends_node_id_and_value);
	tcase_add_test(
		tc, trigger_to_message_goes_on_when_a_message_is_refused);
	suite_add_tcase(s, tc);
	return s;
}
