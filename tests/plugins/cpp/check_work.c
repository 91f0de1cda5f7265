/* SPDX-License-Identifier: MIT */
/*
 * check_work.c -- what resources and jobs in C++ keep to on workers.
 */
#include "harness.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "curve.h"
#include "engine.h"

/** What is thrown, by its number, and the reason that comes of it. */
static const char *const reasons[] = {"", "there is no such thing; make one",
	"there is no memory for it", "it ran into an error",
	"it failed with an unknown exception", "it failed and gave no reason",
	"a code that is none", "xxx"};

static void
is_reason(const struct engine *e, int how)
{
	const char *is = e->nrt.reason;

	if (how == 7) {
		/* longer than fits: cut, and whole as a text */
		ck_assert_uint_eq(strlen(is), sizeof e->nrt.reason - 1);
		ck_assert_uint_eq(strspn(is, "x"), strlen(is));
	} else {
		ck_assert_str_eq(is, reasons[how]);
	}
}

START_TEST(a_resource_is_made_and_ended)
{
	struct engine e;

	engine_open(&e, "plugin_cpp");
	engine_curve(&e, 1, 1000);
	const struct curve *c = e.resource[1];
	ck_assert_uint_eq(c->size, sizeof *c);
	ck_assert_uint_eq(c->count, 1000);
	ck_assert(c->points[999] == 999.0F);
	ck_assert_uint_eq((uintptr_t)c->points % 64, 0);
	ck_assert(e.nrt.job.progress == 0.5);
	ck_assert_uint_eq(e.nrt.resource[0]->bytes(&e.nrt.host, c), 5000);
	ck_assert_int_eq(*e.alive, 1);
	void *thing = harness_construct(&e.nrt, "thing", NULL, 0);
	ck_assert_int_eq(*(const int *)thing, 7);
	harness_destroy(&e.nrt, "thing", thing);
	engine_close(&e);
}
END_TEST

START_TEST(a_resource_goes_by_the_host_of_who_ends_it)
{
	static struct engine e;
	static struct harness_host other;

	engine_open(&e, "plugin_cpp");
	engine_curve(&e, 1, 10);
	/* another worker's view of the same host; the first is void */
	other = e.nrt;
	TactusHost was = e.nrt.host;
	memset(&e.nrt.host, 0xa5, sizeof e.nrt.host);
	harness_destroy(&other, "curve", e.resource[1]);
	ck_assert_uint_eq(other.blocks, 0);
	ck_assert_uint_eq(other.bytes, 0);
	e.resource[1] = NULL;
	e.nrt.host = was;
	e.nrt.blocks = 0;
	e.nrt.bytes = 0;
	engine_close(&e);
}
END_TEST

START_TEST(a_resource_that_throws_leaves_nothing)
{
	struct engine e;
	TactusValue v[] = {harness_int(10), harness_int(_i)};

	engine_open(&e, "plugin_cpp");
	ck_assert_ptr_null(harness_construct(&e.nrt, "curve", v, 2));
	ck_assert_int_eq(e.nrt.code, 0);
	is_reason(&e, _i);
	ck_assert_int_eq(*e.alive, 0);
	engine_close(&e);
}
END_TEST

START_TEST(a_resource_without_memory_leaves_nothing)
{
	struct engine e;
	TactusValue v = harness_int(10);

	engine_open(&e, "plugin_cpp");
	for (uint32_t n = 1; n <= 3; n++) {
		e.nrt.allocations = 0;
		e.nrt.fail_at = n;
		ck_assert_ptr_null(harness_construct(&e.nrt, "curve", &v, 1));
		ck_assert_ptr_nonnull(
			strstr(e.nrt.reason, "limits.max_resource_bytes"));
		ck_assert_uint_eq(e.nrt.blocks, 0);
		ck_assert_int_eq(*e.alive, 0);
	}
	e.nrt.allocations = 0;
	e.nrt.fail_at = 4;
	engine_curve(&e, 1, 10);
	engine_close(&e);
}
END_TEST

START_TEST(memory_that_no_number_of_bytes_can_tell_is_refused)
{
	struct engine e;
	TactusValue v[] = {harness_int(10), harness_int(101)};

	engine_open(&e, "plugin_cpp");
	ck_assert_ptr_null(harness_construct(&e.nrt, "curve", v, 2));
	ck_assert_ptr_nonnull(strstr(e.nrt.reason, "not so much memory"));
	ck_assert_uint_eq(e.nrt.blocks, 0);
	engine_close(&e);
}
END_TEST

START_TEST(a_resource_that_is_not_wanted_ends_early)
{
	struct engine e;
	TactusValue v[] = {harness_int(10), harness_int(100)};

	engine_open(&e, "plugin_cpp");
	e.nrt.job.cancelled = true;
	ck_assert_ptr_null(harness_construct(&e.nrt, "curve", v, 2));
	ck_assert_str_eq(e.nrt.reason, "cancelled");
	e.nrt.job.cancelled = false;
	e.resource[1] = harness_construct(&e.nrt, "curve", v, 1);
	ck_assert_ptr_nonnull(e.resource[1]);
	e.uri[1] = CURVE_URI;
	engine_close(&e);
}
END_TEST

/** The code of the check of a job or resource; the reason stays. */
static int
check_curve(struct engine *e, const TactusValue *v, uint32_t count)
{
	ck_assert_ptr_null(harness_construct(&e->nrt, "curve", v, count));
	return e->nrt.code;
}

START_TEST(arguments_are_refused_by_name_and_with_the_mend)
{
	struct engine e;
	TactusValue v[] = {harness_int(0), harness_int(0), harness_int(0)};

	engine_open(&e, "plugin_cpp");
	ck_assert_int_eq(check_curve(&e, v, 0), 400);
	ck_assert_str_eq(e.nrt.reason,
		"argument 1 (count) is missing; give a whole number");
	ck_assert_int_eq(check_curve(&e, v, 3), 400);
	ck_assert_str_eq(e.nrt.reason, "there are 3 arguments; 2 are the most");
	ck_assert_int_eq(check_curve(&e, v, 1), 422);
	ck_assert_str_eq(e.nrt.reason, "argument 1 (count) must be a whole "
				       "number from 1 to 1000000");
	v[0] = harness_float(2.5);
	ck_assert_int_eq(check_curve(&e, v, 1), 400);
	ck_assert_str_eq(
		e.nrt.reason, "argument 1 (count) must be a whole number");
	v[0] = harness_string("many");
	ck_assert_int_eq(check_curve(&e, v, 1), 400);
	v[0] = harness_int(1000000);
	e.nrt.limit = 100000;
	ck_assert_int_eq(check_curve(&e, v, 1), 413);
	ck_assert_str_eq(e.nrt.reason, "argument 1 (count) is too large");
	e.nrt.limit = 1 << 20;
	/* a number that is whole will do */
	v[0] = harness_float(10.0);
	e.resource[1] = harness_construct(&e.nrt, "curve", v, 1);
	ck_assert_ptr_nonnull(e.resource[1]);
	engine_close(&e);
}
END_TEST

START_TEST(a_reason_is_cut_where_it_is_full)
{
	struct engine e;
	char reason[8] = "#######";

	engine_open(&e, "plugin_cpp");
	const TactusResourceDef *def = e.nrt.resource[0];
	ck_assert_int_eq(def->check(&e.nrt.host, NULL, 0, reason, 6), 400);
	ck_assert_str_eq(reason, "argum");
	ck_assert_int_eq(reason[6], '#');
	ck_assert_int_eq(def->check(&e.nrt.host, NULL, 0, reason, 1), 400);
	ck_assert_str_eq(reason, "");
	ck_assert_int_eq(def->check(&e.nrt.host, NULL, 0, NULL, 0), 400);
	engine_close(&e);
}
END_TEST

START_TEST(a_job_tells_its_results)
{
	struct engine e;
	TactusValue v[] = {
		harness_int(0), harness_float(0.5), harness_string("so")};

	engine_open(&e, "plugin_cpp");
	engine_curve(&e, 1, 10);
	engine_curve(&e, 2, 2);
	ck_assert_int_eq(
		harness_perform(&e.nrt, "curve-sum", &e.resource[1], 2, v, 3),
		0);
	const TactusValue *r = e.nrt.job.result;
	ck_assert_uint_eq(e.nrt.job.results, 4);
	ck_assert(r[0].type == 'i' && r[0].integer == 12);
	ck_assert(r[0].number == 12.0);
	ck_assert(r[1].type == 'h' && r[1].integer == 12);
	ck_assert(r[2].type == 'f' && r[2].number == 23.0);
	ck_assert(r[3].type == 's');
	ck_assert_str_eq(r[3].string, "so");
	/* with all that may be left out */
	ck_assert_int_eq(harness_perform(&e.nrt, "curve-sum", &e.resource[1], 1,
				 NULL, 0),
		0);
	ck_assert(r[2].number == 45.0);
	ck_assert_str_eq(r[3].string, "none");
	/* of any resource */
	ck_assert_int_eq(
		harness_perform(&e.nrt, "count", &e.resource[1], 1, &v[2], 1),
		0);
	ck_assert_int_eq(r[0].integer, 1);
	engine_close(&e);
}
END_TEST

START_TEST(a_job_that_throws_gives_the_reason)
{
	struct engine e;
	TactusValue v = harness_int(_i);

	engine_open(&e, "plugin_cpp");
	engine_curve(&e, 1, 10);
	ck_assert_int_eq(
		harness_perform(&e.nrt, "curve-sum", &e.resource[1], 1, &v, 1),
		-1);
	is_reason(&e, _i);
	ck_assert_uint_eq(e.nrt.job.results, 0);
	engine_close(&e);
}
END_TEST

START_TEST(a_job_fails_by_its_arguments_results_and_cancel)
{
	struct engine e;
	TactusValue v[] = {harness_int(100 + HARNESS_RESULTS),
		harness_float(3.0), harness_int(1)};
	void **curve = &e.resource[1];

	engine_open(&e, "plugin_cpp");
	engine_curve(&e, 1, 10);
	ck_assert_int_eq(
		harness_perform(&e.nrt, "curve-sum", curve, 1, v, 2), 422);
	ck_assert_str_eq(e.nrt.reason,
		"argument 2 (scale) must be a number from -2 to 2");
	v[1] = harness_string("2");
	ck_assert_int_eq(
		harness_perform(&e.nrt, "curve-sum", curve, 1, v, 2), 400);
	ck_assert_str_eq(e.nrt.reason, "argument 2 (scale) must be a number");
	v[1] = harness_int(2);
	ck_assert_int_eq(
		harness_perform(&e.nrt, "curve-sum", curve, 1, v, 3), 400);
	ck_assert_str_eq(e.nrt.reason, "argument 3 (words) must be a string");
	ck_assert_int_eq(
		harness_perform(&e.nrt, "curve-sum", curve, 1, v, 2), -1);
	ck_assert_str_eq(
		e.nrt.reason, "it has more results than an answer holds");
	ck_assert_int_eq(
		harness_perform(&e.nrt, "count", curve, 1, NULL, 0), -1);
	ck_assert_str_eq(
		e.nrt.reason, "argument 1 (words) is missing; give a string");
	e.nrt.job.cancel_at = 1;
	ck_assert_int_eq(
		harness_perform(&e.nrt, "curve-sum", curve, 1, NULL, 0), -1);
	ck_assert_str_eq(e.nrt.reason, "cancelled");
	engine_close(&e);
}
END_TEST

START_TEST(what_a_host_opens_is_closed_on_every_way_out)
{
	struct engine e;
	char folder[] = "/tmp/tactus-cpp.XXXXXX";
	char path[64];
	TactusValue v[2];

	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/x.wav", folder);
	v[0] = harness_string(path);
	engine_open(&e, "plugin_cpp");
	/* it throws between the first frames and the file's end */
	v[1] = harness_int(3);
	ck_assert_int_eq(harness_perform(&e.nrt, "media", NULL, 0, v, 2), -1);
	ck_assert_str_eq(e.nrt.reason, reasons[3]);
	ck_assert_uint_eq(e.nrt.sounds, 0);
	ck_assert_int_ne(access(path, F_OK), 0);
	/* all of it; there is no FFT of the last size */
	v[1] = harness_int(0);
	ck_assert_int_eq(harness_perform(&e.nrt, "media", NULL, 0, v, 2), -1);
	ck_assert_str_eq(e.nrt.reason, "there is no FFT of this size");
	const TactusValue *r = e.nrt.job.result;
	ck_assert_uint_eq(e.nrt.job.results, 4);
	ck_assert_int_eq(r[0].integer, 61);
	ck_assert(r[1].number == 0.5);
	ck_assert(r[2].number == 0.5);
	ck_assert_int_gt(r[3].integer, 0);
	ck_assert_uint_eq(e.nrt.sounds, 0);
	/* a file that is there already */
	ck_assert_int_eq(harness_perform(&e.nrt, "media", NULL, 0, v, 2), -1);
	ck_assert_ptr_nonnull(strstr(e.nrt.reason, "is there already"));
	ck_assert_int_eq(unlink(path), 0);
	/* an older host opens no files */
	e.nrt.host.size = offsetof(TactusHost, open_sound);
	ck_assert_int_eq(harness_perform(&e.nrt, "media", NULL, 0, v, 2), -1);
	ck_assert_str_eq(e.nrt.reason, "this engine writes no sound files");
	e.nrt.host.size = sizeof e.nrt.host;
	ck_assert_int_eq(rmdir(folder), 0);
	engine_close(&e);
}
END_TEST

START_TEST(an_older_host_is_survived)
{
	struct engine e;
	TactusValue v[] = {harness_int(10), harness_int(100)};

	engine_open(&e, "plugin_cpp");
	/* it has memory, but tells nothing of progress and cancel */
	e.nrt.host.size = offsetof(TactusHost, limit);
	ck_assert_int_eq(check_curve(&e, v, 1), 413);
	char reason[128];
	void *made = e.nrt.resource[0]->construct(
		&e.nrt.host, v, 2, NULL, reason, sizeof reason);
	ck_assert_ptr_nonnull(made);
	ck_assert(e.nrt.job.progress == 0.0);
	e.nrt.resource[0]->destroy(&e.nrt.host, made);
	e.nrt.host.size = sizeof e.nrt.host;
	engine_close(&e);
}
END_TEST

static const char *said;

static void
hear(const TactusHost *host, enum TactusLevel level, const char *text)
{
	(void)host;
	(void)level;
	said = text;
}

START_TEST(a_plugin_stays_away_from_an_engine_that_is_too_old)
{
	struct engine e;
	const TactusPlugin *(*entry)(const TactusHost *);
	const size_t sizes[] = {offsetof(TactusHost, register_resource_def),
		offsetof(TactusHost, register_job_def),
		offsetof(TactusHost, alloc)};

	engine_open(&e, "plugin_cpp");
	ck_assert_uint_eq(e.nrt.resources, 2);
	ck_assert_uint_eq(e.nrt.works, 3);
	ck_assert_uint_eq(e.nrt.synths, 6);
	void *symbol = dlsym(e.nrt.object[0], "tactus_plugin");
	memcpy(&entry, &symbol, sizeof entry);
	TactusHost old = e.nrt.host;
	old.log = hear;
	e.nrt.host = old;
	for (int i = 0; i < 3; i++) {
		memset((char *)&e.nrt.host + sizes[i], 0xa5,
			sizeof(TactusHost) - sizes[i]);
		e.nrt.host.size = (uint32_t)sizes[i];
		said = NULL;
		ck_assert_ptr_null(entry(&e.nrt.host));
		ck_assert_ptr_nonnull(said);
		ck_assert_ptr_nonnull(strstr(said, "too old"));
		e.nrt.host = old;
	}
	e.nrt.host.abi = TACTUS_ABI_VERSION + 1;
	ck_assert_ptr_null(entry(&e.nrt.host));
	e.nrt.host.abi = TACTUS_ABI_VERSION;
	/* nothing of it was registered */
	ck_assert_uint_eq(e.nrt.resources, 2);
	ck_assert_uint_eq(e.nrt.works, 3);
	ck_assert_uint_eq(e.nrt.synths, 6);
	const TactusPlugin *p = entry(&e.nrt.host);
	ck_assert_str_eq(p->name, "plugin-cpp");
	ck_assert_str_eq(p->licence, "MIT");
	ck_assert_uint_eq(p->size, sizeof *p);
	engine_close(&e);
}
END_TEST

START_TEST(without_exceptions_the_first_failure_is_told)
{
	struct engine e;
	TactusValue v[] = {harness_int(0), harness_string("on purpose")};

	engine_open(&e, "plugin_plain");
	ck_assert_int_eq(check_curve(&e, v, 0), 400);
	ck_assert_int_eq(check_curve(&e, v, 2), 422);
	ck_assert_str_eq(e.nrt.reason, "argument 1 (count) must be a whole "
				       "number from 1 to 1000");
	v[0] = harness_int(10);
	ck_assert_ptr_null(harness_construct(&e.nrt, "curve", v, 2));
	ck_assert_str_eq(e.nrt.reason, "on purpose");
	ck_assert_int_eq(*e.alive, 0);
	for (uint32_t n = 1; n <= 2; n++) {
		e.nrt.allocations = 0;
		e.nrt.fail_at = n;
		ck_assert_ptr_null(harness_construct(&e.nrt, "curve", v, 1));
		ck_assert_int_eq(*e.alive, 0);
		ck_assert_uint_eq(e.nrt.blocks, 0);
	}
	e.nrt.job.cancelled = true;
	ck_assert_ptr_null(harness_construct(&e.nrt, "curve", v, 1));
	ck_assert_str_eq(e.nrt.reason, "cancelled");
	e.nrt.job.cancelled = false;
	engine_curve(&e, 1, 10);
	ck_assert_int_eq(
		harness_perform(&e.nrt, "curve-peek", &e.resource[1], 1, v, 1),
		-1);
	ck_assert_str_eq(e.nrt.reason, "argument 1 (frame) must be a whole "
				       "number from 0 to 9");
	v[0] = harness_int(9);
	ck_assert_int_eq(
		harness_perform(&e.nrt, "curve-peek", &e.resource[1], 1, v, 1),
		0);
	ck_assert(e.nrt.job.result[0].number == 0.0);
	engine_close(&e);
}
END_TEST

Suite *
harness_suite(void)
{
	Suite *s = suite_create("plugins/cpp/work");
	TCase *tc = tcase_create("work");

	tcase_add_test(tc, a_resource_is_made_and_ended);
	tcase_add_test(tc, a_resource_goes_by_the_host_of_who_ends_it);
	tcase_add_loop_test(tc, a_resource_that_throws_leaves_nothing, 1, 8);
	tcase_add_test(tc, a_resource_without_memory_leaves_nothing);
	tcase_add_test(tc, a_resource_that_is_not_wanted_ends_early);
	tcase_add_test(tc, memory_that_no_number_of_bytes_can_tell_is_refused);
	tcase_add_test(tc, arguments_are_refused_by_name_and_with_the_mend);
	tcase_add_test(tc, a_reason_is_cut_where_it_is_full);
	tcase_add_test(tc, a_job_tells_its_results);
	tcase_add_loop_test(tc, a_job_that_throws_gives_the_reason, 1, 8);
	tcase_add_test(tc, a_job_fails_by_its_arguments_results_and_cancel);
	tcase_add_test(tc, what_a_host_opens_is_closed_on_every_way_out);
	tcase_add_test(tc, an_older_host_is_survived);
	tcase_add_test(tc, a_plugin_stays_away_from_an_engine_that_is_too_old);
	tcase_add_test(tc, without_exceptions_the_first_failure_is_told);
	suite_add_tcase(s, tc);
	return s;
}
