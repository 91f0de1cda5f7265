/* SPDX-License-Identifier: MIT */
/*
 * check_config_value.c -- every setting, against every way to get it wrong.
 *
 * Each row of the table gives the tests for itself: what is below its least,
 * above its most, of another type, misspelt, must be refused with file and
 * line; its ends and its default must be taken.
 */
#include <check.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "config_table.h"
#include "config_value.h"

static char file[PATH_MAX];
static struct config_errors errors;

static void
setup(void)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(file, sizeof file, "%s/check_config_value.XXXXXX",
		tmp == NULL ? "/tmp" : tmp);
	int fd = mkstemp(file);
	ck_assert_int_ge(fd, 0);
	close(fd);
}

static void
teardown(void)
{
	unlink(file);
}

/* A file that sets one setting, by any name, on its third line. */
static int
load(const struct config_row *row, const char *name, const char *value,
	struct config **out)
{
	size_t group = (size_t)(config_table_leaf(row) - row->path);

	FILE *f = fopen(file, "w");
	ck_assert_ptr_nonnull(f);
	if (group > 0) {
		fprintf(f, "%.*s:\n{\n%s = %s;\n};\n", (int)group - 1,
			row->path, name, value);
	} else {
		fprintf(f, "\n\n%s = %s;\n", name, value);
	}
	ck_assert_int_eq(fclose(f), 0);
	return config_load(file, NULL, 0, out, &errors);
}

static void
is_refused(const struct config_row *row, const char *value)
{
	char place[PATH_MAX + 100];
	struct config *c;

	ck_assert_msg(load(row, config_table_leaf(row), value, &c) == -EINVAL,
		"%s = %s was taken", row->path, value);
	ck_assert_uint_ge(errors.count, 1);
	snprintf(place, sizeof place, "%s:3: %s", file, row->path);
	for (uint32_t i = 0; i < errors.count; i++) {
		ck_assert_msg(
			strncmp(errors.items[i], place, strlen(place)) == 0,
			"%s", errors.items[i]);
	}
	if (row->least < row->most && strpbrk(value, "0123456789") == value) {
		char range[100];

		config_value_range(row, range, sizeof range);
		ck_assert_ptr_nonnull(strstr(errors.items[0], range));
	}
	config_errors_fini(&errors);
}

static void
is_taken(const struct config_row *row, const char *value)
{
	struct config *c;

	int error = load(row, config_table_leaf(row), value, &c);
	/* a value may be good and yet contradict the others' defaults */
	if (error != 0) {
		ck_assert_uint_eq(errors.count, 1);
		ck_assert_msg(
			strstr(errors.items[0], "out of range") == NULL &&
				strstr(errors.items[0], "expected") == NULL,
			"%s", errors.items[0]);
	} else {
		ck_assert_str_ne(config_origin(c, row->path), "default");
		config_close(c);
	}
	config_errors_fini(&errors);
}

START_TEST(setting_takes_its_default)
{
	is_taken(&config_rows[_i], config_rows[_i].standard);
}
END_TEST

START_TEST(setting_takes_its_range_and_nothing_beyond)
{
	const struct config_row *row = &config_rows[_i];
	char value[40];
	bool real = row->kind == CONFIG_REAL;

	if (row->least >= row->most) {
		return; /* it has none: the type tests have the rest */
	}
	snprintf(value, sizeof value, "%.17g", row->least);
	is_taken(row, value);
	snprintf(value, sizeof value, "%.17g", row->most);
	is_taken(row, value);
	snprintf(value, sizeof value, "%.17g", row->least - (real ? 1e-6 : 1));
	is_refused(row, value);
	snprintf(value, sizeof value, "%.17g", row->most + (real ? 1e-6 : 1));
	is_refused(row, value);
	is_refused(row, "1e300");
	is_refused(row, "1e999");
}
END_TEST

START_TEST(setting_refuses_other_types)
{
	const struct config_row *row = &config_rows[_i];

	is_refused(row, "{ }");
	if (row->kind != CONFIG_BOOL) {
		is_refused(row, "true");
	}
	switch (row->kind) {
	case CONFIG_WHOLE:
	case CONFIG_NUMBERS:
		is_refused(row, "\"x\"");
		ck_assert_int_eq(load(row, config_table_leaf(row), "64.5",
					 &(struct config *){NULL}),
			-EINVAL);
		ck_assert_ptr_nonnull(
			strstr(errors.items[0], "a whole number"));
		config_errors_fini(&errors);
		break;
	case CONFIG_REAL:
	case CONFIG_BYTES:
		is_refused(row, "\"x\"");
		is_refused(row, "( )");
		break;
	case CONFIG_BOOL:
		is_refused(row, "1");
		is_refused(row, "\"true\"");
		break;
	case CONFIG_TEXT:
	case CONFIG_CHOICE:
		is_refused(row, "1");
		is_refused(row, "[ \"auto\" ]");
		break;
	case CONFIG_TEXTS:
		is_refused(row, "1");
		is_refused(row, "( 1 )");
		is_refused(row, "[ \"\" ]");
		is_refused(row, "( \"x\", ( \"y\" ) )");
		break;
	case CONFIG_POOLS:
	case CONFIG_LISTENERS:
	case CONFIG_CLASSES:
		is_refused(row, "\"x\"");
		is_refused(row, "( 1 )");
		is_refused(row, "( { x = 1; } )");
		break;
	}
	if (row->kind == CONFIG_CHOICE) {
		is_refused(row, "\"no such choice\"");
	}
}
END_TEST

START_TEST(setting_takes_each_of_its_choices)
{
	const struct config_row *row = &config_rows[_i];

	for (size_t i = 0; row->choices != NULL && row->choices[i] != NULL;
		i++) {
		char value[40];
		struct config *c;

		snprintf(value, sizeof value, "\"%s\"", row->choices[i]);
		ck_assert_int_eq(
			load(row, config_table_leaf(row), value, &c), 0);
		uint32_t chosen;
		memcpy(&chosen, (const char *)c + row->offset, sizeof chosen);
		ck_assert_uint_eq(chosen, i);
		config_close(c);
		config_errors_fini(&errors);
	}
}
END_TEST

START_TEST(setting_misspelt_is_found_again)
{
	const struct config_row *row = &config_rows[_i];
	const char *leaf = config_table_leaf(row);
	struct config *c;
	char name[80];
	char words[200];

	/* one letter more at the end */
	snprintf(name, sizeof name, "%sq", leaf);
	snprintf(words, sizeof words, "nearest known one is %s", row->path);
	ck_assert_int_eq(load(row, name, row->standard, &c), -EINVAL);
	ck_assert_uint_eq(errors.count, 1);
	ck_assert_msg(
		strstr(errors.items[0], words) != NULL, "%s", errors.items[0]);
	ck_assert_ptr_nonnull(strstr(errors.items[0], ":3: "));
	config_errors_fini(&errors);
}
END_TEST

static const struct {
	const char *text;
	uint64_t bytes; /* 0: refused */
} sizes[] = {
	{"\"4096\"",       4096             },
	{"\"4 KiB\"",      4096             },
	{"\"4KiB\"",       4096             },
	{"\"5 kB\"",       5000             },
	{"\"1.5 MiB\"",    1536 * 1024      },
	{"\"1 mib\"",      1048576          },
	{"\"3 GB\"",       3000000000U      },
	{"\"1 TiB\"",      UINT64_C(1) << 40},
	{"5000.0",         5000             },
	{"5000.5",         0                },
	{"\"0.3 KiB\"",    0                },
	{"\"MiB\"",        0                },
	{"\"-4 KiB\"",     0                },
	{"\"4 KiB x\"",    0                },
	{"\"0x1000\"",     0                },
	{"\"inf\"",        0                },
	{"\"\"",           0                },
	{"\"4 furlongs\"", 0                },
};

START_TEST(size_is_read_with_its_unit)
{
	const struct config_row *row =
		config_table_find("limits.max_resource_bytes");
	struct config *c;

	int error = load(row, "max_resource_bytes", sizes[_i].text, &c);
	if (sizes[_i].bytes == 0) {
		ck_assert_int_eq(error, -EINVAL);
	} else {
		ck_assert_int_eq(error, 0);
		ck_assert_uint_eq(
			c->limits.max_resource_bytes, sizes[_i].bytes);
		config_close(c);
	}
	config_errors_fini(&errors);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("nrt/config_value");
	TCase *tc = tcase_create("each setting");
	int rows = (int)config_row_count;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, setting_takes_its_default, 0, rows);
	tcase_add_loop_test(
		tc, setting_takes_its_range_and_nothing_beyond, 0, rows);
	tcase_add_loop_test(tc, setting_refuses_other_types, 0, rows);
	tcase_add_loop_test(tc, setting_takes_each_of_its_choices, 0, rows);
	tcase_add_loop_test(tc, setting_misspelt_is_found_again, 0, rows);
	tcase_add_loop_test(tc, size_is_read_with_its_unit, 0,
		(int)(sizeof sizes / sizeof sizes[0]));
	suite_add_tcase(suite, tc);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
