/* SPDX-License-Identifier: MIT */
/*
 * check_osc_read.c -- osc_read.c against the naive reader and osc-api.md.
 */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "corpus.h"
#include "naive.h"
#include "osc_read.h"

#define ROOM 2048

/** Judge a packet that lies in memory of exactly its size (for ASan). */
static const char *
check_exactly(const uint8_t *bytes, size_t size)
{
	static struct naive_text expected, got;
	uint8_t *packet = malloc(size == 0 ? 1 : size);

	ck_assert_ptr_nonnull(packet);
	memcpy(packet, bytes, size);
	const char *wrong = osc_check(packet, size);
	bool sound = naive_read(&expected, packet, size);
	ck_assert_msg(sound == (wrong == NULL), "we say %s, naive says %d",
		wrong == NULL ? "sound" : wrong, (int)sound);
	if (sound) {
		naive_walk(&got, packet, size);
		ck_assert_str_eq(got.at, expected.at);
	}
	free(packet);
	return wrong;
}

static const char *
check_text(const char *bytes, size_t size)
{
	return check_exactly((const uint8_t *)bytes, size);
}

#define REFUSED(text, words)                                    \
  do {                                                          \
    const char *wrong_ = check_text(text, sizeof(text) - 1);    \
    ck_assert_ptr_nonnull(wrong_);                              \
    ck_assert_msg(strstr(wrong_, words) != NULL, "%s", wrong_); \
  } while (0)

START_TEST(reader_agrees_with_the_naive_one_on_every_sound_packet)
{
	const struct sample_packet *p = &corpus[_i];

	ck_assert_msg(check_text(p->bytes, p->size) == NULL, "%s", p->name);
}
END_TEST

START_TEST(reader_refuses_or_survives_every_truncation)
{
	const struct sample_packet *p = &corpus[_i];

	for (size_t size = 0; size < p->size; size++) {
		check_text(p->bytes, size);
	}
}
END_TEST

START_TEST(reader_refuses_or_survives_every_mutation_of_one_byte)
{
	const struct sample_packet *p = &corpus[_i];
	uint8_t bytes[ROOM];

	for (size_t i = 0; i < p->size; i++) {
		memcpy(bytes, p->bytes, p->size);
		for (int value = 0; value < 256; value++) {
			bytes[i] = (uint8_t)value;
			check_exactly(bytes, p->size);
		}
	}
}
END_TEST

START_TEST(reader_agrees_with_the_naive_one_on_mutated_packets)
{
	uint32_t state = 20240229;
	uint8_t bytes[ROOM];
	uint32_t sound = 0;
	const uint32_t rounds = 60000;

	for (uint32_t i = 0; i < rounds; i++) {
		size_t size = corpus_make(&state, bytes, sizeof bytes);
		sound += check_exactly(bytes, size) == NULL;
	}
	/* a test of refusals alone, or of none, would show little */
	ck_assert_uint_gt(sound, rounds / 10);
	ck_assert_uint_lt(sound, rounds - rounds / 10);
}
END_TEST

START_TEST(reader_refuses_with_words_that_name_the_fault)
{
	REFUSED("", "empty");
	REFUSED("/ab", "multiple of 4");
	REFUSED("abc\0", "begin with '/'");
	REFUSED("/abc", "address does not end");
	REFUSED("/ab\0\0\0\0\1", "without a type tag string");
	REFUSED("/ab\0,iii", "type tag string does not end");
	REFUSED("/ab\0,q\0\0", "unknown type tag");
	REFUSED("/ab\0,ii\0\0\0\0\0", "ends before its last argument");
	REFUSED("/ab\0,h\0\0\0\0\0\0", "ends before its last argument");
	REFUSED("/ab\0,s\0\0abcd", "string argument does not end");
	REFUSED("/ab\0,b\0\0", "before the size of a blob");
	REFUSED("/ab\0,b\0\0\xff\xff\xff\xff", "blob is negative");
	REFUSED("/ab\0,b\0\0\0\0\0\5\0\0\0\0", "blob is larger");
	REFUSED("/ab\0,[\0\0", "not ended");
	REFUSED("/ab\0,]\0\0", "not begun");
	REFUSED("/ab\0,[[[[[[[[[]]]]]]]]]\0", "deeper than 8");
	REFUSED("/ab\0,\0\0\0\0\0\0\1", "behind the last argument");
	REFUSED("#bundl\0\0", "no #bundle");
	REFUSED("#bundle\0\0\0\0\0", "before its time tag");
	REFUSED("#bundle\0\0\0\0\0\0\0\0\1\0\0\0\0", "is 0");
	REFUSED("#bundle\0\0\0\0\0\0\0\0\1\0\0\0\2ab\0\0", "no multiple of 4");
	REFUSED("#bundle\0\0\0\0\0\0\0\0\1\0\0\0\4", "larger than its bundle");
	REFUSED("#bundle\0\0\0\0\0\0\0\0\1\xff\xff\xff\xfc", "negative");
	REFUSED("#bundle\0\0\0\0\0\0\0\0\1\0\0\0\4abc\0", "begin with '/'");
}
END_TEST

/** Bundles within bundles, `depth` of them. */
static size_t
nest(uint8_t *out, uint32_t depth)
{
	size_t size = 16 + 20 * (size_t)(depth - 1);
	size_t left = size;

	for (uint8_t *at = out;; at += 20) {
		memcpy(at, "#bundle\0\0\0\0\0\0\0\0\1", 16);
		if (left == 16) {
			return size;
		}
		left -= 20;
		at[16] = at[17] = 0;
		at[18] = (uint8_t)(left >> 8);
		at[19] = (uint8_t)left;
	}
}

START_TEST(reader_takes_sixteen_bundles_deep_and_no_more)
{
	uint8_t bytes[ROOM];

	ck_assert_ptr_null(check_exactly(bytes, nest(bytes, OSC_MAX_DEPTH)));
	const char *wrong =
		check_exactly(bytes, nest(bytes, OSC_MAX_DEPTH + 1));
	ck_assert_str_eq(wrong, "bundles are nested deeper than 16");
	ck_assert_ptr_nonnull(check_exactly(bytes, nest(bytes, 90)));
}
END_TEST

START_TEST(time_of_a_message_is_never_earlier_than_the_outer_bundles)
{
	const uint64_t outer = 0xe900000000000000, later = 0xe900000100000000;
	static const char earlier[] =
		"#bundle\0\xe9\0\0\0\0\0\0\0"
		"\0\0\0\x1c#bundle\0\0\0\0\0\0\0\0\0\0\0\0\x8/zer\0\0\0\0"
		"\0\0\0\x1c#bundle\0\0\0\0\0\0\0\0\1\0\0\0\x8/one\0\0\0\0"
		"\0\0\0\x1c#bundle\0\xe8\0\0\0\0\0\0\0\0\0\0\x8/was\0\0\0\0"
		"\0\0\0\x1c#bundle\0\xe9\0\0\1\0\0\0\0\0\0\0\x8/wil\0\0\0\0"
		"\0\0\0\x8/out\0\0\0\0";
	const uint64_t expected[] = {outer, outer, outer, later, outer};
	struct osc_walk w;
	struct osc_message m;

	ck_assert_ptr_null(osc_check(earlier, sizeof earlier - 1));
	ck_assert(osc_is_bundle(earlier, sizeof earlier - 1));
	osc_walk_begin(&w, earlier, sizeof earlier - 1);
	for (size_t i = 0; i < 5; i++) {
		ck_assert(osc_walk_next(&w, &m));
		ck_assert_uint_eq(m.time, expected[i]);
	}
	ck_assert(!osc_walk_next(&w, &m));
	ck_assert(!osc_walk_next(&w, &m));
}
END_TEST

START_TEST(time_of_a_message_outside_of_bundles_is_zero)
{
	struct osc_walk w;
	struct osc_message m;

	osc_walk_begin(&w, "/ab\0", 4);
	ck_assert(osc_walk_next(&w, &m));
	ck_assert_uint_eq(m.time, 0);
	ck_assert_str_eq(m.types, "");
	ck_assert(!osc_is_bundle("/ab\0", 4));
}
END_TEST

/* a bundle of messages with addresses and types in turns, then what follows */
#define BUNDLE_OF(time, rest) "#bundle\0\0\0\0\0\0\0\0" time rest
#define SET                   "\0\0\0\020/s\0\0,if\0\0\0\0\1\0\0\0\0"
#define BARE                  "\0\0\0\004/s\0\0"

START_TEST(message_repeats_the_one_before_only_if_all_of_its_opening_does)
{
	static const char packet[] = BUNDLE_OF("\1",
		SET SET BARE SET "\0\0\0\014/s\0\0,i\0\0\0\0\0\7"
				 "\0\0\0\014/s\0\0,i\0\0\0\0\0\7");
	static const bool repeats[] = {false, true, false, false, false, true};
	struct osc_walk w;
	struct osc_message m;
	uint32_t i = 0;

	ck_assert_ptr_null(check_text(packet, sizeof packet - 1));
	osc_walk_begin(&w, packet, sizeof packet - 1);
	while (osc_walk_next(&w, &m)) {
		ck_assert_uint_lt(i, 6);
		ck_assert_int_eq(m.repeats, repeats[i]);
		i++;
	}
	ck_assert_uint_eq(i, 6);
}
END_TEST

START_TEST(message_repeats_nothing_with_what_stands_behind_the_packet)
{
	static const char packet[] = BUNDLE_OF("\1", SET BARE) ",if";
	size_t size = sizeof packet - 4;
	struct osc_walk w;
	struct osc_message m;

	ck_assert_ptr_null(osc_check(packet, size));
	ck_assert_ptr_null(check_text(packet, size));
	osc_walk_begin(&w, packet, size);
	ck_assert(osc_walk_next(&w, &m));
	ck_assert(osc_walk_next(&w, &m));
	ck_assert(!m.repeats);
	ck_assert_str_eq(m.types, "");
	ck_assert(!osc_walk_next(&w, &m));
}
END_TEST

/* of each kind of argument whose size stands in it or does not; all of them
 * are sound, and of one length */
static const char *const alike[] = {
	"\0\0\0\034/s\0\0,isf\0\0\0\0\0\0\0\1freq\0\0\0\0\0\0\0\0",
	"\0\0\0\034/s\0\0,sis\0\0\0\0abc\0\1\1\1\1cdef\0\0\0\0",
	"\0\0\0\034/s\0\0,ib\0\0\0\0\1\0\0\0\14wxyz\0\0\0\0\0\0\0\0",
	"\0\0\0\034/s\0\0,sb\0abc\0\0\0\0\14wxyz\0\0\0\0\0\0\0\0",
	"\0\0\0\034/s\0\0,[ssT]\0\0aaaa\0\0\0\0bbbb\0\0\0\0",
};

#define ALIKE 32 /* bytes of one, with its size */

/** Walk a packet as whoever may goes on from message to message. */
static void
walk_again(const uint8_t *packet, size_t size)
{
	struct osc_walk w[2];
	struct osc_message m[2];
	bool again = false;

	osc_walk_begin(&w[0], packet, size);
	osc_walk_begin(&w[1], packet, size);
	while (osc_walk_next(&w[0], &m[0])) {
		again = again && osc_walk_again(&w[1], &m[1]);
		if (!again) {
			ck_assert(osc_walk_next(&w[1], &m[1]));
		}
		again = true;
		ck_assert_ptr_eq(m[0].address, m[1].address);
		ck_assert_ptr_eq(m[0].types, m[1].types);
		ck_assert_ptr_eq(m[0].args, m[1].args);
		ck_assert_ptr_eq(m[0].start, m[1].start);
		ck_assert_ptr_eq(m[0].end, m[1].end);
		ck_assert_uint_eq(m[0].time, m[1].time);
		ck_assert_int_eq(m[0].repeats, m[1].repeats);
	}
	ck_assert(!osc_walk_next(&w[1], &m[1]));
}

/** A bundle of three: the first of one kind, two of another. */
static void
put_three(uint8_t packet[16 + 3 * ALIKE], int first, int then)
{
	memcpy(packet, "#bundle\0\0\0\0\0\0\0\0\1", 16);
	memcpy(packet + 16, alike[first], ALIKE);
	memcpy(packet + 16 + ALIKE, alike[then], ALIKE);
	memcpy(packet + 16 + 2 * ALIKE, alike[then], ALIKE);
}

START_TEST(message_like_the_one_before_is_checked_for_all_that_may_differ)
{
	static const uint8_t values[] = {0, 1, 4, 8, 'a', '#', ',', 0x80, 0xFF};
	const int kinds = sizeof alike / sizeof *alike;
	uint8_t packet[16 + 3 * ALIKE];
	size_t size = sizeof packet;

	put_three(packet, _i / kinds, _i % kinds);
	ck_assert_ptr_null(check_exactly(packet, size));
	walk_again(packet, size);
	for (size_t i = 16; i < size; i++) {
		uint8_t was = packet[i];
		for (size_t v = 0; v < sizeof values; v++) {
			packet[i] = values[v];
			if (check_exactly(packet, size) == NULL) {
				walk_again(packet, size);
			}
		}
		packet[i] = was;
	}
}
END_TEST

START_TEST(message_like_the_one_before_but_longer_or_shorter_is_refused)
{
	uint8_t packet[16 + 3 * ALIKE + 4] = {0};
	size_t size = 16 + 3 * ALIKE;

	put_three(packet, _i, _i);
	packet[16 + 2 * ALIKE + 3] += 4;
	ck_assert_ptr_nonnull(check_exactly(packet, size + 4));
	packet[16 + 2 * ALIKE + 3] -= 8;
	ck_assert_ptr_nonnull(check_exactly(packet, size - 4));
}
END_TEST

START_TEST(walk_goes_on_within_one_bundle_alone)
{
	static const char packet[] = BUNDLE_OF("\1",
		SET "\0\0\0\044" BUNDLE_OF("\2", SET) SET SET BARE BARE BARE);

	ck_assert_ptr_null(check_text(packet, sizeof packet - 1));
	walk_again((const uint8_t *)packet, sizeof packet - 1);
}
END_TEST

START_TEST(walk_that_passes_tells_addresses_and_times)
{
	static const char packet[] =
		BUNDLE_OF("\1", "\0\0\0\004/a\0\0"
				"\0\0\0\030#bundle\0\0\0\0\5\0\0\0\0"
				"\0\0\0\004/b\0\0"
				"\0\0\0\004/c\0\0");
	static const char *const address[] = {"/a", "/b", "/c"};
	static const uint64_t times[] = {1, UINT64_C(5) << 32, 1};
	struct osc_walk w;
	uint64_t time;

	ck_assert_ptr_null(check_text(packet, sizeof packet - 1));
	osc_walk_begin(&w, packet, sizeof packet - 1);
	for (int i = 0; i < 3; i++) {
		ck_assert_str_eq(osc_walk_pass(&w, &time), address[i]);
		ck_assert_uint_eq(time, times[i]);
	}
	ck_assert_ptr_null(osc_walk_pass(&w, &time));
	/* what may hold a later bundle is not called due at once */
	ck_assert(!osc_is_at_once(packet, sizeof packet - 1));
}
END_TEST

START_TEST(flat_bundle_is_due_at_once_when_its_tag_says_so)
{
	static const char now[] = BUNDLE_OF("\1", BARE);
	static const char zero[] = BUNDLE_OF("\0", BARE);
	static const char later[] = BUNDLE_OF("\2", BARE);

	ck_assert(osc_is_at_once(now, sizeof now - 1));
	ck_assert(osc_is_at_once(zero, sizeof zero - 1));
	ck_assert(!osc_is_at_once(later, sizeof later - 1));
}
END_TEST

START_TEST(number_converts_from_every_type_that_counts)
{
	double x = -1.0;

	ck_assert(osc_number(&(struct osc_arg){.type = 'i', .u.i = -3}, &x) &&
		  x == -3.0);
	ck_assert(osc_number(&(struct osc_arg){.type = 'f', .u.f = 0.5F}, &x) &&
		  x == 0.5);
	ck_assert(osc_number(&(struct osc_arg){.type = 'd', .u.d = 0.1}, &x) &&
		  x == 0.1);
	ck_assert(osc_number(&(struct osc_arg){.type = 'h', .u.h = 1LL << 40},
			  &x) &&
		  x == 1099511627776.0);
	ck_assert(osc_number(&(struct osc_arg){.type = 'T'}, &x) && x == 1.0);
	ck_assert(osc_number(&(struct osc_arg){.type = 'F'}, &x) && x == 0.0);
	for (const char *t = "sbtNI[]"; *t != '\0'; t++) {
		ck_assert(!osc_number(&(struct osc_arg){.type = *t}, &x));
	}
}
END_TEST

START_TEST(whole_takes_whole_numbers_within_int32_alone)
{
	int32_t n = 7;

	ck_assert_int_eq(
		osc_whole(&(struct osc_arg){.type = 'f', .u.f = 3.0F}, &n), 0);
	ck_assert_int_eq(n, 3);
	ck_assert_int_eq(
		osc_whole(&(struct osc_arg){.type = 'h', .u.h = INT32_MIN}, &n),
		0);
	ck_assert_int_eq(n, INT32_MIN);
	ck_assert_int_eq(
		osc_whole(&(struct osc_arg){.type = 'd', .u.d = 2147483647.0},
			&n),
		0);
	ck_assert_int_eq(n, INT32_MAX);
	ck_assert_int_eq(osc_whole(&(struct osc_arg){.type = 'T'}, &n), 0);
	ck_assert_int_eq(n, 1);
	ck_assert_int_eq(
		osc_whole(&(struct osc_arg){.type = 'f', .u.f = 0.5F}, &n),
		422);
	ck_assert_int_eq(
		osc_whole(&(struct osc_arg){.type = 'd', .u.d = 2147483648.0},
			&n),
		422);
	ck_assert_int_eq(
		osc_whole(&(struct osc_arg){.type = 'h', .u.h = INT64_MAX}, &n),
		422);
	ck_assert_int_eq(
		osc_whole(&(struct osc_arg){.type = 'f', .u.f = NAN}, &n), 422);
	ck_assert_int_eq(
		osc_whole(&(struct osc_arg){.type = 'd', .u.d = -HUGE_VAL}, &n),
		422);
	ck_assert_int_eq(
		osc_whole(&(struct osc_arg){.type = 's', .u.s = "1"}, &n), 400);
	ck_assert_int_eq(n, 1);
}
END_TEST

START_TEST(text_is_null_for_what_is_no_string)
{
	ck_assert_str_eq(
		osc_text(&(struct osc_arg){.type = 's', .u.s = "x"}), "x");
	ck_assert_ptr_null(osc_text(&(struct osc_arg){.type = 'i'}));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("nrt/osc_read");
	TCase *tc = tcase_create("osc_read");
	int n = (int)corpus_count;

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc,
		reader_agrees_with_the_naive_one_on_every_sound_packet, 0, n);
	tcase_add_loop_test(
		tc, reader_refuses_or_survives_every_truncation, 0, n);
	tcase_add_loop_test(tc,
		reader_refuses_or_survives_every_mutation_of_one_byte, 0, n);
	tcase_add_test(tc, reader_agrees_with_the_naive_one_on_mutated_packets);
	tcase_add_test(tc, reader_refuses_with_words_that_name_the_fault);
	tcase_add_test(tc, reader_takes_sixteen_bundles_deep_and_no_more);
	tcase_add_test(
		tc, time_of_a_message_is_never_earlier_than_the_outer_bundles);
	tcase_add_test(tc, time_of_a_message_outside_of_bundles_is_zero);
	tcase_add_test(tc,
		message_repeats_the_one_before_only_if_all_of_its_opening_does);
	tcase_add_test(
		tc, message_repeats_nothing_with_what_stands_behind_the_packet);
	const int kinds = sizeof alike / sizeof *alike;
	tcase_add_loop_test(tc,
		message_like_the_one_before_is_checked_for_all_that_may_differ,
		0, kinds * kinds);
	tcase_add_loop_test(tc,
		message_like_the_one_before_but_longer_or_shorter_is_refused, 0,
		kinds);
	tcase_add_test(tc, walk_goes_on_within_one_bundle_alone);
	tcase_add_test(tc, walk_that_passes_tells_addresses_and_times);
	tcase_add_test(tc, flat_bundle_is_due_at_once_when_its_tag_says_so);
	tcase_add_test(tc, number_converts_from_every_type_that_counts);
	tcase_add_test(tc, whole_takes_whole_numbers_within_int32_alone);
	tcase_add_test(tc, text_is_null_for_what_is_no_string);
	suite_add_tcase(s, tc);
	SRunner *r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
