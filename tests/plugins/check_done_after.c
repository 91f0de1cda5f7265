/* SPDX-License-Identifier: MIT */
/*
 * check_done_after.c -- done-after: to the frame, and once.
 */
#include "harness.h"

START_TEST(done_after_is_done_when_round_time_rate_frames_are_over)
{
	static const struct {
		float time;
		uint32_t end;
	} row[] = {
		{0.0f,             1    },
                {0.25f / 48000.0f, 1    },
                {1.6f / 48000.0f,  2    },
		{0.5f,             24000},
                {1.0f,             48000},
                {1.00001f,         48000},
		{1.00002f,         48001}
        };

	for (size_t n = 0; n < sizeof(row) / sizeof(row[0]); n++) {
		struct harness h;

		harness_open(&h, "done-after");
		harness_set(&h, "time", row[n].time);
		for (uint32_t i = 0; i < row[n].end - 1; i++) {
			harness_segment(&h, NULL, NULL, 1);
		}
		ck_assert_uint_eq(h.dones, 0);
		harness_segment(&h, NULL, NULL, 1);
		ck_assert_uint_eq(h.dones, 1);
		harness_run(&h, NULL, NULL, 1000, NULL);
		ck_assert_uint_eq(h.dones, 1);
		harness_close(&h);
	}
}
END_TEST

START_TEST(done_after_is_done_in_the_segment_that_its_end_lies_in)
{
	struct harness h;

	harness_open(&h, "done-after");
	harness_set(&h, "time", 100.0f / 48000.0f);
	harness_run(&h, NULL, NULL, 1000, NULL);
	ck_assert_uint_eq(h.dones, 1);
	ck_assert_uint_eq(h.done_at, 128);
	harness_close(&h);
}
END_TEST

START_TEST(done_after_counts_a_new_time_from_its_birth)
{
	struct harness h;

	harness_open(&h, "done-after");
	harness_set(&h, "time", 10.0f);
	harness_run(&h, NULL, NULL, 640, NULL);
	harness_set(&h, "time", 0.01f);
	harness_segment(&h, NULL, NULL, 1);
	ck_assert_uint_eq(h.dones, 1);
	harness_close(&h);
}
END_TEST

Suite *
harness_suite(void)
{
	Suite *s = suite_create("plugins/done_after");
	TCase *tc = tcase_create("done_after");

	tcase_set_timeout(tc, 60);
	tcase_add_test(
		tc, done_after_is_done_when_round_time_rate_frames_are_over);
	tcase_add_test(
		tc, done_after_is_done_in_the_segment_that_its_end_lies_in);
	tcase_add_test(tc, done_after_counts_a_new_time_from_its_birth);
	suite_add_tcase(s, tc);
	return s;
}
