/* SPDX-License-Identifier: MIT */
/*
 * check_classes.c -- the registry of resource classes and jobs: what it takes
 * in, what it refuses with which words, and what is found by which name.
 */
#include "classes.h"

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "idle.h"
#include "rooms.h"

static struct classes *classes;
static char why[200];
static int code;

static const struct config_class configured[] = {
	{.uri = "urn:test:resource:off:1", .enabled = false},
	{.uri = "urn:test:resource:on:1",  .enabled = true },
};

static void
setup(void)
{
	struct config_classes config = {.count = 2, .items = configured};

	ck_assert_int_eq(classes_open(&config, &classes), 0);
	why[0] = '\0';
	code = 0;
}

static void
teardown(void)
{
	classes_close(classes);
	classes_close(NULL);
}

static TactusResourceDef
resource(const char *uri, const char *name)
{
	return (TactusResourceDef){.size = sizeof(TactusResourceDef),
		.uri = uri,
		.name = name,
		.construct = idle_construct,
		.destroy = idle_destroy};
}

static TactusJobDef
job(const char *uri, const char *name)
{
	return (TactusJobDef){.size = sizeof(TactusJobDef),
		.uri = uri,
		.name = name,
		.most = 2,
		.perform = idle_perform};
}

static int
add_resource(const TactusResourceDef *def)
{
	return classes_add_resource(classes, def, why, sizeof why);
}

static int
add_job(const TactusJobDef *def)
{
	return classes_add_job(classes, def, why, sizeof why);
}

static const TactusResourceDef *
find_resource(const char *name)
{
	return classes_find_resource(classes, name, &code, why, sizeof why);
}

static const TactusJobDef *
find_job(const char *name)
{
	return classes_find_job(classes, name, &code, why, sizeof why);
}

START_TEST(class_is_found_by_its_uri_and_by_its_name)
{
	TactusResourceDef a = resource("urn:test:resource:a:1", "a");
	TactusJobDef b = job("urn:test:job:b:1", "b");

	ck_assert_int_eq(add_resource(&a), 0);
	ck_assert_int_eq(add_job(&b), 0);
	ck_assert_str_eq(find_resource("a")->uri, a.uri);
	ck_assert_ptr_eq(
		find_resource("urn:test:resource:a:1"), find_resource("a"));
	ck_assert_str_eq(find_job("b")->uri, b.uri);
	ck_assert_ptr_eq(find_job("urn:test:job:b:1"), find_job("b"));
	/* it is a copy: the plugin's may be anywhere */
	ck_assert_ptr_ne(find_resource("a"), &a);
	ck_assert_uint_eq(classes_count(classes), 2);
	ck_assert_ptr_eq(classes_resource(classes, 0), find_resource("a"));
	ck_assert_ptr_null(classes_resource(classes, 1));
	ck_assert_ptr_eq(classes_job(classes, 0), find_job("b"));
	ck_assert_ptr_null(classes_job(classes, 1));
}
END_TEST

START_TEST(unknown_class_is_404_with_its_kind)
{
	ck_assert_ptr_null(find_resource("b"));
	ck_assert_int_eq(code, 404);
	ck_assert_str_eq(why, "no resource class \"b\"; /def/list tells all");
	ck_assert_ptr_null(find_job("a"));
	ck_assert_int_eq(code, 404);
	ck_assert_str_eq(why, "no job \"a\"; /def/list tells all");
}
END_TEST

START_TEST(name_of_two_classes_is_ambiguous_but_their_uris_are_not)
{
	TactusResourceDef a = resource("urn:test:resource:a:1", "a");
	TactusResourceDef b = resource("urn:test:resource:a:2", "a");

	ck_assert_int_eq(add_resource(&a), 0);
	ck_assert_int_eq(add_resource(&b), 0);
	ck_assert_ptr_null(find_resource("a"));
	ck_assert_int_eq(code, 422);
	ck_assert_str_eq(why, "\"a\" names both urn:test:resource:a:1 and "
			      "urn:test:resource:a:2: use the URI");
	ck_assert_ptr_nonnull(find_resource("urn:test:resource:a:1"));
	ck_assert_ptr_nonnull(find_resource("urn:test:resource:a:2"));
}
END_TEST

START_TEST(second_class_of_a_uri_is_refused_and_the_first_one_stays)
{
	TactusResourceDef a = resource("urn:test:resource:a:1", "a");
	TactusResourceDef b = resource("urn:test:resource:a:1", "b");
	TactusJobDef c = job("urn:test:job:c:1", "c");

	ck_assert_int_eq(add_resource(&a), 0);
	ck_assert_int_eq(add_resource(&b), -EEXIST);
	ck_assert_str_eq(why, "its URI is taken by another");
	ck_assert_str_eq(find_resource("urn:test:resource:a:1")->name, "a");
	ck_assert_int_eq(add_job(&c), 0);
	ck_assert_int_eq(add_job(&c), -EEXIST);
	ck_assert_uint_eq(classes_count(classes), 2);
}
END_TEST

START_TEST(broken_class_is_refused_with_what_is_wrong)
{
	static char uri[300];
	TactusResourceDef d = resource("urn:test:resource:a:1", "a");

	ck_assert_int_eq(add_resource(NULL), -EINVAL);
	ck_assert_str_eq(why, "its size is not one of this version");
	d.size -= 8;
	ck_assert_int_eq(add_resource(&d), -EINVAL);
	ck_assert_str_eq(why, "its size is not one of this version");
	d = resource("urn:test:resource:a:1", "a");
	d.construct = NULL;
	ck_assert_int_eq(add_resource(&d), -EINVAL);
	ck_assert_str_eq(why, "it lacks construct or destroy");
	d = resource("urn:test:resource:a:1", "a");
	d.destroy = NULL;
	ck_assert_int_eq(add_resource(&d), -EINVAL);
	ck_assert_str_eq(why, "it lacks construct or destroy");
	d = resource(NULL, "a");
	ck_assert_int_eq(add_resource(&d), -EINVAL);
	ck_assert_str_eq(why, "it has no URI or no name");
	d = resource("urn:a", "");
	ck_assert_int_eq(add_resource(&d), -EINVAL);
	d = resource("urn:a b", "a");
	ck_assert_int_eq(add_resource(&d), -EINVAL);
	ck_assert_str_eq(why, "its URI has characters that are not printable");
	d = resource("urn:a", "a/b");
	ck_assert_int_eq(add_resource(&d), -EINVAL);
	ck_assert_str_eq(why, "its name has others than A-Z a-z 0-9 _ . -");
	memset(uri, 'u', sizeof uri - 1);
	d = resource(uri, "a");
	ck_assert_int_eq(add_resource(&d), -EINVAL);
	ck_assert_str_eq(why,
		"its URI or its name is too long (255 and 63 at the most)");
	ck_assert_uint_eq(classes_count(classes), 0);
}
END_TEST

START_TEST(broken_job_is_refused_with_what_is_wrong)
{
	TactusJobDef d = job("urn:test:job:a:1", "a");

	ck_assert_int_eq(add_job(NULL), -EINVAL);
	d.size = 4;
	ck_assert_int_eq(add_job(&d), -EINVAL);
	ck_assert_str_eq(why, "its size is not one of this version");
	d = job("urn:test:job:a:1", NULL);
	ck_assert_int_eq(add_job(&d), -EINVAL);
	ck_assert_str_eq(why, "it has no URI or no name");
	d = job("urn:test:job:a:1", "a");
	d.perform = NULL;
	ck_assert_int_eq(add_job(&d), -EINVAL);
	ck_assert_str_eq(why, "it lacks perform");
	d = job("urn:test:job:a:1", "a");
	d.least = 3;
	ck_assert_int_eq(add_job(&d), -EINVAL);
	ck_assert_str_eq(why,
		"it takes an impossible number of resources (0 <= least <= "
		"most <= 16)");
	d.least = 0;
	d.most = TACTUS_MAX_JOB_RESOURCES + 1;
	ck_assert_int_eq(add_job(&d), -EINVAL);
	d.most = TACTUS_MAX_JOB_RESOURCES;
	ck_assert_int_eq(add_job(&d), 0);
}
END_TEST

START_TEST(class_that_is_switched_off_is_known_but_not_to_be_had)
{
	TactusResourceDef off = resource("urn:test:resource:off:1", "off");
	TactusResourceDef on = resource("urn:test:resource:on:1", "on");

	ck_assert_int_eq(add_resource(&off), 0);
	ck_assert_int_eq(add_resource(&on), 0);
	ck_assert_ptr_null(find_resource("off"));
	ck_assert_int_eq(code, 404);
	ck_assert_str_eq(why,
		"urn:test:resource:off:1 is switched off in resource_classes");
	ck_assert_ptr_null(find_resource("urn:test:resource:off:1"));
	ck_assert_ptr_nonnull(find_resource("on"));
	ck_assert_ptr_nonnull(classes_resource(classes, 0));
}
END_TEST

START_TEST(what_came_behind_a_mark_is_forgotten)
{
	static char name[100][40];

	for (int i = 0; i < 100; i++) {
		snprintf(name[i], sizeof name[i], "urn:test:%d", i);
		TactusResourceDef d = resource(name[i], "a");
		TactusJobDef j = job(name[i], "b");
		ck_assert_int_eq(add_resource(&d), 0);
		ck_assert_int_eq(add_job(&j), 0);
		if (i == 49) {
			struct classes_mark mark = classes_mark(classes);
			TactusJobDef more = job("urn:more", "c");
			ck_assert_int_eq(add_job(&more), 0);
			classes_forget(classes, mark);
		}
	}
	ck_assert_uint_eq(classes_count(classes), 200);
	ck_assert_ptr_null(find_job("urn:more"));
	classes_forget(classes, (struct classes_mark){3, 1});
	ck_assert_uint_eq(classes_count(classes), 4);
	ck_assert_ptr_nonnull(find_resource("urn:test:2"));
	ck_assert_ptr_null(find_resource("urn:test:3"));
	ck_assert_ptr_null(find_job("urn:test:1"));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("nrt/classes");
	TCase *tc = tcase_create("classes");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, class_is_found_by_its_uri_and_by_its_name);
	tcase_add_test(tc, unknown_class_is_404_with_its_kind);
	tcase_add_test(
		tc, name_of_two_classes_is_ambiguous_but_their_uris_are_not);
	tcase_add_test(
		tc, second_class_of_a_uri_is_refused_and_the_first_one_stays);
	tcase_add_test(tc, broken_class_is_refused_with_what_is_wrong);
	tcase_add_test(tc, broken_job_is_refused_with_what_is_wrong);
	tcase_add_test(
		tc, class_that_is_switched_off_is_known_but_not_to_be_had);
	tcase_add_test(tc, what_came_behind_a_mark_is_forgotten);
	suite_add_tcase(s, tc);
	return rooms_run(s);
}
