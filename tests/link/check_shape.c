/* SPDX-License-Identifier: MIT */
/*
 * check_shape.c -- the hash of names is FNV-1a, and what travels is small.
 */
#include <check.h>
#include <stdlib.h>

#include "batch.h"
#include "report.h"
#include "shape.h"

/* from the published test vectors of FNV-1a, 32 bits */
static const struct {
	const char *name;
	uint32_t hash;
} vectors[] = {
	{"",       0x811C9DC5U},
	{"a",      0xE40C292CU},
	{"b",      0xE70C2DE5U},
	{"foo",    0xA9F37ED7U},
	{"foobar", 0xBF9CF968U},
};

START_TEST(name_hash_is_fnv_1a)
{
	ck_assert_uint_eq(name_hash(vectors[_i].name), vectors[_i].hash);
}
END_TEST

START_TEST(name_hash_reads_bytes_as_unsigned)
{
	ck_assert_uint_eq(name_hash("\xff"), (2166136261U ^ 0xFFU) * 16777619U);
}
END_TEST

START_TEST(what_travels_fits_its_place)
{
	ck_assert_uint_le(sizeof(struct report), 64);
	ck_assert_uint_le(sizeof(struct command), 80);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("link/shape");
	TCase *t = tcase_create("shape");

	tcase_add_loop_test(t, name_hash_is_fnv_1a, 0,
		(int)(sizeof vectors / sizeof vectors[0]));
	tcase_add_test(t, name_hash_reads_bytes_as_unsigned);
	tcase_add_test(t, what_travels_fits_its_place);
	suite_add_tcase(s, t);
	SRunner *runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
