/* SPDX-License-Identifier: MIT */
/*
 * check_loader.c -- folders of plugins: the good are loaded, the others are
 * skipped and named with the reason.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "classes.h"
#include "config.h"
#include "defs.h"
#include "host.h"
#include "loader.h"
#include "rooms.h"

static char folder[64];
static char other[64];
static struct config *config;
static struct host *host;
static struct loader *loader;

static void
setup(void)
{
	strcpy(folder, "/tmp/check_loader.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	strcpy(other, "/tmp/check_loader.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(other));
	config = NULL;
	host = NULL;
	loader = NULL;
	rooms_log_begin();
}

/** Put a plugin that was built into a folder. */
static void
put(const char *where, const char *kind, const char *as)
{
	char from[600];
	char to[200];

	snprintf(from, sizeof from, "%s/kind_%s.so", TRIAL_BUILT, kind);
	snprintf(to, sizeof to, "%s/%s", where, as);
	ck_assert_int_eq(access(from, R_OK), 0);
	ck_assert_int_eq(symlink(from, to), 0);
}

static void
put_text(const char *as)
{
	char to[200];

	snprintf(to, sizeof to, "%s/%s", folder, as);
	FILE *f = fopen(to, "we");
	ck_assert_ptr_nonnull(f);
	(void)fputs("this is no shared object\n", f);
	(void)fclose(f);
}

static void
teardown(void)
{
	static const char *const name[] = {"a.so", "b.so", "c.so", "d.so",
		"e.so", "f.so", "g.so", "h", "readme.txt", ".so"};

	rooms_log_end();
	loader_close(loader);
	host_close(host);
	config_close(config);
	for (size_t i = 0; i < sizeof name / sizeof name[0]; i++) {
		char path[200];
		snprintf(path, sizeof path, "%s/%s", folder, name[i]);
		(void)unlink(path);
		snprintf(path, sizeof path, "%s/%s", other, name[i]);
		(void)unlink(path);
	}
	ck_assert_int_eq(rmdir(folder), 0);
	ck_assert_int_eq(rmdir(other), 0);
}

static const char *more = "plugins.load=[\"all\"]";

/** Load the folders with plugins.load (NULL: all). */
static void
load(const char *names)
{
	char path[300];
	char load[300];
	const char *sets[] = {path, "audio.block=32", more, load};
	struct config_errors errors = {0};

	snprintf(path, sizeof path,
		"plugins.path=[\"%s\",\"%s\",\"%s/missing\"]", folder, other,
		folder);
	snprintf(load, sizeof load, "plugins.load=%s",
		names != NULL ? names : "[\"all\"]");
	int err = config_load("/dev/null", sets, 4, &config, &errors);
	ck_assert_msg(err == 0, "%s", errors.count ? errors.items[0] : "");
	config_errors_fini(&errors);
	const struct host_config hc = {.config = config, .rate = 44100.0};
	ck_assert_int_eq(host_open(&hc, &host), 0);
	ck_assert_int_eq(loader_open(config, host, &loader), 0);
}

static bool
has(const char *name)
{
	char why[DEFS_WHY_SIZE];
	int code = 0;

	return defs_find(loader_defs(loader), name, &code, why, sizeof why) !=
	       NULL;
}

START_TEST(each_plugin_that_does_not_load_is_named_with_the_reason)
{
	put(folder, "good", "a.so");
	put_text("b.so");
	put(folder, "strange", "c.so");
	put(folder, "abi", "d.so");
	put(folder, "null", "e.so");
	put(folder, "nothing", "f.so");
	put(folder, "broken", "g.so");
	put_text("readme.txt");
	put_text(".so");
	load(NULL);
	ck_assert_uint_eq(loader_loaded(loader), 2);
	ck_assert_uint_eq(loader_skipped(loader), 5);
	ck_assert(has("good"));
	ck_assert(has("urn:tactus:synthdef:good:1"));
	ck_assert(has("half"));
	ck_assert(!has("abi"));
	ck_assert(!has("null"));
	ck_assert_uint_eq(defs_count(loader_defs(loader)), 2);
	ck_assert(rooms_has_logged("/b.so skipped: "));
	ck_assert(rooms_has_logged("/c.so skipped: it has no tactus_plugin: "));
	ck_assert(rooms_has_logged("/d.so skipped: it was built for another "));
	ck_assert(rooms_has_logged("/e.so skipped: it does not want to load"));
	ck_assert(rooms_has_logged("/f.so skipped: it registered nothing "));
	ck_assert(rooms_has_logged(
		"warn: plugins: g.so: synthdef urn:tactus:synthdef:broken:1 "
		"left out: it lacks process\n"));
	ck_assert(rooms_has_logged("warn: plugins: g.so: synthdef ? left out: "
				   "its size is not one of this version\n"));
	ck_assert(rooms_has_logged("warn: a.so: hello\n"));
	ck_assert(!rooms_has_logged("readme"));
	ck_assert(!rooms_has_logged("/.so"));
	ck_assert(rooms_has_logged("/missing\" cannot be read (No such file"));
}
END_TEST

START_TEST(first_plugin_of_two_with_one_uri_is_taken)
{
	put(folder, "good", "a.so");
	put(other, "good", "b.so");
	load(NULL);
	ck_assert_uint_eq(loader_loaded(loader), 1);
	ck_assert_uint_eq(loader_skipped(loader), 1);
	ck_assert(rooms_has_logged("left out: its URI is taken by another"));
	ck_assert(rooms_has_logged("/b.so skipped: it registered nothing "));
	ck_assert(has("good"));
}
END_TEST

START_TEST(names_in_plugins_load_are_found_with_and_without_suffix)
{
	put(folder, "good", "a.so");
	put(other, "broken", "b.so");
	put(folder, "nothing", "c.so");
	put_text("h");
	load("[\"a.so\",\"b\",\"nowhere\",\"h\",\"also.so\"]");
	ck_assert_uint_eq(loader_loaded(loader), 2);
	ck_assert(has("good"));
	ck_assert(has("half"));
	ck_assert(!rooms_has_logged("c.so"));
	ck_assert(!rooms_has_logged("\"a.so\" of"));
	ck_assert(!rooms_has_logged("\"b\" of"));
	ck_assert(rooms_has_logged("\"nowhere\" of plugins.load is in none of "
				   "the folders of plugins.path"));
	ck_assert(rooms_has_logged("\"also.so\" of plugins.load is in none"));
	/* a file of that name, but no plugin's */
	ck_assert(rooms_has_logged("\"h\" of plugins.load is in none"));
	ck_assert_uint_eq(loader_skipped(loader), 3);
}
END_TEST

START_TEST(plugin_of_classes_and_jobs_alone_is_taken)
{
	more = "resource_classes=({uri=\"urn:tactus:resource:kind:1\";},"
	       "{uri=\"urn:tactus:resource:nobody:1\";})";
	put(folder, "class", "a.so");
	load(NULL);
	ck_assert_uint_eq(loader_loaded(loader), 1);
	ck_assert_uint_eq(loader_skipped(loader), 0);
	ck_assert_uint_eq(defs_count(loader_defs(loader)), 0);
	struct classes *c = loader_classes(loader);
	ck_assert_uint_eq(classes_count(c), 2);
	ck_assert_str_eq(classes_resource(c, 0)->name, "kind");
	ck_assert_str_eq(classes_job(c, 0)->name, "kind");
	ck_assert(rooms_has_logged("warn: plugins: a.so: resource class "
				   "urn:tactus:resource:kind:1 left out: its "
				   "URI is taken by another\n"));
	ck_assert(rooms_has_logged("warn: plugins: a.so: resource class "
				   "urn:tactus:resource:half:1 left out: it "
				   "lacks construct or destroy\n"));
	ck_assert(rooms_has_logged("warn: plugins: a.so: resource class ? left "
				   "out: its size is not one of this version"));
	ck_assert(rooms_has_logged("warn: plugins: a.so: job "
				   "urn:tactus:job:idle:1 left out: it lacks "
				   "perform\n"));
	/* once all are loaded */
	ck_assert(rooms_has_logged("warn: plugins: resource_classes: no plugin "
				   "has a class "
				   "\"urn:tactus:resource:nobody:1\"\n"));
	ck_assert(!rooms_has_logged("no plugin has a class "
				    "\"urn:tactus:resource:kind:1\""));
}
END_TEST

START_TEST(classes_of_a_plugin_that_does_not_load_are_forgotten)
{
	put(folder, "refuses", "a.so");
	load(NULL);
	ck_assert_uint_eq(loader_skipped(loader), 1);
	ck_assert(rooms_has_logged("/a.so skipped: it does not want to load"));
	ck_assert_uint_eq(classes_count(loader_classes(loader)), 0);
	put(folder, "class", "b.so");
	loader_close(loader);
	host_close(host);
	config_close(config);
	load(NULL);
	ck_assert_uint_eq(loader_loaded(loader), 1);
	ck_assert_uint_eq(classes_count(loader_classes(loader)), 2);
}
END_TEST

START_TEST(no_folder_at_all_is_no_error)
{
	load(NULL);
	ck_assert_uint_eq(loader_loaded(loader), 0);
	ck_assert_uint_eq(loader_skipped(loader), 0);
	ck_assert_ptr_null(defs_at(loader_defs(loader), 0));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("nrt/loader");
	TCase *tc = tcase_create("loader");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(
		tc, each_plugin_that_does_not_load_is_named_with_the_reason);
	tcase_add_test(tc, first_plugin_of_two_with_one_uri_is_taken);
	tcase_add_test(
		tc, names_in_plugins_load_are_found_with_and_without_suffix);
	tcase_add_test(tc, plugin_of_classes_and_jobs_alone_is_taken);
	tcase_add_test(
		tc, classes_of_a_plugin_that_does_not_load_are_forgotten);
	tcase_add_test(tc, no_folder_at_all_is_no_error);
	suite_add_tcase(s, tc);
	return rooms_run(s);
}
