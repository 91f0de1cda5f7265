/* SPDX-License-Identifier: MIT */
/*
 * check_osc_write.c -- osc_write.c: what is written reads back the same.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "again.h"
#include "corpus.h"
#include "naive.h"
#include "osc_read.h"
#include "osc_write.h"

#define ROOM 4096

static size_t
copy_message(const struct osc_message *m, uint8_t *out, size_t room)
{
	struct osc_out o;
	struct osc_args args;
	struct osc_arg a;

	osc_begin(&o, out, room, m->address);
	osc_args_begin(&args, m);
	while (osc_args_next(&args, &a)) {
		ck_assert(again_put(&o, &a));
	}
	size_t before = osc_size(&o);
	size_t size = osc_end(&o);
	ck_assert(size == 0 || size == before);
	return size;
}

START_TEST(writer_gives_back_every_message_that_was_read)
{
	static struct naive_text expected, got;
	uint32_t state = 77;
	uint8_t bytes[ROOM], copy[ROOM];
	struct osc_walk w;
	struct osc_message m;
	uint32_t copied = 0;

	for (int i = 0; i < 30000; i++) {
		size_t size = corpus_make(&state, bytes, sizeof bytes);
		if (osc_check(bytes, size) != NULL) {
			continue;
		}
		osc_walk_begin(&w, bytes, size);
		while (osc_walk_next(&w, &m)) {
			size_t copied_size =
				copy_message(&m, copy, sizeof copy);
			ck_assert_uint_gt(copied_size, 0);
			ck_assert_ptr_null(osc_check(copy, copied_size));
			naive_walk(&got, copy, copied_size);
			ck_assert(naive_read(
				&expected, m.start, (size_t)(m.end - m.start)));
			ck_assert_str_eq(got.at, expected.at);
			copied++;
		}
	}
	ck_assert_uint_gt(copied, 3000);
}
END_TEST

START_TEST(writer_gives_the_bytes_of_the_specification)
{
	static const char expected[] = "/all\0\0\0\0,ifsbhdtTFNI[]\0\0"
				       "\0\0\0\1\x3f\x80\0\0sine\0\0\0\0"
				       "\0\0\0\5\1\2\3\4\5\0\0\0"
				       "\0\0\0\1\0\0\0\2\x3f\xe0\0\0\0\0\0\0"
				       "\xe9\0\0\0\x80\0\0\0";
	uint8_t out[256];
	struct osc_out o;

	memset(out, 0xaa, sizeof out);
	osc_begin(&o, out, sizeof out, "/all");
	osc_put_int(&o, 1);
	osc_put_float(&o, 1.0F);
	osc_put_string(&o, "sine");
	osc_put_blob(&o, "\1\2\3\4\5", 5);
	osc_put_int64(&o, 0x100000002);
	osc_put_double(&o, 0.5);
	osc_put_time(&o, 0xe900000080000000);
	osc_put_bool(&o, true);
	osc_put_bool(&o, false);
	osc_put_nil(&o);
	osc_put_impulse(&o);
	osc_put_array(&o);
	osc_end_array(&o);
	ck_assert_uint_eq(osc_size(&o), sizeof expected - 1);
	ck_assert_uint_eq(osc_end(&o), sizeof expected - 1);
	ck_assert_mem_eq(out, expected, sizeof expected - 1);
	ck_assert_uint_eq(out[sizeof expected - 1], 0xaa);
}
END_TEST

START_TEST(writer_never_leaves_its_room_whatever_the_room_is)
{
	const struct sample_packet *p = &corpus[4]; /* all types */
	struct osc_walk w;
	struct osc_message m;

	osc_walk_begin(&w, p->bytes, p->size);
	ck_assert(osc_walk_next(&w, &m));
	for (size_t room = 0; room <= p->size + 8; room++) {
		uint8_t *out = malloc(room == 0 ? 1 : room);
		ck_assert_ptr_nonnull(out);
		ck_assert_uint_eq(copy_message(&m, out, room),
			room < p->size ? 0 : p->size);
		free(out);
	}
}
END_TEST

START_TEST(writer_refuses_arrays_that_do_not_end_or_nest_too_deep)
{
	uint8_t out[256];
	struct osc_out o;

	osc_begin(&o, out, sizeof out, "/a");
	osc_put_array(&o);
	ck_assert_uint_eq(osc_end(&o), 0);
	osc_begin(&o, out, sizeof out, "/a");
	osc_end_array(&o);
	ck_assert_uint_eq(osc_end(&o), 0);
	for (int depth = 8; depth <= 9; depth++) {
		osc_begin(&o, out, sizeof out, "/a");
		for (int i = 0; i < depth; i++) {
			osc_put_array(&o);
		}
		for (int i = 0; i < depth; i++) {
			osc_end_array(&o);
		}
		ck_assert_int_eq(osc_end(&o) != 0, depth == 8);
	}
}
END_TEST

START_TEST(writer_refuses_more_types_than_it_can_note)
{
	static uint8_t out[OSC_MAX_TYPES * 8];
	struct osc_out o;

	for (int extra = 0; extra <= 1; extra++) {
		osc_begin(&o, out, sizeof out, "/a");
		for (int i = 0; i < OSC_MAX_TYPES + extra; i++) {
			osc_put_int(&o, i);
		}
		size_t size = osc_end(&o);
		ck_assert_int_eq(size == 0, extra == 1);
		ck_assert(extra == 1 || osc_check(out, size) == NULL);
	}
}
END_TEST

START_TEST(writer_refuses_an_address_without_a_slash)
{
	uint8_t out[64];
	struct osc_out o;

	osc_begin(&o, out, sizeof out, "a");
	osc_put_int(&o, 1);
	ck_assert_uint_eq(osc_end(&o), 0);
	osc_begin(&o, out, sizeof out, "");
	ck_assert_uint_eq(osc_end(&o), 0);
}
END_TEST

START_TEST(bundle_stays_as_it_was_when_an_element_does_not_fit)
{
	uint8_t out[48], message[8] = "/abc";
	size_t size = 0;

	ck_assert(!osc_bundle_begin(out, 15, &size, OSC_NOW));
	ck_assert(osc_bundle_begin(out, 40, &size, OSC_NOW));
	ck_assert(osc_bundle_add(out, 40, &size, message, 8));
	ck_assert(osc_bundle_add(out, 40, &size, message, 8));
	ck_assert_uint_eq(size, 40);
	ck_assert(!osc_bundle_add(out, 40, &size, message, 8));
	ck_assert(!osc_bundle_add(out, 43, &size, message, 8));
	ck_assert(!osc_bundle_add(out, 48, &size, message, 6));
	ck_assert(!osc_bundle_add(out, 48, &size, message, 0));
	ck_assert_uint_eq(size, 40);
	ck_assert_ptr_null(osc_check(out, size));
}
END_TEST

START_TEST(bundle_takes_bundles)
{
	uint8_t inner[64], outer[128];
	size_t in = 0, out = 0;
	struct osc_walk w;
	struct osc_message m;

	ck_assert(osc_bundle_begin(inner, sizeof inner, &in, 9));
	ck_assert(osc_bundle_add(inner, sizeof inner, &in, "/abc\0\0\0", 8));
	ck_assert(osc_bundle_begin(outer, sizeof outer, &out, 5));
	ck_assert(osc_bundle_add(outer, sizeof outer, &out, inner, in));
	ck_assert_ptr_null(osc_check(outer, out));
	osc_walk_begin(&w, outer, out);
	ck_assert(osc_walk_next(&w, &m));
	ck_assert_uint_eq(m.time, 9);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("nrt/osc_write");
	TCase *tc = tcase_create("osc_write");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, writer_gives_back_every_message_that_was_read);
	tcase_add_test(tc, writer_gives_the_bytes_of_the_specification);
	tcase_add_test(tc, writer_never_leaves_its_room_whatever_the_room_is);
	tcase_add_test(
		tc, writer_refuses_arrays_that_do_not_end_or_nest_too_deep);
	tcase_add_test(tc, writer_refuses_more_types_than_it_can_note);
	tcase_add_test(tc, writer_refuses_an_address_without_a_slash);
	tcase_add_test(tc, bundle_stays_as_it_was_when_an_element_does_not_fit);
	tcase_add_test(tc, bundle_takes_bundles);
	suite_add_tcase(s, tc);
	SRunner *r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
