/* SPDX-License-Identifier: MIT */
/*
 * check_score.c -- scores: order, times, the end, and what is wrong where.
 */
#include <check.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "osc_write.h"
#include "score.h"

#define SECOND ((uint64_t)1 << 32)

/** A score that is being put together. */
struct making {
	uint8_t bytes[4096];
	size_t size;
};

static void
add(struct making *m, const void *packet, size_t size)
{
	uint8_t *p = m->bytes + m->size;

	ck_assert(size > 0 && m->size + 4 + size <= sizeof m->bytes);
	p[0] = (uint8_t)(size >> 24);
	p[1] = (uint8_t)(size >> 16);
	p[2] = (uint8_t)(size >> 8);
	p[3] = (uint8_t)size;
	memcpy(p + 4, packet, size);
	m->size += 4 + size;
}

static size_t
message(uint8_t *out, size_t room, int32_t n)
{
	struct osc_out o;

	osc_begin(&o, out, room, "/n");
	osc_put_int(&o, n);
	return osc_end(&o);
}

static void
add_message(struct making *m, int32_t n)
{
	uint8_t packet[64];

	add(m, packet, message(packet, sizeof packet, n));
}

/* A bundle at a time with one message, or none when n is negative. */
static size_t
bundle(uint8_t *out, size_t room, uint64_t time, int32_t n)
{
	uint8_t packet[64];
	size_t size = 0;

	ck_assert(osc_bundle_begin(out, room, &size, time));
	if (n >= 0) {
		ck_assert(osc_bundle_add(out, room, &size, packet,
			message(packet, sizeof packet, n)));
	}
	return size;
}

static void
add_bundle(struct making *m, uint64_t time, int32_t n)
{
	uint8_t packet[128];

	add(m, packet, bundle(packet, sizeof packet, time, n));
}

static int
open_it(const struct making *m, struct score **out, char *why, size_t room)
{
	uint8_t *copy = malloc(m->size + 1);

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, m->bytes, m->size);
	return score_open("s.osc", copy, m->size, out, why, room);
}

START_TEST(score_walks_in_order_of_time_then_of_the_file)
{
	static const uint64_t times[] = {0, 0, 0, SECOND / 2, SECOND, SECOND};
	static const int32_t order[] = {1, 3, 5, 4, 0, 2};
	struct making m = {.size = 0};
	struct score *s = NULL;
	char why[256];

	add_bundle(&m, SECOND, 0);
	add_message(&m, 1);
	add_bundle(&m, SECOND, 2);
	add_bundle(&m, 1, 3);
	add_bundle(&m, SECOND / 2, 4);
	add_bundle(&m, 0, 5);
	ck_assert_int_eq(open_it(&m, &s, why, sizeof why), 0);
	ck_assert_uint_eq(s->count, 6);
	for (uint32_t i = 0; i < s->count; i++) {
		ck_assert_uint_eq(s->packet[i].time, times[i]);
		ck_assert_int_eq(
			s->packet[i].data[s->packet[i].size - 1], order[i]);
	}
	ck_assert_uint_eq(s->end, SECOND);
	ck_assert_double_eq(score_seconds(SECOND / 2), 0.5);
	score_close(s);
}
END_TEST

START_TEST(score_ends_at_an_empty_bundle_even_an_inner_one)
{
	struct making m = {.size = 0};
	struct score *s = NULL;
	uint8_t inner[64];
	uint8_t outer[128];
	size_t size = 0;
	char why[256];

	add_bundle(&m, 3 * SECOND, -1);
	ck_assert_int_eq(open_it(&m, &s, why, sizeof why), 0);
	ck_assert_uint_eq(s->end, 3 * SECOND);
	score_close(s);

	size_t n = bundle(inner, sizeof inner, 9 * SECOND, -1);
	ck_assert(osc_bundle_begin(outer, sizeof outer, &size, SECOND));
	ck_assert(osc_bundle_add(outer, sizeof outer, &size, inner, n));
	add(&m, outer, size);
	ck_assert_int_eq(open_it(&m, &s, why, sizeof why), 0);
	ck_assert_uint_eq(s->end, 9 * SECOND);
	ck_assert_uint_eq(s->packet[0].time, SECOND);
	score_close(s);
}
END_TEST

START_TEST(score_of_nothing_is_empty_and_ends_at_0)
{
	struct making m = {.size = 0};
	struct score *s = NULL;
	char why[256];

	ck_assert_int_eq(open_it(&m, &s, why, sizeof why), 0);
	ck_assert_uint_eq(s->count, 0);
	ck_assert_uint_eq(s->end, 0);
	score_close(s);
	score_close(NULL);
}
END_TEST

START_TEST(score_names_the_byte_at_which_it_is_wrong)
{
	struct making m = {.size = 0};
	struct score *s = NULL;
	char why[256];

	add_message(&m, 1); /* 4 + 12 bytes */
	size_t whole = m.size;
	ck_assert_uint_eq(whole, 16);

	memcpy(m.bytes + whole, "\0\0\0\0", 4);
	m.size = whole + 4;
	ck_assert_int_eq(open_it(&m, &s, why, sizeof why), -EBADMSG);
	ck_assert_ptr_null(s);
	ck_assert_ptr_nonnull(strstr(why, "s.osc: byte 16: a length of 0"));

	m.bytes[whole + 3] = 7;
	ck_assert_int_eq(open_it(&m, &s, why, sizeof why), -EBADMSG);
	ck_assert_ptr_nonnull(strstr(why, "byte 16: a length of 7"));

	m.bytes[whole + 3] = 8;
	ck_assert_int_eq(open_it(&m, &s, why, sizeof why), -EBADMSG);
	ck_assert_ptr_nonnull(strstr(why, "byte 16: a packet of 8 bytes"));

	m.bytes[whole] = 0xff; /* negative as int32 */
	ck_assert_int_eq(open_it(&m, &s, why, sizeof why), -EBADMSG);

	m.size = whole + 3;
	ck_assert_int_eq(open_it(&m, &s, why, sizeof why), -EBADMSG);
	ck_assert_ptr_nonnull(strstr(why, "byte 16: 3 bytes are left"));

	memcpy(m.bytes + whole, "\0\0\0\4oops", 8);
	m.size = whole + 8;
	ck_assert_int_eq(open_it(&m, &s, why, sizeof why), -EBADMSG);
	ck_assert_ptr_nonnull(strstr(why, "byte 20: no OSC packet"));
}
END_TEST

START_TEST(score_takes_no_harm_from_random_bytes)
{
	struct making m = {.size = 0};
	int sound = 0;

	srandom(42);
	for (int n = 0; n < 20000; n++) {
		struct score *s = NULL;
		char why[64];

		m.size = 0;
		add_bundle(&m, SECOND, n % 3);
		add_message(&m, 5);
		for (int k = (int)(random() % 4); k > 0; k--) {
			m.bytes[(size_t)random() % m.size] = (uint8_t)random();
		}
		m.size -= (size_t)(random() % 8 == 0 ? random() % 4 : 0);
		if (open_it(&m, &s, why, sizeof why) == 0) {
			sound++;
		}
		score_close(s);
	}
	ck_assert_int_gt(sound, 1000);
	ck_assert_int_lt(sound, 19000);
}
END_TEST

START_TEST(score_load_reads_a_file_larger_than_its_first_room)
{
	char path[] = "/tmp/tactus-score.XXXXXX";
	struct making m = {.size = 0};
	struct score *s = NULL;
	char why[256];
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	add_bundle(&m, SECOND, 1);
	for (int i = 0; i < 5000; i++) {
		ck_assert_int_eq(write(fd, m.bytes, m.size), (ssize_t)m.size);
	}
	ck_assert_int_eq(score_load(path, &s, why, sizeof why), 0);
	ck_assert_uint_eq(s->count, 5000);
	score_close(s);
	(void)close(fd);
	(void)unlink(path);
	ck_assert_int_eq(score_load(path, &s, why, sizeof why), -ENOENT);
	ck_assert_ptr_nonnull(strstr(why, path));
	ck_assert_int_eq(score_load("/", &s, why, sizeof why), -EISDIR);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("src/score");
	TCase *t = tcase_create("all");

	tcase_add_test(t, score_walks_in_order_of_time_then_of_the_file);
	tcase_add_test(t, score_ends_at_an_empty_bundle_even_an_inner_one);
	tcase_add_test(t, score_of_nothing_is_empty_and_ends_at_0);
	tcase_add_test(t, score_names_the_byte_at_which_it_is_wrong);
	tcase_add_test(t, score_takes_no_harm_from_random_bytes);
	tcase_add_test(t, score_load_reads_a_file_larger_than_its_first_room);
	suite_add_tcase(s, t);
	SRunner *r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
